"""Draw the figures of the derivations: `python docs/figures/make_figures.py [folder]`.

The pictures have no background and only middle tones, so that they can be read on white and on black. The same versions
of matplotlib and its fonts draw the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

INK, FAINT = "#7b8087", "#7b808766"
BLUE, ORANGE, GREEN, RED = "#3f86e0", "#dd7a1c", "#2a9d63", "#dd5454"
STYLE = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": INK,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "mathtext.fontset": "dejavusans",
    "savefig.transparent": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "torchw2v",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def softmax_figure() -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.7), width_ratios=(1.5, 1))
    x = np.linspace(-7, 9, 300)
    p = np.exp(np.stack((x, 0 * x + 2, 0 * x + 3), 1))
    p /= p.sum(1, keepdims=True)
    for i, color in enumerate((BLUE, ORANGE, GREEN)):
        left.plot(x, p[:, i], color=color)
    left.plot(x, p[:, 0] * (1 - p[:, 0]), color=BLUE, linestyle=":")
    for text, place, color in (
        (r"$p_1$", (6.2, 0.86), BLUE),
        (r"$p_2$", (-6.6, 0.31), ORANGE),
        (r"$p_3$", (-6.6, 0.78), GREEN),
        (r"$\partial p_1/\partial x_1 = p_1(1-p_1)$", (5.1, 0.2), BLUE),
    ):
        left.text(*place, text, color=color)
    left.set(title=r"softmax$(x_1, 2, 3)$", xlabel=r"$x_1$", xlim=(-7, 9), ylim=(0, 1.02))
    left.axvline(1, color=FAINT, linewidth=1)
    p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    matrix(right, np.diag(p) - np.outer(p, p), r"$J = \mathrm{diag}(p) - p^\top p$ at $x = (1, 2, 3)$")
    right.set_xticks(range(3), [f"$x_{j}$" for j in (1, 2, 3)])
    right.set_yticks(range(3), [f"$p_{i}$" for i in (1, 2, 3)])
    return figure


def matrix(axes: Axes, values: np.ndarray, title: str) -> None:
    """Cells with their numbers; blue is positive, red negative, the strength is in the opacity."""
    for (i, j), value in np.ndenumerate(values):
        strength = abs(value) / abs(values).max()
        color = BLUE if value > 0 else RED
        axes.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, color=color, alpha=0.06 + 0.34 * strength, lw=0))
        axes.text(j, i, f"{value:+.3f}".replace("-", "\N{MINUS SIGN}"), ha="center", va="center")
    rows, columns = values.shape
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), title=title, aspect="equal")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def sigmoid_figure() -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.7), width_ratios=(1, 1.25))
    x = np.linspace(-7, 7, 300)
    s = 1 / (1 + np.exp(-x))
    left.plot(x, s, color=BLUE)
    left.plot(x, s * (1 - s), color=ORANGE)
    left.plot(x, 1 - s, color=GREEN, linestyle="--", linewidth=1.2)
    left.text(2.1, 0.77, r"$\sigma(x)$", color=BLUE)
    left.text(-6.9, 0.84, r"$\sigma(-x)$", color=GREEN)
    left.text(2.6, 0.13, r"$\sigma(x)(1-\sigma(x))$", color=ORANGE)
    left.set(title="value and derivative", xlabel="$x$", xlim=(-7, 7), ylim=(0, 1.02))

    x32 = np.linspace(-120, 60, 901, dtype=np.float32)
    with np.errstate(over="ignore", divide="ignore"):
        naive = -np.log(1 / (1 + np.exp(-x32)))
    careful = -(np.minimum(x32, 0) - np.log1p(np.exp(-np.abs(x32))))
    right.semilogy(x32, careful, color=BLUE)
    shown = np.isfinite(naive) & (naive > 0)
    right.semilogy(x32[shown], naive[shown], color=RED, linestyle=(0, (2, 1.5)), linewidth=2.6)
    edges = x32[shown][[0, -1]]
    right.plot(edges, naive[shown][[0, -1]], "o", color=RED, markersize=5)
    right.annotate("+∞ from here on", (edges[0], naive[shown][0]), (-86, 2e-5), color=RED, arrowprops=arrow(RED))
    right.annotate("0 from here on", (edges[1], naive[shown][-1]), (-42, 1e-14), color=RED, arrowprops=arrow(RED))
    right.text(33, 3e-13, "log_sigmoid", color=BLUE)
    right.set(title=r"$-\log\,\sigma(x)$ in float32", xlabel="$x$", ylim=(1e-26, 1e4), xlim=(-120, 60))
    right.text(-116, 1e-23, "dashed: log(1/(1 + exp(\N{MINUS SIGN}x)))", color=RED)
    return figure


def arrow(color: str) -> dict[str, object]:
    return {"arrowstyle": "->", "color": color, "linewidth": 1.2, "shrinkA": 2, "shrinkB": 3}


def activations_figure() -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.4))
    x = np.linspace(-3, 3, 301)
    left.plot(x, np.maximum(x, 0), color=BLUE)
    for part in (x < 0, x > 0):
        left.plot(x[part], (x[part] > 0) * 1.0, color=ORANGE)
    left.plot(0, 0, "o", color=ORANGE, markersize=5)
    left.plot(0, 1, "o", color=ORANGE, markersize=5, markerfacecolor="none")
    left.text(1.6, 1.75, "relu", color=BLUE, ha="right")
    left.text(1.15, 0.76, "derivative,\n0 at 0", color=ORANGE, va="top")
    right.plot(x, np.tanh(x), color=BLUE)
    right.plot(x, 1 - np.tanh(x) ** 2, color=ORANGE)
    right.text(1.6, 0.74, "tanh", color=BLUE)
    right.text(-2.95, 0.62, r"$1 - \tanh^2 x$", color=ORANGE)
    left.set(title="relu", xlabel="$x$", xlim=(-3, 3), ylim=(-0.15, 2.2))
    right.set(title="tanh", xlabel="$x$", xlim=(-3, 3))
    for axes in (left, right):
        axes.grid(True)
    return figure


def cross_entropy_figure() -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.5))
    p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    for axes, y, title in (
        (left, np.array([0, 1, 0]), "target: class 2"),
        (right, np.array([0.2, 0.3, 0.5]), "target: a distribution"),
    ):
        for i, (values, color, label) in enumerate(
            ((p, BLUE, "$p$"), (y, GREEN, "$y$"), (p - y, ORANGE, "$p - y$, the gradient"))
        ):
            axes.bar(np.arange(3) + 0.27 * (i - 1), values, 0.24, color=color, label=label)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_xticks(range(3), ("class 1", "class 2", "class 3"))
        axes.set(title=title, ylim=(-0.85, 1.1))
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
    right.legend(loc="upper left", borderaxespad=0, handlelength=1.2)
    return figure


def normalize_figure() -> Figure:
    figure, axes = plt.subplots(figsize=(4.6, 3.1))
    angle = np.linspace(-0.45, np.pi / 2 + 0.1, 200)
    axes.plot(np.cos(angle), np.sin(angle), color=INK, linewidth=1)
    x = np.array([1.5, 2.0])
    y = x / np.linalg.norm(x)
    g = np.array([1.0, 0.0])
    radial = y * (y @ g)
    for start, end, color in ((0 * x, x, INK), (0 * x, y, BLUE), (y, y + g, GREEN), (y, y + g - radial, ORANGE)):
        axes.annotate("", end, start, arrowprops=arrow(color) | {"linewidth": 1.8, "shrinkA": 0, "shrinkB": 0})
    axes.plot(*np.stack((y + g, y + g - radial)).T, color=RED, linestyle=":", linewidth=1.5)
    axes.text(1.53, 2.0, "$x$")
    axes.text(0.15, 0.5, r"$y = x/\Vert x\Vert$", color=BLUE, ha="right")
    axes.text(1.25, 0.87, "$g$", color=GREEN)
    axes.text(1.3, 0.1, r"$g - \langle y, g\rangle\, y$: along the circle", color=ORANGE)
    axes.text(1.5, 0.47, r"$\langle y, g\rangle\, y$: lost", color=RED)
    axes.set(aspect="equal", xlim=(-0.9, 3.05), ylim=(-0.45, 2.15))
    axes.axis("off")
    return figure


def box(axes: Axes, x: float, y: float, width: float, text: str, color: str, alpha: float = 0.22) -> None:
    axes.add_patch(
        FancyBboxPatch((x, y - 0.32), width, 0.64, "round,pad=0,rounding_size=0.12", fc=color, alpha=alpha, lw=0)
    )
    axes.text(x + width / 2, y, text, ha="center", va="center")


def embedding_bag_figure() -> Figure:
    """Three windows of 2, 1 and 3 words, and what each row of the matrix is given back."""
    figure, axes = plt.subplots(figsize=(7.2, 3.1))
    bags = ((0, 2), (3,), (2, 4, 2))
    colors = (BLUE, GREEN, ORANGE)
    rows_at = {row: 4.0 - row for row in range(5)}
    received: dict[int, list[tuple[str, str]]] = {row: [] for row in range(5)}
    for b, (bag, color) in enumerate(zip(bags, colors, strict=True)):
        y = 3.6 - 1.6 * b
        share = f"g_{b + 1}" if len(bag) == 1 else rf"\frac{{1}}{{{len(bag)}}}\,g_{b + 1}"
        for i, word in enumerate(bag):
            box(axes, 0.62 * i, y, 0.52, str(word), color, 0.35)
            received[word].append((share, color))
        box(axes, 2.25, y, 1.35, f"mean: $y_{b + 1}$", color)
        axes.annotate("", (2.2, y), (0.62 * len(bag), y), arrowprops=arrow(color))
        for word in set(bag):
            start, end = (3.65, y), (5.1, rows_at[word])
            axes.annotate("", end, start, arrowprops=arrow(color))
    for row, y in rows_at.items():
        box(axes, 5.15, y, 1.0, f"$W_{row}$", INK, 0.18)
        x = 6.35
        for i, (share, color) in enumerate(received[row]):
            axes.text(x, y, f"${'+' if i else ''}\\;{share}$", color=color, va="center", fontsize=10.5)
            x += 0.78
        if not received[row]:
            axes.text(x + 0.06, y, "0", va="center")
    axes.text(0.0, 4.55, "ids of each window")
    axes.text(5.15, 4.55, "rows and their gradient")
    axes.text(3.72, 4.55, r"backward $\rightarrow$")
    axes.set(xlim=(-0.1, 8.9), ylim=(-0.4, 4.9))
    axes.axis("off")
    return figure


def negative_sampling_figure() -> Figure:
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.6), sharex=True)
    score = np.linspace(-6, 6, 200)
    s = 1 / (1 + np.exp(-score))
    left.plot(score, np.log1p(np.exp(-score)), color=BLUE)
    left.plot(score, np.log1p(np.exp(score)), color=ORANGE)
    right.plot(score, s - 1, color=BLUE)
    right.plot(score, s, color=ORANGE)
    left.text(-5.6, 3.6, "seen", color=BLUE)
    left.text(4.2, 3.2, "drawn", color=ORANGE)
    right.text(5.9, -0.96, r"seen: $\sigma(s) - 1 < 0$" + "\npulls $u_o$ and $v$ together", color=BLUE, ha="right")
    right.text(-5.8, 0.74, r"drawn: $\sigma(s) > 0$" + "\npushes them apart", color=ORANGE)
    for z, positive in ((1.0, True), (-0.5, False), (2.0, False)):
        color, sign = (BLUE, -1) if positive else (ORANGE, 1)
        left.plot(z, np.log1p(np.exp(sign * z)), "o", color=color)
        right.plot(z, 1 / (1 + np.exp(-z)) - positive, "o", color=color)
    right.axhline(0, color=INK, linewidth=0.8)
    left.set(title="cost of a score", xlabel=r"score $s = \langle u, v\rangle$", xlim=(-6, 6))
    right.set(title=r"$\delta$ = cost's derivative", xlabel=r"score $s = \langle u, v\rangle$", ylim=(-1.12, 1.12))
    return figure


def full_softmax_figure() -> Figure:
    """(B, V) scores of which one block of words exists at a time, under its rows of U and over what it leaves."""
    figure, axes = plt.subplots(figsize=(7.2, 3.3))
    width, now = 1.7, 2
    axes.add_patch(Rectangle((0, 1.6), 0.9, 1.6, facecolor=BLUE, alpha=0.15, linewidth=0))
    axes.text(0.45, 2.4, "$v$\n(B, D)", ha="center", va="center")
    for b, text in enumerate(("done and\nthrown away", "done and\nthrown away", "$s = vU_b^\\top$", "not made yet")):
        x, color = 1.3 + b * width, BLUE if b == now else INK
        axes.add_patch(
            Rectangle((x, 3.5), width - 0.1, 0.7, facecolor=GREEN, alpha=0.4 if b == now else 0.15, linewidth=0)
        )
        axes.text(x + width / 2 - 0.05, 3.85, f"$U_{b + 1}^\\top$", ha="center", va="center")
        axes.add_patch(
            Rectangle(
                (x, 1.6),
                width - 0.1,
                1.6,
                facecolor=BLUE if b == now else "none",
                edgecolor=color,
                alpha=0.3 if b == now else 0.6,
                linestyle=":",
            )
        )
        axes.text(x + width / 2 - 0.05, 2.4, text, ha="center", va="center")
        if b <= now:
            center = x + width / 2 - 0.05
            axes.annotate("", (center, 0.95), (center, 1.5), arrowprops=arrow(ORANGE))
            axes.text(center, 0.65, f"$m_{b + 1},\\ S_{b + 1},\\ s_o$?", color=ORANGE, ha="center", va="center")
    axes.text(8.25, 3.85, "$U^\\top$  (D, V)", va="center")
    axes.text(8.25, 2.4, "$s$  (B, V),\na block\nof words\nat a time", va="center")
    axes.text(8.25, 0.65, "(B,) each", color=ORANGE, va="center")
    axes.text(
        1.3,
        0.05,
        r"kept:  $m = \max_b m_b$  and  $z = \log \sum_b S_b e^{m_b - m}$,  for  $p = e^{s - m - z}$  in backward",
        color=ORANGE,
        va="center",
    )
    axes.set(xlim=(-0.1, 10.0), ylim=(-0.3, 4.4))
    axes.axis("off")
    return figure


def hierarchical_softmax_figure() -> Figure:
    """Huffman's tree of five counts; nodes are named in the order they are made."""
    figure, axes = plt.subplots(figsize=(6.4, 3.5))
    words = {"the": 20, "of": 17, "word": 12, "row": 9, "tree": 6}
    place = {
        "n3": (3.2, 3.0), "n1": (1.6, 2.0), "n2": (5.0, 2.0), "word": (0.5, 1.0), "n0": (2.6, 1.0),
        "of": (4.2, 1.0), "the": (5.8, 1.0), "tree": (1.8, 0.0), "row": (3.4, 0.0),
    }  # fmt: skip
    counts = words | {"n0": 15, "n1": 27, "n2": 37, "n3": 64}
    children = {"n3": ("n1", "n2"), "n1": ("word", "n0"), "n0": ("tree", "row"), "n2": ("of", "the")}
    path = {"n3", "n1", "n0", "row"}
    for parent, pair in children.items():
        for code, child in enumerate(pair):
            (x0, y0), (x1, y1) = place[parent], place[child]
            on = parent in path and child in path
            color = ORANGE if on else INK
            axes.plot((x0, x1), (y0 - 0.25, y1 + 0.25), color=color, linewidth=2.4 if on else 1)
            side = -0.2 if code == 0 else 0.2
            axes.text((x0 + x1) / 2 + side, (y0 + y1) / 2 + 0.06, str(code), color=color, ha="center", va="center")
    for name, at in place.items():
        inner = name not in words
        axes.text(
            *at,
            f"{f'$u_{name[1]}$' if inner else name}\n{counts[name]}",
            color=ORANGE if name in path else BLUE if inner else GREEN,
            ha="center",
            va="center",
            bbox={
                "boxstyle": "round,pad=0.3" if inner else "square,pad=0.3",
                "facecolor": "none",
                "edgecolor": ORANGE if name in path else BLUE if inner else GREEN,
                "linewidth": 1.3,
            },
        )
    axes.text(6.7, 2.5, "path of “row”", color=ORANGE)
    for i, (node, code) in enumerate((("3", 0), ("1", 1), ("0", 1))):
        sign = "" if code == 0 else "-"
        axes.text(6.7, 2.1 - 0.34 * i, rf"$\sigma({sign}\langle u_{node}, v\rangle)$", color=ORANGE)
        axes.text(8.15, 2.1 - 0.34 * i, f"code {code}", color=ORANGE)
    axes.set(xlim=(-0.1, 9.2), ylim=(-0.45, 3.4))
    axes.axis("off")
    return figure


