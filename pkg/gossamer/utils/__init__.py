"""`keras.utils`'s names, as far as there is something that they are of use for."""

from gossamer.utils.random_seed import set_random_seed
from gossamer.utils.session import clear_session

__all__ = ["clear_session", "set_random_seed"]
