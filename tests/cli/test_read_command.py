"""``hwocr read``."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from hwocr_desktop.app import batch, pipeline
from hwocr_desktop.cli.outcomes import explained
from hwocr_desktop.core.document.document import OtherReading, WordAlternatives
from hwocr_desktop.core.errors import FileNotReadable, HwocrError
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.recognizer import Recognizer
from tests.drawn_lines import draw_line
from tests.pages_drawn import draw_page, write_image

CLEAN = ("--clean", "otsu")
OTSU = (*CLEAN, "--model", "any")


def test_text_goes_to_standard_output(hwocr, planned, page):
    planned("My \u017fon,", "come home")
    done = hwocr("read", page, *OTSU)
    assert done.code == 0
    assert done.out == "My \u017fon,\ncome home\n"
    assert done.err == ""


def test_pages_are_parted_by_an_empty_line(hwocr, planned, page):
    write_image(page.with_name("q.png"), draw_page(1))
    planned("one", "two", "three")
    done = hwocr("read", page.parent, *OTSU)
    assert done.out == "one\ntwo\n\nthree\n"
    assert "2 done" in done.err


def test_files_are_named_after_the_scans(hwocr, planned, page, tmp_path):
    planned("one", "two")
    done = hwocr("read", page, "-o", tmp_path / "out", *OTSU)
    assert done.code == 0
    assert done.out == ""
    assert (tmp_path / "out" / "page ö.txt").read_text("utf-8") == "one\ntwo\n"
    assert "1 done" in done.err


@pytest.mark.parametrize(
    "arguments", [["-o", "new/text.xml"], ["-o", "new", "--format", "page"]]
)
def test_page_xml(arguments, hwocr, planned, page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    planned("one", "two")
    assert hwocr("read", page, *arguments, *OTSU).code == 0
    (written,) = (tmp_path / "new").iterdir()
    document = read_page(written)
    assert [line.text for line in document.lines] == ["one", "two"]
    assert document.image_name == "page ö.png"


def test_a_picture_that_is_one_line_is_not_searched_for_lines(hwocr, planned, page):
    planned("Maria Huber", "unread")
    done = hwocr("read", page, "--whole", "--model", "any", "--json").json
    (file,) = done["pages"]
    assert file["text"] == "Maria Huber\n"
    refused = hwocr("read", page, "--whole", *OTSU)
    assert refused.code == 2
    assert "no ink is needed" in refused.err


def test_whoever_reads_lines_with_a_model_for_words_is_told(hwocr, planned, page):
    planned("one", "two")
    for model, is_told in (("words-en", True), ("lines-en", False)):
        told = hwocr("read", page, *OTSU, "--model", model)
        assert told.code == 0
        assert ("single words" in told.err) == is_told
    assert (
        "single words" not in hwocr("read", page, "--whole", "--model", "words-en").err
    )


@pytest.mark.tf
def test_a_single_word_is_read_as_training_reads_it(hwocr, tiny, tmp_path):
    word = draw_line("abc", 3, 90)
    write_image(tmp_path / "word.png", word)
    done = hwocr(
        *("read", tmp_path / "word.png", "--whole", "--model", tiny),
        *("-o", tmp_path / "word.xml", "--decoder", "greedy"),
    )
    assert done.code == 0
    (line,) = read_page(tmp_path / "word.xml").lines
    recognizer = Recognizer.open(registry.card(tiny))
    assert line.text == recognizer.read([word])[0].text
    assert line.shape.bounds == (0, 0, word.shape[1] - 1, word.shape[0] - 1)


def test_page_xml_needs_a_place(hwocr, planned, page):
    planned("one")
    done = hwocr("read", page, "--format", "page", *OTSU)
    assert done.code == 2
    assert "-o" in done.err


def test_json_tells_other_readings_of_words(hwocr, planned, page):
    others = (OtherReading("son", 0.2512), OtherReading("sum", 0.02))
    planned("my sun").alternatives = (WordAlternatives(3, 6, 0.7, others),)
    first, second = hwocr("read", page, *OTSU, "--json").json["pages"][0]["lines"]
    assert first["text"] == second["text"] == "my sun"
    expected = {
        "start": 3,
        "end": 6,
        "text": "sun",
        "probability": 0.7,
        "others": [
            {"text": "son", "probability": 0.2512},
            {"text": "sum", "probability": 0.02},
        ],
    }
    assert first["alternatives"] == second["alternatives"] == [expected]
    # They are for scripts: the text says nothing of them.
    assert hwocr("read", page, *OTSU).out == "my sun\nmy sun\n"


def test_it_is_told_how_many_words_are_likely_wrong(hwocr, planned, page, tmp_path):
    planned("a bb", "cc").confidence = 0.5
    done = hwocr("read", page, "-o", tmp_path / "out", *OTSU)
    assert "(2 lines, about 2 wrong words, " in done.err
    planned("a bb", "cc").confidence = 0.5
    (told,) = hwocr("read", page, "--json", *OTSU).json["pages"]
    assert told["wrong_words_expected"] == 0.5 + 0.75 + 0.75


def test_json_tells_everything(hwocr, planned, page, tmp_path):
    planned("one", "two")
    done = hwocr("read", page, tmp_path / "missing.png", *OTSU, "--json")
    assert done.code == 4
    told = done.json
    counts = {"done", "skipped", "failed", "left"}
    assert set(told) == {"model", *counts, "seconds", "pages"}
    assert (told["done"], told["skipped"], told["failed"]) == (1, 0, 1)
    good = next(entry for entry in told["pages"] if entry["state"] == "done")
    bad = next(entry for entry in told["pages"] if entry["state"] == "failed")
    assert good["text"] == "one\ntwo\n"
    assert good["page"] == 1
    assert [line["text"] for line in good["lines"]] == ["one", "two"]
    first = good["lines"][0]
    assert first["confidence"] == pytest.approx(0.9)
    assert first["alternatives"] == []
    x0, y0, x1, y1 = first["box"]
    assert 0 <= x0 < x1
    assert 0 <= y0 < y1
    assert bad["error"]["exit_code"] == 4
    assert bad["error"]["message"]
    assert bad["error"]["advice"]


def test_a_bad_file_stops_nothing_and_shows_in_the_code(hwocr, planned, page, tmp_path):
    fake = page.with_name("fake.png")
    fake.write_text("this is a text", encoding="utf-8")
    planned("one", "two")
    done = hwocr("read", page.parent, "-o", tmp_path / "out", *OTSU)
    assert done.code == 3
    assert (tmp_path / "out" / "page ö.txt").exists()
    assert f"\n“{fake}” is not a picture" in f"\n{done.err}"
    assert done.err.count(str(fake)) == 1
    assert "1 done, 1 failed" in done.err


def test_what_is_not_there_is_said_once_and_plainly(hwocr, planned, tmp_path):
    planned("one")
    missing = tmp_path / "missing.png"
    for command in (["read", *OTSU], ["binarize", "-o", tmp_path / "out"]):
        done = hwocr(command[0], missing, *command[1:])
        assert done.code == 4
        said = f"There is no file or folder {missing}. Check the name."
        assert said in done.err.splitlines()
        assert "drive" not in done.err


def test_an_empty_folder_is_named_once(hwocr, planned, tmp_path):
    planned("one")
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in (["read", *OTSU], ["binarize", "-o", tmp_path / "out"]):
        done = hwocr(command[0], empty, *command[1:])
        assert done.err.count(str(empty)) == 1
        assert done.err.startswith("There are no scans in the folder")


@pytest.mark.parametrize(
    ("source", "message", "said"),
    [
        ("in/a.png", "“a.png” is damaged.", "“in/a.png” is damaged."),
        ("a", "There is not enough memory.", "a: There is not enough memory."),
        ("in/a", "There is no in/a-b.", "in/a: There is no in/a-b."),
        ("in", "There are no scans in in.", "There are no scans in in."),
        ("a.png", "“a.png” is damaged.", "“a.png” is damaged."),
    ],
)
def test_each_error_says_its_file_once(source, message, said):
    assert explained(HwocrError(message), Path(source)) == said


def test_of_several_errors_the_highest_code_counts(hwocr, planned, page, tmp_path):
    fake = page.with_name("fake.png")
    fake.write_text("this is a text", encoding="utf-8")
    planned("one")
    done = hwocr("read", fake, tmp_path / "missing.png", *OTSU)
    assert done.code == 4


def test_pages_of_a_file_are_told_apart(hwocr, planned, tmp_path):
    book = tmp_path / "book.tif"
    pages = np.stack([draw_page(1, seed) for seed in range(2)])
    tifffile.imwrite(book, pages, photometric="minisblack")
    planned("one", "two")
    done = hwocr("read", book, *OTSU, "--json")
    assert [(e["page"], e["text"]) for e in done.json["pages"]] == [
        (1, "one\n"),
        (2, "two\n"),
    ]


@pytest.mark.tf
def test_the_model_is_the_one_that_is_installed(hwocr, tiny, page):
    done = hwocr("read", page, *CLEAN, "--json")
    assert done.code == 0
    installed = [m["id"] for m in hwocr("models", "--json").json["models"]]
    assert done.json["model"] in installed


@pytest.mark.tf
@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_a_real_network_reads(decoder, hwocr, tiny, page):
    done = hwocr("read", page, "--model", tiny, "--decoder", decoder, *CLEAN, "--json")
    assert done.code == 0
    (entry,) = done.json["pages"]
    assert entry["state"] == "done"
    assert set(entry["text"]) <= set("abc\n")


def test_ctrl_c_leaves_no_half_file(hwocr, planned, page, tmp_path, stopped_after_one):
    write_image(page.with_name("q.png"), draw_page(1))
    planned("one")
    done = hwocr("read", page.parent, "-o", tmp_path / "out", *OTSU)
    assert done.code == 130
    assert "Stopped." in done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["page ö.txt"]


def test_a_wrong_file_is_told_before_the_model_opens(hwocr, tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "open_recognizer", lambda _: pytest.fail("was opened"))
    out = tmp_path / "out"
    done = hwocr("read", tmp_path / "nix.png", "-o", out, "--model", "any")
    assert done.code == 4
    assert "There is no file or folder" in done.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x.docx", []),
        ("x.png", []),
        ("x.xml", ["--format", "txt"]),
        ("x.txt", ["--format", "page"]),
    ],
)
def test_a_name_of_what_is_not_written(name, options, hwocr, planned, page, tmp_path):
    planned("one", "two")
    out = tmp_path / name
    done = hwocr("read", page, "-o", out, *options, *OTSU)
    assert done.code == 2
    assert f"“{name}” is no name for a file that ends in ." in done.err
    assert not out.exists()
    out.mkdir()
    assert hwocr("read", page, "-o", out, *options, *OTSU).code == 0
    assert len(list(out.iterdir())) == 1


def test_help_names_all_thresholds(hwocr):
    said = " ".join(hwocr("read", "--help").out.split())
    assert ", ".join(METHODS) in said


def test_a_wrong_way_to_clean_is_told_with_the_right_ones(hwocr, planned, page):
    planned("one")
    done = hwocr("read", page, "--model", "any", "--clean", "nosuch")
    assert done.code == 6
    assert all(name in done.err for name in METHODS)


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (1, "stand on its side and was read so; turn the scan a quarter to the right"),
        (2, "stand on its head and was read so; turn the scan by a half"),
        (3, "stand on its side and was read so; turn the scan a quarter to the left"),
    ],
)
def test_a_page_that_does_not_stand_upright_is_told(
    hwocr, planned, page, monkeypatch, turns, said
):
    planned("one", "two")
    monkeypatch.setattr(pipeline, "find_upright", lambda ink, find: (turns, find(ink)))
    done = hwocr("read", page, *OTSU)
    assert done.code == 0
    assert done.out == "one\ntwo\n"
    assert said in done.err
    told = hwocr("read", page, "--json", *OTSU).json
    assert told["pages"][0]["turns"] == turns


def test_a_page_without_letters_is_told_to_be_a_picture(
    hwocr, planned, page, monkeypatch
):
    planned("", "")
    done = hwocr("read", page, *OTSU)
    assert done.code == 0
    assert "perhaps it is a picture" in done.err
    reader = planned("e", "")
    reader.confidence = 0.4
    assert "perhaps it is a picture" in hwocr("read", page, *OTSU).err
    monkeypatch.setattr(pipeline, "find_upright", lambda ink, find: (1, find(ink)))
    told = hwocr("read", page, *OTSU).err
    assert "stand on its side" in told
    assert "picture" not in told


def test_pages_without_lines_are_named_and_not_more_than_three(
    hwocr, planned, page, tmp_path
):
    planned()
    blank = np.full((300, 400), 240, np.uint8)
    scans = [write_image(tmp_path / f"{i}.png", blank) for i in range(5)]
    assert "No lines" not in hwocr("read", page, *OTSU).err
    one = hwocr("read", scans[0], *OTSU)
    assert one.code == 0
    assert f"No lines of writing were found on page 1 of {scans[0]}. " in one.err
    assert "--whole" in one.err
    told = hwocr("read", *scans, *OTSU).err
    assert f"page 1 of {scans[2]} and 2 more. " in told
    assert str(scans[3]) not in told


def test_a_transcription_takes_the_place_of_what_was_read(
    hwocr, planned, page, tmp_path
):
    planned("My dear Sistr", "stamp 9")
    text = tmp_path / "texts" / "page ö.txt"
    text.parent.mkdir()
    text.write_text("My dear\nSister, come home soon", encoding="utf-8")
    for where in (text, text.parent):
        done = hwocr("read", page, "--transcript", where, *OTSU)
        assert done.out == "My dear Sister,\nstamp 9\n"
        assert "1 line got the text of the transcription" in done.err
        assert (
            "without a text: 2; 3 words left over, 3 behind the last line" in done.err
        )
        (told,) = hwocr("read", page, "--transcript", where, "--json", *OTSU).json[
            "pages"
        ]
        assert told["transcribed"] == {
            "lines": 1,
            "unlike_their_text": [],
            "without_text": [2],
            "words_left_out": [],
            "words_left": 3,
            "words_after": 3,
            "guessed_encoding": None,
        }


def test_words_between_lines_that_have_theirs_are_told(hwocr, planned, page, tmp_path):
    text = tmp_path / "letter.txt"
    text.write_text("My dear Sister, so they say, the horse is come")
    planned("My dear Sistr", "the hors is come")
    arguments = ["read", page, "--transcript", text, *OTSU]
    assert "behind line 1 the text has “so they say,” as well" in hwocr(*arguments).err
    (told,) = hwocr(*arguments, "--json").json["pages"]
    lost = [{"behind_line": 1, "words": "so they say,"}]
    assert told["transcribed"]["words_left_out"] == lost


def test_one_transcription_goes_on_from_page_to_page(hwocr, planned, page, tmp_path):
    second = page.with_name("page 2.png")
    shutil.copy(page, second)
    text = tmp_path / "letter.txt"
    text.write_text("My dear Sister, stamp 90\fMy dears Sister, stamp 91 Yours ever")
    planned("My dear Sistr", "stamp 9", "My dear Sistr", "stamp 9")
    done = hwocr("read", page, second, "--transcript", text, *OTSU)
    said = done.err.splitlines()
    assert "7 words left over, 7 behind the last line" in said[0]
    assert "2 words left over, 2 behind the last line" in said[1]
    assert "My dear Sister,\nstamp 90\n" in done.out
    assert "My dears Sister,\nstamp 91\n" in done.out
    # Each page is found in the whole, too, when the pages come the other way round.
    planned("My dears Sistr", "stamp 91", "My dear Sistr", "stamp 90")
    done = hwocr("read", second, page, "--transcript", text, *OTSU)
    assert "My dear Sister,\nstamp 90\n" in done.out
    assert "My dears Sister,\nstamp 91\n" in done.out


def test_a_transcription_of_an_old_windows_program_is_read_and_said(
    hwocr, planned, page, tmp_path
):
    planned("My dear Sistr", "stamp 9")
    (tmp_path / "a.txt").write_bytes("My d\u00e9ar Sister".encode("cp1252"))
    done = hwocr("read", page, "--transcript", tmp_path / "a.txt", *OTSU)
    assert done.out == "My d\u00e9ar Sister\nstamp 9\n"
    assert "was read as Windows-1252" in done.err
    done = hwocr("read", page, "--transcript", tmp_path / "a.txt", "--json", *OTSU)
    (told,) = done.json["pages"]
    assert told["transcribed"]["guessed_encoding"] == "Windows-1252"


def test_a_page_without_its_transcription_is_named(hwocr, planned, page, tmp_path):
    planned("one", "two")
    (tmp_path / "texts").mkdir()
    done = hwocr("read", page, "--transcript", tmp_path / "texts", *OTSU)
    assert done.code == FileNotReadable.exit_code
    assert "page ö.txt" in done.err
    done = hwocr("read", page, "--transcript", tmp_path / "none.txt", *OTSU)
    assert done.code == FileNotReadable.exit_code
    assert "There is no transcription" in done.err
