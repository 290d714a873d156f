"""Simultaneous bands: how often they contain a whole known curve, and that pointwise ones contain it more rarely."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import betaincinv

from srtheory.errors import ArgumentError
from srtheory.experiments import bands
from srtheory.experiments.bands import CLOSE, band_at, coverage, local_level, tail_band
from srtheory.experiments.summary import tail
from srtheory.types import Floats

Band = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]
DATA = Path(__file__).parents[2] / "data" / "figures"
LAWS = [stats.expon(scale=5), stats.geom(0.1)]
DEEP_LEVEL = 4.78134943e-4
"""The local level of 10^5 runs, which takes half a minute to compute."""


def contained(band: Band, law: Any, trials: int, times: int, seed: int = 7) -> float:
    """The fraction of samples whose band contains the law at every time, the times just before a value included."""
    rng, inside = np.random.default_rng(seed), 0
    for _ in range(times):
        sample = np.sort(law.rvs(trials, random_state=rng))
        at = np.concatenate([sample, np.nextafter(sample, -np.inf)])
        _, low, high = band(sample, at)
        inside += bool(((low <= law.sf(at)) & (law.sf(at) <= high)).all())
    return inside / times


@pytest.mark.quality
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.dist.name)
def test_a_band_contains_the_whole_law_as_often_as_it_says_and_a_pointwise_one_does_not(law: Any) -> None:
    found, error = contained(tail_band, law, 60, 400), (0.95 * 0.05 / 400) ** 0.5
    assert found >= 0.95 - 3 * error
    if law.dist.name != "geom":  # only a continuous law's probability is exactly the stated one
        assert found <= 0.95 + 3 * error
    assert contained(tail, law, 60, 100) < 0.8


@pytest.mark.parametrize(("trials", "eta"), [(1, 0.2), (2, 0.1), (7, 0.05), (40, 0.01)])
def test_coverage_is_what_uniforms_give(trials: int, eta: float) -> None:
    """Of two, the area of the pairs with the least in [a, b] and the greatest in [1 - b, 1 - a]."""
    i = np.arange(1, trials + 1)
    low, high = (stats.beta.ppf(q, i, trials + 1 - i) for q in (eta / 2, 1 - eta / 2))
    drawn = np.sort(np.random.default_rng(3).random((40_000, trials)), axis=1)
    seen = ((low <= drawn) & (drawn <= high)).all(axis=1).mean()
    assert coverage(trials, eta) == pytest.approx(seen, abs=4 * 0.5 / 200)
    a, b = 1 - (1 - eta / 2) ** 0.5, 1 - (eta / 2) ** 0.5
    exact = {1: 1 - eta, 2: 2 * (b - a) ** 2 - max(0.0, 2 * b - 1) ** 2}
    assert coverage(trials, eta) == pytest.approx(exact.get(trials, coverage(trials, eta)), rel=1e-12)


@pytest.mark.parametrize("trials", [1, 2, 10, 1000])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_the_level_is_the_largest_of_this_confidence(trials: int, confidence: float) -> None:
    eta = local_level(trials, confidence)
    assert coverage(trials, eta) >= confidence - 1e-12
    assert coverage(trials, eta * (1 + 2 * CLOSE)) < confidence
    assert local_level(trials) == local_level(trials, 0.95)


@pytest.mark.attack
@pytest.mark.slow
def test_the_level_of_deep_effort() -> None:
    assert local_level(100_000) == pytest.approx(DEEP_LEVEL, rel=1e-8)


def test_up_to_two_hundred_thousand_runs_have_the_exact_level_and_more_the_union_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(bands, "coverage", lambda n, eta: asked.append(n) or 0.95 + 1e-7)
    assert local_level.__wrapped__(200_001) == pytest.approx(0.05 / 200_001, rel=1e-12)
    assert asked == []
    assert local_level(200_000) == local_level(200_000)
    assert asked == [200_000]
    local_level.cache_clear()
    with pytest.raises(ArgumentError, match="trials"):
        local_level(0)


def test_bands_are_clopper_pearsons_limits_at_the_local_level() -> None:
    """Compare the limits for 3 of 10 and 7 of 10, at 90 and at 95 %."""
    for more in ((0.9,), ()):
        eta = local_level(10, *(more or (0.95,)))
        low, high = stats.beta.ppf(eta / 2, 3, 8), stats.beta.ppf(1 - eta / 2, 4, 7)
        assert band_at(3, 10, *more) == pytest.approx((low, high), rel=1e-9)
        assert (band_at(0, 10, *more)[0], band_at(10, 10, *more)[1]) == (0, 1)
        values = np.array([1.0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        estimate, below, above = tail_band(values, np.array([6.0, 2.0]), *more)
        assert estimate.tolist() == [0.3, 0.7]
        assert below == pytest.approx([low, 1 - high], rel=1e-9)
        assert above == pytest.approx([high, 1 - low], rel=1e-9)


# -------------------------------------------------------------------------------------------------- figures on record


def stored(name: str) -> dict[str, list[dict[str, str]]]:
    with (DATA / f"figure_{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {label: list(its) for label, its in groupby(csv.DictReader(stream), key=lambda line: line["curve"])}


NAMES = [f"{name}{suffix}" for name in ("2a", "2b", "2c", "streams") for suffix in ("", "_pareto")]


@pytest.mark.parametrize("name", [*NAMES, "2a-all"])
def test_stored_bands_are_these(name: str) -> None:
    for its in stored(name).values():
        for line in its[::10]:
            if not line["low"]:
                continue
            n = int(line["trials"] if "trials" in line else line["runs"])
            k, eta = round(float(line["tail"]) * n), DEEP_LEVEL if n == 100_000 else local_level(n)
            assert float(line["low"]) == pytest.approx(betaincinv(k, n - k + 1, eta / 2) if k else 0, rel=1e-8)
            assert float(line["high"]) == pytest.approx(betaincinv(k + 1, n - k, 1 - eta / 2) if k < n else 1, rel=1e-8)


def strays(its: list[dict[str, str]], laws: list[tuple[float, float]]) -> int:
    """The number of times at which an exact tail leaves the band of a curve; a band is constant between its values."""
    seen = np.array([[float(line[name]) for name in ("t", "low", "high")] for line in its if line["tail"]])
    found = 0
    for t, law in laws:
        before, after = np.searchsorted(seen[:, 0], t, "right") - 1, np.searchsorted(seen[:, 0], t, "left")
        above = before >= 0 and law > seen[before, 2] + 1e-9
        found += int(above or (after < len(seen) and law < seen[after, 1] - 1e-9))
    return found


def exact(its: list[dict[str, str]]) -> list[tuple[float, float]]:
    return [(float(line["t"]), float(line["exact_tail"])) for line in its if line["exact_tail"]]


@pytest.mark.parametrize("name", NAMES)
def test_exact_laws_lie_in_the_stored_bands(name: str) -> None:
    curves, compared = stored(name), 0
    others = {"SR-1000": exact(stored("2a" + name[2:])["SR-1000"])} if name.startswith("2b") else {}
    for label, its in curves.items():
        if label == "no oblivious scheme":
            continue
        laws = exact(its) or others.get(label, [])
        assert strays(its, laws) == 0
        compared += len(laws)
    assert compared >= 9


@pytest.mark.quality
def test_a_law_that_leaves_the_band_is_seen() -> None:
    its = stored("2c")["CC (coverage of SR)"]
    moved = [(t + 20, p) for t, p in exact(its)]
    assert strays(its, moved) > 50
    narrow = [dict(line, low=line["tail"], high=line["tail"]) for line in its]
    assert strays(narrow, exact(its)) > 50
