from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hwocr_desktop.core.document.document import Character, Line, Page, Reading, Region
from hwocr_desktop.core.formats.alto import write_alto
from hwocr_desktop.core.formats.alto_read import read_alto
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.geometry import LineShape
from tests.schemas import (
    FOLDER,
    XLINK,
    AskedNetwork,
    OnlyHere,
    assert_alto,
    parse_schema,
)

ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
quick = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
)
WILD = st.floats(allow_nan=True, allow_infinity=True)


def tree(page: Page) -> etree._Element:
    return etree.fromstring(write_alto(page, "1.png"))


def all_of(page: Page, name: str) -> list[etree._Element]:
    return list(tree(page).iter(ALTO + name))


def place(line: Line) -> tuple[object, ...]:
    shape = line.shape
    return (line.id, line.region, line.kind, line.state, line.correction, shape)


@quick
@given(data=st.data())
def test_whatever_is_written_is_valid_and_read_back_the_same(
    data, pages, tmp_path_factory
):
    page = data.draw(pages)
    path = tmp_path_factory.getbasetemp() / "identity.xml"
    path.write_bytes(write_alto(page, "Brief ö.png"))
    assert_alto(path.read_bytes())
    document = read_alto(path)
    assert document.image_name == "Brief ö.png"
    assert (document.width, document.height) == (page.width, page.height)
    assert [place(line) for line in document.lines] == [place(x) for x in page.lines]
    assert set(document.regions) == set(page.regions)
    for read, line in zip(document.lines, page.lines, strict=True):
        assert read.text == line.text
        if line.reading is None:
            assert read.reading is None
            continue
        assert read.reading.model == line.reading.model
        assert read.reading.confidence == pytest.approx(
            line.reading.confidence, abs=1e-4
        )
        for mine, theirs in zip(
            read.reading.characters, line.reading.characters, strict=True
        ):
            # Boxes are in whole pixels, and lines here may be one pixel long.
            if line.shape.baseline[1][0] - line.shape.baseline[0][0] > 200:
                assert mine.start == pytest.approx(theirs.start, abs=0.26)


