"""The windows of a tile, a short stretch of a corpus that fits the cache.

Words outside the vocabulary and words not kept go before windows are laid, as in `torchw2v.data.sampling`, so a tile
needs the kept words of its own sentences up to a window beyond its ends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.kernels.cpu.draws import below, draw, is_kept, place
from torchw2v.kernels.cpu.inner import inner

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

_RESTS = 1 << 11


class Tile(NamedTuple):
    """The kept words of a tile, in order of the text; sentences are told apart by where windows end.

    Attributes:
        words: ids.
        positions: places in the corpus.
        lefts: the first word of each target's window.
        rights: the last word of each target's window.
        repeated_from: the largest index of a word that stands again at or before this place, in the same sentence;
            −1 if there is none. If the window from l to r holds a word twice, `repeated_from[r]` ≥ l. The other way
            round it may fail, because words that leave the same rest divided by the size of `last_seen` count as one.
        last_seen: for each of these rests, when a word was seen last, counted in `clock`.
        clock: (1,) words seen so far.
    """

    words: Int32s
    positions: Int64s
    lefts: Int32s
    rights: Int32s
    repeated_from: Int32s
    last_seen: Int64s
    clock: Int64s


def make_tile(size: int) -> Tile:
    """For up to `size` words."""
    words, lefts, rights, repeated = (np.zeros(size, dtype=np.int32) for _ in range(4))
    last_seen = np.full(_RESTS, -1, dtype=np.int64)
    return Tile(words, np.zeros(size, dtype=np.int64), lefts, rights, repeated, last_seen, np.zeros(1, dtype=np.int64))


@inner
def lay_tile(ids, offsets, start, stop, window, keep_key, radius_key, keep_units, tile):
    """Fill `tile` with the kept words from `start` to `stop` and around.

    Returns the index of the first word at or after `start` and of the first at or after `stop`, between which the
    targets are, and the number of all words.
    """
    words, positions = tile.words, tile.positions
    sentence = np.searchsorted(offsets, start, side="right") - 1
    begin, position = np.int64(0), start
    first = _before(ids, offsets[sentence], start, window, keep_key, keep_units, words, positions)
    count = last = first
    while position < stop:
        sentence += 1
        sentence_end = offsets[sentence]
        end = min(sentence_end, stop)
        count += _keep(ids[position:end], position, keep_key, keep_units, words[count:], positions[count:])
        last = count
        if stop < sentence_end:
            count += _after(ids, stop, sentence_end, window, keep_key, keep_units, words[count:], positions[count:])
        left = max(begin, first)
        _lay_windows(
            positions[left:last], left, begin, count, window, radius_key, tile.lefts[left:], tile.rights[left:]
        )
        _find_repetitions(words[begin:count], begin, tile.repeated_from[begin:], tile.last_seen, tile.clock)
        begin, position = count, end
    return first, last, count


@inner
def _keep(ids, position, keep_key, keep_units, words, positions):
    """Write those words that are kept, of those at `position` and after; how many."""
    kept = 0
    for i in range(ids.size):
        # written in any case, because a branch here would be taken by chance
        words[kept] = ids[i]
        positions[kept] = position + i
        kept += is_kept(keep_key, position + i, keep_units, ids[i])
    return kept


@inner
def _before(ids, begin, start, window, keep_key, keep_units, words, positions):
    """Write the last kept words of the sentence before `start`, a window of them; how many."""
    count, position = np.int64(0), start - 1
    while position >= begin and count < window:
        if is_kept(keep_key, position, keep_units, ids[position]):
            words[count] = ids[position]
            positions[count] = position
            count += 1
        position -= 1
    for i in range(count // 2):
        j = count - 1 - i
        words[i], words[j] = words[j], words[i]
        positions[i], positions[j] = positions[j], positions[i]
    return count


@inner
def _after(ids, stop, end, window, keep_key, keep_units, words, positions):
    """Write the first kept words of the sentence from `stop` on, a window of them; how many."""
    count, position = 0, stop
    while position < end and count < window:
        if is_kept(keep_key, position, keep_units, ids[position]):
            words[count] = ids[position]
            positions[count] = position
            count += 1
        position += 1
    return count


@inner
def _lay_windows(positions, first, begin, end, window, radius_key, lefts, rights):
    """The windows of the targets from index `first`, in a sentence from `begin` to `end`."""
    for i in range(positions.size):
        radius = 1 + below(draw(place(radius_key, positions[i]), 0), window)
        lefts[i] = max(first + i - radius, begin)
        rights[i] = min(first + i + radius, end - 1)


@inner
def _find_repetitions(words, begin, repeated_from, last_seen, clock):
    now = clock[0]
    clock[0] = now + words.size
    latest = np.int64(-1)
    for i in range(words.size):
        rest = words[i] & (_RESTS - 1)
        before = last_seen[rest] - now
        last_seen[rest] = now + i
        latest = max(latest, before)  # below 0 if it was in another sentence
        repeated_from[i] = begin + latest if latest >= 0 else -1
