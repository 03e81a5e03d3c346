"""Texts as lists of numbers of words, by how often they are used: what IMDB and Reuters share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from gossamer.datasets.sources import find


def in_order(texts: Any, labels: Any, generator: np.random.RandomState) -> tuple[Any, Any]:
    """Texts and labels in another order.

    Args:
        texts, labels: arrays.
        generator: draws the order.
    """
    order = np.arange(len(texts))
    generator.shuffle(order)
    return texts[order], labels[order]


def marked(texts: Any, start_char: int | None, index_from: int | None) -> list[list[int]]:
    """Texts with numbers from `index_from` on, and a mark where each begins.

    Args:
        texts: lists of numbers.
        start_char: the mark; none if None.
        index_from: what is added to the numbers; nothing if None.
    """
    shift = index_from or 0
    start = [] if start_char is None else [start_char]
    return [start + [word + shift for word in text] for text in texts]


def shorter(texts: list[list[int]], labels: Any, maxlen: int | None) -> tuple[list[Any], Any]:
    """The texts of fewer than `maxlen` words, and their labels.

    Args:
        texts, labels: of which some are left out.
        maxlen: how many words are too many; None if there are never too many.

    Raises:
        ValueError: if none is left.
    """
    if not maxlen:
        return texts, labels
    kept = [i for i, text in enumerate(texts) if len(text) < maxlen]
    if not kept:
        raise ValueError(f"Expected texts of fewer words than maxlen. Received: maxlen={maxlen}")
    return [texts[i] for i in kept], np.asarray(labels)[kept]


def common(
    texts: list[list[int]], num_words: int | None, skip_top: int, oov_char: int | None
) -> list[list[int]]:
    """Texts with their common words, but for the most common ones.

    Args:
        texts: lists of numbers.
        num_words: below which number a word is kept; the largest one if None.
        skip_top: from which number on a word is kept.
        oov_char: what stands for the others; they are left out if None.
    """
    most = num_words or max(map(max, texts))
    if oov_char is None:
        return [[word for word in text if skip_top <= word < most] for text in texts]
    return [[word if skip_top <= word < most else oov_char for word in text] for text in texts]


def as_array(texts: Sequence[list[int]]) -> np.ndarray:
    """An array of lists."""
    return np.array(texts, dtype="object")


def word_index(path: Any) -> dict[str, int]:
    """The number of each word, of a JSON file.

    Args:
        path: a path or URL.
    """
    with open(find(path, f"{path}, a file of words and their numbers"), encoding="utf-8") as file:
        return json.load(file)
