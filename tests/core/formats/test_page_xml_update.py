"""What a file of another program says beyond its lines outlasts our work on them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hwocr_desktop.core.document.document import (
    Character,
    Line,
    Original,
    Page,
    Reading,
)
from hwocr_desktop.core.document.turning import turn_page
from hwocr_desktop.core.formats.documents import document_of
from hwocr_desktop.core.formats.page_xml import read_page, write_page
from hwocr_desktop.core.formats.page_xml_update import update_page
from hwocr_desktop.core.pixels.geometry import LineShape
from tests.schemas import schema

ORIGINAL = Original("1.xml")
PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TRANSKRIBUS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- exported by somebody -->
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15
 http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15/pagecontent.xsd">
 <Metadata><Creator>prov=READ</Creator><Created>2020-01-01T00:00:00Z</Created>
  <LastChange>2020-01-01T00:00:00Z</LastChange>
  <TranskribusMetadata docId="7" pageId="8" status="GT"/></Metadata>
 <Page imageFilename="0001.jpg" imageWidth="1000" imageHeight="800">
  <PrintSpace><Coords points="1,1 999,1 999,799"/></PrintSpace>
  <ReadingOrder><OrderedGroup id="ro" caption="Regions reading order">
   <RegionRefIndexed index="0" regionRef="r2"/>
   <RegionRefIndexed index="1" regionRef="r1"/></OrderedGroup></ReadingOrder>
  <ImageRegion id="seal"><Coords points="700,500 800,500 800,600"/></ImageRegion>
  <TextRegion id="r1" custom="readingOrder {index:1;} shelf {mark:Add 1;}">
   <Coords points="0,300 999,300 999,500 0,500"/>
   <TextLine id="a" custom="readingOrder {index:0;} abbrev {offset:0; length:3;}
 abbrev {offset:4; length:2;}" comments="torn">
    <Coords points="10,300 500,300 500,360 10,360"/><Baseline points="10,350 500,350"/>
    <Word id="a1"><Coords points="10,300 90,300 90,360 10,360"/>
     <TextEquiv><Unicode>Kew</Unicode></TextEquiv></Word>
    <Word id="a2"><Coords points="100,300 190,300 190,360 100,360"/>
     <TextEquiv><Unicode>Gardens</Unicode></TextEquiv></Word>
    <TextEquiv><Unicode>Kew Gardens</Unicode></TextEquiv>
    <TextStyle fontFamily="Kurrent"/></TextLine>
   <TextLine id="b" custom="readingOrder {index:1;}">
    <Coords points="10,400 500,400 500,460 10,460"/><Baseline points="10,450 500,450"/>
    <TextEquiv><Unicode>May 4</Unicode></TextEquiv></TextLine>
   <TextEquiv><Unicode>Kew Gardens
May 4</Unicode></TextEquiv></TextRegion>
  <TextRegion id="r2" type="heading"><Coords points="0,0 999,0 999,100"/>
   <TextLine id="c"><Coords points="10,20 500,20 500,80 10,80"/>
    <Baseline points="10,70 500,70"/>
    <TextEquiv><Unicode>Letters</Unicode></TextEquiv></TextLine></TextRegion>
  <TableRegion id="t"><Coords points="0,600 999,600 999,799"/>
   <TableCell id="t1" row="0" col="0"><Coords points="0,600 99,600 99,699"/>
    <TextLine id="d"><Coords points="10,620 90,620 90,680 10,680"/>
     <Baseline points="10,670 90,670"/>
     <TextEquiv><Unicode>12s</Unicode></TextEquiv></TextLine></TableCell>
   <TableCell id="t2" row="0" col="1"><Coords points="99,600 199,600 199,699"/>
   </TableCell></TableRegion>
 </Page></PcGts>"""


@pytest.fixture
def data() -> bytes:
    return TRANSKRIBUS.encode()


@pytest.fixture
def imported(data: bytes, tmp_path: Path) -> Page:
    (tmp_path / "0001.xml").write_bytes(data)
    document = read_page(tmp_path / "0001.xml")
    return Page(
        "p1",
        "0001.jpg",
        1000,
        800,
        regions=document.regions,
        lines=document.lines,
        original=Original("0001.xml"),
    )


def updated(data: bytes, page: Page, year: int = 2019) -> etree._Element:
    assert page.original is not None
    return etree.fromstring(
        update_page(data, page, page.original, "0001.jpg", year=year)
    )


