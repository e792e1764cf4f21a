"""Operations: in each file one equation, its derivative, the autograd Function and the function to call."""

from torchw2v.ops.activations import ReLUFunction, TanhFunction, relu, tanh
from torchw2v.ops.cross_entropy import CrossEntropyFunction, SoftCrossEntropyFunction, cross_entropy
from torchw2v.ops.embedding import EmbeddingFunction, embedding
from torchw2v.ops.embedding_bag import EmbeddingBagFunction, embedding_mean, embedding_sum
from torchw2v.ops.full_softmax import BlockedFullSoftmaxLossFunction, FullSoftmaxLossFunction, full_softmax_loss
from torchw2v.ops.hierarchical_softmax import (
    HierarchicalSoftmaxLossFunction,
    hierarchical_softmax_loss,
    packed_hierarchical_softmax_loss,
)
from torchw2v.ops.linear import LinearFunction, linear
from torchw2v.ops.negative_sampling import (
    NegativeSamplingLossFunction,
    negative_sampling_loss,
    packed_negative_sampling_loss,
)
from torchw2v.ops.normalize import NormalizeRowsFunction, normalize_rows
from torchw2v.ops.sigmoid import (
    LogSigmoidFunction,
    SigmoidFunction,
    SigmoidGradFunction,
    log_sigmoid,
    sigmoid,
    sigmoid_grad,
)
from torchw2v.ops.softmax import (
    LogSoftmaxFunction,
    SoftmaxFunction,
    SoftmaxJacobianFunction,
    log_softmax,
    softmax,
    softmax_jacobian,
)

__all__ = [
    "BlockedFullSoftmaxLossFunction",
    "CrossEntropyFunction",
    "EmbeddingBagFunction",
    "EmbeddingFunction",
    "FullSoftmaxLossFunction",
    "HierarchicalSoftmaxLossFunction",
    "LinearFunction",
    "LogSigmoidFunction",
    "LogSoftmaxFunction",
    "NegativeSamplingLossFunction",
    "NormalizeRowsFunction",
    "ReLUFunction",
    "SigmoidFunction",
    "SigmoidGradFunction",
    "SoftCrossEntropyFunction",
    "SoftmaxFunction",
    "SoftmaxJacobianFunction",
    "TanhFunction",
    "cross_entropy",
    "embedding",
    "embedding_mean",
    "embedding_sum",
    "full_softmax_loss",
    "hierarchical_softmax_loss",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "negative_sampling_loss",
    "normalize_rows",
    "packed_hierarchical_softmax_loss",
    "packed_negative_sampling_loss",
    "relu",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_jacobian",
    "tanh",
]
