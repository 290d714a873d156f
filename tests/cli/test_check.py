"""span, span --certificate and check, end to end: verdicts, one line each, every form of file.

That a certificate is valid if and only if the claim holds is asked in tests/contracts/test_certificates.py.
"""

from __future__ import annotations

import gzip
import json
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory import files
from srtheory.cli import check as verified
from srtheory.errors import ArgumentError
from srtheory.questions import simulate
from tests.cli.conftest import asked, refused

check = import_module("srtheory.cli.check")

TRIANGLE = {"columns": 3, "rows": [[0, 1], [1, 2], [0, 2], [2]]}
PAIR = {"columns": 2, "rows": [[0, 1]], "values": [[2, -3]]}
STAR = {"columns": 4, "rows": [[0, 1], [0, 2], [0, 3]]}
EMPTY = {"columns": 1, "rows": []}


@pytest.fixture
def certified(tmp_path, run):
    """Writes a matrix and its certificate; returns the command that checks it, and their paths."""

    def certified(matrix, field="Q"):
        file, certificate = tmp_path / "rows.json", tmp_path / "certificate.json"
        file.write_text(json.dumps(matrix), encoding="utf-8")
        done = run("span", str(file), "--field", field, "--certificate", str(certificate))
        assert (done.status in (0, 1), done.stderr) == (True, "")
        return ["check", str(certificate), "--matrix", str(file)], file, certificate

    return certified


@pytest.mark.parametrize(
    ("matrix", "field", "stopping"),
    [
        *((TRIANGLE, "Q", 3), (TRIANGLE, "GF(2)", 4), (STAR, "Q", None), (STAR, "GF(8)", 3), (PAIR, "GF(7)", None)),
        *((EMPTY, "Q", None), ({"columns": 0, "rows": []}, "Q", 0), ({"columns": 1, "rows": [[], [0]]}, "Q", 2)),
    ],
)
def test_a_verdict_and_its_certificate(run, certified, matrix, field, stopping):
    command, file, _ = certified(matrix, field)
    answer = asked(run, "span", str(file), "--field", field, status=1 if stopping is None else 0)
    assert (answer["spans"], answer["stopping_time"], answer["field"]) == (stopping is not None, stopping, field)
    says = "the rows of the matrix do not span 1." if stopping is None else f"the matrix has stopping time {stopping}."
    done = run(*command)
    assert (done.status, done.stdout, done.stderr) == (0, f"valid: Over {field}, {says}\n", "")
    told = asked(run, *command)
    assert told.pop("kind") in (("does-not-span",) if stopping is None else ("stopping-time", "spans"))
    assert told == {"valid": True, "field": field, "claim": f"Over {field}, {says}", "reason": None}


def test_help_keeps_its_lines_and_csv_is_the_same_matrix(run, certified, tmp_path):
    text = run("span", "--help").stdout
    assert "\\b" not in text
    assert "  .mtx   Matrix Market, pattern or integers\n" in text
    command, *_ = certified(TRIANGLE)
    (tmp_path / "rows.csv").write_text("1,1,0\n0,1,1\n1,0,1\n0,0,1\n", encoding="utf-8")
    assert run(*command[:-1], str(tmp_path / "rows.csv")).status == 0


def test_another_matrix_and_what_is_no_certificate_are_told(run, certified):
    command, file, certificate = certified(TRIANGLE)
    file.write_text(json.dumps(TRIANGLE | {"rows": [[0], *TRIANGLE["rows"][1:]]}), encoding="utf-8")
    done = run(*command)
    assert (done.status, done.stdout) == (1, "not valid: the matrix does not have the digest that it gives.\n")
    for text in ("", "{}", "not json", '{"format": "srtheory-certificate"}', "\x00"):
        certificate.write_text(text, encoding="utf-8")
        assert refused(run, *command).startswith("srtheory: Argument 'certificate' must be a certificate (it")


def chains(m, weight):
    """Each row ties a column to the next, so that a witness has powers of the weight: as long as minors can be."""
    return {
        "columns": m,
        "rows": [[0], *([i, i + 1] for i in range(m - 1))],
        "values": [[1], *([weight, 1] for _ in range(m - 1))],
    }


def drawn(rng, m, n, size):
    matrix = rng.integers(-size, size, (n, m), endpoint=True)
    places = [np.flatnonzero(row).tolist() for row in matrix]
    return {"columns": m, "rows": places, "values": [row[at].tolist() for row, at in zip(matrix, places, strict=True)]}


