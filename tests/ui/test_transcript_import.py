"""A transcription is imported into the page shown."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.ui.drops import sort_paths
from hwocr_desktop.ui.line_states import line_state_text, shown_state
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.transcript_import import TranscriptImport
from tests.ui.conftest import reading_of, shape_at

pytestmark = pytest.mark.gui

READ = ("My dear Sistr,", "stamp 99 xx", "Your leter of the", "secnd reachd us")
TEXT = "My dear Sister, Your letter of the second reached us yesterday"


@pytest.fixture
def session(session):
    project = edits.add_page(session.project, "scan.png", 360, 480)
    project = edits.set_lines(project, "p1", [shape_at(i) for i in range(len(READ))])
    ids = [line.id for line in project.pages[0].lines]
    readings = {i: reading_of(text) for i, text in zip(ids, READ, strict=True)}
    session.commit("x", edits.set_readings(project, "p1", readings))
    session.select_page("p1")
    return session


@pytest.fixture
def reader(session):
    return TranscriptImport(session, session.files, session)


@pytest.fixture
def noticed(reader):
    return QSignalSpy(reader.noticed)


def read(reader, path, text, qtbot):
    path.write_text(text, encoding="utf-8")
    with qtbot.waitSignal(reader.noticed):
        reader.read([path])


def test_the_lines_get_their_text_in_one_step(
    session, reader, noticed, tmp_path, qtbot
):
    before = session.project
    read(reader, tmp_path / "letter.txt", TEXT, qtbot)
    assert [line.text for line in session.page.lines] == [
        "My dear Sister,",
        "stamp 99 xx",
        "Your letter of the",
        "second reached us",
    ]
    (notice,) = noticed.at(0)
    assert "3 lines were given their text" in notice.text
    assert "Nothing was found for line 2." in notice.text
    assert "One word of the text stands in none" in notice.text
    session.undo()
    assert session.project == before


def test_words_between_lines_that_have_theirs_are_said(
    session, reader, noticed, tmp_path, qtbot
):
    more = "said, as I have heard from many of our friends at home,"
    text = TEXT.replace("Your letter", f"{more} Your letter")
    read(reader, tmp_path / "letter.txt", text, qtbot)
    (notice,) = noticed.at(0)
    assert "Behind line 1 the text has “" in notice.text
    assert "of our friends" in notice.text or " …” as well." in notice.text


def test_a_guess_at_the_encoding_is_said(session, reader, noticed, tmp_path, qtbot):
    (tmp_path / "old.txt").write_bytes(TEXT.replace("e", "\u00e9", 3).encode("cp1252"))
    with qtbot.waitSignal(reader.noticed):
        reader.read([tmp_path / "old.txt"])
    assert session.page.lines[0].text.startswith("My d\u00e9ar")
    assert "was read as Windows-1252" in noticed.at(0)[0].text
    read(reader, tmp_path / "new.txt", TEXT, qtbot)
    assert "Windows" not in noticed.at(1)[0].text


def test_a_line_shows_what_the_transcription_says_of_it(
    session, reader, tmp_path, qtbot
):
    read(reader, tmp_path / "a.txt", TEXT.replace("letter", "leter"), qtbot)
    shown = [(shown_state(x), line_state_text(x)) for x in session.page.lines]
    given = "typed", "from the transcription, not checked"
    assert shown[:3] == [
        given,
        ("read", "read, not checked"),
        ("confirmed", "read the same as the transcription, not checked"),
    ]
    session.correct_line("l1", "My dear Sisters,")
    session.accept_line("l3")
    shown = [line_state_text(x) for x in session.page.lines]
    assert (shown[0], shown[2]) == ("typed, not checked", "checked")


def test_what_cannot_be_placed_is_said(session, reader, noticed, tmp_path, qtbot):
    read(reader, tmp_path / "a.txt", "0123 4567 8901 2345", qtbot)
    read(reader, tmp_path / "b.txt", "", qtbot)
    session.commit("x", edits.remove_page(session.project, "p1"))
    read(reader, tmp_path / "c.txt", TEXT, qtbot)
    said = [noticed.at(i)[0].text for i in range(3)]
    assert "suits none" in said[0]
    assert "empty" in said[1]
    assert "none is open" in said[2]


def test_the_page_that_was_shown_gets_it(session, reader, tmp_path, qtbot):
    (tmp_path / "letter.txt").write_text(TEXT, encoding="utf-8")
    session.commit("x", edits.add_page(session.project, "other.png", 9, 9))
    with qtbot.waitSignal(reader.noticed):
        reader.read([tmp_path / "letter.txt"])
        session.select_page("p2")
    assert session.project.page("p1").lines[0].text == "My dear Sister,"


def test_a_page_that_changed_meanwhile_stays_as_it_is(
    session, reader, noticed, tmp_path, qtbot
):
    (tmp_path / "letter.txt").write_text(TEXT, encoding="utf-8")
    with qtbot.waitSignal(reader.noticed):
        reader.read([tmp_path / "letter.txt"])
        session.correct_line(session.page.lines[0].id, "typed meanwhile")
    assert "has changed" in noticed.at(0)[0].text
    assert session.page.lines[0].text == "typed meanwhile"
    assert session.page.lines[3].text == READ[3]


def add_page(session, name, texts):
    """Add a page with some readings, or one that was not read."""
    project = edits.add_page(session.project, name, 360, 480)
    page = project.pages[-1].id
    project = edits.set_lines(project, page, [shape_at(i) for i in range(len(texts))])
    ids = [line.id for line in project.page(page).lines]
    found = {i: reading_of(text) for i, text in zip(ids, texts, strict=True)}
    session.commit("x", edits.set_readings(project, page, found))
    return page


SECOND = ("yestrday evenng and", "we ar all wel hre", "yor lovng brothr")
REST = "yesterday evening and we are all well here your loving brother"


def test_a_text_goes_on_with_the_next_pages_in_one_step(
    session, reader, noticed, tmp_path, qtbot
):
    second = add_page(session, "other.png", SECOND)
    before = session.project
    text = TEXT.removesuffix("yesterday") + REST
    read(reader, tmp_path / "letter.txt", text, qtbot)
    assert [line.text for line in session.project.page(second).lines] == [
        "yesterday evening and",
        "we are all well here",
        "your loving brother",
    ]
    (notice,) = noticed.at(0)
    assert "6 lines on 2 pages were given their text." in notice.text
    assert "Nothing was found for line 2 (page scan)." in notice.text
    assert "stand" not in notice.text
    assert notice.advice == "Confirm each line with Enter."
    session.undo()
    assert session.project == before


def test_it_is_said_that_a_text_goes_on_where_nothing_was_read(
    session, reader, noticed, tmp_path, qtbot
):
    read(reader, tmp_path / "a.txt", f"{TEXT} {REST}", qtbot)
    assert "next pages" not in noticed.at(0)[0].advice
    add_page(session, "other.png", ())
    read(reader, tmp_path / "a.txt", f"{TEXT} {REST}", qtbot)
    notice = noticed.at(1)[0]
    assert "12 words of the text stand in none" in notice.text
    assert "read the next pages and import it again" in notice.advice


def test_several_texts_go_to_the_pages_with_their_names(
    session, reader, noticed, tmp_path, qtbot
):
    second = add_page(session, "other.png", SECOND)
    paths = [tmp_path / name for name in ("scan.txt", "other.txt", "none.txt")]
    for path, text in zip(paths, (TEXT, REST, "lost"), strict=True):
        path.write_text(text, encoding="utf-8")
    with qtbot.waitSignals([reader.noticed, reader.noticed]):
        reader.read(paths)
    assert session.project.page(second).lines[2].text == "your loving brother"
    assert session.project.page("p1").lines[0].text == "My dear Sister,"
    placed, lost = (noticed.at(i)[0] for i in range(2))
    assert "6 lines on 2 pages were given their text." in placed.text
    assert "One word of the text stands in none" in placed.text
    assert "No page is called like the transcription “none.txt”." in lost.text
    assert "import this file alone" in lost.advice


def test_texts_are_told_from_scans(tmp_path):
    names = ("a.xml", "b.txt", "c.DOCX", "d.png")
    dropped = sort_paths(tmp_path / name for name in names)
    assert [path.name for path in dropped.documents] == ["a.xml", "b.txt", "c.DOCX"]
    assert [path.name for path in dropped.scans] == ["d.png"]


def test_the_window_sends_texts_and_xml_their_ways(qtbot, monkeypatch, tmp_path):
    session = Session()
    window = MainWindow(session)
    qtbot.addWidget(window)
    session.create(tmp_path / "project")
    seen = []
    files = window.project_commands
    monkeypatch.setattr(files._transcripts, "read", seen.append)
    monkeypatch.setattr(files._imports, "read", lambda paths: seen.append(list(paths)))
    xml = tmp_path / "a.xml"
    texts = [tmp_path / "b.TXT", tmp_path / "c.docx"]
    files.import_documents([xml, *texts])
    assert seen == [texts, [xml]]
    with qtbot.waitSignal(window.closed):
        window.close()
