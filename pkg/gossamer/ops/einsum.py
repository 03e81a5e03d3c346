"""`einsum`: sums of products over labelled axes.

A sum of several operands' products is taken apart into contractions of two at a time: first the
pair that costs least, and pairs that share an axis before others. Diagonals and sums over axes of
one operand alone come before.
"""

from itertools import combinations
from math import prod
from typing import Any

from gossamer import ops
from gossamer.ops.contraction import Labels, contract
from gossamer.ops.convert import promote
from gossamer.ops.create import iota
from gossamer.tensor import Tensor

# An operand with the labels of its axes.
Labelled = tuple[Tensor, Labels]


class _Subscripts:
    """What the subscripts say: labels for each operand's axes, and for the output's.

    A letter's label is its character code; the axes of an ellipsis count down from -1, beginning
    with the last, as they are aligned by broadcasting.
    """

    def __init__(self, subscripts: str, ranks: list[int]) -> None:
        self.text = subscripts
        inputs, arrow, output = subscripts.replace(" ", "").partition("->")
        terms = inputs.split(",")
        if len(terms) != len(ranks):
            raise self.mistake(f"one term for each of {len(ranks)} operands")
        self.inputs = [self._term(term, rank) for term, rank in zip(terms, ranks, strict=True)]
        seen = [label for labels in self.inputs for label in labels]
        dots = sorted({label for label in seen if label < 0})
        if arrow:
            named = len(output.replace("...", ""))
            self.output = self._term(output, named + (len(dots) if "..." in output else 0))
        else:
            self.output = (*dots, *sorted(x for x in {*seen} if x > 0 and seen.count(x) == 1))
        if len({*self.output}) < len(self.output) or not {*self.output} <= {*seen}:
            raise self.mistake("each label of the output once, and in an operand")

    def _term(self, term: str, rank: int) -> Labels:
        before, dots, after = term.partition("...")
        if not (before + after).isalpha() and before + after:
            raise self.mistake("letters, with an ellipsis at most once in a term")
        count = rank - len(before + after)
        if count < 0 or (count and not dots):
            raise self.mistake(f"a label for each of {rank} axes in {term!r}")
        return (*map(ord, before), *range(-count, 0), *map(ord, after))

    def mistake(self, expected: str) -> ValueError:
        return ValueError(f"Expected {expected}. Received: subscripts={self.text!r}")


def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """Sum of products over labelled axes: `"ij,jk->ik"` is a product of matrices.

    Args:
        subscripts: a label for each axis of each operand, and after `->` those of the output; if
            that is missing, the labels that occur once, in alphabetical order. `...` stands for
            all further axes, which broadcast. A label twice in one term is its diagonal.
        *operands: the tensors.
        **kwargs: `optimize` is accepted and has no effect: the order is chosen by cost.

    Raises:
        TypeError: for other keywords.
        ValueError: for subscripts that do not fit the operands, and sizes that differ.

    Example:
        >>> ops.einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).tolist()
        [[11.0]]
    """
    if {*kwargs} - {"optimize"}:
        raise TypeError(f"Expected no keyword but optimize. Received: {', '.join(sorted(kwargs))}")
    if not operands:
        raise ValueError(f"Expected operands. Received: subscripts={subscripts!r} alone")
    tensors = promote(*operands)
    wanted = tensors[0].dtype
    if wanted in ("bool", "int8"):
        # Sums of them have 32 bits; those of bools tell whether any product is true.
        tensors = tuple(ops.cast(x, "int32") for x in tensors)
        wanted = "bool" if wanted == "bool" else "int32"
    parsed = _Subscripts(subscripts, [x.ndim for x in tensors])
    result = _sum_of_products(list(zip(tensors, parsed.inputs, strict=True)), parsed)
    # Sums over axes of other small integers have 32 bits, too, where products have not.
    return ops.cast(result, wanted)


