"""Sentences as averages of word vectors, and their classes."""

from torchw2v.sentences.classifier import Prediction, SentenceClassifier
from torchw2v.sentences.features import FeatureCounts, sentence_features
from torchw2v.sentences.regression import Converged, RegressionProblem, fit_softmax_regression

__all__ = [
    "Converged",
    "FeatureCounts",
    "Prediction",
    "RegressionProblem",
    "SentenceClassifier",
    "fit_softmax_regression",
    "sentence_features",
]
