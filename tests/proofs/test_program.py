"""Without a prover: a line says what is left out, and the command line says that the verified checker is not there."""

from __future__ import annotations

import pytest

from srtheory.cli import verified
from srtheory.errors import ArgumentError
from tests.proofs.conftest import do_without, missing


def test_a_prover_checks_the_proofs() -> None:
    if reason := missing():
        do_without(reason)


@pytest.fixture
def no_program(monkeypatch, tmp_path):
    monkeypatch.setattr(verified, "BUILT", tmp_path / "srcheck")
    monkeypatch.setenv("PATH", str(tmp_path))


def test_where_it_is_not_built_a_line_says_so(no_program, files, check) -> None:
    status, out, error = check(*files[:2])
    assert (status, out) == (2, "")
    assert error.startswith("srtheory: Argument 'verified' must be left out where no verified checker is built")
    assert error.endswith("not True.")
    assert "\n" not in error


@pytest.mark.quality
@pytest.mark.parametrize("says", ["", "valid\nvalid", "perhaps", "not a certificate"])
def test_a_program_that_answers_something_else_is_not_believed(no_program, tmp_path, says) -> None:
    with pytest.raises(ArgumentError):
        verified.require_program()
    (tmp_path / "srcheck").write_text(f"#!/bin/sh\nprintf '{says}'\n")
    (tmp_path / "srcheck").chmod(0o755)
    with pytest.raises(RuntimeError, match="ended with status 0"):
        verified.verdicts(["0 0 spans 0 0x1 0\n"])
