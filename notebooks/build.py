"""Execute the notebooks: each NAME.py becomes NAME.ipynb with its outputs, and nothing that changes from run to run.

``python -m notebooks.build`` rebuilds all, ``python -m notebooks.build covering latency`` these two.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parent
NAMES = (
    "ten_lines",
    "spanning_one",
    "covering",
    "latency",
    "open_questions",
    "decoding",
    "your_own_conjecture",
    "your_own_code",
    "your_own_paper",
    "checked_by_machine",
)
ALT = re.compile(r"^# alt: (.*(?:\n# .*)*)", re.MULTILINE)
"""What a picture shows, for those who do not see it: a comment above the code that draws, on one line or more."""
GOODBYE = 60  # seconds within which a kernel that is killed must be gone
PICTURE = "image/png"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_source(name: str) -> NotebookNode:
    """The notebook as its percent script has it: no outputs."""
    return jupytext.read(HERE / f"{name}.py", fmt="py:percent")


def execute(notebook: NotebookNode, *, timeout: int = 300) -> NotebookNode:
    """Run every cell, top to bottom, in this folder; raises nbclient's CellExecutionError at the first that fails.

    The kernel is this interpreter's own ipykernel, whatever kernels the reader may have installed.
    """
    with TemporaryDirectory() as folder:
        asyncio.run(_execute(notebook, timeout, Path(folder)))
    return notebook


async def _execute(notebook: NotebookNode, timeout: int, folder: Path) -> None:
    """By a kernel that listens in ``folder``, since a free port may be another kernel's before it is taken."""
    own = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    kernel = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=own, transport="ipc", connection_file=str(folder / "kernel.json")
    )
    patience = dict.fromkeys(("timeout", "startup_timeout", "iopub_timeout"), timeout)  # 4 s would do to lose output
    quiet = ["--log-level=ERROR"]
    client = NotebookClient(  # streams whole, however they come
        notebook, km=kernel, record_timing=False, coalesce_streams=True, extra_arguments=quiet, **patience
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # srtheory, in cells of the shell
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # the matrices are small
    try:
        environment = {**one_thread, **os.environ, "PATH": path, "PYTHONPATH": str(HERE.parent)}
        await client.async_execute(cwd=str(HERE), env=environment)
    finally:  # nbclient leaves a kernel that it was given, and its sockets, to the end of the interpreter
        async with asyncio.timeout(GOODBYE):
            if client.kc is not None:
                client.kc.stop_channels()
            await kernel.shutdown_kernel(now=True)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Name cells by number, say of each picture what it shows, and leave out what is random or of this machine."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for i, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{i}", nbformat.from_dict({})
        if cell.cell_type == "code":
            describe(cell)
    return notebook


def pictures(cell: NotebookNode) -> list[NotebookNode]:
    """Outputs of a cell that are pictures, in order."""
    return [output for output in cell.get("outputs", []) if PICTURE in output.get("data", {})]


def describe(cell: NotebookNode) -> None:
    """Move the cell's words for its pictures into these, the n-th into the n-th, where nbconvert looks for them."""
    for output in pictures(cell):
        output.metadata.get(PICTURE, {}).pop("alt", None)
    for output, words in zip(pictures(cell), ALT.findall(cell.source), strict=False):
        output.metadata.setdefault(PICTURE, nbformat.from_dict({}))["alt"] = " ".join(words.split("\n# "))


def build(name: str) -> float:
    """Write NAME.ipynb from NAME.py; returns the seconds that it took."""
    start = time.monotonic()
    notebook = tidy(execute(read_source(name)))
    nbformat.write(notebook, HERE / f"{name}.ipynb")
    return time.monotonic() - start


if __name__ == "__main__":
    for given in sys.argv[1:] or NAMES:
        print(f"{given}: {build(given):.0f} s")
