"""Loops over rows in whole blocks of ``LANE`` entries, written in LLVM so that no loop has a remainder.

Rows of the core have a few hundred entries. A loop compiled by numba spends more time on determining the length of the
row than on its entries. Vectors of ``LANE`` numbers fit every processor: LLVM cuts them to its registers.

Arrays are contiguous. Positions in them count entries.  ``constants`` are those of an
:class:`~srtheory.span.dense.elimination.Arithmetic`, whose bounds on sums hold here too. Floats are of their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from srtheory.span.dense.elimination import LANE, LEAF

_BYTE, _SHORT, _WORD, _LONG = map(ir.IntType, (8, 16, 32, 64))
_KINDS = {
    types.int8: _BYTE,
    types.int16: _SHORT,
    types.int32: _WORD,
    types.int64: _LONG,
    types.float32: ir.FloatType(),
    types.float64: ir.DoubleType(),
}
_FUSED = ("contract",)
"""A product may be added without rounding, since it is exact; the fused operation only improves a quotient."""
_TOGETHER = (8, 4, 2, 1)
"""Number of blocks whose sums are kept in registers at a time."""
LINE = 64
"""Number of bytes of a cache line."""
AHEAD = 64
"""Number of terms by which a vector is asked for before it is added."""


@intrinsic
def combine(typing, target, at, sums, sums_at, factors, known, sources, begin, count, blocks, constants):  # type: ignore[no-untyped-def]
    """Write residues of ``sums`` from ``sums_at`` + Σ factor · row of ``known`` into ``target`` from ``at``.

    There are ``count`` terms, from ``begin`` on in ``factors`` and in ``sources``, which hold the start of each row in
    ``known``. ``sums`` and ``factors`` are int16, ``known`` bytes and ``target`` bytes, int16 or float32, or all four
    are floats. ``sources`` are int64. No sum may leave 16 bits.
    """
    signature = types.void(target, at, sums, sums_at, factors, known, sources, begin, count, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        begin, count, blocks, constants = given.number(7), given.number(8), given.number(9), given.constants(10)
        column = cgutils.alloca_once_value(builder, _LONG(0))

        def stripe(width: int) -> None:
            start = builder.load(column)
            totals = [cgutils.alloca_once(builder, given.vector(2)) for _ in range(width)]
            places = [builder.add(start, _LONG(LANE * k)) for k in range(width)]
            for total, place in zip(totals, places, strict=True):
                builder.store(given.load(2, builder.add(given.number(3), place)), total)
            with cgutils.for_range(builder, count) as loop:
                term = builder.add(begin, loop.index)
                source, factor = given.entry(6, term), given.spread(given.entry(4, term))
                for total, place in zip(totals, places, strict=True):
                    entries = given.load(5, builder.add(source, place))
                    builder.store(given.sum_of(builder.load(total), entries, factor), total)
            for total, place in zip(totals, places, strict=True):
                residues = given.residues(given.floats(builder.load(total), 10), constants)
                given.store(0, builder.add(given.number(1), place), residues)
            builder.store(builder.add(start, _LONG(LANE * width)), column)

        _in_stripes(builder, blocks, stripe)

    return signature, _written(body)


@intrinsic
def widen(typing, target, at, source, source_at, blocks):  # type: ignore[no-untyped-def]
    """Copy bytes to floats."""
    signature = types.void(target, at, source, source_at, blocks)

    def body(given: Given, builder: Any) -> Any:
        with given.blocks(4) as k:
            entries = given.load(2, builder.add(given.number(3), k))
            given.store(0, builder.add(given.number(1), k), given.floats(entries, 0))

    return signature, _written(body)


@intrinsic
def narrow(typing, target, at, source, source_at, blocks, constants):  # type: ignore[no-untyped-def]
    """Write the residues of floats or int16 as bytes."""
    signature = types.void(target, at, source, source_at, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        constants = given.constants(5)
        with given.blocks(4) as k:
            entries = given.floats(given.load(2, builder.add(given.number(3), k)), 5)
            given.store(0, builder.add(given.number(1), k), given.residues(entries, constants))

    return signature, _written(body)


@intrinsic
def settle(typing, row, at, blocks, constants):  # type: ignore[no-untyped-def]
    """Reduce a row of floats in place, and return the position after ``at`` of the first non-zero entry, or -1."""
    signature = types.int64(row, at, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        constants, first = given.constants(3), cgutils.alloca_once_value(builder, _LONG(-1))
        bits = ir.IntType(LANE)
        with given.blocks(2) as k:
            place = builder.add(given.number(1), k)
            residues = given.residues(given.load(0, place), constants)
            given.store(0, place, residues)
            found = builder.bitcast(builder.fcmp_unordered("!=", residues, ir.Constant(residues.type, None)), bits)
            here = builder.add(k, builder.zext(builder.cttz(found, ir.IntType(1)(0)), _LONG))
            known = builder.load(first)
            fresh = builder.and_(builder.icmp_signed("<", known, _LONG(0)), builder.icmp_unsigned("!=", found, bits(0)))
            builder.store(builder.select(fresh, here, known), first)
        return builder.load(first)

    return signature, _written(body)


@intrinsic
def scale(typing, target, at, source, source_at, blocks, factor, constants):  # type: ignore[no-untyped-def]
    """Write the residues of a multiple of a row of floats, which may be the target."""
    signature = types.void(target, at, source, source_at, blocks, factor, constants)

    def body(given: Given, builder: Any) -> Any:
        constants, factor = given.constants(6), given.spread(given.values[5])
        with given.blocks(4) as k:
            multiple = builder.fmul(given.load(2, builder.add(given.number(3), k)), factor)
            given.store(0, builder.add(given.number(1), k), given.residues(multiple, constants))

    return signature, _written(body)


@intrinsic
def lose(typing, rows, step, at, factors, blocks):  # type: ignore[no-untyped-def]
    """Subtract multiples of the row of floats from ``at`` on from the ``LEAF`` rows, each ``step`` after the last."""
    signature = types.void(rows, step, at, factors, blocks)

    def body(given: Given, builder: Any) -> Any:
        factors = [given.spread(given.entry(3, _LONG(r))) for r in range(LEAF)]
        starts = [builder.mul(given.number(1), _LONG(r)) for r in range(LEAF)]
        given.subtract(0, starts, factors, given.number(2), 4)

    return signature, _written(body)


@intrinsic
def lose_one(typing, rows, at, source, factor, blocks):  # type: ignore[no-untyped-def]
    """Subtract a multiple of the row of floats from ``source`` from the row from ``at``."""
    signature = types.void(rows, at, source, factor, blocks)

    def body(given: Given, builder: Any) -> Any:
        given.subtract(0, [given.number(1)], [given.spread(given.values[3])], given.number(2), 4)

    return signature, _written(body)


def _adder(width: int) -> Any:
    """Return the intrinsic that adds vectors of so many bytes."""

    @intrinsic
    def add(typing, sums, known, step, at, sources, begin, count, sign):  # type: ignore[no-untyped-def]
        signature = types.void(sums, known, step, at, sources, begin, count, sign)
        return signature, _written(lambda given, builder: _add(given, builder, width))

    return add


add_lines, add_half_lines = _adder(LINE), _adder(LINE // 2)
"""Add ``sign`` times a sum of vectors of ``LINE`` bytes, or half as many, to as many sums of 16 bits.

