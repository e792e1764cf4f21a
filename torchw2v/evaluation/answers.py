"""The answers that vectors give to analogies, in blocks of questions and of words.

"a is to b as c is to x"; all vectors of length 1, so that a product is a cosine:

    3CosAdd   x = argmax  x·b + x·c − x·a
    3CosMul   x = argmax  (x·b)' (x·c)' / ((x·a)' + ε),   s' = (1 + s) / 2

Levy and Goldberg 2014, "Linguistic regularities in sparse and explicit word representations", equations 3 and 4. Their
ε is 0.001, gensim's and ours 1e-6: as s' is seldom near 0, it changes no answer. The first is that of Mikolov et al.
2013, whose vector b − a + c has another length, which does not change the order.

3CosAdd is one product of a block of questions with a block of rows. 3CosMul is one of their words with these rows, each
word once, however many questions ask about it: Google's 19,544 ask about 905.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from torchw2v.evaluation.known_words import Ids, KnownWords
from torchw2v.evaluation.unit_rows import unit_rows

Method = Literal["3CosAdd", "3CosMul"]
METHODS: tuple[Method, ...] = ("3CosAdd", "3CosMul")

_EPSILON = 1e-6
_QUESTIONS_AT_ONCE = 1 << 10
_ROWS_AT_ONCE = 1 << 13  # scores of 32 MB
_LOOKED_AT = 5


def find_answers(matrix: Tensor, questions: Ids, known: KnownWords, method: Method) -> Ids:
    """The best word that is, in whatever case, none of the question; −1 where there is none.

    gensim looks at the five best words only. Where five other forms of the question's own words come first, there is
    no answer, here as there.

    Shape: matrix (V, D), of which the first `known.size` rows can be answers; questions (N, 3) ids -> (N,) ids.
    """
    answers = np.empty(len(questions), dtype=np.int64)
    for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
        stop = start + _QUESTIONS_AT_ONCE
        answers[start:stop] = _answer(matrix, questions[start:stop], known, method)
    return answers


@torch.no_grad()
def _answer(matrix: Tensor, questions: Ids, known: KnownWords, method: Method) -> Ids:
    device = matrix.device
    asked, places = np.unique(questions, return_inverse=True)
    words = unit_rows(matrix[torch.from_numpy(asked).to(device)])
    a, b, c = torch.from_numpy(places.reshape(questions.shape)).to(device).T
    barred_rows, barred_ids = _barred(questions, known)
    best = torch.full((len(questions),), -torch.inf, dtype=words.dtype, device=device)
    answers = torch.full((len(questions),), -1, dtype=torch.int64, device=device)
    for start in range(0, known.size, _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, known.size)
        scores = _score(words, a, b, c, unit_rows(matrix[start:stop]), method)
        here = (barred_ids >= start) & (barred_ids < stop)
        rows, ids = torch.from_numpy(barred_rows[here]), torch.from_numpy(barred_ids[here] - start)
        scores[rows.to(device), ids.to(device)] = -torch.inf
        value, place = scores.max(dim=1)
        better = value > best
        best = torch.where(better, value, best)
        answers = torch.where(better, place + start, answers)
    for row in _rows_of_many_forms(questions, known):
        forms = [i for word in dict.fromkeys(questions[row].tolist()) for i in known.others.get(word, [])]
        rows = unit_rows(matrix[torch.tensor(forms, device=device)])
        scores = _score(words, a[row, None], b[row, None], c[row, None], rows, method)
        if int((scores > best[row]).sum()) >= _LOOKED_AT:
            answers[row] = -1
    return answers.cpu().numpy()


def _score(words: Tensor, a: Tensor, b: Tensor, c: Tensor, rows: Tensor, method: Method) -> Tensor:
    """Shape: words (W, D), rows (R, D), of length 1; a, b, c (Q,) among the words -> (Q, R)."""
    if method == "3CosAdd":
        return (words[b] + words[c] - words[a]) @ rows.T
    halves = (words @ rows.T).add_(1).div_(2)
    return halves[b].mul_(halves[c]).div_(halves[a].add_(_EPSILON))


def _barred(questions: Ids, known: KnownWords) -> tuple[Ids, Ids]:
    """Rows and ids of what cannot be an answer: the question's own words in every form."""
    rows, ids = [np.repeat(np.arange(len(questions)), 3)], [questions.ravel()]
    if known.others:
        more = [
            (row, form)
            for row, words in enumerate(questions.tolist())
            for word in words
            for form in known.others.get(word, ())
        ]
        extra = np.array(more, dtype=np.int64).reshape(-1, 2)
        rows, ids = [*rows, extra[:, 0]], [*ids, extra[:, 1]]
    return np.concatenate(rows), np.concatenate(ids)


def _rows_of_many_forms(questions: Ids, known: KnownWords) -> list[int]:
    if not known.others:
        return []
    others = known.others
    return [
        row
        for row, words in enumerate(questions.tolist())
        if sum(len(others.get(word, ())) for word in set(words)) >= _LOOKED_AT
    ]
