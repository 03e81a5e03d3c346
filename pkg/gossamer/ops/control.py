"""Control flow: branches, loops, and functions mapped over an axis.

Python's own control flow decides here, step by step: a decision that depends on a tensor reads it,
one scalar each time, and only the branch that is taken is computed. Gradients flow through the
steps as they were taken. Loops carry a structure of tensors whose form, shapes and dtypes stay.
In a function that `jit` traces, decisions on its tensors become part of the program
(`traced_control`); loops over a known number of steps are unrolled.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from gossamer import dtypes, ops, tree
from gossamer.core import autodiff
from gossamer.core.tracing import Trace, current
from gossamer.ops import traced_control
from gossamer.ops.convert import as_tensor
from gossamer.ops.traced_control import is_traced
from gossamer.tensor import Tensor


def _decided(predicate: Any) -> bool:
    """A predicate as Python's; reads it if it is a tensor; false if that has no elements.

    Raises:
        TypeError: for what holds no number.
        ValueError: for more than one.
    """
    if isinstance(predicate, bool | int | float | np.generic):
        return bool(predicate)
    return bool(_read(as_tensor(predicate)))


def _read(scalar: Tensor) -> Any:
    """The element of a scalar; 0 where there are shapes only, which no decision changes."""
    return scalar.item() if scalar.backend.has_elements else 0


def _tensors(structure: Any) -> Any:
    """The structure with its numbers and arrays as tensors, of 32 bits at most; None stays."""

    def tensor(x: Any) -> Any:
        if x is None:
            return None
        made = as_tensor(x)
        return as_tensor(made, dtypes.canonical(made.dtype))

    return tree.map_structure(tensor, structure)


def _callable(**functions: Any) -> None:
    for name, function in functions.items():
        if not callable(function):
            raise TypeError(f"Expected a function {name}. Received: {name}={function!r}")


class _Carry:
    """What a loop carries from step to step."""

    def __init__(self, initial: Any) -> None:
        # Python numbers take the dtype that the first step gives them, if they can hold them.
        self._numbers = [
            type(leaf) if type(leaf) in (int, float) else None for leaf in tree.flatten(initial)
        ]
        self.value = _tensors(initial)

    def step(self, given: Any) -> None:
        """Take what a step gave.

        Raises:
            TypeError: if its form, or a shape or dtype in it, is another.
        """
        if not tree.is_alike(given, self.value):
            raise TypeError(
                f"Expected a step that keeps the structure {_described(self.value)}. "
                f"Received: {_described(given)}"
            )
        old = tree.flatten(self.value)
        new = [_as(one, before) for one, before in zip(tree.flatten(given), old, strict=True)]
        for one, before, number in zip(new, old, self._numbers, strict=True):
            if not _keeps(one, before, number):
                raise TypeError(
                    f"Expected a step that keeps shapes and dtypes: {_described(self.value)}. "
                    f"Received: {_described(given)}"
                )
        self._numbers = [None] * len(new)
        self.value = tree.unflatten(self.value, new)


def _as(x: Any, before: Any) -> Any:
    """What a step gave as a tensor; a Python number in the dtype that it had."""
    if x is None or before is None:
        return x
    number: type = type(x)
    weak = number in (int, float) and dtypes.result_type(before.dtype, number) == before.dtype
    return as_tensor(x, before.dtype if weak else None, before.backend)


def _keeps(x: Any, before: Any, number: type | None) -> bool:
    if x is None or before is None:
        return x is before
    widens = number is not None and dtypes.result_type(x.dtype, number) == x.dtype
    return x.shape == before.shape and (x.dtype == before.dtype or widens)


def _described(structure: Any) -> Any:
    return tree.map_structure(
        lambda x: f"{x.dtype}{list(x.shape)}" if hasattr(x, "shape") else type(x).__name__,
        structure,
    )


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """`true_fn()` if `pred`, else `false_fn()`. Only one of them is called.

    Args:
        pred: a scalar; if it is a tensor, it is read.
        true_fn: a function without arguments.
        false_fn: a function without arguments.

    Raises:
        TypeError: for what is no function, and what holds no number.
        ValueError: if `pred` is no scalar.

    Example:
        >>> x = ops.convert_to_tensor(3.0)
        >>> ops.cond(x > 2, lambda: x + 1, lambda: x - 1).item()
        4.0
    """
    _callable(true_fn=true_fn, false_fn=false_fn)
    if is_traced(pred):
        index = as_tensor(ops.logical_not(_scalar(pred)), "int32")
        return traced_control.choose(index, (true_fn, false_fn))
    return true_fn() if _decided(pred) else false_fn()


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """`branches[index](*operands)`; an index beyond the ends is the nearest one.

    Args:
        index: an integer scalar; if it is a tensor, it is read.
        branches: functions of the operands, of which one is called.
        *operands: tensors, or structures of them.

    Raises:
        TypeError: for what is no function, and if `index` is no scalar.
        ValueError: if there are no branches.

    Example:
        >>> ops.switch(1, [ops.add, ops.subtract], 2.0, 0.5).item()
        1.5
    """
    _callable(**{f"branches[{k}]": branch for k, branch in enumerate(branches)})
    if not branches:
        raise ValueError(f"Expected branches to choose from. Received: branches={branches!r}")
    if not isinstance(index, int):
        scalar = as_tensor(index, "int32")
        if scalar.ndim:
            raise TypeError(f"Expected a scalar index. Received: index.shape={scalar.shape}")
        if is_traced(scalar):
            given = [_tensors(operand) for operand in operands]
            return traced_control.choose(
                ops.clip(scalar, 0, len(branches) - 1),
                [partial(branch, *given) for branch in branches],
            )
        index = _read(scalar)
    branch = branches[min(max(index, 0), len(branches) - 1)]
    return branch(*[_tensors(operand) for operand in operands])


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    maximum_iterations: int | None = None,
) -> Any:
    """`loop_vars = body(*loop_vars)` for as long as `cond(*loop_vars)`.

    Args:
        cond: gives a scalar, which is read before each step.
        body: gives the next variables, in the same structure, shapes and dtypes.
        loop_vars: a list or tuple of tensors or structures, which are the functions' arguments; or
            one tensor or dictionary.
        maximum_iterations: after how many steps to stop at the latest.

    Returns:
        A tuple of the last variables, or the only one if no list or tuple was given.

    Raises:
        TypeError: if a step gives another structure, shape or dtype.
        ValueError: if `cond` gives no scalar.

    Example:
        >>> x, y = ops.while_loop(lambda x, y: x < 10, lambda x, y: (x + 1, y + x), (0, 1))
        >>> x.item(), y.item()
        (10, 46)
    """
    _callable(cond=cond, body=body)
    several = isinstance(loop_vars, list | tuple)
    carry = _Carry(tuple(loop_vars) if several else (loop_vars,))

    def step() -> None:
        given = body(*carry.value)
        # Of one variable in a list, too, the next one may come without a list.
        carry.step(given if several and isinstance(given, list | tuple) else (given,))

    steps = 0
    while maximum_iterations is None or steps < maximum_iterations:
        goes_on = cond(*carry.value)
        if is_traced(goes_on):
            left = None if maximum_iterations is None else maximum_iterations - steps
            _loop(cond, step, carry, left)
            break
        if not _decided(goes_on):
            break
        step()
        steps += 1
    return carry.value if several else carry.value[0]


def _loop(
    cond: Callable[..., Any], step: Callable[[], None], carry: _Carry, limit: int | None
) -> None:
    """Let a loop that depends on traced tensors be one of the program's."""
    # The first step says which dtypes Python numbers have; it is not part of the program.
    with Trace(current.trace.target, current.trace):  # type: ignore[union-attr]
        kept, numbers = carry.value, carry._numbers
        step()
        like = tree.flatten(carry.value)
    first = [
        None if x is None else as_tensor(x, after.dtype)
        for x, after in zip(tree.flatten(kept), like, strict=True)
    ]
    tensors = [x for x in first if x is not None]

    def filled(given: Sequence[Tensor]) -> Any:
        found = iter(given)
        return tree.unflatten(kept, [None if x is None else next(found) for x in first])

    def body(*given: Tensor) -> list[Tensor]:
        carry.value, carry._numbers = filled(given), [None] * len(numbers)
        step()
        return [x for x in tree.flatten(carry.value) if x is not None]

    def condition(*given: Tensor) -> Tensor:
        return as_tensor(_scalar(cond(*filled(given))), "bool")

    carry.value = filled(traced_control.loop(condition, body, tensors, limit))


