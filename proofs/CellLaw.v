(** Rows that hold whole cells, in cyclic order after what a worker sends of its own cell: when a worker has sent a
    symbol of another cell, which cells are covered, and the law of coverage if the workers are independent and alike
    (docs/proofs/intervals.md, Proposition 9; docs/proofs/theory.md, 5.5). [ArcsLaw] and [OwnFirst] differ in what
    workers send of their own cell. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Finner CircleLaw ArcScheme.
From SRTheory Require Floor.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** The cells around the circle, the short one first. *)
Section Turned.
Variable n : nat.

(** Cells as numbered in [CircleLaw]. *)
Definition turned c : nat := if c == n then 0%N else c.+1.

Lemma turned_le c : (c <= n)%N -> (turned c <= n)%N.
Proof. by rewrite /turned; case: (c =P n) => //; lia. Qed.

Lemma turned_inj c c' : (c <= n)%N -> (c' <= n)%N -> (turned c == turned c') = (c == c').
Proof. by rewrite /turned => cn cn'; case: (c =P n); case: (c' =P n); lia. Qed.

Lemma turned_next c k : (c <= n)%N -> turned ((c + k) %% n.+1)%N = ((turned c + k) %% n.+1)%N.
Proof.
move=> cn; have tE e : (e <= n)%N -> turned e = (e.+1 %% n.+1)%N.
  rewrite /turned => en; case: eqP => [->|ne]; first by rewrite modnn.
  by rewrite modn_small //; lia.
rewrite tE; last by rewrite -ltnS ltn_mod.
by rewrite tE // -addn1 modnDml modnDml addn1 addSn.
Qed.

