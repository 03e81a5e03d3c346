"""`keras.mixed_precision`: older names for dtype policies."""

from gossamer.dtype_policies import DTypePolicy
from gossamer.dtype_policies.lookup import set_dtype_policy
from gossamer.dtype_policies.policy import dtype_policy
from gossamer.optimizers import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
