(** What further rows cannot destroy has a probability that grows with the law of the rows sent
    (docs/proofs/spanning.md, Proposition 1.6), whose probabilities are of any ordered field. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Codes CoverageLaw FirstMoment CountLaws TimeLaws.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** One number: differences of probabilities whose tails are not negative. *)
Lemma tails_ge0 (K : realFieldType) (D g : nat -> K) s k : (forall a, 0 <= \sum_(a <= b < s + k) D b) ->
  (forall a, (s <= a)%N -> (a.+1 < s + k)%N -> g a <= g a.+1) ->
  g s * (\sum_(s <= b < s + k) D b) <= \sum_(s <= b < s + k) D b * g b.
Proof.
elim: k s => [|k IH] s tails mono; first by rewrite addn0 !big_geq ?mulr0.
have lt : (s < s + k.+1)%N by rewrite addnS ltnS leq_addr.
rewrite !(big_ltn lt) mulrDr [g s * D s]mulrC lerD2l; rewrite addnS -addSn in tails mono *.
apply: le_trans (IH s.+1 tails _) => [|a sa]; last by apply: mono; apply: ltnW.
case: k {IH lt} tails mono => [|k] tails mono; first by rewrite addn0 !big_geq ?mulr0.
by rewrite ler_wpM2r // mono // addSn ltnS addnS ltnS leq_addr.
Qed.

Section Coordinates.
Variables (K : realFieldType) (m M : nat).
Notation counts := {ffun 'I_m -> 'I_M.+1}.
Implicit Types (P : 'I_m -> nat -> K) (f : counts -> K) (n : counts) (i j : 'I_m).

Definition with_count n i (k : 'I_M.+1) : counts := [ffun j => if j == i then k else n j].
Definition average P f : K := \sum_(n : counts) (\prod_j P j (n j)) * f n.
Definition growing f : Prop := forall n n' : counts, (forall j, (n j <= n' j)%N) -> f n <= f n'.

Lemma average_split P f i :
  average P f = \sum_(n : counts | n i == ord0) (\prod_(j | j != i) P j (n j)) *
    \sum_(k < M.+1) P i k * f (with_count n i k).
