"""Tables that Coq computes from the definitions of the theorems, compared with those stored in tables.json.

tests/proofs/test_tables.py compares Python's functions with the same file.

    python3 tables.py            compare; status 1 if they differ
    python3 tables.py --write    put on record what Coq computes now

Needs Python's standard library and build/Library.vo, which library.py makes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from theorems import HERE, coq

RECORD = "tables.json"
PROLOGUE = """\
From Coq Require Import ZArith.
Import MathComp SumRecovery Solver Counterexamples CoverageTable MomentTable OrderExamples WeightTable.
Set Printing Width 1000000.
Set Printing Depth 1000000.
Definition rotations (m j : nat) : seq nat := [seq (j + i.+1) %% m | i <- iota 0 m.-1].
Definition vectors (n most : nat) : seq (seq nat) :=
  iter n (fun vs => [seq i :: v | i <- iota 0 most.+1, v <- vs]) [:: [::]].
Definition small : seq (nat * nat) := [seq (m, d) | m <- iota 2 3, d <- iota 1 m.-1].
Definition counts (m d : nat) : seq (seq nat) := vectors m (blocks m d).+1.
Definition received (m d : nat) (n : seq nat) : seq (seq nat) := reception m d (rotations m) (nth 0 n).
Definition others (m d : nat) (n : seq nat) : seq nat := [seq minn (d * k.-1) m.-1 | k <- n & 0 < k].
Definition orders (m j : nat) : seq (seq nat) := permutations (rem j (iota 0 m)).
Definition codes (m : nat) : seq (seq (seq nat)) :=
  foldr (fun j cs => [seq o :: c | o <- orders m j, c <- cs]) [:: [::]] (iota 0 m).
Definition receptions (m d : nat) (n : seq nat) : seq (seq (seq nat)) :=
  [seq reception m d (nth [::] c) (nth 0 n) | c <- codes m].
Definition subsets (m : nat) : seq (seq nat) := foldr (fun j As => As ++ [seq j :: A | A <- As]) [:: [::]] (iota 0 m).
Definition over (codes : seq (seq (seq nat) * nat)) (number : seq (seq nat) -> nat) : nat :=
  sumn [seq code.2 * number code.1 | code <- codes].
Definition sets (m : nat) (every : seq nat -> seq nat -> bool) (codes : seq (seq (seq nat) * nat)) : seq nat :=
  [seq (let As := [seq A <- subsets m | size A == w] in
        over codes (fun rows => count (fun A => all (every A) rows) As)) | w <- iota 0 m.+1].
Definition meets_evenly (A r : seq nat) : bool := ~~ odd (count (mem A) r).
Definition misses (A r : seq nat) : bool := ~~ has (mem A) r.
Definition silent (n : seq nat) : nat := count (pred1 0) n.
Definition cyclic_order (m : nat) : seq (seq nat) := [seq [seq (j + k) %% m | k <- iota 0 m] | j <- iota 0 m].
Definition up_and_down (m : nat) : seq (seq nat) :=
  nseq (m - m %/ 2) (iota 0 m) ++ nseq (m %/ 2) (rev (iota 0 m)).
Definition few (m : nat) : seq (seq (seq nat)) :=
  [seq iota 0 m :: os | os <- iter m.-1 (fun ds => [seq o :: os | o <- permutations (iota 0 m), os <- ds]) [:: [::]]].
Definition squares : seq (seq (seq nat)) :=
  [:: cyclic_order 4; up_and_down 4; [:: [:: 0; 1; 2; 3]; [:: 1; 0; 3; 2]; [:: 2; 3; 0; 1]; [:: 3; 2; 1; 0]]].
Definition circle (n d r : nat) : seq nat := r :: nseq n d.
Definition starting (n d r : nat) : seq nat := flatten [seq nseq (nth 0 (circle n d r) c) c | c <- iota 0 n.+1].
Definition evaluated (n d r i k : nat) : nat := sumn [seq nth 0 (circle n d r) ((i + t) %% n.+1) | t <- iota 0 k.+1].
Definition all_sent (n d r : nat) (s : seq nat) : bool :=
  all (fun c => has (fun p => evaluated n d r p.1 (CircleLaw.ahead n p.1 c) <= p.2) (zip (starting n d r) s))
    (iota 0 n.+1).
Definition by_arcs (m d : nat) (s : seq nat) : bool :=
  covered m (flatten [seq ArcScheme.complete (fun a => a <= nth 0 s j) 0 (ArcScheme.arcs m d j) | j <- iota 0 m]).
Definition pieces (m : nat) (sizes : seq nat) : seq (seq nat) :=
  [seq piece <- reshape (sizes ++ nseq m (last 0 sizes)) (iota 0 m.-1) | piece != [::]].
