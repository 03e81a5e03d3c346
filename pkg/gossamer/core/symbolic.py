"""Symbolic tensors: a shape, of which sizes may be unknown, a dtype, and how they came to be.

An op of symbolic tensors computes nothing: it runs twice on a backend that has shapes only, with
different numbers in the place of unknown sizes. Sizes that differ between the two are unknown in
the result. So every op and every composition has its symbolic form, from the rules that it has
anyway. The result knows the call that it stands for, which is what functional models are made of.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from gossamer import backend as backends
from gossamer.backend.base import Backend, Call, Done
from gossamer.backend.graph import Executable, Graph
from gossamer.backend.pieces import Pieces
from gossamer.core import autodiff, variable_scope
from gossamer.dtypes import standardize_dtype
from gossamer.kernel.spec import TensorSpec
from gossamer.tensor import Tensor
from gossamer.texts import STRING, is_text_dtype
from gossamer.tree import flatten, unflatten

# Divisible by whatever an op may divide a size by, and far from the sizes that people choose.
STAND_INS = (55440, 110880)
MISTAKES = (ValueError, TypeError, IndexError)
# In the place of unknown sizes when an op makes calls for each place of an axis.
FEW = (6, 12)
# An op makes fewer calls, unless it makes one for each place of an axis whose size is not known.
MOST_CALLS = 2000
# Up to here a size is looked for that is told by other arguments, such as those of a reshape.
LARGEST_TRIED = 65


class Operation(NamedTuple):
    """The call that a symbolic tensor stands for.

    Attributes:
        function: the op.
        args, kwargs: what it was called with; symbolic tensors among them.
        position: which of the tensors in its result this one is.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    position: int

    def inputs(self) -> list[KerasTensor]:
        """The symbolic tensors that it depends on."""
        return [x for x in flatten([self.args, self.kwargs]) if isinstance(x, KerasTensor)]


