"""The table's rows of adaptive pooling, attention, CTC, multi-hot, distances and sequences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.ops.expected import row
from tests.ops.record import Record, b, f, i, v


def _adaptive(fold: Any) -> Any:
    def pooled(x: np.ndarray, output_size: Any, data_format: str = "channels_last") -> np.ndarray:
        begin = 2 if data_format == "channels_first" else 1
        sizes = output_size if isinstance(output_size, tuple) else (output_size,) * (x.ndim - 2)
        for axis, count in enumerate(sizes, begin):
            length = x.shape[axis]
            cuts = [(k * length // count, -(-(k + 1) * length // count)) for k in range(count)]
            parts = [fold(x.take(range(*cut), axis), axis=axis) for cut in cuts]
            x = np.stack(parts, axis)
        return x

    return pooled


def _attention(
    q: np.ndarray, k: np.ndarray, v: np.ndarray, bias: Any = 0.0, mask: Any = True,
    scale: float | None = None, is_causal: bool = False,
) -> np.ndarray:  # fmt: skip
    groups = q.shape[2] // k.shape[2]
    k, v = np.repeat(k, groups, 2), np.repeat(v, groups, 2)
    scale = q.shape[3] ** -0.5 if scale is None else scale
    logits = np.einsum("btnh,bsnh->bnts", q, k) * scale + bias
    targets, sources = np.indices(logits.shape[2:])
    allowed = np.broadcast_to(mask, logits.shape) & ((sources <= targets) if is_causal else True)
    # A target that may attend to nothing attends to everything alike.
    allowed_any = allowed.any(-1, keepdims=True)
    logits = np.where(allowed_any, np.where(allowed, logits, -np.inf), 0.0)
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return np.einsum("bnts,bsnh->btnh", powers / powers.sum(-1, keepdims=True), v)


def _ctc(
    target: np.ndarray, output: np.ndarray, labels: np.ndarray, frames: np.ndarray,
    mask_index: int = 0,
) -> np.ndarray:  # fmt: skip
    """Over the labels with blanks around each, as in the paper, with logarithms of 0."""
    shifted = output - output.max(-1, keepdims=True)
    shares = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    losses = []
    for which, (count, length) in enumerate(zip(labels, frames, strict=True)):
        path = np.full(2 * count + 1, mask_index)
        path[1::2] = target[which, :count]
        alpha = np.full(len(path), -np.inf)
        alpha[0] = 0.0
        for frame in range(length):
            before = np.concatenate([[-np.inf], alpha[:-1]])
            skipped = np.concatenate([[-np.inf, -np.inf], alpha[:-2]])[: len(path)]
            may_skip = np.array(
                [s >= 2 and s % 2 == 1 and path[s] != path[s - 2] for s in range(len(path))]
            )
            if frame == 0:
                before[1:2], alpha[1:] = alpha[0], -np.inf
                before[2:], skipped[:] = -np.inf, -np.inf
            sums = np.logaddexp(alpha, before)
            alpha = np.where(may_skip, np.logaddexp(sums, skipped), sums)
            alpha = alpha + shares[which, frame, path]
        losses.append(-np.logaddexp(alpha[-1], alpha[-2] if count else -np.inf))
    return np.array(losses)


def attention(*shapes: Any, names: str = "", **static: Any) -> Record:
    named = tuple(names.split())

    def expected(*arrays: np.ndarray, **static: Any) -> np.ndarray:
        return _attention(*arrays[:3], **dict(zip(named, arrays[3:], strict=True)), **static)

    made = row("dot_product_attention", *shapes, rtol=1e-4, atol=1e-5, expected=expected, **static)
    return replace(made, named=named)


def _hot(x: np.ndarray, num_classes: int, axis: int = -1, dtype: str = "float32") -> np.ndarray:
    hits = np.moveaxis(x[..., None] == np.arange(num_classes), -1, axis)
    return hits.max(1 if x.ndim > 1 else 0).astype(dtype)


def _sequences(x: np.ndarray, sequence_length: int, sequence_stride: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, sequence_length, -1)
    return windows[..., ::sequence_stride, :]


def _distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.norm(x[..., :, None, :] - y[..., None, :, :], axis=-1)


PLAIN = ((2, 5, 3, 4), (2, 7, 3, 4), (2, 7, 3, 4))
LABELS = v([[1, 1, 2, 0], [3, 2, 2, 2], [1, 2, 1, 2]], "int32")

NEURAL = [
    *(row(op, shape, expected=_adaptive(fold), output_size=size, **static)
      for op, fold in [("adaptive_max_pool", np.max), ("adaptive_average_pool", np.mean)]
      for shape, size, static in [
          ((2, 6, 3), 3, {}), ((2, 7, 3), 5, {}), ((2, 3, 2), 5, {}), ((1, 10, 2), 4, {}),
          ((2, 6, 3), 1, {}), ((1, 7, 6, 3), (3, 3), {}), ((1, 5, 4, 6, 2), (2, 3, 4), {}),
          ((2, 3, 7, 4), (3, 4), {"data_format": "channels_first"}), ((0, 7, 2), 3, {}),
      ]),
    row("adaptive_max_pool", i(1, 7, 3), expected=_adaptive(np.max), output_size=3),
    attention(*PLAIN), attention(*PLAIN, scale=0.3), attention(*PLAIN, is_causal=True),
    attention((1, 2, 1, 3), (1, 4, 1, 3), (1, 4, 1, 5)),
    attention((2, 4, 6, 4), (2, 7, 2, 4), (2, 7, 2, 4), (1, 6, 4, 7), b(2, 1, 4, 7),
              names="bias mask", is_causal=True),
    attention(*PLAIN, b(5, 7), names="mask"), attention(*PLAIN, (2, 1, 1, 7), names="bias"),
    attention(*PLAIN, v(np.arange(7) < np.zeros((2, 1, 5, 1)), "bool"), names="mask"),
    *(row("ctc_loss", LABELS, (3, 9, 4), v(a, "int32"), v(c, "int32"), expected=_ctc, rtol=1e-4,
          atol=1e-5)
      for a, c in [([4, 4, 4], [9, 9, 9]), ([2, 3, 4], [9, 5, 4]), ([3, 1, 0], [9, 9, 9])]),
    row("ctc_loss", v([[0, 1, 1]], "int32"), (1, 6, 4), v([3], "int32"), v([6], "int32"),
        expected=_ctc, rtol=1e-4, atol=1e-5, mask_index=3),
    row("ctc_loss", v([[1, 1]], "int32"), f(1, 9, 3, low=-40.0, high=40.0), v([2], "int32"),
        v([9], "int32"), expected=_ctc, rtol=1e-4, atol=1e-4),
    *(row("multi_hot", i(*shape, low=-1, high=6), expected=_hot, num_classes=5, dtype=dtype,
          axis=axis)
      for shape, axis, dtype in [((3,), -1, "float32"), ((2, 3), -1, "float32"),
                                 ((2, 3), 1, "float32"), ((2, 3, 4), -1, "float32")]),
    row("multi_hot", i(2, 3, low=0, high=5), expected=_hot, num_classes=5, dtype="float32"),
    *(row("cdist", x, y, expected=_distances, rtol=1e-4, atol=1e-5) for x, y in [
        ((3, 4), (5, 4)), ((1, 1), (1, 1)), ((2, 3, 4), (5, 4)), ((2, 1, 3, 4), (3, 2, 4)),
        ((0, 4), (5, 4)),
    ]),
    *(row("extract_sequences", shape, expected=_sequences, sequence_length=length,
          sequence_stride=stride)
      for shape, length,
      stride in [((10,), 3, 2), ((10,), 10, 1), ((2, 9), 4, 3), ((2, 3, 8), 4, 4),
                                    ((7,), 2, 5), ((10,), 1, 1)]),
    row("extract_sequences", i(9), expected=_sequences, sequence_length=4, sequence_stride=2),
]  # fmt: skip
