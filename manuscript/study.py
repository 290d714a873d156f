"""Numbers and tables of the manuscript, from formulas and from what is on record.

``srtheory numbers manuscript`` writes the macros, and ``srtheory numbers manuscript --check manuscript/manuscript.tex``
lists the numerals of the text that no macro gives.
"""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial

from paper_checks.campaign.tables import Tables, Tally, by_symbols, read_tables
from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, PARETO, SYMBOLS, TAU
from paper_checks.records.guarantees import Mean, of
from paper_checks.records.guarantees import read as read_guarantees
from paper_checks.theory import thresholds
from srtheory.environment import on_record
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import proportion
from srtheory.lookup import Entry
from srtheory.render.table import Cell, Column, Kind, Math, Table
from srtheory.study.numbers import Number, standard_error
from srtheory.study.study import Study
from srtheory.theory import latency
from srtheory.theory.coupled import Cells, failure
from srtheory.theory.floor import Floor, floor

MEAN_DELAY = 5
"""Mean of the exponential start-up delays of the paper's simulations."""
ROWS = (990, 1000, 1001, 1005, 1010, 1020, 1050)
TIMES = (0.66, 0.70, 0.74, 0.80)
SCHEMES = {
    "genie": "genie (not oblivious)",
    "terms-cyclic": "terms, cyclic order",
    "parts-cyclic": "parts, cyclic order",
    "parts-stream": "parts, random order",
    "terms-random": "terms, random order",
    "sr": "SR code",
}

study = Study(
    title="When Do Random Partial Sums Determine the Total?",
    prefix="Ms",
    at=PAPER,
    tables={
        "proved": Entry("manuscript.study", "proved", "bounds of M' and T, proved at m = 1000"),
        "medians": Entry("manuscript.study", "medians", "medians of the latency, scheme by scheme"),
    },
)


def _at_least(value: float, digits: int) -> Number:
    return Number.exact(Fraction(math.floor(value * 10**digits), 10**digits), "proved lower bound, rounded down")


def _at_most(value: float, digits: int) -> Number:
    return Number.exact(Fraction(math.ceil(value * 10**digits), 10**digits), "proved upper bound, rounded up")


def _evaluated(value: float) -> Number:
    return Number.bounds(
        math.nextafter(value, -math.inf), math.nextafter(value, math.inf), "formula, in floating point"
    )


@cache
def _floor() -> Floor:
    return floor(replace(PAPER, degree=None))


@cache
def _campaign() -> Tables:
    return read_tables(on_record("hitting_time"))


def _means(quantity: str) -> Mean:
    return next(m for m in of(read_guarantees(), EXPONENTIAL).means if m.quantity == quantity)


def _after(rows: int) -> tuple[float, float]:
    return next((r.low, r.high) for r in of(read_guarantees(), EXPONENTIAL).rows if r.rows == rows)


def _at_load_three() -> list[Tally]:
    return [c for c in _campaign().cells if (c.family, c.load) == ("critical", 3.0) and c.symbols >= 200]


@cache
def _medians() -> dict[tuple[str, str], float]:
    with on_record("pages/medians.csv").open(encoding="utf-8", newline="") as stream:
        return {(name, law): float(t) for name, tau, law, t in csv.reader(stream) if float(tau) == TAU}


@cache
def _at_coverage(degree: int) -> tuple[int, int]:
    """Return in how many of the peeled runs at m = 1000 the sum was recovered at coverage, and the number of runs."""
    with on_record("pages/peeling.csv").open(encoding="utf-8", newline="") as stream:
        found = {line[1]: line[2:] for line in csv.reader(stream) if line[0] == f"exponential {degree} {SYMBOLS}"}
    same = [a == b for a, b in zip(found["stopping_time"], found["coverage_time"], strict=True)]
    return sum(same), len(same)


# ------------------------------------------------------------------------------------------------------- the setting

FIXED: dict[str, tuple[int | Fraction, str]] = {
    "symbols": (SYMBOLS, "number of terms, and of workers, in the simulations of the paper on SR codes"),
    "degree": (DEGREE, "degree there"),
    "tau": (Fraction(str(TAU)), "time per term there"),
    "mean-delay": (MEAN_DELAY, "mean of the exponential start-up delays there"),
}


