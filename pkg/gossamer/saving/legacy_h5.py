"""Whole models in one `.h5` file, as Keras 2 wrote them and Keras 3 still does.

Attributes hold the configuration, without modules; `model_weights` has the weights of each layer,
trainable ones first; `optimizer_weights` the optimizer's. Files of Keras 2 that Keras 3 refuses are
read, too: `saving.keras2` says what is changed in their configurations.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np

from gossamer import losses, optimizers, tree
from gossamer.layers.layer import Layer
from gossamer.models.operations_table import OPERATIONS
from gossamer.optimizers.state import UNBUILT
from gossamer.saving import configuration, hdf5, keras2, keras2_training
from gossamer.saving.all_or_nothing import all_or_nothing, assign
from gossamer.saving.formats import Format, ModelFile, ModelFileError, ReadOptions
from gossamer.saving.keras_file import KERAS_VERSION
from gossamer.serialization import get_registered_name, serialize_keras_object
from gossamer.serialization.family import snake_case
from gossamer.variable import Variable

CONFIG, TRAINING = "model_config", "training_config"
MODEL, OPTIMIZER, TOP = "model_weights", "optimizer_weights", "top_level_model_weights"
LAYER_NAMES, WEIGHT_NAMES = "layer_names", "weight_names"
BACKEND = "numpy"


def read_model(file: ModelFile, options: ReadOptions) -> Any:
    """The model in an `.h5` file, compiled again if it was and this is wanted.

    Raises:
        ModelFileError: for a broken file, or one of weights alone.
        TypeError: for classes that are not known.
    """
    root = hdf5.open_file(file.data, file.name)
    text = root.text(CONFIG)
    if text is None:
        raise ModelFileError(
            f"Expected a model. Received: {file.name}, which has no {CONFIG!r}: if it holds "
            "weights alone, make the model and call `model.load_weights`"
        )
    config = configuration.parsed(text, file.name)
    with configuration.reading(options, file):
        config = with_modules(keras2.upgraded(config))
    model = configuration.deserialized(config, options, file)
    _give_weights(root.group(MODEL), model, options)
    training = root.text(TRAINING)
    if options.compile and training is not None:
        _compile(model, configuration.parsed(training, file.name), root, options, file)
    return model


def with_modules(config: Any) -> Any:
    """A configuration whose layers say of which module they are.

    A layer and an operation may have the same name, such as `Add`; layers' configurations say
    whether they are trainable.
    """
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict | list):
        return config
    name, inner = config.get("class_name"), config["config"]
    result = dict(config)
    if isinstance(inner, list):  # a Sequential model of the first versions
        inner = {"layers": inner}
    if isinstance(inner.get("layers"), list):
        result["config"] = {**inner, "layers": [with_modules(layer) for layer in inner["layers"]]}
        if name in ("Model", "Functional", "Sequential"):
            result.setdefault("module", "keras.models")
    elif name in OPERATIONS and "trainable" not in inner:
        result.setdefault("module", f"keras.src.ops.{OPERATIONS[name][0]}")
    return result


def _compile(
    model: Any, training: Any, root: hdf5.Group, options: ReadOptions, file: ModelFile
) -> None:
    """Compile a model as a file says, and give the optimizer its state."""
    with configuration.reading(options, file):
        optimizer = optimizers.deserialize(keras2_training.optimizer(training["optimizer_config"]))
        model.compile_from_config(
            {
                "optimizer": serialize_keras_object(optimizer),
                "loss": keras2_training.losses(training.get("loss")),
                "loss_weights": training.get("loss_weights"),
                "metrics": keras2_training.metrics(training.get("metrics")),
                "weighted_metrics": keras2_training.metrics(training.get("weighted_metrics")),
            }
        )
    if OPTIMIZER in root and model.optimizer.built:
        _give_optimizer(root.group(OPTIMIZER), model.optimizer)


def _give_optimizer(group: hdf5.Group, optimizer: Any) -> None:
    names = group.texts(WEIGHT_NAMES)
    values = [group.array(name) for name in names]
    slots = len(optimizer.variables) - UNBUILT
    if len(values) <= UNBUILT:
        return  # that optimizer had not been built
    if slots and len(values) == slots + 1 and np.ndim(values[0]) == 0:
        values = _of_keras2(values, names, optimizer)
    if [value.shape for value in values] != [v.shape for v in optimizer.variables]:
        warnings.warn(
            f"The optimizer {optimizer.name!r} begins anew: {group.name} has other values for it.",
            stacklevel=2,
        )
        return
    with all_or_nothing(optimizer.variables):
        for variable, value in zip(optimizer.variables, values, strict=True):
            assign(variable, value, group.name)


def _of_keras2(values: list[np.ndarray], names: list[str], optimizer: Any) -> list[np.ndarray]:
    """Without a learning rate, which the configuration has; one kind of slot after the other,
    where now the slots of each variable stand together.
    """
    steps, slots = values[0], values[1:]
    count = len(optimizer._trainable_variables)
    if (
        names[1].rsplit("/", 1)[-1].split(":")[0]
        == names[2 % len(names)].rsplit("/", 1)[-1].split(":")[0]
    ):
        kinds = len(slots) // count
        slots = [slots[kind * count + k] for k in range(count) for kind in range(kinds)]
    return [steps, np.asarray(optimizer.learning_rate), *slots]


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights of an `.h5` file, by the order of layers or by their names.

    Raises:
        ModelFileError: for weights that do not fit.
    """
    if options.objects_to_skip is not None:
        raise ValueError(
            f"Expected a .weights.h5 file for `objects_to_skip`. Received: {file.name}"
        )
    root = hdf5.open_file(file.data, file.name)
    group = root.group(MODEL) if not root.texts(LAYER_NAMES) and MODEL in root else root
    _give_weights(group, model, options)


