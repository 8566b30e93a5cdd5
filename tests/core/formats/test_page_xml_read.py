from __future__ import annotations

from itertools import pairwise

import pytest

from hwocr_desktop.core.formats.page_xml import read_page

BASE = '<Baseline points="100,140 400,140"/>'
BOX = '<Coords points="100,100 400,100 400,160 100,160"/>'
BIG = '<Coords points="0,0 999,0 999,799 0,799"/>'


def equiv(text: str, attributes: str = "") -> str:
    return f"<TextEquiv {attributes}><Unicode>{text}</Unicode></TextEquiv>"


def line(id_: str = "l1", inside: str = BOX + BASE, attributes: str = "") -> str:
    return f'<TextLine id="{id_}" {attributes}>{inside}</TextLine>'


def region(inside: str, id_: str = "r1", attributes: str = "") -> str:
    return f'<TextRegion id="{id_}" {attributes}>{BIG}{inside}</TextRegion>'


def texts(document) -> list[str]:
    return [one.text for one in document.lines]


def ids(document) -> list[str]:
    return [one.id for one in document.lines]


# --- text ------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2010, 2013, 2017, 2019, 2024])
def test_every_year_is_read(write, year):
    document = read_page(
        write(region(line(inside=BOX + BASE + equiv("Kew"))), year=year)
    )
    (only,) = document.lines
    assert (only.text, only.state, only.region) == ("Kew", "checked", "r1")
    assert (document.image_name, document.width, document.height) == (
        "1.jpg",
        1000,
        800,
    )


def test_a_text_with_a_confidence_is_a_machines(write):
    inside = BOX + BASE + equiv("Kew", 'conf="0.5"')
    (only,) = read_page(write(region(line(inside=inside)))).lines
    assert only.correction is None
    assert not only.checked
    assert only.reading.text == "Kew"
    assert only.reading.confidence == pytest.approx(0.5)
    assert [(c.start, c.end) for c in only.reading.characters] == [
        (0, pytest.approx(1 / 3)),
        (pytest.approx(1 / 3), pytest.approx(2 / 3)),
        (pytest.approx(2 / 3), 1),
    ]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (equiv("b", 'index="1"') + equiv("a", 'index="0"'), "a"),
        (equiv("first") + equiv("second"), "first"),
        ("<TextEquiv><PlainText>plain</PlainText></TextEquiv>", "plain"),
        (equiv("\n      Kew,\n      May 4\n    "), "Kew, May 4"),
        (equiv(" two  spaces "), " two  spaces "),
        (equiv("e\u0301"), "\u00e9"),
        (equiv("a&amp;b &lt;c&gt; &#x17F;"), "a&b <c> \u017f"),
        ("", ""),
        (equiv(""), ""),
        (equiv("  "), ""),
        ("<TextEquiv/>", ""),
    ],
)
def test_the_main_text_of_a_line(write, inside, text):
    (only,) = read_page(write(region(line(inside=BOX + BASE + inside)))).lines
    assert only.text == text
    assert only.state == ("checked" if text else "unread")


def test_words_are_joined_where_the_line_has_no_text(write):
    words = "".join(
        f'<Word id="w{n}">{BOX}{equiv(text, conf)}</Word>'
        for n, (text, conf) in enumerate([("Kew", ""), ("Gardens", 'conf="0.4"')])
    )
    (only,) = read_page(write(region(line(inside=BOX + BASE + words)))).lines
    assert only.text == "Kew Gardens"
    assert only.reading.confidence == pytest.approx(0.4)
    both = BOX + BASE + words + equiv("whole line")
    (only,) = read_page(write(region(line(inside=both)))).lines
    assert (only.text, only.state) == ("whole line", "checked")


def test_print_is_marked(write):
    attributes = 'custom="readingOrder {index:0;} structure {type:printed;}"'
    (only,) = read_page(write(region(line(attributes=attributes)))).lines
    assert only.kind == "printed"


# --- order and regions -----------------------------------------------------------


def test_regions_follow_the_reading_order(write):
    body = """<ReadingOrder><OrderedGroup id="g">
        <RegionRefIndexed index="1" regionRef="r1"/>
        <OrderedGroupIndexed id="h" index="0">
          <RegionRefIndexed index="3" regionRef="r2"/>
          <RegionRefIndexed index="1" regionRef="r3"/>
        </OrderedGroupIndexed></OrderedGroup></ReadingOrder>"""
    body += "".join(region(line(f"l{n}"), f"r{n}") for n in (1, 2, 3))
    document = read_page(write(body))
    assert ids(document) == ["l3", "l2", "l1"]
    assert [one.id for one in document.regions] == ["r3", "r2", "r1"]


