(** Streaming dominates, and the genie (docs/theory.md, 5.2): no scheme is faster than sending each evaluated term at
    once.  The model is Definition 1's: workers evaluate terms in orders fixed beforehand, messages depend on
    the sender's own evaluations only, recovery is exact for all values of the terms, decoding takes no time. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Streaming.
Variables (R : realDomainType) (terms workers : finType) (V : zmodType).
(** Worker [j]'s [k]-th evaluation, counted from 0, is that of the term [order j k], and ends at [finish j k]. *)
Variables (order : workers -> nat -> terms) (finish : workers -> nat -> R).

(** What worker [j] knows after [k] evaluations, the terms having the values [x]. *)
Definition known (x : terms -> V) (j : workers) (k : nat) : seq V := [seq x (order j i) | i <- iota 0 k].

(** A scheme: its messages, who sends each and after how many evaluations, when it arrives, and what it says; a message
    that is not sent for some values of the terms says so. *)
Record scheme := Scheme {
  message : finType;
  alphabet : Type;
  sender : message -> workers;
  evaluated : message -> nat;
  arrives : message -> R;
  content : message -> seq V -> alphabet;
  causal : forall i k, (k < evaluated i)%N -> finish (sender i) k <= arrives i }.

Definition said (S : scheme) (x : terms -> V) (i : message S) : alphabet S :=
  content i (known x (sender i) (evaluated i)).
(** What the master holds at time [t]: no message, or what it says. *)
Definition held (S : scheme) (t : R) (x : terms -> V) (i : message S) : option (alphabet S) :=
  if arrives i <= t then Some (said x i) else None.
Definition recovers_at (S : scheme) (t : R) : Prop :=
  exists dec : (message S -> option (alphabet S)) -> V,
    forall x h, h =1 held t x -> dec h = \sum_l x l.

(** Recovery asks that every term has been evaluated by a worker whose message on it has arrived (docs/theory.md,
    5.2). *)
Theorem recovery_needs_all S t : (exists v : V, v != 0) -> recovers_at S t ->
  forall l, exists (i : message S) k, [/\ arrives i <= t, (k < evaluated i)%N & order (sender i) k = l].
Proof.
move=> [v v0] [dec ok] l; pose x : terms -> V := fun l' => if l' == l then v else 0.
pose through :=
  [exists i : message S, (arrives i <= t) && (l \in [seq order (sender i) k | k <- iota 0 (evaluated i)])].
have [/existsP[i /andP[it /mapP[k]]]|none] := boolP through.
  by rewrite mem_iota => /andP[_ ke] ->; exists i, k.
have same : held (S := S) t (fun=> 0) =1 held (S := S) t x.
  move=> i; rewrite /held; case: ifP => // it; rewrite /said /known; congr (Some (content i _)).
  apply/eq_in_map => k ke; rewrite /x; case: eqP => // el; case/negP: none.
  by apply/existsP; exists i; rewrite it -el map_f.
have := ok _ _ same; rewrite (ok (fun=> 0) (held t (fun=> 0))) // big1 // (bigD1 l) //= big1 => [|l' /negPf n].
  by rewrite /x eqxx addr0 => e; move: v0; rewrite -e eqxx.
by rewrite /x n.
Qed.
End Streaming.

Section Stream.
Variables (R : realDomainType) (terms workers : finType) (V : zmodType).
Variables (order : workers -> nat -> terms) (finish : workers -> nat -> R) (K : nat).
Hypothesis in_turn : forall j a b, (a <= b)%N -> finish j a <= finish j b.

(** The uncoded stream of the same evaluations: each worker sends each of its first [K] terms as soon as it is there. *)
Lemma stream_causal (i : workers * 'I_K) k : (k < i.2.+1)%N -> finish i.1 k <= finish i.1 i.2.
Proof. by rewrite ltnS; apply: in_turn. Qed.

Definition stream : scheme V finish :=
  @Scheme R workers V finish (workers * 'I_K)%type V (fun i => i.1) (fun i => i.2.+1) (fun i => finish i.1 i.2)
    (fun=> last 0) stream_causal.

Lemma stream_said x (i : message stream) : said order x i = x (order i.1 i.2).
Proof.
suff e (f : nat -> V) k : last 0 [seq f a | a <- iota 0 k.+1] = f k by exact: (e (fun a => x (order i.1 a)) i.2).
by rewrite -addn1 iotaD map_cat last_cat.
Qed.

(** At every time at which some scheme recovers the sum, the uncoded stream of its evaluations does: its latency is at
    most that of the scheme, on every path (docs/theory.md, 5.2). *)
Theorem streaming_dominates (S : scheme V finish) t :
  (exists v : V, v != 0) -> (forall i : message S, (evaluated i <= K)%N) ->
  recovers_at order S t -> recovers_at order stream t.
Proof.
move=> nontrivial eK rec.
exists (fun h =>
  \sum_l if [pick i : message stream | (order i.1 i.2 == l) && (h i != None)] is Some i then odflt 0 (h i) else 0).
move=> x h hx; apply: eq_bigr => l _; case: pickP => [i /andP[/eqP il]|none].
  by rewrite hx /held; case: ifP => // _ _; rewrite -il; apply: stream_said.
have [i [k [it ke ol]]] := recovery_needs_all nontrivial rec l.
have kK := leq_trans ke (eK i); have := none (sender i, Ordinal kK); rewrite /= ol eqxx hx /held.
by rewrite /= (le_trans (causal ke) it).
Qed.

(** The genie: by then as many evaluations have ended as there are terms. With [finish j k] = X_j + (k + 1) tau worker
    [j] has ended the floor of (t - X_j)/tau of them (docs/theory.md, 5.2). *)
Theorem genie (S : scheme V finish) t :
  (exists v : V, v != 0) -> (forall i : message S, (evaluated i <= K)%N) ->
  recovers_at order S t -> (#|terms| <= \sum_j #|[set k : 'I_K | (finish j k <= t)%R]|)%N.
Proof.
move=> nontrivial eK rec; pose done := [set p : workers * 'I_K | finish p.1 p.2 <= t].
have -> : (\sum_j #|[set k : 'I_K | (finish j k <= t)%R]| = #|done|)%N.
  rewrite -sum1_card (eq_bigl (fun p : workers * 'I_K => (finish p.1 p.2 <= t)%R)) => [|p]; last by rewrite inE.
  rewrite -(pair_big_dep xpredT (fun j (k : 'I_K) => (finish j k <= t)%R) (fun _ _ => 1%N)) /=.
  by apply: eq_bigr => j _; rewrite -sum1_card; apply: eq_bigl => k; rewrite inE.
suff sub : [set: terms] \subset [set order p.1 (val p.2) | p in done].
  by rewrite -cardsT (leq_trans (subset_leq_card sub)) ?leq_imset_card.
apply/subsetP => l _.
have [i [k [it ke ol]]] := recovery_needs_all nontrivial rec l.
apply/imsetP; exists (sender i, Ordinal (leq_trans ke (eK i))); rewrite ?inE //=.
exact: le_trans (causal ke) it.
Qed.
End Stream.
