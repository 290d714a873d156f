(** Solutions in integers: what lifting finds and certificates contain (docs/exactness.md, 2.6). *)
From SRTheory Require Import MathComp.
From SRTheory Require Import Span Exactness.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Rationals have a common denominator. *)
Lemma common_denominator n (v : 'cV[rat]_n) : exists (y : 'cV[int]_n) (D : int), D != 0 /\ map_mx intr y = D%:~R *: v.
Proof.
pose D := \prod_i denq (v i 0); exists (\col_i (numq (v i 0) * \prod_(k | k != i) denq (v k 0))), D.
split; first by apply/prodf_neq0 => i _; rewrite denq_neq0.
apply/colP => i; rewrite !mxE /D [in RHS](bigD1 i) //= !intrM numqE.
by rewrite -[LHS]mulrA [LHS]mulrC.
Qed.

(** A system My = b of integers has a rational solution if and only if it has one in integers, My = D b with D not 0; a
    verified solution of this form is exact (docs/exactness.md, 2.6). *)
Theorem integer_solution n m (M : 'M[int]_(n, m)) (b : 'cV[int]_n) :
  (exists z : 'cV[rat]_m, over rat M *m z = over rat b) <->
  exists (y : 'cV[int]_m) (D : int), D != 0 /\ M *m y = D *: b.
Proof.
split=> [[z Mz]|[y [D [D0 My]]]].
  have [y [D [D0 yz]]] := common_denominator z; exists y, D; split=> //.
  have : over rat (M *m y) = over rat (D *: b).
    by rewrite /over map_mxM yz -scalemxAr -/(over rat M) Mz; apply/matrixP => i j; rewrite !mxE rmorphM.
  by move/matrixP=> e; apply/matrixP => i j; have := e i j; rewrite !mxE => /intr_inj.
have DQ : (D%:~R : rat) != 0 by rewrite intr_eq0.
exists (D%:~R^-1 *: map_mx intr y); rewrite -scalemxAr -map_mxM My.
by apply/matrixP => i j; rewrite !mxE rmorphM mulKf.
Qed.

(** So 1 is spanned over Q if and only if vG = D 1 in integers with D not 0 ... (docs/exactness.md, 2.6). *)
Theorem spans_integers n m (G : 'M[int]_(n, m)) :
  spans (over rat G) <-> exists (v : 'rV[int]_n) (D : int), D != 0 /\ v *m G = const_mx D.
Proof.
have tr : (exists z : 'cV[rat]_n, over rat G^T *m z = over rat (const_mx 1 : 'cV_m)) <-> spans (over rat G).
  rewrite spansP; split=> [[z e]|[v e]]; [exists z^T | exists v^T]; apply: trmx_inj.
    by rewrite trmx_mul trmxK /over map_trmx -/(over rat G^T) e; apply/matrixP => i j; rewrite !mxE.
  by rewrite trmx_mul trmxK /over map_trmx trmxK -/(over rat G) e; apply/matrixP => i j; rewrite !mxE.
rewrite -tr integer_solution; split=> [[y [D [D0 e]]]|[v [D [D0 e]]]]; [exists y^T, D | exists v^T, D]; split=> //.
  by apply: trmx_inj; rewrite trmx_mul trmxK e; apply/matrixP => i j; rewrite !mxE mulr1.
by apply: trmx_inj; rewrite trmx_mul !trmxK e; apply/matrixP => i j; rewrite !mxE mulr1.
Qed.

(** ... and it is not if and only if Gx = 0 in integers with a sum of x that is not 0 (docs/exactness.md, 2.6). *)
Theorem not_spans_integers n m (G : 'M[int]_(n, m)) :
  ~ spans (over rat G) <-> exists x : 'cV[int]_m, G *m x = 0 /\ \sum_i x i 0 != 0.
Proof.
rewrite not_spans; split=> [[x [Gx x1]]|[x [Gx x1]]].
  have [y [D [D0 yx]]] := common_denominator x; exists y; split.
    have : over rat (G *m y) = 0 by rewrite /over map_mxM yx -scalemxAr -/(over rat G) Gx scaler0.
    by move/matrixP=> e; apply/matrixP => i j; have := e i j; rewrite !mxE => /eqP; rewrite intr_eq0 => /eqP.
  rewrite -(intr_eq0 rat) rmorph_sum /= (eq_bigr (fun i => D%:~R * x i 0)) => [|i _].
    by rewrite -mulr_sumr -/(total x) x1 mulr1 intr_eq0.
  by have /colP/(_ i) := yx; rewrite !mxE.
have sQ : ((\sum_i x i 0)%:~R : rat) != 0 by rewrite intr_eq0.
exists ((\sum_i x i 0)%:~R^-1 *: map_mx intr x); split.
  by rewrite -scalemxAr -map_mxM Gx map_mx0 scaler0.
rewrite /total (eq_bigr (fun i => (\sum_i x i 0)%:~R^-1 * (x i 0)%:~R)) => [|i _]; last by rewrite !mxE.
by rewrite -mulr_sumr -rmorph_sum mulVf.
Qed.
