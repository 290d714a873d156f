(** The least number of first rows that span 1, row by row (docs/proofs/exactness.md, 3).

    [kernel_basis G X]  the columns of [X] generate the kernel of [G]
    [sums X]            the sums of the columns of [X] *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section LeastPrefix.
Variable K : fieldType.
Implicit Types n m k d : nat.

Definition kernel_basis {n m d} (G : 'M[K]_(n, m)) (X : 'M[K]_(m, d)) : Prop :=
  G *m X = 0 /\ forall x : 'cV_m, G *m x = 0 -> exists y : 'cV_d, x = X *m y.
Definition sums {m d} (X : 'M[K]_(m, d)) : 'rV[K]_d := ones K *m X.

Lemma sums_total m d (X : 'M[K]_(m, d)) (y : 'cV_d) : sums X *m y = (total (X *m y))%:M.
Proof. by rewrite /sums -mulmxA onesM. Qed.

(** A row is a multiple of another if and only if it vanishes where the other does. *)
Lemma multiple_alternative d (s g : 'rV[K]_d) :
  (exists c, s = c *: g) <-> forall y : 'cV_d, g *m y = 0 -> s *m y = 0.
Proof.
split=> [[c ->] y gy|alt]; first by rewrite -scalemxAl gy scaler0.
suff /sub_rVP[c ->] : (s <= g)%MS by exists c.
rewrite submxE; apply/eqP/matrixP => i j; rewrite ord1 mxE [RHS]mxE.
have /alt : g *m col j (cokermx g) = 0 by rewrite -col_mulmx mulmx_coker col0.
by rewrite -col_mulmx => /matrixP/(_ 0 0); rewrite !mxE.
Qed.

(** The kernel with one more row g: if gX = 0 it stays, and in any case it is made of the combinations of X that g
    annihilates (docs/proofs/exactness.md, 3). *)
Theorem kernel_next n m d (G : 'M[K]_(n, m)) (g : 'rV_m) (X : 'M_(m, d)) (x : 'cV_m) :
  kernel_basis G X -> col_mx G g *m x = 0 <-> exists2 y : 'cV_d, x = X *m y & g *m X *m y = 0.
Proof.
move=> [GX gen]; rewrite mul_col_mx; split=> [e|[y -> gy]].
  have [Gx gx] : G *m x = 0 /\ g *m x = 0 by apply: eq_col_mx; rewrite e col_mx0.
  by have [y xy] := gen x Gx; exists y; rewrite -?mulmxA -?xy.
by rewrite !mulmxA GX mul0mx gy col_mx0.
Qed.

(** With one more row g the rows span 1 if and only if the sums of a basis X of the kernel are a multiple of gX
    (docs/proofs/exactness.md, 3). *)
Theorem spans_next n m d (G : 'M[K]_(n, m)) (g : 'rV_m) (X : 'M_(m, d)) :
  kernel_basis G X -> spans (col_mx G g) <-> exists c, sums X = c *: (g *m X).
Proof.
move=> base; rewrite spans_alternative multiple_alternative.
have scalar0 (a : K) : a%:M = 0 :> 'M_1 <-> a = 0.
  by split=> [/matrixP/(_ 0 0)|->]; rewrite ?mxE ?mulr1n // raddf0.
split=> alt => [y gy|x /(kernel_next _ _ base)[y ->] gy].
  by rewrite sums_total; apply/scalar0/alt/(kernel_next _ _ base); exists y.
by apply/scalar0; rewrite -sums_total alt.
Qed.

Lemma prefix_next n m k (kn : (k < n)%N) (G : 'M[K]_(n, m)) :
  (prefix k.+1 G :=: col_mx (prefix k G) (row (Ordinal kn) G))%MS.
Proof.
apply/eqmxP/andP; split; last first.
  rewrite col_mx_sub; apply/andP; split; apply/row_subP => i.
    have [ik|ki] := ltnP i k; last by rewrite (_ : row i _ = 0) ?sub0mx //; apply/rowP => j; rewrite !mxE ltnNge ki.
    by rewrite (_ : row i _ = row i (prefix k.+1 G)) ?row_sub //; apply/rowP => j; rewrite !mxE ik ltnW.
  rewrite row_id (_ : row _ _ = row (Ordinal kn) (prefix k.+1 G)) ?row_sub //.
  by apply/rowP => j; rewrite !mxE /= ltnS leqnn.
apply/row_subP => i; rewrite -addsmxE; have [ik|] := ltnP i k.
  apply: submx_trans (addsmxSl _ _); rewrite (_ : row i _ = row i (prefix k G)) ?row_sub //.
  by apply/rowP => j; rewrite !mxE ik ltnW.
rewrite leq_eqVlt => /orP[/eqP ik|ki].
  apply: submx_trans (addsmxSr _ _); rewrite (_ : row i _ = row (Ordinal kn) G) //.
  by apply/rowP => j; rewrite !mxE -ik ltnS leqnn; congr (G _ j); apply/val_inj.
by rewrite (_ : row i _ = 0) ?sub0mx //; apply/rowP => j; rewrite !mxE ltnNge ki.
Qed.

(** So a k whose rows do not span 1, a basis X of their kernel and the next row decide whether k + 1 is the least
  number of
    rows that span 1 (docs/proofs/exactness.md, 3). *)
Theorem least_prefix_next n m d k (kn : (k < n)%N) (G : 'M[K]_(n, m)) (X : 'M_(m, d)) :
  kernel_basis (prefix k G) X -> ~ spans (prefix k G) ->
  stops G k.+1 <-> exists c, sums X = c *: (row (Ordinal kn) G *m X).
Proof.
move=> base nk; rewrite -(spans_next _ base).
have -> : spans (col_mx (prefix k G) (row (Ordinal kn) G)) = spans (prefix k.+1 G).
  by rewrite /spans (prefix_next kn G).
split=> [[]//|yes]; split=> // l; rewrite ltnS => lk /(spans_monotone lk); exact: nk.
Qed.

(** The combinations of X that g annihilates. *)
Definition next {m d} (g : 'rV[K]_m) (X : 'M[K]_(m, d)) : 'M[K]_(m, d) := X *m (kermx (g *m X)^T)^T.

Lemma basis_next n m d (G : 'M[K]_(n, m)) (g : 'rV_m) (X : 'M_(m, d)) :
  kernel_basis G X -> kernel_basis (col_mx G g) (next g X).
Proof.
move=> base; split=> [|x /(kernel_next _ _ base)[y -> gy]].
  case: base => GX _; rewrite /next mul_col_mx !mulmxA GX mul0mx.
  by apply/trmx_inj; rewrite tr_col_mx trmx0 trmx_mul trmxK mulmx_ker trmx0 row_mx0.
have /submxP[D e] : (y^T <= kermx (g *m X)^T)%MS by apply/sub_kermxP; rewrite -trmx_mul gy trmx0.
by exists D^T; rewrite /next -mulmxA -trmx_mul -e trmxK.
Qed.

Lemma basis_eqmx n n' m d (G : 'M[K]_(n, m)) (H : 'M_(n', m)) (X : 'M_(m, d)) :
  (G :=: H)%MS -> kernel_basis G X -> kernel_basis H X.
Proof.
move=> GH [GX gen]; have /submxP[D HG] : (H <= G)%MS by rewrite GH.
have /submxP[E e] : (G <= H)%MS by rewrite -GH.
by split=> [|x Hx]; [rewrite HG -mulmxA GX mulmx0 | apply: gen; rewrite e -mulmxA Hx mulmx0].
Qed.

(** The pass over the rows of [G] from row [k] on, counted from 0, with generators [X] of the kernel of the rows
    before: the number of rows at which 1 is spanned first, and generators of the kernels just before and after. *)
Section Pass.
Variables (n m d : nat) (G : 'M[K]_(n, m)).

Fixpoint pass_from (fuel k : nat) (X : 'M[K]_(m, d)) : option (nat * 'M[K]_(m, d) * 'M[K]_(m, d)) :=
  if fuel is f.+1 then
    if insub k is Some i then
      if (sums X <= row i G *m X)%MS then Some (k.+1, X, next (row i G) X) else pass_from f k.+1 (next (row i G) X)
    else None
  else None.
Definition pass (k : nat) (X : 'M[K]_(m, d)) := pass_from (n - k) k X.

(** From a k whose rows do not span 1 the pass finds the least number of rows that span it, and the kernels just before
    and after; it finds none if all rows do not (docs/proofs/exactness.md, 3). *)
Theorem pass_stops k X : (k <= n)%N -> kernel_basis (prefix k G) X -> ~ spans (prefix k G) ->
  if pass k X is Some (l, before, after) then
    [/\ stops G l, kernel_basis (prefix l.-1 G) before & kernel_basis (prefix l G) after]
  else ~ spans G.
Proof.
rewrite /pass; move e : (n - k)%N => f; elim: f k X e => [|f IH] k X e kn base no /=.
  have nk : (n <= k)%N by rewrite -subn_eq0 e.
  by rewrite -(prefix_all G nk).
have lt : (k < n)%N by rewrite -subn_gt0 e.
have base' : kernel_basis (prefix k.+1 G) (next (row (Ordinal lt) G) X).
  by apply: basis_eqmx (basis_next _ base); apply: eqmx_sym; apply: prefix_next.
rewrite insubT /=; case: ifP => [/sub_rVP yes|/negP none].
  by split=> //; apply/(least_prefix_next lt base no).
apply: IH => //; first by rewrite subnS e.
by move=> yes; case: none; apply/sub_rVP/(least_prefix_next lt base no); split=> // l;
  rewrite ltnS => lk /(spans_monotone lk).
Qed.
End Pass.
End LeastPrefix.
