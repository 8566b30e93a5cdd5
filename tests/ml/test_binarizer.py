"""A binarizing network in use."""

import dataclasses

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel, BadRequest
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml import binarizer as module
from hwocr_desktop.ml import registry, runtime
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
    # A graph's: run eagerly, convolution and normalization are each rounded.
    network_says = runtime.compiled(network, ((None, 32, 32, 1), "float32"))
    wanted = network_says(windows[..., None])[..., 0]
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


def test_the_network_is_told_of_the_whole_page():
    """The same window is seen differently on a page of strong strokes."""
    config = dataclasses.replace(TINY, page_contrast=True)
    # Of some first weights, three times as strong, nothing is seen but paper.
    runtime.keras().utils.set_random_seed(3)
    network = build_sae(config)
    network.set_weights([w * 3 for w in network.get_weights()])
    told = []
    binarizer = Binarizer(network, 32, 8)
    infer = binarizer._infer

    def note(gray, writing):
        told.append(writing)
        return infer(gray, writing)

    binarizer._infer = note
    gray = np.full((60, 90), 200, np.uint8)
    gray[10:13, 20:60] = 100
    binarizer.ink_map(gray)
    assert all(np.allclose(writing, 100 / 255) for writing in told)
    assert sum(map(len, told)) >= 6
    told.clear()
    binarizer.ink_map(gray[30:], whole=gray)  # a part without any writing
    assert all(np.allclose(writing, 100 / 255) for writing in told)
    window = gray[None, :32, :32].astype(np.float32) / 255
    weak, strong = (binarizer.probabilities(window, s) for s in (0.3, 0.9))
    assert np.abs(weak - strong).max() > 0.01


class _Lopsided:
    """Stands for a network whose answer depends on where in the window ink is."""

    def __init__(self, network):
        self.network, self.seen = network, []

    def __call__(self, windows):
        self.seen.append(windows[..., 0].copy())
        side = windows.shape[1]
        ramp = np.linspace(0, 1, side * side).reshape(side, side)
        return (windows[..., 0] * ramp)[..., None]


@pytest.mark.parametrize("orientations", [1, 4, 8])
def test_orientations_are_all_different_and_undone(network, orientations):
    binarizer = Binarizer(network, 32, 8, orientations)
    binarizer._infer = lopsided = _Lopsided(network)
    windows = np.random.default_rng(0).random((2, 32, 32)).astype(np.float32)
    ink = binarizer.probabilities(windows)
    assert len(lopsided.seen) == orientations
    assert len({seen.tobytes() for seen in lopsided.seen}) == orientations
    # The oracle: what is pixel by pixel comes back at its own place, and the ramp's
    # mean over the orientations is symmetric under each of them.
    ramp = ink / windows
    assert np.allclose(ramp[0], ramp[1], atol=1e-4)
    if orientations >= 4:
        assert np.allclose(ramp, ramp[:, ::-1], atol=1e-4)
        assert np.allclose(ramp, ramp[:, :, ::-1], atol=1e-4)
    if orientations == 8:
        assert np.allclose(ramp, ramp.transpose(0, 2, 1), atol=1e-4)


def test_the_answer_turns_with_the_page(network):
    gray = page(32, 32)
    windows = gray[None].astype(np.float32) / 255
    binarizer = Binarizer(network, 32, 8, 8)
    once = binarizer.probabilities(windows)
    turned = binarizer.probabilities(np.rot90(windows, 1, (1, 2)).copy())
    assert np.allclose(np.rot90(once, 1, (1, 2)), turned, atol=1e-5)
    alone = Binarizer(network, 32, 8)
    lone = alone.probabilities(np.rot90(windows, 1, (1, 2)).copy())
    assert not np.allclose(
        np.rot90(alone.probabilities(windows), 1, (1, 2)), lone, atol=1e-3
    )


def test_the_card_says_how_many_orientations(card, network, tmp_path):
    assert Binarizer.open(card).orientations == 1
    assert Binarizer.open(card, 8).orientations == 8
    four = dataclasses.replace(card, input={**card.input, "orientations": 4})
    saved = registry.save_model(tmp_path / "four", four, network.save_weights)
    assert Binarizer.open(saved).orientations == 4
    with pytest.raises(BadRequest, match="3 ways"):
        Binarizer(network, 32, 8, 3)


def test_a_batch_is_bounded_by_the_memory(network, monkeypatch):
    monkeypatch.setattr(module, "BATCH_SECONDS", 1e9)
    assert Binarizer(network, 32, 8).batch == module.MOST_PIXELS // 32**2
    monkeypatch.setattr(module, "MOST_PIXELS", 5 * 32**2)
    assert Binarizer(network, 32, 8).batch == 5
    monkeypatch.setattr(module, "MOST_PIXELS", 1)
    assert Binarizer(network, 32, 8).batch == 1


def test_orientations_can_be_asked_for(network):
    gray = page(70, 90)
    asked = Binarizer(network, 32, 8).ink_map(gray, orientations=4).map
    own = Binarizer(network, 32, 8, 4).ink_map(gray).map
    assert np.abs(asked.astype(int) - own).max() <= 1
    once = Binarizer(network, 32, 8).ink_map(gray).map
    assert np.abs(once.astype(int) - own).max() > 1
    with pytest.raises(BadRequest, match="2 ways"):
        Binarizer(network, 32, 8).ink_map(gray, orientations=2)


def test_cancelling_is_felt_between_orientations(network):
    binarizer = Binarizer(network, 32, 8, 8)
    binarizer._infer = lopsided = _Lopsided(network)
    cancel = CancelToken()
    windows = np.zeros((1, 32, 32), np.float32)
    binarizer.probabilities(windows, cancel=cancel)
    assert len(lopsided.seen) == 8
    cancel.cancel()
    with pytest.raises(Cancelled):
        binarizer.probabilities(windows, cancel=cancel)
    assert len(lopsided.seen) == 9


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


def small_writing():
    """Return a page whose strokes are nine pixels high and two wide."""
    gray = np.full((120, 150), 220, np.uint8)
    for top in range(10, 105, 14):
        gray[top : top + 9, 8:140:6] = gray[top : top + 9, 9:141:6] = 60
    return gray


def test_small_writing_is_seen_at_twice_the_size(network):
    binarizer = Binarizer(network, 32, 8)
    seen = []

    def mirror(windows):
        seen.append(windows[..., 0])
        return windows

    binarizer._infer = mirror
    gray = small_writing()
    ink = binarizer.ink_map(gray).map
    # What the stand-in mirrors comes back where it was, though seen enlarged.
    assert np.array_equal(ink < 140, gray < 140)
    windows = np.concatenate(seen)
    assert windows.shape[1:] == (32, 32)
    assert {letters(window) for window in windows} <= {17, 18, 19, 0}
    seen.clear()
    binarizer.ink_map(gray[:64], whole=gray)
    part = len(np.concatenate(seen))
    seen.clear()
    binarizer.ink_map(gray[:64], whole=np.full_like(gray, 220))
    assert len(np.concatenate(seen)) < part
    assert {letters(window) for window in np.concatenate(seen)} <= {9, 0}


def letters(window):
    """Return the longest run of ink in the columns of a window that is not cut off."""
    runs = [0]
    for column in (window < 0.55).T:
        ends = np.flatnonzero(np.diff(np.concatenate([[0], column, [0]])))
        pairs = ends.reshape(-1, 2)
        runs += [int(b - a) for a, b in pairs if a > 0 and b < len(column)]
    return max(runs)
