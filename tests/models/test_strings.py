"""Models of strings: layers on the host in front, and the rest as one program."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops

COLOURS = ["red", "green", "blue"]
WORDS = np.array([["red"], ["blue"], ["pink"], ["green"]])
AGES = np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
TARGETS = np.array([[1.0], [0.0], [2.0], [1.0]], "float32")


class Counting(layers.Dense):
    """A dense layer that counts how often Python calls it."""

    calls = 0

    def call(self, inputs: Any, training: Any = None) -> Any:
        type(self).calls += 1
        return super().call(inputs)


def mixed_model() -> gs.Model:
    """Words and numbers, by name."""
    inputs = {
        "word": gs.Input((1,), dtype="string", name="word"),
        "age": gs.Input((1,), name="age"),
    }
    code = layers.StringLookup(vocabulary=COLOURS, output_mode="one_hot")(inputs["word"])
    x = layers.Concatenate()([code, inputs["age"]])
    return gs.Model(inputs, Counting(1, kernel_initializer="ones")(x))


def numeric_model() -> gs.Model:
    """The same of words that are vectors already."""
    inputs = [gs.Input((4,)), gs.Input((1,))]
    x = layers.Concatenate()(inputs)
    return gs.Model(inputs, layers.Dense(1, kernel_initializer="ones")(x))


def encoded(words: np.ndarray) -> np.ndarray:
    numbers = [COLOURS.index(w) + 1 if w in COLOURS else 0 for w in words[:, 0]]
    return np.eye(4, dtype="float32")[numbers]


def test_symbolic_tensors_of_strings():
    x = gs.Input((1,), dtype="string", name="word")
    assert (x.shape, x.dtype) == ((None, 1), "string")
    assert x.input_layer.get_config()["dtype"] == "string"
    indices = layers.StringLookup(vocabulary=COLOURS)(x)
    assert (indices.shape, indices.dtype) == ((None, 1), "int64")
    text = layers.TextVectorization(vocabulary=COLOURS, output_sequence_length=5)(x)
    assert text.shape == (None, 5)
    assert layers.Hashing(7, output_mode="one_hot")(x).shape == (None, 7)
    assert layers.HashedCrossing(5)((x, gs.Input((1,), dtype="int32"))).shape == (None, 1)
    assert layers.StringLookup(vocabulary=COLOURS, invert=True)(indices).dtype == "string"


@pytest.mark.parametrize(
    "words",
    [WORDS, WORDS.astype(object), WORDS.astype(bytes), WORDS.tolist(), WORDS[:, 0].tolist()],
    ids=["str", "object", "bytes", "lists", "list"],
)
def test_what_holds_strings(words):
    x = gs.Input((1,), dtype="string")
    model = gs.Model(x, layers.CategoryEncoding(4, "one_hot")(
        layers.StringLookup(vocabulary=COLOURS)(x)
    ))  # fmt: skip
    np.testing.assert_array_equal(model(words).numpy(), encoded(WORDS))
    np.testing.assert_array_equal(model.predict(words, verbose=0), encoded(WORDS))
    np.testing.assert_array_equal(model.predict_on_batch(words), encoded(WORDS))


def test_fit_is_that_of_the_numbers():
    model, numbers = mixed_model(), numeric_model()
    Counting.calls = 0
    of_strings = {"word": WORDS, "age": AGES}
    of_numbers = [encoded(WORDS), AGES]
    histories = []
    for each, x in ((model, of_strings), (numbers, of_numbers)):
        each.compile("adam", "mse", metrics=["mae"])
        assert each.jit_compile
        histories.append(
            each.fit(x, TARGETS, batch_size=2, epochs=5, shuffle=False, verbose=0).history
        )
    for name, values in histories[1].items():
        np.testing.assert_allclose(histories[0][name], values, rtol=1e-5)
    for one, other in zip(model.get_weights(), numbers.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    # Shapes and one trace; the ten steps are replayed.
    assert Counting.calls < 10
    np.testing.assert_allclose(
        model.evaluate(of_strings, TARGETS, verbose=0),
        numbers.evaluate(of_numbers, TARGETS, verbose=0), rtol=1e-5,
    )  # fmt: skip
    eager = mixed_model()
    eager.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    found = eager.fit(of_strings, TARGETS, batch_size=2, epochs=5, shuffle=False, verbose=0)
    np.testing.assert_allclose(found.history["loss"], histories[1]["loss"], rtol=1e-5)


def test_datasets_generators_and_single_batches():
    model = mixed_model()
    model.compile("sgd", "mse")
    data = gs.data.Dataset.from_tensor_slices(({"word": WORDS, "age": AGES}, TARGETS)).batch(2)
    assert len(model.fit(data, epochs=2, verbose=0).history["loss"]) == 2
    batch = {"word": WORDS, "age": AGES}
    model.fit(iter([(batch, TARGETS)]), steps_per_epoch=1, verbose=0)
    before = model.test_on_batch(batch, TARGETS)
    assert model.train_on_batch(batch, TARGETS) == pytest.approx(before, rel=1e-5)
    assert model.test_on_batch(batch, TARGETS) < before
    with_validation = model.fit(
        {"word": WORDS[:, 0].tolist(), "age": AGES}, TARGETS, validation_split=0.5, verbose=0
    )
    assert "val_loss" in with_validation.history


def test_a_step_of_ones_own():
    class Doubling(gs.Model):
        def train_step(self, data):
            x, y = data
            with gs.GradientTape() as tape:
                loss = 2.0 * self.compute_loss(x, y, self(x, training=True))
            variables = self.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            return {"loss": loss}

    x = gs.Input((1,), dtype="string")
    code = layers.StringLookup(vocabulary=COLOURS, output_mode="one_hot")(x)
    model = Doubling(x, layers.Dense(1)(code))
    model.compile("sgd", "mse")
    losses = model.fit(WORDS, TARGETS, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[2] < losses[1] < losses[0]


def test_texts_in_a_row_of_layers():
    texts = np.array(["red red blue", "green", "nothing of it"])
    model = gs.Sequential([
        layers.TextVectorization(vocabulary=COLOURS),
        layers.Embedding(5, 3), layers.GlobalAveragePooling1D(), layers.Dense(1),
    ])  # fmt: skip
    model.compile("adam", "mse")
    assert model.jit_compile
    losses = model.fit(texts, np.ones((3, 1)), epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]
    assert model.input.dtype == "string"
    assert model.layers[1].output.shape == (None, None, 3)
    np.testing.assert_allclose(
        model(texts.tolist()).numpy(), model.predict(texts, verbose=0), rtol=1e-5
    )
    # Of numbers, as many as the longest text has words.
    indices = model.layers[0](texts)
    assert indices.shape == (3, 3)
    rest = gs.Sequential(model.layers[1:])
    np.testing.assert_allclose(rest(indices).numpy(), model(texts).numpy(), rtol=1e-5)


def test_a_model_of_strings_within_a_model():
    inner = mixed_model()
    outer_inputs = {"word": gs.Input((1,), dtype="string"), "age": gs.Input((1,))}
    model = gs.Model(outer_inputs, layers.Dense(1)(inner(outer_inputs)))
    assert [node.operation for node in model.host_part.divided] == [inner]
    model.compile("sgd", "mse")
    assert model.jit_compile
    batch = {"word": WORDS, "age": AGES}
    before = [w.copy() for w in inner.get_weights()]
    model.fit(batch, TARGETS, verbose=0)
    assert not np.allclose(before[0], inner.get_weights()[0])
    np.testing.assert_allclose(
        model(batch).numpy(), model.predict(batch, verbose=0), rtol=1e-5, atol=1e-6
    )


def test_preprocessing_and_training_apart():
    """As in Keras's guide: one model of strings, one of numbers, and both together."""
    raw = gs.Input((1,), dtype="string")
    hashed = layers.Hashing(8, output_mode="one_hot")(raw)
    preprocessing = gs.Model(raw, hashed)
    numbers = gs.Input((8,))
    training = gs.Model(numbers, layers.Dense(1)(numbers))
    training.compile("sgd", "mse")
    training.fit(preprocessing(WORDS), TARGETS, verbose=0)
    both = gs.Model(raw, training(preprocessing(raw)))
    assert not both.host_part.divided
    assert len(both.host_part.nodes) == 1
    np.testing.assert_allclose(
        both.predict(WORDS, verbose=0), training(preprocessing(WORDS)).numpy(), rtol=1e-5
    )


