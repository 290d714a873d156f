(** The closed floor under every design (docs/proofs/floor.md, Theorem 1), and no order leaves fewer uncovered
    (docs/proofs/theory.md, 5.6): who reports which terms, given the place in each worker's order before which a term
    cannot be reported.  Laws on finitely many values, no roots or logarithms. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Streaming.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Shares.
Variables (R : realFieldType) (I : finType) (u : I -> R) (v : R).
Hypotheses (I_gt0 : (0 < #|I|)%N) (v_ge0 : 0 <= v) (le_prod : v ^+ #|I| <= \prod_i u i).

(** The mean of numbers in [0, oo) is at least the root of their product. *)
Lemma share_sum : (forall i, 0 <= u i) -> v * #|I|%:R <= \sum_i u i.
Proof.
move=> u0; have n0 : 0 < #|I|%:R :> R by rewrite ltr0n.
rewrite -ler_pdivlMr //; have mu0 : 0 <= (\sum_i u i) / #|I|%:R by rewrite divr_ge0 ?ler0n ?sumr_ge0.
rewrite -(ler_pXn2r I_gt0 (v_ge0 : v \in Num.nneg) (mu0 : _ \in Num.nneg)); apply: le_trans le_prod _.
exact: (leif_AGM (fun i _ => u0 i)).1.
Qed.

Lemma share_complement : (forall i, 0 <= u i <= 1) -> \prod_i (1 - u i) <= (1 - v) ^+ #|I|.
Proof.
move=> u01; have n0 : 0 < #|I|%:R :> R by rewrite ltr0n.
have c0 i : 0 <= 1 - u i by case/andP: (u01 i) => _; rewrite subr_ge0.
have sum_le : v * #|I|%:R <= \sum_i u i by apply: share_sum => i; case/andP: (u01 i).
apply: le_trans (leif_AGM (fun i _ => c0 i)).1 _.
have le : (\sum_i (1 - u i)) / #|I|%:R <= 1 - v.
  by rewrite ler_pdivrMr // sumrB sumr_const mulrBl mul1r lerD2l lerN2.
have s0 : 0 <= (\sum_i (1 - u i)) / #|I|%:R by rewrite divr_ge0 ?ler0n ?sumr_ge0.
by rewrite (ler_pXn2r I_gt0) // nnegrE (le_trans s0).
Qed.
End Shares.

(** Workers with independent delays [x j]; [reports j i t] says that worker [j], its delay being [t], has reported the
    term [i]. *)
Section Design.
Variables (R : realFieldType) (J T I : finType) (w : J -> T -> R).
Hypotheses (w_ge0 : forall j t, 0 <= w j t) (w_total : forall j, \sum_t w j t = 1).
Variable reports : J -> I -> pred T.
Notation point := {ffun J -> T}.
Notation Pr := (Pr w).
Notation mean := (mean w).
Implicit Types (x : point) (i : I) (j : J).

Definition missing j i : R := \sum_t w j t * (~~ reports j i t)%:R.
Definition reported i x : bool := [exists j, reports j i (x j)].
Definition unreported x : {set I} := [set i | ~~ reported i x].

Lemma missing01 j i : 0 <= missing j i <= 1.
Proof.
rewrite sumr_ge0 /= => [|t _]; last by rewrite mulr_ge0 ?ler0n.
by rewrite -(w_total j); apply: ler_sum => t _; rewrite ler_piMr // lern1 leq_b1.
Qed.

Lemma Pr_unreported i : Pr (fun x => ~~ reported i x) = \prod_j missing j i.
Proof.
rewrite -(mean_prod w (fun j t => (~~ reports j i t)%:R)); apply: eq_mean => x.
rewrite /reported; case: existsP => [[j r]|none] /=; first by rewrite (bigD1 j) //= r mul0r.
by rewrite big1 // => j _; case: (boolP (reports j i (x j))) => // r; case: none; exists j.
Qed.

Lemma Pr_reported i : Pr (reported i) = 1 - \prod_j missing j i.
Proof.
rewrite -Pr_unreported -[X in X - _](mean_const w_total) -meanB; apply: eq_mean => x.
by case: (reported i x); rewrite ?subr0 ?subrr.
Qed.

Lemma prod_missing01 i : 0 <= \prod_j missing j i <= 1.
Proof.
apply/andP; split; last first.
  apply: le_trans (_ : \prod_(j : J) (1 : R) <= _); last by rewrite big1.
  by apply: ler_prod => j _; apply: missing01.
by apply: prodr_ge0 => j _; case/andP: (missing01 j i).
Qed.

(** Finner's inequality for the reports: no worker can report more than [s] terms (docs/proofs/floor.md, Theorem 1). *)
Theorem all_reported s : (0 < s)%N -> (forall j, #|[set i | (missing j i != 1)%R]| <= s)%N ->
  Pr (fun x => [forall i, reported i x]) ^+ s <= \prod_i (1 - \prod_j missing j i).
Proof.
move=> s0 Ds; pose A i x := [exists j, reports j i (x j) && (missing j i != 1)].
have sure x : weight w x != 0 -> forall i, reported i x = A i x.
  move=> wx i; apply/existsP/existsP => [] [j]; last by case/andP => r _; exists j.
  move=> r; exists j; rewrite r; apply: contra_neq wx => /eqP; rewrite -subr_eq0 -[X in _ - X](w_total j) -sumrB.
  rewrite (eq_bigr (fun t => - (w j t * (reports j i t)%:R))) => [|t _]; last first.
    by case: (reports j i t); rewrite ?mulr0 ?mulr1 ?sub0r ?subrr ?oppr0.
  rewrite sumrN oppr_eq0 psumr_eq0 => [/allP/(_ (x j))|t _]; last by rewrite mulr_ge0 ?ler0n.
  by rewrite mem_index_enum r mulr1 => /(_ isT)/implyP/(_ isT)/eqP w0; rewrite /weight (bigD1 j) //= w0 mul0r.
have same (P Q : pred point) : (forall x, weight w x != 0 -> P x = Q x) -> Pr P = Pr Q.
  move=> e; apply: eq_bigr => x _; have [->|/e ->//] := eqVneq (weight w x) 0.
  by rewrite !mul0r.
rewrite (same _ (fun x => [forall i, A i x])) => [|x /sure e]; last by apply: eq_forallb => i; apply: e.
rewrite [X in _ <= X](eq_bigr (fun i => Pr (A i))) => [|i _]; last first.
  by rewrite -Pr_reported; apply: same => x /sure.
apply: (finner_events w_ge0 w_total s0 Ds) => i j; rewrite inE negbK => /eqP mj x t.
apply: eq_existsb => k; rewrite ffunE; case: eqP => // ->.
by rewrite mj eqxx !andbF.
Qed.

(** The expected number of terms that nobody has reported. *)
Lemma mean_unreported : mean (fun x => #|unreported x|%:R) = \sum_i \prod_j missing j i.
Proof.
rewrite -(eq_bigr _ (fun i _ => Pr_unreported i)) /Pr -mean_sum; apply: eq_mean => x.
rewrite -sum1_card natr_sum big_mkcond; apply: eq_bigr => i _; rewrite inE.
by case: reported.
Qed.

(** Shares [q k] at the places of an order: worker [j] reports the term [i] no earlier than at the place [rank j i]. *)
Section Ranks.
Variables (q : 'I_#|I| -> R) (rank : J -> I -> 'I_#|I|).
Hypotheses (q_ge0 : forall k, 0 <= q k) (rank_inj : forall j, injective (rank j)).
Hypothesis late : forall j i, q (rank j i) <= missing j i.
Hypothesis I_gt0 : (0 < #|I|)%N.

Lemma rank_bij j : bijective (rank j).
Proof. by apply: inj_card_bij; rewrite ?card_ord. Qed.

Lemma prod_missing : (\prod_k q k) ^+ #|J| <= \prod_i \prod_j missing j i.
Proof.
rewrite exchange_big /= -prodr_const; apply: ler_prod => j _; rewrite prodr_ge0 //=.
rewrite (reindex (rank j)) /=; last exact/onW_bij/rank_bij.
by apply: ler_prod => i _; rewrite q_ge0 late.
Qed.

Lemma places_used s : (#|[set k | (q k < 1)%R]| <= s)%N -> forall j, (#|[set i | (missing j i != 1)%R]| <= s)%N.
Proof.
move=> qs j; apply: leq_trans qs; rewrite -(card_imset _ (@rank_inj j)); apply: subset_leq_card.
apply/subsetP => k /imsetP[i + ->]; rewrite !inE => ne; apply: le_lt_trans (late j i) _.
by rewrite lt_neqAle ne; case/andP: (missing01 j i).
Qed.

(** The closed form for any numbers of workers and terms, with [v] for the root (prod_k q_k)^(W/m)
    (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_closed_root s v : (0 < s)%N -> (#|[set k | (q k < 1)%R]| <= s)%N ->
  0 <= v -> v ^+ #|I| <= (\prod_k q k) ^+ #|J| ->
  Pr (fun x => [forall i, reported i x]) ^+ s <= (1 - v) ^+ #|I|.
Proof.
move=> s0 qs v0 vq; apply: le_trans (all_reported s0 (places_used qs)) _.
by apply: share_complement => //; [apply: le_trans prod_missing | apply: prod_missing01].
Qed.

(** As many workers as terms: P(nothing missing)^B <= (1 - prod_k q_k)^m (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_closed s : (0 < s)%N -> (#|[set k | (q k < 1)%R]| <= s)%N -> #|J| = #|I| ->
  Pr (fun x => [forall i, reported i x]) ^+ s <= (1 - \prod_k q k) ^+ #|I|.
Proof. by move=> s0 qs JI; apply: floor_closed_root => //; rewrite ?prodr_ge0 // JI. Qed.

(** No order leaves fewer uncovered (docs/proofs/theory.md, 5.6). *)
Theorem least_unreported : #|J| = #|I| -> (\prod_k q k) * #|I|%:R <= mean (fun x => #|unreported x|%:R).
Proof.
move=> JI; rewrite mean_unreported; apply: share_sum => //; first by rewrite prodr_ge0.
  by have := prod_missing; rewrite JI.
by move=> i; case/andP: (prod_missing01 i).
Qed.
End Ranks.
End Design.
