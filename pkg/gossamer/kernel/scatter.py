"""A scatter as a fold, for targets that can only gather."""

from gossamer.kernel import expr
from gossamer.kernel.expr import const, equal, select
from gossamer.kernel.spec import COMBINE, Reduce, Scatter


def in_gathers(spec: Scatter) -> Reduce:
    """Every place looks at every step: as many steps as both have together, but one kernel."""
    dtype = spec.update.dtype
    nothing = const(COMBINE[spec.combine][dtype], dtype)
    return Reduce(
        inputs=spec.inputs,
        output=spec.output,
        body=select(equal(spec.at, expr.axis(spec.axis)), spec.update, nothing),
        combine=spec.combine,
        over=(spec.count,),
        epilogue=expr.accumulator(dtype),
        values=spec.values,
    )
