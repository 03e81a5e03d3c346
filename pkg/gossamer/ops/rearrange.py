"""`rearrange`: axes split, permuted and merged by a pattern of names, as in einops."""

import re
from math import prod
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor
from gossamer.tensor import Tensor

_AXES = re.compile(r"\w+|\([^()]*\)")
Groups = list[list[str]]


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Split, permute and merge axes, as a pattern such as `"b (h h1) c -> (b h1) c h"` says.

    Args:
        tensor: the tensor.
        pattern: names of its axes, an arrow, names of the result's axes. Axes in parentheses are
            one, in row-major order: on the left it is split, on the right they are merged.
        **axes_lengths: sizes of split axes; one of each group may be left out.

    Raises:
        ValueError: for a pattern that does not fit the tensor, or says one side what the other
            does not; and for sizes that do not divide an axis.

    Source: Rogozhnikov, "Einops: clear and reliable tensor manipulations", ICLR 2022.

    Example:
        >>> x = ops.reshape(ops.arange(8), (2, 4))
        >>> ops.rearrange(x, "a (b c) -> c (a b)", c=2).tolist()
        [[0, 2, 4, 6], [1, 3, 5, 7]]
    """
    x = as_tensor(tensor)
    sides = pattern.split("->")
    if len(sides) != 2:
        raise ValueError(f"Expected a pattern with one arrow. Received: pattern={pattern!r}")
    given, wanted = (_groups(side, pattern) for side in sides)
    names, order = ([name for group in side for name in group] for side in (given, wanted))
    if sorted(names) != sorted(order) or len({*names}) != len(names):
        raise ValueError(
            f"Expected the same names on both sides, each once. Received: pattern={pattern!r}"
        )
    sizes = _sizes(given, x.shape, axes_lengths, pattern)
    split = ops.reshape(x, [sizes[name] for name in names])
    permuted = ops.transpose(split, [names.index(name) for name in order])
    return ops.reshape(permuted, [prod(sizes[name] for name in group) for group in wanted])


def _groups(side: str, pattern: str) -> Groups:
    """The names of each axis."""
    if _AXES.sub("", side).strip():
        raise ValueError(
            f"Expected names with spaces between, and parentheses. Received: pattern={pattern!r}"
        )
    return [re.findall(r"\w+", group) for group in _AXES.findall(side)]


def _sizes(
    groups: Groups, shape: tuple[int, ...], known: dict[str, int], pattern: str
) -> dict[str, int]:
    """The size of each name, those that are not known found by division."""
    if len(groups) != len(shape):
        raise ValueError(
            f"Expected names for {len(shape)} axes. Received: pattern={pattern!r}, shape={shape}"
        )
    sizes = {}
    for group, length in zip(groups, shape, strict=True):
        open_ones = [name for name in group if name not in known]
        rest = prod(known[name] for name in group if name in known)
        if len(open_ones) > 1 or (rest == 0 or length % rest if open_ones else rest != length):
            raise ValueError(
                "Expected sizes whose products are the axes', all but one of each axis given. "
                f"Received: pattern={pattern!r}, shape={shape}, sizes={known}"
            )
        sizes.update({name: known[name] for name in group if name in known})
        sizes.update(dict.fromkeys(open_ones, length // rest))
    return sizes
