"""The relations on many drawn settings, for docs/reliability.md: ``python -m tests.metamorphic.long --draws 20``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from srtheory.schemes import SCHEME_NAMES
from srtheory.theory.laws.by_scheme import SCHEMES_WITH_LAW
from tests.attack.report import Tally
from tests.metamorphic import test_coincidences as coincidences
from tests.metamorphic import test_numbers as types
from tests.metamorphic import test_symbols as names
from tests.metamorphic import test_units as units
from tests.metamorphic.settings import COSTS, STARTUPS, M

SEED = 20233
SAYS = (
    "Two settings that must agree are compared to the bit. The settings are those of all schemes and of all "
    "distributions of the latency by name, with 8 or 12 symbols and five start-up distributions. Messages and the "
    "master take no time or some, and no worker or one in ten is silent. All times are multiplied by a power of two. "
    "Times are given as integers, fractions, decimals and NumPy's numbers in place of floats. Costs are too small to "
    "change a float. Symbols get other names. Fewer trials are the first of more. Two names stand for one scheme: the "
    "intervals for their two distributions must have a point in common, and counts of the decoder may differ. The "
    "short form also covers commands, two processes, rows times a number and rows that come twice."
)
Check = Callable[[], list]


def relations(rng: np.random.Generator) -> Iterator[tuple[str, str, Check]]:
    """One setting of each relation for each scheme, law or pair: kind, name, and what gives the differences."""

    def drawn(items):
        return list(items)[rng.integers(len(items))]

    for name in SCHEME_NAMES:
        kind, law, seed = drawn(COSTS), drawn(STARTUPS), int(rng.integers(2**62))
        power, other = int(rng.integers(1, 61)) * drawn((-1, 1)), drawn(types.STARTUPS)
        tau, cost = drawn((1, 3, 2**31, 2**62)), drawn((0, 1, 64))
        order = tuple(rng.permutation(M).tolist())
        unit = units.records_in_another_unit
        yield "records, unit of time", name, lambda a=(name, kind, law, seed, power), f=unit: f(*a)
        typed = types.records_of_another_type
        yield "records, type of numbers", name, lambda a=(name, other, tau, cost, seed), f=typed: f(*a)
        if law != "sample":  # whose atoms meet: a cost decides which of two rows comes first
            tiny = units.records_with_a_tiny_cost
            yield "records, costs of nothing", name, lambda a=(name, law, seed), f=tiny: f(*a)
        renamed = names.records_of_other_names
        yield "records, names of symbols", name, lambda a=(name, kind, law, seed, order), f=renamed: f(*a)
        fewer = coincidences.trials_of_fewer
        yield "records, fewer trials", name, lambda a=(name, kind, law, seed), f=fewer: f(*a)
    for name in SCHEMES_WITH_LAW:
        kind, law, power = drawn(COSTS), drawn(STARTUPS), int(rng.integers(1, 61)) * drawn((-1, 1))
        other, tau, cost = drawn(types.STARTUPS), drawn((1, 3, 2**31, 2**62)), drawn((0, 1, 64))
        unit = units.laws_in_another_unit
        yield "distributions, unit of time", name, lambda a=(name, kind, law, power), f=unit: f(*a)
        typed = types.laws_of_another_type
        yield "distributions, type of numbers", name, lambda a=(name, other, tau, cost), f=typed: f(*a)
        tiny = units.laws_with_a_tiny_cost
        yield "distributions, costs of nothing", name, lambda a=(name, law), f=tiny: f(*a)
    for what, alike in (coincidences.ALIKE | coincidences.OTHERS).items():
        kind, law, seed = drawn(COSTS), drawn(STARTUPS), int(rng.integers(2**62))
        pair = coincidences.unlike_records
        yield "records, two names of one scheme", what, lambda a=(alike, kind, law, seed), f=pair: f(*a)
        if what in coincidences.WITH_LAWS:
            pair = coincidences.unlike_laws
            yield "distributions, two names of one scheme", what, lambda a=(alike, law), f=pair: f(*a)


def attack(draws: int, tally: Tally) -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(draws):
        for kind, name, differences in relations(rng):
            wrong = differences()
            tally.count(kind, f"{name}: {wrong[0]}" if wrong else None)


def tally_of(draws: int) -> Tally:
    tally = Tally("metamorphic", "Relations", SAYS, SEED)
    tally.command = f"python -m tests.metamorphic.long --draws {draws}"
    return tally


def write(words: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    draws = parser.parse_args(words).draws
    tally = tally_of(draws)
    attack(draws, tally)
    tally.keep()
    print(tally)


if __name__ == "__main__":
    write(sys.argv[1:])
