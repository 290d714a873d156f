(** Gradient codes at the roots of unity (docs/proofs/theory.md, 5.10): a field with an element of order m, and rows
    that are the shifts of one polynomial whose roots are consecutive powers of it. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Words.
Variables (F : fieldType) (m : nat) (w : F).
Hypothesis w_root : m.-primitive_root w.
Implicit Types (c : 'I_m -> F) (i j l : 'I_m).

(** The value of a word, as a polynomial, at w^k. *)
Definition at_power c (k : nat) : F := \sum_i c i * (w ^+ k) ^+ i.

Lemma m_gt0 : (0 < m)%N.
Proof. exact: prim_order_gt0 w_root. Qed.

Lemma w_neq0 : w != 0.
Proof.
apply: contra_eqN (prim_expr_order w_root) => /eqP ->.
by rewrite expr0n eqn0Ngt m_gt0 eq_sym oner_eq0.
Qed.

Lemma power_eq (k k' : nat) : (k < m)%N -> (k' < m)%N -> (w ^+ k == w ^+ k') = (k == k').
Proof. by move=> km km'; rewrite (eq_prim_root_expr w_root) !modn_small. Qed.

(** The bound of Bose, Chaudhuri and Hocquenghem: a word that vanishes at r consecutive powers and is 0 outside of r
    places is 0 (docs/proofs/theory.md, 5.10). *)
Theorem bch_bound c a r : (forall t, (t < r)%N -> at_power c (a + t) = 0) ->
  (#|[set i | c i != 0%R]| <= r)%N -> forall i, c i = 0.
Proof.
move=> zero few l; apply/eqP; apply: contraT => cl.
pose A := [set i | c i != 0] :\ l; pose P : {poly F} := \prod_(i in A) ('X - (w ^+ i)%:P).
have sP : (size P <= r)%N.
  rewrite /P -big_enum /= size_prod_XsubC -cardE; apply: leq_trans few.
  by rewrite [X in (_ <= X)%N](cardsD1 l) inE cl.
have Pl : P.[w ^+ l] != 0.
  rewrite /P horner_prod; apply/prodf_neq0 => i /setD1P[il _].
  by rewrite hornerXsubC subr_eq0 power_eq // eq_sym.
have : \sum_i c i * (w ^+ a) ^+ i * P.[w ^+ i] = 0.
  rewrite (eq_bigr (fun i => \sum_(t < r) P`_t * (c i * (w ^+ (a + t)) ^+ i))) => [|i _].
    by rewrite exchange_big big1 // => t _; rewrite -mulr_sumr -/(at_power c _) zero ?mulr0.
  rewrite (horner_coef_wide _ sP) mulr_sumr; apply: eq_bigr => t _.
  by rewrite exprD exprMn -!exprM [(i * t)%N]mulnC mulrCA !mulrA.
rewrite (bigD1 l) //= big1 ?addr0 => [/eqP|i il].
  by rewrite !mulf_eq0 (negPf cl) (negPf Pl) orbF !expf_eq0 (negPf w_neq0) !andbF.
have [->|ci] := eqVneq (c i) 0; first by rewrite !mul0r.
by rewrite /P horner_prod (bigD1 i) /= ?inE ?il ?ci // hornerXsubC subrr mul0r mulr0.
Qed.

Lemma word_eq0 c a : (forall t, (t < m)%N -> at_power c (a + t) = 0) -> forall i, c i = 0.
Proof. by move=> z; apply: bch_bound z _; rewrite -[X in (_ <= X)%N](card_ord m) max_card. Qed.

Lemma power_m k : (w ^+ k) ^+ m = 1.
Proof. by rewrite exprAC (prim_expr_order w_root) expr1n. Qed.

Lemma ones_power k : (k %% m != 0)%N -> at_power (fun=> 1) k = 0.
Proof.
move=> k0; have w1 : w ^+ k != 1 by rewrite -(prim_order_dvd w_root) /dvdn.
have : (w ^+ k - 1) * at_power (fun=> 1) k = 0.
  rewrite /at_power (eq_bigr (fun i => (w ^+ k) ^+ i)) => [|i _]; last by rewrite mul1r.
  by rewrite -subrX1 power_m subrr.
by move/eqP; rewrite mulf_eq0 subr_eq0 (negPf w1) => /eqP.
Qed.

Variables (s b : nat).
Hypotheses (b_range : (1 <= b)%N) (bs : (b + s <= m)%N).

(** The polynomial of a row, and the row of worker [j]: g_t for the term j + t, places modulo m. *)
Definition g : {poly F} := \prod_(b <= i < b + s) ('X - (w ^+ i)%:P).
Definition code_row j i : F := g`_((i + (m - j)) %% m).
Definition combined (a : 'I_m -> F) i : F := \sum_j a j * code_row j i.

Lemma size_g : size g = s.+1.
Proof. by rewrite /g size_prod_XsubC size_iota addKn. Qed.

Lemma row_power j k : at_power (code_row j) k = (w ^+ k) ^+ j * g.[w ^+ k].
Proof.
have sg : (size g <= m)%N by rewrite size_g; lia.
rewrite (horner_coef_wide _ sg) mulr_sumr /at_power.
pose h (t : 'I_m) : 'I_m := Ordinal (ltn_pmod (t + j) m_gt0).
have h_inj : injective h.
  move=> t u /(congr1 val) /= e; apply: val_inj; have := ltn_ord t; have := ltn_ord u.
  by move/eqP: e; rewrite eqn_modDr => /eqP; rewrite !modn_small.
rewrite (reindex_inj h_inj) /=; apply: eq_bigr => t _; rewrite /code_row /= modnDml.
have -> : ((t + j + (m - j)) %% m = t)%N.
  by rewrite -addnA subnKC ?(ltnW (ltn_ord j)) // modnDr modn_small.
by rewrite (expr_mod _ (power_m k)) exprD [RHS]mulrCA [X in _ = _ * X]mulrC.
Qed.

Lemma combined_power a k : at_power (combined a) k = at_power a k * g.[w ^+ k].
Proof.
rewrite /at_power /combined (eq_bigr (fun i => \sum_j a j * (code_row j i * (w ^+ k) ^+ i))) => [|i _]; last first.
  by rewrite mulr_suml; apply: eq_bigr => j _; rewrite mulrA.
rewrite exchange_big mulr_suml; apply: eq_bigr => j _.
by rewrite -mulr_sumr -/(at_power _ _) row_power mulrA.
Qed.

Lemma g_root k : (b <= k < b + s)%N -> g.[w ^+ k] = 0.
Proof.
move=> kr; rewrite /g horner_prod (big_rem k) ?mem_index_iota //= hornerXsubC subrr mul0r.
by [].
Qed.

Lemma g_nonzero k : ~~ (b <= k %% m < b + s)%N -> g.[w ^+ k] != 0.
Proof.
move=> kr; rewrite /g horner_prod prodf_seq_neq0; apply/allP => i; rewrite mem_index_iota => ir /=.
rewrite hornerXsubC subr_eq0 -(prim_expr_mod w_root k) power_eq ?ltn_mod ?m_gt0 //; last by lia.
by apply: contraNneq kr => ->.
Qed.

(** The symbols of any m - s workers give the sum (docs/proofs/theory.md, 5.10). *)
Theorem gradient_recovers (J : {set 'I_m}) : #|J| = (m - s)%N ->
  exists a : 'I_m -> F, (forall j, j \notin J -> a j = 0) /\ forall i, \sum_j a j * code_row j i = 1.
Proof.
move=> cJ; pose M := \matrix_(l < #|J|, t < m - s) (w ^+ (b + s + t)) ^+ enum_val l.
pose word (u : 'rV[F]_#|J|) i := \sum_(l | enum_val l == i) u 0 l.
have wordJ u i : i \notin J -> word u i = 0.
  by move=> iJ; rewrite /word big_pred0 // => l; apply: contraNF iJ => /eqP <-; apply: enum_valP.
have word_power u k : at_power (word u) k = \sum_l u 0 l * (w ^+ k) ^+ enum_val l.
  rewrite /at_power [RHS](partition_big (fun l : 'I_#|J| => enum_val l : 'I_m) xpredT) //=; apply: eq_bigr => i _.
  by rewrite mulr_suml; apply: eq_bigr => l /eqP ->.
have free : row_free M.
  apply: inj_row_free => u uM; have z : forall i, word u i = 0.
    apply: (@bch_bound _ (b + s) (m - s)) => [t tr|].
      have /rowP/(_ (Ordinal tr)) := uM; rewrite !mxE word_power; apply: etrans.
      by apply: eq_bigr => l _; rewrite mxE.
    rewrite -cJ; apply: subset_leq_card; apply/subsetP => i; rewrite inE; apply: contraR => /wordJ ->.
    by rewrite eqxx.
  apply/rowP => l; rewrite mxE -(z (enum_val l)) /word (big_pred1 l) // => l'.
  by rewrite (inj_eq enum_val_inj).
have full : row_full M by rewrite /row_full (eqP free) cJ.
pose v := \row_(t < m - s) (at_power (fun=> 1) (b + s + t) / g.[w ^+ (b + s + t)]).
have /submxP[u uv] : (v <= M)%MS by apply: submx_full.
exists (word u); split=> [j|i]; first exact: wordJ.
apply/eqP; rewrite -subr_eq0; apply/eqP; move: i; apply: (@word_eq0 _ b) => t tm.
have -> : at_power (fun i => combined (word u) i - 1) (b + t) =
    at_power (combined (word u)) (b + t) - at_power (fun=> 1) (b + t).
  by rewrite /at_power -sumrB; apply: eq_bigr => i _; rewrite mulrBl.
rewrite combined_power; have [ts|st] := ltnP t s.
  rewrite g_root ?mulr0 ?ones_power ?subr0 //; last by lia.
  by rewrite modn_small; lia.
have tr : (t - s < m - s)%N by lia.
have e : (b + t = b + s + (t - s))%N by lia.
have nz : g.[w ^+ (b + t)] != 0.
  apply: g_nonzero; have [lt|ge] := ltnP (b + t) m; first by rewrite modn_small //; lia.
  by rewrite -(subnK ge) modnDr modn_small; lia.
have -> : at_power (word u) (b + t) = \sum_l u 0 l * M l (Ordinal tr).
  by rewrite word_power; apply: eq_bigr => l _; rewrite mxE /= -e.
have /rowP/(_ (Ordinal tr)) := uv; rewrite [LHS]mxE [RHS]mxE /= -e => <-.
by rewrite divfK // subrr.
Qed.

(** If the roots begin or end next to 1, fewer workers never give the sum (docs/proofs/theory.md, 5.10). *)
Theorem gradient_needs (a : 'I_m -> F) : b = 1%N \/ b = (m - s)%N -> (forall i, \sum_j a j * code_row j i = 1) ->
  (m - s <= #|[set j | a j != 0%R]|)%N.
Proof.
move=> ends all1; have m0 := m_gt0; rewrite leqNgt; apply/negP => few.
have zero k : (0 < k < m)%N -> ~~ (b <= k < b + s)%N -> at_power a k = 0.
  move=> km kr; have : at_power (combined a) k = 0.
    rewrite -[RHS](@ones_power k); last by rewrite modn_small; lia.
    by apply: eq_bigr => i _; rewrite /combined all1.
  rewrite combined_power => /eqP; rewrite mulf_eq0 (negPf (g_nonzero _)) ?orbF => [/eqP //|].
  by rewrite modn_small //; lia.
have az : forall j, a j = 0.
  pose first := if b == 1%N then s.+1 else 1%N.
  apply: (@bch_bound a first (m - s).-1); last by lia.
  move=> t tr; apply: zero; rewrite /first; case: ends => [b1|bm]; case: eqP => b_; lia.
have := all1 (Ordinal m0); rewrite big1 => [/eqP|j _]; last by rewrite az mul0r.
by rewrite eq_sym oner_eq0.
Qed.
End Words.
