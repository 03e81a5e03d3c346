"""Dtype policies by themselves: what they say, what they make of inputs, what they refuse."""

import copy
import pickle

import numpy as np
import pytest

import gossamer as gs
from gossamer.dtype_policies import DTypePolicy, DTypePolicyMap


@pytest.fixture
def same_policy_afterwards():
    yield
    gs.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("name", "compute", "variable"),
    [
        ("float32", "float32", "float32"),
        ("float16", "float16", "float16"),
        ("mixed_float16", "float16", "float32"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("int8_from_mixed_bfloat16", "bfloat16", "float32"),
    ],
)
def test_dtypes_of_policies(name, compute, variable):
    policy = gs.dtype_policies.get(name)
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == (name, compute, variable)


def test_the_policy_in_use(same_policy_afterwards):
    assert gs.config.dtype_policy().name == "float32"
    gs.mixed_precision.set_global_policy("mixed_float16")
    assert gs.config.dtype_policy() == gs.DTypePolicy("mixed_float16") == gs.DTypePolicy()
    gs.utils.clear_session()
    assert gs.dtype_policies.get(None).name == "float32"


def test_inputs_are_cast():
    policy = DTypePolicy("mixed_float16")
    assert policy.convert_input(np.ones(2, "float32"), True, "float16").dtype == "float16"
    assert policy.convert_input(gs.ops.ones(2), True, "float16").dtype == "float16"
    assert policy.convert_input(gs.Input((2,)), True, "float16").dtype == "float16"
    assert policy.convert_input(gs.Variable([1.0]), True, "float16").dtype == "float16"
    assert policy.convert_input(gs.ops.ones(2), False, "float16").dtype == "float32"
    assert policy.convert_input(gs.ops.ones(2, "int32"), True, "float16").dtype == "int32"
    assert policy.convert_input("text", True, "float16") == "text"


def test_to_compute_in_a_dtype_that_there_is_not_raises():
    policy = DTypePolicy("bfloat16")
    with pytest.raises(ValueError, match="bfloat16"):
        policy.convert_input(gs.ops.ones(2), True, policy.compute_dtype)


def test_gradients_reach_variables_through_the_cast():
    weight = gs.Variable([1.0, 2.0])
    policy = DTypePolicy("mixed_float16")
    with gs.GradientTape() as tape:
        loss = gs.ops.sum(gs.ops.square(policy.convert_input(weight, True, "float16")))
    gradient = tape.gradient(loss, weight)
    assert gradient.dtype == "float32"
    np.testing.assert_allclose(gradient, [2.0, 4.0])


def test_maps():
    policies = DTypePolicyMap("float32")
    policies["encoder/dense"] = "bfloat16"
    policies["encoder/.*"] = "float16"
    assert policies["encoder/dense"].name == "bfloat16"
    assert policies["encoder/other"].name == "float16"
    assert policies["encoder"].name == policies.compute_dtype == "float32"
    with pytest.raises(ValueError, match="not in the map"):
        policies["encoder/.*"] = "float32"
    policies[".*/other"] = "float32"
    with pytest.raises(ValueError, match="match the path"):
        policies["encoder/other"]
    del policies[".*/other"]
    assert list(policies) == ["encoder/dense", "encoder/.*"]
    assert policies == DTypePolicyMap.from_config(policies.get_config())
    with pytest.raises(ValueError, match="single policy"):
        DTypePolicyMap(policies)


def test_what_a_map_leaves_open_is_decided_where_it_is_read(same_policy_afterwards):
    policies = DTypePolicyMap(policy_map={"a": DTypePolicy("float32")})
    config = gs.dtype_policies.serialize(policies)
    gs.config.set_dtype_policy("float16")
    read = gs.dtype_policies.deserialize(config)
    assert (read["a"].name, read.name) == ("float16", "map_float16")
    # To write it has not changed it.
    assert policies["a"].name == "float32"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "name of a policy"),
        ("mixed_float15", "name of a policy"),
        ("int8_from_", "name of a policy"),
        ("int8_abc_", "_from_"),
        ("int8_from_float16", "another dtype"),
        ("int7_from_float32", "name of a policy"),
        ("awq/8/128_from_float32", "weight_bits"),
        ("gptq/4_from_float32", "integers"),
        ("gptq/4/x_from_float32", "integers"),
        ("int4/0_from_float32", "positive"),
    ],
)
def test_names_that_there_are_not(name, message):
    with pytest.raises(ValueError, match=message):
        gs.dtype_policies.get(name)


def test_policies_are_copied_and_pickled():
    policy = gs.dtype_policies.QuantizedFloat8DTypePolicy("float8", "float32", 123)
    for other in (copy.deepcopy(policy), pickle.loads(pickle.dumps(policy))):
        assert other == policy
        assert other.amax_history_length == 123
    assert policy != gs.dtype_policies.get("float8_from_float32")
