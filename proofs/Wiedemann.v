(** Block Wiedemann's certificate (docs/proofs/exactness.md, 8.2 and 8.4): ranks of Hankel matrices from the degrees of
    a reduced basis of approximants, and full rank from degrees that add up to the number of columns.

    [S]         a series of matrices, [coefficient S t] the matrix at x^t
    [series S]  maps a pair (f, g) to S f - g; g counts as one degree higher than f ([shift])
    [hankel l]  the blocks S_{i+j}, i <= n - l, j < l *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Approximants.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** The rank of a matrix whose kernel is parametrized. *)
Lemma rank_kernel (K : fieldType) r c N (H : 'M[K]_(r, c)) (phi : 'cV[K]_N -> 'cV[K]_c) :
  (forall x q q', phi (x *: q + q') = x *: phi q + phi q') -> (forall q, phi q = 0 -> q = 0) ->
  (forall y, H *m y = 0 <-> exists q, y = phi q) -> (\rank H + N = c)%N.
Proof.
move=> lin inj ker; pose W : 'M[K]_(c, N) := \matrix_(x, y) phi (delta_mx y 0) x 0.
have phi0 : phi 0 = 0 by have := lin (-1) 0 0; rewrite scaler0 addr0 scaleN1r addNr.
have phiD q q' : phi (q + q') = phi q + phi q' by rewrite -[in LHS](scale1r q) lin scale1r.
have We q : W *m q = phi q.
  rewrite [in RHS](matrix_sum_delta q) (eq_bigr (fun y => q y 0 *: delta_mx y 0)) => [|y _]; last by rewrite big_ord1.
  rewrite (big_morph phi phiD phi0); apply/matrixP => x o; rewrite ord1 {o} mxE summxE; apply: eq_bigr => y _.
  by rewrite -[q y 0 *: _]addr0 lin phi0 addr0 !mxE mulrC.
have freeW : \rank W^T = N.
  apply/eqP; rewrite -/(row_free W^T) -kermx_eq0; apply/rowV0P => u /sub_kermxP e.
  by apply: trmx_inj; rewrite trmx0; apply: inj; rewrite -We -[W]trmxK -trmx_mul e trmx0.
have eqk : (kermx H^T == W^T)%MS.
  apply/andP; split; apply/row_subP => i.
    have /sub_kermxP e : (row i (kermx H^T) <= kermx H^T)%MS by exact: row_sub.
    have [q yq] : exists q, (row i (kermx H^T))^T = phi q.
      by apply/ker/trmx_inj; rewrite trmx_mul trmxK e trmx0.
    by rewrite -[X in (X <= _)%MS]trmxK yq -We trmx_mul submxMl.
  apply/sub_kermxP/trmx_inj; rewrite trmx_mul trmxK trmx0; apply/ker; exists (delta_mx i 0).
  by rewrite -We -colE tr_row trmxK.
have := eqmx_rank eqk; rewrite freeW mxrank_ker mxrank_tr => <-; rewrite subnKC //; exact: rank_leq_col.
Qed.

