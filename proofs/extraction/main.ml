(* Reads certificates with their matrices from standard input, lets the verified checker judge each, and prints a line
   for each: "valid" or "not valid".  What is read here is not verified: it is words between white space,

     characteristic columns kind …witness… rows, and for each row: its number of entries, then column and weight of each

   with the witness  v D  for spans,  x  for does-not-span,  k v D x  for stopping-time;  v and x are their lengths and
   then their entries.  Columns count from 0.  Integers are decimal, or hexadecimal after 0x.  Status 2: the text is not
   of this form. *)

exception Malformed of string

let word () = try Scanf.scanf " %s" (fun s -> s) with End_of_file -> ""

let hexadecimal c = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
let decimal c = c >= '0' && c <= '9'
let spelled s =
  let a = if String.starts_with ~prefix:"-" s then 1 else 0 in
  let digits = String.sub s a (String.length s - a) in
  if String.starts_with ~prefix:"0x" digits
  then String.length digits > 2 && String.for_all hexadecimal (String.sub digits 2 (String.length digits - 2))
  else digits <> "" && String.for_all decimal digits

let number s = if spelled s then Z.of_string s else raise (Malformed s)
let integer () = number (word ())
let count () =
  let z = integer () in
  if Z.sign z < 0 || not (Z.fits_int z) then raise (Malformed (Z.to_string z)) else Z.to_int z

let rec times n read = if n = 0 then [] else let first = read () in first :: times (n - 1) read
let vector () = let n = count () in times n integer
let rec natural n = if n = 0 then Checker.O else Checker.S (natural (n - 1))
let entry () = let j = count () in let weight = integer () in (Z.of_int (j + 1), weight)
let row () = let n = count () in times n entry

let witness () = match word () with
  | "spans" -> let v = vector () in let d = integer () in Checker.Spans (v, d)
  | "does-not-span" -> Checker.DoesNotSpan (vector ())
  | "stopping-time" ->
      let k = count () in let v = vector () in let d = integer () in let x = vector () in
      Checker.StoppingTime (natural k, v, d, x)
  | s -> raise (Malformed s)

let rec judge_all () =
  let first = word () in
  if first <> "" then begin
    let p = number first in
    let m = count () in
    let c = witness () in
    let n = count () in
    let rows = times n row in
    print_endline (if Checker.accepts p (natural m) rows c then "valid" else "not valid");
    judge_all ()
  end

let () = try judge_all () with Malformed s -> prerr_endline ("not a certificate, at '" ^ s ^ "'"); exit 2
