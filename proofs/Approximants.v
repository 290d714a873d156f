(** Approximants of a series of matrices, and their bases (docs/proofs/exactness.md, 8.2 and 8.3).

    Polynomials over a field; a vector of them is a column, and its entry [i] counts as [s i] degrees higher.

    [small P n V]    the coefficients of P V below x^n are 0
    [basis P n M]    the columns of [M] are a basis of all vectors that are [small P n]
    [below s l v]    [v] has a degree below [l]
    [leading s d M]  in column j the coefficients at the degree [d j]
    [reduced s d M]  no column has a higher degree, and the leading coefficients are an invertible matrix *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Bases.
Variables (K : fieldType) (k : nat).
Implicit Types (M N : 'M[{poly K}]_k) (u v w : 'cV[{poly K}]_k) (s d e : 'I_k -> nat) (n l : nat).

Definition small {b r} (P : 'M[{poly K}]_(b, k)) n (V : 'M[{poly K}]_(k, r)) : Prop :=
  forall i j t, (t < n)%N -> ((P *m V) i j)`_t = 0.
Definition basis {b} (P : 'M[{poly K}]_(b, k)) n M : Prop :=
  small P n M /\ forall v, small P n v -> exists! u, v = M *m u.
Definition below s l v : Prop := forall i t, (l <= t + s i)%N -> (v i 0)`_t = 0.
Definition leading s d M : 'M[K]_k := \matrix_(i, j) (if (s i <= d j)%N then (M i j)`_(d j - s i) else 0).
Definition bounded s d M : Prop := forall i j t, (d j < t + s i)%N -> (M i j)`_t = 0.
Definition reduced s d M : Prop := bounded s d M /\ leading s d M \in unitmx.
Definition top s l v : 'cV[K]_k := \col_i (if (s i <= l)%N then (v i 0)`_(l - s i) else 0).

Lemma coef_mul p r (A : 'M[{poly K}]_(p, k)) (V : 'M_(k, r)) i j t :
  ((A *m V) i j)`_t = \sum_l \sum_(c < t.+1) (A i l)`_c * (V l j)`_(t - c).
Proof. by rewrite mxE coef_sum; apply: eq_bigr => l _; rewrite coefM. Qed.

Lemma top_mul s d M u l : bounded s d M -> below d l.+1 u -> top s l (M *m u) = leading s d M *m top d l u.
Proof.
move=> bM bu; apply/matrixP => i o; rewrite ord1 {o} !mxE.
case: leqP => [sl|ls]; last first.
  rewrite big1 // => j _; rewrite !mxE; case: (leqP (d j) l) => dl; last by rewrite mulr0.
  by rewrite ifF ?mul0r //; apply/negbTE; rewrite -ltnNge; apply: leq_ltn_trans ls.
rewrite coef_sum; apply: eq_bigr => j _; rewrite coefM !mxE.
case: (leqP (d j) l) => dl; last first.
  by rewrite mulr0 big1 // => r _; rewrite bu ?mulr0 //; apply: leq_trans dl (leq_addl _ _).
case: (leqP (s i) (d j)) => sd; last first.
  by rewrite mul0r big1 // => r _; rewrite bM ?mul0r //; apply: leq_trans sd (leq_addl _ _).
have lt : (d j - s i < (l - s i).+1)%N by lia.
rewrite (bigD1 (Ordinal lt)) //= big1 => [|r ne]; last first.
  case: (ltngtP r (d j - s i)%N) => [rl|lr|e]; last by case/eqP: ne; apply: val_inj.
    by rewrite bu ?mulr0 //; lia.
  by rewrite bM ?mul0r //; lia.
by rewrite addr0; congr (_ * (u j 0)`_ _); lia.
Qed.

(** No leading terms cancel: the degree of a combination M u is the maximum of deg(u_j) + d_j (docs/proofs/exactness.md,
    8.2). *)
Theorem degree_combination s d M u l : reduced s d M -> below s l (M *m u) <-> below d l u.
Proof.
move=> [bM lM]; split=> [bMu|bu i t lt]; last first.
  rewrite coef_mul big1 // => j _; rewrite big1 // => c _.
  have [le|gt] := leqP l (t - c + d j); first by rewrite bu ?mulr0.
  by rewrite bM ?mul0r //; move: (ltn_ord c); lia.
