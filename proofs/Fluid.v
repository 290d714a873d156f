(** Theorem 1 made sharp (docs/proofs/theory.md, 4.3 and 4.4): the time by which as many rows as symbols are expected.
    *)
From Coq Require Import Reals Lra Lia PeanoNat.
Local Open Scope R_scope.

(** m symbols, degree d: terms beyond its own that a worker has evaluated after [b] blocks, the number of its blocks,
  and
    the expected number of rows by time [t], per worker, if the start-up delay has the distribution function [F]. *)
Definition c (m d b : nat) : nat := Nat.min (d * b) (m - 1).
Definition blocks (m d : nat) : nat := ((m - 1 + (d - 1)) / d)%nat.
Definition expected_rows (F : R -> R) (tau : R) (m d : nat) (t : R) : R :=
  sum_f_R0 (fun b => F (t - tau * (1 + INR (c m d b)))) (blocks m d).

(** The exponential law of rate [mu]. *)
Definition expon (mu s : R) : R := if Rle_dec 0 s then 1 - exp (- (mu * s)) else 0.
Definition phi : R := (1 + sqrt 5) / 2.

Lemma c_le m d b : INR (c m d b) <= INR d * INR b.
Proof. rewrite <- mult_INR; apply le_INR; unfold c; lia. Qed.

