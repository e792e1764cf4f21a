"""A pass over a stretch of a corpus: draws, scores, gradient and new rows, window after window.

Threads share the matrices and take tiles in turn. They do not wait for each other: where two change the same row at the
same time, a change may be lost, which with rows as many as words have is rare and does no harm. Of the rows that are
used most each thread has copies, see `copies.py`.

Source: Recht, Ré, Wright and Niu 2011, "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient Descent".
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from torchw2v.kernels.cpu import code
from torchw2v.kernels.cpu.copies import CopiedRows, make_copy_functions
from torchw2v.kernels.cpu.draws import noise_word, place
from torchw2v.kernels.cpu.inner import inner_of, name_after
from torchw2v.kernels.cpu.plan import FREQUENT_NODES, MEAN, PAIR, Plan
from torchw2v.kernels.cpu.tile import lay_tile

LN2 = math.log(2)
ADDRESS_BYTES = 8
# Rows are asked for so many targets before they are needed.
AHEAD = 4


class Stretch(NamedTuple):
    """What a pass goes over and how.

    Attributes:
        start: the first place.
        stop: the place after the last one.
        tile_words: words of the corpus in a tile.
        counter: address of the number of the next tile.
        negative_key: of the stream of draws for negatives.
        redraw_key: of the stream of draws for negatives that were the target.
        rate: the learning rate at place 0.
        slope: what it gains from each place to the next.
        mean: whether a window's vector is the mean, not the sum.
        share_gradient: whether each row of a window of n gets 1/n of the gradient of the mean.
        input_copies: input rows, from the most frequent word on, of which each thread has a copy; 0 for one thread.
        output_copies: output rows, from the most frequent word or the root on; 0 for one thread.
        uses: of a copy before what changed goes to the matrix.
    """

    start: int
    stop: int
    tile_words: int
    counter: int
    negative_key: np.uint64
    redraw_key: np.uint64
    rate: float
    slope: float
    mean: bool
    share_gradient: bool
    input_copies: int
    output_copies: int
    uses: int


class Paths(NamedTuple):
    """Huffman's paths, one after the other. Addresses.

    Attributes:
        begins: int64, where each begins.
        points: int32, inner nodes.
        signs: int8, 1 or −1 for the codes 0 or 1.
    """

    begins: int
    points: int
    signs: int


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
    exchange_all, use_copy, row_of, exchange_until = make_copy_functions(plan)
    gather, scatter, take_number = code.gather(block), code.scatter(block), code.take_number
    read_int8, read_int32, read_int64, write_int64 = code.read_int8, code.read_int32, code.read_int64, code.write_int64
    read_number, write_number = code.read_number(plan.bits), code.write_number(plan.bits)
    read_bits, write_total = code.read_bits(plan.bits), code.write_number(64)

    @inner_of(plan)
    def word_at(tile, i):
        return np.int64(read_int32(tile.words, i))

    @inner_of(plan)
    def chosen_for(at, number, slot, reach):
        """Where the output rows stand that were chosen for a target of a tile, and for a place of its window."""
        return at.outputs + (number * (2 * reach if by_pair else 1) + slot) * known_blocks * block_bytes

    @inner_of(plan)
    def choose_inputs(at, tile, last, count, copied, uses):
        """Write the input rows of a tile's words; how many copies are due to be exchanged."""
        due = np.int64(0)
        for i in range(count):
            row, due = row_of(copied, word_at(tile, i), min(i, last - 1), uses, due)
            write_int64(at.rows, i, row)
        return due

    @inner_of(plan)
    def choose_noise(i, first, text, tile, at, noise, copied, stretch, due):
        """Write the output rows of target i: its own, and those of its noise words; for each slot another draw."""
        target, position = word_at(tile, i), read_int64(tile.positions, i)
        slot, end = np.int64(0), np.int64(1)
        if by_pair:
            slot = text.reach - (i - read_int32(tile.lefts, i))
            end = text.reach + (read_int32(tile.rights, i) - i)
        state = place(stretch.negative_key, position)
        while slot < end:
            chosen = chosen_for(at, i - first, slot, text.reach)
            row, due = row_of(copied, target, i, 1, due)
            write_int64(chosen, 0, row)
            draw = (slot + text.window - text.reach if by_pair else 0) * negatives
            for k in range(negatives):
                word = noise_word(noise, state, stretch.redraw_key, position, draw + k, target)
                row, due = row_of(copied, np.int64(word), i, 1, due)
                write_int64(chosen, k + 1, row)
            slot += 1
        return due

    @inner_of(plan)
    def choose_path(word, at, paths, out_embeddings, root, copied):
        """Write output rows and labels of a word's path; how many blocks."""
        begin = read_int64(paths.begins, word)
        num_rows = read_int64(paths.begins, word + 1) - begin
        blocks = (num_rows + rows - 1) // rows
        for k in range(blocks * rows):
            row, sign = at.zero, number(0)
            if k < num_rows:
                point = np.int64(read_int32(paths.points, begin + k))
                row = out_embeddings + point * row_bytes
                if root - point < copied.num:
                    row = use_copy(copied, root - point)
                sign = number(read_int8(paths.signs, begin + k))
            write_int64(at.outputs, k, row)
            write_number(at.labels, k // rows * lanes + k % rows, sign)
        return blocks

    @inner_of(plan)
    def ask_for(i, first, last, text, tile, at, outputs, out_embeddings, root):
        """Prefetch the output rows of target i, and the input row that is the first to be new in its window."""
        if by_path:
            word = word_at(tile, i)
            for k in range(read_int64(outputs.begins, word), read_int64(outputs.begins, word + 1)):
                point = np.int64(read_int32(outputs.points, k))
                if root - point >= FREQUENT_NODES:
                    prefetch(out_embeddings + point * row_bytes)
        elif not by_pair:
            for k in range(negatives + 1):
                prefetch(read_int64(chosen_for(at, i - first, 0, text.reach), k))
        if i + text.window < last:
            prefetch(read_int64(at.rows, i + text.window))

    @inner_of(plan)
    def score(at, inputs, count, chosen, blocks, rate):
        for b in range(blocks):
            scores(
                inputs, count, chosen + b * block_bytes, at.labels + b * vector_bytes, rate,
                at.steps + b * at.steps_bytes, at.loss,
            )  # fmt: skip

    @inner_of(plan)
    def move(at, inputs, count, chosen, blocks):
        """New rows; for the mean of a window, whose row is none of the matrix, its change."""
        for b in range(blocks):
            descend(
                inputs, count, chosen + b * block_bytes, at.steps + b * at.steps_bytes,
                at.input_changes, at.output_changes + b * rows * row_bytes,
            )  # fmt: skip
        if not new_outputs:
            add_rows(chosen, blocks * rows, at.output_changes)
        if not new_inputs and not by_mean:
            add_rows(inputs, count, at.input_changes)

    @inner_of(plan)
    def collect(at, inputs, count, blocks):
        """Each input row once, its steps counted as often as it stands there; how many rows."""
        different = 0
        for i in range(count):
            row = read_int64(inputs, i)
            j = 0
            while j < different and read_int64(at.unique, j) != row:
                j += 1
            for b in range(blocks):
                steps = at.steps + b * at.steps_bytes
                for k in range(rows):
                    step = read_number(steps, i * slots + k)
                    if j < different:
                        step += read_number(steps, j * slots + k)
                    write_number(steps, j * slots + k, step)
            if j == different:
                write_int64(at.unique, different, row)
                different += 1
        return different

    @inner_of(plan)
    def fill_up(at, inputs, count):
        """Rows of zeros up to a multiple of `at_once`; how many there are then, and the loss counted for them."""
        loss = 0.0
        while count % at_once:
            write_int64(inputs, count, at.zero)
            count += 1
            loss += LN2 * (negatives + 1)
        return count, loss

    @inner_of(plan)
    def step_window(at, inputs, count, repeated, chosen, blocks, rate):
        """One step on some input rows; what has to be added to the loss in `at.loss`."""
        after = read_int64(inputs, count)
        filled, for_nothing = fill_up(at, inputs, count)
        score(at, inputs, filled, chosen, blocks, rate)
        if repeated:
            different = collect(at, inputs, count, blocks)
            move(at, at.unique, different, chosen, blocks)
        else:
            move(at, inputs, count, chosen, blocks)
        write_int64(inputs, count, after)
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
    def step_pairs(at, i, first, left, right, reach, blocks, rate):
        """A step for each pair of target i."""
        for j in range(left, right + 1):
            if j != i:
                inputs, chosen = at.rows + j * ADDRESS_BYTES, at.outputs
                if not by_path:
                    chosen = chosen_for(at, i - first, reach + j - i - (j > i), reach)
                score(at, inputs, 1, chosen, blocks, rate)
                move(at, inputs, 1, chosen, blocks)

    @inner_of(plan)
    def step_target(at, i, left, right, repeated, chosen, blocks, rate, mean, share_gradient):
        """One step for the window of target i; what has to be added to the loss in `at.loss`."""
        # the target's own row is none of its window's: the last one takes its place for a while
        here, there = read_int64(at.rows, i), read_int64(at.rows, right)
        write_int64(at.rows, i, there)
        inputs, loss = at.rows + left * ADDRESS_BYTES, 0.0
        if by_mean:
            step_mean(at, inputs, right - left, chosen, blocks, rate, mean, share_gradient)
        else:
            loss = step_window(at, inputs, right - left, repeated, chosen, blocks, rate)
        write_int64(at.rows, right, there)
        write_int64(at.rows, i, here)
        return loss

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
    def run(text, stretch, outputs, in_embeddings, out_embeddings, tile, at, totals):
        num_tiles = (stretch.stop - stretch.start + stretch.tile_words - 1) // stretch.tile_words
        loss, examples, kept = 0.0, np.int64(0), np.int64(0)
        root = text.vocab_size - 2  # the last of V − 1 nodes
        copied_inputs = CopiedRows(at.input_copies, in_embeddings, row_bytes, stretch.input_copies, stretch.uses)
        used_most, step = (root, -row_bytes) if by_path else (0, row_bytes)  # the root, or the most frequent word
        copied_outputs = CopiedRows(
            at.output_copies, out_embeddings + used_most * row_bytes, step, stretch.output_copies, stretch.uses
        )
        exchange_all(copied_inputs)
        exchange_all(copied_outputs)
        while True:
            tile_number = take_number(stretch.counter)
            if tile_number >= num_tiles:
                break
            start = stretch.start + tile_number * stretch.tile_words
            stop = min(start + stretch.tile_words, stretch.stop)
            first, last, count = lay_tile(text, start, stop, tile)
            if first == last:
                continue
            kept += last - first
            due_inputs, done_inputs = choose_inputs(at, tile, last, count, copied_inputs, text.reach), np.int64(0)
            due_outputs, done_outputs = np.int64(0), np.int64(0)
            if not by_path:
                for i in range(first, last):
                    due_outputs = choose_noise(i, first, text, tile, at, outputs, copied_outputs, stretch, due_outputs)
            begin_loss(at)
            for i in range(first, last):
                done_inputs = exchange_until(copied_inputs, i, done_inputs, due_inputs)
                if not by_path:
                    done_outputs = exchange_until(copied_outputs, i, done_outputs, due_outputs)
                if i + AHEAD < last:
                    ask_for(i + AHEAD, first, last, text, tile, at, outputs, out_embeddings, root)
                left, right = np.int64(read_int32(tile.lefts, i)), np.int64(read_int32(tile.rights, i))
                if left == right:
                    continue
                examples += 1 if by_mean else right - left
                rate = number(stretch.rate + stretch.slope * read_int64(tile.positions, i))
                chosen, blocks = at.outputs, known_blocks
                if by_path:
                    word = word_at(tile, i)
                    blocks = choose_path(word, at, outputs, out_embeddings, root, copied_outputs)
                if by_pair:
                    step_pairs(at, i, first, left, right, text.reach, blocks, rate)
                    continue
                if not by_path:
                    chosen = chosen_for(at, i - first, 0, text.reach)
                repeated = read_int32(tile.repeated_from, right) >= left
                loss += step_target(
                    at, i, left, right, repeated, chosen, blocks, rate, stretch.mean, stretch.share_gradient
                )
            loss += end_loss(at)
        exchange_all(copied_inputs)
        exchange_all(copied_outputs)
        write_total(totals, 0, loss)
        write_total(totals, 1, np.float64(examples))
        write_total(totals, 2, np.float64(kept))

    return run
