(** Cyclic order is not optimal (docs/proofs/floor.md, Proposition 4): exact probabilities for three terms and exact
    means for four, computed from the definitions. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Finner Reports Orders.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory order.Order.TTheory.
Local Open Scope ring_scope.

(** Means over [n] independent variables with values below [K] and natural weights, as a program. *)
Fixpoint program (n K : nat) (W : nat -> nat) (G : seq nat -> nat) : nat :=
  if n is n'.+1 then sumn [seq W t * program n' K W (fun s => G (t :: s)) | t <- iota 0 K]%N else G [::].

Section Program.
Variables (K : nat) (W : nat -> nat).
Definition outcome n (x : {ffun 'I_n -> 'I_K}) : seq nat := [seq val (x j) | j <- enum 'I_n].

Lemma programE n G : (\sum_(x : {ffun 'I_n -> 'I_K}) (\prod_j W (x j)) * G (outcome x))%N = program n K W G.
Proof.
elim: n G => [|n IH] G /=.
  rewrite (eq_bigr (fun=> G [::])) => [|x _]; last by rewrite big_ord0 mul1n /outcome enum_ord0.
  by rewrite sum_nat_const card_ffun !card_ord expn0 mul1n.
pose glue (p : 'I_K * {ffun 'I_n -> 'I_K}) : {ffun 'I_n.+1 -> 'I_K} :=
  [ffun j => if unlift ord0 j is Some k then p.2 k else p.1].
pose split_off (x : {ffun 'I_n.+1 -> 'I_K}) := (x ord0, [ffun k => x (lift ord0 k)]).
have g0 p : glue p ord0 = p.1 by rewrite ffunE unlift_none.
have gS p k : glue p (lift ord0 k) = p.2 k by rewrite ffunE liftK.
have glueK : cancel glue split_off.
  by move=> [t x]; rewrite /split_off g0 /=; congr pair; apply/ffunP => k; rewrite ffunE gS.
have splitK : cancel split_off glue.
  by move=> x; apply/ffunP => j; rewrite ffunE; case: unliftP => [k ->|->] //=; rewrite ffunE.
rewrite (reindex glue) /=; last by exists split_off => p _; [apply: glueK | apply: splitK].
rewrite -(pair_big xpredT xpredT (fun t x => (\prod_j W (glue (t, x) j)) * G (outcome (glue (t, x))))%N) /=.
rewrite sumnE big_map -[iota 0 K]val_enum_ord big_map big_enum /=; apply: eq_bigr => t _.
rewrite -IH big_distrr; apply: eq_bigr => x _; rewrite big_ord_recl g0 -mulnA; congr (_ * (_ * G _))%N.
  by apply: eq_bigr => j _; rewrite gS.
by rewrite /outcome enum_ordSl /= g0 -map_comp; congr cons; apply: eq_map => j /=; rewrite gS.
Qed.
End Program.

Lemma mean_program (R : realFieldType) n K (W : nat -> nat) (D : nat) (G : seq nat -> nat) :
  mean (R := R) (fun (_ : 'I_n) (t : 'I_K) => (W t)%:R / D%:R) (fun x => (G (outcome x))%:R) =
  (program n K W G)%:R / (D ^ n)%:R.
Proof.
rewrite -programE natr_sum mulr_suml natrX; apply: eq_bigr => x _.
by rewrite /weight natrM natr_prod prodf_div prodr_const card_ord mulrAC.
Qed.

Lemma ratio (R : numFieldType) (c p q a b : nat) : a == (c * p)%N -> b == (c * q)%N -> (0 < c)%N ->
  a%:R / b%:R = p%:R / q%:R :> R.
Proof. by move=> /eqP -> /eqP -> c0; rewrite !natrM -mulf_div divff ?mul1r // pnatr_eq0 -lt0n. Qed.

Lemma complement (R : numFieldType) (c a b : nat) : (a + c)%N == b -> (0 < b)%N -> a%:R / b%:R = 1 - c%:R / b%:R :> R.
Proof.
move=> /eqP <- b0; have n0 : (a + c)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
by apply/eqP; rewrite eq_sym subr_eq -mulrDl -natrD divff.
Qed.

(** Orders as lists of numbers. *)
Definition orders m (os : seq (seq nat)) (j : 'I_m.+1) : seq 'I_m.+1 := [seq inord k | k <- nth [::] os j].
Definition valid m (os : seq (seq nat)) : bool := all (fun r => perm_eq r (iota 0 m)) os.

Lemma orders_map m os (j : 'I_m.+1) : valid m.+1 os -> [seq val i | i <- orders os j] = nth [::] os j.
Proof.
move=> /(all_nthP [::]) ok; rewrite -map_comp -[RHS]map_id; apply/eq_in_map => k kin /=; rewrite inordK //.
have [lt|ge] := ltnP j (size os); last by rewrite nth_default in kin.
by have := ok j lt; move/perm_mem/(_ k); rewrite kin mem_iota => /esym/andP[].
Qed.

Lemma orders_prefix m os (i j : 'I_m.+1) n : valid m.+1 os ->
  (i \in take n (orders os j)) = (val i \in take n (nth [::] os j)).
Proof. by move=> ok; rewrite -(orders_map j ok) -map_take mem_map //; apply: val_inj. Qed.

Lemma orders_index m os (i j : 'I_m.+1) : valid m.+1 os -> index i (orders os j) = index (val i) (nth [::] os j).
Proof. by move=> ok; rewrite -(orders_map j ok) index_map //; apply: val_inj. Qed.

(** Does every term have a worker, and how many have none, as programs: [P i r t] says that a worker with the order [r]
    and the outcome [t] has reported the term [i]. *)
Section Programs.
Variables (m K : nat) (P : nat -> seq nat -> nat -> bool) (os : seq (seq nat)).
Definition someone (s : seq nat) (i : nat) : bool :=
  has (fun j => P i (nth [::] os j) (nth 0%N s j)) (iota 0 m).
Definition every (s : seq nat) : bool := all (someone s) (iota 0 m).
Definition missed (s : seq nat) : nat := count (fun i => ~~ someone s i) (iota 0 m).
Implicit Type x : {ffun 'I_m -> 'I_K}.

Lemma someoneE x (i : nat) : [exists j : 'I_m, P i (nth [::] os j) (x j)] = someone (outcome x) i.
Proof.
rewrite /someone -val_enum_ord has_map; apply/existsP/hasP => [[j pj]|[j _]]; first exists j; rewrite ?mem_enum //=.
  by rewrite /outcome (nth_map j) ?size_enum_ord // nth_ord_enum.
by rewrite /outcome (nth_map j) ?size_enum_ord // nth_ord_enum => pj; exists j.
Qed.

Lemma everyE x : [forall i : 'I_m, [exists j : 'I_m, P i (nth [::] os j) (x j)]] = every (outcome x).
Proof.
rewrite /every -[X in all _ X]val_enum_ord all_map; apply/forallP/allP => ok i; first by rewrite /= -someoneE.
by have /= := ok i; rewrite mem_enum someoneE; apply.
Qed.

Lemma missedE x : #|[set i : 'I_m | ~~ [exists j : 'I_m, P i (nth [::] os j) (x j)]]| = missed (outcome x).
Proof.
rewrite -sum1_card /missed -[X in count _ X]val_enum_ord count_map -sum1_count big_enum_cond /=.
by apply: eq_bigl => i; rewrite inE someoneE.
Qed.
End Programs.

(** P(T > t) for budgets of [n] terms with the probability W n / D, as a program. *)
Lemma late_program (R : realFieldType) m K (W : nat -> nat) (D : nat) os : valid m.+1 os ->
  Pr (R := R) (fun (_ : 'I_m.+1) (n : 'I_K.+1) => (W n)%:R / D%:R)
    (fun x => ~~ [forall i, reported (within (@orders m os)) i x]) =
  (program m.+1 K.+1 W (fun s => ~~ every m.+1 (fun i r n => i \in take n r) os s))%:R / (D ^ m.+1)%:R.
Proof.
move=> ok; rewrite -mean_program; apply: eq_bigr => x _; congr (_ * (nat_of_bool _)%:R); congr negb.
rewrite -everyE; apply: eq_forallb => i; apply: eq_existsb => j; exact: orders_prefix.
Qed.

(** The mean number of terms that nobody has evaluated, as a program. *)
Lemma missed_program (R : realFieldType) m K (W : nat -> nat) (D : nat) os : valid m.+1 os ->
  mean (R := R) (fun (_ : 'I_m.+1) (n : 'I_K.+1) => (W n)%:R / D%:R)
    (fun x => #|unreported (within (@orders m os)) x|%:R) =
  (program m.+1 K.+1 W (missed m.+1 (fun i r n => i \in take n r) os))%:R / (D ^ m.+1)%:R.
Proof.
move=> ok; rewrite -mean_program; apply: eq_bigr => x _; congr (_ * _%:R); rewrite -missedE.
by apply: eq_card => i; rewrite !inE; congr negb; apply: eq_existsb => j; apply: orders_prefix.
Qed.

(** Three terms: P(T > t) with F(t - tau) = 1/10, F(t - 2 tau) = 1/40 and F(t - 3 tau) = 0. *)
Definition budget3 : nat -> nat := nth 0%N [:: 36; 3; 1; 0]%N.
Definition budget_law (R : realFieldType) (n : 'I_4) : R := (budget3 n)%:R / 40%:R.
Definition late3 (R : realFieldType) (os : seq (seq nat)) : R :=
  Pr (fun=> budget_law R) (fun x => ~~ [forall i, reported (within (@orders 2 os)) i x]).

Lemma budget_law_places (R : realFieldType) :
  [/\ \sum_n budget_law R n = 1, short (@budget_law R) 0 = 9%:R / 10%:R, short (@budget_law R) 1 = 39%:R / 40%:R &
      short (@budget_law R) 2 = 1].
Proof.
have n0 k : k.+1%:R != 0 :> R by rewrite pnatr_eq0.
have e (A : pred 'I_4) : \sum_(n | A n) budget_law R n = (\sum_(n | A n) budget3 n)%:R / 40%:R.
  by rewrite natr_sum mulr_suml.
rewrite /short !e; split; rewrite big_mkcond !big_ord_recl big_ord0 /=.
- exact: (divff (n0 39)).
- rewrite -[X in X / _]/((4 * 9)%:R) -[X in _ / X = _]/((4 * 10)%:R).
  by rewrite !natrM -mulf_div divff // mul1r.
- by [].
exact: (divff (n0 39)).
Qed.

Lemma late3_program (R : realFieldType) os : valid 3 os ->
  late3 R os = (program 3 4 budget3 (fun s => ~~ every 3 (fun i r t => i \in take t r) os s))%:R / (40 ^ 3)%:R.
Proof. by move=> ok; rewrite /late3 -late_program. Qed.

(** Three terms in cyclic order (docs/proofs/floor.md, Proposition 4). *)
Theorem cyclic3_late (R : realFieldType) : late3 R [:: [:: 0; 1; 2]; [:: 1; 2; 0]; [:: 2; 0; 1]]%N = 3969%:R / 4000%:R.
Proof. by rewrite late3_program; [apply: (@ratio R 16); vm_compute | vm_compute]. Qed.

(** One order reversed: 1 - 541/64000 = 63459/64000 (docs/proofs/floor.md, Proposition 4). *)
Theorem reversed3_late (R : realFieldType) :
  late3 R [:: [:: 0; 1; 2]; [:: 0; 1; 2]; [:: 2; 1; 0]]%N = 1 - 541%:R / (40 ^ 3)%:R.
Proof. by rewrite late3_program; [apply: (@complement R 541); vm_compute | vm_compute]. Qed.

(** Cyclic order is later with three terms (docs/proofs/floor.md, Proposition 4). *)
Corollary cyclic3_not_optimal (R : realFieldType) :
  late3 R [:: [:: 0; 1; 2]; [:: 0; 1; 2]; [:: 2; 1; 0]]%N < late3 R [:: [:: 0; 1; 2]; [:: 1; 2; 0]; [:: 2; 0; 1]]%N.
Proof.
by rewrite !late3_program // ltr_pM2r ?ltr_nat; [vm_compute | rewrite invr_gt0 ltr0n expn_gt0].
Qed.

(** Four terms, an evaluation takes the time 1, delays 0 or 4 with probability 1/2 each: the latency and its mean. *)
Section Four.
Variable os : seq (seq nat).
(** The term [i] is there at [time], its worker having the order [r] and the delay 4 [t]. *)
Definition there (time i : nat) (r : seq nat) (t : nat) : bool := (4 * t + (index i r).+1 <= time)%N.
Definition in_time (time : nat) (j i : 'I_4) (t : 'I_2) : bool := (4 * t + (index i (orders os j)).+1 <= time)%N.
Definition latency (x : {ffun 'I_4 -> 'I_2}) : nat :=
  find (fun time => [forall i, reported (in_time time) i x]) (iota 0 9).
Definition mean_latency (R : realFieldType) : R := mean (fun _ _ => 1 / 2%:R) (fun x => (latency x)%:R).

Hypothesis ok : valid 4 os.
Hypothesis four : size os = 4.

(** It is what its name says: everything is there from then on, and not before. *)
Lemma latencyP x time : [forall i, reported (in_time time) i x] = (latency x <= time)%N.
Proof.
pose a t := [forall i, reported (in_time t) i x].
have mono t t' : (t <= t')%N -> a t -> a t'.
  move=> le /forallP all; apply/forallP => i; have /existsP[j tj] := all i; apply/existsP; exists j.
  exact: leq_trans le.
have all8 : a 8.
  apply/forallP => i; apply/existsP; exists ord0; rewrite /in_time.
  have x1 : (x ord0 <= 1)%N by rewrite -ltnS.
  have il : (index i (orders os (ord0 : 'I_4)) < 4)%N.
    have pe : perm_eq (nth [::] os 0) (iota 0 4).
      by have /(all_nthP [::]) all4 := ok; apply: all4; rewrite four.
    rewrite orders_index // -[X in (_ < X)%N](size_iota 0 4) -(perm_size pe) index_mem (perm_mem pe) mem_iota.
    exact: ltn_ord.
  exact: (leq_add (leq_mul (leqnn 4) x1) il).
have has8 : has a (iota 0 9) by apply/hasP; exists 8; rewrite // mem_iota.
have lt9 : (latency x < 9)%N by have := has8; rewrite has_find size_iota.
apply/idP/idP => [at_|le]; last first.
  by apply: mono le _; have := nth_find 0%N has8; rewrite nth_iota // add0n.
rewrite leqNgt; apply/negP => lt; have := before_find 0%N lt.
by rewrite nth_iota ?add0n ?at_ // (ltn_trans lt lt9).
Qed.

Lemma mean_latency_program (R : realFieldType) :
  mean_latency R =
  (program 4 2 (fun=> 1%N) (fun s => find (fun time => every 4 (there time) os s) (iota 0 9)))%:R / (2 ^ 4)%:R.
Proof.
rewrite -mean_program; apply: eq_bigr => x _; congr (_ * _%:R).
apply: eq_find => time; rewrite -everyE; apply: eq_forallb => i; apply: eq_existsb => j.
by rewrite /in_time /there orders_index.
Qed.
End Four.

(** Four terms in cyclic order: E T = 23/8 evaluation times (docs/proofs/floor.md, Proposition 4). *)
Theorem cyclic4_mean (R : realFieldType) :
  mean_latency [:: [:: 0; 1; 2; 3]; [:: 1; 2; 3; 0]; [:: 2; 3; 0; 1]; [:: 3; 0; 1; 2]]%N R = 23%:R / 8%:R.
Proof. by rewrite mean_latency_program //; apply: (@ratio R 2); vm_compute. Qed.

(** A Latin square that is earlier in the mean: 11/4 (docs/proofs/floor.md, Proposition 4). *)
Theorem xor4_mean (R : realFieldType) :
  mean_latency [:: [:: 0; 1; 2; 3]; [:: 1; 0; 3; 2]; [:: 2; 3; 0; 1]; [:: 3; 2; 1; 0]]%N R = 11%:R / 4%:R.
Proof. by rewrite mean_latency_program //; apply: (@ratio R 4); vm_compute. Qed.
