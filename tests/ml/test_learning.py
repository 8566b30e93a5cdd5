"""Networks as they are built to learn: quicker, and otherwise the same."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.ml import kernels, runtime
from hwocr_desktop.ml.networks.crnn import build_crnn, build_to_learn
from hwocr_desktop.ml.networks.layout import build_layout
from hwocr_desktop.ml.networks.normalization import normalization
from hwocr_desktop.ml.networks.sae import DESIGNS, build_sae
from hwocr_desktop.ml.training.optimizer import adamw, muon, orthogonalized
from tests.drawn_lines import TINY, tiny_network

pytestmark = pytest.mark.tf

SIDE = 64


def _features(seed=0, channels=5):
    rng = np.random.default_rng(seed)
    return rng.normal(2.0, 3.0, (4, 8, 8, channels)).astype(np.float32)


@pytest.fixture(params=[False, True], ids=["float32", "bfloat16"])
def is_half(request, monkeypatch):
    monkeypatch.setattr(runtime, "is_half_quicker", lambda: request.param)
    return request.param


def _pair(momentum=0.9):
    """Return our layer and Keras's with the same weights, which are not as new."""
    ours = normalization(momentum)
    theirs = runtime.keras().layers.BatchNormalization(momentum=momentum)
    rng = np.random.default_rng(1)
    for layer in (ours, theirs):
        layer.build((None, None, None, 5))
    weights = [rng.uniform(0.5, 2.0, w.shape) for w in ours.get_weights()]
    for layer in (ours, theirs):
        layer.set_weights(weights)
    return ours, theirs


@pytest.mark.parametrize("training", [False, True])
def test_a_normalized_batch_is_keras_normalized_batch(training):
    ours, theirs = _pair()
    got, expected = (
        np.asarray(layer(_features(), training=training)) for layer in (ours, theirs)
    )
    assert np.allclose(got, expected, atol=1e-4)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        # The kernel tells the unbiased variance: here 256 values of 255.
        assert np.allclose(mine, other, rtol=5e-3)


@pytest.mark.parametrize("channels", [5, 12, 16])
@pytest.mark.parametrize("training", [False, True])
def test_normalizing_in_bfloat16_is_normalizing_rounded(training, channels):
    """Whichever way the kernel goes: it has a quick one for multiples of 16."""
    import tensorflow as tf

    ones, zeros = tf.ones(channels), tf.zeros(channels)
    rounded = tf.cast(_features(channels=channels), tf.bfloat16)
    known = None if training else (2 * ones, 9 * ones)
    got, mean, variance = kernels.normalized(rounded, ones, zeros, 1e-3, known)
    x = np.asarray(tf.cast(rounded, tf.float32))
    expected, *own = kernels.normalized(tf.constant(x), ones, zeros, 1e-3, known)
    assert got.dtype == tf.bfloat16
    assert {mean.dtype, variance.dtype} == {tf.float32}
    # Eight bits of mantissa: values of up to 4 are 1/64 apart.
    assert np.allclose(tf.cast(got, tf.float32), expected, atol=1 / 64)
    for one, other in zip((mean, variance), own, strict=True):
        assert np.allclose(one, other, rtol=1e-2)


def test_normalization_learns_as_keras_normalization_does():
    import tensorflow as tf

    x = tf.constant(_features())
    weigh = tf.constant(_features(3))
    gradients = []
    for layer in _pair():
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(weigh * layer(x, training=True))
        found = tape.gradient(loss, [x, layer.gamma.value, layer.beta.value])
        gradients.append([g.numpy() for g in found])
    for mine, expected in zip(*gradients, strict=True):
        assert np.allclose(mine, expected, atol=1e-2, rtol=1e-3)


def test_normalization_that_does_not_learn_keeps_its_statistics():
    ours, theirs = _pair()
    ours.trainable = theirs.trainable = False
    before = ours.get_weights()
    got = np.asarray(ours(_features(), training=True))
    assert np.allclose(got, np.asarray(theirs(_features(), training=True)), atol=1e-5)
    assert all(map(np.array_equal, ours.get_weights(), before))


BUILDERS = [
    pytest.param(lambda: build_sae(DESIGNS["fast"]), id="fast"),
    pytest.param(lambda: build_sae(DESIGNS["best"]), id="best"),
    pytest.param(lambda: build_layout({"filters": [4, 8]}), id="layout"),
]


