"""What of sets and counts is read back from the device: only how many there are."""

from __future__ import annotations

import numpy as np
import pytest

from gossamer import ops
from gossamer.tensor import Tensor

NUMBERS = [3, 1, 2, 1, 3]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many elements each read has."""
    sizes: list[int] = []
    read = Tensor.numpy

    def counted(self: Tensor) -> np.ndarray:
        sizes.append(self.size)
        return read(self)

    monkeypatch.setattr(Tensor, "numpy", counted)
    return sizes


def test_unique_of_a_size_reads_nothing(reads: list[int]) -> None:
    ops.unique(NUMBERS, return_index=True, return_inverse=True, return_counts=True, size=4)
    ops.unique([NUMBERS, NUMBERS], axis=0, size=2)
    assert reads == []


def test_unique_reads_how_many(reads: list[int]) -> None:
    ops.unique(NUMBERS, return_index=True, return_inverse=True, return_counts=True)
    assert reads == [1]


def test_nonzero_reads_how_many(reads: list[int]) -> None:
    ops.nonzero([NUMBERS, NUMBERS])
    assert reads == [1]


def test_bincount_reads_the_ends(reads: list[int]) -> None:
    ops.bincount(NUMBERS, weights=[0.5] * 5)
    assert reads == [2]


def test_statistics_read_nothing(reads: list[int]) -> None:
    ops.histogram([0.5, 1.0, 2.0])
    ops.isin(NUMBERS, [1, 2])
    ops.nanquantile([0.5, float("nan"), 2.0], 0.3)
    ops.average([1.0, 2.0], weights=[0.5, 0.5])
    ops.segment_sum([1.0, 2.0], [0, 1], 2)
    assert reads == []


def test_bincount_refuses_what_has_no_place() -> None:
    with pytest.raises(ValueError, match=r"from 0 on\. Received: one that is -1"):
        ops.bincount([2, -1])
