"""A folder with files of other programs beside its scans, in a session."""

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.formats.documents import write_document
from tests.pages_drawn import draw_page, line_at, write_image

pytestmark = pytest.mark.gui

TEXTS = ("Lieber Bruder", "es geht uns gut")


@pytest.fixture
def session(qapp, tmp_path):
    made = Session()
    made.create(tmp_path / "project")
    yield made
    assert made.shutdown()


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    (folder / "page").mkdir(parents=True)
    pixels = draw_page(len(TEXTS))
    height, width = pixels.shape[:2]
    lines = tuple(line_at(i, text) for i, text in enumerate(TEXTS))
    page = Page("p1", "a.png", width, height, lines=lines)
    for name in ("a", "b"):
        write_image(folder / f"{name}.png", pixels)
    data = write_document(page, "a.png", "page2013")
    (folder / "page" / "a.xml").write_bytes(data)
    return folder


def add(session, qtbot, scans, **more):
    with qtbot.waitSignal(session.ink_ready, timeout=20_000):
        session.add_scans([scans], **more)
    qtbot.waitUntil(lambda: not any(r.is_busy for r in session.runners), timeout=20_000)


def texts(project):
    return [[line.text for line in page.lines] for page in project.pages]


def test_lines_and_text_come_with_the_scans_in_one_step(session, qtbot, scans):
    notices = []
    session.noticed.connect(notices.append)
    add(session, qtbot, scans)
    assert texts(session.project) == [list(TEXTS), []]
    assert any("1 page" in notice.text for notice in notices)
    folder = session.folder
    assert (folder / "originals" / session.page.original.name).is_file()
    session.undo()
    assert session.project.pages == ()
    session.redo()
    assert texts(session.project) == [list(TEXTS), []]
    assert session.keep_all()
    assert session.shutdown()
    with open_project(folder) as file:
        assert texts(file.project) == [list(TEXTS), []]


def test_the_texts_of_samples_stay_where_they_are(session, qtbot, scans):
    add(session, qtbot, scans, has_documents=False)
    assert texts(session.project) == [[], []]
