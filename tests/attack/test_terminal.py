"""Commands that are ended in an interactive shell: their status, no traceback, no process that stays, all records.

A command is at work for certain, and hangs, when it is ended: :mod:`tests.cli.hanging` for trials, a predicate for a
hunt.  No verdict depends on time; what has to come is waited for.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pexpect
import psutil
import pytest

from tests.attack.report import ROOT, Tally
from tests.cli.test_hunt import HANGS
from tests.cli.test_signals import GRID, PATIENCE, SCRIPT, STUDY, VERBS, hanging, wait_until

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
PROMPT = "at your service> "
COMMANDS = {name: VERBS[name] for name in ("simulate", "sweep", "verify")} | {
    "hunt": ("hunt", "mine.py::endless", "--store", "records")
}
PLAIN = "from srtheory.cli import main\nmain()\n"
LONGEST = {"seconds": PATIENCE}
"""In which the last process must have ended."""
INTERRUPT, SUSPEND = "\x03", "\x1a"
Shell = pexpect.spawn


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """An interactive bash on a terminal of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PS1": PROMPT, "TERM": "dumb"}
    words = ["--noprofile", "--norc", "--noediting", "-i"]
    opened = Shell(
        "bash", words, timeout=PATIENCE, cwd=folder, env=environment, encoding="utf-8", codec_errors="replace"
    )
    try:
        opened.expect_exact(PROMPT)
        yield opened
    finally:
        for process in others(opened):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        opened.close(force=True)


def ask(opened: Shell, line: str) -> str:
    """What a line has the shell say."""
    opened.sendline(line)
    opened.expect_exact(PROMPT)
    return str(opened.before)


def is_asked(opened: Shell) -> bool:
    """Whether the shell waits for a line; what is said meanwhile is heard."""
    return opened.expect_exact([PROMPT, pexpect.TIMEOUT], timeout=0.02) == 0


def others(opened: Shell) -> list[psutil.Process]:
    """The processes of the session beside the shell that have not ended."""
    found = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            session = os.getsid(process.pid)
            if session == opened.pid != process.pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def suspended(opened: Shell) -> None:
    opened.send(SUSPEND)
    opened.expect_exact(PROMPT)


def stopped_before(opened: Shell) -> None:
    suspended(opened)
    opened.sendline("fg")
    wait_until(lambda: is_asked(opened) or os.tcgetpgrp(opened.child_fd) != opened.pid)
    opened.send(INTERRUPT)


def terminated(opened: Shell) -> None:
    """By the shell's kill, of a job in the background."""
    suspended(opened)
    ask(opened, "bg")
    ask(opened, "kill -TERM %1")
    opened.sendline("wait %1")


ENDS: dict[str, Callable[[Shell], object]] = {
    "Ctrl-C": lambda opened: opened.send(INTERRUPT),
    "Ctrl-C twice": lambda opened: opened.send(INTERRUPT + INTERRUPT),
    "Ctrl-Z, fg, Ctrl-C": stopped_before,
    "kill": terminated,
}


def attempt(verb: str, how: str, processes: int, main: str | None = None) -> str | None:
    """What is wrong after the command has been ended in the middle of its work, in words; None if nothing is."""
    with TemporaryDirectory() as name, shell(folder := Path(name)) as opened:
        (folder / "grid.toml").write_text(GRID)
        (folder / "mine.py").write_text(HANGS + STUDY)  # a predicate for hunt, and a study for verify
        (folder / "main.txt").write_text(main or (PLAIN if verb == "hunt" else SCRIPT))
        words = [*COMMANDS[verb], "--processes", str(processes)]
        opened.sendline(f'{sys.executable} -c "$(cat main.txt)" {shlex.join(words)}')
        stored = lambda: list(folder.glob("records/*/0*"))  # noqa: E731

        def works() -> bool:
            """Whether the processes hang, after a block has been stored; of a hunt, one of them."""
            return hanging(folder) > 0 if verb == "hunt" else hanging(folder) == processes and bool(stored())

        wait_until(lambda: is_asked(opened) or works())
        if not works():
            return f"it ended by itself: {opened.before[-300:]!r}"
        ENDS[how](opened)
        opened.expect_exact(PROMPT)
        said, status = opened.before, int(ask(opened, "echo $?").split()[-1])
        left = psutil.wait_procs(others(opened), timeout=LONGEST["seconds"])[1]
        kept = stored()
    if status != (128 + signal.SIGTERM if how == "kill" else 130):  # whether by a signal or not
        return f"status {status}: {said[-300:]!r}"
    if "Traceback" in said:
        return f"a traceback: {said[-300:]!r}"
    if left:
        return f"{len(left)} processes stay"
    in_time = verb != "hunt" or how not in ("kill", "Ctrl-C twice")  # its last second may not have been stored
    return "what was stored is gone" if in_time and not kept else None


def attack(verbs: tuple[str, ...], hows: tuple[str, ...], processes: tuple[int, ...], tally: Tally) -> None:
    for how in hows:
        for verb in verbs:
            for number in processes:
                wrong = attempt(verb, how, number)
                tally.count(f"{how}, {verb}", wrong and f"{number} processes: {wrong}")


def test_ctrl_c_in_a_shell():
    found = Tally.again("terminal")
    attack(("hunt",), ("Ctrl-C",), (1,), found)
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_all_of_them():
    found = Tally.again("terminal")
    attack(tuple(COMMANDS), tuple(ENDS), (1, 2), found)
    found.keep()
    print(found)
    assert not found.failures


PLANTS = {
    "status 1": "import sys\nsys.exit = lambda status: os._exit(1)\n",
    "a traceback": "import sys\nsys.exit = lambda status: (print('Traceback', flush=True), os._exit(status))\n",
    "1 processes stay": "import subprocess\nsubprocess.Popen(['sleep', '1000'], process_group=0)\n",
}


@pytest.mark.quality
@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("says", PLANTS)
def test_planted_defects_are_seen(says, monkeypatch):
    monkeypatch.setitem(LONGEST, "seconds", 1)
    assert says in attempt("hunt", "Ctrl-C", 1, "import os\n" + PLANTS[says] + PLAIN)
