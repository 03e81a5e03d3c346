"""Tracing: running a function on tensors that only stand for values, to learn what it computes.

A traced tensor lives on a backend of its own, whose buffers are `Symbol`s, so that ops, tapes and
gradients need to know nothing of it: `bind` "runs" a call there, which adds a node to the graph.
Tensors that are there already are constants of the graph, and so is all that ops compute of them
alone. Variables are read when the trace first meets them, and written when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gossamer.backend import Backend, Call, register, using
from gossamer.backend.base import Done
from gossamer.backend.graph import SMALL, Choice, Graph, Loop, Node
from gossamer.core import variable_scope
from gossamer.core.user_line import user_line
from gossamer.errors import TracedValueError
from gossamer.kernel.spec import TensorSpec
from gossamer.tensor import Tensor

if TYPE_CHECKING:
    from gossamer.backend.base import Pending
    from gossamer.variable import Variable


class Symbol(NamedTuple):
    """The buffer of a traced tensor: the number of a value of a trace's graph."""

    trace: Trace
    number: int


class _Current:
    """The trace that is being made; None for most of the time."""

    trace: Trace | None = None


current = _Current()


class Trace:
    """The graph of one function, while it is being traced.

    Args:
        target: the backend that is to run it.
        outer: the trace within which this one is made, of a branch or the body of a loop.

    Attributes:
        graph: what has been traced so far.
        captured: the outer trace's tensors that inputs stand for, with the inputs' numbers.
        read: the variables that inputs stand for, each with its input's number.
        values: what each variable is now, by its id.
        written: the variables that were assigned to.
        weak: the inputs that stand for numbers of Python's, each with its type: they take the
            dtype of what they meet.
    """

    def __init__(self, target: Backend, outer: Trace | None = None) -> None:
        self.target = target
        self.outer = outer
        self.backend = traced(target)
        self.graph = Graph()
        self.captured: list[Tensor] = []
        self.read: list[tuple[Variable, int]] = []
        self.values: dict[int, Tensor] = {}
        self.written: dict[int, Variable] = {}
        self.weak: dict[int, type] = {}
        self.around: variable_scope.Scope | None = None
        self._captured_numbers: dict[Symbol, int] = {}
        self._constants: dict[int, int] = {}

    def __enter__(self) -> Trace:
        self._before = current.trace, variable_scope.current.scope
        # A scope between this trace and the outer one has values of its own.
        self.around = variable_scope.current.scope
        self._using = using(self.backend)
        self._using.__enter__()
        current.trace = variable_scope.current.scope = self
        return self

    def __exit__(self, *error: object) -> None:
        current.trace, variable_scope.current.scope = self._before
        self._using.__exit__(*error)

    def tensor(self, number: int) -> Tensor:
        return Tensor(self.graph.specs[number], Symbol(self, number), self.backend)

    def input(self, spec: TensorSpec, on_host: bool = False, weak: type | None = None) -> Tensor:
        """A new input of the graph."""
        number = self.graph.new_value(spec)
        self.graph.inputs.append(number)
        if on_host:
            self.graph.on_host.add(number)
        if weak is not None:
            self.weak[number] = weak
        return self.tensor(number)

    def constant(self, value: Any, spec: TensorSpec) -> int:
        """The number of a value that is known; the same for the same array or buffer."""
        number = self._constants.get(id(value))
        if number is None or self.graph.specs[number] != spec:
            number = self._constants[id(value)] = self.graph.new_value(spec)
            self.graph.constants[number] = value  # which keeps it alive, and its id its own
        return number

    def number(self, x: Tensor) -> int:
        """The number of a tensor's value here."""
        if not isinstance(x.buffer, Symbol):
            return self.constant(x.buffer, x.spec)
        return self.number_of(x.buffer, x.spec)

    def number_of(self, symbol: Symbol, spec: TensorSpec) -> int:
        if symbol.trace is self:
            return symbol.number
        if not self._is_within(symbol.trace):
            raise _escaped(spec)
        if symbol not in self._captured_numbers:
            self.captured.append(Tensor(spec, symbol, self.backend))
            self._captured_numbers[symbol] = self.input(spec).buffer.number
        return self._captured_numbers[symbol]

    def _is_within(self, other: Trace) -> bool:
        trace = self.outer
        while trace is not None and trace is not other:
            trace = trace.outer
        return trace is not None

    def add(self, call: Call | Choice | Loop, inputs: Sequence[int], *specs: TensorSpec) -> Node:
        """A new node with outputs like these."""
        outputs = tuple([self.graph.new_value(spec) for spec in specs])
        node = Node(call, tuple(inputs), outputs)
        self.graph.nodes.append(node)
        return node

    def close(self) -> None:
        """Let go of all tensors, which point back here."""
        self.captured.clear()
        self.values.clear()
        self._captured_numbers.clear()

    # Variables

    def value_of(self, variable: Variable) -> Tensor:
        """What a variable is at this point of the function."""
        trace: Trace = self
        while True:
            found = trace.values.get(id(variable))
            if found is not None:
                return found
            if trace.around is not None and not isinstance(trace.around, Trace):
                return trace.around.value_of(variable)
            if trace.outer is None:
                return trace._first_read(variable)
            trace = trace.outer

    def _first_read(self, variable: Variable) -> Tensor:
        value = variable._value
        here = value.backend
        on_host = here.is_on_host(value.buffer)
        if here is not self.target and not (on_host and value.size <= SMALL):
            raise ValueError(
                f"Expected variables on {self.target.name!r}, where the function is to run. "
                f"Received: {variable.name!r} on {here.name!r}"
            )
        tensor = self.input(value.spec, on_host)
        self.read.append((variable, tensor.buffer.number))
        self.values[id(variable)] = tensor
        return tensor

    def assign(self, variable: Variable, value: Tensor) -> None:
        self.value_of(variable)  # so that it is known to the outermost trace
        self.values[id(variable)] = value
        self.written[id(variable)] = variable


