"""Words and their vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import torch
from torch import Tensor, nn

from torchw2v.checks import int_at_least, one_of, positive_int
from torchw2v.errors import InputError
from torchw2v.formats import WordTable, read_table, write_table
from torchw2v.vectors.analogy_methods import EPSILON, METHODS
from torchw2v.vectors.nearest import QUERIES_AT_ONCE, best_rows
from torchw2v.vectors.unit_rows import divisors, row_lengths, unit_rows
from torchw2v.vectors.unknown_words import unknown_word

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

_ROWS_AT_ONCE = 1 << 10

Item = str | Tensor | np.ndarray[Any, np.dtype[Any]]


class Neighbour(NamedTuple):
    """A word and its cosine similarity to what was asked for; of 3CosMul, its score."""

    word: str
    similarity: float


class WordVectors:
    """An immutable table of words and vectors, in the order of the vocabulary (most frequent first).

    Similarity is the cosine of two vectors, and every search is exact: it looks at every row, a block at a time, on the
    device where the matrix is. A word that is not there is an `UnknownWordError`, which is a KeyError and names words
    that are spelt alike.

    Args:
        words: V different words.
        matrix: (V, D) floating point.
        copy: False takes the memory of the matrix over where it can: nobody else may read or write it from then on.

    Raises:
        InputError: lengths that differ, a repeated word, or a matrix that is not one of floating-point numbers.
    """

    def __init__(self, words: Iterable[str], matrix: Tensor, *, copy: bool = True) -> None:
        self.words = tuple(words)
        if matrix.ndim != 2 or not torch.is_floating_point(matrix):
            raise InputError(f"a matrix (V, D) of floats is needed, not {matrix.dtype} of shape {tuple(matrix.shape)}")
        if matrix.shape[0] != len(self.words):
            raise InputError(f"{len(self.words)} words, but a matrix of shape {tuple(matrix.shape)}")
        matrix = matrix.detach()
        self._matrix = matrix.clone(memory_format=torch.contiguous_format) if copy else _moved_together(matrix)
        self._ids = {word: i for i, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            raise InputError("a word stands there twice")

    @classmethod
    def load(cls, path: str | Path, *, format: str | None = None, errors: str = "strict") -> WordVectors:
        """Read a file or folder of vectors; its suffix, its beginning, or `format` says what it is.

        `torchw2v.formats.FORMATS` names them all. No file can run code, or take more memory than its size justifies.

        Args:
            path: a file, compressed or not, or a folder: of a run, of TensorBoard's projector, or of a static model.
            format: where the suffix does not say it.
            errors: what to do with words that are not UTF-8: "strict", "replace" or "ignore".

        Raises:
            InputError: nothing there, something damaged (the message names the line or byte), or an unknown format.
        """
        words, matrix = read_table(path, format=format, errors=errors)
        return cls(words, matrix, copy=False)

    def save(self, path: str | Path, *, format: str | None = None) -> None:
        """Write a file or folder of vectors in the format that its suffix, or `format`, names; it appears whole.

        Raises:
            InputError: a word that the format cannot hold, or a suffix that names no format.
        """
        write_table(path, WordTable(self.words, self._matrix), format=format)

    @classmethod
    def from_gensim(cls, vectors: KeyedVectors) -> WordVectors:
        """The words and vectors of gensim's `KeyedVectors`, such as `model.wv`.

        Raises:
            InputError: its keys are not all words.
        """
        from torchw2v.formats.keyed_vectors import from_keyed_vectors

        return cls(*from_keyed_vectors(vectors), copy=False)

    def to_gensim(self) -> KeyedVectors:
        """The same as `KeyedVectors` of gensim, with a copy of the matrix; InputError without the package gensim."""
        from torchw2v.formats.keyed_vectors import to_keyed_vectors

        return to_keyed_vectors(WordTable(self.words, self._matrix))

    @property
    def matrix(self) -> Tensor:
        """(V, D); a copy, so that the table stays as it is."""
        return self._matrix.clone()

    def rows(self, start: int = 0, stop: int | None = None) -> Tensor:
        """(stop − start, D), contiguous; a view, to be read only: writing to it would change the table."""
        return self._matrix[start:stop]

    @property
    def embedding_dim(self) -> int:
        return self._matrix.shape[1]

    @property
    def device(self) -> torch.device:
        return self._matrix.device

    def to(self, device: str | torch.device) -> WordVectors:
        """The same table, with the matrix on another device, where it then answers questions."""
        return WordVectors(self.words, self._matrix.to(device), copy=False)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    @overload
    def __getitem__(self, words: str) -> Tensor: ...
    @overload
    def __getitem__(self, words: Sequence[str]) -> Tensor: ...
    def __getitem__(self, words: str | Sequence[str]) -> Tensor:
        """A copy: (D,) of a word, (N, D) of a sequence of words."""
        return self._matrix[self._id(words)].clone() if isinstance(words, str) else self._matrix[self.ids(words)]

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.embedding_dim} dimensions)"

    def lengths(self) -> Tensor:
        """(V,), the Euclidean length of each vector, float64."""
        return row_lengths(self._matrix)

    def ids(self, words: Iterable[str], *, unknown: int | None = None) -> Tensor:
        """(N,) int64, the place of each word; `unknown` stands for those that are not there, if it is given."""
        get = self._ids.get
        places = [self._id(word) if unknown is None else get(word, unknown) for word in words]
        return torch.tensor(places, dtype=torch.int64, device=self.device)

    def similarity(self, first: str, second: str) -> float:
        """Cosine of the angle between two words."""
        return float(self.similarities([first], [second])[0])

    def similarities(self, firsts: Sequence[str], seconds: Sequence[str]) -> Tensor:
        """(N,) cosines, of the first word of one sequence and the first of the other, and so on."""
        if len(firsts) != len(seconds):
            raise InputError(f"similarities of pairs: {len(firsts)} first words, but {len(seconds)} second ones")
        return (self._unit_rows(self.ids(firsts)) * self._unit_rows(self.ids(seconds))).sum(1)

    def most_similar(
        self, positive: Item | Sequence[Item] = (), negative: Item | Sequence[Item] = (), *, k: int = 10
    ) -> list[Neighbour]:
        """The k words nearest to the sum of the unit vectors of `positive` minus that of `negative`.

            q = Σ p/‖p‖ − Σ n/‖n‖     similarity = ⟨q, x⟩ / (‖q‖ ‖x‖)

        Args:
            positive: words or vectors (D,), or one of them.
            negative: the same, to be far from.
            k: how many.

        Returns: nearest first, without the words that were given.
        """
        pulls, pushes = _items("positive", positive), _items("negative", negative)
        if not pulls and not pushes:
            raise InputError("most_similar needs a word or a vector, in positive or negative")
        signs = torch.tensor([1.0] * len(pulls) + [-1.0] * len(pushes), dtype=self._dtype, device=self.device)
        query = signs @ torch.stack([self._unit_vector(item) for item in (*pulls, *pushes)])
        given = [self._ids[item] for item in (*pulls, *pushes) if isinstance(item, str)]
        left_out = torch.tensor([given or [-1]], dtype=torch.int64, device=self.device)
        return self._nearest(query[None], k, left_out)[0]

    def nearest(self, queries: Sequence[str] | Tensor, k: int = 10) -> list[list[Neighbour]]:
        """The k nearest words of each query, by cosine, as products of matrices.

        Args:
            queries: words, each of which is no neighbour of its own, or vectors (Q, D).
            k: how many.
        """
        if isinstance(queries, str):
            raise InputError(f"nearest takes a sequence of words, not {queries!r}; most_similar takes one")
        if isinstance(queries, Tensor):
            if queries.ndim != 2 or queries.shape[1] != self.embedding_dim:
                raise InputError(f"queries must be (Q, {self.embedding_dim}), not {tuple(queries.shape)}")
            queries = queries.to(self.device, self._dtype)
            if not torch.isfinite(queries).all():
                raise InputError("vectors that are asked about must be finite")
            left_out = torch.full((len(queries), 1), -1, device=self.device)
            return self._nearest(queries, k, left_out)
        ids = self.ids(queries)
        return self._nearest(self._matrix[ids].to(self._dtype), k, ids[:, None])

    def analogy(self, a: str, b: str, c: str, *, k: int = 10, method: str = "3cosadd") -> list[Neighbour]:
        """What is to c as b is to a: `analogy("sin", "cos", "sinh")` asks for cosh.

        Args:
            a: of the pair that is known.
            b: of the pair that is known.
            c: of the pair that is asked for.
            k: how many answers.
            method: "3cosadd" (Mikolov et al. 2013), the highest cos(x, b) − cos(x, a) + cos(x, c); its similarity is
                the cosine with b − a + c of unit vectors. "3cosmul" (Levy and Goldberg 2014), the highest
                cos⁺(x, b) cos⁺(x, c) / (cos⁺(x, a) + 10⁻⁶) with cos⁺ = (1 + cos) / 2: no term outweighs the others.

        Returns: best first, without a, b and c.
        """
        return self.analogies([(a, b, c)], k=k, method=method)[0]

    def analogies(
        self, questions: Sequence[tuple[str, str, str]], *, k: int = 10, method: str = "3cosadd"
    ) -> list[list[Neighbour]]:
        """`analogy` for many questions at once, as products of matrices."""
        one_of("method", method, METHODS)
        if wrong := [question for question in questions if len(question) != 3]:
            raise InputError(f"an analogy is asked by three words, a, b and c, not by {wrong[0]!r}")
        if not questions:
            return []
        ids = torch.stack([self.ids(column) for column in zip(*questions, strict=True)], 1)
        if method == "3cosadd":
            a, b, c = (self._unit_rows(column) for column in ids.T)
            return self._nearest(b - a + c, k, ids)
        found = []
        for some in torch.split(ids, QUERIES_AT_ONCE):
            terms = [self._unit_rows(column) for column in some.T]
            found += self._best(lambda start, stop: self._multiplied(terms, start, stop), k, some)  # noqa: B023
        return found

    def doesnt_match(self, words: Iterable[str]) -> str:
        """The word that is farthest from the mean of the unit vectors of all of them."""
        words = [words] if isinstance(words, str) else list(words)
        if len(words) < 2:
            raise InputError("which word does not match the others is asked of two words or more")
        rows = self._unit_rows(self.ids(words))
        return words[int((rows @ rows.mean(0)).argmin())]

    def normalized(self) -> WordVectors:
        """The same words with vectors of length 1; a vector of zeros stays one."""
        return WordVectors(self.words, self._matrix / self._lengths[:, None].to(self._matrix.dtype), copy=False)

    def subset(self, words: int | Iterable[str]) -> WordVectors:
        """The first k words, or those named, in the order of this table."""
        if isinstance(words, int):
            k = positive_int("k", words)
            return WordVectors(self.words[:k], self._matrix[:k])
        if isinstance(words, str):
            raise InputError(f"subset takes a number or several words, not {words!r}")
        places = sorted({self._id(word) for word in words})
        return WordVectors([self.words[i] for i in places], self._matrix[places], copy=False)

    def to_embedding(self, *, freeze: bool = True, padding_idx: int | None = None) -> nn.Embedding:
        """A layer of another network, with a copy of the matrix; `ids` gives the numbers of words.

        Args:
            freeze: keep the vectors as they are in training.
            padding_idx: a row that gets no gradient, as torch has it; V, one past the last word, adds a row of zeros.
        """
        matrix = self._matrix
        if padding_idx is not None:
            if int_at_least(0, "padding_idx", padding_idx) > len(self):
                raise InputError(f"padding_idx must be at most {len(self)}, one past the last word, not {padding_idx}")
            if padding_idx == len(self):
                matrix = torch.cat((matrix, matrix.new_zeros(1, self.embedding_dim)))
        matrix = matrix.clone() if matrix is self._matrix else matrix
        layer = nn.Embedding(len(matrix), self.embedding_dim, padding_idx=padding_idx, _weight=matrix)
        layer.weight.requires_grad = not freeze
        return layer

    def _nearest(self, queries: Tensor, k: int, left_out: Tensor) -> list[list[Neighbour]]:
        """By cosine. Shape: queries (Q, D), left_out (Q, E)."""
        found = []
        for some, out in zip(*(torch.split(x, QUERIES_AT_ONCE) for x in (queries, left_out)), strict=True):
            unit = unit_rows(some)
            found += self._best(lambda start, stop: self._cosines(unit, start, stop), k, out)  # noqa: B023
        return found

    def _best(self, score: Callable[[int, int], Tensor], k: int, left_out: Tensor) -> list[list[Neighbour]]:
        positive_int("k", k)
        if not len(self):
            return [[] for _ in left_out]
        values, rows = best_rows(score, len(self), k, left_out=left_out)
        return [
            [Neighbour(self.words[i], value) for value, i in zip(*row, strict=True) if value != -torch.inf]
            for row in zip(values.tolist(), rows.tolist(), strict=True)
        ]

    def _cosines(self, unit: Tensor, start: int, stop: int) -> Tensor:
        """Of unit vectors (Q, D) with a block of rows. Shape: -> (Q, stop − start)."""
        scores: Tensor = unit @ self._matrix[start:stop].to(self._dtype).T
        return scores.div_(self._lengths[start:stop])

    def _multiplied(self, terms: list[Tensor], start: int, stop: int) -> Tensor:
        a, b, c = (self._cosines(term, start, stop).add_(1).div_(2) for term in terms)
        return b.mul_(c).div_(a.add_(EPSILON))

    @property
    def _dtype(self) -> torch.dtype:
        """Of what is computed: never less than float32."""
        return torch.promote_types(self._matrix.dtype, torch.float32)

    @cached_property
    def _lengths(self) -> Tensor:
        """(V,), none of them zero, as they divide; unit rows would be a second matrix."""
        return divisors(self._matrix)

    def _unit_rows(self, ids: Tensor) -> Tensor:
        return unit_rows(self._matrix[ids])

    def _unit_vector(self, item: Item) -> Tensor:
        """(D,) of a word or a vector."""
        if isinstance(item, str):
            return self._unit_rows(self.ids([item]))[0]
        vector = torch.as_tensor(item, dtype=self._dtype, device=self.device)
        if vector.shape != (self.embedding_dim,):
            raise InputError(f"a vector must have the shape ({self.embedding_dim},), not {tuple(vector.shape)}")
        if not torch.isfinite(vector).all():
            raise InputError("a vector that is asked about must be finite")
        return unit_rows(vector[None])[0]

    def _id(self, word: str) -> int:
        try:
            return self._ids[word]
        except (KeyError, TypeError):
            raise unknown_word(word, self.words, self._ids) from None


def _items(name: str, given: Item | Sequence[Item]) -> list[Item]:
    if isinstance(given, str | Tensor | np.ndarray):
        return [given]
    try:
        items = list(given)
    except TypeError:
        raise InputError(f"{name} must be words or vectors, not {given!r}; how many is said by k={given!r}") from None
    if wrong := [item for item in items if not isinstance(item, str | Tensor | np.ndarray)]:
        raise InputError(f"{name} must be words or vectors, not {wrong[0]!r}")
    return items


def _moved_together(matrix: Tensor) -> Tensor:
    """The same rows, contiguous; those that lie apart move to the beginning of their memory."""
    rows, dim = matrix.shape
    if matrix.is_contiguous() or matrix.stride(1) != 1 or matrix.stride(0) < dim:
        return matrix.contiguous()
    together = matrix.as_strided((rows, dim), (dim, 1))
    for start in range(0, rows, _ROWS_AT_ONCE):
        stop = start + _ROWS_AT_ONCE
        together[start:stop] = matrix[start:stop].clone()  # the places of both may overlap
    return together
