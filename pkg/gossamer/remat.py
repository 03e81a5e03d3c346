"""Activations computed twice instead of kept: `remat`, and the scope in which layers do so.

A tape keeps what each gradient rule needs, which is most of what a model computes. Of a function
that is rematerialised it keeps what goes in and what comes out; what lies between is computed anew
when the gradient is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

from gossamer import ops, tree
from gossamer.backend import Backend
from gossamer.core import autodiff, variable_scope
from gossamer.layers import call_context
from gossamer.ops.convert import anew, identity
from gossamer.stateless_scope import StatelessScope
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class _Seen(dict[int, Tensor]):
    """What a tape has tracked, for one that records nothing: it notes what is asked for.

    Args:
        tapes: those that record what lies around.
    """

    def __init__(self, tapes: Sequence[autodiff.Tape]) -> None:
        super().__init__()
        self._tapes = tapes
        self.used: dict[int, Tensor] = {}

    def __contains__(self, key: object) -> bool:
        self.get(key)
        return False

    def get(self, key: Any, default: Any = None) -> Any:
        """The tensor, as one of the tapes around knows it; perhaps it is such a one, too."""
        for tape in self._tapes:
            found = tape.tracked.get(key)
            if found is not None:
                self.used[id(found)] = found
                return found
        return default


class _Probe(autodiff.Tape):
    """Sees which tensors the tapes around it watch that a function computes with."""

    def __init__(self, tapes: Sequence[autodiff.Tape]) -> None:
        super().__init__()
        self._around = [tape for tape in tapes if tape.watches_variables]
        self.seen = self.tracked = _Seen(tapes)

    def watch_variable(self, variable: Variable, value: Tensor) -> None:
        for tape in self._around:
            tape.watch_variable(variable, value)


class _Noting:
    """A scope in which variables are read and assigned as before; it notes how they began."""

    def __init__(self) -> None:
        self.first: dict[int, tuple[Variable, Tensor]] = {}

    def __enter__(self) -> _Noting:
        self._outer = variable_scope.current.scope
        variable_scope.current.scope = self
        return self

    def __exit__(self, *error: Any) -> None:
        variable_scope.current.scope = self._outer

    @property
    def backend(self) -> Backend | None:
        return None if self._outer is None else self._outer.backend

    @property
    def target(self) -> Backend | None:
        return None if self._outer is None else self._outer.target

    def value_of(self, variable: Variable) -> Tensor:
        value = variable._value if self._outer is None else self._outer.value_of(variable)
        self.first.setdefault(id(variable), (variable, value))
        return value

    def assign(self, variable: Variable, value: Tensor) -> None:
        variable_scope.current.scope = self._outer
        try:
            variable.assign(value)
        finally:
            variable_scope.current.scope = self


class _Surroundings:
    """What a function is called within, so that a second call is like the first."""

    def __init__(self) -> None:
        self._autocast = variable_scope.current.autocast_dtype
        self._context = call_context.current.context
        self._values = None if self._context is None else self._context.values

    def __enter__(self) -> None:
        context = call_context.current.context
        self._before = context, None if context is None else context.values
        if self._context is not None:
            self._context.values = self._values or {}
        call_context.current.context = self._context
        self._scope = variable_scope.AutocastScope(self._autocast)
        self._scope.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._scope.__exit__(*error)
        context, values = self._before
        call_context.current.context = context
        if context is not None:
            context.values = values or {}


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, of which a tape keeps the arguments and results alone.

    When the gradient is computed, the function is called again: with the values that its variables
    had, so that it draws the same random numbers, and without assigning to any.

    Args:
        f: a function of tensors, or a layer's call.

    Example:
        >>> f = gs.remat(lambda x: ops.sum(ops.exp(ops.sin(x))))
        >>> round(float(gs.grad(f)(0.0)), 4)
        1.0

    Source: Chen et al., "Training deep nets with sublinear memory cost" (2016).
    """

    @wraps(f)
    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        tapes = autodiff.tapes[:]
        if not tapes:
            return f(*args, **kwargs)
        given = [args, kwargs]
        own = {id(x): x for x in tree.flatten(given) if isinstance(x, Tensor)}
        probe = _Probe(tapes)
        surroundings = _Surroundings()
        with autodiff.paused(), _Noting() as variables:
            autodiff.tapes.append(probe)
            value = f(*args, **kwargs)
        taken = {**own, **probe.seen.used}
        value = tree.map_structure(lambda x: identity(x) if id(x) in taken else x, value)
        outputs = tuple(x for x in tree.flatten(value) if isinstance(x, Tensor))
        inputs = tuple(taken.values())

        def cotangents(*upstream: Tensor | None) -> list[Tensor]:
            again = {key: anew(x) if key in own else x for key, x in taken.items()}
            leaves = [again.get(id(x), x) for x in tree.flatten(given)]
            new_args, new_kwargs = tree.unflatten(given, leaves)
            tape = autodiff.Tape(watches_variables=False)
            for x in again.values():
                tape.watch(x)
            autodiff.tapes.append(tape)
            try:
                with surroundings, StatelessScope(variables.first.values()):
                    found = tree.flatten(f(*new_args, **new_kwargs))
            finally:
                autodiff.tapes[:] = [other for other in autodiff.tapes if other is not tape]
            results = [x for x in found if isinstance(x, Tensor)]
            pairs = [(x, g) for x, g in zip(results, upstream, strict=True) if g is not None]
            gradients = tape.gradient(pairs, list(again.values()))
            return [
                ops.zeros_like(x) if gradient is None else gradient
                for x, gradient in zip(inputs, gradients, strict=True)
            ]

        autodiff.record_joint_rule(cotangents, inputs, outputs)
        return value

    return rematerialized


class RematMode(NamedTuple):
    """How layers are rematerialised; see `RematScope`."""

    mode: str | None
    output_size_threshold: int
    layer_names: list[str]


MODES = ("full", "activations", "larger_than", "list_of_layers", None)
_scopes: list[RematMode] = []


class RematScope:
    """Layers made within it are rematerialised: see `remat`.

    Args:
        mode: `"full"` for all layers; `"activations"` for their activation functions;
            `"larger_than"` for layers of more outputs than `output_size_threshold`;
            `"list_of_layers"` for those of `layer_names`; None for none, in a scope around which
            there is another.
        output_size_threshold: a number of elements; an axis of unknown size counts as one.
        layer_names: names of layers.

    Raises:
        ValueError: for another mode.

    Example:
        >>> with gs.RematScope(mode="full"):
        ...     layer = gs.layers.Dense(2, activation="gelu")
        >>> layer(ops.ones((1, 3))).shape
        (1, 2)
    """

    def __init__(
        self,
        mode: str | None = "full",
        output_size_threshold: int = 1024,
        layer_names: list[str] | None = None,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"Expected one of {MODES}. Received: mode={mode!r}")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = layer_names or []

    def __enter__(self) -> RematScope:
        _scopes.append(RematMode(self.mode, self.output_size_threshold, self.layer_names))
        return self

    def __exit__(self, *error: Any) -> None:
        _scopes.pop()


def current_remat_mode() -> RematMode | None:
    """That of the innermost scope; None outside of all."""
    return _scopes[-1] if _scopes else None
