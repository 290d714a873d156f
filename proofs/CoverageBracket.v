(** How often all symbols are covered, by the mean number of uncovered ones (docs/proofs/spanning.md, Lemma 0). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup finalg.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery EvenSets RandomRows Codes FirstMoment.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Cantelli's inequality for a number W with E(W^2) <= E W + (E W)^2. *)
Lemma second_moment (R : realFieldType) (Omega : finType) (p : Omega -> R) (W : Omega -> nat) (u : R) :
  (forall e, 0 <= p e) -> \sum_e p e = 1 -> \sum_e p e * (W e)%:R = u -> \sum_e p e * (W e)%:R ^+ 2 <= u + u ^+ 2 ->
  \sum_e p e * (W e == 0%N)%:R <= (1 + u)^-1.
Proof.
move=> p0 total mean1 mean2; have u0 : 0 <= u by rewrite -mean1; apply: sumr_ge0 => e _; rewrite mulr_ge0 ?ler0n.
have u1 : 0 < 1 + u by rewrite ltr_pwDl.
rewrite -[leRHS]mul1r ler_pdivlMr //.
have pt e : (W e == 0%N)%:R * (1 + u) ^+ 2 <= ((1 + u) - (W e)%:R) ^+ 2 :> R.
  by case: eqP => [->|_]; rewrite ?mul0r ?sqr_ge0 // subr0 mul1r.
have : \sum_e p e * ((W e == 0%N)%:R * (1 + u) ^+ 2) <= 1 + u.
  apply: le_trans (_ : \sum_e p e * ((1 + u) - (W e)%:R) ^+ 2 <= _); first by apply: ler_sum => e _; rewrite ler_wpM2l.
  rewrite (eq_bigr (fun e => (1 + u) ^+ 2 * p e - 2%:R * (1 + u) * (p e * (W e)%:R) + p e * (W e)%:R ^+ 2)) => [|e _].
    rewrite big_split sumrB -!mulr_sumr total mean1 /=.
    apply: le_trans (_ : (1 + u) ^+ 2 * 1 - 2%:R * (1 + u) * u + (u + u ^+ 2) <= _); first by rewrite lerD2l.
    rewrite le_eqVlt; apply/orP; left; apply/eqP; set c := 1 + u.
    have -> : u + u ^+ 2 = c * u by rewrite expr2 -{1}[u]mul1r -mulrDl.
    rewrite mulr1 -[2%:R * c * u]mulrA mulr_natl mulr2n opprD addrA subrK expr2 -mulrBr /c addrK.
    by rewrite mulr1.
  rewrite sqrrB mulrDr mulrBr [p e * (1 + u) ^+ 2]mulrC; congr (_ - _ + _).
  by rewrite -mulr_natl mulrCA -[RHS]mulrA; congr (_ * _); rewrite mulrCA.
rewrite (eq_bigr (fun e => (p e * (W e == 0%N)%:R) * (1 + u) ^+ 2)) => [|e _]; last by rewrite mulrA.
by rewrite -mulr_suml expr2 mulrA -[leRHS]mul1r ler_pM2r.
Qed.

Lemma square_pairs k : (k ^ 2 = k + 2 * 'C(k, 2))%N.
Proof.
elim: k => // k IH; rewrite binS bin1 -addn1 sqrnD IH muln1 exp1n.
by move: 'C(k, 2) => c; lia.
Qed.

Section Bracket.
Variables (N d : nat) (n : nat -> nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation m := N.+1.
Notation rows C := (received d n C).
Notation U := (@avoid_moment N d n 1).

Lemma avoid_share_pair b : avoid_share N d b 2 <= avoid_share N d b 1 ^+ 2.
Proof.
rewrite /avoid_share !bin1; set x := (N - d * b)%N; have xN : (x <= N)%N by apply: leq_subr.
have [c0|c0] := posnP 'C(N, 2); first by rewrite c0 invr0 mulr0 sqr_ge0.
have N0 : (0 < N)%N by move: c0; case: (N).
rewrite expr_div_n ler_pdivrMr ?ltr0n // mulrAC ler_pdivlMr ?exprn_gt0 ?ltr0n // -!natrX -!natrM ler_nat.
rewrite -(leq_pmul2l (isT : 0 < 2)%N) mulnA [X in (_ <= X)%N]mulnCA.
have ex := square_pairs x; have eN := square_pairs N.
rewrite -(leq_add2r (x * N ^ 2)) -mulnDl [(2 * _ + x)%N]addnC -ex.
apply: (@leq_trans (x ^ 2 * (2 * 'C(N, 2)) + x ^ 2 * N)%N); last first.
  by rewrite leq_add2l expnS expn1 -mulnA leq_mul2l [(x * N)%N]mulnC expnS expn1 leq_mul2l xN !orbT.
by rewrite -mulnDr [(2 * _ + N)%N]addnC -eN.
Qed.

Lemma avoid_pair : 2%:R * @avoid_moment N d n 2 <= U ^+ 2.
Proof.
rewrite /avoid_moment /moment mulrA exprMn; set z := #|_|; apply: ler_pM.
- by rewrite mulr_ge0 ?ler0n.
- by apply: prodr_ge0 => j _; rewrite /avoid_share divr_ge0 ?ler0n.
- by rewrite bin1 -natrX -natrM ler_nat [leqRHS]square_pairs leq_addl.
rewrite -prodrXl; apply: ler_prod => j _; rewrite avoid_share_pair andbT.
by rewrite /avoid_share divr_ge0 ?ler0n.
Qed.

(** 1 - U <= P(every symbol is covered) <= 1/(1 + U), given the counts (docs/proofs/spanning.md, Lemma 0). *)
Theorem coverage_bracket : 1 - U <= @Pr N (fun C => covered m (rows C)) <= (1 + U)^-1.
Proof.
have PrE (T : pred {ffun 'I_m -> 'S_N}) : @Pr N T = \sum_C uniform C * (T C)%:R.
  by rewrite Pr_uniform /RandomRows.Pr big_mkcond; apply: eq_bigr => C _; case: (T C); rewrite ?mulr1 ?mulr0.
have U1 : \sum_(C : {ffun 'I_m -> 'S_N}) uniform C * (#|uncovered d n C|)%:R = U.
  by rewrite -expected_uncovered // mean_uniform /RandomRows.mean; apply: eq_bigr => C _; rewrite bin1.
rewrite PrE; apply/andP; split; last first.
  rewrite (eq_bigr (fun C : {ffun 'I_m -> 'S_N} => uniform C * (#|uncovered d n C| == 0%N)%:R)) => [|C _]; last first.
    by rewrite uncovered_covered // cards_eq0.
  apply: (@second_moment _ _ (@uniform N) (fun C => #|uncovered d n C|) U);
    [exact: uniform_ge0 | exact: uniform_total | exact: U1 |].
  have -> : \sum_(C : {ffun 'I_m -> 'S_N}) uniform C * (#|uncovered d n C|)%:R ^+ 2 = U + 2%:R * @avoid_moment N d n 2.
    rewrite -U1 -(expected_uncovered N n d_gt0 2) mean_uniform /RandomRows.mean mulr_sumr -big_split /=.
    apply: eq_bigr => C _; rewrite [2%:R * _]mulrCA -mulrDr; congr (_ * _).
    by rewrite -natrX -natrM -natrD square_pairs.
  by rewrite lerD2l avoid_pair.
rewrite -U1 -[X in X - _](uniform_total N) -sumrB; apply: ler_sum => C _.
rewrite -[X in X - _]mulr1 -mulrBr ler_wpM2l ?uniform_ge0 // uncovered_covered // -cards_eq0.
by case: #|_| => [|k]; rewrite ?subr0 //= subr_le0 ler1n.
Qed.
End Bracket.
