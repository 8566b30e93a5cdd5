"""The shape of the auto-encoder, and what a model card may say of it."""

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig, build_sae


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_survives_its_description(name):
    config = DESIGNS[name]
    assert SaeConfig.from_dict(config.to_dict()) == config


@pytest.mark.tf
@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_maps_windows_to_probabilities(name):
    config = DESIGNS[name]
    network = build_sae(config)
    side = config.multiple
    gray = np.random.default_rng(0).random((2, side, side, 1), dtype=np.float32)
    writing = np.full((2, 1), 0.5, np.float32)
    inputs = [gray, writing] if config.page_contrast else gray
    ink = np.asarray(network(inputs, training=False))
    assert ink.shape == gray.shape
    assert ink.dtype == np.float32
    assert (ink > 0).all()
    assert (ink < 1).all()


@pytest.mark.tf
@pytest.mark.parametrize("name", DESIGNS)
def test_networks_hold_no_code(name):
    """Keras calls lambda layers unsafe: they carry code in the file."""
    layers = runtime.keras().layers
    for layer in build_sae(DESIGNS[name]).layers:
        assert not isinstance(layer, layers.Lambda)


@pytest.mark.tf
def test_the_paper_s_network_has_five_layers_of_five_by_five():
    layers = runtime.keras().layers
    network = build_sae(DESIGNS["paper"])
    encoders = [x for x in network.layers if type(x) is layers.Conv2D][:-1]
    decoders = [x for x in network.layers if type(x) is layers.Conv2DTranspose]
    assert len(encoders) == len(decoders) == 5
    for layer in encoders + decoders:
        assert layer.kernel_size == (5, 5)
        assert layer.strides == (2, 2)
        assert layer.filters == 64


@pytest.mark.tf
def test_local_contrast_hardly_sees_how_bright_the_light_is():
    """The same writing in half the light: the second channel stays what it was."""
    config = SaeConfig(filters=(8,), local_contrast=8, window=64)
    network = build_sae(config)
    keras = runtime.keras()
    joined = [x for x in network.layers if isinstance(x, keras.layers.Concatenate)]
    both = joined[-1].output  # gray, and its local contrast
    channels = keras.Model(network.inputs[0], both)
    rng = np.random.default_rng(1)
    gray = 0.9 - 0.5 * (rng.random((1, 64, 64, 1), dtype=np.float32) < 0.2)
    bright = np.asarray(channels(gray))[..., 1]
    dark = np.asarray(channels(gray / 2))[..., 1]
    assert np.abs(bright).max() > 0.3
    assert np.abs(bright - dark).max() < 0.05 * np.abs(bright).max()


@pytest.mark.tf
@pytest.mark.parametrize("on_features", [False, True])
def test_strokes_count_in_parts_of_the_page_s_strongest(on_features):
    """A page half as strong in contrast, and told so, looks the same there."""
    config = SaeConfig(
        filters=(9,),
        convolutions=0,
        local_contrast=8,
        contrast_features=on_features,
        page_contrast=True,
        window=64,
    )
    network = build_sae(config)
    keras = runtime.keras()
    joined = [x for x in network.layers if isinstance(x, keras.layers.Concatenate)]
    channels = keras.Model(network.inputs, joined[-1].output)
    # Beyond the border a convolution sees nothing.
    inside = np.s_[:, 2:-2, 2:-2, 3:6] if on_features else np.s_[..., 2:3]
    if on_features:
        # One and the same sum under the kernel and of the mean: a plain deviation.
        convolutions = [x for x in network.layers if type(x) is keras.layers.Conv2D]
        kernel, level = (x for x in convolutions[:2])
        kernel.set_weights([np.full_like(kernel.get_weights()[0], 1 / 16)])
        level.set_weights([np.ones_like(level.get_weights()[0])])
    rng = np.random.default_rng(1)
    written = rng.random((1, 64, 64, 1)) < 0.2

    def seen(darker, told):
        gray = (0.9 - darker * written).astype(np.float32)
        return np.asarray(channels([gray, np.array([[told]], np.float32)]))[inside]

    strong, weak = seen(0.6, 0.6), seen(0.3, 0.3)
    assert np.abs(strong).max() > 0.2
    assert np.allclose(strong, weak, atol=1e-3)
    # Not told, it is half as strong.
    assert np.allclose(seen(0.3, 0.6), strong / 2, atol=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "crnn"},
        {"depth": 7},
        {"filters": []},
        {"filters": [16, 0]},
        {"window": 100},
        {"local_contrast": 12},
        {"overlap": 5000},
        {"local_contrast": 0},
        {"local_contrast": 2},
        {"kernel": 0},
    ],
)
def test_an_impossible_description_is_a_bad_model(wrong):
    description = DESIGNS["fast"].to_dict() | wrong
    with pytest.raises(BadModel) as raised:
        SaeConfig.from_dict(description)
    assert raised.value.advice


def test_windows_must_divide_by_every_halving():
    config = SaeConfig(filters=(8, 8, 8), space_to_depth=2, window=64)
    assert config.multiple == 8
