from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.datasets.treebank import ORDER, SCORES, TREES, words_of, write_plain, write_trees
from torchw2v.data.datasets.sentiment_treebank import read_sentiment_treebank, sentiment_class
from torchw2v.errors import InputError

IN_ORDER = [words_of(TREES[split][place]) for split, place in ORDER]
CLASSES = {split: [int(tree[1]) for tree in trees] for split, trees in TREES.items()}


def test_plain_format_with_its_dictionary(tmp_path: Path) -> None:
    write_plain(tmp_path)
    treebank = read_sentiment_treebank(tmp_path)
    assert treebank.sentences == IN_ORDER
    assert treebank.sentences[1] == ["Mollà", ","]  # Ã, U+00A0 in the file
    assert treebank.splits == [split for split, _ in ORDER]
    assert treebank.scores == [SCORES[split][place] for split, place in ORDER]
    assert treebank.labels == [CLASSES[split][place] for split, place in ORDER]


def test_the_dictionary_may_be_in_lower_case(tmp_path: Path) -> None:
    write_plain(tmp_path)
    dictionary = tmp_path / "dictionary.txt"
    dictionary.write_text(dictionary.read_text(encoding="utf-8").lower(), encoding="utf-8")
    assert read_sentiment_treebank(tmp_path).scores == [SCORES[split][place] for split, place in ORDER]


def test_plain_format_takes_classes_from_the_trees(tmp_path: Path) -> None:
    write_plain(tmp_path, dictionary=False)
    write_trees(tmp_path / "trees")
    treebank = read_sentiment_treebank(tmp_path)
    assert treebank.sentences == IN_ORDER
    assert treebank.labels == [CLASSES[split][place] for split, place in ORDER]
    assert set(treebank.scores or ()) <= {0.1, 0.3, 0.5, 0.7, 0.9}


def test_plain_format_without_either_has_no_labels(tmp_path: Path) -> None:
    write_plain(tmp_path, dictionary=False)
    treebank = read_sentiment_treebank(tmp_path)
    assert treebank.sentences == IN_ORDER
    assert treebank.scores is treebank.labels is None


@pytest.mark.parametrize("place", ["trees", "."])
def test_tree_format(tmp_path: Path, place: str) -> None:
    write_plain(tmp_path)
    write_trees(tmp_path / place)
    treebank = read_sentiment_treebank(tmp_path, format="tree")
    splits = ("train", "test", "dev")
    assert treebank.sentences == [words_of(tree) for split in splits for tree in TREES[split]]
    assert treebank.splits == [split for split in splits for _ in TREES[split]]
    assert treebank.labels == [label for split in splits for label in CLASSES[split]]


def test_words_as_one_asks_for_them(tmp_path: Path) -> None:
    write_plain(tmp_path)
    treebank = read_sentiment_treebank(tmp_path, lower=True, brackets=True)
    assert treebank.sentences[3] == ["the", "clichés", "(", "of", ")"]
    assert read_sentiment_treebank(tmp_path, lower=True).sentences[3] == ["the", "clichés", "-lrb-", "of", "-rrb-"]


def test_a_no_break_space_ends_a_word_by_option(tmp_path: Path) -> None:
    write_plain(tmp_path)
    kept, split = (
        read_sentiment_treebank(tmp_path, split_at_no_break_spaces=option).sentences for option in (False, True)
    )
    assert kept[5] == ["8\u00a01\\/2", "."]
    assert split[5] == ["8Â", "1\\/2", "."]  # half a letter cannot be repaired
    assert (kept[1], split[1]) == (["Mollà", ","], ["MollÃ", ","])
    assert split[2] == kept[2] == ["Bon", "appétit", "!"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_copies_saved_by_an_editor(tmp_path: Path, encoding: str, newline: str) -> None:
    """Letters encoded once, lines of Windows."""
    write_plain(tmp_path)
    rows = [f"{i}\t{' '.join(sentence)}" for i, sentence in enumerate(IN_ORDER, 1)]
    text = newline.join(["sentence_index\tsentence", *rows]) + newline
    (tmp_path / "datasetSentences.txt").write_bytes(text.encode(encoding))
    treebank = read_sentiment_treebank(tmp_path)
    assert treebank.sentences == IN_ORDER
    assert treebank.labels == [CLASSES[split][place] for split, place in ORDER]


@pytest.mark.parametrize(
    ("score", "label"),
    [(0, 0), (0.2, 0), (0.2001, 1), (0.4, 1), (0.6, 2), (0.8, 3), (0.8001, 4), (1, 4)],
)
def test_edges_are_in_the_lower_class(score: float, label: int) -> None:
    assert sentiment_class(score) == label


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_score_is_between_0_and_1(score: float) -> None:
    with pytest.raises(InputError, match=r"between 0 and 1, not (-0\.1|1\.1|nan)"):
        sentiment_class(score)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("datasetSentences.txt", "h\n1\tA\n3\tB\n", r"datasetSentences\.txt, line 3: '3\\tB' does not begin with 2"),
        ("datasetSplit.txt", "h\n1,1\n", r"has 1 sentences and datasetSentences\.txt 7"),
        ("datasetSplit.txt", "h\n1,4\n", "sentence 1 is in split '4'"),
        ("sentiment_labels.txt", "h\n1|x\n", r"sentiment_labels\.txt: '1\|x' is not"),
        ("dictionary.txt", "good|99\n", r"dictionary\.txt: 'good\|99' is not a phrase"),
        ("dictionary.txt", "good|2\n", r"does not have sentence 1 .* 'Effective but too-tepid'"),
    ],
)
def test_plain_files_that_are_wrong(tmp_path: Path, file: str, content: str, message: str) -> None:
    write_plain(tmp_path)
    (tmp_path / file).write_text(content)
    with pytest.raises(InputError, match=message):
        read_sentiment_treebank(tmp_path)


@pytest.mark.parametrize(
    "line", ["(3 (2 a) (2 b)", "3 a", "(2 a) (2 b)", "(5 a)", "(3 (2 a) b)", "(3)", "(3 (2 a) (2 b)))"]
)
def test_lines_that_are_no_trees(tmp_path: Path, line: str) -> None:
    write_trees(tmp_path)
    (tmp_path / "dev.txt").write_text(f"(3 fine)\n{line}\n")
    with pytest.raises(InputError, match=r"dev\.txt, line 2: .* is not a tree"):
        read_sentiment_treebank(tmp_path)


def test_trees_of_other_sentences(tmp_path: Path) -> None:
    write_plain(tmp_path, dictionary=False)
    write_trees(tmp_path)
    (tmp_path / "dev.txt").write_text("(3 other)\n")
    with pytest.raises(InputError, match=r"no tree is that of sentence 3 .* 'Bon appétit !'"):
        read_sentiment_treebank(tmp_path)


def test_files_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"neither datasetSentences\.txt nor train\.txt"):
        read_sentiment_treebank(tmp_path)
    with pytest.raises(InputError, match=r"datasetSentences\.txt: cannot be read: No such file"):
        read_sentiment_treebank(tmp_path, format="plain")
    write_plain(tmp_path)
    (tmp_path / "datasetSplit.txt").unlink()
    with pytest.raises(InputError, match=r"datasetSplit\.txt: cannot be read: No such file"):
        read_sentiment_treebank(tmp_path)
    with pytest.raises(InputError, match="'auto', 'plain' or 'tree', not 'csv'"):
        read_sentiment_treebank(tmp_path, format="csv")  # type: ignore[arg-type]
