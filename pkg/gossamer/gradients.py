"""Differentiation for users: `grad`, `jacobian` and their kin, `GradientTape`.

Stands above the ops, since it makes tensors of what it is given; the tape itself is in `core`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from gossamer import ops
from gossamer.core import autodiff
from gossamer.core.snapshots import snapshots
from gossamer.dtypes import FLOATS
from gossamer.ops.convert import as_tensor, identity, is_value
from gossamer.tensor import Tensor
from gossamer.tree import flatten, unflatten
from gossamer.variable import Variable


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """A function that returns `f`'s value and its gradient with respect to some arguments.

    Args:
        f: returns a floating scalar tensor; with `has_aux`, a pair of it and anything else.
        argnums: position or positions of the arguments to differentiate; each may be a tensor,
            array, number, `Variable` or a nested structure of these.
        has_aux: whether `f` returns a pair.

    Raises:
        ValueError: if the value is no floating scalar.
        TypeError: for an argument that holds no floats.

    Example:
        >>> value, gradient = gs.value_and_grad(lambda x: ops.sum(x * x))([1.0, 2.0])
        >>> float(value), gradient[1].item()
        (5.0, 4.0)
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        tape, leaves, result = _recorded(f, positions, args, kwargs)
        value = _scalar(result[0] if has_aux else result)
        sources = [leaf for group in leaves for leaf in group]
        cotangents = iter(tape.gradient([(value, ops.ones_like(value))], sources))
        gradients = [
            _like(args[position], [_or_zeros(next(cotangents), leaf) for leaf in group])
            for position, group in zip(positions, leaves, strict=True)
        ]
        return result, gradients[0] if isinstance(argnums, int) else tuple(gradients)

    return differentiated


