(** Whole codes, the workers' orders being uniformly random and independent (docs/spanning.md, section 0 and Proposition
    1.1).

    There are m = N + 1 symbols and workers; the pool of worker [j], the N other symbols, is numbered by [lift j].  A code
    [C] gives each worker a permutation [C j] of 'I_N: the symbol at place [i] of its order is [lift j (C j i)].
    Probabilities given the counts are shares of the N!^(N+1) codes. *)
From mathcomp Require Import all_ssreflect all_fingroup all_algebra.
From SRTheory Require Import Span SumRecovery.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(** The places of a set in a uniformly random order are a uniformly random set. *)
Section Places.
Variable N : nat.
Implicit Types (A B K P : {set 'I_N}) (p : 'S_N).

Lemma set_transitive A B : #|A| = #|B| -> exists p, p @^-1: A = B.
Proof.
move=> AB; pose a := enum A ++ enum (~: A); pose b := enum B ++ enum (~: B).
have ok (S : {set 'I_N}) : uniq (enum S ++ enum (~: S)) /\ size (enum S ++ enum (~: S)) = N.
  rewrite cat_uniq !enum_uniq size_cat -!cardE cardsC card_ord andbT /=; split=> //.
  by apply/hasPn => i; rewrite !mem_enum inE.
have in_all (S : {set 'I_N}) i : i \in enum S ++ enum (~: S) by rewrite mem_cat !mem_enum inE orbN.
have [ua sa] := ok A; have [ub sb] := ok B.
pose f i := nth i a (index i b).
have ltb i : (index i b < size a)%N by rewrite sa; have := in_all B i; rewrite -index_mem sb.
have inj : injective f.
  move=> i i'; rewrite /f (set_nth_default i') // => /eqP.
  rewrite nth_uniq // => /eqP e; rewrite -(nth_index i (in_all B i)) -(nth_index i (in_all B i')) e //.
exists (perm inj); apply/setP => i; rewrite inE permE /f.
have -> : (i \in B) = (index i b < #|A|)%N.
  rewrite AB /b index_cat mem_enum; case: ifP => iB; first by rewrite cardE index_mem mem_enum iB.
  by apply/esym/negbTE; rewrite -leqNgt -cardE leq_addr.
rewrite /a nth_cat -cardE; case: ltnP => le; first by rewrite -mem_enum mem_nth // -cardE.
apply/negbTE; rewrite -in_setC -mem_enum mem_nth //.
by have := ltb i; rewrite /a size_cat -!cardE ltn_subLR // addnC.
Qed.

Lemma preimset_perm_inj p A B : (p @^-1: A == p @^-1: B) = (A == B).
Proof.
apply/eqP/eqP => [/setP e|-> //]; apply/setP => i.
by have := e (p^-1%g i); rewrite !inE permKV.
Qed.

Lemma card_places_same K A B : #|A| = #|B| ->
  #|[set p : 'S_N | p @^-1: K == A]| = #|[set p : 'S_N | p @^-1: K == B]|.
Proof.
move=> /set_transitive[s sA]; rewrite -[RHS](card_preimset _ (mulgI s)); apply: eq_card => p.
by rewrite !inE -sA (_ : (s * p)%g @^-1: K = s @^-1: (p @^-1: K)) ?preimset_perm_inj //; apply/setP => i; rewrite !inE permM.
Qed.

Lemma card_places K (Q : pred {set 'I_N}) :
  (#|[set p : 'S_N | Q (p @^-1: K)]| * 'C(N, #|K|) = N`! * #|[set A : {set 'I_N} | (#|A| == #|K|) && Q A]|)%N.
Proof.
have count (Q' : pred {set 'I_N}) : #|[set p : 'S_N | Q' (p @^-1: K)]| =
    (#|[set p : 'S_N | p @^-1: K == K]| * #|[set A : {set 'I_N} | (#|A| == #|K|) && Q' A]|)%N.
  rewrite -sum1_card (partition_big (fun p : 'S_N => p @^-1: K) (fun A => (#|A| == #|K|) && Q' A)) /= => [|p].
    rewrite mulnC -sum_nat_const [RHS](eq_bigl (fun A : {set 'I_N} => (#|A| == #|K|) && Q' A)) => [|A]; last by rewrite inE.
    apply: eq_bigr => A /andP[/eqP AK QA]; rewrite -(card_places_same K AK) -sum1_card; apply: eq_bigl => p.
    by rewrite !inE; case: eqP => [->|]; rewrite ?QA ?andbF.
  by rewrite inE => ->; rewrite card_preimset ?eqxx //; apply: perm_inj.
rewrite count mulnAC; congr (_ * _)%N.
have := count predT; rewrite (_ : [set p | predT _] = setT); last by apply/setP => p; rewrite !inE.
rewrite cardsT card_Sn => ->.
congr (_ * _)%N; have := card_draws 'I_N #|K|; rewrite card_ord => <-; apply: eq_card => A.
by rewrite !inE andbT.
Qed.
End Places.
