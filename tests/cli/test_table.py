"""The verb ``table``: its list, its formats, a file, one-line errors."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from paper_checks import study
from paper_checks.tables import gradient_codes, real_sums, thresholds
from srtheory import __version__
from srtheory.study.tables import OF_CLAIMS
from tests.cli.conftest import Run, refused


def test_list(run: Run) -> None:
    result = run("table", "--list")
    assert result.status == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [*OF_CLAIMS, *study.tables]


def test_forms(run: Run, tmp_path: Path) -> None:
    """Markdown by default; in a file, in a folder that is there, for a column of a page."""
    assert "| 5 | 2 | 0 0 0 2 2 | 1/3 | 1/6 | 1/6 | 1/6 |" in run("table", "small-cases").stdout
    for form, suffix in (("markdown", "md"), ("latex", "tex"), ("csv", "csv")):
        shown = run("table", "small-cases", "--format", form).stdout
        for out, file in ((tmp_path, f"table_small-cases.{suffix}"), (tmp_path / f"own.{suffix}", f"own.{suffix}")):
            done = run("table", "small-cases", "--format", form, "--out", str(out))
            assert (done.status, done.stdout) == (0, "")
            assert (tmp_path / file).read_text() == shown
    for columns, environment in (("1", r"\begin{table}"), ("2", r"\begin{table*}")):
        lines = run("table", "small-cases", "--format", "latex", "--columns", columns).stdout.splitlines()
        assert lines[0].startswith(f"% srtheory table small-cases --format latex --columns {columns} (version")
        assert __version__ in lines[0]
        assert environment in lines


@pytest.mark.parametrize(
    ("words", "made_by", "effort", "seed"),
    [
        (["decoding"], r"decoding --format markdown \(version .*\)", None, None),
        (["thresholds"], r"thresholds --format markdown --effort quick \(version .*\)", "quick", None),
        (["real-sums"], r"real-sums --format markdown --seed 7 \(seed 7, version .*\)", None, 7),
        (["gradient-codes"], r"gradient-codes .* --effort quick --seed 7 \(seed 7, version .*\)", "quick", 7),
        (["gradient-codes", "--trials", "3"], r"gradient-codes .* --trials 3 --seed 7 \(seed 7, version .*\)", None, 7),
    ],
)
def test_only_what_the_numbers_rest_on_is_said_below_them(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str], made_by: str, effort: str | None, seed: int | None
) -> None:
    monkeypatch.setattr(real_sums, "WORKLOADS", {})
    monkeypatch.setattr(thresholds, "M_VALUES", ())
    monkeypatch.setattr(gradient_codes, "SILENT", ())
    footer = run("table", *words, "--seed", "7").stdout.splitlines()[-1]
    assert re.fullmatch(rf"\*srtheory table {made_by}\*", footer), footer
    told = json.loads(run("table", *words, "--seed", "7", "--json").stdout)
    assert (told["effort"], told["seed"]) == (effort, seed)


def test_csv_is_nothing_but_csv(run: Run) -> None:
    lines = list(csv.reader(run("table", "counterexamples", "--format", "csv").stdout.splitlines()))
    assert lines[0] == ["conjecture", "degree", "symbols", "rows", "example"]
    assert {len(line) for line in lines} == {5}


def test_a_readers_parameters_are_in_the_caption_the_columns_and_the_command(run: Run) -> None:
    asked = ("--symbols", "20", "--degree", "3", "--tau", "0.04", "--trials", "5", "--schemes", "sr,bcc")
    text = run("table", "schemes", *asked).stdout
    assert r"$m = 20$, $d = 3$, $\tau = 0.04$, start-up delay expon" in text
    assert "standard errors of 5 runs" in text
    assert "--symbols 20 --degree 3 --tau 0.04 --trials 5 --seed 2022 --schemes sr,bcc" in text
    lines = list(csv.DictReader(run("table", "schemes", *asked, "--format", "csv").stdout.splitlines()))
    assert {(line["symbols"], line["degree"], line["tau"], line["trials"]) for line in lines} == {
        ("20", "3", "0.04", "5")
    }
    plain = run("table", "small-cases", "--format", "csv").stdout.splitlines()[0]
    assert "seed" not in plain


def test_a_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    assert refused(run, "table", "small-cases", "--out", str(tmp_path / "no" / "folder.md"))
