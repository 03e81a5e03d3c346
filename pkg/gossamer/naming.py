"""Names for what is given none: the prefix, and from the second on a number behind it."""

from collections import Counter

_counts: Counter[str] = Counter()


def get_uid(prefix: str = "") -> int:
    """How often a name with this prefix has been asked for, this time included.

    Example:
        >>> first = gs.backend.get_uid("chapter")
        >>> gs.backend.get_uid("chapter") - first
        1
    """
    _counts[prefix] += 1
    return _counts[prefix]


def unique_name(prefix: str) -> str:
    """The prefix, or where that has been given before the prefix with the next number."""
    before = get_uid(prefix) - 1
    return f"{prefix}_{before}" if before else prefix


def reset() -> None:
    """Begin anew with every prefix."""
    _counts.clear()
