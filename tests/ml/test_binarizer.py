"""A binarizing network in use."""

import dataclasses

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import CUT, Binarizer
from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae

pytestmark = pytest.mark.tf

TINY = SaeConfig(filters=(8, 8), window=32, overlap=8, local_contrast=8)


@pytest.fixture(scope="module")
def network():
    network = build_sae(TINY)
    # Louder weights: an untrained network would hold everything for half ink.
    network.set_weights([w * 3 for w in network.get_weights()])
    return network


@pytest.fixture
def card(tmp_path, network):
    card = registry.ModelCard(
        id="tiny",
        task="binarize",
        title="Tiny",
        summary="",
        licence="",
        architecture=TINY.to_dict(),
        trained_on="nothing",
        input={"window": 32, "overlap": 8},
    )
    return registry.save_model(tmp_path / "tiny", card, network.save_weights)


def page(height, width, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width), dtype=np.uint8)


def test_an_opened_model_says_what_its_network_says(card, network):
    gray = page(32, 32)
    binarizer = Binarizer.open(card)
    windows = gray[None].astype(np.float32) / 255
    wanted = np.asarray(network(windows[..., None], training=False))[..., 0]
    assert np.abs(binarizer.probabilities(windows) - wanted).max() < 1e-5
    assert wanted.max() - wanted.min() > 0.1


@pytest.mark.parametrize("shape", [(1, 1), (1, 77), (90, 3), (100, 131)])
def test_pages_of_any_size_have_an_ink_map(network, shape):
    ink = Binarizer(network, 32, 8).ink_map(page(*shape))
    assert ink.map.shape == shape
    assert ink.map.dtype == np.uint8
    assert ink.cut == CUT


def test_the_ink_map_does_not_depend_on_the_batch(network):
    gray = page(120, 150)
    binarizer = Binarizer(network, 32, 8)
    maps = []
    for batch in (1, 3, 32):
        binarizer.batch = batch
        maps.append(binarizer.ink_map(gray).map.astype(int))
    assert np.abs(maps[0] - maps[1]).max() <= 1
    assert np.abs(maps[0] - maps[2]).max() <= 1


def test_cancelling_stops_before_the_next_batch(network):
    binarizer = Binarizer(network, 32, 8)
    binarizer.batch = 2
    cancel, reports = CancelToken(), []

    def cancel_at_the_second(progress):
        reports.append(progress)
        if len(reports) == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        binarizer.ink_map(page(200, 200), cancel=cancel, report=cancel_at_the_second)
    assert len(reports) == 2
    assert 0 < reports[-1].done < reports[-1].total


def test_new_weights_are_used_at_once():
    """The training measures one network after the other without building it again."""
    network = build_sae(TINY)
    binarizer = Binarizer(network, 32, 8)
    before = binarizer.ink_map(page(40, 40)).map
    network.set_weights([w * 4 for w in network.get_weights()])
    assert not np.array_equal(binarizer.ink_map(page(40, 40)).map, before)


def test_a_model_for_lines_is_refused(card):
    with pytest.raises(BadModel, match="cannot clean"):
        Binarizer.open(dataclasses.replace(card, task="recognize-lines"))


@pytest.mark.parametrize(
    "given", [{"window": 33}, {"window": 0}, {"window": 32, "overlap": 17}]
)
def test_windows_the_network_cannot_read_are_refused(card, given):
    with pytest.raises(BadModel, match="windows"):
        Binarizer.open(dataclasses.replace(card, input=given))


def test_altered_weights_are_refused(card):
    with card.weights.open("r+b") as file:
        file.seek(200)
        file.write(b"?")
    with pytest.raises(BadModel, match="altered or damaged"):
        Binarizer.open(card)


def test_weights_of_another_network_are_refused(tmp_path, card):
    other = dataclasses.replace(
        card, architecture=dataclasses.replace(TINY, filters=(8, 16)).to_dict()
    )
    with pytest.raises(BadModel, match="do not fit"):
        Binarizer.open(other)