The vectors begin at bytes ``step`` · ``sources[e]`` + ``at`` of ``known``, for ``count`` entries e from ``begin`` on.
``sources`` are int32, none negative, and have ``AHEAD`` further entries. No sum may leave 8 bits.
"""


def _add(given: Given, builder: Any, width: int) -> None:
    step, at, begin = given.number(2), given.number(3), given.number(5)
    vector, wide = ir.VectorType(_BYTE, width), ir.VectorType(_SHORT, width)
    ask = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), _WORD, _WORD, _WORD])
    prefetch = builder.module.declare_intrinsic("llvm.prefetch.p0i8", (), ask)

    def place(e: Any) -> Any:
        source = builder.zext(given.entry(4, e), _LONG)
        return builder.gep(given.data[1], [builder.add(builder.mul(source, step), at)])

    total = cgutils.alloca_once_value(builder, ir.Constant(vector, None))
    with cgutils.for_range(builder, given.number(6)) as loop:
        e = builder.add(begin, loop.index)
        builder.call(prefetch, [place(builder.add(e, _LONG(AHEAD))), _WORD(0), _WORD(3), _WORD(1)])
        entries = builder.load(builder.bitcast(place(e), vector.as_pointer()), align=1)
        builder.store(builder.add(builder.load(total), entries), total)
    sums = builder.bitcast(given.data[0], wide.as_pointer())
    sign = given.spread(builder.trunc(given.number(7), _SHORT), width)
    added = builder.mul(builder.sext(builder.load(total), wide), sign)
    builder.store(builder.add(builder.load(sums, align=1), added), sums, align=1)


class Given:
    """Arguments, by number, of a function that is being written."""

    def __init__(self, context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> None:
        self.builder, self.context, self.kinds, self.values = builder, context, signature.args, values
        self.data = {
            i: context.make_array(kind)(context, builder, value).data
            for i, (kind, value) in enumerate(zip(self.kinds, values, strict=True))
            if isinstance(kind, types.Array)
        }

    def number(self, i: int) -> Any:
        """Return an argument that is an integer."""
        return self.context.cast(self.builder, self.values[i], self.kinds[i], types.int64)

    @contextmanager
    def blocks(self, i: int) -> Iterator[Any]:
        """Write a loop over so many blocks, and yield the start of a block."""
        with cgutils.for_range(self.builder, self.number(i)) as loop:
            yield self.builder.mul(loop.index, _LONG(LANE))

    def _pointer(self, i: int, at: Any, kind: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(self.data[i], [at]), kind.as_pointer())

    def vector(self, i: int) -> Any:
        """Return the type of a block of an array's entries."""
        return ir.VectorType(_KINDS[self.kinds[i].dtype], LANE)

    def entry(self, i: int, at: Any) -> Any:
        """Return one entry of an array."""
        return self.builder.load(self._pointer(i, at, _KINDS[self.kinds[i].dtype]), align=1)

    def load(self, i: int, at: Any) -> Any:
        """Return the block of an array from an entry on."""
        return self.builder.load(self._pointer(i, at, self.vector(i)), align=1)

    def store(self, i: int, at: Any, numbers: Any) -> None:
        """Store a block of integers, held as floats, in an array of such floats, int16 or bytes."""
        if isinstance(self.kinds[i].dtype, types.Integer):
            numbers = self.builder.fptosi(numbers, self.vector(i))
        self.builder.store(numbers, self._pointer(i, at, numbers.type), align=1)

    def floats(self, numbers: Any, i: int) -> Any:
        """Return a block converted to the floats of an array."""
        kind = self.vector(i)
        return numbers if numbers.type == kind else self.builder.sitofp(numbers, kind)

    def sum_of(self, total: Any, entries: Any, factor: Any) -> Any:
        """Return the sum of a block of sums and a multiple of a block of entries."""
        if isinstance(total.type.element, ir.IntType):
            return self.builder.add(total, self.builder.mul(self.builder.sext(entries, total.type), factor))
        return self.builder.fadd(total, self.builder.fmul(entries, factor, flags=_FUSED), flags=_FUSED)

    def subtract(self, i: int, starts: list[Any], factors: list[Any], source: Any, blocks: int) -> None:
        """Subtract multiples of the row from ``source`` from other rows in the same array."""
        with self.blocks(blocks) as k:
            row = self.load(i, self.builder.add(source, k))
            for factor, start in zip(factors, starts, strict=True):
                place = self.builder.add(start, k)
                multiple = self.builder.fmul(factor, row, flags=_FUSED)
                self.store(i, place, self.builder.fsub(self.load(i, place), multiple, flags=_FUSED))

    def constants(self, i: int, lanes: int = LANE) -> list[Any]:
        """Return the constants of an :class:`~srtheory.span.dense.elimination.Arithmetic`, for :meth:`residues`."""
        return [self.spread(self.entry(i, _LONG(k)), lanes) for k in range(3)]

    def spread(self, value: Any, lanes: int = LANE) -> Any:
        """Return a vector of one value."""
        kind = ir.VectorType(value.type, lanes)
        single = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, _WORD(0))
        first = ir.Constant(ir.VectorType(_WORD, lanes), None)
        return self.builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), first)

    def residues(self, x: Any, constants: list[Any]) -> Any:
        """See :func:`srtheory.span.dense.elimination.reduce`."""
        prime, part, rounding = constants
        builder = self.builder
        quotient = builder.fsub(builder.fadd(builder.fmul(x, part, flags=_FUSED), rounding, flags=_FUSED), rounding)
        return builder.fsub(x, builder.fmul(quotient, prime, flags=_FUSED), flags=_FUSED)


def _written(body: Callable[[Given, Any], Any]) -> Callable[..., Any]:
    """Return the code generator that numba requires, from that of a body, which may have a value."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        value = body(Given(context, builder, signature, values), builder)
        return context.get_dummy_value() if value is None else value

    return generate


def _in_stripes(builder: Any, blocks: Any, stripe: Callable[[int], None]) -> None:
    """Write a loop over the widest stripes, then at most one of each other width."""
    widest, *others = _TOGETHER
    with cgutils.for_range(builder, builder.udiv(blocks, _LONG(widest))):
        stripe(widest)
    for width in others:
        with builder.if_then(builder.icmp_unsigned("!=", builder.and_(blocks, _LONG(width)), _LONG(0))):
            stripe(width)
