(** Lagrange codes (paper_checks/theory/lagrange.py): f(x_1) + ... + f(x_m) from values of f at other points, f a polynomial
    of total degree at most D in any number of coordinates. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Interpolation.
Variables (F : fieldType) (K : nat) (a : 'I_K -> F).
Hypothesis a_inj : injective a.
Implicit Types (p : {poly F}) (j : 'I_K).

Definition basis j : {poly F} :=
  (\prod_(i | i != j) (a j - a i))^-1 *: \prod_(i | i != j) ('X - (a i)%:P).

Lemma basis_at j l : (basis j).[a l] = (l == j)%:R.
Proof.
have e : (\prod_(i | i != j) ('X - (a i)%:P)).[a l] = \prod_(i | i != j) (a l - a i).
  by rewrite horner_prod; apply: eq_bigr => i _; rewrite hornerXsubC.
rewrite hornerZ e; have [->|lj] := eqVneq l j; last by rewrite [X in _ * X](bigD1 l) //= subrr mul0r mulr0.
by rewrite mulVf //; apply/prodf_neq0 => i ij; rewrite subr_eq0 (inj_eq a_inj) eq_sym.
Qed.

Lemma size_basis j : (size (basis j) <= K)%N.
Proof.
apply: leq_trans (size_scale_leq _ _) _; rewrite (eq_bigl (mem (predC1 j))) => [|i]; last by rewrite !inE.
by rewrite -big_enum size_prod_XsubC -cardE cardC1 card_ord prednK ?(leq_ltn_trans _ (ltn_ord j)).
Qed.

Lemma interpolation p : (size p <= K)%N -> p = \sum_j p.[a j] *: basis j.
Proof.
move=> sp; apply/eqP; rewrite -subr_eq0; apply/eqP; apply: (@roots_geq_poly_eq0 _ _ [seq a j | j <- enum 'I_K]).
- apply/allP => _ /mapP[l _ ->]; rewrite /root hornerD hornerN horner_sum (bigD1 l) //= hornerZ basis_at eqxx mulr1.
  rewrite big1 ?addr0 ?subrr // => j jl; rewrite hornerZ basis_at.
  by rewrite eq_sym (negPf jl) mulr0.
- by rewrite map_inj_uniq ?enum_uniq.
rewrite size_map size_enum_ord; apply: leq_trans (size_add _ _) _; rewrite size_opp geq_max sp.
apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => j _.
exact: leq_trans (size_scale_leq _ _) (size_basis j).
Qed.
End Interpolation.

Section Codes.
Variables (F : fieldType) (m D : nat) (b : 'I_m -> F).
Hypotheses (b_inj : injective b) (m_gt0 : (0 < m)%N).

(** A polynomial in the coordinates 0, ..., k - 1: a sum of products, of at most [D] coordinates each. *)
Section Values.
Variables (k : nat) (I : finType) (coefficient : I -> F) (product : I -> seq 'I_k).
Definition value (x : 'I_k -> F) : F := \sum_c coefficient c * \prod_(l <- product c) x l.

(** The data at a worker's point: the polynomial of degree below m through the data, coordinate by coordinate. *)
Definition through (x : 'I_m -> 'I_k -> F) (l : 'I_k) : {poly F} := \sum_i x i l *: basis b i.
Definition encoded x (z : F) (l : 'I_k) : F := (through x l).[z].
Definition composed x : {poly F} := \sum_c coefficient c *: \prod_(l <- product c) through x l.

Lemma composed_at x z : (composed x).[z] = value (encoded x z).
Proof.
rewrite /composed /value horner_sum; apply: eq_bigr => c _; rewrite hornerZ; congr (_ * _).
by elim: (product c) => [|l s IH]; rewrite ?big_nil ?hornerC // !big_cons hornerM IH.
Qed.

Lemma encoded_node x i l : encoded x (b i) l = x i l.
Proof.
rewrite /encoded /through horner_sum (bigD1 i) //= hornerZ basis_at // eqxx mulr1 big1 ?addr0 // => j ji.
by rewrite hornerZ basis_at // eq_sym (negPf ji) mulr0.
Qed.

Lemma size_composed x : (forall c, (size (product c) <= D)%N) -> (size (composed x) <= (m.-1 * D).+1)%N.
Proof.
move=> small; apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => c _.
apply: leq_trans (size_scale_leq _ _) _; apply: leq_trans (_ : (m.-1 * size (product c)).+1 <= _)%N; last first.
  by rewrite ltnS leq_mul2l small orbT.
elim: (product c) => [|l s IH]; first by rewrite big_nil size_poly1.
rewrite big_cons /= mulnS; apply: leq_trans (size_mul_leq _ _) _.
have st : (size (through x l) <= m)%N.
  apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => i _.
  exact: leq_trans (size_scale_leq _ _) (size_basis b i).
rewrite -subn1 leq_subLR; apply: leq_trans (leq_add st IH) _.
by rewrite -[m in (m + _)%N]prednK // addSn addnS add1n.
Qed.
End Values.

(** Any (m - 1) D + 1 results determine all values, and so the sum, by weights that depend on the points alone
    (docs/choosing.md, Which scheme to take). *)
Theorem lagrange_recovers (a : 'I_(m.-1 * D).+1 -> F) : injective a ->
  exists V : 'I_m -> 'I_(m.-1 * D).+1 -> F, forall k (I : finType) (coefficient : I -> F) (product : I -> seq 'I_k) x,
  (forall c, (size (product c) <= D)%N) ->
  forall i, value coefficient product (x i) = \sum_j V i j * value coefficient product (encoded x (a j)).
Proof.
move=> a_inj; exists (fun i j => (basis a j).[b i]) => k I coefficient product x small i.
have e : value coefficient product (x i) = (composed coefficient product x).[b i].
  rewrite composed_at /value; apply: eq_bigr => c _; congr (_ * _); apply: eq_bigr => l _.
  by rewrite encoded_node.
rewrite e [in LHS](interpolation a_inj (size_composed coefficient x small)) horner_sum; apply: eq_bigr => j _.
by rewrite hornerZ composed_at mulrC.
Qed.

(** With results at fewer points the sum is determined linearly exactly if these sums vanish (docs/choosing.md, Which
    scheme to take). *)
Theorem lagrange_fewer K (a : 'I_K -> F) : injective a ->
  (exists v : 'I_K -> F, forall g : {poly F}, (size g <= (m.-1 * D).+1)%N -> \sum_i g.[b i] = \sum_j v j * g.[a j]) <->
  (forall e, (e + K <= m.-1 * D)%N -> \sum_i b i ^+ e * \prod_j (b i - a j) = 0).
Proof.
move=> a_inj; pose w : {poly F} := \prod_(j <- enum 'I_K) ('X - (a j)%:P).
have wm : w \is monic by apply: monic_prod_XsubC.
have sw : size w = K.+1 by rewrite size_prod_XsubC size_enum_ord.
have wb i : w.[b i] = \prod_j (b i - a j) by rewrite horner_prod big_enum; apply: eq_bigr => j _; rewrite hornerXsubC.
split=> [[v vP] e eK|zero].
  have := vP (w * 'X^e); rewrite size_mulXn ?monic_neq0 // sw addnS ltnS => /(_ eK) s.
  transitivity (\sum_i (w * 'X^e).[b i]); first by apply: eq_bigr => i _; rewrite hornerM hornerXn wb mulrC.
  rewrite s big1 // => j _; have wa : w.[a j] = 0 by rewrite horner_prod big_enum (bigD1 j) //= hornerXsubC subrr mul0r.
  by rewrite hornerM wa mul0r mulr0.
exists (fun j => \sum_i (basis a j).[b i]) => g sg; pose r := \sum_j g.[a j] *: basis a j.
have sr : (size r <= K)%N.
  apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => j _.
  exact: leq_trans (size_scale_leq _ _) (size_basis a j).
have rb : \sum_i r.[b i] = \sum_j (\sum_i (basis a j).[b i]) * g.[a j].
  rewrite (eq_bigr (fun i => \sum_j (basis a j).[b i] * g.[a j])) => [|i _].
    by rewrite exchange_big; apply: eq_bigr => j _; rewrite mulr_suml.
  by rewrite horner_sum; apply: eq_bigr => j _; rewrite hornerZ mulrC.
have [q qE] : exists q, g - r = q * \prod_(z <- [seq a j | j <- enum 'I_K]) ('X - z%:P).
  apply: uniq_roots_prod_XsubC; last by rewrite uniq_rootsE map_inj_uniq ?enum_uniq.
  apply/allP => _ /mapP[l _ ->]; rewrite /root hornerD hornerN horner_sum (bigD1 l) //= hornerZ basis_at // eqxx mulr1.
  rewrite big1 ?addr0 ?subrr // => j jl; rewrite hornerZ basis_at //.
  by rewrite eq_sym (negPf jl) mulr0.
rewrite big_map -/w in qE; rewrite -rb; apply/eqP; rewrite -subr_eq0 -sumrB; apply/eqP.
rewrite (eq_bigr (fun i => \sum_(e < size q) q`_e * (b i ^+ e * \prod_j (b i - a j)))) => [|i _]; last first.
  by rewrite -hornerN -hornerD qE hornerM wb horner_coef mulr_suml; apply: eq_bigr => e _; rewrite mulrA.
rewrite exchange_big big1 // => e _; rewrite -mulr_sumr zero ?mulr0 //; have eq := ltn_ord e.
have q0 : q != 0 by rewrite -size_poly_gt0 (leq_ltn_trans _ eq).
have : (size (q * w)%R <= maxn (size g) (size r))%N by rewrite -qE -(size_opp r) size_add.
rewrite size_Mmonic // sw addnS /= leq_max => /orP[le|le]; last first.
  by move: (leq_trans le sr); rewrite -[X in (_ <= X)%N]add0n leq_add2r leqn0 size_poly_eq0 (negPf q0).
by rewrite -ltnS (leq_trans _ sg) // (leq_trans _ le) // -addSn leq_add2r.
Qed.
End Codes.
