"""Figures of cleaning and reading, against figures worked out here."""

import cv2
import numpy as np
import pytest

from hwocr_desktop.app.evaluation import (
    GREEDY,
    Decoding,
    compare_decodings,
    evaluate_pages,
)
from hwocr_desktop.app.ink_evaluation import PairLeftOut, evaluate_binarizer
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import (
    BadDocument,
    BadModel,
    FileNotReadable,
    TrainingDataMissing,
    UnreadableImage,
)
from hwocr_desktop.core.pixels.image_metrics import measure
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.suggestions import SuggestionScore
from tests.drawn_lines import draw_line
from tests.pages_drawn import (
    PlannedReader,
    draw_page,
    line_at,
    write_image,
    write_truth,
)

OTSU = Cleaning("otsu")


@pytest.fixture
def planned(monkeypatch):
    def plan(*texts):
        return PlannedReader.install(monkeypatch, *texts)

    return plan


def run(function, *arguments, **options):
    return function(*arguments, cancel=CancelToken(), **options)


def evaluate_lines(folder, model, decoding=GREEDY, **options):
    """Measure one way of reading lines."""
    (report,) = compare_decodings(folder, model, [decoding], **options)
    return report


def write_pairs(folder, count=2):
    """Write pages whose ink is, but for a block, what Otsu finds."""
    truths = {}
    for number in range(count):
        gray = draw_page(2, number)
        truth = ink_by_threshold(gray, "otsu").binary()
        truth[: 10 * number, :100] = True
        write_image(folder / "images" / f"p{number}.webp", gray)
        write_image(
            folder / "gt" / f"p{number}.png", 255 - 255 * truth.astype(np.uint8)
        )
        truths[f"p{number}"] = truth
    return truths


@pytest.mark.parametrize("method", ["otsu", "sauvola", "wolf", "nick"])
def test_a_method_is_measured_at_its_own_cut(method, tmp_path):
    truths = write_pairs(tmp_path)
    report = run(evaluate_binarizer, tmp_path, method)
    assert [page.name for page in report.pages] == sorted(truths)
    for page in report.pages:
        path = tmp_path / "images" / f"{page.name}.webp"
        gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        binary = ink_by_threshold(gray, method).binary()
        expected = measure(binary, truths[page.name])
        assert page.scores == expected
        assert page.megapixels == gray.size / 1e6
    mean = np.mean([page.scores.f_measure for page in report.pages])
    assert report.mean.f_measure == pytest.approx(mean)
    assert report.megapixels_per_second > 0


def test_several_sets_are_measured_together(tmp_path):
    write_pairs(tmp_path / "one", 1)
    write_pairs(tmp_path / "two", 1)
    report = run(evaluate_binarizer, tmp_path, "otsu")
    assert [page.name for page in report.pages] == ["one/p0", "two/p0"]


def without_one(folder):
    """Measure where one page is at fault; return the pages and what was told of it."""
    told = []
    report = run(
        evaluate_binarizer, folder, "otsu", report=lambda p: told.append(p.partial)
    )
    (fault,) = [partial for partial in told if isinstance(partial, PairLeftOut)]
    return [page.name for page in report.pages], fault


def test_a_truth_of_another_size_is_named_and_left_out(tmp_path):
    write_pairs(tmp_path)
    write_image(tmp_path / "gt" / "p1.png", np.zeros((7, 9), np.uint8))
    measured, fault = without_one(tmp_path)
    assert measured == ["p0"]
    assert fault.name == "p1"
    assert isinstance(fault.error, BadDocument)
    assert "9 x 7" in fault.error.message


def test_a_damaged_picture_is_left_out_and_the_only_one_an_error(tmp_path):
    write_pairs(tmp_path)
    (tmp_path / "images" / "p1.webp").write_bytes(b"RIFF")
    measured, fault = without_one(tmp_path)
    assert measured == ["p0"]
    assert isinstance(fault.error, UnreadableImage)
    (tmp_path / "images" / "p0.webp").write_bytes(b"RIFF")
    with pytest.raises(UnreadableImage):
        run(evaluate_binarizer, tmp_path, "otsu")


@pytest.mark.parametrize(
    "function", [evaluate_binarizer, evaluate_lines, evaluate_pages]
)
def test_nothing_to_measure_on(function, tmp_path):
    with pytest.raises(FileNotReadable):
        run(function, tmp_path / "missing", "otsu")
    with pytest.raises(TrainingDataMissing):
        run(function, tmp_path, "otsu")


