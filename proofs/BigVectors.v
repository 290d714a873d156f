(** How much the big vectors contribute to the first moment under (P1) (docs/proofs/spanning.md, Proposition 8). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Codes FirstMoment Exponentials SmallSets RowTypes TypeBounds MediumVectors CharacterTails.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Numbers.
Variable R : numFieldType.
Implicit Types (E F L q s t u x y z : R) (d k n r K : nat).

(** (1 - u/K)^(-K) decreases, and it is at most 256/225 <= 1.14 at K = 2, u <= 1/8. *)
Lemma price_below K u : (1 < K)%N -> 0 <= u <= 8%:R^-1 -> 0 <= (1 - u / K%:R) ^- K <= 256%:R / 225%:R.
Proof.
case: K => [|[|k]] // _ /andP[u0 u8]; set K := k.+2; have K0 : 0 < K%:R :> R by rewrite ltr0n.
have u1 : u <= 1 by rewrite (le_trans u8) // invf_le1 ?ltr0n // ler1n.
have b0 n : (1 < n)%N -> 0 < 1 - u / n%:R.
  move=> n1; have n0 : 0 < n%:R :> R by rewrite ltr0n ltnW.
  by rewrite subr_gt0 ltr_pdivrMr // mul1r (le_lt_trans u1) // ltr1n.
set y := 1 - u / K%:R; have y0 : 0 < y by apply: b0.
have h0 : 0 < 1 - u / 2%:R by apply: b0.
pose f (i : 'I_2 + 'I_k) : R := match i with inl _ => (1 - u / 2%:R) / y | inr _ => y^-1 end.
have small : (1 - u / 2%:R) ^+ 2 <= y ^+ K.
  suff : \prod_i f i <= 1.
    rewrite big_sumType /= !prodr_const !card_ord expr_div_n exprVn -mulrA -invfM -exprD ler_pdivrMr ?exprn_gt0 //.
    by rewrite mul1r.
  apply: prod_le1 => [[i|i]|] /=; rewrite ?divr_ge0 ?invr_ge0 ?(ltW y0) ?(ltW h0) //.
  rewrite big_sumType /= !sumr_const card_sum !card_ord -mulrnAl -[y^-1 *+ k]mulr_natl -mulrDl ler_pdivrMr //.
  by rewrite mulrnBl -[(u / _) *+ 2]mulr_natr divfK ?pnatr_eq0 // addrAC -natrD /y mulrBr mulr1 mulrC divfK ?gt_eqF.
have yK : 0 < y ^+ K by rewrite exprn_gt0.
rewrite invr_ge0 (ltW yK) /= -[_ / _]invf_div lef_pV2 ?posrE ?divr_gt0 ?ltr0n //; apply: le_trans small.
have -> : 225%:R / 256%:R = (15%:R / 16%:R) ^+ 2 :> R by rewrite expr_div_n -!natrX.
rewrite lerXn2r ?nnegrE ?divr_ge0 ?(ltW h0) //.
rewrite [15%:R](natrB R (isT : 1 <= 16)%N) mulrBl divff ?pnatr_eq0 // lerD2l lerN2.
apply: le_trans (ler_wpM2r _ u8) _; first by rewrite invr_ge0.
by rewrite -invfM -natrM mul1r.
Qed.

Lemma margins : 256%:R / 225%:R * (21%:R / 19%:R) <= 63%:R / 50%:R :> R /\ 256%:R / 225%:R * (100%:R / 114%:R) <= 1 :> R.
Proof.
split; first by rewrite mulf_div -!natrM; apply: (@fractions R (256 * 21) (225 * 19) 63 50); lia.
by rewrite mulf_div -!natrM -[leRHS]divr1; apply: (@fractions R (256 * 100) (225 * 114) 1 1); lia.
Qed.

(** (1 + y)^r <= e^(ry), which is at most (1 - ry/K)^(-K). *)
Lemma power_over r K y : 0 <= y -> r%:R * y < K%:R -> (1 + y) ^+ r <= (1 - r%:R * y / K%:R) ^- K.
Proof.
move=> y0 yK; have ry0 : 0 <= r%:R * y by rewrite mulr_ge0.
have K0 : 0 < K%:R :> R by apply: le_lt_trans yK.
have b0 : 0 < 1 - r%:R * y / K%:R by rewrite subr_gt0 ltr_pdivrMr // mul1r.
rewrite -[leRHS]mul1r ler_pdivlMr ?exprn_gt0 // mulrC.
have -> : (1 + y) ^+ r = (1 + r%:R * y / r%:R) ^+ r.
  by have [->|r0] := posnP r; rewrite ?expr0 // [_ * y]mulrC mulfK // pnatr_eq0 -lt0n.
by apply: power_exp; rewrite ?(ltW b0) // mulrBr mulr1 [_ * (_ / _)]mulrC divfK ?gt_eqF // subrK.
Qed.

(** (1 - 2u)(1 + u) <= 1 - u, and (1 - u)^z <= e^(-uz). *)
Lemma tail_power (k j : nat) u s : 0 <= u -> 2%:R * u <= 1 -> 0 <= s -> s <= k%:R * u ->
  ((1 - 2%:R * u) * (1 + u)) ^+ k <= (1 + s / j%:R) ^- j.
Proof.
move=> u0 u2 s0 le; have c0 : 0 <= 1 - 2%:R * u by rewrite subr_ge0.
have u1 : u <= 1 by apply: le_trans u2; rewrite ler_peMl // ler1n.
have d0 : 0 <= 1 - u by rewrite subr_ge0.
apply: le_trans (_ : (1 - u) ^+ k <= _).
  apply: lerXn2r; rewrite ?nnegrE //; first by rewrite mulr_ge0 // addr_ge0.
  rewrite mulrDr mulr1 -lerBrDl; apply: le_trans (ler_piMl u0 _) _.
    by rewrite gerBl mulr_ge0.
  by rewrite opprB addrC addrA subrK mulr_natl mulr2n addrK.
rewrite -[leRHS]mul1r ler_pdivlMr; last by rewrite exprn_gt0 // ltr_wpDr // divr_ge0.
by apply: power_exp; rewrite // mulrBr mulr1 -addrA gerDl addrC subr_le0.
Qed.

(** 4p (p (1 - 2u))^z vectors, each with a probability of at most ((1 + u)/p)^r. *)
Lemma tail_total (p k r j : nat) u s : (1 < p)%N -> (0 < k <= r.+1)%N -> 0 <= u -> 2%:R * u <= 1 -> 0 <= s ->
  s <= k%:R * u ->
  p%:R * (4%:R * (p%:R * (1 - 2%:R * u)) ^+ k) * ((1 + u) / p%:R) ^+ r <= 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j.
Proof.
move=> p1 /andP[k0 kr] u0 u2 s0 le; have pR : 0 < p%:R :> R by rewrite ltr0n ltnW.
set y := (1 + u) / p%:R; have py : p%:R * y = 1 + u by rewrite mulrC divfK ?gt_eqF.
have y0 : 0 <= y by rewrite divr_ge0 ?addr_ge0 // ltW.
have u1 : u <= 1 by apply: le_trans u2; rewrite ler_peMl // ler1n.
have y1 : y <= 1 by rewrite ler_pdivrMr // mul1r (le_trans (_ : _ <= 2%:R)) ?ler_nat // mulr2n lerD2l.
have c0 : 0 <= 1 - 2%:R * u by rewrite subr_ge0.
have rk : y ^+ r <= p%:R * y ^+ k.
  apply: le_trans (_ : y ^+ k.-1 <= _); first by apply: ler_wiXn2l => //; rewrite -ltnS prednK.
  by rewrite -[k in leRHS](prednK k0) exprS mulrA py ler_peMl ?exprn_ge0 // lerDl.
apply: le_trans (_ : p%:R * (4%:R * (p%:R * (1 - 2%:R * u)) ^+ k) * (p%:R * y ^+ k) <= _).
  by rewrite ler_wpM2l // mulr_ge0 ?(ltW pR) // mulr_ge0 // exprn_ge0 // mulr_ge0 // ltW.
have -> : p%:R * (4%:R * (p%:R * (1 - 2%:R * u)) ^+ k) * (p%:R * y ^+ k) =
    4%:R * p%:R ^+ 2 * ((1 - 2%:R * u) * (1 + u)) ^+ k.
  rewrite -py [LHS]mulrACA -expr2; move: (1 - _) (4%:R : R) => x c.
  by rewrite -[c * _ * _ in LHS]mulrA -exprMn -[RHS]mulrA [RHS]mulrCA [x * _]mulrCA -[p%:R * x * y]mulrA.
by rewrite ler_wpM2l ?tail_power // mulr_ge0 // exprn_ge0 // ltW.
Qed.

(** If s <= sqrt z and b <= sqrt z, s <= z/b. *)
Lemma below_root s b z : 0 < b -> b ^+ 2 <= z -> 0 <= s -> s ^+ 2 <= z -> s <= z / b.
Proof.
move=> b0 bz s0 sz; have z0 : 0 <= z by apply: le_trans sz; rewrite exprn_ge0.
rewrite ler_pdivlMr // -(@ler_pXn2r _ 2) ?nnegrE ?mulr_ge0 ?(ltW b0) // exprMn [leRHS]expr2.
by rewrite ler_pM ?exprn_ge0 // ltW.
Qed.

Lemma sum_le_card (I : finType) (P : pred I) (A : {set I}) (f : I -> R) (c : R) : 0 <= c ->
  (forall i, P i -> i \in A) -> (forall i, P i -> f i <= c) -> \sum_(i | P i) f i <= #|A|%:R * c.
Proof.
move=> c0 PA fc; apply: le_trans (_ : \sum_(i in [set i | P i]) c <= _).
  by rewrite [leRHS](eq_bigl P) => [|i]; rewrite ?inE // ler_sum.
rewrite sumr_const -[c *+ _]mulr_natl ler_wpM2r // ler_nat subset_leq_card //.
by apply/subsetP => i; rewrite inE => /PA.
Qed.
End Numbers.

(** How many vectors vanish outside a set, and how many of these have the sum 0. *)
Section Counting.
Variables (p N : nat).
Hypothesis p_prime : prime p.
Implicit Types (x : 'cV['F_p]_N.+1) (A Z : {set 'I_N.+1}).

Lemma card_inside Z : (#|[set x : 'cV['F_p]_N.+1 | support x \subset Z]| <= p ^ #|Z|)%N.
Proof.
apply: (card_determined p_prime (P := fun x => support x \subset Z)) => x y xZ yZ e.
apply/matrixP => l k; rewrite ord1.
have [/e //|lZ] := boolP (l \in Z); by rewrite (value_outside xZ) ?(value_outside yZ).
Qed.

Lemma card_balanced Z : (0 < #|Z|)%N ->
  (#|[set x : 'cV['F_p]_N.+1 | (support x \subset Z) && (\sum_l x l 0 == 0)%R]| <= p ^ #|Z|.-1)%N.
Proof.
case/card_gt0P => l0 l0Z; rewrite (cardsD1 l0 Z) l0Z.
apply: (card_determined p_prime (P := fun x => (support x \subset Z) && (\sum_l x l 0 == 0))) => x y.
move=> /andP[xZ /eqP x0] /andP[yZ /eqP y0] e.
have e' l : l != l0 -> x l 0 = y l 0.
  move=> ll; have [lZ|lZ] := boolP (l \in Z); first by apply: e; rewrite !inE ll.
  by rewrite (value_outside xZ) ?(value_outside yZ).
apply/matrixP => l k; rewrite ord1; have [->|/e' //] := eqVneq l l0.
apply: (addIr (\sum_(i | i != l0) y i 0)); rewrite -{1}(eq_bigr _ e').
have total (u : 'cV['F_p]_N.+1) : \sum_i u i 0 = u l0 0 + \sum_(i | i != l0) u i 0 by rewrite (bigD1 l0).
by rewrite -!total x0 y0.
Qed.
End Counting.

Section Big.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N d : nat) (n : nat -> nat) (Delta : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation Z := (silent N n).
Notation z := #|silent N n|.
Notation r := (parity_rows N n).
(** Hypothesis (R), as for Corollary 2. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypotheses (enough_rows : (z <= r.+1)%N) (two_silent : (1 < z)%N).
Variable w2 : C.
Implicit Types (x : 'cV['F_p]_m) (u v a : 'F_p) (K k j : nat) (s : C).

(** The big vectors: dq > w_2, q = 1 - rho_v for a most frequent value v. *)
Definition big x : bool := [exists v, [forall u, row_type C x u <= row_type C x v] && (w2 < d%:R * (1 - row_type C x v))].

(** The load L = dz/(m - 1), the larger of the share of the senders and 1/4, and the number theta of Corollary 2. *)
Definition load : C := d%:R * z%:R / N%:R.
Definition share_star : C := Num.max (1 - z%:R / N%:R) 4%:R^-1.
Definition theta : C := (9 * d * Delta)%:R / N%:R.

(** Condition (P1) in powers: L >= 1, z >= (12800 L^2)^2 and e^(4 w_2/p^2) > 14592 p L^2, where e^y is the least number above
    all (1 + y/k)^k. *)
Definition big_condition : Prop := [/\ 1 <= load, (12800%:R * load ^+ 2) ^+ 2 <= z%:R &
  exists k, 14592%:R * p%:R * load ^+ 2 <= (1 + 4%:R * w2 / p%:R ^+ 2 / k%:R) ^+ k].

(** At least exp(1.26 p R), R = r share_star^d, to which it decreases as K grows. *)
Definition main_term K : C := (1 - 63%:R / 50%:R * p%:R * (r%:R * share_star ^+ d) / K%:R) ^- K.

Lemma theta_range : 0 <= theta <= 8%:R^-1.
Proof.
have N0 : 0 < N%:R :> C by rewrite ltr0n (N_gt0 two_silent).
rewrite divr_ge0 //= ler_pdivrMr // ler_pdivlMl ?ltr0n // -natrM ler_nat !mulnA.
by [].
Qed.

Lemma share_star_ge : 1 - z%:R / N%:R <= share_star /\ 4%:R^-1 <= share_star.
Proof.
have r4 : 4%:R^-1 \is @Num.real C by rewrite realV realn.
have rs : 1 - z%:R / N%:R \is @Num.real C by rewrite realB ?real1 // ger0_real // divr_ge0.
by rewrite /share_star !comparable_le_max ?lexx ?orbT // real_comparable.
Qed.

(** rho^(a) = s + (1 - s) x^(a), where s is the share of the senders. *)
Lemma fourier_silent x a : support x \subset Z ->
  N%:R * fourier w (row_type C x) a = N%:R - z%:R + \sum_(l in Z) chi w (a * x l 0).
Proof.
move=> xZ; have [j nj] := some_sender enough_rows two_silent.
have -> : fourier w (row_type C x) a = fourier w (type_of C (fun i : 'I_N => x (lift j i) 0)) a.
  by apply: eq_bigr => u _; rewrite (row_typeE C xZ).
rewrite -sum_chi_symbols; apply: (addrI (chi w (a * x j 0))).
have <- : \sum_l chi w (a * x l 0) = chi w (a * x j 0) + \sum_(i < N) chi w (a * x (lift j i) 0).
  by rewrite (bigD1_ord j).
have xj : x j 0 = 0 by apply: (value_outside xZ); rewrite inE -lt0n.
rewrite xj mulr0 (chi0 p_prime w_root) (bigID (mem Z)) /= [X in _ + X = _](eq_bigr (fun=> 1)) => [|l lZ]; last first.
  by rewrite (value_outside xZ lZ) mulr0 (chi0 p_prime w_root).
rewrite addrC addrA; congr (_ + _).
have total : \sum_(l : 'I_m) 1 = N%:R + 1 :> C by rewrite sumr_const card_ord natr1.
rewrite (bigID (mem Z)) /= sumr_const in total.
by rewrite addrA [1 + _]addrC -total addrC addKr.
Qed.

Section Chances.
Variable E : C.
Hypothesis E_range : 0 <= E <= 256%:R / 225%:R.
(** The numbers 12800 and 14592, with which Coq would compute if they were in sight. *)
Variables (b c : C).
Hypotheses (bE : b = 2%:R * (40%:R ^+ 2 * 4%:R)) (cE : c = 114%:R / 100%:R * b).
Notation psi x := (psi w (row_type C x)).
Notation excess x := (E * \sum_(a : 'F_p | a != 0) psi x a ^+ d).
Notation t0 := (40%:R * load)^-1.
Notation eta := (b * load ^+ 2)^-1.

Lemma flat_psi x a : support x \subset Z -> `|\sum_(l in Z) chi w (a * x l 0)| <= t0 * z%:R ->
  psi x a <= share_star * (1 + 1 / (10 * d)%:R).
Proof.
move=> xZ; set S := \sum_(l in Z) _ => flat; have [share1 share4] := share_star_ge.
have [NC zC dC] : [/\ 0 < N%:R :> C, 0 < z%:R :> C & 0 < d%:R :> C].
  by rewrite !ltr0n (N_gt0 two_silent) (ltnW two_silent) (leq_trans _ d10).
have s0 : 0 <= share_star by apply: le_trans share4; rewrite invr_ge0.
case: (psi_cases w (row_type C x) a) => ->; last first.
  by apply: le_trans share4 _; rewrite ler_peMr // lerDl divr_ge0.
have zN : z%:R <= N%:R :> C.
  have [j nj] := some_sender enough_rows two_silent; rewrite ler_nat -ltnS -[X in (_ < X)%N](card_ord m).
  rewrite -cardsT; apply: proper_card; apply/properP; split; first exact: subsetT.
  by exists j; rewrite // inE -lt0n.
apply: le_trans (_ : 1 - z%:R / N%:R + (40%:R * d%:R)^-1 <= _).
  have -> : (40%:R * d%:R)^-1 = t0 * z%:R / N%:R.
    rewrite /load -[d%:R * z%:R / N%:R]mulrA [40%:R * (_ * _)]mulrA [in RHS]invfM invf_div.
    by rewrite -!mulrA [z%:R^-1 * _]mulrA mulVf ?gt_eqF // mul1r mulfV ?mulr1 ?gt_eqF.
  rewrite -(ler_pM2l NC) -[N%:R in leLHS](ger0_norm (ltW NC)) -normrM fourier_silent // mulrDr mulrBr mulr1.
  rewrite [N%:R * (z%:R / _)]mulrC [N%:R * (_ / _)]mulrC !divfK ?gt_eqF //.
  by apply: le_trans (ler_normD _ _) _; rewrite ger0_norm ?subr_ge0 // lerD2l.
rewrite mulrDr mulr1 lerD // -[40%N]/(4 * 10)%N natrM -mulrA -natrM invfM mul1r.
by rewrite ler_wpM2r // invr_ge0.
Qed.

Lemma tenth_power : (1 + 1 / (10 * d)%:R) ^+ d <= 21%:R / 19%:R :> C.
Proof.
have := @power_below rat 1 10 d isT isT; rewrite -(ler_rat C) rmorphM rmorphXn rmorphD fmorph_div rmorph1 /= !ratr_nat.
by rewrite -ler_pdivlMr ?ltr0n.
Qed.

(** B1: 1.1378 e^(1/10) <= 1.26. *)
Lemma flat_excess x : support x \subset Z ->
  (forall a, a != 0 -> `|\sum_(l in Z) chi w (a * x l 0)| <= t0 * z%:R) ->
  excess x <= 63%:R / 50%:R * p%:R * share_star ^+ d.
Proof.
move=> xZ flat; have [E0 E1] := andP E_range; have [_ share4] := share_star_ge.
have s0 : 0 <= share_star by apply: le_trans share4; rewrite invr_ge0.
have c0 : 0 <= share_star ^+ d * (21%:R / 19%:R) by rewrite mulr_ge0 ?exprn_ge0 // divr_ge0.
have sum : \sum_(a : 'F_p | a != 0) psi x a ^+ d <= p%:R * (share_star ^+ d * (21%:R / 19%:R)).
  rewrite -[in leRHS](card_Fp p_prime) -cardsT; apply: sum_le_card => // a a0.
  apply: le_trans (_ : (share_star * (1 + 1 / (10 * d)%:R)) ^+ d <= _).
    by rewrite lerXn2r ?nnegrE ?(ltW (psi_gt0 _ _ _)) ?mulr_ge0 ?addr_ge0 ?divr_ge0 // flat_psi // flat.
  by rewrite exprMn ler_wpM2l ?exprn_ge0 // tenth_power.
apply: le_trans (ler_wpM2l E0 sum) _; rewrite -[leRHS]mulrA [p%:R * (_ * _)]mulrA [E * _]mulrCA [leLHS]mulrC.
rewrite ler_wpM2r ?mulr_ge0 ?exprn_ge0 //; apply: le_trans (ler_wpM2r _ E1) _; first by rewrite divr_ge0.
exact: (margins C).1.
Qed.

Lemma load_gt0 : 0 < load.
Proof. by rewrite divr_gt0 ?mulr_gt0 // ltr0n ?(N_gt0 two_silent) ?(ltnW two_silent) // (leq_trans _ d10). Qed.

Lemma b_ge2 : 2%:R <= b.
Proof. by rewrite bE ler_peMr // mulr_ege1 ?exprn_ege1 ?ler1n. Qed.

Lemma b_gt0 : 0 < b.
Proof. by apply: lt_le_trans b_ge2; rewrite ltr0n. Qed.

(** B2: 1.1378 p/(14592 p L^2) <= 1/(12800 L^2). *)
Lemma big_excess k x : 0 <= w2 -> c * p%:R * load ^+ 2 <= (1 + 4%:R * w2 / p%:R ^+ 2 / k%:R) ^+ k -> big x ->
  support x \subset Z -> excess x <= eta.
Proof.
move=> w0 large /existsP[v /andP[/forallP most dq]] xZ; have [E0 E1] := andP E_range.
have L0 := load_gt0; have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have A0 : 0 < b * load ^+ 2 by rewrite mulr_gt0 ?b_gt0 // exprn_gt0.
have {large} : p%:R * (114%:R / 100%:R * (b * load ^+ 2)) <= (1 + 4%:R * w2 / p%:R ^+ 2 / k%:R) ^+ k.
  suff -> : p%:R * (114%:R / 100%:R * (b * load ^+ 2)) = c * p%:R * load ^+ 2 by [].
  by rewrite [RHS]mulrAC [RHS]mulrC cE -[_ * b * _]mulrA.
move: (b * load ^+ 2) A0 => A A0 large.
have pA : 0 < p%:R * (114%:R / 100%:R * A) by rewrite !mulr_gt0 // invr_gt0.
have dC : 0 < d%:R :> C by rewrite ltr0n (leq_trans _ d10).
have q0 : 0 <= 1 - row_type C x v by rewrite -(pmulr_rge0 _ dC) (le_trans w0) // ltW.
have small a : a != 0 -> psi x a ^+ d <= (p%:R * (114%:R / 100%:R * A))^-1.
  have rho1 := sum_row_type p_prime w_root enough_rows two_silent xZ.
  move=> a0; have [_ /(_ a0)] := psi_bound p_prime w_root (row_type_ge0 C x) rho1 most d a k.
  set Q := (1 + _) ^+ k => le; have AQ : p%:R * (114%:R / 100%:R * A) <= Q.
    apply: le_trans large _; apply: lerXn2r; rewrite ?nnegrE ?addr_ge0 ?divr_ge0 ?mulr_ge0 ?exprn_ge0 ?(ltW p0) //.
    by rewrite lerD2l !ler_wpM2r ?invr_ge0 ?exprn_ge0 ?(ltW p0) // -mulrA ler_wpM2l // ltW.
  have Q0 : 0 < Q by apply: lt_le_trans AQ.
  apply: le_trans (_ : Q^-1 <= _); last by rewrite lef_pV2 ?posrE.
  by rewrite -[Q^-1]mul1r ler_pdivlMr.
apply: le_trans (_ : E * (p%:R * (p%:R * (114%:R / 100%:R * A))^-1) <= _).
  rewrite ler_wpM2l // -[X in _ <= X%:R * _](card_Fp p_prime) -cardsT; apply: sum_le_card => //.
  by rewrite invr_ge0 ltW.
rewrite invfM mulVKf ?gt_eqF // invfM mulrA ler_piMl ?invr_ge0 ?(ltW A0) // invf_div.
apply: le_trans (ler_wpM2r _ E1) _; first by rewrite divr_ge0.
exact: (margins C).2.
Qed.

(** The vectors of B2. *)
Definition skew x : bool := [exists a : 'F_p, (a != 0) && (t0 * z%:R < `|\sum_(l in Z) chi w (a * x l 0)|)].

Lemma card_skew : 1 <= load ->
  #|[set x : 'cV['F_p]_m | (support x \subset Z) && skew x]|%:R <= p%:R * (4%:R * (p%:R * (1 - 2%:R * eta)) ^+ z).
Proof.
move=> L1; have L0 := load_gt0; have p0 : 0 <= p%:R :> C by [].
pose F a := [set x : 'cV['F_p]_m | (support x \subset Z) && (t0 * z%:R < `|\sum_(l in Z) chi w (a * x l 0)|)].
have t0E : t0 ^+ 2 / 4%:R = 2%:R * eta.
  rewrite bE -mulrA [in RHS]invfM mulVKf ?pnatr_eq0 // exprVn exprMn -invfM; congr _^-1.
  by rewrite mulrAC.
have t01 : 0 <= t0 <= 4%:R^-1.
  have t1 : 0 < 40%:R * load by apply: mulr_gt0; rewrite ?ltr0n.
  rewrite invr_ge0 (ltW t1) /= lef_pV2 ?posrE ?ltr0n //.
  by apply: le_trans (_ : 40%:R <= _); [rewrite ler_nat | rewrite ler_peMr].
apply: le_trans (_ : \sum_(a : 'F_p | a != 0) #|F a|%:R <= _).
  rewrite -natr_sum ler_nat; apply: leq_trans (_ : #|\bigcup_(a : 'F_p | (a != 0)%R) F a| <= _)%N.
    apply: subset_leq_card; apply/subsetP => x; rewrite inE => /andP[xZ /existsP[a /andP[a0 xa]]].
    by apply/bigcupP; exists a => //; rewrite inE xZ.
  apply: (big_ind2 (fun (A : {set 'cV['F_p]_m}) k => #|A| <= k)%N) => [|A k A' k' le le'|a _] //.
    by rewrite cards0.
  by apply: leq_trans (leq_card_setU A A').1 _; rewrite leq_add.
have le a : a != 0 -> #|F a|%:R <= 4%:R * (p%:R * (1 - 2%:R * eta)) ^+ z.
  by move=> a0; rewrite -t0E; apply: (character_tail p_prime w_root).
rewrite -[X in _ <= X%:R * _](card_Fp p_prime) -cardsT; apply: sum_le_card => //.
exact: le_trans (le 1 (oner_neq0 _)).
Qed.

Notation rho x := (row_chance w E d (row_type C x)).

Lemma chance_ge0 x : 0 <= rho x.
Proof.
have [E0 _] := andP E_range; rewrite divr_ge0 ?addr_ge0 // mulr_ge0 //.
by apply: sumr_ge0 => a _; rewrite exprn_ge0 // ltW // psi_gt0.
Qed.

Lemma chance_power x (y : C) : excess x <= y -> rho x ^+ r <= ((1 + y) / p%:R) ^+ r.
Proof.
move=> le; have := chance_ge0 x => rho0; have le1 : rho x <= (1 + y) / p%:R by rewrite ler_wpM2r ?invr_ge0 // lerD2l.
by rewrite lerXn2r // nnegrE (le_trans rho0).
Qed.

Lemma contributions (P : pred 'cV['F_p]_m) M K j k s :
  (#|[set x : 'cV['F_p]_m | (support x \subset Z) && P x]| <= M)%N ->
  0 <= w2 -> 1 <= load -> (b * load ^+ 2) ^+ 2 <= z%:R ->
  c * p%:R * load ^+ 2 <= (1 + 4%:R * w2 / p%:R ^+ 2 / k%:R) ^+ k ->
  63%:R / 50%:R * p%:R * (r%:R * share_star ^+ d) < K%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  \sum_(x | [&& big x, support x \subset Z & P x]) rho x ^+ r <=
    M%:R / p%:R ^+ r * main_term K + 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j.
Proof.
move=> cardM w0 L1 rootz large yK s0 sz; have L0 := load_gt0.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have [_ share4] := share_star_ge; have sh0 : 0 <= share_star by apply: le_trans share4; rewrite invr_ge0.
have A0 : 0 < b * load ^+ 2 by rewrite mulr_gt0 ?b_gt0 // exprn_gt0.
have eta0 : 0 < eta by rewrite invr_gt0.
have eta2 : 2%:R * eta <= 1.
  rewrite ler_pdivrMr // mul1r; apply: le_trans b_ge2 _.
  by rewrite ler_peMr ?(ltW b_gt0) // exprn_ege1.
rewrite (bigID skew) /= addrC; apply: lerD.
  set y := 63%:R / 50%:R * p%:R * share_star ^+ d.
  have y0 : 0 <= y by rewrite !mulr_ge0 ?exprn_ge0 // ?invr_ge0 // ltW.
  have yE : 63%:R / 50%:R * p%:R * (r%:R * share_star ^+ d) = r%:R * y by rewrite mulrCA.
  apply: le_trans (_ : M%:R * ((1 + y) / p%:R) ^+ r <= _).
    apply: le_trans (_ : #|[set x : 'cV['F_p]_m | (support x \subset Z) && P x]|%:R * ((1 + y) / p%:R) ^+ r <= _).
      apply: sum_le_card => [|x /andP[/and3P[_ xZ xP] _]|x /andP[/and3P[_ xZ _] /existsPn flat]].
      - by rewrite exprn_ge0 // divr_ge0 ?addr_ge0 // ltW.
      - by rewrite inE xZ.
      apply: chance_power; apply: flat_excess => // a a0; have := flat a; rewrite a0 /= -real_leNgt ?normr_real //.
      by rewrite ger0_real // mulr_ge0 // invr_ge0 mulr_ge0 // ltW.
    by rewrite ler_wpM2r ?ler_nat // exprn_ge0 // divr_ge0 ?addr_ge0 // ltW.
  rewrite expr_div_n mulrA mulrAC ler_wpM2l ?divr_ge0 ?exprn_ge0 ?(ltW p0) // /main_term yE.
  by apply: power_over; rewrite // -yE.
apply: le_trans (_ : #|[set x : 'cV['F_p]_m | (support x \subset Z) && skew x]|%:R * ((1 + eta) / p%:R) ^+ r <= _).
  apply: sum_le_card => [|x /andP[/and3P[_ xZ _] xs]|x /andP[/and3P[xb xZ _] _]].
  - by rewrite exprn_ge0 // divr_ge0 ?addr_ge0 // ltW.
  - by rewrite inE xZ.
  by apply: chance_power; apply: (big_excess w0 large).
apply: le_trans (_ : p%:R * (4%:R * (p%:R * (1 - 2%:R * eta)) ^+ z) * ((1 + eta) / p%:R) ^+ r <= _).
  by rewrite ler_wpM2r ?card_skew // exprn_ge0 // divr_ge0 ?addr_ge0 // ltW.
apply: tail_total; rewrite ?prime_gt1 ?(ltnW two_silent) ?(ltW eta0) //.
exact: below_root.
Qed.
End Chances.

(** Under (P1) the powers rho(x)^r over the big vectors add up to at most p^(z-r) exp(1.26 p R) + 4 p^2 e^(- sqrt z), where
    R = r share_star^d, and over those with entries that add up to 0 to at most the same with p^(z-1-r). Here exp(1.26 p R) is
    the main term for any K > 1.26 p R, e^(- sqrt z) is (1 + s/j)^(-j) for 0 <= s <= sqrt z and any j, which decreases to
    e^(-s), and e^theta in rho(x) is (1 - theta/K0)^(-K0) for any K0 >= 2 (docs/proofs/spanning.md, Proposition 8). *)
Theorem big_vectors K0 K j s (rho := fun x => row_chance w ((1 - theta / K0%:R) ^- K0) d (row_type C x)) :
  0 <= w2 -> big_condition -> (1 < K0)%N ->
  63%:R / 50%:R * p%:R * (r%:R * share_star ^+ d) < K%:R ->
  0 <= s -> s ^+ 2 <= z%:R ->
  \sum_(x | big x && (support x \subset Z)) rho x ^+ r <=
    p%:R ^+ z / p%:R ^+ r * main_term K + 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j /\
  \sum_(x | [&& big x, support x \subset Z & \sum_l x l 0 == 0]) rho x ^+ r <=
    p%:R ^+ z.-1 / p%:R ^+ r * main_term K + 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j.
Proof.
move=> w0 [L1 rootz [k large]] K01 yK s0 sz; have E_range := price_below K01 theta_range.
have bE : 12800%:R = 2%:R * (40%:R ^+ 2 * 4%:R) :> C.
  by rewrite -[40%:R ^+ 2]natrX -!natrM; apply: (congr1 (fun k => k%:R)); vm_compute.
have cE : 14592%:R = 114%:R / 100%:R * 12800%:R :> C.
  have -> : 14592%N = (114 * 128)%N by vm_compute.
  have -> : 12800%N = (100 * 128)%N by vm_compute.
  by rewrite 2!natrM mulrA divfK // pnatr_eq0.
move: (12800%:R : C) (14592%:R : C) bE cE L1 rootz large => b c bE cE L1 rootz large.
have part P M cardM := @contributions _ E_range b c bE cE P M K j k s cardM w0 L1 rootz large yK s0 sz.
split; rewrite -natrX.
  under eq_bigl => x do rewrite -[_ \subset _]andbT.
  apply: (part predT); apply: leq_trans (card_inside p_prime Z).
  by apply: subset_leq_card; apply/subsetP => x; rewrite !inE => /andP[].
apply: (part (fun x => \sum_l x l 0 == 0)); apply: card_balanced => //.
exact: ltnW.
Qed.

(** So do the probabilities of Hx = 0, which Corollary 2 bounds by these powers (docs/proofs/spanning.md, Proposition
    8). *)
Corollary big_vanish K j s (chance := fun x => ratr (Pr (fun c : coding => in_kernel d n c x)) : C) :
  0 <= w2 -> big_condition -> 63%:R / 50%:R * p%:R * (r%:R * share_star ^+ d) < K%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  \sum_(x | big x) chance x <=
    p%:R ^+ z / p%:R ^+ r * main_term K + 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j /\
  \sum_(x | big x && (\sum_l x l 0 == 0)) chance x <=
    p%:R ^+ z.-1 / p%:R ^+ r * main_term K + 4%:R * p%:R ^+ 2 * (1 + s / j%:R) ^- j.
Proof.
move=> w0 cond yK s0 sz; have [all balanced] := big_vectors j w0 cond (isT : (1 < 2)%N) yK s0 sz.
have d0 : (0 < d)%N by apply: leq_trans d10.
have le (P : pred 'cV['F_p]_m) : \sum_(x | P x) chance x <= \sum_(x | P x && (support x \subset Z))
    row_chance w ((1 - theta / 2%:R) ^- 2) d (row_type C x) ^+ r.
  rewrite (bigID (fun x => support x \subset Z)) /= [X in _ + X]big1 ?addr0 => [|x /andP[_ xZ]]; last first.
    rewrite /chance /Pr (_ : [set _ | _] = set0) ?cards0 ?mul0r ?rmorph0 //; apply/setP => c; rewrite !inE.
    by apply: contraNF xZ => /(kernel_silent d0).
  by apply: ler_sum => x /andP[_ xZ]; apply: (rows_vanish p_prime w_root d10 small_shares few_used).
split; first exact: le_trans (le _) all.
apply: le_trans (le _) _; apply: le_trans balanced; rewrite le_eqVlt; apply/orP; left; apply/eqP.
by apply: eq_bigl => x; rewrite -andbA [(_ == _) && _]andbC.
Qed.
End Big.
