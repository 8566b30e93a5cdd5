"""A line network is made larger: at first it reads as before, then it learns."""

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.line_batch import pack
from hwocr_desktop.ml.networks import crnn
from hwocr_desktop.ml.networks.growth import grow_network, larger
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import read_card
from hwocr_desktop.ml.training import line_training
from hwocr_desktop.ml.training.line_run import FitSettings
from hwocr_desktop.ml.training.line_training import TrainLinesRequest, train_lines
from tests.drawn_lines import TINY, draw_line, tiny_model, write_lines


def request(tmp_path, base, **architecture):
    return TrainLinesRequest(
        data=(tmp_path / "train",),
        held_out=(tmp_path / "held",),
        out=tmp_path / "larger",
        run=tmp_path / "run",
        title="Larger",
        licence="Apache-2.0",
        trained_on="drawn letters",
        settings=FitSettings(epochs=2, columns=600, learning_rate=0.01),
        architecture=architecture,
        base=base,
    )


def answers(network):
    """Return what both heads of a network say of a line."""
    batch = pack([stretch_ink(draw_line("abcab"))])
    return [np.array(out) for out in network([batch.lines, batch.frames])]


@pytest.mark.tf
@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"blocks": [2, 1]},
        {"stages": [[8], [24]]},
        {"stages": [[10], [16]]},
        {"stages": [[9], [20]], "blocks": [1, 1]},
    ],
)
def test_a_larger_network_answers_as_before(tmp_path, step, more):
    card = tiny_model(tmp_path / "tiny", step)
    base = Recognizer.open(card).network
    charset = Charset(card.charset)
    config = larger(card.architecture, more)
    grown = grow_network(base, card.architecture, charset, config)
    assert (grown.count_params() > base.count_params()) == bool(more)
    for before, after in zip(answers(base), answers(grown), strict=True):
        assert np.allclose(before, after, atol=1e-5)
    assert np.abs(answers(base)[0]).max() > 0.01


@pytest.mark.tf
def test_what_was_added_learns_and_stays_when_more_is_added(tmp_path):
    base = tiny_model(tmp_path / "tiny")
    write_lines(tmp_path / "train", 12)
    write_lines(tmp_path / "held", 4, seed=5)
    more = {"stages": [[8], [20]], "blocks": [1, 0]}
    asked = request(tmp_path, base, **more)
    train_lines(asked, cancel=CancelToken(), report=ignore_progress)
    card = read_card(asked.out)
    assert card.architecture == base.architecture | more
    opened = Recognizer.open(card).network
    gain = opened.get_layer("block0_0_norm2").get_weights()[0]
    assert np.abs(gain).max() > 0
    recurrent = opened.get_layer("blstm1").get_weights()[0]
    assert recurrent.shape[0] == 2 * 20
    for frame in (0, 1):
        assert np.abs(recurrent[frame * 20 + 16 : (frame + 1) * 20]).max() > 0
    charset = Charset(card.charset)
    config = larger(card.architecture, {"blocks": [2, 1], "stages": [[9], [20]]})
    grown = grow_network(opened, card.architecture, charset, config)
    kept = grown.get_layer("block0_0_norm2").get_weights()[0]
    assert np.array_equal(kept[:8], gain)
    for before, after in zip(answers(opened), answers(grown), strict=True):
        assert np.allclose(before, after, atol=1e-5)


@pytest.mark.tf
@pytest.mark.parametrize(
    "wanted",
    [
        {"blocks": [1]},
        {"blocks": [0, -1]},
        {"blocks": [1, 0.5]},
        {"blocks": [True, 0]},
        {"blocks": 2},
        {"stages": [[8]]},
        {"stages": [[8], [16, 16]]},
        {"stages": [[8], [15]]},
        {"units": 64},
        {"blocks": [1, 1], "units": 64},
    ],
)
def test_a_network_that_cannot_become_so_is_refused_before_work(tmp_path, wanted):
    asked = request(tmp_path, tiny_model(tmp_path / "tiny"), **wanted)
    with pytest.raises(BadRequest, match="to begin from"):
        train_lines(asked, cancel=CancelToken(), report=ignore_progress)


def test_what_is_asked_for_is_kept_apart_from_what_was():
    known = dict(TINY)
    assert larger(known, {}) == known == TINY
    assert larger(known, {"blocks": [0, 1]})["blocks"] == [0, 1]
    assert known == TINY


@pytest.mark.tf
def test_a_network_from_nothing_may_have_blocks():
    config = crnn.DEFAULT | {"blocks": [0, 1, 0, 2]}
    network = crnn.build_crnn(config, 5)
    names = {x.name for x in network.layers if crnn.is_of_block(x.name)}
    assert {name.rsplit("_", 1)[0] for name in names} == {
        "block1_0",
        "block3_0",
        "block3_1",
    }


@pytest.mark.tf
@pytest.mark.parametrize(
    "wanted", [{"blocks": [1]}, {"units": "many"}, {"stages": [["a"]]}, {"height": -3}]
)
def test_a_network_that_cannot_be_built_is_refused_in_words(tmp_path, wanted):
    for name in ("train", "held"):
        write_lines(tmp_path / name, 2)
    asked = request(tmp_path, None, **wanted)
    with pytest.raises(BadRequest, match="cannot be built"):
        train_lines(asked, cancel=CancelToken(), report=ignore_progress)


@pytest.mark.parametrize("has_base", [False, True])
def test_a_network_far_too_large_is_refused_before_anything_is_opened(
    tmp_path, monkeypatch, has_base
):
    base = tiny_model(tmp_path / "tiny") if has_base else None
    asked = request(tmp_path, base, blocks=[0, 10**9, 0, 0][: 2 if has_base else 4])
    monkeypatch.setattr(line_training, "load_lines", pytest.fail)
    monkeypatch.setattr(line_training.runtime, "keras", pytest.fail)
    with pytest.raises(BadRequest, match="cannot be built"):
        train_lines(asked, cancel=CancelToken(), report=ignore_progress)