def test_a_method_that_does_not_exist(tmp_path):
    write_pairs(tmp_path, 1)
    with pytest.raises(BadModel):
        run(evaluate_binarizer, tmp_path, "no-such-method")


def write_lines(folder, texts):
    rows = []
    for number, text in enumerate(texts):
        write_image(folder / f"{number}.png", draw_line("abc", number))
        rows.append(f"{number}.png\t{text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")


def test_rates_are_sums_over_sums(tmp_path, planned):
    write_lines(tmp_path / "set", ["abcd", "ab", "ö"])
    planned("abXd", "ab", "ö").lines_read = -1  # one line warms it up
    report = run(evaluate_lines, tmp_path, "any")
    assert [item.name for item in report.items] == ["set/0", "set/1", "set/2"]
    assert [(i.characters.errors, i.characters.total) for i in report.items] == [
        (1, 4),
        (0, 2),
        (0, 1),
    ]
    assert report.cer.percent == pytest.approx(100 / 7)
    assert report.wer.percent == pytest.approx(100 / 3)
    assert report.seconds > 0


def test_letters_that_the_model_cannot_read_are_told_and_counted(
    tmp_path, planned, caplog
):
    write_lines(tmp_path / "set", ["abcd", "aþb", "ab"])
    reader = planned("abcd", "ab", "ab")
    reader.charset, reader.lines_read = Charset("abcd"), -1
    report = run(evaluate_lines, tmp_path, "any")
    assert "þ" in caplog.text
    assert report.cer.errors == 1


def test_sets_have_figures_of_their_own(tmp_path, planned):
    write_lines(tmp_path / "good", ["ab"])
    write_lines(tmp_path / "poor", ["cd"])
    planned("ab")
    report = run(evaluate_lines, tmp_path, "any")
    sets = report.by_set()
    assert {name: part.cer.percent for name, part in sets.items()} == {
        "good": 0.0,
        "poor": 100.0,
    }


def test_print_and_lines_without_text_are_no_lines_to_read(tmp_path, planned):
    gray = draw_page(4)
    write_image(tmp_path / "a.png", gray)
    lines = [line_at(0, "abc"), line_at(1), line_at(2, "bbb", "printed")]
    write_truth(tmp_path / "a.xml", [*lines, line_at(3, "aaa")], gray, "a.png")
    planned("abc", "abc", "aaa")
    report = run(evaluate_lines, tmp_path, "any")
    assert [item.truth for item in report.items] == ["abc", "aaa"]
    assert report.cer.errors == 0


def test_a_page_is_compared_without_line_breaks(tmp_path, planned):
    write_image(tmp_path / "set" / "a.png", draw_page(2))
    (tmp_path / "set" / "a.txt").write_text("He went to\nLon don", encoding="utf-8")
    planned("He went", "to Lon don")
    report = run(evaluate_pages, tmp_path, "any", cleaning=OTSU)
    (item,) = report.items
    assert (item.name, item.set, item.lines) == ("set/a", "set", 2)
    assert (item.read, item.truth) == ("He went to Lon don",) * 2
    assert report.cer.errors == report.wer.errors == 0
    assert item.seconds > 0


def test_a_wrong_order_of_lines_costs(tmp_path, planned):
    write_image(tmp_path / "a.png", draw_page(2))
    (tmp_path / "a.txt").write_text("second\nfirst\n", encoding="utf-8")
    planned("first", "second")
    report = run(evaluate_pages, tmp_path, "any", cleaning=OTSU)
    assert report.cer.errors > 5


def test_what_is_read_on_print_does_not_count(tmp_path, planned):
    gray = draw_page(4)
    write_image(tmp_path / "a.png", gray)
    lines = [
        line_at(0, "LETTER HEAD", "printed"),
        line_at(1, "abc cab"),
        line_at(2),
        line_at(3, "aaa"),
    ]
    write_truth(tmp_path / "a.xml", lines, gray, "a.png")
    planned("L3TT3R H34D", "abc cab", "struck out", "aaa")
    report = run(evaluate_pages, tmp_path, "any", cleaning=OTSU)
    (item,) = report.items
    assert item.truth == item.read == "abc cab aaa"
    assert item.lines == 4


def test_a_page_without_lines_reads_as_nothing(tmp_path, planned):
    write_image(tmp_path / "a.png", np.full((300, 300), 230, np.uint8))
    (tmp_path / "a.txt").write_text("abcde", encoding="utf-8")
    planned("never")
    report = run(evaluate_pages, tmp_path, "any", cleaning=OTSU)
    assert report.cer.percent == 100.0


