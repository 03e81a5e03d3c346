"""The layer that makes numbers of texts: it standardizes, splits and looks up."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gossamer import ops
from gossamer.config import floatx
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.preprocessing.encoding import MODES, check_dense, check_mode, counted
from gossamer.layers.preprocessing.index_lookup import _listed
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.layers.preprocessing.string_lookup import StringLookup
from gossamer.layers.preprocessing.texts import as_texts, batches_of
from gossamer.serialization import deserialize_keras_object

# Of ASCII alone, as in TensorFlow.
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"[^ \t\n\r\v\f]+")
_STANDARDIZE: dict[str, Callable[[str], str]] = {
    "lower": lambda text: text.translate(_LOWER),
    "strip_punctuation": lambda text: text.translate(_NO_PUNCTUATION),
    "lower_and_strip_punctuation": lambda t: t.translate(_LOWER).translate(_NO_PUNCTUATION),
}
_SPLIT: dict[str, Callable[[str], list[str]]] = {"whitespace": _WORD.findall, "character": list}


class _Rows(NamedTuple):
    """Tokens of texts of different lengths, one after the other.

    Attributes:
        tokens: all of them.
        lengths: how many are of each text.
    """

    tokens: np.ndarray
    lengths: np.ndarray

    @property
    def numbers(self) -> np.ndarray:
        """In which text each token stands."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


def _rows(texts: Any, encoding: str) -> _Rows:
    lists = [as_texts(list(tokens), encoding) for tokens in texts]
    lengths = np.array([len(tokens) for tokens in lists], np.intp)
    return _Rows(np.concatenate([as_texts([]), *lists]), lengths)


