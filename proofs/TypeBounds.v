(** What is said of types: how large the characters of a measure on F_p are (docs/proofs/spanning.md, Lemma 3). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Exponentials RowTypes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** A sum over distances to the ends, two terms at a time. *)
Lemma sum_ends (f : nat -> nat) n :
  (\sum_(i < n.+2) f (minn i (n.+2 - i)) = f 0 + \sum_(i < n) f (minn i (n - i)).+1 + f 1)%N.
Proof.
rewrite big_ord_recl big_ord_recr /= min0n addnA; congr (_ + _ + f _)%N; last by rewrite /bump; lia.
by apply: eq_bigr => i _; congr f; rewrite /bump; have := ltn_ord i; lia.
Qed.

(** The sum of the squared distances to the ends is at most p^3/8. *)
Lemma sum_end_squares p : (8 * (\sum_(i < p) minn i (p - i) ^ 2) <= p ^ 3)%N.
Proof.
suff H n : (4 * (\sum_(i < n) minn i (n - i)) <= n * n)%N /\ (8 * (\sum_(i < n) minn i (n - i) ^ 2) <= n * (n * n))%N.
  by have [_] := H p; rewrite !expnS expn0 muln1.
elim/ltn_ind: n => -[|[|n]] IH; first by rewrite !big_ord0.
  by rewrite !big_ord_recr !big_ord0.
have [|T S] := IH n; first by lia.
rewrite (sum_ends id) (sum_ends (fun x => x ^ 2)%N) !add0n.
have -> : (\sum_(i < n) (minn i (n - i)).+1 = n + \sum_(i < n) minn i (n - i))%N.
  by under eq_bigr => i _ do rewrite -add1n; rewrite big_split sum_nat_const card_ord muln1.
have -> : (\sum_(i < n) (minn i (n - i)).+1 ^ 2 = \sum_(i < n) minn i (n - i) ^ 2 + n + 2 * \sum_(i < n) minn i (n - i))%N.
  under eq_bigr => i _ do rewrite -addn1 sqrnD exp1n muln1.
  by rewrite big_distrr !big_split sum_nat_const card_ord muln1.
move: (\sum_(i < n) minn i (n - i))%N (\sum_(i < n) minn i (n - i) ^ 2)%N T S => T S; nia.
Qed.

(** The convexity of powers, and products of powers with exponentials. *)
Section Powers.
Variable R : numFieldType.
Implicit Types (l t x y s : R) (e k : nat).

Lemma chord_step l u T : 0 <= l <= 1 -> 0 <= u -> T <= 1 ->
  (1 - l * u) * (1 - l * (1 - T)) <= 1 - l * (1 - (1 - u) * T).
Proof.
move=> /andP[l0 l1] u0 T1; have -> : 1 - (1 - u) * T = 1 - T + u * T by rewrite mulrBl mul1r opprB addrA addrAC.
rewrite mulrBl mul1r [l * (1 - T + _)]mulrDr opprD addrA lerD2l lerN2 mulrA ler_wpM2l ?mulr_ge0 //.
by rewrite lerBrDl -lerBrDr ler_piMl // subr_ge0.
Qed.

Lemma chord_power l u k : 0 <= l <= 1 -> 0 <= u <= 1 -> (1 - l * u) ^+ k <= 1 - l * (1 - (1 - u) ^+ k).
Proof.
move=> l01 /andP[u0 u1]; have [l0 l1] := andP l01; have s0 : 0 <= 1 - l * u by rewrite subr_ge0 mulr_ile1.
have t1 : 1 - u <= 1 by rewrite gerBl.
elim: k => [|k IH]; first by rewrite !expr0 subrr mulr0 subr0.
rewrite exprS; apply: le_trans (ler_wpM2l s0 IH) _; rewrite [(1 - u) ^+ k.+1]exprS chord_step // exprn_ile1 //.
by rewrite subr_ge0.
Qed.

(** The same for the inverses. *)
Lemma chord_inverse l y k : 0 <= l <= 1 -> 1 <= y -> (1 + l * (y - 1)) ^- k <= 1 - l * (1 - y ^- k).
Proof.
move=> l01 y1; have [l0 l1] := andP l01; have y0 : 0 < y := lt_le_trans ltr01 y1.
have u0 : 0 <= 1 - y^-1 by rewrite subr_ge0 invf_le1.
have u1 : 1 - y^-1 <= 1 by rewrite gerBl invr_ge0 ltW.
have A0 : 0 < 1 + l * (y - 1) by rewrite ltr_wpDr // mulr_ge0 // subr_ge0.
have le := chord_power k l01 (introT andP (conj u0 u1)).
rewrite subKr exprVn in le; apply: le_trans le; rewrite -exprVn lerXn2r ?nnegrE ?invr_ge0 ?(ltW A0) ?subr_ge0 ?mulr_ile1 //.
rewrite -[leLHS]mul1r ler_pdivrMr //.
have -> : y - 1 = (1 - y^-1) * y by rewrite mulrBl mul1r mulVf // gt_eqF.
set u := 1 - y^-1 in u0 u1 *; have yu : 1 <= y * (1 - l * u).
  rewrite -[leLHS](mulfV (lt0r_neq0 y0)) ler_wpM2l ?(ltW y0) // -[y^-1](subKr 1) lerD2l lerN2 -/u.
  by rewrite ler_piMl.
rewrite mulrDr mulr1 -lerBlDl subKr [leRHS]mulrC [l * (u * y)]mulrA -[leRHS]mulrA ler_peMr //.
by rewrite mulr_ge0.
Qed.

(** The powers from the second on of a mean square. *)
Lemma power_mean l t y d : (1 < d)%N -> 0 <= l <= 1 -> 0 <= t <= 1 -> 0 <= y -> y ^+ 2 <= 1 - l * (1 - t ^+ 2) ->
  y ^+ d <= 1 - l * (1 - t ^+ d).
