"""Machine learning in the browser, in Python: Keras 3's API on WebGL2, and on NumPy without a GPU.

This module is the curated public surface and nothing else.
"""

from gossamer import (
    activations,
    browser,
    config,
    dtypes,
    errors,
    initializers,
    layers,
    losses,
    ops,
    optimizers,
    random,
    tree,
)
from gossamer.backend import set_backend
from gossamer.config import backend, memory
from gossamer.core.profile import profile, time
from gossamer.debug import debug_mode, set_debug_mode
from gossamer.errors import (
    BackendUnavailableError,
    DeviceLostError,
    NonFiniteError,
    OutOfDeviceMemoryError,
    ShaderError,
)
from gossamer.gradients import GradientTape, grad, value_and_grad
from gossamer.ops import custom_gradient, stop_gradient
from gossamer.tensor import Tensor
from gossamer.variable import Variable

__version__ = "0.1.0"

__all__ = [
    "BackendUnavailableError",
    "DeviceLostError",
    "GradientTape",
    "NonFiniteError",
    "OutOfDeviceMemoryError",
    "ShaderError",
    "Tensor",
    "Variable",
    "activations",
    "backend",
    "browser",
    "config",
    "custom_gradient",
    "debug_mode",
    "dtypes",
    "errors",
    "grad",
    "initializers",
    "layers",
    "losses",
    "memory",
    "ops",
    "optimizers",
    "profile",
    "random",
    "set_backend",
    "set_debug_mode",
    "stop_gradient",
    "time",
    "tree",
    "value_and_grad",
]
