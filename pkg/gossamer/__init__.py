"""Machine learning in the browser, in Python: Keras 3's API on WebGL2, and on NumPy without a GPU.

This module is the curated public surface and nothing else.
"""

from gossamer import (
    activations,
    applications,
    browser,
    config,
    constraints,
    data,
    datasets,
    distillation,
    dtype_policies,
    dtypes,
    errors,
    image,
    initializers,
    layers,
    losses,
    masking,
    metrics,
    mixed_precision,
    models,
    ops,
    optimizers,
    preprocessing,
    quantizers,
    random,
    regularizers,
    saving,
    tree,
    utils,
    visualization,
    wrappers,
)
from gossamer.absent import distribution, export, legacy, src
from gossamer.backend import set_backend
from gossamer.config import memory
from gossamer.core.profile import profile, time
from gossamer.core.symbolic import KerasTensor, SymbolicScope
from gossamer.debug import debug_mode, set_debug_mode
from gossamer.device import device
from gossamer.dtype_policies import DTypePolicy, FloatDTypePolicy
from gossamer.errors import (
    BackendUnavailableError,
    DeviceLostError,
    NonFiniteError,
    OutOfDeviceMemoryError,
    ShaderError,
    TracedValueError,
)
from gossamer.gradients import GradientTape, grad, hessian, hvp, jacobian, value_and_grad
from gossamer.initializers import Initializer
from gossamer.jitted import jit
from gossamer.keras_backend import backend
from gossamer.layers import Input, InputSpec, Layer
from gossamer.losses import Loss
from gossamer.metrics import Metric
from gossamer.models import Function, Model, Sequential
from gossamer.name_scope import name_scope
from gossamer.operation import Operation
from gossamer.ops import custom_gradient, stop_gradient
from gossamer.optimizers import Optimizer
from gossamer.quantizers import Quantizer
from gossamer.regularizers import Regularizer
from gossamer.remat import RematScope, remat
from gossamer.stateless_scope import StatelessScope
from gossamer.tensor import Tensor
from gossamer.variable import Variable

__version__ = "0.1.0"


def version() -> str:
    """The version of gossamer.

    Example:
        >>> gs.version() == gs.__version__
        True
    """
    return __version__


__all__ = [
    "BackendUnavailableError",
    "DTypePolicy",
    "DeviceLostError",
    "FloatDTypePolicy",
    "Function",
    "GradientTape",
    "Initializer",
    "Input",
    "InputSpec",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "NonFiniteError",
    "Operation",
    "Optimizer",
    "OutOfDeviceMemoryError",
    "Quantizer",
    "Regularizer",
    "RematScope",
    "Sequential",
    "ShaderError",
    "StatelessScope",
    "SymbolicScope",
    "Tensor",
    "TracedValueError",
    "Variable",
    "activations",
    "applications",
    "backend",
    "browser",
    "config",
    "constraints",
    "custom_gradient",
    "data",
    "datasets",
    "debug_mode",
    "device",
    "distillation",
    "distribution",
    "dtype_policies",
    "dtypes",
    "errors",
    "export",
    "grad",
    "hessian",
    "hvp",
    "image",
    "initializers",
    "jacobian",
    "jit",
    "layers",
    "legacy",
    "losses",
    "masking",
    "memory",
    "metrics",
    "mixed_precision",
    "models",
    "name_scope",
    "ops",
    "optimizers",
    "preprocessing",
    "profile",
    "quantizers",
    "random",
    "regularizers",
    "remat",
    "saving",
    "set_backend",
    "set_debug_mode",
    "src",
    "stop_gradient",
    "time",
    "tree",
    "utils",
    "value_and_grad",
    "version",
    "visualization",
    "wrappers",
]
