"""What a jitted function consists of, for people: kernels as a table, graph and source as text."""

from __future__ import annotations

from collections.abc import Sequence

from gossamer.backend.graph import Graph, KernelInfo
from gossamer.core.table import Table, shapes_text


class Kernels(Table):
    """The kernels of a program; prints as a table.

    Attributes:
        kernels: each with the names of its ops, specs, draws, bytes and source.
        times: milliseconds of each, if they were taken.
    """

    def __init__(self, kernels: Sequence[KernelInfo], times: Sequence[float] = ()) -> None:
        self.kernels = list(kernels)
        self.times = list(times)

    words = 2

    @property
    def draws(self) -> int:
        return sum(kernel.draws for kernel in self.kernels)

    @property
    def bytes(self) -> int:
        return sum(kernel.bytes for kernel in self.kernels)

    @property
    def source(self) -> str:
        """The source of all programs, each once."""
        return "\n".join(dict.fromkeys(kernel.source for kernel in self.kernels if kernel.source))

    def __len__(self) -> int:
        return len(self.kernels)

    def header(self) -> tuple[str, ...]:
        return ("ops", "shapes", "bytes", "draws", *(["ms"] if self.times else []))

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (
                " ".join(kernel.names),
                " -> ".join(
                    shapes_text(x.shape for x in specs) for specs in (kernel.inputs, kernel.outputs)
                ),
                str(kernel.bytes),
                str(kernel.draws),
                *([f"{self.times[i]:.3f}"] if self.times else []),
            )
            for i, kernel in enumerate(self.kernels)
        ]

    def summary(self) -> str:
        taken = f", {sum(self.times):.3f} ms one by one" if self.times else ""
        return f"{len(self.kernels)} kernels, {self.draws} draws, {self.bytes} bytes moved{taken}"


def report(name: str, graph: Graph, table: Kernels, level: int) -> str:
    """What is printed of a new program: from level 1 its kernels, from 2 its graph, from 3 source.

    Args:
        name: the function's.
        graph: what it computes.
        table: what computes it.
        level: how much is wanted.
    """
    parts = [f"jit {name}", str(table)]
    if level >= 2:
        parts.append(str(graph))
    if level >= 3:
        parts.append(table.source)
    return "\n".join(parts)
