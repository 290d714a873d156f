(** The sum of a character over the entries of a random vector is rarely large. This stands in the place of Hoeffding's
    inequality in docs/proofs/spanning.md, Proposition 8. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import FirstMoment Exponentials RowTypes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Tails.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N : nat) (Z : {set 'I_N.+1}).
Notation m := N.+1.
Implicit Types (x : 'cV['F_p]_m) (a v : 'F_p) (t u y : C) (c h : 'F_p -> C).
Notation z := #|Z|.

(** Sums of products over all vectors with support in Z. *)
Lemma sum_products h : \sum_(x : 'cV['F_p]_m | support x \subset Z) \prod_(l in Z) h (x l 0) = (\sum_v h v) ^+ z.
Proof.
rewrite -prodr_const (big_distr_big (0 : 'F_p) (mem Z) xpredT (fun _ v => h v)) /=.
rewrite (reindex (fun x : 'cV['F_p]_m => [ffun l => x l 0])) /=; last first.
  exists (fun f : {ffun 'I_m -> 'F_p} => \col_l f l) => [x _|f _].
    by apply/colP => l; rewrite mxE ffunE.
  by apply/ffunP => l; rewrite ffunE mxE.
apply: eq_big => [x|x _]; last by apply: eq_bigr => l _; rewrite ffunE.
apply/idP/pffun_onP => [/subsetP xZ|[/subsetP xZ _]].
  by split=> [|v _] //; apply/subsetP => l; rewrite inE ffunE => xl; apply: xZ; rewrite inE.
by apply/subsetP => l; rewrite inE => xl; apply: xZ; rewrite inE ffunE.
Qed.

(** The polynomial 1 + 2y + 4y^2 is at least (1 - y)^(-2). *)
Lemma quadratic_above y : y \is Num.real -> 6%:R * y <= 1 -> 1 <= (1 + 2%:R * y + 4%:R * y ^+ 2) * (1 - y) ^+ 2.
Proof.
move=> yR y6; have y2 : 0 <= y ^+ 2 by rewrite real_exprn_even_ge0.
have -> : (1 + 2%:R * y + 4%:R * y ^+ 2) * (1 - y) ^+ 2 = 1 + y ^+ 2 * (1 - 6%:R * y + 4%:R * y ^+ 2).
  set a := 2%:R * y; have aa : a ^+ 2 = 4%:R * y ^+ 2 by rewrite exprMn -natrX.
  have -> : (1 - y) ^+ 2 = 1 - a + y ^+ 2 by rewrite sqrrB expr1n mul1r -mulr_natl.
  have -> : 6%:R * y = 4%:R * a - a by rewrite /a mulrA -natrM -mulrBl -natrB.
  rewrite mulrDr mulrDl [(1 + a) * _]mulrC -subr_sqr expr1n aa mulrBr mulr1 addrA subrK -addrA; congr (_ + _).
  rewrite mulrAC [(1 + a + _) * _]mulrC [_ * a * _]mulrC -mulrN -mulrDr; congr (_ * _).
  by rewrite opprB [1 + (a - _)]addrA [LHS]addrC [LHS]addrAC.
by rewrite lerDl mulr_ge0 // addr_ge0 ?subr_ge0 // mulr_ge0.
Qed.

(** A real function c on F_p of mean 0 and mean square 1: where its sum over Z is at least 4tz, the product of
    (1 + 2tc + 4(tc)^2) (1 - v)^2 is at least 1, as the product of (1 - tc)/(1 - v) is at most 1 by the inequality of means.
    The mean of the former product over all vectors is ((1 + v) (1 - v)^2)^z. *)
Lemma one_side c t (v := 4%:R * t ^+ 2) :
  0 <= t -> v < 1 -> (forall a, 6%:R * (t * c a) <= 1) -> (forall a, c a \is Num.real) ->
  \sum_a c a = 0 -> \sum_a c a ^+ 2 = p%:R ->
  #|[set x : 'cV['F_p]_m | (support x \subset Z) && (4%:R * t * z%:R <= \sum_(l in Z) c (x l 0))]|%:R <=
    (p%:R * (1 - v)) ^+ z.
Proof.
move=> t0 v1 c6 cR c0 c2; set B := [set x | _].
have v0 : 0 <= v by rewrite mulr_ge0 ?exprn_ge0.
have V0 : 0 < 1 - v by rewrite subr_gt0.
have y1 a : 0 < 1 - t * c a.
  by rewrite subr_gt0 -(ltr_pM2l (ltr0Sn C 5)) mulr1 (le_lt_trans (c6 a)) // ltr1n.
have yR a : t * c a \is Num.real by rewrite realM // ger0_real.
pose h a := (1 + 2%:R * (t * c a) + 4%:R * (t * c a) ^+ 2) * (1 - v) ^+ 2.
have h0 a : 0 <= h a.
  rewrite mulr_ge0 ?exprn_ge0 ?(ltW V0) // -(pmulr_lge0 _ (exprn_gt0 2 (y1 a))).
  by apply: le_trans (quadratic_above (yR a) (c6 a)).
have sum_h : \sum_a h a <= p%:R * (1 - v).
  rewrite -mulr_suml !big_split /= sumr_const card_Fp // -!mulr_sumr c0 !mulr0 addr0.
  under eq_bigr do rewrite exprMn; rewrite -mulr_sumr c2 mulrA -/v [v * _]mulrC -[X in X + _]mulr1 -mulrDr.
  rewrite expr2 mulrA -!mulrA ler_wpM2l // mulrA [_ * (1 - v)]mulrC ler_piMr ?(ltW V0) //.
  by rewrite [_ * (1 - v)]mulrC -subr_sqr expr1n gerBl exprn_ge0.
apply: le_trans (_ : \sum_(x : 'cV['F_p]_m | support x \subset Z) \prod_(l in Z) h (x l 0) <= _); last first.
  by rewrite sum_products lerXn2r ?nnegrE ?mulr_ge0 ?sumr_ge0 ?(ltW V0).
