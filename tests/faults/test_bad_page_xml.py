"""PAGE XML that is none, damaged or hostile: one sentence, and nothing happens."""

from __future__ import annotations

import os
import socket

import pytest

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.errors import BadDocument, FileNotReadable, OutputNotWritable
from hwocr_desktop.core.formats import safe_xml
from hwocr_desktop.core.formats.page_xml import read_page, save_page

NS = "http://schema.primaresearch.org/XML/gts/pagecontent/2019-07-15"
XML = (
    f'<PcGts xmlns="{NS}"><Page imageFilename="&x;" imageWidth="9" imageHeight="9"/>'
    "</PcGts>"
)


def refused(tmp_path, content: bytes | str, name: str = "0001.xml") -> BadDocument:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadDocument) as caught:
        read_page(path)
    assert name in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.advice.endswith(".")
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize("content", ["", "   \n\t"])
def test_an_empty_file(tmp_path, content):
    assert "empty" in refused(tmp_path, content).message


@pytest.mark.parametrize(
    "content",
    [
        b"Dear Sir,",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        XML.replace("&x;", "1.png")[:-20].encode(),
        b"<PcGts><Page></PcGts>",
        b"<?xml version='1.0' encoding='UTF-8'?><PcGts>\xff\xfe</PcGts>",
        b"<?xml version='1.0' encoding='klingon'?><PcGts/>",
        XML.encode(),  # an entity that nobody declared
        b"<PcGts>" + b"<a>" * 100_000,
        b"\x00" * 100,
    ],
    ids=[
        "text",
        "picture",
        "cut off",
        "crossed",
        "wrong bytes",
        "unknown encoding",
        "undeclared entity",
        "deep",
        "zeros",
    ],
)
def test_a_file_that_is_no_whole_xml(tmp_path, content):
    refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"/>', "ALTO"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "hOCR"),
        ("<letters/>", "letters"),
        (f'<PcGts xmlns="{NS}"><Metadata/></PcGts>', "no page"),
    ],
)
def test_another_kind_of_file_is_named(tmp_path, content, word):
    assert word in refused(tmp_path, content).message


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = {
    "laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}<!ENTITY x "&a11;">]>',
    "local file": '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE x [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
    "outer": '<!DOCTYPE PcGts SYSTEM "http://127.0.0.1:9/page.dtd">',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "harmless": "<!DOCTYPE PcGts>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_doctype_is_refused_before_anything_is_declared(
    tmp_path, monkeypatch, doctype, encoding
):
    def no_network(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    text = f"<?xml version='1.0' encoding='{encoding}'?><!-- a -->\n{doctype}{XML}"
    error = refused(tmp_path, text.encode(encoding))
    assert "DOCTYPE" in error.message
    assert "<!DOCTYPE" in error.advice


@pytest.mark.parametrize("doctype", ["laughs", "local file", "harmless"])
def test_a_doctype_in_an_encoding_of_many_bytes_is_refused_too(tmp_path, doctype):
    xml = XML.replace("&x;", "1.png")
    text = f"<?xml version='1.0' encoding='shift_jis'?>{DOCTYPES[doctype]}{xml}"
    assert "DOCTYPE" in refused(tmp_path, text.encode("shift_jis")).message


def test_a_doctype_that_is_only_text_harms_nobody(tmp_path):
    path = tmp_path / "1.xml"
    path.write_text(
        XML.replace("&x;", "1.png").replace("/></", "><!--<!DOCTYPE x>--></Page></")
    )
    assert read_page(path).image_name == "1.png"


def test_a_file_far_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_xml, "_MAX_BYTES", 10)
    assert "too large" in refused(tmp_path, XML).message


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(FileNotReadable) as caught:
            read_page(path)
        assert caught.value.advice


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "1.xml"
    path.write_text(XML)
    path.chmod(0)
    with pytest.raises(FileNotReadable):
        read_page(path)


def test_saving_where_there_is_no_folder_says_so(tmp_path):
    with pytest.raises(OutputNotWritable):
        save_page(tmp_path / "gone" / "1.xml", Page("p", "1.png", 9, 9), "1.png")


def test_a_full_disk_leaves_the_old_export(tmp_path, monkeypatch):
    path = tmp_path / "1.xml"
    path.write_text("old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputNotWritable):
        save_page(path, Page("p", "1.png", 9, 9), "1.png")
    assert path.read_text() == "old"
