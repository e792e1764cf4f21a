"""How much faster are several threads than one, and how much faster could they be on this machine?"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Measurement
from benchmarks.rounds import Sample, Trainer
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import BarePass, WholeTraining
from benchmarks.versus import add_model_arguments, compare

ROUNDS, THREADS = 15, None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_arguments(parser)
    parser.add_argument("--bare", action="store_true", help="without Lightning")


class PassesAlone:
    """Bare passes at once, each of one thread: they share the text, which none writes to, and the machine."""

    def __init__(self, passes: Iterable[BarePass]) -> None:
        self.passes = list(passes)

    def train(self, words: int) -> Sample:
        start = time.perf_counter()
        with ThreadPoolExecutor(len(self.passes)) as pool:
            samples = list(pool.map(lambda one: one.train(words // len(self.passes)), self.passes))
        return Sample(time.perf_counter() - start, sum(sample.words for sample in samples))


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text, many = session.text, session.own.threads

    def make(settings: Settings) -> dict[str, Trainer]:
        single = replace(session.own, threads=1)
        trainers: dict[str, Trainer] = {}
        for name, own in ((f"{many} threads", session.own), ("one thread", single)):
            gate.check(settings, own)
            if arguments.bare:
                trainers[name] = BarePass(session.corpus, settings, own)
            else:
                trainers[name] = WholeTraining(text.path, text.words, settings, own, cache=session.cache)
        trainers[f"{many} passes alone"] = PassesAlone(BarePass(session.corpus, settings, single) for _ in range(many))
        return trainers

    return compare("scaling", arguments, session, make, f"{many} threads over one")
