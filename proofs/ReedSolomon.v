(** Gradient codes with the weights of Reed-Solomon codes over an ordered field (docs/proofs/theory.md, 5.8).  Instead
    of counting changes of sign, the proof shows that certain determinants are positive: points are added one by one,
    each at the right end, and each determinant of the new columns is a sum of those of the old ones. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import fingroup perm.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Determinants whose columns are vectors of a sequence. *)
Section Columns.
Variables (R : realFieldType) (n : nat).
Notation k := n.+1.
Implicit Types (c : nat -> 'rV[R]_k) (e : 'I_k -> nat).

Definition minor (v : 'I_k -> 'rV[R]_k) : R := \det (\matrix_i v i).

Lemma eq_minor v v' : v =1 v' -> minor v = minor v'.
Proof. by move=> e; congr (\det _); apply/row_matrixP => i; rewrite !rowK. Qed.

Lemma minor_same v i j : i != j -> v i = v j -> minor v = 0.
Proof. by move=> ij e; apply: (@determinant_alternate _ _ _ i j) => // l; rewrite !mxE e. Qed.

Definition set (v : 'I_k -> 'rV[R]_k) (i : 'I_k) u : 'I_k -> 'rV[R]_k := fun j => if j == i then u else v j.

Lemma minor_combination v i a b u u' : v i = a *: u + b *: u' ->
  minor v = a * minor (set v i u) + b * minor (set v i u').
Proof.
move=> e; apply: (@determinant_multilinear _ _ _ _ _ i).
- by rewrite !rowK /set eqxx.
- by apply/matrixP => j l; rewrite !mxE /set eq_sym (negPf (neq_lift _ _)).
by apply/matrixP => j l; rewrite !mxE /set eq_sym (negPf (neq_lift _ _)).
Qed.
End Columns.

Section Expansion.
Variables (R : realFieldType) (n : nat).
Notation k := n.+1.
Variables (c : nat -> 'rV[R]_k) (sign : R).
Notation D e := (sign * minor (fun t => c (e t))).

(** Columns that are nonnegative combinations of two vectors of the sequence. *)
Lemma expansion (v : 'I_k -> 'rV[R]_k) (l h : 'I_k -> nat) (a b : 'I_k -> R) (e0 : 'I_k -> nat) :
  (forall t, v t = a t *: c (l t) + b t *: c (h t)) -> (forall t, 0 <= a t) -> (forall t, 0 <= b t) ->
  (forall e, (forall t, e t = l t \/ e t = h t) -> 0 <= D e) ->
  (forall t, (e0 t = l t /\ 0 < a t) \/ (e0 t = h t /\ 0 < b t)) -> 0 < D e0 -> 0 < sign * minor v.
Proof.
move=> vE a0 b0 De sel pos.
pose mixed (s : seq 'I_k) (e : 'I_k -> nat) t := if t \in s then v t else c (e t).
suff ind (s : seq 'I_k) : (forall e, (forall t, e t = l t \/ e t = h t) -> 0 <= sign * minor (mixed s e)) /\
    0 < sign * minor (mixed s e0).
  have [_] := ind (enum 'I_k); congr (0 < sign * _); apply: eq_minor => t.
  by rewrite /mixed mem_enum.
elim: s => [|i s [IH0 IH]]; first by split.
have [is_|is_] := boolP (i \in s).
  have same e : minor (mixed (i :: s) e) = minor (mixed s e).
    apply: eq_minor => t; rewrite /mixed inE; case: eqP => // ->.
    by rewrite is_.
  by split=> [e|]; rewrite same //; apply: IH0.
pose put (e : 'I_k -> nat) u t := if t == i then u else e t.
have split_ e : sign * minor (mixed (i :: s) e) =
    a i * (sign * minor (mixed s (put e (l i)))) + b i * (sign * minor (mixed s (put e (h i)))).
  rewrite (@minor_combination _ _ _ i (a i) (b i) (c (l i)) (c (h i))); last by rewrite /mixed mem_head vE.
  rewrite mulrDr ![sign * (_ * _)]mulrCA; congr (_ * (_ * _) + _ * (_ * _)); apply: eq_minor => t;
    by rewrite /set /mixed /put inE; case: eqP => [->|]; rewrite ?(negPf is_).
have put_ok e u : (u = l i \/ u = h i) -> (forall t, e t = l t \/ e t = h t) ->
    forall t, put e u t = l t \/ put e u t = h t.
  by move=> ui ok t; rewrite /put; case: eqP => [->|_].
have e0_ok t : e0 t = l t \/ e0 t = h t by case: (sel t) => [[-> _]|[-> _]]; [left | right].
split=> [e ok|]; rewrite split_.
  by apply: addr_ge0; apply: mulr_ge0; rewrite ?a0 ?b0 //; apply: IH0; apply: put_ok ok; [left | right].
have put_id u : u = e0 i -> minor (mixed s (put e0 u)) = minor (mixed s e0).
  by move=> ->; apply: eq_minor => t; rewrite /mixed /put; case: (eqVneq t i) => [->|].
have nn u : u = l i \/ u = h i -> 0 <= sign * minor (mixed s (put e0 u)) by move=> ui; apply: IH0; apply: put_ok.
case: (sel i) => [] [ei p].
  by apply: ltr_wpDr; [rewrite mulr_ge0 ?b0 ?nn //; right | rewrite put_id // mulr_gt0].
by apply: ltr_wpDl; [rewrite mulr_ge0 ?a0 ?nn //; left | rewrite put_id // mulr_gt0].
Qed.

Lemma minor_rotate (v : 'I_k -> 'rV[R]_k) (s : {perm 'I_k}) : s = lift_perm ord0 ord_max 1%g ->
  minor (fun t => v (s t)) = (-1) ^+ n * minor v.
Proof.
move=> sE; have -> : minor (fun t => v (s t)) = \det (row_perm s (\matrix_i v i)).
  by congr (\det _); apply/row_matrixP => t; rewrite rowK; apply/rowP => j; rewrite !mxE.
rewrite row_permE det_mulmx det_perm sE odd_lift_perm odd_perm1 /= addbF.
by rewrite signr_odd.
Qed.
End Expansion.

(** Points [x 0] < [x 1] < ... and windows of [n] neighbours among the first [M] of them, around the circle: the
    polynomial of the window that begins at [i], with a sign for each point beyond the end. *)
Section Windows.
Variables (R : realFieldType) (n m : nat) (x : nat -> R).
Notation k := n.+1.
Hypothesis x_mono : forall i j, (i < j < m)%N -> x i < x j.
Implicit Types (e : 'I_k -> nat).

Definition line a b : {poly R} := \prod_(a <= l < b) ('X - (x l)%:P).
Definition window (M i : nat) : {poly R} := (-1) ^+ (i + n - M) *: (line i (minn (i + n) M) * line 0 (i + n - M)).
Definition coefficients (p : {poly R}) : 'rV[R]_k := \row_(j < k) p`_j.
Definition vector M i := coefficients (window M i).

Lemma coefficientsZ a p : coefficients (a *: p) = a *: coefficients p.
Proof. by apply/rowP => j; rewrite !mxE coefZ. Qed.

Lemma coefficientsD p q : coefficients (p + q) = coefficients p + coefficients q.
Proof. by apply/rowP => j; rewrite !mxE coefD. Qed.

Lemma size_line a b : size (line a b) = (b - a).+1.
Proof. by rewrite /line size_prod_XsubC size_iota. Qed.

Lemma size_window M i : (n <= M)%N -> (i <= M)%N -> size (window M i) = k.
Proof.
move=> nM iM; rewrite /window size_scale ?signr_eq0 // size_Mmonic ?monic_prod_XsubC //; last first.
  by rewrite -size_poly_gt0 size_line.
by rewrite !size_line; lia.
Qed.

Lemma vector_end M : (n <= M)%N -> vector M M = (-1) ^+ n *: vector M 0.
Proof.
move=> nM; rewrite /vector -coefficientsZ; congr coefficients; rewrite /window add0n.
have -> : (M + n - M = n)%N by lia.
have -> : (n - M = 0)%N by lia.
have -> : minn (M + n) M = M by lia.
have -> : minn n M = n by lia.
by rewrite /line big_geq // mul1r [X in _ * X]big_geq // mulr1 expr0 scale1r.
Qed.

Lemma between_lines (A : comRingType) (X a b r : A) : X - ((1 + r) * a - r * b) = (1 + r) * (X - a) - r * (X - b).
Proof.
rewrite !mulrBr [(1 + r) * X]mulrDl mul1r !opprB [r * b - r * X]addrC addrACA addrK.
by rewrite [- _ + r * b]addrC.
Qed.

Lemma line_between (y a b r : R) : y = (1 + r) * a - r * b ->
  'X - y%:P = (1 + r) *: ('X - a%:P) - r *: ('X - b%:P) :> {poly R}.
Proof.
move=> ->; rewrite -!mul_polyC polyCB !polyCM polyCD polyC1.
exact: (between_lines 'X a%:P b%:P r%:P).
Qed.

(** Windows of the points with one more at the end. *)
Lemma vector_before M i : (i + n <= M)%N -> vector M.+1 i = vector M i.
Proof.
move=> iM; congr coefficients; rewrite /window.
have -> : (i + n - M.+1 = i + n - M)%N by lia.
by have -> : minn (i + n) M.+1 = minn (i + n) M by lia.
Qed.

Definition low M i : R := (x M - x i.-1) / (x i.-1 - x (i + n - M).-1).

Lemma vector_new M i : (n < M < m)%N -> (M < i + n)%N -> (i <= M)%N ->
  0 < low M i /\ vector M.+1 i = (1 + low M i) *: vector M i.-1 + low M i *: vector M i.
Proof.
move=> nM iM le; set r := low M i; pose q := (i + n - M).-1.
have i0 : (0 < i)%N by lia.
have lt1 : x i.-1 < x M by apply: x_mono; lia.
have lt2 : x q < x i.-1 by apply: x_mono; rewrite /q; lia.
have d0 : x i.-1 - x q != 0 by rewrite subr_eq0 gt_eqF.
have r0 : 0 < r by rewrite divr_gt0 // subr_gt0.
have rE : x M = (1 + r) * x i.-1 - r * x q.
  by rewrite mulrDl mul1r -addrA -mulrBr /r /low -/q divfK // addrCA subrr addr0.
clearbody r; split=> //.
have wE : (i + n - M = q.+1)%N by rewrite /q; lia.
rewrite /vector -!coefficientsZ -coefficientsD; congr coefficients; rewrite /window.
have -> : (i + n - M.+1 = q)%N by rewrite /q; lia.
have -> : (i.-1 + n - M = q)%N by rewrite /q; lia.
have -> : minn (i + n) M.+1 = M.+1 by lia.
have -> : minn (i.-1 + n) M = M by lia.
have -> : minn (i + n) M = M by lia.
have -> : line i M.+1 = line i M * ('X - (x M)%:P) by rewrite /line big_nat_recr.
have -> : line i.-1 M = ('X - (x i.-1)%:P) * line i M by rewrite /line big_ltn ?prednK //; lia.
have -> : line 0 (i + n - M) = line 0 q * ('X - (x q)%:P) by rewrite wE /line big_nat_recr.
rewrite wE; set A := line i M; set B := line 0 q; rewrite !scalerA.
rewrite [(1 + r) * _]mulrC [r * _]mulrC exprS mulN1r mulNr scaleNr -!scalerA -scalerBr; congr (_ *: _).
rewrite (line_between rE) mulrBr mulrBl -!scalerAr -!scalerAl; congr (_ *: _ - _ *: _); first by rewrite [A * _]mulrC.
by rewrite -!mulrA [_ * B]mulrC.
Qed.

(** All determinants of windows in increasing order have one sign. *)
Section Signs.
Variable sign : R.
Notation D M e := (sign * minor (fun t => vector M (e t))).
Definition increasing e : Prop := forall t u : 'I_k, (t < u)%N -> (e t < e u)%N.
Definition one_sign M : Prop := forall e, increasing e -> (forall t, (e t < M)%N) -> 0 < D M e.

(** The windows that begin at the end count as well. *)
Lemma one_sign_end M e : (n < M)%N -> one_sign M -> increasing e -> (forall t, (e t <= M)%N) ->
  ~~ ((e ord0 == 0%N) && (e ord_max == M)) -> 0 < D M e.
Proof.
move=> nM pos inc le ne; have [eM|ltM] := eqVneq (e ord_max) M; last first.
  apply: pos => // t; have [->|tm] := eqVneq t ord_max; first by rewrite ltn_neqAle ltM le.
  apply: leq_trans (le ord_max); apply: inc; rewrite ltn_neqAle -val_eqE in tm *.
  by rewrite tm -ltnS ltn_ord.
have e0 : (0 < e ord0)%N by rewrite lt0n; move: ne; rewrite eM eqxx andbT.
pose s : {perm 'I_k} := lift_perm ord0 ord_max 1%g.
pose e' t := if t == ord0 then 0%N else e (s t).
have s0 : s ord0 = ord_max by rewrite lift_perm_id.
have sS (t : 'I_n) : s (lift ord0 t) = lift ord_max t by rewrite lift_perm_lift perm1.
have inc' : increasing e'.
  move=> t u; rewrite /e'; case: (unliftP ord0 t) => [t'|] ->; case: (unliftP ord0 u) => [u'|] -> //= tu.
  - by rewrite !sS; apply: inc; rewrite !lift_max.
  rewrite sS; apply: (leq_trans e0).
  have [u0|u0] := posnP u'; first by rewrite (_ : lift ord_max u' = ord0) //; apply: ord_inj; rewrite lift_max.
  by apply/ltnW/inc; rewrite lift_max.
have lt' t : (e' t < M)%N.
  rewrite /e'; case: (unliftP ord0 t) => [t0|] -> /=; last by lia.
  by rewrite sS -eM; apply: inc; rewrite lift_max.
have := pos e' inc' lt'; congr (0 < sign * _).
rewrite (@eq_minor _ _ _ (set (fun t => vector M (e (s t))) ord0 (vector M 0))) => [|t]; last first.
  by rewrite /set /e'; case: (eqVneq t ord0).
have n1 : (-1) ^+ n * (-1) ^+ n = 1 :> R by rewrite -exprMn mulN1r opprK expr1n.
rewrite -[LHS]mul1r -n1 -mulrA -[X in _ * X = _](_ : minor (fun t => vector M (e (s t))) = _).
  by rewrite (@minor_rotate _ _ (fun t => vector M (e t)) s erefl) mulrA n1 mul1r.
have v0 : vector M (e (s ord0)) = (-1) ^+ n *: vector M 0 + 0 *: vector M 0.
  by rewrite s0 eM vector_end ?(ltnW nM) // scale0r addr0.
by rewrite (minor_combination v0) mul0r addr0.
Qed.

Lemma one_sign_any M e : (n < M)%N -> one_sign M -> (forall t u : 'I_k, (t < u)%N -> (e t <= e u)%N) ->
  (forall t, (e t <= M)%N) -> 0 <= D M e.
Proof.
move=> nM pos inc le.
have [/existsP[t /existsP[u /andP[tu /eqP etu]]]|/existsPn all] := boolP [exists t, exists u, (t != u) && (e t == e u)].
  by rewrite (minor_same tu) ?mulr0 // etu.
have [/andP[/eqP e0 /eqP eM]|ne] := boolP ((e ord0 == 0%N) && (e ord_max == M)).
  have [n0|n0] := posnP n.
    by have := all ord0; rewrite negb_exists => /forallP/(_ ord_max); move: e0 eM nM;
      rewrite (_ : ord_max = ord0) => [->|]; [lia | apply: val_inj; rewrite /= n0].
  have vM : vector M (e ord_max) = (-1) ^+ n *: vector M 0 + 0 *: vector M 0.
    by rewrite eM vector_end ?(ltnW nM) // scale0r addr0.
  rewrite (minor_combination vM) mul0r addr0 (@minor_same _ _ _ ord0 ord_max) ?mulr0 //.
    by rewrite -val_eqE /=; lia.
  by rewrite /set -val_eqE /= eqxx; case: eqP => [|_]; [lia | rewrite e0].
apply/ltW/one_sign_end => // t u tu; rewrite ltn_neqAle inc // andbT.
have := all t; rewrite negb_exists => /forallP/(_ u); rewrite negb_and negbK => /orP[/eqP e_|//].
by move: tu; rewrite e_ ltnn.
Qed.

Lemma one_sign_step M : (n < M < m)%N -> one_sign M -> one_sign M.+1.
Proof.
move=> nM pos e inc le.
pose old t := (e t + n <= M)%N.
pose l t := if old t then e t else (e t).-1.
pose a t : R := if old t then 1 else 1 + low M (e t).
pose b t : R := if old t then 0 else low M (e t).
have eM t : (e t <= M)%N by rewrite -ltnS.
have new t : ~~ old t -> 0 < low M (e t) /\
    vector M.+1 (e t) = (1 + low M (e t)) *: vector M (e t).-1 + low M (e t) *: vector M (e t).
  by rewrite -ltnNge => lt; apply: vector_new.
have b0 t : 0 <= b t by rewrite /b; case: ifP => // /negbT/new[/ltW].
have a0 t : 0 < a t by rewrite /a; case: ifP => // /negbT/new[p _]; rewrite addr_gt0.
have le_l t : (l t <= e t <= (l t).+1)%N by rewrite /l; case: ifP => _; lia.
pose e0 (t : 'I_k) := (\max_(s < k | (s <= t)%N) (l s + t - s))%N.
have e0_ge (s t : 'I_k) : (s <= t)%N -> (l s + t - s <= e0 t)%N by move=> st; apply: (leq_bigmax_cond s).
have e0_at (t : 'I_k) : exists2 s : 'I_k, (s <= t)%N & e0 t = (l s + t - s)%N.
  have [|s st es] := @eq_bigmax_cond _ (fun s : 'I_k => s <= t)%N (fun s => l s + t - s)%N; last by exists s.
  by apply/card_gt0P; exists t; apply: (leqnn t).
have apart (s t : 'I_k) : (s <= t)%N -> (e s + (t - s) <= e t)%N.
  move: {2}(t - s)%N (leqnn (t - s)) => d; elim: d t => [|d IH] t ts st.
    by rewrite (_ : s = t) ?subnn ?addn0 //; apply: val_inj; rewrite /=; lia.
  have [->|st'] := eqVneq s t; first by rewrite subnn addn0.
  have tk := ltn_ord t; rewrite -val_eqE /= in st'.
  have t1k : (t.-1 < k)%N by lia.
  have := IH (Ordinal t1k); have := inc (Ordinal t1k) t; rewrite /=; lia.
have e0_le t : (l t <= e0 t <= e t)%N.
  apply/andP; split; first by have := e0_ge t t (leqnn t); lia.
  have [s st ->] := e0_at t; have := apart s t st; have := le_l s; lia.
apply: (@expansion _ _ (vector M) sign _ l e a b e0) => //.
- move=> t; rewrite /l /a /b; case: ifP => [o|/negbT/new[_ //]].
  by rewrite scale0r addr0 scale1r vector_before.
- by move=> t; apply/ltW/a0.
- move=> f fP; apply: one_sign_any => // [||t]; first by case/andP: nM.
    move=> t u tu; have := inc t u tu; have := le_l t; have := le_l u; case: (fP t) => ->; case: (fP u) => ->; lia.
  by have := eM t; have := le_l t; case: (fP t) => ->; lia.
- move=> t; have := le_l t; have := e0_le t; have [->|ne] := eqVneq (e0 t) (l t); first by left.
  move=> h1 h2; right; have e_t : e0 t = e t by lia.
  split=> //; rewrite /b; case: ifP => [o|/negbT/new[//]].
  by move: ne; rewrite e_t /l o eqxx.
apply: one_sign_end => //; first by case/andP: nM.
- move=> t u tu; have [s st ->] := e0_at t; have := e0_ge s u; lia.
- by move=> t; have := e0_le t; have := eM t; lia.
apply/negP => /andP[/eqP z /eqP eM'].
have [s sm] := e0_at ord_max; rewrite eM' /= => es; have sn := ltn_ord s.
have := apart s ord_max sm; have := eM ord_max; have := le_l s; rewrite /= => h1 h2 h3.
have : s = ord0.
  apply: val_inj; rewrite /=; move: es; rewrite /l /old; case: ifP => o; lia.
move=> s0; have := e0_at ord0 => -[u u0]; rewrite z => zl.
have uE : u = ord0 by apply: ord_inj; apply/eqP; rewrite -leqn0.
move: es zl; rewrite s0 uE /=; case/andP: nM; lia.
Qed.
End Signs.

(** As many points as a polynomial of a window has coefficients. *)
Lemma line_root a b l : (a <= l < b)%N -> (line a b).[x l] = 0.
Proof. by move=> lr; rewrite /line horner_prod (big_rem l) ?mem_index_iota //= hornerXsubC subrr mul0r. Qed.

Lemma line_neq0 a b l : (b <= m)%N -> (l < m)%N -> ~~ (a <= l < b)%N -> (line a b).[x l] != 0.
Proof.
move=> bm lm out; rewrite /line horner_prod prodf_seq_neq0; apply/allP => i; rewrite mem_index_iota => ir /=.
rewrite hornerXsubC subr_eq0; case: (ltngtP l i) => [li|il|e].
- by rewrite lt_eqF // x_mono; lia.
- by rewrite gt_eqF // x_mono; lia.
by rewrite e ir in out.
Qed.

Lemma least_minor : (k <= m)%N -> minor (fun t : 'I_k => vector k t) != 0.
Proof.
move=> km; apply/negP => /det0P[v v0 vA]; case/negP: v0; apply/eqP/rowP => t.
have zero : \sum_i v 0 i *: window k i = 0.
  apply/polyP => c; rewrite coef0 coef_sum; have [ck|ck] := ltnP c k.
    by have /rowP/(_ (Ordinal ck)) := vA; rewrite !mxE => e; apply: etrans e; apply: eq_bigr => i _; rewrite coefZ !mxE.
  rewrite big1 // => i _; have ik := ltn_ord i; rewrite coefZ nth_default ?mulr0 //.
  by rewrite size_window; lia.
pose o := if val t == 0%N then n else t.-1.
have tk := ltn_ord t.
have ok : (o < k)%N by rewrite /o; case: ifP; lia.
have := congr1 (fun p => p.[x o]) zero; rewrite horner0 horner_sum (bigD1 t) //= big1 ?addr0 => [|i it]; last first.
  have ik := ltn_ord i; rewrite -val_eqE /= in it; rewrite !hornerZ hornerM.
  have [i0|i0] := posnP i.
    rewrite (@line_root _ _ o) ?mul0r ?mulr0 //; rewrite i0 /o; case: eqP; rewrite /=; lia.
  have [lt|ge] := ltnP o i; last by rewrite (@line_root i) ?mul0r ?mulr0 //; lia.
  rewrite (_ : (line 0 (i + n - k)).[x o] = 0) ?mulr0 //; apply: line_root.
  by move: lt; rewrite /o; case: eqP; rewrite /=; lia.
rewrite !hornerZ hornerM mxE => /eqP; rewrite mulf_eq0 => /orP[/eqP //|].
rewrite mulf_eq0 signr_eq0 mulf_eq0 /= => /orP[] /eqP e; exfalso; move: e; apply/eqP.
  by apply: line_neq0; [lia | lia | rewrite /o; case: eqP; rewrite /=; lia].
by apply: line_neq0; [lia | lia | rewrite /o; case: eqP; rewrite /=; lia].
Qed.

Lemma minors_neq0 M (e : 'I_k -> nat) : (n < M <= m)%N -> increasing e -> (forall t, (e t < M)%N) ->
  minor (fun t => vector M (e t)) != 0.
Proof.
move=> nM; set sign := minor (fun t : 'I_k => vector k t).
suff : one_sign sign M by move=> pos inc lt; apply: contraTneq (pos e inc lt) => ->; rewrite mulr0 ltxx.
elim: M nM => [|M IH] nM; first by lia.
have [<-|ne] := eqVneq n M; last by apply: one_sign_step; [lia | apply: IH; lia].
move=> f inc lt; have low_ (t : 'I_k) : (t <= f t)%N.
  case: t => t tk /=; elim: t tk => [//|t IHt] tk; have t1 : (t < k)%N by lia.
  by have := inc (Ordinal t1) (Ordinal tk) (ltnSn _); have := IHt t1; lia.
have high (d : nat) (t : 'I_k) : (n - t = d)%N -> (f t <= t)%N.
  elim: d t => [|d IHd] t td; first by have := lt t; have := ltn_ord t; lia.
  have t1 : (t.+1 < k)%N by lia.
  have := IHd (Ordinal t1); rewrite /= => /(_ ltac:(lia)); have := inc t (Ordinal t1) (ltnSn _); lia.
have -> : minor (fun t => vector n.+1 (f t)) = sign.
  by apply: eq_minor => t; congr vector; apply/eqP; rewrite eqn_leq low_ (high _ t erefl).
by rewrite -expr2 exprn_even_gt0 //= least_minor //; lia.
Qed.
End Windows.

Section Code.
Variables (R : realFieldType) (m s : nat) (x : 'I_m -> R).
Hypothesis s_lt : (s < m)%N.
Hypothesis x_mono : forall i j : 'I_m, (i < j)%N -> x i < x j.
Implicit Types (i j c : 'I_m) (J : {set 'I_m}).

(** Worker [j] holds the terms j, ..., j + s modulo m; the polynomial that vanishes at the points of all others. *)
Definition holds j c : bool := ((c + (m - j)) %% m <= s)%N.
Definition weight_poly j : {poly R} := \prod_(c | ~~ holds j c) ('X - (x c)%:P).

Let point (l : nat) : R := oapp x 0 (insub l).
Let n := (m - s).-1.
Let begin j := ((j + s.+1) %% m)%N.

Let pointE j : point j = x j.
Proof. by rewrite /point valK. Qed.

Let point_mono a b : (a < b < m)%N -> point a < point b.
Proof.
move=> ab; have am : (a < m)%N by lia.
have bm : (b < m)%N by lia.
by rewrite -[a]/(val (Ordinal am)) -[b]/(val (Ordinal bm)) !pointE; apply: x_mono => /=; lia.
Qed.

Let mod_small a : (a < m + m)%N -> (a %% m = if a < m then a else a - m)%N.
Proof.
move=> am; case: ltnP => lt; first by rewrite modn_small.
by rewrite -{1}(subnK lt) modnDr modn_small //; lia.
Qed.

Let weight_window j : weight_poly j = (-1) ^+ (begin j + n - m) *: window n point m (begin j).
Proof.
have jm := ltn_ord j; rewrite /window scalerA -exprMn mulN1r opprK expr1n scale1r.
set i := begin j; set p := (i + n - m)%N; set q := minn (i + n) m.
have iE : i = (if j + s.+1 < m then j + s.+1 else j + s.+1 - m)%N by rewrite /i /begin mod_small //; lia.
have im : (i < m)%N by rewrite ltn_pmod //; lia.
have -> : weight_poly j = \prod_(0 <= l < m | (l < p)%N || (i <= l < q)%N) ('X - (point l)%:P).
  rewrite big_mkord; apply: eq_big => [c|c _]; last by rewrite pointE.
  have cm := ltn_ord c; rewrite /holds mod_small; last by lia.
  move: iE; rewrite /p /q /n; clearbody i; have [h1|h1] := ltnP (j + s.+1) m; have [h2|h2] := ltnP (c + (m - j)) m; lia.
have pi : (p <= i)%N by rewrite /p /n; lia.
have iq : (i <= q)%N by rewrite /q; lia.
have qm : (q <= m)%N by rewrite /q; lia.
have pm : (p <= m)%N by apply: leq_trans pi (ltnW im).
rewrite (@big_cat_nat _ _ _ p) //=.
rewrite mulrC; congr (_ * _); last first.
  rewrite big_nat_cond [RHS]big_nat_cond; apply: eq_bigl => l; rewrite andbT.
  by case: (boolP (0 <= l < p)%N) => //= ->.
rewrite (@big_cat_nat _ _ _ i) ?(ltnW im) //=.
rewrite big_nat_cond big_pred0 ?mul1r => [|l]; last by lia.
rewrite (@big_cat_nat _ _ _ q) //=.
rewrite [X in _ * X]big_nat_cond [X in _ * X]big_pred0 ?mulr1 => [|l]; last by lia.
rewrite big_nat_cond /line [RHS]big_nat_cond; apply: eq_bigl => l.
by lia.
Qed.

Let begin_lt j : (begin j < m)%N.
Proof. by rewrite ltn_pmod // (leq_ltn_trans _ (ltn_ord j)). Qed.

Let begin_inj : injective begin.
Proof.
move=> i j; have im := ltn_ord i; have jm := ltn_ord j.
rewrite /begin (mod_small (a := i + s.+1)); last by lia.
rewrite (mod_small (a := j + s.+1)); last by lia.
by move=> e; apply: ord_inj; move: e; have [h1|h1] := ltnP (i + s.+1) m; have [h2|h2] := ltnP (j + s.+1) m; lia.
Qed.

(** The workers of [J], in the order in which their windows begin. *)
Let worker J (j0 : 'I_m) (t : 'I_n.+1) : 'I_m := nth j0 (sort (fun i j => begin i <= begin j)%N (enum J)) t.

Let worker_increasing J j0 : #|J| = n.+1 -> increasing (fun t => begin (worker J j0 t)).
Proof.
move=> cJ t u tu; rewrite ltn_neqAle /worker.
set q := sort _ _; have sq : size q = n.+1 by rewrite size_sort -cardE.
have uq : uniq q by rewrite sort_uniq enum_uniq.
have so : sorted (fun i j => begin i <= begin j)%N q by apply: sort_sorted => i j; apply: leq_total.
apply/andP; split; last first.
  have tr : transitive (fun i j => begin i <= begin j)%N by move=> a b c; apply: leq_trans.
  by apply: (sorted_leq_nth tr (fun i => leqnn (begin i)) j0 so); rewrite ?inE ?sq ?ltn_ord //; apply: ltnW.
by rewrite (inj_eq begin_inj) nth_uniq ?sq // neq_ltn tu.
Qed.

Let big_workers J j0 (f : 'I_m -> {poly R}) : #|J| = n.+1 -> \sum_(j in J) f j = \sum_t f (worker J j0 t).
Proof.
move=> cJ; rewrite -big_enum /= -(perm_big _ (permEl (perm_sort (fun i j => begin i <= begin j)%N (enum J)))).
by rewrite (big_nth j0) big_mkord size_sort -cardE cJ.
Qed.

Let sgn j : R := (-1) ^+ (begin j + n - m).

Let basis_matrix J j0 : #|J| = n.+1 -> \matrix_t vector n point m (begin (worker J j0 t)) \in unitmx.
Proof.
move=> cJ; rewrite unitmxE unitfE; apply: (@minors_neq0 R n m point point_mono m) => //; last exact: worker_increasing.
by rewrite /n; lia.
Qed.

Let combination J j0 (u : 'rV[R]_n.+1) : #|J| = n.+1 ->
  u *m (\matrix_t vector n point m (begin (worker J j0 t))) =
  coefficients n (\sum_t (u 0 t * sgn (worker J j0 t)) *: weight_poly (worker J j0 t)).
Proof.
move=> cJ; apply/rowP => c; rewrite !mxE coef_sum; apply: eq_bigr => t _.
rewrite mxE mxE weight_window scalerA -mulrA /sgn -exprMn mulN1r opprK expr1n mulr1 coefZ.
by [].
Qed.

Let size_weight j : (size (weight_poly j) <= n.+1)%N.
Proof.
rewrite weight_window; apply: leq_trans (size_scale_leq _ _) _; rewrite size_window //; first by rewrite /n; lia.
exact/ltnW/begin_lt.
Qed.

Let coefficients_inj (p q : {poly R}) : (size p <= n.+1)%N -> (size q <= n.+1)%N ->
  coefficients n p = coefficients n q -> p = q.
Proof.
move=> sp sq e; apply/polyP => c; have [lt|ge] := ltnP c n.+1.
  by have /rowP/(_ (Ordinal lt)) := e; rewrite !mxE.
by rewrite !nth_default //; [apply: leq_trans ge | apply: leq_trans ge].
Qed.

Let card_n J : #|J| = (m - s)%N -> #|J| = n.+1.
Proof. by move=> ->; rewrite /n prednK // subn_gt0. Qed.

(** The symbols of any m - s workers give every p(x_1) f_1 + ... + p(x_m) f_m with deg p < m - s: their rows span the
    code (docs/proofs/theory.md, 5.8). *)
Theorem reed_solomon_spans J (p : {poly R}) : #|J| = (m - s)%N -> (size p <= m - s)%N ->
  exists a : 'I_m -> R, (forall j, j \notin J -> a j = 0) /\ forall i, \sum_j a j * (weight_poly j).[x i] = p.[x i].
Proof.
move=> /card_n cJ sp0; have sp : (size p <= n.+1)%N by rewrite /n prednK // subn_gt0.
have /card_gt0P[j0 j0J] : (0 < #|J|)%N by rewrite cJ.
pose A := \matrix_t vector n point m (begin (worker J j0 t)).
pose u : 'rV[R]_n.+1 := coefficients n p *m invmx A.
pose a j := if j \in J then \sum_(t | worker J j0 t == j) u 0 t * sgn j else 0.
exists a; split=> [j /negPf jJ|i]; first by rewrite /a jJ.
have inJ t : worker J j0 t \in J.
  by rewrite -mem_enum -(mem_sort (fun i j => begin i <= begin j)%N) mem_nth // size_sort -cardE cJ.
have -> : p = \sum_t (u 0 t * sgn (worker J j0 t)) *: weight_poly (worker J j0 t).
  apply: coefficients_inj => //.
    apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => t _.
    exact: leq_trans (size_scale_leq _ _) (size_weight _).
  by rewrite -combination // /u mulmxKV // basis_matrix.
rewrite horner_sum [RHS](partition_big (fun t => worker J j0 t) xpredT) //=; apply: eq_bigr => j _.
rewrite /a; case: ifP => [_|/negbT jJ]; last first.
  rewrite mul0r big_pred0 // => t; apply/negP => /eqP e; move: (inJ t); rewrite e.
  by apply/negP.
by rewrite mulr_suml; apply: eq_bigr => t /eqP <-; rewrite hornerZ.
Qed.

(** No row of m - s workers is a combination of the others (docs/proofs/theory.md, 5.8). *)
Theorem reed_solomon_free J (a : 'I_m -> R) : #|J| = (m - s)%N -> (forall j, j \notin J -> a j = 0) ->
  (forall i, \sum_j a j * (weight_poly j).[x i] = 0) -> forall j, a j = 0.
Proof.
move=> /card_n cJ out zero; have /card_gt0P[j0 j0J] : (0 < #|J|)%N by rewrite cJ.
pose q := \sum_j a j *: weight_poly j.
have sq : (size q <= n.+1)%N.
  apply: leq_trans (size_sum _ _ _) _; apply/bigmax_leqP => j _.
  exact: leq_trans (size_scale_leq _ _) (size_weight _).
have q0 : q = 0.
  apply: (@roots_geq_poly_eq0 _ _ [seq x i | i <- enum 'I_m]).
  - apply/allP => _ /mapP[i _ ->]; rewrite /root horner_sum; apply/eqP; rewrite -[RHS](zero i).
    by apply: eq_bigr => j _; rewrite hornerZ.
  - rewrite map_inj_uniq ?enum_uniq // => i j e; apply: ord_inj; case: (ltngtP i j) => // /x_mono.
    by rewrite e ltxx.
    by rewrite e ltxx.
  by rewrite size_map size_enum_ord; apply: leq_trans sq _; rewrite /n; lia.
pose u : 'rV[R]_n.+1 := \row_t (a (worker J j0 t) * sgn (worker J j0 t)).
have u0 : u = 0.
  have := combination j0 u cJ; rewrite (_ : \sum_t _ = q); last first.
    rewrite /q (bigID (mem J)) /= [X in _ + X]big1 ?addr0 => [|j jJ]; last by rewrite out // scale0r.
    rewrite (big_workers j0 (fun j => a j *: weight_poly j) cJ); apply: eq_bigr => t _.
    by rewrite mxE -mulrA /sgn -exprMn mulN1r opprK expr1n mulr1.
  rewrite q0 (_ : coefficients n 0 = 0); last by apply/rowP => c; rewrite !mxE coef0.
  move/(congr1 (mulmx^~ (invmx (\matrix_t vector n point m (begin (worker J j0 t)))))).
  by rewrite mulmxK ?basis_matrix // mul0mx.
move=> j; have [jJ|/out //] := boolP (j \in J).
have jq : j \in sort (fun i j => begin i <= begin j)%N (enum J) by rewrite mem_sort mem_enum.
have lt : (index j (sort (fun i j => begin i <= begin j)%N (enum J)) < n.+1)%N.
  by rewrite -cJ cardE -(size_sort (fun i j => begin i <= begin j)%N) index_mem.
have /rowP/(_ (Ordinal lt)) := u0; rewrite !mxE /worker /= nth_index // => /eqP.
by rewrite mulf_eq0 signr_eq0 orbF => /eqP.
Qed.

(** The symbols of any m - s workers give the sum (docs/proofs/theory.md, 5.8). *)
Corollary reed_solomon_recovers J : #|J| = (m - s)%N ->
  exists a : 'I_m -> R, (forall j, j \notin J -> a j = 0) /\ forall i, \sum_j a j * (weight_poly j).[x i] = 1.
Proof.
move=> cJ; have [|a [out aP]] := @reed_solomon_spans J 1 cJ; first by rewrite size_poly1 subn_gt0.
by exists a; split=> // i; rewrite aP hornerC.
Qed.

(** Worker [j] needs no terms but its own (docs/proofs/theory.md, 5.8). *)
Theorem reed_solomon_support j c : ((weight_poly j).[x c] != 0) = holds j c.
Proof.
rewrite /weight_poly horner_prod; apply/prodf_neq0/idP => [all|h i].
  by apply: contraT => out; have := all c out; rewrite hornerXsubC subrr eqxx.
rewrite hornerXsubC subr_eq0 => out; apply: contraNneq out => e.
suff -> : i = c by [].
by apply: ord_inj; case: (ltngtP i c) => // /x_mono; rewrite e ltxx.
Qed.
End Code.
