"""The expression language in GLSL ES 3.00: one row an operator, for one value or four at a time."""

import math
from typing import Any

import numpy as np

from gossamer.kernel.expr import BOOL, FLOAT, INT, UINT

SCALAR = {FLOAT: "float", INT: "int", UINT: "uint", BOOL: "bool"}
VECTOR = {FLOAT: "vec4", INT: "ivec4", UINT: "uvec4", BOOL: "bvec4"}
SAMPLER = {FLOAT: "sampler2DArray", INT: "isampler2DArray", UINT: "usampler2DArray"}

_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "quotient": "/", "remainder": "%",
    "shift_left": "<<", "shift_right": ">>", "and": "&", "or": "|", "xor": "^",
}  # fmt: skip
_SCALAR_BOOL = {"and": "&&", "or": "||", "xor": "^^"}
_SCALAR_COMPARE = {"lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_VECTOR_COMPARE = {"lt": "lessThan", "le": "lessThanEqual", "eq": "equal", "ne": "notEqual"}
_FUNCTION = {
    "abs": "abs", "min": "min", "max": "max", "floor": "floor", "ceil": "ceil",
    "round": "roundEven", "trunc": "trunc", "sqrt": "sqrt", "exp": "exp", "log": "log",
    "exp2": "exp2", "log2": "log2", "isnan": "is_nan",
}  # fmt: skip
_BITCAST = {
    (FLOAT, INT): "floatBitsToInt", (FLOAT, UINT): "floatBitsToUint",
    (INT, FLOAT): "intBitsToFloat", (UINT, FLOAT): "uintBitsToFloat",
}  # fmt: skip

# What GLSL ES 3.00 has for floats only, or not for vectors; a program has those that it calls. A
# NaN is told by its bits, since a compiler may take `x != x` for false. No branches: a software
# rasteriser's compiler multiplies them where functions are inlined. And no `? :` of integers: with
# some of these the compiler of SwiftShader (Subzero, in Chromium 156) does not come to an end.
_HELPERS = {
    "quotient": """\
int quotient(int a, int b, float inverse) {
  int n = abs(a);
  int q = int(float(n) * inverse);
  int r = n - q * b;
  q += int(r >= b) - int(r < 0);
  return q * (1 - 2 * int(a < 0));
}
ivec4 quotient(ivec4 a, int b, float inverse) {
  ivec4 n = abs(a);
  ivec4 q = ivec4(vec4(n) * inverse);
  ivec4 r = n - q * b;
  q += ivec4(greaterThanEqual(r, ivec4(b))) - ivec4(lessThan(r, ivec4(0)));
  return q * (ivec4(1) - 2 * ivec4(lessThan(a, ivec4(0))));
}
""",
    "is_nan": """\
bool is_nan(float x) { return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u; }
bvec4 is_nan(vec4 x) { return greaterThan(floatBitsToUint(x) & 0x7fffffffu, uvec4(0x7f800000u)); }
""",
    "halves": """\
vec4 halves(uvec4 x) {
  return vec4(unpackHalf2x16(x.x | (x.y << 16)), unpackHalf2x16(x.z | (x.w << 16)));
}
""",
    "both": """\
bvec4 both(bvec4 a, bvec4 b) { return bvec4(a.x && b.x, a.y && b.y, a.z && b.z, a.w && b.w); }
""",
    "either": """\
bvec4 either(bvec4 a, bvec4 b) { return bvec4(a.x || b.x, a.y || b.y, a.z || b.z, a.w || b.w); }
""",
    "pick": """\
float pick(vec4 x, int i) {
  vec2 pair = mix(x.xy, x.zw, bvec2(i > 1));
  return mix(pair.x, pair.y, (i & 1) == 1);
}
int pick(ivec4 x, int i) {
  ivec4 one = x & -ivec4(equal(ivec4(i), ivec4(0, 1, 2, 3)));
  return one.x | one.y | one.z | one.w;
}
uint pick(uvec4 x, int i) { return uint(pick(ivec4(x), i)); }
int pick(bool c, int a, int b) { return (a & -int(c)) | (b & (int(c) - 1)); }
uint pick(bool c, uint a, uint b) { return uint(pick(c, int(a), int(b))); }
bool pick(bool c, bool a, bool b) { return bool(pick(c, int(a), int(b))); }
vec4 pick(bvec4 c, vec4 a, vec4 b) { return mix(b, a, c); }
ivec4 pick(bvec4 c, ivec4 a, ivec4 b) {
  ivec4 chosen = -ivec4(c);
  return (a & chosen) | (b & ~chosen);
}
uvec4 pick(bvec4 c, uvec4 a, uvec4 b) { return uvec4(pick(c, ivec4(a), ivec4(b))); }
bvec4 pick(bvec4 c, bvec4 a, bvec4 b) { return bvec4(pick(c, ivec4(a), ivec4(b))); }
""",
}


def type_name(dtype: str, vector: bool) -> str:
    return (VECTOR if vector else SCALAR)[dtype]


def literal(value: Any, dtype: str) -> str:
    """A constant, exact to the last bit."""
    if dtype == BOOL:
        return "true" if value else "false"
    if dtype == UINT:
        return f"{int(value)}u"
    if dtype == INT:
        # The most negative integer has no literal, since its minus is an operator.
        return str(int(value)) if value > -(2**31) else "(-2147483647 - 1)"
    if not math.isfinite(value):
        bits = int(np.float32(value).view(np.uint32))
        return f"uintBitsToFloat({bits:#x}u)"
    return repr(float(np.float32(value)))


def operation(name: str, dtype: str, operand_dtype: str, args: list[str], vector: bool) -> str:
    """The GLSL of one operator.

    Args:
        name: the operator.
        dtype: of the result.
        operand_dtype: of the last operand.
        args: the operands' GLSL; for a vector operation all are vectors, but for the condition
            of `select`, which may be one bool.
        vector: whether four values are computed at once.
    """
    if name == "neg":
        return f"-{args[0]}"
    if name == "not":
        if dtype == BOOL:
            return f"not({args[0]})" if vector else f"!{args[0]}"
        return f"~{args[0]}"
    if name in _SCALAR_COMPARE:
        if vector:
            return f"{_VECTOR_COMPARE[name]}({args[0]}, {args[1]})"
        return f"{args[0]} {_SCALAR_COMPARE[name]} {args[1]}"
    if dtype == BOOL and name in _SCALAR_BOOL:
        if vector:
            function = {"and": "both", "or": "either", "xor": "notEqual"}[name]
            return f"{function}({args[0]}, {args[1]})"
        return f"{args[0]} {_SCALAR_BOOL[name]} {args[1]}"
    if name in _INFIX:
        return f"{args[0]} {_INFIX[name]} {args[1]}"
    if name in ("cast", "bitcast"):
        function = _BITCAST.get((operand_dtype, dtype), "") if name == "bitcast" else ""
        return f"{function or type_name(dtype, vector)}({args[0]})"
    return f"{_FUNCTION[name]}({', '.join(args)})"


def selection(condition: str, a: str, b: str, dtype: str, vector: bool) -> str:
    """The GLSL of `a` where the condition holds, else `b`."""
    if dtype == FLOAT and not vector:
        return f"mix({b}, {a}, {condition})"
    return f"pick({condition}, {a}, {b})"


def helpers(body: str) -> list[str]:
    """The helpers that a program calls."""
    return [text for name, text in _HELPERS.items() if f"{name}(" in body]