def _fixed(value: int | Fraction, lab: Lab) -> Number:
    del lab
    return Number.exact(value, "parameter of the paper on SR codes")


for _name, (_value, _says) in FIXED.items():
    study.number(_name, digits=1, says=_says)(partial(_fixed, _value))


# ----------------------------------------------------------------------------------------------------------- latency


@study.number("log-golden", digits=4, says="ln of the golden ratio")
def log_golden(lab: Lab) -> Number:
    """Evaluate it."""
    del lab
    return _evaluated(latency.LOG_GOLDEN_RATIO)


@study.number("fluid-limit", digits=4, says="fluid limit at the paper's parameters")
def fluid_limit(lab: Lab) -> Number:
    """Evaluate the closed form."""
    del lab
    return _evaluated(latency.exponential_fluid_limit(TAU, DEGREE, 1 / MEAN_DELAY))


@study.number("paper-bound", digits=2, says="bound (5) of the paper without its o(1)")
def paper_bound(lab: Lab) -> Number:
    """Evaluate it."""
    del lab
    return _evaluated(latency.paper_bound(TAU, DEGREE, 1 / MEAN_DELAY))


@study.number("block-bound", digits=3, says="tau (d + 1) + (ln phi)/mu at the paper's parameters")
def block_bound(lab: Lab) -> Number:
    """Evaluate it."""
    del lab
    return _evaluated(latency.block_bound(TAU, DEGREE, 1 / MEAN_DELAY))


@study.number("pathwise-mean", digits=4, says="bound on E[T] from the bound on E[M'] and the means of ordered delays")
def pathwise_mean(lab: Lab) -> Number:
    """Evaluate the least of the bounds over n."""
    del lab
    return _at_most(latency.latency_bound(PAPER, _means("rows").high), 4)


