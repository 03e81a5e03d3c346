"""Features of many kinds, by name, as vectors: `FeatureSpace`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gossamer import ops
from gossamer.backend import current_backend, get_backend, using
from gossamer.core.symbolic import KerasTensor
from gossamer.data.dataset import Dataset
from gossamer.dtypes import floatx, is_integer
from gossamer.layers.call_arguments import is_tensor
from gossamer.layers.input import Input
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.category_encoding import CategoryEncoding
from gossamer.layers.preprocessing.hashed_crossing import HashedCrossing
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.serialization import (
    deserialize_keras_object,
    name_built_in,
    serialize_keras_object,
)
from gossamer.texts import STRING, holds_texts
from gossamer.utils.features import Cross, Feature, FeatureKinds, cardinality, is_adaptable

# How many elements of a dataset without batches a layer is shown at once, as in Keras.
_BATCH = 32


class FeatureSpace(FeatureKinds, Layer):
    """Encodes structured data: each feature by the layer of its kind, and all of them joined.

    Args:
        features: kinds by the features' names: `"float"`, `"float_rescaled"`,
            `"float_normalized"`, `"float_discretized"`, `"integer_categorical"`,
            `"string_categorical"`, `"integer_hashed"`, `"string_hashed"`, or what the methods of
            these names give, or `FeatureSpace.feature(...)`.
        output_mode: `"concat"` for one vector, `"dict"` for one of each feature.
        crosses: features to cross, as tuples of names, or what `FeatureSpace.cross` gives.
        crossing_dim: how many bins crossed features have.
        hashing_dim: how many bins hashed features have.
        num_discretization_bins: how many bins discretized features have.
        name: as for `Layer`.

    Raises:
        ValueError: for no features, unknown kinds, crosses of unknown features, another mode; in a
            call before `adapt`, where it is needed; for features that cannot be joined.

    Example:
        >>> space = gs.utils.FeatureSpace(
        ...     {"size": "float_rescaled", "colour": "string_categorical"}
        ... )
        >>> space.adapt({"size": [1.0, 2.0], "colour": ["red", "blue"]})
        >>> space({"size": [3.0], "colour": ["red"]}).tolist()
        [[0.0, 1.0, 0.0, 3.0]]
    """

    def __init__(
        self,
        features: dict[str, Any],
        output_mode: str = "concat",
        crosses: Any = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if not features:
            raise ValueError(f"Expected features. Received: features={features}")
        if output_mode not in ("dict", "concat"):
            raise ValueError(f"Expected one of dict, concat. Received: output_mode={output_mode!r}")
        self.output_mode = output_mode
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {name: self._feature(name, kind) for name, kind in features.items()}
        self.crosses = [self._cross(cross) for cross in crosses or ()]
        self.inputs = {
            name: Input((1,), dtype=feature.dtype, name=name)
            for name, feature in self.features.items()
        }
        self.preprocessors = {name: x.preprocessor for name, x in self.features.items()}
        self.crossers = {
            cross.name: HashedCrossing(cross.crossing_dim, name=cross.name)
            for cross in self.crosses
        }
        self.one_hot_encoders: dict[str, Any] = {}
        self.encoded_features: Any = None
        self._is_adapted = False

    def _feature(self, name: str, kind: Any) -> Feature:
        if isinstance(kind, Feature):
            return kind
        if isinstance(kind, dict):
            read = deserialize_keras_object(kind)
            assert isinstance(read, Feature)
            return read
        plain = ("float", "float_normalized", "float_rescaled")
        categorical = ("integer_categorical", "string_categorical")
        if kind in (*plain, *categorical):
            made: Feature = getattr(self, kind)(name=name)
            return made
        if kind in ("integer_hashed", "string_hashed"):
            hashed: Feature = getattr(self, kind)(self.hashing_dim, name=name)
            return hashed
        if kind == "float_discretized":
            return self.float_discretized(self.num_discretization_bins, name=name)
        raise ValueError(f"Expected a kind of feature for {name!r}. Received: {kind!r}")

    def _cross(self, cross: Any) -> Cross:
        if isinstance(cross, dict):
            cross = deserialize_keras_object(cross)
        if not isinstance(cross, Cross):
            if not self.crossing_dim:
                raise ValueError(
                    f"Expected crossing_dim with crosses. Received: {self.crossing_dim}"
                )
            cross = Cross(cross, self.crossing_dim)
        unknown = [name for name in cross.feature_names if name not in self.features]
        if unknown:
            raise ValueError(
                f"Expected crosses of the features {list(self.features)}. Received: {unknown}"
            )
        return cross

    # Learning

    def adapt(self, dataset: Any) -> None:
        """Have each feature's layer learn from data.

        Args:
            dataset: a `data.Dataset` of dictionaries, in batches or not, or a dictionary of arrays
                or lists.

        Raises:
            ValueError: for anything else.
        """
        if isinstance(dataset, dict):
            dataset = Dataset.from_tensor_slices(dataset)
        if not isinstance(dataset, Dataset):
            raise ValueError(
                f"Expected a data.Dataset or a dictionary of arrays. Received: {type(dataset)}"
            )
        for name in self._adaptable():
            self.preprocessors[name].adapt(_batches_of(dataset, name))
        self._is_adapted = True
        self.get_encoded_features()
        self.built = True

    def _adaptable(self) -> list[str]:
        return [name for name in self.features if is_adaptable(self.preprocessors[name])]

    def _check_adapted(self) -> None:
        if self._is_adapted:
            return
        waiting = self._adaptable()
        if waiting:
            raise ValueError(
                f"Expected a call of `adapt` of {self.name!r} first, from which {waiting} learn. "
                "Received: none"
            )
        self._is_adapted = True

    # Symbolic

    def get_inputs(self) -> dict[str, Any]:
        """The symbolic inputs by name, for a model that is given the features as they are."""
        self.get_encoded_features()
        return self.inputs

    def get_encoded_features(self) -> Any:
        """The symbolic outputs, for a model of encoded features."""
        self._check_adapted()
        if self.encoded_features is None:
            self.encoded_features = self._encoded(self.inputs)
        return self.encoded_features

    # Calling

    def __call__(self, data: Any) -> Any:
        self.get_encoded_features()
        if not isinstance(data, dict):
            raise ValueError(
                f"Expected a dictionary of features. Received: data={data!r} of type {type(data)}"
            )
        columns = {name: _as_column(x, self.inputs[name].dtype) for name, x in data.items()}
        single = any(not np.ndim(x) for x in data.values() if not isinstance(x, KerasTensor))
        encoded = self._encoded(columns)
        if not single:
            return encoded
        if self.output_mode == "concat":
            return ops.squeeze(encoded, 0)
        return {
            name: ops.squeeze(x, 0) if len(x.shape) == 2 and x.shape[0] == 1 else x
            for name, x in encoded.items()
        }

    def _encoded(self, columns: dict[str, Any]) -> Any:
        found = {name: _called(self.preprocessors[name], x) for name, x in columns.items()}
        crossed = {
            cross.name: _called(
                self.crossers[cross.name], [found[name] for name in cross.feature_names]
            )
            for cross in self.crosses
        }
        modes = {name: feature.output_mode for name, feature in self.features.items()}
        modes.update({cross.name: cross.output_mode for cross in self.crosses})
        encoded: dict[str, Any] = {}
        for name, x in [*sorted(found.items()), *sorted(crossed.items())]:
            encoded[name] = self._one_hot(name, x) if modes[name] == "one_hot" else _here(x)
        if self.output_mode == "dict":
            return encoded
        for name, x in encoded.items():
            if is_integer(x.dtype) or x.dtype == STRING:
                raise ValueError(
                    f"Expected output_mode='dict', or vectors to concatenate of the feature "
                    f"{name!r}. Received: dtype={x.dtype!r}"
                )
        return ops.concatenate([ops.cast(x, floatx()) for x in encoded.values()], axis=-1)

    def _one_hot(self, name: str, x: Any) -> Any:
        if not is_integer(x.dtype):
            raise ValueError(
                f"Expected integers of the layer of the feature {name!r}, with "
                f"output_mode='one_hot'. Received: dtype={x.dtype!r}"
            )
        if name not in self.one_hot_encoders:
            layer = self.preprocessors.get(name) or self.crossers[name]
            self.one_hot_encoders[name] = CategoryEncoding(
                cardinality(name, layer), output_mode="multi_hot"
            )
        return self.one_hot_encoders[name](_here(x))

    # Configuration

    def get_config(self) -> dict[str, Any]:
        return {
            "features": serialize_keras_object(dict(self.features)),
            "output_mode": self.output_mode,
            "crosses": serialize_keras_object(list(self.crosses)),
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> FeatureSpace:
        return cls(**config)

    def get_build_config(self) -> dict[str, Any]:
        return {name: x.preprocessor.get_build_config() for name, x in self.features.items()}

    def build_from_config(self, config: dict[str, Any]) -> None:
        for name, shapes in config.items():
            preprocessor = self.features[name].preprocessor
            if not preprocessor.built:
                preprocessor.build_from_config(shapes)
        self._is_adapted = True

    def save_own_variables(self, store: Any) -> None:
        """Nothing: the features' layers write what they have learnt."""

    def load_own_variables(self, store: Any) -> None:
        """Nothing: the features' layers read what they have learnt."""


