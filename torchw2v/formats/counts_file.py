"""How often words were seen, as a table: a word, a tab, its count. gensim takes it as `fvocab`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from torchw2v.atomic import write_text
from torchw2v.errors import InputError
from torchw2v.formats.labels import label


def write_counts(path: Path, words: Sequence[str], counts: Iterable[int]) -> None:
    """Write a line for each word, in their order."""
    write_text(path, "".join(f"{label(word)}\t{count}\n" for word, count in zip(words, counts, strict=True)))


def read_counts(path: Path) -> list[int]:
    """The counts in the order of the lines; InputError names a line that is none."""
    counts = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8: {error.reason}") from None
    for number, line in enumerate(lines[:-1] if lines[-1] == "" else lines, start=1):
        _, tab, count = line.rpartition("\t")
        if not tab or not count.isdecimal():
            raise InputError(f"{path}: line {number}: a word, a tab and a count are needed, not {line[:60]!r}")
        counts.append(int(count))
    return counts
