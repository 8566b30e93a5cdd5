"""Backend calls against Keras's own layers and against enumeration."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.ml import kernels, runtime
from hwocr_desktop.ml.networks.lstm import bidirectional

pytestmark = pytest.mark.tf


def _for_learning(x, kernel, recurrent, bias):
    """Return the second of two LSTMs that run side by side."""
    other = (kernel * 0 + 1.0, recurrent * 0, bias * 0)
    return kernels.lstms_to_learn([x[:, ::-1], x], [other, (kernel, recurrent, bias)])[
        1
    ]


FORMS = pytest.mark.parametrize(
    "form", [kernels.lstm, _for_learning], ids=["use", "learning"]
)


@FORMS
def test_the_fused_lstm_is_keras_lstm(form):
    keras = runtime.keras()
    keras.utils.set_random_seed(1)
    layer = keras.layers.LSTM(7, return_sequences=True)
    x = np.random.default_rng(0).normal(size=(3, 11, 5)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(layer(x))
    cell = layer.cell
    fused = form(
        keras.ops.convert_to_tensor(x), cell.kernel, cell.recurrent_kernel, cell.bias
    )
    assert np.allclose(keras.ops.convert_to_numpy(fused), expected, atol=1e-5)


@FORMS
def test_the_fused_lstm_learns_as_keras_lstm_does(form):
    keras = runtime.keras()
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    layer = keras.layers.LSTM(7, return_sequences=True)
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(3, 11, 5)).astype(np.float32))
    weigh = tf.constant(rng.normal(size=(3, 11, 7)).astype(np.float32))
    layer(x)
    cell = layer.cell
    weights = [cell.kernel.value, cell.recurrent_kernel.value, cell.bias.value]

    def gradients(run):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(weigh * run())
        return tape.gradient(loss, [x, *weights])

    expected = gradients(lambda: layer(x))
    for mine, theirs in zip(
        gradients(lambda: form(x, *weights)), expected, strict=True
    ):
        assert np.allclose(mine.numpy(), theirs.numpy(), atol=1e-4)


@pytest.mark.parametrize("training", [False, True])
def test_both_directions_are_those_of_each_line_cut_to_its_length(training):
    keras = runtime.keras()
    keras.utils.set_random_seed(2)
    layer = bidirectional(6, "both")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 9, 4)).astype(np.float32)
    frames = np.array([9, 5, 1], np.int32)
    out = keras.ops.convert_to_numpy(layer([x, frames], training=training))
    for i, length in enumerate(frames):
        cut = x[i : i + 1, :length]
        ahead = keras.ops.convert_to_numpy(layer.ahead(cut))
        back = keras.ops.convert_to_numpy(layer.back(cut[:, ::-1]))[:, ::-1]
        expected = np.concatenate([ahead, back], axis=-1)[0]
        assert np.allclose(out[i, :length], expected, atol=1e-5)


def _gradient_of_evened(weigh):
    import tensorflow as tf

    x = tf.constant(np.random.default_rng(1).normal(size=weigh.shape), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        same = kernels.evened(x)
        loss = tf.reduce_sum(same * weigh)
    assert np.array_equal(same, x)
    return tape.gradient(loss, x).numpy()


@given(
    st.lists(
        st.one_of(st.just(0.0), st.floats(2**-10, 2**20, width=32)),
        min_size=1,
        max_size=9,
    ),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=30)
def test_no_line_outweighs_the_median_of_its_batch(sizes, random):
    rng = np.random.default_rng(random.randrange(1000))
    directions = rng.normal(size=(len(sizes), 4, 3))
    directions /= np.sqrt((directions**2).sum(axis=(1, 2), keepdims=True))
    weigh = (directions * np.array(sizes)[:, None, None]).astype(np.float32)
    got = _gradient_of_evened(weigh)
    middle = sorted(sizes)[len(sizes) // 2]
    limit = middle if middle > 0 else max(sizes)
    wanted = directions * np.minimum(sizes, limit)[:, None, None]
    assert np.allclose(got, wanted, rtol=1e-3, atol=1e-6)


def test_ctc_loss_is_the_sum_over_all_paths():
    keras = runtime.keras()
    rng = np.random.default_rng(5)
    logits = rng.normal(size=(2, 5, 3)).astype(np.float32)
    labels = np.array([[1, 2, 0], [2, 2, 0]], np.int32)
    frames = np.array([5, 4], np.int32)
    losses = keras.ops.convert_to_numpy(
        kernels.ctc_loss(labels, logits, np.array([2, 2], np.int32), frames)
    )
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    for i in range(2):
        wanted = tuple(c for c in labels[i] if c)
        total = 0.0
        for path in itertools.product(range(3), repeat=int(frames[i])):
            if tuple(k for k, _ in itertools.groupby(path) if k) == wanted:
                total += float(np.prod([probs[i, t, c] for t, c in enumerate(path)]))
        assert losses[i] == pytest.approx(-np.log(total), rel=1e-4)


def test_one_trace_serves_all_widths():
    keras = runtime.keras()
    calls = []

    class Counting(keras.layers.Layer):
        def call(self, x):
            calls.append(x.shape)
            return x * 2.0

    image = keras.Input((4, None, 1))
    model = keras.Model(image, Counting()(image))
    built = len(calls)
    function = runtime.compiled(model, ((None, 4, None, 1), "float32"))
    for width in (8, 16, 24, 40):
        x = np.ones((2, 4, width, 1), np.float32)
        assert np.array_equal(function(x), 2 * x)
    assert len(calls) == built + 1


def test_the_device_is_named_in_plain_words():
    report = runtime.device_report()
    assert report.is_gpu == (report.device != "processor")
    assert report.cores >= 1
    assert "Keras" in report.library
