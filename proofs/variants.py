"""Statements that are false, or sharper than what is sharp: the library compiles only if Coq refuses each of them.

library.py puts them beside the statements that they are variants of.  Needs Python's standard library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

VARIANTS: Mapping[str, Mapping[str, str]] = {
    "Arithmetic": {
        "(x + products l) <= 2 ^ b - 2 * p.": "(x + products l) < 2 ^ b - 2 * p.",
        "fits 53 16609429 128)": "fits 53 16609429 131)",
        "<= (129 * p) / 256 /\\ (129": "<= (128 * p) / 256 /\\ (129",
        "half p <= 126.": "half p <= 124.",
        "products l) < 2 ^ 15.": "products l) < 2 ^ 14.",
        "(total l) < 2 ^ 63).": "(total l) < 2 ^ 62).",
        "h + 256 * (h * h) <= 2 ^ 24": "h + 256 * (h * h) <= 2 ^ 21",
        "2 * (t * (h * h)) <= q -> Z.abs c": "2 * (t * (h * h)) <= q + 1 -> Z.abs c",
        "2 * Z.abs (x - k * q) < q.": "2 * Z.abs (x - k * q) + 1 < q.",
    },
    "Rounding": {
        "1 <= b -> Z.abs a <= 2 ^ b -> (y": "1 <= b -> Z.abs a <= 2 ^ b + 1 -> (y",
        "numbers s <= h -> factors s <= t ->": "numbers s <= h ->",
        "(inject_Z (2 ^ b) * Qabs (z - X / P) <= Qabs (X / P)": "(inject_Z (2 ^ b) * Qabs (z - X / P) < Qabs (X / P)",
        "(x - k * p) <= (129 * p) / 256 <= half p": "(x - k * p) <= (128 * p) / 256 <= half p",
        "n + t * (g * h) < 2 ^ (w - 1) ->": "n + t * (g * h) <= 2 ^ (w - 1) ->",
        "- 2 ^ 7 <= r < 2 ^ 7 /\\": "- 2 ^ 6 <= r < 2 ^ 6 /\\",
        "Z.abs (value s) + 2 * p <= 2 ^ b /\\": "Z.abs (value s) + 2 * p <= 2 ^ (b - 1) /\\",
        "2 * Z.abs v <= q ->": "Z.abs v <= q ->",
        "float_step 512 p y v y'": "float_step 1057 p y v y'",
        "Z.abs (x' - y') = p /\\": "x' = y' /\\",
    },
    "Reconstruction": {
        "0 <= n -> 0 < b -> 2 * (n * b) < m ->": "0 <= n -> 0 < b -> n * b < m ->",
        "c' d' : Z) : 2 * (n * b) < m ->": "c' d' : Z) : n * b < m ->",
    },
    "Prefixes": {
        "(size a)`! * (size t - size a)`!": "((size a)`! * (size t - size a)`!).+1",
    },
    "Hadamard": {
        "0 <= \\det (gram A) <=": "0 < \\det (gram A) <=",
        "<= \\prod_i \\sum_j A i j ^+ 2.": "< \\prod_i \\sum_j A i j ^+ 2.",
        "<= squared_minor r)%N": "< squared_minor r)%N",
        "(squared_minor r.+1 < (\\prod": "(squared_minor r.+1 <= (\\prod",
    },
    "Streaming": {
        "(exists v : V, v != 0) -> recovers_at S t ->\n  forall l": "recovers_at S t ->\n  forall l",
        "(forall i : message S, (evaluated i <= K)%N) ->\n  recovers_at order S t -> recovers_at order stream t.": (
            "recovers_at order S t -> recovers_at order stream t."
        ),
        "(#|terms| <= \\sum_j": "(#|terms| < \\sum_j",
    },
    "Parity": {
        "#|F| ^ n.+1 *": "#|F| ^ n *",
        "<-> exists2 A, A != set0 &": "<-> exists2 A : {set 'I_m}, (1 < #|A|)%N &",
        "(\\rank (incidence rat m rows) < m)%N -> exists2 A, A != set0 &": (
            "(\\rank (incidence rat m rows) < m)%N -> exists2 A : {set 'I_m}, (1 < #|A|)%N &"
        ),
        "(2 < #|[set j | x j 0%R != 0%R]|)%N": "(3 < #|[set j | x j 0%R != 0%R]|)%N",
        "(2 < #|A|)%N & even_set A": "(3 < #|A|)%N & even_set A",
        "2%:R ^+ size rows / 2%:R ^+ m * \\sum_(w < m.+1) (even_count": (
            "2%:R ^+ (size rows).+1 / 2%:R ^+ m * \\sum_(w < m.+1) (even_count"
        ),
        "\\sum_(w < m.+1) (-1) ^+ w * (even_count w)%:R :> rat.": (
            "\\sum_(w < m.+1) (-1) ^+ w.+1 * (even_count w)%:R :> rat."
        ),
        "(1 + (#|F| - 1) * recovers": "(1 + #|F| * recovers",
    },
    "FirstMoment": {
        "(rows C) w|%:R) = even_moment w.": "(rows C) w|%:R) = avoid_moment w.",
        "w)%:R) = avoid_moment w.": "w)%:R) = even_moment w.",
        "forall w, avoid_moment w <= even_moment w].": "forall w, avoid_moment w < even_moment w].",
        "< m)%N) <=\n  \\sum_(2 <= w": "< m)%N) <=\n  \\sum_(3 <= w",
        "~~ covered m (rows C)) + \\sum_(2 <= w < m.+1) (even_moment w - avoid_moment w).\nProof": (
            "~~ covered m (rows C)) + \\sum_(3 <= w < m.+1) (even_moment w - avoid_moment w).\nProof"
        ),
        "&& ~~ recovers rat m (rows C)) <=\n  \\sum_(3 <= w": "&& ~~ recovers rat m (rows C)) <=\n  \\sum_(4 <= w",
        "covered m (rows C)) - \\sum_(3 <= w": "covered m (rows C)) - \\sum_(4 <= w",
        "\\sum_(x | (x != 0) &&": "\\sum_(x | (total x != 0) &&",
        "uncovered d n C))) / (q.-1)%:R.": "uncovered d n C))) / q%:R.",
        "\\sum_(x | (2 < #|support x|)%N &&": "\\sum_(x | (3 < #|support x|)%N &&",
        "~~ covered m (rows C)) +\n    (\\sum_(x : 'cV[F]_m | (x != 0) &&": (
            "~~ covered m (rows C)) +\n    (\\sum_(x : 'cV[F]_m | (total x != 0) &&"
        ),
        "(\\sum_(x : 'cV['F_2]_m | (x != 0) &&": "(\\sum_(x : 'cV['F_2]_m | (total x != 0) &&",
        "Pr (in_kernel^~ x)) - 1) / (q.-1)%:R.": "Pr (in_kernel^~ x)) - 1) / q%:R.",
        "2%:R ^+ row_count.+1 / 2%:R ^+ m": "2%:R ^+ row_count / 2%:R ^+ m",
        "/ 2%:R ^+ D.-1.\n": "/ 2%:R ^+ D.\n",
    },
    "CoverageBracket": {
        "covered m (rows C)) <= (1 + U)^-1.": "covered m (rows C)) <= 1 - U.",
    },
    "FirstRows": {
        "first_rows_last : (0 < k)%N -> even_after": "first_rows_last : even_after",
        "covered_after = \\sum_(w < m.+1)": "covered_after = \\sum_(w < m)",
        "covered_after - \\sum_(3 <= w": "covered_after - \\sum_(4 <= w",
        "recovered_after <= 2%:R ^+ k.+1 / 2%:R ^+ m": "recovered_after <= 2%:R ^+ k / 2%:R ^+ m",
        "recovered_after <= Num.min covered_after": "recovered_after < Num.min covered_after",
    },
    "UncoveredMean": {
        "U * (1 + mean_rows / k%:R) ^+ k <= z%:R.": "U * (1 + mean_rows / k%:R) ^+ k.+1 <= z%:R.",
        "(y := mean_rows * (1 + most_used%:R / N%:R))": "(y := mean_rows)",
    },
    "SmallSets": {
        "left_out ^+ w * no_single_poly d theta ^+ parity_rows.": (
            "left_out ^+ w.+1 * no_single_poly d theta ^+ parity_rows."
        ),
        "ratr left_out ^+ w / v ^+ w *": "ratr left_out ^+ w / v ^+ w.+1 *",
    },
    "HittingTime": {
        "0 < a -> 2%:R * a < U N -> early": "0 < a -> early",
        "(\\rank G + #|W| = m)%N <->": "(\\rank G = m) <->",
        "(maxn m (coverage C) < stopping C)%N) <=": "(maxn m (coverage C) <= stopping C)%N) <=",
    },
    "Characters": {
        "\\sum_(s < t) d%:R / (N%:R * psi s) <= beta -> beta < 1 ->": "0 <= beta -> beta < 1 ->",
        "(1 - beta) ^+ N) <= N%:R": "(1 - beta) ^+ 0) <= N%:R",
    },
    "RowTypes": {
        "K%:R) ^- K) d row_type ^+ parity_rows N n.": "K%:R) ^- K) d row_type ^+ (parity_rows N n).+1.",
        "row_chance w ((1 - theta / K%:R) ^- K) d": "row_chance w 1 d",
    },
    "TypeBounds": {
        "<= 1 - 2%:R * q * (1 - q) * g a,": "<= 1 - 3%:R * q * (1 - q) * g a,",
        "forall a, 0 <= g a <= 2%:R,": "forall a, 0 <= g a <= 1,",
        "(1 + (1 + 2%:R * alpha / k%:R) ^- k) / 2%:R].": "(1 + (1 + 3%:R * alpha / k%:R) ^- k) / 2%:R].",
        "Theorem away_bound a : a != 0 -> ": "Theorem away_bound a : ",
        "<= 1 - 8%:R * q / p%:R ^+ 2.": "<= 1 - 9%:R * q / p%:R ^+ 2.",
        "psi rho a ^+ d * (1 + energy d a / k%:R) ^+ k <= 1 /\\": (
            "psi rho a ^+ d * (1 + energy d a / k%:R) ^+ k.+1 <= 1 /\\"
        ),
        "(1 + 4%:R * d%:R * q / p%:R ^+ 2": "(1 + 12%:R * d%:R * q / p%:R ^+ 2",
        "energy d (\\sum_i a i) <= k%:R * \\sum_i energy d (a i)) /\\": (
            "energy d (\\sum_i a i) <= \\sum_i energy d (a i)) /\\"
        ),
        "d%:R * q / 2%:R <= (": "d%:R * q <= (",
        "d rho <= 79%:R / 100%:R.": "d rho <= 1%:R / 2%:R.",
    },
    "CharacterTails": {
        "Theorem character_tail a u : a != 0 -> ": "Theorem character_tail a u : ",
        "<= 4%:R * (p%:R * (1 - u ^+ 2 / 4%:R)) ^+ z.": "<= (p%:R * (1 - u ^+ 2 / 4%:R)) ^+ z.",
        "(1 - u ^+ 2 / 4%:R)) ^+ z.": "(1 - u ^+ 2)) ^+ z.",
    },
    "Sumsets": {
        "(minn p (#|A| + #|B|).-1 <=": "(minn p (#|A| + #|B|) <=",
        "(minn p (k * #|A|.-1).+1 <=": "(minn p (k * #|A|).+1 <=",
    },
    "SmallEnergies": {
        "k%:R ^+ 2 * t < d%:R * q / 2%:R -> (k * gamma t <=": "t < d%:R * q / 2%:R -> (k * gamma t <=",
        "gamma t <= gamma (k%:R ^+ 2 * t))": "gamma t < gamma (k%:R ^+ 2 * t))",
    },
    "BinomialSums": {
        "a%:R / c%:R <= z%:R * b ->": "a%:R / c%:R <= 2%:R * z%:R * b ->",
        "((1 - K%:R^-1) ^- K * z": "((1 - K%:R^-1) ^- K.-1 * z",
    },
    "TypeCounts": {
        "0 <= t -> 0 < beta < 1 ->": "-1 <= t -> 0 < beta < 1 ->",
        "0 < beta < 1 ->": "0 < beta < 10%:R ->",
        "2%:R ^+ p * p%:R * (\\sum_(i": "(\\sum_(i",
        "i%:R <= 2%:R * t * z%:R": "i%:R <= t * z%:R",
        "'C(z, i)%:R * p%:R ^+ i) *": "'C(z, i)%:R) *",
        "(p%:R / ((1 - beta)": "(p%:R / ((1 + beta)",
        "k.+1%:R)) ^+ z.": "k.+2%:R)) ^+ z.",
    },
    "MediumVectors": {
        "few_choices rat p a c) ->\n  Pr (fun": "few_choices rat p a (100 * c)) ->\n  Pr (fun",
        "\n  Pr (fun c : coding => [exists x, medium x &&": (
            "\n  Pr (fun c : coding => [exists x : 'cV['F_p]_m, (x != 0) &&"
        ),
        "/ (200 * j)%:R) ^- (j * z).": "/ (200 * j)%:R) ^- (10 * j * z).",
        "(0 < a <= c)%N -> w2 = d%:R * z%:R / N%:R * (a%:R / c%:R) ->\n": (
            "(0 < a)%N && (0 < c)%N -> w2 = d%:R * z%:R / N%:R * (a%:R / c%:R) ->\n"
        ),
    },
    "SmallVectors": {
        "7%:R * g ^+ 2 + 6%:R / 5%:R": "7%:R * g ^+ 4 + 6%:R / 5%:R",
        "(1 < #|K|)%N, (2 * d * #|K| <= N)%N &": "(1 < #|K|)%N &",
        "K \\subset Z :\\: uncovered d n C, (1": "K \\subset Z, (1",
    },
    "NearConstant": {
        "2%:R^-1 < d%:R * s -> support": "4%:R^-1 < d%:R * s -> support",
        "\n  Pr (fun c : coding => [exists x, near_constant x &&": (
            "\n  Pr (fun c : coding => [exists x : 'cV['F_p]_m, (x != 0) &&"
        ),
        "/ (100 * j)%:R) ^- (j * z).": "/ (100 * j)%:R) ^- (10 * j * z).",
    },
    "NearConstantSums": {
        "(348%:R / 25%:R * (1 + lambda / k%:R) ^- k) ^+ senders.-1 +": (
            "(348%:R / 25%:R * (1 + lambda / k%:R) ^- k) ^+ (2 * senders.-1) +"
        ),
        "(10 ^ 4 <= senders.-1)%N.\nProof": "(10 ^ 5 <= senders.-1)%N.\nProof",
    },
    "BigVectors": {
        "(support x \\subset Z)) rho x ^+ r <=\n    p%:R ^+ z / p%:R ^+ r * main_term K +": (
            "(support x \\subset Z)) rho x ^+ r <=\n    p%:R ^+ z / p%:R ^+ r +"
        ),
        "\\sum_(x | [&& big x, support x \\subset Z & \\sum_l x l 0 == 0])": (
            "\\sum_(x | big x && (support x \\subset Z))"
        ),
        "\\sum_(x | big x) chance x": "\\sum_x chance x",
        "\\sum_(x | big x && (\\sum_l x l 0 == 0)) chance x": "\\sum_(x | big x) chance x",
    },
    "KernelGivenCounts": {
        "d%:R * z%:R / N%:R <= 1 / 2%:R :> rat ->": "d%:R * z%:R / N%:R <= 51%:R :> rat ->",
        "d n 'F_p c) <=\n  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z /": (
            "d n 'F_p c) <=\n  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z.-1 /"
        ),
        "d n F c) <=\n  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z /": (
            "d n F c) <=\n  7%:R * (U * lambda) ^+ 2 / r%:R + p%:R ^+ z.-1 /"
        ),
        "z = r.+1 -> first_condition p z L ->": "(z <= r.+1)%N -> first_condition p z L ->",
        "near_constant_term_le k : (0 < k)%N ->": "near_constant_term_le k :",
    },
    "HittingTimeLaw": {
        "(n N) k' q' ->\n  Pr (fun c => stopping d s c !=": "(n N) k' q' ->\n  Pr (fun c => stopping d s c ==",
        "2%:R * a < U N ->\n  Pr (fun c => stopping d s c !=": "2%:R * a < U N ->\n  Pr (fun c => stopping d s c ==",
    },
    "IndependentRows": {
        "~~ odd #|A :&: B|) mu B = even_chance #|A|.": "odd #|A :&: B|) mu B = even_chance #|A|.",
        "= miss_chance #|A|.": "= miss_chance #|A|.+1.",
        "received w = even_moment w.": "received w = missed_moment w.",
        "received w = missed_moment w.": "received w = even_moment w.",
        "forall w, missed_moment w <= even_moment w].": "forall w, missed_moment w < even_moment w].",
        "< m)%N) <=\n  \\sum_(2 <= w": "< m)%N) <=\n  \\sum_(3 <= w",
        "~~ covered m (received R)) + \\sum_(2 <= w < m.+1) (even_moment w - missed_moment w).\nProof": (
            "~~ covered m (received R)) + \\sum_(3 <= w < m.+1) (even_moment w - missed_moment w).\nProof"
        ),
        "&& ~~ recovers rat m (received R)) <=\n  \\sum_(3 <= w": (
            "&& ~~ recovers rat m (received R)) <=\n  \\sum_(4 <= w"
        ),
        "covered m (received R)) - \\sum_(3 <= w": "covered m (received R)) - \\sum_(4 <= w",
        "2%:R ^+ n.+1 / 2%:R ^+ m": "2%:R ^+ n / 2%:R ^+ m",
        "*m x == 0)) - 1) / q.-1%:R.": "*m x == 0)) - 1) / q%:R.",
    },
    "FreshBlocks": {
        "fresh_law fresh_rows w = even_moment w /\\": "fresh_law fresh_rows w = even_moment w.+1 /\\",
        "forall w, missed_moment w <= even_moment w].": "forall w, missed_moment w < even_moment w].",
        "(excess := \\sum_(2 <= w": "(excess := \\sum_(3 <= w",
        "(excess := \\sum_(3 <= w": "(excess := \\sum_(4 <= w",
        "2%:R ^+ r.+1 / 2%:R ^+ m": "2%:R ^+ r / 2%:R ^+ m",
    },
    "MomentTable": {
        "(given_counts (even_ways N d) n w)": "(given_counts (missed_ways N d) n w)",
        "(given_counts (missed_ways N d) n w)": "(given_counts (even_ways N d) n w)",
        "(if k is b.+1 then ways b w": "(if k is b.+1 then ways b.+1 w",
    },
    "Finner": {
        "  mean h ^+ s <= \\prod_i mean (F i).": "  mean h ^+ s < \\prod_i mean (F i).",
        "<= \\prod_i mean (fun x => f i x ^+ s).": "< \\prod_i mean (fun x => f i x ^+ s).",
        "<= \\prod_i Pr (A i).": "< \\prod_i Pr (A i).",
    },
    "Reports": {
        "^+ s <= \\prod_i (1 - \\prod_j missing j i).": "^+ s < \\prod_i (1 - \\prod_j missing j i).",
        "^+ s <= (1 - v) ^+ #|I|.": "^+ s <= (1 - v) ^+ #|I|.+1.",
        "<= (1 - \\prod_k q k) ^+ #|I|.": "<= (1 - \\prod_k q k) ^+ #|I|.+1.",
        "#|J| = #|I| -> (\\prod_k q k) * #|I|%:R <= mean": "#|J| = #|I| -> (\\prod_k q k) * #|I|%:R < mean",
    },
    "Floor": {
        "kappa * (reporting (told i))%:R <= finish": "kappa * (reporting (told i)).+1%:R <= finish",
        "informed (told i) :\\: informed q.": "informed (told i).",
        "finish (told i).+1 + tau <= finish (told l).+1.": "finish (told i).+1 + tau < finish (told l).+1.",
        "(\\prod_(k < #|I|) share k) * #|I|%:R <= mean": "(\\prod_(k < #|I|) share k) * #|I|%:R < mean",
        "summed_reported x : done x ->\n": "summed_reported x :\n",
        "P ^+ s <= (1 - \\prod_(k < #|I|) share k) ^+ #|I|.": "P ^+ s <= (1 - \\prod_(k < #|I|) share k) ^+ #|I|.+1.",
        "-> P ^+ s <= (1 - v) ^+ #|I|.": "-> P ^+ s <= (1 - v) ^+ #|J|.",
        "share k = 1) -> P = 0.": "share k = 1) -> P = 1.",
    },
    "FloorSchemes": {
        "(\\sum_d p d * P d) ^+ s <= c.": "(\\sum_d p d * P d) ^+ s < c.",
        "Pr (fun=> w) done ^+ s <= (1 - \\prod_(k < #|I|) share k) ^+ #|I|.": (
            "Pr (fun=> w) done ^+ s <= (1 - \\prod_(k < #|I|) share k) ^+ #|I|.+1."
        ),
        "\\sum_(1 <= k < n.+1) \\sum_(e |": "\\sum_(0 <= k < n.+1) \\sum_(e |",
    },
    "FloorAttained": {
        "done = p.": "done = p ^+ 2.",
    },
    "Orders": {
        "^+ B <= \\prod_i Pr w (reported within i).": "^+ B < \\prod_i Pr w (reported within i).",
        "(\\prod_(k < #|I|) short k) * #|I|%:R <= mean": "(\\prod_(k < #|I|) short k) * #|I|%:R < mean",
        "\\prod_(k < #|I|) short k <= Pr (": "\\prod_(k < #|I|) short k < Pr (",
        "#|unreported within x|%:R) = (\\prod": "#|unreported within x|%:R) < (\\prod",
        "^+ B <= (1 - \\prod_(k < #|I|) short k) ^+ #|I|.": "^+ B <= (1 - \\prod_(k < #|I|) short k) ^+ #|I|.+1.",
        "(fun x => #|unreported (within cyclic) x|%:R) = (": "(fun x => #|unreported (within cyclic) x|%:R) < (",
    },
    "OrderExamples": {
        "3969%:R / 4000%:R.": "3968%:R / 4000%:R.",
        "1 - 541%:R / (40 ^ 3)%:R.": "1 - 542%:R / (40 ^ 3)%:R.",
        "[:: 2; 1; 0]]%N < late3": "[:: 2; 1; 0]]%N > late3",
        "23%:R / 8%:R.": "22%:R / 8%:R.",
        "11%:R / 4%:R.": "12%:R / 4%:R.",
    },
    "TwoTerms": {
        "late id <= late first.": "late id < late first.",
    },
    "NestedHolder": {
        "Pr all_on ^+ B.+1 <=": "Pr all_on ^+ B <=",
    },
    "Layers": {
        "Pr w sent_all ^+ B.+1 <=": "Pr w sent_all ^+ B <=",
    },
    "BothEnds": {
        "at_most (l - r.+1) ^+ a'.": "at_most (l - r) ^+ a'.",
        "at_most w (l - r.+1) ^+ #|predC right|) ^+ #|C|.": "at_most w (l - r) ^+ #|predC right|) ^+ #|C|.",
    },
    "CircleLaw": {
        "c) <= x j)%N]]) = 1 - Q n.": "c) <= x j)%N]]) = Q n.",
        "sent c x]) = 1 - Q n.\nProof.\nmove=> QP; rewrite": "sent c x]) = Q n.\nProof.\nmove=> QP; rewrite",
        "= l.+1%:R * row_missed d w l.+1) ->": "= row_missed d w l.+1) ->",
    },
    "Arcs": {
        "value v = c) <->\n  exists cs": "value v = c + c) <->\n  exists cs",
        "uniq s -> forest s ->\n": "uniq s ->\n",
        "c = \\sum_(r <- cs) r.1 * (winding r.2)%:~R.\nProof.\nrewrite -(values": (
            "c = \\sum_(r <- cs) (winding r.2)%:~R.\nProof.\nrewrite -(values"
        ),
        "uniq s -> forest start head s ->\n": "uniq s ->\n",
        "exists2 ds, cycle ds & (winding ds)%:~R != 0 :> K.": "exists2 ds, cycle ds & winding ds != 0.",
        "cycle ds -> (winding ds)%:~R != 0 :> K ->\n": "cycle ds -> winding ds != 0 ->\n",
        "`|winding ds|)%N -> d = 1%N.": "`|winding ds|)%N -> (d <= 1)%N.",
        "(winding (gain start len) ds)%:~R != 0 :> K.": "winding (gain start len) ds != 0.",
    },
    "Windings": {
        "(`|winding ds| <= D)%N.": "(`|winding ds| < D)%N.",
        "(`|winding ds| <= n)%N.": "(`|winding ds| < n)%N.",
        "(3 <= size ds)%N /\\": "(4 <= size ds)%N /\\",
        "* witness i = 0.": "* witness i = 1.",
        "i)%:R = 1.\n": "i)%:R = 0.\n",
        "(phi (head e))%:~R - (phi (start e))%:~R = (gain e)%:~R :> K.": "phi (head e) - phi (start e) = gain e.",
        "ds = n.+1%:Z.": "ds = n.+2%:Z.",
        "count (inside^~ x) s = 1%N.": "count (inside^~ x) s = 2%N.",
        "(1 + (k - i.+1) + i = k)%N.": "(1 + (k - i.+1) + i = k.+1)%N.",
    },
    "ArcsLaw": {
        "covered m (received (done x))) = 1 - Q n.": "covered m (received (done x))) = Q n.",
        "(0 < a <= K)%N -> below terms_law a =": "(a <= K)%N -> below terms_law a =",
        "(arcs m d))) = 1 - Q n.": "(arcs m d))) = Q n.",
    },
    "ArcScheme": {
        "cell_of_rows n c : covered m (first_rows n) ->": "cell_of_rows n c :",
        "(x \\in p.2)%:R = 1) <->": "(x \\in p.2)%:R = 2%:R) <->",
        "recovers F m (first_rows n) = covered m (": "recovers F m (first_rows n) = covered m.+1 (",
        "covered m (arrived senders k)) (": "covered m (arrived senders k.+1)) (",
        "recovers F m (received_by t parts) -> recovers F m (received_by t own_then_parts).": (
            "recovers F m (received_by t own_then_parts) -> recovers F m (received_by t parts)."
        ),
        "recovers F m (received_by t own_then_parts) -> recovers F m (received_by t arcs).": (
            "recovers F m (received_by t arcs) -> recovers F m (received_by t own_then_parts)."
        ),
        "\n  T <= T_own <= T_parts.": "\n  T < T_own <= T_parts.",
    },
    "Peeling": {
        "stopping rows (~: known rows).": "stopping rows (known rows).",
        "A \\subset ~: known rows.": "~: known rows \\subset A.",
        "[exists A : {set S}, (A != set0) && stopping rows A].": "[exists A : {set S}, stopping rows A].",
        "(2 <= #|r :&: A|)%N.": "(3 <= #|r :&: A|)%N.",
        "\\sum_(e | known (rows e) != setT) weight e <=": "\\sum_(e | known (rows e) != setT) weight e <",
        "(2 <= #|r :&: W|)%N.": "(3 <= #|r :&: W|)%N.",
        "known rows = setT -> \\rank incidence = m.": "\\rank incidence = m -> known rows = setT.",
        "(m + #|D| <= n)%N.": "(m + #|D| < n)%N.",
    },
    "StoppingSets": {
        "- #|places k|%:R * 'X))`_u": "- 'X))`_u",
    },
    "Baselines": {
        "= \\prod_j arrived (A j) j.": "= \\prod_j (1 - arrived (A j) j).",
        "(1 - \\prod_(j | part j == c) (1 - arrived (A c) j)).\nProof.": (
            "(1 - \\prod_(j | part j == c) arrived (A c) j).\nProof."
        ),
    },
    "GradientCodes": {
        "(#|[set i | c i != 0%R]| <= r)%N -> forall i": "(#|[set i | c i != 0%R]| <= r.+1)%N -> forall i",
        "#|J| = (m - s)%N ->\n": "#|J| = (m - s).-1 ->\n",
        "(m - s <= #|[set j | a j != 0%R]|)%N.": "(m - s < #|[set j | a j != 0%R]|)%N.",
    },
    "Lagrange": {
        "(size (product c) <= D)%N) ->\n  forall i, value": "(size (product c) <= D.+1)%N) ->\n  forall i, value",
        "(e + K <= m.-1 * D)%N -> \\sum_i b i ^+ e": "(e + K < m.-1 * D)%N -> \\sum_i b i ^+ e",
    },
    "ReedSolomon": {
        "(size p <= m - s)%N ->\n": "(size p <= (m - s).+1)%N ->\n",
        "#|J| = (m - s)%N -> (forall j, j": "#|J| = (m - s).+1 -> (forall j, j",
        "Corollary reed_solomon_recovers J : #|J| = (m - s)%N ->": (
            "Corollary reed_solomon_recovers J : #|J| = (m - s).-1 ->"
        ),
        "[x c] != 0) = holds j c.": "[x c] == 0) = holds j c.",
    },
    "CyclicLimit": {
        "M N t * (1 + tau * i%:R / t) <= M": "M N t * (1 + tau * i.+1%:R / t) <= M",
    },
    "Latency": {
        "<= tau * d%:R * K%:R.": "<= tau * d%:R * (K.-1)%:R.",
        "<= tau * d%:R * (M.-1)%:R.": "<= tau * d%:R * (M.-2)%:R.",
        "exists j, tau + X j <= arrival": "exists j, tau + X j < arrival",
        "<= tau + (tau * d%:R * (M.-1)%:R + \\sum": "<= tau + (tau * d%:R * (M.-2)%:R + \\sum",
        "(tau * d%:R * (M.-1)%:R + first_delays n) / n%:R.": "(tau * d%:R * (M.-2)%:R + first_delays n) / n%:R.",
        "<= tau + tau * d%:R * (M.-1)%:R / m%:R + (\\sum_j X j) / m%:R.": (
            "<= tau + tau * d%:R * (M.-2)%:R / m%:R + (\\sum_j X j) / m%:R."
        ),
        "+ tau * d%:R * k%:R.\nProof.": "+ tau * d%:R * (k.-1)%:R.\nProof.",
        "weight e * ((M e).-1)%:R) / m%:R": "weight e * ((M e).-2)%:R) / m%:R",
        "((M e).-1)%:R) + \\sum_e weight e * first_delays (X e) n) / n%:R.": (
            "((M e).-2)%:R) + \\sum_e weight e * first_delays (X e) n) / n%:R."
        ),
        "(2%:R - d%:R^-1) * m%:R + 1 ->": "(2%:R - d%:R^-1) * m%:R + 2%:R ->",
        "(1 + d%:R^-1 + eta) * (tau * d%:R) + (\\sum_e": "(1 + eta) * (tau * d%:R) + (\\sum_e",
    },
    "OrderedDelays": {
        "integral q = \\sum_(l < i) (m - l)%:R^-1.": "integral q = \\sum_(l < i.+1) (m - l)%:R^-1.",
        "  1 + k%:R * integral q =": "  k%:R * integral q =",
        "1 + integral q = m%:R / (m - i)%:R.": "1 + integral q = m%:R / (m - i.+1)%:R.",
        "  n%:R - (m - n)%:R * (harmonic": "  n%:R - (m - n).+1%:R * (harmonic",
        "(harmonic m.-1 - harmonic (m - n.+1)).": "(harmonic m - harmonic (m - n.+1)).",
        "n%:R / (2 * m)%:R - s)": "n%:R / (3 * m)%:R - s)",
        "(tail K m i.+1).[": "(tail K m i).[",
    },
    "PeelingSums": {
        "<= 2%:R * pairs * u%:R ^+ 2 * miss ^+ u.": "<= pairs / 4%:R * u%:R ^+ 2 * miss ^+ u.",
        "2%:R * pairs * (nu + nu ^+ 2) * (1 + miss) ^+ z.\nProof": "2%:R * pairs * nu ^+ 3 * (1 + miss) ^+ z.\nProof",
        "2%:R * sigma * (nu + nu ^+ 2) * (1 + p) ^+ z +": "2%:R * sigma * nu ^+ 3 * (1 + p) ^+ z +",
    },
    "PeelingBlocks": {
        "(1 - #|K k|%:R * rate R M u c D).\nProof": "(1 - 2%:R * #|K k|%:R * rate R M u c D).\nProof",
        "(1 - rate R M u C D) ^+ in_blocks.\nProof": "(1 - rate R M u C D) ^+ (2 * in_blocks).\nProof",
        "((1 - kappa / M%:R) ^+ in_blocks) ^+ u.\nProof": "((1 - 2%:R * kappa / M%:R) ^+ in_blocks) ^+ u.\nProof",
    },
    "Plateau": {
        "(t < tau + tau * d%:R -> nu t < 1)": "(t <= tau + tau * d%:R -> nu t < 1)",
        "* 2%:R -> nu t = 1).": "* 3%:R -> nu t = 1).",
        "= 'C(m, k) /\\": "= 'C(m.+1, k) /\\",
        "^+ 2 * m.+1%:R <= 1 /\\\n": "^+ 2 * (2 * m)%:R <= 1 /\\\n",
        "(rows_by x (tau + tau * d%:R) < m)%N ->": "(rows_by x (tau + tau * d%:R) <= m)%N ->",
        "weight e - (1 - short m d tau a) <=": "weight e - 2%:R^-1 <=",
    },
    "Elimination": {
        "(i < j)%N -> R j (P i) = 0) -> square": "(i.+1 < j)%N -> R j (P i) = 0) -> square",
        "colsub P (cleared A) = 0 /\\": "cleared A = 0 /\\",
        "<= R)%MS -> colsub P u = colsub P v -> u = v.": "<= R)%MS -> u = v.",
        "(u <= R)%MS = (cleared u == 0).": "(u <= R)%MS = (colsub P (cleared u) == 0).",
        "injective P -> R *m x = 0 -> R *m y = 0 ->": "injective P -> R *m x = 0 ->",
        "in_turn u -> in_turn v -> u = v.": "in_turn u -> u = v.",
        "(row i u == 0) = (row i G <= prefix i G)%MS.": "(row i u == 0) = (row i G == 0).",
        "(e < k)%N & is_end e]| = k)%N.": "(e <= k)%N & is_end e]| = k)%N.",
        "~~ is_end e -> stops G e.+1.": "~~ is_end e -> stops G e.",
        "D != 0 /\\ y *m rowsub f G": "y *m rowsub f G",
        "B \\in unitmx -> \\rank G = m.": "B \\in unitmx -> \\rank G = n.",
        "-> v 0 e = total z.": "-> v 0 e = - total z.",
        "square_core \\in unitmx -> v *m G": "v *m G",
        "(i < k.-1)%N -> G i j = 0": "(i < k.-2)%N -> G i j = 0",
        "v *m over K G = const_mx 1 -> v 0 ord_max != 0 -> ": "v *m over K G = const_mx 1 -> ",
        "(r <= \\rank G)%N.": "(r < \\rank G)%N.",
    },
    "Approximants": {
        "reduced s d M -> below s l (M *m u) <->": "bounded s d M -> below s l (M *m u) <->",
        "basis P 0 1%:M /\\ reduced": "basis P 1 1%:M /\\ reduced",
        "clearing d U -> independent (next P n M *m U) Z ->": "clearing d U ->",
        "independent (E *m U) Z.": "independent E Z.",
        "leading s d M *m leading d e N].": "leading d e N *m leading s d M].",
    },
    "Wiedemann": {
        "(l - d j) = a * l)%N.": "(l - d j) = a * l.+1)%N.",
        "= - (leading_g *m invmx leading_f).": "= leading_g *m invmx leading_f.",
    },
    "ArcsRank": {
        "\\rank arc_rows = (m - components).+1).": "\\rank arc_rows = (m - components)%N).",
        "(m - components < \\rank arc_rows)%N.": "(m - components <= \\rank arc_rows)%N.",
    },
    "UnionFind": {
        "parent s x != x -> keeps s (halve s x).": "parent s x != x -> keeps s (State (parent (halve s x)) (up s)).",
        "exists o s', run k.+1 (rcons out o) s'.": "exists s', run k.+1 (rcons out (true, 0)) s'.",
        "closed_cycle i : ~~ (said out i).1 -> exists ds": "closed_cycle i : exists ds",
        "spans rows <-> has (winds K) out.": "spans rows <-> has (winds rat) out.",
        "\\rank rows = (count fst out + has (winds K) out)%N.": "\\rank rows = (count fst out).+1.",
        "forall j, (j <= k)%N -> ~~ spans": "forall j, (j <= k.+1)%N -> ~~ spans",
        "(said (rcons out o) d.1).1) ds": "(said (rcons out o) d.1).1 && d.2) ds",
        "(0 < #|A| < m)%N ->\n  (exists a l,": "(0 < #|A|)%N ->\n  (exists a l,",
        "-> A = arc_set a #|A|.": "-> A = arc_set a #|A|.+1.",
        "(size ops <= n)%N &\n      foldl": "(size ops < n)%N &\n      foldl",
        "= `|winding ds|%N%:R^-1 *: foldl": "= (winding ds)%:~R^-1 *: foldl",
    },
    "OwnFirst": {
        "(F : fieldType) : recovers F m own_rows = covered m own_rows.": (
            "(F : fieldType) (now : nat -> pred nat)\n"
            "  (sent := flatten [seq complete (now j) 0 (own_then_parts m d j) | j <- iota 0 m]) :\n"
            "  recovers F m sent = covered m sent."
        ),
        "turn_left d r terms_law (own_first_left terms_law) l) ->": (
            "turn_left d r terms_law (fun k => below terms_law k ^+ k) l) ->"
        ),
    },
    "RowByRow": {
        "(i < k)%N -> G i j = 0) -> ~ spans": "(i < k.-1)%N -> G i j = 0) -> ~ spans",
        "~ spans (prefix c G) -> spans (prefix h G) ->\n  stops": "spans (prefix h G) ->\n  stops",
        "+ ~~ spans (prefix k G))%N.": "+ spans (prefix k G))%N.",
        "rank_known G -> ~ spans (over K G) -> forall k": "~ spans (over K G) -> forall k",
        "stops (over K G) m -> \\rank (prefix m (over K G)) = m -> stops": "stops (over K G) m -> stops",
        "\\rank (over K G) = m -> spans (over rat G).": "\\rank (over K G) = n -> spans (over rat G).",
    },
    "Panels": {
        "cleared_before j = iota 1 j.-1.": "cleared_before j = iota 1 j.",
        "bs : in_order bs ->\n  zero_at": "bs :\n  zero_at",
        "run_in_turn os : complete os -> in_turn G": "run_in_turn os : in_turn G",
        "complete os -> complete os' ->\n": "complete os ->\n",
        "== None) = (row i G <= prefix i G)%MS.": "== None) = (row i G == 0).",
        "(i < k)%N & pivot_of (run G os) i != None]|.": "(i <= k)%N & pivot_of (run G os) i != None]|.",
        "complete os -> G *m x = 0 -> G *m y = 0 ->": "complete os -> G *m x = 0 ->",
        "n == None) = spans G.": "n != None) = spans G.",
        "= n -> complete n (panels": "= n -> complete n.+1 (panels",
        "pivot_of by_panels i = pivot_of by_rows i.": "current by_panels i = current by_rows i.",
    },
    "StoppingLaw": {
        "chi_worker j a V : j \\notin V ->": "chi_worker j a V :",
        ": {poly rat})`_u.\n": ": {poly rat})`_u.+1.\n",
        "stopping_chance V : V \\subset waiting ->": "stopping_chance V :",
        "\\sum_(1 <= u < m.+1) 'C(#|waiting|, u)%:R * \\prod": "\\sum_(2 <= u < m.+1) 'C(#|waiting|, u)%:R * \\prod",
        "\\sum_(2 <= u < m.+1) 'C(#|waiting|, u)%:R *\n": "\\sum_(3 <= u < m.+1) 'C(#|waiting|, u)%:R *\n",
    },
    "PeelingBounds": {
        "<= (1 - #|V|%:R / M%:R) ^+ k.": "< (1 - #|V|%:R / M%:R) ^+ k.",
        "<= 'C(#|V|, 2)%:R * (k * k.-1)%:R / (M * M.-1)%:R.": "< 'C(#|V|, 2)%:R * (k * k.-1)%:R / (M * M.-1)%:R.",
        "'C(D, 2)%:R * #|V|%:R ^+ 2 /": "'C(D, 2)%:R * #|V|%:R /",
        " * (1 - (#|V| + D)%:R / M%:R) ^+ D.-1 <=": " <=",
        "((#|V|.+1 - D)%:R / M.+2%:R) ^+ D.-1 <= share": "(#|V|.+1%:R / M.+2%:R) ^+ D.-1 <= share",
        " + 'C(C, 2)%:R * (k%:R / M%:R) ^+ 2 /\\": " /\\",
    },
    "UnequalCells": {
        "\\prod_c Pr (filled c) <= Pr (fun": "\\prod_c Pr (filled c) < Pr (fun",
        "(len (cell j) < t)%N -> w j t = 0)": "(len (cell j) < t.-1)%N -> w j t = 0)",
        "\\sum_(r < (len c).+1) Pr (fun": "\\sum_(r < len c) Pr (fun",
        "(r < len c)%N ->\n  Pr": "(r <= len c)%N ->\n  Pr",
        "(0 < k <= m)%N ->\n  \\sum_(b": "(k <= m)%N ->\n  \\sum_(b",
        "duration j k = (tau * d%:R + kappa) * k%:R.": "duration j k = (tau * d%:R + kappa) * k.+1%:R.",
        "(1 - F (time - duration j k.+1)).": "(1 - F (time - duration j k)).",
        "\\prod_c Pr number_law (filled len cell right c) <=": ("\\prod_c Pr number_law (filled len cell right c) >="),
        "F (time - duration j (len (cell j)).+1) = 0)": "F (time - duration j (len (cell j)).+2) = 0)",
        "(tau * d%:R + kappa) * l.+1%:R) = 0 ->": "(tau * d%:R + kappa) * l.+2%:R) = 0 ->",
    },
    "WeightTable": {
        "emb (sum_numerator s b j) / emb (sum_denominator s j).": (
            "emb (sum_denominator s j) / emb (sum_numerator s b j)."
        ),
        "= emb (power_sum s b e).": "= emb (power_sum s b e.+1).",
        "(gradient_weight m s j i).": "(gradient_weight m s i j).",
    },
    "Span": {
        "G *m x = 0 -> total x = 0.": "G *m x = 0 -> total x = 1.",
        "G *m x = 0 /\\ total x = 1.": "G *m x = 0 /\\ total x = 0.",
        "(k <= l)%N -> spans (prefix k G) -> spans (prefix l G).": (
            "(l <= k)%N -> spans (prefix k G) -> spans (prefix l G)."
        ),
        "(forall i, G i j = 0) -> ~ spans G.": "(exists i, G i j = 0) -> ~ spans G.",
        "(forall j, exists i, f i = j) -> spans (colsub": "spans (colsub",
        "== \\rank G) = spans G.": "== \\rank G) = ~~ spans G.",
        "\\rank (map_mx f G) = \\rank G.": "(\\rank (map_mx f G) < \\rank G)%N.",
        "spans (map_mx f G) = spans G.": "spans (map_mx f G) = ~~ spans G.",
    },
    "Exactness": {
        "(k <= n)%N & stops G k.": "(k < n)%N & stops G k.",
        "stops G k -> stops G l -> k = l.": "stops G k -> spans (prefix l G) -> k = l.",
        "p \\in [char K] -> p \\in [char L] -> \\rank (over K G) =": "p \\in [char K] -> \\rank (over K G) =",
        "p \\in [char K] -> p \\in [char L] -> spans": "p \\in [char K] -> spans",
        "(\\rank (over K G) <= \\rank (over rat G))%N.": "(\\rank (over K G) < \\rank (over rat G))%N.",
        "\\rank (over K G) = m -> \\rank (over rat G) = m /\\ spans": (
            "\\rank (over K G) = n -> \\rank (over rat G) = m /\\ spans"
        ),
        "\\rank (over K G) = \\rank (over rat G) -> ~ spans (over K G) -> ~": "~ spans (over K G) -> ~",
        "\\rank (over K G) = n -> \\rank (over rat G) = n /\\": "\\rank (over K G) = m -> \\rank (over rat G) = n /\\",
        "spans (over 'F_p G) & ~ spans (over rat G)].": "spans (over 'F_p G) & spans (over rat G)].",
        "(i < k.-1)%N -> G i j = 0)": "(i < k.-2)%N -> G i j = 0)",
        "-> ~ spans (prefix m.-1 (over K G)) -> stops": "-> stops",
        "<-> v 0 ord_max != 0.": "<-> v 0 ord_max == 0.",
        "\\rank (over K X) = d -> (\\rank (over K G) + d)%N = m ->": "\\rank (over K X) = d ->",
        "Y *m G = 0 -> \\rank (over K Y) = d ->": "Y *m G = 0 ->",
        "(mxsub f g G)| < \\prod": "(mxsub f g G)| <= \\prod",
        "(\\rank (over 'F_p G) <= \\rank (over rat G))%N.": "(\\rank (over 'F_p G) < \\rank (over rat G))%N.",
    },
    "SumRecovery": {
        "r =i r') -> recovers rows -> recovers rows'.": "r =i r') -> recovers rows' -> recovers rows.",
        "{subset rows <= rows'} -> recovers": "{subset rows' <= rows} -> recovers",
        "x j = 0) -> \\sum_j x j = 0.": "x j = 0) -> \\sum_j x j = 1.",
        "-> \\sum_j x j != 0 -> ~ recovers rows.": "-> ~ recovers rows.",
        "recovers rows -> covered rows.": "covered rows -> recovers rows.",
        "count (fun r => j \\in r) rows = 1%N) -> recovers": "(0 < count (fun r => j \\in r) rows)%N) -> recovers",
        "(forall j, (j < m)%N -> [:: j] \\in rows)": "(forall j, (j < m.-1)%N -> [:: j] \\in rows)",
        "(size r <= 1)%N) -> covered": "(size r <= 2)%N) -> covered",
        "(blocks < n j)%N -> recovers": "(blocks <= n j)%N -> recovers",
        "(m.-1 * blocks < \\sum_(j < m) n j)%N": "(m.-1 * blocks <= \\sum_(j < m) n j)%N",
        "= (m.-1 * blocks)%N & ~": "= (m.-1 * blocks).+1%N & ~",
    },
    "IntegerSolutions": {
        "D != 0 /\\ M *m y = D *: b.": "D = 1 /\\ M *m y = D *: b.",
        "D != 0 /\\ v *m G = const_mx D.": "v *m G = const_mx D.",
        "\\sum_i x i 0 != 0.": "\\sum_i x i 0 = 1.",
        "p ^+ i *: q') ->\n  M *m y = D *: b.": "p ^+ i *: q') ->\n  M *m y = b.",
        "\\rank (over K H) = n ->": "\\rank (over K H) = k ->",
        "\\rank (over rat M) = r -> mxsub I J": "mxsub I J",
        "lifted b i = p%:Z ^+ i *: residual b i.\n": "lifted b i = p%:Z ^+ i.+1 *: residual b i.\n",
        "(p%:Z ^+ i %| d * lifted": "(p%:Z ^+ i.+1 %| d * lifted",
        "over 'F_p (mxsub I J M) *m over 'F_p C = 1%:M -> (forall x": "(forall x",
        "prime p -> ~~ (p%:Z %| \\det (mxsub f g M))%Z ->": "prime p ->",
        "injective ps -> (forall k, prime (ps k)) ->": "(forall k, prime (ps k)) ->",
    },
    "LeastPrefix": {
        "<-> exists2 y : 'cV_d, x = X *m y & g *m X *m y = 0.": "<-> exists y : 'cV_d, x = X *m y.",
        "kernel_basis G X -> spans (col_mx G g)": "spans (col_mx G g)",
        "kernel_basis (prefix k G) X -> ~ spans (prefix k G) ->\n  stops": "kernel_basis (prefix k G) X ->\n  stops",
        "[/\\ stops G l, kernel_basis (prefix l.-1 G)": "[/\\ stops G l, kernel_basis (prefix l G)",
    },
    "ByRows": {
        "= moment_at w r.": "= moment_at w r.+1.",
        "covered_at r = \\sum_(w < m.+1)": "covered_at r = \\sum_(w < m)",
    },
    "TimeLaws": {
        "[/\\ 1 - F 0 = \\sum_(e | sent e == 0%N)": "[/\\ 1 - F 0 = \\sum_(e | sent e != 0%N)",
        "even_at 0 r = rows_at r].": "even_at 1 r = rows_at r].",
        "even_at 1 r = U, avoid_at 1 r = U &": "even_at 1 r = U, avoid_at 2 r = U &",
        "0 <= (-1) ^+ k * (\\sum_(w < k.+1)": "0 <= (-1) ^+ k.+1 * (\\sum_(w < k.+1)",
        "covered_at r = \\sum_(k < m.+1)": "covered_at r = \\sum_(k < m)",
        "(excess := \\sum_(2 <= w < m)": "(excess := \\sum_(3 <= w < m)",
        "(excess := \\sum_(3 <= w < m)": "(excess := \\sum_(4 <= w < m)",
        "((r < m)%N -> recovered_at r <= short_bound r).": "((r < m)%N -> recovered_at r < short_bound r).",
        "kernel_over d (on_rows r) counts x) - rows_at r) / q.-1%:R].": (
            "kernel_over d (on_rows r) counts x) - rows_at r) / q%:R]."
        ),
        "(\\sum_(x : 'cV[F]_m | x != 0) (kernel_over": "(\\sum_(x : 'cV[F]_m | total x != 0) (kernel_over",
        "\\sum_(2 <= w < m) (even_at w r - avoid_at w r) =": "\\sum_(3 <= w < m) (even_at w r - avoid_at w r) =",
        "| (m <= r)%N) covered_at r +": "| (m < r)%N) covered_at r +",
        "(1 - F (blocks m d)) ^+ m.": "(1 - F 0) ^+ m.",
        "X e <= t - tau * (1 +": "X e <= t - tau * (2 +",
        "(x <= t - tau * (1 +": "(x < t - tau * (1 +",
    },
    "Coverage": {
        "#|covering|%:R = \\sum_(k < #|Z|.+1)": "#|covering|%:R = \\sum_(k < #|Z|)",
        "#|covering|%:R / #|families|%:R =\n  \\sum_(k < #|Z|.+1)": (
            "#|covering|%:R / #|families|%:R =\n  \\sum_(k < #|Z|)"
        ),
    },
    "SparseTriangle": {
        "triangle_unit active : chosen active ->": "triangle_unit (active : nat -> {set 'I_m}) :",
        "colsub pivot_column core = 0 /\\ rowsub": "core = 0 /\\ rowsub",
        "rowsub pivot_column x = - (invmx": "rowsub pivot_column x = (invmx",
        "G *m x = 0 -> core *m inactive x = 0 /\\": "core *m inactive x = 0 /\\",
        "core *m z = 0 -> rowsub pivot_column z = 0 -> exists! x,": "core *m z = 0 -> exists! x,",
        "(forall k : 'I_c, (k < w i)%N -> x (inact": "(forall k : 'I_c, (k < (w i).-1)%N -> x (inact",
        "inact' (fun i => w (lift s i) + (s <= i))%N,": "inact' (fun i => w (lift s i)),",
        "staircase (row' ord_max G) pr pc inact w) /\\": "staircase (row' ord_max G) pr pc inact (fun=> 0%N)) /\\",
        "row' ord_max (core G (lift": "row' ord0 (core G (lift",
        "(forall i : 'I_n, (i < k.-1)%N -> G i j = 0) ->\n        \\rank": (
            "(forall i : 'I_n, (i < k.-2)%N -> G i j = 0) ->\n        \\rank"
        ),
    },
    "Encoding": {
        "(rem j (iota 0 m)).": "(iota 0 m).",
        "(m.-1 - b * d)": "(m - b * d)",
        "(parities j) = (d %| m.-1).": "(parities j) = (d %| m).",
        "j <- iota 0 m].\n": "j <- iota 1 m].\n",
        "recovers K m (reception m d C (fun=> 1)).": "recovers K m (reception m d C (fun=> 0)).",
        "~~ (d %| m.-1)).\n": "(d %| m.-1)).\n",
    },
    "CoverageLaw": {
        "covered m (received d n C)) =\n  \\sum_(k < z.+1)": "covered m (received d n C)) =\n  \\sum_(k < z)",
        "(N`! ^ m)%:R * \\sum_(k < z.+1)": "(N`! ^ m)%:R * \\sum_(k < z)",
        "coverage_random = \\sum_(k < m.+1)": "coverage_random = \\sum_(k < m)",
        "sent_by =\n  \\sum_(k < m.+1)": "sent_by =\n  \\sum_(k < m)",
    },
    "Monotone": {
        "(n j <= n' j)%N) -> f n <= f n') ->": "(n j <= n' j)%N) -> f n' <= f n) ->",
        "recovery_grows : recovered_by N d weight count <= ": "recovery_grows : recovered_by N d weight count < ",
        "covered m (received d (counts count o) C))) <=\n": "covered m (received d (counts count o) C))) <\n",
        "\\prod_j weight (o j) <=\n": "\\prod_j weight (o j) <\n",
    },
    "Fluid": {
        "1 / 2 <= F median": "1 / 3 <= F median",
        "-> 1 <= rows bound.": "-> 1 < rows bound.",
        "rows t < 1 -> t < bound.": "rows t <= 1 -> t < bound.",
        "t < bound -> rows t < 1.": "t <= bound -> rows t < 1.",
    },
    "FluidNumeric": {
        "0.4812118 < ln phi": "0.4812119 < ln phi",
        "ln phi < 1 / 2.": "ln phi < 48 / 100.",
        "E 0.7045 < 1": "E 0.7047 < 1",
    },
    "CheckerSound": {
        "rows c : check p m rows c -> claim m rows c.": "rows c : claim m rows c.",
        "check 0 m rows c -> claim rat m rows c.": "claim rat m rows c.",
        "-> check (Z.of_nat p) m rows c -> claim K m": "-> check Z0 m rows c -> claim K m",
        "prime p -> check (Z.of_nat p)": "check (Z.of_nat p)",
        "List.fold_left Z.gcd x Z0.": "List.fold_left Z.gcd x (Z.pos 1%positive).",
        "accepts 0 m rows c -> claim rat": "accepts (Z.pos 2%positive) m rows c -> claim rat",
        "p \\in [char K] -> accepts (Z.of_nat p)": "p \\in [char K] -> accepts Z0",
    },
    "Grouping": {
        "= recovers K p rows.": "= ~~ recovers K p rows.",
    },
    "Counterexamples": {
        "all (fun r => uniq r) rows -> spans (dense K": "spans (dense K",
        "proved m rows -> recovers rat m rows.": "recovers rat m rows.",
        "[:: 0; 2]]%N /\\ ~ recovers K 3": "[:: 0; 2]]%N /\\ recovers K 3",
        "(m <= 2)%N": "(m <= 3)%N",
        "covered 5 rows & ~ recovers": "covered 5 rows & recovers",
    },
    "Errata": {
        "<-> row_free G.": "<-> row_full G.",
        "\\rank G^T = \\rank (row_mx G^T (ones K)^T) /\\": "\\rank G^T = (\\rank (row_mx G^T (ones K)^T)).+1 /\\",
        "(fun j => j.+1) = three_rows.": "(fun j => j) = three_rows.",
        "recovers K 2 [:: [:: 0]; [:: 0; 1]]%N.": "recovers K 2 [:: [:: 0]; [:: 0]]%N.",
        "recovers K 2 [:: [:: 0; 1]; [:: 1]]%N.": "recovers K 2 [:: [:: 1]; [:: 1]]%N.",
        "/\\ ~ recovers rat 4 rows.": "/\\ recovers rat 4 rows.",
        "/\\ ~ recovers 'F_2 3 rows.": "/\\ recovers 'F_2 3 rows.",
    },
    "Graph": {
        "#|A|%:R = #|B|%:R :> K.": "#|A| = #|B|.",
    },
    "CoverageTable": {
        "emb (numerator m #|Z0| cs)": "emb (numerator m #|Z0|.+1 cs)",
    },
    "EvenSets": {
        "= (even_poly b)`_w :> rat.": "= (even_poly b)`_w.+1 :> rat.",
    },
    "Codes": {
        "(C0 : nat -> seq nat) : code m C0 -> exists": "(C0 : nat -> seq nat) : exists",
        "received C -> ~~ odd #|[set l in A": "received C -> odd #|[set l in A",
        "-> val l \\notin r.": "-> val l \\in r.",
        "= (uncovered C == set0).": "= (uncovered C != set0).",
        "A \\subset silent ->\n  Pr (even^~ A)": "Pr (even^~ A)",
        "A \\subset silent ->\n  Pr (missed^~ A)": "Pr (missed^~ A)",
    },
}
"""By module, pieces of statements in order, and for each one that makes it false, or sharper than what is sharp.

