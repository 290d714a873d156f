(** The mean numbers of stopping sets bound how often peeling fails (docs/proofs/decoding.md, Theorem 2): workers with
    independent uniform orders and independently drawn sizes of blocks, given how many terms each has evaluated. *)
From SRTheory Require Import MathComp.
From mathcomp Require Import all_fingroup.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Codes Finner CircleLaw Peeling StoppingSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

Section Law.
(** The m = N + 1 symbols, N places of an order each; [sizes] are the outcomes of one worker's draw of sizes, of the law
    [q]; [cut s] gives each place the number of its block, and the first [complete n s] blocks are complete when the
    worker has evaluated [n] terms. *)
Variables (R : realFieldType) (N : nat) (sizes : finType) (q : sizes -> R).
Variables (cut : sizes -> 'I_N -> nat) (complete : nat -> sizes -> nat).
Hypotheses (q_ge0 : forall s, 0 <= q s) (q_total : \sum_s q s = 1).
Notation m := N.+1.
Notation T := ('S_N * sizes)%type.
Notation point := {ffun 'I_m -> T}.
Implicit Types (x : point) (j v : 'I_m) (t : T) (A : {set 'I_N}) (V Z : {set 'I_m}) (a u : nat).

(** A worker's order is uniform, and independent of its sizes. *)
Definition law t : R := q t.2 / N`!%:R.
Notation Pr := (Pr (fun=> law)).

(** The symbol at place [i] of the order of worker [j] is [lift j (p i)]. *)
Definition block_of j t (k : nat) : {set 'I_m} := [set lift j (t.1 i) | i in places (cut t.2) k].
(** No complete block of the worker has exactly one symbol of [V]; none has any. *)
Definition not_once j a t V : bool := [forall k : 'I_(complete a t.2), #|block_of j t k :&: V| != 1%N].
Definition not_any j a t V : bool := [forall k : 'I_(complete a t.2), block_of j t k :&: V == set0].

(** The same of the places of a set. *)
Definition none_at (b : nat) (s : sizes) A : bool := [forall k : 'I_b, A :&: places (cut s) k == set0].
(** The probabilities chi_a(u) and chi^0_a(u), by the number of sets of [u] places. *)
Definition chi a u : R :=
  \sum_s q s * (#|[set A : {set 'I_N} | (#|A| == u) && none_once (cut s) (complete a s) A]|%:R / 'C(N, u)%:R).
Definition chi0 a u : R :=
  \sum_s q s * (#|[set A : {set 'I_N} | (#|A| == u) && none_at (complete a s) s A]|%:R / 'C(N, u)%:R).

Lemma law_total : \sum_t law t = 1.
Proof.
rewrite -(pair_big xpredT xpredT (fun p s => law (p, s))) /= exchange_big /= -[RHS]q_total; apply: eq_bigr => s _.
by rewrite /law /= sumr_const card_Sn -[LHS]mulr_natr mulfVK // pnatr_eq0 -lt0n fact_gt0.
Qed.

Lemma law_ge0 t : 0 <= law t.
Proof. by rewrite mulr_ge0 ?invr_ge0 ?ler0n. Qed.

Lemma block_meets j t k V : block_of j t k :&: V =
  [set lift j (t.1 i) | i in t.1 @^-1: (lift j @^-1: V) :&: places (cut t.2) k].
Proof.
apply/setP => l; rewrite inE; apply/andP/imsetP => [[/imsetP[i ik ->] lV]|[i]].
  by exists i; rewrite // in_setI ik andbT !inE.
by rewrite in_setI !inE => /andP[lV ik] ->; split=> //; apply/imsetP; exists i; rewrite ?inE.
Qed.

Lemma once_places j a t V :
  not_once j a t V = none_once (cut t.2) (complete a t.2) (t.1 @^-1: (lift j @^-1: V)).
Proof.
apply: eq_forallb => k; rewrite block_meets card_imset //.
by move=> i i' /lift_inj/perm_inj.
Qed.

Lemma any_places j a t V : not_any j a t V = none_at (complete a t.2) t.2 (t.1 @^-1: (lift j @^-1: V)).
Proof. by apply: eq_forallb => k; rewrite block_meets imset_eq0. Qed.

Lemma card_others j V : j \notin V -> #|lift j @^-1: V| = #|V|.
Proof.
move=> jV; rewrite -(card_imset _ (@lift_inj _ j)); apply: eq_card => l; apply/imsetP/idP => [[i] | lV].
  by rewrite inE => iV ->.
by case: (unliftP j l) lV jV => [i ->|->] lV jV; [exists i; rewrite ?inE | rewrite lV in jV].
Qed.

Lemma share_places j V (Q : sizes -> pred {set 'I_N}) : j \notin V ->
  \sum_(t : T | Q t.2 ((t.1 : 'S_N) @^-1: (lift j @^-1: V))) law t =
  \sum_s q s * (#|[set A : {set 'I_N} | (#|A| == #|V|) && Q s A]|%:R / 'C(N, #|V|)%:R).
Proof.
move=> jV; set K := lift j @^-1: V; have cK : #|K| = #|V| := card_others jV.
rewrite big_mkcond -(pair_big xpredT xpredT (fun (p : 'S_N) s => if Q s (p @^-1: K) then law (p, s) else 0)).
rewrite /= exchange_big /=.
apply: eq_bigr => s _; rewrite -big_mkcond /law /= sumr_const -[LHS]mulr_natr -mulrA; congr (_ * _).
have f0 : (N`!%:R : R) != 0 by rewrite pnatr_eq0 -lt0n fact_gt0.
have c0 : ('C(N, #|V|)%:R : R) != 0.
  by rewrite pnatr_eq0 -lt0n bin_gt0 -cK; apply: leq_trans (max_card _) _; rewrite card_ord.
apply: (mulfI f0); rewrite mulrA mulfV // mul1r mulrA; apply: (mulIf c0); rewrite mulfVK //.
rewrite -!natrM -cK -card_places; congr (_ * _)%:R; apply: eq_card => p.
by rewrite !inE.
Qed.

(** For a worker and a set of [u] symbols, its own not among them: these are the probabilities that no complete block
    has exactly one of them, and that none has any (docs/proofs/decoding.md, Theorem 2). *)
Theorem chi_worker j a V : j \notin V ->
  \sum_(t | not_once j a t V) law t = chi a #|V| /\ \sum_(t | not_any j a t V) law t = chi0 a #|V|.
Proof.
move=> jV; rewrite /chi -(share_places (fun s => none_once (cut s) (complete a s)) jV).
rewrite /chi0 -(share_places (fun s => none_at (complete a s) s) jV).
by split; apply: eq_bigl => t; rewrite ?once_places ?any_places.
Qed.

(** C(N, u) chi_a(u) is a mean of coefficients: that of z^u in (1 + z)^(N - l) prod_i ((1 + z)^(k_i) - k_i z) for
    complete blocks of k_1, k_2, ... symbols, l in all (docs/proofs/decoding.md, Theorem 2). *)
Theorem chi_coefficient a u : (u <= N)%N -> 'C(N, u)%:R * chi a u =
  \sum_s q s * ratr ((1 + 'X) ^+ (N - #|first_places (cut s) (complete a s)|) *
    \prod_(k < complete a s) ((1 + 'X) ^+ #|places (cut s) k| - #|places (cut s) k|%:R * 'X) : {poly rat})`_u.
Proof.
move=> uN; rewrite /chi mulr_sumr; apply: eq_bigr => s _; rewrite mulrCA; congr (_ * _).
have := card_none_once (cut s) (complete a s) u; rewrite card_ord => <-; rewrite ratr_nat mulrC mulfVK //.
by rewrite pnatr_eq0 -lt0n bin_gt0.
Qed.

(** The workers have evaluated [n j] terms; a worker's own symbol comes first. *)
Variable n : 'I_m -> nat.
Definition received x : seq {set 'I_m} := flatten
  [seq if n j == 0%N then [::] else [set j] :: [seq block_of j (x j) k | k <- iota 0 (complete (n j) (x j).2)]
  | j <- enum 'I_m].
(** The workers that have evaluated nothing. *)
Definition waiting : {set 'I_m} := [set j | n j == 0%N].
Definition all_covered x : bool := [forall v, has (fun r : {set 'I_m} => v \in r) (received x)].
(** No row meets the set. *)
Definition unmet x V : bool := all (fun r => r :&: V == set0) (received x).

Lemma all_received (P : pred {set 'I_m}) x : all P (received x) =
  [forall j, (n j != 0%N) ==> P [set j] && [forall k : 'I_(complete (n j) (x j).2), P (block_of j (x j) k)]].
Proof.
apply/allP/forallP => [h j|h r /flattenP[rs /mapP[j _ ->]]].
  apply/implyP => /negPf nj.
  have inside r : r \in [set j] :: [seq block_of j (x j) k | k <- iota 0 (complete (n j) (x j).2)] -> P r.
    move=> rin; apply: h; apply/flattenP.
    exists ([set j] :: [seq block_of j (x j) k | k <- iota 0 (complete (n j) (x j).2)]) => //.
    by apply/mapP; exists j; rewrite ?mem_enum // nj.
  rewrite inside ?mem_head //=; apply/forallP => k; apply: inside; rewrite inE; apply/orP; right.
  by apply: (map_f (fun k => block_of j (x j) k)); rewrite mem_iota ltn_ord.
have := h j; case: eqP => //= _ /andP[Pj /forallP hb]; rewrite inE => /orP[/eqP -> //|/mapP[k]].
by rewrite mem_iota => /andP[_ kb] ->; apply: (hb (Ordinal kb)).
Qed.

Lemma own_row v V : V \subset waiting -> n v != 0%N -> [set v] :&: V = set0.
Proof.
move=> VZ nv; apply/setP => l; rewrite !inE; apply/andP => -[/eqP -> /(subsetP VZ)].
by rewrite inE (negPf nv).
Qed.

Lemma Pr_each (P : 'I_m -> pred T) (c : 'I_m -> R) : (forall j, n j != 0%N -> \sum_(t | P j t) law t = c j) ->
  Pr (fun x => [forall j, (n j != 0%N) ==> P j (x j)]) = \prod_(j | j \notin waiting) c j.
Proof.
move=> each; rewrite (Pr_all (fun=> law) (fun j t => (n j != 0%N) ==> P j t)) [RHS]big_mkcond /=.
apply: eq_bigr => j _; rewrite inE; case: (boolP (n j == 0%N)) => nj /=; first exact: law_total.
exact: each.
Qed.

(** A given set of waiting workers' symbols is a stopping set with the product of the probabilities of all others, and
    no row meets it with the other product (docs/proofs/decoding.md, Theorem 2). *)
Theorem stopping_chance V : V \subset waiting ->
  Pr (fun x => stopping (received x) V) = \prod_(j | j \notin waiting) chi (n j) #|V| /\
  Pr (fun x => unmet x V) = \prod_(j | j \notin waiting) chi0 (n j) #|V|.
Proof.
move=> VZ; have out j : n j != 0%N -> j \notin V.
  by move=> nj; apply/negP => /(subsetP VZ); rewrite inE (negPf nj).
split.
  rewrite -(@Pr_each (fun j t => not_once j (n j) t V)) => [|j /out/(chi_worker (n j))[]//].
  apply: eq_mean => x; rewrite /stopping all_received; congr (nat_of_bool _)%:R; apply: eq_forallb => j.
  by case: (boolP (n j == 0%N)) => //= nj; rewrite own_row // cards0.
rewrite -(@Pr_each (fun j t => not_any j (n j) t V)) => [|j /out/(chi_worker (n j))[]//].
apply: eq_mean => x; rewrite /unmet all_received; congr (nat_of_bool _)%:R; apply: eq_forallb => j.
by case: (boolP (n j == 0%N)) => //= nj; rewrite own_row // eqxx.
Qed.

Lemma sum_by_size Z (F : nat -> R) : \sum_(V : {set 'I_m} | V \subset Z) F #|V| = \sum_(u < m.+1) 'C(#|Z|, u)%:R * F u.
Proof.
have small V : (#|V| < m.+1)%N by rewrite ltnS; apply: leq_trans (max_card _) _; rewrite card_ord.
rewrite (partition_big (fun V => Ordinal (small V)) xpredT) //=; apply: eq_bigr => u _.
rewrite (eq_bigr (fun=> F u)) => [|V /andP[_ /eqP <-] //].
rewrite sumr_const mulr_natl -cards_draws; congr (_ *+ _); apply: eq_card => V.
by rewrite !inE unfold_in -val_eqE.
Qed.

Lemma unmet_stopping x V : unmet x V -> stopping (received x) V.
Proof. by move=> /allP un; apply/allP => r /un/eqP ->; rewrite cards0. Qed.

Lemma stopping_waiting x V : stopping (received x) V -> V \subset waiting.
Proof.
rewrite /stopping all_received => /forallP st; apply/subsetP => v vV; rewrite inE; apply: contraT => nv.
have := st v; rewrite nv => /andP[]; rewrite (_ : [set v] :&: V = [set v]) ?cards1 //.
by apply/setIidPl; rewrite sub1set.
Qed.

(** Peeling fails with a probability of at most the mean number of stopping sets (docs/proofs/decoding.md, Theorem 2).
    *)
Theorem failure_bound : Pr (fun x => known (received x) != setT) <=
  \sum_(1 <= u < m.+1) 'C(#|waiting|, u)%:R * \prod_(j | j \notin waiting) chi (n j) u.
Proof.
pose F u := \prod_(j | j \notin waiting) chi (n j) u; pose G u := if u == 0%N then 0 else F u.
have -> : \sum_(1 <= u < m.+1) 'C(#|waiting|, u)%:R * F u = \sum_(V : {set 'I_m} | V \subset waiting) G #|V|.
  rewrite sum_by_size big_ord_recl mulr0 add0r big_add1 big_mkord; apply: eq_bigr => u _.
  by rewrite /G /= /bump add1n.
rewrite (eq_bigr (fun V => Pr (fun x => (V != set0) && stopping (received x) V))) => [|V VZ]; last first.
  rewrite /G /F cards_eq0; case: eqP => [->|_] /=; last by have [<-] := stopping_chance VZ.
  by rewrite /Pr /mean big1 // => x _; rewrite mulr0.
rewrite -mean_sum; apply: mean_le => [j t|x]; first exact: law_ge0.
rewrite peeling_fails; case: existsP => [[V /andP[V0 st]]|_]; last by apply: sumr_ge0 => V _; rewrite ler0n.
rewrite (bigD1 V) /=; last exact: stopping_waiting st.
by rewrite V0 st lerDl; apply: sumr_ge0 => V' _; rewrite ler0n.
Qed.

(** It fails although all symbols are covered with a probability of at most the mean number of stopping sets that some
    row meets (docs/proofs/decoding.md, Theorem 2). *)
Theorem covered_failure_bound : Pr (fun x => all_covered x && (known (received x) != setT)) <=
  \sum_(2 <= u < m.+1) 'C(#|waiting|, u)%:R *
    (\prod_(j | j \notin waiting) chi (n j) u - \prod_(j | j \notin waiting) chi0 (n j) u).
Proof.
pose F u := \prod_(j | j \notin waiting) chi (n j) u - \prod_(j | j \notin waiting) chi0 (n j) u.
pose G u := if (u < 2)%N then 0 else F u.
have -> : \sum_(2 <= u < m.+1) 'C(#|waiting|, u)%:R * F u = \sum_(V : {set 'I_m} | V \subset waiting) G #|V|.
  rewrite sum_by_size -(big_mkord xpredT (fun u => 'C(#|waiting|, u)%:R * G u)).
  have [m1|m1] := leqP 2 m.+1; last by [].
  rewrite [RHS](@big_cat_nat _ _ _ 2) //= [X in X + _]big_nat_cond [X in X + _]big1 => [|u]; last first.
    by rewrite andbT => /andP[_ u2]; rewrite /G u2 mulr0.
  by rewrite add0r; apply: eq_big_nat => u /andP[u2 _]; rewrite /G ltnNge u2.
rewrite (eq_bigr (fun V => mean (fun=> law) (fun x =>
    if (#|V| < 2)%N then 0 else (stopping (received x) V)%:R - (unmet x V)%:R))) => [|V VZ]; last first.
  rewrite /G /F; case: ifP => _; first by rewrite mean_const //; exact: (fun=> law_total).
  by rewrite meanB; have [<- <-] := stopping_chance VZ.
rewrite -mean_sum; apply: mean_le => [j t|x]; first exact: law_ge0.
have pos V : 0 <= (if (#|V| < 2)%N then 0 else (stopping (received x) V)%:R - (unmet x V)%:R : R).
  case: ifP => // _; rewrite subr_ge0 ler_nat; case: (boolP (unmet x V)) => // un.
  by rewrite unmet_stopping.
case: andP => [[/forallP cov]|_]; last by apply: sumr_ge0 => V _; apply: pos.
rewrite peeling_fails => /existsP[V /andP[/set0Pn[v vV] st]].
have [r rin vr] := hasP (cov v); have two := stopping_pair st vV rin vr.
have V2 : (2 <= #|V|)%N by apply: leq_trans two _; apply/subset_leq_card/subsetIr.
rewrite (bigD1 V) /=; last exact: stopping_waiting st.
rewrite ltnNge V2 /= st; have -> : unmet x V = false.
  by apply/negP => /allP/(_ r rin)/eqP e; rewrite e cards0 in two.
by rewrite subr0 lerDl; apply: sumr_ge0 => V' _; apply: pos.
Qed.
End Law.
