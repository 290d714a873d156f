"""The constants in the proofs of docs/spanning.md, sections 4 to 8, with ball arithmetic at the extreme values."""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import arb

from tests.theory.limit_lemmas import ball as number


def e(x):
    return number(x).exp()


def ln(x):
    return (x if isinstance(x, arb) else number(x)).log()


def root(x):
    return number(x).sqrt()


C = Fraction("2e-5")
LOAD, SIZE = 2 * 10**6, Fraction("2.9e6")
"""(P2): the least L, and less than the least ln z."""


def of_size(k):
    """Proposition 5: the term of k over g^2, at g = 1/4."""
    return (k * number("0.67") + k * ln(k) / 2 - (k - 2) * ln(4)).exp() / math.factorial(k)


def geometric(base, first):
    return base**first / (1 - base)


ROUNDED_UP = {
    "Corollary 2, exponent": (number(Fraction(8 * 180, 179)), "8.05"),
    "Lemma 3 (d), kappa": (e("1/8"), "1.1332"),
    "Lemma 3 (d), w(1 - q)": (1 + e("-0.95"), "1.3868"),
    "Lemma 3 (d), q <= 1/2": (e("1/8") * (1 + e("-0.95")) / 2, "0.786"),
    "Lemma 3 (d), mean": (1 - (1 - e(-5)) / 2, "0.504"),
    "Lemma 3 (d), q > 1/2": (number("1.1332") * number("0.504"), "0.572"),
    "Proposition 5, theta": (1 / number(1 - Fraction(1, 720) - Fraction(1, 20)), "1.0542"),
    "Proposition 5, quadratic": ((e("0.5271") - number("1.5271")) / number("0.5271") ** 2, "0.6008"),
    "Proposition 5, k = 2": (of_size(2), "3.82"),
    "Proposition 5, k = 3": (of_size(3), "1.62"),
    "Proposition 5, k = 4": (of_size(4), "0.61"),
    "Proposition 5, k = 5": (of_size(5), "0.21"),
    "Proposition 5, k = 6": (of_size(6), "0.07"),
    "Proposition 5, k = 7": (of_size(7), "0.02"),
    "Proposition 5, base": (e("1.67") / 4, "1.3281"),
    "Proposition 5, k >= 8": (16 * geometric(number("1.3281") / root(8), 8), "0.08"),
    "Proposition 5, b": (2 * e(1) * 14**2 * e("-9.31"), "0.09645"),
    "Proposition 5, geometric": (1 / (1 - e(Fraction(-14, 6))), "1.2"),
    "Proposition 6, per symbol": (e("0.67"), "1.96"),
    "Proposition 6, per worker": (number("1.96") * e("1.96"), "13.92"),
    "Proposition 7, first row": (1 / number("0.79"), "1.3"),
    "Proposition 8, kappa": (e("1/8"), "1.14"),
    "Proposition 8, B1": (e("1/8") * e("1/10"), "1.26"),
    "Proposition 8, (P1)": (ln(14592), "9.6"),
    "Proposition 8, B4, integral": (number("1/5") * number("3/2").gamma(), "0.1773"),
    "Proposition 8, B4, Y": (2 * e("1/8") * number("0.1773"), "0.402"),
    "Proposition 8, B4, per symbol": (number("1.402") * e("0.08") / number("1.62"), "0.94"),
    "Proposition 8, B5, sum": (1 / (1 - e("-1/2")), "2.542"),
    "Proposition 8, B5, Y": (2 * e("1/8") * number("2.542"), "5.77"),
    "Theorem 3, main term": (e("0.18") / number("0.357"), "3.36"),
    "Theorem 3, with coverage": (number("3.36") + number("1/7"), "3.51"),
    "Theorem 3, Q < 5, exponent": (number("1.26") * number("3/16"), "0.237"),
    "Theorem 3, Q < 5": (e("0.237") / 2 + number("1/16"), "0.70"),
    "Theorem 3, Q < 7": (e("0.252") / 4 + number("1/25"), "0.37"),
    "Theorem 4, one row less": (e("1/720"), "1.0014"),
    "Theorem 5, pairs": (number("1.003") / 2, "0.51"),
    "Corollary 4": (root(12800), "114"),
}
"""What the proofs round up, and to what."""

