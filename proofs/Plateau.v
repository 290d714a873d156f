(** Start-up delays of two values, for which the expected number of rows stays at m for the time of a block: about
    half of the runs have too few rows at the fluid limit t*, and, if they need m rows, end later than t* by at least
    that time (docs/proofs/spanning.md, Proposition D).

    [x j]          whether worker [j] starts late, by [a]; all others start at once
    [rows_by x t]  how many rows have arrived by time [t]
    [nu t]         the expected number of rows by time [t] over m, each worker being late with probability 1/2 *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Latency.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Late.
Variable m : nat.
Notation starts := {ffun 'I_m -> bool}.
Implicit Types (x : starts) (k : nat).

(** The workers that start at once. *)
Definition prompt x : {set 'I_m} := [set j | ~~ x j].
Definition opposite x : starts := [ffun j => ~~ x j].

Lemma oppositeK : involutive opposite.
Proof. by move=> x; apply/ffunP => j; rewrite !ffunE negbK. Qed.

Lemma prompt_opposite x : (#|prompt x| + #|prompt (opposite x)| = m)%N.
Proof.
rewrite -[RHS](card_ord m) -cardsT -(cardsID (prompt x) setT) setTI; congr (_ + #|pred_of_set _|)%N.
by apply/setP => j; rewrite !inE ffunE andbT.
Qed.

Lemma card_starts : #|{: starts}| = (2 ^ m)%N.
Proof. by rewrite card_ffun card_bool card_ord. Qed.

Lemma count_prompt k : #|[set x | #|prompt x| == k]| = 'C(m, k).
Proof.
have inj : injective prompt.
  move=> x x' /setP e; apply/ffunP => j; have := e j; rewrite !inE.
  by case: (x j); case: (x' j).
rewrite -(card_imset _ inj) -[m in RHS]card_ord -card_draws; apply: eq_card => A; rewrite !inE.
apply/imsetP/idP => [[x]|Ak]; first by rewrite inE => /eqP <- ->.
have e : prompt [ffun j => j \notin A] = A by apply/setP => j; rewrite inE ffunE negbK.
by exists [ffun j => j \notin A]; rewrite ?inE e.
Qed.

(** Fewer than half of the workers start at once in as many cases as more than half. *)
Lemma count_few : (2 * #|[set x | (#|prompt x| * 2 < m)%N]| + (if odd m then 0 else 'C(m, m./2)) = 2 ^ m)%N.
Proof.
set few := [set x | _]; pose many := [set x | (m < #|prompt x| * 2)%N]; pose half := [set x | (#|prompt x| * 2)%N == m].
have same : #|many| = #|few|.
  rewrite -(card_imset _ (inv_inj oppositeK)); apply: eq_card => x.
  apply/imsetP/idP => [[y]|]; rewrite !inE => h; last exists (opposite x); rewrite ?oppositeK ?inE //.
    by move=> ->; have := prompt_opposite y; lia.
  by have := prompt_opposite x; lia.
have halves : #|half| = if odd m then 0%N else 'C(m, m./2).
  case: ifP => om.
    by apply: eq_card0 => x; rewrite inE; apply: contraTF om => /eqP <-; rewrite muln2 odd_double.
  rewrite -count_prompt; apply: eq_card => x; rewrite !inE.
  by move: #|prompt x| (odd_double_half m) => c; rewrite om add0n -muln2; lia.
rewrite -halves -card_starts -cardsT mul2n -addnn -{2}same -addnA -(cardsID few setT) setTI; congr (_ + _)%N.
rewrite -cardsUI (_ : many :&: half = set0) ?cards0 ?addn0; last by apply/setP => x; rewrite !inE; lia.
by apply: eq_card => x; rewrite !inE; lia.
Qed.
End Late.

(** The middle binomial coefficient is at most 4^k over the square root of 2 k + 1. *)
Lemma central k : ('C(k.*2, k) ^ 2 * k.*2.+1 <= 16 ^ k)%N.
Proof.
elim: k => // k IH; set c := 'C(k.*2, k) in IH; set e := 'C(k.*2.+1, k).
have up : 'C(k.+1.*2, k.+1) = (2 * e)%N.
  apply/eqP; rewrite -(eqn_pmul2l (ltn0Sn k)) doubleS -mul_bin_diag -/e mulnA.
  by apply/eqP; congr (_ * _)%N; lia.
have down : (k.*2.+1 * c = k.+1 * e)%N by rewrite mul_bin_down -/e; congr (_ * _)%N; lia.
rewrite up -(leq_pmul2l (_ : 0 < k.+1 ^ 2)%N) ?expn_gt0 //.
have -> : (k.+1 ^ 2 * ((2 * e) ^ 2 * k.+1.*2.+1) = 4 * (k.+1 * e) ^ 2 * k.+1.*2.+1)%N by rewrite !expnMn; lia.
rewrite -down; apply: (@leq_trans (4 * (k.*2.+1 * k.+1.*2.+1) * 16 ^ k)%N).
  have -> : (4 * (k.*2.+1 * c) ^ 2 * k.+1.*2.+1 = 4 * (k.*2.+1 * k.+1.*2.+1) * (c ^ 2 * k.*2.+1))%N.
    by rewrite expnMn -!mulnn; lia.
  by rewrite leq_mul2l IH orbT.
rewrite [(16 ^ k.+1)%N]expnS [leqRHS]mulnA leq_mul2r -mulnn; apply/orP; right; rewrite -!muln2; lia.
Qed.

Section Plateau.
Variables (R : realFieldType) (m d : nat) (tau a : R).
Hypotheses (d_gt0 : (0 < d)%N) (two_blocks : (d * 2 <= m.-1)%N) (tau_gt0 : 0 < tau).
Hypothesis a_late : tau * d%:R * 2%:R <= a.
Notation starts := {ffun 'I_m -> bool}.
Notation place := ('I_m * 'I_(blocks m d).+1)%type.
Implicit Types (x : starts) (t : R) (k : nat).

Definition delay x (j : 'I_m) : R := if x j then a else 0.
Definition rows_by x t : nat := #|[set p : place | arrival tau (delay x) p <= t]|.
Definition nu t : R := (\sum_x (rows_by x t)%:R) / 2%:R ^+ m / m%:R.
(** How often fewer than m rows have arrived by tau + tau d. *)
Definition short : R := #|[set x | (rows_by x (tau + tau * d%:R) < m)%N]|%:R / 2%:R ^+ m.

Let m_gt0 : (0 < m)%N. Proof. by move: d_gt0 two_blocks; lia. Qed.
Let y_gt0 : 0 < tau * d%:R. Proof. by rewrite mulr_gt0 ?ltr0n. Qed.

Lemma two_blocks_sent : (1 < blocks m d)%N.
Proof.
rewrite ltnNge; apply/negP => b1; have := blocks_enough m d_gt0.
by move: d_gt0 two_blocks; nia.
Qed.

(** Before row 2 of the workers that start at once, nobody who starts late has sent anything. *)
Lemma rows_level k x t : (k <= 2)%N -> (0 < k)%N ==> (tau + tau * d%:R * (k.-1)%:R <= t) ->
  t < tau + tau * d%:R * k%:R -> rows_by x t = (#|prompt x| * k)%N.
Proof.
move=> k2 low high; pose first_rows := [set b : 'I_(blocks m d).+1 | (b < k)%N].
have -> : k = #|first_rows|.
  have le : (k <= (blocks m d).+1)%N by apply: leq_trans k2 _; apply: ltnW two_blocks_sent.
  rewrite -sum1_card (eq_bigl (fun b : 'I_(blocks m d).+1 => b < k)%N) => [|b]; last by rewrite inE.
  by rewrite -(big_ord_widen _ (fun=> 1%N) le) sum1_card card_ord.
rewrite -cardsX /rows_by; apply: eq_card => -[j b]; rewrite !inE /arrival /delay /=.
have used0 : 0 <= tau * (used m d b)%:R :> R by rewrite mulr_ge0 ?ler0n ?(ltW tau_gt0).
case: (x j) => /=.
  apply: lt_geF; apply: lt_le_trans high _; rewrite mulrDr mulr1 addrCA lerD2l.
  apply: le_trans (_ : a <= _); last by rewrite lerDl.
  by apply: le_trans a_late; rewrite ler_pM2l // ler_nat.
rewrite add0r; case: (ltnP b k) => bk.
  move: low; rewrite (leq_ltn_trans (leq0n b) bk) /=; apply: le_trans.
  rewrite mulrDr mulr1 lerD2l -mulrA ler_pM2l // -natrM ler_nat.
  by apply: leq_trans (geq_minl _ _) _; rewrite leq_mul2l -ltnS (ltn_predK bk) bk orbT.
apply: lt_geF; apply: lt_le_trans high _; rewrite mulrDr mulr1 lerD2l -mulrA ler_pM2l // -natrM ler_nat.
apply: leq_trans (used_mono m d bk); rewrite leq_min leqnn /=.
by apply: leq_trans two_blocks; rewrite leq_mul2l k2 orbT.
Qed.

Lemma rows_by_mono x t t' : t <= t' -> (rows_by x t <= rows_by x t')%N.
Proof.
by move=> le; apply: subset_leq_card; apply/subsetP => p; rewrite !inE => /le_trans; apply.
Qed.

Lemma rows_plateau x t : tau + tau * d%:R <= t < tau + tau * d%:R * 2%:R -> rows_by x t = (#|prompt x| * 2)%N.
Proof. by move=> /andP[le lt]; apply: rows_level => //=; rewrite mulr1. Qed.

Lemma rows_at x : rows_by x (tau + tau * d%:R) = (#|prompt x| * 2)%N.
Proof. by apply: rows_plateau; rewrite lexx ltrD2l ltr_pMr // ltr1n. Qed.

Lemma mean_prompt : \sum_(x : starts) #|prompt x|%:R = m%:R / 2%:R * 2%:R ^+ m :> R.
Proof.
have two0 : 2%:R != 0 :> R by rewrite pnatr_eq0.
apply: (mulIf two0); rewrite mulr_natr mulr2n {2}(reindex_inj (inv_inj (@oppositeK m))) -big_split /=.
rewrite (eq_bigr (fun=> m%:R)) => [|x _]; last by rewrite -natrD prompt_opposite.
by rewrite sumr_const card_starts mulrAC divfK // -mulr_natr natrX.
Qed.

(** The expected number of rows is m from t* = tau + y on, for a time of y = tau d, and less than m before
    (docs/proofs/spanning.md, Proposition D). *)
Theorem plateau t : (t < tau + tau * d%:R -> nu t < 1) /\
  (tau + tau * d%:R <= t < tau + tau * d%:R * 2%:R -> nu t = 1).
Proof.
have m0 : m%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have p0 : 2%:R ^+ m != 0 :> R by rewrite expf_neq0 // pnatr_eq0.
have level k : (forall x, rows_by x t = #|prompt x| * k)%N -> nu t = k%:R / 2%:R.
  move=> rk; rewrite /nu (eq_bigr (fun x => #|prompt x|%:R * k%:R)) => [|x _]; last by rewrite rk natrM.
  by rewrite -mulr_suml mean_prompt [_ * k%:R]mulrC !mulrA mulfK // mulrAC mulfK.
split=> [lt|in_]; last by rewrite (level 2) ?divff ?pnatr_eq0 // => x; apply: rows_plateau.
have [early|late] := ltP t tau.
  rewrite (level 0%N) ?mul0r ?ltr01 // => x; apply: rows_level => //.
  by rewrite mulr0 addr0.
rewrite (level 1%N) => [|x]; last by apply: rows_level; rewrite //= ?mulr0 ?addr0 ?mulr1.
by rewrite ltr_pdivrMr ?ltr0n // mul1r ltr_nat.
Qed.

(** The number of rows at t* is twice a binomial variable of mean m/2 (docs/proofs/spanning.md, Proposition D). *)
Theorem plateau_binomial k : #|[set x | rows_by x (tau + tau * d%:R) == (k * 2)%N]| = 'C(m, k) /\
  forall x, exists k0, rows_by x (tau + tau * d%:R) = (k0 * 2)%N.
Proof.
split=> [|x]; last by exists #|prompt x|; apply: rows_at.
by rewrite -count_prompt; apply: eq_card => x; rewrite !inE rows_at eqn_pmul2r.
Qed.

(** It is less than m with a probability of at most 1/2 that differs from it by at most half of the inverse
    square root of m + 1, and not at all for odd m (docs/proofs/spanning.md, Proposition D). *)
Theorem plateau_short : 0 <= 1 - 2%:R * short /\ (1 - 2%:R * short) ^+ 2 * m.+1%:R <= 1 /\
  (odd m -> short = 2%:R^-1).
Proof.
have p0 : 0 < 2%:R ^+ m :> R by rewrite exprn_gt0 ?ltr0n.
have shortE : short = #|[set x : starts | (#|prompt x| * 2 < m)%N]|%:R / 2%:R ^+ m.
  by rewrite /short; congr (_%:R / _); apply: eq_card => x; rewrite !inE rows_at.
set c := if odd m then 0%N else 'C(m, m./2).
have e : 1 - 2%:R * short = c%:R / 2%:R ^+ m.
  have pn : 2%:R ^+ m != 0 :> R by rewrite gt_eqF.
  rewrite shortE mulrA -[X in X - _](divff pn) -mulrBl; congr (_ / _).
  by rewrite -natrX -natrM -(count_few m) natrD addrAC subrr add0r.
split; first by rewrite e divr_ge0 ?ler0n ?ltW.
split=> [|om]; last first.
  move: e; rewrite /c om mul0r => /eqP; rewrite subr_eq0 => /eqP h.
  by apply: (@mulfI _ 2%:R); rewrite ?pnatr_eq0 // -h divff ?pnatr_eq0.
rewrite e expr_div_n mulrAC ler_pdivrMr ?exprn_gt0 // mul1r -!natrX -natrM ler_nat /c.
case: ifP => om; first by rewrite exp0n.
have me : m = m./2.*2 by rewrite -{1}[m]odd_double_half om.
have := central m./2; rewrite -me => /leq_trans; apply.
have -> : ((2 ^ m) ^ 2 = (2 ^ 4) ^ m./2)%N by rewrite -!expnM {1}me -muln2 -mulnA mulnC.
by [].
Qed.

(** If fewer than m rows have arrived by t*, row m or any later row arrives at t* + y at the earliest
    (docs/proofs/spanning.md, Proposition D). *)
Theorem plateau_path x (s : seq place) p0 M : arrival_order tau (delay x) s -> (m <= M <= size s)%N ->
  (rows_by x (tau + tau * d%:R) < m)%N ->
  tau + tau * d%:R + tau * d%:R <= arrival tau (delay x) (nth p0 s M.-1).
Proof.
move=> [pe so] /andP[mM Ms] few; rewrite leNgt; apply/negP; set T := arrival _ _ _ => lt.
have M0 : (0 < M)%N := leq_trans m_gt0 mM.
have uM : uniq (take M s) by rewrite take_uniq // (perm_uniq pe) enum_uniq.
have all_by : (M <= rows_by x T)%N.
  rewrite -{1}(size_takel Ms) -(card_uniqP uM); apply: subset_leq_card; apply/subsetP => p pin; rewrite inE.
  have lt_p : (index p (take M s) < M)%N by rewrite -[X in (_ < X)%N](size_takel Ms) index_mem.
  rewrite -(nth_index p0 pin) nth_take // /T.
  have tr : transitive (fun q r : place => arrival tau (delay x) q <= arrival tau (delay x) r).
    by move=> q r u; apply: le_trans.
  apply: (sorted_leq_nth tr (fun=> lexx _) p0 so); rewrite ?inE ?prednK //; first exact: leq_trans lt_p Ms.
  by rewrite -ltnS prednK.
have : (rows_by x T <= rows_by x (tau + tau * d%:R))%N; last first.
  by rewrite leqNgt (leq_trans few) // (leq_trans mM).
have [le|gt] := leP T (tau + tau * d%:R); first exact: rows_by_mono.
by rewrite rows_at (rows_plateau x) // ltW //= -[2%:R]/(1 + 1) mulrDr mulr1 addrA.
Qed.
End Plateau.

(** P(T >= t* + y) is at least P(M' >= m) - 1/2 - c, where 1/2 - c is [short], for any joint law of codes and delays on
    finitely many outcomes in which each worker is late with probability 1/2, independently of the others
    (docs/proofs/spanning.md, Proposition D). *)
Theorem plateau_late (R : realFieldType) (m d : nat) (tau a : R) (F : fieldType) (Omega : finType) (weight : Omega -> R)
    (x : Omega -> {ffun 'I_m -> bool}) (C : Omega -> nat -> seq nat) (s : Omega -> seq ('I_m * 'I_(blocks m d).+1))
    (M : Omega -> nat) p0 :
  (0 < d)%N -> (d * 2 <= m.-1)%N -> 0 < tau -> tau * d%:R * 2%:R <= a -> (forall e, 0 <= weight e) ->
  (forall x0, \sum_(e | x e == x0) weight e = 1 / 2%:R ^+ m) ->
  (forall e, code m (C e)) -> (forall e, arrival_order tau (delay a (x e)) (s e)) ->
  (forall e, stops_at F (C e) (s e) (M e)) ->
  \sum_(e | (m <= M e)%N) weight e - (1 - short m d tau a) <=
  \sum_(e | tau + tau * d%:R + tau * d%:R <= arrival tau (delay a (x e)) (nth p0 (s e) (M e).-1)) weight e.
Proof.
move=> d0 m2 tau0 a2 w0 fair Cc so st; have m0 : (0 < m)%N by lia.
pose few e := (rows_by d tau a (x e) (tau + tau * d%:R) < m)%N.
have share_few : \sum_(e | few e) weight e = short m d tau a.
  rewrite (partition_big x (fun x0 => rows_by d tau a x0 (tau + tau * d%:R) < m)%N) //.
  rewrite (eq_bigr (fun=> 1 / 2%:R ^+ m)) => [|x0 x0few]; last first.
    by rewrite -(fair x0); apply: eq_bigl => e; rewrite /few; case: eqP => [->|_]; rewrite ?x0few ?andbF.
  rewrite big_const_seq; rewrite -big_const_seq /short.
  by rewrite sumr_const -mulr_natl mulrA mulr1 -cardsE.
rewrite -share_few; pose T e := arrival tau (delay a (x e)) (nth p0 (s e) (M e).-1).
pose late e := tau + tau * d%:R + tau * d%:R <= T e.
have total : \sum_e weight e = 1.
  rewrite (partition_big x xpredT) //= (eq_bigr _ (fun x0 _ => fair x0)) sumr_const card_starts.
  by rewrite -[LHS]mulr_natr natrX divfK // expf_neq0 // pnatr_eq0.
have both : \sum_(e | (m <= M e)%N) weight e + \sum_(e | few e) weight e <= \sum_(e | late e) weight e + 1.
  rewrite -total [X in X + _]big_mkcond [X in _ + X <= _]big_mkcond [X in _ <= X + _]big_mkcond -!big_split /=.
  apply: ler_sum => e _; have we := w0 e.
  have [mM|_] := leqP m (M e); last first.
    by rewrite add0r; apply: ler_wpDl; [case: (late e) | case: (few e)].
  have [fe|_] := boolP (few e); last by rewrite addr0 lerDr; case: (late e).
  rewrite (_ : late e) //; apply: (plateau_path d0 m2 tau0 a2 p0 (so e)) => //.
  by have /andP[_ ->] := stops_at_bounds m0 (st e); rewrite mM.
by rewrite opprB addrA lerBlDr.
Qed.
