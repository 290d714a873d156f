(** Solutions in integers: what lifting finds and certificates contain, the digits that find it, and the primes
    (docs/proofs/exactness.md, 2.6). *)
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
    verified solution of this form is exact (docs/proofs/exactness.md, 2.6). *)
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

(** So 1 is spanned over Q if and only if vG = D 1 in integers with D not 0 ... (docs/proofs/exactness.md, 2.6). *)
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

(** ... and it is not if and only if Gx = 0 in integers with a sum of x that is not 0 (docs/proofs/exactness.md, 2.6).
    *)
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
    are solves the system (docs/proofs/exactness.md, 2.6). *)
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
    (docs/proofs/exactness.md, 2.6). *)
Theorem same_row_space (K : fieldType) n k m (B : 'M[int]_(n, m)) (H : 'M[int]_(k, m)) : \rank (over K H) = n ->
  (over rat H <= over rat B)%MS -> (over rat H == over rat B)%MS /\ (spans (over rat B) -> spans (over rat H)).
Proof.
move=> rH HB; have BH : (over rat B <= over rat H)%MS.
  rewrite -(geq_leqif (mxrank_leqif_sup HB)); apply: leq_trans (rank_leq_row _) _.
  by rewrite -{1}rH rank_mod_le.
by split; [rewrite HB BH | apply: spans_submx].
Qed.

(** A largest submatrix that is invertible modulo a prime that loses no rank leads to a solution of a system that has
    one: it is 0 outside of its columns (docs/proofs/exactness.md, 2.6). *)
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

(** Dixon's algorithm for A z = b, with an inverse [C] of [A] modulo the prime and residues [res]: its digits, its
    residuals, and the vectors of the first digits. *)
