"""Boxes that overlap better ones left out: non-maximum suppression, hard and soft.

How many boxes are left depends on their values, and each decision on those before it: so they are
read once, and NumPy decides. The asynchronous functions do not block the page for that.
"""

import math
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor


class _Settings(NamedTuple):
    max_output_size: int
    iou_threshold: float
    score_threshold: float
    soft_nms_sigma: float = 0.0


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
) -> Tensor:
    """The boxes with the highest scores, without those that overlap a better one.

    Args:
        boxes: of shape (boxes, 4): `[y1, x1, y2, x2]`, two opposite corners.
        scores: of shape (boxes,).
        max_output_size: how many boxes to choose at most.
        iou_threshold: from which share of their union on two boxes' intersection is too large.
        score_threshold: boxes need more.

    Returns:
        The chosen boxes' numbers, int32, the best first.

    Raises:
        ValueError: for shapes that do not fit, and thresholds out of range.

    Example:
        >>> boxes = [[0, 0, 1, 1], [0, 0, 1, 0.9], [2, 2, 3, 3]]
        >>> gs.image.non_max_suppression(boxes, [0.5, 0.9, 0.7], 3).tolist()
        [1, 2]
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold)
    found, like = _read(boxes, scores, settings)
    return _chosen(*found, settings, like)[0]


async def non_max_suppression_async(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
) -> Tensor:
    """`non_max_suppression`, without blocking the page while the boxes are read.

    Example:
        >>> import asyncio
        >>> chosen = gs.image.non_max_suppression_async([[0, 0, 1, 1], [0, 0, 2, 2]], [0.5, 0.9], 3)
        >>> asyncio.run(chosen).tolist()
        [1, 0]
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold)
    found, like = await _read_async(boxes, scores, settings)
    return _chosen(*found, settings, like)[0]


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
    soft_nms_sigma: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """The boxes with the highest scores, those that overlap better ones worth less.

    Bodla et al. (2017): with a sigma a score is multiplied by `exp(-iou**2 / (2 sigma))` for every
    chosen box that its box overlaps.

    Args:
        boxes: of shape (boxes, 4): `[y1, x1, y2, x2]`, two opposite corners.
        scores: of shape (boxes,).
        max_output_size: how many boxes to choose at most.
        iou_threshold: from which share of their union on two boxes' intersection is too large.
        score_threshold: boxes need more.
        soft_nms_sigma: 0 for scores that stay as they are.

    Returns:
        The chosen boxes' numbers, int32, and their scores, the best first.

    Raises:
        ValueError: for shapes that do not fit, and thresholds and sigmas out of range.

    Example:
        >>> boxes = [[0, 0, 1, 1], [0, 0, 1, 0.5]]
        >>> chosen, scores = gs.image.non_max_suppression_with_scores(
        ...     boxes, [0.9, 0.8], 2, iou_threshold=1.0, soft_nms_sigma=0.5)
        >>> chosen.tolist(), scores.tolist()
        ([0, 1], [0.9, 0.6230406])
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold, soft_nms_sigma)
    found, like = _read(boxes, scores, settings)
    return _chosen(*found, settings, like)


async def non_max_suppression_with_scores_async(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
    soft_nms_sigma: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression_with_scores`, without blocking the page while the boxes are read.

    Example:
        >>> import asyncio
        >>> chosen = gs.image.non_max_suppression_with_scores_async([[0, 0, 1, 1]], [0.5], 3)
        >>> [found.tolist() for found in asyncio.run(chosen)]
        [[0], [0.5]]
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold, soft_nms_sigma)
    found, like = await _read_async(boxes, scores, settings)
    return _chosen(*found, settings, like)


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
    pad_to_max_output_size: bool = False,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression`, with zeros after the chosen boxes' numbers.

    Args:
        boxes: of shape (boxes, 4): `[y1, x1, y2, x2]`, two opposite corners.
        scores: of shape (boxes,).
        max_output_size: how many boxes to choose at most.
        iou_threshold: from which share of their union on two boxes' intersection is too large.
        score_threshold: boxes need more.
        pad_to_max_output_size: whether there are to be `max_output_size` numbers.

    Returns:
        The numbers, int32, and how many of them are those of boxes.

    Raises:
        ValueError: for shapes that do not fit, and thresholds out of range.

    Example:
        >>> chosen, count = gs.image.non_max_suppression_padded(
        ...     [[0, 0, 1, 1], [2, 2, 3, 3]], [0.5, 0.9], 4, pad_to_max_output_size=True)
        >>> chosen.tolist(), count.item()
        ([1, 0, 0, 0], 2)
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold)
    found, like = _read(boxes, scores, settings)
    return _padded(*found, settings, like, pad_to_max_output_size)


async def non_max_suppression_padded_async(
    boxes: Any,
    scores: Any,
    max_output_size: int,
    iou_threshold: float = 0.5,
    score_threshold: float = -math.inf,
    pad_to_max_output_size: bool = False,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression_padded`, without blocking the page while the boxes are read.

    Example:
        >>> import asyncio
        >>> chosen = gs.image.non_max_suppression_padded_async([[0, 0, 1, 1]], [0.5], 3)
        >>> [found.tolist() for found in asyncio.run(chosen)]
        [[0], 1]
    """
    settings = _Settings(max_output_size, iou_threshold, score_threshold)
    found, like = await _read_async(boxes, scores, settings)
    return _padded(*found, settings, like, pad_to_max_output_size)


