"""The layer that gives integers the numbers that they have in a vocabulary."""

from __future__ import annotations

from typing import Any

from gossamer.layers.preprocessing.index_lookup import IndexLookup


class IntegerLookup(IndexLookup):
    """The number of each integer in a vocabulary, or vectors of such numbers; or back.

    The vocabulary is given, or learnt by `adapt`. It is looked up on the host, and is no part of a
    jitted function.

    Args:
        max_tokens: the size of the vocabulary, special tokens among it; no bound if None.
        num_oov_indices: how many numbers there are for integers out of the vocabulary; such are
            an error if 0.
        mask_token: the integer for what is masked; number 0 in the mode `"int"`, left out in
            others.
        oov_token: what stands for integers out of the vocabulary, with `invert`.
        vocabulary: the integers, or the path of a file with one in each line.
        vocabulary_dtype: `"int64"`.
        idf_weights: of each integer, for the mode `"tf_idf"`.
        invert: whether numbers become integers of the vocabulary.
        output_mode: `"int"` for numbers; `"one_hot"`, a vector for each; `"multi_hot"`, one for
            each sample with a 1 at each of its numbers; `"count"`, one with how often each is
            there; `"tf_idf"`, that times its weight.
        sparse: False; there are no sparse tensors.
        pad_to_max_tokens: whether vectors are of the length `max_tokens` however many there are.
        oov_method: how integers out of the vocabulary are spread over several numbers:
            `"floormod"`, by the remainder; `"farmhash"`, by the FarmHash of their digits.
        salt: an integer or two, the key of a SipHash in the place of FarmHash.
        name: as for `Layer`.
        kwargs: what a configuration has besides.

    Raises:
        ValueError: for arguments that do not fit each other; for integers out of the vocabulary if
            `num_oov_indices` is 0.

    Example:
        >>> layer = gs.layers.IntegerLookup(vocabulary=[12, 36, 1138, 42])
        >>> layer(np.array([[12, 1138, 42], [42, 1000, 36]])).tolist()
        [[1, 3, 4], [4, 0, 2]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary_dtype != "int64":
            raise ValueError(f"Expected vocabulary_dtype='int64'. Received: {vocabulary_dtype!r}")
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary_dtype, vocabulary,
            idf_weights, invert, output_mode, sparse, pad_to_max_tokens, oov_method, name, salt,
            **kwargs,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name in ("oov_token", "mask_token"):
            config[name] = None if config[name] is None else int(config[name])
        if config["vocabulary"] is not None:
            config["vocabulary"] = [int(token) for token in config["vocabulary"]]
        return config
