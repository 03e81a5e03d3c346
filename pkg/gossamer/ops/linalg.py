"""`keras.ops.linalg`: decompositions and equations. Each is the function of `gossamer.ops`."""

from gossamer.ops.exports import named as _named

_FUNCTIONS = _named("""
    cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor matrix_rank norm pinv qr solve
    solve_triangular svd
""")
__all__ = list(_FUNCTIONS)
globals().update(_FUNCTIONS)
