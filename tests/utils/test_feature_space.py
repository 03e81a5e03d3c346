"""`FeatureSpace`: features by name, as vectors.

Keras's own needs TensorFlow for strings and to adapt, which is not installed: those of numbers are
compared with it, and others with what its documentation says of each kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gossamer as gs

FeatureSpace = gs.utils.FeatureSpace
DATA: dict[str, Any] = {
    "float": [1.0, 2.0, 3.0, 4.0],
    "rescaled": [0.0, 10.0, 20.0, 30.0],
    "normalized": [1.0, 3.0, 1.0, 3.0],
    "discretized": [0.0, 1.0, 2.0, 3.0],
    "integer": [7, 9, 7, 8],
    "string": ["b", "a", "b", "c"],
}
KINDS: dict[str, Any] = {
    "float": "float",
    "rescaled": FeatureSpace.float_rescaled(scale=0.1, offset=1.0),
    "normalized": "float_normalized",
    "discretized": FeatureSpace.float_discretized(num_bins=2),
    "integer": "integer_categorical",
    "string": "string_categorical",
}
ENCODED: dict[str, Any] = {
    "float": [[1.0], [2.0], [3.0], [4.0]],
    "rescaled": [[1.0], [2.0], [3.0], [4.0]],
    "normalized": [[-1.0], [1.0], [-1.0], [1.0]],
    "discretized": [[1, 0], [0, 1], [0, 1], [0, 1]],
    # Tokens by how often they are there, then last first, behind that of what is unknown.
    "integer": np.eye(4)[[1, 2, 1, 3]],
    "string": np.eye(4)[[1, 3, 1, 2]],
}


def adapted(**kwargs: Any) -> Any:
    space = FeatureSpace(dict(KINDS), **kwargs)
    space.adapt(DATA)
    return space


def test_each_kind():
    found = adapted(output_mode="dict")(DATA)
    assert list(found) == sorted(DATA)
    for name, expected in ENCODED.items():
        np.testing.assert_allclose(found[name].numpy(), expected, atol=1e-6, err_msg=name)


def test_joined_in_the_order_of_names():
    found = adapted()(DATA)
    expected = np.concatenate([np.asarray(ENCODED[name]) for name in sorted(ENCODED)], axis=1)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-6)


def test_one_sample():
    space = adapted()
    of_all = space(DATA).numpy()
    one = space({name: values[1] for name, values in DATA.items()})
    assert one.shape == of_all.shape[1:]
    np.testing.assert_allclose(one.numpy(), of_all[1], atol=1e-6)
    by_name = adapted(output_mode="dict")({name: values[1] for name, values in DATA.items()})
    np.testing.assert_allclose(by_name["string"].numpy(), ENCODED["string"][1])


def test_hashes_and_crosses():
    space = FeatureSpace(
        {
            "a": FeatureSpace.string_hashed(3, output_mode="int"),
            "b": FeatureSpace.integer_hashed(3, output_mode="int"),
            "c": FeatureSpace.string_hashed(4),
        },
        crosses=[("a", "b"), FeatureSpace.cross(("b", "c"), 7, output_mode="int")],
        crossing_dim=5,
        output_mode="dict",
    )
    data = {"a": ["A", "B", "C"], "b": [1, 2, 3], "c": ["x", "y", "z"]}
    found = space(data)
    # As in the documentation of `Hashing`.
    assert found["a"].tolist() == [[1], [0], [1]]
    assert found["a_X_b"].shape == (3, 5)
    np.testing.assert_array_equal(found["a_X_b"].numpy().sum(axis=1), 1.0)
    bins = gs.layers.HashedCrossing(5)((found["a"].numpy(), found["b"].numpy())).numpy()
    np.testing.assert_array_equal(found["a_X_b"].numpy().argmax(axis=1), bins[:, 0])
    assert found["b_X_c"].shape == (3, 1)
    assert space.crossers["a_X_b"].num_bins == 5
    assert isinstance(space.preprocessors["a"], gs.layers.Hashing)


def test_a_layer_of_ones_own():
    """As in Keras's documentation: texts by TF-IDF."""
    space = FeatureSpace({
        "text": FeatureSpace.feature(
            preprocessor=gs.layers.TextVectorization(output_mode="tf_idf"),
            dtype="string", output_mode="float",
        )
    })  # fmt: skip
    data = {"text": ["1st string", "2nd string", "3rd string"]}
    space.adapt(data)
    layer = space.preprocessors["text"]
    assert layer.get_vocabulary() == ["[UNK]", "string", "3rd", "2nd", "1st"]
    found = space(data).numpy()
    assert found.shape == (3, 5)
    # log(1 + documents / (1 + documents with the token)).
    np.testing.assert_allclose(found[0, [1, 4]], np.log1p([3 / 4, 3 / 2]), rtol=1e-5)
    np.testing.assert_allclose(found[0, [2, 3]], 0.0)


