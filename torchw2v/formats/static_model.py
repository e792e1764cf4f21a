"""The folder that Model2Vec and sentence-transformers load as a static model: a token's vector is looked up.

`model.safetensors` has the rows as `embeddings`, `tokenizer.json` the words as Hugging Face's tokenizers have them,
`config.json` and `modules.json` say what they are. A sentence becomes the mean of its words' vectors.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from torchw2v.errors import InputError
from torchw2v.formats.word_table import WordTable

_UNKNOWN = "[UNK]"
_NOT_A_WORD = re.compile(r"\w[^\w\s]|[^\w\s]\w")
_MODEL, _TOKENIZER = "model.safetensors", "tokenizer.json"


def write_static_model(folder: Path, table: WordTable) -> None:
    """Write a folder that is new or empty, with a row of zeros for words that are not there.

    Raises:
        InputError: the folder holds something, or the words a name that stands for unknown ones.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is there already; a static model is written to a new folder")
    if _UNKNOWN in table.words:
        raise InputError(f"the word {_UNKNOWN!r} stands for unknown words in a static model; leave it out")
    matrix = table.matrix.to("cpu", torch.float32)
    rows = torch.cat((matrix, matrix.new_zeros(1, matrix.shape[1])))
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": matrix.shape[1],
        "normalize": True,
        "seq_length": 1_000_000,
    }
    modules = [
        {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
    try:
        try:
            save_file({"embeddings": rows}, temporary / _MODEL)
        except SafetensorError as error:
            raise OSError(f"{folder}: {error}") from None
        for name, content in (
            (_TOKENIZER, _tokenizer(table.words)),
            ("config.json", config),
            ("modules.json", modules),
        ):
            (temporary / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        (temporary / "1_Normalize").mkdir()
        if folder.exists():
            folder.rmdir()
        temporary.chmod(0o755)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def read_static_model(folder: Path) -> WordTable:
    """The tokens of a static model and their rows; weights of tokens and shared rows are not supported.

    Raises:
        InputError: a file is missing, is something else, or holds other numbers of tokens and rows.
    """
    path = folder / _TOKENIZER
    try:
        vocabulary = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
        tokens = _tokens(vocabulary)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise InputError(f"{path}: not a tokenizer with a vocabulary") from None
    path = folder / _MODEL
    try:
        with safe_open(path, framework="pt") as file:
            names = set(file.keys())
            name = next((name for name in ("embeddings", "embedding.weight") if name in names), None)
            if name is None or names & {"mapping", "mappings", "weights"}:
                raise InputError(f"{path}: holds {', '.join(sorted(names))}; a matrix of embeddings alone is needed")
            matrix = file.get_tensor(name)
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path}: not a safetensors file that can be read: {error}") from None
    if matrix.ndim != 2 or len(matrix) != len(tokens):
        raise InputError(f"{folder}: {len(tokens):,} tokens, but embeddings of shape {tuple(matrix.shape)}")
    if tokens and tokens[-1] == _UNKNOWN and not matrix[-1].any():
        return WordTable(tokens[:-1], matrix[:-1])  # what the writer put there
    return WordTable(tokens, matrix)


def _tokens(vocabulary: Any) -> tuple[str, ...]:
    """By number, from a mapping to numbers or from a list of tokens with their scores."""
    if isinstance(vocabulary, list):
        return tuple(str(token) for token, *_ in vocabulary)
    places = sorted((int(number), str(token)) for token, number in vocabulary.items())
    if [number for number, _ in places] != list(range(len(places))):
        raise ValueError("numbers that are missing or used twice")
    return tuple(token for _, token in places)


def _tokenizer(words: tuple[str, ...]) -> dict[str, Any]:
    """Words between white space; punctuation apart where no word holds any, lower case where all words are."""
    lower = all(word == word.lower() for word in words)
    apart = not any(_NOT_A_WORD.search(word) for word in words)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": len(words),
                "content": _UNKNOWN,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        ],
        "normalizer": {"type": "Lowercase"} if lower else None,
        "pre_tokenizer": {"type": "Whitespace" if apart else "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: i for i, word in enumerate((*words, _UNKNOWN))},
            "unk_token": _UNKNOWN,
        },
    }
