"""Every claim of the paper: its verdict on what the paper is about, and others on wrong objects in its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from paper_checks import study, workloads
from paper_checks.campaign.plan import plan
from paper_checks.campaign.tables import Tables, stored
from paper_checks.claims.cited import CODES, least_squares
from paper_checks.claims.discussion import campaign_again, campaign_on_record, redo, worst_case_rows
from paper_checks.claims.examples import certified, covers_without_spanning, least_reachable, row_sets
from paper_checks.claims.runs import POINT, name_of, percent, runs
from paper_checks.claims.stopping import stopped_early
from paper_checks.dense_codes import SystematicLT, systematic_lt
from paper_checks.floors import least_mean
from paper_checks.parameters import EXPONENTIAL, PARETO
from paper_checks.real_sums import CONSTRUCTIONS, ELIMINATION
from paper_checks.records import approximate, guarantees
from paper_checks.records.guarantees import Guarantees
from paper_checks.records.kept_sums import KeptSum, read_sums
from paper_checks.records.workers import Line, read_arrivals
from paper_checks.theory.approximate import cyclic_error
from paper_checks.theory.given_counts import spanning_given_counts
from paper_checks.theory.lagrange import recovery_threshold
from paper_checks.workloads import Tree
from srtheory.decoders.sums import Sum, by_elimination
from srtheory.delays import describe_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Effort, Lab
from srtheory.experiments.trial import Task
from srtheory.matrix import Rows
from srtheory.schemes import SCHEME_NAMES, make
from srtheory.schemes.base import BudgetArray, EncodedSymbols, Scheme, UncodedStream
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import oracles
from srtheory.span.lifting import spanning_vector
from srtheory.study.findings import Finding, Verdict
from srtheory.theory.by_scheme import LatencyLaw, latency_law
from srtheory.theory.coupled import failure
from srtheory.theory.coverage import coverage_poisson
from srtheory.theory.latency import paper_bound
from tests.once import expected_collection
from tests.paper_checks.claims.covered import COVERED, by_rows

V, R, S, F, N = Verdict.VERIFIED, Verdict.REFINED, Verdict.SUPPORTED, Verdict.REFUTED, Verdict.NOT_REPRODUCED
OPEN, ANSWERED = Verdict.OPEN, Verdict.ANSWERED


@dataclass(frozen=True)
class Case:
    """What a check finds of an object; ``patched`` are functions of modules that are not arguments of the check."""

    verdict: Verdict
    words: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    patched: dict[str, Any] = field(default_factory=dict)
    also: Callable[[Any], object] = lambda evidence: True
    """What its evidence is."""


def bad(verdict: Verdict, words: str = "", **given: Any) -> Case:
    return Case(verdict, words, given)


Vector = tuple[list[int], int]

# ------------------------------------------------------------------------------------------------------------ codes


@dataclass(frozen=True)
class Shifted(SumRecovery):
    """Every symbol names its columns one too high, so that a block may hold the worker's own."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        rows = sent.rows
        return replace(sent, rows=Rows(rows.columns, rows.indptr, ((rows.indices + 1) % rows.columns).astype(np.int32)))


@dataclass(frozen=True)
class DropsRemainder(SumRecovery):
    """The remainder block is left out, an off-by-one that only shows where d does not divide m - 1."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        return super().emit(key, np.minimum(budget, 1 + (self.others // self.degree) * self.degree))


@dataclass(frozen=True)
class Priced(SumRecovery):
    """Symbol n is said to be complete after ``first`` + d (n - 1) terms."""

    first: int = 0

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, terms=self.first + self.degree * np.arange(len(sent.terms)))


def made(name: str, symbols: int, stragglers: int) -> Scheme:
    return make(name, symbols, stragglers=stragglers)


@dataclass(frozen=True)
class Late(UncodedStream):
    """Each term is sent with the next one."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget - 1)
        return replace(sent, terms=sent.terms + 1)


dense = cache(systematic_lt)


def sparse(m: int, key: int) -> SystematicLT:
    """Parities that are as sparse as their relations."""
    code = dense(m, key)
    return replace(code, parities=code.relations)


# --------------------------------------------------------------------------------------------------------- decoders


