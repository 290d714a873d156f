"""Where the time of M' over Q goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

from benchmarks.limits import seconds
from srtheory.matrix import Rows
from srtheory.span import engine, modular
from srtheory.span.arguments import rational_rank
from srtheory.span.dense import arithmetic
from srtheory.span.engine import FAST_PRIME, stopping_time
from srtheory.span.sparse import coverage_time, triangulate


def phases(rows: Rows) -> Iterator[tuple[str, float]]:
    """CPU seconds of each phase of one stopping time, of which the first prime settles all but a few, and of all."""

    def whole() -> engine.Stopping:
        return stopping_time(rows.indptr, rows.indices, rows.columns)

    whole()
    yield "all", min(seconds(whole) for _ in range(3))
    timed: dict[str, float] = {}

    def step(name: str, job: Callable[[], Any]) -> Any:
        start = process_time()
        found = job()
        timed[name] = process_time() - start
        return found

    m, field = rows.columns, arithmetic(FAST_PRIME)
    head = rows.prefix(m - 1)
    covered = step("coverage", lambda: coverage_time(rows))
    triangle = step("peeling and inactivation", lambda: triangulate(head.indptr, head.indices, m))

    def entries() -> Any:
        solved = modular.solutions(head.indptr, head.indices, None, triangle, field)
        return modular.dense_core(head.indptr, head.indices, solved, triangle, field)

    core = step("sparse elimination: the core's entries", entries)
    form = step("the core's elimination", lambda: modular.core_form(core, triangle, field))
    step("the core's kernel", lambda: modular.core_kernel(form, triangle, field, len(triangle.inactive)))
    yield from timed.items()
    found = modular.least_prefix(rows, FAST_PRIME, covered)
    last = rows if found.k is None else rows.prefix(found.k)

    def proof() -> None:
        if engine.argument_of(found, *engine._arguments(rows, found, FAST_PRIME, covered)) is not None:
            rational_rank(last, found.after, FAST_PRIME)

    yield "proof", seconds(proof)
