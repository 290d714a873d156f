(** Finner's inequality over an ordered field, without roots (docs/proofs/floor.md, Lemma 2).

    Functions [F i] of independent variables, each variable mattering for at most [s] of them, and [h] with
    h^s <= prod_i F_i at every point: (E h)^s <= prod_i E F_i.  With h = prod_i f_i and F_i = f_i^s this is
    (E prod f_i)^s <= prod E (f_i^s). *)
From SRTheory Require Import MathComp.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Means.
Variable R : realFieldType.

(** The inequality of the means for at most [s] numbers, filled up with ones. *)
Lemma AGM_filled (I : finType) (D : {set I}) (s : nat) (y : I -> R) :
  (0 < s)%N -> (#|D| <= s)%N -> (forall i, 0 <= y i) ->
  \prod_(i in D) y i <= ((\sum_(i in D) y i + (s - #|D|)%:R) / s%:R) ^+ s.
Proof.
move=> s0 Ds y0; set k := (s - #|D|)%N.
pose z (u : I + 'I_k) : R := if u is inl i then y i else 1.
pose A : {pred I + 'I_k} := fun u => if u is inl i then i \in D else true.
have cA : #|A| = s.
  by rewrite -sum1_card big_sumType /= sum1_card sum1_card card_ord subnKC.
have z0 : {in A, forall u, 0 <= z u} by move=> [i|u] _; rewrite /z ?ler01.
have := (leif_AGM z0).1; rewrite cA !big_sumType /=.
by rewrite [X in _ * X]big1 // mulr1 [X in _ + X]sumr_const card_ord.
Qed.

(** Hölder's inequality for one variable. *)
Lemma holder (T I : finType) (w : T -> R) (D : {set I}) (s : nat) (h : T -> R) (F : I -> T -> R) :
  (0 < s)%N -> (#|D| <= s)%N -> (forall t, 0 <= w t) -> \sum_t w t = 1 ->
  (forall t, 0 <= h t) -> (forall i t, 0 <= F i t) -> (forall i, i \notin D -> forall t u, F i t = F i u) ->
  (forall t, h t ^+ s <= \prod_i F i t) ->
  (\sum_t w t * h t) ^+ s <= \prod_i \sum_t w t * F i t.
Proof.
move=> s0 Ds w0 total h0 F0 cst le; set r := \sum_t _; pose M i := \sum_t w t * F i t.
have r0 : 0 <= r by apply: sumr_ge0 => t _; rewrite mulr_ge0.
have M0 i : 0 <= M i by apply: sumr_ge0 => t _; rewrite mulr_ge0.
have FM i t : i \notin D -> F i t = M i.
  by move=> iD; rewrite /M (eq_bigr (fun u => w u * F i t)) -?mulr_suml ?total ?mul1r // => u _; rewrite (cst i iD t u).
have [/forallP Mp|/forallPn[i]] := boolP [forall i, 0 < M i]; last first.
  rewrite lt_neqAle M0 andbT negbK => /eqP Mi.
  suff -> : r = 0 by rewrite expr0n eqn0Ngt s0; apply: prodr_ge0 => i0 _; apply: M0.
  rewrite /r big1 // => t _; have /eqP := Mi; rewrite eq_sym psumr_eq0 => [/allP/(_ t)|u _]; last exact: mulr_ge0.
  rewrite mem_index_enum mulf_eq0 => /(_ isT)/implyP/(_ isT)/orP[/eqP ->|/eqP z]; first by rewrite mul0r.
  have := le t; rewrite (bigD1 i) //= z mul0r => l0.
  have : h t ^+ s == 0 by rewrite eq_le l0 exprn_ge0.
  by rewrite expf_eq0 s0 => /eqP ->; rewrite mulr0.
rewrite leNgt; apply/negP => lt; pose K := \prod_i M i.
pose a t := (\sum_(i in D) F i t / M i + (s - #|D|)%:R) / s%:R.
have s1 : (s%:R : R) != 0 by rewrite pnatr_eq0 -lt0n.
have y0 t i : 0 <= F i t / M i by rewrite mulr_ge0 ?invr_ge0.
have a0 t : 0 <= a t by rewrite mulr_ge0 ?invr_ge0 ?ler0n // addr_ge0 ?ler0n // sumr_ge0.
have hK t : h t ^+ s <= K * a t ^+ s.
  apply: le_trans (le t) _; rewrite (bigID (mem D)) /= /K [X in _ <= X * _](bigID (mem D)) /=.
  rewrite (eq_bigr (fun i => M i) (P := fun i => i \notin D)) => [|i iD]; last exact: FM.
  rewrite [X in _ <= X]mulrAC ler_wpM2r ?prodr_ge0 //.
  have -> : \prod_(i in D) F i t = (\prod_(i in D) M i) * \prod_(i in D) (F i t / M i).
    by rewrite -big_split; apply: eq_bigr => i _; rewrite /= mulrCA divff ?mulr1 // gt_eqF.
  by rewrite ler_wpM2l ?prodr_ge0 //; apply: AGM_filled.
have mean_a : \sum_t w t * a t = 1.
  rewrite (eq_bigr (fun t => (\sum_(i in D) w t * F i t / M i + w t * (s - #|D|)%:R) / s%:R)) => [|t _]; last first.
    by rewrite /a mulrA mulrDr mulr_sumr; congr ((_ + _) / _); apply: eq_bigr => i _; rewrite mulrA.
  rewrite -mulr_suml big_split /= -mulr_suml total mul1r exchange_big /=.
  rewrite (eq_bigr (fun=> 1)) => [|i _]; last by rewrite -mulr_suml -/(M i) divff // gt_eqF.
  by rewrite sumr_const -natrD subnKC // divff.
have K0 : 0 <= K by apply: prodr_ge0.
have ra t : h t <= r * a t.
  have ra0 : 0 <= r * a t by rewrite mulr_ge0.
  rewrite -(ler_pXn2r s0 (h0 t : h t \in Num.nneg) (ra0 : r * a t \in Num.nneg)) exprMn; apply: le_trans (hK t) _.
  by rewrite ler_wpM2r ?exprn_ge0 // ltW.
have : \sum_t w t * (r * a t - h t) == 0.
  rewrite (eq_bigr (fun t => r * (w t * a t) - w t * h t)) => [|t _]; last by rewrite mulrBr mulrCA.
  by rewrite sumrB -mulr_sumr mean_a mulr1 subrr.
rewrite psumr_eq0 => [/allP z|t _]; last by rewrite mulr_ge0 // subr_ge0.
suff : (1 : R) == 0 by rewrite oner_eq0.
rewrite -mean_a big1 // => t _; have := z t; rewrite mem_index_enum => /(_ isT)/implyP/(_ isT).
rewrite mulf_eq0 => /orP[/eqP ->|]; first by rewrite mul0r.
rewrite subr_eq0 => /eqP e; have := hK t; rewrite -e exprMn.
have [->|an] := eqVneq (a t) 0; first by rewrite mulr0.
by rewrite ler_pM2r ?exprn_gt0 ?lt_def ?an ?a0 // leNgt lt.
Qed.
End Means.

(** Independent variables [x j] with the laws [w j], on finitely many values. *)
Section Independent.
Variables (R : realFieldType) (J T : finType) (w : J -> T -> R).
Hypotheses (w_ge0 : forall j t, 0 <= w j t) (w_total : forall j, \sum_t w j t = 1).
Notation point := {ffun J -> T}.
Implicit Types (x y : point) (f g h : point -> R) (j k : J) (t : T).

Definition weight x : R := \prod_j w j (x j).
Definition mean f : R := \sum_x weight x * f x.
Definition change x j t : point := [ffun k => if k == j then t else x k].
(** [f] does not depend on the variable [j]. *)
Definition free j f : Prop := forall x t, f (change x j t) = f x.
(** The mean over the variable [j] alone. *)
Definition over j f x : R := \sum_t w j t * f (change x j t).

Lemma weight_ge0 x : 0 <= weight x.
Proof. by apply: prodr_ge0. Qed.

Lemma mean_prod (g : J -> T -> R) : mean (fun x => \prod_j g j (x j)) = \prod_j \sum_t w j t * g j t.
Proof. by rewrite bigA_distr_bigA; apply: eq_bigr => x _; rewrite /weight -big_split. Qed.

Lemma weight_total : \sum_x weight x = 1.
Proof.
by rewrite /weight -(bigA_distr_bigA w) (eq_bigr (fun=> 1)) ?prodr_const ?expr1n // => j _; apply: w_total.
Qed.

Lemma eq_mean f g : f =1 g -> mean f = mean g.
Proof. by move=> e; apply: eq_bigr => x _; rewrite e. Qed.

Lemma mean_const c : mean (fun=> c) = c.
Proof. by rewrite /mean -mulr_suml weight_total mul1r. Qed.

Lemma mean_sum (I : finType) (A : pred I) (g : I -> point -> R) :
  mean (fun x => \sum_(i | A i) g i x) = \sum_(i | A i) mean (g i).
Proof. by rewrite /mean exchange_big /=; apply: eq_bigr => x _; rewrite mulr_sumr. Qed.

Lemma mean_le f g : (forall x, f x <= g x) -> mean f <= mean g.
Proof. by move=> le; apply: ler_sum => x _; rewrite ler_wpM2l // weight_ge0. Qed.

Lemma mean_ge0 f : (forall x, 0 <= f x) -> 0 <= mean f.
Proof. by move=> f0; apply: sumr_ge0 => x _; rewrite mulr_ge0 // weight_ge0. Qed.

Lemma meanB f g : mean (fun x => f x - g x) = mean f - mean g.
Proof. by rewrite /mean -sumrB; apply: eq_bigr => x _; rewrite mulrBr. Qed.

Lemma changeK x j t : change (change x j t) j (x j) = x.
Proof. by apply/ffunP => k; rewrite !ffunE; case: eqP => [->|]. Qed.

Lemma change_change x j t u : change (change x j t) j u = change x j u.
Proof. by apply/ffunP => k; rewrite !ffunE; case: eqP. Qed.

Lemma changeC x j k t u : j != k -> change (change x j t) k u = change (change x k u) j t.
Proof.
move=> jk; apply/ffunP => i; rewrite !ffunE; have [->|//] := eqVneq i k.
by rewrite eq_sym (negPf jk).
Qed.

Lemma change_at x j t : change x j t j = t.
Proof. by rewrite ffunE eqxx. Qed.

Lemma weight_change x j t : weight x * w j t = weight (change x j t) * w j (x j).
Proof.
rewrite /weight (bigD1 j) //= [in RHS](bigD1 j) //= change_at mulrAC [RHS]mulrAC [w j t * _]mulrC; congr (_ * _).
by apply: eq_bigr => k kj; rewrite ffunE (negPf kj).
Qed.

Lemma mean_over j f : mean (over j f) = mean f.
Proof.
rewrite /mean (eq_bigr (fun x => \sum_t weight x * w j t * f (change x j t))) => [|x _]; last first.
  by rewrite mulr_sumr; apply: eq_bigr => t _; rewrite mulrA.
pose flip (p : point * T) := (change p.1 j p.2, p.1 j).
have inv : involutive flip by move=> [x t]; rewrite /flip /= changeK change_at.
rewrite pair_big /= (reindex_inj (inv_inj inv)) /=.
rewrite -(pair_big xpredT xpredT (fun x t => weight (change x j t) * w j (x j) * f (change (change x j t) j (x j)))) /=.
apply: eq_bigr => x _; rewrite (eq_bigr (fun t => weight x * f x * w j t)) => [|t _].
  by rewrite -mulr_sumr w_total mulr1.
by rewrite changeK -weight_change mulrAC.
Qed.

Lemma over_free j f : free j (over j f).
Proof. by move=> x t; apply: eq_bigr => u _; rewrite change_change. Qed.

Lemma free_over j k f : free k f -> free k (over j f).
Proof.
move=> fk x t; have [<-|jk] := eqVneq j k; first exact: over_free.
by apply: eq_bigr => u _; rewrite -changeC // fk.
Qed.

Lemma over_ge0 j f : (forall x, 0 <= f x) -> forall x, 0 <= over j f x.
Proof. by move=> f0 x; apply: sumr_ge0 => t _; rewrite mulr_ge0. Qed.

Lemma free_const f : (forall j, free j f) -> forall x y, f x = f y.
Proof.
move=> fr x y; pose z s := foldr (fun j v => change v j (y j)) x s.
have -> : y = z (enum J).
  apply/ffunP => k; have : k \in enum J by rewrite mem_enum.
  elim: (enum J) => //= j s IH; rewrite inE ffunE; case: eqP => [->//|_] /=.
  exact: IH.
by elim: (enum J) => //= j s IH; rewrite fr.
Qed.

Lemma free_mean f x : (forall j, free j f) -> f x = mean f.
Proof.
by move=> fr; rewrite -[LHS]mean_const; apply: eq_mean => y; apply: free_const.
Qed.

(** Finner's inequality, for [h] in place of the s-th root of prod_i F_i (docs/proofs/floor.md, Lemma 2). *)
Theorem finner_root (I : finType) (D : J -> {set I}) (s : nat) (h : point -> R) (F : I -> point -> R) :
  (0 < s)%N -> (forall j, #|D j| <= s)%N -> (forall i j, i \notin D j -> free j (F i)) ->
  (forall x, 0 <= h x) -> (forall i x, 0 <= F i x) -> (forall x, h x ^+ s <= \prod_i F i x) ->
  mean h ^+ s <= \prod_i mean (F i).
Proof.
move=> s0 Ds.
suff ind (js : seq J) h' (F' : I -> point -> R) :
    (forall j, j \notin js -> free j h' /\ forall i, free j (F' i)) ->
    (forall i j, i \notin D j -> free j (F' i)) ->
    (forall x, 0 <= h' x) -> (forall i x, 0 <= F' i x) -> (forall x, h' x ^+ s <= \prod_i F' i x) ->
    mean h' ^+ s <= \prod_i mean (F' i).
  by apply: (ind (enum J)) => j; rewrite mem_enum.
elim: js h' F' => [|j js IH] h' F' fr dep h0 F0 le.
  have [x _|none] := pickP (fun _ : point => true).
    rewrite -(free_mean x) => [|j]; last by case: (fr j isT).
    rewrite (eq_bigr (fun i => F' i x)) => [|i _]; first exact: le.
    by rewrite -(free_mean x) // => j; case: (fr j isT).
  by have := weight_total; rewrite big_pred0 // => /esym/eqP; rewrite oner_eq0.
rewrite -(mean_over j h'); under eq_bigr => i _ do rewrite -(mean_over j (F' i)).
apply: IH => [k kjs|i k /dep|x|i x|x].
- have [->|kj] := eqVneq k j; first by split=> [|i]; apply: over_free.
  have [|fh fF] := fr k; first by rewrite inE negb_or kj.
  by split=> [|i]; apply: free_over.
- exact: free_over.
- exact: over_ge0.
- by apply: over_ge0.
apply: (@holder R T I (w j) (D j) s (fun t => h' (change x j t)) (fun i t => F' i (change x j t))) => // i iD t u.
by rewrite !(dep _ _ iD).
Qed.

(** Finner's inequality: nonnegative functions of independent variables, each variable in at most [s] of them
    (docs/proofs/floor.md, Lemma 2). *)
Theorem finner (I : finType) (D : J -> {set I}) (s : nat) (f : I -> point -> R) :
  (0 < s)%N -> (forall j, #|D j| <= s)%N -> (forall i j, i \notin D j -> free j (f i)) ->
  (forall i x, 0 <= f i x) ->
  mean (fun x => \prod_i f i x) ^+ s <= \prod_i mean (fun x => f i x ^+ s).
Proof.
move=> s0 Ds dep f0; apply: (@finner_root I D s _ (fun i x => f i x ^+ s)) => // [i j iD x t|x|i x|x].
- by rewrite (dep i j iD).
- exact: prodr_ge0.
- exact: exprn_ge0.
by rewrite prodrXl.
Qed.

Definition Pr (A : pred point) : R := mean (fun x => (A x)%:R).

(** The same for events (docs/proofs/floor.md, Lemma 2). *)
Corollary finner_events (I : finType) (D : J -> {set I}) (s : nat) (A : I -> pred point) :
  (0 < s)%N -> (forall j, #|D j| <= s)%N ->
  (forall i j, i \notin D j -> forall x t, A i (change x j t) = A i x) ->
  Pr (fun x => [forall i, A i x]) ^+ s <= \prod_i Pr (A i).
Proof.
move=> s0 Ds dep.
have -> : Pr (fun x => [forall i, A i x]) = mean (fun x => \prod_i (A i x)%:R).
  apply: eq_mean => x; case: (boolP [forall i, A i x]) => [/forallP a|/forallPn[i /negPf a]].
    by rewrite big1 // => i _; rewrite a.
  by rewrite (bigD1 i) //= a mul0r.
have -> : \prod_i Pr (A i) = \prod_i mean (fun x => (A i x)%:R ^+ s).
  apply: eq_bigr => i _; apply: eq_mean => x; case: (A i x); rewrite ?expr1n //.
  by rewrite expr0n eqn0Ngt s0.
by apply: (@finner I D s (fun i x => (A i x)%:R)) => // i j iD x t; rewrite dep.
Qed.
End Independent.