Section AnyLaw.
Variables (F : R -> R) (tau median : R) (m d : nat).
Hypotheses (F_nonneg : forall s, 0 <= F s) (F_mono : forall s s', s <= s' -> F s <= F s').
Hypotheses (tau_pos : 0 < tau) (d_pos : (1 <= d)%nat) (m_ge_2 : (2 <= m)%nat).

(** At time tau (d + 1) + median(X) as many rows as symbols are expected, for every start-up law (docs/proofs/theory.md,
    4.4).
    *)
Theorem median_bound : 1 / 2 <= F median -> 1 <= expected_rows F tau m d (tau * (INR d + 1) + median).
Proof.
intros half; unfold expected_rows.
assert (one : forall f n, (forall b, 0 <= f b) -> (1 <= n)%nat -> f 0%nat + f 1%nat <= sum_f_R0 f n).
{ intros f n f0; induction n as [|n IH]; [lia|]; intros _.
  destruct n as [|n]; [simpl; lra|];
  change (sum_f_R0 f (S (S n))) with (sum_f_R0 f (S n) + f (S (S n))).
  specialize (f0 (S (S n))); assert (n1 : (1 <= S n)%nat) by lia; specialize (IH n1); lra. }
eapply Rle_trans; [|apply one; [intros b; apply F_nonneg | apply Nat.div_le_lower_bound; lia]].
assert (F0 : F median <= F (tau * (INR d + 1) + median - tau * (1 + INR (c m d 0)))).
{ apply F_mono; pose proof (c_le m d 0) as le; simpl (INR 0) in le; pose proof (pos_INR d); nra. }
assert (F1 : F median <= F (tau * (INR d + 1) + median - tau * (1 + INR (c m d 1)))).
{ apply F_mono; pose proof (c_le m d 1) as le; simpl (INR 1) in le; nra. }
lra.
Qed.
End AnyLaw.

Section Exponential.
Variables (mu tau : R) (m d : nat).
Hypotheses (mu_pos : 0 < mu) (tau_pos : 0 < tau) (d_pos : (1 <= d)%nat).
Let F := expon mu.
Let rows := expected_rows F tau m d.
Definition bound : R := tau * (INR d + 1) + ln phi / mu.

Lemma F_nonneg s : 0 <= F s.
Proof.
unfold F, expon; destruct (Rle_dec 0 s) as [s0 | s0]; [|lra].
assert (exp (- (mu * s)) <= 1); [|lra].
rewrite <- exp_0; destruct (Req_dec s 0) as [->|ne]; [right; f_equal; ring|].
left; apply exp_increasing; assert (0 < mu * s) by (apply Rmult_lt_0_compat; lra); lra.
Qed.

Lemma F_mono s s' : s <= s' -> F s <= F s'.
Proof.
intros ss; unfold F at 1, expon; destruct (Rle_dec 0 s) as [s0 | s0]; [|apply F_nonneg].
unfold F, expon; destruct (Rle_dec 0 s') as [s0'|]; [|lra].
assert (exp (- (mu * s')) <= exp (- (mu * s))); [|lra].
destruct (Req_dec s s') as [->|ne]; [right; reflexivity|].
left; apply exp_increasing; assert (mu * s < mu * s') by (apply Rmult_lt_compat_l; lra); lra.
Qed.

Lemma rows_mono t t' : t <= t' -> rows t <= rows t'.
Proof. intros tt; unfold rows, expected_rows; apply sum_Rle; intros b _; apply F_mono; lra. Qed.

Lemma phi_gt_1 : 1 < phi.
Proof.
unfold phi; assert (s : sqrt 1 < sqrt 5) by (apply sqrt_lt_1_alt; lra).
rewrite sqrt_1 in s; lra.
Qed.
Lemma phi_pos : 0 < phi.
Proof. pose proof phi_gt_1; lra. Qed.

(** g = 1/phi. *)
Definition g : R := exp (- ln phi).
Lemma g_phi : g = / phi.
Proof. unfold g; rewrite exp_Ropp, exp_ln; [reflexivity | apply phi_pos]. Qed.
Lemma g_pos : 0 < g. Proof. apply exp_pos. Qed.
Lemma g_golden : g * g + g = 1.
Proof.
rewrite g_phi; pose proof phi_pos as p0.
assert (e : phi * phi = phi + 1).
{ unfold phi; pose proof (sqrt_sqrt 5 ltac:(lra)); nra. }
apply (Rmult_eq_reg_r (phi * phi)); [|nra].
replace ((/ phi * / phi + / phi) * (phi * phi)) with (1 + phi) by (field; lra); lra.
Qed.

(** The core inequalities, E = exp(-y): two blocks, or three. *)
Lemma two_blocks E : E <= g -> 1 <= (1 - E * g) + (1 - g).
Proof. intros Eg; pose proof g_pos; pose proof g_golden; nra. Qed.

Lemma three_blocks E : g <= E -> E <= 1 -> 1 <= (1 - E * g) + (1 - g) + (1 - g / E).
Proof.
intros gE E1; pose proof g_pos as g0; pose proof g_golden as gg.
assert (E0 : 0 < E) by lra.
assert (key : g * (E + / E) <= g * g + 1).
{ apply (Rmult_le_reg_r E); [exact E0|].
  replace (g * (E + / E) * E) with (g * (E * E + 1)) by (field; lra).
  assert (0 <= (E - g) * (1 - g * E)) by (apply Rmult_le_pos; nra); nra. }
unfold Rdiv; nra.
Qed.

Lemma first_three f n : (forall b, 0 <= f b) -> (2 <= n)%nat -> f 0%nat + f 1%nat + f 2%nat <= sum_f_R0 f n.
Proof.
intros f0; induction n as [|n IH]; [lia|]; intros n2.
destruct (Nat.eq_dec n 1) as [->|ne]; [simpl; lra|].
simpl; specialize (f0 (S n)); assert (2 <= n)%nat by lia; specialize (IH H); lra.
Qed.

Lemma at_least_two_blocks : (d + 2 <= m)%nat -> (2 <= blocks m d)%nat.
Proof.
intros dm; unfold blocks; apply Nat.div_le_lower_bound; lia.
Qed.

(** At time tau (d + 1) + ln(phi) / mu as many rows as symbols are expected, for exponential start-up
    (docs/proofs/theory.md, 4.3). *)
Theorem rows_at_bound : (d + 2 <= m)%nat -> 1 <= rows bound.
Proof.
intros dm; unfold rows, expected_rows.
eapply Rle_trans; [|apply first_three; [intros b; apply F_nonneg | now apply at_least_two_blocks]].
set (y := mu * (tau * INR d)); set (L := ln phi).
assert (y0 : 0 < y).
{ unfold y; repeat apply Rmult_lt_0_compat; trivial; apply lt_0_INR; lia. }
assert (L0 : 0 < L).
{ unfold L; rewrite <- ln_1; apply ln_increasing; [lra | apply phi_gt_1]. }
assert (Lmu : mu * (L / mu) = L) by (field; lra).
assert (Lmu0 : 0 < L / mu) by (apply Rdiv_lt_0_compat; lra).
assert (F0 : F (bound - tau * (1 + INR (c m d 0))) = 1 - exp (- y) * g).
{ unfold F, expon, bound; replace (INR (c m d 0)) with 0 by (unfold c; rewrite Nat.mul_0_r; reflexivity).
  destruct (Rle_dec 0 _) as [_|n].
  - unfold g; rewrite <- exp_plus; do 2 f_equal; fold L; unfold y; rewrite <- Lmu at 2; ring.
  - exfalso; apply n; fold L; pose proof (pos_INR d); nra. }
assert (F1 : 1 - g <= F (bound - tau * (1 + INR (c m d 1)))).
{ apply Rle_trans with (F (L / mu)).
  - unfold F, expon; destruct (Rle_dec 0 _) as [_|n]; [|lra]; rewrite Lmu; unfold g; fold L; lra.
  - apply F_mono; unfold bound; fold L; pose proof (c_le m d 1) as le; simpl (INR 1) in le; nra. }
destruct (Rle_lt_dec L y) as [Ly|yL].
- assert (E : exp (- y) <= g).
  { unfold g; fold L; destruct (Req_dec L y) as [->|ne]; [lra|]; left; apply exp_increasing; lra. }
  pose proof (two_blocks _ E); pose proof (F_nonneg (bound - tau * (1 + INR (c m d 2)))); lra.
- assert (E : g <= exp (- y)) by (unfold g; fold L; left; apply exp_increasing; lra).
  assert (E1 : exp (- y) <= 1) by (rewrite <- exp_0; left; apply exp_increasing; lra).
  assert (F2 : 1 - g / exp (- y) <= F (bound - tau * (1 + INR (c m d 2)))).
  { apply Rle_trans with (F ((L - y) / mu)).
    - unfold F, expon; destruct (Rle_dec 0 _) as [_|n].
      + replace (mu * ((L - y) / mu)) with (L - y) by (field; lra).
        right; f_equal; unfold g; fold L; unfold Rdiv; rewrite <- exp_Ropp, <- exp_plus; f_equal; ring.
      + exfalso; apply n; left; apply Rdiv_lt_0_compat; lra.
    - apply F_mono; unfold bound; fold L; pose proof (c_le m d 2) as le; simpl (INR 2) in le.
      replace ((L - y) / mu) with (L / mu - tau * INR d) by (unfold y; field; lra); nra. }
  pose proof (three_blocks _ E E1); lra.
Qed.

(** Every time with fewer rows than symbols expected, and so the fluid limit, comes before tau (d + 1) + ln(phi) / mu
    (docs/proofs/theory.md, 4.3). *)
Theorem fluid_limit_bound t : (d + 2 <= m)%nat -> rows t < 1 -> t < bound.
Proof.
intros dm lt; apply Rnot_le_lt; intros le.
pose proof (rows_at_bound dm); pose proof (rows_mono _ _ le); lra.
Qed.

Lemma first_two f n : (forall b, (2 <= b)%nat -> f b = 0) -> (1 <= n)%nat -> sum_f_R0 f n = f 0%nat + f 1%nat.
Proof.
intros f0; induction n as [|n IH]; [lia|]; intros _.
destruct n as [|n]; [reflexivity|].
change (sum_f_R0 f (S (S n))) with (sum_f_R0 f (S n) + f (S (S n))); rewrite IH, (f0 (S (S n))) by lia; ring.
Qed.

(** At the load mu tau d = ln(phi) no earlier time has as many rows as symbols expected: the bound cannot be lowered
    (docs/proofs/theory.md, 4.3). *)
Theorem fluid_limit_tight t :
  mu * (tau * INR d) = ln phi -> (2 * d <= m - 1)%nat -> t < bound -> rows t < 1.
Proof.
intros load dm lt; pose proof g_pos as g0; pose proof g_golden as gg.
assert (Lmu : ln phi / mu = tau * INR d) by (rewrite <- load; field; lra).
unfold rows, expected_rows; rewrite first_two; [| |apply Nat.div_le_lower_bound; lia].
2: { intros b b2; unfold F, expon; destruct (Rle_dec 0 _) as [pos|_]; [exfalso | reflexivity].
  assert (le : INR (2 * d) <= INR (c m d b)) by (apply le_INR; unfold c; nia).
  rewrite mult_INR in le; simpl (INR 2) in le; unfold bound in lt; rewrite Lmu in lt; nra. }
assert (F0 : F (t - tau * (1 + INR (c m d 0))) < 1 - g * g).
{ replace (INR (c m d 0)) with 0 by (unfold c; rewrite Nat.mul_0_r; reflexivity).
  unfold F, expon; destruct (Rle_dec 0 _) as [pos|_]; [|nra].
  enough (g * g < exp (- (mu * (t - tau * (1 + 0))))) by lra.
  unfold g; rewrite <- exp_plus; apply exp_increasing; unfold bound in lt.
  assert (mu * (t - tau * (1 + 0)) < mu * (tau * INR d + ln phi / mu)) by (apply Rmult_lt_compat_l; lra).
  replace (mu * (tau * INR d + ln phi / mu)) with (mu * (tau * INR d) + ln phi) in H by (field; lra); lra. }
assert (F1 : F (t - tau * (1 + INR (c m d 1))) <= 1 - g).
{ apply Rle_trans with (F (ln phi / mu)).
  - apply F_mono; replace (c m d 1) with d by (unfold c; lia); unfold bound in lt; nra.
  - unfold F, expon; replace (mu * (ln phi / mu)) with (ln phi) by (field; lra).
    destruct (Rle_dec 0 _) as [_|_]; [unfold g; lra | nra]. }
lra.
Qed.
End Exponential.
