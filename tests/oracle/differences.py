"""Every difference from Keras that is meant, with its reason: the tests fail on any other.

A rule names ops and what of their cases it is about. A rule that no case needs any more fails,
too, so that this list says what is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

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
        "cholesky",
        "Half floats are a TypeError, as in all other decompositions: Keras makes every error of "
        "this one a ValueError.",
        lambda case: case.dtypes() == {"float16"},
    ),
    Difference(
        "cholesky_inverse",
        "Batches are inverted, as Keras's documentation says: its code exchanges all axes, not "
        "the last two, and fails.",
        lambda case: np.ndim(case.args[0].values) > 2 or len(case.args[0].shape) > 2,
    ),
)
