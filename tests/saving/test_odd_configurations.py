"""What stands in people's `.keras` files though no current Keras writes it so: they open."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.saving import hdf5
from tests.saving.test_bad_files import config_of, keras_archive


@pytest.fixture(autouse=True)
def libraries(wait_for: Any) -> None:
    wait_for(hdf5.ready_to_read())
    wait_for(hdf5.ready_to_write())


def opened(change: Callable[[Any], None]) -> Any:
    config = config_of(keras_archive())
    change(config)
    return gs.saving.load_model(keras_archive(**{"config.json": json.dumps(config).encode()}))


def test_optimizers_of_torch() -> None:
    def change(config: Any) -> None:
        config["compile_config"]["optimizer"].update(
            module="keras.src.backend.torch.optimizers.torch_adam", registered_name="Adam"
        )

    model = opened(change)
    assert type(model.optimizer) is gs.optimizers.Adam
    assert int(model.optimizer.iterations.numpy()) == 1


def test_private_modules_and_other_forms() -> None:
    def change(config: Any) -> None:
        for number, layer in enumerate(config["config"]["layers"]):
            layer["config"]["dtype"] = "float32"
            layer |= {"build_config": None, "shared_object_id": 140_000 + number}
        _, dense, normalization = config["config"]["layers"]
        dense |= {"module": "keras.src.layers.core.dense", "registered_name": "Dense"}
        dense["config"]["quantization_config"] = None
        dense["config"]["kernel_initializer"]["config"] |= {"input_axes": None, "output_axes": None}
        normalization["config"] |= {"renorm": False, "renorm_momentum": 0.99}

    model = opened(change)
    assert model.predict(np.ones((1, 3), "float32"), verbose=0).shape == (1, 4)


def test_arguments_of_keras_2() -> None:
    def change(config: Any) -> None:
        _, dense, normalization = config["config"]["layers"]
        normalization["config"] |= {"virtual_batch_size": None, "fused": True}
        dense["config"]["kernel_initializer"] = {"class_name": "GlorotUniform", "config": {}}

    assert opened(change).count_params() == 32
