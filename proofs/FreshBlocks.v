(** Workers that draw every block afresh from their pool (docs/proofs/spanning.md, Proposition 1.8): worker [j] has sent
    [n j] rows, and each of its blocks is the first one of an order of its own, the orders being uniform and
    independent. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery EvenSets Parity RandomRows Codes IndependentRows.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Lemma card_below k a : (a <= k)%N -> #|[pred b : 'I_k | (b < a)%N]| = a.
Proof.
move=> ak; rewrite -sum1_card (eq_bigl (fun b : 'I_k => (b < a)%N)) // -(big_ord_widen k (fun=> 1%N) ak).
by rewrite sum1_card card_ord.
Qed.

Section FreshBlocks.
Variables (N d B : nat) (n : nat -> nat).
Notation m := N.+1.
Hypothesis d_gt0 : (0 < d)%N.
Hypothesis few_blocks : forall j : 'I_m, ((n j).-1 <= B)%N.
Notation draws := {ffun 'I_m * 'I_B -> 'S_N}.
Implicit Types (C : draws) (A : {set 'I_m}) (j l : 'I_m) (b : 'I_B) (w : nat).

Definition fresh_block C j b : seq nat := [seq val (lift j (C (j, b) i)) | i : 'I_N <- enum 'I_N & (i < d)%N].
Definition fresh_rows C : seq (seq nat) := flatten
  [seq nseq (0 < n j)%N [:: val j] ++ [seq fresh_block C j b | b : 'I_B <- enum 'I_B & (b < (n j).-1)%N]
  | j : 'I_m <- enum 'I_m].
(** All draws are alike. *)
Definition fresh_law C : rat := \prod_(p : 'I_m * 'I_B) N`!%:R^-1.
Notation mean := (RandomRows.mean fresh_law).
Notation Pr := (RandomRows.Pr fresh_law).

(** A_w and U_w, with e_1(w)^b and a_1(w)^b in place of e_b(w) and a_b(w). *)
Definition fresh_moment (share : nat -> rat) w : rat :=
  'C(#|silent N n|, w)%:R * \prod_(j : 'I_m | (0 < n j)%N) share w ^+ (n j).-1.
Notation even_moment := (fresh_moment (even_share N d 1)).
Notation missed_moment := (fresh_moment (avoid_share N d 1)).

Lemma fresh_ge0 C : 0 <= fresh_law C.
Proof. by apply: prodr_ge0 => p _; rewrite invr_ge0 ler0n. Qed.

Lemma Pr_draws (Q : 'I_m * 'I_B -> pred 'S_N) :
  Pr (fun C => [forall p, Q p (C p)]) = \prod_p (#|[set s | Q p s]|%:R / N`!%:R).
Proof.
rewrite (eq_bigr (fun p => \sum_(s : 'S_N) N`!%:R^-1 * (Q p s)%:R)) => [|p _].
  rewrite bigA_distr_bigA; apply: eq_bigr => C _; rewrite big_split /= /fresh_law; congr (_ * _).
  case: (boolP [forall p, Q p (C p)]) => [/forallP q|/forallPn[p nq]]; first by rewrite big1 // => p _; rewrite q.
  by rewrite (bigD1 p) //= (negPf nq) mul0r.
rewrite -mulr_sumr mulrC; congr (_ * _); rewrite -sum1_card natr_sum big_mkcond; apply: eq_bigr => s _.
by rewrite inE; case: (Q p s).
Qed.

Lemma sure_draw (Q : pred 'S_N) : (forall s, Q s) -> #|[set s | Q s]|%:R / N`!%:R = 1 :> rat.
Proof.
move=> q; rewrite (_ : [set s | Q s] = setT); last by apply/setP => s; rewrite !inE q.
by rewrite cardsT card_Sn divff // pnatr_eq0 -lt0n fact_gt0.
Qed.

Lemma fresh_total : \sum_C fresh_law C = 1.
Proof.
have := Pr_draws (fun _ => predT); rewrite [in RHS]big1 => [<-|p _]; last exact: sure_draw.
by apply: eq_bigr => C _; rewrite (_ : [forall p, _]) ?mulr1 //; apply/forallP.
Qed.

Lemma size_fresh C : size (fresh_rows C) = (\sum_(j < m) n j)%N.
Proof.
rewrite /fresh_rows size_flatten /shape -map_comp sumnE big_map big_enum; apply: eq_bigr => j _ /=.
rewrite size_cat size_nseq size_map -sum1_size big_filter big_enum_cond sum1_card.
have -> : #|[pred b : 'I_B | (b < (n j).-1)%N]| = (n j).-1 by apply: card_below.
by case: (n j).
Qed.

Lemma all_fresh (Q : pred (seq nat)) C : all Q (fresh_rows C) =
  [forall j : 'I_m, ((0 < n j)%N ==> Q [:: val j]) && [forall b : 'I_B, (b < (n j).-1)%N ==> Q (fresh_block C j b)]].
Proof.
apply/allP/forallP => [h j|h r /flattenP[rs /mapP[j _ ->]]].
  have inside r : r \in nseq (0 < n j)%N [:: val j] ++ [seq fresh_block C j b | b : 'I_B <- enum 'I_B & (b < (n j).-1)%N] ->
      Q r.
    by move=> rin; apply: h; apply/flattenP; eexists; [apply: map_f; apply: mem_enum j|].
  apply/andP; split; first by apply/implyP => nj; apply: inside; rewrite nj mem_cat mem_head.
  apply/forallP => b; apply/implyP => bn; apply: inside; rewrite mem_cat; apply/orP; right.
  by apply: (map_f (fun b => fresh_block C j b)); rewrite mem_filter bn mem_enum.
have /andP[/implyP own /forallP blk] := h j.
rewrite mem_cat => /orP[|/mapP[b]]; first by rewrite mem_nseq => /andP[nj /eqP ->]; apply: own; case: (0 < n j)%N nj.
by rewrite mem_filter => /andP[bn _] ->; apply: (implyP (blk b)).
Qed.

Lemma block_places C j b A : [set l in A | val l \in fresh_block C j b] =
  [set lift j (C (j, b) i) | i in [set i in C (j, b) @^-1: (lift j @^-1: A) | (divn i d == 0)%N]].
Proof.
have small (i : 'I_N) : (divn i d == 0)%N = (i < d)%N by rewrite -leqn0 -ltnS ltn_divLR // mul1n.
apply/setP => l; rewrite inE; apply/andP/imsetP => [[lA /mapP[i]]|[i]].
  rewrite mem_filter => /andP[id _] /val_inj e; exists i => //.
  by rewrite !inE -e lA small.
rewrite !inE small => /andP[lA id] ->; split=> //; apply/mapP; exists i => //.
by rewrite mem_filter id mem_enum.
Qed.

Lemma card_block_places C j b A : #|[set l in A | val l \in fresh_block C j b]| =
  #|[set i in C (j, b) @^-1: (lift j @^-1: A) | (divn i d == 0)%N]|.
Proof. by rewrite block_places card_imset // => i i' /lift_inj/perm_inj. Qed.

(** What is asked of each block, of a set of silent symbols. *)
Lemma Pr_blocks (Q : pred {set 'I_N}) (R : pred draws) (share : nat -> rat) A :
  (forall C, R C = [forall j : 'I_m, ((0 < n j)%N ==> (j \notin A)) &&
    [forall b : 'I_B, (b < (n j).-1)%N ==> Q (C (j, b) @^-1: (lift j @^-1: A))]]) ->
  (forall w, share w = #|[set D : {set 'I_N} | (#|D| == w) && Q D]|%:R / 'C(N, w)%:R) ->
  Pr R = (A \subset silent N n)%:R * \prod_(j : 'I_m | (0 < n j)%N) share #|A| ^+ (n j).-1.
Proof.
move=> RE shareE; have [AZ|/subsetPn[j jA]] := boolP (A \subset silent N n); last first.
  rewrite inE -lt0n mul0r => nj; rewrite /RandomRows.Pr /RandomRows.mean big1 // => C _; rewrite RE.
  rewrite (_ : [forall j, _] = false) ?mulr0 //; apply/negbTE/forallPn; exists j.
  by rewrite nj jA.
have out j : (0 < n j)%N -> j \notin A.
  by move=> nj; apply/negP => /(subsetP AZ); rewrite inE => /eqP e; rewrite e in nj.
pose P (p : 'I_m * 'I_B) (s : 'S_N) := (p.2 < (n p.1).-1)%N ==> Q (s @^-1: (lift p.1 @^-1: A)).
rewrite mul1r (_ : Pr R = Pr (fun C => [forall p, P p (C p)])); last first.
  apply: eq_bigr => C _; congr (_ * (nat_of_bool _)%:R); rewrite RE; apply/forallP/forallP => [h [j b]|h j].
    by have /andP[_ /forallP] := h j; apply.
  by apply/andP; split; [apply/implyP/out | apply/forallP => b; apply: (h (j, b))].
rewrite Pr_draws -(pair_bigA _ (fun j b => #|[set s | P (j, b) s]|%:R / N`!%:R)) /= [RHS]big_mkcond.
apply: eq_bigr => j _; rewrite (eq_bigr (fun b : 'I_B => if (b < (n j).-1)%N then share #|A| else 1)) => [|b _].
  rewrite -big_mkcond prodr_const; have -> : #|(fun b : 'I_B => (b < (n j).-1)%N)| = (n j).-1 by apply: card_below.
  by case: (n j).
case: ifP => bn; last by apply: sure_draw => s; rewrite /P /= bn.
have jA : j \notin A by apply: out; case: (n j) bn.
rewrite shareE -(card_lift jA) -share_places; congr (_%:R / _); apply: eq_card => s.
by rewrite !inE /P /= bn.
Qed.

Lemma mean_blocks (Q : pred {set 'I_N}) (R : {set 'I_m} -> pred draws) (share : nat -> rat) w :
  (forall A C, R A C = [forall j : 'I_m, ((0 < n j)%N ==> (j \notin A)) &&
    [forall b : 'I_B, (b < (n j).-1)%N ==> Q (C (j, b) @^-1: (lift j @^-1: A))]]) ->
  (forall w, share w = #|[set D : {set 'I_N} | (#|D| == w) && Q D]|%:R / 'C(N, w)%:R) ->
  mean (fun C => #|[set A : {set 'I_m} | (#|A| == w) && R A C]|%:R) = fresh_moment share w.
Proof.
move=> RE shareE; transitivity (mean (fun C => \sum_(A : {set 'I_m} | #|A| == w) (R A C)%:R)).
  apply: eq_bigr => C _; congr (_ * _); rewrite -sum1_card natr_sum.
  rewrite (eq_bigl (fun A : {set 'I_m} => (#|A| == w) && R A C)) => [|A]; last by rewrite inE.
  by rewrite big_mkcondr; apply: eq_bigr => A _; case: (R A C).
rewrite RandomRows.mean_sum /fresh_moment -cards_draws mulr_natl -sumr_const big_mkcond [RHS]big_mkcond.
apply: eq_bigr => A _; rewrite inE; case: eqP => [Aw|_]; last by rewrite andbF.
rewrite andbT -/(Pr (R A)) (Pr_blocks (RE A) shareE) Aw.
by case: (A \subset _); rewrite ?mul1r ?mul0r.
Qed.

(** (a) A_w is the expected number of even sets, and U_w that of uncovered sets, of [w] symbols
    (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem fresh_moments w : expected_even_sets m fresh_law fresh_rows w = even_moment w /\
  expected_unmet_sets m fresh_law fresh_rows w = missed_moment w.
Proof.
have own A j : ~~ odd #|[set l in A | val l \in [:: val j]]| = (j \notin A).
  rewrite (_ : [set l in A | _] = if j \in A then [set j] else set0).
    by case: (j \in A); rewrite ?cards1 ?cards0.
  apply/setP => l; rewrite !inE (inj_eq val_inj); have [->|ne] := eqVneq l j; rewrite ?andbT ?andbF.
    by case: (j \in A); rewrite ?inE ?eqxx.
  by case: (j \in A); rewrite ?inE ?(negPf ne).
have first (P : nat -> bool) : [forall k : 'I_1, P k] = P 0%N.
  by apply/forallP/idP => [/(_ ord0)//|p0 k]; rewrite ord1.
split.
  rewrite -(@mean_blocks (meets_evenly d 1) (fun A C => even_set (fresh_rows C) A)) => [|A C|w'] //.
    rewrite /even_set all_fresh; apply: eq_forallb => j; rewrite own; congr (_ && _); apply: eq_forallb => b.
    by rewrite card_block_places /meets_evenly
      (first (fun k => ~~ odd #|[set i in C (j, b) @^-1: (lift j @^-1: A) | (divn i d == k)%N]|)).
  by rewrite /even_share card_evenly.
rewrite -(@mean_blocks (avoids d 1) (fun A C => A \subset unmet m (fresh_rows C))) => [|A C|w'].
- by apply: eq_bigr => C _; rewrite -cards_draws; congr (_ * _%:R); apply: eq_card => A; rewrite !inE andbC.
- have -> : (A \subset unmet m (fresh_rows C)) =
      all (fun r => #|[set l in A | val l \in r]| == 0%N) (fresh_rows C).
    apply/subsetP/allP => [un r rin|none l lA].
      rewrite cards_eq0; apply/eqP/setP => l; rewrite !inE; apply/negP => /andP[/un]; rewrite inE => /allP/(_ r rin).
      by move/negP.
    rewrite inE; apply/allP => r /none; rewrite cards_eq0 => /eqP/setP/(_ l); rewrite !inE lA /=.
    by move=> ->.
  rewrite all_fresh; apply: eq_forallb => j; congr (_ && _).
    congr (_ ==> _); rewrite -[RHS]own (_ : [set l in A | _] = if j \in A then [set j] else set0).
      by case: (j \in A); rewrite ?cards1 ?cards0.
    apply/setP => l; rewrite !inE (inj_eq val_inj); have [->|ne] := eqVneq l j; rewrite ?andbT ?andbF.
      by case: (j \in A); rewrite ?inE ?eqxx.
    by case: (j \in A); rewrite ?inE ?(negPf ne).
  apply: eq_forallb => b; congr (_ ==> _); rewrite card_block_places.
  apply/eqP/idP => [none|/(avoids_blocks d_gt0) av]; last exact: av.
  by apply/(avoids_blocks d_gt0) => -[|k].
by rewrite /avoid_share card_avoids.
Qed.

(** (a) A_0 = U_0 = 1, A_1 = U_1, the mean number of uncovered symbols, and A_w >= U_w (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem fresh_smallest (U := mean (fun C => #|unmet m (fresh_rows C)|%:R)) :
  [/\ even_moment 0 = 1, missed_moment 0 = 1, even_moment 1 = U, missed_moment 1 = U &
    forall w, missed_moment w <= even_moment w].
Proof.
have moments w := fresh_moments w; have [e0 u0 e1 u1 le] := first_sets m fresh_rows fresh_ge0 fresh_total.
split=> [||||w]; first by have [<- _] := moments 0%N.
- by have [_ <-] := moments 0%N.
- by have [<- _] := moments 1%N.
- by have [_ <-] := moments 1%N.
by have [<- <-] := moments w.
Qed.

(** (b) Every symbol is covered and the rank modulo 2 is below m; the rank is below m (docs/proofs/spanning.md,
    Proposition 1.8).
    *)
Theorem fresh_rank (excess := \sum_(2 <= w < m.+1) (even_moment w - missed_moment w)) :
  [/\ Pr (fun C => covered m (fresh_rows C) && (\rank (incidence 'F_2 m (fresh_rows C)) < m)%N) <= excess,
      Pr (fun C => (\rank (incidence rat m (fresh_rows C)) < m)%N) <=
        Pr (fun C => (\rank (incidence 'F_2 m (fresh_rows C)) < m)%N) &
      Pr (fun C => (\rank (incidence 'F_2 m (fresh_rows C)) < m)%N) <=
        Pr (fun C => ~~ covered m (fresh_rows C)) + excess].
Proof.
have -> : excess = \sum_(2 <= w < m.+1) (expected_even_sets m fresh_law fresh_rows w -
    expected_unmet_sets m fresh_law fresh_rows w).
  by apply: eq_bigr => w _; have [-> ->] := fresh_moments w.
have [le1 le2] := Pr_low_rank m fresh_rows fresh_ge0; split=> //.
by apply: Pr_excess => [|C]; [apply: fresh_ge0 | apply: low_rank_excess].
Qed.

(** (b') Every symbol is covered and the sum is not recovered over Q; so coverage holds recovery from both sides
    (docs/proofs/spanning.md, Proposition 1.8). *)
Theorem fresh_bounds (excess := \sum_(3 <= w < m.+1) (even_moment w - missed_moment w)) :
  Pr (fun C => covered m (fresh_rows C) && ~~ recovers rat m (fresh_rows C)) <= excess /\
  Pr (fun C => covered m (fresh_rows C)) - excess <= Pr (fun C => recovers rat m (fresh_rows C)) <=
    Pr (fun C => covered m (fresh_rows C)).
Proof.
have -> : excess = \sum_(3 <= w < m.+1) (expected_even_sets m fresh_law fresh_rows w -
    expected_unmet_sets m fresh_law fresh_rows w).
  by apply: eq_bigr => w _; have [-> ->] := fresh_moments w.
split; last exact: Pr_bounds fresh_ge0.
by apply: Pr_excess => [|C]; [apply: fresh_ge0 | apply: unrecovered_excess].
Qed.

(** (d') Few rows seldom recover, by even sets and by kernel vectors over a finite field (docs/proofs/spanning.md,
    Proposition 1.8). *)
Theorem fresh_recovered (r := (\sum_(j < m) n j)%N) :
  Pr (fun C => recovers rat m (fresh_rows C)) <=
    2%:R ^+ r.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_moment w) - 1 /\
  forall (F : finFieldType) (q := #|F|), Pr (fun C => recovers rat m (fresh_rows C)) <=
    (q%:R ^+ r.+1 / q%:R ^+ m * (\sum_(x : 'cV[F]_m | total x == 0)
      Pr (fun C => incidence F m (fresh_rows C) *m x == 0)) - 1) / q.-1%:R.
Proof.
split=> [|F]; last first.
  by apply: Pr_recovers_field => [C||C]; [apply: fresh_ge0 | apply: fresh_total | apply: size_fresh].
rewrite (eq_bigr (expected_even_sets m fresh_law fresh_rows)) => [|w _]; last by have [->] := fresh_moments w.
by apply: Pr_recovers => [C||C]; [apply: fresh_ge0 | apply: fresh_total | apply: size_fresh].
Qed.
End FreshBlocks.
