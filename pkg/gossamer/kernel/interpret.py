"""Runs a spec in NumPy, coordinate by coordinate: how lowering is tested without a GPU.

Slow and literal. What a target may leave undefined is made visible here: a load outside of its
input's shape gives NaN, or the most negative integer, so that a kernel that uses one fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gossamer.kernel.expr import INT, Expr, const, reduce_axis, substitute, walk
from gossamer.kernel.spec import (
    COMBINE,
    COMPUTE_DTYPE,
    Contract,
    Lowering,
    Map,
    Reduce,
    Scan,
    Scatter,
    Sort,
    Spec,
    Steps,
    TensorSpec,
)

_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "abs": np.abs, "min": np.minimum, "max": np.maximum, "floor": np.floor, "ceil": np.ceil,
    "round": np.rint, "trunc": np.trunc, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
    "exp2": np.exp2, "log2": np.log2, "and": np.bitwise_and,
    "or": np.bitwise_or, "xor": np.bitwise_xor, "not": np.invert, "shift_left": np.left_shift,
    "shift_right": np.right_shift, "lt": np.less, "le": np.less_equal, "eq": np.equal,
    "ne": np.not_equal, "isnan": np.isnan, "select": np.where,
    "quotient": lambda a, b: (a - np.fmod(a, b)) // b, "remainder": np.fmod,
}  # fmt: skip

_POISON = {
    "float32": np.float32(np.nan), "int32": np.iinfo(np.int32).min, "uint32": 0,
    "bool": False,
}  # fmt: skip


def interpret(spec: Lowering, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The output that these kernels compute from `arrays`, whose shapes may be merged.

    Of a kernel with several it is the first; see `outputs_of`.
    """
    if isinstance(spec, Steps):
        values = list(arrays)
        for step in spec.steps:
            values.append(interpret(step.spec, [values[i] for i in step.sources]))
        return values[-1]
    return outputs_of(spec, arrays)[0]


