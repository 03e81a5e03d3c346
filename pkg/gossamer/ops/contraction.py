"""The primitive behind `einsum` of two operands: one kernel, whatever the order of their axes.

Axes have labels, numbers here: `out[labels] = sum over the other labels of a[...] * b[...]`. The
gradients are contractions too. Every label stands in at least two of the three tensors; axes of
one operand alone are summed before (by `einsum`).
"""

from math import prod

import numpy as np

from gossamer.core.primitive import Primitive, bind
from gossamer.kernel import expr
from gossamer.kernel.expr import Expr
from gossamer.kernel.spec import COMPUTE_DTYPE, Contract, Map, Reduce, TensorSpec
from gossamer.ops import complex_numbers
from gossamer.tensor import Tensor

Labels = tuple[int, ...]
# Labels whose axes stand together in every tensor: one axis of the kernel.
Group = tuple[int, ...]


def _sizes(a: TensorSpec, b: TensorSpec, left: Labels, right: Labels) -> dict[int, int]:
    return dict(zip((*left, *right), (*a.shape, *b.shape), strict=True))


def _shape(a: TensorSpec, b: TensorSpec, left: Labels, right: Labels, labels: Labels) -> TensorSpec:
    sizes = _sizes(a, b, left, right)
    return TensorSpec(tuple(sizes[label] for label in labels), a.dtype)


def _reference(
    a: np.ndarray, b: np.ndarray, left: Labels, right: Labels, labels: Labels
) -> np.ndarray:
    """As a batch of products of matrices, which NumPy does best."""
    sizes = dict(zip((*left, *right), (*a.shape, *b.shape), strict=True))
    batch = [x for x in left if x in right and x in labels]
    inner = [x for x in left if x not in labels]
    rows, columns = ([x for x in own if x not in (*batch, *inner)] for own in (left, right))

    def arranged(array: np.ndarray, own: Labels, *parts: list[int]) -> np.ndarray:
        order = [own.index(x) for part in parts for x in part]
        shape = [prod(sizes[x] for x in part) for part in parts]
        return array.transpose(order).reshape(shape)

    first, second = arranged(a, left, batch, rows, inner), arranged(b, right, batch, inner, columns)
    product = np.matmul(first, second) if inner else first * second
    order = [*batch, *rows, *columns]
    product = product.reshape([sizes[x] for x in order])
    return np.asarray(product.transpose([order.index(x) for x in labels]), order="C")


def _neighbour(label: int, tensors: list[Labels]) -> int | None:
    """The label that follows in every tensor that has either of them.

    None if it is the last axis of one, which stays by itself since a target may pad it.
    """
    with_it = [tensor for tensor in tensors if label in tensor]
    after = {tensor[tensor.index(label) + 1 :][:1] for tensor in with_it}
    if len(after) != 1 or not (found := after.pop()):
        return None
    (following,) = found
    apart = any((label in tensor) != (following in tensor) for tensor in tensors)
    return None if apart or any(tensor[-1] == following for tensor in with_it) else following


def _groups(tensors: list[Labels]) -> list[Group]:
    """The labels, those together that are neighbours everywhere."""
    labels = dict.fromkeys(label for tensor in tensors for label in tensor)
    following = {label: _neighbour(label, tensors) for label in labels}
    groups = []
    for label in labels:
        if label not in following.values():
            group = [label]
            while (after := following[group[-1]]) is not None:
                group.append(after)
            groups.append(tuple(group))
    return groups


def _ordered(groups: list[Group], labels: Labels) -> list[Group]:
    """The groups that a tensor has, in the order of its axes."""
    return sorted([g for g in groups if g[0] in labels], key=lambda g: labels.index(g[0]))


def _lower(
    a: TensorSpec, b: TensorSpec, out: TensorSpec, left: Labels, right: Labels, labels: Labels
) -> Map | Contract | Reduce:
    sizes = _sizes(a, b, left, right)
    tensors = [tuple(x for x in given if sizes[x] != 1) for given in (left, right, labels)]
    groups = _groups(tensors)
    in_a, in_b, in_out = (_ordered(groups, given) for given in tensors)
    folded = [group for group in in_a if group not in in_out]
    # The second operand varies along the output's last axis, the first one does not.
    which = (1, 0) if in_out and in_out[-1] in in_a else (0, 1)
    for group in ((in_a, in_b)[k][-1:] for k in reversed(which)):
        # Innermost an axis along which an operand's elements are neighbours, best the first one's.
        if group and group[0] in folded:
            folded.remove(group[0])
            folded += group
    pad = max(2 - len(in_out), 0)
    where: dict[Group, Expr] = {g: expr.axis(pad + i) for i, g in enumerate(in_out)}
    where |= {g: expr.reduce_axis(i) for i, g in enumerate(folded)}
    dtype = COMPUTE_DTYPE[out.dtype]

    def merged(found: list[Group], leading: int = 0) -> TensorSpec:
        shape = [prod(sizes[label] for label in group) for group in found]
        return TensorSpec((1,) * leading + tuple(shape), out.dtype)

    inputs = (merged(in_a), merged(in_b))
    loads = [
        expr.load(k, tuple(where[g] for g in given), dtype) for k, given in enumerate((in_a, in_b))
    ]
    output, over = merged(in_out, pad), merged(folded).shape
    product, total = loads[0] * loads[1], expr.accumulator(dtype)
    if not folded:
        return Map(inputs=inputs, output=output, body=product)
    if in_out and (in_out[-1] in in_a) != (in_out[-1] in in_b):
        first, second = (loads[k] for k in which)
        return Contract(
            inputs=inputs, output=output, left=first, right=second, over=over, epilogue=total
        )
    return Reduce(
        inputs=inputs, output=output, body=product, combine="add", over=over, epilogue=total
    )


def contract(a: Tensor, b: Tensor, left: Labels, right: Labels, labels: Labels) -> Tensor:
    """`out[labels] = sum over the other labels of a[left] * b[right]`."""
    return bind(_contract, a, b, left=left, right=right, labels=labels)


_contract: Primitive = Primitive(
    name="contract",
    shape=_shape,
    reference=_reference,
    vjp=(
        lambda g, out, a, b, left, right, labels: contract(g, b, labels, right, left),
        lambda g, out, a, b, left, right, labels: contract(a, g, left, labels, right),
    ),
    lower=_lower,
    of_complex=lambda a, b, **static: complex_numbers.bilinear(
        lambda x, y: contract(x, y, **static), a, b
    ),
)