def nearly(rows: Rows) -> Vector | None:
    """The right combination, one weight off by a part in 2^70."""
    found = spanning_vector(rows)
    return found and ([found[0][0] * 2**70 + 1, *(v * 2**70 for v in found[0][1:])], found[1] * 2**70)


NEARLY = replace(ELIMINATION, decode=partial(by_elimination, solve=nearly))


def sure(seed: int) -> Callable[..., Any]:
    """Networks that are the surer of themselves the less they have seen."""
    return lambda x: (
        np.repeat(x[None, :] ** 3, 2, axis=0) + np.array([[1.0], [-1.0]]),
        np.exp(-np.abs(x)) * np.ones((2, 1)),
    )


# ------------------------------------------------------------------------------------------------------------- laws


_RUNS: dict[tuple[Any, ...], Any] = {}


def once(task: Task, trials: int, *grid: Any) -> Any:
    """:func:`paper_checks.records.approximate.runs`, whose runs several cases look at."""
    key = (task.scheme, describe_law(task.delays.startup), trials)
    if key not in _RUNS:
        _RUNS[key] = approximate.runs(task, trials, *grid)
    return _RUNS[key]


early_of = partial(stopped_early, errors=once)


# ---------------------------------------------------------------------------------------------------------- records


def every_other_waits() -> list[Line]:
    """The arrivals at real workers, of which every other symbol waits."""
    return [replace(line, arrived=line.arrived + 0.05 * (line.index % 2)) for line in read_arrivals()]


def means_times(factor: float) -> Callable[[], Guarantees]:
    found = guarantees.read()
    return lambda: replace(found, means=[replace(x, low=factor * x.low, high=factor * x.high) for x in found.means])


def bounds_by(wrong: Callable[[float], float]) -> Callable[[], Guarantees]:
    found = guarantees.read()
    return lambda: replace(
        found, rows=[replace(line, low=wrong(line.low), high=wrong(line.high)) for line in found.rows]
    )


def sums_off() -> tuple[Any, list[KeptSum]]:
    """Of each workload's run by LT one number is off by three times its bound, or by 1 where it is exact."""
    terms, kept = read_sums()

    def spoilt(run: KeptSum) -> KeptSum:
        off = Fraction(run.value[-1]) + 3 * Fraction(run.bound[-1]) + (run.workload == "taylor")
        return replace(run, value=[*run.value[:-1], str(off)])

    return terms, [spoilt(run) if run.scheme == "lt" else run for run in kept]


