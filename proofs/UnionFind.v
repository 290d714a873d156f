(** Union-find decodes rows that are arcs (docs/proofs/intervals.md, Theorem 5): what it keeps, what it answers, which
    sets are arcs, and the sum from the values of one cycle. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span Arcs Windings ArcsRank.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Classes of a relation, by a function that tells them apart. *)
Lemma n_comp_card (T : finType) (e : rel T) (f : T -> T) : connect_sym e ->
  (forall x y, (f x == f y) = connect e x y) -> n_comp e predT = #|[set f x | x in predT]|.
Proof.
move=> sym fP; rewrite /n_comp_mem.
have inj : {in [predI fingraph.roots e & predT] &, injective f}.
  move=> x y; rewrite !inE !andbT => /eqP rx /eqP ry /eqP; rewrite fP => c.
  by rewrite -rx -ry; apply/eqP; rewrite root_connect.
rewrite -(card_in_image inj); apply: eq_card => y; apply/imageP/imsetP => [[x _ ->]|[x _ ->]]; first by exists x.
exists (fingraph.root e x); first by rewrite !inE andbT roots_root.
by apply/eqP; rewrite fP connect_root.
Qed.

(** A forest of pointers on the places: each has a parent, and the gain to it from the parent. *)
Section Forest.
Variable n : nat.
Notation m := n.+1.
Implicit Types (x r : 'I_m) (p q : int).

Record state := State { parent : 'I_m -> 'I_m; up : 'I_m -> int }.
Implicit Types s : state.

(** Walking up from [x] ends at the root [r], and the gain from [r] to [x] is [p]. *)
Inductive finds s : 'I_m -> 'I_m -> int -> Prop :=
  | Root x : parent s x = x -> up s x = 0 -> finds s x x 0
  | Up x r p : parent s x != x -> finds s (parent s x) r p -> finds s x r (p + up s x).

(** A change of the pointers that keeps each place's root and the gain from it. *)
Definition keeps s s' : Prop := forall x r p, finds s x r p -> finds s' x r p.
Definition initial : state := State id (fun=> 0).
(** One step of path halving. *)
Definition halve s x : state :=
  State (fun y => if y == x then parent s (parent s x) else parent s y)
    (fun y => if y == x then up s x + up s (parent s x) else up s y).
(** The root [r'] becomes a child of the root [r]. *)
Definition link s r r' p : state :=
  State (fun y => if y == r' then r else parent s y) (fun y => if y == r' then p else up s y).
Definition total s : Prop := forall x, exists r p, finds s x r p.

Lemma finds_root s x r p : finds s x r p -> finds s r r 0.
Proof. by elim=> // {}x par u; apply: Root. Qed.

Lemma root_parent s x r p : finds s x r p -> parent s r = r.
Proof. by elim. Qed.

Lemma finds_at s x r p : parent s x = x -> finds s x r p -> [/\ r = x, p = 0 & up s x = 0].
Proof. by move=> par f; case: f par => [//|{}x {}r {}p ne _ par]; rewrite par eqxx in ne. Qed.

Lemma finds_up s x r p : parent s x != x -> finds s x r p -> finds s (parent s x) r (p - up s x).
Proof. by move=> ne f; case: f ne => [{}x -> _|{}x {}r {}p _ f _]; rewrite ?eqxx // addrK. Qed.

Lemma finds_fun s x r p r' p' : finds s x r p -> finds s x r' p' -> r = r' /\ p = p'.
Proof.
move=> f; elim: f r' p' => {x r p} [x par u|x r p par _ IH] r' p' g; first by have [-> ->] := finds_at par g.
by have [-> ->] := IH _ _ (finds_up par g); rewrite subrK.
Qed.

Lemma keeps_roots s s' x : total s -> keeps s s' -> (parent s' x == x) = (parent s x == x).
Proof.
move=> tot k; have [r [p f]] := tot x; have f' := k _ _ _ f; have fr := finds_root f; have fr' := k _ _ _ fr.
have only t : finds t x r p -> (parent t x == x) = (x == r).
  move=> g; apply/eqP/eqP => [par|->]; last exact: root_parent g.
  by have [-> _ _] := finds_at par g.
by rewrite !only.
Qed.

(** Path halving keeps each place's root and the gain from it (docs/proofs/intervals.md, Theorem 5). *)
Theorem halving_keeps s x : total s -> parent s x != x -> keeps s (halve s x).
Proof.
move=> tot px; have back : parent s (parent s x) != x.
  apply/eqP => zx; have [r [p f]] := tot x.
  suff no y r0 p0 : finds s y r0 p0 -> (y == x) || (y == parent s x) -> False by apply: no f _; rewrite eqxx.
  elim=> {y r0 p0} [y par _|y r0 p0 _ _ IH yin].
    case/orP=> /eqP e; rewrite e in par; first by rewrite par eqxx in px.
    by case/eqP: px; rewrite -par zx.
  by apply: IH; case/orP: yin => /eqP ->; rewrite ?zx eqxx ?orbT.
have at_z : up (halve s x) (parent s x) = up s (parent s x) by rewrite /= (negPf px).
have at_x : up (halve s x) x = up s x + up s (parent s x) by rewrite /= eqxx.
move=> y r p; elim=> {y r p} [y par u|y r p par f IH].
  have yx : y != x by apply: contra_neq px => <-.
  by apply: Root; rewrite /= (negPf yx).
have [yx|yx] := eqVneq y x; last first.
  have -> : up s y = up (halve s x) y by rewrite /= (negPf yx).
  by apply: Up; rewrite /= (negPf yx).
rewrite yx in f IH *; have [zz|zz] := eqVneq (parent s (parent s x)) (parent s x).
  have [-> -> uz] := finds_at zz f; have -> : 0 + up s x = 0 + up (halve s x) x by rewrite at_x uz addr0.
  by apply: Up; rewrite /= eqxx zz //; apply: Root; rewrite /= (negPf px).
have := finds_up _ IH; rewrite at_z /= (negPf px) => /(_ zz) g.
have -> : p + up s x = p - up s (parent s x) + up (halve s x) x.
  by rewrite at_x [up s x + _]addrC addrA subrK.
by apply: Up; rewrite /= eqxx.
Qed.

Lemma link_finds s r r' p0 x t p : finds s r r 0 -> finds s r' r' 0 -> r != r' -> finds s x t p ->
  finds (link s r r' p0) x (if t == r' then r else t) (if t == r' then p0 + p else p).
Proof.
move=> fr fr' ne; have root_r : finds (link s r r' p0) r r 0.
  apply: Root; rewrite /= (negPf ne); first exact: root_parent fr.
  by have [] := finds_at (root_parent fr) fr.
elim=> {x t p} [x par u|x t p par f IH].
  have [->|xr] := eqVneq x r'; last by apply: Root; rewrite /= (negPf xr).
  have -> : p0 + 0 = 0 + up (link s r r' p0) r' by rewrite /= eqxx addrC.
  by apply: Up; rewrite /= eqxx.
have xr : x != r' by apply: contraNneq par => ->; rewrite (root_parent fr').
have -> : (if t == r' then p0 + (p + up s x) else p + up s x) =
    (if t == r' then p0 + p else p) + up (link s r r' p0) x.
  by rewrite /= (negPf xr); case: ifP => // _; rewrite addrA.
by apply: Up; rewrite /= (negPf xr).
Qed.

Lemma link_roots s r r' p0 : finds s r r 0 -> finds s r' r' 0 -> r != r' ->
  #|[set x | parent s x == x]| = #|[set x | parent (link s r r' p0) x == x]|.+1.
Proof.
move=> fr fr' ne; rewrite (cardsD1 r') inE (root_parent fr') eqxx; congr _.+1; apply: eq_card => x.
by rewrite !inE /=; case: eqP => [->|//]; rewrite (negPf ne).
Qed.

Lemma initial_total : total initial.
Proof. by move=> x; exists x, 0; apply: Root. Qed.

(** The rows that are read, one after the other. *)
Section Rows.
Variables (start : nat -> 'I_m) (len : nat -> nat).
Hypothesis len_range : forall e, (0 < len e <= m)%N.
Implicit Types (k e : nat) (out : seq (bool * int)) (o : bool * int).

(** The place where the arc [e] ends, and its gain. *)
Definition ending e : 'I_m := inord ((start e + len e) %% m).
Definition crossing e : int := ((start e + len e) %/ m)%N.

(** What union-find does, and what it says of each row: [(true, 0)] if it joins two components, and [(false, w)] if it
    closes a cycle, [w] being its gain less the difference of its ends' gains from their root.  Either root may become
    the parent of the other, and the pointers may change at any time as long as they keep roots and gains. *)
Inductive run : nat -> seq (bool * int) -> state -> Prop :=
  | Starts : run 0 [::] initial
  | Keeps k out s s' : run k out s -> keeps s s' -> run k out s'
  | Closes k out s r p q : run k out s -> finds s (start k) r p -> finds s (ending k) r q ->
      run k.+1 (rcons out (false, crossing k - (q - p))) s
  | Joins k out s r r' p q (below : bool) : run k out s -> finds s (start k) r p -> finds s (ending k) r' q ->
      r != r' -> run k.+1 (rcons out (true, 0))
        (if below then link s r r' (p + crossing k - q) else link s r' r (q - crossing k - p)).

Definition said out e : bool * int := nth (false, 0) out e.
(** Adjacent by a row that joined two components. *)
Definition joined out : rel 'I_m := fun x y => has (fun e => (said out e).1 &&
  (((start e, ending e) == (x, y)) || ((ending e, start e) == (x, y)))) (iota 0 (size out)).

Record invariant k out s : Prop := Invariant {
  inv_total : total s;
  inv_size : size out = k;
  inv_edge : forall e r p r' q, (e < k)%N -> finds s (start e) r p -> finds s (ending e) r' q ->
    r = r' /\ q - p = crossing e - (said out e).2;
  inv_join : forall e, (said out e).1 -> (said out e).2 = 0;
  inv_connect : forall x y r p q, finds s x r p -> finds s y r q -> connect (joined out) x y;
  inv_roots : (#|[set x | parent s x == x]| + count fst out)%N = m }.

Lemma count_joins out o : count fst (rcons out o) = (count fst out + o.1)%N.
Proof. by rewrite -cats1 count_cat /= addn0. Qed.

Lemma said_rcons out o e : said (rcons out o) e = if (e < size out)%N then said out e else
  if e == size out then o else (false, 0).
Proof. exact: nth_rcons. Qed.

Lemma joined_rcons out o x y : joined (rcons out o) x y =
  joined out x y || (o.1 && (((start (size out), ending (size out)) == (x, y)) ||
    ((ending (size out), start (size out)) == (x, y)))).
Proof.
have io k : iota 0 k.+1 = rcons (iota 0 k) k by rewrite -addn1 iotaD cats1.
rewrite /joined size_rcons io has_rcons orbC; congr (_ || _).
  by apply: eq_in_has => e; rewrite mem_iota add0n => /andP[_ ek]; rewrite said_rcons ek.
by rewrite said_rcons ltnn eqxx.
Qed.

Lemma joined_sym out : connect_sym (joined out).
Proof.
apply: sym_connect_sym => x y; apply: eq_has => e; rewrite !xpair_eqE orbC.
by congr (_ && (_ || _)); rewrite andbC.
Qed.

Lemma connect_rcons out o x y : connect (joined out) x y -> connect (joined (rcons out o)) x y.
Proof. by apply: connect_sub => {}x {}y xy; apply: connect1; rewrite joined_rcons xy. Qed.

Lemma run_invariant k out s : run k out s -> invariant k out s.
Proof.
elim=> {k out s} [|k out s s' _ I kp|k out s r p q _ I fa fb|k out s r r' p q below _ I fa fb ne].
- have at_ x : finds initial x x 0 by apply: Root.
  split=> // [|e|x y r p q fx fy|]; first exact: initial_total.
  + by rewrite /said nth_nil.
  + by have [<- _] := finds_fun fx (at_ x); have [<- _] := finds_fun fy (at_ y).
  by rewrite addn0 -[RHS]card_ord -cardsT; apply: eq_card => x; rewrite !inE eqxx.
- case: I => tot sz edge join con roots; have old x r p : finds s' x r p -> finds s x r p.
    by move=> f; have [r0 [p0 f0]] := tot x; have [-> ->] := finds_fun f (kp _ _ _ f0).
  split=> //.
  + by move=> x; have [r [p /kp]] := tot x; exists r, p.
  + by move=> e r p r' q ek /old fa /old fb; apply: edge fa fb.
  + by move=> x y r p q /old fx /old fy; apply: con fx fy.
  by rewrite -[RHS]roots; congr (_ + _)%N; apply: eq_card => x; rewrite !inE (keeps_roots _ tot kp).
- case: I => tot sz edge join con roots; split=> //; first by rewrite size_rcons sz.
  + move=> e r0 p0 r1 q1; rewrite ltnS leq_eqVlt said_rcons sz => /orP[/eqP ->|ek].
      rewrite ltnn eqxx /= => f g; have [-> ->] := finds_fun f fa; have [-> ->] := finds_fun g fb.
      by split=> //; rewrite opprB addrCA subrr addr0.
    by rewrite ek; apply: edge.
  + by move=> e; rewrite said_rcons; case: ifP => _; [apply: join | case: ifP].
  + by move=> x y r0 p0 q0 fx fy; apply: connect_rcons; apply: con fx fy.
  by rewrite count_joins addn0.
case: I => tot sz edge join con roots; have ra := finds_root fa; have rb := finds_root fb.
pose u := if below then r else r'; pose v := if below then r' else r.
pose w := if below then p + crossing k - q else q - crossing k - p.
have -> : (if below then link s r r' (p + crossing k - q) else link s r' r (q - crossing k - p)) = link s u v w.
  by rewrite /u /v /w; case: (below).
have uv : u != v by rewrite /u /v; case: (below); rewrite // eq_sym.
have ru : finds s u u 0 by rewrite /u; case: (below).
have rv : finds s v v 0 by rewrite /v; case: (below).
have new x r0 p0 : finds (link s u v w) x r0 p0 -> exists t p1, [/\ finds s x t p1,
    r0 = (if t == v then u else t) & p0 = if t == v then w + p1 else p1].
  move=> f; have [t [p1 g]] := tot x; exists t, p1; split=> //.
    by have [] := finds_fun f (link_finds w ru rv uv g).
  by have [] := finds_fun f (link_finds w ru rv uv g).
split=> //.
- by move=> x; have [t [p1 g]] := tot x; do 2!eexists; apply: link_finds g.
- by rewrite size_rcons sz.
- move=> e r0 p0 r1 q1; rewrite ltnS leq_eqVlt said_rcons sz => /orP[/eqP ->|ek]; last first.
    rewrite ek => /new[t [p2 [f -> ->]]] /new[t' [q2 [g -> ->]]]; have [<- <-] := edge _ _ _ _ _ ek f g.
    by split=> //; case: ifP => // _; rewrite opprD addrACA subrr add0r.
  rewrite ltnn eqxx /= subr0 => /new[t [p2 [f -> ->]]] /new[t' [q2 [g -> ->]]].
  have [-> ->] := finds_fun f fa; have [-> ->] := finds_fun g fb; rewrite /u /v /w; case: (below).
    by rewrite eqxx (negPf ne) subrK addrAC subrr add0r.
  by rewrite eqxx [r' == r]eq_sym (negPf ne) subrK opprB addrC subrK.
- by move=> e; rewrite said_rcons; case: ifP => _; [apply: join | case: ifP].
- move=> x y r0 p0 q0 /new[t [p2 [f e _]]] /new[t' [q2 [g e' _]]].
  have edge_new : connect (joined (rcons out (true, 0))) (start k) (ending k).
    by apply: connect1; rewrite joined_rcons sz /= eqxx orbT.
  have end_ z tz pz : finds s z tz pz -> (tz == r) || (tz == r') ->
      connect (joined (rcons out (true, 0))) z (start k).
    move=> fz /orP[] /eqP tzE; rewrite tzE in fz; first by apply: connect_rcons; apply: con fz fa.
    apply: connect_trans (_ : connect _ (ending k) _); first by apply: connect_rcons; apply: con fz fb.
    by rewrite joined_sym.
  have [tt|ne'] := eqVneq t t'; first by rewrite tt in f; apply: connect_rcons; apply: con f g.
  suff [tr tr'] : ((t == r) || (t == r')) /\ ((t' == r) || (t' == r')).
    by apply: connect_trans (end_ _ _ _ f tr) _; rewrite joined_sym; apply: end_ g tr'.
  have both : (t == v) && (t' == u) || (t' == v) && (t == u).
    move: e ne'; rewrite e'; case: (eqVneq t v) => [->|_]; case: (eqVneq t' v) => [->|_].
    + by [].
    + by move=> ->; rewrite eqxx.
    + by move=> <-; rewrite eqxx orbT.
    by move=> ->; rewrite eqxx.
  by move: both; rewrite /u /v; case: (below) => /orP[] /andP[-> ->]; rewrite ?orbT.
by rewrite count_joins addn1 addnS -addSn -(link_roots w ru rv uv).
Qed.

(** It can always go on (docs/proofs/intervals.md, Theorem 5). *)
Theorem run_on k out s : run k out s -> exists o s', run k.+1 (rcons out o) s'.
Proof.
move=> R; have [tot _ _ _ _ _] := run_invariant R; have [r [p fa]] := tot (start k).
have [r' [q fb]] := tot (ending k); have [e|ne] := eqVneq r r'; last by do 2!eexists; apply: (Joins true R fa fb ne).
by rewrite -e in fb; do 2!eexists; apply: (Closes R fa fb).
Qed.

Lemma run_last k out s : run k.+1 out s -> exists out' s' o, out = rcons out' o /\ run k out' s'.
Proof.
move: {-2}k.+1 (erefl k.+1) => k' e R; elim: R e => {k' out s} // [k' out s r p q R _ _ _ [<-]|].
  by exists out, s; eexists; split.
by move=> k' out s r r' p q below R _ _ _ _ [<-]; exists out, s; eexists; split.
Qed.

Lemma run_take k out s j : run k out s -> (j <= k)%N -> exists s', run j (take j out) s'.
Proof.
elim: k out s => [|k IH] out s R.
  rewrite leqn0 => /eqP ->; exists initial; rewrite take0; exact: Starts.
have sz := inv_size (run_invariant R); rewrite leq_eqVlt => /orP[/eqP ->|jk].
  by exists s; rewrite take_oversize ?sz.
have [out' [s' [o [e R']]]] := run_last R; have [s2 R2] := IH _ _ R' jk; exists s2.
by rewrite e -cats1 takel_cat // (inv_size (run_invariant R')).
Qed.

(** The winding number that is said is not 0 in the field. *)
Definition winds (K : fieldType) o : bool := o.2%:~R != 0 :> K.

(** The first [k] rows. *)
Section First.
Variables (K : fieldType) (k : nat) (out : seq (bool * int)) (s : state).
Hypothesis R : run k out s.
Implicit Types (y : 'I_m) (i : 'I_k) (ds : seq ('I_k * bool)).
Definition starts i : 'I_m := start i.
Definition lens i : nat := len i.
Notation heads := (head starts lens).
Notation gains := (gain starts lens).
Notation rows := (arc_rows K starts lens).
Notation cycle := (cycle starts heads).
Notation winding := (winding gains).

Let I := run_invariant R.

Lemma place x : exists a : 'I_m * int, finds s x a.1 a.2.
Proof. by have [r [p f]] := inv_total I x; exists (r, p). Qed.

(** The roots, and the gains from them. *)
Lemma potentials : exists (root : 'I_m -> 'I_m) (gain_at : 'I_m -> int), [/\ forall x, finds s x (root x) (gain_at x),
    forall i, root (starts i) = root (heads i),
    forall i, gain_at (heads i) - gain_at (starts i) = gains i - (said out i).2 &
    forall x y, root x = root y -> connect (joined out) x y].
Proof.
have [f fP] := fin_all_exists place; exists (fun x => (f x).1), (fun x => (f x).2); split=> // [i|i|x y e].
- by have [] := inv_edge I (ltn_ord i) (fP _) (fP _).
- by have [] := inv_edge I (ltn_ord i) (fP _) (fP _).
by apply: inv_connect I _ _ _ _ _ (fP x) _; rewrite e; apply: fP.
Qed.

Lemma joined_adj x y : joined out x y = adj starts heads [seq i : 'I_k <- enum 'I_k | (said out i).1] x y.
Proof.
rewrite /joined (inv_size I) -val_enum_ord has_map /adj; apply/hasP/hasP => [[i _ /andP[ji e]]|[i]].
  by exists i; rewrite // mem_filter ji mem_enum.
by rewrite mem_filter => /andP[ji _] e; exists i; rewrite ?mem_enum //= ji.
Qed.

(** If all winding numbers that are said are 0 in the field, those of all cycles are. *)
Lemma cycles_zero ds : ~~ has (winds K) out -> cycle ds -> (winding ds)%:~R = 0 :> K.
Proof.
move=> /hasPn zero c; have [root [f [_ _ fP _]]] := potentials.
rewrite -value_flow /value -[RHS](cycle_circulation c (fun x => (f x)%:~R)); apply: eq_bigr => i _; congr (_ * _).
rewrite -rmorphB fP rmorphB /=; have : said out i \in out by apply: mem_nth; rewrite (inv_size I).
by move/zero; rewrite /winds negbK => /eqP ->; rewrite subr0.
Qed.

(** A row that joins nothing closes a cycle with rows before it that have joined components, of the winding number that
    is said (docs/proofs/intervals.md, Theorem 5). *)
Theorem closed_cycle i : ~~ (said out i).1 -> exists ds, [/\ cycle ((i, true) :: ds),
  all (fun d : 'I_k * bool => (said out d.1).1) ds & winding ((i, true) :: ds) = (said out i).2].
Proof.
move=> ni; have [root [f [_ rP fP conn]]] := potentials.
have con : connect (adj starts heads [seq i : 'I_k <- enum 'I_k | (said out i).1]) (heads i) (starts i).
  by rewrite -(eq_connect joined_adj); apply: conn; rewrite rP.
have [p0 path0] := connectP con; have [p path_p up _] := shortenP path0 => last_p.
have [ds [wd td sd ud]] := path_walk path_p up; rewrite -last_p in wd; exists ds.
have joins : all (fun d : 'I_k * bool => (said out d.1).1) ds.
  by apply/allP => d /(map_f fst)/sd; rewrite mem_filter => /andP[].
have walk_gain x y ds' : walk starts heads x ds' y -> all (fun d : 'I_k * bool => (said out d.1).1) ds' ->
    winding ds' = f y - f x.
  elim: ds' x => [|d ds' IH] x /=; first by move=> /eqP -> _; rewrite /Arcs.winding big_nil subrr.
  case/andP => /eqP <- w /andP[jd jds]; rewrite /Arcs.winding big_cons -/(winding ds') (IH _ w jds).
  have := fP d.1; rewrite (inv_join I jd) subr0 => <-; rewrite /tail /tip; case: d.2; rewrite ?opprB addrC subrKA //.
split=> //.
  rewrite /Arcs.cycle /= ud andbT {1}/tail /= eqxx /= {1}/tip /= wd /=; apply/andP; split.
    by move: up; rewrite lastI rcons_uniq -last_p -td.
  by apply: contra ni => /sd; rewrite mem_filter => /andP[].
rewrite /Arcs.winding big_cons -/(winding ds) /= (walk_gain _ _ _ wd joins) -opprB fP.
by rewrite opprB addrC subrK.
Qed.

(** The rows span 1 if and only if a winding number that is said is not 0 in the field (docs/proofs/intervals.md,
    Theorem 5). *)
Theorem union_find_spans : spans rows <-> has (winds K) out.
Proof.
have lr (i : 'I_k) : (0 < lens i <= m)%N := len_range i.
rewrite (arcs_spans K starts lr); split=> [[ds c w]|/hasP[o oin w]].
  by apply: contraNT w => no; apply/eqP; apply: cycles_zero.
have ok : (index o out < k)%N by rewrite -(inv_size I) index_mem.
have so : said out (Ordinal ok) = o by rewrite /said nth_index.
have nj : ~~ (said out (Ordinal ok)).1 by apply: contra w => /(inv_join I); rewrite so => ->.
by have [ds [c _ wE]] := closed_cycle nj; exists ((Ordinal ok, true) :: ds); rewrite // wE so.
Qed.

Lemma components_joins : (components starts lens + count fst out = m)%N.
Proof.
have [root [f [fP rP _ conn]]] := potentials; rewrite -(inv_roots I); congr (_ + _)%N.
rewrite /components (@n_comp_card _ _ root) => [||x y]; last 1 first.
- apply/eqP/idP => [/conn|].
    apply: connect_sub => {}x {}y; rewrite joined_adj => /hasP[i _ e]; apply: connect1; apply/hasP; exists i => //.
    exact: mem_enum.
  case/connectP => p pp ->; elim: p x pp => //= z p IH x /andP[/hasP[i _ e] /IH <-].
  by case/orP: e => /eqP[<- <-]; rewrite rP.
- apply: eq_card => x; rewrite inE; apply/imsetP/eqP => [[y _ ->]|px]; first exact: root_parent (fP y).
  by exists x => //; have [] := finds_at px (fP x).
exact: adjacent_sym.
Qed.

(** If all of them are 0 in the field, the rank is the number of rows that have joined components, and otherwise it is
    one more (docs/proofs/intervals.md, Theorem 5). *)
Theorem union_find_rank : \rank rows = (count fst out + has (winds K) out)%N.
Proof.
have lr (i : 'I_k) : (0 < lens i <= m)%N := len_range i; have [zero nonzero] := arcs_rank K starts lr.
have mc : (m - components starts lens = count fst out)%N by rewrite -components_joins addKn.
have [h|h] := boolP (has _ out); last first.
  by rewrite zero ?mc ?addn0 // => ds; apply: cycles_zero.
by rewrite nonzero ?mc ?addn1 //; apply/(arcs_spans K starts lr)/union_find_spans.
Qed.
End First.

(** The program's answer: at the first row [k + 1] whose winding number is not 0 in the field, the rows span 1 and fewer
    do not, their rank is one more than the number of rows that have joined components, and the row and some of these
    are a cycle of that winding number (docs/proofs/intervals.md, Theorem 5). *)
Theorem union_find_stops (K : fieldType) k out o s : run k.+1 (rcons out o) s ->
  ~~ has (winds K) out -> winds K o ->
  [/\ spans (arc_rows K (@starts k.+1) (@lens k.+1)),
    forall j, (j <= k)%N -> ~~ spans (arc_rows K (@starts j) (@lens j)),
    \rank (arc_rows K (@starts k.+1) (@lens k.+1)) = (count fst out).+1 &
    exists ds, [/\ cycle (@starts k.+1) (head (@starts k.+1) (@lens k.+1)) ((ord_max, true) :: ds),
      all (fun d : 'I_k.+1 * bool => (said (rcons out o) d.1).1) ds &
      winding (gain (@starts k.+1) (@lens k.+1)) ((ord_max, true) :: ds) = o.2]].
Proof.
move=> R zero w; have sz := inv_size (run_invariant R); rewrite size_rcons in sz; have [szk] := sz.
have so : said (rcons out o) (ord_max : 'I_k.+1) = o by rewrite said_rcons szk ltnn eqxx.
have no : ~~ o.1 by apply: contra w; rewrite -so => /(inv_join (run_invariant R)) ->.
have h : has (winds K) (rcons out o) by rewrite has_rcons w.
split; first by apply/(union_find_spans K R).
- move=> j jk; have [s' R'] := run_take R (leqW jk); apply/negP => /(union_find_spans K R').
  apply/negP; apply: contra zero; rewrite -cats1 takel_cat ?szk // => /hasP[o' /mem_take oin w'].
  by apply/hasP; exists o'.
- by rewrite (union_find_rank K R) h count_joins (negPf no) addn0 addn1.
have ni : ~~ (said (rcons out o) (ord_max : 'I_k.+1)).1 by rewrite so.
by have [ds [c joins wE]] := closed_cycle R ni; exists ds; split; rewrite // wE so.
Qed.
End Rows.
End Forest.

(** Sets of symbols that are arcs. *)
Section Sets.
Variable n : nat.
Notation m := n.+1.
Implicit Types (a x : 'I_m) (l j : nat) (A : {set 'I_m}).

(** The arc of the [l] symbols from [a] on. *)
Definition arc_set a l : {set 'I_m} := [set x : 'I_m | (x + m - a) %% m < l]%N.
Definition previous x : 'I_m := inord ((x + n) %% m).
(** The symbols whose predecessor on the circle is not in the set. *)
Definition begins A : {set 'I_m} := [set x in A | previous x \notin A].
Definition from a j : 'I_m := inord ((a + j) %% m).

Lemma in_arc_set (E : finType) (start : E -> 'I_m) (len : E -> nat) e x :
  in_arc start len e x = (x \in arc_set (start e) (len e)).
Proof. by rewrite inE. Qed.

Lemma offsetE a x : ((x + m - a) %% m = if (x < a)%N then (x + m - a)%N else (x - a)%N)%N.
Proof.
have xm := ltn_ord x; have am := ltn_ord a; case: ltnP => ks; first by rewrite modn_small //; lia.
by rewrite addnC -addnBA // modnDl modn_small //; lia.
Qed.

Lemma fromE a j : (j < m)%N -> from a j = (if (a + j < m)%N then (a + j)%N else (a + j - m)%N) :> nat.
Proof.
move=> jm; have am := ltn_ord a; rewrite /from inordK ?ltn_mod //; case: ltnP => h; first by rewrite modn_small.
by rewrite -{1}(subnK h) modnDr modn_small //; lia.
Qed.

Lemma previousE x : previous x = (if (x == 0 :> nat)%N then n else x.-1) :> nat.
Proof.
have xm := ltn_ord x; rewrite /previous inordK ?ltn_mod //; case: eqP => [->|x0]; first by rewrite add0n modn_small.
by rewrite (_ : (x + n = x.-1 + m)%N) ?modnDr ?modn_small //; lia.
Qed.

Lemma offset_from a j : (j < m)%N -> ((from a j + m - a) %% m = j)%N.
Proof. 
move=> jm; have am := ltn_ord a; rewrite offsetE fromE //; case: (ltnP (a + j) m) => h.
  by rewrite ltnNge leq_addr /= addKn.
by rewrite (_ : (a + j - m < a)%N); lia.
Qed.

Lemma from_offset a x : from a ((x + m - a) %% m) = x.
Proof.
apply: val_inj; rewrite /= fromE ?ltn_mod // offsetE; have xm := ltn_ord x; have am := ltn_ord a.
case: (ltnP x a) => xa; first by rewrite ltnNge (_ : (m <= a + (x + m - a))%N) /=; lia.
by rewrite (_ : (a + (x - a) < m)%N); lia.
Qed.

Lemma previous_from a j : (j.+1 < m)%N -> previous (from a j.+1) = from a j.
Proof.
move=> jm; have am := ltn_ord a; apply: val_inj; rewrite /= previousE !fromE //; last exact: ltnW.
case: (ltnP (a + j.+1) m) => h; first by rewrite (_ : (a + j < m)%N) ?ifN; lia.
case: (ltnP (a + j) m) => h'; first by rewrite (_ : (a + j.+1 - m == 0)%N); lia.
by rewrite ifN; lia.
Qed.

Lemma card_arc_set a l : (l <= m)%N -> #|arc_set a l| = l.
Proof.
move=> lm; have -> : arc_set a l = [set from a j | j : 'I_l].
  apply/setP => x; rewrite inE; apply/idP/imsetP => [xl|[j _ ->]].
    by exists (Ordinal xl); rewrite ?inE //= from_offset.
  by rewrite offset_from //; apply: leq_trans lm.
rewrite card_imset ?card_ord // => j j' e; apply: val_inj.
have jm (i : 'I_l) : (i < m)%N by apply: leq_trans lm.
by have := offset_from a (jm j); rewrite e (offset_from a (jm j')).
Qed.

Lemma begins_arc a l : (0 < l < m)%N -> begins (arc_set a l) = [set a].
Proof.
case/andP=> l0 lm; apply/setP => x; rewrite !inE; have xm := ltn_ord x; have am := ltn_ord a.
rewrite !offsetE previousE -(inj_eq val_inj) /=; move: (val x) (val a) xm am => y b ym bm.
case: (eqVneq y 0%N) => [->|y0].
  rewrite (_ : (n < b)%N = false); last by lia.
  by case: (ltnP 0%N b) => b0; apply/andP/eqP; lia.
by case: (ltnP y b) => yb; case: (ltnP y.-1 b) => y'b; apply/andP/eqP; lia.
Qed.

Lemma arc_of_begin A a : A != setT -> begins A = [set a] -> exists2 l, (0 < l < m)%N & A = arc_set a l.
Proof.
move=> full one; have [aA aP] : a \in A /\ previous a \notin A.
  by have : a \in begins A; [rewrite one set11 | rewrite inE => /andP].
have out : exists j, from a j \notin A.
  have [x xA] : exists x, x \notin A.
    apply/existsP; apply: contraNT full; rewrite negb_exists => /forallP all_; apply/eqP/setP => x; rewrite inE.
    by have := all_ x; rewrite negbK.
  by exists ((x + m - a) %% m)%N; rewrite from_offset.
have [l lP least] := ex_minnP out.
have in_ j : (j < l)%N -> from a j \in A by move=> jl; apply: contraLR jl => /least; rewrite -leqNgt.
have lm : (l < m)%N.
  rewrite ltnNge; apply/negP => ml; have [x xA] : exists x, x \notin A by case: out => j jA; exists (from a j).
  by case/negP: xA; rewrite -(from_offset a x); apply: in_; apply: leq_trans ml; rewrite ltn_mod.
have a0 : from a 0 = a by apply: val_inj; rewrite /= fromE // addn0 ltn_ord.
exists l; first by rewrite lm andbT lt0n; apply: contraNneq lP => ->; rewrite a0.
have after j : (l + j < m)%N -> from a (l + j) \notin A.
  elim: j => [|j IH]; first by rewrite addn0.
  rewrite addnS => ljm; apply/negP => inA; have : from a (l + j).+1 \in begins A.
    by rewrite inE inA previous_from // IH // ltnW.
  by rewrite one inE => /eqP/(congr1 (fun x : 'I_m => (x + m - a) %% m)%N); rewrite offset_from // offsetE ltnn subnn.
apply/setP => x; rewrite inE -{1}(from_offset a x); set j := ((x + m - a) %% m)%N.
have jm : (j < m)%N by rewrite ltn_mod.
by have [/in_ //|lj] := ltnP j l; apply/negbTE; rewrite -(subnKC lj); apply: after; rewrite subnKC.
Qed.

(** A set that is not empty and not everything is an arc if and only if exactly one of its symbols has a predecessor
    that is not in the set (docs/proofs/intervals.md, Theorem 5). *)
Theorem arc_begins A : (0 < #|A| < m)%N ->
  (exists a l, (0 < l <= m)%N /\ A = arc_set a l) <-> #|begins A| = 1%N.
Proof.
case/andP=> A0 Am; split=> [[a [l [/andP[l0 lm] e]]]|/eqP/cards1P[a one]].
  move: Am; rewrite e card_arc_set // => lm'; rewrite begins_arc ?cards1 //.
  by rewrite l0.
have [|l /andP[l0 lm] e] := @arc_of_begin A a _ one; last by exists a, l; rewrite l0 ltnW.
by apply: contraTneq Am => ->; rewrite cardsT card_ord ltnn.
Qed.

(** It begins with this symbol, and is as long as it has symbols (docs/proofs/intervals.md, Theorem 5). *)
Theorem arc_ends A a : (0 < #|A| < m)%N -> begins A = [set a] -> A = arc_set a #|A|.
Proof.
case/andP=> _ Am one; have [|l /andP[_ lm] e] := @arc_of_begin A a _ one; last by rewrite {2}e card_arc_set // ltnW.
by apply: contraTneq Am => ->; rewrite cardsT card_ord ltnn.
Qed.
End Sets.

(** The sum of all terms from the rows of a cycle. *)
Section Sum.
Variables (n k : nat) (start : 'I_k -> 'I_n.+1) (len : 'I_k -> nat).
Hypothesis len_range : forall e, (0 < len e <= n.+1)%N.
Notation m := n.+1.
Notation cycle := (cycle start (head start len)).
Notation winding := (winding (gain start len)).
Implicit Types (e : 'I_k) (d : 'I_k * bool) (ds ops : seq ('I_k * bool)).

Section Group.
Variables (V : zmodType) (f : 'I_m -> V).

(** The value of a row, and one addition or subtraction of a value. *)
Definition row_value e : V := \sum_(i | in_arc start len e i) f i.
Definition operate (x : V) d : V := if d.2 then x + row_value d.1 else x - row_value d.1.

Lemma cycle_value ds : cycle ds ->
  \sum_(d <- ds) (if d.2 then row_value d.1 else - row_value d.1) = (\sum_i f i) *~ winding ds.
Proof.
move=> c; have all_w : forall i, \sum_e flow int ds e * (in_arc start len e i)%:R = winding ds.
  apply/(combination_circulation start len_range); split; first exact: cycle_circulation.
  by rewrite (value_flow int) intz.
rewrite mulrz_suml (eq_bigr (fun i => \sum_e (if in_arc start len e i then f i else 0) *~ flow int ds e)).
  rewrite exchange_big /= (eq_bigr (fun e => \sum_(d <- ds | d.1 == e) row_value e *~ sgn int d)) => [|e _].
    rewrite (exchange_big_dep xpredT) //=; apply: eq_bigr => d _.
    rewrite (big_pred1 d.1) => [|e]; last by rewrite eq_sym.
    by rewrite /sgn; case: d.2; rewrite ?mulr1z // mulrN1z.
  by rewrite -mulrz_sumr -/(flow int ds e) -mulrz_suml /row_value [in RHS]big_mkcond.
move=> i _; rewrite -(all_w i) mulrz_sumr; apply: eq_bigr => e _.
by case: in_arc; rewrite ?mulr1 // mulr0 mulr0z mul0rz.
Qed.

Lemma foldl_operate x ops :
  foldl operate x ops = x + \sum_(d <- ops) (if d.2 then row_value d.1 else - row_value d.1).
Proof.
elim: ops x => [|d ops IH] x /=; first by rewrite big_nil addr0.
by rewrite IH big_cons addrA /operate; case: d.2.
Qed.

(** |w| times the sum of all terms, from the values of the cycle's rows by at most m - 1 additions and subtractions
    (docs/proofs/intervals.md, Theorem 5). *)
Theorem cycle_sum ds : cycle ds -> winding ds != 0 -> exists e ops,
  [/\ perm_eq (e :: [seq d.1 | d <- ops]) [seq d.1 | d <- ds], (size ops <= n)%N &
      foldl operate (row_value e) ops = (\sum_i f i) *+ `|winding ds|%N].
Proof.
move=> c w0; pose b := 0 < winding ds; pose turn d := (d.1, d.2 == b).
have turned : \sum_(d <- map turn ds) (if d.2 then row_value d.1 else - row_value d.1) =
    (\sum_i f i) *+ `|winding ds|%N.
  rewrite big_map /turn; have cv := cycle_value c; case: (ltrP 0 (winding ds)) (erefl b) => w; rewrite {1}/b.
    rewrite w => bE; rewrite pmulrn gtz0_abs // -cv; apply: eq_bigr => d _ /=.
    by rewrite -bE; case: d.2.
  rewrite ltNge w /= => bE; rewrite pmulrn lez0_abs // mulrNz -cv -sumrN; apply: eq_bigr => d _ /=.
  by rewrite -bE; case: d.2; rewrite ?opprK.
have [d din db] : exists2 d, d \in ds & d.2 == b.
  apply/hasP; apply: contraNT w0 => /hasPn no; have := erefl b; rewrite {1}/b.
  have gain_ge0 e : 0 <= gain start len e by [].
  have [w|w] := ltrP 0 (winding ds) => bE.
    suff : winding ds <= 0 by rewrite leNgt w.
    rewrite /Arcs.winding big_seq -oppr_ge0 -sumrN; apply: sumr_ge0 => d /no; rewrite -bE.
    by case: d.2 => //= _; rewrite opprK.
  suff : 0 <= winding ds by move=> w'; rewrite eq_le w.
  rewrite /Arcs.winding big_seq; apply: sumr_ge0 => d /no; rewrite -bE.
  by case: d.2.
have tin : turn d \in map turn ds by apply: map_f.
have perm := perm_to_rem tin; exists d.1, (rem (turn d) (map turn ds)); split.
- have := perm_map fst perm; rewrite /= -map_comp perm_sym; congr (perm_eq _ _); exact: eq_map.
- rewrite size_rem // size_map -ltnS prednK ?(cycle_size c) //.
  by case: (ds) din.
rewrite foldl_operate -turned (perm_big _ perm) big_cons /= db; congr (_ + _).
Qed.
End Group.

(** And one division by |w| gives the sum itself (docs/proofs/intervals.md, Theorem 5). *)
Theorem cycle_sum_divided (K : fieldType) (V : lmodType K) (f : 'I_m -> V) ds :
  cycle ds -> (winding ds)%:~R != 0 :> K -> exists e ops,
  [/\ perm_eq (e :: [seq d.1 | d <- ops]) [seq d.1 | d <- ds], (size ops <= n)%N &
    \sum_i f i = `|winding ds|%N%:R^-1 *: foldl (operate f) (row_value f e) ops].
Proof.
move=> c w; have w0 : winding ds != 0 by apply: contraNneq w => ->.
have [e [ops [perm sz all_w]]] := cycle_sum f c w0; exists e, ops; split=> //.
rewrite all_w -scaler_nat scalerA mulVf ?scale1r //; apply: contraNneq w => a0.
by case: (winding ds) a0 => i a0; rewrite ?NegzE ?mulrNz -?pmulrn ?a0 ?oppr0 // -[LHS]a0.
Qed.
End Sum.
