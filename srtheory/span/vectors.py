"""Loops over rows of whole blocks of ``LANE`` entries, written for LLVM: no loop has a ragged end.

Rows of the core have a few hundred entries.  What numba makes of a loop over one spends more time on finding out how
long the row is than on its entries.  Vectors of ``LANE`` numbers fit every processor: LLVM cuts them to its registers.

Arrays are contiguous; positions in them count entries.  ``constants`` are those of
:class:`~srtheory.span.elimination.Arithmetic` in float32, whose bounds on sums hold here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from srtheory.span.elimination import LANE, LEAF

_BYTE, _SHORT, _WORD, _LONG, _FLOAT = *map(ir.IntType, (8, 16, 32, 64)), ir.FloatType()
_SHORTS, _FLOATS = ir.VectorType(_SHORT, LANE), ir.VectorType(_FLOAT, LANE)
_FUSED = ("contract",)
"""A product may be added without being rounded: it is exact, but for a quotient, which that brings nearer."""
_TOGETHER = (8, 4, 2, 1)
"""Blocks whose sums are kept in registers at a time."""


@intrinsic
def combine(typing, target, at, sums, factors, known, sources, begin, count, blocks, constants):  # type: ignore[no-untyped-def]
    """The residues of ``sums`` + Σ factor · row of ``known``, in ``target`` from ``at`` on.

    There are ``count`` terms, from ``begin`` on in ``factors`` and in ``sources``, which say where a row begins in
    ``known``.  ``sums`` and ``factors`` are int16, ``known`` bytes, ``sources`` int64, ``target`` bytes, int16 or
    float32.  No sum may leave 16 bits.
    """
    signature = types.void(target, at, sums, factors, known, sources, begin, count, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        begin, count, blocks, constants = given.number(6), given.number(7), given.number(8), given.constants(9)
        column = cgutils.alloca_once_value(builder, _LONG(0))

        def stripe(width: int) -> None:
            start = builder.load(column)
            totals = [cgutils.alloca_once(builder, _SHORTS) for _ in range(width)]
            places = [builder.add(start, _LONG(LANE * k)) for k in range(width)]
            for total, place in zip(totals, places, strict=True):
                builder.store(given.load(2, place, _SHORTS), total)
            with cgutils.for_range(builder, count) as loop:
                term = builder.add(begin, loop.index)
                source, factor = given.load(5, term, _LONG), given.spread(given.load(3, term, _SHORT))
                for total, place in zip(totals, places, strict=True):
                    entries = given.load(4, builder.add(source, place), ir.VectorType(_BYTE, LANE))
                    multiple = builder.mul(builder.sext(entries, _SHORTS), factor)
                    builder.store(builder.add(builder.load(total), multiple), total)
            for total, place in zip(totals, places, strict=True):
                residues = given.residues(builder.sitofp(builder.load(total), _FLOATS), constants)
                given.store(0, builder.add(given.number(1), place), residues)
            builder.store(builder.add(start, _LONG(LANE * width)), column)

        _in_stripes(builder, blocks, stripe)

    return signature, _written(body)


@intrinsic
def widen(typing, target, at, source, source_at, blocks):  # type: ignore[no-untyped-def]
    """Copy bytes to float32."""
    signature = types.void(target, at, source, source_at, blocks)

    def body(given: Given, builder: Any) -> Any:
        with given.blocks(4) as k:
            entries = given.load(2, builder.add(given.number(3), k), ir.VectorType(_BYTE, LANE))
            given.store(0, builder.add(given.number(1), k), builder.sitofp(entries, _FLOATS))

    return signature, _written(body)


@intrinsic
def narrow(typing, target, at, source, source_at, blocks, constants):  # type: ignore[no-untyped-def]
    """The residues of float32 as bytes."""
    signature = types.void(target, at, source, source_at, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        constants = given.constants(5)
        with given.blocks(4) as k:
            entries = given.load(2, builder.add(given.number(3), k), _FLOATS)
            given.store(0, builder.add(given.number(1), k), given.residues(entries, constants))

    return signature, _written(body)


@intrinsic
def settle(typing, row, at, blocks, constants):  # type: ignore[no-untyped-def]
    """Residues of a float32 row in place; the position after ``at`` of the first that is not 0, or -1."""
    signature = types.int64(row, at, blocks, constants)

    def body(given: Given, builder: Any) -> Any:
        constants, first = given.constants(3), cgutils.alloca_once_value(builder, _LONG(-1))
        bits = ir.IntType(LANE)
        with given.blocks(2) as k:
            place = builder.add(given.number(1), k)
            residues = given.residues(given.load(0, place, _FLOATS), constants)
            given.store(0, place, residues)
            found = builder.bitcast(builder.fcmp_unordered("!=", residues, ir.Constant(_FLOATS, None)), bits)
            here = builder.add(k, builder.zext(builder.cttz(found, ir.IntType(1)(0)), _LONG))
            known = builder.load(first)
            fresh = builder.and_(builder.icmp_signed("<", known, _LONG(0)), builder.icmp_unsigned("!=", found, bits(0)))
            builder.store(builder.select(fresh, here, known), first)
        return builder.load(first)

    return signature, _written(body)


@intrinsic
def scale(typing, row, at, blocks, factor, constants):  # type: ignore[no-untyped-def]
    """The residues of a multiple of a float32 row, in place."""
    signature = types.void(row, at, blocks, factor, constants)

    def body(given: Given, builder: Any) -> Any:
        constants, factor = given.constants(4), given.spread(given.values[3])
        with given.blocks(2) as k:
            place = builder.add(given.number(1), k)
            given.store(0, place, given.residues(builder.fmul(given.load(0, place, _FLOATS), factor), constants))

    return signature, _written(body)


@intrinsic
def lose(typing, rows, step, at, factors, blocks):  # type: ignore[no-untyped-def]
    """Subtract multiples of the float32 row from ``at`` on from the ``LEAF`` rows, each ``step`` after the last."""
    signature = types.void(rows, step, at, factors, blocks)

    def body(given: Given, builder: Any) -> Any:
        factors = [given.spread(given.load(3, _LONG(r), _FLOAT)) for r in range(LEAF)]
        starts = [builder.mul(given.number(1), _LONG(r)) for r in range(LEAF)]
        with given.blocks(4) as k:
            row = given.load(0, builder.add(given.number(2), k), _FLOATS)
            for factor, start in zip(factors, starts, strict=True):
                place = builder.add(start, k)
                multiple = builder.fmul(factor, row, flags=_FUSED)
                given.store(0, place, builder.fsub(given.load(0, place, _FLOATS), multiple, flags=_FUSED))

    return signature, _written(body)


class Given:
    """The arguments of a function that is being written, by number."""

    def __init__(self, context: Any, builder: Any, signature: Any, values: Sequence[Any]) -> None:
        self.builder, self.context, self.kinds, self.values = builder, context, signature.args, values
        self.data = {
            i: context.make_array(kind)(context, builder, value).data
            for i, (kind, value) in enumerate(zip(self.kinds, values, strict=True))
            if isinstance(kind, types.Array)
        }

    def number(self, i: int) -> Any:
        """One that is an integer."""
        return self.context.cast(self.builder, self.values[i], self.kinds[i], types.int64)

    @contextmanager
    def blocks(self, i: int) -> Iterator[Any]:
        """The body of a loop over so many blocks; gives where a block begins."""
        with cgutils.for_range(self.builder, self.number(i)) as loop:
            yield self.builder.mul(loop.index, _LONG(LANE))

    def _pointer(self, i: int, at: Any, kind: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(self.data[i], [at]), kind.as_pointer())

    def load(self, i: int, at: Any, kind: Any) -> Any:
        """What an array has from an entry on."""
        return self.builder.load(self._pointer(i, at, kind), align=1)

    def store(self, i: int, at: Any, numbers: Any) -> None:
        """Store float32 integers in an array of float32, int16 or bytes."""
        integers = {types.int8: _BYTE, types.int16: _SHORT}.get(self.kinds[i].dtype)
        if integers is not None:
            numbers = self.builder.fptosi(numbers, ir.VectorType(integers, LANE))
        self.builder.store(numbers, self._pointer(i, at, numbers.type), align=1)

    def constants(self, i: int, lanes: int = LANE) -> list[Any]:
        """Those of :class:`~srtheory.span.elimination.Arithmetic`, for :meth:`residues`."""
        return [self.spread(self.load(i, _LONG(k), _FLOAT), lanes) for k in range(3)]

    def spread(self, value: Any, lanes: int = LANE) -> Any:
        """A vector of one value."""
        kind = ir.VectorType(value.type, lanes)
        single = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, _WORD(0))
        first = ir.Constant(ir.VectorType(_WORD, lanes), None)
        return self.builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), first)

    def residues(self, x: Any, constants: list[Any]) -> Any:
        """See :func:`srtheory.span.elimination.reduce`."""
        prime, part, rounding = constants
        builder = self.builder
        quotient = builder.fsub(builder.fadd(builder.fmul(x, part, flags=_FUSED), rounding, flags=_FUSED), rounding)
        return builder.fsub(x, builder.fmul(quotient, prime, flags=_FUSED), flags=_FUSED)


def _written(body: Callable[[Given, Any], Any]) -> Callable[..., Any]:
    """What numba asks for a function's code: that of a body, which may have a value."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        value = body(Given(context, builder, signature, values), builder)
        return context.get_dummy_value() if value is None else value

    return generate


def _in_stripes(builder: Any, blocks: Any, stripe: Callable[[int], None]) -> None:
    """A loop over the widest stripes, then at most one of each other width."""
    widest, *others = _TOGETHER
    with cgutils.for_range(builder, builder.udiv(blocks, _LONG(widest))):
        stripe(widest)
    for width in others:
        with builder.if_then(builder.icmp_unsigned("!=", builder.and_(blocks, _LONG(width)), _LONG(0))):
            stripe(width)
