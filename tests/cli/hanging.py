"""What hangs in the processes of test_signals.py, which import this and not pytest."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from srtheory.experiments import running

FIRST_BLOCK = 50
"""Trials of a block, for 500, so that one is soon stored."""
HANGS = 1000
"""Seconds: longer than the patience of the tests."""

compute = running.compute_piece


def hang(piece: Any) -> object:
    """Pieces of the first block as ever; any other one leaves a note that it has begun, and does not end."""
    if piece.trials.start < FIRST_BLOCK:
        return compute(piece)
    Path(f"hangs-{os.getpid()}").touch()
    time.sleep(HANGS)
    raise AssertionError
