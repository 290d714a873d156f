"""span --certificate and check, end to end: exit statuses, one line each, every form of matrix file."""

from __future__ import annotations

import gzip
import json
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from srtheory import files
from srtheory.cli import verified
from srtheory.errors import ArgumentError
from tests.cli.conftest import refused

check, span = (import_module(f"srtheory.cli.{verb}") for verb in ("check", "span"))

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
    ("matrix", "field", "claim"),
    [
        (TRIANGLE, "Q", "the matrix has stopping time 3."),
        (TRIANGLE, "GF(2)", "the matrix has stopping time 4."),
        (STAR, "Q", "the rows of the matrix do not span 1."),
        (STAR, "GF(8)", "the matrix has stopping time 3."),
        (PAIR, "GF(7)", "the rows of the matrix do not span 1."),
        (EMPTY, "Q", "the rows of the matrix do not span 1."),
    ],
)
def test_valid(run, certified, matrix, field, claim):
    command, *_ = certified(matrix, field)
    done = run(*command)
    assert (done.status, done.stdout, done.stderr) == (0, f"valid: Over {field}, {claim}\n", "")
    assert json.loads(run(*command, "--json").stdout) == {
        "valid": True,
        "kind": "stopping-time" if "time" in claim else "does-not-span",
        "field": field,
        "claim": f"Over {field}, {claim}",
        "reason": None,
    }


def test_other_forms_of_the_same_matrix(run, certified, tmp_path):
    command, *_ = certified(TRIANGLE)
    (tmp_path / "rows.csv").write_text("1,1,0\n0,1,1\n1,0,1\n0,0,1\n", encoding="utf-8")
    assert run(*command[:-1], str(tmp_path / "rows.csv")).status == 0


@pytest.mark.quality
def test_every_altered_row_is_not_valid(run, certified):
    command, file, _ = certified(TRIANGLE)
    for i in range(4):
        for other in ([0], [0, 1, 2], []):
            rows = [*TRIANGLE["rows"][:i], other, *TRIANGLE["rows"][i + 1 :]]
            file.write_text(json.dumps({"columns": 3, "rows": rows}), encoding="utf-8")
            done = run(*command)
            assert (done.status, done.stderr) == (1, "")
            assert done.stdout == "not valid: the matrix does not have the digest that it gives.\n"


CHANGES = [("0x1", "0x2"), ("-0x1", "0x1"), ("3", "2"), (": 1,", ": 2,"), ("Q", "GF(3)"), ('": "', '": "0')]


@pytest.mark.quality
def test_every_altered_line_is_refused(run, certified):
    """The certificate has one value a line; each is altered in turn."""
    command, _, certificate = certified(TRIANGLE)
    lines, altered = certificate.read_text(encoding="utf-8").splitlines(), 0
    for i, line in enumerate(lines):
        for old, new in CHANGES:
            if old in line:
                altered += 1
                certificate.write_text("\n".join([*lines[:i], line.replace(old, new, 1), *lines[i + 1 :]]), "utf-8")
                done = run(*command)
                assert done.status in {1, 2}
                assert (done.stdout + done.stderr).count("\n") == 1
    assert altered > 15
    certificate.write_text("\n".join(lines), encoding="utf-8")
    assert run(*command).status == 0


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"format": "srtheory-certificate"}', "\x00"])
def test_not_a_certificate(run, certified, text):
    command, _, certificate = certified(TRIANGLE)
    certificate.write_text(text, encoding="utf-8")
    assert refused(run, *command).startswith("srtheory: Argument 'certificate' must be a certificate (it")


def test_bad_files_are_named_in_one_line(run, certified, tmp_path):
    _, file, certificate = certified(TRIANGLE)
    for words in (
        ("check", tmp_path / "absent", "--matrix", file),
        ("check", tmp_path, "--matrix", file),
        ("check", certificate, "--matrix", tmp_path / "absent.json"),
        ("check", certificate, "--matrix", certificate),
        ("check", certificate),
        ("span", file, "--certificate", tmp_path / "absent" / "certificate.json"),
    ):
        assert refused(run, *map(str, words)).startswith("srtheory: ")


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


@pytest.mark.parametrize("packed", [False, True])
def test_what_no_certificate_of_the_matrix_can_have_is_not_read(run, certified, monkeypatch, packed):
    """Nor unpacked."""
    monkeypatch.setattr(files, "LARGEST_FILE", 0)
    (_, _, _, file), _, certificate = certified(chains(40, 2**63 - 1))
    long, data = certificate.stat().st_size, certificate.read_bytes()
    given = certificate.with_name("certificate.json.gz") if packed else certificate
    for content in (data, data + b" " * 9 * long):
        given.write_bytes(gzip.compress(content) if packed else content)
        done = run("check", str(given), "--matrix", file)
        assert done.status == (0 if content == data else 2)
    assert given.stat().st_size < long or not packed
    assert ("bytes when unpacked" if packed else "a file of at most") in done.stderr
    assert packed or long < int(done.stderr.split("at most ")[1].split()[0]) < 9 * long


