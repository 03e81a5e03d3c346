"""Arrays, tensors and structures of them as batches; what gives batches itself is in `batches`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.dtypes import floatx
from gossamer.ops.convert import convert_to_tensor
from gossamer.tensor import Tensor
from gossamer.texts import as_arrays as text_arrays
from gossamer.texts import holds_texts
from gossamer.variable import Variable

_VALUES = (int, float, bool, str, bytes)


def as_array(x: Any) -> Any:
    """An array or tensor with samples along its first axis; float64 becomes `config.floatx()`.

    Raises:
        ValueError: for an array of objects that are no strings.
    """
    if x is None or isinstance(x, Tensor):
        return x
    if isinstance(x, Variable):
        return x.value
    if hasattr(x, "to_numpy"):  # a table or column of pandas or polars
        x = x.to_numpy()
    array = np.asarray(x)
    if holds_texts(array):
        return array
    if array.dtype.kind == "f" and array.dtype.name != floatx():
        array = array.astype(floatx())
    if array.dtype.name == "object":
        raise ValueError(
            "Expected numbers of one shape for each sample. "
            f"Received: an array of objects, of shape {array.shape}"
        )
    return array


def upload(batch: Any) -> Any:
    """A batch as tensors of the current backend; so one can go there while another is used."""
    # Strings stay on the host, where the layers are that take them.
    return tree.map_structure(
        lambda x: x if x is None or holds_texts(x) else convert_to_tensor(x),
        text_arrays(batch),
    )


def is_array(x: Any) -> bool:
    """Whether this is data with all its samples at hand."""
    if isinstance(x, (np.ndarray, Tensor, Variable)) or hasattr(x, "to_numpy"):
        return True
    if isinstance(x, (list, tuple)) and x and isinstance(x[0], _VALUES):
        return True
    if tree.is_nested(x):
        leaves = [leaf for leaf in tree.flatten(x) if leaf is not None]
        return bool(leaves) and all(
            isinstance(leaf, _VALUES) or (is_array(leaf) and not tree.is_nested(leaf))
            for leaf in leaves
        )
    return False


def as_arrays(structure: Any) -> Any:
    """A structure of arrays; nested lists of numbers are one array each."""
    if structure is None:
        return None
    if isinstance(structure, (list, tuple)) and structure and _is_numbers(structure):
        return as_array(structure)
    if tree.is_nested(structure):
        if isinstance(structure, dict):
            return {key: as_arrays(value) for key, value in structure.items()}
        return type(structure)(as_arrays(value) for value in structure)
    return as_array(structure)


def _is_numbers(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return bool(x) and _is_numbers(x[0])
    return isinstance(x, (*_VALUES, np.generic))


def count(structure: Any) -> int:
    """How many samples there are.

    Raises:
        ValueError: if arrays have different numbers of them.
    """
    sizes = {}
    for path, leaf in tree.flatten_with_path(structure):
        if leaf is not None:
            shape = np.shape(leaf) if not isinstance(leaf, Tensor) else leaf.shape
            if not shape:
                raise ValueError(f"Expected arrays with an axis of samples. Received: {leaf!r}")
            sizes[".".join(map(str, path))] = shape[0]
    if len(set(sizes.values())) > 1:
        raise ValueError(
            "Expected as many samples in all arrays, those of x, y and sample_weight. "
            f"Received: {sizes}"
        )
    if not sizes:
        raise ValueError("Expected data. Received: none")
    return next(iter(sizes.values()))


def train_validation_split(arrays: Any, validation_split: float) -> tuple[Any, Any]:
    """Arrays without their last samples, and these.

    Args:
        arrays: a structure of arrays.
        validation_split: from 0 to 1, the fraction of the samples that are split off.

    Raises:
        ValueError: for a fraction that leaves nothing on one side, or for what is no array.
    """
    if not is_array([part for part in tree.flatten(arrays) if part is not None]):
        raise ValueError(
            "Expected arrays or tensors with validation_split; give others' validation_data. "
            f"Received: {[type(x).__name__ for x in tree.flatten(arrays) if x is not None]}"
        )
    arrays = as_arrays(arrays)
    total = count(arrays)
    first = math.floor(total * (1.0 - validation_split))
    if first == 0 or first == total:
        raise ValueError(
            f"Expected a fraction that leaves samples of {total} on both sides. "
            f"Received: validation_split={validation_split}"
        )

    def part(start: int, stop: int) -> Any:
        return tree.map_structure(lambda x: None if x is None else x[start:stop], arrays)

    return part(0, first), part(first, total)


def class_weight_to_sample_weights(y: Any, class_weight: dict[int, float]) -> np.ndarray:
    """The weight of each sample by its class, which is an integer or one-hot."""
    classes = np.asarray(y)
    weights = np.ones(classes.shape[0], floatx())
    if classes.ndim > 1:
        classes = classes.argmax(-1) if classes.shape[-1] != 1 else classes[..., 0]
    classes = np.round(classes).astype("int32")
    for index, weight in class_weight.items():
        mask = classes == index
        if mask.ndim > 1:
            mask = mask.any(axis=tuple(range(1, mask.ndim)))
        weights[mask] = weight
    return weights


class Arrays:
    """Batches of arrays that are there in full.

    Args:
        x, y, sample_weight: arrays, or structures of them.
        batch_size: how many samples a batch has; the last one may have fewer. If None, as many
            as make `steps` batches, or 32.
        shuffle: whether they come in another order each time; `"batch"` within each batch only.
        class_weight: weights of samples by their class.
        steps: how many steps an epoch has, if that is given.

    Attributes:
        num_batches: how many there are.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = None,
        shuffle: Any = False,
        class_weight: dict[int, float] | None = None,
        steps: int | None = None,
    ) -> None:
        x, y, sample_weight = as_arrays(x), as_arrays(y), as_arrays(sample_weight)
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("Expected class_weight or sample_weight. Received: both")
            sample_weight = class_weight_to_sample_weights(single(y), class_weight)
        self._arrays = _packed(x, y, _weights_of_outputs(y, sample_weight))
        self._total = count(self._arrays)
        if not batch_size:
            batch_size = math.ceil(self._total / steps) if steps else 32
        self._batch_size = batch_size
        self._shuffle = shuffle
        self.num_batches = math.ceil(self._total / batch_size)

    def __iter__(self) -> Iterator[Any]:
        order = None
        if self._shuffle and self._shuffle != "batch":
            order = np.random.permutation(self._total)
        for start in range(0, self._total, self._batch_size):
            stop = min(start + self._batch_size, self._total)
            key: Any = slice(start, stop) if order is None else order[start:stop]
            if self._shuffle == "batch":
                key = start + np.random.permutation(stop - start)
            yield tree.map_structure(lambda x, key=key: _taken(x, key), self._arrays)

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch."""


def _taken(x: Any, key: Any) -> Any:
    if x is None:
        return None
    if isinstance(x, Tensor) and not isinstance(key, slice):
        from gossamer import ops

        return ops.take(x, key.astype("int32"), axis=0)
    return x[key]


def single(y: Any) -> Any:
    """The only array in a structure of targets.

    Args:
        y: the structure.

    Raises:
        ValueError: if there is another number of them.
    """
    leaves = [leaf for leaf in tree.flatten(y) if leaf is not None]
    if len(leaves) != 1:
        raise ValueError(f"Expected one array of classes for class_weight. Received: {len(leaves)}")
    return leaves[0]


def _weights_of_outputs(y: Any, sample_weight: Any) -> Any:
    """Weights in the structure of `y`; one array of them holds for all its parts."""
    if sample_weight is None or not tree.is_nested(y):
        return sample_weight
    if not tree.is_nested(sample_weight):
        shape = sample_weight.shape
        if len(shape) != 1 and (len(shape) != 2 or shape[1] != 1):
            raise ValueError(
                "Expected a weight for each sample, or an array of weights for each part of y. "
                f"Received: sample_weight of shape {tuple(shape)}"
            )
        return tree.map_structure(lambda _: sample_weight, y)
    try:
        tree.assert_same_structure(y, sample_weight)
    except ValueError as error:
        raise ValueError(
            f"Expected the structure of y in sample_weight. Received: {error}"
        ) from error
    return sample_weight


def _packed(x: Any, y: Any, sample_weight: Any) -> tuple[Any, ...]:
    if y is None:  # then weights have nothing to weigh, as in Keras
        return (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)
