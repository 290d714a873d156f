(** The closed floor for random designs, and for the schemes of [Streaming] (docs/proofs/floor.md, Theorem 1). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports Floor Streaming.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** A floor for each design is one for designs that are drawn: P_d^s <= c for all d, so (sum_d p_d P_d)^s <= c
    (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_drawn (R : realFieldType) (design : finType) (p P : design -> R) (s : nat) (c : R) :
  (0 < s)%N -> (forall d, 0 <= p d) -> \sum_d p d = 1 -> (forall d, 0 <= P d) -> 0 <= c ->
  (forall d, P d ^+ s <= c) -> (\sum_d p d * P d) ^+ s <= c.
Proof.
move=> s0 p0 total P0 c0 le.
apply: le_trans (@holder R design 'I_1 p set0 s P (fun _ _ => c) s0 _ p0 total P0 _ _ _) _ => //.
- by rewrite cards0.
- by move=> d; rewrite big_ord1.
by rewrite big_ord1 -mulr_suml total mul1r.
Qed.

(** Schemes as in [Streaming]: worker [j] evaluates [order j 0], [order j 1], ..., the k-th evaluation, counted from 0,
    ends at X_j + tau (k + 1), and messages are free. *)
Section Streams.
Variables (R : realFieldType) (J T I : finType) (w : T -> R) (X : T -> R) (tau time : R).
Hypotheses (w_ge0 : forall t, 0 <= w t) (w_total : \sum_t w t = 1) (tau_gt0 : 0 < tau).
Hypotheses (I_gt0 : (0 < #|I|)%N) (JI : #|J| = #|I|).
Notation point := {ffun J -> T}.
Variables (V : zmodType) (order : J -> nat -> I) (K : nat).
Definition ends (x : point) (j : J) (k : nat) : R := X (x j) + tau * k.+1%:R.
Variables (S : forall x : point, scheme V (ends x)) (done : pred point).
Hypothesis nontrivial : exists v : V, v != 0.
Hypothesis at_most : forall x (i : message (S x)), (evaluated i <= K)%N.
Hypothesis recovered : forall x, done x -> recovers_at order (S x) time.

Definition first j i : nat := index i [seq order j k | k <- iota 0 K].
Definition first_end j i : option R := if (first j i < K)%N then Some (tau * (first j i).+1%:R) else None.

Lemma first_few j r : (#|[set i | before (first_end j i) (0 + tau * r.+1%:R)]| <= r)%N.
Proof.
pose s := [seq order j k | k <- iota 0 K]; apply: leq_trans (_ : #|[set i | i \in take r s]| <= r)%N; last first.
  by rewrite cardsE (leq_trans (card_size _)) // size_take_min geq_minl.
apply: subset_leq_card; apply/subsetP => i; rewrite !inE /first_end -/s.
case: ltnP => //= fK; rewrite add0r ltr_pM2l // ltr_nat ltnS => fr.
by rewrite in_take // -index_mem size_map size_iota.
Qed.

Notation share := (share w (fun t => Some (X t)) tau 0 time).

(** The closed form without a cost per message (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_streams s : (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  Pr (fun=> w) done ^+ s <= (1 - \prod_(k < #|I|) share k) ^+ #|I|.
Proof.
apply: (floor_event w_ge0 w_total first_few I_gt0 _ JI).
move=> x /recovered rec l; have [i [k [it ke ol]]] := recovery_needs_all nontrivial rec l.
have kK := leq_trans ke (at_most i); apply/existsP; exists (sender i).
have fk : (first (sender i) l <= k)%N.
  have ks : (k < size [seq order (sender i) k | k <- iota 0 K])%N by rewrite size_map size_iota.
  have e : nth l [seq order (sender i) k | k <- iota 0 K] k = l by rewrite (nth_map 0%N) ?size_iota // nth_iota.
  rewrite /first leqNgt; apply/negP => lt; have := @before_find _ l (pred1 l) _ _ lt.
  by rewrite /= e eqxx.
rewrite /arrived /first_end (leq_ltn_trans fk kK) /started_by lerBrDr.
apply: le_trans it; apply: le_trans (causal ke); rewrite /ends lerD2l ler_pM2l // ler_nat.
by rewrite ltnS.
Qed.
End Streams.

(** E T >= h sum_{k = 1..n} P(T >= kh), for a latency on finitely many outcomes (docs/proofs/floor.md, Theorem 2). *)
Theorem mean_tails (R : realFieldType) (Omega : finType) (p T : Omega -> R) (h : R) (n : nat) :
  (forall e, 0 <= p e) -> (forall e, 0 <= T e) -> 0 <= h ->
  (h * (\sum_(1 <= k < n.+1) \sum_(e | (h * k%:R <= T e)%R) p e) <= \sum_e p e * T e)%R.
Proof.
move=> p0 T0 h0; rewrite mulr_sumr.
rewrite (eq_bigr (fun k => \sum_e p e * (if h * k%:R <= T e then h else 0))) => [|k _]; last first.
  by rewrite mulr_sumr big_mkcond; apply: eq_bigr => e _; case: ifP => _; rewrite ?mulr0 // mulrC.
rewrite exchange_big /=; apply: ler_sum => e _; rewrite -mulr_sumr ler_wpM2l //.
elim: n => [|n IH]; first by rewrite big_geq.
rewrite big_nat_recr //=; case: ifP => [le|_]; last by rewrite addr0.
apply: le_trans le; rewrite -natr1 mulrDr mulr1 lerD2r.
apply: le_trans (_ : \sum_(1 <= k < n.+1) h <= _).
  by apply: ler_sum => k _; case: ifP => // _.
by rewrite sumr_const_nat subn1 /= mulr_natr.
Qed.
