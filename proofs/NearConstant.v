(** With how small a probability a vector that is nearly constant is in the kernel (docs/proofs/spanning.md, Proposition
    6). *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import EvenSets Codes FirstMoment SmallSets RowTypes TypeBounds BinomialSums MediumVectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Blocks of a uniformly random order that all meet a set: one place of each block holds an element of the set. *)
Section Meeting.
Variables (N d : nat).
Implicit Types (K : {set 'I_N}) (p : 'S_N) (b : nat).

Lemma chance_inside b (f : 'I_b -> 'I_N) K : injective f ->
  #|[set p : 'S_N | [forall k, p (f k) \in K]]|%:R / N`!%:R <= (#|K|%:R / N%:R) ^+ b :> rat.
Proof.
move=> f_inj; pose A := [set f k | k : 'I_b]; have Ab : #|A| = b by rewrite card_imset // card_ord.
have KN : (#|K| <= N)%N by have := max_card K; rewrite card_ord.
have bN : (b <= N)%N by have := max_card A; rewrite Ab card_ord.
have -> : #|[set p : 'S_N | [forall k, p (f k) \in K]]| = #|[set p : 'S_N | p @^-1: A \subset K]|.
  rewrite -[RHS](card_preimset _ invg_inj); apply: eq_card => p; rewrite !inE.
  apply/forallP/subsetP => [all i|sub k].
    by rewrite inE => /imsetP[k _ e]; rewrite -[i](permKV p) e.
  by apply: sub; rewrite inE permK imset_f.
rewrite (share_places A (fun B => B \subset K)) Ab.
have -> : #|[set B : {set 'I_N} | (#|B| == b) && (B \subset K)]| = 'C(#|K|, b).
  by rewrite -cards_draws; apply: eq_card => B; rewrite !inE andbC.
have C0 : 0 < 'C(N, b)%:R :> rat by rewrite ltr0n bin_gt0.
rewrite ler_pdivrMr // expr_div_n mulrAC; have [N0|N0] := posnP N.
  have b0 : b = 0%N by lia.
  by rewrite b0 !bin0 !expr0 !mul1r invr1.
rewrite ler_pdivlMr ?exprn_gt0 ?ltr0n // -!natrX -!natrM ler_nat [leqRHS]mulnC.
exact: bin_power.
Qed.

(** The first b blocks all meet K with probability at most (d |K|/N)^b. *)
Lemma blocks_meet b K : (0 < d)%N -> (d * b <= N)%N ->
  #|[set p : 'S_N | [forall k : 'I_b, [exists i : 'I_N, (divn i d == k) && (p i \in K)]]]|%:R / N`!%:R <=
  (d%:R * (#|K|%:R / N%:R)) ^+ b :> rat.
Proof.
move=> d0 dbN; have fit (k : 'I_b) (a : 'I_d) : (d * k + a < N)%N.
  apply: leq_trans dbN; apply: leq_trans (_ : d * k.+1 <= _)%N; last by rewrite leq_mul2l ltn_ord orbT.
  by rewrite mulnS addnC ltn_add2r.
pose f (g : {ffun 'I_b -> 'I_d}) k := Ordinal (fit k (g k)).
have f_inj g : injective (f g).
  move=> k k' /(congr1 val) /= e; apply: val_inj => /=.
  have div (l : 'I_b) : ((d * l + g l) %/ d)%N = l by rewrite mulnC divnMDl // divn_small ?addn0.
  by rewrite -[LHS]div e div.
pose E g := [set p : 'S_N | [forall k, p (f g k) \in K]].
apply: le_trans (_ : (\sum_g #|E g|%:R) / N`!%:R <= _).
  rewrite ler_wpM2r ?invr_ge0 // -natr_sum ler_nat; apply: leq_trans (_ : #|\bigcup_g E g| <= _)%N.
    apply: subset_leq_card; apply/subsetP => p; rewrite inE => /forallP meet.
    have /fin_all_exists[g gK] : forall k, exists a : 'I_d, p (Ordinal (fit k a)) \in K.
      move=> k; have /existsP[i /andP[/eqP ik iK]] := meet k; exists (Ordinal (ltn_pmod i d0)).
      rewrite (_ : Ordinal _ = i) //; apply: val_inj; rewrite /= -ik mulnC.
      by rewrite -divn_eq.
    apply/bigcupP; exists (finfun g) => //; rewrite inE; apply/forallP => k.
    by rewrite (_ : f _ k = Ordinal (fit k (g k))) //; apply: val_inj; rewrite /= ffunE.
  apply: (big_ind2 (fun (A : {set 'S_N}) (k : nat) => #|A| <= k)%N) => [|A k A' k' le le'|g _].
  - by rewrite cards0.
  - by apply: leq_trans (leq_card_setU A A').1 _; rewrite leq_add.
  by [].
rewrite mulr_suml; apply: le_trans (_ : \sum_(g : {ffun 'I_b -> 'I_d}) (#|K|%:R / N%:R) ^+ b <= _).
  by apply: ler_sum => g _; apply: chance_inside.
by rewrite sumr_const card_ffun !card_ord -mulr_natl natrX [leRHS]exprMn.
Qed.
End Meeting.

Section Numbers.
Variable R : realFieldType.
Implicit Types (x : R) (p z r k j : nat).

(** e^(0.1) e^(0.57)/2 < 1. *)
Lemma near_margin k j : (1 + 1 / (10 * k)%:R) ^+ k * 2%:R^-1 * (1 + 57%:R / (100 * j)%:R) ^+ j <= 1 :> R.
Proof.
have A := @power_below R 1 10 k isT isT; have B := @power_below R 57 100 j isT isT.
set P := (1 + _) ^+ k in A *; set Q := (1 + _) ^+ j in B *.
have P0 : 0 <= P by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have Q0 : 0 <= Q by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have {A} : P <= 21%:R / 19%:R by rewrite ler_pdivlMr ?ltr0n.
have {B} : Q <= 257%:R / 143%:R by rewrite ler_pdivlMr ?ltr0n.
move=> B A; rewrite mulrAC ler_pdivrMr ?ltr0n // mul1r.
apply: le_trans (ler_pM P0 Q0 A B) _; rewrite mulf_div -!natrM -[leRHS]divr1.
by apply: (@fractions R (21 * 257) (19 * 143) 2 1); lia.
Qed.

Lemma near_total x p z r k j : (0 < z <= r.+1)%N -> x <= p%:R * ((1 + 1 / (10 * k)%:R) ^+ k) ^+ z ->
  x * 2%:R^-1 ^+ r <= 2%:R * p%:R * (1 + 57%:R / (100 * j)%:R) ^- (j * z).
Proof.
rewrite exprM; have := near_margin k j; set F := (1 + 1 / _) ^+ k; set G := (_ ^+ j).
have F0 : 0 <= F by rewrite exprn_ge0 // addr_ge0 // divr_ge0.
have G0 : 0 < G by rewrite exprn_gt0 // ltr_wpDr // divr_ge0.
clearbody F G; move=> small zr; apply: rare_vectors => //; first by rewrite invr_gt0 ltr0n.
  by rewrite invf_le1 ?ltr0n // ler1n.
by rewrite invrK.
Qed.
End Numbers.

Section NearConstant.
Variables (C : numClosedFieldType) (p : nat).
Hypothesis p_prime : prime p.
Variables (N d : nat) (n : nat -> nat).
Notation m := N.+1.
Notation coding := {ffun 'I_m -> 'S_N}.
Notation z := #|silent N n|.
Notation senders := #|[set j : 'I_m | (0 < n j)%N]|.
Notation r := (parity_rows N n).
Implicit Types (x : 'cV['F_p]_m) (u v : 'F_p).

(** The near-constant vectors: dq <= 1/2, q = 1 - rho_v for a most frequent value v, and v is not 0. *)
Definition near_constant x : bool := [exists v, [&& [forall u, row_type C x u <= row_type C x v],
  d%:R * (1 - row_type C x v) <= 2%:R^-1 & v != 0]].

Lemma silent_senders : (z + senders = m)%N.
Proof.
rewrite -[RHS]card_ord -(cardsC (silent N n)); congr (_ + _)%N; apply: eq_card => j.
by rewrite !inE lt0n.
Qed.

(** The symbols of the pool of [j] at which [x] does not have the value [v]. *)
Definition elsewhere x v (j : 'I_m) : {set 'I_N} := [set i | x (lift j i) 0 != v].

Lemma card_elsewhere x v (j : 'I_m) : support x \subset silent N n -> (0 < n j)%N -> v != 0 ->
  #|elsewhere x v j| = (#|others (silent N n) x v| + senders.-1)%N.
Proof.
move=> xZ nj v0; have out (l : 'I_m) : (0 < n l)%N -> x l 0 = 0.
  by move=> nl; apply: contraTeq nl => xl; have := subsetP xZ l; rewrite !inE xl => /(_ isT)/eqP ->.
rewrite -(card_imset _ (@lift_inj _ j)).
have -> : [set lift j i | i in elsewhere x v j] = others (silent N n) x v :|: ([set l : 'I_m | (0 < n l)%N] :\ j).
  apply/setP => l; rewrite !inE -leqn0 leqNgt; apply/imsetP/idP => [[i + ->]|].
    rewrite inE => xi; rewrite xi andbT eq_sym neq_lift /=.
    by case: (0 < n _)%N.
  case: (unliftP j l) => [i ->|->]; last by rewrite nj eqxx.
  move=> side; exists i => //; rewrite inE; case/orP: side => [/andP[]|/andP[_ nl]] //.
  by rewrite out // eq_sym.
rewrite cardsU (_ : _ :&: _ = set0) ?cards0 ?subn0; last first.
  by apply/setP => l; rewrite !inE; case: (n l) => [|k]; rewrite ?andbF.
by rewrite [in RHS](cardsD1 j) inE nj.
Qed.

Lemma card_elsewhere_type x v (j : 'I_m) : support x \subset silent N n -> (0 < n j)%N ->
  N%:R * (1 - row_type C x v) = #|elsewhere x v j|%:R.
Proof.
move=> xZ nj; rewrite -(row_typeE C xZ v nj) /type_of mulrBr mulr1.
have [N0|N0] := posnP N.
  have NC : N%:R = 0 :> C by rewrite N0.
  rewrite NC !mul0r subr0 (_ : elsewhere _ _ _ = set0) ?cards0 //; apply/setP => i.
  by have := ltn_ord i; rewrite {2}N0.
rewrite mulrC divfK ?pnatr_eq0 -?lt0n //; apply/eqP; rewrite subr_eq -natrD eqr_nat; apply/eqP.
rewrite -[LHS]card_ord -(cardsC [set l : 'I_N | x (lift j l) 0 == v]) addnC; congr (_ + _)%N.
by apply: eq_card => i; rewrite !inE.
Qed.

(** Few symbols have another value. *)
Lemma near_constantP x : support x \subset silent N n -> (exists j : 'I_m, (0 < n j)%N) -> (0 < N)%N -> near_constant x ->
  exists2 v, v != 0 & (2 * d * (#|others (silent N n) x v| + senders.-1) <= N)%N.
Proof.
move=> xZ [j nj] N0 /existsP[v /and3P[_ dq v0]]; exists v => //.
have NC : 0 < N%:R :> C by rewrite ltr0n.
rewrite -(card_elsewhere xZ nj v0) -(ler_nat C) 2!natrM -(card_elsewhere_type v xZ nj).
move: (1 - _) dq => q dq; have -> : 2%:R * d%:R * (N%:R * q) = N%:R * (2%:R * (d%:R * q)).
  by rewrite mulrCA !mulrA.
by rewrite ler_piMr ?(ltW NC) // mulrC -ler_pdivlMr ?ltr0n // div1r.
Qed.

(** (i) If d s > 1/2, no vector is near-constant; s is (|S| - 1)/(m - 1) (docs/proofs/spanning.md, Proposition 6). *)
Theorem none_near_constant x (s : C := senders.-1%:R / N%:R) : (1 < z <= r.+1)%N ->
  2%:R^-1 < d%:R * s -> support x \subset silent N n -> ~~ near_constant x.
Proof.
move=> /andP[z1 zr] ds xZ; have N0 : (0 < N)%N.
  by have := max_card (mem (silent N n)); rewrite card_ord => /(leq_trans z1).
have NC : 0 < N%:R :> C by rewrite ltr0n.
apply/negP => near; have [v _] := near_constantP xZ (some_sender zr z1) N0 near; apply/negP; rewrite -ltnNge.
move: ds; rewrite /s mulrA ltr_pdivlMr // mulrC ltr_pdivrMr ?ltr0n // -!natrM ltr_nat => /leq_trans; apply.
by rewrite [leqLHS]mulnC mulnA leq_mul2l leq_addl orbT.
Qed.

Section NotDividing.
Hypotheses (d10 : (10 <= d)%N) (whole_blocks : forall j : 'I_m, (0 < n j)%N -> (d * (n j).-1 <= N)%N).
Hypothesis not_dividing : ~~ (p %| d)%N.

Lemma d_gt0 : (0 < d)%N.
Proof. exact: leq_trans d10. Qed.

(** Each near-constant vector has P(Hx = 0) <= 2^(-r). *)
Lemma near_chance x : (1 < z <= r.+1)%N -> near_constant x -> support x \subset silent N n ->
  Pr (fun c : coding => in_kernel d n c x) <= 2%:R^-1 ^+ r.
Proof.
move=> /andP[z1 zr] near xZ; have N0 : (0 < N)%N.
  by have := max_card (mem (silent N n)); rewrite card_ord => /(leq_trans z1).
have [v v0 few] := near_constantP xZ (some_sender zr z1) N0 near.
pose Q (j : 'I_m) (q : 'S_N) := (0 < n j)%N ==>
  [forall k : 'I_(n j).-1, [exists i : 'I_N, (divn i d == k) && (q i \in elsewhere x v j)]].
apply: le_trans (_ : Pr (fun c : coding => [forall j, Q j (c j)]) <= _).
  rewrite !Pr_mean; apply: mean_le => c; rewrite ler_nat; case: (boolP (in_kernel d n c x)) => // Hx.
  suff -> : [forall j, Q j (c j)] by [].
  apply/forallP => j; apply/implyP => nj; apply/forallP => k.
  move: Hx => /in_kernelP/(received_sums n d_gt0 (fun l => x l 0))/(_ j nj)[_ /(_ k (ltn_ord k)) sum0].
  apply: contraNT not_dividing => /existsPn none; rewrite (dvdn_charf (char_Fp p_prime)).
  have full : #|[set i : 'I_N | divn i d == k]| = d.
    rewrite card_block ?d_gt0 // /block_size; apply/minn_idPl.
    have := whole_blocks nj; have : (d * k.+1 <= d * (n j).-1)%N by rewrite leq_mul2l ltn_ord orbT.
    by rewrite mulnS; lia.
  have sumE : \sum_(i : 'I_N | divn i d == k) v = v *+ d.
    by rewrite -[X in _ *+ X]full -sumr_const; apply: eq_bigl => i; rewrite inE.
  move: sum0; rewrite (eq_bigr (fun=> v)) => [|i ik]; last first.
    by apply/eqP; have := none i; rewrite ik inE /= negbK.
  rewrite sumE -[v *+ d]mulr_natr => vd; apply/eqP; apply: (mulfI v0).
  by rewrite vd mulr0.
rewrite Pr_independent (bigID (fun j : 'I_m => (0 < n j)%N)) /= [X in _ * X]big1 ?mulr1 => [|j nj]; last first.
  rewrite (_ : [set q | _] = setT) ?cardsT ?card_Sn ?divff // ?pnatr_eq0 -?lt0n ?fact_gt0 //.
  by apply/setP => q; rewrite !inE /Q (negPf nj).
rewrite /parity_rows expr_sum; apply: ler_prod => j nj; rewrite divr_ge0 //=.
rewrite (_ : [set q | _] = [set q : 'S_N |
  [forall k : 'I_(n j).-1, [exists i : 'I_N, (divn i d == k) && (q i \in elsewhere x v j)]]]); last first.
  by apply/setP => q; rewrite !inE /Q nj.
apply: le_trans (blocks_meet _ d_gt0 (whole_blocks nj)) _.
rewrite lerXn2r ?nnegrE ?mulr_ge0 ?divr_ge0 ?invr_ge0 // mulrA ler_pdivrMr ?ltr0n // ler_pdivlMl ?ltr0n //.
rewrite mulrA -!natrM ler_nat (card_elsewhere xZ nj v0).
exact: few.
Qed.

(** (ii) If p does not divide d, P(Hx = 0 for some near-constant x) <= 2p e^(-0.57z), where e^(-0.57z) is (1 + 0.57/j)^(-jz) for
    any j, which decreases to it, and the condition on w_2 is that of [MediumVectors.medium_vanish]
    (docs/proofs/spanning.md, Proposition 6). *)
Theorem near_constant_vanish j (w2 : C) : (1 < z <= r.+1)%N -> 2%:R^-1 <= w2 ->
  (forall a c, (0 < a)%N -> (0 < c)%N -> a%:R / c%:R <= w2 / (d%:R * z%:R / N%:R) -> few_choices rat p a c) ->
  Pr (fun c : coding => [exists x, near_constant x && in_kernel d n c x]) <=
  2%:R * p%:R * (1 + 57%:R / (100 * j)%:R) ^- (j * z).
Proof.
move=> zr w2_half few; have /andP[z1 z_r] := zr.
have [k] := card_few_others p_prime d10 z_r z1 few; set M := [set x | _] => cardM.
apply: le_trans (_ : #|M|%:R * 2%:R^-1 ^+ r <= _).
  apply: le_trans (_ : \sum_(x in M | near_constant x) Pr (fun c : coding => in_kernel d n c x) <= _).
    rewrite Pr_mean (eq_bigr _ (fun x _ => Pr_mean _)) -mean_sum; apply: mean_le => c.
    case: existsP => [[x /andP[near Hx]]|_]; last by apply: sumr_ge0.
    have xZ := kernel_silent d_gt0 Hx; rewrite (bigD1 x) /=; first by rewrite Hx lerDl sumr_ge0.
    rewrite near andbT inE xZ andbT; have /existsP[v /and3P[_ dq _]] := near; apply/existsP; exists v.
    exact: le_trans dq w2_half.
  rewrite mulr_natl -sumr_const; apply: le_trans (_ : \sum_(x in M | near_constant x) 2%:R^-1 ^+ r <= _).
    by apply: ler_sum => x /andP[]; rewrite inE => /andP[_ xZ] near; apply: near_chance.
  by rewrite big_mkcondr; apply: ler_sum => x _; case: ifP => // _; rewrite exprn_ge0 // invr_ge0.
have zr' : (0 < z <= r.+1)%N by rewrite (ltnW z1).
move: (near_total j zr' cardM); move: (_ * p%:R) (1 + _ / _) (_ ^+ r) => a b c.
by [].
Qed.
End NotDividing.
End NearConstant.
