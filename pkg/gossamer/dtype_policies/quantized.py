"""Policies of quantized layers: made, written and read as in Keras, so that its files open."""

from __future__ import annotations

from typing import Any

from gossamer.dtype_policies.policy import DTypePolicy, dtype_policy, dtypes_of

QUANTIZATION_MODES = ("int8", "float8", "int4", "gptq", "awq")


class QuantizedDTypePolicy(DTypePolicy):
    """The policy of a layer whose weights are quantized: named `mode_from_source`.

    Args:
        mode: `"int8"`, `"int4"`, `"float8"`, `"gptq"` or `"awq"`.
        source_name: the name of the policy that the layer had before; of the one in use if None.

    Raises:
        ValueError: for another mode, or for int8 from float16, which is too coarse.

    Example:
        >>> gs.dtype_policies.QuantizedDTypePolicy("int8", "float32")
        <QuantizedDTypePolicy "int8_from_float32">
    """

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        if source_name is None:
            source_name = dtype_policy().name
        self._compute_dtype, self._variable_dtype = dtypes_of(source_name)
        if mode not in QUANTIZATION_MODES:
            raise ValueError(
                f"Expected one of the modes {', '.join(QUANTIZATION_MODES)}. Received: mode={mode}"
            )
        if mode == "int8" and self._compute_dtype == "float16":
            raise ValueError(
                "Expected another dtype than float16 to compute in with int8 weights. "
                f"Received: mode={mode!r}, source_name={source_name!r}"
            )
        self._name = f"{mode}_from_{source_name}"
        self._source_name = source_name
        self._quantization_mode = mode

    def get_config(self) -> dict[str, Any]:
        return {"mode": self._quantization_mode, "source_name": self._source_name}


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """The policy of a layer whose products are of 8-bit floats.

    Args:
        mode: `"float8"`.
        source_name: as in `QuantizedDTypePolicy`.
        amax_history_length: of how many steps the largest values are kept, to scale by.

    Raises:
        TypeError: for a length that is no integer.

    Example:
        >>> gs.dtype_policies.get("float8_from_float32").amax_history_length
        1024
    """

    default_amax_history_length = 1024

    def __init__(
        self, mode: str, source_name: str | None = None, amax_history_length: int = 1024
    ) -> None:
        super().__init__(mode, source_name)
        if not isinstance(amax_history_length, int):
            raise TypeError(
                "Expected an integer for amax_history_length. "
                f"Received: amax_history_length={amax_history_length!r}"
            )
        self._amax_history_length = amax_history_length

    @property
    def amax_history_length(self) -> int:
        """Of how many steps the largest values are kept."""
        return self._amax_history_length

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amax_history_length": self.amax_history_length}


def _numbers(mode: str, family: str, parts: tuple[str, ...]) -> list[int]:
    """The integers behind the name of a mode, such as `gptq/4/128`; the last is a group's size."""
    name, *given = mode.split("/")
    try:
        numbers = [int(part) for part in given]
    except ValueError:
        numbers = []
    if name != family or len(numbers) != len(parts):
        raise ValueError(
            f"Expected a mode '{family}/{'/'.join(f'<{part}>' for part in parts)}' of integers. "
            f"Received: mode={mode!r}"
        )
    if numbers[-1] < -1 or numbers[-1] == 0:
        raise ValueError(
            f"Expected the {parts[-1]} to be positive, or -1 for one group. Received: mode={mode!r}"
        )
    return numbers


class Int4DTypePolicy(QuantizedDTypePolicy):
    """The policy of a layer whose weights are 4-bit integers, scaled block by block.

    Args:
        mode: `"int4/<block_size>"`; a block size of -1 is one block a channel.
        source_name: as in `QuantizedDTypePolicy`.

    Raises:
        ValueError: for a mode of another form.

    Example:
        >>> gs.dtype_policies.Int4DTypePolicy("int4/128", "float32").block_size
        128
    """

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        (self.block_size,) = _numbers(mode, "int4", ("block_size",))
        self.mode = "int4"
        super().__init__(self.mode, source_name)
        self._name = f"{mode}_from_{self._source_name}"

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mode": f"{self.mode}/{self.block_size}"}


class _GroupedDTypePolicy(QuantizedDTypePolicy):
    """What the policies of weights that are quantized group by group have in common."""

    _family: str
    _bits: tuple[int, ...]

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        self.weight_bits, self.group_size = _numbers(
            mode, self._family, ("weight_bits", "group_size")
        )
        if self.weight_bits not in self._bits:
            raise ValueError(
                f"Expected {' or '.join(map(str, self._bits))} weight_bits. Received: mode={mode!r}"
            )
        self.mode = self._family
        super().__init__(self.mode, source_name)
        self._name = f"{mode}_from_{self._source_name}"

    def get_config(self) -> dict[str, Any]:
        mode = f"{self.mode}/{self.weight_bits}/{self.group_size}"
        return {**super().get_config(), "mode": mode}


class GPTQDTypePolicy(_GroupedDTypePolicy):
    """The policy of a layer whose weights GPTQ has quantized.

    Args:
        mode: `"gptq/<weight_bits>/<group_size>"`, with 2, 3, 4 or 8 bits.
        source_name: as in `QuantizedDTypePolicy`.

    Raises:
        ValueError: for a mode of another form.

    Example:
        >>> gs.dtype_policies.GPTQDTypePolicy("gptq/4/128", "float32").weight_bits
        4

    Source: Frantar et al., GPTQ, ICLR 2023.
    """

    _family = "gptq"
    _bits = (2, 3, 4, 8)


class AWQDTypePolicy(_GroupedDTypePolicy):
    """The policy of a layer whose weights AWQ has quantized, to 4 bits.

    Args:
        mode: `"awq/4/<group_size>"`.
        source_name: as in `QuantizedDTypePolicy`.

    Raises:
        ValueError: for a mode of another form.

    Example:
        >>> gs.dtype_policies.AWQDTypePolicy("awq/4/128", "float32").group_size
        128

    Source: Lin et al., AWQ, MLSys 2024.
    """

    _family = "awq"
    _bits = (4,)


def quantized(name: str) -> QuantizedDTypePolicy:
    """The quantized policy of a name, such as `int8_from_float32`.

    Raises:
        ValueError: for a name of another form.
    """
    mode, *source = name.split("_from_")
    if len(source) != 1:
        raise ValueError(f"Expected a name '<mode>_from_<policy>'. Received: name={name!r}")
    if mode.startswith("float8"):
        return QuantizedFloat8DTypePolicy(mode, source[0])
    if mode.startswith("gptq"):
        return GPTQDTypePolicy(mode, source[0])
    if mode.startswith("awq"):
        return AWQDTypePolicy(mode, source[0])
    if mode.startswith("int4") and "/" in mode:
        return Int4DTypePolicy(mode, source[0])
    return QuantizedDTypePolicy(mode, source[0])
