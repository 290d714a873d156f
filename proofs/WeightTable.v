(** The weights of gradient codes (docs/proofs/theory.md, 5.8) and of Lagrange codes as programs on binary integers. *)
From Coq Require Import ZArith List.
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import ssrZ.
From SRTheory Require Import CoverageTable Lagrange ReedSolomon.
From SRTheory Require CheckerSound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Delimit Scope Z_scope with BZ.
Local Open Scope ring_scope.

(** The product of the differences of [z] and some numbers. *)
Definition away (z : Z) (s : seq Z) : Z := product [seq Z.sub z c | c <- s].

(** The polynomial of worker [j], which holds the terms j, ..., j + s modulo m, at the term [i]. *)
Definition outside (m s j : nat) : seq nat := [seq c <- iota 0 m | (s < (c + (m - j)) %% m)%N].
Definition gradient_weight (m s j i : nat) : Z := away (Z.of_nat i) [seq Z.of_nat c | c <- outside m s j].

(** For results at the points [s], one of which is left out, and values at the points [b]. *)
Definition left_out (s : seq Z) (j : nat) : seq Z := [seq nth Z0 s i | i <- iota 0 (size s) & i != j].
Definition sum_numerator (s b : seq Z) (j : nat) : Z := total [seq away z (left_out s j) | z <- b].
Definition sum_denominator (s : seq Z) (j : nat) : Z := away (nth Z0 s j) (left_out s j).
Definition power_sum (s b : seq Z) (e : nat) : Z := total [seq Z.mul (iter e (Z.mul z) 1%BZ) (away z s) | z <- b].

Section Field.
Variable F : fieldType.
Notation emb := (CheckerSound.emb F).

Lemma emb_nat n : emb (Z.of_nat n) = n%:R.
Proof.
elim: n => [|n IH]; first exact: CheckerSound.emb0.
by rewrite Nat2Z.inj_succ -Z.add_1_r CheckerSound.embD IH -natr1.
Qed.

Lemma emb_products l : emb (product l) = \prod_(z <- l) emb z.
Proof. by elim: l => [|z l IH]; rewrite ?big_nil // big_cons -IH -CheckerSound.embM. Qed.

Lemma emb_sums l : emb (total l) = \sum_(z <- l) emb z.
Proof. by elim: l => [|z l IH]; rewrite ?big_nil ?CheckerSound.emb0 // big_cons -IH -CheckerSound.embD. Qed.

Lemma emb_away z s : emb (away z s) = \prod_(c <- s) (emb z - emb c).
Proof. by rewrite emb_products big_map; apply: eq_bigr => c _; apply: CheckerSound.embB. Qed.

Lemma emb_left_out (s : seq Z) (j : 'I_(size s)) z :
  emb (away z (left_out s j)) = \prod_(i < size s | i != j) (emb z - emb (nth Z0 s i)).
Proof.
by rewrite emb_away big_map big_filter (_ : iota 0 _ = index_iota 0 (size s)) ?big_mkord // /index_iota subn0.
Qed.

(** The weight of a result, as a quotient; [j] is its place among the results (docs/choosing.md, Which
    scheme to take). *)
Theorem sum_weight (s b : seq Z) (j : 'I_(size s)) :
  \sum_(z <- b) (basis (fun i : 'I_(size s) => emb (nth Z0 s i)) j).[emb z] =
  emb (sum_numerator s b j) / emb (sum_denominator s j).
Proof.
rewrite emb_left_out emb_sums big_map mulr_suml; apply: eq_bigr => z _.
rewrite emb_left_out /basis hornerZ horner_prod mulrC; congr (_ / _).
by apply: eq_bigr => i _; rewrite hornerXsubC.
Qed.

(** The sums that are 0 if and only if fewer results give the sum (docs/choosing.md, Which scheme to take). *)
Theorem fewer_sums (s b : seq Z) e :
  \sum_(z <- b) emb z ^+ e * \prod_(i < size s) (emb z - emb (nth Z0 s i)) = emb (power_sum s b e).
Proof.
rewrite emb_sums big_map; apply: eq_bigr => z _; rewrite CheckerSound.embM emb_away; congr (_ * _).
  by elim: e => [|e IH] /=; rewrite ?expr0 // exprS IH -CheckerSound.embM.
by rewrite [RHS](big_nth Z0) big_mkord.
Qed.
End Field.

(** The program computes the weights of Reed-Solomon codes at the points 0, ..., m - 1 (docs/proofs/theory.md, 5.8). *)
Theorem gradient_weight_is (m s : nat) (j i : 'I_m) :
  (weight_poly s (fun c : 'I_m => c%:R : rat) j).[i%:R] = CheckerSound.emb rat (gradient_weight m s j i).
Proof.
rewrite /weight_poly horner_prod emb_away big_map big_filter (_ : iota 0 m = index_iota 0 m) ?big_mkord; last first.
  by rewrite /index_iota subn0.
by apply: eq_big => [c|c _]; [rewrite /holds -ltnNge | rewrite hornerXsubC !emb_nat].
Qed.
