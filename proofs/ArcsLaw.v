(** The law of arcs cut at cells with a common phase (docs/intervals.md, Proposition 9). *)
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

(** When a worker has sent a row with a certain symbol. *)
Section Due.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation width := (width m d).
Implicit Types (j s : nat) (done : pred nat).

Definition due j s : nat :=
  if s == j then 1%N
  else if home s == home j then (if (j < s)%N then home j * d + width (home j) - j else width (home j))%N
  else need n d r (turned n (home j)) (ahead n (turned n (home j)) (turned n (home s))).

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
  has (fun x => s \in x) (complete done (a + width (home j)) (others m d j)) = done (a + due j s)%N.
Proof.
move=> jm sm ne; have hj := home_le jm; have hs := home_le sm.
have sj : s != j by apply: contra_neq ne => ->.
rewrite /due (negPf sj) (negPf ne) ahead_turned //; last by rewrite eq_sym.
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

(** A worker has sent a row with the symbol [s] when it has evaluated [due j s] terms. *)
Lemma has_due done j s : (j < m)%N -> (s < m)%N ->
  has (fun x => s \in x) (complete done 0 (arcs m d j)) = done (due j s).
Proof.
move=> jm sm; have hj := home_cell d_gt0 jm; rewrite /arcs complete_rows_of.
have -> l : has (fun x => s \in x) (rows_of l) = has (fun x => s \in x) l.
  by rewrite !has_count count_rows_of.
rewrite !has_complete !add0n; have sz : (1 + size (after m d j) + size (before d j) = width (home j))%N.
  by rewrite !size_iota; lia.
rewrite sz; have [hs|ne] := eqVneq (home s) (home j).
  rewrite has_complete_none ?orbF; last first.
    apply/hasPn => x /mapP[i]; rewrite mem_iota cellsE /= => i1 ->; apply/negP => /(cell_home d_gt0).
    rewrite hs => /esym/eqP; rewrite ahead_unique ?home_le //; last by lia.
    by rewrite /ahead leqnn subnn; lia.
  have := home_cell d_gt0 sm; rewrite hs => hsc; rewrite /due hs eqxx !mem_iota inE.
  case: (ltngtP j s) => js.
  - rewrite andbF /= (_ : (s < home j * d + (j - home j * d))%N = false) ?andbF ?orbF; last by lia.
    rewrite (_ : (s < _)%N) ?andbT; last by lia.
    by congr done; rewrite size_iota; lia.
  - by rewrite !andbF /= (_ : (_ <= s < _)%N) ?andbT; lia.
  rewrite andbT andbF (_ : (s < home j * d + (j - home j * d))%N = false) ?andbF ?orbF //.
  by rewrite js subnKC ?ltnn //; case/andP: hj; rewrite js.
have out l : s \in l -> l \in [:: [:: j]; after m d j; before d j] -> False.
  move=> sl lin; have lj : s \in cell m d (home j).
    move: lin sl; rewrite !inE => /or3P[] /eqP -> sl; have := pieces d_gt0 s jm; rewrite sl;
      by case: (s \in cell _ _ _) => //; do 2 case: (_ \in _).
  by case/eqP: ne; apply: (cell_home d_gt0 lj).
rewrite (_ : (s \in [:: j]) = false); last by apply/negP => /out; apply; rewrite !inE eqxx.
rewrite (_ : (s \in after m d j) = false); last by apply/negP => /out; apply; rewrite !inE eqxx orbT.
rewrite (_ : (s \in before d j) = false); last by apply/negP => /out; apply; rewrite !inE eqxx !orbT.
by rewrite !andbF /= -[width _]add0n has_others.
Qed.

Lemma due_le j s : (j < m)%N -> (s < m)%N -> (0 < due j s <= n.+1 * d)%N.
Proof.
move=> jm sm; have hj := home_cell d_gt0 jm; have hs := home_cell d_gt0 sm; rewrite /due.
have wd c : (width c <= d)%N by apply: geq_minl.
have := wd (home j); rewrite mulSn; case: eqP => [_|sj] wj; first by lia.
case: eqP => [e|ne].
  by move: hs; rewrite e; case: (ltnP j s); lia.
rewrite -mulSn /need; apply/andP; split.
  rewrite big_ord_recl /=; apply: leq_trans (leq_addr _ _).
  by rewrite /part_size; case: ifP.
