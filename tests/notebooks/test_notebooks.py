"""The notebooks: paired with their scripts, stored executed, and executable from top to bottom."""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Iterator
from itertools import chain, islice

import nbformat
import pytest
from nbformat import NotebookNode

from notebooks.build import HERE, NAMES, PICTURE, WIDGET, execute, pictures, read_source, tidy

PICTURES = 2
WORDS = 20
"""Letters of what is said about a picture, at least."""
MACHINE = re.compile(r"(?<!\w)/(work|tmp|root|home|Users|private|var)\b")


def stored(name: str) -> NotebookNode:
    return nbformat.read(HERE / f"{name}.ipynb", as_version=4)


def cells(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def texts(notebook: NotebookNode) -> Iterator[str]:
    """Every stored output that is text: pictures in base64 may spell anything."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("text", "")
            yield from (str(data) for kind, data in output.get("data", {}).items() if not kind.startswith("image/"))


def drift(source: NotebookNode, made: NotebookNode) -> list[tuple[str, str]]:
    """Cells of either that the other has not in the same place."""
    ours, theirs = cells(source), cells(made)
    length = max(len(ours), len(theirs))
    pairs = zip(ours + [("", "")] * (length - len(ours)), theirs + [("", "")] * (length - len(theirs)), strict=True)
    return [cell for pair in pairs if pair[0] != pair[1] for cell in pair]


def undescribed(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Pictures of a cell that say nothing to those who do not see them, by the metadata that nbconvert looks at."""
    for output in pictures(cell):
        if len(output.metadata.get(PICTURE, {}).get("alt", "")) < WORDS:
            yield output


def faults(notebook: NotebookNode) -> list[str]:
    """What a stored notebook must not be: not executed, failed, noisy, without pictures, or about this machine."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell.outputs]
    found = [f"not executed: {cell.source[:60]}" for cell in code if cell.execution_count is None]
    found += [f"failed: {output.ename}" for output in outputs if output.output_type == "error"]
    found += [f"on stderr: {output.text[:200]}" for output in outputs if output.get("name") == "stderr"]
    found += ["a widget without its kernel" for output in outputs if WIDGET in output.get("data", {})]
    found += [f"names a path: {text[:200]}" for text in texts(notebook) if MACHINE.search(text)]
    found += [f"a picture without words: {cell.source[:60]}" for cell in code for _ in undescribed(cell)]
    if sum(PICTURE in output.get("data", {}) for output in outputs) < PICTURES:
        found.append("too few pictures")
    return found


def test_every_notebook_is_named() -> None:
    assert {path.stem for path in HERE.glob("*.ipynb")} == set(NAMES)
    assert {path.stem for path in HERE.glob("*.py")} == {*NAMES, "build"}
    assert all(f"({name}.ipynb)" in (HERE / "README.md").read_text(encoding="utf-8") for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_its_script_stored_executed_in_order_with_pictures_and_nothing_of_this_machine(name: str) -> None:
    notebook = stored(name)
    assert drift(read_source(name), notebook) == []
    assert faults(notebook) == []
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert tidy(copy.deepcopy(notebook)) == notebook


SETTINGS = "m, d, tau, startup = "
SMALL = {
    "spanning_one": "60, 4, 0.05, 'expon(scale=2)'",
    "latency": "30, 4, 0.05, 'expon(scale=2)'",
    "open_questions": "100, 6, 0.02, 'expon(scale=2)'",
    "decoding": "50, 4, 0.05, 'expon(scale=2)'",
    "your_own_code": "20, 3, 0.1, 'expon(scale=2)'",
    "covering": "20, 3, 0.02, 'expon(scale=2)'",  # last, for what is put into the library for it
}
"""Other parameters for notebooks that are dear at the paper's; the others are executed as they stand, below."""
FEW = """
%matplotlib inline
%config InlineBackend.print_figure_kwargs = {"bbox_inches": None, "dpi": 30}  # no second drawing to find the edges
from matplotlib.figure import Figure
from srtheory.experiments.lab import Lab
from srtheory.study import making
from srtheory.render.style import Drawing
def drawing(study, name, lab, draw=making.drawing, empty=Drawing, figure=Figure, **given):
    # whole galleries have their own tests
    return draw(study, name, lab, **given) if given else empty(name, figure(), (), ())
Lab.trials, making.drawing = 5, drawing
"""
BRIEF = """
from functools import partial
from srtheory import testing
testing.check_scheme = partial(testing.check_scheme, examples=50)
"""
"""For *Your own code*: the kit draws fewer cases, among which it must find the wrong promise there."""
SPARSE = """
import numpy as np
from srtheory.theory import coverage
def few(model, k, by_rows=coverage.coverage_by_rows, between=np.interp, whole=np.isscalar):
    if whole(k):  # for a mean
        return by_rows(model, k)
    known = k[:: max(len(k) - 1, 1)]
    return tuple(between(k, known, values) for values in by_rows(model, known))
coverage.coverage_by_rows = few
"""
"""For *Covering*: its curves through the law at their first row and their last, which has tests of its own."""
SHORT = """
from paper_checks.theory.statements import overhead
def short(systematic, residual, _, price=overhead.price_of_peeling):
    return price(systematic, residual, 30)
overhead.price_of_peeling = short
"""
"""For *Decoding*: linear programs over smaller blocks."""
FORGET = "%reset -f\n"
MORE = {"covering": SPARSE, "your_own_code": BRIEF, "decoding": SHORT}
FEWER = {
    "your_own_code": {"trials = 100\n": "trials = 10\n"},
    "open_questions": {"range(150)": "range(15)"},
    "spanning_one": {"range(40)": "range(4)", "{40}": "{4}"},
}
"""Runs whose number is not the reader's to choose."""


def settings(notebook: NotebookNode) -> NotebookNode:
    """The cell in which the reader chooses the parameters; there is one, above all that is computed."""
    [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith(SETTINGS)]
    return cell


@pytest.mark.attack
@pytest.mark.slow
def test_they_run_from_top_to_bottom_at_other_parameters() -> None:
    """One after the other in one kernel, which is to forget all names before the next: its start and what all of them
    import take as long as some of them."""
    parts = {name: small_notebook(FORGET + MORE.get(name, "")).cells + changed(name) for name in SMALL}
    cells = [*small_notebook(FEW).cells, *chain(*parts.values())]
    made = iter(tidy(execute(nbformat.v4.new_notebook(cells=cells))).cells)
    next(made)
    for name, part in parts.items():
        found = faults(nbformat.v4.new_notebook(cells=[*islice(made, len(part))]))
        assert (name, found) == (name, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["your_own_conjecture", pytest.param("your_own_paper", marks=pytest.mark.attack)])
def test_the_same_script_gives_the_same_numbers(name: str) -> None:
    """Shown for the notebooks without timings that run fastest; pictures depend on matplotlib's version."""
    made = tidy(execute(read_source(name)))
    assert faults(made) == []
    with_latex = list(texts(stored(name)))
    without = [
        text.replace("paper.pdf %PDF", "no LaTeX here: paper.tex and what it inputs are written") for text in with_latex
    ]
    assert sorted(texts(made)) == sorted(with_latex if shutil.which("pdflatex") else without)


ANSWER = re.compile(r"(?<=--verified\n).+|(?<=^verified program: ).+", re.MULTILINE)  # the verified program's
WITHOUT = """
import os
from pathlib import Path
from srtheory.cli import verified
verified.BUILT, os.environ["PATH"] = Path("nowhere"), ""
"""


def answers(notebook: NotebookNode) -> tuple[list[str], list[str]]:
    """What the verified program says in the notebook, and all the rest."""
    said = list(texts(notebook))
    return [answer for text in said for answer in ANSWER.findall(text)], [ANSWER.sub("", text) for text in said]


def absent(verdicts: list[str]) -> bool:
    """All say that there is no verified program."""
    return all("no verified checker is built" in verdict for verdict in verdicts)


def test_the_stored_notebook_has_the_verdicts_of_the_verified_program() -> None:
    verdicts, _ = answers(stored("checked_by_machine"))
    assert [verdict.split(":")[0] for verdict in verdicts[:2]] == ["valid", "not valid"]
    assert verdicts[2:] == ["accepts 1 of 1", "accepts 0 of 122", "accepts 1 of 1"]
    assert not any(absent([verdict]) for verdict in verdicts)


@pytest.mark.attack
@pytest.mark.slow
def test_checked_by_machine_says_the_same_wherever_it_runs() -> None:
    """And without the verified program the same but its verdicts, each of which is then a line that says so.

    The cells that ask it are run once more at the end, in the same kernel, when it is no longer to be found.
    """
    notebook, kept = read_source("checked_by_machine"), stored("checked_by_machine")
    asking = [cell for cell in kept.cells if answers(nbformat.v4.new_notebook(cells=[cell]))[0]]
    length = len(notebook.cells)
    notebook.cells += small_notebook(WITHOUT, *(cell.source for cell in asking)).cells
    made = tidy(execute(notebook))
    assert faults(made) == []
    again = made.cells[length + 1 :]
    made.cells = made.cells[:length]
    (verdicts, others), (before, rest) = answers(made), answers(kept)
    assert others == rest
    assert verdicts == before or absent(verdicts)
    (without, others), (_, rest) = (answers(nbformat.v4.new_notebook(cells=each)) for each in (again, asking))
    assert others == rest
    assert len(without) == len(before)
    assert absent(without)


def changed(name: str) -> list[NotebookNode]:
    """The notebook's cells with other parameters, on a few trials."""
    notebook = read_source(name)
    cell = settings(notebook)
    _, _, more = cell.source.partition("\n")
    cell.source = f"{SETTINGS}{SMALL[name]}\n{more}\ntrials = 20"
    for many, few in FEWER.get(name, {}).items():
        [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and many in cell.source]
        cell.source = cell.source.replace(many, few)
    return notebook.cells


def small_notebook(*sources: str) -> NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("your_own_conjecture", "your_own_paper")])
def test_parameters_are_chosen_in_one_cell(name: str) -> None:
    """Where there are any; *Your own conjecture* simulates nothing, and *Your own paper* has a setting of its own."""
    notebook = read_source(name)
    above = notebook.cells[: notebook.cells.index(settings(notebook))]
    code = [cell.source for cell in above if cell.cell_type == "code"]
    assert len(code) == 1
    assert "\nimport " in code[0]


