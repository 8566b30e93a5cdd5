"""Arbitrary projects and arbitrary edits, for tests of identities."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import (
    Character,
    Cleaning,
    Line,
    Original,
    OtherReading,
    Page,
    Project,
    Reading,
    Region,
    WordAlternatives,
)
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.mending import BrushStroke
from hwocr_desktop.core.text.lexicon import LEXICON_USES

# Few draws a line keep the tests fast; the pools hold what is likely to go wrong.
TEXTS = st.sampled_from(
    ["", " ", "Kew, Jan.\u2011y 4th", 'a"b\\c', "e\u0301\u00df\u017f", "\x00\t", "null"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NAMES = st.sampled_from(["l1", "l2", "l3", "p1", "p2", "r", "order", "id", "_.-x"])
NUMBERS = st.sampled_from([0, 1, 2, 0.1, 1 / 3, -7.25, 1e-9, 1e15, 2999, 30000.5])


def _shape(x: float, y: float, width: float, extra: bool) -> LineShape:
    baseline = ((x, y), (x + width, y))
    polygon = ((x, y - 5), (x + width, y), (x, y + 3))
    return LineShape(baseline * (1 + extra), polygon * (1 + extra), width, y)


SHAPES = st.builds(_shape, NUMBERS, NUMBERS, NUMBERS, st.booleans())
READINGS = st.builds(
    lambda text, model, number, others: Reading(
        tuple(Character(c, number, number / 2, 1 - number) for c in text),
        model,
        tuple(
            WordAlternatives(i, i + 1, number, others) for i in range(0, len(text), 2)
        )
        if others
        else (),
    ),
    TEXTS,
    NAMES,
    st.floats(0, 1),
    st.lists(st.builds(OtherReading, TEXTS, NUMBERS), max_size=3).map(tuple),
)
REGIONS = st.builds(
    lambda id_, x, kind, drawn: Region(id_, ((x, 0), (x + 1, 0), (0, x)), kind, drawn),
    NAMES,
    NUMBERS,
    TEXTS | st.just("ignore"),
    st.booleans(),
)
CLEANINGS = st.sampled_from(
    [Cleaning(), Cleaning("otsu", 77), Cleaning("nick", 255, 31, -0.1)]
)
STROKES = st.builds(
    lambda paint, radius, x, y, many: BrushStroke(
        paint, radius, ((x, y), (x + 1.25, y))[: 1 + many]
    ),
    st.sampled_from(["ink", "paper"]),
    st.sampled_from([0.25, 3, 77.5]),
    NUMBERS,
    NUMBERS,
    st.booleans(),
)
LINES = st.builds(
    Line,
    id=NAMES,
    shape=SHAPES,
    reading=st.none() | READINGS,
    correction=st.none() | TEXTS,
    checked=st.booleans(),
    region=NAMES | st.just(""),
    kind=st.sampled_from(["", "printed", "a;b}"]),
    is_shaped=st.booleans(),
    is_placed=st.booleans(),
    transcript=st.just("") | TEXTS,
)
LINE_LISTS = st.lists(LINES, max_size=3, unique_by=lambda line: line.id)
REGION_LISTS = st.lists(REGIONS, max_size=2, unique_by=lambda region: region.id)
PAGES = st.builds(
    Page,
    id=NAMES,
    source=TEXTS,
    width=st.integers(1, 30000),
    height=st.integers(1, 30000),
    frame=st.integers(0, 9),
    sha256=st.sampled_from(["", "0f" * 32]),
    dpi=NUMBERS,
    rotation=st.sampled_from([0, 90, 180, 270]),
    inverted=st.booleans(),
    cleaning=CLEANINGS,
    mending=st.lists(STROKES, max_size=3).map(tuple),
    regions=REGION_LISTS.map(tuple),
    lines=LINE_LISTS.map(tuple),
    next_line=st.integers(1, 50),
    original=st.none()
    | st.builds(Original, st.just("0f.xml"), st.sampled_from([0, 90, 180, 270])),
)
LIST_NAMES = st.sampled_from(["", "names-1a2b3c4d.txt", "Zoë's crew-00000000.txt"])
LIST_USES = st.sampled_from(LEXICON_USES)
PROJECTS = st.builds(
    Project,
    title=TEXTS,
    pages=st.lists(PAGES, max_size=2, unique_by=lambda page: page.id).map(tuple),
    line_model=NAMES,
    layout_model=NAMES | st.just(""),
    next_page=st.integers(1, 20),
    word_list=LIST_NAMES,
    word_list_use=LIST_USES,
)


def _of_project(draw, project: Project) -> Project:
    kind = draw(st.sampled_from(["title", "model", "list", "add", "remove", "move"]))
    if kind == "list":
        return edits.set_word_list(project, draw(LIST_NAMES), draw(LIST_USES))
    if kind == "title":
        return edits.set_title(project, draw(TEXTS))
    if kind == "model":
        return edits.set_line_model(project, draw(NAMES))
    if kind == "add" or not project.pages:
        return edits.add_page(project, draw(TEXTS), 100, 200)
    page = draw(st.sampled_from(project.pages))
    if kind == "remove":
        return edits.remove_page(project, page.id)
    return edits.move_page(project, page.id, draw(st.integers(-1, 4)))


def _of_page(draw, project: Project, page: Page) -> Project:
    kind = draw(
        st.sampled_from(
            [
                *("clean", "invert", "turn", "source", "found", "import", "add"),
                *("read", "mend", "unmend"),
            ]
        )
    )
    if kind == "mend":
        return edits.add_stroke(project, page.id, draw(STROKES))
    if kind == "unmend":
        return edits.remove_mending(project, page.id)
    if kind == "clean":
        return edits.set_cleaning(project, page.id, draw(CLEANINGS))
    if kind == "invert":
        return edits.set_inverted(project, page.id, draw(st.booleans()))
    if kind == "turn":
        return edits.rotate_page(project, page.id, draw(st.integers(-4, 4)))
    if kind == "source":
        return edits.set_source(project, page.id, draw(TEXTS))
    if kind == "found":
        shapes = draw(st.lists(SHAPES, max_size=3))
        return edits.set_lines(project, page.id, shapes, draw(REGION_LISTS))
    if kind == "import":
        return edits.replace_lines(project, page.id, draw(LINE_LISTS))
    if kind == "add" or not page.lines:
        index = draw(st.none() | st.integers(0, 3))
        return edits.add_line(project, page.id, draw(SHAPES), index=index)
    ids = st.sampled_from([*(line.id for line in page.lines), "gone"])
    readings = draw(st.dictionaries(ids, READINGS, max_size=3))
    return edits.set_readings(project, page.id, readings)


def _of_line(draw, project: Project, page: Page) -> Project:
    line = draw(st.sampled_from(page.lines))
    kind = draw(
        st.sampled_from(
            ["correct", "accept", "reopen", "revert", "remove", "move", "reshape"]
        )
    )
    if kind == "correct":
        return edits.correct_line(project, page.id, line.id, draw(TEXTS))
    if kind == "move":
        return edits.move_line(project, page.id, line.id, draw(st.integers(0, 4)))
    if kind == "reshape":
        return edits.reshape_line(project, page.id, line.id, draw(SHAPES))
    simple = {
        "accept": edits.accept_line,
        "reopen": edits.reopen_line,
        "revert": edits.revert_line,
        "remove": edits.remove_line,
    }
    return simple[kind](project, page.id, line.id)


def _edit(draw, project: Project) -> Project:
    level = draw(st.sampled_from(["project", "page", "line"]))
    if level == "project" or not project.pages:
        return _of_project(draw, project)
    page = draw(st.sampled_from(project.pages))
    if level == "line" and page.lines:
        return _of_line(draw, project, page)
    return _of_page(draw, project, page)


@pytest.fixture(scope="session")
def projects() -> st.SearchStrategy[Project]:
    """Arbitrary projects, without regard to what makes sense."""
    return PROJECTS


@pytest.fixture(scope="session")
def texts() -> st.SearchStrategy[str]:
    return TEXTS


@pytest.fixture(scope="session")
def edit() -> Callable[..., Project]:
    """A function (draw, project) that makes any one edit."""
    return _edit


@pytest.fixture
def shape() -> LineShape:
    return box(10, 100, 300, 60)


def box(x: float, y: float, width: float, height: float) -> LineShape:
    """A straight line of writing with an upright box around it."""
    base = y + height * 2 / 3
    return LineShape(
        baseline=((x, base), (x + width, base)),
        polygon=((x, y), (x + width, y), (x + width, y + height), (x, y + height)),
        ascent=height * 2 / 3,
        descent=height / 3,
    )


@pytest.fixture(scope="session")
def line_box() -> Callable[[float, float, float, float], LineShape]:
    return box


@pytest.fixture
def small(shape: LineShape) -> Project:
    """Two pages, the first with three lines: read, corrected, checked."""
    reading = Reading((Character("a", 0.5, 0, 0.5), Character("b", 1, 0.5, 1)), "m")
    project = Project(title="Letters")
    project = edits.add_page(project, "../scans/1.png", 1000, 800)
    project = edits.add_page(project, "../scans/2.png", 1000, 800)
    for row in range(3):
        project = edits.add_line(project, "p1", box(10, 100 * row, 300, 60))
    project = edits.set_readings(project, "p1", {f"l{n}": reading for n in (1, 2, 3)})
    project = edits.correct_line(project, "p1", "l2", "Kew Gardens")
    return edits.accept_line(project, "p1", "l3")
