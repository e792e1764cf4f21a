"""Two ways to train, model by model: the frame of every question that is answered by one ratio."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict

from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Rounds, Trainer, alternate_trainers
from benchmarks.settings import MODELS, Settings

WARM_UP_WORDS = 100_000  # of those that can train on a part of the text; the others train on all of it


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["skipgram_neg"])
    parser.add_argument("--dim", type=int, default=100)


def rounds_of_each(
    settings: Iterable[Settings], session: Session, make_trainers: Callable[[Settings], Mapping[str, Trainer]]
) -> Iterator[tuple[Settings, Rounds]]:
    """Trainers in turn; they are made, and tested, anew for each model."""
    for one in settings:
        rounds = alternate_trainers(
            make_trainers(one),
            session.rounds,
            seconds=session.seconds,
            words=min(WARM_UP_WORDS, session.text.words),
            tell=session.tell,
        )
        yield one, rounds


def compare(
    name: str,
    arguments: argparse.Namespace,
    session: Session,
    make_trainers: Callable[[Settings], Mapping[str, Trainer]],
    ratio_is: str,
) -> Measurement:
    """The first trainer's words a second over the second's, for each model."""
    rows, figures, raw = [], [], []
    names: list[str] = []
    all_settings = [Settings(model, arguments.dim) for model in arguments.models]
    for settings, rounds in rounds_of_each(all_settings, session, make_trainers):
        names = list(rounds.samples)
        ratio = rounds.times_as_fast(*names)
        speeds = [f"{rounds.speed(one):,.0f}" for one in names]
        rows.append([settings.model, str(settings.embedding_dim), *speeds, str(ratio)])
        figures.append(Figure(f"{settings.model}, D={settings.embedding_dim}: {ratio_is}", ratio))
        raw.append({"settings": asdict(settings), "rounds": rounds.raw()})
    columns = ["model", "D", *(f"{one}, words/s" for one in names), f"{ratio_is} (quartiles)"]
    return Measurement(name, [f"rounds: {session.rounds}", Table(columns, rows)], figures, {"models": raw})
