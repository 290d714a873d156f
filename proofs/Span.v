(** Spans of the all-ones vector and kernels (docs/exactness.md, 1).

    [spans G]     the all-ones row is a combination of the rows of [G]
    [total x]     the sum of the entries of a column vector
    [prefix k G]  [G] with all rows but the first [k] set to zero *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Span.
Variable F : fieldType.
Implicit Types n m : nat.

Definition ones {m} : 'rV[F]_m := const_mx 1.
Definition total {m} (x : 'cV[F]_m) : F := \sum_i x i 0.
Definition spans {n m} (G : 'M[F]_(n, m)) : bool := (ones <= G)%MS.
Definition prefix {n m} (k : nat) (G : 'M[F]_(n, m)) : 'M[F]_(n, m) :=
  \matrix_(i, j) (G i j *+ (i < k)).

Lemma col_mulmx p q r (A : 'M[F]_(p, q)) (B : 'M_(q, r)) j : col j (A *m B) = A *m col j B.
Proof. by rewrite !colE mulmxA. Qed.

Lemma onesM m (x : 'cV[F]_m) : ones *m x = (total x)%:M.
Proof.
apply/matrixP => i j; rewrite !ord1 !mxE mulr1n.
by apply: eq_bigr => l _; rewrite mxE mul1r.
Qed.

(** What [spans] says, in coordinates. *)
Lemma spansP n m (G : 'M[F]_(n, m)) :
  spans G <-> exists v : 'rV_n, v *m G = const_mx 1.
Proof. by split=> [/submxP[v e]|[v e]]; [exists v | apply/submxP; exists v]. Qed.

(** 1 is in the row space of G if and only if every x with Gx = 0 has the sum 0, over any field (docs/exactness.md,
    1.1). *)
Theorem spans_alternative n m (G : 'M[F]_(n, m)) :
  spans G <-> forall x : 'cV_m, G *m x = 0 -> total x = 0.
Proof.
split=> [/submxP[v e] x Gx0 | total0].
  have := onesM x; rewrite e -mulmxA Gx0 mulmx0.
  by move/matrixP/(_ 0 0); rewrite !mxE mulr1n => <-.
rewrite /spans submxE; apply/eqP/row_matrixP => i.
apply/rowP => j; rewrite ord1 {i} row0 mxE [RHS]mxE.
have /total0 : G *m col j (cokermx G) = 0 by rewrite -col_mulmx mulmx_coker col0.
by have /matrixP/(_ 0 0) := onesM (col j (cokermx G)); rewrite -col_mulmx !mxE mulr1n => -> ->.
Qed.

(** Exactly one of the two systems has a solution: vG = 1, or Gx = 0 with a sum of x that is 1 (docs/exactness.md, 1.1).
    *)
Corollary not_spans n m (G : 'M[F]_(n, m)) :
  ~ spans G <-> exists x : 'cV_m, G *m x = 0 /\ total x = 1.
Proof.
split=> [/negP nG | [x [Gx0 x1]] /spans_alternative/(_ x Gx0)]; last first.
  by rewrite x1 => /eqP; rewrite oner_eq0.
have [j cj] : exists j, (ones *m cokermx G) 0 j != 0.
  move: nG; rewrite /spans submxE => nz.
  by apply/existsP; apply: contraNT nz => /existsPn z; apply/eqP/rowP => j; rewrite [RHS]mxE; apply/eqP/negbNE/z.
set c := col j (cokermx G); have ce : (ones *m cokermx G) 0 j = total c.
  by have /matrixP/(_ 0 0) := onesM c; rewrite -col_mulmx !mxE mulr1n.
rewrite ce in cj; exists ((total c)^-1 *: c); split.
  by rewrite -scalemxAr /c -col_mulmx mulmx_coker col0 scaler0.
by rewrite /total (eq_bigr (fun i => (total c)^-1 * c i 0)) -?mulr_sumr ?mulVf // => i _; rewrite mxE.
Qed.

(** Further rows never hurt. *)
Lemma spans_submx n n' m (G : 'M[F]_(n, m)) (H : 'M[F]_(n', m)) :
  (G <= H)%MS -> spans G -> spans H.
Proof. by move=> GH /submx_trans; apply. Qed.

Lemma prefixE n m k (G : 'M[F]_(n, m)) : prefix k G = pid_mx k *m G.
Proof.
apply/matrixP => i j; rewrite !mxE (bigD1 i) //= big1 => [|l li].
  by rewrite !mxE eqxx addr0 /=; case: (i < k)%N; rewrite ?mul1r ?mul0r.
by rewrite mxE eq_sym (inj_eq val_inj) (negPf li) /= mul0r.
Qed.

Lemma prefix_all n m k (G : 'M[F]_(n, m)) : (n <= k)%N -> prefix k G = G.
Proof. by move=> nk; apply/matrixP => i j; rewrite mxE (leq_trans (ltn_ord i) nk). Qed.

(** Further rows never hurt: if the first k rows span 1, so do the first l, for l >= k (docs/exactness.md, 1.1). *)
Theorem spans_monotone n m k l (G : 'M[F]_(n, m)) :
  (k <= l)%N -> spans (prefix k G) -> spans (prefix l G).
Proof.
move=> kl; apply: spans_submx; rewrite (_ : prefix k G = prefix k (prefix l G)).
  by rewrite (prefixE k) submxMl.
apply/matrixP => i j; rewrite !mxE; case: ltnP => // ik.
by rewrite (leq_trans ik kl).
Qed.

(** A column of zeros is fatal: a symbol that no row covers (docs/exactness.md, 1.1). *)
Theorem uncovered_symbol n m (G : 'M[F]_(n, m)) j :
  (forall i, G i j = 0) -> ~ spans G.
Proof.
move=> Gj /spansP[v /rowP/(_ j)]; rewrite !mxE big1 => [/eqP|i _]; last by rewrite Gj mulr0.
by rewrite eq_sym oner_eq0.
Qed.

(** Equal columns are harmless: whether 1 is spanned depends on the set of the columns only (docs/exactness.md, 1.1). *)
Theorem identical_columns n m m' (f : 'I_m' -> 'I_m) (G : 'M[F]_(n, m)) :
  (forall j, exists i, f i = j) -> spans (colsub f G) = spans G.
Proof.
move=> surj; apply/idP/idP => /spansP[v e]; apply/spansP; exists v.
  apply/rowP => j; have [i <-] := surj j; move/rowP/(_ i): e; rewrite !mxE => <-.
  by apply: eq_bigr => l _; rewrite mxE.
by apply/rowP => i; move/rowP/(_ (f i)): e; rewrite !mxE => <-; apply: eq_bigr => l _; rewrite mxE.
Qed.

(** rank([G; 1]) = rank(G) if and only if G spans 1: condition (3) of the paper decides existence (claim eq3-condition).
    *)
Theorem rank_condition n m (G : 'M[F]_(n, m)) :
  (\rank (col_mx G ones) == \rank G) = spans G.
Proof.
rewrite /spans -addsmxE; apply/eqP/idP => [e|G1].
  have /andP[_ le] : (G == G + ones)%MS by rewrite -(geq_leqif (mxrank_leqif_eq (addsmxSl _ _))) e.
  by apply: submx_trans le; apply: addsmxSr.
by rewrite (addsmx_idPl G1).
Qed.

Lemma rank_ones n m (G : 'M[F]_(n, m)) : \rank (col_mx G ones) = (\rank G + ~~ spans G)%N.
Proof.
case: (boolP (spans G)) => [|nG]; first by rewrite -rank_condition addn0 => /eqP.
apply/eqP; rewrite /= -addsmxE eqn_leq; apply/andP; split.
  by apply: leq_trans (mxrank_adds_leqif _ _) _; rewrite leq_add2l rank_leq_row.
by rewrite [in X in (X <= _)%N]addn1 ltn_neqAle mxrankS ?addsmxSl // andbT eq_sym addsmxE rank_condition.
Qed.

End Span.

(** The rank does not change when the field is extended (docs/exactness.md, 1.2). *)
Theorem rank_extension (F K : fieldType) (f : {rmorphism F -> K}) n m (G : 'M[F]_(n, m)) :
  \rank (map_mx f G) = \rank G.
Proof. exact: mxrank_map. Qed.

(** Nor does whether 1 is spanned (docs/exactness.md, 1.2). *)
Theorem spans_extension (F K : fieldType) (f : {rmorphism F -> K}) n m (G : 'M[F]_(n, m)) :
  spans (map_mx f G) = spans G.
Proof. by rewrite /spans -(map_submx f); congr (_ <= _)%MS; apply/matrixP => i j; rewrite !mxE rmorph1. Qed.
