"""Sequences of several lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences as rows of an array; short ones are filled up, long ones are cut.

    Args:
        sequences: a list of lists or arrays.
        maxlen: how long rows are; as the longest sequence if None.
        dtype: of the array; `object` for text.
        padding: `"pre"` or `"post"`: whether to fill before a sequence or after it.
        truncating: `"pre"` or `"post"`: whether to drop a sequence's first elements or its last.
        value: what to fill with.

    Raises:
        ValueError: for what is no list of sequences, for sequences whose elements are not alike,
            and for other options.

    Example:
        >>> gs.utils.pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
        [[0, 1], [2, 3], [5, 6]]
    """
    for name, option in (("padding", padding), ("truncating", truncating)):
        if option not in ("pre", "post"):
            raise ValueError(f"Expected {name} 'pre' or 'post'. Received: {name}={option!r}")
    if not hasattr(sequences, "__len__") or not all(hasattr(one, "__len__") for one in sequences):
        raise ValueError(f"Expected a list of sequences. Received: sequences={sequences!r}")
    is_text = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.bytes_)
    if isinstance(value, str) and dtype is not object and not is_text:
        raise ValueError(
            f"Expected a dtype of text, or `object`, to fill with text. Received: dtype={dtype}, "
            f"value={value!r}"
        )
    length = max(map(len, sequences)) if maxlen is None else maxlen
    element = next((np.asarray(one).shape[1:] for one in sequences if len(one)), ())
    rows = np.full((len(sequences), length, *element), value, dtype=dtype)
    for place, sequence in enumerate(sequences):
        # Counted from the front: there is no last element -0.
        first = max(len(sequence) - length, 0) if truncating == "pre" else 0
        kept = np.asarray(sequence[first : first + length], dtype=dtype)
        if not len(kept):
            continue
        if kept.shape[1:] != element:
            raise ValueError(
                f"Expected elements of shape {element} in all sequences. "
                f"Received: shape={kept.shape[1:]} in number {place}"
            )
        start = length - len(kept) if padding == "pre" else 0
        rows[place, start : start + len(kept)] = kept
    return rows
