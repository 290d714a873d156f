"""The Makefile of a new study makes anew what was made at another effort."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from srtheory.errors import ArgumentError
from srtheory.study import loading, new
from srtheory.study.making import drawing

MAKEFILE = Path(new.__file__).parent / "template" / "Makefile"


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_another_effort_is_made_anew(tmp_path: Path) -> None:
    """Also the first effort after another: the folder holds the results of the last."""
    shutil.copy(MAKEFILE, tmp_path)

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
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [path.name for path in new.make_study(empty)] == [path.name for path in made]
    for place in (folder, made[0]):
        with pytest.raises(ArgumentError, match="not there yet, or is empty"):
            new.make_study(place)


def test_the_curves_of_a_new_study_begin_at_one_at_time_zero(tmp_path: Path) -> None:
    new.make_study(tmp_path)
    study = loading.load(str(tmp_path / "claims.py"))
    made = drawing(study, "tails", study.lab())
    [axes] = made.canvas.axes
    assert axes.get_xlabel() == "time t (time units)"
    for curve in axes.get_lines():
        t, share = curve.get_xdata(), curve.get_ydata()
        assert (t[0], share[0], share[1], share[-1]) == (0, 1, 0.99, 0)
