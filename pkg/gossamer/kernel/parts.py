"""Complex tensors as pairs of floats: what kernels compute with, since targets have no complex.

A complex tensor is, for kernels, a float32 tensor with one more axis at the end, of size 2: the
real parts and the imaginary ones. A kernel that treats both parts alike (it moves elements, adds
them, or multiplies them by real numbers) is written as if they were one float; `in_parts` gives
it the further axis. All other functions of complex numbers are compositions of such.
"""

from dataclasses import replace
from typing import Any

from gossamer.kernel import expr
from gossamer.kernel.expr import Expr, walk
from gossamer.kernel.simplify import simplify
from gossamer.kernel.spec import Lowering, Map, Reduce, Spec, Step, Steps, TensorSpec

PARTS = {"complex64": "float32"}


def as_parts(spec: TensorSpec) -> TensorSpec:
    """The tensor as kernels and devices have it: itself, unless it is complex."""
    part = PARTS.get(spec.dtype)
    return spec if part is None else TensorSpec((*spec.shape, 2), part)


def in_parts(lowering: Lowering) -> Lowering:
    """The same kernels for tensors without complex ones among them.

    Raises:
        TypeError: for a kernel that does not treat both parts alike.
    """
    if isinstance(lowering, Steps):
        steps = (Step(_alike(step.spec), step.sources) for step in lowering.steps)
        return Steps(tuple(steps))
    return _alike(lowering)


def _alike(spec: Spec) -> Spec:
    complex_inputs = {k for k, given in enumerate(spec.inputs) if given.dtype in PARTS}
    if not complex_inputs and spec.output.dtype not in PARTS:
        return spec
    if not isinstance(spec, Map) and not (isinstance(spec, Reduce) and spec.combine == "add"):
        raise TypeError(
            f"Expected a kernel that treats real and imaginary parts alike. Received: {spec}"
        )
    last = expr.axis(len(spec.output.shape))
    slots: dict[str, Any] = {
        name: simplify(_with_part(getattr(spec, name), complex_inputs, last))
        for name in (("body",) if isinstance(spec, Map) else ("body", "epilogue"))
    }
    return replace(
        spec,
        inputs=tuple(as_parts(given) for given in spec.inputs),
        output=as_parts(spec.output),
        **slots,
    )


def _with_part(x: Expr, complex_inputs: set[int], part: Expr) -> Expr:
    """An expression whose loads of complex tensors are of the given part."""
    done: dict[Expr, Expr] = {}
    for current in walk(x):
        if current.op == "load" and current.attr in complex_inputs:
            args = (*(done[arg] for arg in current.args), part)
            done[current] = expr.load(current.attr, args, current.dtype)
        else:
            done[current] = expr.rebuilt(current, done)
    return done[x]
