from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import tests.schemas
from hwocr_desktop.core.document.document import Character, Line, Page, Reading, Region
from hwocr_desktop.core.formats.page_xml import read_page, save_page, write_page
from hwocr_desktop.core.formats.page_xml_names import name_for
from hwocr_desktop.core.pixels.geometry import LineShape

PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
quick = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    return tests.schemas.schema("pagecontent-2019-07-15")


def tree(page: Page) -> ElementTree.Element:
    """The file as an independent parser sees it."""
    return ElementTree.fromstring(write_page(page, "1.png"))


def all_of(page: Page, name: str) -> list[ElementTree.Element]:
    return list(tree(page).iter(PAGE + name))


@quick
@given(data=st.data())
def test_whatever_is_written_is_valid_and_read_back_the_same(
    data, pages, schema, tmp_path_factory
):
    page = data.draw(pages)
    path = tmp_path_factory.getbasetemp() / "identity.xml"
    save_page(path, page, "Brief ö.png")
    schema.assertValid(etree.parse(path))
    document = read_page(path)
    assert document.image_name == "Brief ö.png"
    assert (document.width, document.height) == (page.width, page.height)
    assert document.lines == page.lines
    # Regions come in the order of their lines.
    assert set(document.regions) == set(page.regions)


@quick
@given(data=st.data())
def test_writing_what_was_read_changes_nothing(data, pages, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "again.xml"
    page = data.draw(pages)
    save_page(path, page, "1.png")
    document = read_page(path)
    again = replace(page, regions=document.regions, lines=document.lines)

    def without_time(text: bytes) -> bytes:
        return re.sub(rb"<(Created|LastChange)>[^<]*", b"", text)

    assert without_time(write_page(again, "1.png")) == without_time(path.read_bytes())


@quick
@given(data=st.data())
def test_words_change_neither_the_text_nor_that_it_is_valid(
    data, pages, schema, tmp_path_factory
):
    page = data.draw(pages)
    path = tmp_path_factory.getbasetemp() / "words.xml"
    path.write_bytes(write_page(page, "1.png", has_words=True))
    schema.assertValid(etree.parse(path))
    assert read_page(path).lines == page.lines


@quick
@given(data=st.data(), has_words=st.booleans())
def test_page_of_2013_is_that_of_2019_but_for_what_came_later(
    data, has_words, pages, schema
):
    """Beyond both schemas, a text is there once or not at all and is never empty.

    Programs that read this year stumble over an empty one.
    """
    page = data.draw(pages)
    xml = write_page(page, "1.png", year=2013, has_words=has_words)
    tests.schemas.schema("pagecontent-2013-07-15").assertValid(etree.fromstring(xml))
    schema.assertValid(etree.fromstring(xml.replace(b"2013-07-15", b"2019-07-15")))
    root = etree.fromstring(xml)
    for element in root.iter("{*}TextLine", "{*}Word"):
        texts = element.findall("{*}TextEquiv/{*}Unicode")
        assert len(texts) <= 1
        assert all(text.text.strip() for text in texts)
    assert all(r.get("type") != "list-label" for r in root.iter("{*}TextRegion"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</LastChange>", b"</LastChange><MetadataItem value='a'/>"),
        (b"<Page ", b'<Page readingDirection="left-to-right" '),
        (b'type="heading"', b'type="list-label"'),
        (b"<TextLine ", b'<TextLine primaryScript="Latn - Latin" '),
        (b"<TextLine ", b'<TextLine index="0" '),
        (b"<Coords ", b'<Coords conf="1" '),
        (b"<Baseline ", b'<Baseline conf="1" '),
        (b"<TextEquiv>", b'<TextEquiv index="0">'),
        (b"<TextEquiv>", b"<TextEquiv><Unicode/></TextEquiv><TextEquiv>"),
        (b"<OrderedGroup ", b'<OrderedGroup custom="a" '),
        (
            b"</Page>",
            b'<MapRegion id="m"><Coords points="1,1 2,2"/></MapRegion></Page>',
        ),
    ],
)
def test_what_came_after_2013_is_refused_there_and_not_in_2019(old, new, page, schema):
    xml = write_page(page, "1.png", year=2013)
    assert old in xml
    tests.schemas.schema("pagecontent-2013-07-15").assertValid(etree.fromstring(xml))
    xml = xml.replace(old, new, 1)
    with pytest.raises(etree.DocumentInvalid):
        tests.schemas.schema("pagecontent-2013-07-15").assertValid(
            etree.fromstring(xml)
        )
    schema.assertValid(etree.fromstring(xml.replace(b"2013-07-15", b"2019-07-15")))


WILD = st.floats(allow_nan=True, allow_infinity=True)


@quick
@given(
    points=st.lists(st.tuples(WILD, WILD), max_size=4),
    text=st.text(st.characters()),
    name=st.text(st.characters(), max_size=6),
    kind=st.text(st.characters(), max_size=6),
    confidence=WILD,
    image=st.text(st.characters()),
    is_read=st.booleans(),
)
def test_no_content_makes_an_invalid_file(
    schema, points, text, name, kind, confidence, image, is_read
):
    shape = LineShape(tuple(points), tuple(points), -1.0, 1e300)
    reading = Reading((Character(text, confidence, 0, 1),), kind) if is_read else None
    line = Line(name, shape, reading, None if is_read else text, True, name, kind)
    other = replace(line, id=name + "x", region="")
    page = Page(
        name,
        image,
        50,
        40,
        regions=(Region(name, tuple(points), kind),),
        lines=(line, other),
    )
    schema.assertValid(etree.fromstring(write_page(page, image)))
    tests.schemas.schema("pagecontent-2013-07-15").assertValid(
        etree.fromstring(write_page(page, image, year=2013))
    )


@pytest.mark.parametrize(
    ("confidence", "written"),
    [(float("nan"), "0.0000"), (-1.0, "0.0000"), (float("inf"), "1.0000")],
)
def test_a_confidence_that_is_none_stays_within_bounds(page, confidence, written):
    reading = Reading((Character("a", confidence, 0, 1),), "m")
    page = replace(page, lines=(replace(page.lines[0], reading=reading),))
    assert [one.get("conf") for one in all_of(page, "TextEquiv")] == [written]


def test_a_page_without_lines_is_valid(schema):
    schema.assertValid(etree.fromstring(write_page(Page("p", "a", 1, 1), "a.png")))


# --- the rules that other programs depend on -------------------------------------


def test_the_namespace_is_the_default_one_and_has_its_location(page):
    data = write_page(page, "1.png").decode()
    assert "pc:" not in data
    assert ":ns" not in data
    assert data.startswith("<?xml version='1.0' encoding='UTF-8'?>")
    root = etree.fromstring(data.encode())
    location = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert root.nsmap[None] == PAGE.strip("{}")
    assert location.split() == [root.nsmap[None], root.nsmap[None] + "/pagecontent.xsd"]


def test_every_line_has_outline_and_baseline_in_this_order(page):
    for line in all_of(page, "TextLine"):
        names = [child.tag.removeprefix(PAGE) for child in line]
        assert names[:2] == ["Coords", "Baseline"]
        assert names[2:] in ([], ["TextEquiv"])


def test_no_words_and_one_text_a_line(page):
    assert not all_of(page, "Word")
    texts = [line.findall(PAGE + "TextEquiv") for line in all_of(page, "TextLine")]
    assert [len(found) for found in texts] == [0, 1, 1, 1]
    assert [found[0].get("conf") for found in texts[1:]] == ["0.7500", None, None]
    words = [found[0].findtext(PAGE + "Unicode") for found in texts[1:]]
    assert words == ["Kew", "Gardens", "1863"]


def test_regions_lie_side_by_side_and_lines_without_one_in_a_known_place(page):
    root = tree(page)
    regions = root.findall(f"{PAGE}Page/{PAGE}TextRegion")
    assert regions == list(root.iter(PAGE + "TextRegion"))
    assert [region.get("id") for region in regions] == [
        "main",
        "r_0",
        "eSc_dummyblock_",
    ]
    order = [ref.get("regionRef") for ref in root.iter(PAGE + "RegionRefIndexed")]
    assert order == ["main", "r_0", "eSc_dummyblock_"]


def test_custom_is_what_transkribus_expects(page):
    regions, lines = all_of(page, "TextRegion"), all_of(page, "TextLine")
    assert (
        regions[0].get("custom") == "readingOrder {index:0;} structure {type:heading;}"
    )
    assert [line.get("custom").split(" hwocr")[0] for line in lines] == [
        "readingOrder {index:0;}",
        "readingOrder {index:1;}",
        "readingOrder {index:0;}",
        "readingOrder {index:0;} structure {type:printed;}",
    ]


def test_a_region_type_that_page_lacks_is_called_other(page):
    page = replace(page, regions=(replace(page.regions[0], kind="marriage entry"),))
    region = all_of(page, "TextRegion")[0]
    assert region.get("type") == "other"
    assert "structure {type:marriage entry;}" in region.get("custom")


def test_a_region_without_outline_is_as_large_as_its_lines(page):
    region = all_of(page, "TextRegion")[1]
    points = region.find(PAGE + "Coords").get("points").split()
    corners = {tuple(map(int, point.split(","))) for point in points}
    x0, y0, x1, y1 = page.lines[2].shape.bounds
    assert {(x0, y0), (x1, y0), (x1, y1), (x0, y1)} <= corners


def test_an_empty_region_is_written_only_if_it_is_somewhere(page):
    page = replace(page, lines=())
    assert [region.get("id") for region in all_of(page, "TextRegion")] == ["main"]


def test_coordinates_are_whole_and_on_the_page(page):
    shape = LineShape(
        ((-3.2, 10.4), (2000, 10.6)), ((-5, -5), (1200, -0.4), (7.5, 900.0)), 5, 5
    )
    page = replace(page, lines=(Line("l1", shape),), regions=())
    (line,) = all_of(page, "TextLine")
    assert line.find(PAGE + "Baseline").get("points") == "0,10 999,11"
    assert line.find(PAGE + "Coords").get("points") == "0,0 999,0 8,799"


def test_text_is_composed_and_free_of_what_xml_forbids(page):
    text = "e\u0000\u0301\ud800 a\u2028b\ufffe\tc\x0bd"
    page = replace(page, lines=(replace(page.lines[3], correction=text),))
    (unicode_,) = all_of(page, "Unicode")
    assert unicode_.text == "\u00e9 a b\tc d"
    assert unicodedata.is_normalized("NFC", unicode_.text)


def test_ids_become_names_and_stay_apart():
    names: set[str] = set()
    for wanted in ["7f-3a", "7f-3a", "l_7f-3a", "é ü", "", "a:b", "ok.1-x"]:
        names.add(name_for(wanted, "l_", names))
    assert names == {
        "l_7f-3a",
        "l_7f-3a_2",
        "l_7f-3a_3",
        "___",
        "l_",
        "a_b",
        "ok.1-x",
    }


def test_lines_of_alternating_regions_come_back_in_order(page, tmp_path):
    lines = tuple(
        replace(line, region=region)
        for line, region in zip(page.lines, ["main", "r_0", "main", ""], strict=True)
    )
    page = replace(page, lines=lines)
    written = [line.get("id") for line in all_of(page, "TextLine")]
    assert written == ["l1", "l3", "l2", "l4"]
    save_page(tmp_path / "1.xml", page, "1.png")
    assert read_page(tmp_path / "1.xml").lines == page.lines


def test_whose_text_it_is_comes_back(page, tmp_path):
    save_page(tmp_path / "1.xml", page, "1.png")
    lines = read_page(tmp_path / "1.xml").lines
    assert [line.state for line in lines] == ["unread", "read", "read", "checked"]
    assert lines[1].reading.model == "m"
    assert lines[1].reading.confidence == pytest.approx(0.75)
    assert [line.correction for line in lines] == [None, None, "Gardens", "1863"]


def test_a_line_checked_as_empty_is_not_forgotten(page, tmp_path):
    line = replace(page.lines[0], correction="", checked=True)
    save_page(tmp_path / "1.xml", replace(page, lines=(line,)), "1.png")
    assert read_page(tmp_path / "1.xml").lines == (line,)


# --- real pages ------------------------------------------------------------------


def sample(folder: Path) -> list[Path]:
    """About thirty files of all sets, always the same ones."""
    files = sorted(folder.glob("pages/train/*/*.xml"))
    files += sorted(folder.glob("pages/val/*/*.xml"))
    return files[:: max(len(files) // 30, 1)]


def test_real_pages_say_what_an_independent_count_says(shared_data):
    files = sample(shared_data)
    assert len(files) >= 25
    for path in files:
        document = read_page(path)
        root = ElementTree.parse(path).getroot()
        lines = list(root.iter(PAGE + "TextLine"))
        assert [line.id for line in document.lines] == [
            line.get("id") for line in lines
        ]
        texts = [
            line.findtext(f"{PAGE}TextEquiv/{PAGE}Unicode") or "" for line in lines
        ]
        assert [line.text for line in document.lines] == texts
        assert [line.checked for line in document.lines] == [bool(t) for t in texts]
        points = [line.find(PAGE + "Baseline").get("points") for line in lines]
        for line, text in zip(document.lines, points, strict=True):
            numbers = [tuple(map(float, p.split(","))) for p in text.split()]
            assert list(line.shape.baseline) == numbers


def test_real_pages_come_back_whole_and_valid(shared_data, schema, tmp_path):
    for path in sample(shared_data)[::3]:
        document = read_page(path)
        page = Page(
            "p1",
            document.image_name,
            document.width,
            document.height,
            regions=document.regions,
            lines=document.lines,
        )
        save_page(tmp_path / "again.xml", page, document.image_name)
        schema.assertValid(etree.parse(tmp_path / "again.xml"))
        again = read_page(tmp_path / "again.xml")
        assert again.regions == document.regions
        for new, old in zip(again.lines, document.lines, strict=True):
            assert (new.id, new.text, new.state) == (old.id, old.text, old.state)
            assert new.shape.baseline == old.shape.baseline
            assert new.shape.polygon == old.shape.polygon
            assert new.shape.ascent == pytest.approx(old.shape.ascent, rel=1e-4)


def test_hooker_lines_reach_forty_above_and_twenty_below(shared_data):
    folder = shared_data / "pages" / "val" / "hooker_en_19c"
    path = min(folder.glob("*.xml"))
    shapes = [line.shape for line in read_page(path).lines]
    assert sorted(shape.ascent for shape in shapes)[len(shapes) // 2] == pytest.approx(
        40, abs=2
    )
    assert sorted(shape.descent for shape in shapes)[len(shapes) // 2] == pytest.approx(
        19, abs=1.5
    )
