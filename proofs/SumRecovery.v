(** Sum-recovery codes: rows as lists of symbols, as in the package's JSON files. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Rows.
Variables (K : fieldType) (m : nat).
Implicit Types rows : seq (seq nat).

(** The 0/1 matrix of rows given by their symbols, counted from 0. *)
Definition incidence rows : 'M[K]_(size rows, m) := \matrix_(i, j) (val j \in nth [::] rows i)%:R.
Definition recovers rows : bool := spans (incidence rows).
Definition covered rows : bool := all (fun j => has (fun r => j \in r) rows) (iota 0 m).

Lemma coveredP rows : reflect (forall j, (j < m)%N -> exists2 r, r \in rows & j \in r) (covered rows).
Proof.
apply: (iffP allP) => [all_j j jm|ex_j j].
  by apply/hasP/all_j; rewrite mem_iota.
by rewrite mem_iota => /andP[_ /ex_j/hasP].
Qed.

(** Whether the sum is recovered depends on the set of the rows only, each as a set; further rows never hurt
    (docs/proofs/exactness.md, 1.1). *)
Theorem more_rows_never_hurt rows rows' :
  (forall r, r \in rows -> exists2 r', r' \in rows' & r =i r') -> recovers rows -> recovers rows'.
Proof.
move=> sub; apply: spans_submx; apply/row_subP => i.
have [r' r'in e] := sub _ (mem_nth [::] (ltn_ord i)).
have ri : (index r' rows' < size rows')%N by rewrite index_mem.
rewrite (_ : row i _ = row (Ordinal ri) (incidence rows')) ?row_sub //.
by apply/rowP => j; rewrite !mxE /= nth_index // e.
Qed.

(** In particular if the rows are among the others (docs/proofs/exactness.md, 1.1). *)
Corollary recovers_subset rows rows' : {subset rows <= rows'} -> recovers rows -> recovers rows'.
Proof. by move=> sub; apply: more_rows_never_hurt => r /sub rin; exists r. Qed.

Lemma incidence_mul rows (x : 'I_m -> K) (i : 'I_(size rows)) :
  (incidence rows *m \col_j x j) i 0 = \sum_(j | val j \in nth [::] rows i) x j.
Proof.
by rewrite !mxE [RHS]big_mkcond /=; apply: eq_bigr => j _; rewrite !mxE; case: ifP => _; rewrite ?mul1r ?mul0r.
Qed.

(** The sum is recovered if and only if every assignment of values to the symbols that gives each row the sum 0 has the
    sum 0 itself (docs/proofs/exactness.md, 1.1). *)
Theorem recovers_alternative rows :
  recovers rows <->
  forall x : 'I_m -> K, (forall r, r \in rows -> \sum_(j | val j \in r) x j = 0) -> \sum_j x j = 0.
Proof.
rewrite /recovers spans_alternative; split=> [alt x orth | alt x Gx0].
  rewrite -[RHS](alt (\col_j x j)); first by apply: eq_bigr => j _; rewrite mxE.
  by apply/matrixP => i k; rewrite ord1 incidence_mul mxE orth // mem_nth.
apply: alt => r rin; have ri : (index r rows < size rows)%N by rewrite index_mem.
have := incidence_mul (x ^~ 0) (Ordinal ri); rewrite /= nth_index // => <-.
have -> : \col_j x j 0 = x by apply/matrixP => j k; rewrite ord1 mxE.
by rewrite Gx0 mxE.
Qed.

(** An assignment that gives each row the sum 0, and has another sum itself, proves that the sum is not recovered
    (docs/proofs/exactness.md, 1.1). *)
Corollary not_recovers rows (x : 'I_m -> K) :
  (forall r, r \in rows -> \sum_(j | val j \in r) x j = 0) -> \sum_j x j != 0 -> ~ recovers rows.
Proof. by move=> orth nz /recovers_alternative/(_ x orth)/eqP; apply/negP. Qed.

(** What recovers covers: M' >= CC (docs/proofs/theory.md, 6). *)
Theorem recovers_covered rows : recovers rows -> covered rows.
Proof.
move=> rec; apply/coveredP => j jm; apply/hasP; apply: contraPT (rec) => /hasPn out.
apply: (@uncovered_symbol _ _ _ _ (Ordinal jm)) => i.
by rewrite mxE (negPf (out _ (mem_nth [::] (ltn_ord i)))).
Qed.

(** Rows that partition the symbols add up to the sum (claim enc-systematic). *)
Theorem partition_recovers rows :
  (forall j, (j < m)%N -> count (fun r => j \in r) rows = 1%N) -> recovers rows.
Proof.
move=> part; apply/spansP; exists (const_mx 1); apply/rowP => j; rewrite !mxE.
transitivity ((count (fun r => val j \in r) rows)%:R : K); last by rewrite (part _ (ltn_ord j)).
rewrite -sum1_count natr_sum (big_nth [::]) big_mkord [RHS]big_mkcond /=.
by apply: eq_bigr => i _; rewrite !mxE mul1r; case: ifP.
Qed.

(** All systematic rows add up to the sum (claim enc-systematic). *)
Corollary systematic_recovers rows : (forall j, (j < m)%N -> [:: j] \in rows) -> recovers rows.
Proof.
move=> sys; apply: (@recovers_subset [seq [:: j] | j <- iota 0 m]).
  by move=> r /mapP[j]; rewrite mem_iota => jm ->; apply: sys.
apply: partition_recovers => j jm; rewrite count_map (eq_count (a2 := pred1 j)).
  by rewrite count_uniq_mem ?iota_uniq // mem_iota jm.
by move=> i; rewrite /= inE eq_sym.
Qed.

(** Rows of at most one symbol recover the sum if they cover (docs/proofs/small_cases.md, Results). *)
Corollary singletons rows : (forall r, r \in rows -> (size r <= 1)%N) -> covered rows -> recovers rows.
Proof.
move=> one /coveredP cov; apply: systematic_recovers => j /cov[r rin].
by have := one r rin; case: r rin => [|i [|]] //= iin _; rewrite inE => /eqP ->.
Qed.
End Rows.

Section Code.
Variables (m d : nat).
Hypothesis d_gt0 : (0 < d)%N.

(** Worker [j] sends its own symbol and then sums over consecutive pieces of [d] of its order of the others, the last
    of which may be shorter. *)
Definition blocks : nat := (m.-1 + d.-1) %/ d.
Definition code (C : nat -> seq nat) : Prop := forall j, (j < m)%N -> perm_eq (j :: C j) (iota 0 m).
Definition sent (C : nat -> seq nat) (j : nat) : seq (seq nat) := [:: j] :: reshape (nseq blocks d) (C j).

(** What the master holds when worker [j] has sent its first [n j] rows. *)
Definition reception (C : nat -> seq nat) (n : nat -> nat) : seq (seq nat) :=
  flatten [seq take (n j) (sent C j) | j <- iota 0 m].

Lemma mem_reception C n j r : (j < m)%N -> r \in take (n j) (sent C j) -> r \in reception C n.
Proof. by move=> jm rin; apply/flattenP; exists (take (n j) (sent C j)) => //; apply/map_f; rewrite mem_iota. Qed.

Lemma blocks_enough : (m.-1 <= blocks * d)%N.
Proof. by rewrite /blocks; have := divn_eq (m.-1 + d.-1) d; have := ltn_pmod (m.-1 + d.-1) d_gt0;
  case: d d_gt0 => // e _ /=; lia. Qed.

Lemma blocks_needed : (0 < m.-1)%N -> (0 < blocks)%N /\ (blocks.-1 * d < m.-1)%N.
Proof.
move=> m1; have b0 : (0 < blocks)%N by rewrite divn_gt0 //; lia.
split=> //; have := leq_trunc_div (m.-1 + d.-1) d; rewrite -/blocks.
by case: blocks b0 => // b _ /=; rewrite mulSn; lia.
Qed.

Lemma flatten_take_reshape b c (s : seq nat) :
  (b <= c)%N -> flatten (take b (reshape (nseq c d) s)) = take (b * d) s.
Proof. by elim: b c s => [|b IH] [|c] s //= bc; rewrite ?take0 // IH // mulSn takeD. Qed.

Lemma size_block c (s r : seq nat) : r \in reshape (nseq c d) s -> (size r <= d)%N.
Proof.
elim: c s => [//|c IH] s /=; rewrite inE => /orP[/eqP->|/IH//].
by rewrite size_take_min geq_minl.
Qed.

Lemma size_sent C j : size (sent C j) = blocks.+1.
Proof. by rewrite /= size_reshape size_nseq. Qed.

Lemma count_flatten_uniq (bs : seq (seq nat)) j :
  uniq (flatten bs) -> count (fun b => j \in b) bs = count_mem j (flatten bs).
Proof.
elim: bs => [//|b bs IH] /=; rewrite cat_uniq count_cat => /and3P[ub _ ubs].
by congr (_ + _)%N; [rewrite count_uniq_mem | apply: IH].
Qed.

(** A worker that has sent all its rows has sent a partition: the sum is recovered, d dividing m - 1 or not (claim
    dec-complete-worker). *)
Theorem complete_worker (K : fieldType) C n j :
  code C -> (j < m)%N -> (blocks < n j)%N -> recovers K m (reception C n).
Proof.
move=> Cc jm nj; have pe := Cc j jm.
apply: (@recovers_subset _ _ (sent C j)) => [r rin|].
  by apply: (mem_reception jm); rewrite take_oversize // size_sent.
have uC : uniq (j :: C j) by rewrite (perm_uniq pe) iota_uniq.
have szC : size (C j) = m.-1 by have := perm_size pe; rewrite /= size_iota => <-.
have fl : flatten (sent C j) = j :: C j.
  rewrite /= reshapeKr // szC sumn_nseq mulnC; exact: blocks_enough.
apply: partition_recovers => i im.
by rewrite count_flatten_uniq fl // count_uniq_mem // (perm_mem pe) mem_iota im.
Qed.

(** (m - 1) B + 1 received rows always recover the sum, B being the number of blocks of a worker, whatever its orders
    (claim disc-open-1). *)
Theorem always_enough (K : fieldType) C (n : nat -> nat) :
  code C -> (forall j, (n j <= blocks.+1)%N) -> (m.-1 * blocks < \sum_(j < m) n j)%N -> recovers K m (reception C n).
Proof.
move=> Cc nB; apply: contraTT => nrec; rewrite -leqNgt.
have nlt j : (j < m)%N -> (n j <= blocks)%N.
  by move=> jm; rewrite leqNgt; apply: contra nrec; apply: complete_worker.
have [i ni0] : exists i : 'I_m, n i == 0%N.
  apply/existsP; apply: contraR nrec => /existsPn all_sent.
  apply: systematic_recovers => j jm; apply: (mem_reception jm).
  by have := all_sent (Ordinal jm); case: (n j) => // k _; rewrite inE eqxx.
rewrite (bigD1 i) //= (eqP ni0) add0n.
apply: leq_trans (_ : \sum_(j < m | j != i) blocks <= _)%N; first by apply: leq_sum => j _; apply: nlt.
by rewrite sum_nat_const cardC1 card_ord.
Qed.

(** One row fewer does not, for some code (claim disc-open-1). *)
Theorem no_fewer (K : fieldType) : (0 < m)%N ->
  exists C (n : nat -> nat), [/\ code C, forall j, (n j <= blocks.+1)%N, \sum_(j < m) n j = (m.-1 * blocks)%N & ~
  recovers K m (reception C n)].
Proof.
move=> m0; pose C j := if j == 0%N then iota 1 m.-1 else rcons (rem j (iota 1 m.-1)) 0%N.
pose n j := if j == 0%N then 0%N else blocks; exists C, n; split.
- move=> j jm; rewrite /C; have -> : iota 0 m = 0%N :: iota 1 m.-1 by case: m m0.
  case: eqP => [->//|/eqP j0]; rewrite -cats1 -cat_cons perm_catC /= perm_cons perm_sym perm_to_rem //.
  by rewrite mem_iota; lia.
- by move=> j; rewrite /n; case: ifP.
- rewrite (bigD1 (Ordinal m0)) //= (eq_bigr (fun=> blocks)) => [|j].
    by rewrite sum_nat_const cardC1 card_ord.
  by rewrite /n -(inj_eq val_inj) /= => /negPf ->.
move/recovers_covered/coveredP/(_ 0%N m0) => [r /flattenP[rows /mapP[j]]].
rewrite mem_iota => /andP[_ jm] ->; rewrite /n; case: eqP => [_|/eqP j0]; first by rewrite take0.
have m1 : (0 < m.-1)%N by lia.
have [b0 bd] := blocks_needed m1; rewrite /sent /C (negPf j0).
case: blocks b0 bd (size_sent C j) => // b _ /= bd _; rewrite inE => /orP[/eqP ->|rin].
  by rewrite inE eq_sym (negPf j0).
move=> in0; have : 0%N \in flatten (take b (reshape (nseq b.+1 d) (rcons (rem j (iota 1 m.-1)) 0%N))).
  by apply/flattenP; exists r.
have sz : size (rem j (iota 1 m.-1)) = m.-1.-1 by rewrite size_rem ?size_iota // mem_iota; lia.
have -> : flatten (take b (reshape (nseq b.+1 d) (rcons (rem j (iota 1 m.-1)) 0%N))) = take (b * d) (rem j (iota 1
  m.-1)).
  rewrite flatten_take_reshape ?leqnSn // -cats1 takel_cat // sz.
  by move: bd m1; case: (m.-1).
by move/mem_take/mem_rem; rewrite mem_iota; lia.
Qed.
End Code.
