(** Why the arithmetic of the engine is exact (docs/proofs/exactness.md, 4.1, 4.2, 4.5 and 8.6): bounds on integers.
    Floats themselves are not modelled: what is proved is that every number stays where floats, or machine integers, are
    exact, and that a quotient that is off by little still gives the right residue. *)
From Coq Require Import ZArith Lia List.
Import ListNotations.
Local Open Scope Z_scope.

(** The sum of products of the pairs of a list. *)
Definition products (l : list (Z * Z)) : Z := fold_right (fun ab s => fst ab * snd ab + s) 0 l.
(** Residues are at most this. *)
Definition half (p : Z) : Z := p / 2 + p / 256 + 1.

Lemma products_bound g h l : (forall a b, In (a, b) l -> Z.abs a <= g /\ Z.abs b <= h) ->
  Z.abs (products l) <= Z.of_nat (length l) * (g * h).
Proof.
induction l as [|[a b] l IH]; intro bound; [reflexivity|].
cbn [products fold_right length fst snd]; fold (products l).
destruct (bound a b (or_introl eq_refl)) as [Ha Hb].
assert (0 <= Z.abs a) by apply Z.abs_nonneg; assert (0 <= Z.abs b) by apply Z.abs_nonneg.
assert (Z.abs (a * b) <= g * h) by (rewrite Z.abs_mul; apply Z.mul_le_mono_nonneg; assumption).
assert (Z.abs (products l) <= Z.of_nat (length l) * (g * h)) by (apply IH; intros; apply bound; right; assumption).
rewrite Nat2Z.inj_succ, Z.mul_succ_l, Z.add_comm.
pose proof (Z.abs_triangle (products l) (a * b)); lia.
Qed.

(** A residue and at most [t] products of residues, whichever of them are added, stay within 2^b
    (docs/proofs/exactness.md, 4.1). *)
Theorem sums_within (b h p t x : Z) (l : list (Z * Z)) : 0 <= h -> 0 <= p -> h + t * (h * h) + 2 * p <= 2 ^ b ->
  Z.abs x <= h -> Z.of_nat (length l) <= t -> (forall a c, In (a, c) l -> Z.abs a <= h /\ Z.abs c <= h) ->
  Z.abs (products l) <= 2 ^ b /\ Z.abs (x + products l) <= 2 ^ b - 2 * p.
Proof.
intros Hh Hp Hb Hx Hl bound; pose proof (products_bound h h l bound) as P.
assert (Z.of_nat (length l) * (h * h) <= t * (h * h)) by (apply Z.mul_le_mono_nonneg_r; nia).
pose proof (Z.abs_triangle x (products l)); lia.
Qed.

(** The numbers of products of the three primes, in floats of 24, 24 and 53 bits, with the room for a reduction (4.2);
    one more would be too many (docs/proofs/exactness.md, 4.1). *)
Theorem room_of_primes :
  let fits b p t := let x := half p + t * (half p * half p) in andb (x + 2 * p <=? 2 ^ b) (x <=? p * 2 ^ (b - 9)) in
  (fits 24 251 518, fits 24 1381 34, fits 53 16609429 128) = (true, true, true) /\
  (fits 24 251 519, fits 24 1381 35, fits 53 16609429 129) = (false, false, false).
Proof. split; reflexivity. Qed.

(** A computed quotient [n / s] of [x] by [p] that is off by at most 2^-8, rounded to the integer [q]: [x - q p] is at
    most p/2 + p/256, so that it is 0 exactly if [p] divides [x], and [q p] is at most |x| + h
    (docs/proofs/exactness.md, 4.2). *)
Theorem reduction (x p n s q : Z) : 0 < p -> 0 < s ->
  256 * Z.abs (n * p - x * s) <= s * p -> 2 * Z.abs (q * s - n) <= s ->
  Z.abs (x - q * p) <= (129 * p) / 256 /\ (129 * p) / 256 <= half p /\ Z.abs (q * p) <= Z.abs x + half p /\
  (x - q * p = 0 <-> (p | x)).
