"""The manuscript: its numerals are macros, its references were looked up, and it can be built."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from manuscript import __main__ as build
from manuscript import statements
from manuscript.study import study
from manuscript.supplement import __main__ as supplement
from manuscript.supplement.conf import MOST_ROWS
from srtheory.study.numbers import numerals, unused

HERE = Path(build.__file__).parent
TEX = statements.TEX.read_text(encoding="utf-8")
BIB = (HERE / "references.bib").read_text(encoding="utf-8")
MACROS = [entry.macro(study.prefix) for entry in study.numbers.values()]


def test_a_macro_gives_every_numeral_and_all_macros_are_used() -> None:
    assert numerals(TEX) == []
    assert unused(TEX, MACROS) == []
    assert build.typed(TEX) == []


TYPED = (
    (r"\MsEnoughLow{}", "0.9269", "0.9269"),  # in the place of a macro
    ("Hollow: no exception seen", "Hollow: no exception in 30 runs", "30"),  # in a caption that has a numeral
    ("Insets: near $m$ rows.", "Insets: near $m$ rows of 2000 runs.", "9900"),  # like a year
    ("number of parity rows; of all rows", "number of parity rows; of all 17 rows", "17"),  # in a table
    ("accurate to a few units", "accurate to 8 units", "8"),  # in an appendix
    ("All \\MsCampaignExceptions{}", "All 95 % given\n", "95"),  # excused elsewhere
    ("above $10^5$", "above $11^5$", "11"),  # in the place of one that is excused
)


@pytest.mark.quality
def test_a_typed_number_is_seen() -> None:
    tex = TEX
    for old, new, _ in TYPED:
        assert old in tex
        tex = tex.replace(old, new, 1)
    found = build.typed(tex)
    assert [its for *_, its in TYPED if not any(f": {its}, which no macro gives" in line for line in found)] == []


def test_numbers_and_tables_can_be_made() -> None:
    lab = study.lab()
    for name in ("tau", "enough-low", "mean-rows-high", "law-holds-few", "late-share", "peel-two"):
        entry = study.numbers[name]
        assert entry.compute(lab).written(entry.digits)
    assert {name for name, _ in re.findall(r"\\input\{table_([\w-]+)()\}", TEX)} - {"hitting-time"} == set(study.tables)


def entries() -> list[tuple[str, str]]:
    """Return what stands before each entry of the bibliography, and its key."""
    return re.findall(r"((?:^%.*\n)*)^@\w+\{(\w+),", BIB, re.MULTILINE)


def test_every_reference_was_looked_up_and_is_cited() -> None:
    cited = {key for keys in re.findall(r"\\cite(?:\[[^\]]*\])?\{([^}]*)\}", TEX) for key in keys.split(",")}
    assert cited == {key for _, key in entries()}
    assert [key for before, key in entries() if "https://" not in before and "http://" not in before] == []


def test_without_latex_a_line_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "")
    assert build.main(Path("nowhere")) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "apt-get install latexmk" in said


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.skipif(build.missing() is not None, reason=str(build.missing()))
def test_it_is_built_without_an_overfull_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "manuscript", tmp_path], capture_output=True, text=True, check=False, cwd=HERE.parent
    )
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "manuscript" / "manuscript.log").read_text(encoding="utf-8", errors="replace")
    assert (
        re.findall(
            r"^(?:!|Overfull|LaTeX Warning: (?:.*undefined|Float too large)|Missing character).*", log, re.MULTILINE
        )
        == []
    )
    assert (tmp_path / "manuscript.pdf").stat().st_size > 100_000


@pytest.mark.attack
@pytest.mark.slow
def test_every_link_of_the_supplement_leads_somewhere_and_long_tables_are_broken(tmp_path: Path) -> None:
    """Sphinx warns of a link that does not; the pages are written as LaTeX, and not set."""
    done = supplement.latex(tmp_path)
    assert done.returncode == 0, done.stderr
    tex = (tmp_path / "supplement.tex").read_text(encoding="utf-8")
    assert tex.count(r"\hyperref") > 500
    assert "figure_run.gif" not in tex
    unbroken = re.findall(r"\\begin\{tabular[yx]?\}.*?\\end\{tabular[yx]?\}", tex, re.DOTALL)
    assert len(unbroken) > 20
    assert max(one.count(r"\sphinxhline") for one in unbroken) <= MOST_ROWS
