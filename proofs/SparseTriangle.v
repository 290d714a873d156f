(** The sparse triangle (docs/exactness.md, 5): pivots, inactive columns and the core.

    [pivot_row i], [pivot_column i]  the row and the column of the pivot [i]
    [core]                           what substitution leaves of [G]: 0 in the pivots' rows and columns
    [inactive x]                     [x] with its pivot entries set to 0 *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span.
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

(** Whatever pivots are chosen, their rows and columns make an invertible triangle (docs/exactness.md, 5). *)
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

(** Substitution empties the pivots' columns and rows: the core is what is left (docs/exactness.md, 5). *)
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

(** On the kernel of the pivots' rows every pivot column is a combination of the inactive ones (docs/exactness.md, 5).
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
    it goes there ... (docs/exactness.md, 5). *)
Theorem kernel_to_core x : G *m x = 0 -> core *m inactive x = 0 /\ rowsub pivot_column (inactive x) = 0.
Proof.
move=> Gx; split; last exact: inactive_empty.
have [ce _] := core_empty; rewrite mulmxBr mulmxA -colsub_place ce mul0mx subr0.
by rewrite mulmxBl -!mulmxA -rowsub_mul Gx (_ : rowsub pivot_row 0 = 0) ?mulmx0 ?subr0 //; apply/matrixP => i j;
  rewrite !mxE.
Qed.

(** ... and each of these comes from exactly one x (docs/exactness.md, 5). *)
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
