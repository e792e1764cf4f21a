"""Operations: in each file one equation, its derivative, the autograd Function and the function to call."""

from torchw2v.ops.embedding import EmbeddingFunction, embedding
from torchw2v.ops.negative_sampling import (
    NegativeSamplingLossFunction,
    negative_sampling_loss,
    packed_negative_sampling_loss,
)
from torchw2v.ops.sigmoid import LogSigmoidFunction, SigmoidFunction, log_sigmoid, sigmoid

__all__ = [
    "EmbeddingFunction",
    "LogSigmoidFunction",
    "NegativeSamplingLossFunction",
    "SigmoidFunction",
    "embedding",
    "log_sigmoid",
    "negative_sampling_loss",
    "packed_negative_sampling_loss",
    "sigmoid",
]
