"""Arguments that laws, limits and designs refuse: the error names the argument, and says what would be valid."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model, require_startup
from srtheory.theory.designs import cyclic
from srtheory.theory.startup import block_ends, require_symbols
from tests.theory.at_paper import EXPON


def of(m: int, degree: int | None = None, tau: float = 0.1, **more: Any) -> Model:
    return Model(m, degree, tau, **{"startup": EXPON} | more)


def asked(path: str) -> Callable[..., Any]:
    module, function = path.rsplit(".", 1)
    try:
        return getattr(import_module(f"srtheory.theory.{module}"), function)
    except ModuleNotFoundError:  # of the study of the paper alone
        return getattr(import_module(f"paper_checks.theory.{module}"), function)


LOSING = [Fraction(9, 10), Fraction(39, 40), Fraction(1)]
HALVES = SimpleNamespace(latency_cdf=lambda t, tau, startup: (0.0, 1.0))
QUEUE = of(4, tau=1.0, master_time=1.0)
BLOCKS = [np.array(blocks, dtype=np.int64) for blocks in ([], [1, 0], [-1, 0], [5, 0])]
IN_PARTS = [
    *("approximate.cyclic_error", "approximate.fractional_error", "approximate.one_step_error"),
    *("by_scheme.own_then_parts_bounds", "by_scheme.parts_cyclic_bounds", "by_scheme.parts_stream_bounds"),
    *("both_ends.parts_even_bounds", "by_scheme.arcs_bounds"),
]
REFUSED: dict[str, list[tuple[Any, ...]]] = {
    **{law: [("degree", of(3, 4), 1.0)] for law in IN_PARTS},
    "startup.block_ends": [
        *(("symbols", 0, 1), ("symbols", 100_001, 1), ("degree", 1, 0), ("degree", 1, 100_001)),
        *(("access", 3, 1, 0), ("access", 3, 1, 4)),
    ],
    "peeling.design": [
        *((name, of(10), 1.0, {name: value}) for name, value in (
            ("margin", 1e300), ("margin", -1), ("uncovered", 0), ("largest", 0))),
    ],
    "coverage.collector_by_rows": [("rows", -1, 3, 1)],
    "coverage.collector_mean": [("degree", 3, 4)],
    "dependencies.Profile": [
        *(("symbols", 2, 1, 2, BLOCKS[0]), ("degree", 5, 0, 5, BLOCKS[0]), ("degree", 5, 5, 5, BLOCKS[0])),
        *(("silent", 5, 2, 4, BLOCKS[1]), ("blocks", 5, 2, 3, BLOCKS[2]), ("blocks", 6, 1, 4, BLOCKS[3])),
    ],
    "dependencies.predicted_exceptions": [("degree", of(10, 10))],
    "dependencies.typical_profile": [("symbols", of(2, 1), 1)],
    "designs.by_bits": [("m", 6), ("m", 0)],
    "designs.exponential_cost": [("load", 0.0)],
    "designs.exponential_mean": [("load", cyclic(3), 0.0)],
    "designs.late": [*(("design", design, LOSING) for design in (((0, 0), (1, 0)), ((0, 1), (0,)), cyclic(13)))],
    "designs.lattice_mean": [
        *(("startup", cyclic(2), {k: Fraction(p) for k, p in law}) for law in (
            [(0, 0.5)], [(0, 2), (1, -1)], [(0, 1), (1, 1)], [(-1, 1)])),
    ],
    "floor.closed_late": [("t", of(1), math.nan)],
    "floor.floor": [("steps", of(1), {"steps": 0}), ("workers", of(1), {"workers": 0})],
    "floor.late": [("t", of(1), [1.0, math.inf])],
    "spanning.guaranteed_rows": [
        ("startup", of(5, 2, startup=stats.lognorm(s=1)), 0.5),
        *(("confidence", of(5, 2), p) for p in (-0.1, 1.1, math.nan, "0.9", True, None)),
    ],
    "spanning.guaranteed_time": [*(("confidence", of(5, 2), p) for p in (-0.1, math.inf, "0.9", True))],
    "lagrange.encoding": [("prime", (0, 1), (2,), 9), ("nodes", (0, 0), (2,), 7), ("nodes", (), (2,), 7)],
    "lagrange.recovery_threshold": [("points", 0, 1), ("degree", 2, 0)],
    "lagrange.same_results": [("received", (2, 3, 4), (0, 1), 2, 7), ("power", (2, 3), (0, 1), 2, 7, -1)],
    "lagrange.sum_weights": [("workers", (7,), (0, 1), 2, 7)],
    "latency.block_bound": [("degree", 0.1, 0, 1.0)],
    "rows.fluid_limit": [("rows", of(5, 2), {"rows": 0}), ("rows", of(9, 2, 0.5), {"rows": 45.1})],
    "latency.latency_bound": [("rows", of(3, 1), 0.5)],
    "latency.paper_bound": [("rate", 0.1, 3, 0)],
    "latency.sharp_bound": [("tau", math.inf, 3, 1.0)],
    "rows.symbol_cdf": [("count", of(5, 2), 1.0, 4)],
    "approximate.fractional_error_by_rows": [("degree", 1, 5, 2), ("rows", 5, 4, 2)],
    "approximate.one_step_error_by_rows": [("rows", 5, 4, 2)],
    "by_scheme.arrivals_bounds": [("stragglers", of(5), 1.0, 5), ("symbols", of(100_001), 1.0, 1)],
    "by_scheme.bcc_unrecovered": [("degree", 3, 0)],
    "by_scheme.fractional_bounds": [("stragglers", of(5), 1.0, -1)],
    "by_scheme.one_bounds": [("symbols", of(100_001), 1.0)],
    "both_ends.parts_pairs_bounds": [
        *(("degree", of(3, 4), 1.0), ("cells", of(6, 2), 1.0, {"cells": 0}), ("cells", of(6, 2), 1.0, {"cells": 4})),
    ],
    "both_ends.terms_pairs_bounds": [("cells", of(6), 1.0, {"cells": 0})],
    "both_ends.terms_staircase_bounds": [("symbols", of(1001), 1.0)],
    "by_scheme.own_law": [(cost, "own", HALVES, of(9, **{cost: 0.1})) for cost in ("master_time", "message_cost")],
    "by_scheme.latency_law": [
        *(("cells", "parts-even", of(6, 2), {"cells": 2}), ("degree", "sr", of(9)), ("access", "one", of(9, access=3))),
        *(("stragglers", "gradient-cyclic", of(9)), ("stragglers", "sr", of(9, 3), {"stragglers": 1})),
        ("stragglers", "gradient-cyclic", of(9), {"stragglers": 9}),
    ],
    "coverage.coverage_by_rows": [
        *(("rows", of(5, 2), -1), ("rows", of(5, 2), 1.5)),
        ("startup", of(5, 2, startup=Empirical([1.0, 2.0])), 3),
    ],
    "coverage.coverage_and_rows": [("rows", of(3, 1), 1.0, -1)],
    "coverage.coverage_given_counts": [
        *(("counts", 3, 1, (1, 1)), ("counts[1]", 3, 1, (1, 4, 0)), ("counts[0]", 3, 1, (-1, 1, 0))),
    ],
    "silent.cyclic_mean": [
        *(("stragglers", 5, -1, 0, 0.1, 0.2), ("stragglers", 5, 5, 0, 0.1, 0.2), ("symbols", 0, 0, 0, 0.1, 0.2)),
        *(("silent", 5, 1, -1, 0.1, 0.2), ("silent", 5, 1, 6, 0.1, 0.2)),
        *(("tau", 5, 1, 0, 0.0, 0.2), ("rate", 5, 1, 0, 0.1, 0.0)),
    ],
    "silent.fractional_lost": [
        *(("stragglers", 5, 5, 1), ("silent", 5, 1, 6), ("silent", 5, 1, -1), ("symbols", 0, 0, 0)),
    ],
    "silent.fractional_mean": [
        *(("rate", 5, 1, 0, 0.1, -1.0), ("tau", 5, 1, 0, 0.0, 0.2), ("silent", 3000, 1, 1500, 0.1, 0.2)),
    ],
    "designs.orders_bounds": [
        *(("orders", of(2), 1.0, []), ("orders[1]", of(2), 1.0, [[0, 1], [0]])),
        ("orders", of(17), 1.0, [list(range(17))]),
    ],
    "designs.uncovered_by_orders": [("orders[0]", of(2), 1.0, [[0, 0]])],
    "peeling.arrived": [("sizes", of(10), "0", 1.0), ("t", of(10), "3", math.nan)],
    "statements.overhead.price_of_peeling": [("residual", 0.1, 1e-17, 10), ("residual", 0.5, 0.5, 10)],
    "statements.overhead.proved_overhead": [("low", 0, 0.5), *(("high", 0.5, high) for high in (0.4, 1.0, math.nan))],
    "peeling.unknown_share": [
        *(("systematic", 1.5, [0]), ("blocks", 0.1, [0, math.nan]), ("blocks", 0.1, [0, 0, math.inf])),
        ("blocks", 0.1, [0, -5]),
    ],
    "queue_floor.queue_floor": [("effort", QUEUE, {"effort": -1}), ("workers", QUEUE, {"workers": 0})],
    "plain_addition.blocks_to_cover": [("others", 0, 1), ("degree", 3, 0), ("degree", 3, 4)],
    "plain_addition.disjoint_probability": [("others", 0, 1), ("degree", 3, 0), ("degree", 3, 4)],
    "spanning.expected_latency_bounds": [
        *(("startup", of(3, 1, startup=stats.gamma(a=2))), ("tolerance", of(3, 1), {"tolerance": 0.0})),
    ],
    "statements.independent_rows.spanning_of_independent_rows": [
        *(("symbols", 0, {1: 1}, 1), ("rows", 3, {1: 1}, -1), ("systematic", 3, {1: 1}, 1, {"systematic": 4})),
        *(("pool", 3, {1: 1}, 1, {"pool": pool}) for pool in (2, 4)),
        *(("degrees", 3, law, 1) for law in ({4: 1}, {-1: 1}, {1: 0.5}, {}, {1: 2, 2: -1}, {1: math.nan}, {1: "one"})),
    ],
    "statements.roots_of_unity.is_real": [("stragglers", 4, -1, 1), ("first", 4, 2, 3)],
    "statements.roots_of_unity.unity_residues": [
        *(("first", 4, 2, 5, {"first": 3}), ("prime", 4, 2, 7), ("prime", 4, 2, 9)),
    ],
    "statements.roots_of_unity.unity_weights": [
        *(("symbols", 0, 0), ("stragglers", 4, 4), ("stragglers", 4, -1), ("first", 4, 2, {"first": 0})),
    ],
    "statements.rounds.rounds_fluid": [("degree", of(3, 3))],
    "statements.rounds.rounds_limit": [("ratio", 0.0, 1.0), ("load", 1.0, 0.0)],
    "statements.stopping_sets.StoppingSets": [("symbols", 1, "2"), ("sizes", 5, "2:0.5,3:0.5"), ("symbols", 5001, "2")],
    "given_counts.ternary_kernel_given_counts": [("degree", 3, 0, [1, 0, 0])],
    "given_counts.ternary_spanning_given_counts": [("counts", 3, 1, [1, 0])],
    "thresholds.covering_rows_fluid": [("log_symbols", 0.0, 1.0, 1.0, 1.0)],
    "thresholds.covering_rows_limit": [("ratio", 0.0, 1.0), ("rate_tau", 1.0, -1.0)],
    "thresholds.critical_ratio": [("load", 800.0)],
    "thresholds.least_degree": [("failure", of(10), {"failure": 1.0})],
    "thresholds.sharp_mean": [("overhead", of(10, 2), {"overhead": -1.0})],
}  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_a_refusal_names_the_argument(path: str) -> None:
    for name, *given in REFUSED[path]:
        named = given.pop() if isinstance(given[-1], dict) and "lattice" not in path else {}
        with pytest.raises(ArgumentError) as refusal:
            asked(path)(*given, **named)
        assert refusal.value.name == name
        assert "must" in str(refusal.value)


@pytest.mark.parametrize("law", [stats.norm(), stats.uniform(-1e-9, 1), stats.randint(-1, 2), object()])
def test_a_law_with_mass_below_0_and_no_law_are_refused(law: Any) -> None:
    with pytest.raises(ArgumentError, match="no mass below 0") as error:
        require_startup(law)
    assert error.value.name == "startup"


@pytest.mark.parametrize("given", [(0, 1), (3, 0), (100_001, 1), (3, 1, 0.0), (3, 1, -1.0)])
def test_a_model_has_terms_blocks_and_time(given: Any) -> None:
    with pytest.raises(ArgumentError):
        asked("coverage.coverage_by_time")(of(*given), 1.0)
    for terms in ([0, 0, 0], [[0, 0, 4]], [[0, 0, -1]], [[0, 0, 0.5]]):
        with pytest.raises(ArgumentError, match="'terms'"):
            asked("statements.stopping_sets.StoppingSets")(3, "2").expected(terms)


def test_what_is_at_a_limit_is_taken() -> None:
    assert [require_symbols(m) for m in (1, 100_000)] == [1, 100_000]
    assert block_ends(100_000, 100_000).tolist() == [0, 99_999]
    assert block_ends(3, 1, 1).tolist() == [0]
    for m, d, blocks in ((3, 1, [1]), (3, 2, [0, 0]), (5, 4, [0, 0]), (6, 1, [4, 0]), (5, 1, [])):
        profile = asked("dependencies.Profile")(m, d, m - len(blocks), np.array(blocks, dtype=np.int64))
        assert profile.parity_rows == sum(blocks)
    for law in (stats.expon(), stats.pareto(b=1), Empirical([0.0, 1.0])):
        assert require_startup(law) is law
