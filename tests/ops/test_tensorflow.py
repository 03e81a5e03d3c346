"""What TensorFlow.js has and Keras has not, as far as a row of the table cannot say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import image, ops
from tests.ops.expected_image import max_pool_with_argmax


@pytest.mark.parametrize(
    ("shape", "static"),
    [
        ((2, 6, 7, 3), {"pool_size": 2}),
        ((2, 6, 7, 3), {"pool_size": (3, 2), "strides": 1}),
        ((2, 5, 5, 4), {"pool_size": 3, "strides": 2, "padding": "same"}),
        ((3, 4, 6, 1), {"pool_size": (1, 2), "include_batch_in_index": True}),
        ((2, 4, 4, 2), {"pool_size": 1}),
    ],
)
def test_places_of_maxima(shape: tuple[int, ...], static: dict[str, Any]) -> None:
    x = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    values, places = ops.max_pool_with_argmax(x, **static)
    right, where = max_pool_with_argmax(x, **static)
    np.testing.assert_array_equal(values.numpy(), right)
    np.testing.assert_array_equal(places.numpy(), where)
    assert (values.dtype, places.dtype) == ("float32", "int32")


def test_places_of_maxima_count_in_the_order_of_the_axes() -> None:
    x = np.random.default_rng(4).normal(size=(2, 3, 4, 6)).astype(np.float32)
    values, places = ops.max_pool_with_argmax(x, 2, data_format="channels_first")
    flat = x.reshape(2, -1)
    for n in range(2):
        np.testing.assert_array_equal(flat[n][places.numpy()[n]], values.numpy()[n])


def test_gradient_of_maxima_goes_to_their_places() -> None:
    x = np.array([[[[1.0], [4.0]], [[3.0], [2.0]]]], np.float32)
    slope = gs.grad(lambda x: ops.sum(ops.max_pool_with_argmax(x, 2)[0]))(x)
    assert slope.numpy().ravel().tolist() == [0, 1, 0, 0]


def test_difference_of_sets() -> None:
    values, places = ops.setdiff1d(np.array([3.0, 1.0, 5.0, 3.0], np.float32), [1.0, 7.0])
    assert (values.tolist(), places.tolist()) == ([3.0, 5.0, 3.0], [0, 2, 3])
    assert (values.dtype, places.dtype) == ("float32", "int32")
    with pytest.raises(ValueError, match=r"Received: x\.shape"):
        ops.setdiff1d([[1]], [1])


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    (ay, ax), (aw, av) = np.minimum(a[:2], a[2:]), np.maximum(a[:2], a[2:])
    (by, bx), (bw, bv) = np.minimum(b[:2], b[2:]), np.maximum(b[:2], b[2:])
    common = max(min(aw, bw) - max(ay, by), 0) * max(min(av, bv) - max(ax, bx), 0)
    union = (aw - ay) * (av - ax) + (bw - by) * (bv - bx) - common
    return float(common / union) if union > 0 else 0.0


def _suppressed(
    boxes: np.ndarray, scores: np.ndarray, most: int, limit: float, threshold: float, sigma: float
) -> tuple[list[int], list[float]]:
    """The best box of those that are left is taken, and all others are worth less for it."""
    worth = {n: float(score) for n, score in enumerate(scores) if score > threshold}
    chosen, kept = [], []
    while worth and len(chosen) < most:
        best = max(worth, key=lambda n: (worth[n], -n))
        chosen.append(best)
        kept.append(worth.pop(best))
        for n in list(worth):
            iou = _iou(boxes[n], boxes[best])
            worth[n] *= math.exp(-(iou**2) / (2 * sigma)) if sigma else 1.0
            if iou >= limit or worth[n] <= threshold:
                del worth[n]
    return chosen, kept


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sigma", [0.0, 0.3])
@pytest.mark.parametrize(("limit", "threshold"), [(0.5, -math.inf), (0.2, 0.3), (1.0, 0.5)])
def test_suppression(
    seed: int, sigma: float, limit: float, threshold: float,
    wait_for: Callable[[Coroutine[Any, Any, Any]], Any],
) -> None:  # fmt: skip
    generator = np.random.default_rng(seed)
    corners = generator.uniform(0, 6, (40, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(-1, 3, (40, 2))], 1)
    boxes = boxes.astype(np.float32)
    scores = generator.uniform(0, 1, 40).astype(np.float32)
    scores[7:9] = scores[3]
    right, worth = _suppressed(boxes.astype(float), scores, 20, limit, threshold, sigma)
    given = ops.convert_to_tensor(boxes), ops.convert_to_tensor(scores), 20, limit, threshold
    for chosen, kept in (
        image.non_max_suppression_with_scores(*given, sigma),
        wait_for(image.non_max_suppression_with_scores_async(*given, sigma)),
    ):
        assert chosen.tolist() == right
        np.testing.assert_allclose(kept.numpy(), worth, 1e-5)
        assert (chosen.dtype, kept.dtype) == ("int32", "float32")
    if not sigma:
        assert image.non_max_suppression(*given).tolist() == right
        assert wait_for(image.non_max_suppression_async(*given)).tolist() == right
        padded, count = image.non_max_suppression_padded(*given, True)
        assert (padded.shape, count.item()) == ((20,), len(right))
        assert padded.tolist() == right + [0] * (20 - len(right))
        short, count = wait_for(image.non_max_suppression_padded_async(*given))
        assert (short.tolist(), count.item()) == (right, len(right))


def test_suppression_of_nothing() -> None:
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    assert image.non_max_suppression(*none, 3).shape == (0,)
    flat = [[0, 0, 0, 1], [0, 0, 0, 1]]
    assert image.non_max_suppression(flat, [0.5, 0.6], 3).tolist() == [1, 0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: image.non_max_suppression([[0, 0, 1, 1]], [0.5, 0.6], 3),
        lambda: image.non_max_suppression([[0, 0, 1, 1]], [0.5], 3, iou_threshold=1.5),
        lambda: image.crop_and_resize(np.ones((1, 2, 2, 1)), [[0, 0, 1, 1]], [0, 0], (2, 2)),
        lambda: image.crop_and_resize(np.ones((1, 2, 2, 1)), [[0, 0, 1]], [0], (2, 2)),
        lambda: image.crop_and_resize(np.ones((1, 2, 2, 1)), [[0, 0, 1, 1]], [0], (2, 0)),
        lambda: image.crop_and_resize(np.ones((1, 2, 2, 1)), [[0, 0, 1, 1]], [0], (2, 2), "cubic"),
        lambda: image.resize_bilinear(np.ones((2, 2, 1)), (2, 3), True, True),
        lambda: image.resize_bilinear(np.ones((2, 2)), (2, 3)),
        lambda: image.transform(np.ones((2, 2, 1)), np.ones(6)),
        lambda: image.transform(np.ones((3, 2, 2, 1)), np.ones((2, 8))),
        lambda: image.rotate_with_offset(np.ones((2, 2, 1)), 1.0, (1.0, 2.0)),
        lambda: image.threshold(np.ones((2, 2, 2))),
        lambda: image.threshold(np.ones((2, 2, 1)), "mean"),
        lambda: image.grayscale_to_rgb(np.ones((2, 2))),
        lambda: ops.dilation2d(np.ones((1, 3, 3, 2)), np.ones((2, 2, 3))),
        lambda: ops.dilation2d(np.ones((1, 3, 3, 2)), np.ones((4, 2, 2))),
        lambda: ops.erosion2d(np.ones((1, 3, 3, 2)), np.ones((2, 2))),
        lambda: ops.local_response_normalization(1.0),
        lambda: ops.gather_nd([1, 2], [[0, 1]]),
        lambda: ops.boolean_mask([1, 2], [True]),
        lambda: ops.boolean_mask([1, 2], [1, 0]),
        lambda: ops.band_part([1, 2], 1, 1),
        lambda: ops.confusion_matrix([1, 2], [1], 3),
        lambda: ops.space_to_batch([[1, 2, 3]], [2], [[0, 0]]),
        lambda: ops.space_to_batch([[1, 2]], [2, 2], [[0, 0]]),
        lambda: ops.batch_to_space([[1], [2], [3]], [2], [[0, 0]]),
    ],
)
def test_mistakes(call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="Received: "):
        call()
