"""Weights are read all or not at all: a file that breaks off leaves the model as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from gossamer.backend import putting_later
from gossamer.saving.formats import ModelFileError
from gossamer.variable import Variable


@contextmanager
def all_or_nothing(variables: Iterable[Variable]) -> Iterator[None]:
    """Within it variables are assigned; after an error they have their values from before.

    What is assigned comes to the device when it is first used, as TensorFlow.js has it.
    """
    before = [(variable, variable.value) for variable in variables]
    try:
        with putting_later():
            yield
    except BaseException:
        for variable, value in before:
            variable.assign(value)
        raise


def assign(variable: Variable, value: np.ndarray, source: str) -> None:
    """Give a variable what a file has for it; ModelFileError for another shape or kind of value."""
    if variable.shape != value.shape:
        raise ModelFileError(
            f"Expected the shape {variable.shape} of {variable.path} in {source}. "
            f"Received: shape={value.shape}"
        )
    if value.dtype.kind not in "biufc":
        raise ModelFileError(
            f"Expected numbers for {variable.path} in {source}. Received: dtype={value.dtype}"
        )
    variable.assign(value)
