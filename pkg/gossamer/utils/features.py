"""What a `FeatureSpace` is told of a feature, and of features that are crossed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gossamer.core.symbolic import KerasTensor
from gossamer.layers.layer import Layer
from gossamer.layers.preprocessing.category_encoding import CategoryEncoding
from gossamer.layers.preprocessing.discretization import Discretization
from gossamer.layers.preprocessing.hashed_crossing import HashedCrossing
from gossamer.layers.preprocessing.hashing import Hashing
from gossamer.layers.preprocessing.integer_lookup import IntegerLookup
from gossamer.layers.preprocessing.normalization import Normalization
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.layers.preprocessing.rescaling import Rescaling
from gossamer.layers.preprocessing.string_lookup import StringLookup
from gossamer.naming import unique_name
from gossamer.serialization import (
    deserialize_keras_object,
    name_built_in,
    serialize_keras_object,
)

# Where Keras has these classes, which have no public names.
MODULE = "keras.src.layers.preprocessing.feature_space"


def _check_mode(output_mode: str, allowed: tuple[str, ...]) -> None:
    if output_mode not in allowed:
        raise ValueError(
            f"Expected one of {', '.join(allowed)}. Received: output_mode={output_mode!r}"
        )


class Cross:
    """Features that are crossed: each combination of their values is put into one of some bins.

    Args:
        feature_names: the features.
        crossing_dim: the number of bins.
        output_mode: `"one_hot"`, or `"int"` for the bins' numbers.

    Raises:
        ValueError: for another mode.
    """

    def __init__(
        self, feature_names: Iterable[str], crossing_dim: int, output_mode: str = "one_hot"
    ) -> None:
        _check_mode(output_mode, ("int", "one_hot"))
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim
        self.output_mode = output_mode

    @property
    def name(self) -> str:
        """The features' names, crossed."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        return {
            "feature_names": self.feature_names,
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Cross:
        return cls(**config)


class Feature:
    """One feature: what its values are, the layer that is given them, and what that gives.

    Args:
        dtype: of the values; `"string"` for strings.
        preprocessor: a layer.
        output_mode: `"float"` or `"int"` for what the layer gives, `"one_hot"` for vectors of it.

    Raises:
        ValueError: for another mode.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        _check_mode(output_mode, ("int", "one_hot", "float"))
        self.dtype = dtype
        if isinstance(preprocessor, dict):
            preprocessor = deserialize_keras_object(preprocessor)
        self.preprocessor = preprocessor
        self.output_mode = output_mode

    def get_config(self) -> dict[str, Any]:
        return {
            "dtype": self.dtype,
            "preprocessor": serialize_keras_object(self.preprocessor),
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Feature:
        return cls(**config)


class TFDIdentity(Layer):
    """Passes numbers on; under the name that it has in Keras's files."""

    def call(self, x: Any) -> Any:
        return x

    def compute_output_spec(self, x: Any) -> KerasTensor:
        return KerasTensor(x.shape, x.dtype)


def cardinality(name: str, preprocessor: Any) -> int:
    """How many numbers a feature's layer may give, for vectors of them.

    Raises:
        ValueError: for a layer of which that is not known.
    """
    if isinstance(preprocessor, (IntegerLookup, StringLookup)):
        return preprocessor.vocabulary_size()
    if isinstance(preprocessor, CategoryEncoding):
        return preprocessor.num_tokens
    if isinstance(preprocessor, Discretization):
        return preprocessor.num_bins or len(preprocessor.bin_boundaries) + 1
    if isinstance(preprocessor, (HashedCrossing, Hashing)):
        return preprocessor.num_bins
    raise ValueError(
        f"Expected output_mode='int' for the feature {name!r}: it is not known how many numbers "
        f"{type(preprocessor).__name__} gives. Received: output_mode='one_hot'"
    )


def is_adaptable(preprocessor: Any) -> bool:
    """Whether a layer is to learn from data."""
    if isinstance(preprocessor, Normalization) and preprocessor.input_mean is not None:
        return False
    if isinstance(preprocessor, Discretization) and preprocessor.num_bins is None:
        return False
    lookup = getattr(preprocessor, "_lookup_layer", preprocessor)
    if isinstance(lookup, OnHost) and getattr(lookup, "_has_input_vocabulary", False):
        return False
    return hasattr(preprocessor, "adapt")


class FeatureKinds:
    """The kinds of features, as methods of `FeatureSpace`."""

    @classmethod
    def cross(
        cls, feature_names: Iterable[str], crossing_dim: int, output_mode: str = "one_hot"
    ) -> Cross:
        """Features that are crossed."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A feature with a layer of your own."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """A number, as it is."""
        name = name or unique_name("float")
        return Feature("float32", TFDIdentity(dtype="float32", name=_of(name)), "float")

    @classmethod
    def float_rescaled(
        cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None
    ) -> Feature:
        """A number, times `scale` plus `offset`."""
        name = name or unique_name("float_rescaled")
        layer = Rescaling(scale=scale, offset=offset, name=_of(name))
        return Feature("float32", layer, "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """A number, shifted and scaled to mean 0 and variance 1."""
        name = name or unique_name("float_normalized")
        return Feature("float32", Normalization(axis=-1, name=_of(name)), "float")

    @classmethod
    def float_discretized(
        cls,
        num_bins: int | None,
        bin_boundaries: Any = None,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """A number, as that of a bin: boundaries are given, or `num_bins` are learnt."""
        name = name or unique_name("float_discretized")
        layer = Discretization(num_bins=num_bins, bin_boundaries=bin_boundaries, name=_of(name))
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """An integer that names a category."""
        name = name or unique_name("integer_categorical")
        layer = IntegerLookup(
            name=_of(name), max_tokens=max_tokens, num_oov_indices=num_oov_indices
        )
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """A string that names a category."""
        name = name or unique_name("string_categorical")
        layer = StringLookup(name=_of(name), max_tokens=max_tokens, num_oov_indices=num_oov_indices)
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(
        cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """A string, as the bin that its hash puts it in."""
        name = name or unique_name("string_hashed")
        return Feature("string", Hashing(name=_of(name), num_bins=num_bins), output_mode)

    @classmethod
    def integer_hashed(
        cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None
    ) -> Feature:
        """An integer, as the bin that its hash puts it in."""
        name = name or unique_name("integer_hashed")
        return Feature("int32", Hashing(name=_of(name), num_bins=num_bins), output_mode)


def _of(name: str) -> str:
    return f"{name}_preprocessor"


for _member in (Cross, Feature, TFDIdentity):
    name_built_in(f"{MODULE}.{_member.__name__}", _member)
