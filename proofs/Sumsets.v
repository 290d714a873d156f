(** Sumsets in F_p: the theorem of Cauchy and Davenport (docs/proofs/spanning.md, Lemma 3). *)
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import zify.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Sumsets.
Variable p : nat.
Hypothesis p_prime : prime p.
Implicit Types (A B : {set 'F_p}) (a b c e x : 'F_p).

Definition sumset A B : {set 'F_p} := [set x + y | x : 'F_p in A, y : 'F_p in B].

Lemma mem_sumset A B a b : a \in A -> b \in B -> a + b \in sumset A B.
Proof. exact: imset2_f. Qed.

(** A set that is not empty and from which no step c other than 0 leads out is all of F_p. *)
Lemma closed_step A c : A != set0 -> c != 0 -> (forall a, a \in A -> a + c \in A) -> A = setT.
Proof.
move=> /set0Pn[a aA] c0 step; apply/setP => x; rewrite inE.
have steps n : a + c *+ n \in A by elim: n => [|n IH]; rewrite ?addr0 // mulrSr addrA step.
have := steps ((x - a) / c : 'F_p); rewrite -mulr_natr natr_Zp mulrC divfK // addrC subrK.
by [].
Qed.

Notation shift A e := [set x + e | x : 'F_p in A].

Lemma card_shift A e : #|shift A e| = #|A|.
Proof. by apply: card_imset; apply: addIr. Qed.

(** The theorem of Cauchy and Davenport: |A + B| >= min(p, |A| + |B| - 1), by Dyson's transform: a shift of B
    brings elements of B to A and leaves those in B whose shift was in A already (docs/proofs/spanning.md, Lemma 3). *)
Theorem cauchy_davenport A B : A != set0 -> B != set0 -> (minn p (#|A| + #|B|).-1 <= #|sumset A B|)%N.
Proof.
have [n] := ubnP #|B|; elim: n A B => // n IH A B Bn A0 B0.
have [b1 b1B] := set0Pn _ B0; have le : (#|A| <= #|sumset A B|)%N.
  rewrite -(card_shift A b1); apply: subset_leq_card.
  by apply/subsetP => _ /imsetP[a aA ->]; apply: mem_sumset.
have [B1|] := boolP (B \subset [set b1]).
  have -> : #|B| = 1%N by apply/eqP; rewrite eqn_leq card_gt0 B0 -(cards1 b1) subset_leq_card.
  by rewrite addn1 geq_min le orbT.
case/subsetPn=> b2 b2B; rewrite inE => b21; have c0 : b2 - b1 != 0 by rewrite subr_eq0.
have [/forallP step|] := boolP [forall a, (a \in A) ==> (a + (b2 - b1) \in A)].
  have AT : A = setT by apply: closed_step A0 c0 _ => a aA; have := step a; rewrite aA.
  by rewrite geq_min -[p in (p <= _)%N](card_Fp p_prime) -cardsT -AT le.
rewrite negb_forall => /existsP[a]; rewrite negb_imply => /andP[aA aN].
(* The shift e sends b1 into A and b2 out of A. *)
pose e := a - b1; pose B' := [set b in B | b + e \in A]; pose A' := A :|: shift B e.
have sizes : (#|A'| + #|B'| = #|A| + #|B|)%N.
  have -> : #|B'| = #|A :&: shift B e|.
    rewrite -(card_shift B' e); apply: eq_card => x; rewrite inE; apply/imsetP/andP.
      by case=> b; rewrite inE => /andP[bB bA] ->; split=> //; apply: imset_f.
    by case=> xA /imsetP[b bB xE]; exists b => //; rewrite inE bB -xE.
  by rewrite -[in RHS](card_shift B e) cardsUI.
have B'0 : B' != set0 by apply/set0Pn; exists b1; rewrite inE b1B /e addrC subrK.
have A'0 : A' != set0 by apply/set0Pn; exists a; rewrite inE aA.
have lt : (#|B'| < n)%N.
  apply: leq_trans (_ : #|B| <= n)%N => //; apply: proper_card; apply/properP; split.
    by apply/subsetP => b; rewrite inE => /andP[].
  by exists b2 => //; rewrite inE b2B /= /e addrCA.
rewrite -sizes; apply: leq_trans (IH A' B' lt A'0 B'0) _; apply: subset_leq_card.
apply/subsetP => _ /imset2P[x b xA' + ->]; rewrite inE => /andP[bB bA].
case/setUP: xA' => [xA|/imsetP[b' b'B ->]]; first exact: mem_sumset.
by rewrite -addrA [e + b]addrC addrC mem_sumset.
Qed.

(** The sums of k elements of A. *)
Definition sums k A : {set 'F_p} := [set \sum_i f i | f : {ffun 'I_k -> 'F_p} in ffun_on (mem A)].

Lemma sumsP k A x : reflect (exists2 f : 'I_k -> 'F_p, forall i, f i \in A & x = \sum_i f i) (x \in sums k A).
Proof.
apply: (iffP imsetP) => [[f /ffun_onP fA ->]|[f fA ->]]; first by exists f.
by exists (finfun f); [apply/ffun_onP => i; rewrite ffunE | apply: eq_bigr => i _; rewrite ffunE].
Qed.

Lemma sumsS k A : sumset A (sums k A) \subset sums k.+1 A.
Proof.
apply/subsetP => _ /imset2P[a _ aA /sumsP[f fA ->] ->]; apply/sumsP.
exists (fun i => oapp f a (unlift ord0 i)) => [i|]; first by case: (unlift ord0 i) => /=.
by rewrite big_ord_recl unlift_none; congr (_ + _); apply: eq_bigr => i _; rewrite liftK.
Qed.

(** The sums of k elements of A are at least min(p, k(|A| - 1) + 1) (docs/proofs/spanning.md, Lemma 3). *)
Theorem card_sums k A : A != set0 -> (minn p (k * #|A|.-1).+1 <= #|sums k A|)%N.
Proof.
move=> A0; have A1 : (0 < #|A|)%N by rewrite card_gt0.
elim: k => [|k IH].
  rewrite mul0n geq_min card_gt0; apply/orP; right; apply/set0Pn; exists 0; apply/sumsP.
  by exists (fun=> 0) => [[]|] //; rewrite big_ord0.
have p0 := prime_gt0 p_prime; have S0 : sums k A != set0 by rewrite -card_gt0 (leq_trans _ IH) // leq_min p0.
apply: leq_trans (subset_leq_card (sumsS k A)); apply: leq_trans (cauchy_davenport A0 S0).
by move: IH A1; rewrite mulSn; move: #|A| #|sums k A| => x y; lia.
Qed.
End Sumsets.