pose far := \max_j (size (u j 0%R) + d j); have : below d (l + far) u.
  move=> j t lt; apply: nth_default.
  have le : (size (u j 0%R) + d j <= far)%N by apply: (@leq_bigmax _ (fun j => _ + _)%N).
  by rewrite -(leq_add2r (d j)); apply: leq_trans le (leq_trans (leq_addl _ _) lt).
elim: far => [|x IH]; first by rewrite addn0.
rewrite addnS => bu; apply: IH; have := top_mul bM bu.
have -> : top s (l + x) (M *m u) = 0.
  by apply/matrixP => i o; rewrite ord1 [LHS]mxE [RHS]mxE; case: leqP => // si; apply: bMu; lia.
move/esym/(congr1 (mulmx (invmx (leading s d M)))); rewrite mulKmx // mulmx0 => /matrixP z j t lt.
have [gt|le] := ltnP (l + x) (t + d j); first exact: bu.
have := z j 0; rewrite !mxE ifT; last by lia.
by move=> z0; rewrite -[RHS]z0; congr (_`_ _); lia.
Qed.

Lemma small_mul b r (P : 'M[{poly K}]_(b, k)) n M (V : 'M_(k, r)) : small P n M -> small P n (M *m V).
Proof.
move=> sm i j t tn; rewrite mulmxA coef_mul big1 // => l _; rewrite big1 // => c _.
by rewrite sm ?mul0r //; move: (ltn_ord c); lia.
Qed.

Lemma basis_inj b (P : 'M[{poly K}]_(b, k)) n M u w : basis P n M -> M *m u = M *m w -> u = w.
Proof. by case=> sm all e; have [x [_ unique]] := all _ (small_mul u sm); rewrite -(unique u) // (unique w). Qed.

Lemma basis_mul0 b (P : 'M[{poly K}]_(b, k)) n M u : basis P n M -> M *m u = 0 -> u = 0.
Proof. by move=> base e; apply: (basis_inj base); rewrite mulmx0. Qed.

(** The unit vectors are a reduced basis for the order 0 (docs/proofs/exactness.md, 8.3). *)
Theorem basis_start b (P : 'M[{poly K}]_(b, k)) s : basis P 0 1%:M /\ reduced s s 1%:M.
Proof.
split; first by split=> // v _; exists v; split=> [|w]; rewrite mul1mx.
split=> [i j t lt|]; last first.
  rewrite (_ : leading s s _ = 1%:M) ?unitmx1 //; apply/matrixP => i j; rewrite !mxE; have [->|ne] := eqVneq i j.
    by rewrite leqnn subnn coef1 eqxx.
  by rewrite coef0 if_same.
by move: lt; rewrite mxE; have [->|_] := eqVneq i j; rewrite ?coef0 // coef1; case: t => //; rewrite ltnn.
Qed.

(** Columns times an invertible matrix, in particular of numbers, are a basis of the same. *)
Lemma basis_change b (P : 'M[{poly K}]_(b, k)) n M (U V : 'M_k) :
  U *m V = 1%:M -> V *m U = 1%:M -> basis P n M -> basis P n (M *m U).
Proof.
move=> UV VU base; have [sm all] := base; split=> [|v /all[u [-> _]]]; first exact: small_mul.
exists (V *m u); split=> [|w]; first by rewrite -mulmxA (mulmxA U) UV mul1mx.
by rewrite -mulmxA => /(basis_inj base) ->; rewrite mulmxA VU mul1mx.
Qed.

(** To multiply by x raises the degrees of some columns, and leaves the leading coefficients. *)
Definition raise (Z : {set 'I_k}) : 'M[{poly K}]_k := diag_mx (\row_j (if j \in Z then 'X else 1)).
Definition raised d (Z : {set 'I_k}) : 'I_k -> nat := fun j => (d j + (j \in Z))%N.

Lemma mul_raise p (A : 'M[{poly K}]_(p, k)) Z i j t :
  ((A *m raise Z) i j)`_t = if j \in Z then (if t is c.+1 then (A i j)`_c else 0) else (A i j)`_t.
Proof. by rewrite mul_mx_diag !mxE; case: (j \in Z); rewrite ?mulr1 // coefMX; case: t. Qed.

Lemma reduced_raise s d M Z : reduced s d M -> reduced s (raised d Z) (M *m raise Z).
Proof.
move=> [bM lM]; split=> [i j t|].
  rewrite mul_raise /raised; case: (j \in Z) => lt; last by apply: bM; lia.
  by case: t lt => // t lt; apply: bM; lia.
rewrite (_ : leading _ _ _ = leading s d M) //; apply/matrixP => i j; rewrite mxE [RHS]mxE mul_raise /raised.
case: (j \in Z); last by rewrite addn0.
case: (leqP (s i) (d j)) => sd; first by rewrite ifT ?addn1 1?leqW // subSn.
by case: ifP => // _; rewrite (_ : (d j + true - s i = 0)%N) //; lia.
Qed.

(** The coefficients of x^n in P M. *)
Definition next {b} (P : 'M[{poly K}]_(b, k)) n M : 'M[K]_(b, k) := \matrix_(i, j) ((P *m M) i j)`_n.

Lemma next_mul b (P : 'M[{poly K}]_(b, k)) n M u :
  small P n M -> \col_i ((P *m (M *m u)) i 0)`_n = next P n M *m \col_j (u j 0)`_0.
Proof.
move=> sm; apply/matrixP => i o; rewrite ord1 {o} mxE mulmxA coef_mul mxE; apply: eq_bigr => j _.
rewrite big_ord_recr big1 => [|c _]; first by rewrite /= add0r subnn !mxE.
by rewrite /= sm ?mul0r.
Qed.

Definition independent {b} (E : 'M[K]_(b, k)) (Z : {set 'I_k}) : Prop :=
  (forall j, j \notin Z -> col j E = 0) /\
  forall c : 'cV_k, (forall j, j \notin Z -> c j 0 = 0) -> E *m c = 0 -> c = 0.

Lemma basis_raise b (P : 'M[{poly K}]_(b, k)) n M Z :
  independent (next P n M) Z -> basis P n M -> basis P n.+1 (M *m raise Z).
Proof.
move=> [zero free] base; have [sm all] := base; split=> [i j t|v sv].
  rewrite mulmxA mul_raise ltnS => tn; case: (boolP (j \in Z)) => jZ.
    by case: t tn => // t tn; apply: sm.
  have [lt|ge] := ltnP t n; first exact: sm.
  have -> : t = n by apply/eqP; rewrite eqn_leq tn ge.
  by have /matrixP/(_ i 0) := zero j jZ; rewrite !mxE.
have [u [vu _]] : exists! u, v = M *m u by apply: all => i j t tn; apply: sv; apply: ltnW.
pose c : 'cV[K]_k := \col_j (u j 0)`_0.
have Ec : next P n M *m c = 0.
  by rewrite -next_mul // -vu; apply/matrixP => i o; rewrite ord1 mxE sv // mxE.
pose c' : 'cV[K]_k := \col_j (if j \in Z then c j 0 else 0).
have c'0 : c' = 0.
  apply: free => [j /negPf jZ|]; first by rewrite mxE jZ.
  rewrite -[RHS]Ec; apply/matrixP => i o; rewrite ord1 !mxE; apply: eq_bigr => j _; rewrite [c' j 0]mxE.
  case: (boolP (j \in Z)) => // /zero/matrixP/(_ i 0); rewrite mxE [RHS]mxE => ->; by rewrite !mul0r.
have u0 j : j \in Z -> (u j 0)`_0 = 0 by move=> jZ; have /matrixP/(_ j 0) := c'0; rewrite !mxE jZ.
pose w : 'cV[{poly K}]_k := \col_j (if j \in Z then \poly_(t < size (u j 0%R)) (u j 0)`_t.+1 else u j 0).
have rw : raise Z *m w = u.
  apply/matrixP => j o; rewrite ord1 mul_diag_mx !mxE; case: (boolP (j \in Z)) => jZ; last by rewrite mul1r.
  apply/polyP => -[|t]; rewrite coefXM /= ?u0 // coef_poly; case: leqP => // le.
  by rewrite nth_default //; apply: leq_trans le (leqnSn _).
exists w; split=> [|x]; first by rewrite -mulmxA rw.
rewrite vu -mulmxA => /(basis_inj base); rewrite -rw => /matrixP e; apply/matrixP => j o; rewrite ord1.
have := e j 0; rewrite !mul_diag_mx !mxE; case: (j \in Z); last by rewrite !mul1r.
by apply: mulfI; rewrite polyX_eq0.
Qed.

(** Clearing: multiples of columns of no higher degree are added to others. *)
Definition add_column (i j : 'I_k) (c : K) : 'M[K]_k := 1%:M + c *: delta_mx i j.
Inductive clearing d : 'M[K]_k -> Prop :=
  | Nothing : clearing d 1%:M
  | Add U i j c : clearing d U -> i != j -> (d i <= d j)%N -> clearing d (U *m add_column i j c).

Lemma add_columnK i j c : i != j -> add_column i j c *m add_column i j (- c) = 1%:M.
Proof.
move=> ij; rewrite /add_column mulmxDl !mulmxDr !mulmx1 mul1mx -!scalemxAl -!scalemxAr mul_delta_mx_0 1?eq_sym //.
by rewrite !scaler0 addr0 -addrA scaleNr addNr addr0.
Qed.

Definition constant (U : 'M[K]_k) : 'M[{poly K}]_k := map_mx polyC U.

Lemma basis_add b (P : 'M[{poly K}]_(b, k)) n M i j c :
  i != j -> basis P n M -> basis P n (M *m constant (add_column i j c)).
Proof.
move=> ij; apply: (@basis_change _ _ _ _ _ (constant (add_column i j (- c)))); rewrite -map_mxM.
  by rewrite add_columnK // map_mx1.
by rewrite -{2}[c]opprK add_columnK // map_mx1.
Qed.

Lemma mul_add p (A : 'M[{poly K}]_(p, k)) i j c x y :
  (A *m constant (add_column i j c)) x y = A x y + (if y == j then c%:P * A x i else 0).
Proof.
rewrite /constant /add_column map_mxD map_mxZ map_mx1 map_delta_mx mulmxDr mulmx1 -scalemxAr !mxE; congr (_ + _).
rewrite (bigD1 i) //= big1 => [|z ne]; last by rewrite mxE (negPf ne) mulr0.
by rewrite mxE eqxx addr0 /=; case: (y == j); rewrite ?mulr1 ?mulr0.
Qed.

Lemma reduced_add s d M i j c :
  i != j -> (d i <= d j)%N -> reduced s d M -> reduced s d (M *m constant (add_column i j c)).
Proof.
move=> ij le [bM lM]; split=> [x y t lt|].
  rewrite mul_add coefD bM //; case: eqP => [e|_]; last by rewrite coef0 addr0.
  by rewrite coefCM bM ?mulr0 ?addr0 //; apply: leq_ltn_trans lt; rewrite e.
pose c' := if d i == d j then c else 0.
rewrite (_ : leading _ _ _ = leading s d M *m add_column i j c').
  by rewrite unitmx_mul lM; have [] := mulmx1_unit (add_columnK c' ij).
rewrite /add_column mulmxDr mulmx1 -scalemxAr; apply/matrixP => x y.
have column : (leading s d M *m delta_mx i j) x y = if y == j then leading s d M x i else 0.
  rewrite mxE (bigD1 i) //= big1 => [|z ne]; last by rewrite [X in _ * X]mxE (negPf ne) mulr0.
  by rewrite [delta_mx _ _ _ _]mxE eqxx addr0 /=; case: (y == j); rewrite ?mulr1 ?mulr0.
transitivity (leading s d M x y + c' * (leading s d M *m delta_mx i j) x y).
  2: by rewrite [RHS]mxE [X in _ = _ + X]mxE.
rewrite column mxE [leading s d M x y]mxE [leading s d M x i]mxE mul_add coefD.
case: (eqVneq y j) => [->|_]; last by rewrite coef0 mulr0 !addr0.
rewrite /c' coefCM; case: (eqVneq (d i) (d j)) => [->|ne].
  by case: ifP => // _; rewrite mulr0 addr0.
by rewrite mul0r addr0; case: ifP => // sd; rewrite [X in c * X]bM ?mulr0 ?addr0 //; lia.
Qed.

(** Clearing keeps a reduced basis and its degrees; then the columns that are not 0 in [next], if they are independent,
    are multiplied by x: a reduced basis for the next order (docs/proofs/exactness.md, 8.3). *)
Theorem basis_next b (P : 'M[{poly K}]_(b, k)) n s d M U Z :
  basis P n M -> reduced s d M -> clearing d U -> independent (next P n M *m U) Z ->
  basis P n.+1 (M *m constant U *m raise Z) /\ reduced s (raised d Z) (M *m constant U *m raise Z).
Proof.
move=> base red cl ind; have [baseU redU] : basis P n (M *m constant U) /\ reduced s d (M *m constant U).
  elim: cl => [|V i j c _ [bV rV] ij le]; first by rewrite /constant map_mx1 mulmx1.
  by rewrite /constant map_mxM mulmxA; split; [apply: basis_add | apply: reduced_add].
split; last exact: reduced_raise.
apply: basis_raise => //; rewrite (_ : next P n _ = next P n M *m U) //.
apply/matrixP => i j; rewrite mxE mulmxA coef_mul mxE; apply: eq_bigr => l _.
rewrite big_ord_recr big1 => [|c _]; last by rewrite /= base.1 ?mul0r.
by rewrite /= add0r subnn !mxE coefC.
Qed.

Lemma mul_clearing b (E : 'M[K]_(b, k)) i j c x :
  col x (E *m add_column i j c) = col x E + (if x == j then c *: col i E else 0).
Proof.
rewrite /add_column mulmxDr mulmx1 -scalemxAr; apply/matrixP => y o; rewrite !mxE; congr (_ + _).
rewrite (bigD1 i) //= big1 => [|z ne]; last by rewrite mxE (negPf ne) mulr0.
by rewrite mxE eqxx addr0 /=; case: (x == j); rewrite !mxE ?mulr1 ?mulr0.
Qed.

(** Multiples of several columns are added to one. *)
Lemma clearing_combination b (E : 'M[K]_(b, k)) d j (c : 'I_k -> K) (l : seq 'I_k) U :
  clearing d U -> j \notin l -> (forall i, i \in l -> (d i <= d j)%N) -> exists2 V, clearing d V &
    forall x, col x (E *m V) = col x (E *m U) + (if x == j then \sum_(i <- l) c i *: col i (E *m U) else 0).
Proof.
elim: l U => [|i l IH] U cl; first by exists U => // x; rewrite big_nil if_same addr0.
rewrite inE negb_or eq_sym => /andP[ij jl] low.
have [V cV colV] := IH _ (Add (c i) cl ij (low i (mem_head i l))) jl (fun x xl => low x (@mem_behead _ (i :: l) x xl)).
exists V => // x; rewrite colV mulmxA mul_clearing -addrA; congr (_ + _); rewrite big_cons.
case: eqP => [_|]; last by rewrite addr0.
congr (_ + _); rewrite !big_seq; apply: eq_bigr => y yl; rewrite mul_clearing ifF ?addr0 //.
by apply: contraNF jl => /eqP <-.
Qed.

Lemma mul_columns b (A : 'M[K]_(b, k)) (c : 'rV[K]_k) : A *m c^T = \sum_i c 0 i *: col i A.
Proof.
by apply/matrixP => y o; rewrite ord1 mxE summxE; apply: eq_bigr => i _; rewrite !mxE mulrC.
Qed.

(** Clearing ends: the columns that are not 0 can be made independent (docs/proofs/exactness.md, 8.3). *)
Theorem clearing_ends b (E : 'M[K]_(b, k)) d : exists U Z, clearing d U /\ independent (E *m U) Z.
Proof.
pose rest (U : 'M[K]_k) := [set j | col j (E *m U) != 0].
have [x] : exists x, (#|rest 1%:M| <= x)%N by exists #|rest 1%:M|.
have := Nothing d; move: 1%:M; elim: x => [|x IH] U cl le.
  exists U, set0; split=> //; move: le; rewrite leqn0 cards_eq0 => /eqP/setP none.
  split=> [j _|c zero _]; first by have := none j; rewrite !inE => /negbFE/eqP.
  by apply/matrixP => j o; rewrite ord1 mxE zero ?inE.
pose outside : 'M[K]_k := diag_mx (\row_j (j \notin rest U)%:R).
have [none|/rowV0Pn[c /sub_kermxP]] := eqVneq (kermx (col_mx (E *m U) outside)^T) 0.
  exists U, (rest U); split=> //; split=> [j|c zero EUc]; first by rewrite inE negbK => /eqP.
  have : (c^T <= kermx (col_mx (E *m U) outside)^T)%MS.
    apply/sub_kermxP/trmx_inj; rewrite trmx_mul !trmxK mul_col_mx EUc trmx0.
    rewrite (_ : outside *m c = 0) ?col_mx0 //; apply/matrixP => j o; rewrite ord1 mul_diag_mx !mxE.
    by case: (boolP (j \in rest U)) => [|/zero ->]; rewrite ?mul0r ?mulr0.
  by rewrite none submx0 => /eqP/(congr1 trmx); rewrite trmxK trmx0.
move/(congr1 trmx); rewrite trmx_mul trmxK trmx0 mul_col_mx => /eqP; rewrite col_mx_eq0 => /andP[/eqP EUc /eqP oc] c0.
have [j0 cj0] : exists j, c 0 j != 0.
  by apply/existsP; apply: contraNT c0 => /existsPn z; apply/eqP/rowP => j; rewrite [RHS]mxE; apply/eqP/negbNE/z.
have [j cj top_j] := @arg_maxnP _ j0 (fun j => c 0 j != 0) d cj0.
have inrest i : c 0 i != 0 -> i \in rest U.
  apply: contraR => ir; have /matrixP/(_ i 0) := oc; rewrite mul_diag_mx !mxE ir mul1r => ->; exact: eqxx.
pose l := [seq i <- enum 'I_k | (i != j) && (c 0 i != 0)].
have [||V cV colV] := @clearing_combination _ E d j (fun i => c 0 i / c 0 j) l U cl.
- by rewrite mem_filter eqxx.
- by move=> i; rewrite mem_filter => /andP[/andP[_ /top_j]].
have colj : col j (E *m V) = 0.
  apply: (scalerI cj); rewrite scaler0 colV eqxx scalerDr -[RHS]EUc.
  rewrite scaler_sumr big_filter big_enum_cond /= big_mkcondr /=.
  rewrite (eq_bigr (fun i => c 0 i *: col i (E *m U))) => [|i _]; last first.
    by case: eqP => [->|_]; rewrite ?scale0r // scalerA mulrC divfK.
  by rewrite mul_columns [RHS](bigD1 j).
apply: (IH V) => //; rewrite -ltnS; apply: leq_trans le; apply: proper_card; apply/properP; split.
  apply/subsetP => i; rewrite !inE; have [->|ne] := eqVneq i j; first by rewrite colj eqxx.
  by rewrite colV (negPf ne) addr0.
by exists j; rewrite ?inrest // inE colj eqxx.
Qed.

Lemma leading_top s d M i j : leading s d M i j = top s (d j) (col j M) i 0.
Proof. by rewrite !mxE. Qed.

(** A reduced basis for h times one for the remaining coefficients, its degrees counted from those of the first, is a
    reduced basis: its degrees are those of the second, its leading coefficients the product
    (docs/proofs/exactness.md, 8.3). *)
Theorem basis_product b (P R : 'M[{poly K}]_(b, k)) h n s d e M N : (h <= n)%N ->
  basis P h M -> reduced s d M -> P *m M = 'X^h *: R -> basis R (n - h) N -> reduced d e N ->
  [/\ basis P n (M *m N), reduced s e (M *m N) & leading s e (M *m N) = leading s d M *m leading d e N].
Proof.
move=> hn baseM [bM lM] PM baseN [bN lN].
have eqv r (V : 'M_(k, r)) : small P n (M *m V) <-> small R (n - h) V.
  split=> sm i j t lt.
    have lt' : (t + h < n)%N by lia.
    by have := sm i j _ lt'; rewrite mulmxA PM -scalemxAl mxE coefXnM ifF ?addnK //; lia.
  rewrite mulmxA PM -scalemxAl mxE coefXnM; case: ltnP => // ht; apply: sm; lia.
have lead : leading s e (M *m N) = leading s d M *m leading d e N.
  apply/matrixP => i j; have bel : below d (e j).+1 (col j N) by move=> l t lt; rewrite mxE; apply: bN.
  rewrite leading_top colE -mulmxA -colE (top_mul bM bel) !mxE; apply: eq_bigr => l _.
  by rewrite -leading_top.
split=> //.
- split=> [|v sv]; first by apply/eqv; case: baseN.
  have [u [vu _]] : exists! u, v = M *m u by apply: baseM.2 => i j t lt; apply: sv; apply: leq_trans lt hn.
  have [w [uw _]] : exists! w, u = N *m w by apply: baseN.2; apply/eqv; rewrite -vu.
  exists w; split=> [|x]; first by rewrite -mulmxA -uw.
  rewrite vu uw -mulmxA => /(basis_inj baseM)/(basis_inj baseN); exact.
- split; last by rewrite lead unitmx_mul lM.
  move=> i j t lt; have bel : below d (e j).+1 (col j N) by move=> l c ll; rewrite mxE; apply: bN.
  have : below s (e j).+1 (M *m col j N) by apply/(@degree_combination _ d).
  by move/(_ i t lt); rewrite colE mulmxA -colE mxE.
Qed.
End Bases.
