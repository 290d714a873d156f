(** The blocks of a worker, one after the other, and products over the workers in the proof that peeling is as early as
    coverage (docs/proofs/decoding.md, Theorem 3): stopping sets of many symbols are rare. *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import StoppingSets PeelingBounds PeelingSums.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Sets of [k] and of [a] elements that have one in common, counted in two ways. *)
Lemma bin_swap n k a : (k + a <= n)%N -> ('C(n, k) * 'C(n - k, a) = 'C(n, a) * 'C(n - a, k))%N.
Proof.
move=> le; have f0 : (0 < k`! * (a`! * (n - k - a)`!))%N by rewrite !muln_gt0 !fact_gt0.
apply/eqP; rewrite -(eqn_pmul2r f0); apply/eqP; transitivity n`!.
  by rewrite mulnACA [('C(n - k, a) * _)%N]bin_fact -?mulnA ?bin_fact //; lia.
have e : (n - k - a = n - a - k)%N by lia.
by rewrite e [(k`! * _)%N]mulnCA mulnACA [('C(n - a, k) * _)%N]bin_fact -?mulnA ?bin_fact //; lia.
Qed.

Lemma swap_one N k a : (k + a < N)%N ->
  (k.+1 * 'C(N - k.+1, a) * 'C(N, k.+1) = a.+1 * 'C(N - a.+1, k) * 'C(N, a.+1))%N.
Proof.
case: N => // n le; rewrite mulnAC -mul_bin_diag [RHS]mulnAC -mul_bin_diag !subSS -!mulnA.
by rewrite bin_swap.
Qed.

(** How many sets of [a] among [N] elements have exactly one of [k] given ones. *)
Definition ones (N k a : nat) : nat := if a is a'.+1 then k * 'C(N - k, a') else 0.

Lemma ones_le N k a : (k <= N)%N -> (ones N k a <= 'C(N, a))%N.
Proof.
case: a => [|a] //=; elim: k N => [|k IH] [|N] // kN; rewrite binS subSS mulSn addnC leq_add ?IH //.
by rewrite leq_bin2l ?leq_subr.
Qed.

Section Rate.
Variable R : realFieldType.
Implicit Types M u c k D a N : nat.

(** A block of [k] symbols has exactly one of [u] given ones at least so often, after others with [c] symbols in all. *)
Definition rate M u c D : R := (u - c)%:R / M%:R * (1 - (u + D)%:R / (M - c)%:R) ^+ D.-1.

Lemma one_after M u c D N k a : (0 < M)%N -> (k <= D)%N -> (u - c <= a <= u)%N -> (M - c <= N <= M)%N ->
  (u + D + c <= M)%N -> k%:R * rate M u c D * 'C(N, a)%:R <= (ones N k a)%:R.
Proof.
move=> M0 kD /andP[ua au] /andP[lo hi] room; case: a ua au => [|a] ua au.
  by rewrite /rate (_ : (u - c = 0)%N) ?mul0r ?mulr0 ?mul0r //; apply/eqP; rewrite -leqn0.
case: k kD => [|k] kD; first by rewrite !mul0r.
have N_big : (u + D <= N)%N by move: room lo; clear; lia.
have aN : (a.+1 + D <= N)%N by move: N_big au; clear; lia.
have kaN : (k + a < N)%N by move: aN kD; clear; lia.
have N0 : (0 < N)%N by move: kaN; clear; lia.
have c1 : 0 < 'C(N, a.+1)%:R :> R by rewrite ltr0n bin_gt0; move: aN; clear; lia.
have c2 : 0 < 'C(N, k.+1)%:R :> R by rewrite ltr0n bin_gt0; move: aN kD; clear; lia.
rewrite -ler_pdivlMr //.
have -> : (ones N k.+1 a.+1)%:R / 'C(N, a.+1)%:R = (a.+1 * 'C(N - a.+1, k))%:R / 'C(N, k.+1)%:R :> R.
  by apply/eqP; rewrite eqr_div ?(lt0r_neq0 c1) ?(lt0r_neq0 c2) // -!natrM [ones _ _ _]/= swap_one.
apply: le_trans (one_ratio R kD aN); rewrite /rate -!mulrA ler_wpM2l ?ler0n // mulrA [leRHS]mulrA.
have w0 : 0 < (M - c)%:R :> R by rewrite ltr0n; move: room au; clear; lia.
have x0 : 0 <= 1 - (u + D)%:R / (M - c)%:R :> R.
  by rewrite subr_ge0 ler_pdivrMr // mul1r ler_nat; move: room; clear; lia.
have xy : 1 - (u + D)%:R / (M - c)%:R <= 1 - (a.+1 + D)%:R / N%:R :> R.
  rewrite lerD2l lerN2; apply: ler_pM; rewrite ?invr_ge0 ?ler0n ?ler_nat ?leq_add2r //.
  by rewrite lef_pV2 ?ler_nat // posrE ltr0n.
apply: ler_pM; rewrite ?divr_ge0 ?exprn_ge0 ?ler0n //; last by rewrite lerXn2r ?nnegrE ?(le_trans x0).
by apply: ler_pM; rewrite ?invr_ge0 ?ler0n ?ler_nat // lef_pV2 ?ler_nat // posrE ltr0n.
Qed.

Lemma rate_ge0 M u c D : (0 < M - c)%N -> (u + D + c <= M)%N -> 0 <= rate M u c D.
Proof.
move=> w0 room; rewrite mulr_ge0 ?divr_ge0 ?exprn_ge0 ?ler0n // subr_ge0 ler_pdivrMr ?ltr0n // mul1r ler_nat.
by move: room; clear; lia.
Qed.

Lemma rate_le1 M u c D k : (0 < M)%N -> (k <= D)%N -> (k <= M)%N -> (u + D + c <= M)%N -> k%:R * rate M u c D <= 1.
Proof.
move=> M0 kD kM room; have uM : (u <= M)%N by move: room; clear; lia.
have cu : 0 < 'C(M, u)%:R :> R by rewrite ltr0n bin_gt0.
rewrite -(ler_pM2r cu) mul1r; apply: le_trans (_ : (ones M k u)%:R <= _); last by rewrite ler_nat ones_le.
by apply: one_after; rewrite ?leq_subr ?leqnn.
Qed.

Lemma rate_mono M u c c' D : (c <= c')%N -> (0 < M - c')%N -> (u + D + c' <= M)%N -> rate M u c' D <= rate M u c D.
Proof.
move=> cc w0 room; have w : (M - c' <= M - c)%N by rewrite leq_sub2l.
have x0 : 0 <= 1 - (u + D)%:R / (M - c')%:R :> R.
  by rewrite subr_ge0 ler_pdivrMr ?ltr0n // mul1r ler_nat; move: room; clear; lia.
have xy : 1 - (u + D)%:R / (M - c')%:R <= 1 - (u + D)%:R / (M - c)%:R :> R.
  by rewrite lerD2l lerN2 ler_wpM2l ?ler0n // lef_pV2 ?ler_nat // posrE ltr0n // (leq_trans w0 w).
apply: ler_pM; rewrite ?divr_ge0 ?exprn_ge0 ?ler0n //; last by rewrite lerXn2r ?nnegrE ?(le_trans x0).
by rewrite ler_wpM2r ?invr_ge0 ?ler0n // ler_nat leq_sub2l.
Qed.

Lemma bernoulli (r : R) k : 0 <= r <= 1 -> 1 - k%:R * r <= (1 - r) ^+ k.
Proof.
move=> /andP[r0 r1]; elim: k => [|k IH]; first by rewrite mul0r subr0 expr0.
rewrite exprS; apply: le_trans (_ : (1 - r) * (1 - k%:R * r) <= _); last by rewrite ler_wpM2l ?subr_ge0.
rewrite -natr1 mulrDl mul1r opprD addrA [leRHS]mulrBl mul1r lerD2l lerN2 ler_piMr // gerBl.
by rewrite mulr_ge0.
Qed.
End Rate.

Section Next.
Variables (R : realFieldType) (T : finType) (block : T -> nat).
Notation M := #|T|.
Notation F := (first_places block).
Notation K := (places block).
Implicit Types (A B : {set T}) (b u : nat) (q : R).

Lemma none_trace b A A' : A :&: F b = A' :&: F b -> none_once block b A = none_once block b A'.
Proof.
move=> e; apply: eq_forallb => k; rewrite (_ : A :&: K k = A' :&: K k) //.
have -> : K k = F b :&: K k by apply/esym/setIidPr/subsetP => i; rewrite !inE => /eqP ->.
by rewrite !setIA e.
Qed.

Lemma none_next b A : none_once block b.+1 A = none_once block b A && (#|A :&: K b| != 1%N).
Proof.
apply/forallP/andP => [all|[/forallP all last] k].
  by split; [apply/forallP => k; have := all (widen_ord (leqnSn b) k) | have := all ord_max].
have [kb|kb] := ltnP k b; first by have := all (Ordinal kb).
by rewrite (_ : val k = b) //; apply/eqP; rewrite eqn_leq kb -ltnS ltn_ord.
Qed.

Lemma disjoint_next b : F b :&: K b = set0.
Proof. by apply/setP => i; rewrite !inE; case: ltngtP. Qed.

(** Of the sets of [u] places that have exactly one place in none of the first [b] blocks, a part of [q] at least has
    exactly one in the next block. *)
Lemma count_next b u q :
  (forall a, (u - #|F b| <= a <= u)%N -> q * 'C(M - #|F b|, a)%:R <= (ones (M - #|F b|) #|K b| a)%:R) ->
  q * #|[set A : {set T} | (#|A| == u) && none_once block b A]|%:R <=
  #|[set A : {set T} | [&& #|A| == u, none_once block b A & #|A :&: K b| == 1%N]]|%:R.
Proof.
move=> qa; have [q0|q0] := lerP 0 q; last first.
  by apply: le_trans (ler0n _ _); rewrite mulr_le0_ge0 ?ler0n // ltW.
set G := [set A | _]; set H := [set A | _].
rewrite -!sum1_card !natr_sum mulr_sumr.
rewrite (partition_big (fun A => A :&: F b) xpredT) //= [leRHS](partition_big (fun A => A :&: F b) xpredT) //=.
apply: ler_sum => B _; rewrite -mulr_sumr -!natr_sum !sum1_card.
rewrite -[X in q * X%:R <= _]cardsE -[X in _ <= X%:R]cardsE; set gB := [set A in _]; set hB := [set A in _].
have gP A : (A \in gB) = [&& #|A| == u, none_once block b A & A :&: F b == B].
  by rewrite inE unfold_in inE andbA.
have hP A : (A \in hB) = [&& #|A| == u, none_once block b A, #|A :&: K b| == 1%N & A :&: F b == B].
  by rewrite inE unfold_in inE -!andbA.
have [g0|] := posnP #|gB|; first by rewrite g0 mulr0 ler0n.
case/card_gt0P => A0; rewrite gP => /and3P[/eqP A0u none0 /eqP A0B].
have BF : B \subset F b by rewrite -A0B subsetIr.
pose a := (u - #|B|)%N; have Ba : (#|B| + a)%N = u.
  by rewrite /a subnKC // -A0u -A0B subset_leq_card // subsetIl.
have g_le : (#|gB| <= 'C(M - #|F b|, a))%N.
  have -> : (M - #|F b| = #|~: F b|)%N by rewrite (cardsCs (~: F b)) setCK.
  rewrite -cards_draws -(@card_in_imset _ _ (fun A => A :\: F b) gB); last first.
    move=> A A'; rewrite !gP => /and3P[_ _ /eqP e] /and3P[_ _ /eqP e'] d.
    by rewrite -(setID A (F b)) -(setID A' (F b)) e e' d.
  apply: subset_leq_card; apply/subsetP => A' /imsetP[A]; rewrite gP => /and3P[/eqP Au _ /eqP AB] ->.
  by rewrite inE setDE subsetIr /= -setDE cardsD Au AB.
have h_ge : (ones (M - #|F b|) #|K b| a <= #|hB|)%N.
  case E: a => [|a'] //=; pose D := ~: (F b :|: K b).
  have -> : (M - #|F b| - #|K b| = #|D|)%N.
    by rewrite (cardsCs D) setCK -subnDA -cardsUI disjoint_next cards0 addn0.
  rewrite -cards_draws -cardsX; set P := setX _ _.
  pose f (p : T * {set T}) := B :|: (p.1 |: p.2).
  have parts p : p \in P -> [/\ f p :&: F b = B, f p :\: F b = p.1 |: p.2, f p :&: K b = [set p.1] & f p :&: D = p.2].
    case: p => x B'; rewrite in_setX inE /= => /andP[xK /andP[/subsetP B'D _]].
    have Bf y : y \in B -> (block y < b)%N by move=> /(subsetP BF); rewrite inE.
    have Bd y : y \in B' -> (b < block y)%N.
      by move=> /B'D; rewrite !inE negb_or -leqNgt ltn_neqAle andbC eq_sym.
    have xb y : y == x -> block y = b by move=> /eqP ->; move: xK; rewrite inE => /eqP.
    split; apply/setP => y; rewrite !inE; move: (Bd y) (Bf y) (xb y) => /=;
      case: (y == x); case: (y \in B); case: (y \in B') => //= d f' e; clear -d f' e;
      try have := d isT; try have := f' isT; try have := e isT; clear d f' e; case: ltngtP => //;
      by move=> + e; rewrite e ltnn.
  rewrite -(@card_in_imset _ _ f P); last first.
    move=> [x B'] [x' B''] p p'; have [_ _ x1 d1] := parts _ p; have [_ _ x2 d2] := parts _ p' => /= e.
    by move: x1 d1; rewrite e x2 d2 => /set1_inj /= -> /= ->.
  apply: subset_leq_card; apply/subsetP => A /imsetP[p pP ->]; have [fF fD fK _] := parts p pP.
  rewrite hP fF fK cards1 !eqxx (@none_trace b _ A0) ?fF ?A0B // none0 !andbT.
  rewrite -(cardsID (F b) (f p)) fF fD -Ba E.
  move: pP; case: p {fF fD fK} => x B'; rewrite in_setX inE /= => /andP[xK /andP[/subsetP B'D /eqP <-]].
  rewrite cardsU1 (_ : x \notin B') // ; apply/negP => /B'D; rewrite !inE negb_or => /andP[_].
  by move: xK; rewrite inE => ->.
apply: le_trans (_ : q * 'C(M - #|F b|, a)%:R <= _); first by rewrite ler_wpM2l // ler_nat.
apply: le_trans (qa a _) _; last by rewrite ler_nat.
by rewrite leq_subr andbT leq_sub2l // subset_leq_card.
Qed.

Lemma share_next b u q : (u <= M)%N ->
  (forall a, (u - #|F b| <= a <= u)%N -> q * 'C(M - #|F b|, a)%:R <= (ones (M - #|F b|) #|K b| a)%:R) ->
  share R u (none_once block b.+1) <= (1 - q) * share R u (none_once block b).
Proof.
move=> uM /count_next le; rewrite /share mulrA ler_wpM2r ?invr_ge0 ?ler0n // mulrBl mul1r lerBrDr.
apply: le_trans (lerD (lexx _) le) _.
rewrite -natrD ler_nat -cardsUI [X in (_ + X)%N](_ : _ = 0%N) ?addn0; last first.
  apply/eqP; rewrite cards_eq0; apply/eqP/setP => A; rewrite !inE none_next.
  by case: (#|A :&: K b| == 1%N); rewrite ?andbF.
apply: subset_leq_card; apply/subsetP => A; rewrite !inE none_next.
by case/orP => /andP[-> /andP[-> _]].
Qed.

(** No block has exactly one of [u] given symbols with a probability of at most the product over the blocks
    (docs/proofs/decoding.md, Theorem 3). *)
Theorem share_blocks b u D (c := #|F b|) : (0 < M)%N -> (forall k, (k < b)%N -> (#|K k| <= D)%N) ->
  (u + D + c <= M)%N -> share R u (none_once block b) <= \prod_(k < b) (1 - #|K k|%:R * rate R M u c D).
Proof.
rewrite {}/c; set c := #|F b| => M0 size_le room; have uM : (u <= M)%N by move: room; clear; lia.
have rate_le k : (k < b)%N -> #|K k|%:R * rate R M u c D <= 1.
  by move=> /size_le kD; apply: rate_le1; rewrite ?max_card.
suff ind b' : (b' <= b)%N -> share R u (none_once block b') <= \prod_(k < b') (1 - #|K k|%:R * rate R M u c D).
  exact: ind.
elim: b' => [|b' IH] lt.
  rewrite big_ord0 /share ler_pdivrMr ?bin_pos // mul1r ler_nat.
  have -> : 'C(M, u) = #|[set A : {set T} | (A \subset setT) && (#|A| == u)]| by rewrite cards_draws cardsT.
  by apply: subset_leq_card; apply/subsetP => A; rewrite !inE subsetT => /andP[].
rewrite big_ord_recr /=; have Fc : (#|F b'| <= c)%N.
  by apply: subset_leq_card; apply/subsetP => i; rewrite !inE => /leq_trans; apply; apply: ltnW.
apply: le_trans (@share_next b' u (#|K b'|%:R * rate R M u c D) _ _) _.
- exact: uM.
- move=> a /andP[ua au]; apply: one_after => //; first exact: size_le.
    by rewrite au andbT; apply: leq_trans ua; rewrite leq_sub2l.
  by rewrite leq_subr andbT leq_sub2l.
by rewrite mulrC ler_wpM2r ?subr_ge0 ?rate_le // IH // ltnW.
Qed.

Lemma card_first b : #|F b| = (\sum_(k < b) #|K k|)%N.
Proof.
elim: b => [|b IH]; first by rewrite big_ord0; apply: eq_card0 => i; rewrite !inE.
rewrite big_ord_recr /= -IH -cardsUI disjoint_next cards0 addn0.
by apply: eq_card => i; rewrite !inE ltnS leq_eqVlt orbC.
Qed.

Lemma share_power b u D (c := #|F b|) : (0 < M - c)%N -> (forall k, (k < b)%N -> (#|K k| <= D)%N) -> (0 < D)%N ->
  (u + D + c <= M)%N -> share R u (none_once block b) <= (1 - rate R M u c D) ^+ c.
Proof.
move=> w0 size_le D0 room; have M0 : (0 < M)%N by move: w0; clear; lia.
apply: le_trans (share_blocks M0 size_le room) _.
have r0 : 0 <= rate R M u c D by apply: rate_ge0.
have r1 : rate R M u c D <= 1 by have := @rate_le1 R M u c D 1 M0 D0 M0 room; rewrite mul1r.
rewrite [X in _ ^+ X](card_first b) expr_sum; apply: ler_prod => k _; rewrite subr_ge0 bernoulli ?r0 ?r1 // andbT.
by apply: rate_le1; rewrite ?max_card ?size_le.
Qed.
End Next.

Section Workers.
Variables (R : realFieldType) (T J : finType).
Variables (block : J -> T -> nat) (b : J -> nat) (S : {set J}) (C D : nat).
Notation M := #|T|.
Hypothesis block_le : forall j k, j \in S -> (k < b j)%N -> (#|places (block j) k| <= D)%N.
Hypothesis sent_le : forall j, j \in S -> (c block b j <= C)%N.
Hypotheses (D_gt0 : (0 < D)%N) (C_lt : (0 < M - C)%N).
Implicit Types (j : J) (u z L U : nat).

(** The number of symbols in the blocks of all workers. *)
Definition in_blocks : nat := \sum_(j in S) c block b j.

(** The product, the probability that a given set of [u] symbols is a stopping set, is at most this, if blocks have at
    most [D] symbols and workers have sent at most [C] in blocks (docs/proofs/decoding.md, Theorem 3). *)
Theorem product_stopping u : (u + D + C <= M)%N ->
  \prod_(j in S) chi R block b j u <= (1 - rate R M u C D) ^+ in_blocks.
Proof.
move=> room; rewrite /in_blocks expr_sum; apply: ler_prod => j jS; rewrite share_ge0 /=.
have cC := sent_le jS; have w0 : (0 < M - c block b j)%N by apply: leq_trans C_lt _; rewrite leq_sub2l.
have room_j : (u + D + c block b j <= M)%N by apply: leq_trans room; rewrite leq_add2l.
apply: le_trans (share_power R w0 (fun k => block_le jS) D_gt0 room_j) _.
have M0 : (0 < M)%N by apply: leq_trans C_lt (leq_subr _ _).
have r1 c' : (u + D + c' <= M)%N -> 0 <= 1 - rate R M u c' D.
  by move=> room'; have := @rate_le1 R M u c' D 1 M0 D_gt0 M0 room'; rewrite mul1r subr_ge0.
by apply: lerXn2r; rewrite ?nnegrE ?r1 // lerD2l lerN2 rate_mono.
Qed.

(** Its sum over the sets with more than [L] and at most [U] of [z] symbols (docs/proofs/decoding.md, Theorem 3). *)
Theorem middle_sets z L U (kappa : R := (1 - C%:R / L%:R) * (1 - (U + D)%:R / (M - C)%:R) ^+ D.-1) :
  (0 < L)%N -> (C <= L)%N -> (U + D + C <= M)%N ->
  \sum_(L.+1 <= u < U.+1) 'C(z, u)%:R * \prod_(j in S) chi R block b j u <=
  \sum_(L.+1 <= u < U.+1) 'C(z, u)%:R * ((1 - kappa / M%:R) ^+ in_blocks) ^+ u.
Proof.
move=> L0 CL room; rewrite [leLHS]big_nat_cond [leRHS]big_nat_cond.
apply: ler_sum => u /andP[/andP[Lu uU] _]; rewrite ler_wpM2l ?ler0n //.
have room_u : (u + D + C <= M)%N by apply: leq_trans room; rewrite !leq_add2r.
apply: le_trans (product_stopping room_u) _; rewrite -exprM mulnC exprM.
have M0 : (0 < M)%N by apply: leq_trans C_lt (leq_subr _ _).
have r1 : rate R M u C D <= 1 by have := @rate_le1 R M u C D 1 M0 D_gt0 M0 room_u; rewrite mul1r.
have mR : 0 < M%:R :> R by rewrite ltr0n.
have lR : 0 < L%:R :> R by rewrite ltr0n.
have w0 : 0 < (M - C)%:R :> R by rewrite ltr0n.
pose x v : R := 1 - (v + D)%:R / (M - C)%:R.
have x0 v : (v + D + C <= M)%N -> 0 <= x v.
  by move=> room_v; rewrite subr_ge0 ler_pdivrMr // mul1r ler_nat; move: room_v; clear; lia.
have x1 v : x v <= 1 by rewrite gerBl divr_ge0 ?ler0n.
have cl : 0 <= 1 - C%:R / L%:R :> R by rewrite subr_ge0 ler_pdivrMr // mul1r ler_nat.
have cl1 : 1 - C%:R / L%:R <= 1 :> R by rewrite gerBl divr_ge0 ?ler0n.
have k0 : 0 <= kappa by rewrite mulr_ge0 ?exprn_ge0 ?x0.
have k1 : kappa / M%:R <= 1.
  rewrite ler_pdivrMr // mul1r; apply: (@le_trans _ _ 1); last by rewrite ler1n.
  by apply: mulr_ile1; rewrite ?exprn_ge0 ?exprn_ile1 ?x0 ?x1.
have km : 0 <= kappa / M%:R <= 1 by rewrite k1 divr_ge0 ?ler0n.
apply: lerXn2r; rewrite ?nnegrE ?subr_ge0 ?exprn_ge0 ?subr_ge0 //.
apply: le_trans (bernoulli u km); rewrite lerD2l lerN2 mulrA ler_pdivrMr // /rate mulrAC divfK ?gt_eqF //.
rewrite mulrA; apply: ler_pM; rewrite ?exprn_ge0 ?mulr_ge0 ?ler0n ?x0 //; last first.
  by apply: lerXn2r; rewrite ?nnegrE ?x0 // lerD2l lerN2 ler_wpM2r ?invr_ge0 ?ler0n // ler_nat leq_add2r.
rewrite natrB; last by apply: leq_trans CL (ltnW Lu).
rewrite mulrBr mulr1 lerD2l lerN2 mulrA ler_pdivlMr // -!natrM ler_nat mulnC leq_mul2r (ltnW Lu) orbT //.
Qed.
End Workers.
