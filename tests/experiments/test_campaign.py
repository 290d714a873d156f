"""The campaign on the hitting-time law: resumed after a kill, to the byte; and what the committed tables say."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, fields, replace
from functools import partial
from io import StringIO
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from tqdm import tqdm

from paper_checks.campaign import __main__ as command
from paper_checks.campaign import judging
from paper_checks.campaign import run as runner
from paper_checks.campaign.judging import judge, tally
from paper_checks.campaign.plan import LAWS, LOADS, SYMBOLS, Cell, critical_degree, plan, task
from paper_checks.campaign.run import campaign, campaign_id, missing
from paper_checks.campaign.tables import (
    BySymbols,
    Exceptional,
    Tables,
    Tally,
    by_symbols,
    read_tables,
    save,
    stored,
)
from srtheory.errors import ArgumentError
from srtheory.experiments import trial
from srtheory.experiments.exceptions import Deviation, examine, side
from srtheory.experiments.running import run
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Record, run_trial

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "hitting_time"
SMALL = tuple(
    Cell(i, family, 20, d, load, law, replacement, 90 + i, 12)
    for i, (family, d, load, law, replacement) in enumerate(
        [
            ("grid", 3, 1.0, LAWS[0], False),
            ("grid", 8, 0.01, LAWS[0], False),
            ("grid", 4, 0.1, LAWS[1], True),
            ("critical", critical_degree(20, 1.0), 1.0, LAWS[0], False),
        ]
    )
)
FORKS = """
import os, sys, traceback
from tempfile import TemporaryDirectory
from srtheory.compiled import always_compile
from tests.experiments.test_campaign import disturbed
always_compile()
with TemporaryDirectory() as folder:
    disturbed(folder, 1000, "piece")  # so that the kernels are there for all of them
children = []
for folder, at, what in zip(*[iter(sys.argv[1:])] * 3):
    child = os.fork()
    if child == 0:
        try:
            disturbed(folder, int(at), what)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    children.append(child)
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def disturbed(folder, at, what):
    """The campaign in a process that is killed after so many trials, or files replaced."""
    left = at

    def die(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if what == "replace":
        replace = Path.replace
        Path.replace = lambda path, target: (replace(path, target), die())
        campaign(SMALL, Path(folder))
    else:
        campaign(SMALL, Path(folder), progress=lambda done, computed: computed and die())


def exit_codes(runs):
    """Of processes that do this at once, all forked from one, as none needs an interpreter of its own."""
    words = [str(word) for run in runs for word in run]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", FORKS, *words], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return [int(code) for code in done.stdout.split()]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".csv"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "folders" / "made"
    tables = campaign(SMALL, out)
    assert tables == read_tables(out)
    assert len(tables.exceptions) > 3
    return out


# ---------------------------------------------------------------------------------------------------- the campaign


def test_plan_covers_the_grid_with_independent_cells():
    cells = plan()
    grid = [c for c in cells if c.family == "grid"]
    ratios = (0.5, 1.0, 2.0, 4.0)
    wanted = Counter(
        (m, round(c * math.log(m)), load, law, replacement)
        for m, c, load, law, replacement in product(SYMBOLS, ratios, LOADS, LAWS, (False, True))
        if not (m == 20_000 and c >= 2 and load == 0.01)
    )
    assert Counter((c.symbols, c.degree, c.load, c.startup, c.replacement) for c in grid) == wanted
    assert [c.cell for c in cells] == list(range(len(cells)))
    assert len({c.seed for c in cells}) == len(cells)
    assert all(c.trials >= 1 for c in cells)


@pytest.fixture(scope="module")
def disturbed_ones(tmp_path_factory):
    """Campaigns that were killed, and last two on one folder: what they were, with the exit codes."""
    out = tmp_path_factory.mktemp("disturbed")
    killed = [(out / f"{what} {at}", at, what) for what in ("piece", "replace") for at in (1, 3, 4)]
    both = [(out / "both", 1000, "piece")] * 2
    return list(zip(killed + both, exit_codes(killed + both), strict=True))


def test_killed_at_any_moment_it_resumes_to_the_same_tables(undisturbed, disturbed_ones):
    for (folder, *_), code in disturbed_ones[:-2]:
        assert code == -signal.SIGKILL
        if (folder / "cells.csv").exists():
            assert len(read_tables(folder).cells) < len(SMALL)
        campaign(SMALL, folder)
        assert contents(folder) == contents(undisturbed)


def test_order_of_cells_does_not_matter_and_a_finished_campaign_computes_nothing(undisturbed, tmp_path, monkeypatch):
    campaign(SMALL[2:], tmp_path)
    campaign(SMALL, tmp_path)
    assert contents(tmp_path) == contents(undisturbed)
    monkeypatch.setattr(runner, "judge", None)
    campaign(SMALL, tmp_path)
    assert contents(tmp_path) == contents(undisturbed)


def test_records_kept_in_a_store_give_the_same_tables(undisturbed, tmp_path):
    told = []
    for out in ("one", "two"):
        campaign(
            SMALL,
            tmp_path / out,
            store=tmp_path / "store",
            progress=lambda done, computed: told.append((done, computed)),
        )
        assert contents(tmp_path / out) == contents(undisturbed)
    assert sum(done for done, computed in told if computed) == sum(cell.trials for cell in SMALL)  # the first time only


def test_tables_of_another_version_of_the_records_are_refused(undisturbed, monkeypatch):
    monkeypatch.setattr(trial, "RESULTS", trial.RESULTS + 1)
    with pytest.raises(ArgumentError, match="cell 0"):
        campaign(SMALL, undisturbed)


@pytest.mark.quality
@pytest.mark.parametrize("name", ["cells.csv", "exceptions.csv"])
@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-9], lambda text: text.replace("cell,", "sell,", 1), lambda _: ""]
)
def test_spoilt_tables_are_refused(undisturbed, tmp_path, name, spoil):
    for path in undisturbed.iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / name).write_text(spoil((tmp_path / name).read_text()))
    with pytest.raises(ArgumentError, match="Argument 'path' must be a table"):
        read_tables(tmp_path)