Definition places_by_size (m : nat) (every : seq nat -> seq nat -> bool) (blocks : seq (seq nat)) : seq nat :=
  [seq count (fun A => (size A == u) && all (every A) blocks) (subsets m.-1) | u <- iota 0 m].
Definition not_once (A r : seq nat) : bool := count (mem A) r != 1.
Definition points (k n : nat) : seq Z := [seq Z.of_nat i | i <- iota k n].
Definition modulo (p : nat) (s : seq Z) : seq nat := [seq Z.to_nat (Z.modulo z (Z.of_nat p)) | z <- s].
Definition laws (m : nat) : seq (seq nat) := [:: rev (iota 1 m.+1); [:: 2, 0 & nseq m.-1 1]; [:: 3 & nseq m 1]].
"""
TABLES = {
    "m, d, blocks of a worker": "[seq (m, d, blocks m d) | m <- iota 1 12, d <- iota 1 m]",
    "m, d, others covered after each block": (
        "[seq (m, d, [seq Fluid.c m d b | b <- iota 0 (Fluid.blocks m d).+1]) | m <- iota 1 12, d <- iota 1 m]"
    ),
    "m, d, rows that always suffice": "[seq (m, d, (m.-1 * blocks m d).+1) | m <- iota 1 12, d <- iota 1 m]",
    "m, d, counts, rows received, covered, recovered": (
        "flatten [seq [seq let rows := received md.1 md.2 n in"
        " (md, n, rows, covered md.1 rows, proved md.1 rows) | n <- counts md.1 md.2] | md <- small]"
    ),
    "counts, rows received, covered, recovered by the code of sr_covered_not_recovered": (
        "[seq let rows := reception 5 2 five (nth 0 n) in (n, rows, covered 5 rows, proved 5 rows) | n <- vectors 5 2]"
    ),
    "m, d, counts, numerator and denominator of the law of coverage": (
        "flatten [seq [seq let cs := others md.1 md.2 n in"
        " (md, n, numerator md.1 (count (pred1 0) n) cs, denominator md.1 cs)"
        " | n <- counts md.1 md.2 & sorted leq n] | md <- small]"
    ),
    "m, d, blocks, sets of 0, 1, ... places that they meet evenly, and that they miss": (
        "flatten [seq [seq (md, b, [seq even_ways md.1.-1 md.2 b w | w <- iota 0 md.1],"
        " [seq missed_ways md.1.-1 md.2 b w | w <- iota 0 md.1])"
        " | b <- iota 0 (blocks md.1 md.2).+1] | md <- [seq (m, d) | m <- iota 1 8, d <- iota 1 m]]"
    ),
    "m, d, counts, numerators of A_0, A_1, ... and of U_0, U_1, ..., denominators": (
        "flatten [seq [seq let sizes := iota 0 (silent n).+1 in"
        " (md, n, map (given_counts (even_ways md.1.-1 md.2) n) sizes,"
        " map (given_counts (missed_ways md.1.-1 md.2) n) sizes, map (places n) sizes)"
        " | n <- counts md.1 md.2 & sorted leq n] | md <- [seq (m, d) | m <- iota 2 4, d <- iota 1 m]]"
    ),
    "m, d, counts, codes, their even sets of 0, 1, ... symbols, those of uncovered symbols, codes covered, recovered": (
        "flatten [seq [seq let rs := tally (receptions md.1 md.2 n) in (md, n, over rs (fun=> 1),"
        " sets md.1 meets_evenly rs, sets md.1 misses rs, over rs (covered md.1), over rs (proved md.1))"
        " | n <- counts md.1 md.2 & sorted leq n && (1 < silent n)] | md <- small]"
    ),
    "orders, weights of budgets 0, 1, ..., numerators of P(T > t) and of the mean number of terms missed": (
        "flatten [seq [seq let m := size os in let by_budget := fun i r n => i \\in take n r in"
        " (os, W, program m m.+1 (nth 0 W) (fun s => ~~ every m by_budget os s),"
        " program m m.+1 (nth 0 W) (missed m by_budget os)) | W <- laws (size os)]"
        " | os <- few 2 ++ few 3 ++ squares]"
    ),
    "other parts, their terms, terms of the short part, weights of budgets 0, 1, ..., numerator of P(all parts sent)": (
        "flatten [seq [seq (let n := md.1.-1 %/ md.2 in let r := md.1 - n * md.2 in"
        " (n, md.2, r, W, program md.1 md.1.+1 (nth 0 W) (all_sent n md.2 r))) | W <- drop (4 < md.1) (laws md.1)]"
        " | md <- [seq (m, d) | m <- iota 1 5, d <- iota 1 m]]"
    ),
    "other arcs, their terms, terms of the short cell, weights of budgets 0, 1, ..., numerator of P(all covered)": (
        "flatten [seq [seq (let n := md.1.-1 %/ md.2 in let r := md.1 - n * md.2 in"
        " (n, md.2, r, W, program md.1 md.1.+1 (nth 0 W) (by_arcs md.1 md.2))) | W <- drop (4 < md.1) (laws md.1)]"
        " | md <- [seq (m, d) | m <- iota 1 5, d <- iota 1 m]]"
    ),
    "orders, sixteen times the mean latency of delays 0 or 4": (
        "[seq (os, program 4 2 (fun=> 1) (fun s => find (fun time => every 4 (there time) os s) (iota 0 9)))"
        " | os <- squares]"
    ),
    "m, d, weights of 0, 1, ... rows, numerators of A_w and of U_w by w and rows, denominators by w": (
        "[seq (let N := md.1.-1 in let p := binomials (blocks md.1 md.2).+1 in"
        " let by_rows ways := [seq [seq with_rows ways N p w r | r <- iota 0 (md.1 * (blocks md.1 md.2).+1).+1]"
        " | w <- iota 0 md.1] in"
        " (md, p, by_rows (even_ways N md.2), by_rows (missed_ways N md.2), [seq all_rows N p w | w <- iota 0 md.1]))"
        " | md <- [seq (m, d) | m <- iota 2 4, d <- iota 1 m] ++ [:: (8, 2)]]"
    ),
    "m, s, worker, its weights: which are negative, absolute values": (
        "[seq (let w := [seq gradient_weight msj.1.1 msj.1.2 msj.2 ((msj.2 + k) %% msj.1.1) | k <- iota 0 msj.1.2.+1]"
        " in (msj, [seq Z.ltb z Z0 | z <- w], [seq Z.to_nat (Z.abs z) | z <- w]))"
        " | msj <- [seq (ms, j) | ms <- [seq (m, s) | m <- iota 1 6, s <- iota 0 m], j <- iota 0 ms.1]]"
    ),
    "prime, nodes, points, degree, numerators and denominators of the weights, sums that are 0 if these are enough": (
        "flatten [seq [seq (let: (p, m, D) := pmd in let: (k, n) := kn in let K := m.-1 * D in"
        " let s := points k n in let b := points 0 m in"
        " (p, iota 0 m, iota k n, D, modulo p [seq sum_numerator s b j | j <- iota 0 n],"
        " modulo p [seq sum_denominator s j | j <- iota 0 n], modulo p [seq power_sum s b e | e <- iota 0 (K.+1 - n)]))"
        " | kn <- [seq (k, n) | k <- [:: 0; 1; pmd.1.2], n <- iota 1 (pmd.1.2.-1 * pmd.2).+1] & kn.1 + kn.2 <= pmd.1.1]"
        " | pmd <- [seq (pm, D) | pm <- [seq (p, m) | p <- [:: 7; 11], m <- iota 1 4], D <- iota 1 2]]"
    ),
    "m, sizes, blocks, sets of 0, 1, ... places that they do not meet once, and that they miss": (
        "flatten [seq [seq (let blocks := take b (pieces mk.1 mk.2) in"
        " (mk, b, places_by_size mk.1 not_once blocks, places_by_size mk.1 misses blocks))"
        " | b <- iota 0 (size (pieces mk.1 mk.2)).+1]"
        " | mk <- [seq (m, k) | m <- iota 2 5, k <- [:: [:: 1]; [:: 2]; [:: 2; 1; 3]; [:: 1; 4]]]]"
    ),
}


def computed() -> dict[str, object]:
    """Return every table, as Coq computes it."""
    return read(coq(HERE, asked()))


def asked() -> list[str]:
    """Return the commands that ask Coq for the tables."""
    return [PROLOGUE, *(f"Eval vm_compute in {expression}." for expression in TABLES.values())]


def read(printed: str) -> dict[str, object]:
    """Return the tables that Coq prints."""
    found = re.findall(r"^ +=((?:.|\n)*?)\n +: ", printed, re.MULTILINE)
    return {name: value(text) for name, text in zip(TABLES, found, strict=True)}


def value(text: str) -> object:
    """Return Coq's lists and tuples of numbers and truth values as JSON lists."""
    text = re.sub(r"%\w+|\s+", "", text)
    return json.loads(re.sub(r"\[::|\(", "[", text).replace(";", ",").replace(")", "]"))


def as_text(tables: dict[str, object]) -> str:
    """Return the tables as JSON, with a line for each row."""
    parts = []
    for name, rows in tables.items():
        assert isinstance(rows, list)
        parts.append(f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put on record what Coq computes now")
    given = parser.parse_args(arguments)
    text, record = as_text(computed()), HERE / RECORD
    if given.write:
        record.write_text(text, encoding="utf-8")
        return 0
    same = Path(record).read_text(encoding="utf-8") == text
    print("Every table is as on record." if same else f"Coq computes other tables than {RECORD} has.")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
