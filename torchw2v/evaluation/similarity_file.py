"""Pairs of words with people's judgement of how similar they are.

Two words and, in the first column after them that holds a number in the second line, the judgement: so WordSim-353,
SimLex-999 with its ten columns, RW, SimVerb-3500, MEN, MTurk and RG-65 are read as they are published. Columns are
divided by tabs, semicolons, commas or white space; a first line with no number in that column is a header, and lines
that begin with `#` are comments.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from torchw2v.errors import InputError
from torchw2v.evaluation.question_lines import numbered_lines

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_LEAST_COLUMNS = 3
_SHOWN = 60

Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class PairSet:
    """Pairs and judgements.

    Attributes:
        name: of the set: that of its file, without suffixes.
        pairs: of words.
        judgements: one a pair, on any scale.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    judgements: tuple[float, ...]


def read_pairs(path: str | Path, *, encoding: str = "utf-8") -> PairSet:
    """Read a file of pairs.

    Raises:
        InputError: no such file, a line that is not two words and a number, or fewer than two pairs.
    """
    lines = list(numbered_lines(path, encoding=encoding))
    if not lines:
        raise InputError(f"{path}: holds no pairs; a line is two words and a number, with tabs between")
    split = _splitter(path, *lines[0])
    rows = [(number, split(line)) for number, line in lines]
    column = _column(path, *rows[min(1, len(rows) - 1)])  # the names in a header may be numbers, too
    header = rows[0][1]
    if len(header) > column and not _is_number(header[column]):
        del rows[0]
    if len(rows) < 2:
        raise InputError(f"{path}: holds one pair, but a correlation needs two or more")
    pairs, judgements = [], []
    for number, row in rows:
        if len(row) <= column or not _is_number(row[column]) or not (row[0] and row[1]):
            raise InputError(
                f"{path}, line {number}: not two words and, in column {column + 1}, a number: {_shown(row)}"
            )
        pairs.append((row[0], row[1]))
        judgements.append(float(row[column].replace(",", ".")))
    return PairSet(set_name(path), tuple(pairs), tuple(judgements))


def set_name(path: str | Path) -> str:
    """The name of a file without its suffixes."""
    return Path(path).name.partition(".")[0] or Path(path).name


def _splitter(path: str | Path, number: int, line: str) -> Split:
    for split in (_by("\t"), _by(";"), _by(","), str.split):
        if len(split(line)) >= _LEAST_COLUMNS:
            return split
    raise InputError(
        f"{path}, line {number}: not two words and a number with tabs, semicolons, commas or spaces between: "
        f"{line[:_SHOWN]!r}"
    )


def _by(delimiter: str) -> Split:
    def split(line: str) -> list[str]:
        if '"' not in line:
            return [field.strip() for field in line.split(delimiter)]
        try:
            return [field.strip() for row in islice(csv.reader([line], delimiter=delimiter), 1) for field in row]
        except csv.Error:  # a field without an end
            return []

    return split


def _column(path: str | Path, number: int, row: list[str]) -> int:
    for column in range(2, len(row)):
        if _is_number(row[column]):
            return column
    raise InputError(f"{path}, line {number}: no number follows the two words: {_shown(row)}")


def _is_number(field: str) -> bool:
    return _NUMBER.fullmatch(field) is not None and math.isfinite(float(field.replace(",", ".")))


def _shown(row: list[str]) -> str:
    return repr(" ".join(row)[:_SHOWN])
