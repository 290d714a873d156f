(** Nested Hölder inequalities, step (2) of Theorem 2 (docs/proofs/floor.md, Theorem 2), without roots: independent
    switches [x j], each with a stage; no more than [stage j] terms depend on the switch [j]; a term is reported if one
    of its switches is on. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Means over some of the variables. *)
Section Overs.
Variables (R : realFieldType) (J T : finType) (w : J -> T -> R).
Hypotheses (w_ge0 : forall j t, 0 <= w j t) (w_total : forall j, \sum_t w j t = 1).
Notation point := {ffun J -> T}.
Implicit Types (f h : point -> R) (js : seq J) (j : J) (x : point).

Definition overs js f : point -> R := foldl (fun f j => over w j f) f js.

Lemma overs_ge0 js f : (forall x, 0 <= f x) -> forall x, 0 <= overs js f x.
Proof. by elim: js f => //= j js IH f f0; apply: IH; apply: over_ge0. Qed.

Lemma mean_overs js f : mean w (overs js f) = mean w f.
Proof. by elim: js f => //= j js IH f; rewrite IH mean_over. Qed.

Lemma free_overs js f j : free j f \/ j \in js -> free j (overs js f).
Proof.
elim: js f => [|k js IH] f /=; first by case.
rewrite inE => h; apply: IH; case: h => [fr|/orP[/eqP ->|]]; [left|left|by right].
  exact: free_over.
exact: over_free.
Qed.

