(** What one prime proves over Q (docs/proofs/exactness.md, 2).

    [G] is a matrix of integers and [over K G] its image over a field [K]; the theorems hold for every [K], and are
    applied with [K] the field of p elements. *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition over (K : fieldType) {n m} (G : 'M[int]_(n, m)) : 'M[K]_(n, m) := map_mx (intr : int -> K) G.

(** [k] is the least number of first rows that span 1. *)
Definition stops (K : fieldType) {n m} (G : 'M[K]_(n, m)) (k : nat) : Prop :=
  spans (prefix k G) /\ forall l, (l < k)%N -> ~ spans (prefix l G).

(** Rows that span 1 have a stopping time ... (docs/proofs/exactness.md, 1.1). *)
Theorem stopping_time_exists (K : fieldType) n m (G : 'M[K]_(n, m)) :
  spans G -> exists2 k, (k <= n)%N & stops G k.
Proof.
move=> sG; have ex : exists k, spans (prefix k G) by exists n; rewrite prefix_all.
case: (ex_minnP ex) => k sk least; exists k; first by apply: least; rewrite prefix_all.
by split=> // l lk /least; rewrite leqNgt lk.
Qed.

(** ... and no more than one (docs/proofs/exactness.md, 1.1). *)
Theorem stopping_time_unique (K : fieldType) n m (G : 'M[K]_(n, m)) k l : stops G k -> stops G l -> k = l.
Proof. by move=> [sk no_k] [sl no_l]; case: (ltngtP k l) => [/no_l/(_ sk)|/no_k/(_ sl)|]. Qed.

Section Minors.
Variable K : fieldType.

Lemma rank_rowsub n n' m (f : 'I_n' -> 'I_n) (A : 'M[K]_(n, m)) : (\rank (rowsub f A) <= \rank A)%N.
Proof. by apply/mxrankS/row_subP => i; rewrite row_rowsub row_sub. Qed.

Lemma rank_mxsub n n' m m' (f : 'I_n' -> 'I_n) (g : 'I_m' -> 'I_m) (A : 'M[K]_(n, m)) :
  (\rank (mxsub f g A) <= \rank A)%N.
Proof.
rewrite mxsubrc; apply: leq_trans (rank_rowsub _ _) _.
by rewrite -mxrank_tr -[X in (_ <= X)%N]mxrank_tr trmx_mxsub rank_rowsub.
Qed.

(** A matrix has an invertible submatrix of the order of its rank. *)
Lemma rank_minor n m (A : 'M[K]_(n, m)) :
  exists (f : 'I_(\rank A) -> 'I_n) (g : 'I_(\rank A) -> 'I_m), \det (mxsub f g A) != 0.
Proof.
pose f := maxrankfun A.
have full : row_full (rowsub f A)^T by rewrite /row_full mxrank_tr; apply: maxrowsub_free.
exists f, (fullrankfun full).
have := fullrowsub_unit full; rewrite unitmxE unitfE -det_tr.
by congr (\det _ != 0); apply/matrixP => i j; rewrite !mxE.
Qed.

Lemma minor_rank n m r (f : 'I_r -> 'I_n) (g : 'I_r -> 'I_m) (A : 'M[K]_(n, m)) :
  \det (mxsub f g A) != 0 -> (r <= \rank A)%N.
Proof.
move=> d; apply: leq_trans (rank_mxsub f g A).
by rewrite mxrank_unit // unitmxE unitfE.
Qed.
End Minors.

Lemma over_col_ones (K : fieldType) n m (G : 'M[int]_(n, m)) :
  over K (col_mx G (const_mx 1 : 'rV_m)) = col_mx (over K G) (ones K).
Proof. by rewrite /over map_col_mx; congr col_mx; apply/matrixP => i j; rewrite !mxE. Qed.

Lemma rank_char_le (K L : fieldType) p n m (G : 'M[int]_(n, m)) :
  p \in [char K] -> p \in [char L] -> (\rank (over K G) <= \rank (over L G))%N.
Proof.
move=> chK chL; have [f [g]] := rank_minor (over K G).
rewrite /over -map_mxsub det_map_mx -(dvdz_charf chK) => d; apply: (@minor_rank _ _ _ _ f g).
by rewrite -map_mxsub det_map_mx -(dvdz_charf chL).
Qed.

(** Integer rows have the same rank over all fields of a prime characteristic: over GF(p^k) that over GF(p)
    (docs/proofs/exactness.md, 1.2). *)
Theorem rank_characteristic (K L : fieldType) p n m (G : 'M[int]_(n, m)) :
  p \in [char K] -> p \in [char L] -> \rank (over K G) = \rank (over L G).
Proof. by move=> chK chL; apply/eqP; rewrite eqn_leq !(@rank_char_le _ _ p). Qed.

(** And they span 1 over all of them or over none (docs/proofs/exactness.md, 1.2). *)
Theorem spans_characteristic (K L : fieldType) p n m (G : 'M[int]_(n, m)) :
  p \in [char K] -> p \in [char L] -> spans (over K G) = spans (over L G).
Proof.
by move=> chK chL; rewrite -!rank_condition -!over_col_ones !(rank_characteristic _ chK chL).
Qed.

Section OnePrime.
Variables (K : fieldType).
Implicit Types n m k : nat.

Lemma over_prefix n m k (G : 'M[int]_(n, m)) : over K (\matrix_(i, j) (G i j *+ (i < k))) = prefix k (over K G).
Proof. by apply/matrixP => i j; rewrite !mxE; case: (i < k)%N. Qed.

(** The rank over a field, such as that of p elements, is at most the rank over Q (docs/proofs/exactness.md, 2). *)
Theorem rank_mod_le n m (G : 'M[int]_(n, m)) : (\rank (over K G) <= \rank (over rat G))%N.
Proof.
have [f [g d]] := rank_minor (over K G); apply: (@minor_rank _ _ _ _ f g).
apply: contraNneq d; rewrite /over -!map_mxsub !det_map_mx => /eqP.
by rewrite intr_eq0 => /eqP ->.
Qed.

(** If the rank over K is m, then so is the rank over Q, and G spans 1 over Q (docs/proofs/exactness.md, 2.1). *)
Theorem full_rank n m (G : 'M[int]_(n, m)) :
  \rank (over K G) = m -> \rank (over rat G) = m /\ spans (over rat G).
Proof.
move=> rK; have rQ : \rank (over rat G) = m.
  by apply/eqP; rewrite eqn_leq rank_leq_col /= -{1}rK rank_mod_le.
by split=> //; rewrite /spans submx_full // /row_full rQ.
Qed.

(** If the ranks over K and over Q are equal and G does not span 1 over K, then it does not over Q. The row 1, appended,
    raises the rank by one exactly where it is not spanned, and the rank over K is never the larger
    (docs/proofs/exactness.md, 2.2). *)
Theorem equal_ranks n m (G : 'M[int]_(n, m)) :
  \rank (over K G) = \rank (over rat G) -> ~ spans (over K G) -> ~ spans (over rat G).
Proof.
move=> e /negP nK; apply/negP; have := rank_mod_le (col_mx G (const_mx 1 : 'rV_m)).
rewrite !over_col_ones !rank_ones nK e.
by case: (spans (over rat G)); rewrite // addn0 addn1 ltnn.
Qed.

(** If the rank over K is n, then so is the rank over Q, and what does not span 1 over K does not over Q
    (docs/proofs/exactness.md, 2.3). *)
Theorem independent_rows n m (G : 'M[int]_(n, m)) :
  \rank (over K G) = n -> \rank (over rat G) = n /\ (~ spans (over K G) -> ~ spans (over rat G)).
Proof.
move=> rK; have rQ : \rank (over rat G) = n.
  by apply/eqP; rewrite eqn_leq rank_leq_row /= -{1}rK rank_mod_le.
by split=> //; apply: equal_ranks; rewrite rK rQ.
Qed.
End OnePrime.

(** The converse of 2.2 fails: the row (1, 1 + p) spans 1 modulo p and not over Q, and has rank 1 over both
    (docs/proofs/exactness.md, 2.2). *)
Theorem equal_ranks_converse p : prime p -> let G : 'rV[int]_2 := \row_j (if j == 0 then 1 else 1 + p%:R) in
  [/\ \rank (over 'F_p G) = \rank (over rat G), spans (over 'F_p G) & ~ spans (over rat G)].
Proof.
move=> pr G; have nz (K : fieldType) : over K G != 0.
  by apply/eqP => /rowP/(_ 0); rewrite !mxE /= => /eqP; rewrite oner_eq0.
split; first by rewrite !rank_rV !nz.
  apply/spansP; exists 1%:M; rewrite mul1mx; apply/rowP => j; rewrite !mxE.
  by case: ifP => _ //; rewrite rmorphD rmorph_nat /= char_Fp_0 // addr0.
move/spansP=> [v e]; have := e => /rowP/(_ 0); have := e => /rowP/(_ 1).
rewrite !mxE !big_ord1 !mxE /= mulr1 => + v1; rewrite v1 mul1r rmorphD rmorph_nat => /eqP.
by rewrite -subr_eq0 addrAC subrr add0r pnatr_eq0 => /eqP p0; rewrite p0 in pr.
Qed.

Section StoppingTimes.
Variable K : fieldType.

Lemma rank_prefix (L : fieldType) n m k (A : 'M[L]_(n, m)) : (\rank (prefix k A) <= k)%N.
Proof.
have -> : prefix k A = (pid_mx k : 'M_(n, k)) *m ((pid_mx k : 'M_(k, n)) *m A).
  by rewrite mulmxA mul_pid_mx !minnn prefixE.
exact: leq_trans (mxrankM_maxl _ _) (rank_leq_col _).
Qed.

Lemma rank_prefix_next (L : fieldType) n m k (A : 'M[L]_(n, m)) :
  (\rank (prefix k.+1 A) <= (\rank (prefix k A)).+1)%N.
Proof.
case: (leqP n k) => [nk|kn]; first by rewrite !prefix_all // ltnW.
have -> : prefix k.+1 A = prefix k A + delta_mx (Ordinal kn) (Ordinal kn) *m A.
  apply/matrixP => i j; rewrite !mxE (bigD1 (Ordinal kn)) //= big1 => [|l li]; last first.
    by rewrite mxE (negPf li) andbF mul0r.
  rewrite mxE eqxx andbT addr0 -(inj_eq val_inj) /= ltnS; case: ltngtP => [ik|ki|ik]; rewrite ?mul0r ?addr0 //.
  by rewrite add0r mul1r (_ : Ordinal kn = i) //; apply: val_inj.
apply: leq_trans (mxrank_add _ _) _; rewrite -addn1 leq_add2l.
by apply: leq_trans (mxrankM_maxl _ _) _; rewrite mxrank_delta.
Qed.

(** If the first k rows have rank m over K and some column of the first k - 1 is zero, then k is the stopping time over
    Q (docs/proofs/exactness.md, 2.4). *)
Theorem stopping_coverage n m k (G : 'M[int]_(n, m)) j :
  \rank (prefix k (over K G)) = m -> (forall i : 'I_n, (i < k.-1)%N -> G i j = 0) -> stops (over rat G) k.
Proof.
move=> rK Gj; split=> [|l lk]; first by move: rK; rewrite -!over_prefix => /full_rank[].
apply: (@uncovered_symbol _ _ _ _ j) => i; rewrite !mxE; case: ltnP => // il.
by rewrite Gj ?rmorph0 //; apply: leq_trans il _; case: k lk {rK Gj}.
Qed.

(** If the first m rows have rank m over K and the first m - 1 do not span 1 over K, then m is the stopping time over Q
    (docs/proofs/exactness.md, 2.4). *)
Theorem stopping_last_row n m (G : 'M[int]_(n, m)) :
  \rank (prefix m (over K G)) = m -> ~ spans (prefix m.-1 (over K G)) -> stops (over rat G) m.
Proof.
move=> rK nK; split=> [|l lm]; first by move: rK; rewrite -!over_prefix => /full_rank[].
have m1 : (m.-1.+1 = m)%N by apply: prednK; apply: leq_ltn_trans lm.
move=> /spans_monotone-/(_ m.-1) s.
have {s} : spans (prefix m.-1 (over rat G)) by apply: s; rewrite -ltnS m1.
move: nK; rewrite -!over_prefix; apply: equal_ranks; rewrite !over_prefix.
have le : (m.-1 <= \rank (prefix m.-1 (over K G)))%N
  by have := rank_prefix_next m.-1 (over K G); rewrite [in X in prefix X _]m1 rK -[in X in (X <= _)%N -> _]m1.
apply/eqP; rewrite eqn_leq -!over_prefix rank_mod_le !over_prefix /=.
exact: leq_trans (rank_prefix _ _) le.
Qed.

(** That the first m - 1 of m independent rows do not span 1 is the same as that the last coefficient of the v with vG
  = 1
    is not 0 (docs/proofs/exactness.md, 2.4). *)
Theorem last_coefficient m (G : 'M[K]_m.+1) (v : 'rV_m.+1) :
  G \in unitmx -> v *m G = const_mx 1 -> ~ spans (prefix m G) <-> v 0 ord_max != 0.
Proof.
move=> uG vG; have inj (w : 'rV_m.+1) : w *m G = const_mx 1 -> w = v.
  by move=> wG; apply: (can_inj (mulmxK uG)); rewrite wG vG.
have truncate (w : 'rV_m.+1) : w *m prefix m G = (\row_i (w 0 i *+ (i < m))) *m G.
  rewrite prefixE mulmxA; congr (_ *m G); apply/rowP => i; rewrite !mxE (bigD1 i) //= big1 => [|l li].
    by rewrite mxE eqxx addr0 /=; case: (i < m)%N; rewrite ?mulr1 ?mulr0.
  by rewrite mxE (inj_eq val_inj) (negPf li) mulr0.
split=> [no|nz /spansP[w]].
  apply/eqP => v0; apply: no; apply/spansP; exists v; rewrite truncate -[RHS]vG; congr (_ *m G); apply/rowP => i.
  rewrite mxE; have [//|mi] := ltnP i m; rewrite (_ : i = ord_max) ?v0 //.
  by apply/val_inj/eqP; rewrite eqn_leq mi -ltnS ltn_ord.
by rewrite truncate => /inj/rowP/(_ ord_max); rewrite mxE ltnn => e; rewrite -e eqxx in nz.
Qed.
End StoppingTimes.

(** If the columns of an integer matrix X are in the kernel of G, independent over K, and as many as m - rank(G) over K,
    then the ranks of G are equal, and G spans 1 over Q if and only if every column of X has the sum 0
    (docs/proofs/exactness.md, 2.5). *)
Theorem small_kernel (K : fieldType) n m d (G : 'M[int]_(n, m)) (X : 'M[int]_(m, d)) :
  G *m X = 0 -> \rank (over K X) = d -> (\rank (over K G) + d)%N = m ->
  \rank (over rat G) = \rank (over K G) /\ (spans (over rat G) <-> const_mx 1 *m X = 0 :> 'rV_d).
Proof.
move=> GX rX m_eq.
have GXQ : over rat G *m over rat X = 0 by rewrite /over -map_mxM GX map_mx0.
have rXQ : \rank (over rat X) = d.
  by apply/eqP; rewrite eqn_leq rank_leq_col /= -{1}rX rank_mod_le.
have rG : \rank (over rat G) = \rank (over K G).
  apply/eqP; rewrite eqn_leq rank_mod_le andbT -(leq_add2r d) m_eq -rXQ.
  exact: mulmx0_rank_max.
split=> //; have onesQ : over rat (const_mx 1 : 'rV_m) = ones rat by apply/matrixP => i j; rewrite !mxE.
have mapX : over rat ((const_mx 1 : 'rV_m) *m X) = ones rat *m over rat X by rewrite -onesQ /over map_mxM.
split=> [/submxP[v e] | X0].
  have : over rat ((const_mx 1 : 'rV_m) *m X) = 0 by rewrite mapX e -mulmxA GXQ mulmx0.
  by move/matrixP=> z; apply/matrixP => i j; have := z i j; rewrite !mxE => /eqP; rewrite intr_eq0 => /eqP.
have sub : (over rat G <= kermx (over rat X))%MS by apply/sub_kermxP.
have eqk : (over rat G == kermx (over rat X))%MS.
  by rewrite -(geq_leqif (mxrank_leqif_eq sub)) mxrank_ker rXQ rG leq_subLR addnC m_eq.
rewrite /spans (eqmxP eqk); apply/sub_kermxP.
by rewrite -mapX X0 /over map_mx0.
Qed.

(** In the same way, if the rows of Y are relations between the rows of G, independent over K, and as many as n -
  rank(G)
    over K, then the ranks are equal (docs/proofs/exactness.md, 2.5). *)
Theorem small_cokernel (K : fieldType) n m d (G : 'M[int]_(n, m)) (Y : 'M[int]_(d, n)) :
  Y *m G = 0 -> \rank (over K Y) = d -> (\rank (over K G) + d)%N = n -> \rank (over rat G) = \rank (over K G).
Proof.
move=> YG rY n_eq; have tr (L : fieldType) p q (A : 'M[int]_(p, q)) : \rank (over L A^T) = \rank (over L A).
  by rewrite /over -map_trmx mxrank_tr.
have [||| e _] := @small_kernel K _ _ d G^T Y^T; rewrite ?tr //.
  by rewrite -trmx_mul YG trmx0.
by rewrite !tr in e.
Qed.

(** Every order up to the rank has a minor that is not 0. *)
Lemma minor_of_order (K : fieldType) n m k (A : 'M[K]_(n, m)) : (k <= \rank A)%N ->
  exists (f : 'I_k -> 'I_n) (g : 'I_k -> 'I_m), \det (mxsub f g A) != 0.
Proof.
move=> kr; pose h := widen_ord kr; pose B := rowsub h (rowsub (maxrankfun A) A).
have rB : \rank B = k.
  by rewrite /B rowsubE mxrankMfree ?maxrowsub_free // -pid_mxErow rank_pid_mx.
have := rank_minor B; rewrite rB => -[f [g d]].
exists (maxrankfun A \o h \o f), g; apply: contraNneq d => /eqP; rewrite /B => d.
by apply/eqP; rewrite -[RHS](eqP d); congr (\det _); apply/matrixP => i j; rewrite !mxE.
Qed.

Lemma prod_primes_dvd (ps : seq nat) (d : nat) :
  all prime ps -> uniq ps -> (forall p, p \in ps -> (p %| d)%N) -> (\prod_(p <- ps) p %| d)%N.
Proof.
elim: ps => [|p ps IH] /=; first by rewrite big_nil dvd1n.
case/andP=> pp pps /andP[pnot ups] dv; rewrite big_cons Gauss_dvd; last first.
  rewrite prime_coprime //; apply: contra pnot; elim: ps pps {IH ups dv} => [|q ps IH] /=.
    by rewrite big_nil dvdn1 => _ /eqP p1; rewrite p1 in pp.
  case/andP=> pq pps; rewrite big_cons Euclid_dvdM // inE => /orP[|/(IH pps)->]; last by rewrite orbT.
  by rewrite dvdn_prime2 // => ->.
rewrite dv ?mem_head //=; apply: IH => // q qin; apply: dv.
by rewrite inE qin orbT.
Qed.

(** If the rank modulo each of some primes is at most r, and every minor of order r + 1 is smaller in absolute value
    than the product of the primes, then the rank over Q is at most r. That the package's bound is one for the minors,
    by Hadamard's inequality, is proved in Hadamard.v (docs/proofs/exactness.md, 2.7). *)
Theorem rank_many_primes n m r (G : 'M[int]_(n, m)) (ps : seq nat) :
  all prime ps -> uniq ps ->
  (forall p, p \in ps -> (\rank (over 'F_p G) <= r)%N) ->
  (forall (f : 'I_r.+1 -> 'I_n) (g : 'I_r.+1 -> 'I_m), (`|\det (mxsub f g G)| < \prod_(p <- ps) p)%N) ->
  (\rank (over rat G) <= r)%N.
Proof.
move=> pr un small bound; rewrite leqNgt; apply/negP => /minor_of_order[f [g]].
rewrite /over -map_mxsub det_map_mx intr_eq0 => d.
have := bound f g; rewrite ltnNge => /negP; apply; apply: dvdn_leq; first by rewrite absz_gt0.
apply: prod_primes_dvd => // p pin; have pp := allP pr p pin.
rewrite -[(p %| _)%N]/(p %| \det (mxsub f g G))%Z (dvdz_charf (char_Fp pp)).
apply: contraT => nz; have := small p pin; rewrite leqNgt => /negP[].
by apply: (@minor_rank _ _ _ _ f g); rewrite /over -map_mxsub det_map_mx.
Qed.

(** The same for the primes that the package uses (docs/proofs/exactness.md, 2). *)
Corollary rank_mod_p_le p n m (G : 'M[int]_(n, m)) : (\rank (over 'F_p G) <= \rank (over rat G))%N.
Proof. exact: rank_mod_le. Qed.
