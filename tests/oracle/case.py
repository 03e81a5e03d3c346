"""What a case is: a call of one op, made alike in gossamer and in Keras.

Where a record (tests/ops/record.py) brings a NumPy function that says what is right, a case brings
none: Keras says it on CPython, and in the browser the `numpy` backend does. So cases can be many,
and may be mistakes. Knows NumPy and no library under test; runs on CPython and inside Pyodide.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import numpy as np

from tests.ops.record import Input, Record


@dataclass(frozen=True)
class Function:
    """An argument that is a function, which calls the ops of the library it is given to."""

    of: Callable[[Any], Callable[..., Any]]


@dataclass(frozen=True, eq=False)
class Case:
    """One call.

    Attributes:
        op: a name in `keras.ops`, or in a module of it: `image.resize`.
        args: the arguments by position; an `Input` becomes a tensor, within lists, tuples and
            dictionaries too, and a `Function` a function. All else goes as it is.
        kwargs: the arguments by name.
        rtol: relative tolerance for float32.
        atol: absolute tolerance for float32, in units of the largest element.
        canonical: makes of the results, NumPy arrays, what is compared where more than one answer
            is right, as with signs of singular vectors.
        number: which of the op's cases it is.
        applied_to: the arguments of the function that the op returns, if it returns one.
    """

    op: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    rtol: float = 2e-5
    atol: float = 2e-6
    canonical: Callable[..., Any] | None = None
    number: int = 0
    applied_to: tuple[Any, ...] | None = None

    @property
    def id(self) -> str:
        return f"{self.op}-{self.number}"

    def call(self, ops: Any, tensor: Callable[[np.ndarray], Any]) -> Any:
        """Make the call in a library: `ops` are its ops, `tensor` makes a tensor of an array."""
        generator = np.random.default_rng(zlib.crc32(self.id.encode()))
        made = _made((self.args, self.kwargs), generator, ops, tensor)
        result = attrgetter(self.op)(ops)(*made[0], **made[1])
        if self.applied_to is None:
            return result
        return result(*_made(self.applied_to, generator, ops, tensor))

    def dtypes(self) -> set[str]:
        """The dtypes of the tensors that it is given."""
        return {given.dtype for given in _inputs((self.args, self.kwargs, self.applied_to))}

    def has_empty(self) -> bool:
        """Whether a tensor that it is given has no elements."""
        given = _inputs((self.args, self.kwargs))
        return any(0 in (x.shape if x.values is None else np.shape(x.values)) for x in given)

    def __str__(self) -> str:
        named = [f"{name}={_text(value)}" for name, value in self.kwargs.items()]
        return f"{self.op}({', '.join([*map(_text, self.args), *named])})"


def case(op: str, *args: Any, **kwargs: Any) -> Case:
    """A case; a bare tuple of sizes stays a tuple: inputs are made with `f`, `i`, `b`, `v`."""
    return Case(op, args, kwargs)


def near(cases: list[Case], **tolerances: Any) -> list[Case]:
    """The same cases with other tolerances, or another `canonical`."""
    return [replace(one, **tolerances) for one in cases]


def numbered(cases: list[Case]) -> dict[str, list[Case]]:
    """The cases by op, each with its number among those of its op."""
    by_op: dict[str, list[Case]] = {}
    for one in cases:
        own = by_op.setdefault(one.op, [])
        own.append(replace(one, number=len(own)))
    return by_op


def of_record(record: Record) -> Case:
    """A row of the record table as a call."""
    count = len(record.inputs) - len(record.named)
    named = dict(zip(record.named, record.inputs[count:], strict=True))
    if record.packed:
        return Case(record.op, (list(record.inputs),), record.static, *_tolerances(record))
    args = (*record.leading, *record.inputs[:count])
    return Case(record.op, args, {**named, **record.static}, *_tolerances(record))


def _tolerances(record: Record) -> tuple[float, float]:
    """A case's, unless the row's are wider still: a row is compared with what is exact."""
    return max(Case.rtol, record.rtol), max(Case.atol, record.atol)


def _made(x: Any, generator: np.random.Generator, ops: Any, tensor: Callable[..., Any]) -> Any:
    match x:
        case Input():
            return tensor(x.make(generator))
        case Function():
            return x.of(ops)
        case dict():
            return {name: _made(value, generator, ops, tensor) for name, value in x.items()}
        case list() | tuple():
            return type(x)(_made(value, generator, ops, tensor) for value in x)
    return x


def _inputs(x: Any) -> list[Input]:
    match x:
        case Input():
            return [x]
        case dict():
            return _inputs(list(x.values()))
        case list() | tuple():
            return [found for value in x for found in _inputs(value)]
    return []


def _text(x: Any) -> str:
    if isinstance(x, Input):
        shape = x.shape if x.values is None else np.shape(x.values)
        return f"{x.dtype}{list(shape)}"
    return repr(x)
