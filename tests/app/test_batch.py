"""Many files in a row: names, failures, taking up again, nothing half written."""

import errno
import os
import random

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from hwocr_desktop.app import batch, batch_ink
from hwocr_desktop.app.batch import ReadFilesRequest, read_files
from hwocr_desktop.app.batch_ink import BinarizeFilesRequest, binarize_files
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import (
    BadModel,
    BadRequest,
    FileNotReadable,
    OutOfMemory,
    OutputNotWritable,
    UnreadableImage,
)
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.ink_files import encode_ink
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from tests.pages_drawn import PlannedReader, draw_page, write_image

OTSU = Cleaning("otsu")


@pytest.fixture
def reader(monkeypatch):
    """Let a stand-in read every line as the same words."""
    return PlannedReader.install(monkeypatch, "\u017fome words")


def drawn(path, seed=0):
    return write_image(path, draw_page(2, seed))


def binarize(*paths, out, report=ignore_progress, cancel=None, **options):
    options = {"cleaning": OTSU} | options
    request = BinarizeFilesRequest(tuple(paths), out, **options)
    return binarize_files(request, cancel=cancel or CancelToken(), report=report)


def read(*paths, out=None, report=ignore_progress, **options):
    options = {"cleaning": OTSU} | options
    request = ReadFilesRequest(tuple(paths), "planned", out, **options)
    return read_files(request, cancel=CancelToken(), report=report)


def states(outcomes):
    return [outcome.state for outcome in outcomes]


