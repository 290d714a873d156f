"""Bad input for every verb: status 2, one line, within limits."""

from __future__ import annotations

import sys

import click
import pytest

from srtheory import cli, files
from srtheory.cli import VERBS
from tests.attack import commands
from tests.attack.inputs import BASES, Bad, attack, no_files, numbers
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


def swallowed_error(monkeypatch):
    """What is no number is read as 0."""
    monkeypatch.setattr(files, "_whole", lambda _: 1)


def skipped_limit(monkeypatch):
    monkeypatch.setattr(files, "_check_shape", lambda _: None)


def whole_device_read(monkeypatch):
    monkeypatch.setattr(files, "read_bytes", lambda path: path.read_bytes())


def loop(monkeypatch):
    def endless(_):
        while True:
            pass

    monkeypatch.setattr(files, "_whole", endless)


def traceback(monkeypatch):
    monkeypatch.setattr(cli, "_fail", lambda *_: 1 / 0)


def two_lines(monkeypatch):
    right = cli._fail

    def fail(message, status=2):
        click.echo("srtheory: first of all", err=True)
        right(message, status)

    monkeypatch.setattr(cli, "_fail", fail)


def another_status(monkeypatch):
    right = cli._fail
    monkeypatch.setattr(cli, "_fail", lambda message, status=2: right(message, 1))


def nothing_named(monkeypatch):
    right = cli._fail
    monkeypatch.setattr(cli, "_fail", lambda message, status=2: right("error: something is wrong", status))


def escapes_shown(monkeypatch):
    right = cli._fail
    monkeypatch.setattr(cli, "_fail", lambda message, status=2: right(f"\x1b[31m{message}", status))


def stdout_used(monkeypatch):
    right = cli._fail
    monkeypatch.setattr(cli, "_fail", lambda message, status=2: (sys.stdout.write("no\n"), right(message, status)))


def whole_numbers(folder):
    yield next(numbers(folder))


def zero(folder):
    yield next(bad for bad in no_files(folder) if "zero.json" in bad.arguments)


PLANTED = {
    swallowed_error: csv("a,b\n"),
    skipped_limit: mtx_of_many_columns,
    whole_device_read: zero,
    loop: csv("1,1\n"),
    traceback: csv("a,b\n"),
    two_lines: csv("a,b\n"),
    another_status: csv("a,b\n"),
    nothing_named: whole_numbers,
    escapes_shown: csv("a,b\n"),
    stdout_used: csv("a,b\n"),
}


LESS = {whole_device_read: ("BYTES", 1 << 27), loop: ("SECONDS", 0.2)}
"""What has no end outgrows any limit."""


@pytest.mark.quality
@pytest.mark.parametrize(("plant", "group"), PLANTED.items())
def test_planted_defects_are_seen(plant, group, monkeypatch):
    if plant in LESS:
        monkeypatch.setattr(commands, *LESS[plant])

    def failures() -> Tally:
        return attack(SEED, groups=[group]).failures

    before = failures()
    assert not before or plant is loop  # whose matrix is a good one
    plant(monkeypatch)
    assert any("planted" in line or "numbers" in line or "no files" in line for line in failures())
