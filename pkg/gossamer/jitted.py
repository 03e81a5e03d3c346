"""`jit`: a function of tensors as one program, traced once and replayed from then on.

The first call for arguments of some structure, shapes and dtypes runs the function on tensors that
only stand for values; what it computes becomes a graph, which the backend makes ready to run.
Every further call is a look into a dictionary and one replay. Stands above the ops and variables,
of which it makes tensors; the trace itself is in `core`.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any, NamedTuple

import numpy as np

from gossamer import defaults, dtypes
from gossamer.backend import Backend, Executable, Graph, current_backend
from gossamer.core import autodiff, structure, variable_scope
from gossamer.core.observe import observers
from gossamer.core.passes import simplified
from gossamer.core.program_report import Kernels, report
from gossamer.core.snapshots import snapshots
from gossamer.core.symbolic import KerasTensor
from gossamer.core.tracing import Symbol, Trace
from gossamer.kernel.spec import TensorSpec
from gossamer.ops.convert import as_tensor, is_value
from gossamer.tensor import Tensor
from gossamer.variable import Variable

CACHE_SIZE = 64
# So many programs for different values of static arguments are one mistake, most likely.
MANY_STATIC_VALUES = 16
# Shapes for which that is counted.
MOST_KINDS = 1024
DEBUG_VARIABLE = "GOSSAMER_DEBUG"


class CacheInfo(NamedTuple):
    """What a jitted function keeps, as `functools.lru_cache` tells it."""

    hits: int
    misses: int
    maxsize: int
    currsize: int


class _Same:
    """A key for what is known by its identity; keeps it alive."""

    __slots__ = ("item",)

    def __init__(self, item: Any) -> None:
        self.item = item

    def __hash__(self) -> int:
        return id(self.item)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.item is other.item


@dataclass(eq=False, slots=True)
class _Program:
    """A traced function, ready to run for arguments of one kind.

    Attributes:
        graph: what it computes.
        executable: the graph, ready to run.
        given: for each input of the graph the number of a leaf of the arguments, or a variable.
        expected: the variables of one element that it takes for numbers of Python's.
        form: of the result.
        results: its leaves: the number of an output, or what it is at every call.
        written: the variables that it assigns to, each with the number of its output.
        replaced: the inputs that are these variables' values before.
    """

    graph: Graph
    executable: Executable
    given: list[int | Variable]
    expected: list[Variable]
    form: structure.Form
    results: list[int | _Same]
    written: list[tuple[Variable, int]]
    replaced: list[tuple[int, Variable]]

    def fits(self) -> bool:
        """Whether the variables lie where they did."""
        return all(v._value.backend.is_on_host(v._value.buffer) for v in self.expected)


@dataclass(eq=False, slots=True)
class _Request:
    """The arguments of one call.

    Attributes:
        key: equal for calls that one program serves.
        target: the backend that is to run it.
        leaves: the arguments' leaves, the tensors among them on the target.
        dynamic: which of them are tensors.
        weak: which of these are numbers of Python's, each with its type.
        form: of the arguments.
    """

    key: Hashable
    target: Backend
    leaves: list[Any]
    dynamic: list[int]
    weak: dict[int, type]
    form: structure.Form


class Jitted:
    """A function that `jit` has made; see there."""

    def __init__(
        self,
        function: Callable[..., Any],
        static_argnums: Sequence[int],
        static_argnames: Sequence[str],
        cache_size: int,
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        self._static_positions, self._static_names = _static(
            function, static_argnums, static_argnames
        )
        self._cache_size = cache_size
        self._programs: OrderedDict[Hashable, _Program] = OrderedDict()
        self._hits = self._misses = 0
        self._kinds: dict[Hashable, int] = {}

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # A tape needs each op, and so does debug mode; within a trace it is part of that.
        if autodiff.tapes or variable_scope.current.scope is not None or _needs_each_op():
            return self._function(*args, **kwargs)
        request = self._request(args, kwargs)
        if request is None:
            return self._function(*args, **kwargs)
        program = self._programs.get(request.key)
        if program is not None and program.fits():
            self._hits += 1
            self._programs.move_to_end(request.key)
        else:
            program = self._make(request)
        return _replayed(program, request)

    def graph(self, *args: Any, **kwargs: Any) -> Graph:
        """The graph of the function for these arguments, after all passes; prints as text."""
        return self._program(args, kwargs).graph

    def kernels(self, *args: Any, **kwargs: Any) -> Kernels:
        """The kernels that a call with these arguments runs; prints as a table."""
        return Kernels(self._program(args, kwargs).executable.kernels())

    def cache_info(self) -> CacheInfo:
        """How many calls found their program and how many had it made, and how many there are."""
        return CacheInfo(self._hits, self._misses, self._cache_size, len(self._programs))

    def cache_clear(self) -> None:
        """Forget all programs."""
        self._programs.clear()
        self._kinds.clear()
        self._hits = self._misses = 0

    def __repr__(self) -> str:
        return f"<jitted {self.__name__ if hasattr(self, '__name__') else self._function!r}>"

    def _program(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Program:
        request = self._request(args, kwargs)
        if request is None:
            raise TypeError("Expected arguments with elements. Received: symbolic tensors")
        program = self._programs.get(request.key)
        return program if program is not None and program.fits() else self._make(request)

    # From arguments to a request

    def _request(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Request | None:
        """None for symbolic tensors, of which nothing can be computed."""
        static = [args[i] for i in self._static_positions if i < len(args)]
        static += [kwargs[name] for name in self._static_names if name in kwargs]
        marked = {id(value) for value in static}
        leaves, form = structure.flatten_call(
            args, kwargs, lambda x: id(x) in marked or _is_array(x)
        )
        target = next((x.backend for x in leaves if type(x) is Tensor), None) or current_backend()
        key: list[Any] = [target, form, _settings()]
        dynamic: list[int] = []
        weak: dict[int, type] = {}
        for i, leaf in enumerate(leaves):
            if id(leaf) in marked:
                key.append(_frozen(leaf))
                continue
            kind = type(leaf)
            if kind is Tensor:
                if leaf.backend is not target:
                    raise ValueError(
                        f"Expected arguments on one backend; move a tensor with "
                        f"`x.to({target.name!r})`. Received: {target.name!r}, {leaf.backend.name!r}"
                    )
            elif kind is KerasTensor:
                return None
            elif kind in _NUMBERS:
                wide = dtypes.floatx() == "float64"
                leaf = leaves[i] = as_tensor(leaf, _NUMBERS[kind][wide], target)
                weak[i] = kind
            elif isinstance(leaf, np.ndarray | np.generic) or _is_array(leaf):
                leaf = leaves[i] = as_tensor(leaf, backend=target)
            else:
                key.append(_hashable(leaf))
                continue
            dynamic.append(i)
            key.append((leaf.spec, target.is_on_host(leaf.buffer), weak.get(i)))
        return _Request(tuple(key), target, leaves, dynamic, weak, form)

    # From a request to a program

    def _make(self, request: _Request) -> _Program:
        self._misses += 1
        self._warn_of_static_values(request)
        program = _traced(self._function, request)
        self._programs[request.key] = program
        self._programs.move_to_end(request.key)
        while len(self._programs) > self._cache_size:
            self._programs.popitem(last=False)
        if level := _debug_level():
            self._print(program, request, level)
        return program

    def _print(self, program: _Program, request: _Request, level: int) -> None:
        """Show a new program with the times of its kernels: of a second run, all being compiled."""
        buffers = _buffers(program, request)
        program.executable.run(buffers)
        _, times = program.executable.timed(buffers)
        table = Kernels(program.executable.kernels(), times)
        print(report(getattr(self, "__name__", "function"), program.graph, table, level))

    def _warn_of_static_values(self, request: _Request) -> None:
        kinds = tuple(request.leaves[i].spec for i in request.dynamic)
        if len(self._kinds) >= MOST_KINDS:
            self._kinds.clear()
        count = self._kinds[kinds] = self._kinds.get(kinds, 0) + 1
        if count == MANY_STATIC_VALUES:
            warnings.warn(
                f"{self!r} has been traced {count} times for tensors of the same shapes: integers, "
                "strings and objects among its arguments are part of the program. Give numbers "
                "that change as floats or tensors.",
                RuntimeWarning,
                stacklevel=4,
            )


# Numbers that are no part of a program; integers and bools are, since they are sizes and switches.
# Each with the dtypes that it has, beside 32-bit floats and beside 64-bit ones.
_NUMBERS = {float: ("float32", "float64"), complex: ("complex64", "complex128")}


def _is_array(x: Any) -> bool:
    """Whether a list or tuple is an array of floats, as it is for every op."""
    return isinstance(x, list | tuple) and is_value(x) and _has_float(x)


def _has_float(x: Any) -> bool:
    return any(_has_float(i) if isinstance(i, list | tuple) else type(i) is float for i in x)


def _settings() -> Hashable:
    """What ops ask for when they are traced."""
    return dtypes.floatx(), defaults.image_data_format(), defaults.epsilon()


def _static(
    function: Callable[..., Any], positions: Sequence[int], names: Sequence[str]
) -> tuple[set[int], set[str]]:
    """The static arguments by position and by name, whichever way they were named."""
    found, known = set(positions), set(names)
    try:
        parameters = list(inspect.signature(function).parameters)
    except ValueError:
        parameters = []
    unknown = known - set(parameters) if parameters and "kwargs" not in parameters else set()
    if unknown:
        raise ValueError(
            f"Expected names of arguments: {parameters}. Received: static_argnames={names!r}"
        )
    for i, name in enumerate(parameters):
        if name in known:
            found.add(i)
        elif i in found:
            known.add(name)
    return found, known


def _frozen(x: Any) -> Hashable:
    """A static argument as a part of a key."""
    leaves, form = structure.flatten(x, lambda _: False)
    return (form, tuple([_hashable(leaf) for leaf in leaves]))


def _hashable(leaf: Any) -> Hashable:
    """A leaf that is no tensor as a part of a key: 1, 1.0 and True are different."""
    if type(leaf) is Variable:
        return _Same(leaf)
    try:
        hash(leaf)
    except TypeError:
        raise TypeError(
            "Expected tensors, arrays, numbers, structures of these, or what can be a key of a "
            f"dictionary, as arguments of a jitted function. Received: {leaf!r}"
        ) from None
    return (type(leaf), leaf)


def _traced(function: Callable[..., Any], request: _Request) -> _Program:
    trace = Trace(request.target)
    try:
        with trace, autodiff.paused():
            leaves = list(request.leaves)
            for i in request.dynamic:
                on_host = request.target.is_on_host(leaves[i].buffer)
                leaves[i] = trace.input(leaves[i].spec, on_host, request.weak.get(i))
            args, kwargs = structure.unflatten(request.form, iter(leaves))
            value = function(*args, **kwargs)
            found, form = structure.flatten(value, lambda _: False)
            results = [_result(leaf, trace) for leaf in found]
            written = [
                (variable, _output(trace, trace.number(trace.values[key])))
                for key, variable in trace.written.items()
            ]
            numbers = {id(variable): number for variable, number in trace.read}
            trace.graph.replaced = {
                numbers[id(variable)]: trace.graph.outputs[k] for variable, k in written
            }
    finally:
        read = list(trace.read)
        trace.close()
    graph = simplified(trace.graph)
    sources = {number: variable for variable, number in read}
    leaf_of = iter(request.dynamic)
    given = [sources[n] if n in sources else next(leaf_of) for n in graph.inputs]
    executable = request.target.compile(graph)
    expected = [v for v, n in read if n in executable.numbers]
    replaced = [(n, variable) for variable, n in read if n in graph.replaced]
    return _Program(graph, executable, given, expected, form, results, written, replaced)


def _result(leaf: Any, trace: Trace) -> int | _Same:
    if isinstance(leaf, Tensor) and isinstance(leaf.buffer, Symbol):
        return _output(trace, trace.number(leaf))
    return _Same(leaf)


def _output(trace: Trace, number: int) -> int:
    """The place of a value among the graph's outputs."""
    trace.graph.outputs.append(number)
    return len(trace.graph.outputs) - 1


