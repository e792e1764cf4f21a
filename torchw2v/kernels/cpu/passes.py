"""A pass over a stretch of a corpus: draws, scores, gradient and new rows, window after window.

Threads share the matrices and take tiles in turn. They do not wait for each other: where two change the same row at the
same time, a change may be lost, which with rows as many as words have is rare and does no harm. The uppermost nodes of
a Huffman tree are on the paths of all words, so that threads would do nothing but take them from each other: each has
copies of them, and adds what it changed to the matrix after some uses.

Source: Recht, Ré, Wright and Niu 2011, "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient Descent".
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from torchw2v.kernels.cpu import code
from torchw2v.kernels.cpu.draws import noise_word, place
from torchw2v.kernels.cpu.inner import inner_of, name_after
from torchw2v.kernels.cpu.plan import MEAN, PAIR, Plan
from torchw2v.kernels.cpu.tile import lay_tile

LN2 = math.log(2)
ADDRESS_BYTES = 8
# Rows are asked for so many targets before they are needed.
AHEAD = 4
# So many nodes are on most paths, and in the cache.
FREQUENT_NODES = 127


class Stretch(NamedTuple):
    """What a pass goes over and how.

    Attributes:
        ids: (n,) int32, the corpus.
        offsets: (s + 1,) int64, where sentences begin.
        start: the first place.
        stop: the place after the last one.
        tile_words: words of the corpus in a tile.
        window: the largest radius.
        keep_units: (V + 1,) see `torchw2v.data.sampling`.
        keys: (4,) of the streams of draws: keep, radius, negative, redraw.
        rate: the learning rate at place 0.
        slope: what it gains from each place to the next.
        mean: whether a window's vector is the mean, not the sum.
        share_gradient: whether each row of a window of n gets 1/n of the gradient of the mean.
        copies: output rows, from the root on, of which each thread has a copy; 0 for one thread.
        uses: of a copy before what changed goes to the matrix.
    """

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    start: int
    stop: int
    tile_words: int
    window: int
    keep_units: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    rate: float
    slope: float
    mean: bool
    share_gradient: bool
    copies: int
    uses: int


class Noise(NamedTuple):
    """The noise distribution: packed buckets of the alias table, cumulative masses."""

    buckets: npt.NDArray[np.uint64]
    cumulative: npt.NDArray[np.int64]


class Paths(NamedTuple):
    """Huffman's paths, one after the other: where each begins, its points, 1 or −1 for its codes 0 or 1."""

    begins: npt.NDArray[np.int64]
    points: npt.NDArray[np.int32]
    signs: npt.NDArray[np.int8]