Proof.
move=> d1 l01 /andP[t0 t1] y0 y2; have [l0 l1] := andP l01.
have M0 : 0 <= 1 - l * (1 - t ^+ 2) by apply: le_trans y2; rewrite exprn_ge0.
have u0 : 0 <= 1 - t ^+ 2 by rewrite subr_ge0 exprn_ile1.
suff H k : y ^+ k.+2 <= 1 - l * (1 - t ^+ k.+2) /\ y ^+ k.+3 <= 1 - l * (1 - t ^+ k.+3).
  by case: d d1 => [|[|k]] // _; have [] := H k.
elim: k => [|k [IH2 IH3]]; last first.
  split=> //; rewrite -[k.+4]/(2 + k.+2)%N !exprD; apply: le_trans (ler_pM _ _ y2 IH2) _; rewrite ?exprn_ge0 //.
  have := @chord_step l (1 - t ^+ 2) (t ^+ k.+2) l01 u0; rewrite subKr => -> //.
  exact: exprn_ile1.
have mix x : 1 - l * (1 - x) = 1 - l + l * x by rewrite mulrBr mulr1 opprB addrA addrAC.
split=> //; have three x : 0 <= x -> (y * x ^+ 2) *+ 3 <= y ^+ 3 + x ^+ 3 *+ 2.
  move=> x0; have [A _] := real_leif_mean_square_scaled (ger0_real x0) (ger0_real y0).
  have B : (x * y ^+ 2) *+ 2 <= y * x ^+ 2 + y ^+ 3.
    by have := ler_wpM2l y0 A; rewrite [leRHS]mulrDr -exprS mulrnAr mulrCA -expr2.
  have D : (y * x ^+ 2) *+ 4 <= x ^+ 3 *+ 2 + (x * y ^+ 2) *+ 2.
    have := ler_wpM2l x0 A; rewrite [leRHS]mulrDr -exprS mulrnAr mulrA -expr2 [x ^+ 2 * y]mulrC => le.
    by have := lerMn2r 2 ((y * x ^+ 2) *+ 2) (x ^+ 3 + x * y ^+ 2); rewrite le orbT -mulrnA mulrnDl.
  by have := le_trans D (lerD (lexx _) B); rewrite [leLHS]mulrS [leRHS]addrCA lerD2l [leRHS]addrC.
have := three t t0; have := three 1 ler01; rewrite !expr1n !mulr1 => le1 let3.
have : y ^+ 3 *+ 3 <= y ^+ 3 + (1 - l * (1 - t ^+ 3)) *+ 2.
  have s0 : 0 <= 1 - l by rewrite subr_ge0.
  apply: le_trans (_ : (1 - l) * (y *+ 3) + l * ((y * t ^+ 2) *+ 3) <= _).
    rewrite !mulrnAr -mulrnDl lerMn2r /= mulrC [l * _]mulrCA -mulrDr exprS ler_wpM2l //.
    by rewrite -mix.
  apply: le_trans (lerD (ler_wpM2l s0 le1) (ler_wpM2l l0 let3)) _.
  rewrite [(1 - l) * _]mulrDr [l * (_ + _)]mulrDr addrACA -[X in X + _ <= _]mulrDl subrK mul1r lerD2l mix.
  by rewrite [leRHS]mulrnDl mulr_natr mulrnAr.
rewrite mulrS lerD2l lerMn2r; exact.
Qed.

Lemma power_exp s x e k : 0 <= s -> 0 <= x -> e%:R * s + x <= e%:R -> s ^+ e * (1 + x / k%:R) ^+ k <= 1.
Proof.
move=> s0 x0 le; pose E (i : 'I_e + 'I_k) : R := match i with inl _ => s | inr _ => 1 + x / k%:R end.
have -> : s ^+ e * (1 + x / k%:R) ^+ k = \prod_i E i by rewrite big_sumType /= !prodr_const !card_ord.
apply: prod_le1 => [[i|i]|] //=; first by rewrite addr_ge0 ?divr_ge0.
rewrite big_sumType /= !sumr_const card_sum !card_ord natrD mulrnDl -[s *+ e]mulr_natl.
rewrite addrCA addrC lerD2r (le_trans _ le) // lerD2l -[_ *+ k]mulr_natl mulrC.
by have [->|k0] := posnP k; rewrite ?mulr0 // divfK // pnatr_eq0 -lt0n.
Qed.

Lemma bernoulli x k : 0 <= x <= 1 -> 1 - k%:R * x <= (1 - x) ^+ k.
Proof.
move=> /andP[x0 x1]; have c0 : 0 <= 1 - x by rewrite subr_ge0.
elim: k => [|k IH]; first by rewrite mul0r subr0.
apply: le_trans (_ : (1 - x) * (1 - k%:R * x) <= _); last by rewrite exprS ler_wpM2l.
rewrite mulrBl mul1r mulrBr mulr1 opprB -natr1 mulrDl mul1r opprD addrA lerD2l lerBrDl.
by rewrite subrr !mulr_ge0.
Qed.

