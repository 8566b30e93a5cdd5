"""Export: names that collide nowhere, files whole, and nothing replaced unasked."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hwocr_desktop.app import exports
from hwocr_desktop.app.exports import ExportRequest, export_pages, joined_text
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.mending import BrushStroke, rasterise
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from tests.pages_drawn import draw_page, line_at, write_image

TEXTS = ("Lieber Bruder", "es geht uns gut")


def page(number=1, source="../scans/brief.png", **more):
    lines = tuple(line_at(i, text) for i, text in enumerate(TEXTS))
    return Page(f"p{number}", source, 620, 260, lines=lines, **more)


def export(project, target, **more):
    request = ExportRequest(project, target.parent / "project", (), target, **more)
    return export_pages(request, cancel=CancelToken(), report=ignore_progress)


def test_pages_are_written_as_page_xml_and_text(tmp_path):
    result = export(Project("Briefe", (page(),)), tmp_path / "out")
    assert [p.name for p in result.written] == ["brief.xml", "brief.txt"]
    document = read_page(tmp_path / "out" / "brief.xml")
    assert document.image_name == "brief.png"
    assert [line.text for line in document.lines] == list(TEXTS)
    assert (tmp_path / "out" / "brief.txt").read_text() == "\n".join(TEXTS) + "\n"


def test_one_page_can_be_chosen(tmp_path):
    project = Project("x", (page(1, "a.png"), page(2, "b.png")))
    request = ExportRequest(project, tmp_path, ("p2",), tmp_path / "out", ("text",))
    result = export_pages(request, cancel=CancelToken(), report=ignore_progress)
    assert [p.name for p in result.written] == ["b.txt"]


def test_nothing_is_replaced_unasked(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "brief.txt").write_text("my own notes")
    project = Project("x", (page(),))
    result = export(project, target)
    assert [p.name for p in result.in_the_way] == ["brief.txt"]
    assert result.written == ()
    assert (target / "brief.txt").read_text() == "my own notes"
    assert not (target / "brief.xml").exists()
    assert len(export(project, target, replace=True).written) == 2
    assert (target / "brief.txt").read_text().startswith("Lieber")


def test_a_page_that_fails_is_named_and_the_others_are_written(tmp_path):
    target = tmp_path / "out"
    (target / "a.xml").mkdir(parents=True)
    project = Project("x", (page(1, "a.png"), page(2, "b.png")))
    result = export(project, target, formats=("page",), replace=True)
    assert [name for name, _ in result.failures] == ["a.xml"]
    assert isinstance(result.failures[0][1], OutputNotWritable)
    assert [p.name for p in result.written] == ["b.xml"]


def test_text_of_all_pages_goes_into_one_file_named_after_the_project(tmp_path):
    project = Project("Briefe: 1/2", (page(1, "a.png"), page(2, "b.png")))
    result = export(project, tmp_path / "out", formats=(), joined=True)
    assert [p.name for p in result.written] == ["Briefe  1 2.txt"]
    text = result.written[0].read_text()
    assert text == "\n".join((*TEXTS, "", *TEXTS)) + "\n"


def test_an_empty_page_leaves_no_gap_in_the_joined_text():
    empty = replace(page(2, "b.png"), lines=())
    assert joined_text([page(), empty, page(3)]).count("\n\n") == 1


def test_a_turned_page_is_told_unless_its_picture_goes_along(tmp_path):
    pixels = draw_page(2)
    write_image(tmp_path / "project" / "scan.png", pixels)
    turned = replace(page(1, "scan.png", rotation=90), width=260, height=620)
    project = Project("x", (turned,))
    assert export(project, tmp_path / "one").turned == ("scan",)
    result = export(project, tmp_path / "two", images=True)
    assert result.turned == ()
    picture = cv2.imread(str(tmp_path / "two" / "scan.png"), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (pixels.shape[1], pixels.shape[0])
    assert read_page(tmp_path / "two" / "scan.xml").image_name == "scan.png"


def test_a_missing_scan_fails_its_picture_alone(tmp_path):
    project = Project("x", (page(1, "gone.png"),))
    result = export(project, tmp_path / "out", images=True, formats=("page",))
    assert [name for name, _ in result.failures] == ["gone.png"]
    assert [p.name for p in result.written] == ["gone.xml"]


def test_the_binary_page_is_one_bit_and_mended(tmp_path):
    pixels = draw_page(2)
    write_image(tmp_path / "project" / "scan.png", pixels)
    stroke = BrushStroke("ink", 9, ((20, 200), (90, 220)))
    cleaning = Cleaning("otsu")
    mended = page(1, "scan.png", cleaning=cleaning, mending=(stroke,))
    result = export(Project("x", (mended,)), tmp_path / "out", formats=("binary",))
    (path,) = result.written
    assert path.name == "scan.binary.png"
    with Image.open(path) as picture:
        assert picture.mode == "1"
        ink = ~np.array(picture)
    touched, painted = rasterise([stroke], pixels.shape[:2])
    assert painted.any()
    own = clean_page(pixels, cleaning).binary()
    assert np.array_equal(ink, np.where(touched, painted, own))


def test_a_model_that_is_gone_fails_its_binary_page_alone(tmp_path):
    write_image(tmp_path / "project" / "scan.png", draw_page(2))
    lost = page(1, "scan.png", cleaning=Cleaning("gone"))
    formats = ("text", "binary")
    result = export(Project("x", (lost,)), tmp_path / "out", formats=formats)
    assert [path.name for path in result.written] == ["scan.txt"]
    assert [name for name, _ in result.failures] == ["scan.binary.png"]


def test_pages_without_lines_give_no_text_and_are_counted(tmp_path):
    project = Project("x", (page(1, "a.png"), Page("p2", "b.png", 9, 9)))
    result = export(project, tmp_path / "out", joined=True)
    assert result.without_lines == 1
    # An empty text would look like an empty page.
    written = ["a.txt", "a.xml", "b.xml", "x.txt"]
    assert sorted(path.name for path in result.written) == written
    bare = Project("x", project.pages[1:])
    result = export(bare, tmp_path / "bare", formats=("text",), joined=True)
    assert (result.written, result.without_lines) == ((), 1)
    assert list((tmp_path / "bare").iterdir()) == []


def test_of_black_and_white_pages_nobody_misses_text(tmp_path):
    write_image(tmp_path / "project" / "scan.png", draw_page(2))
    project = Project("x", (replace(page(1, "scan.png"), lines=()),))
    for formats, joined, missing in (
        (("binary",), False, 0),
        (("binary",), True, 1),
        (("binary", "alto"), False, 1),
    ):
        target = tmp_path / f"{len(formats)} {joined}"
        result = export(project, target, formats=formats, joined=joined)
        assert result.without_lines == missing


def test_a_page_searched_in_vain_gives_an_empty_text(tmp_path):
    project = edits.set_lines(Project("x", (Page("p1", "a.png", 9, 9),)), "p1", ())
    result = export(project, tmp_path, formats=("text",))
    assert result.without_lines == 0
    assert (tmp_path / "a.txt").read_text() == ""


def test_nothing_to_export_is_said(tmp_path):
    with pytest.raises(BadRequest, match="nothing to export"):
        export(Project("x"), tmp_path / "out")
    with pytest.raises(BadRequest):
        export(Project("x", (page(),)), tmp_path / "out", formats=())


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritable):
        export(Project("x", (page(),)), tmp_path / "file" / "out")


def test_cancelling_stops_before_the_next_file(tmp_path):
    token, seen = CancelToken(), []

    def report(progress):
        seen.append(progress.text)
        token.cancel()

    project = Project("x", (page(1, "a.png"), page(2, "b.png")))
    request = ExportRequest(project, tmp_path, (), tmp_path / "out", ("text",))
    with pytest.raises(Cancelled):
        export_pages(request, cancel=token, report=report)
    assert seen == ["a.txt"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.txt"]


def test_frames_of_one_file_are_numbered():
    pages = [page(i + 1, "book.pdf", frame=i) for i in range(2)]
    names = exports.page_names(pages)
    assert list(names.values()) == ["book_0001", "book_0002"]


SOURCES = st.lists(
    st.tuples(
        st.sampled_from(
            ["a.png", "b/a.png", "b/A.PNG", "c/a.jpg", "a-2.png", ".png", "x:y.png"]
        ),
        st.integers(0, 2),
    ),
    unique=True,
    max_size=8,
)


@given(SOURCES)
def test_names_never_collide_and_can_be_written_anywhere(sources):
    pages = [page(i, source, frame=f) for i, (source, f) in enumerate(sources)]
    names = list(exports.page_names(pages).values())
    assert len({name.casefold() for name in names}) == len(pages)
    assert all(name and not set(name) & set('<>:"/\\|?*') for name in names)


@given(SOURCES)
def test_a_page_keeps_its_name_when_pages_are_added_behind_it(sources):
    pages = [page(i, source) for i, (source, _) in enumerate(sources)]
    before = exports.page_names(pages)
    after = exports.page_names([*pages, page(99, "new.png")])
    assert {k: after[k] for k in before} == before
