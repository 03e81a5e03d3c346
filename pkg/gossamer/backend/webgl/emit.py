"""Turns expressions into GLSL statements: each value once, in the outermost block that can have it.

An expression over coordinates becomes straight-line code. A subexpression is named the first time
it is met, and placed in the outermost loop in which all that it depends on is known, so that
common subexpressions and loop invariants need no further pass. Four elements along the output's
last axis (or along the innermost folded axis) are computed at once: `LANE` stands for 0, 1, 2, 3.
A load whose last coordinate runs with `LANE` is one texel; one that does not depend on it is one
component; any other is four loads.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from gossamer.backend.webgl import glsl
from gossamer.kernel import expr, index
from gossamer.kernel.expr import (
    BOOL,
    FLOAT,
    INT,
    UINT,
    Expr,
    const,
    node,
    op,
    substitute,
    uniform,
    walk,
)
from gossamer.kernel.simplify import simplify

LANE = node("symbol", INT, attr=range(4))
FOUR = const(4, INT)
_COMPONENTS = "xyzw"


def lanes_from(quad: Expr) -> Expr:
    """The four coordinates of the quad of that number."""
    return op("add", op("mul", quad, FOUR), LANE)


@dataclass(frozen=True)
class Input:
    """How a program reads one of its inputs.

    Attributes:
        number: its place among the op's inputs.
        dtype: in which the kernel computes with it.
        rank: axes of its shape without trailing ones.
        is_scalar: it comes as a uniform and not as a texture.
        lies_like_output: its elements lie where the output's do.
        has_output_rows: its rows are as many as the output's, and in the same layers.
        wraps: a row may go on in the next line of the texture.
        is_large: floats do not suffice to find a texel.
        decoder: the GLSL function that makes numbers of a texel of unsigned integers, if any.
    """

    number: int
    dtype: str
    rank: int
    is_scalar: bool
    lies_like_output: bool
    has_output_rows: bool
    wraps: bool
    is_large: bool
    decoder: str = ""

    @property
    def texel_dtype(self) -> str:
        return INT if self.dtype == BOOL else self.dtype

    @property
    def sampled_dtype(self) -> str:
        return UINT if self.decoder else self.texel_dtype

    @property
    def by_row(self) -> bool:
        """Whether a texel is found from its row's place; else from its number."""
        return not (self.wraps or self.is_large)

    def key(self) -> Hashable:
        if self.is_scalar:
            return self.dtype, self.rank
        return (
            self.dtype,
            self.rank,
            self.lies_like_output,
            self.has_output_rows,
            self.wraps,
            self.is_large,
            self.decoder,
        )


