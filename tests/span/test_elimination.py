"""Dense elimination, in floats, on bytes and on bits: FLINT's ranks, kernels by products, sums at their largest."""

import flint
import numpy as np
import pytest
from numba import njit

from srtheory.matrix import Rows, from_sets
from srtheory.span import binary, bytewise, dense, modular
from srtheory.span.dense import Arithmetic, arithmetic, echelon, inverse_matrix, kernel_basis, padded, products
from srtheory.span.engine import FAST_PRIME, PRIME, SECOND_PRIME
from srtheory.span.sparse import residues
from tests.span import brute

PRIMES = [2, 3, 31, 241, FAST_PRIME, SECOND_PRIME, PRIME]
IN_BYTES = [p for p in PRIMES if 2 < p <= bytewise.LARGEST_PRIME]
needs_bytes = pytest.mark.skipif(not bytewise.available(), reason="the processor has no AVX-512 VNNI")


def random(rng, shape, prime, extreme=False):
    half = prime // 2
    return rng.choice([-half, half], shape) if extreme else rng.integers(-half, half, shape, endpoint=True)


def times(a, b, prime):
    """The product modulo the prime; in floats, which are quick, where they are exact."""
    kind = float if prime < 5000 else np.int64
    return (a.astype(kind) @ b.astype(kind) % prime).astype(np.int64)


