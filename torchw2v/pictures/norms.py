"""Lengths of word vectors against how frequent the words are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.checks import int_at_least
from torchw2v.errors import InputError
from torchw2v.pictures.figure import new_figure
from torchw2v.pictures.labels import label_points
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = npt.NDArray[np.float64]

_FEWEST_A_BIN = 20
_BINS = 24
_PARTS = 6
_DEVIATION_OF_A_NORMAL = 1.4826  # by which a median of absolute deviations is to be multiplied


def norms_picture(
    vectors: WordVectors, counts: Sequence[int] | None = None, title: str = "", *, outliers: int = 30
) -> Figure:
    """The length of each vector against its word's rank or count, both logarithmic, with a line along the medians.

    Words that lie far from the line have names. Long for their frequency are words that occur with few others.

    Args:
        vectors: most frequent word first.
        counts: how often each word was seen; by default its rank is shown.
        title: above the picture.
        outliers: how many words get a name at most.

    Raises:
        InputError: counts that do not fit, or fewer than two vectors with a length above zero.
    """
    int_at_least(0, "outliers", outliers)
    if counts is not None and (len(counts) != len(vectors) or min(counts, default=1) < 1):
        raise InputError(
            f"{len(vectors):,} counts of at least 1 are needed, one a word, not {len(counts):,}"
            + (f" of which the least is {min(counts)}" if len(counts) else "")
        )
    norms = vectors.lengths().numpy()
    seen = np.arange(1, len(norms) + 1) if counts is None else np.asarray(counts)
    shown = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    if len(shown) < 2:
        raise InputError("two vectors of a finite length above zero are needed for a picture of lengths")
    x, y = seen[shown].astype(np.float64), norms[shown]
    order = np.argsort(x, kind="stable")
    middles, medians, deviations = _along(np.log(x[order]), np.log(y[order]))
    strange = np.abs(np.log(y) - np.interp(np.log(x), middles, medians)) / np.interp(np.log(x), middles, deviations)
    named = np.sort(_strangest_everywhere(np.log(x), strange, outliers))

    figure = new_figure(9, 6.5)
    from matplotlib.ticker import LogFormatter

    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.6g}")
    axes.yaxis.set_minor_formatter(LogFormatter(labelOnlyBase=False, minor_thresholds=(1.2, 0.6)))
    # thousands of marks would make an SVG file heavy
    axes.scatter(x, y, s=3, color="#88ccee", alpha=0.6, linewidth=0, rasterized=True)
    axes.plot(np.exp(middles), np.exp(medians), color="#332288", linewidth=1.5, label="median")
    axes.scatter(x[named], y[named], s=12, color="#cc6677", linewidth=0)
    axes.set_xlabel("rank, 1 is the most frequent word" if counts is None else "how often the word was seen")
    axes.set_ylabel("length of the vector")
    axes.legend(frameon=False)
    if title:
        axes.set_title(title)
    words = [vectors.words[i] for i in shown[named]]
    label_points(figure, axes, np.stack((x[named], y[named]), 1), words, radius=2)
    return figure


def _strangest_everywhere(x: Numbers, strange: Numbers, n: int) -> npt.NDArray[np.intp]:
    """The n that deviate most, from all along x in turn, as most words are rare ones."""
    edges = np.linspace(x.min(), x.max(), _PARTS + 1)[1:-1]
    order = np.argsort(-strange, kind="stable")
    part = np.digitize(x, edges)[order]
    turn = np.empty(len(x), dtype=np.int64)
    for i in range(_PARTS):
        turn[part == i] = np.arange(np.count_nonzero(part == i))
    return order[np.lexsort((-strange[order], turn))][:n]


def _along(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Middles of bins of ascending x, and in each the median of y and its deviation in the manner of a standard one."""
    edges = np.linspace(x[0], x[-1], _BINS + 1)[1:-1]
    bins: list[npt.NDArray[np.intp]] = []
    for part in np.split(np.arange(len(x)), np.searchsorted(x, edges)):
        if bins and (len(bins[-1]) < _FEWEST_A_BIN or len(part) < _FEWEST_A_BIN):
            bins[-1] = np.concatenate((bins[-1], part))
        else:
            bins.append(part)
    medians = np.array([np.median(y[part]) for part in bins])
    spreads = [np.median(np.abs(y[part] - median)) for part, median in zip(bins, medians, strict=True)]
    deviations = np.maximum(_DEVIATION_OF_A_NORMAL * np.array(spreads), 1e-6)
    return np.array([np.median(x[part]) for part in bins]), medians, deviations
