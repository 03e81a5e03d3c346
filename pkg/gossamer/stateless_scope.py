"""Variables with other values for a while: `StatelessScope`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gossamer.backend import Backend
from gossamer.core import variable_scope
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor
from gossamer.variable import Variable


class StatelessScope:
    """Within it, variables have the values given here, and assignments stay here.

    Args:
        state_mapping: pairs of a variable and its value.

    Raises:
        ValueError: for a value of another shape.

    Example:
        >>> v = gs.Variable(1.0)
        >>> with gs.StatelessScope([(v, 5.0)]) as scope:
        ...     _ = v.assign_add(1.0)
        >>> float(scope.get_current_value(v)), float(v)
        (6.0, 1.0)
    """

    backend: Backend | None = None

    def __init__(self, state_mapping: Iterable[tuple[Variable, Any]] | None = None) -> None:
        self._values: dict[int, Tensor] = {}
        self._variables: dict[int, Variable] = {}
        for variable, value in state_mapping or ():
            tensor = as_tensor(value, variable.dtype)
            if tensor.shape != variable.shape:
                raise ValueError(
                    f"Expected a value of shape {variable.shape} for {variable.name!r}. "
                    f"Received: shape={tensor.shape}"
                )
            self.assign(variable, tensor)

    @property
    def target(self) -> Backend | None:
        return None if self._outer is None else self._outer.target

    def __enter__(self) -> StatelessScope:
        self._outer = variable_scope.current.scope
        variable_scope.current.scope = self
        return self

    def __exit__(self, *error: Any) -> None:
        variable_scope.current.scope = self._outer

    def value_of(self, variable: Variable) -> Tensor:
        found = self._values.get(id(variable))
        if found is not None:
            return found
        return variable._value if self._outer is None else self._outer.value_of(variable)

    def assign(self, variable: Variable, value: Tensor) -> None:
        self._variables[id(variable)] = variable  # so that its id stays its own
        self._values[id(variable)] = value

    def get_current_value(self, variable: Variable) -> Tensor | None:
        """What a variable is in this scope; None if it was neither given nor assigned to."""
        return self._values.get(id(variable))