def _tensors(boxes: Any, scores: Any, settings: _Settings) -> tuple[Tensor, Tensor]:
    tensors = as_tensor(boxes, "float32"), as_tensor(scores, "float32")
    shapes = tuple(one.shape for one in tensors)
    if len(shapes[0]) != 2 or shapes[0][1] != 4 or shapes[1] != shapes[0][:1]:
        raise ValueError(
            "Expected boxes of shape (boxes, 4) and as many scores. "
            f"Received: boxes.shape={shapes[0]}, scores.shape={shapes[1]}"
        )
    if not 0 <= settings.iou_threshold <= 1 or not 0 <= settings.soft_nms_sigma <= 1:
        raise ValueError(
            "Expected an iou_threshold and a soft_nms_sigma from 0 to 1. Received: "
            f"{settings.iou_threshold}, {settings.soft_nms_sigma}"
        )
    return tensors


_Found = tuple[tuple[np.ndarray, np.ndarray], Tensor]


def _read(boxes: Any, scores: Any, settings: _Settings) -> _Found:
    """What has been given as arrays, and a tensor on the backend of the results."""
    corners, values = _tensors(boxes, scores, settings)
    return (corners.numpy(), values.numpy()), corners


async def _read_async(boxes: Any, scores: Any, settings: _Settings) -> _Found:
    corners, values = _tensors(boxes, scores, settings)
    return (await corners.data(), await values.data()), corners


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The share of each union that the intersection is."""
    low, high = np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])
    lows, highs = np.minimum(others[:, :2], others[:, 2:]), np.maximum(others[:, :2], others[:, 2:])
    area, areas = np.prod(high - low), np.prod(highs - lows, axis=1)
    sides = np.maximum(np.minimum(high, highs) - np.maximum(low, lows), 0.0)
    common = np.prod(sides, axis=1)
    union = area + areas - common
    # What has no area overlaps nothing.
    real = (area > 0) & (areas > 0)
    return np.where(real, common / np.where(real, union, 1.0), 0.0)


def _suppressed(
    boxes: np.ndarray, scores: np.ndarray, settings: _Settings
) -> tuple[list[int], list[float]]:
    """The chosen boxes and their scores."""
    limit, threshold = settings.iou_threshold, settings.score_threshold
    scale = -0.5 / settings.soft_nms_sigma if settings.soft_nms_sigma > 0 else 0.0
    boxes = boxes.astype(np.float64)
    # By score, and the first of equal ones; with each the number of chosen boxes that it knows.
    waiting: list[tuple[float, int, int]] = []
    for number, score in enumerate(scores.tolist()):
        if score > threshold:
            heappush(waiting, (-score, number, 0))
    chosen: list[int] = []
    kept: list[float] = []
    while waiting and len(chosen) < settings.max_output_size:
        negative, number, known = heappop(waiting)
        score = -negative
        overlaps = _overlaps(boxes[number], boxes[chosen[known:]])
        if np.any(overlaps >= limit):
            continue
        worth = score * math.exp(scale * float(np.sum(overlaps**2)))
        if worth == score:
            chosen.append(number)
            kept.append(score)
        elif worth > threshold:
            heappush(waiting, (-worth, number, len(chosen)))
    return chosen, kept


def _chosen(
    boxes: np.ndarray, scores: np.ndarray, settings: _Settings, like: Tensor
) -> tuple[Tensor, Tensor]:
    numbers, kept = _suppressed(boxes, scores, settings)
    return (
        as_tensor(np.array(numbers, np.int32), "int32", like.backend),
        as_tensor(np.array(kept, np.float32), "float32", like.backend),
    )


def _padded(
    boxes: np.ndarray, scores: np.ndarray, settings: _Settings, like: Tensor, pads: bool
) -> tuple[Tensor, Tensor]:
    numbers, _ = _suppressed(boxes, scores, settings)
    padding = [0] * (settings.max_output_size - len(numbers)) if pads else []
    return (
        as_tensor(np.array([*numbers, *padding], np.int32), "int32", like.backend),
        as_tensor(len(numbers), "int32", like.backend),
    )
