"""Every gradient, and every gradient's gradient, is the limit that it claims to be.

The `numpy` backend computes in float64, where central differences along random directions settle
it. On another backend the gradient is compared with that of the `numpy` backend.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.ops.record import Record, gradients, on, weighted, weights_for, wide_floats
from tests.ops.records import DIFFERENTIABLE

STEP = 1e-6


@pytest.fixture(autouse=True)
def wide_on_numpy(backend: str) -> Iterator[None]:
    with wide_floats() if backend == "numpy" else nullcontext():
        yield


def _difference(
    function: Callable[..., float], arrays: list[np.ndarray], along: list[Any]
) -> float:
    """The derivative of `function` at `arrays` along a direction."""
    ahead, behind = (
        function(*[x if d is None else x + step * d for x, d in zip(arrays, along, strict=True)])
        for step in (STEP, -STEP)
    )
    return (ahead - behind) / (2 * STEP)


def _directions(record: Record, arrays: list[np.ndarray], seed: int) -> list[Any]:
    """A random direction for each input that is differentiated, None for the others."""
    generator = np.random.default_rng(zlib.crc32(record.id.encode()) + seed)
    return [
        generator.normal(size=x.shape) if k in record.differentiable() else None
        for k, x in enumerate(arrays)
    ]


def _close(found: float, limit: float, scale: float) -> None:
    assert abs(found - limit) <= 1e-6 * (1 + scale), (found, limit)


@pytest.mark.parametrize("record", DIFFERENTIABLE, ids=lambda record: record.id)
def test_gradient(
    record: Record, backend: str, record_property: Callable[[str, Any], None]
) -> None:
    record_property(f"gradients on {backend}", len(record.differentiable()))
    arrays = record.arrays()
    weights = weights_for(record, record.reference(arrays))
    if backend != "numpy":
        found = gradients(record, on(backend, arrays), weights)
        right = gradients(record, on("numpy", arrays), weights)
        for one, other in zip(found, right, strict=True):
            assert (one.shape, one.dtype, one.backend.name) == (other.shape, "float32", backend)
            np.testing.assert_allclose(
                one.numpy(), other.numpy(), 10 * record.rtol, 10 * record.atol
            )
        return
    wide = [x.astype(np.float64) if x.dtype == np.float32 else x for x in arrays]
    function = weighted(record, weights)
    found = gradients(record, on("numpy", wide), weights)
    for position, gradient in zip(record.differentiable(), found, strict=True):
        assert (gradient.shape, gradient.dtype) == (arrays[position].shape, "float64")
    for seed in range(2):
        along = _directions(record, wide, seed)
        terms = [
            gradient.numpy() * along[position]
            for position, gradient in zip(record.differentiable(), found, strict=True)
        ]
        limit = _difference(lambda *xs: float(function(*on("numpy", xs))), wide, along)
        _close(sum(x.sum() for x in terms), limit, sum(np.abs(x).sum() for x in terms))


@pytest.mark.parametrize("record", DIFFERENTIABLE, ids=lambda record: record.id)
def test_gradient_of_gradient(
    record: Record, backend: str, record_property: Callable[[str, Any], None]
) -> None:
    record_property(f"second gradients on {backend}", len(record.differentiable()))
    arrays = record.arrays()
    weights = weights_for(record, record.reference(arrays))
    along = _directions(record, arrays, 2)

    def slope(*tensors: gs.Tensor) -> gs.Tensor:
        """The first derivative along a direction."""
        total = None
        found = gradients(record, tensors, weights)
        for position, gradient in zip(record.differentiable(), found, strict=True):
            factor = along[position].astype(gradient.dtype)
            term = gs.ops.sum(gradient * gs.ops.convert_to_tensor(factor).to(gradient.backend.name))
            total = term if total is None else total + term
        assert total is not None
        return total

    second = gs.grad(slope, record.differentiable())
    if backend != "numpy":
        found, right = (second(*on(name, arrays)) for name in (backend, "numpy"))
        for one, other in zip(found, right, strict=True):
            np.testing.assert_allclose(
                one.numpy(), other.numpy(), 100 * record.rtol, 100 * record.atol
            )
        return
    wide = [x.astype(np.float64) if x.dtype == np.float32 else x for x in arrays]
    aside = _directions(record, wide, 3)
    terms = [
        gradient.numpy() * aside[position]
        for position, gradient in zip(
            record.differentiable(), second(*on("numpy", wide)), strict=True
        )
    ]
    limit = _difference(lambda *xs: float(slope(*on("numpy", xs))), wide, aside)
    _close(sum(x.sum() for x in terms), limit, sum(np.abs(x).sum() for x in terms))