IN_ORDER = {
    "Corollary 2, falling power": (number("360/719"), "0.51"),
    "Corollary 2, kappa": (number("8.05") + number("0.51"), 9),
    "Lemma 3 (d)": (number("0.786"), "0.79"),
    "(W), (P1)": (3 + ln(10), 10),
    "(W), (P1), ln 20": (ln(20), 3),
    "(W), (P2)": (201 * (1 + ln(Fraction(LOAD, 201)) + number(C * LOAD)) / LOAD, "0.006"),
    "(W), z": (1 / number("0.083") ** 2, 146),
    "Proposition 5, (1)": (number("0.6008") * number("1.0542") ** 2, "0.67"),
    "Proposition 5, in all": (sum((of_size(k) for k in range(2, 8)), number("0.08")), 7),
    "Proposition 5, b at 14": (number("0.09645"), e(Fraction(-14, 6))),
    "Proposition 5, b below 0.1": (e(Fraction(-14, 6)), "0.1"),
    "Proposition 5, b beyond 14": (number("2/14"), "0.498"),
    "Proposition 5, slope of b": (number("0.498"), Fraction("0.665") - Fraction(1, 6)),
    "Proposition 6, exponent": (ln("1/2") + number("0.1"), "-0.57"),
    "Proposition 7, exponent": (ln("0.79") + number("0.1"), "-0.135"),
    "Proposition 8, 4^-d": (number("1.38"), ln(4)),
    "Proposition 8, L t0, L least": (root(8) * LOAD * e(-20), "0.012"),
    "Proposition 8, L t0, ln z least": (root(8) / LOAD, "1/40"),
    "Proposition 8, B2, y2": (e(-C * LOAD), "1/6"),
    "Proposition 8, B3, share": (number(Fraction(1, 8 * LOAD)), C),
    "Proposition 8, B3": (number(Fraction(1, 6) - (1 - 3 * C) ** 2 / 4), "-0.083"),
    "Proposition 8, 1 + ln L": (1 + ln(LOAD), C * LOAD),
    "Proposition 8, B4, J": (number(100), Fraction(201, 2)),
    "Proposition 8, B5, logarithm": (2 * ln("34.7") + 1, 100),
    "Proposition 8, B5, 6 Y": (number(6 * Fraction("5.77")), "34.7"),
    "Proposition 8, B5, per symbol": (ln(Fraction("40.47") / Fraction("0.81")) - 100 + number("8e-4") * 101, -90),
    "Theorem 2, remainders": (number(Fraction("2.4") + Fraction("3.3") * 2 + 5 * 4), 8 * 4),
    "Theorem 3, p": (number("0.357"), Fraction(1, 2) - Fraction(1, 7)),
    "Theorem 3, Q < 5, 4/Q": (number("0.70") + number("0.01") / 4, "0.8"),
    "Theorem 3, Q < 7, 4/Q": (number("0.37") + number("0.01") / 5, Fraction(4, 7)),
    "Theorem 3, in all": (number("3.51") + number("0.01"), 4),
    "Theorem 3, converse": (number("-3/4"), ln("1/2")),
    "Theorem 5, workers": (number(1 / (1 - Fraction(1, 720)) ** 2), "1.003"),
    "Theorem 5, block": (number("0.99"), 1 - Fraction(1, 719)),
    "Theorem 6, 4^-d": (number("0.38"), ln(4) - 1),
}
"""What the proofs say is smaller, and than what."""


@pytest.mark.parametrize("name", ROUNDED_UP)
def test_constants_are_rounded_up(name):
    value, claim = ROUNDED_UP[name]
    assert value <= number(claim)


@pytest.mark.quality
@pytest.mark.parametrize("name", ROUNDED_UP)
def test_no_constant_can_be_lowered_by_a_unit(name):
    value, claim = ROUNDED_UP[name]
    assert value > number(claim) - number(Fraction(10) ** Decimal(claim).as_tuple().exponent)