class TextVectorization(OnHost):
    """The numbers of the words of texts in a vocabulary, or vectors of such numbers.

    A text is standardized, split into tokens, tokens are joined to n-grams, and looked up; on the
    host, as no part of a jitted function. The vocabulary is given, or learnt by `adapt`.

    Args:
        max_tokens: the size of the vocabulary, special tokens among it; no bound if None.
        standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`, None, or a
            function of a NumPy array of strings.
        split: `"whitespace"`, `"character"`, None, or a function of a NumPy array of strings that
            gives a list of tokens for each.
        ngrams: how many tokens in a row are one: up to an integer, or as in a tuple; None for the
            tokens alone.
        output_mode: `"int"` for numbers, 0 behind the last; `"multi_hot"`, a vector for each text
            with a 1 at each of its numbers; `"count"`, one with how often each is there;
            `"tf_idf"`, that times its weight.
        output_sequence_length: how many numbers there are of each text, in the mode `"int"`; as
            many as of the longest if None.
        pad_to_max_tokens: whether vectors are of the length `max_tokens` however many there are.
        vocabulary: the tokens, or the path of a file with one in each line.
        idf_weights: of each token, for the mode `"tf_idf"`.
        sparse, ragged: False; there are no sparse tensors and no ragged ones.
        encoding: of bytes.
        name, kwargs: as for `Layer`.

    Raises:
        ValueError: for arguments that do not fit each other, and for texts of more than one axis,
            or two of which the last has not the size 1.

    Example:
        >>> layer = gs.layers.TextVectorization(output_sequence_length=4)
        >>> layer.adapt(["foo bar", "bar baz", "baz bada boom"])
        >>> layer([["foo qux bar"], ["qux baz"]]).tolist()
        [[4, 1, 3, 0], [1, 2, 0, 0]]
        >>> layer.get_vocabulary()
        ['', '[UNK]', 'baz', 'bar', 'foo', 'boom', 'bada']
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: int | tuple[int, ...] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        check_dense(sparse)
        if ragged:
            raise ValueError("Expected ragged=False: no tensors are ragged. Received: ragged=True")
        for what, chosen, known in (
            ("standardize", standardize, _STANDARDIZE), ("split", split, _SPLIT),
        ):  # fmt: skip
            if chosen is not None and not callable(chosen):
                check_mode(chosen, tuple(known), what)
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        check_mode(output_mode, ("int", *MODES, "tf_idf"))
        widths = (ngrams,) if isinstance(ngrams, int) else ngrams
        if not (widths is None or isinstance(widths, tuple)) or any(
            not isinstance(width, int) for width in widths or ()
        ):
            raise ValueError(
                f"Expected an integer, a tuple of them, or None. Received: ngrams={ngrams!r}"
            )
        length = output_sequence_length
        if length is not None and (output_mode != "int" or not isinstance(length, int)):
            raise ValueError(
                "Expected an integer as output_sequence_length, and output_mode='int'. Received: "
                f"output_sequence_length={length!r}, output_mode={output_mode!r}"
            )
        has_vocabulary = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        vocabulary_size = kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **kwargs)
        self._standardize, self._split = standardize, split
        self._ngrams_arg = ngrams
        self._ngrams = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        self._output_mode, self._output_sequence_length = output_mode, length
        self._ragged, self._encoding = ragged, encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            encoding=encoding,
            has_input_vocabulary=has_vocabulary,
            vocabulary_size=vocabulary_size,
        )

    # The vocabulary

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary from texts: tokens by how often they are there, then last first.

        Args:
            data: an array or list of texts, or an iterable of batches of them.
            batch_size: of no use; Keras has it.
            steps: how many of the batches are looked at; all if None.

        Raises:
            ValueError: for a layer that was given its vocabulary.
        """
        self.reset_state()
        batches = batches_of(data, steps)
        if batches is None:
            texts = as_texts(data, self._encoding)
            batches = iter([texts[:, None] if texts.ndim == 1 else texts])
        for batch in batches:
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Look at more texts."""
        found = self._preprocess(data)
        if not isinstance(found, _Rows):
            self._lookup_layer.update_state(found)
            return
        self._lookup_layer._check_learns()
        self._lookup_layer._counts.add(found.tokens, found.numbers, len(found.lengths))

    def finalize_state(self) -> None:
        """Set the vocabulary from the texts that have been looked at."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forget the texts that have been looked at."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The tokens, by number; see `StringLookup`."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many tokens there are, special ones among them."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the tokens, and in the mode `"tf_idf"` their weights; see `StringLookup`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights=idf_weights)

    # From texts to numbers

    def _preprocess(self, inputs: Any) -> Any:
        """Tokens of texts: rows of different lengths if they are split, an array if not."""
        texts = as_texts(inputs, self._encoding)
        if callable(self._standardize):
            texts = as_texts(self._standardize(texts), self._encoding)
        elif self._standardize is not None:
            change = _STANDARDIZE[self._standardize]
            changed = [change(text) for text in texts.ravel().tolist()]
            texts = np.array(changed, np.str_).reshape(texts.shape)
        if self._split is None:
            return texts if self._ngrams is None else self._joined(self._dense_rows(texts))
        if texts.ndim > 2 or (texts.ndim == 2 and texts.shape[-1] != 1):
            raise ValueError(
                f"Expected texts of the shape (batch,) or (batch, 1) for the layer {self.name!r}. "
                f"Received: shape={texts.shape}"
            )
        flat = texts.ravel()
        if callable(self._split):
            tokens = self._split(flat)
        else:
            tokens = [_SPLIT[self._split](text) for text in flat.tolist()]
        rows = _rows(tokens, self._encoding)
        return rows if self._ngrams is None else self._joined(rows)

    def _dense_rows(self, texts: np.ndarray) -> _Rows:
        return _rows(np.atleast_2d(texts), self._encoding)

    def _joined(self, rows: _Rows) -> _Rows:
        """N-grams of each row, those of the first width first."""
        assert self._ngrams is not None
        ends = np.cumsum(rows.lengths).tolist()
        joined = []
        for end, length in zip(ends, rows.lengths.tolist(), strict=True):
            tokens = rows.tokens[end - length : end].tolist()
            joined.append([
                " ".join(tokens[k : k + width])
                for width in self._ngrams for k in range(length - width + 1)
            ])  # fmt: skip
        return _rows(joined, self._encoding)

    def call(self, inputs: Any) -> Any:
        found = self._preprocess(inputs)
        lookup = self._lookup_layer
        if isinstance(found, _Rows):
            indices = lookup.indices_of(found.tokens)
            if self._output_mode == "int":
                return ops.convert_to_tensor(self._padded(indices, found))
            lookup._ensure_known_vocab_size()
            if self._output_mode == "one_hot":
                raise ValueError(
                    f"Expected split=None with one vector for each token in {self.name!r}, since "
                    f"texts differ in length. Received: split={self._split!r}"
                )
            vectors = counted(indices, found.numbers, len(found.lengths), lookup.depth)
            if self._output_mode == "multi_hot":
                vectors = np.minimum(vectors, 1)
            return lookup.weighted(vectors)
        outputs = lookup.call(found)
        length = self._output_sequence_length
        if self._output_mode != "int" or length is None:
            return outputs
        outputs = outputs[..., :length]
        missing = length - outputs.shape[-1]
        return ops.pad(outputs, [(0, 0)] * (outputs.ndim - 1) + [(0, missing)])

    def _padded(self, indices: np.ndarray, rows: _Rows) -> np.ndarray:
        """Numbers of each text in a row, cut off, and zeros behind them."""
        length = self._output_sequence_length
        if length is None:
            length = int(rows.lengths.max(initial=0))
        starts = np.cumsum(rows.lengths) - rows.lengths
        places = np.arange(len(indices)) - np.repeat(starts, rows.lengths)
        kept = places < length
        padded = np.zeros((len(rows.lengths), length), np.int64)
        padded[rows.numbers[kept], places[kept]] = indices[kept]
        return padded

    # What layers have

    @property
    def compute_dtype(self) -> str:
        return "string"

    @property
    def variable_dtype(self) -> str:
        return "string"

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        if self._output_mode == "int":
            return (shape[0], self._output_sequence_length)
        if self._split is not None:
            shape = (*(shape[:-1] if len(shape) > 1 else shape), None)
        elif len(shape) <= 1:
            shape = (*shape, 1)
        return self._lookup_layer.compute_output_shape(shape)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        dtype = "int64" if self._output_mode == "int" else floatx()
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        lookup = self._lookup_layer
        return {
            **super().get_config(),
            "max_tokens": lookup.max_tokens,
            "standardize": self._standardize,
            "split": self._split,
            "ngrams": self._ngrams_arg,
            "output_mode": self._output_mode,
            "output_sequence_length": self._output_sequence_length,
            "pad_to_max_tokens": lookup.pad_to_max_tokens,
            "sparse": lookup.sparse,
            "ragged": self._ragged,
            "vocabulary": _listed(lookup.input_vocabulary),
            "idf_weights": _listed(lookup.input_idf_weights),
            "encoding": self._encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TextVectorization:
        config = dict(config)
        for name in ("standardize", "split"):
            if not isinstance(config[name], str):
                config[name] = deserialize_keras_object(config[name])
        if isinstance(config["ngrams"], list):
            config["ngrams"] = tuple(config["ngrams"])
        return super().from_config(config)

    def save_own_variables(self, store: Any) -> None:
        """Those of the layer that looks up."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Those of the layer that looks up."""
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary into a folder, unless the configuration has it."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary from a folder, unless the configuration had it."""
        self._lookup_layer.load_assets(dir_path)
