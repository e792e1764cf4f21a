"""A classifier of sentences that lasts: softmax regression on averages of word vectors, in one small file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from torchw2v.atomic import atomic_path
from torchw2v.data.datasets.sentence_files import SENTENCE_TOKENIZERS, words_of_sentence
from torchw2v.errors import InputError
from torchw2v.nn import SoftmaxRegression
from torchw2v.sentences.features import sentence_features
from torchw2v.sentences.regression import fit_softmax_regression
from torchw2v.vectors import WordVectors

FORMAT = "torchw2v.sentence_classifier.1"
_FILE = "model.safetensors"
_ROWS_AT_ONCE = 1 << 14


class Prediction(NamedTuple):
    """What a sentence was taken for.

    Attributes:
        label: the most probable class.
        probability: of that class.
        probabilities: of every class.
    """

    label: str
    probability: float
    probabilities: dict[str, float]


class SentenceClassifier:
    """Classes of sentences from the averages of their words' vectors.

        classifier = SentenceClassifier.load("lightning_logs/sentiment/latest")
        classifier.predict(["a moving and funny film", "two hours I will not get back"])

    Args:
        vectors: of the words.
        model: from averages (N, D) to logits (N, C).
        class_names: a name for each of the C classes.
        tokenizer: how a sentence given as a string is split: "words", "whitespace" or "treebank".
        lower: put words into lower case before they are looked up.

    Raises:
        InputError: sizes that do not fit, or another tokenizer.
    """

    def __init__(
        self,
        vectors: WordVectors,
        model: SoftmaxRegression,
        class_names: Iterable[str],
        *,
        tokenizer: str = "words",
        lower: bool = True,
    ) -> None:
        self.vectors, self.model, self.class_names = vectors, model.double(), tuple(class_names)
        if tokenizer not in SENTENCE_TOKENIZERS:
            raise InputError(f"tokenizer must be one of {', '.join(SENTENCE_TOKENIZERS)}, not {tokenizer!r}")
        if model.sizes != (vectors.embedding_dim, len(self.class_names)):
            raise InputError(
                f"a model of sizes {model.sizes} does not fit vectors of {vectors.embedding_dim} dimensions and "
                f"{len(self.class_names)} classes"
            )
        self.tokenizer, self.lower = tokenizer, lower

    @classmethod
    def fit(
        cls,
        vectors: WordVectors,
        sentences: Sequence[str | Sequence[str]],
        labels: Sequence[str],
        *,
        l2: float = 1e-3,
        tokenizer: str = "words",
        lower: bool = True,
    ) -> SentenceClassifier:
        """A classifier with the lowest penalised loss on these sentences; `train.py model=sentiment` chooses `l2`, too.

        Args:
            vectors: of the words.
            sentences: texts, or lists of words.
            labels: the name of each sentence's class.
            l2: see `fit_softmax_regression`.
            tokenizer: of the texts.
            lower: put words into lower case.

        Raises:
            InputError: lengths that differ, or fewer than two classes.
        """
        if len(sentences) != len(labels):
            raise InputError(f"{len(sentences)} sentences, but {len(labels)} labels")
        names = sorted(set(labels))
        if len(names) < 2:
            raise InputError(f"two classes or more are needed, but there are {names}")
        numbers = {name: i for i, name in enumerate(names)}
        features, _ = sentence_features(vectors, _split(sentences, tokenizer, lower))
        model, _ = fit_softmax_regression(features, torch.tensor([numbers[x] for x in labels]), len(names), l2=l2)
        return cls(vectors, model, names, tokenizer=tokenizer, lower=lower)

    @torch.no_grad()
    def probabilities(self, sentences: Sequence[str | Sequence[str]]) -> Tensor:
        """The probability of each class. Shape: N sentences, texts or lists of words -> (N, C) float64."""
        features, _ = sentence_features(self.vectors, _split(sentences, self.tokenizer, self.lower))
        return self.model.probabilities(features)

    def predict(self, sentences: Sequence[str | Sequence[str]]) -> list[Prediction]:
        """What each sentence, a text or a list of words, is most probably; the first of equals."""
        if isinstance(sentences, str):
            raise InputError("predict takes a list of sentences; put the one into brackets")
        rows = self.probabilities(sentences).tolist()
        all_of = [dict(zip(self.class_names, row, strict=True)) for row in rows]
        return [Prediction(label := max(ps, key=ps.__getitem__), ps[label], ps) for ps in all_of]

    def save(self, path: str | Path, *, vectors_path: str | Path) -> None:
        """Write weights, names of the classes, and where the vectors are and how they are recognised.

        Args:
            path: a file, which appears whole.
            vectors_path: of the vectors, which are not written.
        """
        about = {
            "format": FORMAT,
            "classes": json.dumps(self.class_names, ensure_ascii=False),
            "tokenizer": self.tokenizer,
            "lower": json.dumps(self.lower),
            "l2": repr(self.model.l2),
            "vectors": str(Path(vectors_path).expanduser().absolute()),
            "vectors_sha256": fingerprint(self.vectors),
        }
        tensors = {name: x.detach().cpu().contiguous() for name, x in self.model.state_dict().items()}
        with atomic_path(Path(path).expanduser()) as temporary:
            try:
                save_file(tensors, temporary, metadata=about)
            except SafetensorError as error:  # a full disk, for one
                raise OSError(f"{path}: {error}") from None

    @classmethod
    def load(cls, path: str | Path, *, vectors: WordVectors | str | Path | None = None) -> SentenceClassifier:
        """Read what `save` wrote.

        Args:
            path: the file, or the folder of a run.
            vectors: those that it was trained with, or their file; by default they are read from where they were then.

        Raises:
            InputError: no such file, another one, or other vectors than those it was trained with.
        """
        path = Path(path).expanduser()
        path = path / _FILE if path.is_dir() else path
        if not path.is_file():
            raise InputError(
                f"{path}: no such file; give the model.safetensors of a run of model=sentiment, or its folder"
            )
        tensors, about = _read(path)
        if vectors is None and not Path(about["vectors"]).exists():
            raise InputError(
                f"{path}: the vectors that it was trained with were {about['vectors']}, and are not there; "
                "give vectors=, the path where they are now"
            )
        if not isinstance(vectors, WordVectors):
            vectors = WordVectors.load(vectors or about["vectors"])
        if fingerprint(vectors) != about["vectors_sha256"]:
            raise InputError(
                f"{path}: was trained with other vectors than these; those were {about['vectors']}, "
                f"their fingerprint {about['vectors_sha256'][:12]}..."
            )
        try:
            names = json.loads(about["classes"])
            model = SoftmaxRegression(vectors.embedding_dim, len(names), l2=float(about["l2"])).double()
            model.load_state_dict(tensors)
            lower = json.loads(about["lower"])
        except (ValueError, RuntimeError, TypeError) as error:
            raise InputError(f"{path}: damaged: {str(error).splitlines()[0]}") from None
        return cls(vectors, model, names, tokenizer=about["tokenizer"], lower=lower)

    def __repr__(self) -> str:
        return f"SentenceClassifier({', '.join(self.class_names)}; {self.vectors!r})"


def fingerprint(vectors: WordVectors) -> str:
    """SHA-256 of the words and the numbers of a table, in hexadecimal digits."""
    digest = hashlib.sha256("\n".join(vectors.words).encode())
    digest.update(f"\n{vectors.rows(0, 1).dtype} {len(vectors)} {vectors.embedding_dim}\n".encode())
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        digest.update(vectors.rows(start, start + _ROWS_AT_ONCE).contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _split(sentences: Sequence[str | Sequence[str]], tokenizer: str, lower: bool) -> list[Sequence[str]]:
    return [
        words_of_sentence(sentence, tokenizer, lower=lower)
        if isinstance(sentence, str)
        else [word.lower() if lower else word for word in sentence]
        for sentence in sentences
    ]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as file:
            about: dict[str, str] = file.metadata() or {}
            if about.get("format") != FORMAT:
                raise InputError(f"{path}: a safetensors file, but not one of a classifier of sentences by torchw2v")
            needed = ("classes", "tokenizer", "lower", "l2", "vectors", "vectors_sha256")
            if missing := [name for name in needed if name not in about]:
                raise InputError(f"{path}: damaged: it does not say its {missing[0]}")
            return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118
    except SafetensorError as error:
        raise InputError(f"{path}: not a safetensors file: {error}") from None
