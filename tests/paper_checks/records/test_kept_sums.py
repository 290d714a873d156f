"""Sums of real workers on record: the terms are those of the workloads, the values their sums."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from paper_checks.records.kept_sums import SUMS, read_sums, write_sums
from srtheory.errors import ArgumentError
from srtheory.workers.workloads import WORKLOAD_NAMES, workload


@pytest.mark.quality
def test_all_workloads_were_computed_by_all_schemes_and_a_sum_beyond_its_bound_is_seen():
    """Terms of other workloads, or of none, are refused."""
    terms, runs = read_sums()
    assert set(terms) == set(WORKLOAD_NAMES)
    assert len({(run.workload, run.scheme) for run in runs}) == len(runs) == 25
    for run in runs:
        assert (run.killed == 0) is (run.scheme == "uncoded")
        assert run.is_right(terms)
        for sign in (1, -1):
            off = Fraction(run.value[0]) + sign * (2 * Fraction(run.bound[0]) + Fraction(1, 10**30))
            assert not replace(run, value=[str(off), *run.value[1:]]).is_right(terms)
        assert run.workload != "taylor" or max(run.off(terms)) == max(run.bound) == 0
    for other in ({}, {"taylor": [["1"]]}):
        with pytest.raises(ArgumentError, match="30 terms of 1 numbers"):
            runs[0].is_right(other)


@pytest.mark.parametrize("name", ["taylor", "gradient", "kernel"])
def test_the_terms_are_the_workloads(name):
    """But for what another machine's linear algebra may do to the last digits; rational ones are exact."""
    terms, runs = read_sums()
    work = workload(name, len(terms[name]), next(run.seed for run in runs if run.workload == name))
    now = [work.function(i, work.x) for i in range(work.symbols)]
    if name == "taylor":
        assert [Fraction(*term) for term in terms[name]] == now
    else:
        np.testing.assert_allclose(terms[name], list(map(np.ravel, now)), rtol=1e-6, atol=1e-9)


def test_what_is_written_is_read_and_other_files_are_refused(tmp_path):
    terms, runs = read_sums()
    write_sums(tmp_path / SUMS, terms, runs)
    assert read_sums(tmp_path) == (terms, runs)
    for text in ("", "[]", "{}", '{"terms": {}, "runs": [{"workload": "taylor"}]}', '{"terms": 1'):
        (tmp_path / SUMS).write_text(text)
        for place in (tmp_path, tmp_path / "elsewhere"):
            with pytest.raises(ArgumentError, match="written by benchmarks"):
                read_sums(place)
