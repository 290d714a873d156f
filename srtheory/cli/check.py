"""srtheory check: verify a span certificate with plain integers."""

from __future__ import annotations

from pathlib import Path

import click

from srtheory.cli.common import PathType, json_option, print_json
from srtheory.cli.verified import require_program, verified_fault
from srtheory.errors import ArgumentError


@click.command()
@click.argument("certificate", type=PathType())
@click.option(
    "--matrix",
    type=PathType(),
    required=True,
    metavar="FILE",
    help="The rows that it speaks about: .json, .mtx, .npz or .csv, as for span.",
)
@click.option(
    "--verified",
    is_flag=True,
    help="Let the program judge that a proof assistant has verified; make proofs builds it.",
)
@json_option
def check(certificate: Path, matrix: Path, verified: bool, as_json: bool) -> int:
    """Verify CERTIFICATE against a matrix, with plain integers and none of the code that made it.

    Exit status: 0 valid, 1 not valid, 2 not a certificate (or not a matrix).
    """
    from srtheory.files import read_bytes, read_rows
    from srtheory.span.oracles import checker

    if verified:
        require_program()
    judge = verified_fault if verified else checker.fault
    text = read_bytes(certificate, "certificate")
    try:
        read = checker.read(text)
    except checker.NotACertificateError as error:
        raise ArgumentError("certificate", str(certificate), f"a certificate ({error})") from None
    rows = read_rows(matrix)
    reason = judge(read, rows.columns, rows.mappings())
    claim = checker.claim(read)
    if as_json:
        print_json({"valid": reason is None, "kind": read.kind, "field": read.field, "claim": claim, "reason": reason})
    else:
        click.echo(f"valid: {claim}" if reason is None else f"not valid: {reason}.")
    return 0 if reason is None else 1
