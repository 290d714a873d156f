(** Coverage and recovery by time, jointly with the number of rows, for a discrete start-up law (docs/theory.md, 1.3;
    docs/spanning.md, Corollary 1.3). *)
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
Hypotheses (d_gt0 : (0 < d)%N) (weight_ge0 : forall o, 0 <= weight o).
Hypothesis count_le : forall o, (count o <= (blocks m d).+1)%N.
Notation counts := (@counts N Omega count).
Notation none := (none_sent weight count).
Implicit Types (A : {set 'I_m}) (n : nat -> nat) (w r : nat) (o : {ffun 'I_m -> Omega}).

(** The mean of [f] on the event that [r] rows are there, each worker's start-up being drawn by itself. *)
Definition at_rows (f : (nat -> nat) -> rat) r : rat :=
  \sum_(o : {ffun 'I_m -> Omega} | (\sum_j count (o j) == r)%N) (\prod_j weight (o j)) * f (counts o).

Lemma at_rows_le f g r :
  (forall n, row_count N d n = r -> f n <= g n) -> at_rows f r <= at_rows g r.
Proof.
move=> fg; apply: ler_sum => o /eqP or; rewrite ler_wpM2l ?prodr_ge0 // fg // -or; apply: eq_bigr => j _.
by rewrite /counts /CoverageLaw.counts valK; apply/minn_idPl.
Qed.

Lemma at_rows_sum (I : Type) (s : seq I) (P : pred I) (f : I -> (nat -> nat) -> rat) r :
  at_rows (fun n => \sum_(i <- s | P i) f i n) r = \sum_(i <- s | P i) at_rows (f i) r.
Proof. by rewrite /at_rows exchange_big; apply: eq_bigr => o _; rewrite mulr_sumr. Qed.

Lemma at_rowsD f g r : at_rows (fun n => f n + g n) r = at_rows f r + at_rows g r.
Proof. by rewrite /at_rows -big_split; apply: eq_bigr => o _; rewrite mulrDr. Qed.

Lemma at_rowsZ c f r : at_rows (fun n => c * f n) r = c * at_rows f r.
Proof. by rewrite /at_rows mulr_sumr; apply: eq_bigr => o _; rewrite mulrCA. Qed.

Section Share.
Variable share : nat -> nat -> rat.

(** A_w(r), as the coefficient of z^r:
    C(m, w) q_0^w (q_0 + sum of the weights times [share] times z^rows, over the start-ups with rows)^(m - w). *)
Definition row_poly w : {poly rat} :=
  none%:P + \sum_(e | count e != 0%N) (weight e * share (count e).-1 w)%:P * 'X^(count e).
Definition moment_at w r : rat := 'C(m, w)%:R * none ^+ w * (row_poly w ^+ (m - w))`_r.

(** The expected number of the sets in question, on the event that [r] rows are there (docs/spanning.md, Corollary 1.3).
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

Definition even_at := moment_at (even_share N d).
Definition avoid_at := moment_at (avoid_share N d).
Definition covered_at := at_rows (fun n => Pr (fun C : {ffun 'I_m -> 'S_N} => covered m (received d n C))).
Definition recovered_at := at_rows (fun n => Pr (fun C : {ffun 'I_m -> 'S_N} => recovers rat m (received d n C))).
Definition rows_at := at_rows (fun=> 1).

(** The probability that all symbols are covered and [r] rows are there (docs/theory.md, 1.3). *)
Theorem covered_rows r : covered_at r = \sum_(w < m.+1) (-1) ^+ w * avoid_at w r.
Proof.
rewrite /covered_at; transitivity (at_rows (fun n => \sum_(w < m.+1) (-1) ^+ w * moment N (avoid_share N d) n w) r).
  apply: eq_bigr => o _; congr (_ * _); rewrite coverage_signed //.
  rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=.
  apply: eq_bigr => w _; rewrite moment_sets mulr_sumr; apply: eq_big => [A|A]; first by rewrite inord_eq.
  by rewrite inord_eq => /eqP ->.
by rewrite at_rows_sum; apply: eq_bigr => w _; rewrite at_rowsZ mean_moment.
Qed.

Lemma rows_even r : rows_at r = even_at 0 r.
Proof.
rewrite /even_at -mean_moment; apply: eq_bigr => o _; congr (_ * _).
exact: esym (@even_moment0 N d (counts o) d_gt0).
Qed.

(** What lies between coverage and recovery, on the event that [r] rows are there (docs/spanning.md, Corollary 1.3). *)
Theorem recovered_rows r :
  covered_at r - \sum_(3 <= w < m.+1) (even_at w r - avoid_at w r) <= recovered_at r <= covered_at r.
Proof.
apply/andP; split; last first.
  by apply: at_rows_le => n _; have /andP[] := recovery_bounds N n d_gt0.
rewrite lerBlDr; have -> : \sum_(3 <= w < m.+1) (even_at w r - avoid_at w r) =
    at_rows (fun n => \sum_(3 <= w < m.+1) (even_moment N d n w - avoid_moment N d n w)) r.
  rewrite at_rows_sum; apply: eq_bigr => w _; rewrite /even_at /avoid_at -!mean_moment -mulN1r -at_rowsZ -at_rowsD.
  by apply: eq_bigr => o _; rewrite mulN1r.
rewrite -at_rowsD; apply: at_rows_le => n _; rewrite -lerBlDr.
by have /andP[] := recovery_bounds N n d_gt0.
Qed.

(** Few rows seldom recover: e'_r (docs/spanning.md, Corollary 1.3). *)
Theorem recovered_rows_even r :
  recovered_at r <= 2%:R ^+ r.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_at w r) - rows_at r.
Proof.
have -> : \sum_(0 <= w < m.+1 | ~~ odd w) even_at w r =
    at_rows (fun n => \sum_(0 <= w < m.+1 | ~~ odd w) even_moment N d n w) r.
  by rewrite at_rows_sum; apply: eq_bigr => w _; rewrite /even_at -mean_moment.
rewrite -at_rowsZ /rows_at -mulN1r -at_rowsZ -at_rowsD; apply: at_rows_le => n nr.
by rewrite mulN1r; have := recovered_even N n d_gt0; rewrite nr.
Qed.

(** The bound e_r, for fewer rows than symbols. *)
Definition uncovered_at i := at_rows (fun n => Pr (fun C : {ffun 'I_m -> 'S_N} => #|uncovered d n C| == i)).
Definition short_bound r : rat :=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (even_at w r - avoid_at w r) -
    \sum_(i < m.+1) uncovered_at i r * (2 ^ (m - r).-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ (m - r).-1.

(** Fewer rows than symbols: e_r (docs/spanning.md, Corollary 1.3). *)
Theorem recovered_rows_short r : (r < m)%N -> recovered_at r <= short_bound r.
Proof.
move=> short; rewrite /short_bound mulrC.
have -> : \sum_(2 <= w < m.+1 | ~~ odd w) (even_at w r - avoid_at w r) =
    at_rows (fun n => \sum_(2 <= w < m.+1 | ~~ odd w) (even_moment N d n w - avoid_moment N d n w)) r.
  rewrite at_rows_sum; apply: eq_bigr => w _; rewrite /even_at /avoid_at -!mean_moment -mulN1r -at_rowsZ -at_rowsD.
  by apply: eq_bigr => o _; rewrite mulN1r.
under [X in _ - X]eq_bigr => i _ do rewrite mulrC -at_rowsZ.
rewrite -at_rows_sum -[X in _ + X]mulN1r -at_rowsZ -at_rowsD -at_rowsZ; apply: at_rows_le => n nr.
have := @recovered_short N d n d_gt0; rewrite nr => /(_ short) le; apply: le_trans le _.
rewrite [leLHS]mulrC mulN1r ler_pM2l ?invr_gt0 ?exprn_gt0 // lerD2l lerN2 le_eqVlt; apply/orP; left; apply/eqP.
by apply: eq_bigr => i _; rewrite mulrC.
Qed.

(** Whether the sum is recovered by then, whatever the number of rows. *)
Definition recovered_by : rat :=
  \sum_(o : {ffun 'I_m -> Omega}) (\prod_j weight (o j)) *
    Pr (fun C : {ffun 'I_m -> 'S_N} => recovers rat m (received d (counts o) C)).

Lemma recovered_by_rows : recovered_by = \sum_(r < (m * (blocks m d).+1).+1) recovered_at r.
Proof.
rewrite /recovered_by (partition_big (fun o : {ffun 'I_m -> Omega} =>
  inord (\sum_j count (o j)) : 'I_(m * (blocks m d).+1).+1) xpredT) //=.
apply: eq_bigr => r _; apply: eq_bigl => o; rewrite -(inj_eq val_inj) /= inordK // ltnS.
apply: (@leq_trans (\sum_(j < m) (blocks m d).+1)); first by apply: leq_sum => j _.
by rewrite sum_nat_const card_ord.
Qed.

Lemma recovered_at_ge0 r : 0 <= recovered_at r.
Proof.
by apply: sumr_ge0 => o _; rewrite mulr_ge0 ?prodr_ge0 // /Pr mulr_ge0 ?invr_ge0 ?ler0n.
Qed.

(** The two-sided law of recovery by a time, for a start-up law on finitely many outcomes (docs/spanning.md,
    Theorem 1.5). *)
Theorem recovered_by_bounds :
  \sum_(r < (m * (blocks m d).+1).+1 | (m <= r)%N)
     Num.max 0 (covered_at r - \sum_(3 <= w < m.+1) (even_at w r - avoid_at w r)) <= recovered_by <=
  \sum_(r < (m * (blocks m d).+1).+1 | (m <= r)%N) covered_at r +
  \sum_(r < (m * (blocks m d).+1).+1 | (r < m)%N) Num.min (Num.min (covered_at r) (short_bound r))
     (2%:R ^+ r.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_at w r) - rows_at r).
Proof.
have := recovered_by_rows; rewrite (bigID (fun r : 'I_(m * (blocks m d).+1).+1 => (m <= r)%N)) /= => ->.
apply/andP; split.
  apply: ler_wpDr; first by apply: sumr_ge0 => r _; apply: recovered_at_ge0.
  by apply: ler_sum => r _; rewrite ge_max recovered_at_ge0; have /andP[] := recovered_rows r.
apply: lerD; first by apply: ler_sum => r _; have /andP[] := recovered_rows r.
rewrite (eq_bigl (fun r : 'I_(m * (blocks m d).+1).+1 => (r < m)%N)) => [|r]; last by rewrite -ltnNge.
by apply: ler_sum => r rm; rewrite !le_min recovered_rows_even recovered_rows_short // !andbT;
  have /andP[] := recovered_rows r.
Qed.

(** One worker that has sent all its rows is enough: P(T > t) is at most the m-th power of the probability that a worker
    has not, for a start-up law on finitely many outcomes (docs/spanning.md, Proposition 1.7). *)
Theorem complete_workers : \sum_e weight e = 1 ->
  1 - (\sum_(e | (count e <= blocks m d)%N) weight e) ^+ m <= recovered_by.
Proof.
move=> total; rewrite lerBlDr; pose late (o : {ffun 'I_m -> Omega}) := [forall j, (count (o j) <= blocks m d)%N].
have -> : (\sum_(e | (count e <= blocks m d)%N) weight e) ^+ m =
    \sum_(o : {ffun 'I_m -> Omega} | late o) \prod_j weight (o j).
  transitivity (\prod_(j < m) \sum_e (if (count e <= blocks m d)%N then weight e else 0)).
    by rewrite prodr_const card_ord -big_mkcond.
  rewrite bigA_distr_bigA [RHS]big_mkcond; apply: eq_bigr => o _.
  case: (boolP (late o)) => [/forallP l|/forallPn[j nl]]; first by apply: eq_bigr => j _; rewrite l.
  by rewrite (bigD1 j) //= (negPf nl) mul0r.
have one : \sum_(o : {ffun 'I_m -> Omega}) \prod_j weight (o j) = 1.
  by rewrite -(bigA_distr_bigA (fun (_ : 'I_m) e => weight e)) big1.
rewrite -[X in X <= _]one /recovered_by [X in _ <= _ + X]big_mkcond -big_split /=; apply: ler_sum => o _.
have w0 : 0 <= \prod_j weight (o j) by apply: prodr_ge0.
case: (boolP (late o)) => [_|/forallPn[j]].
  by rewrite lerDr mulr_ge0 // /Pr mulr_ge0 ?invr_ge0 ?ler0n.
rewrite -ltnNge addr0 => full.
suff -> : Pr (fun C : {ffun 'I_m -> 'S_N} => recovers rat m (received d (counts o) C)) = 1.
  by rewrite mulr1.
rewrite Pr_mean -[RHS](mean_const N); congr (_ / _); apply: eq_bigr => C _.
rewrite (complete_worker d_gt0 rat (order_of_code C) (ltn_ord j)) //.
by rewrite /counts /CoverageLaw.counts valK.
Qed.
End ByRows.

(** In terms of the distribution function of the start-up delay: row [b] of a worker has been sent by time [t] with
    probability F b (docs/spanning.md, Corollary 1.3). *)
Theorem row_poly_by_time N d (Omega : finType) (weight : Omega -> rat) (R : realDomainType) (X : Omega -> R) (tau t : R)
    share w :
  (0 < d)%N -> \sum_e weight e = 1 -> 0 <= tau ->
  let F := F N d weight X tau t in
  row_poly weight (sent_by N d X tau t) share w =
  (1 - F 0)%:P + \sum_(b < (blocks N.+1 d).+1) ((F b - F b.+1) * share b w)%:P * 'X^b.+1.
Proof.
move=> d_gt0 total tau_ge0 /=; rewrite /row_poly none_by_time //; congr (_ + _).
rewrite sum_sent //; apply: eq_bigr => b _; rewrite F_step // mulr_suml rmorph_sum mulr_suml.
by apply: eq_bigr => e /eqP ->.
Qed.
