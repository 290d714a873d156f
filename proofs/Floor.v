(** The closed floor from the schedules and the delays themselves (docs/proofs/floor.md, Theorem 1): what is not
    reported cannot be summed (Lemma 0), no term is reported sooner than its place allows (Lemma 1), and the floor for
    every design. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports Streaming.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Before a time: [None] is never. *)
Definition before (R : realFieldType) (a : option R) (b : R) : bool := if a is Some c then c < b else false.

(** A worker evaluates ([Some i], tau) and sends ([None], kappa), one thing at a time; it may idle.  The action [k],
    counted from 0, ends at [finish k.+1]. *)
Section Schedule.
Variables (R : realFieldType) (I : finType) (tau kappa : R) (acts : seq (option I)) (finish : nat -> R).
Hypotheses (tau_gt0 : 0 < tau) (kappa_ge0 : 0 <= kappa) (start : 0 <= finish 0).
Definition cost (a : option I) : R := if a is Some _ then tau else kappa.
Hypothesis one_by_one : forall k, (k < size acts)%N -> finish k + cost (nth None acts k) <= finish k.+1.
Implicit Types (i l : I) (p q k : nat).

Definition evaluations k : nat := count isSome (take k acts).
Definition messages k : nat := count (fun a => ~~ isSome a) (take k acts).
(** The action [p] is a message sent after [i] was evaluated. *)
Definition tells i p : bool := (nth (Some i) acts p == None) && (Some i \in take p acts).
Definition told i : nat := find (tells i) (iota 0 (size acts)).
(** When the first of them has been sent. *)
Definition report_end i : option R := if (told i < size acts)%N then Some (finish (told i).+1) else None.

Lemma finish_ge k : (k <= size acts)%N -> tau * (evaluations k)%:R + kappa * (messages k)%:R <= finish k.
Proof.
elim: k => [|k IH] ks; first by rewrite /evaluations /messages take0 /= !mulr0 addr0.
apply: le_trans (one_by_one ks); rewrite /evaluations /messages (take_nth None) // -cats1 !count_cat /= !addn0.
case: (nth None acts k) => [a|] /=; rewrite ?addn0 ?addn1 -natr1 mulrDr mulr1 ?addrA.
  by rewrite addrAC lerD2r IH // ltnW.
by rewrite lerD2r IH // ltnW.
Qed.

Lemma told_tells i : (told i < size acts)%N -> tells i (told i).
Proof.
move=> lt; have : has (tells i) (iota 0 (size acts)) by rewrite has_find size_iota.
by move/(nth_find 0%N); rewrite nth_iota.
Qed.

Lemma told_end i : (told i < size acts)%N ->
  tau * (evaluations (told i))%:R + kappa * (messages (told i)).+1%:R <= finish (told i).+1.
Proof.
move=> lt; apply: le_trans (finish_ge lt); have /andP[/eqP none _] := told_tells lt.
rewrite /evaluations /messages (take_nth (Some i)) // none -cats1 !count_cat /= !addn0 addn1.
exact: lexx.
Qed.

