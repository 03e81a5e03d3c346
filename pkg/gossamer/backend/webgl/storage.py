"""How elements are stored on the device: the kind of texture for each dtype, and how a shader reads
and writes its texels.

float16 is a storage type: kernels compute in float32, and their results are rounded once, as they
are stored. Halves are kept as their bits in 16-bit integers, and not in half-float textures: what
these make of a float that is stored is the device's choice (SwiftShader: NaN for infinities).

Where a device cannot draw to float textures, or to half-float ones only, floats are kept as their
bits in 32-bit integers, to which every WebGL2 draws: so they have all of their 24 bits everywhere.
"""

import numpy as np

from gossamer.kernel import mathlib
from gossamer.kernel.expr import BOOL, FLOAT, INT, UINT, Expr, bitcast
from gossamer.kernel.spec import COMPUTE_DTYPE

# The kinds of texture that the shim makes: what a shader sees of a texel, and its bytes.
TEXEL_DTYPE = {"float": FLOAT, "int": INT, "uint": UINT, "half": UINT}
TEXEL_BYTES = {"float": 16, "int": 16, "uint": 16, "half": 8}
# What is uploaded, and what is read: of 16-bit integers every device gives 32 bits.
UPLOADED = {"float": "float32", "int": "int32", "uint": "uint32", "half": "uint16"}
READ = {**UPLOADED, "half": "uint32"}
_KIND = {FLOAT: "float", INT: "int", UINT: "uint", BOOL: "int"}


def kind_of(dtype: str, floats: str) -> str:
    """The kind of texture that holds a tensor.

    Args:
        dtype: the tensor's.
        floats: the kind that holds float32 on this device: `"float"` or, as bits, `"uint"`.
    """
    if dtype == "float16":
        return "half"
    kind = _KIND[COMPUTE_DTYPE[dtype]]
    return floats if kind == "float" else kind


def decoder(dtype: str, floats: str) -> str:
    """The GLSL function that makes numbers of a texel; empty where it holds them as they are."""
    if dtype == "float16":
        return "halves"
    is_float = COMPUTE_DTYPE[dtype] == FLOAT
    return "uintBitsToFloat" if is_float and floats != "float" else ""


def stored(value: Expr, dtype: str, floats: str) -> Expr:
    """What a shader writes of a value that it computed for a tensor of `dtype`."""
    if dtype == "float16":
        return mathlib.half_bits(value)
    if dtype in ("uint8", "uint16"):
        return value & (255 if dtype == "uint8" else 65535)
    if dtype in ("int8", "int16"):
        unused = 24 if dtype == "int8" else 16
        return (value << unused) >> unused
    return value if value.dtype != FLOAT or floats == "float" else bitcast(value, UINT)


def element_dtype(dtype: str) -> str:
    """In which dtype elements come and go: the narrow integers and bools in 32 bits."""
    if dtype == "float16":
        return dtype
    compute = COMPUTE_DTYPE[dtype]
    return INT if compute == BOOL else compute


def elements_of(texels: np.ndarray, dtype: str, kind: str) -> np.ndarray:
    """The elements of a tensor in what was read or paged out, in their `element_dtype`."""
    return texels.astype(UPLOADED[kind], copy=False).view(element_dtype(dtype))
