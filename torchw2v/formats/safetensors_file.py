"""Words and vectors in one safetensors file, which no reader can be made to run code by.

`vectors` is the (V, D) matrix; `words` is uint8, the UTF-8 text of the words with a line feed after each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

FORMAT = "torchw2v.vectors.1"


def write_safetensors(path: Path, table: WordTable) -> None:
    """Write words and vectors, exactly.

    Raises:
        InputError: a word is empty or holds a line feed; nothing is written then.
    """
    for word in table.words:
        if not word or "\n" in word:
            raise InputError(f"the word {word!r} cannot be saved: it is empty or holds a line feed")
    text = "".join(f"{word}\n" for word in table.words).encode()
    tensors = {
        "vectors": table.matrix,
        "words": torch.from_numpy(np.frombuffer(text, dtype=np.uint8).copy()),
    }
    with atomic_path(path) as temporary:
        try:
            save_file(tensors, temporary, metadata={"format": FORMAT})
        except SafetensorError as error:  # a full disk, for one
            raise OSError(f"{path}: {error}") from None


def read_safetensors(path: Path) -> WordTable:
    """Read what `write_safetensors` wrote; InputError if it is something else."""
    try:
        with safe_open(path, framework="pt") as file:
            if (file.metadata() or {}).get("format") != FORMAT:
                raise InputError(f"{path}: a safetensors file, but not one of word vectors by torchw2v")
            if set(file.keys()) != {"vectors", "words"}:
                raise InputError(f"{path}: damaged: it holds {', '.join(file.keys())} in place of vectors and words")
            text = file.get_tensor("words")
            if text.dtype != torch.uint8:
                raise InputError(f"{path}: damaged: the words are {text.dtype}, not UTF-8 text as uint8")
            words = text.numpy().tobytes().decode()
            matrix = file.get_tensor("vectors")
    except SafetensorError as error:
        raise InputError(f"{path}: not a safetensors file: {error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: damaged: the words are not UTF-8: {error}") from None
    return WordTable(tuple(words.split("\n")[:-1]), matrix)
