(** First moments at every finite m, given the counts (docs/spanning.md, Theorem 1): with m = N + 1 symbols and workers,
    worker [j] having sent [n j] rows, and the orders uniformly random. *)
From mathcomp Require Import all_ssreflect all_fingroup all_algebra.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness Coverage EvenSets Codes Parity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section FirstMoment.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows C := (received d n C).
Notation z := #|silent N n|.
Notation Pr := (@Pr N).
Notation mean := (@mean N).
Implicit Types (C : coding) (A : {set 'I_m}) (w k : nat).

(** A_w and U_w. *)
Definition even_moment w : rat := moment N (even_share N d) n w.
Definition avoid_moment w : rat := moment N (avoid_share N d) n w.

Lemma even_evenset C A : even d n C A = even_set (rows C) A.
Proof. by apply/idP/allP => /(evenP n d_gt0). Qed.

(** The even sets of [w] symbols. *)
Definition even_sets C w : {set {set 'I_m}} := [set A : {set 'I_m} | (#|A| == w) && even d n C A].

(** (a) A_w is the expected number of even sets of [w] symbols ... (docs/spanning.md, Theorem 1). *)
Theorem expected_even w : mean (fun C => #|even_sets C w|%:R) = even_moment w.
Proof.
have -> : mean (fun C => #|even_sets C w|%:R) =
    mean (fun C => \sum_(A : {set 'I_m} | (#|A| == w) && (A \subset silent N n)) (even d n C A)%:R).
  congr (_ / _); apply: eq_bigr => C _; rewrite -sum1_card natr_sum.
  rewrite [LHS](eq_bigl (fun A : {set 'I_m} => (#|A| == w) && even d n C A)).
    rewrite big_mkcondr [RHS]big_mkcondr; apply: eq_bigr => A _.
    by case: (boolP (even d n C A)) => [/even_silent ->//|]; rewrite if_same.
  by move=> A; rewrite inE.
rewrite mean_sum (eq_bigr (fun A : {set 'I_m} => \prod_(j : 'I_m | (0 < n j)%N) even_share N d (n j).-1 #|A|)).
  by rewrite /even_moment /moment -cards_draws mulr_natl -sumr_const; apply: eq_big => [A|A /andP[/eqP-> //]];
    rewrite inE andbC.
by move=> A /andP[_ AZ]; rewrite -Pr_mean Pr_even.
Qed.

Lemma uncovered_silent C : uncovered d n C \subset silent N n.
Proof. by apply: (@even_silent N d n C); apply: missed_even => //; rewrite missed_uncovered. Qed.

(** ... and U_w that of sets of [w] uncovered symbols (docs/spanning.md, Theorem 1). *)
Theorem expected_uncovered w : mean (fun C => 'C(#|uncovered d n C|, w)%:R) = avoid_moment w.
Proof.
have -> : mean (fun C => 'C(#|uncovered d n C|, w)%:R) =
    mean (fun C => \sum_(A : {set 'I_m} | (#|A| == w) && (A \subset silent N n)) (missed d n C A)%:R).
  congr (_ / _); apply: eq_bigr => C _; rewrite -cards_draws -sum1_card natr_sum.
  rewrite [LHS](eq_bigl (fun A : {set 'I_m} => (#|A| == w) && (A \subset uncovered d n C))) => [|A]; last first.
    by rewrite inE andbC.
  rewrite big_mkcondr [RHS]big_mkcondr; apply: eq_bigr => A _; rewrite missed_uncovered //.
  case: (boolP (A \subset uncovered d n C)) => [AW|_]; last by rewrite if_same.
  by rewrite (subset_trans AW (uncovered_silent C)).
rewrite mean_sum (eq_bigr (fun A : {set 'I_m} => \prod_(j : 'I_m | (0 < n j)%N) avoid_share N d (n j).-1 #|A|)).
  by rewrite /avoid_moment /moment -cards_draws mulr_natl -sumr_const; apply: eq_big => [A|A /andP[/eqP-> //]];
    rewrite inE andbC.
by move=> A /andP[_ AZ]; rewrite -Pr_mean Pr_missed.
Qed.

Lemma even_moment0 : even_moment 0 = 1.
Proof. by rewrite /even_moment /moment bin0 mul1r big1 // => j _; apply: even_share0. Qed.

Lemma avoid_moment0 : avoid_moment 0 = 1.
Proof. by rewrite /avoid_moment /moment bin0 mul1r big1 // => j _; apply: avoid_share0. Qed.

Lemma moments1 : even_moment 1 = avoid_moment 1.
Proof. by rewrite /even_moment /avoid_moment /moment; congr (_ * _); apply: eq_bigr => j _; apply: even_share1. Qed.

Lemma avoid_even_moment w : 0 <= avoid_moment w <= even_moment w.
Proof.
have p j : 0 <= avoid_share N d (n j).-1 w <= even_share N d (n j).-1 w by apply: avoid_le_even.
rewrite /avoid_moment /moment mulr_ge0 ?ler0n ?prodr_ge0 //=; last by move=> j _; case/andP: (p j).
by rewrite ler_wpM2l ?ler0n // ler_prod.
Qed.

(** Even sets of [w] symbols that are not all uncovered. *)
Definition excess C w : nat := #|[set A : {set 'I_m} | [&& #|A| == w, even d n C A & ~~ (A \subset uncovered d n C)]]|.

Lemma excessE C w :
  (excess C w)%:R = #|even_sets C w|%:R - 'C(#|uncovered d n C|, w)%:R :> rat.
Proof.
rewrite -cards_draws -[#|even_sets C w|](cardsID [set A : {set 'I_m} | A \subset uncovered d n C]) natrD addrAC.
rewrite (_ : _ :&: _ = [set A : {set 'I_m} | A \subset uncovered d n C & #|A| == w]) ?subrr ?add0r.
  by congr (_%:R); apply: eq_card => A; rewrite !inE andbA andbC.
apply/setP => A; rewrite !inE andbC; case: (boolP (A \subset _)) => //= AW; case: (#|A| == w) => //=.
by rewrite missed_even // missed_uncovered.
Qed.

Lemma mean_excess w : mean (fun C => (excess C w)%:R) = even_moment w - avoid_moment w.
Proof.
rewrite -expected_even -expected_uncovered -mulN1r -meanZ -meanD; congr (_ / _).
by apply: eq_bigr => C _; rewrite excessE mulN1r.
Qed.

Lemma first_moment k (T : pred coding) :
  (forall C, T C -> exists A, [/\ (k <= #|A|)%N, even d n C A & ~~ (A \subset uncovered d n C)]) ->
  Pr T <= \sum_(k <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
move=> ex; rewrite Pr_mean (eq_bigr (fun w => mean (fun C => (excess C w)%:R))) => [|w _]; last by rewrite mean_excess.
rewrite -mean_sum; apply: mean_le => C; rewrite -natr_sum ler_nat.
case TC: (T C) => //; have [A [kA ev nW]] := ex C TC.
have in_range : #|A| \in index_iota k m.+1.
  by rewrite mem_index_iota kA ltnS -[X in (_ <= X)%N]card_ord max_card.
rewrite (bigD1_seq _ in_range (iota_uniq _ _)) /=.
rewrite (leq_trans _ (leq_addr _ _)) // card_gt0; apply/set0Pn; exists A.
by rewrite inE eqxx ev.
Qed.

(** An even set of one symbol is an uncovered symbol. *)
Lemma even_one C A : even d n C A -> ~~ (A \subset uncovered d n C) -> (1 < #|A|)%N.
Proof.
move=> ev nW; rewrite ltnNge; apply: contra nW; rewrite leq_eqVlt ltnS leqn0 cards_eq0.
case/orP => [/cards1P[l e]|/eqP ->]; last exact: sub0set.
rewrite -missed_uncovered //; move: ev; rewrite e => /forallP ev; apply/forallP => j; apply/implyP => nj.
have := ev j; rewrite nj => /andP[jl me]; rewrite jl /=.
case: (unliftP j l) jl me => [i ->|->]; last by rewrite set11.
rewrite (_ : lift j @^-1: [set lift j i] = [set i]); last by apply/setP => i'; rewrite !inE (inj_eq lift_inj).
have -> : C j @^-1: [set i] = [set (C j)^-1%g i].
  by apply/setP => i'; rewrite !inE -{1}(permKV (C j) i) (inj_eq perm_inj).
by rewrite evenly1.
Qed.

(** (b) The probability that every symbol is covered and the rank modulo 2 is below m is at most X (docs/spanning.md,
    Theorem 1). *)
Theorem covered_low_rank :
  Pr (fun C => covered m (rows C) && (\rank (incidence 'F_2 m (rows C)) < m)%N) <=
  \sum_(2 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
apply: first_moment => C /andP[]; rewrite uncovered_covered // => /eqP un /even_of_rank2[A A0 ev].
have nW : ~~ (A \subset uncovered d n C) by rewrite un subset0.
have ev' : even d n C A by rewrite even_evenset.
by exists A; rewrite ev' nW (even_one ev' nW).
Qed.

Lemma Pr_le (S T : pred coding) : (forall C, S C -> T C) -> Pr S <= Pr T.
Proof. by move=> st; rewrite !Pr_mean; apply: mean_le => C; case SC: (S C); rewrite ?(st C SC) ?ler0n. Qed.

Lemma Pr_or (S T : pred coding) : Pr (fun C => S C || T C) <= Pr S + Pr T.
Proof.
by rewrite !Pr_mean -meanD; apply: mean_le => C; case: (S C); case: (T C).
Qed.

(** (b) So P(rank over Q < m) <= P(rank modulo 2 < m) <= P(some symbol is uncovered) + X (docs/spanning.md, Theorem 1).
    *)
Corollary low_rank :
  Pr (fun C => (\rank (incidence rat m (rows C)) < m)%N) <= Pr (fun C => (\rank (incidence 'F_2 m (rows C)) < m)%N) /\
  Pr (fun C => (\rank (incidence 'F_2 m (rows C)) < m)%N) <=
    Pr (fun C => ~~ covered m (rows C)) + \sum_(2 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
split; first by apply: Pr_le => C; apply: leq_ltn_trans; apply: rank_rows_le.
apply: le_trans (lerD (lexx _) covered_low_rank); apply: le_trans (Pr_or _ _); apply: Pr_le => C ->.
by rewrite andbT orNb.
Qed.

(** (b') The probability that every symbol is covered and the sum is not recovered over Q is at most X'
    (docs/spanning.md, Theorem 1). *)
Theorem covered_unrecovered :
  Pr (fun C => covered m (rows C) && ~~ recovers rat m (rows C)) <=
  \sum_(3 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
apply: first_moment => C /andP[cov /negP nrec]; have [A A3 ev] := even_of_not_recovered cov nrec.
exists A; rewrite A3 even_evenset ev; split=> //.
move: cov; rewrite uncovered_covered // => /eqP ->; rewrite subset0 -card_gt0.
exact: leq_trans A3.
Qed.

(** So the law of coverage holds the law of recovery from both sides (docs/spanning.md, Theorem 1). *)
Corollary recovery_bounds :
  Pr (fun C => covered m (rows C)) - \sum_(3 <= w < m.+1) (even_moment w - avoid_moment w) <=
    Pr (fun C => recovers rat m (rows C)) <= Pr (fun C => covered m (rows C)).
Proof.
apply/andP; split; last by apply: Pr_le => C; apply: recovers_covered.
rewrite lerBlDr; apply: le_trans (lerD (lexx _) covered_unrecovered); apply: le_trans (Pr_or _ _).
by apply: Pr_le => C ->; rewrite andTb orbN.
Qed.

Section Field.
Variable F : finFieldType.
Implicit Types x : 'cV[F]_m.

(** Kernel vectors over a finite field, of q elements, and their supports. *)
Definition in_kernel C x : bool := incidence F m (rows C) *m x == 0.
Definition support x : {set 'I_m} := [set j | x j 0 != 0].
Notation q := #|F|.

Lemma in_kernelP C x : in_kernel C x <-> forall r, r \in rows C -> \sum_(l | val l \in r) x l 0 = 0.
Proof.
have xE : x = \col_j x j 0 by apply/matrixP => j k; rewrite ord1 mxE.
rewrite /in_kernel {1}xE; split=> [/eqP/matrixP e r rin|sums].
  have ri : (index r (rows C) < size (rows C))%N by rewrite index_mem.
  by have := e (Ordinal ri) 0; rewrite incidence_mul [RHS]mxE /= nth_index.
by apply/eqP/matrixP => i k; rewrite ord1 incidence_mul [RHS]mxE sums // mem_nth.
Qed.

Lemma kernel_silent C x : in_kernel C x -> support x \subset silent N n.
Proof.
move=> /in_kernelP/(received_sums n d_gt0) sums; apply/subsetP => j; rewrite !inE.
by apply: contraR; rewrite -lt0n => /sums[-> _].
Qed.

Lemma missed_kernel C x : support x \subset uncovered d n C -> in_kernel C x.
Proof.
rewrite -missed_uncovered // => /(missedP n d_gt0) ms; apply/in_kernelP => r rin; apply: big1 => l lr.
by apply: contraTeq lr => xl; apply: (ms r l rin); rewrite inE.
Qed.

Lemma support_scale a x : a != 0 -> support (a *: x) = support x.
Proof. by move=> a0; apply/setP => j; rewrite !inE mxE mulf_eq0 (negPf a0). Qed.

Lemma kernel_scale C a x : a != 0 -> in_kernel C (a *: x) = in_kernel C x.
Proof. by move=> a0; rewrite /in_kernel -scalemxAr scaler_eq0 (negPf a0). Qed.

Lemma total_scale a x : total (a *: x) = a * total x.
Proof. by rewrite /total mulr_sumr; apply: eq_bigr => j _; rewrite mxE. Qed.

(** The means of the kernel vectors with a property, beyond those on uncovered symbols. *)
Lemma kernel_moment (P : pred 'cV[F]_m) (T : pred coding) :
  (forall a x, a != 0 -> P x -> P (a *: x)) -> (forall x, P x -> x != 0) ->
  (forall C, T C -> exists2 x, P x & in_kernel C x && ~~ (support x \subset uncovered d n C)) ->
  Pr T <= (\sum_(x | P x && (support x \subset silent N n))
    (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / (q.-1)%:R.
Proof.
move=> scale nz ex; have q1 := card_finRing_gt1 F.
have q0 : 0 < (q.-1)%:R :> rat by rewrite ltr0n -ltnS prednK // ltnW.
rewrite ler_pdivlMr // mulrC Pr_mean -meanZ.
rewrite (eq_bigr (fun x => mean (fun C => (in_kernel C x && ~~ (support x \subset uncovered d n C))%:R))); last first.
  move=> x _; rewrite !Pr_mean -mulN1r -meanZ -meanD; congr (_ / _); apply: eq_bigr => C _; rewrite mulN1r.
  case: (boolP (_ \subset _)) => [/missed_kernel -> |_]; first by rewrite subrr.
  by rewrite subr0 andbT.
rewrite -mean_sum; apply: mean_le => C; case TC: (T C); rewrite ?mulr0 ?sumr_ge0 // mulr1.
have [x Px /andP[Kx nW]] := ex C TC.
pose multiples := [set a *: x | a in [set a : F | a != 0]].
have inj : {in [set a : F | a != 0] &, injective (fun a => a *: x)}.
  by move=> a b _ _ /eqP; rewrite -subr_eq0 -scalerBl scaler_eq0 (negPf (nz x Px)) orbF subr_eq0 => /eqP.
have -> : q.-1 = #|multiples|.
  rewrite card_in_imset // (_ : [set a | _] = ~: [set 0]); last by apply/setP => a; rewrite !inE.
  by rewrite -(cardsC [set 0 : F]) cards1.
rewrite -sum1_card natr_sum [leRHS](bigID (mem multiples)) /= -[leLHS]addr0 lerD ?sumr_ge0 //.
have all_y y : y \in multiples ->
    [/\ P y, support y \subset silent N n & in_kernel C y && ~~ (support y \subset uncovered d n C)].
  case/imsetP => a; rewrite inE => a0 ->.
  by rewrite scale // support_scale // kernel_scale // Kx nW; split=> //; apply: kernel_silent Kx.
rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_big => [y|y /all_y[_ _ ->] //].
by apply/idP/andP => [ym|[]//]; split=> //; have [-> -> _] := all_y y ym.
Qed.

(** (c) As (b), with any finite field F in place of GF(2) (docs/spanning.md, Theorem 1). *)
Theorem covered_low_rank_field :
  Pr (fun C => covered m (rows C) && (\rank (incidence F m (rows C)) < m)%N) <=
  (\sum_(x | (x != 0) && (support x \subset silent N n))
    (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / (q.-1)%:R.
Proof.
apply: kernel_moment => [a x a0 x0| //|C /andP[cov /rank_kernel[x x0 Kx]]].
  by rewrite scaler_eq0 (negPf a0).
exists x => //; rewrite /in_kernel Kx eqxx /=; move: cov; rewrite uncovered_covered // => /eqP ->.
rewrite subset0; apply: contraNneq x0 => s0; apply/eqP/matrixP => j k; rewrite ord1 [RHS]mxE.
by apply/eqP/negbNE; have /setP/(_ j) := s0; rewrite !inE => ->.
Qed.

(** (c) Every symbol is covered, and the sum is not recovered over F (docs/spanning.md, Theorem 1). *)
Theorem covered_unrecovered_field :
  Pr (fun C => covered m (rows C) && ~~ recovers F m (rows C)) <=
  (\sum_(x | (total x != 0) && (support x \subset silent N n))
    (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / (q.-1)%:R.
Proof.
have total0 : total (0 : 'cV[F]_m) = 0 by rewrite /total big1 // => j _; rewrite mxE.
have nz x : total x != 0 -> x != 0 by apply: contraNneq => ->; rewrite total0.
apply: kernel_moment => [a x a0 x0| //|C /andP[cov /negP/not_spans[x [Kx tx]]]].
  by rewrite total_scale mulf_neq0.
have tx0 : total x != 0 by rewrite tx oner_eq0.
exists x => //; rewrite /in_kernel Kx eqxx /=; move: cov; rewrite uncovered_covered // => /eqP ->.
rewrite subset0; apply: contraNneq (nz x tx0) => s0; apply/eqP/matrixP => j k; rewrite ord1 [RHS]mxE.
by apply/eqP/negbNE; have /setP/(_ j) := s0; rewrite !inE => ->.
Qed.
End Field.
Arguments in_kernel {F} C x.

(** How many rows there are. *)
Definition row_count : nat := \sum_(j < m) minn (n j) (blocks m d).+1.

Lemma size_received C : size (rows C) = row_count.
Proof.
rewrite /row_count /received /reception size_flatten /shape -map_comp sumnE big_map.
rewrite -(big_mkord xpredT (fun j => minn (n j) (blocks m d).+1)).
by rewrite /index_iota subn0; apply: eq_bigr => j _; rewrite /= size_take_min size_sent.
Qed.

(** (d') The probability that the sum is recovered over Q, by kernel vectors of sum 0 over any field of q elements
    (docs/spanning.md, Theorem 1). *)
Theorem recovered_field (F : finFieldType) (q := #|F|) :
  Pr (fun C => recovers rat m (rows C)) <=
  (q%:R ^+ row_count.+1 / q%:R ^+ m *
    (\sum_(x : 'cV[F]_m | (total x == 0) && (support x \subset silent N n)) Pr (in_kernel^~ x)) - 1) / (q.-1)%:R.
Proof.
have q1 : (1 < q)%N := card_finRing_gt1 F; have q0 : 0 < (q.-1)%:R :> rat by rewrite ltr0n -ltnS prednK // ltnW.
have qm : 0 < q%:R ^+ m :> rat by rewrite exprn_gt0 // ltr0n ltnW.
rewrite ler_pdivlMr // lerBrDr mulrC Pr_mean -meanZ -[X in _ + X <= _](mean_const N 1) -meanD.
under [X in _ <= _ * X]eq_bigr => x _ do rewrite Pr_mean.
rewrite -mean_sum -meanZ; apply: mean_le => C.
have := solutions_of_recovery F m (rows C); rewrite -/q -(leq_pmul2r (_ : 0 < q ^ m)%N) ?expn_gt0 ?(ltnW q1) //.
pose K := #|[set x : 'cV[F]_m | in_kernel C x && (total x == 0)]|.
rewrite dual_count -[#|[set x : 'cV[F]_m | _]|]/K size_received -(ler_nat rat) !natrM !natrX natrD natrM subn1 => le.
rewrite mulrAC ler_pdivlMr // addrC; apply: le_trans le _; rewrite ler_pM2l ?exprn_gt0 ?ltr0n ?(ltnW q1) //.
rewrite /K -sum1_card natr_sum big_mkcond [leRHS]big_mkcond; apply: ler_sum => x _; rewrite inE.
by case: (boolP (in_kernel C x)) => [/kernel_silent ->|_]; rewrite ?andbT //; case: ifP.
Qed.

Lemma card_lt A : (#|A| < m.+1)%N.
Proof. by rewrite ltnS; have := max_card A; rewrite card_ord. Qed.

Lemma inord_eq A (v : 'I_m.+1) : (inord #|A| == v) = (#|A| == v).
Proof. by rewrite -(inj_eq val_inj) /= inordK // card_lt. Qed.

Lemma expected_even_even :
  mean (fun C => #|[set A : {set 'I_m} | even_set (rows C) A && ~~ odd #|A|]|%:R) =
  \sum_(0 <= w < m.+1 | ~~ odd w) even_moment w.
Proof.
under [RHS]eq_bigr => w _ do rewrite -expected_even.
rewrite -mean_sum; congr (_ / _); apply: eq_bigr => C _; rewrite -natr_sum big_mkord; congr (_%:R).
rewrite -sum1_card (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) (fun v : 'I_m.+1 => ~~ odd v)) /=
  => [|A].
  apply: eq_bigr => w ow; rewrite -sum1_card; apply: eq_bigl => A; rewrite !inE -even_evenset inord_eq.
  by rewrite andbC; case: eqP => //= ->; rewrite ow andbT.
by rewrite inE (inordK (card_lt A)) => /andP[].
Qed.

Lemma even_even_bound C : (2 ^ m * (1 + recovers rat m (rows C)) <=
  2 ^ row_count.+1 * #|[set A : {set 'I_m} | even_set (rows C) A && ~~ odd #|A|]|)%N.
Proof.
rewrite card_even_even_sets; have := rank_extended m (rows C) 'F_2.
have := rank_leq_col (col_mx (incidence 'F_2 m (rows C)) (ones 'F_2 : 'rV_m)); set r := \rank _ => rm;
  rewrite size_received.
have -> : (1 + recovers rat m (rows C) = 2 ^ recovers rat m (rows C))%N by case: (recovers _ _ _).
by case: (recovers rat m (rows C)) => /= le; rewrite -!expnD leq_exp2l //; lia.
Qed.

(** (d') The same by the even sets of even size, P(recovered) <= 2^(n - m + 1) (A_0 + A_2 + A_4 + ...) - 1
    (docs/spanning.md, Theorem 1). *)
Theorem recovered_even :
  Pr (fun C => recovers rat m (rows C)) <=
  2%:R ^+ row_count.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_moment w) - 1.
Proof.
rewrite lerBrDr Pr_mean -[X in _ + X <= _](mean_const N 1) -meanD -expected_even_even -meanZ; apply: mean_le => C.
rewrite mulrAC ler_pdivlMr ?exprn_gt0 // mulrC natr1 -!natrX -!natrM ler_nat.
exact: even_even_bound.
Qed.

Lemma card_even_subsets (T : finType) (W : {set T}) :
  #|[set A : {set T} | (A \subset W) && ~~ odd #|A|]| = (2 ^ #|W|.-1)%N.
Proof.
have [->|W0] := eqVneq W set0.
  rewrite cards0 /= (_ : [set A | _] = [set set0]) ?cards1 //; apply/setP => A; rewrite !inE subset0.
  by case: eqP => // ->; rewrite cards0.
have half : #|[set A : {set T} | (A \subset W) && ~~ odd #|A|]|%:R =
  \sum_(A : {set T} | A \subset W) (~~ odd #|A|)%:R :> rat.
  rewrite -sum1_card natr_sum (eq_bigl (fun A : {set T} => (A \subset W) && ~~ odd #|A|)) => [|A]; last by rewrite inE.
  by rewrite big_mkcondr; apply: eq_bigr => A _; case: (odd #|A|).
have all_subsets : (2 ^ #|W|)%:R = \sum_(A : {set T} | A \subset W) 1 :> rat.
  by rewrite -card_powerset -sum1_card natr_sum; apply: eq_bigl => A; rewrite inE.
apply/eqP; rewrite -(eqn_pmul2l (isT : (0 < 2)%N)) -expnS prednK ?card_gt0 // -(eqr_nat rat) natrM half all_subsets.
have := sum_signs rat W; rewrite (negPf W0) => z0.
rewrite mulr_sumr -[X in _ == X]addr0 -[X in _ == _ + X]z0 -big_split; apply/eqP/eq_bigr => A _.
by rewrite -signr_odd; case: (odd #|A|) => /=; rewrite ?mulr0 ?subrr ?mulr1.
Qed.

Lemma excess_even C : (\sum_(2 <= w < m.+1 | ~~ odd w) excess C w + 2 ^ #|uncovered d n C|.-1 =
  #|[set A : {set 'I_m} | even_set (rows C) A && ~~ odd #|A|]|)%N.
Proof.
rewrite -(cardsID [set A : {set 'I_m} | A \subset uncovered d n C]) addnC; congr (_ + _)%N.
  rewrite -card_even_subsets; apply: eq_card => A; rewrite !inE -even_evenset.
  have [AW|_] := boolP (A \subset uncovered d n C); rewrite ?andbF //= andbT.
  by rewrite missed_even // missed_uncovered.
rewrite -sum1_card.
rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) (fun v : 'I_m.+1 => (1 < v)%N && ~~ odd v))
  /=.
  rewrite (@big_nat_widenl _ _ _ 2 0) // big_mkord; apply: eq_big => [w|w /andP[ow w2]]; first by rewrite andbC.
  rewrite /excess -sum1_card; apply: eq_bigl => A; rewrite !inE -even_evenset inord_eq.
  by case: eqP => [e|]; rewrite ?andbF //= e ow !andbT andbC.
move=> A; rewrite !inE -even_evenset (inordK (card_lt A)).
by case/andP=> nW /andP[ev ->]; rewrite (even_one ev nW).
Qed.

(** (d) The same where there are fewer rows than symbols, the uncovered sets taken off (docs/spanning.md, Theorem 1). *)
Theorem recovered_short (D := (m - row_count)%N) : (row_count < m)%N ->
  Pr (fun C => recovers rat m (rows C)) <=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (even_moment w - avoid_moment w) -
    \sum_(i < m.+1) Pr (fun C => #|uncovered d n C| == i) * (2 ^ D.-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ D.-1.
Proof.
move=> short; have D0 : (0 < D)%N by rewrite subn_gt0.
rewrite ler_pdivlMr ?exprn_gt0 // mulrC lerBrDr Pr_mean -meanZ.
have -> : \sum_(i < m.+1) Pr (fun C => #|uncovered d n C| == i) * (2 ^ D.-1 - 2 ^ i.-1)%N%:R =
    mean (fun C => (2 ^ D.-1 - 2 ^ #|uncovered d n C|.-1)%N%:R).
  under eq_bigr => i _ do rewrite Pr_mean mulrC -meanZ.
  rewrite -mean_sum; congr (_ / _); apply: eq_bigr => C _.
  have lt := card_lt (uncovered d n C).
  rewrite (bigD1 (Ordinal lt)) //= eqxx mulr1 big1 ?addr0 // => i.
  by rewrite -(inj_eq val_inj) eq_sym /= => /negPf ->; rewrite mulr0.
under [leRHS]eq_bigr => w _ do rewrite -mean_excess.
rewrite -meanD -mean_sum; apply: mean_le => C; rewrite -natr_sum -natrX -natrM -natrD ler_nat.
have := even_even_bound C; rewrite -excess_even; set Y := (\sum_(2 <= w < m.+1 | _) _)%N; set W := uncovered d n C.
have -> : (2 ^ m = 2 ^ row_count.+1 * 2 ^ D.-1)%N by rewrite -expnD; congr (_ ^ _)%N; rewrite /D; lia.
rewrite -mulnA leq_pmul2l ?expn_gt0 //; case: (boolP (recovers rat m (rows C))) => [/recovers_covered|_] /=.
  rewrite uncovered_covered // -/W => /eqP ->; rewrite cards0 /= expn0; have := expn_gt0 2 D.-1; lia.
by have := expn_gt0 2 #|W|.-1; lia.
Qed.
End FirstMoment.
