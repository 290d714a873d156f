"""Exact products of polynomial matrices modulo a small prime, by number-theoretic transforms.

A matrix of polynomials is an array of shape (coefficients, rows, columns) of symmetric residues in single precision.
Over the integers the coefficients of a product are sums of so few small products that they are known from their
residues modulo a larger prime q, where q - 1 is divisible by a high power of two. There the matrices are evaluated at
the N-th roots of unity, multiplied value by value, and interpolated.

References
----------
J. von zur Gathen, J. Gerhard, "Modern Computer Algebra", 3rd ed., Cambridge 2013, section 8.2.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from srtheory.compiled import compiled
from srtheory.span.dense.elimination import Arithmetic, arithmetic, reduce, reduce_all

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

MODULUS = 11272193
"""43·2**18 + 1, a prime: residues are exact in a float32, and sums of 256 of their products in a float64."""
GENERATOR = 3
"""A primitive root modulo ``MODULUS``."""
LONGEST = 1 << 18
LANES = 16
"""Number of polynomials that are transformed side by side, in cache."""
LARGEST_INNER = 256
"""Number of products that may be added, modulo 251 in single and modulo ``MODULUS`` in double precision."""
SHORT = 8
"""Number of coefficients up to which the product by definition is faster."""
SPECTRUM_BYTES = 1 << 26
"""Memory for the values of the right factor, of which a stripe of columns is processed at a time."""


def fits(terms: int, prime: int) -> bool:
    """Return whether sums of so many products of two residues are determined by their residues modulo ``MODULUS``."""
    return terms * largest_residue(prime) ** 2 <= MODULUS // 2


def largest_residue(prime: int) -> int:
    """Bound the values that :func:`~srtheory.span.dense.elimination.reduce` returns."""
    return prime // 2 + prime // 256 + 1


def product(left: Float32, right: Float32, low: int, high: int, field: Arithmetic) -> Float32:
    """Return the coefficients ``low`` to ``high`` of left·right, modulo the prime of ``field``.

    Parameters
    ----------
    left, right : float32 arrays, shapes (k, r, s) and (l, s, t)
        Symmetric residues, k and l at least 1.
    low, high : int
        0 ≤ low < high; coefficients beyond the product's degree are 0.
    field : Arithmetic
        Modulo an odd prime, in single precision.

    Returns
    -------
    float32 array, shape (high - low, r, t)

    Raises
    ------
    OverflowError
        If s is above ``LARGEST_INNER``, sums of s·min(k, l) products are too large for ``MODULUS``, or it has no roots
        of unity of an order as large as the transform's.

    Notes
    -----
    O(N·r·s·t + N·log N·(r·s + s·t + r·t)), N the power of two from high - low + l - 1 on.
    """
    if right.shape[1] > LARGEST_INNER:
        raise OverflowError(f"Sums of {right.shape[1]} products are too large, of {LARGEST_INNER} they are not.")
    begin = max(0, low - len(right) + 1)
    left = left[begin:high]
    low, high = low - begin, high - begin
    out = np.zeros((high - low, left.shape[1], right.shape[2]), np.float32)
    if len(left) == 0:
        return out
    if len(right) <= SHORT:
        _by_definition(left, right, low, out, field)
    else:
        _by_transform(left, right, low, out, field)
    return out


def _by_definition(left: Float32, right: Float32, low: int, out: Float32, field: Arithmetic) -> None:
    (_, r, s), t = left.shape, right.shape[2]
    room = field.room(largest_residue(field.prime)) // s
    for k in range(len(right)):
        first, last = max(0, low - k), min(len(left), low - k + len(out))
        if first < last:
            part = left[first:last].reshape(-1, s) @ right[k]
            out[first + k - low : last + k - low] += part.reshape(-1, r, t)
        if (k + 1) % room == 0 or k + 1 == len(right):
            reduce_all(out.reshape(-1), field.constants)


def _by_transform(left: Float32, right: Float32, low: int, out: Float32, field: Arithmetic) -> None:
    (k, r, s), (size, _, t) = left.shape, right.shape
    # Coefficients that wrap around fall on those before ``low``, which are not needed.
    degree = k + size - 2
    end = min(low + len(out), degree + 1)
    n = 1 << (max(end, degree + 1 - low) - 1).bit_length()
    large = transform_field()
    if n > LONGEST or not fits(s * min(k, size), field.prime):
        raise OverflowError(f"A product of {k} and {size} matrices of {s} terms modulo {field.prime} is too large.")
    roots, inverse_roots = _roots(n)
    values = np.empty((n, r, s), np.float32)
    forward(left.reshape(k, r * s), roots, large.constants, values.reshape(n, r * s))
    width = max(1, min(t, SPECTRUM_BYTES // (4 * n * s)))
    for begin in range(0, t, width):
        stripe = np.ascontiguousarray(right[:, :, begin : begin + width])
        w = stripe.shape[2]
        others = np.empty((n, s, w), np.float32)
        forward(stripe.reshape(size, s * w), roots, large.constants, others.reshape(n, s * w))
        products = np.empty((n, r, w), np.float32)
        multiply(values, others, large.constants, products)
        back = np.empty((max(0, end - low), r * w), np.float32)
        scale = np.float64(pow(n, -1, MODULUS))
        backward(products.reshape(n, r * w), inverse_roots, scale, low, large.constants, field.constants, back)
        out[: len(back), :, begin : begin + w] = back.reshape(len(back), r, w)


def transform_field() -> Arithmetic:
    """Return arithmetic modulo ``MODULUS``."""
    field = arithmetic(MODULUS)
    assert field is not None
    return field


@lru_cache(maxsize=32)
def _roots(n: int) -> tuple[Float64, Float64]:
    """Return the powers 0 to n/2 - 1 of an n-th root of unity and of its inverse, as symmetric residues."""
    root = pow(GENERATOR, (MODULUS - 1) // n, MODULUS)
    return _powers(root, n // 2), _powers(pow(root, -1, MODULUS), n // 2)


def _powers(root: int, count: int) -> Float64:
    out = np.ones(max(count, 1))
    for i in range(1, count):
        out[i] = int(out[i - 1]) * root % MODULUS
    return out - MODULUS * (2 * out > MODULUS)


@compiled
def forward(polynomials, roots, constants, values):  # type: ignore[no-untyped-def]
    """Write the values at all n-th roots of unity, in bit-reversed order (decimation in frequency)."""
    n, count = values.shape
    buffer = np.empty((n, LANES), np.float64)
    for start in range(0, count, LANES):
        width = min(LANES, count - start)
        buffer[:] = 0
        for i in range(len(polynomials)):
            for j in range(width):
                buffer[i, j] = polynomials[i, start + j]
        half = n // 2
        while half > 0:
            stride = len(roots) // half
            for k in range(half):
                root = roots[k * stride]
                for i in range(k, n, 2 * half):
                    one, other = buffer[i], buffer[i + half]
                    for j in range(LANES):
                        a, b = one[j], other[j]
                        one[j] = reduce(a + b, constants)
                        other[j] = reduce((a - b) * root, constants)
            half //= 2
        for i in range(n):
            for j in range(width):
                values[i, start + j] = np.float32(buffer[i, j])


@compiled
def backward(values, roots, scale, low, constants, small, out):  # type: ignore[no-untyped-def]
    """Write the coefficients from ``low``, reduced modulo the small prime; ``scale`` is 1/n."""
    n, count = values.shape
    buffer = np.empty((n, LANES), np.float64)
    p, part, rounding = np.float64(small[0]), 1 / np.float64(small[0]), constants[2]
    for start in range(0, count, LANES):
        width = min(LANES, count - start)
        buffer[:] = 0
        for i in range(n):
            for j in range(width):
                buffer[i, j] = values[i, start + j]
        half = 1
        while half < n:
            stride = len(roots) // half
            for k in range(half):
                root = roots[k * stride]
                for i in range(k, n, 2 * half):
                    one, other = buffer[i], buffer[i + half]
                    for j in range(LANES):
                        a, b = one[j], reduce(other[j] * root, constants)
                        one[j] = reduce(a + b, constants)
                        other[j] = reduce(a - b, constants)
            half *= 2
        for i in range(len(out)):
            row = buffer[low + i]
            for j in range(width):
                x = reduce(row[j] * scale, constants)
                out[i, start + j] = np.float32(x - ((x * part + rounding) - rounding) * p)


@compiled
def multiply(left, right, constants, out):  # type: ignore[no-untyped-def]
    """Write products of matrices, one for each value, modulo ``MODULUS``."""
    n, r, s = left.shape
    t = right.shape[2]
    a, b = np.empty((r, s), np.float64), np.empty((s, t), np.float64)
    for k in range(n):
        _copy(left[k].reshape(r * s), a.reshape(r * s))
        _copy(right[k].reshape(s * t), b.reshape(s * t))
        sums, target = np.dot(a, b).reshape(r * t), out[k].reshape(r * t)
        for j in range(len(sums)):
            target[j] = np.float32(reduce(sums[j], constants))


@compiled
def _copy(source, target):  # type: ignore[no-untyped-def]
    for j in range(len(target)):
        target[j] = source[j]
