"""docs/theory.md says what the code says: its numbers are recomputed, its functions and tests exist."""

import importlib
import json
import math
import re
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy import stats
from scipy.optimize import bisect

from srtheory.delays import Empirical
from srtheory.schemes import NAMES
from srtheory.theory import asymptotics, collector, latency, thresholds
from srtheory.theory.laws import collection, coverage, genie, rows_received, stopping
from srtheory.theory.laws.baselines import bcc_unrecovered
from srtheory.theory.laws.by_scheme import latency_law
from srtheory.theory.laws.streaming import own_then_parts_cdf
from srtheory.theory.orders import least_uncovered
from srtheory.theory.rounds import rounds_fluid
from tests import recorded
from tests.theory import at_paper, terms
from tests.theory.at_paper import EXPON, PAPER, PARETO
from tests.theory.coverage_oracles import covered_by_rows_exponential

ROOT = Path(__file__).parents[2]
TEXT = " ".join((ROOT / "docs" / "theory.md").read_text(encoding="utf-8").split())


def middle(interval):
    return float(sum(interval)) / 2


def row(name, digits, function):
    return f"| {name} | {function(EXPON):.{digits}f} | {function(PARETO):.{digits}f} |"


def covered_by(k):
    return lambda law: middle(terms.from_record(collection.coverage_by_rows, k, *PAPER, law))


@cache
def uncovered(law):
    return collection.expected_uncovered_by_rows(1000, *PAPER, law)


def coverage_numbers():
    low, high = coverage.coverage_by_time(0.7046, *PAPER, EXPON)
    mean = float(coverage.expected_uncovered(0.7046, *PAPER, EXPON))
    yield (
        rf"$P(\text{{all covered}}) = {middle((low, high)):.4f}$ and"
        rf" $\lambda = {mean:.4f}$, $e^{{-\lambda}} = {math.exp(-mean):.4f}$"
    )
    yield row(r"$E[\mathrm{CC}]$", 2, lambda law: middle(at_paper.expected_collection(law)))
    yield row(r"$P(\mathrm{CC} \le 800)$", 5, covered_by(800))
    yield row(r"$P(\mathrm{CC} \le 1000)$", 5, covered_by(1000))
    yield row("$E[W_{1000}]$", 5, uncovered)
    yield row(r"$\exp(-E[W_{1000}])$", 5, lambda law: math.exp(-uncovered(law)))
    yield f"with {collector.collector_mean(1000, 10)[0]:.1f} rows of 10"
    yield f"{collector.collector_mean(1000, 1)[0]:.1f} rows of 1 ("


def threshold_numbers():
    yield f"comes out at {thresholds.sharp_mean(*PAPER, EXPON):.4f} against the exact {uncovered(EXPON):.4f}"
    ratio = 10 / math.log(1000)
    yield f"it is {thresholds.critical_ratio(0.01):.3f}, and $d/\\ln m = {ratio:.3f}$"
    yield f"the limit is {thresholds.covering_rows_limit(ratio, 0.001):.3f}"
    yield f"at ${thresholds.covering_rows_fluid(math.log(1000), 10, 0.005, 0.2):.3f} m$ rows"
    for m in (30, 100, 300, 1000):
        degrees = [
            degree
            for law in (EXPON, PARETO)
            for degree in (at_paper.least_degree(m, law), thresholds.least_degree_sharp(m, 0.005, law))
        ]
        yield f"| {m} | {' | '.join(map(str, degrees))} |"


