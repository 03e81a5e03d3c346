"""The calls of a Keras 2 model, as Keras 3 lists them, and its layers that stand for ops.

A call is a list of histories there, `[layer, call, result, arguments]`, and `{args, kwargs}` with
`__keras_tensor__` here. The calls of a model within a model are counted from 1 on there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from gossamer.saving.formats import ModelFileError

MODELS = ("Functional", "Sequential")

# What TensorFlow calls an op: Keras's class, its arguments beside tensors by TensorFlow's names,
# and the names of its tensors in order.
OPS: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "__operators__.add": ("Add", {}, ("x1", "x2")),
    "math.add": ("Add", {}, ("x1", "x2")),
    "math.subtract": ("Subtract", {}, ("x1", "x2")),
    "math.multiply": ("Multiply", {}, ("x1", "x2")),
    "math.truediv": ("TrueDivide", {}, ("x1", "x2")),
    "math.divide": ("TrueDivide", {}, ("x1", "x2")),
    "math.pow": ("Power", {}, ("x1", "x2")),
    "math.maximum": ("Maximum", {}, ("x1", "x2")),
    "math.minimum": ("Minimum", {}, ("x1", "x2")),
    "math.sqrt": ("Sqrt", {}, ("x",)),
    "math.square": ("Square", {}, ("x",)),
    "math.exp": ("Exp", {}, ("x",)),
    "math.abs": ("Absolute", {}, ("x",)),
    "math.tanh": ("Tanh", {}, ("x",)),
    "math.sigmoid": ("Sigmoid", {}, ("x",)),
    "nn.sigmoid": ("Sigmoid", {}, ("x",)),
    "nn.tanh": ("Tanh", {}, ("x",)),
    "nn.relu": ("Relu", {}, ("x",)),
    "nn.relu6": ("Relu6", {}, ("x",)),
    "nn.swish": ("Silu", {}, ("x",)),
    "nn.silu": ("Silu", {}, ("x",)),
    "nn.softmax": ("Softmax", {"axis": "axis"}, ("x",)),
    "math.reduce_mean": ("Mean", {"axis": "axis", "keepdims": "keepdims"}, ("x",)),
    "math.reduce_sum": ("Sum", {"axis": "axis", "keepdims": "keepdims"}, ("x",)),
    "math.reduce_max": ("Max", {"axis": "axis", "keepdims": "keepdims"}, ("x",)),
    "math.reduce_min": ("Min", {"axis": "axis", "keepdims": "keepdims"}, ("x",)),
    "reshape": ("Reshape", {"shape": "newshape"}, ("x",)),
    "expand_dims": ("ExpandDims", {"axis": "axis"}, ("x",)),
    "squeeze": ("Squeeze", {"axis": "axis"}, ("x",)),
    "compat.v1.squeeze": ("Squeeze", {"axis": "axis"}, ("x",)),
    "transpose": ("Transpose", {"perm": "axes"}, ("x",)),
    "compat.v1.transpose": ("Transpose", {"perm": "axes"}, ("x",)),
    "concat": ("Concatenate", {"axis": "axis"}, ("xs",)),
    "stack": ("Stack", {"axis": "axis"}, ("x",)),
    "cast": ("Cast", {"dtype": "dtype"}, ("x",)),
    "linalg.matmul": ("Matmul", {}, ("x1", "x2")),
}
MODULES = {"Relu": "nn", "Relu6": "nn", "Silu": "nn", "Softmax": "nn", "Sigmoid": "nn",
           "Cast": "core"}  # fmt: skip
WITHOUT_EFFECT = ("name", "_name", "conjugate")
CONSTANT = "_CONSTANT_VALUE"


def operation(value: dict[str, Any]) -> dict[str, Any]:
    """The description of a layer that stands for an op of TensorFlow's; its calls complete it.

    Raises:
        ModelFileError: for an op that has no known name in Keras.
    """
    config = value["config"] if isinstance(value["config"], dict) else {}
    name = config.get("function")
    if value["class_name"] == "SlicingOpLambda" or name == "__operators__.getitem":
        raise ModelFileError(
            "Expected a model without slices of tensors between its layers: those that "
            f"TensorFlow wrote are not read yet. Received: {config.get('name')!r}"
        )
    if name not in OPS:
        raise ModelFileError(
            "Expected an op of TensorFlow's that has its like in Keras. "
            f"Received: {value['class_name']}, {name or config.get('node_def')!r:.100}"
        )
    class_name = OPS[name][0]
    return {
        **{key: one for key, one in value.items() if key != "class_name"},
        "module": f"keras.src.ops.{MODULES.get(class_name, 'numpy')}",
        "class_name": class_name,
        "config": {"name": config.get("name"), "function": name},
        "registered_name": class_name,
    }


def upgraded(
    config: dict[str, Any], name_of: Callable[[str], str], recurrent: Collection[str]
) -> dict[str, Any]:
    """The configuration of a model whose layers are upgraded, with calls in Keras 3's form.

    Args:
        config: with `layers`, `input_layers` and `output_layers`.
        name_of: what a name becomes.
        recurrent: classes whose further tensors are initial states.

    Raises:
        ModelFileError: for calls that are no lists of histories.
    """
    layers = config["layers"]
    classes = {}
    for layer in layers:
        name = layer.get("name") or (layer.get("config") or {}).get("name")
        if not isinstance(name, str):
            raise ModelFileError(f"Expected a name of each layer. Received: {name!r}")
        layer["name"] = name_of(name)
        classes[layer["name"]] = layer.get("class_name")
    outputs = config.get("output_layers")
    calls = _Calls(layers, name_of, classes, [outputs] if _is_flat(outputs) else outputs)
    result = []
    for layer in layers:
        nodes = layer["inbound_nodes"]
        if not isinstance(nodes, list):
            raise ModelFileError(f"Expected a list of calls. Received: {nodes!r:.100}")
        nodes = [
            node if isinstance(node, dict) else calls.of(layer, node, recurrent) for node in nodes
        ]
        if "function" in (layer.get("config") or {}) and layer.get("class_name") != "Lambda":
            function = layer["config"].pop("function")
            nodes = [_of_op(layer, function, node) for node in nodes]
        result.append({**layer, "inbound_nodes": nodes})
    ends = {key: calls.ends(config.get(key)) for key in ("input_layers", "output_layers")}
    kept = {key: one for key, one in config.items() if key == "trainable"}
    return {"name": name_of(str(config.get("name", "model"))), **kept, "layers": result, **ends}


def _is_flat(structure: Any) -> bool:
    """Whether it is one history rather than a list of them."""
    return isinstance(structure, list) and bool(structure) and isinstance(structure[0], str)


class _Calls:
    """The calls of a model, and from which number on each layer's are counted."""

    def __init__(
        self,
        layers: list[Any],
        name_of: Callable[[str], str],
        classes: dict[str, Any],
        outputs: Any,
    ) -> None:
        self.name_of = name_of
        self.classes = classes
        # A model within it was called once when it was made, before the calls that are listed, so
        # that those are counted from 1 on; but not one that was made without an input. Every call
        # that is listed is used by another or an output.
        self.first = {name: int(classes[name] in MODELS) for name in classes}
        listed = [node for layer in layers for node in layer["inbound_nodes"] or ()]
        for name, call, _ in [h for node in [*listed, outputs] for h in self._histories(node)]:
            if call == 0:
                self.first[name] = 0

    def _histories(self, node: Any) -> list[Any]:
        found = []
        for value in node if isinstance(node, list) else ():
            if self._is_history(value):
                found.append([self.name_of(value[0]), *value[1:3]])
                if len(value) > 3 and isinstance(value[3], dict):
                    for one in value[3].values():
                        nested = [one] if self._is_history(one) else one
                        found += self._histories(nested)
        return found

    def _is_history(self, value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(value) in (3, 4)
            and isinstance(value[0], str)
            and all(isinstance(number, int) for number in value[1:3])
            and self.name_of(value[0]) in self.classes
        )

    def tensor(self, value: list[Any]) -> dict[str, Any]:
        name = self.name_of(value[0])
        history = [name, max(value[1] - self.first[name], 0), value[2]]
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}

    def of(self, layer: dict[str, Any], node: Any, recurrent: Collection[str]) -> dict[str, Any]:
        """A call as arguments."""
        if isinstance(node, list) and node and isinstance(node[0], str):
            node = [node]  # as TensorFlow lists the only tensor of an op
        tensors: list[Any] = []
        kwargs: dict[str, Any] = {}
        for value in node if isinstance(node, list) else ():
            constant = isinstance(value, list) and len(value) > 2 and value[0] == CONSTANT
            if not constant and not self._is_history(value):
                raise ModelFileError(
                    f"Expected [layer, call, result] in the calls of {layer['name']!r}. "
                    f"Received: {value!r:.100}"
                )
            tensors.append(value[2] if constant else self.tensor(value))
            if len(value) > 3 and isinstance(value[3], dict):
                kwargs.update(value[3])
        if not tensors:
            raise ModelFileError(
                f"Expected tensors that {layer['name']!r} is called with. Received: {node!r:.100}"
            )
        kwargs = {key: self._argument(value) for key, value in kwargs.items()}
        if layer.get("class_name") in recurrent and len(tensors) > 1:
            return {"args": tensors[:1], "kwargs": {**kwargs, "initial_state": tensors[1:]}}
        return {"args": [tensors[0] if len(tensors) == 1 else tensors], "kwargs": kwargs}

    def _argument(self, value: Any) -> Any:
        if self._is_history(value):
            return self.tensor(value)
        if isinstance(value, list):
            return [self._argument(one) for one in value]
        return value

    def ends(self, structure: Any) -> Any:
        """Inputs or outputs; a single one stands for itself.

        Calls of nested functional models stay counted from 1 on here, as in Keras 3.
        """
        if isinstance(structure, dict):
            return {key: self.ends(value) for key, value in structure.items()}
        if self._is_history(structure):
            name, call = self.name_of(structure[0]), structure[1]
            call -= self.first[name]
            return [name, max(call, 0) + int(self.classes[name] == "Functional"), structure[2]]
        if not isinstance(structure, list) or not all(map(self._is_history, structure)):
            raise ModelFileError(
                "Expected [layer, call, result] of the inputs and outputs of a model. "
                f"Received: {structure!r:.100}"
            )
        ends = [self.ends(value) for value in structure]
        return ends[0] if len(ends) == 1 else ends


def _of_op(layer: dict[str, Any], function: str, node: dict[str, Any]) -> dict[str, Any]:
    """A call of an op: tensors in Keras's order, other arguments to the configuration."""
    _, settings, names = OPS[function]
    args, kwargs = list(node["args"]), dict(node["kwargs"])
    for key, value in list(kwargs.items()):
        if key in WITHOUT_EFFECT or value is None:
            del kwargs[key]
        elif key in settings:
            layer["config"][settings[key]] = kwargs.pop(key)
    args += list(kwargs.values())
    if len(args) != len(names):
        raise ModelFileError(
            f"Expected {len(names)} arguments of {function}, {layer['name']!r}. "
            f"Received: {len(args)}, {sorted(kwargs)}"
        )
    return {"args": args, "kwargs": {}}
