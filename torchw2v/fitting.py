"""Word vectors in one call, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors


def fit(
    corpus: str | Path | Iterable[Iterable[str]],
    model: str = "skipgram_neg",
    *,
    progress: bool | Literal["auto"] = "auto",
    output_dir: str | Path | None = None,
    **options: Any,
) -> WordVectors:
    """Train word vectors: what `train.py` does, without its configuration.

        vectors = torchw2v.fit("corpus.txt", embedding_dim=300, epochs=10)
        vectors = torchw2v.fit([["a", "sentence"], ["another", "one"]], model="cbow_neg", min_count=1)

    Args:
        corpus: a file, a folder, a glob, or an iterable of sentences, each an iterable of words. It is read once, so a
            generator will do; one that was read before is refused. Texts on disk are kept as ids in the cache folder,
            and the next call on them starts at once.
        model: "skipgram_neg", "skipgram_hs", "skipgram_softmax", "cbow_neg", "cbow_hs" or "cbow_softmax".
        progress: draw a bar; "auto" does so on a terminal and in a notebook.
        output_dir: where the run gets a folder with vectors, metrics, curves and a checkpoint; by default nothing is
            written.
        options: by the names they have in `configs/`, with the same defaults:
            of the model, `embedding_dim`, `window`, `num_negatives`, `negatives`, `sample`, `ns_exponent`, `reduce`,
            `gradient`, `learning_rate`, `min_learning_rate`, `vectors` ("input", "output", "sum" or "concatenation");
            of the text, `min_count`, `max_size`, `tokenizer`, `encoding`, `errors`, `cache_dir`, and
            `phrases`, a number of passes that join words into phrases first, or a mapping of `join_phrases`'s settings;
            of the run, `epochs`, `max_steps`, `seed`, `engine` ("fused" or "autograd") and what the engine has:
            `threads`, `words_per_step`, `words_per_batch`, `optimizer`, `sparse`.

    Returns: the rows of the input matrix, most frequent word first. The same seed and threads=1 give the same bits.

    Raises:
        InputError: an option or a corpus that cannot be used, or a package that is missing: it needs the extra "train".
        KeyboardInterrupt: it was interrupted. Half-trained vectors are not returned, as the next cell would take them
            for trained ones; with `output_dir` they are there, and a checkpoint, too.
    """
    try:
        from torchw2v.training.word2vec.single_call import train_vectors
    except ModuleNotFoundError as error:
        package = (error.name or "torchw2v").partition(".")[0]
        if package == "torchw2v":
            raise
        raise InputError(f"torchw2v.fit needs the package {package}: pip install 'torchw2v[train]'") from None
    return train_vectors(corpus, model, progress=progress, output_dir=output_dir, options=options)
