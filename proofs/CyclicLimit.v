(** How fast the exponent of cyclic order grows (docs/proofs/floor.md, Lemma 3). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Exponent.
Variables (R : realFieldType) (phi : R -> R) (tau : R).
Hypotheses (tau_gt0 : 0 < tau) (phi_mono : {homo phi : x y / x <= y}) (phi_neg : forall u, u < 0 -> phi u = 0).
Hypothesis phi_ge0 : forall u, 0 <= phi u.

(** M(t) = sum_{k >= 1} phi(t - k tau), Theta and h on the page; terms with k tau > t are 0, so that N terms are enough if
    t < N tau. *)
Definition M (N : nat) (t : R) : R := \sum_(1 <= k < N.+1) phi (t - tau * k%:R).

(** M(t + i tau) >= M(t) (1 + i tau / t) (docs/proofs/floor.md, Lemma 3). *)
Theorem exponent_grows N i t : 0 < t -> t < tau * N%:R -> M N t * (1 + tau * i%:R / t) <= M (N + i) (t + tau * i%:R).
Proof.
move=> t0 tN; have shift : M (N + i) (t + tau * i%:R) = \sum_(0 <= a < i) phi (t + tau * a%:R) + M N t.
  rewrite /M (big_cat_nat _ (n := i.+1)) //=; last by rewrite ltnS leq_addl.
  congr (_ + _).
    rewrite big_nat_rev big_add1 /=; apply: eq_big_nat => k /andP[_ ki]; congr phi.
    by rewrite add1n !subSS -addrA -mulrBr -natrB ?leq_subr // subKn // ltnW.
  rewrite -[i.+1]/(1 + i)%N big_addn -addSn addnK; apply: eq_big_nat => k _; congr phi.
  by rewrite natrD mulrDr opprD addrACA subrr addr0.
have first : phi t * i%:R <= \sum_(0 <= a < i) phi (t + tau * a%:R).
  rewrite -[X in X <= _](_ : \sum_(0 <= a < i) phi t = _); last by rewrite sumr_const_nat subn0 mulr_natr.
  by apply: ler_sum => a _; apply: phi_mono; rewrite lerDl mulr_ge0 ?ler0n // ltW.
have few : M N t * tau <= t * phi t.
  rewrite /M mulr_suml; have [phi0|phi1] := eqVneq (phi t) 0.
    rewrite phi0 mulr0 big1_seq ?lexx // => k _; apply/eqP; rewrite mulf_eq0 eq_le phi_ge0 andbT -phi0.
    by rewrite phi_mono // gerBl mulr_ge0 ?ler0n // ltW.
  have phi_gt0 : 0 < phi t by rewrite lt_def phi1 phi_ge0.
  apply: le_trans (_ : \sum_(1 <= k < N.+1 | tau * k%:R <= t) tau * phi t <= _).
    rewrite [leRHS]big_mkcond; apply: ler_sum => k _; have [le|lt] := lerP (tau * k%:R) t; last first.
      by rewrite phi_neg ?mul0r // subr_lt0.
    by rewrite mulrC ler_pM2l // phi_mono // gerBl mulr_ge0 ?ler0n // ltW.
  rewrite -mulr_suml ler_pM2r //.
  have cnt n : \sum_(1 <= k < n.+1 | tau * k%:R <= t) tau <= Num.max 0 t.
    suff : \sum_(1 <= k < n.+1 | tau * k%:R <= t) tau <= Num.min (tau * n%:R) (Num.max 0 t).
      by rewrite le_min => /andP[].
    elim: n => [|n IH]; first by rewrite big_geq // mulr0 le_min lexx le_max lexx.
    rewrite big_mkcond big_nat_recr //= -big_mkcond; have [le|lt] := lerP (tau * n.+1%:R) t.
      rewrite le_min; move: IH; rewrite le_min => /andP[IH _]; rewrite -natr1 mulrDr mulr1 lerD2r IH /=.
      by rewrite le_max (le_trans _ le) ?orbT // -natr1 mulrDr mulr1 lerD2r.
    rewrite addr0; apply: le_trans IH _; rewrite le_min ge_min ler_pM2l // ler_nat leqnSn /=.
    by rewrite ge_min lexx orbT.
  by have := cnt N; rewrite (max_idPr (ltW t0)).
rewrite shift mulrDr mulr1 addrC lerD2r; apply: le_trans first.
by rewrite mulrA ler_pdivrMr // mulrA [leRHS]mulrAC ler_wpM2r ?ler0n // [leRHS]mulrC.
Qed.
End Exponent.
