"""Sums of real workers on record: the terms are those of the workloads, the values their sums."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from paper_checks.records.kept_sums import SUMS, read_sums, write_sums
from srtheory.errors import ArgumentError
from srtheory.workers.workloads import WORKLOAD_NAMES, workload


def test_all_workloads_were_computed_by_all_schemes():
    terms, runs = read_sums()
    assert set(terms) == set(WORKLOAD_NAMES)
    assert len({(run.workload, run.scheme) for run in runs}) == len(runs) == 25
    assert all(run.is_right(terms) for run in runs)
    assert all((run.killed == 0) is (run.scheme == "uncoded") for run in runs)


def test_exact_terms_are_summed_exactly():
    terms, runs = read_sums()
    work = workload("taylor", len(terms["taylor"]))
    assert [Fraction(*term) for term in terms["taylor"]] == [work.function(i, work.x) for i in range(work.symbols)]
    assert all(max(run.off(terms)) == max(run.bound) == 0 for run in runs if run.workload == "taylor")


@pytest.mark.parametrize("name", ["gradient", "kernel"])
def test_the_terms_are_the_workloads(name):
    """But for what another machine's linear algebra may do to the last digits."""
    terms, runs = read_sums()
    work = workload(name, len(terms[name]), next(run.seed for run in runs if run.workload == name))
    now = [np.ravel(work.function(i, work.x)) for i in range(work.symbols)]
    np.testing.assert_allclose(terms[name], now, rtol=1e-6, atol=1e-9)


def test_what_is_written_is_read(tmp_path):
    terms, runs = read_sums()
    write_sums(tmp_path / SUMS, terms, runs)
    assert read_sums(tmp_path) == (terms, runs)


@pytest.mark.quality
@pytest.mark.parametrize("digit", [1, -1])
def test_a_sum_beyond_its_bound_is_seen(digit):
    terms, runs = read_sums()
    for run in runs:
        off = Fraction(run.value[0]) + digit * (2 * Fraction(run.bound[0]) + Fraction(1, 10**30))
        assert not replace(run, value=[str(off), *run.value[1:]]).is_right(terms)


@pytest.mark.parametrize("other", [{}, {"taylor": [["1"]]}])
def test_sums_of_other_terms_are_refused(other):
    _, runs = read_sums()
    with pytest.raises(ArgumentError, match="30 terms of 1 numbers"):
        runs[0].is_right(other)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"terms": {}, "runs": [{"workload": "taylor"}]}', '{"terms": 1'])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / SUMS).write_text(text)
    with pytest.raises(ArgumentError, match="written by benchmarks"):
        read_sums(tmp_path)
    with pytest.raises(ArgumentError, match="written by benchmarks"):
        read_sums(tmp_path / "elsewhere")