def test_command_prints_the_law_by_m_and_shows_progress(tmp_path, monkeypatch, undisturbed):
    bar = StringIO()
    monkeypatch.setattr(command, "progress_bar", partial(tqdm, file=bar))
    monkeypatch.setattr(command, "plan", lambda: SMALL)
    result = CliRunner().invoke(command.main, ["--out", str(tmp_path / "new"), "--symbols", "20"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == [
        "symbols",
        "trials",
        "exceptions",
        "fraction",
        "95",
        "%",
        "interval",
    ]
    row = by_symbols(read_tables(undisturbed))[0]
    assert result.stdout.splitlines()[1].split()[:4] == [
        "20",
        str(row.trials),
        str(row.exceptions),
        f"{row.fraction:.5f}",
    ]
    assert "48/48" in bar.getvalue()
    assert contents(tmp_path / "new") == contents(undisturbed)


# ------------------------------------------------------------------------------------------------------ what it says


@pytest.mark.quality
def test_a_law_that_forgets_coverage_is_refuted():
    cell = replace(SMALL[0], symbols=60, degree=4, trials=40)
    records = [run_trial(task(cell), i) for i in range(cell.trials)]
    truth = tally(cell, Counter(side(r, 60) for r in records), 0, [])
    forgetful = tally(cell, Counter(side(r, 60, law=lambda m, _: m) for r in records), 0, [])
    assert truth.low > 0.6
    assert forgetful.high < 0.4


@pytest.mark.quality
def test_a_law_that_forgets_that_m_rows_are_needed_is_refuted():
    cell = replace(SMALL[0], symbols=60, degree=16, load=0.1, replacement=True, trials=40)
    records = [run_trial(task(cell), i) for i in range(cell.trials)]
    truth = tally(cell, Counter(side(r, 60) for r in records), 0, [])
    forgetful = tally(cell, Counter(side(r, 60, law=lambda _, covered: covered) for r in records), 0, [])
    assert truth.low > 0.6
    assert forgetful.high < 0.4


# ------------------------------------------------------------------------------------------------ the committed tables


@pytest.fixture(scope="module")
def committed():
    return read_tables(DATA)


def test_committed_tables_are_the_plan(committed):
    planned = {cell.cell: cell for cell in plan()}
    for cell in committed.cells:
        assert asdict(planned[cell.cell]) == {f.name: getattr(cell, f.name) for f in fields(Cell)}
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 1_000_000


def test_committed_tables_add_up(committed):
    sides = Counter((e.cell, e.side) for e in committed.exceptions)
    for cell in committed.cells:
        assert cell.held + cell.complete + cell.early + cell.late == cell.trials
        assert (sides[cell.cell, "early"], sides[cell.cell, "late"]) == (cell.early, cell.late)
        judged = cell.trials - cell.complete
        interval = proportion(cell.held, judged) if judged else (0.0, 1.0)
        assert (cell.low, cell.high) == pytest.approx(interval, abs=1e-6)


def test_committed_exceptions_are_exceptions_to_the_law(committed):
    symbols = {cell.cell: cell.symbols for cell in committed.cells}
    assert len({(e.cell, e.trial) for e in committed.exceptions}) == len(committed.exceptions)
    for e in committed.exceptions:
        law = max(symbols[e.cell], e.coverage_time)
        assert e.stopping_time >= e.coverage_time
        assert (e.stopping_time < law) == (e.side == "early")
        assert (e.stopping_time > law) == (e.side == "late")
        assert e.nullity >= 1  # early: a rank below m; late: an obstruction
        assert e.support >= (2 if e.side == "early" else 3)
        assert e.vector.startswith("unbalanced") == (e.side == "late")
        assert len(e.certificate) == 8


def redo(cell, exception):
    experiment = task(cell)
    record = run_trial(experiment, exception.trial)
    return Exceptional(**asdict(examine(experiment, record, cell.symbols)), cell=cell.cell)


def test_a_sample_of_committed_exceptions_comes_out_again(committed):
    cells = {cell.cell: cell for cell in committed.cells}
    small = [e for e in committed.exceptions if cells[e.cell].symbols <= 1000]
    sample = small[:: len(small) // 40]
    assert {e.side for e in sample} == {"early", "late"}
    for exception in sample:
        assert redo(cells[exception.cell], exception) == exception


@pytest.mark.quality
def test_a_committed_exception_that_was_tampered_with_is_caught(committed):
    cells = {cell.cell: cell for cell in committed.cells}
    exception = next(e for e in committed.exceptions if e.witness)
    for change in ({"stopping_time": exception.stopping_time + 1}, {"certificate": "0" * 8}, {"support": 4}):
        assert redo(cells[exception.cell], exception) != replace(exception, **change)


def test_the_command_answers_bad_input_in_a_line(tmp_path):
    (tmp_path / "cells.csv").write_text("nothing of the kind")
    for arguments, words in ((["--symbols", "150"], "one of 100, 200"), ([], "a table of Tally lines")):
        result = CliRunner().invoke(command.main, ["--out", str(tmp_path), *arguments])
        assert result.exit_code == 2
        assert words in result.output


def test_another_version_of_the_records_has_tables_of_its_own(monkeypatch):
    first = campaign_id(SMALL)
    assert len({first, campaign_id(SMALL[1:]), campaign_id([replace(SMALL[0], trials=99), *SMALL[1:]])}) == 3
    monkeypatch.setattr(trial, "RESULTS", trial.RESULTS + 1)
    assert campaign_id(SMALL) != first


def test_two_campaigns_on_one_folder_take_turns(undisturbed, disturbed_ones):
    both = disturbed_ones[-2:]
    assert [code for _, code in both] == [0, 0]
    for (folder, *_), _ in both:
        assert contents(folder) == contents(undisturbed)


@pytest.mark.slow
def test_a_sample_of_committed_cells_comes_out_again(committed):
    quick = [c for c in committed.cells if c.symbols <= 200][::256]
    for cell in quick:
        planned = next(c for c in plan() if c.cell == cell.cell)
        found, exceptions = judge(planned, run(task(planned), planned.trials))
        assert found == cell
        assert tuple(exceptions) == tuple(e for e in committed.exceptions if e.cell == cell.cell)


# ------------------------------------------------------------------------------------------------- cells by hand


def cell(number, symbols, counts, family="grid", **changes):
    """A cell with the counts of trials that held, had a complete worker, were early and late."""
    held, complete, *_ = counts
    judged = sum(counts) - complete
    low, high = (round(limit, 6) for limit in proportion(held, judged))
    shape = Cell(number, family, symbols, 2, 0.5, "expon()", False, number, sum(counts))
    its = dict(zip(("held", "complete", "early", "late"), counts, strict=True))
    its |= {"covered": 0, "low": low, "high": high, "checked": judged, "second_order": judged, "task": "0"}
    return Tally(**vars(shape) | its | changes)


def tables_of(*cells):
    exceptions = [
        Exceptional(i, 9, 8, "late", "unbalanced triple", 3, True, 1, 0, 9, "0:1", "f", one.cell)
        for one in cells for i in range(one.early + one.late)
    ]  # fmt: skip
    return Tables(cells, tuple(exceptions))


def test_cells_of_one_m_are_pooled_without_complete_workers():
    cells = [
        *(cell(0, 20, (5, 0, 0, 0)), cell(1, 10, (6, 2, 1, 1)), cell(2, 10, (0, 4, 0, 0)), cell(3, 10, (1, 0, 1, 0))),
        cell(4, 10, (0, 0, 0, 9), "critical"),
    ]
    assert by_symbols(Tables(tuple(cells), ())) == [
        BySymbols(10, 10, 3, 0.7, *proportion(7, 10), (6 / 8 + 1 / 2) / 2),
        BySymbols(20, 5, 0, 1.0, *proportion(5, 5), 1.0),
    ]
    assert by_symbols(Tables(tuple(cells), ()), "critical")[0].exceptions == 9
    assert (cells[1].fraction, math.isnan(cells[2].fraction)) == (0.75, True)
    with pytest.raises(ArgumentError, match="0 cells"):
        by_symbols(Tables((), ()))


def test_of_an_m_whose_trials_all_had_a_complete_worker_nothing_is_known():
    known, unknown = by_symbols(Tables((cell(0, 20, (0, 4, 0, 0)), cell(1, 10, (5, 1, 0, 0))), ()))
    assert known == BySymbols(10, 5, 0, 1.0, *proportion(5, 5), 1.0)
    assert (unknown.symbols, unknown.trials, unknown.exceptions, unknown.low, unknown.high) == (20, 0, 0, 0.0, 1.0)
    assert math.isnan(unknown.fraction)
    assert math.isnan(unknown.by_cell)


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        *(({}, True), ({"covered": 10}, True), ({"covered": 11}, False), ({"covered": -1}, False)),
        *(({"second_order": 0}, True), ({"second_order": -1}, False), ({"checked": 9}, False)),
        *(({"checked": 7}, False), ({"checked": 7, "second_order": 7}, True), ({"low": 0.0}, False)),
        *(({"late": 2}, False), ({"late": 0}, False)),
        *(({"trials": 11}, False), ({"held": 7, "early": 0}, False), ({"early": -1, "late": 3}, False)),
    ],
)
def test_numbers_of_a_cell_add_up_at_their_limits(tmp_path, changes, accepted):
    tables = tables_of(cell(1, 10, (6, 2, 1, 1), **changes), cell(2, 10, (0, 4, 0, 0)))
    save(tables, tmp_path)
    if accepted:
        assert read_tables(tmp_path) == tables
        assert stored(tmp_path) == tables
    else:
        with pytest.raises(ArgumentError, match="numbers add up"):
            read_tables(tmp_path)
    assert stored(tmp_path / "none") == Tables((), ())


def test_exceptions_of_unfinished_cells_are_left_out(tmp_path):
    tables = tables_of(cell(1, 10, (6, 2, 1, 1)), cell(2, 10, (2, 0, 0, 1)))
    save(Tables(tables.cells[:1], tables.exceptions), tmp_path)
    assert read_tables(tmp_path) == Tables(tables.cells[:1], tables.exceptions[:2])
    save(Tables(tables.cells, tables.exceptions[1:]), tmp_path)
    with pytest.raises(ArgumentError, match="count the same"):
        read_tables(tmp_path)


def record(number, stopping_time, coverage_time, complete=False):
    return Record(number, 1.0, stopping_time, coverage_time, 0, 0, 0, 0, "elimination", 1, 1, 1, complete, False)


@pytest.fixture
def examined(monkeypatch):
    """Of the trials that are examined, and of those on which the second-order law is tried with how many rows."""
    seen = {"exceptions": [], "rows": []}

    def examine(_, record, symbols):
        seen["exceptions"].append((record.trial, symbols))
        its = side(record, symbols)
        return Deviation(record.trial, 9, record.coverage_time, its, "vector", 3, True, 1, 0, 9, "0:1", "f")

    def reception_of(_, trial, rows):
        seen["rows"].append((trial, rows))
        return SimpleNamespace(rows=SimpleNamespace(trial=trial, prefix=lambda k: (trial, k)))

    monkeypatch.setattr(judging, "examine", examine)
    monkeypatch.setattr(judging, "reception_of", reception_of)
    monkeypatch.setattr(judging, "second_order_time", lambda rows, covered: 503 if rows.trial == 99 else -1)
    return seen


def test_trials_are_judged_one_by_one(examined):
    records = [
        record(0, 499, 400),  # early
        record(1, 400, 400, complete=True),
        *(record(2, 500, 500), record(3, 501, 501), record(4, 502, 501)),  # held, held and late
        *(record(99, 503, 499), record(100, 500, 1)),  # late, and too late in the cell for the second-order law
    ]
    cell = Cell(7, "grid", 500, 3, 0.5, LAWS[0], False, 4, len(records))
    counts, exceptions = judge(cell, records)
    low, high = (round(limit, 6) for limit in proportion(3, 6))
    found = {"held": 3, "complete": 1, "early": 1, "late": 2, "covered": 5, "low": low, "high": high}
    assert asdict(counts) == asdict(cell) | found | {"checked": 5, "second_order": 1, "task": task(cell).id[:12]}
    assert [(e.trial, e.side, e.cell) for e in exceptions] == [(0, "early", 7), (4, "late", 7), (99, "late", 7)]
    assert examined["exceptions"] == [(0, 500), (4, 500), (99, 500)]
    assert examined["rows"] == [(0, 500), (2, 500), (3, 501), (4, 502), (99, 503)]
    larger, _ = judge(replace(cell, symbols=501, trials=1), [record(0, 501, 501)])
    assert (larger.held, larger.covered, larger.checked, larger.second_order) == (1, 1, 0, 0)


def test_a_cell_in_which_every_trial_had_a_complete_worker_says_nothing():
    nothing = tally(SMALL[0], {"complete": SMALL[0].trials}, 0, [])
    assert (nothing.held, nothing.complete, nothing.low, nothing.high) == (0, SMALL[0].trials, 0.0, 1.0)
    assert math.isnan(nothing.fraction)


def test_cells_that_are_in_the_tables_are_not_missing_and_have_to_be_the_same():
    done = tally(SMALL[1], {"held": SMALL[1].trials}, 0, [])
    tables = Tables((done,), ())
    assert missing(SMALL, Tables((), ())) == list(SMALL)
    assert missing(SMALL, tables) == [SMALL[0], SMALL[2], SMALL[3]]
    assert missing(SMALL[1:2], tables) == []
    for other in (replace(done, trials=99), replace(done, seed=1), replace(done, task="0" * 12)):
        assert missing(SMALL[:1], Tables((other,), ())) == [SMALL[0]]
        with pytest.raises(ArgumentError, match=r"'out' must be a folder of this plan, .* not 'cell 1'"):
            missing(SMALL, Tables((other,), ()))


def test_the_command_takes_folders_and_says_what_it_takes(tmp_path):
    (tmp_path / "file").touch()
    for option in ("--out", "--store"):
        words = {"--out": str(tmp_path / "out"), option: str(tmp_path / "file")}
        done = CliRunner().invoke(command.main, [word for pair in words.items() for word in pair])
        assert (done.exit_code, "is a file" in done.output) == (2, True)
    assert "[default: 1;" in CliRunner().invoke(command.main, ["--help"]).output
    assert not (tmp_path / "out").exists()


def test_an_exception_too_many_is_seen(tmp_path):
    tables = tables_of(cell(1, 10, (6, 2, 1, 1)), cell(2, 10, (2, 0, 0, 1)))
    save(Tables(tables.cells, (*tables.exceptions, replace(tables.exceptions[0], trial=8))), tmp_path)
    with pytest.raises(ArgumentError, match="count the same"):
        read_tables(tmp_path)
