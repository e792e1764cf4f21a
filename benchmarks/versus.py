"""Two ways to train, model by model: the frame of every question that is answered by one ratio."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict

from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Trainer, alternate_trainers
from benchmarks.settings import MODELS, Settings

WARM_UP_WORDS = 100_000  # of those that can train on a part of the text; the others train on all of it


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["skipgram_neg"])
    parser.add_argument("--dim", type=int, default=100)


def compare(
    name: str,
    arguments: argparse.Namespace,
    session: Session,
    make_trainers: Callable[[Settings], Mapping[str, Trainer]],
    ratio_is: str,
) -> Measurement:
    """The first trainer's words a second over the second's; both are made, and tested, anew for each model."""
    rows, figures, raw = [], [], []
    names: list[str] = []
    for model in arguments.models:
        settings = Settings(model, arguments.dim)
        trainers = make_trainers(settings)
        rounds = alternate_trainers(
            trainers,
            session.rounds,
            seconds=session.seconds,
            words=min(WARM_UP_WORDS, session.text.words),
            tell=session.tell,
        )
        names = list(trainers)
        ratio = rounds.times_as_fast(*names)
        rows.append([model, str(arguments.dim), *(f"{rounds.speed(one):,.0f}" for one in names), str(ratio)])
        figures.append(Figure(f"{model}, D={arguments.dim}: {ratio_is}", ratio))
        raw.append({"settings": asdict(settings), "rounds": rounds.raw()})
    columns = ["model", "D", *(f"{one}, words/s" for one in names), f"{ratio_is} (quartiles)"]
    return Measurement(name, [f"rounds: {session.rounds}", Table(columns, rows)], figures, {"models": raw})