Section Dixon.
Variables (p : nat) (r : nat) (A C : 'M[int]_r) (res : int -> int).
Hypothesis pr : prime p.
Hypothesis inverse : over 'F_p A *m over 'F_p C = 1%:M.
Hypothesis resP : forall x, (p%:Z %| x - res x)%Z.
Implicit Types (b v : 'cV[int]_r) (i : nat).

Definition digit v : 'cV[int]_r := map_mx res (C *m v).
Fixpoint residual b i : 'cV[int]_r :=
  if i is i'.+1 then let v := residual b i' in map_mx (fun x => (x %/ p%:Z)%Z) (v - A *m digit v) else b.
Fixpoint lifted b i : 'cV[int]_r := if i is i'.+1 then lifted b i' + p%:Z ^+ i' *: digit (residual b i') else 0.

Lemma over_zero n m (B : 'M[int]_(n, m)) : over 'F_p B = 0 <-> forall (k : 'I_n) (l : 'I_m), (p%:Z %| B k l)%Z.
Proof.
split=> [/matrixP z i j|z]; last by apply/matrixP => i j; rewrite !mxE; apply/eqP; rewrite -(dvdz_charf (char_Fp pr)).
by rewrite (dvdz_charf (char_Fp pr)); have := z i j; rewrite !mxE => /eqP.
Qed.

Lemma digit_divides v k l : (p%:Z %| (v - A *m digit v) k l)%Z.
Proof.
move: k l; apply/over_zero; have digitE : over 'F_p (digit v) = over 'F_p C *m over 'F_p v.
  apply/eqP; rewrite eq_sym -subr_eq0 -map_mxM -map_mxB; apply/eqP/over_zero => i j; rewrite !mxE; exact: resP.
by rewrite /over map_mxB map_mxM -/(over _ _) -/(over _ (digit v)) digitE mulmxA inverse mul1mx subrr.
Qed.

(** What is left of b after the first [i] digits is p^i times the residual: each division is exact
    (docs/proofs/exactness.md, 2.6). *)
Theorem dixon_residual b i : b - A *m lifted b i = p%:Z ^+ i *: residual b i.
Proof.
elim: i => [|i IH] /=; first by rewrite mulmx0 subr0 expr0 scale1r.
have e : p%:Z *: residual b i.+1 = residual b i - A *m digit (residual b i).
  by apply/matrixP => k l; rewrite /= mxE [X in _ * X]mxE mulrC divzK //; apply: digit_divides.
rewrite -[X in _ = _ *: X]/(residual b i.+1) mulmxDr opprD addrA IH -scalemxAr -scalerBr -e scalerA.
by rewrite -exprSr.
Qed.

Lemma dixon_coprime i : coprimez (p%:Z ^+ i) (\det A).
Proof.
rewrite coprimezE abszX; apply: coprimeXl; rewrite prime_coprime //.
rewrite -[(_ %| _)%N]/(p%:Z %| \det A)%Z (dvdz_charf (char_Fp pr)) -det_map_mx -/(over _ A).
have := congr1 determinant inverse; rewrite det_mulmx det1; apply: contra_eqN => /eqP ->.
by rewrite mul0r eq_sym oner_eq0.
Qed.

(** Its digits are those of the solution y / D of A y = D b: an entry c / d differs from its first [i] digits, d times, by
    a multiple of p^i (docs/proofs/exactness.md, 2.6). *)
Theorem dixon_digits b (y : 'cV[int]_r) (D : int) i k (c d : int) : A *m y = D *: b -> D != 0 -> d * y k ord0 = c * D ->
  (p%:Z ^+ i %| d * lifted b i k ord0 - c)%Z.
Proof.
move=> Ay D0 entry; have s : A *m (D *: lifted b i - y) = - (D *: (p%:Z ^+ i *: residual b i)).
  by rewrite mulmxBr -scalemxAr Ay -scalerBr -[_ - b]opprB dixon_residual scalerN.
have e : \det A *: (D *: lifted b i - y) = D *: (p%:Z ^+ i *: (- (\adj A *m residual b i))).
  by rewrite -mul_scalar_mx -mul_adj_mx -mulmxA s mulmxN -!scalemxAr !scalerN.
rewrite -(Gauss_dvdzr _ (dixon_coprime i)); apply/dvdzP; exists (d * (- (\adj A *m residual b i)) k ord0).
move: (- (\adj A *m residual b i)) e => v /matrixP/(_ k ord0); rewrite !mxE => e.
apply: (mulfI D0); transitivity (d * (\det A * (D * lifted b i k ord0 - y k ord0))).
  by rewrite mulrCA [RHS]mulrCA !mulrBr entry [D * (d * _)]mulrCA [D * c]mulrC.
by rewrite e mulrCA [p%:Z ^+ i * _]mulrC !mulrA.
Qed.

Lemma dixon_vector b (y : 'cV[int]_r) (D : int) i : A *m y = D *: b -> D != 0 ->
  exists q : 'cV[int]_r, D *: lifted b i - y = p%:Z ^+ i *: q.
Proof.
move=> Ay D0; exists (map_mx (fun x => (x %/ p%:Z ^+ i)%Z) (D *: lifted b i - y)); apply/matrixP => k l.
rewrite [RHS]mxE [X in _ * X]mxE mulrC divzK // mxE [X in X + _]mxE [X in _ + X]mxE ord1.
by apply: (dixon_digits _ Ay D0); rewrite mulrC.
Qed.
End Dixon.

(** With A the rows I and columns J of M: the residual of the digits of A z = b is divisible by p^i in all rows of M, for
    every i, if and only if they are those of a rational solution of M z = b (docs/proofs/exactness.md, 2.6). *)
Theorem dixon_solves p n m r (M : 'M[int]_(n, m)) (b : 'cV[int]_n) (I : 'I_r -> 'I_n) (J : 'I_r -> 'I_m)
    (C : 'M[int]_r) (res : int -> int) : prime p ->
  over 'F_p (mxsub I J M) *m over 'F_p C = 1%:M -> (forall x, (p%:Z %| x - res x)%Z) ->
  let z i := colsub J 1%:M *m lifted p (mxsub I J M) C res (rowsub I b) i in
  (forall i, exists q, b - M *m z i = p%:Z ^+ i *: q) <->
  over rat M *m (colsub J 1%:M *m (invmx (mxsub I J (over rat M)) *m rowsub I (over rat b))) = over rat b.
Proof.
move=> pr inv resP z; pose A := mxsub I J M; pose D := \det A.
pose y : 'cV_m := colsub J 1%:M *m (\adj A *m rowsub I b).
have p1 : (1 < `|p%:Z|)%N by apply: prime_gt1.
have D0 : D != 0.
  have := congr1 determinant inv; rewrite det_mulmx det1 /over det_map_mx -/D.
  by apply: contra_eqN => /eqP ->; rewrite rmorph0 mul0r eq_sym oner_eq0.
have Ay : A *m (\adj A *m rowsub I b) = D *: rowsub I b by rewrite mulmxA mul_mx_adj mul_scalar_mx.
have zy i : exists q, D *: z i - y = p%:Z ^+ i *: q.
  have [q eq] := dixon_vector pr inv resP i Ay D0; exists (colsub J 1%:M *m q).
  by rewrite /z /y scalemxAr -mulmxBr eq scalemxAr.
have DQ : D%:~R != 0 :> rat by rewrite intr_eq0.
have -> : over rat M *m (colsub J 1%:M *m (invmx (mxsub I J (over rat M)) *m rowsub I (over rat b))) =
    D%:~R^-1 *: over rat (M *m y).
  have uQ : over rat A \in unitmx by rewrite unitmxE unitfE /over det_map_mx.
  have yQ : over rat y = colsub J 1%:M *m (\adj (over rat A) *m rowsub I (over rat b)).
    by rewrite /over !map_mxM map_mx_adj !map_mxsub map_mx1.
  have -> : mxsub I J (over rat M) = over rat A by rewrite /over map_mxsub.
  by rewrite [invmx _]/invmx uQ -scalemxAl -!scalemxAr -yQ -map_mxM /over det_map_mx.
split=> [divides|sol i].
  rewrite (@digits_solve p%:Z _ _ M b y D) // => [|i]; last by have [q eq] := zy i; have [q' eq'] := divides i;
    exists (z i), q, q'.
  by apply/matrixP => i j; rewrite !mxE rmorphM mulKf.
have My : M *m y = D *: b.
  have {}sol : over rat (M *m y) = over rat (D *: b).
    rewrite -[LHS]scale1r -(divff DQ) -scalerA sol; by apply/matrixP => k l; rewrite !mxE rmorphM.
  by apply/matrixP => k l; have /matrixP/(_ k l) := sol; rewrite !mxE => /intr_inj.
have [q eq] := zy i; have e : D *: (b - M *m z i) = p%:Z ^+ i *: - (M *m q).
  by rewrite scalerBr -My scalemxAr -mulmxBr -opprB eq mulmxN -scalemxAr scalerN.
exists (map_mx (fun x => (x %/ p%:Z ^+ i)%Z) (b - M *m z i)); apply/matrixP => k l.
rewrite [RHS]mxE [X in _ * X]mxE mulrC divzK // -(Gauss_dvdzr _ (dixon_coprime pr inv i)) -/A -/D.
by have /matrixP/(_ k l) := e; rewrite mxE [RHS]mxE => ->; apply: dvdz_mulr.
Qed.

(** A prime that does not divide a largest minor that is not 0 loses no rank (docs/proofs/exactness.md, 2.6). *)
Theorem prime_keeps_rank n m (M : 'M[int]_(n, m)) (f : 'I_(\rank (over rat M)) -> 'I_n)
    (g : 'I_(\rank (over rat M)) -> 'I_m) p : prime p -> ~~ (p%:Z %| \det (mxsub f g M))%Z ->
  \rank (over 'F_p M) = \rank (over rat M).
Proof.
move=> pr nd; apply/eqP; rewrite eqn_leq rank_mod_le /=; apply: (@minor_rank _ _ _ _ f g).
by rewrite /over -map_mxsub det_map_mx -(dvdz_charf (char_Fp pr)).
Qed.

(** Modulo a prime, a largest invertible submatrix leads to a solution of each system Mx = b that has one. *)
Definition leads_to_solutions (K : fieldType) n m (M : 'M[int]_(n, m)) : Prop :=
  forall r (I : 'I_r -> 'I_n) (J : 'I_r -> 'I_m) (b : 'cV[int]_n), \rank (over K M) = r ->
    mxsub I J (over K M) \in unitmx -> (exists x, over rat M *m x = over rat b) ->
    over rat M *m (colsub J 1%:M *m (invmx (mxsub I J (over rat M)) *m rowsub I (over rat b))) = over rat b.

(** Of primes that are all different, one divides neither of two largest minors that are not 0, of the two systems, and
    leads to a solution of each: the loop over primes ends (docs/proofs/exactness.md, 2.6). *)
Theorem loop_ends n m n' m' (M : 'M[int]_(n, m)) (M' : 'M[int]_(n', m')) (ps : nat -> nat) :
  injective ps -> (forall k, prime (ps k)) ->
  exists k, leads_to_solutions 'F_(ps k) M /\ leads_to_solutions 'F_(ps k) M'.
Proof.
move=> inj pr; have [f [g d]] := rank_minor (over rat M); have [f' [g' d']] := rank_minor (over rat M').
pose x := \det (mxsub f g M) * \det (mxsub f' g' M'); pose N := `|x|%N.
have N0 : (0 < N)%N.
  by rewrite absz_gt0 mulf_neq0 //; [move: d|move: d']; rewrite /over -map_mxsub det_map_mx intr_eq0.
have [k nk] : exists k, ~~ (ps k %| N)%N.
  have [all_|/allPn[k _ nk]] := boolP (all (fun k => ps k %| N)%N (iota 0 N.+1)); last by exists k.
  have := @uniq_leq_size _ (map ps (iota 0 N.+1)) (iota 1 N).
  rewrite map_inj_uniq // iota_uniq size_map !size_iota ltnn => /(_ isT) no; suff : false by [].
  apply: no => q /mapP[k kN ->]; rewrite mem_iota add1n ltnS prime_gt0 //=.
  exact: dvdn_leq N0 (allP all_ k kN).
have solves n1 m1 (M1 : 'M[int]_(n1, m1)) (f1 : 'I_(\rank (over rat M1)) -> 'I_n1) (g1 : 'I_(_) -> 'I_m1) :
    ~~ ((ps k)%:Z %| \det (mxsub f1 g1 M1))%Z -> leads_to_solutions 'F_(ps k) M1.
  move=> nd r I J b rK uK sol; apply: (prime_solves sol _ uK).
  by rewrite -rK (prime_keeps_rank (pr k) nd).
exists k; split; [apply: (solves _ _ _ f g)|apply: (solves _ _ _ f' g')]; apply: contra nk => dv.
  by rewrite -[(_ %| _)%N]/((ps k)%:Z %| x)%Z dvdz_mulr.
by rewrite -[(_ %| _)%N]/((ps k)%:Z %| x)%Z dvdz_mull.
Qed.