def test_a_region_that_the_order_forgets_stays_behind_its_neighbor(write):
    body = """<ReadingOrder><OrderedGroup id="g">
        <RegionRefIndexed index="0" regionRef="r3"/>
        <RegionRefIndexed index="1" regionRef="r1"/>
        </OrderedGroup></ReadingOrder>"""
    body += "".join(region(line(f"l{n}"), f"r{n}") for n in (1, 2, 3))
    assert ids(read_page(write(body))) == ["l3", "l1", "l2"]


def test_lines_follow_their_numbers_if_all_have_one(write):
    custom = 'custom="readingOrder {{index:{};}}"'.format
    body = region(line("a", attributes=custom(1)) + line("b", attributes=custom(0)))
    assert ids(read_page(write(body))) == ["b", "a"]
    body = region(line("a", attributes='index="7"') + line("b", attributes='index="2"'))
    assert ids(read_page(write(body))) == ["b", "a"]
    body = region(line("a", attributes=custom(1)) + line("b"))
    assert ids(read_page(write(body))) == ["a", "b"]


def test_nested_regions_stand_side_by_side(write):
    inner = region(line("l2"), "r2", 'type="marginalia"')
    document = read_page(write(region(line("l1") + inner, "r1")))
    assert [one.id for one in document.regions] == ["r1", "r2"]
    assert [(one.id, one.region) for one in document.lines] == [
        ("l1", "r1"),
        ("l2", "r2"),
    ]
    assert [one.kind for one in document.regions] == ["paragraph", "marginalia"]


def test_the_lines_of_table_cells_are_found(write):
    cell = f'<TableCell id="c1" row="0" col="0">{BIG}{line("l1")}</TableCell>'
    table = f'<TableRegion id="t1">{BIG}{cell}{region(line("l2"), "r2")}</TableRegion>'
    document = read_page(write(table))
    assert [(one.id, one.region) for one in document.lines] == [
        ("l1", "c1"),
        ("l2", "r2"),
    ]


def test_other_regions_and_unknown_elements_are_passed_over(write):
    body = (
        f'<TranskribusMetadata docId="1"/><ImageRegion id="i">{BIG}</ImageRegion>'
        + region("<Secret><TextLine/></Secret>" + line("l1") + "<!-- note -->")
        + '<SeparatorRegion id="s"/><?app do?>'
    )
    document = read_page(write(body))
    assert ids(document) == ["l1"]
    assert [one.id for one in document.regions] == ["r1"]


def test_the_dummy_block_of_escriptorium_is_no_region(write):
    document = read_page(write(region(line("l1"), "eSc_dummyblock_")))
    assert document.regions == ()
    assert document.lines[0].region == ""


def test_ids_that_are_missing_wrong_or_double_are_mended(write):
    body = region(line("7f") + line("r1") + "<TextLine>" + BOX + "</TextLine>", "r1")
    body += region(line("7f"), "r1")
    document = read_page(write(body))
    assert [one.id for one in document.regions] == ["r1", "r1_2"]
    assert ids(document) == ["l_7f", "r1_3", "l", "l_7f_2"]
    assert [one.region for one in document.lines] == ["r1"] * 3 + ["r1_2"]


# --- shapes ----------------------------------------------------------------------


def shape(write, inside: str):
    (only,) = read_page(write(region(line(inside=inside)))).lines
    return only.shape


def test_coordinates_off_the_page_are_moved_onto_it(write):
    found = shape(
        write,
        '<Coords points="-5,-7.5 1200,100 1e3,900 0.5,10.25"/>'
        '<Baseline points="-3,50 1001.5,60"/>',
    )
    assert found.polygon == ((0, 0), (999, 100), (999, 799), (0.5, 10.25))
    assert found.baseline == ((0, 50), (999, 60))


@pytest.mark.parametrize("heights", ["", "hwocr {ascent:5000; descent:1e12;}"])
def test_no_line_is_higher_than_the_page(write, heights):
    inside = (
        '<Coords points="-500,-2000 5000,-2000 5000,8000 -20,8000"/>'
        '<Baseline points="-500,70 1999,70"/>'
    )
    attributes = f'custom="{heights}"'
    document = read_page(write(region(line(inside=inside, attributes=attributes))))
    (found,) = document.lines
    assert 0 < found.shape.ascent <= 800
    assert 0 < found.shape.descent <= 800