class Emitter:
    """Collects a program's statements, loop by loop, and what they use."""

    def __init__(self, inputs: list[Input], is_large: bool = False) -> None:
        self.inputs = inputs
        self.is_large = is_large or any(given.is_large for given in inputs)
        self.uniforms: dict[Hashable, int] = {}
        self.fetched: dict[int, None] = {}
        self.scalars: dict[int, None] = {}
        self.blocks: list[list[str]] = [[]]
        self._headers: list[str] = []
        self._names: dict[Expr, tuple[str, int]] = {}
        self._texels: dict[tuple[int, Expr | str], tuple[str, int]] = {}
        self._row_places: dict[tuple[int, Expr, int | None], tuple[str, int]] = {}
        self._vector: dict[Expr, bool] = {LANE: True}
        self._names[LANE] = ("ivec4(0, 1, 2, 3)", 0)
        # Where an input that lies like the output is read: the fragment's place, by layer.
        self._finders: dict[str, Input] = {}
        self.own_coordinates: dict[tuple[Expr, ...], int] = {}
        # The same for an input whose rows are the output's: the layer, and the row in it.
        self.own_rows: dict[tuple[Expr, ...], tuple[int, Expr]] = {}
        self._count = 0

    # Blocks

    def symbol(self, name: str, dtype: str = INT) -> Expr:
        """A GLSL variable that the template declares in the current block."""
        leaf = node("symbol", dtype, attr=name)
        self._names[leaf] = (name, len(self.blocks) - 1)
        return leaf

    def vector_symbol(self, name: str, dtype: str) -> Expr:
        leaf = self.symbol(name, dtype)
        self._vector[leaf] = True
        return leaf

    def pin(self, leaves: list[Expr]) -> None:
        """Say that these variables change in the current block: what uses them stays in it."""
        for leaf in leaves:
            self._names[leaf] = (str(leaf.attr), len(self.blocks) - 1)

    def line(self, text: str) -> None:
        self.blocks[-1].append(text)

    def open_loop(self, header: str) -> None:
        self._headers.append(header)
        self.blocks.append([])

    def close_loop(self) -> None:
        body = self.blocks.pop()
        depth = len(self.blocks)
        # Only now, so that what was hoisted out of the loop stands before it.
        self.line(self._headers.pop() + " {")
        self.blocks[-1].extend("  " + text for text in body)
        self.line("}")
        # What was computed inside of the loop is out of scope now.
        self._names = {x: entry for x, entry in self._names.items() if entry[1] < depth}
        self._texels = {x: entry for x, entry in self._texels.items() if entry[1] < depth}
        self._row_places = {x: entry for x, entry in self._row_places.items() if entry[1] < depth}

    def function(self, name: str, parameters: list[Expr], results: list[Expr]) -> list[str]:
        """A GLSL function of vectors: what is computed alike in several places is written once.

        It returns the first result; the others are its last parameters.
        """
        outer = self.blocks, self._names, self._texels, self._row_places
        self.blocks, self._names, self._texels, self._row_places = [[]], {}, {}, {}
        for leaf in parameters:
            self.vector_symbol(str(leaf.attr), leaf.dtype)
        first, *others = [self.vector(result) for result in results]
        declared = [f"{glsl.VECTOR[leaf.dtype]} {leaf.attr}" for leaf in parameters]
        for k, result in enumerate(results[1:], 1):
            declared.append(f"out {glsl.VECTOR[result.dtype]} b{k}")
        text = [
            f"{glsl.VECTOR[results[0].dtype]} {name}({', '.join(declared)}) {{",
            *("  " + line for line in self.blocks[0]),
            *(f"  b{k} = {value};" for k, value in enumerate(others, 1)),
            f"  return {first};",
            "}",
        ]
        self.blocks, self._names, self._texels, self._row_places = outer
        return text

    # Values

    def is_vector(self, x: Expr) -> bool:
        """Whether the value differs along the lanes."""
        stack = [x]
        while stack:
            current = stack[-1]
            if current not in self._vector:
                args = current.args
                if current.op == "load":
                    given = self.inputs[current.attr]
                    # A scalar has no axes, and along a dropped axis there is one element only.
                    args = () if given.is_scalar else args[: given.rank]
                waiting = [arg for arg in args if arg not in self._vector]
                if waiting:
                    stack += waiting
                    continue
                self._vector[current] = any(self._vector[arg] for arg in args)
            stack.pop()
        return self._vector[x]

    def vector(self, x: Expr) -> str:
        """The name of the four values of `x`."""
        name = self.value(x)
        return name if self.is_vector(x) else f"{glsl.VECTOR[x.dtype]}({name})"

    def value(self, x: Expr) -> str:
        """The name of the value of `x`: a vector if it differs along the lanes."""
        return self._emit(x)[0]

    def _emit(self, x: Expr) -> tuple[str, int]:
        """The value's name, and the block that it is in."""
        if x.op == "const":
            text = glsl.literal(x.attr, x.dtype)
            return (f"({text})" if text.startswith("-") else text), 0
        if x.op == "uniform":
            return self._uniform(x), 0
        if x not in self._names:
            # Operands first; but those of a load only as its address turns out to need them.
            stack = [x]
            while stack:
                current = stack[-1]
                if current not in self._names:
                    args = () if current.op == "load" else current.args
                    waiting = [
                        arg
                        for arg in args
                        if arg not in self._names and arg.op not in ("const", "uniform")
                    ]
                    if waiting:
                        stack += reversed(waiting)
                        continue
                    is_load = current.op == "load"
                    name = self._load(current) if is_load else self._operation(current)
                    self._names[current] = name
                stack.pop()
        return self._names[x]

    def _uniform(self, x: Expr) -> str:
        slot = self.uniforms.setdefault(x.attr, len(self.uniforms))
        text = f"u[{slot // 4}].{_COMPONENTS[slot % 4]}"
        return text if x.dtype == INT else f"{glsl._BITCAST[INT, x.dtype]}({text})"

    def _declare(self, dtype: str, vector: bool, text: str, depth: int) -> tuple[str, int]:
        name = f"v{self._count}"
        self._count += 1
        self.blocks[depth].append(f"{glsl.type_name(dtype, vector)} {name} = {text};")
        return name, depth

    def _operation(self, x: Expr) -> tuple[str, int]:
        entries = [self._emit(arg) for arg in x.args]
        depth = max(entry[1] for entry in entries)
        vector = self.is_vector(x)
        if x.op == "select":
            condition, *branches = x.args
            texts = [self.vector(arg) if vector else self.value(arg) for arg in branches]
            chosen = entries[0][0]
            if vector and not self.is_vector(condition):
                chosen = f"bvec4({chosen})"
            text = glsl.selection(chosen, texts[0], texts[1], x.dtype, vector)
        elif (inverse := self._inverse_of_divisor(x)) is not None:
            a, b = self.value(x.args[0]), self.value(x.args[1])
            text = {
                "row_quotient": f"int((float({a}) + 0.5) * {inverse})",
                "quotient": f"quotient({a}, {b}, {inverse})",
                "remainder": f"{a} - quotient({a}, {b}, {inverse}) * {b}",
            }[x.op]
        else:
            texts = [self.vector(arg) if vector else self.value(arg) for arg in x.args]
            text = glsl.operation(x.op, x.dtype, x.args[-1].dtype, texts, vector)
        return self._declare(x.dtype, vector, text, depth)

    def _inverse_of_divisor(self, x: Expr) -> str | None:
        """The reciprocal by which to multiply instead of dividing integers; None if that may err.

        An integer division is scalar code on a software rasteriser, and dozens of instructions on
        a GPU. Coordinates are small enough for floats, values are not.
        """
        if x.op not in ("quotient", "remainder", "row_quotient") or x.dtype != INT:
            return None
        divisor = x.args[1]
        if x.op != "row_quotient" and (self.is_large or any(y.op == "load" for y in walk(x))):
            return None
        if divisor.op == "const" and divisor.attr > 0:
            return glsl.literal(1 / divisor.attr, FLOAT)
        return self._uniform(inverse(divisor)) if divisor.op == "uniform" else None

    # Loads

    def _load(self, x: Expr) -> tuple[str, int]:
        given = self.inputs[x.attr]
        if given.is_scalar:
            self.scalars[given.number] = None
            # A bool comes as an int uniform.
            name = f"s{given.number}"
            return (f"bool({name})" if given.dtype == BOOL else name), 0
        if given.lies_like_output and self.is_vector(x) and x.args in self.own_coordinates:
            layer = self.own_coordinates[x.args]
            text = f"texture(t{given.number}, vec3(place, {layer}))"
            if given.is_large:
                text = f"texelFetch(t{given.number}, ivec3(xy, {layer}), 0)"
            texel, depth = self._fetch(given, text)
            return self._truth(given, texel, True, depth)
        coordinates = x.args[: given.rank]
        row, last = self._row(given, coordinates), coordinates[-1] if coordinates else index.ZERO
        own = self.own_rows.get(coordinates[:-1]) if given.has_output_rows else None
        if not any(self.is_vector(where) for where in coordinates):
            quad, component = _split(last)
            texel, depth = self._texel(given, row, quad, own)
            if isinstance(component, int):
                return self._truth(given, f"{texel}.{_COMPONENTS[component]}", False, depth)
            number, component_depth = self._emit(component)
            # Indexing by a variable goes through memory on a software rasteriser.
            text = f"pick({texel}, {number})"
            return self._truth(given, text, False, max(depth, component_depth))
        run = _quad_of_lanes(last)
        if run is not None and not self.is_vector(run) and not self.is_vector(row):
            texel, depth = self._texel(given, row, run, own)
            return self._truth(given, texel, True, depth)
        parts = [self._emit(simplify(substitute(x, self._lane(x, lane)))) for lane in range(4)]
        text = f"{glsl.VECTOR[x.dtype]}({', '.join(name for name, _ in parts)})"
        return self._declare(x.dtype, True, text, max(depth for _, depth in parts))

    def _lane(self, x: Expr, lane: int) -> dict[Expr, Expr]:
        """What stands for the four values of each symbol in `x` in a single lane."""
        values: dict[Expr, Expr] = {LANE: const(lane, INT)}
        for symbol in walk(x):
            if symbol.op == "symbol" and symbol is not LANE and self._vector.get(symbol):
                name, depth = self._names[symbol]
                single = node("symbol", symbol.dtype, attr=f"{name}.{_COMPONENTS[lane]}")
                self._names[single] = str(single.attr), depth
                values[symbol] = single
        return values

    def _row(self, given: Input, coordinates: tuple[Expr, ...]) -> Expr:
        dims = [expr.in_dim(given.number, i) for i in range(len(coordinates) - 1)]
        return simplify(index.linear(coordinates[:-1], dims))

    def _texel(
        self, given: Input, row: Expr, quad: Expr, own: tuple[int, Expr] | None
    ) -> tuple[str, int]:
        """The name of a texel; `own` is the layer and the row in it, if these are the output's."""
        if given.by_row:
            place, row_depth = self._row_place(given, row, own)
            column, depth = self._emit(
                node("cast", FLOAT, (quad,)) * inverse(uniform(("layout", given.number, "width")))
            )
            text = f"texture(t{given.number}, vec3({place}.x + {column}, {place}.yz))"
            return self._fetch(given, text, max(row_depth, depth))
        number = simplify(row * uniform(("layout", given.number, "quads")) + quad)
        text, depth = self._emit(number)
        self._finders[f"fetch{given.number}"] = given
        return self._fetch(given, f"fetch{given.number}({text})", depth)

    def _row_place(self, given: Input, row: Expr, own: tuple[int, Expr] | None) -> tuple[str, int]:
        """The name of the place of a row's first texel."""
        layer, wanted = (None, row) if own is None else own
        key = (given.number, wanted, layer)
        if key not in self._row_places:
            text, depth = self._emit(wanted)
            if layer is None:
                self._finders[f"row{given.number}"] = given
                call = f"row{given.number}({text})"
            else:
                call = f"place{given.number}(float({text}) + 0.5, {layer}.0)"
            self._finders[f"place{given.number}"] = given
            name = f"v{self._count}"
            self._count += 1
            self.blocks[depth].append(f"vec3 {name} = {call};")
            self._row_places[key] = name, depth
        return self._row_places[key]

    def _fetch(self, given: Input, text: str, depth: int = 0) -> tuple[str, int]:
        key = (given.number, text)
        if key not in self._texels:
            self.fetched[given.number] = None
            text = f"{given.decoder}({text})" if given.decoder else text
            self._texels[key] = self._declare(given.texel_dtype, True, text, depth)
        return self._texels[key]

    def _truth(self, given: Input, text: str, vector: bool, depth: int) -> tuple[str, int]:
        """A bool is kept as an int, and true if that is not zero."""
        if given.dtype == BOOL:
            text = f"notEqual({text}, ivec4(0))" if vector else f"{text} != 0"
            return self._declare(BOOL, vector, text, depth)
        return text, depth

    # The program around the statements

    def declarations(self) -> list[str]:
        """Samplers, uniforms, and a function an input that finds a texel by its number."""
        lines: list[str] = []
        for number in self.fetched:
            given = self.inputs[number]
            lines.append(f"uniform highp {glsl.SAMPLER[given.sampled_dtype]} t{number};")
            # Functions stand before those that call them.
            for kind, write in (
                ("place", self._place_finder), ("row", self._row_finder), ("fetch", self._finder),
            ):  # fmt: skip
                if f"{kind}{number}" in self._finders:
                    lines += write(given)
        for number in self.scalars:
            dtype = self.inputs[number].texel_dtype
            lines.insert(0, f"uniform {glsl.SCALAR[dtype]} s{number};")
        if self.uniforms:
            lines.insert(0, f"uniform ivec4 u[{-(-len(self.uniforms) // 4)}];")
        return lines

    # Finding texels. `texture` with coordinates from 0 to 1 is twice as fast as `texelFetch` on a
    # software rasteriser; there is one level only, so that it gives the same texel.

    def _layout_number(self, given: Input, field: str) -> str:
        return self._uniform(uniform(("layout", given.number, field)))

    def _layout_inverse(self, given: Input, field: str) -> str:
        return self._uniform(inverse(uniform(("layout", given.number, field))))

    def _place_finder(self, given: Input) -> list[str]:
        """Where a row begins, from its number in its layer plus a half."""
        across = self._layout_inverse(given, "rows_across")
        width = self._layout_inverse(given, "width")
        height = self._layout_inverse(given, "texture_height")
        return [
            f"vec3 place{given.number}(float r, float layer) {{",
            f"  float line = floor(r * {across});",
            f"  float x = r * {across} - line + 0.5 * ({width} - {across});",
            f"  return vec3(x, (line + 0.5) * {height}, layer);",
            "}",
        ]

    def _row_finder(self, given: Input) -> list[str]:
        """Where a row begins, from its number."""
        rows = self._layout_number(given, "rows_per_layer")
        return [
            f"vec3 row{given.number}(int row) {{",
            "  float r = float(row) + 0.5;",
            f"  float layer = floor(r * {self._layout_inverse(given, 'rows_per_layer')});",
            f"  return place{given.number}(r - layer * float({rows}), layer);",
            "}",
        ]

    def _finder(self, given: Input) -> list[str]:
        """The texel of that number."""
        number, texel = given.number, glsl.VECTOR[given.sampled_dtype]
        stride = self._layout_number(given, "stride")
        if given.is_large:
            width = self._layout_number(given, "width")
            return [
                f"{texel} fetch{number}(int t) {{",
                f"  int layer = t / {stride};",
                f"  int s = t - layer * {stride};",
                f"  return texelFetch(t{number}, ivec3(s % {width}, s / {width}, layer), 0);",
                "}",
            ]
        width, height = (
            self._layout_inverse(given, field) for field in ("width", "texture_height")
        )
        return [
            f"{texel} fetch{number}(int texel) {{",
            "  float t = float(texel) + 0.5;",
            f"  float layer = floor(t * {self._layout_inverse(given, 'stride')});",
            f"  float x = (t - layer * float({stride})) * {width};",
            "  float y = floor(x);",
            f"  return texture(t{number}, vec3(x - y, (y + 0.5) * {height}, layer));",
            "}",
        ]