def _recorded(
    f: Callable[..., Any], positions: tuple[int, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[autodiff.Tape, list[list[Tensor]], Any]:
    """What `f` computes, on a tape, with the tensors that stand for the chosen arguments."""
    if not autodiff.tapes:
        snapshots.take_if_due()
    tape = autodiff.Tape(watches_variables=False)
    arguments = list(args)
    leaves: list[list[Tensor]] = []
    autodiff.tapes.append(tape)
    try:
        for position in positions:
            if not -len(args) <= position < len(args):
                raise ValueError(
                    f"Expected argnums within {len(args)} arguments. Received: {positions}"
                )
            replaced = [_watch(tape, leaf) for leaf in _leaves(args[position])]
            leaves.append([watched for _, watched in replaced])
            arguments[position] = _like(args[position], [leaf for leaf, _ in replaced])
        result = f(*arguments, **kwargs)
    finally:
        autodiff.tapes.remove(tape)
    return tape, leaves, result


def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """A function that returns the gradient of `f`; see `value_and_grad`.

    Example:
        >>> cube = lambda x: x**3
        >>> float(gs.grad(cube)(2.0)), float(gs.grad(gs.grad(cube))(2.0))
        (12.0, 12.0)
    """
    both = value_and_grad(f, argnums)

    @wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return differentiated


def jacobian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """A function that returns the derivative of each element of `f`'s value for each of arguments.

    One backward pass an element of the value: for a scalar take `grad`, and for a direction alone
    `ops.jvp` or `hvp`.

    Args:
        f: returns a floating tensor, or a structure of them.
        argnums: position or positions of the arguments to differentiate, as in `grad`.

    Returns:
        A function that returns a structure like `f`'s value, and in place of each of its tensors
        one like the arguments, of tensors of shape `(*value.shape, *argument.shape)`.

    Raises:
        TypeError: for an argument or a value that holds no floats.

    Example:
        >>> gs.jacobian(lambda x: x * x)([1.0, 2.0]).tolist()
        [[2.0, 0.0], [0.0, 4.0]]
    """
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        tape, leaves, result = _recorded(f, positions, args, kwargs)
        rows = []
        for value in flatten(result):
            if not isinstance(value, Tensor) or value.dtype not in FLOATS:
                received = value.spec if isinstance(value, Tensor) else repr(value)
                raise TypeError(
                    f"Expected a function that returns floating tensors. Received: {received}"
                )
            found = iter(_derivatives(tape, value, [leaf for group in leaves for leaf in group]))
            gradients = [
                _like(args[position], [next(found) for _ in group])
                for position, group in zip(positions, leaves, strict=True)
            ]
            rows.append(gradients[0] if isinstance(argnums, int) else tuple(gradients))
        return unflatten(result, rows)

    return differentiated


def _derivatives(tape: autodiff.Tape, value: Tensor, sources: list[Tensor]) -> list[Tensor]:
    """Of each element of a value for each source, of shape `(*value.shape, *source.shape)`."""
    directions = ops.reshape(
        ops.eye(value.size, dtype=value.dtype).to(value.backend.name), (value.size, *value.shape)
    )
    rows: list[list[Tensor]] = [[] for _ in sources]
    for direction in ops.unstack(directions, value.size):
        found = tape.gradient([(value, direction)], sources)
        for row, gradient, source in zip(rows, found, sources, strict=True):
            row.append(_or_zeros(gradient, source))
    return [
        ops.reshape(
            ops.stack(row) if row else ops.zeros((0, *source.shape), source.dtype),
            (*value.shape, *source.shape),
        )
        for row, source in zip(rows, sources, strict=True)
    ]


def hessian(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that returns the second derivatives of `f` for its first argument.

    Args:
        f: returns a floating scalar tensor.

    Returns:
        A function that returns a tensor of shape `(*x.shape, *x.shape)`; for a structure of
        tensors a structure like it, and in place of each of them one like it.

    Raises:
        ValueError: if the value is no floating scalar.
        TypeError: for an argument that holds no floats.

    Example:
        >>> gs.hessian(lambda x: x[0] ** 2 * x[1])([1.0, 2.0]).tolist()
        [[4.0, 2.0], [2.0, 0.0]]
    """
    return jacobian(grad(f))


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """The Hessian of `f` at `x`, times a vector: the Hessian itself is never made.

    Args:
        f: of one argument; returns a floating scalar tensor.
        x: the argument: a tensor, array, number, `Variable` or a nested structure of these.
        v: the vector, a structure like `x`.

    Raises:
        ValueError: if the value is no floating scalar, or `v` is not like `x`.
        TypeError: for an argument that holds no floats.

    Example:
        >>> gs.hvp(lambda x: x[0] ** 2 * x[1], [1.0, 2.0], [1.0, 0.0]).tolist()
        [4.0, 2.0]
    """
    along = [as_tensor(leaf) for leaf in _leaves(v)]

    def slope(x: Any) -> Tensor:
        gradients = _leaves(grad(f)(x))
        if [g.shape for g in gradients] != [one.shape for one in along]:
            raise ValueError(
                "Expected a vector of the shapes of the argument. "
                f"Received: {[one.shape for one in along]} for {[g.shape for g in gradients]}"
            )
        total, *others = [ops.sum(g * one) for g, one in zip(gradients, along, strict=True)]
        return sum(others, total)

    return grad(slope)(x)


def _leaves(argument: Any) -> list[Any]:
    return [argument] if is_value(argument) else flatten(argument)


def _like(argument: Any, leaves: list[Any]) -> Any:
    return leaves[0] if is_value(argument) else unflatten(argument, leaves)


def _watch(tape: autodiff.Tape, leaf: Any) -> tuple[Any, Tensor]:
    """What the function gets for an argument's leaf, and the tensor that stands for it."""
    if isinstance(leaf, Variable):
        with autodiff.paused():
            value = leaf.value
        tape.watch(value)
        return leaf, value
    # A new node for each argument: the same tensor passed twice is two arguments.
    tensor = identity(leaf)
    if tensor.dtype not in FLOATS:
        raise TypeError(f"Expected floats to differentiate. Received: dtype={tensor.dtype}")
    tape.watch(tensor)
    return tensor, tensor


def _scalar(value: Any) -> Tensor:
    if not isinstance(value, Tensor) or value.size != 1 or value.dtype not in FLOATS:
        received = value.spec if isinstance(value, Tensor) else repr(value)
        raise ValueError(
            f"Expected a function that returns a floating scalar tensor. Received: {received}"
        )
    return value


def _or_zeros(gradient: Tensor | None, like: Tensor) -> Tensor:
    return ops.zeros_like(like) if gradient is None else gradient


class GradientTape:
    """Records what is computed inside of its `with` block, and differentiates it.

    Trainable variables are watched when they are read; tensors by `watch`.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether variables are watched unasked.

    Example:
        >>> v = gs.Variable(3.0)
        >>> with gs.GradientTape() as tape:
        ...     loss = v * v
        >>> float(tape.gradient(loss, v))
        6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._tape: autodiff.Tape | None = autodiff.Tape(watch_accessed_variables)
        self._persistent = persistent

    def __enter__(self) -> GradientTape:
        if not autodiff.tapes:
            snapshots.take_if_due()
        autodiff.tapes.append(self._recording())
        return self

    def __exit__(self, *_: object) -> None:
        autodiff.tapes.remove(self._recording())

    def _recording(self) -> autodiff.Tape:
        if self._tape is None:
            raise RuntimeError(
                "A tape gives its gradient once, then it is empty; make it with "
                "GradientTape(persistent=True) to ask again. Received: a used tape"
            )
        return self._tape

    def watch(self, tensor: Any) -> None:
        """Record what is computed from a tensor or variable, or from each in a structure."""
        for leaf in flatten(tensor):
            if isinstance(leaf, Variable):
                self._recording().watch_variable(leaf, leaf.value)
            elif isinstance(leaf, Tensor):
                self._recording().watch(leaf)
            else:
                raise TypeError(f"Expected a tensor or variable to watch. Received: {leaf!r}")

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None) -> Any:
        """The gradient of `target` (summed, if it is no scalar) for each of `sources`.

        Args:
            target: a tensor, or a structure of them.
            sources: a tensor or variable, or a structure of them.
            output_gradients: the cotangents to begin with, like `target`; ones if None.

        Returns:
            A structure like `sources`; None where `target` does not depend on a source.
        """
        tape = self._recording()
        targets = [as_tensor(leaf) for leaf in flatten(target)]
        if output_gradients is None:
            seeds = [ops.ones_like(leaf) for leaf in targets]
        else:
            seeds = [as_tensor(leaf) for leaf in flatten(output_gradients)]
        reads = [self._reads(tape, leaf) for leaf in flatten(sources)]
        was_recording = tape in autodiff.tapes
        if was_recording and not self._persistent:
            autodiff.tapes.remove(tape)
        try:
            found = iter(
                tape.gradient(
                    list(zip(targets, seeds, strict=True)), [x for group in reads for x in group]
                )
            )
        finally:
            if was_recording and not self._persistent:
                autodiff.tapes.append(tape)
        gradients = [_total([next(found) for _ in group]) for group in reads]
        if not self._persistent:
            tape.nodes.clear()
            tape.tracked.clear()
            if not was_recording:
                self._tape = None
        return unflatten(sources, gradients)

    @staticmethod
    def _reads(tape: autodiff.Tape, source: Any) -> list[Tensor]:
        if isinstance(source, Variable):
            return tape.reads.get(id(source), [])
        if isinstance(source, Tensor):
            return [source]
        raise TypeError(f"Expected tensors or variables as sources. Received: {source!r}")


def _total(gradients: list[Tensor | None]) -> Tensor | None:
    there = [gradient for gradient in gradients if gradient is not None]
    return sum(there[1:], there[0]) if there else None
