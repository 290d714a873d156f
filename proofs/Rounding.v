(** Correctly rounded floats and machine integers (docs/proofs/exactness.md, 4.1, 4.2, 4.5 and 8.6): integers in their
    range are exact, in any order of addition and with or without fused operations, and the reduction gives exact
    residues. The exponents of floats are not bounded here; those of the engine lie far within the bounds. *)
From Coq Require Import ZArith Lia List QArith Qabs Qround Lqa.
From SRTheory Require Import Arithmetic.
Local Open Scope Z_scope.

Definition power_of_two (s : Q) : Prop := exists i, 0 <= i /\ (s == inject_Z (2 ^ i) \/ s * inject_Z (2 ^ i) == 1)%Q.
(** [z] is [y] rounded to a nearest float of [b] bits: y = f s with a power of two s and |f| from 2^(b-1) to 2^b, and
    z = k s with an integer k nearest to f. *)
Definition rounded (b : Z) (y z : Q) : Prop := (y == 0 /\ z == 0)%Q \/
  exists s k, power_of_two s /\ (inject_Z (2 ^ (b - 1)) * s <= Qabs y)%Q /\ (Qabs y <= inject_Z (2 ^ b) * s)%Q /\
    (z == inject_Z k * s)%Q /\ (Qabs (z - y) <= (1 # 2) * s)%Q.
(** [z] is the integer [y] in [w] bits with a sign, modulo 2^w. *)
Definition wrapped (w : Z) (y z : Q) : Prop := exists a k c, (y == inject_Z a)%Q /\ (z == inject_Z c)%Q /\
  c = a + k * 2 ^ w /\ - 2 ^ (w - 1) <= c < 2 ^ (w - 1).

Lemma close (k a : Z) : (Qabs (inject_Z k - inject_Z a) <= 1 # 2)%Q -> k = a.
Proof. unfold inject_Z, Qminus, Qplus, Qopp, Qabs, Qle; simpl; lia. Qed.

Lemma halves b : 1 <= b -> 2 ^ b = 2 * 2 ^ (b - 1) /\ 0 < 2 ^ (b - 1).
Proof.
intro Hb; split; [|apply Z.pow_pos_nonneg; lia].
replace b with (Z.succ (b - 1)) at 1 by lia; rewrite Z.pow_succ_r; lia.
Qed.

Lemma inject_le a b : (inject_Z a <= inject_Z b)%Q <-> a <= b.
Proof. rewrite <- Zle_Qle; reflexivity. Qed.

Lemma inject_eq a b : (inject_Z a == inject_Z b)%Q <-> a = b.
Proof. apply inject_Z_injective. Qed.

Lemma power_pos s : power_of_two s -> (0 < s)%Q.
Proof.
intros [i [Hi [E|E]]]; assert (P : (0 < inject_Z (2 ^ i))%Q)
  by (change 0%Q with (inject_Z 0); rewrite <- Zlt_Qlt; apply Z.pow_pos_nonneg; lia).
  rewrite E; exact P.
destruct (Qlt_le_dec 0 s) as [H|H]; [exact H|exfalso].
assert (s * inject_Z (2 ^ i) <= 0 * inject_Z (2 ^ i))%Q by (apply Qmult_le_compat_r; lra); lra.
Qed.

(** Integers up to 2^b are floats of b bits (docs/proofs/exactness.md, 4.1). *)
Theorem integers_exact (b a : Z) (y z : Q) : 1 <= b -> Z.abs a <= 2 ^ b -> (y == inject_Z a)%Q -> rounded b y z ->
  (z == inject_Z a)%Q.
Proof.
intros Hb Ha Hy [[H0 Hz]|[s [k [Hs [L [U [Hz E]]]]]]]; [rewrite Hz, <- Hy, H0; reflexivity|].
destruct (halves b Hb) as [B Bp]; pose proof (power_pos s Hs) as Sp.
assert (A : (Qabs y == inject_Z (Z.abs a))%Q) by (rewrite Hy; reflexivity).
rewrite A in L, U; rewrite Hz, Hy in E; rewrite Hz; clear Hz A; destruct Hs as [i [Hi [Es|Es]]].
- assert (N : 1 <= 2 ^ i) by (assert (0 < 2 ^ i) by (apply Z.pow_pos_nonneg; lia); lia); set (n := 2 ^ i) in *.
  rewrite Es in L, E |- *; rewrite <- inject_Z_mult, inject_le in L.
  assert (n = 1 \/ n = 2 /\ (a = 2 * 2 ^ (b - 1) \/ a = 2 * - 2 ^ (b - 1))) as [->|[-> D]] by nia.
    assert (k = a) as -> by (apply close; change (inject_Z 1) with 1%Q in E; rewrite !Qmult_1_r in E; exact E).
    apply Qmult_1_r.
  change (inject_Z 2) with 2%Q in *; destruct D as [-> | ->]; rewrite inject_Z_mult in E |- *;
    change (inject_Z 2) with 2%Q in *.
    assert (k = 2 ^ (b - 1)) as -> by (apply close; revert E; apply Qabs_case; apply Qabs_case; lra); lra.
  assert (k = - 2 ^ (b - 1)) as -> by (apply close; revert E; apply Qabs_case; apply Qabs_case; lra); lra.
- set (n := 2 ^ i) in *; assert (k = a * n) as ->; [|rewrite inject_Z_mult, <- Qmult_assoc, (Qmult_comm _ s), Es; lra].
  assert (N : 0 < n) by (apply Z.pow_pos_nonneg; lia).
  apply close; rewrite inject_Z_mult.
  assert (Np : (0 < inject_Z n)%Q) by (change 0%Q with (inject_Z 0); rewrite <- Zlt_Qlt; lia).
  setoid_replace (inject_Z k - inject_Z a * inject_Z n)%Q with ((inject_Z k * s - inject_Z a) * inject_Z n)%Q
    by (transitivity (inject_Z k * (s * inject_Z n) - inject_Z a * inject_Z n)%Q; [rewrite Es|]; ring).
  rewrite Qabs_Qmult, (Qabs_pos (inject_Z n)) by lra.
  apply (Qle_trans _ ((1 # 2) * s * inject_Z n)); [apply Qmult_le_compat_r; [exact E|lra]|].
  rewrite <- Qmult_assoc, Es; lra.
Qed.

Lemma integers_wrapped (w a : Z) (y z : Q) : 1 <= w -> Z.abs a < 2 ^ (w - 1) -> (y == inject_Z a)%Q -> wrapped w y z ->
  (z == inject_Z a)%Q.
Proof.
intros Hw Ha Hy [a' [k [c [E [F [G R]]]]]]; rewrite F; apply inject_eq.
assert (a' = a) as -> by (apply inject_eq; rewrite <- E; exact Hy).
destruct (halves w Hw) as [B Bp]; assert (k = 0) by nia; lia.
Qed.

(** A sum, in any order of addition: numbers, products, sums and differences of two sums, and products that are added to
    a sum, or subtracted from it, without being rounded. *)
Inductive sum : Set :=
  | Number (x : Z) | Product (a c : Z) | Plus (l r : sum) | Minus (l r : sum)
  | PlusFused (l : sum) (a c : Z) | MinusFused (l : sum) (a c : Z).
Fixpoint value (s : sum) : Z :=
  match s with
  | Number x => x | Product a c => a * c | Plus l r => value l + value r | Minus l r => value l - value r
  | PlusFused l a c => value l + a * c | MinusFused l a c => value l - a * c
  end.
(** The absolute values of the numbers, added up. *)
Fixpoint numbers (s : sum) : Z :=
  match s with
  | Number x => Z.abs x | Product _ _ => 0 | Plus l r | Minus l r => numbers l + numbers r
  | PlusFused l _ _ | MinusFused l _ _ => numbers l
  end.
(** How many products there are. *)
Fixpoint factors (s : sum) : Z :=
  match s with
  | Number _ => 0 | Product _ _ => 1 | Plus l r | Minus l r => factors l + factors r
  | PlusFused l _ _ | MinusFused l _ _ => factors l + 1
  end.
Fixpoint each (P : Z -> Z -> Prop) (s : sum) : Prop :=
  match s with
  | Number _ => True | Product a c => P a c | Plus l r | Minus l r => each P l /\ each P r
  | PlusFused l a c | MinusFused l a c => each P l /\ P a c
  end.

(** What a processor may make of a sum, whose operations turn exact results into others. *)
Inductive computes (op : Q -> Q -> Prop) : sum -> Q -> Prop :=
  | OfNumber x z : (z == inject_Z x)%Q -> computes op (Number x) z
  | OfProduct a c y z : (y == inject_Z (a * c))%Q -> op y z -> computes op (Product a c) z
  | OfPlus l r u v y z : computes op l u -> computes op r v -> (y == u + v)%Q -> op y z -> computes op (Plus l r) z
  | OfMinus l r u v y z : computes op l u -> computes op r v -> (y == u - v)%Q -> op y z -> computes op (Minus l r) z
  | OfPlusFused l a c u y z : computes op l u -> (y == u + inject_Z (a * c))%Q -> op y z ->
      computes op (PlusFused l a c) z
  | OfMinusFused l a c u y z : computes op l u -> (y == u - inject_Z (a * c))%Q -> op y z ->
      computes op (MinusFused l a c) z.

Lemma value_bound g h s : 0 <= g -> 0 <= h -> each (fun a c => Z.abs a <= g /\ Z.abs c <= h) s ->
  Z.abs (value s) <= numbers s + factors s * (g * h) /\ 0 <= numbers s /\ 0 <= factors s.
Proof.
intros Hg Hh; assert (M : forall a c, Z.abs a <= g /\ Z.abs c <= h -> Z.abs (a * c) <= g * h).
  intros a c [Ha Hc]; rewrite Z.abs_mul; apply Z.mul_le_mono_nonneg; lia.
assert (Q0 : 0 <= g * h) by (apply Z.mul_nonneg_nonneg; assumption).
induction s as [x|a c|l IHl r IHr|l IHl r IHr|l IHl a c|l IHl a c]; cbn [value numbers factors each].
- lia.
- intro H; specialize (M a c H); lia.
- intros [Hl Hr]; specialize (IHl Hl); specialize (IHr Hr); rewrite Z.mul_add_distr_r; lia.
- intros [Hl Hr]; specialize (IHl Hl); specialize (IHr Hr); rewrite Z.mul_add_distr_r; lia.
- intros [Hl Hr]; specialize (IHl Hl); specialize (M a c Hr); rewrite Z.mul_add_distr_r; lia.
- intros [Hl Hr]; specialize (IHl Hl); specialize (M a c Hr); rewrite Z.mul_add_distr_r; lia.
Qed.

(** Whatever the order, sums of a residue and products that stay in a range in which operations are exact are exact. *)
Lemma computes_exact (op : Q -> Q -> Prop) (m g h : Z) s z : 0 <= g -> 0 <= h ->
  (forall a y z, Z.abs a <= m -> (y == inject_Z a)%Q -> op y z -> (z == inject_Z a)%Q) ->
  numbers s + factors s * (g * h) <= m -> each (fun a c => Z.abs a <= g /\ Z.abs c <= h) s ->
  computes op s z -> (z == inject_Z (value s))%Q /\ Z.abs (value s) <= m.
Proof.
intros Hg Hh exact; assert (Q0 : 0 <= g * h) by (apply Z.mul_nonneg_nonneg; assumption).
revert z; induction s as [x|a c|l IHl r IHr|l IHl r IHr|l IHl a c|l IHl a c]; intros z Hm He Hc;
  pose proof (value_bound g h _ Hg Hh He) as B; (split; [|lia]); inversion Hc; subst; clear Hc;
  cbn [value numbers factors each] in *; try assumption.
- apply (exact _ y); [lia|assumption..].
- destruct He as [Hl Hr]; pose proof (value_bound g h _ Hg Hh Hl); pose proof (value_bound g h _ Hg Hh Hr).
  rewrite Z.mul_add_distr_r in *.
  apply (exact _ y); [lia| |assumption]; rewrite inject_Z_plus.
  assert (0 <= factors l * (g * h)) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= factors r * (g * h)) by (apply Z.mul_nonneg_nonneg; lia).
  destruct (IHl u) as [<- _]; [lia|assumption..|]; destruct (IHr v) as [<- _]; [lia|assumption..|assumption].
- destruct He as [Hl Hr]; pose proof (value_bound g h _ Hg Hh Hl); pose proof (value_bound g h _ Hg Hh Hr).
  rewrite Z.mul_add_distr_r in *.
  apply (exact _ y); [lia| |assumption]; unfold Z.sub; rewrite inject_Z_plus, inject_Z_opp.
  assert (0 <= factors l * (g * h)) by (apply Z.mul_nonneg_nonneg; lia).
  assert (0 <= factors r * (g * h)) by (apply Z.mul_nonneg_nonneg; lia).
  destruct (IHl u) as [<- _]; [lia|assumption..|]; destruct (IHr v) as [<- _]; [lia|assumption..|assumption].
- destruct He as [Hl Hr]; pose proof (value_bound g h _ Hg Hh Hl); rewrite Z.mul_add_distr_r in *.
  apply (exact _ y); [lia| |assumption]; rewrite inject_Z_plus.
  destruct (IHl u) as [<- _]; [lia|assumption..|assumption].
- destruct He as [Hl Hr]; pose proof (value_bound g h _ Hg Hh Hl); rewrite Z.mul_add_distr_r in *.
  apply (exact _ y); [lia| |assumption]; unfold Z.sub; rewrite inject_Z_plus, inject_Z_opp.
  destruct (IHl u) as [<- _]; [lia|assumption..|assumption].
Qed.

(** A residue and at most [t] products of residues, added in any order with or without fused operations by correctly
    rounded arithmetic, give the exact sum (docs/proofs/exactness.md, 4.1). *)
Theorem sums_exact (b h p t : Z) (s : sum) (z : Q) : 1 <= b -> 0 <= h -> 0 <= p -> h + t * (h * h) + 2 * p <= 2 ^ b ->
  numbers s <= h -> factors s <= t -> each (fun a c => Z.abs a <= h /\ Z.abs c <= h) s -> computes (rounded b) s z ->
  (z == inject_Z (value s))%Q /\ Z.abs (value s) <= 2 ^ b - 2 * p.
Proof.
intros Hb Hh Hp Hm Hn Ht He Hc; assert (factors s * (h * h) <= t * (h * h))
  by (apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg|]; assumption).
apply (computes_exact (rounded b) (2 ^ b - 2 * p) h h); try assumption; [|lia].
intros a y z' Ha Hy R; apply (integers_exact b a y); try assumption; lia.
Qed.

Lemma error_nonnegative b y z : 1 <= b -> (0 <= y)%Q -> rounded b y z ->
  ((inject_Z (2 ^ b) + 1) * Qabs (z - y) <= y)%Q.
Proof.
intros Hb Hy [[H0 Hz]|[s [k [Hs [L [U [Hz E]]]]]]].
  setoid_replace (z - y)%Q with 0%Q by (rewrite H0, Hz; ring); change (Qabs 0) with 0%Q; lra.
destruct (halves b Hb) as [B Bp]; pose proof (power_pos s Hs) as Sp; rewrite (Qabs_pos y Hy) in L, U.
set (e := Qabs (z - y)) in *; set (h := 2 ^ (b - 1)) in *; assert (Hp : (0 < inject_Z h)%Q)
  by (change 0%Q with (inject_Z 0); rewrite <- Zlt_Qlt; exact Bp).
assert (E' : (e <= y - inject_Z h * s)%Q).
{ assert (D : k = h \/ k <= h - 1 \/ h + 1 <= k) by lia; unfold e in *; destruct D as [-> | D].
    rewrite Hz; apply Qabs_case; lra.
  assert (D' : (inject_Z k * s <= inject_Z h * s - s \/ inject_Z h * s + s <= inject_Z k * s)%Q).
  { destruct D as [D|D]; apply inject_le in D; [left|right];
      [unfold Z.sub in D; rewrite inject_Z_plus, inject_Z_opp in D | rewrite inject_Z_plus in D];
      change (inject_Z 1) with 1%Q in D; apply (fun H => Qmult_le_compat_r _ _ s H (Qlt_le_weak _ _ Sp)) in D; lra. }
  revert E; rewrite Hz; apply Qabs_case; lra. }
rewrite B, inject_Z_mult; change (inject_Z 2) with 2%Q.
apply (fun H => Qmult_le_compat_r _ _ (2 * inject_Z h) H ltac:(lra)) in E; lra.
Qed.

Lemma rounded_opp b y z : rounded b y z -> rounded b (- y) (- z).
Proof.
intros [[H0 Hz]|[s [k [Hs [L [U [Hz E]]]]]]]; [left; rewrite H0, Hz; split; reflexivity|right; exists s, (- k)].
rewrite Qabs_opp, inject_Z_opp, Hz; repeat split; try assumption; [ring|].
setoid_replace (- (inject_Z k * s) - - y)%Q with (- (inject_Z k * s - y))%Q by ring.
rewrite Qabs_opp, <- Hz; exact E.
Qed.

(** The error is at most |y| / (2^b + 1). *)
Lemma rounding_error b y z : 1 <= b -> rounded b y z -> ((inject_Z (2 ^ b) + 1) * Qabs (z - y) <= Qabs y)%Q.
Proof.
intros Hb R; destruct (Qlt_le_dec y 0) as [H|H].
  apply rounded_opp in R; apply error_nonnegative in R; [|assumption|lra].
  rewrite (Qabs_neg y) by lra; setoid_replace (z - y)%Q with (- (- z - - y))%Q by ring; rewrite Qabs_opp; exact R.
rewrite (Qabs_pos y H); apply error_nonnegative; assumption.
Qed.

(** Each number can be rounded. *)
Lemma rounding_exists b y : 1 <= b -> exists z, rounded b y z.
Proof.
intro Hb; destruct (Qeq_dec y 0) as [Y0|Y0]; [exists 0%Q; left; split; [exact Y0|reflexivity]|].
destruct (halves b Hb) as [B Bp]; destruct y as [a d]; set (i := b - 1 + Z.pos d).
assert (A : 1 <= Z.abs a) by (assert (a <> 0) by (intro H; apply Y0; rewrite H; reflexivity); lia).
assert (D : Z.pos d < 2 ^ Z.pos d) by (apply Z.pow_gt_lin_r; lia).
assert (I : 2 ^ i = 2 ^ (b - 1) * 2 ^ Z.pos d) by (apply Z.pow_add_r; lia).
set (f := Z.abs a * 2 ^ i / Z.pos d); set (e := Z.log2 f).
assert (F : 2 ^ (b - 1) <= f) by (apply Z.div_le_lower_bound; [lia|rewrite I; nia]).
assert (L : 2 ^ e <= f < 2 ^ Z.succ e) by (apply Z.log2_spec; lia).
assert (E : b - 1 <= e) by (apply Z.log2_le_pow2; lia).
assert (M : f * Z.pos d <= Z.abs a * 2 ^ i < (f + 1) * Z.pos d).
{ pose proof (Z.div_mod (Z.abs a * 2 ^ i) (Z.pos d)); pose proof (Z.mod_pos_bound (Z.abs a * 2 ^ i) (Z.pos d)).
  fold f in H; lia. }
assert (Ip : 0 < 2 ^ i) by (apply Z.pow_pos_nonneg; lia).
assert (N : exists s, power_of_two s /\ (s * inject_Z (2 ^ i) == inject_Z (2 ^ (e - (b - 1))))%Q).
{ destruct (Z.le_ge_cases i (e - (b - 1))) as [H|H].
    exists (inject_Z (2 ^ (e - (b - 1) - i))); split; [exists (e - (b - 1) - i); split; [lia|left; reflexivity]|].
    rewrite <- inject_Z_mult, <- Z.pow_add_r by lia; apply inject_eq; f_equal; lia.
  set (j := i - (e - (b - 1))); assert (Jp : 0 < 2 ^ j) by (apply Z.pow_pos_nonneg; lia).
  assert (J : ~ (inject_Z (2 ^ j) == 0)%Q) by (change 0%Q with (inject_Z 0); rewrite inject_eq; lia).
  exists (/ inject_Z (2 ^ j))%Q; split.
    exists j; split; [lia|right; rewrite Qmult_comm; apply Qmult_inv_r; exact J].
  replace i with (j + (e - (b - 1))) by lia; rewrite Z.pow_add_r, inject_Z_mult by lia; field; exact J. }
destruct N as [s [Hs S]]; pose proof (power_pos s Hs) as Sp; set (y := (a # d)%Q) in *.
exists (inject_Z (Qfloor (y / s + (1 # 2))) * s)%Q; right; exists s, (Qfloor (y / s + (1 # 2))).
assert (V : (Qabs y * inject_Z (Z.pos d) == inject_Z (Z.abs a))%Q)
  by (unfold y, Qabs, inject_Z, Qmult, Qeq; simpl; rewrite Pos.mul_1_r; lia).
set (g := inject_Z (2 ^ i)) in *; set (dd := inject_Z (Z.pos d)) in *.
assert (gp : (0 < g)%Q) by (change 0%Q with (inject_Z 0); unfold g; rewrite <- Zlt_Qlt; exact Ip).
assert (dp : (0 < dd)%Q) by reflexivity; assert (gd : (0 < g * dd)%Q) by (apply Qmult_lt_0_compat; assumption).
assert (both : forall c, (inject_Z c * s * (g * dd) == inject_Z (c * 2 ^ (e - (b - 1)) * Z.pos d))%Q)
  by (intro c; rewrite !inject_Z_mult, <- S; fold dd; ring).
assert (W : (Qabs y * (g * dd) == inject_Z (Z.abs a * 2 ^ i))%Q)
  by (rewrite inject_Z_mult, <- V; fold g; ring).
split; [exact Hs|split; [|split; [|split; [reflexivity|]]]].
- apply (Qmult_le_r _ _ (g * dd) gd); rewrite both, W; apply inject_le.
  rewrite <- Z.pow_add_r by lia; replace (b - 1 + (e - (b - 1))) with e by lia; nia.
- apply (Qmult_le_r _ _ (g * dd) gd); rewrite both, W; apply inject_le.
  rewrite <- Z.pow_add_r by lia; replace (b + (e - (b - 1))) with (Z.succ e) by lia; nia.
- pose proof (Qfloor_le (y / s + (1 # 2))) as K; pose proof (Qlt_floor (y / s + (1 # 2))) as K'.
  rewrite inject_Z_plus in K'; change (inject_Z 1) with 1%Q in K'; set (k := inject_Z (Qfloor (y / s + (1 # 2)))) in *.
  assert (T : (y / s * s == y)%Q) by (field; lra); set (u := (y / s)%Q) in *; rewrite <- T.
  setoid_replace (k * s - u * s)%Q with ((k - u) * s)%Q by ring; rewrite Qabs_Qmult, (Qabs_pos s) by lra.
  apply Qmult_le_compat_r; [apply Qabs_Qle_condition|]; lra.
Qed.

(** Between 2^(b-1) and 2^b floats are integers. *)
Lemma rounded_integer b y z : 1 <= b -> (inject_Z (2 ^ (b - 1)) <= y)%Q -> (y <= inject_Z (2 ^ b))%Q -> rounded b y z ->
  exists k, (z == inject_Z k)%Q /\ (Qabs (inject_Z k - y) <= 1 # 2)%Q.
Proof.
intros Hb Hl Hu R; pose proof R as R'; destruct (halves b Hb) as [B Bp].
assert (whole : forall a, Z.abs a <= 2 ^ b -> (y == inject_Z a)%Q ->
  exists k, (z == inject_Z k)%Q /\ (Qabs (inject_Z k - y) <= 1 # 2)%Q).
{ intros a Ha Hy; exists a; split; [apply (integers_exact b a y); assumption|].
  rewrite Hy; setoid_replace (inject_Z a - inject_Z a)%Q with 0%Q by ring; discriminate. }
assert (Hp : (0 < inject_Z (2 ^ (b - 1)))%Q) by (change 0%Q with (inject_Z 0); rewrite <- Zlt_Qlt; exact Bp).
destruct R as [[H0 Hz]|[s [k [Hs [L [U [Hz E]]]]]]]; [lra|]; pose proof (power_pos s Hs) as Sp.
assert (BQ : (inject_Z (2 ^ b) == 2 * inject_Z (2 ^ (b - 1)))%Q) by (rewrite B, inject_Z_mult; reflexivity).
rewrite (Qabs_pos y) in L, U by lra; rewrite BQ in Hu, U; set (h := inject_Z (2 ^ (b - 1))) in *.
assert (S2 : (s <= 2)%Q) by (apply (Qmult_le_l _ _ h); lra).
assert (S1 : (1 <= 2 * s)%Q) by (apply (Qmult_le_l _ _ h); lra).
assert (one : (s == 1)%Q -> exists k, (z == inject_Z k)%Q /\ (Qabs (inject_Z k - y) <= 1 # 2)%Q).
{ intro S; exists k; rewrite S in Hz, E; split; [lra|].
  setoid_replace (inject_Z k - y)%Q with (z - y)%Q by (rewrite Hz; ring); lra. }
destruct Hs as [i [Hi Es]]; assert (N : 0 < 2 ^ i) by (apply Z.pow_pos_nonneg; lia); set (n := 2 ^ i) in *.
assert (n <= 2).
{ apply inject_le; change (inject_Z 2) with 2%Q; destruct Es as [Es|Es]; [lra|].
  assert (1 * inject_Z n <= 2 * s * inject_Z n)%Q; [|lra].
  apply Qmult_le_compat_r; [exact S1|]; change 0%Q with (inject_Z 0); apply inject_le; lia. }
assert (n = 1 \/ n = 2) as [-> | ->] by lia; destruct Es as [Es|Es]; 
  [apply one; exact Es|apply one; change (inject_Z 1) with 1%Q in Es; lra| |].
  apply (whole (2 ^ b)); [lia|]; rewrite BQ; fold h; rewrite Es in L;
    change (inject_Z 2) with 2%Q in L; lra.
apply (whole (2 ^ (b - 1))); [lia|]; fold h; change (inject_Z 2) with 2%Q in Es.
assert (S0 : (s == 1 # 2)%Q) by lra; assert (S' : (2 * h * s == h)%Q) by (rewrite S0; ring); lra.
Qed.

Lemma in_integers (z : Q) (a c m : Z) (y : Q) : (- inject_Z m <= y <= inject_Z m)%Q -> 0 <= m ->
  (y == z * inject_Z a + inject_Z c)%Q -> Z.abs (a * Qnum z + c * Z.pos (Qden z)) <= m * Z.pos (Qden z).
Proof.
intros Hy Hm E; destruct z as [n d]; cbn [Qnum Qden] in *; set (D := inject_Z (Z.pos d)).
assert (Dp : (0 < D)%Q) by reflexivity; assert (zD : ((n # d) * D == inject_Z n)%Q)
  by (unfold D, inject_Z, Qmult, Qeq; simpl; rewrite Pos.mul_1_r; lia).
assert (L : (- inject_Z m * D <= y * D)%Q) by (apply Qmult_le_compat_r; lra).
assert (U : (y * D <= inject_Z m * D)%Q) by (apply Qmult_le_compat_r; lra).
assert (F : (y * D == inject_Z (a * n + c * Z.pos d))%Q)
  by (rewrite E, inject_Z_plus, !inject_Z_mult, <- zD; unfold D; ring).
rewrite F in L, U; unfold D in L, U; rewrite <- inject_Z_opp in L; rewrite <- inject_Z_mult, inject_le in L, U; lia.
Qed.

(** The reduction of [x] by [p] in floats of [b] bits: [c] is 1/p rounded, [z] its product with [x], rounded or not,
    [w] and [q] the sum with 1.5 2^(b-1) and the difference again, [r] the difference of [x] and [q p]. The quotient is
    off by at most two units in the last place, by at most one if the product is not rounded, and all that follows is
    exact (docs/proofs/exactness.md, 4.2). *)
Theorem reduction_exact (b p x : Z) (c z w q y r : Q) : let C := inject_Z (3 * 2 ^ (b - 2)) in let X := inject_Z x in
  let P := inject_Z p in 9 <= b -> 0 < p -> Z.abs x + 2 * p <= 2 ^ b -> Z.abs x <= p * 2 ^ (b - 9) ->
  rounded b (1 / P) c -> rounded b (X * c) z \/ (z == X * c)%Q -> rounded b (z + C) w -> rounded b (w - C) q ->
  rounded b (q * P) y \/ (y == q * P)%Q -> rounded b (X - y) r ->
  (inject_Z (2 ^ b) * Qabs (z - X / P) <= 2 * Qabs (X / P))%Q /\
  ((z == X * c)%Q -> (inject_Z (2 ^ b) * Qabs (z - X / P) <= Qabs (X / P))%Q) /\
  (Qabs (z - X / P) <= 1 # 256)%Q /\
  exists k, (Qabs (inject_Z k - z) <= 1 # 2)%Q /\ (q == inject_Z k)%Q /\ (y == inject_Z (k * p))%Q /\
    (r == inject_Z (x - k * p))%Q /\
    Z.abs (x - k * p) <= (129 * p) / 256 <= half p /\ Z.abs (k * p) <= Z.abs x + half p < 2 ^ b /\
    (x - k * p = 0 <-> (p | x)).
Proof.
intros C X P Hb Hp Hx Hx' Rc Rz Rw Rq Ry Rr.
assert (Pp : (0 < P)%Q) by (change 0%Q with (inject_Z 0); unfold P; rewrite <- Zlt_Qlt; exact Hp).
assert (b1 : 1 <= b) by lia; set (G := 2 ^ (b - 9)); assert (Gp : 1 <= G)
  by (assert (0 < G) by (apply Z.pow_pos_nonneg; lia); lia).
assert (BG : 2 ^ b = 512 * G /\ 2 ^ (b - 1) = 256 * G /\ 3 * 2 ^ (b - 2) = 384 * G).
{ unfold G; replace b with (9 + (b - 9)) at 1 by lia; replace (b - 1) with (8 + (b - 9)) by lia;
    replace (b - 2) with (7 + (b - 9)) by lia; rewrite !Z.pow_add_r by lia; lia. }
destruct BG as [BG [BH BC]]; set (g := inject_Z G).
assert (G1 : (1 <= g)%Q) by (change 1%Q with (inject_Z 1); apply inject_le; exact Gp).
assert (U : (inject_Z (2 ^ b) == 512 * g)%Q) by (rewrite BG, inject_Z_mult; reflexivity).
assert (H : (inject_Z (2 ^ (b - 1)) == 256 * g)%Q) by (rewrite BH, inject_Z_mult; reflexivity).
assert (HC : (C == 384 * g)%Q) by (unfold C; rewrite BC, inject_Z_mult; reflexivity).
pose (t := (X / P)%Q); fold t; assert (tP : (t * P == X)%Q) by (unfold t; field; lra).
assert (AX : (Qabs t * P == Qabs X)%Q) by (rewrite <- tP, Qabs_Qmult, (Qabs_pos P); lra).
assert (At : (Qabs t <= g)%Q).
{ apply (Qmult_le_r _ _ P Pp); rewrite AX; change (Qabs X) with (inject_Z (Z.abs x)); unfold g, P.
  rewrite <- inject_Z_mult; apply inject_le; rewrite Z.mul_comm; exact Hx'. }
(* the error of the inverse, times x *)
assert (D1 : ((512 * g + 1) * Qabs (X * c - t) <= Qabs t)%Q).
{ apply rounding_error in Rc; [|exact b1]; rewrite U, (Qabs_pos (1 / P)) in Rc
    by (apply Qle_shift_div_l; lra).
  apply (fun h => Qmult_le_compat_r _ _ (Qabs X) h (Qabs_nonneg X)) in Rc.
  setoid_replace (X * c - t)%Q with ((c - 1 / P) * X)%Q by (rewrite <- tP; field; lra).
  rewrite Qabs_Qmult, <- AX in *; apply (Qle_trans _ (1 / P * (Qabs t * P))); [lra|].
  setoid_replace (1 / P * (Qabs t * P))%Q with (Qabs t) by (field; lra); lra. }
set (d1 := Qabs (X * c - t)) in *; set (d2 := Qabs (z - X * c)).
assert (XC : (Qabs (X * c) <= Qabs t + d1)%Q).
{ setoid_replace (X * c)%Q with (t + (X * c - t))%Q at 1 by ring; apply Qabs_triangle. }
assert (D2 : ((512 * g + 1) * d2 <= Qabs t + d1)%Q).
{ destruct Rz as [Rz|Rz]; [apply rounding_error in Rz; [rewrite U in Rz; unfold d2; lra|exact b1]|].
  unfold d2; setoid_replace (z - X * c)%Q with 0%Q by (rewrite Rz; ring); change (Qabs 0) with 0%Q.
  pose proof (Qabs_nonneg t); pose proof (Qabs_nonneg (X * c - t)); unfold d1; lra. }
assert (D : (Qabs (z - t) <= d1 + d2)%Q).
{ setoid_replace (z - t)%Q with ((X * c - t) + (z - X * c))%Q by ring; apply Qabs_triangle. }
assert (d10 : (0 <= d1)%Q) by apply Qabs_nonneg; assert (d20 : (0 <= d2)%Q) by apply Qabs_nonneg.
assert (E1 : (512 * g * Qabs (z - t) <= 2 * Qabs t)%Q).
{ apply (Qle_trans _ (512 * g * (d1 + d2))); [apply Qmult_le_l; lra|lra]. }
assert (E2 : (Qabs (z - t) <= 1 # 256)%Q).
{ apply (Qmult_le_l _ _ (512 * g)); lra. }
split; [rewrite U; exact E1|split; [intro fused; rewrite U|split; [exact E2|]]].
  setoid_replace (z - t)%Q with (X * c - t)%Q by (rewrite fused; reflexivity); fold d1; lra.
assert (Zt : (- (1 # 256) <= z - t <= 1 # 256)%Q) by (apply Qabs_Qle_condition; exact E2).
assert (Tt : (- g <= t <= g)%Q) by (apply Qabs_Qle_condition; exact At).
destruct (rounded_integer b (z + C) w) as [k1 [Ek1 Ed]]; [exact b1|lra|lra|exact Rw|].
apply Qabs_Qle_condition in Ed; pose (k := k1 - 3 * 2 ^ (b - 2)).
assert (Ik : (inject_Z k == inject_Z k1 - C)%Q) by (unfold k, C, Z.sub; rewrite inject_Z_plus, inject_Z_opp; ring).
assert (Kz : (- (1 # 2) <= inject_Z k - z <= 1 # 2)%Q) by (rewrite Ik; lra).
assert (Ka : Z.abs k <= 2 ^ b).
{ apply inject_le; rewrite U; change (inject_Z (Z.abs k)) with (Qabs (inject_Z k)); apply Qabs_Qle_condition; lra. }
assert (Eq : (q == inject_Z k)%Q) by (apply (integers_exact b k (w - C)); try assumption; rewrite Ek1, Ik; reflexivity).
assert (R : Z.abs (x - k * p) <= (129 * p) / 256 /\ (129 * p) / 256 <= half p /\ Z.abs (k * p) <= Z.abs x + half p /\
  (x - k * p = 0 <-> (p | x))).
{ apply (reduction x p (Qnum z) (Z.pos (Qden z)) k); [exact Hp|reflexivity| |].
    assert (F : (- P <= 256 * (z * P - X) <= P)%Q).
    { assert (- (1 # 256) * P <= (z - t) * P)%Q by (apply Qmult_le_compat_r; lra).
      assert ((z - t) * P <= (1 # 256) * P)%Q by (apply Qmult_le_compat_r; lra); lra. }
    apply (fun h => in_integers z (256 * p) (- (256 * x)) p _ h (Z.lt_le_incl _ _ Hp)) in F;
      [lia|rewrite !inject_Z_mult, inject_Z_opp, inject_Z_mult; fold P X; ring].
  assert (F : (- inject_Z 1 <= z * inject_Z (- 2) + inject_Z (2 * k) <= inject_Z 1)%Q)
    by (rewrite inject_Z_mult; change (inject_Z 1) with 1%Q; change (inject_Z (- 2)) with (- (2))%Q;
      change (inject_Z 2) with 2%Q; lra).
  apply (fun h => in_integers z (- 2) (2 * k) 1 _ h Z.le_0_1) in F; [lia|reflexivity]. }
destruct R as [R1 [R2 [R3 R4]]]; assert (hp : half p < 2 * p).
{ unfold half; pose proof (Z.div_mod p 2); pose proof (Z.div_mod p 256); pose proof (Z.mod_pos_bound p 2);
    pose proof (Z.mod_pos_bound p 256); lia. }
exists k; assert (Ey : (y == inject_Z (k * p))%Q).
{ destruct Ry as [Ry|Ry]; [apply (integers_exact b (k * p) (q * P)); try assumption; [lia|]|rewrite Ry];
    rewrite Eq, inject_Z_mult; reflexivity. }
split; [apply Qabs_Qle_condition; exact Kz|].
split; [exact Eq|split; [exact Ey|split; [|repeat split; try tauto; lia]]].
apply (integers_exact b (x - k * p) (X - y)); try assumption; [lia|].
rewrite Ey; unfold X, Z.sub; rewrite inject_Z_plus, inject_Z_opp; reflexivity.
Qed.

Lemma each_impl (P R : Z -> Z -> Prop) s : (forall a c, P a c -> R a c) -> each P s -> each R s.
Proof. intro i; induction s; cbn [each]; firstorder. Qed.

(** Sums in [w] bits whose numbers and products add up to less than 2^(w-1) are exact, in any order, [w] being
    8, 16, 32 or 64, say (docs/proofs/exactness.md, 8.6). *)
Theorem machine_sums (w n t g h : Z) (s : sum) (z : Q) : 1 <= w -> 0 <= g -> 0 <= h -> n + t * (g * h) < 2 ^ (w - 1) ->
  numbers s <= n -> factors s <= t -> each (fun a c => Z.abs a <= g /\ Z.abs c <= h) s -> computes (wrapped w) s z ->
  (z == inject_Z (value s))%Q /\ Z.abs (value s) < 2 ^ (w - 1).
Proof.
intros Hw Hg Hh Hm Hn Ht He Hc; assert (factors s * (g * h) <= t * (g * h))
  by (apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg|]; assumption).
destruct (computes_exact (wrapped w) (2 ^ (w - 1) - 1) g h s z) as [E B]; try assumption; [|lia|split; [exact E|lia]].
intros a y z' Ha Hy R; apply (integers_wrapped w a y); try assumption; lia.
Qed.

(** On bytes: a residue and 256 products of a residue and a residue from 0 on are added in 32 bits and converted to
    float32 without error, in the range of the reduction, whose result fits into a byte, from 0 on as well
    (docs/proofs/exactness.md, 4.5). *)
Theorem bytes_exact (p : Z) (s : sum) (z f : Q) : 0 < p <= 251 -> numbers s <= half p -> factors s <= 256 ->
  each (fun a c => Z.abs a <= half p /\ 0 <= c <= p) s -> computes (wrapped 32) s z -> rounded 24 z f ->
  (z == inject_Z (value s))%Q /\ (f == inject_Z (value s))%Q /\ Z.abs (value s) <= p * 2 ^ (24 - 9) /\
  Z.abs (value s) + 2 * p <= 2 ^ 24 /\ forall r, Z.abs r <= (129 * p) / 256 ->
    - 2 ^ 7 <= r < 2 ^ 7 /\ (r < 0 -> 0 <= r + p <= p) /\ r <= p /\ p < 2 ^ 8.
Proof.
intros Hp Hn Ht He Hc Hf; assert (H : 0 <= half p <= 126) by (unfold half; pose proof (Z.div_mod p 2);
  pose proof (Z.div_mod p 256); pose proof (Z.mod_pos_bound p 2); pose proof (Z.mod_pos_bound p 256); lia).
apply (each_impl _ (fun a c => Z.abs a <= half p /\ Z.abs c <= p)) in He; [|intros; lia].
assert (half p * p <= 126 * p) by (apply Z.mul_le_mono_nonneg_r; lia).
destruct (value_bound (half p) p s) as [B _]; [lia|lia|exact He|].
assert (factors s * (half p * p) <= 256 * (126 * p)) by (apply Z.mul_le_mono_nonneg; try lia;
  apply (value_bound (half p) p s); [lia|lia|exact He]).
destruct (machine_sums 32 (half p) 256 (half p) p s z) as [E _]; try assumption; try lia.
split; [exact E|split; [apply (integers_exact 24 (value s) z); try assumption; lia|]].
split; [lia|split; [lia|intros r Hr]]; assert ((129 * p) / 256 <= 126 /\ (129 * p) / 256 <= p)
  by (split; [apply Z.lt_succ_r|]; [apply Z.div_lt_upper_bound|apply Z.div_le_upper_bound]; lia); lia.
Qed.

(** Residues modulo primes up to 251: sums of 256 products in float32 are exact, in the range of the reduction; and
    residues modulo 43 2^18 + 1: they are exact in float32, and products of a sum of two with another, and sums of 256
    products, are exact in float64, in the range of the reduction (docs/proofs/exactness.md, 8.6). *)
Theorem products_exact (p : Z) (s : sum) (z : Q) : 2 <= p <= 251 \/ p = modulus ->
  let b := if p <=? 251 then 24 else 53 in let h := if p <=? 251 then p / 2 + 1 else half p in
  numbers s <= h -> each (fun a c => Z.abs a <= h /\ Z.abs c <= h) s -> factors s <= 256 -> computes (rounded b) s z ->
  (z == inject_Z (value s))%Q /\ Z.abs (value s) + 2 * p <= 2 ^ b /\ Z.abs (value s) <= p * 2 ^ (b - 9) /\
  forall a c y, (Z.abs a <= h -> rounded 24 (inject_Z a) y -> (y == inject_Z a)%Q) /\
    (Z.abs a <= 2 * h -> Z.abs c <= p -> rounded b (inject_Z (a * c)) y -> (y == inject_Z (a * c))%Q /\
      Z.abs (a * c) + 2 * p <= 2 ^ b /\ Z.abs (a * c) <= p * 2 ^ (b - 9)).
Proof.
intros Hp b h Hn He Ht Hc; assert (R : 1 <= b /\ 0 <= h <= 2 ^ 24 /\ 0 <= p /\ h + 256 * (h * h) + 2 * p <= 2 ^ b /\
  h + 256 * (h * h) <= p * 2 ^ (b - 9) /\ 2 * h * p + 2 * p <= 2 ^ b /\ 2 * h * p <= p * 2 ^ (b - 9)).
{ unfold b, h; destruct Hp as [Hp | ->]; [|vm_compute; repeat split; discriminate].
  replace (p <=? 251) with true by (symmetry; apply Z.leb_le; lia); clear b h Hn He Hc; set (h := p / 2 + 1).
  assert (H : 0 <= h <= 126 /\ 2 * h <= p + 2)
    by (unfold h; pose proof (Z.div_mod p 2); pose proof (Z.mod_pos_bound p 2); lia).
  assert (h * h <= 126 * h) by (apply Z.mul_le_mono_nonneg_r; lia).
  assert (2 * h * p <= 252 * p) by (apply Z.mul_le_mono_nonneg_r; lia).
  change (2 ^ 24) with 16777216; change (2 ^ (24 - 9)) with 32768; lia. }
destruct R as [Hb [Hh [Hp0 [R1 [R2 [R3 R4]]]]]].
assert (F : factors s * (h * h) <= 256 * (h * h))
  by (apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg; lia|lia]).
destruct (value_bound h h s) as [B _]; [lia|lia|exact He|].
destruct (sums_exact b h p 256 s z) as [E _]; try assumption; try lia.
split; [exact E|split; [lia|split; [lia|intros a c y; split]]].
  intros Ha Ry; apply (integers_exact 24 a (inject_Z a)); [lia|lia|reflexivity|exact Ry].
intros Ha Ha' Ry; assert (Z.abs (a * c) <= 2 * h * p) by (rewrite Z.abs_mul; apply Z.mul_le_mono_nonneg; lia).
split; [apply (integers_exact b (a * c) (inject_Z (a * c))); [lia|lia|reflexivity|exact Ry]|lia].
Qed.

(** The last reduction modulo q = 43 2^18 + 1 in float64, of a product that is at most 2 h q: the quotient is off by
    less than 2^-28, so that the result is the residue nearest to 0; hence the coefficient that it is congruent to, if
    this is at most q/2 (docs/proofs/exactness.md, 8.6). *)
Theorem last_reduction_exact (x v : Z) (c z w k y r : Q) : let q := modulus in let C := inject_Z (3 * 2 ^ (53 - 2)) in
  Z.abs x <= 2 * half q * q -> (q | x - v) -> 2 * Z.abs v <= q ->
  rounded 53 (1 / inject_Z q) c -> rounded 53 (inject_Z x * c) z \/ (z == inject_Z x * c)%Q ->
  rounded 53 (z + C) w -> rounded 53 (w - C) k -> rounded 53 (k * inject_Z q) y \/ (y == k * inject_Z q)%Q ->
  rounded 53 (inject_Z x - y) r ->
  (inject_Z (2 ^ 28) * Qabs (z - inject_Z x / inject_Z q) < 1)%Q /\ (r == inject_Z v)%Q.
Proof.
intros q C Hx Hv Hv' Rc Rz Rw Rq Ry Rr.
assert (Q1 : q = 11272193) by reflexivity; assert (Q2 : half q = 5680129) by reflexivity.
destruct (reduction_exact 53 q x c z w k y r) as [E [_ [_ [n [Hn [_ [_ [Er _]]]]]]]]; try assumption;
  [lia|lia|change (2 ^ 53) with 9007199254740992; lia|change (2 ^ (53 - 9)) with 17592186044416; lia|].
set (t := (inject_Z x / inject_Z q)%Q) in *; assert (qp : (0 < inject_Z q)%Q) by reflexivity.
assert (tq : (t * inject_Z q == inject_Z x)%Q) by (unfold t; field; lra).
assert (At : (Qabs t <= 11360258)%Q).
{ apply (Qmult_le_r _ _ (inject_Z q) qp); rewrite <- (Qabs_pos (inject_Z q)) at 1 by lra; rewrite <- Qabs_Qmult, tq.
  change (Qabs (inject_Z x)) with (inject_Z (Z.abs x)); change 11360258%Q with (inject_Z 11360258).
  rewrite <- inject_Z_mult; apply inject_le; lia. }
assert (W : (inject_Z (2 ^ 53) == 33554432 * inject_Z (2 ^ 28))%Q) by reflexivity.
assert (D : (inject_Z (2 ^ 28) * Qabs (z - t) < 1)%Q) by (rewrite W in E; lra).
split; [exact D|rewrite Er; apply inject_eq].
assert (D' : (- (1 # 268435456) <= z - t <= 1 # 268435456)%Q).
{ apply Qabs_Qle_condition; change (inject_Z (2 ^ 28)) with 268435456%Q in D; lra. }
assert (F : (- inject_Z 1 <= z * inject_Z (16 * q) + inject_Z (- (16 * x)) <= inject_Z 1)%Q).
{ rewrite inject_Z_opp, !inject_Z_mult, <- tq, Q1; change (inject_Z 11272193) with 11272193%Q.
  change (inject_Z 16) with 16%Q; change (inject_Z 1) with 1%Q; lra. }
apply (fun h => in_integers z (16 * q) (- (16 * x)) 1 _ h Z.le_0_1) in F; [|reflexivity].
apply Qabs_Qle_condition in Hn; assert (F' : (- inject_Z 1 <= z * inject_Z (- 2) + inject_Z (2 * n) <= inject_Z 1)%Q)
  by (rewrite inject_Z_mult; change (inject_Z 1) with 1%Q; change (inject_Z (- 2)) with (- (2))%Q;
    change (inject_Z 2) with 2%Q; lra).
apply (fun h => in_integers z (- 2) (2 * n) 1 _ h Z.le_0_1) in F'; [|reflexivity].
assert (L : 2 * Z.abs (x - n * q) < q)
  by (apply (last_reduction q x (Qnum z) (Z.pos (Qden z)) n); try reflexivity; lia).
apply (coefficient q 1 (Z.abs v) v (x - n * q)); try reflexivity; try lia.
destruct Hv as [d Hd]; exists (n - d); lia.
Qed.

(** [r] is what the reduction by [p] in floats of [b] bits makes of [X], step by step as in [reduction_exact]. *)
Definition reduced (b p : Z) (X r : Q) : Prop := exists c z w q y,
  rounded b (1 / inject_Z p) c /\ (rounded b (X * c) z \/ (z == X * c)%Q) /\
  rounded b (z + inject_Z (3 * 2 ^ (b - 2))) w /\ rounded b (w - inject_Z (3 * 2 ^ (b - 2))) q /\
  (rounded b (q * inject_Z p) y \/ (y == q * inject_Z p)%Q) /\ rounded b (X - y) r.

(** One residue [x] plus products of value [v] becomes the residue [x']: on bytes, up to 256 products of a residue and a
    residue from 0 on, added in 32 bits, converted to float32 and reduced there; in float32, up to [t] products of
    residues. *)
Definition byte_step (p x v x' : Z) : Prop := exists s z f r,
  value s = x + v /\ numbers s <= half p /\ factors s <= 256 /\
  each (fun a c => Z.abs a <= half p /\ 0 <= c <= p) s /\ computes (wrapped 32) s z /\
  rounded 24 z f /\ reduced 24 p f r /\ (r == inject_Z x')%Q.
Definition float_step (t p x v x' : Z) : Prop := exists s z r,
  value s = x + v /\ numbers s <= half p /\ factors s <= t /\
  each (fun a c => Z.abs a <= half p /\ Z.abs c <= half p) s /\ computes (rounded 24) s z /\
  reduced 24 p z r /\ (r == inject_Z x')%Q.
(** Several steps on bytes, one after the other. *)
Inductive byte_steps (p : Z) : Z -> list Z -> Z -> Prop :=
  | NoStep x : byte_steps p x nil x
  | OneStep x v y l x' : byte_step p x v y -> byte_steps p y l x' -> byte_steps p x (v :: l) x'.

Lemma half_small p : 0 < p <= 251 -> 0 <= half p <= 126 /\ half p <= p.
Proof.
intro Hp; unfold half; pose proof (Z.div_mod p 2); pose proof (Z.div_mod p 256); pose proof (Z.mod_pos_bound p 2);
  pose proof (Z.mod_pos_bound p 256); lia.
Qed.

Lemma rounded_eq b y y' z : (y == y')%Q -> rounded b y z -> rounded b y' z.
Proof.
intros E [[A B]|[s [k [H1 [H2 [H3 [H4 H5]]]]]]]; [left; rewrite <- E; auto|right; exists s, k; rewrite <- E; auto].
Qed.

Lemma reduced_residue p x X r x' : 0 < p <= 251 -> Z.abs x + 2 * p <= 2 ^ 24 -> Z.abs x <= p * 2 ^ (24 - 9) ->
  (X == inject_Z x)%Q -> reduced 24 p X r -> (r == inject_Z x')%Q ->
  (p | x - x') /\ Z.abs x' <= (129 * p) / 256 <= half p /\ (x' = 0 <-> (p | x)).
Proof.
intros Hp H1 H2 HX [c [z [w [q [y [Rc [Rz [Rw [Rq [Ry Rr]]]]]]]]]] Hr.
assert (Rz' : rounded 24 (inject_Z x * c) z \/ (z == inject_Z x * c)%Q)
  by (destruct Rz as [R|R]; [left; apply (rounded_eq _ (X * c))|right; rewrite R]; try assumption; rewrite HX;
    reflexivity).
assert (Rr' : rounded 24 (inject_Z x - y) r) by (apply (rounded_eq _ (X - y)); try assumption; rewrite HX; reflexivity).
destruct (reduction_exact 24 p x c z w q y r) as [_ [_ [_ [k [_ [_ [_ [E [B [_ D]]]]]]]]]]; try assumption; try lia.
assert (x' = x - k * p) as -> by (apply inject_eq; rewrite <- Hr; exact E).
split; [exists k; lia|split; assumption].
Qed.

Lemma byte_step_residue p x v x' : 0 < p <= 251 -> byte_step p x v x' ->
  (p | x + v - x') /\ Z.abs x' <= (129 * p) / 256 <= half p /\ (x' = 0 <-> (p | x + v)).
Proof.
intros Hp [s [z [f [r [<- [Hn [Ht [He [Hc [Hf [Rr Hr]]]]]]]]]]].
destruct (bytes_exact p s z f) as [_ [Ef [B1 [B2 _]]]]; try assumption.
apply (reduced_residue p (value s) f r); assumption.
Qed.

Lemma float_step_residue p x v x' : 0 < p <= 251 -> float_step 512 p x v x' ->
  (p | x + v - x') /\ Z.abs x' <= (129 * p) / 256 <= half p /\ (x' = 0 <-> (p | x + v)).
Proof.
intros Hp [s [z [r [<- [Hn [Ht [He [Hc [Rr Hr]]]]]]]]]; destruct (half_small p Hp) as [H Hh].
assert (H2 : 2 * half p <= p + 2) by (unfold half; pose proof (Z.div_mod p 2); pose proof (Z.mod_pos_bound p 2);
  pose proof (Z.div_mod p 256); pose proof (Z.mod_pos_bound p 256); lia).
assert (R : half p + 512 * (half p * half p) <= p * 2 ^ 15 /\ half p + 512 * (half p * half p) + 2 * p <= 2 ^ 24).
{ change (2 ^ 15) with 32768; change (2 ^ 24) with 16777216; set (h := half p) in *; clear He Hn.
  assert (h * h <= 126 * h) by (apply Z.mul_le_mono_nonneg_r; lia); split; [|lia].
  destruct (Z_lt_le_dec p 130) as [L|L]; [|lia].
  assert (h * h <= 65 * h) by (apply Z.mul_le_mono_nonneg_r; lia); destruct (Z_lt_le_dec p 3); [|lia].
  assert (h * h <= 2 * h) by (apply Z.mul_le_mono_nonneg_r; lia); lia. }
destruct R as [R1 R2]; destruct (value_bound (half p) (half p) s) as [B [_ F]]; [lia|lia|exact He|].
assert (factors s * (half p * half p) <= 512 * (half p * half p))
  by (apply Z.mul_le_mono_nonneg_r; [apply Z.mul_nonneg_nonneg; lia|lia]).
destruct (sums_exact 24 (half p) p 512 s z) as [E V]; try assumption; try lia.
apply (reduced_residue p (value s) z r); try assumption; [lia|change (24 - 9) with 15; lia].
Qed.

Lemma byte_steps_residue p x l x' : 0 < p <= 251 -> byte_steps p x l x' -> (p | x + total l - x') /\
  (l <> nil -> Z.abs x' <= (129 * p) / 256 /\ (x' = 0 <-> (p | x + total l))).
Proof.
intros Hp; induction 1 as [x|x v y l x' S C [IH IH']].
  split; [exists 0; cbn; lia|intros []; reflexivity].
destruct (byte_step_residue p x v y Hp S) as [D [[B _] N]]; change (total (v :: l)) with (v + total l).
split; [destruct D as [i Hi]; destruct IH as [j Hj]; exists (i + j); lia|intros _].
destruct l as [|v' l].
  inversion C; subst; cbn; rewrite Z.add_0_r; split; assumption.
destruct (IH' ltac:(discriminate)) as [B' N']; split; [exact B'|rewrite N'].
destruct D as [i Hi]; split; intros [j Hj]; [exists (i + j)|exists (j - i)]; lia.
Qed.

(** On bytes, in any number of steps, and in float32, in one step, products of the same value modulo p are added to the
    same residue modulo p. The results are congruent modulo p, and 0 together; they are the same number unless they
    differ by p, both being at least p - 129 p/256 in absolute value (docs/proofs/exactness.md, 4.5). *)
Theorem bytes_as_floats (p x y v x' y' : Z) (l : list Z) : 0 < p <= 251 -> l <> nil ->
  (p | x - y) -> (p | total l - v) -> byte_steps p x l x' -> float_step 512 p y v y' ->
  (p | x' - y') /\ (x' = 0 <-> y' = 0) /\
  (x' = y' \/ Z.abs (x' - y') = p /\ p <= Z.abs x' + (129 * p) / 256 /\ p <= Z.abs y' + (129 * p) / 256).
Proof.
intros Hp Hl [a Ha] [b Hb] S T; destruct (byte_steps_residue p x l x' Hp S) as [[i Hi] N]; destruct (N Hl) as [B N'].
destruct (float_step_residue p y v y' Hp T) as [[j Hj] [[B' _] N'']]; split; [exists (a + b - i + j); lia|split].
  rewrite N', N''; split; intros [k Hk]; [exists (k - a - b)|exists (k + a + b)]; lia.
assert (E : (129 * p) / 256 < p) by (apply Z.div_lt_upper_bound; lia).
assert (K : x' - y' = (a + b - i + j) * p) by lia; set (k := a + b - i + j) in K; clearbody k.
assert (k = 0 \/ k = 1 \/ k = -1) as [-> | [-> | ->]] by nia; lia.
Qed.
