"""Keras, on the backend that $KERAS_BACKEND names (NumPy unless it is set), asked quietly.

As a program (`python -m tests.oracle.keras_library`) it answers for the cases whose op and number
come in, one a line, with their pickled outcomes: so the tests ask Keras on JAX, since one process
has one Keras.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from typing import IO, Any

import numpy as np

from tests.oracle.case import Case
from tests.oracle.outcome import Outcome, outcome_of
from tests.oracle.table import CASES
from tools.npm import ROOT

# Keras writes its settings to this folder when it is imported.
os.environ.setdefault("KERAS_HOME", tempfile.mkdtemp(prefix="gossamer-keras-"))
os.environ.setdefault("KERAS_BACKEND", "numpy")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras


def keras_outcome(case: Case) -> Outcome:
    """What Keras says, here."""
    return outcome_of(case, keras.ops, _tensor, keras.ops.convert_to_numpy)


def _tensor(array: np.ndarray) -> Any:
    # Unless the dtype is given, 64 bits become 32.
    return keras.ops.convert_to_tensor(array, dtype=array.dtype.name)


class SecondOpinion:
    """Keras on another backend, in a process of its own that begins when it is first asked."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self._process: subprocess.Popen[bytes] | None = None

    def outcome(self, case: Case) -> Outcome:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.oracle.keras_library"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "KERAS_BACKEND": self.backend,
                    "PYTHONPATH": str(ROOT / "pkg"),
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        asked, answers = _pipes(self._process)
        asked.write(f"{case.op} {case.number}\n".encode())
        asked.flush()
        answer: Outcome = pickle.load(answers)
        return answer

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _answer() -> None:
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        op, number = line.split()
        pickle.dump(keras_outcome(CASES[op][int(number)]), answers)
        answers.flush()


if __name__ == "__main__":
    _answer()
