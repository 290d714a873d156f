(** Fewer workers than terms: groups of terms as single functions (section II-A of the paper). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span SumRecovery.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Grouping.
Variables (m p : nat) (group : nat -> nat).
Hypothesis in_range : forall i, i < m -> group i < p.
Hypothesis no_group_empty : forall g, g < p -> exists2 i, i < m & group i = g.

(** The terms of a row of groups. *)
Definition terms (r : seq nat) : seq nat := [seq i <- iota 0 m | group i \in r].

(** Rows of groups recover the sum of the groups if and only if their terms recover the sum of the terms, over every
  field:
    so a code for p functions is one for m terms, row by row (claim gen-p-workers). *)
Theorem groups_recover (K : fieldType) rows : recovers K m (map terms rows) = recovers K p rows.
Proof.
pose f (i : 'I_m) : 'I_p := Ordinal (in_range (ltn_ord i)).
have surj (g : 'I_p) : exists i, f i = g.
  by have [i im e] := no_group_empty (ltn_ord g); exists (Ordinal im); apply/val_inj.
rewrite /recovers -(identical_columns (incidence K p rows) surj).
have sz : size (map terms rows) = size rows by rewrite size_map.
have e (i : 'I_(size (map terms rows))) (i' : 'I_(size rows)) : val i = val i' ->
    row i (incidence K m (map terms rows)) = row i' (colsub f (incidence K p rows)).
  move=> ii; apply/rowP => j; rewrite !mxE ii (nth_map [::] _ _ (ltn_ord i')) mem_filter mem_iota.
  by rewrite leq0n add0n ltn_ord !andbT.
apply/idP/idP; apply: spans_submx; apply/row_subP => i.
  by rewrite (e i (cast_ord sz i)) // row_sub.
by rewrite -(e (cast_ord (esym sz) i) i) // row_sub.
Qed.
End Grouping.
