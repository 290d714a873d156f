(** Numbers in the proof of Proposition 5 of docs/proofs/spanning.md: powers of fractions in fixed point, weighted
    means, geometric sums. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Exponentials TypeBounds.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Binary numbers over 2^100, squared and rounded downwards: powers of fractions, from below. *)
Section FixedPoint.
Variable R : realFieldType.
Implicit Types (a b x : BinNums.N) (y : R) (n : nat).
Notation add := BinNat.N.add.
Notation mul := BinNat.N.mul.
Notation div := BinNat.N.div.
Notation leb := BinNat.N.leb.
Notation bin := BinNat.N.of_nat.

(** Opaque, as Coq would otherwise make large numbers unary. *)
Definition num x : R := locked (BinNat.N.to_nat x)%:R.
Definition two n : BinNums.N := iter n (mul (bin 2)) (bin 1).
Definition scale : BinNums.N := two 100.
Definition square x : BinNums.N := div (mul x x) scale.

Lemma num_ge0 a : 0 <= num a.
Proof. by rewrite /num -lock ler0n. Qed.

Lemma num_add a b : num (add a b) = num a + num b.
Proof. by rewrite /num -!lock Nnat.N2Nat.inj_add natrD. Qed.

Lemma num_mul a b : num (mul a b) = num a * num b.
Proof. by rewrite /num -!lock Nnat.N2Nat.inj_mul natrM. Qed.

Lemma num_le a b : leb a b -> num a <= num b.
Proof. by move=> /BinNat.N.leb_le/BinNat.N.sub_add <-; rewrite num_add lerDr num_ge0. Qed.

Lemma num_div a b : b <> bin 0 -> num b * num (div a b) <= num a.
Proof. by move=> b0; rewrite -num_mul num_le //; apply/BinNat.N.leb_le/BinNat.N.Div0.mul_div_le. Qed.

Lemma num_bin k : num (bin k) = k%:R.
Proof. by rewrite /num -!lock Nnat.Nat2N.id. Qed.


Lemma num_two n : num (two n) = 2%:R ^+ n.
Proof. elim: n => [|n IH]; first by rewrite -[two 0]/(bin 1) num_bin.
by rewrite -[two n.+1]/(mul (bin 2) (two n)) num_mul IH exprS num_bin. Qed.

Lemma scale_gt0 : 0 < num scale.
Proof. by rewrite /scale num_two exprn_gt0 // ltr0n. Qed.

Lemma power_below n x y : 0 <= y -> num x <= num scale * y -> num (iter n square x) <= num scale * y ^+ (2 ^ n).
Proof.
move=> y0 xy; elim: n => [|n IH]; first by rewrite expr1.
rewrite iterS -(ler_pM2l scale_gt0) /square; set s := iter n square x in IH *.
apply: le_trans (num_div _ (_ : scale <> bin 0)) _; first by vm_compute.
have -> : num scale * (num scale * y ^+ (2 ^ n.+1)) = (num scale * y ^+ (2 ^ n)) * (num scale * y ^+ (2 ^ n)).
  by rewrite expnSr exprM expr2 mulrACA -mulrA.
by rewrite num_mul ler_pM ?num_ge0.
Qed.

(** e (a/b)^(2^n) >= c. *)
Lemma power_at_least n a b c e : b <> bin 0 -> leb (mul c scale) (mul e (iter n square (div (mul scale a) b))) ->
  num c <= num e * (num a / num b) ^+ (2 ^ n).
Proof.
move=> b0 le; have b1 : 0 < num b.
  by rewrite /num -lock ltr0n; case: b b0 le => // p _ _; have := Pnat.Pos2Nat.is_pos p; lia.
rewrite -(ler_pM2r scale_gt0) -num_mul (le_trans (num_le le)) // num_mul -mulrA ler_wpM2l ?num_ge0 // mulrC.
apply: power_below; first by rewrite divr_ge0 ?num_ge0.
by rewrite mulrA ler_pdivlMr // mulrC -num_mul num_div.
Qed.
End FixedPoint.

