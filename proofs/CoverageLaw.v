(** The law of coverage over whole codes (docs/proofs/theory.md): given the counts (1.1), and by time for a discrete
    start-up law (1.2). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Coverage EvenSets Codes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section GivenCounts.
Variables (N d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Implicit Types (A : {set 'I_m}) (n : nat -> nat).

(** What a worker contributes to the probability that no row meets a set. *)
Notation missing := (factor (avoid_share N d)).

Lemma Pr_missing n A : Pr (fun C : {ffun 'I_m -> 'S_N} => missed d n C A) = \prod_j missing A j (n j).
Proof.
rewrite prod_factor; have [AZ|AZ] := boolP (A \subset silent N n); first by rewrite mul1r Pr_missed.
rewrite mul0r /Pr (_ : [set C | _] = set0) ?cards0 ?mul0r //; apply/setP => C; rewrite !inE.
by apply: contraNF AZ => ms; apply: (@even_silent _ d n C); apply: missed_even.
Qed.

Lemma coverage_signed n :
  Pr (fun C : {ffun 'I_m -> 'S_N} => covered m (received d n C)) =
    \sum_(A : {set 'I_m}) (-1) ^+ #|A| * \prod_j missing A j (n j).
Proof.
under [RHS]eq_bigr => A _ do rewrite -Pr_missing Pr_mean -meanZ.
rewrite -mean_sum Pr_mean; congr (_ / _); apply: eq_bigr => C _.
rewrite uncovered_covered // -(sum_signs rat) big_mkcond; apply: eq_bigr => A _.
by rewrite missed_uncovered //; case: ifP; rewrite ?mulr1 ?mulr0.
Qed.

(** The share of the codes whose received rows cover all symbols, worker [j] having sent [n j] rows
    (docs/proofs/theory.md, 1.1). *)
Theorem coverage_over_codes n (c := fun j => minn (d * (n j).-1) N) (z := #|silent N n|) :
  Pr (fun C : {ffun 'I_m -> 'S_N} => covered m (received d n C)) =
  \sum_(k < z.+1) (-1) ^+ k * 'C(z, k)%:R * \prod_(j : 'I_m | (0 < n j)%N) ('C(N - k, c j)%:R / 'C(N, c j)%:R).
Proof.
rewrite coverage_signed.
pose f k : rat := (-1) ^+ k * \prod_(j : 'I_m | (0 < n j)%N) avoid_share N d (n j).-1 k.
transitivity (\sum_(A : {set 'I_m} | A \subset silent N n) f #|A|).
  by rewrite [RHS]big_mkcond; apply: eq_bigr => A _; rewrite prod_factor; case: ifP; rewrite ?mul1r ?mul0r ?mulr0.
rewrite sum_by_card; apply: eq_bigr => k _; rewrite -[LHS]mulr_natr /f mulrAC; congr (_ * _).
apply: eq_bigr => j nj; apply: avoid_share_used => //.
have : (z < m)%N; last by have := ltn_ord k; lia.
rewrite -[m]card_ord -cardsT; apply: proper_card; apply/properP; split; first exact: subsetT.
by exists j; rewrite // inE -lt0n.
Qed.

(** The same law as a number of codes (docs/proofs/theory.md, 1.1). *)
Corollary coverage_count_over_codes n (c := fun j => minn (d * (n j).-1) N) (z := #|silent N n|) :
  #|[set C : {ffun 'I_m -> 'S_N} | covered m (received d n C)]|%:R =
  (N`! ^ m)%:R * \sum_(k < z.+1) (-1) ^+ k * 'C(z, k)%:R *
    \prod_(j : 'I_m | (0 < n j)%N) ('C(N - k, c j)%:R / 'C(N, c j)%:R) :> rat.
Proof. by rewrite -coverage_over_codes mulrC divfK // gt_eqF ?codes_gt0. Qed.
End GivenCounts.

Section RandomCounts.
Variables (N d : nat) (Omega : finType) (weight : Omega -> rat) (count : Omega -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.

(** The workers' counts, each drawn by itself. *)
Definition counts (w : {ffun 'I_m -> Omega}) (a : nat) : nat := if insub a is Some j then count (w j) else 0%N.
Definition coverage_random : rat :=
  \sum_(w : {ffun 'I_m -> Omega}) (\prod_j weight (w j)) *
    Pr (fun C : {ffun 'I_m -> 'S_N} => covered m (received d (counts w) C)).
Definition none_sent : rat := \sum_(w | count w == 0%N) weight w.

(** The law of coverage where each worker's count is drawn by itself, from any law on finitely many outcomes, in terms
    of those with no rows and with some: [avoid_share] is C(N - k, c)/C(N, c) (docs/proofs/theory.md, 1.2). *)
Theorem coverage_random_law :
  coverage_random = \sum_(k < m.+1) (-1) ^+ k * 'C(m, k)%:R * none_sent ^+ k *
    (none_sent + \sum_(w | count w != 0%N) weight w * avoid_share N d (count w).-1 k) ^+ (m - k).
Proof.
rewrite /coverage_random; under eq_bigr => w _ do rewrite coverage_signed // mulr_sumr.
rewrite exchange_big /=.
pose f k : rat := (-1) ^+ k * (none_sent ^+ k *
    (none_sent + \sum_(w | count w != 0%N) weight w * avoid_share N d (count w).-1 k) ^+ (m - k)).
transitivity (\sum_(A : {set 'I_m} | A \subset [set: 'I_m]) f #|A|); last first.
  rewrite sum_by_card cardsT card_ord; apply: eq_bigr => k _; rewrite -[LHS]mulr_natr /f -!mulrA; congr (_ * _).
  by rewrite mulrA mulrC.
rewrite [RHS](eq_bigl xpredT) => [|A]; last exact: subsetT.
apply: eq_bigr => A _; under eq_bigr => w _ do rewrite mulrCA.
rewrite -mulr_sumr /f; congr (_ * _).
pose F (j : 'I_m) w := weight w * factor (avoid_share N d) A j (count w).
transitivity (\prod_j \sum_w F j w).
  rewrite bigA_distr_bigA; apply: eq_bigr => w _; rewrite -big_split; apply: eq_bigr => j _.
  by rewrite /F /counts valK.
have sumF j : \sum_w F j w = if j \in A then none_sent else
    none_sent + \sum_(w | count w != 0%N) weight w * avoid_share N d (count w).-1 #|A|.
  rewrite (bigID (fun w => count w == 0%N)) /= (_ : \sum_(w | count w == 0%N) F j w = none_sent); last first.
    by apply: eq_bigr => w w0; rewrite /F /factor w0 mulr1.
  case: ifP => jA; last by congr (_ + _); apply: eq_bigr => w w0; rewrite /F /factor (negPf w0) jA.
  by rewrite big1 ?addr0 // => w w0; rewrite /F /factor (negPf w0) jA mulr0.
rewrite (eq_bigr _ (fun j _ => sumF j)) (bigID (mem A)) /=; congr (_ * _).
  by rewrite -prodr_const; apply: eq_bigr => j jA; rewrite jA.
have -> : (m - #|A| = #|~: A|)%N by have := cardsC A; rewrite card_ord; lia.
by rewrite -prodr_const; apply: eq_big => [j|j /negPf -> //]; rewrite inE.
Qed.
End RandomCounts.

Section ByTime.
Variables (N d : nat) (Omega : finType) (weight : Omega -> rat).
Hypotheses (d_gt0 : (0 < d)%N) (total_weight : \sum_w weight w = 1).
Variables (R : realDomainType) (X : Omega -> R) (tau t : R).
Hypothesis tau_ge0 : 0 <= tau.
Notation m := N.+1.
Notation B := (blocks m d).
Let c b := minn (d * b) N.

(** The start-up delay is [X w] with probability [weight w]; row [b] of a worker arrives at X + tau (1 + ell_b). *)
Definition is_there (w : Omega) (b : nat) : bool := X w + tau * (1 + (c b)%:R) <= t.
Definition sent_by (w : Omega) : nat := #|[set b : 'I_B.+1 | is_there w b]|.
(** The probability F_b that a worker has sent its row [b] by time [t]; 0 beyond the last. *)
Definition F (b : nat) : rat := if (b <= B)%N then \sum_(w | X w <= t - tau * (1 + (c b)%:R)) weight w else 0.

Lemma card_initial k a : #|[set b : 'I_k | (b < a)%N]| = minn a k.
Proof.
rewrite -sum1_card (eq_bigl (fun b : 'I_k => (b < a)%N)) => [|b]; last by rewrite inE.
rewrite big_mkcond /=; elim: k => [|k IH]; first by rewrite big_ord0 minn0.
by rewrite big_ord_recr /= IH; case: (ltnP k a); lia.
Qed.

Lemma sent_by_gt w b : (b <= B)%N -> (b < sent_by w)%N = is_there w b.
Proof.
move=> bB; have mono a a' : (a <= a')%N -> is_there w a' -> is_there w a.
  move=> aa; apply: le_trans; rewrite lerD2l ler_wpM2l // lerD2l ler_nat /c.
  by rewrite leq_min geq_minr andbT (leq_trans (geq_minl _ _)) // leq_mul2l aa orbT.
have [ar|nar] := boolP (is_there w b).
  have := card_initial B.+1 b.+1; rewrite (minn_idPl _) ?ltnS // => <-.
  by apply: subset_leq_card; apply/subsetP => a; rewrite !inE ltnS => /mono; apply.
apply/negbTE; rewrite -leqNgt; have := card_initial B.+1 b; rewrite (minn_idPl (leqW bB)) => <-.
apply: subset_leq_card; apply/subsetP => a; rewrite !inE ltnNge => ar.
by apply: contra nar => /mono; apply.
Qed.

Lemma sent_by_le w : (sent_by w <= B.+1)%N.
Proof. by rewrite -[X in (_ <= X)%N]card_ord max_card. Qed.

Lemma F_sent b : F b = \sum_(w | (b < sent_by w)%N) weight w.
Proof.
rewrite /F; case: ifP => bB; first by apply: eq_bigl => w; rewrite (sent_by_gt w bB) /is_there lerBrDr.
by rewrite big_pred0 // => w; have := sent_by_le w; lia.
Qed.

Lemma none_by_time : none_sent weight sent_by = 1 - F 0.
Proof.
rewrite -total_weight (bigID (fun w => (0 < sent_by w)%N)) /= -F_sent addrAC subrr add0r.
by apply: eq_bigl => w; rewrite -leqNgt leqn0.
Qed.

(** p_b, the probability that exactly b + 1 rows have been sent. *)
Lemma F_step b : F b - F b.+1 = \sum_(w | sent_by w == b.+1) weight w.
Proof.
rewrite !F_sent (bigID (fun w => (b.+1 < sent_by w)%N)) /=.
rewrite [X in X + _ - _](eq_bigl (fun w => (b.+1 < sent_by w)%N)) => [|w]; last lia.
by rewrite addrAC subrr add0r; apply: eq_bigl => w; lia.
Qed.

Lemma sum_sent (V : zmodType) (f : Omega -> V) :
  \sum_(w | sent_by w != 0%N) f w = \sum_(b < B.+1) \sum_(w | sent_by w == b.+1) f w.
Proof.
rewrite [RHS](exchange_big_dep (fun w => sent_by w != 0%N)) /= => [|b w _ /eqP->//].
apply: eq_bigr => w w0; have lt : ((sent_by w).-1 < B.+1)%N by have := sent_by_le w; lia.
rewrite (big_pred1 (Ordinal lt)) // => b; apply/eqP/eqP => [e|->] /=; last by lia.
by apply: val_inj => /=; lia.
Qed.

(** The probability that the rows that are there at time [t] cover all symbols, for a start-up law on finitely many
    outcomes (docs/proofs/theory.md, 1.2). *)
Theorem coverage_by_time :
  coverage_random N d weight sent_by =
  \sum_(k < m.+1) (-1) ^+ k * 'C(m, k)%:R * (1 - F 0) ^+ k *
    ((1 - F 0) + \sum_(b < B.+1) (F b - F b.+1) * ('C(m.-1 - k, c b)%:R / 'C(m.-1, c b)%:R)) ^+ (m - k).
Proof.
rewrite coverage_random_law // none_by_time; apply: eq_bigr => k _; congr (_ * _).
have [km|km] := leqP m k; first by rewrite (_ : (m - k = 0)%N) ?expr0 //; apply/eqP; rewrite subn_eq0.
congr ((_ + _) ^+ _); rewrite sum_sent; apply: eq_bigr => b _.
rewrite F_step mulr_suml; apply: eq_bigr => w /eqP ->.
by rewrite avoid_share_used.
Qed.
End ByTime.
