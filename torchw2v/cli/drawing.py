"""plot: pictures of vectors, and a page to look around in."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from torchw2v.cli.sources import chosen_path
from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from torchw2v.pictures.projections import Method

_MANY = 500


def plot(arguments: Namespace) -> int:
    if arguments.words and arguments.kind in ("lengths", "curves"):
        raise InputError(f"--{arguments.kind} shows all words, and takes none")
    if arguments.out and arguments.html:
        raise InputError(f"a page is named behind --html, not by --out: --html {arguments.out}")
    path = chosen_path(arguments)
    if arguments.html is not None:
        _write_page(arguments, WordVectors.load(path, format=arguments.format))
        return 0
    from torchw2v.pictures import save_picture

    target = Path(arguments.out or f"{arguments.kind}.png")
    save_picture(_picture(arguments, path), target)
    print(target)
    return 0


def _write_page(arguments: Namespace, vectors: WordVectors) -> None:
    from torchw2v.pictures import write_page

    words = _around(arguments, vectors)
    method: Method = arguments.method or "tsne"
    n = len(words) if words else min(arguments.n or 2000, len(vectors))
    if n > _MANY and method == "tsne":
        print(f"torchw2v: placing {n:,} words by t-SNE takes a while; --method pca does not", file=sys.stderr)
    settings = {"k": arguments.k, "clusters": arguments.clusters, "seed": arguments.seed}
    print(write_page(vectors, arguments.html, words, n, method=method, **settings))


def _picture(arguments: Namespace, path: Path) -> Figure:
    from torchw2v.pictures import curves_picture, neighbour_graph_picture, norms_picture, words_picture

    if arguments.kind == "curves":
        return curves_picture(_curves(path))
    vectors = WordVectors.load(path, format=arguments.format)
    if arguments.kind == "lengths":
        return norms_picture(vectors, _counts(path, vectors))
    if arguments.kind == "graph":
        if not arguments.words:
            raise InputError("a graph of neighbours needs words to begin with: torchw2v plot --graph WORD ...")
        return neighbour_graph_picture(vectors, arguments.words, k=arguments.k)
    return words_picture(
        vectors,
        _around(arguments, vectors),
        arguments.n or 300,
        method=arguments.method or "pca",
        clusters=min(arguments.clusters, len(vectors)),
        seed=arguments.seed,
    )


def _around(arguments: Namespace, vectors: WordVectors) -> list[str] | None:
    """The words that were named, with their neighbours; None where none was."""
    from torchw2v.pictures import with_neighbours

    return with_neighbours(vectors, arguments.words, k=arguments.k) if arguments.words else None


def _counts(path: Path, vectors: WordVectors) -> list[int] | None:
    """How often words were seen in the text of the run, if the vectors are those of one."""
    from torchw2v.formats import read_counts

    file = (path if path.is_dir() else path.parent) / "vocabulary.tsv"
    counts = read_counts(file) if file.is_file() else None
    return counts if counts is not None and len(counts) == len(vectors) else None


def _curves(path: Path) -> dict[str, tuple[list[float], list[float]]]:
    """By name, of the table that a run leaves."""
    file = (path if path.is_dir() else path.parent) / "curves.tsv"
    try:
        heading, *lines = file.read_text(encoding="utf-8").splitlines()
        steps, *columns = zip(*(map(float, line.split("\t")) for line in lines), strict=True)
        names = heading.split("\t")[1:]
        return {name: (list(steps), list(values)) for name, values in zip(names, columns, strict=True)}
    except FileNotFoundError:
        raise InputError(f"{file}: no such file; curves are drawn of the folder of a run") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: not a table of curves: {error}") from None
