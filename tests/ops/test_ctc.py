"""CTC: decoding beside all alignments, one after the other, and the loss where it is extreme."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops


def _all_paths(logits: np.ndarray, blank: int) -> list[tuple[float, tuple[int, ...]]]:
    """Every sequence of labels with its probability, the likely ones first."""
    shares = np.exp(logits - logits.max(-1, keepdims=True)).astype(np.float64)
    shares /= shares.sum(-1, keepdims=True)
    found: dict[tuple[int, ...], float] = defaultdict(float)
    for alignment in product(range(logits.shape[1]), repeat=len(logits)):
        labels = tuple(label for label, _ in groupby(alignment) if label != blank)
        found[labels] += float(np.prod(shares[np.arange(len(logits)), alignment]))
    return sorted(((p, path) for path, p in found.items()), reverse=True)


@pytest.mark.parametrize("blank", [0, 2, None])
def test_beam_search_finds_the_likely_sequences(blank: int | None) -> None:
    logits = np.random.default_rng(3).normal(size=(2, 5, 3)).astype(np.float32) * 2
    labels, scores = ops.ctc_decode(
        logits, [5, 3], "beam_search", beam_width=300, top_paths=4, mask_index=blank
    )
    assert (labels.shape, labels.dtype) == ((4, 2, 5), "int32")
    assert (scores.shape, scores.dtype) == ((2, 4), "float32")
    for which, length in enumerate((5, 3)):
        right = _all_paths(logits[which, :length], 2 if blank is None else blank)[:4]
        for k, (probability, path) in enumerate(right):
            assert labels.numpy()[k, which].tolist() == [*path, *[-1] * (5 - len(path))]
            np.testing.assert_allclose(scores.numpy()[which, k], np.log(probability), 1e-4)


def test_beam_search_returns_as_many_paths_as_asked() -> None:
    labels, scores = ops.ctc_decode(np.zeros((1, 1, 2)), [1], "beam_search", top_paths=4)
    np.testing.assert_allclose(scores.numpy(), [[np.log(0.5), np.log(0.5), -np.inf, -np.inf]])
    assert sorted(labels.numpy()[:2, 0, 0].tolist()) == [-1, 1]
    assert labels.numpy()[2:].tolist() == [[[-1]], [[-1]]]


def test_greedy() -> None:
    best = np.array([[1, 1, 0, 1, 2, 2, 0], [0, 2, 2, 1, 1, 1, 1]])
    logits = np.eye(3, dtype=np.float32)[best] * 2
    labels, scores = ops.ctc_decode(logits, [7, 4])
    assert labels.tolist() == [[[1, 1, 2, -1, -1, -1, -1], [2, 1, -1, -1, -1, -1, -1]]]
    assert scores.tolist() == [[-14.0], [-8.0]]
    unmerged, _ = ops.ctc_decode(logits, [7, 4], merge_repeated=False)
    assert unmerged.tolist() == [[[1, 1, 1, 2, 2, -1, -1], [2, 2, 1, -1, -1, -1, -1]]]


def test_loss_of_labels_that_do_not_fit_is_finite() -> None:
    loss, gradient = gs.value_and_grad(lambda x: ops.sum(ops.ctc_loss([[1, 1]], x, [2], [2])))(
        np.zeros((1, 2, 3), np.float32)
    )
    assert loss.item() > 9e4
    assert np.isfinite(gradient.numpy()).all()


def test_frames_past_the_end_do_not_count() -> None:
    logits = np.random.default_rng(0).normal(size=(1, 6, 3)).astype(np.float32)
    longer = np.concatenate([logits, np.full((1, 3, 3), np.nan, np.float32)], 1)
    loss = lambda x: ops.sum(ops.ctc_loss([[1, 2]], x, [2], [6]))  # noqa: E731
    assert loss(longer).item() == loss(logits).item()
    gradient = gs.grad(loss)(np.nan_to_num(longer)).numpy()
    np.testing.assert_array_equal(gradient[:, 6:], 0)
    np.testing.assert_allclose(gradient[:, :6], gs.grad(loss)(logits).numpy(), 1e-5, 1e-6)


def test_errors() -> None:
    with pytest.raises(ValueError, match="strategy='best'"):
        ops.ctc_decode(np.zeros((1, 2, 3)), [2], "best")
    with pytest.raises(ValueError, match="beam_width=0"):
        ops.ctc_decode(np.zeros((1, 2, 3)), [2], "beam_search", beam_width=0)
    with pytest.raises(ValueError, match=r"target.shape=\(2,\)"):
        ops.ctc_loss([1, 2], np.zeros((1, 2, 3)), [2], [2])
