"""Networks and losses as modules: parameters, initial values and forward; the formulas are in `torchw2v.ops`."""

from torchw2v.nn.cbow import CBOW
from torchw2v.nn.initialization import init_normal_, init_word2vec_
from torchw2v.nn.layers import Linear
from torchw2v.nn.losses import FullSoftmax, HierarchicalSoftmax, NegativeSampling
from torchw2v.nn.mlp import MLP
from torchw2v.nn.packing import pack_parameters, unpack_parameters, unpack_parameters_
from torchw2v.nn.skipgram import SkipGram
from torchw2v.nn.softmax_regression import SoftmaxRegression

__all__ = [
    "CBOW",
    "MLP",
    "FullSoftmax",
    "HierarchicalSoftmax",
    "Linear",
    "NegativeSampling",
    "SkipGram",
    "SoftmaxRegression",
    "init_normal_",
    "init_word2vec_",
    "pack_parameters",
    "unpack_parameters",
    "unpack_parameters_",
]
