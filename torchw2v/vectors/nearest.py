"""The best rows of a large matrix, exactly, a block of rows at a time.

Shapes: Q queries, N rows, k best, E rows left out for each query.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

SCORES_AT_ONCE = 1 << 22
QUERIES_AT_ONCE = 1 << 10


def best_rows(score: Callable[[int, int], Tensor], num_rows: int, k: int, *, left_out: Tensor) -> tuple[Tensor, Tensor]:
    """The k rows with the highest scores for each query, best first; equal ones among them in the order of the rows.

    Memory beyond the matrix stays at some `SCORES_AT_ONCE` numbers, or k for each query if these are more, however many
    rows there are.

    Args:
        score: from start and stop to the scores (Q, stop − start) of these rows, in a tensor that may be written to.
        num_rows: N.
        k: how many; all there are if there are fewer.
        left_out: (Q, E) rows that are no answers; −1 leaves out none.

    Returns: values (Q, k) and rows (Q, k); −inf where a query has fewer answers.
    """
    k = min(k, num_rows)
    step = max(k, SCORES_AT_ONCE // max(1, len(left_out)))
    values = rows = torch.empty(0)
    for start in range(0, num_rows, step):
        stop = min(start + step, num_rows)
        scores = score(start, stop)
        queries, places = ((left_out >= start) & (left_out < stop)).nonzero(as_tuple=True)
        scores[queries, left_out[queries, places] - start] = -torch.inf
        if start == 0:
            values, rows = scores.topk(k, dim=1)
            continue
        # past the first blocks few queries find anything better, and looking for the largest is the cheaper pass
        (better,) = (scores.amax(1) > values[:, -1]).nonzero(as_tuple=True)
        if len(better):
            here, columns = scores[better].topk(min(k, stop - start), dim=1)
            both = torch.cat((values[better], here), 1)
            values[better], order = both.topk(k, dim=1)
            rows[better] = torch.cat((rows[better], columns + start), 1).gather(1, order)
    rows, order = rows.sort(dim=1)
    values, order = values.gather(1, order).sort(dim=1, descending=True, stable=True)
    return values, rows.gather(1, order)
