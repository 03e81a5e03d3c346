"""Variables with other values for the length of one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gossamer.core import tracing
from gossamer.stateless_scope import StatelessScope
from gossamer.tensor import Tensor
from gossamer.variable import Variable


@contextmanager
def values_of(
    variables: Sequence[Variable], values: Sequence[Any]
) -> Iterator[Callable[[], list[Tensor]]]:
    """Context in which variables have these values; gives a function that says what they are.

    Args:
        variables: what is changed.
        values: one for each.
    """
    if tracing.current.trace is None:
        pairs = zip(variables, values, strict=True)
        with StatelessScope(pairs) as scope:
            yield lambda: [scope.value_of(variable) for variable in variables]
        return
    # Branches that are traced know variables of the trace only: there the values are changed, and
    # changed back.
    before = [variable.value for variable in variables]
    try:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        yield lambda: [variable.value for variable in variables]
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
