"""The windows of a tile, a short stretch of a corpus that fits the cache.

Words outside the vocabulary and words not kept go before windows are laid, as in `torchw2v.data.sampling`, so a tile
needs the kept words of its own sentences up to a window beyond its ends.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.kernels.cpu.code import read_int32, read_int64, write_int32, write_int64
from torchw2v.kernels.cpu.draws import below, draw, first_above, is_kept, place
from torchw2v.kernels.cpu.inner import inner

_RESTS = 1 << 11


class Text(NamedTuple):
    """A corpus and how it is subsampled. Numbers and addresses of tables.

    Attributes:
        ids: int32.
        offsets: int64, where sentences begin, and the end.
        num_offsets: of sentences, and one more.
        keep_units: int64, see `torchw2v.data.sampling`.
        vocab_size: V, one less than there are entries of `keep_units`.
        window: the largest radius.
        reach: how many words a window can hold to each side: `window`, or fewer where all sentences are short.
        keep_key: of the stream of draws for subsampling.
        radius_key: of the stream of draws for radii.
    """

    ids: int
    offsets: int
    num_offsets: int
    keep_units: int
    vocab_size: int
    window: int
    reach: int
    keep_key: np.uint64
    radius_key: np.uint64


class Tile(NamedTuple):
    """The kept words of a tile, in order of the text; sentences are told apart by where windows end. Addresses.

    Attributes:
        words: int32, ids.
        positions: int64, places in the corpus.
        lefts: int32, the first word of each target's window.
        rights: int32, the last word of each target's window.
        repeated_from: int32, the largest index of a word that stands again at or before this place, in the same
            sentence; −1 if there is none. If the window from l to r holds a word twice, `repeated_from[r]` ≥ l. The
            other way round it may fail, because words that leave the same rest divided by the size of `last_seen`
            count as one.
        last_seen: int64, for each of these rests, when a word was seen last, counted in `clock`.
        clock: int64, words seen so far.
    """

    words: int
    positions: int
    lefts: int
    rights: int
    repeated_from: int
    last_seen: int
    clock: int


def tile_tables(size: int) -> dict[str, npt.NDArray[Any]]:
    """The tables of a tile of up to `size` words."""
    ids = {name: np.zeros(size, dtype=np.int32) for name in ("words", "lefts", "rights", "repeated_from")}
    last_seen = np.full(_RESTS, -1, dtype=np.int64)
    return ids | {"positions": np.zeros(size, np.int64), "last_seen": last_seen, "clock": np.zeros(1, np.int64)}


@inner
def lay_tile(text, start, stop, tile):
    """Fill `tile` with the kept words from `start` to `stop` and around.

    Returns the index of the first word at or after `start` and of the first at or after `stop`, between which the
    targets are, and the number of all words.
    """
    sentence = first_above(text.offsets, text.num_offsets, start) - 1
    begin, position = np.int64(0), start
    first = _before(text, read_int64(text.offsets, sentence), start, tile)
    count = last = first
    while position < stop:
        sentence += 1
        sentence_end = read_int64(text.offsets, sentence)
        end = min(sentence_end, stop)
        count = last = _keep(text, position, end, count, tile)
        if stop < sentence_end:
            count = _after(text, stop, sentence_end, count, tile)
        _lay_windows(text, max(begin, first), last, begin, count, tile)
        _find_repetitions(begin, count, tile)
        begin, position = count, end
    return first, last, count


@inner
def _write(text, position, tile, index):
    """Write the word at a place of the corpus; whether it is kept."""
    word = read_int32(text.ids, position)
    write_int32(tile.words, index, word)
    write_int64(tile.positions, index, position)
    return is_kept(text.keep_key, position, text.keep_units, text.vocab_size, word)


@inner
def _keep(text, position, end, count, tile):
    """Write those words from `position` to `end` that are kept after the `count` first ones; how many there are."""
    for here in range(position, end):
        # written in any case, because a branch here would be taken by chance
        count += _write(text, here, tile, count)
    return count


@inner
def _before(text, begin, start, tile):
    """Write the last kept words of the sentence before `start`, a window of them; how many."""
    count, position = np.int64(0), start - 1
    while position >= begin and count < text.reach:
        count += _write(text, position, tile, count)
        position -= 1
    for i in range(count // 2):
        j = count - 1 - i
        word, place_ = read_int32(tile.words, i), read_int64(tile.positions, i)
        write_int32(tile.words, i, read_int32(tile.words, j))
        write_int64(tile.positions, i, read_int64(tile.positions, j))
        write_int32(tile.words, j, word)
        write_int64(tile.positions, j, place_)
    return count


@inner
def _after(text, stop, end, count, tile):
    """Write the first kept words of the sentence from `stop` on, a window of them; how many words there are then."""
    enough, position = count + text.reach, stop
    while position < end and count < enough:
        count += _write(text, position, tile, count)
        position += 1
    return count


@inner
def _lay_windows(text, first, last, begin, end, tile):
    """The windows of the targets from index `first` to `last`, in a sentence from `begin` to `end`."""
    for i in range(first, last):
        radius = 1 + below(draw(place(text.radius_key, read_int64(tile.positions, i)), 0), text.window)
        write_int32(tile.lefts, i, max(i - radius, begin))
        write_int32(tile.rights, i, min(i + radius, end - 1))


@inner
def _find_repetitions(begin, end, tile):
    now = read_int64(tile.clock, 0) - begin
    write_int64(tile.clock, 0, now + end)
    latest = np.int64(-1)
    for i in range(begin, end):
        rest = np.int64(read_int32(tile.words, i)) & (_RESTS - 1)
        latest = max(latest, read_int64(tile.last_seen, rest) - now)
        write_int64(tile.last_seen, rest, now + i)
        write_int32(tile.repeated_from, i, latest if latest >= begin else -1)
