(** The law of coverage given the counts as a program on binary integers. *)
From Coq Require Import ZArith List.
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import ssrZ.
From SRTheory Require Import Coverage.
From SRTheory Require CheckerSound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Delimit Scope Z_scope with BZ.
Local Open Scope ring_scope.

Definition choose (n k : nat) : Z := Z.of_nat 'C(n, k).
Fixpoint product (l : seq Z) : Z := if l is z :: l' then Z.mul z (product l') else 1%BZ.
Fixpoint total (l : seq Z) : Z := if l is z :: l' then Z.add z (total l') else 0%BZ.
Definition sign (k : nat) : Z := if odd k then (-1)%BZ else 1%BZ.

(** Numerator and denominator; [cs] are the c_j of the workers that are not silent, [z] the number of those that are. *)
Definition numerator (m z : nat) (cs : seq nat) : Z :=
  total [seq Z.mul (sign k) (Z.mul (choose z k) (product [seq choose (m.-1 - k) c | c <- cs])) | k <- iota 0 z.+1].
Definition denominator (m : nat) (cs : seq nat) : Z := product [seq choose m.-1 c | c <- cs].

Local Notation emb := (CheckerSound.emb rat).

Lemma emb_choose n k : emb (choose n k) = 'C(n, k)%:R.
Proof.
rewrite /choose; elim: 'C(n, k) => [|l IH]; first exact: CheckerSound.emb0.
by rewrite Nat2Z.inj_succ -Z.add_1_r CheckerSound.embD IH -natr1.
Qed.
Lemma emb_product l : emb (product l) = \prod_(z <- l) emb z.
Proof. by elim: l => [|z l IH]; rewrite ?big_nil // big_cons -IH -CheckerSound.embM. Qed.
Lemma emb_total l : emb (total l) = \sum_(z <- l) emb z.
Proof. by elim: l => [|z l IH]; rewrite ?big_nil // big_cons -IH -CheckerSound.embD. Qed.

(** The program on binary integers computes the law of coverage given the counts (docs/proofs/theory.md, 1.1). *)
Theorem table_is_law m (c : 'I_m -> nat) (Z0 : {set 'I_m}) :
  (forall j, j \in Z0 -> c j = 0%N) -> (forall j, (c j <= m.-1)%N) ->
  let cs := [seq c j | j <- enum 'I_m & j \notin Z0] in
  #|covering c Z0|%:R / #|families c|%:R = emb (numerator m #|Z0| cs) / emb (denominator m cs).
Proof.
move=> silent cm cs; rewrite (coverage_given_counts silent cm) emb_total emb_product !big_map mulr_suml.
have prodE (f : nat -> rat) : \prod_(j <- enum 'I_m | j \notin Z0) f (c j) = \prod_(j | j \notin Z0) f (c j).
  by rewrite big_enum_cond.
rewrite -[iota 0 _]val_enum_ord big_map big_enum /=; apply: eq_bigr => k _.
rewrite !CheckerSound.embM emb_choose emb_product !big_map !big_filter.
have e n : \prod_(i <- enum 'I_m | i \notin Z0) emb (choose n (c i)) = \prod_(i | i \notin Z0) ('C(n, c i))%:R.
  by rewrite (prodE (fun l => emb (choose n l))); apply: eq_bigr => j _; apply: emb_choose.
rewrite !e prodf_div -!mulrA; congr (_ * _).
by rewrite /sign -signr_odd; case: (odd k); rewrite ?expr1 ?expr0.
Qed.
