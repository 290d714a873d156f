(** First moments of random rows of any law: what the expected numbers of even sets and of sets of uncovered symbols
    say about rank and recovery, as docs/proofs/spanning.md needs it for Theorem 1 and for Proposition 1.8. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Coverage Parity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Even sets of given rows, and those that are not all uncovered. *)
Section Sets.
Variables (m : nat) (rows : seq (seq nat)).
Implicit Types (A : {set 'I_m}) (w k : nat).

Definition unmet : {set 'I_m} := [set l : 'I_m | all (fun r => val l \notin r) rows].
Definition even_sets w : {set {set 'I_m}} := [set A : {set 'I_m} | (#|A| == w) && even_set rows A].
Definition excess w : nat := #|[set A in even_sets w | ~~ (A \subset unmet)]|.

Lemma unmet_covered : covered m rows = (unmet == set0).
Proof.
apply/coveredP/eqP => [cov|un].
  apply/setP => l; rewrite !inE; apply/negbTE/allPn; have [r rin lr] := cov l (ltn_ord l).
  by exists r; rewrite ?negbK.
move=> a am; have /setP/(_ (Ordinal am)) := un; rewrite !inE => /negbT/allPn[r rin].
by rewrite negbK => ar; exists r.
Qed.

Lemma unmet_even A : A \subset unmet -> even_set rows A.
Proof.
move=> /subsetP sub; apply/allP => r rin; rewrite (_ : [set l in A | _] = set0) ?cards0 //.
apply/setP => l; rewrite !inE; apply/negP => /andP[/sub]; rewrite inE => /allP/(_ r rin)/negP.
by [].
Qed.

Lemma even_setsE w : #|even_sets w| = ('C(#|unmet|, w) + excess w)%N.
Proof.
rewrite -cards_draws /excess -[LHS](cardsID [set A : {set 'I_m} | A \subset unmet]); congr (_ + _)%N.
  apply: eq_card => A; rewrite !inE -andbA [in RHS]andbC; congr (_ && _).
  by apply/andP/idP => [[]//|sub]; rewrite unmet_even.
by apply: eq_card => A; rewrite !inE andbC.
Qed.

(** An even set of one symbol is unmet. *)
Lemma even_one A : even_set rows A -> ~~ (A \subset unmet) -> (1 < #|A|)%N.
Proof.
move=> /allP ev nU; rewrite ltnNge; apply: contra nU; rewrite leq_eqVlt ltnS leqn0 cards_eq0.
case/orP => [/cards1P[l e]|/eqP ->]; last exact: sub0set.
rewrite e sub1set inE; apply/allP => r rin; apply/negP => lr; have := ev r rin.
by rewrite e (_ : [set k in [set l] | _] = [set l]) ?cards1 //; apply/setP => k; rewrite !inE; case: eqP => // ->.
Qed.

Lemma first_excess k (T : bool) :
  (T -> exists A, [/\ (k <= #|A|)%N, even_set rows A & ~~ (A \subset unmet)]) ->
  (T <= \sum_(k <= w < m.+1) excess w)%N.
Proof.
case: T => // /(_ isT)[A [kA ev nU]].
have in_range : #|A| \in index_iota k m.+1.
  by rewrite mem_index_iota kA ltnS -[X in (_ <= X)%N]card_ord max_card.
rewrite (bigD1_seq _ in_range (iota_uniq _ _)) /= (leq_trans _ (leq_addr _ _)) // card_gt0; apply/set0Pn; exists A.
by rewrite !inE eqxx ev.
Qed.

Lemma low_rank_excess :
  (covered m rows && (\rank (incidence 'F_2 m rows) < m) <= \sum_(2 <= w < m.+1) excess w)%N.
Proof.
apply: first_excess => /andP[]; rewrite unmet_covered => /eqP un /even_of_rank2[A A0 ev].
have nU : ~~ (A \subset unmet) by rewrite un subset0.
by exists A; rewrite ev nU (even_one ev nU).
Qed.

Lemma unrecovered_excess :
  (covered m rows && ~~ recovers rat m rows <= \sum_(3 <= w < m.+1) excess w)%N.
Proof.
apply: first_excess => /andP[cov /negP nrec]; have [A A3 ev] := even_of_not_recovered cov nrec.
exists A; rewrite A3 ev; split=> //; move: cov; rewrite unmet_covered => /eqP ->; rewrite subset0 -card_gt0.
exact: leq_trans A3.
Qed.

Lemma card_lt A : (#|A| < m.+1)%N.
Proof. by rewrite ltnS; have := max_card A; rewrite card_ord. Qed.

Lemma inord_eq A (v : 'I_m.+1) : (inord #|A| == v) = (#|A| == v).
Proof. by rewrite -(inj_eq val_inj) /= inordK // card_lt. Qed.

Lemma even_sets_even :
  #|[set A : {set 'I_m} | even_set rows A && ~~ odd #|A|]| = (\sum_(0 <= w < m.+1 | ~~ odd w) #|even_sets w|)%N.
Proof.
rewrite big_mkord -sum1_card.
rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) (fun v : 'I_m.+1 => ~~ odd v)) /= => [|A].
  apply: eq_bigr => w ow; rewrite -sum1_card; apply: eq_bigl => A; rewrite !inE inord_eq [RHS]andbC.
  by case: eqP => [->|]; rewrite ?andbF // ow !andbT.
by rewrite inE (inordK (card_lt A)) => /andP[].
Qed.

Lemma recovered_even_sets :
  (2 ^ m * (1 + recovers rat m rows) <= 2 ^ (size rows).+1 * \sum_(0 <= w < m.+1 | ~~ odd w) #|even_sets w|)%N.
Proof.
rewrite -even_sets_even card_even_even_sets; have := rank_extended m rows 'F_2.
have := rank_leq_col (col_mx (incidence 'F_2 m rows) (ones 'F_2 : 'rV_m)); set r := \rank _ => rm.
have -> : (1 + recovers rat m rows = 2 ^ recovers rat m rows)%N by case: (recovers _ _ _).
by case: (recovers rat m rows) => /= le; rewrite -!expnD leq_exp2l //; lia.
Qed.
Lemma card_even_subsets (T : finType) (W : {set T}) :
  #|[set A : {set T} | (A \subset W) && ~~ odd #|A|]| = (2 ^ #|W|.-1)%N.
Proof.
have [->|W0] := eqVneq W set0.
  rewrite cards0 /= (_ : [set A | _] = [set set0]) ?cards1 //; apply/setP => A; rewrite !inE subset0.
  by case: eqP => // ->; rewrite cards0.
have half : #|[set A : {set T} | (A \subset W) && ~~ odd #|A|]|%:R =
  \sum_(A : {set T} | A \subset W) (~~ odd #|A|)%:R :> rat.
  rewrite -sum1_card natr_sum (eq_bigl (fun A : {set T} => (A \subset W) && ~~ odd #|A|)) => [|A]; last by rewrite inE.
  by rewrite big_mkcondr; apply: eq_bigr => A _; case: (odd #|A|).
have all_subsets : (2 ^ #|W|)%:R = \sum_(A : {set T} | A \subset W) 1 :> rat.
  by rewrite -card_powerset -sum1_card natr_sum; apply: eq_bigl => A; rewrite inE.
apply/eqP; rewrite -(eqn_pmul2l (isT : (0 < 2)%N)) -expnS prednK ?card_gt0 // -(eqr_nat rat) natrM half all_subsets.
have := sum_signs rat W; rewrite (negPf W0) => z0.
rewrite mulr_sumr -[X in _ == X]addr0 -[X in _ == _ + X]z0 -big_split; apply/eqP/eq_bigr => A _.
by rewrite -signr_odd; case: (odd #|A|) => /=; rewrite ?mulr0 ?subrr ?mulr1.
Qed.

Lemma excess_even : (\sum_(2 <= w < m.+1 | ~~ odd w) excess w + 2 ^ #|unmet|.-1 =
  \sum_(0 <= w < m.+1 | ~~ odd w) #|even_sets w|)%N.
Proof.
rewrite -even_sets_even -(cardsID [set A : {set 'I_m} | A \subset unmet]) addnC; congr (_ + _)%N.
  rewrite -card_even_subsets; apply: eq_card => A; rewrite !inE andbC.
  by have [AU|] := boolP (A \subset unmet); rewrite ?andbF // unmet_even.
rewrite -sum1_card.
rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) (fun v : 'I_m.+1 => (1 < v)%N && ~~ odd v))
  /=.
  rewrite (@big_nat_widenl _ _ _ 2 0) // big_mkord; apply: eq_big => [w|w /andP[ow w2]]; first by rewrite andbC.
  rewrite /excess -sum1_card; apply: eq_bigl => A; rewrite !inE inord_eq.
  by case: eqP => [e|]; rewrite ?andbF //= e ow !andbT andbC.
move=> A; rewrite !inE (inordK (card_lt A)).
by case/andP=> nU /andP[ev ->]; rewrite (even_one ev nU).
Qed.
End Sets.

(** Any law on finitely many outcomes, each with rows of its own. *)
Section Law.
Variables (K : realFieldType) (m : nat) (T : finType) (P : T -> K) (rows : T -> seq (seq nat)).
Hypotheses (P_ge0 : forall t, 0 <= P t) (P_total : \sum_t P t = 1).
Implicit Types (w : nat) (t : T).

Definition mean (f : T -> K) : K := \sum_t P t * f t.
Definition Pr (Q : pred T) : K := mean (fun t => (Q t)%:R).
Definition expected_even_sets w : K := mean (fun t => #|even_sets m (rows t) w|%:R).
Definition expected_unmet_sets w : K := mean (fun t => 'C(#|unmet m (rows t)|, w)%:R).

Lemma mean_le f g : (forall t, f t <= g t) -> mean f <= mean g.
Proof. by move=> fg; apply: ler_sum => t _; rewrite ler_wpM2l. Qed.

Lemma mean_sum (I : Type) (s : seq I) (Q : pred I) (f : I -> T -> K) :
  mean (fun t => \sum_(i <- s | Q i) f i t) = \sum_(i <- s | Q i) mean (f i).
Proof. by rewrite /mean exchange_big; apply: eq_bigr => t _; rewrite mulr_sumr. Qed.

Lemma meanZ c f : mean (fun t => c * f t) = c * mean f.
Proof. by rewrite /mean mulr_sumr; apply: eq_bigr => t _; rewrite mulrCA. Qed.

Lemma meanD f g : mean (fun t => f t + g t) = mean f + mean g.
Proof. by rewrite /mean -big_split; apply: eq_bigr => t _; rewrite mulrDr. Qed.

Lemma mean1 : mean (fun=> 1) = 1.
Proof. by rewrite /mean -[RHS]P_total; apply: eq_bigr => t _; rewrite mulr1. Qed.

Lemma mean_excess w : mean (fun t => (excess m (rows t) w)%:R) = expected_even_sets w - expected_unmet_sets w.
Proof.
rewrite -mulN1r -meanZ -meanD; apply: eq_bigr => t _; congr (_ * _).
by rewrite even_setsE natrD mulN1r addrAC subrr add0r.
Qed.

Lemma Pr_excess k (Q : pred T) : (forall t, Q t <= \sum_(k <= w < m.+1) excess m (rows t) w)%N ->
  Pr Q <= \sum_(k <= w < m.+1) (expected_even_sets w - expected_unmet_sets w).
Proof.
move=> le; under eq_bigr => w _ do rewrite -mean_excess; rewrite -mean_sum; apply: mean_le => t.
by rewrite -natr_sum ler_nat.
Qed.

Lemma Pr_le (Q Q' : pred T) : (forall t, Q t -> Q' t) -> Pr Q <= Pr Q'.
Proof. by move=> le; apply: mean_le => t; case q: (Q t); rewrite ?(le t q) ?ler0n. Qed.

Lemma Pr_or (Q Q' : pred T) : Pr (fun t => Q t || Q' t) <= Pr Q + Pr Q'.
Proof. by rewrite -meanD; apply: mean_le => t; rewrite -natrD ler_nat; case: (Q t); case: (Q' t). Qed.

Lemma Pr_low_rank :
  Pr (fun t => (\rank (incidence rat m (rows t)) < m)%N) <= Pr (fun t => (\rank (incidence 'F_2 m (rows t)) < m)%N) /\
  Pr (fun t => (\rank (incidence 'F_2 m (rows t)) < m)%N) <=
    Pr (fun t => ~~ covered m (rows t)) + \sum_(2 <= w < m.+1) (expected_even_sets w - expected_unmet_sets w).
Proof.
split; first by apply: Pr_le => t; apply: leq_ltn_trans; apply: rank_rows_le.
apply: le_trans (lerD (lexx _) (Pr_excess (fun t => low_rank_excess m (rows t)))); apply: le_trans (Pr_or _ _).
by apply: Pr_le => t ->; rewrite andbT orNb.
Qed.

Lemma Pr_bounds :
  Pr (fun t => covered m (rows t)) - \sum_(3 <= w < m.+1) (expected_even_sets w - expected_unmet_sets w) <=
    Pr (fun t => recovers rat m (rows t)) <= Pr (fun t => covered m (rows t)).
Proof.
apply/andP; split; last by apply: Pr_le => t; apply: recovers_covered.
rewrite lerBlDr; apply: le_trans (lerD (lexx _) (Pr_excess (fun t => unrecovered_excess m (rows t)))).
by apply: le_trans (Pr_or _ _); apply: Pr_le => t ->; rewrite andTb orbN.
Qed.

Lemma Pr_recovers n : (forall t, size (rows t) = n) ->
  Pr (fun t => recovers rat m (rows t)) <=
  2%:R ^+ n.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) expected_even_sets w) - 1.
Proof.
move=> sz; rewrite lerBrDr -[X in _ + X <= _]mean1 -meanD -mean_sum -meanZ; apply: mean_le => t.
rewrite mulrAC ler_pdivlMr ?exprn_gt0 // mulrC natr1 -natr_sum -!natrX -!natrM ler_nat -add1n -(sz t).
exact: recovered_even_sets.
Qed.

Lemma Pr_recovers_short n (D := (m - n)%N) : (forall t, size (rows t) = n) -> (n < m)%N ->
  Pr (fun t => recovers rat m (rows t)) <=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (expected_even_sets w - expected_unmet_sets w) -
    \sum_(i < m.+1) Pr (fun t => #|unmet m (rows t)| == i) * (2 ^ D.-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ D.-1.
Proof.
move=> sz short; have D0 : (0 < D)%N by rewrite subn_gt0.
rewrite ler_pdivlMr ?exprn_gt0 // mulrC lerBrDr -meanZ.
have -> : \sum_(i < m.+1) Pr (fun t => #|unmet m (rows t)| == i) * (2 ^ D.-1 - 2 ^ i.-1)%N%:R =
    mean (fun t => (2 ^ D.-1 - 2 ^ #|unmet m (rows t)|.-1)%N%:R).
  under eq_bigr => i _ do rewrite mulrC -meanZ.
  rewrite -mean_sum; apply: eq_bigr => t _; congr (_ * _).
  have lt := card_lt (unmet m (rows t)).
  rewrite (bigD1 (Ordinal lt)) //= eqxx mulr1 big1 ?addr0 // => i.
  by rewrite -(inj_eq val_inj) eq_sym /= => /negPf ->; rewrite mulr0.
under [leRHS]eq_bigr => w _ do rewrite -mean_excess.
rewrite -meanD -mean_sum; apply: mean_le => t; rewrite -natr_sum -natrX -natrM -natrD ler_nat.
have := recovered_even_sets m (rows t); rewrite sz -excess_even; set Y := (\sum_(2 <= w < m.+1 | _) _)%N.
set U := unmet m (rows t).
have -> : (2 ^ m = 2 ^ n.+1 * 2 ^ D.-1)%N by rewrite -expnD; congr (_ ^ _)%N; rewrite /D; lia.
rewrite -mulnA leq_pmul2l ?expn_gt0 //; case: (boolP (recovers rat m (rows t))) => [/recovers_covered|_] /=.
  rewrite unmet_covered -/U => /eqP ->; rewrite cards0 /= expn0; have := expn_gt0 2 D.-1; lia.
by have := expn_gt0 2 #|U|.-1; lia.
Qed.
End Law.
