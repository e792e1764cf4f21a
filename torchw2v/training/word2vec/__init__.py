"""Word vectors from text."""

from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.module import Word2VecModule
from torchw2v.training.word2vec.settings import EngineSettings, ModelSettings
from torchw2v.training.word2vec.task import Word2VecResult, train_word2vec

__all__ = ["EngineSettings", "ModelSettings", "Word2VecData", "Word2VecModule", "Word2VecResult", "train_word2vec"]
