(** Products over the workers and sums over sets in part (i) of the proof that peeling is as early as coverage
    (docs/proofs/decoding.md, Theorem 3), without exponentials and for every number of symbols. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import StoppingSets StoppingLaw PeelingBounds.
From SRTheory Require Finner Peeling.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Sums.
Variable R : realFieldType.
Implicit Types (p : R) (z L u : nat).

(** A product of numbers 1 + a_j, a_j >= 0, is at most 1 + 2 S for the sum S <= 1 of the a_j. *)
Lemma product_sum (J : Type) (s : seq J) (a : J -> R) : (forall j, 0 <= a j) -> \sum_(j <- s) a j <= 1 ->
  \prod_(j <- s) (1 + a j) <= 1 + 2%:R * \sum_(j <- s) a j.
Proof.
move=> a0 S1; set S := \sum_(j <- s) a j in S1 *; have S0 : 0 <= S by apply: sumr_ge0.
apply: (@le_trans _ _ (1 + S + S ^+ 2)); last first.
  by rewrite -addrA lerD2l mulr_natl mulr2n lerD2l expr2 ler_piMr.
rewrite {S0}/S in S1 *; elim: s S1 => [|j s IH]; first by rewrite !big_nil expr0n !addr0.
rewrite !big_cons; set S := \sum_(j <- s) _ in IH *; have S0 : 0 <= S by apply: sumr_ge0.
move=> S1; have S1' : S <= 1 by apply: le_trans S1; rewrite lerDr.
apply: le_trans (_ : (1 + a j) * (1 + S + S ^+ 2) <= _); first by rewrite ler_wpM2l ?addr_ge0 // IH.
have -> : 1 + (a j + S) + (a j + S) ^+ 2 = 1 + a j + (S + S ^+ 2) + (a j ^+ 2 + a j * S *+ 2).
  by rewrite sqrrD [_ + S ^+ 2]addrC !addrA.
rewrite -[1 + S + _]addrA mulrDr mulr1 -[leRHS]addrA lerD2l mulrDl mul1r lerD2l mulrDr mulr2n.
apply: ler_wpDl; first exact: sqr_ge0.
by rewrite lerD2l ler_wpM2l // expr2 ler_piMr.
Qed.

Lemma binomial_sum p z L : 0 <= p -> \sum_(u < L) 'C(z, u)%:R * p ^+ u <= (1 + p) ^+ z.
Proof.
move=> p0; elim: z L => [|z IH] [|L]; rewrite ?big_ord0 ?exprn_ge0 ?addr_ge0 ?ler01 //.
  by rewrite big_ord_recl big1 => [|u _]; rewrite ?addr0 /= ?bin0 ?mulr1 ?expr0 // /bump add1n bin0n mul0r.
rewrite big_ord_recl bin0 expr0 mulr1.
rewrite (eq_bigr (fun u : 'I_L => 'C(z, u.+1)%:R * p ^+ u.+1 + p * ('C(z, u)%:R * p ^+ u))) => [|u _]; last first.
  by rewrite /= /bump add1n binS natrD mulrDl [p * _]mulrCA -exprS.
rewrite big_split /= addrA -mulr_sumr [leRHS]exprS mulrDl mul1r.
apply: lerD; last by rewrite ler_wpM2l ?IH.
apply: le_trans (IH L.+1); rewrite big_ord_recl bin0 expr0 mulr1 lerD2l.
by apply: ler_sum => u _; rewrite /= /bump add1n.
Qed.

Lemma bin_up z u : (u.+1%:R * 'C(z, u.+1)%:R = z%:R * 'C(z.-1, u)%:R :> R).
Proof. by rewrite -!natrM -mul_bin_diag. Qed.

Lemma grow p z : 0 <= p -> (1 + p) ^+ z.-1 <= (1 + p) ^+ z.
Proof. by move=> p0; apply: ler_weXn2l; rewrite ?leq_pred // lerDl. Qed.

Lemma binomial_first p z L : 0 <= p -> \sum_(u < L) u%:R * 'C(z, u)%:R * p ^+ u <= z%:R * p * (1 + p) ^+ z.
Proof.
move=> p0; case: L => [|L]; first by rewrite big_ord0 !mulr_ge0 ?exprn_ge0 ?addr_ge0.
rewrite big_ord_recl !mul0r add0r.
rewrite (eq_bigr (fun u : 'I_L => z%:R * p * ('C(z.-1, u)%:R * p ^+ u))) => [|u _]; last first.
  by rewrite /= /bump add1n bin_up exprS mulrACA.
rewrite -mulr_sumr ler_wpM2l ?mulr_ge0 //; apply: le_trans (grow z p0).
exact: binomial_sum.
Qed.

(** The sum over the sets of [z] symbols of u^2 p^u, [u] being their size. *)
Lemma binomial_second p z L (nu := z%:R * p) : 0 <= p ->
  \sum_(u < L) u%:R ^+ 2 * 'C(z, u)%:R * p ^+ u <= (nu + nu ^+ 2) * (1 + p) ^+ z.
Proof.
move=> p0; have nu0 : 0 <= nu by rewrite mulr_ge0.
case: L => [|L]; first by rewrite big_ord0 mulr_ge0 ?exprn_ge0 ?addr_ge0 ?exprn_ge0.
rewrite big_ord_recl expr0n !mul0r add0r.
pose F u := u%:R * 'C(z.-1, u)%:R * p ^+ u + 'C(z.-1, u)%:R * p ^+ u.
rewrite (eq_bigr (fun u : 'I_L => nu * F u)) => [|u _]; last first.
  rewrite /F /= /bump add1n expr2 -[_ * _ * 'C(_, _)%:R]mulrA bin_up -[u%:R * _ * _]mulrA.
  by rewrite -[X in _ * (_ + X)]mul1r -mulrDl natr1 exprS [RHS]mulrCA -mulrA [in LHS]mulrACA.
have -> : nu + nu ^+ 2 = nu * (1 + nu) by rewrite mulrDr mulr1 -expr2.
rewrite -mulr_sumr /F big_split -mulrA ler_wpM2l //=.
rewrite mulrDl mul1r addrC; apply: lerD; first by apply: le_trans (grow z p0); apply: binomial_sum.
apply: le_trans (binomial_first _ _ p0) _; apply: ler_pM; rewrite ?mulr_ge0 ?exprn_ge0 ?addr_ge0 ?grow //.
by rewrite ler_wpM2r // ler_nat leq_pred.
Qed.
End Sums.

Section Workers.
Variables (R : realFieldType) (T J : finType).
Variables (block : J -> T -> nat) (b : J -> nat) (S : {set J}).
Notation M := #|T|.
Implicit Types (j : J) (u z L : nat).

(** Worker [j] of [S] has sent its first [b j] blocks, with [c j] symbols; [chi] and [chi0] are the probabilities that
    no block contains exactly one of [u] given symbols, and that none contains any. *)
Definition c j : nat := #|first_places (block j) (b j)|.
Definition chi j u : R := share R u (none_once (block j) (b j)).
Definition chi0 j u : R := share R u (fun A => A :&: first_places (block j) (b j) == set0).
Definition miss : R := \prod_(j in S) (1 - (c j)%:R / M%:R).
Definition pairs : R := \sum_(j in S) ((c j)%:R / M%:R) ^+ 2.

Lemma share_ge0 u (Q : pred {set T}) : 0 <= share R u Q.
Proof. by rewrite /share divr_ge0 ?ler0n. Qed.

Lemma part_le1 j : (c j)%:R / M%:R <= 1 :> R.
Proof.
have [M0|M0] := posnP M; first by rewrite M0 invr0 mulr0 ler01.
by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat max_card.
Qed.

Lemma miss_ge0 : 0 <= miss.
Proof. by apply: prodr_ge0 => j _; rewrite subr_ge0 part_le1. Qed.

Lemma pairs_ge0 : 0 <= pairs.
Proof. by apply: sumr_ge0 => j _; apply: sqr_ge0. Qed.

Lemma chi0_le_chi j u : chi0 j u <= chi j u.
Proof.
rewrite /chi0 /chi /share ler_wpM2r ?invr_ge0 ?ler0n // ler_nat; apply: subset_leq_card; apply/subsetP => A.
rewrite !inE => /andP[-> /eqP none]; apply/forallP => k; rewrite (_ : A :&: _ = set0) ?cards0 //.
apply/eqP; rewrite -subset0 -none; apply/setIS/subsetP => i; rewrite !inE => /eqP ->; exact: ltn_ord.
Qed.

(** The difference of two products, for a given set of [u] symbols the probability that it is a stopping set that a
    block meets, is at most this (docs/proofs/decoding.md, Theorem 3). *)
Theorem product_met u : (u <= M)%N -> (1 < M)%N -> (forall j, j \in S -> (c j * u * 2 <= M)%N) ->
  pairs * u%:R ^+ 2 <= 1 ->
  0 <= \prod_(j in S) chi j u - \prod_(j in S) chi0 j u <= 2%:R * pairs * u%:R ^+ 2 * miss ^+ u.
Proof.
move=> uM M1 small few; have chi00 j : 0 <= chi0 j u by apply: share_ge0.
rewrite subr_ge0 ler_prod => [|j _]; last by rewrite chi00 chi0_le_chi.
pose a j : R := ((c j)%:R * u%:R / M%:R) ^+ 2; have aE j : a j = ((c j)%:R / M%:R) ^+ 2 * u%:R ^+ 2.
  by rewrite /a mulrAC exprMn.
have sum_a : \sum_(j in S) a j = pairs * u%:R ^+ 2 by rewrite (eq_bigr _ (fun j _ => aE j)) -mulr_suml.
have up : \prod_(j in S) chi j u <= \prod_(j in S) chi0 j u * \prod_(j in S) (1 + a j).
  rewrite -big_split /=; apply: ler_prod => j jS; rewrite share_ge0 /=.
  by have [_ le] := share_none_once R (block j) (b j) uM M1; apply/le/small.
have a0 j : 0 <= a j by apply: sqr_ge0.
have few' : \sum_(j in S) a j <= 1 by rewrite sum_a.
have prod0 : 0 <= \prod_(j in S) chi0 j u by apply: prodr_ge0.
have le0 : \prod_(j in S) chi0 j u <= miss ^+ u.
  rewrite /miss -prodrXl; apply: ler_prod => j _; rewrite chi00 /=.
  by have /andP[] := share_none R (first_places (block j) (b j)) uM (ltnW M1).
rewrite lerBlDr; apply: le_trans up _.
apply: le_trans (_ : \prod_(j in S) chi0 j u * (1 + 2%:R * \sum_(j in S) a j) <= _).
  by rewrite ler_wpM2l // -!big_enum product_sum // big_enum.
rewrite mulrDr mulr1 addrC lerD2r sum_a mulrC !mulrA ler_wpM2l // !mulr_ge0 ?pairs_ge0 ?sqr_ge0 //.
Qed.

(** The sum of such differences for 2 to [L] symbols among [z], the expected number of such sets, is at most this
    (docs/proofs/decoding.md, Theorem 3). *)
Theorem small_sets_met z L (nu := z%:R * miss) : (L <= M)%N -> (1 < M)%N ->
  (forall j, j \in S -> (c j * L * 2 <= M)%N) -> pairs * L%:R ^+ 2 <= 1 ->
  \sum_(2 <= u < L.+1) 'C(z, u)%:R * (\prod_(j in S) chi j u - \prod_(j in S) chi0 j u) <=
  2%:R * pairs * (nu + nu ^+ 2) * (1 + miss) ^+ z.
Proof.
move=> LM M1 small few; have p2 : 0 <= 2%:R * pairs by rewrite mulr_ge0 ?pairs_ge0.
apply: le_trans (_ : \sum_(2 <= u < L.+1) 2%:R * pairs * (u%:R ^+ 2 * 'C(z, u)%:R * miss ^+ u) <= _).
  rewrite [leLHS]big_nat_cond [leRHS]big_nat_cond; apply: ler_sum => u /andP[/andP[_ uL] _].
  have us j : j \in S -> (c j * u * 2 <= M)%N.
    by move=> jS; apply: leq_trans (small j jS); rewrite leq_mul2r leq_mul2l -ltnS uL !orbT.
  have uf : pairs * u%:R ^+ 2 <= 1.
    by apply: le_trans few; rewrite ler_wpM2l ?pairs_ge0 // lerXn2r ?nnegrE ?ler0n // ler_nat.
  have /andP[_ le] := product_met (leq_trans (uL : u <= L)%N LM) M1 us uf.
  apply: le_trans (ler_wpM2l (ler0n _ _) le) _.
  by rewrite [leLHS]mulrC -!mulrA; do 2! rewrite ler_wpM2l ?pairs_ge0 //; rewrite [miss ^+ u * _]mulrC.
rewrite -mulr_sumr -[leRHS]mulrA ler_wpM2l //; apply: le_trans (binomial_second z L.+1 miss_ge0).
rewrite -(big_mkord xpredT (fun u => u%:R ^+ 2 * 'C(z, u)%:R * miss ^+ u)).
have pos u : 0 <= u%:R ^+ 2 * 'C(z, u)%:R * miss ^+ u by rewrite !mulr_ge0 ?exprn_ge0 ?ler0n ?miss_ge0.
have [L2|L2] := ltnP 1 L.+1; last first.
  by rewrite big_geq ?(leqW L2) //; apply: sumr_ge0.
by rewrite [leRHS](@big_cat_nat _ _ _ 2) //= lerDr; apply: sumr_ge0.
Qed.
End Workers.

(** The model of Theorem 2, in which all workers cut their orders at the same places. *)
Section Model.
Variables (R : realFieldType) (N : nat) (cut : 'I_N -> nat) (complete : nat -> nat) (n : 'I_N.+1 -> nat).
Notation z := #|waiting n|.
Notation blocks := (fun j : 'I_N.+1 => cut).
Notation sent := (fun j : 'I_N.+1 => complete (n j)).
Notation q := (fun _ : unit => 1 : R).
Notation cuts := (fun _ : unit => cut).
Notation completes := (fun a (_ : unit) => complete a).
Notation S := (~: waiting n).

Lemma sum_unit (f : unit -> R) : \sum_s f s = f tt.
Proof. by rewrite (bigD1 tt) //= big1 ?addr0 // => -[]. Qed.

Lemma chi_fixed j u : StoppingLaw.chi q cuts completes (n j) u = chi R blocks sent j u.
Proof. by rewrite /StoppingLaw.chi sum_unit mul1r /chi /share card_ord. Qed.

Lemma chi0_fixed j u : StoppingLaw.chi0 q cuts completes (n j) u = chi0 R blocks sent j u.
Proof.
rewrite /StoppingLaw.chi0 sum_unit mul1r /chi0 /share card_ord; congr (_%:R / _); apply: eq_card => A.
rewrite !inE; congr (_ && _); apply/forallP/eqP => [none|none k].
  apply/setP => i; rewrite !inE; apply/andP => -[iA ib]; have /eqP/setP/(_ i) := none (Ordinal ib).
  by rewrite !inE iA eqxx.
rewrite -subset0 -none; apply/setIS/subsetP => i; rewrite !inE -[cuts tt i]/(cut i) => /eqP ->; exact: ltn_ord.
Qed.

(** Peeling fails although all symbols are covered with a probability of at most this: sets of 2 to [L] symbols seldom
    have two in one worker's blocks, and all larger ones are counted (docs/proofs/decoding.md, Theorem 3). *)
Theorem covered_failure_small L (p := miss R blocks sent S) (sigma := pairs R blocks sent S) (nu := z%:R * p) :
  (0 < L <= N)%N -> (1 < N)%N -> (forall j, j \in S -> (c blocks sent j * L * 2 <= N)%N) -> sigma * L%:R ^+ 2 <= 1 ->
  Finner.Pr (fun=> @law R N unit q) (fun x : {ffun 'I_N.+1 -> 'S_N * unit} =>
    all_covered cuts completes n x && (Peeling.known (received cuts completes n x) != setT)) <=
  2%:R * sigma * (nu + nu ^+ 2) * (1 + p) ^+ z +
    \sum_(L.+1 <= u < N.+2) 'C(z, u)%:R * \prod_(j in S) chi R blocks sent j u.
Proof.
move=> /andP[L0 LN] N1 small few; have cN := card_ord N.
have q0 (s : unit) : 0 <= q s by apply: ler01.
have q1 : \sum_(s : unit) q s = 1 by rewrite sum_unit.
apply: le_trans (covered_failure_bound cuts completes q0 q1 n) _.
have chis u : \prod_(j | j \notin waiting n) StoppingLaw.chi q cuts completes (n j) u =
    \prod_(j in S) chi R blocks sent j u.
  by apply: eq_big => [j|j _]; [rewrite in_setC | apply: chi_fixed].
have chis0 u : \prod_(j | j \notin waiting n) StoppingLaw.chi0 q cuts completes (n j) u =
    \prod_(j in S) chi0 R blocks sent j u.
  by apply: eq_big => [j|j _]; [rewrite in_setC | apply: chi0_fixed].
under eq_bigr do rewrite chis chis0.
rewrite (@big_cat_nat _ _ _ L.+1) //=; last by rewrite ltnS ltnW.
apply: lerD.
  by apply: small_sets_met; rewrite ?cN.
apply: ler_sum => u _; rewrite ler_wpM2l ?ler0n // gerBl; apply: prodr_ge0 => j _; exact: share_ge0.
Qed.
End Model.
