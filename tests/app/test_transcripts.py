"""The lines of a page get the text that somebody already has."""

from __future__ import annotations

import zipfile

import pytest

from hwocr_desktop.app import transcribing
from hwocr_desktop.app.spreading import spread
from hwocr_desktop.app.transcribing import transcribe as transcribe_spread
from hwocr_desktop.app.transcripts import Transcript, read_transcript
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Project, Reading
from hwocr_desktop.core.errors import BadDocument, BadRequest, FileNotReadable
from hwocr_desktop.core.pixels.geometry import LineShape

READ = ("My dear Sistr,", "stamp 99 xx", "Your leter of the", "secnd reachd us")
TEXT = "My dear Sister,\nYour letter of the second reached us\nyesterday evening"


def transcribe(project, page, text):
    return transcribe_spread(project, spread(page, Transcript(text)))


def shape(number):
    y = 10.0 * number
    return LineShape(((0.0, y), (50.0, y)), ((0.0, y), (50.0, y), (50.0, y + 8)), 4, 2)


@pytest.fixture
def project():
    made = edits.add_page(Project(), "1.png", 90, 900)
    made = edits.set_lines(made, "p1", [shape(n) for n in range(len(READ))])
    return edits.set_readings(
        made,
        "p1",
        {
            line.id: Reading(tuple(Character(c, 0.8, 0.0, 1.0) for c in text), "m")
            for line, text in zip(made.pages[0].lines, READ, strict=True)
        },
    )


def test_lines_get_their_text_unchecked(project):
    found = transcribe(project, project.pages[0], TEXT)
    lines = found.project.pages[0].lines
    assert [line.correction for line in lines] == [
        "My dear Sister,",
        None,
        "Your letter of the",
        "second reached us",
    ]
    assert not any(line.checked for line in lines)
    assert (found.placed, found.empty, found.doubtful, found.kept) == (3, (2,), (), 0)
    assert (found.words_left, found.words_after) == (2, 2)


def test_a_line_whose_reading_says_the_same_is_confirmed(project):
    found = transcribe(project, project.pages[0], TEXT.replace("second", "secnd"))
    lines = found.project.pages[0].lines
    assert [line.is_confirmed for line in lines] == [False] * 4
    found = transcribe(project, project.pages[0], TEXT.replace("letter", "leter"))
    third = found.project.pages[0].lines[2]
    assert (third.is_confirmed, third.checked) == (True, False)
    # What a transcription said stays a person's text when the page is read again.
    other = Reading(tuple(Character(c, 0.9, 0.0, 1.0) for c in "Our"), "n")
    again = edits.set_readings(found.project, "p1", {third.id: other})
    line = again.pages[0].lines[2]
    assert (line.text, line.is_confirmed) == ("Your leter of the", False)
    # Nor does typing the reading make it confirmed.
    typed = edits.correct_line(found.project, "p1", "l1", "My dear Sistr,")
    assert not typed.pages[0].lines[0].is_confirmed


def test_what_a_person_typed_stays(project):
    mine = edits.correct_line(project, "p1", "l1", "My deer Sister!")
    found = transcribe(mine, mine.pages[0], TEXT)
    line = found.project.pages[0].lines[0]
    assert (line.text, line.transcript) == ("My deer Sister!", "My dear Sister,")
    assert (found.placed, found.kept) == (2, 1)


def test_lines_unlike_their_text_are_named(project, monkeypatch):
    monkeypatch.setattr(transcribing, "DOUBTFUL", 0.9)
    found = transcribe(project, project.pages[0], TEXT)
    assert found.doubtful == (4,)


def test_another_pages_text_changes_nothing(project):
    found = transcribe(project, project.pages[0], "0123 4567 8901 2345 6789")
    assert found.project is project
    assert found.placed == 0


def test_another_pages_text_changes_nothing_where_a_word_looks_alike(project):
    alike = "secondary us"  # like "secnd reachd us", but not very
    foreign = f"0123 4567 8901 {alike} 2345 6789"
    found = transcribe(project, project.pages[0], foreign)
    assert found.project is project
    assert (found.placed, found.doubtful, found.empty) == (0, (), (1, 2, 3, 4))
    assert found.words_left == 7
    # Alone they are a text that may well be of the page.
    assert transcribe(project, project.pages[0], alike).doubtful == (4,)


def test_a_page_has_to_be_read_first(project):
    bare = edits.add_page(project, "2.png", 90, 90)
    with pytest.raises(BadRequest, match="has not been read"):
        transcribe(bare, bare.pages[1], TEXT)
    # However long the text is: it may be that of a book.
    assert transcribe(project, project.pages[0], "word " * 9_000).placed == 0


def test_files(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert read_transcript(tmp_path / "a.txt") == Transcript(TEXT)
    (tmp_path / "b.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(BadDocument, match="empty"):
        read_transcript(tmp_path / "b.txt")
    with pytest.raises(FileNotReadable):
        read_transcript(tmp_path / "none.txt")
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(tmp_path / "C.DOCX", "w") as packed:
        body = f'<w:document xmlns:w="{space}"><w:p><w:t>Hello</w:t></w:p></w:document>'
        packed.writestr("word/document.xml", body)
    assert read_transcript(tmp_path / "C.DOCX") == Transcript("Hello")


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [
        ("utf-16-le", ""),
        ("utf-16-be", ""),
        ("utf-8", ""),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_of_a_file_is_found_and_a_guess_is_told(
    encoding, guessed, project, tmp_path
):
    text = TEXT.replace("Sister", "S\u00efster").replace("evening", "\u2019tis")
    mark = "" if encoding == "cp1252" else "\ufeff"
    (tmp_path / "a.txt").write_bytes((mark + text).encode(encoding))
    read = read_transcript(tmp_path / "a.txt")
    assert read == Transcript(text, guessed)
    found = transcribe_spread(project, spread(project.pages[0], read))
    assert found.project.pages[0].lines[0].text == "My dear S\u00efster,"
    assert found.guessed == guessed
