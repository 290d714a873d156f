(** Row by row (docs/proofs/exactness.md, 6): whose verdicts modulo the prime are exact; and the least prefix by
    galloping down and bisection (docs/proofs/exactness.md, 3). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span Exactness Elimination.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

(** Numbers [l] and [h] with a question that [l] answers with no and [h] with yes, closer and closer. *)
Section Search.
Variable P : pred nat.
Implicit Types l h c : nat.

(** Down from [h] in steps that double, not below [c]. *)
Fixpoint gallop (fuel c l h step : nat) : nat * nat :=
  if fuel is f.+1 then if P l then gallop f c (maxn c (l - step)) l step.*2 else (l, h) else (l, h).
Fixpoint bisect (fuel l h : nat) : nat * nat :=
  if fuel is f.+1 then
    if (l.+1 < h)%N then let k := (l + h)./2 in if P k then bisect f l k else bisect f k h else (l, h)
  else (l, h).
(** First down from [h], then between what that found. *)
Definition search (c h : nat) : nat := let lh := gallop h c h.-1 h 2 in (bisect h lh.1 lh.2).2.

Lemma gallopP fuel c l h step : ~~ P c -> (c <= l < h)%N -> (l - c < fuel)%N -> P h -> (0 < step)%N ->
  let lh := gallop fuel c l h step in [/\ ~~ P lh.1, P lh.2 & (lh.1 < lh.2 <= h)%N].
Proof.
move=> nc; elim: fuel l h step => [|f IH] l h step //= clh lf Ph s0.
have [Pl|nl] := boolP (P l); last by split=> //=; lia.
have cl : (c < l)%N by have : c != l by [apply: contraNneq nc => ->]; lia.
have [//|||nl' Ph' le] := IH (maxn c (l - step)) l step.*2 _ _ Pl; [|by lia..|by split=> //; lia].
by rewrite leq_maxl /=; lia.
Qed.

Lemma bisectP fuel l h : (h - l <= fuel)%N -> (l < h)%N -> ~~ P l -> P h ->
  let lh := bisect fuel l h in [/\ ~~ P lh.1, P lh.2 & lh.2 = lh.1.+1].
Proof.
elim: fuel l h => [|f IH] l h /= hl lt nl Ph; first by lia.
case: ltnP => lh; last by split=> //=; lia.
by have [Pk|nk] := boolP (P (l + h)./2); [have := IH l (l + h)./2 _ _ nl Pk | have := IH _ h _ _ nk Ph]; apply; lia.
Qed.

Lemma searchP c h : ~~ P c -> P h -> (c < h)%N -> P (search c h) /\ exists2 l, search c h = l.+1 & ~~ P l.
Proof.
move=> nc Ph lt; rewrite /search; set lh := gallop _ _ _ _ _.
have [nl Ph' le] : [/\ ~~ P lh.1, P lh.2 & (lh.1 < lh.2 <= h)%N] by apply: gallopP => //; lia.
have [nl' Pl' e] : [/\ ~~ P (bisect h lh.1 lh.2).1, P (bisect h lh.1 lh.2).2 &
    (bisect h lh.1 lh.2).2 = (bisect h lh.1 lh.2).1.+1] by apply: bisectP => //; lia.
by split=> //; exists (bisect h lh.1 lh.2).1.
Qed.
End Search.

Section Prefixes.
Variables (K : fieldType) (n m : nat).
Implicit Types (G : 'M[K]_(n, m)) (k c h : nat).

(** As long as a column is not covered, nothing spans (docs/proofs/exactness.md, 3). *)
Theorem uncovered_prefix G k j : (forall i : 'I_n, (i < k)%N -> G i j = 0) -> ~ spans (prefix k G).
Proof. by move=> z; apply: (@uncovered_symbol _ _ _ _ j) => i; rewrite mxE; case: ltnP => // /z ->. Qed.

(** If the first [h] rows span 1 and the first [c] do not, galloping down from [h] and bisection find the least number
    of rows that span 1 (docs/proofs/exactness.md, 3). *)
Theorem search_stops G c h : ~ spans (prefix c G) -> spans (prefix h G) ->
  stops G (search (fun k => spans (prefix k G)) c h).
Proof.
move=> /negP nc sh; have lt : (c < h)%N by rewrite ltnNge; apply: contra nc => /spans_monotone; apply.
have [yes [l e no]] := searchP (P := fun k => spans (prefix k G)) nc sh lt; split=> // k.
by rewrite e ltnS => kl /(spans_monotone kl); apply/negP.
Qed.

(** 1 as one more row below the first k raises the rank if and only if they do not span it (docs/proofs/exactness.md,
    3). *)
Theorem ones_below G k : \rank (col_mx (prefix k G) (ones K)) = (\rank (prefix k G) + ~~ spans (prefix k G))%N.
Proof. exact: rank_ones. Qed.
End Prefixes.

Section RowByRow.
Variables (K : fieldType) (n m : nat).
Implicit Types (G : 'M[int]_(n, m)) (k : nat).

(** Four reasons for which the rank over Q is known to be the rank over K: the rows are independent there; the rank
    there is m; rows that are independent there are a basis of the row space over Q, as all others are combinations of
    them; it has been computed. *)
Definition rank_known G : Prop :=
  [\/ \rank (over K G) = n, \rank (over K G) = m,
      exists r (f : 'I_r -> 'I_n), \rank (over K (rowsub f G)) = r /\
        forall i, exists D (y : 'rV[int]_r), D != 0 /\ y *m rowsub f G = D *: row i G |
      \rank (over rat G) = \rank (over K G)].

Lemma rank_knownP G : rank_known G -> \rank (over K G) = \rank (over rat G).
Proof.
case=> [rn|rm|[r [f [rK comb]]]|//]; first by rewrite rn; have [] := independent_rows rn.
  by rewrite rm; have [] := full_rank rm.
have [rQ _] := dependent_rows rK (or_intror comb).
apply/eqP; rewrite eqn_leq rank_mod_le /= rQ -[in X in (X <= _)%N]rK.
by rewrite /over map_mxsub rank_rowsub.
Qed.

(** Then what does not span 1 over K does not span it over Q, and neither do fewer of the rows
    (docs/proofs/exactness.md, 6). *)
Theorem row_by_row_no G : rank_known G -> ~ spans (over K G) -> forall k, ~ spans (prefix k (over rat G)).
Proof.
move=> /rank_knownP e nK k /(spans_monotone (leq_maxr n k)).
by rewrite prefix_all ?leq_maxl //; apply: equal_ranks e nK.
Qed.

(** If 1 is spanned over K first by the first m rows, whose rank there is m, then m is the least number over Q as well
    (docs/proofs/exactness.md, 6). *)
Theorem row_by_row_least G : (0 < m)%N -> stops (over K G) m -> \rank (prefix m (over K G)) = m -> stops (over rat G) m.
Proof. by move=> m0 [_ no] rK; apply: (stopping_last_row rK); apply: no; rewrite prednK. Qed.

(** Rows of rank m over K span 1 over Q (docs/proofs/exactness.md, 6). *)
Theorem row_by_row_yes G : \rank (over K G) = m -> spans (over rat G).
Proof. by case/full_rank. Qed.
End RowByRow.
