"""How much faster is engine=fused than engine=autograd? Through Lightning both, one thread each."""

from __future__ import annotations

import argparse

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Measurement
from benchmarks.rounds import Trainer
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import Own, WholeTraining
from benchmarks.versus import add_model_arguments, compare

ROUNDS, THREADS = 5, 1
add_arguments = add_model_arguments


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text = session.text

    def make(settings: Settings) -> dict[str, Trainer]:
        trainers: dict[str, Trainer] = {}
        for engine in ("fused", "autograd"):
            own = Own(engine, threads=1)
            gate.check(settings, own)
            trainers[engine] = WholeTraining(text.path, text.words, settings, own, cache=session.cache)
        return trainers

    return compare("engines", arguments, session, make, "fused over autograd, one thread")
