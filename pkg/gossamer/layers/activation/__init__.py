"""The layers that Keras calls activations."""

from typing import Any

from gossamer.layers.activation.layers import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax

MEMBERS: list[Any] = [Activation, ELU, LeakyReLU, PReLU, ReLU, Softmax]
ALIASES: dict[str, Any] = {}
