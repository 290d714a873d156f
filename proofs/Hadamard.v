(** Hadamard's inequality, and the rank over Q from many primes (docs/proofs/exactness.md, 2.7). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Exactness.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Gram.
Variable R : realFieldType.
Implicit Types k n : nat.

Definition gram {k n} (A : 'M[R]_(k, n)) : 'M[R]_k := A *m A^T.
Definition squared_norm {n} (a : 'rV[R]_n) : R := \sum_j a 0 j ^+ 2.

Lemma squared_norm_ge0 n (a : 'rV[R]_n) : 0 <= squared_norm a.
Proof. by apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma gram_row n (a : 'rV[R]_n) : (gram a) 0 0 = squared_norm a.
Proof. by rewrite mxE; apply: eq_bigr => j _; rewrite mxE expr2. Qed.

Lemma pythagoras n (a b : 'rV[R]_n) : a *m b^T = 0 -> squared_norm (a + b) = squared_norm a + squared_norm b.
Proof.
move/matrixP/(_ 0 0); rewrite !mxE => ab.
rewrite [LHS](eq_bigr (fun j => a 0 j ^+ 2 + a 0 j * b^T j 0 *+ 2 + b 0 j ^+ 2)) => [|j _]; last by rewrite !mxE sqrrD.
by rewrite !big_split /= ab !addr0.
Qed.

Lemma tr_mulmx_eq0 k n (Y : 'M[R]_(k, n)) : Y^T *m Y = 0 -> Y = 0.
Proof.
move=> YY; apply/matrixP => i j; rewrite [RHS]mxE; move/matrixP/(_ j j): YY; rewrite mxE [RHS]mxE => /eqP.
rewrite (eq_bigr (fun l => Y l j ^+ 2)) => [|l _]; last by rewrite mxE expr2.
rewrite psumr_eq0 => [/allP/(_ i)|l _]; last exact: sqr_ge0.
by rewrite mem_index_enum sqrf_eq0 => /(_ isT)/eqP.
Qed.

Lemma det_gramM k n (U : 'M[R]_k) (A : 'M_(k, n)) : \det U = 1 -> \det (gram (U *m A)) = \det (gram A).
Proof. by move=> U1; rewrite /gram trmx_mul mulmxA -(mulmxA U) !det_mulmx det_tr U1 mul1r mulr1. Qed.

(** A row minus a combination of other rows is orthogonal to all of them. *)
Lemma projection k n (a : 'rV[R]_n) (B : 'M_(k, n)) : exists c : 'rV_k, (a - c *m B) *m B^T = 0.
Proof.
have /submxP[c e] : (a *m B^T <= gram B)%MS.
  rewrite submxE -mulmxA (_ : B^T *m _ = 0) ?mulmx0 //.
  by apply: tr_mulmx_eq0; rewrite trmx_mul trmxK -!mulmxA (mulmxA B) mulmx_coker mulmx0.
by exists c; rewrite mulmxBl e -mulmxA subrr.
Qed.

Lemma gram_col_mx k n (a : 'rV[R]_n) (B : 'M_(k, n)) :
  exists2 t, 0 <= t <= squared_norm a & \det (gram (col_mx a B)) = t * \det (gram B).
Proof.
have [c orth] := projection a B; set a' := a - c *m B in orth.
have ea : a = a' + c *m B by rewrite subrK.
exists (squared_norm a').
  rewrite squared_norm_ge0 /= [in X in _ <= X]ea pythagoras ?lerDl ?squared_norm_ge0 //.
  by rewrite trmx_mul mulmxA orth mul0mx.
have -> : col_mx a B = block_mx 1%:M c 0 1%:M *m col_mx a' B.
  by rewrite mul_block_col !mul1mx mul0mx add0r -ea.
rewrite det_gramM ?det_ublock ?det1 ?mul1r // /gram.
rewrite tr_col_mx mul_col_row orth [B *m a'^T](_ : _ = 0); last first.
  by apply: trmx_inj; rewrite trmx_mul trmxK trmx0.
by rewrite det_ublock det_mx11 -/(gram a') gram_row.
Qed.

(** The determinant of a Gram matrix lies between 0 and the product of the squared norms of the rows
    (docs/proofs/exactness.md, 2.7). *)
Theorem det_gram k n (A : 'M[R]_(k, n)) : 0 <= \det (gram A) <= \prod_i squared_norm (row i A).
Proof.
elim: k A => [|k IH] A; first by rewrite det_mx00 big_ord0 ler01 lexx.
rewrite -[A](@vsubmxK _ 1 k) /=; set a := usubmx _; set B := dsubmx _.
have [t /andP[t0 ta] ->] := gram_col_mx a B; have /andP[g0 gB] := IH B.
rewrite mulr_ge0 //= (@big_split_ord _ _ _ 1 k) big_ord1 /=; apply: ler_pM => //.
  by rewrite (rowKu ord0 a B) (_ : row _ a = a) //; apply/rowP => j; rewrite mxE.
by under eq_bigr => i _ do rewrite (rowKd i a B).
Qed.

(** Hadamard's inequality: the square of a determinant is at most the product of the squared norms of the rows
    (docs/proofs/exactness.md, 2.7). *)
Theorem hadamard n (A : 'M[R]_n) : \det A ^+ 2 <= \prod_i \sum_j A i j ^+ 2.
Proof.
have /andP[_] := det_gram A; rewrite /gram det_mulmx det_tr -expr2 => /le_trans; apply.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => i _; apply: eq_bigr => j _; rewrite mxE.
Qed.
End Gram.

(** The bound that the package takes: the product of the largest squared norms of rows, 0 if there is no such minor. *)
Section Minors.
Variables (n m : nat) (G : 'M[int]_(n, m)).

Definition row_norm (i : 'I_n) : nat := \sum_j `|G i j| ^ 2.
Definition norms : seq nat := sort geq [seq row_norm i | i <- enum 'I_n].
Definition squared_minor (order : nat) : nat :=
  if (order <= minn n m)%N then \prod_(x <- take order norms) x else 0.

Lemma prod_subseq (s t : seq nat) :
  sorted geq s -> subseq t s -> (\prod_(x <- t) x <= \prod_(x <- take (size t) s) x)%N.
Proof.
elim: s t => [|x s IH] [|y t] //= xs.
move=> sub; rewrite !big_cons; apply: leq_mul.
  have : y \in x :: s.
    by move: sub; case: eqP => [->|_ /mem_subseq]; rewrite inE ?eqxx // => -> //; rewrite ?mem_head ?orbT.
  by rewrite inE => /orP[/eqP->//|ys]; have := order_path_min (fun _ _ _ ab bc => leq_trans bc ab) xs => /allP/(_ y ys).
apply: IH; first exact: path_sorted xs.
by move: sub; case: eqP => // _; apply: subseq_trans; apply: subseq_cons.
Qed.

Lemma prod_norms r (f : 'I_r -> 'I_n) : injective f -> (\prod_i row_norm (f i) <= \prod_(x <- take r norms) x)%N.
Proof.
move=> inj; pose t := [seq row_norm i | i <- codom f]; have st : size t = r by rewrite size_map size_codom card_ord.
have ue : uniq (codom f) by apply/injectiveP.
have pe : perm_eq norms (t ++ [seq row_norm i | i <- enum 'I_n & i \notin codom f]).
  rewrite /norms perm_sort -map_cat; apply: perm_map; apply: uniq_perm; rewrite ?enum_uniq //.
    rewrite cat_uniq ue filter_uniq ?enum_uniq // andbT.
    by apply/hasPn => i; rewrite mem_filter => /andP[].
  by move=> i; rewrite mem_cat mem_filter mem_enum andbT; case: (i \in codom f).
have [t' sub pt] : exists2 t', subseq t' norms & perm_eq t t'.
  by apply/count_subseqP => x; rewrite (permP pe) count_cat leq_addr.
rewrite -[r in take r _]st (perm_size pt).
have -> : \prod_i row_norm (f i) = \prod_(x <- t) x by rewrite /t big_map big_image.
rewrite (perm_big _ pt) /=; apply: prod_subseq sub.
by apply: sort_sorted => a b; apply: leq_total.
Qed.

(** The square of every minor of order r is at most the product of the r largest squared norms of rows
    (docs/proofs/exactness.md, 2.7). *)
Theorem minor_bound r (f : 'I_r -> 'I_n) (g : 'I_r -> 'I_m) :
  (`|\det (mxsub f g G)| ^ 2 <= squared_minor r)%N.
Proof.
have [->|d0] := eqVneq (\det (mxsub f g G)) 0; first by rewrite absz0 exp0n.
have inj_f : injective f.
  move=> i j fij; apply: contraNeq d0 => ij; apply/eqP; apply: (determinant_alternate ij) => l.
  by rewrite !mxE fij.
have inj_g : injective g.
  move=> i j gij; apply: contraNeq d0 => ij; apply/eqP; rewrite -det_tr; apply: (determinant_alternate ij) => l.
  by rewrite !mxE gij.
have rn : (r <= n)%N by have := leq_card f inj_f; rewrite !card_ord.
have rm : (r <= m)%N by have := leq_card g inj_g; rewrite !card_ord.
rewrite /squared_minor leq_min rn rm /=; apply: leq_trans (prod_norms inj_f).
have := hadamard (map_mx (intr : int -> rat) (mxsub f g G)).
rewrite det_map_mx -rmorphXn /= -(ler_nat rat) => le.
have -> : (`|\det (mxsub f g G)| ^ 2)%:R = (\det (mxsub f g G) ^+ 2)%:~R :> rat.
  by rewrite pmulrn -abszX gez0_abs // sqr_ge0.
apply: le_trans le _; rewrite natr_prod; apply: ler_prod => i _.
rewrite sumr_ge0 => [/=|j _]; last exact: sqr_ge0.
apply: (@le_trans _ _ (\sum_(j in [set g k | k : 'I_r]) (G (f i) j)%:~R ^+ 2 : rat)).
  by rewrite big_imset /= => [|k l _ _ /inj_g//]; rewrite le_eqVlt; apply/orP; left; apply/eqP;
    apply: eq_big => // k _; rewrite !mxE.
rewrite /row_norm natr_sum [leRHS](bigID [in [set g k | k : 'I_r]]) /=.
have sq j : (G (f i) j)%:~R ^+ 2 = (`|G (f i) j| ^ 2)%:R :> rat.
  by rewrite -rmorphXn /= [RHS]pmulrn -abszX gez0_abs // sqr_ge0.
by under eq_bigr => j _ do rewrite sq; rewrite lerDl sumr_ge0.
Qed.

(** The rank r modulo one prime, no smaller than those modulo some primes, is the rank over Q if the square of their
    product exceeds the bound for minors of order r + 1: this completes [rank_many_primes] (docs/proofs/exactness.md,
    2.7). *)
Theorem rank_by_primes (r q : nat) (ps : seq nat) :
  \rank (over 'F_q G) = r -> all prime ps -> uniq ps ->
  (forall p, p \in ps -> (\rank (over 'F_p G) <= r)%N) ->
  (squared_minor r.+1 < (\prod_(p <- ps) p) ^ 2)%N ->
  \rank (over rat G) = r.
Proof.
move=> rq pr un small big; apply/eqP; rewrite eqn_leq -{2}rq rank_mod_le andbT.
apply: (rank_many_primes pr un small) => f g.
by rewrite -(ltn_exp2r _ _ (isT : (0 < 2)%N)); apply: leq_ltn_trans (minor_bound f g) big.
Qed.
End Minors.
