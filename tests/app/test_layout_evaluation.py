"""Measuring the finding of lines, and the command that tells it."""

import csv
import shutil
from pathlib import Path

import cv2
import pytest

from hwocr_desktop.app import layout_evaluation as module
from hwocr_desktop.app.layout_evaluation import evaluate_layout
from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.core.pixels.line_drawing import shape_along
from hwocr_desktop.core.progress import Cancelled, CancelToken
from tests.cli.conftest import hwocr  # noqa: F401 - a fixture
from tests.pages_drawn import (
    PlannedReader,
    draw_page,
    line_at,
    lines_of,
    write_image,
    write_truth,
)

TEXTS = ["one", "two", "three", "four"]


@pytest.fixture
def pages(tmp_path):
    """Write two pages of four and three lines with their truth."""
    for name, count in (("a", 4), ("b", 3)):
        gray = draw_page(count)
        write_image(tmp_path / "set" / f"{name}.png", gray)
        lines = [line_at(i, TEXTS[i]) for i in range(count)]
        write_truth(tmp_path / "set" / f"{name}.xml", lines, gray, f"{name}.png")
    return tmp_path / "set"


def find(monkeypatch, change):
    """Let the finder find what ``change`` makes of the true lines."""
    monkeypatch.setattr(
        module, "find_lines", lambda binary, **_: change(lines_of(binary))
    )


def test_true_lines_have_full_marks(pages, monkeypatch):
    find(monkeypatch, lambda lines: lines)
    report = evaluate_layout(pages, cancel=CancelToken())
    scores = report.scores
    assert (scores.precision, scores.recall, scores.f) == pytest.approx((1, 1, 1))
    assert (scores.merges, scores.splits) == (0, 0)
    assert report.outlines.matched == report.outlines.true == 7
    assert report.order == 1.0
    assert report.read_found is report.read_true is None


def test_a_lost_line_and_a_wrong_order_are_told_apart(pages, monkeypatch):
    find(monkeypatch, lambda lines: lines[::-1])
    reverse = evaluate_layout(pages, cancel=CancelToken())
    assert reverse.scores.f == pytest.approx(1.0)
    assert reverse.order == -1.0
    find(monkeypatch, lambda lines: lines[1:])
    lost = evaluate_layout(pages, cancel=CancelToken())
    assert lost.scores.precision == pytest.approx(1.0)
    assert lost.scores.recall == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert lost.order == 1.0


def test_print_and_lines_without_text_count_neither_way(tmp_path, monkeypatch):
    gray = draw_page(4)
    write_image(tmp_path / "a.png", gray)
    lines = [
        line_at(0, "one"),
        line_at(1, "print", "printed"),
        line_at(2, ""),
        line_at(3, "four"),
    ]
    write_truth(tmp_path / "a.xml", lines, gray, "a.png")
    for change in (lambda found: found, lambda found: (found[0], found[3])):
        find(monkeypatch, change)
        (item,) = evaluate_layout(tmp_path, cancel=CancelToken()).items
        assert item.scores.f == pytest.approx(1.0)
        assert len(item.page.beside) == 2


def test_what_the_finding_costs_is_read_twice(pages, monkeypatch):
    # Found lines first, then the true ones, page by page.
    reader = PlannedReader(*TEXTS[:3], *TEXTS, *TEXTS[:2], *TEXTS[:3])
    monkeypatch.setattr(module, "open_recognizer", lambda _: reader)
    find(monkeypatch, lambda lines: lines[:-1])
    report = evaluate_layout(pages, read_with="any", cancel=CancelToken())
    assert report.read_true.errors == 0
    # The last line of each page is missing: " four" and " three".
    assert report.read_found.errors == len(" four") + len(" three")
    assert report.read_in_order == report.read_found
    assert report.read_described == report.read_found


