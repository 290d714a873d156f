(** Laws of the baselines: one worker that evaluates all terms, uncoded, repetition (docs/proofs/theory.md, 5.1), for
    laws on finitely many values. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Baselines.
Variables (R : realFieldType) (J T : finType) (w : J -> T -> R).
Hypothesis w_total : forall j, \sum_t w j t = 1.
Notation point := {ffun J -> T}.
Implicit Types (x : point) (j : J).

(** The probability that worker [j]'s delay allows its message by now. *)
Definition arrived (A : pred T) j : R := \sum_(t | A t) w j t.

Lemma arrivedE (A : pred T) j : \sum_t w j t * (A t)%:R = arrived A j.
Proof. by rewrite /arrived [RHS]big_mkcond; apply: eq_bigr => t _; case: (A t); rewrite ?mulr1 ?mulr0. Qed.

Lemma not_arrived (A : pred T) j : \sum_t w j t * (~~ A t)%:R = 1 - arrived A j.
Proof.
apply/eqP; rewrite eq_sym subr_eq -[X in X == _](w_total j) -arrivedE -big_split; apply/eqP/eq_bigr => t _ /=.
by case: (A t); rewrite ?mulr1 ?mulr0 ?addr0 ?add0r.
Qed.

(** Each worker sends its own term, and all are needed (docs/proofs/theory.md, 5.1). *)
Theorem uncoded_law (A : J -> pred T) : Pr w (fun x => [forall j, A j (x j)]) = \prod_j arrived (A j) j.
Proof.
rewrite -(eq_bigr _ (fun j _ => arrivedE (A j) j)) -mean_prod; apply: eq_mean => x.
have [/forallP all|/forallPn[j /negPf n]] := boolP [forall j, A j (x j)].
  by rewrite big1 // => j _; rewrite all.
by rewrite (bigD1 j) //= n mul0r.
Qed.

(** Worker [j] holds the part [part j]: one of the holders of every part is needed (docs/proofs/theory.md, 5.1). *)
Theorem repetition_law (C : finType) (part : J -> C) (A : C -> pred T) :
  Pr w (fun x => [forall c, [exists j, (part j == c) && A c (x j)]]) =
  \prod_c (1 - \prod_(j | part j == c) (1 - arrived (A c) j)).
Proof.
pose q c j t : R := if part j == c then (~~ A c t)%:R else 1.
have pt x : ([forall c, [exists j, (part j == c) && A c (x j)]])%:R = \prod_c (1 + - \prod_j q c j (x j)) :> R.
  have one (c : C) : (1 + - \prod_j q c j (x j) : R) = ([exists j, (part j == c) && A c (x j)])%:R :> R.
    case: existsP => [[j /andP[pj a]]|none] /=.
      by rewrite (bigD1 j) //= {1}/q pj a mul0r subr0.
    rewrite big1 ?subrr // => j _; rewrite /q; case: eqP => // pj; case: (boolP (A c (x j))) => // a.
    by case: none; exists j; rewrite pj eqxx a.
  rewrite (eq_bigr _ (fun c _ => one c)).
  have [/forallP all|/forallPn[c /negPf n]] := boolP [forall c, [exists j, (part j == c) && A c (x j)]].
    by rewrite big1 // => c _; rewrite all.
  by rewrite (bigD1 c) //= n mul0r.
have expand x : \prod_c (1 + - \prod_j q c j (x j)) =
    \sum_(D : {set C}) \prod_c (if c \in D then 1 else - \prod_j q c j (x j)) by rewrite bigA_distr.
have rhs : \prod_c (1 - \prod_(j | part j == c) (1 - arrived (A c) j)) =
    \sum_(D : {set C}) \prod_c (if c \in D then 1 else - \prod_(j | part j == c) (1 - arrived (A c) j)).
  by rewrite bigA_distr.
rewrite rhs /Pr (eq_mean w pt) (eq_mean w expand) mean_sum; apply: eq_bigr => D _.
pose sg : R := \prod_c (if c \in D then 1 else -1).
have split_ (h : C -> J -> R) : (forall c j, part j != c -> h c j = 1) ->
    \prod_c (if c \in D then 1 else - \prod_j h c j) = sg * \prod_j (if part j \in D then 1 else h (part j) j).
  move=> h1; rewrite /sg -(eq_bigr _ (fun c _ => erefl)).
  rewrite (partition_big part xpredT) //= -big_split; apply: eq_bigr => c _ /=; case: ifP => cD.
    by rewrite mul1r big1 // => j /eqP ->; rewrite cD.
  rewrite mulN1r; congr (- _); rewrite (bigID (fun j => part j == c)) /= [X in _ * X]big1 ?mulr1 => [|j /h1 //].
  by apply: eq_bigr => j /eqP pj; rewrite pj cD.
have lhs x : \prod_c (if c \in D then 1 else - \prod_j q c j (x j)) =
    sg * \prod_j (if part j \in D then 1 else q (part j) j (x j)).
  by rewrite (split_ (fun c j => q c j (x j))) // => c j /negPf n; rewrite /q n.
rewrite (eq_mean w lhs) /mean (eq_bigr (fun x => sg * (weight w x *
    \prod_j (if part j \in D then 1 else q (part j) j (x j))))) => [|x _]; last exact: mulrCA.
rewrite -mulr_sumr -/(mean w _) (mean_prod w (fun j t => if part j \in D then 1 else q (part j) j t)).
rewrite [RHS](eq_bigr (fun c => if c \in D then 1 else
    - \prod_j (if part j == c then 1 - arrived (A c) j else 1))) => [|c _]; last by rewrite big_mkcond.
rewrite (split_ (fun c j => if part j == c then 1 - arrived (A c) j else 1)) => [|c j /negPf -> //].
congr (_ * _); apply: eq_bigr => j _; rewrite eqxx /q eqxx; case: ifP => _.
  by under eq_bigr do rewrite mulr1.
exact: not_arrived.
Qed.
End Baselines.
