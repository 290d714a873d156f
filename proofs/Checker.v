(** The certificate checker (docs/certificates.md): programs only, on sparse rows of binary integers.
    Its soundness is in CheckerSound.v.  Columns are counted from 1. *)
From Coq Require Import ZArith List FMapPositive Bool.
Import ListNotations.
Local Open Scope Z_scope.

Definition sparse_row := list (positive * Z).
Definition table := PositiveMap.t Z.

Definition lookup (t : table) (j : positive) : Z :=
  match PositiveMap.find j t with Some z => z | None => 0 end.

Fixpoint add_row (c : Z) (r : sparse_row) (t : table) : table :=
  match r with
  | [] => t
  | (j, w) :: r' => add_row c r' (PositiveMap.add j (w * c + lookup t j) t)
  end.

Fixpoint combine (v : list Z) (rows : list sparse_row) (t : table) : table :=
  match v, rows with
  | c :: v', r :: rows' => combine v' rows' (add_row c r t)
  | _, _ => t
  end.

Fixpoint index (x : list Z) (j : positive) (t : table) : table :=
  match x with
  | [] => t
  | z :: x' => index x' (Pos.succ j) (PositiveMap.add j z t)
  end.

Fixpoint dot (r : sparse_row) (t : table) : Z :=
  match r with
  | [] => 0
  | (j, w) :: r' => w * lookup t j + dot r' t
  end.

Fixpoint sum (x : list Z) : Z :=
  match x with
  | [] => 0
  | z :: x' => z + sum x'
  end.

(** Whether an integer is 0 in the field: in Q ([p] = 0), or modulo [p]. *)
Definition vanishes (p z : Z) : bool := if p =? 0 then z =? 0 else z mod p =? 0.

Fixpoint each (m : nat) (j : positive) (test : positive -> bool) : bool :=
  match m with
  | O => true
  | S m' => test j && each m' (Pos.succ j) test
  end.

(** v G = D 1 with D <> 0. *)
Definition gives (p : Z) (m : nat) (rows : list sparse_row) (v : list Z) (D : Z) : bool :=
  negb (vanishes p D) &&
  let t := combine v rows (PositiveMap.empty Z) in each m 1 (fun j => vanishes p (lookup t j - D)).

(** G x = 0 with a sum of x that is not 0. *)
Definition annihilates (p : Z) (m : nat) (rows : list sparse_row) (x : list Z) : bool :=
  Nat.eqb (length x) m && negb (vanishes p (sum x)) &&
  let t := index x 1 (PositiveMap.empty Z) in forallb (fun r => vanishes p (dot r t)) rows.

Inductive certificate :=
  | Spans (v : list Z) (D : Z)
  | DoesNotSpan (x : list Z)
  | StoppingTime (k : nat) (v : list Z) (D : Z) (x : list Z).

Definition check (p : Z) (m : nat) (rows : list sparse_row) (c : certificate) : bool :=
  match c with
  | Spans v D => gives p m rows v D
  | DoesNotSpan x => annihilates p m rows x
  | StoppingTime k v D x =>
      match k with
      | O => Nat.eqb m 0
      | S k' => Nat.leb (length v) k && gives p m rows v D && annihilates p m (firstn k' rows) x
      end
  end.

(** The one form in which a witness is accepted: residues with denominator or leading entry 1 over a finite field,
    lowest terms over Q.  It adds nothing to the truth of a claim. *)
Definition residue (p z : Z) : bool := (0 <=? z) && (z <? p).

(** The greatest common divisor; what follows a 1 need not be looked at. *)
Fixpoint divisor_from (d : Z) (x : list Z) : Z :=
  match x with
  | [] => d
  | z :: x' => if d =? 1 then d else divisor_from (Z.gcd d z) x'
  end.

Definition common_divisor (x : list Z) : Z := divisor_from 0 x.

Fixpoint leading (x : list Z) : Z :=
  match x with
  | [] => 0
  | z :: x' => if z =? 0 then leading x' else z
  end.

Definition canonical_combination (p : Z) (v : list Z) (D : Z) : bool :=
  if p =? 0 then (0 <? D) && (common_divisor (D :: v) =? 1) else (D =? 1) && forallb (residue p) v.

Definition canonical_kernel (p : Z) (x : list Z) : bool :=
  if p =? 0 then (0 <? leading x) && (common_divisor x =? 1) else (leading x =? 1) && forallb (residue p) x.

Definition canonical (p : Z) (n : nat) (c : certificate) : bool :=
  match c with
  | Spans v D => Nat.eqb (length v) n && canonical_combination p v D
  | DoesNotSpan x => canonical_kernel p x
  | StoppingTime k v D x =>
      Nat.leb k n && Nat.eqb (length v) k && canonical_combination p v D &&
      match k with O => Nat.eqb (length x) 0 | S _ => canonical_kernel p x end
  end.

(** What the program that is extracted answers. *)
Definition accepts (p : Z) (m : nat) (rows : list sparse_row) (c : certificate) : bool :=
  canonical p (length rows) c && check p m rows c.
