(** The order in which panels are cleared (docs/exactness.md, 4.4): after the i-th panel of a group its last 2^k panels
    are cleared from the next 2^k, 2^k being the largest power of two that divides i. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Elimination.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** The largest power of two that divides [i]. *)
Definition power_of (i : nat) : nat := 2 ^ logn 2 i.
(** The panels that are cleared from panel [j] after panel [i], in order. *)
Definition cleared_after (i j : nat) : seq nat :=
  if (i < j <= i + power_of i)%N then iota (i - power_of i).+1 (power_of i) else [::].
(** All that are cleared from panel [j] before its turn, in order of time. *)
Definition cleared_before (j : nat) : seq nat := flatten [seq cleared_after i j | i <- iota 1 j.-1].

(** When the turn of a panel comes, each panel of its group before it has been cleared from it, once and in order
    (docs/exactness.md, 4.4). *)
Theorem panels_in_turn (j : nat) : (0 < j <= 16)%N -> cleared_before j = iota 1 j.-1.
Proof.
suff all_ : all (fun j => cleared_before j == iota 1 j.-1) (iota 1 16).
  by move=> jr; apply/eqP/(allP all_); rewrite mem_iota.
by vm_compute.
Qed.

(** Steps with their pivots, cleared together. *)
Section InTurn.
Variables (K : fieldType) (m : nat).
Record block := Block { steps : nat; pivots : 'I_steps -> 'I_m; rows_of : 'M[K]_(steps, m) }.
Implicit Types (b : block) (bs : seq block).

Definition clear n (A : 'M[K]_(n, m)) b : 'M[K]_(n, m) := cleared (@pivots b) (rows_of b) A.
(** Rows that are 0 at the pivots of all blocks. *)
Fixpoint zero_at n (A : 'M[K]_(n, m)) bs : Prop :=
  if bs is b :: bs' then colsub (@pivots b) A = 0 /\ zero_at A bs' else True.
(** Later steps are 0 at the pivots of a block. *)
Fixpoint later_zero b bs : Prop :=
  if bs is b' :: bs' then colsub (@pivots b) (rows_of b') = 0 /\ later_zero b bs' else True.
(** Steps that can be cleared, in this order. *)
Fixpoint in_order bs : Prop :=
  if bs is b :: bs' then [/\ colsub (@pivots b) (rows_of b) \in unitmx, later_zero b bs' & in_order bs'] else True.

Lemma clear_zero n (A : 'M[K]_(n, m)) r (Q : 'I_r -> 'I_m) b :
  colsub Q A = 0 -> colsub Q (rows_of b) = 0 -> colsub Q (clear A b) = 0.
Proof.
move=> QA QR; rewrite /clear /cleared colsub_sub QA sub0r; apply/eqP; rewrite oppr_eq0; apply/eqP.
have -> : colsub Q (colsub (@pivots b) A *m invmx (colsub (@pivots b) (rows_of b)) *m rows_of b) =
    colsub (@pivots b) A *m invmx (colsub (@pivots b) (rows_of b)) *m colsub Q (rows_of b).
  apply/matrixP => i j; rewrite [LHS]mxE [LHS]mxE [RHS]mxE; apply: eq_bigr => l _; congr (_ * _).
  by rewrite mxE.
by rewrite QR mulmx0.
Qed.

Lemma clear_all_zero n (A : 'M[K]_(n, m)) b bs :
  colsub (@pivots b) A = 0 -> later_zero b bs -> colsub (@pivots b) (foldl (@clear n) A bs) = 0.
Proof. by elim: bs A => //= b' bs IH A bA [bb' later]; apply: IH => //; apply: clear_zero. Qed.

(** The span of all steps. *)
Fixpoint span_of bs : 'M[K]_m := if bs is b :: bs' then (rows_of b + span_of bs')%MS else 0.

Lemma clear_span n (A : 'M[K]_(n, m)) bs : (A - foldl (@clear n) A bs <= span_of bs)%MS.
Proof.
elim: bs A => [|b bs IH] A /=; first by rewrite subrr sub0mx.
rewrite -[A - _](subrKA (clear A b)); apply: addmx_sub; last exact: submx_trans (IH _) (addsmxSr _ _).
apply: submx_trans (addsmxSl _ _); rewrite /clear /cleared opprD opprK addrA subrr add0r; exact: submxMl.
Qed.

(** Rows from which all earlier steps are cleared in order are 0 at all earlier pivots when their turn comes, and the
    same as before modulo the span of these steps (docs/exactness.md, 4.4). *)
Theorem cleared_in_turn n (A : 'M[K]_(n, m)) bs : in_order bs ->
  zero_at (foldl (@clear n) A bs) bs /\ (A - foldl (@clear n) A bs <= span_of bs)%MS.
Proof.
move=> ok; split; last exact: clear_span.
elim: bs A ok => //= b bs IH A [ub later ok]; split; last exact: IH.
by apply: clear_all_zero => //; have [] := cleared_zero ub A.
Qed.
End InTurn.