def test_configuration():
    model = mixed_model()
    again = gs.Model.from_config(model.get_config(), {"Counting": Counting})
    again.set_weights(model.get_weights())
    batch = {"word": WORDS, "age": AGES}
    np.testing.assert_allclose(again(batch).numpy(), model(batch).numpy(), rtol=1e-6)
    copy = gs.models.model_from_json(model.to_json(), {"Counting": Counting})
    assert [x.dtype for x in copy.inputs] == [x.dtype for x in model.inputs]


def test_strings_that_come_out():
    """A model whose output is strings runs op by op."""
    x = gs.Input((3,))
    number = ops.argmax(layers.Dense(3, kernel_initializer="identity")(x), axis=-1)
    names = layers.StringLookup(vocabulary=COLOURS, num_oov_indices=0, invert=True)(number)
    model = gs.Model(x, names)
    assert names.dtype == "string"
    assert not model.host_part.is_there
    model.compile()
    assert not model.jit_compile
    np.testing.assert_array_equal(model(np.eye(3, dtype="float32")), COLOURS)
    np.testing.assert_array_equal(
        model.predict(np.eye(3, dtype="float32"), verbose=0), np.array(COLOURS)
    )


def test_subclassed_model():
    class Reader(gs.Model):
        def __init__(self):
            super().__init__()
            self.lookup = layers.StringLookup(vocabulary=COLOURS, output_mode="one_hot")
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(self.lookup(x))

    model = Reader()
    model.compile("sgd", "mse")
    assert not model.jit_compile
    losses = model.fit(WORDS, TARGETS, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]
    assert Reader()(WORDS).shape == (4, 1)


def test_a_layer_that_learns_is_no_metric():
    model = mixed_model()
    model.compile("sgd", "mse")
    assert [metric.name for metric in model.metrics] == ["loss"]
    assert [type(layer).__name__ for layer in model._flatten_layers(recursive=False)][1:] != []


@pytest.mark.parametrize(("wrong", "error", "message"), [
    (lambda: mixed_model()({"word": AGES, "age": AGES}), TypeError, "Expected strings as input 'w"),
    (lambda: mixed_model()({"word": WORDS, "age": WORDS}), TypeError, "Expected numbers"),
    (lambda: ops.square(gs.Input((1,), dtype="string")), TypeError, "Expected numbers in `square`"),
    (lambda: gs.Input((1,), dtype="string", sparse=True), NotImplementedError, "no sparse"),
    (lambda: mixed_model().predict(np.array([[None]]), verbose=0), ValueError, "objects"),
])  # fmt: skip
def test_mistakes(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
