"""The functions of Stanford's CS224n, assignment 1, under their own names: NumPy arrays in and out, float64.

Thin adapters: every formula and every gradient is that of `torchw2v.functional`. Draws come from Python's `random` and
from NumPy's global generator, in the assignment's order, so that a seed gives the figures that were published. Numbers
of words and of classes must be whole, in whatever dtype. Gradients are computed in `torch.inference_mode` as well.
"""

from torchw2v.cs224n.checking import gradcheck_naive
from torchw2v.cs224n.descent import load_saved_params, save_params, sgd
from torchw2v.cs224n.functions import normalizeRows, sigmoid, sigmoid_grad, softmax
from torchw2v.cs224n.networks import (
    accuracy,
    affine_backward,
    affine_forward,
    forward_backward_prop,
    sigmoid_backward,
    sigmoid_forward,
    softmax_wrapper,
    softmaxRegression,
)
from torchw2v.cs224n.sentiment import getSentenceFeature, getSentenceFeatures
from torchw2v.cs224n.windows import WindowBatch, WindowDraws, initial_vectors
from torchw2v.cs224n.word2vec import (
    cbow,
    getNegativeSamples,
    naiveSoftmaxLossAndGradient,
    negSamplingCostAndGradient,
    negSamplingLossAndGradient,
    skipgram,
    softmaxCostAndGradient,
    word2vec_sgd_wrapper,
)
from torchw2v.data.datasets.stanford_sentiment import StanfordSentiment

__all__ = [
    "StanfordSentiment",
    "WindowBatch",
    "WindowDraws",
    "accuracy",
    "affine_backward",
    "affine_forward",
    "cbow",
    "forward_backward_prop",
    "getNegativeSamples",
    "getSentenceFeature",
    "getSentenceFeatures",
    "gradcheck_naive",
    "initial_vectors",
    "load_saved_params",
    "naiveSoftmaxLossAndGradient",
    "negSamplingCostAndGradient",
    "negSamplingLossAndGradient",
    "normalizeRows",
    "save_params",
    "sgd",
    "sigmoid",
    "sigmoid_backward",
    "sigmoid_forward",
    "sigmoid_grad",
    "skipgram",
    "softmax",
    "softmaxCostAndGradient",
    "softmaxRegression",
    "softmax_wrapper",
    "word2vec_sgd_wrapper",
]
