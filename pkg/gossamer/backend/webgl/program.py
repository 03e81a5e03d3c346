"""The templates: one GLSL program for each skeleton, its slots filled by the emitter.

A fragment computes one texel in each layer of the output: four neighbours along the last axis,
in `layers` rows a fixed stride apart. A program knows ranks, dtypes and how many layers there are;
sizes are uniforms. Of a kernel with several outputs it draws to all layers of all of them: layer
`l` of output `k` is the draw buffer number `k * layers + l`.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from gossamer.backend.webgl import glsl
from gossamer.backend.webgl.emit import (
    FOUR,
    LANE,
    Emitter,
    inverse,
    lanes_from,
    row_quotient,
    runs_along,
)
from gossamer.backend.webgl.request import Request
from gossamer.backend.webgl.storage import TEXEL_DTYPE, kind_of, stored
from gossamer.kernel import expr, index, mathlib
from gossamer.kernel.expr import (
    BOOL,
    FLOAT,
    INT,
    Expr,
    const,
    node,
    op,
    select,
    substitute,
    uniform,
)
from gossamer.kernel.simplify import simplify
from gossamer.kernel.spec import COMBINE, Contract, Map, Reduce

# A map of so many operators is a function that all layers call.
WRITTEN_ONCE_FROM = 6
# What a program draws to at most. A device may have fewer buffers, but at least 4.
MOST_DRAW_BUFFERS = 8


@dataclass(frozen=True)
class Program:
    """A program's source, and what must be bound to run it.

    Attributes:
        source: the fragment shader.
        uniforms: names of the integers in `u`, in order.
        textures: the inputs that are sampled.
        scalars: the inputs that are uniforms, each with its GLSL type.
    """

    source: str
    uniforms: tuple[Hashable, ...]
    textures: tuple[int, ...]
    scalars: tuple[tuple[int, str], ...]


def build(request: Request) -> Program:
    """Write the program for a request.

    All layers of all of its outputs must be draw buffers: at most `MOST_DRAW_BUFFERS`.
    """
    outputs, layers = len(request.spec.outputs), request.output.layers
    assert outputs * layers <= MOST_DRAW_BUFFERS, (
        f"Expected outputs * layers <= {MOST_DRAW_BUFFERS}, as there are no more draw buffers. "
        f"Received: outputs={outputs}, layers={layers}"
    )
    return _Template(request).program()


class _Template:
    def __init__(self, request: Request) -> None:
        self.spec = request.spec
        self.layout = request.output
        self.floats = request.floats
        self.masked = request.is_masked()
        self.along_first_axis = request.has_layers_along_first_axis()
        self.emitter = Emitter(request.given_inputs(), request.output.is_large)
        self.layers = range(self.layout.layers)
        self.stores: list[str] = []
        self.functions: list[str] = []
        self._places = self._find_places()

    # Coordinates

    def _find_places(self) -> list[dict[Expr, Expr]]:
        """For each layer, what the output's coordinates are there."""
        emitter, rank = self.emitter, len(self.layout.dims)
        s, (row, quad) = emitter.symbol("s"), self._row_and_quad()
        stride = uniform(("layout", "out", "stride"))
        places = []
        for layer in self.layers:
            if self.layout.is_vector:
                quad = simplify(s + const(layer, INT) * stride)
                outer: index.Coordinates = (index.ZERO,) * max(rank - 1, 0)
            else:
                outer = self._outer(row, layer, rank - 1)
                emitter.own_rows[outer] = layer, row
            coordinates = (*outer, lanes_from(quad))[:rank] if rank else ()
            place = {
                expr.axis(i): coordinates[i] if i < rank else index.ZERO
                for i in range(len(self.spec.output.shape))
            }
            own = tuple(
                index.ZERO if size == 1 else place[expr.axis(i)]
                for i, size in enumerate(self.spec.output.shape)
            )
            emitter.own_coordinates[own] = layer
            places.append(place)
        return places

    def _row_and_quad(self) -> tuple[Expr, Expr]:
        """The number of the fragment's row in its layer, and of its texel in that row."""
        s, quads = self.emitter.symbol("s"), uniform(("layout", "out", "quads"))
        if self.layout.by_row:
            x, y = self.emitter.symbol("xy.x"), self.emitter.symbol("xy.y")
            beside = row_quotient(x, quads)
            row = y * uniform(("layout", "out", "rows_across")) + beside
            return row, x - beside * quads
        row = op("quotient", s, quads) if self.layout.is_large else row_quotient(s, quads)
        return row, s - row * quads

    def _outer(self, row: Expr, layer: int, count: int) -> index.Coordinates:
        """The coordinates along all axes but the last, of a row of a layer."""
        if self.along_first_axis:
            first, *others = self._delinear(row, count)
            step = uniform(("first axis", "step"))
            return simplify(first + const(layer, INT) * step), *others
        rows = uniform(("layout", "out", "rows_per_layer"))
        return self._delinear(simplify(row + const(layer, INT) * rows), count)

    def _delinear(self, row: Expr, count: int) -> index.Coordinates:
        """The coordinates along the first axes of a row: `index.delinear`, but for the division."""
        if self.layout.is_large:
            return index.delinear(row, [expr.out_dim(i) for i in range(count)])
        coordinates: list[Expr] = []
        for i in reversed(range(1, count)):
            dim = expr.out_dim(i)
            above = row_quotient(row, dim)
            coordinates.append(row - above * dim)
            row = above
        return (row, *reversed(coordinates)) if count > 0 else ()

    def _at(self, x: Expr, layer: int) -> Expr:
        """`x` at the fragment's coordinates in that layer."""
        return simplify(substitute(x, self._places[layer]))

    # Skeletons

    def program(self) -> Program:
        spec = self.spec
        if isinstance(spec, Map):
            self._map(spec)
        elif isinstance(spec, Contract):
            self._contract(spec)
        else:
            assert isinstance(spec, Reduce)
            self._reduce(spec)
        return self._assemble()

    def _map(self, spec: Map) -> None:
        bodies = [
            self._stored(body, output.dtype)
            for body, output in zip(spec.expressions(), spec.outputs, strict=True)
        ]
        # What is computed of the loaded values alone is the same in all layers.
        loads = [x for x in expr.walk(*bodies, opaque=("load",)) if x.op == "load"]
        loads = [x for x in loads if not self.emitter.inputs[x.attr].is_scalar]
        values = {x: node("symbol", x.dtype, attr=f"a{k}") for k, x in enumerate(loads)}
        results = [substitute(body, dict(values)) for body in bodies]
        parts = expr.walk(*results)
        long = sum(bool(x.args) for x in parts) >= WRITTEN_ONCE_FROM and len(self.layers) > 1
        if not long or any(x.op == "axis" for x in parts):
            for layer in self.layers:
                for which, body in enumerate(bodies):
                    self._store(layer, self.emitter.vector(self._at(body, layer)), which)
            return
        self.functions += self.emitter.function("body", list(values.values()), results)
        for layer in self.layers:
            given = [self.emitter.vector(self._at(x, layer)) for x in loads]
            given += [self._target(layer, which) for which in range(1, len(results))]
            self._store(layer, f"body({', '.join(given)})")

    def _reduce(self, spec: Reduce) -> None:
        if spec.combine.startswith("arg"):
            self._reduce_to_index(spec)
        elif spec.combine != "step" and self._runs_along_reduction(spec.body):
            self._reduce_along_lanes(spec)
        else:
            self._reduce_each_lane(spec)

    def _runs_along_reduction(self, body: Expr) -> bool:
        """Whether four steps of the fold lie in one texel, and four outputs do not."""
        last = expr.reduce_axis(len(self.spec.reduce_shape) - 1)
        rank = len(self.layout.dims)
        lane = expr.axis(rank - 1) if rank else None
        loads = [x for x in expr.walk(body) if x.op == "load" and x.args]
        return any(runs_along(self._last_coordinate(x), last) for x in loads) and not any(
            self._last_coordinate(x) is lane for x in loads
        )

    def _last_coordinate(self, x: Expr) -> Expr:
        """The coordinate along which a load's texels lie; zero for a single element."""
        rank = self.emitter.inputs[x.attr].rank
        return x.args[rank - 1] if rank else index.ZERO

    def _declare_accumulators(
        self, dtype: str, start: str, name: str = "acc", vector: bool = True
    ) -> list[Expr]:
        kind = glsl.type_name(dtype, vector)
        for layer in self.layers:
            self.emitter.line(f"{kind} {name}{layer} = {kind}({start});")
        declare = self.emitter.vector_symbol if vector else self.emitter.symbol
        return [declare(f"{name}{layer}", dtype) for layer in self.layers]

    def _open_loops(self, count: int) -> dict[Expr, Expr]:
        """A loop for each of the first `count` folded axes; what their coordinates are."""
        steps = {}
        for i in range(count):
            limit = self.emitter.value(expr.reduce_dim(i))
            self.emitter.open_loop(f"for (int r{i} = 0; r{i} < {limit}; ++r{i})")
            steps[expr.reduce_axis(i)] = self.emitter.symbol(f"r{i}")
        return steps

    def _open_quad_loop(self, axis: int) -> Expr:
        """A loop over the folded axis in steps of four; the number of the quad."""
        limit = self.emitter.value(op("quotient", expr.reduce_dim(axis) + 3, FOUR))
        self.emitter.open_loop(f"for (int q = 0; q < {limit}; ++q)")
        return self.emitter.symbol("q")

    def _close_loops(self, count: int) -> None:
        for _ in range(count):
            self.emitter.close_loop()

    def _reduce_each_lane(self, spec: Reduce) -> None:
        """The four outputs of a texel side by side, one step of the fold at a time."""
        dtype = spec.body.dtype
        start = glsl.literal(COMBINE[spec.combine][dtype], dtype)
        # One number is enough where the four outputs fold the same, to differ in the epilogue.
        differ = any(self.emitter.is_vector(self._at(spec.body, layer)) for layer in self.layers)
        accumulators = self._declare_accumulators(dtype, start, vector=differ)
        # Where each element reads at places of its own, the layers share nothing: a loop each, as
        # SwiftShader takes minutes and gigabytes for one with so many reads of integers.
        together = [[layer] for layer in self.layers] if spec.combine == "step" else [self.layers]
        for layers in together:
            steps = self._open_loops(len(spec.over))
            self.emitter.pin(accumulators)
            for layer in layers:
                so_far = {expr.accumulator(dtype): accumulators[layer]}
                value = self._at(substitute(spec.body, {**steps, **so_far}), layer)
                name = self.emitter.value(accumulators[layer])
                combined = _combine(spec.combine, accumulators[layer], value)
                write = self.emitter.vector if differ else self.emitter.value
                self.emitter.line(f"{name} = {write(combined)};")
            self._close_loops(len(spec.over))
        self._finish(spec.epilogue, accumulators)

    def _reduce_along_lanes(self, spec: Reduce) -> None:
        """One output at a time, four steps of its fold at once, which meet at the end."""
        emitter, dtype = self.emitter, spec.body.dtype
        start = COMBINE[spec.combine][dtype]
        kind = glsl.VECTOR[dtype]
        results = self._declare_accumulators(dtype, glsl.literal(start, dtype))
        rank, innermost = len(self.layout.dims), len(spec.over) - 1
        if rank:
            emitter.open_loop("for (int lane = 0; lane < 4; ++lane)")
            lane = emitter.symbol("lane")
        else:
            lane = index.ZERO
        for layer in self.layers:
            emitter.line(f"{kind} part{layer} = {kind}({glsl.literal(start, dtype)});")
        parts = [emitter.vector_symbol(f"part{layer}", dtype) for layer in self.layers]
        steps = self._open_loops(innermost)
        quad = self._open_quad_loop(innermost)
        steps[expr.reduce_axis(innermost)] = lanes_from(quad)
        emitter.pin(parts)
        there = lanes_from(quad) < expr.reduce_dim(innermost)
        for layer in self.layers:
            # The output's lane is a number here, since the vector runs along the fold.
            value = substitute(spec.body, _with_lane(self._places[layer], lane))
            value = simplify(substitute(value, steps))
            masked = select(there, value, const(start, dtype))
            combined = _combine(spec.combine, parts[layer], masked)
            emitter.line(f"part{layer} = {emitter.vector(combined)};")
        self._close_loops(innermost + 1)
        for layer in self.layers:
            name = f"part{layer}"
            components = [node("symbol", dtype, attr=f"{name}.{c}") for c in "xyzw"]
            emitter.pin(components)
            total = components[0]
            for part in components[1:]:
                total = _combine(spec.combine, total, part)
            target = f"acc{layer}[lane]" if rank else f"acc{layer}.x"
            emitter.line(f"{target} = {emitter.value(total)};")
        if rank:
            emitter.close_loop()
        self._finish(spec.epilogue, results)

    def _reduce_to_index(self, spec: Reduce) -> None:
        """Four outputs side by side, keeping the first extreme and where it was."""
        emitter, dtype = self.emitter, spec.body.dtype
        start = glsl.literal(COMBINE[spec.combine][dtype], dtype)
        best = self._declare_accumulators(dtype, start, "best")
        where = self._declare_accumulators(INT, "0")
        found = self._declare_accumulators(BOOL, "false", "found")
        steps = self._open_loops(len(spec.over))
        emitter.pin([*best, *where, *found])
        number = index.linear(
            tuple(steps.values()), [expr.reduce_dim(i) for i in range(len(spec.over))]
        )
        for layer in self.layers:
            value = self._at(substitute(spec.body, steps), layer)
            better = best[layer] < value if spec.combine == "argmax" else value < best[layer]
            if dtype == FLOAT:  # the first NaN is the extreme, as in NumPy
                better = better | op("isnan", value)
                better = better & ~op("isnan", best[layer])
            better = better | ~found[layer]  # the first element, even if it is -inf
            taken = emitter.vector(better)
            here = f"ivec4({emitter.value(number)})"
            for target, new in ((best[layer], emitter.vector(value)), (where[layer], here)):
                name = emitter.value(target)
                emitter.line(f"{name} = pick({taken}, {new}, {name});")
            emitter.line(f"found{layer} = bvec4(true);")
        self._close_loops(len(spec.over))
        self._finish(spec.epilogue, where)

    def _contract(self, spec: Contract) -> None:
        rank = len(self.layout.dims)
        lane = expr.axis(rank - 1) if rank else None
        if lane is None or lane in expr.walk(spec.left):
            # A single column: four rows share a texel, and there is no tile to hold.
            self._reduce(
                Reduce(
                    inputs=spec.inputs, output=spec.output, values=spec.values,
                    body=spec.left * spec.right, combine="add", over=spec.over,
                    epilogue=spec.epilogue,
                )
            )  # fmt: skip
            return
        self._contract_tile(spec)

    def _contract_tile(self, spec: Contract) -> None:
        """A tile of `layers` rows by four columns, four steps of the sum at a time."""
        emitter, dtype = self.emitter, spec.left.dtype
        innermost = len(spec.over) - 1
        last = expr.reduce_axis(innermost)
        accumulators = self._declare_accumulators(dtype, glsl.literal(0, dtype))
        steps = self._open_loops(innermost)
        quad = self._open_quad_loop(innermost)
        zero = const(0, dtype)
        limit = expr.reduce_dim(innermost)

        def masked(value: Expr, step: Expr) -> Expr:
            return select(step < limit, value, zero) if self.masked else value

        right_loads = [x for x in expr.walk(spec.right) if x.op == "load"]
        by_columns = any(self._last_coordinate(x) is last for x in right_loads)
        for layer in self.layers:
            # The left operand: one row, the vector along the fold.
            left_place = {**self._places[layer], **steps, last: lanes_from(quad)}
            left = simplify(substitute(spec.left, left_place))
            a = emitter.vector(masked(left, lanes_from(quad)))
            columns = []
            for part in range(4):
                if by_columns:
                    # One column, the vector along the fold.
                    place = {**_with_lane(self._places[layer], const(part, INT)), **steps}
                    place[last] = lanes_from(quad)
                    right = simplify(substitute(spec.right, place))
                    columns.append(emitter.vector(masked(right, lanes_from(quad))))
                else:
                    # One step of the fold, the vector along the columns.
                    step = simplify(op("mul", quad, FOUR) + part)
                    place = {**self._places[layer], **steps, last: step}
                    right = simplify(substitute(spec.right, place))
                    columns.append(emitter.vector(masked(right, step)))
            emitter.line(f"acc{layer} += {_tile_product(a, columns, by_columns, dtype)};")
        self._close_loops(innermost + 1)
        self._finish(spec.epilogue, accumulators)

    # The end of a program

    def _finish(self, epilogue: Expr, results: list[Expr]) -> None:
        self.emitter.pin(results)
        for layer in self.layers:
            place = {expr.accumulator(results[layer].dtype): results[layer]}
            value = self._stored(substitute(epilogue, place), self.spec.output.dtype)
            self._store(layer, self.emitter.vector(self._at(value, layer)))

    def _stored(self, value: Expr, dtype: str) -> Expr:
        """What is written of a value: numbers of the texel's type, which is never bool."""
        value = stored(value, dtype, self.floats)
        return expr.cast(value, INT) if value.dtype == BOOL else value

    def _store(self, layer: int, text: str, which: int = 0) -> None:
        self.stores.append(f"{self._target(layer, which)} = {text};")

    def _target(self, layer: int, which: int) -> str:
        """The GLSL variable of a layer of an output."""
        return f"o{which * len(self.layers) + layer}"

    def _assemble(self) -> Program:
        emitter = self.emitter
        width, inverse_width, inverse_height = (
            emitter.value(number)
            for number in (
                uniform(("layout", "out", "width")),
                inverse(uniform(("layout", "out", "width"))),
                inverse(uniform(("layout", "out", "texture_height"))),
            )
        )
        declarations = emitter.declarations()
        kinds = [
            glsl.VECTOR[TEXEL_DTYPE[kind_of(output.dtype, self.floats)]]
            for output in self.spec.outputs
            for _ in self.layers
        ]
        outputs = [f"layout(location = {k}) out highp {kind} o{k};" for k, kind in enumerate(kinds)]
        body = [
            "ivec2 xy = ivec2(gl_FragCoord.xy);",
            f"vec2 place = gl_FragCoord.xy * vec2({inverse_width}, {inverse_height});",
            f"int s = xy.y * {width} + xy.x;",
            *emitter.blocks[0],
            *self.stores,
        ]
        source = "\n".join(
            [
                "#version 300 es",
                "precision highp float;",
                "precision highp int;",
                *declarations,
                *outputs,
                *glsl.helpers("\n".join([*self.functions, *body])),
                *self.functions,
                "void main() {",
                *("  " + line for line in body),
                "}",
                "",
            ]
        )
        return Program(
            source=source,
            uniforms=tuple(emitter.uniforms),
            textures=tuple(emitter.fetched),
            scalars=tuple(
                (number, glsl.SCALAR[emitter.inputs[number].texel_dtype])
                for number in emitter.scalars
            ),
        )


def _with_lane(place: dict[Expr, Expr], lane: Expr) -> dict[Expr, Expr]:
    """Coordinates of one element of the texel instead of all four."""
    return {axis: simplify(substitute(where, {LANE: lane})) for axis, where in place.items()}


def _combine(name: str, a: Expr, b: Expr) -> Expr:
    if name == "step":
        return b
    if name == "max":
        return mathlib.maximum(a, b)
    if name == "min":
        return mathlib.minimum(a, b)
    return op(name, a, b)


def _tile_product(a: str, columns: list[str], by_columns: bool, dtype: str) -> str:
    """Four steps of the sum for one row: by broadcast along the columns, or by dot products."""
    if not by_columns:
        return " + ".join(f"{a}.{c} * {b}" for c, b in zip("xyzw", columns, strict=True))
    if dtype == FLOAT:
        return f"vec4({', '.join(f'dot({a}, {b})' for b in columns)})"
    sums = [" + ".join(f"{a}.{c} * {b}.{c}" for c in "xyzw") for b in columns]
    return f"{glsl.VECTOR[dtype]}({', '.join(sums)})"
