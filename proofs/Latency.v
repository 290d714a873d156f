(** The latency on every path (docs/proofs/spanning.md, Theorem A): T <= tau + tau d (M' - 1)/m + mean start-up delay.

    [used b]          the symbols of its pool that a worker has used after [b] blocks: min(d b, m - 1)
    [arrival (j, b)]  when row [b] of worker [j] arrives ([b] = 0: the systematic one): X_j + tau (1 + used b)
    [arrival_order s] [s] lists all rows in order of time; ties are broken in any way *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Path.
Variables (R : realFieldType) (m d : nat) (tau : R) (X : 'I_m -> R).
Hypotheses (d_gt0 : (0 < d)%N) (tau_gt0 : 0 < tau).
Notation place := ('I_m * 'I_(blocks m d).+1)%type.
Implicit Types (s : seq place) (p : place) (j : 'I_m).

Definition used (b : nat) : nat := minn (d * b) m.-1.
Definition arrival p : R := X p.1 + tau * (1 + (used p.2)%:R).
Definition arrival_order s : Prop :=
  perm_eq s (enum {: place}) /\ sorted (fun p q => arrival p <= arrival q) s.
(** Worker [j] has sent everything. *)
Definition completion j : R := X j + tau * m%:R.

Lemma used_all : used (blocks m d) = m.-1.
Proof. by apply/minn_idPr; rewrite mulnC blocks_enough. Qed.

Lemma used_mono b b' : (b <= b')%N -> (used b <= used b')%N.
Proof. by move=> le; rewrite leq_min geq_minr andbT (leq_trans (geq_minl _ _)) // leq_mul2l le orbT. Qed.

Lemma arrival_last j : arrival (j, ord_max) = completion j.
Proof.
rewrite /arrival used_all /completion -[m in RHS]prednK ?(leq_ltn_trans _ (ltn_ord j)) //.
by rewrite -natr1 addrC [1 + _]addrC addrC.
Qed.

(** The delays of the [n] workers that start first, added. *)
Definition first_delays n : R := \sum_(x <- take n (sort (fun x y => x <= y) [seq X j | j <- enum 'I_m])) x.

(** Rows that arrive before the row at index [K] stand before it. *)
Lemma before s K p0 p : arrival_order s -> arrival p < arrival (nth p0 s K) -> (K < size s)%N -> p \in take K s.
Proof.
move=> [pe so] lt Ks; have ps : p \in s by rewrite (perm_mem pe) mem_enum.
rewrite in_take // ltnNge; apply: contraL lt => Ki; rewrite -leNgt -(nth_index p0 ps).
have tr : transitive (fun q r => arrival q <= arrival r) by move=> q r u; apply: le_trans.
by apply: (sorted_leq_nth tr (fun=> lexx _) p0 so) => //; rewrite inE index_mem.
Qed.

(** How many rows of worker [j] arrive before time [t]. *)
Definition rows_before (t : R) j : nat := #|[set b | arrival (j, b) < t]|.

Lemma rows_before_K s K p0 : arrival_order s -> (K < size s)%N -> (\sum_j rows_before (arrival (nth p0 s K)) j <= K)%N.
Proof.
move=> so Ks; set t := arrival _.
have -> : (\sum_j rows_before t j = #|[set p | (arrival p < t)%R]|)%N.
  rewrite -sum1_card (eq_bigl (fun p => arrival (p.1, p.2) < t)) => [|[j b]]; last by rewrite inE.
  rewrite -(pair_big_dep xpredT (fun j b => arrival (j, b) < t) (fun _ _ => 1%N)) /=.
  by apply: eq_bigr => j _; rewrite /rows_before -sum1_card; apply: eq_bigl => b; rewrite inE.
apply: leq_trans (_ : size (take K s) <= K)%N; last by rewrite size_take_min geq_minl.
apply: leq_trans (card_size _); apply: subset_leq_card; apply/subsetP => p; rewrite inE => lt.
exact: before lt Ks.
Qed.

(** A worker that is not done by [t] has sent at least a row for every tau d of its time since the systematic one. *)
Lemma rows_before_ge j t : t <= completion j -> Num.max 0 (t - tau - X j) <= tau * d%:R * (rows_before t j)%:R.
Proof.
move=> done; set N := rows_before t j; rewrite ge_max !mulr_ge0 ?ler0n ?(ltW tau_gt0) //= leNgt; apply/negP => lt.
have early (b : 'I_(blocks m d).+1) : (b <= N)%N -> arrival (j, b) < t.
  move=> bN; rewrite -ltrBrDl mulrDr mulr1 -ltrBrDl addrAC; apply: le_lt_trans lt.
  rewrite -mulrA -natrM ler_pM2l // ler_nat (leq_trans (geq_minl _ _)) // leq_mul2l bN orbT.
  by [].
have last : (blocks m d < N)%N.
  rewrite ltnNge; apply/negP => NB; have : (N.+1 <= N)%N; last by rewrite ltnn.
  pose f := widen_ord (NB : N.+1 <= (blocks m d).+1)%N.
  have inj : injective f by move=> x y /(congr1 val) /= /val_inj.
  rewrite -[N.+1]card_ord -(card_imset _ inj) [in leqRHS]/N.
  by apply: subset_leq_card; apply/subsetP => b /imsetP[i _ ->]; rewrite inE early //= -ltnS.
have := early ord_max (ltnW last).
by rewrite arrival_last ltNge done.
Qed.

(** (a), for any rule that stops at the arrival of a row, no later than the first completion of a worker: [K] rows stand
    before it (docs/proofs/spanning.md, Theorem A). *)
Theorem stopped_excess s K p0 : arrival_order s -> (K < size s)%N ->
  let T := arrival (nth p0 s K) in
  (forall j, T <= completion j) -> \sum_j Num.max 0 (T - tau - X j) <= tau * d%:R * K%:R.
Proof.
move=> so Ks T done; apply: le_trans (_ : \sum_j tau * d%:R * (rows_before T j)%:R <= _).
  by apply: ler_sum => j _; apply: rows_before_ge.
rewrite -mulr_sumr -natr_sum ler_pM2l ?mulr_gt0 ?ltr0n // ler_nat.
exact: rows_before_K.
Qed.

(** From (a) to (b): any non-empty set of workers may be kept. *)
Lemma excess_mean (A : {set 'I_m}) T c : A != set0 ->
  \sum_j Num.max 0 (T - tau - X j) <= c -> T <= tau + (c + \sum_(j in A) X j) / #|A|%:R.
Proof.
rewrite -card_gt0 => A0 le; have A1 : 0 < #|A|%:R :> R by rewrite ltr0n.
rewrite -lerBlDl ler_pdivlMr //; apply: le_trans (_ : \sum_(j in A) (T - tau - X j) + \sum_(j in A) X j <= _).
  by rewrite -big_split /=; under eq_bigr do rewrite subrK; rewrite sumr_const mulr_natr.
rewrite lerD2r; apply: le_trans le; rewrite [leRHS](bigID (mem A)) /= -[leLHS]addr0; apply: lerD.
  by apply: ler_sum => j _; rewrite le_max lexx orbT.
by apply: sumr_ge0 => j _; rewrite le_max lexx.
Qed.

Section Code.
Variables (F : fieldType) (C : nat -> seq nat).
Hypotheses (C_code : code m C) (m_gt0 : (0 < m)%N).

Definition row_at p : seq nat := nth [::] (sent m d C p.1) p.2.
(** [M] is the least number of first rows that recover the sum. *)
Definition stops_at s (M : nat) : Prop :=
  recovers F m [seq row_at p | p <- take M s] /\ forall k, (k < M)%N -> ~ recovers F m [seq row_at p | p <- take k s].

Lemma stops_at_bounds s M : stops_at s M -> (0 < M <= size s)%N.
Proof.
move=> [rec least]; apply/andP; split.
  case: M rec {least} => // /recovers_covered/coveredP/(_ _ m_gt0)[r].
  by rewrite take0.
rewrite leqNgt; apply/negP => sM; apply: (least _ sM).
by move: rec; rewrite !take_oversize // ltnW.
Qed.

Lemma complete_recovers s j : (forall b, (j, b) \in s) -> recovers F m [seq row_at p | p <- s].
Proof.
move=> all_sent; pose n i := if i == val j then (blocks m d).+1 else 0%N.
apply: (recovers_subset _ (@complete_worker m d d_gt0 F C n j C_code (ltn_ord j) _)); last by rewrite /n eqxx.
move=> r /flattenP[rows /mapP[i _ ->]]; rewrite /n; case: eqP => [->|_]; last by rewrite take0.
rewrite take_oversize ?size_sent // => rin.
have b : (index r (sent m d C j) < (blocks m d).+1)%N by rewrite -(size_sent m d C j) index_mem.
by apply/mapP; exists (j, Ordinal b); rewrite // /row_at /= nth_index.
Qed.

(** There are such an order and such a number. *)
Lemma arrival_order_exists : exists s, arrival_order s.
Proof.
exists (sort (fun p q => arrival p <= arrival q) (enum {: place})); split; first by rewrite perm_sort.
by apply: sort_sorted => p q; apply: le_total.
Qed.

Lemma stops_exists s : arrival_order s -> exists M, stops_at s M.
Proof.
move=> [pe _]; have ex : exists M, recovers F m [seq row_at p | p <- take M s].
  exists (size s); rewrite take_size; apply: (@complete_recovers _ (Ordinal m_gt0)) => b.
  by rewrite (perm_mem pe) mem_enum.
exists (ex_minn ex); case: ex_minnP => M rec least; split=> // k kM /least.
by rewrite leqNgt kM.
Qed.

Lemma stops_before_completion s M p0 j : arrival_order s -> stops_at s M -> arrival (nth p0 s M.-1) <= completion j.
Proof.
move=> so st; have /andP[M0 Ms] := stops_at_bounds st; case: st => _ least.
rewrite leNgt; apply/negP => lt; apply: (least M.-1); first by rewrite ltn_predL.
apply: (@complete_recovers _ j) => b; apply: before so _ _; last by rewrite prednK.
apply: le_lt_trans lt; rewrite -arrival_last lerD2l ler_pM2l // lerD2l ler_nat.
exact/used_mono/leq_ord.
Qed.

(** (a) The times that the workers have had since their systematic rows were due add up to at most tau d (M' - 1), on
    every path (docs/proofs/spanning.md, Theorem A). *)
Theorem latency_excess s M p0 : arrival_order s -> stops_at s M ->
  \sum_j Num.max 0 (arrival (nth p0 s M.-1) - tau - X j) <= tau * d%:R * (M.-1)%:R.
Proof.
move=> so st; have /andP[M0 Ms] := stops_at_bounds st.
apply: stopped_excess => //; first by rewrite prednK.
by move=> j; apply: stops_before_completion.
Qed.

(** T is at most tau m after every start, and at least tau after some start (docs/proofs/spanning.md, Corollary A2). *)
Theorem latency_fastest s M p0 : arrival_order s -> stops_at s M ->
  (forall j, arrival (nth p0 s M.-1) <= X j + tau * m%:R) /\ exists j, tau + X j <= arrival (nth p0 s M.-1).
Proof.
move=> so st; split=> [j|]; first exact: stops_before_completion so st.
exists (nth p0 s M.-1).1; by rewrite /arrival [leLHS]addrC lerD2l ler_pMr // lerDl ler0n.
Qed.

(** (b) T <= tau + (tau d (M' - 1) + the start-up delays of n workers) / n, for any n workers in place of those that
    start first (docs/proofs/spanning.md, Theorem A). *)
Theorem latency_bound_some s M p0 (A : {set 'I_m}) : arrival_order s -> stops_at s M -> A != set0 ->
  arrival (nth p0 s M.-1) <= tau + (tau * d%:R * (M.-1)%:R + \sum_(j in A) X j) / #|A|%:R.
Proof. by move=> so st A0; apply: excess_mean A0 _; apply: latency_excess. Qed.

(** (b) T <= tau + (tau d (M' - 1) + the n smallest start-up delays) / n (docs/proofs/spanning.md, Theorem A). *)
Theorem latency_bound_first s M p0 n : arrival_order s -> stops_at s M -> (0 < n <= m)%N ->
  arrival (nth p0 s M.-1) <= tau + (tau * d%:R * (M.-1)%:R + first_delays n) / n%:R.
Proof.
move=> so st /andP[n0 nm]; pose t := take n (sort (relpre X (fun x y => x <= y)) (enum 'I_m)).
have ut : uniq t by rewrite take_uniq // sort_uniq enum_uniq.
have cA : #|[set j in t]| = n by rewrite cardsE (card_uniqP ut) size_takel // size_sort size_enum_ord.
have A0 : [set j in t] != set0 by rewrite -card_gt0 cA.
have := latency_bound_some p0 so st A0; rewrite cA.
rewrite (_ : \sum_(j in _) X j = first_delays n) // /first_delays sort_map -map_take big_map -/t.
by rewrite [RHS](big_uniq _ ut); apply: eq_bigl => j; rewrite inE.
Qed.

(** T <= tau + tau d (M' - 1)/m + the mean start-up delay (docs/proofs/spanning.md, Theorem A). *)
Corollary latency_bound s M p0 : arrival_order s -> stops_at s M ->
  arrival (nth p0 s M.-1) <= tau + tau * d%:R * (M.-1)%:R / m%:R + (\sum_j X j) / m%:R.
Proof.
move=> so st; have A0 : [set: 'I_m] != set0 by rewrite -card_gt0 cardsT card_ord.
have := latency_bound_some p0 so st A0.
by rewrite cardsT card_ord mulrDl addrA (eq_bigl xpredT) // => j; rewrite inE.
Qed.
Lemma used_add b i : (used (b + i) <= used b + d * i)%N.
Proof. rewrite /used mulnDr; move: (d * b)%N (d * i)%N => u v; lia. Qed.

(** From the n-th row on: T <= t_n + tau d k, if M' - n is at most [k] times the number of workers that have sent the
    first [n] rows (docs/proofs/spanning.md, Proposition A3). *)
Theorem latency_rounds s M p0 (n k : nat) : arrival_order s -> stops_at s M -> (0 < n <= M)%N ->
  (M - n <= k * #|[set j | j \in [seq p.1 | p <- take n s]]|)%N ->
  arrival (nth p0 s M.-1) <= arrival (nth p0 s n.-1) + tau * d%:R * k%:R.
Proof.
move=> so st /andP[n0 nM]; set S := [set j | _] => enough; rewrite leNgt; apply/negP.
set T := arrival (nth p0 s M.-1) => late.
have /andP[M0 Ms] := stops_at_bounds st; have [pe sorted_s] := so.
have sn : size (take n s) = n by rewrite size_takel // (leq_trans nM).
have us : uniq s by rewrite (perm_uniq pe) enum_uniq.
have early p : p \in take n s -> arrival p <= arrival (nth p0 s n.-1).
  move=> pin; have lt : (index p (take n s) < n)%N by rewrite -[X in (_ < X)%N]sn index_mem.
  rewrite -{1}(nth_index p0 pin) nth_take //.
  have tr : transitive (fun q r => arrival q <= arrival r) by move=> q r u; apply: le_trans.
  have ns : (n <= size s)%N by apply: leq_trans nM _.
  apply: (sorted_leq_nth tr (fun=> lexx _) p0 sorted_s); rewrite ?inE ?prednK //; first exact: leq_trans lt ns.
  by rewrite -ltnS prednK.
pose firsts j := [set b | (j, b) \in take n s].
have sum_firsts : (\sum_j #|firsts j| = n)%N.
  rewrite -[RHS]sn -(card_uniqP (take_uniq n us)) -sum1_card.
  rewrite (eq_bigl (fun p => (p.1, p.2) \in take n s)) => [|[j b]]; last by [].
  rewrite -(pair_big_dep xpredT (fun j b => (j, b) \in take n s) (fun _ _ => 1%N)) /=.
  by apply: eq_bigr => j _; rewrite -sum1_card; apply: eq_bigl => b; rewrite inE.
have td : 0 <= tau * d%:R by rewrite mulr_ge0 ?ler0n // ltW.
have more j : (#|firsts j| + k * (j \in S) <= rows_before T j)%N.
  have fT b : b \in firsts j -> arrival (j, b) < T.
    rewrite inE => /early le; apply: le_lt_trans le _; apply: le_lt_trans late.
    by rewrite lerDl mulr_ge0 ?ler0n.
  have [jS|_] := boolP (j \in S); last first.
    by rewrite muln0 addn0; apply: subset_leq_card; apply/subsetP => b /fT lt; rewrite inE.
  have [b bin] : exists b, b \in firsts j.
    by move: jS; rewrite inE => /mapP[[i b] pin /= ->]; exists b; rewrite inE.
  rewrite muln1; case: (@arg_maxnP _ b (fun b => b \in firsts j) val bin) => b1 b1in top {b bin}.
  have next i (lt : (b1 + i < (blocks m d).+1)%N) : (i <= k)%N -> arrival (j, Ordinal lt) < T.
    move=> ik; apply: le_lt_trans late; apply: le_trans (_ : arrival (j, b1) + tau * d%:R * k%:R <= _); last first.
      by rewrite lerD2r early //; move: b1in; rewrite inE.
    rewrite /arrival -addrA lerD2l -mulrA -mulrDr ler_wpM2l ?(ltW tau_gt0) // -addrA lerD2l -natrM -natrD ler_nat.
    by apply: leq_trans (used_add b1 i) _; rewrite leq_add2l leq_mul2l ik orbT.
  have room : (b1 + k < (blocks m d).+1)%N.
    rewrite ltnNge; apply/negP => full.
    have b1_le : (b1 <= blocks m d)%N by rewrite -ltnS ltn_ord.
    have lt : (b1 + (blocks m d - b1) < (blocks m d).+1)%N by rewrite subnKC.
    have ik : (blocks m d - b1 <= k)%N by rewrite leq_subLR ltnW.
    have := next _ lt ik; have -> : Ordinal lt = ord_max by apply: ord_inj; rewrite /= subnKC.
    rewrite arrival_last ltNge; case/negP.
    exact: stops_before_completion so st.
  pose f (i : 'I_k) : 'I_(blocks m d).+1 := inord (b1 + i.+1).
  have fE i : f i = (b1 + i.+1)%N :> nat by rewrite inordK // (leq_ltn_trans _ room) // leq_add2l.
  have f_inj : injective f by move=> i l /(congr1 val) /=; rewrite !fE => /addnI[] /ord_inj.
  have disjoint_ : firsts j :&: [set f i | i : 'I_k] = set0.
    apply/setP => b; rewrite [in RHS]inE; apply/negP => /setIP[bin /imsetP[i _ e]].
    by have := top b bin; rewrite e /= fE addnS ltnNge leq_addr.
  rewrite -[k in (_ + k)%N]card_ord -(card_imset _ f_inj) -cardsUI disjoint_ cards0 addn0.
  apply: subset_leq_card; apply/subsetP => b /setUP[/fT lt|/imsetP[i _ ->]]; rewrite inE //.
  have lt : (b1 + i.+1 < (blocks m d).+1)%N by rewrite (leq_ltn_trans _ room) // leq_add2l.
  by have := next _ lt (ltn_ord i); congr (arrival (_, _) < _); apply: ord_inj; rewrite fE.
have lM : (M.-1 < size s)%N by rewrite prednK.
have all_rows : (\sum_j (#|firsts j| + k * (j \in S)) <= M.-1)%N.
  by apply: leq_trans (rows_before_K p0 so lM); apply: leq_sum => j _; apply: more.
have size_S : (\sum_j (j \in S) = #|S|)%N by rewrite -sum1_card [RHS]big_mkcond; apply: eq_bigr => j _; case: (j \in S).
rewrite big_split /= sum_firsts -big_distrr /= size_S in all_rows; rewrite leq_subLR in enough.
by have := leq_trans enough all_rows; rewrite leqNgt prednK // leqnn.
Qed.
End Code.
End Path.

(** E[T] <= tau + tau d (E[M'] - 1)/m + E[X], for any joint law of delays and codes on finitely many outcomes
    (docs/proofs/spanning.md, Corollary A1). *)
Theorem latency_mean (R : realFieldType) (m d : nat) (tau : R) (F : fieldType) (Omega : finType) (weight : Omega -> R)
    (X : Omega -> 'I_m -> R) (C : Omega -> nat -> seq nat) (s : Omega -> seq ('I_m * 'I_(blocks m d).+1))
    (M : Omega -> nat) p0 :
  (0 < d)%N -> 0 < tau -> (0 < m)%N -> (forall e, 0 <= weight e) -> \sum_e weight e = 1 ->
  (forall e, code m (C e)) -> (forall e, arrival_order tau (X e) (s e)) ->
  (forall e, stops_at F (C e) (s e) (M e)) ->
  \sum_e weight e * arrival tau (X e) (nth p0 (s e) (M e).-1) <=
  tau + tau * d%:R * (\sum_e weight e * ((M e).-1)%:R) / m%:R + (\sum_e weight e * \sum_j X e j) / m%:R.
Proof.
move=> d0 tau0 m0 w0 total Cc so st; pose bound e : R :=
  tau + tau * d%:R * ((M e).-1)%:R / m%:R + (\sum_j X e j) / m%:R.
apply: le_trans (_ : \sum_e weight e * bound e <= _).
  by apply: ler_sum => e _; rewrite ler_wpM2l //; apply: (latency_bound d0 tau0 (Cc e) m0 p0 (so e) (st e)).
rewrite /bound; under eq_bigr => e _ do rewrite !mulrDr.
rewrite !big_split -mulr_suml total mul1r lerD // ?lerD //.
  rewrite -mulrA mulr_suml mulr_sumr le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => e _.
  by rewrite !mulrA [weight e * _]mulrC -!mulrA [weight e * _]mulrCA.
by rewrite mulr_suml le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => e _; rewrite mulrA.
Qed.

(** E[T] <= tau + (tau d (E[M'] - 1) + the means of the n smallest delays) / n, for every n and such a law
    (docs/proofs/spanning.md, Corollary A1). *)
Theorem latency_mean_first (R : realFieldType) (m d : nat) (tau : R) (F : fieldType) (Omega : finType)
    (weight : Omega -> R) (X : Omega -> 'I_m -> R) (C : Omega -> nat -> seq nat)
    (s : Omega -> seq ('I_m * 'I_(blocks m d).+1)) (M : Omega -> nat) p0 n :
  (0 < d)%N -> 0 < tau -> (0 < n <= m)%N -> (forall e, 0 <= weight e) -> \sum_e weight e = 1 ->
  (forall e, code m (C e)) -> (forall e, arrival_order tau (X e) (s e)) ->
  (forall e, stops_at F (C e) (s e) (M e)) ->
  \sum_e weight e * arrival tau (X e) (nth p0 (s e) (M e).-1) <=
  tau + (tau * d%:R * (\sum_e weight e * ((M e).-1)%:R) + \sum_e weight e * first_delays (X e) n) / n%:R.
Proof.
move=> d0 tau0 nm w0 total Cc so st.
have m0 : (0 < m)%N by case/andP: nm; apply: leq_trans.
pose bound e : R := tau + (tau * d%:R * ((M e).-1)%:R + first_delays (X e) n) / n%:R.
apply: le_trans (_ : \sum_e weight e * bound e <= _).
  by apply: ler_sum => e _; rewrite ler_wpM2l //; apply: (latency_bound_first d0 tau0 (Cc e) m0 p0 (so e) (st e)).
rewrite le_eqVlt /bound; apply/orP; left; apply/eqP; under eq_bigr => e _ do rewrite mulrDr mulrA mulrDr.
rewrite big_split -mulr_suml total mul1r /= -mulr_suml big_split /=; congr (_ + (_ + _) / _).
by rewrite mulr_sumr; apply: eq_bigr => e _; rewrite mulrCA.
Qed.

(** The paper's inequality (5) without its o(1), E[T] <= 2 tau d + E[X], where E[M'] <= (2 - 1/d) m + 1
    (docs/proofs/spanning.md, Corollary A1). *)
Corollary latency_mean_twice (R : realFieldType) (m d : nat) (tau : R) (F : fieldType) (Omega : finType)
    (weight : Omega -> R) (X : Omega -> 'I_m -> R) (C : Omega -> nat -> seq nat)
    (s : Omega -> seq ('I_m * 'I_(blocks m d).+1)) (M : Omega -> nat) p0 :
  (0 < d)%N -> 0 < tau -> (0 < m)%N -> (forall e, 0 <= weight e) -> \sum_e weight e = 1 ->
  (forall e, code m (C e)) -> (forall e, arrival_order tau (X e) (s e)) ->
  (forall e, stops_at F (C e) (s e) (M e)) ->
  \sum_e weight e * (M e)%:R <= (2%:R - d%:R^-1) * m%:R + 1 ->
  \sum_e weight e * arrival tau (X e) (nth p0 (s e) (M e).-1) <=
  2%:R * tau * d%:R + (\sum_e weight e * \sum_j X e j) / m%:R.
Proof.
move=> d0 tau0 m0 w0 total Cc so st mean.
apply: le_trans (latency_mean p0 d0 tau0 m0 w0 total Cc so st) _; rewrite lerD2r.
have M1 : \sum_e weight e * ((M e).-1)%:R = \sum_e weight e * (M e)%:R - 1.
  rewrite -[X in _ - X]total -sumrB; apply: eq_bigr => e _; rewrite -[X in _ - X]mulr1 -mulrBr; congr (_ * _).
  by have /andP[Me _] := stops_at_bounds m0 (st e); rewrite -[in RHS](prednK Me) -natr1 addrK.
have dR : 0 < d%:R :> R by rewrite ltr0n.
have mR : 0 < m%:R :> R by rewrite ltr0n.
rewrite M1 -lerBrDl ler_pdivrMr //.
apply: le_trans (_ : tau * d%:R * ((2%:R - d%:R^-1) * m%:R) <= _).
  by rewrite ler_pM2l ?mulr_gt0 // lerBlDr.
rewrite mulrA ler_pM2r // mulrBr mulfK ?gt_eqF // lerD2r.
by rewrite mulrC mulrA.
Qed.

(** E[T] <= (1 + 1/d + eta) tau d + E[X], where E[M'] <= (1 + eta) m (docs/proofs/spanning.md, Corollary A1). *)
Corollary latency_mean_near (R : realFieldType) (m d : nat) (tau eta : R) (F : fieldType) (Omega : finType)
    (weight : Omega -> R) (X : Omega -> 'I_m -> R) (C : Omega -> nat -> seq nat)
    (s : Omega -> seq ('I_m * 'I_(blocks m d).+1)) (M : Omega -> nat) p0 :
  (0 < d)%N -> 0 < tau -> (0 < m)%N -> (forall e, 0 <= weight e) -> \sum_e weight e = 1 ->
  (forall e, code m (C e)) -> (forall e, arrival_order tau (X e) (s e)) ->
  (forall e, stops_at F (C e) (s e) (M e)) ->
  \sum_e weight e * (M e)%:R <= (1 + eta) * m%:R ->
  \sum_e weight e * arrival tau (X e) (nth p0 (s e) (M e).-1) <=
  (1 + d%:R^-1 + eta) * (tau * d%:R) + (\sum_e weight e * \sum_j X e j) / m%:R.
Proof.
move=> d0 tau0 m0 w0 total Cc so st mean.
apply: le_trans (latency_mean p0 d0 tau0 m0 w0 total Cc so st) _; rewrite lerD2r.
have dR : 0 < d%:R :> R by rewrite ltr0n.
have -> : (1 + d%:R^-1 + eta) * (tau * d%:R) = tau + tau * d%:R * (1 + eta).
  by rewrite addrAC [RHS]addrC mulrDl [d%:R^-1 * _]mulrCA mulVf ?gt_eqF // mulr1 [(1 + eta) * _]mulrC.
rewrite lerD2l ler_pdivrMr ?ltr0n // -[leRHS]mulrA ler_pM2l ?mulr_gt0 //; apply: le_trans mean.
by apply: ler_sum => e _; rewrite ler_wpM2l // ler_nat leq_pred.
Qed.
