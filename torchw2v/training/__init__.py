"""Training with Lightning: needs the extra "train"."""

from torchw2v.training.data_module import Word2VecData
from torchw2v.training.module import Word2VecModule
from torchw2v.training.settings import EngineSettings, ModelSettings
from torchw2v.training.word2vec import Word2VecResult, train_word2vec

__all__ = ["EngineSettings", "ModelSettings", "Word2VecData", "Word2VecModule", "Word2VecResult", "train_word2vec"]
