"""What a person reads and sees of the assignment's run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchw2v.pictures import leading_plane, plane_picture
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the words of the assignment's own picture
PICTURED = (
    *("the", "a", "an", ",", ".", "?", "!", "``", "''", "--"),
    *("good", "great", "cool", "brilliant", "wonderful", "well", "amazing", "worth", "sweet", "enjoyable"),
    *("boring", "bad", "waste", "dumb", "annoying"),
)
_NEIGHBOURS_OF = ("good", "bad", "film", "he", "boring", "the")
_FIRST_COSTS = 10


def pictured_words(vectors: WordVectors) -> list[str]:
    """The words of the assignment's picture that are there, or the first ones where hardly any is."""
    words = [word for word in PICTURED if word in vectors]
    return words if len(words) > 2 else list(vectors.words[: len(PICTURED)])


def assignment_pictures(vectors: WordVectors, kind: str) -> dict[str, Figure]:
    """Words in the plane of the two leading singular directions."""
    words = pictured_words(vectors)
    rows = [vectors.words.index(word) for word in words]
    points = leading_plane(vectors.matrix[rows].double())
    title = {"input": "input vectors", "output": "output vectors", "sum": "input + output vectors"}
    return {"words": plane_picture(points.numpy(), words, title.get(kind, "input and output vectors side by side"))}


def format_report(vectors: WordVectors, metrics: dict[str, Any]) -> list[str]:
    """Costs as the assignment prints them, neighbours, totals."""
    costs = {int(step): cost for step, cost in metrics["training"]["smoothed_costs"].items()}
    words = [word for word in _NEIGHBOURS_OF if word in vectors] or list(vectors.words[:6])
    # all of them point nearly the same way, so the mean hides what they differ in
    matrix = vectors.matrix
    centred = WordVectors(vectors.words, matrix - matrix.mean(0))
    lines = ["Nearest words (cosine without the mean vector):"]
    width = max(map(len, words), default=0)
    for word, neighbours in zip(words, centred.nearest(words, 6), strict=True):
        lines.append(f"  {word:<{width}}  {', '.join(f'{n.word} {n.similarity:.2f}' for n in neighbours)}")
    data, training = metrics["data"], metrics["training"]
    seconds = metrics["seconds"]["training"]
    lines += [
        "",
        f"Treebank    {data['sentences']:,} sentences, {data['words']:,} words of {data['vocabulary']:,}",
        f"Trained     {training['iterations']:,} iterations in {seconds:.1f} s: "
        f"{training['iterations'] / seconds if seconds else 0:,.0f} a second",
    ]
    first = sorted(costs.items())[:_FIRST_COSTS]
    if first:
        step, last = max(costs.items())
        lines += [
            f"Cost        {' '.join(f'{cost:.6f}' for _, cost in first)}",
            f"            smoothed, at iterations {first[0][0]:,} to {first[-1][0]:,}, and {last:.6f} at {step:,}",
        ]
    return lines
