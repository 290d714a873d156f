(** Exponentials bounded by rationals: e^x is the least number above all (1 + x/k)^k, and e^(-x) the least above all
    (1 - x/k)^k, k >= x; what holds for every k holds for the exponential. *)
From SRTheory Require Import MathComp.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Means.
Variable R : numFieldType.
Implicit Types x : R.

(** Non-negative numbers of mean at most 1 have a product of at most 1. *)
Lemma prod_le1 (I : finType) (E : I -> R) : (forall i, 0 <= E i) -> \sum_i E i <= #|I|%:R -> \prod_i E i <= 1.
Proof.
move=> E0 mean; have [c0|c0] := posnP #|I|.
  by rewrite big_pred0 // => i; have := fintype0 i c0.
have [le _] := leif_AGM (A := [pred i : I | true]) (fun i _ => E0 i).
apply: le_trans le _; apply: exprn_ile1; first by rewrite divr_ge0 ?ler0n // sumr_ge0.
have cI : #|[pred i : I | true]| = #|I| by apply: eq_card => i; rewrite !inE.
by rewrite cI ler_pdivrMr ?ltr0n // mul1r.
Qed.

Lemma power_second n x : 0 <= x -> 1 + n%:R * x + 'C(n, 2)%:R * x ^+ 2 <= (1 + x) ^+ n.
Proof.
move=> x0; elim: n => [|n IH]; first by rewrite !mul0r !addr0 expr0.
set a := 1 + _ + _ in IH; apply: le_trans (_ : (1 + x) * a <= _); last by rewrite exprS ler_wpM2l // addr_ge0.
have -> : 1 + n.+1%:R * x + 'C(n.+1, 2)%:R * x ^+ 2 = a + (x + n%:R * x ^+ 2).
  by rewrite binS bin1 natrD -natr1 !mulrDl mul1r [1 + (_ + _)]addrA addrACA.
rewrite mulrDl mul1r lerD2l /a !mulrDr mulr1 -addrA lerD2l [x * (n%:R * x)]mulrCA [x * x]mulrC -expr2 lerDl.
by rewrite !mulr_ge0 ?exprn_ge0.
Qed.
End Means.

Section Exponentials.
Variable R : realFieldType.
Implicit Types (x u : R) (k : nat).

(** 1 - u >= e^(-u - u^2) for 0 <= u <= 1/2, in powers. *)
Lemma one_minus u : 0 <= u -> 2%:R * u <= 1 -> 1 <= (1 - u) * ((1 + u ^+ 2) * (1 + u / 8%:R) ^+ 8).
Proof.
move=> u0 u2; set w := u ^+ 2; have w0 : 0 <= w by apply: sqr_ge0.
have u1 : 2%:R * (1 - u) >= 1 by rewrite mulrBr mulr1 lerBrDr addrC -lerBrDr -[2%:R]/(1 + 1) addrK.
have c0 : 0 <= 1 - u by rewrite -(pmulr_rge0 _ (ltr0Sn R 1)) (le_trans ler01).
pose s : R := 28%:R / 64%:R * w.
have B : 1 + u + s <= (1 + u / 8%:R) ^+ 8.
  have := @power_second R 8 (u / 8%:R); rewrite divr_ge0 ?ler0n // => /(_ isT); apply: le_trans.
  by rewrite [8%:R * _]mulrC divfK ?pnatr_eq0 // lerD2l expr_div_n mulrA mulrAC -natrX.
apply: le_trans (_ : (1 - u) * ((1 + w) * (1 + u + s)) <= _); last first.
  by rewrite ler_wpM2l // ler_wpM2l // addr_ge0.
rewrite mulrCA mulrDr [(1 - u) * _]mulrC -[1 - u in X in _ <= _ * (X + _)]opprB mulrN.
have -> : (1 + u) * (u - 1) = w - 1 by rewrite /w subr_sqr_1 mulrC [1 + u]addrC.
rewrite opprB mulrDr [(1 + w) * (1 - w)]mulrC.
have -> : (1 - w) * (1 + w) = 1 - w * w.
  by rewrite -[1 - w]opprB mulNr [1 + w]addrC -subr_sqr_1 opprB expr2.
rewrite -addrA lerDl addrC subr_ge0 /s.
have -> : (1 + w) * ((1 - u) * (28%:R / 64%:R * w)) = ((1 + w) * ((1 - u) * (28%:R / 64%:R))) * w.
  by rewrite !mulrA.
apply: ler_wpM2r => //.
have w4 : 4%:R * w <= 1.
  rewrite -[4%:R]/((2 * 2)%:R) natrM -expr2 -exprMn; apply: exprn_ile1 => //.
  by rewrite mulr_ge0 ?ler0n.
apply: le_trans (_ : (1 + w) * (14%:R / 64%:R) <= _); last first.
  rewrite ler_wpM2l ?addr_ge0 // mulrA ler_pM2r ?invr_gt0 ?ltr0n //.
  by rewrite -[28%:R]/((14 * 2)%:R) natrM mulrCA ler_pMr ?ltr0n // mulrC.
rewrite mulrA ler_pdivlMr ?ltr0n // mulrDl mul1r -lerBlDr -mulrBr -natrB //.
have w52 : w * (64 - 14)%:R <= w * (4 * 13)%:R by rewrite ler_wpM2l // ler_nat.
apply: le_trans w52 _; rewrite natrM mulrA [w * _]mulrC; apply: le_trans (_ : 1 * 13%:R <= _).
  by rewrite ler_wpM2r ?ler0n.
by rewrite mul1r ler_nat.
Qed.

