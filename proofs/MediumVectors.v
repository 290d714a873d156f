(** With how small a probability a vector of medium type is in the kernel (docs/proofs/spanning.md, Proposition 7). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Codes FirstMoment SmallSets RowTypes TypeBounds BinomialSums.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Numbers.
Variable R : realFieldType.
Implicit Types (x u : R) (a b c k j p : nat).

(** e^x <= (2 + x)/(2 - x), by trapezoids over the convex power. *)
Lemma power_trapezoid u k : 0 <= u -> 2%:R * ((1 + u) ^+ k - 1) <= k%:R * u * ((1 + u) ^+ k + 1).
Proof.
move=> u0; pose P i : R := (1 + u) ^+ i; have P0 i : 0 <= P i by rewrite exprn_ge0 // addr_ge0.
have PS i : P i.+1 = P i + u * P i by rewrite /P exprS mulrDl mul1r.
suff H : P k - 1 <= k%:R * u * P k /\ 2%:R * (P k - 1) <= k%:R * u * (P k + 1) by case: H.
elim: k => [|k [IH1 IH2]]; first by rewrite /P expr0 subrr mulr0 !mul0r.
have step : P k - 1 <= k.+1%:R * u * P k.
  by apply: le_trans IH1 _; rewrite -!mulrA ler_wpM2r ?mulr_ge0 // ler_nat.
have grow : P k <= P k.+1 by rewrite PS lerDl mulr_ge0.
split.
  rewrite PS addrAC -natr1 mulrDl mulrDl mul1r; apply: le_trans (lerD IH1 (lexx _)) _.
  by rewrite -PS lerD // -?mulrA; do ![rewrite ler_wpM2l ?mulr_ge0 //].
rewrite PS addrAC mulrDr; apply: le_trans (lerD IH2 (lexx _)) _.
have -> : k.+1%:R * u * (P k + u * P k + 1) = k%:R * u * (P k + 1) + (u * (P k + 1) + k.+1%:R * u * (u * P k)).
  by rewrite addrAC mulrDr -natr1 [(k%:R + 1) * u]mulrDl mul1r mulrDl -addrA; congr (_ + (_ + _)); rewrite ?mulrDl ?mul1r.
rewrite lerD2l mulr_natl mulr2n mulrDr -addrA lerD2l mulr1 -[_ * u * _]mulrA [k.+1%:R * _]mulrCA -[X in _ <= X + _]mulr1.
by rewrite -mulrDr ler_wpM2l // addrC -lerBlDr mulrA.
Qed.

Lemma power_below a b k : (0 < b)%N -> (a <= 2 * b)%N ->
  (1 + a%:R / (b * k)%:R) ^+ k * (2 * b - a)%:R <= (2 * b + a)%:R :> R.
Proof.
move=> b0 ab; have bR : 0 < b%:R :> R by rewrite ltr0n.
set u : R := a%:R / _; have u0 : 0 <= u by rewrite divr_ge0.
have le : k%:R * u * b%:R <= a%:R.
  rewrite mulrAC -natrM mulnC /u; have [->|k0] := posnP k; first by rewrite muln0 mul0r.
  by rewrite mulrC divfK // pnatr_eq0 muln_eq0 negb_or -!lt0n b0 k0.
have P0 : 0 <= (1 + u) ^+ k + 1 by rewrite addr_ge0 // exprn_ge0 // addr_ge0.
have := ler_wpM2r (ltW bR) (power_trapezoid k u0); rewrite [leRHS]mulrAC => /le_trans/(_ (ler_wpM2r P0 le)).
rewrite natrB // natrD natrM; set P := _ ^+ k; rewrite mulrBr mulrBl mulr1 lerBlDr => le2.
by rewrite mulrBr lerBlDr [P * (_ * _)]mulrCA mulrA addrAC -addrA addrC [P * _]mulrC (le_trans le2) // mulrDr mulr1.
Qed.

(** e^(0.1) 0.79 e^(0.135) < 1. *)
Lemma margin k j : (1 + 1 / (10 * k)%:R) ^+ k * (79%:R / 100%:R) * (1 + 27%:R / (200 * j)%:R) ^+ j <= 1 :> R.
Proof.
have A := @power_below 1 10 k isT isT; have B := @power_below 27 200 j isT isT.
set P := (1 + _) ^+ k in A *; set Q := (1 + _) ^+ j in B *.
have P0 : 0 <= P by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have Q0 : 0 <= Q by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have {A} : P <= 21%:R / 19%:R by rewrite ler_pdivlMr ?ltr0n.
have {B} : Q <= 427%:R / 373%:R by rewrite ler_pdivlMr ?ltr0n.
move=> B A; apply: le_trans (_ : 21%:R / 19%:R * (79%:R / 100%:R) * (427%:R / 373%:R) <= _).
  apply: ler_pM => //; first by rewrite mulr_ge0 ?divr_ge0.
  by rewrite ler_wpM2r ?divr_ge0.
have join a a' b b' c c' : a%:R / a'%:R * (b%:R / b'%:R) * (c%:R / c'%:R) = (a * b * c)%:R / (a' * b' * c')%:R :> R.
  by rewrite !mulf_div !natrM.
rewrite join -[leRHS]divr1; apply: (@fractions R (21 * 79 * 427) (19 * 100 * 373) 1 1); lia.
Qed.

Lemma tenth_ge1 k c : 1 <= ((1 + 1 / (10 * k)%:R) ^+ k) ^+ c :> R.
Proof. by rewrite !exprn_ege1 // lerDl divr_ge0. Qed.

(** At most pF^z vectors, each with a probability of at most y^r. *)
Lemma rare_vectors x p z r (y c F G : R) : (0 < z <= r.+1)%N -> 0 < y -> y <= 1 -> y^-1 <= c -> 0 <= F -> 0 < G ->
  F * y * G <= 1 -> x <= p%:R * F ^+ z -> x * y ^+ r <= c * p%:R * G ^- z.
Proof.
move=> /andP[z0 zr] y0 y1 yV F0 G0 small le.
apply: le_trans (_ : p%:R * F ^+ z * (y ^+ z * y^-1) <= _).
  apply: le_trans (ler_wpM2r (exprn_ge0 r (ltW y0)) le) _; rewrite ler_wpM2l ?mulr_ge0 ?exprn_ge0 //.
  by rewrite -(prednK z0) exprSr mulfK ?gt_eqF // ler_wiXn2l ?(ltW y0) // -ltnS prednK.
rewrite mulrA -[leRHS]mulrA [leRHS]mulrC.
have Fy0 : 0 <= F ^+ z * y ^+ z by rewrite -exprMn exprn_ge0 // mulr_ge0 // ltW.
rewrite -[p%:R * _ * _]mulrA; apply: ler_pM => //; rewrite ?invr_ge0 ?(ltW y0) //; first exact: mulr_ge0.
rewrite ler_wpM2l // -exprVn.
have := exprn_ile1 z _ small; rewrite !mulr_ge0 ?(ltW y0) ?(ltW G0) // => /(_ isT).
by move=> le1; rewrite exprVn -[leRHS]mul1r ler_pdivlMr ?exprn_gt0 // -!exprMn.
Qed.

Lemma total_chance x p z r k j : (0 < z <= r.+1)%N -> x <= p%:R * ((1 + 1 / (10 * k)%:R) ^+ k) ^+ z ->
  x * (79%:R / 100%:R) ^+ r <= 13%:R / 10%:R * p%:R * (1 + 27%:R / (200 * j)%:R) ^- (j * z).
Proof.
rewrite exprM; have := margin k j; set F := (1 + 1 / _) ^+ k; set G := (_ ^+ j).
have F0 : 0 <= F by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have G0 : 0 < G by rewrite exprn_gt0 // ltr_wpDr // divr_ge0.
have yV : (79%:R / 100%:R)^-1 <= 13%:R / 10%:R :> R by rewrite invf_div; apply: fractions => //; lia.
have y1 : 79%:R / 100%:R <= 1 :> R by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat.
have y0 : 0 < 79%:R / 100%:R :> R by rewrite divr_gt0 ?ltr0n.
clearbody F G; move: (79%:R / 100%:R) (13%:R / 10%:R) yV y1 y0 => y c yV y1 y0 small zr.
exact: rare_vectors.
Qed.

(** s ln(ep/s) <= 0.1 for s = a/c: some k has it with (1 - 1/k)^(-k), which decreases to e, and (1 + 1/(10k))^k, which
    increases to e^(1/10). *)
Definition few_choices p a c : Prop := exists2 k, (1 < k)%N &
  (e_above R k * p%:R / (a%:R / c%:R)) ^+ a <= ((1 + 1 / (10 * k)%:R) ^+ k) ^+ c.

(** s ln(ep/s) increases for s <= p. *)
Lemma few_choices_below p a c a' c' : (0 < a)%N -> (0 < c)%N -> (0 < c')%N -> (a * c' <= a' * c)%N -> (a' <= p * c')%N ->
  few_choices p a' c' -> few_choices p a c.
Proof.
move=> a0 c0 c'0 le le_p [k k1 few]; exists k => //.
have E0 := e_above_gt0 R k1; set F := (_ ^+ k) in few *; set E := e_above R k in E0 few *.
have F0 : 0 <= F by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have ac0 : (0 < a * c')%N by rewrite muln_gt0 a0.
have a'0 : (0 < a')%N by move: (leq_trans ac0 le); rewrite muln_gt0 => /andP[].
have [aR cR a'R c'R] : [/\ 0 < a%:R :> R, 0 < c%:R :> R, 0 < a'%:R :> R & 0 < c'%:R :> R] by rewrite !ltr0n.
set X := E * _ / _ in few; set Y := E * _ / _; have EX : E <= X.
  by rewrite /X invf_div -mulrA ler_peMr ?(ltW E0) // mulrA ler_pdivlMr // mul1r -natrM ler_nat.
have X0 := le_trans (ltW E0) EX; have Y0 : 0 <= Y by apply: divr_ge0; rewrite ?divr_ge0 // mulr_ge0 // (ltW E0).
have YX : Y = X * (1 + (a' * c - a * c')%N%:R / (a * c')%N%:R).
  have nz : (a * c')%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
  rewrite natrB // mulrBl divff // addrC subrK /X /Y !invf_div -!mulrA; congr (_ * (_ * _)).
  by rewrite !natrM invfM -(mulrA a'%:R c%:R) mulKf ?gt_eqF // mulrCA [c'%:R * _]mulrC divfK ?gt_eqF.
rewrite -(ler_pXn2r c'0) ?nnegrE; [|exact: exprn_ge0|exact: exprn_ge0].
apply: le_trans (_ : (X ^+ a') ^+ c <= _); last first.
  by rewrite [leRHS]exprAC lerXn2r ?nnegrE; [|exact: exprn_ge0|exact: exprn_ge0|].
rewrite -!exprM YX exprMn -[in leRHS](subnKC le) exprD ler_wpM2l ?exprn_ge0 //.
by apply: le_trans (exp_below _ _ _ k1) _; rewrite lerXn2r ?nnegrE // ltW.
Qed.
End Numbers.

(** How many vectors there are that their entries in a set determine, and how many that have a value at all but a few places of a
    set, and 0 outside the set. *)
Section Counting.
Variables (p N : nat).
Hypothesis p_prime : prime p.
Variable Z : {set 'I_N.+1}.
Implicit Types (x : 'cV['F_p]_N.+1) (v : 'F_p) (A : {set 'I_N.+1}) (i : nat).

Lemma card_determined (P : pred 'cV['F_p]_N.+1) A :
  (forall x y, P x -> P y -> (forall l, l \in A -> x l 0 = y l 0) -> x = y) -> (#|[set x | P x]| <= p ^ #|A|)%N.
Proof.
move=> inj; pose f x : {ffun 'I_N.+1 -> 'F_p} := [ffun l => if l \in A then x l 0 else 0].
have := card_pffun_on (0 : 'F_p) (mem A) (mem 'F_p); rewrite card_Fp // => <-.
rewrite -(@card_in_imset _ _ f); last first.
  move=> x y; rewrite !inE => xP yP /ffunP e; apply: inj => // l lA; have := e l; rewrite !ffunE lA.
  by [].
apply: subset_leq_card; apply/subsetP => _ /imsetP[x _ ->]; apply/pffun_onP; split=> [|l _] //.
by apply/finfun.supportP => l lA; rewrite ffunE (negPf lA).
Qed.

Lemma value_outside x l : support x \subset Z -> l \notin Z -> x l 0 = 0.
Proof. by move=> /subsetP/(_ l) xZ lZ; apply: contraNeq lZ => xl; rewrite xZ // inE. Qed.

Definition others x v : {set 'I_N.+1} := [set l in Z | x l 0 != v].

Lemma card_others v A : (#|[set x : 'cV['F_p]_N.+1 | (support x \subset Z) && (others x v == A)]| <= p ^ #|A|)%N.
Proof.
apply: (@card_determined (fun x => (support x \subset Z) && (others x v == A))) => x y.
move=> /andP[xZ /eqP xA] /andP[yZ /eqP yA] e; apply/matrixP => l k; rewrite ord1.
have [/e //|lA] := boolP (l \in A); have [lZ|lZ] := boolP (l \in Z); last by rewrite (value_outside xZ) ?(value_outside yZ).
have := lA; rewrite -{1}xA inE lZ negbK => /eqP ->.
by move: lA; rewrite -{1}yA inE lZ negbK => /eqP ->.
Qed.

Lemma card_nearly v i :
  (#|[set x : 'cV['F_p]_N.+1 | (support x \subset Z) && (#|others x v| <= i)]| <=
   \sum_(k < #|Z|.+1 | k <= i) 'C(#|Z|, k) * p ^ k)%N.
Proof.
rewrite -sum1_card (partition_big (fun x => others x v) (fun A => (A \subset Z) && (#|A| <= i))%N) /=; last first.
  move=> x; rewrite inE => /andP[_ ->]; rewrite andbT; apply/subsetP => l.
  by rewrite inE => /andP[].
apply: leq_trans (_ : \sum_(A : {set 'I_N.+1} | (A \subset Z) && (#|A| <= i)) p ^ #|A| <= _)%N.
  apply: leq_sum => A _; rewrite sum1_card; apply: leq_trans (card_others v A); apply: subset_leq_card.
  by apply/subsetP => x /andP[]; rewrite !inE => /andP[-> _].
rewrite (partition_big (fun A : {set 'I_N.+1} => inord #|A| : 'I_#|Z|.+1) (fun k => k <= i)%N) /= => [|A /andP[AZ Ai]].
  apply: leq_sum => k ki; rewrite -cards_draws -sum_nat_const; apply: eq_leq; apply: eq_big => [A|A].
    rewrite inE; case AZ: (A \subset Z) => //=; rewrite -val_eqE /= inordK ?ltnS ?subset_leq_card //.
    by case: eqP => [->|_]; rewrite ?ki ?andbT ?andbF.
  by case/andP => /andP[AZ _] /eqP <-; rewrite inordK ?ltnS ?subset_leq_card.
by rewrite inordK ?ltnS ?subset_leq_card.
Qed.
End Counting.

Section Medium.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Variables (N d : nat) (n : nat -> nat) (Delta : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation z := #|silent N n|.
Notation r := (parity_rows N n).
(** Hypothesis (R), as for Corollary 2. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypotheses (enough_rows : (z <= r.+1)%N) (two_silent : (1 < z)%N).
Variable w2 : C.
Implicit Types (x : 'cV['F_p]_m) (u v : 'F_p).

(** The medium vectors: 1/2 < dq <= w_2, q = 1 - rho_v for a most frequent value v. *)
Definition medium x : bool := [exists v, [forall u, row_type C x u <= row_type C x v] &&
  (2%:R^-1 < d%:R * (1 - row_type C x v) <= w2)].

Lemma N_gt0 : (0 < N)%N.
Proof. by have := max_card (mem (silent N n)); rewrite card_ord => /(leq_trans two_silent). Qed.

Lemma some_sender : exists j : 'I_m, (0 < n j)%N.
Proof.
apply/existsP; apply: contraLR enough_rows => /existsPn none; rewrite /parity_rows big_pred0 -?ltnNge //.
by move=> j; apply: negbTE.
Qed.

Lemma row_type_ge0 x u : 0 <= row_type C x u.
Proof. by rewrite divr_ge0. Qed.

Lemma sum_row_type x : support x \subset silent N n -> \sum_u row_type C x u = 1.
Proof.
move=> xZ; have [j nj] := some_sender; have NC : N%:R != 0 :> C by rewrite pnatr_eq0 -lt0n N_gt0.
have := sum_chi_symbols w (fun i : 'I_N => x (lift j i) 0) 0.
rewrite (eq_bigr (fun=> 1)) => [|i _]; last by rewrite mul0r (chi0 p_prime w_root).
rewrite sumr_const card_ord -[LHS]mulr1 => /(mulfI NC) ->; apply: eq_bigr => u _.
by rewrite mul0r (chi0 p_prime w_root) mulr1 (row_typeE C xZ).
Qed.

Lemma card_others_le x v : support x \subset silent N n ->
  #|others (silent N n) x v|%:R <= N%:R * (1 - row_type C x v).
Proof.
move=> xZ; have [j nj] := some_sender; have NC : N%:R != 0 :> C by rewrite pnatr_eq0 -lt0n N_gt0.
have jZ : j \notin silent N n by rewrite inE -lt0n.
have xj : x j 0 = 0 by apply: contraNeq jZ => xj; rewrite (subsetP xZ) // inE.
rewrite mulrBr mulr1 mulrC /row_type divfK // lerBrDr -natrD ler_nat.
have -> : (#|[set l : 'I_m | (x l 0 == v)%R]| - (v == 0)%R = #|[set l : 'I_m | (x l 0 == v)%R] :\ j|)%N.
  by rewrite [in LHS](cardsD1 j) inE xj eq_sym addKn.
rewrite -cardsUI (_ : _ :&: _ = set0) ?cards0 ?addn0.
  rewrite -ltnS; apply: leq_trans (_ : #|[set: 'I_m]| <= _)%N; last by rewrite cardsT card_ord.
  apply: proper_card; apply/properP; split; first exact: subsetT.
  by exists j; rewrite // !inE eqxx /= orbF negb_and -lt0n nj.
by apply/setP => l; rewrite !inE; case: (x l 0 == v); rewrite !andbF.
Qed.

(** Each medium vector has P(Hx = 0) <= 0.79^r. *)
Lemma medium_chance x : medium x -> support x \subset silent N n ->
  Pr (fun c : coding => in_kernel d n c x) <= (79%:R / 100%:R) ^+ r.
Proof.
move=> /existsP[v /andP[/forallP most /andP[dq _]]] xZ; have NC : 0 < N%:R :> C by rewrite ltr0n N_gt0.
have p0 : 0 < p%:R :> C by rewrite ltr0n prime_gt0.
have := rows_vanish p_prime w_root d10 small_shares few_used (isT : (0 < 1)%N) xZ.
have th : 0 <= (9 * d * Delta)%:R / N%:R :> C /\ (9 * d * Delta)%:R / N%:R <= 8%:R^-1 :> C.
  split; first by rewrite divr_ge0.
  by rewrite ler_pdivrMr // ler_pdivlMl ?ltr0n // -natrM ler_nat !mulnA.
have small := row_chance_small p_prime w_root (row_type_ge0 x) (sum_row_type xZ) most d10 (ltW dq) (isT : (0 < 1)%N)
  (introT andP th).
have [_ th8] := th; move: th8 small; set theta := _ / _; set X := row_chance _ _ _ _ => th8 small le.
have X0 : 0 <= X.
  rewrite divr_ge0 ?(ltW p0) // addr_ge0 // mulr_ge0 //; last first.
    by apply: sumr_ge0 => a _; rewrite exprn_ge0 // ltW // psi_gt0.
  rewrite invr_ge0 exprn_ge0 // subr_ge0 divr1; apply: le_trans th8 _.
  by rewrite invf_le1 ?ltr0n // ler1n.
have powE a b k : ratr ((a%:R / b%:R) ^+ k) = (a%:R / b%:R) ^+ k :> C by rewrite rmorphXn fmorph_div /= !ratr_nat.
rewrite -(ler_rat C) powE; apply: le_trans (le : _ <= X ^+ r) _; clearbody X; move: (79%:R / 100%:R) small => Y XY.
by rewrite lerXn2r // nnegrE // (le_trans X0 XY).
Qed.

(** The vectors with dq <= w_2 are at most p e^(0.1 z). *)
Lemma card_few_others :
  (forall a c, (0 < a)%N -> (0 < c)%N -> a%:R / c%:R <= w2 / (d%:R * z%:R / N%:R) -> few_choices rat p a c) ->
  exists k, #|[set x : 'cV['F_p]_m | [exists v, d%:R * (1 - row_type C x v) <= w2] && (support x \subset silent N n)]|%:R <=
    p%:R * ((1 + 1 / (10 * k)%:R) ^+ k) ^+ z :> rat.
Proof.
have z0 : (0 < z)%N by apply: ltnW.
have [NC zC dC] : [/\ 0 < N%:R :> C, 0 < z%:R :> C & 0 < d%:R :> C].
  by rewrite !ltr0n N_gt0 z0 (leq_trans _ d10).
set M := [set x | _]; pose s : C := w2 / (d%:R * z%:R / N%:R); rewrite -/s => few.
pose i0 : nat := \max_(i < z.+1 | i%:R / z%:R <= s) i.
have i0s : i0 = 0%N \/ i0%:R / z%:R <= s.
  rewrite /i0; elim/big_ind: _ => [|i i' ii ii'|i]; [by left | | by right].
  by rewrite /maxn; case: ltnP.
have i0z : (i0 <= z)%N by apply/bigmax_leqP => i _; rewrite -ltnS.
pose B v := [set x : 'cV['F_p]_m | (support x \subset silent N n) && (#|others (silent N n) x v| <= i0)%N].
have cover : (#|M| <= p * \sum_(k < z.+1 | k <= i0) 'C(z, k) * p ^ k)%N.
  apply: leq_trans (_ : #|\bigcup_v B v| <= _)%N.
    apply: subset_leq_card; apply/subsetP => x; rewrite inE => /andP[/existsP[v le] xZ].
    apply/bigcupP; exists v => //; rewrite inE xZ /=.
    have oz : (#|others (silent N n) x v| < z.+1)%N.
      by rewrite ltnS subset_leq_card //; apply/subsetP => l /[!inE] /andP[].
    apply: (@leq_bigmax_cond _ _ (fun i : 'I_z.+1 => i) (Ordinal oz)) => /=.
    rewrite /s invf_div mulrA ler_pdivlMr ?mulr_gt0 // [d%:R * _]mulrC [leLHS]mulrA divfK ?gt_eqF //.
    apply: le_trans (ler_wpM2r (ltW dC) (card_others_le v xZ)) _.
    by rewrite -mulrA mulrC [_ * d%:R]mulrC ler_wpM2r ?(ltW NC).
  apply: leq_trans (_ : \sum_v #|B v| <= _)%N.
    apply: (big_ind2 (fun (A : {set 'cV['F_p]_m}) k => #|A| <= k)%N) => [|A k A' k' le le'|v _] //.
      by rewrite cards0.
    by apply: leq_trans (leq_card_setU A A').1 _; rewrite leq_add.
  rewrite -[X in (_ <= X * _)%N](card_Fp p_prime) -sum_nat_const; apply: leq_sum => v _.
  exact: card_nearly.
have [i00|[i00 some]] : i0 = 0%N \/ (0 < i0)%N /\ i0%:R / z%:R <= s.
  by have [->|i00] := posnP i0; [left | case: i0s => [e|]; [move: i00; rewrite e | right]].
  exists 1%N; apply: le_trans (_ : p%:R <= _); last by rewrite ler_peMr // tenth_ge1.
  rewrite ler_nat; apply: leq_trans cover _; rewrite i00 big_mkcond big_ord_recl big1 => [|k _] /=; last by [].
  by rewrite /= addn0 bin0 expn0 !muln1.
have [k k1 le] := few i0 z i00 z0 some; exists k.
have p1 : 1 <= p%:R :> rat by rewrite ler1n prime_gt0.
have := @standard_inequality rat z p%:R i0 1 k z0 p1 i00 isT k1; rewrite divr1 -natrM ler_nat.
rewrite (leq_trans i0z) ?leq_pmulr ?prime_gt0 // => /(_ isT); rewrite expr1 => sum.
apply: le_trans (_ : p%:R * (\sum_(k < z.+1 | k <= i0) 'C(z, k) * p ^ k)%N%:R <= _); first by rewrite -natrM ler_nat.
rewrite ler_wpM2l //; apply: le_trans le; rewrite invf_div mulrA [_ * p%:R * _]mulrAC; apply: le_trans sum.
rewrite natr_sum le_eqVlt; apply/orP; left; apply/eqP; apply: eq_big => [i|i _]; first by rewrite ler_nat.
by rewrite natrM natrX.
Qed.

Lemma card_medium :
  (forall a c, (0 < a)%N -> (0 < c)%N -> a%:R / c%:R <= w2 / (d%:R * z%:R / N%:R) -> few_choices rat p a c) ->
  exists k, #|[set x | medium x && (support x \subset silent N n)]|%:R <=
    p%:R * ((1 + 1 / (10 * k)%:R) ^+ k) ^+ z :> rat.
Proof.
move=> /card_few_others[k le]; exists k; apply: le_trans le; rewrite ler_nat; apply: subset_leq_card.
apply/subsetP => x; rewrite !inE => /andP[/existsP[v /andP[_ /andP[_ xv]]] ->].
by rewrite andbT; apply/existsP; exists v.
Qed.

(** P(Hx = 0 for some medium x) <= 1.3 p e^(-0.135 z), if s ln(ep/s) <= 0.1 for all rational s > 0 up to w_2/L; L is dz/(m - 1),
    and e^(-0.135 z) is (1 + 0.135/j)^(-jz) for any j, which decreases to it (docs/proofs/spanning.md, Proposition 7).
    *)
Theorem medium_vanish j :
  (forall a c, (0 < a)%N -> (0 < c)%N -> a%:R / c%:R <= w2 / (d%:R * z%:R / N%:R) -> few_choices rat p a c) ->
  Pr (fun c : coding => [exists x, medium x && in_kernel d n c x]) <=
  13%:R / 10%:R * p%:R * (1 + 27%:R / (200 * j)%:R) ^- (j * z).
Proof.
move=> /card_medium[k]; set M := [set x | _] => cardM.
have d0 : (0 < d)%N by apply: leq_trans d10.
apply: le_trans (_ : #|M|%:R * (79%:R / 100%:R) ^+ r <= _).
  rewrite mulr_natl -sumr_const; apply: le_trans (_ : \sum_(x in M) Pr (fun c : coding => in_kernel d n c x) <= _).
    rewrite Pr_mean (eq_bigr _ (fun x _ => Pr_mean _)) -mean_sum; apply: mean_le => c.
    case: existsP => [[x /andP[x_medium Hx]]|_]; last by apply: sumr_ge0.
    rewrite (bigD1 x) /=; last by rewrite inE x_medium (kernel_silent d0 Hx).
    by rewrite Hx lerDl sumr_ge0.
  by apply: ler_sum => x; rewrite inE => /andP[x_medium xZ]; apply: medium_chance.
have zr : (0 < z <= r.+1)%N by rewrite enough_rows ltnW.
(* With numbers in sight Coq would compute with them before it refuses a variant. *)
by move: (total_chance j zr cardM); move: #|M|%:R (_ * p%:R) (1 + _ / _) (_ ^+ r) => x a b c.
Qed.

(** If w_2/L is rational and at most 1, the condition at s = w_2/L is enough. *)
Lemma few_choices_rational a c : (0 < a <= c)%N -> w2 = d%:R * z%:R / N%:R * (a%:R / c%:R) -> few_choices rat p a c ->
  forall a' c', (0 < a')%N -> (0 < c')%N -> a'%:R / c'%:R <= w2 / (d%:R * z%:R / N%:R) -> few_choices rat p a' c'.
Proof.
move=> /andP[a0 ac] w2E few a' c' a'0 c'0; have c0 := leq_trans a0 ac.
have L0 : d%:R * z%:R / N%:R != 0 :> C.
  by rewrite !mulf_neq0 ?invr_eq0 // pnatr_eq0 -lt0n ?N_gt0 ?(leq_trans _ d10) ?(ltnW two_silent).
rewrite w2E [leRHS]mulrC mulKf // ler_pdivrMr ?ltr0n // mulrAC ler_pdivlMr ?ltr0n // -!natrM ler_nat => le.
by apply: few_choices_below few; rewrite // (leq_trans ac) // leq_pmull // prime_gt0.
Qed.

(** P(Hx = 0 for some medium x) <= 1.3 p e^(-0.135 z) under this condition (docs/proofs/spanning.md, Proposition 7). *)
Corollary medium_vanish_rational a c j : (0 < a <= c)%N -> w2 = d%:R * z%:R / N%:R * (a%:R / c%:R) ->
  few_choices rat p a c -> Pr (fun c : coding => [exists x, medium x && in_kernel d n c x]) <=
  13%:R / 10%:R * p%:R * (1 + 27%:R / (200 * j)%:R) ^- (j * z).
Proof.
move=> ac w2E few; move: (medium_vanish j (few_choices_rational ac w2E few)).
by move: (Pr _) (_ * p%:R) (1 + _ / _) => x e f. (* again with no numbers in sight *)
Qed.
End Medium.
