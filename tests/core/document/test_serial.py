from __future__ import annotations

import contextlib
import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits, serial
from hwocr_desktop.core.document import fields as tables
from hwocr_desktop.core.document.document import (
    Character,
    Line,
    Original,
    OtherReading,
    Page,
    Project,
    Reading,
    WordAlternatives,
)
from hwocr_desktop.core.document.serial import decode_project, encode_project
from hwocr_desktop.core.errors import ProjectDamaged, ProjectTooNew
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.mending import BrushStroke

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
)


@quick
@given(data=st.data())
def test_what_is_written_is_what_is_read(data, projects):
    project = data.draw(projects)
    stored = decode_project(encode_project(project, journal="j", entries=3))
    assert stored.project == project
    assert (stored.schema, stored.journal, stored.entries) == (serial.SCHEMA, "j", 3)


@quick
@given(data=st.data())
def test_remembered_pages_make_no_difference(data, projects, edit):
    texts = serial.PageTexts()
    project = data.draw(projects)
    encode_project(project, texts=texts)
    changed = edit(data.draw, project)
    assert encode_project(changed, texts=texts) == encode_project(changed)


def test_every_field_of_the_document_has_a_place(small):
    """A field that is added to the document and forgotten here would be lost."""

    def names(kind: type) -> set[str]:
        return {field.name for field in fields(kind)}

    assert names(Line) == {"id", *tables.LINE_FIELDS}
    assert names(Page) == {"id", "mending", "lines", *tables.PAGE_FIELDS}
    assert names(Project) == {"pages", *tables.PROJECT_FIELDS}
    content = json.loads(encode_project(small))
    line = content["project"]["pages"][0]["lines"][0]
    assert set(line["shape"]) == {"baseline", "polygon", "ascent", "descent"}
    # A reading without alternatives looks as it did before there were any.
    columns = names(Character) | names(Reading) - {"characters", "alternatives"}
    assert set(line["reading"]) == columns


def test_each_line_of_writing_has_a_row_of_its_own(small):
    rows = encode_project(small).decode().splitlines()
    (row,) = [row for row in rows if "Kew Gardens" in row]
    assert json.loads(row.removesuffix(","))["id"] == "l2"


def test_numbers_that_json_lacks_cannot_keep_a_project_from_being_saved():
    reading = Reading((Character("a", math.nan, 0, math.inf),), "m")
    shape = LineShape(((0, 0), (1, 0)), ((0, 0), (1, 0), (1, 1)), 1, 1)
    page = Page("p1", "1.png", 10, 10, lines=(Line("l1", shape, reading),))
    read = decode_project(encode_project(Project(pages=(page,)))).project
    assert read.pages[0].lines[0].reading.characters[0] == Character("a", 0, 0, 0)


def test_characters_of_several_code_points_survive(small):
    reading = Reading((Character("ij", 1, 0, 0.5), Character("", 0, 0.5, 1)), "m")
    line = replace(small.pages[0].lines[0], reading=reading)
    project = Project(pages=(replace(small.pages[0], lines=(line,)),))
    assert decode_project(encode_project(project)).project == project


def test_file_names_that_are_no_unicode_survive():
    page = Page("p1", "letter-\udcff\udc80.png", 10, 10)
    data = encode_project(Project(pages=(page,)))
    data.decode("utf-8")
    assert decode_project(data).project.pages == (page,)


def test_an_older_schema_is_migrated_step_by_step(monkeypatch, small):
    old = json.loads(encode_project(small)) | {"schema": 1}
    old["project"]["name"] = old["project"].pop("title")
    calls = []

    def rename(content):
        calls.append(1)
        content["project"]["label"] = content["project"].pop("name")
        return content

    def rename_again(content):
        calls.append(2)
        content["project"]["title"] = content["project"].pop("label")
        return content

    monkeypatch.setattr(serial, "SCHEMA", 3)
    monkeypatch.setitem(serial.MIGRATIONS, 1, rename)
    monkeypatch.setitem(serial.MIGRATIONS, 2, rename_again)
    stored = decode_project(json.dumps(old).encode())
    assert calls == [1, 2]
    assert stored.schema == 1
    assert stored.project == small


def test_mending_is_kept_since_schema_2():
    path = Path(__file__).parent / "data" / "schema2.json"
    first, second = decode_project(path.read_bytes()).project.pages
    assert first.mending == (
        BrushStroke("ink", 6.5, ((10, 20.25), (30, 40))),
        BrushStroke("paper", 3, ((100, 7),)),
    )
    assert second.mending == ()


WORDS = (
    WordAlternatives(
        0, 3, 0.61, (OtherReading("Kem", 0.2534), OtherReading("“", 0.02))
    ),
    WordAlternatives(4, 7, 0, (OtherReading("Jan", 1),)),
)


def test_alternatives_are_kept_since_schema_3():
    path = Path(__file__).parent / "data" / "schema3.json"
    first = decode_project(path.read_bytes()).project.page("p1")
    assert first.line("l1").reading.alternatives == WORDS
    assert first.line("l1").reading.text == "Kew Jam"
    assert first.line("l2").reading.alternatives == ()


