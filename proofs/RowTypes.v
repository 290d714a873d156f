(** How often the received rows vanish on a vector, by the type of the vector (docs/proofs/spanning.md, Corollary 2). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery EvenSets Codes FirstMoment Exponentials UncoveredMean SmallSets Characters.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** The price of drawing without replacement: with n places, 720n <= N and s = n/N, (N)_n N^(-n) (1 + 4s/64)^(64N) (1 - 4s)^N is
    at least e^(-9n^2/N). *)
Section Price.
Variable R : realFieldType.
Implicit Types (s y : R) (N n k : nat).

Lemma div_nat (x : R) k l : (k != 0)%N -> x / k%:R * (k * l)%:R = x * l%:R.
Proof. by move=> k0; rewrite natrM mulrA divfK // pnatr_eq0. Qed.

Lemma price_of_square s : 0 <= s -> 252%:R * s <= 1 ->
  1 - 33%:R / 4%:R * s ^+ 2 <= (1 + s / 16%:R) ^+ 64 * (1 - 4%:R * s).
Proof.
move=> s0 s1; have c0 : 0 <= 1 - 4%:R * s.
  by rewrite subr_ge0 (le_trans _ s1) // ler_wpM2r // ler_nat.
have n0 k : k.+1%:R != 0 :> R by rewrite pnatr_eq0.
have le : 1 + 4%:R * s + 63%:R / 8%:R * s ^+ 2 <= (1 + s / 16%:R) ^+ 64.
  have := @power_second R 64 (s / 16%:R); rewrite divr_ge0 ?ler0n // => /(_ isT); congr (_ + _ + _ <= _).
    by rewrite -[64%:R]/((4 * 16)%:R) natrM -mulrA [16%:R * _]mulrC divfK.
  rewrite (_ : 'C(64, 2) = 63 * 2 * 16)%N // expr_div_n mulrA mulrAC; congr (_ * _).
  rewrite -[16%:R ^+ 2]natrX -[(16 ^ 2)%N]/(16 * 16)%N [(16 * 16)%:R]natrM invfM natrM mulrA mulfK //.
  by rewrite -[16%:R]/((2 * 8)%:R) !natrM invfM mulrA mulfK.
apply: le_trans (_ : (1 + 4%:R * s + 63%:R / 8%:R * s ^+ 2) * (1 - 4%:R * s) <= _); last by rewrite ler_wpM2r.
rewrite [leRHS]mulrDl [(1 + 4%:R * s) * _]mulrC -subr_sqr expr1n exprMn -addrA lerD2l -natrX.
rewrite [_ * s ^+ 2 * _]mulrAC -!mulNr -mulrDl ler_wpM2r ?exprn_ge0 // -lerBlDl opprK addrC mulrAC ler_pdivlMr ?ltr0n // !mulNr.
have -> : ((4 ^ 2)%:R - 33%:R / 4%:R) * 8%:R = 62%:R :> R.
  by rewrite mulrBl (@div_nat 33%:R 4 2 isT) -!natrM -natrB.
by rewrite mulrBr mulr1 mulrA -natrM lerBrDl -lerBrDr -natrB.
Qed.

Lemma sum_places_below n : (2 * (\sum_(i < n) i) <= n * n)%N.
Proof. elim: n => [|n]; first by rewrite big_ord0.
by rewrite big_ord_recr /=; move: (\sum_(i < n) i)%N => s; lia. Qed.

Lemma falling_share N n : (n <= N)%N -> (\prod_(i < n) (1 - i%:R / N%:R)) * N%:R ^+ n = (N ^_ n)%:R :> R.
Proof.
move=> nN; rewrite ffact_prod natr_prod -[n in _ ^+ n]card_ord -prodr_const -big_split; apply: eq_bigr => i _ /=.
have iN := leq_trans (ltn_ord i) nN; rewrite mulrBl mul1r divfK ?natrB 1?ltnW // pnatr_eq0 -lt0n.
exact: leq_ltn_trans iN.
Qed.

Lemma blocks_bound N n k y (s : R := n%:R / N%:R) : (720 * n <= N)%N -> 9%:R * (n%:R * s) <= y -> y <= k%:R ->
  (1 - y / k%:R) ^+ k * N%:R ^+ n <= (N ^_ n)%:R * ((1 + s / 16%:R) ^+ 64 * (1 - 4%:R * s)) ^+ N.
Proof.
have sE : s = n%:R / N%:R by []; clearbody s.
move=> nN sy yk; have s0 : 0 <= s by rewrite sE divr_ge0.
have s1 : 720%:R * s <= 1.
  rewrite sE mulrA -natrM; have [N0|N0] := posnP N; first by rewrite N0 invr0 mulr0.
  by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat.
have small c : (c <= 720)%N -> c%:R * s <= 1 by move=> c7; rewrite (le_trans _ s1) // ler_wpM2r // ler_nat.
pose c : R := 33%:R / 4%:R * s ^+ 2; have cE : c = 33%:R / 4%:R * s ^+ 2 by []; clearbody c.
have c0 : 0 <= c by rewrite cE mulr_ge0 ?divr_ge0 ?exprn_ge0.
have c4 : 4%:R * c = 33%:R * s * s by rewrite cE mulrA [4%:R * _]mulrC divfK ?pnatr_eq0 // expr2 mulrA.
have c33 : 33%:R * c <= 33%:R * s.
  rewrite ler_wpM2l ?ler0n // -(ler_pM2l (ltr0Sn R 3)) c4 ler_wpM2r // (le_trans (small 33 isT)) // ler1n.
  by [].
pose u (i : 'I_n + 'I_N) : R := match i with inl i => i%:R / N%:R | inr _ => c end.
have us (i : 'I_n) : 0 <= u (inl i) <= s.
  by rewrite /= sE divr_ge0 ?ler_wpM2r ?invr_ge0 ?ler_nat // ltnW.
have prodE : \prod_i (1 - u i) = (\prod_(i < n) (1 - i%:R / N%:R)) * (1 - c) ^+ N.
  by rewrite big_sumType /= prodr_const card_ord.
apply: le_trans (_ : (\prod_(i < n) (1 - i%:R / N%:R)) * (1 - c) ^+ N * N%:R ^+ n <= _).
  rewrite -prodE ler_wpM2r ?exprn_ge0 //; apply: product_above => // [[i|i]|[i|i]|]; rewrite ?c0 //.
  - by case/andP: (us i).
  - by case/andP: (us i) => _ le; rewrite (le_trans (ler_wpM2l _ le)) ?small.
  - by rewrite /= (le_trans _ (small 33 isT)) // (le_trans _ c33) // ler_wpM2r // ler_nat.
  apply: le_trans sy; rewrite big_sumType /= sumr_const card_ord.
  set T := \sum_(i < n) _; have {T}-> : T = \sum_(i < n) u (inl i) * (1 + u (inl i)).
    by apply: eq_bigr => i _; rewrite mulrDr mulr1 expr2.
  have T1 : \sum_(i < n) u (inl i) * (1 + u (inl i)) <= (1 + s) * (\sum_(i < n) i)%N%:R / N%:R.
    rewrite natr_sum mulr_sumr mulr_suml; apply: ler_sum => i _; rewrite -mulrA mulrC.
    by case/andP: (us i) => u0 u1; rewrite ler_wpM2r // lerD2l.
  apply: le_trans (lerD T1 (lexx _)) _.
  have N1 : N%:R * s = n%:R.
    have [N0|N0] := posnP N; last by rewrite sE mulrC divfK // pnatr_eq0 -lt0n.
    by move: nN; rewrite N0 leqn0 muln_eq0 /= => /eqP ->; rewrite mul0r.
  have T2 : 2%:R * ((\sum_(i < n) i)%N%:R / N%:R) <= n%:R * s.
    by rewrite sE !mulrA -!natrM ler_wpM2r ?invr_ge0 // ler_nat sum_places_below.
  have T4 : 4%:R * ((c + c ^+ 2) *+ N) = 33%:R * (1 + c) * (n%:R * s).
    have -> : c + c ^+ 2 = c * (1 + c) by rewrite mulrDr mulr1 expr2.
    rewrite -[_ *+ N]mulr_natl [N%:R * _]mulrCA [4%:R * (_ * _)]mulrA c4 -N1 -!mulrA; congr (_ * _).
    by rewrite [RHS]mulrC -!mulrA [s * (N%:R * _)]mulrCA [LHS]mulrCA.
  rewrite -(ler_pM2l (ltr0Sn R 3)) mulrDr T4.
  apply: le_trans (_ : 2%:R * (1 + s) * (n%:R * s) + 33%:R * (1 + c) * (n%:R * s) <= _).
    rewrite lerD2r -[4%:R]/((2 * 2)%:R) natrM -!mulrA ler_wpM2l // mulrCA ler_wpM2l ?addr_ge0 // T2 //.
  rewrite -mulrDl [leRHS]mulrA ler_wpM2r ?mulr_ge0 // [_ * (1 + s)]mulrDr [_ * (1 + c)]mulrDr !mulr1 -natrM.
  rewrite addrACA -natrD -lerBrDl -natrB //.
  rewrite (le_trans (lerD (lexx _) c33)) // -mulrDl -natrD small //.
rewrite mulrAC falling_share; last by rewrite (leq_trans _ nN) // leq_pmull.
apply: ler_wpM2l => //; apply: lerXn2r; rewrite ?nnegrE.
- by rewrite subr_ge0 (le_trans _ (small 33 isT)) // (le_trans _ c33) // ler_peMl // ler1n.
- by rewrite mulr_ge0 ?subr_ge0 ?small // exprn_ge0 // addr_ge0 // divr_ge0.
- by rewrite cE price_of_square ?small.
Qed.
End Price.

(** The characters of F_p: powers of a primitive p-th root of unity. *)
Section Types.
Variables (C : numFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Implicit Types (a u : 'F_p) (rho : 'F_p -> C).

Definition chi u : C := w ^+ (u : nat).

Lemma chi_nat k : chi k%:R = w ^+ k.
Proof. by rewrite /chi val_Fp_nat // prim_expr_mod. Qed.

Lemma chi0 : chi 0 = 1.
Proof. by rewrite -[0]/(0%:R) chi_nat expr0. Qed.

Lemma chiD u v : chi (u + v) = chi u * chi v.
Proof. by rewrite -{1}(natr_Zp u) -{1}(natr_Zp v) -natrD chi_nat exprD. Qed.

Lemma chi_sum (I : Type) (r : seq I) (P : pred I) (f : I -> 'F_p) :
  chi (\sum_(i <- r | P i) f i) = \prod_(i <- r | P i) chi (f i).
Proof. exact: (big_morph chi chiD chi0). Qed.

Lemma norm_chi u : `|chi u| = 1.
Proof.
rewrite normrX; suff -> : `|w| = 1 by rewrite expr1n.
by apply/eqP; rewrite -(pexpr_eq1 (prime_gt0 p_prime) (normr_ge0 w)) -normrX prim_expr_order // normr1.
Qed.

Lemma chi_eq1 u : (chi u == 1) = (u == 0).
Proof. by rewrite /chi -(prim_order_dvd w_root) (dvdn_charf (char_Fp p_prime)) natr_Zp. Qed.

Lemma sum_chi u : \sum_(a : 'F_p) chi (a * u) = if u == 0 then p%:R else 0.
Proof.
have [->|u0] := eqVneq u 0.
  by rewrite (eq_bigr (fun=> 1)) ?sumr_const ?card_Fp // => a _; rewrite mulr0 chi0.
set s := \sum_a _; have : s = chi u * s.
  rewrite {1}/s (reindex_inj (@addrI 'F_p 1)) mulr_sumr; apply: eq_bigr => a _.
  by rewrite mulrDl mul1r chiD.
move/eqP; rewrite -subr_eq0 -{1}[s]mul1r -mulrBl mulf_eq0 subr_eq0 [1 == _]eq_sym chi_eq1 (negPf u0).
by move/eqP.
Qed.

(** The Fourier transform of a type, its modulus or 1/4, whichever is larger, and the number rho(x), with [E] in the place of e^vartheta. *)
Definition fourier rho a : C := \sum_u rho u * chi (a * u).
Definition psi rho a : C := Num.max `|fourier rho a| 4%:R^-1.
Definition row_chance (E : C) (d : nat) rho : C := (1 + E * \sum_(a : 'F_p | a != 0) psi rho a ^+ d) / p%:R.

Lemma psi_ge rho a : `|fourier rho a| <= psi rho a /\ 4%:R^-1 <= psi rho a.
Proof.
have r4 : 4%:R^-1 \is @Num.real C by rewrite realV realn.
have rf : `|fourier rho a| \is @Num.real C by apply: normr_real.
have c := real_comparable rf r4.
by rewrite /psi !comparable_le_max // !lexx orbT.
Qed.

Lemma psi_gt0 rho a : 0 < psi rho a.
Proof. by apply: lt_le_trans (psi_ge rho a).2; rewrite invr_gt0 ltr0n. Qed.

Lemma row_chance_eq E d rho rho' : (forall u, rho u = rho' u) -> row_chance E d rho = row_chance E d rho'.
Proof.
move=> e; congr ((1 + _ * _) / _); apply: eq_bigr => a _; congr (Num.max `|_| _ ^+ _).
by apply: eq_bigr => u _; rewrite e.
Qed.

(** The blocks of one worker, at the places of the first ones of a uniform permutation. *)
Section Worker.
Variables (N d b : nat) (x : 'I_N -> 'F_p) (K Delta : nat).
Hypotheses (d10 : (10 <= d)%N) (dD : (72 * d * Delta <= N)%N) (bD : (d * b <= Delta)%N) (K_gt0 : (0 < K)%N).
Notation theta := ((9 * d * Delta)%:R / N%:R).
Notation E := ((1 - theta / K%:R) ^- K : C).
Definition type_of (u : 'F_p) : C := #|[set l | x l == u]|%:R / N%:R.

Lemma sum_chi_symbols a : \sum_l chi (a * x l) = N%:R * fourier type_of a.
Proof.
rewrite /fourier mulr_sumr (partition_big x xpredT) //=; apply: eq_bigr => u _.
rewrite (eq_bigr (fun=> chi (a * u))) => [|l /eqP -> //]; rewrite sumr_const -[LHS]mulr_natl mulrA; congr (_ * _).
rewrite /type_of mulrC; have [N0|N0] := posnP N; last first.
  by rewrite divfK ?pnatr_eq0 -?lt0n //; congr _%:R; apply: eq_card => l; rewrite !inE.
have NC : N%:R = 0 :> C by rewrite N0.
by rewrite NC mulr0 eq_card0 // => l; have := ltn_ord l; rewrite {2}N0.
Qed.

Definition mean_chi (a : {ffun 'I_b -> 'F_p}) : C :=
  (\sum_(q : 'S_N) \prod_(k < b) \prod_(i : 'I_N | (i %/ d)%N == k) chi (a k * x (q i))) / N`!%:R.

Lemma theta_small : (0 < N)%N -> 0 <= theta :> C /\ theta / K%:R < 1 :> C.
Proof.
move=> N0; split; first by rewrite divr_ge0.
have K0 : 0 < K%:R :> C by rewrite ltr0n.
rewrite ltr_pdivrMr // mul1r ltr_pdivrMr ?ltr0n // -natrM ltr_nat.
have : (8 * (9 * d * Delta) <= N)%N by rewrite !mulnA.
by have := leq_pmull N K_gt0; move: (9 * d * Delta)%N (K * N)%N; lia.
Qed.

Lemma mean_chi_bound (a : {ffun 'I_b -> 'F_p}) :
  `|mean_chi a| <= \prod_(k < b) (if a k == 0 then 1 else E * psi type_of (a k) ^+ d).
Proof.
have d0 : (0 < d)%N by apply: leq_trans d10.
pose T := [set k | a k != 0]; pose e := enum T.
have -> : mean_chi a = (\sum_(q : 'S_N) \prod_(k in T) \prod_(i : 'I_N | (i %/ d)%N == k) chi (a k * x (q i))) / N`!%:R.
  congr (_ / _); apply: eq_bigr => q _; rewrite [RHS]big_mkcond; apply: eq_bigr => k _; rewrite inE.
  by case: eqP => // ->; rewrite big1 // => i _; rewrite mul0r chi0.
have -> : \prod_(k < b) (if a k == 0 then 1 else E * psi type_of (a k) ^+ d) = \prod_(k in T) (E * psi type_of (a k) ^+ d).
  by rewrite [RHS]big_mkcond; apply: eq_bigr => k _; rewrite inE; case: eqP.
have [T0|[k0 k0T]] := set_0Vmem T.
  rewrite T0 [leRHS]big_set0 [X in X / _](eq_bigr (fun=> 1)) => [|q _]; last by rewrite big_set0.
  by rewrite sumr_const card_Sn divff ?normr1 // pnatr_eq0 -lt0n fact_gt0.
pose t := size e; pose bs s : nat := nth k0 e s.
have tT : t = #|T| by rewrite /t /e -cardE.
have t0 : (0 < t)%N by rewrite tT; apply/card_gt0P; exists k0.
have tb : (t <= b)%N by rewrite tT -[X in (_ <= X)%N](card_ord b) max_card.
have big (f : 'I_b -> C) : \prod_(k in T) f k = \prod_(s < t) f (nth k0 e s).
  by rewrite -big_enum (big_nth k0) big_mkord.
rewrite big; under eq_bigr => q _ do rewrite big.
have nD : (t * d <= Delta)%N by rewrite (leq_trans _ bD) // mulnC leq_mul2l tb orbT.
have DN : (720 * Delta <= N)%N.
  by apply: leq_trans dD; apply: leq_mul => //; apply: (@leq_mul 72 10 72 d).
have nN : (720 * (t * d) <= N)%N by rewrite (leq_trans _ DN) // leq_mul2l nD orbT.
have N0 : (0 < N)%N by rewrite (leq_trans _ nN) // muln_gt0 /= muln_gt0 t0.
have NC : 0 < N%:R :> C by rewrite ltr0n.
have [th0 th1] := theta_small N0.
pose sr : rat := (t * d)%:R / N%:R; pose s : C := (t * d)%:R / N%:R.
pose yr : rat := (9 * d * Delta)%:R / N%:R * t%:R.
have syr : 9%:R * ((t * d)%:R * sr) <= yr.
  rewrite /sr /yr [leRHS]mulrAC !mulrA -!natrM ler_wpM2r ?invr_ge0 // ler_nat.
  by rewrite -!mulnA leq_mul2l /= mulnCA leq_mul2l [(t * (t * d))%N]mulnC leq_mul2r nD !orbT.
have ykr : yr <= (K * t)%:R.
  rewrite /yr [leRHS]natrM ler_wpM2r // ler_pdivrMr ?ltr0n // -natrM ler_nat.
  apply: leq_trans (leq_pmull N K_gt0); apply: leq_trans dD; rewrite !leq_mul2r.
  by rewrite !orbT.
have := blocks_bound nN syr ykr; rewrite -/sr.
have -> : yr / (K * t)%:R = (9 * d * Delta)%:R / N%:R / K%:R.
  have tr : t%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n.
  by rewrite /yr [(K * t)%:R]natrM -mulf_div divff // mulr1.
move=> price; pose P : C := (1 + s / 16%:R) ^+ 64 * (1 - 4%:R * s).
have {}price : ((1 - theta / K%:R) ^+ K) ^+ t * N%:R ^+ (t * d) <= (N ^_ (t * d))%:R * P ^+ N.
  have left (x1 y1 : rat) i l : ratr ((1 - x1) ^+ i * y1 ^+ l) = (1 - ratr x1) ^+ i * ratr y1 ^+ l :> C.
    by rewrite rmorphM !rmorphXn rmorphB rmorph1.
  have right (x1 y1 z1 : rat) i l : ratr (x1 * ((1 + y1) ^+ i * (1 - z1)) ^+ l) =
      ratr x1 * ((1 + ratr y1) ^+ i * (1 - ratr z1)) ^+ l :> C.
    by rewrite rmorphM rmorphXn /= rmorphM rmorphXn rmorphD rmorphB rmorph1.
  have sE : ratr sr = s by rewrite /sr fmorph_div /= !ratr_nat.
  move: price; rewrite -(ler_rat C) left right -exprM.
  have -> : ratr (sr / 16%:R) = s / 16%:R by rewrite fmorph_div /= sE ratr_nat.
  have -> : ratr (4%:R * sr) = 4%:R * s by rewrite rmorphM /= sE ratr_nat.
  by rewrite fmorph_div /= fmorph_div /= !ratr_nat.
have s1 : 4%:R * s < 1.
  rewrite /s mulrA -natrM ltr_pdivrMr // mul1r ltr_nat (leq_trans _ nN) //.
  by rewrite ltn_pmul2r // muln_gt0 t0.
have bsb (i : nat) : (bs i < b)%N by apply: ltn_ord.
have disjoint : disjoint_blocks N d t bs.
  split=> [i _|i i' it i't /val_inj same].
    by rewrite (leq_trans _ DN) // (leq_trans _ (leq_pmull _ _)) // (leq_trans _ bD) // leq_mul2l bsb orbT.
  by apply/eqP; rewrite -(nth_uniq k0 it i't (enum_uniq _)) same.
have psi0 i := psi_gt0 type_of (a (nth k0 e i)).
set M := (\sum_(q : 'S_N) _) / _; pose Q := (1 - theta / K%:R) ^+ K : C.
have main : `|M| * P ^+ N <= N%:R ^+ (t * d) / (N ^_ (t * d))%:R * \prod_(i < t) psi type_of (a (nth k0 e i)) ^+ d.
  have -> : P ^+ N = (1 + N%:R * (4%:R * s) / (64 * N)%:R) ^+ (64 * N) * (1 - 4%:R * s) ^+ N.
    rewrite exprM -exprMn; congr ((_ ^+ _ * _) ^+ _); congr (1 + _); rewrite mulnC [(N * 64)%:R]natrM -mulf_div.
    by rewrite divff ?lt0r_neq0 // mul1r -[64%:R]/((4 * 16)%:R) natrM -mulf_div divff ?mul1r // pnatr_eq0.
  apply: (@characters_disjoint C N d d0 t (64 * N) bs (fun i l => chi (a (nth k0 e i) * x l))
    (fun i => psi type_of (a (nth k0 e i))) (4%:R * s)) => //.
  - by move=> i l _; rewrite norm_chi.
  - move=> i _; rewrite sum_chi_symbols normrM ger0_norm // ler_wpM2l //.
    exact: (psi_ge type_of _).1.
  apply: le_trans (_ : \sum_(i < t) d%:R / N%:R * 4%:R <= _).
    apply: ler_sum => i _; rewrite invfM mulrA ler_wpM2l ?divr_ge0 // -[leRHS]invrK lef_pV2 ?posrE ?invr_gt0 ?ltr0n //.
    exact: (psi_ge type_of _).2.
  by rewrite sumr_const card_ord /s natrM -mulr_natl mulrA mulrC !mulrA.
have Q0 : 0 < Q by rewrite exprn_gt0 // subr_gt0.
rewrite big_split /= prodr_const card_ord exprVn mulrC ler_pdivlMr ?exprn_gt0 ?subr_gt0 //.
have Nn : 0 < (N%:R : C) ^+ (t * d) by rewrite exprn_gt0.
rewrite -(ler_pM2r Nn) -[leLHS]mulrA; apply: le_trans (ler_wpM2l (normr_ge0 M) price) _.
have F0 : 0 < (N ^_ (t * d))%:R :> C by rewrite ltr0n ffact_gt0 (leq_trans _ nN) // leq_pmull.
by rewrite mulrCA -ler_pdivlMl // (le_trans main) // mulrAC [leLHS]mulrC [X in _ * X <= _]mulrC.
Qed.

Lemma indicator u : (u == 0)%:R = (\sum_(a : 'F_p) chi (a * u)) / p%:R :> C.
Proof.
rewrite sum_chi; case: eqP => _; last by rewrite mul0r.
by rewrite divff // pnatr_eq0 -lt0n prime_gt0.
Qed.

Lemma worker_chance :
  (\sum_(q : 'S_N) [forall k : 'I_b, \sum_(i : 'I_N | (i %/ d)%N == k) x (q i) == 0]%:R) / N`!%:R <=
  row_chance E d type_of ^+ b.
Proof.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have ind (q : 'S_N) : [forall k : 'I_b, \sum_(i : 'I_N | (i %/ d)%N == k) x (q i) == 0]%:R =
    p%:R ^- b * \sum_(a : {ffun 'I_b -> 'F_p}) \prod_(k < b) \prod_(i : 'I_N | (i %/ d)%N == k) chi (a k * x (q i)) :> C.
  transitivity (\prod_(k < b) (\sum_(i : 'I_N | (i %/ d)%N == k) x (q i) == 0)%:R : C).
    case: forallP => [all0|]; first by rewrite big1 // => k _; rewrite all0.
    by move=> /forallP/forallPn[k /negPf k0]; rewrite (bigD1 k) //= k0 mul0r.
  under eq_bigr => k _ do rewrite indicator mulrC.
  rewrite big_split /= prodr_const card_ord exprVn bigA_distr_bigA /=; congr (_ * _); apply: eq_bigr => a _.
  by apply: eq_bigr => k _; rewrite mulr_sumr chi_sum.
rewrite -[leLHS]ger0_norm; last by rewrite divr_ge0 // sumr_ge0.
have -> : (\sum_(q : 'S_N) [forall k : 'I_b, \sum_(i : 'I_N | (i %/ d)%N == k) x (q i) == 0]%:R) / N`!%:R =
    p%:R ^- b * \sum_(a : {ffun 'I_b -> 'F_p}) mean_chi a.
  under eq_bigr => q _ do rewrite ind.
  by rewrite -mulr_sumr -mulrA exchange_big mulr_suml.
have pb : 0 <= (p%:R : C) ^- b by rewrite invr_ge0 exprn_ge0.
apply: le_trans (_ : p%:R ^- b * (\sum_(a : {ffun 'I_b -> 'F_p}) `|mean_chi a| : C) <= _).
  by rewrite normrM ger0_norm // ler_wpM2l // ler_norm_sum.
rewrite /row_chance expr_div_n [leRHS]mulrC ler_wpM2l //.
pose h (a : 'F_p) : C := if a == 0 then 1 else E * psi type_of a ^+ d.
apply: le_trans (_ : \sum_(a : {ffun 'I_b -> 'F_p}) \prod_(k < b) h (a k) <= _).
  by apply: ler_sum => a _; apply: mean_chi_bound.
rewrite -(bigA_distr_bigA (fun=> h)) /= prodr_const card_ord (bigD1 (0 : 'F_p)) //= {1}/h eqxx.
by rewrite mulr_sumr (eq_bigr (fun a => E * psi type_of a ^+ d)) // => a a0; rewrite /h (negPf a0).
Qed.
End Worker.
End Types.

Section Rows.
Variables (C : numFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N d : nat) (n : nat -> nat) (Delta K : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
(** Hypothesis (R); Delta is the largest number of symbols that a worker has used, or a larger number. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypothesis K_gt0 : (0 < K)%N.
Variable x : 'cV['F_p]_m.
Hypothesis x_silent : support x \subset silent N n.

(** The type of [x]: the shares of its values in the pool of any worker [j] that has sent rows, where x_j = 0. *)
Definition row_type (u : 'F_p) : C := (#|[set l : 'I_m | x l 0 == u]| - (u == 0))%:R / N%:R.

Lemma row_typeE (j : 'I_m) u : (0 < n j)%N -> type_of C (fun i : 'I_N => x (lift j i) 0) u = row_type u.
Proof.
move=> nj; have xj : x j 0 = 0.
  apply/eqP; apply: contraLR nj => xj; have := subsetP x_silent j; rewrite !inE xj => /(_ isT)/eqP ->.
  by [].
congr (_%:R / _); rewrite -(card_imset _ (@lift_inj _ j)) [in RHS](cardsD1 j) inE xj eq_sym.
rewrite addKn; apply: eq_card => l; rewrite !inE; apply/imsetP/andP => [[i + ->]|[lj xl]].
  by rewrite inE => ->; rewrite eq_sym neq_lift.
by case: (unliftP j l) lj xl => [i ->|->]; rewrite ?eqxx // => _ xi; exists i; rewrite ?inE.
Qed.

(** Corollary 2: P(Hx = 0) <= rho(x)^r, where e^vartheta is (1 - vartheta/K)^(-K) for any K >= 1, which decreases to it
    (docs/proofs/spanning.md, Corollary 2). *)
Theorem rows_vanish (theta : C := (9 * d * Delta)%:R / N%:R) :
  ratr (Pr (fun c : coding => in_kernel d n c x)) <=
  row_chance w ((1 - theta / K%:R) ^- K) d row_type ^+ parity_rows N n.
Proof.
have d0 : (0 < d)%N by apply: leq_trans d10.
pose Q (j : 'I_m) (q : 'S_N) := (0 < n j)%N ==>
  [forall k : 'I_(n j).-1, \sum_(i : 'I_N | (i %/ d)%N == k) x (lift j (q i)) 0 == 0].
rewrite (_ : Pr _ = Pr (fun c : coding => [forall j, Q j (c j)])); last first.
  congr (_%:R / _); apply: eq_card => c; rewrite !inE; apply/idP/forallP => [/in_kernelP|all_j].
    move=> /(received_sums n d0 (fun l => x l 0)) sums j; apply/implyP => /sums[_ s0]; apply/forallP => k.
    by rewrite s0.
  apply/in_kernelP/(received_sums n d0 (fun l => x l 0)) => j nj; split.
    apply/eqP; apply: contraLR nj => xj; have := subsetP x_silent j; rewrite !inE xj => /(_ isT)/eqP ->.
    by [].
  move=> k kb; have := all_j j; rewrite /Q nj => /forallP/(_ (Ordinal kb))/eqP.
  by [].
rewrite Pr_independent rmorph_prod /= (bigID (fun j : 'I_m => (0 < n j)%N)) /= [X in _ * X]big1 ?mulr1 => [|j nj]; last first.
  rewrite (_ : [set q | _] = setT) ?cardsT ?card_Sn ?divff ?rmorph1 // ?pnatr_eq0 -?lt0n ?fact_gt0 //.
  by apply/setP => q; rewrite !inE /Q (negPf nj).
rewrite /parity_rows expr_sum; apply: ler_prod => j nj; rewrite fmorph_div /= !ratr_nat divr_ge0 //=.
have -> : #|[set q | Q j q]|%:R = \sum_(q : 'S_N)
    [forall k : 'I_(n j).-1, \sum_(i : 'I_N | (i %/ d)%N == k) x (lift j (q i)) 0 == 0]%:R :> C.
  rewrite -sum1_card natr_sum big_mkcond /=; apply: eq_bigr => q _; rewrite inE /Q nj /=.
  by case: ifP.
have := worker_chance p_prime w_root (fun i => x (lift j i) 0) d10 small_shares (few_used nj) K_gt0.
rewrite (row_chance_eq w _ d (fun u => row_typeE u nj)).
by [].
Qed.
End Rows.
