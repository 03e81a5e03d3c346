"""What is kept from one model to the next, and how to forget it."""

import gc

from gossamer import naming
from gossamer.random.seed_generator import forget_global_seed_generator


def clear_session(free_memory: bool = True) -> None:
    """Begin anew: with the numbers in names, and with the global seed generator.

    Args:
        free_memory: whether to collect Python's garbage, too.

    Example:
        >>> gs.utils.clear_session()
        >>> gs.backend.get_uid("layer")
        1
    """
    naming.reset()
    forget_global_seed_generator()
    if free_memory:
        gc.collect()
