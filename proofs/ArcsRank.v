(** The rank of the rows of arcs (docs/proofs/intervals.md, Proposition 3). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Arcs Windings.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Lemma rank_next (K : fieldType) n m (A : 'M[K]_(n, m)) (u : 'rV_m) :
  \rank (col_mx A u) = (\rank A + ~~ (u <= A)%MS)%N.
Proof.
rewrite -addsmxE; have [uA|nA] := boolP (u <= A)%MS; first by rewrite (addsmx_idPl uA) addn0.
apply/eqP; rewrite eqn_leq; apply/andP; split.
  by apply: leq_trans (mxrank_adds_leqif _ _) _; rewrite leq_add2l rank_leq_row.
rewrite addn1 ltn_neqAle mxrankS ?addsmxSl // andbT; apply: contra nA => /eqP e.
have /andP[_ le] : (A == A + u)%MS by rewrite -(geq_leqif (mxrank_leqif_eq (addsmxSl _ _))) e.
by apply: submx_trans le; apply: addsmxSr.
Qed.

Lemma same_kernel_rank (K : fieldType) k m m' (A : 'M[K]_(k, m)) (B : 'M[K]_(k, m')) :
  (forall v : 'rV_k, v *m A = 0 <-> v *m B = 0) -> \rank A = \rank B.
Proof.
move=> same; have ker : (kermx A == kermx B)%MS.
  apply/andP; split; apply/rV_subP => v /sub_kermxP /same vk; exact/sub_kermxP.
have := eqmx_rank ker; rewrite !mxrank_ker => e.
by rewrite -(subKn (rank_leq_row A)) e subKn // rank_leq_row.
Qed.

Section Rank.
Variables (K : fieldType) (n k : nat) (start : 'I_k -> 'I_n.+1) (len : 'I_k -> nat).
Hypothesis len_range : forall e, (0 < len e <= n.+1)%N.
Notation m := n.+1.
Notation head := (head start len).
Notation gain := (gain start len).
Notation cycle := (cycle start head).
Notation winding := (winding gain).
Implicit Types (v : 'rV[K]_k) (phi : 'rV[K]_m) (x : 'I_m) (e : 'I_k).

Definition arc_rows : 'M[K]_(k, m) := \matrix_(e, i) (in_arc start len e i)%:R.
(** Two places are adjacent if an arc leads from one to the other. *)
Definition adjacent : rel 'I_m := adj start head (enum 'I_k).
(** The components of the graph, places without an arc being some. *)
Definition components : nat := n_comp adjacent predT.

Definition steps : 'M[K]_(k, m) := \matrix_(e, x) ((x == head e)%:R - (x == start e)%:R).
Definition gains : 'cV[K]_k := \col_e (gain e)%:~R.

Lemma adjacent_sym : connect_sym adjacent.
Proof. by apply: sym_connect_sym; apply: adj_sym. Qed.

Lemma stepsE (f : 'I_m -> K) e : \sum_x f x * steps e x = f (head e) - f (start e).
Proof.
rewrite (eq_bigr (fun x => f x * (x == head e)%:R - f x * (x == start e)%:R)) => [|x _]; last by rewrite mxE mulrBr.
have pick_ (y : 'I_m) : \sum_x f x * (x == y)%:R = f y.
  by rewrite (bigD1 y) //= eqxx mulr1 big1 ?addr0 // => x /negPf ->; rewrite mulr0.
by rewrite sumrB !pick_.
Qed.

Lemma relations v : v *m arc_rows = 0 <-> v *m row_mx steps gains = 0.
Proof.
have rowsE : v *m arc_rows = 0 <-> forall i, \sum_e v 0 e * (in_arc start len e i)%:R = 0.
  have entry i : (v *m arc_rows) 0 i = \sum_e v 0 e * (in_arc start len e i)%:R.
    by rewrite mxE; apply: eq_bigr => e _; rewrite mxE.
  split=> [z i|z]; first by rewrite -entry z mxE.
  by apply/rowP => i; rewrite entry z mxE.
apply: (iff_trans rowsE); apply: (iff_trans (combination_circulation start len_range (fun e => v 0 e) 0)).
rewrite mul_mx_row; split=> [[circ val]|z].
  rewrite (_ : v *m gains = 0); last first.
    by apply/rowP => i; rewrite ord1 !mxE -[RHS]val; apply: eq_bigr => e _; rewrite mxE.
  rewrite (_ : v *m steps = 0) ?row_mx0 //; apply/rowP => x; rewrite [RHS]mxE -[RHS](circ (fun y => (x == y)%:R)) mxE.
  by apply: eq_bigr => e _; rewrite mxE.
have [vs vg] : v *m steps = 0 /\ v *m gains = 0 by apply: eq_row_mx; rewrite z row_mx0.
split=> [f|]; last first.
  transitivity ((v *m gains) 0 0); last by rewrite vg mxE.
  by rewrite mxE; apply: eq_bigr => e _; rewrite mxE.
rewrite (eq_bigr (fun e => \sum_x f x * (v 0 e * steps e x))) => [|e _]; last first.
  by rewrite -stepsE mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA.
rewrite exchange_big big1 // => x _; rewrite -mulr_sumr; have /rowP/(_ x) := vs; rewrite [X in X = _ -> _]mxE => ->.
by rewrite mxE mulr0.
Qed.

(** Functions that do not change along arcs. *)
Lemma constant phi : phi *m steps^T = 0 <-> forall x, phi 0 x = phi 0 (fingraph.root adjacent x).
Proof.
have ends : phi *m steps^T = 0 <-> forall e, phi 0 (head e) = phi 0 (start e).
  have entry e : (phi *m steps^T) 0 e = phi 0 (head e) - phi 0 (start e).
    by rewrite -(stepsE (fun x => phi 0 x)) mxE; apply: eq_bigr => x _; rewrite [steps^T _ _]mxE.
  split=> [z e|z]; first by apply/eqP; rewrite -subr_eq0 -entry z mxE.
  by apply/rowP => e; rewrite entry z subrr mxE.
rewrite ends; split=> [z x|z e]; last first.
  rewrite z [RHS]z; congr (phi 0 _); apply/eqP; rewrite root_connect; last exact: adjacent_sym.
  rewrite adjacent_sym; apply: connect1; apply/hasP; exists e; first by rewrite mem_enum.
  by rewrite eqxx.
have /connectP[p pp ->] := connect_root adjacent x; elim: p x pp => //= y p IH x /andP[/hasP[e _ xy] /IH <-].
by case/orP: xy => /eqP[<- <-].
Qed.

Lemma rank_steps : (\rank steps + components = m)%N.
Proof.
pose S := [predI fingraph.roots adjacent & predT]; pose r (i : 'I_#|S|) : 'I_m := enum_val i.
have rr i : fingraph.root adjacent (r i) = r i by have := enum_valP i; rewrite !inE andbT => /eqP.
have rS x : fingraph.root adjacent x \in S by rewrite !inE andbT; apply: roots_root; apply: adjacent_sym.
pose P : 'M[K]_(#|S|, m) := \matrix_(i, x) (fingraph.root adjacent x == r i)%:R.
have freeP : \rank P = components.
  apply/eqP; rewrite /components /n_comp_mem -/S -[_ == _]/(row_free P); apply/row_freeP.
  exists (\matrix_(x, i) (x == r i)%:R); apply/matrixP => i j; rewrite !mxE (bigD1 (r j)) //= !mxE eqxx mulr1 rr.
  rewrite big1 ?addr0 => [|x /negPf ne]; last by rewrite !mxE ne mulr0.
  by rewrite (inj_eq enum_val_inj) eq_sym.
have ker : (kermx steps^T == P)%MS.
  apply/andP; split; last first.
    apply/row_subP => i; apply/sub_kermxP/constant => x; rewrite !mxE root_root //; exact: adjacent_sym.
  apply/rV_subP => phi /sub_kermxP/constant const; apply/submxP; exists (\row_i phi 0 (r i)).
  apply/rowP => x; rewrite !mxE const (bigD1 (enum_rank_in (rS x) (fingraph.root adjacent x))) //= !mxE /r.
  rewrite enum_rankK_in // eqxx mulr1 big1 ?addr0 // => i ne; rewrite !mxE.
  case: eqP => [e|_]; last by rewrite mulr0.
  by case/eqP: ne; apply: enum_val_inj; rewrite enum_rankK_in.
have := eqmx_rank ker; rewrite freeP mxrank_ker mxrank_tr => <-; rewrite subnKC // rank_leq_col //.
Qed.

Lemma gains_potential : (gains^T <= steps^T)%MS <-> forall ds, cycle ds -> (winding ds)%:~R = 0 :> K.
Proof.
have entry phi e : (phi *m steps^T) 0 e = phi 0 (head e) - phi 0 (start e).
  by rewrite -(stepsE (fun x => phi 0 x)) mxE; apply: eq_bigr => x _; rewrite [steps^T _ _]mxE.
split=> [/submxP[phi e] ds c|zero]; last first.
  have [phi grows] := potentials_exist zero; apply/submxP; exists (\row_x (phi x)%:~R).
  by apply/rowP => e; rewrite entry !mxE grows.
rewrite -value_flow /value -[RHS](cycle_circulation c (fun x => phi 0 x)); apply: eq_bigr => e' _; congr (_ * _).
by rewrite -entry -e !mxE.
Qed.

(** Over a field: the number of places less that of the components of the graph, and 1 more if and only if some winding
    number is not 0 in the field (docs/proofs/intervals.md, Proposition 3). *)
Theorem arcs_rank :
  ((forall ds, cycle ds -> (winding ds)%:~R = 0 :> K) -> \rank arc_rows = (m - components)%N) /\
  ((exists2 ds, cycle ds & (winding ds)%:~R != 0 :> K) -> \rank arc_rows = (m - components).+1).
Proof.
have -> : \rank arc_rows = (m - components + ~~ (gains^T <= steps^T)%MS)%N.
  rewrite (same_kernel_rank relations) -mxrank_tr tr_row_mx rank_next mxrank_tr.
  by congr (_ + _)%N; rewrite -[in RHS]rank_steps addnK.
split=> [/gains_potential ->|[ds c w]]; first by rewrite addn0.
have -> : (gains^T <= steps^T)%MS = false by apply/negP => /gains_potential/(_ ds c)/eqP; apply/negP.
by rewrite addn1.
Qed.

(** So 1 is spanned if and only if the rank is above m - C (docs/proofs/intervals.md, Proposition 3). *)
Corollary arcs_spans_rank : spans arc_rows = (m - components < \rank arc_rows)%N.
Proof.
have [zero nonzero] := arcs_rank; have span := @arcs_spans K n k start len len_range.
apply/idP/idP => [/span/nonzero -> //|]; apply: contraTT => no; rewrite -leqNgt zero // => ds c.
by apply/eqP; apply: contraNT no => w; apply/span; exists ds.
Qed.
End Rank.
