"""Bad input in files: status 2, one line, within limits."""

from __future__ import annotations

import sys
from itertools import islice

import click
import pytest

from srtheory import cli, files
from tests.attack import commands
from tests.attack.inputs import Bad, attack, no_files, texts
from tests.attack.planted import instead, planted

SEED = 20224


def test_some_bad_inputs():
    tally = attack(SEED, every=100)
    assert tally.total > 9
    assert not tally.failures, tally


@pytest.mark.attack
@pytest.mark.slow
def test_all_bad_inputs():
    tally = attack(SEED)
    tally.keep()
    print(tally)
    assert tally.total >= 1000
    assert not tally.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def csv(text: str, suffix: str = "csv"):
    """A group of one file."""

    def group(folder):
        (folder / f"g.{suffix}").write_text(text)
        yield Bad("planted", ["span", f"g.{suffix}"])

    return group


MANY_COLUMNS = csv("%%MatrixMarket matrix coordinate integer general\n3 1000000000 1\n1 1 1\n", "mtx")


def zero(folder):
    yield next(bad for bad in no_files(folder) if "zero.json" in bad.arguments)


def endless(_):
    while True:
        pass


def failing(change):
    """The end of every command that fails, in another way: given the right one, the message and the status."""
    return planted(cli, "fail", lambda right: lambda message, status=2: change(right, message, status))


PLANTED = {
    "no number read as 1": (instead(files, "whole_entry", lambda _: 1), csv("a,b\n")),
    "skipped limit": (instead(files, "check_shape", lambda _: None), MANY_COLUMNS),
    "whole device read": (instead(files, "read_bytes", lambda path: path.read_bytes()), zero),
    "loop": (instead(files, "whole_entry", endless), csv("1,1\n")),
    "traceback": (failing(lambda *_: 1 / 0), csv("a,b\n")),
    "two lines": (failing(lambda right, *given: (click.echo("srtheory: so", err=True), right(*given))), csv("a,b\n")),
    "another status": (failing(lambda right, message, _: right(message, 1)), csv("a,b\n")),
    "nothing named": (
        failing(lambda right, _, status: right("error: something is wrong", status)),
        lambda folder: islice(texts(folder), 1),
    ),
    "escapes shown": (failing(lambda right, message, status: right(f"\x1b[31m{message}", status)), csv("a,b\n")),
    "stdout used": (failing(lambda right, *given: (sys.stdout.write("no\n"), right(*given))), csv("a,b\n")),
}
LESS = {"whole device read": ("BYTES", 1 << 27), "loop": ("SECONDS", 0.2)}
"""What has no end outgrows any limit."""


@pytest.mark.quality
@pytest.mark.parametrize("defect", PLANTED)
def test_planted_defects_are_seen(defect, monkeypatch):
    plant, group = PLANTED[defect]
    if defect in LESS:
        monkeypatch.setattr(commands, *LESS[defect])
    before = attack(SEED, groups=[group]).failures
    assert not before or defect == "loop"  # whose matrix is a good one
    plant(monkeypatch)
    assert any(line.startswith(("planted", "texts", "no files")) for line in attack(SEED, groups=[group]).failures)