@quick
@given(data=st.data())
def test_writing_what_was_read_changes_nothing(data, pages, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "again.xml"
    page = data.draw(pages)
    path.write_bytes(write_alto(page, "1.png"))
    document = read_alto(path)
    again = replace(page, regions=document.regions, lines=document.lines)
    texts = [
        [
            (line.get("ID"), [s.get("CONTENT") for s in line.iter(ALTO + "String")])
            for line in all_of(one, "TextLine")
        ]
        for one in (page, again)
    ]
    assert texts[0] == texts[1]
    orders = [
        [r.get("REF") for r in all_of(one, "ElementRef")] for one in (page, again)
    ]
    assert orders[0] == orders[1]


@quick
@given(
    points=st.lists(st.tuples(WILD, WILD), max_size=4),
    text=st.text(st.characters()),
    name=st.text(st.characters(), max_size=6),
    kind=st.text(st.characters(), max_size=6),
    number=WILD,
    image=st.text(st.characters()),
    is_read=st.booleans(),
)
def test_no_content_makes_an_invalid_file(
    points, text, name, kind, number, image, is_read
):
    shape = LineShape(tuple(points), tuple(points), number, 1e300)
    reading = Reading((Character(text, number, number, 0.5),), kind)
    line = Line(name, shape, reading, None if is_read else text, True, name, kind)
    other = replace(line, id=name + "x", region="", reading=None)
    page = Page(
        name,
        image,
        50,
        40,
        regions=(Region(name, tuple(points), kind),),
        lines=(line, other),
    )
    assert_alto(write_alto(page, image))


def test_a_page_without_lines_is_valid():
    assert_alto(write_alto(Page("p", "a", 1, 1), "a.png"))


def test_the_schema_refuses_what_is_no_alto(page):
    good = write_alto(page, "1.png")
    for old, new in [
        (b"<Layout>", b"<Layout><Leyout/>"),
        (b'ID="l1"', b'ID="l2"'),
        (b'ID="l1"', b'ID="1"'),
        (b'WC="0.7500"', b'WC="1.5"'),
        (b'PHYSICAL_IMG_NR="1"', b""),
    ]:
        assert old in good
        with pytest.raises(etree.DocumentInvalid):
            assert_alto(good.replace(old, new, 1))
    with pytest.raises(AssertionError):
        assert_alto(good.replace(b'TAGREFS="', b'TAGREFS="gone '))


def test_no_schema_is_fetched(tmp_path):
    # What a schema imports comes from our own folder or not at all.
    text = (FOLDER / "alto-4-4.xsd").read_text(encoding="utf-8")
    path = tmp_path / "other.xsd"
    path.write_text(text.replace(XLINK, XLINK + "2"), encoding="utf-8")
    with pytest.raises(etree.XMLSchemaParseError, match=r"xlink\.xsd2"):
        parse_schema(path)
    with pytest.raises(AskedNetwork):
        OnlyHere(path).resolve("http://www.loc.gov/", None, None)


# --- the rules that other programs depend on -------------------------------------


def test_words_have_boxes_spaces_between_them_and_confidences(page):
    reading = Reading(
        tuple(
            Character(c, 0.5 if i < 4 else 0.9, i / 10, (i + 1) / 10)
            for i, c in enumerate("Kew, May 4")
        ),
        "m",
    )
    page = replace(page, lines=(replace(page.lines[1], reading=reading),))
    (line,) = all_of(page, "TextLine")
    names = [child.tag.removeprefix(ALTO) for child in line]
    assert names == ["Shape", "String", "SP", "String", "SP", "String"]
    words = line.findall(ALTO + "String")
    assert [word.get("CONTENT") for word in words] == ["Kew,", "May", "4"]
    assert [word.get("WC") for word in words] == ["0.5000", "0.9000", "0.9000"]
    # The line runs from 10 to 510.
    boxes = [(int(w.get("HPOS")), int(w.get("WIDTH"))) for w in words]
    assert boxes == [(10, 200), (260, 150), (460, 50)]


def test_text_of_a_person_is_marked_as_corrected_and_has_no_confidence(page):
    lines = all_of(page, "TextLine")
    assert [line.get("CS") for line in lines] == [None, None, "true", "true"]
    assert [line.find(ALTO + "String").get("WC") for line in lines] == [
        None,
        "0.7500",
        None,
        None,
    ]


def test_kinds_are_tags_and_ours_is_none_of_them(page):
    labels = {t.get("ID"): t.get("LABEL") for t in all_of(page, "OtherTag")}
    blocks, lines = all_of(page, "TextBlock"), all_of(page, "TextLine")
    assert [labels[b.get("TAGREFS")] for b in blocks[:2]] == ["heading", "paragraph"]
    assert blocks[2].get("TAGREFS") is None
    assert [line.get("TAGREFS") for line in lines[:3]] == [None, None, None]
    assert labels[lines[3].get("TAGREFS")] == "printed"


def test_lines_of_alternating_regions_come_back_in_order(page, tmp_path):
    lines = tuple(
        replace(line, region=region)
        for line, region in zip(page.lines, ["main", "r_0", "main", ""], strict=True)
    )
    page = replace(page, lines=lines)
    assert [r.get("REF") for r in all_of(page, "ElementRef")] == [
        "l1",
        "l2",
        "l3",
        "l4",
    ]
    (tmp_path / "1.xml").write_bytes(write_alto(page, "1.png"))
    assert [line.id for line in read_alto(tmp_path / "1.xml").lines] == [
        "l1",
        "l2",
        "l3",
        "l4",
    ]


def test_real_pages_say_the_same_in_alto(shared_data, tmp_path):
    # Each set was made with other programs: some of each.
    sets = [sorted(one.glob("*.xml")) for one in shared_data.glob("pages/train/*")]
    files = [path for one in sets for path in one[:: max(len(one) // 4, 1)]]
    assert len(files) >= 4 * len(sets) > 0
    for path in files:
        document = read_page(path)
        page = Page(
            "p1",
            document.image_name,
            document.width,
            document.height,
            regions=document.regions,
            lines=document.lines,
        )
        (tmp_path / "1.xml").write_bytes(write_alto(page, document.image_name))
        assert_alto((tmp_path / "1.xml").read_bytes())
        again = read_alto(tmp_path / "1.xml")
        assert again.regions == document.regions
        for new, old in zip(again.lines, document.lines, strict=True):
            assert (new.id, new.text, new.state) == (old.id, old.text, old.state)
            assert new.shape.baseline == old.shape.baseline
            assert new.shape.polygon == old.shape.polygon
            assert new.shape.ascent == pytest.approx(old.shape.ascent, rel=1e-4)


# --- files of other programs -----------------------------------------------------


def read_text(tmp_path, line, *, head="", page='WIDTH="1000" HEIGHT="800"'):
    path = tmp_path / "other.xml"
    path.write_text(
        f"<alto>{head}<Layout><Page {page}><PrintSpace><ComposedBlock>"
        f'<TextBlock ID="b" TAGREFS="x" HPOS="0" VPOS="0" WIDTH="99" HEIGHT="99">{line}'
        "</TextBlock></ComposedBlock></PrintSpace></Page></Layout></alto>"
    )
    return read_alto(path)


@pytest.mark.parametrize(
    "points", ["10,70 500,75", "10 70 500 75", "10.0,70.0  500.0,75.0"]
)
def test_points_may_be_written_in_either_way(points, tmp_path):
    line = (
        f'<TextLine BASELINE="{points}"><Shape><Polygon POINTS="10 20 500 20 500 90"/>'
        '</Shape><String CONTENT="a"/></TextLine>'
    )
    (read,) = read_text(tmp_path, line).lines
    assert read.shape.baseline == ((10, 70), (500, 75))
    assert read.shape.polygon == ((10, 20), (500, 20), (500, 90))


def test_a_box_is_enough_and_words_need_no_spaces_between_them(tmp_path):
    line = (
        '<TextLine HPOS="10" VPOS="20" WIDTH="490" HEIGHT="60" CS="true">'
        '<String CONTENT="Sir" WC="0.4"/><String CONTENT="Joseph" WC="0.4"/></TextLine>'
    )
    (read,) = read_text(tmp_path, line).lines
    assert (read.text, read.correction, read.checked) == (
        "Sir Joseph",
        "Sir Joseph",
        True,
    )
    assert read.shape.bounds == (10, 20, 500, 80)
    (x0, y0), (x1, y1) = read.shape.baseline
    assert (x0, y0, x1, y1) == pytest.approx((10, 60, 500, 60))


def test_where_spaces_are_said_there_are_no_others(tmp_path):
    line = (
        '<TextLine HPOS="10" VPOS="20" WIDTH="490" HEIGHT="60"><String CONTENT="Jo"/>'
        '<String CONTENT="seph"/><SP/><String CONTENT="Hooker"/></TextLine>'
    )
    (read,) = read_text(tmp_path, line).lines
    assert read.text == "Joseph Hooker"


def test_the_order_of_lines_and_kinds_of_regions_are_those_of_the_file(tmp_path):
    lines = "".join(
        f'<TextLine ID="{name}" HPOS="9" VPOS="{y}" WIDTH="90" HEIGHT="60">'
        f'<String CONTENT="{name}"/></TextLine>'
        for name, y in [("a", 20), ("b", 90)]
    )
    head = (
        '<Tags><LayoutTag ID="x" LABEL="margin"/></Tags><ReadingOrder><OrderedGroup>'
        '<ElementRef REF="b"/><ElementRef REF="a"/></OrderedGroup></ReadingOrder>'
    )
    document = read_text(tmp_path, lines, head=head)
    assert [line.text for line in document.lines] == ["b", "a"]
    assert [region.kind for region in document.regions] == ["margin"]
