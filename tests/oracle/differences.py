"""Every difference from Keras that is meant, with its reason: the tests fail on any other.

A rule names ops and what of their cases it is about. A rule that no case needs any more fails,
too, so that this list says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.oracle.case import Case


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


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "zeros ones eye identity tri linspace",
        "An unknown dtype is a ValueError everywhere, as in most of Keras, and no TypeError.",
        lambda case: case.kwargs.get("dtype") == "float31",
    ),
    Difference(
        "zeros_like ones_like vstack hstack dstack",
        "A list of integers is int32, as convert_to_tensor has it: NumPy's int64 shows through "
        "Keras on NumPy, and Keras on JAX takes no lists.",
        lambda case: not case.dtypes(),
    ),
    Difference(
        "split",
        "A number of parts that is no integer is a mistake, and not rounded down.",
        lambda case: isinstance(case.args[1], float),
    ),
    Difference(
        "unstack",
        "A `num` that is not the axis's size is a mistake, as in Keras on TensorFlow.",
        lambda case: "num" in case.kwargs,
    ),
    Difference(
        "tri",
        "A negative size is a mistake, as it is for `eye`.",
        lambda case: case.args[0] == -1,
    ),
    Difference(
        "rearrange",
        "`()` is an axis of size 1, as in einops.",
        lambda case: "()" in case.kwargs["pattern"],
    ),
)
