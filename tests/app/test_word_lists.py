"""Lists of words: taken into a project, used when its pages are read, and missed."""

import errno
import os

import pytest

from hwocr_desktop.app import pipeline, word_lists
from hwocr_desktop.app.pipeline import ReadRequest
from hwocr_desktop.app.session import Session
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.serial import decode_project, encode_project
from hwocr_desktop.core.errors import (
    BadDocument,
    FileNotReadable,
    OutputNotWritable,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.settings import Settings, save_settings
from hwocr_desktop.core.text.lexicon import Lexicon
from tests.pages_drawn import PlannedReader, draw_page, lines_of, write_image

NAMES = "Anna Bell\nZoë\n\nAnna Bell\n"


def ignore(progress):
    pass


def take_in(path, folder, cancel=None):
    return word_lists.take_in(
        path, folder, cancel=cancel or CancelToken(), report=ignore
    )


def count(folder, name):
    return word_lists.count_entries(folder, name, cancel=CancelToken(), report=ignore)


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "Names of the crew.txt"
    path.write_text(NAMES, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
def reader(monkeypatch):
    """Stand in for the line model; notes with what it is asked to read."""
    made = PlannedReader.install(monkeypatch, "some words")
    monkeypatch.setattr(pipeline, "find_lines", lambda binary, **_: lines_of(binary))
    made.asked = []
    read = made.read

    def note(crops, *, decoder="greedy", lexicon=None, **more):
        made.asked.append((decoder, lexicon))
        return read(crops, **more)

    made.read = note
    return made


# ----- the file ------------------------------------------------------------------


def test_a_list_is_copied_under_a_name_of_its_own(names, folder):
    taken = take_in(names, folder)
    assert taken.entries == 2
    assert word_lists.title_of(taken.name) == "Names of the crew"
    assert (folder / taken.name).read_text("utf-8") == "Anna Bell\nZoë\n"
    assert [path.name for path in folder.iterdir()] == [taken.name]
    assert count(folder, taken.name) == taken


def test_the_same_list_has_one_file_and_another_its_own(names, folder):
    first = take_in(names, folder)
    names.write_bytes(NAMES.replace("\n", "\r\n").encode("utf-8-sig"))
    assert take_in(names, folder) == first
    # What was copied before may be chosen itself.
    assert take_in(folder / first.name, folder) == first
    names.write_text("Anna Bell\n")
    second = take_in(names, folder)
    assert second.name != first.name
    assert {path.name for path in folder.iterdir()} == {first.name, second.name}
    assert count(folder, first.name).entries == 2


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a" * 200 + ".txt", "a" * 60),
        ("ö" * 80 + ".txt", "ö" * 60),
        ("two. words .TXT", "two. words"),
        (".txt", "words"),
        ("names", "names"),
        ("..csv", "words"),
    ],
)
def test_whatever_a_file_is_called_its_copy_has_a_good_name(
    name, title, tmp_path, folder
):
    (tmp_path / name).write_text("Anna\n")
    taken = take_in(tmp_path / name, folder)
    assert word_lists.title_of(taken.name) == title
    assert (folder / taken.name).is_file()


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
def test_a_name_for_one_system_only_becomes_one_for_all(tmp_path, folder):
    path = tmp_path / "who: <all>\udcff?.txt"
    path.write_text("Anna\n")
    taken = take_in(path, folder)
    assert word_lists.title_of(taken.name) == "who   all"
    project = edits.set_word_list(Project(), taken.name, "rerank")
    assert decode_project(encode_project(project)).project == project


@pytest.mark.parametrize("data", [b"", b"\x89PNG\0\0", b"Anna\n\xff\n", b"1234\n"])
def test_what_is_no_list_is_not_copied(data, names, folder):
    names.write_bytes(data)
    with pytest.raises(BadDocument) as caught:
        take_in(names, folder)
    assert names.name in caught.value.message
    assert caught.value.advice
    assert list(folder.iterdir()) == []


def test_lines_that_are_no_entry_are_not_copied(names, folder):
    good = take_in(names, folder)
    names.write_text(f"1862\n{NAMES}-\n", encoding="utf-8")
    taken = take_in(names, folder)
    assert taken == good
    assert (taken.lines, taken.left_out) == (5, 2)
    assert [one.line for one in taken.first_left_out] == [1, 6]
    again = count(folder, taken.name)
    assert (again.lines, again.left_out) == (2, 0)


def test_a_list_that_cannot_be_read(names, folder):
    for path in (names.with_name("none.txt"), folder):
        with pytest.raises(FileNotReadable):
            take_in(path, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_project_that_takes_nothing(number, names, folder, monkeypatch):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic.tempfile, "mkstemp", refuse)
    with pytest.raises(OutputNotWritable) as caught:
        take_in(names, folder)
    assert caught.value.advice
    assert list(folder.iterdir()) == []


def test_a_choice_that_was_stopped_copies_nothing(names, folder):
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        take_in(names, folder, cancel)
    assert list(folder.iterdir()) == []


def test_a_list_that_is_gone_is_told_by_its_title(folder):
    with pytest.raises(FileNotReadable, match="“crew” cannot be found") as caught:
        count(folder, "crew-0123abcd.txt")
    assert "again" in caught.value.advice


# ----- reading -------------------------------------------------------------------


