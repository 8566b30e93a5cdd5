"""The figures of a line model, against what they are made of."""

import json

import numpy as np
import pytest

from hwocr_desktop.app import evaluation
from hwocr_desktop.app.evaluation import (
    LEAST_LINES,
    Decoding,
    calibrate,
    compare_decodings,
)
from hwocr_desktop.app.text_report import TextCompared, TextReport
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.bootstrap import rate_interval
from hwocr_desktop.core.text.calibration import Calibration, calibrated
from hwocr_desktop.core.text.confusions import right_characters
from hwocr_desktop.core.text.text_metrics import cer, wer
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard
from tests.drawn_lines import draw_line
from tests.pages_drawn import PlannedReader, write_image


def item(name, truth, read, sure=0.9, group="set"):
    right = right_characters(list(read), truth)
    return TextCompared(
        f"{group}/{name}",
        truth,
        read,
        cer([(read, truth)]),
        wer([(read, truth)]),
        group,
        judged=((sure,) * len(read), right),
    )


def report_of(*items, calibration=None):
    return TextReport("any", "greedy", items, 1.0, calibration=calibration)


def test_the_worst_come_first_and_the_right_ones_not_at_all():
    result = report_of(
        item("right", "abc", "abc"),
        item("half", "abcd", "abxx"),
        item("long half", "abcdefgh", "abcdxxxx"),
        item("all", "ab", "xy"),
    )
    names = [one.name for one in result.worst(20)]
    assert names == ["set/all", "set/long half", "set/half"]
    assert [one.name for one in result.worst(1)] == ["set/all"]


def test_what_is_marked_is_counted_among_wrong_and_right_words():
    # Words of two letters: 0.25 and 0.81 likely to be right.
    result = report_of(
        item("a", "ab cd", "ab xx", sure=0.5), item("b", "ab cd", "ab cd", sure=0.9)
    )
    found = result.marked(0.6)
    assert (found.wrong, found.right) == pytest.approx((100.0, 100 / 3))
    assert found.expected == pytest.approx(2 * 0.75 + 2 * 0.19)
    assert found.there == 1
    assert result.marked(0.2)[:2] == (0.0, 0.0)
    assert result.marked(1.0)[:2] == (100.0, 100.0)
    surer = report_of(*result.items, calibration=Calibration(0.0, 0.0, 3.0))
    assert surer.marked(0.6)[:2] == (0.0, 0.0)
    assert report_of(item("c", "abc", "")).marked(0.6) is None


def test_intervals_are_of_the_lines_of_each_set():
    one = [
        item(str(n), "abcdefgh", "abcdefgh"[: n % 9], group="one") for n in range(20)
    ]
    two = [item(str(n), "ab cd", "ab cx", group="two") for n in range(5)]
    result = report_of(*one, *two)
    sets = result.by_set()
    assert sets["one"].cer_interval == rate_interval([i.characters for i in one])
    assert sets["two"].wer_interval == (50.0, 50.0)
    low, high = result.cer_interval
    assert low < result.cer.percent < high


def test_the_calibration_error_before_and_in_use():
    # Sure to 90 %, right in three of four: 15 % off.
    items = [item("1", "abcd", "abcx")]
    assert report_of(*items).calibration_error == pytest.approx(15)
    assert report_of(*items).calibration_error_before == pytest.approx(15)
    parameters = Calibration(
        0.0, 0.0, float(np.log(3))
    )  # 75 % whatever the network says
    result = report_of(*items, calibration=parameters)
    assert result.calibration_error == pytest.approx(0, abs=1e-6)
    assert result.calibration_error_before == pytest.approx(15)
    (part,) = result.by_set().values()
    assert part.calibration_error == result.calibration_error


def test_where_nothing_was_read_there_is_no_calibration_error():
    result = report_of(item("1", "abc", ""))
    assert result.calibration_error is None
    assert result.calibration_error_before is None


class UnsureReader(PlannedReader):
    """Reads nothing but “a”, sure to 90 % where it says so, to 60 % elsewhere."""

    def read(self, crops, **_):
        self.lines_read += len(crops)
        return [
            Reading(
                tuple(Character("a", 0.9 - 0.3 * (n % 2), 0, 1) for n in range(10)), "r"
            )
            for _ in crops
        ]


def measured(folder, monkeypatch, lines, decoders=("greedy",)):
    """Measure a reader that is right in six of ten, whatever it says."""
    rows = []
    for number in range(lines):
        write_image(folder / f"{number}.png", draw_line("a", number))
        rows.append(f"{number}.png\taaaaaabbbb\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    monkeypatch.setattr(evaluation, "open_recognizer", lambda _: UnsureReader())
    model = str(paths.user_models() / "mine")
    ways = [Decoding(decoder) for decoder in decoders]
    return compare_decodings(folder, model, ways, cancel=CancelToken())


def write_model(folder):
    card = ModelCard("mine", "recognize-lines", "Mine", "", "", {}, "")
    return registry.save_model(folder, card, lambda path: path.write_bytes(b"w"))


def test_a_model_is_calibrated_by_lines(tmp_path, monkeypatch, hwocr_home):
    write_model(paths.user_models() / "mine")
    (result,) = measured(tmp_path, monkeypatch, LEAST_LINES)
    done = calibrate(result)
    assert done.before == pytest.approx(15)
    assert done.after < 2
    card = registry.card("mine")
    plain = done.parameters.to_plain()
    assert registry.calibrations(card) == {"greedy": Calibration.from_plain(plain)}
    for sure in (0.9, 0.6):
        assert calibrated(sure, done.parameters) == pytest.approx(0.6, abs=0.03)
    told = json.loads((card.folder / "model.json").read_text("utf-8"))
    assert set(told["confidence"]["greedy"]) == {"low", "high", "shift"}


def test_too_few_lines_to_calibrate_by(tmp_path, monkeypatch, hwocr_home):
    card = write_model(paths.user_models() / "mine")
    (result,) = measured(tmp_path, monkeypatch, LEAST_LINES - 1)
    with pytest.raises(TrainingDataMissing, match="too few"):
        calibrate(result)
    assert registry.read_card(card.folder).confidence == {}


def test_each_decoder_gets_its_report(tmp_path, monkeypatch, hwocr_home):
    results = measured(tmp_path, monkeypatch, 2, ("greedy", "beam"))
    assert [result.decoder for result in results] == ["greedy", "beam"]
    assert all(len(result.items) == 2 for result in results)
