"""Preprocessing layers: hashes, vocabularies, texts, and what `adapt` learns.

Keras needs TensorFlow for those of strings, which is not installed: what is expected of them stands
in Keras's documentation and tests, of hashes in their publications.
"""

import json

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers
from gossamer.layers.preprocessing.hashes import fingerprint64, siphash64

NAMES = [
    "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
    "MelSpectrogram", "Normalization", "Pipeline", "Rescaling", "STFTSpectrogram", "StringLookup",
    "TextVectorization",
]  # fmt: skip


def test_names(record_property):
    assert all(issubclass(getattr(layers, name), layers.Layer) for name in NAMES)
    record_property("layer names present", len(NAMES))


# Hashes


@pytest.mark.parametrize(("text", "expected"), [
    # BigQuery's documentation of FARM_FINGERPRINT
    ("1footrue", -1541654101129638711), ("2applefalse", 2794438866806483259),
    ("3true", -4880158226897771312),
])  # fmt: skip
def test_fingerprints(text, expected):
    assert fingerprint64(text.encode()) == expected % 2**64


LENGTHS = {
    0: 0x9AE16A3B2F90404F,
    1: 0xA3B260215EC8F116,
    2: 0x9C9AAB5646DD8DBC,
    3: 0xF79520F4C18B49EB,
    4: 0x4891D9D84A7D0ACA,
    7: 0x204B0DEBC51C118E,
    8: 0xEB238B266F60AB19,
    12: 0xD4C68C4866C16CE0,
    16: 0x35054FA74179D981,
    17: 0xE28D80BFC51585C7,
    24: 0xDD43C0068591E900,
    32: 0x01C5AE063C078260,
    33: 0xBA2C9E2EF248AF32,
    48: 0x71B8CB44B072F100,
    64: 0x23511DFC408FF4E9,
    65: 0x71835D3A14AB6EA1,
    100: 0x8713F8613BCD26C2,
    127: 0x07BF8096FDCF584A,
    128: 0x6C5BA033D1BF686F,
    129: 0x9E2C2C6F5B2731D2,
    192: 0x7C54945C0C1FE009,
    300: 0x408CDE59483295FC,
}


@pytest.mark.parametrize("length", LENGTHS)
def test_fingerprints_of_each_length(length):
    """Values of Google's C++, by the package pyfarmhash: each length is hashed in another way."""
    text = "".join(chr(97 + (7 * k + length) % 26) for k in range(length))
    assert fingerprint64(text.encode()) == LENGTHS[length]


def test_siphash():
    """The vector of Aumasson and Bernstein's paper."""
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash64(bytes(range(15)), key) == 0xA129CA6149BE45E5


LETTERS = [["A"], ["B"], ["C"], ["D"], ["E"]]
WIRE = [["omar"], ["stringer"], ["marlo"], ["wire"], ["skywalker"]]


@pytest.mark.parametrize(("config", "inputs", "expected"), [
    ({"num_bins": 3}, LETTERS, [1, 0, 1, 1, 2]),
    ({"num_bins": 3, "mask_value": ""}, [["A"], ["B"], [""], ["C"], ["D"]], [1, 1, 0, 2, 2]),
    ({"num_bins": 3, "salt": [133, 137]}, LETTERS, [1, 2, 1, 0, 2]),
    ({"num_bins": 3, "salt": 133}, LETTERS, [0, 0, 2, 1, 0]),
    ({"num_bins": 1}, LETTERS, [0, 0, 0, 0, 0]),
    ({"num_bins": 2}, WIRE, [0, 0, 1, 0, 0]),
    ({"num_bins": 3, "mask_value": ""}, WIRE, [1, 1, 2, 1, 1]),
    ({"num_bins": 3, "mask_value": "omar"}, WIRE, [0, 1, 2, 1, 1]),
    ({"num_bins": 2, "salt": [133, 137]}, WIRE, [0, 1, 0, 1, 0]),
    ({"num_bins": 2, "salt": [211, 137]}, WIRE, [1, 0, 1, 0, 1]),
    ({"num_bins": 3}, [[0], [1], [2], [3], [4]], [1, 0, 1, 0, 2]),
    ({"num_bins": 3, "salt": [133, 137]}, [[0], [1], [2], [3], [4]], [1, 1, 2, 0, 1]),
])  # fmt: skip
def test_hashing(config, inputs, expected, record_property):
    output = layers.Hashing(**config)(inputs)
    assert output.tolist() == [[value] for value in expected]
    assert layers.Hashing(**config)(np.array(inputs)[:, 0]).tolist() == expected
    record_property("values of Keras's documentation", 1)