class KerasTensor:
    """A tensor without elements: what a model's input or an op of it will be like.

    Args:
        shape: sizes; None for those that are not known.
        dtype: its dtype; `"string"` for strings, which layers on the host take and no op does.
        name: what to call it.

    Attributes:
        operation: the call that it stands for; None for an input.
        number: how many symbolic tensors had been made before it.

    Example:
        >>> x = gs.KerasTensor((None, 3))
        >>> ops.matmul(x, ops.ones((3, 2))).shape
        (None, 2)
    """

    operation: Operation | None = None
    # What made it, if it is a model's input: a layer without inputs.
    input_layer: Any = None
    # What the call is named in a model's configuration; chosen when it is written if None.
    call_name: str | None = None

    def __init__(
        self, shape: Sequence[int | None], dtype: Any = "float32", name: str | None = None
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = STRING if is_text_dtype(dtype) else standardize_dtype(dtype)
        self.name = name or f"keras_tensor_{_State.count}"
        if any(size is not None and (not isinstance(size, int) or size < 0) for size in self.shape):
            raise ValueError(f"Expected sizes from 0 on, or None. Received: shape={shape}")
        self.number = _State.count
        _State.count += 1

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __tensor__(self) -> Tensor:
        raise ValueError(
            "A symbolic tensor has no elements; ops of gossamer take it, as do models. "
            f"Received: {self!r}"
        )

    def _no_value(self, *_: Any) -> Any:
        raise TypeError(f"A symbolic tensor has no value. Received: {self!r}")

    __array__ = __int__ = __float__ = __bool__ = __iter__ = __index__ = _no_value

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise TypeError(f"The length of this tensor is not known. Received: {self!r}")
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


class NoElementsError(Exception):
    """The elements of a symbolic tensor were asked for."""


class EndlessError(Exception):
    """There are calls for each place of an axis of unknown size."""


class _State:
    """How many symbolic tensors there have been: while there was none, nobody looks for them."""

    count = 0
    scopes = 0


class _ShapesOnly:
    """A backend that computes nothing: its buffers are None.

    Attributes:
        calls: how many it may still be asked for.
        size: what stands in the place of unknown sizes.
    """

    name = "symbolic"
    can_be_lost = False
    has_elements = False
    adopts = False
    stands_for = name
    calls = 0
    size = STAND_INS[0]

    def run(self, call: Call, buffers: Sequence[None]) -> None:
        self.calls -= 1
        if self.calls < 0:
            raise EndlessError(
                "Expected an axis of known size, since there is a result for each of its places. "
                f"Received: {call.primitive.name} of {call.inputs}"
            )

    def put(self, array: np.ndarray) -> None:
        return None

    def get(self, buffer: None, spec: TensorSpec) -> np.ndarray:
        raise NoElementsError(
            "This op looks at the elements of a tensor, and a symbolic one has none. "
            f"Received: {spec}"
        )

    def adopt(self, buffer: Any, spec: TensorSpec, source: Backend) -> None:
        return None

    def is_on_host(self, buffer: None) -> bool:
        return False

    def weak_type(self, buffer: None) -> None:
        return None

    def compile(self, graph: Graph) -> Pieces[Executable]:
        raise NoElementsError("Symbolic tensors have no elements to compute. Received: a graph")

    def begin_read(self, buffer: None, spec: TensorSpec, unasked: bool = False) -> Done:
        return Done(self.get(buffer, spec))

    def canonical_dtype(self, dtype: str) -> str:
        return dtype

    def check_dtype(self, dtype: str) -> None:
        """There are no elements, so that every dtype is held."""

    def on_restored(self, listener: Callable[[], None]) -> None:
        """Nothing is ever lost."""

    async def restored(self) -> None:
        """Nothing is ever lost."""

    def set_memory_limit(self, limit: int | None) -> None:
        """Nothing takes memory."""

    def memory(self) -> dict[str, Any]:
        return {}


_shapes_only = _ShapesOnly()
backends.register(_shapes_only)


class _ShapesScope:
    """Context in which ops compute shapes, and what is assigned to variables is forgotten."""

    def __init__(self) -> None:
        self.backend = _shapes_only
        before = variable_scope.current.scope
        self.target = backends.current_backend() if before is None else before.target

    def __enter__(self) -> None:
        self._before = variable_scope.current.scope
        self._using = backends.using(_shapes_only)
        self._using.__enter__()
        variable_scope.current.scope = self

    def __exit__(self, *error: Any) -> None:
        variable_scope.current.scope = self._before
        self._using.__exit__(*error)

    def value_of(self, variable: Any) -> Tensor:
        return Tensor(TensorSpec(variable.shape, variable.dtype), None, _shapes_only)

    def assign(self, variable: Any, value: Tensor) -> None:
        """A shape is no value."""


class SymbolicScope:
    """Within it, `in_symbolic_scope()` is true: shapes are worked out, and nothing is computed.

    Example:
        >>> with gs.SymbolicScope():
        ...     gs.KerasTensor((2,)).shape
        (2,)
    """

    def __enter__(self) -> SymbolicScope:
        _State.scopes += 1
        return self

    def __exit__(self, *error: Any) -> None:
        _State.scopes -= 1


def in_symbolic_scope() -> bool:
    """Whether shapes are being worked out."""
    return _State.scopes > 0 or isinstance(variable_scope.current.scope, _ShapesScope)


def takes_symbolic(function: Callable[..., Any]) -> Callable[..., Any]:
    """An op that takes symbolic tensors, too."""

    @wraps(function)
    def op(*args: Any, **kwargs: Any) -> Any:
        if _State.count and (_has_symbolic(args) or _has_symbolic(kwargs.values())):
            _check_numbers(function, args, kwargs)
            results = output_spec(function, args, kwargs)
            record_call(op, args, kwargs, results)
            return results
        return function(*args, **kwargs)

    return op


def _has_symbolic(values: Iterable[Any]) -> bool:
    for x in values:
        kind = type(x)
        if kind is KerasTensor or (kind in (list, tuple) and _has_symbolic(x)):
            return True
        if kind is dict and _has_symbolic(x.values()):
            return True
    return False


def _check_numbers(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    for x in flatten([args, kwargs]):
        if isinstance(x, KerasTensor) and x.dtype == STRING:
            raise TypeError(
                f"Expected numbers in `{function.__name__}`: only layers take strings, such as "
                f"`StringLookup`. Received: {x!r}"
            )


def record_call(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], results: Any
) -> None:
    """Let symbolic tensors know the call that they are the results of."""
    for position, leaf in enumerate(flatten(results)):
        if isinstance(leaf, KerasTensor):
            leaf.operation = Operation(function, args, kwargs, position)


def output_spec(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a function of symbolic tensors gives, as new ones that know no call.

    Raises:
        TypeError: if it looks at elements.
        ValueError: if it gives more results for one size than for another.
    """
    try:
        found = _found(function, args, kwargs)
    except NoElementsError as error:
        raise TypeError(str(error)) from None
    columns = [flatten(one) for one in found]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(
            "Expected an axis of known size, since there is a result for each of its places. "
            f"Received: {[x for x in flatten([args, kwargs]) if isinstance(x, KerasTensor)]}"
        )
    results: list[Any] = []
    for leaves in zip(*columns, strict=True):
        if not isinstance(leaves[0], Tensor):
            results.append(_common(leaves))
            continue
        shapes = [leaf.shape for leaf in leaves if leaf.ndim == leaves[0].ndim]
        sizes = [_common(sizes) for sizes in zip(*shapes, strict=True)]
        results.append(KerasTensor(sizes, leaves[0].dtype))
    return unflatten(found[0], results)


def _found(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Any]:
    """The op's results for different numbers in the place of sizes that are not known."""
    try:
        found = [_evaluated(function, args, kwargs, size) for size in STAND_INS]
    except EndlessError:
        return [_evaluated(function, args, kwargs, size) for size in FEW]
    except MISTAKES:
        return [_with_the_size_that_fits(function, args, kwargs)]
    return found + _with_a_small_size(function, args, kwargs)


def _common(values: Sequence[Any]) -> Any:
    """What they all are; None if they differ."""
    return values[0] if all(value == values[0] for value in values) else None


def _with_a_small_size(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Any]:
    """The result for the least size, which shows what ends where an axis does; if there is one."""
    try:
        return [_evaluated(function, args, kwargs, 1)]
    except MISTAKES:
        return []


def _with_the_size_that_fits(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """The result with the only unknown size with which there is one, such as another tensor's.

    Raises the op's error if there is none.
    """
    leaves = flatten([args, kwargs])
    sizes = [size for x in leaves for size in getattr(x, "shape", ()) if size is not None]
    numbers = [x for x in leaves if type(x) is int and x >= 0]
    for size in dict.fromkeys([*sizes, *numbers, *range(1, LARGEST_TRIED)]):
        try:
            return _evaluated(function, args, kwargs, size)
        except MISTAKES:
            continue  # the error of the last attempt below is what the user sees
    return _evaluated(function, args, kwargs, STAND_INS[0])


def _evaluated(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], size: int
) -> Any:
    """The op's result, with tensors that have shapes only."""

    def bare(x: Any) -> Any:
        if isinstance(x, KerasTensor):
            return stand_in(x)
        if hasattr(x, "__tensor__"):
            x = x.__tensor__()
        return Tensor(x.spec, None, _shapes_only) if isinstance(x, Tensor) else x

    given = [args, kwargs]
    _shapes_only.calls, _shapes_only.size = MOST_CALLS, size
    with _ShapesScope(), autodiff.paused():
        own_args, own_kwargs = unflatten(given, [bare(x) for x in flatten(given)])
        return function(*own_args, **own_kwargs)


def stand_in(x: KerasTensor) -> Tensor:
    """A tensor that has a shape only, with the number that is tried in the place of None."""
    shape = tuple(_shapes_only.size if known is None else known for known in x.shape)
    return Tensor(TensorSpec(shape, x.dtype), None, _shapes_only)


def evaluate(outputs: Any, values: dict[KerasTensor, Any]) -> Any:
    """Make the calls that symbolic tensors stand for.

    Args:
        outputs: a symbolic tensor, or a structure of them.
        values: the value of each input that they depend on.

    Raises:
        ValueError: if one is missing.

    Example:
        >>> x = gs.KerasTensor((None,))
        >>> evaluate(x * 2.0 + 1.0, {x: ops.ones(2)}).tolist()
        [3.0, 3.0]
    """
    done: dict[int, Any] = {id(x): value for x, value in values.items()}
    calls: dict[int, list[Any]] = {}
    leaves = flatten(outputs)
    for x in _in_order(leaves, done):
        if x.operation is None:
            raise ValueError(f"Expected a value for every input. Received: none for {x!r}")
        call = x.operation
        key = id(call.kwargs)  # one for all results of a call
        if key not in calls:
            given = [call.args, call.kwargs]
            replaced = [
                done[id(leaf)] if isinstance(leaf, KerasTensor) else leaf for leaf in flatten(given)
            ]
            args, kwargs = unflatten(given, replaced)
            calls[key] = flatten(call.function(*args, **kwargs))
        done[id(x)] = calls[key][call.position]
    return unflatten(outputs, [done[id(x)] for x in leaves])


def _in_order(outputs: Sequence[KerasTensor], known: dict[int, Any]) -> Iterator[KerasTensor]:
    """Symbolic tensors that are not known, each once, after those that it depends on."""
    seen = set(known)
    stack = list(reversed(outputs))
    while stack:
        current = stack[-1]
        waiting = [
            x for x in (current.operation.inputs() if current.operation else [])
            if id(x) not in seen
        ]  # fmt: skip
        if waiting and id(current) not in seen:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current


def get_source_inputs(tensor: Any) -> list[KerasTensor]:
    """The inputs that a symbolic tensor depends on, each once.

    Args:
        tensor: a symbolic tensor.

    Raises:
        TypeError: for what is none.

    Example:
        >>> x, y = gs.Input((2,)), gs.Input((2,))
        >>> [one is x for one in gs.utils.get_source_inputs(x * 2.0 + x)]
        [True]
    """
    if not isinstance(tensor, KerasTensor):
        raise TypeError(f"Expected a symbolic tensor. Received: {tensor!r}")
    return [x for x in _in_order([tensor], {}) if x.operation is None]


def let_take_symbolic(namespace: dict[str, Any]) -> None:
    """Have all public functions of a module's namespace take symbolic tensors, too."""
    for name, value in list(namespace.items()):
        if inspect.isfunction(value) and not name.startswith("_"):
            namespace[name] = takes_symbolic(value)
