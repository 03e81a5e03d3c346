"""Typed scalar expressions: the small language that every kernel is written in.

A kernel is in gather form: the element at one output coordinate, as an expression of loads at
computed coordinates. Expressions are interned: two that are built alike are one object, so that
equality is identity, a kernel's structure is a dictionary key, and a shared subexpression is
computed once. Uniforms have names, never values: a kernel's structure does not know its shapes.
"""

import math
from collections.abc import Container, Hashable
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

FLOAT, INT, UINT, BOOL = "float32", "int32", "uint32", "bool"

# The operators, each with its number of operands. `quotient` and `remainder` truncate, as in C.
ARITY = {
    "add": 2, "sub": 2, "mul": 2, "div": 2, "quotient": 2, "remainder": 2, "neg": 1, "abs": 1,
    "min": 2, "max": 2, "floor": 1, "ceil": 1, "round": 1, "trunc": 1,
    "sqrt": 1, "exp": 1, "log": 1, "exp2": 1, "log2": 1,
    "and": 2, "or": 2, "xor": 2, "not": 1, "shift_left": 2, "shift_right": 2,
    "lt": 2, "le": 2, "eq": 2, "ne": 2, "isnan": 1,
    "select": 3, "cast": 1, "bitcast": 1,
}  # fmt: skip
_COMPARISONS = frozenset({"lt", "le", "eq", "ne", "isnan"})


class Expr:
    """One node: an operator or a leaf, its dtype, its operands, and what else distinguishes it.

    Leaves: `const` (attribute: the number), `uniform` (its name), `axis` (an output coordinate),
    `reduce` (a coordinate that is folded over), `accumulator` (the fold's result), `symbol` (a
    target's own value; a `range` as attribute says which numbers it may be), and `load`
    (attribute: which input; operands: one coordinate an axis).
    """

    __slots__ = ("__weakref__", "args", "attr", "dtype", "op")
    op: str
    dtype: str
    args: tuple["Expr", ...]
    attr: Any

    def __repr__(self) -> str:
        if self.op == "const":
            return repr(self.attr)
        if self.op in ("axis", "reduce", "accumulator", "uniform", "symbol"):
            return self.op if self.attr is None else f"{self.op}[{self.attr}]"
        name = f"load[{self.attr}]" if self.op == "load" else self.op
        name = f"{name}[{self.dtype}]" if self.op in ("cast", "bitcast") else name
        return f"{name}({', '.join(map(repr, self.args))})"

    def __add__(self, other: Any) -> "Expr":
        return op("add", self, other)

    def __radd__(self, other: Any) -> "Expr":
        return op("add", other, self)

    def __sub__(self, other: Any) -> "Expr":
        return op("sub", self, other)

    def __rsub__(self, other: Any) -> "Expr":
        return op("sub", other, self)

    def __mul__(self, other: Any) -> "Expr":
        return op("mul", self, other)

    def __rmul__(self, other: Any) -> "Expr":
        return op("mul", other, self)

    def __truediv__(self, other: Any) -> "Expr":
        return op("div", self, other)

    def __rtruediv__(self, other: Any) -> "Expr":
        return op("div", other, self)

    def __neg__(self) -> "Expr":
        return op("neg", self)

    def __and__(self, other: Any) -> "Expr":
        return op("and", self, other)

    def __or__(self, other: Any) -> "Expr":
        return op("or", self, other)

    def __xor__(self, other: Any) -> "Expr":
        return op("xor", self, other)

    def __invert__(self) -> "Expr":
        return op("not", self)

    def __lshift__(self, other: Any) -> "Expr":
        return op("shift_left", self, other)

    def __rshift__(self, other: Any) -> "Expr":
        return op("shift_right", self, other)

    def __lt__(self, other: Any) -> "Expr":
        return op("lt", self, other)

    def __le__(self, other: Any) -> "Expr":
        return op("le", self, other)

    def __gt__(self, other: Any) -> "Expr":
        return op("lt", other, self)

    def __ge__(self, other: Any) -> "Expr":
        return op("le", other, self)


_interned: WeakValueDictionary[tuple[Any, ...], Expr] = WeakValueDictionary()


def node(name: str, dtype: str, args: tuple[Expr, ...] = (), attr: Hashable = None) -> Expr:
    """The one expression of this operator, dtype, operands and attribute."""
    # -0.0 == 0.0 and 1 == True, but they are different constants: the text tells them apart.
    key = (name, dtype, args, attr, repr(attr) if name == "const" else None)
    found = _interned.get(key)
    if found is None:
        found = Expr()
        found.op, found.dtype, found.args, found.attr = name, dtype, args, attr
        _interned[key] = found
    return found


