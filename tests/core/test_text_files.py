"""Text files as people bring them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.text_files import read_text


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
        ("one".encode("utf-16"), "not a text in UTF-8; see line 1"),
    ],
)
def test_what_is_no_text_is_said(data, said, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(BadDocument, match=said) as caught:
        read_text(path)
    assert "UTF-8" in caught.value.advice


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(FileNotReadable, match=r"none\.txt” cannot be read"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(FileNotReadable, match="is a folder") as caught:
        read_text(tmp_path)
    assert str(tmp_path) in caught.value.message
