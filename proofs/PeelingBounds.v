(** The bounds on a single worker and a single block in the proof that peeling is as early as coverage
    (docs/proofs/decoding.md, Theorem 3): how many sets of a size meet a given set in no symbol, in one, in two or more,
    or lie in it. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import StoppingSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Powers.
Implicit Types M k u : nat.

(** (M - k)(M - k - 1) ... over M (M - 1) ..., both of [u] factors, is at most ((M - k) / M)^u. *)
Lemma ffact_power M k u : ((M - k) ^_ u * M ^ u <= M ^_ u * (M - k) ^ u)%N.
Proof.
elim: u => [|u IH] //; rewrite !ffactnSr !expnSr mulnACA [leqRHS]mulnACA; apply: leq_mul IH _.
by rewrite -subnDA addnC subnDA [leqLHS]mulnBl mulnBr leq_sub2l // [leqRHS]mulnC leq_mul2r leq_subr orbT.
Qed.
Lemma power_ffact a j y : (y + j <= a.+1)%N -> (y ^ j <= a ^_ j)%N.
Proof.
elim: j a => // j IH [|a] le; rewrite expnS ffactnS.
  by have -> : y = 0%N by lia.
by apply: leq_mul; [lia | apply: IH; rewrite /=; lia].
Qed.

Lemma ffact_le b j : (b ^_ j <= b ^ j)%N.
Proof. by elim: j b => // j IH b; rewrite ffactnSr expnSr leq_mul ?IH ?leq_subr. Qed.
End Powers.

Section Draws.
Variables (R : realFieldType) (T : finType).
Notation M := #|T|.
Implicit Types (A B P V : {set T}) (k : nat).

(** How many of the sets of [k] elements have a property, as a share of them. *)
Definition share k (Q : pred {set T}) : R := #|[set A : {set T} | (#|A| == k) && Q A]|%:R / 'C(M, k)%:R.

Lemma bin_pos k : (k <= M)%N -> 0 < 'C(M, k)%:R :> R.
Proof. by rewrite ltr0n bin_gt0. Qed.

Lemma ratio_ge a b j y N : (j <= b)%N -> (b <= N)%N -> (y + j <= a.+1)%N ->
  (y%:R / N%:R) ^+ j <= 'C(a, j)%:R / 'C(b, j)%:R :> R.
Proof.
move=> jb bN ya; case: j jb ya => [|j] jb ya; first by rewrite expr0 !bin0 divr1.
have N0 : (0 < N)%N by lia.
have c0 : 0 < 'C(b, j.+1)%:R :> R by rewrite ltr0n bin_gt0.
have f0 : 0 < (j.+1)`!%:R :> R by rewrite ltr0n fact_gt0.
rewrite expr_div_n ler_pdivlMr // mulrAC ler_pdivrMr ?exprn_gt0 ?ltr0n // -(ler_pM2r f0) -!natrX -!natrM ler_nat.
rewrite -mulnA bin_ffact mulnAC bin_ffact; apply: leq_mul; first exact: power_ffact.
by apply: leq_trans (ffact_le _ _) _; rewrite leq_exp2r.
Qed.

Lemma count_avoiding k V : #|[set A : {set T} | (#|A| == k) && (A :&: V == set0)]| = 'C(M - #|V|, k).
Proof.
have -> : (M - #|V|)%N = #|~: V| by rewrite (cardsCs (~: V)) setCK.
rewrite -cards_draws; apply: eq_card => A; rewrite !inE andbC; congr (_ && _).
by rewrite setI_eq0 disjoints_subset.
Qed.

Lemma bin_loss N v k : (v <= N)%N -> ('C(N, k.+1) <= 'C(N - v, k.+1) + v * 'C(N.-1, k))%N.
Proof.
elim: v => [|v IH] vN; first by rewrite subn0 addn0.
apply: leq_trans (IH (ltnW vN)) _; rewrite mulSn addnA leq_add2r.
have -> : (N - v = (N - v.+1).+1)%N by lia.
by rewrite binS leq_add2l leq_bin2l //; lia.
Qed.

(** A set of [k] elements misses the set [V] with a probability between two bounds (docs/proofs/decoding.md, Theorem 3).
    *)
Theorem share_none k V : (k <= M)%N -> (0 < M)%N ->
  1 - #|V|%:R * k%:R / M%:R <= share k (fun A => A :&: V == set0) <= (1 - #|V|%:R / M%:R) ^+ k.
Proof.
move=> kM M0; rewrite /share count_avoiding; set v := #|V|; have vM : (v <= M)%N by apply: max_card.
have m0 : M%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
apply/andP; split.
  rewrite ler_pdivlMr ?bin_pos // mulrBl mul1r lerBlDr mulrAC -(ler_pM2r (_ : 0 < M%:R)) ?ltr0n // mulrDl mulfVK //.
  rewrite -!natrM -natrD ler_nat; case: (k) => [|k']; first by rewrite !bin0 muln0 mul0n addn0.
  have := bin_loss k' vM; rewrite -(leq_pmul2r M0) mulnDl -mulnA [('C(_, k') * M)%N]mulnC mul_bin_diag.
  by rewrite !mulnA.
have -> : 1 - v%:R / M%:R = (M - v)%:R / M%:R :> R by rewrite natrB // mulrBl divff.
rewrite ler_pdivrMr ?bin_pos // expr_div_n mulrAC.
rewrite ler_pdivlMr ?exprn_gt0 ?ltr0n // -(ler_pM2r (_ : 0 < k`!%:R)) ?ltr0n ?fact_gt0 // -!natrX -!natrM ler_nat.
by rewrite mulnAC bin_ffact -mulnA bin_ffact [leqRHS]mulnC ffact_power.
Qed.

