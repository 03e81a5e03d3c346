"""Recurrent layers: against NumPy's loops everywhere, and what cases cannot say against Keras."""

import inspect

import numpy as np
import pytest

import gossamer as gs
from gossamer import layers, ops
from gossamer.masking import get_keras_mask, set_keras_mask
from tests.layers.cases_rnn import CELLS

NAMES = [
    "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "GRUCell", "LSTM", "LSTMCell",
    "RNN", "SimpleRNN", "SimpleRNNCell", "StackedRNNCells", "TimeDistributed",
]  # fmt: skip


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def with_weights(layer, *inputs, **kwargs):
    """The layer with weights that are drawn; and these."""
    layer(*inputs, **kwargs)
    values = [normal(*w.shape, seed=k) * 0.5 for k, w in enumerate(layer.weights)]
    layer.set_weights(values)
    return layer, values


def close(found, right):
    np.testing.assert_allclose(np.asarray(found), np.asarray(right), rtol=2e-4, atol=2e-5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple_rnn(x, h, kernel, recurrent, bias):
    h = np.tanh(x @ kernel + bias + h[0] @ recurrent)
    return h, [h]


def lstm(x, states, kernel, recurrent, bias):
    h, c = states
    i, f, g, o = np.split(x @ kernel + bias + h @ recurrent, 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, [h, c]


def gru(x, states, kernel, recurrent, bias):
    (h,) = states
    xz, xr, xh = np.split(x @ kernel + bias[0], 3, -1)
    hz, hr, hh = np.split(h @ recurrent + bias[1], 3, -1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    h = z * h + (1 - z) * np.tanh(xh + r * hh)
    return h, [h]


def looped(step, x, units, states, weights, backwards=False):
    states, outputs = [np.zeros((len(x), units), np.float32)] * states, []
    for t in range(x.shape[1])[:: -1 if backwards else 1]:
        output, states = step(x[:, t], states, *weights)
        outputs.append(output)
    return np.stack(outputs, 1), states


EACH = [("SimpleRNN", simple_rnn, 1), ("LSTM", lstm, 2), ("GRU", gru, 1)]


def test_every_name_is_there(record_property):
    present = [name for name in NAMES if inspect.isclass(getattr(layers, name, None))]
    assert present == NAMES
    record_property("recurrent layer names present", len(present))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(("name", "step", "states"), EACH)
def test_layers_are_loops(name, step, states, backwards):
    x = normal(2, 4, 3)
    options = {"return_sequences": True, "return_state": True, "go_backwards": backwards}
    layer, weights = with_weights(getattr(layers, name)(5, **options), x)
    outputs, *last = layer(x)
    right, right_last = looped(step, x, 5, states, weights, backwards)
    close(outputs, right)
    assert len(last) == len(right_last)
    for one, other in zip(last, right_last, strict=True):
        close(one, other)


@pytest.mark.parametrize(("name", "step", "states"), EACH)
def test_gradients_are_those_of_the_loop(name, step, states):
    x = normal(2, 3, 3)
    layer, weights = with_weights(getattr(layers, name)(4), x)
    tensor = ops.convert_to_tensor(x)
    with gs.GradientTape() as tape:
        tape.watch(tensor)
        total = ops.sum(layer(tensor))
    found = tape.gradient(total, [*layer.trainable_variables, tensor])
    values = [*weights, x]
    for k, gradient in enumerate(found):
        direction = normal(*values[k].shape, seed=9)
        ends = []
        for sign in (1, -1):
            moved = [v.astype(np.float64) for v in values]
            moved[k] = moved[k] + sign * 1e-4 * direction
            ends.append(looped(step, moved[-1], 4, states, moved[:-1])[0][:, -1].sum())
        slope = (ends[0] - ends[1]) / 2e-4
        np.testing.assert_allclose(
            (gradient.numpy() * direction).sum(), slope, rtol=2e-3, atol=1e-3
        )


@pytest.mark.parametrize(("name", "step", "states"), EACH)
def test_masked_times_leave_the_states(name, step, states):
    x = normal(2, 5, 3)
    mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 0, 0]], bool)
    options = {"return_sequences": True, "return_state": True}
    layer, weights = with_weights(getattr(layers, name)(4, **options), x)
    outputs, *last = layer(x, mask=mask)
    right, right_last = looped(step, x[:, :3], 4, states, weights)
    close(outputs[:, :3], right)
    close(outputs[:, 4], right[:, 2])
    close(last[0], right_last[0])
    layer.zero_output_for_mask = True
    assert not np.any(layer(x, mask=mask)[0][:, 3:].numpy())


