(** How many characters of a type have small energies (docs/proofs/spanning.md, Lemma 3). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import RowTypes TypeBounds Sumsets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section SmallEnergies.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variable rho : 'F_p -> C.
Hypotheses (rho_ge0 : forall u, 0 <= rho u) (rho_sum : \sum_u rho u = 1).
Variable d : nat.
Notation E := (energy w rho d).
Implicit Types t : C.

(** The set S_t of the a with E_a <= t, and gamma(t), how many of them are not 0. *)
Definition low t : {set 'F_p} := [set a | E a <= t].
Definition gamma t : nat := #|[set a : 'F_p | (a != 0) && (E a <= t)]|.

Lemma energy_ge0 a : 0 <= E a.
Proof. by rewrite mulr_ge0 ?divr_ge0 // subr_ge0 fourier_square_le1. Qed.

Lemma energy0 : E 0 = 0.
Proof. by rewrite /energy fourier0 // normr1 expr1n subrr mulr0. Qed.

Lemma card_low t : 0 <= t -> #|low t| = (gamma t).+1.
Proof.
move=> t0; rewrite (cardsD1 (0 : 'F_p)) inE energy0 t0; congr _.+1; apply: eq_card => a.
by rewrite !inE.
Qed.

Variable v : 'F_p.
Hypothesis v_most : forall u, rho u <= rho v.
Notation q := (1 - rho v).

(** (f) If k >= 1 and k^2 t < dq/2, gamma(k^2 t) >= k gamma(t) (docs/proofs/spanning.md, Lemma 3). *)
Theorem gamma_grows t k : (0 < k)%N -> k%:R ^+ 2 * t < d%:R * q / 2%:R -> (k * gamma t <= gamma (k%:R ^+ 2 * t))%N.
Proof.
move=> k0 small; have [->|g0] := posnP (gamma t); first by rewrite muln0.
have t0 : 0 <= t.
  by move: g0; rewrite card_gt0 => /set0Pn[a]; rewrite !inE => /andP[_]; apply: le_trans (energy_ge0 a).
have T0 : 0 <= k%:R ^+ 2 * t by rewrite mulr_ge0 ?exprn_ge0.
have [triangle mean] := energy_bounds p_prime w_root rho_ge0 rho_sum v_most d.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have sub : sums k (low t) \subset low (k%:R ^+ 2 * t).
  apply/subsetP => _ /sumsP[a aS ->]; rewrite inE; apply: le_trans (triangle k a) _.
  rewrite expr2 -mulrA ler_wpM2l //; apply: le_trans (_ : \sum_(i < k) t <= _); last first.
    by rewrite sumr_const card_ord mulr_natl.
  by apply: ler_sum => i _; have := aS i; rewrite inE.
have proper : (#|low (k%:R ^+ 2 * t)| < p)%N.
  rewrite -[X in (_ < X)%N](card_Fp p_prime) -cardsT; apply: proper_card; rewrite properT; apply/eqP => all.
  have : (\sum_(a : 'F_p) E a) / p%:R <= k%:R ^+ 2 * t.
    rewrite ler_pdivrMr //; apply: le_trans (_ : \sum_(a : 'F_p) k%:R ^+ 2 * t <= _).
      by apply: ler_sum => a _; have := in_setT a; rewrite -all inE.
    by rewrite sumr_const card_Fp // mulr_natr.
  by move=> le; have := lt_le_trans small (le_trans mean le); rewrite ltxx.
have S0 : low t != set0 by rewrite -card_gt0 card_low.
have := leq_trans (card_sums p_prime k S0) (subset_leq_card sub); rewrite geq_min leqNgt proper /=.
by rewrite !card_low.
Qed.
End SmallEnergies.
