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
    """The first trainer's words a second over the second's, for each model; beside it, those of any others."""
    rows, figures, raw = [], [], []
    names: list[str] = []
    all_settings = [Settings(model, arguments.dim) for model in arguments.models]
    for settings, rounds in rounds_of_each(all_settings, session, make_trainers):
        names = list(rounds.samples)
        first, second, *others = names
        ratios = [rounds.times_as_fast(one, second) for one in (first, *others)]
        speeds = [f"{rounds.speed(one):,.0f}" for one in (first, second)]
        rows.append([settings.model, str(settings.embedding_dim), *speeds, *map(str, ratios)])
        figures.append(Figure(f"{settings.model}, D={settings.embedding_dim}: {ratio_is}", ratios[0]))
        raw.append({"settings": asdict(settings), "rounds": rounds.raw()})
    columns = ["model", "D", *(f"{one}, words/s" for one in names[:2]), f"{ratio_is} (quartiles)"]
    columns += [f"{one} over {names[1]}" for one in names[2:]]
    return Measurement(name, [f"rounds: {session.rounds}", Table(columns, rows)], figures, {"models": raw})