def test_what_would_not_be_read_is_not_written(run, certified, monkeypatch, tmp_path):
    command, file, certificate = certified(TRIANGLE)
    long = certificate.stat().st_size
    for more in (0, -1):
        for module in (span, check):
            monkeypatch.setattr(module, "MAX_BYTES", long + more)
        done = run("span", str(file), "--certificate", str(tmp_path / f"{more}.json"))
        assert (done.status, (tmp_path / f"{more}.json").exists()) == ((2, False) if more else (0, True))
        assert run(*command).status == done.status
    assert f"it would have {long} bytes" in done.stderr


def test_a_compressed_certificate_is_the_same(run, certified, tmp_path):
    command, file, certificate = certified(chains(40, 2**63 - 1))
    small = tmp_path / "small.json.gz"
    written = []
    for _ in range(2):
        assert run("span", str(file), "--certificate", str(small)).status == 0
        written.append(small.read_bytes())
    assert written[0] == written[1]  # no time of day in it
    assert gzip.decompress(written[0]) == certificate.read_bytes()
    assert len(written[0]) < certificate.stat().st_size
    assert run("check", str(small), *command[2:]) == run(*command)


@pytest.mark.quality
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:2],
        lambda data: data[:30] + bytes([data[30] ^ 1]) + data[31:],
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: data + b"more",
    ],
)
def test_a_damaged_compressed_certificate_is_refused(run, certified, damage):
    command, _, certificate = certified(TRIANGLE)
    other = certificate.with_name("certificate.json.gz")
    other.write_bytes(damage(gzip.compress(certificate.read_bytes())))
    assert refused(run, "check", str(other), *command[2:])


# ------------------------------------------------------------------------------------------- the verified checker


def certificate_of(kind):
    return SimpleNamespace(
        kind=kind, combination=[1, -1, 17], kernel=[-2, 16], denominator=18, stopping_time=4, modulus=7, polynomial=()
    )


@pytest.mark.parametrize(
    ("kind", "witness"),
    [
        ("spans", "3 0x1 -0x1 0x11 0x12"),
        ("does-not-span", "2 -0x2 0x10"),
        ("stopping-time", "4 3 0x1 -0x1 0x11 0x12 2 -0x2 0x10"),
    ],
)
def test_the_question_has_witness_and_rows_in_words(kind, witness):
    """In the form of proofs/: the program reads nothing else."""
    matrix = [{0: 1, 2: 5}, {}, {1: -3}]
    assert verified.question(certificate_of(kind), 3, matrix) == f"7 3 {kind} {witness} 3 2 0 1 2 5 0 1 1 -3\n"


@pytest.fixture
def program(monkeypatch, tmp_path):
    """In place of the verified checker: a script that repeats what it is asked on stderr, and prints these lines."""

    def program(lines, status=0):
        path = tmp_path / "srcheck"
        path.write_text(f"#!/bin/sh\ncat >&2\nprintf '{lines}'\nexit {status}\n")
        path.chmod(0o700)
        monkeypatch.setattr(verified, "BUILT", path)

    return program


@pytest.mark.parametrize(
    ("lines", "status", "answers"),
    [
        *(("valid\\nnot valid\\n", 0, [True, False]), ("valid\\n", 0, None), ("valid\\n" * 3, 0, None)),
        *(("valid\\nmaybe\\n", 0, None), ("valid\\nvalid\\n", 3, None), ("", 0, None)),
    ],
)
def test_a_program_answers_every_question_or_is_in_error(program, lines, status, answers):
    program(lines, status)
    questions = ["first\n", "x" * 300 + "\n"]
    if answers is not None:
        assert verified.verdicts(questions) == answers
        return
    with pytest.raises(RuntimeError) as error:
        verified.verdicts(questions)
    assert str(error.value) == f"The verified checker ended with status {status}: first\n{'x' * 194}"


def test_a_program_is_that_of_the_checkout_or_on_the_path(monkeypatch, tmp_path, program):
    program("")
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setattr(verified, "BUILT", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert verified.require_program() == tmp_path / "srcheck"
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(ArgumentError, match="'verified' must be left out where no verified checker is built") as told:
        verified.require_program()
    assert told.value.value is True


@pytest.mark.parametrize(
    ("answer", "fault"), [("valid", None), ("not valid", "the verified checker refuses its witness")]
)
def test_the_program_judges_what_belongs_to_the_matrix(monkeypatch, program, answer, fault):
    monkeypatch.setattr("srtheory.span.oracles.checker.identity_fault", lambda *_: None)
    program(f"{answer}\\n")
    assert verified.verified_fault(certificate_of("spans"), 1, [{0: 1}]) == fault
    monkeypatch.setattr("srtheory.span.oracles.checker.identity_fault", lambda *_: "another matrix")
    assert verified.verified_fault(certificate_of("spans"), 1, [{0: 1}]) == "another matrix"
