"""What a page knows of its words, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchw2v.pictures.clusters import Clusters
from torchw2v.pictures.colours import ON_BLACK, ON_WHITE
from torchw2v.vectors import WordVectors

_WIDEST = 4000  # places are whole numbers up to this
# what could end a script or an attribute, what JSON may hold and scripts may not, and halves of characters
_UNSAFE = re.compile("[<>&'\u2028\u2029\x7f-\x9f\ud800-\udfff]")


def page_content(
    vectors: WordVectors, words: Sequence[str], points: Tensor, clusters: Clusters, k: int, about: str
) -> dict[str, Any]:
    """The words, their places and groups, and their k nearest in the whole vocabulary.

    Neighbours are numbers: of a word that is shown, or, from the number of those on, of one of `unplaced`. Cosines are
    in thousandths.

    Shape: points (N, 2).
    """
    number = {word: i for i, word in enumerate(words)}
    neighbours: list[int] = []
    cosines: list[int] = []
    for found in vectors.nearest(words, k):
        neighbours += [number.setdefault(neighbour.word, len(number)) for neighbour in found]
        cosines += [round(1000 * neighbour.similarity) for neighbour in found]
    places, width, height = _whole_numbers(points)
    labels = clusters.labels.tolist()
    return {
        "words": list(words),
        "unplaced": list(number)[len(words) :],
        "x": places[:, 0].tolist(),
        "y": places[:, 1].tolist(),
        "width": width,
        "height": height,
        "k": len(neighbours) // len(words),
        "neighbours": neighbours,
        "cosines": cosines,
        "cluster": labels,
        "groups": [{"name": words[i], "count": labels.count(group)} for group, i in enumerate(clusters.central)],
        "onWhite": ON_WHITE,
        "onBlack": ON_BLACK,
        "about": about,
    }


def safe_json(content: object) -> str:
    """JSON that can stand inside a script element of a page in UTF-8, whatever strings are in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda character: f"\\u{ord(character[0]):04x}", text)


def _whole_numbers(points: Tensor) -> tuple[Tensor, int, int]:
    """Places as whole numbers from zero on, downwards as on a screen, and the width and height they take."""
    low, high = points.min(0).values, points.max(0).values
    spread = (high - low).max().clamp(min=1e-12)
    from_top_left = torch.stack((points[:, 0] - low[0], high[1] - points[:, 1]), 1)
    places = (from_top_left * (_WIDEST / spread)).round().long()
    width, height = places.max(0).values.clamp(min=1).tolist()
    return places, width, height
