"""Lines over the numbers of epochs, as SVG."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

from gossamer.utils.model_plot import Drawing

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 60, 150, 16, 40
COLORS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf")


def line_chart(lines: Mapping[str, Sequence[float]], label: str) -> Drawing:
    """A line for each name.

    Args:
        lines: values by name; what is not finite interrupts a line.
        label: of the horizontal axis.

    Example:
        >>> from gossamer.utils.line_chart import line_chart
        >>> "loss" in line_chart({"loss": [1.0, 0.5]}, "epoch")
        True
    """
    values = [v for line in lines.values() for v in line if math.isfinite(v)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    longest = max((len(line) for line in lines.values()), default=1)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(k: int) -> float:
        return LEFT + (right - LEFT) * (k / max(longest - 1, 1))

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * (value - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for value in _ticks(low, high):
        parts.append(
            f'<path d="M{LEFT},{y(value):.1f}H{right}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
        )
    for k in sorted({0, (longest - 1) // 2, longest - 1}):
        parts.append(f'<text x="{x(k):.1f}" y="{bottom + 16}" text-anchor="middle">{k + 1}</text>')
    parts.append(
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{html.escape(label)}</text>"
    )
    for n, (name, line) in enumerate(lines.items()):
        color = COLORS[n % len(COLORS)]
        dash = ' stroke-dasharray="5 3"' if name.startswith("val_") else ""
        path, command = "", "M"
        for k, value in enumerate(line):
            if not math.isfinite(value):
                command = "M"
                continue
            path += f"{command}{x(k):.1f},{y(value):.1f}"
            command = "L"
        parts.append(f'<path d="{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        height = TOP + 14 + n * 18
        parts.append(
            f'<path d="M{right + 12},{height - 4}h18" stroke="{color}" stroke-width="2"{dash}/>'
            f'<text x="{right + 36}" y="{height}">{html.escape(name)}</text>'
        )
    return Drawing("\n".join([*parts, "</svg>"]))


def _ticks(low: float, high: float) -> list[float]:
    """Some round numbers between two."""
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    for factor in (5, 2):
        if (high - low) / (step * factor) >= 3:
            step *= factor
            break
    first = math.ceil(low / step)
    return [round(k * step, 12) for k in range(first, math.floor(high / step) + 1)]
