"""`Distiller` and its losses, beside Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import distillation, layers

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(16, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 16)
TEACHER = RANDOM.normal(size=(4, 3)).astype("float32")
STUDENT = RANDOM.normal(size=(4, 3)).astype("float32")


def network(library: Any, width: int, name: str) -> Any:
    k = library.layers
    return library.Sequential(
        [
            library.Input((5,)), k.Dense(width, "relu", name=f"{name}_hidden"),
            k.Dense(8, "tanh", name=f"{name}_features"), k.Dense(3, name=f"{name}_logits"),
        ],
        name=name,
    )  # fmt: skip


def weighted(model: Any, seed: int) -> Any:
    random = np.random.default_rng(seed)
    model.set_weights([
        random.normal(size=tuple(w.shape)).astype("float32") * 0.5 for w in model.weights
    ])  # fmt: skip
    return model


LOSSES = {
    "logits": lambda k: k.distillation.LogitsDistillation(),
    "divergence": lambda k: k.distillation.LogitsDistillation(4.0, k.losses.KLDivergence()),
    "logits mse": lambda k: k.distillation.LogitsDistillation(2.0, "mse"),
    "features": lambda k: k.distillation.FeatureDistillation("mae"),
    "cosine": lambda k: k.distillation.FeatureDistillation(k.losses.CosineSimilarity()),
}


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", LOSSES)
def test_losses_as_in_keras(name, record_property):
    from tests.oracle.keras_library import keras

    ours, theirs = LOSSES[name](gs), LOSSES[name](keras)
    expected = float(theirs.compute_loss(TEACHER, STUDENT))
    found = ours.compute_loss(gs.ops.convert_to_tensor(TEACHER), gs.ops.convert_to_tensor(STUDENT))
    assert found.item() == pytest.approx(expected, rel=1e-5)
    assert ours.get_config() == theirs.get_config()
    again = type(ours).from_config(ours.get_config())
    assert again.compute_loss(TEACHER, STUDENT).item() == pytest.approx(expected, rel=1e-5)
    record_property("distillation losses as Keras's", 1)


def distiller(library: Any, **options: Any) -> Any:
    k = library.distillation
    made = k.Distiller(
        weighted(network(library, 16, "teacher"), 1), weighted(network(library, 6, "student"), 2),
        [
            k.LogitsDistillation(3.0, library.losses.KLDivergence()),
            k.FeatureDistillation("mse", "teacher_features", "student_features"),
        ],
        [1.0, 0.5], **options,
    )  # fmt: skip
    made.compile(
        library.optimizers.SGD(0.1),
        library.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return made


def test_the_loss_of_a_step():
    made = distiller(gs, student_loss_weight=0.25)
    made.evaluate(X, Y, verbose=0, batch_size=16)
    found = made.get_metrics_result()
    names = ("student_loss", "distillation_loss", "total_loss")
    own, distilled, total = (float(found[name]) for name in names)
    logits = [model(X).numpy() for model in (made.student, made.teacher)]
    likely = logits[0] - np.log(np.exp(logits[0]).sum(axis=1, keepdims=True))
    assert own == pytest.approx(-likely[np.arange(16), Y].mean(), rel=1e-4)
    p, q = (np.exp(x / 3) / np.exp(x / 3).sum(axis=1, keepdims=True) for x in logits[::-1])
    divergence = 9 * (p * np.log(p / q)).sum(axis=1).mean()
    features = [model.get_layer(f"{model.name}_features") for model in (made.student, made.teacher)]
    hidden = [
        gs.Model(model.inputs, layer.output)(X).numpy()
        for model, layer in zip((made.student, made.teacher), features, strict=True)
    ]
    squares = np.square(hidden[0] - hidden[1]).mean()
    assert distilled == pytest.approx(divergence + 0.5 * squares, rel=1e-4)
    assert total == pytest.approx(0.25 * own + 0.75 * distilled, rel=1e-4)
    assert float(found["loss"]) == pytest.approx(total, rel=1e-4)


def test_the_student_learns_and_the_teacher_stays():
    made = distiller(gs)
    before = [w.copy() for w in made.teacher.get_weights()]
    history = made.fit(X, Y, epochs=5, shuffle=False, verbose=0).history
    assert history["total_loss"][-1] < history["total_loss"][0]
    for one, other in zip(before, made.teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(made.trainable_variables) == 6
    np.testing.assert_allclose(
        made.predict(X, verbose=0), made.student.predict(X, verbose=0), rtol=1e-5
    )


def test_configuration():
    made = distiller(gs)
    again = distillation.Distiller.from_config(made.get_config())
    assert again.get_config()["distillation_losses"] == made.get_config()["distillation_losses"]
    again.student.set_weights(made.student.get_weights())
    np.testing.assert_allclose(again(X).numpy(), made(X).numpy(), rtol=1e-6)


@pytest.mark.cpython_only
def test_the_loss_as_in_keras(record_property):
    """Keras on NumPy cannot train, and so the loss of one step is compared."""
    from tests.oracle.keras_library import keras

    ours, theirs = distiller(gs), distiller(keras)
    expected = theirs.compute_loss(X, Y, theirs(X, training=True))
    found = ours.compute_loss(gs.ops.convert_to_tensor(X), gs.ops.convert_to_tensor(Y), ours(X))
    assert found.item() == pytest.approx(float(expected), rel=1e-5)
    one, other = ours.get_config(), theirs.get_config()
    assert one.keys() == other.keys()
    assert one["distillation_losses"] == other["distillation_losses"]
    record_property("distillers with Keras's loss", 1)


def dense(width: int) -> gs.Model:
    return gs.Sequential([gs.Input((width,)), layers.Dense(2, name="last")])


@pytest.mark.parametrize(("wrong", "message"), [
    (lambda: distillation.LogitsDistillation(0.0), "temperature=0.0"),
    (lambda: distillation.LogitsDistillation(loss=None), "one loss at least"),
    (lambda: distillation.FeatureDistillation([None, None]), "one loss at least"),
    (lambda: distillation.Distiller(dense(2), dense(3), LOSSES["logits"](gs)), "same inputs"),
    (lambda: distillation.Distiller(layers.Dense(1), dense(3), None), "a model as teacher"),
    (lambda: distillation.Distiller(dense(2), dense(2), None), "a distillation loss"),
    (lambda: distillation.Distiller(dense(2), dense(2), [LOSSES["logits"](gs)], [1.0, 2.0]),
     "Expected 1 distillation_loss_weights"),
    (lambda: distillation.Distiller(dense(2), dense(2), LOSSES["logits"](gs),
                                    student_loss_weight=2), "student_loss_weight=2"),
    (lambda: distillation.Distiller(dense(2), dense(2), distillation.FeatureDistillation(
        "mse", "no such", "last")), "In the teacher"),
    (lambda: distillation.Distiller(dense(2), dense(2), LOSSES["logits"](gs)).compile("adam"),
     "loss=None"),
])  # fmt: skip
def test_mistakes(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