def drawn(prime):
    """Matrices of any shape, of less than full rank, sparse, and of entries ±(p - 1)/2, whose sums are the longest."""
    rng = np.random.default_rng(1)
    for shape in [(0, 3), (3, 0), (1, 1), (40, 33), (33, 40), (100, 100), (200, 150), (600, 650)]:
        yield random(rng, shape, prime)
    for shape, rank in [((60, 90), 20), ((150, 140), 139), ((200, 200), 1), ((130, 130), 0), ((620, 600), 530)]:
        matrix = times(random(rng, (shape[0], rank), prime), random(rng, (rank, shape[1]), prime), prime)
        yield (matrix - prime * (matrix > prime // 2)) * (rng.random(shape[1]) < 0.8)
    yield random(rng, (620, 600), prime) * (rng.random((620, 600)) < 0.01)
    yield random(rng, (160, 161), prime, extreme=True)


def form_of(matrix, field):
    table = np.zeros((len(matrix), padded(matrix.shape[1])), field.kind)
    table[:, : matrix.shape[1]] = matrix
    return echelon(table, field)


def kernel_fault(matrix, field):
    """What is wrong with the basis of the kernel: the identity on the free columns, as large as FLINT says."""
    p, m, form = field.prime, matrix.shape[1], form_of(matrix, field)
    basis = kernel_basis(form, m, field, m)[:, :m].astype(np.int64)
    free = np.setdiff1d(np.arange(m), form.pivots)
    if len(form.pivots) != brute.rank(matrix, m, p) or len(basis) != len(free):
        return "rank"
    if times(matrix, basis.T, p).any():
        return "not in the kernel"
    return None if np.array_equal(basis[:, free], np.eye(len(free))) else "dependent"


def difference(matrix, field):
    """Where the form on bytes is another than the one in floating point, modulo the prime; None if nowhere."""
    columns, table = matrix.shape[1], bytewise.table(*matrix.shape)
    table[: len(matrix)] = 0
    table[: len(matrix), :columns] = matrix
    form, other = bytewise.echelon(table, len(matrix), field), form_of(matrix, field)
    if not (np.array_equal(form.steps, other.steps) and np.array_equal(form.pivots, other.pivots)):
        return "steps"
    if ((form.table[: len(matrix)] - other.table.astype(np.int64)) % field.prime).any():
        return "table"
    for most in (columns, 2):
        basis = bytewise.kernel_basis(form, columns, field, most)
        other_basis = kernel_basis(other, columns, field, most)
        if basis.shape != other_basis.shape or ((basis - other_basis) % field.prime).any():
            return "kernel"
    return None


@pytest.mark.parametrize("prime", PRIMES)
def test_kernels_are_as_large_as_flints_ranks_say(prime):
    for matrix in drawn(prime):
        assert kernel_fault(matrix, arithmetic(prime)) is None


@needs_bytes
@pytest.mark.parametrize("prime", IN_BYTES)
def test_on_bytes_the_form_is_the_one_in_floats(prime):
    for matrix in drawn(prime):
        assert difference(matrix, arithmetic(prime)) is None


@pytest.mark.parametrize("prime", [3, FAST_PRIME, SECOND_PRIME, PRIME])
@pytest.mark.parametrize("size", [1, 31, 33, 200])
def test_inverse_and_product(prime, size):
    rng, field = np.random.default_rng(4), arithmetic(prime)
    matrix = random(rng, (size, size), prime)
    while brute.rank(matrix, size, prime) < size:
        matrix = random(rng, (size, size), prime)
    inverse = inverse_matrix(matrix.astype(field.kind), field)
    x = np.zeros(inverse.shape[0] * inverse.shape[2], field.kind)
    x[:size] = random(rng, size, prime, extreme=True)
    other = random(rng, size, prime, extreme=True).astype(field.kind)
    y, z = (found[:size].astype(np.int64) for found in products(inverse, x, other, field))
    assert not ((matrix @ y - x[:size].astype(np.int64)) % prime).any()
    assert not ((z @ matrix - other.astype(np.int64)) % prime).any()


@pytest.mark.parametrize("prime", PRIMES)
def test_no_sum_leaves_what_holds_it(prime):
    """The worst sum of products before a reduction, and the reduction of it, by integer arithmetic."""
    field = arithmetic(prime)
    half, bits = prime // 2 + prime // 256 + 1, np.finfo(field.kind).nmant + 1
    worst = half + field.block * half * half
    assert int(np.float32(half)) == half
    assert worst + 2 * prime <= 2**bits
    for x in (worst, worst - 1, worst - prime // 2, prime // 2, prime // 2 + 1):
        for signed in (x, -x):
            reduced = int(dense.reduce(field.kind(signed), field.constants))
            assert (reduced - signed) % prime == 0
            assert abs(reduced) <= half
    if prime in IN_BYTES:  # a residue, and ``DEPTH`` products with residues from 0 on
        worst = half + bytewise.DEPTH * half * prime
        assert half <= 127
        assert worst <= prime << 15
        assert worst + 2 * prime <= 2**24
        for largest in (1, 2, 7, bytewise.LARGEST_PRIME // 2):
            assert bytewise.room(largest) >= 2
            assert half + bytewise.room(largest) * half * largest < 2**15
    assert arithmetic(2**31 - 1) is None
    assert bytewise.applies(arithmetic(251)) > bytewise.applies(arithmetic(257))


@njit
def subtracted(c, a, b, constants):
    bytewise.subtract_tile(c, 0, c.shape[1], a, 0, a.shape[1], b, 0, a.shape[1] // 4, constants)


@needs_bytes
@pytest.mark.parametrize("prime", IN_BYTES)
def test_a_tile_at_its_largest(prime):
    """Every sum as large as any can be: the residues are right and as small as the next sum takes them to be."""
    field, rng = arithmetic(prime), np.random.default_rng(5)
    half = prime // 2 + prime // 256 + 1
    for sign, (a_low, b_low) in ((sign, lows) for sign in (1, -1) for lows in ((half, prime), (-half, 0))):
        a = rng.integers(a_low, half, (8, bytewise.DEPTH), endpoint=True).astype(np.int8)
        b = rng.integers(b_low, prime, (bytewise.DEPTH, 32), endpoint=True).astype(np.uint8)
        c = np.full((8, 32), -half, np.int8) if a_low > 0 else random(rng, (8, 32), prime).astype(np.int8)
        a, c = (sign * a).astype(np.int8), (sign * c).astype(np.int8)
        want = c.astype(np.int64) - a.astype(np.int64) @ b.astype(np.int64)
        subtracted(c, a, np.ascontiguousarray(b.reshape(-1, 4, 32).swapaxes(1, 2)), field.constants)
        assert not ((c - want) % prime).any()
        assert np.abs(c.astype(np.int64)).max() <= prime // 2 + prime // 256


# ----------------------------------------------------------------------------------------------- kernels of sparse rows


def fault(rows, prime):
    """What is wrong with the engine's kernel basis, if anything."""
    basis, dense = modular.kernel(residues(rows, prime), prime), rows.dense()
    if ((dense % prime) @ (basis.T % prime) % prime).any():
        return "not in the kernel"
    if len(basis) != rows.columns - brute.rank(dense, rows.columns, prime):
        return "of the wrong size"
    return "dependent" if brute.rank(basis, rows.columns, prime) < len(basis) else None


LONG = [pytest.param(prime, marks=pytest.mark.attack) for prime in (3, SECOND_PRIME)]


@pytest.mark.parametrize("prime", [2, 61, FAST_PRIME, PRIME, *LONG])
def test_kernels_of_receptions(prime):
    """Where the core has many words, panels and, at last, stripes; with weights, too."""
    whole = brute.sum_recovery(600, 9, 4)
    for k in (0, 300, 599, 700):
        assert fault(whole.prefix(k), prime) is None
    weights = np.random.default_rng(1).integers(-5, 6, len(whole.indices))
    assert fault(Rows(600, whole.indptr, whole.indices, weights).prefix(599), prime) is None
    if prime in (2, FAST_PRIME):
        assert fault(brute.sum_recovery(1600, 12, 2).prefix(1590), prime) is None


def test_a_prime_without_exact_products_is_refused():
    with pytest.raises(OverflowError, match=r"modulo 1000000007\."):
        modular.kernel(from_sets(2, [[0]]), 10**9 + 7)


def packed(dense):
    words = -(-dense.shape[1] // 64)
    bits = np.zeros((len(dense), 64 * words), np.uint8)
    bits[:, : dense.shape[1]] = dense
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64).copy()


def table_fault(shape, seed):
    """What is wrong with an elimination by tables modulo 2, in which half the rows are sums of others, or nearly."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(0, 2, shape)
    dense[rng.random(len(dense)) < 0.2] = 0
    half = len(dense) // 2
    dense[half:] = (rng.integers(0, 2, (len(dense) - half, half)) @ dense[:half] + dense[half:] * (seed % 2)) % 2
    a, (steps, pivots) = packed(dense), np.empty((2, min(shape)), np.int64)
    rank = binary.echelon(a, steps, pivots)
    form = np.array(flint.nmod_mat(dense.T.tolist(), 2).rref()[0].tolist(), int)  # whose steps are the rows' own
    if steps[:rank].tolist() != [int(row.argmax()) for row in form if row.any()]:
        return "steps"
    left = np.unpackbits(a.view(np.uint8), axis=1, bitorder="little")
    under = any(left[i, c] != 1 or left[i + 1 :, c].any() for i, c in zip(steps[:rank], pivots[:rank], strict=True))
    return "left" if under or left[np.setdiff1d(np.arange(len(dense)), steps[:rank])].any() else None


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (20, 40), (99, 99), (101, 64), (130, 200), (260, 65)])
def test_elimination_by_tables(shape):
    assert [table_fault(shape, seed) for seed in range(4)] == [None] * 4


# ---------------------------------------------------------------------------------------------------- planted mistakes


def off_by_one(kernel):
    def wrong(*given):
        basis = kernel(*given)
        basis[0, 17] += 1
        return basis

    return wrong


@pytest.mark.quality
def test_planted_mistakes_are_seen(monkeypatch):
    """Primes too large for their floats or for bytes, a quotient that is not rounded, an entry and a bit off by one."""
    for prime, kind in ((8009, np.float32), (2**26 - 5, np.float64)):
        matrix = random(np.random.default_rng(3), (160, 161), prime, extreme=True)
        form = form_of(matrix, Arithmetic(prime, kind, 128))
        basis = kernel_basis(form, 161, Arithmetic(prime, kind, 128), 161)[:, :161].astype(np.int64)
        assert (matrix.astype(object) @ basis.T % prime).any() or len(basis) != 161 - brute.rank(matrix, 161, prime)
    if bytewise.available():
        for prime in (257, 509):
            assert difference(random(np.random.default_rng(1), (150, 200), 251), arithmetic(prime)) is not None
    unrounded = Arithmetic(251, np.float32, 512)
    monkeypatch.setitem(unrounded.__dict__, "constants", unrounded.constants * np.array([1, 1, 0], np.float32))
    assert kernel_fault(random(np.random.default_rng(1), (64, 80), 251), unrounded) is not None
    for module, name, prime in ((binary, "kernel", 2), (modular, "elimination_kernel", PRIME)):
        monkeypatch.setattr(module, name, off_by_one(getattr(module, name)))
        assert fault(brute.sum_recovery(80, 5, 1).prefix(70), prime) is not None
    bit_of, count = binary.bit_of, iter(range(10**9))
    monkeypatch.setattr(binary, "bit_of", lambda row, c: bit_of(row, c) if next(count) % 50 else 0)
    monkeypatch.setattr(binary, "echelon", binary.echelon.function)
    with np.errstate(all="ignore"):
        assert table_fault((130, 200), 1) is not None
