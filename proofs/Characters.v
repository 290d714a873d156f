(** Products over disjoint blocks without replacement (docs/proofs/spanning.md, Lemma 2). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import EvenSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** The coefficients of e^(-Nx) (1 - x)^(-N) times factorials, and the linear form on polynomials that sends X^e to the
    e-th of them.  It sends (X + N)^e to N (N + 1) ... (N + e - 1), and X p to p' (X + N). *)
Section Form.
Variables (C : numFieldType) (N : nat).
Implicit Types (p q : {poly C}) (e n k : nat) (a : nat -> C) (b x : C).

(** Permutations of e things that move each, counted with N to the number of cycles. *)
Fixpoint derangement_pair e : nat * nat :=
  if e is e'.+1 then let: (x, y) := derangement_pair e' in (y, (e * (y + N * x))%N) else (1%N, 0%N).
Definition derangements e : nat := (derangement_pair e).1.
Notation D := derangements.

Lemma derangementsS e : D e.+2 = (e.+1 * (D e.+1 + N * D e))%N.
Proof. by rewrite /D /=; case: (derangement_pair e). Qed.

Definition form p : C := \sum_(e < size p) p`_e * (D e)%:R.

Lemma formE n p : (size p <= n)%N -> form p = \sum_(e < n) p`_e * (D e)%:R.
Proof.
move=> le; rewrite /form (big_ord_widen n (fun e => p`_e * (D e)%:R)) // big_mkcond /=; apply: eq_bigr => e _.
by case: ltnP => // /(nth_default 0) ->; rewrite mul0r.
Qed.

Lemma formD p q : form (p + q) = form p + form q.
Proof.
have le := size_add p q; rewrite (formE le) (formE (leq_maxl (size p) (size q))).
rewrite (formE (leq_maxr (size p) (size q))) -big_split; apply: eq_bigr => e _.
by rewrite coefD mulrDl.
Qed.

Lemma formZ c p : form (c *: p) = c * form p.
Proof.
by rewrite (formE (size_scale_leq c p)) /form mulr_sumr; apply: eq_bigr => e _; rewrite coefZ mulrA.
Qed.

Lemma form0 : form 0 = 0.
Proof. by rewrite /form size_poly0 big_ord0. Qed.

Lemma form_sum (I : Type) (r : seq I) (P : pred I) (f : I -> {poly C}) :
  form (\sum_(i <- r | P i) f i) = \sum_(i <- r | P i) form (f i).
Proof. exact: (big_morph form formD form0). Qed.

Lemma formXn e : form 'X^e = (D e)%:R.
Proof.
rewrite /form size_polyXn big_ord_recr /= big1 => [|i _]; rewrite coefXn ?eqxx ?mul1r ?add0r //.
by rewrite ltn_eqF ?mul0r.
Qed.

Lemma form_le p q : (forall e, p`_e <= q`_e) -> form p <= form q.
Proof.
move=> pq; rewrite (formE (leq_maxl (size p) (size q))) (formE (leq_maxr (size p) (size q))).
by apply: ler_sum => e _; rewrite ler_wpM2r.
Qed.

Lemma form_X p : form ('X * p) = form (p^`() * ('X + N%:R%:P)).
Proof.
suff H n (c : nat -> C) (P := \sum_(i < n) c i *: 'X^i) : form ('X * P) = form (P^`() * ('X + N%:R%:P)).
  by have := H (size p) (fun i => p`_i); rewrite /= -poly_def coefK.
rewrite /P mulr_sumr linear_sum mulr_suml !form_sum; apply: eq_bigr => i _.
rewrite /= derivZ -scalerAr -scalerAl !formZ -exprS formXn derivXn; congr (_ * _).
case: (nat_of_ord i) => [|e]; first by rewrite mulr0n mul0r form0.
rewrite derangementsS /= mulrnAl mulrDr -exprSr -scaler_nat formZ formD formXn [_ * _%:P]mulrC mul_polyC formZ formXn.
by rewrite natrM natrD natrM.
Qed.

(** The product of a_i + X; a step of drawing without replacement merges a place into an earlier one. *)
Definition positions a n : {poly C} := \prod_(i < n) ((a i)%:P + 'X).
Definition merged a (i j : nat) : C := if j == i then N%:R else a j.

Lemma positionsS a n : positions a n.+1 = positions a n * ((a n)%:P + 'X).
Proof. by rewrite /positions big_ord_recr. Qed.

Lemma positions_eq a a' n : (forall i, (i < n)%N -> a i = a' i) -> positions a n = positions a' n.
Proof. by move=> aa; apply: eq_bigr => i _; rewrite aa. Qed.

Lemma positions_deriv a n : (positions a n)^`() * ('X + N%:R%:P) = \sum_(i < n) positions (merged a i) n.
Proof.
elim: n => [|n IH]; first by rewrite big_ord0 /positions big_ord0 derivE mul0r.
rewrite positionsS derivM derivD derivC derivX add0r mulr1 mulrDl mulrAC IH big_ord_recr mulr_suml /=; congr (_ + _).
  by apply: eq_bigr => i _; rewrite positionsS /merged (gtn_eqF (ltn_ord i)).
rewrite positionsS /merged eqxx [_ + 'X]addrC; congr (_ * _).
by apply: positions_eq => i i_n; rewrite (ltn_eqF i_n).
Qed.

Lemma form_positions a n :
  form (positions a n.+1) = a n * form (positions a n) + \sum_(i < n) form (positions (merged a i) n).
Proof.
by rewrite positionsS mulrDr formD -form_sum -positions_deriv -form_X mulrC mul_polyC formZ [_ * 'X]mulrC.
Qed.

Lemma form_rising e : form (('X + N%:R%:P) ^+ e) = \prod_(i < e) (N + i)%:R.
Proof.
elim: e => [|e IH]; first by rewrite big_ord0 expr0 -(expr0 'X) formXn.
rewrite exprS mulrDl formD form_X deriv_exp derivD derivX derivC addr0 mul1r mulrnAl -exprSr mul_polyC formZ IH.
rewrite big_ord_recr /=; case: e IH => [|e] IH; first by rewrite mulr0n form0 add0r addn0 mulrC.
by rewrite -scaler_nat formZ IH -mulrDl -natrD mulrC addnC.
Qed.

Lemma rising_bin e : (\prod_(i < e) (N + i) = e`! * 'C((N + e).-1, e))%N.
Proof.
elim: e => [|e IH]; first by rewrite big_ord0 bin0.
by rewrite big_ord_recr /= IH mulnAC -mulnA mul_bin_diag factS addnS mulnA [(e`! * _)%N]mulnC.
Qed.

Lemma power_two (x y : C) e : 0 <= x -> 0 <= y -> x ^+ e.+1 + e.+1%:R * y * x ^+ e <= (x + y) ^+ e.+1.
Proof.
move=> x0 y0; elim: e => [|e IH]; first by rewrite !expr1 expr0 mulr1 mul1r.
apply: le_trans (_ : (x + y) * (x ^+ e.+1 + e.+1%:R * y * x ^+ e) <= _).
  rewrite -[e.+2%:R]natr1 (exprS x e.+1) (exprS x e); move: (x ^+ e) (e.+1%:R) (exprn_ge0 e x0) (ler0n C e.+1) => X c X0 c0.
  rewrite !mulrDl !mulrDr mul1r -addrA lerD2l [x * (c * y * X)]mulrCA addrA lerDl.
  by rewrite !mulr_ge0.
by rewrite [leRHS]exprS ler_wpM2l ?addr_ge0.
Qed.

Lemma coef_positions a n e : (forall i, (i < n)%N -> 0 < a i) ->
  0 <= (positions a n)`_e <= (\prod_(i < n) a i) * ((\sum_(i < n) (a i)^-1) ^+ e / e`!%:R).
Proof.
elim: n e => [|n IH] e a0.
  rewrite /positions !big_ord0 mul1r coef1; case: e => [|e]; first by rewrite expr0 divr1 ler01 lexx.
  by rewrite expr0n mul0r lexx.
have {}IH e' := IH e' (fun i i_n => a0 i (ltnW i_n)); have an := a0 n (ltnSn n).
rewrite positionsS mulrDr coefD coefMC coefMX !big_ord_recr /=.
have a1 (i : 'I_n) : 0 < a i by apply: a0; rewrite ltnS ltnW.
have A0 : 0 <= \prod_(i < n) a i by apply: prodr_ge0 => i _; apply: ltW.
have s0 : 0 <= \sum_(i < n) (a i)^-1 by apply: sumr_ge0 => i _; rewrite invr_ge0 ltW.
move: (\prod_(i < n) _) (\sum_(i < n) _) A0 s0 IH => A s A0 s0 IH.
case: e => [|e] /=.
  by have := IH 0%N; rewrite addr0 !expr0 fact0 divr1 mulr1 => /andP[p0 p1]; rewrite mulr_ge0 ?(ltW an) // mulr1 ler_pM2r.
have /andP[p0 p1] := IH e; have /andP[q0 q1] := IH e.+1.
rewrite addr_ge0 ?mulr_ge0 ?(ltW an) //=.
apply: le_trans (lerD (ler_wpM2r (ltW an) q1) p1) _.
have f0 k : 0 < k`!%:R :> C by rewrite ltr0n fact_gt0.
have t0 : 0 <= (a n)^-1 by rewrite invr_ge0 ltW.
have := power_two e s0 t0; rewrite -(ler_pM2l (_ : 0 < (e.+1)`!%:R^-1 :> C)) ?invr_gt0 //.
move/(ler_wpM2l (mulr_ge0 A0 (ltW an))); congr (_ <= _); last by rewrite [(_ ^-1) * _]mulrC.
rewrite !mulrDr; congr (_ + _); first by rewrite mulrAC [_^-1 * _]mulrC.
have e1 : e.+1%:R != 0 :> C by rewrite pnatr_eq0.
rewrite factS natrM invfM [e.+1%:R^-1 * _]mulrC -[_ / e.+1%:R * _]mulrA -!mulrA mulKf // [_^-1 * ((a n)^-1 * _)]mulrCA.
by rewrite mulVKf ?lt0r_neq0 // [_^-1 * _]mulrC.
Qed.

Lemma coef_Xadd (x : C) f e : (('X + x%:P) ^+ f)`_e = x ^+ (f - e) *+ 'C(f, e).
Proof.
elim: f e => [|f IH] e; first by rewrite expr0 coef1; case: e.
rewrite exprSr mulrDr coefD coefMC coefMX; case: e => [|e] /=; first by rewrite add0r IH !bin0 !subn0 exprSr.
rewrite !IH subSS binS mulrnDr addrC; congr (_ + _); have [ef|fe] := ltnP e f; last by rewrite bin_small ?mulr0n ?mul0r.
by rewrite mulrnAl -exprSr subnSK.
Qed.

Lemma ffact_power n j : (n ^_ j <= n ^ j)%N.
Proof. by elim: j => // j IH; rewrite ffactnSr expnSr leq_mul ?leq_subr. Qed.

Lemma power_exp (x : C) k : 0 <= x -> (1 + x / k%:R) ^+ k <= \sum_(j < k.+1) x ^+ j / j`!%:R.
Proof.
move=> x0; rewrite exprDn; apply: ler_sum => j _; rewrite expr1n mul1r expr_div_n -mulrnAr ler_wpM2l ?exprn_ge0 //.
move: (nat_of_ord j) => {}j; have [->|k0] := posnP k.
  by case: j => [|j]; rewrite ?expr0 ?fact0 ?bin0 ?invr1 ?mulr1n // bin0n mulr0n invr_ge0.
rewrite -[_ *+ _]mulr_natl ler_pdivrMr ?exprn_gt0 ?ltr0n // mulrC ler_pdivlMr ?ltr0n ?fact_gt0 //.
by rewrite -natrX -natrM ler_nat bin_ffact ffact_power.
Qed.

Lemma negative_binomial N' (b : C) M : 0 <= b -> b < 1 ->
  (\sum_(f < M) b ^+ f * ('C((N' + f).-1, f))%:R) * (1 - b) ^+ N' <= 1.
Proof.
move=> b0 b1; have c0 : 0 <= 1 - b by rewrite subr_ge0 ltW.
elim: N' => [|K IH].
  rewrite expr0 mulr1; case: M => [|M]; first by rewrite big_ord0 ler01.
  rewrite big_ord_recl big1 => [|i _]; last by rewrite bin_small ?mulr0.
  by rewrite addr0 expr0 mul1r bin0.
apply: le_trans IH; rewrite exprS mulrA ler_wpM2r ?exprn_ge0 //.
have -> : (\sum_(f < M) b ^+ f * ('C((K.+1 + f).-1, f))%:R) * (1 - b) =
    \sum_(f < M) b ^+ f * ('C((K + f).-1, f))%:R - if M is M'.+1 then b ^+ M * ('C(K + M', M'))%:R else 0.
  elim: M => [|M IHM]; first by rewrite !big_ord0 mul0r subr0.
  rewrite !big_ord_recr /= mulrDl IHM -!addrA; congr (_ + _).
  case: M {IHM} => [|M] /=.
    by rewrite !addn0 !bin0 oppr0 add0r !mulr1 expr0 mul1r expr1.
  rewrite mulrBr mulr1 [_ * _ * b]mulrAC -exprSr addrA; congr (_ + _).
  by rewrite -[Nat.add K M.+1]/(K + M.+1)%N addnS binS natrD mulrDr addrCA addNr addr0.
case: M => [|M]; first by rewrite subr0.
by rewrite gerDl oppr_le0 mulr_ge0 ?exprn_ge0.
Qed.

Lemma coef_positions0 a n e : (n < e)%N -> (positions a n)`_e = 0.
Proof.
elim: n e => [|n IH] [//|e] lt; first by rewrite /positions big_ord0 coef1.
by rewrite positionsS mulrDr coefD coefMC coefMX /= !IH ?mul0r ?addr0 // ltnW.
Qed.

Lemma form_bound n k a b : (forall i, (i < n)%N -> 0 < a i) -> \sum_(i < n) (a i)^-1 <= b -> b < 1 ->
  form (positions a n) * ((1 + N%:R * b / k%:R) ^+ k * (1 - b) ^+ N) <= \prod_(i < n) a i.
Proof.
move=> a0 sb b1; have s0 : 0 <= \sum_(i < n) (a i)^-1 by apply: sumr_ge0 => i _; rewrite invr_ge0 ltW // a0.
have b0 : 0 <= b := le_trans s0 sb; have c0 : 0 <= 1 - b by rewrite subr_ge0 ltW.
have A0 : 0 <= \prod_(i < n) a i by apply: prodr_ge0 => i _; rewrite ltW // a0.
pose T := \sum_(f < (n + k).+1) (b ^+ f / f`!%:R) *: ('X + N%:R%:P) ^+ f.
have formT : form T * (1 - b) ^+ N <= 1.
  apply: le_trans (negative_binomial N (n + k).+1 b0 b1); rewrite ler_wpM2r ?exprn_ge0 // /T form_sum.
  apply: ler_sum => f _; rewrite formZ form_rising -natr_prod rising_bin natrM mulrA divfK ?pnatr_eq0 -?lt0n ?fact_gt0 //.
rewrite mulrA [form _ * _]mulrC -formZ; apply: le_trans (_ : form ((\prod_(i < n) a i) *: T) * (1 - b) ^+ N <= _).
  rewrite ler_wpM2r ?exprn_ge0 //; apply: form_le => e; rewrite !coefZ.
  have F0 f : 0 <= (b ^+ f / f`!%:R) * (('X + N%:R%:P) ^+ f)`_e.
    by rewrite coef_Xadd mulr_ge0 ?divr_ge0 ?exprn_ge0 // mulrn_wge0 // exprn_ge0.
  rewrite coef_sum [X in _ <= _ * X](eq_bigr (fun f : 'I_ _ => (b ^+ f / f`!%:R) * (('X + N%:R%:P) ^+ f)`_e)) => [|f _]; last by rewrite coefZ.
  have [en|ne] := leqP e n; last by rewrite coef_positions0 // mulr0 mulr_ge0 // sumr_ge0.
  have /andP[p0 p1] := coef_positions e a0.
  apply: le_trans (_ : (\sum_(j < k.+1) (N%:R * b) ^+ j / j`!%:R) * ((\prod_(i < n) a i) * (b ^+ e / e`!%:R)) <= _).
    apply: ler_pM => //; first by rewrite exprn_ge0 // addr_ge0 // divr_ge0 // mulr_ge0.
      by rewrite power_exp // mulr_ge0.
    apply: le_trans p1 _; rewrite ler_wpM2l // ler_wpM2r ?invr_ge0 //.
    by rewrite lerXn2r.
  rewrite mulrCA ler_wpM2l // mulr_suml -(big_mkord xpredT (fun f => (b ^+ f / f`!%:R) * (('X + N%:R%:P) ^+ f)`_e)).
  rewrite (@big_cat_nat _ _ _ e) //=; last by rewrite (leq_trans en) // -addnS leq_addr.
  rewrite [X in _ + X](@big_cat_nat _ _ _ (k.+1 + e)) /=; last 2 first.
  - by rewrite leq_addl.
  - by rewrite addSn ltnS addnC leq_add2r.
  apply: le_trans (_ : \sum_(e <= f < k.+1 + e) (b ^+ f / f`!%:R) * (('X + N%:R%:P) ^+ f)`_e <= _); last first.
    by rewrite [_ + (_ + _)]addrCA lerDl addr_ge0 // sumr_ge0.
  rewrite -[X in \sum_(X <= _ < _) _]add0n big_addn addnK big_mkord; apply: ler_sum => j _.
  rewrite coef_Xadd addnK -[_ *+ 'C(_, _)]mulr_natl -(bin_fact (leq_addl j e)) addnK.
  have b'0 : 'C(j + e, e)%:R != 0 :> C by rewrite pnatr_eq0 -lt0n bin_gt0 leq_addl.
  rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite exprMn exprD !natrM !invfM.
  rewrite [_^-1 * (_^-1 * _)]mulrC !mulrA -[_ / _ * 'C(_, _)%:R]mulrA mulVf // mulr1 -!mulrA mulrCA; congr (_ * _).
  by rewrite mulrC -!mulrA mulrCA; congr (_ * _); rewrite mulrCA.
by rewrite formZ -mulrA ler_piMr.
Qed.
End Form.

Section Places.
Variables (C : numFieldType) (N : nat) (f : nat -> 'I_N).
Implicit Types (g : nat -> 'I_N -> C) (a : nat -> C) (n k i j : nat).

(** Products over distinct places of a uniformly random permutation. *)
Definition distinct n : Prop := forall i j, (i < n)%N -> (j < n)%N -> f i = f j -> i = j.
Definition product_at g n (p : 'S_N) : C := \prod_(i < n) g i (p (f i)).
Definition product_sum g n : C := \sum_(p : 'S_N) product_at g n p.
Definition merge g (i n j : nat) (l : 'I_N) : C := if j == i then g j l * g n l else g j l.

Lemma distinctW n : distinct n.+1 -> distinct n.
Proof. by move=> fn i j i_n j_n; apply: fn; rewrite ltnS ltnW. Qed.

Lemma card_distinct n : distinct n -> #|[set f i | i : 'I_n]| = n.
Proof. by move=> fn; rewrite card_imset ?card_ord // => i j e; exact: val_inj (fn i j (ltn_ord i) (ltn_ord j) e). Qed.

Lemma distinct_le n : distinct n -> (n <= N)%N.
Proof. by move=> /card_distinct <-; rewrite -[X in (_ <= X)%N]card_ord max_card. Qed.

Lemma product_sumS g n : distinct n.+1 ->
  (N - n)%:R * product_sum g n.+1 = (\sum_l g n l) * product_sum g n - \sum_(i < n) product_sum (merge g i n) n.
Proof.
move=> fn1; have fn := distinctW fn1; rewrite [_ * product_sum g n]mulr_sumr.
have -> : \sum_(p : 'S_N) (\sum_l g n l) * product_at g n p = \sum_(i : 'I_N) \sum_(p : 'S_N) g n (p i) * product_at g n p.
  rewrite exchange_big; apply: eq_bigr => p _; rewrite -mulr_suml; congr (_ * _).
  by rewrite (reindex_inj (@perm_inj _ p)).
rewrite (bigID (fun l : 'I_N => l \in [set f i | i : 'I_n])) /= big_imset /=; last first.
  by move=> i j _ _ e; exact: val_inj (fn i j (ltn_ord i) (ltn_ord j) e).
have -> : \sum_(i < n) \sum_(p : 'S_N) g n (p (f i)) * product_at g n p = \sum_(i < n) product_sum (merge g i n) n.
  apply: eq_bigr => i _; apply: eq_bigr => p _; rewrite /product_at (bigD1 i) //= [RHS](bigD1 i) //=.
  rewrite {1}/merge eqxx mulrA [g n _ * _]mulrC; congr (_ * _); apply: eq_bigr => j ji.
  by rewrite /merge; move: ji; rewrite -(inj_eq val_inj) /= => /negPf ->.
rewrite addrAC subrr add0r (eq_bigr (fun=> product_sum g n.+1)) => [|l ln]; last first.
  rewrite /product_sum (reindex_inj (mulgI (tperm l (f n)))) /=; apply: eq_bigr => p _.
  rewrite permM tpermL /product_at big_ord_recr /= mulrC; congr (_ * _); apply: eq_bigr => i _.
  rewrite permM tpermD //; first by apply: contraNneq ln => ->; apply: imset_f.
  by apply: contraTneq (ltn_ord i) => e; rewrite -(fn1 n i) ?ltnn // ltnS ltnW.
rewrite sumr_const mulr_natl; congr (_ *+ _).
have := cardC (mem [set f i | i : 'I_n]); rewrite (card_distinct fn) card_ord => e.
by rewrite -[X in (X - n)%N]e addKn; apply: eq_card.
Qed.

Lemma product_sum_bound g a n : distinct n -> (forall i l, (i < n)%N -> `|g i l| <= 1) ->
  (forall i, (i < n)%N -> `|\sum_l g i l| <= a i) ->
  `|product_sum g n| * (N ^_ n)%:R <= N`!%:R * form N (positions a n).
Proof.
elim: n g a => [|n IH] g a fn1 g1 ga.
  rewrite ffactn0 mulr1 /positions big_ord0 -(expr0 'X) formXn mulr1 /product_sum (eq_bigr (fun=> 1)) => [|p _].
    by rewrite sumr_const card_Sn ger0_norm ?ler0n.
  by rewrite /product_at big_ord0.
rewrite form_positions mulrDr [_ * \sum_(i < n) _]mulr_sumr ffactnSr natrM mulrA mulrAC.
have -> : `|product_sum g n.+1| * (N - n)%:R = `|(N - n)%:R * product_sum g n.+1| by rewrite normrM [`|_%:R|]ger0_norm ?ler0n // mulrC.
rewrite product_sumS //; have fn := distinctW fn1.
apply: le_trans (ler_wpM2r (ler0n _ _) (ler_normB _ _)) _; rewrite mulrDl; apply: lerD.
  rewrite normrM -mulrA [leRHS]mulrCA; apply: ler_pM => //; first by rewrite mulr_ge0.
    exact: ga.
  by apply: IH => // i *; [apply: g1 | apply: ga]; rewrite ltnS ltnW.
apply: le_trans (ler_wpM2r (ler0n _ _) (ler_norm_sum _ _ _)) _; rewrite mulr_suml; apply: ler_sum => i _.
have m1 j l : (j < n)%N -> `|merge g i n j l| <= 1.
  move=> jn; have gj : `|g j l| <= 1 by apply: g1; rewrite ltnS ltnW.
  by rewrite /merge; case: eqP => _ //; rewrite normrM mulr_ile1 ?normr_ge0 // g1.
apply: IH => // j jn; rewrite /merged /merge; case: eqP => ji; last by apply: ga; rewrite ltnS ltnW.
apply: le_trans (ler_norm_sum _ _ _) _; apply: le_trans (_ : \sum_(l < N) 1 <= _); last by rewrite sumr_const card_ord.
by apply: ler_sum => l _; have := m1 j l jn; rewrite /merge ji eqxx.
Qed.

Lemma product_sum_power g a b n k : distinct n -> (forall i l, (i < n)%N -> `|g i l| <= 1) ->
  (forall i, (i < n)%N -> 0 < a i) -> (forall i, (i < n)%N -> `|\sum_l g i l| <= a i) ->
  \sum_(i < n) (a i)^-1 <= b -> b < 1 ->
  `|product_sum g n / N`!%:R| * ((1 + N%:R * b / k%:R) ^+ k * (1 - b) ^+ N) <= (\prod_(i < n) a i) / (N ^_ n)%:R.
Proof.
move=> fn g1 a0 ga sb b1; rewrite ler_pdivlMr ?ltr0n ?ffact_gt0 ?distinct_le // mulrAC normrM normfV.
rewrite [`|_%:R|]ger0_norm // [_ / _ * _]mulrAC; apply: le_trans (form_bound N k a0 sb b1).
have s0 : 0 <= \sum_(i < n) (a i)^-1 by apply: sumr_ge0 => i _; rewrite invr_ge0 ltW // a0.
apply: ler_wpM2r.
  by rewrite mulr_ge0 ?exprn_ge0 ?subr_ge0 ?(ltW b1) // addr_ge0 // divr_ge0 // mulr_ge0 // (le_trans s0).
by rewrite ler_pdivrMr ?ltr0n ?fact_gt0 // [leRHS]mulrC; apply: product_sum_bound.
Qed.
End Places.

Section Blocks.
Variables (C : numFieldType) (N d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Implicit Types (t s : nat) (b : nat -> nat) (u : nat -> 'I_N -> C).

Lemma quotient c r : (r < d)%N -> ((c * d + r) %/ d = c)%N.
Proof. by move=> rd; rewrite divnMDl // divn_small ?addn0. Qed.

Lemma prod_blocks t (h : nat -> C) : \prod_(i < t * d) h (i %/ d)%N = \prod_(i < t) h i ^+ d.
Proof.
elim: t => [|t IH]; first by rewrite mul0n !big_ord0.
rewrite big_ord_recr /= -IH mulSn addnC big_split_ord /=; congr (_ * _).
by rewrite (eq_bigr (fun=> h t)) => [|i _]; rewrite ?prodr_const ?card_ord // quotient.
Qed.

Lemma sum_blocks t (h : nat -> C) : \sum_(i < t * d) h (i %/ d)%N = \sum_(i < t) d%:R * h i.
Proof.
elim: t => [|t IH]; first by rewrite mul0n !big_ord0.
rewrite big_ord_recr /= -IH mulSn addnC big_split_ord /=; congr (_ + _).
by rewrite (eq_bigr (fun=> h t)) => [|i _]; rewrite ?sumr_const ?card_ord ?mulr_natl // quotient.
Qed.

(** The block [b s] is at the places d (b s), ..., d (b s) + d - 1. *)
Definition disjoint_blocks t b : Prop :=
  (forall s, (s < t)%N -> (d * (b s).+1 <= N)%N) /\ forall s s', (s < t)%N -> (s' < t)%N -> b s = b s' -> s = s'.

Definition place_of (l0 : 'I_N) b (i : nat) : 'I_N := insubd l0 (d * b (i %/ d) + i %% d)%N.

Lemma place_ofE l0 t b i : disjoint_blocks t b -> (i < t * d)%N -> place_of l0 b i = (d * b (i %/ d) + i %% d)%N :> nat.
Proof.
move=> [bN _] it; rewrite val_insubd ifT //; have := bN (i %/ d)%N; rewrite ltn_divLR // => /(_ it).
by apply: leq_trans; rewrite mulnS addnC ltn_add2r ltn_mod.
Qed.

Lemma place_of_distinct l0 t b : disjoint_blocks t b -> distinct (place_of l0 b) (t * d).
Proof.
move=> db i j it jt /(congr1 val); rewrite /= !(place_ofE l0 db) // !(mulnC d) => e.
rewrite (divn_eq i d) (divn_eq j d).
have eb : b (i %/ d)%N = b (j %/ d)%N.
  by have := congr1 (divn^~ d) e; rewrite /= !quotient ?ltn_mod.
have er : (i %% d = j %% d)%N by have := congr1 (modn^~ d) e; rewrite /= !modnMDl !modn_mod.
by rewrite er; case: db => _ /(_ (i %/ d) (j %/ d))%N ->; rewrite ?ltn_divLR.
Qed.

Lemma product_blocks l0 t b u (p : 'S_N) : disjoint_blocks t b ->
  product_at (place_of l0 b) (fun i => u (i %/ d)%N) (t * d) p = \prod_(s < t) \prod_(i : 'I_N | i %/ d == b s) u s (p i).
Proof.
elim: t => [|t IH] db; first by rewrite /product_at mul0n !big_ord0.
have db' : disjoint_blocks t b by case: db => bN binj; split=> [s st|s s' st st']; [apply: bN | apply: binj]; rewrite ltnS ltnW.
rewrite big_ord_recr /= -IH // /product_at mulSn addnC big_split_ord /=; congr (_ * _).
have inT (r : 'I_d) : (t * d + r < t.+1 * d)%N by rewrite mulSn addnC ltn_add2r.
have inj : injective (fun r : 'I_d => place_of l0 b (t * d + r)).
  by move=> r r' e; apply: val_inj; apply: (@addnI (t * d)); apply: (@place_of_distinct l0 _ _ db) e.
rewrite (eq_bigr (fun r : 'I_d => u t (p (place_of l0 b (t * d + r))))) => [|r _]; last first.
  by rewrite quotient.
rewrite -(big_imset (fun i => u t (p i)) (in2W inj)) /=; apply: eq_bigl => i; apply/imsetP/eqP => [[r _ ->]|it].
  by rewrite (place_ofE l0 db) // quotient // mulnC quotient ?ltn_mod.
exists (Ordinal (ltn_pmod i d_gt0)) => //; apply: ord_inj; rewrite (place_ofE l0 db (inT _)) /=.
by rewrite quotient ?ltn_mod // modnMDl modn_mod -it mulnC -divn_eq.
Qed.

(** Lemma 2, for numbers of any field like that of the complex numbers: the blocks are those at the places d b_s, ...,
    d b_s + d - 1 of a uniform permutation, [beta] is any number from the sum of the d/(N psi_s) on that is below 1, and
    e^(N beta) is (1 + N beta/k)^k for every k >= 1 (docs/proofs/spanning.md, Lemma 2). *)
Theorem characters_disjoint t k b u (psi : nat -> C) (beta : C) : disjoint_blocks t b ->
  (forall s l, (s < t)%N -> `|u s l| <= 1) -> (forall s, (s < t)%N -> 0 < psi s) ->
  (forall s, (s < t)%N -> `|\sum_l u s l| <= N%:R * psi s) ->
  \sum_(s < t) d%:R / (N%:R * psi s) <= beta -> beta < 1 ->
  `|(\sum_(p : 'S_N) \prod_(s < t) \prod_(i : 'I_N | i %/ d == b s) u s (p i)) / N`!%:R| *
    ((1 + N%:R * beta / k%:R) ^+ k * (1 - beta) ^+ N) <= N%:R ^+ (t * d) / (N ^_ (t * d))%:R * \prod_(s < t) psi s ^+ d.
Proof.
move=> db u1 psi0 upsi sb b1; have lt i : (i < t * d)%N = (i %/ d < t)%N by rewrite ltn_divLR.
have [N0|N0] := posnP N.
  have t0 : t = 0%N.
    by case: (posnP t) => // t0; case: db => /(_ 0%N t0) + _; rewrite mulnS; move: d_gt0 N0; case: (d) => // d' _ ->.
  have e0 : N%:R = 0 :> C by rewrite N0.
  have e1 : (1 - beta) ^+ N = 1 by rewrite N0.
  rewrite t0 (eq_bigr (fun=> 1)) => [|p _]; last by rewrite big_ord0.
  rewrite sumr_const card_Sn divff ?pnatr_eq0 -?lt0n ?fact_gt0 // normr1 e1 e0 mul0r mul0r addr0 expr1n.
  by rewrite mul0n ffactn0 expr0 big_ord0 !mulr1 divr1.
pose l0 : 'I_N := Ordinal N0; have -> : \sum_(p : 'S_N) \prod_(s < t) \prod_(i : 'I_N | (i %/ d)%N == b s) u s (p i) =
    product_sum (place_of l0 b) (fun i => u (i %/ d)%N) (t * d).
  by apply: eq_bigr => p _; rewrite product_blocks.
have -> : N%:R ^+ (t * d) / (N ^_ (t * d))%:R * \prod_(s < t) psi s ^+ d =
    (\prod_(i < t * d) (N%:R * psi (i %/ d)%N)) / (N ^_ (t * d))%:R.
  by rewrite big_split /= prodr_const card_ord (prod_blocks t psi) mulrAC.
apply: (@product_sum_power C N (place_of l0 b) (fun i => u (i %/ d)%N) (fun i => N%:R * psi (i %/ d)%N) beta) => //.
- by apply: place_of_distinct; apply: db.
- by move=> i l; rewrite lt; apply: u1.
- by move=> i; rewrite lt => it; rewrite mulr_gt0 ?psi0 // ltr0n.
- by move=> i; rewrite lt; apply: upsi.
apply: le_trans sb; rewrite (sum_blocks t (fun s => (N%:R * psi s)^-1)).
by [].
Qed.
End Blocks.
