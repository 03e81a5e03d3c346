"""`vectorize`: a function of scalars, or of small tensors, called for each of many.

The function is called once an element, in Python: so it may do anything, and gradients flow; what
can be said with ops of whole tensors is faster said so.
"""

import functools
import re
from collections.abc import Callable, Collection, Sequence
from math import prod
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor
from gossamer.ops.elementwise import broadcast_shapes
from gossamer.tensor import Tensor

_ARGUMENT = r"\(\s*(?:\w+\s*(?:,\s*\w+\s*)*)?\)"
_ARGUMENTS = rf"\s*(?:{_ARGUMENT}\s*(?:,\s*{_ARGUMENT}\s*)*)?"
_SIGNATURE = re.compile(rf"{_ARGUMENTS}->{_ARGUMENTS}")
# The names of the axes of each argument, or of each result.
Axes = list[tuple[str, ...]]


def vectorize(
    pyfunc: Callable[..., Any],
    *,
    excluded: Collection[int | str] | None = None,
    signature: str | None = None,
) -> Callable[..., Any]:
    """The function that calls `pyfunc` for each element of its arguments, which broadcast.

    Args:
        pyfunc: takes scalar tensors, or tensors of the axes that `signature` names; returns a
            number or a tensor, or a tuple of them.
        excluded: positions and names of arguments that go to `pyfunc` as they are. None as an
            argument does anyway.
        signature: names of the axes that one call takes and returns, such as `"(n),(n)->()"`:
            these are the last ones of the arguments, and the others broadcast.

    Raises:
        ValueError: for what cannot be called, or another form of signature. The function that
            is returned raises it for shapes that do not fit, or if there are no elements.

    Example:
        >>> distance = ops.vectorize(lambda x, y: x - y if x > y else y - x)
        >>> distance(ops.array([1, 5, 2]), 3).tolist()
        [2, 2, 1]
        >>> norm = ops.vectorize(lambda x: ops.sqrt(ops.sum(x * x)), signature="(n)->()")
        >>> norm(ops.array([[3.0, 4.0], [6.0, 8.0]])).tolist()
        [5.0, 10.0]
    """
    if not callable(pyfunc):
        raise ValueError(f"Expected a function. Received: pyfunc={pyfunc!r}")
    left_out = frozenset(excluded or ())
    taken, returned = (None, None) if signature is None else _parsed(signature)

    @functools.wraps(pyfunc)
    def vectorized(*args: Any, **kwargs: Any) -> Any:
        arguments: dict[int | str, Any] = dict(enumerate(args))
        arguments.update(kwargs)
        mapped = {
            name: as_tensor(value)
            for name, value in arguments.items()
            if name not in left_out and value is not None
        }
        inner: Axes = [()] * len(mapped) if taken is None else taken
        if len(inner) != len(mapped):
            raise ValueError(
                f"Expected {len(inner)} arguments for {signature!r}. Received: {len(mapped)}"
            )
        outer, sizes = _shapes(list(mapped.values()), inner)
        parts = {
            name: _parts(x, outer, len(axes))
            for (name, x), axes in zip(mapped.items(), inner, strict=True)
        }
        results: list[Any] = []
        for i in range(prod(outer)):
            now = arguments | {name: own[i] for name, own in parts.items()}
            results.append(
                pyfunc(*[now[k] for k in range(len(args))], **{name: now[name] for name in kwargs})
            )
        return _joined(results, outer, returned, sizes)

    return vectorized


def _parsed(signature: str) -> tuple[Axes, Axes]:
    if not _SIGNATURE.fullmatch(signature):
        raise ValueError(
            f"Expected a signature such as '(m,n),(n)->(m)'. Received: signature={signature!r}"
        )
    taken, returned = (
        [tuple(re.findall(r"\w+", one)) for one in re.findall(_ARGUMENT, side)]
        for side in signature.split("->")
    )
    return taken, returned


def _shapes(tensors: Sequence[Tensor], inner: Axes) -> tuple[tuple[int, ...], dict[str, int]]:
    """The shape over which the function is called, and the sizes of the axes it is called with."""
    sizes: dict[str, int] = {}
    outer = []
    for x, axes in zip(tensors, inner, strict=True):
        _check_sizes(x.shape[x.ndim - len(axes) :] if x.ndim >= len(axes) else (), axes, sizes)
        outer.append(x.shape[: x.ndim - len(axes)])
    shape = broadcast_shapes(*outer) if outer else ()
    if not prod(shape):
        raise ValueError(f"Expected at least one element to call with. Received: shape={shape}")
    return shape, sizes


def _check_sizes(shape: tuple[int, ...], axes: tuple[str, ...], sizes: dict[str, int]) -> None:
    """Raise unless a shape has the sizes that are known of its axes; the others become known."""
    if len(shape) != len(axes) or any(
        sizes.setdefault(name, size) != size for name, size in zip(axes, shape, strict=True)
    ):
        raise ValueError(
            f"Expected the axes {axes}, of the sizes {sizes} so far. Received: shape={shape}"
        )


def _parts(x: Tensor, outer: tuple[int, ...], rank: int) -> list[Tensor]:
    """What each call takes of an argument, whose last `rank` axes belong to one call."""
    inner = x.shape[x.ndim - rank :]
    whole = ops.broadcast_to(x, (*outer, *inner))
    return ops.unstack(ops.reshape(whole, (prod(outer), *inner)))


def _joined(
    results: list[Any], outer: tuple[int, ...], returned: Axes | None, sizes: dict[str, int]
) -> Any:
    """What all calls returned, as one tensor, or as a tuple of them."""
    several = isinstance(results[0], tuple)
    columns = list(zip(*[one if several else (one,) for one in results], strict=True))
    if returned is not None and len(returned) != len(columns):
        raise ValueError(f"Expected {len(returned)} results. Received: {len(columns)}")
    joined = []
    for k, column in enumerate(columns):
        tensors = [as_tensor(x) for x in column]
        if returned is not None:
            for x in tensors:
                _check_sizes(x.shape, returned[k], sizes)
        joined.append(ops.reshape(ops.stack(tensors), (*outer, *tensors[0].shape)))
    return tuple(joined) if several else joined[0]
