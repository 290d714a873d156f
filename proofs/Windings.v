(** How far a cycle of arcs can wind (docs/proofs/intervals.md, Proposition 4), certificates that arcs do not span
    (docs/proofs/intervals.md, Proposition 6), and cells that are cut at a common phase (docs/proofs/intervals.md,
    Theorem 7 and Theorem 8). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span Arcs.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Lengths.
Variables (n : nat) (E : finType) (start : E -> 'I_n.+1) (len : E -> nat).
Notation m := n.+1.
Hypothesis len_range : forall e, (0 < len e <= m)%N.
Notation head := (head start len).
Notation gain := (gain start len).
Notation walk := (walk start head).
Notation cycle := (cycle start head).
Notation winding := (winding gain).
Notation tail := (tail start head).
Notation tip := (tip start head).
Implicit Types (ds : seq (E * bool)) (x y : 'I_m).

Lemma head_gain e : (start e)%:Z + (len e)%:Z = (head e)%:Z + m%:Z * gain e.
Proof.
rewrite /Arcs.head /Arcs.gain inordK ?ltn_mod //; have := divn_eq (start e + len e) m.
by move: ((start e + len e) %/ m)%N ((start e + len e) %% m)%N => q r; lia.
Qed.

(** The lengths of a walk, with signs, add up to its displacement and m times its winding number. *)
Lemma walk_lengths x ds y : walk x ds y ->
  \sum_(d <- ds) (if d.2 then (len d.1)%:Z else - (len d.1)%:Z) = y%:Z - x%:Z + m%:Z * winding ds.
Proof.
elim: ds x => [|d ds IH] x /=; first by move=> /eqP ->; rewrite /winding !big_nil subrr mulr0.
case/andP => /eqP <- /IH; rewrite /winding !big_cons => ->; have := head_gain d.1.
rewrite /Arcs.tail /Arcs.tip mulrDr; move: (\sum_(_ <- _) _) => s; case: d.2; lia.
Qed.

Lemma cycle_size ds : cycle ds -> (size ds <= m)%N.
Proof.
case: ds => // d ds /and3P[_ u _]; rewrite -(size_map tail) -(card_uniqP u).
by rewrite -[X in (_ <= X)%N](card_ord m) max_card.
Qed.

Lemma cycle_bound ds D : cycle ds -> (forall d, d \in ds -> len d.1 <= D)%N -> (`|winding ds| * m <= size ds * D)%N.
Proof.
move=> c short; have closed : exists x, walk x ds x by case: (ds) c => // d ds' /and3P[w _ _]; exists (tail d).
have [x /walk_lengths] := closed; rewrite subrr add0r => e.
have : `|\sum_(d <- ds) (if d.2 then (len d.1)%:Z else - (len d.1)%:Z)| <= (size ds * D)%:Z.
  elim: (ds) short => [|d ds' IH] short; first by rewrite big_nil normr0.
  rewrite big_cons; apply: le_trans (ler_normD _ _) _; rewrite mulSn PoszD lerD //; last first.
    by apply: IH => d' d'in; apply: short; rewrite inE d'in orbT.
  by have := short d (mem_head _ _); case: d.2; rewrite ?normrN ger0_norm // lez_nat.
rewrite e normrM; set w := winding ds; lia.
Qed.

(** No cycle winds further than its longest arc (docs/proofs/intervals.md, Proposition 4). *)
Theorem winding_longest ds D : cycle ds -> (forall e, len e <= D)%N -> (`|winding ds| <= D)%N.
Proof.
move=> c short; have := cycle_bound c (fun d _ => short d.1); have := cycle_size c.
by rewrite -(leq_pmul2r (ltn0Sn n)) => s b; nia.
Qed.

Lemma loop_last x ds y d : walk x ds y -> uniq [seq tail d | d <- ds] -> d \in ds -> tip d = tail d -> y = tail d.
Proof.
move=> + + + loop; elim: ds x => // d' ds IH x /= /andP[_ w] /andP[nin u].
rewrite inE => /orP[/eqP e|din]; last exact: IH w u din.
case: ds w nin u {IH} => [|d2 ds] /=; first by move=> /eqP <-; rewrite -e.
by case/andP => /eqP e2 _; rewrite inE e2 -e loop eqxx.
Qed.

(** A cycle with an arc of length m is that arc alone. *)
Lemma cycle_loop ds d : cycle ds -> d \in ds -> len d.1 = m -> size ds = 1%N.
Proof.
move=> + din full; have loop : tip d = tail d.
  have hs : head d.1 = start d.1.
    by apply: val_inj; rewrite /= /Arcs.head inordK ?ltn_mod // full modnDr modn_small.
  by rewrite /Arcs.tip /Arcs.tail hs; case: d.2.
case: ds din => [|d' ds] //= din /and3P[w u _]; have tl := @loop_last (tail d') (d' :: ds) (tail d') d w u din loop.
move: w u din => /= /andP[_ w] /andP[nin u]; rewrite inE => /orP[/eqP e|din]; last first.
  by case/negP: nin; rewrite tl map_f.
case: ds w nin u => //= d2 ds /andP[/eqP e2 _]; rewrite inE e2 -e loop eqxx.
by [].
Qed.

(** At least two symbols: no cycle winds further than m - 1 times (docs/proofs/intervals.md, Proposition 4). *)
Theorem winding_most ds : (1 < m)%N -> cycle ds -> (`|winding ds| <= n)%N.
Proof.
move=> m1 c; have s := cycle_size c.
have [/hasP[d din /eqP full]|/hasPn short] := boolP (has (fun d => len d.1 == m) ds).
  have b : (`|winding ds| * m <= size ds * m)%N by apply: cycle_bound => // d' _; case/andP: (len_range d'.1).
  by rewrite (cycle_loop c din full) in b; nia.
have b : (`|winding ds| * m <= size ds * n)%N.
  apply: cycle_bound => // d din; have := short d din; case/andP: (len_range d.1) => _.
  by rewrite leq_eqVlt => /orP[->|].
by nia.
Qed.

(** A cycle that winds twice has three edges or more, on three symbols or more (docs/proofs/intervals.md, Proposition
    4). *)
Theorem winding_twice ds : cycle ds -> (2 <= `|winding ds|)%N -> (3 <= size ds)%N /\ (3 <= m)%N.
Proof.
move=> c w2; have s := cycle_size c.
have b : (`|winding ds| * m <= size ds * m)%N by apply: cycle_bound => // d' _; case/andP: (len_range d'.1).
have s2 : (2 <= size ds)%N by nia.
have m2 : (1 < m)%N by lia.
have m3 := winding_most m2 c; split; last by lia.
have {}b : (`|winding ds| * m <= size ds * n)%N.
  apply: cycle_bound => // d din; case/andP: (len_range d.1) => _; rewrite leq_eqVlt => /orP[/eqP full|//].
  by rewrite (cycle_loop c din full) in s2.
by nia.
Qed.

(** Potentials that grow by the gain along every arc. *)
Section Potentials.
Variables (R : comRingType) (phi : 'I_m -> R).
Hypothesis grows : forall e, phi (head e) - phi (start e) = (gain e)%:~R.
Definition witness (i : 'I_m) : R := if i == ord_max then phi i - phi 0 + 1 else phi i - phi (inord i.+1).

Lemma witness_before (x : 'I_m) : \sum_(i < m) (i < x)%N%:R * witness i = phi 0 - phi x.
Proof.
rewrite (eq_bigr (fun i : 'I_m => if (i < x)%N then phi (inord i) - phi (inord i.+1) else 0)) => [|i _]; last first.
  rewrite /witness inord_val; case: ltnP => ix; rewrite ?mul1r ?mul0r //.
  by case: eqP => // e; move: ix; rewrite e /= ltnNge -ltnS ltn_ord.
rewrite -big_mkcond -(big_ord_widen m (fun k => phi (inord k) - phi (inord k.+1)) (ltnW (ltn_ord x))).
rewrite -(big_mkord xpredT (fun k => phi (inord k) - phi (inord k.+1))).
rewrite (eq_bigr (fun k => (- phi (inord k.+1)) - (- phi (inord k)))) => [|k _]; last by rewrite opprK addrC.
by rewrite telescope_sumr // opprK addrC inord_val; congr (phi _ - _); apply: val_inj; rewrite /= inordK.
Qed.

Lemma witness_total : \sum_i witness i = 1.
Proof.
rewrite (bigD1 ord_max) //= {1}/witness eqxx.
have := witness_before ord_max; rewrite (bigD1 ord_max) //= ltnn mul0r add0r => e.
rewrite (eq_bigr (fun i : 'I_m => (i < n)%N%:R * witness i)) => [|i ne]; last first.
  by rewrite ltn_neqAle -ltnS ltn_ord andbT (_ : i != n :> nat) ?mul1r //; apply: contra_neq ne => e'; apply: val_inj.
by rewrite e -addrA [1 + _]addrC addrA subrKA subrr add0r.
Qed.

(** They give a vector of sum 1 that is orthogonal to all rows (docs/proofs/intervals.md, Proposition 6). *)
Theorem witness_orthogonal e : \sum_i (in_arc start len e i)%:R * witness i = 0.
Proof.
rewrite (eq_bigr (fun i : 'I_m => (i < head e)%N%:R * witness i - (i < start e)%N%:R * witness i +
    (gain e)%:~R * witness i)) => [|i _]; last by rewrite (arc_row start len_range) mulrDl mulrBl.
rewrite big_split sumrB /= !witness_before -mulr_sumr witness_total mulr1 -grows.
by rewrite opprB [X in X + _]addrC subrKA addrC subrKA subrr.
Qed.

(** So the rows do not span 1 (docs/proofs/intervals.md, Proposition 6). *)
Theorem witness_spans : (0 : R) != 1 -> ~ exists v : E -> R, forall i, \sum_e v e * (in_arc start len e i)%:R = 1.
Proof.
move=> /eqP n01 [v vG]; apply: n01; rewrite -witness_total.
rewrite (eq_bigr (fun i => \sum_e v e * ((in_arc start len e i)%:R * witness i))) => [|i _]; last first.
  by rewrite -[LHS]mul1r -{1}(vG i) mulr_suml; apply: eq_bigr => e _; rewrite mulrA.
by rewrite exchange_big big1 // => e _; rewrite -mulr_sumr witness_orthogonal mulr0.
Qed.
End Potentials.

(** If all winding numbers are 0 in a field, there are such potentials, and they are integers (docs/proofs/intervals.md,
    Proposition 6). *)
Theorem potentials_exist (K : fieldType) : (forall ds, cycle ds -> (winding ds)%:~R = 0 :> K) ->
  exists phi : 'I_m -> int, forall e, (phi (head e))%:~R - (phi (start e))%:~R = (gain e)%:~R :> K.
Proof.
move=> zero; pose A := adj start head (enum E).
have conn_sym : connect_sym A by apply: sym_connect_sym; apply: adj_sym.
have from_root x : exists ds, walk (fingraph.root A x) ds x.
  have [p0 path0] := connectP (etrans (conn_sym _ _) (connect_root A x)).
  have [p path_p up _] := shortenP path0 => last_p.
  by have [ds [w _ _ _]] := path_walk path_p up; exists ds; move: w; rewrite -last_p.
have [W WP] := fin_all_exists from_root.
exists (fun x => winding (W x)) => e.
pose v e' := flow K (W (start e)) e' + flow K [:: (e, true)] e' - flow K (W (head e)) e'.
have same : fingraph.root A (start e) = fingraph.root A (head e).
  apply/eqP; rewrite root_connect //; apply: connect1; apply/hasP; exists e; first by rewrite mem_enum.
  by rewrite eqxx.
have cv : circulation start head v.
  move=> f; rewrite (eq_bigr (fun e' => flow K (W (start e)) e' * (f (head e') - f (start e')) +
      flow K [:: (e, true)] e' * (f (head e') - f (start e')) - flow K (W (head e)) e' * (f (head e') - f (start e')))).
    rewrite sumrB big_split /= (flow_walk f (WP _)) (flow_walk f (WP _)).
    have one : walk (start e) [:: (e, true)] (head e) by rewrite /= !eqxx.
    by rewrite (flow_walk f one) same [f (start e) - _ + _]addrC subrKA subrr.
  by move=> e' _; rewrite mulrBl mulrDl.
have val : value gain v = (winding (W (start e)))%:~R + (gain e)%:~R - (winding (W (head e)))%:~R.
  rewrite -!value_flow /value; have -> : (gain e)%:~R = \sum_e' flow K [:: (e, true)] e' * (gain e')%:~R.
    by rewrite -/(value gain _) value_flow /Arcs.winding big_seq1.
  by rewrite -big_split -sumrB; apply: eq_bigr => e' _ /=; rewrite mulrBl mulrDl.
have /values_windings[cs [/allP ok]] : exists v', circulation start head v' /\ value gain v' = value gain v by exists v.
rewrite val big_seq big1 => [/subr0_eq <-|r /ok c]; first by rewrite addrAC subrr add0r.
by rewrite zero ?mulr0.
Qed.
End Lengths.

(** All m arcs of length m - 1 are one cycle, of winding number m - 1 (docs/proofs/intervals.md, Proposition 4). *)
Theorem winding_attained n : let start : 'I_n.+2 -> 'I_n.+2 := id in let len := fun _ : 'I_n.+2 => n.+1 in
  exists2 ds, cycle start (head start len) ds & winding (gain start len) ds = n.+1%:Z.
Proof.
move=> start len; have lr e : (0 < len e <= n.+2)%N by rewrite /len leqnSn.
pose h := head start len; have hE (x : 'I_n.+2) : h x = x - 1.
  apply: (addIr 1); rewrite subrK; apply: val_inj; rewrite /= /h /head inordK ?ltn_mod // ?modnDm ?modnDml -addnA addn1.
  by rewrite modnDr modn_small.
pose steps k (x : 'I_n.+2) := [seq (x - i%:R, true) | i <- iota 0 k].
have wk k (x : 'I_n.+2) : walk start h x (steps k x) (x - k%:R).
  elim: k x => [|k IH] x; first by rewrite /= subr0.
  rewrite /steps /= {1}/Arcs.tail /= subr0 eqxx /= /Arcs.tip /= hE; have := IH (x - 1).
  have -> : x - k.+1%:R = x - 1 - k%:R by rewrite -addrA -opprD -mulrS.
  congr (walk _ _ _ _ _); rewrite /steps -[iota 1 k]/(iota (1 + 0) k) iotaDl -map_comp; apply: eq_map => i /=.
  by rewrite -addrA -opprD -mulrS.
have tails k x : [seq Arcs.tail start h d | d <- steps k x] = [seq x - i%:R | i <- iota 0 k].
  by rewrite /steps -map_comp; apply: eq_map.
have closed : walk start h 0 (steps n.+2 0) 0.
  have := wk n.+2 0; suff -> : n.+2%:R = 0 :> 'I_n.+2 by rewrite subr0.
  by rewrite Zp_nat; apply: val_inj; rewrite /= modnn.
exists (steps n.+2 0); last first.
  have := walk_lengths closed; rewrite subrr add0r /steps big_map (eq_bigr (fun=> n.+1%:Z)) //.
  by rewrite big_const_seq count_predT size_iota iter_addr_0 -mulr_natl natz => /mulfI <-.
have steps0 : steps n.+2 0 = (0, true) :: behead (steps n.+2 0) by rewrite /steps /= subr0.
suff [u1 u2] : uniq [seq Arcs.tail start h d | d <- steps n.+2 0] /\ uniq [seq d.1 | d <- steps n.+2 0].
  by move: closed u1 u2; rewrite steps0 => w u1 u2; apply/and3P; split.
have firsts : [seq d.1 | d <- steps n.+2 0] = [seq 0 - i%:R | i <- iota 0 n.+2].
  by rewrite /steps -map_comp; apply: eq_map.
suff u : uniq [seq 0 - i%:R : 'I_n.+2 | i <- iota 0 n.+2] by rewrite tails firsts.
rewrite map_inj_in_uniq ?iota_uniq // => i j; rewrite !mem_iota => /andP[_ li] /andP[_ lj].
by rewrite !sub0r => /oppr_inj; rewrite !Zp_nat => /(congr1 val); rewrite /= !modn_small.
Qed.

(** A cell of [k] symbols that is cut at a common phase: its own workers send their term, the symbols after it, those
    before it, in this order, without empty rows; [whole] says that somebody has sent the whole cell. *)
Section Cell.
Variables (k : nat) (own after before : 'I_k -> bool) (whole : bool).
(** The rows that a worker has sent are its first ones. *)
Hypothesis after_own : forall i, after i -> own i.
Hypothesis before_after : forall i, before i -> own i && (after i || (i.+1 == k)).

(** The received rows that lie in the cell, as intervals. *)
Definition rows_in : seq (nat * nat) :=
  (if whole then [:: (0%N, k)] else [::]) ++ [seq (nat_of_ord i, i.+1) | i <- enum 'I_k & own i] ++
  [seq ((nat_of_ord i).+1, k) | i <- enum 'I_k & after i] ++ [seq (0%N, nat_of_ord i) | i <- enum 'I_k & before i].
Definition inside (r : nat * nat) (x : nat) : bool := (r.1 <= x < r.2)%N.

(** If the rows cover the cell, it is a sum of disjoint received rows: each symbol is in exactly one
    (docs/proofs/intervals.md, Theorem 7). *)
Theorem cell_covered : (forall x : 'I_k, has (inside^~ x) rows_in) ->
  exists s, {subset s <= rows_in} /\ forall x : 'I_k, count (inside^~ x) s = 1%N.
Proof.
move=> cov; have own_in i : own i -> (nat_of_ord i, i.+1) \in rows_in.
  by move=> oi; rewrite /rows_in !mem_cat map_f ?orbT // mem_filter oi mem_enum.
have after_in i : after i -> (i.+1, k) \in rows_in.
  by move=> ai; rewrite /rows_in !mem_cat [X in _ || (_ || (X || _))]map_f ?orbT // mem_filter ai mem_enum.
have before_in i : before i -> (0%N, nat_of_ord i) \in rows_in.
  by move=> bi; rewrite /rows_in !mem_cat map_f ?orbT // mem_filter bi mem_enum.
have [w|now] := boolP whole.
  exists [:: (0%N, k)]; split=> [r|x]; first by rewrite inE => /eqP ->; rewrite /rows_in w mem_head.
  by rewrite /= /inside /= ltn_ord.
have [/existsP[i bi]|/existsPn nob] := boolP [exists i, before i].
  have /andP[oi ai] := before_after bi.
  exists ((0%N, nat_of_ord i) :: (nat_of_ord i, i.+1) :: (if after i then [:: (i.+1, k)] else [::])); split=> [r|x].
    rewrite !inE => /or3P[/eqP ->|/eqP ->|]; [exact: before_in|exact: own_in|].
    by case: ifP => // a; rewrite inE => /eqP ->; apply: after_in.
  have := ltn_ord x; rewrite /= /inside /= => xk; case: ifP => a /=; first by case: (ltngtP x i) => xi /=; lia.
  by move: ai; rewrite a /= => /eqP; case: (ltngtP x i) => xi /=; lia.
have [/forallP all_own|/forallPn[y0 ny0]] := boolP [forall i, own i].
  exists [seq (nat_of_ord i, i.+1) | i <- enum 'I_k]; split=> [r /mapP[i _ ->]|x]; first exact: own_in.
  rewrite count_map (eq_count (a2 := pred1 x)) ?count_uniq_mem ?enum_uniq ?mem_enum // => i.
  by rewrite /= /inside /= ltnS -eqn_leq.
case: (@arg_minnP _ y0 (fun i => ~~ own i) (@nat_of_ord k) ny0) => y ny least; have [r rin ry] := hasP (cov y).
have [i ai iy] : exists2 i, after i & (i < y)%N.
  move: rin; rewrite /rows_in (negPf now) cat0s !mem_cat => /or3P[] /mapP[i]; rewrite mem_filter => /andP[hi _] e;
    move: ry; rewrite e /inside /=; last by rewrite (negPf (nob i)) in hi.
    by rewrite ltnS -eqn_leq => /eqP iy; case/negP: ny; rewrite (_ : y = i) //; apply: val_inj.
  by case/andP => iy _; exists i.
exists ((i.+1, k) :: [seq (nat_of_ord j, j.+1) | j : 'I_k <- enum 'I_k & (j <= i)%N]); split=> [r'|x].
  rewrite inE => /orP[/eqP ->|/mapP[j]]; first exact: after_in.
  rewrite mem_filter => /andP[ji _] ->; apply: own_in; apply: contraLR (leq_ltn_trans ji iy) => nj.
  by rewrite -leqNgt; apply: least.
rewrite /= /inside /= ltn_ord andbT count_map count_filter.
rewrite (eq_count (a2 := predI (pred1 x) (fun j : 'I_k => j <= i)%N)) => [|j]; last first.
  by rewrite /= ltnS -eqn_leq.
have [xi|ix] := leqP x i.
  rewrite add0n (eq_count (a2 := pred1 x)) ?count_uniq_mem ?enum_uniq ?mem_enum // => j /=.
  by case: eqP => // ->.
by rewrite (eq_count (a2 := pred0)) ?count_pred0 ?addn0 // => j /=; case: eqP => // ->; rewrite leqNgt ix.
Qed.
End Cell.

(** The row that is a cell is the sum of the three pieces of a worker that starts in it: its own term, those after it
    and those before it; the later piece is complete when the cell would be, after k terms (docs/proofs/intervals.md,
    Theorem 8). *)
Theorem cell_pieces k i x : (i < k)%N ->
  (inside (0%N, k) x = inside (i, i.+1) x + inside (i.+1, k) x + inside (0%N, i) x :> nat)%N /\
  (1 + (k - i.+1) + i = k)%N.
Proof. by move=> ik; rewrite /inside /=; case: (ltngtP x i) => xi; case: (ltnP x k) => xk /=; lia. Qed.