(** Finner's inequality, given the other variables. *)
Lemma finner_part (I : finType) (D : J -> {set I}) (s : nat) js h (F : I -> point -> R) :
  (0 < s)%N -> (forall j, j \in js -> (#|D j| <= s)%N) -> (forall i j, i \notin D j -> free j (F i)) ->
  (forall x, 0 <= h x) -> (forall i x, 0 <= F i x) -> (forall x, h x ^+ s <= \prod_i F i x) ->
  forall x, overs js h x ^+ s <= \prod_i overs js (F i) x.
Proof.
move=> s0; elim: js h F => [|j js IH] h F Ds dep h0 F0 le //=.
apply: (IH _ (fun i => over w j (F i))) => [k kjs|i k /dep|x|i x|x].
- by apply: Ds; rewrite inE kjs orbT.
- exact: free_over.
- exact: over_ge0.
- by apply: over_ge0.
apply: (@holder R T I (w j) (D j) s (fun t => h (change x j t)) (fun i t => F i (change x j t))) => //.
  by apply: Ds; rewrite inE eqxx.
by move=> i iD t u; rewrite !(dep _ _ iD).
Qed.

Lemma eq_overs js f g : f =1 g -> overs js f =1 overs js g.
Proof. by elim: js f g => //= j js IH f g e; apply: IH => x; apply: eq_bigr => t _; rewrite e. Qed.

Lemma oversB js (c d : R) f x : overs js (fun x => c - d * f x) x = c - d * overs js f x.
Proof.
elim: js f => //= j js IH f; rewrite -IH; apply: eq_overs => z.
have -> : c - d * over w j f z = \sum_t w j t * c - \sum_t d * (w j t * f (change z j t)).
  by rewrite -mulr_suml w_total mul1r -mulr_sumr.
by rewrite -sumrB; apply: eq_bigr => t _; rewrite mulrBr mulrCA.
Qed.

Lemma overs_prod js (g : J -> T -> R) x : overs js (fun x => \prod_j g j (x j)) x =
  \prod_j (if j \in js then \sum_t w j t * g j t else g j (x j)).
Proof.
elim: js g => [|k js IH] g //=.
pose g' j t := if j == k then \sum_t w j t * g j t else g j t.
have e z : over w k (fun x => \prod_j g j (x j)) z = \prod_j g' j (z j).
  rewrite (bigD1 k) //= {1}/g' eqxx mulr_suml; apply: eq_bigr => t _.
  rewrite (bigD1 k) //= change_at mulrA; congr (_ * _); apply: eq_bigr => j jk.
  by rewrite /g' (negPf jk) ffunE (negPf jk).
rewrite (eq_overs js e) IH; apply: eq_bigr => j _; rewrite inE /g'; have [->|//] := eqVneq j k.
by rewrite -mulr_suml w_total mul1r if_same.
Qed.
End Overs.

Section Nested.
Variables (R : realFieldType) (J I : finType) (off : J -> R) (stage : J -> nat) (D : J -> {set I}).
Hypotheses (off01 : forall j, 0 <= off j <= 1) (few : forall j, (#|D j| <= stage j)%N).
Notation point := {ffun J -> bool}.
Implicit Types (i : I) (j : J) (s : nat) (x : point).

Definition law j (t : bool) : R := if t then 1 - off j else off j.
Notation Pr := (Pr law).
Notation mean := (mean law).

Lemma law_ge0 j t : 0 <= law j t.
Proof. by case/andP: (off01 j) => o0 o1; case: t; rewrite /= ?subr_ge0. Qed.

Lemma law_total j : \sum_t law j t = 1.
Proof. by rewrite big_bool /= subrK. Qed.

(** Reported by a switch of a stage above [s]. *)
Definition on s i x : bool := [exists j, [&& (s < stage j)%N, i \in D j & x j]].
(** All switches of stage [s] that matter for [i] are off: u_{i,s}. *)
Definition all_off s i : R := \prod_(j | (stage j == s) && (i \in D j)) off j.

Lemma prod_off01 s i : 0 <= all_off s i <= 1.
Proof.
rewrite /all_off prodr_ge0 /= => [|j _]; last by case/andP: (off01 j).
apply: le_trans (_ : \prod_(j | (stage j == s) && (i \in D j)) (1 : R) <= _); last by rewrite big1.
by apply: ler_prod => j _; apply: off01.
Qed.

(** Numbers y_{i,s} in place of 1 - z_{i,s}, and r_{i,s} in place of y_{i,s-1}^(s/(s-1)). *)
Variables (y r : nat -> I -> R).
Hypothesis y_ge0 : forall s i, 0 <= y s i.
Hypothesis r_ge0 : forall s i, 0 <= r s i.
Hypothesis y_first : forall i, 1 - all_off 1 i <= y 1 i.
Hypothesis r_power : forall s i, y s.+1 i ^+ s.+2 <= r s.+2 i ^+ s.+1.
Hypothesis y_next : forall s i, 1 - all_off s.+2 i + all_off s.+2 i * r s.+2 i <= y s.+2 i.

Notation stage_is s := (enum [pred j | stage j == s]).

Lemma on_free s i j : i \notin D j -> forall x t, on s i (change x j t) = on s i x.
Proof.
move=> iD x t; apply: eq_existsb => k; rewrite ffunE; case: eqP => // ->.
by rewrite (negPf iD) !andbF.
Qed.

Lemma on_prod s i x : (~~ on s i x)%:R = \prod_j (if (s < stage j)%N && (i \in D j) then (~~ x j)%:R else 1) :> R.
Proof.
rewrite /on; case: existsP => [[j /and3P[sj ij xj]]|none] /=.
  by rewrite (bigD1 j) //= sj ij xj mul0r.
rewrite big1 // => j _; case: ifP => // /andP[sj ij]; case: (boolP (x j)) => // xj.
by case: none; exists j; rewrite sj ij xj.
Qed.

(** The switches of one stage integrated. *)
Lemma overs_on s i (c : R) x : overs law (stage_is s.+1) (fun x => if on s i x then 1 else c) x =
  if on s.+1 i x then 1 else 1 - all_off s.+1 i + all_off s.+1 i * c.
Proof.
pose g j (t : bool) : R := if (s < stage j)%N && (i \in D j) then (~~ t)%:R else 1.
have e z : (if on s i z then 1 else c) = 1 - (1 - c) * \prod_j g j (z j).
  by rewrite -(on_prod s i z); case: on; rewrite ?mulr0 ?subr0 // mulr1 subKr.
rewrite (eq_overs law _ e) (oversB law_total) (overs_prod law_total).
have -> : \prod_j (if j \in stage_is s.+1 then \sum_t law j t * g j t else g j (x j)) =
    all_off s.+1 i * (~~ on s.+1 i x)%:R.
  rewrite on_prod /all_off [X in X * _]big_mkcond -big_split; apply: eq_bigr => j _.
  rewrite mem_enum inE /g; have [->|ne] := eqVneq (stage j) s.+1.
    rewrite ltnSn ltnn /= big_bool /=; case: ifP => _; rewrite ?mulr1 ?mulr0 ?add0r //.
    by rewrite subrK.
  by rewrite [in RHS]ltn_neqAle eq_sym ne /= mul1r.
case: on => /=; first by rewrite !mulr0 subr0.
by rewrite mulr1 mulrBl mul1r opprB addrCA addrC [c * _]mulrC.
Qed.

Definition all_on x : bool := [forall i, on 0 i x].
Fixpoint given s : point -> R := if s is s'.+1 then overs law (stage_is s'.+1) (given s') else fun x => (all_on x)%:R.

Lemma given_ge0 s x : 0 <= given s x.
Proof. by elim: s x => [|s IH] x /=; [rewrite ler0n | apply: overs_ge0 => //; apply: law_ge0]. Qed.

Lemma mean_given s : mean (given s) = Pr all_on.
Proof. by elim: s => //= s <-; rewrite (mean_overs law_total). Qed.

(** The claim of step (2). *)
Lemma given_le s x : given s.+1 x ^+ s.+1 <= \prod_i (if on s.+1 i x then 1 else y s.+1 i).
Proof.
elim: s x => [|s IH] x /=.
  have := @finner_part R J bool law law_ge0 law_total I D 1 (stage_is 1) (fun x => (all_on x)%:R)
    (fun i x => if on 0 i x then 1 else 0) isT.
  move=> /(_ _ _ _ _ _ x) f; apply: le_trans (f _ _ _ _ _) _ => {f} [j|i j iD z t|z|i z|z|].
  - by rewrite mem_enum inE => /eqP e; have := few j; rewrite e.
  - by rewrite on_free.
  - by rewrite ler0n.
  - by case: on; rewrite ?ler01.
  - rewrite expr1 /all_on; case: forallP => [all|_]; last by apply: prodr_ge0 => i _; case: on; rewrite ?ler01.
    by rewrite big1 // => i _; rewrite all.
  apply: ler_prod => i _; rewrite overs_on; case: on; rewrite ?ler01 ?lexx //= mulr0 addr0 y_first andbT.
  by rewrite subr_ge0; case/andP: (prod_off01 1 i).
have := @finner_part R J bool law law_ge0 law_total I D s.+2 (stage_is s.+2) (given s.+1)
  (fun i x => if on s.+1 i x then 1 else r s.+2 i) isT.
move=> /(_ _ _ _ _ _ x) f; apply: le_trans (f _ _ _ _ _) _ => {f} [j|i j iD z t|z|i z|z|].
- by rewrite mem_enum inE => /eqP e; have := few j; rewrite e.
- by rewrite on_free.
- exact: given_ge0.
- by case: on; rewrite ?ler01.
- have p0 : 0 <= \prod_i (if on s.+1 i z then 1 else r s.+2 i) by apply: prodr_ge0 => i _; case: on; rewrite ?ler01.
  have g0 : 0 <= given s.+1 z ^+ s.+2 by rewrite exprn_ge0 // given_ge0.
  rewrite -(ler_pXn2r (ltn0Sn s) (g0 : _ \in Num.nneg) (p0 : _ \in Num.nneg)) exprAC.
  apply: le_trans (_ : (\prod_i (if on s.+1 i z then 1 else y s.+1 i)) ^+ s.+2 <= _).
    by rewrite lerXn2r ?nnegrE ?exprn_ge0 ?given_ge0 ?prodr_ge0 ?IH // => i _; case: on; rewrite ?ler01.
  rewrite -!prodrXl; apply: ler_prod => i _; case: on; rewrite ?expr1n ?ler01 ?lexx //.
  by rewrite exprn_ge0 //= r_power.
apply: ler_prod => i _; rewrite overs_on; case: on; rewrite ?ler01 ?lexx //= y_next andbT.
have o01 := prod_off01 s.+2 i; case/andP: o01 => o0 o1.
by rewrite addr_ge0 ?subr_ge0 ?mulr_ge0.
Qed.

(** Step (2): P(everything is reported)^B <= prod_i y_{i,B} (docs/proofs/floor.md, Theorem 2). *)
Theorem nested_holder B : (forall j, (stage j <= B.+1)%N) -> Pr all_on ^+ B.+1 <= \prod_i y B.+1 i.
Proof.
move=> top; rewrite -(mean_given B.+1).
have := @finner_root R J bool law law_ge0 law_total 'I_1 (fun=> set0) B.+1 (given B.+1)
  (fun _ _ => \prod_i y B.+1 i) isT.
move=> /(_ _ _ _ _ _) f; apply: le_trans (f _ _ _ _ _) _ => {f} [j|i j _ x t|x|i x|x|] //.
- by rewrite cards0.
- exact: given_ge0.
- exact: prodr_ge0.
- rewrite big_ord1; apply: le_trans (given_le B x) _; rewrite le_eqVlt; apply/orP; left; apply/eqP/eq_bigr => i _.
  rewrite ifN //; apply/existsPn => j; apply/negP => /andP[lt _].
  by have := leq_trans lt (top j); rewrite ltnn.
by rewrite big_ord1 mean_const //; apply: law_total.
Qed.
End Nested.