def _give_weights(group: hdf5.Group, model: Any, options: ReadOptions) -> None:
    names = group.texts(LAYER_NAMES)
    with all_or_nothing(model.weights):
        if options.by_name:
            for name in names:
                for layer in model.layers:
                    if layer.name == name:
                        _give_layer(layer, _values(group.group(name)), group.name, options)
        else:
            _give_in_order(group, names, model, options)
        if TOP in group:
            own = [v for v in _in_old_order(model._own_variables) if _is_among(v, model.weights)]
            _give(own, _values(group.group(TOP)), model.name, group.name, options)


def _give_in_order(group: hdf5.Group, names: list[str], model: Any, options: ReadOptions) -> None:
    saved = [_values(group.group(name)) for name in names]
    saved = [values for values in saved if values]
    layers = [layer for layer in model.layers if layer.weights]
    if len(saved) != len(layers):
        raise ModelFileError(
            f"Expected weights for {len(layers)} layers of {model.name!r}. "
            f"Received: {group.name}, which has them for {len(saved)}"
        )
    for layer, values in zip(layers, saved, strict=True):
        _give_layer(layer, values, group.name, options)


def _values(group: hdf5.Group) -> list[np.ndarray]:
    return [group.array(name) for name in group.texts(WEIGHT_NAMES)]


def _give_layer(layer: Layer, values: list[np.ndarray], source: str, options: ReadOptions) -> None:
    _give(_in_old_order(layer.weights), values, layer.name, source, options)


def _in_old_order(variables: Any) -> list[Variable]:
    """Trainable ones first, as Keras 2 had them."""
    return sorted(variables, key=lambda variable: not variable.trainable)


def _is_among(variable: Variable, variables: list[Variable]) -> bool:
    return any(variable is other for other in variables)


def _give(
    variables: list[Variable],
    values: list[np.ndarray],
    name: str,
    source: str,
    options: ReadOptions,
) -> None:
    fits = [v.shape for v in variables] == [value.shape for value in values]
    if options.skip_mismatch and not fits:
        warnings.warn(
            f"{name!r} is left as it is: it has weights of the shapes "
            f"{[v.shape for v in variables]}, {source} of {[value.shape for value in values]}.",
            stacklevel=2,
        )
        return
    if len(variables) != len(values):
        raise ModelFileError(
            f"Expected {len(variables)} weights for {name!r}. Received: {len(values)} in {source}"
        )
    for variable, value in zip(variables, values, strict=True):
        assign(variable, value, source)


def write_model(model: Any, name: str, include_optimizer: bool) -> dict[str, bytes]:
    """The `.h5` file of a model, which Keras reads."""
    root = hdf5.Node()
    config = without_modules(serialize_keras_object(model))
    root.attributes |= {
        "keras_version": KERAS_VERSION, "backend": BACKEND, CONFIG: json.dumps(config),
    }  # fmt: skip
    optimizer = getattr(model, "optimizer", None)
    if include_optimizer and optimizer is not None and model.compiled:
        root.attributes[TRAINING] = json.dumps(_training_config(model))
        if optimizer.variables:
            root.groups[OPTIMIZER] = _written(optimizer.variables)
    root.groups[MODEL] = _weights_node(model)
    return {name: hdf5.write(root)}


