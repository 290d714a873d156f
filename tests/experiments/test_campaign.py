"""The campaign on the hitting-time law: resumed to the byte, its tables on record, and exceptions to the law."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from functools import cache, partial
from io import StringIO
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from flint import fmpz_mat
from hypothesis import given, settings
from scipy import stats
from tqdm import tqdm

from paper_checks.campaign import __main__ as command
from paper_checks.campaign import run as runner
from paper_checks.campaign.plan import LAWS, Cell, critical_degree, plan, task
from paper_checks.campaign.run import campaign, campaign_id
from paper_checks.campaign.tables import Exceptional, Tables, by_symbols, judge, read_tables, save, stored, tally
from srtheory.conjectures.strategies import receptions
from srtheory.delays import DelayModel
from srtheory.errors import ArgumentError
from srtheory.experiments import exceptions, trial
from srtheory.experiments.exceptions import (
    after_peeling,
    certified,
    examine,
    reception_of,
    second_order_time,
    side,
    verify,
)
from srtheory.experiments.running import run
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Task, run_trial
from srtheory.matrix import from_mappings, from_sets
from srtheory.reception import handled
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.obstruction import balanced_vector, obstruction

DATA = Path(__file__).parents[2] / "data" / "hitting_time"
SHAPES = (("grid", 3, 1.0, 0), ("grid", 8, 0.01, 0), ("grid", 4, 0.1, 1), ("critical", critical_degree(20, 1), 1.0, 0))
SMALL = tuple(Cell(i, name, 20, d, load, LAWS[k], k > 0, 90 + i, 12) for i, (name, d, load, k) in enumerate(SHAPES))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".csv"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "folders" / "made"
    tables = campaign(SMALL, out)
    assert tables == read_tables(out)
    assert len(tables.exceptions) > 3
    assert 2 * sum(cell.second_order for cell in tables.cells) > sum(cell.checked for cell in tables.cells) > 0
    return out


# ---------------------------------------------------------------------------------------------------- the campaign


class KilledError(BaseException):
    pass


@pytest.mark.parametrize(("what", "at"), [("piece", 3), ("replace", 1), ("replace", 4)])
def test_stopped_at_any_moment_it_resumes_to_the_same_tables(undisturbed, tmp_path, monkeypatch, what, at):
    """After so many pieces, or files replaced; kills are asked in tests/contracts/test_stores.py."""
    moments, moved = count(1), Path.replace

    def stop(*_):
        if next(moments) == at:
            raise KilledError

    with monkeypatch.context() as patch:
        if what == "replace":
            patch.setattr(Path, "replace", lambda path, target: (moved(path, target), stop()))
        with pytest.raises(KilledError):
            campaign(SMALL, tmp_path, progress=lambda done, computed: what == "piece" and computed and stop())
    assert not (tmp_path / "cells.csv").exists() or len(read_tables(tmp_path).cells) < len(SMALL)
    with ThreadPoolExecutor(2) as both:  # on one folder, who take turns
        assert len(set(both.map(lambda cells: len(campaign(cells, tmp_path).cells), [SMALL] * 2))) == 1
    assert contents(tmp_path) == contents(undisturbed)


def test_order_of_cells_does_not_matter_and_a_finished_campaign_computes_nothing(undisturbed, tmp_path, monkeypatch):
    """The records that are kept in a store are computed once, and give the same tables."""
    told = []
    means = {"store": tmp_path / "store", "progress": lambda done, computed: told.append(done * computed)}
    campaign(SMALL[2:], tmp_path / "one", **means)
    for out in ("one", "two"):
        campaign(SMALL, tmp_path / out, **means)
        assert contents(tmp_path / out) == contents(undisturbed)
    assert sum(told) == sum(cell.trials for cell in SMALL)
    monkeypatch.setattr(runner, "judge", None)
    campaign(SMALL, tmp_path / "one")
    assert contents(tmp_path / "one") == contents(undisturbed)


def test_tables_of_another_plan_or_version_of_the_records_are_refused(undisturbed, monkeypatch):
    first = campaign_id(SMALL)
    assert len({first, campaign_id(SMALL[1:]), campaign_id([replace(SMALL[0], trials=99), *SMALL[1:]])}) == 3
    for other in (replace(SMALL[0], trials=99), replace(SMALL[0], seed=1)):
        with pytest.raises(ArgumentError, match=r"'out' must be a folder of this plan, .* not 'cell 0'"):
            campaign((other, *SMALL[1:]), undisturbed)
    monkeypatch.setattr(trial, "RESULTS", trial.RESULTS + 1)
    assert campaign_id(SMALL) != first
    with pytest.raises(ArgumentError, match="cell 0"):
        campaign(SMALL, undisturbed)


@pytest.mark.quality
@pytest.mark.parametrize("name", ["cells.csv", "exceptions.csv"])
def test_spoilt_tables_are_refused(undisturbed, tmp_path, name):
    for path in undisturbed.iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    sound = (tmp_path / name).read_text()
    for spoilt in (sound[:-9], sound.replace("cell,", "sell,", 1), ""):
        (tmp_path / name).write_text(spoilt)
        with pytest.raises(ArgumentError, match="Argument 'path' must be a table"):
            read_tables(tmp_path)


def test_command_prints_the_law_by_m_and_shows_progress(tmp_path, monkeypatch, undisturbed):
    bar = StringIO()
    monkeypatch.setattr(command, "progress_bar", partial(tqdm, file=bar))
    monkeypatch.setattr(command, "plan", lambda: SMALL)
    result = CliRunner().invoke(command.main, ["--out", str(tmp_path / "new"), "--symbols", "20"])
    assert result.exit_code == 0
    row = by_symbols(read_tables(undisturbed))[0]
    printed = ["20", str(row.trials), str(row.exceptions), f"{row.fraction:.5f}"]
    head = ["symbols", "trials", "exceptions", "fraction"]
    assert [line.split()[:4] for line in result.stdout.splitlines()] == [head, printed]
    assert "48/48" in bar.getvalue()
    assert contents(tmp_path / "new") == contents(undisturbed)


def test_the_command_answers_bad_input_in_a_line(tmp_path):
    (tmp_path / "cells.csv").write_text("nothing of the kind")
    file, out = str(tmp_path / "cells.csv"), str(tmp_path)
    for line, words in (
        *((["--out", out, "--symbols", "150"], "one of 100, 200"), (["--out", out], "a table of Tally lines")),
        *((["--out", file], "is a file"), (["--out", f"{out}/new", "--store", file], "is a file")),
    ):
        result = CliRunner().invoke(command.main, line)
        assert (result.exit_code, words in result.output) == (2, True)
    assert "[default: 1;" in CliRunner().invoke(command.main, ["--help"]).output
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------------------------------------------ what it says


FORGETFUL = [
    ({"degree": 4}, lambda m, covered: m),
    ({"degree": 16, "load": 0.1, "replacement": True}, lambda m, covered: covered),
]


@pytest.mark.quality
@pytest.mark.parametrize(("changes", "law"), FORGETFUL, ids=["coverage", "that m rows are needed"])
def test_a_law_that_forgets_is_refuted(changes, law):
    cell = replace(SMALL[0], symbols=60, trials=40, **changes)
    records = [run_trial(task(cell), i) for i in range(cell.trials)]
    truth = tally(cell, Counter(side(r, 60) for r in records), 0, [])
    other = tally(cell, Counter(side(r, 60, law=law) for r in records), 0, [])
    assert other.high < 0.4 < 0.6 < truth.low


# ------------------------------------------------------------------------------------------------ the committed tables


@pytest.fixture(scope="module")
def committed():
    return read_tables(DATA)


def test_committed_tables_are_the_plan_and_their_exceptions_are_some_to_the_law(committed):
    """That numbers add up is asked when they are read."""
    planned, symbols = {cell.cell: cell for cell in plan()}, {}
    for cell in committed.cells:
        assert asdict(planned[cell.cell]) == {f.name: getattr(cell, f.name) for f in fields(Cell)}
        assert (cell.checked > 0) == (cell.symbols <= 500 and cell.complete < cell.trials)
        agreed = [i < cell.second_order for i in range(cell.checked)]
        assert tally(planned[cell.cell], asdict(cell), cell.covered, agreed) == cell
        symbols[cell.cell] = cell.symbols
    assert len({(e.cell, e.trial) for e in committed.exceptions}) == len(committed.exceptions)
    for e in committed.exceptions:
        law = max(symbols[e.cell], e.coverage_time)
        assert e.stopping_time >= e.coverage_time
        assert (e.stopping_time < law, e.stopping_time > law) == (e.side == "early", e.side == "late")
        assert e.nullity >= 1  # early: a rank below m; late: an obstruction
        assert e.support >= (2 if e.side == "early" else 3)
        assert e.vector.startswith("unbalanced") == (e.side == "late")


@pytest.mark.quality
def test_a_sample_of_committed_exceptions_comes_out_again_and_one_that_was_tampered_with_does_not(committed):
    cells = {cell.cell: cell for cell in committed.cells}
    small = [e for e in committed.exceptions if cells[e.cell].symbols <= 1000]
    sample = small[:: len(small) // 24]
    assert {e.side for e in sample} == {"early", "late"}
    for exception in sample:
        cell = cells[exception.cell]
        found = examine(task(cell), run_trial(task(cell), exception.trial), cell.symbols)
        again = Exceptional(**asdict(found), cell=cell.cell)
        assert again == exception
        for change in ({"stopping_time": exception.stopping_time + 1}, {"certificate": "0" * 8}, {"support": 99}):
            assert again != replace(exception, **change)


@pytest.mark.slow
def test_a_sample_of_committed_cells_comes_out_again(committed):
    quick = [c for c in committed.cells if c.symbols <= 200][::512]
    for cell in quick:
        planned = next(c for c in plan() if c.cell == cell.cell)
        found, exceptions = judge(planned, run(task(planned), planned.trials))
        assert found == cell
        assert tuple(exceptions) == tuple(e for e in committed.exceptions if e.cell == cell.cell)


def test_cells_of_one_m_are_pooled_without_complete_workers(committed):
    for family in ("grid", "critical"):
        for found in by_symbols(committed, family):
            its = [c for c in committed.cells if (c.family, c.symbols) == (family, found.symbols)]
            trials, held = sum(c.trials - c.complete for c in its), sum(c.held for c in its)
            by_cell = np.mean([c.held / (c.trials - c.complete) for c in its if c.complete < c.trials])
            assert (found.trials, found.exceptions) == (trials, trials - held)
            numbers = (found.fraction, found.low, found.high, found.by_cell)
            assert numbers == pytest.approx((held / trials, *proportion(held, trials), by_cell))
    with pytest.raises(ArgumentError, match="0 cells"):
        by_symbols(Tables((), ()))
    nothing = tally(SMALL[0], {"complete": SMALL[0].trials}, 0, [])  # every trial had a complete worker
    [unknown] = by_symbols(Tables((nothing,), ()))
    assert (nothing.held, nothing.low, nothing.high, unknown.trials, unknown.exceptions) == (0, 0.0, 1.0, 0, 0)
    assert np.isnan([unknown.fraction, unknown.by_cell, nothing.fraction]).all()


@pytest.mark.quality
def test_numbers_of_a_cell_add_up_at_their_limits(undisturbed, tmp_path):
    """Exceptions of unfinished cells are left out, and those of finished ones are all there."""
    assert stored(tmp_path / "none") == Tables((), ())
    tables = read_tables(undisturbed)
    at = next(i for i, cell in enumerate(tables.cells) if cell.late > 1)
    it, before, after = tables.cells[at], tables.cells[:at], tables.cells[at + 1 :]
    good = [{}, {"covered": it.trials}, {"second_order": 0}, {"checked": it.second_order}]
    bad = [
        *({"covered": it.trials + 1}, {"covered": -1}, {"second_order": -1}, {"second_order": it.checked + 1}),
        *({"checked": it.trials - it.complete + 1}, {"low": it.low / 2}, {"late": it.late + 1}, {"late": 0}),
        *({"trials": it.trials + 1}, {"held": it.held + 1}, {"early": -1, "late": it.late + it.early + 1}),
    ]
    for changes in (*good, *bad):
        other = replace(tables, cells=(*before, replace(it, **changes), *after))
        save(other, tmp_path)
        if changes in good:
            assert read_tables(tmp_path) == stored(tmp_path) == other
        else:
            with pytest.raises(ArgumentError, match="numbers add up"):
                read_tables(tmp_path)
    save(Tables((*before, *after), tables.exceptions), tmp_path)
    kept = tuple(e for e in tables.exceptions if e.cell != it.cell)
    assert read_tables(tmp_path) == Tables((*before, *after), kept)
    for others in (tables.exceptions[1:], (*tables.exceptions, replace(tables.exceptions[0], trial=99))):
        save(Tables(tables.cells, others), tmp_path)
        with pytest.raises(ArgumentError, match="count the same"):
            read_tables(tmp_path)


# ---------------------------------------------------------------------- exceptions, and what their rows say

TASK = Task(SumRecovery(24, 4), DelayModel(stats.expon(), 0.1), seed=5)
TRIALS = 150

# Three senders know their symbols; what they say about 3, 4, 5 is {3, 4}, {3, 5}: the unbalanced triple 3 = -4 = -5.
TRIPLE = from_sets(6, [[0], [1], [2], [0, 3, 4], [1, 3, 5], [0, 2]])
# 3 and 4 always come together, and one row fewer than symbols spans.
TWINS = from_sets(5, [[0], [1], [0, 3, 4], [2]])


@cache
def trials():
    return [run_trial(TASK, i) for i in range(TRIALS)]


def exceptional(kind):
    return [record for record in trials() if side(record, 24) == kind]


def rank(rows):
    return fmpz_mat(rows.dense().tolist()).rank()


@pytest.mark.parametrize("kind", ["early", "late"])
def test_exceptions_are_explained_as_all_their_rows_say(kind, monkeypatch):
    assert len(exceptional(kind)) > 2
    for record in exceptional(kind):
        deviation, law = examine(TASK, record, 24), max(24, record.coverage_time)
        rows = reception_of(TASK, record.trial, max(law, record.stopping_time)).rows
        judged = rows.prefix(min(law, record.stopping_time))
        support = len((balanced_vector if kind == "early" else obstruction)(judged).support)
        assert (deviation.side, deviation.support) == (kind, support)
        assert (deviation.nullity, deviation.redundant) == (24 - rank(judged), len(judged) - rank(judged))
        assert deviation.certificate == certified(rows.prefix(record.stopping_time))
        weights = dict(map(int, pair.split(":")) for pair in deviation.witness.split())
        x = np.array([weights.get(c, 0) for c in range(24)])
        assert not (judged.dense() @ x).any()
        assert (x.sum() == 0) == (kind == "early")
        for largest, length in ((support, support), (support - 1, 0)):
            monkeypatch.setattr(exceptions, "LARGEST_WITNESS", largest)
            assert len(examine(TASK, record, 24).witness.split()) == length
        monkeypatch.setattr(exceptions, "LARGEST_WITNESS", 24)
        if deviation.nullity == 1 and kind == "late":  # a lifted vector is used for a large core
            with monkeypatch.context() as patch:
                patch.setattr(exceptions, "LARGEST_SEARCH", 0)
                large = examine(TASK, record, 24)
            assert (large.support, large.witness, large.minimal) == (support, deviation.witness, True)


def test_core_keeps_what_a_kernel_vector_can_live_on():
    with pytest.raises(ArgumentError, match="rows of weight 1"):
        after_peeling(from_mappings(2, [{0: 2, 1: 1}]))
    inner, columns = after_peeling(TRIPLE)
    assert columns.tolist() == [3, 4, 5]
    assert [inner.row(i).tolist() for i in range(len(inner))] == [[0, 1], [0, 2]]
    known, none = after_peeling(from_sets(3, [[0, 1], [1, 2], [0]]))
    assert (len(known), len(none)) == (0, 0)


@given(receptions(max_symbols=7))
@settings(deadline=None, max_examples=40)
def test_peeling_loses_neither_rank_nor_kernel(reception):
    rows = reception.rows
    inner, columns = after_peeling(rows)
    assert rank(rows) == rows.columns - len(columns) + (rank(inner) if len(inner) and len(columns) else 0)


def test_second_order_law_on_small_cases():
    assert second_order_time(TWINS, 4) == 4  # identical columns spare a row of five
    assert second_order_time(TRIPLE, 5) is None  # never enough rows: {0, 2} says nothing new
    assert second_order_time(from_sets(3, [[0], [1], [0, 1], [1, 2]]), 4) == 4
    rows = from_sets(3, [[0, 1], [1, 2], [0, 2], [0, 1, 2]])  # more distinct rows than columns are enough
    found = [second_order_time(rows.prefix(k), covered) for k, covered in ((4, 4), (4, 2), (3, 2), (2, 2))]
    assert found == [4, 3, 3, None]
    rows = from_sets(4, [[0], [0, 1, 2], [1, 2, 3], [1, 2], [3, 1], [0, 3]])
    # after 4 rows {1, 2} stands twice and 3 follows; only {1, 3} tells 1 from 2, which nobody asks for
    assert second_order_time(rows, 3) == 3
    late = from_sets(4, [[0], [1, 2], [0, 1, 2], [1, 3], [2, 3]])
    assert second_order_time(late, 4) == 5
    assert obstruction(late.prefix(4)) is not None


def test_kinds_of_trials():
    record = run_trial(TASK, 0)
    for stopped, covered, complete, kind in (
        *((30, 30, False, "held"), (31, 30, False, "late"), (23, 20, False, "early")),
        *((23, 20, True, "complete"), (24, 20, True, "held")),
    ):
        other = replace(record, stopping_time=stopped, coverage_time=covered, complete_worker=complete)
        assert side(other, 24) == kind


@pytest.mark.quality
def test_a_vector_of_the_other_kind_and_one_that_some_row_does_not_annihilate_are_caught():
    verify(TWINS, {3: 1, 4: -1}, balanced=True)
    verify(TRIPLE, {3: 1, 4: -1, 5: -1}, balanced=False)
    for rows, vector, balanced, says in (
        *((TWINS, {3: 1, 4: -1}, False, "kind"), (TRIPLE, {3: 1, 4: -1, 5: -1}, True, "kind")),
        *((TWINS, {}, True, "kind"), (TRIPLE, {3: 1, 4: -2, 5: -1}, False, "Row 3 does not annihilate")),
    ):
        with pytest.raises(RuntimeError, match=says):
            verify(rows, vector, balanced=balanced)


@pytest.mark.quality
def test_a_wrong_stopping_time_gets_no_certificate_and_one_that_is_refused_is_caught(monkeypatch):
    record = run_trial(TASK, 1)
    rows = reception_of(TASK, 1, record.stopping_time + 1).rows
    assert len(certified(rows.prefix(record.stopping_time))) == exceptions.DIGEST
    for wrong in (record.stopping_time - 1, record.stopping_time + 1):
        with pytest.raises(ValueError, match="least number of rows"):
            certified(rows.prefix(wrong))
    monkeypatch.setattr(exceptions.checker, "fault", lambda *_: "planted")
    with pytest.raises(RuntimeError, match="planted"):
        certified(from_sets(2, [[0, 1]]))


def test_a_reception_is_looked_at_again_with_its_pauses_and_without_the_workers_that_it_lacked():
    """Pauses let first blocks come later, and so in another order; the master's time changes no row."""
    free, costly, part = (Task(SumRecovery(30, 4), DelayModel(stats.expon(), 0.1, *its), 1) for its in PAUSES)
    record = run_trial(costly, 0)
    reception = reception_of(costly, 0, record.stopping_time)
    assert reception.time[record.stopping_time - 1] == record.latency
    assert reception_of(free, 0, record.stopping_time).time[record.stopping_time - 1] != record.latency
    record = run_trial(part, 0)
    reception = reception_of(part, 0, record.stopping_time)
    assert handled(reception.time[: record.stopping_time], 0.2) == record.latency
    assert set(reception.worker.tolist()) < set(reception_of(free, 0, 500).worker.tolist())


PAUSES = ((), (2.0,), (0.0, 0.2, 0.4))
