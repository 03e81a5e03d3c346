"""Runs TensorFlow.js in Node, and takes arrays to it and back: see tfjs_oracle.cjs."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from gossamer.saving.formats import ModelFile
from tools.npm import unpacked

SCRIPT = Path(__file__).with_suffix(".cjs")
DTYPES = {"float32": "<f4", "int32": "<i4", "bool": "?"}


def run(cache: Path, *arguments: str) -> None:
    """Run a command of the script; what it says when it fails becomes the test's error."""
    library = unpacked("@tensorflow/tfjs", cache) / "dist" / "tf.min.js"
    done = subprocess.run(
        ["node", SCRIPT, library, *arguments], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]


def made(cache: Path, folder: Path) -> dict[str, Any]:
    """What TensorFlow.js saved and predicted, by the names of models."""
    target = folder / "made.json"
    run(cache, "make", str(target))
    return json.loads(target.read_text())


def loaded(cache: Path, folder: Path, jobs: dict[str, Any]) -> dict[str, Any]:
    """What TensorFlow.js predicts of models that it loads.

    Args:
        jobs: files and inputs of each model, by its name.
    """
    source, target = folder / "jobs.json", folder / "loaded.json"
    written = {name: {
        "text": json.loads(files["model.json"]),
        "files": {path: base64.b64encode(data).decode() for path, data in files.items()},
        "inputs": [encoded(x) for x in inputs],
    } for name, (files, inputs) in jobs.items()}  # fmt: skip
    source.write_text(json.dumps(written))
    run(cache, "load", str(source), str(target))
    return json.loads(target.read_text())


def encoded(array: np.ndarray) -> dict[str, Any]:
    data = base64.b64encode(array.tobytes()).decode()
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": data}


def decoded(value: dict[str, Any]) -> np.ndarray:
    data = base64.b64decode(value["data"])
    return np.frombuffer(data, DTYPES[value["dtype"]]).reshape(value["shape"])


def file_of(saved: dict[str, Any]) -> ModelFile:
    """A model that TensorFlow.js saved, as a file."""
    text = json.dumps(saved["text"]).encode()
    shard = base64.b64decode(saved["shard"])
    return ModelFile("model.json", memoryview(text), {"shard.bin": memoryview(shard)})


def file_with(files: dict[str, bytes], name: str = "model.json") -> ModelFile:
    """Files that gossamer wrote, as one with others beside it."""
    beside = {path: memoryview(data) for path, data in files.items() if path != name}
    return ModelFile(name, memoryview(files[name]), beside)


def difference(one: Any, other: Any) -> float:
    """The largest one between outputs, which must have the same shapes."""
    one = one if isinstance(one, list | tuple) else [one]
    assert [np.shape(a) for a in one] == [b.shape for b in other]
    return max(float(np.abs(np.asarray(a) - b).max()) for a, b in zip(one, other, strict=True))
