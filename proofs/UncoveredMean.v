(** The mean number of uncovered symbols between two exponentials (docs/proofs/spanning.md, Lemma 0, second line). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery EvenSets Codes FirstMoment Exponentials.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section UncoveredMean.
Variables (N d k : nat) (n : nat -> nat).
Notation m := N.+1.
Notation z := #|silent N n|.
Notation U := (avoid_moment N d n 1).
Implicit Types (j l : 'I_m).

(** C_j, the symbols of its pool that worker [j] has used; their maximum, and the mean number lambda of parity rows that
    hold a given silent symbol. *)
Definition used_by j : nat := minn (d * (n j).-1) N.
Definition most_used : nat := \max_(j : 'I_m | (0 < n j)%N) used_by j.
Definition mean_rows : rat := \sum_(j : 'I_m | (0 < n j)%N) (used_by j)%:R / N%:R.

Lemma others_silent j : (0 < z)%N -> (0 < n j)%N -> (0 < N)%N.
Proof.
move=> /card_gt0P[l]; rewrite inE => /eqP l0 j0; have : l != j by apply: contraTneq j0 => <-; rewrite l0.
by rewrite -(inj_eq val_inj) /=; have := ltn_ord l; have := ltn_ord j; lia.
Qed.

Lemma avoid_share1 b : (0 < N)%N -> avoid_share N d b 1 = 1 - (minn (d * b) N)%:R / N%:R.
Proof.
move=> N0; have NR : N%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n.
by rewrite /avoid_share !bin1; apply: (mulIf NR); rewrite mulrBl !divfK // mul1r -natrB ?geq_minr //; congr _%:R; lia.
Qed.

Definition fraction j : rat := if (0 < n j)%N then (used_by j)%:R / N%:R else 0.

Lemma fraction_ge0 j : 0 <= fraction j.
Proof. by rewrite /fraction; case: ifP => // _; rewrite divr_ge0 ?ler0n. Qed.

Lemma fraction_le1 j : fraction j <= 1.
Proof.
rewrite /fraction; case: ifP => // _; have [->|N0] := posnP N; first by rewrite invr0 mulr0.
by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat geq_minr.
Qed.

Lemma sum_fraction : \sum_j fraction j = mean_rows.
Proof. by rewrite /mean_rows [RHS]big_mkcond. Qed.

Lemma uncovered_mean : U = z%:R * \prod_j (1 - fraction j).
Proof.
rewrite /avoid_moment /moment bin1; have [z0|z0] := posnP z; first by rewrite z0 !mul0r.
congr (_ * _); rewrite big_mkcond; apply: eq_bigr => j _; rewrite /fraction; case: ifP => nj; last by rewrite subr0.
by rewrite avoid_share1 ?(others_silent z0 nj).
Qed.

(** U <= z e^(-lambda): U (1 + lambda/k)^k <= z for every k (docs/proofs/spanning.md, Lemma 0). *)
Theorem uncovered_at_most : U * (1 + mean_rows / k%:R) ^+ k <= z%:R.
Proof.
rewrite uncovered_mean -mulrA ler_piMr ?ler0n // -sum_fraction product_below //; first exact: fraction_le1.
by apply: sumr_ge0 => j _; apply: fraction_ge0.
Qed.

(** U >= z e^(-lambda (1 + Delta/(m - 1))) if Delta <= (m - 1)/2: U >= z (1 - y/k)^k for every k >= y, where
    y = lambda (1 + Delta/(m - 1)) (docs/proofs/spanning.md, Lemma 0). *)
Theorem uncovered_at_least (y := mean_rows * (1 + most_used%:R / N%:R)) :
  (2 * most_used <= N)%N -> y <= k%:R -> z%:R * (1 - y / k%:R) ^+ k <= U.
Proof.
move=> half yk; rewrite uncovered_mean ler_wpM2l ?ler0n // product_above //; first exact: fraction_ge0.
  move=> j; rewrite /fraction; case: ifP => nj; last by rewrite mulr0.
  have [->|N0] := posnP N; first by rewrite invr0 !mulr0.
  rewrite mulrA ler_pdivrMr ?ltr0n // mul1r -natrM ler_nat (leq_trans _ half) // leq_mul2l /=.
  exact: (@leq_bigmax_cond _ (fun j : 'I_m => (0 < n j)%N) used_by).
rewrite /y mulrDr mulr1 big_split sum_fraction lerD2l /mean_rows mulr_suml [leRHS]big_mkcond /=.
apply: ler_sum => j _; rewrite /fraction; case: ifP => nj; last by rewrite expr0n.
rewrite expr2 ler_wpM2l ?divr_ge0 ?ler0n // ler_wpM2r ?invr_ge0 ?ler0n // ler_nat.
exact: (@leq_bigmax_cond _ (fun j : 'I_m => (0 < n j)%N) used_by).
Qed.
End UncoveredMean.
