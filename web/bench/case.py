"""What a case is: one computation, said twice, in Python for gossamer and in JavaScript.

First of the page's Python scripts, which share a namespace: then come the tables, operations.py,
mobilenet.py, networks.py, fits.py and overheads.py, then measure.py, which takes the time, and
page.py, which shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One computation, for gossamer and for TensorFlow.js.

    Attributes:
        group, name: where it stands in the table.
        inputs: for each a shape, for normally distributed floats, or an array, or a function that
            makes an array of a random generator.
        python: a function of gossamer's tensors.
        javascript: the source of the same function of TensorFlow.js's tensors.
        wanted: how many times as fast as TensorFlow.js gossamer is to be; None: it is only watched.
        limit: what gossamer's own figure is not to exceed.
        measure: `"time"`, of one run, with the wait for its result; `"dispatch"`, the main thread's
            part of it, nobody waiting; `"first"`, the time from arrays to the result where nothing
            has been compiled before; `"programs"`, how many are compiled when the function is
            applied to each of the inputs; `"change"`, how many its second run compiles; `"fit"`,
            the time of a step of `Model.fit`: both make an asynchronous function that trains for
            an epoch, and tells the loss.
        steps: how many steps such an epoch has.
        makes: whether both functions, called once, give the function to measure.
        tolerance: how far the results may differ, relative to the largest element.
    """

    group: str
    name: str
    inputs: tuple[Any, ...]
    python: Callable[..., Any]
    javascript: str
    wanted: float | None = None
    limit: float | None = None
    measure: str = "time"
    makes: bool = False
    steps: int = 1
    tolerance: float = 1e-4


def table(group, *rows, **common):
    """Cases of one group from rows of name, inputs, Python and JavaScript."""
    return [Case(group, *row, **common) for row in rows]


def by(shape):
    """A shape as people write it."""
    return "x".join(map(str, shape))


def zeros(*shape):
    """An input: what biases are at first."""
    return np.zeros(shape, np.float32)


def ones(*shape):
    """An input: what scales are at first."""
    return np.ones(shape, np.float32)


def weights(*shape):
    """An input: random weights that keep the variance of what they are applied to."""
    fan_in = int(np.prod(shape[:-1]))
    return lambda random: random.standard_normal(shape, np.float32) * np.float32(fan_in**-0.5)


def labels(count, classes):
    """An input: random classes, one-hot."""
    return lambda random: np.eye(classes, dtype=np.float32)[random.integers(classes, size=count)]
