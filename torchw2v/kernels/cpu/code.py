"""The emitted inner loops as functions that numba can call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from torchw2v.kernels.cpu import rows, step
from torchw2v.kernels.cpu.step import Block
from torchw2v.kernels.cpu.vectors import Value

# Arguments are addresses as integers, and numbers; nothing is returned.
Emitted = Any


def _emitted(emit: Callable[..., Any], signature: Any, *arguments: Any) -> Any:
    def generate(context: Any, builder: Value, signature: Any, values: Any) -> Value:
        emit(builder, *arguments, *values)
        return context.get_dummy_value()

    return signature, generate


def scores(block: Block) -> Emitted:
    @intrinsic
    def scores(typing, inputs, count, outputs, labels, rate, g, loss):
        signature = types.void(inputs, count, outputs, labels, rate, g, loss)
        return _emitted(step.emit_scores, signature, block)

    return scores


def descend(block: Block, *, new_inputs: bool, new_outputs: bool) -> Emitted:
    """New rows, or, where other blocks need the old ones, changes: see `emit_descend`."""

    @intrinsic
    def descend(typing, inputs, count, outputs, g, input_changes, output_changes):
        def generate(context, builder, signature, values):
            *values, of_inputs, of_outputs = values
            step.emit_descend(
                builder,
                block,
                *values,
                input_changes=None if new_inputs else of_inputs,
                output_changes=None if new_outputs else of_outputs,
            )
            return context.get_dummy_value()

        return types.void(inputs, count, outputs, g, input_changes, output_changes), generate

    return descend


def prefetch(block: Block) -> Emitted:
    @intrinsic
    def prefetch(typing, row):
        return _emitted(rows.emit_prefetch, types.void(row), block.shape, block.stripes)

    return prefetch


def gather(block: Block) -> Emitted:
    @intrinsic
    def gather(typing, inputs, count, factor, result):
        return _emitted(rows.emit_gather, types.void(inputs, count, factor, result), block.shape, block.stripes)

    return gather


def scatter(block: Block) -> Emitted:
    @intrinsic
    def scatter(typing, inputs, count, factor, change):
        return _emitted(rows.emit_scatter, types.void(inputs, count, factor, change), block.shape, block.stripes)

    return scatter


def exchange(block: Block) -> Emitted:
    @intrinsic
    def exchange(typing, shared, own, seen):
        return _emitted(rows.emit_exchange, types.void(shared, own, seen), block.shape, block.stripes)

    return exchange


def add_rows(block: Block) -> Emitted:
    @intrinsic
    def add_rows(typing, targets, count, changes):
        signature = types.void(targets, count, changes)
        return _emitted(rows.emit_add_rows, signature, block.shape, block.stripes)

    return add_rows


def _read(kind: ir.Type, result: types.Type) -> Emitted:
    @intrinsic
    def read(typing, table, index):
        def generate(context, builder, signature, values):
            return builder.load(_element(builder, kind, *values), typ=kind)

        return result(table, index), generate

    return read


def _write(kind: ir.Type, argument: types.Type) -> Emitted:
    @intrinsic
    def write(typing, table, index, value):
        def generate(context, builder, signature, values):
            builder.store(values[2], _element(builder, kind, *values[:2]))
            return context.get_dummy_value()

        return types.void(table, index, argument), generate

    return write


def _element(builder: Value, kind: ir.Type, table: Value, index: Value) -> Value:
    return builder.gep(builder.inttoptr(table, ir.PointerType()), [index], source_etype=kind)


# Of the table at an address, the element at an index.
read_int8: Emitted = _read(ir.IntType(8), types.int8)
read_int32: Emitted = _read(ir.IntType(32), types.int32)
read_int64: Emitted = _read(ir.IntType(64), types.int64)
write_int32: Emitted = _write(ir.IntType(32), types.int32)
write_int64: Emitted = _write(ir.IntType(64), types.int64)


def read_number(bits: int) -> Emitted:
    return _read(*_number(bits))


def write_number(bits: int) -> Emitted:
    return _write(*_number(bits))


def _number(bits: int) -> tuple[ir.Type, types.Type]:
    return (ir.FloatType(), types.float32) if bits == 32 else (ir.DoubleType(), types.float64)


def read_bits(bits: int) -> Emitted:
    """The integer that stands in the place of a number."""
    return _read(ir.IntType(bits), types.int32 if bits == 32 else types.int64)


@intrinsic
def _take_number(typing, counter):
    """The number at an address, which grows by one; two threads never get the same."""

    def generate(context, builder, signature, values):
        pointer = builder.inttoptr(values[0], ir.PointerType())
        return builder.atomic_rmw("add", pointer, ir.IntType(64)(1), "monotonic")

    return types.int64(counter), generate


take_number: Emitted = _take_number
