"""Products of 8-bit integers by the processor's instruction for them, from LLVM without a C compiler.

``vpdpbusd`` multiplies 64 unsigned by 64 signed bytes and adds each four products to one of 16 sums of 32 bits, without
rounding and without saturation: four times the products of a float32 instruction of the same width.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from srtheory.compiled import compiles
from srtheory.span.dense.vectors import Given

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
    :class:`~srtheory.span.dense.elimination.Arithmetic` in float32. The sums are exact within the bounds stated there.
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
