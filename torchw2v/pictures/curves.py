"""What a training logged, over its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from torchw2v.errors import InputError
from torchw2v.pictures.colours import ON_WHITE
from torchw2v.pictures.figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_UP_TO = 30


def curves_picture(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], title: str = "", *, steps: str = "step"
) -> Figure:
    """Curves one below the other, over the same steps: loss, learning rate, words a second.

    Args:
        curves: for each name the steps and the values there; a value that is not finite leaves a gap.
        title: above the picture.
        steps: what the steps are.

    Raises:
        InputError: no curve at all, or one with as many steps as it has not values.
    """
    if not curves:
        raise InputError("there is no curve to draw")
    for name, (at, values) in curves.items():
        if len(at) != len(values):
            raise InputError(f"the curve {name!r} has {len(at)} steps, but {len(values)} values")
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(8, 0.8 + 2.2 * len(curves))
    panels = figure.subplots(len(curves), sharex=True, squeeze=False)[:, 0]
    for axes, colour, (name, (at, values)) in zip(panels, _colours(len(curves)), curves.items(), strict=True):
        axes.plot(at, values, color=colour, linewidth=1.2, marker="o" if len(at) <= _DOTS_UP_TO else "", markersize=3)
        axes.set_ylabel(name, parse_math=False)
        axes.grid(color="0.9", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    figure.align_ylabels(panels)
    panels[-1].set_xlabel(steps)
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    if title:
        figure.suptitle(title)
    return figure


def _colours(n: int) -> list[str]:
    return [ON_WHITE[i % len(ON_WHITE)] for i in range(n)]
