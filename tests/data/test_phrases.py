"""Phrases: those of gensim and of a plain reference, in every corner that the table of names has."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.test_encoding import decode
from tests.reference import phrases as reference
from torchw2v import InputError
from torchw2v.data import (
    ENGLISH_CONNECTOR_WORDS,
    Corpus,
    EncodedCorpus,
    Phrase,
    PhraseSettings,
    encode,
    find_phrases,
    join_phrases,
    joined_names,
    neighbouring_words,
    write_phrases,
)
from torchw2v.data.key_counts import KeyCounts
from torchw2v.data.phrases import join_phrases_as_set

gensim_phrases = pytest.importorskip("gensim.models.phrases", reason="needs the package gensim")

DOCS = Path(__file__).parents[2] / "docs"
ALPHABETS = {
    "two words": ["a", "b"],
    "words with the delimiter": ["a", "b", "c", "a_b", "b_a", "b_c"],
    "delimiters": ["a", "b", "_", "__", "a_", "_b", "_a_"],
    "connectors": ["a", "b", "c", "d", "of", "the"],
    "connectors with the delimiter": ["a", "of", "of_a", "a_of", "the", "of_the"],
}


def gensims(sentences: list[list[str]], passes: int, **settings: Any) -> tuple[list[list[str]], list[set[str]]]:
    found = []
    for _ in range(passes):
        phrases = gensim_phrases.Phrases(sentences, **settings)
        found.append(set(phrases.find_phrases(sentences)))
        sentences = [phrases[sentence] for sentence in sentences]
    return sentences, found


def by_pass(phrases: list[Phrase], passes: int) -> list[dict[str, tuple[float, int]]]:
    return [{one.name: (one.score, one.count) for one in phrases if one.pass_number == i + 1} for i in range(passes)]


def check(sentences: list[list[str]], folder: Path, passes: int, **settings: Any) -> None:
    """That text, phrases, scores and counts are those of the reference, and text and phrases those of gensim."""
    joined = join_phrases(encode(Corpus(sentences), cache_dir=folder), passes=passes, cache_dir=folder, **settings)
    text, names = gensims(list(filter(None, sentences)), passes, **settings)
    assert decode(joined) == text
    phrases = by_pass(joined.phrases(), passes)
    assert [set(some) for some in phrases] == names
    counts = Counter(word for sentence in text for word in sentence)
    assert dict(zip(joined.vocabulary(min_count=1), joined.counts.tolist(), strict=True)) == counts
    text = list(filter(None, sentences))
    for some in phrases:
        text, expected = reference.join(text, **settings)
        assert some == expected
    assert joined.num_joins == sum(map(len, sentences)) - len(joined) or settings["connector_words"]


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("scoring", ["default", "npmi"])
def test_small_texts_full_of_traps(tmp_path, monkeypatch, alphabet, scoring):
    for seed in range(8):
        draw = random.Random(f"{alphabet} {scoring} {seed}")
        longest = draw.choice([3, 12, 40])
        words = [[draw.choice(ALPHABETS[alphabet]) for _ in range(draw.randint(0, longest))] for _ in range(20)]
        monkeypatch.setattr(neighbouring_words, "WORDS_AT_ONCE", draw.choice([1, 2, 3, 7, 50, 1 << 20]))
        thresholds = [0.01, 0.1, 0.5, 1, 2] if scoring == "default" else [-1, -0.5, 0, 0.1, 0.3, 0.9, 1]
        check(
            words,
            tmp_path,
            passes=draw.choice([1, 2, 3]),
            min_count=draw.choice([1, 1, 2, 5]),
            threshold=draw.choice(thresholds),
            scoring=scoring,
            connector_words=draw.choice([(), {"of", "the"}, {"b"}, {"a_b", "of_the"}, {"_"}]),
            delimiter=draw.choice(["_", "_", "__", "a", "+"]),
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": 10.0, "scoring": "default"},
        {"threshold": 3.0, "scoring": "default", "connector_words": ENGLISH_CONNECTOR_WORDS},
        {"threshold": 0.5, "scoring": "npmi", "connector_words": ENGLISH_CONNECTOR_WORDS, "delimiter": "~"},
    ],
    ids=["default", "connectors", "npmi"],
)
def test_real_text(tmp_path, monkeypatch, settings):
    monkeypatch.setattr(neighbouring_words, "WORDS_AT_ONCE", 5000)
    text = list(Corpus(sorted(DOCS.glob("*.md"))[0].parent / "*.md", tokenizer="words"))
    check(text, tmp_path, passes=2, min_count=2, **{"connector_words": (), "delimiter": "_"} | settings)
    phrases = find_phrases(encode(Corpus(text), cache_dir=tmp_path), min_count=2, **settings, cache_dir=tmp_path)
    assert len(phrases) > 100


def test_names_with_the_same_hash_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(joined_names, "_BASE", 0)  # only the last byte counts
    draw = random.Random(0)
    words = [[draw.choice(ALPHABETS["delimiters"]) for _ in range(20)] for _ in range(30)]
    check(words, tmp_path, 2, min_count=1, threshold=0.1, scoring="default", connector_words=(), delimiter="_")


@pytest.mark.parametrize(("scoring", "low"), [("default", 0.1), ("npmi", -1.0)])
def test_a_score_at_the_threshold_is_not_above_it(tmp_path, scoring, low):
    draw = random.Random(1)
    corpus = encode(Corpus([[draw.choice("abcd") for _ in range(9)] for _ in range(9)]), cache_dir=tmp_path)
    found = find_phrases(corpus, min_count=1, threshold=low, scoring=scoring, cache_dir=tmp_path)
    assert len(found) > 3
    for one in found:
        rest = find_phrases(corpus, min_count=1, threshold=one.score, scoring=scoring, cache_dir=tmp_path)
        assert all(other.score > one.score for other in rest)


def test_a_joined_text_can_be_joined_again_with_another_threshold(tmp_path):
    text = list(Corpus(DOCS / "performance.md", tokenizer="words"))
    corpus = encode(Corpus(text), cache_dir=tmp_path)
    for threshold in (20.0, 5.0):
        corpus = join_phrases(corpus, min_count=2, threshold=threshold, cache_dir=tmp_path)
        text, _ = gensims(text, 1, min_count=2, threshold=threshold)
    assert decode(corpus) == text


def test_the_connector_words_are_gensims():
    assert ENGLISH_CONNECTOR_WORDS == gensim_phrases.ENGLISH_CONNECTOR_WORDS
    assert PhraseSettings(connector_words="english").connectors == tuple(sorted(ENGLISH_CONNECTOR_WORDS))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("in new york city\n\nold  york and new york city\na city\n" * 20)
    return path


def test_the_second_time_the_text_is_not_read(tmp_path, monkeypatch, text):
    first = join_phrases(
        encode(Corpus(text), cache_dir=tmp_path / "cache"), threshold=0.1, cache_dir=tmp_path / "cache"
    )
    monkeypatch.setattr(neighbouring_words.NeighbouringWords, "__iter__", lambda self: pytest.fail("read again"))
    corpus = encode(Corpus(text), cache_dir=tmp_path / "cache")
    again = join_phrases(corpus, threshold=0.1, cache_dir=tmp_path / "cache")
    assert (again.folder, again.phrases()) == (first.folder, first.phrases())
    assert again.fingerprint != corpus.fingerprint


def test_other_settings_are_other_texts(tmp_path, text):
    corpus = encode(Corpus(text), cache_dir=tmp_path / "cache")
    changes: list[dict[str, Any]] = [
        {},
        {"passes": 2},
        {"min_count": 4},
        {"threshold": 0.2},
        {"scoring": "npmi", "threshold": 0.5},
        {"connector_words": ["and"]},
        {"delimiter": "-"},
    ]
    folders = {
        join_phrases(corpus, **{"threshold": 0.1} | some, cache_dir=tmp_path / "cache").folder for some in changes
    }
    assert len(folders) == len(changes)
    same = join_phrases(corpus, threshold=0.1, connector_words={"and"}, cache_dir=tmp_path / "cache")
    assert same.folder in folders


def test_passes_end_where_nothing_is_joined_any_more(tmp_path):
    read: list[int] = []
    corpus = encode(Corpus([["new", "york"]] * 20), cache_dir=tmp_path)
    settings = PhraseSettings(passes=50, threshold=0.01)
    joined = join_phrases_as_set(corpus, settings, cache_dir=tmp_path, on_block=read.append)
    assert decode(joined) == [["new_york"]] * 20
    assert len(read) == 6


def test_texts_that_are_not_kept_leave_nothing_behind(tmp_path):
    corpus = encode(Corpus([["new", "york"]] * 20), cache_dir=tmp_path)
    joined = join_phrases(corpus, passes=3, threshold=0.01, cache_dir=tmp_path)
    assert joined.is_temporary
    assert decode(joined) == [["new_york"]] * 20
    del corpus, joined
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("piece", ["phrases.tsv", "ids.bin"])
def test_what_is_damaged_is_made_again(tmp_path, text, piece):
    corpus = encode(Corpus(text), cache_dir=tmp_path / "cache")
    first = join_phrases(corpus, threshold=0.1, cache_dir=tmp_path / "cache")
    phrases = first.phrases()
    (first.folder / piece).write_bytes(b"1\t2")
    assert join_phrases(corpus, threshold=0.1, cache_dir=tmp_path / "cache").phrases() == phrases != []


def test_memory_does_not_grow_with_the_text(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbouring_words, "WORDS_AT_ONCE", 1 << 13)
    monkeypatch.setattr("torchw2v.data.encoding._IDS_AT_ONCE", 1 << 13)
    words = [f"w{i % 100}" if i % 3 else "of" for i in range(5000)]
    join_phrases(encode(Corpus([words]), cache_dir=tmp_path), connector_words=["of"], cache_dir=tmp_path)  # imports
    corpus = encode(Corpus(words for _ in range(150)), cache_dir=tmp_path)  # 3 MB of ids
    tracemalloc.start()
    try:
        joined = join_phrases(corpus, connector_words=["of"], threshold=1e-3, passes=2, cache_dir=tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(joined) < len(corpus)
    assert peak < 1_500_000


def test_a_text_is_written_with_its_phrases(tmp_path, text, monkeypatch):
    monkeypatch.setattr("torchw2v.data.phrase_text.WORDS_AT_ONCE", 3)
    settings = PhraseSettings(min_count=20, threshold=0.08, connector_words=["and"])
    read: list[int] = []
    folder = tmp_path / "cache"
    summary = write_phrases(
        Corpus(text), tmp_path / "new.txt", settings, show=1, cache_dir=folder, on_block=read.append
    )
    assert sum(read) == 2 * 240
    written = (tmp_path / "new.txt").read_text()
    assert written == "in new_york city\nold york and new_york city\na city\n" * 20
    assert (summary.words, summary.words_left, summary.sentences) == (240, 200, 60)
    assert (summary.num_phrases, summary.num_joins) == (1, 40)
    assert [one.name for one in (*summary.most_frequent, *summary.highest)] == ["new_york"] * 2
    assert summary.most_frequent[0].count == 40


def test_where_a_text_cannot_be_written_nothing_is_left(tmp_path, text, monkeypatch):
    for name, message in (
        ("text.txt", "is the text itself; give another name"),
        ("new.txt.gz", "is written without compression; give a name without .gz"),
        ("no/new.txt", "there is no folder"),
        ("cache", "is a folder; give the name of a file"),
    ):
        (tmp_path / "cache").mkdir(exist_ok=True)
        with pytest.raises(InputError, match=message):
            write_phrases(Corpus(text), tmp_path / name, cache_dir=tmp_path / "cache")
    before = text.read_bytes()

    def full(corpus: EncodedCorpus, file: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torchw2v.data.phrase_text.write_sentences", full)
    with pytest.raises(InputError, match=r"new.txt: cannot be written: No space left"):
        write_phrases(Corpus(text), tmp_path / "new.txt", cache_dir=tmp_path / "cache")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "text.txt"]
    assert text.read_bytes() == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"passes": 0}, "passes must be an integer of at least 1, not 0"),
        ({"min_count": 0}, "min_count must be an integer of at least 1, not 0"),
        ({"scoring": "pmi"}, "scoring must be one of default, npmi, not 'pmi'"),
        ({"threshold": 0}, "threshold must be above 0 with scoring 'default', not 0"),
        ({"threshold": "high"}, "threshold must be a number, not 'high'"),
        ({"threshold": 10.0, "scoring": "npmi"}, "threshold must be from -1 to 1 with scoring 'npmi', not 10.0"),
        ({"delimiter": ""}, "delimiter must be at least a character, and no whitespace, not ''"),
        ({"delimiter": "\n"}, "delimiter must be at least a character, and no whitespace"),
        ({"delimiter": "\ud800"}, "is not valid Unicode"),
        ({"connector_words": "of"}, "connector_words must be a list of words or 'english', not 'of'"),
        ({"connector_words": [1]}, "connector_words must be a list of words"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(InputError, match=message):
        PhraseSettings(**settings)


def test_keys_are_counted_whatever_the_blocks(tmp_path):
    generator = np.random.default_rng(0)
    table, expected = KeyCounts(), Counter[int]()
    for size in (5, 0, 1, 700, 30, 30, 31, 1, 2000, 3):
        keys = generator.integers(-50, 500, size=size)
        expected.update(keys.tolist())
        table.add(keys)
    keys, counts = table.take()
    assert list(zip(keys.tolist(), counts.tolist(), strict=True)) == sorted(expected.items())
    assert [array.size for array in table.take()] == [0, 0]


def test_more_runs_than_an_integer_has_room_for_are_refused(tmp_path):
    corpus = encode(Corpus([["a", "of", "b", "of", "of", "a"]]), cache_dir=tmp_path)
    pairs = neighbouring_words.NeighbouringWords(corpus, np.array([True, False, False]))
    pairs.vocab_size = 2_000_000_000
    with pytest.raises(InputError, match="too many runs of connector words between them to be counted; give fewer"):
        list(pairs)
