"""Section III-C, and the remark of II-A on p < m workers: advantages of SR codes, and their conditions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks import study
from paper_checks.claims.runs import (
    MAP,
    POINT,
    SHARES,
    Point,
    interval,
    law_of,
    name_of,
    percent,
    runs,
    scheme_of,
    share,
)
from paper_checks.dense_codes import SystematicLT, mds_parity_terms, systematic_lt
from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, SYMBOLS, TAU
from paper_checks.theory.plain_addition import (
    blocks_to_cover,
    complete_worker_cdf,
    disjoint_probability,
    log10_all_systematic,
    partition_bound,
)
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.lab import Effort, Lab
from srtheory.experiments.summary import finite_or_none, summarise
from srtheory.experiments.trial import Record, trial_streams
from srtheory.matrix import from_sets
from srtheory.model import Model
from srtheory.reception import receive
from srtheory.schemes.base import UNLIMITED, Grouped
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import oracles
from srtheory.span.engine import stopping_time
from srtheory.study.findings import COMPUTATION, SIMULATION, Finding, Verdict
from srtheory.theory.rows import expected_rows, fluid_limit
from srtheory.theory.startup import started

SHORTCUTS = ("complete_worker", "all_systematic")


@study.claim(
    "adv-rateless",
    "III-C 1",
    "The sum can be recovered when (a) one worker is complete, or (b) $m + o(m)$ symbols from anywhere have arrived.",
    ("SumRecovery.complete_worker", "exactness 2.4", SIMULATION),
)
def adv_rateless(lab: Lab, *, code: str = "sr") -> Finding:
    """Count which event ends runs over a map of parameters, and bound what 'from anywhere' can mean at worst."""
    cases = {name_of(point): _endings(lab, code, point) for point in MAP}
    late = sum(case["runs that outlast a complete worker"] for case in cases.values())
    worst, paper = _uncovering_rows(code), cases[name_of(POINT)]
    evidence = {
        "how": rf"exact stopping index of every run; {SHARES}; (a) checked run by run against $\min X + m \tau$",
        "cases": cases,
        "most rows of one drawn code ($m = 1000$, $d = 10$) that leave some symbol uncovered": worst,
    }
    if late:
        return Finding(Verdict.REFUTED, f"{late} runs outlast their first complete worker.", evidence, lab.trials)
    if paper[r"$M' \le 1.25\,m$"][1] < 0.5:
        return Finding(Verdict.NOT_REPRODUCED, "Case (b) fails at the paper's own parameters.", evidence, lab.trials)
    most = max(cases, key=lambda name: cases[name]["mean rows over $m$"])
    if worst <= 1.25 * SYMBOLS and cases[most]["mean rows over $m$"] <= 1.25:
        return Finding(Verdict.SUPPORTED, "Either case recovers the sum in every run.", evidence, lab.trials)
    text = (
        r"Case (a) never fails. It ends most runs where $m \tau$ is below $t^*$ (the map's $m = 100$), and none at the"
        r" paper's parameters. Case (b) holds at the paper's parameters as a statement on random arrivals (mean $M'/m$"
        f" {paper['mean rows over $m$']:.3f}). It does not hold for every set of $m + o(m)$ symbols: {worst} rows can"
        f" leave a symbol uncovered, and the mean of $M'/m$ is {cases[most]['mean rows over $m$']:.2f} at {most}."
    )
    correction = (
        "Case (a) holds. Case (b) holds at the paper's parameters as a statement on random arrivals (mean $M'/m$"
        f" {paper['mean rows over $m$']:.3f}). It does not hold for every set of $m + o(m)$ symbols: {worst} of them"
        " can leave a symbol uncovered."
    )
    return Finding(Verdict.REFINED, text, evidence, lab.trials, correction=correction)


def _endings(lab: Lab, code: str, point: Point) -> dict[str, Any]:
    m, _, tau, rate = point
    records = runs(lab, code, point)
    model, n = DelayModel(law_of(rate), tau), len(records)
    first = [float(model.sample(m, trial_streams(lab.seed, r.trial)[0]).min()) + m * tau for r in records]
    rows = [r.stopping_time for r in records if r.stopping_time is not None]
    return {
        **{kind: share(sum(getattr(r, kind) for r in records), n) for kind in SHORTCUTS},
        "neither": share(sum(not (r.complete_worker or r.all_systematic) for r in records), n),
        "mean rows over $m$": float(np.mean(rows)) / m,
        r"$M' \le 1.25\,m$": share(sum(k <= 1.25 * m for k in rows), n),
        "runs that outlast a complete worker": sum(
            r.latency > t * (1 + 1e-12) for r, t in zip(records, first, strict=True)
        ),
    }


def _uncovering_rows(code: str) -> int:
    """Return the largest number of rows of one drawn code without some symbol: each worker stops before it sends it."""
    scheme = scheme_of(code, SYMBOLS, DEGREE)
    sent = scheme.emit(1, np.full(scheme.workers, SYMBOLS))
    place = np.arange(len(sent.worker)) - np.searchsorted(sent.worker, sent.worker)
    column, worker = sent.rows.indices, np.repeat(sent.worker, np.diff(sent.rows.indptr))
    before = np.full((scheme.workers, SYMBOLS), len(sent.worker))
    np.minimum.at(before, (worker, column), np.repeat(place, np.diff(sent.rows.indptr)))
    held = np.bincount(sent.worker, minlength=scheme.workers)
    return int(np.minimum(before, held[:, None]).sum(axis=0).max())


@study.claim(
    "adv-no-decoding",
    "III-C 1-2",
    "In several scenarios the sum needs no decoding.",
    ("theory 4.1", "theory 5.1", "spanning Proposition 1.7", SIMULATION),
)
def adv_no_decoding(lab: Lab, *, code: str = "sr") -> Finding:
    """Compute the probability that each shortcut exists by the fluid limit t*, and how often each ends a run."""
    cases = {name_of(point): _shortcuts(lab, code, point) for point in MAP}
    largest, law = _most_symbols(), parse_law(EXPONENTIAL)
    slowest = max(r.latency for r in runs(lab, code, POINT))
    evidence = {
        "how": (
            r"exact distributions $F(t - \tau)^m$ and $1 - (1 - F(t - m \tau))^m$ at the fluid limit $t^*$; fractions"
            f" of runs, {SHARES}"
        ),
        "cases": cases,
        r"$\log_{10}\Pr(\text{all systematic by the slowest run's }T)$, paper's parameters": finite_or_none(
            log10_all_systematic(replace(PAPER, startup=law), slowest)
        ),
        "slowest of the runs at the paper's parameters": finite_or_none(slowest),
        r"no worker is complete before $m \tau$": SYMBOLS * TAU,
        r"largest $m$ with $\Pr(\text{complete worker by }t^*) \ge 1/2$ at the paper's $d$, $\tau$, $\mu$": largest,
    }
    never = [kind for kind in SHORTCUTS if max(case[f"{kind}: runs"][0] for case in cases.values()) == 0]
    if never:
        return Finding(Verdict.REFUTED, f"No run ended by {' or '.join(never)}.", evidence, lab.trials)
    paper = cases[name_of(POINT)]
    limit = max(paper[f"{kind}: runs"][2] for kind in SHORTCUTS)
    if any(paper[f"{kind}: runs"][0] > 0 for kind in SHORTCUTS):
        return Finding(
            Verdict.SUPPORTED, "Both shortcuts end runs, also at the paper's parameters.", evidence, lab.trials
        )
    text = (
        rf"The claim is true where $m \tau < t^*$ (at the paper's $d$, $\tau$ and $\mu$ up to $m = {largest}$), or"
        r" where $\ln m < \mu\tau d$. At the paper's own $m = 1000$ neither case ends a run (fraction at most"
        rf" {limit:.2g}). No worker is complete before $m \tau = {SYMBOLS * TAU:g}$, and the runs end by"
        f" {slowest:.2f}. By then all systematic symbols have arrived with probability"
        f" $10^{{{log10_all_systematic(replace(PAPER, startup=law), slowest):.0f}}}$."
    )
    correction = (
        r"The sum needs no decoding where $m\tau < t^*$, the time at which $m$ symbols are expected, or where $\ln m <"
        rf" \mu\tau d$. At the paper's $m = {SYMBOLS}$ neither case ends a run (fraction at most {limit:.2g})."
    )
    return Finding(Verdict.REFINED, text, evidence, lab.trials, correction=correction)


def _shortcuts(lab: Lab, code: str, point: Point) -> dict[str, Any]:
    m, d, tau, rate = point
    law, records = law_of(rate), runs(lab, code, point)
    t = fluid_limit(Model(m, d, tau, law))
    return {
        "$t^*$": t,
        "complete_worker: P by $t^*$": float(complete_worker_cdf(Model(m, None, tau, law), t)),
        "all_systematic: P by $t^*$": float(started(Model(m, None, tau, law), t, 1) ** m),
        **{f"{kind}: runs": share(sum(getattr(r, kind) for r in records), len(records)) for kind in SHORTCUTS},
    }


def _most_symbols() -> int:
    """Return the largest m for which a complete worker by t* has probability 1/2; m tau grows with m, t* does not."""
    law, low, high = parse_law(EXPONENTIAL), DEGREE + 2, SYMBOLS
    while high - low > 1:
        m = (low + high) // 2
        likely = complete_worker_cdf(Model(m, None, TAU, law), fluid_limit(Model(m, DEGREE, TAU, law))) >= 0.5
        low, high = (m, high) if likely else (low, m)
    return low


@study.claim(
    "adv-encoding-cost",
    "III-C 3",
    r"A symbol costs $d = O(\log m)$ terms, against $m$ for an MDS code and many for [31].",
    ("theory 4.1", SIMULATION),
)
def adv_encoding_cost(
    lab: Lab,
    *,
    code: str = "sr",
    dense: Callable[[int, int], SystematicLT] = systematic_lt,
    parts: str = "parts-cyclic",
) -> Finding:
    """Count terms per symbol and in total until recovery, scheme by scheme, and the density of the dense codes."""
    some = max(20, lab.trials // 10)
    schemes = {
        "SR": (code, {}, lab.trials),
        "LT, $m_e = 2m$": ("lt", {"cap": 2.0}, lab.trials),
        "LT": ("lt", {}, lab.trials),
    }
    schemes |= {name: (name, {}, lab.trials) for name in ("one", "uncoded", "repetition", "bcc")}
    schemes |= {"with replacement": ("sr-with-replacement", {}, some), "repairable [32]": ("repairable", {}, some)}
    schemes |= {"gradient-fractional": ("gradient-fractional", {"stragglers": DEGREE - 1}, lab.trials)}
    schemes |= {name: (name, {}, lab.trials) for name in (parts, "terms-cyclic", "genie")}
    costs = {name: _costs(runs(lab, s, POINT, trials=n, **o)) for name, (s, o, n) in schemes.items()}
    sizes = [100, 200, 400] if lab.effort == Effort.QUICK else [100, 200, 400, SYMBOLS]
    density = {m: float(dense(m, 1).parity_terms.mean()) / m for m in sizes}
    parity, dense_time = (
        mds_parity_terms(SYMBOLS),
        fluid_limit(Model(SYMBOLS, SYMBOLS - 1, TAU, parse_law(EXPONENTIAL))),
    )
    most, law = _most_terms(code), parse_law(EXPONENTIAL)
    limit = fluid_limit(replace(PAPER, startup=law))
    expected = float(expected_rows(replace(PAPER, degree=1, startup=law), limit))
    when = summarise(np.array([r.latency for r in runs(lab, parts, POINT)])).mean
    of_parts = float(expected_rows(replace(PAPER, degree=1, startup=law), when))
    evidence = {
        "how": f"means over those of {lab.trials} runs ({some} with replacement and repairable), fixed number, that"
        " recover; normal 95 % half-widths; MDS parities by proof; systematic LT parities measured",
        "terms per received symbol, and in all until $T$": costs,
        "expected terms by the fluid limit $t^*$ of SR, exact": expected,
        f"the same by the mean latency of {parts}": of_parts,
        "most terms in a symbol of the SR code": most,
        "terms in an MDS parity": parity,
        "fraction of the $m$ symbols in a parity of systematic LT [31], by $m$": {
            str(m): v for m, v in density.items()
        },
        "fluid limit of $T$ with a parity of all others (dense) against SR": [
            dense_time,
            limit,
        ],
    }
    if most > DEGREE or costs["SR"]["in all"][0] >= costs["one"]["in all"][0] * parity:
        return Finding(Verdict.REFUTED, f"A symbol can cost {most} terms.", evidence, lab.trials)
    if code == "sr" and abs(costs["SR"]["in all"][0] / expected - 1) > 0.1:
        return Finding(Verdict.NOT_REPRODUCED, "Simulated work contradicts its fluid limit.", evidence, lab.trials)
    if abs(costs[parts]["in all"][0] / of_parts - 1) > 0.1:
        text = f"Simulated work of {parts} contradicts what workers do by then."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence, lab.trials)
    if min(density.values()) < 0.25:
        return Finding(Verdict.REFUTED, "Systematic LT parities are not dense.", evidence, lab.trials)
    text = (
        rf"A symbol of the SR code has at most {most} terms, against {parity} in an MDS parity and"
        rf" ${density[max(sizes)]:.2f}\,m$ in a parity of systematic LT. Until recovery SR evaluates"
        f" {costs['SR']['in all'][0]:.0f} terms on average ({expected:.0f} expected by $t^*$). LT evaluates"
        f" {costs['LT, $m_e = 2m$']['in all'][0]:.0f} terms ($m_e = 2m$) or {costs['LT']['in all'][0]:.0f} (no cap),"
        f" and the sum itself has $m = {SYMBOLS}$ terms. This work is the workers' time. Parts of {DEGREE} in cyclic"
        f" order, also with {costs[parts]['per symbol'][0]:.0f} terms per symbol, take"
        f" {costs[parts]['in all'][0]:.0f} ± {costs[parts]['in all'][1]:.0f} terms ({of_parts:.0f} expected by their"
        f" mean latency). Single terms in cyclic order take {costs['terms-cyclic']['in all'][0]:.0f} ±"
        f" {costs['terms-cyclic']['in all'][1]:.0f}."
    )
    return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)


def _costs(records: Sequence[Record]) -> dict[str, Any]:
    done = [r for r in records if r.stopping_time is not None]
    per_symbol = np.array([r.received_terms / r.stopping_time for r in done if r.stopping_time])
    work = np.array([r.work for r in done], dtype=float)
    return {"per symbol": interval(summarise(per_symbol)), "in all": interval(summarise(work)), "runs": len(done)}


def _most_terms(code: str) -> int:
    """Return the largest number of terms in a symbol of one of five workers within two rounds of all source symbols."""
    scheme = scheme_of(code, SYMBOLS, DEGREE)
    budget = np.zeros(scheme.workers, dtype=np.int64)
    budget[:5] = 2 * SYMBOLS
    return int(np.diff(scheme.emit(1, budget).rows.indptr).max(initial=0))


@study.claim(
    "adv-without-replacement",
    "III-C",
    "Codes that sample with replacement cannot avoid decoding, but SR codes can.",
    (COMPUTATION, SIMULATION),
)
def adv_without_replacement(
    lab: Lab,
    *,
    rival: str = "sr-with-replacement",
    partition: Callable[[int, int], Fraction] = disjoint_probability,
    parts: str = "parts-cyclic",
) -> Finding:
    """Compare one worker's rows, exactly and drawn, and then whole runs, paired by their start-up delays."""
    m, d = 101, 10
    alone = {name: _rows_of_one(lab, name, m, d) for name in ("sr", rival)}
    some = max(20, lab.trials // 10)
    little = share(sum(r.all_systematic for r in runs(lab, rival, (20, 5, 1.0, 5.0))), lab.trials)
    small, paper = partition(4, 2), partition(SYMBOLS - 1, DEGREE)
    added = {name: _adds_up(lab, name, some) for name in (parts, "bcc")}
    beside = _paired(lab, parts, POINT, some)
    evidence = {
        "how": f"exact rationals for one worker's blocks; {lab.trials} draws of one worker and paired runs ({some} at"
        " $m = 1000$), fixed numbers; normal 95 % half-widths, Clopper-Pearson for fractions",
        "blocks until one worker covers the 999 others, with and without replacement": [
            float(blocks_to_cover(SYMBOLS - 1, DEGREE)),
            -(-(SYMBOLS - 1) // DEGREE),
        ],
        r"$\Pr(\text{blocks with replacement partition the others})$, $m = 1000$, $d = 10$": str(paper),
        r"the same, $m = 1001$, $\log_{10}$": _log10(disjoint_probability(SYMBOLS, DEGREE)),
        "log10 of a bound on it for any 100 of 750 blocks": _log10(partition_bound(SYMBOLS, DEGREE, 750)),
        "the same, $m = 5$, $d = 2$": str(small),
        r"rows of one worker until they span $\mathbf 1$, $m = 101$, $d = 10$": alone,
        r"runs that end with all systematic symbols, $m = 20$, $d = 5$, $\tau = 1$, $\mu = 5$": little,
        "paired runs, with replacement minus without": {
            name_of(point): _paired(lab, rival, point, n) for point, n in ((POINT, some), (MAP[2], lab.trials))
        },
    }
    evidence[f"runs at $m = 1000$ whose distinct rows add up to the sum ({some} runs that end)"] = added
    evidence[f"paired runs, {parts} minus SR, $m = 1000$"] = beside
    if any(found[0] < 1 for found in added.values()):
        text = "Rows of one partition do not add up to the sum."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence, lab.trials)
    if alone[rival][0] < 2 * alone["sr"][0]:
        return Finding(
            Verdict.REFUTED, "A worker of this code is complete as soon as a worker of SR.", evidence, lab.trials
        )
    if little[0] == 0 and small == 0:
        return Finding(
            Verdict.SUPPORTED, "With replacement no sum was recovered without decoding.", evidence, lab.trials
        )
    text = (
        rf"The rows of one SR worker add up to the sum after {alone['sr'][0]:.0f} symbols. With replacement the rows of"
        rf" one worker span $\mathbf 1$ after {alone[rival][0]:.0f} symbols on average, by elimination ($m = 101$,"
        f" $d = 10$). At the paper's $m$ and $d$ they partition the symbols with probability {paper} (10 does not"
        " divide 999). 'Cannot' is too strong. The systematic symbols of codes with replacement also add up to the sum"
        f" (in {percent(little[0])} of runs with little straggling). Blocks with replacement are a partition with"
        f" probability {small} at $m = 5$, $d = 2$. Decoding is avoided because of the partition, not because of the"
        " sampling. The parts of a partition add up to the sum in every run, both in BCC, which samples them with"
        " replacement, and in cyclic order. Parts in cyclic order differ from SR by"
        f" {beside['latency'][0]:+.3f} ± {beside['latency'][1]:.3f} in latency and by {beside['stopping_time'][0]:+.0f}"
        f" ± {beside['stopping_time'][1]:.0f} in rows."
    )
    correction = (
        "SR codes avoid decoding because each worker partitions the symbols, not because of the sampling. With"
        f" replacement, blocks can also be a partition (probability {small} at $m = 5$, $d = 2$), and systematic"
        " symbols still add up to the sum."
    )
    return Finding(Verdict.REFINED, text, evidence, lab.trials, correction=correction)


def _adds_up(lab: Lab, code: str, trials: int) -> list[float]:
    """Return the fraction of runs ended at the paper's parameters whose distinct rows then add up to the sum."""
    scheme, model = scheme_of(code, SYMBOLS, DEGREE), DelayModel(parse_law(EXPONENTIAL), TAU)
    hits = []
    for record in runs(lab, code, POINT, trials=trials):
        if record.stopping_time is not None:
            rng, key = trial_streams(lab.seed, record.trial)
            rows = receive(scheme, model.sample(SYMBOLS, rng), TAU, key, record.latency).rows
            terms = [
                i for row in {tuple(sorted(rows.row(k).tolist())) for k in range(record.stopping_time)} for i in row
            ]
            hits.append(sorted(terms) == list(range(SYMBOLS)))
    return share(sum(hits), len(hits))


def _rows_of_one(lab: Lab, code: str, m: int, d: int) -> list[float]:
    """Return the rows of worker 1 alone until they span 1: mean and half-width."""
    budget, needed = np.zeros(m, dtype=np.int64), []
    budget[0] = 10 * m * d
    for trial in range(lab.trials):
        rows = scheme_of(code, m, d).emit(trial_streams(lab.seed, trial)[1], budget).rows
        needed.append(stopping_time(rows.indptr, rows.indices, m).stopping_time)
    return interval(summarise(np.array(needed, dtype=np.float64)))


def _paired(lab: Lab, rival: str, point: Point, trials: int) -> dict[str, list[float]]:
    pairs = list(zip(runs(lab, rival, point, trials=trials), runs(lab, "sr", point, trials=trials), strict=True))
    return {
        name: interval(summarise(np.array([getattr(a, name) - getattr(b, name) for a, b in pairs], dtype=np.float64)))
        for name in ("stopping_time", "coverage_time", "latency")
    }


def _log10(value: Fraction) -> float:
    return math.log10(value.numerator) - math.log10(value.denominator)


Cells = Callable[[int, int], list[list[int]]]


def groups(terms: int, workers: int) -> list[list[int]]:
    """Return the terms in each of p groups, as :class:`srtheory.schemes.base.Grouped` cuts them."""
    ends = np.cumsum(Grouped(SumRecovery(workers, 1), terms).sizes())
    return [part.tolist() for part in np.split(np.arange(terms), ends[:-1])]


@study.claim(
    "gen-p-workers",
    "II-A",
    "$p < m$ workers: each group of $m/p$ terms counts as a single function.",
    ("Grouping.groups_recover", COMPUTATION, SIMULATION),
)
def gen_p_workers(lab: Lab, *, cells: Cells = groups) -> Finding:
    """Compare groups with single terms: the same prefixes span 1 at the terms' cost, and grouping changes latency."""
    cases = [
        (m, p, d, key) for m in range(1, 8) for p in range(1, m + 1) for d in range(1, min(p, 3) + 1) for key in (1, 2)
    ]
    for case in cases:
        fault = _grouping_fault(*case, cells)
        if fault:
            return Finding(Verdict.REFUTED, fault, {"how": "grouped rows against rows of terms", "case": list(case)})
    latency = {str(p): _grouped_latency(lab, p) for p in (1000, 500, 250, 100, 50)}
    evidence = {
        "how": r"every $m \le 7$, $p \le m$, $d \le 3$, two drawn codes each: least prefix that spans $\mathbf 1$ by"
        f" SymPy for groups and for terms, and the terms evaluated; latency by {lab.trials} runs, fixed number,"
        " normal 95 % half-width",
        "cases": len(cases),
        "cases where $p$ does not divide $m$": sum(m % p > 0 for m, p, _, _ in cases),
        "$m = 1000$, $d = 10$, by $p$: mean $T$, half-width, fluid limit": latency,
    }
    text = (
        f"The claim holds in all {len(cases)} cases. If $p$ does not divide $m$, the groups have"
        rf" $\lfloor m/p\rfloor$ and $\lceil m/p\rceil$ terms. The mean latency is {latency['1000'][0]:.2f} with"
        f" $p = 1000$ workers and {latency['100'][0]:.2f} with $p = 100$ workers. A symbol costs $d m/p$ terms."
    )
    return Finding(Verdict.VERIFIED, text, evidence, lab.trials)


def _grouping_fault(m: int, p: int, d: int, key: int, cells: Cells) -> str | None:
    parts, scheme = cells(m, p), Grouped(SumRecovery(p, d), m)
    if sorted(c for part in parts for c in part) != list(range(m)):
        return f"$m = {m}$, $p = {p}$: the groups are not a partition of the terms."
    sent = scheme.emit(key, np.full(p, UNLIMITED))
    order = np.random.default_rng(key).permutation(len(sent.worker))
    supports = [[c for g in sent.rows.row(i) for c in parts[g]] for i in range(len(sent.worker))]
    size = np.array([len(s) for s in supports])
    if any((np.cumsum(size[sent.worker == j]) != sent.terms[sent.worker == j]).any() for j in range(p)):
        return f"$m = {m}$, $p = {p}$, $d = {d}$: a worker's symbols do not cost their terms."
    grouped = from_sets(p, [sent.rows.row(i).tolist() for i in order])
    single = from_sets(m, [supports[i] for i in order])
    if oracles.stopping_time(grouped) != oracles.stopping_time(single):
        return f"$m = {m}$, $p = {p}$, $d = {d}$: groups and terms are recovered after different numbers of rows."
    return None


def _grouped_latency(lab: Lab, workers: int) -> list[float]:
    grouping = {} if workers == SYMBOLS else {"workers": workers}
    found = lab.summary("latency", "sr", degree=DEGREE, **grouping)
    return [*interval(found), fluid_limit(Model(workers, DEGREE, TAU * SYMBOLS / workers, parse_law(EXPONENTIAL)))]
