"""A model as a drawing: boxes for layers, in rows by their depth, and lines between them.

The drawing is SVG, which every browser and notebook shows and no library is needed for.
`model_to_dot` gives the same graph to Graphviz.
"""

from __future__ import annotations

import html
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

from gossamer.layers.layer import Layer

LETTER, LINE, PADDING, GAP = 7.2, 18, 10, 34  # of a 12 pixel monospaced font, in pixels


class _Box:
    """What is drawn for one layer or call of an op."""

    def __init__(self, key: int, lines: list[str]) -> None:
        self.key = key
        self.lines = lines
        self.row = 0
        self.width = max(len(line) for line in lines) * LETTER + 2 * PADDING
        self.height = len(lines) * LINE + PADDING
        self.x = self.y = 0.0


class Drawing(str):
    """SVG text that a notebook shows as a drawing."""

    def _repr_svg_(self) -> str:
        return str(self)


def _graph(model: Any, options: dict[str, Any]) -> tuple[list[_Box], list[tuple[int, int]]]:
    """The boxes of a model, and the lines between them by the boxes' keys."""
    network = getattr(model, "_network", None)
    if network is None and getattr(model, "_functional", None) is not None:
        network = model._functional._network
    if network is None:
        layers = model.layers
        boxes = [_Box(id(layer), _lines(layer, layer.name, None, options)) for layer in layers]
        for k, box in enumerate(boxes):
            box.row = k
        return boxes, [(a.key, b.key) for a, b in pairwise(boxes)]
    boxes, lines = [], []
    rows: dict[int, int] = {}
    for operation in network.operations:
        calls = network.calls_of(operation.key)
        shapes = [x.shape for node in calls for x in node.outputs.values()]
        box = _Box(operation.key, _lines(operation.operation, operation.name, shapes, options))
        before = {network.node_of[id(x)].key for node in calls for x in node.inputs}
        before.discard(operation.key)  # a layer that is called on what it gave
        box.row = 1 + max((rows.get(key, -1) for key in before), default=-1)
        rows[operation.key] = box.row
        boxes.append(box)
        lines += [(key, operation.key) for key in sorted(before)]
    return boxes, lines


def _lines(thing: Any, name: str, shapes: Any, options: dict[str, Any]) -> list[str]:
    """The text of a box."""
    kind = type(thing).__name__ if isinstance(thing, Layer) else thing.__name__
    lines = [f"{name} ({kind})" if options["show_layer_names"] else kind]
    if options["show_layer_activations"] and hasattr(thing, "activation"):
        lines.append(f"activation: {getattr(thing.activation, '__name__', thing.activation)}")
    if options["show_shapes"] and shapes:
        lines.append("shape: " + ", ".join(str(shape) for shape in shapes))
    if options["show_dtype"] and isinstance(thing, Layer):
        lines.append(f"dtype: {thing.dtype}")
    if options["show_trainable"] and isinstance(thing, Layer) and thing.weights:
        lines.append(f"trainable: {'yes' if thing.trainable else 'no'}")
    return lines


def _place(boxes: list[_Box]) -> tuple[float, float]:
    """Put the boxes into rows; returns the size of all."""
    rows: dict[int, list[_Box]] = {}
    for box in boxes:
        rows.setdefault(box.row, []).append(box)
    widths = {n: sum(box.width + GAP for box in row) for n, row in rows.items()}
    total = max(widths.values())
    y = GAP / 2
    for n in sorted(rows):
        x = (total - widths[n]) / 2 + GAP / 2
        for box in rows[n]:
            box.x, box.y = x, y
            x += box.width + GAP
        y += max(box.height for box in rows[n]) + GAP
    return total, y