def read_back(data: bytes, page: Page, tmp_path: Path) -> Page:
    path = tmp_path / "updated.xml"
    path.write_bytes(etree.tostring(updated(data, page)))
    document = read_page(path)
    return replace(page, regions=document.regions, lines=document.lines)


def with_line(page: Page, name: str, **changes: object) -> Page:
    lines = [replace(x, **changes) if x.id == name else x for x in page.lines]
    return replace(page, lines=tuple(lines))


def by_id(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.xpath(f"//*[@id='{name}']")
    return found


def texts(element: etree._Element) -> list[str]:
    return [one.text for one in element.findall("{*}TextEquiv/{*}Unicode")]


def canonical(data: bytes) -> str:
    data = re.sub(rb"<LastChange>[^<]*", b"<LastChange>", data)
    return etree.canonicalize(from_file=io.BytesIO(data), with_comments=False)


@pytest.mark.parametrize("year", [2013, 2019])
def test_a_page_nobody_touched_comes_out_as_it_went_in(data, imported, year):
    given = data.replace(b"2013-07-15", f"{year}-07-15".encode())
    given = re.sub(rb"(gts/pagecontent/20..-07-15)\s+", rb"\1 ", given)
    out = update_page(given, imported, Original("1.xml"), "0001.jpg", year=year)
    assert canonical(out) == canonical(given)


def test_correcting_a_line_leaves_all_that_is_around_it(data, imported, tmp_path):
    page = with_line(imported, "a", correction="Kew Palace", checked=True)
    root = updated(data, page)
    line = by_id(root, "a")
    assert texts(line) == ["Kew Palace"]
    assert line.get("comments") == "torn"
    assert line.get("custom").count("abbrev {") == 2
    # As many words as before keep their places and say what the line says.
    assert [texts(word) for word in line.findall("{*}Word")] == [["Kew"], ["Palace"]]
    assert line.find("{*}TextStyle") is not None
    assert texts(by_id(root, "r1")) == ["Kew Palace\nMay 4"]
    assert by_id(root, "seal").getparent().tag == PAGE + "Page"
    assert root.find("{*}Metadata/{*}TranskribusMetadata").get("status") == "GT"
    assert "shelf {mark:Add 1;}" in by_id(root, "r1").get("custom")
    assert by_id(root, "t2").get("col") == "1"
    again = read_back(data, page, tmp_path)
    assert [(x.id, x.text, x.state) for x in again.lines] == [
        (x.id, x.text, x.state) for x in page.lines
    ]


def test_a_new_reading_of_the_same_text_says_which_model_and_how_surely(data, imported):
    characters = tuple(Character(c, 0.25, 0, 1) for c in "May 4")
    reading = Reading(characters, "lines-en")
    page = with_line(imported, "b", reading=reading, correction=None, checked=False)
    before = update_page(data, page, ORIGINAL, "0001.jpg")
    assert by_id(etree.fromstring(before), "b").find("{*}TextEquiv").get("conf") == (
        "0.2500"
    )
    surer = Reading(tuple(replace(c, confidence=0.75) for c in characters), "lines-fr")
    line = by_id(updated(before, with_line(page, "b", reading=surer)), "b")
    assert line.find("{*}TextEquiv").get("conf") == "0.7500"
    assert "model:lines-fr;" in line.get("custom")


def test_words_of_another_number_go_with_the_text_they_were_of(data, imported):
    line = by_id(updated(data, with_line(imported, "a", correction="Kew")), "a")
    assert line.findall("{*}Word") == []
    assert texts(line) == ["Kew"]


def test_lines_taken_away_added_and_moved(data, imported, tmp_path):
    shape = LineShape(((10, 480), (90, 480)), ((10, 470), (90, 470), (90, 490)), 9, 9)
    new = Line("l9", shape, correction="new", checked=True, region="r1")
    kept = [x for x in imported.lines if x.id != "b"]
    moved = replace(next(x for x in kept if x.id == "c"), region="r1")
    lines = (moved, new, *(x for x in kept if x.id not in ("c",)))
    page = replace(imported, lines=lines)
    root = updated(data, page)
    assert [x.get("id") for x in by_id(root, "r1").findall("{*}TextLine")] == [
        "c",
        "l9",
        "a",
    ]
    assert root.xpath("//*[@id='b']") == []
    assert root.find(".//{*}RegionRefIndexed").get("regionRef") == "r1"
    again = read_back(data, page, tmp_path)
    assert [x.id for x in again.lines] == [x.id for x in page.lines]
    assert [x.text for x in again.lines] == [x.text for x in page.lines]


def test_a_turned_and_enlarged_page_takes_everything_along(data, imported, tmp_path):
    big = replace(
        imported,
        width=2000,
        height=1600,
        regions=(),
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
    page = turn_page(big, 1)
    root = updated(data, page)
    # (x, y) of 2000 x 1600 comes to (1599 - y, x).
    assert by_id(root, "seal")[0].get("points") == "599,1400 599,1600 399,1600"
    again = read_back(data, page, tmp_path)
    for line, expected in zip(again.lines, page.lines, strict=True):
        assert line.shape.baseline == expected.shape.baseline


@quick
@given(data=st.data())
def test_any_page_comes_back_through_the_file_of_any_other(
    data, pages, tmp_path_factory
):
    before, after = data.draw(pages), data.draw(pages)
    path = tmp_path_factory.getbasetemp() / "update.xml"
    xml = write_page(before, "1.png")
    xml = xml.replace(b"</Page>", b'<NoiseRegion id="spot"><Coords points="1,1 2,2"/>'
                      b"</NoiseRegion></Page>")  # fmt: skip
    path.write_bytes(update_page(xml, after, Original("1.xml"), "1.png"))
    document = read_page(path)
    assert [replace(x, shape=after.lines[0].shape) for x in document.lines] == [
        replace(x, shape=after.lines[0].shape) for x in after.lines
    ]
    for line, expected in zip(document.lines, after.lines, strict=True):
        assert line.shape.baseline == expected.shape.baseline
        assert line.shape.polygon == expected.shape.polygon
    assert set(document.regions) == set(after.regions)
    root = etree.parse(path)
    assert len(root.xpath("//*[@id='spot']")) == 1
    schema("pagecontent-2019-07-15").assertValid(root)
    old = update_page(xml, after, Original("1.xml"), "1.png", year=2013)
    schema("pagecontent-2013-07-15").assertValid(etree.fromstring(old))


def test_real_pages_come_out_as_they_went_in(shared_data):
    files = sorted(shared_data.glob("pages/train/*/*.xml"))
    for path in files[:: max(len(files) // 12, 1)]:
        document = read_page(path)
        page = Page(
            "p1",
            document.image_name,
            document.width,
            document.height,
            regions=document.regions,
            lines=document.lines,
        )
        data = path.read_bytes()
        out = update_page(data, page, Original("1.xml"), document.image_name)
        assert canonical(out) == canonical(data)


NUMBERS = st.one_of(
    st.sampled_from(["NaN", "inf", "-inf", "", "x", "1e400", "-1e400"]),
    st.integers(-5000, 5000).map(str),
    st.floats(-5000, 5000).map(str),
)
PLACES = st.lists(st.tuples(NUMBERS, NUMBERS).map(",".join), max_size=4).map(" ".join)


@quick
@given(places=st.lists(PLACES, min_size=9, max_size=9))
def test_places_that_are_none_are_written_as_the_schema_wants_them(places):
    given_places = iter(places)
    outline = '<Coords points="{}"/>'
    line = (
        '<TextLine id="l{}">'
        + outline
        + '<Baseline points="{}"/><Word id="w{}">'
        + outline
        + "</Word><TextEquiv><Unicode>text {}</Unicode></TextEquiv></TextLine>"
    )
    lines = "".join(
        line.format(n, next(given_places), next(given_places), n, next(given_places), n)
        for n in range(2)
    )
    xml = (
        f'<PcGts xmlns="{PAGE[1:-1]}"><Metadata><Creator>x</Creator>'
        "<Created>2020-01-01T00:00:00</Created>"
        "<LastChange>2020-01-01T00:00:00</LastChange></Metadata>"
        '<Page imageFilename="1.png" imageWidth="300" imageHeight="200">'
        f'<TextRegion id="r1">{outline.format(next(given_places))}{lines}</TextRegion>'
        f'<ImageRegion id="i1">{outline.format(next(given_places))}</ImageRegion>'
        f'<NoiseRegion id="n1">{outline.format(next(given_places))}</NoiseRegion>'
        "</Page></PcGts>"
    ).encode()
    document = document_of(xml, "1.xml")
    page = Page("p1", "1.png", 300, 200, regions=document.regions, lines=document.lines)
    for year in (2019, 2013):
        written = update_page(xml, page, ORIGINAL, "1.png", year=year)
        root = etree.fromstring(written)
        schema(f"pagecontent-{year}-07-15").assertValid(root)
        again = document_of(written, "1.xml")
        assert [x.text for x in again.lines] == ["text 0", "text 1"]
        assert len(root.xpath("//*[local-name()='Word']")) == 2
