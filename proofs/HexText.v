(** Integers in hexadecimal, as text: a fast way to bring large certificates into Coq.  Coq's own number notations take
    minutes for them.  Lists end with a semicolon, integers with a space or a
    line. *)
From Coq Require Import ZArith List Uint63 PrimString.
From SRTheory Require Import Checker.
Import ListNotations PStringNotations.
Local Open Scope uint63_scope.

Definition push (bit : bool) (z : Z) : Z := if bit then Z.succ_double z else Z.double z.
Definition digit (d : int) (z : Z) : Z :=
  push (bit d 0) (push (bit d 1) (push (bit d 2) (push (bit d 3) z))).

Fixpoint scan (fuel : nat) (s : string) (i : int) (z : Z) (neg : bool) (l : list Z) (out : list (list Z)) : list (list
  Z) :=
  match fuel with
  | O => rev_append out []
  | S fuel =>
      let c := PrimString.get s i in
      let i := i + 1 in
      if ((c =? 32) || (c =? 10))%bool then scan fuel s i 0%Z false ((if neg then Z.opp z else z) :: l) out
      else if c =? 59 then scan fuel s i 0%Z false [] (rev_append l [] :: out)
      else if c =? 45 then scan fuel s i z true l out
      else scan fuel s i (digit (if c <=? 57 then c - 48 else c - 87) z) neg l out
  end.

Definition lists (s : string) : list (list Z) := scan (Z.to_nat (to_Z (PrimString.length s))) s 0 0%Z false [] [].
Definition list_of (s : string) : list Z := nth 0 (lists s) [].
Definition value (s : string) : Z := nth 0 (list_of s) 0%Z.
(** 0/1 rows, by their columns from 0. *)
Definition ones_at (s : string) : list sparse_row := map (map (fun c => (Z.to_pos (Z.succ c), 1%Z))) (lists s).

Lemma lists_example : lists "ff -1a 0 ;;3
;"%pstring = [[255; -26; 0]; []; [3]]%Z. Proof. vm_compute. reflexivity. Qed.
