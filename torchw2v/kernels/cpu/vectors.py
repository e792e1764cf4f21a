"""Vector registers, written out: the few instructions that the inner loops are made of.

LLVM's own vectoriser does not find them: it neither keeps several rows in registers while a window goes by, nor adds
up several dot products at once. So the inner loops are given as instructions on vectors of a fixed width. LLVM maps
them to the registers of the machine (AVX-512, AVX2, NEON), in halves where these are narrower.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba.core import cgutils

Value = Any  # of LLVM, which has no types for mypy


@dataclass(frozen=True)
class Shape:
    """Of a vector.

    Attributes:
        lanes: numbers in it.
        bits: of a number, 32 or 64.
    """

    lanes: int
    bits: int

    @property
    def bytes(self) -> int:
        return self.lanes * self.bits // 8

    @property
    def number(self) -> ir.Type:
        return ir.FloatType() if self.bits == 32 else ir.DoubleType()

    @property
    def type(self) -> ir.Type:
        return ir.VectorType(self.number, self.lanes)

    @property
    def integers(self) -> ir.Type:
        return ir.VectorType(ir.IntType(self.bits), self.lanes)

    @property
    def mantissa_bits(self) -> int:
        return 23 if self.bits == 32 else 52


class Vectors:
    """Emits instructions on vectors of one shape.

    Args:
        builder: of llvmlite.
        shape: of the vectors.
    """

    def __init__(self, builder: Value, shape: Shape) -> None:
        self.builder = builder
        self.shape = shape

    def constant(self, value: float | Sequence[float]) -> Value:
        values = list(value) if isinstance(value, Sequence) else [value] * self.shape.lanes
        return ir.Constant(self.shape.type, values)

    def integers(self, value: int) -> Value:
        return ir.Constant(self.shape.integers, [value] * self.shape.lanes)

    def pointer(self, address: Value, offset: int = 0) -> Value:
        """Address plus a number of bytes known now."""
        pointer = self.builder.inttoptr(address, ir.PointerType())
        return self.builder.gep(pointer, [ir.Constant(ir.IntType(64), offset)], source_etype=ir.IntType(8))

    def load(self, address: Value, offset: int = 0) -> Value:
        return self.builder.load(self.pointer(address, offset), align=self.shape.bytes, typ=self.shape.type)

    def store(self, value: Value, address: Value, offset: int = 0) -> None:
        self.builder.store(value, self.pointer(address, offset), align=self.shape.bytes)

    def load_integers(self, address: Value, offset: int = 0) -> Value:
        return self.builder.load(self.pointer(address, offset), align=self.shape.bytes, typ=self.shape.integers)

    def load_number(self, address: Value, offset: int = 0) -> Value:
        """One number in all lanes."""
        align = self.shape.bits // 8
        return self.splat(self.builder.load(self.pointer(address, offset), align=align, typ=self.shape.number))

    def splat(self, number: Value) -> Value:
        single = self.builder.insert_element(
            ir.Constant(self.shape.type, ir.Undefined), number, ir.Constant(ir.IntType(32), 0)
        )
        return self.shuffle(single, single, [0] * self.shape.lanes)

    def shuffle(self, first: Value, second: Value, lanes: Sequence[int]) -> Value:
        """Lane i of the result is lane `lanes[i]` of both, those of `second` numbered after those of `first`."""
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), list(lanes))
        return self.builder.shuffle_vector(first, second, mask)

    def multiply_add(self, a: Value, b: Value, c: Value) -> Value:
        """The product of a and b, plus c, rounded once."""
        return self._intrinsic("llvm.fma", a, b, c)

    def absolute(self, a: Value) -> Value:
        return self._intrinsic("llvm.fabs", a)

    def maximum(self, a: Value, b: Value) -> Value:
        return self.builder.select(self.builder.fcmp_ordered(">", a, b), a, b)

    def prefetch(self, address: Value, offset: int = 0) -> None:
        i32 = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [ir.PointerType(), i32, i32, i32])
        function = cgutils.get_or_insert_function(self.builder.module, kind, "llvm.prefetch.p0")
        flags = [i32(1), i32(3), i32(1)]  # to be written, to stay in all caches, data
        self.builder.call(function, [self.pointer(address, offset), *flags])

    def sums(self, vectors: Sequence[Value | None]) -> Value:
        """Lane i of the result is the sum over the lanes of `vectors[i]`, of which there are as many as lanes.

        In the first round, half of the lanes of each come to the other half of a partner, where both are added with
        one instruction; and so on with halves of halves. That takes about as many instructions as there are vectors,
        where adding up the lanes of each would take log2(lanes) times as many.
        """
        lanes = self.shape.lanes
        assert len(vectors) == lanes
        level = list(vectors)
        half = lanes // 2
        while half:
            level = [self._fold(level[i], level[i + half], half) for i in range(half)]
            half //= 2
        return level[0]

    def _fold(self, a: Value | None, b: Value | None, half: int) -> Value | None:
        """In lanes whose bit `half` is 0 the sums of a, in the others those of b."""
        if a is None and b is None:
            return None
        lanes = range(self.shape.lanes)
        if a is None or b is None:
            one = a if b is None else b
            return self.builder.fadd(one, self.shuffle(one, one, [i ^ half for i in lanes]))
        offset = self.shape.lanes
        stay = self.shuffle(a, b, [i + offset if i & half else i for i in lanes])
        move = self.shuffle(a, b, [(i ^ half) + offset if i & half else i ^ half for i in lanes])
        return self.builder.fadd(stay, move)

    def exponential_of_negative(self, x: Value) -> Value:
        """e^x for x ≤ 0, to rounding; below about −87 (−708 in float64) that of it.

        e^x = 2^n e^r with n the integer next to x / ln 2, |r| ≤ ln 2 / 2, and e^r by its Taylor series.
        """
        build, bits = self.builder, self.shape.mantissa_bits
        lowest, degree = (-87.0, 7) if self.shape.bits == 32 else (-708.0, 13)
        x = self.maximum(x, self.constant(lowest))
        # adding a number this large leaves n in the lowest bits
        large = self.constant(1.5 * 2.0**bits)
        shifted = self.multiply_add(x, self.constant(1 / math.log(2)), large)
        n = build.fsub(shifted, large)
        # ln 2 in two parts, the first so short that n times it is exact
        high = math.floor(math.log(2) * 2.0**12) / 2.0**12 if self.shape.bits == 32 else _LN2_HIGH
        low = _LN2_LOW_32 if self.shape.bits == 32 else _LN2_LOW
        r = self.multiply_add(n, self.constant(-high), x)
        r = self.multiply_add(n, self.constant(-low), r)
        result = self._polynomial([1 / math.factorial(power) for power in range(degree + 1)], r)
        exponent = build.shl(build.bitcast(shifted, self.shape.integers), self.integers(bits))
        return build.bitcast(build.add(build.bitcast(result, self.shape.integers), exponent), self.shape.type)

    def _polynomial(self, coefficients: Sequence[float], x: Value) -> Value:
        """Σ_i c_i x^i in Estrin's order: neighbours first, so that fewer instructions wait for each other."""
        terms = [self.constant(c) for c in coefficients]
        while len(terms) > 1:
            pairs = [self.multiply_add(b, x, a) for a, b in zip(terms[::2], terms[1::2], strict=False)]
            terms = pairs + terms[2 * len(pairs) :]
            x = self.builder.fmul(x, x)
        return terms[0]

    def _intrinsic(self, name: str, *arguments: Value) -> Value:
        function_type = ir.FunctionType(self.shape.type, [self.shape.type] * len(arguments))
        name = f"{name}.v{self.shape.lanes}f{self.shape.bits}"
        function = cgutils.get_or_insert_function(self.builder.module, function_type, name)
        return self.builder.call(function, arguments)


# ln 2 = 0x1.62e42fefa39ef35793c7673007e5ed5e81e69…p-1, cut after 32 bits of the mantissa; the rest
_LN2_HIGH = float.fromhex("0x1.62e42feep-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_LN2_LOW_32 = float.fromhex("0x1.62e42fefa39efp-1") - math.floor(math.log(2) * 2.0**12) / 2.0**12
