"""Train word vectors and small networks: `python train.py --help`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hydra
from omegaconf import DictConfig, OmegaConf

if TYPE_CHECKING:
    from lightning.pytorch import Callback, Trainer

    from torchw2v.training.result import RunResult


@hydra.main(version_base="1.3", config_path="configs", config_name="train")
def main(config: DictConfig) -> None:
    # here, because --help and a typing error need not wait for torch
    import torchw2v.training  # noqa: F401 (first, as Lightning sets its own level of logging when it is imported)
    from torchw2v.console import explain, speak_plainly

    speak_plainly()
    try:
        result = run(config)
    except KeyboardInterrupt:
        print("torchw2v: interrupted before there were results", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:  # nobody reads the report any more; Python would complain again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        sys.exit(f"torchw2v: error: {message}")
    if result.stopped_by:
        sys.exit(128 + signal.Signals[result.stopped_by])


def run(config: DictConfig) -> RunResult:
    """Build what the configuration describes, train it, write the results, say where they are."""
    from hydra.utils import instantiate
    from lightning.pytorch.utilities.exceptions import MisconfigurationException

    from torchw2v import InputError
    from torchw2v.training.devices import choose_accelerator
    from torchw2v.training.run import run_task
    from torchw2v.training.tasks import find_task

    settings: dict[str, Any] = OmegaConf.to_container(config, resolve=True)
    task = find_task(settings, instantiate)
    accelerator = choose_accelerator(config.trainer.accelerator, engine=config.engine.name)

    def make_trainer(folder: Path, callbacks: list[Callback]) -> Trainer:
        logger = instantiate(config.logger)(save_dir=folder) if config.logger else False
        try:
            make = instantiate(config.trainer)
            return make(accelerator=accelerator, callbacks=callbacks, logger=logger, default_root_dir=folder)
        except (TypeError, ValueError, MisconfigurationException) as error:
            raise InputError(f"trainer: {error}") from error

    return run_task(
        task,
        make_trainer,
        name=config.model.name,
        output_dir=config.output_dir,
        configuration=OmegaConf.to_yaml(config, resolve=True),
        resume=config.resume,
    )


if __name__ == "__main__":
    main()
