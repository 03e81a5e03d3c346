"""`keras.utils`'s makers of datasets, beside Keras's as far as they need no TensorFlow."""

from __future__ import annotations

import random
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer.data import Dataset
from gossamer.utils.audio_directory import read_wav, resampled
from gossamer.utils.directories import listing_of
from tests.data.test_files import picture, pillow

__all__ = ["pillow"]  # a fixture

SERIES = np.arange(40, dtype="float32").reshape(20, 2)
TARGETS = np.arange(20) * 10

WINDOWS: dict[str, dict[str, Any]] = {
    "plain": {"sequence_length": 3},
    "targets": {"targets": TARGETS, "sequence_length": 3},
    "stride": {"targets": TARGETS, "sequence_length": 3, "sequence_stride": 4},
    "rate": {"targets": TARGETS, "sequence_length": 3, "sampling_rate": 2},
    "batches": {"targets": TARGETS, "sequence_length": 3, "batch_size": 7},
    "one by one": {"targets": TARGETS, "sequence_length": 3, "batch_size": None},
    "start": {"targets": TARGETS, "sequence_length": 3, "start_index": 5, "batch_size": 4},
    "end": {"targets": TARGETS, "sequence_length": 3, "end_index": 11, "batch_size": 4},
    "both": {"sequence_length": 2, "start_index": 4, "end_index": 11, "sequence_stride": 2},
    "few targets": {"targets": TARGETS[:4], "sequence_length": 3},
    "too long": {"sequence_length": 30},
}


def elements(dataset: Any) -> list[list[np.ndarray]]:
    found = []
    for element in dataset.as_numpy_iterator() if isinstance(dataset, Dataset) else dataset:
        parts = element if isinstance(element, tuple) else (element,)
        found.append([np.asarray(part) for part in parts])
    return found


