"""Rewrites that make index expressions small, above all those that views stack up.

Exact for integers; floating-point arithmetic is left as it was written, since `x * 0` is not 0
for a NaN and `(x + y) + z` is not `x + (y + z)`.
"""

from collections.abc import Callable

from gossamer.kernel.expr import BOOL, INT, UINT, Expr, const, node, rebuilt, walk

_FOLD: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "min": min,
    "max": max,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


def simplify(root: Expr) -> Expr:
    """An expression of the same value with fewer nodes."""
    done: dict[Expr, Expr] = {}
    for current in walk(root):
        done[current] = _step(rebuilt(current, done))
    return done[root]


def _step(x: Expr) -> Expr:
    """`x` rewritten once, its operands being simple already."""
    if x.op == "select":
        condition, then, otherwise = x.args
        if then is otherwise:
            return then
        if condition.op == "const":
            return then if condition.attr else otherwise
        return x
    if len(x.args) != 2:
        return x
    a, b = x.args
    if a.dtype == BOOL:
        return _logical(x, a, b)
    if a.dtype not in (INT, UINT):
        return x
    if a.op == "const" and b.op == "const" and x.op in _FOLD:
        return const(_FOLD[x.op](a.attr, b.attr), x.dtype)
    return _integer(x, a, b)


def _is(x: Expr, value: int) -> bool:
    return x.op == "const" and x.attr == value


def _logical(x: Expr, a: Expr, b: Expr) -> Expr:
    for this, other in ((a, b), (b, a)):
        if this.op == "const" and x.op == "and":
            return other if this.attr else this
        if this.op == "const" and x.op == "or":
            return this if this.attr else other
    return x


def _integer(x: Expr, a: Expr, b: Expr) -> Expr:
    if x.op == "add":
        if _is(a, 0):
            return b
        if _is(b, 0):
            return a
        if a.op == "const":  # constants to the right, so that they meet
            return _step(node("add", x.dtype, (b, a)))
        if b.op == "const" and a.op == "add" and a.args[1].op == "const":
            total = const(a.args[1].attr + b.attr, x.dtype)
            return _step(node("add", x.dtype, (a.args[0], total)))
    elif x.op == "sub":
        if _is(b, 0):
            return a
        if a is b:
            return const(0, x.dtype)
        if b.op == "const" and x.dtype == INT:
            return _step(node("add", x.dtype, (a, const(-b.attr, x.dtype))))
    elif x.op == "mul":
        if _is(a, 0) or _is(b, 1):
            return a
        if _is(b, 0) or _is(a, 1):
            return b
    elif x.op in ("quotient", "remainder"):
        return _division(x, a, b)
    return x


def _division(x: Expr, a: Expr, b: Expr) -> Expr:
    if _is(b, 1):
        return a if x.op == "quotient" else const(0, x.dtype)
    if b.op == "const" and a.op == "add" and a.args[0].op == "mul" and a.args[0].args[1] is b:
        # b * whole + rest, as a coordinate is (from 0 on), with a rest that is known to be less.
        whole, rest = a.args[0].args[0], a.args[1]
        if rest.op == "symbol" and isinstance(rest.attr, range) and _lies_in(rest.attr, b.attr):
            return whole if x.op == "quotient" else rest
    return x


def _lies_in(numbers: range, size: int) -> bool:
    return min(numbers) >= 0 and max(numbers) < size
