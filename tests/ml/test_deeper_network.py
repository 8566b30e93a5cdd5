"""A line network is made deeper: at first it reads as before, then it learns."""

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.networks import crnn
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import read_card
from hwocr_desktop.ml.training.fine_tune import grow_network
from hwocr_desktop.ml.training.line_run import FitSettings
from hwocr_desktop.ml.training.line_training import TrainLinesRequest, train_lines
from tests.drawn_lines import draw_line, tiny_model, write_lines


def request(tmp_path, base, **architecture):
    return TrainLinesRequest(
        data=(tmp_path / "train",),
        held_out=(tmp_path / "held",),
        out=tmp_path / "deeper",
        run=tmp_path / "run",
        title="Deeper",
        licence="Apache-2.0",
        trained_on="drawn letters",
        settings=FitSettings(epochs=2, columns=600, learning_rate=0.01),
        architecture=architecture,
        base=base,
    )


def blocks_of_first_stage(network):
    return [x.name for x in network.layers if x.name.startswith("block0")]


@pytest.mark.tf
def test_more_blocks_change_nothing_before_they_have_learned(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    base = Recognizer.open(card)
    charset = Charset(card.charset)
    crop = stretch_ink(draw_line("abcab"))
    deeper = grow_network(base.network, card, charset, [2, 1])
    assert len(blocks_of_first_stage(deeper)) == 2 * 7
    assert deeper.count_params() > base.network.count_params()
    before, after = (
        Recognizer(network, charset, "x").log_probs([crop])[0]
        for network in (base.network, deeper)
    )
    assert np.array_equal(before, after)
    as_it_is = grow_network(base.network, card, charset)
    assert as_it_is.count_params() == base.network.count_params()


@pytest.mark.tf
def test_blocks_learn_and_stay_when_more_are_added(tmp_path):
    base = tiny_model(tmp_path / "tiny")
    write_lines(tmp_path / "train", 12)
    write_lines(tmp_path / "held", 4, seed=5)
    asked = request(tmp_path, base, blocks=[1, 0])
    train_lines(asked, cancel=CancelToken(), report=ignore_progress)
    card = read_card(asked.out)
    assert card.architecture == base.architecture | {"blocks": [1, 0]}
    opened = Recognizer.open(card)
    gain = opened.network.get_layer("block0_0_norm2").get_weights()[0]
    assert np.abs(gain).max() > 0
    deeper = grow_network(opened.network, card, Charset(card.charset), [2, 1])
    kept = deeper.get_layer("block0_0_norm2").get_weights()[0]
    assert np.array_equal(kept, gain)
    crop = stretch_ink(draw_line("abcab"))
    before, after = (
        Recognizer(network, Charset(card.charset), "x").log_probs([crop])[0]
        for network in (opened.network, deeper)
    )
    assert np.array_equal(before, after)


@pytest.mark.tf
@pytest.mark.parametrize(
    "wanted",
    [
        {"blocks": [1]},
        {"blocks": [0, -1]},
        {"blocks": [1, 0.5]},
        {"blocks": [True, 0]},
        {"blocks": 2},
        {"units": 64},
        {"blocks": [1, 1], "units": 64},
    ],
)
def test_a_network_that_cannot_be_grown_so_is_refused_before_work(tmp_path, wanted):
    asked = request(tmp_path, tiny_model(tmp_path / "tiny"), **wanted)
    with pytest.raises(BadRequest, match="to begin from"):
        train_lines(asked, cancel=CancelToken(), report=ignore_progress)


@pytest.mark.tf
def test_a_network_from_nothing_may_have_blocks(tmp_path):
    config = crnn.DEFAULT | {"blocks": [0, 1, 0, 2]}
    network = crnn.build_crnn(config, 5)
    names = {x.name for x in network.layers if crnn.is_of_block(x.name)}
    assert {name.rsplit("_", 1)[0] for name in names} == {
        "block1_0",
        "block3_0",
        "block3_1",
    }
