"""Commands that are ended in an interactive shell: their status, no traceback, no process that stays, all records."""

from __future__ import annotations

import shutil

import pytest

from tests.attack import terminal
from tests.attack.report import Tally

SEED = 20229
SAYS = (
    "The commands `simulate`, `sweep` and `verify`, with blocks of 50 trials, and `hunt` run in an interactive bash "
    "with job control on a pseudo-terminal, each with `--store` and 1 and 2 processes. Once a block is stored and all "
    "processes are in the middle of their work, the test types Ctrl-C, or Ctrl-C twice at once, or Ctrl-Z, `fg` and "
    "Ctrl-C. Or the job is ended by `kill` in the background. The status must be 130, or 143 by `kill`, whether by a "
    "signal or not. A traceback, or a process of the session that stays, is a failure. All stored records must remain."
)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


def tally() -> Tally:
    return Tally("terminal", "In a terminal", SAYS, SEED)


def test_ctrl_c_in_a_shell():
    found = tally()
    terminal.attack(("hunt",), ("Ctrl-C",), (1,), found)
    assert not found.failures, found


@pytest.mark.attack
@pytest.mark.slow
def test_all_of_them():
    found = tally()
    terminal.attack(tuple(terminal.COMMANDS), tuple(terminal.ENDS), (1, 2), found)
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
    monkeypatch.setattr(terminal, "LONGEST", 1)
    assert says in terminal.attempt("hunt", "Ctrl-C", 1, "import os\n" + PLANTS[says] + terminal.PLAIN)
