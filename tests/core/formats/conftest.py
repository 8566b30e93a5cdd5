"""Pages with whole coordinates, whose PAGE XML must say exactly the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import (
    Character,
    Line,
    Page,
    Reading,
    Region,
)
from hwocr_desktop.core.formats.page_xml_names import xml_text
from hwocr_desktop.core.pixels.geometry import LineShape

WIDTH, HEIGHT = 1000, 800
XS, YS = st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)
# No line breaks, composed, and nothing that XML forbids.
TEXTS = st.text(
    st.sampled_from("ab é&<>\"'ſß-— \t\U0001f441]]>{;}") | st.characters(codec="utf-8"),
    max_size=8,
).filter(lambda text: text == xml_text(text))
KINDS = st.sampled_from(["printed", "a;b{c}: d", "ünder\\u0041"])


def _shape(x: int, y: int, width: int, rise: int) -> LineShape:
    right = min(x + width, WIDTH - 1)
    top, base = max(y - 40, 0), min(y + rise, HEIGHT - 1)
    return LineShape(
        baseline=((x, y), (right, base)),
        polygon=((x, top), (right, top), (right, base), (x, base)),
        ascent=40.5,
        descent=19,
    )


SHAPES = st.builds(
    _shape, st.integers(0, 900), YS, st.integers(1, 999), st.integers(1, 30)
)


def _read_line(text: str, model: str, confidence: int) -> Reading:
    count = max(len(text), 1)
    return Reading(
        tuple(
            Character(one, confidence / 100, i / count, (i + 1) / count)
            for i, one in enumerate(text)
        ),
        model,
    )


STATES = st.one_of(
    st.just({}),
    st.builds(
        lambda *parts: {"reading": _read_line(*parts)},
        TEXTS,
        st.sampled_from(["lines-en", "m;1"]),
        st.integers(0, 100),
    ),
    st.builds(lambda text: {"correction": text}, TEXTS),
    st.builds(lambda text: {"correction": text, "checked": True}, TEXTS),
)
LINES = st.builds(
    lambda shape, state, region, kind: Line(
        "", shape, region=region, kind=kind, **state
    ),
    SHAPES,
    STATES,
    st.sampled_from(["", "r_0", "main"]),
    KINDS | st.just(""),
)


def _page(lines: list[Line], polygon: list[tuple[int, int]], kind: str) -> Page:
    regions = (Region("main", tuple(polygon), kind), Region("r_0", tuple(polygon)))
    return Page(
        "p1",
        "1.png",
        WIDTH,
        HEIGHT,
        regions=regions,
        lines=tuple(
            replace(line, id=f"l{number}") for number, line in enumerate(lines)
        ),
    )


@pytest.fixture(scope="session")
def pages() -> st.SearchStrategy[Page]:
    return st.builds(
        _page,
        st.lists(LINES, max_size=6),
        st.lists(st.tuples(XS, YS), min_size=3, max_size=5, unique=True),
        KINDS | st.just("marginalia"),
    )


@pytest.fixture
def page() -> Page:
    """A page whose lines have been left alone, read, typed, and checked."""
    shapes = [_shape(10, 100 * row, 500, 0) for row in range(1, 5)]
    return Page(
        "p1",
        "scans/1.png",
        WIDTH,
        HEIGHT,
        regions=(
            Region("main", ((0, 0), (999, 0), (999, 799)), "heading"),
            Region("r_0", ()),
        ),
        lines=(
            Line("l1", shapes[0], region="main"),
            Line("l2", shapes[1], _read_line("Kew", "m", 75), region="main"),
            Line("l3", shapes[2], correction="Gardens", region="r_0"),
            Line("l4", shapes[3], correction="1863", checked=True, kind="printed"),
        ),
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A function that makes a PAGE XML file of what stands within Page."""

    def write_file(
        body: str,
        *,
        year: int = 2019,
        size: str = 'imageWidth="1000" imageHeight="800"',
    ) -> Path:
        path = tmp_path / "0001.xml"
        namespace = f"http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}-07-15"
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<PcGts xmlns="{namespace}">'
            f'<Metadata><Creator/></Metadata><Page imageFilename="1.jpg" {size}>'
            f"{body}</Page></PcGts>",
            encoding="utf-8",
        )
        return path

    return write_file
