"""Mistakes raise at once, in the user's words, and say what was received."""

import numpy as np
import pytest

import gossamer as gs
from gossamer import ops, random

X, M, INTEGERS = np.ones(3, np.float32), np.ones((3, 5), np.float32), np.arange(3)
B, K = np.ones((1, 5, 3), np.float32), np.ones((3, 3, 4), np.float32)

CASES = {
    "add shapes": (ValueError, lambda: ops.add(np.ones(3), np.ones(4))),
    "subtract bools": (TypeError, lambda: ops.subtract([True], [False])),
    "negative bool": (TypeError, lambda: ops.negative([True])),
    "bitwise floats": (TypeError, lambda: ops.bitwise_and(X, X)),
    "matmul shapes": (ValueError, lambda: ops.matmul(M, M)),
    "matmul scalar": (ValueError, lambda: ops.matmul(1.0, M)),
    "sum axis": (ValueError, lambda: ops.sum(M, axis=2)),
    "sum axis twice": (ValueError, lambda: ops.sum(M, axis=(0, -2))),
    "sum axis type": (TypeError, lambda: ops.sum(M, axis="x")),
    "max empty": (ValueError, lambda: ops.max(np.ones((0,)))),
    "argmax empty": (ValueError, lambda: ops.argmax(np.ones((0, 3)), axis=0)),
    "reshape size": (ValueError, lambda: ops.reshape(M, (4, 4))),
    "reshape two unknown": (ValueError, lambda: ops.reshape(M, (-1, -1))),
    "transpose": (ValueError, lambda: ops.transpose(M, (0, 0))),
    "transpose few": (ValueError, lambda: ops.transpose(M, (0,))),
    "broadcast_to": (ValueError, lambda: ops.broadcast_to(M, (3, 4))),
    "broadcast_to less": (ValueError, lambda: ops.broadcast_to(M, (5,))),
    "expand_dims": (ValueError, lambda: ops.expand_dims(X, 3)),
    "squeeze": (ValueError, lambda: ops.squeeze(M, 0)),
    "moveaxis": (ValueError, lambda: ops.moveaxis(M, (0, 1), 0)),
    "swapaxes": (ValueError, lambda: ops.swapaxes(M, 0, 2)),
    "flip": (ValueError, lambda: ops.flip(M, 2)),
    "slice": (ValueError, lambda: ops.slice(M, (0, 3), (1, 3))),
    "slice rank": (ValueError, lambda: ops.slice(M, (0,), (1,))),
    "slice_update": (ValueError, lambda: ops.slice_update(M, (2, 2), np.ones((2, 2)))),
    "pad width": (ValueError, lambda: ops.pad(M, ((1, 2, 3),))),
    "pad negative": (ValueError, lambda: ops.pad(M, -1)),
    "pad mode": (ValueError, lambda: ops.pad(M, 1, mode="magic")),
    "split": (ValueError, lambda: ops.split(X, 2)),
    "unstack": (ValueError, lambda: ops.unstack(X, 2)),
    "concatenate shapes": (ValueError, lambda: ops.concatenate([M, np.ones((3, 4))], 0)),
    "concatenate none": (ValueError, lambda: ops.concatenate([])),
    "concatenate axis": (ValueError, lambda: ops.concatenate([X, X], 1)),
    "stack": (ValueError, lambda: ops.stack([X, M])),
    "repeat": (ValueError, lambda: ops.repeat(X, [1, 2])),
    "tile": (ValueError, lambda: ops.tile(X, -1)),
    "zeros size": (ValueError, lambda: ops.zeros((2, -1))),
    "zeros type": (TypeError, lambda: ops.zeros((2, 1.5))),
    "zeros dtype": (ValueError, lambda: ops.zeros(2, "float31")),
    "arange step": (ValueError, lambda: ops.arange(0, 3, 0)),
    "linspace": (ValueError, lambda: ops.linspace(0.0, 1.0, -1)),
    "tril": (ValueError, lambda: ops.tril(X)),
    "meshgrid indexing": (ValueError, lambda: ops.meshgrid(X, indexing="yx")),
    "meshgrid vectors": (ValueError, lambda: ops.meshgrid(M)),
    "take floats": (TypeError, lambda: ops.take(M, X, 0)),
    "take float tensor": (TypeError, lambda: ops.take(M, ops.convert_to_tensor(X), 0)),
    "take axis": (ValueError, lambda: ops.take(M, INTEGERS, 2)),
    "take range": (IndexError, lambda: ops.take(M, [3], 0)),
    "take_along_axis": (ValueError, lambda: ops.take_along_axis(M, INTEGERS, 0)),
    "scatter": (ValueError, lambda: ops.scatter([[0]], X, (3,))),
    "scatter_update": (ValueError, lambda: ops.scatter_update(X, [[0]], [1.0], reduction="xor")),
    "item range": (IndexError, lambda: ops.convert_to_tensor(X)[3]),
    "item count": (IndexError, lambda: ops.convert_to_tensor(X)[0, 0]),
    "item dots": (IndexError, lambda: ops.convert_to_tensor(M)[..., ...]),
    "item type": (TypeError, lambda: ops.convert_to_tensor(X)["a"]),
    "item float": (TypeError, lambda: ops.convert_to_tensor(X)[1.0]),
    "item mask": (IndexError, lambda: ops.convert_to_tensor(X)[np.array([True, False])]),
    "item arrays": (ValueError, lambda: ops.convert_to_tensor(M)[[0, 1], [0, 1, 2]]),
    "one_hot floats": (TypeError, lambda: ops.one_hot(X, 3)),
    "softmax axis": (ValueError, lambda: ops.softmax(M, 2)),
    "normalize": (ValueError, lambda: ops.normalize(M, order=0)),
    "crossentropy": (ValueError, lambda: ops.categorical_crossentropy(M, X)),
    "sparse crossentropy": (ValueError, lambda: ops.sparse_categorical_crossentropy([0], M)),
    "binary crossentropy": (ValueError, lambda: ops.binary_crossentropy(X, M)),
    "conv rank": (ValueError, lambda: ops.conv(M, M)),
    "conv channels": (ValueError, lambda: ops.conv(B, np.ones((3, 2, 4)))),
    "conv small": (ValueError, lambda: ops.conv(np.ones((1, 2, 3)), np.ones((3, 3, 4)))),
    "conv padding": (ValueError, lambda: ops.conv(B, K, padding="x")),
    "conv strides": (ValueError, lambda: ops.conv(B, K, strides=0)),
    "conv format": (ValueError, lambda: ops.conv(B, K, data_format="x")),
    "max_pool rank": (ValueError, lambda: ops.max_pool(M, 2)),
    "max_pool size": (ValueError, lambda: ops.max_pool(B, 9)),
    "max_pool zero": (TypeError, lambda: ops.max_pool(B, 0)),
    "average_pool padding": (ValueError, lambda: ops.average_pool(B, 2, padding="x")),
    "ragged": (ValueError, lambda: ops.convert_to_tensor([[1, 2], [3]])),
    "text": (TypeError, lambda: ops.convert_to_tensor("abc")),
    "nothing": (TypeError, lambda: ops.convert_to_tensor(None)),
    "dtype": (ValueError, lambda: ops.cast(X, "complex7")),
    "item of many": (ValueError, lambda: float(ops.convert_to_tensor(X))),
    "length of a scalar": (TypeError, lambda: len(ops.ones(()))),
    "backend": (ValueError, lambda: gs.set_backend("abacus")),
    "backend without elements": (ValueError, lambda: gs.set_backend("symbolic")),
    "seed": (ValueError, lambda: random.uniform((2,), seed="x")),
    "uniform dtype": (ValueError, lambda: random.uniform((2,), dtype="int32")),
    "normal dtype": (ValueError, lambda: random.normal((2,), dtype="bool")),
    "randint dtype": (ValueError, lambda: random.randint((2,), 0, 5, dtype="float32")),
    "randint range": (ValueError, lambda: random.randint((2,), 5, 5)),
    "categorical": (ValueError, lambda: random.categorical(X, 2)),
    "dropout": (ValueError, lambda: random.dropout(X, 1.5)),
    "variable shape": (ValueError, lambda: gs.Variable(X).assign([1.0])),
    "variable function": (ValueError, lambda: gs.Variable(lambda shape, dtype: ops.zeros(shape))),
    "grad vector": (ValueError, lambda: gs.grad(lambda x: x)(X)),
    "grad integers": (TypeError, lambda: gs.grad(lambda x: ops.sum(x))(INTEGERS)),
    "grad argnums": (ValueError, lambda: gs.grad(lambda x: ops.sum(x), 1)(X)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_error(name: str) -> None:
    kind, mistake = CASES[name]
    with pytest.raises(kind) as caught:
        mistake()
    message = str(caught.value)
    assert ". Received: " in message or "\nReceived: " in message, message
    assert not message.endswith("Received: ")