@pytest.mark.parametrize("batch", [None, 2, 3])
def test_adapts_to_datasets(batch):
    dataset = gs.data.Dataset.from_tensor_slices(DATA)
    if batch:
        dataset = dataset.batch(batch)
    space = FeatureSpace(dict(KINDS), output_mode="dict")
    space.adapt(dataset)
    for name in ("normalized", "integer", "string"):
        np.testing.assert_allclose(space(DATA)[name].numpy(), ENCODED[name], atol=1e-6)


def test_encodes_within_a_dataset():
    space = adapted()
    rows = list(gs.data.Dataset.from_tensor_slices(DATA).batch(2).map(space))
    joined = np.concatenate([np.asarray(row) for row in rows])
    np.testing.assert_allclose(joined, space(DATA).numpy(), atol=1e-6)


def test_models_of_encoded_features_and_of_features():
    space = FeatureSpace(dict(KINDS), crosses=[("integer", "string")], crossing_dim=8)
    space.adapt(DATA)
    encoded = space.get_encoded_features()
    assert encoded.shape == (None, 21)
    outputs = gs.layers.Dense(1)(encoded)
    training = gs.Model(encoded, outputs)
    training.compile("adam", "mse")
    y = np.ones((4, 1), "float32")
    losses = training.fit(space(DATA), y, epochs=4, verbose=0).history["loss"]
    assert losses[3] < losses[0]
    inference = gs.Model(space.get_inputs(), outputs)
    arrays = {name: np.array(values) for name, values in DATA.items()}
    np.testing.assert_allclose(
        inference.predict(arrays, verbose=0), training.predict(space(DATA), verbose=0), rtol=1e-5
    )
    # The layers of strings run before the step, which is one program.
    inference.compile("adam", "mse")
    assert inference.jit_compile
    assert inference.fit(arrays, y, epochs=1, verbose=0).history["loss"][0] < losses[0]


def test_configuration():
    space = FeatureSpace(dict(KINDS), crosses=[("integer", "string")], output_mode="dict", name="f")
    config = gs.saving.serialize_keras_object(space)
    assert (config["module"], config["class_name"]) == ("keras.utils", "FeatureSpace")
    again = gs.saving.deserialize_keras_object(config)
    assert again.get_config() == space.get_config()
    space.adapt(DATA)
    again.adapt(DATA)
    for name, x in space(DATA).items():
        np.testing.assert_allclose(again(DATA)[name].numpy(), x.numpy())
    store: dict[str, Any] = {}
    space.save_own_variables(store)
    assert not store
    again.build_from_config(space.get_build_config())
    assert again.get_build_config().keys() == DATA.keys()


@pytest.mark.parametrize(("wrong", "message"), [
    (lambda: FeatureSpace({}), "Expected features"),
    (lambda: FeatureSpace({"a": "no kind"}), "a kind of feature for 'a'"),
    (lambda: FeatureSpace({"a": "float"}, output_mode="list"), "output_mode='list'"),
    (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "b")]), r"Received: \['b'\]"),
    (lambda: FeatureSpace({"a": "float"}, crosses=[("a", "a")], crossing_dim=0), "crossing_dim"),
    (lambda: FeatureSpace({"a": "string_categorical"})({"a": ["x"]}), "a call of `adapt`"),
    (lambda: FeatureSpace({"a": "float"})([1.0]), "a dictionary of features"),
    (lambda: FeatureSpace({"a": "float"}).adapt([1.0]), "a data.Dataset"),
    (lambda: FeatureSpace.cross(("a", "b"), 3, "float"), "output_mode='float'"),
    (lambda: FeatureSpace.feature("float32", None, "vector"), "output_mode='vector'"),
    (lambda: FeatureSpace({"a": FeatureSpace.string_hashed(3, "int")})({"a": ["x"]}), "concaten"),
    (lambda: FeatureSpace({
        "a": FeatureSpace.feature("float32", gs.layers.Rescaling(2.0), "one_hot")
    })({"a": [1.0]}), "Expected integers"),
])  # fmt: skip
def test_mistakes(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


@pytest.mark.cpython_only
def test_numbers_as_in_keras(record_property):
    from tests.oracle.keras_library import keras

    def features(of: Any) -> dict[str, Any]:
        return {
            "b": of.float_rescaled(scale=2.0, offset=1.0, name="b"),
            "a": of.float(name="a"),
            "d": of.feature("float32", of_library(of).layers.Discretization(
                bin_boundaries=[0.5, 1.5], name="bins"), "int"),
            "c": "float_rescaled",
        }  # fmt: skip

    def of_library(of: Any) -> Any:
        return gs if of is FeatureSpace else keras

    theirs = keras.utils.FeatureSpace(features(keras.utils.FeatureSpace), output_mode="dict")
    ours = FeatureSpace(features(FeatureSpace), output_mode="dict")
    one, other = ours.get_config(), theirs.get_config()
    assert one == gs.saving.serialize_keras_object(other)
    theirs._is_adapted = True  # it would have boundaries that are given learnt, too
    found, expected = ours.get_encoded_features(), theirs.get_encoded_features()
    assert list(found) == list(expected)
    for name, x in expected.items():
        assert (found[name].shape, found[name].dtype) == (x.shape, x.dtype)
    record_property("features as Keras's", len(expected))