def mlp_figure() -> Figure:
    """The two-layer network forward, and what goes back along each arrow."""
    figure, axes = plt.subplots(figsize=(7.2, 2.2))
    names = ("$x$", r"$xW_1 + b_1$", r"$h = \sigma(\cdot)$", r"$z = hW_2 + b_2$", r"$\mathcal{L}$")
    back = (
        r"$\delta_1 W_1^\top$",
        r"$\delta_1 = \delta_h \circ h(1-h)$",
        r"$\delta_h = \delta_2 W_2^\top$",
        r"$\delta_2 = p - y$",
    )
    at = (0.0, 1.75, 4.35, 6.85, 9.6)
    widths = (0.7, 1.6, 1.3, 1.7, 0.7)
    for i, (name, x, width) in enumerate(zip(names, at, widths, strict=True)):
        box(axes, x, 1.5, width, name, BLUE if i in (0, 4) else GREEN)
        if i:
            left, right = at[i - 1] + widths[i - 1], x
            axes.annotate("", (right, 1.65), (left, 1.65), arrowprops=arrow(BLUE))
            axes.annotate("", (left, 1.35), (right, 1.35), arrowprops=arrow(ORANGE))
            axes.text((left + right) / 2, 0.8, back[i - 1], color=ORANGE, ha="center", va="center")
    for x, text in ((2.55, r"$x^\top \delta_1,\ \sum \delta_1$"), (7.7, r"$h^\top \delta_2,\ \sum \delta_2$")):
        axes.annotate("", (x, 0.35), (x, 1.15), arrowprops=arrow(RED))
        axes.text(x, 0.12, text, color=RED, ha="center", va="center")
    axes.text(2.55, 2.15, "$W_1, b_1$", ha="center", color=RED)
    axes.text(7.7, 2.15, "$W_2, b_2$", ha="center", color=RED)
    axes.set(xlim=(-0.1, 10.4), ylim=(-0.1, 2.4))
    axes.axis("off")
    return figure


FIGURES: dict[str, Callable[[], Figure]] = {
    "softmax": softmax_figure,
    "sigmoid": sigmoid_figure,
    "activations": activations_figure,
    "cross_entropy": cross_entropy_figure,
    "normalize": normalize_figure,
    "embedding_bag": embedding_bag_figure,
    "full_softmax": full_softmax_figure,
    "negative_sampling": negative_sampling_figure,
    "hierarchical_softmax": hierarchical_softmax_figure,
    "mlp": mlp_figure,
}


def draw(folder: Path) -> None:
    with mpl.rc_context(STYLE):
        for name, figure in FIGURES.items():
            drawn = figure()
            drawn.savefig(folder / f"{name}.svg", metadata={"Date": None})
            plt.close(drawn)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