def test_masks_come_with_tensors_and_go_on():
    x = ops.convert_to_tensor(normal(2, 3, 2))
    mask = ops.convert_to_tensor([[True, True, False], [True, False, False]])
    set_keras_mask(x, mask)
    layer = layers.GRU(2, return_sequences=True)
    y = layer(x)
    assert get_keras_mask(y) is mask
    close(y[1, 1], y[1, 0])
    assert get_keras_mask(layers.GRU(2)(x)) is None
    outputs, state = layers.SimpleRNN(2, return_sequences=True, return_state=True)(x)
    assert get_keras_mask(outputs) is mask
    assert get_keras_mask(state) is None
    assert get_keras_mask(layers.Bidirectional(layers.GRU(2, return_sequences=True))(x)) is mask


def test_a_masked_convolutional_sequence_is_a_shorter_one():
    # Keras on NumPy and JAX lays the mask along a wrong axis here.
    x = normal(2, 4, 3, 3, 1)
    layer, _ = with_weights(layers.ConvLSTM2D(2, 2, return_state=True), x)
    mask = np.array([[1, 1, 1, 0]] * 2, bool)
    for one, other in zip(layer(x, mask=mask), layer(x[:, :3]), strict=True):
        close(one, other)


@pytest.mark.parametrize("wrap", [gs.jit, lambda f: f], ids=["jit", "eager"])
def test_stateful_layers_go_on_where_they_were(wrap):
    x = normal(2, 6, 3)
    layer, values = with_weights(layers.LSTM(4, stateful=True), x[:, :3])
    whole = layers.LSTM(4)
    whole(x)
    whole.set_weights(values)
    layer.reset_state()
    run = wrap(lambda part: layer(part))
    run(ops.convert_to_tensor(x[:, :3]))
    second = run(ops.convert_to_tensor(x[:, 3:]))
    close(second, whole(x))
    close(layer.states[0], second)
    layer.reset_states()
    assert not np.any(layer.states[1].numpy())
    close(run(ops.convert_to_tensor(x[:, :3])), whole(x[:, :3]))
    assert len(layer.weights) == 3
    with pytest.raises(ValueError, match=r"Expected the batch size 2.*Received: shape=\(3, 6, 3\)"):
        layer(normal(3, 6, 3))


def test_dropout_is_the_same_at_all_times():
    x = np.ones((4, 6, 50), np.float32)
    layer = layers.SimpleRNN(
        50, None, dropout=0.5, seed=3, return_sequences=True, use_bias=False,
        kernel_initializer="identity", recurrent_initializer="zeros",
    )  # fmt: skip
    first, second = (layer(x, training=True).numpy() for _ in range(2))
    for y in (first, second):
        assert set(np.unique(y)) == {0.0, 2.0}
        assert (y == y[:, :1]).all()
    assert (first != second).any()
    assert (layer(x).numpy() == 1).all()


def test_recurrent_dropout_is_the_same_at_all_times():
    x = np.ones((3, 4, 50), np.float32)
    layer = layers.SimpleRNN(
        50, None, recurrent_dropout=0.5, seed=3, return_sequences=True,
        kernel_initializer="identity", recurrent_initializer="identity",
    )  # fmt: skip
    y = layer(x, training=True).numpy()
    grown = y[:, 1:2] > 1
    np.testing.assert_array_equal(y, np.where(grown, np.array([1, 3, 7, 15])[:, None], 1))
    assert 0.3 < grown.mean() < 0.7


@pytest.mark.parametrize("name", ["LSTM", "GRU", "ConvLSTM1D"])
def test_with_dropout_steps_taken_apart_are_as_many_products(name):
    """Inputs of all times at once, and cells one by one, have equal masks for equal seeds."""
    convolves = name == "ConvLSTM1D"
    x = normal(2, 4, 5, 3) if convolves else normal(2, 4, 3)
    args = (3, 2) if convolves else (3,)
    rates = {"dropout": 0.4, "recurrent_dropout": 0.3, "seed": 5}
    one, values = with_weights(getattr(layers, name)(*args, **rates), x)
    other = getattr(layers, name)(*args, **rates)
    other(x)
    other.set_weights(values)
    other._can_project = lambda: False
    close(one(x, training=True), other(x, training=True))
    assert np.abs(one(x).numpy() - one(x, training=True).numpy()).max() > 0.01


def test_draws_of_dropout_differ_within_jit():
    layer = layers.GRU(20, dropout=0.5, recurrent_dropout=0.5)
    run = gs.jit(lambda x: layer(x, training=True))
    x = ops.ones((2, 3, 4))
    first, second = run(x).numpy(), run(x).numpy()
    assert np.abs(first - second).max() > 1e-3
    close(layer(x), gs.jit(layer)(x))


