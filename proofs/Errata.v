(** Errata of the paper: condition (3) gives existence and not uniqueness, its example with m = 2 is none, and GF(2)
  is no
    proxy for Q. *)
From Coq Require Import ZArith.
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness Checker CheckerSound SumRecovery Solver Counterexamples.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Delimit Scope Z_scope with BZ. (* mathcomp's int has taken %Z *)
Local Open Scope ring_scope.

(** Where vG = 1 has a solution, it is unique if and only if the rows are independent (claim eq3-condition). *)
Theorem unique_solution (K : fieldType) n m (G : 'M[K]_(n, m)) (v : 'rV_n) :
  v *m G = const_mx 1 -> (forall w : 'rV_n, w *m G = const_mx 1 -> w = v) <-> row_free G.
Proof.
move=> vG; split=> [unique | free w wG]; last by apply: (row_free_inj free); rewrite wG vG.
rewrite -kermx_eq0; apply/eqP/row_matrixP => i; rewrite row0.
have := unique (v + row i (kermx G)); rewrite mulmxDl vG -row_mul mulmx_ker row0 addr0.
by move=> /(_ erefl) e; apply: (addrI v); rewrite e addr0.
Qed.

(** (3) is rank(G^T) = rank([G^T | 1]).  It holds here, and there are two solutions;
  an SR code with m = 2, d = 1 can send
    these rows: worker 1 its own symbol, worker 2 both of its rows. *)
Definition three_rows : seq (seq nat) := [:: [:: 0]; [:: 1]; [:: 0]]%N.

(** Three rows meet condition (3), rank(G^T) = rank([G^T | 1]), and have two solutions (claim eq3-condition). *)
Theorem condition3_not_unique (K : fieldType) :
  let G := incidence K 2 three_rows in
  \rank G^T = \rank (row_mx G^T (ones K)^T) /\
  exists v w : 'rV_3, [/\ v != w, v *m G = const_mx 1 & w *m G = const_mx 1].
Proof.
split.
  have -> : row_mx (incidence K 2 three_rows)^T (ones K)^T = (col_mx (incidence K 2 three_rows) (ones K))^T.
    by rewrite tr_col_mx.
  rewrite !mxrank_tr; apply/esym/eqP; rewrite rank_condition -/(recovers K 2 three_rows).
  by apply: systematic_recovers => -[|[|]].
exists (\row_(i < 3) nth 0 [:: 1; 1; 0] i), (\row_(i < 3) nth 0 [:: 0; 1; 1] i); split.
- by apply/eqP => /rowP/(_ 0); rewrite !mxE /= => /eqP; rewrite oner_eq0.
- by apply/rowP => -[[|[|//]] j]; rewrite !mxE !big_ord_recl big_ord0 !mxE /= ?mulr1 ?mulr0 ?mul0r ?addr0 ?add0r.
by apply/rowP => -[[|[|//]] j]; rewrite !mxE !big_ord_recl big_ord0 !mxE /= ?mulr1 ?mulr0 ?mul0r ?addr0 ?add0r.
Qed.

(** A sum-recovery code with m = 2 and d = 1 can send these rows: worker 1 its own symbol, worker 2 both of its rows
    (claim eq3-condition). *)
Theorem condition3_sent :
  reception 2 1 (fun j => if j == 0%N then [:: 1%N] else [:: 0%N]) (fun j => j.+1) = three_rows.
Proof. by []. Qed.

(** The rows [1 0] and [1 1] span 1: the paper's example with m = 2 is none (claim disc-example). *)
Theorem two_symbols_example (K : fieldType) : recovers K 2 [:: [:: 0]; [:: 0; 1]]%N.
Proof.
apply: (@recovers_subset _ _ [:: [:: 0; 1]]%N) => [r|]; first by rewrite !inE => ->; rewrite orbT.
by apply: partition_recovers => -[|[|]].
Qed.

(** Nor is it one if the matrix is read by columns: its rows are then [1 1] and [0 1] (claim disc-example). *)
Theorem two_symbols_example_by_columns (K : fieldType) : recovers K 2 [:: [:: 0; 1]; [:: 1]]%N.
Proof.
apply: (@recovers_subset _ _ [:: [:: 0; 1]]%N) => [r|]; first by rewrite !inE => ->.
by apply: partition_recovers => -[|[|]].
Qed.

(** The rows {1, 2}, {1, 3}, {1, 4} span 1 over GF(2) and not over Q (docs/proofs/exactness.md, 1.3). *)
Theorem gf2_not_q : let rows := [:: [:: 0; 1]; [:: 0; 2]; [:: 0; 3]]%N in recovers 'F_2 4 rows /\ ~ recovers rat 4 rows.
Proof.
split; rewrite -dense_recovers //.
  exact: (@check_sound_Fp 2 4 _ (Spans [:: 1; 1; 1]%BZ 1%BZ)).
exact: (@check_sound_Q 4 _ (DoesNotSpan [:: 1; -1; -1; -1]%BZ)).
Qed.

(** The rows {1, 2}, {2, 3}, {1, 3} span 1 over Q and not over GF(2) (docs/proofs/exactness.md, 1.3). *)
Theorem q_not_gf2 : let rows := [:: [:: 0; 1]; [:: 1; 2]; [:: 0; 2]]%N in recovers rat 3 rows /\ ~ recovers 'F_2 3 rows.
Proof.
split; rewrite -dense_recovers //.
  exact: (@check_sound_Q 3 _ (Spans [:: 1; 1; 1]%BZ 2%BZ)).
exact: (@check_sound_Fp 2 3 _ (DoesNotSpan [:: 1; 1; 1]%BZ)).
Qed.
