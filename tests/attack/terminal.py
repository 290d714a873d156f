"""Ctrl-C and `kill` in an interactive shell: a pseudo-terminal, bash with job control, the command line in it.

A command is at work for certain, and hangs, when it is ended: :mod:`tests.cli.hanging` for trials, a predicate for a
hunt.  No verdict depends on time; what has to come is waited for.
"""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attack.report import ROOT, Tally
from tests.cli.test_hunt import HANGS
from tests.cli.test_signals import GRID, PATIENCE, SCRIPT, STUDY, VERBS, hanging, wait_until

PROMPT = "at your service> "
COMMANDS = {name: VERBS[name] for name in ("simulate", "sweep", "verify")} | {
    "hunt": ("hunt", "mine.py::endless", "--store", "records")
}
PLAIN = "from srtheory.cli import main\nmain()\n"
LONGEST = PATIENCE
"""Seconds in which the last process must have ended."""
INTERRUPT, SUSPEND = "\x03", "\x1a"


class Shell:
    """An interactive bash on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.said = ""
        self.folder = folder
        self.process, self._terminal = pty.fork()
        if self.process == 0:  # the shell's whole life
            os.chdir(folder)
            os.environ.update(PYTHONPATH=str(ROOT), PS1=PROMPT, TERM="dumb")
            os.execvp("bash", ["bash", "--noprofile", "--norc", "--noediting", "-i"])
        self.wait_for(PROMPT)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def hear(self) -> None:
        """What there is to be heard."""
        while select.select([self._terminal], [], [], 0.02)[0]:
            self.said += os.read(self._terminal, 4096).decode(errors="replace")

    def wait_for(self, text: str) -> str:
        """What is said up to that text, and forget it."""

        def heard() -> bool:
            self.hear()
            return text in self.said

        wait_until(heard)
        before, _, self.said = self.said.partition(text)
        return before

    def ask(self, line: str) -> str:
        """What a line has the shell say."""
        self.type(f"{line}\n")
        return self.wait_for(PROMPT)

    def waits(self) -> bool:
        """Whether what is typed is for the shell itself."""
        return os.tcgetpgrp(self._terminal) == self.process

    def others(self) -> list[int]:
        """The processes of the session beside the shell that have not ended."""
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                number, state, session = _stat(file.read_text())
                if session == self.process != number and state != "Z":
                    found.append(number)
        return found

    def close(self) -> None:
        for number in (*self.others(), self.process):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self.process, 0)


def _stat(text: str) -> tuple[int, str, int]:
    """Number, state and session of a process."""
    number, _, rest = text.partition(" (")
    state, _, _, session = rest.rpartition(")")[2].split()[:4]
    return int(number), state, int(session)


@contextmanager
def shell() -> Iterator[Shell]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "grid.toml").write_text(GRID)
        (folder / "mine.py").write_text(HANGS + STUDY)  # a predicate for hunt, and a study for verify
        opened = Shell(folder)
        try:
            yield opened
        finally:
            opened.close()


def once(opened: Shell) -> None:
    opened.type(INTERRUPT)


def twice(opened: Shell) -> None:
    opened.type(INTERRUPT + INTERRUPT)


def stopped_before(opened: Shell) -> None:
    """Ctrl-Z, then fg, then Ctrl-C."""
    opened.type(SUSPEND)
    opened.wait_for(PROMPT)
    opened.type("fg\n")
    wait_until(lambda: opened.hear() or not opened.waits())
    opened.type(INTERRUPT)


def terminated(opened: Shell) -> None:
    """By the shell's kill, of a job in the background."""
    opened.type(SUSPEND)
    opened.wait_for(PROMPT)
    opened.ask("bg")
    opened.ask("kill -TERM %1")
    opened.type("wait %1\n")


ENDS: dict[str, Callable[[Shell], None]] = {
    "Ctrl-C": once,
    "Ctrl-C twice": twice,
    "Ctrl-Z, fg, Ctrl-C": stopped_before,
    "kill": terminated,
}
RIGHT = {"kill": {128 + signal.SIGTERM}}
"""Statuses; 130 by Ctrl-C, whether by a signal or not."""


def attempt(verb: str, how: str, processes: int, main: str | None = None) -> str | None:
    """What is wrong after the command has been ended in the middle of its work, in words; None if nothing is."""
    with shell() as opened:
        (opened.folder / "main.txt").write_text(main or (PLAIN if verb == "hunt" else SCRIPT))
        words = [*COMMANDS[verb], "--processes", str(processes)]
        opened.type(f'{sys.executable} -c "$(cat main.txt)" {" ".join(map(_quoted, words))}\n')
        wait_until(lambda: opened.hear() or PROMPT in opened.said or _works(verb, opened.folder, processes))
        if PROMPT in opened.said:
            return f"it ended by itself: {opened.said[-300:]!r}"
        ENDS[how](opened)
        said = opened.wait_for(PROMPT)
        status = int(re.findall(r"^\d+", opened.ask("echo $?"), re.MULTILINE)[-1])
        deadline = time.monotonic() + LONGEST
        while (left := opened.others()) and time.monotonic() < deadline:
            time.sleep(0.05)
        kept = list(opened.folder.glob("records/*/0*"))
    if status not in RIGHT.get(how, {130}):
        return f"status {status}: {said[-300:]!r}"
    if "Traceback" in said:
        return f"a traceback: {said[-300:]!r}"
    if left:
        return f"{len(left)} processes stay"
    in_time = verb != "hunt" or how not in ("kill", "Ctrl-C twice")  # its last second may not have been stored
    return "what was stored is gone" if in_time and not kept else None


def _works(verb: str, folder: Path, processes: int) -> bool:
    """Whether the processes hang, after a block has been stored; of a hunt, one of them."""
    if verb == "hunt":
        return hanging(folder) > 0
    return hanging(folder) == processes and bool(list(folder.glob("records/*/0*")))


def _quoted(word: str) -> str:
    return f"'{word}'"


def attack(verbs: tuple[str, ...], hows: tuple[str, ...], processes: tuple[int, ...], tally: Tally) -> None:
    for how in hows:
        for verb in verbs:
            for number in processes:
                wrong = attempt(verb, how, number)
                tally.count(f"{how}, {verb}", wrong and f"{number} processes: {wrong}")
