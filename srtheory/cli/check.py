"""srtheory check: verify a span certificate with plain integers.

Or by the checker that Coq has verified, whose program ``make proofs`` builds. It judges a certificate's equations and
canonical form. Python does the rest: reading the files, the two digests, the shape, and the test that the
characteristic is a prime.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srtheory.cli.ask import PathType, print_result
from srtheory.cli.common import json_option
from srtheory.errors import ArgumentError
from srtheory.questions.simulate import LARGEST_CERTIFICATE

if TYPE_CHECKING:
    from srtheory.matrix import Rows
    from srtheory.span.checker import Certificate, Matrix

HEAD, _AROUND = 4096, 32
"""Bytes of everything except the integers of the witness; and those around each: quotes, sign, 0x, white space."""


def _largest(rows: Rows) -> int:
    """Return the number of bytes of a certificate that are read, enough for any by ``srtheory span`` of these rows.

    Its integers are minors of the rows and a row of ones (Cramer's rule), each at most the product of the norms of the
    rows that it takes (Hadamard's inequality); or residues below 2^63.
    """
    import numpy as np

    from srtheory.files import LARGEST_FILE

    sizes = np.ones(len(rows.indices)) if rows.values is None else np.abs(rows.values.astype(np.float64))
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.indptr))
    squares = np.bincount(owner, weights=sizes**2, minlength=len(rows))
    norms = np.sort(np.log2(np.maximum(squares, 1)))[::-1] / 2
    bits = max(float(norms[: rows.columns].sum()) + math.log2(rows.columns + 1), 64.0)
    digits = int(bits * (1 + 1e-9) / 4) + 1
    return min(max(LARGEST_FILE, HEAD + (len(rows) + rows.columns + 1) * (digits + _AROUND)), LARGEST_CERTIFICATE)


@click.command()
@click.argument("certificate", type=PathType())
@click.option(
    "--matrix",
    type=PathType(),
    required=True,
    metavar="FILE",
    help="Matrix file that the certificate refers to, in a format of srtheory span: .json, .mtx, .npz or .csv.",
)
@click.option(
    "--verified",
    is_flag=True,
    help="Use the checker that is verified in Coq, which make proofs builds. Default: the checker in Python.",
)
@json_option
def check(certificate: Path, matrix: Path, verified: bool, as_json: bool) -> int:
    """Check the proof in CERTIFICATE against its matrix.

    CERTIFICATE is a file that srtheory span or simulate wrote with --certificate, compressed by gzip or not. It proves
    that the rows of the matrix span the all-ones vector 1, that they do not, or how many first rows are needed. The
    check uses integer arithmetic only, and none of the code that made the certificate.

    Exit status: 0 valid, 1 not valid, 2 not a certificate (or not a matrix).
    """
    from srtheory.files import read_rows, read_unpacked
    from srtheory.span import checker

    if verified:
        require_program()
    judge = verified_fault if verified else checker.fault
    rows = read_rows(matrix)
    try:
        read = checker.read(read_unpacked(certificate, "certificate", _largest(rows)))
    except checker.NotACertificateError as error:
        raise ArgumentError("certificate", str(certificate), f"a certificate ({error})") from None
    reason = judge(read, rows.columns, rows.mappings())
    claim = checker.claim(read)
    found = {"valid": reason is None, "kind": read.kind, "field": read.field, "claim": claim, "reason": reason}
    print_result(found, f"valid: {claim}" if reason is None else f"not valid: {reason}.", as_json)
    return 0 if reason is None else 1


# ----------------------------------------------------------------------------- the checker that is verified in Coq

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
