"""One step of stochastic gradient descent on some input rows x_j and some output rows u_k, in registers.

    s_jk = ± x_j·u_k                       + for the target, − for noise; by its code for a node of a Huffman path
    loss = Σ_jk −log σ(s_jk)
    g_jk = ± σ(−s_jk) · rate               what −∂loss/∂(x_j·u_k) adds to the rows
    x_j ← x_j + Σ_k g_jk u_k               all right sides at the values before the step
    u_k ← u_k + Σ_j g_jk x_j

`scores` gives g, `descend` the new rows. Between the two, the caller may change g: that is how words which occur
more than once are counted as often as they do.

A block is `rows` output rows against `at_once` input rows: their dot products are added up side by side in registers,
and their sums come out together in one vector (`Vectors.sums`), on which the sigmoid is computed once for all.

The derivation is that of docs/derivations/negative_sampling.md and docs/derivations/hierarchical_softmax.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from numba.core import cgutils

from torchw2v.kernels.cpu.rows import INT, address
from torchw2v.kernels.cpu.vectors import Shape, Value, Vectors


@dataclass(frozen=True)
class Block:
    """What is computed at once.

    Attributes:
        shape: of the vectors.
        stripes: vectors in a row.
        rows: output rows.
        at_once: input rows in `scores`.
    """

    shape: Shape
    stripes: int
    rows: int
    at_once: int
    stripes_at_once: int = 2

    def __post_init__(self) -> None:
        assert self.rows <= self.slots

    @property
    def slots(self) -> int:
        """Places for g_j0, g_j1, …: a row of g is as long, whatever the number of rows."""
        return self.shape.lanes // self.at_once

    @property
    def number_bytes(self) -> int:
        return self.shape.bits // 8


def emit_scores(
    builder: Value, block: Block, inputs: Value, count: Value, outputs: Value, labels: Value, rate: Value,
    steps: Value, loss: Value,
) -> None:  # fmt: skip
    """Steps of all input rows against one block of output rows.

    Args:
        builder: of llvmlite.
        block: what is computed at once.
        inputs: address of the addresses of x_j.
        count: of input rows, a multiple of `at_once`.
        outputs: address of the addresses of u_k.
        labels: address of a vector: in the lane of each slot 1, −1, or 0 where there is none.
        rate: the learning rate, a number.
        steps: address of g, (count, slots).
        loss: address of three vectors, the loss so far: see `emit_loss`.
    """
    v = Vectors(builder, block.shape)
    size, lanes = block.shape.bytes, block.shape.lanes
    u = [address(builder, outputs, k) for k in range(block.rows)]
    label = v.load(labels)
    signed_rate = builder.fmul(label, v.splat(rate))
    with cgutils.for_range(builder, builder.sdiv(count, INT(block.at_once))) as loop:
        first = builder.mul(loop.index, INT(block.at_once))
        x = [address(builder, inputs, j, first) for j in range(block.at_once)]
        slots = [j * block.slots + k for j in range(block.at_once) for k in range(block.rows)]
        sums = {slot: cgutils.alloca_once_value(builder, v.constant(0.0)) for slot in slots}
        with cgutils.for_range(builder, INT(block.stripes)) as stripes:
            offset = builder.mul(stripes.index, INT(size))
            us = [v.load(builder.add(row, offset)) for row in u]
            for j in range(block.at_once):
                xs = v.load(builder.add(x[j], offset))
                for k in range(block.rows):
                    so_far = sums[j * block.slots + k]
                    builder.store(v.multiply_add(xs, us[k], builder.load(so_far)), so_far)
        totals = [builder.load(sums[slot]) if slot in sums else None for slot in range(lanes)]
        s = builder.fmul(v.sums(totals), label)
        z = v.exponential_of_negative(builder.fneg(v.absolute(s)))
        one, zero = v.constant(1.0), v.constant(0.0)
        denominator = builder.fadd(one, z)
        # σ(−s), with no difference of nearly equal numbers on either side
        numerator = builder.select(builder.fcmp_ordered(">", s, zero), z, one)
        g = builder.fmul(builder.fdiv(numerator, denominator), signed_rate)
        v.store(g, builder.add(steps, builder.mul(loop.index, INT(size))))
        used = builder.fcmp_unordered("!=", label, zero)
        emit_loss(v, s, builder.select(used, denominator, one), loss)


def emit_loss(v: Vectors, s: Value, denominator: Value, loss: Value) -> None:
    """Add −log σ(s) = log(1 + e^−|s|) + max(−s, 0) to the loss so far, without a logarithm.

    The loss so far is three vectors: the mantissa of the product of all 1 + e^−|s|, its exponent, the sum of the rest.
    Multiplying takes a few instructions where a logarithm takes twenty.
    """
    builder, size, bits = v.builder, v.shape.bytes, v.shape.mantissa_bits
    product = builder.bitcast(builder.fmul(v.load(loss), denominator), v.shape.integers)
    mantissa = builder.or_(
        builder.and_(product, v.integers((1 << bits) - 1)), builder.bitcast(v.constant(1.0), v.shape.integers)
    )
    v.store(builder.bitcast(mantissa, v.shape.type), loss)
    exponent = builder.add(v.load_integers(loss, size), builder.lshr(product, v.integers(bits)))
    bias = v.integers(127 if v.shape.bits == 32 else 1023)
    v.store(builder.sub(exponent, bias), loss, size)
    zero = v.constant(0.0)
    below = builder.select(builder.fcmp_ordered(">", s, zero), zero, builder.fneg(s))  # not a number stays none
    rest = builder.fadd(v.load(loss, 2 * size), below)
    v.store(rest, loss, 2 * size)


def emit_descend(
    builder: Value, block: Block, inputs: Value, count: Value, outputs: Value, steps: Value, *,
    input_changes: Value | None, output_changes: Value | None,
) -> None:  # fmt: skip
    """New rows of one block of output rows, and what it adds to the input rows.

    Stripe by stripe, so that the output rows and their changes stay in registers while the input rows go by.

    Args:
        builder: of llvmlite.
        block: what is computed at once.
        inputs: address of the addresses of x_j.
        count: of input rows.
        outputs: address of the addresses of u_k.
        steps: address of g, (count, slots).
        input_changes: None gives x_j its new row. Where other blocks need the old one, the address of rows one after
            the other, to which Σ_k g_jk u_k is added.
        output_changes: None gives u_k its new row. Where the same row stands in other blocks, too, the address of rows
            one after the other, which are set to Σ_j g_jk x_j.
    """
    row_bytes = block.stripes * block.shape.bytes
    u = [address(builder, outputs, k) for k in range(block.rows)]

    def descend(offset: Value, width: int) -> None:
        """The stripes at `offset` bytes and after, `width` of them at once."""
        v = Vectors(builder, block.shape)
        places = [builder.add(offset, INT(i * block.shape.bytes)) for i in range(width)]
        us = [[v.load(builder.add(row, place)) for place in places] for row in u]
        changes = [[cgutils.alloca_once_value(builder, v.constant(0.0)) for _ in places] for _ in u]
        with cgutils.for_range(builder, count) as loop:
            x = address(builder, inputs, 0, loop.index)
            xs = [v.load(builder.add(x, place)) for place in places]
            target, new = x, list(xs)
            if input_changes is not None:
                target = builder.add(input_changes, builder.mul(loop.index, INT(row_bytes)))
                new = [v.load(builder.add(target, place)) for place in places]
            g = builder.add(steps, builder.mul(loop.index, INT(block.slots * block.number_bytes)))
            for k in range(block.rows):
                step = v.load_number(g, k * block.number_bytes)
                for i in range(width):
                    new[i] = v.multiply_add(step, us[k][i], new[i])
                    builder.store(v.multiply_add(step, xs[i], builder.load(changes[k][i])), changes[k][i])
            for i, place in enumerate(places):
                v.store(new[i], builder.add(target, place))
        for k in range(block.rows):
            for i, place in enumerate(places):
                change = builder.load(changes[k][i])
                if output_changes is None:
                    # read again, as a word drawn twice stands there twice
                    here = builder.add(u[k], place)
                    v.store(builder.fadd(v.load(here), change), here)
                else:
                    v.store(change, builder.add(output_changes, builder.add(place, INT(k * row_bytes))))

    width = block.stripes_at_once
    with cgutils.for_range(builder, INT(block.stripes // width)) as loop:
        descend(builder.mul(loop.index, INT(width * block.shape.bytes)), width)
    if rest := block.stripes % width:
        descend(INT((block.stripes - rest) * block.shape.bytes), rest)
