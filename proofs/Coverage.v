(** Coverage given the counts (docs/proofs/theory.md, 1.1), as a count of families of subsets. *)
From SRTheory Require Import MathComp.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section InclusionExclusion.
Variables (T : finType) (R : comRingType).

Lemma sum_by_card (U : {set T}) (f : nat -> R) :
  \sum_(A : {set T} | A \subset U) f #|A| = \sum_(k < #|U|.+1) f k *+ 'C(#|U|, k).
Proof.
rewrite (partition_big (fun A : {set T} => inord #|A| : 'I_(#|U|.+1)) xpredT) //=.
apply: eq_bigr => k _; rewrite -cards_draws -sumr_const; apply: congr_big => // [A|A].
  rewrite inE; case AU: (A \subset U) => //=.
  by rewrite -(inj_eq val_inj) /= inordK // ltnS subset_leq_card.
by case/andP=> AU; rewrite -(inj_eq val_inj) /= inordK ?ltnS ?subset_leq_card // => /eqP ->.
Qed.

Lemma sum_signs (U : {set T}) : \sum_(A : {set T} | A \subset U) (-1) ^+ #|A| = (U == set0)%:R :> R.
Proof.
rewrite (sum_by_card U (fun k => (-1) ^+ k)) -cards_eq0.
have := exprBn (1 : R) 1 #|U|; rewrite subrr expr0n => ->; apply: eq_bigr => k _.
by rewrite !expr1n !mulr1.
Qed.
End InclusionExclusion.

Section Coverage.
Variable m : nat.
Variable c : 'I_m -> nat.        (* how many other symbols worker j has covered; 0 if it is silent *)
Variable Z : {set 'I_m}.         (* the silent workers *)
Hypothesis silent : forall j, j \in Z -> c j = 0%N.

(** What worker [j] may have covered beyond its own symbol. *)
Definition choices (j : 'I_m) : {set {set 'I_m}} := [set A : {set 'I_m} | (j \notin A) && (#|A| == c j)].
Definition families : {set {ffun 'I_m -> {set 'I_m}}} := [set S : {ffun 'I_m -> {set 'I_m}} | [forall j, S j \in
  choices j]].
(** Every silent worker's symbol has been covered by another. *)
Definition covering : {set {ffun 'I_m -> {set 'I_m}}} := [set S in families | Z \subset \bigcup_j S j].

Lemma card_missing (j : 'I_m) (A : {set 'I_m}) :
  A \subset Z -> #|[set B in choices j | [disjoint B & A]]| = 'C(m.-1 - #|A|, c j).
Proof.
move=> AZ; have [jZ|jZ] := boolP (j \in Z).
  rewrite silent // bin0; apply/eqP/cards1P; exists set0; apply/setP => B; rewrite !inE silent // cards_eq0.
  by case: eqP => [->|]; rewrite ?andbF // in_set0 disjoint_sym -setI_eq0 setI0 eqxx.
rewrite -[RHS]/('C(m.-1 - #|A|, c j)).
have -> : (m.-1 - #|A|)%N = #|~: (j |: A)|.
  have jA : j \notin A by apply: contra jZ; apply/subsetP.
  by rewrite [RHS]cardsCs setCK cardsU1 jA card_ord subnDA subn1.
rewrite -cards_draws; apply: eq_card => B; rewrite !inE -andbA [_ && [disjoint _ & _]]andbC andbA; congr (_ && _).
by rewrite setCU subsetI -!disjoints_subset [X in _ = X && _]disjoint_sym disjoints1.
Qed.

Lemma card_families (R : comRingType) (A : {set 'I_m}) :
  A \subset Z -> #|[set S in families | [disjoint A & \bigcup_j S j]]|%:R = \prod_j ('C(m.-1 - #|A|, c j))%:R :> R.
Proof.
move=> AZ; rewrite -natr_prod; congr (_%:R).
transitivity #|family (fun j => [set B in choices j | [disjoint B & A]])|; last first.
  by rewrite card_family foldrE big_map big_enum /=; apply: eq_bigr => j _; rewrite card_missing.
apply: eq_card => S; rewrite inE; apply/andP/familyP => [[fam dis] j|fam].
  rewrite inE; move: fam; rewrite inE => /forallP -> /=.
  by rewrite disjoint_sym; apply: disjointWr dis; apply: bigcup_sup.
split; first by rewrite inE; apply/forallP => j; have := fam j; rewrite inE => /andP[].
by apply/bigcup_disjointP => j _; rewrite disjoint_sym; have := fam j; rewrite inE => /andP[_].
Qed.

(** Of the families of c_j-subsets, one for each worker j, that leave out the workers' own symbols, so many cover the
    silent workers' symbols: inclusion and exclusion (docs/proofs/theory.md, 1.1). *)
Theorem coverage_count (R : comRingType) :
  #|covering|%:R = \sum_(k < #|Z|.+1) (-1) ^+ k * 'C(#|Z|, k)%:R * \prod_j ('C(m.-1 - k, c j))%:R :> R.
Proof.
transitivity (\sum_(A : {set 'I_m} | A \subset Z) (-1) ^+ #|A| * \prod_j ('C(m.-1 - #|A|, c j))%:R : R).
  transitivity (\sum_(S in families) (Z :\: \bigcup_j S j == set0)%:R : R).
    rewrite -sum1_card natr_sum (eq_bigl (fun S => (S \in families) && (Z \subset \bigcup_j S j))) => [|S].
      by rewrite big_mkcondr; apply: eq_bigr => S _; rewrite setD_eq0; case: ifP.
    by rewrite inE.
  under eq_bigr => S _ do rewrite -sum_signs.
  rewrite (exchange_big_dep (fun A : {set 'I_m} => A \subset Z)) /= => [|S A _]; last first.
    by rewrite subsetD => /andP[].
  apply: eq_bigr => A AZ; rewrite -(card_families R AZ) mulr_natr -sumr_const.
  by apply: congr_big => // S; rewrite inE subsetD AZ.
rewrite (sum_by_card Z (fun k => (-1) ^+ k * \prod_j ('C(m.-1 - k, c j))%:R)).
by apply: eq_bigr => k _; rewrite -[LHS]mulr_natr mulrAC.
Qed.

(** The law of coverage given the counts: the share of these families that cover (docs/proofs/theory.md, 1.1). *)
Theorem coverage_given_counts : (forall j, (c j <= m.-1)%N) ->
  #|covering|%:R / #|families|%:R =
  \sum_(k < #|Z|.+1) (-1) ^+ k * 'C(#|Z|, k)%:R * \prod_(j | j \notin Z) ('C(m.-1 - k, c j)%:R / 'C(m.-1, c j)%:R) :>
  rat.
Proof.
move=> cm; have fam : #|families|%:R = \prod_j ('C(m.-1, c j))%:R :> rat.
  have := card_families rat (sub0set Z); rewrite cards0 subn0 => <-.
  by congr (_%:R); apply: eq_card => S; rewrite [RHS]inE disjoint_sym -setI_eq0 setI0 eqxx andbT.
rewrite coverage_count fam mulr_suml; apply: eq_bigr => k _; rewrite -!mulrA; congr (_ * (_ * _)).
rewrite -prodf_div [LHS](bigID (mem Z)) /= big1 ?mul1r // => j jZ.
by rewrite silent // !bin0 divr1.
Qed.
End Coverage.