Section Numbers.
Variable R : realFieldType.
Implicit Types (u x y rho : R) (f : nat -> R).

Lemma ratio_up k l : (0 < l)%N -> (l + k)%:R / l%:R = 1 + k%:R / l%:R :> R.
Proof. by move=> l0; rewrite natrD mulrDl divff // pnatr_eq0 -lt0n. Qed.

Lemma ratio_down k l : (0 < l)%N -> (k <= l)%N -> (l - k)%:R / l%:R = 1 - k%:R / l%:R :> R.
Proof. by move=> l0 kl; rewrite natrB // mulrBl divff // pnatr_eq0 -lt0n. Qed.

(** e^(0.67) <= 1.96. *)
Lemma exp_067 : 25%:R / 49%:R <= (1 - 1 / 191%:R) ^+ 128 :> R.
Proof.
have := @power_at_least R 7 (BinNat.N.of_nat 190) (BinNat.N.of_nat 191) (BinNat.N.of_nat 25) (BinNat.N.of_nat 49).
rewrite !num_bin => le; rewrite ler_pdivrMr ?ltr0n // mulrC -[1 - _](@ratio_down 1 191) //.
by apply: le; vm_compute.
Qed.

(** e^(14/6) >= 10. *)
Lemma exp_14_6 : 10%:R <= (1 + 1 / 55%:R) ^+ 128 :> R.
Proof.
have := @power_at_least R 7 (BinNat.N.of_nat 56) (BinNat.N.of_nat 55) (BinNat.N.of_nat 10) (BinNat.N.of_nat 1).
rewrite !num_bin -[1 + _](@ratio_up 1 55) // mul1r => le.
by apply: le; vm_compute.
Qed.

(** 2e 14^2 e^(-0.665 14) <= e^(-14/6), with 0.335 14 + 14/6 <= 7.025 and each exponential as a K-th power. *)
Lemma exp_14 : exists2 K : nat, (281 < 40 * K)%N &
  392%:R <= ((1 + 14%:R / K%:R) * (1 - 281%:R / 40%:R / K%:R) * (1 - 1 / K%:R)) ^+ K :> R.
Proof.
pose k := two 16; pose K := BinNat.N.to_nat k.
have KE : K = (2 ^ 16)%N by apply/eqP; rewrite -(eqr_nat R) natrX -num_two /num -lock.
have kK : num R k = K%:R by rewrite /num -lock.
pose a := BinNat.N.add k (BinNat.N.of_nat 14).
pose b := BinNat.N.sub (BinNat.N.mul (BinNat.N.of_nat 40) k) (BinNat.N.of_nat 281).
pose c := BinNat.N.sub k (BinNat.N.of_nat 1).
pose den := BinNat.N.mul k (BinNat.N.mul (BinNat.N.mul (BinNat.N.of_nat 40) k) k).
have := @power_at_least R 16 (BinNat.N.mul a (BinNat.N.mul b c)) den (BinNat.N.of_nat 392) (BinNat.N.of_nat 1).
have -> : BinNat.N.leb (BinNat.N.mul (BinNat.N.of_nat 392) scale) (BinNat.N.mul (BinNat.N.of_nat 1) (iter 16 square
  (BinNat.N.div (BinNat.N.mul (BinNat.N.mul a (BinNat.N.mul b c)) scale) den))) = true by vm_compute.
have den0 : den <> BinNat.N.of_nat 0 by vm_compute.
rewrite !num_bin mul1r => /(_ den0 isT) le.
have aE : num R a = K%:R + 14%:R by rewrite num_add kK num_bin.
have bE : num R b + 281%:R = 40%:R * K%:R.
  by rewrite -[281%:R](num_bin R) -num_add -[40%:R](num_bin R) -kK -num_mul; congr num; vm_compute.
have cE : num R c + 1 = K%:R.
  transitivity (num R (BinNat.N.add c (BinNat.N.of_nat 1))); first by rewrite num_add num_bin.
  by rewrite -kK; congr num; vm_compute.
