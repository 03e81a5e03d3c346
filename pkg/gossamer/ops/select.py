"""`select`: one of several tensors at each place, by conditions in order."""

from collections.abc import Sequence
from typing import Any

from gossamer import ops
from gossamer.ops.convert import as_tensor, promote
from gossamer.tensor import Tensor


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tensor:
    """Elementwise, the choice whose condition is the first to hold; `default` where none does.

    Args:
        condlist: bool tensors.
        choicelist: as many tensors; all broadcast together.
        default: a number, or one more tensor.

    Raises:
        TypeError: for conditions that are no bools.
        ValueError: for no conditions, another number of choices, or what is no list.

    Example:
        >>> x = ops.arange(5)
        >>> ops.select([x < 2, x > 2], [x, x * 10], 7).tolist()
        [0, 1, 7, 30, 40]
    """
    for name, given in (("condlist", condlist), ("choicelist", choicelist)):
        if not isinstance(given, list | tuple) or not given:
            raise ValueError(f"Expected lists that are not empty. Received: {name}={given!r}")
    if len(condlist) != len(choicelist):
        raise ValueError(
            "Expected as many conditions as choices. "
            f"Received: {len(condlist)} conditions, {len(choicelist)} choices"
        )
    conditions = [as_tensor(one) for one in condlist]
    for condition in conditions:
        if condition.dtype != "bool":
            raise TypeError(f"Expected bools as conditions. Received: dtype={condition.dtype}")
    *choices, result = promote(*choicelist, default)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = ops.where(condition, choice, result)
    return result