class TracedBackend:
    """Where the tensors of traces for one backend live; each call becomes a node."""

    can_be_lost = False
    has_elements = True
    adopts = True

    def __init__(self, target: Backend) -> None:
        self.target = target
        self.name = f"traced for {target.name}"
        self.stands_for = target.name

    def run(self, call: Call, buffers: Sequence[Symbol]) -> Symbol:
        trace = _trace(call.output)
        numbers = [trace.number_of(x, spec) for x, spec in zip(buffers, call.inputs, strict=True)]
        return Symbol(trace, trace.add(call, numbers, call.output).outputs[0])

    def put(self, array: np.ndarray) -> Symbol:
        trace = _trace(array)
        kept = array.copy() if array.flags.writeable else array
        return Symbol(trace, trace.constant(kept, TensorSpec(array.shape, array.dtype.name)))

    def adopt(self, buffer: Any, spec: TensorSpec, source: Backend) -> Symbol:
        trace = _trace(spec)
        if source is self.target:
            return Symbol(trace, trace.constant(buffer, spec))
        if isinstance(source, TracedBackend):
            raise _escaped(spec)
        return self.put(source.get(buffer, spec))

    def get(self, buffer: Symbol, spec: TensorSpec) -> np.ndarray:
        raise TracedValueError(
            "Expected no look at a tensor's elements here: the function is being traced by `jit`, "
            "once for all values. For a decision that depends on one use `ops.where`, `ops.cond` "
            "or `ops.while_loop`; or mark the argument that it comes from as static "
            f"(`static_argnames`), or call the function without `jit`. It was asked for here:\n"
            f"{user_line()}\n"
            f"Received: a traced tensor of shape {spec.shape}, dtype {spec.dtype}"
        )

    def begin_read(self, buffer: Symbol, spec: TensorSpec, unasked: bool = False) -> Pending:
        return Done(self.get(buffer, spec))

    def is_on_host(self, buffer: Symbol) -> bool:
        return False

    def weak_type(self, buffer: Symbol) -> type | None:
        return buffer.trace.weak.get(buffer.number)

    def compile(self, graph: Graph) -> Any:
        raise TracedValueError("Expected a backend that computes. Received: the one of traces")

    def canonical_dtype(self, dtype: str) -> str:
        return self.target.canonical_dtype(dtype)

    def check_dtype(self, dtype: str) -> None:
        self.target.check_dtype(dtype)

    def on_restored(self, listener: Callable[[], None]) -> None:
        """Nothing is ever lost."""

    async def restored(self) -> None:
        """Nothing is ever lost."""

    def set_memory_limit(self, limit: int | None) -> None:
        """Nothing takes memory."""

    def memory(self) -> dict[str, Any]:
        return self.target.memory()


_traced: dict[str, TracedBackend] = {}


def traced(target: Backend) -> TracedBackend:
    """The backend of traces for this one."""
    found = _traced.get(target.name)
    if found is None or found.target is not target:
        found = _traced[target.name] = TracedBackend(target)
        register(found)
    return found


def _trace(what: Any) -> Trace:
    if current.trace is None:
        raise _escaped(what)
    return current.trace


def _escaped(what: Any) -> TracedValueError:
    return TracedValueError(
        "Expected a tensor with elements: this one only stood for a value while `jit` traced a "
        "function, which must return what is used outside of it. It was used here:\n"
        f"{user_line()}\nReceived: a traced tensor, {what}"
    )


class eagerly:
    """Context in which nothing is traced: for what a traced function makes once and for all."""

    def __enter__(self) -> None:
        scope = variable_scope.current.scope
        self._before = current.trace, scope
        self._using = None if scope is None or scope.target is None else using(scope.target)
        if self._using is not None:
            self._using.__enter__()
        current.trace = variable_scope.current.scope = None

    def __exit__(self, *error: object) -> None:
        current.trace, variable_scope.current.scope = self._before
        if self._using is not None:
            self._using.__exit__(*error)
