"""Calls of `keras.random`, mistakes among them, with what is the same in every library of each.

That is shape, dtype and error; numbers differ from library to library. As a program
(`python -m tests.oracle.cases_random ID...`) it writes what Keras says to these cases on the
backend that $KERAS_BACKEND names, pickled.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from tests.oracle.case import Case, case, numbered
from tests.oracle.generate import f, i, of, v
from tests.oracle.outcome import Outcome, outcome_of
from tools.npm import ROOT

SHAPES = ((), (3,), [2, 3], (0, 3), (2, 1, 3))
DTYPES = (None, "float16", "float32", "float64", "int32", "uint8", "bool", "complex64", "nonsense")
FLOATS = (
    ("normal", ()), ("uniform", ()), ("truncated_normal", ()), ("gamma", (2.0,)),
    ("beta", (2.0, 3.0)), ("binomial", (10, 0.5)),
)  # fmt: skip
SEEDS = (0, 7, 2**32 - 1, True, None, 1.5, "seed", np.int64(3), [1, 2])

CASES = [
    *(case(name, shape, *parameters, seed=1) for name, parameters in FLOATS for shape in SHAPES),
    *(case(name, (2,), *parameters, dtype=dtype, seed=1)
      for name, parameters in FLOATS for dtype in DTYPES),
    *(case(name, shape, *parameters, seed=1)
      for name, parameters in FLOATS for shape in ((-1,), (2.5,), "shape")),
    *(case(name, (2,), *parameters, seed=seed) for name, parameters in FLOATS for seed in SEEDS),
    *(case(name, (2, 3), *parameters, seed=1)
      for name in ("normal", "uniform")
      for parameters in ((1.0,), (1, 2), (f(3), 4.0), (f(2, 1), f(3, low=3.0, high=4.0)), (f(2),))),
    case("truncated_normal", (2, 3), mean=1.0, stddev=2.0, dtype="float16", seed=1),
    *(case("gamma", (2, 3), alpha, seed=1)
      for alpha in (3, 0.1, f(3, low=1.0), f(2, 1, low=1.0), f(2, low=1.0), 0.0, -1.0)),
    *(case("beta", (2, 3), *parameters, seed=1)
      for parameters in ((3, 4), ([1.0, 2.0, 3.0], 2), (f(2, 1, low=1.0), f(3, low=1.0)),
                         (np.ones(2), 1.0), (1.0, -1.0))),
    *(case("binomial", (2, 3), *parameters, seed=1)
      for parameters in ((0, 0.5), (10.5, 0.5), ([1, 2, 3], 0.5), (i(2, 1, low=0), f(3, low=0.1,
                         high=0.9)), ([1, 2], 0.5), (-1, 0.5), (10, 1.5), (10, -0.5), (10, 1.0))),
    *(case("randint", shape, 0, 5, seed=1) for shape in SHAPES),
    *(case("randint", (3,), 0, 5, dtype=dtype, seed=1)
      for dtype in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float32",
                    "bool", "nonsense", None)),
    *(case("randint", (3,), *ends, seed=1)
      for ends in ((-5, 5), (0.5, 5.5), (0, 2**31), (-(2**31), 2**31 - 1), (0, 0), (5, 2),
                   (np.array([0, 1, 2]), np.array([5, 6, 7])), (0, np.array([5, 6])),
                   (np.int32(0), np.int32(5)))),
    *(case("randint", (3,), *ends, dtype="uint8", seed=1)
      for ends in ((0, 256), (0, 300), (-1, 5))),
    *(case("randint", (3,), 0, 5, seed=seed) for seed in SEEDS),
    *(case("categorical", f(*shape), 4, seed=1) for shape in ((2, 3), (1, 1), (3,), (2, 3, 4), ())),
    *(case("categorical", of(dtype, 2, 3), 4, seed=1) for dtype in ("float16", "float32", "int32")),
    *(case("categorical", f(2, 3), 4, dtype=dtype, seed=1)
      for dtype in ("int32", "uint8", "float32", "int64", "nonsense")),
    *(case("categorical", f(2, 3), count, seed=1) for count in (0, 1, -1, 2.5)),
    *(case("categorical", f(2, 3), 4, seed=seed) for seed in SEEDS),
    *(case("dropout", f(*shape), 0.5, seed=1) for shape in ((), (7,), (0, 3), (2, 3))),
    *(case("dropout", of(dtype, 2, 3), rate, seed=1)
      for dtype in ("float16", "float32", "int32") for rate in (0.0, 0, 0.3, 1.0, 1)),
    *(case("dropout", f(2, 3), 0.5, noise_shape=noise_shape, seed=1)
      for noise_shape in ((2, 3), (None, 1), (1, None), (3,), [2, 1], (2,), (4, 3), (1, 2, 3),
                          (None, None, None))),
    *(case("dropout", f(2, 3), 0.5, seed=seed) for seed in SEEDS),
    *(case("shuffle", of(dtype, 5, 3), seed=1) for dtype in ("float32", "int32", "uint8", "bool")),
    *(case("shuffle", f(2, 3, 4), axis=axis, seed=1) for axis in (0, 1, 2, -1, -3, 3, -4)),
    *(case("shuffle", f(*shape), seed=1) for shape in ((0,), (1,), (0, 3), ())),
    case("shuffle", v([1.0, 2.0]), 0, 5),
    *(case("shuffle", f(3), seed=seed) for seed in SEEDS),
]  # fmt: skip
BY_OP = numbered(CASES)


def outcome(case: Case, module: Any, tensor: Any, to_numpy: Any) -> Outcome:
    """What came of a call; zeros in place of the numbers."""
    found = outcome_of(case, module, tensor, to_numpy)
    if found.results is None:
        return found
    return found._replace(results=[np.zeros_like(x) for x in found.results])


def keras_outcomes(cases: Iterable[Case]) -> dict[str, Outcome]:
    """What Keras says, here, by the case's id."""
    from tests.oracle.keras_library import keras

    def tensor(array: np.ndarray) -> Any:
        return keras.ops.convert_to_tensor(array, dtype=array.dtype.name)

    to_numpy = keras.ops.convert_to_numpy
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {case.id: outcome(case, keras.random, tensor, to_numpy) for case in cases}


def keras_outcomes_on(backend: str, cases: Iterable[Case]) -> dict[str, Outcome]:
    """What Keras says on another backend, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.oracle.cases_random", *(case.id for case in cases)],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT / "pkg")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Outcome] = pickle.loads(done.stdout)
    return answer


if __name__ == "__main__":
    asked = [case for cases in BY_OP.values() for case in cases if case.id in sys.argv[1:]]
    pickle.dump(keras_outcomes(asked), sys.stdout.buffer)
