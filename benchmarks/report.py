"""What a measurement says: Markdown tables for people, fields for programs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.rounds import Spread


@dataclass(frozen=True)
class Table:
    """Markdown; columns of text are left, those of numbers right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: Collection[int] = (0,)

    def __str__(self) -> str:
        rule = ["---" if i in self.texts else "---:" for i in range(len(self.columns))]
        return "\n".join(f"| {' | '.join(line)} |" for line in (self.columns, rule, *self.rows))


@dataclass(frozen=True)
class Figure:
    """What a measurement is made for: a ratio of times, or a difference of scores."""

    name: str
    value: Spread


@dataclass(frozen=True)
class Measurement:
    """Of one question.

    Attributes:
        name: of the command.
        tables: and lines of text between them, in order.
        figures: of the table that `all` ends with.
        raw: every single number, fit for JSON.
    """

    name: str
    tables: Sequence[Table | str]
    figures: Sequence[Figure] = ()
    raw: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.tables))
