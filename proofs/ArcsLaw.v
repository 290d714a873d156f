(** The law of arcs cut at cells with a common phase (docs/proofs/intervals.md, Proposition 9). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Finner CircleLaw ArcScheme CellLaw.
From SRTheory Require Floor.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

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
  else far_due n d r j s.

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

Lemma due_far j s : home s != home j -> due j s = far_due n d r j s.
Proof. by move=> ne; rewrite /due (negPf ne) ifN //; apply: contra_neq ne => ->. Qed.

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
  rewrite others_home // orbF.
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
by rewrite !andbF /= -[width _]add0n has_others // due_far.
Qed.

Lemma due_le j s : (j < m)%N -> (s < m)%N -> (0 < due j s <= n.+1 * d)%N.
Proof.
move=> jm sm; have hj := home_cell d_gt0 jm; have hs := home_cell d_gt0 sm; rewrite /due.
have wd c : (width c <= d)%N by apply: geq_minl.
have := wd (home j); rewrite mulSn; case: eqP => [_|sj] wj; first by lia.
case: eqP => [e|ne].
  by move: hs; rewrite e; case: (ltnP j s); lia.
by rewrite -mulSn far_due_le.
Qed.

(** What the workers have sent if worker [j] has evaluated [a] terms when [done j a]. *)
Definition received (done : 'I_m -> pred nat) : seq (seq nat) :=
  flatten [seq complete (done j) 0 (arcs m d j) | j : 'I_m <- enum 'I_m].

Lemma received_covered (done : 'I_m -> pred nat) :
  covered m (received done) = [forall s : 'I_m, [exists j : 'I_m, done j (due j s)]].
Proof. by apply: covered_due => done' j s; apply: has_due. Qed.
End Due.

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
Let own c x := home_received due (done x) c.

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

(** P(everything is covered), by how many terms the workers have evaluated (docs/proofs/intervals.md, Proposition 9). *)
Theorem arcs_budgets_law (Q : nat -> R) :
  (forall l, (l <= n)%N ->
    \sum_(i < l.+1) row_left d w arcs_left i * Q (l - i)%N = turn_left d r w arcs_left l) ->
  Pr (fun=> w) (fun x => covered m (received (done x))) = 1 - Q n.
Proof.
move=> QP; rewrite -(budgets_law r_gt0 r_le (@due_far n d r) w_total _ own_left QP) => [|j s hs].
  by apply: eq_mean => x; rewrite received_covered.
have hj := home_cell d_gt0 (ltn_ord j); have hs' := home_cell d_gt0 (ltn_ord s); move: hs'; rewrite hs => hs'.
by rewrite /ArcsLaw.due hs eqxx; case: ifP => _; last case: ifP => _; lia.
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
Notation delay := (delay X).
Notation terms_by := (terms_by X tau time n d).
Notation terms_law := (@terms_law R T law X tau time n d).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

(** P(fewer than a terms) = 1 - F_a (docs/proofs/intervals.md, Proposition 9). *)
Theorem below_by_time a : (0 < a <= K)%N -> below terms_law a = 1 - Floor.F law X (time - tau * a%:R).
Proof.
move=> aK; rewrite /Floor.F -[X in X - _]law_total.
rewrite [X in X - _](bigID (Floor.started_by X (time - tau * a%:R))) /= addrAC subrr add0r.
rewrite (eq_bigl (fun u => terms_by u < a)%N) => [|u]; last first.
  by rewrite -(@terms_byP _ _ X tau time n d) // -ltnNge.
rewrite /CircleLaw.below [RHS](partition_big terms_by (fun b : 'I_K.+1 => b < a)%N) //=; apply: eq_bigr => b ba.
by rewrite /terms_law; apply: eq_bigl => u; case: eqP => [->|]; rewrite ?ba ?andbF.
Qed.

(** The law of T for arcs with a common phase: P(T <= t) = 1 - Q n, for the quotient of two power series with v_k
    ([arcs_left]) in place of (1 - F_k)^k at the last part of a gap (docs/proofs/intervals.md, Proposition 9). *)
Theorem arcs_law (F : fieldType) (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_left d terms_law (arcs_left terms_law) i * Q (l - i)%N =
    turn_left d r terms_law (arcs_left terms_law) l) ->
  Pr (fun=> law) (fun x : point => recovers F m (received_by m tau (delay x) time (arcs m d))) = 1 - Q n.
Proof.
move=> QP; rewrite -(arcs_budgets_law r_gt0 r_le (terms_total X tau time n d law_total) QP).
transitivity (Pr (fun=> law) (fun x : point =>
  [forall s : 'I_m, [exists j : 'I_m, evaluated tau (delay x) time j (due n d r j s)]])); last first.
  by rewrite covered_by_time // => [|j s]; [apply: eq_mean => x; rewrite received_covered | apply: due_le].
apply: eq_mean => x; congr (nat_of_bool _)%:R; rewrite received_recovers //.
rewrite -(received_covered r_gt0 r_le (fun (j : 'I_m) a => evaluated tau (delay x) time j a)).
by rewrite /received_by /received -val_enum_ord -map_comp.
Qed.
End Time.
