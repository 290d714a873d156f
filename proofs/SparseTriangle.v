(** The sparse triangle (docs/proofs/exactness.md, 5): pivots, inactive columns and the core.

    [pivot_row i], [pivot_column i]  the row and the column of the pivot [i]
    [core]                           what substitution leaves of [G]: 0 in the pivots' rows and columns
    [inactive x]                     [x] with its pivot entries set to 0 *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span Exactness.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section SparseTriangle.
Variables (K : fieldType) (n m t : nat) (G : 'M[K]_(n, m)).
Variables (pivot_row : 'I_t -> 'I_n) (pivot_column : 'I_t -> 'I_m).

Definition triangle : 'M[K]_t := mxsub pivot_row pivot_column G.
Definition place : 'M[K]_(m, t) := colsub pivot_column 1%:M.
Definition core : 'M[K]_(n, m) := G - colsub pivot_column G *m invmx triangle *m rowsub pivot_row G.
Definition inactive (x : 'cV[K]_m) : 'cV[K]_m := x - place *m rowsub pivot_column x.

(** How pivots are chosen: each in a row and a column of its own that is still active, with a non-zero weight; then all
    columns of its row stop being active. *)
Definition chosen (active : nat -> {set 'I_m}) : Prop :=
  forall i : 'I_t, [/\ pivot_column i \in active i, G (pivot_row i) (pivot_column i) != 0 &
    active i.+1 \subset active i :\: [set j | G (pivot_row i) j != 0]].

Lemma chosen_later active (i j : 'I_t) : chosen active -> (i < j)%N -> G (pivot_row i) (pivot_column j) = 0.
Proof.
move=> ch ij; have shrink k l : (k <= l <= j)%N -> active l \subset active k.
  elim: l => [|l IH] /andP[kl lj]; first by move: kl; rewrite leqn0 => /eqP->.
  move: kl; rewrite leq_eqVlt => /orP[/eqP->//|kl].
  have lt : (l < t)%N by apply: leq_ltn_trans (ltn_ord j); apply: ltnW.
  have [_ _ sub] := ch (Ordinal lt); apply: subset_trans (IH _); last by rewrite -ltnS kl ltnW.
  by apply: subset_trans sub _; apply: subsetDl.
have [jj _ _] := ch j; have [_ _ sub] := ch i.
have /(subsetP sub) : pivot_column j \in active i.+1.
  by apply: (subsetP (shrink i.+1 j _)) => //; rewrite ij /=.
by rewrite !inE => /andP[]; rewrite negbK => /eqP.
Qed.

(** Whatever pivots are chosen, their rows and columns make an invertible triangle (docs/proofs/exactness.md, 5). *)
Theorem triangle_unit active : chosen active -> triangle \in unitmx.
Proof.
move=> ch; have trig : is_trig_mx triangle.
  by apply/is_trig_mxP => i j ij; rewrite mxE; apply: chosen_later ij.
rewrite unitmxE unitfE (det_trig trig); apply/prodf_neq0 => i _.
by rewrite mxE; have [] := ch i.
Qed.

Hypothesis unit_triangle : triangle \in unitmx.

Lemma colsub_place p (A : 'M[K]_(p, m)) : colsub pivot_column A = A *m place.
Proof.
apply/matrixP => i j; rewrite !mxE (bigD1 (pivot_column j)) //= big1 => [|l ne]; last by rewrite !mxE (negPf ne) mulr0.
by rewrite !mxE eqxx mulr1 addr0.
Qed.

Lemma rowsub_place : rowsub pivot_column place = 1%:M.
Proof.
have inj : injective pivot_column.
  move=> i j e; apply/eqP; apply: contraT => ij.
  have : triangle *m (delta_mx i 0 - delta_mx j 0 : 'cV_t) = 0.
    rewrite mulmxBr -!colE; apply/matrixP => k l; rewrite !mxE e; exact: subrr.
  move/(congr1 (mulmx (invmx triangle))); rewrite mulKmx // mulmx0 => /matrixP/(_ i 0).
  by rewrite !mxE !eqxx (negPf ij) subr0 => /eqP; rewrite oner_eq0.
by apply/matrixP => i j; rewrite !mxE (inj_eq inj).
Qed.

Lemma rowsub_mul p q r (f : 'I_r -> 'I_p) (A : 'M[K]_(p, q)) s (B : 'M_(q, s)) : rowsub f (A *m B) = rowsub f A *m B.
Proof. by apply/matrixP => i j; rewrite !mxE; apply: eq_bigr => l _; rewrite !mxE. Qed.

Lemma rowsub_G_place : rowsub pivot_row G *m place = triangle.
Proof. by rewrite -colsub_place; apply/matrixP => i j; rewrite !mxE. Qed.

(** Substitution empties the pivots' columns and rows: the core is what is left (docs/proofs/exactness.md, 5). *)
Theorem core_empty : colsub pivot_column core = 0 /\ rowsub pivot_row core = 0.
Proof.
have sub_rows : rowsub pivot_row (colsub pivot_column G) = triangle by apply/matrixP => i j; rewrite !mxE.
split.
  by rewrite colsub_place mulmxBl -!mulmxA rowsub_G_place mulVmx // mulmx1 -colsub_place subrr.
have -> : rowsub pivot_row core = rowsub pivot_row G - rowsub pivot_row (colsub pivot_column G *m invmx triangle *m
  rowsub pivot_row G).
  by apply/matrixP => i j; rewrite !mxE.
by rewrite -mulmxA rowsub_mul sub_rows mulKVmx // subrr.
Qed.

(** On the kernel of the pivots' rows every pivot column is a combination of the inactive ones
    (docs/proofs/exactness.md, 5).
  *)
Theorem pivots_from_inactive x :
  rowsub pivot_row G *m x = 0 -> rowsub pivot_column x = - (invmx triangle *m rowsub pivot_row G *m inactive x).
Proof.
move=> Gx; rewrite mulmxBr -!mulmxA Gx mulmx0 sub0r opprK.
by rewrite (mulmxA (rowsub pivot_row G)) rowsub_G_place mulKmx.
Qed.

Lemma inactive_empty x : rowsub pivot_column (inactive x) = 0.
Proof.
have -> : rowsub pivot_column (inactive x) = rowsub pivot_column x - rowsub pivot_column (place *m rowsub pivot_column
  x).
  by apply/matrixP => i j; rewrite !mxE.
by rewrite rowsub_mul rowsub_place mul1mx subrr.
Qed.

(** x -> (its inactive part) is a bijection from ker(G) to the vectors in the kernel of the core that are 0 at the
  pivots:
    it goes there ... (docs/proofs/exactness.md, 5). *)
Theorem kernel_to_core x : G *m x = 0 -> core *m inactive x = 0 /\ rowsub pivot_column (inactive x) = 0.
Proof.
move=> Gx; split; last exact: inactive_empty.
have [ce _] := core_empty; rewrite mulmxBr mulmxA -colsub_place ce mul0mx subr0.
by rewrite mulmxBl -!mulmxA -rowsub_mul Gx (_ : rowsub pivot_row 0 = 0) ?mulmx0 ?subr0 //; apply/matrixP => i j;
  rewrite !mxE.
Qed.

(** ... and each of these comes from exactly one x (docs/proofs/exactness.md, 5). *)
Theorem core_to_kernel z :
  core *m z = 0 -> rowsub pivot_column z = 0 -> exists! x, G *m x = 0 /\ inactive x = z.
Proof.
move=> Cz z0; pose y := invmx triangle *m (rowsub pivot_row G *m z); exists (z - place *m y); split.
  split; first by rewrite mulmxBr mulmxA -colsub_place /y !mulmxA -mulmxBl Cz.
  rewrite /inactive; have -> : rowsub pivot_column (z - place *m y) = - y.
    transitivity (rowsub pivot_column z - rowsub pivot_column (place *m y)); first by apply/matrixP => i j;
    rewrite !mxE.
    by rewrite z0 rowsub_mul rowsub_place mul1mx sub0r.
  by rewrite mulmxN opprK subrK.
move=> x [Gx xz]; have := @pivots_from_inactive x; rewrite xz -rowsub_mul Gx => e.
have -> : y = - rowsub pivot_column x.
  by rewrite e ?opprK /y ?mulmxA //; apply/matrixP => i j; rewrite !mxE.
by rewrite mulmxN opprK -xz /inactive subrK.
Qed.
End SparseTriangle.

(** Pivots in order of time, the inactive columns, and how many of these, the first, each pivot's row depends on:
    [pivot_row i] has non-zero weight at [pivot_column i], no active column but those of pivots of its time or before, and
    no inactive column but the first [w i], numbers that never fall. *)
Section Staircase.
Variables (K : fieldType) (m : nat).

Definition staircase n t c (G : 'M[K]_(n, m)) (pivot_row : 'I_t -> 'I_n) (pivot_column : 'I_t -> 'I_m)
    (inactive_column : 'I_c -> 'I_m) (w : 'I_t -> nat) : Prop :=
  [/\ forall i, G (pivot_row i) (pivot_column i) != 0,
      forall i j : 'I_t, (i < j)%N -> G (pivot_row i) (pivot_column j) = 0,
      forall i (k : 'I_c), (w i <= k)%N -> G (pivot_row i) (inactive_column k) = 0 &
      forall i j : 'I_t, (i <= j)%N -> (w i <= w j)%N].

(** On the kernel of the pivots' rows, each pivot's column depends only on the first inactive columns that its row depends
    on: vectors that agree there agree at the pivot (docs/proofs/exactness.md, 5). *)
Theorem pivot_depends n t c (G : 'M[K]_(n, m)) (pr : 'I_t -> 'I_n) (pc : 'I_t -> 'I_m) (inact : 'I_c -> 'I_m) w
    (x y : 'cV[K]_m) i :
  staircase G pr pc inact w -> (forall j, (exists i, j = pc i) \/ exists k, j = inact k) ->
  rowsub pr G *m x = 0 -> rowsub pr G *m y = 0 ->
  (forall k : 'I_c, (k < w i)%N -> x (inact k) 0 = y (inact k) 0) -> x (pc i) 0 = y (pc i) 0.
Proof.
move=> [nz up far grow] columns Gx Gy same; apply/eqP; rewrite -subr_eq0; apply/eqP.
have {}same (k : 'I_c) : (k < w i)%N -> (x - y) (inact k) 0 = 0 by move=> /same e; rewrite !mxE e subrr.
suff -> : x (pc i) 0 - y (pc i) 0 = (x - y) (pc i) 0; last by rewrite !mxE.
have {Gx Gy} Gz : rowsub pr G *m (x - y) = 0 by rewrite mulmxBr Gx Gy subrr.
move: (x - y) Gz same => {x y} z Gz; have [b] := ubnP (val i); elim: b i => // b IH i ib same.
have /matrixP/(_ i 0) := Gz; rewrite mxE [RHS]mxE (bigD1 (pc i)) //= big1 ?addr0 => [/eqP|j ne].
  by rewrite mxE mulf_eq0 (negPf (nz i)) => /eqP.
rewrite mxE; have [[i' e]|[k ->]] := columns j; last first.
  by have [kw|kw] := ltnP k (w i); [rewrite same ?mulr0 | rewrite far ?mul0r].
rewrite e; case: (ltngtP i' i) => [lt|gt|eq]; last by case/eqP: ne; rewrite e (val_inj eq).
  rewrite (IH i') ?mulr0 //; first exact: leq_trans lt ib.
  by move=> k kw; apply: same; apply: leq_trans kw (grow _ _ (ltnW lt)).
by rewrite up ?mul0r.
Qed.

(** Without the row of the pivot [s] its column becomes inactive, after the columns that the row depended on: what is
    left are pivots in order of time; those before do not depend on that column, and each pivot after it depends on one
    more of the inactive columns at most. The row stays here; no pivot that is left is in it, so that [without_core_row]
    takes it away if it is the last (docs/proofs/exactness.md, 5). *)
Theorem without_pivot n t c (G : 'M[K]_(n, m)) (pr : 'I_t.+1 -> 'I_n) (pc : 'I_t.+1 -> 'I_m) (inact : 'I_c -> 'I_m) w
    (s : 'I_t.+1) (h : 'I_c.+1) :
  let inact' k := if unlift h k is Some k' then inact k' else pc s in
  staircase G pr pc inact w -> w s = h ->
  [/\ staircase G (pr \o lift s) (pc \o lift s) inact' (fun i => w (lift s i) + (s <= i))%N,
      forall i, pr (lift s i) != pr s &
      forall j, (exists i, j = pc i) \/ (exists k, j = inact k) ->
        (exists i, j = pc (lift s i)) \/ exists k, j = inact' k].
Proof.
move=> inact' [nz up far grow] ws.
have lift_lt (i j : 'I_t) : (i < j)%N -> (lift s i < lift s j)%N by rewrite /= /bump; lia.
split.
- split=> [i|i j ij|i k|i j ij] /=; first exact: nz.
  + by apply: up; apply: lift_lt.
  + rewrite /inact'; case: unliftP => [k' ->|->] wk.
      apply: far; move: wk; rewrite /= /bump -ws; have := @grow (lift s i) s; have := @grow s (lift s i).
      by rewrite /= /bump; lia.
    apply: up; move: wk; rewrite -ws /= /bump; have := @grow s (lift s i); rewrite /= /bump; lia.
  apply: leq_add; first by apply: grow; rewrite /= leq_bump2.
  by case: (leqP s i) => // si; rewrite (leq_trans si ij).
- move=> i; apply/eqP => e; have ne := neq_lift s i; case: (ltngtP (lift s i) s) => [lt|gt|eq].
  + by have := nz s; rewrite -e up ?eqxx.
  + by have := nz (lift s i); rewrite e up ?eqxx.
  by case/eqP: ne; apply: val_inj.
move=> j [[i ->]|[k ->]].
  case: (unliftP s i) => [i' ->|->]; first by left; exists i'.
  by right; exists h; rewrite /inact' unlift_none.
by right; exists (lift h k); rewrite /inact' liftK.
Qed.

(** Without a last row that is none of a pivot, the pivots stay, and of the core only that row goes
    (docs/proofs/exactness.md, 5). *)
Theorem without_core_row n t c (G : 'M[K]_(n.+1, m)) (pr : 'I_t -> 'I_n) (pc : 'I_t -> 'I_m) (inact : 'I_c -> 'I_m) w :
  (staircase G (lift ord_max \o pr) pc inact w <-> staircase (row' ord_max G) pr pc inact w) /\
  core (row' ord_max G) pr pc = row' ord_max (core G (lift ord_max \o pr) pc).
Proof.
have e i j : row' ord_max G i j = G (lift ord_max i) j by rewrite mxE.
split; first split=> -[nz up far grow].
- by split=> // [i|i j ij|i k ik]; rewrite e; [apply: nz|apply: up|apply: far].
- by split=> // [i|i j ij|i k ik]; rewrite /= -e; [apply: nz|apply: up|apply: far].
have pivots : rowsub pr (row' ord_max G) = rowsub (lift ord_max \o pr) G by apply/matrixP => i j; rewrite !mxE.
have triangles : triangle (row' ord_max G) pr pc = triangle G (lift ord_max \o pr) pc.
  by apply/matrixP => i j; rewrite !mxE.
apply/matrixP => i j; rewrite /core pivots triangles -!mulmxA !mxE; congr (_ - _).
by apply: eq_bigr => l _; rewrite !mxE.
Qed.
End Staircase.

(** If all weights are 0 or 1 and pivots of the first k rows take all columns, these rows have the rank m over every
    field, and span 1; and if a column of the first k - 1 rows is zero, their rank is m - 1, and the stopping time is k
    (docs/proofs/exactness.md, 5). *)
Theorem no_core (K : fieldType) n m k (G : 'M[int]_(n, m)) (pr : 'I_m -> 'I_n) (pc : 'I_m -> 'I_m) :
  (forall i j, G i j = 0 \/ G i j = 1) -> (forall i, G (pr i) (pc i) != 0) ->
  (forall i j : 'I_m, (i < j)%N -> G (pr i) (pc j) = 0) -> (forall i, (pr i < k)%N) ->
  [/\ triangle (over K G) pr pc \in unitmx, \rank (prefix k (over K G)) = m, spans (prefix k (over K G)) &
      forall j, (forall i : 'I_n, (i < k.-1)%N -> G i j = 0) ->
        \rank (prefix k.-1 (over K G)) = m.-1 /\ stops (over K G) k].
Proof.
move=> weights nz up first; have unit_ : triangle (over K G) pr pc \in unitmx.
  have trig : is_trig_mx (triangle (over K G) pr pc) by apply/is_trig_mxP => i j ij; rewrite !mxE up.
  rewrite unitmxE unitfE (det_trig trig); apply/prodf_neq0 => i _; rewrite !mxE.
  by have := nz i; case: (weights (pr i) (pc i)) => ->; rewrite ?eqxx ?oner_eq0.
have rank_ : \rank (prefix k (over K G)) = m.
  apply/eqP; rewrite eqn_leq rank_leq_col -[X in (X <= _)%N](mxrank_unit unit_).
  have -> : triangle (over K G) pr pc = mxsub pr pc (prefix k (over K G)).
    by apply/matrixP => i j; rewrite !mxE first.
  exact: rank_mxsub.
have spans_ : spans (prefix k (over K G)) by rewrite /spans submx_full // /row_full rank_.
split=> // j zero; have none l : (l < k)%N -> ~ spans (prefix l (over K G)).
  move=> lk; apply: (@uncovered_symbol _ _ _ _ j) => i; rewrite !mxE; case: ltnP => // il.
  by rewrite zero ?rmorph0 //; apply: leq_trans il _; case: k lk {first rank_ spans_ zero}.
split; last by split.
apply/eqP; rewrite eqn_leq; apply/andP; split; last first.
  have [k0|k0] := posnP k; first by have := ltn_ord j; move: rank_; rewrite k0 /=; lia.
  by have := rank_prefix_next k.-1 (over K G); rewrite prednK // rank_; lia.
have lt : (\rank (prefix k.-1 (over K G)) < m)%N; last by lia.
rewrite ltn_neqAle rank_leq_col andbT; apply/negP => /eqP full.
have : ((delta_mx 0 j : 'rV[K]_m) <= prefix k.-1 (over K G))%MS by rewrite submx_full // /row_full full.
case/submxP => v /rowP/(_ j); rewrite !mxE !eqxx big1 => [/eqP|i _]; first by rewrite oner_eq0.
by rewrite !mxE; case: ltnP => [/zero ->|_]; rewrite ?rmorph0 ?mulr0.
Qed.
