"""The trainings there are, by the name that a configuration calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchw2v.checks import one_of
from torchw2v.training.classification.task import classification_task
from torchw2v.training.cs224n.task import assignment_task
from torchw2v.training.run import Task
from torchw2v.training.sentiment.task import sentiment_task
from torchw2v.training.word2vec.task import word2vec_task

TASKS: dict[str, Callable[[Mapping[str, Any], Callable[[Any], Any]], Task]] = {
    "word2vec": word2vec_task,
    "classification": classification_task,
    "cs224n": assignment_task,
    "sentiment": sentiment_task,
}


def find_task(config: Mapping[str, Any], make: Callable[[Any], Any]) -> Task:
    """The training that `config["task"]` names, with the settings of the configuration, checked.

    Args:
        config: the whole configuration in plain containers.
        make: makes what a part of it describes with `_target_`.

    Raises:
        InputError: there is no such task, or a setting is out of range.
    """
    return TASKS[one_of("task", config["task"], tuple(TASKS))](config, make)
