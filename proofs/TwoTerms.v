(** With two terms and two workers cyclic order is optimal at every time (docs/proofs/floor.md, Proposition 4); the
    terms and the workers are [false] and [true], and worker [j] evaluates [first j] first. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Two.
Variables (R : realFieldType) (w : 'I_3 -> R).
Hypotheses (w_ge0 : forall n, 0 <= w n) (w_total : \sum_n w n = 1).
Implicit Type first : bool -> bool.

Definition two first j i (n : 'I_3) : bool := if i == first j then (0 < n)%N else (1 < n)%N.
Definition late first : R := Pr (fun=> w) (fun x => ~~ [forall i, reported (two first) i x]).
(** P(budget = 0) and P(budget <= 1). *)
Definition q1 : R := w ord0.
Definition q2 : R := w ord0 + w (inord 1).

Lemma missing_two first j i : missing (fun=> w) (two first) j i = if i == first j then q1 else q2.
Proof.
have e1 : lift ord0 ord0 = inord 1 :> 'I_3 by apply: val_inj; rewrite /= inordK.
rewrite /missing !big_ord_recl big_ord0 /two /= e1; case: eqP => _ /=; rewrite ?inordK //= ?mulr1 ?mulr0 ?addr0 //.
Qed.

Lemma late_two first :
  late first = \prod_j missing (fun=> w) (two first) j false + \prod_j missing (fun=> w) (two first) j true - q1 ^+ 2.
Proof.
rewrite -!Pr_unreported.
have -> : q1 ^+ 2 = mean (fun=> w) (fun x : {ffun bool -> 'I_3} => \prod_j (x j == ord0)%:R).
  rewrite (mean_prod (fun=> w) (fun _ t => (t == ord0)%:R)) big_bool /= expr2; congr (_ * _);
    by rewrite (bigD1 ord0) //= mulr1 big1 ?addr0 // => t /negPf ->; rewrite mulr0.
rewrite /Pr /mean -big_split -sumrB; apply: eq_bigr => x _ /=; rewrite -mulrDr -mulrBr; congr (_ * _).
rewrite big_bool /= -natrM mulnb; set r0 := reported _ false x; set r1 := reported _ true x.
have -> : [forall i, reported (two first) i x] = r0 && r1.
  by apply/forallP/andP => [h|[h0 h1] []]; first by split; apply: h.
have -> : (x true == ord0) && (x false == ord0) = ~~ r0 && ~~ r1.
  rewrite /r0 /r1 /reported !negb_exists; apply/andP/andP => [[/eqP x1 /eqP x0]|[/forallP h0 /forallP h1]].
    by split; apply/forallP => -[]; rewrite /two ?x0 ?x1; case: ifP.
  have z j : x j == ord0.
    have := h0 j; have := h1 j; rewrite /two.
    by case: (first j) => /= hA hB; [move: hA | move: hB]; rewrite -leqNgt leqn0 => /eqP e; apply/eqP/val_inj.
  by rewrite !z.
by case: (r0); case: (r1); rewrite /= ?mulr0n ?mulr1n ?add0r ?addr0 ?subr0 ?oppr0 ?addrK.
Qed.

(** Cyclic order is late no more often than any other order (docs/proofs/floor.md, Proposition 4). *)
Theorem cyclic2_optimal first : late id <= late first.
Proof.
rewrite !late_two lerD2r !big_bool /= !missing_two /=.
have sq : q1 * q2 + q2 * q1 <= q1 * q1 + q2 * q2.
  rewrite -subr_ge0 (_ : _ - _ = (q2 - q1) ^+ 2) ?sqr_ge0 //.
  by rewrite opprD addrACA expr2 mulrBl !mulrBr opprB addrC.
by case: (first true); case: (first false); rewrite /= ?lexx // 1?addrC // 1?[X in _ <= X]addrC.
Qed.
End Two.
