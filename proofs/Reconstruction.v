(** Rational reconstruction (docs/proofs/exactness.md, 2.6): half of the extended Euclidean algorithm finds the fraction
    whose residue is given, once the modulus exceeds twice the product of the bounds of its numerator and denominator.
    *)
From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.

(** Remainders and multipliers down to the first remainder that is at most [n]. *)
Fixpoint euclid (fuel : nat) (n r0 r1 t0 t1 : Z) : Z * Z :=
  match fuel with
  | O => (r1, t1)
  | S f => if r1 <=? n then (r1, t1) else euclid f n r1 (r0 mod r1) t1 (t0 - r0 / r1 * t1)
  end.
(** A numerator and a denominator, up to a common sign, for a residue [a] modulo [m]. *)
Definition reconstruct (m n a : Z) : Z * Z := euclid (Z.to_nat m) n m (a mod m) 0 1.

(** The multipliers are e u1 and - e u0, of alternating signs. *)
Record state (m a n r0 r1 t0 t1 : Z) : Prop := State {
  falling : 0 <= r1 < r0; above : n < r0;
  multipliers : exists e u0 u1, (e = 1 \/ e = -1) /\ t1 = e * u1 /\ t0 = - (e * u0) /\ 0 <= u0 /\ 1 <= u1 /\
    u1 * r0 + u0 * r1 = m;
  residue0 : (m | t0 * a - r0); residue1 : (m | t1 * a - r1) }.

Lemma state_next m a n r0 r1 t0 t1 : n < r1 -> 0 <= n -> state m a n r0 r1 t0 t1 ->
  state m a n r1 (r0 mod r1) t1 (t0 - r0 / r1 * t1).
Proof.
intros Hn N0 [F A [e [u0 [u1 [He [E1 [E0 [U0 [U1 Em]]]]]]]] [k0 K0] [k1 K1]].
pose proof (Z.div_mod r0 r1 ltac:(lia)) as D; pose proof (Z.mod_pos_bound r0 r1 ltac:(lia)) as M.
set (q := r0 / r1) in *; set (r2 := r0 mod r1) in *; assert (q1 : 1 <= q) by nia.
split; [lia|exact Hn| |exists k1; exact K1|exists (k0 - q * k1); rewrite E0, E1 in *; nia].
exists (- e), u1, (u0 + q * u1); split; [lia|]; rewrite E1, E0; repeat split; try ring; lia.
Qed.

Lemma euclid_state fuel m a n r0 r1 t0 t1 : 0 <= n -> r1 < Z.of_nat fuel \/ r1 <= n -> state m a n r0 r1 t0 t1 ->
  exists r0' t0', let rt := euclid fuel n r0 r1 t0 t1 in state m a n r0' (fst rt) t0' (snd rt) /\ fst rt <= n.
Proof.
intro N0; revert r0 r1 t0 t1; induction fuel as [|f IH]; intros r0 r1 t0 t1 Hf S.
  exists r0, t0; split; [exact S|]; destruct S as [F _ _ _ _]; simpl in *; lia.
simpl; destruct (Z.leb_spec r1 n) as [L|L]; [exists r0, t0; split; assumption|].
apply IH; [|apply state_next; assumption]; left; destruct S as [F _ _ _ _].
pose proof (Z.mod_pos_bound r0 r1 ltac:(lia)); lia.
Qed.

Lemma positive_factor v u : 0 < v * u -> 0 <= u -> 1 <= v.
Proof. nia. Qed.

Lemma multiple_at_least v u : 1 <= v -> 0 <= u -> u <= v * u.
Proof. nia. Qed.

(** If the fraction c / d has the residue [a] modulo [m], which exceeds twice the product of the bounds [n] of |c| and
    [b] of d, the algorithm finds it, with a denominator that is at most [b] in absolute value
    (docs/proofs/exactness.md, 2.6). *)
Theorem reconstruct_finds (m n b a c d : Z) : 0 <= n -> 0 < b -> 2 * (n * b) < m -> Z.abs c <= n -> 0 < d <= b ->
  (m | d * a - c) ->
  let rt := reconstruct m n a in
  0 < Z.abs (snd rt) <= b /\ 0 <= fst rt <= n /\ (m | snd rt * a - fst rt) /\ c * snd rt = fst rt * d.
Proof.
intros N0 B0 Hm Hc Hd [k Hk]; unfold reconstruct; assert (m0 : 0 < m) by nia; assert (nm : n < m) by nia.
destruct (euclid_state (Z.to_nat m) m a n m (a mod m) 0 1) as [r0 [t0 H]]; [exact N0| | |].
{ left; rewrite Z2Nat.id by lia; apply Z.mod_pos_bound; exact m0. }
{ split; [apply Z.mod_pos_bound; exact m0|exact nm| |exists (-1); ring|].
    exists 1, 0, 1; repeat split; lia.
  exists (a / m); pose proof (Z.div_mod a m ltac:(lia)); lia. }