def mixture(trials: tuple[int, int, int, int], held: tuple[float, float, float, float]) -> Tables:
    """A good and a bad cell at m = 100, then at m = 200."""
    template = next(c for c in campaign_on_record().cells if (c.symbols, c.degree) == (100, 5))
    cells = []
    for i, (n, share) in enumerate(zip(trials, held, strict=True)):
        hits = round(share * n)
        shape = {"symbols": (100, 200)[i // 2], "load": (0.01, 10.0)[i % 2]}
        cells.append(replace(template, cell=i, trials=n, held=hits, late=n - hits, early=0, complete=0, **shape))
    return Tables(tuple(cells), ())


# ------------------------------------------------------------------------------------------------ what evidence must be


def smallest(evidence: Any) -> bool:
    least = evidence["smallest of an SR code, by $d$"]
    return (
        evidence["smallest"] == {"m": 3, "number of rows": 2, "rows": "{1,2} {1,3}"}
        and least["1"] is None
        and [(least[d]["m"], least[d]["number of rows"]) for d in "2345"] == [(5, 4), (5, 4), (6, 4), (7, 4)]
    )


def enough(evidence: Any) -> bool:
    proved = evidence["rows proved to suffice at the paper's parameters, by confidence"]
    return (
        proved == {0.9: 1007, 0.99: 1220, 0.999: 1442}
        and evidence["always enough at $m = 1000$, $d = 10$"] == 99901
        and evidence[r"$M' = \max(m, \mathrm{CC})$"][name_of(POINT)]["fraction"][0] > 0.9
    )


BY_LOAD = r"SR and {} of the same $d$ at $m = 1000$, $d = 10$, by $\mu\tau$"


def no_gain(evidence: Any) -> bool:
    [by_scheme] = [value for name, value in evidence.items() if name.endswith("by scheme")]
    by_load = evidence[BY_LOAD.format("parts-cyclic")]
    return (
        evidence["runs in which a scheme is faster than its stream"] == 0
        and set(by_scheme) == set(SCHEME_NAMES)
        and {name for name, case in by_scheme.items() if case["stream faster"]} >= {"sr", "lt", "sr-with-replacement"}
        and not by_scheme["parts-cyclic"]["stream faster"]  # the last term of a part comes when the part does
        and by_load["0.001"]["SR faster"][2] < 0.5 < by_load["1"]["SR faster"][1]
    )


def thresholds(evidence: Any) -> bool:
    return all(its["sufficient"] and 0 < its["hidden below"] <= its["below"] for its in evidence["by case"].values())


def slow_parts(evidence: Any) -> bool:
    """By simulation, too: of a million draws of the workers of one part, those in which none of them is done."""
    cases = evidence["by start-up distribution"]
    rng, case = np.random.default_rng(1), cases[EXPONENTIAL]
    workers = rng.binomial(1000, 0.01, size=10**6)
    missing = rng.random(10**6) < (1 - case["fraction of workers that have finished"]) ** workers
    mean, error = workers[missing].mean(), workers[missing].std() / np.sqrt(missing.sum())
    return (
        set(cases) == {EXPONENTIAL, PARETO}
        and abs(mean - case["workers of a missing part, on average"]) < 4 * error < 0.15
    )


def sums(evidence: Any) -> bool:
    computed = [run for c in CONSTRUCTIONS for run in evidence[f"by {c.name}"].values()]
    real = list(evidence["real workers"].values())[1:]
    return (
        all(run["exact"] and run["relative_error"] <= run["relative_bound"] for run in computed)
        and all(run["inactive"] > run["symbols"] / 2 for run in computed)
        and [its["terms, processes, of them killed"][2] for its in real] == [1, 1, 1, 1, 0]
    )


# --------------------------------------------------------------------------------------------------------- the table


def application(verdict: Verdict, *cases: Case) -> list[Case]:
    """Through stragglers, and through combinations that are wrong by a part in 2^70."""
    return [Case(verdict, also=sums), bad(F, constructions=[NEARLY]), *cases]


def other(words: str = "", **patched: Any) -> Case:
    """Something that is not the application, through one construction."""
    return Case(F, words, {"constructions": [ELIMINATION]}, {name.replace("__", "."): f for name, f in patched.items()})


LAWS = "paper_checks.claims.figures.latency_law"
CONTRADICTED = {
    LAWS: lambda *given, **options: LatencyLaw("", lambda t: (0.2, 0.2)),
    "paper_checks.claims.figures.expected_collection": lambda *code: (0.9 * expected_collection(*code)[0],) * 2,
}
QUICK_FIT = {"srtheory.workers.fit.REPEATS": 1}
"""Too few samples for a p below what is judged by: all that is planted is seen by other measures."""
IMPROVES = mixture((9000, 1000, 1000, 9000), (0.98, 0.5, 0.99, 0.6))  # and 93 % of all runs become 64 %
WORSENS = mixture((1000, 9000, 9000, 1000), (0.99, 0.6, 0.98, 0.5))
LAZY = [ELIMINATION, replace(CONSTRUCTIONS[1], decode=lambda rows, values: Sum(values[0], 0)), *CONSTRUCTIONS[2:]]


CASES: dict[str, list[Case]] = {
    # 3 codes each, and 0 to 2 of its 3 rows from each of the two workers
    "fig1": [bad(V, "13 of 81 receptions"), bad(F, spans=lambda rows: False)],
    "enc-partition": [bad(R, "99 blocks of 10 and 1 of 9"), bad(F, code=Shifted)],
    "enc-systematic": [bad(V), bad(F, code=Shifted)],
    "dec-complete-worker": [bad(R, "101"), bad(F, code=DropsRemainder)],
    "eq3-condition": [
        Case(F, also=lambda its: its["smallest with several solutions"] == "$m = 1$: {1} {1}"),
        bad(V, nullity=lambda rows: 0),
    ],
    "dec-correct": [bad(V), bad(F, vector=nearly)],
    "intro-gradient-codes-need-s": [
        bad(R),
        # a last group as short as it comes out, and a code made for one straggler more
        bad(N, code=lambda name, m, s: make("repetition", m, degree=s + 1) if "frac" in name else made(name, m, s)),
        bad(F, code=lambda name, m, s: made(name, m, min(s + 1, m - 1))),
    ],
    "adv-rateless": [bad(R), bad(F, code="sr-with-replacement")],
    "adv-no-decoding": [bad(R), bad(F, code="uncoded")],
    "adv-encoding-cost": [
        bad(S, dense=dense),
        bad(F, code="one", dense=dense),
        bad(F, dense=sparse),
        bad(N, parts="one", dense=dense),
    ],
    "adv-without-replacement": [
        bad(R, "differ from SR by -0.2"),
        bad(N, parts="sr"),
        bad(F, rival="sr"),
        bad(S, rival="lt", partition=lambda others, degree: Fraction(0)),
    ],
    "gen-p-workers": [bad(V), bad(F, cells=lambda m, p: np.arange(m // p * p).reshape(p, -1).tolist())],
    "delay-cdf": [
        Case(R, also=lambda its: its["terms after 1, 2, 3 symbols"] == [1, 11, 21]),
        bad(V, code=lambda m, d: Priced(m, d, first=d)),
        bad(F, code=lambda m, d: Priced(m, d, first=3)),
    ],
    "delay-workers": [Case(R, patched=QUICK_FIT), Case(N, given={"arrivals": every_other_waits}, patched=QUICK_FIT)],
    "thm1": [
        bad(R, "0.6148 of (5)"),
        bad(F, bound=lambda tau, d, rate: 0.1 * paper_bound(tau, d, rate)),
        bad(N, proved=means_times(0.8)),
        bad(N, proved=means_times(1.2)),
    ],
    "rem1": [bad(R, "by a factor of 1.06 from $d = 10$ to $d = 40$"), bad(F, limit=lambda model: 1 / model.d)],
    "rem2-fewer-symbols": [bad(S, "(parts of 10, cyclic order 4"), bad(N, code="lt")],
    "rem2-zero-decoding": [bad(S), bad(OPEN, cases={"paper": {"degree": 10}})],
    "thm2": [
        Case(R, given={"law": by_rows}, also=lambda its: its["least $d$ by $m$"][1000] == 12),
        bad(N, law=lambda *_: (1.0, 1.0)),
        # One worker's m rows of one term leave a third uncovered.
        bad(N, "the first worker's rows cover in 0.000 of the runs", law=by_rows, code="sr-with-replacement"),
    ],
    "cc-analogy": [
        bad(R, law=by_rows),
        bad(N, law=lambda *_: (0.0, 0.0)),
        bad(N, law=lambda model, rows: (coverage_poisson(model, 0.5),) * 2),  # earlier
    ],
    "thm1-hypothesis": [bad(R, law=by_rows), bad(V, law=lambda *_: (1.0, 1.0)), bad(OPEN, law=lambda *_: (0.0, 0.0))],
    "sim-d-log-m": [bad(S), bad(N, constant=0.5)],
    "suff-m-plus-o-m": [bad(R), bad(OPEN, predict=lambda m, d, tau: 10.0 - d / math.log(m))],
    "fig2a": [bad(S, "parts of 10, cyclic order"), bad(N, code="lt"), Case(N, "contradicts", patched=CONTRADICTED)],
    "fig2a-lt-low-latency": [bad(R), bad(R, code="one")],
    "fig2b": [
        bad(S, "agrees with workers that stop after 91 terms"),
        bad(N, access=(20,)),
        bad(S, "(100 runs) is not reproduced. It is", published=0.9),
    ],
    "fig2c": [bad(S), bad(N, code="lt"), Case(N, "contradicts", patched=CONTRADICTED)],
    "fig2-pareto": [bad(S), bad(N, access=(20,))],
    "disc-example": [Case(F, also=smallest), bad(V, example=(3, [(0, 1), (0, 2)]))],
    "disc-open-1": [
        Case(ANSWERED, also=enough),
        bad(F, sufficient=lambda m, d: worst_case_rows(m, d) - 1),
        bad(F, receive=lambda lab, point: runs(lab, "lt", point, cap=2.0)),
        bad(N, proved=bounds_by(lambda p: min(p + 0.1, 1.0))),
        bad(F, "falls as $m$ grows", recorded=lambda: WORSENS),  # in each cell, though not in all together
        bad(ANSWERED, recorded=lambda: IMPROVES),
    ],
    "disc-open-2": [
        bad(ANSWERED),
        bad(F, criterion=lambda rows: oracles.rank(rows) == rows.columns),
        bad(F, "is not within its bounds at $m = 3$, $d = 2$", given=lambda m, d, n: spanning_given_counts(m, 1, n)),
        bad(OPEN, "nothing is compared.", points=[(200, 10, 1.0, 0.1)]),  # load 1: no second blocks
    ],
    "disc-open-3": [
        bad(R, "recover the sum earlier than the SR code"),
        bad(F, peeling=lambda rows: float(rows.columns**3)),
        bad(OPEN, "not earlier than", sizes="150/3"),
        bad(
            R,
            "nothing is proved here of coupled blocks",
            risk=lambda design, unknown, rows: failure(design, unknown, rows // 2),
        ),
    ],
    "no-coding-gain": [
        Case(R, also=no_gain),
        bad(N, "against the theorem", stream=lambda scheme: scheme if hasattr(scheme, "arrange") else Late(scheme)),
        Case(
            R,
            given={"rival": "uncoded"},
            also=lambda its: its[BY_LOAD.format("uncoded")]["0.001"]["SR faster"][1] > 0.5,
        ),
    ],
    "floor": [bad(S), bad(N, least=lambda at, cost: 2 * least_mean(at, cost)), bad(F, least=lambda at, cost: 0.1)],
    "intro-polynomial-only": [
        Case(V, "1999 results", also=thresholds),
        bad(N, threshold=lambda m, degree: recovery_threshold(m, degree) + 1),
        bad(N, weights=lambda received, nodes, degree, prime: [1] * len(received)),
    ],
    "intro-approximate-error": [
        bad(R, "no code is below the parts", stopped=early_of),
        bad(N, estimate=lambda rows, results: least_squares(rows, results) + 1, stopped=lambda lab: ({}, [])),
        bad(V, estimate=lambda rows, results: Fraction(0), stopped=lambda lab: ({}, [])),
        bad(N, "contradict each other: ", stopped=partial(early_of, cyclic=lambda *at: 2 * cyclic_error(*at))),
    ],
    "intro-bcc-slow-part": [
        Case(V, also=slow_parts),
        bad(N, law=lambda name, *its, **more: latency_law({"bcc": "repetition"}.get(name, name), *its, **more)),
    ],
    "app-taylor": application(
        R,
        bad(F, "by real workers (lt).", constructions=[ELIMINATION], record=sums_off),
        other(paper_checks__claims__applications__SERIES={"exp(3)": (workloads.SERIES["exp(3)"][0], math.cos(3))}),
    ),
    "app-forest": application(
        V,
        # predictors that differ but know nothing: their mean is better than they are, as that of any such numbers
        other(
            "The forest does not predict.",
            paper_checks__workloads__grow=lambda x, y, depth, rng: Tree(float(rng.normal())),
        ),
    ),
    "app-ensemble": application(
        V,
        other("The ensemble does not predict.", paper_checks__workloads__ensemble=workloads.beginning),
        other("no less certain", paper_checks__workloads__ensemble=sure),
    ),
    "app-gradient": application(V, other(paper_checks__workloads__gradients=lambda w, x, label: x)),
    "app-kernel": application(V, bad(F, "(blocks of 3, peeling).", constructions=LAZY)),
}


def judged(id: str, case: Case, lab: Lab) -> Finding:
    with ExitStack() as stack:
        for name, function in case.patched.items():
            stack.enter_context(patch(name, function))
        return study.claims[id].check(lab, **case.given)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("id", "case"), [pytest.param(id, case, id=f"{id}-{i}") for id, all in CASES.items() for i, case in enumerate(all)]
)
def test_verdicts(id: str, case: Case, lab: Lab) -> None:
    found = judged(id, case, lab)
    assert found.verdict is case.verdict, found.finding
    assert case.words in found.finding
    assert not re.search(r"\b(nan|inf)\b", found.finding)
    assert case.also(found.evidence)
    json.dumps(found.evidence, allow_nan=False)


def test_every_claim_is_asked_of_what_is_right_and_of_what_is_wrong() -> None:
    assert set(CASES) == set(study.claims)
    assert [id for id, cases in CASES.items() if len({(case.verdict, case.words) for case in cases}) == 1] == [
        "fig2a-lt-low-latency"  # another code's place among those of the paper refines it, too
    ]


@pytest.mark.quality
def test_probabilities_on_record_come_out_again_and_others_would_be_seen() -> None:
    record = COVERED.recorded
    assert COVERED.comes_out_again(record)
    key = min(record)
    assert not COVERED.comes_out_again(record | {key: (record[key][0] * (1 - 1e-7), record[key][1])})


# -------------------------------------------------------------------------------------- the campaign, computed again


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two cells that are soon done, the first with exceptions."""
    store = tmp_path_factory.mktemp("store")
    found = redo([plan()[i] for i in (4, 517)], study.lab(store=store))
    [folder] = store.glob("_hitting_time_*")
    assert stored(folder) == found
    return found


def part(tables: Tables, cells: set[int]) -> Tables:
    return Tables(*(tuple(item for item in items if item.cell in cells) for items in (tables.cells, tables.exceptions)))


@pytest.mark.quality
def test_cells_computed_again_are_those_on_record_and_others_are_caught(lab: Lab, again: Tables) -> None:
    check = study.claims["disc-open-1"].check
    assert len(again.exceptions) == 56
    on_record = part(campaign_on_record(), {cell.cell for cell in again.cells})
    found = check(lab, recorded=lambda: on_record, again=lambda lab: again)
    assert found.verdict is ANSWERED
    assert list(found.evidence["data/hitting_time computed again"].values()) == [2, 56, []]
    cells, exceptions = again.cells, again.exceptions
    for other in (
        replace(again, cells=(replace(cells[0], held=cells[0].held + 1), cells[1])),
        replace(again, exceptions=(replace(exceptions[0], support=99), *exceptions[1:])),
        replace(again, exceptions=exceptions[1:]),
        replace(again, cells=cells[1:], exceptions=[e for e in exceptions if e.cell == cells[1].cell]),
    ):
        found = check(lab, recorded=lambda other=other: other, again=lambda lab: again)
        assert (found.verdict, f" in 1 cells ({cells[0].cell}, …)." in found.finding) == (N, True)
    assert check(lab, recorded=lambda: Tables((), ()), again=lambda lab: again).verdict is N
    assert (lab.effort is Effort.DEEP, campaign_again(lab)) == (False, None)
    for id in ("disc-open-1", "disc-open-2"):
        with pytest.raises(ArgumentError, match="a campaign with cells"):
            study.claims[id].check(lab, recorded=lambda: Tables((), ()))


# ------------------------------------------------------------------------------------- parts of checks, by hand


def test_examples_by_hand() -> None:
    assert [sum(1 for _ in row_sets(m)) for m in (1, 2, 3)] == [1, 7, 127]
    assert not any(covers_without_spanning(*e) for m in (1, 2) for e in row_sets(m))
    m, reached = least_reachable(3, 5) or (0, [])
    assert (m, least_reachable(3, 4)) == (5, None)
    assert [sum(len(row) == size for row in reached) for size in (1, 3)] == [2, 2]
    assert [certified(3, [(0, 1), (0, 2)]), certified(2, [(0,), (0, 1)])] == [True, False]
    assert [percent(x, 1) for x in (99_957 / 1e5, 0.99999, 1.0, 0.0, 1e-5, 0.87)] == [
        *("99.96%", "99.999%", "100.0%", "0.0%", "0.001%", "87.0%")  # 100 only if all are
    ]
    terms = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0])
    rows = np.array(CODES["sparse graph, $m = 7$, $d = 3$"], dtype=float)[:5]
    weights = np.linalg.lstsq(rows.T, np.ones(7), rcond=None)[0]
    exact = least_squares(rows.astype(int).tolist(), [int(x) for x in rows @ terms])
    assert float(exact) == pytest.approx(weights @ rows @ terms, rel=1e-12)