def op(name: str, *operands: Any) -> Expr:
    """Apply an operator to expressions and Python numbers; a number takes its partner's dtype.

    Raises:
        TypeError: when the operands' dtypes differ.
    """
    typed = [x for x in operands if isinstance(x, Expr)]
    dtype = typed[-1].dtype
    args = tuple(x if isinstance(x, Expr) else const(x, dtype) for x in operands)
    checked = args[1:] if name == "select" else args
    if len(args) != ARITY[name] or len({x.dtype for x in checked}) != 1:
        raise TypeError(
            f"Expected {ARITY[name]} operands of one dtype for {name}. Received: {args}"
        )
    return node(name, BOOL if name in _COMPARISONS else checked[0].dtype, args)


def const(value: Any, dtype: str) -> Expr:
    """A number that is part of the program."""
    number = np.asarray(value).astype(dtype).item()
    # NaN differs from itself, so that only the one NaN object can be found again as a key.
    return node("const", dtype, attr=math.nan if number != number else number)


def uniform(name: Hashable, dtype: str = INT) -> Expr:
    """A number that is known when the kernel runs, not when it is compiled."""
    return node("uniform", dtype, attr=name)


def axis(i: int) -> Expr:
    """The output coordinate along axis `i`."""
    return node("axis", INT, attr=i)


def reduce_axis(i: int) -> Expr:
    """The coordinate along the `i`-th axis that is folded over."""
    return node("reduce", INT, attr=i)


def accumulator(dtype: str) -> Expr:
    """What a fold came to, for use in its epilogue."""
    return node("accumulator", dtype)


def load(which: int, coordinates: tuple[Expr, ...], dtype: str) -> Expr:
    """The element of input `which` at `coordinates`; outside of its shape the value is anything."""
    return node("load", dtype, coordinates, which)


def out_dim(i: int) -> Expr:
    """The output's size along axis `i`."""
    return uniform(("out", i))


def in_dim(which: int, i: int) -> Expr:
    """Input `which`'s size along axis `i`."""
    return uniform(("in", which, i))


def reduce_dim(i: int) -> Expr:
    """The number of steps along the `i`-th axis that is folded over."""
    return uniform(("reduce", i))


def select(condition: Expr, then: Any, otherwise: Any) -> Expr:
    """`then` where the condition holds, else `otherwise`. Neither branch has effects."""
    return op("select", condition, then, otherwise)


def equal(a: Expr, b: Any) -> Expr:
    return op("eq", a, b)


def cast(x: Expr, dtype: str) -> Expr:
    """Convert the value: floats truncate to integers, non-zero becomes true."""
    return x if x.dtype == dtype else node("cast", dtype, (x,))


def bitcast(x: Expr, dtype: str) -> Expr:
    """The same 32 bits, read as another type."""
    return x if x.dtype == dtype else node("bitcast", dtype, (x,))


def rebuild(x: Expr, args: tuple[Expr, ...]) -> Expr:
    """`x` with other operands."""
    return x if args == x.args else node(x.op, x.dtype, args, x.attr)


def substitute(x: Expr, replacements: dict[Expr, Expr]) -> Expr:
    """`x` with every occurrence of the keys replaced, each shared node rebuilt once."""
    done: dict[Expr, Expr] = {}
    for current in walk(x):
        replaced = replacements.get(current)
        done[current] = rebuilt(current, done) if replaced is None else replaced
    return done[x]


def rebuilt(x: Expr, done: dict[Expr, Expr]) -> Expr:
    """`x` with each operand as `done` has it."""
    return rebuild(x, tuple([done[arg] for arg in x.args])) if x.args else x


def walk(*roots: Expr, opaque: Container[str] = ()) -> list[Expr]:
    """Every node that the roots are built of, each once, operands first.

    Not recursive: expressions are deeper than the stack that WebAssembly leaves to Python.

    Args:
        *roots: where to begin.
        opaque: operators whose operands are not visited.
    """
    order: dict[Expr, None] = {}
    stack = list(reversed(roots))
    while stack:
        current = stack[-1]
        if current.args and current not in order and current.op not in opaque:
            waiting = [arg for arg in current.args if arg not in order]
            if waiting:
                stack.extend(reversed(waiting))
                continue
        order[stack.pop()] = None
    return list(order)
