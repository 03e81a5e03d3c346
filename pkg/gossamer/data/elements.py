"""Elements of datasets: structures of NumPy values, and how they become batches and rows.

Tuples and dictionaries are structures; a list is one array, as in tf.data. What is in them is a
NumPy array or number, a string or bytes, or a tensor that a function has made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.dtypes import floatx
from gossamer.tensor import Tensor
from gossamer.variable import Variable

INT32 = np.iinfo(np.int32)


@dataclass(frozen=True)
class ElementSpec:
    """What an array in an element is like.

    Args:
        shape: its sizes; None for one that differs from element to element.
        dtype: its dtype; `"string"` for text and bytes.
    """

    shape: tuple[int | None, ...]
    dtype: str


def as_element(x: Any) -> Any:
    """A structure of NumPy values, of what a user or a function gives.

    Python's numbers get the dtypes that they have as tensors: int32 and `floatx()`.
    """
    if isinstance(x, dict):
        return type(x)((key, as_element(value)) for key, value in x.items())
    if isinstance(x, tuple):
        parts = [as_element(value) for value in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if x is None or isinstance(x, (np.ndarray, np.generic, Tensor, str, bytes)):
        return x
    if isinstance(x, Variable):
        return x.value
    if hasattr(x, "to_numpy"):  # a table or column of pandas or polars
        return x.to_numpy()
    if isinstance(x, (bool, int, float, complex, list)):
        return _of_python(x)
    return np.asarray(x) if hasattr(x, "__array__") else x


def _of_python(x: Any) -> Any:
    """A number, or a list of numbers, of strings or of arrays, as NumPy has it."""
    leaves = x
    while isinstance(leaves, list) and leaves:
        leaves = leaves[0]
    if isinstance(leaves, bytes):  # NumPy's own bytes lose zeros at their end
        return np.array(x, dtype=object)
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(
            f"Expected a list whose items have one shape. Received: {x!r:.200}"
        ) from error
    if isinstance(leaves, float):
        array = array.astype(floatx())
    elif isinstance(leaves, int) and array.dtype == np.int64 and _fits(array):
        array = array.astype(np.int32)
    return array[()]


def _fits(array: np.ndarray) -> bool:
    """Whether 32 bits are enough."""
    return not array.size or bool(array.min() >= INT32.min and array.max() <= INT32.max)


def on_host(element: Any) -> Any:
    """The element with NumPy arrays in the place of tensors."""
    return tree.map_structure(lambda x: x.numpy() if isinstance(x, Tensor) else x, element)


def spec_of(element: Any) -> Any:
    """The structure of `ElementSpec`s of an element."""
    return tree.map_structure(_leaf_spec, element)


def _leaf_spec(x: Any) -> Any:
    if isinstance(x, (str, bytes)):
        return ElementSpec((), "string")
    if isinstance(x, Tensor):
        return ElementSpec(tuple(x.shape), x.dtype)
    if isinstance(x, (np.ndarray, np.generic)):
        return ElementSpec(x.shape, x.dtype.name if x.dtype.kind in "biufc" else "string")
    return x  # None, and what is no data


def with_axis(spec: Any, size: int | None) -> Any:
    """The specs of batches of elements."""
    return tree.map_structure(
        lambda s: ElementSpec((size, *s.shape), s.dtype) if isinstance(s, ElementSpec) else s, spec
    )


def without_axis(spec: Any) -> Any:
    """The specs of the elements of a batch."""
    return tree.map_structure(
        lambda s: ElementSpec(s.shape[1:], s.dtype) if isinstance(s, ElementSpec) else s, spec
    )


def merged(first: Any, second: Any) -> Any:
    """The specs of what may be like either."""
    return tree.map_structure(_merged_leaf, first, second)


def _merged_leaf(first: Any, second: Any) -> Any:
    if not isinstance(first, ElementSpec) or len(first.shape) != len(second.shape):
        return first
    sizes = zip(first.shape, second.shape, strict=True)
    return ElementSpec(tuple(a if a == b else None for a, b in sizes), first.dtype)


def stacked(elements: Sequence[Any]) -> Any:
    """Elements of one shape as a batch.

    Raises:
        ValueError: if their shapes differ.
    """
    return tree.map_structure(lambda *leaves: _stacked(leaves), *map(on_host, elements))


def _stacked(leaves: tuple[Any, ...]) -> Any:
    if leaves[0] is None:
        return None
    if isinstance(leaves[0], bytes):
        return np.array(leaves, dtype=object)
    if isinstance(leaves[0], str):
        return np.array(leaves)
    shapes = {np.shape(leaf) for leaf in leaves}
    if len(shapes) > 1:
        raise ValueError(
            "Expected elements of one shape in a batch; `padded_batch` makes them so. "
            f"Received: shapes {sorted(shapes)}"
        )
    return np.stack(leaves)


def padded(elements: Sequence[Any], shapes: Any, values: Any) -> Any:
    """Elements as a batch, each filled up at its ends.

    Args:
        elements: of one rank.
        shapes: the structure of shapes to fill up to; None, or None in a shape, for the largest.
        values: the structure of numbers to fill up with, or one for all; None for zeros.

    Raises:
        ValueError: if an element is larger than the shape.
    """
    elements = [on_host(element) for element in elements]
    paths = [path for path, _ in tree.flatten_with_path(elements[0])]
    leaves = [tree.flatten(element) for element in elements]
    batch = [
        _padded([element[i] for element in leaves], _at(shapes, path, True), _at(values, path))
        for i, path in enumerate(paths)
    ]
    return tree.pack_sequence_as(elements[0], batch)


def _at(structure: Any, path: tuple[Any, ...], is_shape: bool = False) -> Any:
    """What a structure has at a path; a single thing for all of them stands at each."""
    for key in path:
        if not isinstance(structure, (dict, tuple)) or (is_shape and _is_shape(structure)):
            return structure
        structure = structure[key]
    return structure


def _is_shape(structure: Any) -> bool:
    return isinstance(structure, tuple) and all(
        size is None or isinstance(size, (int, np.integer)) for size in structure
    )


def _padded(leaves: list[Any], shape: Any, value: Any) -> Any:
    if isinstance(leaves[0], (str, bytes)) or leaves[0] is None:
        return _stacked(tuple(leaves))
    arrays = [np.asarray(leaf) for leaf in leaves]
    if len({array.ndim for array in arrays}) > 1:
        raise ValueError(
            "Expected elements of one rank in a padded batch. "
            f"Received: shapes {[array.shape for array in arrays]}"
        )
    largest = tuple(map(max, zip(*(array.shape for array in arrays), strict=True)))
    wanted = tuple(shape) if shape is not None else (None,) * len(largest)
    if len(wanted) != len(largest) or any(
        size is not None and 0 <= size < most for size, most in zip(wanted, largest, strict=True)
    ):
        raise ValueError(
            f"Expected elements that fit into the padded shape {wanted}. "
            f"Received: one of shape {largest}"
        )
    # -1 stands for the largest size, too, as in tf.data.
    size = [most if s is None or s < 0 else s for s, most in zip(wanted, largest, strict=True)]
    empty = "" if arrays[0].dtype.kind in "OUS" else 0
    dtype = np.result_type(*(array.dtype for array in arrays))
    batch = np.full((len(arrays), *size), empty if value is None else value, dtype)
    for row, array in enumerate(arrays):
        place: Any = (row, *map(slice, array.shape))
        batch[place] = array
    return batch


def size_of(arrays: Any) -> int:
    """How many rows the arrays of a structure have.

    Raises:
        ValueError: if they have different numbers of them, or none.
    """
    sizes: dict[str, Any] = {
        ".".join(map(str, path)): (leaf.shape[0] if np.ndim(leaf) else None)
        for path, leaf in tree.flatten_with_path(arrays)
        if leaf is not None
    }
    if len(set(sizes.values())) != 1 or None in sizes.values():
        raise ValueError(
            "Expected arrays with the same number of rows, which become the elements. "
            f"Received: {sizes}"
        )
    return int(next(iter(sizes.values())))


def taken(arrays: Any, key: Any) -> Any:
    """Rows of the arrays of a structure."""
    return tree.map_structure(lambda x: None if x is None else x[key], arrays)