Lemma ahead_turned c c' : (c <= n)%N -> (c' <= n)%N -> c != c' ->
  ahead n (turned c) (turned c') = ahead n c c'.
Proof.
move=> cn cn' ne; rewrite /turned /ahead; have := ne; case: (c =P n) => [->|nc]; case: (c' =P n) => [->|nc'] ne'.
- by rewrite eqxx in ne'.
- by rewrite leq0n leqNgt ifN //; lia.
- by rewrite cn leqn0 /=; lia.
by rewrite ltnS; case: (leqP c c'); lia.
Qed.

Lemma ahead_unique c c' k : (c <= n)%N -> (c' <= n)%N -> (k <= n)%N -> ((c + k) %% n.+1 == c')%N = (k == ahead n c c').
Proof.
move=> cn cn' kn; rewrite /ahead; have [lt|ge] := ltnP (c + k) n.+1.
  by rewrite modn_small //; case: (leqP c c'); lia.
rewrite -(subnK ge) modnDr modn_small; last by lia.
by case: (leqP c c'); lia.
Qed.
End Turned.

(** When a worker has sent a row with a symbol of another cell than its own. *)
Section Far.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation width := (width m d).
Implicit Types (j s : nat) (done : pred nat).

(** So many terms it has evaluated when it has sent the cell of [s]. *)
Definition far_due j s : nat := need n d r (turned n (home j)) (ahead n (turned n (home j)) (turned n (home s))).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

Lemma cellsE : cells m d = n.+1.
Proof.
rewrite /cells (_ : n * d + r + d.-1 = n.+1 * d + r.-1)%N; last by rewrite mulSn; lia.
by rewrite divnMDl // divn_small ?addn0 //; lia.
Qed.

Lemma width_turned c : (c <= n)%N -> width c = part_size d r (turned n c).
Proof.
move=> cn; rewrite /ArcScheme.width /part_size /turned; case: (c =P n) => [->|ne]; first by rewrite /=; lia.
have lt : (c < n)%N by lia.
have : (c.+1 * d <= n * d)%N by rewrite leq_mul2r lt orbT.
by rewrite /= mulSn; lia.
Qed.

Lemma home_le j : (j < m)%N -> (home j <= n)%N.
Proof. by move=> jm; rewrite -ltnS /ArcScheme.home ltn_divLR // mulSn; lia. Qed.

Lemma has_complete_none (P : pred (seq nat)) done a rs : ~~ has P rs -> has P (complete done a rs) = false.
Proof.
by elim: rs a => //= x rs IH a; rewrite negb_or => /andP[/negPf px /IH h]; case: ifP; rewrite /= ?px h.
Qed.

Lemma has_complete (P : pred (seq nat)) done a x rs :
  has P (complete done a (x :: rs)) = done (a + size x)%N && P x || has P (complete done (a + size x) rs).
Proof. by rewrite /=; case: ifP. Qed.

Lemma has_cells done a (f : nat -> nat) b l s k : (s < m)%N -> (k < l)%N -> f (b + k)%N = home s ->
  (forall i, (i < l)%N -> f (b + i)%N = home s -> i = k) ->
  has (fun x => s \in x) (complete done a [seq cell m d (f i) | i <- iota b l]) =
  done (a + \sum_(i < k.+1) width (f (b + i)))%N.
Proof.
move=> sm; elim: l a b k => // l IH a b [|k] kl fk only; rewrite [iota _ _]/= map_cons has_complete.
  have -> : s \in cell m d (f b) by rewrite addn0 in fk; rewrite fk mem_cell home_cell.
  rewrite has_complete_none ?orbF ?andbT ?size_iota ?big_ord1 ?addn0 //.
  rewrite has_map; apply/hasPn => i; rewrite mem_iota => ib; apply/negP => /= /(cell_home d_gt0) hs.
  suff : (i - b = 0)%N by lia.
  by apply: only; [lia | rewrite subnKC //; lia].
have -> : (s \in cell m d (f b)) = false.
  by apply/negP => /(cell_home d_gt0) hs; have := only 0%N isT; rewrite addn0 => /(_ (esym hs)).
rewrite andbF /= size_iota (IH _ _ k) //; last 2 first.
- by rewrite addSnnS.
- by move=> i il; rewrite addSnnS => /only h; have := h il; case.
rewrite [in RHS]big_ord_recl addn0 addnA; congr (done (_ + _)%N).
by apply: eq_bigr => i _; rewrite /= /bump leq0n addSnnS.
Qed.

Lemma has_others done a j s : (j < m)%N -> (s < m)%N -> home s != home j ->
  has (fun x => s \in x) (complete done (a + width (home j)) (others m d j)) = done (a + far_due j s)%N.
Proof.
move=> jm sm ne; have hj := home_le jm; have hs := home_le sm.
rewrite /far_due ahead_turned //; last by rewrite eq_sym.
set k := ahead _ _ _; have k0 : (0 < k <= n)%N.
  by move: ne hj hs; rewrite /k /ahead; case: (leqP (home j) (home s)); lia.
pose f i := ((home j + i) %% n.+1)%N.
rewrite /others cellsE /= (@has_cells _ _ f 1 n s k.-1) //.
- rewrite prednK; last by case/andP: k0.
  rewrite /need big_ord_recl addn0 modn_small ?ltnS ?turned_le // -width_turned // -addnA.
  congr (done (_ + (_ + _))%N); apply: eq_bigr => i _.
  rewrite width_turned; last by rewrite -ltnS ltn_mod.
  by rewrite turned_next //= /bump leq0n add1n.
- by lia.
- by apply/eqP; rewrite add1n prednK ?ahead_unique //; lia.
by move=> i il /eqP; rewrite ahead_unique //; lia.
Qed.

Lemma others_home done a j s : (j < m)%N -> home s = home j ->
  has (fun x => s \in x) (complete done a (others m d j)) = false.
Proof.
move=> jm hs; apply: has_complete_none; apply/hasPn => x /mapP[i].
rewrite mem_iota cellsE /= => i1 ->; apply/negP => /(cell_home d_gt0).
rewrite hs => /esym/eqP; rewrite ahead_unique ?home_le //; last by lia.
by rewrite /ahead leqnn subnn; lia.
Qed.

Lemma far_due_le j s : (j < m)%N -> (s < m)%N -> (0 < far_due j s <= n.+1 * d)%N.
Proof.
move=> jm sm; have [hj hs] := (home_le jm, home_le sm); rewrite /far_due /need; apply/andP; split.
  rewrite big_ord_recl /=; apply: leq_trans (leq_addr _ _).
  by rewrite /part_size; case: ifP.
apply: leq_trans (_ : \sum_(t < (ahead n (turned n (home j)) (turned n (home s))).+1) d <= _)%N.
  by apply: leq_sum => t _; rewrite /part_size; case: ifP.
rewrite sum_nat_const card_ord leq_mul2r ltnS /ahead; apply/orP; right.
by have := turned_le hj; have := turned_le hs; case: (leqP (turned n (home j)) (turned n (home s))); lia.
Qed.
End Far.

(** Where the workers start, and how many start at a cell. *)
Section Places.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation width := (width m d).
Implicit Types (j s : 'I_m) (c : nat).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

(** Where a worker starts, the short cell being at 0. *)
Definition position (j : 'I_m) : nat := turned n (home j).

Lemma home_range j : (home j <= n)%N.
Proof. by apply: (@home_le n d r). Qed.

Lemma position_le j : (position j <= n)%N.
Proof. exact: (turned_le (home_range j)). Qed.

Lemma position_home j s : (position j == position s) = (home j == home s).
Proof. by rewrite turned_inj // home_range. Qed.

Lemma size_position j : part_size d r (position j) = width (home j).
Proof. by rewrite width_turned // home_range. Qed.

(** The workers of a cell are a range. *)
Lemma in_cell c j : (home j == c) = (c * d <= j < c * d + width c)%N.
Proof.
rewrite -mem_cell; apply/eqP/idP => [<-|/(cell_home d_gt0) //].
by rewrite mem_cell home_cell.
Qed.

Lemma cell_in c i : (i < width c)%N -> (c * d + i < m)%N.
Proof. by rewrite /ArcScheme.width; lia. Qed.

Lemma big_cell (T : Type) (e : T) (op : Monoid.law e) (G : nat -> T) c :
  \big[op/e]_(j : 'I_m | home j == c) G j = \big[op/e]_(i < width c) G (c * d + i)%N.
Proof.
rewrite (eq_bigl (fun j : 'I_m => c * d <= j < c * d + width c)%N) => [|j]; last exact: in_cell.
rewrite -(big_mkord (fun j : nat => c * d <= j < c * d + width c)%N G).
have [le|gt] := leqP (c * d + width c) m; last first.
  have w0 : width c = 0%N by move: gt; rewrite /ArcScheme.width; lia.
  rewrite big_nat_cond big_pred0 => [|j]; last by lia.
  by rewrite w0 big_ord0.
rewrite (@big_cat_nat _ _ _ (c * d)) //=; last by apply: leq_trans le; apply: leq_addr.
rewrite big_nat_cond big_pred0 => [|j]; last by lia.
rewrite Monoid.mul1m (@big_cat_nat _ _ _ (c * d + width c)) //= ?leq_addr //.
rewrite [X in op _ X]big_nat_cond [X in op _ X]big_pred0 => [|j]; last by lia.
rewrite Monoid.mulm1 big_nat_cond (eq_bigl (fun j : nat => c * d <= j < c * d + width c)%N) => [|j]; last by lia.
rewrite -big_nat -[X in \big[_/_]_(X <= _ < _) _]add0n big_addn addKn big_mkord.
by apply: eq_bigr => i _; rewrite addnC.
Qed.

Lemma find_turned c : (c <= n)%N -> exists2 c0, (c0 <= n)%N & turned n c0 = c.
Proof.
case: c => [|c] cn; first by exists n; rewrite // /turned eqxx.
by exists c; [apply: ltnW | rewrite /turned; case: eqP => // e; move: cn; rewrite e ltnn].
Qed.

Lemma position_cell c0 j : (c0 <= n)%N -> (position j == turned n c0) = (home j == c0).
Proof. by move=> cn; rewrite turned_inj // home_range. Qed.

Lemma card_position c : (c <= n)%N -> #|[set j : 'I_m | position j == c]| = part_size d r c.
Proof.
move=> cn; have [c0 c0n <-] := find_turned cn; rewrite -width_turned // -sum1_card.
rewrite (eq_bigl (fun j : 'I_m => home j == c0)) => [|j]; last by rewrite inE position_cell.
by rewrite (@big_cell _ _ addn (fun=> 1%N)) sum1_card card_ord.
Qed.
End Places.

(** What has been received, for any notion of who has done how much, if a worker has sent a row with the symbol [s] when
    it has evaluated [due j s] terms, and has sent its own cell before the others, in cyclic order. *)
Section Covered.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation position := (@position n d r).
Variables (rows : nat -> seq (seq nat)) (due : nat -> nat -> nat).
Hypothesis has_due : forall (done : pred nat) j s, (j < m)%N -> (s < m)%N ->
  has (fun x => s \in x) (complete done 0 (rows j)) = done (due j s).
Hypothesis due_far : forall j s, home s != home j -> due j s = far_due n d r j s.
Implicit Types (j s : 'I_m) (c : nat) (done : 'I_m -> pred nat).

(** The workers that start at a cell have sent it. *)
Definition home_received done c : bool :=
  [forall s : 'I_m, (position s == c) ==> [exists j : 'I_m, (home j == home s) && done j (due j s)]].

Lemma covered_due done : covered m (flatten [seq complete (done j) 0 (rows j) | j : 'I_m <- enum 'I_m]) =
  [forall s : 'I_m, [exists j : 'I_m, done j (due j s)]].
Proof.
apply/coveredP/forallP => [cov s|all_ s sm].
  have [x /flattenP[xs /mapP[j _ ->] xin] sx] := cov s (ltn_ord s); apply/existsP; exists j.
  by rewrite -(has_due _ (ltn_ord j) (ltn_ord s)); apply/hasP; exists x.
have /existsP[j] := all_ (Ordinal sm); rewrite -(has_due _ (ltn_ord j) sm) => /hasP[x xin sx].
exists x => //; apply/flattenP; exists (complete (done j) 0 (rows j)) => //.
by apply: (map_f (fun j : 'I_m => complete (done j) 0 (rows j))); rewrite mem_enum.
Qed.

Lemma covered_cells done :
  [forall s : 'I_m, [exists j : 'I_m, done j (due j s)]] = [forall c : 'I_n.+1, home_received done c ||
    [exists j : 'I_m, (position j != c) && done j (need n d r (position j) (ahead n (position j) c))]].
Proof.
have far j s : home s != home j -> due j s = need n d r (position j) (ahead n (position j) (position s)).
  by move=> ne; rewrite due_far.
have home_pos j s : (position j == position s) = (home j == home s) by apply: position_home.
apply/forallP/forallP => [all_ c|all_ s].
  apply/orP; have [far_j|none] := boolP [exists j : 'I_m, (position j != c) &&
    done j (need n d r (position j) (ahead n (position j) c))]; first by right.
  left; apply/forallP => s; apply/implyP => /eqP sc; have /existsP[j dj] := all_ s; apply/existsP; exists j.
  rewrite dj andbT eq_sym; apply: contraR none => ne; apply/existsP; exists j.
  by rewrite -sc home_pos eq_sym ne -far.
have sn : (position s < n.+1)%N by rewrite ltnS position_le.
have /orP[/forallP/(_ s)|/existsP[j /andP[ne dj]]] := all_ (Ordinal sn).
  by rewrite eqxx => /existsP[j /andP[_ dj]]; apply/existsP; exists j.
by apply/existsP; exists j; rewrite far // -home_pos eq_sym.
Qed.

(** Independent workers of one law; [x j] is the number of terms that worker [j] has evaluated. *)
Section Law.
Variable R : realFieldType.
Notation K := (n.+1 * d)%N.
Variables (w : 'I_K.+1 -> R) (left_ : nat -> R).
Hypothesis w_total : \sum_t w t = 1.
Notation point := {ffun 'I_m -> 'I_K.+1}.
Notation home_by x c := (home_received (fun (j : 'I_m) a => (a <= (x : point) j)%N) c).
Hypothesis due_home : forall (j s : 'I_m), home s = home j -> (due j s <= width m d (home j))%N.
Hypothesis home_left : forall c, (c <= n)%N -> Pr (fun=> w) (fun x : point => ~~ home_by x c) = left_ (part_size d r c).

Lemma budgets_law (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_left d w left_ i * Q (l - i)%N = turn_left d r w left_ l) ->
  Pr (fun=> w) (fun x : point => [forall s : 'I_m, [exists j : 'I_m, (due j s <= x j)%N]]) = 1 - Q n.
Proof.
move=> QP; rewrite -(@cells_cyclic_law _ _ n d r _ position w w_total _ _ (fun c x => home_by x c) left_ _ _
  home_left Q) //.
- by apply: eq_mean => x; rewrite (covered_cells (fun (j : 'I_m) a => (a <= x j)%N)).
- by move=> j; apply: position_le.
- exact: card_position.
- move=> c j pj x t; apply: eq_forallb => s; case: (boolP (position s == c)) => //= /eqP sc.
  apply: eq_existsb => i; rewrite ffunE; have [->|//] := eqVneq i j.
  by rewrite -position_home // sc (negPf pj).
move=> j x; rewrite size_position // => le; apply/forallP => s; apply/implyP; rewrite position_home // => hs.
by apply/existsP; exists j; rewrite eq_sym hs; apply: leq_trans le; apply: due_home; apply/eqP.
Qed.
End Law.
End Covered.

(** The same from the delays before the start: independent, of one law on finitely many values, [None] being never. *)
Section Time.
Variables (R : realFieldType) (T : finType) (law : T -> R) (X : T -> option R) (tau time : R) (n d r : nat).
Hypotheses (law_total : \sum_t law t = 1) (tau_ge0 : 0 <= tau) (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation K := (n.+1 * d)%N.
Notation point := {ffun 'I_m -> T}.
Implicit Types (u : T) (x : point).

Definition delay x (j : nat) : option R := if insub j is Some i then X (x i) else None.
(** How many terms a worker has evaluated by [time], none counted beyond K; and the law of this number. *)
Definition terms_by u : 'I_K.+1 := inord (count (fun a => Floor.started_by X (time - tau * a%:R) u) (iota 1 K)).
Definition terms_law (b : 'I_K.+1) : R := \sum_(u | terms_by u == b) law u.

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

Lemma terms_byP u a : (0 < a <= K)%N -> (a <= terms_by u)%N = Floor.started_by X (time - tau * a%:R) u.
Proof.
case: a => // a /andP[_ aK]; rewrite /terms_by inordK; last first.
  by rewrite ltnS -[X in (_ <= X)%N](size_iota 1) count_size.
rewrite (@count_down (fun a => Floor.started_by X (time - tau * a%:R) u)) // => b c bc.
rewrite /Floor.started_by; case: (X u) => // s /le_trans; apply.
by rewrite lerD2l lerN2 ler_wpM2l // ler_nat.
Qed.

Lemma evaluated_terms x (j : 'I_m) a : (0 < a <= K)%N -> evaluated tau (delay x) time j a = (a <= terms_by (x j))%N.
Proof.
by move=> aK; rewrite terms_byP // /evaluated /delay valK /Floor.started_by; case: (X (x j)) => // s; rewrite lerBrDr.
Qed.

Lemma covered_by_time (due : nat -> nat -> nat) :
  (forall j s, (j < m)%N -> (s < m)%N -> (0 < due j s <= K)%N) ->
  Pr (fun=> law) (fun x => [forall s : 'I_m, [exists j : 'I_m, evaluated tau (delay x) time j (due j s)]]) =
  Pr (fun=> terms_law) (fun x : {ffun 'I_m -> 'I_K.+1} => [forall s : 'I_m, [exists j : 'I_m, (due j s <= x j)%N]]).
Proof.
move=> due_le; rewrite -(Pr_image (fun=> law) (fun=> terms_by)); apply: eq_mean => x; congr (nat_of_bool _)%:R.
by apply: eq_forallb => s; apply: eq_existsb => j; rewrite ffunE evaluated_terms // due_le.
Qed.

Lemma terms_total : \sum_b terms_law b = 1.
Proof. by rewrite -law_total [RHS](partition_big terms_by xpredT). Qed.
End Time.
