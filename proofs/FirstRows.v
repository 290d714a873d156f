(** Coverage and recovery after the first k rows, for any law of the arrival order on finitely many outcomes that does
    not look at the orders of the blocks (docs/spanning.md, Corollary 1.4). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From SRTheory Require Import Span SumRecovery EvenSets RandomRows Codes CoverageLaw FirstMoment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** [Omega]: the arrival orders, or whatever else tells how many rows the first [k] hold from each worker; [count o] is
    this number for each worker. *)
Section FirstRows.
Variables (N d k : nat) (Omega : finType) (weight : Omega -> rat) (count : Omega -> nat -> nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Hypotheses (d_gt0 : (0 < d)%N) (weight_ge0 : forall o, 0 <= weight o) (weight_total : \sum_o weight o = 1).
Hypothesis count_rows : forall o, row_count N d (count o) = k.

(** Means over the law of the counts after the first [k] rows. *)
Definition after (f : (nat -> nat) -> rat) : rat := \sum_o weight o * f (count o).
Definition even_after w : rat := after (fun n => even_moment N d n w).
Definition avoid_after w : rat := after (fun n => avoid_moment N d n w).
(** The probabilities of CC <= k and of M' <= k. *)
Definition covered_after : rat := after (fun n => Pr (fun C : coding => covered m (received d n C))).
Definition recovered_after : rat := after (fun n => Pr (fun C : coding => recovers rat m (received d n C))).

Lemma after_le f g : (forall o, f (count o) <= g (count o)) -> after f <= after g.
Proof. by move=> fg; apply: ler_sum => o _; rewrite ler_wpM2l. Qed.

Lemma after_sum (I : Type) (s : seq I) (P : pred I) (f : I -> (nat -> nat) -> rat) :
  after (fun n => \sum_(i <- s | P i) f i n) = \sum_(i <- s | P i) after (f i).
Proof. by rewrite /after exchange_big; apply: eq_bigr => o _; rewrite mulr_sumr. Qed.

Lemma afterD f g : after (fun n => f n + g n) = after f + after g.
Proof. by rewrite /after -big_split; apply: eq_bigr => o _; rewrite mulrDr. Qed.

Lemma afterZ c f : after (fun n => c * f n) = c * after f.
Proof. by rewrite /after mulr_sumr; apply: eq_bigr => o _; rewrite mulrCA. Qed.

(** P(CC <= k) (docs/spanning.md, Corollary 1.4). *)
Theorem covered_first_rows : covered_after = \sum_(w < m.+1) (-1) ^+ w * avoid_after w.
Proof.
rewrite /covered_after; transitivity (after (fun n => \sum_(w < m.+1) (-1) ^+ w * avoid_moment N d n w)).
  apply: eq_bigr => o _; congr (_ * _); rewrite coverage_signed //.
  rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=.
  apply: eq_bigr => w _; rewrite /avoid_moment moment_sets mulr_sumr; apply: eq_big => [A|A]; first by rewrite inord_eq.
  by rewrite inord_eq => /eqP ->.
by rewrite after_sum; apply: eq_bigr => w _; rewrite afterZ.
Qed.

(** P(M' <= k) lies between P(CC <= k) - Xi' and P(CC <= k) (docs/spanning.md, Corollary 1.4). *)
Theorem recovered_first_rows :
  covered_after - \sum_(3 <= w < m.+1) (even_after w - avoid_after w) <= recovered_after <= covered_after.
Proof.
apply/andP; split; last by apply: after_le => o; have /andP[] := recovery_bounds N (count o) d_gt0.
rewrite lerBlDr; have -> : \sum_(3 <= w < m.+1) (even_after w - avoid_after w) =
    after (fun n => \sum_(3 <= w < m.+1) (even_moment N d n w - avoid_moment N d n w)).
  rewrite after_sum; apply: eq_bigr => w _; rewrite /even_after /avoid_after -mulN1r -afterZ -afterD.
  by apply: eq_bigr => o _; rewrite mulN1r.
by rewrite -afterD; apply: after_le => o; rewrite -lerBlDr; have /andP[] := recovery_bounds N (count o) d_gt0.
Qed.

(** Few rows seldom recover (docs/spanning.md, Corollary 1.4). *)
Theorem recovered_first_even :
  recovered_after <= 2%:R ^+ k.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_after w) - 1.
Proof.
rewrite -after_sum -afterZ -[X in _ - X]weight_total.
have -> : \sum_o weight o = after (fun=> 1) by apply: eq_bigr => o _; rewrite mulr1.
rewrite -mulN1r -afterZ -afterD; apply: after_le => o; rewrite mulN1r.
by have := recovered_even N (count o) d_gt0; rewrite count_rows.
Qed.
End FirstRows.
