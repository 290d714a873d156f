(** Orders and budgets: worker [j] evaluates the terms [o j] one after the other, and its budget is the number that it
    gets done.  No order leaves fewer uncovered, with equality for Latin squares and for cyclic order
    (docs/proofs/theory.md, 5.6). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Budgets.
Variables (R : realFieldType) (J I : finType) (K : nat) (o : J -> seq I) (w : J -> 'I_K.+1 -> R).
Hypotheses (w_ge0 : forall j n, 0 <= w j n) (w_total : forall j, \sum_n w j n = 1).
Notation point := {ffun J -> 'I_K.+1}.
Implicit Types (x : point) (i : I) (j : J) (n : 'I_K.+1).

Definition within j i n : bool := i \in take n (o j).

(** P(all covered)^B <= prod_i P(i covered), if no budget is above B (docs/proofs/floor.md, Theorem 1). *)
Theorem budgets_floor (B : nat) : (0 < B)%N -> (forall j n, (B < n)%N -> w j n = 0) ->
  Pr w (fun x => [forall i, reported within i x]) ^+ B <= \prod_i Pr w (reported within i).
Proof.
move=> B0 small; rewrite [X in _ <= X](eq_bigr _ (fun i _ => Pr_reported w_total within i)).
apply: all_reported => // j; apply: leq_trans (_ : #|[set i | i \in take B (o j)]| <= B)%N; last first.
  by rewrite cardsE (leq_trans (card_size _)) // size_take_min geq_minl.
apply: subset_leq_card; apply/subsetP => i; rewrite !inE; apply: contraR => iB; apply/eqP.
rewrite -(w_total j) /missing; apply: eq_bigr => n _; rewrite /within.
have [nB|nB] := leqP n B; last by rewrite small // mul0r.
suff /negPf -> : i \notin take n (o j) by rewrite mulr1.
by apply: contra iB; rewrite -(subnKC nB) takeD mem_cat => ->.
Qed.
End Budgets.

(** As many workers as terms, each with all terms in its order; budgets of one law. *)
Section Complete.
Variables (R : realFieldType) (J I : finType) (K : nat) (o : J -> seq I) (w : 'I_K.+1 -> R).
Hypotheses (w_ge0 : forall n, 0 <= w n) (w_total : \sum_n w n = 1).
Hypotheses (o_all : forall j i, i \in o j) (o_uniq : forall j, uniq (o j)).
Hypotheses (JI : #|J| = #|I|) (I_gt0 : (0 < #|I|)%N).
Notation mean := (mean (fun=> w)).
Notation Pr := (Pr (fun=> w)).
Notation within := (within o).
Implicit Types (i : I) (j : J) (k : nat).

(** The probability of a budget of at most [k]: that place [k], counted from 0, is not reached. *)
Definition short k : R := \sum_(n : 'I_K.+1 | (n <= k)%N) w n.

Lemma short_ge0 k : 0 <= short k.
Proof. exact: sumr_ge0. Qed.

Lemma missing_order j i : missing (fun=> w) within j i = short (index i (o j)).
Proof.
rewrite /missing /short [RHS]big_mkcond; apply: eq_bigr => n _; rewrite /within in_take // -leqNgt.
by case: leqP => _; rewrite ?mulr1 ?mulr0.
Qed.

Lemma index_lt j i : (index i (o j) < #|I|)%N.
Proof.
suff -> : #|I| = size (o j) by rewrite index_mem.
by rewrite -(card_uniqP (o_uniq j)); apply: eq_card => l; rewrite o_all.
Qed.

Definition place j i : 'I_#|I| := Ordinal (index_lt j i).

Lemma place_inj j : injective (place j).
Proof. by move=> i l [e]; rewrite -(nth_index i (o_all j i)) e nth_index. Qed.

(** The expected number of terms that nobody has evaluated is at least m prod_k (1 - F_k), whatever the orders
    (docs/proofs/theory.md, 5.6). *)
Theorem no_order_leaves_fewer :
  (\prod_(k < #|I|) short k) * #|I|%:R <= mean (fun x => #|unreported within x|%:R).
Proof.
apply: (@least_unreported _ J 'I_K.+1 I (fun=> w) (fun=> w_ge0) (fun=> w_total) within
  (fun k : 'I_#|I| => short k) place) => //.
- by move=> k; apply: short_ge0.
- exact: place_inj.
by move=> j i; rewrite missing_order.
Qed.

(** P(T > t) >= prod_k (1 - F_k) (docs/proofs/theory.md, 5.6). *)
Corollary late_at_least : \prod_(k < #|I|) short k <= Pr (fun x => ~~ [forall i, reported within i x]).
Proof.
have n0 : 0 < #|I|%:R :> R by rewrite ltr0n.
rewrite -(ler_pM2r n0); apply: le_trans no_order_leaves_fewer _.
rewrite /Finner.Pr /Finner.mean mulr_suml; apply: ler_sum => x _; rewrite -mulrA ler_wpM2l ?weight_ge0 //.
case: (boolP [forall i, reported within i x]) => [/forallP all|_] /=; last by rewrite mul1r ler_nat max_card.
by rewrite mul0r (_ : unreported _ x = set0) ?cards0 //; apply/setP => i; rewrite !inE all.
Qed.

(** Equality if each term stands once at each place (docs/proofs/theory.md, 5.6). *)
Theorem latin_square_attains : (forall i, injective (place^~ i)) ->
  mean (fun x => #|unreported within x|%:R) = (\prod_(k < #|I|) short k) * #|I|%:R.
Proof.
move=> latin; rewrite mean_unreported // (eq_bigr (fun=> \prod_(k < #|I|) short k)) => [|i _].
  by rewrite sumr_const mulr_natr.
rewrite [RHS](reindex (place^~ i)) /=; first by apply: eq_bigr => j _; rewrite missing_order.
by apply: onW_bij; apply: inj_card_bij; rewrite ?card_ord ?JI.
Qed.

(** The closed floor for orders (docs/proofs/floor.md, Theorem 1). *)
Theorem orders_floor B : (0 < B)%N -> (#|[set k : 'I_#|I| | (short k < 1)%R]| <= B)%N ->
  Pr (fun x => [forall i, reported within i x]) ^+ B <= (1 - \prod_(k < #|I|) short k) ^+ #|I|.
Proof.
move=> B0 le; apply: (@floor_closed _ J 'I_K.+1 I (fun=> w) (fun=> w_ge0) (fun=> w_total) within
  (fun k : 'I_#|I| => short k) place) => //.
- by move=> k; apply: short_ge0.
- exact: place_inj.
by move=> j i; rewrite missing_order.
Qed.
End Complete.

(** Cyclic order: worker [j] evaluates j, j + 1, ... *)
Section Cyclic.
Variables (R : realFieldType) (n K : nat) (w : 'I_K.+1 -> R).

Notation m := n.+1.
Definition cyclic (j : 'I_m) : seq 'I_m := [seq j + k | k <- enum 'I_m].

Lemma cyclic_uniq j : uniq (cyclic j).
Proof. by rewrite map_inj_uniq ?enum_uniq //; apply: addrI. Qed.

Lemma cyclic_index j i : index i (cyclic j) = (i - j : 'I_m).
Proof. by rewrite -{1}(subrK j i) addrC /cyclic index_map ?index_enum_ord //; apply: addrI. Qed.

Lemma cyclic_all j i : i \in cyclic j.
Proof. by apply/mapP; exists (i - j); rewrite ?mem_enum // addrC subrK. Qed.

(** Cyclic order attains it (docs/proofs/theory.md, 5.6). *)
Theorem cyclic_attains :
  mean (fun=> w) (fun x => #|unreported (within cyclic) x|%:R) = (\prod_(k < m) short w k) * m%:R.
Proof.
rewrite (@latin_square_attains R 'I_m 'I_m K cyclic w cyclic_all cyclic_uniq erefl) ?card_ord // => i j l [].
by rewrite !cyclic_index => /val_inj/addrI/oppr_inj.
Qed.
End Cyclic.
