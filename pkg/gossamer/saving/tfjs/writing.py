"""From a model to a TensorFlow.js layers model: `model.json` and shards, which it loads."""

from __future__ import annotations

import json
from typing import Any

from gossamer.saving.tfjs import shards, training
from gossamer.saving.tfjs.topology import Topology

SHARD_SIZE = 4 << 20  # bytes; browsers cache files of this size
FILE = "model.json"
KERAS_VERSION = "2.15.0"  # the form that the topology has


def save_tfjs(
    model: Any,
    name: str = FILE,
    quantization: str | None = None,
    shard_size: int = SHARD_SIZE,
    include_optimizer: bool = True,
) -> dict[str, bytes]:
    """The files of a model for TensorFlow.js: `tf.loadLayersModel` loads them.

    Weights are float32 there. How the model was compiled is written where TensorFlow.js has it,
    the optimizer's state is not.

    Args:
        model: Sequential or functional, built already.
        name: of the file with the topology, which ends in `model.json`.
        quantization: `"uint8"`, `"uint16"` or `"float16"` for smaller files; None for weights as
            they are.
        shard_size: bytes of each file of weights but the last one.
        include_optimizer: whether to write how the model was compiled.

    Returns:
        The contents of the files by name.

    Raises:
        NotImplementedError: for layers that TensorFlow.js does not have.
        ValueError: for a model that is not built, of a class of its own, and other names.

    Example:
        >>> from gossamer.saving import tfjs
        >>> model = gs.Sequential([gs.Input((3,)), gs.layers.Dense(2)])
        >>> sorted(tfjs.save_tfjs(model, quantization="uint8"))
        ['group1-shard1of1.bin', 'model.json']
    """
    if not name.endswith(FILE):
        raise ValueError(f"Expected a name that ends in {FILE}. Received: name={name!r}")
    topology = Topology(model)
    values = [(path, variable.numpy()) for path, variable in topology.weights]
    prefix = name.removesuffix(FILE)
    manifest, files = shards.packed(values, quantization, shard_size, prefix)
    text: dict[str, Any] = {
        "format": "layers-model",
        "generatedBy": "gossamer",
        "convertedBy": None,
        "modelTopology": {
            **topology.config, "keras_version": KERAS_VERSION, "backend": "tensorflow",
        },
        "weightsManifest": manifest,
    }  # fmt: skip
    config = training.config_of(model) if include_optimizer else None
    if config is not None:
        text["trainingConfig"] = config
    return {name: json.dumps(text).encode(), **files}


def write_model(model: Any, name: str, include_optimizer: bool) -> dict[str, bytes]:
    """`save_tfjs`, as a format is written."""
    return save_tfjs(model, name, include_optimizer=include_optimizer)
