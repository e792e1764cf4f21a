"""A judgement in lines for a person."""

from __future__ import annotations

from torchw2v.evaluation.analogies import AnalogyScore, SectionScore
from torchw2v.evaluation.judgement import Judgement
from torchw2v.evaluation.similarity import SimilarityScore


def format_judgement(judgement: Judgement, *, sections: bool = False) -> list[str]:
    """A line for each set, with interval, what was asked, what was left out, and what chance gives.

    Args:
        judgement: of vectors.
        sections: with a line for each section of the analogies.
    """
    lines = []
    for score in judgement.analogies:
        lines.append(_analogies(score))
        if sections:
            width = max(len(section.name) for section in score.sections)
            lines += [f"            {section.name:<{width}}  {_section(section)}" for section in score.sections]
    return lines + [_similarity(score) for score in judgement.similarity]


def _analogies(score: AnalogyScore) -> str:
    parts = [
        f"{part.name} {part.accuracy.value:.2f}"
        for part in (score.semantic, score.syntactic)
        if part is not None and part.questions
    ]
    kinds = f" ({', '.join(parts)})" if parts else ""
    asked = _unasked(score.total.questions, "questions", score.total.unknown, score.unknown_as_zero)
    return f"Analogies   {score.total.accuracy} right of {asked} of {score.name}{kinds}; chance {_small(score.chance)}"


def _section(section: SectionScore) -> str:
    return f"{section.accuracy}  {len(section.correct):,} of {section.questions:,}, {section.unknown:,} unknown"


def _similarity(score: SimilarityScore) -> str:
    asked = _unasked(score.pairs, "pairs", score.unknown, score.unknown_as_zero)
    return f"Similarity  {score.spearman} Spearman with {asked} of {score.name}; chance 0"


def _unasked(number: int, what: str, unknown: int, as_zero: bool) -> str:
    end = "unknown" if as_zero else "left out"
    return f"{number:,} {what}, {unknown:,} {end}," if unknown else f"{number:,} {what}"


def _small(share: float) -> str:
    return f"{share:.4f}" if share >= 5e-5 or share == 0 else "below 0.0001"
