"""Word vectors from text."""

from torchw2v.training.word2vec.autograd import AutogradModule
from torchw2v.training.word2vec.data_module import Word2VecData
from torchw2v.training.word2vec.fused import FusedModule, FusedSGD
from torchw2v.training.word2vec.settings import EngineSettings, FusedSettings, ModelSettings
from torchw2v.training.word2vec.task import Word2VecResult, train_word2vec

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
