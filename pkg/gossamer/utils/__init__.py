"""`keras.utils`'s names, as far as there is something that they are of use for."""

from gossamer.utils.random_seed import set_random_seed

__all__ = ["set_random_seed"]