def _replayed(program: _Program, request: _Request) -> Any:
    target = request.target
    given_up = [n for n, variable in program.replaced if _is_alone(variable)]
    buffers = _buffers(program, request)
    if observers:
        made, times = program.executable.timed(buffers)
        for observer in observers:
            observer.replayed(program.executable.kernels(), times)
    else:
        made = program.executable.run(buffers, given_up)
    specs, outputs = program.graph.specs, program.graph.outputs
    for variable, k in program.written:
        here = variable._value.backend
        variable._value = _tensor(made[k], specs[outputs[k]], target, here)
    if program.written and snapshots.wants_changes:
        snapshots.changed()
    results = [
        x.item if isinstance(x, _Same) else _tensor(made[x], specs[outputs[x]], target, target)
        for x in program.results
    ]
    del buffers, made
    snapshots.take_if_due()
    return structure.unflatten(program.form, iter(results))


def _buffers(program: _Program, request: _Request) -> list[Any]:
    """What the graph's inputs are at this call."""
    leaves = request.leaves
    return [x._value.buffer if isinstance(x, Variable) else leaves[x].buffer for x in program.given]


def _needs_each_op() -> bool:
    return any(observer.needs_each_op for observer in observers)


def _is_alone(holder: Any) -> bool:
    """Whether nobody but a variable has its tensor, and nobody but that its buffer."""
    return (
        sys.getrefcount(holder._value) == _ONE_REFERENCE
        and sys.getrefcount(holder._value.buffer) == _ONE_REFERENCE
    )


