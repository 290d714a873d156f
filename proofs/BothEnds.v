(** Orders from both ends (docs/proofs/floor.md, Theorem 5): cells of [l] terms, each with workers that come from the
    left and workers that come from the right; nobody leaves its cell.  The exact law. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Finner NestedHolder Layers.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Independent groups: the probability that all go well is the product. *)
Lemma mean_groups (R : realFieldType) (C K T : finType) (w : C * K -> T -> R) (g : C -> {ffun K -> T} -> R) :
  mean w (fun x => \prod_c g c [ffun k => x (c, k)]) = \prod_c mean (fun k => w (c, k)) (g c).
Proof.
rewrite mean_curry -mean_prod; apply: eq_mean => Z; apply: eq_bigr => c _; congr (g c _).
by apply/ffunP => k; rewrite !ffunE.
Qed.

Section Cell.
Variables (R : realFieldType) (K : finType) (l N : nat) (right : pred K) (w : 'I_N.+1 -> R).
Hypothesis w_total : \sum_t w t = 1.
Notation point := {ffun K -> 'I_N.+1}.
Implicit Types (x : point) (k : K).

(** Term [i] of the cell: those who come from the left have it after [i + 1] evaluations, the others after [l - i]. *)
Definition cell_done x : bool :=
  [forall i : 'I_l, [exists k, if right k then (i < x k)%N else (l - i.+1 < x k)%N]].
Definition reach (A : pred K) x : nat := \max_(k | A k) x k.

Lemma cell_doneE x : cell_done x = (l <= reach right x + reach (predC right) x)%N.
Proof.
have reachP (A : pred K) n : (n < reach A x)%N = [exists k, A k && (n < x k)%N].
  rewrite ltnNge; apply/negP/existsP => [h|[k /andP[Ak lt]] /bigmax_leqP/(_ k Ak)]; last by rewrite leqNgt lt.
  have [/existsP[k Ak]|/existsPn none] := boolP [exists k, A k && (n < x k)%N]; first by exists k.
  by case: h; apply/bigmax_leqP => k Ak; have := none k; rewrite Ak -leqNgt.
have one (i : 'I_l) : [exists k, if right k then (i < x k)%N else (l - i.+1 < x k)%N] =
    (i < reach right x)%N || (l - i.+1 < reach (predC right) x)%N.
  rewrite !reachP; apply/existsP/orP => [[k]|[] /existsP[k /andP[rk lt]]].
  - by case: (boolP (right k)) => rk lt; [left | right]; apply/existsP; exists k; rewrite /= rk lt.
  - by exists k; rewrite rk.
  - by exists k; move: rk => /= /negPf ->.
set r := reach right x in one *; set s := reach _ x in one *.
apply/forallP/idP => [all|le i]; last first.
  by rewrite one; have := ltn_ord i; case: (ltnP i r) => //= ri il; lia.
have [//|lt] := leqP l (r + s); have rl : (r < l)%N by lia.
by have := all (Ordinal rl); rewrite one /= ltnn /=; lia.
Qed.

(** P(budget <= n). *)
Definition at_most (n : nat) : R := \sum_(t : 'I_N.+1 | (t <= n)%N) w t.
Definition below (n : nat) : R := \sum_(t : 'I_N.+1 | (t < n)%N) w t.
Notation a := #|right|.
Notation a' := #|predC right|.

Lemma mean_reaches (P Q : pred 'I_N.+1) :
  mean (fun=> w) (fun x => ([forall k, right k ==> P (x k)] && [forall k, ~~ right k ==> Q (x k)])%:R) =
  (\sum_(t | P t) w t) ^+ a * (\sum_(t | Q t) w t) ^+ a'.
Proof.
pose g k (t : 'I_N.+1) : R := (if right k then P t else Q t)%:R.
rewrite (@eq_mean _ _ _ (fun=> w) _ (fun x => \prod_k g k (x k))) => [|x].
  rewrite (mean_prod (fun=> w) g) (bigID right) /= -!prodr_const; congr (_ * _); apply: eq_big => // k rk;
    rewrite [RHS]big_mkcond; apply: eq_bigr => t _; rewrite /g.
    by rewrite rk; case: (P t); rewrite ?mulr1 ?mulr0.
  by rewrite (negPf rk); case: (Q t); rewrite ?mulr1 ?mulr0.
have [/andP[/forallP p /forallP q]|] := boolP (_ && _).
  by rewrite big1 // => k _; rewrite /g; have := p k; have := q k; case: (right k) => /= [_ ->|-> _].
rewrite negb_and !negb_forall => /orP[] /existsP[k]; rewrite negb_imply => /andP[rk /negPf f];
  by rewrite (bigD1 k) //= /g ?rk ?(negPf rk) f mul0r.
Qed.

(** The law of one cell, with at least one worker from the left: the largest reach from the left is [r] with the
    probability at_most r^a - below r^a, and independent of that from the right (docs/proofs/floor.md, Theorem 5). *)
Theorem cell_law : (0 < a)%N -> Pr (fun=> w) cell_done =
  1 - \sum_(r < l) (at_most r ^+ a - below r ^+ a) * at_most (l - r.+1) ^+ a'.
Proof.
move=> /card_gt0P[k0 rk0].
pose le n x := [forall k, right k ==> (x k <= n)%N]; pose lt n x := [forall k, right k ==> (x k < n)%N].
pose ls n x := [forall k, ~~ right k ==> (x k <= n)%N].
have pt x : (cell_done x)%:R =
    1 - \sum_(r < l) ((le r x && ls (l - r.+1)%N x)%:R - (lt r x && ls (l - r.+1)%N x)%:R) :> R.
  rewrite cell_doneE; set r0 := reach right x; set s0 := reach _ x.
  have leE n : le n x = (r0 <= n)%N.
    apply/forallP/bigmax_leqP => h k; first by have := h k => /implyP.
    exact/implyP/h.
  have lsE n : ls n x = (s0 <= n)%N.
    apply/forallP/bigmax_leqP => h k; first by have := h k => /implyP.
    exact/implyP/h.
  have ltE n : lt n x = (r0 < n)%N.
    case: n => [|n]; last by rewrite ltnS -leE.
    by apply/forallP => /(_ k0); have -> : right k0 by [].
  rewrite (eq_bigr (fun r : 'I_l => ((r == r0 :> nat) && (s0 <= l - r.+1)%N)%:R)) => [|r _]; last first.
    by rewrite leE ltE lsE; case: (ltngtP r0 r) => /=; rewrite ?subrr ?subr0.
  have [r0l|r0l] := ltnP r0 l.
    rewrite (bigD1 (Ordinal r0l)) //= eqxx big1 ?addr0 => [|r ne]; last first.
      by rewrite (_ : (r == r0 :> nat) = false) //; apply: contraNF ne => /eqP e; apply/eqP/val_inj.
    have -> : (s0 <= l - r0.+1)%N = ~~ (l <= r0 + s0)%N by lia.
    by case: leqP; rewrite /= ?subr0 ?subrr.
  rewrite big1 ?subr0 => [|r _]; first by have -> : (l <= r0 + s0)%N by lia.
  by rewrite (_ : (r == r0 :> nat) = false) //; apply/eqP; have := ltn_ord r; lia.
rewrite /Pr (eq_mean _ pt) (meanB _ (fun=> 1)) mean_const // mean_sum; congr (_ - _); apply: eq_bigr => r _.
rewrite meanB mulrBl; congr (_ - _); exact: mean_reaches.
Qed.
End Cell.

(** The law for cells that are alike, with [K] workers each, [a] of them from the left (docs/proofs/floor.md, Theorem
    5). *)
Theorem pairs_law (R : realFieldType) (C K : finType) (l N : nat) (right : pred K) (w : 'I_N.+1 -> R) :
  \sum_t w t = 1 -> (0 < #|right|)%N ->
  Pr (fun _ : C * K => w) (fun x => [forall c, cell_done l right [ffun k => x (c, k)]]) =
  (1 - \sum_(r < l) (at_most w r ^+ #|right| - below w r ^+ #|right|) * at_most w (l - r.+1) ^+ #|predC right|) ^+ #|C|.
Proof.
move=> total a0; rewrite -(cell_law l total a0) -prodr_const.
rewrite -(mean_groups (fun _ : C * K => w) (fun c z => (cell_done l right z)%:R)); apply: eq_mean => x.
have [/forallP all|/forallPn[c /negPf f]] := boolP [forall c, cell_done l right [ffun k => x (c, k)]].
  by rewrite big1 // => c _; rewrite all.
by rewrite (bigD1 c) //= f mul0r.
Qed.