Proof.
rewrite /average (partition_big (fun n : counts => with_count n i ord0) (fun n : counts => n i == ord0)) /=.
  apply: eq_bigr => n /eqP ni; rewrite mulr_sumr.
  rewrite (reindex_onto (fun k : 'I_M.+1 => with_count n i k) (fun n' : counts => n' i)) /=.
    apply: eq_big => [k|k _].
      rewrite ffunE eqxx eqxx andbT; apply/eqP/ffunP => j; rewrite !ffunE.
      by case: eqP => // ->.
    rewrite (bigD1 i) //= ffunE eqxx mulrA [P i k * _]mulrC; congr (_ * _ * _).
    by apply: eq_bigr => j /negPf ji; rewrite ffunE ji.
  move=> n' /eqP <-; apply/ffunP => j; rewrite !ffunE; case: eqP => [->//|].
  by [].
by move=> n _; rewrite ffunE eqxx.
Qed.

Lemma average_step P P' f i : growing f -> (forall j k, 0 <= P j k) ->
  (forall j, j != i -> P' j = P j) ->
  \sum_(0 <= k < M.+1) P i k = \sum_(0 <= k < M.+1) P' i k ->
  (forall a, \sum_(a <= k < M.+1) P i k <= \sum_(a <= k < M.+1) P' i k) -> average P f <= average P' f.
Proof.
move=> grow P0 same total tails; rewrite !(average_split _ _ i); apply: ler_sum => n _.
have -> : \prod_(j | j != i) P' j (n j) = \prod_(j | j != i) P j (n j) by apply: eq_bigr => j ji; rewrite same.
rewrite ler_wpM2l ?prodr_ge0 // -subr_ge0 -sumrB.
pose D k := P' i k - P i k; pose g (k : nat) := f (with_count n i (inord k)).
have -> : \sum_(k < M.+1) (P' i k * f (with_count n i k) - P i k * f (with_count n i k)) =
    \sum_(0 <= k < 0 + M.+1) D k * g k.
  by rewrite add0n big_mkord; apply: eq_bigr => k _; rewrite /g inord_val mulrBl.
have sumD a : \sum_(a <= k < 0 + M.+1) D k = \sum_(a <= k < M.+1) P' i k - \sum_(a <= k < M.+1) P i k.
  by rewrite sumrB.
apply: le_trans (tails_ge0 _ _); first by rewrite sumD total subrr mulr0.
  by move=> a; rewrite sumD subr_ge0.
move=> a _ aM; apply: grow => j; rewrite !ffunE; case: eqP => // _.
by rewrite !inordK // ltnW.
Qed.

(** One worker after the other takes the other law. *)
Lemma average_mono (p p' : nat -> K) f : growing f -> (forall k, 0 <= p k) -> (forall k, 0 <= p' k) ->
  \sum_(0 <= k < M.+1) p k = \sum_(0 <= k < M.+1) p' k ->
  (forall a, \sum_(a <= k < M.+1) p k <= \sum_(a <= k < M.+1) p' k) ->
  average (fun=> p) f <= average (fun=> p') f.
Proof.
move=> grow p0 p'0 total tails; pose mixed l (j : 'I_m) := if (j < l)%N then p' else p.
have mixed0 l j k : 0 <= mixed l j k by rewrite /mixed; case: ifP.
have step l : (l <= m)%N -> average (fun=> p) f <= average (mixed l) f.
  elim: l => [//|l IH] lm; apply: le_trans (IH (ltnW lm)) _; apply: (@average_step _ _ _ (Ordinal lm)) => //.
  - move=> j; rewrite -(inj_eq val_inj) /= /mixed => /negPf jl.
    by rewrite ltnS leq_eqVlt jl.
  - by rewrite /mixed /= ltnn ltnSn.
  - by move=> a; rewrite /mixed /= ltnn ltnSn.
apply: le_trans (step m (leqnn m)) _; rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => n _.
by congr (_ * _); apply: eq_bigr => j _; rewrite /mixed ltn_ord.
Qed.
End Coordinates.

Section Law.
Variables (K : realFieldType) (N d : nat) (Omega : finType) (weight : Omega -> K) (count : Omega -> nat).
Notation m := N.+1.
Notation B := (blocks m d).
Hypothesis count_le : forall e, (count e <= B.+1)%N.
Variable f : (nat -> nat) -> K.
Hypothesis f_grows : forall n n' : nat -> nat, (forall j, (j < m)%N -> (n j <= n' j)%N) -> f n <= f n'.

Definition law_of_counts (k : nat) : K := \sum_(e | count e == k) weight e.
Definition counts_of (n : {ffun 'I_m -> 'I_B.+2}) (a : nat) : nat := if insub a is Some j then n j else 0%N.

Lemma f_ext n n' : (forall j, (j < m)%N -> n j = n' j) -> f n = f n'.
Proof. by move=> e; apply: le_anti; rewrite !f_grows // => j /e ->. Qed.

Lemma average_counts :
  \sum_(o : {ffun 'I_m -> Omega}) (\prod_j weight (o j)) * f (counts count o) =
  average (fun=> law_of_counts) (fun n => f (counts_of n)).
Proof.
pose read (o : {ffun 'I_m -> Omega}) : {ffun 'I_m -> 'I_B.+2} := [ffun j => inord (count (o j))].
rewrite (partition_big read xpredT) //=; apply: eq_bigr => n _.
rewrite /law_of_counts (bigA_distr_big_dep (fun (j : 'I_m) e => count e == n j)) mulr_suml.
have readE o : (read o == n) = (o \in family (fun j e => count e == n j)).
  apply/eqP/familyP => [<- j|on]; first by rewrite ffunE unfold_in inordK // ltnS.
  by apply/ffunP => j; apply: val_inj; have := on j; rewrite ffunE unfold_in /= inordK ?ltnS // => /eqP.
apply: eq_big => [o|o /eqP rn]; first exact: readE.
congr (_ * _); apply: f_ext => a am; rewrite /counts /counts_of (insubT (fun a => a < m)%N am) -rn ffunE.
by rewrite inordK // ltnS.
Qed.

Lemma tail_counts a : \sum_(a <= k < B.+2) law_of_counts k = \sum_(e | (a <= count e)%N) weight e.
Proof.
rewrite /law_of_counts (exchange_big_dep xpredT) //= [RHS]big_mkcond; apply: eq_bigr => e _.
under eq_bigl => k do rewrite eq_sym; rewrite big_nat1_eq ltnS count_le andbT.
by [].
Qed.
End Law.

Section Monotone.
Variables (K : realFieldType) (N d : nat) (Omega Omega' : finType) (weight : Omega -> K) (weight' : Omega' -> K).
Variables (count : Omega -> nat) (count' : Omega' -> nat).
Notation m := N.+1.
Notation B := (blocks m d).
Hypotheses (weight_ge0 : forall e, 0 <= weight e) (weight'_ge0 : forall e, 0 <= weight' e).
Hypotheses (weight_total : \sum_e weight e = 1) (weight'_total : \sum_e weight' e = 1).
Hypotheses (count_le : forall e, (count e <= B.+1)%N) (count'_le : forall e, (count' e <= B.+1)%N).
(** F_b, the probability that a worker has sent more than [b] rows, is no larger under the first law. *)
Hypothesis F_le : forall b, (b <= B)%N ->
  \sum_(e | (b < count e)%N) weight e <= \sum_(e | (b < count' e)%N) weight' e.
Notation codes := {ffun 'I_m -> 'S_N}.

(** Whatever further rows of a worker do not lower has a mean that grows with F_0, ..., F_B (docs/proofs/spanning.md,
    Proposition 1.6). *)
Theorem mean_grows (f : (nat -> nat) -> K) :
  (forall n n' : nat -> nat, (forall j, (j < m)%N -> (n j <= n' j)%N) -> f n <= f n') ->
  \sum_(o : {ffun 'I_m -> Omega}) (\prod_j weight (o j)) * f (counts count o) <=
  \sum_(o : {ffun 'I_m -> Omega'}) (\prod_j weight' (o j)) * f (counts count' o).
Proof.
move=> grows; rewrite !(@average_counts _ _ d) //; apply: average_mono => [n n' le|k|k||[|b]].
- by apply: grows => a am; rewrite /counts_of (insubT (fun a => a < m)%N am).
- exact: sumr_ge0.
- exact: sumr_ge0.
- by rewrite !tail_counts //= weight_total weight'_total.
- by rewrite !tail_counts //= weight_total weight'_total.
rewrite !tail_counts //; have [/F_le//|lt] := leqP b B.
rewrite big_pred0 => [|e]; first by apply: sumr_ge0.
by apply/negbTE; rewrite -leqNgt (leq_trans (count_le e)).
Qed.

Lemma rows_counts (Omega0 : finType) (count0 : Omega0 -> nat) (o : {ffun 'I_m -> Omega0}) :
  (forall e, (count0 e <= B.+1)%N) -> row_count N d (counts count0 o) = (\sum_j count0 (o j))%N.
Proof. by move=> le; apply: eq_bigr => j _; rewrite /counts valK; apply/minn_idPl. Qed.

Lemma row_count_le n n' : (forall j, (j < m)%N -> (n j <= n' j)%N) -> (row_count N d n <= row_count N d n')%N.
Proof. by move=> le; apply: leq_sum => j _; rewrite leq_min geq_minr andbT (leq_trans (geq_minl _ _)) ?le. Qed.

Lemma received_le n n' (C : codes) : (forall j, (j < m)%N -> (n j <= n' j)%N) ->
  {subset received d n C <= received d n' C}.
Proof.
move=> le r /flattenP[rows /mapP[j]]; rewrite mem_iota => /andP[_ jm] -> rin.
apply: (mem_reception jm); move: rin; rewrite -(take_takel _ (le j jm)).
exact: mem_take.
Qed.

(** P(T <= t) grows (docs/proofs/spanning.md, Proposition 1.6). *)
Corollary recovery_grows : recovered_by N d weight count <= recovered_by N d weight' count'.
Proof.
apply: (mean_grows (f := fun n => ratr (Pr (fun C : codes => recovers rat m (received d n C))))) => n n' le.
rewrite ler_rat !Pr_mean; apply: mean_le => C; rewrite ler_nat.
case: (boolP (recovers rat m (received d n C))) => // /(recovers_subset (received_le le)) ->.
by [].
Qed.

(** The probability that all symbols are covered and there are [r] rows or more grows (docs/proofs/spanning.md,
    Proposition 1.6). *)
Corollary coverage_grows r :
  \sum_(o : {ffun 'I_m -> Omega} | (r <= \sum_j count (o j))%N)
    (\prod_j weight (o j)) * ratr (Pr (fun C : codes => covered m (received d (counts count o) C))) <=
  \sum_(o : {ffun 'I_m -> Omega'} | (r <= \sum_j count' (o j))%N)
    (\prod_j weight' (o j)) * ratr (Pr (fun C : codes => covered m (received d (counts count' o) C))).
Proof.
pose f n : K := if (r <= row_count N d n)%N then ratr (Pr (fun C : codes => covered m (received d n C))) else 0.
have := @mean_grows f; rewrite /f => grows.
under eq_bigl => o do rewrite -rows_counts //.
under [leRHS]eq_bigl => o do rewrite -rows_counts //.
have inside (b : bool) (x y : K) : (if b then x * y else 0) = x * (if b then y else 0) by case: b; rewrite ?mulr0.
rewrite big_mkcond [leRHS]big_mkcond; under eq_bigr => o _ do rewrite inside.
under [leRHS]eq_bigr => o _ do rewrite inside.
apply: grows => n n' le; case: ifP => rn; last by case: ifP => // _; rewrite ler0q /Pr mulr_ge0 ?invr_ge0 ?ler0n.
rewrite (leq_trans rn (row_count_le le)) ler_rat !Pr_mean; apply: mean_le => C; rewrite ler_nat.
case: (boolP (covered m (received d n C))) => // /coveredP cov.
rewrite (introT (coveredP _ _)) // => j jm; have [s sin js] := cov j jm.
by exists s => //; apply: (received_le le).
Qed.

(** So does the probability that there are [r] rows or more (docs/proofs/spanning.md, Proposition 1.6). *)
Corollary rows_grow r :
  \sum_(o : {ffun 'I_m -> Omega} | (r <= \sum_j count (o j))%N) \prod_j weight (o j) <=
  \sum_(o : {ffun 'I_m -> Omega'} | (r <= \sum_j count' (o j))%N) \prod_j weight' (o j).
Proof.
under eq_bigl => o do rewrite -rows_counts //.
under [leRHS]eq_bigl => o do rewrite -rows_counts //.
rewrite big_mkcond [leRHS]big_mkcond.
under eq_bigr => o _ do rewrite -mulrb -mulr_natr.
under [leRHS]eq_bigr => o _ do rewrite -mulrb -mulr_natr.
apply: (mean_grows (f := fun n => (r <= row_count N d n)%N%:R : K)) => n n' le.
by rewrite ler_nat; case: (boolP (r <= row_count N d n)%N) => // rn; rewrite (leq_trans rn (row_count_le le)).
Qed.
End Monotone.
