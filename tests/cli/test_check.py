"""span --certificate and check, end to end: exit statuses, one line each, every form of matrix file."""

from __future__ import annotations

import gzip
import json
import sys
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory import files
from srtheory.cli import main, verified
from srtheory.errors import ArgumentError
from srtheory.rows import from_mappings

check, span = (import_module(f"srtheory.cli.{verb}") for verb in ("check", "span"))

TRIANGLE = {"columns": 3, "rows": [[0, 1], [1, 2], [0, 2], [2]]}
PAIR = {"columns": 2, "rows": [[0, 1]], "values": [[2, -3]]}
STAR = {"columns": 4, "rows": [[0, 1], [0, 2], [0, 3]]}


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["srtheory", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out.strip(), captured.err.strip()

    return run


@pytest.fixture
def certified(tmp_path, run):
    """Writes a matrix and its certificate; returns both paths."""

    def certified(matrix, field="Q"):
        file, certificate = tmp_path / "rows.json", tmp_path / "certificate.json"
        file.write_text(json.dumps(matrix), encoding="utf-8")
        status, _, error = run("span", file, "--field", field, "--certificate", certificate)
        assert (status, error) in {(0, ""), (1, "")}
        return file, certificate

    return certified


@pytest.mark.parametrize(
    ("matrix", "field", "claim"),
    [
        (TRIANGLE, "Q", "Over Q, the matrix has stopping time 3."),
        (TRIANGLE, "GF(2)", "Over GF(2), the matrix has stopping time 4."),
        (STAR, "Q", "Over Q, the rows of the matrix do not span 1."),
        (STAR, "GF(8)", "Over GF(8), the matrix has stopping time 3."),
        (PAIR, "GF(7)", "Over GF(7), the rows of the matrix do not span 1."),
        ({"columns": 1, "rows": []}, "Q", "Over Q, the rows of the matrix do not span 1."),
    ],
)
def test_valid(run, certified, matrix, field, claim):
    file, certificate = certified(matrix, field)
    assert run("check", certificate, "--matrix", file) == (0, f"valid: {claim}", "")
    status, out, error = run("check", certificate, "--matrix", file, "--json")
    assert (status, error) == (0, "")
    assert json.loads(out) == {
        "valid": True,
        "kind": "stopping-time" if "time" in claim else "does-not-span",
        "field": field,
        "claim": claim,
        "reason": None,
    }


def test_other_forms_of_the_same_matrix(run, certified, tmp_path):
    _, certificate = certified(TRIANGLE)
    (tmp_path / "rows.csv").write_text("1,1,0\n0,1,1\n1,0,1\n0,0,1\n", encoding="utf-8")
    assert run("check", certificate, "--matrix", tmp_path / "rows.csv")[0] == 0


@pytest.mark.quality
def test_every_altered_row_is_not_valid(run, certified):
    file, certificate = certified(TRIANGLE)
    for i in range(4):
        for other in ([0], [0, 1, 2], []):
            rows = [*TRIANGLE["rows"][:i], other, *TRIANGLE["rows"][i + 1 :]]
            file.write_text(json.dumps({"columns": 3, "rows": rows}), encoding="utf-8")
            status, out, error = run("check", certificate, "--matrix", file)
            assert (status, out, error) == (1, "not valid: the matrix does not have the digest that it gives.", "")


@pytest.mark.quality
def test_every_altered_line_is_refused(run, certified):
    """The certificate has one value a line; each is altered in turn."""
    file, certificate = certified(TRIANGLE)
    lines = certificate.read_text(encoding="utf-8").splitlines()
    altered = 0
    for i, line in enumerate(lines):
        for old, new in (
            ("0x1", "0x2"),
            ("-0x1", "0x1"),
            ("3", "2"),
            (": 1,", ": 2,"),
            ("Q", "GF(3)"),
            ('": "', '": "0'),
        ):
            if old in line:
                altered += 1
                certificate.write_text("\n".join([*lines[:i], line.replace(old, new, 1), *lines[i + 1 :]]), "utf-8")
                status, out, error = run("check", certificate, "--matrix", file)
                assert status in {1, 2}
                assert len((out + error).splitlines()) == 1
    assert altered > 15
    certificate.write_text("\n".join(lines), encoding="utf-8")
    assert run("check", certificate, "--matrix", file)[0] == 0


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"format": "srtheory-certificate"}', "\x00"])
def test_not_a_certificate(run, certified, text):
    file, certificate = certified(TRIANGLE)
    certificate.write_text(text, encoding="utf-8")
    status, out, error = run("check", certificate, "--matrix", file)
    assert (status, out) == (2, "")
    assert error.startswith("srtheory: Argument 'certificate' must be a certificate (it")
    assert len(error.splitlines()) == 1