(** It has two elements or more of [V] with at most this probability (docs/proofs/decoding.md, Theorem 3). *)
Theorem share_pair k V : (k <= M)%N -> (1 < M)%N ->
  share k (fun A => 2 <= #|A :&: V|)%N <= 'C(#|V|, 2)%:R * (k * k.-1)%:R / (M * M.-1)%:R.
Proof.
move=> kM M1; rewrite /share; set X := [set A | _].
have each P : (#|P| = 2)%N ->
    (#|[set A : {set T} | (#|A| == k) && (P \subset A)]| * (M * M.-1) = 'C(M, k) * (k * k.-1))%N.
  move=> P2; have -> : #|[set A : {set T} | (#|A| == k) && (P \subset A)]| = 'C(M - 2, M - k).
    rewrite -(card_imset _ (@setC_inj T)) -P2; have -> : (M - #|P|)%N = #|~: P| by rewrite (cardsCs (~: P)) setCK.
    rewrite -cards_draws; apply: eq_card => B; rewrite !inE; apply/imsetP/andP => [[A]|[BP /eqP Bk]].
      by rewrite inE => /andP[/eqP Ak PA] ->; rewrite setCS PA (cardsCs (~: A)) setCK Ak.
    by exists (~: B); rewrite ?setCK // inE (cardsCs (~: B)) setCK Bk subKn // eqxx subsetC.
  have [k2|k2] := leqP 2 k; last first.
    by rewrite bin_small; [rewrite mul0n; case: (k) k2 => [|[|]] //; rewrite !muln0 | lia].
  have e1 : ((M.-1) * 'C(M.-2, M - k) = (k.-1) * 'C(M.-1, M - k))%N.
    by rewrite mul_bin_down; congr (_ * _)%N; lia.
  have e2 : (M * 'C(M.-1, M - k) = k * 'C(M, k))%N by rewrite mul_bin_down bin_sub // subKn.
  rewrite subn2 mulnC -mulnA e1 mulnCA e2; lia.
have count_X : (#|X| <= \sum_(P : {set T} | (P \subset V) && (#|P| == 2))
    #|[set A : {set T} | (#|A| == k) && (P \subset A)]|)%N.
  rewrite -sum1_card.
  apply: (@leq_trans (\sum_(A in X) \sum_(P : {set T} | (P \subset V) && (#|P| == 2)) (P \subset A))%N).
    apply: leq_sum => A; rewrite inE => /andP[_ two].
    have : (0 < #|[set P : {set T} | (P \subset A :&: V) && (#|P| == 2)]|)%N by rewrite cards_draws bin_gt0.
    case/card_gt0P => P; rewrite inE subsetI => /andP[/andP[PA PV] P2].
    by rewrite (bigD1 P) /= ?PV // PA.
  rewrite exchange_big /=; apply: leq_sum => P _; rewrite -sum1_card big_mkcond [leqRHS]big_mkcond.
  by apply: leq_sum => A _; rewrite !inE; case: (#|A| == k) => //=; case: (P \subset A); case: ifP.
have m0 : 0 < (M * M.-1)%:R :> R by rewrite ltr0n muln_gt0; lia.
rewrite ler_pdivlMr // mulrAC ler_pdivrMr ?bin_pos // -!natrM ler_nat; apply: leq_trans (leq_mul count_X (leqnn _)) _.
rewrite big_distrl /= (eq_bigr (fun=> ('C(M, k) * (k * k.-1))%N)) => [|P /andP[_ /eqP P2]]; last exact: each.
by rewrite sum_nat_const -cardsE cards_draws mulnAC -mulnA mulnC -mulnA leqnn.
Qed.

(** A later block of at most [D] symbols holds two of the set with at most this probability (docs/proofs/decoding.md,
    Theorem 3). *)
Corollary share_later k D V : (k <= M)%N -> (1 < M)%N -> (k <= D)%N ->
  share k (fun A => 2 <= #|A :&: V|)%N <= 'C(D, 2)%:R * #|V|%:R ^+ 2 / (M * M.-1)%:R.
Proof.
move=> kM M1 kD; apply: le_trans (share_pair V kM M1) _.
rewrite ler_pM2r ?invr_gt0 ?ltr0n ?muln_gt0; last by lia.
rewrite -natrX -!natrM ler_nat -(leq_pmul2r (isT : 0 < 2)%N) -!mulnA.
have two a : ('C(a, 2) * 2 = a * a.-1)%N by rewrite -[2%N in X in (_ * X)%N]/(2`!) bin_ffact ffactnS ffactn1.
have kk : (k * k.-1 <= 'C(D, 2) * 2)%N by rewrite two; apply: leq_mul; lia.
have vv : ('C(#|V|, 2) * 2 <= #|V| * #|V|)%N by rewrite two leq_mul2l; lia.
have := leq_mul vv kk; move: 'C(D, 2)%N 'C(#|V|, 2)%N (k.-1) #|V| => a b c e; clear; lia.
Qed.

Lemma one_ratio N v k D : (k < D)%N -> (v + D <= N)%N ->
  k.+1%:R * v%:R / N%:R * (1 - (v + D)%:R / N%:R) ^+ D.-1 <= (v * 'C(N - v, k))%:R / 'C(N, k.+1)%:R :> R.
Proof.
move=> kD vD; have N0 : (0 < N)%N by lia.
have shift (a b x y z : R) : a * b * (x * y * z) = z * a * x * (b * y) by rewrite mulrA mulrACA mulrC !mulrA.
have e : 'C(N, k.+1)%:R = N%:R * 'C(N.-1, k)%:R / k.+1%:R :> R.
  by rewrite -natrM mul_bin_diag natrM mulrC mulKf // pnatr_eq0.
rewrite e invfM invrK invfM natrM shift; apply: ler_wpM2l; first by rewrite !mulr_ge0 ?invr_ge0 ?ler0n.
have n0 : N%:R != 0 :> R by rewrite pnatr_eq0; lia.
have -> : 1 - (v + D)%:R / N%:R = (N - (v + D))%:R / N%:R :> R by rewrite natrB // mulrBl divff.
have y0 : 0 <= (N - (v + D))%:R / N%:R :> R by rewrite divr_ge0 ?ler0n.
have y1 : (N - (v + D))%:R / N%:R <= 1 :> R by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat leq_subr.
apply: le_trans (ler_wiXn2l y0 y1 (_ : (k <= D.-1)%N)) _; first by lia.
by apply: ratio_ge; lia.
Qed.

(** It has exactly one element of [V] with at least this probability (docs/proofs/decoding.md, Theorem 3). *)
Theorem share_one k D V : (0 < k <= D)%N -> (#|V| + D <= M)%N ->
  k%:R * #|V|%:R / M%:R * (1 - (#|V| + D)%:R / M%:R) ^+ D.-1 <= share k (fun A => #|A :&: V| == 1%N).
Proof.
case: k => // k /andP[_ kD] vD; rewrite /share; set v := #|V|; set X := [set A | _]; have M0 : (0 < M)%N by lia.
have count_X : (v * 'C(M - v, k) <= #|X|)%N.
  pose pairs := [set p : T * {set T} | (p.1 \in V) && (p.2 \in [set B : {set T} | (B \subset ~: V) && (#|B| == k)])].
  have -> : (v * 'C(M - v, k) = #|pairs|)%N.
    rewrite (_ : pairs = setX V [set B : {set T} | (B \subset ~: V) && (#|B| == k)]); last first.
      by apply/setP => -[x B]; rewrite !inE.
    by rewrite cardsX cards_draws (cardsCs (~: V)) setCK.
  have parts x B : x \in V -> B \subset ~: V -> (x |: B) :&: V = [set x] /\ (x |: B) :\: V = B.
    move=> xV /subsetP BV; split; apply/setP => y; rewrite !inE.
      by apply/andP/eqP => [[/orP[/eqP //|/BV]]|->]; [rewrite inE => /negPf -> | rewrite eqxx].
    have [->|_] /= := eqVneq y x; first by rewrite xV; apply/esym/negP => /BV; rewrite inE xV.
    by case yB: (y \in B); rewrite ?andbF // andbT; have := BV y yB; rewrite inE.
  rewrite -(@card_in_imset _ _ (fun p : T * {set T} => p.1 |: p.2)); last first.
    move=> [x B] [x' B']; rewrite !inE /= => /andP[xV /andP[BV _]] /andP[xV' /andP[BV' _]] e.
    have [e1 e2] := parts x B xV BV; have [e1' e2'] := parts x' B' xV' BV'.
    by rewrite -e2 e e2'; congr (_, _); apply: set1_inj; rewrite -e1 e e1'.
  apply: subset_leq_card; apply/subsetP => A /imsetP[[x B]]; rewrite !inE /= => /andP[xV /andP[BV /eqP Bk]] ->.
  have [-> _] := parts x B xV BV; rewrite cards1 eqxx andbT cardsU1 Bk (_ : x \notin B) //.
  by apply: contraL xV => /(subsetP BV); rewrite inE.
have c0 := bin_pos (_ : (k.+1 <= M)%N).
apply: le_trans (_ : (v * 'C(M - v, k))%:R / 'C(M, k.+1)%:R <= _); last first.
  by rewrite ler_pM2r ?invr_gt0 ?c0 ?ler_nat //; lia.
exact: one_ratio.
Qed.

(** It lies in [V] with at least this probability: the other symbols of a block over a given one have been received as
    systematic symbols (docs/proofs/decoding.md, Theorem 3). *)
Theorem share_inside k D V : (k < D <= #|V|.+1)%N -> (k <= M)%N ->
  ((#|V|.+1 - D)%:R / M.+2%:R) ^+ D.-1 <= share k (fun A => A \subset V).
Proof.
case/andP=> kD DV kM; rewrite /share.
have -> : #|[set A : {set T} | (#|A| == k) && (A \subset V)]| = 'C(#|V|, k).
  by rewrite -cards_draws; apply: eq_card => A; rewrite !inE andbC.
have vM : (#|V| <= M)%N by apply: max_card.
have y0 : 0 <= (#|V|.+1 - D)%:R / M.+2%:R :> R by rewrite divr_ge0 ?ler0n.
have y1 : (#|V|.+1 - D)%:R / M.+2%:R <= 1 :> R by rewrite ler_pdivrMr ?ltr0n // mul1r ler_nat; lia.
apply: le_trans (ler_wiXn2l y0 y1 (_ : (k <= D.-1)%N)) _; first by lia.
by apply: ratio_ge; lia.
Qed.

(** Blocks of given sizes cut the places: no one of the first [b] contains exactly one of [k] random places with at most
    the probability that they contain none, and a little more (docs/proofs/decoding.md, Theorem 3). *)
Theorem share_none_once (block : T -> nat) b k (C := #|first_places block b|) : (k <= M)%N -> (1 < M)%N ->
  share k (none_once block b) <=
    share k (fun A => A :&: first_places block b == set0) + 'C(C, 2)%:R * (k%:R / M%:R) ^+ 2 /\
  ((C * k * 2 <= M)%N -> share k (none_once block b) <=
    share k (fun A => A :&: first_places block b == set0) * (1 + (C%:R * k%:R / M%:R) ^+ 2)).
Proof.
move=> kM M1; set V := first_places block b in C *.
have m0 : 0 < M%:R :> R by rewrite ltr0n; lia.
have square : (k * k.-1)%:R / (M * M.-1)%:R <= (k%:R / M%:R) ^+ 2 :> R.
  rewrite expr_div_n ler_pdivlMr ?exprn_gt0 // mulrAC ler_pdivrMr; last by rewrite ltr0n muln_gt0; lia.
  rewrite -!natrX -!natrM ler_nat -!mulnn !mulnA -[leqLHS]mulnA -[leqRHS]mulnA.
  rewrite [(k * k.-1 * _)%N]mulnAC; case: (k) kM => [|k'] kM //; rewrite -mulnA -[leqRHS]mulnA leq_pmul2l //=.
  by rewrite -mulnA [leqRHS]mulnCA leq_mul2l; apply/orP; right; case: #|T| kM => //= a ka; lia.
have pair : share k (fun A => 2 <= #|A :&: V|)%N <= 'C(C, 2)%:R * (k%:R / M%:R) ^+ 2.
  by apply: le_trans (share_pair V kM M1) _; rewrite -mulrA ler_wpM2l ?ler0n.
have split_ : share k (none_once block b) <= share k (fun A => A :&: V == set0) + share k (fun A => 2 <= #|A :&: V|)%N.
  rewrite /share -mulrDl ler_pM2r ?invr_gt0 ?bin_pos // -natrD ler_nat.
  apply: leq_trans (leq_card_setU _ _); apply: subset_leq_card; apply/subsetP => A.
  rewrite !inE => /andP[-> /forallP once] /=.
  case E: #|A :&: V| => [|[|c]]; [by rewrite -cards_eq0 E | | by rewrite orbT].
  have /cards1P[i iE] : #|A :&: V| == 1%N by rewrite E.
  have : i \in A :&: V by rewrite iE set11.
  rewrite !inE => /andP[iA ib]; have := once (Ordinal ib).
  rewrite (_ : A :&: places block (block i) = [set i]) ?cards1 //.
  apply/setP => y; rewrite !inE; apply/andP/eqP => [[yA /eqP yi]|->]; last by rewrite iA.
  by have : y \in A :&: V; [rewrite !inE yA yi | rewrite iE inE => /eqP].
split=> [|half]; first by apply: le_trans split_ _; rewrite lerD2l.
apply: le_trans split_ _; rewrite mulrDr mulr1 lerD2l; apply: le_trans pair _.
have /andP[low _] := share_none V kM (ltnW M1).
apply: (@le_trans _ _ (2%:R^-1 * (C%:R * k%:R / M%:R) ^+ 2)).
  rewrite -[C%:R * k%:R / M%:R]mulrA [(C%:R * _) ^+ 2]exprMn [leRHS]mulrA.
  apply: ler_wpM2r; first by rewrite exprn_ge0 // divr_ge0 ?ler0n.
  rewrite -natrX mulrC ler_pdivlMr ?ltr0n // -natrM ler_nat.
  have -> : ('C(C, 2) * 2 = C * C.-1)%N by rewrite -[2%N in X in (_ * X)%N]/(2`!) bin_ffact ffactnS ffactn1.
  by rewrite -mulnn leq_mul2l; lia.
apply: ler_wpM2r; first by rewrite exprn_ge0 // divr_ge0 ?mulr_ge0 ?ler0n.
apply: le_trans low; rewrite lerBrDr -lerBrDl; apply: (@le_trans _ _ (2%:R^-1)); last first.
  by rewrite lerBrDr -mulr2n -[_ *+ 2]mulr_natl divff // pnatr_eq0.
by rewrite ler_pdivrMr // [leRHS]mulrC ler_pdivlMr ?ltr0n // -!natrM ler_nat.
Qed.
End Draws.
