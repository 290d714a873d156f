(** Soundness of the certificate checker. *)
From Coq Require Import ZArith FMapPositive.
From SRTheory Require Import MathComp.
From mathcomp.zify Require Import ssrZ.
From SRTheory Require Import Span Exactness Checker.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The column that is counted [j] from 0. *)
Definition column (j : nat) : positive := Pos.of_succ_nat j.

(** The entry of a sparse row; a column that stands twice has the sum of its weights. *)
Definition entry (r : sparse_row) (j : positive) : Z := \sum_(e <- r | Pos.eqb e.1 j) e.2.

Section Sound.
Variable K : fieldType.

Definition emb (z : Z) : K := (int_of_Z z)%:~R.

(** The matrix over [K] that a list of sparse rows stands for. *)
Definition dense (m : nat) (rows : seq sparse_row) : 'M[K]_(size rows, m) :=
  \matrix_(i, j) emb (entry (nth [::] rows i) (column j)).

Definition claim (m : nat) (rows : seq sparse_row) (c : certificate) : Prop :=
  match c with
  | Spans _ _ => spans (dense m rows)
  | DoesNotSpan _ => ~ spans (dense m rows)
  | StoppingTime k _ _ _ => stops (dense m rows) k
  end.

Lemma emb0 : emb Z0 = 0. Proof. by []. Qed.
Lemma embD a b : emb (Z.add a b) = emb a + emb b.
Proof. by rewrite /emb -[Z.add a b]/(a + b) !rmorphD. Qed.
Lemma embB a b : emb (Z.sub a b) = emb a - emb b.
Proof. by rewrite /emb -[Z.sub a b]/(a - b) !rmorphB. Qed.
Lemma embM a b : emb (Z.mul a b) = emb a * emb b.
Proof. by rewrite /emb -[Z.mul a b]/(a * b) !rmorphM. Qed.

Lemma entry_cons e r j : entry (e :: r) j = Z.add (if Pos.eqb e.1 j then e.2 else Z0) (entry r j).
Proof. by rewrite /entry big_cons; case: ifP. Qed.

Lemma lookup_add t i z j : lookup (PositiveMap.add i z t) j = if Pos.eqb i j then z else lookup t j.
Proof.
rewrite /lookup; case: Pos.eqb_spec => [->|ne]; first by rewrite PositiveMap.gss.
by rewrite PositiveMap.gso // => e; apply: ne.
Qed.

Lemma lookup_empty j : lookup (PositiveMap.empty Z) j = Z0.
Proof. by rewrite /lookup PositiveMap.gempty. Qed.

Lemma lookup_add_row c r t j : emb (lookup (add_row c r t) j) = emb (lookup t j) + emb c * emb (entry r j).
Proof.
elim: r t => [|[i w] r IH] t /=; first by rewrite /entry big_nil emb0 mulr0 addr0.
rewrite IH lookup_add entry_cons /=; case: Pos.eqb_spec => [->|_].
  by rewrite !embD embM mulrDr [emb c * emb w]mulrC addrCA addrA.
by rewrite embD emb0 add0r.
Qed.

Lemma lookup_combine v rows t j :
  emb (lookup (combine v rows t) j) =
  emb (lookup t j) + \sum_(i < size rows) emb (nth Z0 v i) * emb (entry (nth [::] rows i) j).
Proof.
elim: v rows t => [|c v IH] [|r rows] t /=; rewrite ?big_ord0 ?addr0 //.
  by rewrite big1 ?addr0 // => i _; rewrite nth_nil emb0 mul0r.
by rewrite IH lookup_add_row big_ord_recl /= addrA.
Qed.

Lemma eachP m a test : each m (column a) test -> forall i, (i < m)%N -> test (column (a + i)).
Proof.
elim: m a => [|m IH] a //= /andP[ta /(IH a.+1) all_t] [|i] lt; first by rewrite addn0.
by rewrite addnS -addSn all_t.
Qed.

Lemma column_eq i j : Pos.eqb (column i) (column j) = (i == j).
Proof. by apply/idP/eqP => [/Pos.eqb_eq/SuccNat2Pos.inj|->]; rewrite ?Pos.eqb_refl. Qed.

Lemma columnK c : column (Pos.to_nat c).-1 = c.
Proof. by have [n e] := Pos2Nat.is_succ c; rewrite e; apply: SuccNat2Pos.inv. Qed.

Lemma lookup_index x a t n :
  lookup (index x (column a) t) (column n) = if (a <= n < a + size x)%N then nth Z0 x (n - a) else lookup t (column n).
