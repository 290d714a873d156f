(** First moments, given the counts and by the number of rows, as programs on binary integers. *)
From Coq Require Import ZArith List.
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify ssrZ.
From SRTheory Require Import SumRecovery EvenSets RandomRows Codes FirstMoment ByRows CoverageTable.
From SRTheory Require CheckerSound CoverageLaw.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Local Notation emb := (CheckerSound.emb rat).

(** Polynomials as the lists of their coefficients. *)
Fixpoint add (s t : seq Z) : seq Z :=
  match s, t with
  | [::], _ => t
  | _, [::] => s
  | a :: s', b :: t' => Z.add a b :: add s' t'
  end.
Fixpoint multiply (s t : seq Z) : seq Z :=
  if s is a :: s' then add [seq Z.mul a b | b <- t] (Z0 :: multiply s' t) else [::].
Definition power (s : seq Z) (k : nat) : seq Z := iter k (multiply s) [:: 1%BZ].
Definition polynomial (s : seq Z) : {poly rat} := Poly [seq emb a | a <- s].

Lemma emb1 : emb 1%BZ = 1. Proof. by []. Qed.

Lemma coef_polynomial s i : (polynomial s)`_i = emb (nth Z0 s i).
Proof.
rewrite coef_Poly; have [lt|le] := ltnP i (size s); first by rewrite (nth_map Z0).
by rewrite !nth_default ?size_map.
Qed.

Lemma polynomial_cons a s : polynomial (a :: s) = (emb a)%:P + polynomial s * 'X.
Proof. by rewrite /polynomial /= cons_poly_def addrC. Qed.

Lemma polynomial_add s t : polynomial (add s t) = polynomial s + polynomial t.
Proof.
elim: s t => [|a s IH] [|b t]; rewrite ?addr0 //=; first by rewrite [polynomial [::]]/polynomial add0r.
by rewrite !polynomial_cons IH CheckerSound.embD rmorphD mulrDl addrACA.
Qed.

Lemma polynomial_scale a s : polynomial [seq Z.mul a b | b <- s] = (emb a)%:P * polynomial s.
Proof.
elim: s => [|b s IH] /=; first by rewrite [polynomial [::]]/polynomial mulr0.
by rewrite !polynomial_cons IH CheckerSound.embM rmorphM mulrDr mulrA.
Qed.

Lemma polynomial_multiply s t : polynomial (multiply s t) = polynomial s * polynomial t.
Proof.
elim: s => [|a s IH] /=; first by rewrite [polynomial [::]]/polynomial mul0r.
by rewrite polynomial_add polynomial_scale !polynomial_cons IH CheckerSound.emb0 add0r mulrDl mulrAC.
Qed.

Lemma polynomial_one : polynomial [:: 1%BZ] = 1.
Proof. by rewrite polynomial_cons emb1 [polynomial [::]]/polynomial mul0r addr0. Qed.

Lemma polynomial_power s k : polynomial (power s k) = polynomial s ^+ k.
Proof. by elim: k => [|k IH]; rewrite ?polynomial_one // exprS -IH -polynomial_multiply. Qed.

Lemma polynomial_sum (f : nat -> Z) k :
  polynomial [seq f i | i <- iota 0 k] = \sum_(i < k) (emb (f i))%:P * 'X^i.
Proof.
have -> : polynomial [seq f i | i <- iota 0 k] = \poly_(i < k) emb (f i) by rewrite unlock /polynomial -map_comp.
by rewrite poly_def; apply: eq_bigr => i _; rewrite mul_polyC.
Qed.

(** (1 + y)^k, and its even part. *)
Definition binomials (k : nat) : seq Z := [seq choose k i | i <- iota 0 k.+1].
Definition even_part (k : nat) : seq Z := [seq if odd i then Z0 else choose k i | i <- iota 0 k.+1].

Lemma expr1DX k : (1 + 'X) ^+ k = \sum_(i < k.+1) ('C(k, i)%:R)%:P * 'X^i :> {poly rat}.
Proof. by rewrite exprDn; apply: eq_bigr => i _; rewrite expr1n mul1r mul_polyC scaler_nat. Qed.

Lemma polynomial_binomials k : polynomial (binomials k) = (1 + 'X) ^+ k.
Proof. by rewrite polynomial_sum expr1DX; apply: eq_bigr => i _; rewrite emb_choose. Qed.

Lemma polynomial_even_part k :
  polynomial (even_part k) = (2^-1)%:P * ((1 + 'X) ^+ k + (1 - 'X) ^+ k) :> {poly rat}.
Proof.
rewrite polynomial_sum expr1DX exprBn -big_split mulr_sumr; apply: eq_bigr => i _ /=.
rewrite expr1n mulr1 -[_ * 'X^i *+ _]mulr_natl -signr_odd polyC_natr mulrA.
have half : (2^-1)%:P + (2^-1)%:P = 1 :> {poly rat} by rewrite -polyCD.
case: (odd i); rewrite ?expr1 ?expr0 ?mulrN1 ?mulr1.
  by rewrite mulNr subrr mulr0 CheckerSound.emb0 mul0r.
by rewrite mulrDr -mulrDl half mul1r emb_choose polyC_natr.
Qed.

(** In how many sets of [w] of the N places of an order the first [b] blocks meet evenly, and how many they miss. *)
Definition even_ways (N d b w : nat) : Z :=
  nth Z0 (foldr (fun k => multiply (even_part (block_size N d k))) (binomials (N - d * b)) (iota 0 b)) w.
Definition missed_ways (N d b w : nat) : Z := choose (N - d * b) w.

Lemma even_waysE N d b w : emb (even_ways N d b w) = (even_poly N d b)`_w.
Proof.
rewrite -coef_polynomial; congr (polyseq _)`_w; rewrite /even_poly /evens -polynomial_binomials.
rewrite -(big_mkord xpredT (fun k => (2^-1)%:P * ((1 + 'X) ^+ block_size N d k + (1 - 'X) ^+ block_size N d k))).
rewrite /index_iota subn0; elim: (iota 0 b) => [|k s IH]; first by rewrite big_nil mul1r.
by rewrite big_cons -mulrA -IH -polynomial_even_part -polynomial_multiply.
Qed.

Lemma even_shareE N d b w : even_share N d b w = emb (even_ways N d b w) / emb (choose N w).
Proof. by rewrite /even_share even_waysE emb_choose. Qed.

Lemma avoid_shareE N d b w : avoid_share N d b w = emb (missed_ways N d b w) / emb (choose N w).
Proof. by rewrite /avoid_share !emb_choose. Qed.

(** Numerator and denominator of a first moment, worker [j] having sent [nth 0 n j] rows. *)
Definition sent_blocks (n : seq nat) : seq nat := [seq k.-1 | k <- n & (0 < k)%N].
Definition given_counts (ways : nat -> nat -> Z) (n : seq nat) (w : nat) : Z :=
  Z.mul (choose (count (pred1 0) n) w) (product [seq ways b w | b <- sent_blocks n]).
Definition places (n : seq nat) (w : nat) : Z := product [seq choose (size n).-1 w | _ <- sent_blocks n].

Lemma moment_counts N share ways n w : size n = N.+1 ->
  (forall b, share b w = emb (ways b w) / emb (choose N w)) ->
  moment N share (nth 0%N n) w = emb (given_counts ways n w) / emb (places n w).
Proof.
move=> sz shareE; rewrite /moment /given_counts /places CheckerSound.embM emb_choose -mulrA sz; congr (_%:R * _).
  congr 'C(_, w); rewrite -sum1_count (big_nth 0%N) sz big_mkord -sum1_card.
  by apply: eq_bigl => j; rewrite inE.
rewrite !emb_product !big_map -prodf_div big_filter (big_nth 0%N) sz big_mkord.
by apply: eq_bigr => j _; rewrite shareE.
Qed.

(** The program computes the expected number of even sets of [w] symbols, over all codes ... (docs/proofs/spanning.md,
    Theorem 1). *)
Theorem even_table N d n w : (0 < d)%N -> size n = N.+1 ->
  mean (fun C : {ffun 'I_N.+1 -> 'S_N} => #|even_sets N.+1 (received d (nth 0%N n) C) w|%:R) =
  emb (given_counts (even_ways N d) n w) / emb (places n w).
Proof. by move=> d_gt0 sz; rewrite expected_even //; apply: moment_counts => // b; apply: even_shareE. Qed.

(** ... and that of sets of [w] uncovered symbols (docs/proofs/spanning.md, Theorem 1). *)
Theorem uncovered_table N d n w : (0 < d)%N -> size n = N.+1 ->
  mean (fun C : {ffun 'I_N.+1 -> 'S_N} => 'C(#|uncovered d (nth 0%N n) C|, w)%:R) =
  emb (given_counts (missed_ways N d) n w) / emb (places n w).
Proof. by move=> d_gt0 sz; rewrite expected_uncovered //; apply: moment_counts => // b; apply: avoid_shareE. Qed.

(** The same jointly with the number of rows, a worker having sent [k] rows with a probability that is proportional to
    [nth 0 p k]. *)
Definition row_terms (ways : nat -> nat -> Z) (N : nat) (p : seq Z) (w : nat) : seq Z :=
  [seq Z.mul (nth Z0 p k) (if k is b.+1 then ways b w else choose N w) | k <- iota 0 (size p)].
Definition with_rows (ways : nat -> nat -> Z) (N : nat) (p : seq Z) (w r : nat) : Z :=
  Z.mul (Z.mul (choose N.+1 w) (product (nseq w (nth Z0 p 0)))) (nth Z0 (power (row_terms ways N p w) (N.+1 - w)) r).
Definition all_rows (N : nat) (p : seq Z) (w : nat) : Z :=
  Z.mul (product (nseq w (total p))) (product (nseq (N.+1 - w) (Z.mul (total p) (choose N w)))).

Section Rows.
Variables (N : nat) (p : seq Z).
Hypothesis total_p : emb (total p) != 0.
Definition weight (k : 'I_(size p)) : rat := emb (nth Z0 p k) / emb (total p).
Notation sent := (fun k : 'I_(size p) => val k).

Lemma emb_power a k : emb (product (nseq k a)) = emb a ^+ k.
Proof. by rewrite emb_product big_nseq; elim: k => // k IH; rewrite exprS /= IH. Qed.

Lemma size_p : (0 < size p)%N.
Proof. by case: p total_p. Qed.

Lemma none_weight : CoverageLaw.none_sent weight sent = emb (nth Z0 p 0) / emb (total p).
Proof. by rewrite /CoverageLaw.none_sent (big_pred1 (Ordinal size_p)). Qed.

Lemma moment_rows share ways w r : (w <= N)%N ->
  (forall b, share b w = emb (ways b w) / emb (choose N w)) ->
  moment_at N weight sent share w r = emb (with_rows ways N p w r) / emb (all_rows N p w).
Proof.
move=> wN shareE; have C0 : emb (choose N w) != 0 by rewrite emb_choose pnatr_eq0 -lt0n bin_gt0.
have polyE : row_poly weight sent share w =
    ((emb (total p) * emb (choose N w))^-1)%:P * polynomial (row_terms ways N p w).
  rewrite polynomial_sum mulr_sumr /row_poly none_weight [RHS](bigD1 (Ordinal size_p)) //=; congr (_ + _).
    rewrite expr0 mulr1 -polyCM CheckerSound.embM; congr (_%:P).
    by rewrite invfM mulrACA mulrC -[RHS]mulrA mulVf ?mulr1 // mulrC.
  apply: eq_big => [k|[[|b] lt] // _]; first by rewrite -(inj_eq val_inj).
  rewrite mulrA -polyCM; congr (_%:P * _).
  by rewrite /weight shareE CheckerSound.embM /= invfM mulrACA mulrC.
rewrite /moment_at none_weight polyE [(_%:P * _) ^+ _]exprMn -polyC_exp coefCM -polynomial_power coef_polynomial.
rewrite /with_rows /all_rows !CheckerSound.embM !emb_power CheckerSound.embM !emb_choose exprMn !exprVn invfM -!mulrA.
by congr (_ * (_ * _)); rewrite mulrA mulrC.
Qed.

(** Even sets ... (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem even_rows_table d w r : (0 < d)%N -> (w <= N)%N ->
  at_rows N weight sent
    (fun n => mean (fun C : {ffun 'I_N.+1 -> 'S_N} => #|even_sets N.+1 (received d n C) w|%:R)) r =
  emb (with_rows (even_ways N d) N p w r) / emb (all_rows N p w).
Proof.
move=> d_gt0 wN; rewrite -(moment_rows r wN (fun b => even_shareE N d b w)) -(mean_moment _ _ _ d_gt0).
by apply: eq_bigr => o _; rewrite expected_even.
Qed.

(** ... and sets of uncovered symbols (docs/proofs/spanning.md, Corollary 1.3). *)
Theorem uncovered_rows_table d w r : (0 < d)%N -> (w <= N)%N ->
  at_rows N weight sent
    (fun n => mean (fun C : {ffun 'I_N.+1 -> 'S_N} => 'C(#|uncovered d n C|, w)%:R)) r =
  emb (with_rows (missed_ways N d) N p w r) / emb (all_rows N p w).
Proof.
move=> d_gt0 wN; rewrite -(moment_rows r wN (fun b => avoid_shareE N d b w)) -(mean_moment _ _ _ d_gt0).
by apply: eq_bigr => o _; rewrite expected_uncovered.
Qed.
End Rows.
