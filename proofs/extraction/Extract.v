(** The checker as OCaml: integers become zarith's, everything else is as Coq has it. *)
From Coq Require Import ZArith Extraction ExtrOcamlBasic ExtrOcamlZBigInt.
From SRTheory Require Import Checker.
Extraction Language OCaml.
Extraction "checker.ml" accepts.
