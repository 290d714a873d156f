(** Elimination by panels and groups (docs/proofs/exactness.md, 4.4): after the i-th panel of a group its last 2^k
    panels are cleared from the next 2^k, 2^k being the largest power of two that divides i. The program as a whole
    gives the same steps and pivots as elimination row by row. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span Elimination.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** The largest power of two that divides [i]. *)
Definition power_of (i : nat) : nat := 2 ^ logn 2 i.
(** The panels that are cleared from panel [j] after panel [i], in order. *)
Definition cleared_after (i j : nat) : seq nat :=
  if (i < j <= i + power_of i)%N then iota (i - power_of i).+1 (power_of i) else [::].
(** All that are cleared from panel [j] before its turn, in order of time. *)
Definition cleared_before (j : nat) : seq nat := flatten [seq cleared_after i j | i <- iota 1 j.-1].

(** When the turn of a panel comes, each panel of its group before it has been cleared from it, once and in order
    (docs/proofs/exactness.md, 4.4). *)
Theorem panels_in_turn (j : nat) : (0 < j <= 16)%N -> cleared_before j = iota 1 j.-1.
Proof.
suff all_ : all (fun j => cleared_before j == iota 1 j.-1) (iota 1 16).
  by move=> jr; apply/eqP/(allP all_); rewrite mem_iota.
by vm_compute.
Qed.

