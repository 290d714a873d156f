(** When arcs span multiples of 1 (docs/proofs/intervals.md, Theorem 1 and Corollary 2): gain graphs, circulations and
    cycles over a commutative ring. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** Edges [e] from [a e] to [b e] with the gain [g e]; walked both ways, [true] being forwards. *)
Section Gain.
Variables (R : comRingType) (V E : finType) (a b : E -> V) (g : E -> int).
Notation dart := (E * bool)%type.
Implicit Types (x y : V) (e : E) (d : dart) (ds : seq dart) (v : E -> R) (f : V -> R).

Definition tail d : V := if d.2 then a d.1 else b d.1.
Definition tip d : V := if d.2 then b d.1 else a d.1.
Definition sgn d : R := if d.2 then 1 else -1.
Fixpoint walk x ds y : bool := if ds is d :: ds' then (tail d == x) && walk (tip d) ds' y else x == y.
(** A closed walk that meets no node and no edge twice. *)
Definition cycle ds : bool :=
  if ds is d :: _ then [&& walk (tail d) ds (tail d), uniq [seq tail d | d <- ds] & uniq [seq d.1 | d <- ds]]
  else false.
Definition winding ds : int := \sum_(d <- ds) (if d.2 then g d.1 else - g d.1).

(** What enters each node leaves it, in the form: [v] vanishes on all differences of potentials. *)
Definition circulation v : Prop := forall f, \sum_e v e * (f (b e) - f (a e)) = 0.
Definition value v : R := \sum_e v e * (g e)%:~R.
Definition flow ds e : R := \sum_(d <- ds | d.1 == e) sgn d.

Lemma flow_sum ds (h : E -> R) : \sum_e flow ds e * h e = \sum_(d <- ds) sgn d * h d.1.
Proof.
rewrite (eq_bigr (fun e => \sum_(d <- ds | d.1 == e) sgn d * h d.1)) => [|e _]; last first.
  by rewrite mulr_suml; apply: eq_bigr => d /eqP ->.
rewrite (exchange_big_dep xpredT) //=; apply: eq_bigr => d _.
by rewrite (big_pred1 d.1) // => e; rewrite eq_sym.
Qed.

Lemma flow_walk f x ds y : walk x ds y -> \sum_e flow ds e * (f (b e) - f (a e)) = f y - f x.
Proof.
rewrite flow_sum; elim: ds x => [|d ds IH] x /=; first by move=> /eqP ->; rewrite big_nil subrr.
case/andP => /eqP <- /IH e; rewrite big_cons e /sgn /tail /tip.
by case: d.2; rewrite ?mul1r ?mulN1r ?opprB addrC subrKA.
Qed.

Lemma cycle_circulation ds : cycle ds -> circulation (flow ds).
Proof. by case: ds => //= d ds /and3P[w _ _] f; rewrite (@flow_walk f _ (d :: ds) _ w) subrr. Qed.

Lemma value_flow ds : value (flow ds) = (winding ds)%:~R.
Proof.
rewrite /value flow_sum /winding rmorph_sum; apply: eq_bigr => d _; rewrite /sgn.
by case: d.2; rewrite ?mul1r // mulN1r rmorphN.
Qed.

(** Adjacent by an edge of [s]. *)
Definition adj (s : seq E) x y : bool := has (fun e => ((a e, b e) == (x, y)) || ((b e, a e) == (x, y))) s.

Lemma adj_sym s : symmetric (adj s).
Proof. by move=> x y; apply: eq_has => e; rewrite !xpair_eqE orbC; congr (_ || _); rewrite andbC. Qed.

