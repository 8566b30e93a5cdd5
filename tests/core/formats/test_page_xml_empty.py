"""Which regions of PAGE XML say that nothing in them was put down."""

import pytest

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.formats.page_xml_empty import read_empty_regions

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
LINE = '<TextLine id="l"><Coords points="10,10 90,10 90,30 10,30"/></TextLine>'


def box(x0, y0, x1, y1):
    return f'<Coords points="{x0},{y0} {x1},{y0} {x1},{y1} {x0},{y1}"/>'


@pytest.fixture
def empty(tmp_path):
    """Return what the empty regions of a page with the given regions are."""

    def read(regions):
        path = tmp_path / "a.xml"
        path.write_text(
            f'<PcGts xmlns="{NAMESPACE}"><Page imageFilename="a" imageWidth="100" '
            f'imageHeight="100">{regions}</Page></PcGts>',
            encoding="utf-8",
        )
        return read_empty_regions(path)

    return read


@pytest.mark.parametrize(
    "name", ["GraphicRegion", "ImageRegion", "SeparatorRegion", "TextRegion"]
)
def test_a_region_without_lines_is_empty(empty, name):
    found = empty(
        f"<TextRegion>{box(0, 0, 100, 40)}{LINE}</TextRegion>"
        f"<{name}>{box(50, 60, 90, 90)}</{name}>"
    )
    assert found == (((50, 60), (90, 60), (90, 90), (50, 90)),)


def test_a_region_with_lines_in_it_is_none(empty):
    nested = f"<TextRegion>{box(0, 0, 100, 40)}{LINE}</TextRegion>"
    assert empty(f"<TableRegion>{box(0, 0, 100, 50)}{nested}</TableRegion>") == ()


def test_a_frame_around_the_lines_of_others_is_none(empty):
    frame = f"<GraphicRegion>{box(0, 0, 100, 100)}</GraphicRegion>"
    assert empty(f"{frame}<TextRegion>{box(0, 0, 100, 40)}{LINE}</TextRegion>") == ()


def test_points_of_the_oldest_files_are_read(empty):
    corners = "".join(f'<Point x="{x}" y="{y}"/>' for x, y in [(1, 2), (9, 2), (9, 8)])
    found = empty(f"<ImageRegion><Coords>{corners}</Coords></ImageRegion>")
    assert found == (((1, 2), (9, 2), (9, 8)),)


@pytest.mark.parametrize("points", ["", "1,2 3,4", "1,2 x,3 4,5", "1 2 3"])
def test_an_outline_that_is_none_is_passed_over(empty, points):
    assert empty(f'<ImageRegion><Coords points="{points}"/></ImageRegion>') == ()


def test_a_damaged_and_a_missing_file_are_told(tmp_path):
    (tmp_path / "a.xml").write_text("<PcGts", encoding="utf-8")
    with pytest.raises(BadDocument):
        read_empty_regions(tmp_path / "a.xml")
    with pytest.raises(FileNotReadable):
        read_empty_regions(tmp_path / "b.xml")
