"""Where variables are read and written: in themselves, or in a scope that keeps their values apart.

While `jit` traces a function, while shapes are worked out of symbolic tensors, and within a
`StatelessScope`, an assignment must not reach the variable itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from gossamer.backend import Backend

if TYPE_CHECKING:
    from gossamer.tensor import Tensor
    from gossamer.variable import Variable


class Scope(Protocol):
    """Values of variables that are not their own.

    Attributes:
        backend: where values that are assigned must lie; None for wherever they are.
        target: the backend on which variables are made meanwhile.
    """

    @property
    def backend(self) -> Backend | None: ...
    @property
    def target(self) -> Backend | None: ...

    def value_of(self, variable: Variable) -> Tensor: ...
    def assign(self, variable: Variable, value: Tensor) -> None: ...


class _Current:
    """The innermost scope, None for most of the time; the dtype as which variables are read."""

    scope: Scope | None = None
    autocast_dtype: str | None = None
    # Asked before a variable is made, with shape, dtype and initializer: gives the initializer
    # that is used, or raises if the variable may not be.
    before_making: Callable[[tuple[int, ...], str, Any], Any] | None = None


current = _Current()


class AutocastScope:
    """Within it, variables of floats are read as this dtype; None for their own.

    Args:
        dtype: the dtype that a layer computes in.
    """

    def __init__(self, dtype: str | None) -> None:
        self.dtype = dtype

    def __enter__(self) -> None:
        self._before = current.autocast_dtype
        current.autocast_dtype = self.dtype

    def __exit__(self, *error: Any) -> None:
        current.autocast_dtype = self._before
