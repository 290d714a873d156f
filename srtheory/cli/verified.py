"""The checker that Coq has verified: its program, built by ``make proofs``, and its input.

The program judges a certificate's equations and canonical form. Python does the rest: reading the files, the two
digests, the shape, and the test that the characteristic is a prime.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from srtheory.errors import ArgumentError

if TYPE_CHECKING:
    from srtheory.span.checker import Certificate, Matrix

BUILT = Path(__file__).parents[2] / "proofs" / "build" / "srcheck"
_ANSWERS = {"valid": True, "not valid": False}


def require_program() -> Path:
    """Return the path of the verified checker, below proofs/ of a checkout or as ``srcheck`` on the path."""
    found = str(BUILT) if BUILT.exists() else shutil.which("srcheck")
    if found is None:
        raise ArgumentError("verified", True, "left out where no verified checker is built (make proofs)")
    return Path(found)


def question(certificate: Certificate, columns: int, matrix: Matrix) -> str:
    """Return one certificate with its matrix as a line of words that the program reads."""
    v, x = _vector(certificate.combination), _vector(certificate.kernel)
    witness = {
        "spans": f"{v} {certificate.denominator:#x}",
        "does-not-span": x,
        "stopping-time": f"{certificate.stopping_time} {v} {certificate.denominator:#x} {x}",
    }[certificate.kind]
    rows = " ".join(" ".join(map(str, [len(row), *(n for entry in row.items() for n in entry)])) for row in matrix)
    return f"{certificate.modulus} {columns} {certificate.kind} {witness} {len(matrix)} {rows}\n"


def verdicts(questions: Iterable[str]) -> list[bool]:
    """Return the program's answers from one run of it.

    Raises RuntimeError if it does not answer every question.
    """
    text = "".join(questions)
    done = subprocess.run(
        [require_program()], input=text, capture_output=True, text=True, encoding="ascii", check=False
    )
    answers = done.stdout.splitlines()
    if done.returncode or len(answers) != text.count("\n") or not _ANSWERS.keys() >= set(answers):
        raise RuntimeError(f"The verified checker ended with status {done.returncode}: {done.stderr.strip()[:200]}")
    return [_ANSWERS[answer] for answer in answers]


def verified_fault(certificate: Certificate, columns: int, matrix: Matrix) -> str | None:
    """Return the fault as :func:`srtheory.span.checker.fault`; the program judges only the witness."""
    from srtheory.span.checker import identity_fault

    if certificate.polynomial:
        expected = f"left out where a weight is in {certificate.field} and not in its prime field"
        raise ArgumentError("verified", True, expected)
    wrong = identity_fault(certificate, columns, matrix)
    if wrong is None and verdicts([question(certificate, columns, matrix)]) != [True]:
        return "the verified checker refuses its witness"
    return wrong


def _vector(entries: Sequence[int]) -> str:
    return " ".join([str(len(entries)), *(f"{entry:#x}" for entry in entries)])
