"""Text files in folders as a dataset."""

from __future__ import annotations

from typing import Any

from gossamer.utils.directories import check_format, datasets_of


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of texts, of `.txt` files that lie in a folder for each class.

    Args:
        directory: the folder of these folders.
        labels: `"inferred"` from the folders' names, None, or a list with a number for each file.
        label_mode: `"int"`, `"categorical"` (one-hot), `"binary"` (of shape (batch, 1)) or None.
        class_names: the folders to take, in their order; all in alphabetical order if None.
        batch_size: how many texts a batch has; None for texts one by one.
        max_length: how many characters of a text to take; all if None.
        shuffle: whether they come in another order each time.
        seed: of that order.
        validation_split: the fraction of the files, the last ones, that are for validation.
        subset: `"training"`, `"validation"`, `"both"` for the two in a list, or None.
        follow_links: whether links lead to other folders.
        format: without effect: it is a `gossamer.data.Dataset` in any case.
        verbose: whether to print how many files there are.

    Returns:
        A dataset of NumPy arrays of strings, or of pairs of them and labels. It has `class_names`
        and `file_paths`.

    Raises:
        ValueError: for other options, and where there are no files.
    """
    check_format(format)

    def load(path: str) -> str:
        with open(path, encoding="utf-8") as file:
            return file.read()[:max_length]

    found = datasets_of(
        directory, load, (".txt",), labels, label_mode, class_names,
        lambda dataset: dataset if batch_size is None else dataset.batch(batch_size),
        batch_size, shuffle, seed, validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return found if subset == "both" else found[0]
