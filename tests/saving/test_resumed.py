"""Training goes on where it stopped: from Keras's files here, from gossamer's there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from tests.oracle.elsewhere import on_jax
from tests.saving.resumed import ENDINGS, FROM_KERAS, OPTIMIZERS, model, trained

pytestmark = pytest.mark.cpython_only


@pytest.fixture(scope="module")
def begun() -> Any:
    return on_jax("tests.saving.resumed:begun_by_keras")


@pytest.mark.parametrize(("name", "ending"), FROM_KERAS)
def test_of_keras(name: str, ending: str, begun: Any, tmp_path: Path, record_property: Any) -> None:
    files, right = begun[name]
    path = tmp_path / f"model{ending}"
    path.write_bytes(files[ending])
    again = gs.saving.load_model(path)
    np.testing.assert_allclose(trained(again), right, rtol=1e-4)
    record_property("trainings of Keras gone on with", 1)


@pytest.fixture(scope="module")
def continued() -> Any:
    files, losses = {}, {}
    for name in OPTIMIZERS:
        made = model(gs, name)
        trained(made)
        kind = gs.saving.files.FORMATS[0]
        assert kind.write_model is not None
        files[name] = kind.write_model(made, "model.keras", True)["model.keras"]
        losses[name] = trained(made)
    return losses, on_jax("tests.saving.resumed:continued_by_keras", files)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_of_gossamer(name: str, continued: Any, record_property: Any) -> None:
    right, found = continued
    np.testing.assert_allclose(found[name], right[name], rtol=1e-4)
    record_property("trainings of gossamer that Keras goes on with", 1)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_there_and_back(name: str, ending: str, tmp_path: Path) -> None:
    made = model(gs, name)
    trained(made)
    made.save(tmp_path / f"model{ending}")
    again = gs.saving.load_model(tmp_path / f"model{ending}")
    np.testing.assert_allclose(trained(again), trained(made), rtol=1e-6)
