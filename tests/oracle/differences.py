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


DIFFERENCES: tuple[Difference, ...] = ()