def windows_of(keras: Any, options: dict[str, Any]) -> Any:
    return keras.utils.timeseries_dataset_from_array(SERIES, **({"targets": None} | options))


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", WINDOWS)
def test_windows_as_keras(name: str, monkeypatch: pytest.MonkeyPatch, record_property: Any) -> None:
    from keras.src.utils import timeseries_dataset_utils as module

    from tests.data.fake_grain import GRAIN
    from tests.oracle.keras_library import keras

    monkeypatch.setattr(module, "grain", GRAIN)
    found = elements(windows_of(gs, WINDOWS[name]))
    right = elements(windows_of(keras, WINDOWS[name] | {"format": "grain"}))
    assert len(found) == len(right)
    for one, other in zip(found, right, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    record_property("windows as Keras's", 1)


def test_windows() -> None:
    options = {"targets": TARGETS, "sequence_length": 3, "sampling_rate": 2, "batch_size": 7}
    dataset = windows_of(gs, options)
    assert len(dataset) == 3
    x, y = next(iter(dataset))
    assert x[1, :, 0].numpy().tolist() == [2.0, 6.0, 10.0]
    assert y[1].numpy() == 10


def test_windows_in_another_order() -> None:
    options = {"targets": TARGETS, "sequence_length": 2, "shuffle": True, "seed": 2}
    first, second = (elements(windows_of(gs, options)) for _ in range(2))
    x, y = first[0]
    assert (x[:, 0, 0] * 5 == y).all()
    assert sorted(y) == sorted(TARGETS[:19])
    assert list(y) != sorted(y)
    np.testing.assert_array_equal(y, second[0][1])  # of the same seed


WINDOW_ERRORS = [
    {"start_index": -1}, {"start_index": 20}, {"end_index": 20}, {"end_index": -1},
    {"start_index": 5, "end_index": 5}, {"sampling_rate": 0}, {"sampling_rate": 20},
    {"sequence_stride": 0}, {"sequence_stride": 20}, {"format": "torch"},
]  # fmt: skip


@pytest.mark.parametrize("options", WINDOW_ERRORS, ids=str)
def test_errors_of_windows(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Received: "):
        windows_of(gs, {"sequence_length": 2} | options)


def texts(root: Path) -> Path:
    for name in ("a", "b/deep", "c", ".hidden"):
        (root / name).mkdir(parents=True)
    for i, name in enumerate(["a/2.txt", "a/1.TXT", "b/deep/1.txt", "b/1.txt", "c/1.txt"] * 2):
        path = root / name
        (path if i < 5 else path.with_stem(path.stem + "-")).write_text(f"{name} é", "utf-8")
    (root / "a" / "picture.png").write_text("")
    (root / ".hidden" / "1.txt").write_text("")
    return root


LISTINGS: dict[str, dict[str, Any]] = {
    "in order": {"labels": "inferred", "shuffle": False},
    "shuffled": {"labels": "inferred", "seed": 3},
    "classes": {"labels": "inferred", "class_names": ["c", "a"], "seed": 4},
    "given labels": {"labels": list(range(10)), "seed": 5},
    "no labels": {"labels": None, "shuffle": False},
}


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", LISTINGS)
def test_listings_as_keras(name: str, tmp_path: Path, record_property: Any, capsys: Any) -> None:
    from keras.src.utils.dataset_utils import index_directory

    import tests.oracle.keras_library  # noqa: F401

    root = str(texts(tmp_path))
    options = LISTINGS[name]
    if options["labels"] == list(range(10)):
        options = options | {"labels": list(range(11))}  # the hidden one counts here
    found = listing_of(root, formats=(".txt",), **_copied(options))
    said = capsys.readouterr().out
    right = index_directory(root, formats=(".txt",), **_copied(options))
    assert capsys.readouterr().out == said
    assert found.paths == right[0]
    assert (found.labels is None) == (right[1] is None)
    if right[1] is not None:
        np.testing.assert_array_equal(found.labels, right[1])
    assert found.class_names == right[2]
    record_property("listings as Keras's", 1)


def _copied(options: dict[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, list) else v for k, v in options.items()}


def test_texts(tmp_path: Path) -> None:
    dataset = gs.utils.text_dataset_from_directory(
        texts(tmp_path), batch_size=4, shuffle=False, max_length=3, verbose=False
    )
    assert dataset.class_names == ["a", "b", "c"]
    assert len(dataset) == 3
    x, y = next(iter(dataset))
    assert x.tolist() == ["a/1", "a/1", "a/2", "a/2"]
    assert y.numpy().tolist() == [0, 0, 0, 0]
    assert y.dtype == "int32"


def test_labels(tmp_path: Path) -> None:
    root = texts(tmp_path)

    def labels(**options: Any) -> Any:
        dataset = gs.utils.text_dataset_from_directory(
            root, batch_size=20, shuffle=False, verbose=False, **options
        )
        return next(dataset.as_numpy_iterator())

    one_hot = labels(label_mode="categorical")[1]
    assert one_hot.dtype == np.float32
    assert one_hot.sum(0).tolist() == [4.0, 4.0, 2.0]
    binary = labels(label_mode="binary", class_names=["c", "a"])[1]
    assert (binary.shape, binary.dtype) == ((6, 1), np.float32)
    assert binary[:, 0].tolist() == [0, 0, 1, 1, 1, 1]
    assert labels(label_mode=None).shape == (11,)  # the hidden one counts here
    assert labels(labels=None).shape == (11,)


def test_subsets(tmp_path: Path, capsys: Any) -> None:
    root = texts(tmp_path)
    options = {"validation_split": 0.25, "seed": 3, "batch_size": None}
    parts = {
        subset: gs.utils.text_dataset_from_directory(root, subset=subset, **options)
        for subset in ("training", "validation", "both")
    }
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Found 10 files belonging to 3 classes.", "Using 8 files for training.",
    ]  # fmt: skip
    train, validation = parts["both"]
    assert train.file_paths == parts["training"].file_paths
    assert validation.file_paths == parts["validation"].file_paths
    assert len(set(train.file_paths) | set(validation.file_paths)) == 10
    found = [str(text) for text, _ in validation]
    assert [path.rsplit("/", 1)[-1][0] for path in validation.file_paths] == [
        text.rsplit("/", 1)[-1][0] for text in found
    ]


def test_orders(tmp_path: Path) -> None:
    dataset = gs.utils.text_dataset_from_directory(texts(tmp_path), seed=1, verbose=False)
    first, second = ([(str(x), int(y)) for x, y in dataset.unbatch()] for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second)
    assert all("abc"[y] == x[0] for x, y in first)


DIRECTORY_ERRORS: list[dict[str, Any]] = [
    {"labels": "given"}, {"labels": [1, 2]}, {"labels": [1] * 11, "class_names": ["a"]},
    {"label_mode": "float"}, {"class_names": ["z"]}, {"label_mode": "binary"},
    {"validation_split": 2.0, "subset": "training", "seed": 1}, {"validation_split": 0.5},
    {"subset": "training"}, {"validation_split": 0.5, "subset": "third", "seed": 1},
    {"validation_split": 0.5, "subset": "training"}, {"format": "torch"},
    {"labels": None, "class_names": ["a"]},
]  # fmt: skip


@pytest.mark.parametrize("options", DIRECTORY_ERRORS, ids=str)
def test_errors_of_directories(options: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Received: "):
        gs.utils.text_dataset_from_directory(texts(tmp_path), verbose=False, **options)


def test_an_empty_directory(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match="none"):
        gs.utils.text_dataset_from_directory(tmp_path, verbose=False)


IMAGES: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "plain": ({}, (4, 6, 3)),
    "grey": ({"color_mode": "grayscale"}, (4, 6, 1)),
    "with alpha": ({"color_mode": "rgba"}, (4, 6, 4)),
    "channels first": ({"data_format": "channels_first"}, (3, 4, 6)),
    "square": ({"image_size": 5, "interpolation": "nearest"}, (5, 5, 3)),
    "cropped": ({"crop_to_aspect_ratio": True}, (4, 6, 3)),
    "padded": ({"pad_to_aspect_ratio": True}, (4, 6, 3)),
}


def pictures(root: Path) -> Path:
    for name in ("cats", "dogs"):
        (root / name).mkdir()
    (root / "cats" / "1.png").write_bytes(picture(10))
    (root / "cats" / "2.jpg").write_bytes(picture(20, 8, 4))
    (root / "dogs" / "1.png").write_bytes(picture(30))
    return root


@pytest.mark.parametrize("name", IMAGES)
def test_images(name: str, tmp_path: Path, pillow: None) -> None:
    options, shape = IMAGES[name]
    dataset = gs.utils.image_dataset_from_directory(
        pictures(tmp_path), shuffle=False, verbose=False, **({"image_size": (4, 6)} | options)
    )
    assert dataset.class_names == ["cats", "dogs"]
    x, y = next(iter(dataset))
    assert (x.shape, x.dtype) == ((3, *shape), "float32")
    assert y.numpy().tolist() == [0, 0, 1]
    middle = x.numpy()[..., :3] if shape[-1] == 4 else x.numpy()
    assert middle.reshape(3, -1).max(1).tolist() == [10.0, 20.0, 30.0]
    assert (middle[1].min() == 0) == (name == "padded")  # of the tall one


def test_errors_of_images(tmp_path: Path) -> None:
    for options in (
        {"color_mode": "cmyk"}, {"image_size": (1, 2, 3)}, {"interpolation": "none"},
        {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
    ):  # fmt: skip
        with pytest.raises(ValueError, match="Received: "):
            gs.utils.image_dataset_from_directory(tmp_path, verbose=False, **options)
    with pytest.raises(NotImplementedError, match="Received: interpolation='area'"):
        gs.utils.image_dataset_from_directory(tmp_path, interpolation="area")


def write_wav(path: Path, samples: np.ndarray, width: int = 2, rate: int = 8000) -> None:
    """Samples from -1 to 1, of shape (samples, channels)."""
    scaled = np.round(samples * 2.0 ** (8 * width - 1)).astype("int64")
    if width == 1:
        scaled += 128
    raw = scaled.astype("<i8").reshape(-1, 1).view(np.uint8)[:, :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(raw.tobytes())


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav(width: int, tmp_path: Path) -> None:
    samples = np.array([[-1.0, 0.5], [0.25, -0.75], [0.0, 0.125]])
    write_wav(tmp_path / "x.wav", samples, width, 11025)
    found, rate = read_wav(str(tmp_path / "x.wav"))
    np.testing.assert_array_equal(found, samples)
    assert (found.dtype, rate) == (np.float32, 11025)


def test_what_is_no_wav(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF")
    with pytest.raises(ValueError, match="Expected a WAV file"):
        read_wav(str(tmp_path / "x.wav"))


@pytest.mark.parametrize("new_rate", [16000, 6000, 11025])
def test_another_rate(new_rate: int) -> None:
    times = np.arange(4000) / 8000
    sound = np.sin(2 * np.pi * 440 * times)[:, None]
    found = resampled(sound.astype("float32"), 8000, new_rate)
    assert len(found) == -(-4000 * new_rate // 8000)
    right = np.sin(2 * np.pi * 440 * np.arange(len(found)) / new_rate)[:, None]
    inner = slice(200, -200)  # at its ends the sound is cut off
    np.testing.assert_allclose(found[inner], right[inner], atol=2e-3)


def test_what_a_lower_rate_cannot_hold_is_gone() -> None:
    sound = np.sin(2 * np.pi * 3500 * np.arange(4000) / 8000)[:, None].astype("float32")
    assert np.abs(resampled(sound, 8000, 4000)[100:-100]).max() < 2e-2


def sounds(root: Path) -> Path:
    for i, name in enumerate(["a/1.wav", "a/2.wav", "b/1.wav"]):
        (root / name).parent.mkdir(exist_ok=True)
        write_wav(root / name, np.full((3 + i, 1), 0.25 * (i + 1)))
    return root


def test_sounds(tmp_path: Path) -> None:
    root = sounds(tmp_path)

    def first(**options: Any) -> Any:
        dataset = gs.utils.audio_dataset_from_directory(
            root, shuffle=False, verbose=False, **options
        )
        return next(dataset.as_numpy_iterator())

    x, y = first()
    assert x.shape == (3, 5, 1)
    assert x[0, :, 0].tolist() == [0.25, 0.25, 0.25, 0.0, 0.0]
    assert y.tolist() == [0, 0, 1]
    assert first(output_sequence_length=4)[0][:, :, 0].tolist() == [
        [0.25, 0.25, 0.25, 0.0], [0.5] * 4, [0.75] * 4,
    ]  # fmt: skip
    assert first(sampling_rate=16000, batch_size=None)[0].shape == (6, 1)
    with pytest.raises(NotImplementedError, match="ragged=True"):
        first(ragged=True)
    for options in ({"ragged": True, "output_sequence_length": 3}, {"sampling_rate": 0}):
        with pytest.raises(ValueError, match="Received: "):
            first(**options)


ROWS = np.arange(10)
SPLITS: list[dict[str, Any]] = [
    {"left_size": 0.8}, {"left_size": 3}, {"right_size": 0.25}, {"right_size": 4},
    {"left_size": 0.25, "right_size": 0.5}, {"left_size": 2, "right_size": 3},
    {"left_size": 0.8, "shuffle": True, "seed": 3}, {"left_size": 0.35, "right_size": 2},
]  # fmt: skip
SPLIT_ERRORS: list[dict[str, Any]] = [
    {}, {"left_size": 1.5}, {"left_size": 10}, {"left_size": 0.7, "right_size": 0.6},
    {"left_size": 8, "right_size": 3}, {"left_size": 0.01}, {"left_size": "1"},
    {"left_size": -1}, {"right_size": 0},
]  # fmt: skip


@pytest.mark.cpython_only
@pytest.mark.parametrize("options", SPLITS, ids=str)
def test_sizes_as_keras(options: dict[str, Any], record_property: Any) -> None:
    from keras.src.utils.dataset_utils import _rescale_dataset_split_sizes

    import tests.oracle.keras_library  # noqa: F401

    left, right = gs.utils.split_dataset(ROWS, **options)
    sizes = _rescale_dataset_split_sizes(
        options.get("left_size"), options.get("right_size"), len(ROWS)
    )
    assert (len(left), len(right)) == sizes
    order = list(ROWS)
    if options.get("shuffle"):
        random.Random(3).shuffle(order)
    assert [int(x) for x in left] == order[: sizes[0]]
    assert [int(x) for x in right] == order[-sizes[1] :]
    record_property("splits as Keras's", 1)


@pytest.mark.cpython_only
@pytest.mark.parametrize("options", SPLIT_ERRORS, ids=str)
def test_errors_of_sizes(options: dict[str, Any]) -> None:
    from keras.src.utils.dataset_utils import _rescale_dataset_split_sizes

    import tests.oracle.keras_library  # noqa: F401

    with pytest.raises((ValueError, TypeError)) as found:
        gs.utils.split_dataset(ROWS, **options)
    assert "Received: " in str(found.value)
    if options:
        with pytest.raises(found.type):
            _rescale_dataset_split_sizes(
                options.get("left_size"), options.get("right_size"), len(ROWS)
            )


def test_splits_of_other_data() -> None:
    left, right = gs.utils.split_dataset((ROWS, -ROWS), left_size=0.7)
    assert [(int(x), int(y)) for x, y in right] == [(7, -7), (8, -8), (9, -9)]
    batches = Dataset.from_tensor_slices({"a": ROWS}).batch(4)
    left, right = gs.utils.split_dataset(batches, left_size=0.6)
    assert [x["a"].numpy().tolist() for x in left] == [[0, 1, 2, 3], [4, 5]]
    assert len(right) == 1
    for data, kind in (([], ValueError), ([ROWS, ROWS[1:]], ValueError), (5, TypeError),
                       (["a"], ValueError)):  # fmt: skip
        with pytest.raises(kind, match="Received: "):
            gs.utils.split_dataset(data, left_size=0.5)
