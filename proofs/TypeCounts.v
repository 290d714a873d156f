(** How many vectors have many small energies (docs/proofs/spanning.md, Lemma 4). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Codes FirstMoment RowTypes TypeBounds SmallEnergies.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Lemma card_bigcup_le (I T : finType) (P : pred I) (F : I -> {set T}) :
  (#|\bigcup_(i | P i) F i| <= \sum_(i | P i) #|F i|)%N.
Proof.
elim/big_rec2: _ => [|i s A _ le]; first by rewrite cards0.
by rewrite (leq_trans (leq_card_setU _ _)) // leq_add2l.
Qed.

Section Counting.
Variables (C : numClosedFieldType) (p : nat) (w : C).
Hypotheses (p_prime : prime p) (w_root : p.-primitive_root w).
Notation chi := (chi w).
Notation gap := (gap w).
Notation fourier := (fourier w).
Implicit Types (a u v : 'F_p) (beta t : C).

(** 1 minus the mean of cos (2 pi a u/p) over the a of a set, and the values u where it is at most beta. *)
Section Frequencies.
Variable A : {set 'F_p}.
Hypothesis A_some : (0 < #|A|)%N.
Definition spread u : C := (\sum_(a in A) gap (a * u)) / (2 * #|A|)%:R.
Definition close beta : {set 'F_p} := [set u | spread u <= beta].

Lemma spread_ge0 u : 0 <= spread u.
Proof. by rewrite divr_ge0 // sumr_ge0 // => a _; apply: gap_ge0. Qed.

Lemma close0 beta : 0 <= beta -> 0 \in close beta.
Proof. by move=> b0; rewrite inE /spread big1 ?mul0r // => a _; rewrite mulr0 (gap0 p_prime w_root). Qed.

Let share u : C := (u \in A)%:R / #|A|%:R.

Lemma spread_fourier u : 1 - spread u <= `|fourier share u|.
Proof.
have c0 : #|A|%:R != 0 :> C by rewrite pnatr_eq0 -lt0n.
have -> : 1 - spread u = 'Re (fourier share u).
  have -> : fourier share u = #|A|%:R^-1 * \sum_(a in A) chi (a * u).
    rewrite mulr_sumr [RHS]big_mkcond /fourier; apply: eq_bigr => a _; rewrite /share [u * a]mulrC.
    by case: (a \in A); rewrite ?mul1r ?mul0r.
  rewrite /spread ReMl ?rpredV ?realn // raddf_sum /=.
  under eq_bigr => a _ do rewrite (gap_Re p_prime w_root).
  rewrite -mulr_sumr natrM -mulf_div divff ?pnatr_eq0 // mul1r sumrB sumr_const mulrBl divff // opprB addrC subrK.
  by rewrite mulrC.
have [le _] := leif_normC_Re_Creal (fourier share u).
by apply: le_trans le; apply: real_ler_norm; apply: Creal_Re.
Qed.

(** These are few, by Parseval's equation. *)
Lemma few_close beta : beta < 1 -> #|close beta|%:R <= p%:R / ((1 - beta) ^+ 2 * #|A|%:R).
Proof.
move=> b1; have c0 : 0 < #|A|%:R :> C by rewrite ltr0n.
have b0 : 0 < 1 - beta by rewrite subr_gt0.
have share0 u : 0 <= share u by rewrite divr_ge0.
rewrite invfM mulrCA ler_pdivlMl ?exprn_gt0 // mulr_natr.
have <- : \sum_(u : 'F_p) `|fourier share u| ^+ 2 = p%:R / #|A|%:R.
  rewrite (parseval p_prime w_root share0); congr (_ * _).
  rewrite (eq_bigr (fun u => (u \in A)%:R * #|A|%:R ^- 2)) => [|u _]; last first.
    by rewrite expr_div_n; case: (u \in A); rewrite ?expr1n ?expr0n.
  rewrite -mulr_suml -natr_sum; have -> : (\sum_(u : 'F_p) (u \in A) = #|A|)%N.
    by rewrite -sum1_card [RHS]big_mkcond; apply: eq_bigr => u _; case: (u \in A).
  by rewrite expr2 invfM mulVKf ?gt_eqF.
rewrite -sumr_const [leRHS](bigID (mem (close beta))) /= -[leLHS]addr0 lerD ?sumr_ge0 // => [|u _]; last first.
  exact: exprn_ge0.
apply: ler_sum => u; rewrite inE => ub; rewrite lerXn2r ?nnegrE ?(ltW b0) //.
by apply: le_trans (spread_fourier u); rewrite lerD2l lerN2.
Qed.
End Frequencies.

(** Some worker has sent rows, so that vectors on the silent symbols have a type, and some symbol is silent. *)
Variables (N d : nat) (n : nat -> nat).
Notation m := N.+1.
Notation Z := (silent N n).
Notation z := #|Z|.
Hypotheses (some_sent : exists j : 'I_m, (0 < n j)%N) (some_silent : (0 < z)%N) (d_gt0 : (0 < d)%N).

Section Vector.
Variable x : 'cV['F_p]_m.
Hypothesis x_silent : support x \subset Z.
Notation rho := (row_type C x).

Lemma type_mean (j : 'I_m) (f : 'F_p -> C) : (0 < n j)%N ->
  \sum_u rho u * f u = (\sum_(l | l != j) f (x l 0)) / N%:R.
Proof.
move=> nj; have xj : x j 0 = 0.
  by apply/eqP; apply: contraLR nj => xj; have := subsetP x_silent j; rewrite !inE xj => /(_ isT)/eqP ->.
rewrite mulr_suml [RHS](partition_big (fun l => x l 0) xpredT) //=; apply: eq_bigr => u _.
rewrite (eq_bigr (fun=> f u / N%:R)) => [|l /andP[_ /eqP -> //]].
rewrite sumr_const -[RHS]mulr_natl [RHS]mulrA /row_type mulrAC; congr (_%:R * _ / _).
by rewrite (cardsD1 j) inE xj eq_sym addKn; apply: eq_card => l; rewrite !inE.
Qed.

Lemma row_type_ge0 u : 0 <= rho u.
Proof. by rewrite divr_ge0. Qed.

Lemma pool_gt0 : (0 < N)%N.
Proof.
have [j nj] := some_sent; have [l] := card_gt0P some_silent; rewrite inE => /eqP nl.
have : l != j by apply: contraL nj => /eqP <-; rewrite nl.
by case: N j l {nj nl} => // j l; rewrite !ord1 eqxx.
Qed.

Lemma row_type_sum : \sum_u rho u = 1.
Proof.
have [j nj] := some_sent; have N0 : N%:R != 0 :> C by rewrite pnatr_eq0 -lt0n pool_gt0.
rewrite (eq_bigr (fun u => rho u * 1)) => [|u _]; last by rewrite mulr1.
rewrite (@type_mean j (fun=> 1)) // sumr_const (_ : #|_| = N) ?divff //.
by have := cardC1 j; rewrite card_ord.
Qed.

(** The mean of the spread of differences is that of 1 - |rho^(a)|^2 = 2 E_a/d over the a of the set. *)
Lemma mean_spread (A : {set 'F_p}) t : (0 < #|A|)%N -> (forall a, a \in A -> energy w rho d a <= t) ->
  \sum_v rho v * (\sum_u rho u * spread A (u - v)) <= 2%:R * t / d%:R.
Proof.
move=> A0 small; have c0 : 0 < (2 * #|A|)%:R :> C by rewrite ltr0n muln_gt0.
have d0 : 0 < d%:R :> C by rewrite ltr0n.
have -> : \sum_v rho v * (\sum_u rho u * spread A (u - v)) =
    (\sum_(a in A) 2%:R * (1 - `|fourier rho a| ^+ 2)) / (2 * #|A|)%:R.
  under [in RHS]eq_bigr => a _ do rewrite -(fourier_gap p_prime w_root row_type_ge0 row_type_sum) exchange_big /=.
  rewrite exchange_big mulr_suml /=; apply: eq_bigr => v _; rewrite exchange_big mulr_suml mulr_sumr /=.
  by apply: eq_bigr => u _; rewrite /spread -mulr_sumr -[RHS]mulrA -[RHS]mulrA [RHS]mulrCA.
rewrite ler_pdivrMr // natrM mulrA mulr_natr -sumr_const; apply: ler_sum => a /small.
rewrite /energy mulrAC ler_pdivrMr ?ltr0n // => le.
by rewrite [leRHS]mulrC ler_wpM2l // ler_pdivlMr // mulrC [leRHS]mulrC.
Qed.

(** Around some value few symbols have a large spread, by Markov's inequality. *)
Lemma exceptions (A : {set 'F_p}) t beta (L := d%:R * z%:R / N%:R) : (0 < #|A|)%N -> 0 <= t -> 0 < beta ->
  (forall a, a \in A -> energy w rho d a <= t) ->
  exists v, #|[set l in Z | x l 0 - v \notin close A beta]|%:R <= 2%:R * t * z%:R / (beta * L).
Proof.
move=> A0 t0 b0 small; have mean := mean_spread A0 small; have [j nj] := some_sent.
have N0 : 0 < N%:R :> C by rewrite ltr0n pool_gt0.
have d0 : 0 < d%:R :> C by rewrite ltr0n.
have z0 : 0 < z%:R :> C by rewrite ltr0n.
pose f v := \sum_u rho u * spread A (u - v).
have f0 v : 0 <= f v by apply: sumr_ge0 => u _; rewrite mulr_ge0 ?row_type_ge0 ?spread_ge0.
have T0 : 0 <= 2%:R * t / d%:R by rewrite divr_ge0 ?(ltW d0) // mulr_ge0.
have [v fv] : exists v, f v <= 2%:R * t / d%:R.
  apply/existsP; apply: contraT => /existsPn above.
  have {}above v : 2%:R * t / d%:R < f v.
    by rewrite real_ltNge ?ger0_real ?above.
  have [u ru] : exists u, 0 < rho u.
    apply/existsP; apply: contraT => /existsPn none; have := row_type_sum.
    rewrite big1 => [/eqP|u _]; first by rewrite eq_sym oner_eq0.
    by apply/eqP; have := none u; rewrite lt0r row_type_ge0 andbT negbK.
  suff : 2%:R * t / d%:R < 2%:R * t / d%:R by rewrite ltxx.
  apply: lt_le_trans mean; rewrite -[X in X < _]mulr1 -[X in _ * X < _]row_type_sum mulr_sumr.
  rewrite (bigD1 u) //= [X in _ < X](bigD1 u) //=.
  apply: ltr_leD; first by rewrite [X in X < _]mulrC ltr_pM2l ?above.
  by apply: ler_sum => v _; rewrite [leLHS]mulrC ler_wpM2l ?row_type_ge0 // ltW ?above.
exists v; set B := [set l in Z | _].
have : #|B|%:R * beta / N%:R <= 2%:R * t / d%:R.
  apply: le_trans fv; rewrite /f (type_mean (fun u => spread A (u - v)) nj) ler_wpM2r ?invr_ge0 ?(ltW N0) //.
  rewrite mulr_natl -sumr_const [leRHS](bigID (mem B)) /= -[leLHS]addr0 lerD ?sumr_ge0 // => [|l _]; last first.
    exact: spread_ge0.
  rewrite [leRHS](eq_bigl (mem B)) => [|l]; last first.
    rewrite andb_idl // inE => /andP[]; rewrite inE => /eqP nl _.
    by apply: contraL nj => /eqP <-; rewrite nl.
  apply: ler_sum => l; rewrite !inE => /andP[_ far].
  by rewrite ltW // real_ltNge ?ger0_real ?spread_ge0 ?(ltW b0).
rewrite ler_pdivrMr // => le; have L0 : 0 < L by rewrite divr_gt0 ?mulr_gt0.
rewrite ler_pdivlMr ?(mulr_gt0 b0 L0) // mulrA; apply: le_trans (ler_wpM2r (ltW L0) le) _.
by rewrite -[leLHS]mulrA [N%:R * _]mulrC divfK ?gt_eqF // mulrA divfK ?gt_eqF.
Qed.
End Vector.

(** The vectors that are close to one value outside a set of places. *)
Lemma card_close (T : {set 'F_p}) (E : {set 'I_m}) v : E \subset Z ->
  (#|[set x : 'cV['F_p]_m | (support x \subset Z) && [forall l in Z :\: E, (x l 0 - v)%R \in T]]| <=
   p ^ #|E| * #|T| ^ (z - #|E|))%N.
Proof.
move=> EZ; pose F (l : 'I_m) : pred 'F_p := if l \in Z then if l \in E then xpredT else [pred u | u - v \in T] else pred1 0.
pose g (x : 'cV['F_p]_m) : {ffun 'I_m -> 'F_p} := [ffun l => x l 0].
have g_inj : injective g by move=> x y /ffunP e; apply/colP => l; have := e l; rewrite !ffunE.
rewrite -(card_imset _ g_inj); apply: leq_trans (_ : #|family F| <= _)%N.
  apply/subset_leq_card/subsetP => _ /imsetP[x + ->]; rewrite inE => /andP[/subsetP xZ /forall_inP close_x].
  apply/familyP => l; rewrite ffunE /F; case: ifPn => lZ; last first.
    by apply: contraR lZ => xl; apply: xZ; rewrite inE.
  by case: ifPn => lE //; apply: close_x; rewrite inE lE.
rewrite card_family foldrE big_map big_enum /= (bigID (mem Z)) /= [X in (_ * X)%N]big1 => [|l /negPf lZ]; last first.
  by rewrite /F lZ card1.
rewrite muln1 (bigID (mem E)) /=; apply: leq_mul.
  rewrite (eq_big (mem E) (fun=> p)) => [|l|l /andP[lZ lE]]; first by rewrite prod_nat_const.
    by rewrite andb_idl // => /(subsetP EZ).
  by rewrite /F lZ lE cardT -cardE card_Fp.
rewrite (eq_big (mem (Z :\: E)) (fun=> #|T|)) => [|l|l /andP[lZ /negPf lE]]; first last.
- by rewrite /F lZ lE -(card_preimset T (@addIr _ (- v))); apply: eq_card => u; rewrite !inE.
- by rewrite !inE andbC.
by rewrite prod_nat_const cardsD (setIidPr EZ).
Qed.

(** The sum of p^i over the sets of i <= s silent symbols. *)
Lemma sum_places (s : C) :
  \sum_(E : {set 'I_m} | (E \subset Z) && (#|E|%:R <= s)) p%:R ^+ #|E| =
  \sum_(i < z.+1 | i%:R <= s) 'C(z, i)%:R * p%:R ^+ i :> C.
Proof.
have small (E : {set 'I_m}) : E \subset Z -> (inord #|E| : 'I_z.+1) = #|E| :> nat.
  by move=> EZ; rewrite inordK // ltnS subset_leq_card.
rewrite (partition_big (fun E : {set 'I_m} => inord #|E| : 'I_z.+1) (fun i => i%:R <= s)) /= => [|E /andP[EZ]]; last first.
  by rewrite small.
apply: eq_bigr => i le; rewrite -cards_draws mulr_natl -sumr_const; apply: eq_big => [E|E].
  rewrite inE; case: (boolP (E \subset Z)) => //= EZ; rewrite -(inj_eq val_inj) /= small //.
  by rewrite andb_idl // => /eqP ->.
by case/andP => /andP[EZ _] /eqP <-; rewrite small.
Qed.

(** At most 2^p p (the sum of binom(z, i) p^i over i <= i_0) (p/((1 - beta)^2 (k + 1)))^z vectors x on the silent symbols
    have gamma_x(t) >= k, if t >= 0 and 0 < beta < 1, where gamma_x is [gamma] for the type of x and i_0 = 2tz/(beta L). The
    sum goes over integers up to z, beyond which the binomial coefficients are 0 (docs/proofs/spanning.md, Lemma 4). *)
Theorem few_vectors (k : nat) t beta (L := d%:R * z%:R / N%:R) : 0 <= t -> 0 < beta < 1 ->
  #|[set x : 'cV['F_p]_m | (support x \subset Z) && (k <= gamma w (row_type C x) d t)%N]|%:R <=
  2%:R ^+ p * p%:R * (\sum_(i < z.+1 | i%:R <= 2%:R * t * z%:R / (beta * L)) 'C(z, i)%:R * p%:R ^+ i) *
  (p%:R / ((1 - beta) ^+ 2 * k.+1%:R)) ^+ z.
Proof.
move=> t0 /andP[b0 b1]; set s := _ / (beta * L); set B := p%:R / _.
pose good (c : {set 'F_p} * ('F_p * {set 'I_m})) := (k < #|c.1|)%N && ((c.2.2 \subset Z) && (#|c.2.2|%:R <= s)).
pose F (c : {set 'F_p} * ('F_p * {set 'I_m})) := [set x : 'cV['F_p]_m | (support x \subset Z) &&
  [forall l in Z :\: c.2.2, x l 0 - c.2.1 \in close c.1 beta]].
set X := [set x | _]; have cover : X \subset \bigcup_(c | good c) F c.
  apply/subsetP => x; rewrite inE => /andP[xZ kx].
  pose A := [set a : 'F_p | energy w (row_type C x) d a <= t].
  have A0 : 0 \in A.
    by rewrite inE /energy (fourier0 p_prime w_root (row_type_sum xZ)) normr1 expr1n subrr mulr0.
  have kA : (k < #|A|)%N.
    by rewrite (cardsD1 (0 : 'F_p)) A0 add1n ltnS; apply: leq_trans kx _; apply/eq_leq/eq_card => a; rewrite !inE.
  have [|v few] := exceptions xZ (leq_ltn_trans (leq0n k) kA) t0 b0; first by move=> a; rewrite inE.
  apply/bigcupP; exists (A, (v, [set l in Z | x l 0 - v \notin close A beta])).
    by rewrite /good /= kA few andbT; apply/subsetP => l; rewrite inE => /andP[].
  by rewrite inE xZ; apply/forall_inP => l; rewrite !inE /= => /andP[+ lZ]; rewrite lZ /= negbK.
have B0 : 0 <= B by rewrite divr_ge0 // mulr_ge0 // exprn_ge0 // subr_ge0 ltW.
apply: le_trans (_ : (\sum_(c | good c) #|F c|)%N%:R <= _).
  by rewrite ler_nat (leq_trans (subset_leq_card cover)) ?card_bigcup_le.
rewrite natr_sum; apply: le_trans (_ : \sum_(c | good c) p%:R ^+ #|c.2.2| * B ^+ z <= _).
  apply: ler_sum => -[A [v E]] /and3P[/= kA EZ _]; apply: le_trans (_ : (p ^ #|E| * #|close A beta| ^ (z - #|E|))%N%:R <= _).
    by rewrite ler_nat card_close.
  rewrite natrM !natrX ler_wpM2l ?exprn_ge0 //.
  have A0 : (0 < #|A|)%N by apply: leq_ltn_trans kA.
  have le : #|close A beta|%:R <= B.
    apply: le_trans (few_close A0 b1) _; rewrite ler_wpM2l // lef_pV2 ?posrE ?mulr_gt0 ?exprn_gt0 ?subr_gt0 ?ltr0n //.
    by rewrite ler_wpM2l ?ler_nat // exprn_ge0 // subr_ge0 ltW.
  have one : 1 <= #|close A beta|%:R :> C.
    by rewrite ler1n; apply/card_gt0P; exists 0; rewrite close0 // ltW.
  apply: le_trans (_ : B ^+ (z - #|E|) <= _); first by rewrite lerXn2r ?nnegrE.
  by rewrite ler_weXn2l ?leq_subr // (le_trans one).
rewrite -mulr_suml ler_wpM2r ?exprn_ge0 // -sum_places; set h := \sum_(E : {set 'I_m} | _) _.
have -> : 2%:R ^+ p * p%:R * h = \sum_(A : {set 'F_p}) \sum_(v : 'F_p) h.
  rewrite !sumr_const card_Fp // -cardsT -powersetT card_powerset cardsT card_Fp // -[RHS]mulr_natl -[h *+ p]mulr_natl.
  by rewrite natrX mulrA.
under [leRHS]eq_bigr => A _ do rewrite pair_big /=.
rewrite pair_big /= [leLHS]big_mkcond [leRHS]big_mkcond; apply: ler_sum => -[A [v E]] _; rewrite /good /=.
by case: (k < _)%N => //=; case: ifP => // _; rewrite exprn_ge0.
Qed.
End Counting.
