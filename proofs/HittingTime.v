(** The hitting-time law reduced to the kernel at one row (docs/proofs/spanning.md, Theorem 5). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery EvenSets RandomRows Codes FirstMoment CoverageBracket StoppingSets.
From SRTheory Require Import Exponentials UncoveredMean SmallSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section HittingTime.
Variables (N d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Variable s : seq 'I_m.
Implicit Types (C : coding) (j l : 'I_m) (k b : nat).

Lemma find_mono (P : pred nat) K k : (forall i i', (i <= i')%N -> P i -> P i') -> (k <= K)%N ->
  (find P (iota 0 K.+1) <= k)%N = P k.
Proof.
move=> mono kK; apply/idP/idP => [le|Pk].
  have h : has P (iota 0 K.+1) by rewrite has_find size_iota (leq_ltn_trans le).
  by have := nth_find 0 h; rewrite nth_iota -?has_find ?size_iota ?(leq_ltn_trans le) // add0n; apply: mono.
rewrite leqNgt; apply/negP => lt; have := before_find 0 lt; rewrite nth_iota // add0n Pk.
by [].
Qed.

(** How many of the first [k] rows each worker has sent, and the rows. *)
Definition counts_after k : nat -> nat := fun j : nat => count (fun i : 'I_m => val i == j) (take k s).
Notation n k := (counts_after k).
Notation rows k C := (received d (n k) C).
Notation U k := (avoid_moment N d (n k) 1).

(** M' and CC: the least numbers of first rows that recover the sum, and that cover all symbols. *)
Definition stopping C : nat := find (fun k => recovers rat m (rows k C)) (iota 0 (size s).+1).
Definition coverage C : nat := find (fun k => covered m (rows k C)) (iota 0 (size s).+1).

Lemma counts_mono k k' (j : nat) : (k <= k')%N -> (n k j <= n k' j)%N.
Proof.
move=> le; rewrite /counts_after -[take k' s](cat_take_drop k) count_cat take_takel //.
exact: leq_addr.
Qed.

Lemma rows_mono k k' C : (k <= k')%N -> {subset rows k C <= rows k' C}.
Proof.
move=> le r /flattenP[t /mapP[j jm ->] rt]; apply/flattenP; exists (take (n k' j) (sent m d (order_of C) j)).
  by apply/mapP; exists j.
by rewrite -(subnKC (counts_mono j le)) takeD mem_cat rt.
Qed.

Lemma recovers_mono k k' C : (k <= k')%N -> recovers rat m (rows k C) -> recovers rat m (rows k' C).
Proof. by move=> /rows_mono sub; apply: recovers_subset. Qed.

Lemma covered_mono k k' C : (k <= k')%N -> covered m (rows k C) -> covered m (rows k' C).
Proof. by move=> /rows_mono sub /coveredP cov; apply/coveredP => j /cov[r /sub]; exists r. Qed.

Lemma stopping_le k C : (k <= size s)%N -> (stopping C <= k)%N = recovers rat m (rows k C).
Proof. by apply: find_mono => i i'; apply: recovers_mono. Qed.

Lemma coverage_le k C : (k <= size s)%N -> (coverage C <= k)%N = covered m (rows k C).
Proof. by apply: find_mono => i i'; apply: covered_mono. Qed.

Lemma coverage_stopping C : (coverage C <= stopping C)%N.
Proof. by apply: sub_find => k; apply: recovers_covered. Qed.

(** P(M' < max(m, CC)) is at most P(the first m - 1 rows span 1), and at most 1/(2a) where U_{m-1} > 2a
    (docs/proofs/spanning.md, Theorem 5). *)
Theorem before_coverage (a : rat) : (m <= size s)%N ->
  let early := Pr (fun C => (stopping C < maxn m (coverage C))%N) in
  early <= Pr (fun C => recovers rat m (rows N C)) /\ (0 < a -> 2%:R * a < U N -> early <= (2%:R * a)^-1).
Proof.
move=> ms /=; have Ns : (N <= size s)%N by apply: ltnW.
have rec C : (stopping C < maxn m (coverage C))%N -> recovers rat m (rows N C).
  by rewrite leq_max ltnS stopping_le // ltnNge coverage_stopping orbF.
have le (P Q : pred coding) : (forall C, P C -> Q C) -> Pr P <= Pr Q.
  by move=> PQ; rewrite !Pr_uniform; apply: RandomRows.Pr_le => // C; apply: uniform_ge0.
split=> [|a0 aU]; first exact: le.
apply: le_trans (le _ (fun C => covered m (rows N C)) _) _ => [C /rec|]; first exact: recovers_covered.
have /andP[_] := coverage_bracket N (n N) d_gt0; move/le_trans; apply.
have a2 : 0 < 2%:R * a by rewrite mulr_gt0 ?ltr0n.
by rewrite lef_pV2 ?posrE // ?(le_trans (ltW aU)) ?lerDr ?ler01 // ltr_wpDl ?ler01 ?(lt_trans a2).
Qed.

(** The rows of the unit matrix outside [W]. *)
Definition outside (W : {set 'I_m}) : 'M[rat]_(#|~: W|, m) := \matrix_(t, j) (enum_val t == j)%:R.

Lemma outside_mul W p (x : 'M_(m, p)) t i : (outside W *m x) t i = x (enum_val t) i.
Proof.
rewrite mxE (bigD1 (enum_val t)) //= big1 => [|l lt]; last by rewrite !mxE eq_sym (negPf lt) mul0r.
by rewrite !mxE eqxx mul1r addr0.
Qed.

Lemma outside_rank W : \rank (outside W) = #|~: W|.
Proof.
apply/eqP/row_freeP; exists (outside W)^T; apply/matrixP => t u; rewrite outside_mul !mxE.
by rewrite (inj_eq (@enum_val_inj _ _)) eq_sym.
Qed.

Lemma rows_outside k C (W := uncovered d (n k) C) : (incidence rat m (rows k C) <= outside W)%MS.
Proof.
set G := incidence rat m _; apply/submxP; exists (G *m (outside W)^T); apply/trmx_inj/matrixP => j i.
rewrite !trmx_mul trmxK mxE.
have [jW|jW] := boolP (j \in W); last first.
  have jC : j \in ~: W by rewrite inE.
  rewrite [RHS]mxE (bigD1 (enum_rank_in jC j)) //= big1 => [|t tj].
    by rewrite outside_mul !mxE enum_rankK_in // eqxx mul1r addr0.
  rewrite !mxE; case: eqP => [e|_]; rewrite ?mul0r //; case/eqP: tj.
  by apply: enum_val_inj; rewrite e enum_rankK_in.
rewrite [RHS]mxE big1 => [|t _]; last first.
  rewrite !mxE; case: eqP => [e|_]; last by rewrite mul0r.
  by have := enum_valP t; rewrite e inE jW.
rewrite mxE; move: jW; rewrite inE => /(missedP (n k) d_gt0) ms.
by rewrite (negPf (ms _ j (mem_nth [::] (ltn_ord i)) (set11 j))).
Qed.

(** The kernel of the first [k] rows vanishes outside the uncovered symbols, and so is the span of their unit vectors,
    which are always in it, exactly if the rank and the number of these symbols are m together (docs/proofs/spanning.md,
    Theorem 5). *)
Theorem kernel_uncovered k C (W := uncovered d (n k) C) (G := incidence rat m (rows k C)) :
  (\rank G + #|W| = m)%N <-> forall x : 'cV[rat]_m, G *m x = 0 -> forall l, l \notin W -> x l 0 = 0.
Proof.
have GP : (G <= outside W)%MS := rows_outside k C.
have cW : (#|~: W| + #|W| = m)%N by rewrite addnC cardsC card_ord.
split=> [full x Gx l lW|zero].
  have lC : l \in ~: W by rewrite inE.
  have : (outside W <= G)%MS.
    rewrite -(geq_leqif (mxrank_leqif_sup GP)) outside_rank; move: full cW; move: (\rank G) => r; lia.
  case/submxP => Y e; have := outside_mul x (enum_rank_in lC l) 0.
  by rewrite e -mulmxA Gx mulmx0 mxE enum_rankK_in.
have PG : (outside W <= G)%MS.
  rewrite submxE; apply/eqP/matrixP => t j; rewrite outside_mul [RHS]mxE.
  have := zero (col j (cokermx G)); rewrite -col_mulmx mulmx_coker col0 => /(_ erefl (enum_val t)).
  by have := enum_valP t; rewrite inE => tW /(_ tW); rewrite mxE.
by rewrite (_ : \rank G = #|~: W|) // -outside_rank; apply/eqP; rewrite eqn_leq !mxrankS.
Qed.

Lemma rank_uncovered k C (x : 'I_m -> rat) :
  (\rank (incidence rat m (rows k C)) + #|uncovered d (n k) C| = m)%N ->
  (forall r, r \in rows k C -> \sum_(l | val l \in r) x l = 0) -> forall l, l \notin uncovered d (n k) C -> x l = 0.
Proof.
move=> /kernel_uncovered ker orth l lW; have := ker (\col_j x j) _ l lW; rewrite mxE; apply.
by apply/matrixP => i j; rewrite ord1 incidence_mul [RHS]mxE orth // mem_nth.
Qed.

(** A parity row among rows low + 1, ..., high holds two symbols that the first [low] rows leave uncovered. *)
Definition shared low high C : bool := [exists j : 'I_m, exists b : 'I_(n high j).-1, ((n low j).-1 <= b)%N &&
  (1 < #|[set i : 'I_N | (divn i d == b) && (lift j (C j i) \in uncovered d (n low) C)]|)%N].

Lemma recovers_from low high k C : (low <= k <= high)%N ->
  (\rank (incidence rat m (rows low C)) + #|uncovered d (n low) C| = m)%N -> ~~ shared low high C ->
  covered m (rows k C) -> recovers rat m (rows k C).
Proof.
move=> /andP[lk kh] full alone cov; apply/recovers_alternative => x orth.
have x0 := rank_uncovered full (fun r rin => orth r (rows_mono lk rin)).
apply: big1 => l _; have [lW|] := boolP (l \in uncovered d (n low) C); last exact: x0.
have /(received_sums (n k) d_gt0) sums := orth.
have : l \notin uncovered d (n k) C by move: cov; rewrite uncovered_covered // => /eqP ->; rewrite inE.
rewrite inE => /forallPn[j]; rewrite negb_imply inE negb_and negbK => /andP[nj].
have [xj xb] := sums j nj => /orP[/eqP <- //|/forall_inPn[i]]; rewrite !inE -ltnNge => /eqP il ib.
have bk : (divn i d < (n k j).-1)%N by rewrite ltn_divLR // mulnC.
have bh : (divn i d < (n high j).-1)%N by apply: leq_trans bk _; have := counts_mono j kh; lia.
have late : ((n low j).-1 <= divn i d)%N.
  rewrite leqNgt; apply/negP => lt; move: lW; rewrite inE => /forallP/(_ j).
  have -> /= : (0 < n low j)%N by case: (n low j) lt.
  by rewrite inE => /andP[_ /forall_inP/(_ i)]; rewrite !inE il eqxx leqNgt mulnC -ltn_divLR // lt => /(_ isT).
have := xb _ bk; rewrite (bigD1 i) //= il big1 ?addr0 // => i' /andP[ib' ii'].
apply: x0; apply: contra alone => iW; apply/existsP; exists j; apply/existsP; exists (Ordinal bh).
rewrite late /=; move: (uncovered d (n low) C) lW iW => W lW iW.
rewrite (cardsD1 i) !inE eqxx il lW /= ltnS card_gt0; apply/set0Pn; exists i'.
by rewrite !inE ii' ib' iW.
Qed.
(** Two symbols are in one block of worker [j], and the workers leave them uncovered. *)
Lemma Pr_pair (low b : nat) j (P : {set 'I_m}) (c : rat) :
  (d <= N)%N -> P \subset silent N (n low) -> #|P| = 2%N -> j \notin P ->
  1 <= c * avoid_share N d (n low j).-1 1 -> 0 <= c ->
  Pr (fun C : coding => (C j @^-1: (lift j @^-1: P) \subset places (fun i : 'I_N => divn i d) b) &&
    missed d (n low) C P) <= (d%:R / N%:R) ^+ 2 * (c * left_out N d (n low)) ^+ 2.
Proof.
move=> dN PZ P2 jP c1 c0; set blk := fun i : 'I_N => divn i d.
pose Q i (p : 'S_N) := if i == j then p @^-1: (lift j @^-1: P) \subset places blk b
  else (0 < n low i)%N ==> avoids d (n low i).-1 (p @^-1: (lift i @^-1: P)).
apply: le_trans (_ : Pr (fun C : coding => [forall i, Q i (C i)]) <= _).
  rewrite !Pr_uniform; apply: RandomRows.Pr_le => [C|C /andP[inb /forallP ms]]; first exact: uniform_ge0.
  apply/forallP => i; rewrite /Q; case: eqP => [->//|_]; apply/implyP => ni.
  by have := ms i; rewrite ni => /andP[].
have a01 b' : 0 <= avoid_share N d b' 1 by rewrite /avoid_share divr_ge0 ?ler0n.
have N0 : (0 < N)%N by have := subset_leq_card (subsetT P); rewrite P2 cardsT card_ord.
have a11 b' : avoid_share N d b' 1 <= 1.
  by rewrite avoid_share1 // lerBlDr lerDl divr_ge0 ?ler0n.
rewrite Pr_independent (bigD1 j) //=; apply: ler_pM.
- by rewrite divr_ge0 ?ler0n.
- by apply: prodr_ge0 => i _; rewrite divr_ge0 ?ler0n.
- rewrite /Q eqxx (share_places (lift j @^-1: P) (fun B => B \subset places blk b)) card_lift // P2.
  rewrite (_ : [set A : {set 'I_N} | _] = [set A : {set 'I_N} | A \subset places blk b & #|A| == 2%N]); last first.
    by apply/setP => A; rewrite !inE andbC.
  rewrite cards_draws; apply: le_trans (_ : 'C(d, 2)%:R / 'C(N, 2)%:R <= _).
    rewrite ler_wpM2r ?invr_ge0 ?ler0n // ler_nat; apply: leq_bin2l; rewrite /places card_block //.
    exact: geq_minl.
  have [c20|c20] := posnP 'C(N, 2); first by rewrite c20 invr0 mulr0 exprn_ge0 // divr_ge0 ?ler0n.
  rewrite ler_pdivrMr ?ltr0n // expr_div_n mulrAC ler_pdivlMr ?exprn_gt0 ?ltr0n // -!natrX -!natrM ler_nat.
  have e1 := congr1 (muln^~ (N ^ 2)%N) (square_pairs d); have e2 := congr1 (muln (d ^ 2)%N) (square_pairs N).
  have e3 : (d ^ 2 * N <= d * N ^ 2)%N by rewrite -!mulnn -mulnA leq_mul2l leq_mul2r dN !orbT.
  move: (d ^ 2)%N (N ^ 2)%N 'C(d, 2) 'C(N, 2) e1 e2 e3 => d2 N2 x y /=; lia.
pose T := \prod_(i : 'I_m | (i != j) && (0 < n low i)%N) avoid_share N d (n low i).-1 1.
have T0 : 0 <= T by apply: prodr_ge0 => i _.
apply: le_trans (_ : T ^+ 2 <= _).
  rewrite /T -prodrXl [leRHS]big_mkcondr; apply: ler_prod => i ij; rewrite divr_ge0 ?ler0n //= /Q (negPf ij).
  case: ifP => ni; last first.
    by rewrite (_ : [set p | _] = setT) ?cardsT ?card_Sn ?divff ?pnatr_eq0 -?lt0n ?fact_gt0 //; apply/setP => p;
      rewrite !inE.
  have iP : i \notin P by apply/negP => /(subsetP PZ); rewrite inE => /eqP e; rewrite e in ni.
  rewrite /= (share_places (lift i @^-1: P) (avoids d (n low i).-1)) card_lift // P2 card_avoids //.
  exact: avoid_share_pair.
have c1' : 1 <= c by apply: le_trans c1 _; rewrite ler_piMr.
rewrite ler_sqr ?nnegrE ?mulr_ge0 //; last by apply: prodr_ge0 => i _.
rewrite /left_out; have [nj|nj] := boolP (0 < n low j)%N.
  rewrite (bigD1 j) //= mulrA (eq_bigl (fun i => (i != j) && (0 < n low i)%N)) => [|i]; last by rewrite andbC.
  by rewrite -/T ler_peMl.
rewrite (eq_bigl (fun i => (i != j) && (0 < n low i)%N)) => [|i]; first by rewrite -/T ler_peMl.
by case: eqP => [->|//]; rewrite (negPf nj).
Qed.

(** The expected number of rows that hold two symbols which the first [low] rows leave uncovered. *)
Lemma Pr_shared low high (c : rat) : (d <= N)%N ->
  (forall j, 1 <= c * avoid_share N d (n low j).-1 1) -> 0 <= c ->
  2%:R * Pr (shared low high) <= (d%:R / N%:R) ^+ 2 * (c * U low) ^+ 2 * (parity_rows N (n high))%:R.
Proof.
move=> dN c1 c0; set z := #|silent N (n low)|; pose blk := fun i : 'I_N => divn i d.
have -> : U low = z%:R * left_out N d (n low) by rewrite /avoid_moment /moment bin1.
pose B := (d%:R / N%:R) ^+ 2 * (c * left_out N d (n low)) ^+ 2 : rat.
pose E j b (P : {set 'I_m}) C := (C j @^-1: (lift j @^-1: P) \subset places blk b) && missed d (n low) C P.
have B0 : 0 <= B by rewrite /B mulr_ge0 ?sqr_ge0.
have sum_pairs j b : \sum_(P : {set 'I_m} | [&& P \subset silent N (n low), #|P| == 2%N & j \notin P]) Pr (E j b P) <=
    'C(z, 2)%:R * B.
  apply: le_trans (_ : \sum_(P : {set 'I_m} | [&& P \subset silent N (n low), #|P| == 2%N & j \notin P]) B <= _).
    by apply: ler_sum => P /and3P[PZ /eqP P2 jP]; apply: Pr_pair.
  rewrite sumr_const -[B *+ _]mulr_natl ler_wpM2r // ler_nat -cards_draws; apply: subset_leq_card; apply/subsetP => P.
  by rewrite !inE => /and3P[-> ->].
have term (I : finType) (Q : pred I) i : Q i -> forall F : I -> rat, (forall i, 0 <= F i) -> F i <= \sum_(i | Q i) F i.
  by move=> Qi F F0; rewrite (bigD1 i) //= lerDl sumr_ge0.
have : Pr (shared low high) <= \sum_(j : 'I_m) \sum_(b < (n high j).-1) 'C(z, 2)%:R * B.
  apply: le_trans (_ : \sum_(j : 'I_m) \sum_(b < (n high j).-1) \sum_(P : {set 'I_m} |
      [&& P \subset silent N (n low), #|P| == 2%N & j \notin P]) Pr (E j b P) <= _); last first.
    by apply: ler_sum => j _; apply: ler_sum => b _; apply: sum_pairs.
  rewrite Pr_mean; under [leRHS]eq_bigr => j _ do under eq_bigr => b _ do under eq_bigr => P _ do rewrite Pr_mean.
  under [leRHS]eq_bigr => j _ do under eq_bigr => b _ do rewrite -mean_sum.
  under [leRHS]eq_bigr => j _ do rewrite -mean_sum.
  rewrite -mean_sum; apply: mean_le => C.
  have nn j b : 0 <= \sum_(P : {set 'I_m} | [&& P \subset silent N (n low), #|P| == 2%N & j \notin P])
    (E j b P C)%:R :> rat by apply: sumr_ge0.
  have nn' j : 0 <= \sum_(b < (n high j).-1) \sum_(P : {set 'I_m} |
    [&& P \subset silent N (n low), #|P| == 2%N & j \notin P]) (E j b P C)%:R :> rat by apply: sumr_ge0 => b _.
  case: (boolP (shared low high C)) => [/existsP[j /existsP[b /andP[_ two]]]|_]; last by apply: sumr_ge0.
  have [i [i' [iin i'in ii']]] : exists i i', [/\ i \in [set i : 'I_N | (divn i d == b) && (lift j (C j i) \in
      uncovered d (n low) C)], i' \in [set i : 'I_N | (divn i d == b) && (lift j (C j i) \in uncovered d (n low) C)] &
      i != i'] by case/card_gt1P: two => i [i' ii]; exists i, i'.
  move: iin i'in; rewrite !inE => /andP[/eqP ib iW] /andP[/eqP ib' iW'].
  pose P := [set lift j (C j i); lift j (C j i')].
  have PW : P \subset uncovered d (n low) C by apply/subsetP => l /set2P[->|->]; rewrite inE.
  have jP : j \notin P by rewrite !inE negb_or !neq_lift.
  have P2 : #|P| = 2%N by rewrite cards2 (inj_eq (@lift_inj _ _)) (inj_eq perm_inj) ii'.
  have PE : E j b P C.
    rewrite /E missed_uncovered // PW andbT; apply/subsetP => i0; rewrite !inE !(inj_eq (@lift_inj _ _)).
    by rewrite !(inj_eq perm_inj) /blk => /orP[/eqP->|/eqP->]; rewrite ?ib ?ib'.
  have t1 := term _ xpredT j isT _ nn'; apply: le_trans t1; have t2 := term _ xpredT b isT _ (nn j).
  apply: le_trans t2.
  have ok : [&& P \subset silent N (n low), #|P| == 2%N & j \notin P].
    by rewrite jP P2 eqxx (subset_trans PW (uncovered_silent _ d_gt0 C)).
  have t3 := term _ (fun P : {set 'I_m} => [&& P \subset silent N (n low), #|P| == 2%N & j \notin P]) P ok
    (fun P => (E j b P C)%:R) (fun P => ler0n _ _).
  by apply: le_trans t3; rewrite PE.
move=> le; rewrite -(ler_pM2l (_ : 0 < 2%:R)) ?ltr0n // in le; apply: le_trans le _.
have -> : \sum_(j : 'I_m) \sum_(b < (n high j).-1) 'C(z, 2)%:R * B = (parity_rows N (n high))%:R * ('C(z, 2)%:R * B).
  rewrite /parity_rows natr_sum mulr_suml [RHS]big_mkcond; apply: eq_bigr => j _.
  rewrite sumr_const card_ord -[_ *+ _]mulr_natl; case: (n high j) => [|k] //=; exact: mul0r.
have -> : (c * (z%:R * left_out N d (n low))) ^+ 2 = z%:R ^+ 2 * (c * left_out N d (n low)) ^+ 2.
  by rewrite mulrCA exprMn.
rewrite [(parity_rows N (n high))%:R * _]mulrC [_ ^+ 2 * (z%:R ^+ 2 * _)]mulrCA -/B; clearbody B; rewrite !mulrA.
by rewrite ler_wpM2r ?ler0n // ler_wpM2r // -natrX -natrM ler_nat square_pairs leq_addl.
Qed.
Lemma counts_next k (j : nat) : (k < size s)%N -> n k.+1 j = (n k j + (val (nth ord0 s k) == j))%N.
Proof. by move=> ks; rewrite /counts_after (take_nth ord0 ks) -cats1 count_cat /= addn0. Qed.

(** A row multiplies U by at least 2/3, while U > 2 and no worker has used more than a third of its pool. *)
Lemma uncovered_step k : (k < size s)%N -> 2%:R < U k ->
  (forall j, (0 < n k.+1 j)%N -> (3 * minn (d * (n k.+1 j).-1) N <= N)%N) -> 2%:R * U k <= 3%:R * U k.+1.
Proof.
move=> ks U2 few; rewrite !uncovered_mean in U2 *; set j0 := nth ord0 s k; have nE j := counts_next j ks.
set z := #|silent N (n k)| in U2 *; set z' := #|silent N (n k.+1)|.
have f01 k' (j : 'I_m) : 0 <= 1 - fraction d (n k') j by rewrite subr_ge0 fraction_le1.
have f1 k' j : 1 - fraction d (n k') j <= 1 by rewrite lerBlDr lerDl fraction_ge0.
have other j : j != j0 -> n k.+1 j = n k j.
  by move=> jj; rewrite nE -/j0 (inj_eq val_inj) eq_sym (negPf jj) addn0.
have otherf j : j != j0 -> fraction d (n k.+1) j = fraction d (n k) j.
  by move=> /other e; rewrite /fraction /used_by e.
have n0 : n k.+1 j0 = (n k j0).+1 by rewrite nE eqxx addn1.
have [n00|n00] := posnP (n k j0).
  have zz : z = z'.+1.
    rewrite /z (cardsD1 j0) inE n00 eqxx add1n; congr _.+1; apply: eq_card => j; rewrite !inE.
    have [->|jj] := eqVneq j j0; first by rewrite n0.
    by rewrite other.
  have -> : \prod_(j : 'I_m) (1 - fraction d (n k.+1) j) = \prod_(j : 'I_m) (1 - fraction d (n k) j).
    apply: eq_bigr => j _; congr (_ - _); have [->|/otherf //] := eqVneq j j0.
    by rewrite /fraction /used_by n0 n00 /= muln0 min0n mul0r.
  set P := \prod_(j < m) _ in U2 *; have P0 : 0 <= P by apply: prodr_ge0 => i _.
  have P1 : P <= 1.
    apply: le_trans (_ : \prod_(i < m) 1 <= _); last by rewrite big1.
    by apply: ler_prod => i _; rewrite f01 f1.
  have z3 : (2 < z)%N by rewrite -(ltr_nat rat) (lt_le_trans U2) // ler_piMr ?ler0n.
  by rewrite !mulrA ler_wpM2r // -!natrM ler_nat; move: z3; rewrite zz; lia.
have -> : z' = z.
  by apply: eq_card => j; rewrite !inE; have [->|jj] := eqVneq j j0; rewrite ?n0 ?(gtn_eqF n00) // other.
rewrite mulrCA [leRHS]mulrCA ler_wpM2l ?ler0n // (bigD1 j0) //= [in leRHS](bigD1 j0) //=.
have -> : \prod_(i < m | i != j0) (1 - fraction d (n k.+1) i) = \prod_(i < m | i != j0) (1 - fraction d (n k) i).
  by apply: eq_bigr => i /otherf ->.
rewrite !mulrA ler_wpM2r //; first by apply: prodr_ge0 => i _.
apply: le_trans (_ : 2%:R <= _); first by rewrite ler_piMr ?ler0n.
rewrite mulrBr mulr1 lerBrDr -lerBrDl -natrB // /fraction n0 /=.
have [N0|N0] := posnP N; first by rewrite [in X in _ / X%:R]N0 invr0 !mulr0 ler01.
rewrite mulrA ler_pdivrMr ?ltr0n // mul1r -natrM ler_nat.
by rewrite /used_by; apply: few; rewrite n0.
Qed.

Lemma near_one (p q u : nat) : (0 < q <= p)%N -> (0 < N)%N -> (p * u <= (p - q) * N)%N ->
  1 <= p%:R / q%:R * (1 - u%:R / N%:R) :> rat.
Proof.
move=> /andP[q0 qp] N0 le; rewrite mulrAC ler_pdivlMr ?ltr0n // mul1r mulrBr mulr1 lerBrDr -lerBrDl -natrB //.
by rewrite mulrA ler_pdivrMr ?ltr0n // -!natrM ler_nat.
Qed.

Lemma square_near (p q x y : nat) : (0 < q)%N -> (0 < y)%N -> (p ^ 2 * y <= 2 * x * q ^ 2)%N ->
  (p%:R / q%:R) ^+ 2 <= 2%:R * (x%:R / y%:R) :> rat.
Proof.
move=> q0 y0 le; rewrite expr_div_n ler_pdivrMr ?exprn_gt0 ?ltr0n // mulrA mulrAC ler_pdivlMr ?ltr0n //.
by rewrite -!natrX -!natrM ler_nat.
Qed.

(** P(M' > max(m, CC)), where [low] is the least number of m rows or more with U <= a, U <= 1/a at [high], and (R) holds
    there (docs/proofs/spanning.md, Theorem 5). *)
Theorem beyond_coverage (a : rat) (low high : nat) : 2%:R <= a -> (m <= low <= high)%N -> (high <= size s)%N ->
  U low <= a -> (forall k, (m <= k < low)%N -> a < U k) -> U high <= a^-1 ->
  (10 <= d)%N -> (72 * d * most_used N d (n high) <= N)%N ->
  Pr (fun C => (maxn m (coverage C) < stopping C)%N) <=
  Pr (fun C => (\rank (incidence rat m (rows low C)) + #|uncovered d (n low) C|)%N != m) +
  51%:R / 100%:R * a ^+ 2 * (d%:R * mean_rows N d (n high) / N%:R) + 3%:R / a.
Proof.
move=> a2 /andP[ml lh] hs Ulow Ubefore Uhigh d10 R72; set Delta := most_used N d (n high) in R72.
have a0 : 0 < a by apply: lt_le_trans a2; rewrite ltr0n.
have U0 k : 0 <= U k by rewrite /avoid_moment /moment mulr_ge0 ?ler0n ?prodr_ge0 // => j _; rewrite divr_ge0 ?ler0n.
have R720 : (720 * Delta <= N)%N.
  by apply: leq_trans R72; rewrite leq_mul2r; apply/orP; right; apply: (@leq_mul 72 10 72 d).
have used k j : (k <= high)%N -> (minn (d * (n k j).-1) N <= Delta)%N.
  move=> kh; have [n0|n0] := posnP (n high j).
    by have := counts_mono j kh; rewrite n0 leqn0 => /eqP ->; rewrite muln0 min0n.
  have top : (used_by d (n high) j <= Delta)%N.
    exact: (@leq_bigmax_cond _ (fun j : 'I_m => (0 < n high j)%N) (used_by d (n high)) j n0).
  apply: leq_trans _ top.
  have := counts_mono j kh; rewrite /used_by => le; have : (d * (n k j).-1 <= d * (n high j).-1)%N.
    by rewrite leq_mul2l; apply/orP; right; lia.
  by lia.
have few_blocks j : (0 < N)%N -> (d * (n high j).-1 <= N)%N.
  by move=> N0; have := used high j (leqnn _); move: R720 N0; move: (d * _)%N => u; lia.
have PrU (P Q : pred coding) : Pr (fun C => P C || Q C) <= Pr P + Pr Q.
  by rewrite !Pr_uniform; apply: RandomRows.Pr_or => // C; apply: uniform_ge0.
have Prle (P Q : pred coding) : (forall C, P C -> Q C) -> Pr P <= Pr Q.
  by move=> PQ; rewrite !Pr_uniform; apply: RandomRows.Pr_le => // C; apply: uniform_ge0.
pose bad C := (\rank (incidence rat m (rows low C)) + #|uncovered d (n low) C|)%N != m.
pose open C := ~~ covered m (rows high C).
pose soon C := (m < low)%N && covered m (rows low C).
have ls : (low <= size s)%N by apply: leq_trans hs.
have split C : (maxn m (coverage C) < stopping C)%N -> [|| bad C, shared low high C, open C | soon C].
  rewrite gtn_max => /andP[ms cs]; have [//|good] := boolP (bad C); have [//|alone] := boolP (shared low high C).
  rewrite /= /open -coverage_le // -ltnNge; have [//|ch] := ltnP high (coverage C); rewrite /= /soon.
  have kl : (low <= maxn low (coverage C) <= high)%N by rewrite leq_maxl geq_max lh.
  have kcov : covered m (rows (maxn low (coverage C)) C).
    by rewrite -coverage_le ?leq_maxr // (leq_trans _ hs) // geq_max lh.
  move: good; rewrite /bad negbK => /eqP good; have := recovers_from kl good alone kcov.
  rewrite -stopping_le; last by rewrite (leq_trans _ hs) // geq_max lh.
  rewrite leq_max [(_ <= coverage _)%N]leqNgt cs orbF => sl; rewrite (leq_trans ms sl) /= -coverage_le //.
  exact: leq_trans (ltnW cs) sl.
apply: le_trans (Prle _ _ split) _; apply: le_trans (PrU _ _) _; rewrite -addrA lerD2l.
apply: le_trans (PrU _ _) _; apply: lerD.
  have [dN|Nd] := leqP d N; last first.
    apply: le_trans (_ : 0 <= _); last first.
      apply: mulr_ge0; first by apply: mulr_ge0; [apply: divr_ge0; apply: ler0n | apply: sqr_ge0].
      apply: divr_ge0; last exact: ler0n.
      apply: mulr_ge0; first exact: ler0n.
      by apply: sumr_ge0 => j _; apply: divr_ge0; apply: ler0n.
    rewrite -[X in _ <= X](mean_const N 0) Pr_mean; apply: Codes.mean_le => C.
    rewrite (_ : shared low high C = false) //; apply/negbTE/negP => /existsP[j /existsP[b /andP[_ two]]].
    have N0 : (0 < N)%N.
      by apply: leq_trans (ltnW two) _; rewrite -[X in (_ <= X)%N]card_ord max_card.
    have := few_blocks j N0; have := leq_ltn_trans (leq0n b) (ltn_ord b); move: (n high j).-1 => e e0 le.
    have : (d * 1 <= d * e)%N by rewrite leq_mul2l e0 orbT.
    by lia.
  have N0 : (0 < N)%N by lia.
  have NR : N%:R != 0 :> rat by rewrite pnatr_eq0 -lt0n.
  have [c [c0 c1 c2]] : exists c : rat, [/\ 0 <= c, forall j, 1 <= c * avoid_share N d (n low j).-1 1 &
      c ^+ 2 <= 2%:R * (51%:R / 100%:R)].
    exists (201%:R / 200%:R); split=> [|j|]; first by apply: divr_ge0; apply: ler0n.
      by rewrite (avoid_share1 d _ N0); apply: near_one => //; have := used low j lh; move: (minn _ _) => u; lia.
    by apply: square_near; lia.
  have sh := Pr_shared high dN c1 c0; move: (51%:R / 100%:R) c2 => e c2.
  have -> : mean_rows N d (n high) = d%:R / N%:R * (parity_rows N (n high))%:R.
    rewrite /mean_rows /parity_rows natr_sum mulr_sumr; apply: eq_bigr => j _.
    by rewrite /used_by (minn_idPl (few_blocks j N0)) natrM mulrAC.
  rewrite -(ler_pM2l (_ : 0 < 2%:R)) ?ltr0n //; apply: le_trans sh _.
  have -> : d%:R * (d%:R / N%:R * (parity_rows N (n high))%:R) / N%:R =
      (d%:R / N%:R) ^+ 2 * (parity_rows N (n high))%:R :> rat by rewrite mulrAC mulrA -expr2.
  rewrite mulrAC; set D := _ ^+ 2 * (parity_rows _ _)%:R; have D0 : 0 <= D.
    by apply: mulr_ge0; [apply: sqr_ge0 | apply: ler0n].
  rewrite mulrC [2%:R * _]mulrA; apply: ler_wpM2r => //; rewrite exprMn [2%:R * _]mulrA.
  apply: le_trans (_ : c ^+ 2 * a ^+ 2 <= _); last by apply: ler_wpM2r; first exact: sqr_ge0.
  by apply: ler_wpM2l; [exact: sqr_ge0 | rewrite ler_sqr ?nnegrE ?(ltW a0) ?U0].
apply: le_trans (PrU _ _) _.
rewrite (_ : 3%:R / a = a^-1 + 2%:R / a); last by rewrite -[3%N]/(1 + 2)%N natrD mulrDl mul1r.
apply: lerD.
  apply: le_trans Uhigh; have /andP[le _] := coverage_bracket N (n high) d_gt0; rewrite lerBlDr -lerBlDl in le.
  apply: le_trans le; rewrite lerBrDr -[X in _ <= X](mean_const N 1) !Pr_mean -meanD; apply: Codes.mean_le => C.
  by rewrite /open; case: (covered _ _).
have [lm|ml'] := leqP low m.
  apply: le_trans (_ : 0 <= _); last by rewrite divr_ge0 ?ler0n ?ltW.
  rewrite -[X in _ <= X](mean_const N 0) Pr_mean; apply: Codes.mean_le => C.
  by rewrite /soon ltnNge lm.
apply: le_trans (Prle _ (fun C => covered m (rows low C)) _) _ => [C /andP[]//|].
have /andP[_ le] := coverage_bracket N (n low) d_gt0; apply: le_trans le _.
have l1 : (low.-1.+1 = low)%N by rewrite prednK // (leq_trans _ ml').
have aU : a < U low.-1 by apply: Ubefore; rewrite -(ltnS m) l1 ml' leqnn.
have step : 2%:R * U low.-1 <= 3%:R * U low.
  have := @uncovered_step low.-1; rewrite l1; apply => //; first exact: le_lt_trans aU.
  by move=> j _; have := used low j lh; lia.
have U1 : 0 < 1 + U low by rewrite ltr_pwDl.
rewrite -[2%:R / a]invrK invf_div lef_pV2 ?posrE ?divr_gt0 ?ltr0n // ler_pdivrMr ?ltr0n //.
have a3 : 2%:R * a <= 3%:R * U low by apply: le_trans step; rewrite ler_pM2l ?ltr0n // ltW.
rewrite -(ler_pM2l (_ : 0 < 2%:R)) ?ltr0n //; apply: le_trans a3 _; move: (U low) (U0 low) => u u0.
apply: le_trans (_ : 4%:R * u <= _); first by apply: ler_wpM2r; rewrite ?ler_nat.
rewrite mulrA mulrAC -natrM; apply: ler_wpM2l; first exact: ler0n.
by rewrite lerDr ler01.
Qed.
End HittingTime.
