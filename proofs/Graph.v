(** The degree-2 criterion: rows of at most two symbols are the loops and edges of a graph on the symbols. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span SumRecovery.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section DegreeTwo.
Variables (K : fieldType) (m : nat) (rows : seq (seq nat)).
Hypothesis two : forall r, r \in rows -> uniq r /\ (size r <= 2)%N.

Definition adjacent (u v : 'I_m) : bool := has (fun r => (val u \in r) && (val v \in r)) rows.
Definition component (u : 'I_m) : {set 'I_m} := [set v | connect adjacent u v].

(** How many symbols of [A] are in the row [r], in the field. *)
Definition inside (A : {set 'I_m}) (r : seq nat) : K := #|[set v in A | val v \in r]|%:R.

Lemma adjacent_sym : connect_sym adjacent.
Proof. by apply: sym_connect_sym => u v; apply: eq_has => r; rewrite andbC. Qed.

Section Kernel.
Variable x : 'I_m -> K.
Hypothesis orth : forall r, r \in rows -> \sum_(v | val v \in r) x v = 0.

Lemma adjacent_opp u v : adjacent u v -> u != v -> x v = - x u.
Proof.
case/hasP => r rin /andP[ur vr] uv; have [ru r2] := two rin.
have [||_ e] := @uniq_min_size _ [:: val u; val v] r _ _ r2.
- by rewrite /= inE (inj_eq val_inj) uv.
- by move=> w; rewrite !inE => /orP[]/eqP->.
have := orth rin; rewrite (bigD1 u) //= (bigD1 v) /=; last by rewrite vr eq_sym.
rewrite big1 => [|w /andP[/andP[]]]; first by rewrite addr0 => /eqP; rewrite addrC addr_eq0 => /eqP.
by rewrite -e !inE !(inj_eq val_inj) => /orP[]/eqP->; rewrite eqxx.
Qed.

Lemma connected u v : connect adjacent u v -> x v = x u \/ x v = - x u.
Proof.
case/connectP => p; elim: p u => [|w p IH] u /=; first by move=> _ ->; left.
case/andP => uw /IH{}IH /IH; have [->//|ne] := eqVneq u w.
by rewrite (adjacent_opp uw ne) opprK => -[->|->]; [right | left].
Qed.
End Kernel.

(** Rows of at most two symbols recover the sum, over a field of any characteristic, if and only if every component that
    splits into two sides, so that each row has as many symbols on one side as on the other, has sides of the same size
    (all in the field). In characteristic other than 2 such a component is bipartite and has no loop; in characteristic
    2 the sides need not be told apart (docs/proofs/small_cases.md, Results). *)
Theorem degree_two :
  recovers K m rows <->
  forall u (A B : {set 'I_m}), A :|: B = component u -> [disjoint A & B] ->
    (forall r, r \in rows -> inside A r = inside B r) -> #|A|%:R = #|B|%:R :> K.
Proof.
split=> [/recovers_alternative rec u A B _ AB balanced | balanced].
  pose x (v : 'I_m) : K := (v \in A)%:R - (v \in B)%:R.
  have sumx (P : pred 'I_m) : \sum_(v | P v) x v = #|[set v in A | P v]|%:R - #|[set v in B | P v]|%:R.
    rewrite sumrB; congr (_ - _); rewrite -sum1_card natr_sum [LHS]big_mkcond [RHS]big_mkcond /=.
      by apply: eq_bigr => v _; rewrite inE andbC; case: (v \in A); case: (P v).
    by apply: eq_bigr => v _; rewrite inE andbC; case: (v \in B); case: (P v).
  have := rec x; rewrite sumx => z.
  have eqT (S : {set 'I_m}) : [set v in S | true] = S by apply/setP => v; rewrite inE andbT.
  rewrite !eqT in z; apply/eqP; rewrite -subr_eq0; apply/eqP/z => r rin.
  by rewrite sumx -/(inside A r) -/(inside B r) balanced ?subrr.
apply/recovers_alternative => x orth.
rewrite (partition_big (fingraph.root adjacent) xpredT) //=; apply: big1 => u _.
have [v uv | none] := pickP (fun v => fingraph.root adjacent v == u); last by rewrite big_pred0.
have uE w : (fingraph.root adjacent w == u) = (w \in component v).
  by rewrite -(eqP uv) inE (root_connect adjacent_sym) adjacent_sym.
rewrite (eq_bigl _ _ uE) {u uv uE}.
pose A := [set w in component v | x w == x v]; pose B := component v :\: A.
have xA w : w \in A -> x w = x v by rewrite inE => /andP[_ /eqP].
have xB w : w \in B -> x w = - x v.
  by rewrite !inE => /andP[]; case: (boolP (connect adjacent v w)) => //= vw ne _;
  case: (connected orth vw) ne => // ->; rewrite eqxx.
have AB : A :|: B = component v.
  by apply/setP => w; rewrite !inE; case: (connect adjacent v w) (x w == x v) => [] [].
have dAB : [disjoint A & B] by rewrite -setI_eq0; apply/eqP/setP => w; rewrite !inE;
  case: (connect adjacent v w) (x w == x v) => [] [].
have sumAB (P : pred 'I_m) : \sum_(w in component v | P w) x w = x v * (#|[set w in A | P w]|%:R - #|[set w in B | P
  w]|%:R).
  rewrite (eq_bigl (fun w => (w \in [set w in A | P w]) || (w \in [set w in B | P w]))); last first.
    by move=> w; rewrite -AB !inE -andb_orl.
  rewrite bigU /=; last first.
    by apply: disjointWl (disjointWr _ dAB); apply/subsetP => w; rewrite inE => /andP[].
  rewrite (eq_bigr (fun=> x v)) => [|w]; last by rewrite inE => /andP[/xA].
  rewrite [X in _ + X](eq_bigr (fun=> - x v)) => [|w]; last by rewrite inE => /andP[/xB].
  by rewrite !sumr_const mulrBr !mulr_natr mulNrn.
rewrite (eq_bigl (fun w => (w \in component v) && true)) => [|w]; last by rewrite andbT.
rewrite (sumAB xpredT); have [->|xv] := eqVneq (x v) 0; first by rewrite mul0r.
have eqT (S : {set 'I_m}) : [set w in S | true] = S by apply/setP => w; rewrite inE andbT.
rewrite !eqT (balanced v A B AB dAB) ?subrr ?mulr0 // => r rin.
have [w0 /andP[w0v w0r] | none] := pickP (fun w => (w \in component v) && (val w \in r)).
  apply/eqP; rewrite -subr_eq0; have := orth _ rin.
  rewrite (eq_bigl (fun w => (w \in component v) && (val w \in r))) => [|w]; last first.
    case wr: (val w \in r); rewrite ?andbF // andbT; apply/esym; move: w0v; rewrite !inE => w0v.
    by apply: connect_trans w0v (connect1 _); apply/hasP; exists r; rewrite ?w0r.
  by rewrite sumAB => /eqP; rewrite mulf_eq0 (negPf xv).
by rewrite /inside !eq_card0 // => w; rewrite !inE; have := none w; rewrite inE; case: (connect _ _ _);
  case: (val w \in r); rewrite ?andbF.
Qed.
End DegreeTwo.
