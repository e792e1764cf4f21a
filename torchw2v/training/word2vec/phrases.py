"""`data.phrases`: a number of passes, or all that `join_phrases` can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from torchw2v.data.encoding import EncodedCorpus
from torchw2v.data.phrase_settings import PhraseSettings
from torchw2v.data.phrases import JoinedCorpus, join_phrases_as_set
from torchw2v.errors import InputError

_NAMES = [field.name for field in fields(PhraseSettings)]


def read_phrase_settings(chosen: Any) -> PhraseSettings | None:
    """The settings that `data.phrases` comes to; None where no phrases are to be joined.

    Args:
        chosen: None or 0, a number of passes, or a mapping from names of settings.

    Raises:
        InputError: a setting that is none, or is out of range.
    """
    if chosen is None or isinstance(chosen, PhraseSettings):
        return chosen
    if not isinstance(chosen, Mapping):
        chosen = {"passes": chosen}
    for name in chosen:
        if name not in _NAMES:
            raise InputError(f"data.phrases.{name} is no setting; there are {', '.join(_NAMES)}")
    try:
        is_off = not isinstance(chosen.get("passes"), bool) and chosen.get("passes") == 0
        settings = PhraseSettings(**{**chosen, **({"passes": 1} if is_off else {})})
    except InputError as error:
        raise InputError(f"data.phrases: {error}") from None
    if not is_off:
        return settings
    if replace(settings, connector_words=settings.connectors) != PhraseSettings():
        raise InputError("data.phrases: passes is 0, so that nothing else of it counts; set data.phrases.passes=1")
    return None


def join(corpus: EncodedCorpus, settings: PhraseSettings, *, cache_dir: str | Path | None, quiet: bool) -> JoinedCorpus:
    """`join_phrases` with a bar of the words read; none is drawn where the cache has the result."""
    passes = f"phrases, {settings.passes} pass{'es' if settings.passes > 1 else ''}"
    with tqdm(desc=passes, unit=" words", unit_scale=True, delay=0.5, dynamic_ncols=True, disable=quiet) as bar:

        def show(words: int) -> None:
            bar.update(words)

        return join_phrases_as_set(corpus, settings, cache_dir=cache_dir, on_block=show)