@study.number("mean-rows-low", digits=6, says="proved lower bound of E[M']")
def mean_rows_low(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_least(_means("rows").low, 2)


@study.number("mean-rows-high", digits=6, says="proved upper bound of E[M']")
def mean_rows_high(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_most(_means("rows").high, 2)


@study.number("mean-latency-low", digits=4, says="proved lower bound of E[T]")
def mean_latency_low(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_least(_means("time").low, 4)


@study.number("mean-latency-high", digits=4, says="proved upper bound of E[T]")
def mean_latency_high(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_most(_means("time").high, 4)


@study.number("enough-low", digits=4, says="proved lower bound of P(M' <= 1010)")
def enough_low(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_least(_after(1010)[0], 4)


@study.number("enough-high", digits=4, says="proved upper bound of P(M' <= 1010)")
def enough_high(lab: Lab) -> Number:
    """Read the record."""
    del lab
    return _at_most(_after(1010)[1], 4)


@study.number("enough-rows", digits=4, says="rows of the bound on P(M' <= 1010)")
def enough_rows(lab: Lab) -> Number:
    """Name it."""
    del lab
    return Number.exact(1010, "chosen")


@study.number("critical-ratio", digits=4, says="least d/ln m for which m rows cover in the limit, at the paper's load")
def critical_ratio(lab: Lab) -> Number:
    """Evaluate the closed form."""
    del lab
    return _evaluated(thresholds.critical_ratio(TAU * DEGREE / MEAN_DELAY))


@study.number("paper-ratio", digits=4, says="d/ln m at the paper's parameters")
def paper_ratio(lab: Lab) -> Number:
    """Evaluate it."""
    del lab
    return _evaluated(DEGREE / math.log(SYMBOLS))


# ------------------------------------------------------------------------------------------------- the limits of coding


@study.number("floor-mean", digits=3, says="lower bound of E[T] for every oblivious scheme")
def floor_mean(lab: Lab) -> Number:
    """Compute the floor."""
    del lab
    return _at_least(_floor().mean, 3)


@study.number("closed-floor-mean", digits=3, says="lower bound of E[T] for every oblivious scheme, by the closed form")
def closed_floor_mean(lab: Lab) -> Number:
    """Compute the floor."""
    del lab
    return _at_least(_floor().closed_mean, 3)


def _at_coverage_number(degree: int, lab: Lab) -> Number:
    return Number.share(*_at_coverage(degree), lab)


for _name, _degree in {"peel-two": 2, "peel-three": 3, "peel-four": 4}.items():
    study.number(_name, digits=2, says=f"share of runs at m = 1000, d = {_degree} that peel at coverage")(
        partial(_at_coverage_number, _degree)
    )


@study.number("peel-runs", digits=4, says="runs behind each of these shares")
def peel_runs(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(_at_coverage(2)[1], "number of runs")


def _coupled(design: Cells, rows: Fraction, lab: Lab) -> Number:
    del lab
    half = design.symbols // 2
    found = failure(design, half, int(rows * design.symbols) - half)
    if not found <= 1e-3:
        raise AssertionError(f"{rows} rows per term may leave a term with probability {found}")
    return Number.exact(rows, "proved to suffice except with probability 0.001 (coupled Theorem 6)")


for _name, _design, _rows in (
    ("coupled-low", Cells(10**5, 30, 107, 16), Fraction("1.254")),
    ("coupled-high", Cells(10**6, 38, 160, 16), Fraction("1.124")),
):
    study.number(
        _name, digits=4, says=f"rows per term that peel at m = {_design.symbols}, half of the terms systematic"
    )(partial(_coupled, _design, _rows))


# ------------------------------------------------------------------------------------------------- the hitting-time law


@study.number("campaign-cells", digits=4, says="cells of the campaign")
def campaign_cells(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(len(_campaign().cells), "number of cells")


@study.number("campaign-exceptions", digits=6, says="exceptions in the campaign")
def campaign_exceptions(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(len(_campaign().exceptions), "number of exceptions")


@study.number("grid-exceptions", digits=6, says="exceptions in the cells of the table")
def grid_exceptions(lab: Lab) -> Number:
    """Count them."""
    del lab
    grid = (c for c in _campaign().cells if c.family == "grid")
    return Number.exact(sum(c.early + c.late for c in grid), "number of exceptions")


def _at_the_least() -> list[Tally]:
    return [c for c in _campaign().cells if (c.family, c.symbols) == ("grid", 100)]


@study.number("runs-few", digits=6, says="runs at the least m, with those that a complete worker ends")
def runs_few(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(sum(c.trials for c in _at_the_least()), "number of runs")


@study.number("complete-few", digits=6, says="runs at the least m that a complete worker ends")
def complete_few(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(sum(c.complete for c in _at_the_least()), "number of runs")


@study.number("law-of-all", digits=3, says="share of all runs at the least m in which the hitting-time law holds")
def law_of_all(lab: Lab) -> Number:
    """Pool the cells."""
    return Number.share(sum(c.held for c in _at_the_least()), sum(c.trials for c in _at_the_least()), lab)


PRIME_EXPONENT, AT = Fraction(2, 10**5), 10**6
"""The c of condition (P2), and a size at which its power is told."""
for _name, _number, _says in (
    ("prime-exponent", Number.exact(PRIME_EXPONENT, "constant of the proof"), "c of condition (P2)"),
    ("hitting-exponent", Number.exact(PRIME_EXPONENT / 2, "bound of the proof"), "greatest exponent that it gives"),
    ("power-at", Number.exact(AT, "chosen"), "size at which powers are told"),
    ("power-least", _at_least(AT ** -float(PRIME_EXPONENT), 4), "z^-c there"),
    ("hitting-least", _at_least(AT ** -float(PRIME_EXPONENT / 2), 4), "least m^-delta there"),
):
    study.number(_name, digits=1 if "exponent" in _name else 4, says=_says)(
        partial(lambda number, lab: number, _number)
    )


@study.number("campaign-most", digits=6, says="greatest m of the campaign")
def campaign_most(lab: Lab) -> Number:
    """Read it."""
    del lab
    return Number.exact(max(c.symbols for c in _campaign().cells), "greatest m")


def _law_at(symbols: int, lab: Lab) -> Number:
    del lab
    return Number.exact(symbols, "chosen")


def _law_holds(symbols: int, lab: Lab) -> Number:
    del lab
    pooled = next(line for line in by_symbols(_campaign()) if line.symbols == symbols)
    error = standard_error(pooled.low, pooled.high)
    return Number(pooled.fraction, pooled.low, pooled.high, "pooled runs of the campaign", error, pooled.trials)


for _name, _at in {"few": 100, "many": 2000}.items():
    study.number(f"law-{_name}-at", digits=4, says="m of the next share")(partial(_law_at, _at))
    study.number(
        f"law-holds-{_name}", digits=3, says=f"share of runs at m = {_at} in which the hitting-time law holds"
    )(partial(_law_holds, _at))


@study.number("late-share", unit="%", digits=3, says="late runs in the critical window at load 3, m >= 200")
def late_share(lab: Lab) -> Number:
    """Pool the cells."""
    late, judged = sum(c.late for c in _at_load_three()), sum(c.trials - c.complete for c in _at_load_three())
    low, high = proportion(late, judged)
    error = standard_error(100 * low, 100 * high)
    return Number(100 * late / judged, 100 * low, 100 * high, "runs of the campaign", error, judged)


@study.number("late-runs", digits=4, says="runs in the critical window at load 3, m >= 200")
def late_runs(lab: Lab) -> Number:
    """Count them."""
    del lab
    return Number.exact(sum(c.trials - c.complete for c in _at_load_three()), "number of runs")


# -------------------------------------------------------------------------------------------------------------- tables


def proved(lab: Lab) -> Table:
    """Return the proved bounds at the paper's parameters, rounded outwards."""
    del lab
    found = of(read_guarantees(), EXPONENTIAL)
    rows: list[tuple[Cell, ...]] = [
        (Math(f"P(M′ ≤ {r.rows})", rf"\Pr(M'\le {r.rows})"), _down(r.low), _up(r.high), _up(r.covered_high))
        for r in found.rows
        if r.rows in ROWS
    ]
    rows += [
        (Math(f"P(T ≤ {t.time:g})", rf"\Pr(T\le {t.time:.2f})"), _down(t.low), _up(t.high), None)
        for t in found.times
        if t.time in TIMES
    ]
    columns = (
        Column("event", "probability"),
        Column("low", "at least", Kind.NUMBER, 4),
        Column("high", "at most", Kind.NUMBER, 4),
        Column("covered", Math("P(CC ≤ k) at most", r"\Pr(\mathrm{CC}\le k)\le"), Kind.NUMBER, 4),
    )
    caption = (
        rf"Bounds that are proved for this $m$: $m = {SYMBOLS}$, $d = {DEGREE}$, $\tau = {TAU}$, exponential delays of"
        rf" mean ${MEAN_DELAY}$. Ends are rounded outwards. The appendix on evaluation has assumptions on arithmetic."
    )
    return Table("proved", caption, columns, tuple(rows))


def medians(lab: Lab) -> Table:
    """Return the medians of the latency, of schemes that send messages at no cost."""
    del lab
    rows = tuple((text, _medians()[name, EXPONENTIAL], _medians()[name, PARETO]) for name, text in SCHEMES.items())
    columns = (
        Column("scheme", "scheme"),
        Column("exponential", "exponential", Kind.NUMBER, 4),
        Column("pareto", "Pareto", Kind.NUMBER, 4),
    )
    caption = (
        rf"Medians of $T$ at $m = {SYMBOLS}$, $d = {DEGREE}$, $\tau = {TAU}$, from exact distributions; that of the SR"
        rf" code assumes $M' = \max(m, \mathrm{{CC}})$. Delays: exponential of mean ${MEAN_DELAY}$, and Pareto with"
        r" $F(x) = 1 - 1/x$."
    )
    return Table("medians", caption, columns, rows)


def _down(value: float) -> float:
    return math.floor(value * 1e4) / 1e4


def _up(value: float) -> float:
    return math.ceil(value * 1e4) / 1e4
