(** Orders from both ends of cells of any sizes, whose workers go on beyond their cell (docs/floor.md, Theorem 5). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Finner CircleLaw.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Functions of separate groups of independent variables. *)
Lemma mean_separate (R : realFieldType) (J T : finType) (w : J -> T -> R) (I : finType) (group : J -> I)
    (f : I -> {ffun J -> T} -> R) : (forall j, \sum_t w j t = 1) -> (forall i j, group j != i -> free j (f i)) ->
  mean w (fun x => \prod_i f i x) = \prod_i mean w (f i).
Proof.
move=> total fr; suff ind (s : seq I) : uniq s ->
    mean w (fun x => \prod_(i <- s) f i x) = \prod_(i <- s) mean w (f i) by apply/ind/index_enum_uniq.
elim: s => [_|i s IH /andP[si us]].
  by rewrite !big_nil -[RHS](mean_const total); apply: eq_mean => x; rewrite big_nil.
rewrite big_cons -IH // -(@mean_indep _ _ _ w total (fun j => group j == i)) => [|j /eqP ji x t|j]; last exact: fr.
  by apply: eq_mean => x; rewrite big_cons.
rewrite big_seq [RHS]big_seq; apply: eq_bigr => i' i's; apply: fr.
by apply: contraNneq si => e; rewrite -ji e.
Qed.

(** A circle of cells 0, ..., n - 1, the cell [c] having [len c] terms. The worker [j] starts in [cell j]: at its left
    end and goes right, or at its right end and goes left; [x j] is the number of terms that it has evaluated. *)