def files(folder):
    """Return every file below a folder, hidden ones too."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_the_picture_is_the_method_at_its_own_cut(tmp_path):
    scan = drawn(tmp_path / "a.png")
    binarize(scan, out=tmp_path / "out")
    with Image.open(tmp_path / "out" / "a.png") as picture:
        assert picture.mode == "1"
        white = np.asarray(picture)
    ink = ink_by_threshold(load_scan(scan).gray, "otsu")
    assert np.array_equal(~white, ink.binary())
    assert 0 < ink.binary().mean() < 0.5


def test_the_cut_is_the_one_asked_for(tmp_path):
    scan = drawn(tmp_path / "a.png")
    cleaning = Cleaning("sauvola", cut=200, window=31, k=0.1)
    binarize(scan, out=tmp_path / "out", cleaning=cleaning)
    black = load_scan(tmp_path / "out" / "a.png", inverted=False).gray == 0
    ink = ink_by_threshold(load_scan(scan).gray, "sauvola", window=31, k=0.1)
    assert np.array_equal(black, ink.binary(200))


def test_the_ink_map_is_darker_the_surer(tmp_path):
    scan = drawn(tmp_path / "a.png")
    (outcome,) = binarize(scan, out=tmp_path / "out", ink_map=True)
    assert files(tmp_path / "out") == ["a.ink.png", "a.png"]
    assert len(outcome.outputs) == 2
    ink = ink_by_threshold(load_scan(scan).gray, "otsu")
    drawn_map = cv2.imread(str(tmp_path / "out" / "a.ink.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(drawn_map, 255 - ink.map)


def test_the_resolution_is_kept(tmp_path):
    scan = tmp_path / "a.png"
    Image.fromarray(draw_page(1)).save(scan, dpi=(300, 300))
    binarize(scan, out=tmp_path / "out")
    assert load_scan(tmp_path / "out" / "a.png").dpi == 300


@pytest.mark.parametrize("dpi", [0, 300])
def test_tiff_is_group_4_with_the_same_pixels(dpi, tmp_path):
    scan = tmp_path / "in" / "deep" / "a.png"
    scan.parent.mkdir(parents=True)
    Image.fromarray(draw_page(1)).save(scan, **({"dpi": (dpi, dpi)} if dpi else {}))
    for kind in ("png", "tiff"):
        binarize(tmp_path / "in", out=tmp_path / kind, format=kind, ink_map=True)
    assert files(tmp_path / "tiff") == ["deep/a.ink.png", "deep/a.tif"]
    path = tmp_path / "tiff" / "deep" / "a.tif"
    with Image.open(path) as picture:
        assert picture.mode == "1"
        assert picture.info["compression"] == "group4"
    tiff, png = (
        load_scan(tmp_path / kind / "deep" / name, inverted=False)
        for kind, name in (("tiff", "a.tif"), ("png", "a.png"))
    )
    assert np.array_equal(tiff.gray, png.gray)
    assert tiff.dpi == dpi
    again = binarize(tmp_path / "in", out=tmp_path / "tiff", format="tiff")
    assert states(again) == ["skipped"]


@pytest.mark.parametrize("name", ["a.tif", "a.tiff", "A.TIF"])
def test_one_page_may_be_given_the_name_of_a_tiff_file(name, tmp_path):
    scan = drawn(tmp_path / "a.jpg")
    binarize(scan, out=tmp_path / "new" / name, format="tiff")
    assert files(tmp_path / "new") == [name.lower().replace("a.", name[0] + ".")]
    again = binarize(scan, out=tmp_path / "new" / name, format="tiff")
    assert states(again) == ["skipped"]


def test_a_second_run_makes_only_what_is_missing(tmp_path):
    for name in ("a", "b", "c"):
        drawn(tmp_path / "in" / f"{name}.jpg")
    out = tmp_path / "out"
    assert states(binarize(tmp_path / "in", out=out)) == ["done"] * 3
    (out / "b.png").unlink()
    before = (out / "a.png").stat().st_mtime_ns
    assert states(binarize(tmp_path / "in", out=out)) == ["skipped", "done", "skipped"]
    assert (out / "a.png").stat().st_mtime_ns == before
    assert states(binarize(tmp_path / "in", out=out, force=True)) == ["done"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"cleaning": Cleaning("otsu", cut=9)},
        {"cleaning": Cleaning("nick")},
        {"cleaning": Cleaning("sauvola", k=0.25)},
        {"ink_map": True},
    ],
)
def test_what_was_made_in_another_way_is_made_anew(change, tmp_path):
    scan = drawn(tmp_path / "a.jpg")
    first = {"cleaning": Cleaning("sauvola", k=0.2)} if "k=0.25" in str(change) else {}
    binarize(scan, out=tmp_path / "out", **first)
    assert states(binarize(scan, out=tmp_path / "out", **change)) == ["done"]
    assert states(binarize(scan, out=tmp_path / "out", **change)) == ["skipped"]


FORMATS = pytest.mark.parametrize("format", ["png", "tiff"])


def picture(folder, stem, format):
    return folder / f"{stem}{batch_ink.SUFFIX[format]}"


def is_refused(outcome, *words):
    assert outcome.state == "failed"
    assert isinstance(outcome.error, OutputNotWritable)
    assert "--force" in outcome.error.advice
    assert all(word in outcome.error.message for word in words)
    return True


@FORMATS
@pytest.mark.parametrize("is_touched", [False, True])
def test_scans_of_one_name_never_share_a_picture(format, is_touched, tmp_path):
    one = drawn(tmp_path / "boxA" / "001.jpg", seed=1)
    other = drawn(tmp_path / "boxB" / "001.jpg", seed=2)
    second = drawn(tmp_path / "boxB" / "002.jpg", seed=3)
    out, options = tmp_path / "out", {"format": format, "ink_map": True}
    assert states(binarize(one, out=out, **options)) == ["done"]
    before = {path: path.read_bytes() for path in out.iterdir()}
    if is_touched:
        later = picture(out, "001", format).stat().st_mtime + 5
        os.utime(other, (later, later))
    refused, done = binarize(other, second, out=out, **options)
    assert is_refused(refused, picture(out, "001", format).stem, "001.jpg")
    assert done.state == "done"
    assert all(path.read_bytes() == data for path, data in before.items())
    assert states(binarize(one, out=out, **options)) == ["skipped"]
    assert states(binarize(other, out=out, force=True, **options)) == ["done"]
    assert states(binarize(other, out=out, **options)) == ["skipped"]
    assert is_refused(*binarize(one, out=out, **options))


@FORMATS
def test_scans_told_apart_by_their_ending_never_share_a_picture(format, tmp_path):
    out = tmp_path / "out"
    one = drawn(tmp_path / "cmyk ö; of=.tif", seed=1)
    other = drawn(tmp_path / "cmyk ö; of=.jpg", seed=1)
    assert states(binarize(one, out=out, format=format)) == ["done"]
    assert is_refused(*binarize(other, out=out, format=format), f"“{one.name}”")
    assert states(binarize(one, out=out, format=format)) == ["skipped"]


@pytest.mark.parametrize("part", ["a.png", "a.ink.png"])
@pytest.mark.parametrize("kept", [0, 0.5, -1])
def test_a_picture_that_was_cut_off_is_made_anew(part, kept, tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    binarize(scan, out=out, ink_map=True)
    whole = (out / part).read_bytes()
    size = int(kept * len(whole)) if kept >= 0 else len(whole) + kept
    (out / part).write_bytes(whole[:size])
    assert states(binarize(scan, out=out, ink_map=True)) == ["done"]
    assert (out / part).read_bytes() == whole
    assert states(binarize(scan, out=out, ink_map=True)) == ["skipped"]


def test_a_damaged_tiff_is_not_called_a_picture_of_somebody_else(tmp_path):
    # It says at its end what made it: nobody can know whether it may be replaced.
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    binarize(scan, out=out, format="tiff")
    (out / "a.tif").write_bytes((out / "a.tif").read_bytes()[:500])
    (outcome,) = binarize(scan, out=out, format="tiff")
    assert isinstance(outcome.error, BadRequest)
    assert "damaged" in outcome.error.message
    assert "--force" in outcome.error.advice
    assert states(binarize(scan, out=out, format="tiff", force=True)) == ["done"]
    assert states(binarize(scan, out=out, format="tiff")) == ["skipped"]


@FORMATS
def test_a_name_may_hold_bytes_that_are_no_letters(format, tmp_path, reader):
    scan, out = tmp_path / os.fsdecode(b"latin\xe9.jpg"), tmp_path / "out"
    try:
        drawn(tmp_path / "a.jpg", seed=1).rename(scan)
    except OSError:
        pytest.skip("names are always text here")
    assert states(binarize(scan, out=out, format=format)) == ["done"]
    assert states(binarize(scan, out=out, format=format)) == ["skipped"]
    assert picture(out, scan.stem, format).is_file()
    drawn(tmp_path / "b.jpg", seed=2).rename(scan)
    assert is_refused(*binarize(scan, out=out, format=format), f"“{scan.name}” too")
    for kind, suffix in (("txt", ".txt"), ("page", ".xml"), ("alto", ".xml")):
        assert states(read(scan, out=out / kind, format=kind)) == ["done"]
        assert (out / kind / f"{scan.stem}{suffix}").is_file()


@FORMATS
@pytest.mark.parametrize("seconds", [-1000, 1000])
def test_a_changed_scan_is_never_taken_for_done(format, seconds, tmp_path):
    out, scan = tmp_path / "out", drawn(tmp_path / "a.jpg")
    binarize(scan, out=out, format=format)
    when = picture(out, "a", format).stat().st_mtime + seconds
    drawn(scan, seed=7)
    os.utime(scan, (when, when))
    assert is_refused(*binarize(scan, out=out, format=format), "before it was changed")
    assert states(binarize(scan, out=out, format=format, force=True)) == ["done"]
    black = load_scan(picture(out, "a", format), inverted=False).gray == 0
    assert np.array_equal(
        black, ink_by_threshold(load_scan(scan).gray, "otsu").binary()
    )


@FORMATS
def test_scans_that_were_moved_and_touched_are_the_same(format, tmp_path):
    out, scan = tmp_path / "out", drawn(tmp_path / "old" / "a.jpg")
    binarize(tmp_path / "old", out=out, format=format)
    later = picture(out, "a", format).stat().st_mtime + 5
    os.utime(scan, (later, later))
    (tmp_path / "old").rename(tmp_path / "new")
    again = binarize(tmp_path / "new", out=out, format=format)
    assert states(again) == ["skipped"]


@FORMATS
def test_each_page_of_a_book_is_told_from_that_of_another(format, tmp_path):
    out = tmp_path / "out"
    for seed, box in enumerate("AB"):
        (tmp_path / box).mkdir()
        pages = np.stack([draw_page(1, seed), draw_page(1, 9)])
        tifffile.imwrite(tmp_path / box / "b.tif", pages, photometric="minisblack")
    assert states(binarize(tmp_path / "A", out=out, format=format)) == ["done"] * 2
    assert states(binarize(tmp_path / "A", out=out, format=format)) == ["skipped"] * 2
    assert all(map(is_refused, binarize(tmp_path / "B", out=out, format=format)))


@FORMATS
def test_a_picture_that_does_not_say_its_scan_is_not_replaced(format, tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    out.mkdir()
    old = picture(out, "a", format)
    ink = ink_by_threshold(load_scan(scan).gray, "otsu").binary()
    old.write_bytes(encode_ink(ink, 0, "otsu cut=None window=0 k=None", format))
    before = old.read_bytes()
    assert is_refused(*binarize(scan, out=out, format=format), "does not say")
    assert old.read_bytes() == before
    assert states(binarize(scan, out=out, format=format, force=True)) == ["done"]
    assert states(binarize(scan, out=out, format=format)) == ["skipped"]


SAUVOLA = Cleaning("sauvola", window=31, k=0.2)


def test_the_ink_map_of_the_picture_before_does_not_stay(tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    binarize(scan, out=out, cleaning=SAUVOLA, ink_map=True)
    stale = (out / "a.ink.png").read_bytes()
    (outcome,) = binarize(scan, out=out)
    assert (outcome.state, outcome.foreign) == ("done", ())
    assert files(out) == ["a.png"]
    # A run that was killed between the two is mended by the next.
    (out / "a.ink.png").write_bytes(stale)
    assert states(binarize(scan, out=out)) == ["skipped"]
    assert files(out) == ["a.png"]


def test_the_ink_map_of_the_same_picture_stays(tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    binarize(scan, out=out, ink_map=True)
    for options in ({}, {"force": True}):
        (outcome,) = binarize(scan, out=out, **options)
        assert outcome.foreign == ()
        assert files(out) == ["a.ink.png", "a.png"]


def test_a_changed_scan_takes_the_map_of_the_old_one_away(tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    binarize(scan, out=out, ink_map=True)
    drawn(scan, seed=7)
    assert is_refused(*binarize(scan, out=out))
    assert files(out) == ["a.ink.png", "a.png"]
    assert states(binarize(scan, out=out, force=True)) == ["done"]
    assert files(out) == ["a.png"]


@pytest.mark.parametrize("whose", ["of somebody else", "of another scan"])
def test_an_ink_map_that_may_be_of_use_is_kept_and_named(whose, tmp_path):
    scan, out = drawn(tmp_path / "a.jpg"), tmp_path / "out"
    if whose == "of another scan":
        drawn(tmp_path / "other" / "a.jpg", seed=3)
        binarize(tmp_path / "other", out=out, ink_map=True)
        (out / "a.png").unlink()
    else:
        drawn(out / "a.ink.png", seed=5)
    before = (out / "a.ink.png").read_bytes()
    (outcome,) = binarize(scan, out=out)
    assert (outcome.state, outcome.foreign) == ("done", (out / "a.ink.png",))
    assert (out / "a.ink.png").read_bytes() == before


def test_a_scan_called_like_an_ink_map_is_none(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    for name in ("a.jpg", "a.ink.jpg"):
        drawn(folder / name, seed=1)  # even with the same bytes
    binarize(folder, out=out, cleaning=SAUVOLA)
    before = (out / "a.ink.png").read_bytes()
    (outcome,) = binarize(folder / "a.jpg", out=out)
    assert (outcome.state, outcome.foreign) == ("done", ())
    assert (out / "a.ink.png").read_bytes() == before
    # Nor is one that lies beside the pictures.
    scan = drawn(folder / "b.ink.png", seed=2)
    drawn(folder / "b.jpg", seed=3)
    before = scan.read_bytes()
    (outcome, _) = binarize(folder / "b.jpg", scan, out=folder)
    assert (outcome.state, outcome.foreign) == ("done", ())
    assert scan.read_bytes() == before


def test_a_picture_of_somebody_else_is_not_replaced(tmp_path):
    scan = drawn(tmp_path / "a.jpg")
    foreign = drawn(tmp_path / "out" / "a.png", seed=5)
    before = foreign.read_bytes()
    (outcome,) = binarize(scan, out=tmp_path / "out")
    assert isinstance(outcome.error, BadRequest)
    assert "--force" in outcome.error.advice
    assert foreign.read_bytes() == before
    assert states(binarize(scan, out=tmp_path / "out", force=True)) == ["done"]


def test_an_input_is_never_replaced_even_if_forced(tmp_path):
    folder = tmp_path / "in"
    scan = drawn(folder / "a.png")
    before = scan.read_bytes()
    for paths in ((scan,), (folder,)):
        (outcome,) = binarize(*paths, out=folder, force=True)
        assert isinstance(outcome.error, BadRequest)
    assert scan.read_bytes() == before


def test_pictures_made_before_are_no_scans(tmp_path):
    folder = tmp_path / "in"
    drawn(folder / "a.jpg")
    for out in (folder, folder / "clean"):
        assert states(binarize(folder, out=out)) == ["done"]
        assert states(binarize(folder, out=out)) == ["skipped"]


def test_two_scans_never_share_an_output(tmp_path):
    drawn(tmp_path / "in" / "a.jpg")
    drawn(tmp_path / "in" / "a.bmp", seed=3)
    first, second = binarize(tmp_path / "in", out=tmp_path / "out")
    assert first.state == "done"
    assert isinstance(second.error, BadRequest)
    assert first.source.name in second.error.message
    again = binarize(tmp_path / "in", out=tmp_path / "out")
    assert states(again) == ["skipped", "failed"]


def test_what_a_folder_holds_keeps_its_place(tmp_path):
    for name in ("one/a.jpg", "one/deep/b.jpg", "two/a.jpg"):
        drawn(tmp_path / name)
    binarize(tmp_path / "one", out=tmp_path / "out")
    assert files(tmp_path / "out") == ["a.png", "deep/b.png"]
    binarize(tmp_path / "one", tmp_path / "two", out=tmp_path / "both")
    assert files(tmp_path / "both") == ["one/a.png", "one/deep/b.png", "two/a.png"]


def test_names_with_dots_and_umlauts_stay_whole(tmp_path, reader):
    scan = drawn(tmp_path / "Brief ö 1890.05.02.jpg")
    read(scan, out=tmp_path / "out")
    assert files(tmp_path / "out") == ["Brief ö 1890.05.02.txt"]


def longest_name(folder, suffix):
    """Return the longest name that a file can have in a folder."""
    most = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    return folder / ("x" * (most - len(suffix)) + suffix)


def test_a_name_too_long_for_the_disk_costs_only_its_own_page(tmp_path, reader):
    folder, out = tmp_path / "in", tmp_path / "out"
    good = drawn(folder / "z.jpg")
    scan = longest_name(folder, ".png")
    try:
        scan.write_bytes(good.read_bytes())
    except OSError:
        pytest.skip("paths are not that long here")
    long, good = binarize(folder, out=out, ink_map=True)
    assert (long.state, good.state) == ("failed", "done")
    assert isinstance(long.error, OutputNotWritable)
    assert "name is too long" in long.error.message
    assert f"Rename the scan “{scan.name}”" in long.error.advice
    # Its text has a shorter name than its map, and its transcription a longer one.
    for name in ("a", "z"):
        (folder / f"{name}.txt").write_text("some words", encoding="utf-8")
    long, good = read(folder, out=out, transcript=folder)
    assert isinstance(long.error, FileNotReadable)
    assert good.state == "done"
    assert files(out) == ["z.ink.png", "z.png", "z.txt"]


def test_a_text_that_cannot_be_saved_is_told_before_the_page_is_read(
    tmp_path, reader, monkeypatch
):
    monkeypatch.setattr(batch, "read_frame", lambda *_, **__: pytest.fail("was read"))
    book = longest_name(tmp_path, ".tif")
    try:
        tifffile.imwrite(book, np.stack([draw_page(1)] * 2), photometric="minisblack")
    except OSError:
        pytest.skip("paths are not that long here")
    for outcome in read(book, out=tmp_path / "out", lines="given"):
        assert isinstance(outcome.error, OutputNotWritable)
        assert "name is too long" in outcome.error.message


def test_each_page_of_a_file_has_its_own_output(tmp_path, reader):
    book = tmp_path / "book.tif"
    pages = np.stack([draw_page(1, seed) for seed in range(3)])
    tifffile.imwrite(book, pages, photometric="minisblack")
    assert states(binarize(book, out=tmp_path / "ink")) == ["done"] * 3
    assert files(tmp_path / "ink") == [f"book-00{n}.png" for n in (1, 2, 3)]
    read(book, out=tmp_path / "text")
    assert files(tmp_path / "text") == [f"book-00{n}.txt" for n in (1, 2, 3)]
    # Each is made of its own page.
    for number in range(3):
        path = tmp_path / "ink" / f"book-00{number + 1}.png"
        black = load_scan(path, inverted=False).gray == 0
        assert np.array_equal(black, ink_by_threshold(pages[number], "otsu").binary())


def test_one_page_may_be_given_the_name_of_a_file(tmp_path, reader):
    scan = drawn(tmp_path / "a.jpg")
    binarize(scan, out=tmp_path / "new" / "picture.png")
    read(scan, out=tmp_path / "new" / "text.txt")
    assert files(tmp_path / "new") == ["picture.png", "text.txt"]


def test_several_pages_do_not_go_into_one_file(tmp_path):
    scan = drawn(tmp_path / "in" / "a.jpg")
    for paths in ((scan, scan), (tmp_path / "in",)):
        with pytest.raises(BadRequest, match="name of one file"):
            binarize(*paths, out=tmp_path / "x.png")
    book = tmp_path / "book.tif"
    tifffile.imwrite(book, np.stack([draw_page(1)] * 2), photometric="minisblack")
    # Said before a folder is made or a network loaded.
    with pytest.raises(BadRequest, match="2 pages"):
        binarize(book, out=tmp_path / "new" / "x.png")
    request = ReadFilesRequest((book,), "none", tmp_path / "new" / "x.txt")
    with pytest.raises(BadRequest, match="2 pages"):
        read_files(request, cancel=CancelToken())
    assert not (tmp_path / "new").exists()


def test_bad_files_among_good_ones_stop_nothing(tmp_path, reader):
    good = [drawn(tmp_path / "in" / f"{name}.png") for name in ("a", "c", "z")]
    (tmp_path / "in" / "b.png").write_bytes(good[0].read_bytes()[:200])
    (tmp_path / "in" / "d.png").write_text("no picture", encoding="utf-8")
    (tmp_path / "in" / "e.png").touch()
    missing, empty = tmp_path / "missing.png", tmp_path / "empty"
    empty.mkdir()
    for run in (binarize, read):
        outcomes = run(missing, tmp_path / "in", empty, out=tmp_path / "out")
        kinds = {o.source.name: type(o.error) for o in outcomes if o.error}
        assert kinds == {
            "missing.png": FileNotReadable,
            "empty": BadRequest,
            "b.png": UnreadableImage,
            "d.png": UnreadableImage,
            "e.png": UnreadableImage,
        }
        done = [o.source.name for o in outcomes if o.state == "done"]
        assert done == ["a.png", "c.png", "z.png"]
    assert files(tmp_path / "out") == sorted(
        f"in/{name}{suffix}" for name in "acz" for suffix in (".png", ".txt")
    )


def test_a_defect_of_the_program_stops_one_file_only(tmp_path, monkeypatch):
    for name in "abc":
        drawn(tmp_path / "in" / f"{name}.jpg")
    real = batch_ink.load_scan

    def load(path, frame=0):
        if path.name == "a.jpg":
            raise ZeroDivisionError
        if path.name == "b.jpg":
            raise MemoryError
        return real(path, frame)

    monkeypatch.setattr(batch_ink, "load_scan", load)
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out")
    assert states(outcomes) == ["failed", "failed", "done"]
    assert "ZeroDivisionError" in outcomes[0].error.message
    assert isinstance(outcomes[1].error, OutOfMemory)


def test_the_text_is_what_was_read(tmp_path, reader):
    scan = drawn(tmp_path / "a.jpg")
    (outcome,) = read(scan, out=tmp_path / "out")
    words = (tmp_path / "out" / "a.txt").read_text(encoding="utf-8")
    assert words == "\u017fome words\n\u017fome words\n"
    assert [line.text for line in outcome.page.lines] == ["\u017fome words"] * 2


def test_page_xml_names_the_picture_and_its_lines(tmp_path, reader):
    scan = drawn(tmp_path / "a.jpg")
    read(scan, out=tmp_path / "out", format="page")
    document = read_page(tmp_path / "out" / "a.xml")
    assert document.image_name == "a.jpg"
    height, width = load_scan(scan).gray.shape
    assert (document.width, document.height) == (width, height)
    assert [line.text for line in document.lines] == ["\u017fome words"] * 2


def test_text_that_is_there_is_kept_beside(tmp_path, reader):
    scan = drawn(tmp_path / "a.jpg")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.xml").write_text("corrected by hand", encoding="utf-8")
    read(scan, out=out, format="page")
    assert files(out) == ["a.xml", "a.xml.bak1"]
    assert (out / "a.xml.bak1").read_text(encoding="utf-8") == "corrected by hand"


def test_without_an_output_nothing_is_written(tmp_path, reader):
    scan = drawn(tmp_path / "in" / "a.jpg")
    (outcome,) = read(scan)
    assert outcome.outputs == ()
    assert files(tmp_path) == ["in/a.jpg"]


def test_a_missing_model_is_told_before_any_work(tmp_path):
    scan = drawn(tmp_path / "a.jpg")
    with pytest.raises(BadModel):
        read(scan, out=tmp_path / "out")
    with pytest.raises(BadModel):
        binarize(scan, out=tmp_path / "out", cleaning=Cleaning("no-such-model"))
    assert files(tmp_path) == ["a.jpg"]


def test_a_folder_that_cannot_be_made(tmp_path):
    scan = drawn(tmp_path / "a.jpg")
    with pytest.raises(OutputNotWritable):
        binarize(scan, out=scan / "below a file")
    with pytest.raises(BadRequest, match="is a file"):
        binarize(scan, out=scan)


def test_a_name_taken_by_a_folder_fails_one_file(tmp_path, reader):
    for name in "ab":
        drawn(tmp_path / "in" / f"{name}.jpg")
    (tmp_path / "out" / "a.txt").mkdir(parents=True)
    first, second = read(tmp_path / "in", out=tmp_path / "out")
    assert isinstance(first.error, OutputNotWritable)
    assert second.state == "done"
    assert files(tmp_path / "out") == ["b.txt"]


@pytest.mark.parametrize("run", [binarize, read], ids=["binarize", "read"])
def test_a_full_disk_leaves_the_old_file_or_none(run, tmp_path, reader, monkeypatch):
    for name in "ab":
        drawn(tmp_path / "in" / f"{name}.jpg")
    run(tmp_path / "in" / "a.jpg", out=tmp_path / "out")
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}

    changed = Cleaning("otsu", cut=99)
    arguments = {"out": tmp_path / "out", "cleaning": changed}

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fills_up(progress):
        # The first report comes with the first page, when the folder has been tried.
        monkeypatch.setattr(atomic.os, "fsync", full)

    first, second = run(tmp_path / "in", report=fills_up, **arguments)
    assert isinstance(first.error, OutputNotWritable)
    assert "no room left" in first.error.message
    # Work without a place for its result is not even begun.
    assert (first.state, second.state) == ("failed", "left")
    assert "no room left" in second.error.message
    reports = []
    with pytest.raises(OutputNotWritable, match="no room left"):
        run(tmp_path / "in", report=reports.append, **arguments)
    assert reports == []
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before


def test_a_disk_with_room_for_little_is_not_tried_all_night(tmp_path, monkeypatch):
    for name in "abcdef":
        drawn(tmp_path / "in" / f"{name}.jpg")
    real = atomic._write_temporary

    def write(target, content):
        if target.suffix == ".png":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(target, content)

    monkeypatch.setattr(atomic, "_write_temporary", write)
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out")
    assert states(outcomes) == ["failed"] * 3 + ["left"] * 3


def test_the_pages_left_of_a_book_are_counted_with_the_files(tmp_path, monkeypatch):
    book = tmp_path / "in" / "book.tif"
    drawn(tmp_path / "in" / "z.jpg")
    pages = np.stack([draw_page(1, seed) for seed in range(3)])
    tifffile.imwrite(book, pages, photometric="minisblack")

    def protects(progress):
        if progress.done == 0 and "page 2" in progress.text:
            monkeypatch.setattr(atomic.tempfile, "mkstemp", refuse)

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    outcomes = binarize(tmp_path / "in", out=tmp_path / "out", report=protects)
    assert states(outcomes) == ["done", "failed", "left", "left"]
    assert "may not be written to" in outcomes[2].error.message
    assert [(o.source.name, o.frame) for o in outcomes[2:]] == [
        ("book.tif", 2),
        ("z.jpg", 0),
    ]
    monkeypatch.undo()
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out")
    assert states(outcomes) == ["skipped", "done", "done", "done"]


def test_one_file_that_may_not_be_written_stops_no_other(tmp_path, monkeypatch):
    for name in "abcdef":
        drawn(tmp_path / "in" / f"{name}.jpg")
    binarize(tmp_path / "in", out=tmp_path / "out")
    real = os.access
    monkeypatch.setattr(
        atomic.os, "access", lambda at, mode: "f" in at.name and real(at, mode)
    )
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out", force=True)
    assert states(outcomes) == ["failed"] * 5 + ["done"]


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_a_disk_that_fills_up_costs_only_what_had_no_room(
    format, tmp_path, monkeypatch
):
    for name in "abcd":
        drawn(tmp_path / "in" / f"{name}.jpg")
    real = atomic._write_temporary

    def write(target, content):
        if target.stem in "bc":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(target, content)

    monkeypatch.setattr(atomic, "_write_temporary", write)
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out", format=format)
    assert states(outcomes) == ["done", "failed", "failed", "done"]
    assert "no room left" in outcomes[1].error.message
    assert [name[0] for name in files(tmp_path / "out")] == ["a", "d"]
    monkeypatch.undo()
    outcomes = binarize(tmp_path / "in", out=tmp_path / "out", format=format)
    assert states(outcomes) == ["skipped", "done", "done", "skipped"]


@pytest.mark.parametrize("run", [binarize, read], ids=["binarize", "read"])
def test_stopping_anywhere_leaves_nothing_half_written(run, tmp_path, reader):
    for name in "abc":
        drawn(tmp_path / "in" / f"{name}.jpg")
    whole = tmp_path / "whole"
    reports = []
    run(tmp_path / "in", out=whole, report=reports.append)
    rng = random.Random(1)
    for stop_at in sorted(rng.sample(range(1, len(reports) + 1), 4)):
        out = tmp_path / f"stopped at {stop_at}"
        seen = []

        def report(progress, seen=seen, stop_at=stop_at):
            seen.append(progress)
            if len(seen) == stop_at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "in", out=out, report=report)
        for name in files(out):
            assert (out / name).read_bytes() == (whole / name).read_bytes()
        run(tmp_path / "in", out=out)
        there = [name for name in files(out) if ".bak" not in name]
        assert there == files(whole)


def test_cancelling_stops_between_pages(tmp_path):
    for name in "abc":
        drawn(tmp_path / "in" / f"{name}.jpg")
    token = CancelToken()

    def report(progress):
        if progress.partial is not None:
            token.cancel()

    with pytest.raises(Cancelled):
        binarize(tmp_path / "in", out=tmp_path / "out", cancel=token, report=report)
    assert files(tmp_path / "out") == ["a.png"]


def test_each_outcome_is_reported_once_and_counts_rise(tmp_path, reader):
    for name in "abc":
        drawn(tmp_path / "in" / f"{name}.jpg")
    (tmp_path / "in" / "b.jpg").write_bytes(b"")
    reports = []
    outcomes = read(tmp_path / "in", report=reports.append)
    assert [p.partial for p in reports if p.partial is not None] == list(outcomes)
    counts = [p.done for p in reports]
    assert counts == sorted(counts)
    assert {p.total for p in reports} == {3}
    assert counts[-1] == 3
