(** The least prefix modulo p, and the sparse triangle (docs/exactness.md, sections 3 and 5), over every field. *)
From mathcomp Require Import all_ssreflect all_fingroup all_algebra.
From SRTheory Require Import Span.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section LeastPrefix.
Variables (F : fieldType) (n m k : nat) (G : 'M[F]_(n, m)) (X : 'M[F]_(m, k)) (g : 'rV[F]_m).
(** The columns of [X] generate the kernel of [G]. *)
Hypothesis X_kernel : forall x : 'cV_m, G *m x = 0 <-> exists y, x = X *m y.

Lemma kernel_basis : G *m X = 0.
Proof.
apply/matrixP => i j; have : G *m (X *m delta_mx j 0 : 'cV_m) = 0 by apply/X_kernel; exists (delta_mx j 0).
by rewrite mulmxA -colE => /matrixP/(_ i 0); rewrite !mxE.
Qed.

(** 3: where the new row annihilates the kernel, the kernel stays. *)
Theorem kernel_stays (x : 'cV[F]_m) : g *m X = 0 -> (col_mx G g *m x = 0 <-> G *m x = 0).
Proof.
move=> gX; rewrite mul_col_mx; split=> [/eqP|Gx]; first by rewrite col_mx_eq0 => /andP[/eqP].
by have [y ->] := (X_kernel x).1 Gx; rewrite !mulmxA kernel_basis gX !mul0mx col_mx0.
Qed.

(** 3: otherwise it becomes the combinations that the new row annihilates. *)
Theorem kernel_shrinks (x : 'cV[F]_m) : col_mx G g *m x = 0 <-> exists2 y, g *m X *m y = 0 & x = X *m y.
Proof.
rewrite mul_col_mx; split=> [/eqP|[y gy ->]].
  by rewrite col_mx_eq0 => /andP[/eqP/X_kernel[y ->] /eqP gx]; exists y; rewrite -?mulmxA.
by rewrite !mulmxA kernel_basis mul0mx gy col_mx0.
Qed.

(** 3: the rows and a further one span 1 exactly if the sums of the kernel vectors are a multiple of the products of the
    further row with them. *)
Theorem spans_next : spans (col_mx G g) <-> exists c, ones F *m X = c *: (g *m X).
Proof.
split=> [/spansP[v]|[c sX]].
  rewrite -[v]hsubmxK mul_row_col -/(ones F) => <-; exists (rsubmx v 0 0).
  by rewrite mulmxDl -mulmxA kernel_basis mulmx0 add0r {1}[rsubmx v]mx11_scalar mul_scalar_mx scalemxAl.
apply/spans_alternative => x /kernel_shrinks[y gy ->].
have : ones F *m (X *m y) = 0 by rewrite mulmxA sX -scalemxAl gy scaler0.
by rewrite onesM => /matrixP/(_ 0 0); rewrite !mxE mulr1n.
Qed.
End LeastPrefix.

(** The order of rows and of columns does not matter. *)
Theorem spans_perm (F : fieldType) n m (G : 'M[F]_(n, m)) (s : 'S_n) (t : 'S_m) :
  spans (row_perm s (col_perm t G)) = spans G.
Proof.
have onesP u : col_perm u (ones F : 'rV_m) = ones F by apply/matrixP => i j; rewrite !mxE.
rewrite /spans row_permE (eqmxMfull _ (_ : row_full _)); last by rewrite row_full_unit unitmx_perm.
by rewrite -[in LHS](onesP t) !col_permE submxMfree ?row_free_unit ?unitmx_perm.
Qed.

Section Triangle.
Variables (F : fieldType) (p r i : nat).
(** The pivots' rows and columns, and the others: row [a] of [T A] was the [a]-th to be taken, its pivot is column [a]
    of [T], and it has no weight on the pivots of later rows. *)
Variables (T : 'M[F]_p) (A : 'M[F]_(p, i)) (B : 'M[F]_(r, p)) (D : 'M[F]_(r, i)).
Hypotheses (triangle : is_trig_mx T) (pivots : forall a, T a a != 0).
Let G := block_mx T A B D.
Definition core : 'M[F]_(r, i) := D - B *m invmx T *m A.

Lemma triangle_unit : T \in unitmx.
Proof. by rewrite unitmxE det_trig // unitfE prodf_seq_neq0; apply/allP => a _; apply: pivots. Qed.

(** 5: on the kernel the pivots' entries are combinations of the inactive ones, and these are the kernel of the core. *)
Theorem core_kernel (x : 'cV[F]_p) (y : 'cV[F]_i) :
  G *m col_mx x y = 0 <-> x = - (invmx T *m A *m y) /\ core *m y = 0.
Proof.
rewrite mul_block_col /core mulmxBl; split=> [/eqP|[-> e]].
  rewrite col_mx_eq0 => /andP[/eqP/(canRL (addrK _)) + /eqP e]; rewrite sub0r => /(congr1 (mulmx (invmx T))).
  rewrite mulKmx ?triangle_unit // mulmxN mulmxA => xE; split=> //.
  by rewrite -e xE mulmxN addrC !mulmxA.
rewrite !mulmxN !mulmxA mulmxV ?triangle_unit // mul1mx addNr addrC e.
by rewrite col_mx0.
Qed.

(** 5: the inactive parts of the kernel vectors are the kernel of the core, one each. *)
Corollary core_bijection (y : 'cV[F]_i) : core *m y = 0 <-> exists! x : 'cV[F]_p, G *m col_mx x y = 0.
Proof.
split=> [e|[x [/core_kernel[]] //]]; exists (- (invmx T *m A *m y)); split; first by apply/core_kernel.
by move=> x /core_kernel[].
Qed.

(** 5: so the rows span 1 exactly if the core spans the row of weights that substitution leaves. *)
Theorem core_spans : spans G = (ones F - ones F *m invmx T *m A <= core)%MS.
Proof.
apply/idP/idP => [/spansP[v]|/submxP[u e]].
  rewrite -[v]hsubmxK mul_row_block; set a := lsubmx v; set b := rsubmx v.
  rewrite (_ : const_mx 1 = row_mx (ones F) (ones F)) => [/eq_row_mx[e1 e2]|]; last by rewrite row_mx_const.
  apply/submxP; exists b; rewrite -e2 -{1}e1 mulmxDl [in RHS]mulmxBr !mulmxDl !mulmxA.
  by rewrite -(mulmxA a) mulmxV ?triangle_unit // mulmx1 opprD addrACA subrr add0r.
apply/spansP; exists (row_mx ((ones F - u *m B) *m invmx T) u); rewrite mul_row_block mulmxKV ?triangle_unit // subrK.
rewrite (_ : const_mx 1 = row_mx (ones F) (ones F)); last by rewrite row_mx_const.
congr row_mx; rewrite !mulmxBl; move/eqP: e; rewrite mulmxBr !mulmxA subr_eq => /eqP ->.
by rewrite addrC addrA addrAC.
Qed.
End Triangle.

Print Assumptions kernel_stays.
Print Assumptions kernel_shrinks.
Print Assumptions spans_next.
Print Assumptions spans_perm.
Print Assumptions core_kernel.
Print Assumptions core_bijection.
Print Assumptions core_spans.
