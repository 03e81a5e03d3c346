"""Calls of Keras on JAX, which differentiates: in a process of their own, since one has one Keras.

`on_jax("tests.optimizers.keras_training:train", *args)` imports that module there, with Keras on
JAX, calls the function and returns its result; arguments and result are pickled, so NumPy's.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def on_jax(function: str, *args: Any) -> Any:
    """What a function of a test module returns, called where Keras runs on JAX.

    Arguments:
        function: its module and name, `"tests.module:name"`.
        args: what it is called with.
    """
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "KERAS_HOME": tempfile.mkdtemp(prefix="gossamer-keras-"),
        "PYTHONPATH": str(ROOT / "pkg"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.oracle.elsewhere"],
        cwd=ROOT,
        env=environment,
        input=pickle.dumps((function, args)),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{function} failed on JAX:\n{done.stderr.decode()[-4000:]}")
    return pickle.loads(done.stdout)


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
