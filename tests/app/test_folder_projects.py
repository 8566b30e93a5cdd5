"""Folders of transcribed pages or lines, opened as projects that are nowhere kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hwocr_desktop.app.corrected_lines import crop_lines
from hwocr_desktop.app.folder_projects import project_of_folder, whole_picture
from hwocr_desktop.app.learning_lines import checked_lines, choose_lines
from hwocr_desktop.core.document.document import Character, Page, Reading
from hwocr_desktop.core.document.project_file import create_project
from hwocr_desktop.core.errors import FileNotReadable, TrainingDataMissing
from hwocr_desktop.core.formats.documents import SIDECAR_FOLDERS, write_document
from hwocr_desktop.core.pixels import imaging
from hwocr_desktop.core.pixels.crops import SIDE_MARGIN, crop_to_read
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from tests.drawn_lines import samples
from tests.pages_drawn import draw_page, line_at, write_image

TEXTS = ("first line", "second line")


def opened(folder, cancel=None):
    return project_of_folder(
        folder, cancel=cancel or CancelToken(), report=ignore_progress
    )


def write_labels(folder, count):
    drawn = samples(count)
    rows = []
    for number, sample in enumerate(drawn):
        write_image(folder / f"{number:02d}.png", sample.gray)
        rows.append(f"{number:02d}.png\t{sample.text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    return drawn


@given(st.integers(16, 120), st.integers(60, 900))
def test_a_line_that_is_the_whole_picture_is_cut_out_as_it_is(height, width):
    rng = np.random.default_rng(height * width)
    picture = cv2.GaussianBlur(
        rng.integers(0, 256, (height, width), np.uint8), (0, 0), 2
    )
    shape = whole_picture(width, height)
    if width > 2 * SIDE_MARGIN * height + 1:
        crop = crop_to_read(picture, shape, height)
        # It may begin at a part of a pixel.
        assert abs(crop.shape[1] - width) <= 1
        same = crop[:, :width].astype(int) - picture[:, : crop.shape[1]]
        assert np.abs(same).mean() < 5
    x0, y0, x1, y1 = shape.bounds
    assert (x0, y0, x1, y1) == (0, 0, width, height)
    assert 0 <= shape.baseline[0][0] < shape.baseline[1][0] <= width


def test_pictures_of_lines_are_checked_lines(tmp_path):
    drawn = write_labels(tmp_path / "set", 7)
    project = opened(tmp_path)
    assert project.title == tmp_path.name
    lines = checked_lines(project)
    assert [line.text for _, line in lines] == [sample.text for sample in drawn]
    assert len({page.id for page, _ in lines}) == 7
    crops, lost = crop_lines(tmp_path, lines, CancelToken())
    assert lost == 0
    for crop, sample in zip(crops, drawn, strict=True):
        assert abs(crop.gray.shape[1] - sample.gray.shape[1]) <= 1
        assert crop.text == sample.text


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(FileNotReadable, match="is a file"):
        opened(tmp_path / "a.txt")


def test_pictures_of_lines_are_no_pages_to_measure_on(tmp_path):
    write_labels(tmp_path, 30)
    assert choose_lines(opened(tmp_path)).split == "picture"


def test_a_broken_picture_is_left_out(tmp_path, caplog):
    write_labels(tmp_path, 3)
    (tmp_path / "01.png").write_bytes(b"no picture")
    assert len(checked_lines(opened(tmp_path))) == 2
    assert "01.png" in caplog.text


@pytest.mark.parametrize("kind", ["page", "page2013", "alto"])
def test_pages_of_other_programs_are_checked_but_for_what_a_machine_read(
    kind, tmp_path
):
    write_image(tmp_path / "a.png", draw_page(3))
    read = Reading((Character("x", 0.9, 0, 1),), "some-model")
    lines = (
        *(replace(line_at(i, text), checked=True) for i, text in enumerate(TEXTS)),
        replace(line_at(2), reading=read),
    )
    page = Page("p1", "a.png", 820, 350, lines=lines)
    place = tmp_path / SIDECAR_FOLDERS[kind] / "a.xml"
    place.parent.mkdir()
    place.write_bytes(write_document(page, "a.png", kind))
    project = opened(tmp_path)
    texts = [line.text for _, line in checked_lines(project)]
    assert texts == list(TEXTS)
    assert len(project.pages[0].lines) == 3


def test_pages_and_pictures_of_lines_are_taken_together(tmp_path):
    write_labels(tmp_path / "lines", 3)
    write_image(tmp_path / "a.png", draw_page(1))
    page = Page(
        "p1", "a.png", 820, 190, lines=(replace(line_at(0, "x y"), checked=True),)
    )
    (tmp_path / "a.xml").write_bytes(write_document(page, "a.png", "page"))
    project = opened(tmp_path)
    assert [line.text for _, line in checked_lines(project)][-1] == "x y"
    assert len({page.id for page in project.pages}) == len(project.pages) == 4


def test_a_project_further_down_is_named(tmp_path):
    write_image(tmp_path / "a.png", draw_page(1))
    with create_project(tmp_path / "deep", "Letters"):
        pass
    with pytest.raises(TrainingDataMissing, match=r"there is a project in .*deep"):
        opened(tmp_path)


def test_only_pages_with_lines_beside_them_are_opened(tmp_path, monkeypatch):
    write_labels(tmp_path / "lines", 3)
    for name in "abc":
        write_image(tmp_path / f"{name}.png", draw_page(1))
    page = Page(
        "p1", "b.png", 820, 190, lines=(replace(line_at(0, "x y"), checked=True),)
    )
    (tmp_path / "b.xml").write_bytes(write_document(page, "b.png", "page"))
    loaded = []

    finish = imaging._finish

    def note(picture, path, *rest):
        loaded.append(path.name)
        return finish(picture, path, *rest)

    monkeypatch.setattr(imaging, "_finish", note)
    project = opened(tmp_path)
    assert loaded == ["b.png"]
    assert [Path(page.source).name for page in project.pages] == [
        *("00.png", "01.png", "02.png"),
        "b.png",
    ]


def test_a_scan_with_several_pages_is_opened_for_those_with_lines(tmp_path):
    pages = [Image.fromarray(draw_page(1, seed)) for seed in (1, 2)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    page = Page(
        "p1", "a.tif", 820, 190, lines=(replace(line_at(0, "x y"), checked=True),)
    )
    (tmp_path / "a-002.xml").write_bytes(write_document(page, "a.tif", "page"))
    project = opened(tmp_path)
    assert [len(page.lines) for page in project.pages] == [0, 1]


def test_nothing_is_written_into_the_folder(tmp_path):
    write_labels(tmp_path, 3)
    before = sorted(tmp_path.rglob("*"))
    opened(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("has_scans", [False, True])
def test_a_folder_without_texts_is_told(has_scans, tmp_path):
    if has_scans:
        write_image(tmp_path / "a.png", draw_page(2))
    with pytest.raises(TrainingDataMissing, match="neither a project nor"):
        opened(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotReadable, match="does not exist"):
        opened(tmp_path / "gone")


def test_it_can_be_cancelled(tmp_path):
    write_labels(tmp_path, 3)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        opened(tmp_path, cancel)
