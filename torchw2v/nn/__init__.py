"""Networks and losses as modules: parameters, initial values and forward; the formulas are in `torchw2v.ops`."""

from torchw2v.nn.initialization import init_word2vec_
from torchw2v.nn.losses import NegativeSampling
from torchw2v.nn.skipgram import SkipGram

__all__ = ["NegativeSampling", "SkipGram", "init_word2vec_"]
