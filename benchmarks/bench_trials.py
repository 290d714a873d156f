"""Whole trials, and where their time goes: ``python -m benchmarks.bench_trials``.

Every line is a median over trials at the paper's parameters (m = 1000, d = 10, 0.005 a term, start-up Exp(mean 5)), in
CPU milliseconds of this process on one thread.  The peers do one trial's exact or floating-point stopping time on the
same rows, right after us, and the ratio is to our whole trial:

- the paper's method, as plain NumPy: is rank([G; 1]) = rank(G), by ``numpy.linalg.matrix_rank``, after every row.  It
  takes minutes, so it is timed at some numbers of rows and summed by the trapezoidal rule; ``--whole`` runs it whole.
- FLINT: the same question by ``fmpz_mat.rank`` over the integers, by bisection over the number of rows.
- For baselines and streams, a plain simulation in NumPy: all arrival times in one array, the first of every part by
  ``numpy.minimum.at``, the latest of these.  Where nothing is drawn but delays its T is that of our trial.

``--json FILE`` keeps what was measured and the machine's facts.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("OPENBLAS_CORETYPE", None)  # the kernel that OpenBLAS itself takes for the processor

import argparse
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import flint
import numpy as np
from scipy.integrate import trapezoid

from benchmarks.machine import facts
from benchmarks.records import Record, write
from srtheory.compiled import always_compile
from srtheory.decoders import decode
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial, run_trials, trial_streams
from srtheory.matrix import Rows
from srtheory.reception import UnorderedReception, transmissions
from srtheory.schemes import SCHEME_NAMES, make, named

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.005)
GOAL = {"span": 1.0, "partition": 0.1}
"""CPU milliseconds that a trial may take, by decoder; 2 for all others."""
CONDITIONS = "m = 1000, d = 10, tau = 0.005, start-up expon(scale=5), one thread"


@dataclass(frozen=True)
class Parts:
    """CPU seconds of one trial: all of it, and three of its parts, each done once more by itself."""

    whole: float
    startups: float
    rows: float
    decoder: float

    @property
    def rest(self) -> float:
        return self.whole - self.startups - self.rows - self.decoder


def seconds(job: Callable[[], object]) -> float:
    start = process_time()
    job()
    return process_time() - start


def draw(task: Task, trial: int) -> tuple[np.ndarray, int]:
    rng, key = trial_streams(task.seed, trial)
    return task.delays.sample(task.scheme.workers, rng), key


def looks(task: Task, startups: np.ndarray, key: int) -> list[UnorderedReception]:
    """What the master decodes, one prefix of the run after the other."""
    seen = []
    for sent in transmissions(task.scheme, startups, task.delays.tau, key):
        seen.append(sent)
        if decode(task.decode_by, sent)[1] >= 0:
            break
    return seen


def parts(task: Task, trial: int) -> Parts:
    startups, key = draw(task, trial)
    count, seen = len(looks(task, startups, key)), []

    def again() -> None:
        seen.extend(islice(transmissions(task.scheme, startups, task.delays.tau, key), count))

    return Parts(
        whole=seconds(lambda: run_trial(task, trial)),
        startups=seconds(lambda: draw(task, trial)),
        rows=seconds(again),
        decoder=seconds(lambda: [decode(task.decode_by, sent) for sent in seen]),
    )


def breakdown(tasks: dict[str, Task], trials: int, figures: list[Record]) -> Iterator[str]:
    yield "| scheme | ms a trial | goal | start-ups | rows | decoder | rest | plain NumPy | trials |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, task in tasks.items():
        run_trial(task, 0)
        runs = [parts(task, i) for i in range(trials)]
        cells = {part: 1e3 * median(getattr(p, part) for p in runs) for part in ("startups", "rows", "decoder", "rest")}
        whole = 1e3 * median(p.whole for p in runs)
        figures.append(Record(f"trial, {name}", "s", whole / 1e3, CONDITIONS))
        figures.extend(Record(f"trial, {name}: {part}", "s", cell / 1e3, CONDITIONS) for part, cell in cells.items())
        peer = "–"
        if name in PLAIN:
            ratio = plain_ratio(name, task, min(trials, 20))
            peer = f"{ratio:.3g} times"
            figures.append(Record(f"trial, {name}: plain NumPy over ours", "", ratio, CONDITIONS))
        shares = " | ".join(f"{cell:.3f}" for cell in cells.values())
        yield f"| {name} | {whole:.3f} | {GOAL.get(task.decode_by, 2.0):g} | {shares} | {peer} | {trials} |"


# -------------------------------------------------------------------------------------------------------------- peers


def _around(m: int, d: int, parts: int) -> np.ndarray:
    return (np.arange(m)[:, None] // d + np.arange(parts)) % parts


def _shuffled(m: int, parts: int, rng: np.random.Generator) -> np.ndarray:
    return rng.permuted(np.tile(np.arange(parts), (m, 1)), axis=1)


# scheme -> terms in a part, and the parts of each worker in its order, shape (m, parts that it sends)
PLAIN: dict[str, tuple[int, Callable[[int, int, np.random.Generator], np.ndarray]]] = {
    "uncoded": (1, lambda m, parts, rng: np.arange(m)[:, None]),
    "repetition": (10, lambda m, parts, rng: np.arange(m)[:, None] // 10),
    "bcc": (10, lambda m, parts, rng: rng.integers(parts, size=(m, 1))),
    "parts-stream": (10, _shuffled),
    "parts-cyclic": (10, lambda m, parts, rng: _around(m, 10, parts)),
    "terms-random": (1, _shuffled),
    "terms-cyclic": (1, lambda m, parts, rng: _around(m, 1, parts)),
}
RANDOM = ("bcc", "parts-stream", "terms-random")


def plain(name: str, task: Task, trial: int) -> float:
    """T of a trial, every worker's rows and times in one array each."""
    rng, _ = trial_streams(task.seed, trial)
    m = task.scheme.workers
    startups = task.delays.sample(m, rng)
    size, orders = PLAIN[name][0], PLAIN[name][1](m, m // PLAIN[name][0], rng)
    times = startups[:, None] + task.delays.tau * (size * np.arange(1, orders.shape[1] + 1))
    first = np.full(m // size, np.inf)
    np.minimum.at(first, orders, times)
    return float(first.max())


def plain_ratio(name: str, task: Task, pairs: int) -> float:
    """CPU time of the plain simulation over ours, trial by trial in turns: the median."""
    ratios = []
    for i in range(pairs):
        own = seconds(lambda: run_trial(task, i))  # noqa: B023
        ratios.append(seconds(lambda: plain(name, task, i)) / own)  # noqa: B023
        assert name in RANDOM or plain(name, task, i) == run_trial(task, i).latency
    return median(ratios)


def floating_spans(dense: np.ndarray) -> bool:
    ones = np.ones((1, dense.shape[1]))
    return bool(np.linalg.matrix_rank(np.vstack([dense, ones])) == np.linalg.matrix_rank(dense))


def by_matrix_rank(rows: Rows, stop: int, looks: int | None) -> float:
    """Seconds for a look after every row up to ``stop``, from so many looks (None: all of them)."""
    dense = rows.prefix(stop).dense().astype(float)
    at = np.arange(1, stop + 1) if looks is None else np.linspace(1, stop, looks).astype(int)
    times = [seconds(lambda: floating_spans(dense[:k])) for k in at]  # noqa: B023
    return float(sum(times)) if looks is None else float(trapezoid(times, at))


def by_flint(rows: Rows, stop: int) -> float:
    """Seconds for bisection over the number of rows; checks that it finds the same stopping time."""
    dense = rows.dense().tolist()

    def spans(k: int) -> bool:
        return flint.fmpz_mat(dense[:k]).rank() == flint.fmpz_mat([*dense[:k], [1] * rows.columns]).rank()

    def bisect() -> None:
        low, high = 0, len(dense)  # rows that do not span, and that do
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if spans(middle) else (middle, high)
        assert high == stop

    return seconds(bisect)


def peers(task: Task, pairs: int, whole: bool, figures: list[Record]) -> Iterator[str]:
    rows = []
    for i in range(pairs):
        own = median(seconds(lambda: run_trial(task, i)) for _ in range(5))  # noqa: B023
        reception = looks(task, *draw(task, i))[-1].reception
        stop = run_trial(task, i).stopping_time
        assert stop is not None
        rows.append((own, by_matrix_rank(reception.rows, stop, None if whole else 9), by_flint(reception.rows, stop)))
    own, numpy, exact = (median(column) for column in zip(*rows, strict=True))
    how = "every row" if whole else "extrapolated from 9 looks"
    ratios = [median(row[peer] / row[0] for row in rows) for peer in (1, 2)]
    figures.append(Record(f"trial, sr: the paper's method over ours, {how}", "", ratios[0], CONDITIONS))
    figures.append(Record("trial, sr: FLINT by bisection over ours", "", ratios[1], CONDITIONS))
    yield f"the paper's method, {how}: {numpy:.3g} s, {ratios[0]:.3g} times our {1e3 * own:.2f} ms"
    yield f"FLINT by bisection: {exact:.3g} s, {ratios[1]:.3g} times"


def random_times(figures: list[Record]) -> Iterator[str]:
    """Single terms in cyclic order, the sum: fixed times of evaluations, random ones, and those of messages too."""
    for m in (15, 100, 1000):
        times = parse_law(f"expon(scale={0.5 if m < 1000 else 0.005})")
        laws = {"fixed": (times.mean(),), "random": (times,), "random, with messages": (times, times)}
        for name, law in laws.items():
            task = Task(make("terms-cyclic", m), DelayModel(MODEL.startup, *law), 1)
            run_trials(task, range(50))
            least = min(seconds(lambda: run_trials(task, range(50))) for _ in range(9)) / 50  # noqa: B023
            figures.append(Record(f"trial, terms-cyclic, m = {m}: {name} times", "s", least, "start-up expon(scale=5)"))
            yield f"terms-cyclic, m = {m}, {name} times: {1e3 * least:.3f} ms"


def million(figures: list[Record]) -> Iterator[str]:
    """m = 10^6 workers: latency and coverage, no elimination."""
    task = Task(make("sr", 10**6, degree=20), DelayModel(MODEL.startup, 5e-6), 1, "hitting")
    start, cpu = perf_counter(), process_time()
    record = run_trial(task, 0)
    wall, cpu = perf_counter() - start, process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    conditions = "m = 10^6, d = 20, tau = 5e-6, start-up expon(scale=5), hitting-time law, one thread"
    figures.append(Record("trial, sr, a million workers", "s", cpu, conditions))
    figures.append(Record("trial, sr, a million workers: memory", "GiB", memory, conditions))
    yield (
        f"m = 10^6, d = 20: T = {record.latency:.4g}, CC = {record.coverage_time}, {record.received_terms:.3g} terms "
        f"received, {cpu:.2f} s CPU ({wall:.2f} s on the wall), {memory:.2f} GiB"
    )


def tasks() -> dict[str, Task]:
    found = {
        name: Task(make(name, 1000, **named(name).sized(8 if name == "gradient-cyclic" else 10)), MODEL, 1)
        for name in SCHEME_NAMES
    }
    capped = Task(make("lt", 1000, cap=2), MODEL, 1)
    return found | {"lt, cap 2": capped}


def main() -> None:
    always_compile()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=3, help="trials that the peers do")
    parser.add_argument("--whole", action="store_true", help="the paper's method in full: minutes a trial")
    parser.add_argument("--json", type=Path, help="file for what is measured")
    given = parser.parse_args()
    figures: list[Record] = []
    for line in breakdown(tasks(), given.trials, figures):
        print(line, flush=True)
    for line in peers(tasks()["sr"], given.pairs, given.whole, figures):
        print(line, flush=True)
    for line in random_times(figures):
        print(line, flush=True)
    for line in million(figures):
        print(line, flush=True)
    if given.json:
        write(given.json, figures, facts())


if __name__ == "__main__":
    main()
