(** The law of parts in cyclic order (docs/proofs/theory.md, 5.3): independent workers around a circle of parts, each of
    which sends the part where it starts, then the next one, and so on.  No inclusion and exclusion is needed: the
    number of parts that are missed, less the number of pairs of neighbours among them, is 1 unless none is missed. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Finner.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Independence.
Variables (R : realFieldType) (J T : finType) (w : J -> T -> R).
Hypothesis w_total : forall j, \sum_t w j t = 1.
Notation point := {ffun J -> T}.
Notation mean := (mean w).
Notation Pr := (Pr w).
Implicit Types (x : point) (j : J).

(** Two functions of different variables. *)
Lemma mean_indep (D : pred J) (g h : point -> R) :
  (forall j, D j -> free j g) -> (forall j, ~~ D j -> free j h) -> mean (fun x => h x * g x) = mean h * mean g.
Proof.
move=> gD hD; suff ind (js : seq J) g' : (forall j, j \notin js -> free j g') -> (forall j, j \in js -> ~~ D j) ->
    mean (fun x => h x * g' x) = mean h * mean g'.
  apply: (ind [seq j <- enum J | ~~ D j]) => j; rewrite mem_filter mem_enum andbT // negbK; exact: gD.
elim: js g' => [|j js IH] g' fr out.
  rewrite (@eq_mean _ _ _ w _ (fun x => h x * mean g')) => [|x].
    by rewrite /Finner.mean mulr_suml; apply: eq_bigr => x _; rewrite mulrA.
  by rewrite -(free_mean w_total x) // => j; apply: fr.
have hj := hD j (out j (mem_head _ _)).
rewrite -(mean_over w_total j) -[mean g'](mean_over w_total j).
rewrite (@eq_mean _ _ _ w _ (fun x => h x * over w j g' x)) => [|x]; last first.
  by rewrite /over mulr_sumr; apply: eq_bigr => t _; rewrite hj mulrCA.
apply: IH => [k kjs|k kjs]; last by apply: out; rewrite inE kjs orbT.
have [->|kj] := eqVneq k j; first exact: over_free.
by apply: free_over; apply: fr; rewrite inE negb_or kj.
Qed.

Lemma Pr_indep (D : pred J) (A B : pred point) :
  (forall j, D j -> forall x t, B (change x j t) = B x) -> (forall j, ~~ D j -> forall x t, A (change x j t) = A x) ->
  Pr (fun x => A x && B x) = Pr A * Pr B.
Proof.
move=> BD AD; rewrite -(@mean_indep D) => [|j Dj x t|j Dj x t]; first last.
- by rewrite AD.
- by rewrite BD.
by apply: eq_mean => x; rewrite -mulnb natrM.
Qed.

Lemma Pr_all (A : J -> pred T) : Pr (fun x => [forall j, A j (x j)]) = \prod_j \sum_(t | A j t) w j t.
Proof.
rewrite /Pr (@eq_mean _ _ _ w _ (fun x => \prod_j (A j (x j))%:R)) => [|x].
  rewrite (mean_prod w (fun j t => (A j t)%:R)); apply: eq_bigr => j _; rewrite [RHS]big_mkcond; apply: eq_bigr => t _.
  by case: (A j t); rewrite ?mulr1 ?mulr0.
have [/forallP all|/forallPn[j /negPf f]] := boolP [forall j, A j (x j)]; last by rewrite (bigD1 j) //= f mul0r.
by rewrite big1 // => j _; rewrite all.
Qed.

(** Functions of independent variables are independent. *)
Lemma Pr_image (U : finType) (f : J -> T -> U) (A : pred {ffun J -> U}) :
  Pr (fun x => A [ffun j => f j (x j)]) = Finner.Pr (fun j b => \sum_(t | f j t == b) w j t) A.
Proof.
rewrite /Finner.Pr /Finner.mean; pose image x : {ffun J -> U} := [ffun j => f j (x j)].
pose term x y : R := weight w x * (image x == y)%:R * (A y)%:R.
rewrite (eq_bigr (fun x => \sum_y term x y)) => [|x _]; last first.
  rewrite (bigD1 (image x)) //= {1}/term eqxx mulr1 big1 ?addr0 // => y ne.
  by rewrite /term eq_sym (negPf ne) mulr0 mul0r.
rewrite /term exchange_big; apply: eq_bigr => y _; rewrite -mulr_suml; congr (_ * _).
rewrite [in RHS]/weight (eq_bigr (fun j => \sum_t w j t * (f j t == y j)%:R)) => [|j _]; last first.
  by rewrite big_mkcond; apply: eq_bigr => t _; case: (f j t == y j); rewrite ?mulr1 ?mulr0.
rewrite -(mean_prod w (fun j t => (f j t == y j)%:R)); apply: eq_bigr => x _; congr (_ * _).
have [<-|ne] := eqVneq (image x) y; first by rewrite big1 // => j _; rewrite ffunE eqxx.
have /existsP[j jn] : [exists j, f j (x j) != y j].
  apply: contraR ne; rewrite negb_exists => /forallP e; apply/eqP/ffunP => j; rewrite ffunE; apply/eqP.
  by have := e j; rewrite negbK.
by rewrite (bigD1 j) //= (negPf jn) mul0r.
Qed.
End Independence.

(** How many of the numbers 1, ..., N have a property that smaller ones have as well. *)
Lemma count_down (P : pred nat) N k : (forall a b, (a <= b)%N -> P b -> P a) -> (k < N)%N ->
  (k < count P (iota 1 N))%N = P k.+1.
Proof.
move=> down kN; have [yes|no] := boolP (P k.+1).
  rewrite -[N](subnKC kN) iotaD count_cat; apply: leq_trans (leq_addr _ _).
  rewrite (@eq_in_count _ _ predT) ?count_predT ?size_iota // => i; rewrite mem_iota => ik.
  by apply: down yes; lia.
rewrite -[N](subnKC (ltnW kN)) iotaD count_cat; apply/negbTE; rewrite -leqNgt.
rewrite [X in (_ + X)%N](@eq_in_count _ _ pred0) ?count_pred0 ?addn0 => [|i]; last first.
  by rewrite mem_iota => ik; apply/negbTE; apply: contra no; apply: down; lia.
by rewrite -[X in (_ <= X)%N](size_iota 1) count_size.
Qed.

(** How many of the numbers below [N] are in a set, less the number of neighbours in it. *)
Lemma iota_rcons a k : iota a k.+1 = rcons (iota a k) (a + k)%N.
Proof. by rewrite -addn1 iotaD cats1. Qed.

Section Counting.
Variables (R : ringType) (M : pred nat).

Definition between (b e : nat) : bool := has (fun q => M q) (iota b.+1 (e - b.+1)).
Lemma betweenS b e : (b < e)%N -> between b e.+1 = between b e || M e.
Proof.
by move=> be; rewrite /between subSn // iota_rcons subnKC // has_rcons orbC.
Qed.

Lemma last_one N : \sum_(b < N) (M b && ~~ between b N)%:R = (has M (iota 0 N))%:R :> R.
Proof.
elim: N => [|N IH]; first by rewrite big_ord0.
rewrite big_ord_recr iota_rcons has_rcons /= add0n {2}/between subnn andbT.
rewrite (eq_bigr (fun b : 'I_N => (~~ M N)%:R * (M b && ~~ between b N)%:R)) => [|b _]; last first.
  by rewrite betweenS //; case: (M N); rewrite ?orbT ?orbF ?andbF ?mul0r ?mul1r.
by rewrite -mulr_sumr IH; case: (M N); rewrite ?mul0r ?add0r ?mul1r ?addr0 ?orbF ?orbT.
Qed.

Lemma all_less_pairs N : \sum_(e < N) ((M e)%:R - \sum_(b < e) (M b && M e && ~~ between b e)%:R) =
  (has M (iota 0 N))%:R :> R.
Proof.
elim: N => [|N IH]; first by rewrite big_ord0.
rewrite big_ord_recr IH iota_rcons has_rcons /= add0n; case: (boolP (M N)) => MN.
  rewrite (eq_bigr (fun b : 'I_N => (M b && ~~ between b N)%:R)) => [|b _]; last by rewrite andbT.
  by rewrite last_one addrCA subrr addr0.
by rewrite big1 ?subr0 ?addr0 // => b _; rewrite andbF.
Qed.

(** The first one after [b]. *)
Lemma first_one b e : (b < e)%N ->
  \sum_(b.+1 <= q < e) (M q && ~~ between b q)%:R = (between b e)%:R :> R.
Proof.
move=> be; rewrite -(subnKC be); elim: (e - b.+1)%N => [|k IH].
  by rewrite addn0 big_geq // /between subnn.
rewrite addnS big_nat_recr ?leq_addr //= IH betweenS; last by rewrite ltnS leq_addr.
by case: (between b _); case: (M _); rewrite /= ?addr0 ?add0r.
Qed.
End Counting.

(** Workers around the circle of the positions 0, ..., n.  [own c x]: a worker that starts at [c] covers [c], or several
    do so together; [far j k t]: worker [j] covers what is [k] positions ahead of its start, its outcome being [t]. *)
Section Circle.
Variables (R : realFieldType) (J T : finType) (w : J -> T -> R) (n : nat) (start : J -> nat).
Notation point := {ffun J -> T}.
Notation Pr := (Pr w).
Variables (own : nat -> pred point) (far : J -> nat -> pred T).
Hypothesis w_total : forall j, \sum_t w j t = 1.
Hypothesis start_le : forall j, (start j <= n)%N.
Hypothesis own_free : forall (c : nat) j, start j != c -> forall x t, own c (change x j t) = own c x.
Hypothesis far_mono : forall j k t, (0 < k)%N -> far j k.+1 t -> far j k t.
Hypothesis far_own : forall j k (x : point), (0 < k)%N -> far j k (x j) -> own (start j) x.
Implicit Types (x : point) (j : J).

(** How many positions [c] is ahead of [i], around the circle. *)
Definition ahead (i c : nat) : nat := if (i <= c)%N then (c - i)%N else (c + n.+1 - i)%N.
Definition missed c x : bool :=
  ~~ own c x && [forall j, (start j != c) ==> ~~ far j (ahead (start j) c) (x j)].

(** What the workers that start beyond [b], up to [q], leave of [q]; and what the others leave of [b]. *)
Definition local b q x : bool := ~~ own q x && [forall j, (b < start j < q)%N ==> ~~ far j (q - start j) (x j)].
Definition gap b e x : bool :=
  ~~ own b x && [forall j, ((start j < b) || (e < start j))%N ==> ~~ far j (ahead (start j) b) (x j)].
Definition first b q x : bool := local b q x && ~~ between (fun c => local b c x) b q.

Lemma not_far j k l t : (0 < k <= l)%N -> ~~ far j k t -> ~~ far j l t.
Proof.
case/andP=> k0 kl; rewrite -(subnKC kl); elim: (l - k)%N => [|i IH]; first by rewrite addn0.
move=> nf; apply: contra (IH nf); rewrite addnS; apply: far_mono; lia.
Qed.

Lemma not_own j k x : (0 < k)%N -> ~~ own (start j) x -> ~~ far j k (x j).
Proof. by move=> k0; apply: contra; apply: far_own. Qed.

Lemma gap_missed c x : gap c c x = missed c x.
Proof. by congr (_ && _); apply: eq_forallb => j; rewrite -neq_ltn. Qed.

Lemma missed_local b q x : (b < q <= n)%N -> missed b x -> missed q x = local b q x.
Proof.
move=> bq /andP[ob /forallP mb]; congr (_ && _); apply/forallP/forallP => h j; apply/implyP => sj.
  have /implyP/(_ _) := h j; rewrite /ahead; have -> : (start j <= q)%N by lia.
  by apply; lia.
have sn := start_le j; have /implyP hj := h j; have /implyP mj := mb j.
case: (ltngtP (start j) q) sj => // sq _; rewrite /ahead ?(ltnW sq).
  case: (ltngtP (start j) b) => sb.
  - have := mj _; rewrite /ahead (ltnW sb) (ltn_eqF sb) => /(_ isT); apply: not_far; lia.
  - by apply: hj; rewrite sb.
  by apply: not_own; [lia | rewrite sb].
rewrite leqNgt sq /=; have := mj _; rewrite /ahead leqNgt.
have -> : (b < start j)%N by lia.
by move=> /(_ ltac:(lia)); apply: not_far; lia.
Qed.

Lemma gap_missed_local b e x : (b < e <= n)%N -> gap b e x && local b e x -> missed b x.
Proof.
move=> be /andP[/andP[ob /forallP g] /andP[oe /forallP l]]; rewrite /missed ob; apply/forallP => j; apply/implyP => sb.
have sn := start_le j; have /implyP gj := g j; have /implyP lj := l j.
have [out|] := boolP ((start j < b) || (e < start j))%N; first exact: gj.
rewrite negb_or -!leqNgt => /andP[bs se]; rewrite /ahead leqNgt.
have -> /= : (b < start j)%N by lia.
have [se'|es] := ltnP (start j) e; last by apply: not_own; [lia | rewrite (_ : start j = e) //; lia].
have := lj _; rewrite se' (_ : (b < start j)%N); last by lia.
by move=> /(_ isT); apply: not_far; lia.
Qed.

Lemma missed_gap b e x : (b <= e)%N -> missed b x -> gap b e x.
Proof.
move=> be /andP[ob /forallP m]; rewrite /gap ob; apply/forallP => j; apply/implyP => out.
by have /implyP := m j; apply; lia.
Qed.

(** Two neighbours among the missed positions. *)
Lemma neighbours b e x : (b < e <= n)%N ->
  missed b x && missed e x && ~~ between (fun c => missed c x) b e = gap b e x && first b e x.
Proof.
move=> be; have [mb|mb] := boolP (missed b x).
  rewrite (missed_gap _ mb) ?/first; last by lia.
  rewrite (missed_local be mb) /=; congr (_ && ~~ _).
  rewrite /between; apply: eq_in_has => q; rewrite mem_iota => qr; apply: missed_local mb.
  by lia.
apply/esym/negP => /andP[g /andP[l _]]; case/negP: mb; apply: (gap_missed_local be).
by rewrite g l.
Qed.

Lemma local_next b q e x : (b < q < e)%N -> local b q x -> local b e x = local q e x.
Proof.
move=> bqe /andP[oq /forallP l]; congr (_ && _); apply/forallP/forallP => h j; apply/implyP => sj.
  by have /implyP := h j; apply; lia.
have /implyP hj := h j; have /implyP lj := l j; case: (ltngtP q (start j)) => qs.
- by apply: hj; lia.
- by have := lj _; rewrite qs andbT => /(_ ltac:(lia)); apply: not_far; lia.
by apply: not_own; [lia | rewrite -qs].
Qed.

Lemma local_free b q j x t : ~~ (b < start j <= q)%N -> (b < q)%N -> local b q (change x j t) = local b q x.
Proof.
move=> out bq; rewrite /local own_free //; last by lia.
congr (_ && _); apply: eq_forallb => k; rewrite ffunE; case: eqP => // ->.
by have -> : (b < start j < q)%N = false by apply: contraNF out => /andP[-> /ltnW].
Qed.

Lemma first_free b q j x t : ~~ (b < start j <= q)%N -> (b < q)%N -> first b q (change x j t) = first b q x.
Proof.
move=> out bq; rewrite /first local_free //; congr (_ && ~~ _); apply: eq_in_has => c.
rewrite mem_iota => cr; apply: local_free; last by lia.
by apply: contra out => /andP[-> /leq_trans ->] //; lia.
Qed.

Lemma gap_free b e j x t : (b < start j <= e)%N -> gap b e (change x j t) = gap b e x.
Proof.
move=> r; rewrite /gap own_free; last by lia.
congr (_ && _); apply: eq_forallb => k; rewrite ffunE; case: eqP => // ->.
by have -> : ((start j < b) || (e < start j))%N = false by lia.
Qed.

Lemma Pr_neighbours b e : (b < e)%N -> Pr (fun x => gap b e x && first b e x) = Pr (gap b e) * Pr (first b e).
Proof.
move=> be; apply: (@Pr_indep _ _ _ w w_total (fun j => ~~ (b < start j <= e)%N)) => j; last first.
  by rewrite negbK => r x t; apply: gap_free.
by move=> r x t; apply: first_free.
Qed.

(** The first position beyond [b] that is left. *)
Lemma renewal b e : (b < e)%N ->
  Pr (local b e) = Pr (first b e) + \sum_(b.+1 <= q < e) Pr (first b q) * Pr (local q e).
Proof.
move=> be; transitivity (\sum_(b.+1 <= q < e) Pr (fun x => first b q x && local q e x) + Pr (first b e)); last first.
  rewrite addrC; congr (_ + _); apply: eq_big_nat => q qr.
  apply: (@Pr_indep _ _ _ w w_total (fun j => ~~ (q < start j <= e)%N)) => j; last first.
    by rewrite negbK => r x t; apply: first_free; lia.
  by move=> r x t; apply: local_free => //; lia.
rewrite /Pr /Finner.mean exchange_big /= -big_split /=; apply: eq_bigr => x _.
rewrite -mulr_sumr -mulrDr; congr (_ * _).
rewrite (eq_big_nat _ _ (F2 := fun q => (local b q x && ~~ between (fun c => local b c x) b q)%:R *
    (local b e x)%:R)) => [|q qr]; last first.
  rewrite -mulnb natrM -/(first b q x); case: (boolP (first b q x)) => [/andP[l _]|_]; last by rewrite !mul0r.
  by rewrite !mul1r (local_next qr l).
rewrite -mulr_suml first_one // /first; case: (between _ b e); case: (local b e x) => /=.
- by rewrite addr0 mulr1.
- by rewrite addr0 mulr0.
- by rewrite mul0r add0r.
by rewrite mul0r add0r.
Qed.

(** P(nothing is missed), as a sum over the neighbours. *)
Lemma Pr_nothing_missed : Pr (fun x => [forall c : 'I_n.+1, ~~ missed c x]) =
  1 - \sum_(e < n.+1) (Pr (gap e e) - \sum_(b < e) Pr (gap b e) * Pr (first b e)).
Proof.
rewrite (eq_bigr (fun e : 'I_n.+1 => Finner.mean w (fun x => (missed e x)%:R -
    \sum_(b < e) (missed b x && missed e x && ~~ between (fun c => missed c x) b e)%:R))) => [|e _]; last first.
  rewrite meanB mean_sum; congr (_ - _); first by apply: eq_mean => x; rewrite gap_missed.
  apply: eq_bigr => b _; rewrite -Pr_neighbours //; apply: eq_mean => x; rewrite neighbours //.
  by have := ltn_ord e; have := ltn_ord b; lia.
rewrite -mean_sum -[X in X - _](mean_const w_total) -meanB; apply: eq_mean => x.
rewrite (all_less_pairs R (fun c => missed c x) n.+1); set h := has _ _.
suff -> : [forall c : 'I_n.+1, ~~ missed c x] = ~~ h by case: h; rewrite ?subr0 ?subrr.
apply/forallP/hasPn => [all c|none c].
  by rewrite mem_iota => cn; apply: (all (Ordinal (_ : c < n.+1)%N)); lia.
by apply: none; rewrite mem_iota ltn_ord.
Qed.

(** If what is left in a row depends on its length alone: the quotient of two power series. *)
Variables (u Q : nat -> R).
Hypothesis u0 : u 0%N = 1.
Hypothesis alike : forall b e, (b < e <= n)%N -> Pr (local b e) = u (e - b)%N.

Definition inverse l : R := if l is 0%N then 1 else - Pr (first 0 l).

Lemma first_alike b e : (b < e <= n)%N -> Pr (first b e) = Pr (first 0 (e - b)).
Proof.
move=> be; rewrite -[in LHS](@subnK b e); last by lia.
have : (0 < e - b <= n - b)%N by lia.
elim/ltn_ind: (e - b)%N => k IH kr.
have e0 : u k = Pr (first 0 k) + \sum_(1 <= q < k) Pr (first 0 q) * Pr (local q k).
  by rewrite -renewal; [rewrite alike; [rewrite subn0 | lia] | lia].
have e1 : u k = Pr (first b (k + b)) + \sum_(b.+1 <= q < k + b) Pr (first b q) * Pr (local q (k + b)).
  by rewrite -renewal; [rewrite alike; [rewrite addnK | lia] | lia].
have e2 : \sum_(b.+1 <= q < k + b) Pr (first b q) * Pr (local q (k + b)) =
    \sum_(1 <= q < k) Pr (first 0 q) * Pr (local q k).
  rewrite -[b.+1]add1n big_addn addnK; apply: eq_big_nat => q qr.
  by rewrite IH; [rewrite alike; [rewrite alike; [rewrite subnDr | lia] | lia] | lia | lia].
by move: e1; rewrite e2 e0 => /addIr.
Qed.

Lemma inverseP l : (0 < l <= n)%N -> \sum_(i < l.+1) u (l - i)%N * inverse i = 0.
Proof.
case: l => // l ln; rewrite big_ord_recl big_ord_recr /= subn0 mulr1 subnn u0 mul1r.
have -> : u l.+1 = Pr (first 0 l.+1) + \sum_(1 <= q < l.+1) Pr (first 0 q) * Pr (local q l.+1).
  by rewrite -renewal // alike ?subn0.
rewrite big_add1 big_mkord [X in _ + X]addrC addrACA subrr add0r -big_split big1 //= => i _; have il := ltn_ord i.
rewrite alike; last by lia.
by rewrite mulrN mulrC subrr.
Qed.

Lemma reflect_pairs (F : nat -> nat -> R) :
  \sum_(e < n.+1) \sum_(b < n.+1 | (b <= e)%N) F b e = \sum_(l < n.+1) \sum_(b < n.+1 | (b <= l)%N) F b (n - (l - b))%N.
Proof.
rewrite (exchange_big_dep xpredT) // [RHS](exchange_big_dep xpredT) //=; apply: eq_bigr => b _.
pose h (l : 'I_n.+1) : 'I_n.+1 := inord (n - (l - b)); have bn := ltn_ord b.
have hE l : h l = (n - (l - b))%N :> nat by rewrite inordK //; lia.
rewrite (reindex_onto h h) /= => [|l bl]; last by apply: val_inj; rewrite /= !hE; have := ltn_ord l; lia.
apply: eq_big => [l|l _]; last by rewrite hE.
have ln := ltn_ord l; rewrite hE; have -> : (h (h l) == l) = ((n - (n - (l - b) - b))%N == l).
  by rewrite -val_eqE /= !hE.
by lia.
Qed.

Definition around l : R := \sum_(b < l.+1) Pr (gap b (n - (l - b))).

Lemma quotient (v : nat -> R) A : (forall l, (l <= n)%N -> \sum_(i < l.+1) u (l - i)%N * v i = (l == 0)%:R) ->
  (forall l, (l <= n)%N -> \sum_(i < l.+1) u i * Q (l - i)%N = A l) -> \sum_(l < n.+1) A l * v (n - l)%N = Q n.
Proof.
move=> uv uQ; pose P (f : nat -> R) := \poly_(i < n.+1) f i.
have coef f i : (i <= n)%N -> (P f)`_i = f i by rewrite coef_poly ltnS => ->.
have <- : ((P u * P Q) * P v)`_n = \sum_(l < n.+1) A l * v (n - l)%N.
  rewrite coefM; apply: eq_bigr => l _; have ln := ltn_ord l; rewrite coef ?leq_subr //; congr (_ * _).
  rewrite coefM -uQ //; apply: eq_bigr => i _; have il := ltn_ord i; rewrite !coef //; lia.
rewrite mulrAC coefM (bigD1 ord0) //= big1 => [|i i0]; last first.
  have i_n := ltn_ord i; rewrite coefM (_ : \sum_(j < _) _ = 0) ?mul0r //.
  have := uv i; rewrite -ltnS i_n => /(_ isT); rewrite -val_eqE /= in i0; rewrite (negPf i0) => e; apply: (etrans _ e).
  rewrite (reindex_inj rev_ord_inj); apply: eq_bigr => j _; have jl := ltn_ord j; rewrite /= !coef; try lia.
  by congr (u _ * v _); lia.
rewrite addr0 subn0 (coef Q) // coefM big_ord_recl big_ord0 addr0 subn0 (coef u) // (coef v) //.
by have := uv 0%N isT; rewrite big_ord_recl big_ord0 addr0 => ->; rewrite mul1r.
Qed.

Lemma circle_law : (forall l, (l <= n)%N -> \sum_(i < l.+1) u i * Q (l - i)%N = around l) ->
  Pr (fun x => [forall c : 'I_n.+1, ~~ missed c x]) = 1 - Q n.
Proof.
move=> QP; rewrite Pr_nothing_missed; congr (_ - _); rewrite -(quotient _ QP (v := inverse)); last first.
  case=> [|l] ln; last exact: inverseP.
  by rewrite big_ord_recl big_ord0 addr0 u0 mulr1.
pose F b e := Pr (gap b e) * inverse (e - b).
transitivity (\sum_(e < n.+1) \sum_(b < n.+1 | (b <= e)%N) F b e).
  apply: eq_bigr => e _; rewrite -(big_ord_widen _ (F^~ e) (ltn_ord e)) big_ord_recr /= {2}/F subnn mulr1 addrC.
  congr (_ + _); rewrite -sumrN; apply: eq_bigr => b _; have eb := ltn_ord e; have be := ltn_ord b.
  rewrite /F first_alike /inverse; last by lia.
  by have : (0 < e - b)%N by [lia]; case: (e - b)%N => // k _; rewrite mulrN.
transitivity (\sum_(l < n.+1) \sum_(b < n.+1 | (b <= l)%N) F b (n - (l - b))%N); last first.
  apply: eq_bigr => l _; rewrite mulr_suml -(big_ord_widen _ (fun b => F b (n - (l - b))%N) (ltn_ord l)).
  by apply: eq_bigr => b _; have := ltn_ord l; have := ltn_ord b => bl ln; rewrite /F; congr (_ * inverse _); lia.
exact: reflect_pairs.
Qed.
End Circle.

(** Parts around a circle: the part 0 has [r] terms, the parts 1, ..., n have [d] each, and as many workers start at a
    part as it has terms.  Budgets of one law: [x j] is the number of terms that worker [j] has evaluated. *)
Section Parts.
Variables (R : realFieldType) (J : finType) (n d r K : nat) (start : J -> nat) (w : 'I_K.+1 -> R).
Notation point := {ffun J -> 'I_K.+1}.
Implicit Types (x : point) (j : J).

Definition part_size (c : nat) : nat := if c == 0%N then r else d.
(** How many terms a worker that starts at [i] evaluates until the part [k] positions ahead is complete. *)
Definition need (i k : nat) : nat := (\sum_(t < k.+1) part_size ((i + t) %% n.+1))%N.
Definition sent c x : bool := [exists j, (need (start j) (ahead n (start j) c) <= x j)%N].
(** P(fewer than [a] terms). *)
Definition below a : R := \sum_(t : 'I_K.+1 | (t < a)%N) w t.
Definition row_missed l : R := \prod_(1 <= i < l.+1) below (i * d) ^+ d.
Fixpoint turn_missed l : R :=
  (if l is k.+1 then turn_missed k * below (l * d + r) ^+ d else 0) + row_missed l * below (l * d + r) ^+ r.

(** The same if the workers that start at a part of [k] terms leave it uncovered with the probability [v k]. *)
Section Left.
Variable v : nat -> R.
Definition row_left l : R := if l is 0%N then 1 else v d * \prod_(1 <= i < l) below (i.+1 * d) ^+ d.
Definition last_left l : R := if l is 0%N then v r else below (l * d + r) ^+ r.
Fixpoint turn_left l : R :=
  (if l is k.+1 then turn_left k * below (l * d + r) ^+ d else 0) + row_left l * last_left l.
End Left.

Hypothesis w_total : \sum_t w t = 1.
Hypothesis start_le : forall j, (start j <= n)%N.
Hypothesis starts : forall c, (c <= n)%N -> #|[set j | start j == c]| = part_size c.

Let far j k (t : 'I_K.+1) := (need (start j) k <= t)%N.

Lemma need0 c : (c <= n)%N -> need c 0 = part_size c.
Proof. by move=> cn; rewrite /need big_ord_recl big_ord0 addn0 addn0 modn_small. Qed.

Lemma need_mono i k l : (k <= l)%N -> (need i k <= need i l)%N.
Proof.
move=> kl; rewrite /need -!(big_mkord xpredT (fun t => part_size ((i + t) %% n.+1))).
by rewrite [X in (_ <= X)%N](@big_cat_nat _ _ _ k.+1) //= leq_addr.
Qed.

Lemma far_mono_ j k t : (0 < k)%N -> far j k.+1 t -> far j k t.
Proof. by move=> _; apply: leq_trans; apply: need_mono. Qed.

Lemma prod_workers (G : nat -> R) : \prod_j G (start j) = \prod_(0 <= c < n.+1) G c ^+ part_size c.
Proof.
rewrite big_mkord (partition_big (fun j => inord (start j) : 'I_n.+1) xpredT) //=; apply: eq_bigr => c _.
rewrite -starts -1?ltnS // -prodr_const; apply: eq_big => [j|j /eqP <-]; last by rewrite inordK // ltnS.
by rewrite inE -val_eqE /= inordK // ltnS.
Qed.

Lemma Pr_out (A : pred nat) (k : nat -> nat) :
  Pr (fun=> w) (fun x => [forall j, A (start j) ==> ~~ (k (start j) <= x j)%N]) =
  \prod_(0 <= c < n.+1 | A c) below (k c) ^+ part_size c.
Proof.
rewrite (Pr_all (fun=> w) (fun j t => A (start j) ==> ~~ (k (start j) <= t)%N)) [RHS]big_mkcond.
rewrite (prod_workers (fun c => \sum_(t : 'I_K.+1 | A c ==> ~~ (k c <= t)%N) w t)); apply: eq_bigr => c _.
case: (A c) => /=; last by rewrite w_total expr1n.
by congr (_ ^+ _); apply: eq_bigl => t; rewrite -ltnNge.
Qed.

Lemma need_row c e : (0 < c <= e)%N -> (e <= n)%N -> need c (e - c) = ((e - c).+1 * d)%N.
Proof.
move=> ce en; rewrite /need (eq_bigr (fun=> d)) => [|t _]; first by rewrite sum_nat_const card_ord.
by have te := ltn_ord t; rewrite modn_small /part_size ?ifN //; lia.
Qed.

Lemma need_short k : (k <= n)%N -> need 0 k = (k * d + r)%N.
Proof.
move=> kn; rewrite /need big_ord_recl add0n mod0n /= addnC; congr (_ + _)%N.
rewrite (eq_bigr (fun=> d)) => [|t _]; first by rewrite sum_nat_const card_ord.
have tk := ltn_ord t; rewrite add0n /= /bump leq0n modn_small //; lia.
Qed.

Lemma need_turn c b : (b < c <= n)%N -> need c (b + n.+1 - c) = ((n.+1 - c + b) * d + r)%N.
Proof.
move=> bc; have -> : (b + n.+1 - c = (n.+1 - c) + b)%N by lia.
rewrite /need -addnS big_split_ord /= (eq_bigr (fun=> d)) => [|t _]; last first.
  by have te := ltn_ord t; rewrite modn_small /part_size ?ifN //; lia.
rewrite sum_nat_const card_ord mulnDl -addnA; congr (_ + _)%N; rewrite -need_short; last by lia.
apply: eq_bigr => t _; congr part_size; have -> : (c + (n.+1 - c + t) = t + n.+1)%N by lia.
by rewrite modnDr.
Qed.

(** [own c x]: the workers that start at the part [c] have covered it, one alone or several together. *)
Section Own.
Variables (own : nat -> pred point) (v : nat -> R).
Hypothesis own_free : forall (c : nat) j, start j != c -> forall x t, own c (change x j t) = own c x.
Hypothesis own_whole : forall j x, (part_size (start j) <= x j)%N -> own (start j) x.
Hypothesis own_left : forall c, (c <= n)%N -> Pr (fun=> w) (fun x => ~~ own c x) = v (part_size c).
Notation localP := (local start own far).
Notation gapP := (gap n start own far).

Lemma far_own_ j k x : (0 < k)%N -> far j k (x j) -> own (start j) x.
Proof.
by move=> _ f; apply: own_whole; rewrite -need0 //; apply: leq_trans f; apply: need_mono.
Qed.

Lemma Pr_own_out c (A : pred nat) (k : nat -> nat) : (c <= n)%N -> ~~ A c ->
  Pr (fun=> w) (fun x => ~~ own c x && [forall j, A (start j) ==> ~~ (k (start j) <= x j)%N]) =
  v (part_size c) * \prod_(0 <= c < n.+1 | A c) below (k c) ^+ part_size c.
Proof.
move=> cn nA; rewrite -own_left // -Pr_out; apply: (@Pr_indep _ _ _ (fun=> w) (fun=> w_total) (fun j => start j == c)).
  move=> j /eqP sj x t; apply: eq_forallb => i; rewrite ffunE; have [->|//] := eqVneq i j.
  by rewrite sj (negPf nA).
by move=> j sj x t; rewrite own_free.
Qed.

Lemma Pr_local b e : (b < e <= n)%N -> Pr (fun=> w) (localP b e) = row_left v (e - b).
Proof.
move=> be; have -> : row_left v (e - b) = v d * \prod_(1 <= i < e - b) below (i.+1 * d) ^+ d.
  by have : (0 < e - b)%N by [lia]; case: (e - b)%N.
rewrite (@Pr_own_out e (fun c => b < c < e)%N (fun c => need c (e - c))); [|by lia..].
rewrite /part_size ifN; last by lia.
congr (_ * _); rewrite (@big_cat_nat _ _ _ b.+1) //=; last by lia.
rewrite big_nat_cond big_pred0 => [|c]; last by lia.
rewrite mul1r (@big_cat_nat _ _ _ e) //=; [|lia|lia].
rewrite [X in _ * X]big_nat_cond [X in _ * X]big_pred0 => [|c]; last by lia.
rewrite mulr1 big_nat_cond (eq_bigl (fun c => b.+1 <= c < e)%N) => [|c]; last by lia.
rewrite -big_nat big_nat_rev /= -[b.+1]add1n big_addn; apply: eq_big_nat => i ir.
rewrite need_row; [|lia|lia].
rewrite ifN; last by lia.
by congr (below (_ * _) ^+ _); lia.
Qed.

Lemma Pr_gap b l : (b <= l <= n)%N -> Pr (fun=> w) (gapP b (n - (l - b))) =
  row_left v b * last_left v b * \prod_(b.+1 <= t < l.+1) below (t * d + r) ^+ d.
Proof.
move=> bl; set e := (n - (l - b))%N; have en : (b <= e <= n)%N by lia.
rewrite (@Pr_own_out b (fun c => (c < b) || (e < c))%N (fun c => need c (ahead n c b))); [|by lia..].
rewrite (@big_cat_nat _ _ _ e.+1) //=; last by lia.
rewrite (@big_cat_nat _ _ _ b) //=; last by lia.
rewrite [X in _ * (_ * X * _)]big_nat_cond [X in _ * (_ * X * _)]big_pred0 => [|c]; last by lia.
rewrite mulr1 mulrA; congr (_ * _).
  rewrite big_nat_cond (eq_bigl (fun c => 0 <= c < b)%N) => [|c]; last by lia.
  rewrite -big_nat; move: bl; clear en e; case: b => [|b] bl; first by rewrite big_geq // /part_size /= mulr1 mul1r.
  rewrite big_ltn // /row_left /last_left /part_size /= -mulrA; congr (_ * _); rewrite mulrC; congr (_ * _); last first.
    by rewrite /ahead leq0n subn0 need_short //; lia.
  rewrite big_nat_rev /=; apply: eq_big_nat => i ir; rewrite /ahead.
  have -> : (1 + b.+1 - i.+1 = b.+1 - i)%N by lia.
  rewrite leq_subLR; have -> : (b.+1 <= i + b.+1)%N by lia.
  rewrite need_row; [|lia|lia].
  rewrite ifN; last by lia.
  by congr (below (_ * _) ^+ _); lia.
rewrite big_nat_cond (eq_bigl (fun c => e.+1 <= c < n.+1)%N) => [|c]; last by lia.
rewrite -big_nat big_nat_rev /= -[e.+1]add0n big_addn -[b.+1 in RHS]add0n big_addn.
have -> : (n.+1 - e.+1 = l.+1 - b.+1)%N by lia.
apply: eq_big_nat => i ir; rewrite /ahead leqNgt.
have -> : (b < 0 + e.+1 + n.+1 - (i + e.+1).+1)%N by lia.
rewrite /= need_turn; last by lia.
rewrite /part_size ifN; last by lia.
by congr (below (_ * _ + _) ^+ _); lia.
Qed.

Lemma turn_leftE l : turn_left v l =
  \sum_(b < l.+1) row_left v b * last_left v b * \prod_(b.+1 <= t < l.+1) below (t * d + r) ^+ d.
Proof.
elim: l => [|l IH]; first by rewrite /= big_ord_recl big_ord0 big_geq // mulr1 addr0 add0r.
rewrite [LHS]/= -/(row_left v l.+1) -/(last_left v l.+1).
rewrite big_ord_recr /= [X in _ = _ + _ * X]big_geq // mulr1 IH mulr_suml; congr (_ + _).
by apply: eq_bigr => b _; rewrite [in RHS]big_nat_recr ?mulrA //=; have := ltn_ord b; lia.
Qed.

(** The law of parts in cyclic order if the workers that start at a part cover it in any way: [Q] are the coefficients
    of the quotient of two power series up to z^n, [v k] takes the place of the factor (1 - F_k)^k of the workers that
    start at the last part of a gap (docs/proofs/intervals.md, Proposition 9). *)
Theorem cells_cyclic_law (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_left v i * Q (l - i)%N = turn_left v l) ->
  Pr (fun=> w) (fun x => [forall c : 'I_n.+1,
    own c x || [exists j, (start j != c) && (need (start j) (ahead n (start j) c) <= x j)%N]]) = 1 - Q n.
Proof.
move=> QP; have circle := @circle_law _ _ _ (fun=> w) n start own far (fun=> w_total) start_le own_free far_mono_
  far_own_.
rewrite -(circle (row_left v) Q) //; last first.
- move=> l ln; rewrite QP // turn_leftE; apply: eq_bigr => b _; rewrite Pr_gap //.
  by rewrite -ltnS ltn_ord.
- exact: Pr_local.
apply: eq_mean => x; congr (nat_of_bool _)%:R; apply: eq_forallb => c; rewrite /missed negb_and negbK negb_forall.
by congr (_ || _); apply: eq_existsb => j; rewrite negb_imply negbK.
Qed.
End Own.

Let own c x := [exists j, (start j == c) && (part_size c <= x j)%N].

Lemma own_sent c x : (c <= n)%N ->
  own c x || [exists j, (start j != c) && (need (start j) (ahead n (start j) c) <= x j)%N] = sent c x.
Proof.
move=> cn; apply/orP/existsP => [[/existsP[j /andP[/eqP sj le]]|/existsP[j /andP[_ le]]]|[j le]]; last first.
- have [sj|sj] := eqVneq (start j) c; last by right; apply/existsP; exists j; rewrite sj.
  by left; apply/existsP; exists j; rewrite sj eqxx /= -need0 //; move: le; rewrite sj /ahead leqnn subnn.
- by exists j.
by exists j; rewrite sj /ahead leqnn subnn need0.
Qed.

Lemma whole_left c : (c <= n)%N -> Pr (fun=> w) (fun x => ~~ own c x) = below (part_size c) ^+ part_size c.
Proof.
move=> cn; rewrite (_ : Pr _ _ = Pr (fun=> w) (fun x =>
    [forall j, pred1 c (start j) ==> ~~ (part_size (start j) <= x j)%N])).
  rewrite (Pr_out (pred1 c) part_size) big_mkord (big_pred1 (Ordinal (cn : c < n.+1)%N)) //.
apply: eq_mean => x; congr (nat_of_bool _)%:R; rewrite negb_exists; apply: eq_forallb => j.
by rewrite negb_and -implybE /=; case: eqP => [->|].
Qed.

Let whole_size k := below k ^+ k.

Lemma row_whole l : row_left whole_size l = row_missed l.
Proof.
case: l => [|l]; first by rewrite /row_missed big_geq.
by rewrite /row_missed [RHS]big_ltn // mul1n big_add1.
Qed.

Lemma turn_whole l : turn_left whole_size l = turn_missed l.
Proof.
by elim: l => [|l IH] /=; [rewrite /row_missed big_geq | rewrite IH -row_whole].
Qed.

(** P(T <= t) = 1 - [z^n] A(z)/U(z): here [Q] are the coefficients of A/U up to z^n, [row_missed] is u, [turn_missed] is
    A and [below (a)] is 1 - F_a (docs/proofs/theory.md, 5.3). *)
Theorem parts_cyclic_law (Q : nat -> R) :
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_missed i * Q (l - i)%N = turn_missed l) ->
  Pr (fun=> w) (fun x => [forall c : 'I_n.+1, sent c x]) = 1 - Q n.
Proof.
move=> QP; rewrite -(@cells_cyclic_law own whole_size _ _ whole_left Q) => [|c j sj x t|j x le|l ln].
- by apply: eq_mean => x; congr (nat_of_bool _)%:R; apply: eq_forallb => c; rewrite own_sent // -ltnS.
- apply: eq_existsb => k; rewrite ffunE; have [->|//] := eqVneq k j.
  by rewrite (negPf sj).
- by apply/existsP; exists j; rewrite eqxx.
by rewrite turn_whole -QP //; apply: eq_bigr => i _; rewrite row_whole.
Qed.
End Parts.

(** If all parts have [d] terms, A_l = (l + 1) u_(l+1). *)
Lemma turn_missed_alike (R : realFieldType) (d K : nat) (w : 'I_K.+1 -> R) l :
  turn_missed d d w l = l.+1%:R * row_missed d w l.+1.
Proof.
elim: l => [|l IH] /=; first by rewrite /row_missed big_nat1 big_geq // !mul1r add0r mul0n mul1n.
rewrite IH [row_missed d w l.+2]/row_missed big_nat_recr //= -/(row_missed d w l.+1).
have -> : (l.+1 * d + d = l.+2 * d)%N by rewrite addnC -mulSn.
by rewrite -[l.+2%:R]natr1 mulrDl mul1r mulrA.
Qed.

(** All parts alike: P(T <= t) = 1 - P [z^P] ln U(z) with P = n + 1 parts, since P [z^P] ln U is the coefficient of
    z^n in U'/U; with [d] = 1 single terms (docs/proofs/theory.md, 5.3). *)
Corollary terms_cyclic_law (R : realFieldType) (J : finType) (n d K : nat) (start : J -> nat) (w : 'I_K.+1 -> R)
    (Q : nat -> R) :
  \sum_t w t = 1 -> (forall j, (start j <= n)%N) -> (forall c, (c <= n)%N -> #|[set j | start j == c]| = d) ->
  (forall l, (l <= n)%N -> \sum_(i < l.+1) row_missed d w i * Q (l - i)%N = l.+1%:R * row_missed d w l.+1) ->
  Pr (fun=> w) (fun x => [forall c : 'I_n.+1, sent n d d start c x]) = 1 - Q n.
Proof.
move=> total le starts QP; apply: parts_cyclic_law => // [c cn|l ln]; last by rewrite QP // turn_missed_alike.
by rewrite starts // /part_size; case: ifP.
Qed.
