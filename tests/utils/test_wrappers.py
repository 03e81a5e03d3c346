"""Models as estimators of scikit-learn; skipped where that is not installed, but for one test."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers

pytestmark = pytest.mark.cpython_only
HAS_SKLEARN = importlib.util.find_spec("sklearn") is not None


def made(X: Any, y: Any, loss: str, units: int = 8, activation: Any = None) -> gs.Model:  # noqa: N803
    """A model of the data's sizes, as in Keras's documentation."""
    inputs = gs.Input((X.shape[1],))
    hidden = layers.Dense(units, activation="relu")(inputs)
    outputs = layers.Dense(y.shape[1] if y.ndim > 1 else 1, activation=activation)(hidden)
    model = gs.Model(inputs, outputs)
    model.compile(gs.optimizers.Adam(0.05), loss)
    return model


def test_without_scikit_learn_it_is_said():
    assert dir(gs.wrappers) == ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]
    with pytest.raises(AttributeError, match="SKLearnClusterer"):
        _ = gs.wrappers.SKLearnClusterer
    if not HAS_SKLEARN:
        for name in dir(gs.wrappers):
            with pytest.raises(ImportError, match=f"{name} needs scikit-learn"):
                getattr(gs.wrappers, name)(made)


@pytest.fixture
def points() -> tuple[np.ndarray, np.ndarray]:
    pytest.importorskip("sklearn")
    gs.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 4))  # noqa: N806 (scikit-learn's)
    return X, X[:, 0] + 2.0 * X[:, 1]


def test_regressor(points):
    X, y = points  # noqa: N806
    estimator = gs.wrappers.SKLearnRegressor(
        made, model_kwargs={"loss": "mse"}, fit_kwargs={"verbose": 0, "epochs": 3}
    )
    estimator.fit(X, y, epochs=40)
    assert estimator.epoch_ == 40
    assert estimator.predict(X).shape == y.shape
    assert estimator.score(X, y) > 0.95
    both = gs.wrappers.SKLearnRegressor(made, model_kwargs={"loss": "mse"})
    assert both.fit(X, np.stack([y, -y], 1), verbose=0).predict(X).shape == (120, 2)


def test_classifier_of_names(points):
    X, y = points  # noqa: N806
    names = np.where(y > 0, "above", "below")
    estimator = gs.wrappers.SKLearnClassifier(
        made, model_kwargs={"loss": "categorical_crossentropy", "activation": "softmax"}
    )
    estimator.fit(X, names, epochs=30, verbose=0)
    assert list(estimator.classes_) == ["above", "below"]
    assert estimator.score(X, names) > 0.95
    np.testing.assert_allclose(estimator.decision_function(X).sum(axis=1), 1.0, rtol=1e-5)
    with pytest.raises(ValueError, match="Expected several classes"):
        estimator.fit(X, np.full(120, "above"))
    with pytest.raises(ValueError, match="binary or multiclass"):
        estimator.fit(X, y)


def test_models_are_cloned_and_searched(points):
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = points  # noqa: N806
    model = made(X, y, "mse")
    before = [w.copy() for w in model.get_weights()]
    estimator = gs.wrappers.SKLearnRegressor(model, fit_kwargs={"verbose": 0, "epochs": 5})
    fitted = make_pipeline(StandardScaler(), clone(estimator)).fit(X, y)
    assert fitted.predict(X).shape == y.shape
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    search = GridSearchCV(
        gs.wrappers.SKLearnRegressor(made, model_kwargs={"loss": "mse"}, fit_kwargs={"verbose": 0}),
        {"model_kwargs": [{"loss": "mse", "units": units} for units in (2, 8)]}, cv=2,
    )  # fmt: skip
    assert search.fit(X, y).best_params_["model_kwargs"]["units"] in (2, 8)
    warm = gs.wrappers.SKLearnRegressor(model, warm_start=True, fit_kwargs={"verbose": 0})
    assert warm.fit(X, y).fit(X, y).model_ is model


def test_transformer(points):
    X, y = points  # noqa: N806
    transformer = gs.wrappers.SKLearnTransformer(made(X, y, "mse"), fit_kwargs={"verbose": 0})
    assert transformer.fit(X, y).transform(X).shape == (120, 1)
    with pytest.raises(RuntimeError, match="Expected a compiled model"):
        gs.wrappers.SKLearnTransformer(gs.Sequential([layers.Dense(1)])).fit(X, y)
