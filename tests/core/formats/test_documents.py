from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from hwocr_desktop.core.document.document import Original
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.formats.documents import (
    XML_FORMATS,
    document_of,
    read_document,
    write_document,
)


@pytest.mark.parametrize("kind", XML_FORMATS)
def test_each_kind_is_recognized_by_what_is_in_it(kind, page, tmp_path):
    (tmp_path / "1.xml").write_bytes(write_document(page, "1.png", kind))
    document = read_document(tmp_path / "1.xml")
    assert [line.text for line in document.lines] == [line.text for line in page.lines]
    assert [line.state for line in document.lines] == [x.state for x in page.lines]


def test_page_of_2013_is_what_transkribus_takes(page):
    line = replace(page.lines[0], id="empty", correction="", checked=True)
    page = replace(page, lines=(*page.lines, line))
    data = write_document(page, "1.png", "page2013")
    root = etree.fromstring(data)
    year = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"
    assert etree.QName(root).namespace == year
    assert b"2019" not in data
    texts = [text.text for text in root.iter("{*}Unicode")]
    assert texts == ["Kew", "Gardens", "1863"]
    # Whose the empty text is stands elsewhere, and comes back.
    assert document_of(data, "1.xml").lines[-1] == line


@pytest.mark.parametrize(
    ("made", "wanted", "is_kept"),
    [
        ("page", "page", True),
        ("page2013", "page", True),
        ("page", "page2013", True),
        ("alto", "alto", True),
        ("alto", "page", False),
        ("page", "alto", False),
    ],
)
def test_what_a_file_says_beyond_lines_is_kept_in_its_own_kind(
    page, made, wanted, is_kept
):
    data = write_document(page, "1.png", made)
    end = b"</PrintSpace>" if made == "alto" else b"</Page>"
    mark = b'<Illustration ID="mark"/>' if made == "alto" else b'<Mark id="mark"/>'
    data = data.replace(end, mark + end)
    page = replace(page, original=Original("1.xml"))
    out = write_document(page, "1.png", wanted, data)
    assert (b'"mark"' in out) == is_kept
    assert [x.text for x in document_of(out, "1.xml").lines] == [
        x.text for x in page.lines
    ]


def test_a_file_of_neither_kind_is_told(tmp_path):
    (tmp_path / "1.xml").write_text("<tei/>")
    with pytest.raises(BadDocument, match="neither PAGE XML nor ALTO"):
        read_document(tmp_path / "1.xml")
