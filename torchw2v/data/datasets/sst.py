"""The Stanford Sentiment Treebank as labelled sentences, from a folder of one's own or fetched.

R. Socher, A. Perelygin, J. Wu, J. Chuang, C. Manning, A. Ng and C. Potts, "Recursive Deep Models for Semantic
Compositionality Over a Sentiment Treebank" (EMNLP 2013). The size and the sum of the archive are those that several
unrelated public projects pin.
"""

from __future__ import annotations

from pathlib import Path

import torch

from torchw2v.atomic import atomic_path
from torchw2v.cache import make_cache_dir
from torchw2v.data.datasets.archive import open_archive, unpack_member
from torchw2v.data.datasets.download import fetch
from torchw2v.data.datasets.sentiment_treebank import SPLITS, is_treebank, read_sentiment_treebank
from torchw2v.data.labelled_sentences import LabelledSentences, SentenceSplits, check_parts
from torchw2v.errors import InputError

MIRRORS = (
    "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
    "https://cache.julialang.org/https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
)
ARCHIVE = "trainDevTestTrees_PTB.zip"
ARCHIVE_SIZE = 789_539
ARCHIVE_SHA256 = "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc"
LARGEST_FILE = 10_000_000  # the largest of the three has 2.2 MB
CLASS_NAMES = {
    5: ("very negative", "negative", "neutral", "positive", "very positive"),
    2: ("negative", "positive"),
}
_NEUTRAL = 2


def sst(
    root: str | Path | None = None, *, classes: int = 5, lower: bool = True, progress: bool = True
) -> SentenceSplits:
    """The treebank from the folder `root`, by default `sst` in the cache folder.

    Any of the files that `read_sentiment_treebank` reads will do. Where there are none, the trees are unpacked from
    `trainDevTestTrees_PTB.zip` in the same folder, and that is downloaded where it is missing, too; so on a machine
    without a network the archive or what is in it may be put there by hand.

    Args:
        root: folder of the treebank.
        classes: 5, from very negative to very positive; or 2, for which neutral sentences are left out.
        lower: put the words into lower case, as our vectors have them.
        progress: whether to show a progress bar while downloading.

    Returns: the published parts: 8,544, 1,101 and 2,210 sentences, or 6,920, 872 and 1,821 of two classes.

    Raises:
        InputError: nothing is there and no mirror sent it, or the files are not those of the treebank.
    """
    if isinstance(classes, bool) or classes not in CLASS_NAMES:
        raise InputError(f"data.classes must be 5 or 2, not {classes!r}")
    if not isinstance(lower, bool):
        raise InputError(f"data.lower must be true or false, not {lower!r}")
    folder = Path(root).expanduser().absolute() if root else make_cache_dir(None) / "sst"
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"{folder} is a file, and data.root must be the folder of the treebank; for sentences of your "
            "own add data=sentences"
        )
    if not is_treebank(folder):
        _fetch_trees(folder, progress)
    treebank = read_sentiment_treebank(folder)
    if treebank.labels is None:
        raise InputError(
            f"{folder}: nothing here labels the sentences; put dictionary.txt and sentiment_labels.txt there, or the "
            "folder trees"
        )
    labels = torch.tensor(treebank.labels, dtype=torch.int64)
    of_split = torch.tensor([SPLITS.index(split) for split in treebank.splits])
    words = [[word.lower() for word in sentence] if lower else sentence for sentence in treebank.sentences]
    counted = torch.ones(len(labels), dtype=torch.bool)
    if classes == 2:
        counted, labels = labels != _NEUTRAL, (labels > _NEUTRAL).long()
    everything = LabelledSentences(words, list(map(" ".join, treebank.sentences)), labels, CLASS_NAMES[classes])
    parts = {name: everything[((of_split == i) & counted).nonzero()[:, 0]] for i, name in enumerate(SPLITS)}
    check_parts(parts["train"], parts["dev"], parts["test"], str(folder))
    return SentenceSplits(parts["train"], parts["dev"], parts["test"], tokenizer="treebank", lower=lower)


def _fetch_trees(folder: Path, progress: bool) -> None:
    try:
        archive = fetch(ARCHIVE, MIRRORS, ARCHIVE_SIZE, ARCHIVE_SHA256, folder, progress=progress)
    except InputError as error:
        raise InputError(
            f"{error}; or put what is in it there (trees/train.txt, dev.txt and test.txt), or datasetSentences.txt and "
            "the files that go with it: data.root may say where"
        ) from None
    try:
        (folder / "trees").mkdir(exist_ok=True)
        with open_archive(archive) as packed:
            for split in SPLITS:
                with atomic_path(folder / "trees" / f"{split}.txt") as temporary:
                    unpack_member(packed, f"trees/{split}.txt", temporary, largest=LARGEST_FILE)
    except OSError as error:
        raise InputError(f"{folder}: cannot unpack {ARCHIVE} here: {error.strerror or error}") from error
