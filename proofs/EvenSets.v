(** How many sets of places meet each of the first blocks in an even number of places, or in none
    (docs/proofs/spanning.md, Proposition 1.1).  Block [k] of an order of N symbols holds the places [i] with i / d = k.
    *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Lemma prod_add1 (K : comRingType) (I : finType) (f : I -> K) :
  \prod_i (f i + 1) = \sum_(A : {set I}) \prod_(i in A) f i.
Proof.
rewrite bigA_distr; apply: eq_big => [A|A _]; first by rewrite inE.
by rewrite [RHS]big_mkcond.
Qed.

Section Blocks.
Variables (N d : nat).
Hypothesis d_gt0 : (0 < d)%N.
Local Notation blk i := (divn (nat_of_ord i) d).
Implicit Types (A : {set 'I_N}) (i : 'I_N) (b k w : nat).

(** The first [b] blocks meet [A] in even numbers of places, or not at all. *)
Definition meets_evenly b A : bool := [forall k : 'I_b, ~~ odd #|[set i in A | blk i == k]|].
Definition avoids b A : bool := [forall i in A, (d * b <= i)%N].
(** The size of block [k]: d, or what is left. *)
Definition block_size k : nat := minn d (N - d * k).

Lemma avoids_evenly b A : avoids b A -> meets_evenly b A.
Proof.
move=> /forall_inP av; apply/forallP => k; rewrite (_ : [set _ in _ | _] = set0) ?cards0 //.
apply/setP => i; rewrite !inE; apply/negP => /andP[/av le /eqP ik]; move: le (ltn_ord k).
by rewrite -ik mulnC -leq_divRL // ltnNge => ->.
Qed.

Lemma avoids_blocks b A : avoids b A <-> forall k, (k < b)%N -> #|[set i in A | blk i == k]| = 0%N.
Proof.
split=> [/forall_inP av k kb|none].
  apply/eqP; rewrite cards_eq0; apply/eqP/setP => i; rewrite !inE; apply/negP => /andP[/av le /eqP ik].
  by move: le kb; rewrite -ik mulnC -leq_divRL // ltnNge => ->.
apply/forall_inP => i iA; rewrite mulnC -leq_divRL // leqNgt; apply/negP => ib.
have := none _ ib; move/eqP; rewrite cards_eq0 => /eqP/setP/(_ i); rewrite !inE iA eqxx.
by [].
Qed.

Lemma card_from c : #|[set i : 'I_N | (c <= i)%N]| = (N - c)%N.
Proof.
rewrite -sum1_card (eq_bigl (fun i : 'I_N => (c <= i)%N)) => [|i]; last by rewrite inE.
rewrite big_mkcond /=; elim: N => [|n IH]; first by rewrite big_ord0.
by rewrite big_ord_recr /= IH; case: (leqP c n); lia.
Qed.

Lemma card_block k : #|[set i : 'I_N | blk i == k]| = block_size k.
Proof.
have -> : [set i : 'I_N | blk i == k] = [set i : 'I_N | (d * k <= i)%N] :\: [set i : 'I_N | (d * k.+1 <= i)%N].
  apply/setP => i; rewrite !inE !(mulnC d) -!leq_divRL //.
  by case: (ltngtP (blk i) k).
rewrite cardsD (setIidPr _) ?card_from; last first.
  by apply/subsetP => i; rewrite !inE; apply: leq_trans; rewrite leq_mul2l leqnSn orbT.
rewrite /block_size mulnS; apply/eqP; rewrite addnC subnDA.
by rewrite -minnE minnC.
Qed.

(** Sets of places that avoid the first blocks. *)
Lemma card_avoids b w : #|[set A : {set 'I_N} | (#|A| == w) && avoids b A]| = 'C(N - d * b, w).
Proof.
rewrite -card_from -cards_draws; apply: eq_card => A; rewrite !inE andbC; congr (_ && _).
apply/forall_inP/subsetP => av i iA; last by have := av i iA; rewrite inE.
by rewrite inE av.
Qed.

Section Series.
Variables (K : comRingType) (y half : K).
Hypothesis half2 : half + half = 1.

Lemma split_blocks b (f : 'I_N -> K) :
  \prod_i f i = (\prod_(k < b) \prod_(i : 'I_N | blk i == k) f i) * \prod_(i : 'I_N | (d * b <= i)%N) f i.
Proof.
rewrite [LHS](bigID (fun i : 'I_N => (d * b <= i)%N)) mulrC /=; congr (_ * _).
rewrite (exchange_big_dep (fun i : 'I_N => ~~ (d * b <= i)%N)) /= => [|k i _ /eqP ik]; last first.
  by rewrite mulnC -leq_divRL // -ltnNge ik.
apply: eq_bigr => i; rewrite mulnC -leq_divRL // -ltnNge => ib.
by rewrite (big_pred1 (Ordinal ib)) // => k; rewrite -(inj_eq val_inj) eq_sym.
Qed.

Definition evens b : K :=
  \prod_(k < b) (half * ((1 + y) ^+ block_size k + (1 - y) ^+ block_size k)) * (1 + y) ^+ (N - d * b).

Lemma evensE b : \sum_(A | meets_evenly b A) y ^+ #|A| = evens b.
Proof.
pose sign (J : {set 'I_b}) i : K := if insub (blk i) is Some k then if k \in J then -1 else 1 else 1.
have signk J i (k : 'I_b) : blk i == k -> sign J i = if k \in J then -1 else 1.
  by rewrite /sign; case: insubP => [k' _ <- /eqP/val_inj ->//|]; move=> /negP n /eqP ik; case: n; rewrite ik ltn_ord.
have one A : (meets_evenly b A)%:R = \sum_(J : {set 'I_b}) half ^+ b * \prod_(i in A) sign J i.
  transitivity (\prod_(k < b) (half * ((-1) ^+ #|[set i in A | blk i == k]| + 1))).
    have [/forallP ev|/forallPn[k]] := boolP (meets_evenly b A).
      by rewrite big1 // => k _; rewrite -signr_odd (negPf (ev k)) expr0 mulrDr mulr1.
    by rewrite negbK => od; rewrite (bigD1 k) //= -signr_odd od expr1 addNr mulr0 mul0r.
  rewrite big_split /= prodr_const card_ord prod_add1 mulr_sumr; apply: eq_bigr => J _; congr (_ * _).
  transitivity (\prod_(k < b) \prod_(i in A | blk i == k) sign J i).
    rewrite big_mkcond; apply: eq_bigr => k _; rewrite (eq_bigr (fun=> if k \in J then -1 else 1)).
      rewrite (eq_bigl (fun i => i \in [set i in A | blk i == k])) => [|i]; last by rewrite inE.
      by rewrite prodr_const; case: ifP; rewrite ?expr1n.
    by move=> i /andP[_]; apply: signk.
  have := split_blocks b (fun i => if i \in A then sign J i else 1); rewrite -big_mkcond => ->.
  rewrite [X in _ = _ * X]big1 ?mulr1 => [|i di]; last first.
    case: ifP => // _; rewrite /sign insubF //; apply/negbTE; rewrite -leqNgt leq_divRL // mulnC //.
  apply: eq_bigr => k _; rewrite [RHS](eq_bigl (fun i : 'I_N => blk i == k)) // -big_mkcondl /=.
  by apply: eq_bigl => i; rewrite andbC.
rewrite big_mkcond /= (eq_bigr (fun A => (meets_evenly b A)%:R * y ^+ #|A|)) => [|A _]; last first.
  by case: ifP; rewrite ?mul1r ?mul0r.
under eq_bigr => A _ do rewrite one mulr_suml.
rewrite exchange_big /=.
transitivity (\sum_(J : {set 'I_b}) half ^+ b * \prod_i (sign J i * y + 1)).
  apply: eq_bigr => J _; rewrite prod_add1 mulr_sumr; apply: eq_bigr => A _.
  by rewrite -mulrA -prodr_const big_split.
rewrite /evens big_split /= prodr_const card_ord -mulrA -mulr_sumr; congr (_ * _).
under [X in _ = X * _]eq_bigr => k _ do rewrite addrC.
rewrite bigA_distr /= mulr_suml; apply: eq_big => [J|J _]; first by rewrite inE.
rewrite (split_blocks b); congr (_ * _).
  apply: eq_bigr => k _; case: ifP => kJ; rewrite -card_block -prodr_const; apply: eq_big => [i|i];
    rewrite ?inE // => ik.
    by rewrite (signk _ _ _ ik) kJ mulN1r addrC.
  by rewrite (signk _ _ _ ik) kJ mul1r addrC.
rewrite -card_from -prodr_const; apply: eq_big => [i|i di]; first by rewrite inE.
rewrite /sign insubF ?mul1r 1?addrC //; apply/negbTE; rewrite -leqNgt leq_divRL // mulnC //.
Qed.
End Series.

(** The polynomial of Proposition 1.1, and the two probabilities: each of the first [b] blocks meets a set of [w]
    symbols in an even number, and none meets it. *)
Definition even_poly b : {poly rat} := evens 'X (2^-1)%:P b.
Definition even_share b w : rat := (even_poly b)`_w / 'C(N, w)%:R.
Definition avoid_share b w : rat := 'C(N - d * b, w)%:R / 'C(N, w)%:R.

(** The coefficient counts the sets of [w] places that meet each of the first [b] blocks in an even number
    (docs/proofs/spanning.md, Proposition 1.1). *)
Theorem card_evenly b w : #|[set A : {set 'I_N} | (#|A| == w) && meets_evenly b A]|%:R = (even_poly b)`_w :> rat.
Proof.
have half : (2^-1)%:P + (2^-1)%:P = 1 :> {poly rat} by rewrite -polyCD.
rewrite /even_poly -(evensE 'X half) coef_sum -sum1_card natr_sum.
rewrite [LHS](eq_bigl (fun A => (#|A| == w) && meets_evenly b A)).
  rewrite big_mkcondl /=; apply: eq_bigr => A _; rewrite coefXn eq_sym.
  by case: eqP.
by move=> A; rewrite inE.
Qed.

(** The share of the c-subsets of the pool that avoid k symbols, as the law of coverage writes it. *)
Lemma avoid_share_used b k : (k <= N)%N ->
  avoid_share b k = 'C(N - k, minn (d * b) N)%:R / 'C(N, minn (d * b) N)%:R.
Proof.
move=> kN; set c := minn _ _; have cN : (c <= N)%N := geq_minr _ _.
have -> : avoid_share b k = 'C(N - c, k)%:R / 'C(N, k)%:R.
  by congr ('C(_, _)%:R / _); rewrite /c; lia.
have nz j : (j <= N)%N -> 'C(N, j)%:R != 0 :> rat by move=> jN; rewrite pnatr_eq0 -lt0n bin_gt0.
apply/eqP; rewrite eqr_div ?nz // -!natrM eqr_nat; apply/eqP.
have [ck|] := leqP (c + k) N; last first.
  by move=> ck; rewrite (@bin_small (N - c)) ?(@bin_small (N - k)) ?mul0n //; lia.
have f j l : (j + l <= N)%N -> ('C(N - j, l) * 'C(N, j) * (j`! * l`! * (N - j - l)`!) = N`!)%N.
  move=> jl; have jN : (j <= N)%N by lia.
  have lN : (l <= N - j)%N by lia.
  by rewrite -(bin_fact jN) -(bin_fact lN) -!mulnA mulnCA; congr (_ * _)%N; rewrite mulnCA.
apply/eqP; rewrite -(eqn_pmul2r (_ : 0 < c`! * k`! * (N - c - k)`!)%N) ?muln_gt0 ?fact_gt0 //.
by rewrite f // subnAC (mulnC c`!) f // addnC.
Qed.

Lemma even_share0 b : even_share b 0 = 1.
Proof.
rewrite /even_share -card_evenly bin0 divr1 (_ : [set _ | _] = [set set0]) ?cards1 //.
apply/setP => A; rewrite !inE cards_eq0; case: eqP => [->|] //=.
by rewrite avoids_evenly //; apply/forall_inP => i; rewrite inE.
Qed.

Lemma avoid_share0 b : avoid_share b 0 = 1.
Proof. by rewrite /avoid_share !bin0 divr1. Qed.

(** A block meets a single symbol evenly where it avoids it. *)
Lemma evenly1 b i : meets_evenly b [set i] = avoids b [set i].
Proof.
apply/idP/idP; last exact: avoids_evenly.
move=> /forallP ev; apply/forall_inP => _ /set1P ->; rewrite mulnC -leq_divRL // leqNgt; apply/negP => ib.
have := ev (Ordinal ib); rewrite (_ : [set _ in _ | _] = [set i]) ?cards1 //.
by apply/setP => i'; rewrite !inE; case: eqP => // ->; rewrite eqxx.
Qed.

Lemma even_share1 b : even_share b 1 = avoid_share b 1.
Proof.
rewrite /even_share /avoid_share -card_evenly -card_avoids; congr (_%:R / _); apply: eq_card => A; rewrite !inE.
by case: cards1P => // -[i ->]; rewrite evenly1.
Qed.

Lemma avoid_le_even b w : 0 <= avoid_share b w <= even_share b w.
Proof.
rewrite /avoid_share mulr_ge0 ?ler0n ?invr_ge0 ?ler0n //= ler_wpM2r ?invr_ge0 ?ler0n //.
rewrite -card_evenly -card_avoids ler_nat; apply: subset_leq_card; apply/subsetP => A; rewrite !inE.
by case/andP=> -> /avoids_evenly.
Qed.
End Blocks.
