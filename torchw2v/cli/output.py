"""Answers on standard output: a table for a person, tab-separated lines for a pipe, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
_DIGITS = 4


def write_rows(rows: Sequence[Row], *, as_json: bool = False) -> None:
    """Write rows that have the same keys: these head the columns of a table; a pipe gets the values alone."""
    if as_json:
        write_json(rows)
    elif sys.stdout.isatty():
        print(as_table(rows))
    else:
        for row in rows:
            print("\t".join(map(_cell, row.values())))


def write_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def as_table(rows: Sequence[Row]) -> str:
    """Columns below their names, numbers to the right."""
    if not rows:
        return ""
    names = list(rows[0])
    lines = [names, *(list(map(_cell, row.values())) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numeric = [all(isinstance(row[name], int | float) for row in rows) for name in names]
    aligned = [
        [cell.rjust(n) if right else cell.ljust(n) for cell, n, right in zip(line, widths, numeric, strict=True)]
        for line in lines
    ]
    return "\n".join("  ".join(line).rstrip() for line in aligned)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.{_DIGITS}f}"
    return str(value).replace("\t", "\\t").replace("\n", "\\n")