def test_hashing_to_vectors():
    inputs = np.array([[0, 1, 2, 3, 4]])
    count = layers.Hashing(num_bins=3, output_mode="count")
    assert count(inputs).tolist() == [[2.0, 2.0, 1.0]]
    assert layers.Hashing(num_bins=3, output_mode="multi_hot")(inputs).tolist() == [[1, 1, 1]]
    one_hot = layers.Hashing(num_bins=3, output_mode="one_hot")
    assert one_hot(inputs.T).tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert (count.compute_output_shape((None, 5)), count(inputs).dtype) == ((None, 3), "float32")
    assert one_hot(layers.Input((1,), dtype="int32")).shape == (None, 3)
    again = layers.Hashing.from_config(json.loads(json.dumps(count.get_config())))
    assert again.get_config() == count.get_config()


def test_hashed_crossing():
    features = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])
    layer = layers.HashedCrossing(num_bins=5)
    assert layer(features).tolist() == [1, 4, 1, 1, 3]
    assert layer([x[:, None] for x in features]).tolist() == [[1], [4], [1], [1], [3]]
    assert layers.HashedCrossing(num_bins=10)((np.array("A"), np.array(101))).tolist() == 1
    one_hot = layers.HashedCrossing(num_bins=5, output_mode="one_hot")(features)
    np.testing.assert_array_equal(one_hot, np.eye(5)[[1, 4, 1, 1, 3]])
    assert one_hot.dtype == "float32"
    again = layers.HashedCrossing.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


# Vocabularies

VOCABULARY = ["a", "b", "c", "d"]
DATA = [["a", "c", "d"], ["d", "z", "b"]]
REPEATED = [["a", "c", "d", "d"], ["d", "z", "b", "z"]]


@pytest.mark.parametrize(("config", "inputs", "expected"), [
    ({}, DATA, [[1, 3, 4], [4, 0, 2]]),
    ({"num_oov_indices": 2}, [["a", "c", "d"], ["m", "z", "b"]], [[2, 4, 5], [0, 1, 3]]),
    ({"mask_token": ""}, [["a", "", "z"]], [[2, 0, 1]]),
    ({"mask_token": "", "num_oov_indices": 0}, [["a", ""]], [[1, 0]]),
    ({"output_mode": "one_hot"}, ["a", "b", "c", "d", "z"],
     np.eye(5)[[1, 2, 3, 4, 0]].tolist()),
    ({"output_mode": "one_hot"}, [["a"], ["z"]], np.eye(5)[[1, 0]].tolist()),
    ({"output_mode": "multi_hot"}, REPEATED, [[0, 1, 0, 1, 1], [1, 0, 1, 0, 1]]),
    ({"output_mode": "count"}, REPEATED, [[0, 1, 0, 1, 2], [2, 0, 1, 0, 1]]),
    ({"output_mode": "count", "mask_token": "d"}, REPEATED, None),
    ({"output_mode": "count", "max_tokens": 7, "pad_to_max_tokens": True}, REPEATED,
     [[0, 1, 0, 1, 2, 0, 0], [2, 0, 1, 0, 1, 0, 0]]),
    ({"output_mode": "tf_idf", "idf_weights": [0.25, 0.75, 0.6, 0.4]}, REPEATED,
     [[0, 0.25, 0, 0.6, 0.8], [1.0, 0, 0.75, 0, 0.4]]),
    ({"output_mode": "tf_idf", "idf_weights": [0.9, 0.25, 0.75, 0.6, 0.4],
      "vocabulary": ["[UNK]", *VOCABULARY]}, REPEATED,
     [[0, 0.25, 0, 0.6, 0.8], [1.8, 0, 0.75, 0, 0.4]]),
])  # fmt: skip
def test_string_lookup(config, inputs, expected, record_property):
    if expected is None:
        with pytest.raises(ValueError, match=r"no special tokens .*Received: 'd' at 3"):
            layers.StringLookup(**{"vocabulary": VOCABULARY, **config})
        return
    layer = layers.StringLookup(**{"vocabulary": VOCABULARY, **config})
    output = layer(inputs)
    np.testing.assert_allclose(output, expected, rtol=1e-6)
    assert layer.compute_output_shape(np.shape(inputs)) == output.shape
    again = layers.StringLookup.from_config(json.loads(json.dumps(layer.get_config())))
    np.testing.assert_allclose(again(np.array(inputs)), expected, rtol=1e-6)
    record_property("values of Keras's documentation", 1)