def latency_numbers():
    exponential, pareto = (latency.fluid_limit(*PAPER, law) for law in (EXPON, PARETO))
    yield f"$t^\\ast = {exponential:.4f}$ (exponential) and ${pareto:.4f}$ (Pareto), where bound (5) is"
    yield f"(5) is {latency.paper_bound(0.005, 10, 0.2):.1f} ("
    yield f"$1 - e^{{-\\mu\\tau(d-1)}} = {-math.expm1(-0.2 * 0.005 * 9):.4f}$"
    continuous = latency.continuous_fluid_limit(0.005, 10, 0.2)
    yield f"$x/\\mu$ is {continuous:.4f} against {exponential - 0.005:.4f} at the paper's parameters, without"
    yield f"leaves out and $t^\\ast = {exponential:.4f}$ contains"
    yield f"\\ln \\varphi = {latency.LOG_GOLDEN_RATIO:.4f}"
    assert latency.exponential_fluid_limit(1.2, 3, 1.0) > latency.sharp_bound(1.2, 3, 1.0)
    yield f"Pareto(1): {latency.median_bound(0.005, 10, PARETO):.3f} against $t^\\ast = {pareto:.3f}$"
    yield f"$v/(2v - 1) = {float(asymptotics.ratio_supremum()):.4f}$"
    yield f"v - 1 = {float(asymptotics.ratio_maximiser()):.4f}$"
    yield f"{float(asymptotics.ratio_supremum_blocks().subs(asymptotics.d, 10)):.2f} for $d = 10$"


def other_numbers():
    yield f"in {100 * float(bcc_unrecovered(1000, 10)):.2f} % of the runs"
    yield f"{latency.fluid_limit(1000, 1, 0.005, EXPON):.4f} at the paper's exponential parameters"
    assert middle(genie.genie_cdf(0.2278, 1000, 0.005, EXPON)) == pytest.approx(0.5, abs=0.05)
    yield row(r"$E[\max(m, \mathrm{CC})]$", 2, lambda law: middle(at_paper.expected_stopping(law)))
    times = {EXPON: 0.7, PARETO: 1.34}
    yield row(r"$P(T \le 0.7)$, $P(T \le 1.34)$", 4, lambda law: middle(stopping.latency_cdf(times[law], *PAPER, law)))


STREAMS = [
    ("genie", "genie", {}),
    ("terms, cyclic order", "terms-cyclic", {}),
    ("parts, cyclic order", "parts-cyclic", {"degree": 10}),
    ("parts, random order", "parts-stream", {"degree": 10}),
    ("terms, random order", "terms-random", {}),
]


def stream_numbers():
    yield f"1/c$: {rounds_fluid(*PAPER, EXPON):.3f} at the paper's parameters, where the median is"
    firsts = [own_first_median(tau) for tau in (3.5, 4.0, 5.0)]
    yield "they are {:.2f},\n{:.2f} and {:.2f}, SR's".format(*firsts).replace("\n", " ")
    yield f"the median is {median('parts-cyclic', EXPON, {'degree': 10}):.3f}"
    yield f"the product is ${least_uncovered(0.7, 1000, 0.005, EXPON)[0] / 1000 * 1e5:.0f} \\cdot 10^{{-5}}$"
    late = 1 - middle(latency_law("terms-cyclic", 1000, 0.005, EXPON).cdf(0.7))
    yield f"and terms in cyclic order are late with probability {late:.4f}."
    for title, name, options in STREAMS:
        stated = dict(zip((EXPON, PARETO), stated_in_row(title), strict=True))
        yield row(title, 4, lambda law, name=name, options=options, of=stated: median(name, law, options, of[law]))


def stated_in_row(title):
    """The two numbers that the table has."""
    return map(float, re.search(rf"\| {re.escape(title)} \| (\d\.\d{{4}}) \| (\d\.\d{{4}}) \|", TEXT).groups())


def own_first_median(tau):
    return bisect(lambda t: middle(own_then_parts_cdf(t, *PAPER[:2], tau, EXPON)) - 0.5, 20, 60, xtol=1e-6)


def median(name, law, options, stated=None):
    """The median, ``stated`` if it is that to four digits: two values of the law tell, which may take half a second."""
    cdf = latency_law(name, 1000, 0.005, law, **options).cdf
    if stated and cdf(stated - 0.00005)[1] < 0.5 < cdf(stated + 0.00005)[0]:
        return stated
    return bisect(lambda t: middle(cdf(t)) - 0.5, 0.2, 2.0, xtol=1e-6)