def _svg(boxes: list[_Box], lines: list[tuple[int, int]]) -> str:
    width, height = _place(boxes)
    by_key = {box.key: box for box in boxes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="monospace" font-size="12">',
        '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0,0L8,4L0,8z"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
    ]
    for first, last in lines:
        a, b = by_key[first], by_key[last]
        x1, y1 = a.x + a.width / 2, a.y + a.height
        x2, y2 = b.x + b.width / 2, b.y
        bend = (y2 - y1) / 2
        parts.append(
            f'<path d="M{x1:.0f},{y1:.0f}C{x1:.0f},{y1 + bend:.0f} {x2:.0f},{y2 - bend:.0f} '
            f'{x2:.0f},{y2:.0f}" fill="none" stroke="#444" marker-end="url(#end)"/>'
        )
    for box in boxes:
        parts.append(
            f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" '
            f'height="{box.height:.0f}" rx="4" fill="#eef3fb" stroke="#456"/>'
        )
        for k, line in enumerate(box.lines):
            weight = ' font-weight="bold"' if not k else ""
            parts.append(
                f'<text x="{box.x + PADDING:.0f}" y="{box.y + (k + 1) * LINE:.0f}"{weight}>'
                f"{html.escape(line)}</text>"
            )
    return "\n".join([*parts, "</svg>"])


def plot_model(
    model: Any,
    to_file: Any = "model.svg",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Drawing:
    """Draw a model as SVG; a notebook shows what it returns.

    Args:
        model: a model that is built.
        to_file: where to write the drawing; None for nowhere.
        show_shapes: whether the shapes of outputs are shown.
        show_dtype: whether the dtypes of layers are.
        show_layer_names: whether the names of layers are.
        rankdir: `"TB"`: from top to bottom.
        expand_nested: False: models within are one box.
        dpi: without effect: the drawing is no picture.
        show_layer_activations: whether the names of activations are shown.
        show_trainable: whether it is shown which layers are trainable.

    Raises:
        NotImplementedError: for another direction, models within, or a file that is no `.svg`.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2, name="d")])
        >>> drawing = gs.utils.plot_model(model, None, show_layer_names=True)
        >>> drawing.startswith("<svg"), "d (Dense)" in drawing
        (True, True)
    """
    if rankdir != "TB" or expand_nested:
        raise NotImplementedError(
            "Models are drawn from top to bottom, and models within as one box; `model_to_dot` "
            "gives the graph to Graphviz."
        )
    options = {
        "show_shapes": show_shapes, "show_dtype": show_dtype,
        "show_layer_names": show_layer_names, "show_trainable": show_trainable,
        "show_layer_activations": show_layer_activations,
    }  # fmt: skip
    drawing = Drawing(_svg(*_graph(model, options)))
    if to_file is not None:
        if not os.fspath(to_file).endswith(".svg"):
            raise NotImplementedError("Models are drawn as SVG: give a path that ends in .svg.")
        Path(to_file).write_text(drawing)
    return drawing


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> str:
    """A model's graph in Graphviz's language.

    Args:
        model: a model that is built.
        show_shapes, show_dtype, show_layer_names: as for `plot_model`.
        rankdir: the direction, `"TB"` or `"LR"`.
        show_layer_activations, show_trainable: as for `plot_model`.

    Example:
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2, name="d")])
        >>> gs.utils.model_to_dot(model).splitlines()[0]
        'digraph {'
    """
    options = {
        "show_shapes": show_shapes, "show_dtype": show_dtype,
        "show_layer_names": show_layer_names, "show_trainable": show_trainable,
        "show_layer_activations": show_layer_activations,
    }  # fmt: skip
    boxes, lines = _graph(model, options)
    numbers = {box.key: k for k, box in enumerate(boxes)}
    text = ["digraph {", f"  rankdir={rankdir}", "  node [shape=box]"]
    for box in boxes:
        label = "\\n".join(box.lines).replace('"', '\\"')
        text.append(f'  {numbers[box.key]} [label="{label}"]')
    text += [f"  {numbers[first]} -> {numbers[last]}" for first, last in lines]
    return "\n".join([*text, "}"])
