(** Coverage and recovery by time, jointly with the number of rows, workers being independent and alike, for any law of
    one worker's number of rows with probabilities of any ordered field (docs/proofs/spanning.md, Corollary 1.3 to
    Proposition 1.7). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness EvenSets Parity RandomRows Codes CoverageLaw FirstMoment.
From SRTheory Require Import CountLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section TimeLaws.
(** [Omega]: what may befall one worker by the time in question, of probability [weight]; [sent e]: how many rows it has
    sent then. *)
Variables (K : realFieldType) (N d : nat) (Omega : finType) (weight : Omega -> K) (sent : Omega -> nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows n C := (received d n C).
Notation start := {ffun 'I_m -> Omega}.
Hypotheses (d_gt0 : (0 < d)%N) (weight_ge0 : forall e, 0 <= weight e) (weight_total : \sum_e weight e = 1).
Hypothesis sent_le : forall e, (sent e <= (blocks m d).+1)%N.
Notation counts := (@counts N Omega sent).
Implicit Types (A : {set 'I_m}) (w r : nat) (o : start) (share : nat -> nat -> rat).

(** The law of all workers on the event that [r] rows are there. *)
Definition on_rows r o : K := if (\sum_j sent (o j) == r)%N then \prod_j weight (o j) else 0.
Notation covered_at r := (covered_over N d (on_rows r) counts).
Notation recovered_at r := (recovered_over N d (on_rows r) counts).
Notation uncovered_at r := (uncovered_over N d (on_rows r) counts).
Notation rows_at r := (rows_over (on_rows r)).

(** F_b, the probability of more than [b] rows of a worker; q_0 = 1 - F_0 and p_b = F_b - F_{b+1}. *)
Definition F (b : nat) : K := \sum_(e | (b < sent e)%N) weight e.
Definition row_poly share w : {poly K} :=
  (1 - F 0)%:P + \sum_(b < (blocks m d).+1) ((F b - F b.+1) * ratr (share b w))%:P * 'X^b.+1.
(** C(m, w) q_0^w [z^r] (q_0 + p_0 share_0(w) z + ... + p_B share_B(w) z^(B + 1))^(m - w). *)
Definition moment_at share w r : K := 'C(m, w)%:R * (1 - F 0) ^+ w * (row_poly share w ^+ (m - w))`_r.
(** A_w(r) and U_w(r). *)
Definition even_at := moment_at (even_share N d).
Definition avoid_at := moment_at (avoid_share N d).

Lemma F_last : F (blocks m d).+1 = 0.
Proof. by rewrite /F big_pred0 // => e; rewrite ltnNge sent_le. Qed.

Lemma F_none : 1 - F 0 = \sum_(e | sent e == 0%N) weight e.
Proof.
rewrite -weight_total (bigID (fun e => sent e == 0%N)) /= /F; under [X in _ - X]eq_bigl => e do rewrite lt0n.
by rewrite addrK.
Qed.

Lemma F_step b : F b - F b.+1 = \sum_(e | sent e == b.+1) weight e.
Proof.
rewrite /F (bigID (fun e => (b.+1 < sent e)%N)) /=.
rewrite [X in X + _ - _](eq_bigl (fun e => (b.+1 < sent e)%N)) => [|e]; last lia.
by rewrite addrAC subrr add0r; apply: eq_bigl => e; lia.
Qed.

Lemma sum_sent (V : zmodType) (f : Omega -> V) :
  \sum_(e | sent e != 0%N) f e = \sum_(b < (blocks m d).+1) \sum_(e | sent e == b.+1) f e.
Proof.
rewrite [RHS](exchange_big_dep (fun e => sent e != 0%N)) /= => [|b e _ /eqP->//].
apply: eq_bigr => e e0; have lt : ((sent e).-1 < (blocks m d).+1)%N by have := sent_le e; lia.
rewrite (big_pred1 (Ordinal lt)) // => b; apply/eqP/eqP => [be|->] /=; last by lia.
by apply: val_inj => /=; lia.
Qed.

(** 1 - F_0 is the probability that a worker has sent nothing, p_b that of exactly b + 1 rows, and F_(B + 1) = 0
    (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_shares : [/\ 1 - F 0 = \sum_(e | sent e == 0%N) weight e,
  forall b, F b - F b.+1 = \sum_(e | sent e == b.+1) weight e & F (blocks m d).+1 = 0].
Proof. by split=> [|b|]; [apply: F_none | apply: F_step | apply: F_last]. Qed.

Lemma row_poly_sent share w : row_poly share w =
  (\sum_(e | sent e == 0%N) weight e)%:P +
    \sum_(e | sent e != 0%N) (weight e * ratr (share (sent e).-1 w))%:P * 'X^(sent e).
Proof.
rewrite /row_poly F_none; congr (_ + _); rewrite sum_sent; apply: eq_bigr => b _.
by rewrite F_step mulr_suml rmorph_sum mulr_suml; apply: eq_bigr => e /eqP ->.
Qed.

Lemma over_moment share w r : over (on_rows r) counts (fun n => moment N share n w) = moment_at share w r.
Proof.
set none := \sum_(e | sent e == 0%N) weight e.
transitivity (\sum_(A : {set 'I_m} | #|A| == w) none ^+ w * (row_poly share w ^+ (m - w))`_r); last first.
  rewrite (eq_bigl (fun A => A \in [set A : {set 'I_m} | #|A| == w])) => [|A]; last by rewrite inE.
  by rewrite sumr_const card_draws card_ord -mulr_natl mulrA /moment_at F_none.
rewrite (eq_over _ _ (fun n => moment_sets N share n w)) over_sum; apply: eq_bigr => A /eqP Aw.
pose P (j : 'I_m) (e : Omega) : {poly K} := (weight e * ratr (factor share A j (sent e)))%:P * 'X^(sent e).
transitivity ((\prod_j \sum_e P j e)`_r).
  rewrite bigA_distr_bigA coef_sum; apply: eq_bigr => o _.
  rewrite /P big_split /= -rmorph_prod /= -expr_sum coefCM coefXn eq_sym /on_rows.
  case: eqP => _; rewrite ?mulr0 ?mul0r // mulr1 big_split rmorph_prod; congr (_ * _); apply: eq_bigr => j _.
  by rewrite /counts /CoverageLaw.counts valK.
have sumP j : \sum_e P j e = if j \in A then none%:P else row_poly share w.
  rewrite row_poly_sent (bigID (fun e => sent e == 0%N)) /= (_ : \sum_(e | sent e == 0%N) P j e = none%:P); last first.
    by rewrite rmorph_sum; apply: eq_bigr => e /eqP e0; rewrite /P /factor e0 eqxx expr0 rmorph1 !mulr1.
  case: ifP => jA; last by congr (_ + _); apply: eq_bigr => e e0; rewrite /P /factor (negPf e0) jA Aw.
  by rewrite big1 ?addr0 // => e e0; rewrite /P /factor (negPf e0) jA rmorph0 mulr0 mul0r.
rewrite (eq_bigr _ (fun j _ => sumP j)) (bigID (mem A)) /=.
have -> : \prod_(j | j \notin A) (if j \in A then none%:P else row_poly share w) = row_poly share w ^+ (m - w).
  have -> : (m - w = #|~: A|)%N by have := cardsC A; rewrite card_ord; lia.
  by rewrite -prodr_const; apply: eq_big => [j|j /negPf -> //]; rewrite inE.
rewrite (eq_bigr (fun=> none%:P)) => [|j -> //].
by rewrite prodr_const Aw -rmorphXn coefCM.
Qed.

Lemma even_atE w r : even_over N d (on_rows r) counts w = even_at w r.
Proof. exact: over_moment. Qed.

Lemma avoid_atE w r : avoid_over N d (on_rows r) counts w = avoid_at w r.
Proof. exact: over_moment. Qed.

Lemma on_rows_ge0 r o : 0 <= on_rows r o.
Proof. by rewrite /on_rows; case: ifP => // _; apply: prodr_ge0. Qed.

Lemma on_rows_count r o : on_rows r o != 0 -> row_count N d (counts o) = r.
Proof.
rewrite /on_rows; case: ifP => [/eqP <- _|_ /eqP//].
by apply: eq_bigr => j _; rewrite /counts /CoverageLaw.counts valK; apply/minn_idPl.
Qed.
Notation law r := (@on_rows_ge0 r) (only parsing).

(** A_w(r) is the expected number of even sets, and U_w(r) that of uncovered sets, of [w] symbols on the event that [r]
    rows are there; A_0(r) = P(N(t) = r) (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_moments w r :
  [/\ over (on_rows r) counts (fun n => Codes.mean (fun C : coding => #|even_sets m (rows n C) w|%:R)) = even_at w r,
      over (on_rows r) counts (fun n => Codes.mean (fun C : coding => 'C(#|uncovered d n C|, w)%:R)) = avoid_at w r &
      even_at 0 r = rows_at r].
Proof.
split; rewrite -?even_atE -?avoid_atE.
- by apply: eq_over => n; rewrite expected_even.
- by apply: eq_over => n; rewrite expected_uncovered.
by have [-> _ _ _ _] := moments_over d_gt0 (law r) (@on_rows_count r).
Qed.

(** A_0(r) = U_0(r) = P(N(t) = r), A_1(r) = U_1(r) is the mean number of uncovered symbols on the event, and
    A_w(r) >= U_w(r) (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_smallest r (U := over (on_rows r) counts (fun n => Codes.mean (fun C : coding => #|uncovered d n C|%:R))) :
  [/\ even_at 0 r = rows_at r, avoid_at 0 r = rows_at r, even_at 1 r = U, avoid_at 1 r = U &
    forall w, avoid_at w r <= even_at w r].
Proof.
have [e0 u0 e1 u1 le] := moments_over d_gt0 (law r) (@on_rows_count r).
by split=> [||||w]; rewrite -?even_atE -?avoid_atE.
Qed.

(** Coverage, by inclusion and exclusion, with partial sums on alternate sides (docs/proofs/spanning.md, Corollary 1.3).
    *)
Theorem time_covered r k : covered_at r = \sum_(w < m.+1) (-1) ^+ w * avoid_at w r /\
  0 <= (-1) ^+ k * (\sum_(w < k.+1) (-1) ^+ w * avoid_at w r - covered_at r).
Proof.
split.
  by rewrite covered_law_over //; apply: eq_bigr => w _; rewrite avoid_atE.
by under eq_bigr => w _ do rewrite -avoid_atE; apply: partial_over => // o; apply: on_rows_ge0.
Qed.

(** Coverage and the number of rows, by the generating function of a worker's rows (docs/proofs/theory.md, 1.3). *)
Corollary covered_and_rows r (l := fun b => minn (d * b) N) :
  covered_at r = \sum_(k < m.+1) (-1) ^+ k * ('C(m, k)%:R * (1 - F 0) ^+ k *
    (((1 - F 0)%:P + \sum_(b < (blocks m d).+1)
        ((F b - F b.+1) * ('C(N - k, l b)%:R / 'C(N, l b)%:R))%:P * 'X^b.+1) ^+ (m - k))`_r).
Proof.
have [-> _] := time_covered r 0; apply: eq_bigr => k _; rewrite /avoid_at /moment_at; congr (_ * (_ * _)).
have [kN|Nk] := leqP k N; last by rewrite (_ : (m - k = 0)%N) ?expr0 //; apply/eqP; rewrite subn_eq0.
suff -> : row_poly (avoid_share N d) k = (1 - F 0)%:P + \sum_(b < (blocks m d).+1)
    ((F b - F b.+1) * ('C(N - k, l b)%:R / 'C(N, l b)%:R))%:P * 'X^b.+1 by [].
rewrite /row_poly; congr (_ + _); apply: eq_bigr => b _.
by rewrite avoid_share_used // fmorph_div /= !ratr_nat.
Qed.

(** Every symbol is covered, and the rank modulo 2 is below m; the rank is below m (docs/proofs/spanning.md, Corollary
    1.3). *)
Theorem time_rank r (excess := \sum_(2 <= w < m) (even_at w r - avoid_at w r)) :
  [/\ over (on_rows r) counts (fun n =>
        Pr (fun C : coding => covered m (rows n C) && (\rank (incidence 'F_2 m (rows n C)) < m)%N)) <= excess,
      over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence rat m (rows n C)) < m)%N)) <=
        over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence 'F_2 m (rows n C)) < m)%N)) &
      over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence 'F_2 m (rows n C)) < m)%N)) <=
        over (on_rows r) counts (fun n => Pr (fun C : coding => ~~ covered m (rows n C))) + excess].
Proof.
rewrite /excess; under eq_bigr => w _ do rewrite -even_atE -avoid_atE.
rewrite -excess_short; have [le1 le2] := rank_over d_gt0 (law r) (@on_rows_count r).
by split=> //; exact: low_rank_over d_gt0 (law r) (@on_rows_count r).
Qed.

(** Every symbol is covered, and the sum is not recovered over Q; so coverage holds recovery from both sides
    (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_unrecovered r (excess := \sum_(3 <= w < m) (even_at w r - avoid_at w r)) :
  over (on_rows r) counts (fun n => Pr (fun C : coding => covered m (rows n C) && ~~ recovers rat m (rows n C))) <=
    excess /\ covered_at r - excess <= recovered_at r <= covered_at r.
Proof.
rewrite /excess; under eq_bigr => w _ do rewrite -even_atE -avoid_atE.
rewrite -excess_short; split; first exact: unrecovered_over d_gt0 (law r) (@on_rows_count r).
exact: bounds_over d_gt0 (law r) (@on_rows_count r).
Qed.

(** epsilon_r and epsilon'_r. *)
Definition even_bound r : K :=
  2%:R ^+ r.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_at w r) - rows_at r.
Definition short_bound r : K :=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (even_at w r - avoid_at w r) -
    \sum_(i < m.+1) uncovered_at r i * (2 ^ (m - r).-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ (m - r).-1.

(** Few rows seldom recover (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_recovered r : recovered_at r <= even_bound r /\ ((r < m)%N -> recovered_at r <= short_bound r).
Proof.
rewrite /even_bound /short_bound; under eq_bigr => w _ do rewrite -even_atE.
under [X in (X - _) / _]eq_bigr => w _ do rewrite -even_atE -avoid_atE.
split; first exact: even_bound_over d_gt0 (law r) (@on_rows_count r).
by move=> rm; apply: short_over d_gt0 (law r) (@on_rows_count r) rm.
Qed.

(** The same by kernel vectors over a finite field of q elements (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_field (F : finFieldType) (q := #|F|) r (gain := fun x : 'cV[F]_m =>
    kernel_over d (on_rows r) counts x - unmet_over d (on_rows r) counts x) :
  [/\ over (on_rows r) counts (fun n =>
        Pr (fun C : coding => covered m (rows n C) && (\rank (incidence F m (rows n C)) < m)%N)) <=
        (\sum_(x | x != 0) gain x) / q.-1%:R,
      over (on_rows r) counts (fun n =>
        Pr (fun C : coding => covered m (rows n C) && ~~ recovers F m (rows n C))) <=
        (\sum_(x | total x != 0) gain x) / q.-1%:R,
      over (on_rows r) counts (fun n =>
        Pr (fun C : coding => covered m (rows n C) && ~~ recovers rat m (rows n C))) <=
        (\sum_(x | (2 < #|support x|)%N) gain x) / q.-1%:R &
      recovered_at r <= (q%:R ^+ r.+1 / q%:R ^+ m * (\sum_(x : 'cV[F]_m | total x == 0)
        kernel_over d (on_rows r) counts x) - rows_at r) / q.-1%:R].
Proof.
rewrite /gain /q; split; [exact: low_rank_field_over d_gt0 (law r) (@on_rows_count r) F
  | exact: unrecovered_field_over d_gt0 (law r) (@on_rows_count r) F
  | exact: unrecovered_rational_over d_gt0 (law r) (@on_rows_count r) F
  | exact: recovered_field_over d_gt0 (law r) (@on_rows_count r) F].
Qed.

(** The rank is below m, over Q and over any finite field (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_rank_field (F : finFieldType) r :
  over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence rat m (rows n C)) < m)%N)) <=
    over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence F m (rows n C)) < m)%N)) /\
  over (on_rows r) counts (fun n => Pr (fun C : coding => (\rank (incidence F m (rows n C)) < m)%N)) <=
    over (on_rows r) counts (fun n => Pr (fun C : coding => ~~ covered m (rows n C))) +
    (\sum_(x : 'cV[F]_m | x != 0) (kernel_over d (on_rows r) counts x - unmet_over d (on_rows r) counts x)) /
      #|F|.-1%:R.
Proof. exact: rank_field_over d_gt0 (law r) (@on_rows_count r) F. Qed.

(** The bound by even sets is that by kernel vectors modulo 2 (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_excess_two r : \sum_(2 <= w < m) (even_at w r - avoid_at w r) =
  (\sum_(x : 'cV['F_2]_m | x != 0) (kernel_over d (on_rows r) counts x - unmet_over d (on_rows r) counts x)) /
    #|'F_2|.-1%:R.
Proof.
under eq_bigr => w _ do rewrite -even_atE -avoid_atE.
by rewrite -excess_short excess_two_over.
Qed.

(** The probability that the sum is recovered by then, and the most rows that there can be. *)
Definition recovered_by : K := \sum_(o : start) (\prod_j weight (o j)) *
  ratr (Pr (fun C : coding => recovers rat m (rows (counts o) C))).
Notation most := (m * (blocks m d).+1)%N.

Lemma recovered_by_rows : recovered_by = \sum_(r < most.+1) recovered_at r.
Proof.
have lt o : (\sum_j sent (o j) < most.+1)%N.
  rewrite ltnS; apply: (@leq_trans (\sum_(j < m) (blocks m d).+1)); first by apply: leq_sum => j _.
  by rewrite sum_nat_const card_ord.
rewrite /recovered_by (partition_big (fun o : start => Ordinal (lt o)) xpredT) //=.
apply: eq_bigr => r _; rewrite /recovered_over /over [RHS](bigID (fun o => (\sum_j sent (o j) == r)%N)) /=.
rewrite [X in _ = _ + X]big1 ?addr0 => [|o /negPf nr]; last by rewrite /on_rows nr mul0r.
by apply: eq_big => [o|o]; rewrite -(inj_eq val_inj) //= => e; rewrite /on_rows e.
Qed.

Lemma recovered_at_ge0 r : 0 <= recovered_at r.
Proof.
by apply: sumr_ge0 => o _; rewrite mulr_ge0 ?on_rows_ge0 // ler0q /Pr divr_ge0 ?ler0n.
Qed.

(** The two-sided law of T (docs/proofs/spanning.md, Theorem 1.5). *)
Theorem time_bounds :
  \sum_(r < most.+1 | (m <= r)%N)
     Num.max 0 (covered_at r - \sum_(3 <= w < m) (even_at w r - avoid_at w r)) <= recovered_by <=
  \sum_(r < most.+1 | (m <= r)%N) covered_at r +
  \sum_(r < most.+1 | (r < m)%N) Num.min (Num.min (covered_at r) (short_bound r)) (even_bound r).
Proof.
have := recovered_by_rows; rewrite (bigID (fun r : 'I_most.+1 => (m <= r)%N)) /= => ->; apply/andP; split.
  apply: ler_wpDr; first by apply: sumr_ge0 => r _; apply: recovered_at_ge0.
  by apply: ler_sum => r _; rewrite ge_max recovered_at_ge0; have [_ /andP[]] := time_unrecovered r.
apply: lerD; first by apply: ler_sum => r _; have [_ /andP[]] := time_unrecovered r.
rewrite (eq_bigl (fun r : 'I_most.+1 => (r < m)%N)) => [|r]; last by rewrite -ltnNge.
apply: ler_sum => r rm; have [le /(_ rm) le'] := time_recovered r; rewrite !le_min le le' !andbT.
by have [_ /andP[]] := time_unrecovered r.
Qed.

(** One worker that has sent all its rows is enough (docs/proofs/spanning.md, Proposition 1.7). *)
Theorem time_complete : 1 - recovered_by <= (1 - F (blocks m d)) ^+ m.
Proof.
pose late (o : start) := [forall j, (sent (o j) <= blocks m d)%N].
have -> : 1 - F (blocks m d) = \sum_(e | (sent e <= blocks m d)%N) weight e.
  rewrite -weight_total (bigID (fun e => (sent e <= blocks m d)%N)) /= /F.
  by under [X in _ + X - _]eq_bigl => e do rewrite -ltnNge; rewrite addrK.
have -> : (\sum_(e | (sent e <= blocks m d)%N) weight e) ^+ m = \sum_(o : start | late o) \prod_j weight (o j).
  transitivity (\prod_(j < m) \sum_e (if (sent e <= blocks m d)%N then weight e else 0)).
    by rewrite prodr_const card_ord -big_mkcond.
  rewrite bigA_distr_bigA [RHS]big_mkcond; apply: eq_bigr => o _.
  case: (boolP (late o)) => [/forallP l|/forallPn[j nl]]; first by apply: eq_bigr => j _; rewrite l.
  by rewrite (bigD1 j) //= (negPf nl) mul0r.
have one : \sum_(o : start) \prod_j weight (o j) = 1.
  by rewrite -(bigA_distr_bigA (fun (_ : 'I_m) e => weight e)) big1.
rewrite lerBlDr addrC -[X in X <= _]one /recovered_by [X in _ <= _ + X]big_mkcond -big_split /=.
apply: ler_sum => o _; have w0 : 0 <= \prod_j weight (o j) by apply: prodr_ge0.
case: (boolP (late o)) => [_|/forallPn[j]].
  by rewrite lerDr mulr_ge0 // ler0q /Pr divr_ge0 ?ler0n.
rewrite -ltnNge addr0 => full.
suff -> : Pr (fun C : coding => recovers rat m (rows (counts o) C)) = 1 by rewrite rmorph1 mulr1.
rewrite Pr_mean -[RHS](mean_const N); congr (_ / _); apply: eq_bigr => C _.
rewrite (complete_worker d_gt0 rat (order_of_code C) (ltn_ord j)) //.
by rewrite /counts /CoverageLaw.counts valK.
Qed.
End TimeLaws.

(** If the start-up delay is [X e], a row [b] of it arrives at X + tau (1 + l_b), and [sent e] are those by time [t], then
    F_b is P(X <= t - tau (1 + l_b)) (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_delays (K : realFieldType) (N d : nat) (Omega : finType) (weight : Omega -> K) (R : realDomainType)
    (X : Omega -> R) (tau t : R) b :
  (0 < d)%N -> 0 <= tau -> (b <= blocks N.+1 d)%N ->
  F weight (sent_by N d X tau t) b = \sum_(e | X e <= t - tau * (1 + (minn (d * b) N)%:R)) weight e.
Proof.
move=> d_gt0 tau0 bB; rewrite /F; apply: eq_bigl => e.
by rewrite sent_by_gt // /is_there lerBrDr.
Qed.

(** A worker with the delay [x] has sent more than [b] rows by time [t] where x <= t - tau (1 + l_b), for any [x]
    (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem time_arrivals (N d : nat) (R : realDomainType) (x tau t : R) b (B := blocks N.+1 d) :
  (0 < d)%N -> 0 <= tau -> (b <= B)%N ->
  (b < #|[set b' : 'I_B.+1 | (x + tau * (1 + (minn (d * b') N)%:R) <= t)%R]|)%N =
    (x <= t - tau * (1 + (minn (d * b) N)%:R)).
Proof.
move=> d_gt0 tau0 bB; have := @sent_by_gt N d unit d_gt0 R (fun=> x) tau t tau0 tt b bB.
by rewrite /sent_by /is_there -lerBrDr.
Qed.
