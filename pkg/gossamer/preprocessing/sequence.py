"""`keras.preprocessing.sequence`."""

from gossamer.utils.sequences import pad_sequences

__all__ = ["pad_sequences"]
