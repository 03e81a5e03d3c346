"""Decoding of connectionist temporal classification: the likely labels of frames."""

from typing import Any, NamedTuple

import numpy as np

from gossamer import dtypes, ops
from gossamer.ops.axes import normalize_axis
from gossamer.ops.convert import as_tensor
from gossamer.ops.create import iota
from gossamer.tensor import Tensor

# What is no label in a decoded sequence.
NONE = -1


def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int | None = 0,
) -> tuple[Tensor, Tensor]:
    """The likely sequences of labels, and their scores.

    `"greedy"` takes the best class of each frame, on the device. `"beam_search"` sums over all
    alignments of the best sequences so far; it is computed on the host, since what it keeps
    depends on the values in every frame: the inputs are read, once.

    Args:
        inputs: logits, of shape (batch, frames, classes).
        sequence_lengths: how many frames count, of shape (batch,).
        strategy: `"greedy"` or `"beam_search"`.
        beam_width: how many sequences the search keeps.
        top_paths: how many of them it returns.
        merge_repeated: whether the greedy strategy takes equal labels in a row for one.
        mask_index: the class that is the blank; the last one if None.

    Returns:
        The labels of shape (paths, batch, frames), followed by -1; and the scores of shape
        (batch, paths): the log-probability of each sequence, or for `"greedy"`, which has one
        path, the negative sum of the logits.

    Raises:
        ValueError: for another strategy, shapes that do not fit, and a class that is not there.

    Example:
        >>> frames = [[[0.0, 9.0, 0.0], [0.0, 9.0, 0.0], [9.0, 0.0, 0.0], [0.0, 0.0, 9.0]]]
        >>> ops.ctc_decode(frames, [4])[0].tolist()
        [[[1, 2, -1, -1]]]
    """
    given = as_tensor(inputs)
    logits = as_tensor(given, dtypes.result_type(given.dtype, "float32"))
    lengths = as_tensor(sequence_lengths, "int32", logits.backend)
    if logits.ndim != 3 or 0 in logits.shape[1:] or lengths.ndim != 1:
        raise ValueError(
            "Expected logits (batch, frames, classes) and lengths (batch,). Received: "
            f"inputs.shape={logits.shape}, sequence_lengths.shape={lengths.shape}"
        )
    lengths = ops.broadcast_to(lengths, logits.shape[:1])
    classes = logits.shape[2]
    blank = classes - 1 if mask_index is None else normalize_axis(mask_index, classes)
    if strategy == "greedy":
        return _greedy(logits, lengths, merge_repeated, blank)
    if strategy == "beam_search":
        return _beam_search(logits, lengths, beam_width, top_paths, blank)
    raise ValueError(f"Expected 'greedy' or 'beam_search'. Received: strategy={strategy!r}")


def _greedy(
    logits: Tensor, lengths: Tensor, merge_repeated: bool, blank: int
) -> tuple[Tensor, Tensor]:
    frames = logits.shape[1]
    numbers = iota(0, 1, frames, "int32", logits.backend)
    past = numbers >= ops.expand_dims(lengths, 1)
    labels = ops.where(past, blank, ops.argmax(logits, -1))
    scores = ops.where(past, 0.0, ops.max(logits, -1))
    silent = ops.equal(labels, blank)
    if merge_repeated:
        again = ops.equal(labels[:, 1:], labels[:, :-1])
        silent = ops.logical_or(silent, ops.pad(again, ((0, 0), (1, 0)), constant_values=False))
    labels = ops.where(silent, NONE, labels)
    order = ops.argsort(ops.where(silent, frames, numbers))
    return (
        ops.expand_dims(ops.take_along_axis(labels, order, 1), 0),
        -ops.sum(scores, 1, keepdims=True),
    )


def _beam_search(
    logits: Tensor, lengths: Tensor, beam_width: int, top_paths: int, blank: int
) -> tuple[Tensor, Tensor]:
    if beam_width < 1 or top_paths < 1:
        raise ValueError(
            "Expected a positive number of sequences. "
            f"Received: beam_width={beam_width}, top_paths={top_paths}"
        )
    shares = ops.log_softmax(logits).numpy().astype(np.float64)
    counts = lengths.numpy()
    batch, frames, _ = shares.shape
    paths = np.full((top_paths, batch, frames), NONE, np.int32)
    scores = np.full((batch, top_paths), -np.inf, logits.dtype)
    for which in range(batch):
        beam = _Beam.empty()
        # The first frame counts even for a length of 0, as in Keras.
        for frame in shares[which, : max(int(counts[which]), 1)]:
            beam = beam.extended(frame, blank, beam_width)
        totals = beam.totals()
        for k, best in enumerate(np.argsort(-totals, kind="stable")[:top_paths]):
            paths[k, which, : len(beam.paths[best])] = beam.paths[best]
            scores[which, k] = totals[best]
    return as_tensor(paths, None, logits.backend), as_tensor(scores, None, logits.backend)


class _Beam(NamedTuple):
    """The best sequences of labels so far.

    Attributes:
        paths: the sequences.
        in_label: the log-probability of each, with a label in the last frame.
        in_blank: the same with a blank there.
    """

    paths: list[tuple[int, ...]]
    in_label: np.ndarray
    in_blank: np.ndarray

    @classmethod
    def empty(cls) -> "_Beam":
        return cls([()], np.array([-np.inf]), np.array([0.0]))

    def totals(self) -> np.ndarray:
        return np.logaddexp(self.in_label, self.in_blank)

    def extended(self, shares: np.ndarray, blank: int, width: int) -> "_Beam":
        """The beam after one more frame, whose log-probabilities these are."""
        totals = self.totals()
        count, classes = len(self.paths), len(shares)
        rows = np.arange(count)
        last = np.array([path[-1] if path else blank for path in self.paths])
        has_label = np.array([bool(path) for path in self.paths])
        # Each sequence with each label more; its own last label again needs a blank between.
        longer = totals[:, None] + shares
        longer[rows, last] = np.where(has_label, self.in_blank + shares[last], -np.inf)
        longer[:, blank] = -np.inf
        in_label = np.where(has_label, self.in_label + shares[last], -np.inf)
        in_blank = totals + shares[blank]
        # A sequence that is another one with a label more comes from both.
        known = {path: k for k, path in enumerate(self.paths)}
        for k, path in enumerate(self.paths):
            parent = known.get(path[:-1]) if path else None
            if parent is not None:
                in_label[k] = np.logaddexp(in_label[k], longer[parent, path[-1]])
                longer[parent, path[-1]] = -np.inf
        candidates = np.concatenate([np.logaddexp(in_label, in_blank), longer.ravel()])
        best = np.argsort(-candidates, kind="stable")[:width]
        best = best[candidates[best] > -np.inf]
        kept, added = best[best < count], best[best >= count] - count
        paths = [self.paths[k] for k in kept]
        paths += [(*self.paths[k // classes], int(k % classes)) for k in added]
        return _Beam(
            paths,
            np.concatenate([in_label[kept], longer.ravel()[added]]),
            np.concatenate([in_blank[kept], np.full(len(added), -np.inf)]),
        )