Lemma sum_div k x : (x / k%:R) *+ k = if k == 0%N then 0 else x.
Proof.
rewrite -[LHS]mulr_natl; case: eqP => [->|/eqP k0]; rewrite ?mul0r // mulrC divfK //.
by rewrite pnatr_eq0.
Qed.

(** A product of numbers 1 - u_i is at most e^(-x), x being the sum of the u_i: at most (1 + x/k)^(-k), which decreases
    to it. *)
Lemma product_below (I : finType) (u : I -> R) k : (forall i, u i <= 1) -> 0 <= \sum_i u i ->
  (\prod_i (1 - u i)) * (1 + (\sum_i u i) / k%:R) ^+ k <= 1.
Proof.
move=> u1 x0; set x := \sum_i u i; pose E (s : I + 'I_k) := match s with inl i => 1 - u i | inr _ => 1 + x / k%:R end.
have -> : (\prod_i (1 - u i)) * (1 + x / k%:R) ^+ k = \prod_s E s.
  by rewrite big_sumType /= prodr_const card_ord.
apply: prod_le1 => [[i|i]|] /=; rewrite ?subr_ge0 ?addr_ge0 ?ler01 ?divr_ge0 ?ler0n //.
rewrite big_sumType /= [\sum_(i < k) _]sumr_const card_ord mulrnDl sum_div card_sum card_ord natrD.
rewrite sumrB sumr_const (_ : #|xpredT| = #|I|) // -/x [k%:R + _]addrC addrA lerD2r -addrA gerDl.
by case: ifP; rewrite ?addr0 ?oppr_le0 // addNr.
Qed.

(** It is at least e^(-y), y being the sum of the u_i + u_i^2 and no u_i above 1/2: at least (1 - y/k)^k, which
    increases to it. *)
Lemma product_above (I : finType) (u : I -> R) k (y : R) : (forall i, 0 <= u i) -> (forall i, 2%:R * u i <= 1) ->
  \sum_i (u i + u i ^+ 2) <= y -> y <= k%:R -> (1 - y / k%:R) ^+ k <= \prod_i (1 - u i).
Proof.
move=> u0 u2 sum_y yk; pose D := \prod_i ((1 + u i ^+ 2) * (1 + u i / 8%:R) ^+ 8).
have y0 : 0 <= y by apply: le_trans sum_y; apply: sumr_ge0 => i _; rewrite addr_ge0 ?sqr_ge0.
have D0 : 0 <= D by apply: prodr_ge0 => i _; rewrite mulr_ge0 ?exprn_ge0 ?addr_ge0 ?ler01 ?sqr_ge0 ?divr_ge0 ?ler0n.
have factor : 0 <= 1 - y / k%:R.
  have [k0|k0] := posnP k; first by rewrite k0 invr0 mulr0 subr0 ler01.
  by rewrite subr_ge0 ler_pdivrMr ?ltr0n // mul1r.
have P0 : 0 <= \prod_i (1 - u i).
  apply: prodr_ge0 => i _; rewrite -(pmulr_rge0 _ (ltr0Sn R 1)) mulrBr mulr1 subr_ge0 (le_trans (u2 i)) //.
  by rewrite ler1n.
pose E (s : 'I_k + (I + I * 'I_8)) := match s with
  | inl _ => 1 - y / k%:R | inr (inl i) => 1 + u i ^+ 2 | inr (inr p) => 1 + u p.1 / 8%:R end.
have below : (1 - y / k%:R) ^+ k * D <= 1.
  have -> : (1 - y / k%:R) ^+ k * D = \prod_s E s.
    rewrite big_sumType /= prodr_const card_ord big_sumType /= /D big_split /=; congr (_ * (_ * _)).
    rewrite -(pair_bigA _ (fun i (_ : 'I_8) => 1 + u i / 8%:R)) /=; apply: eq_bigr => i _.
    by rewrite prodr_const card_ord.
  apply: prod_le1 => [[i|[i|[i l]]]|] //=; rewrite ?addr_ge0 ?ler01 ?sqr_ge0 ?divr_ge0 ?ler0n //.
  rewrite big_sumType /= [\sum_(i < k) _]sumr_const card_ord mulrnDl mulNrn sum_div big_sumType /=.
  rewrite !card_sum card_prod !card_ord -(pair_bigA _ (fun i (_ : 'I_8) => 1 + u i / 8%:R)) /= big_split /=.
  rewrite [X in _ + (_ + X)](eq_bigr (fun i => 8%:R + u i)) => [|i _]; last first.
    by rewrite sumr_const card_ord mulrnDl sum_div.
  have n8 : \sum_(i : I) 8%:R = #|I|%:R * 8%:R :> R by rewrite sumr_const mulr_natl.
  have n1 : \sum_(i : I) 1 = #|I|%:R :> R by rewrite sumr_const.
  rewrite big_split /= n8 n1 !natrD natrM -addrA lerD2l addrACA addrCA gerDl.
  have le : \sum_i u i ^+ 2 + \sum_i u i <= y by rewrite addrC -big_split.
  by case: eqP yk => [->|_] yk; rewrite ?oppr0 ?add0r ?(le_trans le) // addrC subr_le0.
apply: le_trans (_ : (1 - y / k%:R) ^+ k * (D * \prod_i (1 - u i)) <= _).
  rewrite ler_peMr ?exprn_ge0 // mulrC -big_split /=.
  by apply: (big_ind (fun x => 1 <= x)) => // [x x' x1 x1'|i _]; [rewrite mulr_ege1 | apply: one_minus].
by rewrite mulrA ler_piMl.
Qed.
End Exponentials.
