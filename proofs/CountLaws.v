(** Theorem 1 for random counts (docs/proofs/spanning.md, Corollary 1.3): any law of the workers' numbers of rows on
    finitely many outcomes, with probabilities of any ordered field, that does not look at the orders of the blocks. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery Exactness EvenSets Parity RandomRows Codes CoverageLaw FirstMoment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Partial sums of inclusion and exclusion. *)
Lemma partial_signs v k : \sum_(w < k.+1) (-1) ^+ w * 'C(v.+1, w)%:R = (-1) ^+ k * 'C(v, k)%:R :> rat.
Proof.
elim: k => [|k IH]; first by rewrite big_ord_recl big_ord0 addr0 !bin0.
by rewrite big_ord_recr /= IH binS natrD mulrDr exprS !mulN1r !mulNr addrC -addrA addNr addr0.
Qed.

Lemma partial_none k : \sum_(w < k.+1) (-1) ^+ w * 'C(0, w)%:R = 1 :> rat.
Proof.
rewrite big_ord_recl bin0 mulr1 expr0 big1 ?addr0 // => w _.
by rewrite mulr0.
Qed.

Section CountLaws.
Variables (K : realFieldType) (N d r : nat) (Omega : finType) (weight : Omega -> K) (count : Omega -> nat -> nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation rows n C := (received d n C).
Hypotheses (d_gt0 : (0 < d)%N) (weight_ge0 : forall o, 0 <= weight o).
(** There are [r] rows. *)
Hypothesis count_rows : forall o, weight o != 0 -> row_count N d (count o) = r.
Implicit Types (n : nat -> nat) (C : coding) (f g : (nat -> nat) -> rat) (w : nat).

(** The mean of what is known given the counts; for an event, its probability together with that of [r] rows. *)
Definition over f : K := \sum_o weight o * ratr (f (count o)).
Definition even_over w : K := over (fun n => even_moment N d n w).
Definition avoid_over w : K := over (fun n => avoid_moment N d n w).
Definition covered_over : K := over (fun n => Pr (fun C : coding => covered m (rows n C))).
Definition recovered_over : K := over (fun n => Pr (fun C : coding => recovers rat m (rows n C))).
Definition uncovered_over (i : nat) : K := over (fun n => Pr (fun C : coding => #|uncovered d n C| == i)).
Definition rows_over : K := \sum_o weight o.

Lemma over_le f g : (forall n, row_count N d n = r -> f n <= g n) -> over f <= over g.
Proof.
move=> fg; apply: ler_sum => o _; have [->|w0] := eqVneq (weight o) 0; first by rewrite !mul0r.
by rewrite ler_wpM2l // ler_rat fg // count_rows.
Qed.

Lemma eq_over f g : f =1 g -> over f = over g.
Proof. by move=> fg; apply: eq_bigr => o _; rewrite fg. Qed.

Lemma over_sum (I : Type) (s : seq I) (P : pred I) (f : I -> (nat -> nat) -> rat) :
  over (fun n => \sum_(i <- s | P i) f i n) = \sum_(i <- s | P i) over (f i).
Proof. by rewrite /over exchange_big; apply: eq_bigr => o _; rewrite rmorph_sum mulr_sumr. Qed.

Lemma overD f g : over (fun n => f n + g n) = over f + over g.
Proof. by rewrite /over -big_split; apply: eq_bigr => o _; rewrite rmorphD mulrDr. Qed.

Lemma overB f g : over (fun n => f n - g n) = over f - over g.
Proof. by rewrite /over -sumrB; apply: eq_bigr => o _; rewrite rmorphB mulrBr. Qed.

Lemma overZ c f : over (fun n => c * f n) = ratr c * over f.
Proof. by rewrite /over mulr_sumr; apply: eq_bigr => o _; rewrite rmorphM mulrCA. Qed.

Lemma over1 : over (fun=> 1) = rows_over.
Proof. by apply: eq_bigr => o _; rewrite rmorph1 mulr1. Qed.

Lemma over_excess a b (P : pred nat) :
  \sum_(a <= w < b | P w) (even_over w - avoid_over w) =
  over (fun n => \sum_(a <= w < b | P w) (even_moment N d n w - avoid_moment N d n w)).
Proof. by rewrite over_sum; apply: eq_bigr => w _; rewrite overB. Qed.

(** A set of all symbols is even, or unmet, only if there are no rows. *)
Lemma excess_last n : even_moment N d n m = avoid_moment N d n m.
Proof.
rewrite /even_moment /avoid_moment /moment; have [zm|mz] := leqP m #|silent N n|; last by rewrite bin_small // !mul0r.
congr (_ * _); apply: eq_bigr => j; have : silent N n == setT by rewrite eqEcard subsetT cardsT card_ord zm.
by move=> /eqP/setP/(_ j); rewrite !inE => /eqP ->.
Qed.

Lemma excess_short a : \sum_(a <= w < m.+1) (even_over w - avoid_over w) = \sum_(a <= w < m) (even_over w - avoid_over w).
Proof.
have [am|ma] := leqP a m; last by rewrite !big_geq // ltnW.
rewrite big_nat_recr //= (_ : even_over m = avoid_over m) ?subrr ?addr0 //.
exact: eq_over excess_last.
Qed.

(** (a) *)
Lemma moments_over (U := over (fun n => Codes.mean (fun C : coding => #|uncovered d n C|%:R))) :
  [/\ even_over 0 = rows_over, avoid_over 0 = rows_over, even_over 1 = U, avoid_over 1 = U &
    forall w, avoid_over w <= even_over w].
Proof.
have fm n := @first_moments N d n d_gt0.
split=> [||||w]; rewrite -?over1; try by apply: eq_over => n; have [e0 a0 e1 a1 _] := fm n.
by apply: over_le => n _; have [_ _ _ _ le] := fm n.
Qed.

(** Coverage, and its bounds by partial sums. *)
Lemma covered_signed n :
  Pr (fun C : coding => covered m (rows n C)) = \sum_(w < m.+1) (-1) ^+ w * avoid_moment N d n w.
Proof.
rewrite coverage_signed //.
rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_m.+1) xpredT) //=; apply: eq_bigr => w _.
rewrite /avoid_moment moment_sets mulr_sumr; apply: eq_big => [A|A]; first by rewrite inord_eq.
by rewrite inord_eq => /eqP ->.
Qed.

Lemma covered_law_over : covered_over = \sum_(w < m.+1) (-1) ^+ w * avoid_over w.
Proof.
rewrite /covered_over (eq_over covered_signed) over_sum; apply: eq_bigr => w _.
by rewrite overZ rmorph_sign.
Qed.

Lemma covered_partial n k : 0 <= (-1) ^+ k * (\sum_(w < k.+1) (-1) ^+ w * avoid_moment N d n w -
  Pr (fun C : coding => covered m (rows n C))).
Proof.
have -> : \sum_(w < k.+1) (-1) ^+ w * avoid_moment N d n w - Pr (fun C : coding => covered m (rows n C)) =
    Codes.mean (fun C : coding => \sum_(w < k.+1) (-1) ^+ w * 'C(#|uncovered d n C|, w)%:R -
      (covered m (rows n C))%:R).
  rewrite Pr_mean; under eq_bigr => w _ do rewrite -expected_uncovered // -Codes.meanZ.
  rewrite -Codes.mean_sum -[X in _ + X]mulN1r -Codes.meanZ -Codes.meanD; congr (_ / _).
  by apply: eq_bigr => C _; rewrite mulN1r.
rewrite -Codes.meanZ -[X in X <= _](mean_const N 0); apply: Codes.mean_le => C.
rewrite uncovered_covered // -cards_eq0; case: #|uncovered d n C| => [|v].
  by rewrite partial_none subrr mulr0.
by rewrite partial_signs subr0 mulrA -exprD addnn -muln2 mulnC exprM sqrrN !expr1n mul1r ler0n.
Qed.

Lemma partial_over k : 0 <= (-1) ^+ k * (\sum_(w < k.+1) (-1) ^+ w * avoid_over w - covered_over).
Proof.
have -> : \sum_(w < k.+1) (-1) ^+ w * avoid_over w = over (fun n => \sum_(w < k.+1) (-1) ^+ w * avoid_moment N d n w).
  by rewrite over_sum; apply: eq_bigr => w _; rewrite overZ rmorph_sign.
rewrite -overB -[(-1) ^+ k](@rmorph_sign _ _ (ratr : rat -> K)) -overZ.
by rewrite /over; apply: sumr_ge0 => o _; rewrite mulr_ge0 // ler0q covered_partial.
Qed.

(** (b) *)
Lemma low_rank_over :
  over (fun n => Pr (fun C : coding => covered m (rows n C) && (\rank (incidence 'F_2 m (rows n C)) < m)%N)) <=
    \sum_(2 <= w < m.+1) (even_over w - avoid_over w).
Proof. by rewrite over_excess; apply: over_le => n _; apply: covered_low_rank. Qed.

Lemma rank_over :
  over (fun n => Pr (fun C : coding => (\rank (incidence rat m (rows n C)) < m)%N)) <=
    over (fun n => Pr (fun C : coding => (\rank (incidence 'F_2 m (rows n C)) < m)%N)) /\
  over (fun n => Pr (fun C : coding => (\rank (incidence 'F_2 m (rows n C)) < m)%N)) <=
    over (fun n => Pr (fun C : coding => ~~ covered m (rows n C))) + \sum_(2 <= w < m.+1) (even_over w - avoid_over w).
Proof.
split; first by apply: over_le => n _; have [] := @low_rank N d n d_gt0.
by rewrite over_excess -overD; apply: over_le => n _; have [] := @low_rank N d n d_gt0.
Qed.

(** (b'), and coverage and recovery *)
Lemma unrecovered_over :
  over (fun n => Pr (fun C : coding => covered m (rows n C) && ~~ recovers rat m (rows n C))) <=
    \sum_(3 <= w < m.+1) (even_over w - avoid_over w).
Proof. by rewrite over_excess; apply: over_le => n _; apply: covered_unrecovered. Qed.

Lemma bounds_over :
  covered_over - \sum_(3 <= w < m.+1) (even_over w - avoid_over w) <= recovered_over <= covered_over.
Proof.
rewrite over_excess -overB; apply/andP.
by split; apply: over_le => n _; have /andP[] := recovery_bounds N n d_gt0.
Qed.

(** (d') *)
Lemma even_bound_over :
  recovered_over <= 2%:R ^+ r.+1 / 2%:R ^+ m * (\sum_(0 <= w < m.+1 | ~~ odd w) even_over w) - rows_over.
Proof.
rewrite -over1 -over_sum; have -> : 2%:R ^+ r.+1 / 2%:R ^+ m = ratr (2%:R ^+ r.+1 / 2%:R ^+ m) :> K.
  by rewrite fmorph_div !rmorphXn /= !ratr_nat.
by rewrite -overZ -overB; apply: over_le => n <-; apply: recovered_even.
Qed.

(** (d) *)
Lemma short_over (D := (m - r)%N) : (r < m)%N -> recovered_over <=
  (\sum_(2 <= w < m.+1 | ~~ odd w) (even_over w - avoid_over w) -
    \sum_(i < m.+1) uncovered_over i * (2 ^ D.-1 - 2 ^ i.-1)%N%:R) / 2%:R ^+ D.-1.
Proof.
move=> short; rewrite over_excess.
have -> : \sum_(i < m.+1) uncovered_over i * (2 ^ D.-1 - 2 ^ i.-1)%N%:R =
    over (fun n => \sum_(i < m.+1) (2 ^ D.-1 - 2 ^ i.-1)%N%:R * Pr (fun C : coding => #|uncovered d n C| == i)).
  by rewrite over_sum; apply: eq_bigr => i _; rewrite overZ ratr_nat mulrC.
rewrite -overB mulrC; have -> : (2%:R ^+ D.-1)^-1 = ratr (2%:R ^+ D.-1)^-1 :> K by rewrite fmorphV rmorphXn /= ratr_nat.
rewrite -overZ; apply: over_le => n nr; have := @recovered_short N d n d_gt0; rewrite nr => /(_ short) /le_trans; apply.
rewrite [leLHS]mulrC le_eqVlt; apply/orP; left; apply/eqP; congr (_ * (_ - _)).
by apply: eq_bigr => i _; rewrite mulrC.
Qed.

(** (c) and (d') over a finite field [F] of q elements. *)
Section Field.
Variable F : finFieldType.
Notation q := #|F|.
Implicit Type x : 'cV[F]_m.

Definition kernel_over x : K := over (fun n => Pr (fun C : coding => incidence F m (rows n C) *m x == 0)).
Definition unmet_over x : K := over (fun n => Pr (fun C : coding => support x \subset uncovered d n C)).

Lemma gain_silent n (P : pred 'cV[F]_m) :
  \sum_(x | P x) (Pr (fun C : coding => in_kernel d n C x) - Pr (fun C : coding => support x \subset uncovered d n C)) =
  \sum_(x | P x && (support x \subset silent N n)) (Pr (fun C : coding => in_kernel d n C x) -
    Pr (fun C : coding => support x \subset uncovered d n C)).
Proof.
rewrite [RHS]big_mkcondr; apply: eq_bigr => x _; case: (boolP (support x \subset _)) => // /negP nZ.
rewrite !Pr_mean -[RHS](subrr (Codes.mean (fun C : coding => 0))); congr (_ / _ - _ / _); apply: eq_bigr => C _.
  by case: (boolP (in_kernel _ _ _ _)) => // /(kernel_silent d_gt0).
by case: (boolP (_ \subset _)) => // /subset_trans/(_ (uncovered_silent n d_gt0 C)).
Qed.

Lemma gain_over (P : pred 'cV[F]_m) : (\sum_(x | P x) (kernel_over x - unmet_over x)) / q.-1%:R =
  over (fun n => (\sum_(x | P x && (support x \subset silent N n)) (Pr (fun C : coding => in_kernel d n C x) -
    Pr (fun C : coding => support x \subset uncovered d n C))) / q.-1%:R).
Proof.
under [RHS]eq_over => n do rewrite -gain_silent mulrC.
rewrite overZ fmorphV /= ratr_nat mulrC over_sum; congr (_ * _); apply: eq_bigr => x _; exact/esym/overB.
Qed.

Lemma low_rank_field_over :
  over (fun n => Pr (fun C : coding => covered m (rows n C) && (\rank (incidence F m (rows n C)) < m)%N)) <=
    (\sum_(x | x != 0) (kernel_over x - unmet_over x)) / q.-1%:R.
Proof. by rewrite gain_over; apply: over_le => n _; apply: covered_low_rank_field. Qed.

Lemma rank_field_over :
  over (fun n => Pr (fun C : coding => (\rank (incidence rat m (rows n C)) < m)%N)) <=
    over (fun n => Pr (fun C : coding => (\rank (incidence F m (rows n C)) < m)%N)) /\
  over (fun n => Pr (fun C : coding => (\rank (incidence F m (rows n C)) < m)%N)) <=
    over (fun n => Pr (fun C : coding => ~~ covered m (rows n C))) +
    (\sum_(x | x != 0) (kernel_over x - unmet_over x)) / q.-1%:R.
Proof.
rewrite gain_over -overD; split; apply: over_le => n _; have [le1 le2] := low_rank_field N n d_gt0 F; first exact: le1.
exact: le2.
Qed.

Lemma unrecovered_field_over :
  over (fun n => Pr (fun C : coding => covered m (rows n C) && ~~ recovers F m (rows n C))) <=
    (\sum_(x | total x != 0) (kernel_over x - unmet_over x)) / q.-1%:R.
Proof. by rewrite gain_over; apply: over_le => n _; apply: covered_unrecovered_field. Qed.

Lemma unrecovered_rational_over :
  over (fun n => Pr (fun C : coding => covered m (rows n C) && ~~ recovers rat m (rows n C))) <=
    (\sum_(x | (2 < #|support x|)%N) (kernel_over x - unmet_over x)) / q.-1%:R.
Proof. by rewrite gain_over; apply: over_le => n _; apply: covered_unrecovered_rational. Qed.

Lemma recovered_field_over : recovered_over <=
  (q%:R ^+ r.+1 / q%:R ^+ m * (\sum_(x | total x == 0) kernel_over x) - rows_over) / q.-1%:R.
Proof.
have -> : q%:R ^+ r.+1 / q%:R ^+ m = ratr (q%:R ^+ r.+1 / q%:R ^+ m) :> K by rewrite fmorph_div !rmorphXn /= !ratr_nat.
rewrite -over1 -over_sum -overZ -overB mulrC.
have -> : q.-1%:R^-1 = ratr q.-1%:R^-1 :> K by rewrite fmorphV /= ratr_nat.
rewrite -overZ; apply: over_le => n <-; apply: le_trans (recovered_field N n d_gt0 F) _.
rewrite [leLHS]mulrC ler_wpM2l ?invr_ge0 ?ler0n // lerD2r ler_wpM2l ?divr_ge0 ?exprn_ge0 ?ler0n //.
rewrite [leRHS](bigID (fun x => support x \subset silent N n)) /= lerDl; apply: sumr_ge0 => x _.
by rewrite /Pr divr_ge0 ?ler0n.
Qed.
End Field.

(** Xi = Xi_2. *)
Lemma excess_two_over : \sum_(2 <= w < m.+1) (even_over w - avoid_over w) =
  (\sum_(x : 'cV['F_2]_m | x != 0) (kernel_over x - unmet_over x)) / #|'F_2|.-1%:R.
Proof. by rewrite gain_over over_excess; apply: eq_over => n; apply: excess_two. Qed.
End CountLaws.
