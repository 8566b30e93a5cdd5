"""Text files as people bring them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.text_files import WINDOWS, read_any_text, read_text


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_text_comes_back_as_it_was_saved(text, mark, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "text.txt"
    path.write_bytes((mark + text).encode())
    expected = text if mark else text.removeprefix("\ufeff")
    assert read_text(path) == io.StringIO(expected, newline=None).getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "“a.txt” is not a text file"),
        (b"one\ntwo\nthr\xe9\n", "not a text in UTF-8; see line 3"),
        (b"\xff\xfeo\0n", "begins like a text in UTF-16 and is none"),
    ],
)
def test_what_is_no_text_is_said(data, said, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(BadDocument, match=said) as caught:
        read_text(path)
    assert "UTF-8" in caught.value.advice


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_mark_tells_the_encoding(text, encoding, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "marked.txt"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    # What begins with a zero after the mark of UTF-16 is the mark of UTF-32.
    text = "a" + text
    path.write_bytes((mark + text).encode(encoding))
    expected = io.StringIO(text, newline=None).getvalue()
    assert read_text(path) == expected
    assert read_any_text(path) == (expected, "")


@pytest.mark.parametrize(
    "text",
    [
        "thr\u00e9e",
        "L\u2019été à Genève, «la grève» — dès l\u2019aube…",
        "Schöne Grüße an die Ämter, 3½ Öre, £5",
        "ÉTÉ À GENÈVE",
        "He said: \u201cKew,\u201d and \u2018left\u2019.",
    ],
)
def test_text_of_old_programs_for_windows_is_read_and_said(text, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    assert read_any_text(path) == (text, WINDOWS)
    with pytest.raises(BadDocument):
        read_text(path)


@pytest.mark.parametrize(
    "data",
    [
        # Other alphabets, of which Windows-1252 makes nonsense.
        "Привет из Кью".encode("cp1251"),
        "\u039f\u03b9 επιστολές".encode("cp1253"),
        "Zażółć gęślą jaźń".encode("cp1250"),
        "à l'été, déjà".encode("cp850"),
        "à l'été, déjà".encode("mac-roman"),
        # UTF-8 in which one byte is damaged, and what is no text.
        "L\u2019été à Genève".encode().replace(b"\xc3\xa9", b"\xc3", 1),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"caf\xe9\x07",
        b"caf\xe9\x81",
        b"\xff\xfeo\0n",
    ],
)
def test_what_is_hardly_windows_1252_is_refused(data, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(BadDocument) as caught:
        read_any_text(path)
    assert "UTF-8" in caught.value.advice


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(FileNotReadable, match=r"none\.txt” cannot be read"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(FileNotReadable, match="is a folder") as caught:
        read_text(tmp_path)
    assert str(tmp_path) in caught.value.message
