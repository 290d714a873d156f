(** The hitting-time law with explicit bounds at every number of workers (docs/proofs/spanning.md, Theorems 2 and 5). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Codes FirstMoment UncoveredMean SmallSets NearConstant HittingTime KernelGivenCounts.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Lemma above_one (b c L : rat) (z : nat) : 1 < b -> b <= c -> 1 <= L -> (c * L ^+ 2) ^+ 2 <= z%:R -> (1 < z)%N.
Proof.
move=> b1 bc L1 cz; have c1 := lt_le_trans b1 bc.
have cL : c <= c * L ^+ 2 by rewrite ler_peMr ?exprn_ege1 // ltW // (lt_trans ltr01).
have c2 : 1 < c * L ^+ 2 := lt_le_trans c1 cL.
by rewrite -(ltr_nat rat); apply: lt_le_trans cz; rewrite exprn_egt1.
Qed.

Lemma hundred : 1 < 100%:R :> rat.
Proof. rewrite ltr1n; exact: isT. Qed.

Section Conditions.
Variables (p N d : nat) (n : nat -> nat) (k : nat) (q : rat).
Notation z := #|silent N n|.
Notation senders := #|[set j : 'I_N.+1 | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Notation lambda := (mean_rows N d n).
Notation U := (avoid_moment N d n 1).

(** The conditions of Theorem 2 (b) and (c) on the counts [n] under (P1), besides (R) and z <= r + 1, with numbers [k] and
    [q] for the exponentials and for the square root of z. *)
Definition admissible : Prop :=
  [/\ 14%:R <= lambda, first_condition p z (d%:R * z%:R / N%:R), 16%:R * (U * lambda) ^+ 2 <= r%:R,
    near_constant_possible p N d n -> U <= senders.-1%:R & [/\ main_exponent p N d n < k%:R, 0 <= q & q ^+ 2 <= z%:R]].

(** The bounds of Theorem 2 (b) and (c), where [x] is p^(z-r) in (b) and 1 in (c). *)
Definition exception_bound (x : rat) : rat :=
  7%:R * (U * lambda) ^+ 2 / r%:R + x * (1 - main_exponent p N d n / k%:R) ^- k / p.-1%:R +
  near_constant_term p N d n k + 8%:R * p%:R ^+ 2 * (1 + q / k%:R) ^- k.

Lemma admissible_silent : admissible -> (1 < z)%N.
Proof. by case=> _ [a [b [L1 zL _ _ _]]] _ _ _; apply: above_one hundred (large_constant rat) L1 zL. Qed.
End Conditions.

Section HittingTimeLaw.
Variables (R : rcfType) (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N d : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Variable s : seq 'I_m.
Implicit Types (c : coding) (k : nat) (q a : rat).
Notation n k := (counts_after s k).
Notation z k := #|silent N (n k)|.
Notation r k := (parity_rows N (n k)).
Notation U k := (avoid_moment N d (n k) 1).

Lemma counts_total k : (k <= size s)%N -> (\sum_(j < m) n k j)%N = k.
Proof.
move=> ks; rewrite -[RHS](size_takel ks) /counts_after; elim: (take k s) => [|i t IH] /=; first by rewrite big1.
rewrite big_split /= IH (bigD1 i) //= eqxx big1 // => j; rewrite eq_sym => ji.
by rewrite (inj_eq val_inj) (negPf ji).
Qed.

(** After k rows z - r = m - k. *)
Lemma silent_parity k : (k <= size s)%N -> (z k + k = m + r k)%N.
Proof.
move=> ks; rewrite -[RHS]/(N.+1 + r k)%N; have := silent_senders N (n k); move: #|silent N (n k)| => y <-.
rewrite -addnA; congr (_ + _)%N.
rewrite -[LHS](counts_total ks) -sum1_card /parity_rows; under [X in (X + _)%N]eq_bigl => j do rewrite inE.
rewrite -big_split [RHS]big_mkcond; apply: eq_bigr => j _ /=.
by case: (n k j).
Qed.

Lemma few_used_before high k : (0 < N)%N -> (10 <= d)%N -> (72 * d * most_used N d (n high) <= N)%N -> (k <= high)%N ->
  forall j : 'I_m, (0 < n k j)%N -> (d * (n k j).-1 <= most_used N d (n high))%N.
Proof.
move=> N0 d10 small kh j nj; have le := counts_mono s j kh.
have top : (@used_by N d (n high) j <= most_used N d (n high))%N.
  exact: (@leq_bigmax_cond _ (fun j : 'I_m => (0 < n high j)%N) (@used_by N d (n high)) j (leq_trans nj le)).
have less : (most_used N d (n high) < N)%N.
  have [->//|D0] := posnP (most_used N d (n high)); apply: leq_trans small.
  by rewrite -mulnA; move: d10 D0; move: (most_used _ _ _) => D d10 D0; nia.
have : (d * (n k j).-1 <= d * (n high j).-1)%N by rewrite leq_mul2l; apply/orP; right; lia.
by move: top less; rewrite /used_by; lia.
Qed.

Lemma Pr_apart (f g : coding -> nat) (x y : rat) : Pr (fun c => (f c < g c)%N) <= x -> Pr (fun c => (g c < f c)%N) <= y ->
  Pr (fun c => f c != g c) <= y + x.
Proof.
move=> fg gf; apply: le_trans (lerD gf fg); apply: le_trans (Pr_or _ _).
by apply: Pr_sub => c; rewrite neq_ltn orbC.
Qed.

Variables (a : rat) (low high : nat).
(** The row k_- of Theorem 5, and any row k_+ beyond it with U <= 1/a and (R). *)
Hypotheses (a2 : 2%:R <= a) (m_low : (m <= low <= high)%N) (high_size : (high <= size s)%N).
Hypotheses (U_low : U low <= a) (U_before : forall k, (m <= k < low)%N -> a < U k) (U_high : U high <= a^-1).
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * most_used N d (n high) <= N)%N).
Variables (k : nat) (q : rat).
Hypothesis low_admissible : admissible p N d (n low) k q.
Notation late_bound := (exception_bound p N d (n low) k q (p%:R ^+ z low / p%:R ^+ r low) +
  51%:R / 100%:R * a ^+ 2 * (d%:R * mean_rows N d (n high) / N%:R) + 3%:R / a).

Lemma N_pos : (0 < N)%N.
Proof.
have := leq_trans (admissible_silent low_admissible) (subset_leq_card (subsetT (silent N (n low)))).
by rewrite cardsT card_ord.
Qed.

Lemma ms : (m <= size s)%N.
Proof. by have /andP[ml lh] := m_low; apply: leq_trans ml (leq_trans lh high_size). Qed.

(** P(M' > max(m, CC)) with the bound of Theorem 2 (b) at row k_- (docs/proofs/spanning.md, Theorem 5). *)
Lemma late_recovery : Pr (fun c => (maxn m (coverage d s c) < stopping d s c)%N) <= late_bound.
Proof.
have d0 := leq_trans (isT : 1 <= 10)%N d10; have /andP[ml lh] := m_low.
apply: le_trans (beyond_coverage d0 a2 m_low high_size U_low U_before U_high d10 small_shares) _.
rewrite !lerD2r; have ls := leq_trans lh high_size; have z1 := admissible_silent low_admissible.
have zr : (1 < z low <= (r low).+1)%N by rewrite z1; have := silent_parity ls; lia.
have few := few_used_before N_pos d10 small_shares lh.
case: low_admissible => lambda14 P1 g enough [kX q0 qz].
apply: le_trans (kernel_given_counts_field R p_prime w_root d10 small_shares few zr lambda14 (F := rat)
  (or_introl (char_num _)) P1 g enough kX q0 qz).
apply: Pr_sub => c; rewrite (uncovered_kernel_rank _ d0); apply: contra => full.
by rewrite eqn_leq full andbT; apply: rank_uncovered_le.
Qed.

(** P(M' != max(m, CC)), with the bounds of Theorem 2 (b) at row k_- and (c) at row m - 1 (docs/proofs/spanning.md,
    Theorem 5). *)
Theorem hitting_time_law k' q' : admissible p N d (n N) k' q' ->
  Pr (fun c => stopping d s c != maxn m (coverage d s c)) <= late_bound + exception_bound p N d (n N) k' q' 1.
Proof.
move=> short; have d0 := leq_trans (isT : 1 <= 10)%N d10; have [early _] := before_coverage d0 a ms.
apply: Pr_apart late_recovery; apply: le_trans early _; have /andP[ml lh] := m_low.
have zE : z N = (r N).+1 by have := silent_parity (ltnW ms); lia.
have zr : (1 < z N <= (r N).+1)%N by rewrite (admissible_silent short) zE leqnn.
have few := few_used_before N_pos d10 small_shares (leq_trans (ltnW ml) lh).
case: short => lambda14 P1 g enough [kX q0 qz]; rewrite /exception_bound mul1r.
exact (recovered_given_counts R p_prime w_root d10 small_shares few zr lambda14 zE P1 g enough kX q0 qz).
Qed.

(** With 1/(2a) in place of the bound of (c), where U_{m-1} > 2a (docs/proofs/spanning.md, Theorem 5). *)
Theorem hitting_time_law_uncovered : 2%:R * a < U N ->
  Pr (fun c => stopping d s c != maxn m (coverage d s c)) <= late_bound + (2%:R * a)^-1.
Proof.
move=> aU; have [_ early] := before_coverage (leq_trans (isT : 1 <= 10)%N d10) a ms.
by apply: Pr_apart late_recovery; apply: early aU; apply: lt_le_trans a2; rewrite ltr0n.
Qed.
End HittingTimeLaw.
