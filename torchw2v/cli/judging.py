"""evaluate: how good vectors are."""

from __future__ import annotations

import sys
from argparse import Namespace

from torchw2v.cli.output import write_json
from torchw2v.cli.sources import chosen_vectors
from torchw2v.evaluation import JudgeSettings, Resampling, format_judgement, judge

_BUILTIN = "builtin"


def evaluate(arguments: Namespace) -> int:
    pairs, analogies = arguments.similarity, arguments.analogies
    if not pairs and not analogies:
        print(
            "torchw2v: asking the built-in sets, of Python and mathematics; --similarity and --analogies name others",
            file=sys.stderr,
        )
        pairs = analogies = [_BUILTIN]
    found = judge(
        chosen_vectors(arguments),
        similarity=pairs,
        analogies=analogies,
        settings=JudgeSettings(
            case_insensitive=not arguments.case_sensitive,
            restrict_vocab=arguments.restrict_vocab,
            unknown_as_zero=arguments.unknown_as_zero,
            method=arguments.method,
        ),
        resampling=Resampling(seed=arguments.seed),
    )
    if arguments.json:
        write_json(found.to_dict())
    else:
        print("\n".join(format_judgement(found, sections=arguments.sections)))
    return 0
