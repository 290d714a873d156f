"""The verified checker against the Python checker, on true and on tampered certificates of all kinds."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from srtheory.cli import check as verified
from srtheory.matrix import from_dense
from srtheory.span import checker, oracles
from srtheory.span.certificates import span_certificate, stopping_time_certificate
from srtheory.span.field import parse_field
from tests.oracle.certificates import changed_numbers, changed_rows
from tests.proofs.conftest import PROOFS
from tests.strategies import mappings

FIELDS = ("Q", "GF(2)", "GF(3)", "GF(4)", "GF(125)", "GF(9223372036854775783)")
Case = tuple[checker.Certificate, int, list[dict[int, int]]]


def cases(seed: int) -> Iterator[Case]:
    """Without end: certificates of small random matrices, then with one number or one row changed and sealed again."""
    rng = np.random.default_rng(seed)
    while True:
        n, m = rng.integers(0, 6), rng.integers(1, 6)
        low, high = ((0, 2), (-3, 4))[rng.integers(2)]
        rows = from_dense(rng.integers(low, high, (n, m)).tolist() or np.zeros((0, m), np.int64))
        field = FIELDS[rng.integers(len(FIELDS))]
        if parse_field(field).degree > 1:  # of which the program knows the prime field
            rows = from_dense(rows.dense() % parse_field(field).characteristic)
        k = oracles.stopping_time(rows) if field == "Q" else oracles.stopping_time(rows, field=field)
        made = [span_certificate(rows, field=field)]
        made += [] if k is None else [stopping_time_certificate(rows, k, field=field)]
        matrix = mappings(rows)
        for certificate in made:
            changed = list(changed_numbers(certificate))
            others = list(changed_rows(matrix, int(m)))
            yield from sealed(certificate, int(m), matrix)
            for i in rng.permutation(len(changed))[:8]:
                yield from sealed(changed[i], int(m), matrix)
            for i in rng.permutation(len(others))[:8]:
                yield from sealed(certificate, int(m), others[i])


def sealed(content: dict, columns: int, matrix: list[dict[int, int]]) -> Iterator[Case]:
    """The certificate, made to speak of this matrix: only its witness can then be wrong.  None if it is of no form."""
    of_matrix = {"columns": columns, "rows": len(matrix), "matrix_sha256": checker.matrix_digest(columns, matrix)}
    content = {**content, **of_matrix}
    text = json.dumps({**content, "certificate_sha256": checker.content_digest(content)})
    try:
        read = checker.read(text)
    except checker.NotACertificateError:
        return
    if read.degree == 1 or all(0 <= weight < read.modulus for row in matrix for weight in row.values()):
        yield read, columns, matrix


def disagreements(some: list[Case], answers: list[bool]) -> list[Case]:
    """Certificates that one of the two checkers accepts and the other does not."""
    assert all(checker.identity_fault(*case) is None for case in some)
    return [case for case, answer in zip(some, answers, strict=True) if (checker.fault(*case) is None) != answer]


@pytest.mark.parametrize(("number", "least"), [(300, 8), pytest.param(10_000, 250, marks=pytest.mark.attack)])
def test_both_checkers_agree(srcheck, number: int, least: int) -> None:
    """On certificates of each kind, valid and not."""
    some = list(islice(cases(1), number))
    answers = verified.verdicts(verified.question(*case) for case in some)
    assert disagreements(some, answers) == []
    seen = Counter((case[0].kind, answer) for case, answer in zip(some, answers, strict=True))
    assert len(seen) == 6
    assert min(seen.values()) >= least


@pytest.mark.quality
def test_a_wrong_program_is_found_and_other_text_is_refused(srcheck) -> None:
    some = list(islice(cases(3), 100))
    over_gf2 = [verified.question(*case).replace(f"{case[0].modulus} ", "2 ", 1) for case in some]
    for answers in (verified.verdicts(over_gf2), [True] * len(some), [False] * len(some)):
        assert disagreements(some, answers) != []
    for text in ("0 1 spans", "0 1 spans 1 0x", "0 1 spans 1 0xG 0x1 0", "0 1 span 0 0x1 0", "0 -1", "x"):
        with pytest.raises(RuntimeError, match="ended with status 2: not a certificate, at"):
            verified.verdicts([text])


def of_the_papers_size() -> tuple[list[dict[int, int]], checker.Certificate]:
    """Rows and certificate of a stopping time at m = 1000, as Coq has them."""
    text = (PROOFS / "PaperCertificate.v").read_text(encoding="utf-8")
    received, combination, denominator, kernel = (
        [[int(word, 16) for word in part.split()] for part in found.split(";")[:-1]]
        for found in re.findall(r'"([^"]*;)"', text)
    )
    k = len(received)
    witness = (tuple(combination[0]), denominator[0][0], tuple(kernel[0]))
    certificate = checker.Certificate("stopping-time", "Q", 0, 1000, k, k, *witness, "", True)
    return [dict.fromkeys(row, 1) for row in received], certificate


def test_certificates_of_the_papers_size_and_of_long_integers(srcheck) -> None:
    """A stopping time at m = 1000 and that one row less does not span; neither with a witness changed in one number."""
    rows, stops = of_the_papers_size()
    last = len(rows) - 1
    none = replace(stops, kind="does-not-span", rows=last, stopping_time=None, combination=(), denominator=0)
    other = tuple(x + (j == 1) for j, x in enumerate(stops.kernel))
    assert len(other) == 1000
    some = [(stops, rows), (none, rows[:last]), (none, rows), (replace(none, kernel=other), rows[:last])]
    some += [(replace(stops, kernel=other), rows), (replace(stops, denominator=stops.denominator + 1), rows)]
    answers = verified.verdicts(verified.question(certificate, 1000, matrix) for certificate, matrix in some)
    assert answers == [True, True, False, False, False, False]
    a = 7**4000  # entries of thousands of digits, which the program reads as they are written
    for x, answer in (([1, a, -a], True), ([1, a, 1 - a], False)):
        certificate = checker.Certificate("does-not-span", "Q", 0, 3, 1, None, (), 0, tuple(x), "", True)
        assert verified.verdicts([verified.question(certificate, 3, [{1: 1, 2: 1}])]) == [answer]


def test_the_command_line(srcheck, files, check) -> None:
    rows, certificate, content = files
    assert check(rows, certificate) == (0, "valid: Over Q, the matrix has stopping time 3.", "")
    wrong = {**content, "kernel": ["0x1", "0x1", "0x1"]}
    certificate.write_text(json.dumps(wrong))
    assert check(rows, certificate) == (1, "not valid: its content does not have the digest that it gives.", "")
    certificate.write_text(json.dumps({**wrong, "certificate_sha256": checker.content_digest(wrong)}))
    assert check(rows, certificate) == (1, "not valid: the verified checker refuses its witness.", "")
