"""Classes of sentences from averages of word vectors."""

from torchw2v.training.sentiment.settings import ConvergenceSettings, SentimentSettings
from torchw2v.training.sentiment.task import SentimentResult, train_sentiment

__all__ = ["ConvergenceSettings", "SentimentResult", "SentimentSettings", "train_sentiment"]
