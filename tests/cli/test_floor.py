"""The verb ``floor``: the bounds of the theory, rounded down where they are printed."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.floor import closed_late, floor, late
from tests.cli.conftest import Run, asked, refused

MODEL = ["--symbols", "6", "--tau", "0.1", "--startup", "expon(scale=5)"]
KNOWN = Model(6, None, 0.1, stats.expon(scale=5))
COSTS = ["--message-cost", "0.3", "--master-time", "0.2", "--silent", "0.1"]
COSTLY = Model(6, None, 0.1, stats.expon(scale=5), message_cost=0.3, master_time=0.2, silent=0.1)


def finite(values: dict[str, float]) -> dict[str, float | None]:
    return {name: x if math.isfinite(x) else None for name, x in values.items()}


@pytest.mark.parametrize(
    ("words", "model", "workers"),
    [([], KNOWN, 6), (["--workers", "2"], KNOWN, 2), ([*COSTS, "--workers", "2"], COSTLY, 2)],
)
def test_it_gives_the_bounds_of_the_theory(run: Run, words: list[str], model: Model, workers: int) -> None:
    """And a table has the same, rounded down."""
    given = ["floor", *MODEL, *words, "--at", "1", "--at", "2.5"]
    answer, known = asked(run, *given), floor(model, workers=workers)
    assert (answer["symbols"], answer["workers"], answer["condition"]) == (6, workers, None)
    assert {"mean": answer["mean"]} == finite({"mean": known.mean})
    assert answer["quantiles"] == finite(known.quantiles)
    closed = {"mean": known.closed_mean, **known.closed_quantiles}
    assert {"mean": answer["closed_form"]["mean"], **answer["closed_form"]["quantiles"]} == finite(closed)
    assert answer["at"] == [
        {"t": t, "late": late(model, t, workers=workers), "closed_form": closed_late(model, t, workers=workers)}
        for t in (1.0, 2.5)
    ]
    assert [answer.get(name) for name in ("message_cost", "master_time", "silent")] == (
        [0.3, 0.2, 0.1] if model is COSTLY else [None] * 3
    )
    assert "independent of all delays" in answer["hypotheses"]
    rows = {line[:13].strip(): line[13:].split() for line in run(*given).stdout.splitlines()}
    pairs = {"E[T]": (known.mean, known.closed_mean)}
    pairs |= {f"quantile {q}": (x, known.closed_quantiles[q]) for q, x in known.quantiles.items()}
    pairs |= {f"P(T > {each['t']:g})": (each["late"], each["closed_form"]) for each in answer["at"]}
    for name, exact in pairs.items():
        for shown, value in zip(rows[name], exact, strict=True):
            assert (shown == "inf") == math.isinf(value)
            if shown != "inf":
                assert value * (1 - 2e-4) <= float(shown)
                assert Decimal(shown) <= Decimal(value)
                assert len(Decimal(shown).as_tuple().digits) <= 5


@pytest.mark.slow
def test_the_queue_is_felt(run: Run) -> None:
    words = ["floor", "--symbols", "20", "--tau", "0.1", "--startup", "expon(scale=1)", "--master-time", "0.4"]
    found = asked(run, *words, "--queue")
    assert found["queue"] > 1.1 * found["mean"]
    assert "queue" not in asked(run, *words)


@pytest.mark.parametrize(
    ("option", "accepted", "wrong"),
    [
        ("--at", ["0", "1e200"], ["-5e-324", "1.0000000000000002e200"]),
        ("--workers", ["1", "2000000"], ["0", "2000001"]),
        ("--symbols", ["1"], ["0", "2000001"]),
    ],
)
def test_limits_of_times_and_workers(run: Run, option: str, accepted: list[str], wrong: list[str]) -> None:
    model = ["--symbols", "1", *MODEL[2:]]
    for text in accepted:
        assert run("floor", *model, option, text).status == 0
    for text in wrong:
        assert f"'{option[2:]}' must be a" in refused(run, "floor", *model, option, text)