def _scalar(predicate: Any) -> Tensor:
    """A predicate as a scalar tensor.

    Raises:
        ValueError: for more than one element.
    """
    tensor = as_tensor(predicate)
    if tensor.size != 1:
        raise ValueError(f"Expected a scalar predicate. Received: shape={tensor.shape}")
    return ops.reshape(tensor, ())


def fori_loop(lower: Any, upper: Any, body_fun: Callable[[int, Any], Any], init_val: Any) -> Any:
    """`value = body_fun(i, value)` for i from `lower` to `upper - 1`.

    Args:
        lower: an integer; if it is a tensor, it is read.
        upper: an integer; if it is a tensor, it is read.
        body_fun: of a Python integer and the value gives the next value, in the same structure,
            shapes and dtypes.
        init_val: a tensor, or a structure of them.

    Raises:
        TypeError: if a step gives another structure, shape or dtype; for bounds that are no
            integers.

    Example:
        >>> ops.fori_loop(1, 5, lambda i, product: product * i, 1.0).item()
        24.0
    """
    _callable(body_fun=body_fun)
    if is_traced(lower) or is_traced(upper):
        end = upper
        return while_loop(
            lambda i, value: i < end,
            lambda i, value: (i + 1, body_fun(i, value)),
            (as_tensor(lower, "int32"), init_val),
        )[1]
    carry = _Carry(init_val)
    first, last = (_read(x) if isinstance(x, Tensor) and not x.ndim else x for x in (lower, upper))
    for i in range(first, last):
        carry.step(body_fun(i, carry.value))
    return carry.value


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """`carry, ys[i] = f(carry, xs[i])` for every i along the first axis.

    Args:
        f: of the carry and a slice of `xs` gives the next carry, in the same structure, shapes and
            dtypes, and what to stack: a tensor, a structure of them, or None.
        init: the first carry: a tensor, or a structure of them.
        xs: a tensor, or a structure of them, of equal length along the first axis; None if `f`
            needs none, and is given None.
        length: how many steps there are; needed if `xs` is None.
        reverse: whether to begin at the end.
        unroll: a positive integer or a bool; every loop is unrolled here.

    Returns:
        The last carry, and the stacked tensors.

    Raises:
        TypeError: if `f` cannot be called, or a step gives another structure, shape or dtype.
        ValueError: for lengths that differ or are not given, and for `unroll` below 1.

    Example:
        >>> total, totals = ops.scan(lambda c, x: (c + x, c + x), 0, ops.arange(1, 5))
        >>> total.item(), totals.tolist()
        (10, [1, 3, 6, 10])
    """
    _callable(f=f)
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"Expected a positive integer or a bool. Received: unroll={unroll!r}")
    xs = _tensors(xs)
    steps = _length(xs, length)
    carry = _Carry(init)

    def step(x: Any) -> Any:
        given = f(carry.value, x)
        if not isinstance(given, list | tuple) or len(given) != 2:
            raise TypeError(f"Expected f to give a carry and a result. Received: {given!r}")
        carry.step(given[0])
        return _tensors(given[1])

    if steps == 0:
        return carry.value, _stack_of_none(step, xs)
    order = range(steps)
    ys = [step(_at(xs, i)) for i in (reversed(order) if reverse else order)]
    return carry.value, _stacked(ys[::-1] if reverse else ys)