have b0 : 1 <= num R b by have := @num_le R (BinNat.N.of_nat 1) b; rewrite num_bin; apply; vm_compute.
rewrite /den in le; clear den0; clearbody k a b c K; have K0 : K%:R != 0 :> R.
  apply: contraTneq b0 => K0; rewrite -ltNge; apply: le_lt_trans (ltr0Sn R 0).
  by rewrite -(lerD2r 281%:R) bE K0 mulr0 add0r ler0n.
have bK : 1 - 281%:R / 40%:R / K%:R = num R b / (40%:R * K%:R).
  have d0 : 40%:R * K%:R != 0 :> R by rewrite mulf_neq0 // pnatr_eq0.
  by rewrite -[LHS](mulfK d0); congr (_ / _); rewrite mulrBl mul1r -[_ / _ / _]mulrA -invfM divfK // -bE addrK.
have aK : 1 + 14%:R / K%:R = num R a / K%:R by rewrite aE [RHS]mulrDl divff.
have cK : 1 - 1 / K%:R = num R c / K%:R by rewrite -[num R c](addrK 1) cE [RHS]mulrBl divff.
exists K.
  by rewrite -(ltr_nat R) natrM -bE ltrDr (lt_le_trans ltr01).
rewrite aK bK cK !mulf_div {4}KE.
by move: le; rewrite !num_mul num_bin kK !mulrA.
Qed.
End Numbers.

Section Means.
Variable R : realFieldType.
Implicit Types (e u x y rho : R) (f : nat -> R) (s : seq (nat * R)).

(** Weighted means: a product of powers is at most 1 if the mean of the factors is. *)
Lemma prod_powers_le1 s : all (fun p => 0 <= p.2) s -> \sum_(p <- s) p.2 *+ p.1 <= (\sum_(p <- s) p.1)%:R ->
  \prod_(p <- s) p.2 ^+ p.1 <= 1.
Proof.
move=> s0; pose t := flatten [seq nseq p.1 p.2 | p <- s].
have prodE : \prod_(p <- s) p.2 ^+ p.1 = \prod_(x <- t) x.
  by rewrite big_flatten big_map; apply: eq_bigr => p _; rewrite big_nseq iter_mulr_1.
have sumE : \sum_(p <- s) p.2 *+ p.1 = \sum_(x <- t) x.
  by rewrite big_flatten big_map; apply: eq_bigr => p _; rewrite big_nseq iter_addr_0.
have sizeE : (\sum_(p <- s) p.1)%N = size t.
  rewrite size_flatten /shape -map_comp sumnE big_map; apply: eq_bigr => p _.
  by rewrite /= size_nseq.
have t0 : all (fun x => 0 <= x) t.
  apply/allP => x /flattenP[_ /mapP[p ps ->]]; rewrite mem_nseq => /andP[_ /eqP ->].
  exact: (allP s0).
rewrite prodE sumE sizeE (big_nth 0) big_mkord [\prod_(x <- t) x](big_nth 0) big_mkord => mean.
apply: prod_le1 => [i|]; last by rewrite card_ord.
by apply: (allP t0); apply: mem_nth.
Qed.

