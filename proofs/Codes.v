(** Whole codes, the workers' orders being uniformly random and independent (docs/spanning.md, section 0 and Proposition
    1.1).

    There are m = N + 1 symbols and workers; the pool of worker [j], the N other symbols, is numbered by [lift j].  A code
    [C] gives each worker a permutation [C j] of 'I_N: the symbol at place [i] of its order is [lift j (C j i)].
    Probabilities given the counts are shares of the N!^(N+1) codes. *)
From mathcomp Require Import all_ssreflect all_fingroup all_algebra.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery EvenSets.
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
End Codes.
