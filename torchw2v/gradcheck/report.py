"""What a gradient check found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchw2v.gradcheck.diagnosis import diagnose
from torchw2v.gradcheck.differences import GradientEntry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN = 8


class GradientError(AssertionError):
    """A gradient is wrong; the message is the whole report."""


@dataclass(frozen=True, repr=False)
class GradientReport:
    """Every entry that was checked. True in a condition if all of them are right.

    `print(report)` shows a table by parameter and the worst entries; `report.raise_if_failed()` raises it.

    Attributes:
        entries: in the order of the parameters, and by place within one.
        tolerance: the largest difference that is right.
        shapes: name of each parameter that was checked -> its shape.
        notes: name -> what else there is to say about it.
        hint: what else there is to say about the function; mostly empty.
    """

    entries: tuple[GradientEntry, ...]
    tolerance: float
    shapes: dict[str, tuple[int, ...]]
    notes: dict[str, str]
    hint: str = ""

    @property
    def ok(self) -> bool:
        return not self.failures

    def __bool__(self) -> bool:
        return self.ok

    @property
    def failures(self) -> tuple[GradientEntry, ...]:
        """The entries that are wrong, in the order of `entries`."""
        return tuple(entry for entry in self.entries if not entry.difference <= self.tolerance)

    @property
    def worst(self) -> GradientEntry | None:
        """The entry with the largest difference, one that is not finite before all others; None if there is none."""
        return max(self.entries, key=_badness, default=None)

    @property
    def max_difference(self) -> float:
        """The largest difference; nan if one is not finite, 0 if nothing was checked."""
        return self.worst.difference if self.worst else 0.0

    def raise_if_failed(self) -> None:
        """Do nothing, or raise.

        Raises:
            GradientError: an entry is wrong. It is an AssertionError.
        """
        if not self.ok:
            raise GradientError(f"\n{self}")

    def plot(self) -> Figure:
        """A picture: analytic against numeric values, and the differences by parameter. Needs matplotlib.

        Raises:
            InputError: matplotlib is not installed.
        """
        from torchw2v.gradcheck.plot import plot_report  # loads matplotlib

        return plot_report(self)

    def of(self, parameter: str) -> tuple[GradientEntry, ...]:
        """The entries of one parameter."""
        return tuple(entry for entry in self.entries if entry.parameter == parameter)

    def __repr__(self) -> str:
        if self.ok or self.worst is None:
            return f"<GradientReport: {self._verdict()}>"
        worst = self.worst
        return (
            f"<GradientReport: {self._verdict()}; worst {place(worst)}:"
            f" analytic {worst.analytic:.6g}, numeric {worst.numeric:.6g}>"
        )

    def __str__(self) -> str:
        lines = [self._verdict(), "", *_table(self._rows())]
        if self.failures:
            worst = sorted(self.failures, key=_badness, reverse=True)
            rows: list[tuple[str, ...]] = [("wrong entry", "analytic", "numeric", "difference", "")]
            rows += [
                (place(e), f"{e.analytic:.8g}", f"{e.numeric:.8g}", f"{e.difference:.1e}", e.remark)
                for e in worst[:_SHOWN]
            ]
            lines += ["", *_table(rows)]
            if len(worst) > _SHOWN:
                lines.append(f"... and {len(worst) - _SHOWN} more: see .failures")
        remarks = [f"{name}: {text}" for name in self.shapes for text in self._remarks(name)]
        remarks += [self.hint] if self.hint else []
        return "\n".join(lines + ([""] if remarks else []) + remarks)

    def _verdict(self) -> str:
        checked = f"{len(self.entries):,} entries of {_count(len(self.shapes), 'parameter')}"
        if self.failures:
            return f"gradients WRONG: {len(self.failures):,} of {checked} differ by more than {self.tolerance:g}"
        return (
            f"gradients right: {checked}, largest difference {self.max_difference:.1e} (tolerance {self.tolerance:g})"
        )

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("parameter", "shape", "checked", "wrong", "largest difference", "at")]
        for name, shape in self.shapes.items():
            entries, size = self.of(name), math.prod(shape)
            checked = f"{len(entries):,}"
            if any(entry.index is None for entry in entries):
                checked = f"{len(entries) - 1:,} of {size:,}, and [all]"
            wrong = sum(not entry.difference <= self.tolerance for entry in entries)
            worst = max(entries, key=_badness, default=None)
            largest = (f"{worst.difference:.1e}", index_of(worst)) if worst else ("", "")
            rows.append((name, str(shape), checked, f"{wrong:,}" if wrong else "-", *largest))
        return rows

    def _remarks(self, name: str) -> list[str]:
        entries = self.of(name)
        found = [self.notes.get(name, ""), diagnose(entries, self.tolerance, self.shapes[name])]
        if corners := sum(entry.remark.startswith("corner") for entry in entries):
            found.append(
                f"f has a corner at {_count(corners, 'entry')}; there any slope between its two sides is right"
            )
        return [text for text in found if text]


def place(entry: GradientEntry) -> str:
    """`W[2, 3]`; `W[all]` for all entries along a random direction; the bare name for a number."""
    return entry.parameter + index_of(entry)


def index_of(entry: GradientEntry) -> str:
    return "[all]" if entry.index is None else str(list(entry.index)) if entry.index else ""


def _badness(entry: GradientEntry) -> float:
    return math.inf if math.isnan(entry.difference) else entry.difference


def _count(number: int, what: str) -> str:
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{number:,} {what if number == 1 else plural}"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns of the same width; names to the left, numbers to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    left = {0, len(widths) - 1}
    return [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