have [hjn hsn] := (home_le jm, home_le sm).
apply: leq_trans (_ : \sum_(t < (ahead n (turned n (home j)) (turned n (home s))).+1) d <= _)%N.
  by apply: leq_sum => t _; rewrite /part_size; case: ifP.
rewrite sum_nat_const card_ord leq_mul2r ltnS /ahead; apply/orP; right.
by have := turned_le hjn; have := turned_le hsn; case: (leqP (turned n (home j)) (turned n (home s))); lia.
Qed.
End Due.

(** What has been received, for any notion of who has done how much. *)
Section Received.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation width := (width m d).
Notation due := (due n d r).
Implicit Types (j s : 'I_m) (c : nat).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

(** Where a worker starts, the short cell being at 0. *)
Definition position (j : 'I_m) : nat := turned n (home j).
Definition received (done : 'I_m -> pred nat) : seq (seq nat) :=
  flatten [seq complete (done j) 0 (arcs m d j) | j : 'I_m <- enum 'I_m].
Definition own_received (done : 'I_m -> pred nat) c : bool :=
  [forall s : 'I_m, (position s == c) ==> [exists j : 'I_m, (home j == home s) && done j (due j s)]].

Lemma home_range j : (home j <= n)%N.
Proof. by apply: (@home_le n d r). Qed.

Lemma position_le j : (position j <= n)%N.
Proof. exact: (turned_le (home_range j)). Qed.

Lemma position_home j s : (position j == position s) = (home j == home s).
Proof. by rewrite turned_inj // home_range. Qed.

Lemma size_position j : part_size d r (position j) = width (home j).
Proof. by rewrite width_turned // home_range. Qed.

Lemma received_covered (done : 'I_m -> pred nat) :
  covered m (received done) = [forall s : 'I_m, [exists j : 'I_m, done j (due j s)]].
Proof.
apply/coveredP/forallP => [cov s|all_ s sm].
  have [x /flattenP[xs /mapP[j _ ->] xin] sx] := cov s (ltn_ord s); apply/existsP; exists j.
  by rewrite -(has_due r_gt0 r_le _ (ltn_ord j) (ltn_ord s)); apply/hasP; exists x.
have /existsP[j] := all_ (Ordinal sm); rewrite -(has_due r_gt0 r_le _ (ltn_ord j) sm) => /hasP[x xin sx].
by exists x => //; apply/flattenP; exists (complete (done j) 0 (arcs m d j)) => //; apply: map_f; rewrite mem_enum.
Qed.

Lemma covered_cells (done : 'I_m -> pred nat) :
  [forall s : 'I_m, [exists j : 'I_m, done j (due j s)]] = [forall c : 'I_n.+1, own_received done c ||
    [exists j : 'I_m, (position j != c) && done j (need n d r (position j) (ahead n (position j) c))]].
Proof.
have far j s : home s != home j -> due j s = need n d r (position j) (ahead n (position j) (position s)).
  by move=> ne; rewrite /ArcsLaw.due (negPf ne) ifN //; apply: contra_neq ne => ->.
apply/forallP/forallP => [all_ c|all_ s].
  apply/orP; have [far_j|none] := boolP [exists j : 'I_m, (position j != c) &&
    done j (need n d r (position j) (ahead n (position j) c))]; first by right.
  left; apply/forallP => s; apply/implyP => /eqP sc; have /existsP[j dj] := all_ s; apply/existsP; exists j.
  rewrite dj andbT eq_sym; apply: contraR none => ne; apply/existsP; exists j.
  by rewrite -sc position_home eq_sym ne -far.
have /orP[/forallP/(_ s)|/existsP[j /andP[ne dj]]] := all_ (Ordinal (position_le s : position s < n.+1)%N).
  by rewrite eqxx => /existsP[j /andP[_ dj]]; apply/existsP; exists j.
by apply/existsP; exists j; rewrite far // -position_home eq_sym.
Qed.

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
End Received.

(** Independent workers of one law; [x j] is the number of terms that worker [j] has evaluated. *)
Section Law.
Variables (R : realFieldType) (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation K := (n.+1 * d)%N.
Variable w : 'I_K.+1 -> R.
Hypothesis w_total : \sum_t w t = 1.
Notation point := {ffun 'I_m -> 'I_K.+1}.
Notation home := (home d).
Notation width := (width m d).
Notation due := (due n d r).
Notation position := (@position n d r).
Notation below := (below w).
Implicit Types (x : point) (j s : 'I_m).

(** v_k: the probability that the workers that start in a cell of [k] terms leave it uncovered. *)
Definition arcs_left (k : nat) : R :=
  \sum_(y < k) below 1 * below k ^+ (k - y.+1) * \prod_(i < y) (below (k - i) - below 1).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.
Let done x j : pred nat := fun a => (a <= x j)%N.
Let own c x := own_received (done x) c.

(** The first worker of the cell that has not sent its own term is [y], and what the others may have done. *)
Let leaves k y i (t : 'I_K.+1) : bool :=
  if (i < y)%N then (0 < t < k - i)%N else if i == y then (t < 1)%N else (t < k)%N.

Lemma leaves_law k y : (y < k)%N -> (\prod_(i < k) (\sum_(t | leaves k y i t) w t)) =
  below 1 * below k ^+ (k - y.+1) * \prod_(i < y) (below (k - i) - below 1).
Proof.
move=> yk; rewrite -(big_mkord xpredT (fun i => \sum_(t | leaves k y i t) w t)).
rewrite (@big_cat_nat _ _ _ y) //=; last exact: ltnW.
rewrite [X in _ * X]big_ltn // mulrC; congr (_ * _ * _).
- by apply: eq_bigl => t; rewrite /leaves ltnn eqxx.
- rewrite (eq_big_nat _ _ (F2 := fun=> below k)) => [|i yi]; first by rewrite prodr_const_nat.
  by apply: eq_bigl => t; rewrite /leaves ifN ?ifN //; lia.
rewrite big_mkord; apply: eq_bigr => i _; have iy := ltn_ord i.
rewrite [below (k - i)](bigID (fun t : 'I_K.+1 => t < 1)%N) /= addrAC.
rewrite [X in _ = X - _ + _](eq_bigl (fun t : 'I_K.+1 => t < 1)%N) => [|t]; last by lia.
by rewrite subrr add0r; apply: eq_bigl => t; rewrite /leaves iy; lia.
Qed.

(** The workers of a cell leave it uncovered if and only if one is such a first one. *)
Lemma not_own c0 x : (c0 <= n)%N -> (~~ own (turned n c0) x)%:R =
  \sum_(y < width c0) [forall j : 'I_m, (home j == c0) ==> leaves (width c0) y (j - c0 * d) (x j)]%:R :> R.
Proof.
move=> cn; set k := width c0; pose at_ (i : 'I_k) : 'I_m := Ordinal (cell_in r_gt0 r_le (ltn_ord i)).
have at_home i : home (at_ i) == c0 by rewrite in_cell //= leq_addr ltn_add2l ltn_ord.
have at_sub (i : 'I_k) : (at_ i - c0 * d = i)%N by rewrite /= addKn.
have in_range j : home j == c0 -> (j - c0 * d < k)%N && (c0 * d + (j - c0 * d) == j)%N.
  by rewrite in_cell // -/k; lia.
have same j (i : 'I_k) : home j == c0 -> (j - c0 * d)%N = i -> j = at_ i.
  by move=> /in_range/andP[_ /eqP e] e'; apply: val_inj; rewrite /= -e'.
have [/existsP[y0 hy0]|none] := boolP [exists i : 'I_k, (x (at_ i) < 1)%N]; last first.
  rewrite big1 => [|y _]; last first.
    case: forallP => // /(_ (at_ y)); rewrite at_home at_sub /leaves ltnn eqxx => x1.
    by case/existsP: none; exists y.
  rewrite (_ : own _ _) //; apply/forallP => s; apply/implyP; rewrite position_cell // => hs.
  have /andP[sk _] := in_range s hs; have es := same s (Ordinal sk) hs erefl.
  apply/existsP; exists s; rewrite eqxx /done /ArcsLaw.due eqxx lt0n.
  by apply: contra none => /eqP x0; apply/existsP; exists (Ordinal sk); rewrite -es x0.
case: (@arg_minnP _ y0 (fun i => (x (at_ i) < 1)%N) (@nat_of_ord k) hy0) => y xy least.
have before_y j : home j == c0 -> (j - c0 * d < y)%N -> (0 < x j)%N.
  move=> hj; have /andP[jk _] := in_range j hj; have -> := same j (Ordinal jk) hj erefl; rewrite at_sub lt0n => lt.
  by apply: contraL lt => /eqP x0; rewrite -leqNgt; apply: least; rewrite x0.
rewrite (bigD1 y) //= big1 ?addr0 => [|y' ne]; last first.
  case: forallP => // all_; have := all_ (at_ y'); have := all_ (at_ y); rewrite !at_home !at_sub /leaves ltnn eqxx /=.
  have ne' : y' != y :> nat by [].
  case: (ltngtP y y') ne' => // yy' _; first by move: xy; lia.
  by have := before_y (at_ y') (at_home _); rewrite at_sub => /(_ yy'); lia.
congr (nat_of_bool _)%:R; have dueE j s : home j == c0 -> home s == c0 ->
    due j s = if s == j then 1%N else if (j < s)%N then (k - (j - c0 * d))%N else k.
  move=> /[dup] /in_range/andP[_ /eqP e] /eqP hj /eqP hs; rewrite /ArcsLaw.due hs hj eqxx -/k val_eqE.
  by case: ifP => // _; case: ifP => // _; lia.
have k0 : (0 < k)%N by apply: leq_ltn_trans (ltn_ord y).
apply/forallPn/forallP => [[s]|all_].
  rewrite negb_imply position_cell // => /andP[hs /existsPn none] j; apply/implyP => hj.
  have lt (i : 'I_m) : home i == c0 -> (x i < due i s)%N.
    by move=> hi; have := none i; rewrite (eqP hi) (eqP hs) eqxx /done -ltnNge.
  have /andP[sk /eqP es] := in_range s hs; have /andP[jk /eqP ej] := in_range j hj.
  have ys : (y <= s - c0 * d)%N.
    apply: (least (Ordinal sk)); rewrite -(same s (Ordinal sk) hs erefl).
    by have := lt s hs; rewrite dueE // eqxx.
  have := lt j hj; rewrite dueE // /leaves; case: (ltngtP (j - c0 * d)%N y) => jy.
  - have js : (j < s)%N by lia.
    by rewrite js before_y // ifN //; apply: contraTneq js => ->; rewrite ltnn.
  - by case: ifP => _; [lia | case: ifP => _; lia].
  by move=> _; rewrite (same j y hj jy).
exists (at_ y); rewrite negb_imply position_cell // at_home andTb; apply/existsPn => j.
rewrite (eqP (at_home y)) /done.
have [hj|//] := boolP (home j == c0); rewrite andTb -ltnNge dueE ?at_home //; have := all_ j.
rewrite hj implyTb /leaves.
have /andP[jk /eqP ej] := in_range j hj; case: (ltngtP (j - c0 * d)%N y) => jy.
- have js : (j < at_ y)%N by rewrite /=; lia.
  by rewrite js ifN => [/andP[]|] //; apply: contraTneq js => ->; rewrite ltnn.
- have sj : (at_ y < j)%N by rewrite /=; lia.
  by rewrite [(j < at_ y)%N]ltnNge (ltnW sj) ifN //; apply: contraTneq sj => ->; rewrite ltnn.
by rewrite (same j y hj jy) eqxx.
Qed.

Lemma own_left c : (c <= n)%N -> Pr (fun=> w) (fun x => ~~ own c x) = arcs_left (part_size d r c).
Proof.
move=> cn; have [c0 c0n <-] := find_turned cn; rewrite -width_turned // /Pr (eq_mean _ (fun x => not_own x c0n)).
rewrite mean_sum; apply: eq_bigr => y _; rewrite -leaves_law //; set k := width c0.
rewrite -/(Pr _ _) (Pr_all (fun=> w) (fun j t => (home j == c0) ==> leaves k y (j - c0 * d) t)).
rewrite -(eq_bigr _ (fun (i : 'I_k) _ => congr1 (fun a => \sum_(t | leaves k y a t) w t) (addKn (c0 * d)%N i))).
rewrite -(@big_cell n d r r_gt0 r_le _ _ *%R (fun j : nat => \sum_(t | leaves k y (j - c0 * d) t) w t)).
rewrite [RHS]big_mkcond; apply: eq_bigr => j _; case: (home j == c0) => //=.
Qed.

(** P(everything is covered), by how many terms the workers have evaluated (docs/intervals.md, Proposition 9). *)
Theorem arcs_budgets_law (Q : nat -> R) :
  (forall l, (l <= n)%N ->
    \sum_(i < l.+1) row_left d w arcs_left i * Q (l - i)%N = turn_left d r w arcs_left l) ->
  Pr (fun=> w) (fun x => covered m (received (done x))) = 1 - Q n.
Proof.
move=> QP; rewrite -(@cells_cyclic_law _ _ n d r _ position w w_total _ _ own arcs_left _ _ own_left Q) //.
- by apply: eq_mean => x; rewrite received_covered // covered_cells.
- by move=> j; apply: position_le.
- exact: card_position.
- move=> c j pj x t; apply: eq_forallb => s; case: (boolP (position s == c)) => //= /eqP sc.
  apply: eq_existsb => i; rewrite /done ffunE; have [->|//] := eqVneq i j.
  by rewrite -position_home // sc (negPf pj).
move=> j x; rewrite size_position // => le; apply/forallP => s; apply/implyP; rewrite position_home // => hs.
apply/existsP; exists j; rewrite eq_sym hs /done; apply: leq_trans le; rewrite /ArcsLaw.due hs.
have hj := home_cell d_gt0 (ltn_ord j); have hs' := home_cell d_gt0 (ltn_ord s); move: hs'; rewrite (eqP hs) => hs'.
by case: ifP => _; last case: ifP => _; lia.
Qed.
End Law.

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

(** P(fewer than a terms) = 1 - F_a (docs/intervals.md, Proposition 9). *)
Theorem below_by_time a : (0 < a <= K)%N -> below terms_law a = 1 - Floor.F law X (time - tau * a%:R).
Proof.
move=> aK; rewrite /Floor.F -[X in X - _]law_total.
rewrite [X in X - _](bigID (Floor.started_by X (time - tau * a%:R))) /= addrAC subrr add0r.
rewrite (eq_bigl (fun u => terms_by u < a)%N) => [|u]; last by rewrite -terms_byP // -ltnNge.
rewrite /CircleLaw.below [RHS](partition_big terms_by (fun b : 'I_K.+1 => b < a)%N) //=; apply: eq_bigr => b ba.
by rewrite /terms_law; apply: eq_bigl => u; case: eqP => [->|]; rewrite ?ba ?andbF.
Qed.

Lemma evaluated_terms x (j : 'I_m) a : (0 < a <= K)%N -> evaluated tau (delay x) time j a = (a <= terms_by (x j))%N.
Proof.
by move=> aK; rewrite terms_byP // /evaluated /delay valK /Floor.started_by; case: (X (x j)) => // s; rewrite lerBrDr.
Qed.

(** The law of T for arcs with a common phase: P(T <= t) = 1 - Q n, for the quotient of two power series with v_k
    ([arcs_left]) in place of (1 - F_k)^k at the last part of a gap (docs/intervals.md, Proposition 9). *)
Theorem arcs_law (F : fieldType) (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_left d terms_law (arcs_left terms_law) i * Q (l - i)%N =
    turn_left d r terms_law (arcs_left terms_law) l) ->
  Pr (fun=> law) (fun x : point => recovers F m (received_by m tau (delay x) time (arcs m d))) = 1 - Q n.
Proof.
move=> QP; have total : \sum_b terms_law b = 1 by rewrite -law_total [RHS](partition_big terms_by xpredT).
rewrite -(arcs_budgets_law r_gt0 r_le total QP) -(Pr_image (fun=> law) (fun=> terms_by)); apply: eq_mean => x.
congr (nat_of_bool _)%:R; rewrite received_recovers // received_covered //.
have -> : received_by m tau (delay x) time (arcs m d) =
    received (fun (j : 'I_m) a => evaluated tau (delay x) time j a).
  by rewrite /received_by /received -val_enum_ord -map_comp.
rewrite received_covered //; apply: eq_forallb => s; apply: eq_existsb => j.
by rewrite ffunE evaluated_terms // due_le.
Qed.
End Time.