@pytest.mark.parametrize("build", BUILDERS)
def test_a_network_that_learns_computes_what_the_one_in_use_computes(build, is_half):
    runtime.keras().utils.set_random_seed(1)
    network = build()
    learner = runtime.to_learn(build)
    learner.set_weights(network.get_weights())
    gray = np.random.default_rng(0).random((2, SIDE, SIDE, 1), dtype=np.float32)
    inputs = [gray, np.full((2, 1), 0.6, np.float32)][: len(network.inputs)]
    inputs = inputs if len(inputs) > 1 else inputs[0]
    got, expected = (np.asarray(m(inputs)) for m in (learner, network))
    assert got.dtype == np.float32
    assert np.abs(got - expected).max() < (0.05 if is_half else 1e-5)


def test_weights_go_from_the_one_that_learns_to_the_one_in_use(tmp_path, is_half):
    learner = runtime.to_learn(lambda: build_crnn(TINY, 4))
    learner.save_weights(tmp_path / "learned.weights.h5")
    network = build_crnn(TINY, 4)
    network.load_weights(tmp_path / "learned.weights.h5")
    for mine, theirs in zip(network.get_weights(), learner.get_weights(), strict=True):
        assert mine.dtype == theirs.dtype == np.float32
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("step", [1, 2])
def test_a_long_line_keeps_all_its_frames_where_it_is_learned(step, is_half):
    """Numbers above 256 are not told apart in bfloat16."""
    learner = runtime.to_learn(lambda: build_crnn(TINY | {"step": step}, 4))
    learner.set_weights([3.0 * w for w in tiny_network(step=step).get_weights()])
    rng = np.random.default_rng(0)
    frames = 301
    line = rng.random((1, TINY["height"], 4 * 304, 1), dtype=np.float32)
    other = line.copy()
    other[:, :, 4 * (frames - 3) :] = 0.0
    counts = np.array([frames], np.int32)
    characters, shortcut = learner([line, counts])
    changed, _ = learner([other, counts])
    assert np.asarray(characters).dtype == np.asarray(shortcut).dtype == np.float32
    # What stands at the line's very end reaches its beginning through the recurrence.
    difference = np.abs(np.asarray(characters) - np.asarray(changed))[0]
    assert difference[frames - 2].max() > 0
    beyond = line.copy()
    beyond[:, :, 4 * (frames + 2) :] = 0.0
    same, _ = learner([beyond, counts])
    difference = np.abs(np.asarray(characters) - np.asarray(same))[0]
    assert difference[: frames - 4].max() < 1e-5


def test_the_numbers_of_other_networks_stay_as_they_were(is_half):
    keras = runtime.keras()
    before = keras.config.dtype_policy()

    def fail():
        raise MemoryError

    with pytest.raises(MemoryError):
        runtime.to_learn(fail)
    learner = runtime.to_learn(lambda: build_layout({"filters": [4, 8]}))
    assert keras.config.dtype_policy() == before
    kinds = {layer.compute_dtype for layer in learner.layers}
    assert ("bfloat16" in kinds) == is_half


def test_the_recurrence_learns_in_float32_whatever_is_quicker(is_half):
    kinds: dict[str, set[str]] = {}
    for layer in build_to_learn(TINY, 4).layers:
        kinds.setdefault(type(layer).__name__, set()).add(layer.compute_dtype)
    assert kinds["Conv2D"] == {"bfloat16" if is_half else "float32"}
    for name in ("BidirectionalLSTM", "Conv1D", "Dense"):
        assert kinds[name] == {"float32"}


def test_a_batch_gone_wrong_is_not_remembered():
    ours, _ = _pair()
    before = ours.get_weights()
    broken = _features()
    broken[0, 0, 0, 1] = np.nan
    ours(broken, training=True)
    after = ours.get_weights()
    assert all(np.isfinite(w).all() for w in after)
    for old, new in zip(before[2:], after[2:], strict=True):
        assert new[1] == pytest.approx(old[1])
        assert new[0] != pytest.approx(old[0])


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("make", [adamw, partial(muon, heads=())])
def test_a_step_whose_gradients_are_no_numbers_is_passed_over(fault, make):
    keras = runtime.keras()
    weights = [keras.Variable(np.eye(3, dtype=np.float32)) for _ in range(2)]
    optimizer = make(0.1, global_clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_list=weights)
    sound = np.ones((3, 3), np.float32)
    broken = np.array([[1.0], [fault], [1.0]], np.float32) * sound
    to_tensor = keras.ops.convert_to_tensor
    optimizer.apply([to_tensor(sound), to_tensor(broken)], weights)
    assert all(np.array_equal(w, np.eye(3)) for w in weights)
    optimizer.apply([to_tensor(sound), to_tensor(sound)], weights)
    assert all((np.asarray(w) < np.eye(3)).all() for w in weights)


