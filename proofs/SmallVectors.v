(** Small sets of covered silent symbols are nearly always met by some row in exactly one symbol
    (docs/proofs/spanning.md, Proposition 5). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery EvenSets RandomRows Codes FirstMoment StoppingSets Exponentials UncoveredMean.
From SRTheory Require Import SmallSets TypeBounds PowerBounds.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Powers.
Variable R : realFieldType.
Implicit Types (x y : R) (r w K z : nat).

(** (1): g_d(v theta) <= 1 + 0.67 (vdq)^2 if vdq <= 1/2, where q = w/N; so g_d(v theta)^r <= exp(0.67 r (vdq)^2)
    (docs/proofs/spanning.md, Proposition 5). *)
Lemma no_single_bound N d Delta w (v t theta : R) : (1 < d)%N -> (0 < N)%N -> (720 * Delta <= N)%N -> (20 * w <= N)%N ->
  0 <= v -> theta = w%:R / (N - Delta - w).+1%:R -> t = v * d%:R * w%:R / N%:R -> t <= 1 / 2%:R ->
  no_single_poly d (v * theta) <= 1 + 67%:R / 100%:R * t ^+ 2.
Proof.
move=> d1 N0 DN wN v0 thetaE tE t2; have NR : 0 < N%:R :> R by rewrite ltr0n.
have dR : 0 < d%:R :> R by rewrite ltr0n ltnW.
have th0 : 0 <= theta by rewrite thetaE divr_ge0.
pose u := d%:R * (v * theta); have u0 : 0 <= u by rewrite !mulr_ge0.
have t0 : 0 <= t by rewrite tE !mulr_ge0 // invr_ge0.
have ut : 92%:R * u <= 97%:R * t.
  have th : 92%:R * theta <= 97%:R * (w%:R / N%:R).
    rewrite thetaE [leLHS]mulrA [leRHS]mulrA ler_pdivrMr ?ltr0n // mulrAC ler_pdivlMr // -!natrM ler_nat.
    rewrite mulnAC [(97 * w * _)%N]mulnAC leq_mul2r; apply/orP; right; lia.
  rewrite /u tE; apply: le_trans (_ : d%:R * v * (92%:R * theta) <= _).
    by rewrite [leLHS]mulrCA -[leRHS]mulrA [92%:R * (v * _)]mulrCA.
  apply: le_trans (ler_wpM2l _ th) _; first by rewrite mulr_ge0.
  by rewrite mulrCA [d%:R * v]mulrC !mulrA.
have small : u <= 66%:R / 125%:R.
  rewrite -(ler_pM2l (ltr0Sn R 91)); apply: le_trans ut _; apply: le_trans (ler_wpM2l (ler0n R 97) t2) _.
  by rewrite mulrA mulr1 mulrA -natrM fractions.
have uE : u / d%:R = v * theta by rewrite /u mulrC mulKf ?gt_eqF.
have := exp_quadratic d1 u0 small; rewrite uE; rewrite /no_single_poly -/u => le; apply: le_trans le _; rewrite lerD2l.
have sq : (92%:R * u) ^+ 2 <= (97%:R * t) ^+ 2 by rewrite lerXn2r ?nnegrE ?mulr_ge0.
rewrite [(92%:R * u) ^+ 2]exprMn [(97%:R * t) ^+ 2]exprMn in sq.
by apply: square_ratio sq; rewrite exprn_ge0.
Qed.

Lemma factor_067 r w : (1 + 67%:R / 100%:R * w%:R / r%:R) ^+ r <= (49%:R / 25%:R) ^+ w :> R.
Proof.
have s0 : 0 <= 1 - 1 / 191%:R :> R by rewrite subr_ge0 ler_pdivrMr ?ltr0n // mul1r ler1n.
have le : (128 * w)%:R * (1 - 1 / 191%:R) + 67%:R / 100%:R * w%:R <= (128 * w)%:R :> R.
  rewrite mulrBr mulr1 -addrA gerDl addrC subr_le0 [(128 * w)%:R]natrM [leRHS]mulrAC ler_wpM2r // mulrA mulr1.
  exact: fractions.
have x0 : 0 <= 67%:R / 100%:R * w%:R :> R by rewrite mulr_ge0 // divr_ge0.
have := power_exp r s0 x0 le; rewrite exprM => prod.
have c0 : 0 < 25%:R / 49%:R :> R by rewrite divr_gt0 ?ltr0n.
have -> : 49%:R / 25%:R = (25%:R / 49%:R)^-1 :> R by rewrite invf_div.
rewrite exprVn -[leRHS]mul1r ler_pdivlMr ?exprn_gt0 // mulrC; apply: le_trans prod.
rewrite ler_wpM2r ?exprn_ge0 ?addr_ge0 ?divr_ge0 //.
by rewrite lerXn2r ?nnegrE ?exprn_ge0 ?(ltW c0) // exp_067.
Qed.

Lemma step_exp K w : (0 < K)%N -> w.+1%:R ^+ w * (1 - 1 / K%:R) ^+ K <= w%:R ^+ w :> R.
Proof.
move=> K0; have KR : K%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have s0 : 0 <= 1 - 1 / K%:R :> R by rewrite subr_ge0 ler_pdivrMr ?ltr0n // mul1r ler1n.
have [->|w0] := posnP w; first by rewrite !expr0 mul1r exprn_ile1 // gerBl divr_ge0.
have wR : 0 < w%:R :> R by rewrite ltr0n.
have le : K%:R * (1 - 1 / K%:R) + 1 <= K%:R :> R by rewrite mulrBr mulr1 mulrCA divff // mulr1 subrK.
have := power_exp w s0 ler01 le; rewrite mulrC.
have -> : 1 + 1 / w%:R = w.+1%:R / w%:R :> R by rewrite -natr1 mulrDl divff ?gt_eqF // addrC.
by rewrite expr_div_n mulrAC ler_pdivrMr ?exprn_gt0 // [1 * w%:R ^+ _]mul1r.
Qed.

(** w^w (1 - 1/K)^(Kw) <= w!, as w! >= (w/e)^w. *)
Lemma fact_exp K w : (0 < K)%N -> w%:R ^+ w * ((1 - 1 / K%:R) ^+ K) ^+ w <= w`!%:R :> R.
Proof.
move=> K0; have s0 : 0 <= 1 - 1 / K%:R :> R by rewrite subr_ge0 ler_pdivrMr ?ltr0n // mul1r ler1n.
elim: w => [|w IH]; first by rewrite !expr0 mulr1.
have := step_exp w K0; move: (exprn_ge0 K s0) IH; move: (_ ^+ K) => c c0 IH step.
rewrite factS natrM [_ ^+ w.+1]exprS [c ^+ _]exprS -mulrA ler_wpM2l // mulrA; apply: le_trans IH.
by rewrite ler_wpM2r ?exprn_ge0.
Qed.

Lemma three_quarters w : (1 < w)%N -> 4%:R * w.+1%:R ^+ w <= 3%:R * w.+1%:R * w%:R ^+ w :> R.
Proof.
move=> w1; have [w4|w5] := leqP w 4; first by case: w w1 w4 => [|[|[|[|[|w]]]]] // _ _; rewrite -!natrX -!natrM ler_nat.
have := @step_exp 2 w isT; have -> : (1 - 1 / 2%:R) ^+ 2 = 4%:R^-1 :> R.
  by rewrite -(@ratio_down R 1 2) // expr_div_n expr1n div1r -natrX.
rewrite ler_pdivrMr ?ltr0n // => le; apply: le_trans (ler_wpM2l (ler0n R 4) le) _.
by rewrite mulrCA -natrM [leLHS]mulrC ler_wpM2r ?exprn_ge0 // -natrM ler_nat; lia.
Qed.
End Powers.

Section Roots.
Variable R : rcfType.
Implicit Types (y : R) (w n : nat).

(** The terms (y sqrt(w))^w/w!, and the sum of those from w = 2 on. *)
Definition root_term y w : R := (y * Num.sqrt w%:R) ^+ w / w`!%:R.

Lemma root_term_ge0 y w : 0 <= y -> 0 <= root_term y w.
Proof. by move=> y0; rewrite divr_ge0 // exprn_ge0 // mulr_ge0 // sqrtr_ge0. Qed.

Lemma sqrt_power w k : (Num.sqrt w%:R ^+ k) ^+ 2 = w%:R ^+ k :> R.
Proof. by rewrite -exprM mulnC exprM sqr_sqrtr. Qed.

Lemma root_step y w : 0 <= y -> y <= 1 / 2%:R -> (1 < w)%N -> root_term y w.+1 <= 7%:R / 16%:R * root_term y w.
Proof.
move=> y0 y1 w1; rewrite /root_term !exprMn; set X := Num.sqrt _ ^+ w.+1; set Y := Num.sqrt _ ^+ w.
have X0 : 0 <= X by rewrite exprn_ge0 // sqrtr_ge0.
have Y0 : 0 <= Y by rewrite exprn_ge0 // sqrtr_ge0.
have XY : 8%:R * X <= 7%:R * (w.+1%:R * Y).
  rewrite -ler_sqr ?nnegrE ?mulr_ge0 // !exprMn !sqrt_power [w.+1%:R ^+ w.+1]exprS.
  have := three_quarters R w1; have : 0 <= w%:R ^+ w :> R by rewrite exprn_ge0.
  move: (w.+1%:R ^+ w) (w%:R ^+ w) => a b b0 le.
  rewrite [leLHS]mulrCA [w.+1%:R ^+ 2]expr2 -[w.+1%:R * _ * b]mulrA [leRHS]mulrCA ler_wpM2l // -!natrX.
  rewrite -[(8 ^ 2)%N]/(16 * 4)%N natrM -mulrA; apply: le_trans (ler_wpM2l (ler0n R 16) le) _.
  by rewrite -[3%:R * _ * b]mulrA [16%:R * _]mulrA -natrM ler_wpM2r ?mulr_ge0 // ler_nat.
have main : y * X <= 7%:R / 16%:R * w.+1%:R * Y.
  apply: le_trans (ler_wpM2r X0 y1) _; rewrite mulrAC mul1r ler_pdivrMr ?ltr0n //.
  rewrite -(ler_pM2l (ltr0Sn R 7)) (le_trans XY) // [leRHS]mulrC -[leRHS]mulrA -natrM.
  by rewrite -[7%:R / _ * _ * Y]mulrA [leRHS]mulrAC divfK // pnatr_eq0.
have F0 : w`!%:R != 0 :> R by rewrite pnatr_eq0 -lt0n fact_gt0.
rewrite factS [(w.+1 * _)%:R]natrM ler_pdivrMr; last by rewrite mulr_gt0 ?ltr0n // fact_gt0.
move: (7%:R / 16%:R) main => a main; rewrite [w.+1%:R * _]mulrC [leRHS]mulrA -[a * _ * _]mulrA divfK //.
by rewrite [leRHS]mulrAC [leRHS]mulrCA exprSr -mulrA ler_wpM2l ?exprn_ge0.
Qed.

Lemma root_terms y n : 0 <= y -> y <= 1 / 2%:R -> 9%:R * (\sum_(2 <= w < n) root_term y w) <= 16%:R * y ^+ 2.
Proof.
move=> y0 y1; have := @geometric R (root_term y) (7%:R / 16%:R) 2 n; set T := \sum_(_ <= _ < _) _.
have -> : root_term y 2 = y ^+ 2 by rewrite /root_term exprMn sqr_sqrtr // mulfK // pnatr_eq0.
rewrite -(@ratio_down R 7 16) // -[(16 - 7)%N]/9%N mulrAC ler_pdivrMr ?ltr0n // [16%:R * _]mulrC; apply.
  by move=> w; apply: root_term_ge0.
by move=> w w2; apply: root_step.
Qed.
End Roots.

Section Large.
Variable R : realFieldType.
Implicit Types (x y lam mu : R) (w n k z r : nat).
Notation c := (301%:R / 600%:R : R).

Lemma pair_below (h : R) : 0 <= h -> h <= 1 / 10%:R -> 1 + 2%:R / 5%:R * h <= (1 + h) * (1 - c * h).
Proof.
move=> h0 h1; rewrite mulrBr mulr1 -addrA lerD2l lerBrDr [(1 + h) * _]mulrA [(1 + h) * c]mulrC -mulrDl ler_piMl //.
have le : c * (1 + h) <= 3%:R / 5%:R.
  apply: le_trans (_ : c * (1 + 1 / 10%:R) <= _); first by rewrite ler_wpM2l ?divr_ge0 // lerD2l.
  by rewrite -(@ratio_up R 1 10) // mulf_div -!natrM fractions.
apply: le_trans (lerD (lexx _) le) _; rewrite -mulrDl -natrD divff //.
by rewrite pnatr_eq0.
Qed.

(** 2e lambda^2 e^(-0.665 lambda) <= e^(-lambda/6) for lambda >= 14 and mu = lambda - 14: e^14 in K1 factors, e^mu in K2,
    and e in K1. *)
Lemma large_lambda lam B : 14%:R <= lam -> lam <= B%:R ->
  exists K1 K2, let mu : R := lam - 14%:R in
    [/\ (0 < K1)%N /\ (0 < K2)%N, 0 <= 1 - 281%:R / 40%:R / K1%:R :> R, 0 <= 1 - c * mu / K2%:R,
      0 < (1 - 1 / K1%:R) ^+ K1 :> R &
      2%:R * lam ^+ 2 <= (1 + 14%:R / K1%:R) ^+ K1 * (1 + mu / K2%:R) ^+ K2 *
        ((1 - 281%:R / 40%:R / K1%:R) ^+ K1 * (1 - c * mu / K2%:R) ^+ K2) * (1 - 1 / K1%:R) ^+ K1].
Proof.
move=> l14 lB; have [K1 K1b num] := exp_14 R; pose mu := lam - 14%:R.
have mu0 : 0 <= mu by rewrite subr_ge0.
have lamE : lam = 14%:R * (1 + mu / 14%:R) by rewrite mulrDr mulr1 mulrC divfK ?pnatr_eq0 // addrC subrK.
have muB : mu <= B%:R by rewrite (le_trans _ lB) // lerBlDr lerDl.
have B0 : (0 < B)%N by rewrite -(ltr0n R) (lt_le_trans _ lB) // (lt_le_trans _ l14) // ltr0n.
have K10 : (0 < K1)%N by move: K1b; case: (K1) => //; rewrite muln0.
have K11 : (1 < K1)%N by rewrite -(ltn_pmul2l (isT : 0 < 40)%N) (leq_trans _ K1b).
pose K2 := (5 * B * 2)%N; have K20 : (0 < K2)%N by rewrite /K2 !muln_gt0 B0.
exists K1, K2; rewrite -/mu; pose h := mu / K2%:R.
have h0 : 0 <= h by rewrite divr_ge0.
have h1 : h <= 1 / 10%:R.
  rewrite /h ler_pdivrMr ?ltr0n // mul1r ler_pdivlMl ?ltr0n // mulrC (le_trans (ler_wpM2r _ muB)) //.
  by rewrite -natrM ler_nat /K2 mulnAC mulnC.
have pos : 0 < 1 + 2%:R / 5%:R * h by rewrite ltr_wpDr // mulr_ge0 // divr_ge0.
have pair := pair_below h0 h1.
have s2 : 0 <= 1 - c * h.
  by rewrite -(pmulr_rge0 _ (_ : 0 < 1 + h)) ?ltr_wpDr // (le_trans (ltW pos)).
have s20 : c * mu / K2%:R = c * h by rewrite /h mulrA.
have s1 : 0 <= 1 - 281%:R / 40%:R / K1%:R :> R.
  by rewrite subr_ge0 -mulrA -invfM -natrM ler_pdivrMr ?mul1r ?ler_nat ?ltr0n ?muln_gt0 // ltnW.
split; rewrite ?s20 //.
  by rewrite exprn_gt0 // subr_gt0 ltr_pdivrMr ?ltr0n // mul1r ltr1n.
have part2 : (1 + mu / 14%:R) ^+ 2 <= ((1 + h) * (1 - c * h)) ^+ K2.
  apply: le_trans (_ : (1 + 2%:R / 5%:R * h) ^+ K2 <= _); last first.
    by rewrite lerXn2r ?nnegrE ?(ltW pos) // (le_trans (ltW pos)).
  rewrite /K2 exprM lerXn2r ?nnegrE ?addr_ge0 ?divr_ge0 ?exprn_ge0 ?(ltW pos) //.
  have x0 : 0 <= 2%:R / 5%:R * h by rewrite mulr_ge0 // divr_ge0.
  apply: le_trans (_ : _ <= 1 + (5 * B)%:R * (2%:R / 5%:R * h)) (le_trans _ (power_second (5 * B) x0)).
    rewrite lerD2l [(5 * B)%:R * _]mulrCA.
    have -> : (5 * B)%:R * h = mu / 2%:R.
      by rewrite /h /K2 [((5 * B) * 2)%:R]natrM invfM mulrCA mulVKf // pnatr_eq0 muln_eq0 -lt0n B0.
    rewrite mulrCA ler_wpM2l // -mulrA -invfM -natrM -[14%:R^-1]div1r.
    exact: (@fractions R 1 14 2 (5 * 2)).
  by rewrite lerDl mulr_ge0 // exprn_ge0.
rewrite lamE exprMn mulrA -natrX -natrM -[(2 * 14 ^ 2)%N]/392%N.
have m0 : 0 <= (1 + mu / 14%:R) ^+ 2 by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
apply: le_trans (ler_pM (ler0n R 392) m0 num part2) _.
by rewrite [(_ * (1 - 1 / _)) ^+ K1]exprMn [(_ * (1 - _ / _ / _)) ^+ K1]exprMn [_ ^+ K2]exprMn [leLHS]mulrAC mulrACA.
Qed.

Lemma product_split lam (a b : R) j k : 0 <= a -> 0 <= b -> a + b = lam -> (0 < j)%N -> (0 < k)%N ->
  (1 + a / j%:R) ^+ j * (1 + b / k%:R) ^+ k <= (1 + lam / (j + k)%:R) ^+ (j + k).
Proof.
move=> a0 b0 lamE j0 k0; set d := 1 + lam / _; have n0 : (0 < j + k)%N by rewrite addn_gt0 j0.
have nR : 0 < (j + k)%:R :> R by rewrite ltr0n.
have d0 : 0 < d by rewrite ltr_wpDr // divr_ge0 // -lamE addr_ge0.
have a1 : 0 <= 1 + a / j%:R by rewrite addr_ge0 // divr_ge0.
have b1 : 0 <= 1 + b / k%:R by rewrite addr_ge0 // divr_ge0.
have := @prod_powers_le1 R [:: (j, (1 + a / j%:R) / d); (k, (1 + b / k%:R) / d)].
rewrite !big_cons !big_nil /= mulr1 addr0 addn0 !divr_ge0 ?(ltW d0) // => /(_ isT).
rewrite -!mulrnAl -mulrDl !mulrnDl !sum_div !gtn_eqF // !expr_div_n mulf_div -exprD.
move=> prod; rewrite -[leRHS]mul1r -ler_pdivrMr ?exprn_gt0 //; apply: prod.
rewrite ler_pdivrMr // /d mulrDr mulr1 mulrCA divff ?gt_eqF // mulr1 -lamE addrACA.
by rewrite -natrD.
Qed.

(** A term of the sum over w > r/lambda^2 is at most e^(-x) 10^(w0 - w) for any w0 <= w with 6x <= lambda w0. *)
Lemma large_term lam B z r w w0 k C (y G x : R) : 14%:R <= lam -> lam <= B%:R -> (0 < r)%N -> (0 < w)%N -> (w0 <= w)%N ->
  C%:R * w`!%:R <= z%:R ^+ w :> R -> z%:R <= 2%:R * r%:R :> R -> r%:R <= w%:R * lam ^+ 2 ->
  0 <= y -> (forall K, y * (1 + lam / K%:R) ^+ K <= 1) ->
  0 <= G -> G <= 1 + 67%:R / 200%:R * (lam * w%:R) / r%:R -> 0 <= x -> 6%:R * x <= lam * w0%:R ->
  C%:R * y ^+ w * G ^+ r * (1 + x / k%:R) ^+ k * 10%:R ^+ (w - w0) <= 1.
Proof.
move=> l14 lB r0 wpos w0w Cz zr rw y0 yK G0 G1 x0 x6.
have [K1 [K2 []]] := large_lambda l14 lB; set mu := lam - 14%:R => -[K10 K20].
set s1 := 1 - _; set s2 := 1 - _; set sg := (1 - 1 / _) ^+ _ => s10 s20 sg0 main.
have lam0 : 0 <= lam by rewrite (le_trans _ l14).
have mu0 : 0 <= mu by rewrite subr_ge0.
have y1 : y * ((1 + 14%:R / K1%:R) ^+ K1 * (1 + mu / K2%:R) ^+ K2) <= 1.
  apply: le_trans (yK (K1 + K2)%N); rewrite ler_wpM2l // product_split // addrC subrK.
  by [].
have wR : 0 < w%:R :> R by rewrite ltr0n.
have few : C%:R * sg ^+ w <= (2%:R * lam ^+ 2) ^+ w.
  have ww : 0 < w%:R ^+ w :> R by rewrite exprn_gt0.
  rewrite -(ler_pM2l ww) mulrCA; apply: le_trans (_ : C%:R * w`!%:R <= _).
    by rewrite ler_wpM2l // /sg fact_exp.
  apply: le_trans Cz _; rewrite -exprMn lerXn2r ?nnegrE ?mulr_ge0 ?exprn_ge0 // (le_trans zr) // mulrCA.
  by rewrite ler_wpM2l.
clearbody sg; pose Phi := s1 ^+ K1 * s2 ^+ K2; have Phi0 : 0 <= Phi by rewrite mulr_ge0 ?exprn_ge0.
have head : C%:R * y ^+ w <= Phi ^+ w.
  have sgw : 0 < sg ^+ w by rewrite exprn_gt0.
  rewrite -(ler_pM2r sgw) mulrAC; apply: le_trans (_ : (2%:R * lam ^+ 2) ^+ w * y ^+ w <= _).
    by rewrite ler_wpM2r ?exprn_ge0.
  rewrite -!exprMn lerXn2r ?nnegrE ?mulr_ge0 ?exprn_ge0 ?(ltW sg0) //.
  apply: le_trans (ler_wpM2r y0 main) _; rewrite -/Phi mulrAC ler_wpM2r ?(ltW sg0) //.
  by rewrite mulrAC [_ * y]mulrC ler_piMl.
pose t := (w - w0)%N; pose a := 67%:R / 200%:R * (lam * w%:R); pose e : R := (128 * t)%:R / 55%:R.
have a0 : 0 <= a by rewrite mulr_ge0 ?divr_ge0 // mulr_ge0.
apply: le_trans (_ : Phi ^+ w * (1 + a / r%:R) ^+ r * (1 + x / k%:R) ^+ k * (1 + 1 / 55%:R) ^+ (128 * t) <= _).
  have k0 : 0 <= (1 + x / k%:R) ^+ k by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
  have G2 : G ^+ r <= (1 + a / r%:R) ^+ r by rewrite lerXn2r ?nnegrE // (le_trans G0).
  have t2 : 10%:R ^+ t <= (1 + 1 / 55%:R) ^+ (128 * t) :> R.
    by rewrite exprM lerXn2r ?nnegrE ?ler0n ?exp_14_6 // exprn_ge0 // addr_ge0 // divr_ge0.
  have y2 : 0 <= C%:R * y ^+ w by rewrite mulr_ge0 // exprn_ge0.
  have Gr : 0 <= G ^+ r by rewrite exprn_ge0.
  apply: (ler_pM (mulr_ge0 (mulr_ge0 y2 Gr) k0) (exprn_ge0 _ (ler0n R 10)) (ler_wpM2r k0 (ler_pM y2 Gr head G2)) t2).
rewrite /Phi exprMn -!exprM; have := @prod_exponents R [:: ((K1 * w)%N, s1, - (281%:R / 40%:R * w%:R));
  ((K2 * w)%N, s2, - (c * mu * w%:R)); (r, 1 + a / r%:R, a); (k, 1 + x / k%:R, x); ((128 * t)%N, 1 + 1 / 55%:R, e)].
rewrite !big_cons !big_nil /= mulr1 addr0 !mulrA; apply.
- by rewrite s10 s20 !addr_ge0 // divr_ge0.
- rewrite !minus_share // !plus_share // mulrnDl /e -[1 / 55%:R *+ _]mulr_natl mulrA mulr1.
  by rewrite lexx.
have e6 : 6%:R * e <= lam * t%:R.
  rewrite /e mulrA ler_pdivrMr ?ltr0n // (natrM _ 128 t) mulrA -(natrM _ 6) [leRHS]mulrAC ler_wpM2r //.
  by apply: le_trans (_ : 14%:R * 55%:R <= _); [rewrite -natrM ler_nat | rewrite ler_wpM2r].
have xe : x + e <= lam * w%:R / 6%:R.
  rewrite ler_pdivlMr ?ltr0n // mulrC mulrDr; apply: le_trans (lerD x6 e6) _.
  by rewrite -mulrDr -natrD subnKC.
clearbody e; rewrite addrA -opprD addrC subr_le0; apply: le_trans (_ : c * (lam * w%:R) <= _).
  apply: le_trans (lerD (lexx a) xe) _; rewrite /a [_ / 6%:R]mulrC -mulrDl ler_wpM2r ?mulr_ge0 //.
  have e1 : 67%:R / 200%:R * 600%:R = 201%:R :> R.
    by rewrite -[600%N]/(200 * 3)%N [(200 * 3)%:R]natrM mulrA divfK ?pnatr_eq0 // -natrM.
  have e2 : 6%:R^-1 * 600%:R = 100%:R :> R.
    by rewrite -[600%N]/(6 * 100)%N [(6 * 100)%:R]natrM mulKf // pnatr_eq0.
  by rewrite -(ler_pM2r (ltr0Sn R 599)) divfK ?pnatr_eq0 // mulrDl e1 e2 -natrD.
have -> : c * (lam * w%:R) = c * 14%:R * w%:R + c * mu * w%:R.
  by rewrite -mulrDl -mulrDr [14%:R + _]addrC subrK mulrA.
rewrite lerD2r ler_wpM2r // -(ler_pM2r (ltr0Sn R 599)) mulrAC divfK ?pnatr_eq0 // -[600%N]/(40 * 15)%N.
by rewrite [(40 * 15)%:R]natrM mulrA divfK ?pnatr_eq0 // -!natrM ler_nat.
Qed.
End Large.

Section SmallVectors.
Variables (N d : nat) (n : nat -> nat) (Delta : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation Z := (silent N n).
Notation z := #|Z|.
Notation r := (parity_rows N n).
Notation lambda := (mean_rows N d n).
Notation U := (avoid_moment N d n 1).
(** Hypothesis (R); Delta is the largest number of symbols that a worker has used, or a larger number. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Implicit Types (C : coding) (A : {set 'I_m}) (w : nat).

(** No received row meets [A] in exactly one symbol. *)
Definition no_single C A : bool := all (fun row => #|[set l in A | val l \in row]| != 1%N) (rows C).
Definition small A : bool := (1 < #|A|)%N && (2 * d * #|A| <= N)%N.

Lemma Delta_few : (720 * Delta <= N)%N.
Proof. by apply: leq_trans small_shares; apply: leq_mul => //; apply: (@leq_mul 72 10 72 d). Qed.

Lemma whole_blocks (j : 'I_m) : (0 < n j)%N -> (d * (n j).-1 <= N)%N.
Proof. by move=> /few_used le; apply: leq_trans le (leq_trans _ Delta_few); rewrite leq_pmull. Qed.

Lemma lambda_parity : lambda * N%:R = d%:R * r%:R.
Proof.
rewrite /mean_rows /parity_rows natr_sum mulr_suml mulr_sumr; apply: eq_bigr => j nj.
rewrite /used_by (minn_idPl (whole_blocks nj)) -natrM; have [N0|N0] := posnP N; last first.
  by rewrite divfK // pnatr_eq0 -lt0n.
have := whole_blocks nj; rewrite {2}N0 leqn0 => /eqP ->.
by rewrite !mul0r.
Qed.

Lemma U_left_out : U = z%:R * left_out N d n.
Proof. by rewrite /avoid_moment /moment bin1. Qed.

Lemma union_bound : Pr (fun C => [exists A : {set 'I_m}, [&& A \subset Z :\: uncovered d n C, small A & no_single C A]]) <=
  \sum_(2 <= w < m.+1) \sum_(A : {set 'I_m} | [&& A \subset Z, small A & #|A| == w])
    Pr (fun C => no_single C A && [disjoint A & uncovered d n C]).
Proof.
rewrite Pr_mean; under [leRHS]eq_bigr => w _ do (under eq_bigr => A _ do rewrite Pr_mean; rewrite -mean_sum).
rewrite -mean_sum; apply: mean_le => C; case: existsP => [[A /and3P[]]|_]; last first.
  by apply: sumr_ge0 => w _; apply: sumr_ge0.
rewrite subsetD => /andP[AZ dis] sA nA; have /andP[A2 _] := sA.
have Am : (#|A| < m.+1)%N by rewrite ltnS -[X in (_ <= X)%N]card_ord max_card.
rewrite (bigD1_seq #|A|) ?mem_index_iota ?A2 ?iota_uniq //= (bigD1 A) ?AZ ?sA ?eqxx //= nA dis.
by rewrite -addrA lerDl addr_ge0 ?sumr_ge0 // => w _; rewrite sumr_ge0.
Qed.

Section Sizes.
Variable R : rcfType.
Implicit Types (v theta : R).
Hypotheses (z2 : (1 < z)%N) (zr : (z <= r.+1)%N) (lambda14 : 14%:R <= lambda).
Notation lam := (ratr lambda : R).
Notation y := (ratr (left_out N d n) : R).
Definition of_size w : R :=
  \sum_(A : {set 'I_m} | [&& A \subset Z, small A & #|A| == w])
    ratr (Pr (fun C => no_single C A && [disjoint A & uncovered d n C])).

Lemma N_gt0 : (0 < N)%N.
Proof.
rewrite lt0n; apply: contraTneq lambda14 => N0; rewrite -ltNge /mean_rows N0.
by rewrite big1 ?ltr0n // => j _; rewrite invr0 mulr0.
Qed.

Lemma r_gt0 : (0 < r)%N.
Proof. by rewrite -ltnS (leq_trans z2). Qed.

Lemma lam14 : 14%:R <= lam.
Proof. by rewrite -(ratr_nat R 14) ler_rat. Qed.

Lemma lam_gt0 : 0 < lam.
Proof. exact: lt_le_trans (ltr0Sn R 13) lam14. Qed.

Lemma share_lam : d%:R / N%:R = lam / r%:R :> R.
Proof.
have NR : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n N_gt0.
have rR : r%:R != 0 :> R by rewrite pnatr_eq0 -lt0n r_gt0.
apply: (mulIf rR); rewrite divfK // mulrAC; apply: (mulIf NR); rewrite divfK //.
by have := congr1 (ratr : rat -> R) lambda_parity; rewrite !rmorphM /= !ratr_nat.
Qed.

Lemma y_ge0 : 0 <= y.
Proof. by rewrite ler0q; apply: prodr_ge0 => j _; rewrite /avoid_share divr_ge0. Qed.

Lemma y_exp K : y * (1 + lam / K%:R) ^+ K <= 1.
Proof.
have zR : 0 < z%:R :> R by rewrite ltr0n ltnW.
rewrite -(ler_pM2l zR) mulr1 mulrA; have := uncovered_at_most N d K n; rewrite U_left_out -(ler_rat R).
by rewrite !rmorphM /= rmorphXn rmorphD rmorph1 fmorph_div /= !ratr_nat.
Qed.

(** What Lemma 1 (b) and (1) say of all sets of w symbols. *)
Lemma of_size_bound w v (t : R := v * d%:R * w%:R / N%:R) : 1 <= v -> t <= 1 / 2%:R ->
  exists2 G : R, 0 <= G <= 1 + 67%:R / 100%:R * t ^+ 2 &
    of_size w <= 'C(z, w)%:R * (y ^+ w / v ^+ w * G ^+ r).
Proof.
move=> v1 t1; have v0 : 0 <= v := le_trans ler01 v1.
have d0 : (0 < d)%N by apply: leq_trans d10.
have d1 : (1 < d)%N by apply: leq_trans d10.
pose theta : R := w%:R / (N - Delta - w).+1%:R; have thE : theta = w%:R / (N - Delta - w).+1%:R by [].
have th0 : 0 <= theta by rewrite thE divr_ge0.
clearbody theta.
pose G := no_single_poly d (v * theta); have G0 : 0 <= G.
  rewrite subr_ge0 (le_trans _ (power_second _ _)) ?mulr_ge0 //.
  by rewrite -addrA addrCA lerDl addr_ge0 // mulr_ge0 ?sqr_ge0.
have b0 : 0 <= y ^+ w / v ^+ w * G ^+ r by rewrite mulr_ge0 ?divr_ge0 ?exprn_ge0 ?y_ge0.
have [wN|Nw] := leqP (2 * d * w) N; last first.
  exists 0; first by rewrite lexx addr_ge0 // mulr_ge0 ?divr_ge0 ?sqr_ge0.
  rewrite /of_size big_pred0 => [|A]; last first.
    by apply/negP => /and3P[_ /andP[_ +] /eqP Aw]; rewrite Aw leqNgt Nw.
  by rewrite mulr_ge0 // mulr_ge0 ?divr_ge0 ?exprn_ge0 ?y_ge0.
have w20 : (20 * w <= N)%N by apply: leq_trans wN; apply: leq_mul => //; apply: (@leq_mul 2 10 2 d).
exists G; first by rewrite G0; apply: (no_single_bound d1 N_gt0 Delta_few w20 v0 thE _ t1).
apply: le_trans (_ : \sum_(A : {set 'I_m} | [&& A \subset Z, small A & #|A| == w]) (y ^+ w / v ^+ w * G ^+ r) <= _).
  apply: ler_sum => A /and3P[AZ _ /eqP Aw].
  apply: (no_single_row d0 whole_blocks few_used _ thE AZ Aw v1).
  have := leq_trans (leq_mul (isT : 2 <= 720)%N (leqnn Delta)) Delta_few.
  by have := leq_trans (leq_mul (isT : 2 <= 20)%N (leqnn w)) w20; clear; lia.
rewrite sumr_const -[leLHS]mulr_natl ler_wpM2r // ler_nat -cards_draws; apply: subset_leq_card.
by apply/subsetP => A; rewrite !inE => /and3P[-> _].
Qed.

Lemma card_power w : 'C(z, w)%:R * w`!%:R <= z%:R ^+ w :> R.
Proof.
rewrite -natrM -natrX ler_nat bin_ffact ffact_prod -[w in (_ ^ w)%N]card_ord -prod_nat_const.
by apply: leq_prod => i _; apply: leq_subr.
Qed.

(** g = U lambda/sqrt r. *)
Definition g : R := ratr (U * lambda) / Num.sqrt r%:R.

Lemma g_ge0 : 0 <= g.
Proof.
by rewrite divr_ge0 ?sqrtr_ge0 // rmorphM /= mulr_ge0 ?(ltW lam_gt0) // U_left_out rmorphM /= ratr_nat mulr_ge0 ?y_ge0.
Qed.

Lemma few_symbols w : (0 < w)%N -> w%:R * lam ^+ 2 <= r%:R -> of_size w <= root_term (63%:R / 32%:R * g) w.
Proof.
move=> w0 wr; have wR : 0 < w%:R :> R by rewrite ltr0n.
have rR : 0 < r%:R :> R by rewrite ltr0n r_gt0.
have sw : 0 < Num.sqrt (w%:R : R) by rewrite sqrtr_gt0.
have sr : 0 < Num.sqrt (r%:R : R) by rewrite sqrtr_gt0.
have l0 := lam_gt0; pose v := Num.sqrt (r%:R : R) / (Num.sqrt w%:R * lam).
have swl : 0 < Num.sqrt w%:R * lam by rewrite mulr_gt0.
have v1 : 1 <= v.
  rewrite /v ler_pdivlMr // mul1r -ler_sqr ?nnegrE ?(ltW swl) ?(ltW sr) // exprMn !sqr_sqrtr //.
have vE : v * (Num.sqrt w%:R * lam) = Num.sqrt r%:R by rewrite /v divfK // gt_eqF.
have v0 : 0 < v by apply: lt_le_trans ltr01 v1.
clearbody v; have t2 : (v * d%:R * w%:R / N%:R) ^+ 2 = w%:R / r%:R.
  have -> : v * d%:R * w%:R / N%:R = v * w%:R * (lam / r%:R).
    by rewrite -share_lam -!mulrA; congr (_ * _); rewrite mulrCA.
  have -> : v * w%:R * (lam / r%:R) = Num.sqrt r%:R * Num.sqrt w%:R / r%:R.
    have ac (s l i : R) : v * (s * s) * (l * i) = v * (s * l) * s * i by rewrite !mulrA [v * s * l * s]mulrAC.
    by rewrite -vE -{1}[w%:R]sqr_sqrtr ?(ltW wR) // expr2 ac.
  by rewrite expr_div_n exprMn !sqr_sqrtr // expr2 invfM [r%:R * _]mulrC -mulrA mulVKf // gt_eqF.
have t1 : v * d%:R * w%:R / N%:R <= 1 / 2%:R.
  have h0 : 0 <= 1 / 2%:R :> R by rewrite divr_ge0.
  rewrite -ler_sqr ?nnegrE // ?t2; last by rewrite !mulr_ge0 ?invr_ge0 ?(ltW v0).
  rewrite expr_div_n expr1n ler_pdivrMr // mul1r mulrC ler_pdivlMr ?exprn_gt0 ?ltr0n // (le_trans _ wr) //.
  rewrite ler_wpM2l // lerXn2r ?nnegrE ?(ltW l0) // (le_trans _ lam14) // ler_nat.
  by [].
have [G /andP[G0 G1] le] := of_size_bound v1 t1; rewrite t2 mulrA in G1; apply: le_trans le _.
have Gr : G ^+ r <= (63%:R / 32%:R) ^+ w.
  apply: le_trans (_ : (49%:R / 25%:R) ^+ w <= _).
    by apply: le_trans (factor_067 R r w); rewrite lerXn2r ?nnegrE // (le_trans G0).
  by rewrite lerXn2r ?nnegrE ?divr_ge0 //; exact: fractions.
have yv : 0 <= y ^+ w / v ^+ w by rewrite divr_ge0 ?exprn_ge0 ?y_ge0 ?(ltW v0).
apply: le_trans (ler_wpM2l (ler0n R _) (ler_wpM2l yv Gr)) _.
have gE : 63%:R / 32%:R * g * Num.sqrt w%:R = z%:R * (y / v * (63%:R / 32%:R)).
  rewrite mulrA [RHS]mulrC -mulrA; congr (_ * _); apply: (mulIf (lt0r_neq0 v0)); rewrite mulrA divfK ?gt_eqF //.
  apply: (mulIf (lt0r_neq0 sr)); rewrite -{2}vE /g U_left_out !rmorphM /= ratr_nat.
  have ac (a l q s : R) : q != 0 -> a * l / q * s * v * q = a * (v * (s * l)).
    move=> q0; rewrite -[_ / q * s * v]mulrA mulrAC divfK // -mulrA; congr (_ * _).
    by rewrite mulrA [l * s * v]mulrC [l * s]mulrC.
  by rewrite ac // gt_eqF.
have ac (a b e : R) : (a * (b / v * e)) ^+ w = a ^+ w * (b ^+ w / v ^+ w * e ^+ w).
  by rewrite [LHS]exprMn [(_ / _ * _) ^+ w]exprMn expr_div_n.
rewrite /root_term gE ac ler_pdivlMr ?ltr0n ?fact_gt0 // mulrAC ler_wpM2r ?card_power //.
by rewrite mulr_ge0 // exprn_ge0 // divr_ge0.
Qed.

Lemma many_symbols w w0 k : (0 < w)%N -> (w0 <= w)%N -> r%:R <= w0%:R * lam ^+ 2 ->
  of_size w * (1 + N%:R / (6 * d)%:R / k%:R) ^+ k * 10%:R ^+ (w - w0) <= 1.
Proof.
move=> wpos w0w rw; have [wN|Nw] := leqP (2 * d * w) N; last first.
  rewrite /of_size big_pred0 ?mul0r // => A.
  by apply/negP => /and3P[_ /andP[_ +] /eqP Aw]; rewrite Aw leqNgt Nw.
have rR : 0 < r%:R :> R by rewrite ltr0n r_gt0.
have NR : 0 < N%:R :> R by rewrite ltr0n N_gt0.
have tE : 1 * d%:R * w%:R / N%:R = lam * w%:R / r%:R by rewrite mul1r mulrAC share_lam mulrAC.
have t1 : 1 * d%:R * w%:R / N%:R <= 1 / 2%:R :> R.
  by rewrite mul1r ler_pdivrMr // mulrAC mul1r ler_pdivlMr ?ltr0n // -!natrM ler_nat mulnC mulnA.
have [G /andP[G0 G1] le] := of_size_bound (lexx 1) t1.
have t0 : 0 <= 1 * d%:R * w%:R / N%:R :> R by rewrite mul1r divr_ge0 ?mulr_ge0.
have x0 : 0 <= N%:R / (6 * d)%:R :> R by rewrite divr_ge0.
have lB : lam <= (d * r)%:R.
  have <- : lam * N%:R = (d * r)%:R.
    by rewrite natrM -[lam](divfK (lt0r_neq0 rR)) -share_lam mulrAC divfK ?gt_eqF.
  by rewrite ler_peMr ?(ltW lam_gt0) // ler1n N_gt0.
have G2 : G <= 1 + 67%:R / 200%:R * (lam * w%:R) / r%:R.
  apply: le_trans G1 _; rewrite lerD2l -[leRHS]mulrA -tE; move: t0 t1; move: (_ / N%:R) => t t0 t1.
  have -> : 67%:R / 200%:R = 67%:R / 100%:R / 2%:R :> R.
    by rewrite -[200%N]/(100 * 2)%N [(100 * 2)%:R]natrM invfM mulrA.
  by rewrite -[leRHS]mulrA ler_wpM2l ?divr_ge0 // expr2 ler_wpM2r // -[2%:R^-1]div1r.
have x6 : 6%:R * (N%:R / (6 * d)%:R) <= lam * w0%:R.
  rewrite natrM invfM mulrCA mulVKf ?pnatr_eq0 // -invf_div share_lam invf_div ler_pdivrMr ?lam_gt0 //.
  by rewrite mulrAC -expr2 mulrC.
have zr2 : z%:R <= 2%:R * r%:R :> R.
  rewrite -natrM ler_nat (leq_trans zr) // mul2n -addnn -addn1 leq_add2l.
  exact: r_gt0.
have rw' : r%:R <= w%:R * lam ^+ 2.
  by apply: le_trans rw _; rewrite ler_wpM2r ?sqr_ge0 // ler_nat.
have := large_term k lam14 lB r_gt0 wpos w0w (card_power w) zr2 rw' y_ge0 y_exp G0 G2 x0 x6.
apply: le_trans; rewrite ler_wpM2r ?exprn_ge0 // ler_wpM2r ?exprn_ge0 ?addr_ge0 ?divr_ge0 //.
by move: le; rewrite expr1n divr1 mulrA.
Qed.

(** If (R), r >= z - 1 >= 1, lambda >= 14 and g <= 1/4, the probability that for some set K of covered symbols of Z with
    2 <= |K| <= (m - 1)/(2d) no row meets K in exactly one symbol is at most 7 g^2 + 1.2 e^(-z/(6L)), where e^(-x) is
    (1 + x/k)^(-k) for any k, which decreases to it (docs/proofs/spanning.md, Proposition 5). *)
Theorem small_vectors k (L : R := d%:R * z%:R / N%:R) : g <= 1 / 4%:R ->
  ratr (Pr (fun C => [exists K : {set 'I_m}, [&& K \subset Z :\: uncovered d n C, (1 < #|K|)%N, (2 * d * #|K| <= N)%N &
    all (fun row => #|[set l in K | val l \in row]| != 1%N) (rows C)]])) <=
  7%:R * g ^+ 2 + 6%:R / 5%:R * (1 + z%:R / (6%:R * L) / k%:R) ^- k.
Proof.
rewrite (_ : Pr _ = Pr (fun C =>
  [exists K : {set 'I_m}, [&& K \subset Z :\: uncovered d n C, small K & no_single C K]])); last first.
  by congr (_%:R / _); apply: eq_card => C; rewrite !inE; apply: eq_existsb => K; rewrite /small -andbA.
move=> g4; have zR : 0 < z%:R :> R by rewrite ltr0n ltnW.
have -> : z%:R / (6%:R * L) = N%:R / (6 * d)%:R.
  by rewrite /L !mulrA -natrM invf_div mulrA [z%:R * _]mulrC -mulf_div divff ?mulr1 // gt_eqF.
set X := 1 + _ / k%:R; have X1 : 1 <= X by rewrite lerDl !divr_ge0.
have X0 : 0 < X ^+ k by rewrite exprn_gt0 // (lt_le_trans ltr01).
have ub := union_bound; rewrite -(ler_rat R) rmorph_sum in ub; apply: le_trans ub _.
rewrite (eq_bigr (fun w => of_size w : R)) => [|w _]; last exact: rmorph_sum.
pose c : R := 63%:R / 32%:R * g; have c0 : 0 <= c by apply: mulr_ge0; [apply: divr_ge0 | apply: g_ge0].
have c2 : c <= 1 / 2%:R.
  apply: le_trans (ler_wpM2l _ g4) _; first by rewrite divr_ge0.
  by rewrite mulf_div mulr1 -natrM; apply: (@fractions R 63 (32 * 4) 1 2).
have [w0 P0 min] : exists2 w0 : nat, r%:R <= w0%:R * lam ^+ 2 & forall w, r%:R < w%:R * lam ^+ 2 -> (w0 <= w)%N.
  have ex : exists w, r%:R < w%:R * lam ^+ 2.
    exists r.+1; apply: lt_le_trans (_ : r.+1%:R <= _); first by rewrite ltr_nat.
    by rewrite ler_peMr // exprn_ege1 // (le_trans _ lam14) // ler1n.
  by case: (ex_minnP ex) => w0 P0 min; exists w0; first exact: ltW.
pose f w : R := (X ^+ k)^-1 * (1 / 10%:R) ^+ (w - w0).
have f0 w : 0 <= f w by rewrite mulr_ge0 ?invr_ge0 ?(ltW X0) // exprn_ge0 // divr_ge0.
apply: le_trans (_ : \sum_(2 <= w < m.+1) (root_term c w + (if (w0 <= w)%N then f w else 0)) <= _).
  rewrite big_nat [leRHS]big_nat; apply: ler_sum => w /andP[w2 _].
  have [le|gt] := leP (w%:R * lam ^+ 2) r%:R.
    by apply: le_trans (few_symbols (ltnW w2) le) _; rewrite lerDl; case: ifP.
  have w0w := min w gt; rewrite w0w; apply: le_trans (_ : f w <= _); last by rewrite lerDr root_term_ge0.
  have := many_symbols k (ltnW w2) w0w P0; rewrite -/X /f => le.
  by rewrite mulrC ler_pdivlMr // expr_div_n expr1n ler_pdivlMr ?exprn_gt0 ?ltr0n.
rewrite big_split; apply: lerD.
  have := root_terms m.+1 c0 c2; set T := \sum_(_ <= _ < _) _ => le.
  rewrite -(ler_pM2l (ltr0Sn R 8)); apply: le_trans le _; rewrite [9%:R * _]mulrA -natrM exprMn mulrA.
  rewrite ler_wpM2r ?sqr_ge0 // -[16%N]/(4 ^ 2)%N natrX -exprMn -[32%N]/(4 * 8)%N natrM invfM mulrCA mulVKf ?pnatr_eq0 //.
  by rewrite expr_div_n ler_pdivrMr ?exprn_gt0 ?ltr0n // -!natrX -natrM ler_nat.
have := @geometric R f (1 / 10%:R) w0 m.+1 f0; set T := \sum_(_ <= _ < _) _ => geo.
have {geo} : (1 - 1 / 10%:R) * T <= f w0.
  by apply: geo => w w0w; rewrite /f subSn // exprS mulrCA.
rewrite /f subnn mulr1 -(@ratio_down R 1 10) // -[(10 - 1)%N]/9%N => geo.
apply: le_trans (_ : T <= _).
  rewrite /T (big_nat_widenl _ 0) // [leRHS](big_nat_widenl _ 0) // big_mkcond [leRHS]big_mkcond /=.
  by apply: ler_sum => w _; case: ifP; case: ifP.
rewrite -(ler_pM2l (_ : 0 < 9%:R / 10%:R)) ?divr_gt0 ?ltr0n //; apply: le_trans geo _.
rewrite mulrA ler_peMl ?invr_ge0 ?(ltW X0) // mulf_div -!natrM ler_pdivlMr ?ltr0n // mul1r ler_nat.
by [].
Qed.
End Sizes.
End SmallVectors.
