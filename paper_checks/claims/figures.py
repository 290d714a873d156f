"""Section IV, Simulations: the statements about Figures 2a, 2b, 2c and Pareto start-up delays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from paper_checks import study
from paper_checks.claims.runs import interval, percent, share
from paper_checks.claims.streaming import FLOOR, of_floor
from paper_checks.floors import least_mean
from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, PARETO, SYMBOLS, TAU
from srtheory.delays import parse_law
from srtheory.experiments.lab import Lab
from srtheory.experiments.summary import Summary, finite_or_none, proportion, summarise
from srtheory.schemes import printed
from srtheory.study.findings import SIMULATION, Finding, Verdict
from srtheory.theory.by_scheme import latency_law
from srtheory.theory.coverage import expected_collection
from srtheory.theory.latency import expected_stopping_given_hitting
from srtheory.types import Floats

RIVALS: dict[str, tuple[str, dict[str, Any]]] = {
    "One": ("one", {}),
    "Uncoded": ("uncoded", {}),
    "Repetition": ("repetition", {"degree": DEGREE}),
    "BCC": ("bcc", {"degree": DEGREE}),
    "LT, $m_e = 2m$": ("lt", {"cap": 2.0}),
    "LT, no cap": ("lt", {}),
}
ACCESS = (100, 400, 700)
LT = {name: rival for name, rival in RIVALS.items() if rival[0] == "lt"}
LARGE = 50
"""Number of terms at which fractional repetition is fastest at the paper's parameters (theory 5.7)."""
STREAMS: dict[str, dict[str, Any]] = {
    "parts-stream": {"degree": DEGREE},
    "parts-cyclic": {"degree": DEGREE},
    "terms-random": {},
    "terms-cyclic": {},
}
CYCLIC = ("parts-cyclic", "terms-cyclic")
UNCODED = STREAMS | {"gradient-fractional": {"stragglers": LARGE - 1}, "genie": {}}
MEAN = "mean latency, half-width"
PUBLISHED_LT = (5.0, 5.0)
"""Mean and standard deviation of the LT latencies in the authors' published notebooks (100 runs)."""
PUBLISHED_SR_100 = 0.769
"""Mean latency of SR-100 there, from 100 runs."""

HOW = (
    "runs paired by their start-up delays; fixed number of trials; 95 % intervals: Clopper-Pearson for probabilities,"
    " order statistics for medians, normal for means"
)


@study.claim(
    "fig2a",
    "Fig. 2a",
    "SR codes have a lighter latency tail than One, Unc, Rep, BCC and LT ($m = 1000$, $d = 10$).",
    ("theory 5.1", "floor Theorem 2", SIMULATION),
)
def fig2a(lab: Lab, *, code: str = "sr") -> Finding:
    """Compare paired latencies, the tails beyond SR's 95 % quantile, and our LT latencies with the published ones."""
    found = _compare(lab, code, EXPONENTIAL, RIVALS)
    streams, exact = _streams(lab, code), _exact_tails(lab)
    lt = {name: summarise(_reached(lab.sample("latency", "lt", **options))) for name, (_, options) in LT.items()}
    ours = " and ".join(f"{latency.mean:.2f} ({latency.sd:.2f}) for {name}" for name, latency in lt.items())
    alike = [name for name, our in lt.items() if abs(our.mean - PUBLISHED_LT[0]) < 3 * our.standard_error]
    evidence = {
        "LT latency over the runs that decode, mean and standard deviation": {
            name: [our.mean, our.sd] for name, our in lt.items()
        },
        "the same in the authors' notebooks": PUBLISHED_LT,
        "mean of one start-up delay": parse_law(EXPONENTIAL).mean(),
        "beyond each sample's median: fraction of runs, exact probability": exact,
        "uncoded streams, which the paper leaves out": streams,
        r"share of paired runs in which SR is faster, by $\mu\tau$": _streams_by_load(lab, code),
        FLOOR: (floor := least_mean(PAPER)),
    }
    if any(_contradicted(tail, lab.trials) for tail in exact.values()):
        return replace(found, verdict=Verdict.NOT_REPRODUCED, finding="Simulation contradicts the exact distributions.")
    late = streams["gradient-fractional"]
    means = {"SR": found.evidence["mean latency of SR"]}
    means |= {f"'{printed(name, UNCODED[name].get('degree'))}'": streams[name][MEAN][0] for name in CYCLIC}
    text = (
        f"{found.finding} Our LT latencies have mean (standard deviation) {ours}. The {PUBLISHED_LT[0]:.1f}"
        f" ({PUBLISHED_LT[1]:.1f}) of the published notebooks, which are the moments of one worker's start-up delay,"
        f" {'agree with ' + alike[0] if alike else 'are not reproduced'}. The comparison leaves out streams of uncoded"
        f" parts or terms, which need no decoder. {_faster_streams(streams)} Fractional repetition, with one message"
        f" per worker and its best $d = {LARGE}$ of 1, 2, 5, 10, …, is faster than SR in"
        f" {percent(1 - late['SR faster'][0])} of these runs (mean latency {late[MEAN][0]:.3f} ± {late[MEAN][1]:.3f})."
        f" The mean of the genie bound is {streams['genie'][MEAN][0]:.3f}."
        f" {of_floor(means, floor)}"
    )
    return replace(found, finding=text, evidence={**found.evidence, **evidence})


