"""Reviews of films, for or against: 25,000 to train on and 25,000 to test."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer.datasets import words
from gossamer.datasets.housing import Split
from gossamer.datasets.sources import find, load_npz


def load_data(
    path: Any = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: Any = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    **kwargs: Any,
) -> Split:
    """`(x_train, y_train), (x_test, y_test)`: lists of numbers of words, and 1 for a good review.

    Args:
        path: a path or URL of `imdb.npz`, with `x_train`, `y_train`, `x_test` and `y_test`.
        num_words: how many of the words are kept, the most common ones; all if None.
        skip_top: how many of the most common words are left out.
        maxlen: reviews of as many words are left out; none if None.
        seed: of the order of the reviews.
        start_char: what stands at the beginning of each review; nothing if None.
        oov_char: what stands for words that are not kept; nothing if None.
        index_from: what is added to the words' numbers.

    Raises:
        FileNotFoundError: where there is no file.
        TypeError: for other arguments.
        ValueError: if no review is short enough.
    """
    if kwargs:
        raise TypeError(f"Expected the arguments of `load_data`. Received: {kwargs}")
    arrays = load_npz(find(path, "imdb.npz, a file of arrays x_train, y_train, x_test and y_test"))
    generator = np.random.RandomState(seed)
    texts, labels = [], []
    for part in ("train", "test"):
        x, y = words.in_order(arrays[f"x_{part}"], arrays[f"y_{part}"], generator)
        x, y = words.shorter(words.marked(x, start_char, index_from), y, maxlen)
        texts.append(x)
        labels.append(y)
    both = words.common(texts[0] + texts[1], num_words, skip_top, oov_char)
    first = len(texts[0])
    return (words.as_array(both[:first]), labels[0]), (words.as_array(both[first:]), labels[1])


def get_word_index(path: Any = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word, without what `index_from` adds.

    Args:
        path: a path or URL of `imdb_word_index.json`.

    Raises:
        FileNotFoundError: where there is no file.
    """
    return words.word_index(path)
