"""The page as one file: its markup, style and scripts lie beside this file and are put together here."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from torchw2v.atomic import write_text
from torchw2v.checks import positive_int
from torchw2v.errors import InputError
from torchw2v.pictures.clusters import cluster
from torchw2v.pictures.page.content import page_content, safe_json
from torchw2v.pictures.projections import Method, project
from torchw2v.pictures.rows_of_words import unit_rows_of
from torchw2v.vectors import WordVectors

SUFFIXES = (".html", ".htm")
_SCRIPTS = ("table", "camera", "drawing", "selection", "gestures", "search", "start")
_METHODS = {"pca": "the plane of their two leading directions", "tsne": "t-SNE", "umap": "UMAP"}


def write_page(
    vectors: WordVectors,
    path: str | Path,
    words: Sequence[str] | None = None,
    n: int = 2000,
    *,
    k: int = 10,
    method: Method = "tsne",
    clusters: int = 9,
    seed: int = 0,
    title: str = "Word vectors",
) -> Path:
    """Write an HTML file in which one can look around among words: move, zoom, search, and see nearest neighbours.

    The file stands alone. It asks nothing of any network, and its policy forbids it to; it can be opened from a disk,
    sent by mail or put on a server. `#word=music` behind its address leads to a word.

    Args:
        vectors: whose words.
        path: of the file, which ends in .html; it appears whole.
        words: which words are shown, the most important first; by default the n most frequent.
        n: how many, if `words` is not given; up to 5,000 or so, moving about is smooth.
        k: how many neighbours each word has, of the whole vocabulary, by exact cosine.
        method: how words get their places, see `project`.
        clusters: how many groups k-means makes of their vectors; 1 for none.
        seed: of the groups and the method; the same seed gives the same page.
        title: of the page.

    Raises:
        InputError: a setting that is out of range, another suffix, no such folder, or a package that is missing.
        KeyError: a word that has no vector.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a page ends in {' or '.join(SUFFIXES)}")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    positive_int("n", n)
    positive_int("k", k)
    chosen = list(vectors.words[:n] if words is None else words)
    rows = unit_rows_of(vectors, chosen)
    groups = cluster(rows, clusters, seed)
    points = project(rows, method, seed)
    about = (
        f"{len(chosen):,} of {len(vectors):,} words with {vectors.embedding_dim:,} dimensions, placed by "
        f"{_METHODS[method]}. Neighbours are the nearest of all words."
    )
    write_text(path, _page(title, safe_json(page_content(vectors, chosen, points, groups, k, about))))
    return path


def _page(title: str, data: str) -> str:
    style = _source("page.css")
    script = '"use strict";\n' + "\n".join(_source(f"{name}.js") for name in _SCRIPTS)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "title": html.escape(title.encode("utf-8", "replace").decode()),
        "style": style,
        "data": data,
        "script": script,
    }
    # in one go, so that nothing in a part is taken for the name of another
    return re.sub(r"\{\{(\w+)\}\}", lambda name: parts[name[1]], _source("page.html"))


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """How a policy names the one script, or style, that may be."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