def test_a_cell_of_ones_own():
    class Counting:
        """No layer: the state counts the times."""

        state_size = 1

        def call(self, inputs, states):
            return self(inputs, states)

        def __call__(self, inputs, states):
            return inputs * 2.0, states[0] + 1.0

    x = normal(2, 3, 1)
    output, count = layers.RNN(Counting(), return_sequences=True, return_state=True)(x)
    close(output, 2 * x)
    close(count, np.full((2, 1), 3))

    class Minimal(gs.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = self.state_size = units

        def build(self, input_shape):
            self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

        def call(self, inputs, states):
            output = ops.matmul(inputs, self.kernel) + states[0]
            return output, [output]

    layer, (first, second) = with_weights(layers.RNN([Minimal(4), Minimal(2)]), x)
    hidden = np.cumsum(x @ first, 1)
    close(layer(x), np.cumsum(hidden @ second, 1)[:, -1])


@pytest.mark.parametrize("mode", ["concat", "sum", "mul", "ave", None])
def test_both_directions(mode):
    x = normal(2, 4, 3)
    layer, values = with_weights(
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), mode), x
    )
    one, _ = looped(lstm, x, 2, 2, values[:3])
    other = looped(lstm, x, 2, 2, values[3:], backwards=True)[0][:, ::-1]
    right = {
        "concat": np.concatenate([one, other], -1), "sum": one + other, "mul": one * other,
        "ave": (one + other) / 2, None: np.stack([one, other]),
    }[mode]  # fmt: skip
    found = layer(x)
    close(ops.stack(list(found)) if mode is None else found, right)


def test_weights_of_both_directions_can_be_given():
    x = normal(2, 3, 2)
    layer, values = with_weights(layers.Bidirectional(layers.GRU(2)), x)
    close(layers.Bidirectional(layers.GRU(2), weights=values)(x), layer(x))


class Centred(gs.layers.Layer):
    """Looks at the whole batch."""

    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=0)


def test_a_layer_at_each_time():
    x = normal(3, 4, 5)
    dense = layers.Dense(2, activation="relu")
    each = layers.TimeDistributed(dense)
    assert isinstance(each, layers.Wrapper)
    close(each(x), dense(x))
    close(layers.TimeDistributed(Centred())(x), x - x.mean(0))
    images = normal(2, 3, 4, 2)
    inner = layers.LSTM(3)
    found = layers.TimeDistributed(inner)(images)
    close(found, np.stack([inner(images[:, t]).numpy() for t in range(3)], 1))


def test_a_dense_layer_at_each_time_is_one_product():
    each = layers.TimeDistributed(layers.Dense(2))
    x = ops.ones((3, 4, 5))
    each(x)
    assert str(gs.jit(each).graph(x)).count("matmul") == 1


def test_inputs_of_all_times_are_one_product():
    x = ops.ones((2, 7, 3))
    for layer in (layers.LSTM(4), layers.GRU(4), layers.SimpleRNN(4)):
        layer(x)
        assert str(gs.jit(layer).graph(x)).count("matmul") == 1 + 7


def test_lengths_that_are_not_known():
    x = gs.Input((None, 4))
    assert layers.LSTM(3, return_sequences=True)(x).shape == (None, None, 3)
    assert layers.Bidirectional(layers.GRU(3))(x).shape == (None, 6)
    outputs = layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)], return_state=True)(x)
    assert [y.shape for y in gs.tree.flatten(outputs)] == [
        (None, 2),
        (None, 3),
        (None, 2),
        (None, 2),
    ]
    assert layers.TimeDistributed(layers.Dense(2))(x).shape == (None, None, 2)
    images = gs.Input((None, 6, 5, 1))
    layer = layers.ConvLSTM2D(3, 2, strides=2, return_sequences=True)
    assert layer(images).shape == (None, None, 3, 2, 3)
    assert layer.compute_output_shape((None, None, None, 5, 1)) == (None, None, None, 2, 3)


def test_a_functional_model_takes_sequences_of_any_length():
    x = gs.Input((None, 4))
    hidden, *states = layers.LSTM(3, return_sequences=True, return_state=True)(x)
    y = layers.LSTM(3)(hidden, initial_state=states)
    model = gs.Model(x, y)
    for length in (2, 5):
        values = normal(2, length, 4)
        first, second = model.layers[1], model.layers[2]
        outputs, *last = first(values)
        close(model(values), second(outputs, initial_state=last))


