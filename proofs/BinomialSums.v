(** Sums of binomial terms (docs/proofs/spanning.md, The standard inequality). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import TypeBounds.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section BinomialSums.
Variable R : realFieldType.
Implicit Types (b x y : R) (a c k n z K : nat).

(** (1 - 1/K)^(-K), which decreases to e. *)
Definition e_above K : R := (1 - K%:R^-1) ^- K.

Lemma e_base K : (1 < K)%N -> 0 < 1 - K%:R^-1 :> R.
Proof. by move=> K1; rewrite subr_gt0 invf_lt1 ?ltr1n // ltr0n ltnW. Qed.

Lemma e_above_gt0 K : (1 < K)%N -> 0 < e_above K.
Proof. by move=> K1; rewrite invr_gt0 exprn_gt0 // e_base. Qed.

Lemma exp_below K k n : (1 < K)%N -> (1 + k%:R / n%:R) ^+ n <= e_above K ^+ k.
Proof.
move=> K1; have K0 : K%:R != 0 :> R by rewrite pnatr_eq0 -lt0n ltnW.
rewrite /e_above exprVn -exprM -[leRHS]mul1r ler_pdivlMr ?exprn_gt0 ?e_base // mulrC.
apply: power_exp => //; first exact/ltW/e_base.
by rewrite natrM mulrBr mulr1 mulrAC divff // mul1r subrK.
Qed.

Lemma e_above_ge2 K : (1 < K)%N -> 2%:R <= e_above K.
Proof. by move=> K1; have := @exp_below K 1 1 K1; rewrite divff ?oner_neq0. Qed.

(** The sum of the terms binom(z, i) b^i over i <= s is at most (e z b/s)^s, if b >= 1 and 0 < s <= z b: for s = a/c, as
    c-th powers, with (1 - 1/K)^(-K) for any K >= 2 in the place of e (docs/proofs/spanning.md, The standard
    inequality). *)
Theorem standard_inequality z b a c K : (0 < z)%N -> 1 <= b -> (0 < a)%N -> (0 < c)%N -> (1 < K)%N ->
  a%:R / c%:R <= z%:R * b ->
  (\sum_(i < z.+1 | (i%:R <= a%:R / c%:R :> R)) 'C(z, i)%:R * b ^+ i) ^+ c <=
  ((1 - K%:R^-1) ^- K * z%:R * b / (a%:R / c%:R)) ^+ a.
Proof.
move=> z0 b1 a0 c0 K1 sb; rewrite -/(e_above K); have b0 : 0 < b := lt_le_trans ltr01 b1.
have zR : 0 < z%:R :> R by rewrite ltr0n.
have aR : 0 < a%:R :> R by rewrite ltr0n.
have cR : 0 < c%:R :> R by rewrite ltr0n.
have E0 := e_above_gt0 K1; set S := \sum_(i < _ | _) _.
have S0 : 0 <= S by apply: sumr_ge0 => i _; rewrite mulr_ge0 ?exprn_ge0 // ltW.
set s := a%:R / c%:R in sb S S0 *; have s0 : 0 < s by rewrite divr_gt0.
have nR : 0 < (z * c)%:R :> R by rewrite ltr0n muln_gt0 z0.
have su : s / z%:R = a%:R / (z * c)%:R by rewrite /s -mulrA -invfM -natrM mulnC.
set r := z%:R * b / s; have r1 : 1 <= r by rewrite ler_pdivlMr // mul1r.
have r0 : 0 < r := lt_le_trans ltr01 r1.
have -> : e_above K * z%:R * b / s = e_above K * r by rewrite /r !mulrA.
have bE : b = r * (s / z%:R) by rewrite mulrA divfK ?gt_eqF // mulrC mulKf ?gt_eqF.
clearbody r; have terms y : (1 + y) ^+ z = \sum_(i < z.+1) 'C(z, i)%:R * y ^+ i.
  by rewrite exprDn; apply: eq_bigr => i _; rewrite expr1n mul1r mulr_natl.
have power x y k : 0 <= x -> x <= y -> x ^+ k <= y ^+ k.
  by move=> x0 xy; rewrite lerXn2r ?nnegrE // (le_trans x0).
have [az|za] := leqP a (z * c).
  have u0 : 0 < s / z%:R by rewrite divr_gt0.
  have le : S <= r ^+ (a %/ c) * (1 + s / z%:R) ^+ z.
    rewrite terms mulr_sumr /S big_mkcond /=; apply: ler_sum => i _; case: ifP => [|_]; last first.
      by rewrite !mulr_ge0 ?exprn_ge0 // ltW.
    rewrite ler_pdivlMr // -natrM ler_nat -leq_divRL // => ia; rewrite mulrCA ler_wpM2l // {1}bE exprMn.
    by rewrite ler_wpM2r ?exprn_ge0 ?(ltW u0) // ler_weXn2l.
  apply: le_trans (power _ _ c S0 le) _; rewrite !exprMn -!exprM mulrC su.
  rewrite ler_pM ?exprn_ge0 ?addr_ge0 ?divr_ge0 ?(ltW r0) // ?exp_below //.
  by rewrite ler_weXn2l // leq_trunc_div.
(* If s > z, the right side is at least what it is at s = z, and the left side has all terms. *)
have le : S <= (e_above K * b) ^+ z.
  apply: le_trans (_ : (1 + b) ^+ z <= _).
    rewrite terms /S big_mkcond /=; apply: ler_sum => i _; case: ifP => // _.
    by rewrite mulr_ge0 ?exprn_ge0 // ltW.
  apply: power; first by rewrite addr_ge0 // ltW.
  apply: le_trans (_ : 2%:R * b <= _); last by rewrite ler_wpM2r ?e_above_ge2 // ltW.
  by rewrite mulr_natl mulr2n lerD2r.
apply: le_trans (power _ _ c S0 le) _; rewrite -exprM bE mulrA exprMn su.
have -> : a%:R / (z * c)%:R = 1 + (a - z * c)%N%:R / (z * c)%:R :> R.
  by rewrite natrB ?(ltnW za) // mulrBl divff ?gt_eqF // addrC subrK.
apply: le_trans (_ : (e_above K * r) ^+ (z * c) * e_above K ^+ (a - z * c) <= _).
  by rewrite ler_wpM2l ?exp_below // exprn_ge0 // mulr_ge0 // ltW.
rewrite -[a in leRHS](subnKC (ltnW za)) exprD ler_wpM2l ?exprn_ge0 ?mulr_ge0 ?(ltW E0) ?(ltW r0) //.
by apply: power; rewrite ?(ltW E0) // ler_peMr // ltW.
Qed.
End BinomialSums.