@pytest.mark.parametrize("name", IN_ORDER)
def test_numbers_are_in_the_order_that_is_said(name):
    smaller, larger = IN_ORDER[name]
    assert smaller < (larger if isinstance(larger, arb) else number(larger))


def test_numbers_are_equal_that_are_said_to_be():
    assert Fraction(9, 72) == Fraction(1, 8)  # kappa under (R)
    assert Fraction("0.475") == (1 - Fraction(1, 20)) / 2  # w(1 - q) where it is least
    assert Fraction(8, 12800) == Fraction(1, 40) ** 2  # (L t0)^2 under (P1)
    assert Fraction("1.0542") / 2 == Fraction("0.5271")  # s in Proposition 5
    assert Fraction("1.26") / 7 == Fraction("0.18")
    assert Fraction("1.26") / 5 == Fraction("0.252")
    assert Fraction(12800) * Fraction("1.14") == 14592
    assert 72 * 10 * 14 - 1 == 10_079  # |S| - 1 in Proposition 6
    assert Fraction("8e-4") == 20 * 2 * C


# (P1) and (P2)


def needed(load, p):
    """The right side of (P1); it increases with the load."""
    ell = 1 + load.log() + ln(p)
    return 5 * p * p * ell * (number("9.6") + 2 * load.log() + ln(p))


def least_load(p):
    """The loads L >= 1 with (P1) are beyond this one: L >= needed(1), hence L >= needed(needed(1)), and so on."""
    load = arb(1)
    for _ in range(200):
        load = needed(load, p).mid()
    return load


def test_the_least_load_of_the_first_condition():
    load = least_load(2)
    assert 5707 < load < 5708
    assert needed(number(5708), 2) <= 5708
    assert needed(number(1), 2) > 344
    assert needed(number(344), 2) > 3100
    assert needed(number(3100), 2) > 5000


@pytest.mark.parametrize("p", [2, 3, 5, 101, 10**9 + 7])
def test_the_first_condition_implies_the_third(p):
    for load in (least_load(p) * factor for factor in (1, 2, 10**3, 10**9)):
        ell = 1 + load.log() + ln(p)
        assert load > 5000
        assert ell > 10
        most = load / (20 * ell)
        assert number("1/2") <= most <= load
        assert most / load * (1 + (load * p / most).log()) <= number("0.1")
        assert 12800 * load**2 >= 6 * load


@pytest.mark.quality
def test_a_larger_share_of_medium_vectors_would_be_seen():
    load = least_load(2)
    most = load / (5 * (1 + load.log() + ln(2)))
    assert most / load * (1 + (load * 2 / most).log()) > number("0.1")


def test_primes_of_the_order_of_the_root_are_allowed():
    for digits in range(5, 60):
        load = number(10**digits)
        assert needed(load, load.sqrt() / (7 * load.log())) <= number("0.55") * load


@pytest.mark.quality
def test_primes_twice_as_large_are_not():
    load = number(10**5)
    assert needed(load, load.sqrt() / (7 * load.log()) * 2) > load


def worst_exponent(load, known, share=1, eight=8):
    """Proposition 8, p = 2, r = z, no larger z than (P1) needs, off B1: sqrt z times the exponent per silent symbol.

    With u = 1 - 2k/z, C(z, k) 2^-z <= exp(-z u^2/2), and x of k ones adds exp(z (-u^2/2 + ln(1 + Y))), bounded on cells
    of |u| that meet big ones.  ``known`` is s-hat; big vectors begin at ``share`` of w_2; t_0^2 is ``eight`` eta_1.
    """
    most = load / (20 * (1 + load.log() + ln(2)))
    size, d = 12800 * load**2, load / (1 - number(known))  # size: sqrt z
    edges = [(eight * (e("1/8") * (-most).exp()).max(1 / size)).sqrt()]
    most *= share
    while edges[-1] < 1:
        edges.append((edges[-1] * number("1.15")).min(arb(1)))
    worst = arb("-inf")
    for sign in (1, -1):
        for low, high in pairwise(edges):
            ones = [(1 - number(known)) * (1 - sign * u) / 2 for u in (low, high)]
            rare = [x.min(1 - x) for x in ones]
            weights = [d * x for x in rare]
            straddles = min(ones) <= number("1/2") <= max(ones)
            if (d / 2 if straddles else max(weights)) <= most:
                continue
            peak = abs(1 - 2 * ones[0]).max(abs(1 - 2 * ones[1])).max(number("1/4")) ** d
            least = (-2 * most.max(min(weights))).exp().max(number("1/4") ** d)
            worst = worst.max((1 + e("1/8") * peak.min(least)).log() - low**2 / 2)
    return worst * size