def _weights_node(model: Any) -> hdf5.Node:
    node = hdf5.Node()
    node.attributes |= {"keras_version": KERAS_VERSION, "backend": BACKEND}
    node.attributes |= hdf5.in_pieces(LAYER_NAMES, [layer.name for layer in model.layers])
    for layer in model.layers:
        node.groups[layer.name] = _written(_in_old_order(layer.weights))
    node.groups[TOP] = _written(
        [v for v in _in_old_order(model._own_variables) if _is_among(v, model.weights)]
    )
    return node


def _written(variables: list[Variable]) -> hdf5.Node:
    """Variables by their paths, those of equal ones with numbers."""
    node = hdf5.Node()
    paths: list[str] = []
    for variable in variables:
        number = sum(path.split(":")[0] == variable.path for path in paths)
        paths.append(f"{variable.path}:{number}" if number else variable.path)
    node.attributes |= hdf5.in_pieces(WEIGHT_NAMES, paths)
    for path, variable in zip(paths, variables, strict=True):
        folder, _, last = path.rpartition("/")
        node.at(folder).arrays[last] = variable.value.numpy()
    return node


def without_modules(config: dict[str, Any]) -> dict[str, Any]:
    """A model's configuration in the form of Keras 2: layers by class alone."""
    inner = config["config"]
    result: dict[str, Any] = {
        "class_name": config.get("registered_name") or config["class_name"],
        "config": inner,
    }
    if config["class_name"] in ("Functional", "Sequential"):
        result["class_name"] = config["class_name"]
    if isinstance(inner.get("layers"), list):
        result["config"] = {**inner, "layers": [without_modules(one) for one in inner["layers"]]}
    if str(config.get("module", "")).startswith("keras.src.ops."):
        # Keras drops it, and then cannot tell operations from layers; it ignores it, too.
        result |= {"module": config["module"], "class_name": config["class_name"]}
    return result | {key: config[key] for key in ("name", "inbound_nodes") if key in config}


def _training_config(model: Any) -> dict[str, Any]:
    arguments = dict(model._compile_config)
    arguments["loss"] = tree.map_structure(_loss_object, arguments["loss"])
    config = serialize_keras_object(arguments)
    optimizer = model.optimizer
    name = get_registered_name(type(optimizer))
    config.pop("optimizer", None)
    return {
        **_without_modules_anywhere(config),
        "optimizer_config": {
            "class_name": name,
            "config": serialize_keras_object(optimizer)["config"],
        },
    }


def _loss_object(loss: Any) -> Any:
    """The class for the name of a loss: Keras 3.15 cannot read names in this place."""
    if not isinstance(loss, str):
        return loss
    function = getattr(losses.get(loss), "__name__", loss)
    kinds = [cls for cls in losses.CLASSES if snake_case(cls.__name__) == function]
    return kinds[0]() if kinds else loss


def _without_modules_anywhere(value: Any) -> Any:
    """Losses and metrics by class and configuration, functions by name."""
    if isinstance(value, list):
        return [_without_modules_anywhere(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _without_modules_anywhere(item) for key, item in value.items()}
    if value["class_name"] == "function":
        return value["config"]
    return {
        "class_name": value.get("registered_name") or value["class_name"],
        "config": value["config"],
    }


def _is_whole_model(file: ModelFile) -> bool:
    return hdf5.is_hdf5(file.data) and (
        hdf5.open_file(file.data, file.name).text(CONFIG) is not None
    )


def _is_of_weights(file: ModelFile) -> bool:
    if not hdf5.is_hdf5(file.data):
        return False
    root = hdf5.open_file(file.data, file.name)
    return root.text(CONFIG) is None and bool(root.texts(LAYER_NAMES) or MODEL in root)


FORMAT = Format(
    "HDF5 of Keras 2 and 3 (.h5)",
    (".h5", ".hdf5"),
    lambda file: _is_whole_model(file) or _is_of_weights(file),
    read_model,
    read_weights,
    write_model,
    ready_to_write=hdf5.ready_to_write,
)
