"""A run of training without Hydra, as another project would start it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import pytest

from torchw2v.data import Corpus
from torchw2v.training import EngineSettings, FusedSettings, ModelSettings, Word2VecResult, train_word2vec

# One thread, because several do not give the same bits.
ENGINES = {"autograd": EngineSettings(words_per_batch=512), "fused": FusedSettings(words_per_step=512, threads=1)}


def make_trainer(folder: Path, max_epochs: int, accelerator: str = "cpu", **settings: Any) -> Callable[..., pl.Trainer]:
    return partial(
        pl.Trainer,
        accelerator=accelerator,
        devices=1,
        max_epochs=max_epochs,
        logger=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        default_root_dir=folder,
        **settings,
    )


def _settings(engine: str | FusedSettings | dict[str, Any]) -> EngineSettings | FusedSettings:
    """Of an engine by name, or of autograd with some changes."""
    if isinstance(engine, str):
        return ENGINES[engine]
    return EngineSettings(**{"words_per_batch": 512} | engine) if isinstance(engine, dict) else engine


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., Word2VecResult]:
    def run(
        source: Any,
        *,
        name: str = "run",
        max_epochs: int = 3,
        model: dict[str, Any] | None = None,
        engine: str | FusedSettings | dict[str, Any] = "autograd",
        accelerator: str = "cpu",
        callbacks: list[pl.Callback] | None = None,
        max_steps: int = -1,
        tokenizer: Any = "whitespace",
        **settings: Any,
    ) -> Word2VecResult:
        folder = tmp_path / name
        folder.mkdir()
        trainer = make_trainer(folder, max_epochs, accelerator, max_steps=max_steps)
        return train_word2vec(
            lambda: Corpus(source, tokenizer=tokenizer),
            folder,
            lambda own: trainer(callbacks=[*own, *(callbacks or [])]),
            model=ModelSettings(**{"embedding_dim": 16} | (model or {})),
            engine=_settings(engine),
            cache_dir=tmp_path / "cache",
            **settings,
        )

    return run
