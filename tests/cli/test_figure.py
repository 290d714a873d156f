"""The verb ``figure``: a figure that moves, and one that does not."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_animate_adds_a_gif(run: Run, tmp_path: Path) -> None:
    result = run("figure", "run", "--animate", "--seed", "5", "--out", str(tmp_path))
    assert result.status == 0
    names = [Path(line).name for line in result.stdout.splitlines()]
    assert names == [f"figure_run.{suffix}" for suffix in ("svg", "pdf", "png", "csv", "gif")]
    assert (tmp_path / "figure_run.gif").read_bytes().startswith(b"GIF89a")


def test_a_figure_that_does_not_move_is_refused_before_it_is_drawn(run: Run, tmp_path: Path) -> None:
    result = run("figure", "bounds", "--animate", "--out", str(tmp_path))
    assert result.status == 2
    assert "a figure that moves: run" in result.stderr
    assert not list(tmp_path.iterdir())


def test_without_the_option_nothing_moves(run: Run, tmp_path: Path) -> None:
    assert run("figure", "tanner", "--out", str(tmp_path)).status == 0
    assert not list(tmp_path.glob("*.gif"))
