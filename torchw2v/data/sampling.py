"""Which words are kept, how wide each window is, which words are drawn as noise: every draw word2vec makes.

    keep word w       with p = min(1, (√(f_w / t) + 1) · t / f_w),   t = sample · Σ f      (as gensim and word2vec.c)
    window radius     uniform on 1..window
    noise word        p ∝ f_w^ns_exponent, the target excluded

Words outside the vocabulary and words not kept go before windows are laid, so a window reaches over them. Every draw is
a function of (seed, epoch, place of the target in the corpus, purpose, index): see `counter_random`. So the samples do
not depend on chunks, threads or device.

Sources: Mikolov et al. 2013b, "Distributed Representations of Words and Phrases and their Compositionality", §2.2-2.3;
Levy, Goldberg, Dagan 2015, §3.1, for the dynamic window and for what "before windows are laid" does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from torchw2v.checks import finite, int_at_least, non_negative, one_of, positive_int, seed_of_draws
from torchw2v.data.alias import AliasTable
from torchw2v.data.counter_random import Purpose, below, draw, stream_key, upper_32
from torchw2v.data.encoding import EncodedCorpus
from torchw2v.errors import InputError

Floats = npt.NDArray[np.float64]

# The negatives of a skip-gram pair: those of its window, or some of its own.
NEGATIVES = ("per_window", "per_pair")


class Pairs(NamedTuple):
    """Skip-gram samples, in the order of the text: by target, then by the place of the input.

    Attributes:
        inputs: (B,) int64, a word of the target's window.
        targets: (B,) int64, the word in the middle.
        negatives: (B, K) int64, noise words, none equal to its target.
        positions: (B,) int64, the place of the target in the corpus; increasing.
        kept_positions: (n,) int64, the places of all words that could be targets; increasing.
    """

    inputs: Tensor
    targets: Tensor
    negatives: Tensor
    positions: Tensor
    kept_positions: Tensor


class Windows(NamedTuple):
    """CBOW samples, in the order of the text: a target and all the words of its window.

    Attributes:
        contexts: (N,) int64, the words of the windows, one window after the other.
        offsets: (B,) int64, where in `contexts` each window begins; none is empty.
        targets: (B,) int64, the word in the middle.
        negatives: (B, K) int64, noise words, none equal to its target.
        positions: (B,) int64, the place of the target in the corpus; increasing.
        kept_positions: (n,) int64, the places of all words that could be targets; increasing.
    """

    contexts: Tensor
    offsets: Tensor
    targets: Tensor
    negatives: Tensor
    positions: Tensor
    kept_positions: Tensor


class _Laid(NamedTuple):
    """Where the windows of some targets lie: the word `inputs[i]` is in the window of the target `rows[i]`."""

    inputs: Tensor
    rows: Tensor
    slots: Tensor
    targets: Tensor
    positions: Tensor


class WindowSampler:
    """Draws for a vocabulary with the given counts.

    Args:
        counts: (V,) how often each word of the vocabulary occurs, by id; at least 1.
        seed: of every draw; 0 to 2^63 − 1.
        window: the largest window radius.
        sample: the subsampling threshold t / Σ f; 0 keeps every word.
        num_negatives: K, noise words for a pair.
        ns_exponent: of the counts in the noise distribution.
        device: where draws are made; the same everywhere.

    Attributes:
        counts: (V,) as given.

    Raises:
        InputError: a setting or a count out of range, or a vocabulary of one word with negatives to draw.
    """

    def __init__(
        self,
        counts: npt.ArrayLike,
        *,
        seed: int = 0,
        window: int = 5,
        sample: float = 1e-3,
        num_negatives: int = 5,
        ns_exponent: float = 0.75,
        device: torch.device | str = "cpu",
    ) -> None:
        self.counts = np.asarray(counts)
        counts = _checked_counts(counts)
        self.seed = seed_of_draws(seed)
        self.window = positive_int("window", window)
        self.sample = non_negative("sample", sample)
        self.num_negatives = int_at_least(0, "num_negatives", num_negatives)
        self.ns_exponent = finite("ns_exponent", ns_exponent)
        if counts.size < 2 and self.num_negatives > 0:
            raise InputError(
                "the vocabulary holds one word only, so there is nothing to draw as a negative; "
                "lower min_count or give more text"
            )
        self.device = torch.device(device)
        self.noise = AliasTable(_powers(counts, self.ns_exponent), device)
        # one entry more, for words outside the vocabulary: never kept
        units = np.append(np.round(keep_probabilities(counts, self.sample) * 2.0**32), 0).astype(np.int64)
        self.keep_units = torch.from_numpy(units).to(device)

    @property
    def vocab_size(self) -> int:
        return len(self.noise)

    def kept(self, ids: Tensor, positions: Tensor, epoch: int) -> Tensor:
        """Whether each word stays. Shape: (n,), (n,) -> (n,) bool; ids at or beyond V never stay."""
        bits = draw(stream_key(self.seed, epoch, Purpose.KEEP), positions)
        return upper_32(bits) < self.keep_units[ids.clamp(max=self.vocab_size)]

    def radius(self, positions: Tensor, epoch: int) -> Tensor:
        """The window radius at each place. Shape: (n,) -> (n,), 1..window."""
        return 1 + below(draw(stream_key(self.seed, epoch, Purpose.RADIUS), positions), self.window)

    def negatives(self, targets: Tensor, positions: Tensor, epoch: int, slots: Tensor | int = 0) -> Tensor:
        """K noise words for each target, none equal to it.

        Args:
            targets: (n,) int64.
            positions: (n,) int64, the place of each target in the corpus.
            epoch: of the run.
            slots: (n,) int64, which of the window's pairs this is, 0..2·window − 1; a window that shares its negatives
                uses 0.

        Returns: (n, K) int64.
        """
        indices = torch.arange(self.num_negatives, device=targets.device)
        if isinstance(slots, Tensor):
            indices = slots[:, None] * self.num_negatives + indices
        else:
            indices = (slots * self.num_negatives + indices).expand(targets.numel(), -1)
        positions = positions[:, None]
        words = self.noise.outcome(draw(stream_key(self.seed, epoch, Purpose.NEGATIVE), positions, indices))
        row, column = (words == targets[:, None]).nonzero(as_tuple=True)
        # a draw from all the other words: the same distribution as drawing again until it differs
        bits = draw(stream_key(self.seed, epoch, Purpose.REDRAW), positions[row, 0], indices[row, column])
        words[row, column] = self.noise.outcome_other_than(targets[row], bits)
        return words

    def pairs(self, corpus: EncodedCorpus, start: int, stop: int, epoch: int, *, negatives: str = "per_pair") -> Pairs:
        """The pairs of every target at the places `start` to `stop` of the corpus.

        Args:
            corpus: the text as ids.
            start: the place of the first target.
            stop: the place behind the last one.
            epoch: of the run.
            negatives: "per_pair" draws for each pair, "per_window" once for all pairs of a window, for which the draws
                are those of `windows`.

        Raises:
            InputError: places outside the corpus, or another choice of negatives.
        """
        one_of("negatives", negatives, NEGATIVES)
        laid = self._lay_windows(corpus, start, stop, epoch)
        targets, positions = laid.targets[laid.rows], laid.positions[laid.rows]
        if negatives == "per_window":
            noise = self.negatives(laid.targets, laid.positions, epoch)[laid.rows]
        else:
            noise = self.negatives(targets, positions, epoch, laid.slots)
        return Pairs(
            inputs=laid.inputs,
            targets=targets,
            negatives=noise,
            positions=positions,
            kept_positions=laid.positions,
        )

    def windows(self, corpus: EncodedCorpus, start: int, stop: int, epoch: int) -> Windows:
        """The window of every target at the places `start` to `stop` that has a word in it; its negatives are shared.

        The words are those of `pairs`.

        Raises:
            InputError: places outside the corpus.
        """
        laid = self._lay_windows(corpus, start, stop, epoch)
        sizes = torch.bincount(laid.rows, minlength=laid.targets.numel())
        rows = sizes.nonzero().squeeze(1)
        sizes = sizes[rows]
        targets, positions = laid.targets[rows], laid.positions[rows]
        return Windows(
            contexts=laid.inputs,
            offsets=sizes.cumsum(0) - sizes,
            targets=targets,
            negatives=self.negatives(targets, positions, epoch),
            positions=positions,
            kept_positions=laid.positions,
        )

    def _lay_windows(self, corpus: EncodedCorpus, start: int, stop: int, epoch: int) -> _Laid:
        if not 0 <= start < stop <= len(corpus):
            raise InputError(f"start and stop must lie in order in 0..{len(corpus)}, not at {start} and {stop}")
        words, positions, sentences = self._kept_words_around(corpus, start, stop, epoch)
        targets = ((positions >= start) & (positions < stop)).nonzero().squeeze(1)
        radius = self.radius(positions[targets], epoch)
        # no window reaches further than the longest sentence; the slots are those of the full window all the same
        longest = int(torch.bincount(sentences, minlength=1).max())
        reach = min(self.window, max(longest - 1, 0))
        distances = torch.arange(1, reach + 1, device=self.device)
        offsets = torch.cat((-distances.flip(0), distances))
        places = targets[:, None] + offsets
        inside = (places >= 0) & (places < words.numel()) & (offsets.abs() <= radius[:, None])
        places = places.clamp_(0, max(words.numel() - 1, 0))
        inside &= sentences[places] == sentences[targets][:, None]
        row, column = inside.nonzero(as_tuple=True)
        return _Laid(
            inputs=words[places[row, column]],
            rows=row,
            slots=column + (self.window - reach),
            targets=words[targets],
            positions=positions[targets],
        )

    def _kept_words_around(
        self, corpus: EncodedCorpus, start: int, stop: int, epoch: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The kept words from `start` to `stop` and a window of kept words on both sides, with place and sentence.

        Sentences are told apart by a number; it means nothing else.
        """
        first = int(np.searchsorted(corpus.offsets, start, side="right")) - 1
        last = int(np.searchsorted(corpus.offsets, stop, side="left"))
        begin, end = int(corpus.offsets[first]), int(corpus.offsets[min(last, corpus.num_sentences)])
        margin = 8 * self.window
        while True:
            low, high = max(begin, start - margin), min(end, stop + margin)
            positions = torch.arange(low, high, device=self.device)
            ids = torch.from_numpy(corpus.ids[low:high].astype(np.int64)).to(self.device)
            kept = self.kept(ids, positions, epoch)
            before, after = int(kept[: start - low].sum()), int(kept[stop - low :].sum())
            if (before >= self.window or low == begin) and (after >= self.window or high == end):
                break
            margin *= 4
        starts = torch.zeros(high - low, dtype=torch.int64)
        inner = corpus.offsets[first : last + 1]
        starts[torch.from_numpy(inner[(inner >= low) & (inner < high)] - low)] = 1
        sentences = starts.cumsum(0).to(self.device)
        return ids[kept], positions[kept], sentences[kept]


def _checked_counts(counts: npt.ArrayLike) -> Floats:
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 1 or counts.size == 0:
        raise InputError(f"counts must be a non-empty vector, not of shape {counts.shape}")
    wrong = counts[~(np.isfinite(counts) & (counts >= 1))]
    if wrong.size:
        raise InputError(f"counts must be finite and at least 1, not {wrong[0]}")
    return counts


def keep_probabilities(counts: Floats, sample: float) -> Floats:
    """How likely each word is to stay: min(1, (√(f / t) + 1) · t / f) with t = sample · Σ f; 1 where sample is 0."""
    if sample == 0:
        return np.ones_like(counts)
    threshold = sample * counts.sum()
    kept: Floats = np.minimum(1.0, (np.sqrt(counts / threshold) + 1) * threshold / counts)
    return kept


def _powers(counts: Floats, exponent: float) -> Floats:
    """counts^exponent, up to a factor that keeps any exponent from overflowing; never 0, so that any word can come."""
    logs = exponent * np.log(counts)
    powers: Floats = np.maximum(np.exp(logs - logs.max()), np.finfo(np.float64).tiny)
    return powers
