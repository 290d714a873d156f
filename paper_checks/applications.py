"""Sections I and II-A: computations of the form F(x) = sum f_i(x), each done for real through an SR code."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from paper_checks.registry import Finding, claim
from srtheory.decoders.span import span
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.lab import EXPONENTIAL, Lab
from srtheory.experiments.trial import trial_streams
from srtheory.reception import Reception, receptions
from srtheory.report.checked_by import COMPUTATION
from srtheory.report.ledger import Verdict
from srtheory.rows import Rows
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.lifting import spanning_vector

Floats = npt.NDArray[np.float64]
Solve = Callable[[Rows], tuple[list[int], int] | None]
Terms = Sequence[Sequence[Fraction]]
"""f_i(x) by term and output."""

TAU = 0.05
"""Long enough a term that no worker completes, so that v has to be solved for."""
UNIT = Fraction(1, 2**53)
HOW = (
    "an SR run with X ~ exp(0.2), tau = 0.05 up to M'; exact integers v, D with v·G = D·1 applied to the received sums,"
    " over Q and in floats; there, error against gamma_n sum_i |v_i| sum_{l in S_i} |f_l|, evaluated exactly"
)


@dataclass(frozen=True)
class Recovery:
    """F through a coded run, against the direct sum; F may have several outputs.

    Attributes
    ----------
    exact : bool
        Whether the decoded value is F, over Q, in every output.
    value : float64 array, shape (outputs,)
        F as decoded in floats.
    error, error_over_bound : float
        Largest error of ``value``, and largest error over its bound.
    symbols, degree, rows, silent, fractions : int
        m, d, M', workers from which nothing had come by then, and entries of v other than 0 and 1.
    """

    exact: bool
    value: Floats
    error: float
    error_over_bound: float
    symbols: int
    degree: int
    rows: int
    silent: int
    fractions: int

    def as_json(self) -> dict[str, Any]:
        """The numbers for a reader."""
        return {name: value for name, value in vars(self).items() if name != "value"}


def rationals(values: Floats) -> Terms:
    """Floats, shape (m, outputs), as the rational numbers that they are."""
    return [[Fraction(float(x)) for x in row] for row in values]


def recover(terms: Terms, lab: Lab, *, solve: Solve = spanning_vector, trial: int = 0) -> Recovery:
    """Send m terms through an SR code of degree about 1.5 ln m with stragglers, and add them up."""
    m = len(terms)
    degree = max(1, math.ceil(1.5 * math.log(m)))
    reception, k = _run(m, degree, lab.seed, trial)
    rows = reception.rows.prefix(k)
    found = solve(rows)
    weights = [Fraction(0)] * k if found is None else [Fraction(v, found[1]) for v in found[0]]
    value = _in_floats(terms, rows, weights)
    outputs = [_over_rationals(output, rows, weights) for output in zip(*terms, strict=True)]
    errors = [abs(Fraction(float(x)) - total) for x, (_, total, _) in zip(value, outputs, strict=True)]
    return Recovery(
        exact=all(decoded == total for decoded, total, _ in outputs),
        value=value,
        error=float(max(errors)),
        error_over_bound=max(
            float(e / bound) if bound else float(e) for e, (_, _, bound) in zip(errors, outputs, strict=True)
        ),
        symbols=m,
        degree=degree,
        rows=k,
        silent=m - len(set(reception.worker[:k].tolist())),
        fractions=sum(w not in (0, 1) for w in weights),
    )


def _run(m: int, degree: int, seed: int, trial: int) -> tuple[Reception, int]:
    """The reception of one SR run and its M'."""
    model = DelayModel(parse_law(EXPONENTIAL), TAU)
    rng, key = trial_streams(seed, trial)
    for reception in receptions(SumRecovery(m, degree), model.sample(m, rng), TAU, key):
        stop = span(reception).stopping_time
        if stop is not None:
            return reception, stop
    raise AssertionError("a final SR reception always spans 1")


def _in_floats(terms: Terms, rows: Rows, weights: list[Fraction]) -> Floats:
    """What workers and master compute in double precision, shape (outputs,)."""
    f = np.array([[float(x) for x in term] for term in terms])
    received = np.array([f[rows.row(i)].sum(axis=0) for i in range(len(rows))])
    return np.asarray(np.array([float(w) for w in weights]) @ received)


