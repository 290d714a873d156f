"""Section III-A and Fig. 1: the symbols that workers send."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from paper_checks import study
from paper_checks.claims.small import Support, complete_code, matrix, received, show, worker_codes
from paper_checks.parameters import DEGREE, SYMBOLS
from srtheory.experiments.lab import Lab
from srtheory.matrix import Rows
from srtheory.schemes.base import Scheme
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.span import oracles
from srtheory.study.findings import COMPUTATION, Finding, Verdict

CASES = [(m, d) for m in range(1, 13) for d in range(1, m + 1)] + [(SYMBOLS, DEGREE)]

MakeCode = Callable[[int, int], Scheme]


@study.claim(
    "fig1", "Fig. 1", "With $m = 4$ and no symbol from workers 2 and 4, the sum is recoverable.", (COMPUTATION,)
)
def fig1(lab: Lab, *, silent: tuple[int, ...] = (1, 3), spans: Callable[[Rows], bool] = oracles.spans) -> Finding:
    """Enumerate the SR codes on 4 workers and the receptions from active workers, none of which is complete."""
    active = [j for j in range(4) if j not in silent]
    counts: dict[str, str] = {}
    examples: list[str] = []
    for d in (1, 2, 3):
        found = list(_receptions(4, d, active))
        good = [rows for rows in found if spans(matrix(4, rows))]
        counts[f"$d = {d}$"] = f"{len(good)} of {len(found)}"
        examples += [
            f"{show(r)} ($d = {d}$)" for r in good if len(r) < 4 and not any(_spare(r, i, spans) for i in range(len(r)))
        ]
    evidence = {
        "how": r"all codes and receptions of the active workers, ranks over $\mathbb Q$ by SymPy",
        "recoverable": counts,
    }
    if not examples:
        return Finding(Verdict.REFUTED, "No reception without the silent workers recovers the sum.", evidence)
    senders = " and ".join(str(j + 1) for j in active)
    sentence = (
        f"The sum is recoverable in {counts['$d = 2$']} receptions from workers {senders}, neither complete, with"
        f" $d = 2$, for example from the rows {examples[-1]}."
    )
    return Finding(Verdict.VERIFIED, sentence, evidence | {"without a spare row": sorted(set(examples))})


def _receptions(m: int, d: int, active: list[int]) -> list[list[Support]]:
    """Return every reception in which neither active worker is complete."""
    most = 1 + -(-(m - 1) // d)
    codes = product(*(worker_codes(m, d, j) for j in active))
    return [received(c, n) for c in codes for n in product(range(most), repeat=len(active))]


def _spare(rows: list[Support], i: int, spans: Callable[[Rows], bool]) -> bool:
    return spans(matrix(4, rows[:i] + rows[i + 1 :]))


@study.claim(
    "enc-partition",
    "III-A, (2)",
    "The sets $S_{ij}$ of worker $i$ are disjoint, exclude $i$, and have $d$ symbols each.",
    ("Encoding.parities_partition", "Encoding.parity_size", "Encoding.parities_even", COMPUTATION),
)
def enc_partition(lab: Lab, *, code: MakeCode = SumRecovery) -> Finding:
    """Check the property over all m <= 12, all d <= m, and the paper's own size."""
    uneven = []
    for m, d in CASES:
        for j, sent in enumerate(complete_code(code(m, d), m)):
            blocks = sent[1:]
            if sorted(c for b in blocks for c in b) != [c for c in range(m) if c != j]:
                example = f"$m = {m}$, $d = {d}$, worker {j + 1}: {show(sent)}"
                return Finding(Verdict.REFUTED, f"Overlapping or missing symbols: {example}", {"example": example})
            if any(len(b) != d for b in blocks):
                uneven.append((m, d))
                break
    evidence = {
        "how": r"every worker's complete list of symbols, all $m \le 12$ and $d \le m$, and $m = 1000$, $d = 10$",
        "cases": len(CASES),
        "cases with a shorter last block": len(uneven),
        "the paper's case": _last_block(code),
    }
    if not uneven:
        return Finding(
            Verdict.VERIFIED, "The sets are disjoint, exclude $i$, and have $d$ symbols each in every case.", evidence
        )
    sentence = (
        "The sets are always disjoint and exclude $i$. If and only if $d$ divides $m - 1$, they have $d$ symbols each."
        f" The paper's own $m = 1000$, $d = 10$ is not such a case: a worker has {_last_block(code)}."
    )
    correction = (
        f"The sets are disjoint and exclude $i$. All have $d$ symbols only if $d$ divides $m - 1$. At $m = {SYMBOLS}$,"
        f" $d = {DEGREE}$ there are {_last_block(code)}."
    )
    return Finding(Verdict.REFINED, sentence, evidence, correction=correction)


def _last_block(code: MakeCode) -> str:
    sizes = [len(b) for b in complete_code(code(SYMBOLS, DEGREE), SYMBOLS)[0][1:]]
    return f"{sizes.count(DEGREE)} blocks of {DEGREE} and {len(sizes) - sizes.count(DEGREE)} of {sizes[-1]}"


@study.claim(
    "enc-systematic",
    "III-A",
    "The first symbols of the $m$ workers are the $m$ distinct $f_i$, and they add up to the sum.",
    (
        "Encoding.first_symbols",
        "Encoding.first_symbols_recover",
        "SumRecovery.partition_recovers",
        "SumRecovery.systematic_recovers",
        COMPUTATION,
    ),
)
def enc_systematic(lab: Lab, *, code: MakeCode = SumRecovery) -> Finding:
    """Check the property over all m <= 12, all d <= m, and the paper's own size."""
    for m, d in CASES:
        first = [sent[0] for sent in complete_code(code(m, d), m)]
        if first != [(j,) for j in range(m)]:
            return Finding(Verdict.REFUTED, f"$m = {m}$, $d = {d}$: the first symbols are {show(first[:8])}.")
    how = r"first symbol of every worker, all $m \le 12$ and $d \le m$, and $m = 1000$, $d = 10$"
    return Finding(Verdict.VERIFIED, "The first symbol of worker $i$ is $f_i$ alone, in every case.", {"how": how})
