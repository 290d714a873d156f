(** First moments at every finite m, given the counts (docs/proofs/spanning.md, Theorem 1): with m = N + 1 symbols and
    workers, worker [j] having sent [n j] rows, and the orders uniformly random. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness EvenSets Parity RandomRows Codes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
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

(** (a) A_w is the expected number of even sets of [w] symbols ... (docs/proofs/spanning.md, Theorem 1). *)
Theorem expected_even w : mean (fun C => #|even_sets m (rows C) w|%:R) = even_moment w.
Proof.
have -> : mean (fun C => #|even_sets m (rows C) w|%:R) =
    mean (fun C => \sum_(A : {set 'I_m} | (#|A| == w) && (A \subset silent N n)) (even d n C A)%:R).
  congr (_ / _); apply: eq_bigr => C _; rewrite -sum1_card natr_sum.
  rewrite [LHS](eq_bigl (fun A : {set 'I_m} => (#|A| == w) && even d n C A)).
    rewrite big_mkcondr [RHS]big_mkcondr; apply: eq_bigr => A _.
    by case: (boolP (even d n C A)) => [/even_silent ->//|]; rewrite if_same.
  by move=> A; rewrite inE even_evenset.
rewrite mean_sum (eq_bigr (fun A : {set 'I_m} => \prod_(j : 'I_m | (0 < n j)%N) even_share N d (n j).-1 #|A|)).
  by rewrite /even_moment /moment -cards_draws mulr_natl -sumr_const; apply: eq_big => [A|A /andP[/eqP-> //]];
    rewrite inE andbC.
by move=> A /andP[_ AZ]; rewrite -Pr_mean Pr_even.
Qed.

Lemma uncovered_silent C : uncovered d n C \subset silent N n.
Proof. by apply: (@even_silent N d n C); apply: missed_even => //; rewrite missed_uncovered. Qed.

(** ... and U_w that of sets of [w] uncovered symbols (docs/proofs/spanning.md, Theorem 1). *)
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

(** (a) A_0 = U_0 = 1, A_1 = U_1 = E|W|, the mean number of uncovered symbols, and A_w >= U_w (docs/proofs/spanning.md,
    Theorem 1). *)
Theorem first_moments (U := mean (fun C => #|uncovered d n C|%:R)) :
  [/\ even_moment 0 = 1, avoid_moment 0 = 1, even_moment 1 = U, avoid_moment 1 = U &
    forall w, avoid_moment w <= even_moment w].
Proof.
have U1 : avoid_moment 1 = U.
  by rewrite -expected_uncovered; congr (_ / _); apply: eq_bigr => C _; rewrite bin1.
split=> [||||w]; rewrite ?even_moment0 ?avoid_moment0 ?moments1 //.
by case/andP: (avoid_even_moment w).
Qed.

(** The uniform law on all codes, with the rows that are received. *)
Definition uniform C : rat := (N`! ^ m)%:R^-1.

Lemma uniform_ge0 C : 0 <= uniform C.
Proof. by rewrite invr_ge0 ler0n. Qed.

Lemma mean_uniform f : mean f = RandomRows.mean uniform f.
Proof. by rewrite /mean mulr_suml; apply: eq_bigr => C _; rewrite mulrC. Qed.

Lemma Pr_uniform (T : pred coding) : Pr T = RandomRows.Pr uniform T.
Proof. by rewrite Pr_mean mean_uniform. Qed.

Lemma uniform_total : \sum_C uniform C = 1.
Proof. by rewrite -[RHS](mean_const N) mean_uniform; apply: eq_bigr => C _; rewrite mulr1. Qed.

Lemma unmet_uncovered C : unmet m (rows C) = uncovered d n C.
Proof.
apply/setP => l; rewrite !inE; apply/allP/idP => [out|/missedP ms r rin].
  by apply/missedP => // r l' rin /set1P ->; apply: out.
by apply: (ms d_gt0 r l rin); rewrite set11.
Qed.

Lemma even_law w : expected_even_sets m uniform (fun C => rows C) w = even_moment w.
Proof. by rewrite -expected_even mean_uniform. Qed.

Lemma unmet_law w : expected_unmet_sets m uniform (fun C => rows C) w = avoid_moment w.
Proof. by rewrite -expected_uncovered mean_uniform; apply: eq_bigr => C _; rewrite unmet_uncovered. Qed.

(** (b) The probability that every symbol is covered and the rank modulo 2 is below m is at most X
    (docs/proofs/spanning.md, Theorem 1). *)
Theorem covered_low_rank :
  Pr (fun C => covered m (rows C) && (\rank (incidence 'F_2 m (rows C)) < m)%N) <=
  \sum_(2 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
rewrite Pr_uniform; under eq_bigr => w _ do rewrite -even_law -unmet_law.
by apply: Pr_excess => C; [apply: uniform_ge0 | apply: low_rank_excess].
Qed.

(** (b) So P(rank over Q < m) <= P(rank modulo 2 < m) <= P(some symbol is uncovered) + X (docs/proofs/spanning.md,
    Theorem 1).
    *)
Corollary low_rank :
  Pr (fun C => (\rank (incidence rat m (rows C)) < m)%N) <= Pr (fun C => (\rank (incidence 'F_2 m (rows C)) < m)%N) /\
  Pr (fun C => (\rank (incidence 'F_2 m (rows C)) < m)%N) <=
    Pr (fun C => ~~ covered m (rows C)) + \sum_(2 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
rewrite !Pr_uniform; under eq_bigr => w _ do rewrite -even_law -unmet_law.
exact: Pr_low_rank uniform_ge0.
Qed.

(** (b') The probability that every symbol is covered and the sum is not recovered over Q is at most Xi'
    (docs/proofs/spanning.md, Theorem 1). *)
Theorem covered_unrecovered :
  Pr (fun C => covered m (rows C) && ~~ recovers rat m (rows C)) <=
  \sum_(3 <= w < m.+1) (even_moment w - avoid_moment w).
Proof.
rewrite Pr_uniform; under eq_bigr => w _ do rewrite -even_law -unmet_law.
by apply: Pr_excess => C; [apply: uniform_ge0 | apply: unrecovered_excess].
Qed.

(** So the law of coverage holds the law of recovery from both sides (docs/proofs/spanning.md, Theorem 1). *)
Corollary recovery_bounds :
  Pr (fun C => covered m (rows C)) - \sum_(3 <= w < m.+1) (even_moment w - avoid_moment w) <=
    Pr (fun C => recovers rat m (rows C)) <= Pr (fun C => covered m (rows C)).
Proof.
rewrite !Pr_uniform; under eq_bigr => w _ do rewrite -even_law -unmet_law.
exact: Pr_bounds uniform_ge0.
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

(** (c) As (b), with any finite field F in place of GF(2) (docs/proofs/spanning.md, Theorem 1). *)
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

(** (c) Every symbol is covered, and the sum is not recovered over F (docs/proofs/spanning.md, Theorem 1). *)
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

(** (c) Every symbol is covered, and the sum is not recovered over Q, by kernel vectors over F with three entries other
    than 0 (docs/proofs/spanning.md, Theorem 1). *)
Theorem covered_unrecovered_rational :
  Pr (fun C => covered m (rows C) && ~~ recovers rat m (rows C)) <=
  (\sum_(x | (2 < #|support x|)%N && (support x \subset silent N n))
    (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / q.-1%:R.
Proof.
apply: kernel_moment => // [a x a0|x|C /andP[cov /negP nrec]]; first by rewrite support_scale.
  by apply: contraTneq => ->; rewrite (_ : support 0 = set0) ?cards0 //; apply/setP => j; rewrite !inE mxE eqxx.
have [x x3 Kx] := kernel_of_not_recovered F cov nrec; exists x => //; rewrite /in_kernel Kx eqxx /=.
move: cov; rewrite uncovered_covered // => /eqP ->; rewrite subset0 -card_gt0.
exact: leq_trans x3.
Qed.

(** (c) So P(rank over Q < m) <= P(rank over F < m) <= P(some symbol is uncovered) + Xi_q (docs/proofs/spanning.md,
    Theorem 1).
    *)
Corollary low_rank_field :
  Pr (fun C => (\rank (incidence rat m (rows C)) < m)%N) <= Pr (fun C => (\rank (incidence F m (rows C)) < m)%N) /\
  Pr (fun C => (\rank (incidence F m (rows C)) < m)%N) <= Pr (fun C => ~~ covered m (rows C)) +
    (\sum_(x : 'cV[F]_m | (x != 0) && (support x \subset silent N n))
      (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / q.-1%:R.
Proof.
split.
  by rewrite !Pr_uniform; apply: RandomRows.Pr_le => [|C]; [apply: uniform_ge0 | apply/leq_ltn_trans/rank_rows_le].
apply: le_trans (lerD (lexx _) covered_low_rank_field); rewrite !Pr_uniform.
apply: le_trans (RandomRows.Pr_or uniform_ge0 _ _); apply: RandomRows.Pr_le => [|C ->]; first exact: uniform_ge0.
by rewrite andbT orNb.
Qed.
End Field.
Arguments in_kernel {F} C x.

(** Xi is Xi_2, by the even sets' indicators (docs/proofs/spanning.md, Theorem 1). *)
Theorem excess_two :
  \sum_(2 <= w < m.+1) (even_moment w - avoid_moment w) =
  (\sum_(x : 'cV['F_2]_m | (x != 0) && (support x \subset silent N n))
    (Pr (in_kernel^~ x) - Pr (fun C => support x \subset uncovered d n C))) / #|'F_2|.-1%:R.
Proof.
pose g w := \prod_(j : 'I_m | (0 < n j)%N) even_share N d (n j).-1 w -
  \prod_(j : 'I_m | (0 < n j)%N) avoid_share N d (n j).-1 w.
have sI A : support (indicator A) = A.
  by apply/setP => j; rewrite !inE mxE; case: (j \in A); rewrite ?eqxx ?oner_eq0.
have nz A : (indicator A != 0) = (A != set0).
  congr negb; apply/eqP/eqP => [e|->]; last by apply/matrixP => i j; rewrite !mxE inE.
  by rewrite -[A]sI e; apply/setP => j; rewrite !inE mxE eqxx.
rewrite card_Fp //= divr1 (reindex (@indicator m)); last first.
  by exists (@support 'F_2) => [A _|x _]; [apply: sI | apply/esym/indicator_support].
rewrite [RHS](eq_big (fun A : {set 'I_m} => (A != set0) && (A \subset silent N n)) (fun A => g #|A|)).
- have g0 : g 0 = 0 by rewrite /g !big1 ?subrr // => j _; rewrite ?even_share0 ?avoid_share0.
  transitivity (\sum_(0 <= w < m.+1) (even_moment w - avoid_moment w)).
    by rewrite [RHS]big_ltn // [X in _ = _ + X]big_ltn // even_moment0 avoid_moment0 moments1 !subrr !add0r.
  transitivity (\sum_(A : {set 'I_m} | A \subset silent N n) g #|A|); last first.
    by rewrite (bigD1 set0) ?sub0set //= cards0 g0 add0r; apply: eq_bigl => A; rewrite andbC.
  rewrite big_mkord [RHS](partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=.
  apply: eq_bigr => w _; rewrite /even_moment /avoid_moment /moment -mulrBr mulr_natl -cards_draws -sumr_const.
  by apply: eq_big => [A|A]; rewrite inE ?inord_eq // => /andP[_ /eqP ->].
- by move=> A; rewrite nz sI.
move=> A /andP[_]; rewrite sI => AZ; rewrite /g -(Pr_even d_gt0 AZ) -(Pr_missed d_gt0 AZ).
rewrite /Pr; congr (_%:R / _ - _%:R / _); apply: eq_card => C; rewrite !inE ?missed_uncovered //.
by rewrite /in_kernel even_evenset even_setE.
Qed.

(** How many rows there are. *)
Definition row_count : nat := \sum_(j < m) minn (n j) (blocks m d).+1.

Lemma size_received C : size (rows C) = row_count.
Proof.
rewrite /row_count /received /reception size_flatten /shape -map_comp sumnE big_map.
rewrite -(big_mkord xpredT (fun j => minn (n j) (blocks m d).+1)).
by rewrite /index_iota subn0; apply: eq_bigr => j _; rewrite /= size_take_min size_sent.
Qed.

(** (d') The probability that the sum is recovered over Q, by kernel vectors of sum 0 over any field of q elements
    (docs/proofs/spanning.md, Theorem 1). *)
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

(** (d') The same by the even sets of even size, P(recovered) <= 2^(n - m + 1) (A_0 + A_2 + A_4 + ...) - 1
    (docs/proofs/spanning.md, Theorem 1). *)
Theorem recovered_even :
  Pr (fun C => recovers rat m (rows C)) <=
  2%:R ^+ row_count.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_moment w) - 1.
Proof.
rewrite Pr_uniform; under eq_bigr => w _ do rewrite -even_law.
by apply: Pr_recovers => [C||C]; [apply: uniform_ge0 | apply: uniform_total | apply: size_received].
Qed.

(** (d) The same where there are fewer rows than symbols, the uncovered sets taken off (docs/proofs/spanning.md, Theorem
    1). *)
Theorem recovered_short (D := (m - row_count)%N) : (row_count < m)%N ->
  Pr (fun C => recovers rat m (rows C)) <=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (even_moment w - avoid_moment w) -
    \sum_(i < m.+1) Pr (fun C => #|uncovered d n C| == i) * (2 ^ D.-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ D.-1.
Proof.
have un i : Pr (fun C => #|uncovered d n C| == i) = RandomRows.Pr uniform (fun C => #|unmet m (rows C)| == i).
  by rewrite Pr_uniform; apply: eq_bigr => C _; rewrite unmet_uncovered.
move=> short; rewrite Pr_uniform; under eq_bigr => w _ do rewrite -even_law -unmet_law.
under [X in _ - X]eq_bigr => i _ do rewrite un.
by apply: Pr_recovers_short => // [C|C]; [apply: uniform_ge0 | apply: size_received].
Qed.
End FirstMoment.