def test_bad_files_are_named_in_one_line(run, certified, tmp_path):
    file, certificate = certified(TRIANGLE)
    for arguments in (
        ("check", tmp_path / "absent", "--matrix", file),
        ("check", tmp_path, "--matrix", file),
        ("check", certificate, "--matrix", tmp_path / "absent.json"),
        ("check", certificate, "--matrix", certificate),
        ("check", certificate),
        ("span", file, "--certificate", tmp_path / "absent" / "certificate.json"),
    ):
        status, out, error = run(*arguments)
        assert (status, out) == (2, "")
        assert error.startswith("srtheory: ")
        assert len(error.splitlines()) == 1


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
    *[TRIANGLE, PAIR, STAR, {"columns": 1, "rows": []}, {"columns": 0, "rows": [[]]}],
    *[chains(m, weight) for m in (2, 40) for weight in (1, -(2**63), 2**63 - 1)],
    *[drawn(RNG, m, n, size) for m, n in [(6, 9), (14, 13), (14, 30)] for size in (1, 1000, 2**62)],
]


@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(9223372036854775783)"])
@pytest.mark.parametrize("i", range(len(LONG)))
def test_whatever_span_writes_is_read(run, certified, monkeypatch, i, field):
    """Also where 32 MiB do not suffice: no byte more is allowed here than what follows from the matrix."""
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    monkeypatch.setattr(check, "HEAD", 600)
    file, certificate = certified(LONG[i], field)
    assert run("check", certificate, "--matrix", file)[0] == 0
    certificate.write_text(json.dumps(json.loads(certificate.read_text()), indent=8), encoding="utf-8")
    assert run("check", certificate, "--matrix", file)[0] == 0


def test_what_no_certificate_of_the_matrix_can_have_is_not_read(run, certified, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    file, certificate = certified(chains(40, 2**63 - 1))
    long = certificate.stat().st_size
    certificate.write_bytes(certificate.read_bytes() + b" " * 9 * long)
    status, out, error = run("check", certificate, "--matrix", file)
    assert (status, out) == (2, "")
    assert "a file of at most" in error
    assert long < int(error.split("at most ")[1].split()[0]) < 9 * long


def test_what_would_not_be_read_is_not_written(run, certified, monkeypatch, tmp_path):
    file, certificate = certified(TRIANGLE)
    long = certificate.stat().st_size
    for module in (span, check):
        monkeypatch.setattr(module, "MAX_BYTES", long)
    assert run("span", file, "--certificate", certificate)[0] == 0
    assert run("check", certificate, "--matrix", file)[0] == 0
    for module in (span, check):
        monkeypatch.setattr(module, "MAX_BYTES", long - 1)
    status, out, error = run("span", file, "--certificate", tmp_path / "other.json")
    assert (status, out) == (2, "")
    assert f"it would have {long} bytes" in error
    assert not (tmp_path / "other.json").exists()
    assert run("check", certificate, "--matrix", file)[0] == 2


def packed(certificate):
    """Return another file with the same certificate, compressed."""
    other = certificate.with_name("certificate.json.gz")
    other.write_bytes(gzip.compress(certificate.read_bytes()))
    return other


def test_a_compressed_certificate_is_the_same(run, certified, tmp_path):
    file, certificate = certified(chains(40, 2**63 - 1))
    small = tmp_path / "small.json.gz"
    assert run("span", file, "--certificate", small)[0] == 0
    assert gzip.decompress(small.read_bytes()) == certificate.read_bytes()
    assert small.stat().st_size < certificate.stat().st_size
    assert run("check", small, "--matrix", file) == run("check", certificate, "--matrix", file)
    first = small.read_bytes()
    run("span", file, "--certificate", small)
    assert small.read_bytes() == first  # no time of day in it


@pytest.mark.quality
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:40],
        lambda data: data[:2],
        lambda data: data[:30] + bytes([data[30] ^ 1]) + data[31:],
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: data + b"more",
    ],
)
def test_a_damaged_compressed_certificate_is_refused(run, certified, damage):
    file, certificate = certified(TRIANGLE)
    other = packed(certificate)
    assert run("check", other, "--matrix", file)[0] == 0
    other.write_bytes(damage(other.read_bytes()))
    status, out, error = run("check", other, "--matrix", file)
    assert (status, out) == (2, "")
    assert len(error.splitlines()) == 1


