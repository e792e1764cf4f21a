"""Which format a path is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torchw2v.checks import one_of
from torchw2v.errors import InputError
from torchw2v.formats.safetensors_file import read_safetensors, write_safetensors
from torchw2v.formats.word2vec_text import write_word2vec_text
from torchw2v.formats.word_table import WordTable


@dataclass(frozen=True)
class Format:
    """A way to keep word vectors.

    Attributes:
        title: what it is, in a few words.
        suffixes: of files in it, the first of which is the usual one.
        read: a file to a table; None where there is no reader.
        write: a table to a file.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], WordTable] | None
    write: Callable[[Path, WordTable], object]


FORMATS = {
    "safetensors": Format("words and vectors, exact", (".safetensors",), read_safetensors, write_safetensors),
    "word2vec": Format("word2vec text", (".txt", ".vec"), None, write_word2vec_text),
}


def read_table(path: str | Path, *, format: str | None = None) -> WordTable:
    """The words and vectors of a file, in the format that its suffix or `format` names."""
    path = Path(path).expanduser()
    chosen = _format(path, format)
    if chosen.read is None:
        raise InputError(f"{path}: {chosen.title} cannot be read yet")
    if not path.exists():
        raise InputError(f"{path}: no such file")
    return chosen.read(path)


def write_table(path: str | Path, table: WordTable, *, format: str | None = None) -> None:
    """Write a table in the format that the suffix of `path` or `format` names; the file appears whole."""
    path = Path(path).expanduser()
    _format(path, format).write(path, table)


def _format(path: Path, name: str | None) -> Format:
    if name is not None:
        return FORMATS[one_of("format", name, tuple(FORMATS))]
    for form in FORMATS.values():
        if path.suffix.lower() in form.suffixes:
            return form
    suffixes = ", ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
    raise InputError(f"{path}: a suffix says the format, and there are {suffixes}; or name it by format")
