"""The picture of the hitting-time law: its numbers, from a campaign that is made up here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats

from paper_checks import study
from paper_checks.figures import hitting_time
from paper_checks.figures.hitting_time import CSV_COLUMNS, draw
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.campaign.judging import tally
from srtheory.experiments.campaign.plan import LAWS, Cell
from srtheory.experiments.campaign.tables import Tables, Tally
from srtheory.model import Model
from srtheory.render.style import svg
from srtheory.theory.dependencies import predicted_exceptions


def cell(number: int, symbols: int, degree: int, load: float = 0.1, **fields: object) -> Cell:
    made = Cell(number, "grid", symbols, degree, load, LAWS[0], False, seed=number, trials=200)
    return replace(made, **fields)


def done(made: Cell, complete: int = 0, early: int = 0, late: int = 0) -> Tally:
    held = made.trials - complete - early - late
    return tally(made, {"held": held, "complete": complete, "early": early, "late": late}, 0, [])


CELLS = (
    done(cell(0, 100, 5), early=3, late=5),
    done(cell(1, 200, 5), complete=40, late=1),
    done(cell(2, 200, 11)),
    done(cell(3, 200, 11, 1.0), complete=195),  # too few are left
    done(cell(4, 200, 11, replacement=True), late=9),
    done(cell(5, 200, 11, startup=LAWS[1]), late=9),
    done(cell(6, 200, 11, family="critical"), late=9),
)


def lines(cells: tuple[Tally, ...]) -> list[dict[str, str]]:
    return [dict(zip(CSV_COLUMNS, map(str, point), strict=True)) for point in draw(Tables(cells, ())).points]


def test_cells_are_chosen_and_their_numbers_are_theirs() -> None:
    found = lines(CELLS)
    assert [(line["d/ln m"], line["m"], line["runs"], line["held"]) for line in found] == [
        ("1.0", "100", "200", "192"),
        ("1.0", "200", "160", "159"),
        ("2.0", "200", "200", "200"),
    ]
    for line in found:
        held, runs, d = int(line["held"]), int(line["runs"]), int(line["d"])
        interval = stats.binomtest(held, runs).proportion_ci(method="exact")
        assert float(line["fraction"]) == pytest.approx(held / runs, rel=1e-5)
        assert float(line["low"]) == pytest.approx(interval.low, abs=2e-6)
        assert float(line["high"]) == pytest.approx(interval.high, abs=2e-6)
        predicted = sum(predicted_exceptions(Model(int(line["m"]), d, 0.1 / d, parse_law(LAWS[0]))))
        assert float(line["predicted_exceptions"]) == pytest.approx(predicted, rel=1e-5)


def test_the_same_picture_and_numbers() -> None:
    """That a picture is written in the same bytes is tested in test_figures.py."""
    first, second = (draw(Tables(CELLS, ())) for _ in range(2))
    for made in (first, second):
        made.canvas.set_layout_engine(None)  # what is drawn is the same in any layout
    assert svg(first) == svg(second)
    assert list(first.points) == list(second.points)


def test_no_campaign_no_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hitting_time, "on_record", lambda name: tmp_path)
    with pytest.raises(ArgumentError, match="path"):
        hitting_time.hitting(study.lab())


@pytest.mark.quality
def test_one_exception_more_is_seen() -> None:
    other = (done(cell(0, 100, 5), early=3, late=6), *CELLS[1:])
    changed = [a != b for a, b in zip(lines(CELLS), lines(other), strict=True)]
    assert changed == [True, False, False]
