"""The layer that gives strings the numbers that they have in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer.layers.preprocessing.index_lookup import IndexLookup
from gossamer.layers.preprocessing.texts import as_texts


class StringLookup(IndexLookup):
    """The number of each string in a vocabulary, or vectors of such numbers; or strings of numbers.

    The vocabulary is given, or learnt by `adapt`. It is looked up on the host, and is no part of a
    jitted function.

    Args:
        max_tokens: the size of the vocabulary, special tokens among it; no bound if None.
        num_oov_indices: how many numbers there are for strings out of the vocabulary; such are an
            error if 0, and spread by their FarmHash if more than 1.
        mask_token: the string for what is masked; number 0 in the mode `"int"`, left out in
            others.
        oov_token: what stands for strings out of the vocabulary, with `invert`.
        vocabulary: the strings, or the path of a file with one in each line.
        idf_weights: of each string, for the mode `"tf_idf"`.
        invert: whether numbers become strings, in a NumPy array.
        output_mode: `"int"` for numbers; `"one_hot"`, a vector for each; `"multi_hot"`, one for
            each sample with a 1 at each of its numbers; `"count"`, one with how often each is
            there; `"tf_idf"`, that times its weight.
        pad_to_max_tokens: whether vectors are of the length `max_tokens` however many there are.
        sparse: False; there are no sparse tensors.
        encoding: of bytes.
        name: as for `Layer`.
        salt: an integer or two, the key of a SipHash that spreads strings out of the vocabulary.
        kwargs: what a configuration has besides.

    Raises:
        ValueError: for arguments that do not fit each other; for strings out of the vocabulary if
            `num_oov_indices` is 0.

    Example:
        >>> layer = gs.layers.StringLookup(vocabulary=["a", "b", "c", "d"])
        >>> layer([["a", "c", "d"], ["d", "z", "b"]]).tolist()
        [[1, 3, 4], [4, 0, 2]]
        >>> layer = gs.layers.StringLookup()
        >>> layer.adapt([["a", "c", "d"], ["d", "z", "b"]])
        >>> layer.get_vocabulary()
        ['[UNK]', 'd', 'z', 'c', 'b', 'a']
    """

    encoding: str

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        object.__setattr__(self, "encoding", encoding)  # before the tokens are looked at
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, "string", vocabulary, idf_weights,
            invert, output_mode, sparse, pad_to_max_tokens, name=name, salt=salt, **kwargs,
        )  # fmt: skip

    def _array(self, x: Any) -> np.ndarray:
        return as_texts(x, self.encoding)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["vocabulary_dtype"]
        return {**config, "encoding": self.encoding}
