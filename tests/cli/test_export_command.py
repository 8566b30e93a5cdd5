"""``hwocr export``, and reading with the lines that lie beside a scan."""

import pytest

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.formats.documents import read_document, write_document
from tests.pages_drawn import draw_page, line_at, write_image

TEXTS = ("Lieber Bruder", "es geht uns gut")


@pytest.fixture
def project(tmp_path):
    lines = tuple(line_at(i, text) for i, text in enumerate(TEXTS))
    pages = tuple(
        Page(f"p{i}", f"../{name}.png", 620, 260, lines=lines)
        for i, name in enumerate(["a", "b"])
    )
    with create_project(tmp_path / "project") as file:
        file.save(Project("Briefe", pages))
    return tmp_path / "project"


def written(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*"))


def test_all_formats_are_written(hwocr, project, tmp_path):
    formats = [f"--format={f}" for f in ("page", "page2013", "alto", "text")]
    done = hwocr("export", project, "-o", tmp_path / "out", *formats, "--joined")
    assert done.code == 0
    assert written(tmp_path / "out") == [
        "Briefe.txt",
        "a.txt",
        "a.xml",
        "alto/a.xml",
        "alto/b.xml",
        "b.txt",
        "b.xml",
        "page/a.xml",
        "page/b.xml",
    ]
    for name in ("a.xml", "alto/a.xml", "page/a.xml"):
        document = read_document(tmp_path / "out" / name)
        assert [line.text for line in document.lines] == list(TEXTS)
    assert "9 files written" in done.err


def test_single_pages_are_chosen_by_name(hwocr, project, tmp_path):
    out = tmp_path / "out"
    done = hwocr("export", project, "-o", out, "--pages", "B", "--json")
    assert written(out) == ["b.txt", "b.xml"]
    assert done.json["written"] == [str(out / "b.xml"), str(out / "b.txt")]
    wrong = hwocr("export", project, "-o", out, "--pages", "c")
    assert wrong.code == 2
    assert "no page “c”" in wrong.err
    assert "Its pages are a, b." in wrong.err


def test_words_have_places_on_request(hwocr, project, tmp_path):
    for name, more in [("plain", ()), ("words", ("--words",))]:
        assert hwocr("export", project, "-o", tmp_path / name, *more).code == 0
    assert b"<Word " not in (tmp_path / "plain" / "a.xml").read_bytes()
    assert (tmp_path / "words" / "a.xml").read_bytes().count(b"<Word ") == 6
    texts = [x.text for x in read_document(tmp_path / "words" / "a.xml").lines]
    assert texts == list(TEXTS)


def test_nothing_is_replaced_unasked(hwocr, project, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.txt").write_text("my own")
    done = hwocr("export", project, "-o", out)
    assert done.code == 5
    assert "a.txt" in done.err
    assert written(out) == ["a.txt"]
    assert hwocr("export", project, "-o", out, "--replace").code == 0
    assert (out / "a.txt").read_text() != "my own"


def test_changes_that_a_crash_left_behind_are_exported_and_stay(
    hwocr, project, tmp_path
):
    with open_project(project) as file:
        file.begin_journal()
        line = file.project.page("p0").lines[0]
        changed = edits.correct_line(file.project, "p0", line.id, "Liebe Schwester")
        file.append(file.project, changed, "Correct")
    for name in ("out", "again"):
        assert hwocr("export", project, "-o", tmp_path / name).code == 0
        text = (tmp_path / name / "a.txt").read_text()
        assert text.startswith("Liebe Schwester")


def test_a_folder_without_a_project_is_told(hwocr, tmp_path):
    assert hwocr("export", tmp_path, "-o", tmp_path / "out").code == 4


# --- reading with given lines ------------------------------------------------------


@pytest.fixture
def beside(tmp_path):
    """A scan of three lines with two of them given, one of which a person wrote."""
    scans = tmp_path / "scans"
    (scans / "page").mkdir(parents=True)
    pixels = draw_page(3)
    write_image(scans / "a.png", pixels)
    height, width = pixels.shape[:2]
    lines = (line_at(0, "mine"), line_at(1, ""))
    project = Project(pages=(Page("p1", "a.png", width, height, lines=lines),))
    project = edits.revert_line(project, "p1", lines[1].id)
    data = write_document(project.pages[0], "a.png", "page")
    mark = b'<NoiseRegion id="stain"><Coords points="1,1 2,2"/></NoiseRegion></Page>'
    (scans / "page" / "a.xml").write_bytes(data.replace(b"</Page>", mark))
    return scans


OTSU = ("--clean", "otsu", "--model", "any")


def test_given_lines_are_read_and_what_a_person_wrote_stays(
    hwocr, planned, beside, tmp_path
):
    planned("one", "two")
    out = tmp_path / "out"
    done = hwocr(
        "read", beside, "--lines", "given", "--format", "page", "-o", out, *OTSU
    )
    assert done.code == 0
    data = (out / "a.xml").read_bytes()
    assert b'id="stain"' in data
    lines = read_document(out / "a.xml").lines
    given = read_document(beside / "page" / "a.xml").lines
    assert [line.id for line in lines] == [line.id for line in given]
    assert [line.text for line in lines] == ["mine", "two"]


def test_lines_are_found_unless_asked_and_a_note_tells_of_those_given(
    hwocr, planned, beside
):
    planned("one", "two", "three")
    done = hwocr("read", beside, *OTSU)
    assert done.out == "one\ntwo\nthree\n"
    assert "--lines given" in done.err
    planned("one", "two", "three")
    assert hwocr("read", beside, "--lines", "found", *OTSU).err == ""


@pytest.mark.parametrize("kind", ["page2013", "alto"])
def test_readings_are_written_in_each_format(kind, hwocr, planned, beside, tmp_path):
    planned("one", "two", "three")
    out = tmp_path / "out"
    assert hwocr("read", beside, "--format", kind, "-o", out, *OTSU).code == 0
    texts = [line.text for line in read_document(out / "a.xml").lines]
    assert texts == ["one", "two", "three"]
    assert hwocr("read", beside, "--format", kind, *OTSU).code == 2


def test_given_lines_and_whole_pictures_contradict_each_other(hwocr, planned, beside):
    planned("one")
    done = hwocr("read", beside, "--whole", "--lines", "given", "--model", "any")
    assert done.code == 2
    assert "no others" in done.err