def outputs_of(spec: Spec, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """All outputs of a kernel, in order."""
    inputs = [
        np.asarray(array).reshape(given.shape).astype(COMPUTE_DTYPE[given.dtype])
        for array, given in zip(arrays, spec.inputs, strict=True)
    ]
    with np.errstate(all="ignore"):
        if isinstance(spec, Map):
            grid = _Grid(spec, inputs)
            results = [grid.evaluate(body) for body in spec.expressions()]
        else:
            results = [_run(spec, inputs)]
        return [
            np.broadcast_to(result, output.shape).astype(output.dtype)
            for result, output in zip(results, spec.outputs, strict=True)
        ]


_COMBINE = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def _run(spec: Spec, inputs: list[np.ndarray]) -> np.ndarray:
    if isinstance(spec, Scan):
        return _scanned(spec, inputs)
    if isinstance(spec, Scatter):
        return _scattered(spec, inputs)
    if isinstance(spec, Sort):
        return _sorted(spec, inputs)
    assert isinstance(spec, Reduce | Contract)
    if isinstance(spec, Reduce) and spec.combine == "step":
        return _looped(spec, inputs)
    folded = spec.body if isinstance(spec, Reduce) else spec.left * spec.right
    values = _Grid(spec, inputs).evaluate(folded).reshape(*spec.output.shape, -1)
    result = _fold(
        spec.combine if isinstance(spec, Reduce) else "add", values, spec.accumulator_dtype
    )
    epilogue = _Grid(spec, inputs, result.reshape(spec.output.shape + (1,) * len(spec.over)))
    return epilogue.evaluate(spec.epilogue).reshape(spec.output.shape)


def _fold(combine: str, values: np.ndarray, dtype: str) -> np.ndarray:
    if combine.startswith("arg"):
        return getattr(np, combine)(values, axis=-1).astype(np.int32)
    start = COMBINE[combine][values.dtype.name]
    if values.dtype == bool:
        return (np.any if combine == "max" else np.all)(values, axis=-1)
    if combine == "add":
        return np.add.reduce(values, axis=-1, dtype=dtype)
    return _COMBINE[combine].reduce(values, axis=-1, initial=start, dtype=dtype)


def _looped(spec: Reduce, inputs: list[np.ndarray]) -> np.ndarray:
    dtype = spec.accumulator_dtype
    shape = spec.output.shape + (1,) * len(spec.over)
    state = np.full(shape, COMBINE["step"][dtype], dtype)
    for step in np.ndindex(*spec.over):
        here = {reduce_axis(i): const(number, INT) for i, number in enumerate(step)}
        state = _Grid(spec, inputs, state).evaluate(substitute(spec.body, here))
    return _Grid(spec, inputs, state).evaluate(spec.epilogue).reshape(spec.output.shape)


def _scanned(spec: Scan, inputs: list[np.ndarray]) -> np.ndarray:
    grid = _Grid(spec, inputs)
    ordered = slice(None, None, -1 if spec.reverse else 1)
    values = np.moveaxis(grid.evaluate(spec.body), spec.axis, 0)[ordered]
    if spec.factor is None:
        folded = _COMBINE[spec.combine].accumulate(values, axis=0, dtype=values.dtype)
    else:
        factors = np.moveaxis(grid.evaluate(spec.factor), spec.axis, 0)[ordered]
        folded = values.copy()
        for i in range(1, len(folded)):
            folded[i] += np.where(factors[i] == 0, 0, factors[i] * folded[i - 1])
    if spec.exclusive:
        first = np.full_like(folded[:1], COMBINE[spec.combine][values.dtype.name])
        folded = np.concatenate([first, folded[:-1]])
    return np.moveaxis(folded[ordered], 0, spec.axis)


def _scattered(spec: Scatter, inputs: list[np.ndarray]) -> np.ndarray:
    grid, axis = _Grid(spec, inputs), spec.axis
    # Neither depends on the coordinate along the axis: one slice of the whole grid says it all.
    at, updates = (
        np.moveaxis(grid.evaluate(x), axis, 0)[0].reshape(-1, spec.count)
        for x in (spec.at, spec.update)
    )
    size = spec.output.shape[axis]
    out = np.full((len(at), size), COMBINE[spec.combine][updates.dtype.name], updates.dtype)
    rows, steps = np.nonzero((at >= 0) & (at < size))
    _COMBINE[spec.combine].at(out, (rows, at[rows, steps]), updates[rows, steps])
    others = spec.output.shape[:axis] + spec.output.shape[axis + 1 :]
    return np.moveaxis(out.reshape(*others, size), -1, axis)


def _sorted(spec: Sort, inputs: list[np.ndarray]) -> np.ndarray:
    shape = spec.output.shape
    whole = (*shape[: spec.axis], spec.length, *shape[spec.axis + 1 :])
    grid = _Grid(replace(spec, output=TensorSpec(whole, spec.output.dtype)), inputs)
    # Equal keys have equal numbers, so that the order of these can be turned round.
    _, numbers = np.unique(grid.evaluate(spec.key), return_inverse=True)
    numbers = numbers.reshape(whole)
    order = np.argsort(-numbers if spec.descending else numbers, spec.axis, kind="stable")
    return np.take(order, range(shape[spec.axis]), spec.axis)


class _Grid:
    """Evaluates expressions at all coordinates at once, as arrays that broadcast."""

    def __init__(self, spec: Spec, inputs: list[np.ndarray], folded: Any = None) -> None:
        self.spec, self.inputs, self.folded = spec, inputs, folded
        self.shape = spec.output.shape + spec.reduce_shape

    def evaluate(self, root: Expr) -> np.ndarray:
        values: dict[Expr, Any] = {}
        for x in walk(root):
            values[x] = self._value(x, [values[arg] for arg in x.args])
        full = self.spec.output.shape + (
            self.spec.reduce_shape if self.folded is None else (1,) * len(self.spec.reduce_shape)
        )
        return np.broadcast_to(values[root], full)

    def _value(self, x: Expr, args: list[Any]) -> Any:
        if x.op == "const":
            return np.asarray(x.attr, x.dtype)
        if x.op == "uniform":
            return np.asarray(self.spec.uniform_value(x.attr), x.dtype)
        if x.op in ("axis", "reduce"):
            position = x.attr + (len(self.spec.output.shape) if x.op == "reduce" else 0)
            steps = np.arange(self.shape[position], dtype=np.int32)
            return steps.reshape([-1 if i == position else 1 for i in range(len(self.shape))])
        if x.op == "accumulator":
            return self.folded
        if x.op == "load":
            return self._load(self.inputs[x.attr], args)
        if x.op == "cast":
            return args[0].astype(x.dtype)
        if x.op == "bitcast":
            return args[0].view(x.dtype)
        return _OPERATORS[x.op](*args)

    @staticmethod
    def _load(array: np.ndarray, coordinates: list[Any]) -> np.ndarray:
        if not coordinates:
            return array
        inside: Any = True
        clipped = []
        for where, size in zip(coordinates, array.shape, strict=True):
            inside = inside & (where >= 0) & (where < size)
            clipped.append(np.clip(where, 0, max(size - 1, 0)))
        if array.size == 0:
            return np.zeros((), array.dtype)
        return np.where(
            inside, array[tuple(clipped)], np.asarray(_POISON[array.dtype.name], array.dtype)
        )
