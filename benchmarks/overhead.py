"""What does Lightning cost? The pass of engine=fused in a loop beside a training through Lightning."""

from __future__ import annotations

import argparse

from benchmarks import gate
from benchmarks.frame import Session
from benchmarks.report import Measurement
from benchmarks.rounds import Trainer
from benchmarks.settings import Settings
from benchmarks.trainers.with_torchw2v import BarePass, WholeTraining
from benchmarks.versus import add_model_arguments, compare

ROUNDS, THREADS = 9, None
add_arguments = add_model_arguments


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    text, own = session.text, session.own

    def make(settings: Settings) -> dict[str, Trainer]:
        gate.check(settings, own)
        return {
            "bare": BarePass(session.corpus, settings, own),
            "Lightning": WholeTraining(text.path, text.words, settings, own, cache=session.cache),
        }

    return compare("overhead", arguments, session, make, "time through Lightning over the bare pass's")
