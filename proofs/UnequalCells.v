(** Orders from both ends of cells of any sizes, whose workers go on beyond their cell (docs/proofs/floor.md, Theorem
    5), and how much they report by a time. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Finner CircleLaw.
From SRTheory Require Floor.
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

(** P(T <= t) is at least the product over the cells (docs/proofs/floor.md, Theorem 5). *)
Theorem cells_bound : \prod_c Pr (filled c) <= Pr (fun x => all_evaluated x).
Proof.
rewrite -Pr_filled; apply: mean_le => // x; rewrite ler_nat; case: forallP => // fill.
by have -> : all_evaluated x by apply/forallP => p; apply: filled_evaluated.
Qed.

(** It is the product if no worker can have left its cell (docs/proofs/floor.md, Theorem 5). *)
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

(** For a cell: the sum over how much is evaluated from the left (docs/proofs/floor.md, Theorem 5). *)
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

(** The largest of independent numbers. *)
Lemma side_prod c b (r : nat) : (r < len c)%N -> Pr (fun x => (side c b x <= r)%N) =
  \prod_(j | (cell j == c) && (right j == b)) \sum_(t : 'I_K.+1 | (t <= r)%N) w j t.
Proof.
move=> rc; rewrite [RHS]big_mkcond.
rewrite (_ : Pr _ = Pr (fun x => [forall j, ((cell j == c) && (right j == b)) ==> (x j <= r)%N])); last first.
  apply: eq_mean => x; congr (nat_of_bool _)%:R; rewrite leqNgt /side leq_min rc max_gt negb_exists.
  by apply: eq_forallb => j; rewrite negb_and -leqNgt -implybE.
rewrite (Pr_all w (fun j t => ((cell j == c) && (right j == b)) ==> (t <= r)%N)); apply: eq_bigr => j _.
by case: (_ && _) => //=; apply: w_total.
Qed.

(** If all workers have one law, the largest of independent copies: at most [r] with a power of the probability of one
    (docs/proofs/floor.md, Theorem 5). *)
Theorem side_law (w1 : 'I_K.+1 -> R) c b (r : nat) : (forall j, w j =1 w1) -> (r < len c)%N ->
  Pr (fun x => (side c b x <= r)%N) =
  (\sum_(t : 'I_K.+1 | (t <= r)%N) w1 t) ^+ #|[pred j | (cell j == c) && (right j == b)]|.
Proof.
move=> alike rc; rewrite side_prod // -prodr_const; apply: eq_bigr => j _.
by apply: eq_bigr => t _; rewrite alike.
Qed.
End Cells.

(** The same by a time [time], from the delays before the start: independent, of one law on finitely many values,
    [None] being never.  The places of the circle are parts, the part [q] having [terms q] terms; a worker evaluates the
    terms of a part, [tau] each, and then sends its sum, which takes [kappa]. *)
Section Delays.
Variables (R : realFieldType) (J T : finType) (n : nat) (len : 'I_n -> nat) (cell : J -> 'I_n) (right : pred J).
Variables (law : T -> R) (X : T -> option R) (tau kappa time : R).
Notation m := (circumference len).
Variable terms : 'I_m -> nat.
Hypotheses (law_total : \sum_t law t = 1) (law_ge0 : forall t, 0 <= law t).
Hypotheses (tau_ge0 : 0 <= tau) (kappa_ge0 : 0 <= kappa).
Notation point := {ffun J -> T}.
Notation F := (Floor.F law X).
Notation ahead := (ahead len cell right).
Implicit Types (j : J) (u : T) (k : nat) (x : point).

(** How long the worker takes, from its start, to report its first [k] parts. *)
Definition duration j k : R := \sum_(q < m | (ahead j q < k)%N) (tau * (terms q)%:R + kappa).
Definition reports j k u : bool := Floor.started_by X (time - duration j k) u.
(** How many parts the worker has reported by [time]; and all that are reported. *)
Definition number j u : 'I_m.+1 := inord (count (reports j ^~ u) (iota 1 m)).
Definition reported x (q : nat) : bool := [exists j, reports j (ahead j q).+1 (x j)].
Definition number_law j (b : 'I_m.+1) : R := \sum_(u | number j u == b) law u.

Lemma duration_mono j k l : (k <= l)%N -> duration j k <= duration j l.
Proof.
move=> kl; rewrite /duration big_mkcond [leRHS]big_mkcond; apply: ler_sum => q _.
have c0 : 0 <= tau * (terms q)%:R + kappa by rewrite addr_ge0 ?mulr_ge0 ?ler0n.
by case: ifP => [/leq_trans/(_ kl) ->|_] //; case: ifP.
Qed.

Lemma reports_mono j k l u : (k <= l)%N -> reports j l u -> reports j k u.
Proof.
move=> kl; rewrite /reports /Floor.started_by; case: (X u) => // a /le_trans; apply.
by rewrite lerD2l lerN2 duration_mono.
Qed.

Lemma numberP j u k : (k < m)%N -> (k < number j u)%N = reports j k.+1 u.
Proof.
move=> km; have le : (count (reports j ^~ u) (iota 1 m) < m.+1)%N.
  by rewrite ltnS -[X in (_ <= X)%N](size_iota 1) count_size.
by rewrite /number inordK // count_down // => a b ab; apply: reports_mono.
Qed.

(** P(K >= k) = F(t - the time for k parts), for the number K of parts that a worker has reported by t
    (docs/proofs/floor.md, Theorem 5). *)
Theorem number_tail j k : (0 < k <= m)%N ->
  \sum_(b : 'I_m.+1 | (k <= b)%N) number_law j b = F (time - duration j k).
Proof.
case: k => // k /andP[_ km]; rewrite /number_law /Floor.F.
rewrite (eq_bigl (fun u => k < number j u)%N) => [|u]; last by rewrite numberP.
rewrite [RHS](partition_big (number j) (fun b : 'I_m.+1 => k < b)%N) //=; apply: eq_bigr => b kb.
by apply: eq_bigl => u; case: eqP => [->|]; rewrite ?kb ?andbF.
Qed.

Lemma number_total j : \sum_b number_law j b = 1.
Proof. by rewrite -law_total [RHS](partition_big (number j) xpredT). Qed.

Lemma number_ge0 j b : 0 <= number_law j b.
Proof. exact: sumr_ge0. Qed.

Lemma ahead_lt j (q : 'I_m) : (ahead j q < m)%N.
Proof.
have m0 : (0 < m)%N by apply: leq_trans (ltn_ord q).
by rewrite /UnequalCells.ahead; case: (right j); rewrite ltn_mod.
Qed.

(** Parts of [d] terms take tau d + kappa each (docs/proofs/floor.md, Theorem 5). *)
Theorem duration_alike j d k : (forall q, terms q = d) -> (k <= m)%N -> duration j k = (tau * d%:R + kappa) * k%:R.
Proof.
move=> alike km; rewrite /duration (eq_bigr (fun=> tau * d%:R + kappa)) => [|q _]; last by rewrite alike.
rewrite sumr_const -mulr_natr; congr (_ * _%:R).
pose f q := Ordinal (ahead_lt j q); have f_inj : injective f.
  have bl := before_le len (cell j); move=> q q' [] e; apply: val_inj; have qm := ltn_ord q; have qm' := ltn_ord q'.
  suff : q = q' %[mod m] by rewrite /= !modn_small.
  move: e; rewrite /UnequalCells.ahead; case: (right j).
    by rewrite -!addnBA; [move/eqP; rewrite eqn_modDr => /eqP|lia..].
  set a := (_ - 1 + m)%N => e; have qa : (q <= a)%N by rewrite /a; lia.
  have qa' : (q' <= a)%N by rewrite /a; lia.
  by apply/eqP; rewrite -(eqn_modDl (a - q)) subnK //; apply/eqP; rewrite -[in RHS]modnDml e modnDml subnK.
rewrite -(card_imset _ f_inj) (_ : [set f q | q in _] = [set i : 'I_m | (i < k)%N]).
  rewrite cardsE -sum1_card (big_ord_narrow km) sum1_card card_ord //.
apply/setP => i; rewrite inE; apply/imsetP/idP => [[q qk ->]|ik]; first exact: qk.
have [g gK fK] := injF_bij f_inj; exists (g i); last by rewrite fK.
by rewrite unfold_in -[UnequalCells.ahead _ _ _ _ _]/(val (f (g i))) fK.
Qed.

Lemma reported_evaluated x (q : 'I_m) : reported x q = evaluated len cell right [ffun j => number j (x j)] q.
Proof. by apply: eq_existsb => j; rewrite ffunE numberP // ahead_lt. Qed.

(** P(K_c^+ <= r) or P(K_c^- <= r), for the largest of independent numbers of parts (docs/proofs/floor.md, Theorem 5).
    *)
Theorem side_by_time c b (k : nat) : (k < len c)%N -> Pr number_law (fun y => (side len cell right c b y <= k)%N) =
  \prod_(j | (cell j == c) && (right j == b)) (1 - F (time - duration j k.+1)).
Proof.
move=> kc; rewrite side_prod //; last exact: number_total.
apply: eq_bigr => j _.
have km : (0 < k.+1 <= m)%N by have := before_le len c; lia.
rewrite -(number_tail j km) -(number_total j) [X in _ = X - _](bigID (fun b : 'I_m.+1 => b <= k)%N) /=.
by rewrite [X in _ = _ + X - _](eq_bigl (fun b : 'I_m.+1 => k < b)%N) ?addrK // => b'; rewrite ltnNge.
Qed.

Lemma Pr_reported : Pr (fun=> law) (fun x => [forall q : 'I_m, reported x q]) =
  Pr number_law (fun y => [forall q : 'I_m, evaluated len cell right y q]).
Proof.
rewrite -[RHS](Pr_image (fun=> law) number
  (fun y : {ffun J -> 'I_m.+1} => [forall q : 'I_m, evaluated len cell right y q])).
by apply: eq_mean => x; rewrite (eq_forallb (fun q => reported_evaluated x q)).
Qed.

(** P(T <= t) is at least the product over the cells (docs/proofs/floor.md, Theorem 5). *)
Theorem ends_bound : \prod_c Pr number_law (filled len cell right c) <=
  Pr (fun=> law) (fun x => [forall q : 'I_m, reported x q]).
Proof. by rewrite Pr_reported; apply: cells_bound number_total number_ge0. Qed.

(** It is the product if no worker can have left its cell by then, which nobody leaves if it is the only one
    (docs/proofs/floor.md, Theorem 5). *)
Theorem ends_law : (forall j, (len (cell j) < m)%N -> F (time - duration j (len (cell j)).+1) = 0) ->
  Pr (fun=> law) (fun x => [forall q : 'I_m, reported x q]) = \prod_c Pr number_law (filled len cell right c).
Proof.
move=> stay; rewrite Pr_reported; apply: (cells_law right number_total) => j b lb.
have lm : (len (cell j) < m)%N by have := ltn_ord b; lia.
have /eqP := number_tail j (lm : (0 < (len (cell j)).+1 <= m)%N); rewrite stay // psumr_eq0 => [/allP/(_ b)|b' _]; last exact: number_ge0.
by rewrite mem_index_enum lb => /(_ isT)/eqP.
Qed.

(** In particular it is the product if F(t - (l + 1) (tau d + kappa)) = 0, where all parts have [d] terms and [l] is the
    number of parts of the smallest cell (docs/proofs/floor.md, Theorem 5). *)
Corollary ends_least d l : (forall q, terms q = d) -> (forall c, (l <= len c)%N) ->
  F (time - (tau * d%:R + kappa) * l.+1%:R) = 0 ->
  Pr (fun=> law) (fun x => [forall q : 'I_m, reported x q]) = \prod_c Pr number_law (filled len cell right c).
Proof.
move=> alike least zero; apply: ends_law => j lm; apply/eqP; rewrite eq_le; apply/andP; split; last exact: sumr_ge0.
rewrite -zero (duration_alike j alike) //; apply: Floor.F_mono => //; rewrite lerD2l lerN2 ler_wpM2l ?ler_nat ?ltnS //.
by rewrite addr_ge0 ?mulr_ge0 ?ler0n.
Qed.
End Delays.