def test_a_page_without_text_is_left_out_and_said(tmp_path, planned, caplog):
    for name in ("a", "b"):
        write_image(tmp_path / f"{name}.png", draw_page(1))
    (tmp_path / "b.txt").write_text("abc", encoding="utf-8")
    planned("abc")
    report = run(evaluate_pages, tmp_path, "any", cleaning=OTSU)
    assert [item.name for item in report.items] == ["b"]
    assert "a.png" in caplog.text


def test_measuring_can_be_cancelled(tmp_path, planned):
    write_pairs(tmp_path / "ink")
    write_lines(tmp_path / "lines", ["ab", "cd"])
    planned("ab")
    for function, folder, method in (
        (evaluate_binarizer, "ink", "otsu"),
        (evaluate_lines, "lines", "any"),
    ):
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            function(tmp_path / folder, method, cancel=token)


NAMES = Lexicon(["Ballyvaughan"], "constrain")
WAYS = (
    Decoding("greedy"),
    Decoding("beam"),
    Decoding("word-beam"),
    Decoding("word-beam", NAMES, "names.txt"),
)


def test_lines_are_read_in_each_way_that_is_measured(tmp_path, planned):
    write_lines(tmp_path, ["ab", "cd"])
    reader = planned("ab")
    reports = run(compare_decodings, tmp_path, "any", WAYS)
    # Each way is warmed up by itself, so that the first costs no time of its own.
    expected = [(way.decoder, way.lexicon) for way in WAYS for _ in range(2)]
    assert reader.ways == expected
    told = [(report.decoder, report.lexicon) for report in reports]
    assert told == [(way.decoder, way.lexicon_name) for way in WAYS]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.decoder + way.lexicon_name)
def test_pages_are_read_in_the_way_that_is_measured(way, tmp_path, planned):
    write_image(tmp_path / "a.png", draw_page(2))
    (tmp_path / "a.txt").write_text("ab\ncd\n", encoding="utf-8")
    reader = planned("ab", "cd")
    report = run(evaluate_pages, tmp_path, "any", decoding=way, cleaning=OTSU)
    assert len(reader.ways) >= 2
    assert set(reader.ways) == {(way.decoder, way.lexicon)}
    assert (report.decoder, report.lexicon) == (way.decoder, way.lexicon_name)


ENGLISH = "many friends have written about their journey"


def test_the_speller_joins_in_by_what_was_read_and_not_by_what_is_right(
    tmp_path, planned
):
    write_lines(tmp_path / "read", [ENGLISH, "received"])
    write_lines(tmp_path / "unread", [ENGLISH, "received"])
    wrong = "mamy friemds bave writtem abont tbeir jourmey"
    reader = planned(ENGLISH, "rexeived", wrong, "rexeived")
    reader.lines_read = -1  # one line warms it up
    reader.confidence = 0.3
    sets = run(evaluate_lines, tmp_path, "any").by_set()
    assert sets["read"].suggested == SuggestionScore(1, 1, 1)
    assert sets["unread"].suggested == SuggestionScore()


def test_the_language_is_that_of_each_page(tmp_path, planned):
    gray = draw_page(2)
    for name in ("a", "b"):
        write_image(tmp_path / f"{name}.png", gray)
        truth = [line_at(0, ENGLISH), line_at(1, "received")]
        write_truth(tmp_path / f"{name}.xml", truth, gray, f"{name}.png")
    german = "gestern habe ich deinen Brief erhalten"
    reader = planned(ENGLISH, "rexeived", german, "rexeived")
    reader.lines_read = -1
    reader.confidence = 0.3
    items = run(evaluate_lines, tmp_path, "any").items
    assert [item.suggested.given for item in items] == [0, 1, 0, 0]


def test_words_of_the_list_are_suggested_for_words_that_would_be_marked(
    tmp_path, planned
):
    write_lines(tmp_path, ["Ballyvaughan", "Ballyvaughan"])
    reader = planned("Ballyvaughen", "Bollyvaughan")
    reader.lines_read = -1
    # Of twelve characters: half of the words of 0.944 are right, and are not marked.
    for sure, count in ((0.943, 2), (0.945, 0)):
        reader.confidence = sure
        report = run(evaluate_lines, tmp_path, "any", WAYS[3])
        assert report.suggested == SuggestionScore(count, count, count)
        reader.lines_read = -1
        assert run(evaluate_lines, tmp_path, "any", WAYS[2]).suggested.given == 0
        reader.lines_read = -1
