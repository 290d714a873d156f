"""SymPy derivations behind :mod:`srtheory.theory.latency`: constants and expansions of the fluid limit.

Start-up is exponential of rate mu and y = mu tau d.  There are two forms of the fluid limit t*:

    continuous, x = mu t*:      x - 1 + e^{-x} = y
    blocks, x = mu (t* - tau):  sum_{b=0..n} (1 - e^{-(x - b y)}) = 1 with n y <= x < (n + 1) y

The first lets rows arrive in fractions. The second is exact. Every function solves, differentiates or expands these
equations; none states its result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy as sp

x, y, w = sp.symbols("x y w", positive=True)
d, theta = sp.symbols("d theta", positive=True)

CONTINUOUS = x - 1 + sp.exp(-x)


@cache
def continuous_solution() -> sp.Expr:
    """Return xi(y) of the continuous form: 1 + y + W(-e^{-1-y}), W the principal branch."""
    (solution,) = sp.solve(CONTINUOUS - y, x)
    return solution


@cache
def ratio_maximiser() -> sp.Expr:
    """Return the x > 0 at which t*/(2 tau d + 1/mu) is stationary in the continuous form."""
    bound = 2 * CONTINUOUS + 1
    z = sp.Symbol("z", real=True)
    stationary = sp.expand(bound - x * sp.diff(bound, x)).subs(x, z)
    (maximiser,) = [s for s in sp.solve(stationary, z) if sp.N(s) > 0]
    return maximiser


@cache
def ratio_supremum() -> sp.Expr:
    """Return max t*/(2 tau d + 1/mu) over all parameters, continuous form: v/(2v - 1) with v = -W_{-1}(-1/(2e))."""
    top = ratio_maximiser()
    # At the maximum x/bound(x) = 1/bound'(x); e^{-x} = 1/(2 (1 + x)) there, which clears the exponential.
    slope = sp.diff(2 * CONTINUOUS + 1, x).subs(sp.exp(-x), 1 / (2 * (1 + x)))
    return sp.simplify(1 / slope.subs(x, top))


@cache
def ratio_supremum_blocks() -> sp.Expr:
    """Return the limit of t*/(2 tau d + 1/mu) as mu tau -> inf in the block form, as a function of d: (d + 1)/(2 d)."""
    late = y / d + blocks_solution(1)
    return sp.factor(sp.limit(late / (2 * y + 1), y, sp.oo))


@cache
def blocks_solution(sent: int) -> sp.Expr:
    """Return xi(y) of the block form while the first workers have sent n = ``sent`` >= 1 blocks."""
    growth = sp.Symbol("growth", positive=True)
    equation = sum(1 - sp.exp(b * y) / growth for b in range(sent + 1)) - 1
    (solution,) = sp.solve(equation, growth)
    return sp.log(solution)


@cache
def one_block_boundary() -> sp.Expr:
    """Return the y from which n = 1: there x = 2 y, so e^{2y} = e^y + 1 and y is the logarithm of the golden ratio."""
    growth = sp.Symbol("growth", positive=True)
    (solution,) = sp.solve(growth**2 - sp.exp(blocks_solution(1)).subs(y, sp.log(growth)), growth)
    return sp.log(solution)


@cache
def excess_supremum() -> sp.Expr:
    """Return the greatest x - y of the block form, so that t* <= tau (d + 1) + excess/mu.

    For n >= 2 the slope dx/dy = sum_b b e^{by} / sum_b e^{by} is a mean of 0 .. n with increasing weights, at least
    n/2 >= 1. Hence x - y increases up to the boundary of n = 1; from there on it decreases.
    """
    excess = blocks_solution(1) - y
    if sp.simplify(sp.diff(excess, y) * (1 + sp.exp(y))) != -1:
        raise ArithmeticError("x - y does not decrease for n = 1")
    return sp.simplify(excess.subs(y, one_block_boundary()))


@cache
def small_expansion(order: int) -> sp.Expr:
    """Return continuous x up to w^order, w = sqrt(2 y) -> 0."""
    return _revert(lambda s: sp.series(s - 1 + sp.exp(-s), w, 0, order + 2).removeO() - w**2 / 2, order)


@cache
def small_expansion_blocks(order: int) -> sp.Expr:
    """Return block x up to w^order, w = sqrt(2 y) -> 0, with theta = x/y - n in [0, 1) the phase in the last block."""
    step = w**2 / 2

    def equation(s: sp.Expr) -> sp.Expr:
        left = (s - theta * step) * sp.series((sp.exp(step) - 1) / step, w, 0, order + 3).removeO() * sp.exp(s)
        return sp.series(left - sp.exp(s + (1 - theta) * step) + 1, w, 0, order + 2).removeO()

    return _revert(equation, order)


def _revert(equation: Callable[[sp.Expr], sp.Expr], order: int) -> sp.Expr:
    """Solve equation(a_1 w + ... ) = 0 order by order, a_1 > 0."""
    solution = sp.Integer(0)
    for power in range(1, order + 1):
        unknown = sp.Symbol("unknown", positive=True) if power == 1 else sp.Symbol("unknown")
        coefficient = sp.expand(equation(solution + unknown * w**power)).coeff(w, power + 1)
        (value,) = sp.solve(coefficient, unknown)
        solution += sp.factor(value) * w**power
    return solution


@cache
def large_expansion(order: int) -> sp.Expr:
    """Return continuous x up to e^{-order y}, y -> inf."""
    z = sp.Symbol("z")
    branch = sp.series(sp.LambertW(z), z, 0, order + 1).removeO()
    return continuous_solution().replace(sp.LambertW, lambda point: branch.subs(z, point))


@cache
def large_expansion_blocks(order: int) -> sp.Expr:
    """Return block x up to e^{-order y}, y -> inf (n = 1): y + e^{-y} - e^{-2y}/2 + ..."""
    z = sp.Symbol("z", positive=True)
    ratio = sp.expand(sp.exp(blocks_solution(1)) * sp.exp(-y)).subs(sp.exp(-y), z)
    return y + sp.series(sp.log(ratio), z, 0, order + 1).removeO().subs(z, sp.exp(-y))
