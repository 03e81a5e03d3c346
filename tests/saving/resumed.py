"""Training that is broken off, put into a file and gone on with; called for Keras on JAX, too."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

OPTIMIZERS: dict[str, Any] = {
    "Adam": lambda k: k.optimizers.Adam(0.02, amsgrad=True),
    "SGD": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0),
    "RMSprop": lambda k: k.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "AdamW": lambda k: k.optimizers.AdamW(
        k.optimizers.schedules.CosineDecay(0.03, 30), weight_decay=0.01
    ),
    "Nadam": lambda k: k.optimizers.Nadam(0.02, beta_1=0.8),
    "Adafactor": lambda k: k.optimizers.Adafactor(0.05),
    "Ftrl": lambda k: k.optimizers.Ftrl(0.1),
    "Lion": lambda k: k.optimizers.Lion(0.01, gradient_accumulation_steps=2),
}
ENDINGS = (".keras", ".h5")
# Keras gives two of its slots one name, and cannot write them.
FROM_KERAS = [(n, e) for n in OPTIMIZERS for e in ENDINGS if (n, e) != ("Adafactor", ".h5")]
STEPS = 4


def model(k: Any, optimizer: str) -> Any:
    k.utils.clear_session(free_memory=False)
    inputs = k.Input((6,))
    x = k.layers.Dense(7, activation="tanh", kernel_initializer=k.initializers.Constant(0.1))(
        inputs
    )
    x = k.layers.BatchNormalization()(x)
    outputs = k.layers.Dense(3, activation="softmax", kernel_initializer="ones")(x)
    made = k.Model(inputs, outputs)
    generator = np.random.default_rng(3)
    made.set_weights([
        np.abs(0.3 * generator.normal(size=w.shape)).astype("float32") for w in made.weights
    ])  # fmt: skip
    made.compile(
        OPTIMIZERS[optimizer](k), k.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"]
    )
    return made


def data() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    return generator.normal(size=(24, 6)).astype("float32"), generator.integers(0, 3, (24, 1))


def trained(made: Any) -> list[float]:
    """The losses of the next steps."""
    x, y = data()
    history = made.fit(x, y, batch_size=24, epochs=STEPS, shuffle=False, verbose=0)
    return [float(loss) for loss in history.history["loss"]]


def begun_by_keras() -> dict[str, Any]:
    """For each optimizer and ending: a file, and the losses with which Keras goes on."""
    import keras

    answers = {}
    for name in OPTIMIZERS:
        made = model(keras, name)
        trained(made)
        files = {e: _file(made, e) for e in ENDINGS if (name, e) in FROM_KERAS}
        answers[name] = files, trained(made)
    return answers


def continued_by_keras(files: dict[str, bytes]) -> dict[str, list[float]]:
    """The losses with which Keras goes on from a `.keras` file of gossamer's."""
    import keras

    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / "model.keras"
            path.write_bytes(content)
            answers[name] = trained(keras.saving.load_model(path))
    return answers


def _file(made: Any, ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{ending}"
        made.save(path)
        return path.read_bytes()
