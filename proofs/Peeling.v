(** Peeling: what it leaves is the largest stopping set (docs/proofs/decoding.md, Theorem 2), rows that peel have full
    rank (docs/proofs/decoding.md, Theorem 1), and a block that covers the last symbol (docs/proofs/decoding.md, Theorem
    3). *)
From SRTheory Require Import MathComp.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Peeling.
Variable S : finType.
Implicit Types (rows : seq {set S}) (r K A : {set S}) (v : S).

(** A symbol becomes known if it is the only unknown one of some row. *)
Definition peel rows K : {set S} := K :|: [set v | has (fun r => r :\: K == [set v]) rows].
Definition known rows : {set S} := fixset (peel rows).
(** No row contains exactly one symbol of the set. *)
Definition stopping rows A : bool := all (fun r => #|r :&: A| != 1%N) rows.

Lemma peel_mono rows : {homo peel rows : K K' / K \subset K'}.
Proof.
move=> K K' /subsetP sub; apply/subsetP => v; rewrite !inE => /orP[/sub ->//|/hasP[r rin /eqP e]].
have [//|vK'] := boolP (v \in K'); apply/orP; right; apply/hasP; exists r => //; apply/eqP/setP => u.
have := congr1 (fun B : {set S} => u \in B) e; rewrite !inE => <-; apply: andb_id2r => ur.
have [uK|uK] := boolP (u \in K); first by rewrite (sub u uK).
have : u \in r :\: K by rewrite inE uK.
by rewrite e inE => /eqP ->; rewrite vK'.
Qed.

Lemma peel_known rows : peel rows (known rows) = known rows.
Proof. exact: fixsetK (@peel_mono rows). Qed.

Lemma known_ind rows (P : S -> Prop) :
  (forall r v, r \in rows -> v \in r -> (forall u, u \in r -> u != v -> P u) -> P v) ->
  forall v, v \in known rows -> P v.
Proof.
move=> step; rewrite /known /fixset; elim: #|S| => [|k IH] v; first by rewrite in_set0.
rewrite iterS; set K := iter k _ _ in IH *; rewrite !inE => /orP[/IH //|/hasP[r rin /eqP e]].
have in_ u : (u \in r) && (u \notin K) = (u == v) by have := congr1 (fun B : {set S} => u \in B) e; rewrite !inE andbC.
apply: (step r) => // [|u ur uv]; first by have := in_ v; rewrite eqxx => /andP[].
by apply: IH; apply: contraNT uv => uK; rewrite -in_ ur.
Qed.

(** What peeling leaves unknown is a stopping set (docs/proofs/decoding.md, Theorem 2). *)
Theorem unknown_stopping rows : stopping rows (~: known rows).
Proof.
apply/allP => r rin; apply/negP => /cards1P[v e]; have : v \in known rows.
  by rewrite -peel_known !inE; apply/orP; right; apply/hasP; exists r; rewrite // setDE e.
by have : v \in r :&: ~: known rows by [rewrite e set11]; rewrite !inE => /andP[_ /negPf ->].
Qed.

(** A stopping set stays unknown: what peeling leaves is the largest one (docs/proofs/decoding.md, Theorem 2). *)
Theorem stopping_unknown rows A : stopping rows A -> A \subset ~: known rows.
Proof.
move=> /allP st; rewrite -disjoints_subset disjoint_sym /known /fixset; elim: #|S| => [|k IH] /=.
  by rewrite disjoints_subset sub0set.
set K := iter k _ _ in IH *; rewrite disjoints_subset; apply/subsetP => v; rewrite !inE => /orP[vK|/hasP[r rin /eqP e]].
  by apply/negP => vA; have /pred0P/(_ v) := IH; rewrite /= vK vA.
apply/negP => vA; have /negP[] := st r rin; apply/cards1P; exists v; apply/setP => u; rewrite !inE.
apply/andP/eqP => [[ur uA]|->].
  have uK : u \notin K by apply/negP => uK; have /pred0P/(_ u) := IH; rewrite /= uK uA.
  by have : u \in r :\: K by [rewrite inE uK]; rewrite e inE => /eqP.
by split=> //; have : v \in r :\: K by [rewrite e set11]; rewrite inE => /andP[].
Qed.

(** Peeling fails exactly if there is a stopping set that is not empty (docs/proofs/decoding.md, Theorem 2). *)
Corollary peeling_fails rows : (known rows != setT) = [exists A : {set S}, (A != set0) && stopping rows A].
Proof.
apply/idP/existsP => [ne|[A /andP[A0 /stopping_unknown sub]]].
  by exists (~: known rows); rewrite unknown_stopping andbT -setCT (inj_eq (@setC_inj _)).
by apply: contraNneq A0 => e; rewrite e setCT subset0 in sub.
Qed.

(** A symbol of a stopping set that some row covers is in a row with another one of them (docs/proofs/decoding.md,
    Theorem 2). *)
Theorem stopping_pair rows A v r : stopping rows A -> v \in A -> r \in rows -> v \in r -> (2 <= #|r :&: A|)%N.
Proof.
move=> /allP st vA rin vr; have := st r rin; have : (0 < #|r :&: A|)%N by apply/card_gt0P; exists v; rewrite inE vr.
by case: #|_| => [|[]].
Qed.

(** The probability that peeling fails is at most the mean number of stopping sets, which are sets of symbols that have
    not been received alone (docs/proofs/decoding.md, Theorem 2). *)
Theorem failure_mean (R : numDomainType) (Omega : finType) (weight : Omega -> R) (rows : Omega -> seq {set S})
    (L : {set S}) :
  (forall e, 0 <= weight e) -> (forall e v, v \notin L -> [set v] \in rows e) ->
  \sum_(e | known (rows e) != setT) weight e <=
  \sum_(A : {set S} | (A != set0) && (A \subset L)) \sum_(e | stopping (rows e) A) weight e.
Proof.
move=> w0 alone; rewrite (exchange_big_dep xpredT) //= big_mkcond; apply: ler_sum => e _; case: ifP => [|_]; last first.
  exact: sumr_ge0.
rewrite peeling_fails => /existsP[A /andP[A0 st]]; rewrite (bigD1 A) /=; last first.
  rewrite A0 st andbT; apply/subsetP => v vA; apply: contraT => vL.
  have /allP/(_ _ (alone e v vL)) := st; rewrite (_ : [set v] :&: A = [set v]) ?cards1 //.
  by apply/setIidPl; rewrite sub1set.
by rewrite lerDl; apply: sumr_ge0.
Qed.

(** Peeling of the first rows leaves just the symbols [W] that they do not cover; further rows cover these, and peeling
    still fails. Then a further row holds two of [W] (docs/proofs/decoding.md, Theorem 3). *)
Theorem later_pair rows more : let W := ~: known rows in
  (forall v r, v \in W -> r \in rows -> v \notin r) -> (forall v, exists2 r, r \in rows ++ more & v \in r) ->
  known (rows ++ more) != setT -> exists2 r, r \in more & (2 <= #|r :&: W|)%N.
Proof.
move=> W uncovered covered ne; have [v vU] : exists v, v \in ~: known (rows ++ more).
  apply/existsP; apply: contraNT ne; rewrite negb_exists => /forallP all; apply/eqP/setP => v; rewrite inE.
  by have := all v; rewrite inE negbK.
have st := unknown_stopping (rows ++ more).
have UW : ~: known (rows ++ more) \subset W.
  by apply: stopping_unknown; apply/allP => r rin; apply: (allP st); rewrite mem_cat rin.
have [r rin vr] := covered v; have two := stopping_pair st vU rin vr.
exists r; last by apply: leq_trans two _; apply/subset_leq_card/setIS.
move: rin; rewrite mem_cat => /orP[rin|//]; have vW := subsetP UW v vU.
by have := uncovered v r vW rin; rewrite vr.
Qed.
End Peeling.

(** Rows that peel have full rank over any field. *)
Section Rank.
Variables (F : fieldType) (n m : nat) (row_set : 'I_n -> {set 'I_m}).
Definition incidence : 'M[F]_(n, m) := \matrix_(i, j) (j \in row_set i)%:R.
Notation rows := [seq row_set i | i <- enum 'I_n].

(** What is known is in the row space (docs/proofs/decoding.md, Theorem 1). *)
Theorem known_rank : known rows = setT -> \rank incidence = m.
Proof.
move=> all_; suff inG v : v \in known rows -> ((delta_mx 0 v : 'rV[F]_m) <= incidence)%MS.
  apply/eqP; rewrite -/(row_full _) -sub1mx; apply/row_subP => v; rewrite row1; apply: inG.
  by rewrite all_ inE.
move: v; apply: (@known_ind _ _ (fun v => ((delta_mx 0 v : 'rV[F]_m) <= incidence)%MS)) => r v /mapP[i _ ->] vr others.
have -> : delta_mx 0 v = row i incidence - \sum_(l in row_set i | l != v) delta_mx 0 l.
  apply/rowP => j; rewrite !mxE summxE eqxx /=.
  rewrite (eq_bigr (fun l => (j == l)%:R)) => [|l _]; last by rewrite mxE eqxx.
  have [->|jv] := eqVneq j v; first by rewrite vr big1 ?subr0 // => l /andP[_ /negPf]; rewrite eq_sym => ->.
  have [jr|jr] := boolP (j \in row_set i).
    rewrite (bigD1 j) /= ?jr // eqxx big1 ?addr0 ?subrr // => l /andP[_ /negPf lj].
    by rewrite eq_sym lj.
  by rewrite big1 ?subrr // => l /andP[lr _]; case: eqP => // jl; rewrite -jl (negPf jr) in lr.
rewrite addmx_sub ?row_sub // eqmx_opp summx_sub // => l /andP[lr lv]; exact: others.
Qed.

(** If [D] are rows in the span of the others, m symbols need m + |D| rows (docs/proofs/decoding.md, Theorem 1). *)
Theorem redundant_rows (D : {set 'I_n}) : known rows = setT ->
  (forall i, i \in D -> (row i incidence <= \sum_(l | l \notin D) <<row l incidence>>)%MS) -> (m + #|D| <= n)%N.
Proof.
move=> /known_rank rk span; have : (incidence <= \sum_(l | l \notin D) <<row l incidence>>)%MS.
  apply/row_subP => i; have [/span //|iD] := boolP (i \in D).
  by rewrite (sumsmx_sup i) // genmxE.
move/mxrankS; rewrite rk => le; rewrite -[X in (_ <= X)%N](card_ord n) -(cardsC D) addnC leq_add2l.
apply: leq_trans le _; apply: leq_trans (mxrank_sum_leqif _).1 _.
apply: (@leq_trans (\sum_(l | l \notin D) 1)%N); first by apply: leq_sum => l _ /=; rewrite mxrank_gen rank_leq_row.
by rewrite sum1_card; apply: subset_leq_card; apply/subsetP => l; rewrite !inE.
Qed.
End Rank.
