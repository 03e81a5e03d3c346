"""What TensorFlow.js and its converter call the weights of a model.

A weight's name begins with that of the layer that stands in a model's list: layers within a wrapper
or within a recurrent layer have none of their own, and models within a model neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gossamer.layers.convolutional.depthwise_conv import DepthwiseConv
from gossamer.layers.layer import Layer
from gossamer.layers.rnn.bidirectional import Bidirectional
from gossamer.layers.rnn.rnn import RNN
from gossamer.layers.rnn.stacked_rnn_cells import StackedRNNCells
from gossamer.layers.rnn.time_distributed import TimeDistributed
from gossamer.models.model import Model
from gossamer.saving import named_weights
from gossamer.saving.formats import ModelFileError, ReadOptions
from gossamer.saving.keras2 import name_of
from gossamer.variable import Variable


def of_layer(layer: Layer, prefix: str) -> Iterator[tuple[str, Variable]]:
    """Names and variables of a layer that is no model.

    Args:
        layer: built already.
        prefix: what the names begin with: that of the layer in the model's list.
    """
    if isinstance(layer, Bidirectional):
        for one in (layer.forward_layer, layer.backward_layer):
            yield from of_layer(one, f"{prefix}/{one.name}")
    elif isinstance(layer, TimeDistributed):
        yield from of_layer(layer.layer, prefix)
    elif isinstance(layer, RNN):
        yield from of_layer(layer.cell, prefix)
    elif isinstance(layer, StackedRNNCells):
        for number, cell in enumerate(layer.cells):
            yield from of_layer(cell, f"{prefix}/RNNCell_{number}")
    else:
        own = f"{layer.path}/"
        depthwise = "depthwise_kernel" if isinstance(layer, DepthwiseConv) else "kernel"
        for variable in layer.weights:
            path = variable.path
            tail = path[len(own) :] if layer.path and path.startswith(own) else variable.name
            yield f"{prefix}/{depthwise if tail == 'kernel' else tail}", variable


def inner_model(layer: Any) -> Model | None:
    """The model that a layer of a model is, or wraps."""
    while isinstance(layer, TimeDistributed):
        layer = layer.layer
    return layer if isinstance(layer, Model) else None


def layers_of(model: Any) -> Iterator[Layer]:
    """The layers with names of their own, of a model and of those in it."""
    for layer in model.layers:
        inner = inner_model(layer)
        if inner is None:
            yield layer
        else:
            yield from layers_of(inner)


def weights_of(model: Any) -> dict[str, Variable]:
    """The weights of a model by their names, in which a `/` is a `_`.

    Raises:
        ModelFileError: for a name that several have.
    """
    found: dict[str, Variable] = {}
    for layer in layers_of(model):
        for name, variable in of_layer(layer, layer.name):
            if found.setdefault(name_of(name), variable) is not variable:
                raise ModelFileError(
                    f"Expected another name of each layer, also in models within {model.name!r}: "
                    f"weights go by them. Received: {name!r} of two"
                )
    return found


def give(model: Any, values: Mapping[str, np.ndarray], options: ReadOptions, source: str) -> None:
    """Give a model the weights of a file: all of them or none.

    First by name; converters of several versions put names of cells between, or number the weights
    of a layer, so what is left of a layer goes by its order.

    Raises:
        ModelFileError: for weights that are missing, that no layer has, or of other shapes.
    """
    targets = weights_of(model)
    owners = {
        name_of(name): layer.name
        for layer in layers_of(model) for name, _ in of_layer(layer, layer.name)
    }  # fmt: skip
    chosen, left = _by_name(values, targets)
    _by_order(chosen, left, values, targets, owners)
    named_weights.give_chosen(model, targets, values, chosen, left, options, source)


def _by_name(
    values: Mapping[str, np.ndarray], targets: Mapping[str, Variable]
) -> tuple[dict[str, str], list[str]]:
    """Names of the file by the targets that they are of, and names left."""
    chosen: dict[str, str] = {}
    left = []
    for name in values:
        parts = name.removesuffix(":0").split("/")
        forms = ["/".join(parts), "/".join(parts[:-2] + parts[-1:])]
        found = [form for form in map(name_of, forms) if form in targets and form not in chosen]
        if found:
            chosen[found[0]] = name
        else:
            left.append(name)
    return chosen, left


def _by_order(
    chosen: dict[str, str],
    left: list[str],
    values: Mapping[str, np.ndarray],
    targets: Mapping[str, Variable],
    owners: Mapping[str, str],
) -> None:
    """Choose names that are left for the layer with which they begin, if all of them fit."""
    for owner in dict.fromkeys(owners.values()):
        waiting = [name for name in targets if owners[name] == owner and name not in chosen]
        names = [
            name for name in left
            if name_of(name[: len(owner)]) == owner and name[len(owner) : len(owner) + 1] == "/"
        ]  # fmt: skip
        ends = [name.removesuffix(":0").split("/")[-1] for name in names]
        if (
            [targets[name].shape for name in waiting] == [values[name].shape for name in names]
            and all(
                end.isdecimal() or target.endswith(f"_{end}")
                for target, end in zip(waiting, ends, strict=True)
            )
        ):  # fmt: skip
            chosen.update(zip(waiting, names, strict=True))
            for name in names:
                left.remove(name)
