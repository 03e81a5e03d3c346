"""`jit`: a function of tensors as one program, traced once and replayed from then on.

The first call for arguments of some structure, shapes and dtypes runs the function on tensors that
only stand for values; what it computes becomes a graph, which the backend makes ready to run.
Every further call is a look into a dictionary and one replay. Stands above the ops and variables,
of which it makes tensors; the trace itself is in `core`.
"""

from __future__ import annotations

import inspect
import os
import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import partial, update_wrapper
from typing import Any, NamedTuple

import numpy as np

from gossamer import defaults, dtypes
from gossamer.backend import Graph, current_backend
from gossamer.backend.pieces import Pieces, to_the_end
from gossamer.browser import event_loop
from gossamer.core import autodiff, structure, variable_scope
from gossamer.core.observe import observers
from gossamer.core.program_report import Kernels, report
from gossamer.core.symbolic import KerasTensor
from gossamer.ops.convert import as_tensor, is_value
from gossamer.tensor import Tensor
from gossamer.traced_program import Program, Request, Same, buffers_of, replayed, traced
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
        self._programs: OrderedDict[Hashable, Program] = OrderedDict()
        self._hits = self._misses = 0
        self._kinds: dict[Hashable, int] = {}

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else partial(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request = None if self._runs_each_op() else self._request(args, kwargs)
        if request is None:
            return self._function(*args, **kwargs)
        program = self._found(request) or to_the_end(self._make(request))
        return replayed(program, request)

    async def call_async(self, *args: Any, **kwargs: Any) -> Any:
        """A call that gives way to the page while a program is made."""
        request = None if self._runs_each_op() else self._request(args, kwargs)
        if request is None:
            return self._function(*args, **kwargs)
        program = self._found(request)
        if program is None:
            program = await event_loop.in_pieces(self._make(request))
            if not program.fits():  # for what the page has done meanwhile
                return self(*args, **kwargs)
        return replayed(program, request)

    @staticmethod
    def _runs_each_op() -> bool:
        """Whether no program will do: under a tape, in debug mode, and within another trace."""
        in_scope = variable_scope.current.scope is not None
        return bool(autodiff.tapes) or in_scope or _needs_each_op()

    def _found(self, request: Request) -> Program | None:
        """The program that is there for a call."""
        program = self._programs.get(request.key)
        if program is None or not program.fits():
            return None
        self._hits += 1
        self._programs.move_to_end(request.key)
        return program

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

    def _program(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Program:
        request = self._request(args, kwargs)
        if request is None:
            raise TypeError("Expected arguments with elements. Received: symbolic tensors")
        program = self._programs.get(request.key)
        if program is not None and program.fits():
            return program
        return to_the_end(self._make(request))

    # From arguments to a request

    def _request(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Request | None:
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
        return Request(tuple(key), target, leaves, dynamic, weak, form)

    # From a request to a program

    def _make(self, request: Request) -> Pieces[Program]:
        self._misses += 1
        self._warn_of_static_values(request)
        program = yield from traced(self._function, request)
        self._programs[request.key] = program
        self._programs.move_to_end(request.key)
        while len(self._programs) > self._cache_size:
            self._programs.popitem(last=False)
        if level := _debug_level():
            self._print(program, request, level)
        return program

    def _print(self, program: Program, request: Request, level: int) -> None:
        """Show a new program with the times of its kernels: of a second run, all being compiled."""
        buffers = buffers_of(program, request)
        program.executable.run(buffers)
        _, times = program.executable.timed(buffers)
        table = Kernels(program.executable.kernels(), times)
        print(report(getattr(self, "__name__", "function"), program.graph, table, level))

    def _warn_of_static_values(self, request: Request) -> None:
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
                stacklevel=5,
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
        return Same(leaf)
    try:
        hash(leaf)
    except TypeError:
        raise TypeError(
            "Expected tensors, arrays, numbers, structures of these, or what can be a key of a "
            f"dictionary, as arguments of a jitted function. Received: {leaf!r}"
        ) from None
    return (type(leaf), leaf)


def _needs_each_op() -> bool:
    return any(observer.needs_each_op for observer in observers)


def _debug_level() -> int:
    """How much is to be printed of new programs.

    Raises:
        ValueError: if the environment variable is no number.
    """
    text = os.environ.get(DEBUG_VARIABLE, "0")
    if text not in ("0", "1", "2", "3"):
        raise ValueError(f"Expected {DEBUG_VARIABLE} from 0 to 3. Received: {text!r}")
    return int(text)


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
