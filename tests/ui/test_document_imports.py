"""Import of PAGE XML: what fits is taken, what a person worked on is asked for."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from hwocr_desktop.app.imports import DocumentsRead
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.formats.page_xml import read_page, save_page
from hwocr_desktop.ui.document_imports import DocumentImports

pytestmark = pytest.mark.gui


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def session(make_session):
    made = make_session(("read",), pages=3)
    made.select_page(made.project.pages[1].id)
    made.correct_line(made.page.lines[0].id, "mine")
    return made


@pytest.fixture
def imports(session, window):
    runner = JobRunner("documents")
    yield DocumentImports(session, runner, window)
    assert runner.shutdown()


@pytest.fixture
def found(make_session, tmp_path):
    """Return what is read of a document for each of the three pages."""
    documents = []
    for page in make_session(("theirs",), pages=3).project.pages:
        path = tmp_path / Path(page.source).with_suffix(".xml").name
        save_page(path, page, page.source)
        documents.append((path, read_page(path)))
    return DocumentsRead(tuple(documents), (), ())


def texts(session):
    return [page.lines[0].text for page in session.project.pages]


def test_what_fits_is_imported_and_the_other_is_named(
    imports, session, window, found, qtbot
):
    notices = []
    imports.noticed.connect(notices.append)
    imports._match(found)
    assert texts(session) == ["theirs", "mine", "theirs"]
    assert [n.text for n in notices] == ["Lines and text of 2 pages were imported."]
    box = window.findChild(QMessageBox)
    assert (
        box.text() == "One line that you worked on would be replaced, in “scan2.png”."
    )
    with qtbot.waitSignal(box.finished):
        box.button(QMessageBox.StandardButton.Cancel).click()
    assert texts(session) == ["theirs", "mine", "theirs"]
    session.undo()
    assert texts(session) == ["read", "mine", "read"]


def test_what_was_asked_for_is_imported_too(imports, session, window, found, qtbot):
    imports._match(found)
    box = window.findChild(QMessageBox)
    agree = next(b for b in box.findChildren(QPushButton) if "Replace" in b.text())
    with qtbot.waitSignal(box.finished):
        agree.click()
    assert texts(session) == ["theirs"] * 3


def test_without_conflict_nothing_is_asked(imports, session, window, found):
    session.undo()
    imports._match(found)
    assert texts(session) == ["theirs"] * 3
    assert window.findChild(QMessageBox) is None
    session.undo()
    assert texts(session) == ["read"] * 3


def test_lines_without_a_usable_place_and_changed_ids_are_told_once(
    imports, session, found
):
    session.undo()
    mended = Mended(nowhere=1, renamed=(("l1", "l1_2"),))
    documents = tuple(
        (path, replace(document, mended=mended)) for path, document in found.documents
    )
    notices = []
    imports.noticed.connect(notices.append)
    imports._match(replace(found, documents=documents))
    first, places, ids = notices
    assert first.text == "Lines and text of 3 pages were imported."
    assert places.text.startswith("3 lines have no usable place in the files of “")
    assert (places.kind, "F4" in places.advice) == ("warning", True)
    assert "3 ids" in ids.text