@pytest.mark.parametrize(("law", "at"), [(EXPON, 0.7072), (PARETO, 1.3339)], ids=["expon", "pareto"])
def test_median_of_the_code(law, at):
    assert f"{at:.4f}" in TEXT
    assert stopping.latency_cdf(at - 0.00005, *PAPER, law)[1] < 0.5 < stopping.latency_cdf(at + 0.00005, *PAPER, law)[0]


@pytest.mark.slow
@pytest.mark.parametrize(("load", "code", "parts"), [(7, 38.63, 37.49), (8, 40.37, 42.49), (10, 41.37, 52.49)])
def test_where_the_code_overtakes_parts_in_cyclic_order(load, code, parts):
    assert f"{code} against {parts}" in TEXT or load == 10
    assert "SR's 38.63, 40.37 and 41.37" in TEXT
    for name, at in (("sr", code), ("parts-cyclic", parts)):
        law = latency_law(name, 1000, load / 2, EXPON, degree=10)
        assert law.cdf(at - 0.01)[1] < 0.5 < law.cdf(at + 0.01)[0]


def by_degree(degree, runs):
    """Mean latency and rows of 400 paired runs, SR and parts in cyclic order, at the paper's exponential parameters."""
    cells = [str(degree)]
    for name in ("sr", "parts-cyclic"):
        latency, rows = map(recorded.summary, runs[f"{name} {degree}"].values())
        cells += [f"{latency.mean:.3f} ± {1.96 * latency.standard_error:.3f}", f"{rows.mean:.0f}"]
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("degree", recorded.DEGREES)
def test_latency_by_degree(degree):
    """The runs are in data/pages/streams.csv, which ``python -m tests.recorded`` makes anew."""
    runs = recorded.recorded("streams")
    assert by_degree(degree, runs) in TEXT
    assert all(recorded.comes_out_again("streams", name, runs[name]) for name in runs if name.endswith(f" {degree}"))


@pytest.mark.quality
@pytest.mark.parametrize("trial", [0, 200, 399])
def test_an_altered_run_and_another_digit_would_be_seen(trial):
    runs = recorded.recorded("streams")
    for measure in ("latency", "stopping_time"):
        altered = recorded.altered(runs["sr 10"], measure, trial)
        assert not recorded.comes_out_again("streams", "sr 10", altered)
    line = by_degree(10, runs)
    assert line in TEXT
    assert line not in TEXT.replace(line, line[::-1].replace("1", "2", 1)[::-1])


@pytest.mark.parametrize(
    "numbers", [coverage_numbers, threshold_numbers, latency_numbers, other_numbers, stream_numbers]
)
def test_numbers_are_recomputed(numbers):
    assert [line for line in numbers() if line not in TEXT] == []


@pytest.mark.quality
def test_a_changed_number_would_be_seen():
    assert [line for line in latency_numbers() if line not in TEXT.replace("0.7046", "0.7047")] != []


@pytest.mark.quality
@pytest.mark.parametrize("off", [-0.0001, 0.0001])
def test_a_changed_median_would_be_seen(off):
    right = median("parts-cyclic", EXPON, {"degree": 10})
    assert median("parts-cyclic", EXPON, {"degree": 10}, round(right, 4)) == round(right, 4)
    assert median("parts-cyclic", EXPON, {"degree": 10}, round(right, 4) + off) == right


