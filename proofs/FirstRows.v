(** Coverage and recovery after the first k rows, for any law of the arrival order that does not look at the orders of
    the blocks, with probabilities of any ordered field (docs/proofs/spanning.md, Corollary 1.4). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From SRTheory Require Import Span SumRecovery EvenSets RandomRows Codes CoverageLaw FirstMoment CountLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** [Omega]: the arrival orders, or whatever else tells how many rows the first [k] hold from each worker; [count o] is
    this number for each worker. *)
Section FirstRows.
Variables (K : realFieldType) (N d k : nat) (Omega : finType) (weight : Omega -> K) (count : Omega -> nat -> nat).
Notation m := N.+1.
Hypotheses (d_gt0 : (0 < d)%N) (weight_ge0 : forall o, 0 <= weight o) (weight_total : \sum_o weight o = 1).
Hypothesis count_rows : forall o, row_count N d (count o) = k.

(** The expected numbers of even sets, and of uncovered sets, of [w] symbols. *)
Notation even_after := (even_over N d weight count).
Notation avoid_after := (avoid_over N d weight count).
(** The probabilities of CC <= k and of M' <= k. *)
Notation covered_after := (covered_over N d weight count).
Notation recovered_after := (recovered_over N d weight count).

(** A_m and U_m are 0 after the first row (docs/proofs/spanning.md, Corollary 1.4). *)
Theorem first_rows_last : (0 < k)%N -> even_after m = 0 /\ avoid_after m = 0.
Proof.
move=> k0; suff zero (share : nat -> nat -> rat) : over weight count (fun n => moment N share n m) = 0.
  by split; apply: zero.
rewrite /over big1 // => o _; rewrite /moment bin_small ?mul0r ?rmorph0 ?mulr0 // ltnNge; apply/negP => zm.
have /eqP/setP none : silent N (count o) == setT by rewrite eqEcard subsetT cardsT card_ord zm.
have := count_rows o; rewrite /row_count big1 => [e|j _]; first by rewrite -e in k0.
by have := none j; rewrite !inE => /eqP ->; rewrite min0n.
Qed.

(** P(CC <= k) (docs/proofs/spanning.md, Corollary 1.4). *)
Theorem covered_first_rows : covered_after = \sum_(w < m.+1) (-1) ^+ w * avoid_after w.
Proof. exact: covered_law_over. Qed.

(** P(M' <= k) lies between P(CC <= k) - Xi' and P(CC <= k) (docs/proofs/spanning.md, Corollary 1.4). *)
Theorem recovered_first_rows :
  covered_after - \sum_(3 <= w < m) (even_after w - avoid_after w) <= recovered_after <= covered_after.
Proof. by rewrite -excess_short; apply: (@bounds_over _ _ _ k). Qed.

(** Few rows seldom recover (docs/proofs/spanning.md, Corollary 1.4). *)
Theorem recovered_first_even :
  recovered_after <= 2%:R ^+ k.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_after w) - 1.
Proof. by rewrite -[X in _ - X]weight_total; apply: even_bound_over. Qed.

(** The second law, after the first k rows (docs/proofs/spanning.md, Theorem 1.5). *)
Corollary first_rows_bounds (excess := \sum_(3 <= w < m) (even_after w - avoid_after w)) :
  covered_after - excess <= recovered_after <= Num.min covered_after
    (2%:R ^+ k.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_after w) - 1).
Proof. by have /andP[le ge] := recovered_first_rows; rewrite le le_min ge recovered_first_even. Qed.
End FirstRows.
