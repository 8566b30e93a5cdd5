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
from hwocr_desktop.core.formats.page_xml import read_page
from tests.schemas import assert_alto

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
    return assert_alto(update_alto(data, page, ORIGINAL, "0001.jpg"))


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
    root = assert_alto(path.read_bytes())
    assert len(root.xpath("//*[@ID='spot']")) == 1


# An older version, of a program that is careless: numbers as ids, two of one name,
# references to what is not there, a line without a word, an order without ids.
CARELESS = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#">
 <Description><sourceImageInformation/></Description>
 <Tags><OtherTag ID="t1" LABEL="heading"/></Tags>
 <ReadingOrder><OrderedGroup ID="o"><ElementRef REF="2"/><OrderedGroup>
  <ElementRef REF="gone"/></OrderedGroup><ElementRef REF="1"/></OrderedGroup>
 </ReadingOrder>
 <Layout><Page WIDTH="1000" HEIGHT="800"><PrintSpace>
  <TextBlock ID="1" HPOS="10" VPOS="10" WIDTH="500" HEIGHT="200" TAGREFS="t1 t9"
   IDNEXT="gone"><TextLine ID="a" HPOS="10" VPOS="20" WIDTH="490" HEIGHT="60"/>
   <TextLine ID="a" HPOS="10" VPOS="90" WIDTH="490" HEIGHT="60" STYLEREFS="none">
    <Shape><Circle HPOS="9" VPOS="8" RADIUS="7"/></Shape><HYP CONTENT="-"/></TextLine>
  </TextBlock>
  <TextBlock ID="2" HPOS="10" VPOS="400" WIDTH="500" HEIGHT="200" IDNEXT="1">
   <TextLine HPOS="10" VPOS="420" WIDTH="490" HEIGHT="60"><String CONTENT="Kew"/>
   </TextLine></TextBlock>
  <Illustration HPOS="700" VPOS="500" WIDTH="100" HEIGHT="50"/>
 </PrintSpace></Page></Layout></alto>"""


@pytest.mark.parametrize("gone", [[], ["a"], ["r_2"], ["r_1", "r_2"]])
def test_what_a_careless_program_wrote_comes_out_valid(gone, tmp_path):
    (tmp_path / "1.xml").write_text(CARELESS, encoding="utf-8")
    document = read_alto(tmp_path / "1.xml")
    assert [region.id for region in document.regions] == ["r_2", "r_1"]
    regions = tuple(one for one in document.regions if one.id not in gone)
    lines = tuple(
        one for one in document.lines if one.id not in gone and one.region not in gone
    )
    page = Page("p1", "0001.jpg", 1000, 800, regions=regions, lines=lines)
    out = update_alto(CARELESS.encode(), page, ORIGINAL, "0001.jpg")
    assert_alto(out)
    (tmp_path / "2.xml").write_bytes(out)
    again = read_alto(tmp_path / "2.xml")
    # The order was told by names that had to be changed.
    assert [line.id for line in again.lines] == [line.id for line in lines]
    assert again.regions == regions


def test_round_shapes_and_baselines_of_one_number_go_along(data, imported):
    circle, ellipse = (
        b'<Illustration ID="c" HPOS="0" VPOS="0" WIDTH="9" HEIGHT="9"><Shape>'
        b'<Circle HPOS="700" VPOS="500" RADIUS="30"/></Shape></Illustration>',
        b'<Illustration ID="e"><Shape><Ellipse HPOS="700" VPOS="500" HLENGTH="30" '
        b'VLENGTH="10"/></Shape></Illustration>',
    )
    given = data.replace(b"</PrintSpace>", circle + ellipse + b"</PrintSpace>")
    both = {"width": 2000, "height": 1600, "lines": (), "regions": ()}
    kept = replace(imported, **both)
    root = updated(given, kept)
    found = [dict(by_id(root, name)[0][0].attrib) for name in "ce"]
    middle = {"HPOS": "1400", "VPOS": "1000"}
    assert found == [
        {**middle, "RADIUS": "60"},
        {**middle, "HLENGTH": "60", "VLENGTH": "20"},
    ]
    root = updated(given, turn_page(kept, 1))
    found = [dict(by_id(root, name)[0][0].attrib) for name in "ce"]
    middle = {"HPOS": "599", "VPOS": "1400"}
    assert found == [
        {**middle, "RADIUS": "60"},
        {**middle, "HLENGTH": "20", "VLENGTH": "60"},
    ]
    shapes = [
        replace(
            x.shape,
            baseline=tuple((2 * a, 2 * b) for a, b in x.shape.baseline),
            polygon=tuple((2 * a, 2 * b) for a, b in x.shape.polygon),
        )
        for x in imported.lines
    ]
    big = replace(
        kept,
        regions=imported.regions,
        lines=tuple(
            replace(x, shape=shape)
            for x, shape in zip(imported.lines, shapes, strict=True)
        ),
    )
    assert by_id(updated(given, big), "b").get("BASELINE") == "20,300 1000,300"


def test_real_pages_brought_up_to_date_are_valid(shared_data, tmp_path):
    sets = [sorted(one.glob("*.xml")) for one in shared_data.glob("pages/train/*")]
    for path in [path for one in sets for path in one[:: max(len(one) // 2, 1)]]:
        document = read_page(path)
        size = (document.width, document.height)
        page = Page(
            "p1", "1.png", *size, regions=document.regions, lines=document.lines
        )
        data = write_alto(page, "1.png")
        lines = [
            replace(line, correction="Kew", checked=True) if number % 3 else line
            for number, line in enumerate(page.lines)
            if number % 4
        ]
        changed = turn_page(replace(page, lines=tuple(lines[::-1])), 1)
        out = update_alto(data, changed, ORIGINAL, "1.png")
        assert_alto(out)
        (tmp_path / "1.xml").write_bytes(out)
        again = read_alto(tmp_path / "1.xml")
        assert [(x.id, x.text) for x in again.lines] == [
            (x.id, x.text) for x in changed.lines
        ]
