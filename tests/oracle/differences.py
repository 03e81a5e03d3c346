"""Every difference from Keras that is meant, with its reason: the tests fail on any other.

A rule names ops and what of their cases it is about. A rule that no case needs any more fails,
too, so that this list says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.oracle.case import Case
from tests.oracle.generate import f, i


class Difference(NamedTuple):
    """Cases in which gossamer differs from Keras, on purpose.

    Attributes:
        ops: the ops, by name, with spaces between.
        reason: one sentence.
        concerns: whether a case of these ops is one of them.
    """

    ops: str
    reason: str
    concerns: Callable[[Case], bool] = lambda case: True

    def covers(self, case: Case) -> bool:
        return case.op in self.ops.split() and self.concerns(case)


def _fills_up(case: Case) -> bool:
    """Whether a set gets more places than it has elements, and more than values is wanted."""
    wanted = any(name.startswith("return_") for name in case.kwargs)
    return case.kwargs.get("size", 0) > 4 and wanted


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "unique",
        "Values are filled up with 0, as Keras documents and does on NumPy, and indices are int32, "
        "as it documents and does on JAX.",
        _fills_up,
    ),
    Difference(
        "histogram",
        "Counts of no elements are floats like all other counts on JAX, where this one fails.",
        lambda case: case.args[0] == f(0) and "range" not in case.kwargs,
    ),
    Difference(
        "bincount",
        "The counts of rows are as many as the largest number in all of them needs, as in Keras on "
        "TensorFlow, where NumPy and JAX want all rows to need as many.",
        lambda case: case.args[0] == i(4, 9, low=0, high=6),
    ),
    Difference(
        "nanmean",
        "The sum of halves on the way to a finite mean does not overflow.",
        lambda case: case.dtypes() == {"float16"} and case.args[0].values is not None,
    ),
)
