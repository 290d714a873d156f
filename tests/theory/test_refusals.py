"""Arguments that laws, limits and designs refuse: the error names the argument, and says what would be valid."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from scipy import stats

from paper_checks.theory.approximate import (
    cyclic_error,
    fractional_error,
    fractional_error_by_rows,
    one_step_error,
    one_step_error_by_rows,
)
from paper_checks.theory.dependencies import Profile, predicted_exceptions, typical_profile
from paper_checks.theory.lagrange import encoding, recovery_threshold, same_results, sum_weights
from paper_checks.theory.replacement import blocks_to_cover, disjoint_probability
from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from paper_checks.theory.statements.independent_rows import spanning_of_independent_rows
from paper_checks.theory.statements.roots_of_unity import is_real, unity_residues, unity_weights
from paper_checks.theory.statements.rounds import rounds_fluid, rounds_limit
from paper_checks.theory.statements.stopping_sets import StoppingSets
from paper_checks.theory.statements.ternary import ternary_kernel_given_counts, ternary_spanning_given_counts
from paper_checks.theory.thresholds import (
    covering_rows_fluid,
    covering_rows_limit,
    critical_ratio,
    least_degree,
    sharp_mean,
)
from srtheory.delays import Empirical
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.theory import designs
from srtheory.theory.block_design import design
from srtheory.theory.collector import collector_by_rows, collector_mean
from srtheory.theory.designs import all_designs, by_bits, cyclic, exponential_cost, exponential_mean, lattice_mean
from srtheory.theory.floor import closed_late, floor, late
from srtheory.theory.guarantee import guaranteed_rows, guaranteed_time
from srtheory.theory.latency import block_bound, fluid_limit, paper_bound, sharp_bound, symbol_cdf
from srtheory.theory.laws.baselines import (
    arrivals_bounds,
    bcc_unrecovered,
    fractional_bounds,
    one_bounds,
    repetition_bounds,
    repetition_cdf,
)
from srtheory.theory.laws.both_ends import (
    parts_even_bounds,
    parts_pairs_bounds,
    terms_pairs_bounds,
    terms_staircase_bounds,
)
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.collection import coverage_by_rows, expected_collection
from srtheory.theory.laws.coverage import coverage_and_rows, coverage_given_counts
from srtheory.theory.laws.genie import genie_time
from srtheory.theory.laws.intervals import arcs_bounds
from srtheory.theory.laws.streaming import own_then_parts_bounds, parts_cyclic_bounds, parts_stream_bounds
from srtheory.theory.orders import orders_bounds, uncovered_by_orders
from srtheory.theory.peeling import arrived, price_of_peeling, unknown_share
from srtheory.theory.queue_floor import queue_floor
from srtheory.theory.spanning import expected_latency_bounds
from tests.theory.at_paper import EXPON

ONE, MODEL, SMALL = Model(1, None, 1.0, stats.uniform(scale=3)), Model(5, 2, 0.1, EXPON), Model(10, None, 0.005, EXPON)
LOSING, TAU, RATE = [Fraction(9, 10), Fraction(39, 40), Fraction(1)], 0.1, 0.2
PROFILES = [(2, 1, 2, []), (5, 0, 5, []), (5, 5, 5, []), (5, 2, 4, [1, 0]), (5, 2, 3, [-1, 0]), (6, 1, 4, [5, 0])]
NO_PROBABILITIES = (-0.1, 1.1, math.nan, math.inf, "0.9", True, None)


REFUSED = [
    ("counts", lambda: coverage_given_counts(3, 1, (1, 1))),
    ("counts[1]", lambda: coverage_given_counts(3, 1, (1, 4, 0))),
    ("counts[0]", lambda: coverage_given_counts(3, 1, (-1, 1, 0))),
    ("rows", lambda: coverage_and_rows(Model(3, 1, 0.1, EXPON), 1.0, -1)),
    ("degree", lambda: parts_stream_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("degree", lambda: parts_cyclic_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("degree", lambda: parts_cyclic_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
    ("degree", lambda: own_then_parts_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("stragglers", lambda: arrivals_bounds(Model(5, None, 0.1, EXPON), 1.0, 5)),
    ("stragglers", lambda: fractional_bounds(Model(5, None, 0.1, EXPON), 1.0, -1)),
    ("symbols", lambda: arrivals_bounds(Model(100001, None, 0.1, EXPON), 1.0, 1)),
    ("symbols", lambda: one_bounds(Model(100001, None, 0.1, EXPON), 1.0)),
    ("degree", lambda: repetition_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
    ("degree", lambda: repetition_cdf(Model(3, 0, 0.1, EXPON), 1.0)),
    ("degree", lambda: bcc_unrecovered(3, 0)),
    ("degree", lambda: parts_even_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("cells", lambda: parts_pairs_bounds(Model(6, 2, 0.1, EXPON), 1.0, cells=0)),
    ("degree", lambda: parts_pairs_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("cells", lambda: parts_pairs_bounds(Model(6, 2, 0.1, EXPON), 1.0, cells=4)),
    ("cells", lambda: terms_pairs_bounds(Model(6, None, 0.1, EXPON), 1.0, cells=0)),
    ("cells", lambda: latency_law("parts-even", Model(6, 2, 0.1, EXPON), cells=2)),
    ("symbols", lambda: terms_staircase_bounds(Model(1001, None, 0.1, EXPON), 1.0)),
    ("degree", lambda: arcs_bounds(Model(3, 4, 0.1, EXPON), 1.0)),
    ("degree", lambda: arcs_bounds(Model(3, 0, 0.1, EXPON), 1.0)),
    ("steps", lambda: floor(ONE, steps=0)),
    ("workers", lambda: floor(ONE, workers=0)),
    ("t", lambda: late(ONE, [1.0, math.inf])),
    ("t", lambda: closed_late(ONE, math.nan)),
    ("rows", lambda: coverage_by_rows(MODEL, -1)),
    ("rows", lambda: coverage_by_rows(MODEL, 1.5)),
    ("startup", lambda: coverage_by_rows(replace(MODEL, startup=Empirical([1.0, 2.0])), 3)),
    ("tau", lambda: expected_collection(replace(MODEL, tau=0.0))),
    ("degree", lambda: coverage_by_rows(replace(MODEL, degree=0), 3)),
    ("orders", lambda: orders_bounds(Model(2, None, 0.1, EXPON), 1.0, [])),
    ("orders", lambda: orders_bounds(Model(17, None, 0.1, EXPON), 1.0, [list(range(17))])),
    ("orders[1]", lambda: orders_bounds(Model(2, None, 0.1, EXPON), 1.0, [[0, 1], [0]])),
    ("orders[0]", lambda: uncovered_by_orders(Model(2, None, 0.1, EXPON), 1.0, [[0, 0]])),
    ("stragglers", lambda: fractional_lost(5, 5, 1)),
    ("silent", lambda: fractional_lost(5, 1, 6)),
    ("stragglers", lambda: cyclic_mean(5, -1, 0, TAU, RATE)),
    ("tau", lambda: cyclic_mean(5, 1, 0, 0.0, RATE)),
    ("rate", lambda: fractional_mean(5, 1, 0, TAU, -1.0)),
    ("silent", lambda: fractional_lost(5, 1, -1)),
    ("symbols", lambda: fractional_lost(0, 0, 0)),
    ("stragglers", lambda: cyclic_mean(5, 5, 0, TAU, RATE)),
    ("silent", lambda: cyclic_mean(5, 1, -1, TAU, RATE)),
    ("silent", lambda: cyclic_mean(5, 1, 6, TAU, RATE)),
    ("symbols", lambda: cyclic_mean(0, 0, 0, TAU, RATE)),
    ("rate", lambda: cyclic_mean(5, 1, 0, TAU, 0.0)),
    ("tau", lambda: fractional_mean(5, 1, 0, 0.0, RATE)),
    ("rate", lambda: paper_bound(0.1, 3, 0)),
    ("degree", lambda: block_bound(0.1, 0, 1.0)),
    ("tau", lambda: sharp_bound(math.inf, 3, 1.0)),
    ("count", lambda: symbol_cdf(Model(5, 2, 0.1, EXPON), 1.0, 4)),
    ("rows", lambda: fluid_limit(Model(5, 2, 0.1, EXPON), rows=0)),
    ("failure", lambda: least_degree(Model(10, None, 0.1, EXPON), failure=1.0)),
    ("overhead", lambda: sharp_mean(Model(10, 2, 0.1, EXPON), overhead=-1.0)),
    ("load", lambda: critical_ratio(800.0)),
    ("ratio", lambda: covering_rows_limit(0.0, 1.0)),
    ("rate_tau", lambda: covering_rows_limit(1.0, -1.0)),
    ("log_symbols", lambda: covering_rows_fluid(0.0, 1.0, 1.0, 1.0)),
    ("degree", lambda: rounds_fluid(Model(3, 3, 0.1, EXPON))),
    ("degree", lambda: rounds_fluid(Model(3, 0, 0.1, EXPON))),
    ("ratio", lambda: rounds_limit(0.0, 1.0)),
    ("load", lambda: rounds_limit(1.0, 0.0)),
    ("symbols", lambda: StoppingSets(1, "2")),
    ("sizes", lambda: StoppingSets(5, "2:0.5,3:0.5")),
    ("terms", lambda: StoppingSets(3, "2").expected([0, 0, 0])),
    ("terms", lambda: StoppingSets(3, "2").expected([[0, 0, 4]])),
    ("terms", lambda: StoppingSets(3, "2").expected([[0, 0, -1]])),
    ("terms", lambda: StoppingSets(3, "2").expected([[0, 0, 0.5]])),
    ("symbols", lambda: StoppingSets(5001, "2")),
    ("symbols", lambda: unity_weights(0, 0)),
    ("stragglers", lambda: unity_weights(4, 4)),
    ("stragglers", lambda: unity_weights(4, -1)),
    ("stragglers", lambda: is_real(4, -1, 1)),
    ("first", lambda: is_real(4, 2, 3)),
    ("first", lambda: unity_weights(4, 2, first=0)),
    ("first", lambda: unity_residues(4, 2, 5, first=3)),
    ("prime", lambda: unity_residues(4, 2, 7)),
    ("prime", lambda: unity_residues(4, 2, 9)),
    ("m", lambda: by_bits(6)),
    ("m", lambda: next(all_designs(5))),
    ("load", lambda: exponential_mean(cyclic(3), 0.0)),
    ("design", lambda: designs.late(((0, 0), (1, 0)), LOSING)),
    ("design", lambda: designs.late(cyclic(13), LOSING * 5)),
    ("m", lambda: by_bits(0)),
    ("m", lambda: next(all_designs(0))),
    ("load", lambda: exponential_cost(0.0)),
    ("design", lambda: designs.late(((0, 1), (0,)), LOSING)),
    ("startup", lambda: lattice_mean(cyclic(2), {0: Fraction(1, 2)})),
    ("startup", lambda: lattice_mean(cyclic(2), {0: Fraction(2), 1: Fraction(-1)})),
    ("startup", lambda: lattice_mean(cyclic(2), {0: Fraction(1), 1: Fraction(1)})),
    ("startup", lambda: lattice_mean(cyclic(2), {-1: Fraction(1)})),
    ("sizes", lambda: arrived(SMALL, "0", 1.0)),
    ("t", lambda: arrived(SMALL, "3", math.nan)),
    ("systematic", lambda: unknown_share(1.5, [0])),
    ("blocks", lambda: unknown_share(0.1, [0, math.nan])),
    ("blocks", lambda: unknown_share(0.1, [0, 0, math.inf])),
    ("blocks", lambda: unknown_share(0.1, [0, -5])),
    ("margin", lambda: design(SMALL, 1.0, margin=1e300)),
    ("residual", lambda: price_of_peeling(0.1, 1e-17, 10)),
    ("margin", lambda: design(SMALL, 1.0, margin=-1)),
    ("uncovered", lambda: design(SMALL, 1.0, uncovered=0)),
    ("largest", lambda: design(SMALL, 1.0, largest=0)),
    ("residual", lambda: price_of_peeling(0.5, 0.5, 10)),
    ("symbols", lambda: spanning_of_independent_rows(*(0, {1: 1}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {4: 1}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {-1: 1}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {1: 0.5}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {1: 2, 2: -1}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {1: float("nan")}, 1))),
    ("degrees", lambda: spanning_of_independent_rows(*(3, {1: "one"}, 1))),
    ("rows", lambda: spanning_of_independent_rows(*(3, {1: 1}, -1))),
    ("systematic", lambda: spanning_of_independent_rows(*(3, {1: 1}, 1), systematic=4)),
    ("pool", lambda: spanning_of_independent_rows(*(3, {1: 1}, 1), pool=2)),
    ("pool", lambda: spanning_of_independent_rows(*(3, {1: 1}, 1), pool=4)),
    ("points", lambda: recovery_threshold(0, 1)),
    ("degree", lambda: recovery_threshold(2, 0)),
    ("prime", lambda: encoding((0, 1), (2,), 9)),
    ("nodes", lambda: encoding((0, 0), (2,), 7)),
    ("nodes", lambda: encoding((), (2,), 7)),
    ("workers", lambda: sum_weights((7,), (0, 1), 2, 7)),
    ("received", lambda: same_results((2, 3, 4), (0, 1), 2, 7)),
    ("power", lambda: same_results((2, 3), (0, 1), 2, 7, -1)),
    ("delays", lambda: genie_time([], 3, 0.1)),
    ("delays", lambda: genie_time([-1.0], 3, 0.1)),
    ("symbols", lambda: genie_time([1.0], 0, 0.1)),
    ("degree", lambda: collector_mean(3, 4)),
    ("rows", lambda: collector_by_rows(-1, 3, 1)),
    ("degree", lambda: ternary_kernel_given_counts(3, 0, [1, 0, 0])),
    ("counts", lambda: ternary_spanning_given_counts(3, 1, [1, 0])),
    ("degree", lambda: predicted_exceptions(Model(10, 10, 0.1, stats.expon()))),
    ("symbols", lambda: typical_profile(Model(2, 1, 0.1, stats.expon()), 1)),
    ("effort", lambda: queue_floor(Model(4, None, 1.0, EXPON, master_time=1.0), effort=-1)),
    ("workers", lambda: queue_floor(Model(4, None, 1.0, EXPON, master_time=1.0), workers=0)),
    ("startup", lambda: expected_latency_bounds(Model(3, 1, 0.1, stats.gamma(a=2)))),
    ("tolerance", lambda: expected_latency_bounds(Model(3, 1, 0.1, EXPON), tolerance=0.0)),
    ("startup", lambda: guaranteed_rows(replace(MODEL, startup=stats.lognorm(s=1)), 0.5)),
    ("degree", lambda: fractional_error_by_rows(1, 5, 2)),
    *(("rows", partial(law, 5, 4, 2)) for law in (fractional_error_by_rows, one_step_error_by_rows)),
    *(
        ("degree", partial(law, Model(3, 4, 0.3, EXPON), 1.0))
        for law in (cyclic_error, fractional_error, one_step_error)
    ),
    *(("confidence", partial(law, MODEL, p)) for law in (guaranteed_rows, guaranteed_time) for p in NO_PROBABILITIES),
    *(
        (name, partial(law, *given))
        for law in (disjoint_probability, blocks_to_cover)
        for name, *given in (("others", 0, 1), ("degree", 3, 0), ("degree", 3, 4))
    ),
    *(
        (name, partial(Profile, *given, np.array(blocks, dtype=np.int64)))
        for name, (*given, blocks) in zip(
            ("symbols", "degree", "degree", "silent", "blocks", "blocks"), PROFILES, strict=True
        )
    ),
]


@pytest.mark.parametrize(("name", "call"), REFUSED)
def test_a_refusal_names_the_argument(name, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == name
    assert "must be" in str(refusal.value)
