(** What parity knows about the rationals (docs/proofs/spanning.md, Lemma 1.2).

    [rows] are lists of symbols below [m]; a set of symbols is even if every row meets it in an even number of
    symbols. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness Codes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Kernels.
Variable F : fieldType.

Lemma rank_kernel n m (G : 'M[F]_(n, m)) : (\rank G < m)%N <-> exists2 x : 'cV_m, x != 0 & G *m x = 0.
Proof.
split=> [rG|[x x0 Gx]]; last first.
  have := mulmx0_rank_max Gx; have : (0 < \rank x)%N by rewrite lt0n mxrank_eq0.
  by lia.
have : cokermx G != 0 by rewrite -mxrank_eq0 mxrank_coker subn_eq0 -ltnNge.
have [j cj _|z] := pickP (fun j => col j (cokermx G) != 0).
  by exists (col j (cokermx G)); rewrite // -col_mulmx mulmx_coker col0.
case/eqP; apply/matrixP => i j; have /negbFE/eqP/matrixP/(_ i 0) := z j.
by rewrite !mxE.
Qed.

(** Full column rank recovers. *)
Lemma full_spans n m (G : 'M[F]_(n, m)) : \rank G = m -> spans G.
Proof. by move=> rG; rewrite /spans submx_full // /row_full rG. Qed.
End Kernels.

(** How many vectors a matrix over a finite field annihilates. *)
Section Counting.
Variable F : finFieldType.

Lemma card_rowspace k n (A : 'M[F]_(k, n)) : #|[set v : 'rV_n | (v <= A)%MS]| = (#|F| ^ \rank A)%N.
Proof.
pose f (w : 'rV[F]_(\rank A)) := w *m row_base A.
have inj : injective f by apply: can_inj (fun w => mulmxKp (row_base_free A) w).
rewrite -[\rank A in RHS]mul1n -card_mx -(card_imset _ inj); apply: eq_card => v; rewrite inE.
apply/idP/imsetP => [|[w _ ->]].
  by rewrite -(eq_row_base A) => /submxP[w ->]; exists w.
by rewrite -(eq_row_base A) submxMl.
Qed.

Lemma card_left_kernel k n (A : 'M[F]_(k, n)) : #|[set v : 'rV_k | v *m A == 0]| = (#|F| ^ (k - \rank A))%N.
Proof. by rewrite -mxrank_ker -card_rowspace; apply: eq_card => v; rewrite !inE; apply/eqP/sub_kermxP. Qed.

Lemma card_kernel k n (A : 'M[F]_(k, n)) : #|[set x : 'cV_n | A *m x == 0]| = (#|F| ^ (n - \rank A))%N.
Proof.
rewrite -mxrank_tr -card_left_kernel -(card_imset _ (@trmx_inj F n 1)); apply: eq_card => v; rewrite !inE.
apply/imsetP/eqP => [[x + ->]|vA]; first by rewrite inE => /eqP Ax; rewrite -trmx_mul Ax trmx0.
by exists v^T; rewrite ?trmxK // inE; apply/eqP/trmx_inj; rewrite trmx_mul trmxK vA trmx0.
Qed.

(** The kernel vectors of sum 0, and the solutions of vG = s1 for all s together, both by one rank. *)
Lemma scalar_eq0 (a : F) : (a%:M == 0 :> 'M_1) = (a == 0).
Proof.
apply/eqP/eqP => [/matrixP/(_ 0 0)|->]; first by rewrite !mxE mulr1n.
by apply/matrixP => i j; rewrite !mxE mul0rn.
Qed.

Lemma card_balanced_kernel n m (G : 'M[F]_(n, m)) :
  #|[set x : 'cV[F]_m | (G *m x == 0) && (total x == 0)]| = (#|F| ^ (m - \rank (col_mx G (ones F : 'rV_m))))%N.
Proof.
rewrite -card_kernel; apply: eq_card => x; rewrite !inE mul_col_mx onesM.
by rewrite col_mx_eq0 scalar_eq0.
Qed.

Lemma card_solutions n m (G : 'M[F]_(n, m)) :
  #|[set vs : 'rV[F]_n * F | vs.1 *m G == vs.2 *: ones F]| = (#|F| ^ (n.+1 - \rank (col_mx G (ones F : 'rV_m))))%N.
Proof.
rewrite -[n.+1]addn1 -card_left_kernel; pose f (vs : 'rV[F]_n * F) := row_mx vs.1 ((- vs.2)%:M : 'M_1).
have inj : injective f.
  move=> [v s] [v' s'] /eq_row_mx[/= -> /matrixP/(_ 0 0)]; rewrite !mxE !mulr1n => /oppr_inj ->.
  by [].
rewrite -(card_imset _ inj); apply: eq_card => w; rewrite inE.
have mulf vs : f vs *m col_mx G (ones F : 'rV_m) = vs.1 *m G - vs.2 *: ones F.
  by rewrite /f mul_row_col mul_scalar_mx scaleNr.
apply/imsetP/eqP => [[vs + ->]|wE]; first by rewrite inE mulf => /eqP ->; rewrite subrr.
exists (lsubmx w, - rsubmx w 0 0); rewrite ?inE /=.
  rewrite -subr_eq0 -(mulf (_, _)) /f /= opprK -[X in _ == X]wE; apply/eqP; congr (_ *m _).
  by rewrite -[RHS]hsubmxK; congr row_mx; apply/matrixP => i j; rewrite !ord1 mxE mulr1n.
by rewrite /f opprK -[LHS]hsubmxK; congr row_mx; apply/matrixP => i j; rewrite !ord1 [RHS]mxE mulr1n.
Qed.

(** (iii) Over a field of q elements, the number of (v, s) with vG = s1 is q^(n + 1 - m) times that of the kernel
    vectors of sum 0 (docs/proofs/spanning.md, Lemma 1.2). *)
Theorem dual_count n m (G : 'M[F]_(n, m)) :
  (#|[set vs : 'rV[F]_n * F | vs.1 *m G == vs.2 *: ones F]| * #|F| ^ m =
   #|F| ^ n.+1 * #|[set x : 'cV[F]_m | (G *m x == 0%R) && (total x == 0%R)]|)%N.
Proof.
rewrite card_solutions card_balanced_kernel -!expnD; congr (_ ^ _)%N.
have := rank_leq_col (col_mx G (ones F : 'rV_m)); have := rank_leq_row (col_mx G (ones F : 'rV_m)); lia.
Qed.
End Counting.

Lemma F2E (a : 'F_2) : a = (a != 0)%:R.
Proof. by case: a => [[|[|a]] lt] //; apply: val_inj. Qed.

(** Rows of symbols, as integers. *)
Section Rows.
Variables (m : nat) (rows : seq (seq nat)).
Implicit Types A : {set 'I_m}.

Definition integer_rows : 'M[int]_(size rows, m) := \matrix_(i, j) (val j \in nth [::] rows i)%:R.
Lemma over_rows (K : fieldType) : over K integer_rows = incidence K m rows.
Proof. by apply/matrixP => i j; rewrite !mxE rmorph_nat. Qed.

(** 1.2 (i), as ranks: ranks modulo p are no larger. *)
Lemma rank_rows_le (K : fieldType) : (\rank (incidence K m rows) <= \rank (incidence rat m rows))%N.
Proof. by rewrite -!over_rows rank_mod_le. Qed.

(** 1.2 (iv): where the rows recover over Q, not all of rank n + 1 is there modulo p. *)
Lemma rank_extended (K : fieldType) :
  (\rank (col_mx (incidence K m rows) (ones K : 'rV_m)) <= (size rows).+1 - recovers rat m rows)%N.
Proof.
have [rec|_] := boolP (recovers rat m rows); last by apply: leq_trans (rank_leq_row _) _; rewrite subn0 addn1.
rewrite subn1 /= -over_rows -over_col_ones; apply: leq_trans (rank_mod_le _ _) _.
by rewrite over_col_ones rank_ones over_rows -/(recovers rat m rows) rec addn0 rank_leq_row.
Qed.

Definition even_set A : bool := all (fun r => ~~ odd #|[set l in A | val l \in r]|) rows.
Definition indicator A : 'cV['F_2]_m := \col_j (j \in A)%:R.

Lemma indicator_support (x : 'cV['F_2]_m) : x = indicator [set j | x j 0 != 0].
Proof.
by apply/matrixP => j k; rewrite ord1 !mxE inE; apply: F2E.
Qed.

Lemma indicator_inj : injective indicator.
Proof. by move=> A B /matrixP e; apply/setP => j; have := e j 0; rewrite !mxE; case: (j \in A); case: (j \in B). Qed.

Lemma even_setE A : even_set A = (incidence 'F_2 m rows *m indicator A == 0).
Proof.
apply/allP/eqP => [ev|/matrixP e r rin].
  apply/matrixP => i k; rewrite ord1 incidence_mul [RHS]mxE sum_indicator; apply/eqP; rewrite natr_F2.
  exact/ev/mem_nth.
have ri : (index r rows < size rows)%N by rewrite index_mem.
have := e (Ordinal ri) 0; rewrite incidence_mul [RHS]mxE sum_indicator /= nth_index // => /eqP.
by rewrite natr_F2.
Qed.

Lemma total_indicator A : total (indicator A) = #|A|%:R.
Proof.
rewrite /total (eq_bigr (fun j => (j \in A)%:R)) => [|j _]; last by rewrite mxE.
by rewrite (sum_indicator _ xpredT); congr (_%:R); apply: eq_card => j; rewrite !inE andbT.
Qed.

(** Without full rank modulo 2, and only then, some non-empty set is even (docs/proofs/spanning.md, Lemma 1.2). *)
Theorem even_of_rank2 : (\rank (incidence 'F_2 m rows) < m)%N <-> exists2 A, A != set0 & even_set A.
Proof.
rewrite rank_kernel; split=> [[x x0 Gx]|[A A0 ev]].
  exists [set j | x j 0 != 0]; last by rewrite even_setE -indicator_support Gx.
  apply: contraNneq x0 => A0; rewrite (indicator_support x) A0.
  by apply/eqP/matrixP => i j; rewrite !mxE inE.
exists (indicator A); last by apply/eqP; rewrite -even_setE.
apply: contraNneq A0 => z; apply/eqP/indicator_inj; rewrite z.
by apply/matrixP => i j; rewrite !mxE inE.
Qed.

(** (i) Without full rank over Q some non-empty set is even (docs/proofs/spanning.md, Lemma 1.2). *)
Corollary even_of_rank : (\rank (incidence rat m rows) < m)%N -> exists2 A, A != set0 & even_set A.
Proof. by move=> lt; apply/even_of_rank2; apply: leq_ltn_trans (rank_rows_le _) lt. Qed.

(** The even sets of even size, and of any, by ranks modulo 2. *)
Lemma card_even_sets : #|[set A | even_set A]| = (2 ^ (m - \rank (incidence 'F_2 m rows)))%N.
Proof.
have := card_kernel (incidence 'F_2 m rows); rewrite card_Fp // => <-.
rewrite -(card_imset _ indicator_inj); apply: eq_card => x; rewrite inE; apply/imsetP/eqP => [[A + ->]|Gx].
  by rewrite inE even_setE => /eqP.
by exists [set j | x j 0 != 0]; rewrite -?indicator_support // inE even_setE -indicator_support Gx.
Qed.

Lemma card_even_even_sets :
  #|[set A : {set 'I_m} | even_set A && ~~ odd #|A|]| =
    (2 ^ (m - \rank (col_mx (incidence 'F_2 m rows) (ones 'F_2 : 'rV_m))))%N.
Proof.
have := card_balanced_kernel (incidence 'F_2 m rows); rewrite card_Fp // => <-.
rewrite -(card_imset _ indicator_inj); apply: eq_card => x; rewrite inE; apply/imsetP/andP => [[A + ->]|[Gx tx]].
  by rewrite inE even_setE total_indicator natr_F2 => /andP.
exists [set j | x j 0 != 0]; last exact: indicator_support.
by rewrite inE even_setE -natr_F2 -total_indicator -indicator_support Gx.
Qed.

(** (ii) If all symbols are covered and the sum is not recovered over Q, some kernel vector over any field K has three
    entries or more other than 0: the last sentence of (c) (docs/proofs/spanning.md, Theorem 1). *)
Theorem kernel_of_not_recovered (K : fieldType) : covered m rows -> ~ recovers rat m rows ->
  exists2 x : 'cV[K]_m, (2 < #|[set j | x j 0%R != 0%R]|)%N & incidence K m rows *m x = 0.
Proof.
move=> cov nrec; pose same (j l : 'I_m) := all (fun r => (val j \in r) == (val l \in r)) rows.
have same_refl j : same j j by apply/allP.
have same_sym j l : same j l = same l j by apply: eq_all => r; rewrite eq_sym.
have same_trans j l k : same j l -> same l k -> same j k.
  by move=> /allP jl /allP lk; apply/allP => r rin; rewrite (eqP (jl r rin)) lk.
pose rep j := odflt j [pick l | same j l].
have same_rep j : same j (rep j) by rewrite /rep; case: pickP.
have rep_same j l : same j l -> rep j = rep l.
  move=> jl; have e : same j =1 same l.
    move=> k; apply/idP/idP => [jk|lk]; last exact: same_trans lk.
    by apply: same_trans jk; rewrite same_sym.
  by rewrite /rep (eq_pick e); case: pickP => // none; have := none l; rewrite same_refl.
pose D := [set rep j | j : 'I_m]; have inD j : rep j \in D by apply/imsetP; exists j.
have rep_fix j : j \in D -> rep j = j by case/imsetP => l _ ->; apply/esym/rep_same.
pose e (i : 'I_#|D|) : 'I_m := enum_val i; pose f j : 'I_#|D| := enum_rank_in (inD j) (rep j).
have ef j : e (f j) = rep j by apply: enum_rankK_in.
have eD i : e i \in D by apply: enum_valP.
have fe i : f (e i) = i by apply: enum_val_inj; rewrite -/(e _) ef rep_fix.
pose G' (L : fieldType) := colsub e (incidence L m rows).
have GG' L : colsub f (G' L) = incidence L m rows.
  apply/matrixP => i j; rewrite !mxE ef; congr (_%:R); congr nat_of_bool; apply/esym/eqP.
  by have /allP := same_rep j; apply; rewrite mem_nth.
have rQ : (\rank (G' rat) < #|D|)%N.
  rewrite ltn_neqAle rank_leq_col andbT; apply: contra_not_neq nrec => /full_spans.
  by rewrite -(identical_columns _ (fun i => ex_intro _ (e i) (fe i))) GG'.
have rK : (\rank (G' K) < #|D|)%N.
  apply: leq_ltn_trans rQ; have := rank_mod_le K (colsub e integer_rows).
  by rewrite /over !map_mxsub -!/(over _ _) !over_rows.
have /rank_kernel[x x0 Gx] := rK.
pose y j : K := if j \in D then x (f j) 0 else 0.
have sums r : r \in rows -> \sum_(j | val j \in r) y j = 0.
  move=> rin; have ri : (index r rows < size rows)%N by rewrite index_mem.
  have e0 : (G' K *m x) (Ordinal ri) 0 = 0 by rewrite Gx mxE.
  rewrite -[RHS]e0 mxE.
  rewrite big_mkcond /= (eq_bigr (fun j => if j \in D then (val j \in r)%:R * x (f j) 0 else 0)) => [|j _].
    by rewrite -big_mkcond big_enum_val; apply: eq_bigr => i _; rewrite !mxE /= nth_index // -/(e i) fe.
  by rewrite /y; case: (j \in D); case: (val j \in r); rewrite ?mul1r ?mul0r.
pose A := [set j | y j != 0]; exists (\col_j y j); last first.
  by apply/matrixP => r k; rewrite ord1 incidence_mul [RHS]mxE sums // mem_nth.
rewrite (_ : [set j | _] = A); last by apply/setP => j; rewrite !inE mxE.
rewrite ltnNge; apply/negP => A2; have AD j : j \in A -> rep j = j.
  by rewrite inE /y; case: ifP => [/rep_fix //|]; rewrite eqxx.
have [l lA] : exists l, l \in A.
  apply/set0Pn; apply: contraNneq x0 => z; apply/eqP/matrixP => i k; rewrite ord1 [RHS]mxE.
  by have /setP/(_ (e i)) := z; rewrite !inE /y eD fe => /negbFE/eqP.
have onA (P : pred 'I_m) : \sum_(j | P j) y j = \sum_(j in A | P j) y j.
  rewrite [LHS](bigID (mem A)) /= [X in _ + X]big1 ?addr0 => [|j /andP[_]]; last by rewrite inE negbK => /eqP.
  by apply: eq_bigl => j; rewrite andbC.
have yl : y l != 0 by move: lA; rewrite inE.
have [k /andP[kA kl]|none] := pickP (fun k => (k \in A) && (k != l)); last first.
  have [r rin lr] := coveredP _ _ cov l (ltn_ord l); have := sums r rin.
  rewrite onA (big_pred1 l) => [/eqP|j]; first by rewrite (negPf yl).
  by have := none j; rewrite /=; have [->|jl] := eqVneq j l; [rewrite lA lr | rewrite andbT => ->].
have two j : j \in A -> j != l -> j = k.
  move=> jA jl; apply/eqP; apply: contraTT A2 => jk; rewrite -ltnNge.
  by rewrite (cardsD1 l) lA (cardsD1 k) !inE kl (cardsD1 j) !inE jk jl; move: kA jA; rewrite !inE => -> ->.
have yk : y k != 0 by move: kA; rewrite inE.
have kl_same : same k l.
  apply/allP => r rin; have := sums r rin; rewrite onA big_mkcondr (bigD1 l) //= (bigD1 k) ?kA //= big1 ?addr0.
    by case: (val l \in r); case: (val k \in r); rewrite ?addr0 ?add0r // => /eqP; rewrite ?(negPf yl) ?(negPf yk).
  by move=> j /andP[/andP[jA jl]]; rewrite (two j) // eqxx.
by move: kl; rewrite -(AD k) // -(AD l) // (rep_same _ _ kl_same) eqxx.
Qed.

(** ... so that some even set has three elements or more (docs/proofs/spanning.md, Lemma 1.2). *)
Corollary even_of_not_recovered : covered m rows -> ~ recovers rat m rows ->
  exists2 A : {set 'I_m}, (2 < #|A|)%N & even_set A.
Proof.
move=> cov /(kernel_of_not_recovered 'F_2 cov)[x x3 Gx]; exists [set j | x j 0 != 0] => //.
by rewrite even_setE -indicator_support Gx.
Qed.

(** The number of the even sets of [w] symbols. *)
Definition even_count w : nat := #|[set A : {set 'I_m} | (#|A| == w) && even_set A]|.

Lemma sum_even_count (f : nat -> rat) :
  \sum_(w < m.+1) f w * (even_count w)%:R = \sum_(A : {set 'I_m} | even_set A) f #|A|.
Proof.
have lt A : (#|A| < m.+1)%N by rewrite ltnS; have := max_card A; rewrite card_ord.
rewrite [RHS](partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=; apply: eq_bigr => w _.
rewrite mulr_natr -sumr_const; apply: eq_big => [A|A]; last by rewrite inE => /andP[/eqP ->].
by rewrite inE -(inj_eq val_inj) /= inordK // andbC.
Qed.

Lemma sum_even_counts : \sum_(w < m.+1) (even_count w)%:R = #|[set A : {set 'I_m} | even_set A]|%:R :> rat.
Proof.
have := sum_even_count (fun=> 1); under eq_bigr => w _ do rewrite mul1r; move=> ->.
by rewrite -sum1_card natr_sum; apply: eq_bigl => A; rewrite inE.
Qed.

Lemma sum_signed_counts : \sum_(w < m.+1) (-1) ^+ w * (even_count w)%:R =
  2%:R * #|[set A : {set 'I_m} | even_set A && ~~ odd #|A|]|%:R - #|[set A : {set 'I_m} | even_set A]|%:R :> rat.
Proof.
rewrite sum_even_count -[X in _ * X%:R]sum1_card -[X in _ - X%:R]sum1_card !natr_sum.
rewrite [X in _ * X](eq_bigl (fun A => even_set A && ~~ odd #|A|)) => [|A]; last by rewrite inE.
rewrite [X in _ - X](eq_bigl (even_set)) => [|A]; last by rewrite inE.
rewrite big_mkcondr mulr_sumr -sumrB; apply: eq_bigr => A _; rewrite -signr_odd.
by case: (odd #|A|); rewrite /= ?mulr0 ?mulr1 ?sub0r ?expr0 ?expr1 // -[1 in RHS]/(1%:R) -natrB.
Qed.

(** Modulo 2, uG = 0 has 2^(n - m) times as many solutions u as there are even sets ... (docs/proofs/spanning.md, Lemma
    1.2). *)
Theorem solutions_even :
  #|[set u : 'rV['F_2]_(size rows) | u *m incidence 'F_2 m rows == 0]|%:R =
    2%:R ^+ size rows / 2%:R ^+ m * \sum_(w < m.+1) (even_count w)%:R :> rat.
Proof.
rewrite sum_even_counts card_left_kernel card_even_sets card_Fp // mulrAC -!natrX -natrM.
apply: (canRL (mulfK _)); first by rewrite pnatr_eq0 expn_eq0.
rewrite -natrM -!expnD; congr (_ ^ _)%:R.
move: (rank_leq_col (incidence 'F_2 m rows)) (rank_leq_row (incidence 'F_2 m rows)).
by set r := \rank _; move: r => r; lia.
Qed.

(** ... and uG = 1 as many as these, those of odd size counted negatively (docs/proofs/spanning.md, Lemma 1.2). *)
Theorem solutions_odd :
  #|[set u : 'rV['F_2]_(size rows) | u *m incidence 'F_2 m rows == ones 'F_2]|%:R =
    2%:R ^+ size rows / 2%:R ^+ m * \sum_(w < m.+1) (-1) ^+ w * (even_count w)%:R :> rat.
Proof.
pose G := incidence 'F_2 m rows; set N1 := #|_|.
pose N0 := #|[set u : 'rV['F_2]_(size rows) | u *m G == 0]|.
have both : (N0 + N1 = #|[set vs : 'rV['F_2]_(size rows) * 'F_2 | vs.1 *m G == vs.2 *: ones 'F_2]|)%N.
  rewrite -[RHS]sum1_card (eq_bigl (fun vs => vs.1 *m G == vs.2 *: ones 'F_2)) => [|vs]; last by rewrite inE.
  rewrite -(pair_big_dep xpredT (fun u s => u *m G == s *: ones 'F_2) (fun _ _ => 1%N)) /= (exchange_big_dep xpredT) //=.
  rewrite (bigD1 (0 : 'F_2)) // (bigD1 (1 : 'F_2)) //= [X in (_ + (_ + X))%N]big1 ?addn0 => [|s]; last first.
    by case: s => [[|[|s]] lt] //.
  by congr (_ + _)%N; rewrite /N0 /N1 -sum1_card; apply: eq_bigl => u; rewrite inE ?scale0r ?scale1r.
have c0 : 2%:R ^+ m != 0 :> rat by rewrite expf_neq0 // pnatr_eq0.
have e0 := solutions_even; rewrite sum_even_counts -/N0 in e0; rewrite sum_signed_counts.
have := dual_count G; rewrite -both card_Fp // card_balanced_kernel card_Fp // -card_even_even_sets.
move=> /(congr1 (fun k => k%:R : rat)); rewrite !natrM !natrX natrD exprS e0 mulrDl mulrAC mulfVK // => e.
rewrite mulrAC; apply: (canRL (mulfK c0)); rewrite mulrBr [_ * (2%:R * _)]mulrCA mulrA -e.
by rewrite addrAC subrr add0r.
Qed.
End Rows.

(** (iv) Over a field of q elements vG = s1 has at least q solutions (v, s) where the rows recover over Q, and one in
    any case (docs/proofs/spanning.md, Lemma 1.2). *)
Theorem solutions_of_recovery (F : finFieldType) m rows :
  (1 + (#|F| - 1) * recovers rat m rows <=
   #|[set vs : 'rV[F]_(size rows) * F | vs.1 *m incidence F m rows == vs.2 *: ones F]|)%N.
Proof.
rewrite card_solutions; have := rank_extended m rows F; have q1 := card_finRing_gt1 F.
case: (recovers rat m rows) => /= le; last by rewrite muln0 addn0 expn_gt0 (ltnW q1).
rewrite muln1 subnKC ?(ltnW q1) // -[X in (X <= _)%N]expn1 leq_exp2l //.
by lia.
Qed.