Proof.
intros Hp Hs Hn Hq.
assert (E : s * (x - q * p) = (x * s - n * p) + p * (n - q * s)) by ring.
assert (A : Z.abs (s * (x - q * p)) = s * Z.abs (x - q * p)) by (rewrite Z.abs_mul, (Z.abs_eq s); lia).
assert (B : Z.abs (p * (n - q * s)) = p * Z.abs (n - q * s)) by (rewrite Z.abs_mul, (Z.abs_eq p); lia).
assert (C : 2 * (p * Z.abs (n - q * s)) <= p * s) by (replace (n - q * s) with (- (q * s - n)) by ring;
  rewrite Z.abs_opp; pose proof (Z.mul_le_mono_nonneg_l _ _ p (Z.lt_le_incl _ _ Hp) Hq); lia).
assert (D : 256 * (s * Z.abs (x - q * p)) <= 129 * (s * p)) by (rewrite <- A, E;
  pose proof (Z.abs_triangle (x * s - n * p) (p * (n - q * s)));
  assert (Z.abs (x * s - n * p) = Z.abs (n * p - x * s)) by (rewrite <- Z.abs_opp; f_equal; ring); lia).
assert (F : 256 * Z.abs (x - q * p) <= 129 * p) by (apply (Z.mul_le_mono_pos_l _ _ s Hs); lia).
assert (G : Z.abs (x - q * p) <= (129 * p) / 256) by (apply Z.div_le_lower_bound; lia).
assert (H : (129 * p) / 256 <= half p).
  { unfold half; pose proof (Z.div_mod p 2); pose proof (Z.div_mod p 256); pose proof (Z.mod_pos_bound p 2);
    pose proof (Z.mod_pos_bound p 256); apply Z.lt_succ_r, Z.div_lt_upper_bound; lia. }
split; [exact G|split; [exact H|split; [lia|split]]].
  intro z; exists q; lia.
intros [c ->]; assert (I : Z.abs (c - q) * p <= (129 * p) / 256)
  by (replace (c * p - q * p) with ((c - q) * p) in G by ring; rewrite Z.abs_mul, (Z.abs_eq p) in G; lia).
assert (J : (129 * p) / 256 < p) by (apply Z.div_lt_upper_bound; lia).
assert (Z.abs (c - q) < 1) by (apply (Z.mul_lt_mono_pos_r p); lia); assert (c = q) as -> by lia; ring.
Qed.

(** Sums on bytes stay within the reduction's range and within 32 bits: [x] a residue, and 256 products of a residue and
    a residue from 0 on, at most [p] (docs/proofs/exactness.md, 4.5). *)
Theorem sums_on_bytes (p x : Z) (l : list (Z * Z)) : 0 < p <= 251 -> Z.abs x <= half p -> (length l <= 256)%nat ->
  (forall a b, In (a, b) l -> Z.abs a <= half p /\ 0 <= b <= p) ->
  Z.abs (x + products l) <= p * 2 ^ 15 /\ p * 2 ^ 15 < 2 ^ 24 /\ half p <= 126.
Proof.
intros Hp Hx Hl bound.
assert (H : half p <= 126) by (unfold half; pose proof (Z.div_mod p 2); pose proof (Z.div_mod p 256);
  pose proof (Z.mod_pos_bound p 2); pose proof (Z.mod_pos_bound p 256); lia).
assert (H0 : 0 <= half p) by lia.
assert (P : Z.abs (products l) <= Z.of_nat (length l) * (half p * p))
  by (apply products_bound; intros a b i; destruct (bound a b i); lia).
assert (half p * p <= 126 * p) by nia.
assert (Z.of_nat (length l) * (half p * p) <= 256 * (126 * p)) by (apply Z.mul_le_mono_nonneg; nia).
pose proof (Z.abs_triangle x (products l)); change (2 ^ 15) with 32768; change (2 ^ 24) with 16777216; lia.
Qed.

