(** Steps (1) and (2) of Theorem 2 (docs/proofs/floor.md, Theorem 2): what a worker has sent by a time is the largest of
    independent switches, so that nested Hölder bounds the probability that everything is reported, for each design.
    No roots: the numbers (1 - z_s)^(1/(s-1)) are replaced by any upper bounds. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner NestedHolder.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Images of independent variables. *)
Lemma mean_image (R : realFieldType) (J T U : finType) (v : J -> U -> R) (w : J -> T -> R) (phi : J -> U -> T)
    (f : {ffun J -> T} -> R) : (forall j t, w j t = \sum_(u | phi j u == t) v j u) ->
  mean v (fun x => f [ffun j => phi j (x j)]) = mean w f.
Proof.
move=> e; rewrite /mean (partition_big (fun x : {ffun J -> U} => [ffun j => phi j (x j)]) xpredT) //=.
apply: eq_bigr => y _; rewrite (eq_bigr (fun x => weight v x * f y)) => [|x /eqP -> //].
rewrite -mulr_suml; congr (_ * _); rewrite /weight (eq_bigr _ (fun j _ => e j (y j))) bigA_distr_big_dep.
apply: eq_bigl => x; apply/eqP/familyP => [<- j|h]; first by rewrite unfold_in /= ffunE.
by apply/ffunP => j; rewrite ffunE; have := h j; rewrite unfold_in => /eqP.
Qed.

(** Independent variables in groups. *)
Lemma mean_curry (R : realFieldType) (J K T : finType) (w : J * K -> T -> R) (f : {ffun J * K -> T} -> R) :
  mean w f = mean (fun j (z : {ffun K -> T}) => \prod_k w (j, k) (z k)) (fun Z => f [ffun p => Z p.1 p.2]).
Proof.
pose c (z : {ffun J * K -> T}) : {ffun J -> {ffun K -> T}} := [ffun j => [ffun k => z (j, k)]].
pose u (Z : {ffun J -> {ffun K -> T}}) : {ffun J * K -> T} := [ffun p => Z p.1 p.2].
have uK : cancel u c by move=> Z; apply/ffunP => j; rewrite ffunE; apply/ffunP => k; rewrite !ffunE.
have cK : cancel c u by move=> z; apply/ffunP => -[j k]; rewrite !ffunE.
rewrite /mean (reindex u) /=; last by exists c => z _; [apply: uK | apply: cK].
apply: eq_bigr => Z _; congr (_ * _); rewrite /weight pair_big /=; apply: eq_bigr => -[j k] _.
by rewrite ffunE.
Qed.

Section Layers.
Variables (R : realFieldType) (W I : finType) (N : nat) (w : W -> 'I_N.+1 -> R) (mess : W -> I -> nat).
Hypotheses (w_ge0 : forall j t, 0 <= w j t) (w_total : forall j, \sum_t w j t = 1).
Implicit Types (j : W) (k : 'I_N) (i : I) (n : nat).

(** Message [n], counted from 0, of worker [j] has not arrived. *)
Definition absent j n : R := \sum_(t : 'I_N.+1 | (t <= n)%N) w j t.
Definition switch_off (p : W * 'I_N) : R := absent p.1 p.2 / absent p.1 p.2.+1.

Lemma absent_ge0 j n : 0 <= absent j n.
Proof. exact: sumr_ge0. Qed.

Lemma absent_mono j n : absent j n <= absent j n.+1.
Proof.
rewrite /absent big_mkcond [leRHS]big_mkcond; apply: ler_sum => t _.
by case: (leqP t n) => [/leqW ->|_] //; case: ifP.
Qed.

Lemma absent_all j : absent j N = 1.
Proof. by rewrite -(w_total j); apply: eq_bigl => t; rewrite -ltnS ltn_ord. Qed.

Lemma switch01 p : 0 <= switch_off p <= 1.
Proof.
rewrite /switch_off divr_ge0 ?absent_ge0 //=; have := absent_ge0 p.1 p.2.+1; rewrite le_eqVlt => /orP[/eqP <-|lt].
  by rewrite invr0 mulr0 ler01.
by rewrite ler_pdivrMr // mul1r absent_mono.
Qed.

Lemma prod_switches j n : (n <= N)%N -> \prod_(k < N | (n <= k)%N) switch_off (j, k) = absent j n.
Proof.
pose f (a : nat) := absent j a / absent j a.+1; rewrite (eq_bigr (fun k : 'I_N => f k)) // => nN.
have -> : \prod_(k < N | (n <= k)%N) f k = \prod_(n <= a < N) f a.
  by rewrite (big_nat_widenl n 0) // big_mkord; apply: eq_bigl => k.
suff step d : forall a, (a + d)%N = N -> \prod_(a <= b < N) f b = absent j a by apply: (step (N - n)%N); rewrite subnKC.
elim: d => [|d IH] a e; first by rewrite addn0 in e; rewrite e big_geq // absent_all.
rewrite big_ltn -?e ?addnS ?ltnS ?leq_addr // -addnS e IH; last by rewrite addSnnS.
rewrite /f; have [z|nz] := eqVneq (absent j a.+1) 0; last by rewrite divfK.
have := absent_mono j a; rewrite z mulr0 => le; apply/esym/eqP.
by rewrite eq_le le absent_ge0.
Qed.

Notation bits := {ffun 'I_N -> bool}.
(** The number of messages that the switches say have arrived. *)
Definition budget (z : bits) : 'I_N.+1 := inord (\max_(k | z k) k.+1).

Lemma budgetE z : budget z = \max_(k | z k) k.+1 :> nat.
Proof. by rewrite inordK // ltnS; apply/bigmax_leqP => k _; apply: ltn_ord. Qed.

Lemma budget_le z n : (budget z <= n)%N = [forall k : 'I_N, z k ==> (k < n)%N].
Proof.
rewrite budgetE; apply/bigmax_leqP/forallP => [h k|h k zk]; first by apply/implyP => /h.
exact: (implyP (h k)).
Qed.

Definition bits_law j (z : bits) : R := \prod_k law switch_off (j, k) (z k).

Lemma bits_at_most j n : (n <= N)%N -> \sum_(z | (budget z <= n)%N) bits_law j z = absent j n.
Proof.
move=> nN; rewrite -prod_switches //.
rewrite (eq_bigl (mem (family (fun k => [pred t | t ==> (k < n)%N])))) => [|z]; last first.
  by rewrite budget_le; apply/forallP/familyP => h k; have := h k; rewrite !inE.
rewrite -(bigA_distr_big_dep (fun (k : 'I_N) t => t ==> (k < n)%N) (fun k t => law switch_off (j, k) t)).
rewrite [RHS]big_mkcond; apply: eq_bigr => k _; rewrite big_mkcond big_bool /= ltnNge.
case: leqP => _ /=; rewrite ?add0r //.
by rewrite subrK.
Qed.

Lemma budget_law j t : w j t = \sum_(z | budget z == t) bits_law j z.
Proof.
have step n : (n <= N)%N -> (\sum_(z | (budget z < n)%N) bits_law j z = \sum_(u : 'I_N.+1 | (u < n)%N) w j u).
  by case: n => [|n] nN; [rewrite !big_pred0 | exact: (bits_at_most j (ltnW nN))].
have tN : (t <= N)%N by rewrite -ltnS.
have := bits_at_most j tN; rewrite /absent (bigID (fun z => budget z == t)) /= [RHS](bigID (pred1 t)) /=.
have le_ne (u : 'I_N.+1) : ((u <= t)%N && (u != t)) = (u < t)%N by rewrite ltn_neqAle andbC.
rewrite [X in _ + X = _](eq_bigl (fun z => (budget z < t)%N)) => [|z]; last exact: le_ne.
rewrite [X in _ = _ + X](eq_bigl (fun u : 'I_N.+1 => (u < t)%N)) => [|u]; last exact: le_ne.
rewrite step // => /addIr; rewrite (eq_bigl (fun z => budget z == t)) => [->|z]; last first.
  by case: eqP => [->|]; rewrite ?leqnn ?andbF.
by rewrite (big_pred1 t) // => u /=; case: eqP => [->|]; rewrite ?leqnn ?andbF.
Qed.

(** Worker [j] reports [i] in its message [mess j i], counted from 0. *)
Definition sent_all (x : {ffun W -> 'I_N.+1}) : bool := [forall i, [exists j, (mess j i < x j)%N]].

Variable stage : W * 'I_N -> nat.
Hypothesis few : forall j k, (#|[set i | (mess j i <= k)%N]| <= stage (j, k))%N.
Notation D := (fun p : W * 'I_N => [set i | (mess p.1 i <= p.2)%N]).

Lemma Pr_layers : Pr w sent_all = Pr (law switch_off) (all_on stage D).
Proof.
rewrite /Pr -(mean_image (fun x => (sent_all x)%:R) budget_law) mean_curry; apply: eq_bigr => Z _.
congr (_ * (nat_of_bool _)%:R); apply: eq_forallb => i; apply/existsP/existsP => [[j]|[[j k]]].
  rewrite ffunE ltnNge budget_le negb_forall => /existsP[k]; rewrite negb_imply -leqNgt => /andP[zk le].
  exists (j, k); rewrite inE ffunE /= le zk /= andbT; apply: leq_trans (few j k); rewrite card_gt0.
  by apply/set0Pn; exists i; rewrite inE.
rewrite inE ffunE /= => /and3P[_ le zk]; exists j; rewrite ffunE ltnNge budget_le negb_forall.
by apply/existsP; exists k; rewrite negb_imply -leqNgt zk.
Qed.

(** Steps (1) and (2) for a design (docs/proofs/floor.md, Theorem 2). *)
Theorem floor_design (y r : nat -> I -> R) B :
  (forall s i, 0 <= y s i) -> (forall s i, 0 <= r s i) ->
  (forall i, 1 - all_off switch_off stage D 1 i <= y 1 i) ->
  (forall s i, y s.+1 i ^+ s.+2 <= r s.+2 i ^+ s.+1) ->
  (forall s i, 1 - all_off switch_off stage D s.+2 i + all_off switch_off stage D s.+2 i * r s.+2 i <= y s.+2 i) ->
  (forall p, (stage p <= B.+1)%N) ->
  Pr w sent_all ^+ B.+1 <= \prod_i y B.+1 i.
Proof.
move=> y0 r0 first power next top; rewrite Pr_layers.
by apply: (nested_holder switch01 _ y0 r0 first power next top) => -[j k]; apply: few.
Qed.
End Layers.
