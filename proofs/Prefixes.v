(** Beginnings of orders: what a worker has sent is the beginning of its order of the symbols. *)
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq binomial.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** Each set of c symbols out of n is the beginning of c! (n - c)! orders: the first c symbols of a uniformly random
    order are a uniformly random c-subset (docs/proofs/theory.md, 1.1). *)
Theorem count_prefix (T : eqType) (t a : seq T) : uniq t -> uniq a -> {subset a <= t} ->
  count (fun s => perm_eq (take (size a) s) a) (permutations t) = (size a)`! * (size t - size a)`!.
Proof.
move=> ut ua sub; pose b := [seq x <- t | x \notin a].
have ab : perm_eq t (a ++ b).
  apply: uniq_perm => //; first rewrite cat_uniq ua filter_uniq // andbT.
    by apply/hasPn => x; rewrite mem_filter => /andP[].
  by move=> x; rewrite mem_cat mem_filter; have [/sub ->|] := boolP (x \in a).
have sb : size b = size t - size a by rewrite (perm_size ab) size_cat addKn.
have ub : uniq b by rewrite filter_uniq.
rewrite -size_filter -sb -(size_permutations ua) -(size_permutations ub) -(size_allpairs cat).
apply: perm_size; apply: uniq_perm; first by rewrite filter_uniq ?permutations_uniq.
  rewrite allpairs_uniq ?permutations_uniq // => -[s1 s2] [s1' s2'] /=.
  move=> /allpairsP[[x y] /= [+ _ [-> _]]] /allpairsP[[x' y'] /= [+ _ [-> _]]].
  rewrite !mem_permutations => /perm_size sx /perm_size sx' e.
  have /eqP := e; rewrite eqseq_cat ?sx ?sx' // => /andP[/eqP -> /eqP ->]; exact: erefl.
move=> s; rewrite mem_filter mem_permutations; apply/andP/allpairsP => [[pa pt]|[[s1 s2] /= []]].
  exists (take (size a) s, drop (size a) s); rewrite /= !mem_permutations cat_take_drop; split=> //.
  rewrite -(perm_cat2l (take (size a) s)) cat_take_drop (perm_trans pt) // (perm_trans ab) //.
  by rewrite perm_cat2r perm_sym.
rewrite !mem_permutations => p1 p2 ->; rewrite -(perm_size p1) take_size_cat //; split=> //.
by rewrite perm_sym (perm_trans ab) // perm_sym perm_cat.
Qed.
