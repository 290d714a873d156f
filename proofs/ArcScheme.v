(** Arcs cut at cells with a common phase (docs/proofs/intervals.md, Theorem 7 and Theorem 8): what each worker sends;
    what covers recovers; and arcs are never later than own terms and then parts, nor these than parts. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import SumRecovery Windings.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** A row is the sum of disjoint rows. *)
Definition sum_of (rs : seq (seq nat)) (r : seq nat) : Prop :=
  exists2 s, {subset s <= rs} & forall x, (count (fun r' => x \in r') s = (x \in r) :> nat)%N.

Lemma sum_of_mem rs r : r \in rs -> sum_of rs r.
Proof. by move=> rin; exists [:: r] => [r'|x] /=; [rewrite inE => /eqP -> | rewrite addn0]. Qed.

Lemma sum_of_subset rs rs' r : {subset rs <= rs'} -> sum_of rs r -> sum_of rs' r.
Proof. by move=> sub [s ss cnt]; exists s => // r' /ss/sub. Qed.

Lemma sum_recovers (F : fieldType) m rs rs' : (forall r, r \in rs -> sum_of rs' r) ->
  recovers F m rs -> recovers F m rs'.
Proof.
move=> sums /recovers_alternative rec; apply/recovers_alternative => v z; apply: rec => r /sums[s sub cnt].
transitivity (\sum_(r' <- s) \sum_(j < m | val j \in r') v j); last first.
  by rewrite big_seq big1 // => r' /sub/z.
rewrite (exchange_big_dep xpredT) //= big_mkcond; apply: eq_bigr => j _.
by rewrite big_const_seq iter_addr_0 cnt; case: (_ \in r); rewrite ?mulr1n ?mulr0n.
Qed.

