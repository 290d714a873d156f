"""Elimination modulo a prime up to 251 on bytes (VNNI), as in :mod:`srtheory.span.dense.elimination`.

Residues take a quarter of the memory of a float32, and products are four times as fast. The choice between the two
depends only on the processor, and no result depends on it: steps, pivots and the residues' classes are the same.
"""

from __future__ import annotations

import numpy as np

from srtheory.compiled import compiled, compiles
from srtheory.span.dense.elimination import (
    LANE,
    LEAF,
    Arithmetic,
    Echelon,
    Floats,
    Table,
    padded,
    reduce,
    symmetric,
)
from srtheory.span.dense.scratch import scratch
from srtheory.span.dense.vectors import combine, lose, narrow, scale, settle, widen
from srtheory.span.dense.vnni import FOUR, TILE_COLUMNS, TILE_ROWS, available, subtract_tile

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
    """See :func:`srtheory.span.dense.elimination.kernel_basis`; row by row, for a basis of few vectors."""
    basis = np.zeros((min(columns - len(form.pivots), most), form.table.shape[1]), field.kind)
    _kernel_basis(form.table, columns, form.steps, form.pivots, field.constants, basis)
    return basis


@compiled
def schur(indptr, indices, solved, place, pivot_rows, widths, core_rows, constants, terms, known, out):  # type: ignore[no-untyped-def]
    """Write the core's entries as :func:`~srtheory.span.dense.modular.schur` gives them.

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
