"""`keras.preprocessing`: older names of what is in `utils` now."""

from gossamer.preprocessing import image, sequence

__all__ = ["image", "sequence"]
