"""PAGE XML and ALTO that no program should have written: nothing is lost, all works."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lxml import etree

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Original, Page, Project
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.formats.documents import (
    XML_FORMATS,
    document_of,
    write_document,
)
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.pixels.crops import crop_line

WIDTH, HEIGHT = 300, 200
GRAY = np.full((HEIGHT, WIDTH), 200, np.uint8)


def page_xml(*lines):
    items = "".join(
        f'<TextLine id="{name}"><Coords points="{outline}"/>'
        f'<Baseline points="{base}"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv>'
        "</TextLine>"
        for name, outline, base, text in lines
    )
    year = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"
    return (
        f'<PcGts xmlns="{year}"><Page imageFilename="1.png" imageWidth="{WIDTH}" '
        f'imageHeight="{HEIGHT}"><TextRegion id="r">'
        f'<Coords points="0,0 299,0 299,199"/>{items}</TextRegion></Page></PcGts>'
    ).encode()


def alto(*lines):
    items = "".join(
        f'<TextLine ID="{name}" BASELINE="{base}"><Shape><Polygon POINTS="{outline}"/>'
        f'</Shape><String CONTENT="{text}"/></TextLine>'
        for name, outline, base, text in lines
    )
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description>'
        "<MeasurementUnit>pixel</MeasurementUnit></Description><Layout>"
        f'<Page ID="p" PHYSICAL_IMG_NR="1" WIDTH="{WIDTH}" HEIGHT="{HEIGHT}">'
        "<PrintSpace>"
        f'<TextBlock ID="r" HPOS="0" VPOS="0" WIDTH="299" HEIGHT="199">{items}'
        "</TextBlock></PrintSpace></Page></Layout></alto>"
    ).encode()


BOX = "10,10 290,10 290,60 10,60"
LOW = "10,110 290,110 290,160 10,160"
CASES = {
    "crossing each other": [
        ("a", BOX, "10,10 290,190", "one"),
        ("b", BOX, "10,190 290,10", "two"),
    ],
    "crossing itself": [("a", BOX, "10,50 290,50 150,10 150,90", "one")],
    "going back": [("a", BOX, "10,50 290,50 10,50", "one")],
    "without length": [
        ("a", BOX, "20,50 20,50", "one"),
        ("b", "5,5 5,5 5,5", "5,5 5,5", "two"),
        ("c", "30,30 30,30", LOW, "three"),
    ],
    "of one point or none": [("a", "5,5", "5,5", "one"), ("b", "", "", "two")],
    "the same id": [("a", BOX, "10,50 290,50", "one"), ("a", LOW, "9,9 99,9", "two")],
    "the id of the region": [("r", BOX, "10,50 290,50", "one")],
    "ids that are none": [("", BOX, "9,9 99,9", "one"), ("7 ä", LOW, "9,9 9,9", "two")],
    "partly outside": [("a", "-50,-50 900,-50 900,60 -50,60", "-50,50 900,50", "one")],
    "wholly outside": [
        ("a", "-90,10 -10,10 -10,60 -90,60", "-90,50 -10,50", "one"),
        ("b", "900,900 990,900 990,960", "900,950 990,950", "two"),
    ],
    "far outside": [("a", "1e300,5 5,1e300 nan,inf", "0,50 1e300,50", "one")],
    "no numbers": [("a", "left,top right,bottom", "x y", "one")],
    "a box without area": [("a", "10,50 290,50 290,50 10,50", "10,50 290,50", "one")],
}  # fmt: skip


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
@pytest.mark.parametrize("case", CASES)
def test_all_lines_are_there_and_can_be_read_and_written(case, make):
    lines = CASES[case]
    data = make(*lines)
    document = document_of(data, "1.xml")
    assert sorted(x.text for x in document.lines) == sorted(x[3] for x in lines)
    names = [r.id for r in document.regions] + [x.id for x in document.lines]
    assert len(set(names)) == len(names)
    for line in document.lines:
        points = (*line.shape.baseline, *line.shape.polygon)
        assert all(0 <= x < WIDTH and 0 <= y < HEIGHT for x, y in points)
        assert len(line.shape.baseline) >= 2
        assert len(line.shape.polygon) >= 3
        assert math.isfinite(line.shape.ascent + line.shape.descent)
        crop = crop_line(GRAY, line.shape)
        assert crop.shape[0] == 64
        assert crop.shape[1] > 0
    page = Page("p1", "1.png", WIDTH, HEIGHT)
    project = edits.replace_lines(
        Project(pages=(page,)), "p1", document.lines, document.regions
    )
    page = replace(project.pages[0], original=Original("1.xml"))
    for kind in XML_FORMATS:
        for original in (data, None):
            out = document_of(write_document(page, "1.png", kind, original), "2.xml")
            assert [x.text for x in out.lines] == [x.text for x in page.lines]
            assert [x.id for x in out.lines] == [x.id for x in page.lines]


KNOWN = ("k", BOX, "20,50 280,50", "known")


def line_of(make, *line):
    document = document_of(make(KNOWN, ("x", *line, "text")), "1.xml")
    return document.lines[1]


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
@pytest.mark.parametrize("place", ["100,150", "100,150 100,150"])
def test_a_line_of_one_point_is_a_short_one_there(make, place):
    line = line_of(make, place, place)
    left, top, right, bottom = line.shape.bounds
    assert line.shape.baseline[0] == (100, 150)
    assert 10 < right - left < 60
    assert 10 < bottom - top <= 50
    assert (left, right) == (line.shape.baseline[0][0], line.shape.baseline[-1][0])
    assert not line.checked


def test_alto_without_a_width_is_a_short_line_of_its_height():
    data = alto(KNOWN)
    none = (
        b'<TextLine ID="x" HPOS="90" VPOS="100" WIDTH="0" HEIGHT="20" BASELINE="115">'
    )
    none += b'<String CONTENT="text"/></TextLine></TextBlock>'
    line = document_of(data.replace(b"</TextBlock>", none), "1.xml").lines[1]
    assert line.shape.bounds == pytest.approx((90, 100, 130, 120))
    assert (line.text, line.checked) == ("text", False)


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
def test_a_line_off_the_page_is_a_short_one_nearest_to_it(make):
    line = line_of(make, "5000,100 5500,100 5500,120 5000,120", "5000,115 5500,115")
    left, top, right, bottom = line.shape.bounds
    assert (top, right, bottom) == pytest.approx((100, WIDTH - 1, 120))
    assert 10 < right - left < 60
    assert (line.text, line.checked) == ("text", False)


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
def test_what_was_mended_is_said(make):
    data = make(
        KNOWN,
        ("k", "9,9 9,9", "9,9 9,9", "point"),
        ("r", "", "", "nothing"),
        ("", "-9,5 -2,5 -2,8 -9,8", "-9,5 -2,5", "off"),
    )
    mended = document_of(data, "1.xml").mended
    assert (mended.nowhere, mended.points, mended.outside) == (1, 1, 1)
    assert mended.renamed == (("k", "k_2"), ("r", "r_2"))
    assert document_of(make(KNOWN), "1.xml").mended == Mended()


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
@pytest.mark.parametrize(
    "baseline", ["20,10 280,195", "150,125 150,125", "abc,def", "5,5 nan,nan"]
)
def test_a_baseline_that_does_not_fit_is_made_from_the_outline_and_told(make, baseline):
    outline = "20,100 280,100 280,140 20,140"
    document = document_of(make(("k", outline, baseline, "text")), "1.xml")
    assert document.mended == Mended(misfits=1)
    (line,) = document.lines
    assert all(100 <= y <= 140 for _, y in line.shape.baseline)
    assert line.shape.baseline[-1][0] - line.shape.baseline[0][0] > 200
    assert line.text == "text"


FAR = "5000,9000 5500,9000 5500,9100 5000,9100"


@pytest.mark.parametrize("kind", ["page", "alto"])
def test_what_is_written_of_lines_off_the_page_is_on_it(kind):
    make = {"page": page_xml, "alto": alto}[kind]
    data = make(KNOWN, ("far", FAR, "5000,9090 5500,9090", "text"))
    word = b'<String HPOS="5000" VPOS="9000" WIDTH="500" HEIGHT="90" '
    data = data.replace(b"<String ", word)
    document = document_of(data, "1.xml")
    page = Page("p1", "1.png", WIDTH, HEIGHT, lines=document.lines)
    page = replace(page, regions=document.regions, original=Original("1.xml"))
    for original in (data, None):
        out = etree.fromstring(write_document(page, "1.png", kind, original))
        written = [
            element.get(name, "")
            for element in out.iter("*")
            for name in ("points", "POINTS", "BASELINE")
        ]
        assert any(written)
        for x, y in (pair.split(",") for text in written for pair in text.split()):
            assert 0 <= int(x) <= WIDTH
            assert 0 <= int(y) <= HEIGHT
        for box in out.iter("{*}TextLine", "{*}String"):
            if kind == "alto":
                assert int(box.get("HPOS")) + int(box.get("WIDTH")) <= WIDTH
                assert int(box.get("VPOS")) + int(box.get("HEIGHT")) <= HEIGHT


@pytest.mark.parametrize("make", [page_xml, alto], ids=["page", "alto"])
def test_an_outline_without_area_is_made_anew(make):
    line = line_of(make, "10,150 290,150 290,150 10,150", "10,150 290,150")
    assert line.shape.bounds[3] - line.shape.bounds[1] > 20
    assert line.checked


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"<Layout>", b"<Layout><Page/>", "2 pages"),
        (b"Page", b"Leaf", "no pages"),
        (b"pixel", b"mm10", "mm10"),
    ],
)
def test_alto_that_cannot_be_understood_is_told_in_a_sentence(old, new, word):
    data = alto(("a", BOX, "10,50 290,50", "one"))
    data = data.replace(b'WIDTH="300" HEIGHT="200"', b"").replace(old, new)
    with pytest.raises(BadDocument) as caught:
        document_of(data, "brief.xml")
    assert "brief.xml" in caught.value.message
    assert word in caught.value.message
    assert caught.value.advice.endswith(".")


def test_alto_without_the_size_of_its_page_is_as_large_as_what_is_on_it():
    data = alto(("a", BOX, "10,50 290,50", "one"))
    document = document_of(data.replace(b'WIDTH="300" HEIGHT="200"', b""), "1.xml")
    assert (document.width, document.height) == (300, 200)


def test_blocks_that_follow_each_other_in_a_circle_are_read_once_each():
    data = alto(("a", BOX, "10,50 290,50", "one"))
    data = data.replace(b'<TextBlock ID="r"', b'<TextBlock ID="r" IDNEXT="r"')
    assert [x.text for x in document_of(data, "1.xml").lines] == ["one"]


def test_what_alto_says_of_words_may_be_nonsense():
    data = alto(("a", BOX, "10,50 290,50", "one"))
    nonsense = b'<SP/><String CONTENT="two" WC="often" HPOS="x" WIDTH="nan"/><HYP/>'
    data = data.replace(b"</TextLine>", nonsense + b"<SP/></TextLine>")
    (line,) = document_of(data, "1.xml").lines
    assert line.text == "one two-"
    assert line.state == "checked"