def test_points_as_elements_are_read(write):
    found = shape(
        write,
        '<Coords><Point x="1" y="2"/><Point x="9" y="2"/><Point x="9" y="8"/></Coords>',
    )
    assert found.polygon == ((1, 2), (9, 2), (9, 8))


@pytest.mark.parametrize("bad", ["", "5", "a,b 1", "nan,1 2,inf", "1,2", "7,7 7,7"])
def test_points_that_are_none_are_made_up(write, bad):
    found = shape(write, f'<Coords points="{bad}"/>{BASE}')
    assert found.baseline == ((100, 140), (400, 140))
    assert found.polygon == ((100, 100), (400, 100), (400, 160), (100, 160))
    found = shape(write, f'{BOX}<Baseline points="{bad}"/>')
    assert found.baseline == (
        (100, pytest.approx(140)),
        (400, pytest.approx(140)),
    )


def test_a_missing_outline_is_as_high_as_the_other_lines(write):
    inside = '<Baseline points="100,500 400,500"/>'
    tall = (
        '<Coords points="0,100 900,100 900,200 0,200"/>'
        '<Baseline points="0,170 900,170"/>'
    )
    body = region(line("l1", tall) + line("l2", inside))
    made = read_page(write(body)).lines[1].shape
    assert (made.ascent, made.descent) == (pytest.approx(70), pytest.approx(30))
    assert made.bounds == (100, 430, 400, 530)


def test_without_any_outline_the_distance_of_lines_tells_the_height(write):
    rows = [f'<Baseline points="100,{y} 400,{y}"/>' for y in (100, 190, 280)]
    body = region("".join(line(f"l{n}", row) for n, row in enumerate(rows)))
    made = read_page(write(body)).lines[1].shape
    assert (made.ascent, made.descent) == (pytest.approx(60), pytest.approx(30))


def test_a_text_without_a_place_is_kept_but_not_called_checked(write):
    body = region("".join(line(f"l{n}", equiv(f"row {n}")) for n in range(4)))
    lines = read_page(write(body)).lines
    assert [one.text for one in lines] == [f"row {n}" for n in range(4)]
    assert not any(one.checked for one in lines)
    tops = [one.shape.bounds[1] for one in lines]
    assert tops == sorted(set(tops))
    assert max(one.shape.bounds[2] for one in lines) <= 40


def test_lines_without_places_stand_beside_the_others_and_not_upon_each_other(write):
    known = line("l0") + line("l1", BASE)
    body = region(known + "".join(line(f"e{n}", equiv("text")) for n in range(60)))
    lines = read_page(write(body)).lines
    edge = [one.shape.bounds for one in lines[2:]]
    assert all(right < 100 for _, _, right, _ in edge)
    assert all(a[3] <= b[1] + 1e-6 for a, b in pairwise(edge))
    assert edge[-1][3] <= 799


@pytest.mark.parametrize(
    "size", ["", 'imageWidth="wide" imageHeight="-3"', 'imageWidth="0"']
)
def test_of_a_page_that_does_not_say_its_size_places_stay(write, size):
    said = read_page(write(region(line())))
    document = read_page(write(region(line()), size=size))
    assert (document.width, document.height) == (0, 0)
    assert [one.shape for one in document.lines] == [one.shape for one in said.lines]
    assert read_page(write("", size=size)).lines == ()


@pytest.mark.parametrize(
    "points", ["5000,5000 9000,5000", "-5,-5 -900,-5", "-500,-300 99999,450"]
)
def test_a_baseline_that_leaves_the_page_is_made_from_the_outline(write, points):
    outline = '<Coords points="100,200 700,200 700,260 100,260"/>'
    away = f'<TextLine id="a">{outline}<Baseline points="{points}"/></TextLine>'
    none = f'<TextLine id="a">{outline}</TextLine>'
    (found,) = read_page(write(region(away))).lines
    (made,) = read_page(write(region(none))).lines
    assert found.shape == made.shape
    assert found.shape.baseline[0][0] == 100


def test_a_baseline_that_reaches_a_little_past_the_page_stays(write):
    outline = '<Coords points="0,200 700,200 700,260 0,260"/>'
    body = f'<TextLine id="a">{outline}<Baseline points="-20,240 700,240"/></TextLine>'
    (found,) = read_page(write(region(body))).lines
    assert found.shape.baseline == ((0.0, 240.0), (700.0, 240.0))
