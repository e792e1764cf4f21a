"""The different words among some of a block of text, and which of them stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.data.tokenization import TokenBlock

if TYPE_CHECKING:
    import pyarrow as pa


class DistinctWords(NamedTuple):
    """Of n words the u different ones.

    Attributes:
        words: (u,) strings, the different ones in order of first appearance; an Arrow array.
        codes: (n,) int32, for every word its index in `words`.
        counts: (u,) int64, how often each occurs.
    """

    words: pa.StringArray
    codes: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]


def distinct_words(block: TokenBlock, places: npt.NDArray[np.int64]) -> DistinctWords:
    """Of the words at these places, which count the words of the block."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pool = pa.system_memory_pool()  # the default one was seen to keep 90 MB of what was freed
    # an array of the words and what is between them by turns, over the text as it is
    ends = pa.py_buffer(block.bounds.astype(np.int32))
    strings = pa.StringArray.from_buffers(max(block.bounds.size - 1, 0), ends, pa.py_buffer(block.text))
    words = pc.dictionary_encode(pc.take(strings, pa.array(2 * places), memory_pool=pool), memory_pool=pool)
    codes = words.indices.to_numpy()
    return DistinctWords(words.dictionary, codes, np.bincount(codes, minlength=len(words.dictionary)))
