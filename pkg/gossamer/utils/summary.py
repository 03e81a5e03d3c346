"""`Model.summary`: layers, the shapes of their outputs, the numbers of their parameters."""

from __future__ import annotations

import re
import shutil
from typing import Any

import numpy as np

from gossamer import tree
from gossamer.layers.layer import Layer
from gossamer.layers.weights import count_params
from gossamer.utils.table import framed
from gossamer.variable import Variable


class _Row:
    """One layer, or one call of an op."""

    def __init__(self, name: str, thing: Any, shapes: Any, connections: str = "-") -> None:
        self.name = name
        self.thing = thing
        self.shapes = shapes
        self.connections = connections


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    print_fn: Any = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Print a model's layers; the arguments are those of `Model.summary`.

    Raises:
        ValueError: for a line too short, or a range of which no layer is.
    """
    text = summary(model, line_length, positions, expand_nested, show_trainable, layer_range)
    (print_fn or print)(text)


def summary(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> str:
    """What `print_summary` prints."""
    rows = _rows(model)
    in_a_row = _is_in_a_row(model)
    header, alignment = ["Layer (type)", "Output Shape", "Param #"], ["left", "left", "right"]
    length, positions = (88, positions or [0.45, 0.80, 1.0]) if in_a_row else (
        108, positions or [0.3, 0.56, 0.74, 1.0]
    )  # fmt: skip
    if not in_a_row:
        header.append("Connected to")
        alignment.append("left")
    if show_trainable:
        length += 12
        positions = [position * 0.90 for position in positions] + [1.0]
        header.append("Trainable")
        alignment.append("center")
    length = line_length or min(length, shutil.get_terminal_size().columns - 4)
    ends = [int(position * length) for position in positions]
    widths = [end - start - 3 for start, end in zip([0, *ends], ends, strict=False)]
    if min(widths) < 1:
        raise ValueError(f"Expected a longer line for a summary. Received: {length} letters")
    cells = []
    for row in _in_range(rows, layer_range):
        cells += _cells(row, 0, in_a_row, expand_nested, show_trainable)
    return "\n".join([
        f'Model: "{model.name}"', framed(header, cells, widths, alignment), *_totals(model),
    ])  # fmt: skip


def _rows(model: Any) -> list[_Row]:
    network = getattr(model, "_network", None)
    if network is None:
        return [_Row(layer.name, layer, _shapes(layer)) for layer in model.layers]
    places: dict[int, str] = {}
    for operation in network.operations:
        for call, node in enumerate(network.calls_of(operation.key)):
            for position, tensor in node.outputs.items():
                places[id(tensor)] = f"{operation.name}[{call}][{position}]"
    rows = []
    for operation in network.operations:
        calls = network.calls_of(operation.key)
        connections = [places[id(x)] for node in calls for x in node.inputs]
        outputs = [x.shape for _, x in sorted(calls[0].outputs.items())] if calls else []
        shapes = outputs[0] if len(outputs) == 1 else outputs
        if isinstance(operation.operation, Layer) and _shapes(operation.operation) is not None:
            shapes = _shapes(operation.operation)
        rows.append(
            _Row(operation.name, operation.operation, shapes, ", ".join(connections) or "-")
        )
    return rows


def _is_in_a_row(model: Any) -> bool:
    """Whether each layer is called once, on what the one before it gave."""
    network = getattr(model, "_network", None)
    if network is None:
        return True
    used: dict[int, int] = {}
    for node in network.nodes:
        for x in node.inputs:
            used[id(x)] = used.get(id(x), 0) + 1
        if len(node.inputs) > 1:
            return False
    calls = [node.key for node in network.nodes]
    return len(set(calls)) == len(calls) and all(n == 1 for n in used.values()) and (
        len(network.inputs) == 1
    )  # fmt: skip


def _shapes(layer: Any) -> Any:
    """The shapes of a layer's outputs; None if they are not known."""
    if hasattr(layer, "batch_shape"):
        return layer.batch_shape
    if layer._calls:
        outputs = [reference() for reference in layer._calls[0][1]]
        if all(x is not None for x in outputs):
            return outputs[0].shape if len(outputs) == 1 else [x.shape for x in outputs]
    if layer._build_shapes is None:
        return None
    try:
        return layer.compute_output_shape(**layer._build_shapes)
    except (TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError):
        return None  # a layer whose shapes its call alone tells


def _cells(
    row: _Row, level: int, in_a_row: bool, expand_nested: bool, show_trainable: bool
) -> list[list[str]]:
    prefix = "   " * level + "└ " if level else ""
    thing = row.thing
    kind = type(thing).__name__
    if not isinstance(thing, Layer):
        kind = "".join(part.title() for part in thing.__name__.split("_"))
    weights = thing.weights if isinstance(thing, Layer) else []
    parameters = f"{count_params(weights):,}"
    if isinstance(thing, Layer) and not thing.built:
        parameters = "0 (unbuilt)"
    cells = [f"{prefix}{row.name} ({kind})", _as_text(row.shapes), parameters]
    if not in_a_row:
        cells.append(row.connections)
    if show_trainable:
        cells.append(("Y" if thing.trainable else "N") if weights else "-")
    found = [cells]
    if expand_nested and isinstance(thing, Layer):
        for layer in getattr(thing, "layers", ()):
            inner = _Row(layer.name, layer, _shapes(layer))
            found += _cells(inner, level + 1, in_a_row, expand_nested, show_trainable)
    return found


def _as_text(shapes: Any) -> str:
    if shapes is None:
        return "?"
    if isinstance(shapes, tuple) and all(size is None or isinstance(size, int) for size in shapes):
        return _shape_as_text(shapes)
    return str(tree.map_shape_structure(_shape_as_text, shapes)).replace("'", "")


def _shape_as_text(shape: Any) -> str:
    return f"({', '.join(map(str, shape))})"


def _in_range(rows: list[_Row], layer_range: Any) -> list[_Row]:
    if layer_range is None:
        return rows
    if len(layer_range) != 2 or not all(isinstance(name, str) for name in layer_range):
        raise ValueError(f"Expected two names of layers. Received: layer_range={layer_range}")
    places = [
        [k for k, row in enumerate(rows) if re.match(pattern, row.name)] for pattern in layer_range
    ]
    if not all(places):
        raise ValueError(
            f"Expected names of the model's layers, {[row.name for row in rows]}. "
            f"Received: layer_range={layer_range}"
        )
    first, last = min(places[0]), max(places[1])
    if first > last:
        first, last = min(places[1]), max(places[0])
    return rows[first : last + 1]


def _totals(model: Any) -> list[str]:
    groups = [
        ("Trainable", model.trainable_weights),
        ("Non-trainable", model.non_trainable_weights),
    ]
    optimizer = getattr(model, "optimizer", None)
    if getattr(model, "compiled", False) and optimizer is not None and optimizer.built:
        groups.append(("Optimizer", optimizer.variables))
    every = [variable for _, variables in groups for variable in variables]
    return [
        f" {name} params: {count_params(variables):,} ({_memory(variables)})"
        for name, variables in [("Total", every), *groups]
    ]


def _memory(variables: list[Variable]) -> str:
    size = float(
        sum(np.prod(v.shape, dtype=np.int64) * np.dtype(v.dtype).itemsize for v in variables)
    )
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"{size:.2f} {unit}"
