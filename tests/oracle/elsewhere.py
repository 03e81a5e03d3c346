"""Calls of Keras on JAX, which differentiates: in a process of their own, since one has one Keras.

`on_jax("tests.optimizers.keras_training:train", *args)` imports that module there, with Keras on
JAX, calls the function and returns its result; arguments and result are pickled, so NumPy's.

The longest call takes minutes. A test module may have a function `wanted_on_jax(items)`, which
gives the arguments of its call for the tests chosen: then it is begun when the run begins.
"""

from __future__ import annotations

import atexit
import importlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def on_jax(function: str, *args: Any) -> Any:
    """What a function of a test module returns, called where Keras runs on JAX.

    Arguments:
        function: its module and name, `"tests.module:name"`.
        args: what it is called with.
    """
    begun = _begun.get(repr((function, args)))
    return _called(function, args) if begun is None else begun.result()


def begin(calls: Iterable[tuple[Any, ...]]) -> None:
    """Make calls of `on_jax` in the background, one after the other."""
    waiting = [(call, _begun.setdefault(repr((call[0], call[1:])), Future())) for call in calls]

    def work() -> None:
        for (function, *args), future in waiting:
            try:
                future.set_result(_called(function, tuple(args)))
            except Exception as error:  # raised where the result is asked for
                future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()


_begun: dict[str, Future[Any]] = {}


def _called(function: str, args: tuple[Any, ...]) -> Any:
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "KERAS_HOME": tempfile.mkdtemp(prefix="gossamer-keras-"),
        "PYTHONPATH": str(ROOT / "pkg"),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.oracle.elsewhere"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        atexit.register(process.kill)  # a run that is broken off does not wait for it
        answer, complaints = process.communicate(pickle.dumps((function, args)))
        atexit.unregister(process.kill)
    if process.returncode:
        raise RuntimeError(f"{function} failed on JAX:\n{complaints.decode()[-4000:]}")
    return pickle.loads(answer)


def _answer() -> None:
    # What libraries print must not come into the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    path, args = pickle.load(sys.stdin.buffer)
    module, _, name = path.partition(":")
    pickle.dump(getattr(importlib.import_module(module), name)(*args), answer)
    answer.close()


if __name__ == "__main__":
    _answer()
