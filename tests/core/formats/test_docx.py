"""Text out of Word files."""

from __future__ import annotations

import zipfile

import pytest

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.formats import docx
from hwocr_desktop.core.formats.docx import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def write(path, body, name="word/document.xml"):
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(name, body)
    return path


def document(*paragraphs):
    inside = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    return f"<w:document {W}><w:body>{inside}</w:body></w:document>"


def run(text):
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_paragraphs_breaks_and_runs(tmp_path):
    body = document(
        run("My dear ") + run("Sister,"),
        "",
        run("first") + "<w:r><w:br/></w:r>" + run("second") + "<w:r><w:tab/></w:r>",
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>" + run("žluťoučký"),
    )
    text = read_docx(write(tmp_path / "a.docx", body))
    assert text == "My dear Sister,\n\nfirst\nsecond \nžluťoučký"


def box(*paragraphs):
    inside = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    return f"<w:r><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict></w:r>"


def test_text_in_a_box_is_there_once_and_apart(tmp_path):
    body = document(
        run("Outer ") + box(run("boxed") + box(run("deep")), run("two")) + run("words"),
        run("after"),
    )
    text = read_docx(write(tmp_path / "a.docx", body))
    assert text == "Outer words\nboxed\ndeep\ntwo\nafter"


def test_what_is_there_in_two_ways_is_read_once(tmp_path):
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    ways = (
        f"<mc:AlternateContent xmlns:mc='{mc}'><mc:Choice Requires='wps'>"
        f"{box(run('boxed'))}</mc:Choice><mc:Fallback>{box(run('boxed'))}"
        "</mc:Fallback></mc:AlternateContent>"
    )
    body = document(run("Outer ") + ways + run("words"), run("after"))
    text = read_docx(write(tmp_path / "a.docx", body))
    assert text == "Outer words\nboxed\nafter"


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"plain text"),
        lambda path: path.write_bytes(b""),
        lambda path: write(path, "<a/>", "other.xml"),
        lambda path: write(path, "<a/>"),
        lambda path: write(path, "<w:document"),
        lambda path: write(path, '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    ],
)
def test_what_is_no_word_file_is_told(tmp_path, make):
    path = tmp_path / "a.docx"
    make(path)
    with pytest.raises(BadDocument, match=r"a\.docx"):
        read_docx(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotReadable):
        read_docx(tmp_path / "none.docx")
    with pytest.raises(FileNotReadable):
        read_docx(tmp_path)


def test_far_too_much_text(tmp_path, monkeypatch):
    path = write(tmp_path / "a.docx", document(run("a" * 100)))
    monkeypatch.setattr(docx, "_MOST_BYTES", 50)
    with pytest.raises(BadDocument, match="too much"):
        read_docx(path)


def test_a_file_with_a_password(tmp_path):
    path = write(tmp_path / "a.docx", document(run("secret")))
    data = bytearray(path.read_bytes())
    for at in (6, data.index(b"PK\1\2") + 8):
        data[at] |= 1  # “encrypted”
    path.write_bytes(data)
    with pytest.raises(BadDocument, match="password"):
        read_docx(path)