@pytest.mark.parametrize(
    "words",
    [
        [[0, 3]],
        [[0, 3, 0.5, "a"]],
        [[0, 3, 0.5, 0.5, "a"]],
        [[0, 3, "a", "b", 0.5]],
        [[0, 0, 0.5, "a", 0.5]],
        [[0, 99, 0.5, "a", 0.5]],
        [[-1, 2, 0.5, "a", 0.5]],
        [[4, 7, 0.5, "a", 0.5], [0, 3, 0.5, "a", 0.5]],
        [[0.0, 3, 0.5, "a", 0.5]],
        {"0": 3},
        None,
    ],
)
def test_damaged_alternatives_are_told(words):
    path = Path(__file__).parent / "data" / "schema3.json"
    content = json.loads(path.read_text("utf-8"))
    line = content["project"]["pages"][0]["lines"][0]
    line["reading"]["alternatives"] = words
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


def test_a_list_of_words_is_kept_since_schema_4():
    path = Path(__file__).parent / "data" / "schema4.json"
    project = decode_project(path.read_bytes()).project
    assert project.word_list == "crew-1a2b3c4d.txt"
    assert project.word_list_use == "constrain"
    older = decode_project(path.with_name("schema3.json").read_bytes()).project
    assert (older.word_list, older.word_list_use) == ("", "rerank")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("word_list", None),
        ("word_list", "../crew.txt"),
        ("word_list", "/crew.txt"),
        ("word_list", "a\\crew.txt"),
        ("word_list", "C:crew.txt"),
        ("word_list", ".."),
        ("word_list", "crew\0.txt"),
        ("word_list_use", ""),
        ("word_list_use", "prefer"),
        ("word_list_use", ["rerank"]),
    ],
)
def test_a_list_of_words_that_leads_elsewhere_is_told(field, value):
    path = Path(__file__).parent / "data" / "schema4.json"
    content = json.loads(path.read_text("utf-8"))
    content["project"][field] = value
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


def test_what_a_person_drew_is_kept_since_schema_5():
    path = Path(__file__).parent / "data" / "schema5.json"
    page = decode_project(path.read_bytes()).project.page("p1")
    assert [line.is_shaped for line in page.lines] == [False, True, False]
    assert [(r.id, r.kind, r.is_shaped) for r in page.regions] == [
        ("r1", "marginalia", True),
        ("r2", "ignore", False),
    ]
    older = decode_project(path.with_name("schema4.json").read_bytes()).project
    assert not any(line.is_shaped for line in older.page("p1").lines)


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_a_damaged_sign_of_drawing_is_told(value):
    path = Path(__file__).parent / "data" / "schema5.json"
    content = json.loads(path.read_text("utf-8"))
    content["project"]["pages"][0]["lines"][0]["is_shaped"] = value
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


def test_imported_files_are_named_since_schema_6():
    path = Path(__file__).parent / "data" / "schema6.json"
    pages = decode_project(path.read_bytes()).project.pages
    assert [page.original for page in pages] == [None, Original("0f.xml", 90)]
    older = decode_project(path.with_name("schema5.json").read_bytes()).project
    assert older.pages[1].original is None


@pytest.mark.parametrize(
    "value", ["0f.xml", {"name": "../0f.xml"}, {"name": "0f.xml", "rotation": 45}, {}]
)
def test_an_original_outside_the_project_or_half_a_one_is_told(value):
    path = Path(__file__).parent / "data" / "schema6.json"
    content = json.loads(path.read_text("utf-8"))
    content["project"]["pages"][1]["original"] = value
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


def test_what_a_transcription_says_is_kept_since_schema_7():
    path = Path(__file__).parent / "data" / "schema7.json"
    lines = decode_project(path.read_bytes()).project.page("p1").lines
    assert [line.transcript for line in lines] == ["", "", "ab"]
    older = decode_project(path.with_name("schema6.json").read_bytes()).project
    assert not any(line.transcript for line in older.page("p1").lines)


@pytest.mark.parametrize("value", [None, 1, ["ab"]])
def test_a_damaged_transcription_is_told(value):
    path = Path(__file__).parent / "data" / "schema7.json"
    content = json.loads(path.read_text("utf-8"))
    content["project"]["pages"][0]["lines"][0]["transcript"] = value
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


def test_there_is_a_migration_for_every_step():
    assert set(serial.MIGRATIONS) == set(range(1, serial.SCHEMA))


def test_a_page_that_was_searched_knows_it_since_schema_10():
    path = Path(__file__).parent / "data" / "schema10.json"
    project = decode_project(path.read_bytes()).project
    assert [page.state for page in project.pages][-1] == "empty"
    older = decode_project(path.with_name("schema9.json").read_bytes()).project
    assert not any(page.is_searched for page in older.pages)