def test_what_is_read_where_the_truth_has_nothing_is_told_apart(pages, monkeypatch):
    reader = PlannedReader("a stamp", *TEXTS, *TEXTS, "a stamp", *TEXTS[:3], *TEXTS[:3])
    monkeypatch.setattr(module, "open_recognizer", lambda _: reader)
    for name in ("a", "b"):  # where nothing is, nothing is read
        gray = cv2.imread(str(pages / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
        cv2.putText(gray, "stamp", (5, 16), cv2.FONT_HERSHEY_PLAIN, 1.0, 0)
        write_image(pages / f"{name}.png", gray)
    stamp = shape_along([(5.0, 16.0), (60.0, 16.0)], 12.0, 4.0)
    find(monkeypatch, lambda lines: (stamp, *lines))
    report = evaluate_layout(pages, read_with="any", cancel=CancelToken())
    assert report.read_found.errors == 2 * len("a stamp ")
    assert report.read_in_order == report.read_found
    assert report.read_described.errors == report.read_true.errors == 0


def test_what_the_order_costs_is_told_apart(pages, monkeypatch):
    reader = PlannedReader(*TEXTS[::-1], *TEXTS, *TEXTS[2::-1], *TEXTS[:3])
    monkeypatch.setattr(module, "open_recognizer", lambda _: reader)
    find(monkeypatch, lambda lines: lines[::-1])
    report = evaluate_layout(pages, read_with="any", cancel=CancelToken())
    assert report.read_found.errors > 0
    assert report.read_in_order.errors == report.read_true.errors == 0


def test_nothing_to_measure_on(tmp_path):
    write_image(tmp_path / "a.png", draw_page(1))
    (tmp_path / "a.txt").write_text("only text", encoding="utf-8")
    with pytest.raises(TrainingDataMissing, match="has lines with a text"):
        evaluate_layout(tmp_path, cancel=CancelToken())


def test_it_stops_when_told(pages):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        evaluate_layout(pages, cancel=token)


def test_the_command_tells_figures_table_and_pictures(hwocr, tmp_path):  # noqa: F811
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("letter_1862.jpg", "emigrant_1849.jpg"):
        truth = Path("page", name).with_suffix(".xml")
        for file in (Path(name), truth):
            shutil.copy(bundled_resources() / "samples" / file, pages / file.name)
    table, sheet = tmp_path / "t.csv", tmp_path / "s.png"
    arguments = ("evaluate", "layout", "--data", pages)
    told = hwocr(*arguments, "--json", "--csv", table, "--sheet", sheet).json
    assert told["pages"] == 2
    assert set(told["baseline"]) == set(told["polygon"]) == {"precision", "recall", "f"}
    assert told["baseline"]["recall"] > 0.95
    assert told["baseline"]["precision"] > 0.9
    assert {"merges", "splits", "order_tau", "seconds_per_page"} <= set(told)
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["emigrant_1849", "letter_1862"]
    assert [row["true"] for row in rows] == ["16", "21"]
    picture = cv2.imread(str(sheet))
    assert picture.shape[1] > 1200
    blue = (picture == (178, 114, 0)).all(axis=2).sum()
    red = (picture == (0, 94, 213)).all(axis=2).sum()
    assert blue > 1000
    assert red > 1000
    plain = hwocr(*arguments).out
    assert "baselines: precision" in plain


def test_a_method_has_no_card(hwocr, pages):  # noqa: F811
    arguments = ("--data", pages, "--model", "classical", "--write-card", "x")
    done = hwocr("evaluate", "layout", *arguments)
    assert done.code == 2
    assert "has no card" in done.err


def test_what_is_found_in_a_region_without_lines_does_not_count(tmp_path, monkeypatch):
    gray = draw_page(4)
    write_image(tmp_path / "a.png", gray)
    truth = tmp_path / "a.xml"
    write_truth(truth, [line_at(i, TEXTS[i]) for i in (0, 1, 2)], gray, "a.png")
    find(monkeypatch, lambda found: found)
    (item,) = evaluate_layout(tmp_path, cancel=CancelToken()).items
    assert item.scores.precision == pytest.approx(3 / 4)
    stamp = line_at(3).shape.polygon
    points = " ".join(f"{x},{y}" for x, y in stamp)
    region = f'<GraphicRegion id="g1"><Coords points="{points}"/></GraphicRegion>'
    whole = truth.read_text("utf-8")
    truth.write_text(whole.replace("</Page>", f"{region}</Page>"), "utf-8")
    (item,) = evaluate_layout(tmp_path, cancel=CancelToken()).items
    assert item.scores.precision == pytest.approx(1.0)
    assert item.scores.recall == pytest.approx(1.0)


def test_what_is_far_from_the_truth_is_told_apart(tmp_path, monkeypatch):
    gray = draw_page(9)
    write_image(tmp_path / "a.png", gray)
    write_truth(tmp_path / "a.xml", [line_at(0, "one")], gray, "a.png")
    find(monkeypatch, lambda found: (found[0], found[1], found[8]))
    (item,) = evaluate_layout(tmp_path, cancel=CancelToken()).items
    assert item.scores.precision == pytest.approx(1 / 3)
    assert item.near.precision == pytest.approx(1 / 2)
    assert item.near.recall == item.scores.recall == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("asked", "used"), [((), "word-beam"), (("--decoder", "greedy"), "greedy")]
)
def test_pages_are_read_as_in_use_or_as_asked(
    asked,
    used,
    hwocr,  # noqa: F811
    pages,
    monkeypatch,
):
    decoders = set()

    class Reader(PlannedReader):
        def read(self, crops, *, decoder="", **others):
            decoders.add(decoder)
            return super().read(crops, decoder=decoder, **others)

    monkeypatch.setattr(module, "open_recognizer", lambda _: Reader(*TEXTS))
    arguments = ("--read-with", "any", *asked, "--json")
    told = hwocr("evaluate", "layout", "--data", pages, *arguments).json
    assert decoders == {used}
    assert told["decoder"] == used
    assert told["cer_true_lines"] is not None


def test_a_decoder_without_a_reader_is_refused(hwocr, pages):  # noqa: F811
    done = hwocr("evaluate", "layout", "--data", pages, "--decoder", "greedy")
    assert done.code == BadRequest.exit_code
    assert "--read-with" in done.err