def test_string_lookup_learns():
    layer = layers.StringLookup()
    layer.adapt(DATA)
    assert layer.get_vocabulary() == ["[UNK]", "d", "z", "c", "b", "a"]
    assert layer(DATA).tolist() == [[5, 3, 1], [1, 2, 4]]
    assert layer.get_vocabulary(include_special_tokens=False) == ["d", "z", "c", "b", "a"]
    layer = layers.StringLookup(max_tokens=4, mask_token="")
    layer.adapt(batch for batch in ([["b", "b", ""]], [["a", "c"]], [["a", "a"]]))
    assert layer.get_vocabulary() == ["", "[UNK]", "a", "b"]
    layer.adapt(iter([["x"], ["y"]]), steps=1)
    assert layer.get_vocabulary() == ["", "[UNK]", "x"]


def test_string_lookup_learns_weights():
    layer = layers.StringLookup(output_mode="tf_idf")
    layer.adapt([["a", "a", "b"], ["a", "c", "c"]])
    assert layer.get_vocabulary() == ["[UNK]", "a", "c", "b"]
    weights = np.log(1 + 2 / (1 + np.array([2, 1, 1])))
    expected = [2 * weights.mean(), 3 * weights[0], 0, weights[2]]
    output = layer([["a", "a", "a", "b", "x", "y"]])
    np.testing.assert_allclose(output, [expected], rtol=1e-6)
    store = {}
    layer.save_own_variables(store)
    np.testing.assert_allclose(store["idf_weights"], [weights.mean(), *weights], rtol=1e-6)


def test_numbers_become_strings():
    layer = layers.StringLookup(vocabulary=VOCABULARY, invert=True)
    assert layer([[1, 3, 4], [4, 0, 2]]).tolist() == [["a", "c", "d"], ["d", "[UNK]", "b"]]
    forth = layers.StringLookup(vocabulary=VOCABULARY)
    assert layer(forth(DATA)).tolist() == [["a", "c", "d"], ["d", "[UNK]", "b"]]


