"""How good are vectors? Pairs of words, analogies, planted structure; every figure with an interval."""

from torchw2v.evaluation.analogies import AnalogyScore, SectionScore
from torchw2v.evaluation.analogy_file import AnalogySet, Section, read_analogies
from torchw2v.evaluation.bootstrap import Estimate, Resampling
from torchw2v.evaluation.builtin import builtin_analogies, builtin_pairs
from torchw2v.evaluation.cooccurrence import CooccurrenceScore, probe_cooccurrence
from torchw2v.evaluation.judgement import Judge, Judgement, JudgeSettings, analogy_sets, judge, pair_sets
from torchw2v.evaluation.report import format_judgement
from torchw2v.evaluation.similarity import SimilarityScore
from torchw2v.evaluation.similarity_file import PairSet, read_pairs
from torchw2v.evaluation.twins import PlantedTwins, TwinScore, choose_twins, probe_twins

__all__ = [
    "AnalogyScore",
    "AnalogySet",
    "CooccurrenceScore",
    "Estimate",
    "Judge",
    "JudgeSettings",
    "Judgement",
    "PairSet",
    "PlantedTwins",
    "Resampling",
    "Section",
    "SectionScore",
    "SimilarityScore",
    "TwinScore",
    "analogy_sets",
    "builtin_analogies",
    "builtin_pairs",
    "choose_twins",
    "format_judgement",
    "judge",
    "pair_sets",
    "probe_cooccurrence",
    "probe_twins",
    "read_analogies",
    "read_pairs",
]
