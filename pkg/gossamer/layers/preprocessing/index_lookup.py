"""The base of the layers that know a vocabulary: from tokens to their numbers, and back.

A vocabulary is kept on the host, as a NumPy array and a dictionary. Its numbers begin with the
mask token, if there is one and numbers are what is given out, and the tokens of what is out of
the vocabulary (`oov`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.config import floatx
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.preprocessing.encoding import (
    DROPPED,
    MODES,
    check_dense,
    check_mode,
    encoded_on_host,
)
from gossamer.layers.preprocessing.hashes import bins_of
from gossamer.layers.preprocessing.hashing import as_written, checked_salt
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.layers.preprocessing.texts import as_integers, as_texts, batches_of
from gossamer.layers.preprocessing.token_counts import TokenCounts
from gossamer.serialization.objects import in_safe_mode
from gossamer.tensor import Tensor


def _listed(x: Any) -> Any:
    return np.asarray(x).tolist() if hasattr(x, "__array__") else x


class IndexLookup(OnHost):
    """Numbers of tokens in a vocabulary. The base of `StringLookup` and `IntegerLookup`.

    Args:
        max_tokens: the size of the vocabulary, special tokens among it; no bound if None.
        num_oov_indices: how many numbers there are for tokens out of the vocabulary; such tokens
            are an error if 0, and spread by their hash if more than 1.
        mask_token: the token of what is masked; number 0 in the mode `"int"`, left out in others.
        oov_token: what stands for tokens out of the vocabulary where numbers become tokens.
        vocabulary_dtype: `"string"` or `"int64"`.
        vocabulary: the tokens, or the path of a file with one in each line.
        idf_weights: of each token, for the mode `"tf_idf"`.
        invert: whether numbers become tokens.
        output_mode: `"int"`, or `"one_hot"`, `"multi_hot"`, `"count"`, `"tf_idf"`.
        sparse: False; there are no sparse tensors.
        pad_to_max_tokens: whether vectors are of the length `max_tokens` however many there are.
        oov_method: how integers are spread: `"floormod"`, or `"farmhash"`.
        name: as for `Layer`.
        salt: the key of a SipHash that spreads them.
        kwargs: `vocabulary_size`, `has_input_vocabulary`, `trainable` and `dtype` from a
            configuration.

    Raises:
        ValueError: for arguments that do not fit each other.
    """

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary_dtype: str,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        check_mode(output_mode, ("int", *MODES, "tf_idf"))
        check_mode(oov_method, ("floormod", "farmhash"), "oov_method")
        check_dense(sparse)
        if (max_tokens is not None and max_tokens <= 1) or (
            pad_to_max_tokens and max_tokens is None
        ):
            raise ValueError(
                "Expected max_tokens above 1, or None without pad_to_max_tokens. "
                f"Received: max_tokens={max_tokens}, pad_to_max_tokens={pad_to_max_tokens}"
            )
        if num_oov_indices < 0:
            raise ValueError(f"Expected num_oov_indices of at least 0. Received: {num_oov_indices}")
        if salt is not None and vocabulary_dtype != "string" and oov_method != "farmhash":
            raise ValueError(
                f"Expected oov_method='farmhash' with a salt. Received: oov_method={oov_method!r}"
            )
        if invert and output_mode != "int":
            raise ValueError(
                "Expected output_mode='int' with invert=True. "
                f"Received: output_mode={output_mode!r}"
            )
        if idf_weights is not None and output_mode != "tf_idf":
            raise ValueError(
                "Expected idf_weights with output_mode='tf_idf' alone. "
                f"Received: output_mode={output_mode!r}, idf_weights={idf_weights}"
            )
        super().__init__(name=name)
        self.invert, self.max_tokens, self.num_oov_indices = invert, max_tokens, num_oov_indices
        self.mask_token, self.oov_token, self.output_mode = mask_token, oov_token, output_mode
        self.sparse, self.pad_to_max_tokens = sparse, pad_to_max_tokens
        self.vocabulary_dtype, self.oov_method = vocabulary_dtype, oov_method
        self.salt = checked_salt(salt)
        self._frozen_vocab_size = kwargs.pop("vocabulary_size", None)
        # Of a file the tokens are saved beside the configuration, and the path is forgotten.
        self.input_vocabulary = None if isinstance(vocabulary, str) else vocabulary
        self.input_idf_weights = idf_weights
        self._has_input_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        for ignored in ("trainable", "dtype"):
            kwargs.pop(ignored, None)
        if kwargs:
            raise ValueError(
                f"Expected other arguments for {type(self).__name__}. Received: {kwargs}"
            )
        if output_mode == "tf_idf" and self._has_input_vocabulary and idf_weights is None:
            raise ValueError(
                "Expected idf_weights with a vocabulary in the mode 'tf_idf'. Received: None"
            )
        self.idf_weights = None if idf_weights is None else np.asarray(idf_weights, floatx())
        self._counts = TokenCounts(output_mode == "tf_idf")
        self._set_tokens(self._array([]))
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    # The vocabulary

    def _array(self, x: Any) -> np.ndarray:
        return as_texts(x) if self.vocabulary_dtype == "string" else as_integers(x)

    def _set_tokens(self, tokens: np.ndarray) -> None:
        self._tokens = tokens
        start = self._token_start_index()
        self._numbers = {token: start + k for k, token in enumerate(tokens.tolist())}

    def _oov_start_index(self) -> int:
        return 1 if self.mask_token is not None and self.output_mode == "int" else 0

    def _token_start_index(self) -> int:
        return self._oov_start_index() + self.num_oov_indices

    def _special_tokens(self) -> list[Any]:
        return [self.mask_token] * self._oov_start_index() + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens, by number.

        Args:
            include_special_tokens: whether the mask token and those for what is out of the
                vocabulary are among them.
        """
        return (self._special_tokens() if include_special_tokens else []) + self._tokens.tolist()

    def vocabulary_size(self) -> int:
        """How many tokens there are, special ones among them."""
        return len(self._tokens) + self._token_start_index()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, and in the mode `"tf_idf"` their weights.

        Args:
            vocabulary: the tokens, with the special ones in front or without; or the path of a
                file with one in each line.
            idf_weights: a weight for each.

        Raises:
            ValueError: for tokens that repeat or are none, special ones in other places, more than
                `max_tokens`, weights where there should be none or that are missing, a file that
                is not there or that may not be read.
        """
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ValueError(
                "Expected idf_weights in the mode 'tf_idf', and in no other. "
                f"Received: output_mode={self.output_mode!r}, idf_weights={idf_weights}"
            )
        if isinstance(vocabulary, str):
            vocabulary = self._lines_of(vocabulary)
        given = self._array(vocabulary)
        special = self._special_tokens()
        has_special = bool(special) and given[: len(special)].tolist() == special
        tokens = given[len(special) :] if has_special else given
        self._check_tokens(given, tokens)
        if idf_weights is not None:
            weights = np.asarray(idf_weights, floatx())
            if weights.shape != given.shape:
                raise ValueError(
                    f"Expected a weight for each of {len(given)} tokens. "
                    f"Received: idf_weights of shape {weights.shape}"
                )
            self._set_idf_weights(weights, missing=0 if has_special else len(special))
        self._set_tokens(tokens)
        self._record_vocabulary_size()

    def _lines_of(self, path: str) -> np.ndarray:
        if in_safe_mode():
            raise ValueError(
                "Expected no path in a configuration, unless with safe_mode=False: it could be that"
                f" of any file. Received: vocabulary={path!r}"
            )
        if self.output_mode == "tf_idf" or not Path(path).exists():
            raise ValueError(
                f"Expected a file that exists, and another mode than 'tf_idf'. Received: {path!r}, "
                f"output_mode={self.output_mode!r}"
            )
        return self._parsed(Path(path).read_text(encoding="utf-8"))

    def _parsed(self, text: str) -> np.ndarray:
        lines = text.rstrip("\n").split("\n")
        return self._array(lines if self.vocabulary_dtype == "string" else [*map(int, lines)])

    def _check_tokens(self, given: np.ndarray, tokens: np.ndarray) -> None:
        if not given.size:
            raise ValueError("Expected at least one token. Received: an empty vocabulary")
        different, counts = np.unique(tokens, return_counts=True)
        if len(different) != len(tokens):
            raise ValueError(
                f"Expected each token once. Received: {different[counts > 1].tolist()}, repeated"
            )
        reserved = [self.mask_token] + [self.oov_token] * self.invert
        for token in reserved:
            if token is not None and token in different.tolist():
                raise ValueError(
                    f"Expected no special tokens but {self._special_tokens()}, at the beginning. "
                    f"Received: {token!r} at {given.tolist().index(token)}"
                )
        size = self._token_start_index() + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                f"Expected at most max_tokens={self.max_tokens}. Received: {size} tokens"
            )

    def _set_idf_weights(self, weights: np.ndarray, missing: int) -> None:
        """Weights of all numbers: the mean for special tokens, 0 where there is no token."""
        front = np.full(missing, weights.mean(), weights.dtype)
        weights = np.concatenate([front, weights])
        if self.pad_to_max_tokens:
            assert self.max_tokens is not None
            weights = np.pad(weights, (0, self.max_tokens - len(weights)))
        self.idf_weights = weights

    def _record_vocabulary_size(self) -> None:
        size = self.vocabulary_size()
        fixed = self.output_mode != "int" and not self.pad_to_max_tokens
        if fixed and self._frozen_vocab_size not in (None, size):
            raise RuntimeError(
                f"Expected a vocabulary of {self._frozen_vocab_size} tokens, as before, since the "
                f"outputs of the layer {self.name!r} are as long. Received: {size}"
            )
        self._frozen_vocab_size = size

    # Learning it

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary from data: tokens by how often they are there, then last first.

        Args:
            data: an array or list of tokens, or an iterable of batches of them.
            steps: how many of the batches are looked at; all if None.

        Raises:
            ValueError: for a layer that was given its vocabulary.
        """
        self.reset_state()
        batches = batches_of(data, steps)
        if batches is None:
            array = self._array(data)
            self.update_state(array[:, None] if array.ndim == 1 else array)
        else:
            for batch in batches:
                self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Look at more data: a document in each row."""
        self._check_learns()
        documents = np.atleast_2d(self._array(data))
        documents = documents.reshape(len(documents), -1)
        rows = np.repeat(np.arange(len(documents)), documents.shape[1])
        self._counts.add(documents.ravel(), rows, len(documents))

    def _check_learns(self) -> None:
        if self._has_input_vocabulary:
            raise ValueError(
                f"Expected a layer to adapt that was given no vocabulary. Received: {self.name!r}"
            )

    def finalize_state(self) -> None:
        """Set the vocabulary from the data that have been looked at."""
        if not self._has_input_vocabulary and self._counts.tokens:
            most = None
            if self.max_tokens is not None:
                most = self.max_tokens - self._token_start_index()
            tokens = self._counts.most_common({self.mask_token, self.oov_token}, most)
            self._set_tokens(self._array(tokens))
            if self.output_mode == "tf_idf":
                weights = self._counts.inverse_document_frequencies(tokens).astype(floatx())
                self._set_idf_weights(weights, self._token_start_index())
            self.reset_state()
        self._record_vocabulary_size()

    def reset_state(self) -> None:
        """Forget the data that have been looked at."""
        self._counts = TokenCounts(self.output_mode == "tf_idf")

    # Looking up

    def call(self, inputs: Any) -> Any:
        if self.invert:
            return self._tokens_of(as_integers(inputs))
        self._ensure_known_vocab_size()
        indices = self.indices_of(self._array(inputs))
        if self.output_mode == "int":
            return ops.convert_to_tensor(indices)
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        return self.weighted(encoded_on_host(indices, mode, self.depth))

    @property
    def depth(self) -> Any:
        """The length of the vectors."""
        return self.max_tokens if self.pad_to_max_tokens else self._frozen_vocab_size

    def weighted(self, vectors: np.ndarray) -> Tensor:
        """Vectors as a tensor, in the mode `"tf_idf"` times the weights."""
        if self.output_mode != "tf_idf":
            return ops.convert_to_tensor(vectors)
        if self.idf_weights is None:
            raise ValueError(
                f"Expected idf_weights in the layer {self.name!r}, by `adapt` or by "
                "`set_vocabulary`. Received: none"
            )
        return ops.convert_to_tensor(vectors.astype(floatx()) * self.idf_weights)

    def indices_of(self, values: np.ndarray) -> np.ndarray:
        """The number of each token; `DROPPED` for masked ones where these are left out."""
        different, places = np.unique(values, return_inverse=True)
        found = np.array([self._numbers.get(t, -1) for t in different.tolist()], np.int64)
        outside = found == -1
        if self.mask_token is not None:
            masked = different == self.mask_token
            found[masked] = 0 if self.output_mode == "int" else DROPPED
            outside &= ~masked
        if outside.any():
            found[outside] = self._oov_start_index() + self._oov_bins(different[outside])
        return found[places].reshape(values.shape)

    def _oov_bins(self, tokens: np.ndarray) -> Any:
        if self.num_oov_indices == 0:
            raise ValueError(
                f"Expected tokens of the vocabulary of {self.name!r}, since num_oov_indices=0. "
                f"Received: {tokens.tolist()}"
            )
        if self.num_oov_indices == 1:
            return 0
        if self.vocabulary_dtype != "string" and self.oov_method == "floormod":
            return tokens % self.num_oov_indices
        return bins_of(as_written(tokens), self.num_oov_indices, self.salt)

    def _tokens_of(self, indices: np.ndarray) -> Any:
        places = indices - self._token_start_index()
        inside = (places >= 0) & (places < len(self._tokens))
        known = self._tokens if len(self._tokens) else self._array([self.oov_token])
        tokens = known[np.where(inside, places, 0)]
        tokens = np.where(inside, tokens, self.oov_token)
        if self.mask_token is not None:
            tokens = np.where(indices == 0, self.mask_token, tokens)
        return tokens if self.vocabulary_dtype == "string" else ops.convert_to_tensor(tokens)

    def _ensure_known_vocab_size(self) -> None:
        if self.output_mode != "int" and self.depth is None:
            raise RuntimeError(
                f"Expected a vocabulary before the layer {self.name!r} is called, by `adapt` or "
                f"`set_vocabulary`, with output_mode={self.output_mode!r}. Received: none"
            )

    # What layers have

    @property
    def compute_dtype(self) -> str:
        return self.vocabulary_dtype

    @property
    def variable_dtype(self) -> str:
        return self.vocabulary_dtype

    def get_build_config(self) -> dict[str, Any]:
        return {}

    def build_from_config(self, config: dict[str, Any]) -> None:
        self.build(None)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return input_shape
        shape = tuple(input_shape)
        appended = self.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1)
        return (*(shape if appended else shape[:-1]), self.depth)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        dtype = "int64" if self.output_mode == "int" else floatx()
        if self.invert:
            dtype = self.vocabulary_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary_dtype": self.vocabulary_dtype,
            "idf_weights": _listed(self.input_idf_weights),
            "vocabulary": _listed(self.input_vocabulary),
            "vocabulary_size": self._frozen_vocab_size,
            "oov_method": self.oov_method,
            "salt": self.salt,
        }

    def save_own_variables(self, store: Any) -> None:
        """Put the weights of tokens into a dictionary, in the mode `"tf_idf"`."""
        if self.output_mode == "tf_idf":
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store: Any) -> None:
        """Take the weights of tokens out of a dictionary, in the mode `"tf_idf"`."""
        if self.output_mode == "tf_idf":
            self.idf_weights = np.asarray(store["idf_weights"])

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary into a folder, unless the configuration has it."""
        if self.input_vocabulary is None:
            lines = "\n".join(str(token) for token in self.get_vocabulary())
            Path(dir_path, "vocabulary.txt").write_text(lines, encoding="utf-8")

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary from a folder, unless the configuration had it."""
        if self.input_vocabulary is None:
            text = Path(dir_path, "vocabulary.txt").read_text(encoding="utf-8")
            weights = self.idf_weights if self.output_mode == "tf_idf" else None
            tokens = self._parsed(text)
            self.set_vocabulary(tokens, None if weights is None else weights[: len(tokens)])
