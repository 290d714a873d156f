(** The delays in order, of workers that are independent and alike: the law of each, and its mean by integrals of
    polynomials, for exponential and for Pareto delays (docs/proofs/spanning.md, Corollary A1). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Latency.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Integrals.
Variable K : realFieldType.
Implicit Types (p q : {poly K}) (m i j k n : nat).

(** The integral of a polynomial from 0 to 1. *)
Definition integral p : K := \sum_(i < size p) p`_i / i.+1%:R.

Lemma integral_wide n p : (size p <= n)%N -> integral p = \sum_(i < n) p`_i / i.+1%:R.
Proof.
move=> le; rewrite /integral (big_ord_widen n (fun i => p`_i / i.+1%:R) le) big_mkcond; apply: eq_bigr => i _.
by case: ltnP => // ge; rewrite nth_default // mul0r.
Qed.

Lemma integral0 : integral 0 = 0.
Proof. by rewrite /integral size_poly0 big_ord0. Qed.

Lemma integralD p q : integral (p + q) = integral p + integral q.
Proof.
have [lp lq] := (leq_maxl (size p) (size q), leq_maxr (size p) (size q)).
rewrite (integral_wide lp) (integral_wide lq) (@integral_wide (maxn (size p) (size q))); last first.
  by apply/leq_sizeP => i; rewrite geq_max => /andP[pi qi]; rewrite coefD !nth_default ?addr0.
by rewrite -big_split; apply: eq_bigr => i _; rewrite coefD mulrDl.
Qed.

Lemma integralZ c p : integral (c *: p) = c * integral p.
Proof.
rewrite (@integral_wide (size p)) ?size_scale_leq // mulr_sumr.
by apply: eq_bigr => i _; rewrite coefZ mulrA.
Qed.

Lemma integral_sum n (f : 'I_n -> {poly K}) : integral (\sum_i f i) = \sum_i integral (f i).
Proof. exact: (big_morph integral integralD integral0). Qed.

Lemma nat_neq0 n : (0 < n)%N -> n%:R != 0 :> K.
Proof. by rewrite pnatr_eq0 lt0n. Qed.

(** Euler's first integral. *)
Lemma integral_beta a b : integral ((1 - 'X) ^+ a * 'X^b) = (a`! * b`!)%:R / (a + b).+1`!%:R.
Proof.
elim: a b => [|a IH] b.
  rewrite expr0 mul1r /integral size_polyXn big_ord_recr /= coefXn eqxx big1 ?add0r => [|i _]; last first.
    by rewrite coefXn ltn_eqF ?mul0r.
  by rewrite mul1n factS natrM invfM mulrCA divff ?mulr1 ?mul1r // nat_neq0 ?fact_gt0.
have -> : (1 - 'X) ^+ a.+1 * 'X^b = (1 - 'X) ^+ a * 'X^b + (-1) *: ((1 - 'X) ^+ a * 'X^b.+1) :> {poly K}.
  by rewrite scaleN1r !exprS mulrBl mul1r mulrBl [X in _ = _ - X]mulrCA mulrA.
have [s se] : exists s, s = (a + b)%N by exists (a + b)%N.
rewrite integralD integralZ !IH mulN1r addnS addSn -se.
have -> : (a`! * b`!)%:R / s.+1`!%:R = (s.+2 * (a`! * b`!))%:R / s.+2`!%:R :> K.
  by rewrite [s.+2`!]factS !(natrM _ s.+2) -mulf_div divff ?mul1r // nat_neq0.
rewrite -mulrBl; congr (_ / _); apply/eqP; rewrite subr_eq -natrD eqr_nat !factS; apply/eqP.
rewrite -[(a.+1 * _ * _)%N]mulnA [(a`! * (b.+1 * _))%N]mulnCA -mulnDl; congr (_ * _)%N.
by lia.
Qed.

(** The probability that fewer than [i] of [m] delays are at most t, as a polynomial in P(X > t). *)
Definition tail m i : {poly K} := \sum_(j < i) 'C(m, j)%:R *: ((1 - 'X) ^+ j * 'X^(m - j)).

Lemma integral_tail m i k : (i + k <= m)%N -> exists2 q, tail m i = q * 'X^k.+1 &
  integral q = \sum_(j < i) (m`! * (m - j.+1 - k)`!)%:R / ((m - j)`! * (m - k)`!)%:R.
Proof.
move=> le; exists (\sum_(j < i) 'C(m, j)%:R *: ((1 - 'X) ^+ j * 'X^(m - j.+1 - k))).
  rewrite mulr_suml; apply: eq_bigr => j _; rewrite -scalerAl -mulrA -exprD; congr (_ *: (_ * 'X^_)).
  by have := ltn_ord j; lia.
rewrite integral_sum; apply: eq_bigr => j _; rewrite integralZ integral_beta.
have jm : (j <= m)%N by have := ltn_ord j; lia.
have -> : ((j + (m - j.+1 - k)).+1 = m - k)%N by have := ltn_ord j; lia.
rewrite mulrA -natrM; apply/eqP; rewrite eqr_div ?nat_neq0 ?muln_gt0 ?fact_gt0 // -!natrM eqr_nat; apply/eqP.
rewrite -(bin_fact jm) -!mulnA; congr (_ * (_ * _))%N; exact: mulnCA.
Qed.

(** The mean of the i-th of [m] exponential delays of rate 1 is 1/m + 1/(m - 1) + ... + 1/(m - i + 1): with s = e^(-x)
    the integral of P(X_(i) > x) is that of the polynomial over s (docs/proofs/spanning.md, Corollary A1). *)
Theorem exponential_mean m i : (i <= m)%N -> exists2 q, tail m i = q * 'X & integral q = \sum_(l < i) (m - l)%:R^-1.
Proof.
rewrite -[i in (i <= m)%N]addn0 => le; have [q -> e] := integral_tail le; exists q; rewrite ?e // ?expr1 //.
apply: eq_bigr => j _; have jm : (m - j = (m - j.+1).+1)%N by have := ltn_ord j; lia.
rewrite !subn0 jm factS; move: (m - j.+1)%N => c; apply/eqP.
rewrite -[c.+1%:R^-1]mul1r eqr_div ?nat_neq0 ?muln_gt0 ?fact_gt0 // mul1r -natrM eqr_nat; apply/eqP.
by rewrite mulnC [(m`! * _)%N]mulnC mulnA.
Qed.

(** That of Pareto delays of shape 1/k is m! (m - i - k)! / ((m - i)! (m - k)!): with s = x^(-1/k) it is 1 and the
    integral over x >= 1, k times that of the polynomial over s^(k + 1) (docs/proofs/spanning.md, Corollary A1). *)
Theorem pareto_mean m i k : (i + k <= m)%N -> exists2 q, tail m i = q * 'X^k.+1 &
  1 + k%:R * integral q = (m`! * (m - i - k)`!)%:R / ((m - i)`! * (m - k)`!)%:R.
Proof.
move=> le; have [q -> e] := integral_tail le; exists q; rewrite // e; elim: i le {q e} => [|i IH] le.
  by rewrite big_ord0 mulr0 addr0 subn0 divff // nat_neq0 ?muln_gt0 ?fact_gt0.
rewrite big_ord_recr /= mulrDr addrA IH; last exact: ltnW.
have [c mc] : exists c, m = (c + k + i.+1)%N by exists (m - i.+1 - k)%N; lia.
have e0 : (m - i.+1 - k = c)%N by lia.
have e1 : (m - i - k = c.+1)%N by lia.
have e2 : (m - i = (c + k).+1)%N by lia.
have e3 : (m - i.+1 = c + k)%N by lia.
rewrite e1 e0 e2 e3 mulrA -natrM -mulrDl -natrD {mc e0 e1 e2 e3 IH le}; apply/eqP.
rewrite eqr_div ?nat_neq0 ?muln_gt0 ?fact_gt0 // -!natrM eqr_nat (factS c) (factS (c + k)); apply/eqP.
have -> : (m`! * (c.+1 * c`!) + k * (m`! * c`!) = (c + k).+1 * (m`! * c`!))%N by rewrite mulnCA -mulnDl addSn.
by rewrite -mulnA mulnCA -[((c + k).+1 * _ * _)%N]mulnA.
Qed.

(** In particular m / (m - i) for the shape 1 (docs/proofs/spanning.md, Corollary A1). *)
Corollary pareto_mean_one m i : (i < m)%N -> exists2 q, tail m i = q * 'X^2 & 1 + integral q = m%:R / (m - i)%:R.
Proof.
move=> im; have le : (i + 1 <= m)%N by rewrite addn1.
have [q -> e] := pareto_mean le; exists q => //; rewrite mul1r in e; rewrite e {q e le}.
have [c mc] : exists c, m = (c + i).+1 by exists (m - i.+1)%N; lia.
have e0 : (m - i - 1 = c)%N by lia.
have e1 : (m - i = c.+1)%N by lia.
have e2 : (m - 1 = c + i)%N by lia.
rewrite e0 e1 e2 mc !factS; apply/eqP; rewrite eqr_div ?nat_neq0 ?muln_gt0 ?fact_gt0 // -!natrM eqr_nat; apply/eqP.
by rewrite -!mulnA; congr (_ * _)%N; rewrite mulnCA [RHS]mulnC -mulnA.
Qed.

(** H_n. *)
Definition harmonic n : K := \sum_(l < n) l.+1%:R^-1.

Lemma harmonic_diff m n : (n <= m)%N -> \sum_(l < n) (m - l)%:R^-1 = harmonic m - harmonic (m - n).
Proof.
elim: n => [|n IH] le; first by rewrite big_ord0 subn0 subrr.
rewrite big_ord_recr /= IH 1?ltnW // (_ : (m - n = (m - n.+1).+1)%N); last by lia.
by rewrite {2}/harmonic big_ord_recr /= opprD addrA subrK.
Qed.

(** The means of the first [n] of [m] exponential delays of rate 1 add up to n - (m - n)(H_m - H_(m - n))
    (docs/proofs/spanning.md, Corollary A1). *)
Theorem exponential_sum m n : (n <= m)%N -> \sum_(i < n) \sum_(l < i.+1) (m - l)%:R^-1 =
  n%:R - (m - n)%:R * (harmonic m - harmonic (m - n)).
Proof.
elim: n => [|n IH] le; first by rewrite big_ord0 subn0 subrr mulr0 subr0.
rewrite big_ord_recr /= IH 1?ltnW // harmonic_diff //.
have -> : (m - n = (m - n.+1).+1)%N by lia.
move: (m - n.+1)%N => c; have -> : harmonic c.+1 = harmonic c + c.+1%:R^-1 by rewrite /harmonic big_ord_recr.
rewrite opprD [harmonic m + (_ - _)]addrA; move: (harmonic m - harmonic c) => D.
rewrite mulrBr divff ?nat_neq0 // opprB -[c.+1%:R]natr1 -[n.+1%:R]natr1.
by rewrite mulrDl mul1r opprD !addrA subrK.
Qed.

(** Those of Pareto delays of shape 1 to m (H_(m - 1) - H_(m - n - 1)) (docs/proofs/spanning.md, Corollary A1). *)
Theorem pareto_sum m n : (n < m)%N -> \sum_(i < n) m%:R / (m - i.+1)%:R =
  m%:R * (harmonic m.-1 - harmonic (m - n.+1)).
Proof.
by case: m => // m lt; rewrite -mulr_sumr subSS -harmonic_diff.
Qed.

(** (1 - x)^k (1 + k x + (k x)^2 / 2) <= 1 for 0 <= x <= 1. *)
Lemma power_third (x : K) k : 0 <= x <= 1 -> (1 - x) ^+ k * (1 + k%:R * x + (k%:R * x) ^+ 2 / 2%:R) <= 1.
Proof.
move=> /andP[x0 x1]; elim: k => [|k IH]; first by rewrite expr0 !mul0r expr0n mul0r !addr0 mulr1.
apply: le_trans IH; rewrite exprSr -mulrA ler_wpM2l ?exprn_ge0 ?subr_ge0 //.
set s := k%:R * x; have -> : k.+1%:R * x = s + x by rewrite -natr1 mulrDl mul1r.
have h2 : 2%:R != 0 :> K by rewrite nat_neq0.
have s0 : 0 <= s by rewrite mulr_ge0 ?ler0n.
have sq : (s + x) ^+ 2 / 2%:R = s ^+ 2 / 2%:R + (s * x + x * (x / 2%:R)).
  by rewrite sqrrD -addrA mulrDl mulrDl -[s * x *+ 2]mulr_natr mulfK // [x * (x / _)]mulrA -expr2.
have bE : 1 + (s + x) + (s + x) ^+ 2 / 2%:R = 1 + s + s ^+ 2 / 2%:R + x * (1 + s + x / 2%:R).
  by rewrite sq !mulrDr mulr1 [x * s]mulrC !addrA [1 + s + x + _]addrAC.
rewrite mulrBl mul1r lerBlDr {1}bE lerD2l ler_wpM2l // [1 + (s + x)]addrA -[leRHS]addrA lerD2l.
apply: ler_wpDr; first by rewrite divr_ge0 ?exprn_ge0 ?addr_ge0 ?ler0n.
by rewrite ler_pdivrMr ?ltr0n // ler_peMr // ler1n.
Qed.

(** e^(-a) is at most n / (n + 1) for the mean a of 1/n and 1/(n + 1). *)
Lemma trapezoid n k (a : K := (n.+1%:R^-1 + n.+2%:R^-1) / 2%:R) : a <= k%:R ->
  (1 - a / k%:R) ^+ k <= n.+1%:R / n.+2%:R.
Proof.
move=> ak; have a0 : 0 < a by rewrite divr_gt0 ?addr_gt0 ?invr_gt0 ?ltr0n.
have k0 : 0 < k%:R :> K by apply: lt_le_trans ak.
have x01 : 0 <= a / k%:R <= 1 by rewrite divr_ge0 ?(ltW a0) ?(ltW k0) //= ler_pdivrMr // mul1r.
have := power_third k x01; rewrite mulrCA divff ?gt_eqF // mulr1.
set b := 1 + a + _ => le; have b_ge : n.+2%:R / n.+1%:R <= b.
  pose u : K := n.+1%:R^-1; pose w : K := n.+2%:R^-1; have uw : u * w = u - w.
    have e : n.+2%:R - n.+1%:R = 1 :> K by rewrite -natr1 addrAC subrr add0r.
    by rewrite -[LHS]mulr1 -e mulrBr divfK ?nat_neq0 // mulrAC mulVf ?nat_neq0 // mul1r.
  have -> : n.+2%:R / n.+1%:R = 1 + (a + u * w / 2%:R).
    rewrite -natr1 mulrDl divff ?nat_neq0 // mul1r -/u uw /a -/u -/w -mulrDl addrACA subrr addr0 -mulr2n.
    by rewrite -[u *+ 2]mulr_natr mulfK ?nat_neq0.
  by rewrite /b -addrA !lerD2l ler_pM2r ?invr_gt0 ?ltr0n // (leif_AGM2 u w).
apply: le_trans (_ : (1 - a / k%:R) ^+ k * (b * (n.+1%:R / n.+2%:R)) <= _).
  rewrite ler_peMr ?exprn_ge0 ?subr_ge0 //; first by case/andP: x01.
  by rewrite mulrA ler_pdivlMr ?ltr0n // mul1r -ler_pdivrMr ?ltr0n.
by rewrite mulrA ler_piMl // divr_ge0 ?ler0n.
Qed.

(** The means of the first [n] of [m] exponential delays add up to at most n - (m - n) ln(m / (m - n)) + n / (2 m). For
    [y], with which they add up to n - (m - n) y + n / (2 m), this says that e^(-y) <= (m - n) / m, and the powers
    (1 - y / k)^k increase to e^(-y) (docs/proofs/spanning.md, Corollary A1). *)
Theorem exponential_sum_log m n k (s : K := \sum_(i < n) \sum_(l < i.+1) (m - l)%:R^-1)
    (y : K := (n%:R + n%:R / (2 * m)%:R - s) / (m - n)%:R) : (n < m)%N ->
  y <= k%:R -> (1 - y / k%:R) ^+ k <= (m - n)%:R / m%:R.
Proof.
move=> nm; have h2 : 2%:R != 0 :> K by rewrite nat_neq0.
have m0 : m%:R != 0 :> K by rewrite nat_neq0 // (leq_ltn_trans _ nm).
pose g i : K := harmonic m - harmonic (m - i) + ((m - i)%:R^-1 - m%:R^-1) / 2%:R.
have -> : y = g n.
  have q0 : (m - n)%:R != 0 :> K by rewrite nat_neq0 // subn_gt0.
  rewrite /y /s exponential_sum 1?ltnW // opprB addrC addrA subrK mulrDl [_ * (_ - _)]mulrC mulfK //; congr (_ + _).
  have nE : n%:R = m%:R - (m - n)%:R :> K by rewrite -natrB ?leq_subr // subKn // ltnW.
  by rewrite nE natrM invfM !mulrBl mulrCA divff // mulr1 [_ * _ / _]mulrAC divff // mul1r [2%:R^-1 * _]mulrC
    [2%:R^-1 * _]mulrC.
suff step i : (i < m)%N -> 0 <= g i /\ (g i <= k%:R -> (1 - g i / k%:R) ^+ k <= (m - i)%:R / m%:R).
  by case: (step n nm).
elim: i => [|i IH] lt.
  have -> : g 0%N = 0 by rewrite /g subn0 !subrr mul0r addr0.
  by rewrite mul0r subr0 expr1n subn0 divff.
have [g0 le] := IH (ltnW lt); have [c mc] : exists c, (m - i = c.+2)%N by exists (m - i - 2)%N; lia.
have mc' : (m - i.+1 = c.+1)%N by lia.
pose a : K := (c.+1%:R^-1 + c.+2%:R^-1) / 2%:R; have a0 : 0 < a by rewrite divr_gt0 ?addr_gt0 ?invr_gt0 ?ltr0n.
have gS : g i.+1 = g i + a.
  rewrite /g mc mc'; have -> : harmonic c.+2 = harmonic c.+1 + c.+2%:R^-1 by rewrite /harmonic big_ord_recr.
  rewrite /a -[RHS]addrA -mulrDl; move: (c.+1%:R^-1) (c.+2%:R^-1) (m%:R^-1) => u w v.
  have -> : w - v + (u + w) = u - v + w * 2%:R by rewrite addrCA [w - v + w]addrAC [_ - v]addrC addrA mulr_natr.
  by rewrite [in RHS](mulrDl (u - v)) mulfK // [X in _ = _ + X]addrC opprD !addrA subrK.
split=> [|gk]; first by rewrite gS addr_ge0 // ltW.
have k0 : 0 < k%:R :> K by apply: lt_le_trans gk; rewrite gS ltr_wpDl.
have gk' : g i <= k%:R by apply: le_trans gk; rewrite gS lerDl ltW.
have ak : a <= k%:R by apply: le_trans gk; rewrite gS lerDr.
have part (z : K) : z <= k%:R -> 0 <= 1 - z / k%:R by move=> zk; rewrite subr_ge0 ler_pdivrMr ?mul1r.
apply: le_trans (_ : ((1 - g i / k%:R) * (1 - a / k%:R)) ^+ k <= _).
  apply: lerXn2r; rewrite ?nnegrE ?mulr_ge0 ?part // gS mulrDl mulrBr mulr1 mulrBl mul1r opprD addrA lerD2l lerN2.
  by rewrite gerBl; apply: mulr_ge0; apply: divr_ge0; rewrite ?ler0n // ltW.
rewrite exprMn; apply: le_trans (_ : c.+2%:R / m%:R * (c.+1%:R / c.+2%:R) <= _).
  by apply: ler_pM; rewrite ?exprn_ge0 ?part // ?trapezoid // -mc le.
by rewrite mulrC mulrA divfK ?nat_neq0 // mc'.
Qed.
End Integrals.

Section Law.
Variables (K : realFieldType) (m : nat) (Omega : finType) (weight : Omega -> K) (R : realFieldType) (X : Omega -> R).
Hypothesis weight_total : \sum_e weight e = 1.
Notation start := {ffun 'I_m -> Omega}.

(** The delays of all workers in order, from 0 on. *)
Definition in_order (Y : 'I_m -> R) i : R := nth 0 (sort (fun x y => x <= y) [seq Y j | j <- enum 'I_m]) i.

Lemma first_delays_in_order Y n : (n <= m)%N -> first_delays Y n = \sum_(i < n) in_order Y i.
Proof.
move=> le; rewrite /first_delays (big_nth 0) size_takel; last by rewrite size_sort size_map size_enum_ord.
by rewrite big_mkord; apply: eq_bigr => i _; rewrite nth_take.
Qed.

Lemma above_sorted (s : seq R) t i : sorted (fun x y => x <= y) s -> (i < size s)%N ->
  (t < nth 0 s i) = (count (fun x => (x <= t)%R) s <= i)%N.
Proof.
elim: s i => // x s IH i; have [xt|tx] := lerP x t; last first.
  move=> /(order_path_min (fun y z w => @le_trans _ _ y z w))/allP all_s lt.
  have late y : y \in x :: s -> t < y.
    by rewrite inE => /orP[/eqP -> //|/all_s]; apply: lt_le_trans.
  rewrite late ?mem_nth //; apply/esym; rewrite (_ : count _ _ = 0%N) //; apply/eqP.
  by rewrite -leqn0 leqNgt -has_count; apply/hasPn => y /late; rewrite -ltNge.
move=> /path_sorted so; case: i => [|i] lt /=; first by rewrite xt ltNge xt.
by rewrite xt add1n ltnS IH.
Qed.

(** The i-th delay is later than [t] with the probability that fewer than [i] delays are at most [t]: a polynomial in
    the probability that one is later (docs/proofs/spanning.md, Corollary A1). *)
Theorem ordered_law (t : R) i : (i < m)%N ->
  \sum_(o : start) (\prod_j weight (o j)) * (t < in_order (fun j => X (o j)) i)%R%:R =
  (tail K m i.+1).[\sum_(e | t < X e) weight e].
Proof.
move=> im; set late := \sum_(e | t < X e) weight e.
have early : \sum_(e | ~~ (t < X e)) weight e = 1 - late.
  by have := weight_total; rewrite (bigID (fun e => t < X e)) /= -/late => <-; rewrite addrAC subrr add0r.
pose c (o : start) := (\sum_j (X (o j) <= t)%R)%N.
have lateE (o : start) : (t < in_order (fun j => X (o j)) i) = (c o < i.+1)%N.
  rewrite above_sorted; last by rewrite size_sort size_map size_enum_ord.
    2: by apply: sort_sorted => x y; apply: le_total.
  rewrite (permP (permEl (perm_sort _ _))) count_map -sum1_count big_mkcond big_enum /= ltnS /c.
  by congr (_ <= _)%N; apply: eq_bigr => j _ /=; case: (_ <= t).
have few (o : start) : (c o < i.+1)%N%:R = \sum_(k < i.+1) (c o == k)%:R :> K.
  have [lt|ge] := ltnP (c o) i.+1; last by rewrite big1 // => k _; rewrite gtn_eqF // (leq_trans _ ge).
  rewrite (bigD1 (Ordinal lt)) //= eqxx big1 ?addr0 // => k; rewrite -(inj_eq val_inj) eq_sym /=.
  by move=> /negPf ->.
transitivity (\sum_(o : start) \sum_(k < i.+1) (\prod_j weight (o j)) * (c o == k)%:R).
  by apply: eq_bigr => o _; rewrite lateE few mulr_sumr.
rewrite horner_sum exchange_big; apply: eq_bigr => k _ /=.
have at_late : (1 - 'X : {poly K}).[late] = 1 - late by rewrite -polyC1 hornerD hornerN hornerX hornerC.
rewrite hornerZ hornerM !horner_exp at_late hornerX.
pose P e : {poly K} := (weight e)%:P * 'X^((X e <= t)%R).
transitivity ((\prod_(j < m) \sum_e P e)`_k).
  rewrite bigA_distr_bigA coef_sum; apply: eq_bigr => o _.
  by rewrite /P big_split /= -rmorph_prod /= -expr_sum coefCM coefXn eq_sym.
have -> : \sum_e P e = late%:P + (1 - late)%:P * 'X.
  rewrite (bigID (fun e => t < X e)) /= -early !rmorph_sum mulr_suml; congr (_ + _); apply: eq_bigr => e te.
    by rewrite /P leNgt te mulr1.
  by rewrite /P leNgt te expr1.
have km : (k <= m)%N := leq_trans (ltnW (ltn_ord k)) im.
rewrite prodr_const card_ord exprDn coef_sum (bigD1 (inord k)) //= inordK ?ltnS // big1 ?addr0 => [|l lk].
  rewrite exprMn -!rmorphXn /= mulrA -rmorphM coefMn coefCM coefXn eqxx mulr1 -mulr_natl.
  by rewrite [_ ^+ k * _]mulrC.
rewrite exprMn -!rmorphXn /= mulrA -rmorphM coefMn coefCM coefXn.
have -> : (k == l :> nat) = false by apply: contraNF lk => /eqP e; rewrite e inord_val.
by rewrite mulr0 mul0rn.
Qed.
End Law.