(** Steps with their pivots, cleared together. *)
Section InTurn.
Variables (K : fieldType) (m : nat).
Record block := Block { steps : nat; pivots : 'I_steps -> 'I_m; rows_of : 'M[K]_(steps, m) }.
Implicit Types (b : block) (bs : seq block).

Definition clear n (A : 'M[K]_(n, m)) b : 'M[K]_(n, m) := cleared (@pivots b) (rows_of b) A.
(** Rows that are 0 at the pivots of all blocks. *)
Fixpoint zero_at n (A : 'M[K]_(n, m)) bs : Prop :=
  if bs is b :: bs' then colsub (@pivots b) A = 0 /\ zero_at A bs' else True.
(** Later steps are 0 at the pivots of a block. *)
Fixpoint later_zero b bs : Prop :=
  if bs is b' :: bs' then colsub (@pivots b) (rows_of b') = 0 /\ later_zero b bs' else True.
(** Steps that can be cleared, in this order. *)
Fixpoint in_order bs : Prop :=
  if bs is b :: bs' then [/\ colsub (@pivots b) (rows_of b) \in unitmx, later_zero b bs' & in_order bs'] else True.

Lemma clear_zero n (A : 'M[K]_(n, m)) r (Q : 'I_r -> 'I_m) b :
  colsub Q A = 0 -> colsub Q (rows_of b) = 0 -> colsub Q (clear A b) = 0.
Proof.
move=> QA QR; rewrite /clear /cleared colsub_sub QA sub0r; apply/eqP; rewrite oppr_eq0; apply/eqP.
have -> : colsub Q (colsub (@pivots b) A *m invmx (colsub (@pivots b) (rows_of b)) *m rows_of b) =
    colsub (@pivots b) A *m invmx (colsub (@pivots b) (rows_of b)) *m colsub Q (rows_of b).
  apply/matrixP => i j; rewrite [LHS]mxE [LHS]mxE [RHS]mxE; apply: eq_bigr => l _; congr (_ * _).
  by rewrite mxE.
by rewrite QR mulmx0.
Qed.

Lemma clear_all_zero n (A : 'M[K]_(n, m)) b bs :
  colsub (@pivots b) A = 0 -> later_zero b bs -> colsub (@pivots b) (foldl (@clear n) A bs) = 0.
Proof. by elim: bs A => //= b' bs IH A bA [bb' later]; apply: IH => //; apply: clear_zero. Qed.

(** The span of all steps. *)
Fixpoint span_of bs : 'M[K]_m := if bs is b :: bs' then (rows_of b + span_of bs')%MS else 0.

Lemma clear_span n (A : 'M[K]_(n, m)) bs : (A - foldl (@clear n) A bs <= span_of bs)%MS.
Proof.
elim: bs A => [|b bs IH] A /=; first by rewrite subrr sub0mx.
rewrite -[A - _](subrKA (clear A b)); apply: addmx_sub; last exact: submx_trans (IH _) (addsmxSr _ _).
apply: submx_trans (addsmxSl _ _); rewrite /clear /cleared opprD opprK addrA subrr add0r; exact: submxMl.
Qed.

(** Rows from which all earlier steps are cleared in order are 0 at all earlier pivots when their turn comes, and the
    same as before modulo the span of these steps (docs/proofs/exactness.md, 4.4). *)
Theorem cleared_in_turn n (A : 'M[K]_(n, m)) bs : in_order bs ->
  zero_at (foldl (@clear n) A bs) bs /\ (A - foldl (@clear n) A bs <= span_of bs)%MS.
Proof.
move=> ok; split; last exact: clear_span.
elim: bs A ok => //= b bs IH A [ub later ok]; split; last exact: IH.
by apply: clear_all_zero => //; have [] := cleared_zero ub A.
Qed.
End InTurn.

(** The program: a row has its turn, and becomes a step if it is not 0; or the steps among rows [b] to [e] are cleared
    from rows [lo] to [hi], the upper ends not included. *)
Inductive operation := Turn of nat | Clear of nat & nat & nat & nat.

Section Program.
Variables (K : fieldType) (m : nat).
(** The rows as they are, the pivots of those that are steps, and the rows when their turn came. *)
Record state := State { current : nat -> 'rV[K]_m; pivot_of : nat -> option 'I_m; at_turn : nat -> 'rV[K]_m }.
Implicit Types (st : state) (o : operation) (os : seq operation) (x y : 'I_m * 'rV[K]_m).

Definition steps_among st (b e : nat) : seq ('I_m * 'rV[K]_m) :=
  pmap (fun s => omap (fun j => (j, current st s)) (pivot_of st s)) (iota b (e - b)).
Definition block_of (l : seq ('I_m * 'rV[K]_m)) : block K m :=
  Block (fun i : 'I_(size l) => (tnth (in_tuple l) i).1) (\matrix_(i < size l) (tnth (in_tuple l) i).2).

Definition perform st o : state :=
  match o with
  | Turn s =>
    let u := current st s in let p := pivot u 0 in
    State (fun r => if r == s then (if p is Some j then (u 0 j)^-1 *: u else u) else current st r)
      (fun r => if r == s then p else pivot_of st r) (fun r => if r == s then u else at_turn st r)
  | Clear lo hi b e =>
    State (fun r => if (lo <= r < hi)%N then clear (current st r) (block_of (steps_among st b e)) else current st r)
      (pivot_of st) (at_turn st)
  end.
Definition run n (G : 'M[K]_(n, m)) os : state :=
  let g r := if insub r is Some i then row i G else 0 in foldl perform (State g (fun=> None) g) os.
End Program.

(** [t] rows have had their turn, and row [r] has been cleared of the steps among rows 0 to [z r]. *)
Definition track (tz : nat * (nat -> nat)) o : nat * (nat -> nat) :=
  match o with
  | Turn s => (tz.1.+1, tz.2)
  | Clear lo hi b e => (tz.1, fun r => if (lo <= r < hi)%N then e else tz.2 r)
  end.
Fixpoint valid (tz : nat * (nat -> nat)) (os : seq operation) : Prop :=
  if os is o :: os' then
    match o with
    | Turn s => s = tz.1 /\ (s <= tz.2 s)%N
    | Clear lo hi b e => (e <= tz.1)%N /\
        ((hi <= b <= e)%N \/ (tz.1 <= lo)%N /\ forall r, (lo <= r < hi)%N -> (b <= tz.2 r)%N)
    end /\ valid (track tz o) os'
  else True.

Lemma valid_cat tz os os' : valid tz (os ++ os') <-> valid tz os /\ valid (foldl track tz os) os'.
Proof.
elim: os tz => [|o os IH] tz /=; first by split=> [|[]].
by split=> [[ok /IH[]]|[[ok v] v']]; do ?split=> //; apply/IH.
Qed.

Section Invariant.
Variables (K : fieldType) (n m : nat) (G : 'M[K]_(n, m)).
Implicit Types (st : state K m) (r s t : nat) (j : 'I_m) (v : 'rV[K]_m).
Let g r : 'rV[K]_m := if insub r is Some i then row i G else 0.

Lemma prefix_grow k l : (k <= l)%N -> (prefix k G <= prefix l G)%MS.
Proof.
move=> kl; rewrite (_ : prefix k G = prefix k (prefix l G)); first by rewrite (prefixE k) submxMl.
by apply/matrixP => i j; rewrite !mxE; case: ltnP => // ik; rewrite (leq_trans ik kl).
Qed.

Lemma prefix_row r : (g r <= prefix r.+1 G)%MS.
Proof.
rewrite /g; case: insubP => [i _ e|_]; last exact: sub0mx.
by rewrite (_ : row i G = row i (prefix r.+1 G)) ?row_sub //; apply/rowP => j; rewrite !mxE -e ltnSn.
Qed.

(** What is true of the rows after valid operations. *)
Record invariant t (z : nat -> nat) st : Prop := Invariant {
  no_turn : forall r, (t <= r)%N -> [/\ (current st r - g r <= prefix t G)%MS, pivot_of st r = None, (z r <= t)%N &
    forall s j, (s < z r)%N -> pivot_of st s = Some j -> current st r 0 j = 0];
  had_turn : forall r, (r < t)%N -> [/\ (current st r <= prefix t G)%MS, pivot_of st r = pivot (at_turn st r) 0,
      (at_turn st r - g r <= prefix r G)%MS &
      forall s j, (s < r)%N -> pivot_of st s = Some j -> at_turn st r 0 j = 0];
  steps_at : forall r s j, (r < t)%N -> (s < r)%N -> pivot_of st s = Some j -> current st r 0 j = 0;
  step_one : forall r, if pivot_of st r is Some j then current st r 0 j = 1 else (r < t)%N -> current st r = 0 }.

Lemma steps_amongP st b e (x : 'I_m * 'rV[K]_m) :
  reflect (exists2 s, (b <= s < e)%N & pivot_of st s = Some x.1 /\ x.2 = current st s) (x \in steps_among st b e).
Proof.
rewrite mem_pmap; apply: (iffP mapP) => [[s]|[s sb [ps cs]]].
  rewrite mem_iota => sb; case e_: (pivot_of st s) => [j|] //= [->]; exists s => //; lia.
by exists s; rewrite ?mem_iota ?ps /= -?cs; [lia | case: (x)].
Qed.

Section Block.
Variables (t : nat) (z : nat -> nat) (st : state K m) (b e : nat).
Hypotheses (ok : invariant t z st) (et : (e <= t)%N).
Notation l := (steps_among st b e).

Lemma steps_pairwise : pairwise (fun x y : 'I_m * 'rV[K]_m => y.2 0 x.1 == 0) l.
Proof.
have le : (b + (e - b) <= maxn b t)%N by lia.
rewrite /steps_among; move: (e - b)%N le => k; elim: k b => [|k IH0] c le //=; have IH := IH0 c.+1.
case ps: (pivot_of st c) => [j|] /=; last by apply: IH; lia.
rewrite IH ?andbT; last by lia.
apply/allP => x; rewrite mem_pmap => /mapP[s]; rewrite mem_iota => sc.
case e_: (pivot_of st s) => [j'|] //= [->] /=; apply/eqP/(steps_at ok _ _ ps); last by lia.
rewrite ltnNge; apply/negP => ts; have [_] := no_turn ok ts; by rewrite e_.
Qed.

Notation B := (block_of l).

Lemma block_row (i : 'I_(steps B)) :
  exists2 s, (b <= s < e)%N & pivot_of st s = Some (pivots i) /\ row i (rows_of B) = current st s.
Proof.
have /steps_amongP[s sb [ps cs]] : tnth (in_tuple l) i \in l by apply: mem_tnth.
by exists s => //; split=> //; rewrite rowK cs.
Qed.

Lemma block_unit : colsub (@pivots _ _ B) (rows_of B) \in unitmx.
Proof.
apply: steps_unit => [i|i j ij].
  have [s _ [ps cs]] := block_row i; have := step_one ok s; rewrite ps => <-.
  by rewrite -cs [RHS]mxE.
pose x0 := tnth (in_tuple l) i; have /(pairwiseP x0)/(_ i j) := steps_pairwise.
rewrite !inE => /(_ (ltn_ord i) (ltn_ord j) ij)/eqP zero.
have [_ e2 e3] := And3 I (tnth_nth x0 (in_tuple l) i) (tnth_nth x0 (in_tuple l) j).
by move: zero; rewrite -[nth x0 l i]e2 -[nth x0 l j]e3 [rows_of _ _ _]mxE.
Qed.

Lemma block_span : (rows_of B <= prefix t G)%MS.
Proof.
apply/row_subP => i; have [s sb [ps ->]] := block_row i.
by have [] := had_turn ok (_ : (s < t)%N) => //; lia.
Qed.

Lemma clear_block v : (clear v B - v <= prefix t G)%MS.
Proof. by apply: submx_trans block_span; rewrite /clear /cleared addrAC subrr add0r -mulNmx submxMl. Qed.

Lemma clear_pivots v s j : (b <= s < e)%N -> pivot_of st s = Some j -> clear v B 0 j = 0.
Proof.
move=> sb ps; have [/matrixP/(_ 0) zero _] := cleared_zero block_unit v.
have /tnthP[i e_] : (j, current st s) \in in_tuple l by apply/steps_amongP; exists s.
have <- : @pivots _ _ B i = j by rewrite /= -e_.
by have := zero i; rewrite [LHS]mxE [RHS]mxE.
Qed.

Lemma clear_keeps v s j : (s < b)%N -> pivot_of st s = Some j -> clear v B 0 j = v 0 j.
Proof.
move=> sb ps; have zero : colsub (fun=> j : 'I_m) (rows_of B) = 0 :> 'cV_(steps B).
  apply/matrixP => i k; rewrite mxE [RHS]mxE; have [s' sb' [ps' cs]] := block_row i.
  have -> : rows_of B i j = current st s' 0 j by rewrite -cs [RHS]mxE.
  by apply: (steps_at ok _ _ ps); lia.
have [c ->] : exists c, clear v B = v - c *m rows_of B by eexists.
rewrite mxE [X in _ + X]mxE [X in - X]mxE big1 ?oppr0 ?addr0 // => i _.
by have /matrixP/(_ i 0) := zero; rewrite [LHS]mxE [RHS]mxE => ->; rewrite mulr0.
Qed.

Lemma clear_of_zero : clear 0 B = 0 :> 'rV_m.
Proof. by rewrite /clear /cleared (_ : colsub _ 0 = 0) ?mul0mx ?subrr //; apply/matrixP => i j; rewrite !mxE. Qed.
End Block.

Lemma pivot_none v : pivot v 0 = None -> v = 0.
Proof.
move=> none; apply/eqP; apply: contraT => nz; have := @pivot_some _ _ _ v 0; rewrite row_id => /(_ nz)[j].
by rewrite none.
Qed.

Lemma pivot_nonzero v j : pivot v 0 = Some j -> v 0 j != 0.
Proof. by rewrite /pivot; case: pickP => // j' /andP[nz _] [<-]. Qed.

Lemma invariant_next t z st o : invariant t z st -> valid (t, z) [:: o] ->
  invariant (track (t, z) o).1 (track (t, z) o).2 (perform st o).
Proof.
move=> ok; case: o => [s|lo hi b e] /= [].
  case=> -> {s} /= tz _; have [at_ none _ zero] := no_turn ok (leqnn t).
  have span : (current st t <= prefix t.+1 G)%MS.
    by rewrite -[current st t](subrK (g t)) addmx_sub ?prefix_row // (submx_trans at_) ?prefix_grow.
  have other s j : (if s == t then pivot (current st t) 0 else pivot_of st s) = Some j -> (s < t)%N ->
      pivot_of st s = Some j by case: eqP => // ->; rewrite ltnn.
  have scaled s j : (s < t)%N -> pivot_of st s = Some j ->
      (if pivot (current st t) 0 is Some j then (current st t 0 j)^-1 *: current st t else current st t) 0 j = 0.
    by move=> st_ ps; have z0 := zero s j (leq_trans st_ tz) ps; case: pivot => [j'|] //; rewrite mxE z0 mulr0.
  split=> /=.
  - move=> r tr; rewrite (gtn_eqF tr); have [d no zr zr0] := no_turn ok (ltnW tr).
    split=> //; [exact: submx_trans d (prefix_grow (leqnSn t)) | exact: leq_trans zr (leqnSn t) |].
    move=> s j sz /other ps; apply: (zr0 s) => //; apply: ps; exact: leq_trans sz zr.
  - move=> r; rewrite ltnS leq_eqVlt => /orP[/eqP -> {r}|rt].
      rewrite eqxx; split=> //; first by case: pivot => [j|] //; apply: scalemx_sub.
      by move=> s j st_ /other ps; apply: (zero s j (leq_trans st_ tz)); apply: ps.
    rewrite (ltn_eqF rt); have [c p d zr] := had_turn ok rt; split=> //.
      exact: submx_trans c (prefix_grow (leqnSn t)).
    by move=> s j sr /other ps; apply: (zr s) => //; apply: ps; apply: ltn_trans rt.
  - move=> r s j; rewrite ltnS leq_eqVlt => /orP[/eqP -> {r}|rt] sr /other ps; last first.
      by rewrite (ltn_eqF rt); apply: (steps_at ok rt sr); apply: ps; apply: ltn_trans rt.
    by rewrite eqxx; apply: (scaled s) => //; apply: ps.
  move=> r; case: eqP => [-> {r}|/eqP ne]; last first.
    have := step_one ok r; case: pivot_of => // zr; rewrite ltnS leq_eqVlt (negPf ne) /=; exact: zr.
  case e: (pivot _ _) => [j|] => [|_]; last exact: pivot_none.
  by rewrite mxE mulVf // pivot_nonzero.
case=> et sel _; have rest r : (lo <= r < hi)%N -> (r < b <= e)%N \/ (t <= r)%N /\ (b <= z r)%N.
  by move=> rl; case: sel => [hb|[tl bz]]; [left; lia | right; split; [lia | exact: bz]].
split=> /=.
- move=> r tr; have [d no zr zr0] := no_turn ok tr; case: ifP => rl //; split=> //.
    by rewrite -[_ - _](subrKA (current st r)) addmx_sub // (clear_block b ok et).
  move=> s j se ps; have [sb|bs] := ltnP s b; last by apply: (clear_pivots ok et _ _ ps); rewrite bs.
  rewrite (clear_keeps ok et _ sb ps); apply: (zr0 s j _ ps); case: (rest r rl) => [|[_]]; lia.
- move=> r rt; have [c p d zr] := had_turn ok rt; split=> //; case: ifP => rl //.
  by rewrite -[clear _ _](subrK (current st r)) addmx_sub // (clear_block b ok et).
- move=> r s j rt sr ps; case: ifP => rl; last exact: (steps_at ok rt sr ps).
  case: (rest r rl) => [/andP[rb _]|[]]; last by rewrite leqNgt rt.
  rewrite (clear_keeps ok et _ (ltn_trans sr rb) ps); exact: (steps_at ok rt sr ps).
move=> r; case: ifP => rl; last exact: (step_one ok r).
have := step_one ok r; case ps: (pivot_of st r) => [j|] one.
  case: (rest r rl) => [/andP[rb _]|[tr _]]; last by have [_] := no_turn ok tr; rewrite ps.
  by rewrite (clear_keeps ok et _ rb ps).
by move=> rt; rewrite one // clear_of_zero.
Qed.

Lemma invariant_run os t z st : invariant t z st -> valid (t, z) os ->
  invariant (foldl track (t, z) os).1 (foldl track (t, z) os).2 (foldl (@perform K m) st os).
Proof.
elim: os t z st => [|o os IH] t z st ok //= [v vs]; have v1 : valid (t, z) [:: o] by split.
by have := invariant_next ok v1; case: (track (t, z) o) vs => t' z' vs /= /IH; apply.
Qed.

Lemma invariant_start : invariant 0 (fun=> 0%N) (run G [::]).
Proof. by split=> //= r _; split=> //; rewrite -/(g r) subrr sub0mx. Qed.
End Invariant.

Section AnyOrder.
Variables (K : fieldType) (n m : nat) (G : 'M[K]_(n, m)).
Definition complete os : Prop := valid (0, fun=> 0%N) os /\ (foldl track (0, fun=> 0%N) os).1 = n.
Definition turns (st : state K m) : 'M[K]_(n, m) := \matrix_(i < n) at_turn st i.

Lemma run_invariant os : complete os -> exists z, invariant G n z (run G os).
Proof.
case=> v e; have := invariant_run (invariant_start G) v; rewrite e => ok.
by exists (foldl track (0, fun=> 0%N) os).2; apply: ok.
Qed.

Lemma pivot_row os (i : 'I_n) : complete os -> pivot_of (run G os) i = pivot (turns (run G os)) i.
Proof.
move=> /run_invariant[z ok]; have [_ -> _ _] := had_turn ok (ltn_ord i).
have e j : turns (run G os) i j = at_turn (run G os) i 0 j by rewrite mxE.
by apply: eq_pick => j; rewrite e; congr (_ && _); apply: eq_forallb => l; rewrite e.
Qed.

(** In whatever order rows are cleared, if all steps before a row have been cleared from it, in order, when its turn
    comes: it then differs from the given row by a combination of the rows before, and is 0 at their pivots
    (docs/proofs/exactness.md, 4.4). *)
Theorem run_in_turn os : complete os -> in_turn G (turns (run G os)).
Proof.
move=> c; have [z ok] := run_invariant c; move=> i; have [_ _ d zero] := had_turn ok (ltn_ord i); split.
  by move: d; rewrite insubT ?ltn_ord // => ltn; rewrite rowK (_ : Sub _ _ = i) //; apply: val_inj.
by move=> i' j lt; rewrite -pivot_row // => ps; rewrite mxE; apply: zero lt ps.
Qed.

(** So the rows when their turn comes, and their pivots, are the same for all such orders (docs/proofs/exactness.md,
    4.4). *)
Theorem any_order os os' (i : 'I_n) : complete os -> complete os' ->
  at_turn (run G os) i = at_turn (run G os') i /\ pivot_of (run G os) i = pivot_of (run G os') i.
Proof.
move=> c c'; have e : turns (run G os) = turns (run G os') by apply: turns_unique; apply: run_in_turn.
by split; [move/(congr1 (row i)): e; rewrite !rowK | rewrite !pivot_row // e].
Qed.

(** A row is a step if and only if it is independent of the rows before (docs/proofs/exactness.md, 4.4). *)
Theorem run_step os (i : 'I_n) : complete os -> (pivot_of (run G os) i == None) = (row i G <= prefix i G)%MS.
Proof.
move=> c; rewrite -(turn_step i (run_in_turn c)) pivot_row //; apply/eqP/eqP => [none|z].
  apply/rowP => j; rewrite [RHS]mxE; move: (none); apply: contra_eq => nz.
  have ne : row i (turns (run G os)) != 0 by apply: contraNneq nz => /rowP/(_ j); rewrite !mxE => ->.
  by have [j' ->] := pivot_some ne.
rewrite /pivot; case: pickP => // j /andP[nz _].
by case/eqP: nz; move/rowP/(_ j): z; rewrite [LHS]mxE [RHS]mxE.
Qed.

(** The rank of the first k rows is the number of steps among them (docs/proofs/exactness.md, 4.4). *)
Theorem run_rank os k : complete os -> (k <= n)%N ->
  \rank (prefix k G) = #|[set i : 'I_n | (i < k)%N & pivot_of (run G os) i != None]|.
Proof.
move=> c kn; have e := rank_by_ends G kn.
have : (#|[set i : 'I_n | (i < k)%N & pivot_of (run G os) i != None]| +
    #|[set i : 'I_n | (i < k)%N & is_end G i]| = k)%N.
  rewrite -cardsUI (_ : _ :&: _ = set0) ?cards0 ?addn0; last first.
    by apply/setP => i; rewrite !inE run_step // /is_end; case: (_ <= _)%MS; rewrite ?andbF.
  rewrite (_ : _ :|: _ = [set widen_ord kn i | i : 'I_k]) ?card_imset ?card_ord //; first by move=> i j [] /val_inj.
  apply/setP => i; rewrite !inE run_step // /is_end -andb_orr orNb andbT.
  by apply/idP/imsetP => [ik|[j _ ->]]; [exists (Ordinal ik) => //; apply: val_inj | rewrite /= ltn_ord].
by move=> e'; apply/(@addIn #|[set i : 'I_n | (i < k)%N & is_end G i]|); rewrite e e'.
Qed.

(** And kernel vectors that agree at all columns that are no pivots are equal (docs/proofs/exactness.md, 4.4). *)
Theorem run_kernel os (x y : 'cV[K]_m) : complete os -> G *m x = 0 -> G *m y = 0 ->
  (forall j, (forall i : 'I_n, pivot_of (run G os) i != Some j) -> x j 0 = y j 0) -> x = y.
Proof.
move=> c Gx Gy same; have [z ok] := run_invariant c; pose B := block_of (steps_among (run G os) 0 n).
have BG : (rows_of B <= G)%MS.
  by have := block_span 0 ok (leqnn n); rewrite prefix_all.
have B0 (w : 'cV[K]_m) : G *m w = 0 -> rows_of B *m w = 0.
  by case/submxP: BG => D -> Gw; rewrite -mulmxA Gw mulmx0.
apply: (kernel_determined (block_unit 0 ok (leqnn n))); rewrite -/B; [|exact: B0|exact: B0|].
  move=> i j e; apply/eqP; apply: contraT; rewrite neq_ltn => ne.
  suff none (a a' : 'I_(steps B)) : (a < a')%N -> pivots a = pivots a' -> false.
    by case/orP: ne => lt; [apply: none lt e | apply: none lt (esym e)].
  move=> lt ee; pose x0 := tnth (in_tuple (steps_among (run G os) 0 n)) a.
  have /(pairwiseP x0)/(_ a a') := steps_pairwise 0 ok (leqnn n).
  rewrite !inE => /(_ (ltn_ord a) (ltn_ord a') lt)/eqP.
  have [_ e2 e3] := And3 I (tnth_nth x0 (in_tuple (steps_among (run G os) 0 n)) a)
    (tnth_nth x0 (in_tuple (steps_among (run G os) 0 n)) a').
  rewrite -[nth x0 _ a]e2 -[nth x0 _ a']e3 => z0.
  have [s _ [ps cs]] := block_row a'; have := step_one ok s; rewrite ps -ee -cs.
  rewrite [X in X = _]mxE [X in X = _]mxE z0 => /eqP.
  by rewrite eq_sym oner_eq0.
move=> j none; apply: same => i; apply: contra none => /eqP ps; apply/codomP.
have /tnthP[a e] : (j, current (run G os) i) \in in_tuple (steps_among (run G os) 0 n).
  by apply/steps_amongP; exists (val i) => //=; rewrite ltn_ord.
by exists a; rewrite /= -e.
Qed.
End AnyOrder.

(** 1 below some rows is no step if and only if they span it: eliminated there, it decides whether they do
    (docs/proofs/exactness.md, 3). *)
Theorem run_spans (K : fieldType) n m (G : 'M[K]_(n, m)) os : complete (n + 1) os ->
  (pivot_of (run (col_mx G (ones K)) os) n == None) = spans G.
Proof.
move=> c; have := run_step (col_mx G (ones K)) (rshift n (0 : 'I_1)) c; rewrite /= addn0 => ->.
rewrite rowKd row_id (_ : prefix n _ = col_mx G 0); first by rewrite -addsmxE addsmx0.
apply/matrixP => i j; rewrite mxE; case: (split_ordP i) => k ->.
  by rewrite !col_mxEu.
by rewrite mulr0n col_mxEd mxE.
Qed.

(** The program of panels, which are cut into leaves, and of groups: [ls] are the numbers of rows of the leaves of a
    panel, [ps] those of the panels of a group, [gs] those of the groups. *)
Section Schedule.
Variables (jordan : bool) (n : nat).
Implicit Types (b s k lo hi i j : nat) (ls : seq nat) (ps : seq (seq nat)) (gs : seq (seq (seq nat))).

(** The [k] rows from [s] on of a leaf that begins at [b]: each has its turn, and is cleared from the others. *)
Fixpoint leaf b s k : seq operation :=
  if k is k'.+1 then [:: Turn s, Clear b s s s.+1, Clear s.+1 (s + k) s s.+1 & leaf b s.+1 k'] else [::].
(** The leaves from row [b] on of a panel of the rows [lo] to [hi]: each is cleared from the panel's other rows. *)
Fixpoint panel lo hi b ls : seq operation :=
  if ls is l :: ls' then
    leaf b b l ++ [:: Clear lo b b (b + l), Clear (b + l) hi b (b + l) & panel lo hi (b + l) ls']
  else [::].
(** The first row after the panel [i] of a group that begins at [start]. *)
Definition bound start ps i : nat := (start + sumn (take i (map sumn ps)))%N.
(** The panel [i]: its last 2^k panels are cleared from the next 2^k; if [jordan], it is cleared from those before. *)
Definition panel_of start ps i : seq operation :=
  panel (bound start ps i.-1) (bound start ps i) (bound start ps i.-1) (nth [::] ps i.-1) ++
  Clear (bound start ps i) (bound start ps (i + power_of i)) (bound start ps (i - power_of i)) (bound start ps i) ::
  nseq jordan (Clear start (bound start ps i.-1) (bound start ps i.-1) (bound start ps i)).
Definition group start ps : seq operation := flatten [seq panel_of start ps i | i <- iota 1 (size ps)].
(** A group is cleared from all later rows; if [jordan], from all before. *)
Fixpoint panels start gs : seq operation :=
  if gs is ps :: gs' then
    let e := (start + sumn (map sumn ps))%N in
    group start ps ++ Clear e n start e :: nseq jordan (Clear 0 start start e) ++ panels e gs'
  else [::].
(** The reference: row by row, all steps are cleared from a row, which then has its turn. *)
Definition one_by_one : seq operation := flatten [seq [:: Clear i i.+1 0 i; Turn i] | i <- iota 0 n].

(** Valid operations after which [t] rows have had their turn, with [Q] true of what has been cleared. *)
Definition good tz os t (Q : (nat -> nat) -> Prop) : Prop :=
  [/\ valid tz os, (foldl track tz os).1 = t & Q (foldl track tz os).2].

Lemma good_cat tz os os' t t' Q Q' : good tz os t Q -> (forall z, Q z -> good (t, z) os' t' Q') ->
  good tz (os ++ os') t' Q'.
Proof.
case=> v e q /(_ _ q); rewrite -e -surjective_pairing => -[v' e' q'].
by split; [apply/valid_cat | rewrite foldl_cat | rewrite foldl_cat].
Qed.

Lemma good_clear t z lo hi b e os t' Q : (e <= t)%N ->
  (hi <= b <= e)%N \/ (t <= lo)%N /\ (forall r, (lo <= r < hi)%N -> (b <= z r)%N) ->
  good (t, fun r => if (lo <= r < hi)%N then e else z r) os t' Q -> good (t, z) (Clear lo hi b e :: os) t' Q.
Proof. by move=> et sel [v e' q]; split. Qed.

Lemma leaf_good b s k z : (b <= s)%N -> (forall r, (s <= r < s + k)%N -> (s <= z r)%N) ->
  good (s, z) (leaf b s k) (s + k) (fun z' => forall r, (s + k <= r)%N -> z' r = z r).
Proof.
elim: k s z => [|k IH] s z bs zs; first by rewrite addn0.
have turn os t Q : (s <= z s)%N -> good (s.+1, z) os t Q -> good (s, z) (Turn s :: os) t Q by move=> sz [v e q].
apply: turn; first by apply: zs; lia.
apply: good_clear => //; first by left; lia.
apply: good_clear => //; first by right; split=> // r rs; have := zs r; case: ifP => _; lia.
set z' := (fun r => _); rewrite addnS -addSn.
have [||v e q] := IH s.+1 z'; [lia | by rewrite /z' => r rs; rewrite ifT //; lia |].
split=> // r rs; rewrite q // /z' !ifF //; lia.
Qed.

Lemma panel_good lo hi b ls z : (lo <= b)%N -> (b + sumn ls = hi)%N -> (forall r, (b <= r < hi)%N -> (b <= z r)%N) ->
  good (b, z) (panel lo hi b ls) hi (fun z' => forall r, (hi <= r)%N -> z' r = z r).
Proof.
elim: ls b z => [|l ls IH] b z lb /= e zb; first by split=> //=; lia.
apply: good_cat (leaf_good (leqnn b) _) _ => [r rb|z1 z1P]; first by apply: zb; lia.
apply: good_clear => //; first by left; lia.
apply: good_clear => //; first by right; split=> // r rb; rewrite ifF ?z1P; [apply: zb|..]; lia.
set z' := (fun r => _); have [|||v e' q] := IH (b + l)%N z'; try by lia.
  by move=> r rb; rewrite /z' rb.
by split=> // r rh; rewrite q // /z' !ifF ?z1P; lia.
Qed.

(** The panels that have been cleared from panel [j] after panel [i]: those to this one. *)
Fixpoint upto i j : nat := if i is i'.+1 then if (j <= i + power_of i)%N then i else upto i' j else 0.

Lemma upto_next i j : (0 < i < j)%N -> (j <= i + power_of i)%N -> (j <= 16)%N -> upto i.-1 j = (i - power_of i)%N.
Proof.
pose holds i j := (i < j <= i + power_of i)%N ==> (upto i.-1 j == i - power_of i)%N.
have : all (fun i => all (holds i) (iota 1 16)) (iota 1 16).
  by vm_compute.
move=> /allP/(_ i) ok /andP[i0 ij] le j16; have /ok/allP/(_ j) : i \in iota 1 16 by rewrite mem_iota; lia.
by rewrite /holds mem_iota ij le /= => /(_ _)/eqP; apply; lia.
Qed.

Lemma bound_le start ps i j : (i <= j)%N -> (bound start ps i <= bound start ps j)%N.
Proof.
move=> ij; rewrite /bound leq_add2l -[in X in (_ <= X)%N](cat_take_drop i (take j _)) take_takel //.
by rewrite sumn_cat leq_addr.
Qed.

Lemma bound_next start ps i : (bound start ps i + sumn (nth [::] ps i) = bound start ps i.+1)%N.
Proof.
rewrite /bound -addnA; congr (_ + _)%N; have [lt|ge] := ltnP i (size ps); last first.
  by rewrite nth_default // !take_oversize ?size_map ?addn0 // ltnW.
by rewrite (take_nth 0) ?size_map // sumn_rcons (nth_map [::]).
Qed.

Lemma bound_all start ps i : (size ps <= i)%N -> bound start ps i = (start + sumn (map sumn ps))%N.
Proof. by move=> le; rewrite /bound take_oversize ?size_map. Qed.

(** The panel of a row. *)
Lemma panel_at start ps i k r : (bound start ps i <= r < bound start ps k)%N ->
  exists2 j, (i < j <= k)%N & (bound start ps j.-1 <= r < bound start ps j)%N.
Proof.
elim: k => [|k IH] /andP[ir rk]; first by have := bound_le start ps (leq0n i); lia.
have [rk'|kr] := ltnP r (bound start ps k); first by have [|j jk jr] := IH; [rewrite ir | exists j => //; lia].
exists k.+1; last by rewrite /= kr.
rewrite leqnn andbT ltnNge; apply/negP => ki; have := bound_le start ps ki; lia.
Qed.

Lemma group_good start ps z : (size ps <= 16)%N ->
  (forall r, (start <= r < start + sumn (map sumn ps))%N -> (start <= z r)%N) ->
  good (start, z) (group start ps) (start + sumn (map sumn ps))
    (fun z' => forall r, (start + sumn (map sumn ps) <= r)%N -> z' r = z r).
Proof.
move=> size16 zs; pose B := bound start ps; have B0 : B 0%N = start by rewrite /B /bound take0 addn0.
have Ble i j : (i <= j)%N -> (B i <= B j)%N by apply: bound_le.
have Bs i : (B i <= B (size ps))%N.
  by rewrite /B; case: (leqP i (size ps)) => h; [apply: Ble | rewrite !bound_all // ltnW].
suff step k : (k <= size ps)%N -> good (start, z) (flatten [seq panel_of start ps i | i <- iota 1 k]) (B k)
    (fun z' => (forall j r, (k < j <= size ps)%N -> (B j.-1 <= r < B j)%N -> (B (upto k j) <= z' r)%N) /\
       forall r, (B (size ps) <= r)%N -> z' r = z r).
  by have [v e [_ q]] := step _ (leqnn _); rewrite -(bound_all start (leqnn (size ps))).
elim: k => [|k IH] ks.
  split=> //=; split=> // j r /andP[_ js] /andP[jr rj]; rewrite B0.
  apply: zs; rewrite -(bound_all start (leqnn _)) -/(B _).
  by rewrite (leq_trans _ jr) -?{1}B0 ?Ble // (leq_trans rj) ?Ble.
have -> : iota 1 k.+1 = iota 1 k ++ [:: k.+1] by have := iotaD 1 k 1; rewrite addn1 add1n.
rewrite map_cat flatten_cat /= cats0; apply: good_cat (IH (ltnW ks)) _ => z1 [z1P z1Q].
rewrite /panel_of -/B /=; apply: good_cat (panel_good (leqnn _) (bound_next _ _ _) _) _ => [r rk|z2 z2P].
  have <- : upto k k.+1 = k by case: (k) => //= k'; rewrite -addn1 leq_add2l expn_gt0.
  by apply: (z1P k.+1); rewrite ?ltnSn.
have z2z j r : (k.+1 < j <= size ps)%N -> (B j.-1 <= r < B j)%N -> (B (upto k j) <= z2 r)%N.
  move=> jk rj; rewrite z2P; first by apply: z1P rj; lia.
  by case/andP: rj => jr _; apply: leq_trans jr; apply: Ble; lia.
have tail t z3 Q : (t = B k.+1) -> (forall z', (forall r, (start <= r)%N -> (B k <= r)%N -> z' r = z3 r) -> Q z') ->
    good (t, z3) (nseq jordan (Clear start (B k) (B k) (B k.+1))) (B k.+1) Q.
  move=> -> q; case: jordan => /=; last by split=> //; apply: q.
  by apply: good_clear; [| left; rewrite leqnn Ble | split=> //; apply: q => r _ kr; rewrite /= ifF //; lia].
have kB : (B k <= B k.+1)%N by apply: Ble.
apply: good_clear => //.
  right; split=> // r /panel_at[j jk rj]; have js : (j <= size ps)%N.
    rewrite leqNgt; apply/negP => sj; have e : (size ps <= j.-1)%N by lia.
    by move: rj; rewrite (bound_all start e) (bound_all start (ltnW sj)); lia.
  by rewrite -(@upto_next _ j); [apply: z2z rj; lia | lia | lia | exact: leq_trans js size16].
apply: tail => // z' z'P; split=> [j r jk rj|r rs]; last first.
  rewrite z'P; [|by have := Ble 0 (size ps) (leq0n _); rewrite B0; lia | by have := Bs k; lia].
  have le i : (B i <= r)%N by apply: leq_trans (Bs i) rs.
  by rewrite (ltnNge r) !le andbF z2P ?z1Q //; apply: le.
have jB : (B k.+1 <= B j.-1)%N by apply: Ble; lia.
rewrite z'P; [|by have := Ble 0 j.-1 (leq0n _); rewrite B0; lia | by lia].
have [jp|jp] := leqP j (k.+1 + power_of k.+1); rewrite /= ?jp ?[(j <= _)%N]leqNgt ?jp /=; last first.
  have pr : (B (k.+1 + power_of k.+1) <= r)%N by case/andP: rj => jr _; apply: leq_trans jr; apply: Ble; lia.
  by rewrite (ltnNge r) pr andbF; apply: z2z jk rj.
case/andP: rj => jr rj; rewrite (leq_trans jB jr) (leq_trans rj) ?leqnn //; exact: Ble jp.
Qed.

Lemma panels_good start gs z : all (fun ps => size ps <= 16)%N gs ->
  (start + sumn [seq sumn (map sumn ps) | ps <- gs] = n)%N -> (forall r, (start <= r < n)%N -> (start <= z r)%N) ->
  good (start, z) (panels start gs) n (fun=> True).
Proof.
elim: gs start z => [|ps gs IH] start z /=; first by move=> _ <- _; rewrite addn0.
case/andP=> size16 sizes e zs; have groupz r : (start <= r < start + sumn (map sumn ps))%N -> (start <= z r)%N.
  by move=> rs; apply: zs; lia.
apply: good_cat (group_good size16 groupz) _ => z1 z1P.
set stop := (start + _)%N in z1P *; have le : (start <= stop)%N by apply: leq_addr.
apply: good_clear => //; first by right; split=> // r rs; rewrite z1P; [apply: zs|]; lia.
have next z2 : (forall r, (stop <= r < n)%N -> (stop <= z2 r)%N) -> good (stop, z2) (panels stop gs) n (fun=> True).
  by apply: IH; rewrite // -addnA.
case: jordan => /=; last by apply: next => r rs; rewrite rs.
apply: good_clear => //; first by left; lia.
by apply: next => r rs; rewrite ifF ?rs //; lia.
Qed.
End Schedule.

(** When the turn of a row comes in the program of panels and groups, whatever their sizes, all steps before it have
    been cleared from it, in order (docs/proofs/exactness.md, 4.4). *)
Theorem panels_complete jordan n gs : all (fun ps => size ps <= 16)%N gs ->
  sumn [seq sumn (map sumn ps) | ps <- gs] = n -> complete n (panels jordan n 0 gs).
Proof. by move=> s e; have [//|v t _] := @panels_good jordan n 0 gs (fun=> 0%N) s e _. Qed.

Lemma one_by_one_complete n : complete n (one_by_one n).
Proof.
suff [v e _] : good (0, fun=> 0%N) (one_by_one n) n (fun z => forall r, (n <= r)%N -> z r = 0%N) by [].
rewrite /one_by_one; elim: n => [|n IH] //.
have -> : iota 0 n.+1 = iota 0 n ++ [:: n] by have := iotaD 0 n 1; rewrite addn1.
rewrite map_cat flatten_cat /=.
apply: good_cat IH _ => z z0; apply: good_clear => //; first by right.
by split=> /= [|//|r nr]; rewrite ?leqnn ?ltnSn // ifF ?z0; lia.
Qed.

(** So it gives each row the same vector when its turn comes, and the same pivot, as elimination row by row
    (docs/proofs/exactness.md, 4.4). *)
Theorem panels_by_rows (K : fieldType) n m (G : 'M[K]_(n, m)) jordan gs (i : 'I_n) :
  all (fun ps => size ps <= 16)%N gs -> sumn [seq sumn (map sumn ps) | ps <- gs] = n ->
  let by_panels := run G (panels jordan n 0 gs) in let by_rows := run G (one_by_one n) in
  at_turn by_panels i = at_turn by_rows i /\ pivot_of by_panels i = pivot_of by_rows i.
Proof. by move=> s e; apply: any_order; [apply: panels_complete | apply: one_by_one_complete]. Qed.
