"""Word vectors in one call: what `train.py` does, without Hydra."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as pl

from torchw2v.checks import int_at_least, positive_int
from torchw2v.console import is_watched, without_noise
from torchw2v.data.corpus import Corpus, shown
from torchw2v.errors import InputError
from torchw2v.training.devices import choose_accelerator
from torchw2v.training.fitting import MakeTrainer
from torchw2v.training.run import run_task
from torchw2v.training.word2vec.options import TEXT, Options, in_flat_names, read_options
from torchw2v.training.word2vec.task import Word2VecResult, train_word2vec
from torchw2v.vectors import WordVectors


def train_vectors(
    corpus: str | Path | Iterable[Iterable[str]],
    model: str,
    *,
    progress: bool | Literal["auto"],
    output_dir: str | Path | None,
    options: Mapping[str, Any],
) -> WordVectors:
    """See `torchw2v.fit`."""
    if progress not in (True, False, "auto"):
        raise InputError(f"progress must be True, False or 'auto', not {progress!r}")
    if output_dir is not None and not isinstance(output_dir, str | Path):
        raise InputError(f"output_dir must be a path, not {output_dir!r}")
    quiet = not (is_watched() if progress == "auto" else progress)
    with without_noise(), in_flat_names():
        chosen = read_options(model, options)
        positive_int("epochs", chosen.epochs)
        int_at_least(-1, "max_steps", chosen.max_steps)
        source = _checked_source(corpus, options)
        accelerator = choose_accelerator("auto", engine=chosen.engine_name, quiet=quiet)
        make_trainer = partial(_make_trainer, chosen, accelerator)

        def task(folder: Path | None, make: MakeTrainer, *, resume: Path | None = None) -> Word2VecResult:
            return train_word2vec(
                lambda: Corpus(source, **chosen.text),
                folder,
                make,
                model=chosen.model,
                engine=chosen.engine,
                pictures=folder is not None,
                resume=resume,
                quiet=quiet,
                **chosen.training,
            )

        if output_dir is None:
            result = task(None, partial(make_trainer, None))
        else:
            configuration = _describe(corpus, model, chosen)
            result = run_task(
                task, make_trainer, name=model, output_dir=output_dir, configuration=configuration, quiet=quiet
            )
    _pass_on(result)
    return result.vectors


def _make_trainer(chosen: Options, accelerator: str, folder: Path | None, callbacks: list[pl.Callback]) -> pl.Trainer:
    logger: Any = False
    if folder is not None:
        from torchw2v.training.event_logger import EventLogger

        logger = EventLogger(folder)
    return pl.Trainer(
        accelerator=accelerator,
        devices=1,
        max_epochs=chosen.epochs,
        max_steps=chosen.max_steps,
        callbacks=callbacks,
        logger=logger,
        log_every_n_steps=1 if chosen.engine_name == "fused" else 100,
        enable_checkpointing=folder is not None,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )


def _checked_source(corpus: Any, options: Mapping[str, Any]) -> Any:
    """A path, or the sentences; InputError for what is neither."""
    if isinstance(corpus, str | Path):
        return corpus
    if not isinstance(corpus, Iterable) or isinstance(corpus, bytes):
        raise InputError(f"a corpus is a path or an iterable of lists of words, not {shown(corpus)}")
    for option in TEXT:
        if option in options:
            raise InputError(f"{option} is for text on disk; sentences in memory are taken as they are")
    return _sentences(corpus)


def _sentences(source: Iterable[Any]) -> Iterator[list[str]]:
    """Those that hold a word; InputError if there is none."""
    any_words = False
    for words in Corpus(source):
        any_words = True
        yield words
    if any_words:
        return
    if isinstance(source, Iterator):
        raise InputError(
            f"no words came from the {type(source).__name__}: it may have been read before; make it anew or give a list"
        )
    raise InputError(f"no words are in the {type(source).__name__} of sentences; give at least a few sentences")


def _describe(corpus: Any, model: str, chosen: Options) -> str:
    """What `config.yaml` says; JSON is YAML, too."""
    source = str(corpus) if isinstance(corpus, str | Path) else f"a {type(corpus).__name__} of sentences"
    engine = {name: value for name, value in asdict(chosen.engine).items() if name != "optimizer"}
    data = chosen.text | chosen.training
    if phrases := data.get("phrases"):
        data["phrases"] = asdict(replace(phrases, connector_words=phrases.connectors))
    settings = {
        "corpus": source,
        "model": {"name": model} | asdict(chosen.model.with_rates()),
        "engine": {"name": chosen.engine_name} | engine,
        "data": data,
        "trainer": {"max_epochs": chosen.epochs, "max_steps": chosen.max_steps},
    }
    return json.dumps(settings, indent=2, ensure_ascii=False, default=repr) + "\n"


def _pass_on(result: Word2VecResult) -> None:
    """What a signal would have done, if the step in hand had not been waited for."""
    if result.stopped_by is None:
        return
    if result.stopped_by == signal.SIGINT.name:
        where = f"; what was learnt until then is in {result.paths[0].parent}" if result.paths else ""
        raise KeyboardInterrupt(f"training was interrupted{where}")
    raise SystemExit(128 + signal.Signals[result.stopped_by])
