(** The hypotheses of [floor_scheme] can be met, and its bound attained (docs/proofs/floor.md, Theorem 1): one term, one
    worker that never starts with the probability 1 - p. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports Floor.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section One.
Variables (R : realFieldType) (p : R).
Hypothesis p01 : 0 <= p <= 1.
Let w (b : bool) : R := if b then p else 1 - p.
Let X (b : bool) : option R := if b then Some 0 else None.
Let acts (_ : unit) : seq (option unit) := [:: Some tt; None].
Let finish (_ : unit) (k : nat) : R := k%:R.
Let content (_ : unit) (k : nat) (f : unit -> int) : int := if k == 1%N then f tt else 0.
Let seen (x : {ffun unit -> bool}) (_ : unit) (k : nat) : bool := (k == 1%N) && x tt.
Let done (x : {ffun unit -> bool}) : bool := x tt.

Lemma share_one k : share w X 1 1 2%:R k = if k == 0%N then 1 - p else 1.
Proof.
have F_ s : F w X s = if 0 <= s then p else 0 by rewrite /F /started_by /X big_mkcond big_bool /= addr0.
rewrite /share F_ mul1r subr_ge0 -(natrD R 1 k.+1) ler_nat add1n !ltnS leqn0.
by case: eqP; rewrite ?subr0.
Qed.

Lemma law_ge0 b : 0 <= w b.
Proof. by case/andP: p01 => p0 p1; case: b; rewrite /w ?subr_ge0. Qed.

Lemma law_total : \sum_b w b = 1.
Proof. by rewrite big_bool /= addrC subrK. Qed.

Lemma one_by_one (j : unit) k : (k < size (acts j))%N ->
  finish j k + cost 1 1 (nth None (acts j) k) <= finish j k.+1.
Proof. by move=> _; rewrite /cost /finish -natr1; case: nth. Qed.

Lemma own (j : unit) k (f g : unit -> int) : (forall i, Some i \in take k (acts j) -> f i = g i) ->
  content j k f = content j k g.
Proof. by case: k => [|[|k]] //= h; rewrite /content /= h. Qed.

Lemma seen_arrived x (j : unit) k : seen x j k ->
  [/\ (k < size (acts j))%N, nth None (acts j) k = None & started_by X (2%:R - finish j k.+1) (x j)].
Proof. by case: j => /andP[/eqP -> xt]; split; rewrite // /started_by xt /X /finish subrr. Qed.

Lemma decodes x : done x -> exists dec : (unit -> nat -> option int) -> int,
  forall f h, h =2 holds content seen x f -> dec h = \sum_i f i.
Proof.
move=> dx; exists (fun h => odflt 0 (h tt 1%N)) => f h ->.
rewrite /holds /seen /= -/(done x) dx /content /= (big_pred1 tt) //; by case.
Qed.

(** What the floor says. *)
Lemma bound : Pr (fun=> w) done <= 1 - (1 - p).
Proof.
have I0 : (0 < #|{: unit}|)%N by rewrite card_unit.
have nt : exists v : int, v != 0 by exists 1.
have := floor_scheme law_ge0 law_total ltr01 ler01 I0 (fun _ => lexx 0 : 0 <= finish tt 0) one_by_one own seen_arrived
  nt decodes erefl (isT : (0 < 1)%N).
rewrite card_unit !expr1 big_ord1 share_one /=; apply.
by rewrite (leq_trans (max_card _)) // card_ord.
Qed.

(** It is attained (docs/proofs/floor.md, Theorem 1). *)
Theorem floor_attained : Pr (fun=> w) done = p.
Proof.
have -> : Pr (fun=> w) done = mean (fun=> w) (fun x : {ffun unit -> bool} => \prod_j (x j)%:R).
  by apply: eq_mean => x; rewrite (big_pred1 tt) //; case.
rewrite (mean_prod (fun=> w) (fun _ b => b%:R)) (big_pred1 tt); last by case.
by rewrite big_bool /= mulr1 mulr0 addr0.
Qed.
End One.
