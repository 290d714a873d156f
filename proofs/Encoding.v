(** What the workers of a sum-recovery code send (section III-A of the paper). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
From SRTheory Require Import Span SumRecovery.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Section Encoding.
Variables (m d : nat) (C : nat -> seq nat).
Hypotheses (d_gt0 : 0 < d) (is_code : code m C).

(** What worker [j] sends after its own symbol. *)
Definition parities (j : nat) : seq (seq nat) := behead (sent m d C j).

Lemma size_order j : j < m -> size (C j) = m.-1.
Proof. by move=> jm; have := perm_size (is_code jm); rewrite /= size_iota => <-. Qed.

Lemma flatten_parities j : j < m -> flatten (parities j) = C j.
Proof. by move=> jm; rewrite reshapeKr // size_order // sumn_nseq mulnC blocks_enough. Qed.

(** The sets of worker j, put together, are the symbols other than j, each once: they are disjoint, leave out j, and
  leave
    out nothing else (claim enc-partition). *)
Theorem parities_partition j : j < m -> perm_eq (flatten (parities j)) (rem j (iota 0 m)).
Proof.
move=> jm; rewrite flatten_parities // -(perm_cons j) (perm_trans (is_code jm)) //.
by apply: perm_to_rem; rewrite mem_iota.
Qed.

(** All but the last have d symbols, and the last has what is left (claim enc-partition). *)
Theorem parity_size j b : j < m -> b < blocks m d -> size (nth [::] (parities j) b) = minn d (m.-1 - b * d).
Proof.
move=> jm bB; rewrite nth_reshape size_take_min size_drop size_order // nth_nseq bB; congr (minn _ (_ - _)).
rewrite (_ : take b _ = nseq b d) ?sumn_nseq 1?mulnC //.
by rewrite -{1}(subnKC (ltnW bB)) nseqD take_size_cat ?size_nseq.
Qed.

(** All have d symbols if and only if d divides m - 1 (claim enc-partition). *)
Theorem parities_even j : j < m -> all (fun r => size r == d) (parities j) = (d %| m.-1).
Proof.
move=> jm; have sz : size (parities j) = blocks m d by rewrite /parities size_behead size_sent.
have total : sumn [seq size r | r <- parities j] = m.-1 by rewrite -size_flatten flatten_parities // size_order.
apply/allP/idP => [even|/dvdnP[q q_eq] r /(nthP [::])[b]].
  rewrite -total; elim: (parities j) even => [|r rs IH] even; first by rewrite dvdn0.
  rewrite /= dvdn_addr ?IH // => [s sin|]; first by apply: even; rewrite inE sin orbT.
  by rewrite (eqP (even r (mem_head _ _))).
rewrite sz => bB <-; rewrite parity_size //; apply/eqP/minn_idPl.
have blocks_q : blocks m d = q.
  by rewrite /blocks q_eq divnMDl // divn_small ?addn0 //; case: d d_gt0.
by rewrite q_eq -mulnBl -{1}[d]mul1n leq_mul2r subn_gt0 -blocks_q bB orbT.
Qed.

(** The first symbols of the m workers are the m distinct symbols (claim enc-systematic). *)
Theorem first_symbols : reception m d C (fun=> 1) = [seq [:: j] | j <- iota 0 m].
Proof. by rewrite /reception; elim: (iota 0 m) => //= j s ->; rewrite take0. Qed.

(** They add up to the sum (claim enc-systematic). *)
Theorem first_symbols_recover (K : fieldType) : recovers K m (reception m d C (fun=> 1)).
Proof. by apply: systematic_recovers => j jm; rewrite first_symbols; apply: map_f; rewrite mem_iota. Qed.

(** A worker sends 1 + ceil((m - 1) / d) rows (claim dec-complete-worker). *)
Theorem sent_rows j : size (sent m d C j) = 1 + (m.-1 %/ d + ~~ (d %| m.-1)).
Proof.
rewrite size_sent add1n /blocks; congr (_.+1); rewrite {1}(divn_eq m.-1 d) -addnA divnMDl //; congr (_ + _).
have r_lt : m.-1 %% d < d by rewrite ltn_mod.
rewrite /dvdn; case: (m.-1 %% d) r_lt => [|r] r_lt; first by rewrite add0n divn_small //; case: d d_gt0.
by rewrite (_ : r.+1 + d.-1 = 1 * d + r) ?divnMDl ?divn_small //; lia.
Qed.
End Encoding.
