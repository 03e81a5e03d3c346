"""Models as estimators of scikit-learn, which is imported when one of these is first asked for."""

from __future__ import annotations

from typing import Any

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gossamer.wrappers import estimators

    return getattr(estimators, name)


def __dir__() -> list[str]:
    return __all__
