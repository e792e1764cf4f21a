"""Train word vectors: `python train.py --help`."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import hydra
from omegaconf import DictConfig, OmegaConf

if TYPE_CHECKING:
    from lightning.pytorch import Callback, Trainer

    from torchw2v.training import Word2VecResult


@hydra.main(version_base="1.3", config_path="configs", config_name="train")
def main(config: DictConfig) -> None:
    # here, because --help and a typing error need not wait for torch
    from torchw2v.training.console import explain, speak_plainly

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


def run(config: DictConfig) -> Word2VecResult:
    """Build what the configuration describes, train it, write the results, say where they are."""
    from hydra.utils import instantiate
    from lightning.pytorch.utilities.exceptions import MisconfigurationException

    from torchw2v import InputError
    from torchw2v.atomic import write_text
    from torchw2v.training import EngineSettings, ModelSettings, train_word2vec
    from torchw2v.training.devices import choose_accelerator
    from torchw2v.training.report import format_report
    from torchw2v.training.run_folder import create_run_folder, discard_if_untrained, find_checkpoint, link_latest
    from torchw2v.training.settings import read_settings

    name = config.model.name
    model = read_settings(ModelSettings, "model", dict(config.model))
    optimizer = instantiate(config.engine.optimizer)
    engine = read_settings(EngineSettings, "engine", dict(config.engine) | {"optimizer": optimizer})
    if config.data.path is not None and config.data.corpus.source != config.data.path:
        raise InputError("data.path is for text of your own: add data=text")
    accelerator = choose_accelerator(config.trainer.accelerator)
    resume = find_checkpoint(config.resume, config.output_dir, name) if config.resume else None
    folder = create_run_folder(config.output_dir, name)

    def make_trainer(callbacks: list[Callback]) -> Trainer:
        logger = instantiate(config.logger)(save_dir=folder) if config.logger else False
        try:
            make = instantiate(config.trainer)
            return make(accelerator=accelerator, callbacks=callbacks, logger=logger, default_root_dir=folder)
        except (TypeError, ValueError, MisconfigurationException) as error:
            raise InputError(f"trainer: {error}") from error

    try:
        write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
        result = train_word2vec(
            lambda: instantiate(config.data.corpus),
            folder,
            make_trainer,
            model=model,
            engine=engine,
            min_count=config.data.min_count,
            max_size=config.data.max_size,
            cache_dir=config.data.cache_dir,
            seed=config.seed,
            resume=resume,
        )
    finally:
        discard_if_untrained(folder)
    print(format_report(result, folder, link_latest(folder)), flush=True)
    return result


if __name__ == "__main__":
    main()
