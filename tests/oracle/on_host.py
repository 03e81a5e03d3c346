"""All that NumPy computes on a backend with a GPU, and what waits for its elements: with reasons.

`test_webgl.py` counts reads and calls on the host during each case, and fails if an op that does
not stand here has one, or if one that does has none in any of its cases; but for empty tensors,
for which there is no kernel.
"""

from __future__ import annotations

SEQUENTIAL = "Each step of an elimination or iteration waits for the one before."
SHAPE = "The shape of the result depends on elements."
DECISION = "Python decides by an element which way to go."
SEARCH = "A search that branches at every step."

ON_HOST: dict[str, str] = {
    **dict.fromkeys(
        (
            "cholesky", "cholesky_inverse", "det", "eig", "eigh", "inv", "logdet", "lstsq",
            "lu_factor", "matrix_rank", "norm", "pinv", "qr", "slogdet", "solve",
            "solve_triangular", "svd",
        ),
        SEQUENTIAL,
    ),
    **dict.fromkeys(
        (
            "bincount", "boolean_mask", "get_item", "nonzero", "repeat", "segment_max",
            "segment_min", "segment_prod", "segment_sum", "tile", "unique", "where",
        ),
        SHAPE,
    ),
    **dict.fromkeys(("cond", "fori_loop", "switch", "while_loop"), DECISION),
    "convert_to_numpy": "That is what it is for.",
    "ctc_decode": SEARCH,
    "jvp": "It runs the function that it is given, which may be one of these.",
}  # fmt: skip
