"""Print PaperCertificate.v: the stopping time of one run at the paper's parameters, as a theorem of Coq.

    python proofs/paper_certificate.py > proofs/PaperCertificate.v

needs the package; Coq needs only the printed text.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import trial_streams
from srtheory.matrix import Rows
from srtheory.reception import receptions
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span.certificates import stopping_time_certificate
from srtheory.span.engine import stopping_time

SYMBOLS, DEGREE, TAU, LAW, SEED, TRIAL = 1000, 10, 0.005, "expon(scale=5)", 2022, 0
MODULE = """\
(** The stopping time of one run of a sum-recovery code at the paper's parameters, m = {m} and d = {d}: printed by
    paper_certificate.py from the package's simulation (seed {seed}, trial {trial}) and certificate, and proved here. *)
From Coq Require Import PrimString.
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness Checker CheckerSound HexText.
Local Open Scope pstring_scope.

(** The first {k} rows that the master received, as the lists of their symbols. *)
Local Definition received := Eval vm_compute in ones_at
"{rows}".

(** v, D and x. *)
Local Definition witness := StoppingTime {k}
(list_of
"{combination}")
(value "{denominator} ;")
(list_of
"{kernel}").

(** Over Q these rows span 1, and the first k of them do for no k < {k}
    (docs/certificates.md, What is proved, and why the witness proves it). *)
Theorem paper_stopping_time : stops (dense rat {m} received) {k}.
Proof. apply: (accepts_sound_Q (c := witness)); vm_cast_no_check (erefl true). Qed.
"""


def first_rows() -> Rows:
    """Return the rows of the run up to its stopping time."""
    rng, key = trial_streams(SEED, TRIAL)
    delays = DelayModel(parse_law(LAW), TAU).sample(SYMBOLS, rng)
    for reception in receptions(SumRecovery(SYMBOLS, DEGREE), delays, TAU, key):
        rows = reception.rows
        found = stopping_time(rows.indptr, rows.indices, SYMBOLS).stopping_time
        if found is not None:
            return rows.prefix(found)
    raise AssertionError("a run ends when all have sent all")


def text(lists: Iterable[Iterable[str]]) -> str:
    """Return lists of hexadecimal integers in the form that HexText reads."""
    words = "".join("".join(f"{word} " for word in part) + ";" for part in lists)
    return fill(words, 118, break_long_words=False, break_on_hyphens=False)


def bare(integers: object) -> list[str]:
    """Return a certificate's integers without 0x."""
    assert isinstance(integers, list)
    return [integer.replace("0x", "") for integer in integers]


def module() -> str:
    """Return the module's text."""
    rows = first_rows()
    certificate = stopping_time_certificate(rows, len(rows))
    return MODULE.format(
        m=SYMBOLS,
        d=DEGREE,
        k=len(rows),
        seed=SEED,
        trial=TRIAL,
        rows=text([[f"{j:x}" for j in row] for row in rows.mappings()]),
        combination=text([bare(certificate["combination"])]),
        denominator=bare([certificate["denominator"]])[0],
        kernel=text([bare(certificate["kernel"])]),
    )


if __name__ == "__main__":
    print(module(), end="")
