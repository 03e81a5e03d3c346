"""Files in folders, a folder for each class, as datasets: what images, texts and sounds share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gossamer.data import AUTOTUNE, Dataset

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)


class Listing(NamedTuple):
    """Files of a folder, in an order.

    Attributes:
        paths: of the files.
        labels: the number of each one's class; None if there are none.
        class_names: of the classes; None if there are none.
    """

    paths: list[str]
    labels: Any
    class_names: list[str] | None


def datasets_of(
    directory: Any,
    load: Callable[[str], Any],
    formats: tuple[str, ...],
    labels: Any,
    label_mode: str | None,
    class_names: Sequence[str] | None,
    batch: Callable[[Dataset], Dataset],
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None,
    subset: str | None,
    follow_links: bool,
    verbose: bool,
) -> list[Dataset]:
    """The dataset of a folder's files, or the two of them if the subset is `"both"`.

    Args:
        load: gives what is in a file.
        formats: how names of files end.
        batch: makes batches, or does not.
        directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split,
            subset, follow_links, verbose: as for `image_dataset_from_directory`.
    """
    _check(labels, label_mode, class_names)
    _check_split(validation_split, subset, shuffle, seed)
    if labels is None or label_mode is None:
        labels = label_mode = None
    if seed is None:
        seed = int(np.random.randint(int(1e6)))
    listing = listing_of(
        directory, labels, formats, class_names, shuffle, seed, follow_links, verbose
    )
    if label_mode == "binary" and len(listing.class_names or ()) != 2:
        raise ValueError(f"Expected two classes for binary labels. Received: {listing.class_names}")
    found = []
    for part in ("training", "validation") if subset == "both" else (subset,):
        paths, numbers = _part(listing, validation_split, part)
        if not paths:
            raise ValueError(
                f"Expected files {', '.join(formats)}{f' for {part}' if part else ''} in "
                f"{os.fspath(directory)}. Received: none"
            )
        if validation_split and verbose:
            print(f"Using {len(paths)} files for {part}.")
        # Those for validation stay in their order when there are both.
        reorder = shuffle and not (subset == "both" and part == "validation")
        dataset = _dataset(paths, numbers, label_mode, listing.class_names)
        if reorder:
            dataset = dataset.shuffle(1024 if batch_size is None else 8 * batch_size, seed)
        dataset = batch(dataset.map(_loading(load, label_mode))).prefetch(AUTOTUNE)
        dataset.class_names = listing.class_names
        dataset.file_paths = paths
        found.append(dataset)
    return found


def _loading(load: Callable[[str], Any], label_mode: str | None) -> Callable[..., Any]:
    if label_mode is None:
        return lambda path: load(str(path))
    return lambda path, label: (load(str(path)), label)


def _dataset(
    paths: list[str], labels: Any, label_mode: str | None, class_names: list[str] | None
) -> Dataset:
    names = np.array(paths)
    if label_mode is None:
        return Dataset.from_tensor_slices(names)
    numbers = np.asarray(labels, "int32")
    if label_mode == "binary":
        return Dataset.from_tensor_slices((names, numbers.astype("float32")[:, None]))
    if label_mode == "categorical":
        one_hot = numbers[:, None] == np.arange(len(class_names or ()))
        return Dataset.from_tensor_slices((names, one_hot.astype("float32")))
    return Dataset.from_tensor_slices((names, numbers))


def listing_of(
    directory: Any,
    labels: Any,
    formats: tuple[str, ...],
    class_names: Sequence[str] | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Listing:
    """The files of a folder and their classes.

    Args:
        directory: the folder.
        labels: `"inferred"` from the folders in it, None, or a list of numbers.
        formats: how names of files end.
        class_names: the folders to take, in their order; all if None.
        shuffle: whether to put them in another order.
        seed: of that order.
        follow_links: whether links lead to other folders.
        verbose: whether to print how many there are.

    Raises:
        ValueError: for classes that have no folders, or another number of labels than of files.
    """
    directory = os.fspath(directory)
    if labels == "inferred":
        folders = [
            name for name in sorted(os.listdir(directory))
            if os.path.isdir(os.path.join(directory, name)) and not name.startswith(".")
        ]  # fmt: skip
        if class_names is not None and not set(class_names) <= set(folders):
            raise ValueError(
                f"Expected names of folders among {folders}. Received: class_names={class_names}"
            )
        names: list[str] | None = list(class_names) if class_names is not None else folders
    elif class_names is not None:
        raise ValueError(
            "Expected class_names only with labels that are inferred. "
            f"Received: class_names={class_names}"
        )
    else:
        names = [""]
    per_class = [
        _files(os.path.join(directory, name), formats, follow_links) for name in names or ()
    ]
    paths = [path for group in per_class for path in group]
    if labels == "inferred":
        labels = np.repeat(np.arange(len(per_class), dtype="int32"), [len(g) for g in per_class])
    elif labels is None:
        names = None
    else:
        if len(labels) != len(paths):
            raise ValueError(
                f"Expected as many labels as files in {directory}, {len(paths)}. "
                f"Received: {len(labels)}"
            )
        names = [str(label) for label in sorted(set(labels))]
        labels = list(labels)
    if verbose:
        classes = "" if names is None else f" belonging to {len(names)} classes"
        print(f"Found {len(paths)} files{classes}.")
    if shuffle:
        if seed is None:
            seed = int(np.random.randint(int(1e6)))
        # Keras's order, of the same seed.
        np.random.RandomState(seed).shuffle(paths)
        if labels is not None:
            np.random.RandomState(seed).shuffle(labels)
    return Listing(paths, labels, names)


def _files(folder: str, formats: tuple[str, ...], follow_links: bool) -> list[str]:
    walk = sorted(os.walk(folder, followlinks=follow_links), key=lambda entry: entry[0])
    return [
        os.path.join(root, name)
        for root, _, names in walk
        for name in sorted(names)
        if name.lower().endswith(formats)
    ]


def _part(listing: Listing, split: float | None, part: str | None) -> tuple[list[str], Any]:
    if not split:
        return listing.paths, listing.labels
    count = int(split * len(listing.paths))
    key = slice(None, -count) if part == "training" else slice(-count, None)
    labels = None if listing.labels is None else listing.labels[key]
    return listing.paths[key], labels


def _check(labels: Any, label_mode: Any, class_names: Any) -> None:
    if not (isinstance(labels, str) and labels == "inferred") and labels is not None:
        if not isinstance(labels, (list, tuple)):
            raise ValueError(
                "Expected labels to be 'inferred', None, or a list with a number for each file. "
                f"Received: labels={labels!r}"
            )
        if class_names:
            raise ValueError(
                "Expected class_names only with labels that are inferred. "
                f"Received: class_names={class_names}"
            )
    if label_mode not in LABEL_MODES:
        raise ValueError(
            f"Expected one of the label modes {LABEL_MODES}. Received: label_mode={label_mode!r}"
        )


def _check_split(split: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    if split and not 0 < split < 1:
        raise ValueError(f"Expected a number between 0 and 1. Received: validation_split={split}")
    if bool(split) != bool(subset):
        raise ValueError(
            "Expected validation_split and subset, or neither. "
            f"Received: validation_split={split}, subset={subset!r}"
        )
    if subset not in SUBSETS:
        raise ValueError(f"Expected one of the subsets {SUBSETS}. Received: subset={subset!r}")
    if split and shuffle and seed is None:
        raise ValueError(
            "Expected a seed with validation_split and shuffle: else files would be in both "
            "subsets. Received: seed=None"
        )


def check_format(format: str) -> None:
    """Raise an error for a format that Keras has not.

    Args:
        format: the kind of dataset that Keras returns.

    Raises:
        ValueError: for another one.
    """
    if format not in ("tf", "grain"):
        raise ValueError(f"Expected 'tf' or 'grain'. Received: format={format!r}")