def inverse(x: Expr) -> Expr:
    """The reciprocal of a uniform, which is one itself."""
    return uniform(("inverse", x.attr), FLOAT)


def row_quotient(row: Expr, dim: Expr) -> Expr:
    """`row / dim` for the number of a row or texel, neither negative nor large: exact in floats."""
    return node("row_quotient", INT, (row, dim))


def _split(last: Expr) -> tuple[Expr, int | Expr]:
    """The quad in which a coordinate lies, and its component in it: known now, or at run time."""
    if last.op == "const":
        return const(last.attr >> 2, INT), last.attr & 3
    base, offset = last, 0
    if last.op == "add" and last.args[1].op == "const":
        base, offset = last.args[0], last.args[1].attr
    if base.op == "mul" and base.args[1] is FOUR:
        return simplify(base.args[0] + (offset >> 2)), offset & 3
    return last >> 2, last & 3


def _quad_of_lanes(last: Expr) -> Expr | None:
    """The quad whose four elements a coordinate runs over, if it is just that."""
    if last is LANE:
        return index.ZERO
    start = _whole_quad(last.args[0]) if last.op == "add" else None
    if start is None or last.args[1] is LANE:
        return start
    rest = _quad_of_lanes(last.args[1])
    return None if rest is None else simplify(start + rest)


def runs_along(last: Expr, step: Expr) -> bool:
    """Whether a coordinate moves with `step`, from the beginning of a quad."""
    return last is step or (
        last.op == "add" and last.args[1] is step and _whole_quad(last.args[0]) is not None
    )


def _whole_quad(x: Expr) -> Expr | None:
    return x.args[0] if x.op == "mul" and x.args[1] is FOUR else None