def _over_rationals(f: Sequence[Fraction], rows: Rows, weights: list[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """One output over Q: decoded, direct, and the bound for what floats make of it."""
    supports = [rows.row(i).tolist() for i in range(len(rows))]
    decoded = sum((w * sum(f[c] for c in s) for w, s in zip(weights, supports, strict=True)), Fraction(0))
    size = sum((abs(w) * sum(abs(f[c]) for c in s) for w, s in zip(weights, supports, strict=True)), Fraction(0))
    steps = (len(rows) + max(map(len, supports)) + 2) * UNIT  # rounding of f, of v, of the sums, of their combination
    return decoded, sum(f, Fraction(0)), steps / (1 - steps) * size


def _judge(recoveries: dict[str, Recovery], evidence: dict[str, Any], says: str, broken: str | None) -> Finding:
    """Refuted by a wrong value, or by an application that is not what it is called (``broken``)."""
    evidence = {"how": HOW, "runs": {name: r.as_json() for name, r in recoveries.items()}} | evidence
    wrong = [name for name, r in recoveries.items() if not r.exact or r.error_over_bound > 1]
    if wrong or broken:
        text = broken or f"The decoded value is not the direct sum for {', '.join(wrong)}."
        return Finding(Verdict.REFUTED, text, evidence)
    error = max(r.error for r in recoveries.values())
    return Finding(
        Verdict.VERIFIED, f"{says}; exact over Q, within {error:.1g} of it in floats, inside the bound.", evidence
    )


# Sixty terms each: the rest is below 3^60/60! e^3 and 2^-61, less than rounding.
SERIES: dict[str, tuple[Terms, float]] = {
    "exp(3)": ([[Fraction(3**i, math.factorial(i))] for i in range(60)], math.exp(3)),
    "log(1 + 1/2)": ([[-(Fraction(-1, 2) ** i) / i] for i in range(1, 61)], math.log(1.5)),
}


@claim(
    "app-taylor",
    "I, II-A",
    "Any differentiable function is approximated by its first m Taylor terms, a sum of this form.",
    ("exactness 2.6", COMPUTATION),
)
def app_taylor(lab: Lab, *, solve: Solve = spanning_vector) -> Finding:
    """Series of exp and log(1 + x) through the code; then functions that their Taylor sums do not tend to."""
    found = {name: recover(terms, lab, solve=solve, trial=i) for i, (name, (terms, _)) in enumerate(SERIES.items())}
    off = {name: float(abs(found[name].value[0] - value)) for name, (_, value) in SERIES.items()}
    far = [name for name, (_, value) in SERIES.items() if off[name] > 1e-14 * abs(value) + found[name].error]
    broken = f"The Taylor sum is not close to {far[0]}." if far else None
    flat = flat_derivatives(8)
    diverging = [float(sum(Fraction(-((-2) ** i), i) for i in range(1, n + 1))) for n in (10, 20, 40)]
    evidence = {
        "distance from the function": off,
        "derivatives of orders 0 to 7 at 0 of exp(-1/x^2), and its value at 1": [flat, math.exp(-1)],
        "Taylor sums of log(1 + x) at x = 2 with 10, 20, 40 terms, and log 3": [*diverging, math.log(3)],
    }
    finding = _judge(found, evidence, "Taylor sums of exp and log come through the code", broken)
    if finding.verdict != Verdict.VERIFIED or any(flat):
        return finding
    text = (
        f"{finding.finding[:-1]}. But the function must be analytic and x within its radius: exp(-1/x^2) is smooth and"
        f" its Taylor terms at 0 are all 0, and the sums for log(1 + x) at x = 2 diverge ({diverging[-1]:.2g} after 40"
        " terms)."
    )
    return Finding(Verdict.REFINED, text, finding.evidence)


def flat_derivatives(orders: int) -> list[float]:
    """Derivatives of orders 0, 1, ... of exp(-1/x^2) at 0, as limits.

    With u = 1/x each is a polynomial in u times exp(-u^2), since d/dx = -u^2 d/du: so all of them vanish.
    """
    import sympy as sp

    u = sp.Symbol("u", positive=True)
    polynomial, limits = sp.Integer(1), []
    for _ in range(orders):
        limits.append(float(sp.limit(polynomial * sp.exp(-(u**2)), u, sp.oo)))
        polynomial = sp.expand(-(u**2) * (sp.diff(polynomial, u) - 2 * u * polynomial))
    return limits


@dataclass(frozen=True)
class Tree:
    """A regression tree: split at ``feature`` <= ``threshold``, or a leaf with ``value``."""

    value: float
    feature: int = -1
    threshold: float = 0.0
    low: Tree | None = None
    high: Tree | None = None

    def __call__(self, x: Floats) -> float:
        """Prediction at one point."""
        if self.low is None or self.high is None:
            return self.value
        return self.low(x) if x[self.feature] <= self.threshold else self.high(x)


def grow(x: Floats, y: Floats, depth: int, rng: np.random.Generator) -> Tree:
    """Least-squares tree; each split looks at one random feature and eight random thresholds."""
    leaf = Tree(float(y.mean()))
    if depth == 0 or len(y) < 4:
        return leaf
    feature = int(rng.integers(x.shape[1]))
    best = min(rng.choice(x[:, feature], 8), key=lambda t: _spread(y, x[:, feature] <= t))
    left = x[:, feature] <= best
    if left.all() or not left.any():
        return leaf
    return Tree(leaf.value, feature, float(best), *(grow(x[s], y[s], depth - 1, rng) for s in (left, ~left)))


def _spread(y: Floats, left: npt.NDArray[np.bool_]) -> float:
    return sum(float(((part - part.mean()) ** 2).sum()) for part in (y[left], y[~left]) if len(part))


@claim(
    "app-forest",
    "I, II-A",
    "Inference in a random forest is such a sum, f_i the i-th tree.",
    ("exactness 2.6", COMPUTATION),
)
def app_forest(lab: Lab, *, solve: Solve = spanning_vector) -> Finding:
    """A forest of 80 bagged trees, grown here, asked at 5 points; each tree is a term with 5 outputs."""
    rng = np.random.default_rng(lab.seed)
    x, points = rng.uniform(-1, 1, (300, 3)), rng.uniform(-1, 1, (200, 3))
    y, truth = _surface(x) + 0.1 * rng.standard_normal(300), _surface(points)
    trees = []
    for _ in range(80):
        bag = rng.integers(len(x), size=len(x))
        trees.append(grow(x[bag], y[bag], 5, rng))
    votes = np.array([[tree(p) for p in points] for tree in trees])
    forest, single = ((votes.mean(axis=0) - truth) ** 2).mean(), ((votes - truth) ** 2).mean()
    broken = None if forest < single else "The forest is no better than its trees."
    found = {"80 trees, 5 points": recover(rationals(votes[:, :5]), lab, solve=solve)}
    evidence = {"mean squared error of the forest, of one tree": [float(forest), float(single)]}
    says = f"The prediction of 80 trees (error {forest:.3f}, one tree {single:.3f}) comes through the code"
    return _judge(found, evidence, says, broken)


def _surface(x: Floats) -> Floats:
    return np.asarray(np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2])


@claim(
    "app-gradient",
    "I",
    "A batch gradient is such a sum, f_i the gradient of the i-th example's loss.",
    ("exactness 2.6", COMPUTATION),
)
def app_gradient(lab: Lab, *, solve: Solve = spanning_vector) -> Finding:
    """Gradient descent on a logistic loss, every batch gradient of 100 examples received through its own SR run."""
    rng = np.random.default_rng(lab.seed)
    x = rng.standard_normal((100, 4))
    label = (x @ np.array([1.0, -2.0, 0.5, 0.0]) + 0.3 * rng.standard_normal(100) > 0).astype(float)
    w, losses, found, step = np.zeros(4), [_loss(np.zeros(4), x, label)], {}, 0.05
    for i in range(5):
        found[f"step {i + 1}"] = recover(rationals(_gradients(w, x, label)), lab, solve=solve, trial=i)
        w = w - step * found[f"step {i + 1}"].value
        losses.append(_loss(w, x, label))
    broken = None if np.diff(losses).max() < 0 else "The loss does not fall along the decoded gradients."
    slope = _gradient_fault(w, x, label)
    broken = broken or (f"The terms are not the gradient of the loss (off by {slope:.1g})." if slope > 1e-6 else None)
    evidence = {"loss along the descent": losses, "distance from central differences of the loss": slope}
    return _judge(
        found,
        evidence,
        f"Five steps of descent (loss {losses[0]:.1f} to {losses[-1]:.1f}) by decoded gradients",
        broken,
    )


def _gradients(w: Floats, x: Floats, label: Floats) -> Floats:
    """Gradient of each example's loss, shape (examples, weights)."""
    return (1 / (1 + np.exp(-x @ w)) - label)[:, None] * x


def _loss(w: Floats, x: Floats, label: Floats) -> float:
    return float((np.logaddexp(0, x @ w) - label * (x @ w)).sum())


def _gradient_fault(w: Floats, x: Floats, label: Floats, h: float = 1e-5) -> float:
    """Largest difference, relative to the gradient's size, from central differences of the loss."""
    gradient = _gradients(w, x, label).sum(axis=0)
    slopes = [(_loss(w + h * e, x, label) - _loss(w - h * e, x, label)) / (2 * h) for e in np.eye(len(w))]
    return float(np.abs(gradient - slopes).max() / np.abs(gradient).max())


@claim(
    "app-kernel",
    "I",
    "A kernel sum at a test point is such a sum, f_i the kernel with the i-th training point.",
    ("exactness 2.6", COMPUTATION),
)
def app_kernel(lab: Lab, *, solve: Solve = spanning_vector) -> Finding:
    """Kernel ridge regression with a Gaussian kernel on 100 points, predicted at 5 others through the code."""
    rng = np.random.default_rng(lab.seed)
    x, points = np.sort(rng.uniform(-3, 3, 100)), np.linspace(-2.5, 2.5, 5)
    y = np.sin(2 * x) + 0.05 * rng.standard_normal(100)
    weight = np.linalg.solve(_gaussian(x, x) + 0.01 * np.eye(100), y)
    terms = weight[:, None] * _gaussian(x, points)
    found = {"100 training points, 5 test points": recover(rationals(terms), lab, solve=solve)}
    error = float(np.abs(terms.sum(axis=0) - np.sin(2 * points)).max())
    broken = None if error < 0.2 else f"The kernel sum does not predict (off by {error:.2g})."
    evidence = {"largest distance of the prediction from the truth": error}
    return _judge(found, evidence, "Predictions by 100 kernels come through the code", broken)


def _gaussian(x: Floats, y: Floats) -> Floats:
    return np.exp(-2 * (x[:, None] - y[None, :]) ** 2)
