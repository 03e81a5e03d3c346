"""What is kept from one model to the next, and how to forget it."""

import gc

from gossamer import naming, switches
from gossamer.dtype_policies.policy import use
from gossamer.random.seed_generator import forget_global_seed_generator


def clear_session(free_memory: bool = True) -> None:
    """Begin anew: with the numbers in names, the global seed generator, the dtype policy and what
    `config` switches on and off.

    Args:
        free_memory: whether to collect Python's garbage, too.

    Example:
        >>> gs.utils.clear_session()
        >>> gs.backend.get_uid("layer")
        1
    """
    naming.reset()
    switches.reset()
    use(None)
    forget_global_seed_generator()
    if free_memory:
        gc.collect()