@pytest.mark.parametrize("known", [0, "1/4", "9/10", "0.999999"])
@pytest.mark.parametrize("load", [5708, 10**5])
def test_big_vectors_off_the_main_term_do_not_count(load, known):
    assert worst_exponent(number(load), known) <= -1


@pytest.mark.quality
@pytest.mark.parametrize("slip", [{"share": number("1/1000")}, {"eight": 1}])
def test_they_would_if_small_vectors_were_big_or_the_main_term_ended_early(slip):
    assert worst_exponent(number(5708), "9/10", **slip) > -1


def test_where_the_second_condition_begins():
    assert 4 / number(C) * ln(LOAD) > number(SIZE)
    low, high = number(69_000), number("2.98e6")
    assert ln(4) / number(C) > low
    for size in (low, high):  # concave between them
        assert size > (number(C) * size / 4).exp()
    assert high > LOAD


def remainders_are_small(size):
    """B2 to B5 over p^2, where p = z^c: each at most exp(-sqrt z - 10); and what Theorem 3 adds to its main term."""
    z, p = size.exp(), (number(C) * size).exp()
    spared = [
        (size - number(C) * size).exp() - ln(4),
        number("0.083") * z - ln(4),
        -ln("0.94") * z - p * ln(2) - p.log(),
        90 * z - p * ln(2) - 2 * p.log(),
    ]
    rest = 7 * size**2 / z + 14 / z + 8 * p**2 * (-z.sqrt()).exp()
    return all(x >= z.sqrt() + 10 for x in spared) and rest < 1 / z.sqrt() < number("0.01") / p


def test_remainders_of_the_second_condition_are_small():
    assert remainders_are_small(number(SIZE))
    assert remainders_are_small(10 * number(SIZE))


@pytest.mark.quality
def test_remainders_of_few_symbols_are_not():
    assert not remainders_are_small(number(5))


# Theorem 3


def chance_exceeds(constant):
    """The whole numbers n for which Theorem 2's bound can exceed constant/Q, n <= Q < n + 1, at m rows: K = 0."""
    for n in range(4, 2000):
        p = next(q for q in range(n, n // 2, -1) if all(q % i for i in range(2, math.isqrt(q) + 1)))
        main = (number("1.26") * p / n**2).exp() / (p - 1)
        if not main + number(Fraction(1, n**2)) + number("0.01") / n <= number(Fraction(constant, n + 1)):
            yield n


def test_the_largest_prime_below_bounds_the_probability():
    assert not list(chance_exceeds(4))


@pytest.mark.quality
def test_a_constant_of_three_would_not_do():
    assert 4 in chance_exceeds(3)


# Theorem 3'


def weight(load):
    return load.sqrt() / load.log()


def test_where_the_explicit_form_begins():
    for load in (16, 10**5, 104_000):
        assert weight(number(load)) < 28
    assert weight(number(106_000)) > 28
    size = (12800 * number("1.05e5") ** 2) ** 2
    assert number("1.9e28") < size < number("2.1e28")


@pytest.mark.parametrize("load", [10**5, 10**7, 10**20])
def test_the_explicit_form_satisfies_the_first_condition(load):
    log = ln(load)
    assert number("5/49") * (1 / log + number("3/2")) * (number("9.6") / log + number("5/2")) < number("0.55")
    z = (12800 * number(load) ** 2) ** 2
    rest = 7 * number(load) ** 2 / z + 14 / z + 8 * load * (-z.sqrt()).exp()
    assert rest * number(load).sqrt() < number("0.01")
    assert z.log() < number(load)