@pytest.mark.parametrize("schema", range(1, serial.SCHEMA + 1))
def test_projects_of_every_schema_open_for_ever(schema):
    path = Path(__file__).parent / "data" / f"schema{schema}.json"
    stored = decode_project(path.read_bytes())
    assert stored.schema == schema
    assert [page.id for page in stored.project.pages] == ["p1", "p2"]
    assert stored.project.page("p1").line("l2").text == "Kew Gardens"
    assert stored.project.page("p1").line("l3").state == "checked"


def test_a_newer_schema_is_refused_by_name(small):
    content = json.loads(encode_project(small))
    content["schema"] = serial.SCHEMA + 1
    with pytest.raises(ProjectTooNew) as caught:
        decode_project(json.dumps(content).encode())
    assert "newer version" in caught.value.message
    assert caught.value.advice


def damage(content, path, value):
    *way, last = path
    for step in way:
        content = content[step]
    content[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["format"], "letters"),
        (["schema"], "1"),
        (["schema"], True),
        (["schema"], 0),
        (["project"], None),
        (["project"], []),
        (["project", "pages"], {}),
        (["project", "pages", 0, "width"], 10.5),
        (["project", "pages", 0, "width"], None),
        (["project", "pages", 0, "source"], 7),
        (["project", "pages", 1, "id"], "p1"),
        (["project", "pages", 0, "mending"], {}),
        (["project", "pages", 0, "mending"], [{"paint": "ink", "radius": 2}]),
        (["project", "pages", 0, "lines", 1, "id"], "l1"),
        (["project", "pages", 0, "lines", 0, "checked"], 1),
        (["project", "pages", 0, "lines", 0, "shape"], None),
        (["project", "pages", 0, "lines", 0, "shape", "baseline"], [1, 2, 3]),
        (["project", "pages", 0, "lines", 0, "shape", "ascent"], "60"),
        pytest.param(
            ["project", "pages", 0, "lines", 0, "shape", "ascent"], 10**400, id="huge"
        ),
        (["project", "pages", 0, "lines", 0, "reading", "start"], [1]),
        (["project", "pages", 0, "lines", 0, "reading", "text"], "abc"),
        (["project", "pages", 0, "lines", 0, "reading", "text"], [1, 2]),
        (["project", "pages", 0, "lines", 0, "reading", "end"], [True, 1]),
        (["journal"], 5),
    ],
)
def test_every_kind_of_nonsense_is_called_damage(small, path, value):
    content = json.loads(encode_project(small))
    damage(content, path, value)
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [("paint", "red"), ("radius", 0), ("radius", 1e9), ("points", [])],
)
def test_a_stroke_that_is_none_is_called_damage(small, name, value):
    project = edits.add_stroke(small, "p1", BrushStroke("ink", 2, ((1, 1),)))
    content = json.loads(encode_project(project))
    damage(content, ["project", "pages", 0, "mending", 0, name], value)
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())


@quick
@given(data=st.data())
def test_no_cut_or_flipped_byte_raises_anything_else(data, projects):
    whole = encode_project(data.draw(projects))
    position = data.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole)
    broken[position] ^= data.draw(st.integers(1, 255))
    for bad in (bytes(broken), whole[:position]):
        # A letter of a text may change and leave a project; nothing else is raised.
        with contextlib.suppress(ProjectDamaged):
            decode_project(bad)


def test_deep_nesting_is_damage_and_not_a_crash():
    with pytest.raises(ProjectDamaged):
        decode_project(b"[" * 100_000)


def test_an_id_that_changed_keeps_nothing(small):
    """The pages remembered go by the object, not by the id alone."""
    texts = serial.PageTexts()
    encode_project(small, texts=texts)
    other = replace(small, pages=(replace(small.pages[0], dpi=77.0), small.pages[1]))
    assert decode_project(encode_project(other, texts=texts)).project == other


def test_lines_taken_off_are_remembered_since_schema_8():
    path = Path(__file__).parent / "data" / "schema8.json"
    page = decode_project(path.read_bytes()).project.page("p1")
    (gone,) = page.removed
    assert gone.baseline == ((10.0, 120.0), (300.0, 120.0))
    older = decode_project(path.with_name("schema7.json").read_bytes()).project
    assert not any(page.removed for page in older.pages)


def test_lines_put_in_order_and_what_finds_lines_are_kept_since_schema_9():
    path = Path(__file__).parent / "data" / "schema9.json"
    project = decode_project(path.read_bytes()).project
    lines = project.page("p1").lines
    assert [(line.is_shaped, line.is_placed) for line in lines] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert project.layout_model == "our-hand"
    older = decode_project(path.with_name("schema8.json").read_bytes()).project
    lines = older.page("p1").lines
    assert [line.is_shaped for line in lines] == [False, True, False]
    assert not any(line.is_placed for line in lines)
    assert older.layout_model == ""


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_a_damaged_sign_of_placing_is_told(value):
    path = Path(__file__).parent / "data" / "schema9.json"
    content = json.loads(path.read_text("utf-8"))
    content["project"]["pages"][0]["lines"][0]["is_placed"] = value
    with pytest.raises(ProjectDamaged):
        decode_project(json.dumps(content).encode())