cbv zeta in *; destruct (euclid _ _ _ _ _ _) as [r1 t1]; cbn [fst snd] in *; destruct H as [S L].
destruct S as [F A [e [u0 [u1 [He [E1 [E0 [U0 [U1 Em]]]]]]]] [k0 K0] [k1 K1]].
assert (X : c * t1 - d * r1 = (d * k1 - k * t1) * m) by (replace c with (d * a - k * m) by lia; nia).
assert (Y : d * r0 - c * t0 = (k * t0 - d * k0) * m) by (replace c with (d * a - k * m) by lia; nia).
set (U := d * k1 - k * t1) in *; set (V := k * t0 - d * k0) in *.
assert (det : t1 * r0 - t0 * r1 = e * m) by (rewrite E1, E0, <- Em; ring).
assert (C : U * r0 + V * r1 = e * c).
{ apply (Z.mul_reg_r _ _ m); [lia|]; transitivity ((U * m) * r0 + (V * m) * r1); [ring|rewrite <- X, <- Y].
  transitivity (c * (t1 * r0 - t0 * r1)); [ring|rewrite det; ring]. }
assert (D : U * t0 + V * t1 = e * d).
{ apply (Z.mul_reg_r _ _ m); [lia|]; transitivity ((U * m) * t0 + (V * m) * t1); [ring|rewrite <- X, <- Y].
  transitivity (d * (t1 * r0 - t0 * r1)); [ring|rewrite det; ring]. }
assert (D' : V * u1 - U * u0 = d) by (rewrite E1, E0 in D; destruct He as [-> | ->]; lia).
assert (Ec : Z.abs (e * c) <= n) by (destruct He as [-> | ->]; lia).
assert (T : 0 < Z.abs t1 /\ Z.abs t1 = u1) by (rewrite E1; destruct He as [-> | ->]; lia).
assert (U = 0 \/ 1 <= U \/ U <= -1) as [Z0|[P|N]] by lia.
- rewrite Z0 in D', X; rewrite Z.mul_0_l, Z.sub_0_r in D'; rewrite Z.mul_0_l in X.
  assert (V1 : 1 <= V) by (apply (positive_factor V u1); lia); pose proof (multiple_at_least V u1 V1).
  repeat split; try lia; exists k1; exact K1.
- exfalso; pose proof (Z.mul_nonneg_nonneg U u0); assert (V1 : 1 <= V) by (apply (positive_factor V u1); lia).
  pose proof (multiple_at_least U r0 P); pose proof (Z.mul_nonneg_nonneg V r1); lia.
- exfalso; set (W := - U) in *; assert (W1 : 1 <= W) by lia.
assert (C' : W * r0 = V * r1 - e * c) by (rewrite <- C; unfold W; ring).
assert (D2 : V * u1 + W * u0 = d) by (rewrite <- D'; unfold W; ring).
pose proof (multiple_at_least W r0 W1); pose proof (multiple_at_least W m W1).
assert (V1 : 1 <= V) by (apply (positive_factor V r1); lia).
pose proof (multiple_at_least V u1 V1); pose proof (Z.mul_nonneg_nonneg W u0).
assert (W * m = u1 * (W * r0) + W * u0 * r1) by (rewrite <- Em; ring).
assert (u1 * (W * r0) <= u1 * (V * r1 + n)) by (apply Z.mul_le_mono_nonneg_l; lia).
assert (u1 * (V * r1 + n) + W * u0 * r1 = r1 * d + n * u1) by (rewrite <- D2; ring).
assert (r1 * d <= n * b) by (apply Z.mul_le_mono_nonneg; lia).
assert (n * u1 <= n * b) by (apply Z.mul_le_mono_nonneg_l; lia).
lia.
Qed.

(** And no other fraction with these bounds has this residue (docs/proofs/exactness.md, 2.6). *)
Theorem reconstruct_unique (m n b a c d c' d' : Z) : 2 * (n * b) < m -> Z.abs c <= n -> 0 < d <= b ->
  Z.abs c' <= n -> 0 < d' <= b -> (m | d * a - c) -> (m | d' * a - c') -> c * d' = c' * d.
Proof.
intros Hm Hc Hd Hc' Hd' [k Hk] [k' Hk'].
assert (E : c * d' - c' * d = (d * k' - d' * k) * m)
  by (replace c with (d * a - k * m) by lia; replace c' with (d' * a - k' * m) by lia; ring).
assert (B1 : Z.abs (c * d') <= n * b) by (rewrite Z.abs_mul; apply Z.mul_le_mono_nonneg; lia).
assert (B2 : Z.abs (c' * d) <= n * b) by (rewrite Z.abs_mul; apply Z.mul_le_mono_nonneg; lia).
assert (Z : d * k' - d' * k = 0); [|rewrite Z in E; lia].
destruct (Z.eq_dec (d * k' - d' * k) 0) as [Z|N]; [exact Z|exfalso].
assert (L : 1 <= Z.abs (d * k' - d' * k)) by lia; pose proof (multiple_at_least _ m L).
assert (F : Z.abs (c * d' - c' * d) = Z.abs (d * k' - d' * k) * m) by (rewrite E, Z.abs_mul, (Z.abs_eq m); lia); lia.
Qed.
