"""Nothing is half done: every primitive has all its pieces, and the table reaches everything."""

import inspect

import pytest

import gossamer as gs
from gossamer import ops, random
from gossamer.core.primitive import PRIMITIVES, Host, Primitive
from tests.kernel.calls import calls
from tests.ops.record import function_named
from tests.ops.records import RECORDS

# Public functions that return no tensor, or have tests of their own.
ELSEWHERE = {
    "associative_scan",  # tests/ops/test_cumulative.py
    "convert_to_numpy", "dtype", "is_tensor", "ndim", "shape", "size",  # tests/ops/test_convert.py
    "vectorize",  # tests/ops/test_vectorize.py
    "random.beta", "random.binomial", "random.categorical", "random.dropout", "random.gamma",
    "random.normal", "random.randint", "random.shuffle",
    "jvp",  # tests/core/test_derivatives.py
    "max_pool_with_argmax", "setdiff1d",
    "gossamer.image.non_max_suppression", "gossamer.image.non_max_suppression_async",
    "gossamer.image.non_max_suppression_padded", "gossamer.image.non_max_suppression_padded_async",
    "gossamer.image.non_max_suppression_with_scores",
    "gossamer.image.non_max_suppression_with_scores_async",  # tests/ops/test_tensorflow.py
    "cond", "fori_loop", "map", "scan", "switch", "vectorized_map", "while_loop",  # test_control.py
    "ctc_decode", "custom_gradient",  # tests/ops/test_ctc.py, tests/ops/test_custom_gradient.py
    "random.truncated_normal",  # tests/ops/test_random.py
}  # fmt: skip


def _public() -> set[str]:
    flat = {name for name, x in vars(ops).items() if inspect.isfunction(x) and name[0] != "_"}
    return (
        flat
        | {f"random.{name}" for name in random.__all__ if name != "SeedGenerator"}
        | {f"image.{name}" for name in ops.image.__all__}
        | {f"gossamer.image.{name}" for name in gs.image.__all__}
    )


@pytest.mark.parametrize("name", PRIMITIVES)
def test_primitive_is_complete(name: str) -> None:
    primitive = PRIMITIVES[name]
    assert primitive.name == name
    assert callable(primitive.shape)
    assert callable(primitive.reference)
    assert callable(primitive.lower) or (
        isinstance(primitive.lower, Host) and primitive.lower.reason
    )
    if isinstance(primitive.vjp, tuple):
        assert len(primitive.vjp) == _operands(primitive)
        assert all(rule is None or callable(rule) for rule in primitive.vjp)
    else:
        assert callable(primitive.vjp)


def _operands(primitive: Primitive) -> int:
    """How many tensors the primitive takes, as its records call it."""
    counts = {
        len(seen.call.inputs)
        for record in RECORDS
        for seen in calls(record)
        if seen.call.primitive is primitive
    }
    assert len(counts) == 1, counts
    return counts.pop()


def test_every_primitive_is_reached_by_the_table() -> None:
    reached = {seen.call.primitive.name for record in RECORDS for seen in calls(record)}
    print(f"{len(PRIMITIVES)} primitives, {len(_public())} public ops, {len(RECORDS)} records")
    assert sorted(set(PRIMITIVES) - reached) == []


def test_every_public_op_has_a_record() -> None:
    assert sorted(_public() - {record.op for record in RECORDS} - ELSEWHERE) == []
    assert sorted(ELSEWHERE - _public()) == []


def test_records_have_ids_of_their_own() -> None:
    assert len({record.id for record in RECORDS}) == len(RECORDS)


def test_every_public_function_is_documented() -> None:
    for name in _public():
        function = function_named(name)
        documentation = inspect.getdoc(function) or ""
        assert documentation, name
        assert "Example:\n" in documentation, name
