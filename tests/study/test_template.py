"""A new study: written into an empty folder alone; its Makefile makes anew what was made at another effort."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from srtheory.errors import ArgumentError
from srtheory.study import loading, new
from srtheory.study.making import drawing


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_another_effort_is_made_anew(tmp_path: Path) -> None:
    """Also the first effort after another: the folder holds the results of the last."""
    shutil.copy(Path(new.__file__).parent / "template" / "Makefile", tmp_path)

    def make(effort: str, *options: str) -> int:
        command = ["make", "-s", "SRTHEORY=:", f"EFFORT={effort}", *options, f"out/made-{effort}"]
        return subprocess.run(command, cwd=tmp_path, check=False).returncode

    assert make("quick") == make("quick", "-q") == 0
    assert make("deep", "-q") == 1
    assert make("deep") == make("deep", "-q") == 0
    assert make("quick", "-q") == 1


def test_a_new_study_is_written_into_an_empty_folder_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    made = new.make_study(folder)
    assert sorted(made) == sorted(folder.iterdir())
    assert {".gitignore", "claims.py", "test_claims.py", "Makefile"} <= {path.name for path in made}
    assert not any(path.name.endswith(".in") or path.name == "gitignore" for path in made)
    for place in (folder, made[0]):
        with pytest.raises(ArgumentError, match="not there yet, or is empty"):
            new.make_study(place)
    study = loading.load(str(folder / "claims.py"))
    [axes] = drawing(study, "tails", study.lab()).canvas.axes
    for curve in axes.get_lines():  # which begin at one at time zero
        t, share = curve.get_xdata(), curve.get_ydata()
        assert (t[0], share[0], share[1], share[-1]) == (0, 1, 0.99, 0)