(** The core's entries fit into 16 bits: a residue and at most [t] products of a residue with a weight of at most [w]
    (docs/proofs/exactness.md, 4.5). *)
Theorem core_sums (h w t x : Z) (l : list (Z * Z)) : 0 <= h -> 0 <= w -> h + t * (h * w) < 2 ^ 15 ->
  Z.abs x <= h -> Z.of_nat (length l) <= t -> (forall a c, In (a, c) l -> Z.abs a <= h /\ Z.abs c <= w) ->
  Z.abs (x + products l) < 2 ^ 15.
Proof.
intros Hh Hw Ht Hx Hl bound; pose proof (products_bound h w l bound) as P.
assert (Z.of_nat (length l) * (h * w) <= t * (h * w)) by (apply Z.mul_le_mono_nonneg_r; nia).
pose proof (Z.abs_triangle x (products l)); lia.
Qed.

(** The sum of a list. *)
Definition total (l : list Z) : Z := fold_right Z.add 0 l.

(** Sums of at most [r] vectors fit into 8 bits, those that are reduced after [t] vectors into 16, a residue and a multiple
    of another into 16, and the sum of the extension of a vector of at most 2^56 residues into 64
    (docs/proofs/exactness.md, 8.6). *)
Theorem vector_sums (h p r t w x y : Z) (l : list Z) : 0 <= h -> Z.abs x <= h -> (forall a, In a l -> Z.abs a <= h) ->
  (r * h < 2 ^ 7 -> Z.of_nat (length l) <= r -> Z.abs (total l) < 2 ^ 7) /\
  (h + t * h < 2 ^ 15 -> Z.of_nat (length l) <= t -> Z.abs (x + total l) < 2 ^ 15) /\
  (h + p * h < 2 ^ 15 -> Z.abs w <= p -> Z.abs y <= h -> Z.abs (x + w * y) < 2 ^ 15) /\
  (h <= 126 -> Z.of_nat (length l) <= 2 ^ 56 -> Z.abs (total l) < 2 ^ 63).
Proof.
intros Hh Hx bound; assert (P : Z.abs (total l) <= Z.of_nat (length l) * h).
{ clear Hx; induction l as [|a l IH]; [simpl; lia|].
  assert (Z.abs (total l) <= Z.of_nat (length l) * h) by (apply IH; intros c i; apply bound; right; exact i).
  assert (Z.abs a <= h) by (apply bound; left; reflexivity).
  change (total (a :: l)) with (a + total l); change (length (a :: l)) with (S (length l)).
  rewrite Nat2Z.inj_succ; pose proof (Z.abs_triangle a (total l)); lia. }
assert (few : forall k, Z.of_nat (length l) <= k -> Z.abs (total l) <= k * h).
{ intros k le; apply (Z.le_trans _ _ _ P); apply Z.mul_le_mono_nonneg_r; lia. }
repeat split; intros.
- specialize (few r ltac:(assumption)); lia.
- specialize (few t ltac:(assumption)); pose proof (Z.abs_triangle x (total l)); lia.
- pose proof (Z.abs_triangle x (w * y)); rewrite Z.abs_mul in *.
  assert (Z.abs w * Z.abs y <= p * h) by (apply Z.mul_le_mono_nonneg; lia); lia.
- specialize (few (2 ^ 56) ltac:(assumption)); change (2 ^ 56) with 72057594037927936 in *.
  change (2 ^ 63) with 9223372036854775808; lia.
Qed.

(** The modulus of the transforms. *)
Definition modulus : Z := 43 * 2 ^ 18 + 1.

