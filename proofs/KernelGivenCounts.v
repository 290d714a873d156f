(** Uncovered symbols are nearly always the only obstruction to recovery, given the counts (docs/proofs/spanning.md,
    Theorem 2). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness Parity RandomRows Codes FirstMoment Exponentials UncoveredMean.
From SRTheory Require Import SmallSets RowTypes TypeBounds BinomialSums SmallVectors MediumVectors NearConstant.
From SRTheory Require Import NearConstantSums BigVectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Numbers.
Variable R : realFieldType.
Implicit Types (L s t c x xs xn xm xb y g v a e : R) (z p k j : nat).

(** e^(-tz) <= e^(-s) if s <= tz. *)
Lemma inverse_power_le s t k z : 0 <= s -> 0 <= t -> s <= t * z%:R ->
  (1 + t / k%:R) ^- (k * z) <= (1 + s / k%:R) ^- k.
Proof.
move=> s0 t0 st; have sk : 0 <= s / k%:R by rewrite divr_ge0.
have tk : 0 <= t / k%:R by rewrite divr_ge0.
have s1 : 0 < 1 + s / k%:R by rewrite ltr_wpDr.
have t1 : 0 < 1 + t / k%:R by rewrite ltr_wpDr.
rewrite lef_pV2 ?posrE ?exprn_gt0 // mulnC exprM lerXn2r ?nnegrE ?exprn_ge0 ?(ltW s1) ?(ltW t1) //.
apply: le_trans (_ : 1 + z%:R * (t / k%:R) <= _); last first.
  by apply: le_trans (power_second z tk); rewrite lerDl mulr_ge0 ?exprn_ge0.
by rewrite lerD2l mulrA ler_wpM2r ?invr_ge0 // mulrC.
Qed.

(** (P1) makes sqrt z at most z/(100L). *)
Lemma root_below L c s z : 1 <= L -> 100%:R <= c -> (c * L ^+ 2) ^+ 2 <= z%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  100%:R * L * s <= z%:R.
Proof.
move=> L1 c1 cz s0 sz; have L0 := le_trans ler01 L1; have a0 : 0 <= 100%:R * L by rewrite mulr_ge0.
have aL : 100%:R * L <= c * L ^+ 2.
  by apply: le_trans (ler_wpM2r L0 c1) _; rewrite ler_wpM2l ?(le_trans _ c1) // expr2 ler_peMl.
rewrite -ler_sqr ?nnegrE ?mulr_ge0 // exprMn [leRHS]expr2; apply: ler_pM; rewrite ?exprn_ge0 //.
by apply: le_trans cz; rewrite lerXn2r ?nnegrE ?(le_trans a0 aL).
Qed.

(** The small remainders of small, near-constant, medium and big vectors. *)
Lemma remainders p (e : R) : (1 < p)%N -> 0 <= e ->
  6%:R / 5%:R * e + 2%:R * p%:R * e + 13%:R / 10%:R * p%:R * e + 4%:R * p%:R ^+ 2 * e <= 8%:R * p%:R ^+ 2 * e.
Proof.
move=> p1 e0; rewrite -!mulrDl ler_wpM2r // -lerBrDr -mulrBl -natrB // -[(8 - 4)%N]/4%N.
rewrite -(ler_pM2l (ltr0Sn R 9)) !mulrDr; have -> : 10%:R * (6%:R / 5%:R) = 12%:R :> R.
  by rewrite mulrA -[10%N]/(2 * 5)%N natrM mulrAC mulfK ?pnatr_eq0 // -natrM.
have -> : 10%:R * (13%:R / 10%:R * p%:R) = 13%:R * p%:R :> R by rewrite mulrA [10%:R * _]mulrC divfK ?pnatr_eq0.
rewrite -natrX -!natrM -!natrD ler_nat -mulnn; move: p p1 => [|[|p]] // _; lia.
Qed.

Lemma inverse_power_ge0 s k : 0 <= s -> 0 <= (1 + s / k%:R) ^- k.
Proof. by move=> s0; rewrite invr_ge0 exprn_ge0 // addr_ge0 // divr_ge0. Qed.

Lemma root_share L s z : 1 <= L -> 0 <= s -> 100%:R * L * s <= z%:R -> 100%:R * s <= z%:R.
Proof. by move=> L1 s0; apply: le_trans; rewrite mulrAC ler_peMr // mulr_ge0. Qed.

Lemma root_multiple s z (a b : nat) : (b <= 100 * a)%N -> (0 < b)%N -> 0 <= s -> 100%:R * s <= z%:R ->
  s <= a%:R / b%:R * z%:R.
Proof.
move=> ba b0 s0 sz; have b1 : 0 < b%:R :> R by rewrite ltr0n.
rewrite mulrAC ler_pdivlMr // -(ler_pM2l (ltr0Sn R 99)) mulrA.
apply: le_trans (ler_wpM2r (ltW b1) sz) _; rewrite mulrC mulrA ler_wpM2r // -natrM ler_nat.
by [].
Qed.

Lemma root_load N d z s (L : R := d%:R * z%:R / N%:R) : (0 < N)%N -> (0 < d)%N -> (0 < z)%N -> 1 <= L -> 0 <= s ->
  100%:R * L * s <= z%:R -> s <= N%:R / (6 * d)%:R.
Proof.
move=> N0 d0 z0 L1 s0 sz; have NR : 0 < N%:R :> R by rewrite ltr0n.
have zR : 0 < z%:R :> R by rewrite ltr0n.
have : 6%:R * L * s <= z%:R.
  apply: le_trans sz; rewrite ler_wpM2r // ler_wpM2r ?ler_nat // (le_trans ler01 L1).
  by [].
have -> : 6%:R * L * s = z%:R * (s * (6 * d)%:R) / N%:R.
  by rewrite /L natrM !mulrA mulrAC; congr (_ * _); rewrite -[RHS]mulrA [RHS]mulrC !mulrA.
by rewrite ler_pdivrMr // ler_pM2l // ler_pdivlMr ?ltr0n ?muln_gt0.
Qed.

Lemma root_sparse L s z : 1 <= L -> 0 <= s -> 100%:R * L * s <= z%:R -> s <= z%:R / (6%:R * L).
Proof.
move=> L1 s0 sz; have L0 := lt_le_trans ltr01 L1; rewrite ler_pdivlMr ?mulr_gt0 ?ltr0n // mulrC; apply: le_trans sz.
by rewrite ler_wpM2r // ler_wpM2r ?ler_nat // ltW.
Qed.

Lemma ratio_ge0 (a b : nat) : 0 <= a%:R / b%:R :> R.
Proof. by rewrite divr_ge0. Qed.

Lemma constant_ge0 (a b : nat) s k j : 0 <= s -> 0 <= (a%:R / b%:R * (1 + s / k%:R) ^- k) ^+ j.
Proof. by move=> s0; rewrite exprn_ge0 // mulr_ge0 ?ratio_ge0 // inverse_power_ge0. Qed.

Lemma fraction_split (a b k : nat) : a%:R / (b * k)%:R = a%:R / b%:R / k%:R :> R.
Proof. by rewrite natrM invfM mulrA. Qed.

(** 13.92 e^(-s) is below 1 for s >= 14, and so are its powers. *)
Lemma constant_le s k j : 14%:R <= s -> (0 < k)%N -> (0 < j)%N ->
  (348%:R / 25%:R * (1 + s / k%:R) ^- k) ^+ j <= 348%:R / 25%:R * (1 + s / k%:R) ^- k.
Proof.
move=> s14 k0; have s0 : 0 <= s by rewrite (le_trans _ s14).
have P0 : 0 < (1 + s / k%:R) ^+ k by rewrite exprn_gt0 // ltr_wpDr // divr_ge0.
have x0 := constant_ge0 348 25 k 1 s0; rewrite expr1 in x0.
have x1 : 348%:R / 25%:R * (1 + s / k%:R) ^- k <= 1.
  rewrite ler_pdivrMr // mul1r; apply: le_trans (_ : 1 + s <= _).
    apply: le_trans (_ : 1 + 14%:R <= _); last by rewrite lerD2l.
    by rewrite ler_pdivrMr ?ltr0n // -(natrD _ 1) -natrM ler_nat.
  have sk : 0 <= s / k%:R by rewrite divr_ge0.
  apply: le_trans (power_second k sk); rewrite mulrC divfK ?pnatr_eq0 -?lt0n // lerDl mulr_ge0 //.
  exact: exprn_ge0.
by case: j => // j _; rewrite exprS ler_piMr // exprn_ile1.
Qed.

Lemma small_factor p : (1 < p)%N -> 6%:R / 5%:R <= 2%:R * p%:R :> R.
Proof. by move=> p1; rewrite ler_pdivrMr ?ltr0n // -!natrM ler_nat; lia. Qed.

Lemma inverse_le s t k : 0 <= s -> s <= t -> (1 + t / k%:R) ^- k <= (1 + s / k%:R) ^- k.
Proof.
move=> s0 st; have := @inverse_power_le s t k 1 s0 (le_trans s0 st).
by rewrite muln1 mulr1; apply.
Qed.

Lemma scaled_le x c e e' : 0 <= c -> x <= c * e' -> e' <= e -> x <= c * e.
Proof. by move=> c0 le ee; apply: le_trans le _; rewrite ler_wpM2l. Qed.

Lemma weaken x y c e e' : 0 <= c -> x <= y + c * e' -> e' <= e -> x <= y + c * e.
Proof. by move=> c0 le ee; apply: le_trans le _; rewrite lerD2l ler_wpM2l. Qed.

(** The bounds of the four types together. *)
Lemma total_bound p x xs xn xm xb g v a e : (1 < p)%N -> 0 <= e -> x <= xs + (xn + (xm + xb)) ->
  xs <= g + 6%:R / 5%:R * e -> xn <= v + 2%:R * p%:R * e -> xm <= 13%:R / 10%:R * p%:R * e ->
  xb <= (a + 4%:R * p%:R ^+ 2 * e) / p.-1%:R ->
  x <= g + a / p.-1%:R + v + 8%:R * p%:R ^+ 2 * e.
Proof.
move=> p1 e0 le les len lem leb; apply: le_trans le _; have q1 : 1 <= p.-1%:R :> R by rewrite ler1n -ltnS prednK // ltnW.
have q0 := lt_le_trans ltr01 q1; have e4 : 0 <= 4%:R * p%:R ^+ 2 * e by rewrite !mulr_ge0 ?exprn_ge0.
have {}leb : xb <= a / p.-1%:R + 4%:R * p%:R ^+ 2 * e.
  by apply: le_trans leb _; rewrite mulrDl lerD2l ler_pdivrMr // ler_peMr.
apply: le_trans (lerD les (lerD len (lerD lem leb))) _.
have := remainders p1 e0; move: (6%:R / 5%:R * e) (2%:R * p%:R * e) (13%:R / 10%:R * p%:R * e) => b1 b2 b3.
move: (4%:R * _ * e) (8%:R * _ * e) (a / _) => b4 b8 a' le8.
have -> : g + b1 + (v + b2 + (b3 + (a' + b4))) = g + a' + v + (b1 + b2 + b3 + b4).
  by rewrite [b3 + _]addrCA [v + b2 + _]addrACA [LHS]addrACA [v + _]addrC !addrA.
by rewrite lerD2l.
Qed.
End Numbers.

Section Kernel.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation Z := (silent N n).
Notation z := #|Z|.
Notation senders := #|[set j : 'I_m | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Implicit Types (C : coding) (W : {set 'I_m}).

Section Field.
Variable F : fieldType.
Implicit Types x : 'cV[F]_m.
Notation G C := (incidence F m (rows C)).
Notation W C := (uncovered d n C).

(** The unit vectors e_l, l in [W], as rows. *)
Definition unit_vectors W : 'M[F]_(#|W|, m) := \matrix_(t, l) (enum_val t == l)%:R.

(** The kernel over [F] is the span of the unit vectors of the uncovered symbols. *)
Definition uncovered_kernel C : bool := (kermx (G C)^T == unit_vectors (W C))%MS.

Lemma unit_vectors_rank W : \rank (unit_vectors W) = #|W|.
Proof.
apply/eqP/row_freeP; exists (unit_vectors W)^T; apply/matrixP => t u; rewrite !mxE (bigD1 (enum_val t)) //=.
rewrite big1 => [|l lt]; last by rewrite !mxE eq_sym (negPf lt) mul0r.
by rewrite !mxE eqxx mul1r addr0 (inj_eq enum_val_inj) eq_sym.
Qed.

Lemma unit_vectorsP W (v : 'rV[F]_m) : (forall l, l \notin W -> v 0 l = 0) -> (v <= unit_vectors W)%MS.
Proof.
move=> v0; apply/submxP; exists (\row_t v 0 (enum_val t)); apply/rowP => l; rewrite mxE.
have [lW|lW] := boolP (l \in W); last first.
  rewrite v0 // big1 // => t _; rewrite !mxE; case: eqP => [e|_]; last by rewrite mulr0.
  by have := enum_valP t; rewrite e (negPf lW).
rewrite (bigD1 (enum_rank_in lW l)) //= big1 => [|t tl]; last first.
  rewrite !mxE; case: eqP => [e|_]; last by rewrite mulr0.
  by case/eqP: tl; apply: enum_val_inj; rewrite e enum_rankK_in.
by rewrite !mxE enum_rankK_in // eqxx mulr1 addr0.
Qed.

Lemma unit_vectors_out W (v : 'rV[F]_m) l : (v <= unit_vectors W)%MS -> l \notin W -> v 0 l = 0.
Proof.
case/submxP => a -> lW; rewrite mxE big1 // => t _; rewrite !mxE; case: eqP => [e|_]; last by rewrite mulr0.
by have := enum_valP t; rewrite e (negPf lW).
Qed.

Lemma kernel_rows C x : G C *m x = 0 <-> forall r, r \in rows C -> \sum_(l | val l \in r) x l 0 = 0.
Proof.
have xE : x = \col_j x j 0 by apply/matrixP => j k; rewrite ord1 mxE.
rewrite {1}xE; split=> [/matrixP e r rin|sums].
  have ri : (index r (rows C) < size (rows C))%N by rewrite index_mem.
  by have := e (Ordinal ri) 0; rewrite incidence_mul [RHS]mxE /= nth_index.
by apply/matrixP => i k; rewrite ord1 incidence_mul [RHS]mxE sums // mem_nth.
Qed.

Lemma kernel_support C x : G C *m x = 0 -> [set l | x l 0 != 0] \subset Z.
Proof.
move=> /kernel_rows/(received_sums n d_gt0 (fun l => x l 0)) sums; apply/subsetP => l; rewrite !inE.
by apply: contraNT; rewrite -lt0n => nl; have [-> _] := sums l nl.
Qed.

Lemma uncovered_row C r l : r \in rows C -> l \in W C -> val l \notin r.
Proof. by move=> rin; rewrite inE => /(missedP n d_gt0) ms; apply: (ms r l rin); rewrite inE. Qed.

Lemma unit_vectors_kernel C : (unit_vectors (W C) <= kermx (G C)^T)%MS.
Proof.
apply/row_subP => t; apply/sub_kermxP/trmx_inj; rewrite trmx_mul trmxK trmx0; apply/kernel_rows => r rin.
apply: big1 => l lr; rewrite !mxE; case: eqP => // e.
by have := uncovered_row rin (enum_valP t); rewrite e lr.
Qed.

Lemma uncovered_kernelP C :
  uncovered_kernel C <-> forall x, G C *m x = 0 -> forall l, l \notin W C -> x l 0 = 0.
Proof.
rewrite /uncovered_kernel unit_vectors_kernel andbT; split=> [/rV_subP sub x Gx l lW|zero].
  have : (x^T <= kermx (G C)^T)%MS by apply/sub_kermxP; rewrite -trmx_mul Gx trmx0.
  by move=> /sub/unit_vectors_out/(_ lW); rewrite mxE.
apply/rV_subP => v /sub_kermxP Gv; apply: unit_vectorsP => l lW; have := zero v^T _ l lW; rewrite mxE; apply.
by apply: trmx_inj; rewrite trmx_mul trmxK Gv trmx0.
Qed.

Lemma rank_uncovered_le C : (\rank (G C) + #|W C| <= m)%N.
Proof.
have := mxrankS (unit_vectors_kernel C); rewrite unit_vectors_rank mxrank_ker mxrank_tr.
by have := rank_leq_col (G C); move: (\rank _) => r; lia.
Qed.

(** The kernel is this span exactly if the rank and the number of uncovered symbols are m together. *)
Lemma uncovered_kernel_rank C : uncovered_kernel C = (m <= \rank (G C) + #|W C|)%N.
Proof.
have := mxrank_leqif_eq (unit_vectors_kernel C); rewrite unit_vectors_rank mxrank_ker mxrank_tr => -[le eq].
have {eq}-> : uncovered_kernel C = (#|W C| == m - \rank (G C))%N by rewrite eq /uncovered_kernel andbC.
have := rank_leq_col (G C); move: (\rank _) le => r le r_m.
by apply/eqP/idP; lia.
Qed.

(** Some set of few covered symbols of Z meets no row in exactly one symbol. *)
Definition small_missed C : bool := [exists K : {set 'I_m}, [&& K \subset Z :\: W C, (1 < #|K|)%N, (2 * d * #|K| <= N)%N &
  all (fun row => #|[set l in K | val l \in row]| != 1%N) (rows C)]].

Lemma small_kernel C x (K := [set l | x l 0 != 0] :\: W C) : G C *m x = 0 -> K != set0 -> (2 * d * #|K| <= N)%N ->
  small_missed C.
Proof.
move=> Gx K0 few; have sums := (kernel_rows C x).1 Gx.
have single : all (fun row => #|[set l in K | val l \in row]| != 1%N) (rows C).
  apply/allP => r rin; apply/negP => /cards1P[l0 one].
  have : l0 \in [set l in K | val l \in r] by rewrite one set11.
  rewrite !inE => /andP[/andP[_ xl0] l0r]; have := sums r rin; rewrite (bigD1 l0) //= big1 => [|l /andP[lr ll0]].
    by rewrite addr0 => e; rewrite e eqxx in xl0.
  apply: contraNeq ll0 => xl; rewrite -in_set1 -one !inE lr xl !andbT.
  have := uncovered_row rin; move=> /(_ l)/contraL/(_ lr); rewrite inE.
  by [].
apply/existsP; exists K; rewrite few single !andbT; apply/andP; split.
  exact: setSD (kernel_support Gx).
rewrite ltn_neqAle eq_sym card_gt0 K0 andbT; apply/negP => /cards1P[l0 one].
have : l0 \in K by rewrite one set11.
rewrite inE => /andP[l0W _]; move: l0W; rewrite inE => /negP; apply.
apply/(missedP n d_gt0) => r l rin /set1P ->; apply/negP => l0r.
have /allP/(_ r rin) := single; rewrite (_ : [set l in K | _] = [set l0]) ?cards1 //.
by apply/setP => l1; rewrite one !inE; case: eqP => [->|].
Qed.
End Field.

(** What holds over F_p holds over every field of characteristic 0 or p. *)
Lemma rank_over_le (K L : fieldType) k l (G : 'M[int]_(k, l)) : (forall i : int, i%:~R = 0 :> L -> i%:~R = 0 :> K) ->
  (\rank (over K G) <= \rank (over L G))%N.
Proof.
move=> sub; have [f [g dK]] := rank_minor (over K G); apply: (@minor_rank _ _ _ _ f g).
by apply: contraNneq dK; rewrite /over -!map_mxsub !det_map_mx => /sub/eqP.
Qed.

Lemma uncovered_kernel_field p (F : fieldType) C : prime p -> ([char F] =i pred0) \/ p \in [char F] ->
  uncovered_kernel 'F_p C -> uncovered_kernel F C.
Proof.
move=> p_prime charF; rewrite !uncovered_kernel_rank => /leq_trans; apply; rewrite leq_add2r -!over_rows.
apply: rank_over_le => i; case: charF => [char0|charp] /eqP; last first.
  by rewrite -(dvdz_charf charp) (dvdz_charf (char_Fp p_prime)) => /eqP.
by case: i => k; rewrite ?NegzE ?mulrNz ?oppr_eq0 -pmulrn; move/charf0P: char0 => ->; move/eqP => ->; rewrite ?oppr0.
Qed.

Lemma Pr_sub (P Q : pred coding) : (forall C, P C -> Q C) -> Pr P <= Pr Q.
Proof. by move=> PQ; rewrite !Pr_uniform; apply: RandomRows.Pr_le PQ => C; apply: uniform_ge0. Qed.

Lemma Pr_none (P : pred coding) : (forall C, ~~ P C) -> Pr P = 0.
Proof. by move=> none; rewrite /Pr eq_card0 ?mul0r // => C; rewrite inE; apply/negbTE. Qed.

Lemma Pr_or (P Q : pred coding) : Pr (fun C => P C || Q C) <= Pr P + Pr Q.
Proof. by rewrite !Pr_uniform; apply: RandomRows.Pr_or => C; apply: uniform_ge0. Qed.

Lemma few_received C : (size (rows C) <= senders + r)%N.
Proof.
rewrite size_received /row_count -sum1_card /parity_rows; under [X in (_ <= X + _)%N]eq_bigl => j do rewrite inE.
rewrite -big_split [leqRHS]big_mkcond; apply: leq_sum => j _; apply: leq_trans (geq_minl _ _) _.
by case: (n j).
Qed.

(** With one row fewer than symbols, a code that recovers the sum over Q covers all symbols, and has a kernel vector of
    sum 0 over every field. *)
Lemma balanced_kernel (F : fieldType) C : z = r.+1 -> recovers rat m (rows C) -> exists2 x : 'cV[F]_m, x != 0 &
  incidence F m (rows C) *m x = 0 /\ total x = 0.
Proof.
move=> zE rec; pose GI := col_mx (integer_rows m (rows C)) (const_mx 1 : 'rV_m).
have low : (\rank (over F GI) < m)%N.
  apply: leq_ltn_trans (rank_mod_le _ _) _; rewrite over_col_ones rank_ones over_rows.
  rewrite -/(recovers rat m (rows C)) rec addn0; apply: leq_ltn_trans (rank_leq_row _) _.
  apply: leq_ltn_trans (few_received C) _; have := silent_senders N n; rewrite zE.
  by move: #|_| r => s k; lia.
have [x x0 Gx] := (rank_kernel _).1 low; exists x => //; move: Gx; rewrite over_col_ones over_rows mul_col_mx.
rewrite -[0]vsubmxK => /eq_col_mx[Gx tx]; split.
  by rewrite Gx; apply/matrixP => i j; rewrite !mxE.
by move: tx => /matrixP/(_ 0 0); rewrite onesM !mxE eqxx mulr1n.
Qed.

Section Finite.
Variable p : nat.
Implicit Types x : 'cV['F_p]_m.

(** What a kernel vector has outside the uncovered symbols is a kernel vector. *)
Lemma kernel_outside C x : in_kernel d n C x -> ~~ (support x \subset uncovered d n C) ->
  exists y : 'cV['F_p]_m, [/\ y != 0, in_kernel d n C y & support y \subset Z :\: uncovered d n C].
Proof.
move=> Hx /subsetPn[l xl lW]; pose y : 'cV['F_p]_m := \col_l (if l \in uncovered d n C then 0 else x l 0).
have Hy : in_kernel d n C y.
  apply/in_kernelP => row rin; move/in_kernelP/(_ row rin): Hx => /(etrans _); apply; apply: eq_bigr => k kr; rewrite mxE.
  by case: ifP => // kW; have := uncovered_row rin kW; rewrite kr.
exists y; split=> //.
  by apply: contraTneq xl => /matrixP/(_ l 0); rewrite !mxE (negPf lW) inE => ->; rewrite eqxx.
rewrite subsetD (kernel_silent d_gt0 Hy); apply/pred0P => k /=; rewrite !inE mxE.
by have [kW|] := boolP (k \in uncovered d n C); rewrite ?eqxx //= => kW; move: kW; rewrite inE => /negPf ->; rewrite andbF.
Qed.

Lemma kernel_unexplained C : ~~ uncovered_kernel 'F_p C -> exists x : 'cV['F_p]_m,
  [/\ x != 0, true, in_kernel d n C x & support x \subset Z :\: uncovered d n C].
Proof.
move=> none; suff [x [Hx out]] : exists x : 'cV['F_p]_m, in_kernel d n C x /\ ~~ (support x \subset uncovered d n C).
  by have [y [y0 Hy yZ]] := kernel_outside Hx out; exists y.
case: (pickP (fun x : 'cV['F_p]_m => in_kernel d n C x && ~~ (support x \subset uncovered d n C))) => [x /andP[]|all].
  by exists x.
case/negP: none; apply/uncovered_kernelP => x Gx l lW.
have := all x; rewrite /in_kernel Gx eqxx /= => /negbFE/subsetP/(_ l); rewrite inE => xW.
by apply/eqP; apply: contraNT lW.
Qed.

Lemma recovered_balanced C : z = r.+1 -> recovers rat m (rows C) -> exists x : 'cV['F_p]_m,
  [/\ x != 0, total x == 0, in_kernel d n C x & support x \subset Z :\: uncovered d n C].
Proof.
move=> zE rec; have [x x0 [Gx tx]] := balanced_kernel 'F_p zE rec; exists x.
have Hx : in_kernel d n C x by rewrite /in_kernel Gx.
have xZ := kernel_silent d_gt0 Hx; split=> //; first exact/eqP.
move/recovers_covered: rec; rewrite uncovered_covered // => /eqP ->.
by rewrite setD0.
Qed.
End Finite.
End Kernel.

Section GivenCounts.
Variable R : rcfType.
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
Hypotheses (zr : (1 < z <= r.+1)%N) (lambda14 : 14%:R <= lambda).
(** g = U lambda/sqrt r <= 1/4. *)
Hypothesis small_g : 16%:R * (U * lambda) ^+ 2 <= r%:R.
Implicit Types C : coding.

(** The bound for small vectors, without roots. *)
Lemma small_chance k : Pr (small_missed (N := N) d n) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + 6%:R / 5%:R * (1 + N%:R / (6 * d)%:R / k%:R) ^- k.
Proof.
have /andP[z1 z_r] := zr; have r0 : (0 < r)%N by rewrite -ltnS (leq_trans z1).
have rR : 0 < r%:R :> R by rewrite ltr0n.
have g2 : g N d n R ^+ 2 = ratr ((U * lambda) ^+ 2 / r%:R).
  by rewrite /g expr_div_n sqr_sqrtr ?(ltW rR) // fmorph_div /= rmorphXn ratr_nat.
have g4 : g N d n R <= 1 / 4%:R.
  have q0 : 0 <= 1 / 4%:R :> R by rewrite divr_ge0.
  rewrite -(ler_sqr (g_ge0 R lambda14) q0) g2 expr_div_n expr1n -natrX -[(4 ^ 2)%N]/16%N.
  rewrite -[1 / _](_ : ratr (1 / 16%:R) = _); last by rewrite fmorph_div /= rmorph1 ratr_nat.
  have r1 : 0 < r%:R :> rat by rewrite ltr0n.
  have c1 : 0 < 16%:R :> rat by rewrite ltr0n.
  rewrite ler_rat; move: small_g c1; move: 16%:R => c le c0.
  by rewrite (ler_pdivrMr _ _ r1) [leRHS]mulrAC mul1r (ler_pdivlMr _ _ c0) mulrC.
have := small_vectors d10 small_shares few_used z1 z_r lambda14 k g4.
have -> : z%:R / (6%:R * (d%:R * z%:R / N%:R)) = ratr (N%:R / (6 * d)%:R) :> R.
  rewrite fmorph_div /= !ratr_nat !mulrA -natrM invf_div mulrA [z%:R * _]mulrC -mulf_div divff ?mulr1 //.
  by rewrite gt_eqF // ltr0n ltnW.
move: (N%:R / (6 * d)%:R) => y; rewrite g2 -/(small_missed d n).
have ratE (a b : rat) : ratr (7%:R * a + 6%:R / 5%:R * (1 + b / k%:R) ^- k) =
    7%:R * ratr a + 6%:R / 5%:R * (1 + ratr b / k%:R) ^- k :> R.
  rewrite rmorphD !rmorphM !fmorphV /= rmorphXn rmorphD rmorph1 /= fmorph_div /= !ratr_nat.
  by [].
by rewrite -ratE ler_rat mulrA.
Qed.

(** (d) If L <= 1/2, the kernel over any field is the span of the unit vectors of the uncovered symbols but for a
    probability of 7 U^2 lambda^2/r + 1.2 e^(-(m-1)/(6d)), where e^(-x) is (1 + x/k)^(-k) for any k, which decreases to it
    (docs/proofs/spanning.md, Theorem 2). *)
Theorem kernel_light_load (F : fieldType) k : d%:R * z%:R / N%:R <= 1 / 2%:R :> rat ->
  Pr (fun C => ~~ uncovered_kernel d n F C) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + 6%:R / 5%:R * (1 + N%:R / (6 * d)%:R / k%:R) ^- k.
Proof.
move=> light; have N0 : 0 < N%:R :> rat by rewrite ltr0n (N_gt0 (andP zr).1).
have dzN : (2 * d * z <= N)%N.
  move: light; rewrite ler_pdivrMr // mulrAC mul1r ler_pdivlMr ?ltr0n // -!natrM ler_nat.
  by rewrite mulnC mulnA.
apply: le_trans (small_chance k); apply: Pr_sub => C; apply: contraNT => none.
apply/(uncovered_kernelP n (d_pos d10)) => x Gx l lW; apply/eqP; apply: contraNT none => xl.
apply: (small_kernel (d_pos d10) Gx); first by apply/set0Pn; exists l; rewrite in_setD lW inE xl.
apply: leq_trans dzN; rewrite leq_mul2l subset_leq_card ?orbT //.
exact: subset_trans (subsetDl _ _) (kernel_support (d_pos d10) Gx).
Qed.
End GivenCounts.

Section Types.
Variables (C : numClosedFieldType) (p : nat).
Hypothesis p_prime : prime p.
Variables (N d : nat) (n : nat -> nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation Z := (silent N n).
Notation z := #|Z|.
Notation senders := #|[set j : 'I_m | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Hypotheses (d_gt0 : (0 < d)%N) (zr : (1 < z <= r.+1)%N).
Variable w2 : C.
Hypothesis w2_real : w2 \is Num.real.
Implicit Types (x : 'cV['F_p]_m) (a u v : 'F_p) (c : coding).

(** Every vector is small, near-constant, medium or big. *)
Lemma four_types x : support x \subset Z ->
  [|| (2 * d * #|support x| <= N)%N, near_constant C d x, medium d w2 x | big d w2 x].
Proof.
move=> xZ; have /andP[z1 z_r] := zr; have N0 := N_gt0 z1.
pose often u : nat := (#|[set l : 'I_m | (x l 0 == u)%R]| - (u == 0)%R)%N.
case: (@arg_maxnP _ (0 : 'F_p) xpredT often isT) => v _ most.
have mostC : [forall u, row_type C x u <= row_type C x v].
  by apply/forallP => u; rewrite /row_type ler_wpM2r ?invr_ge0 // ler_nat; apply: most.
have dq_real : d%:R * (1 - row_type C x v) \is Num.real.
  by rewrite realM ?realn // realB ?real1 // ger0_real // row_type_ge0.
have half_real : 2%:R^-1 \is @Num.real C by rewrite realV realn.
have [le|gt] := real_leP dq_real half_real; last first.
  have [le2|gt2] := real_leP dq_real w2_real; apply/orP; right; apply/orP; right; apply/orP.
    by left; apply/existsP; exists v; rewrite mostC gt le2.
  by right; apply/existsP; exists v; rewrite mostC gt2.
have [v0|v0] := eqVneq v 0; last first.
  by apply/orP; right; apply/orP; left; apply/existsP; exists v; rewrite mostC le v0.
apply/orP; left; have := card_others_le C z_r z1 0 xZ; rewrite -v0.
have -> : others Z x v = support x.
  by apply/setP => l; rewrite v0 !inE; apply: andb_idl => xl; have := subsetP xZ l; rewrite !inE; apply.
move=> few; have NC : 0 < N%:R :> C by rewrite ltr0n.
rewrite -(ler_nat C) !natrM -mulrA mulrC -ler_pdivlMr ?ltr0n //.
apply: le_trans (ler_wpM2l (ler0n _ _) few) _.
by rewrite mulrCA ler_wpM2l ?(ltW NC).
Qed.

Lemma row_type_scale a x u : a != 0 -> row_type C (a *: x) (a * u) = row_type C x u.
Proof.
move=> a0; congr ((_ - _)%N%:R / _); last by rewrite mulf_eq0 (negPf a0).
by apply: eq_card => l; rewrite !inE mxE (inj_eq (mulfI a0)).
Qed.

Lemma big_scale a x : a != 0 -> big d w2 x -> big d w2 (a *: x).
Proof.
move=> a0 /existsP[v /andP[/forallP most dq]]; apply/existsP; exists (a * v); rewrite row_type_scale // dq andbT.
by apply/forallP => u; rewrite -[u](mulVKf a0) row_type_scale.
Qed.

Lemma support_not0 x : x != 0 -> support x != set0.
Proof.
apply: contra_neq => s0; apply/matrixP => l j; rewrite ord1 [RHS]mxE; apply/eqP/negPn/negP => xl.
by have : l \in support x by [rewrite inE]; rewrite s0 inE.
Qed.

Lemma four_events c x (W := uncovered d n c) : x != 0 -> in_kernel d n c x -> support x \subset Z :\: W ->
  ~~ (support x \subset W) /\ [|| small_missed d n c, near_constant C d x, medium d w2 x | big d w2 x].
Proof.
move=> x0 Hx xZ; have xS := subset_trans xZ (subsetDl _ _); have s0 := support_not0 x0; split.
  apply: contra s0 => xW; rewrite -subset0; apply/subsetP => l lx.
  by have := subsetP xZ l lx; rewrite in_setD (subsetP xW l lx).
have := four_types xS; have [few _|_ /=] := boolP (2 * d * #|support x| <= N)%N; last first.
  by move=> /or3P[->|->|->]; rewrite !orbT.
have Gx : incidence 'F_p m (rows c) *m x = 0 by apply/eqP.
have xK : [set l | x l 0 != 0] :\: W = support x by apply/setDidPl; move: xZ; rewrite subsetD => /andP[].
by have := small_kernel d_gt0 Gx; rewrite xK => ->.
Qed.

(** An event in which a kernel vector beyond the uncovered symbols has a property, by the four types of such a vector. *)
Section Event.
Variables (Q : pred 'cV['F_p]_m) (T : pred coding).
Hypothesis Q_scale : forall a x, a != 0 -> Q x -> Q (a *: x).
Hypothesis T_kernel : forall c, T c ->
  exists x, [/\ x != 0, Q x, in_kernel d n c x & support x \subset Z :\: uncovered d n c].
Definition big_event c : bool :=
  [exists x : 'cV['F_p]_m, [&& x != 0, big d w2 x, Q x, in_kernel d n c x & ~~ (support x \subset uncovered d n c)]].

Lemma event_types : Pr T <= Pr (small_missed (N := N) d n) +
  (Pr (fun c : coding => [exists x : 'cV['F_p]_m, near_constant C d x && in_kernel d n c x]) +
  (Pr (fun c : coding => [exists x : 'cV['F_p]_m, medium d w2 x && in_kernel d n c x]) + Pr big_event)).
Proof.
set near := (X in _ + (Pr X + _)); set med := (X in _ + (_ + (Pr X + _))).
apply: le_trans (_ : Pr (fun c => small_missed d n c || (near c || (med c || big_event c))) <= _); last first.
  apply: le_trans (Pr_or _ _) _; rewrite lerD2l; apply: le_trans (Pr_or _ _) _; rewrite lerD2l.
  exact: Pr_or.
apply: Pr_sub => c /T_kernel[x [x0 Qx Hx xZ]].
have [out] := four_events x0 Hx xZ; case/or4P => [small|near_x|med_x|big_x]; apply/or4P.
- by constructor 1.
- by constructor 2; apply/existsP; exists x; rewrite near_x.
- by constructor 3; apply/existsP; exists x; rewrite med_x.
by constructor 4; apply/existsP; exists x; rewrite x0 big_x Qx Hx out.
Qed.

Lemma big_event_mean (y : rat) :
  \sum_(x | big d w2 x && Q x) ratr (Pr (fun c : coding => in_kernel d n c x)) <= ratr y :> C -> Pr big_event <= y / p.-1%:R.
Proof.
rewrite -rmorph_sum ler_rat => le; have q0 : 0 < p.-1%:R^-1 :> rat.
  by rewrite invr_gt0 ltr0n -ltnS prednK ?prime_gt0 ?prime_gt1.
apply: le_trans (_ : (\sum_(x | big d w2 x && Q x) Pr (fun c : coding => in_kernel d n c x)) / p.-1%:R <= _); last first.
  by rewrite ler_pM2r.
pose P (x : 'cV['F_p]_m) := [&& x != 0, big d w2 x & Q x].
have := @kernel_moment N d n d_gt0 _ P big_event; rewrite card_Fp // => moment; apply: le_trans (moment _ _ _) _.
- by move=> a x a0 /and3P[x0 bx Qx]; rewrite /P scaler_eq0 (negPf a0) x0 big_scale // Q_scale.
- by move=> x /andP[].
- by move=> c /existsP[x /and5P[x0 bx Qx Hx out]]; exists x; rewrite /P ?x0 ?bx // Hx.
rewrite ler_pM2r // big_mkcond [leRHS]big_mkcond; apply: ler_sum => x _.
have chance0 (E : pred coding) : 0 <= Pr E by rewrite divr_ge0.
case: ifP => [/andP[/and3P[_ -> ->] _]|_]; first by rewrite gerBl.
by case: ifP.
Qed.
End Event.
End Types.

(** Condition (P1) for a load L, with w_2 = La/b for some rational a/b and powers in place of logarithms. *)
Definition first_condition_at p z (L : rat) a b : Prop := [/\ 1 <= L, (12800%:R * L ^+ 2) ^+ 2 <= z%:R,
  (0 < a <= b)%N && (2%:R^-1 <= L * (a%:R / b%:R)), few_choices rat p a b &
  exists k, 14592%:R * p%:R * L ^+ 2 <= (1 + 4%:R * (L * (a%:R / b%:R)) / p%:R ^+ 2 / k%:R) ^+ k].
Definition first_condition p z (L : rat) : Prop := exists a b, first_condition_at p z L a b.

Lemma large_constant (R : numDomainType) : 100%:R <= 12800%:R :> R.
Proof. rewrite ler_nat; exact: isT. Qed.

Section FirstCondition.
Variables (R : rcfType) (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N d : nat) (n : nat -> nat) (Delta : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation Z := (silent N n).
Notation z := #|Z|.
Notation senders := #|[set j : 'I_m | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Notation lambda := (mean_rows N d n).
Notation U := (avoid_moment N d n 1).
Notation L := (d%:R * z%:R / N%:R : rat).
(** Hypothesis (R); Delta is the largest number of symbols that a worker has used, or a larger number. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypotheses (zr : (1 < z <= r.+1)%N) (lambda14 : 14%:R <= lambda).
Implicit Types (c : coding) (x : 'cV['F_p]_m) (s : rat) (k a b : nat).
Notation e k s := ((1 + s / k%:R) ^- k).

(** p divides d, and d times the share of senders is at most 1/2. *)
Definition near_constant_possible : bool := (p %| d)%N && (2 * d * senders.-1 <= N)%N.
(** varpi, with (1 + lambda/k)^(-k) for e^(-lambda), and 1.26 p R_*. *)
Definition near_constant_term k : rat :=
  if near_constant_possible then (348%:R / 25%:R * (1 + lambda / k%:R) ^- k) ^+ senders.-1 else 0.
Definition main_exponent : rat := 63%:R / 50%:R * p%:R * (r%:R * Num.max (1 - z%:R / N%:R) 4%:R^-1 ^+ d).

Lemma p_gt1 : (1 < p)%N.
Proof. exact: prime_gt1. Qed.

Lemma p_neq0 : p%:R != 0 :> rat.
Proof. by rewrite pnatr_eq0 -lt0n prime_gt0. Qed.

Lemma small_part k s : 16%:R * (U * lambda) ^+ 2 <= r%:R -> 0 <= s -> s <= N%:R / (6 * d)%:R ->
  Pr (small_missed (N := N) d n) <= 7%:R * (U * lambda) ^+ 2 / r%:R + 6%:R / 5%:R * e k s.
Proof.
move=> g s0 sN.
exact: weaken (ratio_ge0 _ 6 5) (small_chance R d10 small_shares few_used zr lambda14 g k) (inverse_le k s0 sN).
Qed.

Definition share_of a b : C := d%:R * z%:R / N%:R * (a%:R / b%:R).

Lemma share_ofE a b : ratr (L * (a%:R / b%:R)) = share_of a b.
Proof. by rewrite rmorphM /= !fmorph_div /= rmorphM /= !ratr_nat. Qed.

Lemma share_of_real a b : share_of a b \is Num.real.
Proof. by rewrite /share_of !(realM, realV, realn). Qed.

Lemma near_constant_term_ge0 k : 0 <= near_constant_term k.
Proof.
rewrite /near_constant_term; case: ifP => _; last exact: lexx.
exact: constant_ge0 (le_trans (ler0n _ 14) lambda14).
Qed.

Lemma near_part k s a b : 0 <= s -> s <= z%:R / (6%:R * L) -> 100%:R * s <= z%:R -> 1 <= L -> (0 < a <= b)%N ->
  2%:R^-1 <= L * (a%:R / b%:R) -> few_choices rat p a b -> (near_constant_possible -> U <= senders.-1%:R) ->
  Pr (fun c : coding => [exists x : 'cV['F_p]_m, near_constant C d x && in_kernel d n c x]) <=
  near_constant_term k + 2%:R * p%:R * e k s.
Proof.
move=> s0 sL s100 L1 ab half few enough; have p2 := small_factor rat p_gt1; have /andP[z1 z_r] := zr.
have e0 := inverse_power_ge0 k s0; have p0 : 0 <= 2%:R * p%:R :> rat := mulr_ge0 (ler0n _ 2) (ler0n _ p).
have [constant|not_constant] := boolP near_constant_possible.
  have /andP[pd _] := constant; have L2 : 1 / 2%:R <= L by apply: le_trans L1; rewrite ler_pdivrMr ?ltr0n // mul1r ler1n.
  have [le _] := near_constant_vanish_dividing C p_prime d10 small_shares few_used zr lambda14 k pd L2 (enough constant).
  rewrite /near_constant_term constant; apply: le_trans (weaken (ratio_ge0 _ 6 5) le (inverse_le k s0 sL)) _.
  rewrite lerD2l; exact: ler_wpM2r e0 _ _ p2.
have -> : near_constant_term k = 0 by rewrite /near_constant_term (negPf not_constant).
rewrite add0r; have [pd|pd] := boolP (p %| d)%N.
  rewrite Pr_none => [|c]; first exact: mulr_ge0 p0 e0.
  apply/existsPn => x; apply/nandP; case Hx: (in_kernel d n c x); [left | by right].
  apply: (none_near_constant zr) (kernel_silent (d_pos d10) Hx).
  move: not_constant; rewrite /near_constant_possible pd -ltnNge => many.
  have NC : 0 < N%:R :> C by rewrite ltr0n (N_gt0 z1).
  rewrite mulrA (ltr_pdivlMr _ _ NC) mulrC (ltr_pdivrMr _ _ (ltr0Sn C 1)) -!natrM ltr_nat mulnC mulnA.
  exact: many.
have half' : 2%:R^-1 <= share_of a b.
  by rewrite -share_ofE -(ratr_nat C 2) -fmorphV ler_rat.
have := near_constant_vanish p_prime d10 (whole_blocks d10 small_shares few_used) pd k zr half'.
move/(_ (few_choices_rational p_prime d10 z1 ab (erefl _) few)) => le.
apply: (scaled_le p0 le); rewrite fraction_split.
exact: inverse_power_le s0 (ratio_ge0 _ 57 100) (root_multiple (isT : 100 <= 100 * 57)%N isT s0 s100).
Qed.

Lemma medium_part k s a b : 0 <= s -> 100%:R * s <= z%:R -> (0 < a <= b)%N -> few_choices rat p a b ->
  Pr (fun c : coding => [exists x : 'cV['F_p]_m, medium d (share_of a b) x && in_kernel d n c x]) <=
  13%:R / 10%:R * p%:R * e k s.
Proof.
move=> s0 s100 ab few; have /andP[z1 z_r] := zr.
have := medium_vanish_rational p_prime w_root d10 small_shares few_used z_r z1 k ab (erefl _) few.
move=> le; apply: (scaled_le (mulr_ge0 (ratio_ge0 _ 13 10) (ler0n _ p)) le).
rewrite fraction_split.
exact: inverse_power_le s0 (ratio_ge0 _ 27 200) (root_multiple (isT : 200 <= 100 * 27)%N isT s0 s100).
Qed.

Lemma ratr_max (x y : rat) : ratr (Num.max x y) = Num.max (ratr x) (ratr y) :> C.
Proof. by rewrite /order.Order.max ltr_rat; case: ifP. Qed.

Definition big_bound i k s : rat :=
  p%:R ^+ i / p%:R ^+ r * (1 - main_exponent / k%:R) ^- k + 4%:R * p%:R ^+ 2 * e k s.

Lemma main_exponentE : ratr main_exponent = 63%:R / 50%:R * p%:R * (r%:R * share_star C N n ^+ d) :> C.
Proof.
have ratE (a b q h : nat) (x : rat) : ratr (a%:R / b%:R * q%:R * (h%:R * x ^+ d)) =
    a%:R / b%:R * q%:R * (h%:R * ratr x ^+ d) :> C.
  by rewrite !rmorphM /= fmorphV rmorphXn /= !ratr_nat.
by rewrite /main_exponent ratE ratr_max rmorphB rmorph1 fmorph_div fmorphV /= !ratr_nat.
Qed.

Lemma big_boundE i k s : ratr (big_bound i k s) =
  p%:R ^+ i / p%:R ^+ r * main_term C p N d n k + 4%:R * p%:R ^+ 2 * (1 + ratr s / k%:R) ^- k :> C.
Proof.
have ratE (a q h : nat) (x y : rat) :
    ratr (q%:R ^+ i / q%:R ^+ r * (1 - x / k%:R) ^- k + a%:R * q%:R ^+ 2 * (1 + y / k%:R) ^- k) =
    q%:R ^+ i / q%:R ^+ r * (1 - ratr x / k%:R) ^- k + a%:R * q%:R ^+ 2 * (1 + ratr y / k%:R) ^- k :> C.
  rewrite rmorphD !rmorphM /= !fmorphV /= !rmorphXn /= rmorphB rmorphD rmorph1 /= !fmorph_div /= !ratr_nat.
  by [].
by rewrite /big_bound ratE // main_exponentE.
Qed.

(** The events of Theorem 2: each of their codes has a kernel vector beyond the uncovered symbols. *)
Lemma kernel_cases k s a b (Q : pred 'cV['F_p]_m) (T : pred coding) i : first_condition_at p z L a b ->
  16%:R * (U * lambda) ^+ 2 <= r%:R -> (near_constant_possible -> U <= senders.-1%:R) -> 0 <= s -> s ^+ 2 <= z%:R ->
  (forall t x, t != 0 -> Q x -> Q (t *: x)) ->
  (forall c, T c -> exists x, [/\ x != 0, Q x, in_kernel d n c x & support x \subset Z :\: uncovered d n c]) ->
  \sum_(x | big d (share_of a b) x && Q x) ratr (Pr (fun c : coding => in_kernel d n c x)) <= ratr (big_bound i k s) :> C ->
  Pr T <= 7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ i / p%:R ^+ r * (1 - main_exponent / k%:R) ^- k / p.-1%:R +
    near_constant_term k + 8%:R * p%:R ^+ 2 * e k s.
Proof.
move=> [L1 zL /andP[ab half] few _] g enough s0 sz scale exT bigC; have /andP[z1 z_r] := zr; have d0 := d_pos d10.
have N0 : (0 < N)%N := N_gt0 z1.
have room := root_below L1 (large_constant rat) zL s0 sz.
have s100 := root_share L1 s0 room; have sL := root_sparse L1 s0 room.
have sN := root_load N0 d0 (ltnW z1) L1 s0 room.
have large := big_event_mean p_prime d0 scale bigC.
have cover := event_types d0 zr (share_of_real a b) exT.
exact: total_bound p_gt1 (inverse_power_ge0 k s0) cover (small_part k g s0 sN) (near_part k s0 sL s100 L1 ab half few enough)
  (medium_part k s0 s100 ab few) large.
Qed.

Lemma big_condition_of a b : first_condition_at p z L a b -> big_condition p N d n (share_of a b).
Proof.
move=> [L1 zL _ _ [k large]]; have LE : ratr L = load C N d n by rewrite fmorph_div /= rmorphM /= !ratr_nat.
have ratE (h : nat) (x : rat) : ratr ((h%:R * x ^+ 2) ^+ 2) = (h%:R * ratr x ^+ 2) ^+ 2 :> C.
  by rewrite rmorphXn rmorphM rmorphXn /= ratr_nat.
have ratM (h : nat) (x : rat) : ratr (h%:R * p%:R * x ^+ 2) = h%:R * p%:R * ratr x ^+ 2 :> C.
  by rewrite 2!rmorphM rmorphXn /= !ratr_nat.
have ratX (h : nat) (x : rat) : ratr ((1 + h%:R * x / p%:R ^+ 2 / k%:R) ^+ k) =
    (1 + h%:R * ratr x / p%:R ^+ 2 / k%:R) ^+ k :> C.
  by rewrite rmorphXn rmorphD rmorph1 /= !fmorph_div /= rmorphM rmorphXn /= !ratr_nat.
split; first by rewrite -LE -(rmorph1 (ratr : rat -> C)) ler_rat; exact: L1.
  by rewrite -LE -ratE -(ratr_nat C z) ler_rat; exact: zL.
by exists k; rewrite -LE -ratM -share_ofE -ratX ler_rat; exact: large.
Qed.

Lemma big_parts k s a b : first_condition_at p z L a b -> main_exponent < k%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  let chance x : C := ratr (Pr (fun c : coding => in_kernel d n c x)) in
  \sum_(x | big d (share_of a b) x && true) chance x <= ratr (big_bound z k s) /\
  \sum_(x | big d (share_of a b) x && (total x == 0)) chance x <= ratr (big_bound z.-1 k s).
Proof.
move=> P1 kX s0 sz chance; have /andP[z1 z_r] := zr; rewrite !big_boundE.
have w0 : 0 <= share_of a b by rewrite /share_of mulr_ge0 ?divr_ge0 ?mulr_ge0 ?ler0n.
have kC : 63%:R / 50%:R * p%:R * (r%:R * share_star C N n ^+ d) < k%:R.
  by rewrite -main_exponentE -(ratr_nat C k) ltr_rat; exact: kX.
have sC : 0 <= ratr s :> C by rewrite ler0q; exact: s0.
have szC : (ratr s : C) ^+ 2 <= z%:R by rewrite -rmorphXn -(ratr_nat C z) ler_rat; exact: sz.
have [all balanced] := big_vanish p_prime w_root d10 small_shares few_used z_r z1 k w0 (big_condition_of P1) kC sC szC.
by split; [rewrite (eq_bigl (big d (share_of a b))) => [|x]; [exact: all | rewrite andbT] | exact: balanced].
Qed.

(** (a) Under (P1) the kernel over F_p is the span of the unit vectors of the uncovered symbols but for a probability of
    7 U^2 lambda^2/r + p^(z-r)/(p-1) exp(1.26 p R_* ) + varpi + 8 p^2 e^(-sqrt z), where e^x is (1 - x/k)^(-k) and e^(-x) is
    (1 + x/k)^(-k) for any k > 1.26 p R_*, which decrease to them, and any rational s >= 0 with s^2 <= z is in the place of
    sqrt z (docs/proofs/spanning.md, Theorem 2). *)
Theorem kernel_given_counts k s : first_condition p z L -> 16%:R * (U * lambda) ^+ 2 <= r%:R ->
  (near_constant_possible -> U <= senders.-1%:R) -> main_exponent < k%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  Pr (fun c => ~~ uncovered_kernel d n 'F_p c) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z / p%:R ^+ r * (1 - main_exponent / k%:R) ^- k / p.-1%:R +
    near_constant_term k + 8%:R * p%:R ^+ 2 * (1 + s / k%:R) ^- k.
Proof.
move=> [a [b P1]] g enough kX s0 sz; have [all _] := big_parts P1 kX s0 sz.
apply: (kernel_cases (Q := xpredT) P1 g enough s0 sz (fun _ _ _ _ => isT) _ all) => c.
by move/(kernel_unexplained (d_pos d10)) => [x [x0 _ Hx xZ]]; exists x; apply: And4 x0 isT Hx xZ.
Qed.

(** (b) The same for every field of characteristic 0 or p (docs/proofs/spanning.md, Theorem 2). *)
Theorem kernel_given_counts_field (F : fieldType) k s : [char F] =i pred0 \/ p \in [char F] ->
  first_condition p z L -> 16%:R * (U * lambda) ^+ 2 <= r%:R ->
  (near_constant_possible -> U <= senders.-1%:R) -> main_exponent < k%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  Pr (fun c => ~~ uncovered_kernel d n F c) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z / p%:R ^+ r * (1 - main_exponent / k%:R) ^- k / p.-1%:R +
    near_constant_term k + 8%:R * p%:R ^+ 2 * (1 + s / k%:R) ^- k.
Proof.
move=> charF P1 g enough kX s0 sz; apply: le_trans (kernel_given_counts P1 g enough kX s0 sz).
by apply: Pr_sub => c; apply: contra (@uncovered_kernel_field N d n (d_pos d10) p F c p_prime charF).
Qed.

(** (c) With one row fewer than symbols, the sum is recovered over Q with at most the probability
    7 U^2 lambda^2/r + 1/(p-1) exp(1.26 p R_* ) + varpi + 8 p^2 e^(-sqrt z) (docs/proofs/spanning.md, Theorem 2). *)
Theorem recovered_given_counts k s : z = r.+1 -> first_condition p z L -> 16%:R * (U * lambda) ^+ 2 <= r%:R ->
  (near_constant_possible -> U <= senders.-1%:R) -> main_exponent < k%:R -> 0 <= s -> s ^+ 2 <= z%:R ->
  Pr (fun c : coding => recovers rat m (rows c)) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + (1 - main_exponent / k%:R) ^- k / p.-1%:R +
    near_constant_term k + 8%:R * p%:R ^+ 2 * (1 + s / k%:R) ^- k.
Proof.
move=> zE [a [b P1]] g enough kX s0 sz; have [_ balanced] := big_parts P1 kX s0 sz.
have pr : p%:R ^+ z.-1 / p%:R ^+ r = 1 :> rat.
  by rewrite zE; apply: divff; apply: expf_neq0; apply: p_neq0.
have -> : (1 - main_exponent / k%:R) ^- k = p%:R ^+ z.-1 / p%:R ^+ r * (1 - main_exponent / k%:R) ^- k by rewrite pr mul1r.
apply: (kernel_cases (Q := fun x => total x == 0) P1 g enough s0 sz _ _ balanced).
  by move=> t x _ /eqP x0; rewrite total_scale x0 mulr0.
by move=> c; apply: (recovered_balanced (d_pos d10) p zE).
Qed.

(** The term for near-constant vectors is at most 13.92 e^(-lambda) (docs/proofs/spanning.md, Theorem 2). *)
Theorem near_constant_term_le k : (0 < k)%N -> near_constant_term k <= 348%:R / 25%:R * (1 + lambda / k%:R) ^- k.
Proof.
move=> k0; rewrite /near_constant_term; case: ifP => _.
  apply: (constant_le lambda14 k0); have := many_senders d10 small_shares few_used lambda14.
  by case: #|_| => [|[|l]].
have := constant_ge0 348 25 k 1 (le_trans (ler0n _ 14) lambda14); rewrite expr1.
by apply.
Qed.
End FirstCondition.