def test_how_often_the_code_beats_cyclic_terms_is_what_the_ledger_says():
    evidence = json.loads((ROOT / "data" / "deep" / "claims" / "fig2a.json").read_text(encoding="utf-8"))["evidence"]
    at_paper = evidence["uncoded streams, which the paper leaves out"]["terms-cyclic"]["SR faster"][0]
    by_load = evidence["share of paired runs in which SR is faster, by mu tau"]
    shares = {load: row["terms-cyclic"][0] for load, row in by_load.items()}
    assert f"in {at_paper:.1%} of the runs at the paper's".replace("%", " %") in TEXT
    most = max(shares, key=shares.get)
    assert f"and in {shares[most]:.1%} at $\\mu\\tau = {most}$, the most of the five".replace("%", " %") in TEXT


def test_a_plateau_at_m_rows_leaves_half_of_the_runs_short():
    law = Empirical(np.array([0.0, 3.0]))
    limit = latency.fluid_limit(1000, 2, 1.0, law)
    assert limit == pytest.approx(3)  # tau (d + 1), and nobody sends from then until 4
    low, high = rows_received.rows_by_time(3.9, 1000, 1000, 2, 1.0, law)
    half = (1 + math.comb(1000, 500) / 2**1000) / 2
    assert low == pytest.approx(half, abs=1e-9) == high


def test_coverage_is_bracketed_by_the_mean_number_uncovered():
    for m, d in product(range(2, 5), range(1, 4)):
        for sent in product(range(-(-(m - 1) // d) + 2), repeat=m):
            chance, mean = coverage.coverage_given_counts(m, d, sent), coverage.poisson_given_counts(m, d, sent)[0]
            assert 1 - mean <= chance <= 1 / (1 + mean)


def test_expansions_are_those_of_sympy():
    w, theta, y = asymptotics.w, asymptotics.theta, asymptotics.y
    assert sp.expand(asymptotics.small_expansion(4) - (w + w**2 / 6 + w**3 / 36 + w**4 / 270)) == 0
    blocks = w - w**2 / 12 + (17 - 36 * theta + 36 * theta**2) * w**3 / 288
    assert sp.expand(asymptotics.small_expansion_blocks(3) - blocks) == 0
    assert sp.expand(asymptotics.large_expansion(2) - (1 + y - sp.exp(-1 - y) - sp.exp(-2 - 2 * y))) == 0
    assert sp.expand(asymptotics.large_expansion_blocks(2) - (y + sp.exp(-y) - sp.exp(-2 * y) / 2)) == 0


MODULES = [
    "laws.approximate",
    "thresholds",
    "asymptotics",
    "laws.baselines",
    "laws.collection",
    "collector",
    "laws.rows_received",
    "laws.coverage",
    "laws.genie",
    "given_counts",
    "laws.stopping",
    "independent_rows",
    "latency",
    "laws.by_scheme",
    "orders",
    "regimes",
    "roots_of_unity",
    "rounds",
    "laws.silent",
    "spanning",
    "spanning_rows",
    "laws.streaming",
    "ternary",
]


def test_every_function_and_test_that_is_named_exists():
    text = re.sub(r"\{coq\}`[^`]*`", "", TEXT)  # theorems of proofs/: tests/proofs/test_tags.py
    names = set(re.findall(r"`(?:srtheory\.theory\.)?(?:\w+\.)?(\w+)`", text)) - {
        module.rpartition(".")[2] for module in MODULES
    }
    functions = {name for module in MODULES for name in vars(importlib.import_module(f"srtheory.theory.{module}"))}
    tests = set(
        re.findall(r"def (test_\w+)", "".join(p.read_text() for p in Path(__file__).parents[1].rglob("test_*.py")))
    )
    assert len(names) > 40
    assert names - functions - tests - set(NAMES) == set()


def test_agreement_with_the_enumeration_of_rounds():
    exact = covered_by_rows_exponential(3, 2, 0.7, 45)
    low, high = collection.coverage_by_rows(np.arange(len(exact)), 3, 2, 0.3, stats.expon(scale=0.6 / 0.7))
    assert (low <= exact + 3 * math.exp(-0.7 * 45) + 1e-14).all()  # what the enumeration leaves out
    assert (exact <= high).all()
    assert (high - low).max() < 2e-12
