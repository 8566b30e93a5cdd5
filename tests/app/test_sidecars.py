"""A folder of pictures with what other programs made of them opens as a project."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from hwocr_desktop.app.exports import ExportRequest, export_pages
from hwocr_desktop.app.page_work import with_pages
from hwocr_desktop.app.sidecars import (
    find_sidecar,
    inspect_with_documents,
    with_found_documents,
)
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.originals import FOLDER, load_original
from hwocr_desktop.core.document.project_file import create_project
from hwocr_desktop.core.errors import ProjectGone
from hwocr_desktop.core.formats.documents import read_document, write_document
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from tests.pages_drawn import draw_page, line_at, write_image

TEXTS = ("Lieber Bruder", "es geht uns gut")
PLACES = {"page": "page/brief.xml", "alto": "alto/brief.xml", "page2013": "brief.xml"}


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    write_image(folder / "brief.png", draw_page(len(TEXTS)))
    return folder


def write_sidecar(path, kind="page", mark=b"", size=None):
    path.parent.mkdir(exist_ok=True)
    with Image.open(
        path.parents[path.parent.name in ("page", "alto")] / "brief.png"
    ) as i:
        width, height = size or i.size
    lines = tuple(line_at(i, text) for i, text in enumerate(TEXTS))
    page = Page("p1", "brief.png", width, height, lines=lines)
    data = write_document(page, "brief.png", kind)
    path.write_bytes(data.replace(b"</Page>", mark + b"</Page>"))


def opened(scans, folder):
    if not folder.exists():
        create_project(folder).close()
    given = inspect_with_documents(
        [scans], folder, cancel=CancelToken(), report=ignore_progress
    )
    project = with_pages(Project(), folder, given.found)
    return with_found_documents(project, [p.id for p in project.pages], given)


@pytest.mark.parametrize("kind", PLACES)
def test_a_picture_opens_with_the_lines_beside_it(kind, scans, tmp_path):
    write_sidecar(scans / PLACES[kind], kind)
    project, notices = opened(scans, tmp_path / "project")
    (page,) = project.pages
    assert [line.text for line in page.lines] == list(TEXTS)
    assert [notice.kind for notice in notices] == ["information"]
    kept = load_original(tmp_path / "project", page.original.name)
    assert kept == (scans / PLACES[kind]).read_bytes()


def test_what_is_no_xml_of_a_page_is_told_and_the_picture_is_there(scans, tmp_path):
    (scans / "brief.xml").write_text("<settings/>")
    project, (notice,) = opened(scans, tmp_path / "project")
    assert "neither PAGE XML nor ALTO" in notice.text
    assert [page.lines for page in project.pages] == [()]


@pytest.mark.parametrize("count", [3, 4])
def test_every_file_that_did_not_do_is_told_or_counted(count, scans, tmp_path, caplog):
    for number in range(count):
        write_image(scans / f"scan{number}.png", draw_page(1))
        (scans / f"scan{number}.xml").write_text("<html/>")
    with caplog.at_level("WARNING", "hwocr_desktop"):
        _, notices = opened(scans, tmp_path / "project")
    warnings = [notice for notice in notices if notice.kind == "warning"]
    if count == 3:
        assert len(warnings) == 3
        return
    (warning,) = warnings
    assert warning.text.startswith("Of 4 pages")
    assert "scan0.xml" in warning.text
    assert warning.action == "open-logs"
    assert all(f"scan{n}.xml" in caplog.text for n in range(count))


def test_a_file_of_another_shape_is_told_and_nothing_is_moved(scans, tmp_path):
    write_sidecar(scans / "brief.xml", size=(300, 4000))
    project, (notice,) = opened(scans, tmp_path / "project")
    assert "300 x 4000" in notice.text
    assert [page.lines for page in project.pages] == [()]


def test_pages_of_one_file_have_numbers(tmp_path):
    scan = tmp_path / "a.tif"
    assert find_sidecar(scan, 1, 2) is None
    (tmp_path / "a.xml").touch()
    assert find_sidecar(scan, 1, 2) is None
    (tmp_path / "a-002.xml").touch()
    assert find_sidecar(scan, 1, 2) == tmp_path / "a-002.xml"


def test_what_came_with_a_picture_leaves_with_it(scans, tmp_path):
    mark = b'<NoiseRegion id="stain"><Coords points="1,1 2,2"/></NoiseRegion>'
    write_sidecar(scans / "page/brief.xml", "page", mark)
    folder = tmp_path / "project"
    project, _ = opened(scans, folder)
    line = project.pages[0].lines[0]
    project = edits.correct_line(project, "p1", line.id, "Liebe Schwester")
    request = ExportRequest(project, folder, (), tmp_path / "out", ("page", "page2013"))
    result = export_pages(request, cancel=CancelToken(), report=ignore_progress)
    assert [p.relative_to(tmp_path / "out").as_posix() for p in result.written] == [
        "brief.xml",
        "page/brief.xml",
    ]
    for path in result.written:
        assert b'id="stain"' in path.read_bytes()
        assert read_document(path).lines[0].text == "Liebe Schwester"


def test_a_project_folder_that_is_gone_is_not_made_anew(scans, tmp_path):
    write_sidecar(scans / "page/brief.xml")
    folder = tmp_path / "project"
    with pytest.raises(ProjectGone):
        inspect_with_documents(
            [scans], folder, cancel=CancelToken(), report=ignore_progress
        )
    assert not folder.exists()


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_without_its_original_a_page_is_exported_plainly(damage, scans, tmp_path):
    write_sidecar(scans / "page/brief.xml")
    folder = tmp_path / "project"
    project, _ = opened(scans, folder)
    (kept,) = (folder / FOLDER).iterdir()
    if damage == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"<PcGts/>")
    request = ExportRequest(project, folder, (), tmp_path / "out", ("page",))
    result = export_pages(request, cancel=CancelToken(), report=ignore_progress)
    assert [line.text for line in read_document(result.written[0]).lines] == list(TEXTS)


def test_a_copy_of_a_project_takes_the_originals_along(scans, tmp_path):
    write_sidecar(scans / "page/brief.xml")
    with create_project(tmp_path / "project") as file:
        project, _ = opened(scans, file.folder)
        file.save(project)
        with file.save_copy(tmp_path / "copy", project) as copy:
            page = copy.project.pages[0]
            assert load_original(copy.folder, page.original.name) is not None


def test_a_project_that_may_not_be_written_to_takes_the_lines_all_the_same(
    scans, tmp_path
):
    write_sidecar(scans / "page/brief.xml")
    create_project(tmp_path / "project").close()
    (tmp_path / "project" / FOLDER).write_text("a file where the folder should be")
    project, _ = opened(scans, tmp_path / "project")
    page = project.pages[0]
    assert page.original is None
    assert [line.text for line in page.lines] == list(TEXTS)
    assert replace(page, lines=()).state == "new"


def test_an_export_for_transkribus_opens_as_a_folder_again(scans, tmp_path):
    write_sidecar(scans / "page/brief.xml")
    project, _ = opened(scans, tmp_path / "project")
    project = edits.rotate_page(project, "p1", 1)
    target = tmp_path / "out"
    request = ExportRequest(
        project, tmp_path / "project", (), target, ("page2013",), images=True
    )
    result = export_pages(request, cancel=CancelToken(), report=ignore_progress)
    assert [p.relative_to(target).as_posix() for p in result.written] == [
        "brief.png",
        "page/brief.xml",
    ]
    again, _ = opened(target, tmp_path / "second")
    (before,), (after,) = project.pages, again.pages
    assert (after.width, after.height) == (before.width, before.height)
    assert [(x.id, x.text, x.shape.baseline) for x in after.lines] == [
        (x.id, x.text, x.shape.baseline) for x in before.lines
    ]


def test_a_line_off_the_page_and_an_id_given_twice_are_told(scans, tmp_path):
    write_sidecar(scans / "page/brief.xml")
    path = scans / "page/brief.xml"
    (name,) = {line.id for line in read_document(path).lines[:1]}
    far = (
        f'<TextLine id="{name}"><Coords points="9000,90 9900,90 9900,99"/>'
        "<TextEquiv><Unicode>far</Unicode></TextEquiv></TextLine></TextRegion>"
    )
    path.write_bytes(path.read_bytes().replace(b"</TextRegion>", far.encode(), 1))
    project, notices = opened(scans, tmp_path / "project")
    assert [line.text for line in project.pages[0].lines] == [*TEXTS, "far"]
    _, places, ids = notices
    assert places.text.startswith(
        "1 line has no usable place in the file of “brief.png” (1 off"
    )
    assert f"“{name}” is “{name}_2”" in ids.text
