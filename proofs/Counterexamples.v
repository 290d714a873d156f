(** The smallest counterexamples of docs/proofs/small_cases.md, and why nothing smaller is one. *)
From Coq Require Import ZArith.
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify ssrZ.
From SRTheory Require Import Span Exactness Checker CheckerSound SumRecovery Solver.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Sparse rows, as the checker reads them, and rows as lists of symbols. *)
Lemma entry_sparse r j : uniq r -> entry (sparse r) (column j) = (j \in r)%:R.
Proof.
elim: r => [|i r IH] /=; first by rewrite /entry big_nil.
case/andP=> ir ur; rewrite entry_cons IH //= column_eq inE eq_sym.
by case: eqP => [->|_]; rewrite ?(negPf ir) //; case: (j \in r).
Qed.

Lemma emb_nat (K : fieldType) (b : bool) : emb K b%:R = b%:R.
Proof. by case: b. Qed.

(** The checker's sparse rows and lists of symbols stand for the same matrix (docs/certificates.md, What is proved, and
    why the witness proves it). *)
Theorem dense_recovers (K : fieldType) m rows :
  all (fun r => uniq r) rows -> spans (dense K m (map sparse rows)) = recovers K m rows.
Proof.
move=> /allP u; have sz : size (map sparse rows) = size rows by rewrite size_map.
have e (i : 'I_(size (map sparse rows))) (i' : 'I_(size rows)) : val i = val i' ->
    row i (dense K m (map sparse rows)) = row i' (incidence K m rows).
  move=> ii; apply/rowP => j; rewrite !mxE ii (nth_map [::] _ _ (ltn_ord i')) entry_sparse ?emb_nat //.
  by apply: u; apply/mem_nth/ltn_ord.
apply/idP/idP; apply: spans_submx; apply/row_subP => i.
  by rewrite (e i (cast_ord sz i)) // row_sub.
by rewrite -(e (cast_ord (esym sz) i) i) // row_sub.
Qed.

(** Where the elimination inside Coq finds a certificate, the sum is recovered over Q (docs/certificates.md, What is
    proved, and why the witness proves it). *)
Theorem proved_recovers m rows : all (fun r => uniq r) rows -> proved m rows -> recovers rat m rows.
Proof.
by rewrite /proved => u; case: (solve _ _) => [[v D]|//] /check_sound_Q /=; rewrite dense_recovers.
Qed.

(** Covering does not suffice: three symbols and two rows, over every field (docs/proofs/small_cases.md, Results). *)
Theorem covered_not_recovered (K : fieldType) :
  covered 3 [:: [:: 0; 1]; [:: 0; 2]]%N /\ ~ recovers K 3 [:: [:: 0; 1]; [:: 0; 2]]%N.
Proof.
split=> //; apply: (@not_recovers _ _ _ (fun j => nth 0 [:: 1; -1; -1] j)) => [r|].
  by rewrite !inE => /orP[] /eqP->; rewrite big_mkcond !big_ord_recl big_ord0 /= ?add0r ?addr0 ?subrr.
by rewrite !big_ord_recl big_ord0 /= addr0 addrA subrr add0r oppr_eq0 oner_eq0.
Qed.

(** With at most two symbols covering suffices, whatever the rows (docs/proofs/small_cases.md, Results). *)
Theorem covered_recovers_2 (K : fieldType) m rows :
  (m <= 2)%N -> (forall r, r \in rows -> all (fun j => j < m)%N r) -> covered m rows -> recovers K m rows.
Proof.
move=> m2 range /coveredP cov; have [/hasP[r rin /allP r_all]|/hasPn none] := boolP (has (fun r => all (mem r) (iota 0
  m)) rows).
  apply: (@more_rows_never_hurt _ _ [:: iota 0 m]) => [s|].
    rewrite inE => /eqP->; exists r => // j; apply/idP/idP => [/r_all //|jr].
    by have /allP/(_ j jr) := range r rin; rewrite mem_iota.
  by apply: partition_recovers => j jm; rewrite /= mem_iota jm.
apply: (@more_rows_never_hurt _ _ [seq [:: j] | j <- iota 0 m]) => [s /mapP[j]|]; last first.
  by apply: systematic_recovers => j jm; apply: map_f; rewrite mem_iota.
rewrite mem_iota => /andP[_ jm] ->; have [r rin jr] := cov j jm; exists r => // i; rewrite inE.
apply/eqP/idP => [->//|ir]; have /allP/(_ i ir) im := range r rin.
apply: contraTeq (none r rin) => ij; rewrite negbK; apply/allP => l; rewrite mem_iota => /andP[_ lm].
have [->//|lj] := eqVneq l j; suff -> : l = i by [].
by lia.
Qed.

(** A sum-recovery code with d = 2 and five symbols. *)
Definition five : nat -> seq nat := nth [::] [:: [:: 2; 3; 1; 4]; [:: 2; 4; 0; 3]; [:: 0; 1; 3; 4]; [:: 0; 1; 2; 4];
  [:: 0; 1; 2; 3]]%N.
Definition two_of_two (j : nat) : nat := if (j < 2)%N then 2 else 0.

(** A sum-recovery code with m = 5 and d = 2 can send rows that cover and do not recover, over every field
    (docs/proofs/small_cases.md, Results). *)
Theorem sr_covered_not_recovered (K : fieldType) :
  let rows := reception 5 2 five two_of_two in
  [/\ code 5 five, rows = [:: [:: 0]; [:: 2; 3]; [:: 1]; [:: 2; 4]]%N, covered 5 rows & ~ recovers K 5 rows].
Proof.
split=> //; first by case=> [|[|[|[|[|]]]]].
apply: (@not_recovers _ _ _ (fun j => nth 0 [:: 0; 0; 1; -1; -1] j)) => [r|].
  by rewrite !inE => /or4P[] /eqP->; rewrite big_mkcond !big_ord_recl big_ord0 /= ?add0r ?addr0 ?subrr.
by rewrite !big_ord_recl big_ord0 /= !add0r addr0 addrA subrr add0r oppr_eq0 oner_eq0.
Qed.

(** Four symbols, d = 2: what workers can have sent that are not complete. *)
Definition pairs (j : nat) : seq (seq nat) :=
  [seq [:: a; b] | a <- rem j (iota 0 4), b <- rem a (rem j (iota 0 4))].
Definition options (j : nat) : seq (seq (seq nat)) := [:: [::]; [:: [:: j]]] ++ [seq [:: [:: j]; p] | p <- pairs j].
Definition receptions_4_2 : seq (seq (seq nat)) :=
  [seq a ++ b | a <- [seq a ++ b | a <- options 0, b <- options 1], b <- [seq a ++ b | a <- options 2, b <- options 3]].

Lemma enumeration : all (fun rows => covered 4 rows ==> proved 4 rows) receptions_4_2.
Proof. by vm_compute. Qed.

Lemma mem_options C n j : code 4 C -> (j < 4)%N -> (n j <= 2)%N -> take (n j) (sent 4 2 C j) \in options j.
Proof.
move=> /(_ j) Cc jm; have pe := Cc jm; case: (n j) => [|[|[|//]]] _; rewrite /options mem_cat /= ?inE ?eqxx ?orbT //.
have {pe} : perm_eq (C j) (rem j (iota 0 4)).
  by rewrite -(perm_cons j) (perm_trans pe) // perm_to_rem // mem_iota.
have u : uniq (rem j (iota 0 4)) by rewrite rem_uniq ?iota_uniq.
case: (C j) => [|a [|b s]] pe; [have := perm_size pe | have := perm_size pe |].
- by rewrite size_rem ?mem_iota.
- by rewrite size_rem ?mem_iota.
apply/orP; right; apply: (map_f (fun p => [:: [:: j]; p])); rewrite (_ : take 2 _ = [:: a; b]) ?/pairs;
  last by rewrite /= take0.
move: (rem j (iota 0 4)) u pe => t u pe; apply/allpairsPdep; exists a, b.
have := perm_uniq pe; rewrite u /= inE negb_or => /andP[/andP[ab _] _].
by rewrite mem_rem_uniq // !inE -!(perm_mem pe) !inE !eqxx /= orbT andbT eq_sym.
Qed.

(** In a sum-recovery code with at most four symbols, whatever its degree, covering suffices, over Q
    (docs/proofs/small_cases.md, Results). *)
Theorem sr_covered_recovers_4 m d C n :
  (0 < d)%N -> (m <= 4)%N -> code m C -> covered m (reception m d C n) -> recovers rat m (reception m d C n).
Proof.
move=> d0 m4 Cc cov.
have [/hasP[j]|/hasPn short] := boolP (has (fun j => blocks m d < n j)%N (iota 0 m)).
  by rewrite mem_iota => /andP[_ jm]; apply: complete_worker.
have few j : (j < m)%N -> (n j <= blocks m d)%N by move=> jm; rewrite leqNgt short // mem_iota.
have [b1|b2] := leqP (blocks m d) 1.
  apply: singletons cov => r /flattenP[s /mapP[j]]; rewrite mem_iota => /andP[_ /few nj] ->.
  by case: (n j) (leq_trans nj b1) => [|[|//]] _ //; rewrite [take _ _]/= take0 inE => /eqP->.
have [d1|d2] := leqP d 1.
  apply: singletons cov => r /flattenP[s /mapP[j]] _ -> /mem_take; rewrite inE => /orP[/eqP->//|/size_block].
  by move=> le; apply: leq_trans le d1.
have [m_eq d_eq] : m = 4%N /\ d = 2%N.
  have := leq_trunc_div (m.-1 + d.-1) d; rewrite -/(blocks m d) => le.
  have : (2 * d <= m.-1 + d.-1)%N by apply: leq_trans le; rewrite leq_mul2r b2 orbT.
  by lia.
subst m d; have few2 j : (j < 4)%N -> (n j <= 2)%N by move=> /few.
have /allP/(_ (reception 4 2 C n)) := enumeration; rewrite cov /= => e.
apply: proved_recovers.
  apply/allP => r /flattenP[s /mapP[j]]; rewrite mem_iota => /andP[_ jm] -> /mem_take; rewrite inE => /orP[/eqP->//|].
  have /perm_uniq := Cc j jm; rewrite iota_uniq /= => /andP[_ uC] rin.
  by move: rin; rewrite !inE => /orP[] /eqP->; rewrite take_uniq ?drop_uniq.
apply: e; have -> : reception 4 2 C n = (take (n 0%N) (sent 4 2 C 0) ++ take (n 1%N) (sent 4 2 C 1)) ++
    (take (n 2%N) (sent 4 2 C 2) ++ take (n 3%N) (sent 4 2 C 3)).
  by rewrite /reception -[iota 0 4]/[:: 0; 1; 2; 3]%N /= !catA cats0.
by rewrite !(allpairs_f, mem_options) // few2.
Qed.
