"""Training with Lightning: needs the extra "train"."""

from torchw2v.training.word2vec import (
    AutogradModule,
    EngineSettings,
    FusedModule,
    FusedSettings,
    FusedSGD,
    ModelSettings,
    Word2VecData,
    Word2VecResult,
    train_word2vec,
)

__all__ = [
    "AutogradModule",
    "EngineSettings",
    "FusedModule",
    "FusedSGD",
    "FusedSettings",
    "ModelSettings",
    "Word2VecData",
    "Word2VecResult",
    "train_word2vec",
]
