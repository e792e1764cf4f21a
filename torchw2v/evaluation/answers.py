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

import numpy as np
import torch
from torch import Tensor

from torchw2v.evaluation.known_words import Ids, KnownWords
from torchw2v.vectors.analogy_methods import EPSILON, Method
from torchw2v.vectors.nearest import QUERIES_AT_ONCE, best_rows
from torchw2v.vectors.unit_rows import unit_rows

_LOOKED_AT = 5


def find_answers(matrix: Tensor, questions: Ids, known: KnownWords, method: Method) -> Ids:
    """The best word that is, in whatever case, none of the question; −1 where there is none.

    gensim looks at the five best words only. Where five other forms of the question's own words come first, there is
    no answer, here as there.

    Shape: matrix (V, D), of which the first `known.size` rows can be answers; questions (N, 3) ids -> (N,) ids.
    """
    answers = np.empty(len(questions), dtype=np.int64)
    for start in range(0, len(questions), QUERIES_AT_ONCE):
        stop = start + QUERIES_AT_ONCE
        answers[start:stop] = _answer(matrix, questions[start:stop], known, method)
    return answers


@torch.no_grad()
def _answer(matrix: Tensor, questions: Ids, known: KnownWords, method: Method) -> Ids:
    device = matrix.device
    asked, places = np.unique(questions, return_inverse=True)
    words = unit_rows(matrix[torch.from_numpy(asked).to(device)])
    a, b, c = torch.from_numpy(places.reshape(questions.shape)).to(device).T
    barred = torch.from_numpy(_barred(questions, known)).to(device)

    def score(start: int, stop: int) -> Tensor:
        return _score(words, a, b, c, unit_rows(matrix[start:stop]), method)

    values, ids = best_rows(score, known.size, 1, left_out=barred)
    best, answers = values[:, 0], ids[:, 0]
    answers[best == -torch.inf] = -1
    for row in _rows_of_many_forms(questions, known):
        forms = [i for word in dict.fromkeys(questions[row].tolist()) for i in known.others.get(word, [])]
        rows = unit_rows(matrix[torch.tensor(forms, device=device)])
        scores = _score(words, a[row, None], b[row, None], c[row, None], rows, method)
        if int((scores > best[row]).sum()) >= _LOOKED_AT:
            answers[row] = -1
    return answers.cpu().numpy()


def _score(words: Tensor, a: Tensor, b: Tensor, c: Tensor, rows: Tensor, method: Method) -> Tensor:
    """Shape: words (W, D), rows (R, D), of length 1; a, b, c (Q,) among the words -> (Q, R)."""
    if method == "3cosadd":
        return (words[b] + words[c] - words[a]) @ rows.T
    halves = (words @ rows.T).add_(1).div_(2)
    return halves[b].mul_(halves[c]).div_(halves[a].add_(EPSILON))


def _barred(questions: Ids, known: KnownWords) -> Ids:
    """What cannot be an answer: the question's own words in every form. Shape: (Q, 3) -> (Q, E), the rest −1."""
    if not known.others:
        return questions
    forms = [[form for word in words for form in known.others.get(word, ())] for words in questions.tolist()]
    barred = np.full((len(questions), 3 + max(map(len, forms), default=0)), -1, dtype=np.int64)
    barred[:, :3] = questions
    for row, others in enumerate(forms):
        barred[row, 3 : 3 + len(others)] = others
    return barred


def _rows_of_many_forms(questions: Ids, known: KnownWords) -> list[int]:
    if not known.others:
        return []
    others = known.others
    return [
        row
        for row, words in enumerate(questions.tolist())
        if sum(len(others.get(word, ())) for word in set(words)) >= _LOOKED_AT
    ]
