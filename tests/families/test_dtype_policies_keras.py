"""Dtype policies against Keras: configurations both ways, and what is refused."""

import pytest

import gossamer as gs

pytestmark = pytest.mark.cpython_only

NAMES = [
    "float16", "float32", "float64", "bfloat16", "int32", "uint8", "mixed_float16",
    "mixed_bfloat16", "string", "int8_from_float32", "int8_from_mixed_bfloat16",
    "int4_from_float32", "int4/128_from_float32", "int4/-1_from_bfloat16", "float8_from_float32",
    "float8_from_mixed_bfloat16", "gptq/4/128_from_float32", "awq/4/-1_from_mixed_bfloat16",
]  # fmt: skip
REFUSED = [
    "", "f4", "float", "mixed_bfloat15", "int8", "int8_from_mixed_float16", "int8_from_",
    "int4/0_from_float32", "int4/x_from_float32", "gptq/5/1_from_float32", "float8_e4m3fn",
    "awq/8/1_from_float32", "int9_from_float32", 123,
]  # fmt: skip


@pytest.fixture(scope="module")
def keras():
    from tests.oracle import keras_library

    return keras_library.keras


@pytest.mark.parametrize("name", NAMES)
def test_names(name, keras, record_property):
    ours, theirs = gs.dtype_policies.get(name), keras.dtype_policies.get(name)
    for attribute in ("name", "compute_dtype", "variable_dtype", "quantization_mode"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert repr(ours) == repr(theirs)
    config = gs.dtype_policies.serialize(ours)
    assert config == keras.dtype_policies.serialize(theirs)
    assert gs.dtype_policies.deserialize(config) == gs.dtype_policies.get(config) == ours
    assert keras.dtype_policies.deserialize(config) == theirs
    record_property("dtype policies compared", 1)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, keras):
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        keras.dtype_policies.get(name)
    with pytest.raises(type(theirs.value)):
        gs.dtype_policies.get(name)


@pytest.mark.parametrize("default", [None, "float32", "mixed_float16"])
def test_maps(default, keras, record_property):
    configs = []
    for library in (gs, keras):
        made = library.dtype_policies.DTypePolicyMap(default)
        made["a/b"] = "mixed_bfloat16"
        made["a/c.*"] = "int8_from_float32"
        made["d"] = library.dtype_policies.FloatDTypePolicy("float16")
        configs.append(library.dtype_policies.serialize(made))
    assert configs[0] == configs[1]
    for library in (gs, keras):
        read = library.dtype_policies.deserialize(configs[0])
        assert len(read) == 3
        assert library.dtype_policies.serialize(read) == configs[1]
    record_property("dtype policies compared", 1)


def test_names_are_all_there(keras):
    for module in ("dtype_policies", "config", "mixed_precision"):
        theirs = {name for name in dir(getattr(keras, module)) if not name.startswith("_")}
        # The optimizers' module brings this one.
        missing = theirs - set(dir(getattr(gs, module)))
        assert not missing