@pytest.mark.parametrize(("is_half", "most"), [(False, 1e-4), (True, 0.2)])
@given(
    st.integers(1, 3),
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(-6, 6),
    st.integers(0, 99),
)
@settings(max_examples=30)
def test_a_step_goes_all_directions_alike(
    is_half, most, count, rows, columns, size, seed
):
    """Against the decomposition itself: the vectors stay, the values become about 1.

    In halves a number is off by up to 1 in 256, five times over.
    """
    rng = np.random.default_rng(seed)
    way = 10**size * rng.normal(size=(count, rows, columns)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "is_half_quicker", lambda: is_half)
        got = np.asarray(orthogonalized(runtime.keras().ops.convert_to_tensor(way)))
    assert got.shape == way.shape
    for before, after in zip(way, got, strict=True):
        left, values, right = np.linalg.svd(before, full_matrices=False)
        turned = left.T @ after @ right.T
        # Directions in which next to nothing lay are not made out in five steps.
        clear = values > 0.05 * values[0]
        kept = np.diag(turned)[clear]
        assert ((kept > 0.6) & (kept < 1.3)).all()
        assert np.abs(turned - np.diag(np.diag(turned))).max() < most


def _stepped(make, start, gradient, path="x"):
    """Return how far one step of an optimizer moves a weight of that name."""
    keras = runtime.keras()
    weight = keras.Variable(start, name=path)
    optimizer = make(0.01)
    optimizer.exclude_from_weight_decay(var_list=[weight])
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    return np.asarray(weight) - start


def test_each_gate_and_each_filter_moves_as_a_matrix_of_its_own():
    rng = np.random.default_rng(4)
    make = partial(muon, heads=("answer",))
    gates = rng.normal(size=(6, 4 * 5)).astype(np.float32)
    moved = _stepped(make, np.zeros_like(gates), gates, "blstm1")
    alone = [
        _stepped(make, np.zeros((6, 5), np.float32), gates[:, i : i + 5])
        for i in range(0, 20, 5)
    ]
    assert np.allclose(moved, np.concatenate(alone, axis=1), atol=1e-5)
    filters = rng.normal(size=(3, 3, 2, 7)).astype(np.float32)
    moved = _stepped(make, np.zeros_like(filters), filters)
    flat = _stepped(make, np.zeros((18, 7), np.float32), filters.reshape(18, 7))
    assert np.allclose(moved.reshape(18, 7), flat, atol=1e-5)
    # In each entry the step is about a fifth of the rate, whatever the gradient's size.
    assert np.sqrt((moved**2).mean()) == pytest.approx(0.01 * 0.2, rel=0.2)
    small = _stepped(make, np.zeros_like(filters), 1e-3 * filters)
    assert np.allclose(small, moved, atol=4e-4)


@pytest.mark.parametrize(
    ("path", "shape"), [("answer", (4, 3)), ("x", (5,)), ("stem", (5, 5, 1, 16))]
)
def test_what_answers_and_what_is_no_matrix_moves_as_ever(path, shape):
    gradient = np.random.default_rng(5).normal(size=shape).astype(np.float32)
    start = np.zeros_like(gradient)
    moved = _stepped(partial(muon, heads=("answer",)), start, gradient, path)
    assert np.allclose(moved, _stepped(adamw, start, gradient), atol=1e-6)


def test_the_quicker_numbers_are_found_by_trying():
    assert runtime.is_half_quicker() in (False, True)
    assert runtime.is_half_quicker() is runtime.is_half_quicker()


def test_a_model_is_traced_once_for_batches_of_any_size_and_learns_the_same():
    keras = runtime.keras()
    traced = []

    class Watched(keras.Model):
        def train_step(self, data):
            traced.append(1)
            return super().train_step(data)

    def model():
        keras.utils.set_random_seed(3)
        ends = keras.Input((3,)), keras.Input((3,))
        total = keras.layers.Dense(2)(keras.layers.Add()(ends))
        made = Watched(list(ends), total)
        made.compile(adamw(0.1, clipnorm=1.0), "mse", jit_compile=False)
        return made

    once, anew = model(), model()
    runtime.trace_once(once, *[((None, 3), "float32")] * 2, ((None, 2), "float32"))
    rng = np.random.default_rng(0)
    losses = []
    for size in (2, 3, 5, 4):
        inputs = [np.float32(rng.random((size, 3))) for _ in range(2)]
        truth = np.float32(rng.random((size, 2)))
        losses.append([float(m.train_on_batch(inputs, truth)) for m in (once, anew)])
        if size == 2:
            traced.clear()  # of both
    assert len(traced) == 1  # the other's, which then allows for any size
    assert np.allclose(*np.transpose(losses), rtol=1e-6)
    for one, other in zip(once.get_weights(), anew.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-6)