(** Factors x >= 0 with x <= 1 + e/n, n times each: the product is at most 1 if the e's add up to at most 0. *)
Lemma prod_exponents (s : seq (nat * R * R)) : all (fun p => 0 <= p.1.2) s ->
  all (fun p => p.1.2 *+ p.1.1 <= p.1.1%:R + p.2) s -> \sum_(p <- s) p.2 <= 0 -> \prod_(p <- s) p.1.2 ^+ p.1.1 <= 1.
Proof.
move=> s0 sE sum0; have := @prod_powers_le1 [seq p.1 | p <- s]; rewrite all_map !big_map; apply=> //.
rewrite natr_sum; apply: le_trans (_ : \sum_(p <- s) (p.1.1%:R + p.2) <= _); last by rewrite big_split /= gerDl.
by rewrite big_seq [leRHS]big_seq; apply: ler_sum => p /(allP sE).
Qed.

Lemma plus_share n e : 0 <= e -> (1 + e / n%:R) *+ n <= n%:R + e.
Proof. by move=> e0; rewrite mulrnDl sum_div lerD2l; case: eqP. Qed.

Lemma minus_share n k e : (0 < n)%N -> (1 - e / n%:R) *+ (n * k) <= (n * k)%:R - e * k%:R.
Proof.
by move=> n0; rewrite mulrnA mulrnBl sum_div gtn_eqF // mulrnBl mulr_natr -mulrnA.
Qed.

(** A sum whose terms shrink by a factor. *)
Lemma geometric f rho a n : (forall w, 0 <= f w) -> (forall w, (a <= w)%N -> f w.+1 <= rho * f w) ->
  (1 - rho) * (\sum_(a <= w < n) f w) <= f a.
Proof.
move=> f0 step; have [na|an] := leqP n a; first by rewrite big_geq // mulr0.
suff H k : (1 - rho) * (\sum_(a <= w < a + k) f w) + f (a + k)%N <= f a.
  by apply: le_trans (H (n - a)%N); rewrite subnKC ?(ltnW an) // lerDl.
elim: k => [|k IH]; first by rewrite addn0 big_geq // mulr0 add0r.
rewrite addnS big_nat_recr ?leq_addr //= mulrDr -addrA; apply: le_trans IH; rewrite lerD2l.
by rewrite mulrBl mul1r -addrA gerDl addrC subr_le0 step ?leq_addr.
Qed.

(** e^u - u <= 1 + (47/78) u^2 for 0 <= u <= 0.528. *)
Lemma exp_quadratic d u : (1 < d)%N -> 0 <= u -> u <= 66%:R / 125%:R ->
  (1 + u / d%:R) ^+ d - u <= 1 + 47%:R / 78%:R * u ^+ 2.
Proof.
move=> d1 u0 u1; have d0 := ltnW d1; pose f i : R := 'C(d, i)%:R * (u / d%:R) ^+ i.
have dR : d%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have f0 i : 0 <= f i by rewrite mulr_ge0 // exprn_ge0 // divr_ge0.
have step i : f i.+1 * i.+1%:R <= u * f i.
  have -> : f i.+1 * i.+1%:R = (d - i)%:R / d%:R * (u * f i).
    rewrite /f exprS mulrAC -(natrM _ 'C(d, i.+1)) mulnC mul_bin_left natrM -!mulrA; congr (_ * _).
    by rewrite [LHS]mulrCA [RHS]mulrCA; congr (_ * _); rewrite mulrCA.
  by rewrite (ler_piMl (mulr_ge0 u0 (f0 i))) // ler_pdivrMr ?ltr0n // mul1r ler_nat leq_subr.
have f1E : f 1%N = u by rewrite /f bin1 expr1 mulrC divfK.
have -> : (1 + u / d%:R) ^+ d = 1 + (u + \sum_(2 <= i < d.+1) f i).
  have -> : (1 + u / d%:R) ^+ d = \sum_(0 <= i < d.+1) f i.
    by rewrite exprDn big_mkord; apply: eq_bigr => i _; rewrite /f expr1n mul1r mulr_natl.
  by rewrite big_ltn // big_ltn // /f bin0 mul1r expr0 -/(f 1%N) f1E.
rewrite -addrA lerD2l [u + _]addrC addrK; clearbody f.
have f2 : 2%:R * f 2%N <= u ^+ 2 by have := step 1%N; rewrite f1E mulrC.
have f3 : 125%:R * f 3%N <= 11%:R * u ^+ 2.
  have le : 6%:R * f 3%N <= 66%:R / 125%:R * u ^+ 2.
    apply: le_trans (_ : u * u ^+ 2 <= _); last by rewrite ler_wpM2r ?exprn_ge0.
    apply: le_trans (_ : u * (2%:R * f 2%N) <= _); last by rewrite ler_wpM2l.
    by rewrite -[6%N]/(2 * 3)%N natrM -mulrA [u * _]mulrCA ler_wpM2l // mulrC; apply: step 2%N.
  move: le; move: (u ^+ 2) (f 3%N) => q x; rewrite mulrAC ler_pdivlMr ?ltr0n // => le.
  by rewrite -(ler_pM2l (ltr0Sn R 5)) [leRHS]mulrA -natrM (le_trans _ le) // -mulrA [125%:R * _]mulrC.
have q0 : 0 <= u ^+ 2 by apply: exprn_ge0.
move: (u ^+ 2) q0 f2 f3 => q q0 f2 f3.
have tail : 39%:R * (\sum_(3 <= i < d.+1) f i) <= 4%:R * q.
  have := @geometric f (33%:R / 250%:R) 3 d.+1 f0; set T := \sum_(_ <= _ < _) _ => geo.
  have T0 : 0 <= T by apply: sumr_ge0.
  have {geo} : (1 - 33%:R / 250%:R) * T <= f 3%N.
    apply: geo => i i3; rewrite -(ler_pM2r (ltr0Sn R i)) (le_trans (step i)) // mulrAC ler_wpM2r //.
    apply: le_trans u1 _; apply: le_trans (_ : 33%:R / 250%:R * 4%:R <= _); last first.
      by rewrite ler_wpM2l ?divr_ge0 // ler_nat.
    by rewrite mulrAC -natrM fractions.
  rewrite -(@ratio_down R 33 250) // -[(250 - 33)%N]/217%N => geo.
  have le : 217%:R * T <= 22%:R * q.
    move: geo; rewrite mulrAC ler_pdivrMr ?ltr0n // => geo; apply: le_trans geo _.
    by rewrite -[250%N]/(125 * 2)%N -[22%N]/(11 * 2)%N !natrM mulrA [11%:R * _ * _]mulrAC ler_wpM2r // mulrC.
  rewrite -(ler_pM2l (ltr0Sn R 216)) mulrCA; apply: le_trans (ler_wpM2l (ler0n R 39) le) _.
  by rewrite !mulrA ler_wpM2r // -!natrM ler_nat.
rewrite -(ler_pM2l (ltr0Sn R 77)) mulrA [78%:R * (_ / _)]mulrC divfK ?pnatr_eq0 // big_ltn //.
rewrite -[78%N]/(39 * 2)%N -[47%N]/(39 + 8)%N natrM mulrDr [(39 + 8)%:R]natrD [leRHS]mulrDl.
apply: lerD; first by rewrite -mulrA ler_wpM2l.
by rewrite -[8%N]/(4 * 2)%N natrM [_ * 2%:R]mulrC [4%:R * _]mulrC -!mulrA ler_wpM2l.
Qed.

Lemma square_ratio x y : 0 <= y -> 92%:R ^+ 2 * x <= 97%:R ^+ 2 * y -> 47%:R / 78%:R * x <= 67%:R / 100%:R * y.
Proof.
move=> y0 sq; rewrite mulrAC ler_pdivrMr ?ltr0n // -[leRHS]mulrA mulrAC ler_pdivlMr ?ltr0n //.
have c0 : 0 < 92%:R ^+ 2 :> R by rewrite exprn_gt0 // ltr0n.
rewrite -(ler_pM2l c0); apply: le_trans (_ : 47%:R * 100%:R * (92%:R ^+ 2 * x) <= _).
  by rewrite [leRHS]mulrCA [47%:R * x * _]mulrAC.
apply: le_trans (ler_wpM2l _ sq) _; first by rewrite mulr_ge0.
rewrite [y * _]mulrC !mulrA ler_wpM2r //.
pose b := BinNat.N.of_nat; pose mul := BinNat.N.mul.
have := @num_le R (mul (mul (b 47) (b 100)) (mul (b 97) (b 97))) (mul (mul (b 92) (b 92)) (mul (b 67) (b 78))).
by rewrite !num_mul !num_bin !expr2 !mulrA; apply; vm_compute.
Qed.

End Means.
