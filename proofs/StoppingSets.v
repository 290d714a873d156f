(** How many sets of places have not exactly one place in any of some blocks of any sizes (docs/proofs/decoding.md,
    Theorem 2). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import EvenSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Blocks.
Variables (P : finType) (block : P -> nat).
Implicit Types (A D E : {set P}) (b k u : nat).

(** The places of block [k], and those of the first [b] blocks; the others are in no block. *)
Definition places k : {set P} := [set i | block i == k].
Definition first_places b : {set P} := [set i | (block i < b)%N].
Definition none_once b A : bool := [forall k : 'I_b, #|A :&: places k| != 1%N].

Section Series.
Variables (K : comRingType) (y : K).

Lemma sum_subsets D : \sum_(A : {set P} | A \subset D) y ^+ #|A| = (1 + y) ^+ #|D|.
Proof.
pose f i : K := if i \in D then y else 0.
have <- : \prod_i (f i + 1) = (1 + y) ^+ #|D|.
  rewrite (bigID (mem D)) /= [X in _ * X]big1 ?mulr1 => [|i /negPf iD]; last by rewrite /f iD add0r.
  by rewrite -prodr_const; apply: eq_bigr => i iD; rewrite /f iD addrC.
rewrite prod_add1 big_mkcond; apply: eq_bigr => A _; case: ifP => [/subsetP sub|/negbT/subsetPn[i iA iD]].
  by rewrite -prodr_const; apply: eq_bigr => i iA; rewrite /f sub.
by rewrite (bigD1 i) //= /f (negPf iD) mul0r.
Qed.

Lemma sum_union D E (f g : {set P} -> K) : [disjoint D & E] ->
  \sum_(A : {set P} | A \subset D :|: E) f (A :&: D) * g (A :&: E) =
  (\sum_(A : {set P} | A \subset D) f A) * \sum_(A : {set P} | A \subset E) g A.
Proof.
move=> dis; have DE : D :&: E = set0 by apply/eqP; rewrite setI_eq0.
rewrite mulr_suml [RHS](eq_bigr (fun A => \sum_(A' : {set P} | A' \subset E) f A * g A')) => [|A _]; last first.
  by rewrite mulr_sumr.
rewrite pair_big_dep /= (reindex_onto (fun p => p.1 :|: p.2) (fun A => (A :&: D, A :&: E))) /= => [|A sub]; last first.
  by rewrite -setIUr; apply/setIidPl.
have parts A A' : A \subset D -> A' \subset E -> (A :|: A') :&: D = A /\ (A :|: A') :&: E = A'.
  move=> AD AE; rewrite !setIUl (setIidPl AD) (setIidPl AE).
  have -> : A' :&: D = set0 by apply/eqP; rewrite -subset0 -DE setIC setIS.
  have -> : A :&: E = set0 by apply/eqP; rewrite -subset0 -DE setSI.
  by rewrite setU0 set0U.
apply: eq_big => [[A A']|[A A'] /= /andP[_ /eqP[-> ->]]] //=.
apply/andP/andP => [[_ /eqP[<- <-]]|[AD AE]]; first by rewrite !subsetIr.
by have [-> ->] := parts A A' AD AE; rewrite eqxx setUSS.
Qed.

Lemma sum_block D : \sum_(A : {set P} | (A \subset D) && (#|A| != 1%N)) y ^+ #|A| = (1 + y) ^+ #|D| - #|D|%:R * y.
Proof.
have single : \sum_(A : {set P} | (A \subset D) && (#|A| == 1%N)) y ^+ #|A| = #|D|%:R * y.
  rewrite (eq_bigr (fun=> y)) => [|A /andP[_ /eqP ->]]; last by rewrite expr1.
  rewrite sumr_const mulr_natl; congr (_ *+ _).
  by rewrite -[RHS]bin1 -cards_draws; apply: eq_card => A; rewrite !inE.
rewrite -sum_subsets [X in _ = X - _](bigID (fun A : {set P} => #|A| == 1%N)) /= single.
by rewrite addrAC subrr add0r.
Qed.

Lemma none_once_series b : \sum_(A : {set P} | (A \subset first_places b) && none_once b A) y ^+ #|A| =
  \prod_(k < b) ((1 + y) ^+ #|places k| - #|places k|%:R * y).
Proof.
elim: b => [|b IH].
  rewrite big_ord0 (big_pred1 set0) ?cards0 ?expr0 // => A.
  have -> : first_places 0 = set0 by apply/setP => i; rewrite !inE.
  have -> : none_once 0 A by apply/forallP => -[].
  by rewrite subset0 andbT.
rewrite big_ord_recr /= -IH -sum_block [X in _ = X * _]big_mkcondr [X in _ = _ * X]big_mkcondr /=.
rewrite -sum_union; last first.
  by rewrite -setI_eq0; apply/eqP/setP => i; rewrite !inE; case: ltngtP.
have -> : first_places b.+1 = first_places b :|: places b.
  by apply/setP => i; rewrite !inE ltnS leq_eqVlt orbC.
rewrite big_mkcondr; apply: eq_bigr => A sub.
have cA : #|A| = (#|A :&: first_places b| + #|A :&: places b|)%N.
  rewrite -cardsUI -setIUr (setIidPl sub) (_ : _ :&: (_ :&: _) = set0) ?cards0 ?addn0 //.
  by apply/setP => i; rewrite !inE; case: (i \in A) => //=; case: ltngtP.
have -> : none_once b.+1 A = none_once b (A :&: first_places b) && (#|A :&: places b| != 1%N).
  apply/forallP/andP => [all|[/forallP all last] k].
    split; last by have := all ord_max.
    apply/forallP => k; have := all (widen_ord (leqnSn b) k); rewrite -setIA (_ : first_places b :&: _ = places k) //.
    by apply/setIidPr/subsetP => i; rewrite !inE => /eqP ->.
  have [kb|kb] := ltnP k b; last by rewrite (_ : val k = b) //; apply/eqP; rewrite eqn_leq kb -ltnS ltn_ord.
  have := all (Ordinal kb); rewrite -setIA (_ : first_places b :&: _ = places k) //.
  by apply/setIidPr/subsetP => i; rewrite !inE => /eqP ->.
by rewrite cA exprD; case: (none_once b _); case: (_ != _); rewrite ?mul0r ?mulr0.
Qed.
End Series.

(** The number of sets of [u] places with not exactly one in any of [b] blocks is the coefficient of z^u in
    (1 + z)^(m - 1 - kappa) prod_i ((1 + z)^(k_i) - k_i z) (docs/proofs/decoding.md, Theorem 2). *)
Theorem card_none_once b u : #|[set A : {set P} | (#|A| == u) && none_once b A]|%:R =
  ((1 + 'X) ^+ (#|P| - #|first_places b|) *
    \prod_(k < b) ((1 + 'X) ^+ #|places k| - #|places k|%:R * 'X))`_u :> rat.
Proof.
pose y : {poly rat} := 'X; have -> : (#|P| - #|first_places b| = #|~: first_places b|)%N by rewrite [RHS]cardsCs setCK.
rewrite -/y mulrC -(none_once_series y) -sum_subsets.
rewrite big_mkcondr /= -(sum_union (fun A => if none_once b A then y ^+ #|A| else 0)); last first.
  by rewrite -setI_eq0 setICr.
rewrite setUCr coef_sum -sum1_card natr_sum big_mkcond [RHS](eq_bigl xpredT) => [|A]; last by rewrite subsetT.
apply: eq_bigr => A _; rewrite inE.
have -> : none_once b A = none_once b (A :&: first_places b).
  apply: eq_forallb => k; rewrite -setIA (_ : first_places b :&: _ = places k) //.
  by apply/setIidPr/subsetP => i; rewrite !inE => /eqP ->.
case: (none_once b _); last by rewrite andbF mul0r coef0.
rewrite andbT -exprD -cardsUI -setIUr setUCr setIT (_ : _ :&: (_ :&: _) = set0) ?cards0 ?addn0 ?coefXn 1?eq_sym //.
  by case: (_ == _).
by apply/setP => i; rewrite !inE; case: (i \in A) => //=; case: (_ < _)%N.
Qed.
End Blocks.