rewrite -sum1_card natr_sum [leRHS](bigID (mem B)) /= ler_wpDr //.
  by apply: sumr_ge0 => x _; apply: prodr_ge0.
rewrite (eq_bigl (fun x : 'cV['F_p]_m => (support x \subset Z) && (x \in B))); last first.
  by move=> x; rewrite inE; case: (_ \subset _).
apply: ler_sum => x; rewrite inE => /andP[_ /andP[_ le]].
pose E (i : 'I_z) := (1 - t * c (x (enum_val i) 0)) / (1 - v).
have E0 i : 0 <= E i by rewrite divr_ge0 ?(ltW V0) // (ltW (y1 _)).
have E1 : \prod_i E i <= 1.
  apply: prod_le1 => //; rewrite card_ord -mulr_suml ler_pdivrMr // sumrB sumr_const card_ord mulrBr mulr1 lerD2l lerN2.
  rewrite -mulr_sumr -(big_enum_val (fun l => c (x l 0))) mulrC -/v /v expr2 mulrA [_ * t * t]mulrC -[leLHS]mulrA.
  by rewrite ler_wpM2l.
have P0 : 0 <= \prod_(l in Z) h (x l 0) by apply: prodr_ge0.
apply: le_trans (_ : (\prod_(l in Z) h (x l 0)) * (\prod_i E i) ^+ 2 <= _); last first.
  by rewrite ler_piMr // exprn_ile1 // prodr_ge0.
rewrite (big_enum_val (fun l => h (x l 0))) -prodrXl -big_split /=.
have : \prod_(i < z) (1 : C) <= \prod_(i < z) (h (x (enum_val i) 0) * E i ^+ 2).
  apply: ler_prod => i _; rewrite ler01 /h /E expr_div_n -mulrA [(1 - v) ^+ 2 * _]mulrC divfK ?expf_neq0 ?gt_eqF //.
  exact: quadratic_above.
by rewrite big1.
Qed.

(** P(|sum_l chi(a x_l)| > uz) <= 4 (1 - u^2/4)^z for uniform x in F_p^Z, which is at most 4 e^(-zu^2/4).
    One of the sums of Re chi + Im chi, Re chi - Im chi and their negatives is at least the modulus; the means of their
    squares are 1, as the imaginary parts of chi(2ax) have the mean 0 (docs/proofs/spanning.md, Proposition 8). *)
Theorem character_tail a u : a != 0 -> 0 <= u <= 4%:R^-1 ->
  #|[set x : 'cV['F_p]_m | (support x \subset Z) && (u * z%:R < `|\sum_(l in Z) chi w (a * x l 0)|)]|%:R
    <= 4%:R * (p%:R * (1 - u ^+ 2 / 4%:R)) ^+ z.
Proof.
move=> a0 /andP[u0 u4].
pose c (b : bool * bool) v := (-1) ^+ b.1 * 'Re (chi w (a * v)) + (-1) ^+ b.2 * 'Im (chi w (a * v)).
have sR (b : bool) : (-1) ^+ b \is @Num.real C by rewrite realX ?realN.
have cR b v : c b v \is Num.real by rewrite realD ?realM ?Creal_Re ?Creal_Im.
have c2 b v : c b v <= 2%:R.
  have part s y : y \is Num.real -> `|y| <= 1 -> (-1) ^+ s * y <= 1.
    by move=> yR; apply: le_trans; rewrite -(normrMsign s) real_ler_norm // realM ?realX ?realN.
  have le1 y : `|'Re (y * chi w (a * v))| <= `|y|.
    by have [le _] := leif_normC_Re_Creal (y * chi w (a * v)); rewrite (le_trans le) // normrM norm_chi // mulr1.
  rewrite (natrD _ 1 1) lerD // part ?Creal_Re ?Creal_Im //.
    by have := le1 1; rewrite mul1r normr1.
  by have := le1 'i; rewrite ReMil normrN normCi.
pose t := u / 4%:R; have t0 : 0 <= t by rewrite divr_ge0.
have u1 : u <= 1 by apply: le_trans u4 _; rewrite invf_le1 ?ltr0n ?ler1n.
have tE : 4%:R * t = u by rewrite mulrC divfK ?pnatr_eq0.
have vE : 4%:R * t ^+ 2 = u ^+ 2 / 4%:R by rewrite expr2 mulrA tE mulrA -expr2.
have sumE b x : \sum_(l in Z) c b (x l 0) =
    (-1) ^+ b.1 * 'Re (\sum_(l in Z) chi w (a * x l 0)) + (-1) ^+ b.2 * 'Im (\sum_(l in Z) chi w (a * x l 0)).
  by rewrite big_split /= -!mulr_sumr !raddf_sum.
have sum0 : \sum_v chi w (a * v) = 0.
  by under eq_bigr do rewrite mulrC; rewrite (sum_chi p_prime w_root) (negPf a0).
pose B b := [set x : 'cV['F_p]_m | (support x \subset Z) && (4%:R * t * z%:R <= \sum_(l in Z) c b (x l 0))].
have cB b : #|B b|%:R <= (p%:R * (1 - u ^+ 2 / 4%:R)) ^+ z :> C.
  rewrite -vE; apply: one_side => //.
  - by rewrite vE ltr_pdivrMr ?ltr0n // mul1r (le_lt_trans (exprn_ile1 2 u0 u1)) // ltr1n.
  - move=> v; apply: le_trans (_ : 6%:R * (t * 2%:R) <= _); first by rewrite !ler_wpM2l.
    rewrite mulrCA -natrM; apply: le_trans (_ : t * (4 * 4)%:R <= _); first by rewrite ler_wpM2l ?ler_nat.
    by rewrite natrM mulrA divfK ?pnatr_eq0 // -ler_pdivlMr ?ltr0n // mul1r.
  - by rewrite big_split /= -!mulr_sumr -!raddf_sum sum0 !raddf0 !mulr0 addr0.
  rewrite (eq_bigr (fun v => 1 + (-1) ^+ b.1 * (-1) ^+ b.2 * 'Im (chi w (a * v) ^+ 2))) => [|v _].
    rewrite big_split /= sumr_const card_Fp // -mulr_sumr -raddf_sum /= (Creal_ImP _ _) ?mulr0 ?addr0 //.
    under eq_bigr do rewrite expr2 -chiD // -mulrDl mulrC.
    by rewrite (sum_chi p_prime w_root); case: ifP => _; rewrite ?realn ?real0.
  rewrite sqrrD !exprMn !sqrr_sign !mul1r addrAC -normC2_Re_Im norm_chi // expr1n; congr (_ + _).
  by rewrite mulrACA expr2 ImM -mulr2n mulrnAr.
apply: le_trans (_ : (\sum_b #|B b|)%N%:R <= _); last first.
  rewrite natr_sum; apply: le_trans (ler_sum _ (fun b _ => cB b)) _.
  by rewrite sumr_const card_prod card_bool -[leLHS]mulr_natl.
rewrite ler_nat; apply: leq_trans (_ : #|\bigcup_b B b| <= _)%N.
  apply: subset_leq_card; apply/subsetP => x; rewrite inE => /andP[xZ /ltW le].
  set S := \sum_(l in Z) _ in le; apply/bigcupP; exists ('Re S < 0, 'Im S < 0) => //.
  rewrite inE xZ sumE tE -/S -!real_normrEsign ?Creal_Re ?Creal_Im //=; apply: le_trans le _.
  by rewrite {1}(Crect S) (le_trans (ler_normD _ _)) // normrM normCi mul1r.
apply: (big_ind2 (fun (A : {set 'cV['F_p]_m}) k => #|A| <= k)%N) => [|A k A' k' le le'|b _] //.
  by rewrite cards0.
by apply: leq_trans (leq_card_setU A A').1 _; rewrite leq_add.
Qed.
End Tails.
