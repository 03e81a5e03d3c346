"""The class of models that are made of symbolic tensors; its name stands in files."""

from gossamer.models.model import Model


class Functional(Model):
    """What `Model(inputs, outputs)` gives.

    Example:
        >>> x = gs.Input((4,))
        >>> type(gs.Model(x, x * 2.0)).__name__
        'Functional'
    """