@pytest.mark.quality
def test_a_changed_an_added_and_a_removed_cell_are_drift() -> None:
    source, made = read_source(NAMES[0]), stored(NAMES[0])
    made.cells[1].source += " "
    assert len(drift(source, made)) == 2
    made = stored(NAMES[0])
    del made.cells[-1]
    assert drift(source, made)
    assert drift(made, source)


@pytest.mark.quality
def test_planted_faults_are_found() -> None:
    made = small_notebook("a", "b", "c", "d")
    output = nbformat.v4.new_output
    made.cells[0].outputs = [output("error", ename="NameError", evalue="", traceback=[])]
    made.cells[1].outputs = [output("stream", name="stderr", text="UserWarning")]
    made.cells[2].outputs = [output("stream", name="stdout", text="see /tmp/x"), output("display_data", {WIDGET: {}})]
    made.cells[3].execution_count = 4
    made.cells[0].outputs += [output("display_data", {PICTURE: ""}, metadata={PICTURE: {"alt": "A curve."}})]
    words = ("not executed: a", "not executed: c", "failed", "on stderr", "widget", "names a path", "without words: a")
    words += ("too few",)
    found = faults(made)
    assert all(any(fault.startswith(word) or word in fault for fault in found) for word in words)
    assert not any(fault[-1] == "d" for fault in found if fault.startswith("not executed"))
