"""Primitives and `bind`, the only doorway to computation.

Everything that is known of an operation stands in its `Primitive`. The ops define them; `bind`
runs one on the backend of its inputs and shows it to the tapes that are watching.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gossamer.backend import Backend, Call, current_backend
from gossamer.core import autodiff
from gossamer.core.observe import observed, observers
from gossamer.dtypes import COMPLEX
from gossamer.kernel.spec import Lowering, TensorSpec
from gossamer.tensor import Tensor

# The gradient rule of an input through which nothing flows: comparisons, indices, seeds.
NO_GRADIENT: Final = None
Rule = Callable[..., Tensor] | None
# What a primitive does with complex numbers when it treats real and imaginary parts alike.
ALIKE: Final = "alike"


class Host:
    """The lowering of a primitive that is not worth a kernel: its reference, by a read-back."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass(frozen=True, eq=False, kw_only=True)
class Primitive:
    """One operation: its shape rule, its meaning, its gradient, its kernel.

    Attributes:
        name: unique, and the key of `PRIMITIVES`.
        shape: `(*input_specs, **static) -> TensorSpec`; raises the user's error.
        reference: `(*arrays, **static) -> array`, in NumPy; what the `numpy` backend runs.
        vjp: one rule an input, `(g, out, *inputs, **static) -> cotangent of that input`, in public
            ops, so that gradients have gradients; `NO_GRADIENT` where nothing flows. A single
            rule instead of a tuple serves any number of inputs and takes the input's number
            first.
        lower: `(*input_specs, output_spec, **static) -> Spec` or `Steps`, or `Host`.
        of_complex: what is computed of complex tensors: `ALIKE` for what `reference`, `vjp` and
            `lower` say; else a composition, `(*tensors, **static) -> tensor`. None for neither.
        copies: whether the output is the input, elements, shape and dtype.
        neutral: of two inputs, for each the number with which the output is the other input, to
            the last bit; None where there is none.
    """

    name: str
    shape: Callable[..., TensorSpec]
    reference: Callable[..., np.ndarray]
    vjp: tuple[Rule, ...] | Callable[..., Tensor]
    lower: Callable[..., Lowering] | Host
    of_complex: str | Callable[..., Tensor] | None = None
    copies: bool = False
    neutral: tuple[float | None, ...] = ()

    def __post_init__(self) -> None:
        if self.name in PRIMITIVES:
            raise ValueError(f"Expected a name that no primitive has. Received: name={self.name!r}")
        PRIMITIVES[self.name] = self

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def rule(self, which: int) -> Rule:
        """The gradient rule of input number `which`."""
        if isinstance(self.vjp, tuple):
            return self.vjp[which]
        vjp = self.vjp
        return lambda *args, **static: vjp(which, *args, **static)


PRIMITIVES: dict[str, Primitive] = {}

# What has been asked before: shapes are checked and kernels chosen once for equal questions.
_CALLS: dict[Hashable, Call] = {}
_CALLS_LIMIT = 8192


def bind(primitive: Primitive, *inputs: Tensor, **static: Any) -> Tensor:
    """Apply a primitive: compute on the inputs' backend, and let the tapes record it.

    Args:
        primitive: what to compute.
        *inputs: the tensors, all on one backend.
        **static: what is no tensor; hashable, and part of the program.
    """
    backend = inputs[0].backend if inputs else current_backend()
    for x in inputs:
        if x.backend is not backend:
            return _adopted(primitive, inputs, static)
    key = (primitive, backend, tuple(static.items()), *[x.spec for x in inputs])
    call = _CALLS.get(key)
    if call is None:
        if primitive.of_complex is not ALIKE and any(x.dtype in COMPLEX for x in inputs):
            return _composed(primitive, inputs, static)
        call = _prepare(key, primitive, backend, inputs, static)
    if observers:
        output = observed(call, inputs, backend)
    else:
        output = Tensor(call.output, backend.run(call, [x.buffer for x in inputs]), backend)
    if autodiff.tapes:
        autodiff.record(primitive, inputs, output, static)
    return output


def _adopted(primitive: Primitive, inputs: tuple[Tensor, ...], static: dict[str, Any]) -> Tensor:
    """The same for inputs on several backends, one of which adopts the others' tensors."""
    backend = next((x.backend for x in inputs if x.backend.adopts), None)
    if backend is None:
        name = inputs[0].backend.name
        raise ValueError(
            f"Expected the inputs of {primitive.name} on one backend; move a tensor with "
            f"`x.to({name!r})`. Received: {[x.backend.name for x in inputs]}"
        )
    with autodiff.paused():
        output = bind(primitive, *[x.to(backend.name) for x in inputs], **static)
    if autodiff.tapes:  # which know the inputs as they were
        autodiff.record(primitive, inputs, output, static)
    return output


def _composed(primitive: Primitive, inputs: tuple[Tensor, ...], static: dict[str, Any]) -> Tensor:
    """The primitive of complex tensors, as a composition of others."""
    if not callable(primitive.of_complex):
        raise TypeError(
            f"Expected real numbers for {primitive.name}. Received: {[x.dtype for x in inputs]}"
        )
    return primitive.of_complex(*inputs, **static)


def _prepare(
    key: Hashable,
    primitive: Primitive,
    backend: Backend,
    inputs: tuple[Tensor, ...],
    static: dict[str, Any],
) -> Call:
    specs = tuple(x.spec for x in inputs)
    output = primitive.shape(*specs, **static)
    backend.check_dtype(output.dtype)
    if len(_CALLS) >= _CALLS_LIMIT:
        # The oldest half goes: dictionaries keep their order, and this costs nothing per call.
        for old in list(_CALLS)[: _CALLS_LIMIT // 2]:
            del _CALLS[old]
    call = _CALLS[key] = Call(primitive, specs, output, static)
    return call
