"""A line network in use."""

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.pixels.crops import faint_shade, stretch_ink
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.calibration import Calibration, calibrated_reading
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.recognizer import MAX_ASPECT, MAX_BATCH, Recognizer
from tests.drawn_lines import draw_line, tiny_model, tiny_network

pytestmark = pytest.mark.tf


@pytest.fixture(scope="module", params=[1, 2])
def recognizer(request):
    network = tiny_network(step=request.param)
    # Louder weights: an untrained network would call every frame alike.
    network.set_weights([w * 3.0 for w in network.get_weights()])
    return Recognizer(network, Charset("abc"), "tiny")


def lines(count):
    words = ["ab", "abcabc", "c", "cabbage", "aaaa"]
    return [draw_line(words[i % 5] * (1 + i % 3), i) for i in range(count)]


def test_a_line_reads_the_same_alone_and_in_any_batch(recognizer):
    crops = [stretch_ink(line) for line in lines(7)]
    together = recognizer.log_probs(crops)
    for crop, probs in zip(crops, together, strict=True):
        alone = recognizer.log_probs([crop])[0]
        assert alone.shape == probs.shape
        # The last frames see the padding through the convolutions; no others do.
        assert np.abs(alone - probs)[: len(alone) - 4].max() < 1e-3


def test_log_probabilities_are_normalized(recognizer):
    probs = recognizer.log_probs([stretch_ink(draw_line("abc"))])[0]
    assert np.allclose(np.exp(probs).sum(axis=1), 1.0, atol=1e-4)


@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_readings_come_in_the_order_of_the_lines_and_each_is_reported(
    recognizer, decoder
):
    reports = []
    crops = lines(2 * MAX_BATCH + 3)
    readings = recognizer.read(crops, decoder=decoder, report=reports.append)
    assert len(readings) == len(crops)
    by_index = dict(progress.partial for progress in reports)
    assert [by_index[i] for i in range(len(crops))] == readings
    assert [p.done for p in reports] == list(range(1, len(crops) + 1))
    for crop, reading in zip(crops, readings, strict=True):
        alone = recognizer.read([crop], decoder=decoder)[0]
        assert alone.text == reading.text
        assert reading.model == "tiny"
        edges = [e for c in reading.characters for e in (c.start, c.end)]
        assert edges == sorted(edges)
        assert all(0 <= e <= 1 for e in edges)


def test_lines_of_any_height_and_width_are_read(recognizer):
    rng = np.random.default_rng(0)
    sizes = ((1, 2), (300, 20), (9, 700), (2, 9000))
    odd = [rng.integers(0, 256, size).astype(np.uint8) for size in sizes]
    assert len(recognizer.read(odd)) == 4


def test_nothing_is_read_where_nothing_is_written(recognizer):
    blank = [np.full((64, 300), shade, np.uint8) for shade in (0, 128, 255)]
    empty = np.zeros((0, 40), np.uint8)
    crops = [blank[0], draw_line("abc"), blank[1], empty, blank[2]]
    reports = []
    readings = recognizer.read(crops, report=reports.append)
    assert [bool(r.characters) for r in readings] == [False, True, False, False, False]
    assert dict(p.partial for p in reports) == dict(enumerate(readings))
    assert [p.done for p in reports] == [1, 2, 3, 4, 5]


def test_a_faint_shade_is_looked_at(recognizer, monkeypatch):
    seen = []
    log_probs = recognizer.log_probs
    monkeypatch.setattr(
        recognizer, "log_probs", lambda inks: (seen.append(inks), log_probs(inks))[1]
    )
    recognizer.read([faint_shade(recognizer.height)])
    assert len(seen) == 1


def test_with_a_list_confidences_are_calibrated_by_a_map_of_their_own(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    usual, own = Calibration(0.5, 0.5, 0.5), Calibration(0.9, 0.9, -0.5)
    line, names = draw_line("abcab"), Lexicon(["ab", "abc"])

    def sure(card, lexicon=None):
        (reading,) = Recognizer.open(card).read(
            [line], decoder="word-beam", lexicon=lexicon
        )
        return [c.confidence for c in reading.characters]

    bare, bare_with_list = sure(card), sure(card, names)
    card = registry.update_calibration(card, "word-beam", usual)
    assert sure(card) != bare
    as_usual = sure(card, names)
    assert as_usual != bare_with_list
    card = registry.update_calibration(card, "word-beam with a list", own)
    assert sure(card, names) != as_usual


def test_very_long_lines_are_read_few_at_a_time_and_not_squeezed(
    recognizer, monkeypatch
):
    seen = []
    log_probs = recognizer.log_probs
    monkeypatch.setattr(
        recognizer,
        "log_probs",
        lambda inks: (seen.append([ink.shape for ink in inks]), log_probs(inks))[1],
    )
    long = np.tile(draw_line("abc"), (1, 9000 // draw_line("abc").shape[1]))
    recognizer.read([long] * 5 + [draw_line("abc")] * 3)
    assert {shape for shapes in seen for shape in shapes} == {
        long.shape,
        draw_line("abc").shape,
    }
    assert all(
        len(shapes) * max(shape[1] for shape in shapes) <= 64 * MAX_ASPECT
        for shapes in seen
    )


def test_no_lines_no_readings(recognizer):
    assert recognizer.read([]) == []


def test_cancelling_stops_within_a_batch(recognizer):
    token = CancelToken()
    reports = []

    def report(progress):
        reports.append(progress)
        token.cancel()

    with pytest.raises(Cancelled):
        recognizer.read(lines(40), cancel=token, report=report)
    assert len(reports) <= MAX_BATCH


def test_an_opened_model_reads_as_the_network_it_was_saved_from(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    fresh = Recognizer(tiny_network(), Charset("abc"), "tiny")
    crop = stretch_ink(draw_line("abca"))
    opened = Recognizer.open(card)
    assert np.allclose(opened.log_probs([crop])[0], fresh.log_probs([crop])[0])


def test_weights_that_do_not_fit_their_description(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    architecture = dict(card.architecture, units=24)
    wrong = type(card)(**(vars(card) | {"architecture": architecture}))
    with pytest.raises(BadModel, match="do not fit"):
        Recognizer.open(wrong)


def test_confidences_are_calibrated_as_the_card_says(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    fitted = Calibration(0.4, 0.7, -0.5)
    raw = Recognizer.open(card).read(lines(3))
    calibrated = Recognizer.open(registry.update_calibration(card, "greedy", fitted))
    again = calibrated.read(lines(3))
    assert again == [calibrated_reading(reading, fitted) for reading in raw]
    assert again != raw
    # The map of one decoder is not that of another.
    plain, beam = Recognizer.open(card), "beam"
    assert calibrated.read(lines(3), decoder=beam) == plain.read(lines(3), decoder=beam)
