"""Import of PAGE XML: which page it belongs to, and what becomes of its lines."""

from dataclasses import replace

import pytest

from hwocr_desktop.app.imports import matching_page, read_documents, with_document
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.errors import BadDocument, ProjectGone
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from tests.pages_drawn import draw_page, line_at, write_image, write_truth

TEXTS = ("first", "second")


@pytest.fixture
def truth(tmp_path):
    pixels = draw_page(len(TEXTS))
    write_image(tmp_path / "brief.png", pixels)
    path = tmp_path / "page" / "brief.xml"
    path.parent.mkdir()
    lines = [line_at(i, text) for i, text in enumerate(TEXTS)]
    write_truth(path, lines, pixels, "brief.png")
    return path


def page_for(path, page_id="p1", source="scans/brief.png", scale=1.0):
    document = read_page(path)
    size = round(document.width * scale), round(document.height * scale)
    return Page(page_id, source, *size)


def read(*paths, folder=None):
    return read_documents(paths, folder, cancel=CancelToken(), report=ignore_progress)


def test_files_are_read_and_their_pictures_found_beside_them(truth, tmp_path):
    found = read(truth)
    assert [path for path, _ in found.documents] == [truth]
    assert found.scans == (tmp_path / "brief.png",)


def test_a_bad_file_does_not_stop_the_others(truth, tmp_path):
    (tmp_path / "bad.xml").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
    found = read(tmp_path / "bad.xml", truth)
    assert [path.name for path, _ in found.failures] == ["bad.xml"]
    assert len(found.documents) == 1


@pytest.mark.parametrize("is_left", [False, True], ids=["gone", "taken out"])
def test_a_project_folder_that_is_gone_is_told_and_not_made_anew(
    truth, tmp_path, is_left
):
    folder = tmp_path / "project"
    if is_left:
        folder.mkdir()  # as where a disk was taken out
    with pytest.raises(ProjectGone, match="no longer there"):
        read(truth, folder=folder)
    assert folder.exists() == is_left
    assert not is_left or list(folder.iterdir()) == []


def test_the_name_of_the_picture_decides(truth):
    document = read_page(truth)
    other = page_for(truth, "p1", "scans/other.png")
    mine = page_for(truth, "p2", "scans/BRIEF.jpg")
    assert matching_page(Project("x", (other, mine)), truth, document) == mine


def test_a_single_page_of_the_same_shape_needs_no_name(truth):
    document = read_page(truth)
    only = page_for(truth, source="scan0001.tif", scale=2)
    assert matching_page(Project("x", (only,)), truth, document) == only
    other = replace(only, height=only.height * 2)
    assert matching_page(Project("x", (other,)), truth, document) is None


def test_the_number_in_a_name_tells_the_pages_of_a_file_apart(truth):
    document = read_page(truth)
    one = page_for(truth, "p1", "brief.tif")
    two = replace(page_for(truth, "p2", "brief.tif"), frame=1)
    project = Project("x", (one, two))
    for name, page in (("brief-001", one), ("brief_0002", two), ("brief", one)):
        path = truth.with_name(f"{name}.xml")
        assert matching_page(project, path, document) == page


def test_lines_take_the_place_of_the_page_s(truth):
    page = page_for(truth)
    project = with_document(Project("x", (page,)), "p1", read_page(truth))
    assert [line.text for line in project.page("p1").lines] == list(TEXTS)


def test_a_document_at_another_resolution_is_scaled(truth):
    document = read_page(truth)
    page = page_for(truth, scale=2)
    lines = with_document(Project("x", (page,)), "p1", document).page("p1").lines
    for before, after in zip(document.lines, lines, strict=True):
        x, y = before.shape.baseline[0]
        assert after.shape.baseline[0] == pytest.approx((2 * x, 2 * y), abs=1)
        assert after.shape.ascent == pytest.approx(2 * before.shape.ascent, rel=0.01)


def test_a_document_of_another_shape_is_refused(truth):
    page = page_for(truth)
    turned = replace(page, width=page.height, height=page.width)
    with pytest.raises(BadDocument, match="pixels"):
        with_document(Project("x", (turned,)), "p1", read_page(truth))


def test_a_document_that_tells_no_size_keeps_its_places_if_they_fit(truth):
    page = page_for(truth)
    sized = with_document(Project(pages=(page,)), "p1", read_page(truth))
    bare = replace(read_page(truth), width=0, height=0)
    assert with_document(Project(pages=(page,)), "p1", bare) == sized
    small = replace(page, height=20)
    with pytest.raises(BadDocument, match="does not say how large") as told:
        with_document(Project(pages=(small,)), "p1", bare)
    assert "brief.png" in told.value.message


def test_alto_in_tenths_of_millimeters_comes_to_the_pixels_of_the_page(tmp_path):
    path = tmp_path / "brief.xml"
    path.write_text(
        "<alto><Description><MeasurementUnit>mm10</MeasurementUnit></Description>"
        '<Layout><Page WIDTH="2100" HEIGHT="2970"><PrintSpace><TextBlock ID="b">'
        '<TextLine ID="a" BASELINE="210 297 1050 297" HPOS="210" VPOS="250" '
        'WIDTH="840" HEIGHT="60"><String CONTENT="Kew"/></TextLine></TextBlock>'
        "</PrintSpace></Page></Layout></alto>"
    )
    # A4 at 300 dpi.
    page = Page("p1", "brief.jpg", 2480, 3508)
    ((_, document),) = read(path).documents
    project = with_document(Project(pages=(page,)), "p1", document)
    (line,) = project.pages[0].lines
    (x0, y0), (x1, y1) = line.shape.baseline
    assert (x0, y0, x1, y1) == pytest.approx((248, 350.8, 1240, 350.8), abs=0.1)
    assert line.text == "Kew"
