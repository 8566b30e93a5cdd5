"""A transcription of many pages is spread over them."""

from __future__ import annotations

import random

import pytest

from hwocr_desktop.app import spreading
from hwocr_desktop.app.spreading import spread, spread_files, spread_over
from hwocr_desktop.app.transcribing import transcribe, transcribe_all, words_nowhere
from hwocr_desktop.app.transcripts import Transcript
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Project, Reading
from hwocr_desktop.core.errors import BadDocument, BadRequest
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Cancelled, CancelToken

LINES, WORDS = 6, 5


def shape(number):
    y = 10.0 * number
    return LineShape(((0.0, y), (50.0, y)), ((0.0, y), (50.0, y), (50.0, y + 8)), 4, 2)


def written(page, seed=0):
    """Return the lines that stand on a page: no two are alike."""
    rng = random.Random(1000 * seed + page)
    return [
        " ".join(
            "".join(rng.choice("abdefghiklmnoprstu") for _ in range(rng.randint(2, 8)))
            for _ in range(WORDS)
        )
        for _ in range(LINES)
    ]


def misread(line):
    """Return a line with each sixth letter wrong."""
    return "".join("x" if i % 6 == 3 and c != " " else c for i, c in enumerate(line))


def read_as(project, page_id, texts):
    project = edits.set_lines(project, page_id, [shape(n) for n in range(len(texts))])
    lines = project.page(page_id).lines
    return edits.set_readings(
        project,
        page_id,
        {
            line.id: Reading(tuple(Character(c, 0.8, 0.0, 1.0) for c in text), "m")
            for line, text in zip(lines, texts, strict=True)
        },
    )


def project_of(*pages):
    """Make a project of pages with some readings; None was not read."""
    made = Project()
    for number, texts in enumerate(pages, 1):
        made = edits.add_page(made, f"scan{number}.png", 90, 900)
        if texts is not None:
            made = read_as(made, f"p{number}", texts)
    return made


def readings(*numbers):
    return [[misread(line) for line in written(number)] for number in numbers]


def text_of(*numbers, seed=0):
    return "\n".join(line for number in numbers for line in written(number, seed))


def corrections(project):
    return [[line.correction for line in page.lines] for page in project.pages]


def over(project, text, shown=0):
    return spread_over(project.pages[shown:], Transcript(text), cancel=CancelToken())


def given(project, text, shown=0):
    return transcribe_all(project, over(project, text, shown))


def test_a_text_goes_on_from_page_to_page_whatever_parts_them():
    project = project_of(*readings(1, 2, 3))
    for parted in ("\n", "\f", "\n\n— 2 —\n\n"):
        text = parted.join(text_of(number) for number in (1, 2, 3))
        found = given(project, text)
        assert corrections(found[-1].project) == [written(n) for n in (1, 2, 3)]
        stray = 2 * 3 if "—" in parted else 0
        assert words_nowhere(found, is_one=True) == stray
        assert [one.words_after for one in found][-1] == 0


def test_it_begins_where_the_page_shown_begins():
    project = project_of(*readings(1, 2, 3))
    found = given(project, text_of(1, 2, 3), shown=1)
    texts = corrections(found[-1].project)
    assert texts == [[None] * LINES, written(2), written(3)]
    assert words_nowhere(found, is_one=True) == LINES * WORDS


def test_pages_that_were_not_read_are_passed_over():
    (one, three) = readings(1, 3)
    project = project_of(one, None, three)
    found = given(project, text_of(1, 2, 3))
    assert corrections(found[-1].project) == [written(1), [], written(3)]
    assert words_nowhere(found, is_one=True) == LINES * WORDS


def test_a_page_of_another_letter_gets_nothing():
    other = [misread(line) for line in written(2, seed=5)]
    project = project_of(*readings(1), other, *readings(2))
    found = given(project, text_of(1, 2))
    assert corrections(found[-1].project) == [written(1), [None] * LINES, written(2)]
    assert words_nowhere(found, is_one=True) == 0


def test_a_page_whose_text_is_missing_gets_nothing_though_some_lines_look_alike():
    # At its foot it ends as the letter does.
    second = written(2)[:4] + written(3)[-2:]
    project = project_of(*readings(1), list(map(misread, second)), *readings(3))
    found = given(project, text_of(1, 3))
    assert corrections(found[-1].project) == [written(1), [None] * LINES, written(3)]
    alone = transcribe(project, spread(project.pages[1], Transcript(text_of(1, 3, 4))))
    assert alone.placed == 0
    assert corrections(alone.project)[1] == [None] * LINES