RNG = np.random.default_rng(11)
LONG = [
    *[TRIANGLE, PAIR, EMPTY, {"columns": 0, "rows": [[]]}, {"columns": 4, "rows": [[0], [], [2, 3]]}],
    *[chains(m, weight) for m in (2, 40) for weight in (1, -(2**63), 2**63 - 1)],
    *[drawn(RNG, m, n, size) for m, n in [(6, 9), (14, 13), (14, 30)] for size in (1, 2**62)],
]


@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(9223372036854775783)"])
@pytest.mark.parametrize("i", range(len(LONG)))
def test_whatever_span_writes_is_read(run, certified, monkeypatch, i, field):
    """Also where 32 MiB do not suffice: no byte more is allowed here than what follows from the matrix."""
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    monkeypatch.setattr(check, "HEAD", 600)
    command, _, certificate = certified(LONG[i], field)
    assert run(*command).status == 0
    certificate.write_text(json.dumps(json.loads(certificate.read_text()), indent=8), encoding="utf-8")
    assert run(*command).status == 0


def test_what_no_certificate_of_the_matrix_can_have_is_neither_read_nor_unpacked_nor_written(
    run, certified, monkeypatch, tmp_path
):
    with monkeypatch.context() as patch:
        patch.setattr(files, "LARGEST_FILE", 0)
        (_, _, _, file), _, certificate = certified(chains(40, 2**63 - 1))
        long, data = certificate.stat().st_size, certificate.read_bytes()
        for packed in (False, True):
            given = certificate.with_name("certificate.json.gz") if packed else certificate
            for content in (data, data + b" " * 9 * long):
                given.write_bytes(gzip.compress(content) if packed else content)
                done = run("check", str(given), "--matrix", file)
                assert done.status == (0 if content == data else 2)
            assert given.stat().st_size < long or not packed
            assert ("bytes when unpacked" if packed else "a file of at most") in done.stderr
            assert packed or long < int(done.stderr.split("at most ")[1].split()[0]) < 9 * long
    command, file, certificate = certified(TRIANGLE)
    long = certificate.stat().st_size
    for more in (0, -1):
        for module in (simulate, check):
            monkeypatch.setattr(module, "LARGEST_CERTIFICATE", long + more)
        done = run("span", str(file), "--certificate", str(tmp_path / f"{more}.json"))
        assert (done.status, (tmp_path / f"{more}.json").exists()) == ((2, False) if more else (0, True))
        assert run(*command).status == done.status
    assert f"it would have {long} bytes" in done.stderr


def test_a_compressed_certificate_is_the_same_and_a_damaged_one_is_refused(run, certified, tmp_path):
    command, file, certificate = certified(chains(40, 2**63 - 1))
    small = tmp_path / "small.json.gz"
    written = []
    for _ in range(2):
        assert run("span", str(file), "--certificate", str(small)).status == 0
        written.append(small.read_bytes())
    data = written[0]
    assert data == written[1]  # no time of day in it
    assert gzip.decompress(data) == certificate.read_bytes()
    assert len(data) < certificate.stat().st_size
    assert run("check", str(small), *command[2:]) == run(*command)
    flipped = [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in (30, len(data) - 5)]
    for damaged in (data[:-1], data[:2], data + b"more", *flipped):
        small.write_bytes(damaged)
        assert refused(run, "check", str(small), *command[2:])


# ------------------------------------------------------------------------------------------- the verified checker


def certificate_of(kind):
    return SimpleNamespace(
        kind=kind, combination=[1, -1, 17], kernel=[-2, 16], denominator=18, stopping_time=4, modulus=7, polynomial=()
    )


@pytest.fixture
def program(monkeypatch, tmp_path):
    """In place of the verified checker: a script that repeats what it is asked on stderr, and prints these lines."""

    def program(lines, status=0):
        path = tmp_path / "srcheck"
        path.write_text(f"#!/bin/sh\ncat >&2\nprintf '{lines}'\nexit {status}\n")
        path.chmod(0o700)
        monkeypatch.setattr(verified, "BUILT", path)

    return program


def test_a_program_is_that_of_the_checkout_or_on_the_path_and_judges_what_belongs_to_the_matrix(
    monkeypatch, tmp_path, program
):
    for fault, answer, found in (
        *((None, "valid", None), (None, "not valid", "the verified checker refuses its witness")),
        ("another matrix", "valid", "another matrix"),
    ):
        monkeypatch.setattr("srtheory.span.checker.identity_fault", lambda *_, fault=fault: fault)
        program(f"{answer}\\n")
        assert verified.verified_fault(certificate_of("spans"), 1, [{0: 1}]) == found
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setattr(verified, "BUILT", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(
        ArgumentError, match=r"'verified' must be left out where no verified checker is built.*, not True"
    ):
        verified.require_program()
