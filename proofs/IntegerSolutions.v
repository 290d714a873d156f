(** Solutions in integers: what lifting finds and certificates contain (docs/exactness.md, 2.6). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Rationals have a common denominator. *)
Lemma common_denominator n (v : 'cV[rat]_n) : exists (y : 'cV[int]_n) (D : int), D != 0 /\ map_mx intr y = D%:~R *: v.
Proof.
pose D := \prod_i denq (v i 0); exists (\col_i (numq (v i 0) * \prod_(k | k != i) denq (v k 0))), D.
split; first by apply/prodf_neq0 => i _; rewrite denq_neq0.
apply/colP => i; rewrite !mxE /D [in RHS](bigD1 i) //= !intrM numqE.
by rewrite -[LHS]mulrA [LHS]mulrC.
Qed.

(** A system My = b of integers has a rational solution if and only if it has one in integers, My = D b with D not 0; a
    verified solution of this form is exact (docs/exactness.md, 2.6). *)
Theorem integer_solution n m (M : 'M[int]_(n, m)) (b : 'cV[int]_n) :
  (exists z : 'cV[rat]_m, over rat M *m z = over rat b) <->
  exists (y : 'cV[int]_m) (D : int), D != 0 /\ M *m y = D *: b.
Proof.
split=> [[z Mz]|[y [D [D0 My]]]].
  have [y [D [D0 yz]]] := common_denominator z; exists y, D; split=> //.
  have : over rat (M *m y) = over rat (D *: b).
    by rewrite /over map_mxM yz -scalemxAr -/(over rat M) Mz; apply/matrixP => i j; rewrite !mxE rmorphM.
  by move/matrixP=> e; apply/matrixP => i j; have := e i j; rewrite !mxE => /intr_inj.
have DQ : (D%:~R : rat) != 0 by rewrite intr_eq0.
exists (D%:~R^-1 *: map_mx intr y); rewrite -scalemxAr -map_mxM My.
by apply/matrixP => i j; rewrite !mxE rmorphM mulKf.
Qed.

(** So 1 is spanned over Q if and only if vG = D 1 in integers with D not 0 ... (docs/exactness.md, 2.6). *)
Theorem spans_integers n m (G : 'M[int]_(n, m)) :
  spans (over rat G) <-> exists (v : 'rV[int]_n) (D : int), D != 0 /\ v *m G = const_mx D.
Proof.
have tr : (exists z : 'cV[rat]_n, over rat G^T *m z = over rat (const_mx 1 : 'cV_m)) <-> spans (over rat G).
  rewrite spansP; split=> [[z e]|[v e]]; [exists z^T | exists v^T]; apply: trmx_inj.
    by rewrite trmx_mul trmxK /over map_trmx -/(over rat G^T) e; apply/matrixP => i j; rewrite !mxE.
  by rewrite trmx_mul trmxK /over map_trmx trmxK -/(over rat G) e; apply/matrixP => i j; rewrite !mxE.
rewrite -tr integer_solution; split=> [[y [D [D0 e]]]|[v [D [D0 e]]]]; [exists y^T, D | exists v^T, D]; split=> //.
  by apply: trmx_inj; rewrite trmx_mul trmxK e; apply/matrixP => i j; rewrite !mxE mulr1.
by apply: trmx_inj; rewrite trmx_mul !trmxK e; apply/matrixP => i j; rewrite !mxE mulr1.
Qed.

(** ... and it is not if and only if Gx = 0 in integers with a sum of x that is not 0 (docs/exactness.md, 2.6). *)
Theorem not_spans_integers n m (G : 'M[int]_(n, m)) :
  ~ spans (over rat G) <-> exists x : 'cV[int]_m, G *m x = 0 /\ \sum_i x i 0 != 0.
Proof.
rewrite not_spans; split=> [[x [Gx x1]]|[x [Gx x1]]].
  have [y [D [D0 yx]]] := common_denominator x; exists y; split.
    have : over rat (G *m y) = 0 by rewrite /over map_mxM yx -scalemxAr -/(over rat G) Gx scaler0.
    by move/matrixP=> e; apply/matrixP => i j; have := e i j; rewrite !mxE => /eqP; rewrite intr_eq0 => /eqP.
  rewrite -(intr_eq0 rat) rmorph_sum /= (eq_bigr (fun i => D%:~R * x i 0)) => [|i _].
    by rewrite -mulr_sumr -/(total x) x1 mulr1 intr_eq0.
  by have /colP/(_ i) := yx; rewrite !mxE.
have sQ : ((\sum_i x i 0)%:~R : rat) != 0 by rewrite intr_eq0.
exists ((\sum_i x i 0)%:~R^-1 *: map_mx intr x); split.
  by rewrite -scalemxAr -map_mxM Gx map_mx0 scaler0.
rewrite /total (eq_bigr (fun i => (\sum_i x i 0)%:~R^-1 * (x i 0)%:~R)) => [|i _]; last by rewrite !mxE.
by rewrite -mulr_sumr -rmorph_sum mulVf.
Qed.

(** If the residual of the digits is divisible by every power of the prime, the rational vector y / D whose digits they
    are solves the system (docs/exactness.md, 2.6). *)
Theorem digits_solve (p : int) n m (M : 'M[int]_(n, m)) (b : 'cV[int]_n) (y : 'cV[int]_m) (D : int) : (1 < `|p|)%N ->
  (forall i, exists (z q : 'cV[int]_m) (q' : 'cV[int]_n), D *: z - y = p ^+ i *: q /\ b - M *m z = p ^+ i *: q') ->
  M *m y = D *: b.
Proof.
move=> p1 digits; apply/eqP; rewrite eq_sym -subr_eq0; apply/eqP/colP => k; rewrite [RHS]mxE; apply/eqP.
set e := _ k 0; have [N eN] : exists N, N = `|e|%N by exists `|e|%N.
have [z [q [q' [eq_y eq_b]]]] := digits N.
have eq_e : D *: b - M *m y = p ^+ N *: (D *: q' + M *m q).
  by rewrite scalerDr scalerA mulrC -scalerA -eq_b scalemxAr -eq_y mulmxBr scalerBr -scalemxAr addrA subrK.
have : e = p ^+ N * (D *: q' + M *m q) k 0 by rewrite /e eq_e mxE.
move: ((D *: q' + M *m q) k 0) => c /(congr1 absz); rewrite abszM abszX -eN => e_; have [c0|c0] := posnP `|c|%N.
  by rewrite -absz_eq0 -eN e_ c0 muln0.
have : (`|p| ^ N <= N)%N by rewrite [X in (_ <= X)%N]e_ leq_pmulr.
by rewrite leqNgt ltn_expl.
Qed.

(** Rows with as large a rank modulo the prime as kept rows have, all in their row space, have the same row space
    (docs/exactness.md, 2.6). *)
Theorem same_row_space (K : fieldType) n k m (B : 'M[int]_(n, m)) (H : 'M[int]_(k, m)) : \rank (over K H) = n ->
  (over rat H <= over rat B)%MS -> (over rat H == over rat B)%MS /\ (spans (over rat B) -> spans (over rat H)).
Proof.
move=> rH HB; have BH : (over rat B <= over rat H)%MS.
  rewrite -(geq_leqif (mxrank_leqif_sup HB)); apply: leq_trans (rank_leq_row _) _.
  by rewrite -{1}rH rank_mod_le.
by split; [rewrite HB BH | apply: spans_submx].
Qed.

(** A largest submatrix that is invertible modulo a prime that loses no rank leads to a solution of a system that has
    one: it is 0 outside of its columns (docs/exactness.md, 2.6). *)
Theorem prime_solves (K : fieldType) n m r (M : 'M[int]_(n, m)) (b : 'cV[int]_n) (I : 'I_r -> 'I_n)
    (J : 'I_r -> 'I_m) :
  (exists x, over rat M *m x = over rat b) -> \rank (over rat M) = r -> mxsub I J (over K M) \in unitmx ->
  over rat M *m (colsub J 1%:M *m (invmx (mxsub I J (over rat M)) *m rowsub I (over rat b))) = over rat b.
Proof.
move=> [x Mx] rM uK; have uQ : mxsub I J (over rat M) \in unitmx.
  have detE F : \det (mxsub I J (over F M)) = (\det (mxsub I J M))%:~R.
    by rewrite -map_mxsub -det_map_mx.
  move: uK; rewrite !unitmxE !unitfE !detE; apply: contra; rewrite intr_eq0 => /eqP ->.
  by rewrite mulr0z.
have rowsJ : rowsub I (over rat M) *m colsub J 1%:M = mxsub I J (over rat M).
  by apply/matrixP => i j; rewrite !mxE (bigD1 (J j)) //= big1 => [|l ne];
    rewrite !mxE ?eqxx ?mulr1 ?addr0 // (negPf ne) mulr0.
have rI : \rank (rowsub I (over rat M)) = r.
  apply/eqP; rewrite eqn_leq rank_leq_row -[X in (X <= _)%N](mxrank_unit uQ) -rowsJ; exact: mxrankM_maxl.
have sub : (rowsub I (over rat M) <= over rat M)%MS.
  by apply/row_subP => i; rewrite (_ : row i _ = row (I i) (over rat M)) ?row_sub //; apply/rowP => j; rewrite !mxE.
have /submxP[C eC] : (over rat M <= rowsub I (over rat M))%MS.
  by rewrite -(geq_leqif (mxrank_leqif_sup sub)) rM rI.
have rowsM p (A : 'M[rat]_(n, m)) (B : 'M_(m, p)) : rowsub I (A *m B) = rowsub I A *m B.
  by apply/matrixP => i j; rewrite !mxE; apply: eq_bigr => l _; rewrite !mxE.
rewrite [X in X *m _ = _]eC -mulmxA (mulmxA (rowsub I _)) rowsJ mulKVmx // -Mx rowsM mulmxA -eC.
by [].
Qed.
