(** Uncovered symbols are nearly always the only obstruction to recovery, given the counts (docs/spanning.md, Theorem 2). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness Parity RandomRows Codes FirstMoment UncoveredMean SmallSets.
From SRTheory Require Import TypeBounds SmallVectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Kernel.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation Z := (silent N n).
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

(** The kernel is this span exactly if the rank and the number of uncovered symbols are m together. *)
Lemma uncovered_kernel_rank C : uncovered_kernel C = (\rank (G C) + #|W C| == m)%N.
Proof.
have := mxrank_leqif_eq (unit_vectors_kernel C); rewrite unit_vectors_rank mxrank_ker mxrank_tr => -[le eq].
have {eq}-> : uncovered_kernel C = (#|W C| == m - \rank (G C))%N by rewrite eq /uncovered_kernel andbC.
have := rank_leq_col (G C); move: (\rank _) le => r le r_m.
by apply/eqP/eqP; lia.
Qed.

(** Some set of few covered symbols of Z meets no row in exactly one symbol. *)
Definition small_missed C : bool := [exists K : {set 'I_m}, [&& K \subset Z :\: W C, (1 < #|K|)%N, (2 * d * #|K| <= N)%N &
  all (fun row => #|[set l in K | val l \in row]| != 1%N) (rows C)]].

Lemma small_kernel C x (K := [set l | x l 0 != 0] :\: W C) : G C *m x = 0 -> K != set0 -> (2 * d * #|K| <= N)%N ->
  small_missed C.
Proof.
move=> Gx K0 few; have sums := (kernel_rows C x).1 Gx; have single : all (fun row => #|[set l in K | val l \in row]| != 1%N) (rows C).
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

Lemma Pr_sub (P Q : pred coding) : (forall C, P C -> Q C) -> Pr P <= Pr Q.
Proof. by move=> PQ; rewrite !Pr_uniform; apply: RandomRows.Pr_le PQ => C; apply: uniform_ge0. Qed.

Lemma Pr_or (P Q : pred coding) : Pr (fun C => P C || Q C) <= Pr P + Pr Q.
Proof. by rewrite !Pr_uniform; apply: RandomRows.Pr_or => C; apply: uniform_ge0. Qed.
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

Lemma d_pos : (0 < d)%N.
Proof. exact: leq_trans d10. Qed.

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
    (docs/spanning.md, Theorem 2). *)
Theorem kernel_light_load (F : fieldType) k : d%:R * z%:R / N%:R <= 1 / 2%:R :> rat ->
  Pr (fun C => ~~ uncovered_kernel d n F C) <=
  7%:R * (U * lambda) ^+ 2 / r%:R + 6%:R / 5%:R * (1 + N%:R / (6 * d)%:R / k%:R) ^- k.
Proof.
move=> light; have N0 : 0 < N%:R :> rat by rewrite ltr0n (N_gt0 lambda14).
have dzN : (2 * d * z <= N)%N.
  move: light; rewrite ler_pdivrMr // mulrAC mul1r ler_pdivlMr ?ltr0n // -!natrM ler_nat.
  by rewrite mulnC mulnA.
apply: le_trans (small_chance k); apply: Pr_sub => C; apply: contraNT => none.
apply/(uncovered_kernelP n d_pos) => x Gx l lW; apply/eqP; apply: contraNT none => xl.
apply: (small_kernel d_pos Gx); first by apply/set0Pn; exists l; rewrite in_setD lW inE xl.
apply: leq_trans dzN; rewrite leq_mul2l subset_leq_card ?orbT //.
exact: subset_trans (subsetDl _ _) (kernel_support d_pos Gx).
Qed.
End GivenCounts.
