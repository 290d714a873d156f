"""Elimination modulo a prime up to 251 on bytes, as in :mod:`srtheory.span.dense`, and the instructions for it.

Residues take a quarter of the memory of a float32, and products are four times as fast: ``vpdpbusd`` (VNNI) multiplies
64 unsigned by 64 signed bytes and adds each four products to one of 16 sums of 32 bits, without rounding or saturation.
The choice between the two depends only on the processor, and no result depends on it: steps, pivots and the residues'
classes are the same.

Instructions are written in LLVM, without a C compiler, as loops over rows in whole blocks of ``LANE`` entries. Rows of
the core have a few hundred entries, and a loop compiled by numba spends more time on the length of a row than on them.
LLVM cuts vectors of ``LANE`` numbers to the registers of any processor. Arrays are contiguous, and positions in them
count entries. ``constants`` are those of an :class:`~srtheory.span.dense.Arithmetic`, whose bounds on sums hold here
too. Floats are of their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from srtheory.compiled import compiled, compiles
from srtheory.span.dense import (
    LANE,
    LEAF,
    Arithmetic,
    Echelon,
    Floats,
    Table,
    padded,
    reduce,
    scratch,
    symmetric,
)

LARGEST_PRIME = 251
"""Largest prime whose symmetric residues fit into a signed byte, and residues from 0 into an unsigned one."""
GROUP = 512
"""Number of rows between two updates of all later rows."""
DEPTH = 256
"""Number of products that are added to a residue before it is reduced."""
HEIGHT = 512
"""Number of rows whose factors stay in cache while the columns are processed."""


def applies(field: Arithmetic) -> bool:
    """Return whether the prime and the processor allow this method."""
    return adds(field) and available()


def adds(field: Arithmetic) -> bool:
    """Return whether residues fit into bytes, and numba compiles: sums of bytes are instructions of LLVM."""
    return field.prime <= LARGEST_PRIME and compiles()


def room(largest: int) -> int:
    """Return how many products of a residue with one of at most ``largest`` may be added to a residue in 16 bits."""
    half = LARGEST_PRIME // 2 + 1
    return (2**15 - 1 - half) // (half * largest)


def table(rows: int, columns: int) -> Table:
    """Return scratch memory for a matrix, with zero rows below it to fill the last tile."""
    out = scratch("bytes", (-(-rows // TILE_ROWS) * TILE_ROWS, padded(columns)), np.int8)
    out[rows:] = 0
    return out


def echelon(matrix: Table, rows: int, field: Arithmetic) -> Echelon:
    """Reduce the first ``rows`` rows of a :func:`table` in place. 2c³/3 operations for a square of c columns."""
    columns = matrix.shape[1]
    steps = np.empty(min(rows, columns), np.int64)
    pivots = np.empty(len(steps), np.int64)
    leaf = scratch("leaf", (LEAF * columns,), np.float32)
    packed = scratch("packed", (columns * GROUP // FOUR,), np.uint32)
    above = scratch("above", (GROUP * TILE_COLUMNS // FOUR,), np.uint32)
    left = scratch("left bytes", (GROUP * len(matrix),), np.int8)
    rank = _echelon(matrix, rows, steps, pivots, field.constants, field.inverses, leaf, packed, above, left)
    return Echelon(matrix, steps[:rank], pivots[:rank])


def kernel_basis(form: Echelon, columns: int, field: Arithmetic, most: int) -> Floats:
    """See :func:`srtheory.span.dense.kernel_basis`; row by row, for a basis of few vectors."""
    basis = np.zeros((min(columns - len(form.pivots), most), form.table.shape[1]), field.kind)
    _kernel_basis(form.table, columns, form.steps, form.pivots, field.constants, basis)
    return basis


@compiled
def schur(indptr, indices, solved, place, pivot_rows, widths, core_rows, constants, terms, known, out):  # type: ignore[no-untyped-def]
    """Write the core's entries as :func:`~srtheory.span.modular.schur` gives them.

    Sums are of ``terms`` products in int16. ``known`` is of bytes, ``out`` of bytes or float32.
    """
    s, stripe = len(pivot_rows), max(known.shape[1], 1)
    sources, factors = np.empty(s + 1, np.int64), np.empty(s + 1, np.int16)
    sums = np.empty(stripe + 1, np.int16)  # the last is for what is in no inactive column of the stripe
    first = 0
    for low in range(0, out.shape[1], stripe):
        width = min(stripe, out.shape[1] - low)
        while first < s and widths[first] <= low:
            first += 1
        for t in range(first, s + len(core_rows)):
            i = pivot_rows[t] if t < s else core_rows[t - s]
            reach = min((widths[t] - low + LANE - 1) // LANE * LANE, width) if t < s else width
            sums[:] = 0
            met = np.uint64(0)
            # Without a branch, which could not be predicted; no index is negative, and numba need not check.
            for e in range(np.uint64(indptr[i]), np.uint64(indptr[i + 1])):
                q = np.int64(place[np.uint32(indices[e])])
                j = -1 - q - low
                sources[met], factors[met] = q * stripe, solved[e]
                met += np.uint64((q >= first) & (q != t))
                sums[np.uint64(j) if 0 <= j < width else np.uint64(stripe)] += solved[e]
            begin, count = 0, np.int64(met)
            while count - begin > terms:
                combine(sums, 0, sums, 0, factors, known, sources, begin, terms, reach // LANE, constants)
                begin += terms
            given = sums, 0, factors, known, sources, begin, count - begin, reach // LANE, constants
            if t < s:
                combine(known, t * stripe, *given)
                known[t, reach:width] = 0
            else:
                combine(out, (t - s) * out.shape[1] + low, *given)


@compiled
def _echelon(a, rows, steps, pivots, constants, inverses, leaf, packed, above, left):  # type: ignore[no-untyped-def]
    """Reduce panels of ``LANE`` rows in groups of ``GROUP``; row k of a group has its pivot in ``places[k]`` or -1.

    After panel i of a group the last 2^k panels are cleared from the next 2^k, 2^k the largest that divides i. The last
    is the group's, and all rows below are cleared of it.
    """
    stepped = np.zeros(a.shape[1] + 1, np.bool_)
    places = np.empty(GROUP, np.int64)
    rank = lead = 0
    for start in range(0, rows, GROUP):
        end = min(start + GROUP, rows)
        for k in range(GROUP):
            places[k] = -1
        for low in range(start, end, LANE):
            high, here = min(low + LANE, end), low - start
            _reduce_panel(a, low, high, lead // LANE * LANE, places, here, constants, inverses, leaf, above, left)
            for i in range(low, high):
                if places[i - start] >= 0:
                    steps[rank], pivots[rank] = i, places[i - start]
                    stepped[pivots[rank]] = True
                    rank += 1
            while stepped[lead]:
                lead += 1
            if high == rows:
                break
            area = lead // LANE * LANE
            for j in range(area, a.shape[1], TILE_COLUMNS):
                pack(packed[(j * GROUP + here * TILE_COLUMNS) // FOUR :], a, low, high, j, constants)
            panel = here // LANE + 1
            size = (panel & -panel) * LANE
            reach = rows if high == end else min(high + size, end)
            begin = panel * LANE - size
            _clear(a, high, reach, start, begin, panel * LANE, places, area, constants, packed, above, left)
    return rank


@compiled
def _reduce_panel(a, low, high, lead, places, first, constants, inverses, leaf, above, left):  # type: ignore[no-untyped-def]
    """Apply Gauss-Jordan within the rows ``low`` to ``high``, ``LEAF`` at a time; ``places`` starts at ``first``."""
    columns = a.shape[1]
    for begin in range(low, high, LEAF):
        here = first + begin - low
        found = _reduce_leaf(a, begin, min(begin + LEAF, high), lead, places, here, constants, inverses, leaf)
        if found == 0:
            continue
        own = places[here : here + LEAF]
        successive = begin + LEAF <= high and _successive(own)
        for i in range(low, high):
            at = (i - low) * LEAF
            if successive:
                for k in range(LEAF):
                    left[at + k] = a[i, own[0] + k]
            else:
                for k in range(LEAF):
                    left[at + k] = a[i, own[k]] if begin + k < high and own[k] >= 0 else 0
        for j in range(lead, columns, TILE_COLUMNS):
            pack(above, a, begin, begin + LEAF, j, constants)
            for i in range(low, high, TILE_ROWS):
                if i != begin:
                    subtract_tile(
                        a, i * columns + j, columns, left, (i - low) * LEAF, LEAF, above, 0, LEAF // FOUR, constants
                    )


@compiled
def _reduce_leaf(a, low, high, lead, places, first, constants, inverses, leaf):  # type: ignore[no-untyped-def]
    """Apply Gauss-Jordan within up to ``LEAF`` rows; a sum stays unreduced until its row's turn, or to the end."""
    columns, width, found = a.shape[1], a.shape[1] - lead, 0
    blocks, factors = width // LANE, np.zeros(LEAF, constants.dtype)
    for i in range(high - low):
        widen(leaf, i * width, a, (low + i) * columns + lead, blocks)
    for i in range(high - low):
        j = settle(leaf, i * width, blocks, constants)
        if j < 0:
            continue
        factor = inverses[np.int64(leaf[i * width + j])]
        scale(leaf, i * width, leaf, i * width, blocks, factor, constants)
        for r in range(high - low):
            factors[r] = reduce(leaf[r * width + j], constants) if r != i else 0
        lose(leaf, width, i * width, factors, blocks)
        places[first + i] = lead + j
        found += 1
    for i in range(high - low):
        narrow(a, (low + i) * columns + lead, leaf, i * width, blocks, constants)
    return found


