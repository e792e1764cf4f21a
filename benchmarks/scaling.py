"""How much faster are several threads than one, and how much faster could they be on this machine?"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Figure, Measurement, Table
from benchmarks.rounds import Sample, Trainer
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import BarePass, WholeTraining
from benchmarks.versus import add_model_arguments, rounds_of_each

ROUNDS, THREADS = 15, None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_arguments(parser)
    parser.add_argument("--bare", action="store_true", help="without Lightning")


class PassesAlone:
    """Bare passes at once, each of one thread: they share the text, which none writes to, and the machine."""

    def __init__(self, passes: Iterable[BarePass]) -> None:
        self.passes = list(passes)
        self.pool = ThreadPoolExecutor(len(self.passes))

    def train(self, words: int) -> Sample:
        start = time.perf_counter()
        samples = list(self.pool.map(lambda one: one.train(words // len(self.passes)), self.passes))
        return Sample(time.perf_counter() - start, sum(sample.words for sample in samples))


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text, many = session.text, session.own.threads
    together, one_thread, alone = f"{many} threads", "one thread", f"{many} passes alone"

    def make(settings: Settings) -> dict[str, Trainer]:
        single = replace(session.own, threads=1)
        trainers: dict[str, Trainer] = {}
        for name, own in ((together, session.own), (one_thread, single)):
            gate.check(settings, own)
            if arguments.bare:
                trainers[name] = BarePass(session.corpus, settings, own)
            else:
                trainers[name] = WholeTraining(text.path, text.words, settings, own, cache=session.cache)
        trainers[alone] = PassesAlone(BarePass(session.corpus, settings, single) for _ in range(many))
        return trainers

    rows, figures, raw = [], [], []
    all_settings = [Settings(model, arguments.dim) for model in arguments.models]
    for settings, rounds in rounds_of_each(all_settings, session, make):
        ours, machine = (rounds.times_as_fast(name, one_thread) for name in (together, alone))
        speeds = [f"{rounds.speed(name):,.0f}" for name in (together, one_thread)]
        rows.append([settings.model, str(settings.embedding_dim), *speeds, str(ours), str(machine)])
        figures.append(Figure(f"{settings.model}, D={settings.embedding_dim}: {many} threads over one", ours))
        raw.append({"settings": asdict(settings), "rounds": rounds.raw()})
    columns = ["model", "D", *(f"{name}, words/s" for name in (together, one_thread))]
    columns += [f"{many} threads over one (quartiles)", f"{alone} over one"]
    return Measurement("scaling", [f"rounds: {session.rounds}", Table(columns, rows)], figures, {"models": raw})
