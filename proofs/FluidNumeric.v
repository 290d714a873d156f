(** Constants of docs/proofs/theory.md, 4, by interval arithmetic inside Coq (on its primitive floats). *)
From Coq Require Import Reals.
From Interval Require Import Tactic.
From SRTheory Require Import Fluid.
Local Open Scope R_scope.

(** ln(phi), to seven digits (docs/proofs/theory.md, 4.3). *)
Theorem ln_phi : 0.4812118 < ln phi < 0.4812119.
Proof. unfold phi; split; interval. Qed.

(** ln(phi) < 1/2, which makes the paper's bound (5) loose for every d > 1 (docs/proofs/theory.md, 4.5). *)
Theorem ln_phi_half : ln phi < 1 / 2.
Proof. unfold phi; interval. Qed.

(** The fluid limit at the paper's parameters, mu = 1/5, tau = 0.005, d = 10, is between 0.7045 and 0.7047
    (docs/proofs/theory.md, 4.1). *)
Theorem paper_fluid_limit :
  let E t := (1 - exp (- (t - 0.005) / 5)) + (1 - exp (- (t - 0.055) / 5)) + (1 - exp (- (t - 0.105) / 5)) +
    (1 - exp (- (t - 0.155) / 5)) + (1 - exp (- (t - 0.205) / 5)) + (1 - exp (- (t - 0.255) / 5)) +
    (1 - exp (- (t - 0.305) / 5)) + (1 - exp (- (t - 0.355) / 5)) + (1 - exp (- (t - 0.405) / 5)) +
    (1 - exp (- (t - 0.455) / 5)) + (1 - exp (- (t - 0.505) / 5)) + (1 - exp (- (t - 0.555) / 5)) +
    (1 - exp (- (t - 0.605) / 5)) + (1 - exp (- (t - 0.655) / 5)) in
  E 0.7045 < 1 < E 0.7047.
Proof. cbv zeta beta; split; interval. Qed.