def _sum_of_products(terms: list[Labelled], parsed: _Subscripts) -> Tensor:
    sizes = _common_sizes(terms, parsed)
    terms = [_diagonals(*_without_broadcast(*term, sizes)) for term in terms]
    output = {*parsed.output}
    terms = [
        _summed(*term, output.union(*(labels for _, labels in terms[:i] + terms[i + 1 :])))
        for i, term in enumerate(terms)
    ]
    while len(terms) > 1:
        one, other = _cheapest(terms, sizes)
        (a, left), (b, right) = terms[one], terms[other]
        rest = [term for i, term in enumerate(terms) if i not in (one, other)]
        kept = output.union(*(labels for _, labels in rest))
        labels = _between(left, right, kept) if rest else parsed.output
        terms = [(contract(a, b, *_numbered(left, right, labels)), labels), *rest]
    x, labels = terms[0]
    return ops.transpose(x, [labels.index(label) for label in parsed.output])


def _common_sizes(terms: list[Labelled], parsed: _Subscripts) -> dict[int, int]:
    """Each label's size; an axis of size 1 goes with any."""
    sizes: dict[int, int] = {}
    for x, labels in terms:
        own: dict[int, int] = {}
        for label, size in zip(labels, x.shape, strict=True):
            known = sizes.get(label, 1)
            if own.setdefault(label, size) != size or (1 not in (known, size) and known != size):
                shapes = ", ".join(str(x.shape) for x, _ in terms)
                raise ValueError(
                    "Expected axes of one size where labels are equal. "
                    f"Received: subscripts={parsed.text!r} for shapes {shapes}"
                )
            sizes[label] = size if known == 1 else known
    return sizes


def _without_broadcast(x: Tensor, labels: Labels, sizes: dict[int, int]) -> Labelled:
    """Without the axes of size 1 that another operand stretches: they add nothing to a product."""
    kept = [i for i, label in enumerate(labels) if x.shape[i] == sizes[label]]
    shape = tuple(x.shape[i] for i in kept)
    return ops.reshape(x, shape), tuple(labels[i] for i in kept)


def _diagonals(x: Tensor, labels: Labels) -> Labelled:
    """With each label once: of two equal ones only the diagonal is left."""
    for i, label in enumerate(labels):
        if label in labels[:i]:
            numbers = iota(0, 1, x.shape[i], "int32", x.backend)
            first, second = (
                ops.reshape(numbers, (-1, *(1,) * (x.ndim - 1 - axis)))
                for axis in (labels.index(label), i)
            )
            diagonal = ops.sum(ops.where(ops.equal(first, second), x, 0), i)
            return _diagonals(diagonal, labels[:i] + labels[i + 1 :])
    return x, labels


def _summed(x: Tensor, labels: Labels, wanted: set[int]) -> Labelled:
    """Summed over the axes whose labels nothing else has."""
    axes = [i for i, label in enumerate(labels) if label not in wanted]
    kept = tuple(label for label in labels if label in wanted)
    return (ops.sum(x, axes) if axes else x), kept


def _cheapest(terms: list[Labelled], sizes: dict[int, int]) -> tuple[int, int]:
    """The two operands to contract first: if possible of common axes, with the fewest products."""

    def cost(pair: tuple[int, int]) -> tuple[bool, int]:
        left, right = ({*terms[i][1]} for i in pair)
        return not left & right, prod(sizes[label] for label in left | right)

    return min(combinations(range(len(terms)), 2), key=cost)


def _between(left: Labels, right: Labels, kept: set[int]) -> Labels:
    """The labels of an intermediate result: common ones, the left operand's, the right one's."""
    return (
        *(label for label in left if label in kept and label in right),
        *(label for label in left if label in kept and label not in right),
        *(label for label in right if label in kept and label not in left),
    )


def _numbered(*tensors: Labels) -> list[Labels]:
    """The same labels counted from 0 on, so that other letters make no other kernel."""
    order: dict[int, int] = {}
    for labels in tensors:
        for label in labels:
            order.setdefault(label, len(order))
    return [tuple(order[label] for label in labels) for labels in tensors]
