(** First moments of rows that are independent (docs/proofs/spanning.md, Proposition 1.8). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From mathcomp Require Import finalg.
From SRTheory Require Import Span SumRecovery Codes Parity RandomRows.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Any law of the rows: the smallest sets, and kernel vectors over a finite field. *)
Section AnyLaw.
Variables (K : realFieldType) (m : nat) (T : finType) (P : T -> K) (rows : T -> seq (seq nat)).
Hypotheses (P_ge0 : forall t, 0 <= P t) (P_total : \sum_t P t = 1).

Lemma first_sets (U := RandomRows.mean P (fun t => #|unmet m (rows t)|%:R)) :
  [/\ expected_even_sets m P rows 0 = 1, expected_unmet_sets m P rows 0 = 1, expected_even_sets m P rows 1 = U,
      expected_unmet_sets m P rows 1 = U &
      forall w, expected_unmet_sets m P rows w <= expected_even_sets m P rows w].
Proof.
have small w t : (w < 2)%N -> #|even_sets m (rows t) w| = 'C(#|unmet m (rows t)|, w).
  move=> w2; rewrite even_setsE (_ : excess m (rows t) w = 0%N) ?addn0 //; apply/eqP; rewrite cards_eq0.
  apply/eqP/setP => A; rewrite !inE; apply/negP => /andP[/andP[/eqP Aw ev] nU].
  by have := even_one ev nU; rewrite Aw ltnNge -ltnS w2.
have one (f : T -> nat) : (forall t, f t = 1%N) -> RandomRows.mean P (fun t => (f t)%:R) = 1.
  by move=> f1; rewrite -[RHS]P_total; apply: eq_bigr => t _; rewrite f1 mulr1.
split=> [||||w].
- by apply: one => t; rewrite small // bin0.
- by apply: one => t; rewrite bin0.
- by apply: eq_bigr => t _; rewrite small // bin1.
- by apply: eq_bigr => t _; rewrite bin1.
by apply: RandomRows.mean_le => // t; rewrite even_setsE ler_nat leq_addr.
Qed.

Lemma Pr_recovers_field (F : finFieldType) (q := #|F|) n : (forall t, size (rows t) = n) ->
  RandomRows.Pr P (fun t => recovers rat m (rows t)) <= (q%:R ^+ n.+1 / q%:R ^+ m * (\sum_(x : 'cV[F]_m | total x == 0)
    RandomRows.Pr P (fun t => incidence F m (rows t) *m x == 0)) - 1) / q.-1%:R.
Proof.
move=> sz; have q1 : (1 < q)%N := card_finRing_gt1 F; have q0 : 0 < q.-1%:R :> K by rewrite ltr0n -ltnS prednK // ltnW.
have qm : 0 < q%:R ^+ m :> K by rewrite exprn_gt0 // ltr0n ltnW.
rewrite /RandomRows.Pr ler_pdivlMr // lerBrDr mulrC -RandomRows.meanZ -[X in _ + X <= _](mean1 P_total).
rewrite -RandomRows.meanD -RandomRows.mean_sum -RandomRows.meanZ; apply: RandomRows.mean_le => // t.
rewrite -(sz t); have := solutions_of_recovery F m (rows t).
rewrite -/q -(leq_pmul2r (_ : 0 < q ^ m)%N) ?expn_gt0 ?(ltnW q1) //.
rewrite dual_count; set k := #|[set x : 'cV[F]_m | _]|; rewrite -(ler_nat K) !natrM !natrX natrD natrM subn1 => le.
rewrite mulrAC ler_pdivlMr // addrC; apply: le_trans le _; rewrite ler_pM2l ?exprn_gt0 ?ltr0n ?(ltnW q1) //.
rewrite /k -sum1_card natr_sum big_mkcond [leRHS]big_mkcond; apply: ler_sum => x _; rewrite inE.
by case: (_ *m x == 0); case: (total x == 0).
Qed.
End AnyLaw.

(** [k] independent rows, each with a law [mu] on the sets of symbols that permutations of the symbols do not change,
    and the systematic rows of the symbols in [S]. *)
Section Independent.
Variables (K : realFieldType) (m k : nat) (mu : {set 'I_m} -> K) (S : {set 'I_m}).
Hypotheses (mu_ge0 : forall B, 0 <= mu B) (mu_total : \sum_(B : {set 'I_m}) mu B = 1).
Hypothesis mu_symmetric : forall (p : 'S_m) (B : {set 'I_m}), mu (p @^-1: B) = mu B.
Notation draws := {ffun 'I_k -> {set 'I_m}}.
Implicit Types (A B : {set 'I_m}) (R : draws) (s w : nat).

Definition weight R : K := \prod_i mu (R i).
Definition received R : seq (seq nat) :=
  [seq [:: val j] | j <- enum S] ++ [seq [seq val l | l <- enum (R i)] | i <- enum 'I_k].
Notation mean := (mean weight).
Notation Pr := (Pr weight).

(** The law of a row's degree; the probabilities that a row meets a set of [w] symbols evenly, and that it misses it. *)
Definition degree_law s : K := \sum_(B : {set 'I_m} | #|B| == s) mu B.
Definition even_chance w : K :=
  \sum_(s < m.+1) degree_law s * ((\sum_(i < s.+1 | ~~ odd i) 'C(w, i) * 'C(m - w, s - i))%:R / 'C(m, s)%:R).
Definition miss_chance w : K := \sum_(s < m.+1) degree_law s * ('C(m - w, s)%:R / 'C(m, s)%:R).
(** A_w and U_w. *)
Definition even_moment w : K := 'C(#|~: S|, w)%:R * even_chance w ^+ k.
Definition missed_moment w : K := 'C(#|~: S|, w)%:R * miss_chance w ^+ k.

Lemma weight_ge0 R : 0 <= weight R.
Proof. by apply: prodr_ge0. Qed.

Lemma mean_forall (Q : pred {set 'I_m}) :
  mean (fun R => [forall i, Q (R i)]%:R) = (\sum_(B : {set 'I_m} | Q B) mu B) ^+ k.
Proof.
rewrite big_mkcond -[k in RHS]card_ord -prodr_const bigA_distr_bigA; apply: eq_bigr => R _.
case: (boolP [forall i, Q (R i)]) => [/forallP q|/forallPn[i nq]].
  by rewrite mulr1; apply: eq_bigr => i _; rewrite q.
by rewrite mulr0 (bigD1 i) //= (negPf nq) mul0r.
Qed.

Lemma weight_total : \sum_R weight R = 1.
Proof.
rewrite -[RHS](expr1n _ k) -mu_total -(mean_forall predT); apply: eq_bigr => R _.
by rewrite (_ : [forall i, _]) ?mulr1 //; apply/forallP.
Qed.

Lemma mu_degree B : mu B = degree_law #|B| / 'C(m, #|B|)%:R.
Proof.
have le : (#|B| <= m)%N by have := max_card B; rewrite card_ord.
have -> : degree_law #|B| = 'C(m, #|B|)%:R * mu B.
  rewrite /degree_law (eq_bigr (fun=> mu B)) => [|A /eqP/set_transitive[p <-]]; last by rewrite mu_symmetric.
  rewrite sumr_const mulr_natl; congr (_ *+ _); have := card_draws 'I_m #|B|; rewrite card_ord => <-.
  by apply: eq_card => A; rewrite !inE.
by rewrite mulrAC divff ?mul1r // pnatr_eq0 -lt0n bin_gt0.
Qed.

Lemma chance (Q : pred {set 'I_m}) : \sum_(B : {set 'I_m} | Q B) mu B =
  \sum_(s < m.+1) degree_law s * (#|[set B : {set 'I_m} | (#|B| == s) && Q B]|%:R / 'C(m, s)%:R).
Proof.
rewrite (partition_big (fun B : {set 'I_m} => inord #|B| : 'I_m.+1) xpredT) //=; apply: eq_bigr => s _.
rewrite -sum1_card natr_sum mulr_suml mulr_sumr; apply: eq_big => [B|B /andP[_]].
  by rewrite inE andbC -(inj_eq val_inj) /= inordK ?card_lt.
by rewrite -(inj_eq val_inj) /= inordK ?card_lt // => /eqP <-; rewrite mul1r mu_degree.
Qed.

Lemma card_meets A s i : (i <= s)%N ->
  #|[set B : {set 'I_m} | (#|B| == s) && (#|A :&: B| == i)]| = ('C(#|A|, i) * 'C(m - #|A|, s - i))%N.
Proof.
move=> le; pose X := [set B : {set 'I_m} | B \subset A & #|B| == i].
pose Y := [set B : {set 'I_m} | B \subset ~: A & #|B| == (s - i)%N].
have split_union P : P \in setX X Y -> A :&: (P.1 :|: P.2) = P.1 /\ ~: A :&: (P.1 :|: P.2) = P.2.
  rewrite !inE => /andP[/andP[XA _] /andP[YA _]]; rewrite !setIUr (setIidPr XA) (setIidPr YA).
  by split; [rewrite (_ : A :&: P.2 = set0) ?setU0 | rewrite (_ : ~: A :&: P.1 = set0) ?set0U] => //;
    rewrite setIC; apply/eqP; rewrite setI_eq0 disjoints_subset ?setCK.
have rest B : #|~: A :&: B| = (#|B| - #|A :&: B|)%N by rewrite -(cardsID A B) [A :&: B]setIC addKn setDE setIC.
have -> : [set B : {set 'I_m} | (#|B| == s) && (#|A :&: B| == i)] = [set P.1 :|: P.2 | P in setX X Y].
  apply/setP => B; rewrite inE; apply/andP/imsetP => [[/eqP Bs /eqP Bi]|[P PXY ->]].
    exists (A :&: B, ~: A :&: B); last by rewrite /= -setIUl setUCr setTI.
    rewrite !inE /= !subsetIl; apply/andP; split; apply/eqP; first exact: Bi.
    by rewrite -Bs -Bi; apply: rest.
  have [e1 e2] := split_union P PXY; rewrite e1; move: PXY; rewrite !inE => /andP[/andP[_ /eqP c1] /andP[_ /eqP c2]].
  by rewrite c1 eqxx; split=> //; have := rest (P.1 :|: P.2); rewrite e1 e2 c1 c2; have := subset_leq_card (subsetIr A
    (P.1 :|: P.2)); rewrite e1 c1; lia.
rewrite card_in_imset => [|P P' /split_union[e1 e2] /split_union[e1' e2'] e]; last first.
  case: P P' e1 e2 e1' e2' e => [X1 Y1] [X2 Y2] /= e1 e2 e1' e2' e.
  by congr (_, _); [rewrite -e1 -e1' e | rewrite -e2 -e2' e].
by rewrite cardsX !cards_draws; congr (_ * 'C(_, _))%N; rewrite [LHS]cardsCs setCK card_ord.
Qed.

(** Any set of [w] symbols is met evenly with the same probability, a sum over the degrees (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem chance_even A : \sum_(B : {set 'I_m} | ~~ odd #|A :&: B|) mu B = even_chance #|A|.
Proof.
rewrite chance; apply: eq_bigr => s _; congr (_ * (_%:R / _)).
rewrite -sum1_card (partition_big (fun B => inord #|A :&: B| : 'I_s.+1) (fun i : 'I_s.+1 => ~~ odd i)) /=.
  apply: eq_bigr => i oi; rewrite -card_meets ?leq_ord // -sum1_card; apply: eq_bigl => B; rewrite !inE -andbA.
  case: eqP => //= Bs; have lt : (#|A :&: B| < s.+1)%N by rewrite ltnS -Bs subset_leq_card ?subsetIr.
  by rewrite -(inj_eq val_inj) /= inordK // andbC; case: eqP => // ->.
move=> B; rewrite inE => /andP[/eqP Bs]; rewrite inordK // ltnS -Bs subset_leq_card //.
exact: subsetIr.
Qed.

(** And missed (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem chance_missed A : \sum_(B : {set 'I_m} | [disjoint A & B]) mu B = miss_chance #|A|.
Proof.
rewrite chance; apply: eq_bigr => s _; congr (_ * (_%:R / _)).
have -> : (m - #|A| = #|~: A|)%N by rewrite [RHS]cardsCs setCK card_ord.
rewrite -cards_draws; apply: eq_card => B; rewrite !inE andbC; congr (_ && _).
by rewrite disjoint_sym disjoints_subset.
Qed.

Lemma mean_sets (E : {set 'I_m} -> pred {set 'I_m}) w c :
  (forall A, #|A| = w -> \sum_(B : {set 'I_m} | E A B) mu B = c) ->
  mean (fun R => #|[set A : {set 'I_m} | (A \subset ~: S) && (#|A| == w) && [forall i, E A (R i)]]|%:R) =
    'C(#|~: S|, w)%:R * c ^+ k.
Proof.
move=> cE; transitivity (mean (fun R => \sum_(A : {set 'I_m} | (A \subset ~: S) && (#|A| == w))
    [forall i, E A (R i)]%:R)).
  apply: eq_bigr => R _; congr (_ * _); rewrite -sum1_card natr_sum.
  rewrite (eq_bigl (fun A : {set 'I_m} => (A \subset ~: S) && (#|A| == w) && [forall i, E A (R i)])) => [|A].
    by rewrite big_mkcondr; apply: eq_bigr => A _; case: [forall i, _].
  by rewrite inE.
rewrite mean_sum -cards_draws mulr_natl -sumr_const; apply: eq_big => [A|A /andP[_ /eqP Aw]]; first by rewrite inE.
by rewrite mean_forall cE.
Qed.

Lemma even_received R A :
  even_set (received R) A = (A \subset ~: S) && [forall i, ~~ odd #|A :&: R i|].
Proof.
rewrite /even_set all_cat all_map; congr (_ && _).
  have one j : [set l in A | val l \in [:: val j]] = if j \in A then [set j] else set0.
    apply/setP => l; rewrite !inE (inj_eq val_inj); case: (boolP (j \in A)) => jA; rewrite ?inE.
      by case: eqP => [->|]; rewrite ?andbT ?andbF.
    by case: eqP => [->|]; rewrite ?andbF // (negPf jA).
  apply/allP/subsetP => [ev j jA|sub j]; last first.
    by rewrite mem_enum /= one => jS; case: ifP => [/sub|]; rewrite ?cards0 // inE jS.
  by rewrite inE; apply/negP => jS; have := ev j; rewrite mem_enum /= one jA cards1 => /(_ jS).
have meet i : [set l in A | val l \in [seq val l | l <- enum (R i)]] = A :&: R i.
  by apply/setP => l; rewrite !inE mem_map ?mem_enum //; apply: val_inj.
rewrite all_map; apply/allP/forallP => [ev i|ev i _]; last by rewrite /= meet; apply: ev.
by have := ev i; rewrite mem_enum /= meet; apply.
Qed.

Lemma unmet_received R A :
  (A \subset unmet m (received R)) = (A \subset ~: S) && [forall i, [disjoint A & R i]].
Proof.
apply/subsetP/andP => [un|[/subsetP AS /forallP dis] l lA].
  split; first apply/subsetP => j jA.
    rewrite inE; apply/negP => jS; have := un j jA; rewrite inE => /allP/(_ [:: val j]).
    by rewrite mem_cat map_f ?mem_enum // mem_seq1 eqxx => /(_ isT).
  apply/forallP => i; rewrite disjoints_subset; apply/subsetP => l lA; rewrite inE; apply/negP => lR.
  have := un l lA; rewrite inE => /allP/(_ [seq val l | l <- enum (R i)]).
  by rewrite mem_cat (map_f (fun i => [seq val l | l <- enum (R i)])) ?mem_enum // orbT map_f ?mem_enum // => /(_ isT).
rewrite inE; apply/allP => r; rewrite mem_cat => /orP[] /mapP[j]; rewrite mem_enum => jS ->.
  rewrite inE (inj_eq val_inj); apply: contraTneq (AS l lA) => ->; by rewrite inE jS.
rewrite mem_map ?mem_enum; last exact: val_inj.
by have := dis j; rewrite disjoints_subset => /subsetP/(_ l lA); rewrite inE.
Qed.

(** (a) A_w is the expected number of even sets of [w] symbols ... (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem independent_even w : expected_even_sets m weight received w = even_moment w.
Proof.
rewrite /even_moment -(@mean_sets (fun A B => ~~ odd #|A :&: B|) w) => [|A <-]; last exact: chance_even.
apply: eq_bigr => R _; congr (_ * _%:R); apply: eq_card => A.
by rewrite !inE even_received [in RHS](andbC (A \subset _)) andbA.
Qed.

(** ... and U_w that of sets of [w] uncovered symbols (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem independent_unmet w : expected_unmet_sets m weight received w = missed_moment w.
Proof.
rewrite /missed_moment -(@mean_sets (fun A B => [disjoint A & B]) w) => [|A <-]; last exact: chance_missed.
apply: eq_bigr => R _; congr (_ * _%:R); rewrite -cards_draws; apply: eq_card => A.
by rewrite !inE unmet_received andbAC.
Qed.

(** (a) A_0 = U_0 = 1, A_1 = U_1, the mean number of uncovered symbols, and A_w >= U_w (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem independent_moments (U := mean (fun R => #|unmet m (received R)|%:R)) :
  [/\ even_moment 0 = 1, missed_moment 0 = 1, even_moment 1 = U, missed_moment 1 = U &
    forall w, missed_moment w <= even_moment w].
Proof.
have [e0 u0 e1 u1 le] := first_sets m received weight_ge0 weight_total.
by split=> [||||w]; rewrite -?independent_even -?independent_unmet.
Qed.

(** (b) The probability that every symbol is covered and the rank modulo 2 is below m (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem independent_low_rank :
  Pr (fun R => covered m (received R) && (\rank (incidence 'F_2 m (received R)) < m)%N) <=
  \sum_(2 <= w < m.+1) (even_moment w - missed_moment w).
Proof.
under eq_bigr => w _ do rewrite -independent_even -independent_unmet.
by apply: Pr_excess => [R|R]; [apply: weight_ge0 | apply: low_rank_excess].
Qed.

(** (b) So P(rank over Q < m) <= P(rank modulo 2 < m) <= P(some symbol is uncovered) + X (docs/proofs/spanning.md,
    Proposition 1.8). *)
Corollary independent_rank :
  Pr (fun R => (\rank (incidence rat m (received R)) < m)%N) <=
    Pr (fun R => (\rank (incidence 'F_2 m (received R)) < m)%N) /\
  Pr (fun R => (\rank (incidence 'F_2 m (received R)) < m)%N) <=
    Pr (fun R => ~~ covered m (received R)) + \sum_(2 <= w < m.+1) (even_moment w - missed_moment w).
Proof.
under eq_bigr => w _ do rewrite -independent_even -independent_unmet.
exact: Pr_low_rank weight_ge0.
Qed.

(** (b') The probability that every symbol is covered and the sum is not recovered over Q (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem independent_unrecovered :
  Pr (fun R => covered m (received R) && ~~ recovers rat m (received R)) <=
  \sum_(3 <= w < m.+1) (even_moment w - missed_moment w).
Proof.
under eq_bigr => w _ do rewrite -independent_even -independent_unmet.
by apply: Pr_excess => [R|R]; [apply: weight_ge0 | apply: unrecovered_excess].
Qed.

(** So the law of coverage holds the law of recovery from both sides (docs/proofs/spanning.md, Proposition 1.8). *)
Corollary independent_bounds :
  Pr (fun R => covered m (received R)) - \sum_(3 <= w < m.+1) (even_moment w - missed_moment w) <=
    Pr (fun R => recovers rat m (received R)) <= Pr (fun R => covered m (received R)).
Proof.
under eq_bigr => w _ do rewrite -independent_even -independent_unmet.
exact: Pr_bounds weight_ge0.
Qed.

(** (d') Few rows seldom recover (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem independent_recovered (n := (#|S| + k)%N) :
  Pr (fun R => recovers rat m (received R)) <=
  2%:R ^+ n.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_moment w) - 1.
Proof.
under eq_bigr => w _ do rewrite -independent_even.
apply: Pr_recovers => [R||R]; first exact: weight_ge0; first exact: weight_total.
by rewrite size_cat 2!size_map size_enum_ord -cardE.
Qed.

(** (d') The same by kernel vectors over a finite field of q elements (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem independent_field (F : finFieldType) (q := #|F|) (n := (#|S| + k)%N) :
  Pr (fun R => recovers rat m (received R)) <= (q%:R ^+ n.+1 / q%:R ^+ m * (\sum_(x : 'cV[F]_m | total x == 0)
    Pr (fun R => incidence F m (received R) *m x == 0)) - 1) / q.-1%:R.
Proof.
apply: Pr_recovers_field => [R||R]; first exact: weight_ge0; first exact: weight_total.
by rewrite size_cat 2!size_map size_enum_ord -cardE.
Qed.
End Independent.