Section Hankel.
Variables (K : fieldType) (a b n : nat) (S : 'M[{poly K}]_(b, a)).

Definition shift (i : 'I_(a + b)) : nat := (a <= i)%N.
Definition series : 'M[{poly K}]_(b, a + b) := row_mx S (- 1%:M).
Definition coefficient (t : nat) : 'M[K]_(b, a) := map_mx (fun p : {poly K} => p`_t) S.
Definition hankel l : 'M[K]_(\sum_(i < n.+1 - l) b, \sum_(j < l) a) :=
  \mxblock_(i < n.+1 - l, j < l) coefficient (i + j).

Lemma shift_l (r : 'I_a) : shift (lshift b r) = 0%N. Proof. by rewrite /shift /= leqNgt ltn_ord. Qed.
Lemma shift_r (r : 'I_b) : shift (rshift a r) = 1%N. Proof. by rewrite /shift /= leq_addr. Qed.

Lemma seriesE r (f : 'M_(a, r)) g : series *m col_mx f g = S *m f - g.
Proof. by rewrite mul_row_col mulNmx mul1mx. Qed.

Lemma coef_sub r (A C : 'M[{poly K}]_(b, r)) i j t : ((A - C) i j)`_t = (A i j)`_t - (C i j)`_t.
Proof. by rewrite !mxE coefB. Qed.

Lemma coef_zero r i j t : ((0 : 'M[{poly K}]_(b, r)) i j)`_t = 0.
Proof. by rewrite mxE coef0. Qed.

Lemma belowP l (f : 'cV[{poly K}]_a) g : below shift l (col_mx f g) <->
  (forall r t, (l <= t)%N -> (f r 0)`_t = 0) /\ (forall r t, (l <= t.+1)%N -> (g r 0)`_t = 0).
Proof.
split=> [be|[bf bg] i t].
  split=> r t lt; first by have := be (lshift b r) t; rewrite shift_l addn0 col_mxEu; apply.
  by have := be (rshift a r) t; rewrite shift_r addn1 col_mxEd; apply.
case: (split_ordP i) => r ->; first by rewrite shift_l addn0 col_mxEu; apply: bf.
by rewrite shift_r addn1 col_mxEd; apply: bg.
Qed.

Lemma coef_series (f : 'cV[{poly K}]_a) r t :
  ((S *m f) r 0)`_t = \sum_(c < t.+1) (coefficient (t - c) *m \col_i (f i 0)`_c) r 0.
Proof.
rewrite mxE coef_sum; under eq_bigr => i _ do rewrite coefMr.
by rewrite exchange_big; apply: eq_bigr => c _; rewrite mxE; apply: eq_bigr => i _; rewrite !mxE.
Qed.

Variables (l : nat) (d : 'I_(a + b) -> nat) (M : 'M[{poly K}]_(a + b)).
Hypothesis base : basis series n M.
Hypothesis red : reduced shift d M.
Hypothesis l0 : (0 < l)%N.
Hypothesis ln : (l <= n.+1)%N.

Definition poly_of (q : 'cV[K]_(\sum_j (l - d j))) : 'cV[{poly K}]_(a + b) :=
  \col_j \sum_(e < l - d j) submxcol q j e 0 *: 'X^e.
Definition reversed (f : 'cV[{poly K}]_a) : 'cV[K]_(\sum_(j < l) a) := \mxcol_(j < l) \col_r (f r 0)`_(l.-1 - j).

Lemma coef_poly_of q j t (lt : (t < l - d j)%N) : (poly_of q j 0)`_t = submxcol q j (Ordinal lt) 0.
Proof.
rewrite mxE coef_sum (bigD1 (Ordinal lt)) //= big1 => [|e ne]; first by rewrite coefZ coefXn eqxx mulr1 addr0.
by rewrite coefZ coefXn (_ : t == e = false) ?mulr0 //; apply: contraNF ne => /eqP te; apply/eqP/val_inj.
Qed.

Lemma poly_of_below q : below d l (poly_of q).
Proof.
move=> j t lt; rewrite mxE coef_sum big1 // => e _; rewrite coefZ coefXn (_ : t == e = false) ?mulr0 //.
by apply/negP => /eqP te; move: (ltn_ord e) lt; rewrite te; lia.
Qed.

Lemma poly_of_all u : below d l u -> exists q, u = poly_of q.
Proof.
move=> bu; exists (\mxcol_j \col_(e < l - d j) (u j 0)`_e); apply/matrixP => j o; rewrite ord1 {o}; apply/polyP => t.
have [lt|ge] := ltnP t (l - d j)%N; first by rewrite (coef_poly_of _ lt) mxcolK mxE.
by rewrite poly_of_below ?bu //; lia.
Qed.

Lemma poly_of_inj q : poly_of q = 0 -> q = 0.
Proof.
move=> z; apply/mxcolP => j; rewrite submxcol0; apply/matrixP => e o; rewrite ord1 [RHS]mxE {o}.
have := coef_poly_of q (ltn_ord e); rewrite z mxE coef0 => ->; congr (submxcol _ _ _ _); exact: val_inj.
Qed.

Lemma hankel_reversed (f : 'cV[{poly K}]_a) : (forall r t, (l <= t)%N -> (f r 0)`_t = 0) ->
  hankel l *m reversed f = \mxcol_(i < n.+1 - l) \col_r ((S *m f) r 0)`_(i + l.-1).
Proof.
move=> bf; rewrite mul_mxblock_mxrow; apply/eq_mxcolP => i; apply/matrixP => r o; rewrite ord1 {o} summxE.
rewrite [RHS]mxE coef_series (reindex_inj rev_ord_inj) /=.
have le : (l <= (i + l.-1).+1)%N by lia.
rewrite (eq_bigr (fun c : 'I_l => (coefficient (i + l.-1 - c) *m \col_i0 (f i0 0)`_c) r 0)) => [|c _]; last first.
  by congr ((coefficient _ *m _) _ _); [|apply/matrixP => x o; rewrite !mxE; congr (_`_ _)]; move: (ltn_ord c); lia.
rewrite (big_ord_widen _ (fun c => (coefficient (i + l.-1 - c) *m \col_i0 (f i0 0)`_c) r 0) le) big_mkcond.
apply: eq_bigr => c _; case: ltnP => // lc; rewrite (_ : \col__ _ = 0) ?mulmx0 ?mxE //.
by apply/matrixP => x o; rewrite !mxE bf.
Qed.

Definition combined q : 'cV[K]_(\sum_(j < l) a) := reversed (usubmx (M *m poly_of q)).

Lemma combined_linear x q q' : combined (x *: q + q') = x *: combined q + combined q'.
Proof.
have lin : poly_of (x *: q + q') = x%:P *: poly_of q + poly_of q'.
  apply/matrixP => j o; rewrite ord1 !mxE mulr_sumr -big_split; apply: eq_bigr => e _ /=.
  by rewrite !mxE scalerDl -scalerA mul_polyC.
rewrite /combined lin mulmxDr -scalemxAr; move: (M *m _) (M *m _) => v v'.
by apply/matrixP => y o; rewrite !mxE coefD coefCM.
Qed.

(** The rank of a Hankel matrix from the degrees of a reduced basis: rank(H) = a l - sum of max(0, l - d_j)
    (docs/proofs/exactness.md, 8.2). *)
Theorem hankel_rank : (\rank (hankel l) + \sum_j (l - d j) = a * l)%N.
Proof.
have split_v v : v = col_mx (usubmx v) (dsubmx v) :> 'cV[{poly K}]_(a + b) by rewrite vsubmxK.
have reversed_block f (i : 'I_l) r : submxcol (reversed f) i r 0 = (f r 0)`_(l.-1 - i) by rewrite mxcolK mxE.
rewrite (@rank_kernel _ _ _ _ _ combined) ?sum_nat_const ?card_ord 1?mulnC //; first exact: combined_linear.
  move=> q e; pose v := M *m poly_of q.
  have bv : below shift l v by apply/(degree_combination _ _ red)/poly_of_below.
  have sv : small series n v by apply: small_mul base.1.
  rewrite (split_v v) in bv sv; have [bf bg] := (belowP _ _ _).1 bv.
  have f0 : usubmx v = 0.
    apply/matrixP => r o; rewrite ord1 [RHS]mxE; apply/polyP => t; rewrite coef0.
    have [lt|ge] := ltnP t l; last exact: bf.
    have lt' : (l.-1 - t < l)%N by lia.
    have := reversed_block (usubmx v) (Ordinal lt') r; rewrite -/(combined q) e submxcol0 mxE => /esym z.
    by rewrite -[RHS]z; congr (_`_ _) => /=; lia.
  have g0 : dsubmx v = 0.
    apply/matrixP => r o; rewrite ord1 [RHS]mxE; apply/polyP => t; rewrite coef0.
    have [lt|ge] := ltnP t n; last by apply: bg; lia.
    have := sv r 0 t lt; rewrite seriesE coef_sub f0 mulmx0 coef_zero sub0r => /eqP.
    by rewrite oppr_eq0 => /eqP.
  by apply: poly_of_inj; apply: (basis_mul0 base); rewrite -/v (split_v v) f0 g0 col_mx0.
move=> y; split=> [Hy|[q ->]]; last first.
  pose v := M *m poly_of q; rewrite /combined -/v.
  have bv : below shift l v by apply/(degree_combination _ _ red)/poly_of_below.
  have sv : small series n v by apply: small_mul base.1.
  rewrite (split_v v) in bv sv; have [bf bg] := (belowP _ _ _).1 bv.
  rewrite (hankel_reversed bf); apply/mxcolP => i; rewrite mxcolK submxcol0.
  apply/matrixP => r o; rewrite ord1 [RHS]mxE.
  have lt : (i + l.-1 < n)%N by move: (ltn_ord i); lia.
  rewrite mxE; have := sv r 0 _ lt; rewrite seriesE coef_sub.
  by rewrite [X in _ - X]bg ?subr0 //; lia.
pose f : 'cV[{poly K}]_a := \col_r \sum_(i < l) submxcol y i r 0 *: 'X^(l.-1 - i).
pose g : 'cV[{poly K}]_b := \col_r \poly_(t < l.-1) ((S *m f) r 0)`_t.
have gE r t : (g r 0)`_t = if (t < l.-1)%N then ((S *m f) r 0)`_t else 0 by rewrite mxE coef_poly.
have bf r t : (l <= t)%N -> (f r 0)`_t = 0.
  move=> lt; rewrite mxE coef_sum big1 // => i _; rewrite coefZ coefXn (_ : t == _ = false) ?mulr0 //.
  by apply/negP => /eqP te; move: (ltn_ord i); lia.
have fE (i : 'I_l) r : (f r 0)`_(l.-1 - i) = submxcol y i r 0.
  rewrite mxE coef_sum (bigD1 i) //= big1 => [|e ne]; first by rewrite coefZ coefXn eqxx mulr1 addr0.
  rewrite coefZ coefXn (_ : (_ == _)%N = false) ?mulr0 //; apply: contraNF ne => /eqP te; apply/eqP/val_inj => /=.
  by move: (ltn_ord e) (ltn_ord i); lia.
have yf : y = reversed f.
  by apply/mxcolP => i; rewrite mxcolK; apply/matrixP => r o; rewrite ord1 [RHS]mxE fE.
have bv : below shift l (col_mx f g).
  by apply/belowP; split=> // r t lt; rewrite gE ifF //; lia.
have [u [vu _]] : exists! u, col_mx f g = M *m u.
  apply: base.2 => r o t tn; rewrite ord1 {o} seriesE coef_sub gE.
  case: ltnP => [lt|ge]; first by rewrite subrr.
  rewrite subr0; move: Hy; rewrite yf (hankel_reversed bf) => Hy.
  have lt : (t - l.-1 < n.+1 - l)%N by lia.
  have := mxcolK (fun i : 'I_(n.+1 - l) => \col_r ((S *m f) r 0)`_(i + l.-1)) (Ordinal lt).
  rewrite Hy submxcol0 => /matrixP/(_ r 0); rewrite [LHS]mxE [RHS]mxE /= subnK //.
have [q uq] : exists q, u = poly_of q by apply: poly_of_all; apply/(degree_combination _ _ red); rewrite -vu.
by exists q; rewrite /combined -uq -vu col_mxKu.
Qed.
End Hankel.

(** No degree of a reduced basis exceeds n + 1. *)
Lemma degree_at_most (K : fieldType) a b n (S : 'M[{poly K}]_(b, a)) d M j :
  basis (series S) n M -> reduced (@shift a b) d M -> (d j <= n.+1)%N.
Proof.
move=> base red; rewrite leqNgt; apply/negP => lt.
have monomial i : exists u : 'cV[{poly K}]_(a + b), 'X^n *: delta_mx i 0 = M *m u /\ u j 0 = 0.
  have [u [e _]] : exists! u, 'X^n *: delta_mx i 0 = M *m u :> 'cV[{poly K}]_(a + b).
    by apply: base.2 => r o t tn; rewrite -scalemxAr mxE coefXnM tn.
  exists u; split=> //; apply/polyP => t; rewrite coef0.
  have bu : below d n.+2 u.
    apply/(degree_combination _ _ red); rewrite -e => r x nx; rewrite !mxE; case: (_ && _); rewrite ?mulr0 ?coef0 //.
    by rewrite mulr1 coefXn (_ : (x == n) = false) //; move: nx; rewrite /shift; case: (a <= r)%N; lia.
  by apply: bu; lia.
have [u e] : exists u : 'I_(a + b) -> 'cV[{poly K}]_(a + b), forall i, 'X^n *: delta_mx i 0 = M *m u i /\ u i j 0 = 0.
  by apply: (fin_all_exists monomial).
pose N : 'M[{poly K}]_(a + b) := \matrix_(x, i) u i x 0.
have MN : M *m N = 'X^n%:M.
  apply/matrixP => x i; have [+ _] := e i; move/matrixP/(_ x 0); rewrite !mxE eqxx andbT => h.
  by rewrite -mulr_natr h; apply: eq_bigr => y _; rewrite mxE.
have : \det (M *m N) != 0 by rewrite MN det_scalar expf_neq0 // -size_poly_eq0 size_polyXn.
rewrite det_mulmx (expand_det_row N j) big1 ?mulr0 ?eqxx // => i _; rewrite mxE (e i).2 mul0r //.
Qed.

Section Certificate.
Variables (K : fieldType) (a b c n : nat) (B : 'M[K]_c.+1) (U : 'M[K]_(c.+1, a)) (V : 'M[K]_(c.+1, b)).
Variables (S : 'M[{poly K}]_(b, a)) (d : 'I_(a + b) -> nat) (M : 'M[{poly K}]_(a + b)) (J : 'I_a -> 'I_(a + b)).
Hypothesis sequence : forall i, (i < n)%N -> coefficient S i = V^T *m B^T ^+ i *m U.
Hypothesis base : basis (series S) n M.
Hypothesis red : reduced (@shift a b) d M.
Hypothesis injJ : injective J.
Hypothesis least : forall i j, i \notin codom J -> (d (J j) < d i)%N.
Hypothesis some : (0 < b)%N.
Hypothesis degrees : (\sum_j d (J j) = c.+1)%N.

(** The coefficients of x^(d_j) in f and of x^(d_j - 1) in g. *)
Definition leading_f : 'M[K]_a := mxsub (@lshift a b) J (leading (@shift a b) d M).
Definition leading_g : 'M[K]_(b, a) := mxsub (@rshift a b) J (leading (@shift a b) d M).
Hypothesis unit_f : leading_f \in unitmx.

Notation A := B^T.
Let fs j t : 'cV[K]_a := \col_r (M (lshift b r) (J j))`_t.
Let gs j t : 'cV[K]_b := \col_r (M (rshift a r) (J j))`_t.
Fixpoint krylov j t : 'cV[K]_c.+1 := if t is t'.+1 then A *m krylov j t' + U *m fs j t else U *m fs j 0.

Lemma krylov_series j t i : (i + t < n)%N ->
  V^T *m A ^+ i *m krylov j t = \sum_(e < t.+1) coefficient S (i + t - e) *m fs j e.
Proof.
elim: t i => [|t IH] i lt.
  by rewrite big_ord1 subn0 addn0 sequence ?mulmxA //; lia.
rewrite big_ord_recr /= addnK mulmxDr; congr (_ + _); last by rewrite sequence ?mulmxA //; lia.
rewrite mulmxA -(mulmxA V^T) mulmxE -exprSr IH; last by lia.
by apply: eq_bigr => e _; rewrite addSnnS.
Qed.

Lemma krylov_g j t : (t < n)%N -> V^T *m krylov j t = gs j t.
Proof.
move=> lt; have := @krylov_series j t 0 lt; rewrite expr0 mulmx1 => ->.
have := base.1; move=> sm; have colJ : col (J j) M = col_mx (col (J j) (usubmx M)) (col (J j) (dsubmx M)).
  by rewrite -[in LHS](vsubmxK M) col_col_mx.
apply/matrixP => r o; rewrite ord1 {o} summxE; have := sm r (J j) t lt.
have -> : (series S *m M) r (J j) = (series S *m col (J j) M) r 0.
  by rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => y _; rewrite [col _ _ _ _]mxE.
rewrite colJ seriesE coef_sub coef_series => /eqP; rewrite subr_eq0 => /eqP e; rewrite [RHS]mxE.
transitivity (\sum_(c0 < t.+1) (coefficient S (t - c0) *m (\col_i (col (J j) (usubmx M) i 0)`_c0)) r 0).
  by apply: eq_bigr => x _; congr ((_ *m _) _ _); apply/matrixP => y o; rewrite !mxE.
by rewrite e !mxE.
Qed.

Lemma krylov_above j i : krylov j (d (J j) + i) = A ^+ i *m krylov j (d (J j)).
Proof.
elim: i => [|i IH]; first by rewrite addn0 expr0 mul1mx.
rewrite addnS /= IH exprS -mulmxE -mulmxA (_ : fs j _ = 0) ?mulmx0 ?addr0 //.
by apply/matrixP => r o; rewrite !mxE red.1 //; lia.
Qed.

Lemma leading_fE r j : leading_f r j = (M (lshift b r) (J j))`_(d (J j)).
Proof. by rewrite !mxE shift_l subn0. Qed.

(** If the degrees of J add up to the number of columns and F is invertible, so is B, and V^T (B^T)^-1 U = - K F^-1: the
    certificate of full rank, and of the last coefficient (docs/proofs/exactness.md, 8.4). *)
Theorem certificate : B \in unitmx /\ V^T *m invmx A *m U = - (leading_g *m invmx leading_f).
Proof.
have [i0 i0J] : exists i0, i0 \notin codom J.
  apply/existsP; rewrite -negb_forall; apply/negP => /forallP all.
  have : (#|'I_(a + b)| <= #|codom J|)%N by apply/subset_leq_card/subsetP => i _; apply: all.
  by rewrite (card_codom injJ) !card_ord; lia.
pose l := (\max_j d (J j)).+1.
have Jl j : (d (J j) < l)%N by rewrite ltnS; apply: (@leq_bigmax _ (fun j => d (J j))).
have lo i : i \notin codom J -> (l <= d i)%N.
  move=> iJ; have [a0|] := posnP a; last move=> a_gt0.
    by move: degrees; rewrite big1 // => j _; have := ltn_ord j; lia.
  have [|j0 e] := @eq_bigmax _ (fun j => d (J j)); first by rewrite card_ord.
  by rewrite /l e; apply: least.
have ln : (l <= n.+1)%N by apply: leq_trans (lo _ i0J) (degree_at_most i0 base red).
have rank : \rank (hankel n S l) = c.+1.
  have := hankel_rank base red (ltn0Sn _) ln; rewrite (bigID [in codom J]) /= [X in (_ + (_ + X))%N]big1; last first.
    by move=> i iJ; apply/eqP; rewrite subn_eq0; apply: lo.
  have uJ : uniq (codom J) by apply/injectiveP.
  rewrite -(big_uniq _ uJ) /= big_map big_enum addn0 /= => e.
  have : (\sum_j (l - d (J j)) + \sum_j d (J j) = a * l)%N.
    by rewrite -big_split (eq_bigr (fun=> l)) ?sum_nat_const ?card_ord // => j _ /=; have := Jl j; lia.
  by rewrite degrees -e addnC => /eqP; rewrite eqn_add2r => /eqP.
pose L := \mxcol_(i < n.+1 - l) (V^T *m A ^+ i); pose R := \mxrow_(j < l) (A ^+ j *m U).
have HLR : hankel n S l = L *m R.
  rewrite mul_mxcol_mxrow; apply/eq_mxblock => i j; rewrite sequence ?exprD ?mulmxA //.
  by move: (ltn_ord i) (ltn_ord j); lia.
have fullL : row_full L.
  by rewrite /row_full eqn_leq rank_leq_col -[X in (X <= _)%N]rank HLR mxrankM_maxl.
have freeR : row_free R.
  by rewrite /row_free eqn_leq rank_leq_row -[X in (X <= _)%N]rank HLR mxrankM_maxr.
have z0 j : krylov j (d (J j)) = 0.
  rewrite -[LHS]mul1mx -(mulVpmx fullL) -mulmxA mxcol_mul (_ : \mxcol__ _ = 0) ?mulmx0 //.
  apply/mxcolP => i; rewrite mxcolK submxcol0 -mulmxA -krylov_above krylov_g; last first.
    by move: (ltn_ord i) (Jl j); lia.
  by apply/matrixP => r o; rewrite [LHS]mxE [RHS]mxE red.1 // shift_r; lia.
have unitA : A \in unitmx.
  rewrite -row_free_unit -kermx_eq0; apply/rowV0P => w /sub_kermxP wA.
  have wU : w *m U = 0.
    suff e : w *m U *m leading_f = 0 by rewrite -[LHS](mulmxK unit_f) e mul0mx.
    apply/matrixP => o j; rewrite ord1 {o} [RHS]mxE.
    have : w *m krylov j (d (J j)) = 0 by rewrite z0 mulmx0.
    have -> : w *m krylov j (d (J j)) = w *m U *m fs j (d (J j)).
      case: (d (J j)) => [|t] /=; first by rewrite mulmxA.
      by rewrite mulmxDr mulmxA wA mul0mx add0r mulmxA.
    move/matrixP/(_ 0 0); rewrite [RHS]mxE => <-; rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => r _.
    by rewrite leading_fE [fs _ _ _ _]mxE.
  have : w *m R = 0.
    rewrite mul_mxrow (_ : \mxrow__ _ = 0) //; apply/mxrowP => -[[|j] lt]; rewrite mxrowK submxrow0 /= mulmxA.
      by rewrite expr0 mulmx1.
    by rewrite exprS -mulmxE mulmxA wA !mul0mx.
  by move=> wR; apply: (row_free_inj freeR); rewrite wR mul0mx.
split; first by rewrite -unitmx_tr.
suff e : V^T *m invmx A *m U *m leading_f = - leading_g by rewrite -[LHS](mulmxK unit_f) e mulNmx.
apply/matrixP => r j; have : (V^T *m invmx A *m krylov j (d (J j))) r 0 = 0 by rewrite z0 mulmx0 mxE.
have fE : (V^T *m invmx A *m U *m leading_f) r j = (V^T *m invmx A *m U *m fs j (d (J j))) r 0.
  rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => x _; by rewrite leading_fE [fs _ _ _ _]mxE.
rewrite fE [(- leading_g) r j]mxE; have := Jl j; have gE : leading_g r j = if d (J j) is t.+1 then gs j t r 0 else 0.
  by rewrite !mxE shift_r; case: (d (J j)) => // t; rewrite mxE subn1.
rewrite gE; case: (d (J j)) => [|t] lt /=; first by rewrite mulmxA oppr0.
rewrite mulmxDr mulmxA mulmxKV // krylov_g; last by lia.
by rewrite mxE mulmxA addrC => /eqP; rewrite addr_eq0 => /eqP.
Qed.
End Certificate.
