(** A solver that finds certificates inside Coq, by elimination.  Nothing is proved about it: the checker judges what it
    finds. *)
From Coq Require Import ZArith List.
From SRTheory Require Import Checker.
Import ListNotations.
Local Open Scope Z_scope.

(** a x - b y *)
Fixpoint axby (a : Z) (x : list Z) (b : Z) (y : list Z) : list Z :=
  match x, y with
  | x0 :: x', y0 :: y' => (a * x0 - b * y0) :: axby a x' b y'
  | _, _ => []
  end.

(** A pivot: its column, and a row with the combination of the given rows that it is. *)
Definition pivot : Type := nat * (list Z * list Z).

Definition reduce (r : list Z * list Z) (ps : list pivot) : list Z * list Z :=
  fold_left (fun r p =>
    let b := nth (fst p) (fst r) 0 in
    if b =? 0 then r else
    let a := nth (fst p) (fst (snd p)) 0 in
    let g := Z.gcd a b in
    (axby (a / g) (fst r) (b / g) (fst (snd p)), axby (a / g) (snd r) (b / g) (snd (snd p)))) ps r.

Fixpoint first_nonzero (j : nat) (x : list Z) : option nat :=
  match x with
  | [] => None
  | z :: x' => if z =? 0 then first_nonzero (S j) x' else Some j
  end.

Fixpoint unit (n i : nat) : list Z :=
  match n with
  | O => []
  | S n' => match i with O => 1 :: unit n' n | S i' => 0 :: unit n' i' end
  end.

Definition pivots (n : nat) (rows : list (list Z)) : list pivot :=
  fst (fold_left (fun s r =>
    let r' := reduce (r, unit (S n) (snd s)) (fst s) in
    (match first_nonzero 0 (fst r') with None => fst s | Some j => fst s ++ [(j, r')] end, S (snd s)))
    rows ([], O)).

(** Integers v and D with v G = D 1, if there are any; [rows] are dense. *)
Definition solve (m : nat) (rows : list (list Z)) : option (list Z * Z) :=
  let n := length rows in
  let t := reduce (repeat 1 m, unit (S n) n) (pivots n rows) in
  match first_nonzero 0 (fst t) with
  | None => Some (map Z.opp (firstn n (snd t)), nth n (snd t) 0)
  | Some _ => None
  end.

(** 0/1 rows, given by their symbols. *)
Definition sparse (r : list nat) : sparse_row := map (fun j => (Pos.of_succ_nat j, 1)) r.
Definition full (m : nat) (r : list nat) : list Z := map (fun j => if existsb (Nat.eqb j) r then 1 else 0) (seq 0 m).

Definition proved (m : nat) (rows : list (list nat)) : bool :=
  match solve m (map (full m) rows) with
  | Some (v, D) => check 0 m (map sparse rows) (Spans v D)
  | None => false
  end.

Lemma proved_example : proved 3 [[0; 1]; [1; 2]; [0; 2]]%nat = true. Proof. vm_compute. reflexivity. Qed.
Lemma not_proved_example : proved 3 [[0; 1]; [0; 2]]%nat = false. Proof. vm_compute. reflexivity. Qed.
