"""Colours and shapes of clusters, told apart by colour-blind eyes as well.

The colours are the schemes "muted" and "light" of Paul Tol, "Colour schemes", SRON technical note, 2021.
"""

ON_WHITE = ("#332288", "#117733", "#cc6677", "#44aa99", "#882255", "#88ccee", "#999933", "#aa4499", "#ddcc77")
ON_BLACK = ("#77aadd", "#44bb99", "#ee8866", "#99ddff", "#ffaabb", "#bbcc33", "#eedd88", "#aaaa00", "#dddddd")
MARKERS = ("o", "s", "^", "D")


def look_of_cluster(i: int) -> tuple[str, str]:
    """Colour on white, and matplotlib's marker, of cluster i: nine colours in each of four shapes."""
    return ON_WHITE[i % len(ON_WHITE)], MARKERS[i // len(ON_WHITE) % len(MARKERS)]
