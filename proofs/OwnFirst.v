(** Own terms followed by parts in cyclic order (docs/proofs/theory.md, 5.5): what covers recovers, and the law of the
    latency. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Finner CircleLaw ArcScheme CellLaw.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** What the workers have sent when [done j a] says whether worker [j] has evaluated [a] terms. *)
Section Sent.
Variables (m d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Notation home := (home d).
Notation width := (width m d).
Notation cell := (cell m d).
Variable done : nat -> pred nat.
Hypothesis done_mono : forall j a b, (a <= b)%N -> done j b -> done j a.
Implicit Types (j s x c : nat).

Definition own_rows : seq (seq nat) := flatten [seq complete (done j) 0 (own_then_parts m d j) | j <- iota 0 m].

Lemma own_row j : (j < m)%N -> done j 1 -> [:: j] \in own_rows.
Proof.
move=> jm d1; apply/flattenP; exists (complete (done j) 0 (own_then_parts m d j)).
  by apply: (map_f (fun j : nat => complete (done j) 0 (own_then_parts m d j))); rewrite mem_iota.
by rewrite complete_rows_of mem_rows_of mem_complete d1 eqxx.
Qed.

Lemma own_cell c : covered m own_rows -> sum_of own_rows (cell c).
Proof.
move=> /coveredP cov; have [wc|nwc] := boolP (cell c \in own_rows); first exact: sum_of_mem.
have mem_c x : x \in cell c -> (x < m)%N by rewrite mem_cell /ArcScheme.width; lia.
have [/allP alone|/allPn[s sc ns]] := boolP (all (fun j => done j 1) (cell c)).
  exists [seq [:: j] | j <- cell c] => [r /mapP[j jc ->]|x]; first by apply: own_row; [exact: mem_c | exact: alone].
  rewrite count_map (eq_count (a2 := pred1 x)) => [|j]; last by rewrite /= inE eq_sym.
  by rewrite count_uniq_mem ?iota_uniq.
have [r /flattenP[rs /mapP[j]]] := cov s (mem_c s sc); rewrite mem_iota => /andP[_ jm] -> rin sr.
have rec : r \in own_rows.
  apply/flattenP; exists (complete (done j) 0 (own_then_parts m d j)) => //.
  by apply: (map_f (fun j : nat => complete (done j) 0 (own_then_parts m d j))); rewrite mem_iota.
move: rin; rewrite complete_rows_of mem_rows_of !mem_complete !add0n => /andP[ne].
move=> /or3P[/andP[d1 /eqP e]|/andP[dr /eqP e]|].
- by move: sr; rewrite e inE => /eqP sj; rewrite sj d1 in ns.
- have d1 : done j 1 by apply: done_mono dr; rewrite leq_addr.
  have jc : home j = c.
    by rewrite -(cell_home d_gt0 sc); apply/esym/(@rest_home m d d_gt0) => //; rewrite -mem_cat -e.
  exists [:: [:: j]; r] => [r'|x]; first by rewrite !inE => /orP[] /eqP -> //; apply: own_row.
  by have := pieces d_gt0 x jm; rewrite rest_once // -e jc => <-; rewrite /= addn0.
move=> oin; have : r \in others m d j.
  elim: (others m d j) (1 + _)%N oin => //= r0 os IH a; case: ifP => _; rewrite inE; last first.
    by move=> /IH ->; rewrite orbT.
  by rewrite inE => /orP[->|/IH ->] //; rewrite orbT.
case/mapP => i _ e; move: sr nwc; rewrite e => /(cell_home d_gt0); rewrite (cell_home d_gt0 sc) => ->.
by rewrite -e rec.
Qed.

(** Coverage is recovery: what is left of a part arrives after its sender's own term (docs/proofs/theory.md, 5.5). *)
Theorem own_coverage_recovers (F : fieldType) : recovers F m own_rows = covered m own_rows.
Proof.
apply/idP/idP => [/recovers_covered //|cov].
have [s sub cnt] : exists2 s, {subset s <= own_rows} & forall x, (x < m)%N -> count (fun r => x \in r) s = 1%N.
  have ind l : exists2 s, {subset s <= own_rows} &
      forall x, (x < m)%N -> count (fun r => x \in r) s = (x < l * d)%N :> nat.
    elim: l => [|l [s sub cnt]]; first by exists [::] => // x _; rewrite mul0n.
    have [s' sub' cnt'] := own_cell l cov; exists (s ++ s') => [r|x xm].
      by rewrite mem_cat => /orP[/sub|/sub'].
    by rewrite count_cat cnt // cnt' mem_cell /ArcScheme.width mulSn; lia.
  have [s sub cnt] := ind m; exists s => // x xm; rewrite cnt // (_ : (x < m * d)%N) //.
  by apply: leq_trans xm _; rewrite leq_pmulr.
by apply: recovers_subset sub _; apply: partition_recovers.
Qed.
End Sent.

Section Received.
Variables (n d r : nat).
Hypotheses (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation home := (home d).
Notation width := (width m d).
Notation position := (@position n d r).
Implicit Types (j s : 'I_m) (c : nat).

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.

(** A worker has sent a row with the symbol [s] when it has evaluated so many terms. *)
Definition own_due (j s : nat) : nat :=
  if s == j then 1%N else if home s == home j then width (home j)
  else far_due n d r j s.

Lemma own_due_far (j s : nat) : home s != home j -> own_due j s = far_due n d r j s.
Proof. by move=> ne; rewrite /own_due (negPf ne) ifN //; apply: contra_neq ne => ->. Qed.

Lemma mem_home (j s : nat) : (s < m)%N -> (s \in cell m d (home j)) = (home s == home j).
Proof.
move=> sm; apply/idP/eqP => [/(cell_home d_gt0) //|<-].
by rewrite mem_cell home_cell.
Qed.

Lemma has_own_due (done : pred nat) (j s : nat) : (j < m)%N -> (s < m)%N ->
  has (fun x => s \in x) (complete done 0 (own_then_parts m d j)) = done (own_due j s).
Proof.
move=> jm sm; rewrite /own_then_parts complete_rows_of.
have -> l : has (fun x => s \in x) (rows_of l) = has (fun x => s \in x) l by rewrite !has_count count_rows_of.
have := pieces d_gt0 s jm; rewrite rest_once // inE mem_home // /own_due.
rewrite !has_complete !add0n inE -(sizes d_gt0 jm) size_iota.
case: (eqVneq s j) => [sj|sj].
  have hs : home s = home j by rewrite sj.
  by rewrite (others_home r_gt0 r_le _ _ jm hs) hs eqxx andbT orbF; case: (s \in _) => //= _; rewrite andbF orbF.
case: (eqVneq (home s) (home j)) => hs.
  by rewrite others_home //; case: (s \in _) => //= _; rewrite andbF andbT orbF.
by case: (s \in _) => //= _; rewrite !andbF /= -[width _]add0n has_others.
Qed.

Lemma own_rows_covered (done : nat -> pred nat) :
  covered m (own_rows m d done) = [forall s : 'I_m, [exists j : 'I_m, done j (own_due j s)]].
Proof.
by rewrite /own_rows -val_enum_ord -map_comp -(covered_due has_own_due (fun j : 'I_m => done j)).
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
Notation position := (@position n d r).
Notation below := (below w).
Implicit Types (x : point) (j s : 'I_m).

(** The probability that the workers that start at a part of [k] terms leave it uncovered: none of them has completed
    it, less that besides all have sent their own term. *)
Definition own_first_left (k : nat) : R := below k ^+ k - (below k - below 1) ^+ k.

Let d_gt0 : (0 < d)%N. Proof. exact: leq_trans r_le. Qed.
Let done x j : pred nat := fun a => (a <= x j)%N.
Let own c x := home_received (own_due n d r) (done x) c.

Lemma not_own c x : (c <= n)%N -> (~~ own c x)%:R =
  [forall j : 'I_m, (position j == c) ==> (x j < part_size d r c)%N]%:R -
  [forall j : 'I_m, (position j == c) ==> (0 < x j < part_size d r c)%N]%:R :> R.
Proof.
move=> cn; set k := part_size d r c; have k0 : (0 < k)%N by rewrite /k /part_size; case: ifP.
have width_ j : position j == c -> width (home j) = k by move=> /eqP e; rewrite /k -e size_position.
have [/forallP none|some] := boolP [forall j : 'I_m, (position j == c) ==> (x j < k)%N]; last first.
  have -> : [forall j : 'I_m, (position j == c) ==> (0 < x j < k)%N] = false.
    apply: contraNF some => /forallP h; apply/forallP => j; apply/implyP => pj.
    by have := h j; rewrite pj => /andP[].
  rewrite subrr; have /existsP[j] : [exists j : 'I_m, ~~ ((position j == c) ==> (x j < k)%N)] by rewrite -negb_forall.
  rewrite negb_imply -leqNgt => /andP[pj kx]; rewrite (_ : own c x) //; apply/forallP => s; apply/implyP => ps.
  apply/existsP; exists j; have hs : home j == home s by rewrite -position_home // (eqP pj) (eqP ps).
  rewrite hs /done /own_due eq_sym (eqP hs) eqxx; case: ifP => _; last by rewrite -(eqP hs) width_.
  by apply: leq_trans kx.
have [/forallP all_|/forallPn[s]] := boolP [forall j : 'I_m, (position j == c) ==> (0 < x j < k)%N].
  rewrite subrr (_ : own c x) //; apply/forallP => s; apply/implyP => ps; apply/existsP; exists s.
  by rewrite eqxx /done /own_due eqxx; have := all_ s; rewrite ps => /andP[].
rewrite negb_imply => /andP[ps]; have := none s; rewrite ps /= => -> ; rewrite andbT -leqNgt leqn0 => /eqP xs.
rewrite subr0 (_ : own c x = false) //; apply/negP => /forallP/(_ s); rewrite ps => /existsP[j /andP[hj]].
have pj : position j == c by rewrite -(eqP ps) position_home.
rewrite /done /own_due eq_sym (eqP hj) eqxx; case: eqP => [/val_inj ->|_]; first by rewrite xs.
by have := none j; rewrite pj -(eqP hj) width_ //= => xk; rewrite leqNgt xk.
Qed.

Lemma own_left c : (c <= n)%N -> Pr (fun=> w) (fun x => ~~ own c x) = own_first_left (part_size d r c).
Proof.
move=> cn; rewrite /Pr (eq_mean _ (fun x => not_own x cn)) meanB; set k := part_size d r c.
have each (P : pred 'I_K.+1) : Pr (fun=> w) (fun x => [forall j : 'I_m, (position j == c) ==> P (x j)]) =
    (\sum_(t | P t) w t) ^+ k.
  rewrite (Pr_all (fun=> w) (fun j t => (position j == c) ==> P t)) /k -(card_position r_gt0 r_le cn).
  rewrite -prodr_const [RHS]big_mkcond; apply: eq_bigr => j _; rewrite inE.
  by case: (position j == c) => //=.
rewrite -!/(Pr _ _) (each (fun t : 'I_K.+1 => t < k)%N) (each (fun t : 'I_K.+1 => 0 < t < k)%N).
congr (_ - _ ^+ _); rewrite [below k](bigID (fun t : 'I_K.+1 => t < 1)%N) /= addrAC.
rewrite [X in _ = X - _ + _](eq_bigl (fun t : 'I_K.+1 => t < 1)%N) => [|t]; last first.
  have k0 : (0 < k)%N by rewrite /k /part_size; case: ifP.
  by lia.
by rewrite subrr add0r; apply: eq_bigl => t; lia.
Qed.

Lemma own_due_home j s : home s = home j -> (own_due n d r j s <= width (home j))%N.
Proof.
by move=> hs; rewrite /own_due hs eqxx; case: ifP => // _; have := home_cell d_gt0 (ltn_ord j); lia.
Qed.
End Law.

(** The same from the delays before the start: independent, of one law on finitely many values, [None] being never. *)
Section Time.
Variables (R : realFieldType) (T : finType) (law : T -> R) (X : T -> option R) (tau time : R) (n d r : nat).
Hypotheses (law_total : \sum_t law t = 1) (tau_ge0 : 0 <= tau) (r_gt0 : (0 < r)%N) (r_le : (r <= d)%N).
Notation m := (n * d + r)%N.
Notation point := {ffun 'I_m -> T}.
Notation delay := (delay X).
Notation terms_by := (terms_by X tau time n d).
Notation terms_law := (@terms_law R T law X tau time n d).

Lemma own_due_le j s : (j < m)%N -> (s < m)%N -> (0 < own_due n d r j s <= n.+1 * d)%N.
Proof.
move=> jm sm; have d_gt0 : (0 < d)%N by apply: leq_trans r_le.
have wd : (width m d (home d j) <= d)%N by apply: geq_minl.
have := home_cell d_gt0 jm; rewrite /own_due mulSn; case: ifP => [_|_]; first by lia.
by case: ifP => [_|_ _]; [lia | rewrite -mulSn far_due_le].
Qed.

(** The law of T for own terms and then parts in cyclic order: P(T <= t) = 1 - Q n, for the quotient of two power series
    with (1 - F_k)^k - (F_1 - F_k)^k in place of (1 - F_k)^k at the last part of a gap (docs/proofs/theory.md, 5.5). *)
Theorem own_first_law (F : fieldType) (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_left d terms_law (own_first_left terms_law) i * Q (l - i)%N =
    turn_left d r terms_law (own_first_left terms_law) l) ->
  Pr (fun=> law) (fun x : point => recovers F m (received_by m tau (delay x) time (own_then_parts m d))) = 1 - Q n.
Proof.
have d_gt0 : (0 < d)%N by apply: leq_trans r_le.
move=> QP; have total := terms_total X tau time n d law_total.
rewrite -(budgets_law r_gt0 r_le (@own_due_far n d r) total (own_due_home r_gt0 r_le) (own_left r_gt0 r_le total) QP).
rewrite -covered_by_time //; last exact: own_due_le.
apply: eq_mean => x.
have mono j a b : (a <= b)%N -> evaluated tau (delay x) time j b -> evaluated tau (delay x) time j a.
  exact: evaluated_mono.
congr (nat_of_bool _)%:R; rewrite -/(own_rows m d (evaluated tau (delay x) time)) own_coverage_recovers //.
by rewrite own_rows_covered.
Qed.
End Time.