Lemma walk_tip x ds y d : walk x ds y -> d \in ds -> tip d \in rcons [seq tail d | d <- ds] y.
Proof.
elim: ds x => //= c cs IH x /andP[_ w]; rewrite inE => /orP[/eqP ->|/(IH _ w) h]; last by rewrite inE h orbT.
by case: cs w {IH} => [|c' cs] /= => [/eqP ->|/andP[/eqP -> _]]; rewrite !inE eqxx ?orbT.
Qed.

(** A path of nodes without repetitions is a walk without repetitions. *)
Lemma path_walk s x p : path (adj s) x p -> uniq (x :: p) -> exists ds,
  [/\ walk x ds (last x p), [seq tail d | d <- ds] = belast x p, {subset [seq d.1 | d <- ds] <= s} &
      uniq [seq d.1 | d <- ds]].
Proof.
elim: p x => [|y p IH] x /=; first by move=> _ _; exists [::]; split=> //=.
move=> /andP[/hasP[e es exy] py] /andP[xp up]; have [ds [wd td sd ud]] := IH y py up.
have [d [d1 dx dy]] : exists d, [/\ d.1 = e, tail d = x & tip d = y].
  case/orP: exy => /eqP[ex ey]; [exists (e, true) | exists (e, false)]; by split.
exists (d :: ds); split=> /=.
- by rewrite dx eqxx dy.
- by rewrite dx td.
- by move=> e'; rewrite inE d1 => /orP[/eqP -> //|/sd].
rewrite ud andbT d1; apply/mapP => -[d' d's e'].
have nodes : (tail d' \in y :: p) && (tip d' \in y :: p).
  by rewrite lastI -td -cats1 mem_cat map_f //= cats1 (walk_tip wd).
have : x \in y :: p.
  move: nodes; rewrite /tail /tip -e'; move: dx dy; rewrite /tail /tip d1.
  by case: (d.2); case: (d'.2) => <- _ /andP[].
by move=> xin; rewrite xin in xp.
Qed.

Definition inside (s : seq E) ds : bool := all (mem s) [seq d.1 | d <- ds].

(** Circulations are combinations of cycles. *)
Lemma circulation_cycles (s : seq E) v : uniq s -> circulation v -> (forall e, e \notin s -> v e = 0) ->
  exists cs : seq (R * seq dart), all (fun c => cycle c.2 && inside s c.2) cs /\
    forall e, v e = \sum_(c <- cs) c.1 * flow c.2 e.
Proof.
elim: s v => [|e s IH] v /=.
  by move=> _ _ z; exists [::]; split=> // e; rewrite big_nil z.
case/andP => es us cv z; have [con|ncon] := boolP (connect (adj s) (b e) (a e)).
  have [p0 path0] := connectP con; have [p path_p up _] := shortenP path0 => last_p.
  have [ds [wd td sd ud]] := path_walk path_p up.
  pose c := (e, true) :: ds; have cc : cycle c.
    rewrite -last_p in wd; rewrite /cycle /c /= ud andbT {1}/tail /= eqxx /= {1}/tip /= wd /=; apply/andP; split.
      by move: up; rewrite lastI rcons_uniq -last_p -td.
    by apply: contra es => /sd.
  pose v' e' := v e' - v e * flow c e'.
  have fe e' : e' \notin s -> flow ds e' = 0.
    move=> ns; rewrite /flow big_seq_cond big_pred0 // => d; apply/negP => /andP[ds_d /eqP e_].
    by case/negP: ns; apply: sd; rewrite -e_ map_f.
  have fc e' : flow c e' = (e == e')%:R + flow ds e'.
    by rewrite /flow /c big_cons /= /sgn /=; case: eqP => _ //; rewrite add0r.
  have [|e' ns|cs [ok dec]] := IH v' us.
  - move=> f; rewrite /v'; under eq_bigr do rewrite mulrBl -mulrA.
    by rewrite sumrB -mulr_sumr cv cycle_circulation // mulr0 subr0.
  - rewrite /v' fc fe // addr0; have [->|ne] := eqVneq e e'; first by rewrite mulr1 subrr.
    by rewrite mulr0 subr0 z // inE negb_or eq_sym ne.
  have up_s ds' : inside s ds' -> inside (e :: s) ds'.
    by move=> /allP h; apply/allP => e' /h; apply: (@mem_behead _ (e :: s)).
  exists ((v e, c) :: cs); split=> [|e'].
    apply/andP; split; last by apply: sub_all ok => c' /andP[-> /up_s].
    rewrite cc; apply/allP => e'; rewrite inE => /orP[/eqP ->|/sd e's]; first exact: mem_head.
    exact: (@mem_behead _ (e :: s) _ e's).
  by rewrite big_cons -dec /v' /= addrC subrK.
have ve : v e = 0.
  pose f x : R := (connect (adj s) (b e) x)%:R.
  have := cv f; rewrite (bigD1 e) //= big1 => [|e' ne]; last first.
    have [e's|ns] := boolP (e' \in s); last by rewrite z ?mul0r // inE negb_or ne.
    suff -> : f (b e') = f (a e') by rewrite subrr mulr0.
    have ab : adj s (a e') (b e') by apply/hasP; exists e'; rewrite ?eqxx.
    rewrite /f (same_connect_r _ (connect1 ab)) //; apply: sym_connect_sym; exact: adj_sym.
  by rewrite /f connect0 (negPf ncon) subr0 mulr1 addr0.
have [//|e' ns|cs [ok dec]] := IH v us.
  by have [->//|ne] := eqVneq e' e; rewrite z // inE negb_or ne.
exists cs; split=> //; apply: sub_all ok => c /andP[-> /allP h] /=; apply/allP => e' /h.
exact: (@mem_behead _ (e :: s)).
Qed.

(** The values of circulations are the combinations of winding numbers (docs/proofs/intervals.md, Theorem 1). *)
Theorem values_windings (c : R) : (exists v, circulation v /\ value v = c) <->
  exists cs : seq (R * seq dart), all (fun c => cycle c.2) cs /\ c = \sum_(r <- cs) r.1 * (winding r.2)%:~R.
Proof.
split=> [[v [cv <-]]|[cs [ok ->]]].
  have [e|cs [ok dec]] := @circulation_cycles (enum E) v (enum_uniq E) cv; first by rewrite mem_enum.
  exists cs; split; first by apply: sub_all ok => c' /andP[].
  rewrite /value (eq_bigr (fun e => \sum_(r <- cs) r.1 * (flow r.2 e * (g e)%:~R))) => [|e _].
    by rewrite exchange_big; apply: eq_bigr => r _; rewrite -mulr_sumr -value_flow.
  by rewrite dec mulr_suml; apply: eq_bigr => r _; rewrite mulrA.
exists (fun e => \sum_(r <- cs) r.1 * flow r.2 e); split=> [f|].
  rewrite (eq_bigr (fun e => \sum_(r <- cs) r.1 * (flow r.2 e * (f (b e) - f (a e))))) => [|e _]; last first.
    by rewrite mulr_suml; apply: eq_bigr => r _; rewrite mulrA.
  rewrite exchange_big big_seq big1 // => r /(allP ok) cr; rewrite -mulr_sumr cycle_circulation //.
  by rewrite mulr0.
rewrite /value (eq_bigr (fun e => \sum_(r <- cs) r.1 * (flow r.2 e * (g e)%:~R))) => [|e _]; last first.
  by rewrite mulr_suml; apply: eq_bigr => r _; rewrite mulrA.
by rewrite exchange_big; apply: eq_bigr => r _; rewrite -mulr_sumr -value_flow.
Qed.

(** A forest [s]: it has no cycle. *)
Definition forest (s : seq E) : Prop := forall ds, cycle ds -> ~~ inside s ds.

(** The winding numbers of the cycles that the other edges close with a spanning forest suffice
    (docs/proofs/intervals.md, Theorem 1). *)
Theorem values_fundamental (s : seq E) (close : E -> seq dart) (c : R) : uniq s -> forest s ->
  (forall e, e \notin s -> cycle ((e, true) :: close e) /\ inside s (close e)) ->
  (exists v, circulation v /\ value v = c) <->
  exists r : E -> R, c = \sum_(e | e \notin s) r e * (winding ((e, true) :: close e))%:~R.
Proof.
move=> us nocycle closes; pose cyc e := (e, true) :: close e.
have fe e e' : e \notin s -> e' \notin s -> flow (cyc e) e' = (e == e')%:R.
  move=> /closes[_ /allP ins] ns; rewrite /flow /cyc big_cons /= /sgn /= big_seq_cond big_pred0 => [|d].
    by case: eqP => _ //; rewrite addr0.
  by apply/negP => /andP[dc /eqP e_]; case/negP: ns; rewrite -e_; apply: ins; rewrite map_f.
have circ (r : E -> R) : circulation (fun e' => \sum_(e | e \notin s) r e * flow (cyc e) e').
  move=> f; pose h e' e := r e * (flow (cyc e) e' * (f (b e') - f (a e'))).
  rewrite (eq_bigr (fun e' => \sum_(e | e \notin s) h e' e)) => [|e' _].
    rewrite exchange_big big1 // => e /closes[cc _].
    by rewrite -mulr_sumr (cycle_circulation cc) mulr0.
  by rewrite mulr_suml; apply: eq_bigr => e _; rewrite /h mulrA.
have val (r : E -> R) : value (fun e' => \sum_(e | e \notin s) r e * flow (cyc e) e') =
    \sum_(e | e \notin s) r e * (winding (cyc e))%:~R.
  rewrite /value (eq_bigr (fun e' => \sum_(e | e \notin s) r e * (flow (cyc e) e' * (g e')%:~R))) => [|e' _].
    by rewrite exchange_big; apply: eq_bigr => e _; rewrite -mulr_sumr -value_flow.
  by rewrite mulr_suml; apply: eq_bigr => e _; rewrite mulrA.
split=> [[v [cv <-]]|[r ->]]; last by exists (fun e' => \sum_(e | e \notin s) r e * flow (cyc e) e').
exists v; rewrite -val /value; apply: eq_bigr => e0 _; congr (_ * _); move: e0.
pose v' e' := v e' - \sum_(e | e \notin s) v e * flow (cyc e) e'.
have cv' : circulation v'.
  by move=> f; under eq_bigr do rewrite mulrBl; rewrite sumrB cv (circ v f) subr0.
have [e' ns|cs [ok dec]] := @circulation_cycles s v' us cv'.
  rewrite /v' (bigD1 e') //= fe // eqxx mulr1 big1 ?addr0 ?subrr // => e /andP[es ne].
  by rewrite fe // (negPf ne) mulr0.
move=> e'; apply/eqP; rewrite -subr_eq0 -/(v' e') dec big_seq big1 // => r /(allP ok)/andP[cr ir].
by have := nocycle _ cr; rewrite ir.
Qed.
End Gain.

(** Arcs on a circle of [m] symbols: the [len e] symbols from [start e] on. *)
Section Arcs.
Variables (n : nat) (E : finType) (start : E -> 'I_n.+1) (len : E -> nat).
Notation m := n.+1.
Hypothesis len_range : forall e, (0 < len e <= m)%N.
Implicit Types (e : E) (i : 'I_m).

Definition in_arc e i : bool := ((i + m - start e) %% m < len e)%N.
Definition head e : 'I_m := inord ((start e + len e) %% m).
Definition gain e : int := ((start e + len e) %/ m)%N.
Notation cycle := (cycle start head).
Notation winding := (winding gain).

(** The row of an arc is s_b - s_a + g 1. *)
Lemma arc_row (R : comRingType) e i :
  (in_arc e i)%:R = (i < head e)%N%:R - (i < start e)%N%:R + (gain e)%:~R :> R.
Proof.
have /andP[L0 Lm] := len_range e; have im := ltn_ord i; have am := ltn_ord (start e).
rewrite /in_arc /head /gain inordK ?ltn_mod //; move: (val (start e)) (len e) (val i) L0 Lm im am => s L k L0 Lm im am.
have -> : ((k + m - s) %% m = if (k < s)%N then (k + m - s)%N else (k - s)%N)%N.
  by case: ltnP => ks; [rewrite modn_small //; lia | rewrite addnC -addnBA // modnDl modn_small //; lia].
have [lt|ge] := ltnP (s + L) m.
  rewrite modn_small // divn_small // addr0.
  by case: (ltnP k s) => ks; case: ltnP => k1; case: ltnP => k2; rewrite ?subr0 ?subrr //; lia.
have -> : ((s + L) %% m = s + L - m)%N by rewrite -{1}(subnK ge) modnDr modn_small //; lia.
have -> : ((s + L) %/ m = 1)%N by rewrite -{1}(subnK ge) divnDr // divnn divn_small //; lia.
by case: (ltnP k s) => ks; case: ltnP => k1; case: ltnP => k2; rewrite ?subr0 ?subrr ?sub0r ?add0r ?addNr //; lia.
Qed.

Section Ring.
Variable R : comRingType.
Implicit Types (v : E -> R) (c : R).

Lemma potential_steps (f : 'I_m -> R) (x : 'I_m) :
  f x = f ord0 + \sum_(i < m) (f (inord i.+1) - f i) * (i < x)%N%:R.
Proof.
pose F k := f (inord k); have fF (i : 'I_m) : f i = F i by rewrite /F inord_val.
rewrite (eq_bigr (fun i : 'I_m => if (i < x)%N then F i.+1 - F i else 0)) => [|i _]; last first.
  by rewrite (fF i); case: ltnP => _; rewrite ?mulr1 ?mulr0.
rewrite -big_mkcond -(big_ord_widen m (fun k => F k.+1 - F k) (ltnW (ltn_ord x))).
rewrite -(big_mkord xpredT (fun k => F k.+1 - F k)) telescope_sumr // [in RHS]fF /= addrC subrK.
exact: fF.
Qed.

Lemma combination_circulation v c :
  (forall i, \sum_e v e * (in_arc e i)%:R = c) <-> circulation start head v /\ value gain v = c.
Proof.
pose D (i : 'I_m) := \sum_e v e * ((i < head e)%N%:R - (i < start e)%N%:R).
have rowE i : \sum_e v e * (in_arc e i)%:R = D i + value gain v.
  by rewrite -big_split; apply: eq_bigr => e _; rewrite arc_row mulrDr.
split=> [all_c|[circ val] i]; last by rewrite rowE val [D i](circ (fun x : 'I_m => (i < x)%N%:R)) add0r.
have valc : value gain v = c.
  rewrite -(all_c ord_max) rowE /D big1 ?add0r // => e _.
  have no (x : 'I_m) : (n < x)%N = false by apply/negbTE; rewrite -leqNgt -ltnS.
  by rewrite !no subrr mulr0.
split=> // f; pose h e (i : 'I_m) := (f (inord i.+1) - f i) * (v e * ((i < head e)%N%:R - (i < start e)%N%:R)).
rewrite (eq_bigr (fun e => \sum_(i < m) h e i)).
  rewrite exchange_big big1 // => i _; rewrite -mulr_sumr -/(D i) (_ : D i = 0) ?mulr0 //.
  by apply/eqP; rewrite -(inj_eq (addIr (value gain v))) -rowE add0r valc all_c.
move=> e _; rewrite (potential_steps f (head e)) (potential_steps f (start e)).
rewrite opprD addrACA subrr add0r -sumrB mulr_sumr.
by apply: eq_bigr => i _; rewrite -mulrBr mulrCA.
Qed.

(** Which multiples of 1 are combinations of the rows: the combinations of the winding numbers of cycles
    (docs/proofs/intervals.md, Theorem 1). *)
Theorem arcs_multiples c : (exists v, forall i, \sum_e v e * (in_arc e i)%:R = c) <->
  exists cs : seq (R * seq (E * bool)), all (fun r => cycle r.2) cs /\ c = \sum_(r <- cs) r.1 * (winding r.2)%:~R.
Proof.
rewrite -(values_windings start head gain c).
by split=> [] [v] => [/combination_circulation h|h]; exists v; last apply/combination_circulation.
Qed.

(** The fundamental cycles of any spanning forest suffice (docs/proofs/intervals.md, Theorem 1). *)
Theorem arcs_fundamental (s : seq E) (close : E -> seq (E * bool)) c : uniq s -> forest start head s ->
  (forall e, e \notin s -> cycle ((e, true) :: close e) /\ inside s (close e)) ->
  (exists v, forall i, \sum_e v e * (in_arc e i)%:R = c) <->
  exists r : E -> R, c = \sum_(e | e \notin s) r e * (winding ((e, true) :: close e))%:~R.
Proof.
move=> us fs closes; rewrite -(values_fundamental gain c us fs closes).
by split=> [] [v] => [/combination_circulation h|h]; exists v; last apply/combination_circulation.
Qed.
End Ring.

(** Over a field: if and only if some winding number is not 0 in it (docs/proofs/intervals.md, Corollary 2). *)
Corollary arcs_span (K : fieldType) : (exists v : E -> K, forall i, \sum_e v e * (in_arc e i)%:R = 1) <->
  exists2 ds, cycle ds & (winding ds)%:~R != 0 :> K.
Proof.
rewrite arcs_multiples; split=> [[cs [/allP ok e]]|[ds cds w0]]; last first.
  by exists [:: ((winding ds)%:~R^-1, ds)]; rewrite /= cds big_seq1 mulVf.
have [/hasP[r rin nz]|/hasPn none] := boolP (has (fun r => (winding r.2)%:~R != 0 :> K) cs).
  by exists r.2; rewrite ?ok.
move: e; rewrite big_seq big1 => [/eqP|r rin]; first by rewrite oner_eq0.
by have := none r rin; rewrite negbK => /eqP ->; rewrite mulr0.
Qed.

(** The coefficients 1/w along a cycle of winding number w, -1/w where it goes backwards, give 1
    (docs/proofs/intervals.md, Corollary 2). *)
Corollary cycle_coefficients (K : fieldType) ds : cycle ds -> (winding ds)%:~R != 0 :> K ->
  forall i, \sum_e (winding ds)%:~R^-1 * flow K ds e * (in_arc e i)%:R = 1.
Proof.
move=> cds w0 i; under eq_bigr do rewrite -mulrA; rewrite -mulr_sumr.
have -> : \sum_e flow K ds e * (in_arc e i)%:R = (winding ds)%:~R; last by rewrite mulVf.
by move: i; apply/combination_circulation; split; [apply: cycle_circulation | apply: value_flow].
Qed.

(** Over the integers: if and only if 1 is a combination of winding numbers. *)
Lemma arcs_span_combination : (exists v : E -> int, forall i, \sum_e v e * (in_arc e i)%:R = 1) <->
  exists cs : seq (int * seq (E * bool)), all (fun r => cycle r.2) cs /\ 1 = \sum_(r <- cs) r.1 * winding r.2.
Proof.
rewrite arcs_multiples; split=> [] [cs [ok e]]; exists cs; split=> //; apply: (etrans e); apply: eq_bigr => r _.
  by rewrite intz.
by rewrite intz.
Qed.

(** Over the integers: if and only if the winding numbers have no common divisor but 1 (docs/proofs/intervals.md,
    Corollary 2). *)
Corollary arcs_span_Z : (exists v : E -> int, forall i, \sum_e v e * (in_arc e i)%:R = 1) <->
  forall d : nat, (forall ds, cycle ds -> d %| `|winding ds|)%N -> d = 1%N.
Proof.
rewrite arcs_span_combination; split=> [[cs [/allP ok e]] d divides|coprime].
  apply/eqP; rewrite -dvdn1; suff : (Posz d %| (1 : int))%Z by [].
  rewrite e big_seq; apply: (big_ind (fun x => (Posz d %| x)%Z)) => [|x y dx dy|r rin]; rewrite ?dvdz0 ?rpredD //.
  by apply: dvdz_mull; apply: divides; apply: ok.
pose comb (c : int) := exists cs : seq (int * seq (E * bool)),
  all (fun r => cycle r.2) cs /\ c = \sum_(r <- cs) r.1 * winding r.2.
have combD c c' : comb c -> comb c' -> comb (c + c').
  by move=> [cs [ok ->]] [cs' [ok' ->]]; exists (cs ++ cs'); rewrite all_cat ok ok' big_cat.
have combM a c : comb c -> comb (a * c).
  move=> [cs [ok ->]]; exists [seq (a * r.1, r.2) | r <- cs]; rewrite all_map; split=> //.
  by rewrite big_map mulr_sumr; apply: eq_bigr => r _; rewrite mulrA.
have comb1 ds : cycle ds -> comb (winding ds).
  by move=> c; exists [:: (1, ds)]; rewrite /= c big_seq1 mul1r.
have combg c c' : comb c -> comb c' -> comb (gcdz c c').
  by move=> hc hc'; have [u [v <-]] := Bezoutz c c'; apply: combD; apply: combM.
pose g := \big[gcdn/0%N]_(ds : #|E|.-bseq (E * bool) | cycle ds) `|winding ds|%N.
suff cg : comb g.
  suff <- : g%:Z = 1 by [].
  congr Posz; apply: coprime => ds cds; have short : (size ds <= #|E|)%N.
    have /and3P[_ _ u] : [&& true, true & uniq [seq d.1 | d <- ds]] by case: (ds) cds => // d ds' /and3P[].
    by rewrite -(size_map fst) -(card_uniqP u) max_card.
  by rewrite /g (bigD1 (Bseq short)) //= dvdn_gcdl.
apply: (big_ind (fun a : nat => comb a)) => [|a b ca cb|ds cds]; first by exists [::]; rewrite big_nil.
  by rewrite -[gcdn a b]/(gcdn `|a%:Z| `|b%:Z|); apply: combg.
case: (winding ds) (comb1 ds cds) => k ck; first exact: ck.
by rewrite -[Posz _]opprK -NegzE -mulN1r; apply: combM.
Qed.
End Arcs.

(** The same in the library's words (docs/proofs/intervals.md, Corollary 2). *)
Corollary arcs_spans (K : fieldType) n k (start : 'I_k -> 'I_n.+1) (len : 'I_k -> nat) :
  (forall e, 0 < len e <= n.+1)%N ->
  spans (\matrix_(e, i) (in_arc start len e i)%:R : 'M[K]_(k, n.+1)) <->
  exists2 ds, cycle start (head start len) ds & (winding (gain start len) ds)%:~R != 0 :> K.
Proof.
move=> ok; rewrite spansP -(@arcs_span n 'I_k start len ok K); split=> [[v e]|[v e]].
  exists (v 0) => i; have /rowP/(_ i) := e; rewrite !mxE; apply: etrans.
  by apply: eq_bigr => a _; rewrite mxE.
exists (\row_a v a); apply/rowP => i; rewrite !mxE; apply: etrans (e i); apply: eq_bigr => a _.
by rewrite !mxE.
Qed.
