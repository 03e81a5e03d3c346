"""From a TensorFlow.js layers model to a model: `model.json` and the shards that it names."""

from __future__ import annotations

import warnings
from typing import Any

from gossamer.models.model import Model
from gossamer.saving import configuration, keras2
from gossamer.saving.formats import ModelFile, ModelFileError, ReadOptions
from gossamer.saving.tfjs import manifest, names, training
from gossamer.saving.tfjs.lowering import ComputedOtherwiseError
from gossamer.saving.tfjs.topology import Topology

TOPOLOGY, MANIFEST = "modelTopology", "weightsManifest"


def recognises(file: ModelFile) -> bool:
    """Whether it is text that has a topology or a manifest of TensorFlow.js's."""
    if not bytes(file.data[:64]).lstrip().startswith(b"{"):
        return False
    text = bytes(file.data)
    return f'"{TOPOLOGY}"'.encode() in text or f'"{MANIFEST}"'.encode() in text


def names_beside(file: ModelFile) -> list[str]:
    """The paths of the shards.

    Raises:
        ModelFileError: for a broken file, and for paths that leave its folder.
    """
    return manifest.paths(_parsed(file).get(MANIFEST) or [], file.name)


def read_model(file: ModelFile, options: ReadOptions) -> Any:
    """The model in a `model.json`, with its weights, compiled again if it was and this is wanted.

    Raises:
        ModelFileError: for a broken file, a graph model, or weights without a topology.
        TypeError: for classes that are not known.
        ValueError: for code, in safe mode; for arguments that a layer refuses.
    """
    text = _parsed(file)
    topology = _topology(text, file.name)
    values, state = manifest.weights(text.get(MANIFEST) or [], file.beside, file.name)
    with configuration.reading(options, file):
        config = keras2.upgraded(topology)
    model = configuration.deserialized(config, options, file)
    if not isinstance(model, Model):
        raise ModelFileError(
            f"Expected the topology of a model in {file.name}. Received: {model!r:.200}"
        )
    _warn_of_differences(topology, model, file.name)
    names.give(model, values, ReadOptions(), file.name)
    config = _training_config(text)
    if options.compile and config is not None:
        with configuration.reading(options, file):
            training.compile_as(model, config, state, file.name)
    return model


def read_weights(file: ModelFile, model: Any, options: ReadOptions) -> None:
    """Give a model the weights that a `model.json` names, by the names of its layers.

    Raises:
        ModelFileError: for a broken file, or weights that do not fit.
        ValueError: for `objects_to_skip`, which these files have no names for.
    """
    if options.objects_to_skip is not None:
        raise ValueError(f"Expected no `objects_to_skip`. Received: some, for {file.name}")
    values, _ = manifest.weights(_parsed(file).get(MANIFEST) or [], file.beside, file.name)
    names.give(model, values, options, file.name)


def _parsed(file: ModelFile) -> dict[str, Any]:
    text = configuration.parsed(file.data, file.name)
    if not isinstance(text, dict):
        raise ModelFileError(f"Expected a model in {file.name}. Received: {text!r:.100}")
    topology = text.get(TOPOLOGY)
    if text.get("format") == "graph-model" or (isinstance(topology, dict) and "node" in topology):
        raise ModelFileError(
            "Expected a layers model, whose layers can be made again. Received: "
            f"{file.name}, a graph model: TensorFlow's operations, frozen for inference. Convert "
            "the Keras model that it was made of instead"
        )
    return text


def _topology(text: dict[str, Any], name: str) -> dict[str, Any]:
    topology = text.get(TOPOLOGY)
    if isinstance(topology, dict) and topology.get("model_config") is not None:
        # The version that says whose numbers these are stands beside the configuration.
        topology = {**topology, **_dictionary(topology["model_config"], name)}
    if topology is None:
        raise ModelFileError(
            f"Expected a topology in {name}. Received: weights alone: make the model and call "
            "`model.load_weights`"
        )
    topology = _dictionary(topology, name)
    if "class_name" not in topology or "config" not in topology:
        raise ModelFileError(
            f"Expected class_name and config of a model in {name}. Received: {sorted(topology)}"
        )
    return topology


def _dictionary(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ModelFileError(f"Expected a topology in {name}. Received: {value!r:.100}")
    return value


def _training_config(text: dict[str, Any]) -> dict[str, Any] | None:
    topology = text.get(TOPOLOGY)
    config = text.get("trainingConfig")
    if config is None and isinstance(topology, dict):
        config = topology.get("training_config")
    return config if isinstance(config, dict) else None


def _warn_of_differences(topology: dict[str, Any], model: Any, name: str) -> None:
    """Of layers that TensorFlow.js, which made a model, computes in another way than Keras."""
    if not str(topology.get("keras_version", "")).startswith("tfjs"):
        return
    try:
        Topology(model)
    except ComputedOtherwiseError as error:
        warnings.warn(
            f"What {name} predicts here is what Keras would, and not TensorFlow.js, which made "
            f"it: {error}",
            stacklevel=4,
        )
    except (NotImplementedError, ValueError):
        return  # what cannot be written may well be read