Lemma evaluated_terms p : (#|[set i | Some i \in take p acts]| <= evaluations p)%N.
Proof.
rewrite /evaluations -size_filter; set s := [seq a <- _ | _].
apply: leq_trans (_ : #|[set a | a \in s]| <= _)%N; last first.
  by rewrite cardsE; apply: card_size.
have inj : injective (@Some I) by move=> a b [].
rewrite -(card_imset _ inj); apply: subset_leq_card; apply/subsetP => a /imsetP[i + ->].
by rewrite !inE mem_filter.
Qed.

Lemma finish_mono p q : (p <= q)%N -> (q <= size acts)%N -> finish p <= finish q.
Proof.
elim: q => [|q IH]; first by rewrite leqn0 => /eqP ->.
rewrite leq_eqVlt => /orP[/eqP -> //|pq] qs; apply: le_trans (IH pq (ltnW qs)) _.
apply: le_trans (one_by_one qs); rewrite lerDl /cost; case: (nth _ _ _) => // _.
exact: ltW.
Qed.

Lemma told_le i p : (p < size acts)%N -> nth None acts p = None -> Some i \in take p acts -> (told i <= p)%N.
Proof.
move=> ps none ip; have tp : tells i p by rewrite /tells ip andbT (set_nth_default None) // none.
by rewrite leqNgt; apply/negP => lt; have := before_find 0%N lt; rewrite nth_iota // add0n tp.
Qed.

Lemma told_message i : (told i < size acts)%N -> nth None acts (told i) = None.
Proof. by move=> lt; have /andP[/eqP + _] := told_tells lt; rewrite (set_nth_default None). Qed.

(** The terms evaluated before the action [p], and the number of messages up to and with [p] that report new terms. *)
Definition informed p : {set I} := [set i | Some i \in take p acts].
Definition reporting p : nat := #|[set q : 'I_p.+1 | [exists i, told i == q :> nat]]|.

Lemma informed_mono p q : (p <= q)%N -> {subset informed p <= informed q}.
Proof. by move=> pq i; rewrite !inE -(subnKC pq) takeD mem_cat => ->. Qed.

Lemma told_informed i : (told i < size acts)%N -> i \in informed (told i).
Proof. by move=> lt; have /andP[_] := told_tells lt; rewrite inE. Qed.

Lemma reporting_messages p : (p < size acts)%N -> nth None acts p = None -> (reporting p <= (messages p).+1)%N.
Proof.
move=> ps none; rewrite -[X in (_ <= X)%N]addn1.
have -> : (messages p + 1 = count (fun a => ~~ isSome a) (take p.+1 acts))%N.
  by rewrite (take_nth None) // none -cats1 count_cat.
rewrite -sum1_count (big_nth None) big_mkord size_takel // sum1dep_card; apply: subset_leq_card.
apply/subsetP => q; rewrite !inE nth_take // => /existsP[i /eqP e].
by rewrite -e told_message // e (leq_ltn_trans _ ps) // -ltnS.
Qed.

(** The message that reports a term first ends at tau c + kappa n at the earliest, c being the number of terms evaluated
    before it and n the number of messages with new terms up to it (docs/proofs/floor.md, Lemma 1). *)
Theorem schedule_end i : (told i < size acts)%N -> report_end i = Some (finish (told i).+1) /\
  tau * #|informed (told i)|%:R + kappa * (reporting (told i))%:R <= finish (told i).+1.
Proof.
move=> lt; rewrite /report_end lt; split=> //; apply: le_trans (told_end lt).
apply: lerD; first by rewrite ler_pM2l // ler_nat evaluated_terms.
by rewrite ler_wpM2l // ler_nat reporting_messages // told_message.
Qed.

(** New in a message that reports new terms are those evaluated since the last such message [q], or since the start
    (docs/proofs/floor.md, Lemma 1). *)
Theorem schedule_new i q : (told i < size acts)%N -> (q == 0%N) || [exists l, told l == q] -> (q < told i)%N ->
  (forall l, (told l < told i)%N -> (told l <= q)%N) ->
  [set l | told l == told i] = informed (told i) :\: informed q.
Proof.
move=> lt before_ qi last_; apply/setP => l; rewrite !inE; apply/eqP/andP => [e|[lq li]]; last first.
  apply/eqP; rewrite eqn_leq (told_le lt (told_message lt) li) /= leqNgt; apply: contra lq => tl.
  have := informed_mono (last_ l tl) (told_informed (ltn_trans tl lt)).
  by rewrite inE.
have li : Some l \in take (told i) acts by have := told_informed (i := l); rewrite e inE; apply.
split=> //; apply/negP => lq; case/orP: before_ => [/eqP q0|/existsP[l' /eqP tl']]; first by rewrite q0 take0 in lq.
have qs := ltn_trans qi lt; have none : nth None acts q = None by rewrite -tl' told_message // tl'.
by have := told_le qs none lq; rewrite e leqNgt qi.
Qed.

(** The later of two messages that report new terms ends by tau later (docs/proofs/floor.md, Lemma 1). *)
Theorem schedule_increases i l : (told i < told l < size acts)%N ->
  finish (told i).+1 + tau <= finish (told l).+1.
Proof.
case/andP => il lt; have lti := ltn_trans il lt; have := told_informed lt; rewrite inE => /(nthP None)[a].
rewrite size_takel => [al|]; last exact: ltnW lt.
rewrite nth_take // => ea.
have ia : (told i < a)%N.
  rewrite ltn_neqAle; apply/andP; split; first by apply/eqP => e; move: ea; rewrite -e told_message.
  rewrite leqNgt; apply/negP => ai; suff : (told l <= told i)%N by rewrite leqNgt il.
  apply: told_le => //; first exact: told_message.
  by rewrite -ea -(nth_take None ai) mem_nth // size_takel // ltnW.
have as_ : (a < size acts)%N := ltn_trans al lt.
apply: le_trans (finish_mono (ltnW al : (a.+1 <= (told l).+1)%N) lt); apply: le_trans (one_by_one as_).
by rewrite ea /= lerD2r finish_mono // ltnW.
Qed.

(** What the closed floor needs: at most r terms are reported before kappa + tau (r + 1). *)
Lemma few_reported r : (#|[set i | before (report_end i) (kappa + tau * r.+1%:R)]| <= r)%N.
Proof.
set A := [set i | _]; have [->|[i0 i0A]] := set_0Vmem A; first by rewrite cards0.
case: (arg_maxnP told i0A) => i iA most; have : i \in A by exact: iA.
rewrite inE /report_end; case: ltnP => //= lt; rewrite -ltrBlDl => soon.
have ev : (evaluations (told i) <= r)%N.
  rewrite -ltnS -(ltr_nat R) -(ltr_pM2l tau_gt0); apply: le_lt_trans soon; rewrite lerBrDl.
  apply: le_trans (told_end lt); rewrite addrC lerD2l -natr1 mulrDr mulr1 lerDr.
  by rewrite mulr_ge0 ?ler0n.
apply: leq_trans ev; apply: leq_trans (evaluated_terms _); apply: subset_leq_card; apply/subsetP => l lA.
have := lA; rewrite !inE /report_end; case: ltnP => //= ll _.
have /andP[_] := told_tells ll; have le := most l lA.
by rewrite -{1}(subnK le) addnC takeD mem_cat => ->.
Qed.
End Schedule.

(** From the counts to places: an order of the terms in which none is reported sooner than its place allows. *)
Section Places.
Variables (R : realFieldType) (I : finType) (e : I -> option R) (at_place : nat -> R).
Hypothesis few : forall r, (#|[set i | before (e i) (at_place r)]| <= r)%N.

Let le i j : bool := if e j is Some b then (if e i is Some a then a <= b else false) else true.

Lemma places : exists rank : I -> 'I_#|I|, injective rank /\ forall i, ~~ before (e i) (at_place (rank i)).
Proof.
have tot : total le by move=> i j; rewrite /le; case: (e i); case: (e j) => //= a b; apply: le_total.
have tr : transitive le.
  by move=> j i k; rewrite /le; case: (e i); case: (e j); case: (e k) => //= a b c; apply: le_trans.
pose s := sort le (enum I); have us : uniq s by rewrite sort_uniq enum_uniq.
have ms i : i \in s by rewrite mem_sort mem_enum.
have lt i : (index i s < #|I|)%N by rewrite cardE -(size_sort le) index_mem.
exists (fun i => Ordinal (lt i)); split=> [i j [eq]|i /=].
  by rewrite -(nth_index i (ms i)) eq nth_index.
apply/negP => b; suff : (index i s < index i s)%N by rewrite ltnn.
apply: leq_trans (few (index i s)); set r := index i s.
have rs : (r < size s)%N by rewrite index_mem.
apply: leq_trans (_ : #|[set l | l \in take r.+1 s]| <= _)%N.
  rewrite cardsE (card_uniqP _) ?take_uniq // size_takel //.
apply: subset_leq_card; apply/subsetP => l; rewrite !inE in_take // ltnS => lr.
have refl : reflexive le by move=> j; have := tot j j; rewrite orbb.
have := sorted_leq_nth tr refl i (sort_sorted tot (enum I)) (index l s) r.
rewrite !inE !index_mem !ms !nth_index // => /(_ isT isT lr).
by rewrite /le; move: b; rewrite /before -/r; case: (e i) => // a lta; case: (e l) => // b /le_lt_trans; apply.
Qed.
End Places.

(** The floor. Delays are independent, of one law on finitely many values; [None] is a worker that never starts. *)
Section Oblivious.
Variables (R : realFieldType) (J T I : finType) (w : T -> R) (X : T -> option R) (tau kappa time : R).
Hypotheses (w_ge0 : forall t, 0 <= w t) (w_total : \sum_t w t = 1) (tau_gt0 : 0 < tau).
Notation point := {ffun J -> T}.
Notation Pr := (Pr (fun=> w)).

Definition started_by (s : R) t : bool := if X t is Some a then a <= s else false.
(** The distribution function of the delays. *)
Definition F (s : R) : R := \sum_(t | started_by s t) w t.

(** What [e j i] is the end of, after worker [j]'s start, is its first message after it has evaluated [i]. *)
Variable e : J -> I -> option R.
Definition arrived j i t : bool := if e j i is Some a then started_by (time - a) t else false.

Lemma missing_arrived j i : missing (fun=> w) arrived j i = if e j i is Some a then 1 - F (time - a) else 1.
Proof.
rewrite /missing /arrived; case: (e j i) => [a|]; last by under eq_bigr do rewrite mulr1.
apply/eqP; rewrite eq_sym subr_eq -[X in X == _]w_total /F [X in _ == _ + X]big_mkcond -big_split.
apply/eqP/eq_bigr => t _ /=.
by case: (started_by (time - a) t) => /=; rewrite ?mulr0 ?mulr1 ?add0r ?addr0.
Qed.

Lemma F_mono s s' : s <= s' -> F s <= F s'.
Proof.
move=> le; rewrite /F big_mkcond [leRHS]big_mkcond; apply: ler_sum => t _; rewrite /started_by.
by case: (X t) => // a; case: (leP a s) => [/le_trans/(_ le) ->|_] //; case: ifP.
Qed.

Lemma F_le1 s : F s <= 1.
Proof. by rewrite -w_total [leRHS](bigID (started_by s)) /= lerDl sumr_ge0. Qed.

(** 1 - F(t - kappa - (k + 1) tau), places counted from 0. *)
Definition share (k : nat) : R := 1 - F (time - (kappa + tau * k.+1%:R)).

Hypothesis few : forall j r, (#|[set i | before (e j i) (kappa + tau * r.+1%:R)]| <= r)%N.
Hypotheses (I_gt0 : (0 < #|I|)%N) (JI : #|J| = #|I|).

Lemma ranks : exists rank : J -> I -> 'I_#|I|, (forall j, injective (rank j)) /\
  forall j i, share (rank j i) <= missing (fun=> w) arrived j i.
Proof.
have ex j := places (few j); have [rank rankP] := fin_all_exists ex.
exists rank; split=> j; first by case: (rankP j).
move=> i; case: (rankP j) => _ /(_ i); rewrite missing_arrived /before /share; case: (e j i) => [a|_]; last first.
  by rewrite gerBl sumr_ge0.
by rewrite -leNgt => le; rewrite lerD2l lerN2 F_mono // lerD2l lerN2.
Qed.

Lemma share_ge0 k : 0 <= share k.
Proof. by rewrite subr_ge0 F_le1. Qed.

(** No design leaves fewer terms unreported on average, messages of cost kappa (docs/proofs/theory.md, 5.6). *)
Theorem least_unreported_delays :
  (\prod_(k < #|I|) share k) * #|I|%:R <= mean (fun=> w) (fun x : point => #|unreported arrived x|%:R).
Proof.
have [rank [inj late]] := ranks.
exact: (least_unreported (fun=> w_ge0) (fun=> w_total) (fun k : 'I__ => share_ge0 k) inj late I_gt0 JI).
Qed.

(** P^s <= (1 - v)^m for every event in which everything has been reported, every s >= 1 such that at most s places k
    have F(t - kappa - k tau) > 0, and every v with v^m <= prod_k (1 - F(t - kappa - k tau))^W. *)
Section Event.
Variable done : pred point.
Hypothesis all : forall x, done x -> forall i, reported arrived i x.

Lemma floor_event_root s v : (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  0 <= v -> v ^+ #|I| <= (\prod_(k < #|I|) share k) ^+ #|J| -> Pr done ^+ s <= (1 - v) ^+ #|I|.
Proof.
move=> s0 qs v0 vq; have [rank [inj late]] := ranks; have P0 P : 0 <= Pr P by apply: mean_ge0 => // x; rewrite ler0n.
have q0 (k : 'I_#|I|) : 0 <= share k := share_ge0 k.
apply: le_trans (floor_closed_root (fun=> w_ge0) (fun=> w_total) q0 inj late I_gt0 s0 qs v0 vq).
apply: lerXn2r; rewrite ?nnegrE ?P0 //; apply: mean_le => // x; rewrite ler_nat.
by case: (boolP (done x)) => // /all a; rewrite lt0b; apply/forallP.
Qed.

Lemma floor_event s : #|J| = #|I| -> (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  Pr done ^+ s <= (1 - \prod_(k < #|I|) share k) ^+ #|I|.
Proof. by move=> W s0 qs; apply: floor_event_root; rewrite ?W // prodr_ge0 // => k _; apply: share_ge0. Qed.

Lemma floor_nothing : (forall k : 'I_#|I|, share k = 1) -> Pr done = 0.
Proof.
move=> all1; have p1 : \prod_(k < #|I|) share k = 1 by apply: big1 => k _; apply: all1.
have := floor_event_root (s := 1) (v := 1) isT; rewrite expr1 p1 !expr1n subrr.
rewrite expr0n eqn0Ngt I_gt0 /= ler01 lexx => le; apply/eqP; rewrite eq_le mean_ge0 ?andbT //.
apply: le => //; rewrite (_ : [set k | _] = set0) ?cards0 //; apply/setP => k.
by rewrite !inE all1 ltxx.
Qed.
End Event.

(** By [time] the master says [answer x f], which depends on what has been reported only, and which is right if
    [done x], whatever the values of the terms. *)
Variables (V : zmodType) (answer : point -> (I -> V) -> V) (done : pred point).
Hypothesis nontrivial : exists v : V, v != 0.
Hypothesis oblivious :
  forall x (f g : I -> V), (forall i, reported arrived i x -> f i = g i) -> answer x f = answer x g.
Hypothesis right : forall x, done x -> forall f, answer x f = \sum_i f i.

Lemma done_reported x : done x -> forall i, reported arrived i x.
Proof.
move=> dx i; have [v v0] := nontrivial; have [//|none] := boolP (reported arrived i x); case/eqP: v0.
pose f l : V := if l == i then v else 0.
have := @oblivious x f (fun=> 0); rewrite !right // [X in _ = X]big1 // (bigD1 i) //= big1 => [|l /negPf li].
  rewrite addr0 /f eqxx; apply=> l rl; case: eqP => // li.
  by move: none; rewrite -li rl.
by rewrite /f li.
Qed.

Lemma floor_oblivious s : (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  Pr done ^+ s <= (1 - \prod_(k < #|I|) share k) ^+ #|I|.
Proof. exact: floor_event done_reported _ JI. Qed.
End Oblivious.

(** The same from what the workers do.  Worker [j]'s actions are [acts j], the k-th of which, counted from 0, ends
    [finish j k.+1] after its start.  A message says anything that its sender can compute; what the master has seen had
    arrived by [time]. *)
Section Scheme.
Variables (R : realFieldType) (J T I : finType) (w : T -> R) (X : T -> option R) (tau kappa time : R).
Hypotheses (w_ge0 : forall t, 0 <= w t) (w_total : \sum_t w t = 1) (tau_gt0 : 0 < tau) (kappa_ge0 : 0 <= kappa).
Hypothesis I_gt0 : (0 < #|I|)%N.
Notation point := {ffun J -> T}.
Variables (acts : J -> seq (option I)) (finish : J -> nat -> R).
Hypothesis start : forall j, 0 <= finish j 0.
Hypothesis one_by_one : forall j k, (k < size (acts j))%N ->
  finish j k + cost tau kappa (nth None (acts j) k) <= finish j k.+1.

Variables (V : zmodType) (message : Type) (content : J -> nat -> (I -> V) -> message).
(** The message that is worker [j]'s action [p] depends on what it has evaluated before. *)
Hypothesis own : forall j p (f g : I -> V), (forall i, Some i \in take p (acts j) -> f i = g i) ->
  content j p f = content j p g.

Variable seen : point -> J -> nat -> bool.
Hypothesis seen_arrived : forall x j p, seen x j p ->
  [/\ (p < size (acts j))%N, nth None (acts j) p = None & started_by X (time - finish j p.+1) (x j)].
Definition holds x (f : I -> V) j p : option message := if seen x j p then Some (content j p f) else None.

Variable done : pred point.
Hypothesis nontrivial : exists v : V, v != 0.
Hypothesis decodes : forall x, done x ->
  exists dec : (J -> nat -> option message) -> V, forall f h, h =2 holds x f -> dec h = \sum_i f i.

Lemma seen_reported x j p i : seen x j p -> Some i \in take p (acts j) ->
  reported (arrived X time (fun j => report_end (acts j) (finish j))) i x.
Proof.
move=> sp ip; have [ps none early] := seen_arrived sp; apply/existsP; exists j; rewrite /arrived /report_end.
have fp := told_le ps none ip.
rewrite (leq_ltn_trans fp ps); move: early; rewrite /started_by; case: (X (x j)) => // a le.
apply: le_trans le _; rewrite lerD2l lerN2.
exact: (finish_mono tau_gt0 kappa_ge0 (@one_by_one j) (fp : ((told (acts j) i).+1 <= p.+1)%N) ps).
Qed.

(** If the sum is determined, whatever the values of the terms, every term has been reported (docs/proofs/floor.md,
    Lemma 0). *)
Theorem summed_reported x : done x ->
  forall i, reported (arrived X time (fun j => report_end (acts j) (finish j))) i x.
Proof.
move=> /decodes[dec ok] i; have [v v0] := nontrivial; apply: contraNT v0 => none.
pose f l : V := if l == i then v else 0.
have same : holds x f =2 holds x (fun=> 0).
  move=> j p; rewrite /holds; case: (boolP (seen x j p)) => // sp; congr Some; apply: own => l lp.
  rewrite /f; case: eqP => // li; case/negP: none; rewrite -li; exact: seen_reported lp.
have := ok _ _ same; rewrite (ok f _ (fun _ _ => erefl)) [X in _ = X]big1 // (bigD1 i) //= big1 => [|l /negPf li].
  by rewrite /f eqxx addr0 => ->.
by rewrite /f li.
Qed.

Notation share := (share w X tau kappa time).
Notation P := (Pr (fun=> w) done).

Lemma few_of j r : (#|[set i | before (report_end (acts j) (finish j) i) (kappa + tau * r.+1%:R)]| <= r)%N.
Proof. by apply: few_reported => // k; apply: one_by_one. Qed.

(** The closed form for designs: kappa for each message, tau for each evaluation, any contents, any decoder, and what
    has arrived by [time] at most; as many workers as terms (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_scheme s : #|J| = #|I| -> (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  P ^+ s <= (1 - \prod_(k < #|I|) share k) ^+ #|I|.
Proof. exact: (floor_event w_ge0 w_total few_of I_gt0 summed_reported). Qed.

(** For any number W of workers, [v] being at most the root (prod_k (1 - F(t - kappa - k tau)))^(W/m)
    (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_scheme_root s v : (0 < s)%N -> (#|[set k : 'I_#|I| | (share k < 1)%R]| <= s)%N ->
  0 <= v -> v ^+ #|I| <= (\prod_(k < #|I|) share k) ^+ #|J| -> P ^+ s <= (1 - v) ^+ #|I|.
Proof. exact: (floor_event_root w_ge0 w_total few_of I_gt0 summed_reported). Qed.

(** If nothing can be reported, the sum is determined with probability 0 (docs/proofs/floor.md, Theorem 1). *)
Theorem scheme_nothing : (forall k : 'I_#|I|, share k = 1) -> P = 0.
Proof. exact: (floor_nothing w_ge0 w_total few_of I_gt0 summed_reported). Qed.
End Scheme.
