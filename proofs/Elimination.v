(** Elimination: what its order does not change (docs/proofs/exactness.md, 4.4), rows that depend on others (6.1), the
    least prefix within rows that span (3.1), and full rank by a product with the core (8.1, 8.5). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness SparseTriangle.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** A vector that is 0 outside of some columns. *)
Lemma colsub_place (K : fieldType) n m r (f : 'I_r -> 'I_m) (A : 'M[K]_(n, m)) : A *m colsub f 1%:M = colsub f A.
Proof.
by rewrite -[in RHS](mulmx1 A); apply/matrixP => i j; rewrite !mxE; apply: eq_bigr => l _; rewrite !mxE.
Qed.

Lemma only_at (K : fieldType) m r (f : 'I_r -> 'I_m) (z : 'cV[K]_m) : injective f ->
  (forall j, j \notin codom f -> z j 0 = 0) -> z = colsub f 1%:M *m rowsub f z.
Proof.
move=> injf z0; apply/matrixP => j i; rewrite ord1 {i} [RHS]mxE; have [/codomP[a ->]|nf] := boolP (j \in codom f).
  rewrite (bigD1 a) //= big1 => [|a' ne]; first by rewrite !mxE eqxx mul1r addr0.
  by rewrite !mxE (inj_eq injf) eq_sym (negPf ne) mul0r.
rewrite z0 // big1 // => a _; rewrite !mxE (_ : j == f a = false) ?mul0r //.
by apply: contraNF nf => /eqP ->; apply: codom_f.
Qed.

(** Steps [R] with the pivots [P], cleared from rows [A]. *)
Section Clearing.
Variables (K : fieldType) (r m : nat) (P : 'I_r -> 'I_m) (R : 'M[K]_(r, m)).
Notation square := (colsub P R).

Lemma colsub_mul n (A : 'M[K]_(n, r)) : colsub P (A *m R) = A *m square.
Proof. by apply/matrixP => i j; rewrite !mxE; apply: eq_bigr => l _; rewrite mxE. Qed.

Lemma colsub_sub n (A B : 'M[K]_(n, m)) : colsub P (A - B) = colsub P A - colsub P B.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

(** Each step is 1 at its pivot and 0 at the pivots of earlier steps: the square at the pivots is invertible
    (docs/proofs/exactness.md, 4.4). *)
Theorem steps_unit : (forall i, R i (P i) = 1) -> (forall i j : 'I_r, (i < j)%N -> R j (P i) = 0) -> square \in unitmx.
Proof.
move=> one zero; rewrite -unitmx_tr unitmxE unitfE det_trig; last first.
  by apply/is_trig_mxP => i j ij; rewrite !mxE zero.
by apply/prodf_neq0 => i _; rewrite !mxE one oner_eq0.
Qed.

Hypothesis unit_square : square \in unitmx.
Definition cleared n (A : 'M[K]_(n, m)) : 'M[K]_(n, m) := A - colsub P A *m invmx square *m R.

(** Cleared rows are 0 at the pivots, and span the same with the steps (docs/proofs/exactness.md, 4.4). *)
Theorem cleared_zero n (A : 'M[K]_(n, m)) : colsub P (cleared A) = 0 /\ (R + cleared A == R + A)%MS.
Proof.
split; first by rewrite colsub_sub colsub_mul mulmxKV // subrr.
have A_eq : A = cleared A + colsub P A *m invmx square *m R by rewrite subrK.
apply/andP; split; rewrite addsmx_sub addsmxSl /=.
  by rewrite addmx_sub ?addsmxSr // eqmx_opp (submx_trans (submxMl _ _)) ?addsmxSl.
by rewrite {1}A_eq addmx_sub ?addsmxSr // (submx_trans (submxMl _ _)) ?addsmxSl.
Qed.

(** Vectors that differ by a combination of the steps and agree at the pivots are equal: when its turn comes a row is
    one vector, whatever was done before (docs/proofs/exactness.md, 4.4). *)
Theorem cleared_unique (u v : 'rV[K]_m) : (u - v <= R)%MS -> colsub P u = colsub P v -> u = v.
Proof.
move=> /submxP[c e] Puv; apply/eqP; rewrite -subr_eq0 e; apply/eqP.
suff -> : c = 0 by rewrite mul0mx.
by rewrite -[c](mulmxK unit_square) -colsub_mul -e colsub_sub Puv subrr mul0mx.
Qed.

(** A row depends on the steps exactly if it is 0 when cleared (docs/proofs/exactness.md, 4.4). *)
Theorem cleared_dependent (u : 'rV[K]_m) : (u <= R)%MS = (cleared u == 0).
Proof.
apply/idP/eqP => [uR|z]; last by rewrite -[u]subr0 -z /cleared opprD opprK addrA subrr add0r submxMl.
apply: cleared_unique; last by rewrite (cleared_zero u).1; apply/matrixP => i j; rewrite !mxE.
by rewrite subr0 addmx_sub // eqmx_opp submxMl.
Qed.

(** A kernel vector is determined by its entries at the columns that are no pivots (docs/proofs/exactness.md, 4.4). *)
Theorem kernel_determined (x y : 'cV[K]_m) : injective P -> R *m x = 0 -> R *m y = 0 ->
  (forall j, j \notin codom P -> x j 0 = y j 0) -> x = y.
Proof.
move=> injP Rx Ry same; apply/eqP; rewrite -subr_eq0; apply/eqP; set z := x - y.
have z0 j : j \notin codom P -> z j 0 = 0 by move=> /same e; rewrite !mxE e subrr.
have Pz : square *m rowsub P z = 0 by rewrite -colsub_place -mulmxA -only_at // mulmxBr Rx Ry subrr.
have zP a : z (P a) 0 = 0.
  have /matrixP/(_ a 0) : rowsub P z = 0 by rewrite -[LHS](mulKmx unit_square) Pz mulmx0.
  by rewrite !mxE.
apply/matrixP => j i; rewrite ord1 [RHS]mxE; have [/codomP[a ->]|/z0 //] := boolP (j \in codom P).
exact: zP.
Qed.
End Clearing.

(** Rows that are eliminated one after the other, in whatever way: when the turn of row [i] comes, it is [row i u]. *)
Section Turns.
Variables (K : fieldType) (n m : nat) (G : 'M[K]_(n, m)).
Implicit Types (u v : 'M[K]_(n, m)) (i : 'I_n) (j : 'I_m).

(** The first column where it is not 0. *)
Definition pivot u i : option 'I_m := [pick j | (u i j != 0) && [forall l : 'I_m, (l < j)%N ==> (u i l == 0)]].
(** It differs from the row of [G] by a combination of the rows before, and is 0 at their pivots. *)
Definition in_turn u : Prop := forall i, (row i u - row i G <= prefix i G)%MS /\
  forall i' j, (i' < i)%N -> pivot u i' = Some j -> u i j = 0.

Lemma pivot_some u i : row i u != 0 -> exists2 j, pivot u i = Some j & u i j != 0.
Proof.
move=> ne; have [j0 j0P] : exists j, u i j != 0.
  by apply/existsP; apply: contraR ne => /existsPn z; apply/eqP/rowP => j; rewrite !mxE; apply/eqP; have := z j;
    rewrite negbK.
rewrite /pivot; case: pickP => [j /andP[nz _]|none]; first by exists j.
case: (@arg_minnP _ j0 (fun j => u i j != 0) (@nat_of_ord m) j0P) => j nz least; have := none j; rewrite nz /=.
by move=> /forallP[] l; apply/implyP => lj; apply: contraTT lj; rewrite -leqNgt; apply: least.
Qed.

(** A combination of such rows that is 0 at their pivots is 0. *)
Lemma no_combination u k (c : 'I_n -> K) : in_turn u ->
  (forall i j, (i < k)%N -> pivot u i = Some j -> \sum_(i' < n | (i' < k)%N) c i' * u i' j = 0) ->
  forall i, (i < k)%N -> c i *: row i u = 0.
Proof.
move=> ok zero i; have [a] := ubnP (val i); elim: a i => // a IH i ia ik.
have [->|ne] := eqVneq (row i u) 0; first by rewrite scaler0.
have [j pj nz] := pivot_some ne; have := zero i j ik pj; rewrite (bigD1 i) //= big1 => [|i' /andP[ik' ne']].
  by rewrite addr0 => /eqP; rewrite mulf_eq0 (negPf nz) orbF => /eqP ->; rewrite scale0r.
case: (ltngtP i' i) => [lt|gt|e]; last by case/eqP: ne'; apply: val_inj.
  by have /rowP/(_ j) := IH i' (leq_trans lt ia) ik'; rewrite !mxE.
by rewrite ((ok i').2 i j) ?mulr0.
Qed.

Lemma turn_span u k : in_turn u -> (prefix k u == prefix k G)%MS.
Proof.
move=> ok; have sub (A B : 'M[K]_(n, m)) l : (forall i, (i < l)%N -> (row i A <= prefix l B)%MS) ->
    (prefix l A <= prefix l B)%MS.
  move=> h; apply/row_subP => i; have [il|li] := ltnP i l.
    by rewrite (_ : row i _ = row i A) ?h //; apply/rowP => j; rewrite !mxE il.
  by rewrite (_ : row i _ = 0) ?sub0mx //; apply/rowP => j; rewrite !mxE ltnNge li.
have row_in (A : 'M[K]_(n, m)) l i : (i < l)%N -> (row i A <= prefix l A)%MS.
  by move=> il; rewrite (_ : row i A = row i (prefix l A)) ?row_sub //; apply/rowP => j; rewrite !mxE il.
have grow (A : 'M[K]_(n, m)) l l' : (l <= l')%N -> (prefix l A <= prefix l' A)%MS.
  move=> ll; apply/row_subP => i; have [il|li] := ltnP i l; last first.
    by rewrite (_ : row i _ = 0) ?sub0mx //; apply/rowP => j; rewrite !mxE ltnNge li.
  rewrite (_ : row i _ = row i A); first by apply: row_in; apply: leq_trans ll.
  by apply/rowP => j; rewrite !mxE il.
elim/ltn_ind: k => k IH; apply/andP; split; apply: sub => i ik; have [d _] := ok i.
  rewrite -[row i u](subrK (row i G)); apply: addmx_sub; last exact: row_in.
  by apply: submx_trans d _; apply: grow; apply: ltnW.
rewrite -[row i G](subKr (row i u)); apply: addmx_sub; first exact: row_in.
rewrite eqmx_opp; apply: submx_trans d _; have /andP[_ le] := IH i ik.
by apply: submx_trans le _; apply: grow; apply: ltnW.
Qed.

(** These two properties determine all rows when their turn comes, hence the steps and their pivots: they depend on the
    matrix alone (docs/proofs/exactness.md, 4.4). *)
Theorem turns_unique u v : in_turn u -> in_turn v -> u = v.
Proof.
move=> ok ok'; suff same k i : (i < k)%N -> row i u = row i v by apply/row_matrixP => i; apply: (same i.+1).
elim: k i => // k IH i; rewrite ltnS leq_eqVlt => /orP[/eqP ik|]; last exact: IH.
have piv i' : (i' < i)%N -> pivot v i' = pivot u i'.
  move=> lt; have /rowP e : row i' u = row i' v by apply: IH; rewrite -ik.
  apply: eq_pick => j; have ej l : v i' l = u i' l by have := e l; rewrite !mxE.
  by rewrite ej; congr (_ && _); apply: eq_forallb => l; rewrite ej.
apply/eqP; rewrite -subr_eq0; apply/eqP.
have /submxP[c e] : (row i u - row i v <= prefix i u)%MS.
  have /andP[_ le] := turn_span i ok; apply: submx_trans le.
  rewrite -[_ - _](subrKA (row i G)) addmx_sub ?(ok i).1 // -opprB eqmx_opp; exact: (ok' i).1.
have eE j : (row i u - row i v) 0 j = \sum_(i' < n | (i' < i)%N) c 0 i' * u i' j.
  rewrite e mxE [RHS]big_mkcond; apply: eq_bigr => i' _; rewrite mxE.
  by case: (i' < i)%N; rewrite ?mulr0n ?mulr0.
have z := @no_combination u i (c 0) ok; apply/rowP => j; rewrite eE [RHS]mxE big1 // => i' lt.
suff /rowP/(_ j) : c 0 i' *: row i' u = 0 by rewrite !mxE.
apply: z lt => i'' j' lt' pj; rewrite -eE !mxE ((ok i).2 i'' j' lt' pj) ((ok' i).2 i'' j' lt') ?subrr ?piv //.
Qed.

(** A row is a step if and only if it is independent of the rows before (docs/proofs/exactness.md, 4.4). *)
Theorem turn_step u i : in_turn u -> (row i u == 0) = (row i G <= prefix i G)%MS.
Proof.
move=> ok; have [d zero] := ok i; apply/eqP/idP => [z|dep].
  by move: d; rewrite z sub0r eqmx_opp.
have /submxP[c e] : (row i u <= prefix i u)%MS.
  have /andP[_ le] := turn_span i ok; apply: submx_trans le.
  by rewrite -[row i u](subrK (row i G)) addmx_sub.
have eE j : u i j = \sum_(i' < n | (i' < i)%N) c 0 i' * u i' j.
  have /rowP/(_ j) := e; rewrite !mxE => ->; rewrite [RHS]big_mkcond; apply: eq_bigr => i' _; rewrite mxE.
  by case: (i' < i)%N; rewrite ?mulr0n ?mulr0.
apply/rowP => j; rewrite mxE eE [RHS]mxE big1 // => i' lt.
suff /rowP/(_ j) : c 0 i' *: row i' u = 0 by rewrite !mxE.
by apply: (@no_combination u i (c 0) ok) lt => i'' j' lt' pj; rewrite -eE; apply: zero lt' pj.
Qed.
End Turns.

(** The end of a vector is the last index at which it is not 0. *)
Section Ends.
Variables (K : fieldType) (n m : nat) (G : 'M[K]_(n, m)).
Implicit Types (v w : 'rV[K]_n) (e i : 'I_n).

Definition ends_at v e : Prop := v 0 e != 0 /\ forall i, (e < i)%N -> v 0 i = 0.
(** Some v with vG = 0 ends at [e]. *)
Definition is_end e : bool := (row e G <= prefix e G)%MS.

Lemma prefix_combination k (u : 'rV[K]_m) :
  (u <= prefix k G)%MS <-> exists2 v, v *m G = u & forall i, (k <= i)%N -> v 0 i = 0.
Proof.
split=> [/submxP[w ->]|[v <- z]]; last first.
  apply/submxP; exists v; apply/rowP => j; rewrite !mxE; apply: eq_bigr => i _; rewrite mxE.
  by case: ltnP => // /z ->; rewrite !mul0r.
exists (\row_i (w 0 i *+ (i < k))) => [|i ki]; last by rewrite mxE ltnNge ki.
apply/rowP => j; rewrite !mxE; apply: eq_bigr => i _; rewrite !mxE.
by case: (i < k)%N; rewrite ?mulr1n ?mulr0n ?mul0r ?mulr0.
Qed.

Lemma is_endP e : is_end e <-> exists2 v, v *m G = 0 & ends_at v e.
Proof.
rewrite /is_end (prefix_combination e); split=> [[v vG z]|[v vG [ve z]]].
  exists (delta_mx 0 e - v); first by rewrite mulmxBl -rowE vG subrr.
  split=> [|i ei]; first by rewrite !mxE !eqxx z ?leqnn // subr0 oner_eq0.
  by rewrite !mxE z ?(ltnW ei) // subr0 eqxx /= (_ : i == e = false) //; apply: contraTF ei => /eqP ->; rewrite ltnn.
exists (delta_mx 0 e - (v 0 e)^-1 *: v); first by rewrite mulmxBl -rowE -scalemxAl vG scaler0 subr0.
move=> i ei; have [->|ne] := eqVneq i e; first by rewrite !mxE !eqxx mulVf ?subrr.
have lt : (e < i)%N by rewrite ltn_neqAle ei andbT; apply: contra_neq ne => /val_inj ->.
by rewrite !mxE (negPf ne) (z i lt) ?andbF ?mulr0 ?subrr.
Qed.

Lemma prefix_next e : (prefix e.+1 G == prefix e G + row e G)%MS.
Proof.
apply/andP; split.
  apply/row_subP => i; apply/submxP; have [ie|ei] := ltnP i e.
    by apply/submxP/(submx_trans _ (addsmxSl _ _)); rewrite (_ : row i _ = row i (prefix e G)) ?row_sub //;
      apply/rowP => j; rewrite !mxE ltnS ltnW // ie.
  have [->|ne] := eqVneq i e.
    by apply/submxP/(submx_trans _ (addsmxSr _ _)); rewrite (_ : row e _ = row e G) //; apply/rowP => j;
      rewrite !mxE ltnSn.
  by exists 0; rewrite mul0mx; apply/rowP => j; rewrite !mxE ltnS leqNgt ltn_neqAle eq_sym ne ei.
rewrite addsmx_sub; apply/andP; split; last first.
  by rewrite (_ : row e G = row e (prefix e.+1 G)) ?row_sub //; apply/rowP => j; rewrite !mxE ltnSn.
apply/row_subP => i; have [ie|ei] := ltnP i e.
  by rewrite (_ : row i _ = row i (prefix e.+1 G)) ?row_sub //; apply/rowP => j; rewrite !mxE ie ltnS ltnW.
by rewrite (_ : row i _ = 0) ?sub0mx //; apply/rowP => j; rewrite !mxE ltnNge ei.
Qed.

(** The rank of the first k rows is k less the number of ends among them (docs/proofs/exactness.md, 3.1). *)
Theorem rank_by_ends k : (k <= n)%N -> (\rank (prefix k G) + #|[set e : 'I_n | (e < k)%N & is_end e]| = k)%N.
Proof.
elim: k => [|k IH] kn.
  rewrite (_ : prefix 0 G = 0) ?mxrank0; last by apply/matrixP => i j; rewrite !mxE.
  by apply/eqP; rewrite cards_eq0; apply/eqP/setP => e; rewrite !inE.
pose e := Ordinal kn; rewrite (eqmx_rank (prefix_next e)).
have -> : [set i : 'I_n | (i < k.+1)%N & is_end i] =
    (if is_end e then [set e] else set0) :|: [set i : 'I_n | (i < k)%N & is_end i].
  apply/setP => i; rewrite !inE ltnS leq_eqVlt -[X in i == X :> nat]/(val e) (inj_eq val_inj).
  have [->|ne] := eqVneq i e; last by case: ifP => _; rewrite !inE ?(negPf ne).
  by rewrite ltnn /= orbF; case: ifP => ie; rewrite !inE ?eqxx.
have disj A : [disjoint (if is_end e then [set e] else set0) & [set i : 'I_n | (i < k)%N & A i]].
  by case: ifP => _; rewrite ?disjoints1 ?inE ?ltnn // -setI_eq0 set0I.
rewrite cardsU (disjoint_setI0 (disj _)) cards0 subn0.
have := IH (ltnW kn); rewrite -[X in prefix X G]/(val e); case: ifP => ie.
  by rewrite (addsmx_idPl ie) cards1 => e_; rewrite addnCA e_.
rewrite cards0 add0n => e_; rewrite -[in RHS]e_ -addSn; congr (_ + _)%N.
apply/eqP; rewrite eqn_leq; apply/andP; split.
  apply: leq_trans (mxrank_adds_leqif _ _).1 _; rewrite -[X in (_ <= X)%N]addn1 leq_add2l.
  exact: rank_leq_row.
rewrite (ltn_leqif (mxrank_leqif_sup (addsmxSl _ _))) addsmx_sub submx_refl /=.
exact: negbT ie.
Qed.

(** If vG = 1 and v ends at an index that is no end, the stopping time is there (docs/proofs/exactness.md, 3.1). *)
Theorem least_prefix_end v e : v *m G = const_mx 1 -> ends_at v e -> ~~ is_end e -> stops G e.+1.
Proof.
move=> vG [ve z] none; split; first by apply/prefix_combination; exists v.
move=> l le /prefix_combination[w wG zw]; case/negP: none; apply/is_endP; exists (v - w).
  by rewrite mulmxBl vG wG subrr.
split=> [|i ei]; first by rewrite !mxE zw ?subr0.
by rewrite !mxE z // zw ?subrr // (leq_trans _ (ltnW ei)).
Qed.
End Ends.

(** [B] are rows of [G] that are independent modulo a prime. If the rank over Q is their number, or every other row is a
    rational combination of them, the rank is their number, and with any later rows they span what all rows span
    (docs/proofs/exactness.md, 6.1). *)
Theorem dependent_rows (K : fieldType) n m r (G : 'M[int]_(n, m)) (f : 'I_r -> 'I_n) :
  \rank (over K (rowsub f G)) = r ->
  \rank (over rat G) = r \/
    (forall i, exists D (y : 'rV[int]_r), D != 0 /\ y *m rowsub f G = D *: row i G) ->
  \rank (over rat G) = r /\ forall k (H : 'M[rat]_(k, m)),
    (col_mx (over rat G) H == col_mx (over rat (rowsub f G)) H)%MS.
Proof.
move=> rK depends; have [rB _] := independent_rows rK.
have BG : (over rat (rowsub f G) <= over rat G)%MS.
  apply/row_subP => i; rewrite (_ : row i _ = row (f i) (over rat G)) ?row_sub //.
  by apply/rowP => j; rewrite !mxE.
have GB : (over rat G <= over rat (rowsub f G))%MS.
  case: depends => [rG|comb]; first by rewrite -(geq_leqif (mxrank_leqif_sup BG)) rB rG.
  apply/row_subP => i; have [D [y [D0 e]]] := comb i; apply/submxP; exists (D%:~R^-1 *: over rat y).
  have D1 : D%:~R != 0 :> rat by rewrite intr_eq0.
  apply: (scalerI D1); rewrite -scalemxAl scalerA divff // scale1r -map_mxM e.
  by apply/rowP => j; rewrite !mxE rmorphM.
split=> [|k H]; first by apply: etrans rB; apply: eqmx_rank; rewrite GB BG.
by apply/andP; split; rewrite -!addsmxE addsmxS.
Qed.

(** The product with the core. *)
Section Core.
Variables (K : fieldType) (n m t c : nat) (G : 'M[K]_(n, m)).
Variables (pivot_row : 'I_t -> 'I_n) (pivot_column : 'I_t -> 'I_m) (rest : 'I_c -> 'I_m).
Hypothesis unit_triangle : triangle G pivot_row pivot_column \in unitmx.
(** The columns are those of the pivots and the rest. *)
Hypothesis columns : forall j, (exists i, j = pivot_column i) \/ exists i, j = rest i.
Hypothesis rest_inj : injective rest.
Notation core := (core G pivot_row pivot_column).
Notation inactive := (inactive pivot_column).

Lemma core_rest (z : 'cV[K]_m) : rowsub pivot_column z = 0 -> core *m z = colsub rest core *m rowsub rest z.
Proof.
move=> z0; rewrite -colsub_place -mulmxA -only_at // => j nr; have [[i ->]|[i e]] := columns j.
  by have /matrixP/(_ i 0) := z0; rewrite !mxE.
by rewrite e codom_f in nr.
Qed.

(** If a product with the core is invertible, the rank is that of all columns (docs/proofs/exactness.md, 8.1). *)
Theorem core_rank (B : 'M[K]_c) : (B <= colsub rest core)%MS -> B \in unitmx -> \rank G = m.
Proof.
move=> /submxP[R e] uB; apply/eqP; rewrite eqn_leq rank_leq_col /= -(mxrank_tr G) leqNgt; apply/negP => lt.
have [x [x0 Gx]] : exists x : 'cV[K]_m, x != 0 /\ G *m x = 0.
  have : kermx G^T != 0 by rewrite -mxrank_eq0 mxrank_ker subn_eq0 -ltnNge.
  case/rowV0Pn => u /sub_kermxP uG u0; exists u^T; split; first by rewrite -(inj_eq trmx_inj) trmxK trmx0.
  by apply: trmx_inj; rewrite trmx_mul trmxK uG trmx0.
have [Cx px] := kernel_to_core unit_triangle Gx; have rx : rowsub rest (inactive x) = 0.
  by rewrite -[LHS](mulKmx uB) e -mulmxA -core_rest // Cx !mulmx0.
have ix : inactive x = 0.
  apply/matrixP => j i; rewrite ord1 [RHS]mxE; have [[a ->]|[a ->]] := columns j.
    by have /matrixP/(_ a 0) := px; rewrite [rowsub _ _ _ _]mxE [RHS]mxE.
  by have /matrixP/(_ a 0) := rx; rewrite [rowsub _ _ _ _]mxE [RHS]mxE.
have [y [_ unique]] := core_to_kernel unit_triangle Cx px.
have r0 : rowsub pivot_column (0 : 'cV[K]_m) = 0 by apply/matrixP => a b; rewrite !mxE.
have y0 : y = 0 by apply: unique; rewrite mulmx0 ix /inactive r0 mulmx0 subr0.
by case/eqP: x0; rewrite -y0; apply/esym/unique.
Qed.

(** The last coefficient is the sum of the extension of the solution: z is 0 on the pivots' rows, and the core maps its
    other entries to the unit vector e (docs/proofs/exactness.md, 8.1). *)
Theorem core_last (v : 'rV[K]_n) (z : 'cV[K]_m) (e : 'I_n) : v *m G = const_mx 1 ->
  rowsub pivot_row G *m z = 0 -> colsub rest core *m rowsub rest (inactive z) = delta_mx e 0 -> v 0 e = total z.
Proof.
move=> vG Pz Cz; have Gz : G *m z = delta_mx e 0.
  have [ce _] := core_empty unit_triangle; rewrite -Cz -core_rest; last exact: (inactive_empty unit_triangle).
  by rewrite /SparseTriangle.inactive mulmxBr mulmxA colsub_place ce mul0mx subr0 mulmxBl -!mulmxA Pz !mulmx0 subr0.
have := onesM z; rewrite /ones -vG -mulmxA Gz; move/matrixP/(_ 0 0); rewrite -colE !mxE mulr1n.
by [].
Qed.

(** The rows are those of the pivots and the core's, as many as columns are left. *)
Variable other : 'I_c -> 'I_n.
Hypothesis rows : forall i, (exists j, i = pivot_row j) \/ exists j, i = other j.
Hypothesis other_inj : injective other.
Hypothesis other_pivot : forall i j, other i != pivot_row j.
Hypothesis rest_pivot : forall i j, rest i != pivot_column j.

(** The extension of a vector to all columns, by which the pivots' rows are 0; and the core as a square. *)
Notation pivots := (rowsub pivot_row G).
Definition extension : 'M[K]_(m, c) := colsub rest 1%:M -
  place K pivot_column *m (invmx (triangle G pivot_row pivot_column) *m (pivots *m colsub rest 1%:M)).
Definition square_core : 'M[K]_c := mxsub other rest core.

Lemma rowsub_sub p q r (f : 'I_r -> 'I_p) (A B : 'M[K]_(p, q)) : rowsub f (A - B) = rowsub f A - rowsub f B.
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

(** The last coefficient, of a row of the core, is w^T B^-1 e, and w^T y the sum of the extension of y
    (docs/proofs/exactness.md, 8.1). *)
Theorem core_last_solution (v : 'rV[K]_n) a : square_core \in unitmx -> v *m G = const_mx 1 ->
  v 0 (other a) = (ones K *m extension *m invmx square_core *m (delta_mx a 0 : 'cV_c)) 0 0.
Proof.
move=> uB vG; pose y : 'cV_c := invmx square_core *m delta_mx a 0; pose z := extension *m y.
have restP : rowsub rest (place K pivot_column) = 0.
  by apply/matrixP => i j; rewrite !mxE (negPf (rest_pivot i j)).
have rest1 : rowsub rest (colsub rest 1%:M) = 1%:M :> 'M[K]_c.
  by apply/matrixP => i j; rewrite !mxE (inj_eq rest_inj).
have restz : rowsub rest (inactive z) = y.
  rewrite rowsub_sub !(rowsub_mul, rowsub_sub) restP !mul0mx subr0 rest1 subr0 mul1mx; by [].
rewrite (@core_last v z (other a) vG).
- by have := onesM z; rewrite /z !mulmxA -(mulmxA _ (invmx _)) => ->; rewrite mxE mulr1n.
- by rewrite /z mulmxA mulmxBr (mulmxA pivots) rowsub_G_place mulKVmx // subrr mul0mx.
rewrite restz; apply/matrixP => i o; rewrite ord1 {o}; have [[k ->]|[k ->]] := rows i.
  have [_ /matrixP ce] := core_empty unit_triangle; rewrite mxE big1 => [|x _].
    by rewrite mxE eq_sym (negPf (other_pivot _ _)).
  by have := ce k (rest x); rewrite [LHS]mxE [RHS]mxE [colsub _ _ _ _]mxE => ->; rewrite mul0r.
transitivity ((square_core *m y) k 0); last by rewrite /y mulKVmx // !mxE (inj_eq other_inj).
by rewrite [LHS]mxE [RHS]mxE; apply: eq_bigr => x _; rewrite [colsub _ _ _ _]mxE [square_core _ _]mxE.
Qed.
End Core.

(** Verdicts from the invertible product: the stopping time is that of coverage, or m (docs/proofs/exactness.md, 8.5).
    *)
Section Verdicts.
Variables (K : fieldType) (n m t c : nat) (G : 'M[int]_(n, m)).
Variables (pivot_row : 'I_t -> 'I_n) (pivot_column : 'I_t -> 'I_m) (rest : 'I_c -> 'I_m).
Hypothesis columns : forall j, (exists i, j = pivot_column i) \/ exists i, j = rest i.
Hypothesis rest_inj : injective rest.
Notation first k := (prefix k (over K G)).

(** Coverage at row k and an invertible product: M' = k (docs/proofs/exactness.md, 8.5). *)
Theorem verdict_coverage k (B : 'M[K]_c) j : triangle (first k) pivot_row pivot_column \in unitmx ->
  (B <= colsub rest (core (first k) pivot_row pivot_column))%MS -> B \in unitmx ->
  (forall i : 'I_n, (i < k.-1)%N -> G i j = 0) -> stops (over rat G) k.
Proof. by move=> ut BC uB; apply: stopping_coverage; apply: (core_rank ut columns rest_inj BC uB). Qed.
End Verdicts.

(** The last coefficient is not 0 modulo the prime, and the product is invertible: M' = m (docs/proofs/exactness.md,
    8.5). *)
Theorem verdict_last_row (K : fieldType) m t c (G : 'M[int]_m.+1) (pivot_row : 'I_t -> 'I_m.+1)
    (pivot_column : 'I_t -> 'I_m.+1) (rest : 'I_c -> 'I_m.+1) (B : 'M[K]_c) (v : 'rV_m.+1) :
  (forall j, (exists i, j = pivot_column i) \/ exists i, j = rest i) -> injective rest ->
  triangle (over K G) pivot_row pivot_column \in unitmx ->
  (B <= colsub rest (core (over K G) pivot_row pivot_column))%MS -> B \in unitmx ->
  v *m over K G = const_mx 1 -> v 0 ord_max != 0 -> stops (over rat G) m.+1.
Proof.
move=> columns rest_inj ut BC uB vG v0; have rK := core_rank ut columns rest_inj BC uB.
apply: (@stopping_last_row K); first by rewrite prefix_all.
by apply/(last_coefficient _ vG); rewrite // -row_full_unit /row_full rK.
Qed.

(** Rows, or columns, of a matrix that is invertible after compression are independent (docs/proofs/exactness.md, 8.5).
    *)
Theorem compressed (K : fieldType) n m r (G : 'M[K]_(n, m)) (L : 'M_(r, n)) (R : 'M_(m, r)) :
  L *m G *m R \in unitmx -> (r <= \rank G)%N.
Proof.
move=> u; rewrite -(mxrank_unit u); apply: leq_trans (mxrankM_maxl _ _) _; exact: mxrankM_maxr.
Qed.
