"""Rows of a matrix in vector registers: read ahead, added up, added to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llvmlite import ir
from numba.core import cgutils

from torchw2v.kernels.aligned import CACHE_LINE
from torchw2v.kernels.cpu.vectors import Shape, Value, Vectors

INT = ir.IntType(64)
ADDRESS_BYTES = 8


def address(builder: Value, table: Value, index: int, offset: Value | None = None) -> Value:
    """Entry `index`, or `offset + index`, of a table of addresses."""
    if offset is not None:
        table = builder.add(table, builder.mul(offset, INT(ADDRESS_BYTES)))
    pointer = builder.inttoptr(builder.add(table, INT(index * ADDRESS_BYTES)), ir.PointerType())
    return builder.load(pointer, typ=INT)


def emit_prefetch(builder: Value, shape: Shape, stripes: int, row: Value) -> None:
    """Ask for a row that is needed soon, for writing: so another core that has it gives it up at once."""
    v = Vectors(builder, shape)
    for offset in range(0, stripes * shape.bytes, CACHE_LINE):
        v.prefetch(row, offset)


def emit_gather(
    builder: Value, shape: Shape, stripes: int, inputs: Value, count: Value, factor: Value, result: Value
) -> None:
    """Result = factor · Σ_j x_j, over the `count` rows whose addresses stand at `inputs`."""
    v = Vectors(builder, shape)
    factors = v.splat(factor)
    with _stripes(builder, shape, stripes) as offset:
        total = cgutils.alloca_once_value(builder, v.constant(0.0))
        with cgutils.for_range(builder, count) as loop:
            x = builder.add(address(builder, inputs, 0, loop.index), offset)
            builder.store(builder.fadd(builder.load(total), v.load(x)), total)
        v.store(builder.fmul(builder.load(total), factors), builder.add(result, offset))


def emit_scatter(
    builder: Value, shape: Shape, stripes: int, inputs: Value, count: Value, factor: Value, change: Value
) -> None:
    """x_j ← x_j + factor · change, for the `count` rows whose addresses stand at `inputs`; then the change is zero."""
    v = Vectors(builder, shape)
    factors = v.splat(factor)
    with _stripes(builder, shape, stripes) as offset:
        place = builder.add(change, offset)
        scaled = builder.fmul(factors, v.load(place))
        v.store(v.constant(0.0), place)
        with cgutils.for_range(builder, count) as loop:
            x = builder.add(address(builder, inputs, 0, loop.index), offset)
            v.store(builder.fadd(v.load(x), scaled), x)


def emit_add_rows(builder: Value, shape: Shape, stripes: int, targets: Value, count: Value, changes: Value) -> None:
    """Row j at `targets` gains row j of `changes`, which lie one after the other, and are zero afterwards."""
    v = Vectors(builder, shape)
    with cgutils.for_range(builder, count) as loop:
        row = address(builder, targets, 0, loop.index)
        change = builder.add(changes, builder.mul(loop.index, INT(stripes * shape.bytes)))
        with _stripes(builder, shape, stripes) as offset:
            x, here = builder.add(row, offset), builder.add(change, offset)
            v.store(builder.fadd(v.load(x), v.load(here)), x)
            v.store(v.constant(0.0), here)


def emit_exchange(builder: Value, shape: Shape, stripes: int, shared: Value, own: Value, seen: Value) -> None:
    """Shared ← shared + own − seen; own, seen ← shared: what this thread and what others added meanwhile."""
    v = Vectors(builder, shape)
    with _stripes(builder, shape, stripes) as offset:
        places = [builder.add(row, offset) for row in (shared, own, seen)]
        all_, mine, before = map(v.load, places)
        new = builder.fadd(all_, builder.fsub(mine, before))
        for place in places:
            v.store(new, place)


@contextmanager
def _stripes(builder: Value, shape: Shape, stripes: int) -> Iterator[Value]:
    """For each vector of a row, how many bytes after the begin of the row it stands."""
    with cgutils.for_range(builder, INT(stripes)) as loop:
        yield builder.mul(loop.index, INT(shape.bytes))