def _streams(lab: Lab, code: str) -> dict[str, Any]:
    """Compare SR with uncoded streams, fractional repetition and the genie: paired runs, rows, and exact tails."""
    sr = lab.sample("latency", code, **_degree(code))
    found = {}
    then = float(np.mean(_reached(sr)))
    for name, options in UNCODED.items():
        law = latency_law(name, replace(PAPER, degree=options.get("degree")), stragglers=options.get("stragglers"))
        latency = lab.summary("latency", name, **options)
        found[name] = {
            "SR faster": _share(lab.sample("latency", name, **options) > sr),
            MEAN: interval(latency),
            "mean rows, half-width": interval(lab.summary("stopping_time", name, **options)),
            r"exact $\Pr(T \le \text{mean latency of SR})$": list(law.cdf(then)),
        }
    return found


def _faster_streams(streams: dict[str, Any]) -> str:
    """Return which uncoded streams are faster than SR in most paired runs, and their mean latencies."""
    faster = [name for name in STREAMS if streams[name]["SR faster"][2] < 0.5]
    if not faster:
        return "No stream is faster than SR in most paired runs."
    names = ", ".join(f"'{printed(name, STREAMS[name].get('degree'))}'" for name in faster)
    means = ", ".join("{:.3f} ± {:.3f}".format(*streams[name][MEAN]) for name in faster)
    return f"These streams are faster than SR in most paired runs: {names}. Their mean latencies are {means}."


def _streams_by_load(lab: Lab, code: str) -> dict[str, dict[str, list[float]]]:
    """Return the fraction of paired runs in which SR is faster than each stream, by load, at m = 1000, d = 10."""
    trials, shares = max(25, lab.trials // 10), {}
    for tau in (0.0005, TAU, 0.05, 0.5, 5.0):
        sr = lab.sample("latency", code, tau=tau, trials=trials, **_degree(code))
        rivals = {
            name: lab.sample("latency", name, tau=tau, trials=trials, **options) for name, options in STREAMS.items()
        }
        shares[f"{tau / 5:g}"] = {name: _share(latency > sr) for name, latency in rivals.items()}
    return shares


def _exact_tails(lab: Lab) -> dict[str, list[float]]:
    """Return, if a law is known, the fraction of runs beyond the sample's median, and the exact P(T > t) there."""
    tails = {}
    for name, (scheme, options) in {**RIVALS, **{name: (name, options) for name, options in UNCODED.items()}}.items():
        if scheme != "lt":
            sample = lab.sample("latency", scheme, **options)
            t = float(np.quantile(sample, 0.5, method="inverted_cdf"))
            model, stragglers = replace(PAPER, degree=options.get("degree")), options.get("stragglers")
            low, high = latency_law(scheme, model, stragglers=stragglers).cdf(t)
            tails[name] = [float((sample > t).mean()), 1 - high, 1 - low]
    return tails


def _contradicted(tail: list[float], trials: int) -> bool:
    """Return whether an exact tail is outside the simulated one's Clopper-Pearson limits at confidence 1 - 10^-6."""
    low, high = proportion(round(tail[0] * trials), trials, 1 - 1e-6)
    return tail[2] < low or tail[1] > high


def _compare(lab: Lab, code: str, startup: str, rivals: dict[str, tuple[str, dict[str, Any]]]) -> Finding:
    sr = lab.sample("latency", code, startup=startup, **_degree(code))
    high = float(np.quantile(sr, 0.95, method="inverted_cdf"))
    gaps = {
        name: _gap(sr, lab.sample("latency", scheme, startup=startup, **o), high)
        for name, (scheme, o) in rivals.items()
    }
    heavier = [name for name, gap in gaps.items() if not _lighter(gap)]
    mean = summarise(sr).mean
    evidence = {"how": HOW, "mean latency of SR": mean, "95 % quantile of SR": high, "gaps": gaps}
    if heavier:
        text = f"SR codes are not shown to be faster than {', '.join(heavier)}."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence, lab.trials)
    reached = {name: gap["median gap"] for name, gap in gaps.items() if None not in gap["median gap"]}
    nearest = min(reached, key=lambda name: reached[name][0])
    later, low, most = reached[nearest]
    text = (
        f"SR is faster than every other scheme that the paper compares it with (mean latency {mean:.3f}). The nearest"
        f" scheme is {nearest}, which is later by {later:.3f} in the median ({low:.3f} to {most:.3f})."
    )
    return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)


