"""gensim's vectors for a text, a setting and a seed: how good they are, and how long they took; kept, as it is slow."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchmarks.scores import score
from benchmarks.settings import Settings
from benchmarks.store import Store
from benchmarks.texts import Text
from benchmarks.trainers.with_gensim import VERSION, Gensim, options


def gensim_result(
    text: Text, settings: Settings, *, epochs: int, threads: int, seed: int, store: Store
) -> dict[str, Any]:
    """The fields of a `Score` and of a `Sample`; found in `store`, else made and put there."""
    told = {**options(settings), "epochs": epochs, "workers": threads, "seed": seed}
    of = {"trainer": f"gensim {VERSION}", "text": text.digest, **told}
    if (kept := store.get(of)) is not None:
        return kept
    gensim = Gensim(text.path, settings, threads=threads, seed=seed)
    sample = gensim.train_epochs(epochs)
    result = {**asdict(score(gensim.vectors)), **asdict(sample)}
    store.put(of, result)
    return result