def _length(xs: Any, length: int | None) -> int:
    leaves = [leaf for leaf in tree.flatten(xs) if leaf is not None]
    sizes = {leaf.shape[:1] for leaf in leaves}
    if length is not None:
        sizes.add((int(length),))
    if len(sizes) != 1 or () in sizes:
        raise ValueError(
            "Expected tensors of one length along their first axis, or none and a length. "
            f"Received: shapes {[leaf.shape for leaf in leaves]}, length={length}"
        )
    return sizes.pop()[0]


def _at(xs: Any, i: int) -> Any:
    return tree.map_structure(lambda x: None if x is None else x[i], xs)


def _stacked(ys: Sequence[Any]) -> Any:
    """The tensors of equal structures along a new first axis."""
    for y in ys[1:]:
        if not tree.is_alike(y, ys[0]):
            raise TypeError(
                f"Expected results of one structure. Received: {_described(ys[0])}, {_described(y)}"
            )
    return tree.map_structure(lambda *parts: None if parts[0] is None else ops.stack(parts), *ys)


def _stack_of_none(step: Callable[[Any], Any], xs: Any) -> Any:
    """Of no steps, the results: what one would give says their shapes."""

    def zeros(like: Any, shape: tuple[int, ...]) -> Any:
        return ops.broadcast_to(as_tensor(0, like.dtype, like.backend), shape)

    with autodiff.paused():
        y = step(tree.map_structure(lambda x: None if x is None else zeros(x, x.shape[1:]), xs))
    return tree.map_structure(lambda x: None if x is None else zeros(x, (0, *x.shape)), y)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f(xs[i])` for every i along the first axis, stacked.

    Args:
        f: of a slice of `xs` gives a tensor, or a structure of them.
        xs: a tensor, or a structure of them, of equal length along the first axis.

    Raises:
        TypeError: if `f` cannot be called, or gives different structures.
        ValueError: for lengths that differ.

    Example:
        >>> ops.map(lambda x: {"square": x * x}, ops.arange(4))["square"].tolist()
        [0, 1, 4, 9]
    """
    _callable(f=f)
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """`function` of every element along the first axis, stacked.

    It is called for one element after the other, as by `map`: where an op takes all of them at
    once, that is faster.

    Args:
        function: of an element, or of a structure of them as in `elements`, gives a tensor.
        elements: a tensor, or a structure of them, of equal length along the first axis.

    Raises:
        TypeError: if `function` cannot be called.
        ValueError: for lengths that differ.

    Example:
        >>> ops.vectorized_map(lambda row: ops.sum(row), ops.ones((2, 3))).tolist()
        [3.0, 3.0]
    """
    _callable(function=function)
    return map(function, elements)
