"""The ways in which a word2vec model can be trained, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Protocol

import lightning.pytorch as pl

from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.vocabulary import Vocabulary
from torchw2v.errors import InputError
from torchw2v.training.word2vec.autograd import AutogradEngine
from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.fused import FusedEngine
from torchw2v.training.word2vec.module import Word2VecModule
from torchw2v.training.word2vec.settings import EngineSettings, FusedSettings, ModelSettings

SETTINGS: dict[str, type[EngineSettings | FusedSettings]] = {"fused": FusedSettings, "autograd": EngineSettings}


class Engine(Protocol):
    """What makes network, samples and descent for a model.

    Attributes:
        threads: that it computes with.
    """

    threads: int

    def check(self, trainer: pl.Trainer, model: ModelSettings) -> None:
        """InputError where it cannot do what the trainer or the model asks for."""

    def prepare(
        self, model: ModelSettings, corpus: EncodedCorpus, vocabulary: Vocabulary, seed: int
    ) -> tuple[Word2VecModule, Word2VecData]:
        """What Lightning trains, and on what."""

    def compile(self, module: Word2VecModule, *, quiet: bool) -> None:
        """Make ready what must be compiled; if that takes time, say so unless `quiet`."""


def check_settings_are_of(name: str, given: Iterable[str]) -> None:
    """InputError where a setting was given that is one of another engine."""
    own = {field.name for field in fields(SETTINGS[name])}
    for other, kind in SETTINGS.items():
        for setting in {field.name for field in fields(kind)} & set(given) - own:
            raise InputError(f"engine.{setting} is a setting of engine={other}, not of engine={name}")


def make_engine(settings: EngineSettings | FusedSettings) -> Engine:
    return FusedEngine(settings) if isinstance(settings, FusedSettings) else AutogradEngine(settings)
