"""Train word vectors: `python train.py --help`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import warnings
from typing import TYPE_CHECKING

import hydra
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

if TYPE_CHECKING:
    from torchw2v.training import Word2VecResult


@hydra.main(version_base="1.3", config_path="configs", config_name="train")
def main(config: DictConfig) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("torchw2v: terminated before there were results"))
    threading.excepthook = explain_thread
    warnings.showwarning = explain_warning
    try:
        result = run(config)
    except KeyboardInterrupt:
        print("torchw2v: interrupted before there were results", file=sys.stderr)
        sys.exit(128 + signal.SIGINT)
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

    from torchw2v.atomic import write_text
    from torchw2v.training import EngineSettings, ModelSettings, train_word2vec
    from torchw2v.training.devices import choose_accelerator
    from torchw2v.training.report import format_report
    from torchw2v.training.run_folder import create_run_folder, discard_if_untrained, find_checkpoint, link_latest

    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)  # Lightning 2.6 on torch 2.13
    warnings.filterwarnings("ignore", message="Sparse invariant checks")  # torch's optimisers on sparse gradients
    warnings.filterwarnings("ignore", message=".*smaller than the logging interval")  # short runs are fine
    choices = dict(config.model)
    name = choices.pop("name")
    model = ModelSettings(**choices)
    engine_choices = dict(config.engine)
    engine_choices.pop("name")
    engine = EngineSettings(**engine_choices | {"optimizer": instantiate(config.engine.optimizer)})
    accelerator = choose_accelerator(config.trainer.accelerator)
    resume = find_checkpoint(config.resume, config.output_dir, name) if config.resume else None
    folder = create_run_folder(config.output_dir, name)
    try:
        write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
        logger = instantiate(config.logger)(save_dir=folder) if config.logger else False
        result = train_word2vec(
            lambda: instantiate(config.data.corpus),
            folder,
            lambda callbacks: instantiate(config.trainer)(
                accelerator=accelerator, callbacks=callbacks, logger=logger, default_root_dir=folder
            ),
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
    latest = link_latest(folder)
    print(format_report(result, folder, latest))
    return result


def explain_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
    print(f"torchw2v: warning: {message}", file=sys.stderr)


def explain_thread(failure: threading.ExceptHookArgs) -> None:
    """What TensorBoard's writer meets on a full disk, in one line; whoever hands it events hears of it, too."""
    if isinstance(failure.exc_value, OSError):
        print(f"torchw2v: warning: {failure.exc_value}", file=sys.stderr)
    else:
        threading.__excepthook__(failure)


def explain(error: BaseException | None) -> str | None:
    """One line for what is the user's to mend, None for what is ours."""
    from torchw2v import InputError

    while error is not None:
        match error:
            case InputError():
                return str(error)
            case OSError() if error.strerror:
                return f"{error.filename or 'while writing'}: {error.strerror}; free some space or set output_dir"
            case OmegaConfBaseException():
                return str(error).splitlines()[0]
        error = error.__cause__ or error.__context__  # Hydra wraps what it meets
    return None


if __name__ == "__main__":
    main()
