"""Sections I and II-A: computations of the form F(x) = sum f_i(x), each done through SR codes and others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from paper_checks import study, workloads
from paper_checks.real_sums import CONSTRUCTIONS, GRID, Construction, Recovery, recover
from paper_checks.records.kept_sums import KeptSum, KeptTerms, read_sums
from paper_checks.workloads import SERIES, Terms, rationals
from srtheory.experiments.lab import Lab
from srtheory.study.findings import COMPUTATION, REAL, Finding, Verdict
from srtheory.types import Floats

Constructions = Sequence[Construction]
Recoveries = dict[str, dict[str, Recovery]]
"""Recovered sums by construction and by sum."""
Record = Callable[[], tuple[KeptTerms, Sequence[KeptSum]]]
"""Location of the sums that real workers have computed."""

LEFT = 0.5
"""Largest fraction of the variance that a prediction may leave unexplained."""
CHECKED_BY = ("exactness 2.6", "intervals Theorem 5", COMPUTATION, REAL)
HOW = (
    r"runs with $X \sim \mathrm{Exp}(0.2)$, $\tau = 0.05$ up to $T$; received sums decoded over $\mathbb Q$ and in"
    " floats, there within a bound by running error analysis. SR by elimination: exact integers $v$, $D$ with $vG ="
    rf" D\mathbf 1$. LSMR: exact for terms that are rounded to {GRID} binary places, in floats within its residual's"
    " norm times that of the terms. relative: to the sum of $|f_i|$"
)
REAL_HOW = (
    "data/workers/sums.json: computed by as many workers as terms in processes of one machine, with start-up delays of"
    " expon(scale=0.2) and terms of at least 0.005 s, in seconds; compared with the sum of the terms exactly"
)


def _recover(runs: dict[str, Terms], lab: Lab, constructions: Constructions) -> Recoveries:
    """Return each sum through each construction, the i-th sum by the i-th run."""
    return {
        construction.name: {
            name: recover(terms, construction, seed=lab.seed, trial=i) for i, (name, terms) in enumerate(runs.items())
        }
        for construction in constructions
    }


def _judge(
    recoveries: Recoveries, evidence: dict[str, Any], says: str, broken: str | None, workload: str, record: Record
) -> Finding:
    """Return refuted for a wrong value, or for an application that does not match its name (``broken``)."""
    found = {f"by {name}": {run: r.as_json() for run, r in runs.items()} for name, runs in recoveries.items()}
    terms, kept = record()
    real = [run for run in kept if run.workload == workload]
    evidence = {"how": HOW} | found | evidence | {"real workers": _told(terms, real)}
    wrong = [f"{run} ({name})" for name, runs in recoveries.items() for run, r in runs.items() if not r.right]
    wrong += [f"{workload} by real workers ({run.scheme})" for run in real if not run.is_right(terms)]
    if wrong or broken:
        text = broken or f"The decoded value is not the direct sum for {', '.join(wrong)}."
        return Finding(Verdict.REFUTED, text, evidence)
    error = max(r.relative_error for runs in recoveries.values() for r in runs.values())
    survived = [run for run in real if run.killed]
    text = (
        rf"{says} and {len(recoveries) - 1} other constructions (docs/proofs/decoding.md, 4). The results are exact"
        " over"
        rf" $\mathbb Q$, by LSMR for terms of {GRID} binary places. In floats the error is within {error:.1g} of the"
        rf" sum of $|f_i|$, inside the bounds. Real workers computed {len(real)} such sums within their bounds,"
        f" {len(survived)} of them with a process killed."
    )
    return Finding(Verdict.VERIFIED, text, evidence)


def _told(terms: KeptTerms, runs: Sequence[KeptSum]) -> dict[str, Any]:
    by_scheme = {
        run.scheme: {
            "terms, processes, of them killed": [run.symbols, run.processes, run.killed],
            "symbols received, $T$, value there": [run.received, run.latency, run.available],
            "largest distance from the sum, its bound": [float(max(run.off(terms))), max(run.bound)],
        }
        for run in runs
    }
    return {"how": REAL_HOW} | by_scheme


@study.claim(
    "app-taylor",
    "I, II-A",
    "Any differentiable function is approximated by its first $m$ Taylor terms, a sum of this form.",
    CHECKED_BY,
)
def app_taylor(lab: Lab, *, constructions: Constructions = CONSTRUCTIONS, record: Record = read_sums) -> Finding:
    """Check series of exp and log(1 + x) by each construction, then functions that differ from their Taylor limits."""
    found = _recover({name: terms for name, (terms, _) in SERIES.items()}, lab, constructions)
    first = next(iter(found.values()))
    off = {name: float(abs(first[name].value[0] - value)) for name, (_, value) in SERIES.items() if first[name].right}
    far = [name for name, miss in off.items() if miss > 1e-14 * abs(SERIES[name][1]) + first[name].error]
    broken = f"The Taylor sum is not close to {far[0]}." if far else None
    flat = flat_derivatives(8)
    diverging = [float(sum(Fraction(-((-2) ** i), i) for i in range(1, n + 1))) for n in (10, 20, 40)]
    evidence = {
        "distance from the function": off,
        "derivatives of orders 0 to 7 at 0 of $e^{-1/x^2}$, and its value at 1": [flat, math.exp(-1)],
        r"Taylor sums of $\log(1 + x)$ at $x = 2$ with 10, 20, 40 terms, and $\log 3$": [*diverging, math.log(3)],
    }
    finding = _judge(
        found, evidence, "Taylor sums of exp and log are recovered through SR codes", broken, "taylor", record
    )
    if finding.verdict != Verdict.VERIFIED or any(flat):
        return finding
    text = (
        f"{finding.finding} But the function must be analytic, and $x$ must lie within its radius of convergence. The"
        r" function $e^{-1/x^2}$ is smooth, and its Taylor terms at 0 are all 0. The sums for $\log(1 + x)$ at $x = 2$"
        f" diverge ({diverging[-1]:.2g} after 40 terms)."
    )
    correction = (
        r"The function must be analytic, and $x$ must lie within the radius of convergence. The function"
        r" $e^{-1/x^2}$ is smooth, and all its Taylor terms at 0 are 0. The sums for $\log(1 + x)$ at $x = 2$ diverge."
    )
    return Finding(Verdict.REFINED, text, finding.evidence, correction=correction)


def flat_derivatives(orders: int) -> list[float]:
    """Return the derivatives of orders 0, 1, ... of exp(-1/x^2) at 0, as limits.

    With u = 1/x each is a polynomial in u times exp(-u^2), since d/dx = -u^2 d/du: hence all of them vanish.
    """
    import sympy as sp

    u = sp.Symbol("u", positive=True)
    polynomial, limits = sp.Integer(1), []
    for _ in range(orders):
        limits.append(float(sp.limit(polynomial * sp.exp(-(u**2)), u, sp.oo)))
        polynomial = sp.expand(-(u**2) * (sp.diff(polynomial, u) - 2 * u * polynomial))
    return limits


@study.claim(
    "app-forest",
    "I, II-A",
    "Inference in a random forest is such a sum, where $f_i$ is the $i$-th tree.",
    CHECKED_BY,
)
def app_forest(lab: Lab, *, constructions: Constructions = CONSTRUCTIONS, record: Record = read_sums) -> Finding:
    """Check a forest of 80 bagged trees, grown here, at 5 points; each tree is a term with 5 outputs."""
    votes, truth = workloads.forest(lab.seed)
    forest, single = ((votes.mean(axis=0) - truth) ** 2).mean(), ((votes - truth) ** 2).mean()
    broken = None
    if forest >= single:  # by Jensen's inequality only if the trees are alike
        broken = "The forest is no better than its trees."
    elif forest > LEFT * truth.var():
        broken = "The forest does not predict."
    found = _recover({"80 trees, 5 points": rationals(votes[:, : workloads.POINTS])}, lab, constructions)
    evidence = {"mean squared error of the forest, of one tree": [float(forest), float(single)]}
    says = (
        f"The prediction of {len(votes)} trees (mean squared error {forest:.3f}, one tree {single:.3f}) is"
        " recovered through an SR code"
    )
    return _judge(found, evidence, says, broken, "forest", record)


@study.claim(
    "app-ensemble",
    "II-A",
    "Inference in a deep ensemble is such a sum, where $f_i$ is the $i$-th neural network.",
    CHECKED_BY,
)
def app_ensemble(lab: Lab, *, constructions: Constructions = CONSTRUCTIONS, record: Record = read_sums) -> Finding:
    """Check sixty networks, trained here, at 5 points: the sums of their means and second moments are 10 outputs."""
    trained, near = workloads.ensemble(lab.seed), np.linspace(-workloads.INSIDE, workloads.INSIDE, 81)
    far = workloads.INSIDE + np.linspace(1, 2, 9)
    (mean, variance), (single, _) = _predicted(trained, near), trained(near)
    outside = float(_predicted(trained, np.concatenate([-far, far]))[1].mean())
    together, one = float(((mean - near**3) ** 2).mean()), float(((single - near**3) ** 2).mean())
    broken = None
    if together > one * (1 - 1e-9):  # alike, they would be equal, but for rounding
        broken = "The ensemble is no better than its workloads."
    elif together > LEFT * (near**3).var():
        broken = "The ensemble does not predict."
    elif variance.mean() >= outside:
        broken = "The ensemble is no less certain away from its examples."
    asked = np.linspace(-workloads.INSIDE, workloads.INSIDE, workloads.POINTS)
    found = _recover({"60 networks, 5 points": rationals(workloads.moments(trained, asked))}, lab, constructions)
    evidence = {
        "mean squared error of the ensemble, of one network": [together, one],
        "its mean variance among the examples, away from them": [float(variance.mean()), outside],
    }
    says = (
        f"The mean and the second moment that {len(single)} networks predict (mean squared error {together:.2f}, one"
        f" network {one:.2f}) are recovered through an SR code"
    )
    return _judge(found, evidence, says, broken, "ensemble", record)


def _predicted(trained: workloads.Networks, x: Floats) -> tuple[Floats, Floats]:
    """Return the mean and variance of the ensemble at each point."""
    mean, square = np.split(workloads.moments(trained, x).mean(axis=0), 2)
    return mean, square - mean**2


@study.claim(
    "app-gradient",
    "I",
    "A batch gradient is such a sum, where $f_i$ is the gradient of the $i$-th example's loss.",
    CHECKED_BY,
)
def app_gradient(lab: Lab, *, constructions: Constructions = CONSTRUCTIONS, record: Record = read_sums) -> Finding:
    """Check gradient descent on a logistic loss; every batch gradient of 100 examples uses its own SR run."""
    x, label = workloads.examples(lab.seed)
    w, step, steps = np.zeros(workloads.WEIGHTS), 0.05, dict[str, Terms]()
    losses = [_loss(w, x, label)]
    for i in range(5):
        steps[f"step {i + 1}"] = terms = rationals(workloads.gradients(w, x, label))
        found = recover(terms, constructions[0], seed=lab.seed, trial=i)
        if not found.right:
            break
        w = w - step * found.value
        losses.append(_loss(w, x, label))
    broken = None if (np.diff(losses) < 0).all() else "The loss does not fall along the decoded gradients."
    slope = _gradient_fault(w, x, label)
    broken = broken or (f"The terms are not the gradient of the loss (off by {slope:.1g})." if slope > 1e-6 else None)
    evidence = {"loss along the descent": losses, "distance from central differences of the loss": slope}
    says = (
        f"The gradients of five steps of descent (loss {losses[0]:.1f} to {losses[-1]:.1f}) are recovered through SR"
        " codes"
    )
    return _judge(_recover(steps, lab, constructions), evidence, says, broken, "gradient", record)


def _loss(w: Floats, x: Floats, label: Floats) -> float:
    return float((np.logaddexp(0, x @ w) - label * (x @ w)).sum())


def _gradient_fault(w: Floats, x: Floats, label: Floats, h: float = 1e-5) -> float:
    """Return the largest relative difference of the gradient from central differences of the loss."""
    gradient = workloads.gradients(w, x, label).sum(axis=0)
    slopes = [(_loss(w + h * e, x, label) - _loss(w - h * e, x, label)) / (2 * h) for e in np.eye(len(w))]
    return float(np.abs(gradient - slopes).max() / np.abs(gradient).max())


@study.claim(
    "app-kernel",
    "I",
    "A kernel sum at a test point is such a sum, where $f_i$ is the kernel with the $i$-th training point.",
    CHECKED_BY,
)
def app_kernel(lab: Lab, *, constructions: Constructions = CONSTRUCTIONS, record: Record = read_sums) -> Finding:
    """Check kernel ridge regression with a Gaussian kernel on 100 points, at 5 others, by each construction."""
    terms, truth = workloads.kernels(lab.seed)
    found = _recover({"100 training points, 5 test points": rationals(terms)}, lab, constructions)
    error = float(np.abs(terms.sum(axis=0) - truth).max())
    broken = None if error < 0.2 else f"The kernel sum does not predict (off by {error:.2g})."
    evidence = {"largest distance of the prediction from the truth": error}
    says = f"Predictions by {len(terms)} kernels are recovered through an SR code"
    return _judge(found, evidence, says, broken, "kernel", record)