class _Held:
    """Something that is held once, to see what Python counts then."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = object()


_held = _Held()
_ONE_REFERENCE = sys.getrefcount(_held._value)


def _debug_level() -> int:
    """How much is to be printed of new programs.

    Raises:
        ValueError: if the environment variable is no number.
    """
    text = os.environ.get(DEBUG_VARIABLE, "0")
    if text not in ("0", "1", "2", "3"):
        raise ValueError(f"Expected {DEBUG_VARIABLE} from 0 to 3. Received: {text!r}")
    return int(text)


def _tensor(buffer: Any, spec: TensorSpec, target: Backend, here: Backend) -> Tensor:
    """A tensor of what the target made, on a backend."""
    if isinstance(buffer, np.ndarray):
        if here.can_be_lost:  # what NumPy computed for a device
            buffer = here.put(buffer)
    elif here is not target:
        buffer = here.adopt(buffer, spec, target)
    return Tensor(spec, buffer, here)


def jit(
    f: Callable[..., Any] | None = None,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    cache_size: int = CACHE_SIZE,
) -> Any:
    """A function that computes the same as `f`, as one fused program that is replayed.

    At the first call for arguments of some structure, shapes and dtypes `f` is traced: it runs
    once, on tensors that only stand for values. So what it does beside computing (printing,
    appending to a list) happens then and not again, and it cannot look at elements: `if` and
    `float` of a tensor raise `TracedValueError`; use `ops.where`, `ops.cond`, `ops.while_loop`.
    Variables are read and written at every call. Under a tape and in debug mode `f` itself runs,
    op by op.

    Args:
        f: of tensors, arrays, floats, variables, and structures of these (lists, tuples,
            dictionaries, dataclasses), which it is given as tensors; a float takes the dtype of the
            tensor that it meets, as it does without `jit`. Integers, bools, strings and
            all else are part of the program: another value is another program.
        static_argnums: positions of arguments that are part of the program, too.
        static_argnames: their names.
        cache_size: how many programs to keep.

    Returns:
        A function; `graph(*args)` and `kernels(*args)` show what a call computes, `cache_info()`
        and `cache_clear()` are as those of `functools.lru_cache`. Alone with keywords, a decorator.

    Raises:
        TracedValueError: at a call, if `f` looks at elements.

    Example:
        >>> w = gs.Variable([1.0, 2.0])
        >>> @gs.jit
        ... def step(x, rate):
        ...     w.assign_sub(rate * x)
        ...     return ops.sum(w * w)
        >>> float(step([1.0, 1.0], 0.5)), float(step([1.0, 1.0], 1.0))
        (2.5, 0.5)
        >>> step.cache_info().misses
        1
    """
    positions = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
    names = (static_argnames,) if isinstance(static_argnames, str) else tuple(static_argnames)
    if cache_size < 1:
        raise ValueError(f"Expected room for one program at least. Received: {cache_size}")
    if f is None:
        return lambda function: Jitted(function, positions, names, cache_size)
    if not callable(f):
        raise TypeError(f"Expected a function. Received: {f!r}")
    return Jitted(f, positions, names, cache_size)
