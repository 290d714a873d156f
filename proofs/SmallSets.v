(** Sets that no block meets in exactly one symbol are rare (docs/proofs/spanning.md, Lemma 1). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery EvenSets RandomRows Codes FirstMoment StoppingSets Exponentials UncoveredMean.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Ratios.
Variable R : realFieldType.
Implicit Types (M N w i : nat).

Lemma bin_power M N w : (M <= N)%N -> ('C(M, w) * N ^ w <= 'C(N, w) * M ^ w)%N.
Proof.
move=> MN; elim: w => [|w IH]; first by rewrite !bin0.
have step K L : (w.+1 * ('C(K, w.+1) * L ^ w.+1) = ('C(K, w) * L ^ w) * ((K - w) * L))%N.
  by rewrite mulnA mul_bin_left expnSr; move: (K - w)%N 'C(K, w) (L ^ w)%N => a b c; lia.
rewrite -(leq_pmul2l (ltn0Sn w)) !step leq_mul //.
by rewrite !mulnBl [(N * M)%N]mulnC leq_sub2l // leq_mul2l MN orbT.
Qed.

Lemma bin_less M w i (theta : R) : (i <= w <= M)%N -> w%:R <= theta * (M - w).+1%:R ->
  'C(M, w - i)%:R <= 'C(M, w)%:R * theta ^+ i.
Proof.
move=> /andP[iw wM] le; have t0 : 0 <= theta.
  by rewrite -(pmulr_lge0 _ (ltr0Sn R (M - w))) (le_trans _ le) ?ler0n.
elim: i iw => [|i IH] iw; first by rewrite subn0 mulr1.
apply: le_trans (_ : 'C(M, w - i)%:R * theta <= _); last by rewrite exprSr mulrA ler_wpM2r ?IH // ltnW.
have := mul_bin_left M (w - i.+1); rewrite (_ : (w - i.+1).+1 = w - i)%N; last by lia.
rewrite (_ : M - (w - i.+1) = (M - w).+1 + i)%N; last by lia.
move=> /(congr1 (fun k => k%:R : R)); rewrite !natrM => e.
have pos : 0 < ((M - w).+1 + i)%:R :> R by rewrite ltr0n.
rewrite -(ler_pM2l pos) -e mulrCA [leLHS]mulrC ler_wpM2l ?ler0n //.
apply: le_trans (_ : w%:R <= _); first by rewrite ler_nat leq_subr.
by apply: le_trans le _; rewrite [leRHS]mulrC ler_wpM2l // ler_nat leq_addr.
Qed.
End Ratios.

Section Places.
Variables (R : realFieldType) (N d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Local Notation blk := (fun i : 'I_N => divn i d).
Implicit Types (A B K : {set 'I_N}) (b w : nat) (v theta : R).

(** g_d(u) = (1 + u)^d - d u. *)
Definition no_single_poly (u : R) : R := (1 + u) ^+ d - d%:R * u.

Lemma card_first b : (d * b <= N)%N -> #|first_places blk b| = (d * b)%N.
Proof.
move=> le; have := cardsC (first_places blk b); rewrite card_ord (_ : ~: _ = [set i : 'I_N | (d * b <= i)%N]).
  by rewrite (card_from N d_gt0); lia.
by apply/setP => i; rewrite !inE -leqNgt leq_divRL // mulnC.
Qed.

Lemma sum_no_single b w v theta : (d * b <= N)%N -> (w <= N - d * b)%N -> 0 <= v ->
  w%:R <= theta * (N - d * b - w).+1%:R ->
  \sum_(B : {set 'I_N} | (#|B| == w) && none_once blk b B) v ^+ #|B :&: first_places blk b| <=
  'C(N, w)%:R * ((1 - (d * b)%:R / N%:R) ^+ w * no_single_poly (v * theta) ^+ b).
Proof.
move=> dbN wM v0 tw; set D := first_places blk b; set M := (N - d * b)%N in wM tw *.
have t0 : 0 <= theta by rewrite -(pmulr_lge0 _ (ltr0Sn R (M - w))) (le_trans _ tw) ?ler0n.
have nD A : none_once blk b A = none_once blk b (A :&: D).
  apply: eq_forallb => k; rewrite -setIA (_ : D :&: _ = places blk k) //.
  by apply/setIidPr/subsetP => i; rewrite !inE => /eqP ->.
have few A : A \subset D -> #|[set B : {set 'I_N} | (#|B| == w) && (B :&: D == A)]|%:R <= 'C(M, w)%:R * theta ^+ #|A|.
  move=> AD; have [wA|Aw] := ltnP w #|A|.
    rewrite (_ : [set B : {set 'I_N} | _] = set0) ?cards0 ?mulr_ge0 ?exprn_ge0 //; apply/setP => B; rewrite !inE.
    by apply/negP => /andP[/eqP Bw /eqP BA]; move: wA; rewrite -Bw -BA ltnNge subset_leq_card ?subsetIl.
  apply: le_trans (_ : 'C(M, w - #|A|)%:R <= _); last by rewrite bin_less ?Aw.
  have cD : #|~: D| = M by have := cardsC D; rewrite card_first // card_ord /M; lia.
  rewrite ler_nat -cD -cards_draws -(card_in_imset (f := fun B => B :\: D)) => [|B B']; last first.
    by rewrite !inE => /andP[_ /eqP e] /andP[_ /eqP e'] eD; rewrite -(setID B D) -(setID B' D) e e' eD.
  apply: subset_leq_card; apply/subsetP => _ /imsetP[B + ->]; rewrite !inE => /andP[/eqP Bw /eqP BA].
  by rewrite subDset setUCr subsetT cardsD Bw BA eqxx.
rewrite (partition_big (fun B : {set 'I_N} => B :&: D) (fun A => (A \subset D) && none_once blk b A)) /=; last first.
  by move=> B /andP[_ nB]; rewrite subsetIr -nD.
apply: le_trans (_ : \sum_(A : {set 'I_N} | (A \subset D) && none_once blk b A) 'C(M, w)%:R * (v * theta) ^+ #|A| <= _).
  apply: ler_sum => A /andP[AD nA]; rewrite (eq_bigr (fun=> v ^+ #|A|)) => [|B /andP[_ /eqP ->] //].
  rewrite sumr_const -mulr_natl exprMn mulrCA [leLHS]mulrC ler_wpM2l ?exprn_ge0 //; apply: le_trans (few A AD).
  rewrite ler_nat; apply: subset_leq_card; apply/subsetP => B; rewrite !inE => /andP[/andP[-> _] ->].
  by [].
rewrite -mulr_sumr none_once_series (eq_bigr (fun=> no_single_poly (v * theta))) => [|k _]; last first.
  suff -> : #|places blk k| = d by [].
  rewrite /places card_block // /block_size; apply/minn_idPl.
  have : (d * k.+1 <= d * b)%N by rewrite leq_mul2l ltn_ord orbT.
  by rewrite mulnS; lia.
rewrite prodr_const card_ord mulrA ler_wpM2r //.
  rewrite exprn_ge0 // /no_single_poly subr_ge0 (le_trans _ (power_second _ _)) ?mulr_ge0 //.
  by rewrite -addrA addrCA lerDl addr_ge0 // mulr_ge0 ?sqr_ge0.
have [N0|N0] := posnP N; first by rewrite N0 in wM *; rewrite invr0 mulr0 subr0 expr1n mulr1 ler_nat /M N0.
have -> : 1 - (d * b)%:R / N%:R = M%:R / N%:R :> R.
  have NR : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
  by apply: (mulIf NR); rewrite mulrBl !divfK // mul1r -natrB.
rewrite expr_div_n mulrA ler_pdivlMr ?exprn_gt0 ?ltr0n // -!natrX -!natrM ler_nat.
exact/bin_power/leq_subr.
Qed.
End Places.

Section SmallSets.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Local Notation blk := (fun i : 'I_N => divn i d).
(** No short block has been sent. *)
Hypothesis whole_blocks : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= N)%N.
Implicit Types (C : coding) (A : {set 'I_m}) (j l : 'I_m) (w : nat).

(** r, the number of parity rows, and U/z, the share of codes that leave a given silent symbol uncovered. *)
Definition parity_rows : nat := \sum_(j : 'I_m | (0 < n j)%N) (n j).-1.
Definition left_out : rat := \prod_(j : 'I_m | (0 < n j)%N) avoid_share N d (n j).-1 1.

Section Field.
Variable R : realFieldType.

Lemma mean_workers (f : 'I_m -> 'S_N -> R) :
  (\sum_(C : coding) \prod_j f j (C j)) / (N`! ^ m)%:R = \prod_j ((\sum_p f j p) / N`!%:R).
Proof. by rewrite big_split /= prodr_const card_ord bigA_distr_bigA exprVn natrX. Qed.

Lemma Pr_real (Q : pred coding) : ratr (Pr Q) = (\sum_C (Q C)%:R) / (N`! ^ m)%:R :> R.
Proof.
rewrite Pr_mean /mean fmorph_div rmorph_sum /= ratr_nat; congr (_ / _); apply: eq_bigr => C _; exact: ratr_nat.
Qed.

Lemma sum_places (K : {set 'I_N}) (f : {set 'I_N} -> R) :
  (\sum_(p : 'S_N) f (p @^-1: K)) / N`!%:R = (\sum_(B : {set 'I_N} | #|B| == #|K|) f B) / 'C(N, #|K|)%:R.
Proof.
rewrite (partition_big (fun p : 'S_N => p @^-1: K) (fun B : {set 'I_N} => #|B| == #|K|)) /= => [|p _]; last first.
  by rewrite card_preimset //; apply: perm_inj.
rewrite !mulr_suml; apply: eq_bigr => B /eqP BK.
rewrite (eq_bigr (fun=> f B)) => [|p /eqP -> //]; rewrite sumr_const -[f B *+ _]mulr_natl mulrAC [RHS]mulrC; congr (_ * _).
have := congr1 (ratr : rat -> R) (share_places K (pred1 B)); rewrite !fmorph_div /= !ratr_nat.
rewrite (_ : [set A : {set 'I_N} | _] = [set B]) ?cards1 ?mul1r.
  by move=> <-; congr (_%:R / _); apply: eq_card => p; rewrite !inE.
by apply/setP => A; rewrite !inE /= andbC; have [->|] := eqVneq A B; rewrite ?BK ?eqxx.
Qed.
End Field.

Section Sets.
Variables (w : nat) (Delta : nat).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypothesis w_few : (w <= N - Delta)%N.

Lemma one_worker (R : realFieldType) (theta : R) j (K : {set 'I_N}) v :
  theta = w%:R / (N - Delta - w).+1%:R -> (0 < n j)%N -> #|K| = w -> 0 <= v ->
  0 <= (\sum_(p : 'S_N) (none_once blk (n j).-1 (p @^-1: K))%:R *
    v ^+ #|(p @^-1: K) :&: first_places blk (n j).-1|) / N`!%:R
  <= ratr (avoid_share N d (n j).-1 1) ^+ w * no_single_poly d (v * theta) ^+ (n j).-1.
Proof.
move=> thetaE nj Kw v0; apply/andP; split.
  by rewrite divr_ge0 ?ler0n //; apply: sumr_ge0 => p _; rewrite mulr_ge0 ?exprn_ge0.
have le := whole_blocks nj; have leD := few_used nj; have wN : (w <= N)%N by lia.
rewrite (sum_places K (fun B => (none_once blk (n j).-1 B)%:R * v ^+ #|B :&: first_places blk (n j).-1|)) Kw.
rewrite ler_pdivrMr ?ltr0n ?bin_gt0 // [leRHS]mulrC.
have -> : ratr (avoid_share N d (n j).-1 1) ^+ w = (1 - (d * (n j).-1)%:R / N%:R) ^+ w :> R.
  have [N0|N0] := posnP N; last by rewrite avoid_share1 // (minn_idPl le) rmorphB rmorph1 fmorph_div /= !ratr_nat.
  by have -> : w = 0%N by lia.
apply: le_trans (sum_no_single d_gt0 le _ v0 (_ : _ <= theta * _)); last 1 first.
- rewrite thetaE mulrAC ler_pdivlMr ?ltr0n // ler_wpM2l ?ler0n // ler_nat; lia.
- rewrite le_eqVlt big_mkcondr; apply/orP; left; apply/eqP; apply: eq_bigr => B _.
  by case: (none_once _ _ _); rewrite ?mul1r ?mul0r.
by lia.
Qed.

(** (a) No block of any worker [j] meets its set [K j], of [w] symbols of the worker's pool, in exactly one symbol
    (docs/proofs/spanning.md, Lemma 1). *)
Theorem no_single_hit (theta : rat) (K : 'I_m -> {set 'I_N}) :
  theta = w%:R / (N - Delta - w).+1%:R -> (forall j, (0 < n j)%N -> #|K j| = w) ->
  Pr (fun C => [forall j : 'I_m, (0 < n j)%N ==>
    [forall k : 'I_(n j).-1, #|[set i : 'I_N | (divn i d == k) && (C j i \in K j)]| != 1%N]]) <=
  left_out ^+ w * no_single_poly d theta ^+ parity_rows.
Proof.
move=> thetaE Kw; pose Q j (p : 'S_N) := (0 < n j)%N ==> none_once blk (n j).-1 (p @^-1: K j).
rewrite (_ : Pr _ = Pr (fun C : coding => [forall j, Q j (C j)])); last first.
  congr (_%:R / _); apply: eq_card => C; rewrite !inE; apply: eq_forallb => j; congr (_ ==> _).
  by apply: eq_forallb => k; congr (_ != _); apply: eq_card => i; rewrite !inE andbC.
rewrite Pr_independent (bigID (fun j : 'I_m => (0 < n j)%N)) /= [X in _ * X]big1 ?mulr1 => [|j nj]; last first.
  rewrite (_ : [set p | _] = setT) ?cardsT ?card_Sn ?divff ?pnatr_eq0 -?lt0n ?fact_gt0 //; apply/setP => p.
  by rewrite !inE /Q (negPf nj).
rewrite /left_out /parity_rows -prodrXl expr_sum -big_split /=; apply: ler_prod => j nj.
have -> : #|[set p | Q j p]|%:R = \sum_(p : 'S_N) (none_once blk (n j).-1 (p @^-1: K j))%:R *
    1 ^+ #|(p @^-1: K j) :&: first_places blk (n j).-1| :> rat.
  rewrite -sum1_card natr_sum big_mkcond /=; apply: eq_bigr => p _; rewrite inE /Q nj expr1n mulr1 /=.
  by case: ifP.
have := one_worker thetaE nj (Kw j nj) (@ler01 rat); rewrite mul1r.
by rewrite -(fmorph_eq_rat idfun).
Qed.

(** The symbols of [A] that worker [j] has sent. *)
Definition sent_of C j A : {set 'I_m} := [set lift j (C j i) | i in (C j @^-1: (lift j @^-1: A)) :&: first_places blk (n j).-1].

Lemma card_sent_of C j A : #|sent_of C j A| = #|(C j @^-1: (lift j @^-1: A)) :&: first_places blk (n j).-1|.
Proof. by rewrite card_imset //; apply: place_inj. Qed.

Lemma all_sent C A : A \subset silent N n -> [disjoint A & uncovered d n C] ->
  (#|A| <= \sum_(j : 'I_m | (0 < n j)%N) #|(C j @^-1: (lift j @^-1: A)) :&: first_places blk (n j).-1|)%N.
Proof.
move=> /subsetP AZ dis; under eq_bigr => j _ do rewrite -card_sent_of -sum1_card.
rewrite (exchange_big_dep (mem A)) /= => [|j l _ /imsetP[i + ->]]; last by rewrite !inE => /andP[].
rewrite -sum1_card; apply: leq_sum => l lA.
have : l \notin uncovered d n C by apply/negP => lU; have /pred0P/(_ l) := dis; rewrite /= lA lU.
rewrite inE => /forallPn[j]; rewrite negb_imply => /andP[nj]; rewrite inE negb_and negbK => /orP[/eqP jl|].
  by have := AZ l lA; rewrite inE -jl => /eqP e; rewrite e in nj.
move=> /forall_inPn[i]; rewrite !inE -ltnNge => /eqP il ib.
rewrite (bigD1 j) //= nj /=; apply/imsetP; exists i; rewrite ?inE ?il ?lA //= ltn_divLR // mulnC.
by [].
Qed.

Lemma no_single_places C A : A \subset silent N n -> all (fun r => #|[set l in A | val l \in r]| != 1%N) (rows C) ->
  forall j, (0 < n j)%N -> none_once blk (n j).-1 (C j @^-1: (lift j @^-1: A)).
Proof.
move=> AZ /allP single j nj; apply/forallP => k; have kb := ltn_ord k.
have -> : #|(C j @^-1: (lift j @^-1: A)) :&: places blk k| = #|[set i in C j @^-1: (lift j @^-1: A) | divn i d == k]|.
  by apply: eq_card => i; rewrite !inE.
have [kB|Bk] := ltnP k (blocks m d); last first.
  rewrite (_ : [set i in _ | _] = set0) ?cards0 //; apply/setP => i; rewrite !inE; apply/negP => /andP[_ /eqP ik].
  have := leq_trans (blocks_enough m d_gt0) (leq_mul Bk (leqnn d)); rewrite -ik leqNgt => /negP; apply.
  exact: leq_ltn_trans (leq_trunc_div _ _) (ltn_ord i).
pose row := nth [::] (reshape (nseq (blocks m d) d) (order_of C j)) k.
have rin : row \in rows C.
  apply: (mem_reception (ltn_ord j)); move: kb kB; rewrite /row; move: (nat_of_ord k) => k'.
  case: (n j) => // b kb kB; rewrite /= inE; apply/orP; right.
  by rewrite -(nth_take _ kb) mem_nth // size_take_min size_reshape size_nseq leq_min kb.
have := single row rin; congr (_ != _); apply/eqP; rewrite -(eqr_nat int) -indicator_blocks; apply/eqP.
have := @Codes.sum_block N d d_gt0 int (fun l => (l \in A)%:R) C j k kB; rewrite -/row => <-; rewrite sum_indicator.
by congr _%:R; apply: eq_card => l; rewrite !inE andbC.
Qed.

(** (b) No received row meets a set [A] of [w] silent symbols in exactly one of them, and each of them is covered; [v]
    is of any ordered field (docs/proofs/spanning.md, Lemma 1). *)
Theorem no_single_row (R : realFieldType) (theta v : R) A :
  theta = w%:R / (N - Delta - w).+1%:R -> A \subset silent N n -> #|A| = w -> 1 <= v ->
  ratr (Pr (fun C => all (fun r => #|[set l in A | val l \in r]| != 1%N) (rows C) && [disjoint A & uncovered d n C])) <=
  ratr left_out ^+ w / v ^+ w * no_single_poly d (v * theta) ^+ parity_rows.
Proof.
move=> thetaE AZ Aw v1; have v0 : 0 < v := lt_le_trans ltr01 v1.
pose met C j := #|(C j @^-1: (lift j @^-1: A)) :&: first_places blk (n j).-1|.
pose f j (p : 'S_N) : R := if (0 < n j)%N then (none_once blk (n j).-1 (p @^-1: (lift j @^-1: A)))%:R *
  v ^+ #|(p @^-1: (lift j @^-1: A)) :&: first_places blk (n j).-1| else 1.
have f0 j p : 0 <= f j p by rewrite /f; case: ifP => // _; rewrite mulr_ge0 ?exprn_ge0 // ltW.
apply: le_trans (_ : (\sum_(C : coding) (v ^+ w)^-1 * \prod_j f j (C j)) / (N`! ^ m)%:R <= _).
  rewrite Pr_real ler_wpM2r ?invr_ge0 ?ler0n //; apply: ler_sum => C _; case: (boolP (_ && _)) => [/andP[single dis]|_]; last first.
    by rewrite mulr_ge0 ?invr_ge0 ?exprn_ge0 ?(ltW v0) //; apply: prodr_ge0.
  rewrite mulrC ler_pdivlMr ?exprn_gt0 // mul1r.
  have -> : \prod_j f j (C j) = v ^+ (\sum_(j : 'I_m | (0 < n j)%N) met C j).
    rewrite expr_sum [RHS]big_mkcond; apply: eq_bigr => j _; rewrite /f; case: ifP => // nj.
    by rewrite (no_single_places AZ single nj) mul1r.
  by rewrite ler_weXn2l // -Aw; apply: all_sent.
rewrite -mulr_sumr -mulrA mean_workers [_ ^+ w / _]mulrC -mulrA ler_wpM2l ?invr_ge0 ?exprn_ge0 ?(ltW v0) //.
rewrite /left_out rmorph_prod /parity_rows -prodrXl expr_sum -big_split /= [leRHS]big_mkcond; apply: ler_prod => j _.
rewrite /f; case: ifP => nj; last first.
  by rewrite sumr_const card_Sn divff ?pnatr_eq0 -?lt0n ?fact_gt0 // lexx ler01.
apply: one_worker => //; last exact: ltW.
rewrite -Aw card_lift //; apply/negP => /(subsetP AZ); rewrite inE => /eqP e.
by rewrite e in nj.
Qed.
End Sets.
End SmallSets.
