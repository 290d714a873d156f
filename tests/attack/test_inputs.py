"""Bad input for every verb: status 2, one line, within limits."""

from __future__ import annotations

import sys

import click
import pytest

from srtheory import cli, files
from srtheory.cli import VERBS
from tests.attack import commands
from tests.attack.inputs import BASES, Bad, attack, no_files, numbers
from tests.attack.planted import instead, planted
from tests.attack.report import Tally

SEED = 20224


def test_some_bad_inputs():
    tally = attack(SEED, every=60)
    assert tally.total > 40
    assert not tally.failures, tally


def test_every_verb_is_attacked():
    assert set(BASES) == set(VERBS)


@pytest.mark.attack
@pytest.mark.slow
def test_all_bad_inputs():
    tally = attack(SEED)
    tally.keep()
    print(tally)
    assert tally.total >= 300
    assert not tally.failures


# ---------------------------------------------------------------------------------------------------- planted defects


def csv(text: str):
    """A group of one file."""

    def group(folder):
        (folder / "g.csv").write_text(text)
        yield Bad("planted", ["span", "g.csv"])

    return group


def mtx_of_many_columns(folder):
    (folder / "g.mtx").write_text("%%MatrixMarket matrix coordinate integer general\n3 1000000000 1\n1 1 1\n")
    yield Bad("planted", ["span", "g.mtx"])


def whole_numbers(folder):
    yield next(numbers(folder))


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
    "skipped limit": (instead(files, "check_shape", lambda _: None), mtx_of_many_columns),
    "whole device read": (instead(files, "read_bytes", lambda path: path.read_bytes()), zero),
    "loop": (instead(files, "whole_entry", endless), csv("1,1\n")),
    "traceback": (failing(lambda *_: 1 / 0), csv("a,b\n")),
    "two lines": (failing(lambda right, *given: (click.echo("srtheory: so", err=True), right(*given))), csv("a,b\n")),
    "another status": (failing(lambda right, message, _: right(message, 1)), csv("a,b\n")),
    "nothing named": (failing(lambda right, _, status: right("error: something is wrong", status)), whole_numbers),
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

    def failures() -> Tally:
        return attack(SEED, groups=[group]).failures

    before = failures()
    assert not before or defect == "loop"  # whose matrix is a good one
    plant(monkeypatch)
    assert any("planted" in line or "numbers" in line or "no files" in line for line in failures())
