"""Weights by the paths of their variables: what files of named arrays hold of a model.

Used by the formats that know arrays and their names and nothing of models: safetensors and `.npz`.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gossamer.saving.all_or_nothing import all_or_nothing, assign
from gossamer.saving.formats import ModelFileError, ReadOptions
from gossamer.variable import Variable

LISTED = 10  # names that an error lists


def by_path(model: Any) -> dict[str, Variable]:
    """The weights of a model by their paths, such as `dense/kernel`.

    The model's own name, with which the paths of a Sequential one begin, is left out: an equal
    model that was numbered otherwise takes the file.

    Raises:
        ValueError: for a model without weights, and for paths that several have.
    """
    weights = model.weights
    if not weights:
        raise ValueError(
            f"Expected a model with weights: call it on data first. Received: {model.name!r}, "
            "without any"
        )
    paths = [variable.path.removeprefix(f"{model.name}/") for variable in weights]
    counts = Counter(paths)
    repeated = [path for path, count in counts.items() if count > 1]
    if repeated:
        raise ValueError(
            f"Expected another path of each weight of {model.name!r}: give its layers other "
            f"names. Received: {_listed(repeated)}, each more than once"
        )
    return dict(zip(paths, weights, strict=True))


def arrays(model: Any) -> dict[str, np.ndarray]:
    """The values of a model's weights by their paths."""
    return {path: variable.numpy() for path, variable in by_path(model).items()}


def give(model: Any, values: Mapping[str, np.ndarray], options: ReadOptions, source: str) -> None:
    """Give a model's weights the arrays of their paths: all of them or none.

    Args:
        model: built already.
        values: arrays by path.
        options: with `skip_mismatch`, what does not fit is left out with a warning.
        source: what errors call the file.

    Raises:
        ModelFileError: for arrays that are missing, that no weight has, or of other shapes.
    """
    variables = by_path(model)
    skipped = _skipped(options.objects_to_skip)
    for path in [path for path, variable in variables.items() if id(variable) in skipped]:
        del variables[path]
        values = {name: value for name, value in values.items() if name != path}
    unexpected = [path for path in values if path not in variables]
    chosen = {path: path for path in variables if path in values}
    give_chosen(model, variables, values, chosen, unexpected, options, source)


def give_chosen(
    model: Any,
    variables: Mapping[str, Variable],
    values: Mapping[str, np.ndarray],
    chosen: Mapping[str, str],
    unexpected: list[str],
    options: ReadOptions,
    source: str,
) -> None:
    """Give variables what has been chosen for them, all or none.

    Args:
        model: for what errors say.
        variables: of the model, by name.
        values: of the file, by name.
        chosen: for variables the names of their values.
        unexpected: names of values that no variable has.
        options: with `skip_mismatch`, what does not fit is left out with a warning.
        source: what errors call the file.

    Raises:
        ModelFileError: for values that are missing, that no variable has, or of other shapes.
    """
    missing = [name for name in variables if name not in chosen]
    said = [f"without {_listed(missing)}"] if missing else []
    said += [f"with {_listed(unexpected)}"] if unexpected else []
    if said and not options.skip_mismatch:
        raise ModelFileError(
            f"Expected a weight for each of {model.name!r}'s, and no more. "
            f"Received: {source}, {' and '.join(said)}"
        )
    if options.skip_mismatch:
        other = [n for n, key in chosen.items() if variables[n].shape != values[key].shape]
        said += [f"with other shapes of {_listed(other)}"] if other else []
        chosen = {name: key for name, key in chosen.items() if name not in other}
        if said:
            warnings.warn(
                f"What does not fit {model.name!r} was left out: {source} is {' and '.join(said)}.",
                stacklevel=4,
            )
    with all_or_nothing(variables[name] for name in chosen):
        for name, key in chosen.items():
            assign(variables[name], values[key], source)


def _skipped(objects: Any) -> set[int]:
    """Ids of the variables in what users want left as it is: layers and variables."""
    variables: set[int] = set()
    for one in objects or ():
        variables |= {id(v) for v in ([one] if isinstance(one, Variable) else one.variables)}
    return variables


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def aligned(values: np.ndarray) -> np.ndarray:
    """Values that begin where their dtype may, as what uploads them expects: a copy if need be."""
    return values if values.flags.aligned else values.copy()


def contents(file: Any) -> tuple[memoryview, str]:
    """What is in a file, and its name: of a path, of bytes, or of an open file.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(file, bytes | bytearray | memoryview):
        return memoryview(file).cast("B"), "the file"
    if hasattr(file, "read"):
        return memoryview(file.read()), str(getattr(file, "name", "the file"))
    if isinstance(file, str | os.PathLike):
        path = Path(file)
        return memoryview(path.read_bytes()), path.name
    raise TypeError(f"Expected a path, bytes or an open file. Received: {file!r}")


def write(file: Any, data: bytes) -> None:
    """Write to a path or to an open file; if it fails, what was at the path is there still.

    Raises:
        TypeError: for anything else.
    """
    if hasattr(file, "write"):
        file.write(data)
        return
    if not isinstance(file, str | os.PathLike):
        raise TypeError(f"Expected a path or an open file. Received: {file!r}")
    path = Path(file)
    half = path.with_name(f"{path.name}.part")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