def test_vocabularies_in_files(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("one\ntwo\nthree\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=str(path))
    assert layer(["two", "none"]).tolist() == [2, 0]
    assert layer.get_config()["vocabulary"] is None
    layer.save_assets(str(tmp_path))
    again = layers.StringLookup.from_config(layer.get_config())
    again.load_assets(str(tmp_path))
    assert again.get_vocabulary() == ["[UNK]", "one", "two", "three"]
    with pytest.raises(ValueError, match=r"Received: .*nowhere"):
        layers.StringLookup(vocabulary=str(tmp_path / "nowhere"))


INTEGERS = [12, 36, 1138, 42]


@pytest.mark.parametrize(("config", "inputs", "expected"), [
    ({}, [[12, 1138, 42], [42, 1000, 36]], [[1, 3, 4], [4, 0, 2]]),
    ({"num_oov_indices": 2}, [[12, 1138, 42], [37, 1000, 36]], [[2, 4, 5], [1, 0, 3]]),
    ({"vocabulary": [10, 20, 30], "num_oov_indices": 4}, [100, 300, 700, 1100, 1700, 2000],
     [0, 0, 0, 0, 0, 0]),
    ({"vocabulary": [10, 20, 30], "num_oov_indices": 4, "oov_method": "farmhash"},
     [100, 300, 700, 1100, 1700, 2000], [3, 3, 2, 2, 0, 1]),
    ({"output_mode": "count"}, [[12, 1138, 42, 42], [42, 7, 36, 7]],
     [[0, 1, 0, 1, 2], [2, 0, 1, 0, 1]]),
    ({"invert": True}, [[1, 3, 4], [4, 0, 2]], [[12, 1138, 42], [42, -1, 36]]),
    ({"mask_token": 0}, [[0, 12, 7]], [[0, 2, 1]]),
])  # fmt: skip
def test_integer_lookup(config, inputs, expected, record_property):
    layer = layers.IntegerLookup(**{"vocabulary": INTEGERS, **config})
    assert layer(np.array(inputs)).tolist() == expected
    again = layers.IntegerLookup.from_config(json.loads(json.dumps(layer.get_config())))
    assert again(gs.ops.convert_to_tensor(inputs)).tolist() == expected
    record_property("values of Keras's documentation", 1)


def test_integer_lookup_learns():
    layer = layers.IntegerLookup()
    data = np.array([[12, 1138, 42], [42, 1000, 36]])
    layer.adapt(data)
    assert layer.get_vocabulary() == [-1, 42, 1138, 1000, 36, 12]
    assert layer(data).tolist() == [[5, 2, 1], [1, 3, 4]]


# Texts


def test_texts_become_numbers():
    layer = layers.TextVectorization(max_tokens=5000, output_sequence_length=4)
    layer.adapt(["foo bar", "bar baz", "baz bada boom"])
    assert layer([["foo qux bar"], ["qux baz"]]).tolist() == [[4, 1, 3, 0], [1, 2, 0, 0]]
    words = layers.TextVectorization(vocabulary=["earth", "wind", "and", "fire"])
    assert words.get_vocabulary() == ["", "[UNK]", "earth", "wind", "and", "fire"]
    assert words(["Fire, WIND!", "  earth\tand  fire "]).tolist() == [[5, 3, 0], [2, 4, 5]]
    assert words.compute_output_shape((None, 1)) == (None, None)


@pytest.mark.parametrize(("config", "text", "tokens"), [
    ({}, "It's\na \"Test\".", ["its", "a", "test"]),
    ({"standardize": "lower"}, "It's A ÄB", ["it's", "a", "Äb"]),
    ({"standardize": "strip_punctuation"}, "It's A-B", ["Its", "AB"]),
    ({"standardize": None}, "It's A-B", ["It's", "A-B"]),
    ({"standardize": np.char.upper}, "ab c", ["AB", "C"]),
    ({"split": "character"}, "A b", ["a", " ", "b"]),
    ({"split": None}, "A b", ["a b"]),
    ({"split": lambda x: [s.split("x") for s in x.tolist()]}, "axb", ["a", "b"]),
    ({"ngrams": 2}, "a b c", ["a", "b", "c", "a b", "b c"]),
    ({"ngrams": (3, 2)}, "a b c", ["a b c", "a b", "b c"]),
    ({"ngrams": (4,)}, "a b c", []),
])  # fmt: skip
def test_tokens(config, text, tokens):
    found = layers.TextVectorization(**config)._preprocess([text])
    assert np.asarray(getattr(found, "tokens", found)).tolist() == tokens


def test_texts_become_vectors():
    texts = ["a b b", "c a z"]
    count = layers.TextVectorization(output_mode="count", vocabulary=["a", "b", "c"])
    assert count(texts).tolist() == [[0, 1, 2, 0], [1, 1, 0, 1]]
    multi = layers.TextVectorization(
        output_mode="multi_hot", vocabulary=["a", "b", "c"], max_tokens=6, pad_to_max_tokens=True
    )
    assert multi(texts).tolist() == [[0, 1, 1, 0, 0, 0], [1, 1, 0, 1, 0, 0]]
    weighted = layers.TextVectorization(output_mode="tf_idf")
    weighted.adapt(texts)
    assert weighted.get_vocabulary() == ["[UNK]", "b", "a", "z", "c"]
    weights = np.log(1 + 2 / (1 + np.array([1, 2, 1, 1])))
    expected = [[weights.mean(), 2 * weights[0], weights[1], 0, 0]]
    np.testing.assert_allclose(weighted(["b b a q"]), expected, rtol=1e-6)


def test_a_configuration_makes_an_equal_text_layer():
    layer = layers.TextVectorization(ngrams=(1, 2), vocabulary=["a", "a b"], name="texts")
    config = layer.get_config()
    again = layers.TextVectorization.from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert again(["a b"]).tolist() == layer(["a b"]).tolist() == [[2, 1, 3]]


def test_texts_of_different_shapes():
    layer = layers.TextVectorization(vocabulary=["a"], split=None, output_sequence_length=3)
    assert layer([["a", "b"]]).tolist() == [[2, 1, 0]]
    with pytest.raises(ValueError, match=r"Received: shape=\(1, 2\)"):
        layers.TextVectorization(vocabulary=["a"])([["a", "b"]])


# What is learnt from numbers


def test_normalization_learns():
    data = np.random.default_rng(0).normal(3, 2, (20, 3)).astype(np.float32)
    layer = layers.Normalization()
    layer.adapt(data)
    result = np.asarray(layer(data))
    np.testing.assert_allclose(result.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(result.std(0), 1, atol=1e-5)
    batches = layers.Normalization()
    batches.adapt(iter([data[:7], (data[7:8], None), data[8:]]))
    for one, other in zip(layer.get_weights(), batches.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    jitted = gs.jit(lambda x: layer(x))
    np.testing.assert_allclose(jitted(gs.ops.convert_to_tensor(data)), result, rtol=1e-5, atol=1e-6)
    layer.adapt(data + 1)  # is seen by what has been compiled
    result = np.asarray(jitted(gs.ops.convert_to_tensor(data)))
    np.testing.assert_allclose(result.mean(0), -1 / data.std(0), rtol=1e-4)


def test_discretization_learns():
    data = np.arange(1000, dtype=np.float32)
    layer = layers.Discretization(num_bins=4, epsilon=0.01)
    layer.adapt(np.random.default_rng(0).permutation(data))
    counts = np.bincount(np.asarray(layer(data)))
    assert len(counts) == 4
    assert counts.min() > 220
    again = layers.Discretization.from_config(layer.get_config())
    np.testing.assert_array_equal(again(data), layer(data))


@pytest.mark.cpython_only
def test_learning_as_keras(record_property):
    from tests.oracle import keras_library

    keras = keras_library.keras
    generator = np.random.default_rng(1)
    data = generator.normal(1, 3, (37, 4, 3)).astype(np.float32)
    for axis in (-1, None, (1, 2), 0):
        own, theirs = layers.Normalization(axis=axis), keras.layers.Normalization(axis=axis)
        own.adapt(data)
        theirs.build(data.shape)
        theirs.adapt_mean.assign(np.mean(data, theirs._reduce_axis))
        theirs.adapt_variance.assign(np.var(data, theirs._reduce_axis))
        theirs.finalize_state()
        np.testing.assert_allclose(own(data), theirs(data), rtol=1e-4, atol=1e-5)
        record_property("adapted layers as Keras's", 1)
    batches = [generator.normal(size=300), data, generator.normal(size=500)]
    for bins, epsilon in ((3, 0.01), (10, 0.05), (5, 0.001)):
        own = layers.Discretization(num_bins=bins, epsilon=epsilon)
        theirs = keras.layers.Discretization(num_bins=bins, epsilon=epsilon)
        for layer in (own, theirs):
            for batch in batches:
                layer.update_state(batch)
            layer.finalize_state()
        np.testing.assert_allclose(own.bin_boundaries, theirs.bin_boundaries, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(own(data), theirs(data))
        record_property("adapted layers as Keras's", 1)


def test_a_pipeline():
    layer = layers.Pipeline([layers.Rescaling(2.0), layers.Normalization(mean=1.0, variance=4.0)])
    assert layer(np.ones((2, 2), np.float32), training=False).tolist() == [[0.5] * 2] * 2
    again = layers.Pipeline.from_config(layer.get_config())
    assert [type(x).__name__ for x in again.layers] == ["Rescaling", "Normalization"]


# What is refused


@pytest.mark.parametrize(("make", "received"), [
    (lambda: layers.Hashing(num_bins=0), "num_bins=0"),
    (lambda: layers.Hashing(num_bins=2, salt="string"), "salt='string'"),
    (lambda: layers.Hashing(num_bins=2, salt=[1]), r"salt=\[1\]"),
    (lambda: layers.Hashing(num_bins=2, output_mode="x"), "output_mode='x'"),
    (lambda: layers.Hashing(num_bins=2, dtype="float32"), "dtype='float32'"),
    (lambda: layers.Hashing(num_bins=2, output_mode="count", sparse=True), "sparse=True"),
    (lambda: layers.HashedCrossing(num_bins=2)(np.array(1)), "inputs=1"),
    (lambda: layers.HashedCrossing(num_bins=2)([np.array(1)]), "inputs="),
    (lambda: layers.HashedCrossing(num_bins=2)([np.ones((2, 2), int)] * 2), r"shape=\(2, 2\)"),
    (lambda: layers.HashedCrossing(num_bins=2)([np.ones(2)] * 2), "float64"),
    (lambda: layers.StringLookup(max_tokens=1), "max_tokens=1"),
    (lambda: layers.StringLookup(pad_to_max_tokens=True), "pad_to_max_tokens=True"),
    (lambda: layers.StringLookup(num_oov_indices=-1), "-1"),
    (lambda: layers.StringLookup(vocabulary=["a", "a"]), r"\['a'\], repeated"),
    (lambda: layers.StringLookup(vocabulary=[]), "empty"),
    (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), "3 tokens"),
    (lambda: layers.StringLookup(vocabulary=["a"], invert=True, output_mode="count"), "'count'"),
    (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "None"),
    (lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]), r"\['b'\]"),
    (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), "string_lookup"),
    (lambda: layers.IntegerLookup(vocabulary=[1], salt=3), "oov_method='floormod'"),
    (lambda: layers.IntegerLookup(vocabulary_dtype="int32"), "'int32'"),
    (lambda: layers.TextVectorization(ragged=True), "ragged=True"),
    (lambda: layers.TextVectorization(split="comma"), "split='comma'"),
    (lambda: layers.TextVectorization(ngrams=1.5), "ngrams=1.5"),
    (lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3),
     "output_sequence_length=3"),
    (lambda: layers.CategoryEncoding(), "num_tokens=None"),
    (lambda: layers.CategoryEncoding(3, "one_hot")([1], count_weights=[2.0]), "count_weights="),
    (lambda: layers.Discretization(), "bin_boundaries=None"),
    (lambda: layers.Discretization(num_bins=3)(np.ones(2)), "no boundaries"),
    (lambda: layers.Discretization([1.0]).adapt(np.ones(2)), "discretization"),
    (lambda: layers.Normalization(mean=1.0), "variance=None"),
    (lambda: layers.Normalization(axis=3)(np.ones((2, 2))), r"axis=\(3,\)"),
    (lambda: layers.Normalization().adapt([]), "none"),
    (lambda: layers.STFTSpectrogram(mode="x"), "mode='x'"),
    (lambda: layers.STFTSpectrogram(frame_length=8, frame_step=9), "frame_step=9"),
    (lambda: layers.STFTSpectrogram(window="x"), "window='x'"),
    (lambda: layers.MelSpectrogram(fft_length=8, sequence_length=9), "sequence_length=9"),
    (lambda: layers.Pipeline.from_config({"layers": 3}), "3"),
])  # fmt: skip
def test_what_is_refused(make, received):
    gs.utils.clear_session()
    with pytest.raises(ValueError, match=f"Received: .*{received}"):
        make()


def test_a_vocabulary_is_needed_for_vectors():
    with pytest.raises(RuntimeError, match=r"output_mode='count'. Received: none"):
        layers.StringLookup(output_mode="count")(["a"])
    with pytest.raises(TypeError, match="Expected strings"):
        layers.StringLookup(vocabulary=["a"])([1, 2])
