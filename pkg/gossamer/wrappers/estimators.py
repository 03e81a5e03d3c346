"""`SKLearnClassifier`, `SKLearnRegressor`, `SKLearnTransformer`.

Without scikit-learn the classes are there, and say that it is missing when one is made.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from gossamer.models import Model, clone_model

try:
    import sklearn
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
except ImportError:
    sklearn = None

    class BaseEstimator:  # type: ignore[no-redef]
        """In the place of scikit-learn's."""

    class ClassifierMixin:  # type: ignore[no-redef]
        """In the place of scikit-learn's."""

    class RegressorMixin:  # type: ignore[no-redef]
        """In the place of scikit-learn's."""

    class TransformerMixin:  # type: ignore[no-redef]
        """In the place of scikit-learn's."""


class _Estimator(BaseEstimator):
    """A model with scikit-learn's `fit` and `predict`.

    Args:
        model: a compiled model, of which a clone is fitted, or a function `(X, y, **model_kwargs)`
            that makes one.
        warm_start: whether a second `fit` goes on with the model of the first.
        model_kwargs: for the function.
        fit_kwargs: for `Model.fit`.

    Attributes:
        model_: the fitted model.
        history_: what its `fit` gave.
    """

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:
        if sklearn is None:
            raise ImportError(
                f"{type(self).__name__} needs scikit-learn: `pip install scikit-learn`, or in a "
                "page `micropip.install`."
            )
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def __sklearn_clone__(self) -> Any:
        model = self.model if not isinstance(self.model, Model) else _cloned(self.model)
        return type(self)(
            model, self.warm_start, copy.deepcopy(self.model_kwargs), copy.deepcopy(self.fit_kwargs)
        )

    @property
    def epoch_(self) -> int:
        """How many epochs the model was fitted for."""
        history = getattr(self, "history_", None)
        return 0 if history is None else len(history.epoch)

    def _get_model(self, X: Any, y: Any) -> Any:  # noqa: N803 (scikit-learn's)
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not isinstance(self.model, Model):
            return self.model(X=X, y=y, **(self.model_kwargs or {}))
        return self.model if self.warm_start else _cloned(self.model)

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:  # noqa: N803 (scikit-learn's)
        """Fit the model.

        Args:
            X: samples.
            y: targets.
            kwargs: for `Model.fit`, before `fit_kwargs`.

        Raises:
            RuntimeError: for a model without a loss and an optimizer.
        """
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y, multi_output=True)  # noqa: N806
        y = self._process_target(y, reset=True)
        model = self._get_model(X, y)
        if not model.compiled or not model.loss or not model.optimizer:
            raise RuntimeError(
                f"Expected a compiled model, with a loss and an optimizer. Received: {model!r}"
            )
        self.history_ = model.fit(X, y, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def _raw(self, X: Any) -> Any:  # noqa: N803
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        return self.model_.predict(validate_data(self, X, reset=False), verbose=0)

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The model's outputs, as targets are."""
        return self._reverse_process_target(self._raw(X))

    def _process_target(self, y: Any, reset: bool = False) -> Any:
        _kind_of(y)
        if reset:
            self._target_ndim = y.ndim
        return y[:, None] if y.ndim == 1 else y

    def _reverse_process_target(self, y: Any) -> Any:
        return y[:, 0] if self._target_ndim == 1 and y.ndim == 2 and y.shape[1] == 1 else y


class SKLearnClassifier(ClassifierMixin, _Estimator):
    """A model as a classifier of scikit-learn: its targets are one-hot, and it gives classes.

    Args:
        model: a compiled model, of which a clone is fitted, or a function `(X, y, **model_kwargs)`
            that makes one.
        warm_start: whether a second `fit` goes on with the model of the first.
        model_kwargs: for the function.
        fit_kwargs: for `Model.fit`.

    Raises:
        ImportError: without scikit-learn.
        ValueError: for one class alone, and for targets that are no classes.
    """

    def decision_function(self, X: Any) -> Any:  # noqa: N803
        """The model's outputs as they are."""
        return self._raw(X)

    def _process_target(self, y: Any, reset: bool = False) -> Any:
        kind = _kind_of(y)
        if kind not in ("binary", "multiclass"):
            raise ValueError(f"Expected binary or multiclass targets. Received: {kind}")
        if reset:
            self.classes_ = np.unique(y)
            self._target_ndim = y.ndim
            if len(self.classes_) == 1:
                raise ValueError(f"Expected several classes. Received: {self.classes_[0]!r} alone")
        return (np.asarray(y).reshape(-1, 1) == self.classes_).astype("float64")

    def _reverse_process_target(self, y: Any) -> Any:
        found = self.classes_[np.argmax(y, axis=-1)]
        return found if self._target_ndim == 1 else found[:, None]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class SKLearnRegressor(RegressorMixin, _Estimator):
    """A model as a regressor of scikit-learn.

    Args:
        model: a compiled model, of which a clone is fitted, or a function `(X, y, **model_kwargs)`
            that makes one.
        warm_start: whether a second `fit` goes on with the model of the first.
        model_kwargs: for the function.
        fit_kwargs: for `Model.fit`.

    Raises:
        ImportError: without scikit-learn.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(TransformerMixin, _Estimator):
    """A model as a step of a scikit-learn pipeline: its outputs are the next one's inputs.

    Args:
        model: a compiled model, of which a clone is fitted, or a function `(X, y, **model_kwargs)`
            that makes one.
        warm_start: whether a second `fit` goes on with the model of the first.
        model_kwargs: for the function.
        fit_kwargs: for `Model.fit`.

    Raises:
        ImportError: without scikit-learn.
    """

    def transform(self, X: Any) -> Any:  # noqa: N803
        """The model's outputs as they are."""
        return self._raw(X)


def _cloned(model: Model) -> Any:
    """A clone of a model, compiled as it is."""
    found = clone_model(model)
    config = model.get_compile_config()
    if config is not None and not found.compiled:
        found.compile_from_config(config)
    return found


def _kind_of(y: Any) -> str:
    from sklearn.utils.multiclass import type_of_target

    kind: str = type_of_target(y)
    if kind == "unknown":
        raise ValueError(f"Expected targets of a kind that scikit-learn knows. Received: {y!r}")
    return kind