(** The bounds for residues modulo primes up to 251 and modulo 43 2^18 + 1 (docs/proofs/exactness.md, 8.6). *)
Theorem transform_bounds (p : Z) : 0 < p <= 251 -> let h := p / 2 + 1 in let hq := half modulus in
  h + p * h < 2 ^ 15 /\ h + 256 * (h * h) <= 2 ^ 24 /\ hq < 2 ^ 23 /\ 2 * hq * modulus < 2 ^ 48 /\
  256 * (hq * hq) + hq + 2 * modulus < 2 ^ 53.
Proof.
intros Hp h hq; assert (0 < h <= 126) by (unfold h; pose proof (Z.div_mod p 2); pose proof (Z.mod_pos_bound p 2); lia).
split; [change (2 ^ 15) with 32768; nia|split; [change (2 ^ 24) with 16777216; nia|repeat split]].
Qed.

(** The residue nearest to 0 of a sum [c] of [t] products is the sum, if t h^2 is at most q/2; [q] is odd
    (docs/proofs/exactness.md, 8.6). *)
Theorem coefficient (q h t c r : Z) : 0 < q -> Z.odd q = true -> 2 * (t * (h * h)) <= q -> Z.abs c <= t * (h * h) ->
  2 * Z.abs r <= q -> (q | c - r) -> r = c.
Proof.
intros Hq odd Ht Hc Hr [k e]; destruct (Z.eq_dec (c - r) 0) as [z|nz]; [lia|exfalso].
assert (k <> 0) by (intros ->; lia); assert (2 * Z.abs c <= q) by lia.
assert (A : 2 * Z.abs c <> q) by (intro E; rewrite <- E, Z.odd_mul in odd; discriminate).
assert (B : Z.abs (c - r) = Z.abs k * q) by (rewrite e, Z.abs_mul, (Z.abs_eq q); lia).
pose proof (Z.abs_triangle c (- r)) as C; rewrite Z.abs_opp in C; replace (c + - r) with (c - r) in C by ring.
pose proof (Z.mul_le_mono_nonneg_r 1 (Z.abs k) q); lia.
Qed.

(** A quotient [n / s] of [x] by the odd [q] that is off by less than 1/(2 q), rounded to the integer [k]: [x - k q] is
    the residue nearest to 0 (docs/proofs/exactness.md, 8.6). *)
Theorem last_reduction (q x n s k : Z) : 0 < q -> Z.odd q = true -> 0 < s ->
  2 * Z.abs (n * q - x * s) < s -> 2 * Z.abs (k * s - n) <= s -> 2 * Z.abs (x - k * q) < q.
Proof.
intros Hq odd Hs Hn Hk.
assert (E : s * (x - k * q) = (x * s - n * q) + q * (n - k * s)) by ring.
assert (A : Z.abs (s * (x - k * q)) = s * Z.abs (x - k * q)) by (rewrite Z.abs_mul, (Z.abs_eq s); lia).
assert (B : Z.abs (q * (n - k * s)) = q * Z.abs (k * s - n))
  by (rewrite Z.abs_mul, (Z.abs_eq q) by lia; f_equal; rewrite <- Z.abs_opp; f_equal; ring).
assert (C : Z.abs (x * s - n * q) = Z.abs (n * q - x * s)) by (rewrite <- Z.abs_opp; f_equal; ring).
assert (D : 2 * (s * Z.abs (x - k * q)) < s + q * s) by (rewrite <- A, E;
  pose proof (Z.abs_triangle (x * s - n * q) (q * (n - k * s)));
  pose proof (Z.mul_le_mono_nonneg_l _ _ q (Z.lt_le_incl _ _ Hq) Hk); lia).
assert (F : 2 * Z.abs (x - k * q) < 1 + q) by (apply (Z.mul_lt_mono_pos_l s); lia).
assert (2 * Z.abs (x - k * q) <> q) by (intro G; rewrite <- G, Z.odd_mul in odd; discriminate).
lia.
Qed.

(** 2^-28 is less than 1/(2 q). *)
Lemma modulus_off : 2 * modulus < 2 ^ 25 /\ Z.odd modulus = true.
Proof. split; reflexivity. Qed.