def _batches_of(dataset: Dataset, name: str) -> Iterator[np.ndarray]:
    """One feature's values, in columns."""
    waiting: list[Any] = []
    for element in dataset:
        values = np.asarray(element[name])
        if values.ndim:
            yield values[:, None] if values.ndim == 1 else values
            continue
        waiting.append(values)
        if len(waiting) == _BATCH:
            yield np.stack(waiting)[:, None]
            waiting = []
    if waiting:
        yield np.stack(waiting)[:, None]


def _as_column(x: Any, dtype: str) -> Any:
    """A feature's values with an axis of samples and one of size 1 at least."""
    if isinstance(x, KerasTensor):
        return x
    if not is_tensor(x):
        x = np.asarray(x)
        if not holds_texts(x):
            x = x.astype(dtype)
    if len(x.shape) == 0:
        return x.reshape(1, 1) if isinstance(x, np.ndarray) else ops.reshape(x, (1, 1))
    if len(x.shape) == 1:
        return x[:, None] if isinstance(x, np.ndarray) else ops.expand_dims(x, -1)
    return x


def _called(layer: Any, x: Any) -> Any:
    """What a layer gives. What one on the host gives stays there: another may be given it."""
    if not isinstance(layer, OnHost):
        return layer(x)
    with using(get_backend("numpy")):
        return layer(x)


def _here(x: Any) -> Any:
    """A tensor on the backend in use."""
    return x.to(current_backend().name) if hasattr(x, "backend") else x


name_built_in("keras.utils.FeatureSpace", FeatureSpace)
