"""Lines of a word and numbers, read in blocks: what word2vec's text and GloVe's have in common."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.text_files import open_text_file
from torchw2v.errors import InputError
from torchw2v.formats.row_table import RowTable, decoded
from torchw2v.threads import map_in_order

_BYTES_AT_ONCE = 1 << 22
_LONGEST_LINE = 1 << 24
Numbers = npt.NDArray[np.float32]


class Block(NamedTuple):
    """Whole lines of a file.

    Attributes:
        first: the number of the first line, from 1.
        lines: without line feeds.
    """

    first: int
    lines: list[bytes]


class _Rows(NamedTuple):
    lines: list[int]
    words: list[str]
    numbers: Numbers


class _Rest:
    """A file behind what was read of it already."""

    def __init__(self, pending: bytes, file: IO[bytes]) -> None:
        self._pending = pending
        self._file = file

    def read(self, size: int) -> bytes:
        pending, self._pending = self._pending, b""
        return pending or self._file.read(size)


@contextmanager
def open_lines(path: Path) -> Iterator[tuple[bytes, _Rest]]:
    """The first line of a text file, compressed or not, without a byte order mark, and what comes behind it."""
    with open_text_file(path) as file:
        held = b""
        while b"\n" not in held and (part := file.read(_BYTES_AT_ONCE)):
            held += part
            if len(held) > _LONGEST_LINE + _BYTES_AT_ONCE:
                raise _too_long(path, 1)
        first, _, rest = held.partition(b"\n")
        yield first.removeprefix(codecs.BOM_UTF8).rstrip(b"\r"), _Rest(rest, file)


def read_rows(path: Path, file: _Rest, table: RowTable, *, first_line: int, before: bytes = b"", errors: str) -> None:
    """Add the word and the numbers of each line to a table; a word may hold spaces, the last numbers count.

    Args:
        path: of the file, for messages.
        file: what comes behind `before`.
        table: takes rows of D numbers.
        first_line: the number of the line with which `before` begins.
        before: what was read already.
        errors: what to do with words that are not UTF-8: strict, replace or ignore.

    Raises:
        InputError: a line that is something else; the message has its number.
    """

    def parse(block: Block) -> _Rows:
        return _parse(path, block, table.dim, errors)

    for rows in map_in_order(parse, _blocks(path, file, first_line, before)):
        table.add(rows.words, rows.numbers, place=lambda i, rows=rows: f"line {rows.lines[i]}")  # type: ignore[misc]


def _blocks(path: Path, file: _Rest, first_line: int, rest: bytes) -> Iterator[Block]:
    while part := file.read(_BYTES_AT_ONCE):
        *lines, rest = (rest + part).split(b"\n")
        if lines:
            yield Block(first_line, lines)
            first_line += len(lines)
        if len(rest) > _LONGEST_LINE:
            raise _too_long(path, first_line)
    if rest:
        yield Block(first_line, rest.split(b"\n"))


def _too_long(path: Path, line: int) -> InputError:
    return InputError(f"{path}: line {line}: more than {_LONGEST_LINE >> 20} MB without an end: no file of vectors")


def _parse(path: Path, block: Block, dim: int, errors: str) -> _Rows:
    """The rows of a block; empty lines hold none."""
    words, texts, numbers_of_lines = [], [], []
    for number, line in enumerate(block.lines, start=block.first):
        line = line.rstrip()
        if not line:
            continue
        word, _, numbers = line.partition(b" ")
        if numbers.count(b" ") != dim - 1 or not word:
            word, numbers = _split(path, number, line, dim)
        words.append(decoded(word, path, f"line {number}", errors))
        texts.append(numbers)
        numbers_of_lines.append(number)
    return _Rows(numbers_of_lines, words, _numbers(path, numbers_of_lines, texts, dim))


def _split(path: Path, number: int, line: bytes, dim: int) -> tuple[bytes, bytes]:
    """A word that holds spaces, or fields that are more than one space apart."""
    fields = line.rsplit(None, dim)
    if len(fields) <= dim:
        found = max(len(fields) - 1, 0)
        raise InputError(f"{path}: line {number}: a word and {dim} numbers are needed, but it has {found} numbers")
    return fields[0], b" ".join(fields[1:])


def _numbers(path: Path, lines: list[int], texts: list[bytes], dim: int) -> Numbers:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        fields = pc.list_flatten(pc.split_pattern(pa.array(texts, pa.large_string()), " "))
        numbers: Numbers = fields.cast(pa.float32()).to_numpy(zero_copy_only=False)
        return numbers.reshape(len(texts), dim)
    except (pa.ArrowInvalid, UnicodeDecodeError, ValueError):
        pass
    for number, text in zip(lines, texts, strict=True):
        for field in text.split():
            try:
                float(field.replace(b"_", b"?"))  # Python takes 1_000 for a number
            except ValueError:
                shown = field[:40].decode("utf-8", "backslashreplace")
                raise InputError(f"{path}: line {number}: {shown!r} is not a number") from None
    rows = [np.array(text.split(), dtype=np.float64) for text in texts]  # written as Arrow does not read it
    return np.stack(rows).astype(np.float32)
