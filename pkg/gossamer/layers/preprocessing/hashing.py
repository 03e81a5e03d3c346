"""The layer that puts strings and integers into bins by their hashes."""

from __future__ import annotations

from typing import Any

import numpy as np

from gossamer import ops
from gossamer.config import floatx
from gossamer.core.symbolic import KerasTensor
from gossamer.layers.preprocessing.encoding import (
    MODES,
    check_dense,
    check_mode,
    encoded_on_host,
)
from gossamer.layers.preprocessing.hashes import bins_of
from gossamer.layers.preprocessing.on_host import OnHost
from gossamer.layers.preprocessing.texts import as_texts
from gossamer.tensor import Tensor


def checked_salt(salt: Any) -> list[int] | None:
    """A key of two integers, or none.

    Raises:
        ValueError: for what is neither an integer nor two of them.
    """
    if salt is None:
        return None
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(f"Expected one integer or two as salt. Received: salt={salt!r}")


def as_written(values: np.ndarray) -> np.ndarray:
    """Integers as the texts that are hashed in their place; texts as they are."""
    if values.dtype.kind in "iufb":
        return values.astype(np.int64).astype(np.str_)
    return as_texts(values)


class Hashing(OnHost):
    """The bin of each string or integer: its hash modulo the number of bins.

    The hash is FarmHash's Fingerprint64, or SipHash-2-4 with a salt; of integers, that of their
    decimal digits. It is computed on the host, and is no part of a jitted function.

    Args:
        num_bins: how many bins there are.
        mask_value: what goes into bin 0, which nothing else does then.
        salt: an integer or two, the key of SipHash.
        output_mode: `"int"` for the numbers of the bins, or a mode of `CategoryEncoding`.
        sparse: False; there are no sparse tensors.
        kwargs: as for `Layer`.

    Raises:
        ValueError: for a number of bins below 1, another mode, a dtype that does not fit the mode,
            and another salt.

    Example:
        >>> layer = gs.layers.Hashing(num_bins=3)
        >>> layer([["A"], ["B"], ["C"], ["D"], ["E"]]).tolist()
        [[1], [0], [1], [1], [2]]

    Source: Google's FarmHash; Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else floatx()
        super().__init__(**kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError(f"Expected at least one bin. Received: num_bins={num_bins}")
        check_mode(output_mode, ("int", *MODES))
        check_dense(sparse)
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError(
                "Expected dtype int32 or int64 with output_mode='int'. "
                f"Received: dtype={kwargs['dtype']!r}"
            )
        self.num_bins, self.mask_value, self.salt = num_bins, mask_value, checked_salt(salt)
        self.output_mode, self.sparse = output_mode, sparse

    def call(self, inputs: Any) -> Tensor:
        values = np.asarray(inputs)
        masks = self.mask_value is not None and self.num_bins > 1
        bins = bins_of(as_written(values), self.num_bins - masks, self.salt)
        if masks:
            bins = np.where(values == self.mask_value, 0, bins + 1)
        if self.output_mode != "int":
            bins = encoded_on_host(bins, self.output_mode, self.num_bins)
        # Of 64 bits only where the backend has such.
        return ops.convert_to_tensor(bins.astype(self.dtype))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        if self.output_mode == "int":
            return shape
        appended = self.output_mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1)
        return (*(shape if appended else shape[:-1]), self.num_bins)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        return KerasTensor(self.compute_output_shape(inputs.shape), self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