def test_an_lstm_learns_to_add():
    x = np.random.default_rng(0).uniform(0, 0.5, (16, 4, 1)).astype(np.float32)
    y = x.sum(1)
    layer, head = layers.LSTM(6), layers.Dense(1)
    head(layer(x))
    variables = layer.trainable_variables + head.trainable_variables

    @gs.jit
    def step(x, y):
        with gs.GradientTape() as tape:
            loss = ops.mean((head(layer(x)) - y) ** 2)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(0.3 * gradient)
        return loss

    losses = [float(step(ops.convert_to_tensor(x), ops.convert_to_tensor(y))) for _ in range(30)]
    assert losses[-1] < 0.2 * losses[0]


@pytest.mark.webgl
def test_draws_of_a_jitted_lstm(record_property):
    layer = layers.LSTM(16)
    run = gs.jit(layer)
    x = ops.convert_to_tensor(normal(8, 40, 12))
    for _ in range(2):
        run(x)
    before = gs.memory()
    result = run(x)
    after = gs.memory()
    draws = after["draws"] - before["draws"]
    record_property("draws of a jitted LSTM(16) over 40 steps", draws)
    assert 40 <= draws <= 125
    assert after["uploads"] == before["uploads"]
    close(result, layer(x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.LSTM(0), "positive integer for units.*Received: units=0"),
        (lambda: layers.GRUCell(2.5), r"positive integer for units.*Received: units=2\.5"),
        (lambda: layers.ConvLSTM1D(-1, 2), "positive integer for filters.*Received: filters=-1"),
        (lambda: layers.LSTM(2, use_cudnn=True), "Received: use_cudnn=True"),
        (lambda: layers.RNN(3), "a cell with an attribute `call`. Received: 3"),
        (lambda: layers.StackedRNNCells([3]), "cells with an attribute `call`. Received: 3"),
        (lambda: layers.Bidirectional(3), "Expected a layer. Received: layer=3"),
        (lambda: layers.Bidirectional(layers.GRU(2), "first"), "Received: merge_mode='first'"),
        (
            lambda: layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2)),
            "`go_backwards` of the forward and the backward layer to differ. Received: False",
        ),
        (
            lambda: layers.Bidirectional(
                layers.GRU(2), backward_layer=layers.GRU(2, go_backwards=True, stateful=True)
            ),
            "the same `stateful`.*Received: False and True",
        ),
        (lambda: layers.TimeDistributed(3), "Expected a layer. Received: layer=3"),
        (lambda: layers.TimeDistributed(layers.Dense(2))(ops.ones((2, 3))), "at least three axes"),
        (
            lambda: layers.TimeDistributed(layers.Dense(2))(
                ops.ones((2, 3, 4)), mask=ops.ones((2, 4), "bool")
            ),
            r"begins with \(2, 3\).*Received: shape=\(2, 4\)",
        ),
        (lambda: layers.ConvLSTM2D(2, (2, 2, 2)), "Received: kernel_size="),
        (lambda: layers.ConvLSTM1D(2, 2, strides=2, dilation_rate=2), "Received: strides="),
        (lambda: layers.ConvLSTM1D(2, 2)(gs.Input((3, None, 2))), "axes and channels of known"),
        (lambda: layers.LSTM(2)(ops.ones((2, 3))), r"ndim=3.*Received: shape=\(2, 3\)"),
        (lambda: layers.LSTM(2)(ops.ones((2, 0, 3))), r"one step.*Received: shape=\(2, 0, 3\)"),
        (lambda: layers.LSTM(2, stateful=True)(gs.Input((3, 2))), "a known batch size"),
    ],
)  # fmt: skip
def test_mistakes(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.cpython_only
@pytest.mark.parametrize("case", CELLS, ids=[case.id for case in CELLS])
def test_cells_are_keras_s(case, record_property):
    from tests.layers import test_keras as contract
    from tests.oracle import keras_library

    keras = keras_library.keras
    contract.test_outputs(case, keras, record_property)
    contract.test_weights(case, keras)
    contract.test_config(case, keras, record_property)
    contract.test_jitted(case, keras)


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_keras_s(name):
    from tests.oracle import keras_library

    def described(layer):
        parameters = inspect.signature(layer.__init__).parameters.values()
        return [(p.name, p.kind, p.default) for p in parameters]

    assert described(getattr(layers, name)) == described(getattr(keras_library.keras.layers, name))


@pytest.mark.cpython_only
@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_stateful_layers_against_keras(name):
    from tests.oracle import keras_library

    results = []
    for library in (gs, keras_library.keras):
        layer = getattr(library.layers, name)(
            3, stateful=True, return_state=True, return_sequences=True
        )
        x = normal(2, 4, 2)
        layer(x)
        layer.set_weights([normal(*w.shape, seed=k) for k, w in enumerate(layer.weights)])
        layer.reset_state()
        results.append([np.asarray(y) for k in range(2) for y in layer(x * (k + 1))])
    for one, other in zip(*results, strict=True):
        close(one, other)