def make_pass(plan: Plan) -> Any:
    """The pass for a plan, to be compiled."""
    block = plan.block
    rows, at_once, lanes, known_blocks = plan.rows, plan.at_once, plan.lanes, plan.blocks
    number_bytes, vector_bytes = block.number_bytes, block.shape.bytes
    slots, block_bytes, row_bytes = block.slots, rows * ADDRESS_BYTES, plan.width * number_bytes
    number = np.float32 if plan.bits == 32 else np.float64
    by_pair, by_mean, by_path = plan.inputs == PAIR, plan.inputs == MEAN, plan.num_negatives is None
    negatives = plan.num_negatives or 0
    # new rows can be written at once if no other block needs the old ones; the row of a mean is none of the matrix
    new_inputs = known_blocks == 1 and not by_mean
    new_outputs = known_blocks == 1 or by_path  # a word may be drawn twice, a path has no node twice

    scores, prefetch, add_rows = code.scores(block), code.prefetch(block), code.add_rows(block)
    descend = code.descend(block, new_inputs=new_inputs, new_outputs=new_outputs)
    exchange = code.exchange(block)
    gather, scatter, take_number = code.gather(block), code.scatter(block), code.take_number
    read_address, write_address = code.read_address, code.write_address
    read_number, write_number = code.read_number(plan.bits), code.write_number(plan.bits)
    read_bits = code.read_bits(plan.bits)

    @inner_of(plan)
    def chosen_for(at, i, slot, window):
        """Where the output rows stand that were chosen for target i, and for a place of its window."""
        return at.outputs + (i * (2 * window if by_pair else 1) + slot) * known_blocks * block_bytes

    @inner_of(plan)
    def choose_noise(i, position, target, first, last, window, at, outputs, out_embeddings, keys):
        """Write the output rows of target i: its own, and those of its noise words; for each slot another draw."""
        state = place(keys[2], position)
        for slot in range(first, last):
            chosen = chosen_for(at, i, slot, window)
            write_address(chosen, 0, out_embeddings + target * row_bytes)
            for k in range(negatives):
                index = slot * negatives + k
                word = noise_word(outputs.buckets, outputs.cumulative, state, keys[3], position, index, target)
                write_address(chosen, k + 1, out_embeddings + word * row_bytes)

    @inner_of(plan)
    def use_copy(at, copy, shared, most_uses):
        """Address of this thread's copy of a row, after an exchange with the matrix if it is time."""
        uses = read_address(at.uses, copy) + 1
        if uses > most_uses:
            exchange(shared, at.own + copy * row_bytes, at.seen + copy * row_bytes)
            uses = 1
        write_address(at.uses, copy, uses)
        return at.own + copy * row_bytes

    @inner_of(plan)
    def exchange_copies(at, out_embeddings, root, copies):
        for copy in range(copies):
            offset = copy * row_bytes
            exchange(out_embeddings + (root - copy) * row_bytes, at.own + offset, at.seen + offset)
            write_address(at.uses, copy, 0)

    @inner_of(plan)
    def choose_path(begin, end, at, outputs, out_embeddings, root, copies, most_uses):
        """Write output rows and labels of a path; how many blocks they fill."""
        blocks = (end - begin + rows - 1) // rows
        for k in range(blocks * rows):
            row, sign = at.zero, number(0)
            if begin + k < end:
                point = np.int64(outputs.points[begin + k])
                row = out_embeddings + point * row_bytes
                if root - point < copies:
                    row = use_copy(at, root - point, row, most_uses)
                sign = number(outputs.signs[begin + k])
            write_address(at.outputs, k, row)
            for j in range(at_once):
                write_number(at.labels, k // rows * lanes + j * slots + k % rows, sign)
        return blocks

    @inner_of(plan)
    def score(at, inputs, count, chosen, blocks, rate):
        for b in range(blocks):
            scores(
                inputs, count, chosen + b * block_bytes, at.labels + b * vector_bytes, rate,
                at.scores + b * at.scores_bytes, at.steps + b * at.scores_bytes, at.loss,
            )  # fmt: skip

    @inner_of(plan)
    def move(at, inputs, count, chosen, blocks):
        """New rows; for the mean of a window, whose row is none of the matrix, its change."""
        for b in range(blocks):
            descend(
                inputs, count, chosen + b * block_bytes, at.steps + b * at.scores_bytes,
                at.input_changes, at.output_changes + b * rows * row_bytes,
            )  # fmt: skip
        if not new_outputs:
            add_rows(chosen, blocks * rows, at.output_changes)
        if not new_inputs and not by_mean:
            add_rows(inputs, count, at.input_changes)

    @inner_of(plan)
    def collect(at, inputs, count):
        """Each input row once, with how often it stands there; how many."""
        different = 0
        for i in range(count):
            row, found = read_address(inputs, i), False
            for j in range(different):
                if read_address(at.unique, j) == row:
                    write_address(at.times, j, read_address(at.times, j) + 1)
                    found = True
            if not found:
                write_address(at.unique, different, row)
                write_address(at.times, different, 1)
                different += 1
        return different

    @inner_of(plan)
    def count_as_often(at, different, blocks):
        """Multiply the steps of input rows that stand there more than once; what it adds to the loss."""
        loss = 0.0
        for j in range(different):
            more = read_address(at.times, j) - 1
            if more > 0:
                for b in range(blocks):
                    for k in range(rows):
                        if read_number(at.labels + b * vector_bytes, k) != 0:
                            s = np.float64(read_number(at.scores + b * at.scores_bytes, j * slots + k))
                            loss += more * (math.log1p(math.exp(-abs(s))) + max(-s, 0.0))
                            step = read_number(at.steps + b * at.scores_bytes, j * slots + k)
                            write_number(at.steps + b * at.scores_bytes, j * slots + k, step * number(more + 1))
        return loss

    @inner_of(plan)
    def fill_up(at, inputs, count, num_rows):
        """Rows of zeros up to a multiple of `at_once`; how many there are then, and the loss counted for them."""
        loss = 0.0
        while count % at_once:
            write_address(inputs, count, at.zero)
            count += 1
            loss += LN2 * num_rows
        return count, loss

    @inner_of(plan)
    def step_window(at, inputs, count, repeated, chosen, blocks, num_rows, rate):
        """One step on some input rows; what has to be added to the loss in `at.loss`."""
        if repeated:
            different = collect(at, inputs, count)
            filled, for_nothing = fill_up(at, at.unique, different, num_rows)
            score(at, at.unique, filled, chosen, blocks, rate)
            more = count_as_often(at, different, blocks)
            move(at, at.unique, different, chosen, blocks)
            return more - for_nothing
        after = read_address(inputs, count)
        filled, for_nothing = fill_up(at, inputs, count, num_rows)
        score(at, inputs, filled, chosen, blocks, rate)
        move(at, inputs, count, chosen, blocks)
        write_address(inputs, count, after)
        return -for_nothing

    @inner_of(plan)
    def step_mean(at, inputs, count, chosen, blocks, rate, mean, share_gradient):
        """One step on the mean, or sum, of some input rows."""
        part = number(1.0) / number(count) if mean else number(1.0)
        gather(inputs, count, part, at.mean)
        score(at, at.mean_row, 1, chosen, blocks, rate)
        move(at, at.mean_row, 1, chosen, blocks)
        scatter(inputs, count, part if share_gradient else number(1.0), at.input_changes)

    @inner_of(plan)
    def begin_loss(at):
        for lane in range(lanes):
            write_number(at.loss, lane, number(1))
            write_number(at.loss, lanes + lane, number(0))
            write_number(at.loss, 2 * lanes + lane, number(0))

    @inner_of(plan)
    def end_loss(at):
        loss = 0.0
        for lane in range(lanes):
            mantissa, rest = read_number(at.loss, lane), read_number(at.loss, 2 * lanes + lane)
            loss += math.log(mantissa) + LN2 * read_bits(at.loss, lanes + lane) + rest
        return loss

    @njit(nogil=True, error_model="numpy", boundscheck=False)
    @name_after(plan)
    def run(stretch, outputs, in_embeddings, out_embeddings, tile, at, counter, totals):
        window, keys = stretch.window, stretch.keys
        num_tiles = (stretch.stop - stretch.start + stretch.tile_words - 1) // stretch.tile_words
        loss, examples, kept = 0.0, np.int64(0), np.int64(0)
        root: Any = np.int64(0)
        if by_path:
            root = np.int64(outputs.begins.size - 3)  # of V words the last of V − 1 nodes
            exchange_copies(at, out_embeddings, root, stretch.copies)
        while True:
            tile_number = take_number(counter.ctypes.data)
            if tile_number >= num_tiles:
                break
            start = stretch.start + tile_number * stretch.tile_words
            stop = min(start + stretch.tile_words, stretch.stop)
            first, last, count = lay_tile(
                stretch.ids, stretch.offsets, start, stop, window, keys[0], keys[1], stretch.keep_units, tile
            )
            kept += last - first
            for i in range(count):
                write_address(at.rows, i, in_embeddings + tile.words[i] * row_bytes)
            if not by_path:
                for i in range(first, last):
                    slot, end = np.int64(0), np.int64(1)
                    if by_pair:
                        slot, end = window - (i - tile.lefts[i]), window + (tile.rights[i] - i)
                    target = np.int64(tile.words[i])
                    choose_noise(i, tile.positions[i], target, slot, end, window, at, outputs, out_embeddings, keys)
            begin_loss(at)
            for i in range(first, last):
                ahead = i + AHEAD
                if ahead < last:
                    if by_path:
                        word = tile.words[ahead]
                        for k in range(outputs.begins[word], outputs.begins[word + 1]):
                            if root - outputs.points[k] >= FREQUENT_NODES:
                                prefetch(out_embeddings + outputs.points[k] * row_bytes)
                    elif not by_pair:
                        for k in range(negatives + 1):
                            prefetch(read_address(chosen_for(at, ahead, 0, window), k))
                    if ahead + window < last:
                        prefetch(read_address(at.rows, ahead + window))
                left, right = np.int64(tile.lefts[i]), np.int64(tile.rights[i])
                if left == right:
                    continue
                rate = number(stretch.rate + stretch.slope * tile.positions[i])
                if by_pair:
                    for j in range(left, right + 1):
                        if j != i:
                            chosen = chosen_for(at, i, window + j - i - (j > i), window)
                            score(at, at.rows + j * ADDRESS_BYTES, 1, chosen, known_blocks, rate)
                            move(at, at.rows + j * ADDRESS_BYTES, 1, chosen, known_blocks)
                    examples += right - left
                    continue
                chosen, blocks, num_rows = at.outputs, known_blocks, negatives + 1
                if by_path:
                    begin, end = outputs.begins[tile.words[i]], outputs.begins[tile.words[i] + 1]
                    num_rows = end - begin
                    blocks = choose_path(begin, end, at, outputs, out_embeddings, root, stretch.copies, stretch.uses)
                else:
                    chosen = chosen_for(at, i, 0, window)
                # the target's own row is none of its window's: the last one takes its place for a while
                here, there = read_address(at.rows, i), read_address(at.rows, right)
                write_address(at.rows, i, there)
                inputs = at.rows + left * ADDRESS_BYTES
                if by_mean:
                    step_mean(at, inputs, right - left, chosen, blocks, rate, stretch.mean, stretch.share_gradient)
                    examples += 1
                else:
                    repeated = tile.repeated_from[right] >= left
                    loss += step_window(at, inputs, right - left, repeated, chosen, blocks, num_rows, rate)
                    examples += right - left
                write_address(at.rows, right, there)
                write_address(at.rows, i, here)
            loss += end_loss(at)
        if by_path:
            exchange_copies(at, out_embeddings, root, stretch.copies)
        totals[0] += loss
        totals[1] += examples
        totals[2] += kept

    return run