Section Cells.
Variables (R : realFieldType) (J : finType) (n K : nat) (len : 'I_n -> nat).
Variables (cell : J -> 'I_n) (right : pred J) (w : J -> 'I_K.+1 -> R).
Hypothesis w_total : forall j, \sum_t w j t = 1.
Hypothesis w_ge0 : forall j t, 0 <= w j t.
Notation point := {ffun J -> 'I_K.+1}.
Notation Pr := (Pr w).
Implicit Types (x : point) (j : J) (c : 'I_n).

Definition circumference : nat := (\sum_c len c)%N.
Notation m := circumference.
(** The terms before the cell [k]. *)
Definition before (k : nat) : nat := (\sum_(c < n | (c < k)%N) len c)%N.
(** How many terms the worker evaluates before the term [p], around the circle. *)
Definition ahead j (p : nat) : nat :=
  if right j then ((p + m - before (cell j)) %% m)%N
  else ((before (cell j) + len (cell j) - 1 + m - p) %% m)%N.
Definition evaluated x (p : nat) : bool := [exists j, (ahead j p < x j)%N].
(** K_c^+ and K_c^-: how much of its cell the workers on a side of it have evaluated. *)
Definition side c (b : bool) x : nat := minn (len c) (\max_(j | (cell j == c) && (right j == b)) x j).
Definition filled c x : bool := (len c <= side c true x + side c false x)%N.

Lemma beforeS c : before c.+1 = (before c + len c)%N.
Proof.
rewrite /before (bigD1 c) //= addnC; congr (_ + _)%N; apply: eq_bigl => c'.
by rewrite ltnS leq_eqVlt -val_eqE /=; case: ltngtP.
Qed.

Lemma before_mono k l : (k <= l)%N -> (before k <= before l)%N.
Proof.
move=> kl; rewrite /before [X in (_ <= X)%N](bigID (fun c : 'I_n => (c < k)%N)) /=.
rewrite [X in (_ <= X + _)%N](eq_bigl (fun c : 'I_n => (c < k)%N)) ?leq_addr // => c.
by case: (ltnP c k) => ck; rewrite ?andbF // andbT (leq_trans ck kl).
Qed.

Lemma before_le c : (before c + len c <= m)%N.
Proof.
rewrite -beforeS; apply: leq_trans (before_mono (ltn_ord c)) _.
by rewrite /before /circumference; apply: eq_leq; apply: eq_bigl => c'; rewrite ltn_ord.
Qed.

Lemma find_cell p : (p < m)%N -> exists c, (before c <= p < before c + len c)%N.
Proof.
have -> : m = before n by apply: eq_bigl => c; rewrite ltn_ord.
suff ind k : (k <= n)%N -> (p < before k)%N -> exists c, (before c <= p < before c + len c)%N by apply: ind.
elim: k => [|k IH] kn; first by rewrite /before big_pred0.
have -> : k.+1 = (Ordinal kn).+1 by []; rewrite beforeS /= => lt.
by have [/(IH (ltnW kn))//|ge] := ltnP p (before k); exists (Ordinal kn); rewrite ge.
Qed.

Lemma same_cell c c' p : (before c <= p < before c + len c)%N -> (before c' <= p < before c' + len c')%N -> c = c'.
Proof.
move=> pc pc'; apply: val_inj; case: (ltngtP c c') => // lt.
  by have := before_mono lt; rewrite beforeS; lia.
by have := before_mono lt; rewrite beforeS; lia.
Qed.

Lemma ahead_inside j p : (before (cell j) <= p < before (cell j) + len (cell j))%N ->
  ahead j p = if right j then (p - before (cell j))%N else (before (cell j) + len (cell j) - p.+1)%N.
Proof.
move=> pc; have le := before_le (cell j); rewrite /ahead; case: (right j).
  by rewrite addnC -addnBA ?modnDl ?modn_small //; lia.
rewrite (_ : _ - p = before (cell j) + len (cell j) - p.+1 + m)%N; last by lia.
by rewrite modnDr modn_small //; lia.
Qed.

Lemma max_gt (P : pred J) k x : (k < \max_(j | P j) x j)%N = [exists j, P j && (k < x j)%N].
Proof.
rewrite ltnNge; apply/negP/existsP => [h|[j /andP[Pj lt]] /bigmax_leqP/(_ j Pj)]; last by rewrite leqNgt lt.
have [/existsP[j Pj]|/existsPn none] := boolP [exists j, P j && (k < x j)%N]; first by exists j.
by case: h; apply/bigmax_leqP => j Pj; have := none j; rewrite Pj -leqNgt.
Qed.

Lemma sideP c b k x : (k < len c)%N ->
  reflect (exists2 j, (cell j == c) && (right j == b) & (k < x j)%N) (k < side c b x)%N.
Proof.
move=> kc; rewrite /side leq_min kc max_gt; apply: (iffP existsP) => [[j /andP[Pj lt]]|[j Pj lt]]; exists j => //.
by rewrite Pj.
Qed.

(** Filled cells are evaluated. *)
Lemma filled_evaluated x : (forall c, filled c x) -> forall p, (p < m)%N -> evaluated x p.
Proof.
move=> fill p /find_cell[c pc]; have := fill c; rewrite /filled => le; pose i := (p - before c)%N.
have ic : (i < len c)%N by rewrite /i; lia.
have [lt|ge] := ltnP i (side c true x).
  have [j /andP[/eqP jc /eqP rj] lt'] := sideP true x ic lt; apply/existsP; exists j.
  by rewrite ahead_inside jc ?pc // rj.
have ic' : (len c - i.+1 < len c)%N by lia.
have lt : (len c - i.+1 < side c false x)%N by lia.
have [j /andP[/eqP jc /eqP rj] lt'] := sideP false x ic' lt; apply/existsP; exists j.
rewrite ahead_inside jc ?pc // rj; have := lt'; rewrite /i; lia.
Qed.

(** If nobody has left its cell, only they are. *)
Lemma evaluated_filled x : (forall j, (x j <= len (cell j))%N) -> (forall p, (p < m)%N -> evaluated x p) ->
  forall c, filled c x.
Proof.
move=> stay all_ c; rewrite /filled leqNgt; apply/negP => lt; pose i := side c true x.
have ic : (i < len c)%N by rewrite /i; lia.
have pc : (before c <= before c + i < before c + len c)%N by rewrite leq_addr ltn_add2l.
have /existsP[j ja] : evaluated x (before c + i) by apply: all_; have := before_le c; lia.
have lej := stay j; have jm := before_le (cell j); have l0 : (0 < len (cell j))%N by lia.
have pj : (before (cell j) <= before c + i < before (cell j) + len (cell j))%N.
  move: ja; rewrite /ahead; have pm := leq_trans (proj2 (andP pc)) (before_le c); case: (right j).
    have [le|gt] := leqP (before (cell j)) (before c + i).
      by rewrite addnC -addnBA // modnDl modn_small; lia.
    by rewrite modn_small; lia.
  have [le|gt] := leqP (before c + i).+1 (before (cell j) + len (cell j)).
    rewrite (_ : _ - (before c + i) = before (cell j) + len (cell j) - (before c + i).+1 + m)%N; last by lia.
    by rewrite modnDr modn_small; lia.
  by rewrite modn_small; lia.
have jc := same_cell pc pj; subst c; move: ja; rewrite ahead_inside // addKn; case: (boolP (right j)) => rj ja.
  suff : (i < i)%N by rewrite ltnn.
  by apply/sideP => //; exists j; rewrite ?eqxx ?rj.
have k_c : (len (cell j) - i.+1 < len (cell j))%N by lia.
have : (len (cell j) - i.+1 < side (cell j) false x)%N.
  by apply/sideP => //; exists j; rewrite ?eqxx ?(negPf rj) //; lia.
by move: lt; rewrite -/i; lia.
Qed.

Lemma side_free c b j : ~~ ((cell j == c) && (right j == b)) -> forall x t, side c b (change x j t) = side c b x.
Proof.
move=> out x t; congr (minn _ _); apply: eq_bigr => k kc; rewrite ffunE; case: eqP => // e.
by rewrite -e kc in out.
Qed.

Lemma filled_free c j x t : cell j != c -> filled c (change x j t) = filled c x.
Proof. by move=> /negPf jc; rewrite /filled !side_free // jc. Qed.

Lemma Pr_filled : Pr (fun x => [forall c, filled c x]) = \prod_c Pr (filled c).
Proof.
rewrite -(@mean_separate R J _ w _ cell (fun c x => (filled c x)%:R)) => [|//|c j jc x t]; last by rewrite filled_free.
apply: eq_mean => x; case: (boolP [forall c, filled c x]) => [/forallP all_|/forallPn[c /negPf f]].
  by rewrite big1 // => c _; rewrite all_.
by rewrite (bigD1 c) //= f mul0r.
Qed.

Notation all_evaluated x := [forall p : 'I_m, evaluated x p].

(** P(T <= t) is at least the product over the cells (docs/floor.md, Theorem 5). *)
Theorem cells_bound : \prod_c Pr (filled c) <= Pr (fun x => all_evaluated x).
Proof.
rewrite -Pr_filled; apply: mean_le => // x; rewrite ler_nat; case: forallP => // fill.
by have -> : all_evaluated x by apply/forallP => p; apply: filled_evaluated.
Qed.

(** It is the product if no worker can have left its cell (docs/floor.md, Theorem 5). *)
Theorem cells_law : (forall j (t : 'I_K.+1), (len (cell j) < t)%N -> w j t = 0) ->
  Pr (fun x => all_evaluated x) = \prod_c Pr (filled c).
Proof.
move=> stay; rewrite -Pr_filled; apply: eq_bigr => x _.
have [/forallP le|/forallPn[j]] := boolP [forall j, (x j <= len (cell j))%N]; last first.
  by rewrite -ltnNge => lt; rewrite /weight (bigD1 j) //= stay // !mul0r.
congr (_ * (nat_of_bool _)%:R); apply/forallP/forallP => h.
  by apply: evaluated_filled => // p pm; apply: (h (Ordinal pm)).
by move=> p; apply: filled_evaluated.
Qed.

(** For a cell: the sum over how much is evaluated from the left (docs/floor.md, Theorem 5). *)
Theorem cell_sum c : Pr (filled c) =
  \sum_(r < (len c).+1) Pr (fun x => side c true x == r) * Pr (fun x => (len c - r <= side c false x)%N).
Proof.
rewrite (eq_bigr (fun r : 'I_(len c).+1 => Pr (fun x => (side c true x == r) && (len c - r <= side c false x)%N))).
  rewrite /Pr -mean_sum; apply: eq_mean => x; have le : (side c true x < (len c).+1)%N by rewrite ltnS geq_minl.
  rewrite (bigD1 (Ordinal le)) //= eqxx big1 ?addr0 => [|r ne]; first by rewrite /filled leq_subLR.
  by rewrite eq_sym; move: ne; rewrite -val_eqE /= => /negPf ->.
move=> r _; apply/esym/(@Pr_indep _ _ _ w w_total right) => j rj x t.
  by rewrite side_free // rj andbF.
by rewrite side_free // (negPf rj) andbF.
Qed.

(** If all workers have one law, the largest of independent copies: at most [r] with a power of the probability of one
    (docs/floor.md, Theorem 5). *)
Theorem side_law (w1 : 'I_K.+1 -> R) c b (r : nat) : (forall j, w j =1 w1) -> (r < len c)%N ->
  Pr (fun x => (side c b x <= r)%N) =
  (\sum_(t : 'I_K.+1 | (t <= r)%N) w1 t) ^+ #|[pred j | (cell j == c) && (right j == b)]|.
Proof.
move=> alike rc; rewrite -prodr_const [RHS]big_mkcond.
rewrite (_ : Pr _ = Pr (fun x => [forall j, ((cell j == c) && (right j == b)) ==> (x j <= r)%N])); last first.
  apply: eq_mean => x; congr (nat_of_bool _)%:R; rewrite leqNgt /side leq_min rc max_gt negb_exists.
  by apply: eq_forallb => j; rewrite negb_and -leqNgt -implybE.
rewrite (Pr_all w (fun j t => ((cell j == c) && (right j == b)) ==> (t <= r)%N)); apply: eq_bigr => j _.
rewrite inE; case: (_ && _) => /=; last exact: w_total.
by apply: eq_bigr => t _; rewrite alike.
Qed.
End Cells.
