"""The command line in a child of this process, which may not take more than 5 s of the processor and 1 GiB."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import warnings
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from threading import TIMEOUT_MAX

from srtheory import progress
from srtheory.cli import VERBS, main
from srtheory.questions import QUESTIONS

SECONDS, BYTES = 5, 1 << 30
PATIENCE = 600
"""Seconds after which a child that waits for something, rather than works, is stopped."""


@dataclass(frozen=True)
class Done:
    """``status`` is below 0 if a signal ended the command: one of the limits was met."""

    status: int
    stdout: str
    stderr: str


def run(arguments: list[str], folder: Path, stdout: str | None = None) -> Done:
    """Run the command in ``folder``; its output goes to files, stdout also to a device if one is given."""
    out, err = Path(stdout) if stdout else folder / ".stdout", folder / ".stderr"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads, none of which holds a lock here
        child = os.fork()
    if child == 0:
        live(arguments, folder, out, err, SECONDS)
    _, ended = os.waitpid(child, 0)
    texts = ["" if stdout else out.read_text(errors="replace"), err.read_text(errors="replace")]
    return Done(os.waitstatus_to_exitcode(ended), *texts)


def live(arguments: list[str], folder: Path, out: Path, err: Path, seconds: float) -> None:
    """The child's whole life."""
    status = 70
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds),) * 2)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # the limit counts whole seconds
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + BYTES,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        os.chdir(folder)
        for path, number in ((out, 1), (err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, errors="backslashreplace")  # noqa: SIM115
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # as the interpreter keeps its own: none is closed
        sys.argv = ["srtheory", *arguments]
        progress.FIRST = progress.EVERY = TIMEOUT_MAX
        _show_warnings_as_python_does()
        main()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        status = _flushed(status)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
        _flushed(status)
    finally:
        os._exit(status)


def _show_warnings_as_python_does() -> None:
    warnings.resetwarnings()
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", kind)


def _flushed(status: int) -> int:
    """As the interpreter ends: 120 if stdout cannot be written, and nobody has said so."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            if status in (0, 1):
                sys.stderr.write(f"Exception ignored: {error}\n")
                status = 120
    return status


def _data() -> int:
    """Bytes that this process has, which its children begin with."""
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmData:")[1].split()[0]) * 1024


def warm_up(folder: Path) -> None:
    """Import here, once, what the verbs import, rather than in every child."""
    from importlib import import_module

    others = "scipy.io scipy.sparse scipy.stats sympy flint pyarrow.parquet numba srtheory.span.engine srtheory.files"
    others += " srtheory.workers srtheory.experiments.running srtheory.render.style srtheory.conjectures.hunt"
    verbs = (QUESTIONS[verb].module if verb in QUESTIONS else f"srtheory.cli.{verb}" for verb in VERBS)
    for name in ("srtheory.cli.ask", *verbs, *others.split()):
        import_module(name)
    gc.freeze()