def test_what_unpacks_to_more_than_a_certificate_can_have_is_not_unpacked(run, certified, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    file, certificate = certified(chains(40, 2**63 - 1))
    assert run("check", packed(certificate), "--matrix", file)[0] == 0
    long = certificate.stat().st_size
    certificate.write_bytes(certificate.read_bytes() + b" " * 9 * long)
    bomb = packed(certificate)
    assert bomb.stat().st_size < long
    status, out, error = run("check", bomb, "--matrix", file)
    assert (status, out) == (2, "")
    assert "bytes when unpacked" in error


# ------------------------------------------------------------------------------------------------ limits, by hand


@pytest.mark.parametrize(
    ("columns", "rows", "digits"),
    [
        # norms of 2, 2^30, 2^30, 2^30 and 1: the three largest and log2(3 + 1) are 92 bits
        (3, [{0: 2}, {1: 2**30}, {2: -(2**30)}, {0: 2**30}, {1: 1}], 24),
        # norms of 2^29, 2^30 sqrt(3) and 2^30: 91.79 bits
        (3, [{2: 2**29}, dict.fromkeys(range(3), 2**30), {0: -(2**30)}], 23),
        # an empty row counts as a norm of 1: with 2^40 and 2^41 sqrt(2), and log2(4 + 1), 83.82 bits
        (4, [{0: 2**40}, {}, {1: 2**41, 2: 2**41}], 21),
        (2, [[0, 1], [0]], 17),  # minors have two bits, residues 64
    ],
)
def test_as_much_is_read_as_minors_and_residues_can_have(monkeypatch, columns, rows, digits):
    """For each row and column, and the denominator: its digits and 32 bytes around them."""
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    limit = 4096 + (len(rows) + columns + 1) * (digits + 32)
    given = from_mappings(columns, rows)
    assert check._largest(given) == limit
    monkeypatch.setattr(check, "MAX_BYTES", limit - 1)
    assert check._largest(given) == limit - 1
    monkeypatch.setattr(check, "MAX_BYTES", limit + 9)
    monkeypatch.setattr(files, "LARGEST_FILE", limit + 1)
    assert check._largest(given) == limit + 1


# ------------------------------------------------------------------------------------------- the verified checker


@pytest.mark.parametrize(
    ("kind", "witness"),
    [
        ("spans", "3 0x1 -0x1 0x11 0x12"),
        ("does-not-span", "2 -0x2 0x10"),
        ("stopping-time", "4 3 0x1 -0x1 0x11 0x12 2 -0x2 0x10"),
    ],
)
def test_the_question_has_witness_and_rows_in_words(kind, witness):
    certificate = SimpleNamespace(
        kind=kind, combination=[1, -1, 17], kernel=[-2, 16], denominator=18, stopping_time=4, modulus=7
    )
    matrix = [{0: 1, 2: 5}, {}, {1: -3}]
    assert verified.question(certificate, 3, matrix) == f"7 3 {kind} {witness} 3 2 0 1 2 5 0 1 1 -3\n"


@pytest.fixture
def program(monkeypatch, tmp_path):
    """In place of the verified checker: a script that repeats what it is asked on stderr, and prints these lines."""

    def program(lines, status=0, says="cat >&2"):
        path = tmp_path / "srcheck"
        path.write_text(f"#!/bin/sh\n{says}\nprintf '{lines}'\nexit {status}\n")
        path.chmod(0o700)
        monkeypatch.setattr(verified, "BUILT", path)

    return program


def test_a_program_answers_every_question(program):
    program("valid\\nnot valid\\nvalid\\n")
    assert verified.verdicts(f"question {i}\n" for i in range(3)) == [True, False, True]


@pytest.mark.parametrize(
    ("lines", "status"),
    [("valid\\n", 0), ("valid\\n" * 3, 0), ("valid\\nmaybe\\n", 0), ("valid\\nvalid\\n", 3), ("", 0)],
)
def test_a_program_that_does_not_is_an_error(program, lines, status):
    program(lines, status)
    with pytest.raises(RuntimeError) as error:
        verified.verdicts(["first\n", "x" * 300 + "\n"])
    assert str(error.value) == f"The verified checker ended with status {status}: first\n{'x' * 194}"


def test_a_program_is_that_of_the_checkout_or_on_the_path(monkeypatch, tmp_path, program):
    program("")
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setattr(verified, "BUILT", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(ArgumentError, match="'verified' must be left out where no verified checker is built"):
        verified.require_program()


@pytest.mark.parametrize(
    ("answer", "fault"), [("valid", None), ("not valid", "the verified checker refuses its witness")]
)
def test_the_program_judges_what_belongs_to_the_matrix(monkeypatch, program, answer, fault):
    certificate = SimpleNamespace(
        kind="spans", combination=[1], kernel=[], denominator=1, stopping_time=None, modulus=0, polynomial=()
    )
    monkeypatch.setattr("srtheory.span.oracles.checker.identity_fault", lambda *_: None)
    program(f"{answer}\\n")
    assert verified.verified_fault(certificate, 1, [{0: 1}]) == fault
    monkeypatch.setattr("srtheory.span.oracles.checker.identity_fault", lambda *_: "another matrix")
    assert verified.verified_fault(certificate, 1, [{0: 1}]) == "another matrix"
