"""Images: how many kernels a resize takes, what is random, and gradients that rows cannot show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import image, ops, random
from tests.kernel.calls import calls_of

X = np.random.default_rng(5).normal(size=(2, 12, 16, 3)).astype(np.float32)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos5"])
@pytest.mark.parametrize(("size", "kernels"), [((7, 9), 2), ((12, 5), 1), ((12, 16), 0)])
def test_resize_takes_one_kernel_an_axis(
    interpolation: str, size: tuple[int, int], kernels: int
) -> None:
    def resize(x: Any) -> gs.Tensor:
        return ops.image.resize(x, size, interpolation, antialias=True)

    names = [seen.call.primitive.name for seen in calls_of(resize, X)]
    assert names == ["resample"] * kernels
    backwards = [seen.call.primitive.name for seen in calls_of(gs.grad(
        lambda x: ops.sum(resize(x))), X)]  # fmt: skip
    assert backwards.count("resample") == 2 * kernels


def test_resize_shrinks_before_it_enlarges() -> None:
    seen = calls_of(lambda x: ops.image.resize(x, (48, 4)), X)
    assert [one.call.output.shape for one in seen] == [(2, 12, 4, 3), (2, 48, 4, 3)]


def test_patches_take_one_kernel() -> None:
    for function in (
        lambda x: ops.image.extract_patches(x, (4, 4)),
        lambda x: ops.image.extract_patches(x, 3, 1, padding="same"),
        lambda x: ops.unfold(x, 2),
        lambda x: image.resize_bilinear(x, (12, 8)),
    ):
        names = [seen.call.primitive.name for seen in calls_of(function, X)]
        assert len([name for name in names if name != "reshape"]) == 1, names


def test_what_lies_outside_of_a_kernel_is_no_part_of_its_sum() -> None:
    x = np.ones((1, 8, 1), np.float32)
    x[0, 7, 0] = np.inf
    found = ops.image.resize(x, (1, 16), "bicubic").numpy()[0, :, 0]
    np.testing.assert_allclose(found[:10], 1.0, 1e-6)
    assert np.isinf(found[15])


def test_elastic_transform_is_the_seeds() -> None:
    first, again, other = (
        ops.image.elastic_transform(X, alpha=8.0, sigma=1.0, seed=seed).numpy()
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    # Smooth: neighbours move alike, so that a slope stays nearly one.
    slope = np.repeat(np.arange(32, dtype=np.float32)[:, None, None], 32, axis=1)
    moved = ops.image.elastic_transform(slope, alpha=2.0, sigma=3.0, seed=1).numpy()
    distance = (moved - slope)[4:-4, 4:-4]
    assert 0.05 < np.abs(distance).max() < 4.0
    assert np.abs(np.diff(distance, axis=1)).max() < 0.5


def test_elastic_transform_draws_from_a_generator() -> None:
    generator = random.SeedGenerator(2)
    first, second = (ops.image.elastic_transform(X, seed=generator).numpy() for _ in range(2))
    assert not np.allclose(first, second)


def test_elastic_transform_has_a_gradient() -> None:
    def total(x: gs.Tensor) -> gs.Tensor:
        return ops.sum(ops.image.elastic_transform(x, 3.0, 1.0, fill_mode="nearest", seed=1))

    # Each element that is read has weights that come to one.
    np.testing.assert_allclose(gs.grad(total)(X).numpy().sum(), X.size, 1e-4)


def test_places_have_a_gradient() -> None:
    ramp = np.arange(5, dtype=np.float32) * 3
    places = np.array([[0.5, 2.25]], np.float32)
    slope = gs.grad(lambda at: ops.sum(ops.image.map_coordinates(ramp, at, 1)))(places)
    np.testing.assert_allclose(slope.numpy(), [[3.0, 3.0]])


def test_infinite_places_are_outside() -> None:
    places = np.array([[np.inf, -np.inf, 1e30, 1.0]], np.float32)
    found = ops.image.map_coordinates(np.arange(3.0), places, 1, fill_value=7.0)
    assert found.tolist() == [7.0, 7.0, 7.0, 1.0]


def test_the_horizon_has_no_gradient_and_is_filled() -> None:
    # At x = 2 the divisor is 0.
    rows = np.array([1.0, 0.0, 0.25, 0.0, 1.0, 0.25, -0.5, 0.0], np.float32)
    picture = X[:, :5, :5]

    def moved(rows: Any) -> gs.Tensor:
        return image.transform(picture, rows, "bilinear", "nearest", fill_value=9.0)

    assert (moved(rows).numpy()[:, :, 2] == 9.0).all()
    slope = gs.grad(lambda rows: ops.sum(moved(rows)))(rows).numpy()
    assert np.isfinite(slope).all()
    assert np.abs(slope).max() > 0