def test_words_that_stand_in_no_line_are_named_with_their_place():
    project = project_of(*readings(1))
    first, second, *more = written(1)
    text = "\n".join([first, second, "but these few", *more, "and those"])
    (one,) = given(project, text)
    assert one.gaps == ((2, "but these few"),)
    assert (one.words_left, one.words_after) == (5, 2)
    assert one.placed == LINES


def test_it_is_not_looked_for_on_page_after_page():
    strangers = [[misread(line) for line in written(n, seed=7)] for n in range(5)]
    project = project_of(*readings(1), *strangers, *readings(2))
    found = over(project, text_of(1, 2))
    assert [one.page.id for one in found] == ["p1"]


def test_some_words_left_over_are_not_laid_on_the_next_page():
    project = project_of(*readings(1, 2))
    # One word of the next page, and words like those of one of its lines.
    text = f"{text_of(1)} {written(2)[3]}"
    assert len(over(project, text)) == 1
    # The end of a letter may be two lines, all of which are found.
    text = f"{text_of(1)} {written(2)[0]} {written(2)[1]}"
    found = given(project, text)
    assert corrections(found[-1].project)[1] == [
        *written(2)[:2],
        None,
        None,
        None,
        None,
    ]


def test_what_suits_not_even_the_first_page_goes_no_further():
    project = project_of(*readings(1, 2))
    found = given(project, text_of(2))
    assert len(found) == 1
    assert corrections(found[-1].project) == [[None] * LINES] * 2


@pytest.mark.parametrize("place", [0, 1, 7, 39])
def test_a_page_is_found_in_a_whole_book(monkeypatch, place):
    """Also where it begins in one of the stretches looked at, and ends behind it."""
    monkeypatch.setattr(spreading, "AT_ONCE", 900)
    book = text_of(*range(40))
    assert len(book) > 6000
    project = project_of(*readings(place))
    (found,) = over(project, book)
    assert [one.text for one in found.found] == written(place)
    words = [one.start for one in found.found]
    assert words == [(place * LINES + i) * WORDS for i in range(LINES)]
    assert found.words_left == 39 * LINES * WORDS


def test_a_page_that_is_not_in_the_book_gets_nothing(monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 900)
    (found,) = over(project_of(*readings(50)), text_of(*range(40)))
    assert found.found == (None,) * LINES
    assert (found.end, found.is_of_page) == (0, False)


def test_a_book_is_spread_over_its_pages(monkeypatch):
    monkeypatch.setattr(spreading, "AT_ONCE", 900)
    project = project_of(*readings(*range(8)))
    found = given(project, text_of(*range(8)))
    assert corrections(found[-1].project) == [written(n) for n in range(8)]


def test_it_can_be_stopped():
    project, cancel = project_of(*readings(1, 2, 3)), CancelToken()
    with pytest.raises(Cancelled):
        spread_over(
            project.pages,
            Transcript(text_of(1, 2, 3)),
            cancel=cancel,
            report=lambda progress: cancel.cancel(),
        )


def test_what_is_far_too_long(monkeypatch):
    project = project_of(*readings(1))
    with pytest.raises(BadRequest, match="no spaces"):
        over(project, "word" * 9_000)
    monkeypatch.setattr(spreading, "MOST_CHARACTERS", 20)
    with pytest.raises(BadRequest, match="More than 20 characters were read"):
        over(project, "a word")


def files(tmp_path, **texts):
    paths = []
    for name, text in texts.items():
        paths.append(tmp_path / f"{name}.txt")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def test_several_files_are_each_of_the_page_with_their_name(tmp_path):
    project = project_of(*readings(1, 2), None)
    paths = files(
        tmp_path,
        SCAN2=text_of(2),
        scan1=text_of(1),
        scan3=text_of(3),
        scan4=text_of(4),
        **{"scan1-002": "second page of the file"},
    )
    (tmp_path / "scan2.docx").write_bytes(b"no Word file")
    found = spread_files(
        [*paths, tmp_path / "scan2.docx"], project.pages, 0, cancel=CancelToken()
    )
    assert not found.is_one
    done = transcribe_all(project, found.spreads)
    assert corrections(done[-1].project) == [written(1), written(2), []]
    assert words_nowhere(done, is_one=False) == 0
    told = [failure.message for failure in found.failures]
    assert "“scan3.png” has not been read" in told[0]
    assert "“scan4.txt”" in told[1]
    assert "“scan1-002.txt”" in told[2]
    assert isinstance(found.failures[3], BadDocument)


def test_a_single_file_is_of_the_page_shown_whatever_its_name(tmp_path):
    project = project_of(*readings(1, 2))
    (path,) = files(tmp_path, scan1=text_of(2))
    found = spread_files([path], project.pages, 1, cancel=CancelToken())
    assert found.is_one
    assert [one.page.id for one in found.spreads] == ["p2"]
    assert spread(project.pages[1], Transcript(text_of(2))).is_of_page
