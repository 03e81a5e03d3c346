"""Every difference from Keras that is meant, with its reason: the tests fail on any other.

A rule names ops and what of their cases it is about. A rule that no case needs any more fails,
too, so that this list says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tests.ops.record import Input
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


def _given(case: Case, position: int) -> tuple[str, tuple[int, ...]]:
    """Dtype and shape of an argument that is a tensor."""
    given = case.args[position]
    assert isinstance(given, Input)
    return given.dtype, given.shape if given.values is None else np.shape(given.values)


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "image.affine_transform",
        "One transform serves a batch, as in Keras on TensorFlow; its NumPy and JAX backends fail "
        "in a reshape.",
        lambda case: len(_given(case, 0)[1]) == 4 and _given(case, 1)[1] == (8,),
    ),
    Difference(
        "image.gaussian_blur",
        "Integer images are blurred; Keras on NumPy multiplies them with weights truncated to 0, "
        "and on JAX it fails.",
        lambda case: _given(case, 0)[0] in ("uint8", "int32"),
    ),
)
