(** Near-constant vectors, if p divides the number of symbols of a row (docs/proofs/spanning.md, Proposition 6 (iii)).
    *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import EvenSets Codes FirstMoment StoppingSets Exponentials UncoveredMean SmallSets RowTypes.
From SRTheory Require Import TypeBounds BinomialSums MediumVectors PowerBounds SmallVectors NearConstant.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Numbers.
Variable R : realFieldType.
Implicit Types (x y lam : R) (r w z i s : nat).

(** 1.96 e^(1.96) <= 13.92. *)
Lemma exp_1392 : exists2 K : nat, (0 < K)%N &
  0 <= 1 - 49%:R / 25%:R / K%:R :> R /\ 49%:R <= 348%:R * (1 - 49%:R / 25%:R / K%:R) ^+ K :> R.
Proof.
pose k := two 13; pose K := BinNat.N.to_nat k.
have KE : K = (2 ^ 13)%N by apply/eqP; rewrite -(eqr_nat R) natrX -num_two /num -lock.
have kK : num R k = K%:R by rewrite /num -lock.
pose b := BinNat.N.mul (BinNat.N.of_nat 25) k; pose a := BinNat.N.sub b (BinNat.N.of_nat 49).
have := @power_at_least R 13 a b (BinNat.N.of_nat 49) (BinNat.N.of_nat 348).
have -> : BinNat.N.leb (BinNat.N.mul (BinNat.N.of_nat 49) scale) (BinNat.N.mul (BinNat.N.of_nat 348) (iter 13 square
  (BinNat.N.div (BinNat.N.mul scale a) b))) = true by vm_compute.
have b0 : b <> BinNat.N.of_nat 0 by vm_compute.
rewrite !num_bin => /(_ b0 isT) le.
have bE : num R b = 25%:R * K%:R.
  by apply: etrans (num_mul R (BinNat.N.of_nat 25) k) _; rewrite kK; congr (_ * _); exact: (num_bin R 25).
have aE : num R a + 49%:R = num R b by rewrite -[49%:R](num_bin R) -num_add; congr num; vm_compute.
have K1 : 1 <= num R k by have := @num_le R (BinNat.N.of_nat 1) k; rewrite num_bin; apply; vm_compute.
have a0 := num_ge0 R a; clear b0; clearbody a b; rewrite kK in K1; clear kK; clearbody k; clearbody K.
have K0 : (0 < K)%N by rewrite -(ltr0n R) (lt_le_trans ltr01).
have bR : num R b != 0 by rewrite bE mulf_neq0 ?pnatr_eq0 // -lt0n.
have sE : 1 - 49%:R / 25%:R / K%:R = num R a / num R b.
  by rewrite -mulrA -invfM -bE -[num R a](addrK 49%:R) aE mulrBl divff.
exists K => //; rewrite sE; split; first by rewrite divr_ge0 // bE mulr_ge0.
by move: le; rewrite -KE.
Qed.

(** Sets of i silent symbols beside s others, with a factor of 1.96y for each symbol. *)
Lemma few_part z s y : (0 < z)%N -> 0 <= y -> z%:R * y <= s%:R ->
  \sum_(i < z.+1) 'C(z, i)%:R * (49%:R / 25%:R * y) ^+ (i + s) <= (348%:R / 25%:R * y) ^+ s.
Proof.
move=> z0 y0 zy; have [K K0 [t0 num]] := exp_1392; set t := 1 - _ in t0 num.
have zR : z%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have KR : K%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
pose u := 49%:R / 25%:R * y; have u0 : 0 <= u by rewrite mulr_ge0 // divr_ge0.
have -> : \sum_(i < z.+1) 'C(z, i)%:R * u ^+ (i + s) = u ^+ s * (1 + u) ^+ z.
  rewrite [(1 + u) ^+ z]exprDn mulr_sumr; apply: eq_bigr => i _.
  by rewrite expr1n mul1r exprD mulr_natl mulrnAr mulrC.
have le : (K * s)%:R * t + z%:R * u <= (K * s)%:R.
  have tE : (K * s)%:R * (49%:R / 25%:R / K%:R) = 49%:R / 25%:R * s%:R :> R by rewrite natrM mulrC mulrA divfK.
  rewrite mulrBr mulr1 -addrA gerDl addrC subr_le0 tE /u mulrCA.
  by rewrite ler_wpM2l // divr_ge0.
have := power_exp z t0 (mulr_ge0 (ler0n R z) u0) le; rewrite [z%:R * u]mulrC mulfK // exprM => prod.
have e0 : 0 < 49%:R / 348%:R :> R by rewrite divr_gt0 ?ltr0n.
have tK : 49%:R / 348%:R <= t ^+ K by rewrite ler_pdivrMr ?ltr0n // mulrC.
have {}prod : (49%:R / 348%:R) ^+ s * (1 + u) ^+ z <= 1.
  apply: le_trans prod; rewrite ler_wpM2r ?exprn_ge0 ?addr_ge0 //.
  by rewrite lerXn2r ?nnegrE ?exprn_ge0 ?(ltW e0).
rewrite -(ler_pM2l (exprn_gt0 s e0)) mulrCA; apply: le_trans (ler_wpM2l (exprn_ge0 s u0) prod) _.
rewrite mulr1 -exprMn /u; suff -> : 49%:R / 348%:R * (348%:R / 25%:R * y) = 49%:R / 25%:R * y by [].
by rewrite mulrA; congr (_ * _); rewrite mulrA divfK // pnatr_eq0.
Qed.

Lemma choices_power z i s : (i + s <= z)%N -> ('C(z, i) * (i + s)`! <= z ^ (i + s))%N.
Proof.
elim: s => [|s IH] le.
  rewrite addn0 bin_ffact ffact_prod -[i in (_ ^ i)%N]card_ord -prod_nat_const.
  by apply: leq_prod => k _; apply: leq_subr.
rewrite addnS factS mulnCA expnS leq_mul ?IH //; first by rewrite -addnS.
by rewrite (leq_trans _ le) // leq_add2l.
Qed.

(** The sum over all sets. *)
Lemma near_sums lam x y (G : nat -> R) N d r z s k : (0 < N)%N -> (0 < d)%N -> (0 < r)%N -> (0 < z <= r.+1)%N ->
  (N <= 2 * d * z)%N -> 14%:R <= lam -> lam * N%:R = d%:R * r%:R -> x = N%:R / (6 * d)%:R ->
  0 <= y -> (forall K, y * (1 + lam / K%:R) ^+ K <= 1) -> z%:R * y <= s%:R -> (0 < s)%N ->
  (forall w, (2 * d * w <= N)%N -> 0 <= G w <= 1 + 67%:R / 100%:R * (d%:R * w%:R / N%:R) ^+ 2) ->
  \sum_(i < z.+1 | (2 * d * (i + s) <= N)%N) 'C(z, i)%:R * (y ^+ (i + s) * G (i + s)%N ^+ r) <=
  (348%:R / 25%:R * y) ^+ s + 6%:R / 5%:R * (1 + x / k%:R) ^- k.
Proof.
move=> N0 d0 r0 /andP[z0 zr] Nz l14 lamN xE y0 yK zy s0 GP.
have [NR rR dR] : [/\ 0 < N%:R :> R, 0 < r%:R :> R & 0 < d%:R :> R] by rewrite !ltr0n.
have l0 : 0 < lam by apply: lt_le_trans l14; rewrite ltr0n.
have x0 : 0 <= x by rewrite xE divr_ge0.
have share w : d%:R * w%:R / N%:R = lam * w%:R / r%:R.
  have NN : N%:R != 0 :> R by rewrite gt_eqF.
  have rr : r%:R != 0 :> R by rewrite gt_eqF.
  apply: (mulIf rr); rewrite divfK //; apply: (mulIf NN); rewrite mulrAC divfK //.
  by rewrite [RHS]mulrAC lamN mulrAC.
have x6 : 6%:R * x * lam = r%:R.
  rewrite xE natrM invfM mulrCA mulVKf ?pnatr_eq0 // mulrAC [N%:R * _]mulrC lamN [d%:R * _]mulrC.
  by rewrite mulfK // gt_eqF.
have lB : lam <= (d * r)%:R by rewrite natrM -lamN ler_peMr ?(ltW l0) // ler1n.
have zr2 : z%:R <= 2%:R * r%:R :> R by rewrite -natrM ler_nat mul2n -addnn (leq_trans zr) // -addn1 leq_add2l.
set X := 1 + x / _; have X1 : 1 <= X by rewrite lerDl divr_ge0.
have X0 : 0 < X ^+ k by rewrite exprn_gt0 // (lt_le_trans ltr01).
have [w0 P0 min] : exists2 w0 : nat, r%:R <= w0%:R * lam ^+ 2 & forall w, r%:R < w%:R * lam ^+ 2 -> (w0 <= w)%N.
  have ex : exists w, r%:R < w%:R * lam ^+ 2.
    exists r.+1; apply: lt_le_trans (_ : r.+1%:R <= _); first by rewrite ltr_nat.
    by rewrite ler_peMr // exprn_ege1 // (le_trans _ l14) // ler1n.
  by case: (ex_minnP ex) => w0 P0 min; exists w0; first exact: ltW.
pose f i : R := (X ^+ k)^-1 * (1 / 10%:R) ^+ (i + s - w0).
have f0 i : 0 <= f i by rewrite mulr_ge0 ?invr_ge0 ?(ltW X0) // exprn_ge0 // divr_ge0.
have u0 : 0 <= 49%:R / 25%:R * y by rewrite mulr_ge0 // divr_ge0.
have t0 i : 0 <= 'C(z, i)%:R * (49%:R / 25%:R * y) ^+ (i + s) by rewrite mulr_ge0 // exprn_ge0.
apply: le_trans (_ : \sum_(i < z.+1) ('C(z, i)%:R * (49%:R / 25%:R * y) ^+ (i + s) +
  (if (w0 - s <= i)%N then f i else 0)) <= _).
  rewrite big_mkcond; apply: ler_sum => i _; case: ifP => [few|_]; last first.
    by rewrite addr_ge0 //; case: ifP.
  set w := (i + s)%N in few *; have wz : (w <= z)%N.
    by have := leq_trans few Nz; rewrite leq_mul2l muln_eq0 (gtn_eqF d0).
  have wpos : (0 < w)%N by rewrite /w addn_gt0 s0 orbT.
  have wR : 0 < w%:R :> R by rewrite ltr0n.
  have /andP[G0 G1] := GP w few; rewrite share in G1.
  have t1 : lam * w%:R / r%:R <= 1 / 2%:R.
    rewrite -share ler_pdivrMr // mulrAC mul1r ler_pdivlMr ?ltr0n // -!natrM ler_nat.
    by rewrite mulnC mulnA.
  have t00 : 0 <= lam * w%:R / r%:R by rewrite divr_ge0 // mulr_ge0 // ltW.
  have [le|gt] := leP (w%:R * lam ^+ 2) r%:R.
    apply: le_trans (_ : 'C(z, i)%:R * (49%:R / 25%:R * y) ^+ w <= _); last by rewrite lerDl; case: ifP.
    rewrite ler_wpM2l // exprMn mulrC ler_wpM2r ?exprn_ge0 //; apply: le_trans (factor_067 R r w).
    rewrite lerXn2r ?nnegrE //; first by rewrite addr_ge0 // mulr_ge0 ?invr_ge0 // mulr_ge0 // divr_ge0.
    apply: le_trans G1 _; rewrite lerD2l -[leRHS]mulrA ler_wpM2l ?divr_ge0 //.
    rewrite expr_div_n [r%:R ^+ 2]expr2 invfM mulrA ler_pM2r ?invr_gt0 // ler_pdivrMr //.
    by rewrite exprMn mulrC expr2 -mulrA ler_wpM2l // ltW.
  have w0w := min w gt; have -> : (w0 - s <= i)%N by rewrite leq_subLR addnC.
  apply: le_trans (_ : f i <= _); last by rewrite lerDr.
  have Cz : 'C(z, i)%:R * w`!%:R <= z%:R ^+ w :> R by rewrite -natrM -natrX ler_nat choices_power.
  have G2 : G w <= 1 + 67%:R / 200%:R * (lam * w%:R) / r%:R.
    apply: le_trans G1 _; rewrite lerD2l -[leRHS]mulrA; move: t00 t1; move: (_ / r%:R) => t t00 t1.
    have -> : 67%:R / 200%:R = 67%:R / 100%:R / 2%:R :> R.
      by rewrite -[200%N]/(100 * 2)%N [(100 * 2)%:R]natrM invfM mulrA.
    by rewrite -[leRHS]mulrA ler_wpM2l ?divr_ge0 // expr2 ler_wpM2r // -[2%:R^-1]div1r.
  have x6' : 6%:R * x <= lam * w0%:R.
    by rewrite -(ler_pM2r l0) x6 mulrAC -expr2 mulrC.
  have := large_term k l14 lB r0 wpos w0w Cz zr2 (ltW gt) y0 yK G0 G2 x0 x6'; rewrite -/X => le.
  rewrite /f -/w [leRHS]mulrC ler_pdivlMr // expr_div_n expr1n ler_pdivlMr ?exprn_gt0 ?ltr0n //.
  by apply: le_trans le; rewrite !mulrA.
rewrite big_split; apply: lerD; first exact: few_part.
have := @geometric R f (1 / 10%:R) (w0 - s) z.+1 f0; set T := \sum_(_ <= _ < _) _ => geo.
have {geo} : (1 - 1 / 10%:R) * T <= f (w0 - s)%N.
  by apply: geo => i w0i; rewrite /f addSn subSn ?exprS 1?mulrCA // addnC -leq_subLR.
have f1 : f (w0 - s)%N <= (X ^+ k)^-1.
  rewrite ler_piMr ?invr_ge0 ?(ltW X0) // exprn_ile1 ?divr_ge0 // ler_pdivrMr ?ltr0n // mul1r ler1n.
  by [].
move=> /le_trans/(_ f1); rewrite -(@ratio_down R 1 10) // -[(10 - 1)%N]/9%N => geo.
apply: le_trans (_ : T <= _).
  rewrite -big_mkcond -(big_mkord (fun i => (w0 - s <= i)%N) f) /T [leRHS](big_nat_widenl _ 0) //.
rewrite -(ler_pM2l (_ : 0 < 9%:R / 10%:R)) ?divr_gt0 ?ltr0n //; apply: le_trans geo _.
rewrite mulrA ler_peMl ?invr_ge0 ?(ltW X0) // mulf_div -!natrM ler_pdivlMr ?ltr0n // mul1r ler_nat.
by [].
Qed.
End Numbers.

Section Dividing.
Variables (C : numClosedFieldType) (p : nat).
Hypothesis p_prime : prime p.
Variables (N d : nat) (n : nat -> nat) (Delta : nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation Z := (silent N n).
Notation z := #|Z|.
Notation senders := #|[set j : 'I_m | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Notation lambda := (mean_rows N d n).
Notation U := (avoid_moment N d n 1).
Notation y := (left_out N d n).
(** Hypothesis (R); Delta is the largest number of symbols that a worker has used, or a larger number. *)
Hypotheses (d10 : (10 <= d)%N) (small_shares : (72 * d * Delta <= N)%N).
Hypothesis few_used : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= Delta)%N.
Hypotheses (zr : (1 < z <= r.+1)%N) (lambda14 : 14%:R <= lambda).
Implicit Types (x : 'cV['F_p]_m) (v : 'F_p) (A : {set 'I_m}).

Lemma many_senders : (10 ^ 4 < senders)%N.
Proof.
have N0 := N_gt0 lambda14; have NR : 0 < N%:R :> rat by rewrite ltr0n.
have used : (d * r <= senders * Delta)%N.
  rewrite /parity_rows big_distrr -sum_nat_const /= [leqRHS](eq_bigl (fun j : 'I_m => (0 < n j)%N)) => [|j]; last by rewrite inE.
  by apply: leq_sum => j nj; apply: few_used.
have le : (14 * N <= senders * Delta)%N.
  apply: leq_trans used; rewrite -(ler_nat rat) !natrM -(lambda_parity d10 small_shares few_used).
  by rewrite ler_wpM2r.
have D0 : (0 < Delta)%N by rewrite lt0n; apply: contraTneq le => ->; rewrite muln0 -ltnNge muln_gt0.
have {le} : (14 * (720 * Delta) <= senders * Delta)%N.
  by apply: leq_trans le; rewrite leq_mul2l (Delta_few d10 small_shares).
rewrite mulnA leq_mul2r (gtn_eqF D0) /=; apply: leq_trans.
by vm_compute.
Qed.

(** No block of any worker meets the union of [A] and the known symbols of its pool in exactly one symbol. *)
Definition around A (j : 'I_m) : {set 'I_N} := lift j @^-1: (A :|: [set l : 'I_m | (0 < n l)%N]).
Definition no_single_around A (c : coding) : bool := [forall j : 'I_m, (0 < n j)%N ==>
  [forall k : 'I_(n j).-1, #|[set i : 'I_N | (divn i d == k) && (c j i \in around A j)]| != 1%N]].

Lemma card_around A (j : 'I_m) : A \subset Z -> (0 < n j)%N -> #|around A j| = (#|A| + senders.-1)%N.
Proof.
move=> AZ nj; rewrite /around -(card_imset _ (@lift_inj _ j)).
have -> : [set lift j i | i in lift j @^-1: (A :|: [set l : 'I_m | (0 < n l)%N])] = A :|: ([set l : 'I_m | (0 < n l)%N] :\ j).
  apply/setP => l; rewrite !inE; apply/imsetP/idP => [[i + ->]|]; first by rewrite !inE eq_sym neq_lift.
  case: (unliftP j l) => [i ->|->].
    by rewrite eq_sym neq_lift /= => side; exists i; rewrite ?inE.
  by rewrite eqxx /= orbF => /(subsetP AZ); rewrite inE => /eqP e; rewrite e in nj.
rewrite cardsU (_ : _ :&: _ = set0) ?cards0 ?subn0; last first.
  apply/setP => l; rewrite !inE; apply/negP => /and3P[/(subsetP AZ) lZ _ nl].
  by move: lZ; rewrite inE => /eqP e; rewrite e in nl.
by rewrite [in RHS](cardsD1 j) inE nj.
Qed.

Lemma d_pos : (0 < d)%N.
Proof. exact: leq_trans d10. Qed.

Lemma near_no_single x (c : coding) : (p %| d)%N -> near_constant C d x -> in_kernel d n c x ->
  exists A, [&& A \subset Z, (2 * d * (#|A| + senders.-1) <= N)%N & no_single_around A c].
Proof.
move=> pd near Hx; have d0 := d_pos; have xZ := kernel_silent d0 Hx; have /andP[z1 z_r] := zr.
have [v v0 few] := near_constantP xZ (some_sender z_r z1) (N_gt0 lambda14) near.
exists (others Z x v); rewrite few /=; apply/andP; split.
  by apply/subsetP => l; rewrite inE => /andP[].
apply/forallP => j; apply/implyP => nj; apply/forallP => k; apply/negP => /cards1P[i0 one].
have /(received_sums n d0 (fun l => x l 0))/(_ j nj)[_ /(_ k (ltn_ord k)) sum0] := (in_kernelP d n c x).1 Hx.
have out l : l \notin others Z x v :|: [set l : 'I_m | (0 < n l)%N] -> x l 0 = v.
  by rewrite !inE negb_or negb_and negbK -leqNgt leqn0 => /andP[/orP[/negP nZ /nZ|/eqP]].
have full : #|[set i : 'I_N | divn i d == k]| = d.
  rewrite card_block ?d0 // /block_size; apply/minn_idPl.
  have := whole_blocks d10 small_shares few_used nj; have : (d * k.+1 <= d * (n j).-1)%N by rewrite leq_mul2l ltn_ord orbT.
  by rewrite mulnS; lia.
have sumE : \sum_(i : 'I_N | divn i d == k) v = 0.
  transitivity (v *+ d); first by rewrite -[X in _ *+ X]full -sumr_const; apply: eq_bigl => i; rewrite inE.
  by move: pd; rewrite (dvdn_charf (char_Fp p_prime)) -[v *+ d]mulr_natr => /eqP ->; rewrite mulr0.
have : i0 \in [set i0] by rewrite inE.
rewrite -one inE => /andP[i0k]; rewrite inE => i0A.
have : \sum_(i : 'I_N | divn i d == k) (x (lift j (c j i)) 0 - v) = 0 by rewrite sumrB sum0 sumE subrr.
rewrite (bigD1 i0) //= big1 => [|i /andP[ik ii0]]; last first.
  apply/eqP; rewrite subr_eq0; apply/eqP/out; apply: contra ii0 => iA.
  by rewrite -in_set1 -one inE ik inE.
rewrite addr0 => /eqP; rewrite subr_eq0 => /eqP xv; move: i0A; rewrite !inE xv eqxx andbF /= => nl.
have := subsetP xZ (lift j (c j i0)); rewrite !inE xv v0 => /(_ isT)/eqP e.
by rewrite e in nl.
Qed.

Lemma chance_around A w : A \subset Z -> #|A| = w -> (2 * d * (w + senders.-1) <= N)%N ->
  Pr (no_single_around A) <= y ^+ (w + senders.-1) *
    no_single_poly d ((w + senders.-1)%:R / (N - Delta - (w + senders.-1)).+1%:R) ^+ r.
Proof.
move=> AZ Aw few; have D := Delta_few d10 small_shares.
have few20 : (20 * (w + senders.-1) <= N)%N.
  by apply: leq_trans few; apply: leq_mul => //; apply: (@leq_mul 2 10 2 d).
apply: (no_single_hit d_pos (whole_blocks d10 small_shares few_used) few_used _ (erefl _)); first by lia.
by move=> j nj; rewrite card_around // Aw.
Qed.

(** (iii) If p divides d, lambda >= 14 and U <= |S| - 1, P(Hx = 0 for some near-constant x) is at most (13.92 e^(-lambda))^(|S| - 1) +
    1.2 e^(-z/(6L)), and |S| - 1 >= 10^4; e^(-x) is (1 + x/k)^(-k) for any k, which decreases to it, and L >= 1/2
    (docs/proofs/spanning.md, Proposition 6). *)
Theorem near_constant_vanish_dividing k (L : rat := d%:R * z%:R / N%:R) : (p %| d)%N -> 1 / 2%:R <= L -> U <= senders.-1%:R ->
  Pr (fun c : coding => [exists x : 'cV['F_p]_m, near_constant C d x && in_kernel d n c x]) <=
  (348%:R / 25%:R * (1 + lambda / k%:R) ^- k) ^+ senders.-1 + 6%:R / 5%:R * (1 + z%:R / (6%:R * L) / k%:R) ^- k /\
  (10 ^ 4 <= senders.-1)%N.
Proof.
move=> pd L2 US; have s4 := many_senders; have s_ge : (10 ^ 4 <= senders.-1)%N by rewrite -ltnS (ltn_predK s4).
split; last by [].
have N0 := N_gt0 lambda14; have /andP[z1 z_r] := zr; have d0 := d_pos.
have s0 : (0 < senders.-1)%N by apply: leq_trans s_ge; rewrite expn_gt0.
clear s4 s_ge; move: s0 US; set s := senders.-1 => s0 US.
have NR : 0 < N%:R :> rat by rewrite ltr0n.
have zR : 0 < z%:R :> rat by rewrite ltr0n ltnW.
have -> : z%:R / (6%:R * L) = N%:R / (6 * d)%:R.
  by rewrite /L !mulrA -natrM invf_div mulrA [z%:R * _]mulrC -mulf_div divff ?mulr1 // gt_eqF.
have y0 : 0 <= y by apply: prodr_ge0 => j _; rewrite /avoid_share divr_ge0.
have yK K : y * (1 + lambda / K%:R) ^+ K <= 1.
  by rewrite -(ler_pM2l zR) mulr1 mulrA; have := uncovered_at_most N d K n; rewrite (U_left_out N d n).
have zy : z%:R * y <= s%:R by rewrite -(U_left_out N d n).
have Nz : (N <= 2 * d * z)%N.
  move: L2; rewrite /L ler_pdivlMr // mulrAC mul1r ler_pdivrMr ?ltr0n // -!natrM ler_nat mulnC mulnA.
  by [].
pose G w : rat := no_single_poly d (w%:R / (N - Delta - w).+1%:R).
have GP w : (2 * d * w <= N)%N -> 0 <= G w <= 1 + 67%:R / 100%:R * (d%:R * w%:R / N%:R) ^+ 2.
  move=> few; have few20 : (20 * w <= N)%N.
    by apply: leq_trans few; apply: leq_mul => //; apply: (@leq_mul 2 10 2 d).
  apply/andP; split.
    rewrite subr_ge0 (le_trans _ (power_second _ _)) ?divr_ge0 //.
    by rewrite -addrA addrCA lerDl addr_ge0 // mulr_ge0 ?sqr_ge0.
  have d1 : (1 < d)%N by apply: leq_trans d10.
  have t2 : 1 * d%:R * w%:R / N%:R <= 1 / 2%:R :> rat.
    by rewrite mul1r ler_pdivrMr // mulrAC mul1r ler_pdivlMr ?ltr0n // -!natrM ler_nat mulnC mulnA.
  have := no_single_bound d1 N0 (Delta_few d10 small_shares) few20 ler01 (erefl _) (erefl _) t2.
  by rewrite !mul1r.
have r0 : (0 < r)%N by rewrite -ltnS (leq_trans z1).
have zr' : (0 < z <= r.+1)%N by rewrite (ltnW z1).
have lamN := lambda_parity d10 small_shares few_used.
have := near_sums k N0 d0 r0 zr' Nz lambda14 lamN (erefl _) y0 yK zy s0 GP.
set sum := \sum_(i < _ | _) _ => main.
apply: le_trans (_ : sum <= _); last first.
  apply: le_trans main _; rewrite lerD2r.
  have K0 : 0 < (1 + lambda / k%:R) ^+ k.
    by rewrite exprn_gt0 // ltr_wpDr // divr_ge0 // (le_trans (ler0n _ 14) lambda14).
  have yk : y <= (1 + lambda / k%:R) ^- k by rewrite -[leRHS]mul1r ler_pdivlMr // yK.
  have c0 : 0 <= 348%:R / 25%:R :> rat by rewrite divr_ge0 ?ler0n.
  (* With numbers in sight Coq would compute with them before it refuses a variant. *)
  move: yk c0 y0; set e := (1 + lambda / k%:R) ^- k; set c := 348%:R / 25%:R; clearbody e c; move: y => u ye c0 y0.
  by apply: lerXn2r; rewrite ?nnegrE ?mulr_ge0 ?(le_trans y0 ye) // ler_wpM2l.
clear main; pose ok (A : {set 'I_m}) := (A \subset Z) && (2 * d * (#|A| + s) <= N)%N.
apply: le_trans (_ : \sum_(A | ok A) Pr (no_single_around A) <= _).
  rewrite Pr_mean (eq_bigr _ (fun A _ => Pr_mean _)) -mean_sum; apply: mean_le => c.
  case: existsP => [[x /andP[near Hx]]|_]; last by apply: sumr_ge0.
  have [A /and3P[AZ few nA]] := near_no_single pd near Hx; rewrite (bigD1 A) /=; last by rewrite /ok AZ.
  by rewrite nA lerDl sumr_ge0.
rewrite (partition_big (fun A : {set 'I_m} => inord #|A| : 'I_z.+1) (fun i : 'I_z.+1 => (2 * d * (i + s) <= N)%N)) /=; last first.
  by move=> A /andP[AZ few]; rewrite inordK ?ltnS ?subset_leq_card.
apply: ler_sum => i few.
apply: le_trans (_ : \sum_(A | ok A && (inord #|A| == i)) (y ^+ (i + s) * G (i + s)%N ^+ r) <= _).
  apply: ler_sum => A /andP[/andP[AZ _] /eqP iA].
  have Ai : #|A| = i by rewrite -iA inordK ?ltnS ?subset_leq_card.
  exact: chance_around.
have /andP[G0 _] := GP _ few.
rewrite sumr_const -[leLHS]mulr_natl ler_wpM2r ?mulr_ge0 ?exprn_ge0 //.
rewrite ler_nat -cards_draws; apply: subset_leq_card; apply/subsetP => A; rewrite !inE => /andP[/andP[AZ _] /eqP iA].
by rewrite AZ -iA inordK ?ltnS ?subset_leq_card /=.
Qed.
End Dividing.