Lemma fractions a b a' b' : (0 < b)%N -> (0 < b')%N -> (a * b' <= a' * b)%N -> a%:R / b%:R <= a'%:R / b'%:R :> R.
Proof. by move=> b0 b'0 le; rewrite ler_pdivrMr ?ltr0n // mulrAC ler_pdivlMr ?ltr0n // -!natrM ler_nat. Qed.

(** (1 + 1/32)^32 >= 21/8. *)
Lemma power_32 : 21%:R / 8%:R <= (1 + 1 / 32%:R) ^+ 32 :> R.
Proof.
have n0 k : k.+1%:R != 0 :> R by rewrite pnatr_eq0.
have le1 : 51%:R / 40%:R <= (1 + 1 / 32%:R) ^+ 8 :> R.
  apply: le_trans (power_second 8 _); last by rewrite divr_ge0.
  rewrite (_ : 'C(8, 2) = 28)%N // expr_div_n expr1n mulrA !mulr1 mulrA mulr1.
  have -> : 1 + 8%:R / 32%:R + 28%:R / 32%:R ^+ 2 = (32 * 32 + 8 * 32 + 28)%:R / (32 * 32)%:R :> R.
    rewrite [(32 * 32 + 8 * 32 + 28)%:R]natrD [(32 * 32 + 8 * 32)%:R]natrD [(_ + _ + _) / _]mulrDl [(_ + _) / _]mulrDl.
    rewrite divff ?pnatr_eq0 // [(8 * 32)%:R]natrM [(32 * 32)%:R]natrM -mulf_div divff // mulr1.
    by rewrite expr2.
  by apply: (@fractions 51 40 (32 * 32 + 8 * 32 + 28) (32 * 32)); lia.
have square a b x : 0 <= x -> a%:R / b%:R <= x -> (a * a)%:R / (b * b)%:R <= x ^+ 2.
  by move=> x0 le; rewrite !natrM -mulf_div -expr2 lerXn2r ?nnegrE ?divr_ge0.
have y0 k : 0 <= (1 + 1 / 32%:R) ^+ k :> R by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have le2 : 13%:R / 8%:R <= (1 + 1 / 32%:R) ^+ 16 :> R.
  rewrite (exprM _ 8 2); apply: le_trans (square 51 40 _ (y0 8) le1).
  by apply: (@fractions 13 8 (51 * 51) (40 * 40)); lia.
rewrite (exprM _ 16 2); apply: le_trans (square 13 8 _ (y0 16) le2).
by apply: (@fractions 21 8 (13 * 13) (8 * 8)); lia.
Qed.

Lemma power_d d : (0 < d)%N -> (1 - d%:R^-1) ^+ d <= 8%:R / 21%:R :> R.
Proof.
move=> d0; have dR : 0 < d%:R :> R by rewrite ltr0n.
have t0 : 0 <= 1 - d%:R^-1 :> R by rewrite subr_ge0 invf_le1 // ler1n.
have := @power_exp (1 - d%:R^-1) 1 d 32 t0 ler01; rewrite mulrBr mulr1 divff ?gt_eqF // subrK lexx => /(_ isT) le.
have c0 : 0 < 21%:R / 8%:R :> R by rewrite divr_gt0 ?ltr0n.
rewrite -[leRHS]invrK invf_div -[leRHS]mul1r ler_pdivlMr //; apply: le_trans le.
by rewrite ler_wpM2l ?exprn_ge0 // power_32.
Qed.
End Powers.

Section Gaps.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Notation chi := (chi w).
Notation fourier := (fourier w).
Notation psi := (psi w).
Implicit Types (a u : 'F_p).

(** |1 - e_p(u)|^2 = 2 (1 - cos (2 pi u/p)). *)
Definition gap u : C := `|1 - chi u| ^+ 2.

Lemma chiN u : chi (- u) = (chi u)^*.
Proof.
have c0 : chi u != 0 by rewrite -normr_gt0 (norm_chi p_prime w_root) ltr01.
apply: (mulfI c0); rewrite -(chiD p_prime w_root) subrr (chi0 p_prime w_root) -normCK (norm_chi p_prime w_root) expr1n.
by [].
Qed.

Lemma gapE u : gap u = 2%:R - (chi u + chi (- u)).
Proof.
rewrite /gap normCK rmorphB rmorph1 -chiN mulrBl mul1r mulrBr mulr1 -(chiD p_prime w_root) subrr (chi0 p_prime w_root).
by rewrite opprB addrACA -opprD [chi (- u) + _]addrC.
Qed.

Lemma gap_Re u : gap u = 2%:R * (1 - 'Re (chi u)).
Proof.
rewrite gapE ReE chiN mulrBr mulr1; congr (_ - _).
by rewrite mulrC divfK // pnatr_eq0.
Qed.

Lemma gap_ge0 u : 0 <= gap u.
Proof. by rewrite exprn_ge0. Qed.

Lemma gap_le4 u : gap u <= 4%:R.
Proof.
rewrite -[4%:R]/((2 * 2)%:R) natrM -expr2 /gap lerXn2r ?nnegrE //.
by apply: le_trans (ler_normB _ _) _; rewrite normr1 (norm_chi p_prime w_root).
Qed.

Lemma gap0 : gap 0 = 0.
Proof. by rewrite /gap (chi0 p_prime w_root) subrr normr0 expr0n. Qed.

Lemma gapN u : gap (- u) = gap u.
Proof. by rewrite !gapE opprK [chi (- u) + _]addrC. Qed.

Lemma sum_gap u : u != 0 -> \sum_(a : 'F_p) gap (a * u) = (2 * p)%:R.
Proof.
move=> u0; under eq_bigr => a _ do rewrite gapE -mulrN.
rewrite sumrB [X in _ - X]big_split /= !(sum_chi p_prime w_root) oppr_eq0 (negPf u0) addr0 subr0 sumr_const card_Fp //.
by rewrite natrM mulr_natr.
Qed.

Lemma gap_nat u k : gap (u *+ k) <= (k ^ 2)%:R * gap u.
Proof.
suff le : `|1 - chi (u *+ k)| <= k%:R * `|1 - chi u|.
  by rewrite natrX -exprMn lerXn2r ?nnegrE ?mulr_ge0.
elim: k => [|k IH]; first by rewrite mulr0n (chi0 p_prime w_root) subrr normr0 mul0r.
have -> : 1 - chi (u *+ k.+1) = (1 - chi (u *+ k)) + chi (u *+ k) * (1 - chi u).
  by rewrite mulrSr (chiD p_prime w_root) mulrBr mulr1 addrA subrK.
apply: le_trans (ler_normD _ _) _; rewrite normrM (norm_chi p_prime w_root) mul1r -natr1 mulrDl mul1r lerD2r.
by [].
Qed.

Lemma sum_Fp (f : nat -> C) : \sum_(i < p) f i = \sum_(a : 'F_p) f a.
Proof. by rewrite -!(big_mkord xpredT f) Fp_cast. Qed.

(** |1 - e_p(u)|^2 >= 16/p^2 for u other than 0. *)
Lemma gap_at_least u : u != 0 -> 16%:R <= p%:R ^+ 2 * gap u.
Proof.
move=> u0; have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have le (a : 'F_p) : gap (a * u) <= (minn a (p - a) ^ 2)%:R * gap u.
  have e : a * u = u *+ (a : nat) by rewrite -[in LHS](natr_Zp a) mulr_natl.
  have ap : (a < p)%N by have := ltn_ord a; rewrite {2}Fp_cast.
  have e' : - (a * u) = u *+ (p - a)%N.
    rewrite e mulrnBr 1?ltnW // -[u *+ p]mulr_natr char_Fp_0 // mulr0 add0r //.
  by rewrite /minn; case: ifP => _; [rewrite e | rewrite -[gap (a * u)]gapN e']; apply: gap_nat.
have sum : (2 * p)%:R <= (\sum_(i < p) minn i (p - i) ^ 2)%N%:R * gap u.
  rewrite -(sum_gap u0) natr_sum mulr_suml (sum_Fp (fun i => (minn i (p - i) ^ 2)%:R * gap u)).
  by apply: ler_sum => a _; apply: le.
rewrite -(ler_pM2r p0) -natrM -[(16 * p)%N]/(8 * 2 * p)%N -mulnA natrM.
apply: le_trans (ler_wpM2l (ler0n _ _) sum) _; rewrite mulrA -natrM mulrAC -exprSr -natrX ler_wpM2r ?gap_ge0 //.
by rewrite ler_nat sum_end_squares.
Qed.

Section Measure.
Variable rho : 'F_p -> C.
Hypotheses (rho_ge0 : forall u, 0 <= rho u) (rho_sum : \sum_u rho u = 1).

Lemma rho_real u : (rho u)^* = rho u.
Proof. by apply: conj_Creal; apply: ger0_real. Qed.

Lemma fourier_square a : `|fourier rho a| ^+ 2 = \sum_u \sum_v rho u * rho v * chi (a * (u - v)).
Proof.
rewrite normCK /fourier rmorph_sum mulr_suml; apply: eq_bigr => u _; rewrite mulr_sumr; apply: eq_bigr => v _.
by rewrite rmorphM /= rho_real -chiN mulrACA -(chiD p_prime w_root) -mulrN -mulrDr.
Qed.

(** 2 (1 - |rho^(a)|^2) is the mean of |1 - e_p(a (u - v))|^2. *)
Lemma fourier_gap a : \sum_u \sum_v rho u * rho v * gap (a * (u - v)) = 2%:R * (1 - `|fourier rho a| ^+ 2).
Proof.
have total : \sum_u \sum_v rho u * rho v = 1 by under eq_bigr => u _ do rewrite -mulr_sumr rho_sum mulr1.
have swap : \sum_u \sum_v rho u * rho v * chi (- (a * (u - v))) = `|fourier rho a| ^+ 2.
  rewrite fourier_square exchange_big; apply: eq_bigr => u _; apply: eq_bigr => v _.
  by rewrite [rho v * _]mulrC -mulrN opprB.
have each u : \sum_v rho u * rho v * gap (a * (u - v)) = 2%:R * (\sum_v rho u * rho v) -
    (\sum_v rho u * rho v * chi (a * (u - v)) + \sum_v rho u * rho v * chi (- (a * (u - v)))).
  by rewrite mulr_sumr -big_split -sumrB; apply: eq_bigr => v _; rewrite gapE mulrBr [_ * (chi _ + _)]mulrDr [2%:R * _]mulrC.
under eq_bigr => u _ do rewrite each.
rewrite sumrB -mulr_sumr total mulr1 [X in _ - X]big_split /= swap -fourier_square mulrBr mulr1.
by rewrite [2%:R * _]mulr_natl mulr2n.
Qed.

Lemma fourier_square_le1 a : `|fourier rho a| ^+ 2 <= 1.
Proof.
rewrite -subr_ge0 -(pmulr_rge0 _ (ltr0Sn C 1)) -fourier_gap; apply: sumr_ge0 => u _; apply: sumr_ge0 => v _.
by rewrite !mulr_ge0 ?gap_ge0.
Qed.

Lemma fourier_le1 a : `|fourier rho a| <= 1.
Proof. by rewrite -(@expr_le1 _ 2) // fourier_square_le1. Qed.

Lemma fourier0 : fourier rho 0 = 1.
Proof. by rewrite /fourier -[RHS]rho_sum; apply: eq_bigr => u _; rewrite mul0r (chi0 p_prime w_root) mulr1. Qed.

(** Parseval's equation. *)
Lemma parseval : \sum_(a : 'F_p) `|fourier rho a| ^+ 2 = p%:R * \sum_u rho u ^+ 2.
Proof.
rewrite (eq_bigr _ (fun (a : 'F_p) _ => fourier_square a)).
rewrite exchange_big mulr_sumr; apply: eq_bigr => u _; rewrite exchange_big (bigD1 u) //= [X in _ + X]big1 => [|v vu].
  by rewrite -mulr_sumr (sum_chi p_prime w_root) subrr eqxx addr0 mulrC expr2.
by rewrite -mulr_sumr (sum_chi p_prime w_root) subr_eq0 eq_sym (negPf vu) mulr0.
Qed.

Section MostFrequent.
Variable v : 'F_p.
Hypothesis v_most : forall u, rho u <= rho v.
Notation q := (1 - rho v).

Lemma q_others : q = \sum_(u | u != v) rho u.
Proof. by rewrite -rho_sum (bigD1 v) //= [rho v + _]addrC addrK. Qed.

Lemma q_ge0 : 0 <= q.
Proof. by rewrite q_others; apply: sumr_ge0. Qed.

Lemma sum_squares : \sum_u rho u ^+ 2 <= 1 - q.
Proof.
rewrite subKr -[leRHS]mul1r -rho_sum mulr_suml; apply: ler_sum => u _.
by rewrite expr2 ler_wpM2l.
Qed.

Definition mode_gap a : C := 1 - \sum_(u | u != v) rho u / q * 'Re (chi (a * (u - v))).
Notation g := mode_gap.

Lemma mode_gapE a : 0 < q -> 2%:R * (q * g a) = \sum_(u | u != v) rho u * gap (a * (u - v)).
Proof.
move=> q0; rewrite /mode_gap mulrBr mulr1 mulr_sumr {1}q_others -sumrB mulr_sumr; apply: eq_bigr => u _.
have -> : q * (rho u / q * 'Re (chi (a * (u - v)))) = rho u * 'Re (chi (a * (u - v))).
  by rewrite mulrA [q * _]mulrC divfK // gt_eqF.
by rewrite gap_Re -[X in X - _]mulr1 -mulrBr mulrCA.
Qed.

(** (a) |rho^(a)|^2 <= 1 - 2q(1 - q)g(a), g is between 0 and 2, its mean is 1, and that of e^(-alpha g) is at
    most (1 + e^(-2 alpha))/2, where e^(-x) is (1 + x/k)^(-k) for any k >= 1, which decreases to it
    (docs/proofs/spanning.md, Lemma 3). *)
Theorem mode_bound (q0 : 0 < q) :
  [/\ forall a, `|fourier rho a| ^+ 2 <= 1 - 2%:R * q * (1 - q) * g a,
      forall a, 0 <= g a <= 2%:R,
      (\sum_(a : 'F_p) g a) / p%:R = 1 &
      forall alpha k, 0 <= alpha -> (\sum_(a : 'F_p) (1 + alpha * g a / k%:R) ^- k) / p%:R <=
        (1 + (1 + 2%:R * alpha / k%:R) ^- k) / 2%:R].
Proof.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have range a : 0 <= g a <= 2%:R.
  have := mode_gapE a q0; set S := \sum_(u | _) _ => e.
  have S0 : 0 <= S by apply: sumr_ge0 => u _; rewrite mulr_ge0 ?gap_ge0.
  have S4 : S <= 4%:R * q.
    by rewrite q_others mulr_sumr; apply: ler_sum => u _; rewrite mulrC ler_wpM2r ?gap_le4.
  rewrite -(pmulr_rge0 _ q0) -(pmulr_rge0 _ (ltr0Sn C 1)) e S0 /=.
  by rewrite -(ler_pM2l q0) -(ler_pM2l (ltr0Sn C 1)) e (le_trans S4) // [q * _]mulrC mulrA -natrM.
have mean : \sum_(a : 'F_p) g a = p%:R.
  apply: (mulfI (lt0r_neq0 q0)); apply: (mulfI (lt0r_neq0 (ltr0Sn C 1))); rewrite !mulr_sumr.
  rewrite (eq_bigr _ (fun (a : 'F_p) _ => mode_gapE a q0)) exchange_big q_others mulr_suml mulr_sumr.
  apply: eq_bigr => u uv; rewrite -mulr_sumr sum_gap ?subr_eq0 // natrM.
  by rewrite mulrCA.
split=> // [a||alpha k alpha0]; last 1 first.
- rewrite ler_pdivrMr // mulrAC ler_pdivlMr ?ltr0n //; set Y := (1 + 2%:R * alpha / k%:R) ^- k.
  have each a : (1 + alpha * g a / k%:R) ^- k <= 1 - g a / 2%:R * (1 - Y).
    have /andP[g0 g2] := range a.
    have -> : alpha * g a / k%:R = g a / 2%:R * (1 + 2%:R * alpha / k%:R - 1).
      have half x y : x / 2%:R * (2%:R * y) = x * y :> C by rewrite mulrA divfK // pnatr_eq0.
      by rewrite [1 + _ - 1]addrC addKr -[2%:R * alpha / k%:R]mulrA half mulrA [alpha * _]mulrC.
    apply: chord_inverse; first by rewrite divr_ge0 // ler_pdivrMr ?ltr0n // mul1r.
    by rewrite lerDl divr_ge0 // mulr_ge0.
  apply: le_trans (_ : (\sum_(a : 'F_p) (1 - g a / 2%:R * (1 - Y))) * 2%:R <= _).
    by rewrite ler_wpM2r // ler_sum.
  rewrite sumrB sumr_const card_Fp // -mulr_suml -mulr_suml mean mulrBl [_ / _ * _ * _]mulrAC divfK ?pnatr_eq0 //.
  by rewrite -mulrBr mulrC opprB -[2%:R]/(1 + 1) addrACA subrr addr0.
- rewrite lerBrDr -lerBrDl -(ler_pM2l (ltr0Sn C 1)) -fourier_gap.
  have -> : 2%:R * (2%:R * q * (1 - q) * g a) =
    (\sum_(u | u != v) rho v * rho u * gap (a * (v - u))) + \sum_(u | u != v) rho u * rho v * gap (a * (u - v)).
    have one : \sum_(u | u != v) rho u * rho v * gap (a * (u - v)) = (1 - q) * (2%:R * (q * g a)).
      by rewrite mode_gapE // mulr_sumr subKr; apply: eq_bigr => u _; rewrite [rho u * _]mulrC -mulrA.
    have two : \sum_(u | u != v) rho v * rho u * gap (a * (v - u)) = (1 - q) * (2%:R * (q * g a)).
      by rewrite -one; apply: eq_bigr => u _; rewrite [rho v * _]mulrC -opprB mulrN gapN.
    by rewrite one two [LHS]mulr_natl mulr2n mulrAC [_ * (1 - q)]mulrC -[2%:R * q * _]mulrA.
  rewrite [leRHS](bigD1 v) //= lerD //; last first.
    by apply: ler_sum => u _; rewrite [leRHS](bigD1 v) //= lerDl sumr_ge0 // => x _; rewrite !mulr_ge0 ?gap_ge0.
  by rewrite [leRHS](bigD1 v) //= lerDr !mulr_ge0 ?gap_ge0.
- by rewrite mean divff // gt_eqF.
Qed.

(** (b) |rho^(a)|^2 <= 1 - 8q/p^2 for a other than 0 (docs/proofs/spanning.md, Lemma 3). *)
Theorem away_bound a : a != 0 -> `|fourier rho a| ^+ 2 <= 1 - 8%:R * q / p%:R ^+ 2.
Proof.
move=> a0; have p0 : 0 < (p%:R : C) ^+ 2 by rewrite exprn_gt0 // ltr0n prime_gt0.
rewrite lerBrDr -lerBrDl -(ler_pM2l (ltr0Sn C 1)) -fourier_gap mulrA mulrA -natrM mulrAC.
have each u : 16%:R / p%:R ^+ 2 * (rho u - rho u ^+ 2) <= \sum_v rho u * rho v * gap (a * (u - v)).
  rewrite (bigD1 u) //= -[leLHS]add0r lerD ?mulr_ge0 ?gap_ge0 //.
  have -> : rho u - rho u ^+ 2 = \sum_(i | i != u) rho u * rho i.
    by rewrite -mulr_sumr expr2 -[X in X - _]mulr1 -mulrBr -rho_sum (bigD1 u) //= [rho u + _]addrC addrK.
  rewrite mulr_sumr; apply: ler_sum => i iu; rewrite mulrC ler_wpM2l ?mulr_ge0 // ler_pdivrMr // mulrC.
  by rewrite gap_at_least // mulf_neq0 // subr_eq0 eq_sym.
apply: le_trans (_ : \sum_u 16%:R / p%:R ^+ 2 * (rho u - rho u ^+ 2) <= _); last exact: ler_sum.
rewrite -mulr_sumr sumrB rho_sum ler_wpM2l ?divr_ge0 ?(ltW p0) //.
by rewrite lerBrDl -lerBrDr sum_squares.
Qed.

(** The energy E_a. *)
Definition energy (d : nat) a : C := d%:R / 2%:R * (1 - `|fourier rho a| ^+ 2).

Lemma psi_cases a : psi rho a = `|fourier rho a| \/ psi rho a = 4%:R^-1.
Proof.
have c : `|fourier rho a| >=< (4%:R^-1 : C) by rewrite real_comparable ?normr_real // realV realn.
by rewrite -[psi rho a]/(Num.max `|fourier rho a| 4%:R^-1); case: (comparable_leP c); [right | left].
Qed.

Lemma psi_power (d : nat) a x k : 0 <= x -> 2%:R * x <= d%:R * (1 - `|fourier rho a| ^+ 2) ->
  psi rho a ^+ d * (1 + x / k%:R) ^+ k <= 1.
Proof.
move=> x0 le; have y0 : 0 <= (1 + x / k%:R) ^+ k by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have [-> | ->] := psi_cases a.
- have f0 : 0 <= `|fourier rho a| ^+ d * (1 + x / k%:R) ^+ k by rewrite mulr_ge0 // exprn_ge0.
  rewrite -(expr_le1 (isT : (0 < 2)%N) f0) exprMn -!exprM [(d * 2)%N]mulnC [(k * 2)%N]mulnC exprM.
  have -> : x / k%:R = (2%:R * x) / (2 * k)%:R by rewrite natrM -mulf_div divff ?mul1r // pnatr_eq0.
  by apply: power_exp; rewrite ?exprn_ge0 ?mulr_ge0 // addrC -lerBrDr -[X in _ <= X - _]mulr1 -mulrBr.
have -> : 4%:R^-1 = (2%:R^-1) ^+ 2 :> C by rewrite exprVn -natrX.
rewrite -exprM; apply: power_exp; rewrite ?invr_ge0 // natrM mulrAC divff ?pnatr_eq0 // mul1r [leRHS]mulr_natl mulr2n.
rewrite lerD2l; apply: le_trans (_ : 2%:R * x <= _); first by rewrite ler_peMl // ler1n.
by apply: le_trans le _; rewrite ler_piMr // gerBl exprn_ge0.
Qed.

(** (c) psi_a^d <= e^(-E_a), and psi_a^d <= e^(-4dq/p^2) for a other than 0; e^x is the least number above all
    (1 + x/k)^k (docs/proofs/spanning.md, Lemma 3). *)
Theorem psi_bound (d : nat) a k : psi rho a ^+ d * (1 + energy d a / k%:R) ^+ k <= 1 /\
  (a != 0 -> psi rho a ^+ d * (1 + 4%:R * d%:R * q / p%:R ^+ 2 / k%:R) ^+ k <= 1).
Proof.
split=> [|a0]; apply: psi_power.
- by rewrite mulr_ge0 ?divr_ge0 // subr_ge0 fourier_square_le1.
- by rewrite /energy mulrA [2%:R * _]mulrC divfK // pnatr_eq0.
- by rewrite divr_ge0 ?exprn_ge0 // mulr_ge0 ?q_ge0 // mulr_ge0.
have := away_bound a0; rewrite lerBrDr -lerBrDl => /(ler_wpM2l (ler0n C d)); apply: le_trans.
rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite -[8%:R]/((2 * 4)%:R) natrM !mulrA.
by rewrite [d%:R * _]mulrC -!mulrA; congr (_ * _); rewrite !mulrA [d%:R * _]mulrC.
Qed.

Lemma sum_unit (I : finType) (a : I -> 'F_p) : `|1 - chi (\sum_i a i)| <= \sum_i `|1 - chi (a i)|.
Proof.
apply: (big_ind2 (fun u x => `|1 - chi u| <= x)) => [|u x u' x' ux u'x'|i _]; last by [].
  by rewrite (chi0 p_prime w_root) subrr normr0.
have -> : 1 - chi (u + u') = (1 - chi u) + chi u * (1 - chi u').
  by rewrite (chiD p_prime w_root) mulrBr mulr1 addrA subrK.
by apply: le_trans (ler_normD _ _) _; rewrite normrM (norm_chi p_prime w_root) mul1r lerD.
Qed.

Lemma square_sum (k : nat) (x : 'I_k -> C) : (forall i, 0 <= x i) -> (\sum_i x i) ^+ 2 <= k%:R * \sum_i x i ^+ 2.
Proof.
move=> x0; rewrite -(ler_pM2l (ltr0Sn C 1)).
apply: le_trans (_ : \sum_i \sum_j (x i ^+ 2 + x j ^+ 2) <= _).
  rewrite expr2 mulr_suml mulr_sumr; apply: ler_sum => i _; rewrite mulr_sumr mulr_sumr; apply: ler_sum => j _.
  by rewrite mulr_natl; case: (real_leif_mean_square_scaled (ger0_real (x0 i)) (ger0_real (x0 j))).
under eq_bigr => i _ do rewrite big_split /= sumr_const card_ord.
by rewrite big_split /= sumr_const card_ord sumrMnl -mulr2n -[(_ *+ k) *+ 2]mulr_natl -[_ *+ k]mulr_natl.
Qed.

(** (e) E_(a_1 + ... + a_k) <= k (E_(a_1) + ... + E_(a_k)), and the mean of E_a is at least dq/2
    (docs/proofs/spanning.md, Lemma 3). *)
Theorem energy_bounds (d : nat) : (forall k (a : 'I_k -> 'F_p), energy d (\sum_i a i) <= k%:R * \sum_i energy d (a i)) /\
  d%:R * q / 2%:R <= (\sum_(a : 'F_p) energy d a) / p%:R.
Proof.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
split=> [k a|].
  have sum_gaps u : gap (u * \sum_i a i) <= k%:R * \sum_i gap (u * a i).
    rewrite mulr_sumr; apply: le_trans (square_sum _) => //.
    by rewrite lerXn2r ?nnegrE ?sumr_ge0 // sum_unit.
  rewrite /energy -mulr_sumr mulrCA ler_wpM2l ?divr_ge0 // -(ler_pM2l (ltr0Sn C 1)) -fourier_gap.
  have -> : 2%:R * (k%:R * \sum_i (1 - `|fourier rho (a i)| ^+ 2)) =
      k%:R * \sum_u \sum_v rho u * rho v * \sum_i gap ((u - v) * a i).
    rewrite [LHS]mulrCA; congr (_ * _); rewrite [LHS]mulr_sumr.
    rewrite (eq_bigr _ (fun (i : 'I_k) _ => esym (fourier_gap (a i)))) exchange_big; apply: eq_bigr => u _.
    rewrite exchange_big; apply: eq_bigr => u' _; rewrite mulr_sumr.
    by apply: eq_bigr => i _; rewrite [a i * _]mulrC.
  rewrite mulr_sumr; apply: ler_sum => u _; rewrite mulr_sumr; apply: ler_sum => u' _.
  by rewrite [leRHS]mulrCA ler_wpM2l ?mulr_ge0 // [(\sum_i a i) * _]mulrC sum_gaps.
rewrite /energy -mulr_sumr sumrB sumr_const card_Fp // parseval [d%:R * q / _]mulrAC -[leRHS]mulrA ler_wpM2l ?divr_ge0 //.
rewrite ler_pdivlMr // -[X in _ <= X - _]mulr1 -mulrBr [leLHS]mulrC ler_wpM2l ?(ltW p0) //.
by rewrite lerBrDl -lerBrDr sum_squares.
Qed.

Lemma psi_le1 a : psi rho a <= 1.
Proof.
case: (psi_cases a) => ->; first by rewrite -(expr_le1 (isT : (0 < 2)%N)) // fourier_square_le1.
by rewrite invf_le1 ?ltr0n // ler1n.
Qed.

Lemma psi_mean (d : nat) : (9 < d)%N -> 1 <= 2%:R * d%:R * q -> (\sum_(a : 'F_p) psi rho a ^+ d) / p%:R <= 29%:R / 42%:R.
Proof.
move=> d10 dq; have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have d0 : (0 < d)%N by apply: leq_trans d10.
have dR : 0 < d%:R :> C by rewrite ltr0n.
have q0 : 0 < q.
  have c : 0 < 2%:R * d%:R :> C by rewrite mulr_gt0 ?ltr0n.
  by rewrite -(pmulr_rgt0 _ c); apply: lt_le_trans ltr01 dq.
have h2 : 1 - 2%:R^-1 = 2%:R^-1 :> C by apply/eqP; rewrite subr_eq -mulr2n -[_^-1 *+ 2]mulr_natr mulVf ?pnatr_eq0.
have half0 : 0 <= 2%:R^-1 :> C by rewrite invr_ge0.
have n2 : 2%:R * 2%:R^-1 = 1 :> C by rewrite mulfV // pnatr_eq0.
have [q1|q1] := real_ltP (ger0_real half0) (ger0_real q_ge0).
  apply: le_trans (_ : 9%:R / 16%:R <= _); last by apply: (@fractions C 9 16 29 42).
  rewrite ler_pdivrMr //; apply: le_trans (_ : \sum_(a : 'F_p) (`|fourier rho a| ^+ 2 + 16%:R^-1) <= _).
    apply: ler_sum => a _; apply: le_trans (_ : psi rho a ^+ 2 <= _).
      by apply: ler_wiXn2l; rewrite ?psi_le1 ?(leq_trans _ d10) // ltW // psi_gt0.
    case: (psi_cases a) => ->; first by rewrite lerDl invr_ge0.
    by rewrite exprVn -natrX lerDr exprn_ge0.
  rewrite big_split /= parseval sumr_const card_Fp // -[16%:R^-1 *+ p]mulr_natl -mulrDr [leLHS]mulrC ler_wpM2r ?(ltW p0) //.
  apply: le_trans (_ : 2%:R^-1 + 16%:R^-1 <= _).
    by rewrite lerD2r (le_trans sum_squares) // lerBlDr -lerBlDl h2 ltW.
  rewrite [9%:R](natrD C 8 1) mulrDl mul1r lerD2r -[2%:R^-1]mul1r.
  by apply: (@fractions C 1 2 8 16).
have t0 : 0 <= 1 - d%:R^-1 :> C by rewrite subr_ge0 invf_le1 // ler1n.
have t1 : 1 - d%:R^-1 <= 1 :> C by rewrite gerBl invr_ge0 ltW.
have [bound range mean _] := mode_bound q0; set t := 1 - d%:R^-1 in t0 t1 *.
have each a : psi rho a ^+ d <= 1 - mode_gap a / 2%:R * (1 - t ^+ d).
  have /andP[g0 g2] := range a.
  have h : 0 <= mode_gap a / 2%:R <= 1 by rewrite divr_ge0 // ler_pdivrMr ?ltr0n // mul1r.
  have [h0 h1] := andP h.
  apply: power_mean; rewrite ?t0 ?(leq_trans _ d10) // ?(ltW (psi_gt0 _ _ _)) //.
  case: (psi_cases a) => ->.
    apply: le_trans (bound a) _; rewrite lerD2l lerN2.
    have r0 : 0 <= 1 - 2%:R * q by rewrite subr_ge0 -[leRHS]n2 ler_wpM2l.
    have rt : 1 - 2%:R * q <= t by rewrite lerD2l lerN2 -[_^-1]mul1r ler_pdivrMr // mulrAC.
    have le : 1 - t ^+ 2 <= 2%:R * q * (2%:R * (1 - q)).
      have -> : 2%:R * q * (2%:R * (1 - q)) = 1 - (1 - 2%:R * q) ^+ 2.
        have := subr_sqr 1 (1 - 2%:R * q); rewrite expr1n subKr => ->; congr (_ * _).
        by rewrite [2%:R * (1 - q)]mulrBr mulr1 addrA.
      by rewrite lerD2l lerN2 lerXn2r.
    have half x y : x / 2%:R * (2%:R * y) = x * y :> C by rewrite mulrA divfK // pnatr_eq0.
    by apply: le_trans (ler_wpM2l h0 le) _; rewrite [2%:R * q * (2%:R * _)]mulrCA half [leLHS]mulrC.
  apply: le_trans (_ : t ^+ 2 <= _).
    rewrite lerXn2r ?nnegrE ?invr_ge0 // lerBrDr; apply: le_trans (_ : 2%:R^-1 + 2%:R^-1 <= _).
      by apply: lerD; rewrite lef_pV2 ?posrE ?ltr0n // ler_nat // (leq_trans _ d10).
    by rewrite -{1}h2 subrK.
  by rewrite lerBrDl -lerBrDr ler_piMl // subr_ge0 exprn_ile1.
apply: le_trans (_ : (1 + t ^+ d) / 2%:R <= _).
  rewrite ler_pdivrMr //; apply: le_trans (_ : \sum_(a : 'F_p) (1 - mode_gap a / 2%:R * (1 - t ^+ d)) <= _).
    exact: ler_sum.
  have {}mean : \sum_(a : 'F_p) mode_gap a = p%:R by rewrite -[LHS](divfK (lt0r_neq0 p0)) mean mul1r.
  rewrite sumrB sumr_const card_Fp // -mulr_suml -mulr_suml mean -[p%:R / _ * _]mulrA -[X in X - _]mulr1 -mulrBr mulrC.
  rewrite ler_wpM2r ?(ltW p0) // mulrBr mulr1 opprB addrCA h2 addrC -[X in X + _]mul1r [_ * t ^+ d]mulrC -mulrDl.
  by [].
apply: le_trans (_ : (1 + 8%:R / 21%:R) / 2%:R <= _).
  by rewrite ler_wpM2r // lerD2l power_d.
rewrite -[X in X + _](divff (_ : 21%:R != 0 :> C)) ?pnatr_eq0 // -mulrDl -natrD -mulrA -invfM -natrM.
by apply: (@fractions C (21 + 8) (2 * 21) 29 42).
Qed.

(** (d) If dq >= 1/2, rho(x) <= 0.79, with (1 - vartheta/K)^(-K) for any K >= 1 in the place of e^vartheta
    (docs/proofs/spanning.md, Lemma 3). *)
Theorem row_chance_small (d K : nat) (theta : C) : (10 <= d)%N -> 2%:R^-1 <= d%:R * q -> (0 < K)%N ->
  0 <= theta <= 8%:R^-1 -> row_chance w ((1 - theta / K%:R) ^- K) d rho <= 79%:R / 100%:R.
Proof.
move=> d10 dq K0 /andP[th0 th8]; have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have K1 : 0 < K%:R :> C by rewrite ltr0n.
have th1 : theta <= 1 by rewrite (le_trans th8) // invf_le1 ?ltr0n // ler1n.
have x01 : 0 <= theta / K%:R <= 1.
  by rewrite divr_ge0 ?(ltW K1) //= ler_pdivrMr // mul1r (le_trans th1) // ler1n.
have low : 7%:R / 8%:R <= (1 - theta / K%:R) ^+ K.
  apply: le_trans (bernoulli K x01); rewrite [K%:R * _]mulrC divfK ?gt_eqF //.
  by rewrite [7%:R](natrB C (isT : 1 <= 8)%N) mulrBl divff ?pnatr_eq0 // mul1r lerD2l lerN2.
have c0 : 0 < 7%:R / 8%:R :> C by rewrite divr_gt0 ?ltr0n.
set X := (1 - _) ^+ K in low *; have X0 : 0 < X := lt_le_trans c0 low.
have E8 : X^-1 <= 8%:R / 7%:R by rewrite -[8%:R / _]invf_div lef_pV2 ?posrE.
have E1 : 1 <= X^-1.
  rewrite -[1]invr1 lef_pV2 ?posrE ?ltr01 // /X exprn_ile1 //; last by rewrite gerBl; case/andP: x01.
  by rewrite subr_ge0; case/andP: x01.
have dq1 : 1 <= 2%:R * d%:R * q.
  have n2 : 2%:R * 2%:R^-1 = 1 :> C by rewrite mulfV // pnatr_eq0.
  by rewrite -mulrA -[leLHS]n2 ler_wpM2l.
apply: le_trans (_ : X^-1 * ((\sum_(a : 'F_p) psi rho a ^+ d) / p%:R) <= _).
  rewrite /row_chance mulrA ler_wpM2r ?invr_ge0 ?(ltW p0) // [X in _ <= _ * X](bigD1 (0 : 'F_p)) //= mulrDr lerD2r.
  have : 1 <= psi rho 0 by have [+ _] := psi_ge w rho 0; rewrite fourier0 normr1.
  by move=> le; apply: le_trans E1 _; rewrite ler_peMr ?invr_ge0 ?(ltW X0) // exprn_ege1.
apply: le_trans (_ : 8%:R / 7%:R * (29%:R / 42%:R) <= _).
  apply: ler_pM => //; rewrite ?invr_ge0 ?(ltW X0) ?divr_ge0 ?(ltW p0) //; last exact: psi_mean.
  by apply: sumr_ge0 => a _; rewrite exprn_ge0 // ltW // psi_gt0.
rewrite mulf_div -!natrM; apply: (@fractions C (8 * 29) (7 * 42) 79 100) => //; lia.
Qed.
End MostFrequent.
End Measure.
End Gaps.
