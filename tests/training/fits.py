"""Trainings written once for Keras and for gossamer: `run(name, library)` says what becomes of one.

Weights and data are fixed and nothing is shuffled, so that losses and weights must be the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def _data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


X = _data(40, 4)
CLASSES = (X.sum(1) > 0).astype("int32") + (X[:, 0] > 1)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
Y = X[:, :2] * 0.5 + 0.1


def _with_weights(model: Any) -> Any:
    model.set_weights([
        _data(*w.shape, seed=k) * 0.4 for k, w in enumerate(model.weights)
    ])  # fmt: skip
    return model


def _classifier(k: Any, **arguments: Any) -> Any:
    model = k.Sequential([
        k.Input((4,)), k.layers.Dense(8, activation="relu"),
        k.layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(**arguments)
    return _with_weights(model)


def _fitted(model: Any, *data: Any, **arguments: Any) -> dict[str, Any]:
    given = {"epochs": 2, "batch_size": 16, "verbose": 0, "shuffle": False, **arguments}
    history = model.fit(*data, **given)
    return {
        "history": {name: np.asarray(values) for name, values in history.history.items()},
        "epoch": history.epoch,
        "weights": [np.asarray(w) for w in model.get_weights()],
    }


def _sparse(k: Any) -> Any:
    model = _classifier(
        k, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return _fitted(model, X, CLASSES)


def _validation_split(k: Any) -> Any:
    model = _classifier(
        k, optimizer=k.optimizers.SGD(0.1), loss="categorical_crossentropy",
        metrics=["accuracy", k.metrics.AUC(name="auc")],
    )  # fmt: skip
    return _fitted(model, X, ONE_HOT, validation_split=0.25)


def _validation_data(k: Any) -> Any:
    model = _classifier(
        k, optimizer=k.optimizers.SGD(0.1, momentum=0.9), loss="categorical_crossentropy",
        metrics=["mae"], weighted_metrics=["accuracy"],
    )  # fmt: skip
    weights = np.linspace(0.1, 2, 40, dtype="float32")
    return _fitted(
        model, X, ONE_HOT, sample_weight=weights, epochs=4, validation_freq=2,
        validation_data=(X[:10], ONE_HOT[:10], weights[:10]), validation_batch_size=4,
    )  # fmt: skip


def _class_weight(k: Any) -> Any:
    model = _classifier(
        k, optimizer="sgd", loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"], weighted_metrics=["accuracy"],
    )  # fmt: skip
    return _fitted(model, X, CLASSES, class_weight={0: 0.5, 1: 2.0, 2: 1.5})


def _steps(k: Any) -> Any:
    model = _classifier(k, optimizer="sgd", loss="mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the second epoch ends with the data
        return _fitted(model, X, ONE_HOT, steps_per_epoch=2, initial_epoch=1, epochs=3)


def _generator(k: Any) -> Any:
    def batches() -> Any:
        while True:
            for start in range(0, 40, 10):
                yield X[start : start + 10], ONE_HOT[start : start + 10]

    model = _classifier(k, optimizer="sgd", loss="mse", metrics=["mae"])
    return _fitted(model, batches(), steps_per_epoch=4, batch_size=None)


def _several_outputs(k: Any) -> Any:
    a, b = k.Input((4,), name="a"), k.Input((2,), name="b")
    h = k.layers.Dense(5, activation="tanh", name="h")(a)
    first = k.layers.Dense(2, name="first")(h)
    second = k.layers.Dense(3, activation="softmax", name="second")(
        k.ops.concatenate([h, b], axis=-1)
    )
    model = k.Model([a, b], [first, second])
    model.compile(
        optimizer=k.optimizers.SGD(0.05),
        loss=["mse", "categorical_crossentropy"],
        loss_weights=[0.3, 1.2],
        metrics=[["mae"], ["accuracy"]],
    )
    return _fitted(_with_weights(model), [X, X[:, 2:]], [Y, ONE_HOT])


def _by_name(k: Any) -> Any:
    a = k.Input((4,), name="a")
    h = k.layers.Dense(5, activation="tanh", name="h")(a)
    outputs = {
        "first": k.layers.Dense(2, name="first")(h), "second": k.layers.Dense(3, name="second")(h),
    }  # fmt: skip
    model = k.Model({"a": a}, outputs)
    model.compile(
        optimizer=k.optimizers.SGD(0.05),
        loss={"first": "mse", "second": k.losses.CategoricalCrossentropy(from_logits=True)},
        metrics={"second": ["accuracy"]},
    )
    return _fitted(_with_weights(model), {"a": X}, {"first": Y, "second": ONE_HOT})


def _regularized(k: Any) -> Any:
    model = k.Sequential([
        k.Input((4,)),
        k.layers.Dense(8, kernel_regularizer="l2", activity_regularizer="l1",
                       kernel_constraint=k.constraints.MaxNorm(0.8)),
        k.layers.Dense(2, bias_regularizer=k.regularizers.L1(0.1)),
    ])  # fmt: skip
    model.compile(optimizer=k.optimizers.SGD(0.1), loss="mse")
    return _fitted(_with_weights(model), X, Y)


def _frozen(k: Any) -> Any:
    model = k.Sequential([k.Input((4,)), k.layers.Dense(8), k.layers.Dense(2)])
    model.layers[0].trainable = False
    model.compile(optimizer=k.optimizers.SGD(0.1), loss="mse")
    return _fitted(_with_weights(model), X, Y)


def _callbacks(k: Any) -> Any:
    model = _classifier(k, optimizer=k.optimizers.SGD(0.5), loss="mse")
    return _fitted(
        model, X, ONE_HOT, epochs=8, validation_split=0.25,
        callbacks=[
            k.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 1.5),
            k.callbacks.EarlyStopping(patience=1, min_delta=0.01, restore_best_weights=True),
        ],
    )  # fmt: skip


def _plateau(k: Any) -> Any:
    model = _classifier(k, optimizer=k.optimizers.SGD(0.01), loss="mse")
    plateau = k.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=0.05)
    return _fitted(model, X, ONE_HOT, epochs=6, callbacks=[plateau])


def _on_batches(k: Any) -> Any:
    model = _classifier(k, optimizer="sgd", loss="mse", metrics=["mae"])
    results = [model.train_on_batch(X[:8], ONE_HOT[:8]) for _ in range(2)]
    results.append(model.test_on_batch(X[8:16], ONE_HOT[8:16]))
    results.append(model.evaluate(X, ONE_HOT, batch_size=16, verbose=0))
    named = model.evaluate(X, ONE_HOT, batch_size=16, verbose=0, return_dict=True)
    return {
        "history": {f"{k}": np.asarray(value) for k, value in enumerate(results)} | {
            name: np.asarray(value) for name, value in named.items()
        },
        "epoch": [],
        "weights": [
            model.predict(X, batch_size=16, verbose=0), model.predict_on_batch(X[:4]),
        ],
    }  # fmt: skip


FITS: dict[str, Callable[[Any], dict[str, Any]]] = {
    function.__name__.strip("_"): function
    for function in (
        _sparse, _validation_split, _validation_data, _class_weight, _steps, _generator,
        _several_outputs, _by_name, _regularized, _frozen, _callbacks, _plateau, _on_batches,
    )
}  # fmt: skip


def keras_fits() -> dict[str, Any]:
    """What Keras says, on the backend of its process."""
    import keras

    return {name: fit(keras) for name, fit in FITS.items()}