def _lighter(gap: dict[str, Any]) -> bool:
    """Return whether SR wins most paired runs, and the rival exceeds SR's 95 % quantile more than 5 % of the time."""
    return bool(gap["SR faster"][1] > 0.5 and gap["tail beyond"][1] > 0.05)


def _degree(code: str, **more: int) -> dict[str, int]:
    """Return the options of an SR code; a planted code in its place takes none."""
    return {"degree": DEGREE, **more} if code.startswith("sr") else {}


def _gap(sr: Floats, rival: Floats, high: float) -> dict[str, Any]:
    """Return the paired comparison; a run in which the rival never recovers the sum counts as later."""
    order = np.sort(rival - sr)
    n = len(order)
    low, most = binom.ppf([0.025, 0.975], n, 0.5).astype(int)
    return {
        "SR faster": _share(rival > sr),
        "median gap": [finite_or_none(float(order[i])) for i in (n // 2, max(low - 1, 0), min(most, n - 1))],
        "tail beyond": _share(rival > high),
        "never recovered": int(np.isinf(rival).sum()),
    }


def _reached(values: Floats) -> Floats:
    """Return the runs that recover the sum."""
    return values[np.isfinite(values)]


def _share(hits: npt.NDArray[np.bool_]) -> list[float]:
    return share(int(hits.sum()), len(hits))


@study.claim(
    "fig2a-lt-low-latency",
    "text on Fig. 2a",
    "With a very low probability LT is faster: its symbols then have a low degree.",
    (SIMULATION,),
)
def fig2a_lt_low_latency(lab: Lab, *, code: str = "sr") -> Finding:
    """Estimate P(T_LT < T_SR) on paired runs, and the degree of the symbols that LT had received."""
    sr = lab.sample("latency", code, **_degree(code))
    cases = {name: _faster(lab, sr, options) for name, (_, options) in LT.items()}
    evidence = {"how": HOW, "a very low probability": "below 0.05", "cases": cases}
    worst = max(cases.values(), key=lambda case: case["probability"][0])
    shares = {name.removeprefix("LT, "): case["probability"][0] for name, case in cases.items()}
    said = " and ".join(f"{share:.3g} ({name})" for name, share in shares.items())
    text = f"The fraction of runs in which LT is faster is {said}."
    if all(case["probability"][2] < 0.05 for case in cases.values()):
        return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)
    if worst["probability"][1] > 0.05:
        text += " Without a cap this is not a rare event."
        degree, otherwise = worst["degree where faster"], worst["degree otherwise"]
        more = f" The mean degree of its received symbols is {degree:.2f} where it is faster" + (
            "." if otherwise is None else f" and {otherwise:.2f} elsewhere."
        )
        return Finding(Verdict.REFINED, text + more, evidence, lab.trials, text)
    return Finding(Verdict.OPEN, f"Too few trials to tell. {text}", evidence, lab.trials)


def _faster(lab: Lab, sr: Floats, options: dict[str, Any]) -> dict[str, Any]:
    records = lab.records("lt", **options)
    latency = lab.sample("latency", "lt", **options)
    degree = np.array([r.received_terms / max(1, r.stopping_time or 0) for r in records])
    wins = latency < sr
    mean = {True: None, False: None} | {
        side: float(degree[wins == side].mean()) for side in (True, False) if (wins == side).any()
    }
    return {
        "probability": _share(wins),
        "degree where faster": mean[True],
        "degree otherwise": mean[False],
    }


@study.claim("fig2b", "Fig. 2b", "SR-$k$ with $k = 100$, 400, 700, 1000 still outperforms LT.", (SIMULATION,))
def fig2b(
    lab: Lab, *, code: str = "sr", access: tuple[int, ...] = ACCESS, published: float = PUBLISHED_SR_100
) -> Finding:
    """Compare each SR-k with LT, and with SR-1000 run by run; and our SR-100 with the published one."""
    text, evidence = _beside_published(lab, published)
    found = _limited(lab, code, EXPONENTIAL, access)
    return replace(found, finding=f"{found.finding} {text}", evidence={**found.evidence, **evidence})


def _beside_published(lab: Lab, published: float) -> tuple[str, dict[str, Any]]:
    """Compare the published mean latency of SR-100 with ours, with and without a worker's last block of nine terms.

    With access to 91 symbols a worker sends the first nine blocks that it would send with access to 100.
    """
    whole, last = ACCESS[0], (ACCESS[0] - 1) % DEGREE
    trials = max(300, lab.trials // 10)
    latency = {k: lab.summary("latency", "sr", degree=DEGREE, access=k, trials=trials) for k in (whole, whole - last)}
    off = {k: (published - ours.mean) / (ours.sd * (1 / 100 + 1 / trials) ** 0.5) for k, ours in latency.items()}
    alike = [k for k in latency if abs(off[k]) < 3]
    meant = {
        whole: "our SR-100",
        whole - last: f"workers that stop after {whole - last} terms, before their last block",
    }
    means = " and ".join(f"{ours.mean:.4f} ± {interval(ours)[1]:.4f} for {meant[k]}" for k, ours in latency.items())
    agrees = " and with ".join(meant[k] for k in alike)
    text = (
        f"The mean latency over {trials} runs is {means}. The {published:.3f} of the published notebooks (100 runs)"
        f" {'agrees with ' + agrees if alike else 'is not reproduced'}."
        + (f" It is {abs(off[whole]):.1f} standard errors from our SR-100." if whole not in alike else "")
    )
    return text, {
        f"mean latency of SR-100 with {whole} and with {whole - last} terms, half-width, {trials} runs": [
            interval(ours) for ours in latency.values()
        ],
        "the same in the authors' notebooks, and its distance to either in standard errors": [published, *off.values()],
    }


def _limited(lab: Lab, code: str, startup: str, access: tuple[int, ...] = ACCESS) -> Finding:
    full = lab.sample("latency", code, startup=startup, **_degree(code))
    same, rows, slower = [], {}, []
    for k in access:
        limited = lab.sample("latency", code, startup=startup, **_degree(code, access=k))
        same += [k] if (limited == full).all() else []
        high = float(np.quantile(limited, 0.95, method="inverted_cdf"))
        gaps = {
            name: _gap(limited, lab.sample("latency", "lt", startup=startup, **options), high)
            for name, (_, options) in LT.items()
        }
        rows[f"$k = {k}$"] = {"mean latency": summarise(limited).mean, "gaps to LT": gaps}
        slower += [f"SR-{k} against {name}" for name, gap in gaps.items() if not _lighter(gap)]
    reach = int((full.max() - parse_law(startup).support()[0]) / TAU)
    evidence = {"how": HOW, "equal to SR-1000 in every run": same, "terms that fit into the longest run": reach, **rows}
    if slower:
        text = f"Not shown to be faster: {', '.join(slower)}."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence, lab.trials)
    text = (
        f"Every SR-$k$ is faster than LT. For $k$ in {same} the runs are identical to those of SR-1000. No worker gets"
        f" beyond {reach} terms before the longest run ends, so that a limit above that has no effect."
    )
    return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)


