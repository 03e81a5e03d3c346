"""News in 46 topics: 11,228 texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer.datasets import words
from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find, load_npz

TOPICS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply",
    "coffee", "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi",
    "money-fx", "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin",
    "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs", "lei",
    "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip


def load_data(
    path: Any = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: Any = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> Split:
    """`(x_train, y_train), (x_test, y_test)`: lists of numbers of words, and numbers of topics.

    Args:
        path: a path or URL of `reuters.npz`, with `x` and `y`.
        num_words: how many of the words are kept, the most common ones; all if None.
        skip_top: how many of the most common words are left out.
        maxlen: texts of as many words are left out; none if None.
        test_split: which fraction of the texts is for tests.
        seed: of the order of the texts.
        start_char: what stands at the beginning of each text; nothing if None.
        oov_char: what stands for words that are not kept; nothing if None.
        index_from: what is added to the words' numbers.

    Raises:
        FileNotFoundError: where there is no file.
        ValueError: if no text is short enough.
    """
    arrays = load_npz(find(path, "reuters.npz, a file of arrays x and y"))
    x, y = words.in_order(arrays["x"], arrays["y"], np.random.RandomState(seed))
    texts, labels = words.shorter(words.marked(x, start_char, index_from), y, maxlen)
    texts = words.common(texts, num_words, skip_top, oov_char)
    first = int(len(texts) * (1 - test_split))
    return (
        (words.as_array(texts[:first]), np.array(labels[:first])),
        (words.as_array(texts[first:]), np.array(labels[first:])),
    )


def get_word_index(path: Any = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word, without what `index_from` adds.

    Args:
        path: a path or URL of `reuters_word_index.json`.

    Raises:
        FileNotFoundError: where there is no file.
    """
    return words.word_index(path)


def get_label_names() -> tuple[str, ...]:
    """The names of the topics, in the order of their numbers."""
    return TOPICS
