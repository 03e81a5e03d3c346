"""`custom_gradient`: functions that bring their own gradient rule."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from gossamer import ops, tree
from gossamer.core import autodiff
from gossamer.ops.convert import as_tensor, identity, is_value
from gossamer.tensor import Tensor


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function that returns its value and its own gradient rule.

    Args:
        f: takes tensors, or structures of them; returns `(value, rule)`. The value is a tensor or
            a structure of them. `rule(upstream)` is given the value's cotangent, in the value's
            structure, and returns the cotangent of each argument's tensors, in their order (one
            alone need not be a tuple). A rule `rule(*args, upstream)` is given the arguments, too,
            as in Keras on PyTorch.

    Example:
        >>> @ops.custom_gradient
        ... def clipped(x):
        ...     return x, lambda upstream: ops.clip(upstream, -1, 1)
        >>> float(gs.grad(lambda x: 5.0 * clipped(x))(2.0))
        1.0
    """

    @wraps(f)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        arguments = [
            as_tensor(x) if is_value(x) else tree.map_structure(as_tensor, x) for x in args
        ]
        inputs = tuple(tree.flatten(arguments))
        with autodiff.paused():
            value, rule = _value_and_rule(f, arguments, kwargs)
            # Of its own, even if `f` returns an argument as it is.
            value = tree.map_structure(identity, value)
        outputs = tuple(tree.flatten(value))

        def cotangents(*given: Tensor | None) -> list[Tensor]:
            upstream = tree.unflatten(
                value,
                [
                    ops.zeros_like(output) if one is None else one
                    for one, output in zip(given, outputs, strict=True)
                ],
            )
            if _takes_arguments(rule):
                found = tree.flatten(rule(*arguments, upstream=upstream))
            else:
                found = tree.flatten(rule(upstream))
            if len(found) != len(inputs):
                raise ValueError(
                    f"Expected {len(inputs)} cotangents from the gradient rule of "
                    f"{getattr(f, '__name__', f)}. Received: {len(found)}"
                )
            return [as_tensor(one) for one in found]

        autodiff.record_joint_rule(cotangents, inputs, outputs)
        return value

    return wrapped


def _value_and_rule(f: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, Any]:
    result = f(*args, **kwargs)
    if not (isinstance(result, tuple | list) and len(result) == 2 and callable(result[1])):
        raise ValueError(
            "Expected a function that returns its value and a gradient rule. "
            f"Received: {type(result).__name__} from {getattr(f, '__name__', f)}"
        )
    return result[0], result[1]


def _takes_arguments(rule: Callable[..., Any]) -> bool:
    """Whether the rule has `upstream` by name, and nothing else to give it."""
    upstream = inspect.signature(rule).parameters.get("upstream")
    return (
        upstream is not None
        and upstream.kind is inspect.Parameter.KEYWORD_ONLY
        and upstream.default is inspect.Parameter.empty
    )
