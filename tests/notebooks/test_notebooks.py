"""The notebooks: paired with their scripts, stored executed, and executable from top to bottom."""

from __future__ import annotations

import ast
import copy
import os
import re
import sys
import time
from collections.abc import Iterator

import nbformat
import pytest
from nbformat import NotebookNode

from notebooks.build import ALT, HERE, NAMES, PICTURE, execute, pictures, read_source, tidy

PICTURES, LINES, MOST = 2, 100, 120
"""Pictures and matrices of a notebook at least; lines of its code, and seconds of its computation, at most."""
LIGHT = "spanning_one"
"""Executed by `make test`; all are by `make notebooks`."""
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
    found += [f"names a path: {text[:200]}" for text in texts(notebook) if MACHINE.search(text)]
    found += [f"a picture without words: {cell.source[:60]}" for cell in code for _ in undescribed(cell)]
    if sum(PICTURE in output.get("data", {}) or "<math" in str(output.get("data")) for output in outputs) < PICTURES:
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


VERIFIED = re.compile(r"((?:not )?valid: .*\n)*(status 1|srtheory: .*no verified checker is built.*\nstatus 2)\n")
"""What a cell says that also asks the verified program, which need not be built."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.attack] * (name != LIGHT)) for name in NAMES])
def test_the_same_script_gives_the_same_numbers_within_two_minutes_of_an_idle_machine(name: str) -> None:
    """Pictures depend on the version of matplotlib, and are not compared."""
    start = time.process_time() + sum(os.times()[2:4])
    made = tidy(execute(read_source(name)))
    assert faults(made) == []
    ours, kept = (sorted(VERIFIED.sub("", text) for text in texts(each)) for each in (made, stored(name)))
    assert ours == kept
    assert time.process_time() + sum(os.times()[2:4]) - start < MOST


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_imports_the_public_face_alone(name: str) -> None:
    """And the study of paper_checks, and what Python has itself: plots and checks are in the package."""
    code = [cell.source for cell in read_source(name).cells if cell.cell_type == "code" and cell.source[0] not in "!%"]
    tree = ast.parse("\n".join(code))
    lines = {ast.unparse(line) for line in ast.walk(tree) if isinstance(line, ast.Import | ast.ImportFrom)}
    outside = {line for line in lines if line.split()[1].split(".")[0] not in sys.stdlib_module_names}
    assert outside <= {"import srtheory as sr", "from paper_checks import study"}
    assert not any(isinstance(line, ast.Assert) for line in ast.walk(tree))
    assert len(ALT.sub("", "\n".join(code)).splitlines()) <= LINES


def small_notebook(*sources: str) -> NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


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
    made.cells[2].outputs = [output("stream", name="stdout", text="see /tmp/x")]
    made.cells[3].execution_count = 4
    made.cells[0].outputs += [output("display_data", {PICTURE: ""}, metadata={PICTURE: {"alt": "A curve."}})]
    words = ("not executed: a", "not executed: c", "failed", "on stderr", "names a path", "without words: a")
    words += ("too few",)
    found = faults(made)
    assert all(any(fault.startswith(word) or word in fault for fault in found) for word in words)
    assert not any(fault[-1] == "d" for fault in found if fault.startswith("not executed"))
