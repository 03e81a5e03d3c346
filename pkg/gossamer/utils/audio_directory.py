"""Sound files in folders as a dataset: WAV, which Python reads by itself."""

from __future__ import annotations

import wave
from typing import Any

import numpy as np

from gossamer.utils.directories import datasets_of

# How many zero crossings of the sinc function count on each side, when a rate is changed.
CROSSINGS = 16
# As many samples of the result are computed at once.
BLOCK = 1 << 16


def audio_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Batches of sounds, of `.wav` files that lie in a folder for each class.

    Args:
        directory: the folder of these folders.
        labels: `"inferred"` from the folders' names, None, or a list with a number for each file.
        label_mode: `"int"`, `"categorical"` (one-hot), `"binary"` (of shape (batch, 1)) or None.
        class_names: the folders to take, in their order; all in alphabetical order if None.
        batch_size: how many sounds a batch has; None for sounds one by one.
        sampling_rate: samples a second; as the files have them if None.
        output_sequence_length: to how many samples sounds are cut or filled up with zeros; to
            the longest in the batch if None.
        ragged: Keras's batches of different lengths, which there are not here.
        shuffle: whether they come in another order each time.
        seed: of that order.
        validation_split: the fraction of the files, the last ones, that are for validation.
        subset: `"training"`, `"validation"`, `"both"` for the two in a tuple, or None.
        follow_links: whether links lead to other folders.
        verbose: whether to print how many files there are.

    Returns:
        A dataset of float32 sounds from -1 to 1 of shape (batch, samples, channels), or of pairs
        of sounds and labels. It has `class_names` and `file_paths`.

    Raises:
        NotImplementedError: for `ragged`.
        ValueError: for other options, and where there are no files.
    """
    if ragged and output_sequence_length is not None:
        raise ValueError("Expected ragged or output_sequence_length. Received: both")
    if ragged:
        raise NotImplementedError("There are no ragged tensors here. Received: ragged=True")
    if sampling_rate is not None and (not isinstance(sampling_rate, int) or sampling_rate <= 0):
        raise ValueError(f"Expected a positive integer. Received: sampling_rate={sampling_rate!r}")

    def load(path: str) -> np.ndarray:
        samples, rate = read_wav(path)
        if output_sequence_length is not None:  # as Keras does, before the rate is changed
            samples = samples[:output_sequence_length]
            missing = output_sequence_length - len(samples)
            samples = np.pad(samples, ((0, missing), (0, 0)))
        return samples if sampling_rate is None else resampled(samples, rate, sampling_rate)

    def batch(dataset: Any) -> Any:
        if batch_size is None:
            return dataset
        if output_sequence_length is None:
            return dataset.padded_batch(batch_size)
        return dataset.batch(batch_size)

    found = datasets_of(
        directory, load, (".wav",), labels, label_mode, class_names, batch, batch_size, shuffle,
        seed, validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return tuple(found) if subset == "both" else found[0]


def read_wav(path: str) -> tuple[np.ndarray, int]:
    """The samples of a WAV file, from -1 to 1, of shape (samples, channels), and their rate.

    Args:
        path: of the file, of 8, 16, 24 or 32 bits a sample.

    Raises:
        ValueError: for a file that is none, or that is compressed.
    """
    try:
        with wave.open(path, "rb") as file:
            content = file.readframes(file.getnframes())
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"Expected a WAV file of samples that are not compressed. Received: {path!r}, {error}"
        ) from error
    if width == 1:  # these alone are unsigned
        numbers = np.frombuffer(content, np.uint8).astype("int32") - 128
    elif width == 3:
        parts = np.frombuffer(content, np.uint8).reshape(-1, 3).astype("int32")
        unsigned = parts @ np.array([1, 1 << 8, 1 << 16], "int32")
        numbers = unsigned - ((unsigned >> 23) << 24)
    else:
        numbers = np.frombuffer(content, np.dtype(f"<i{width}"))
    scale = 2.0 ** (1 - 8 * width)
    return (numbers * scale).astype("float32").reshape(-1, channels), rate


def resampled(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Sound of another rate: `out(t) = sum over k of x[k] * h(t - k)`.

    `h` is a sinc function under a Hann window that lets the frequencies pass which both rates can
    hold.

    Args:
        samples: of shape (samples, channels).
        rate, new_rate: samples a second, before and after.
    """
    if rate == new_rate:
        return samples
    pass_band = min(1.0, new_rate / rate)
    reach = int(np.ceil(CROSSINGS / pass_band))
    padded = np.pad(samples, ((reach, reach + 1), (0, 0)))
    offsets = np.arange(-reach, reach + 1)
    parts = []
    total = int(np.ceil(len(samples) * new_rate / rate))
    for start in range(0, total, BLOCK):
        times = np.arange(start, min(start + BLOCK, total)) * rate / new_rate
        nearest = np.floor(times).astype(int)
        distances = pass_band * ((times - nearest)[:, None] - offsets)
        window = np.where(
            np.abs(distances) < CROSSINGS, 0.5 + 0.5 * np.cos(np.pi * distances / CROSSINGS), 0.0
        )
        weights = pass_band * np.sinc(distances) * window
        parts.append(np.einsum("tk,tkc->tc", weights, padded[nearest[:, None] + offsets + reach]))
    return np.concatenate(parts).astype("float32") if parts else samples
