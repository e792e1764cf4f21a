"""WindowSampler: word2vec's samples, the same however the text is cut."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from scipy import stats
from torch.utils._python_dispatch import TorchDispatchMode

from tests.reference import sampling as reference
from torchw2v import InputError
from torchw2v.data import (
    Corpus,
    EncodedCorpus,
    PairBatches,
    Pairs,
    StretchBatches,
    WindowBatches,
    WindowSampler,
    encode,
)
from torchw2v.data.batches import NUMBERS_AT_ONCE
from torchw2v.data.sampling import keep_probabilities

P_VALUE = 1e-4
SETTINGS = {"seed": 3, "window": 3, "sample": 0.02, "num_negatives": 4}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> EncodedCorpus:
    generator = np.random.default_rng(1)
    lengths = [1, 2, 0, 700, 3, *generator.integers(1, 25, size=60).tolist(), 1, 1, 2]
    sentences = [[f"w{i}" for i in generator.zipf(1.5, size=n) % 80] for n in lengths]
    return encode(Corpus(sentences), cache_dir=tmp_path_factory.mktemp("corpus"))


def sentences(corpus: EncodedCorpus) -> list[list[int]]:
    bounds = corpus.offsets.tolist()
    return [corpus.ids[a:b].tolist() for a, b in itertools.pairwise(bounds)]


def as_tuples(pairs: Pairs) -> list[tuple[int, int, list[int], int]]:
    columns = (pairs.inputs, pairs.targets, pairs.negatives, pairs.positions)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("changes", "epoch"),
    [
        ({}, 0),
        ({}, 5),
        ({"sample": 0.0}, 0),
        ({"window": 1}, 0),
        ({"window": 40}, 5),
        ({"window": 1000}, 0),
        ({"num_negatives": 0}, 5),
    ],
)
def test_pairs_are_those_of_the_reference(corpus, changes, epoch):
    settings = SETTINGS | changes
    counts = corpus.vocabulary(min_count=3).counts
    sampler = WindowSampler(counts, **settings)
    table = sampler.noise
    expected = reference.pairs(
        sentences(corpus),
        counts.tolist(),
        epoch=epoch,
        threshold=table.threshold.tolist(),
        alias=table.alias.tolist(),
        mass=table.mass.tolist(),
        **settings,
    )
    assert len(expected) > 500
    assert as_tuples(sampler.pairs(corpus, 0, len(corpus), epoch)) == expected


@pytest.mark.parametrize("step", [1, 7, 100, 699])
def test_pairs_do_not_depend_on_how_the_text_is_cut(corpus, step):
    sampler = WindowSampler(corpus.vocabulary(min_count=3).counts, **SETTINGS)
    whole = as_tuples(sampler.pairs(corpus, 0, len(corpus), 1))
    stops = [*range(step, len(corpus), step), len(corpus)]
    parts = [sampler.pairs(corpus, start, stop, 1) for start, stop in zip([0, *stops], stops, strict=False)]
    assert [pair for part in parts for pair in as_tuples(part)] == whole
    kept = torch.cat([part.kept_positions for part in parts])
    assert torch.equal(kept, sampler.pairs(corpus, 0, len(corpus), 1).kept_positions)


@pytest.mark.parametrize("changes", [{}, {"window": 40}, {"num_negatives": 0}])
def test_windows_hold_the_pairs_of_their_target_and_share_its_negatives(corpus, changes):
    sampler = WindowSampler(corpus.vocabulary(min_count=3).counts, **SETTINGS | changes)
    pairs, windows = sampler.pairs(corpus, 0, len(corpus), 2), sampler.windows(corpus, 0, len(corpus), 2)
    ends = [*windows.offsets.tolist()[1:], len(windows.contexts)]
    seen = [
        (context, target, position)
        for start, end, target, position in zip(
            windows.offsets.tolist(), ends, windows.targets.tolist(), windows.positions.tolist(), strict=True
        )
        for context in windows.contexts[start:end].tolist()
    ]
    assert seen == [(context, target, position) for context, target, _, position in as_tuples(pairs)]
    assert len(windows.targets) == len(set(pairs.positions.tolist()))
    assert torch.equal(windows.kept_positions, pairs.kept_positions)
    # those of the window's first place, drawn once
    assert torch.equal(windows.negatives, sampler.negatives(windows.targets, windows.positions, 2))
    assert not (windows.negatives == windows.targets[:, None]).any()


@pytest.mark.parametrize("words_per_batch", [1, 64, 5000])
def test_pairs_that_share_negatives_have_those_of_their_window(corpus, words_per_batch):
    sampler = WindowSampler(corpus.vocabulary(min_count=3).counts, **SETTINGS)
    own, windows = sampler.pairs(corpus, 0, len(corpus), 2), sampler.windows(corpus, 0, len(corpus), 2)
    shared = sampler.pairs(corpus, 0, len(corpus), 2, negatives="per_window")
    of_window = dict(zip(windows.positions.tolist(), windows.negatives.tolist(), strict=True))
    assert shared.negatives.tolist() == [of_window[position] for position in shared.positions.tolist()]
    assert not torch.equal(shared.negatives, own.negatives)
    for name in ("inputs", "targets", "positions", "kept_positions"):
        assert torch.equal(getattr(shared, name), getattr(own, name))
    batches = PairBatches(corpus, sampler, words_per_batch, negatives="per_window")
    assert torch.equal(torch.cat([batch.negatives for batch in batches.epoch(2)]), shared.negatives)


@pytest.mark.parametrize("words_per_batch", [1, 64, 699, 5000])
def test_stretches_are_the_corpus_cut_at_words(corpus, words_per_batch):
    stretches = StretchBatches(corpus, words_per_batch)
    seen = list(stretches.epoch(4))
    assert len(seen) == len(stretches)
    assert [place for start, stop, _ in seen for place in range(start, stop)] == list(range(len(corpus)))
    assert {stretch.epoch for stretch in seen} == {4}
    assert list(stretches.epoch(4, first_batch=len(seen) // 2)) == seen[len(seen) // 2 :]


def test_another_choice_of_negatives(corpus):
    sampler = WindowSampler(corpus.vocabulary(min_count=3).counts, **SETTINGS)
    for draw in (
        lambda: sampler.pairs(corpus, 0, 5, 0, negatives="shared"),
        lambda: PairBatches(corpus, sampler, 5, negatives="shared"),
    ):
        with pytest.raises(InputError, match="negatives must be one of per_window, per_pair, not 'shared'"):
            draw()


@pytest.mark.parametrize("words_per_batch", [1, 64, 5000])
def test_window_batches_are_the_windows_of_the_epoch_cut_at_words(corpus, words_per_batch):
    sampler = WindowSampler(corpus.vocabulary(min_count=3).counts, **SETTINGS)
    whole = sampler.windows(corpus, 0, len(corpus), 3)
    batches = WindowBatches(corpus, sampler, words_per_batch)
    seen = list(batches.epoch(3))
    assert len(seen) == len(batches)
    for name in ("contexts", "targets", "negatives"):
        assert torch.equal(torch.cat([getattr(batch, name) for batch in seen]), getattr(whole, name))
    sizes = [torch.diff(batch.offsets, append=torch.tensor([len(batch.contexts)])) for batch in seen]
    assert torch.equal(torch.cat(sizes), torch.diff(whole.offsets, append=torch.tensor([len(whole.contexts)])))
    assert sum(batch.num_words for batch in seen) == len(corpus)
    assert sum(batch.num_kept for batch in seen) == len(whole.kept_positions)
    rest = list(batches.epoch(3, first_batch=len(seen) // 2))
    assert torch.equal(rest[0].contexts, seen[len(seen) // 2].contexts)


class LargestTensor(TorchDispatchMode):
    """How many numbers the largest tensor holds that any operation makes."""

    numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor):
            self.numbers = max(self.numbers, result.numel())
        return result


def test_a_window_wider_than_the_sentences_costs_what_the_sentences_do(tmp_path):
    length, num_sentences, num_negatives = 10, 300, 2
    text = [[f"w{(i + j) % 7}" for j in range(length)] for i in range(num_sentences)]
    corpus = encode(Corpus(text), cache_dir=tmp_path)
    counts = corpus.vocabulary(min_count=1).counts
    sampler = WindowSampler(counts, window=1000, sample=0.0, num_negatives=num_negatives)
    with LargestTensor() as largest:
        pairs = sampler.pairs(corpus, 0, len(corpus), 0)
    assert pairs.inputs.numel() > 0.9 * num_sentences * length * (length - 1)
    assert largest.numbers <= len(corpus) * 2 * (length - 1) * num_negatives


def test_batches_are_sampled_few_at_once_where_windows_are_wide(tmp_path):
    corpus = encode(Corpus([[f"w{i % 50}" for i in range(30_000)]]), cache_dir=tmp_path)
    sampler = WindowSampler(corpus.vocabulary(min_count=1).counts, window=200, sample=0.0, num_negatives=10)
    with LargestTensor() as largest:
        first = next(PairBatches(corpus, sampler, words_per_batch=64).epoch(0))
    assert largest.numbers <= NUMBERS_AT_ONCE
    expected = sampler.pairs(corpus, 0, 64, 0)
    assert torch.equal(first.inputs, expected.inputs)
    assert torch.equal(first.negatives, expected.negatives)


def test_a_window_reaches_far_over_words_that_were_not_kept(tmp_path):
    """Where nearly nothing is kept, the next word of a window may be thousands of words away."""
    text = [["x"] * 3000 + ["rare"] + ["x"] * 5000 + ["rare"] + ["x"] * 3000]
    corpus = encode(Corpus(text), cache_dir=tmp_path)
    sampler = WindowSampler(corpus.vocabulary(min_count=1).counts, sample=1e-7, window=1, num_negatives=1, seed=4)
    whole = as_tuples(sampler.pairs(corpus, 0, len(corpus), 0))
    assert 0 < len(whole) < 40
    parts = [sampler.pairs(corpus, start, min(start + 10, len(corpus)), 0) for start in range(0, len(corpus), 10)]
    assert [pair for part in parts for pair in as_tuples(part)] == whole


def test_keep_probabilities_are_gensims():
    counts = np.array([5000.0, 300, 20, 1])
    threshold = 1e-3 * counts.sum()
    expected = [min(1.0, (np.sqrt(v / threshold) + 1) * (threshold / v)) for v in counts]
    assert np.allclose(keep_probabilities(counts, 1e-3), expected, rtol=1e-15)
    assert np.array_equal(keep_probabilities(counts, 0), np.ones(4))


def test_words_are_kept_with_their_probability():
    counts = np.array([50_000.0, 3000, 200, 10])
    sampler = WindowSampler(counts, sample=1e-2)
    n = 200_000
    for word, p in enumerate(keep_probabilities(counts, 1e-2)):
        kept = int(sampler.kept(torch.full((n,), word), torch.arange(n), 0).sum())
        assert kept == n if p == 1 else stats.binomtest(kept, n, p).pvalue > P_VALUE
    assert not sampler.kept(torch.tensor([4, 5, 10**6]), torch.arange(3), 0).any(), "words outside the vocabulary"


@pytest.mark.parametrize("window", [1, 2, 5, 10])
def test_the_radius_is_uniform(window):
    radius = WindowSampler([2, 1], window=window).radius(torch.arange(100_000), 0)
    seen = torch.bincount(radius, minlength=window + 1)
    assert seen[0] == 0
    assert stats.chisquare(seen[1:]).pvalue > P_VALUE if window > 1 else len(seen) == 2


@pytest.mark.parametrize("exponent", [0.75, 0.0, 1.0, -0.5])
def test_trap_the_target_is_among_the_negatives(exponent):
    counts = np.array([900, 400, 90, 30, 30, 1])
    n = 60_000
    sampler = WindowSampler(counts, ns_exponent=exponent, num_negatives=3)
    for target in (0, 4):
        drawn = sampler.negatives(torch.full((n,), target), torch.arange(n), 0)
        assert drawn.shape == (n, 3)
        log_p = exponent * np.log(counts)
        p = np.exp(log_p - log_p.max())
        p[target] = 0
        p /= p.sum()
        seen = np.bincount(drawn.flatten().numpy(), minlength=6)
        assert seen[target] == 0
        likely = p * 3 * n > 10
        assert stats.chisquare(seen[likely], p[likely] / p[likely].sum() * seen[likely].sum()).pvalue > P_VALUE


@pytest.mark.parametrize("counts", [[900, 400, 1], [900, 1]])
@pytest.mark.parametrize("exponent", [300.0, -300.0])
def test_an_exponent_that_leaves_all_the_mass_to_one_word(exponent, counts):
    sampler = WindowSampler(counts, ns_exponent=exponent)
    for target in range(len(counts)):
        assert not (sampler.negatives(torch.full((1000,), target), torch.arange(1000), 0) == target).any()


def test_negatives_of_a_pair_are_independent_of_each_other_and_of_the_next_pair():
    sampler = WindowSampler(np.ones(8), num_negatives=2)
    n = 100_000
    target = torch.full((n,), 7)
    here = sampler.negatives(target, torch.arange(n), 0, torch.zeros(n, dtype=torch.int64)).numpy()
    next_slot = sampler.negatives(target, torch.arange(n), 0, torch.ones(n, dtype=torch.int64)).numpy()
    next_epoch = sampler.negatives(target, torch.arange(n), 1, torch.zeros(n, dtype=torch.int64)).numpy()
    for other in (here[:, 1], next_slot[:, 0], next_epoch[:, 0], np.roll(here[:, 0], 1)):
        table = np.histogram2d(here[:, 0], other, bins=np.arange(8))[0]
        assert stats.chi2_contingency(table).pvalue > P_VALUE


def test_slot_zero_is_what_a_window_shares():
    sampler = WindowSampler(np.ones(8), num_negatives=2)
    targets, positions = torch.tensor([1, 2]), torch.tensor([10, 20])
    zero = torch.zeros(2, dtype=torch.int64)
    assert torch.equal(sampler.negatives(targets, positions, 0), sampler.negatives(targets, positions, 0, zero))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 0}, "window must be an integer of at least 1, not 0"),
        ({"window": "five"}, "window must be an integer of at least 1, not 'five'"),
        ({"sample": -1e-3}, "sample must be at least 0"),
        ({"sample": float("nan")}, "sample must be a finite number"),
        ({"num_negatives": -1}, "num_negatives must be an integer of at least 0"),
        ({"ns_exponent": "x"}, "ns_exponent must be a number"),
        ({"seed": -1}, "seed must be an integer of at least 0"),
        ({"seed": True}, "seed must be an integer"),
        ({"seed": 2**63}, r"seed must be an integer of at least 0 and below 2\^63, not 9223372036854775808"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        WindowSampler([3, 2, 1], **settings)


def test_the_largest_seed_draws():
    sampler = WindowSampler([3, 2, 1], seed=2**63 - 1)
    assert sampler.negatives(torch.tensor([0]), torch.tensor([0]), 0).shape == (1, 5)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([], r"a non-empty vector, not of shape \(0,\)"),
        ([[1, 2]], r"a non-empty vector, not of shape \(1, 2\)"),
        ([5, 0], "finite and at least 1, not 0.0"),
        ([5, -3], "finite and at least 1, not -3.0"),
        ([5, np.nan, 0], "finite and at least 1, not nan"),
        ([np.inf, 5], "finite and at least 1, not inf"),
    ],
)
def test_what_are_no_counts(counts, message):
    with pytest.raises(InputError, match=f"counts must be {message}"):
        WindowSampler(counts)


@pytest.mark.gpu
def test_draws_are_the_same_on_a_gpu(corpus):
    counts = corpus.vocabulary(min_count=3).counts
    here, there = (
        WindowSampler(counts, device=device, **SETTINGS).pairs(corpus, 10, 800, 3) for device in ("cpu", "cuda")
    )
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.is_cuda
        assert torch.equal(ours, theirs.cpu())


def test_trap_a_vocabulary_of_one_word_draws_endlessly():
    with pytest.raises(InputError, match="one word only, so there is nothing to draw as a negative"):
        WindowSampler([10])
    assert WindowSampler([10], num_negatives=0).vocab_size == 1
