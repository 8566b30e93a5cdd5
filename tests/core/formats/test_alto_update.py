"""What ALTO of another program says beyond its lines outlasts our work on them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hwocr_desktop.core.document.document import Original, Page
from hwocr_desktop.core.document.turning import turn_page
from hwocr_desktop.core.formats.alto import write_alto
from hwocr_desktop.core.formats.alto_read import read_alto
from hwocr_desktop.core.formats.alto_update import update_alto

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
)
ORIGINAL = Original("1.xml")
ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">
 <Description><MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation><fileName>0001.jpg</fileName>
   <fileIdentifier>shelf 7</fileIdentifier></sourceImageInformation></Description>
 <Styles><TextStyle ID="s1" FONTFAMILY="Kurrent"/></Styles>
 <Tags><OtherTag ID="t1" LABEL="heading"/>
  <NamedEntityTag ID="p1" LABEL="Hooker"/></Tags>
 <Layout><Page ID="page" PHYSICAL_IMG_NR="3" WIDTH="1000" HEIGHT="800" PC="0.7">
  <PrintSpace HPOS="0" VPOS="0" WIDTH="1000" HEIGHT="800">
   <TextBlock ID="b1" HPOS="10" VPOS="10" WIDTH="500" HEIGHT="200" TAGREFS="t1">
    <TextLine ID="a" HPOS="10" VPOS="20" WIDTH="490" HEIGHT="60" STYLEREFS="s1"
     BASELINE="10,70 500,70"><String CONTENT="Sir" HPOS="10" VPOS="20" WIDTH="90"
     HEIGHT="60" WC="0.5" TAGREFS="p1"/><SP/><String CONTENT="Joseph" HPOS="120"
     VPOS="20" WIDTH="90" HEIGHT="60" WC="0.7"/></TextLine>
    <TextLine ID="b" HPOS="10" VPOS="100" WIDTH="490" HEIGHT="60" BASELINE="150">
     <String CONTENT="Hoo" SUBS_TYPE="HypPart1" SUBS_CONTENT="Hooker" HPOS="10"
     VPOS="100" WIDTH="90" HEIGHT="60"/><HYP CONTENT="-"/></TextLine></TextBlock>
   <Illustration ID="i1" HPOS="700" VPOS="500" WIDTH="100" HEIGHT="50" TYPE="seal"/>
  </PrintSpace></Page></Layout></alto>"""


@pytest.fixture
def data() -> bytes:
    return ALTO.encode()


@pytest.fixture
def imported(data: bytes, tmp_path: Path) -> Page:
    (tmp_path / "0001.xml").write_bytes(data)
    document = read_alto(tmp_path / "0001.xml")
    return Page(
        "p1", "0001.jpg", 1000, 800, regions=document.regions, lines=document.lines
    )


def updated(data: bytes, page: Page) -> etree._Element:
    return etree.fromstring(update_alto(data, page, ORIGINAL, "0001.jpg"))


def by_id(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.xpath(f"//*[@ID='{name}']")
    return found


def with_line(page: Page, name: str, **changes: object) -> Page:
    lines = [replace(x, **changes) if x.id == name else x for x in page.lines]
    return replace(page, lines=tuple(lines))


def canonical(data: bytes) -> str:
    return etree.canonicalize(from_file=io.BytesIO(data), with_comments=False)


def test_a_page_nobody_touched_comes_out_as_it_went_in(data, imported):
    out = update_alto(data, imported, ORIGINAL, "0001.jpg")
    assert canonical(out) == canonical(data)


def test_a_broken_word_is_read_as_it_stands_and_a_confidence_as_a_machines(imported):
    assert [line.text for line in imported.lines] == ["Sir Joseph", "Hoo-"]
    assert [line.state for line in imported.lines] == ["read", "checked"]
    assert imported.lines[1].shape.baseline == ((10, 150), (500, 150))
    assert imported.lines[0].reading.characters[4].start == pytest.approx(110 / 490)


def test_correcting_a_line_leaves_all_that_is_around_it(data, imported, tmp_path):
    page = with_line(imported, "a", correction="Sir J. Hooker", checked=True)
    page = with_line(page, "b", kind="printed")
    root = updated(data, page)
    line = by_id(root, "a")
    words = line.findall("{*}String")
    assert [word.get("CONTENT") for word in words] == ["Sir", "J.", "Hooker"]
    assert (line.get("CS"), line.get("STYLEREFS")) == ("true", "s1")
    assert by_id(root, "i1").get("TYPE") == "seal"
    assert root.findtext(".//{*}fileIdentifier") == "shelf 7"
    assert root.find(".//{*}Page").get("PC") == "0.7"
    assert by_id(root, "p1").get("LABEL") == "Hooker"
    tag = by_id(root, "b").get("TAGREFS")
    assert by_id(root, tag).get("LABEL") == "printed"
    (tmp_path / "2.xml").write_bytes(etree.tostring(root))
    again = read_alto(tmp_path / "2.xml")
    assert [(x.text, x.state, x.kind) for x in again.lines] == [
        ("Sir J. Hooker", "checked", ""),
        ("Hoo-", "checked", "printed"),
    ]


def test_tenths_of_millimeters_become_pixels_and_the_page_may_be_turned(
    data, imported, tmp_path
):
    given = data.replace(b">pixel<", b">mm10<").replace(b"ns-v4#", b"ns-v3#")
    big = replace(
        imported,
        width=2000,
        height=1600,
        lines=tuple(
            replace(
                x,
                shape=replace(
                    x.shape,
                    baseline=tuple((2 * a, 2 * b) for a, b in x.shape.baseline),
                    polygon=tuple((2 * a, 2 * b) for a, b in x.shape.polygon),
                ),
            )
            for x in imported.lines
        ),
    )
    root = updated(given, turn_page(big, 1))
    assert root.findtext(".//{*}MeasurementUnit") == "pixel"
    assert root.tag == "{http://www.loc.gov/standards/alto/ns-v4#}alto"
    seal = by_id(root, "i1")
    # (1400, 1000) to (1600, 1100) of 2000 x 1600, turned clockwise.
    assert [seal.get(n) for n in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] == [
        "499",
        "1400",
        "100",
        "200",
    ]
    assert by_id(root, "a").get("BASELINE") == "1459,20 1459,1000"


@quick
@given(data=st.data())
def test_any_page_comes_back_through_the_file_of_any_other(
    data, pages, tmp_path_factory
):
    before, after = data.draw(pages), data.draw(pages)
    path = tmp_path_factory.getbasetemp() / "update.xml"
    xml = write_alto(before, "1.png")
    seal = b'<Illustration ID="spot" HPOS="1" VPOS="1"/>'
    xml = xml.replace(b"</PrintSpace>", seal + b"</PrintSpace>").replace(
        b'HEIGHT="800"/>', b'HEIGHT="800">' + seal + b"</PrintSpace>"
    )
    path.write_bytes(update_alto(xml, after, ORIGINAL, "1.png"))
    document = read_alto(path)
    known = [(x.id, x.text, x.state, x.kind, x.region) for x in after.lines]
    read = [(x.id, x.text, x.state, x.kind, x.region) for x in document.lines]
    assert read == known
    assert [x.shape for x in document.lines] == [x.shape for x in after.lines]
    assert set(document.regions) == set(after.regions)
    root = etree.parse(path)
    assert len(root.xpath("//*[@ID='spot']")) == 1
    names = root.xpath("//@ID")
    assert len(set(names)) == len(names)
    for refs in (*root.xpath("//@REF"), *root.xpath("//@TAGREFS")):
        assert set(refs.split()) <= set(names)
