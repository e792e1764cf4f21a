"""Training with Lightning: needs the extra "train"."""

from torchw2v.training.word2vec import (
    EngineSettings,
    ModelSettings,
    Word2VecData,
    Word2VecModule,
    Word2VecResult,
    train_word2vec,
)

__all__ = ["EngineSettings", "ModelSettings", "Word2VecData", "Word2VecModule", "Word2VecResult", "train_word2vec"]