def read(folder, name, use="rerank", decoder="greedy"):
    scan = write_image(folder / "scan.png", draw_page(2))
    page = Page("p1", scan.name, 820, 270)
    parts = []
    result = word_lists.read_page(
        ReadRequest(page, folder, "planned", decoder),
        name,
        use,
        cancel=CancelToken(),
        report=lambda progress: parts.append(progress.partial),
    )
    assert len(result.lines) == 2
    return [part for part in parts if isinstance(part, word_lists.ListLeftOut)]


@pytest.mark.parametrize("use", ["rerank", "constrain"])
def test_a_page_is_read_with_the_list(use, names, folder, reader):
    taken = take_in(names, folder)
    assert read(folder, taken.name, use) == []
    ((decoder, lexicon),) = reader.asked
    assert decoder == "word-beam"
    assert lexicon == Lexicon(["Anna Bell", "Zoë"], use)


def test_without_a_list_a_page_is_read_as_asked(folder, reader):
    assert read(folder, "", decoder="beam") == []
    assert reader.asked == [("beam", None)]


def test_the_next_page_does_not_read_the_list_again(names, folder, reader, monkeypatch):
    taken = take_in(names, folder)
    calls = []
    entries = word_lists.read_entries

    def note(path, **more):
        calls.append(path.name)
        return entries(path, **more)

    monkeypatch.setattr(word_lists, "read_entries", note)
    read(folder, taken.name)
    read(folder, taken.name)
    (_, first), (_, second) = reader.asked
    assert first is second
    assert calls == [taken.name]
    read(folder, taken.name, "constrain")
    (folder / taken.name).write_text("Someone else\n")
    read(folder, taken.name, "constrain")
    assert calls == [taken.name] * 3
    assert "else" in reader.asked[-1][1]


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (None, FileNotReadable, "“crew” cannot be found"),
        (b"\xff\n", BadDocument, "UTF-8; see line 1"),
        (b"", BadDocument, "is empty"),
    ],
)
def test_a_page_is_read_without_a_list_that_is_of_no_use(
    data, kind, said, folder, reader
):
    if data is not None:
        (folder / "crew-0123abcd.txt").write_bytes(data)
    (told,) = read(folder, "crew-0123abcd.txt", decoder="beam")
    assert isinstance(told.error, kind)
    assert said in told.error.message
    assert "read without" in told.error.message
    assert "Word list" in told.error.advice
    assert reader.asked == [("beam", None)]


# ----- in a session --------------------------------------------------------------


@pytest.fixture
def session(qapp, tmp_path, qtbot, reader):
    save_settings(Settings(cleaning="otsu"))
    made = Session()
    made.create(tmp_path / "open project")
    paths = [
        write_image(tmp_path / f"{number}.png", draw_page(2, number))
        for number in range(3)
    ]
    made.add_scans(paths)
    qtbot.waitUntil(lambda: len(made.project.pages) == 3, timeout=20_000)
    settle(qtbot, made)
    yield made
    assert made.shutdown()


def settle(qtbot, session):
    qtbot.waitUntil(lambda: not any(r.is_busy for r in session.runners), timeout=20_000)


def choose(session, name, use="rerank"):
    session.commit("Word list", edits.set_word_list(session.project, name, use))


@pytest.mark.gui
def test_the_session_reads_with_the_list_of_its_project(session, reader, names, qtbot):
    taken = take_in(names, session.folder)
    choose(session, taken.name, "constrain")
    pages = tuple(page.id for page in session.project.pages)
    session.read(pages, "planned", decoder="greedy")
    settle(qtbot, session)
    session.save()
    settle(qtbot, session)
    wanted = Lexicon(["Anna Bell", "Zoë"], "constrain")
    assert reader.asked == [("word-beam", wanted)] * 3
    assert all(page.state == "read" for page in session.project.pages)
    # The list is in the project file, and gone again with Undo.
    content = (session.folder / "project.json").read_text("utf-8")
    assert taken.name in content
    while session.project.word_list:
        session.undo()
    session.read(pages[:1], "planned", decoder="greedy")
    settle(qtbot, session)
    assert reader.asked[-1] == ("greedy", None)
    session.redo()


@pytest.mark.gui
def test_many_pages_without_their_list_give_one_notice(session, reader, qtbot):
    choose(session, "crew-0123abcd.txt")
    notices = []
    session.noticed.connect(notices.append)
    pages = tuple(page.id for page in session.project.pages)
    session.read(pages, "planned", decoder="greedy")
    settle(qtbot, session)
    assert ["“crew” cannot be found" in notice.text for notice in notices] == [True]
    assert notices[0].advice
    assert reader.asked == [("greedy", None)] * 3
    assert all(page.lines for page in session.project.pages)
    # Whoever asks once more is told once more.
    session.read(pages[:1], "planned", decoder="greedy")
    settle(qtbot, session)
    assert len(notices) == 2


@pytest.mark.gui
def test_a_copy_of_the_project_has_the_list(session, names, qtbot, tmp_path):
    taken = take_in(names, session.folder)
    choose(session, taken.name, "constrain")
    settle(qtbot, session)
    session.save_copy(tmp_path / "copy")
    qtbot.waitUntil(lambda: session.folder == tmp_path / "copy", timeout=20_000)
    settle(qtbot, session)
    assert session.project.word_list == taken.name
    assert count(session.folder, taken.name) == taken


@pytest.mark.gui
def test_a_list_is_journaled_at_once(session, qtbot):
    choose(session, "crew-0123abcd.txt", "constrain")
    settle(qtbot, session)
    journal = (session.folder / "journal.jsonl").read_text("utf-8")
    assert '"word_list":"crew-0123abcd.txt"' in journal
    assert '"word_list_use":"constrain"' in journal
