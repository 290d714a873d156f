(** Coverage by time, jointly with the number of rows, for a start-up law on finitely many outcomes with rational
    probabilities (docs/proofs/theory.md, 1.3), and expected numbers of sets, for programs that compute them. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery EvenSets RandomRows Codes CoverageLaw FirstMoment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section ByRows.
Variables (N d : nat) (Omega : finType) (weight : Omega -> rat) (count : Omega -> nat).
Notation m := N.+1.
Hypothesis d_gt0 : (0 < d)%N.
Notation counts := (@counts N Omega count).
Notation none := (none_sent weight count).
Implicit Types (A : {set 'I_m}) (n : nat -> nat) (w r : nat) (o : {ffun 'I_m -> Omega}).

(** The mean of [f] on the event that [r] rows are there, each worker's start-up being drawn by itself. *)
Definition at_rows (f : (nat -> nat) -> rat) r : rat :=
  \sum_(o : {ffun 'I_m -> Omega} | (\sum_j count (o j) == r)%N) (\prod_j weight (o j)) * f (counts o).

Lemma at_rows_sum (I : Type) (s : seq I) (P : pred I) (f : I -> (nat -> nat) -> rat) r :
  at_rows (fun n => \sum_(i <- s | P i) f i n) r = \sum_(i <- s | P i) at_rows (f i) r.
Proof. by rewrite /at_rows exchange_big; apply: eq_bigr => o _; rewrite mulr_sumr. Qed.

Lemma at_rowsZ c f r : at_rows (fun n => c * f n) r = c * at_rows f r.
Proof. by rewrite /at_rows mulr_sumr; apply: eq_bigr => o _; rewrite mulrCA. Qed.

Section Share.
Variable share : nat -> nat -> rat.

(** A_w(r), as the coefficient of z^r:
    C(m, w) q_0^w (q_0 + sum of the weights times [share] times z^rows, over the start-ups with rows)^(m - w). *)
Definition row_poly w : {poly rat} :=
  none%:P + \sum_(e | count e != 0%N) (weight e * share (count e).-1 w)%:P * 'X^(count e).
Definition moment_at w r : rat := 'C(m, w)%:R * none ^+ w * (row_poly w ^+ (m - w))`_r.

(** The expected number of the sets in question, on the event that [r] rows are there (docs/proofs/spanning.md,
    Corollary 1.3).
    *)
Theorem mean_moment w r : at_rows (fun n => moment N share n w) r = moment_at w r.
Proof.
transitivity (\sum_(A : {set 'I_m} | #|A| == w) none ^+ w * (row_poly w ^+ (m - w))`_r); last first.
  rewrite (eq_bigl (fun A => A \in [set A : {set 'I_m} | #|A| == w])) => [|A]; last by rewrite inE.
  by rewrite sumr_const card_draws card_ord -mulr_natl mulrA.
transitivity (at_rows (fun n => \sum_(A : {set 'I_m} | #|A| == w) \prod_j factor share A j (n j)) r).
  by apply: eq_bigr => o _; rewrite moment_sets.
rewrite at_rows_sum; apply: eq_bigr => A /eqP Aw.
pose P (j : 'I_m) (e : Omega) : {poly rat} := (weight e * factor share A j (count e))%:P * 'X^(count e).
transitivity ((\prod_j \sum_e P j e)`_r).
  rewrite bigA_distr_bigA coef_sum /at_rows big_mkcond; apply: eq_bigr => o _.
  rewrite /P big_split /= -rmorph_prod /= -expr_sum coefCM coefXn eq_sym.
  case: eqP => _; rewrite ?mulr0 // mulr1 big_split; congr (_ * _); apply: eq_bigr => j _.
  by rewrite /counts /CoverageLaw.counts valK.
have sumP j : \sum_e P j e = if j \in A then none%:P else row_poly w.
  rewrite (bigID (fun e => count e == 0%N)) /= (_ : \sum_(e | count e == 0%N) P j e = none%:P); last first.
    by rewrite rmorph_sum; apply: eq_bigr => e /eqP e0; rewrite /P /factor e0 eqxx expr0 !mulr1.
  case: ifP => jA; last by congr (_ + _); apply: eq_bigr => e e0; rewrite /P /factor (negPf e0) jA Aw.
  by rewrite big1 ?addr0 // => e e0; rewrite /P /factor (negPf e0) jA mulr0 mul0r.
rewrite (eq_bigr _ (fun j _ => sumP j)) (bigID (mem A)) /=.
have -> : \prod_(j | j \notin A) (if j \in A then none%:P else row_poly w) = row_poly w ^+ (m - w).
  have -> : (m - w = #|~: A|)%N by have := cardsC A; rewrite card_ord; lia.
  by rewrite -prodr_const; apply: eq_big => [j|j /negPf -> //]; rewrite inE.
rewrite (eq_bigr (fun=> none%:P)) => [|j -> //].
by rewrite prodr_const Aw -rmorphXn coefCM.
Qed.
End Share.

Definition avoid_at := moment_at (avoid_share N d).
Definition covered_at := at_rows (fun n => Pr (fun C : {ffun 'I_m -> 'S_N} => covered m (received d n C))).

(** The probability that all symbols are covered and [r] rows are there (docs/proofs/theory.md, 1.3). *)
Theorem covered_rows r : covered_at r = \sum_(w < m.+1) (-1) ^+ w * avoid_at w r.
Proof.
rewrite /covered_at; transitivity (at_rows (fun n => \sum_(w < m.+1) (-1) ^+ w * moment N (avoid_share N d) n w) r).
  apply: eq_bigr => o _; congr (_ * _); rewrite coverage_signed //.
  rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=.
  apply: eq_bigr => w _; rewrite moment_sets mulr_sumr; apply: eq_big => [A|A]; first by rewrite inord_eq.
  by rewrite inord_eq => /eqP ->.
by rewrite at_rows_sum; apply: eq_bigr => w _; rewrite at_rowsZ mean_moment.
Qed.

End ByRows.
