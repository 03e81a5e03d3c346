"""From what a model of symbolic tensors is called with to a value for each of its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops, tree
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.call_arguments import is_tensor
from gossamer.masking import get_keras_mask, set_keras_mask
from gossamer.models.function import check_shape
from gossamer.models.network import Network
from gossamer.texts import STRING, holds_texts


def standardized(inputs: Any, struct: Any, network: Network, model: str) -> list[Any]:
    """Values for a network's inputs, in their order and of their dtypes and ranks.

    Args:
        inputs: what the model is called with.
        struct: its symbolic inputs, as they were given.
        network: the network.
        model: the model's name, for errors.

    Raises:
        ValueError: for another number of inputs, or other shapes.
        TypeError: for numbers in the place of strings.
    """
    if isinstance(inputs, dict) and not isinstance(struct, dict):
        inputs = [_by_name(inputs, x.name, model) for x in network.inputs]
    elif isinstance(inputs, dict) and isinstance(struct, dict):
        inputs = {name: _by_name(inputs, name, model) for name in struct}
    leaves = tree.flatten(inputs)
    if len(leaves) != len(network.inputs):
        raise ValueError(
            f"Expected {len(network.inputs)} inputs for the model {model!r}: "
            f"{[x.name for x in network.inputs]}. Received: {len(leaves)}"
        )
    values: list[Any] = []
    for leaf, expected in zip(leaves, network.inputs, strict=True):
        if leaf is None:
            if not getattr(expected.input_layer, "optional", False):
                raise ValueError(
                    f"Expected a tensor as input {expected.name!r} of {model!r}. Received: None"
                )
            values.append(None)
            continue
        values.append(_fitted(_of_dtype(leaf, expected, model), leaf, expected, model))
    return values


def _by_name(inputs: dict[str, Any], name: str, model: str) -> Any:
    if name not in inputs:
        raise ValueError(
            f"Expected an input {name!r} of the model {model!r}. Received: {list(inputs)}"
        )
    return inputs[name]


def _of_dtype(leaf: Any, expected: KerasTensor, model: str) -> Any:
    if expected.dtype != STRING:
        return ops.convert_to_tensor(leaf, expected.dtype)
    if is_tensor(leaf) and leaf.dtype == STRING:  # of a shape only
        return leaf
    array = np.asarray(leaf)
    if array.size and not holds_texts(array):
        raise TypeError(
            f"Expected strings as input {expected.name!r} of {model!r}. "
            f"Received: an array of dtype {array.dtype}"
        )
    return array


def _fitted(tensor: Any, given: Any, expected: KerasTensor, model: str) -> Any:
    """The tensor with a last axis of size 1 more or less, as Keras lets it be."""
    if tensor.ndim == expected.ndim + 1 and tensor.shape[-1] == 1:
        tensor = tensor[..., 0] if isinstance(tensor, np.ndarray) else ops.squeeze(tensor, -1)
    elif tensor.ndim == expected.ndim - 1 and expected.shape[-1] == 1:
        tensor = (np if isinstance(tensor, np.ndarray) else ops).expand_dims(tensor, -1)
    # Another batch than the symbolic one is let pass.
    anything = KerasTensor((None, *expected.shape[1:]), name=expected.name)
    check_shape(tensor.shape, anything if expected.ndim else expected, model)
    mask = get_keras_mask(given)
    if mask is not None and tensor is not given:
        set_keras_mask(tensor, mask)
    return tensor