Section Scheme.
Variables (m d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Implicit Types (c j x : nat) (r : seq nat) (rs : seq (seq nat)) (n : nat -> nat).

(** The cells of [d] symbols, of which the last may be shorter. *)
Definition cells : nat := ((m + d.-1) %/ d)%N.
Definition width c : nat := minn d (m - c * d).
Definition cell c : seq nat := iota (c * d) (width c).
(** The cell of a worker, its symbols after the worker's own and before it, and the other cells around the circle. *)
Definition home j : nat := (j %/ d)%N.
Definition after j : seq nat := iota j.+1 (home j * d + width (home j) - j.+1).
Definition before j : seq nat := iota (home j * d) (j - home j * d).
Definition others j : seq (seq nat) := [seq cell ((home j + i) %% cells)%N | i <- iota 1 cells.-1].
(** What the workers send, one row after the other; empty rows are left out. *)
Definition rows_of rs : seq (seq nat) := [seq r <- rs | r != [::]].
Definition arcs j : seq (seq nat) := rows_of ([:: j] :: after j :: before j :: others j).
Definition own_then_parts j : seq (seq nat) := rows_of ([:: j] :: (after j ++ before j) :: others j).
Definition parts j : seq (seq nat) := rows_of (cell (home j) :: others j).

(** The first [n j] rows of each worker. *)
Definition first_rows n : seq (seq nat) := flatten [seq take (n j) (arcs j) | j <- iota 0 m].
(** Of rows that are evaluated one after the other those that are complete, [done a] being that [a] terms have been
    evaluated; [a] terms are before these rows. *)
Fixpoint complete (done : pred nat) (a : nat) rs : seq (seq nat) :=
  if rs is r :: rs' then
    let rest := complete done (a + size r)%N rs' in if done (a + size r)%N then r :: rest else rest
  else [::].

Lemma count_rows_of x rs : count (fun r => x \in r) (rows_of rs) = count (fun r => x \in r) rs.
Proof. by rewrite count_filter; apply: eq_count => r /=; case: eqP => [->|]; rewrite ?andbT ?in_nil. Qed.

Lemma mem_rows_of r rs : (r \in rows_of rs) = (r != [::]) && (r \in rs).
Proof. exact: mem_filter. Qed.

Lemma complete_rows_of done a rs : complete done a (rows_of rs) = rows_of (complete done a rs).
Proof.
elim: rs a => //= r rs IH a; have [->|ne] := eqVneq r [::]; last by rewrite /= IH; case: ifP => //= _; rewrite ne.
by rewrite /= addn0 IH; case: ifP.
Qed.

Lemma mem_complete done a r rs r' :
  (r' \in complete done a (r :: rs)) = done (a + size r)%N && (r' == r) || (r' \in complete done (a + size r) rs).
Proof. by rewrite /=; case: ifP => // _; rewrite inE. Qed.

Lemma home_cell j : (j < m)%N -> (home j * d <= j < home j * d + width (home j))%N.
Proof. by move=> jm; have := divn_eq j d; have := ltn_pmod j d_gt0; rewrite /home /width; lia. Qed.

Lemma mem_cell x c : (x \in cell c) = (c * d <= x < c * d + width c)%N.
Proof. by rewrite mem_iota. Qed.

Lemma pieces x j : (j < m)%N ->
  ((x \in [:: j]) + ((x \in after j) + (x \in before j)) = (x \in cell (home j)) :> nat)%N.
Proof.
move=> /home_cell hj; rewrite mem_cell !mem_iota inE; move: hj; set a := (home j * d)%N; set b := width _ => hj.
by case: (ltngtP x j) => xj; lia.
Qed.

Lemma rest_once x j : ((x \in after j) + (x \in before j) = (x \in after j ++ before j) :> nat)%N.
Proof. by rewrite mem_cat !mem_iota; case: ltnP => xj /=; lia. Qed.

Lemma sizes j : (j < m)%N -> (size (cell (home j)) = 1 + size (after j ++ before j))%N.
Proof. by move=> /home_cell hj; rewrite size_cat !size_iota; lia. Qed.

(** The first rows of a worker. *)
Lemma take_arcs k j r : r \in take k (arcs j) -> [\/ r = [:: j] /\ (0 < k)%N,
  r = after j /\ (1 < k)%N /\ after j != [::],
  r = before j /\ ((after j != [::]).+1 < k)%N /\ before j != [::] | r \in others j].
Proof.
rewrite /arcs /rows_of /=; set os := filter _ (others j).
have osP : {subset os <= others j} by move=> r'; rewrite mem_filter => /andP[].
case: k => // k; rewrite /= inE => /orP[/eqP ->|]; first by constructor 1.
case: (boolP (after j != [::])) => na; last first.
  case: (boolP (before j != [::])) => nb; last by move=> /mem_take/osP; constructor 4.
  case: k => // k; rewrite /= inE => /orP[/eqP ->|/mem_take/osP]; last by constructor 4.
  by constructor 3.
case: k => // k; rewrite /= inE => /orP[/eqP ->|]; first by constructor 2.
case: (boolP (before j != [::])) => nb; last by move=> /mem_take/osP; constructor 4.
case: k => // k; rewrite /= inE => /orP[/eqP ->|/mem_take/osP]; last by constructor 4.
by constructor 3.
Qed.

Lemma mem_own k j : (0 < k)%N -> [:: j] \in take k (arcs j).
Proof. by case: k => // k _; rewrite /= mem_head. Qed.
Lemma mem_after k j : (1 < k)%N -> after j != [::] -> after j \in take k (arcs j).
Proof. by case: k => [|[|k]] // _ na; rewrite /arcs /rows_of /= na /= !inE eqxx orbT. Qed.
Lemma mem_before k j : ((after j != [::]).+1 < k)%N -> before j != [::] -> before j \in take k (arcs j).
Proof.
rewrite /arcs /rows_of /=; case: (after j != [::]) => /= kb nb; rewrite nb; case: k kb => [|[|[|k]]] // _.
- by rewrite /= !inE eqxx !orbT.
- by rewrite /= !inE eqxx !orbT.
by rewrite /= !inE eqxx !orbT.
Qed.

Lemma mem_first n j : (j < m)%N -> {subset take (n j) (arcs j) <= first_rows n}.
Proof. by move=> jm r rin; apply/flattenP; exists (take (n j) (arcs j)) => //; apply: map_f; rewrite mem_iota. Qed.

Lemma cell_home x c : x \in cell c -> home x = c.
Proof.
rewrite mem_cell /width => xc; rewrite /home (_ : x = c * d + (x - c * d))%N; last by lia.
by rewrite divnMDl // divn_small ?addn0 //; lia.
Qed.

Lemma rest_home x j : (j < m)%N -> (x \in after j) || (x \in before j) -> home x = home j.
Proof.
move=> jm rest; apply: cell_home; have := pieces x jm.
by case/orP: rest => ->; case: (x \in cell _) => //; case: (_ \in _); case: (_ \in _).
Qed.

(** If the first rows of all workers cover all symbols, each cell is a sum of disjoint received rows
    (docs/proofs/intervals.md, Theorem 7). *)
Theorem cell_of_rows n c : covered m (first_rows n) -> sum_of (first_rows n) (cell c).
Proof.
move=> /coveredP cov; set k := width c; pose at_ i := (c * d + i)%N.
have at_m (i : 'I_k) : (at_ i < m)%N by have := ltn_ord i; rewrite /at_ /k /width; lia.
have at_cell (i : 'I_k) : at_ i \in cell c by rewrite mem_cell leq_addr ltn_add2l ltn_ord.
have home_at (i : 'I_k) : home (at_ i) = c by apply: cell_home.
have size_after (i : 'I_k) : size (after (at_ i)) = (k - i.+1)%N by rewrite size_iota home_at /at_ -/k; lia.
have size_before (i : 'I_k) : size (before (at_ i)) = i by rewrite size_iota home_at addKn.
have after_ne (i : 'I_k) : (after (at_ i) != [::]) = (i.+1 < k)%N by rewrite -size_eq0 size_after; lia.
have before_ne (i : 'I_k) : (before (at_ i) != [::]) = (0 < i)%N by rewrite -size_eq0 size_before lt0n.
pose own (i : 'I_k) := (0 < n (at_ i))%N.
pose aft (i : 'I_k) := (i.+1 < k)%N && (1 < n (at_ i))%N.
pose bef (i : 'I_k) := (0 < i)%N && ((i.+1 < k)%N.+1 < n (at_ i))%N.
pose whole := cell c \in first_rows n.
have own1 i : aft i -> own i by move=> /andP[_]; rewrite /own; lia.
have own2 i : bef i -> own i && (aft i || (i.+1 == k)).
  by move=> /andP[_]; rewrite /own /aft; have := ltn_ord i; case: (ltngtP i.+1 k); lia.
have cov_cell (x : 'I_k) : has (inside^~ x) (rows_in own aft bef whole).
  have [r /flattenP[rs /mapP[j]]] := cov _ (at_m x); rewrite mem_iota => /andP[_ jm] -> rin xr.
  have rfirst := mem_first jm rin.
  have local (i : 'I_k) a b : (a <= x < b)%N -> (a, b) \in rows_in own aft bef whole ->
      has (inside^~ x) (rows_in own aft bef whole) by move=> xab abin; apply/hasP; exists (a, b).
  have in_home : home j = c -> exists2 i : 'I_k, at_ i = j & True.
    move=> jc; have := home_cell jm; rewrite jc -/k => hj.
    have ik : (j - c * d < k)%N by lia.
    by exists (Ordinal ik) => //; rewrite /at_ /=; lia.
  case: (take_arcs rin) => [[e n0]|[e [n1 ne]]|[e [n2 ne]]|/mapP[l _ e]]; move: (xr); rewrite e.
  - rewrite inE => /eqP xj; apply: (@local x x x.+1); first by rewrite leqnn ltnSn.
    rewrite /rows_in !mem_cat; apply/orP; right; apply/orP; left; apply: map_f.
    by rewrite mem_filter mem_enum /own xj n0.
  - move=> xa; have jc : home j = c by rewrite -(home_at x); apply/esym/rest_home; rewrite ?xa.
    have [i ij _] := in_home jc; subst j; move: xa; rewrite mem_iota home_at -/k => xa.
    apply: (@local i i.+1 k); first by case/andP: xa; rewrite /at_ -addnS leq_add2l ltn_ord andbT.
    rewrite /rows_in !mem_cat; do 2 (apply/orP; right); apply/orP; left; apply: map_f.
    by rewrite mem_filter mem_enum /aft n1 -after_ne ne.
  - move=> xb; have jc : home j = c by rewrite -(home_at x); apply/esym/rest_home; rewrite ?xb ?orbT.
    have [i ij _] := in_home jc; subst j; move: xb; rewrite mem_iota home_at => xb.
    apply: (@local i 0%N i); first by move: xb; rewrite /at_ addKn leq_addr ltn_add2l.
    rewrite /rows_in !mem_cat; do 3 (apply/orP; right); apply: map_f.
    by rewrite mem_filter mem_enum /bef -before_ne ne -after_ne n2.
  move=> /cell_home; rewrite home_at => c_eq; apply: (@local x 0%N k); first by rewrite ltn_ord.
  by rewrite /rows_in /whole c_eq -e rfirst mem_head.
have [s [sub one]] := cell_covered own2 cov_cell.
pose f (r : nat * nat) := iota (c * d + r.1) (r.2 - r.1).
have in_rows (r : nat * nat) : r \in s -> (r.1 <= r.2 <= k)%N /\ f r \in first_rows n.
  move=> /sub; rewrite /rows_in !mem_cat => /or4P[].
  - case: (boolP whole) => // w; rewrite inE => /eqP ->; split; first by rewrite /= leqnn.
    by rewrite /f /= addn0 subn0.
  - move=> /mapP[i]; rewrite mem_filter => /andP[oi _] ->; split; first by rewrite /= leqnSn ltn_ord.
    by rewrite /f /= subSnn; apply: (mem_first (at_m i)); apply: mem_own.
  - move=> /mapP[i]; rewrite mem_filter => /andP[/andP[ik n1] _] ->; split; first by rewrite /= (ltnW ik) leqnn.
    rewrite /f /= (_ : iota _ _ = after (at_ i)).
      by apply: (mem_first (at_m i)); apply: mem_after; rewrite ?after_ne.
    by rewrite /after home_at -/k /at_ addnS; congr iota; lia.
  move=> /mapP[i]; rewrite mem_filter => /andP[/andP[i0 n2] _] ->; split; first by rewrite /= ltnW ?ltn_ord.
  rewrite /f /= (_ : iota _ _ = before (at_ i)).
    by apply: (mem_first (at_m i)); apply: mem_before; rewrite ?after_ne ?before_ne.
  by rewrite /before home_at /at_ addn0 subn0 addKn.
exists [seq f p | p <- s] => [r' /mapP[r /in_rows[_ fr] -> //]|x].
rewrite count_map; have [xc|xc] := boolP (x \in cell c).
  have xk : (x - c * d < k)%N by move: xc; rewrite mem_cell -/k; lia.
  apply: (etrans _ (one (Ordinal xk))); apply: eq_in_count => r /in_rows[le _]; rewrite /= /f mem_iota /inside /=.
  by move: xc; rewrite mem_cell; lia.
apply/eqP; rewrite eqn0Ngt -has_count; apply/hasPn => r /in_rows[le _]; rewrite /= /f mem_iota.
by move: xc; rewrite mem_cell -/k; lia.
Qed.

Lemma covered_partition n : covered m (first_rows n) ->
  exists2 s, {subset s <= first_rows n} & forall x, (x < m)%N -> count (fun r => x \in r) s = 1%N.
Proof.
move=> cov; have ind l : exists2 s, {subset s <= first_rows n} &
    forall x, (x < m)%N -> count (fun r => x \in r) s = (x < l * d)%N :> nat.
  elim: l => [|l [s sub cnt]]; first by exists [::] => // x _; rewrite mul0n.
  have [s' sub' cnt'] := cell_of_rows l cov; exists (s ++ s') => [r|x xm].
    by rewrite mem_cat => /orP[/sub|/sub'].
  by rewrite count_cat cnt // cnt' mem_cell /width mulSn; lia.
have [s sub cnt] := ind m; exists s => // x xm; rewrite cnt // (_ : (x < m * d)%N) //.
by apply: leq_trans xm _; rewrite leq_pmulr.
Qed.

(** With a common phase, the first rows of the workers span 1 over a commutative ring, such as any field or the
    integers, if and only if they cover all symbols (docs/proofs/intervals.md, Theorem 7). *)
Theorem coverage_spans (A : comRingType) n :
  (exists2 cs : seq (A * seq nat), {subset [seq p.2 | p <- cs] <= first_rows n} &
    forall x, (x < m)%N -> \sum_(p <- cs) p.1 * (x \in p.2)%:R = 1) <-> covered m (first_rows n).
Proof.
split=> [[cs sub one]|/covered_partition[s sub cnt]].
  apply/coveredP => x xm; apply/hasP; apply: contraT => /hasPn no; have := one x xm.
  rewrite big_seq big1 => [/eqP|r rin]; first by rewrite eq_sym oner_eq0.
  by rewrite (negPf (no _ (sub _ (map_f _ rin)))) mulr0.
exists [seq (1, r) | r <- s] => [r|x xm]; first by rewrite -map_comp map_id => /sub.
rewrite big_map (eq_bigr (fun r => (x \in r)%:R)) => [|r _]; last by rewrite mul1r.
by rewrite -natr_sum -[RHS]mulr1n -(cnt x xm) -sum1_count [in RHS]big_mkcond; congr (_%:R).
Qed.

(** The same in the library's words (docs/proofs/intervals.md, Theorem 7). *)
Corollary coverage_recovers (F : fieldType) n : recovers F m (first_rows n) = covered m (first_rows n).
Proof.
apply/idP/idP => [/recovers_covered //|/covered_partition[s sub cnt]].
by apply: recovers_subset sub _; apply: partition_recovers.
Qed.

(** The rows arrive one by one, those of each worker in their order, [senders] being who sends the next row. *)
Definition arrived (senders : seq nat) (k : nat) : seq (seq nat) :=
  first_rows (fun j => count_mem j (take k senders)).
Definition least (P : pred nat) (N : nat) : nat := find P (iota 0 N.+1).

(** M' = CC, whatever the order in which the workers' rows arrive (docs/proofs/intervals.md, Theorem 7). *)
Corollary stopping_is_coverage (F : fieldType) senders :
  least (fun k => recovers F m (arrived senders k)) (size senders) =
  least (fun k => covered m (arrived senders k)) (size senders).
Proof. by apply: eq_find => k; apply: coverage_recovers. Qed.

(** Messages are free: the worker [j] starts at [start j], or never, evaluates one term after the other, [tau] each,
    and a row is there when its last term has been evaluated. *)
Section Time.
Variables (R : realFieldType) (F : fieldType) (tau : R) (start : nat -> option R).
Hypothesis tau_ge0 : 0 <= tau.
Implicit Types (t : R) (scheme : nat -> seq (seq nat)).

Definition evaluated t j a : bool := if start j is Some s then s + tau * a%:R <= t else false.
Definition received_by t scheme : seq (seq nat) :=
  flatten [seq complete (evaluated t j) 0 (scheme j) | j <- iota 0 m].

Lemma evaluated_mono t j a b : (a <= b)%N -> evaluated t j b -> evaluated t j a.
Proof.
move=> ab; rewrite /evaluated; case: (start j) => // s; apply: le_trans.
by rewrite lerD2l ler_wpM2l // ler_nat.
Qed.

Lemma later scheme scheme' t :
  (forall j r, (j < m)%N -> r \in complete (evaluated t j) 0 (scheme j) ->
    sum_of (complete (evaluated t j) 0 (scheme' j)) r) ->
  recovers F m (received_by t scheme) -> recovers F m (received_by t scheme').
Proof.
move=> sums; apply: sum_recovers => r /flattenP[rs /mapP[j]]; rewrite mem_iota => /andP[_ jm] -> rin.
apply: sum_of_subset (sums j r jm rin) => r' r'in; apply/flattenP.
by exists (complete (evaluated t j) 0 (scheme' j)) => //; apply: map_f; rewrite mem_iota.
Qed.

(** On every path: at each time at which parts have recovered the sum, own terms and then parts have
    (docs/proofs/intervals.md, Theorem 8). *)
Theorem own_never_later t : recovers F m (received_by t parts) -> recovers F m (received_by t own_then_parts).
Proof.
apply: later => j r jm; rewrite !complete_rows_of mem_rows_of mem_complete sizes // !add0n.
set s := size (after j ++ before j) => /andP[ne /orP[/andP[dn /eqP ->]|rin]]; last first.
  by apply: sum_of_mem; rewrite mem_rows_of ne !mem_complete add0n rin !orbT.
have d1 : evaluated t j 1 by apply: evaluated_mono dn.
exists (rows_of [:: [:: j]; after j ++ before j]) => [r'|x].
  rewrite !mem_rows_of !mem_complete !inE add0n -/s d1 dn /=.
  by case/andP => -> /orP[] ->; rewrite ?orbT.
by rewrite count_rows_of -pieces // rest_once /= addn0.
Qed.

(** And when these have, arcs have (docs/proofs/intervals.md, Theorem 8). *)
Theorem arcs_never_later t : recovers F m (received_by t own_then_parts) -> recovers F m (received_by t arcs).
Proof.
apply: later => j r jm; rewrite !complete_rows_of mem_rows_of !mem_complete !add0n size_cat addnA.
set a := (1 + size (after j))%N; case/andP => ne /or3P[/andP[d1 /eqP ->]|/andP[dn /eqP ->]|rin].
- by apply: sum_of_mem; rewrite mem_rows_of !mem_complete add0n d1 eqxx.
- have da : evaluated t j a by apply: evaluated_mono dn; apply: leq_addr.
  exists (rows_of [:: after j; before j]) => [r'|x]; last by rewrite count_rows_of /= addn0 rest_once.
  rewrite !mem_rows_of !mem_complete !inE add0n -/a da dn /=.
  by case/andP => -> /orP[] ->; rewrite ?orbT.
by apply: sum_of_mem; rewrite mem_rows_of ne !mem_complete add0n rin !orbT.
Qed.

Lemma complete_take (done : pred nat) a rs : (forall b c, (b <= c)%N -> done c -> done b) ->
  complete done a rs = take (size (complete done a rs)) rs.
Proof.
move=> down; elim: rs a => //= r rs IH a; case: ifP => [_|no]; first by rewrite /= -IH.
suff -> : complete done (a + size r)%N rs = [::] by [].
move: no; move: (a + size r)%N => b; elim: rs b {IH} => //= r' rs IH b no.
have no' : done (b + size r')%N = false by apply: contraFF no; apply: down; apply: leq_addr.
by rewrite no' IH.
Qed.

(** Arcs that have been received by a time are the first rows of the workers: they recover the sum if they cover. *)
Lemma received_recovers t : recovers F m (received_by t arcs) = covered m (received_by t arcs).
Proof.
pose n j := size (complete (evaluated t j) 0 (arcs j)).
suff -> : received_by t arcs = first_rows n by apply: coverage_recovers.
congr flatten; apply: eq_map => j; apply: complete_take => b c; exact: evaluated_mono.
Qed.

(** The latency: the sum has been recovered at this time, and not before. *)
Definition latency scheme (T : R) : Prop :=
  recovers F m (received_by T scheme) /\ forall t, recovers F m (received_by t scheme) -> T <= t.

(** T <= T_own <= T_parts on every path (docs/proofs/intervals.md, Theorem 8). *)
Corollary latencies (T T_own T_parts : R) : latency arcs T -> latency own_then_parts T_own -> latency parts T_parts ->
  T <= T_own <= T_parts.
Proof.
move=> [_ least_arcs] [own least_own] [parts_ _].
by rewrite least_arcs ?least_own //; [apply: own_never_later | apply: arcs_never_later].
Qed.
End Time.
End Scheme.
