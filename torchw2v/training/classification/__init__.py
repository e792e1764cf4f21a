"""Classifiers of labelled images."""

from torchw2v.training.classification.evaluation import Evaluation, evaluate
from torchw2v.training.classification.module import ClassifierModule
from torchw2v.training.classification.settings import ClassifierSettings, MinibatchSettings
from torchw2v.training.classification.task import ClassifierResult, train_classifier

__all__ = [
    "ClassifierModule",
    "ClassifierResult",
    "ClassifierSettings",
    "Evaluation",
    "MinibatchSettings",
    "evaluate",
    "train_classifier",
]