Proof.
elim: x a t => [|z x IH] a t /=; first by rewrite addn0 ltnNge andbN.
rewrite (IH a.+1) lookup_add column_eq addSnnS; case: (ltngtP a n) => [an|//|<-] /=.
  by rewrite subnS; case: (n - a)%N (subn_gt0 a n) => [|//]; rewrite an.
by rewrite subnn addnS ltnS leq_addr.
Qed.

Lemma pick_column m x c w : size x = m ->
  \sum_(j < m) emb (if Pos.eqb c (column j) then w else Z0) * emb (nth Z0 x j) =
  emb w * emb (lookup (index x 1 (PositiveMap.empty Z)) c).
Proof.
move=> sx; rewrite -(columnK c) -[1%positive]/(column 0) lookup_index add0n subn0 sx /= lookup_empty.
set n := (Pos.to_nat c).-1; case: ltnP => [nm|mn].
  rewrite (bigD1 (Ordinal nm)) //= column_eq eqxx big1 ?addr0 // => i.
  by rewrite -(inj_eq val_inj) /= column_eq eq_sym => /negPf ->; rewrite emb0 mul0r.
rewrite emb0 mulr0 big1 // => i _; rewrite column_eq.
by rewrite gtn_eqF ?emb0 ?mul0r // (leq_trans _ mn).
Qed.

Lemma dot_sum m x r : size x = m ->
  emb (dot r (index x 1 (PositiveMap.empty Z))) = \sum_(j < m) emb (entry r (column j)) * emb (nth Z0 x j).
Proof.
move=> sx; elim: r => [|[c w] r IH] /=.
  by rewrite big1 // => j _; rewrite /entry big_nil emb0 mul0r.
rewrite embD embM IH -(pick_column _ _ sx) -big_split; apply: eq_bigr => j _ /=.
by rewrite entry_cons embD mulrDl.
Qed.

Lemma sum_emb x : emb (sum x) = \sum_(i < size x) emb (nth Z0 x i).
Proof. by elim: x => [|z x IH] /=; rewrite ?big_ord0 // embD IH big_ord_recl. Qed.

Variable p : Z.
(** [p] is the characteristic: [vanishes p] decides whether an integer is 0 in [K]. *)
Hypothesis vanishesE : forall z, vanishes p z = (emb z == 0).

Lemma gives_sound m rows v D k :
  (size v <= k)%N -> gives p m rows v D -> spans (prefix k (dense m rows)).
Proof.
move=> vk /andP[]; rewrite -/(negb _) vanishesE => D0 /(eachP (a := 0)) cols.
apply/spansP; exists (\row_i (emb (nth Z0 v i) / emb D)); apply/rowP => j; rewrite !mxE.
have := cols j (ltn_ord j); rewrite vanishesE embB lookup_combine lookup_empty emb0 add0r subr_eq0 => /eqP e.
rewrite -(mulfV D0) -e mulr_suml; apply: eq_bigr => i _; rewrite !mxE mulrAC.
case: ltnP => // ki; rewrite mulr0n mulr0 nth_default ?emb0 ?mul0r //.
exact: leq_trans vk ki.
Qed.

Lemma annihilates_sound m rows x k :
  annihilates p m (List.firstn k rows) x -> ~ spans (prefix k (dense m rows)).
Proof.
move=> /andP[/andP[/Nat.eqb_eq sx]]; rewrite -/(negb _) vanishesE sum_emb => s0 orth.
have {}sx : size x = m by [].
move=> /spans_alternative/(_ (\col_j emb (nth Z0 x j))) z; move/eqP: s0; apply.
rewrite sx -[RHS]z; first by apply: eq_bigr => j _; rewrite mxE.
apply/matrixP => i j; rewrite ord1 !mxE {j z}.
case: (ltnP i k) => ik; last by rewrite big1 // => j _; rewrite !mxE ltnNge ik mul0r.
transitivity (emb (dot (nth [::] rows i) (index x 1 (PositiveMap.empty Z)))).
  by rewrite (dot_sum _ sx); apply: eq_bigr => j _; rewrite !mxE ik.
apply/eqP; rewrite -vanishesE.
have : List.In (nth [::] rows i) (List.firstn k rows).
  case: i ik => i /=; elim: rows k i {orth} => [|r rows IH] [|k] [|i] //= lt ik; first by left.
  by right; apply: IH.
by move/List.forallb_forall: orth; apply.
Qed.

(** In a field in which [vanishes p] decides whether an integer is 0, what the checker accepts is true
    (docs/certificates.md, What is proved, and why the witness proves it). *)
Theorem check_sound m rows c : check p m rows c -> claim m rows c.
Proof.
case: c => [v D|x|[|k] v D x] /=.
- by move/(gives_sound (leq_maxl _ (size rows))); rewrite prefix_all // leq_maxr.
- move=> a; have := @annihilates_sound m rows x (size rows); rewrite prefix_all //; apply.
  by rewrite List.firstn_all.
- move/Nat.eqb_eq=> m0; split=> //.
  apply/spansP; exists 0; apply/rowP => j; suff: False by [].
  by case: j => j; rewrite m0.
move=> /andP[/andP[/Nat.leb_le/leP vk g] a]; split; first exact: gives_sound g.
by move=> l lk /(@spans_monotone _ _ _ l k _ lk); apply: annihilates_sound a.
Qed.
End Sound.

(** What the checker accepts with p = 0 is true over Q (docs/certificates.md, What is proved, and why the witness proves
    it). *)
Theorem check_sound_Q m rows c : check 0 m rows c -> claim rat m rows c.
Proof.
apply: check_sound => z; rewrite /vanishes /= /emb intr_eq0 -[0]/(int_of_Z Z0) (inj_eq (can_inj int_of_ZK)).
by apply/idP/eqP => [/Z.eqb_eq|->].
Qed.

Lemma divides_nat p n : (0 < p)%N -> Z.eqb (Z.modulo (Z.of_nat n) (Z.of_nat p)) 0 = (p %| n)%N.
Proof.
move=> p0; have pZ : Z.lt 0 (Z.of_nat p) by case: p p0.
apply/idP/dvdnP => [/Z.eqb_eq e|[k ->]]; last apply/Z.eqb_eq;
  last by rewrite -[muln k p]/(Nat.mul k p) Nat2Z.inj_mul Z_mod_mult.
have [k k0 ek] : exists2 k, Z.le 0 k & Z.of_nat n = Z.mul k (Z.of_nat p).
  exists (Z.div (Z.of_nat n) (Z.of_nat p)); first by apply: Z.div_pos pZ; apply: Nat2Z.is_nonneg.
  by rewrite {1}(Z.div_mod (Z.of_nat n) (Z.of_nat p)) ?e ?Z.add_0_r 1?Z.mul_comm // => z; rewrite z in pZ.
exists (Z.to_nat k); apply: Nat2Z.inj; rewrite ek -[muln _ p]/(Nat.mul _ p).
by rewrite Nat2Z.inj_mul Z2Nat.id.
Qed.

(** What the checker accepts with a prime p is true over every field of characteristic p (docs/certificates.md, What is
    proved, and why the witness proves it). *)
Theorem check_sound_char (K : fieldType) (p : nat) m rows c :
  p \in [char K] -> check (Z.of_nat p) m rows c -> claim K m rows c.
Proof.
move=> ch; have p0 : (0 < p)%N by apply/prime_gt0/(charf_prime ch).
apply: check_sound => z; rewrite /vanishes; have -> : Z.eqb (Z.of_nat p) 0 = false by case: p p0 {ch}.
case: z => [|q|q].
- by rewrite Z.mod_0_l ?emb0 ?eqxx //; case: p p0 {ch}.
- by rewrite -[in LHS]positive_nat_Z divides_nat // (dvdn_charf ch) /emb /= -pmulrn.
have -> : Z.eqb (Z.modulo (Z.neg q) (Z.of_nat p)) 0 = Z.eqb (Z.modulo (Z.pos q) (Z.of_nat p)) 0.
  apply/idP/idP => /Z.eqb_eq e; apply/Z.eqb_eq; first by rewrite -[Z.pos q]/(Z.opp (Z.neg q)) Z.mod_opp_l_z //;
  case: p p0 {ch e}.
  by rewrite -[Z.neg q]/(Z.opp (Z.pos q)) Z.mod_opp_l_z //; case: p p0 {ch e}.
rewrite -[in LHS]positive_nat_Z divides_nat // (dvdn_charf ch) /emb.
have -> : int_of_Z (Z.neg q) = - (Pos.to_nat q)%:Z.
  by rewrite /= NegzE prednK //; apply/ltP/Pos2Nat.is_pos.
by rewrite mulrNz oppr_eq0.
Qed.

(** In particular over the field of p elements (docs/certificates.md, What is proved, and why the witness proves it). *)
Corollary check_sound_Fp (p : nat) m rows c : prime p -> check (Z.of_nat p) m rows c -> claim 'F_p m rows c.
Proof. by move=> pr; apply: check_sound_char; rewrite char_Fp. Qed.

(** The common divisor, for which the checker does not look beyond a 1, is that of all entries
    (docs/certificates.md, What is proved, and why the witness proves it). *)
Theorem common_divisor_all x : common_divisor x = List.fold_left Z.gcd x Z0.
Proof.
rewrite /common_divisor; elim: x Z0 => [|z x IH] d //=; rewrite -IH; case: Z.eqb_spec => // ->.
by rewrite Z.gcd_1_l; case: x {IH} => //= y x; rewrite Z.eqb_refl.
Qed.

(** So is what the extracted program accepts, over Q ...
    (docs/certificates.md, What is proved, and why the witness proves it). *)
Corollary accepts_sound_Q m rows c : accepts 0 m rows c -> claim rat m rows c.
Proof. by case/andP => _; apply: check_sound_Q. Qed.

(** ... and over every field of characteristic p
    (docs/certificates.md, What is proved, and why the witness proves it). *)
Corollary accepts_sound_char (K : fieldType) (p : nat) m rows c :
  p \in [char K] -> accepts (Z.of_nat p) m rows c -> claim K m rows c.
Proof. by move=> ch /andP[_]; apply: check_sound_char. Qed.