@compiled
def pack(out, a, low, high, column, constants):  # type: ignore[no-untyped-def]
    """Pack ``TILE_COLUMNS`` columns of the rows ``low`` to ``high`` as residues from 0, four rows per word."""
    p = np.int32(constants[0])
    for i in range(low, high, FOUR):
        words = out[(i - low) * TILE_COLUMNS // FOUR :][:TILE_COLUMNS]
        r0, r1 = a[i, column : column + TILE_COLUMNS], a[i + 1, column : column + TILE_COLUMNS]
        r2, r3 = a[i + 2, column : column + TILE_COLUMNS], a[i + 3, column : column + TILE_COLUMNS]
        for k in range(TILE_COLUMNS):
            words[k] = (
                _unsigned(r0[k], p) | _unsigned(r1[k], p) << 8 | _unsigned(r2[k], p) << 16 | _unsigned(r3[k], p) << 24
            )


@compiled
def _unsigned(x, p):  # type: ignore[no-untyped-def]
    """Return the residue from 0 to p - 1."""
    y = np.int32(x)
    return np.uint32(y + (p & (y >> np.int32(31))))


@compiled
def _clear(a, low, high, start, begin, end, places, lead, constants, packed, above, left):  # type: ignore[no-untyped-def]
    """Clear the pivots of the group's rows ``begin`` to ``end``, whole panels, in the rows ``low`` to ``high``.

    Left of ``lead`` every column has a pivot, so there is nothing to compute.
    """
    columns, depth, steps = a.shape[1], end - begin, 0
    for k in range(begin, end):
        steps += places[k] >= 0
    if low >= high or steps == 0:
        return
    height = -(-(high - low) // TILE_ROWS) * TILE_ROWS
    factors = left[: height * depth].reshape(height, depth)
    for panel in range(0, depth, LANE):
        _factors(a, low, start + begin, panel, places[begin:], constants, above, factors)
    for top in range(0, height, HEIGHT):
        bottom = min(top + HEIGHT, height)
        for j in range(lead, columns, TILE_COLUMNS):
            for k in range(0, depth, DEPTH):
                at = j * GROUP + (begin + k) * TILE_COLUMNS
                fours = min(DEPTH, depth - k) // FOUR
                for i in range(top, bottom, TILE_ROWS):
                    subtract_tile(
                        a, (low + i) * columns + j, columns, factors, i * depth + k, depth, packed, at, fours, constants
                    )
    for panel in range(begin, end, LANE):
        _erase(a, low, high, places[panel : panel + LANE], lead)


@compiled
def _erase(a, low, high, places, lead):  # type: ignore[no-untyped-def]
    """Set the pivots' columns left of ``lead``, which are usually successive, to 0 in some rows."""
    first = places[0]
    if _successive(places) and first + LANE <= lead:
        for i in range(low, high):
            row = a[i, first : first + LANE]
            for k in range(LANE):
                row[k] = 0
        return
    for place in places:
        if 0 <= place < lead:
            for i in range(low, high):
                a[i, place] = 0


@compiled
def _successive(places):  # type: ignore[no-untyped-def]
    """Return whether pivots are successive."""
    successive = places[0] >= 0
    for k in range(1, len(places)):
        successive &= places[k] == places[0] + k
    return successive


@compiled
def _window(places, columns):  # type: ignore[no-untyped-def]
    """Return the first of ``LANE`` columns in which pivots are usually successive."""
    first = columns - LANE
    for place in places:
        first = min(first, place if place >= 0 else first)
    return first


@compiled
def _factors(a, low, first, panel, places, constants, above, factors):  # type: ignore[no-untyped-def]
    """Compute the multiples of the panel's rows, from row ``first``, to subtract from the rows from ``low``."""
    height, depth = factors.shape
    own = places[panel : panel + LANE]
    begin = _window(own, a.shape[1])
    for i in range(height):
        target, source = factors[i, panel : panel + LANE], a[low + i, begin : begin + LANE]
        for k in range(LANE):
            target[k] = source[k]
    for k in range(LANE):
        if own[k] != begin + k:
            for i in range(height):
                factors[i, panel + k] = a[low + i, own[k]] if own[k] >= 0 else 0
    if panel == 0:
        return
    pack(above, a, first, first + panel, begin, constants)
    p = np.int32(constants[0])
    for k in range(LANE):
        if own[k] != begin + k:
            for i in range(0, panel, FOUR):
                word = np.uint32(0)
                for r in range(FOUR):
                    if own[k] >= 0:
                        word |= _unsigned(a[first + i + r, own[k]], p) << np.uint32(8 * r)
                above[i * TILE_COLUMNS // FOUR + k] = word
    for k in range(0, panel, DEPTH):
        fours = min(DEPTH, panel - k) // FOUR
        for i in range(0, height, TILE_ROWS):
            subtract_tile(
                factors, i * depth + panel, depth, factors, i * depth + k, depth, above, k * TILE_COLUMNS, fours,
                constants,
            )  # fmt: skip


@compiled
def _kernel_basis(a, columns, steps, pivots, constants, basis):  # type: ignore[no-untyped-def]
    """Solve by back substitution; a panel's rows are zero left of the panel's pivots."""
    free = np.ones(columns, np.bool_)
    for c in pivots:
        free[c] = False
    r = 0
    for c in range(columns):
        if not free[c] or r == len(basis):
            continue
        x = np.zeros(a.shape[1], np.int32)
        x[c] = 1
        end = len(steps)
        while end > 0:
            begin, lead = end, pivots[end - 1]
            while begin > 0 and steps[begin - 1] // LANE == steps[end - 1] // LANE:
                begin -= 1
                lead = min(lead, pivots[begin])
            known = x[lead:]
            for i in range(end - 1, begin - 1, -1):
                row, total = a[steps[i], lead:], 0
                for k in range(len(row)):
                    total += row[k] * known[k]
                x[pivots[i]] = -symmetric(total, np.int64(constants[0]))
            end = begin
        for k in range(len(x)):
            basis[r, k] = x[k]
        r += 1


TILE_ROWS = 8
TILE_COLUMNS = 32
FOUR = 4
"""Number of terms of a sum that one instruction adds."""
LANES = 16

_BYTE, _WORD, _LONG = map(ir.IntType, (8, 32, 64))
_WORDS, _FLOATS = ir.VectorType(_WORD, LANES), ir.VectorType(ir.FloatType(), LANES)


@cache
def available() -> bool:
    """Return whether numba compiles for a processor with the instruction on registers of 512 bits."""
    if not compiles():
        return False
    _, _, features = cpu_target.target_context.codegen().magic_tuple()
    return {"+avx512vnni", "+avx512f", "+avx512bw"} <= set(features.split(","))


@intrinsic
def subtract_tile(typing, c, c_at, c_step, a, a_at, a_step, b, b_at, fours, constants):  # type: ignore[no-untyped-def]
    """Replace a tile C of ``TILE_ROWS`` times ``TILE_COLUMNS`` by the symmetric residues of C - A·B.

    C and A are signed bytes: row i of the tile begins at byte ``c_at + i·c_step`` of ``c``, row i of A, 4·``fours``
    bytes, at byte ``a_at + i·a_step`` of ``a``. B is unsigned, four rows at a time from byte ``b_at`` of ``b`` on:
    4·``TILE_COLUMNS`` bytes, of which 4j to 4j + 3 are column j. ``constants`` are those of
    :class:`~srtheory.span.dense.Arithmetic` in float32. The sums are exact within the bounds stated there.
    """
    signature = types.void(c, c_at, c_step, a, a_at, a_step, b, b_at, fours, constants)
    return signature, _tile


@intrinsic
def subtract_row(typing, c, c_at, a, a_at, b, b_at, fours, constants):  # type: ignore[no-untyped-def]
    """Do the same as :func:`subtract_tile` for a single row."""
    signature = types.void(c, c_at, a, a_at, b, b_at, fours, constants)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        c, c_at, a, a_at, b, b_at, fours, constants = zip(signature.args, values, strict=True)
        none = types.int64, context.get_constant(types.int64, 0)
        spread = (c, c_at, none, a, a_at, none, b, b_at, fours, constants)
        return _tile(context, builder, types.void(*(kind for kind, _ in spread)), [value for _, value in spread], 1)

    return signature, generate


def _tile(context: Any, builder: Any, signature: Any, values: Any, rows: int = TILE_ROWS) -> Any:
    """Write the code of a tile, whose sums stay in registers while the loop goes over the fours."""
    given = Given(context, builder, signature, values)
    c_at, c_step, a_at, a_step, b_at, fours = map(given.number, (1, 2, 4, 5, 7, 8))
    byte = _BYTE.as_pointer()
    c, a, b = (builder.gep(builder.bitcast(given.data[i], byte), [at]) for i, at in ((0, c_at), (3, a_at), (6, b_at)))
    product = builder.module.declare_intrinsic(
        "llvm.x86.avx512.vpdpbusd.512", (), ir.FunctionType(_WORDS, [_WORDS] * 3)
    )
    halves = TILE_COLUMNS // LANES
    zero = ir.Constant(_WORDS, None)

    before = builder.block
    loop, after = builder.append_basic_block("fours"), builder.append_basic_block("residues")
    builder.branch(loop)
    builder.position_at_end(loop)
    step = builder.phi(_LONG)
    step.add_incoming(_LONG(0), before)
    sums = [builder.phi(_WORDS) for _ in range(rows * halves)]
    right = builder.gep(b, [builder.mul(step, _LONG(FOUR * TILE_COLUMNS))])
    columns = [_load(builder, right, _LONG(FOUR * LANES * h), _WORDS) for h in range(halves)]
    left = builder.gep(a, [builder.mul(step, _LONG(FOUR))])
    added = []
    for i in range(rows):
        entry = given.spread(_load(builder, left, builder.mul(a_step, _LONG(i)), _WORD), LANES)
        added += [builder.call(product, [sums[i * halves + h], columns[h], entry]) for h in range(halves)]
    for total, new in zip(sums, added, strict=True):
        total.add_incoming(zero, before)
        total.add_incoming(new, loop)
    following = builder.add(step, _LONG(1))
    step.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, fours), loop, after)

    builder.position_at_end(after)
    constants = given.constants(9, LANES)
    for i in range(rows):
        for h in range(halves):
            at = builder.add(builder.mul(c_step, _LONG(i)), _LONG(LANES * h))
            old = builder.sext(_load(builder, c, at, ir.VectorType(_BYTE, LANES)), _WORDS)
            x = builder.sitofp(builder.sub(old, added[i * halves + h]), _FLOATS)
            residue = builder.fptosi(given.residues(x, constants), _WORDS)
            place = builder.bitcast(builder.gep(c, [at]), ir.VectorType(_BYTE, LANES).as_pointer())
            builder.store(builder.trunc(residue, ir.VectorType(_BYTE, LANES)), place, align=1)
    return context.get_dummy_value()


def _load(builder: Any, base: Any, at: Any, kind: Any) -> Any:
    return builder.load(builder.bitcast(builder.gep(base, [at]), kind.as_pointer()), align=1)


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
        """Return the constants of an :class:`~srtheory.span.dense.Arithmetic`, for :meth:`residues`."""
        return [self.spread(self.entry(i, _LONG(k)), lanes) for k in range(3)]

    def spread(self, value: Any, lanes: int = LANE) -> Any:
        """Return a vector of one value."""
        kind = ir.VectorType(value.type, lanes)
        single = self.builder.insert_element(ir.Constant(kind, ir.Undefined), value, _WORD(0))
        first = ir.Constant(ir.VectorType(_WORD, lanes), None)
        return self.builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), first)

    def residues(self, x: Any, constants: list[Any]) -> Any:
        """See :func:`srtheory.span.dense.reduce`."""
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
