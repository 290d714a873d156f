(** Whole codes, the workers' orders being uniformly random and independent (docs/proofs/spanning.md, Rows and
    Proposition 1.1).

    There are m = N + 1 symbols and workers; the pool of worker [j], the N other symbols, is numbered by [lift j].
    A code [C] gives each worker a permutation [C j] of 'I_N: the symbol at place [i] of its order is [lift j (C j i)].
    Probabilities given the counts are shares of the N!^(N+1) codes. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery EvenSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
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
by rewrite !inE -sA (_ : (s * p)%g @^-1: K = s @^-1: (p @^-1: K)) ?preimset_perm_inj //; apply/setP => i;
  rewrite !inE permM.
Qed.

Lemma card_places K (Q : pred {set 'I_N}) :
  (#|[set p : 'S_N | Q (p @^-1: K)]| * 'C(N, #|K|) = N`! * #|[set A : {set 'I_N} | (#|A| == #|K|) && Q A]|)%N.
Proof.
have count (Q' : pred {set 'I_N}) : #|[set p : 'S_N | Q' (p @^-1: K)]| =
    (#|[set p : 'S_N | p @^-1: K == K]| * #|[set A : {set 'I_N} | (#|A| == #|K|) && Q' A]|)%N.
  rewrite -sum1_card (partition_big (fun p : 'S_N => p @^-1: K) (fun A => (#|A| == #|K|) && Q' A)) /= => [|p].
    rewrite mulnC -sum_nat_const [RHS](eq_bigl (fun A : {set 'I_N} => (#|A| == #|K|) && Q' A)) => [|A];
      last by rewrite inE.
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

Section Codes.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Local Notation blk i := (divn (nat_of_ord i) d).
Implicit Types (C : coding) (A : {set 'I_m}) (j l : 'I_m).

(** The orders of the workers as lists of symbols. *)
Definition order_of C : nat -> seq nat :=
  fun a : nat => if insub a is Some j' then [seq val (lift j' (C j' i)) | i <- enum 'I_N] else [::].
(** The rows that are there when worker [j] has sent [n j] of its rows. *)
Definition received C : seq (seq nat) := reception m d (order_of C) n.

Lemma order_ofE C j : order_of C j = [seq val (lift j (C j i)) | i <- enum 'I_N].
Proof. by rewrite /order_of valK. Qed.

Lemma place_inj C j : injective (fun i => lift j (C j i)).
Proof. by move=> i i' /lift_inj/perm_inj. Qed.

(** These are codes in the sense of [SumRecovery.code], and all of them. *)
Lemma order_of_code C : code m (order_of C).
Proof.
move=> j jm; rewrite (order_ofE C (Ordinal jm)).
have -> : iota 0 m = [seq val l | l <- enum 'I_m] by rewrite val_enum_ord.
rewrite -[j in j :: _]/(val (Ordinal jm)); set j' := Ordinal jm.
rewrite (_ : map _ _ = [seq val l | l <- [seq lift j' (C j' i) | i <- enum 'I_N]]); last by rewrite -map_comp.
rewrite -map_cons; apply: perm_map; apply: uniq_perm; rewrite ?enum_uniq //=.
  rewrite map_inj_uniq ?enum_uniq ?andbT; last exact: place_inj.
  by apply/mapP => -[i _] e; have := neq_lift j' (C j' i); rewrite -e eqxx.
move=> l; rewrite inE mem_enum inE; case: (unliftP j' l) => [i ->|->]; last by rewrite eqxx.
by apply/orP; right; apply/mapP; exists ((C j')^-1%g i); rewrite ?mem_enum ?permKV.
Qed.

(** Every code is one of these (docs/proofs/spanning.md, Rows). *)
Theorem every_code (C0 : nat -> seq nat) : code m C0 -> exists C, forall a : nat, (a < m)%N -> order_of C a = C0 a.
Proof.
move=> C0_code.
have ex j : exists p : 'S_N, [seq val (lift j (p i)) | i <- enum 'I_N] = C0 j.
  have pe := C0_code _ (ltn_ord j).
  have sz : size (C0 j) = N by have := perm_size pe; rewrite /= size_iota => -[].
  have un : uniq (val j :: C0 j) by rewrite (perm_uniq pe) iota_uniq.
  have lt i : (nth 0 (C0 j) i < m)%N.
    case: (ltnP i N) => iN; last by rewrite nth_default ?sz.
    have : nth 0 (C0 j) i \in iota 0 m by rewrite -(perm_mem pe) inE mem_nth ?sz ?orbT.
    by rewrite mem_iota.
  have ne (i : 'I_N) : exists k : 'I_N, Ordinal (lt i) = lift j k.
    case: (unliftP j (Ordinal (lt i))) => [k ->|e]; first by exists k.
    by move: un; rewrite /= -{1}(congr1 val e) /= mem_nth ?sz.
  have ne' : exists f : {ffun 'I_N -> 'I_N}, forall i : 'I_N, Ordinal (lt i) = lift j (f i).
    exists [ffun i : 'I_N => odflt i [pick k | Ordinal (lt i) == lift j k]] => i; rewrite ffunE.
    by case: pickP => [k /eqP//|none]; have [k e] := ne i; have := none k; rewrite e eqxx.
  have [f fE] := ne'; have inj : injective f.
    move=> i i' e; have := fE i; rewrite e -fE => /(congr1 val) /= /eqP.
    by move: un => /= /andP[_ un]; rewrite nth_uniq ?sz // => /eqP/val_inj.
  exists (perm inj); apply: (@eq_from_nth _ 0); rewrite size_map size_enum_ord ?sz // => i iN.
  rewrite (nth_map (Ordinal iN)) ?size_enum_ord // permE -fE /=.
  by rewrite nth_enum_ord.
pose C : coding := [ffun j : 'I_m => odflt 1%g [pick p : 'S_N | [seq val (lift j (p i)) | i <- enum 'I_N] == C0 j]].
exists C => j jm; rewrite (order_ofE C (Ordinal jm)) /C.
have [p pE] := ex (Ordinal jm).
have e : [seq val (lift (Ordinal jm) (C (Ordinal jm) i)) | i <- enum 'I_N] = C0 j; last exact: e.
by rewrite /C ffunE; case: pickP => [q /eqP//|none]; have := none p; rewrite pE eqxx.
Qed.

(** A block, as a set of places. *)
Lemma mem_slice k (i : 'I_N) : (i \in take d (drop (k * d) (enum 'I_N))) = (blk i == k).
Proof.
rewrite -(mem_map val_inj) map_take map_drop val_enum_ord drop_iota take_iota add0n mem_iota.
have -> : (blk i == k) = (k * d <= i < k.+1 * d)%N.
  by rewrite -leq_divRL // -ltn_divLR // ltnS eqn_leq andbC.
rewrite mulSn addnC; have := ltn_ord i; case: (leqP (k * d) i) => //=; lia.
Qed.

Lemma sum_block (V : zmodType) (x : 'I_m -> V) C j k : (k < blocks m d)%N ->
  \sum_(l | val l \in nth [::] (reshape (nseq (blocks m d) d) (order_of C j)) k) x l =
  \sum_(i : 'I_N | blk i == k) x (lift j (C j i)).
Proof.
move=> kB; rewrite nth_reshape nth_nseq kB (_ : sumn _ = (k * d)%N); last first.
  by rewrite take_nseq 1?ltnW // sumn_nseq mulnC.
rewrite order_ofE -map_drop -map_take -(big_imset x (in2W (@place_inj C j))) /=.
apply: eq_bigl => l; apply/mapP/imsetP => [[i ik e]|[i ik ->]]; exists i => //.
- by move: ik; rewrite mem_slice.
- exact: val_inj.
by rewrite mem_slice; exact: ik.
Qed.

Lemma received_sums (V : zmodType) (x : 'I_m -> V) C :
  (forall r, r \in received C -> \sum_(l | val l \in r) x l = 0) <->
  (forall j, (0 < n j)%N -> x j = 0 /\
    forall k, (k < (n j).-1)%N -> \sum_(i : 'I_N | blk i == k) x (lift j (C j i)) = 0).
Proof.
have own j : \sum_(l | val l \in [:: val j]) x l = x j.
  by rewrite (big_pred1 j) // => l; rewrite inE (inj_eq val_inj).
have nB j k : (k < (n j).-1)%N -> (k < blocks m d)%N ->
    nth [::] (reshape (nseq (blocks m d) d) (order_of C j)) k \in take (n j) (sent m d (order_of C) j).
  move=> kn kB; case: (n j) kn => // b kb; rewrite /= inE; apply/orP; right.
  by rewrite -(nth_take _ kb) mem_nth // size_take_min size_reshape size_nseq leq_min kb.
split=> [all_r j nj|all_j r /flattenP[rows /mapP[j]]].
  split=> [|k kn].
    rewrite -own; apply: all_r; apply: (mem_reception (ltn_ord j)).
    by case: (n j) nj => // b _; rewrite inE eqxx.
  case: (ltnP k (blocks m d)) => kB; last first.
    rewrite big_pred0 // => i; apply/negbTE; apply: contraL (ltn_ord i) => /eqP ik; rewrite -leqNgt.
    have := leq_trans (blocks_enough m d_gt0) (leq_mul kB (leqnn d)); rewrite -ik /=.
    by move/leq_trans; apply; apply: leq_trunc_div.
  rewrite -sum_block //; apply: all_r; apply: (mem_reception (ltn_ord j)); exact: nB.
rewrite mem_iota => /andP[_ jm] ->; rewrite -[j]/(val (Ordinal jm)); set j' := Ordinal jm.
have := all_j j'; case nj: (n j') => [|b]; first by rewrite take0.
move=> /(_ isT)[x0 xk]; rewrite /= inE => /orP[/eqP->|]; first by rewrite -[j]/(val j') own.
move=> /(nthP [::])[k]; rewrite size_take_min size_reshape size_nseq leq_min => /andP[kb kB] <-.
by rewrite nth_take // (sum_block x C j') // xk.
Qed.

(** A set of symbols is even if every received row meets it in an even number of symbols, and missed if none does. *)
Definition even C A : bool :=
  [forall j : 'I_m, (0 < n j)%N ==> (j \notin A) && meets_evenly d (n j).-1 (C j @^-1: (lift j @^-1: A))].
Definition missed C A : bool :=
  [forall j : 'I_m, (0 < n j)%N ==> (j \notin A) && avoids d (n j).-1 (C j @^-1: (lift j @^-1: A))].

Lemma sum_indicator (R : semiRingType) (T : finType) (P : pred T) (B : {set T}) :
  \sum_(t | P t) (t \in B)%:R = #|[set t in B | P t]|%:R :> R.
Proof.
rewrite -sum1_card natr_sum [RHS](eq_bigl (fun t => P t && (t \in B))) => [|t]; last by rewrite inE andbC.
by rewrite [RHS]big_mkcondr; apply: eq_bigr => t _; case: (t \in B).
Qed.

Lemma indicator_blocks (R : semiRingType) C A j k :
  \sum_(i : 'I_N | blk i == k) (lift j (C j i) \in A)%:R =
    #|[set i in C j @^-1: (lift j @^-1: A) | blk i == k]|%:R :> R.
Proof. by rewrite -sum_indicator; apply: eq_bigr => i _; rewrite !inE. Qed.

Lemma natr_F2 k : (k%:R == 0 :> 'F_2) = ~~ odd k.
Proof. by rewrite -dvdn2 (dvdn_charf (char_Fp (isT : prime 2))). Qed.

(** A set is even exactly if every received row meets it in an even number of symbols (docs/proofs/spanning.md, 1). *)
Theorem evenP C A : even C A <-> forall r, r \in received C -> ~~ odd #|[set l in A | val l \in r]|.
Proof.
have sums := received_sums (fun l => (l \in A)%:R : 'F_2) C; split.
  move=> /forallP ev r rin; rewrite -natr_F2 -sum_indicator; apply/eqP; move: r rin; apply/sums => j nj.
  have := ev j; rewrite nj => /andP[/negPf -> /forallP me]; split=> // k kb.
  by rewrite indicator_blocks; apply/eqP; rewrite natr_F2; apply: (me (Ordinal kb)).
move=> ev; have /sums all_j : forall r, r \in received C -> \sum_(l | val l \in r) (l \in A)%:R = 0 :> 'F_2.
  by move=> r /ev; rewrite -natr_F2 -sum_indicator => /eqP.
apply/forallP => j; apply/implyP => nj; have [jA me] := all_j j nj; apply/andP; split.
  by move: jA; case: (j \in A) => // /eqP; rewrite oner_eq0.
by apply/forallP => k; rewrite -natr_F2 -indicator_blocks me.
Qed.

(** It is missed exactly if no received row has one of its symbols (docs/proofs/spanning.md, Proposition 1.1). *)
Theorem missedP C A : missed C A <-> forall r l, r \in received C -> l \in A -> val l \notin r.
Proof.
have sums := received_sums (fun l => (l \in A)%:R : int) C; split.
  move=> /forallP ms r l rin lA; apply/negP => lr.
  have : \sum_(l | val l \in r) (l \in A)%:R = 0 :> int.
    move: r rin {lr}; apply/sums => j nj; have := ms j; rewrite nj => /andP[/negPf -> /(avoids_blocks d_gt0) no].
    by split=> // k kb; rewrite indicator_blocks no.
  move/eqP; rewrite sum_indicator pnatr_eq0 cards_eq0 => /eqP/setP/(_ l).
  by rewrite !inE lA lr.
move=> ms; have /sums all_j : forall r, r \in received C -> \sum_(l | val l \in r) (l \in A)%:R = 0 :> int.
  by move=> r rin; apply: big1 => l lr; case: (boolP (l \in A)) => // lA; move: (ms r l rin lA); rewrite lr.
apply/forallP => j; apply/implyP => nj; have [jA me] := all_j j nj; apply/andP; split.
  by move: jA; case: (j \in A).
apply/(avoids_blocks d_gt0) => k kb; apply/eqP; rewrite -(pnatr_eq0 int) -indicator_blocks.
by rewrite me.
Qed.

Lemma missed_even C A : missed C A -> even C A.
Proof.
move=> /forallP ms; apply/forallP => j; apply/implyP => nj; have := ms j; rewrite nj => /andP[-> /=].
exact: avoids_evenly.
Qed.

(** The uncovered symbols. *)
Definition uncovered C : {set 'I_m} := [set l | missed C [set l]].

Lemma missed_uncovered C A : missed C A = (A \subset uncovered C).
Proof.
apply/idP/subsetP => [/missedP ms l lA|sub].
  by rewrite inE; apply/missedP => r l' rin /set1P ->; apply: ms.
apply/missedP => r l rin lA; have := sub l lA; rewrite inE => /missedP/(_ r l rin); apply.
exact: set11.
Qed.

(** The rows cover all symbols exactly if none is uncovered (docs/proofs/spanning.md, Rows). *)
Theorem uncovered_covered C : covered m (received C) = (uncovered C == set0).
Proof.
apply/coveredP/eqP => [cov|un].
  apply/setP => l; rewrite !inE; apply/negbTE/negP => /missedP ms; have [r rin lr] := cov l (ltn_ord l).
  by have := ms r l rin (set11 l); rewrite lr.
move=> a am; apply/hasP; apply: contraT => /hasPn no; have : Ordinal am \in uncovered C; last by rewrite un inE.
by rewrite inE; apply/missedP => r l rin /set1P ->; apply: no.
Qed.

(** The workers that are silent; only their symbols can be in an even set. *)
Definition silent : {set 'I_m} := [set j : 'I_m | n j == 0%N].

Lemma even_silent C A : even C A -> A \subset silent.
Proof.
move=> /forallP ev; apply/subsetP => j jA; rewrite inE; apply: contraT => nj.
by have := ev j; rewrite jA lt0n nj.
Qed.

(** Shares and means over all codes. *)
Definition Pr (Q : pred coding) : rat := #|[set C | Q C]|%:R / (N`! ^ m)%:R.
Definition mean (f : coding -> rat) : rat := (\sum_C f C) / (N`! ^ m)%:R.

Lemma codes_gt0 : 0 < (N`! ^ m)%:R :> rat.
Proof. by rewrite ltr0n expn_gt0 fact_gt0. Qed.

Lemma card_codes : #|[set: coding]| = (N`! ^ m)%N.
Proof. by rewrite cardsT card_ffun card_Sn card_ord. Qed.

Lemma Pr_mean (Q : pred coding) : Pr Q = mean (fun C => (Q C)%:R).
Proof.
rewrite /Pr /mean; congr (_ / _); rewrite [RHS](eq_bigr (fun C => (C \in [set C | Q C])%:R)) => [|C _];
  last by rewrite inE.
by rewrite sum_indicator; congr (_%:R); apply: eq_card => C; rewrite !inE andbT.
Qed.

Lemma mean_le (f g : coding -> rat) : (forall C, f C <= g C) -> mean f <= mean g.
Proof. by move=> fg; rewrite ler_pM2r ?invr_gt0 ?codes_gt0 // ler_sum. Qed.

Lemma mean_sum (I : Type) (s : seq I) (P : pred I) (f : I -> coding -> rat) :
  mean (fun C => \sum_(i <- s | P i) f i C) = \sum_(i <- s | P i) mean (f i).
Proof. by rewrite /mean exchange_big mulr_suml. Qed.

Lemma meanZ c (f : coding -> rat) : mean (fun C => c * f C) = c * mean f.
Proof. by rewrite /mean -mulr_sumr mulrA. Qed.

Lemma meanD (f g : coding -> rat) : mean (fun C => f C + g C) = mean f + mean g.
Proof. by rewrite /mean big_split mulrDl. Qed.

Lemma mean_const c : mean (fun=> c) = c.
Proof.
rewrite /mean sumr_const -[X in _ *+ X]cardsT card_codes -[_ *+ _]mulr_natr -mulrA divff ?mulr1 //.
by rewrite gt_eqF ?codes_gt0.
Qed.

(** The orders of different workers are independent. *)
Lemma Pr_independent (Q : 'I_m -> pred 'S_N) :
  Pr (fun C => [forall j, Q j (C j)]) = \prod_j (#|[set p | Q j p]|%:R / N`!%:R).
Proof.
rewrite prodf_div /= prodr_const card_ord -natrX /Pr -natr_prod; congr (_%:R / _).
transitivity #|family (fun j => [set p | Q j p])|.
  by apply: eq_card => C; rewrite inE; apply/forallP/familyP => q j; have := q j; rewrite inE.
by rewrite card_family foldrE big_map big_enum.
Qed.

Lemma card_lift j A : j \notin A -> #|lift j @^-1: A| = #|A|.
Proof.
move=> jA; rewrite -(card_imset _ (@lift_inj _ j)); apply: eq_card => l.
apply/imsetP/idP => [[i + ->]|lA]; first by rewrite inE.
by case: (unliftP j l) lA => [i ->|->]; [exists i; rewrite ?inE | rewrite (negPf jA)].
Qed.

Lemma share_places (K : {set 'I_N}) (Q : pred {set 'I_N}) :
  #|[set p : 'S_N | Q (p @^-1: K)]|%:R / N`!%:R =
    #|[set A : {set 'I_N} | (#|A| == #|K|) && Q A]|%:R / 'C(N, #|K|)%:R :> rat.
Proof.
have KN : (#|K| <= N)%N by have := max_card K; rewrite card_ord.
apply/eqP; rewrite eqr_div ?pnatr_eq0 -?lt0n ?fact_gt0 ?bin_gt0 // -!natrM.
by rewrite card_places mulnC.
Qed.

(** What is asked of the first blocks of each worker that has sent rows, it does to a set of silent symbols with the
    share of the sets of so many places to which it is done. *)
Lemma Pr_workers (Q : nat -> pred {set 'I_N}) A : A \subset silent ->
  Pr (fun C => [forall j : 'I_m, (0 < n j)%N ==> (j \notin A) && Q (n j).-1 (C j @^-1: (lift j @^-1: A))]) =
  \prod_(j : 'I_m | (0 < n j)%N) (#|[set B : {set 'I_N} | (#|B| == #|A|) && Q (n j).-1 B]|%:R / 'C(N, #|A|)%:R).
Proof.
move=> AZ; pose P j p := (0 < n j)%N ==> (j \notin A) && Q (n j).-1 (p @^-1: (lift j @^-1: A)).
rewrite (Pr_independent P) [RHS]big_mkcond; apply: eq_bigr => j _; case: ifP => nj; last first.
  rewrite (_ : [set p | _] = setT) ?cardsT ?card_Sn ?divff ?pnatr_eq0 -?lt0n ?fact_gt0 //; apply/setP => p.
  by rewrite !inE /P nj.
have jA : j \notin A by apply: contraL nj => /(subsetP AZ); rewrite inE => /eqP ->.
rewrite -(card_lift jA) -share_places; congr (_%:R / _); apply: eq_card => p.
by rewrite !inE /P nj jA.
Qed.

(** (a), set by set: the probability that a set of silent workers' symbols is even is the product of e_b(w) over the
    workers that have sent rows (docs/proofs/spanning.md, Theorem 1). *)
Theorem Pr_even A : A \subset silent ->
  Pr (even^~ A) = \prod_(j : 'I_m | (0 < n j)%N) even_share N d (n j).-1 #|A|.
Proof. by move=> AZ; rewrite (Pr_workers (meets_evenly d) AZ); apply: eq_bigr => j _; rewrite card_evenly. Qed.

(** And that it is missed, the product of a_b(w) (docs/proofs/spanning.md, Theorem 1). *)
Theorem Pr_missed A : A \subset silent ->
  Pr (missed^~ A) = \prod_(j : 'I_m | (0 < n j)%N) avoid_share N d (n j).-1 #|A|.
Proof. by move=> AZ; rewrite (Pr_workers (avoids d) AZ); apply: eq_bigr => j _; rewrite card_avoids. Qed.
End Codes.

(** Numbers of sets, each counted with a product over the workers that have sent rows: [share b w] is the chance that a
    worker that has sent [b] blocks does to a set of [w] silent symbols what is asked, [even_share] or [avoid_share]. *)
Section Shares.
Variables (N : nat) (share : nat -> nat -> rat).
Notation m := N.+1.
Implicit Types (n : nat -> nat) (A : {set 'I_m}) (j : 'I_m).

Definition moment n w : rat := 'C(#|silent N n|, w)%:R * \prod_(j : 'I_m | (0 < n j)%N) share (n j).-1 w.
Definition factor A j (a : nat) : rat := if a == 0%N then 1 else if j \in A then 0 else share a.-1 #|A|.

Lemma prod_factor n A : \prod_j factor A j (n j) =
  (A \subset silent N n)%:R * \prod_(j : 'I_m | (0 < n j)%N) share (n j).-1 #|A|.
Proof.
have [AZ|/subsetPn[j jA]] := boolP (A \subset silent N n).
  rewrite mul1r [RHS]big_mkcond; apply: eq_bigr => j _; rewrite /factor lt0n; case: eqP => //= nj.
  by case: ifP => // /(subsetP AZ); rewrite inE => /eqP.
by rewrite inE mul0r => nj; rewrite (bigD1 j) //= /factor (negPf nj) jA mul0r.
Qed.

Lemma moment_sets n w : moment n w = \sum_(A : {set 'I_m} | #|A| == w) \prod_j factor A j (n j).
Proof.
rewrite /moment -cards_draws mulr_natl -sumr_const big_mkcond [RHS]big_mkcond; apply: eq_bigr => A _.
rewrite inE prod_factor; case: eqP => [->|_]; rewrite ?andbF // andbT.
by case: ifP; rewrite ?mul1r ?mul0r.
Qed.
End Shares.