Each other piece was chosen with a counterexample in mind, mostly of two or three symbols, or drops a hypothesis that
excludes one. Coq does not prove that it is false: it must understand the statement, and refuse its proof.
"""


def other(text: str, *pieces: tuple[str, str]) -> str:
    """Return a text with other pieces for some that stand there once."""
    for old, new in pieces:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def tried(module: str, text: str, pieces: Mapping[str, str], scratch: Path) -> str:
    """Return the text of a module that does not compile unless Coq refuses each of its statements with another piece.

    Before a statement, commands load it so from a file and must fail; without its proof, they must not.  The pieces are
    in the order of the statements.  One that is in no later statement is of that of the piece before it.  A definition
    is loaded alone where nothing may fail, so that a piece from what follows it is an error: a variant that states
    nothing would be refused as well as one that is false.
    """
    said = statement = ""
    for i, piece in enumerate(pieces.items()):
        if text.count(piece[0]) == 1:
            start = text.rindex("\n\n", 0, text.index(piece[0]))
            said, text = said + statement + text[:start], text[start:]
            is_definition = re.search(r"\b(Theorem|Corollary|Definition)\b", text)[1] == "Definition"
            # A definition is tried with what follows, to where it is of importance.
            end = len(text) if is_definition else text.index("Qed.") + len("Qed.")
            statement, text = text[:end], text[end:]
        assert statement.count(piece[0]) == 1, piece
        refused = other(statement, piece)
        end = refused.index("\n\n", 2) if is_definition else refused.rindex("Proof")
        assert statement.endswith(refused[end:]), piece  # all of the change is stated
        stated = refused[:end] + ("" if is_definition else "Abort.")
        for command, content in (("Succeed", stated), ("Fail", refused)):
            file = scratch / f"{command}_{module}_{i}.v"
            file.write_text(f"{content}\n", encoding="utf-8")
            said += f'\n{command} Load "{file}".'
    return said + statement + text


def all_tried(texts: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the texts of the library's modules, in their order, with trials of all variants."""
    assert set(VARIANTS) <= set(texts)
    return {name: tried(name, text, VARIANTS.get(name, {}), scratch) for name, text in texts.items()}
