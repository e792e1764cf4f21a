"""The text format of word2vec: a line with V and D, then a line for each word, a space between fields."""

from __future__ import annotations

from pathlib import Path

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.vectors import WordVectors

_ROWS_AT_ONCE = 4096


def save_word2vec_text(vectors: WordVectors, path: str | Path) -> None:
    """Write what gensim's `KeyedVectors.load_word2vec_format`, word2vec's tools and many others read.

    Seven digits, which give back the same float32 to within one part in ten million.

    Raises:
        InputError: a word is empty or holds whitespace, at which readers would cut it; nothing is written then.
    """
    for word in vectors.words:
        if word.split() != [word]:
            raise InputError(
                f"the word {word!r} cannot be saved as word2vec text: it is empty or holds whitespace; "
                "join its parts with '_' or save as safetensors"
            )
    line = " ".join(["%.7g"] * vectors.embedding_dim)
    with atomic_path(Path(path)) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(vectors)} {vectors.embedding_dim}\n")
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            rows = vectors.rows(start, start + _ROWS_AT_ONCE).tolist()
            words = vectors.words[start : start + _ROWS_AT_ONCE]
            file.writelines(f"{word} {line % tuple(row)}\n" for word, row in zip(words, rows, strict=True))
