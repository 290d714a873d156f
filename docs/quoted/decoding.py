"""Numbers of docs/proofs/decoding.md."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import numpy as np

from docs.quoted import Block, Value, Values, on_record, quoted, table
from paper_checks import study
from paper_checks.records.decoding import METHODS, Decoded, of, read
from paper_checks.theory.statements.overhead import price_of_peeling
from srtheory.render.table import significant
from srtheory.render.write import as_markdown
from srtheory.study import making
from srtheory.types import Floats
from tests import recorded

SHARES = ("0.01", "0.05", "0.13", "0.25", "0.4", "0.6", "0.8")
DESIGNED = {
    "both": ("paper-exponential", "paper-pareto"),
    "few": ("paper-exponential-few", "paper-pareto-few"),
    "3": ("3", "3"),
}


@quoted
def price() -> Values:
    """In 1: least rows a symbol by the systematic share."""
    return {
        "share": SHARES,
        "rows": tuple(f"{price_of_peeling(float(share), 0.002, 150):.4f}" for share in SHARES),
    }


@quoted
def designed() -> Values:
    """In 2.2: latency and rows a symbol of designed sizes, of the runs on record."""
    runs, rows = recorded.recorded("sizes"), {}
    for line, names in DESIGNED.items():
        cells: list[str] = []
        for name, law in zip(names, ("exponential", "Pareto"), strict=True):
            its = runs[f"{name} {law}"]
            times = recorded.summary(its["latency"])
            messages = recorded.summary(tuple(n / 1000 for n in its["stopping_time"] if n is not None))
            cells += [f"{times.mean:.4f}", f"{times.standard_error:.4f}"]
            cells += [f"{messages.mean:.3f}", f"{messages.standard_error:.3f}"]
        rows[line] = tuple(cells)
    return rows


@quoted
def stopping_sets() -> Value:
    """In 3."""
    return table(on_record("stopping-sets"))


def share_at_coverage(runs: dict[str, recorded.Values]) -> float:
    """Give the share of runs that peel with the row that covers the last symbol."""
    pairs = list(zip(runs["stopping_time"], runs["coverage_time"], strict=True))
    return sum(stopped == covered for stopped, covered in pairs) / len(pairs)


@quoted
def peel_at_coverage() -> Values:
    """In 3.1, by start-up law and d."""
    runs = recorded.recorded("peeling")
    return {
        f"{law}-{d}": tuple(f"{share_at_coverage(runs[f'{law} {d} {m}']):.2f}" for m in (100, 1000, 10_000))
        for law, d in product(("exponential", "Pareto"), (2, 3, 4, 5))
    }


FORMULAS = {
    "nnz + m + n α(m)": r"$\mathrm{nnz} + m + n \alpha(m)$",
    "nnz + m (": r"$\mathrm{nnz} + m$ (",
    "m ln m": r"$m \ln m$",
    "m³ ln² m": r"$m^3 \ln^2 m$",
    "| m d (": "| $m d$ (",
    "| m (": "| $m$ (",
    "10⁴": "$10^4$",
    "10⁵": "$10^5$",
    "10⁶": "$10^6$",
    "∞": r"$\infty$",
    "d near ln m": r"$d$ near $\ln m$",
    "d = 3": "$d = 3$",
    "s = 2": "$s = 2$",
    "exact v": "exact $v$",
    "| T |": "| $T$ |",
}


@quoted
def costs() -> Value:
    """In 4: the table of the record, set as the pages set formulas."""
    lines = as_markdown(making.table(study, "decoding", study.lab()), "").splitlines()
    text = "\n".join(line for line in lines if line[:1] == "|")
    for plain, formula in FORMULAS.items():
        text = text.replace(plain, formula)
    return Block(re.sub(r"(\d)e(-?)\+?(\d+)", r"$\1 \\cdot 10^{\2\3}$", text))


@cache
def runs_of(method: str) -> dict[int, list[Decoded]]:
    """Those on record by m."""
    return of(read(), method)


def difference(name: str, m: int) -> Floats:
    """By how much each run is later than that of the SR code on the same delays."""
    theirs, its = (np.array([one.latency for one in runs_of(method)[m]]) for method in ("sr-elimination", name))
    return np.asarray(its - theirs)


def bends() -> dict[str, float]:
    """Exponents of the time from 100 000 to a million symbols, of all methods that are timed there."""

    def mean_log(name: str, m: int) -> float:
        return float(np.mean(np.log([float(cost.milliseconds or 0) for cost in runs_of(name)[m]])))

    timed = [name for name in METHODS if runs_of(name).get(1_000_000) and name != "sr-elimination"]
    return {name: (mean_log(name, 1_000_000) - mean_log(name, 100_000)) / float(np.log(10)) for name in timed}


BENT = ("sr-lsmr", "uncoded", "terms-cyclic")
DIFFERENCES = (("sr-3", 100_000, 3), ("arcs-common", 100_000, 3), ("sizes", 100_000, 4), ("sizes", 1000, 3))


@quoted
def measured_costs() -> Values:
    """Beside the table of 4."""
    found: dict[str, Value] = {f"bend-{name}": f"{value:.2f}" for name, value in bends().items() if name in BENT}
    for name, m, digits in DIFFERENCES:
        later = difference(name, m)
        error = later.std(ddof=1) / len(later) ** 0.5
        found[f"{name}-{m}"] = (f"{abs(later.mean()):.{digits}f}", f"{error:.{digits}f}")
    for name in ("sr-3", "arcs-common", "sizes"):
        time = np.mean([float(cost.milliseconds or 0) for cost in runs_of(name)[100_000]])
        found[f"{name}-ms"] = significant(float(time), 2)
    for name in ("parts-cyclic", "arcs-common"):
        found[f"{name}-rows"] = f"{np.mean([cost.rows / 1e6 for cost in runs_of(name)[1_000_000]]):.2f}"
    return found


@quoted
def real_sums() -> Value:
    """In 4: ranges of rows and additions, largest errors and bounds."""
    return table(on_record("real-sums"))