@study.claim(
    "fig2c",
    "Fig. 2c",
    r"Coverage ($\mathrm{CC}$) needs fewer symbols than sum recovery (SR), and SR fewer than LT.",
    ("theory 2.1", SIMULATION),
)
def fig2c(lab: Lab, *, code: str = "sr") -> Finding:
    """Compare paired differences of rows: SR against coverage and against LT."""
    return _rows(lab, code, EXPONENTIAL)


def _rows(lab: Lab, code: str, startup: str) -> Finding:
    records = lab.records(code, startup=startup, **_degree(code))
    sr = lab.sample("stopping_time", code, startup=startup, **_degree(code))
    cover = np.array([np.inf if r.coverage_time is None else r.coverage_time for r in records])
    above = {"CC": summarise(sr - cover)}
    for name, (scheme, options) in LT.items():
        gap = lab.sample("stopping_time", scheme, startup=startup, **options) - sr
        above[name] = summarise(_reached(gap))  # a run that never decodes would only widen the gap
    low = {name: gap.mean - 1.96 * gap.standard_error for name, gap in above.items()}
    model = replace(PAPER, startup=parse_law(startup))
    exact = {"CC": expected_collection(model), "max(m, CC)": expected_stopping_given_hitting(model)}
    equal = int((sr == np.maximum(cover, SYMBOLS)).sum())
    evidence = {
        "how": HOW,
        "mean rows of SR": summarise(sr).mean,
        r"mean rows of $\mathrm{CC}$": summarise(cover).mean,
        r"exact $\mathrm{E}[\mathrm{CC}]$, and $\mathrm{E}[\max(m, \mathrm{CC})]$": {
            name: list(mean) for name, mean in exact.items()
        },
        "mean excess": {name: gap.mean for name, gap in above.items()},
        "lower end of its interval": low,
        r"runs with $M' = \max(m, \mathrm{CC})$": equal,
        "range of $M' - 1$": [int(sr.min()) - 1, int(sr.max()) - 1],
    }
    if not all(value > 0 for value in low.values()):
        return Finding(
            Verdict.NOT_REPRODUCED,
            r"The order $\mathrm{CC} < \mathrm{SR} < \mathrm{LT}$ is not shown.",
            evidence,
            lab.trials,
        )
    if not _near(summarise(cover), exact["CC"]):
        return Finding(
            Verdict.NOT_REPRODUCED,
            r"Simulation contradicts the exact distribution of $\mathrm{CC}$.",
            evidence,
            lab.trials,
        )
    text = (
        r"The mean numbers of rows have the order $\mathrm{CC} < \mathrm{SR} < \mathrm{LT}$:"
        f" {summarise(cover).mean:.0f} (CC), {summarise(sr).mean:.0f} (SR), "
        + ", ".join(f"{summarise(sr).mean + above[n].mean:.0f} ({n})" for n in LT)
        + rf". The equation $M' = \max(m, \mathrm{{CC}})$ holds in {equal} of {lab.trials} runs. The exact values are"
        rf" $\mathrm{{E}}[\mathrm{{CC}}] = {exact['CC'][0]:.1f}$ and $\mathrm{{E}}[\max(m, \mathrm{{CC}})] ="
        f" {exact['max(m, CC)'][0]:.1f}$."
    )
    return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)


def _near(found: Summary, exact: tuple[float, float]) -> bool:
    """Return whether a mean lies within five standard errors of an interval."""
    slack = 5 * found.standard_error
    return bool(exact[0] - slack <= found.mean <= exact[1] + slack)


@study.claim(
    "fig2-pareto",
    "IV, Simulations",
    "The same holds for Pareto start-up delays (shape 1, scale 1).",
    ("theory 2.1", SIMULATION),
)
def fig2_pareto(lab: Lab, *, code: str = "sr", access: tuple[int, ...] = ACCESS) -> Finding:
    """Check Figures 2a, 2b and 2c again with X ~ pareto(b=1)."""
    parts = {
        "latency": _compare(lab, code, PARETO, RIVALS),
        "limited access": _limited(lab, code, PARETO, access),
        "rows": _rows(lab, code, PARETO),
    }
    evidence = {name: dict(part.evidence) for name, part in parts.items()}
    same = {part.verdict for part in parts.values()} == {Verdict.SUPPORTED}
    verdict = Verdict.SUPPORTED if same else Verdict.NOT_REPRODUCED
    return Finding(verdict, " ".join(part.finding for part in parts.values()), evidence, lab.trials)
