"""The Makefile of a new study makes anew what was made at another effort; tests/cli/test_studies.py asks the rest."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from srtheory import study


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_another_effort_is_made_anew(tmp_path: Path) -> None:
    """Also the first effort after another: the folder holds the results of the last."""
    shutil.copy(Path(study.__file__).parent / "template" / "Makefile", tmp_path)

    def make(effort: str, *options: str) -> int:
        command = ["make", "-s", "SRTHEORY=:", f"EFFORT={effort}", *options, f"out/made-{effort}"]
        return subprocess.run(command, cwd=tmp_path, check=False).returncode

    assert make("quick") == make("quick", "-q") == 0
    assert make("deep", "-q") == 1
    assert make("deep") == make("deep", "-q") == 0
    assert make("quick", "-q") == 1
