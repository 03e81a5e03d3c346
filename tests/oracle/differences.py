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


def _sizes_given(case: Case) -> int:
    size = case.args[1]
    return len(size) if isinstance(size, tuple) else 1


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "max_pool average_pool",
        "Keras documents strides=None as the window's size, and fails with it on NumPy and JAX.",
        lambda case: len(case.args) < 3 and case.kwargs.get("strides") is None,
    ),
    Difference(
        "sparse_categorical_crossentropy",
        "Keras documents the axis of the classes, and refuses targets without any but the last.",
        lambda case: case.kwargs.get("axis") == 1,
    ),
    Difference(
        "depthwise_conv separable_conv conv_transpose",
        "The operands of every convolution are promoted here; in Keras those of conv alone.",
        lambda case: case.dtypes() == {"float16", "float32"},
    ),
    Difference(
        "conv_transpose",
        "A step of 0 is a ValueError as in the other convolutions.",
        lambda case: case.kwargs.get("strides") == 0,
    ),
    Difference(
        "associative_scan",
        "Of a negative axis in reverse, Keras makes float64 on NumPy and nothing on JAX.",
        lambda case: bool(case.kwargs.get("reverse")) and case.kwargs.get("axis", 0) < 0,
    ),
    Difference(
        "adaptive_max_pool adaptive_average_pool",
        "Two sizes for one axis are a mistake, as they are for two and three axes.",
        lambda case: _sizes_given(case) == 2 and len(case.args[0].shape) == 3,
    ),
)
