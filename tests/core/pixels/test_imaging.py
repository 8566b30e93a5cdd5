"""Every format gives the same page; the file is not touched; names do not matter."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from hwocr_desktop.core.errors import BadRequest, FileNotReadable, UnreadableImage
from hwocr_desktop.core.pixels import pdf_pages
from hwocr_desktop.core.pixels.imaging import (
    SUFFIXES,
    count_frames,
    file_sha256,
    find_scans,
    load_scan,
    scan_size,
    thumbnail,
)
from hwocr_desktop.core.pixels.samples import STRIP_PIXELS

same_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25
)
gray_pages = hnp.arrays(np.uint8, st.tuples(st.integers(4, 40), st.integers(4, 40)))
color_pages = hnp.arrays(
    np.uint8, st.tuples(st.integers(4, 30), st.integers(4, 30), st.just(3))
)


@pytest.fixture
def gray(rng):
    return rng.integers(0, 256, (60, 83), dtype=np.uint8)


@pytest.fixture
def rgb(rng):
    return rng.integers(0, 256, (60, 83, 3), dtype=np.uint8)


@pytest.fixture
def rng():
    return np.random.default_rng(1850)


def luma(rgb):
    return np.rint(rgb.astype(float) @ [0.299, 0.587, 0.114])


# --- lossless formats ---

LOSSLESS = {
    "png": {},
    "tif": {},
    "bmp": {},
    "webp": {"lossless": True, "exact": True},
    "jp2": {"irreversible": False},
}


@pytest.mark.parametrize(("suffix", "options"), LOSSLESS.items())
@same_folder
@given(page=gray_pages)
def test_gray_pages_survive_lossless_formats(tmp_path, suffix, options, page):
    path = tmp_path / f"page.{suffix}"
    Image.fromarray(page).save(path, **options)
    scan = load_scan(path, inverted=False)
    np.testing.assert_array_equal(scan.gray, page)
    assert scan.gray.dtype == np.uint8
    assert scan.color is None, "a gray page must not cost the memory of color"


@pytest.mark.parametrize(("suffix", "options"), LOSSLESS.items())
@same_folder
@given(page=color_pages)
def test_color_pages_survive_lossless_formats(tmp_path, suffix, options, page):
    path = tmp_path / f"page.{suffix}"
    Image.fromarray(page).save(path, **options)
    scan = load_scan(path, inverted=False)
    is_gray = np.abs(np.diff(page.astype(int), axis=-1)).max() <= 3
    assert (scan.color is None) == is_gray
    if not is_gray:
        np.testing.assert_array_equal(scan.color, page)
    assert np.abs(scan.gray - luma(page)).max() <= 1


@pytest.mark.parametrize(("suffix", "limit"), [("jpg", 6), ("webp", 6), ("avif", 6)])
def test_lossy_formats_come_close(tmp_path, suffix, limit):
    y, x = np.mgrid[:120, :90]
    page = np.stack([x * 2, y * 2, 255 - x], axis=-1).astype(np.uint8)
    path = tmp_path / f"page.{suffix}"
    Image.fromarray(page).save(path, quality=95)
    scan = load_scan(path, inverted=False)
    assert np.abs(scan.color.astype(int) - page).mean() < limit


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif"])
def test_a_gray_page_saved_as_color_costs_no_memory_of_color(tmp_path, rng, kind):
    page = cv2.GaussianBlur(rng.integers(0, 256, (200, 300), dtype=np.uint8), (9, 9), 0)
    Image.fromarray(np.dstack([page] * 3)).save(tmp_path / "p", format=kind)
    scan = load_scan(tmp_path / "p", inverted=False)
    assert scan.color is None
    assert np.abs(scan.gray.astype(int) - page).mean() < 4


def test_color_that_begins_far_down_a_long_page_is_kept(tmp_path):
    # Two strips of rows and a bit.
    page = np.full((2 * STRIP_PIXELS // 4000 + 9, 4000, 3), 200, np.uint8)
    page[-3, 7] = (255, 0, 0)
    Image.fromarray(page).save(tmp_path / "p.bmp")
    scan = load_scan(tmp_path / "p.bmp", inverted=False)
    np.testing.assert_array_equal(scan.color, page)


@pytest.mark.parametrize("name", ["Äußere Pfarrbücher 1850 (2).png", "日記.png", "a b"])
def test_names_with_umlauts_and_spaces(tmp_path, gray, name):
    path = tmp_path / "Böxen und Söhne" / name
    path.parent.mkdir()
    Image.fromarray(gray).save(path, format="PNG")
    np.testing.assert_array_equal(load_scan(path, inverted=False).gray, gray)


@pytest.mark.parametrize("written", ["PNG", "TIFF", "BMP", "JPEG2000", "GIF", "PPM"])
def test_the_content_counts_not_the_name(tmp_path, gray, written):
    path = tmp_path / "wrongly named.jpg"
    options = {"irreversible": False} if written == "JPEG2000" else {}
    Image.fromarray(gray).save(path, format=written, **options)
    np.testing.assert_array_equal(load_scan(path, inverted=False).gray, gray)


def test_the_file_is_not_touched_and_the_pixels_are_read_only(tmp_path, rgb):
    path = tmp_path / "p.png"
    Image.fromarray(rgb).save(path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    scan = load_scan(path, rotation=90, inverted=True)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert not scan.gray.flags.writeable
    assert not scan.color.flags.writeable
    assert scan.source == path


# --- modes ---


def test_alpha_is_laid_on_white(tmp_path, rgb, rng):
    alpha = rng.integers(0, 256, rgb.shape[:2], dtype=np.uint8)
    alpha[0, :2] = 0, 255
    Image.fromarray(np.dstack([rgb, alpha])).save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", inverted=False)
    part = alpha[..., None] / 255
    np.testing.assert_allclose(scan.color, rgb * part + 255 * (1 - part), atol=0.51)
    assert (scan.color[0, 0] == 255).all()
    np.testing.assert_array_equal(scan.color[0, 1], rgb[0, 1])


def test_gray_with_alpha_stays_gray(tmp_path, gray):
    alpha = np.where(np.arange(gray.shape[1]) < 40, 0, 255).astype(np.uint8)
    both = np.dstack([gray, np.broadcast_to(alpha, gray.shape)])
    Image.fromarray(both, "LA").save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", inverted=False)
    assert scan.color is None
    np.testing.assert_array_equal(scan.gray, np.where(alpha == 0, 255, gray))


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_a_transparent_color_is_paper(tmp_path, mode):
    page = Image.new(mode, (30, 20), 0)
    if mode == "P":
        page.putpalette([10, 20, 30, 200, 100, 0])
    clear = (0, 0, 0) if mode == "RGB" else 0
    page.putpixel((3, 4), {"L": 77, "P": 1, "RGB": (200, 100, 0)}[mode])
    page.save(tmp_path / "p.png", transparency=clear)
    scan = load_scan(tmp_path / "p.png", inverted=False)
    expected = 77 if mode == "L" else luma(np.array([200, 100, 0]))
    assert scan.gray[4, 3] == pytest.approx(expected, abs=1)
    assert scan.gray[0, 0] == 255


def test_palette_pages(tmp_path, rgb):
    page = Image.fromarray(rgb).quantize(17)
    page.save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", inverted=False)
    np.testing.assert_array_equal(scan.color, np.asarray(page.convert("RGB")))


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_one_bit_pages(tmp_path, rng, suffix):
    page = rng.random((45, 67)) < 0.5
    Image.fromarray(page).save(tmp_path / f"p.{suffix}")
    scan = load_scan(tmp_path / f"p.{suffix}", inverted=False)
    np.testing.assert_array_equal(scan.gray, page * np.uint8(255))


@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_cmyk_paper_is_white_and_black_ink_is_black(tmp_path, suffix):
    page = np.zeros((40, 60, 4), np.uint8)
    page[:20, :, 3] = 255
    options = {"quality": 100} if suffix == "jpg" else {}
    Image.fromarray(page, "CMYK").save(tmp_path / f"p.{suffix}", **options)
    scan = load_scan(tmp_path / f"p.{suffix}", inverted=False)
    assert scan.gray[:18].max() <= 3
    assert scan.gray[22:].min() >= 252


def test_lab_pages(tmp_path):
    page = np.full((20, 20, 3), 128, np.uint8)
    page[:10, :, 0], page[10:, :, 0] = 255, 0
    Image.fromarray(page, "LAB").save(tmp_path / "p.tif")
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    assert scan.gray[:10].min() >= 254
    assert scan.gray[10:].max() <= 1


# --- what a person says ---


@pytest.mark.parametrize("turns", range(4))
def test_a_turn_is_clockwise(tmp_path, rgb, turns):
    Image.fromarray(rgb).save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", rotation=90 * turns, inverted=False)
    np.testing.assert_array_equal(scan.color, np.rot90(rgb, -turns))
    assert scan.gray.shape == scan.color.shape[:2]


def test_other_turns_are_refused(tmp_path, gray):
    Image.fromarray(gray).save(tmp_path / "p.png")
    with pytest.raises(BadRequest, match="45"):
        load_scan(tmp_path / "p.png", rotation=45)


def test_a_negative_is_inverted_in_gray_and_color(tmp_path, rgb):
    Image.fromarray(255 - rgb).save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", inverted=True)
    assert scan.inverted
    np.testing.assert_array_equal(scan.color, rgb)
    assert np.abs(scan.gray - luma(rgb)).max() <= 1


# --- resolution ---


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_the_resolution_is_read(tmp_path, gray, suffix):
    Image.fromarray(gray).save(tmp_path / f"p.{suffix}", dpi=(300, 300))
    assert load_scan(tmp_path / f"p.{suffix}").dpi == pytest.approx(300, abs=0.05)


@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jp2", "gif"])
def test_no_resolution_is_0(tmp_path, gray, suffix):
    Image.fromarray(gray).save(tmp_path / f"p.{suffix}")
    assert load_scan(tmp_path / f"p.{suffix}").dpi == 0


@pytest.mark.parametrize("dpi", [(1, 1), (9000, 9000), (300, 100), (0, 0)])
def test_nonsense_is_0(tmp_path, gray, dpi):
    Image.fromarray(gray).save(tmp_path / "p.jpg", dpi=dpi)
    assert load_scan(tmp_path / "p.jpg").dpi == 0


def test_72_dpi_is_not_believed_of_a_page_as_large_as_a_door(tmp_path):
    Image.new("L", (3000, 2000)).save(tmp_path / "large.jpg", dpi=(72, 72))
    Image.new("L", (600, 800)).save(tmp_path / "small.jpg", dpi=(72, 72))
    assert load_scan(tmp_path / "large.jpg").dpi == 0
    assert load_scan(tmp_path / "small.jpg").dpi == 72


def test_centimeters_are_converted(tmp_path, gray):
    tifffile.imwrite(
        tmp_path / "p.tif", gray, resolution=(118.11, 118.11), resolutionunit=3
    )
    assert load_scan(tmp_path / "p.tif").dpi == pytest.approx(300, abs=0.1)


# --- PDF ---


def pdf(path: Path, pages: list[Image.Image], **options) -> Path:
    pages[0].save(path, save_all=True, append_images=pages[1:], **options)
    return path


@pytest.mark.parametrize("dpi", [72, 150, 200, 413])
def test_a_scan_in_a_pdf_keeps_its_pixels(tmp_path, rng, dpi):
    # Blocks of 8 x 8, which JPEG keeps flat, so that a shift by a pixel would show.
    blocks = rng.integers(0, 256, (50, 37), dtype=np.uint8)
    page = np.kron(blocks, np.ones((8, 8), np.uint8))
    path = pdf(tmp_path / "p.pdf", [Image.fromarray(page)], resolution=dpi, quality=95)
    scan = load_scan(path, inverted=False)
    assert scan.gray.shape == page.shape
    assert np.abs(scan.gray.astype(int) - page).mean() < 2
    assert scan.color is None
    assert scan.dpi == pytest.approx(dpi, rel=0.01)


def test_each_page_of_a_pdf(tmp_path):
    pages = [Image.new("L", (100, 150), 50 * n) for n in range(5)]
    path = pdf(tmp_path / "Büch 1.pdf", pages, resolution=200)
    assert count_frames(path) == 5
    for number in range(5):
        scan = load_scan(path, number, inverted=False)
        assert scan.frame == number
        assert abs(int(np.median(scan.gray)) - 50 * number) <= 2


def test_a_page_without_a_scan_is_drawn_at_300_dpi(tmp_path):
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842).close()
    document.save(tmp_path / "typed.pdf")
    document.close()
    scan = load_scan(tmp_path / "typed.pdf")
    assert scan.gray.shape == pytest.approx((842 / 72 * 300, 595 / 72 * 300), abs=1)
    assert scan.gray.min() == 255
    assert scan.dpi == 300


def test_a_poster_is_drawn_coarser_not_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_pages, "_DRAWN_PIXELS", 40_000)
    document = pypdfium2.PdfDocument.new()
    document.new_page(1440, 720).close()
    document.save(tmp_path / "poster.pdf")
    document.close()
    scan = load_scan(tmp_path / "poster.pdf")
    assert scan.gray.size == pytest.approx(40_000, rel=0.02)
    assert scan.gray.shape[1] / scan.gray.shape[0] == pytest.approx(2, rel=0.02)
    # 283 pixels across 20 inches: not a resolution to be believed of a page.
    assert scan.dpi == 0


# --- folders ---


def test_folders_are_expanded_in_natural_order(tmp_path):
    names = ["page10.png", "page2.PNG", "Page1.tif", "notes.txt", ".hidden.png"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "box 2").mkdir()
    (tmp_path / "box 10").mkdir()
    (tmp_path / "box 10" / "a.pdf").write_bytes(b"")
    (tmp_path / "box 2" / "z.jp2").write_bytes(b"")
    (tmp_path / ".thumbnails").mkdir()
    (tmp_path / ".thumbnails" / "t.png").write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in find_scans([tmp_path])]
    assert found == [
        "Page1.tif",
        "page2.PNG",
        "page10.png",
        "box 2/z.jp2",
        "box 10/a.pdf",
    ]


def test_named_files_need_no_suffix_and_appear_once(tmp_path):
    for name in ("scan", "a.png"):
        (tmp_path / name).write_bytes(b"")
    given_paths = [tmp_path / "scan", tmp_path, tmp_path / "a.png", tmp_path / "scan"]
    assert find_scans(given_paths) == [tmp_path / "a.png", tmp_path / "scan"]


def test_linked_folders_are_followed_and_circles_end(tmp_path):
    box, other = tmp_path / "box", tmp_path / "other"
    for folder, name in ((box, "a.png"), (other, "b.png"), (other / "deep", "c.png")):
        folder.mkdir(exist_ok=True)
        (folder / name).touch()
    (box / "linked").symlink_to(other)
    (box / "again").symlink_to(other)
    (other / "deep" / "back").symlink_to(box)
    found = find_scans([box])
    assert [path.name for path in found] == ["a.png", "b.png", "c.png"]
    assert find_scans([box, box / "a.png"]) == found


def test_an_empty_folder_holds_nothing(tmp_path):
    assert find_scans([tmp_path]) == []
    assert find_scans([]) == []


@same_folder
@given(st.lists(st.integers(0, 10**6), unique=True, max_size=12))
def test_numbers_are_compared_as_numbers(tmp_path_factory, numbers):
    folder = tmp_path_factory.mktemp("n")
    for number in numbers:
        (folder / f"IMG {number}.jpg").write_bytes(b"")
    found = [int(path.stem.split()[1]) for path in find_scans([folder])]
    assert found == sorted(numbers)


def test_odd_names_can_be_ordered(tmp_path):
    names = ["²", "10", "a", "1a", "٣", "ß", "Ä", "-1", "1.5"]
    for name in names:
        (tmp_path / f"{name}.png").write_bytes(b"")
    assert {path.stem for path in find_scans([tmp_path])} == set(names)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(FileNotReadable, match="gone"):
        find_scans([tmp_path / "gone.png"])


def test_suffixes_are_lower_case_and_cover_the_promised_formats():
    assert all(s.startswith(".") and s == s.lower() for s in SUFFIXES)
    promised = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".jp2"}
    assert promised | {".pdf"} <= set(SUFFIXES)


# --- the rest ---


@same_folder
@given(st.binary(max_size=3000))
def test_the_checksum_is_that_of_the_bytes(tmp_path, data):
    (tmp_path / "f").write_bytes(data)
    assert file_sha256(tmp_path / "f") == hashlib.sha256(data).hexdigest()


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 200), st.booleans())
def test_thumbnails_fit_and_keep_the_proportions(height, width, side, colored):
    shape = (height, width, 3) if colored else (height, width)
    small = thumbnail(np.full(shape, 77, np.uint8), side)
    assert max(small.shape[:2]) == min(side, max(height, width))
    assert small.shape[2:] == shape[2:]
    assert (small == 77).all()
    scale = max(small.shape[:2]) / max(height, width)
    assert abs(small.shape[0] - height * scale) <= 1
    assert abs(small.shape[1] - width * scale) <= 1


def test_a_thumbnail_averages():
    checkers = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(thumbnail(checkers, 16).astype(int) - 127.5).max() <= 1


def test_other_formats_have_one_page(tmp_path, gray):
    frames = [Image.fromarray(gray), Image.fromarray(255 - gray)]
    for suffix in ("gif", "webp", "png"):
        path = tmp_path / f"animated.{suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:])
        assert count_frames(path) == 1
        load_scan(path)


def test_read_only_pages_go_through_opencv(tmp_path, gray):
    # What later steps do with a scan; some OpenCV builds refused such arrays.
    Image.fromarray(gray).save(tmp_path / "p.png")
    scan = load_scan(tmp_path / "p.png", inverted=False)
    assert cv2.GaussianBlur(scan.gray, (3, 3), 0).shape == gray.shape


# --- sizes ---

KINDS = ("PNG", "TIFF", "JPEG", "BMP", "WEBP", "JPEG2000", "GIF", "PPM", "AVIF", "PDF")
TURNABLE = ("PNG", "TIFF", "JPEG", "WEBP", "AVIF")


def size_as_loaded(path, frame=0):
    height, width = load_scan(path, frame, inverted=False).gray.shape
    return width, height


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_that_of_the_page_as_it_is_loaded(tmp_path, gray, kind):
    Image.fromarray(gray).save(tmp_path / "p", format=kind)
    assert scan_size(tmp_path / "p") == size_as_loaded(tmp_path / "p")


@pytest.mark.parametrize("kind", TURNABLE)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_page_turned_upright(tmp_path, gray, kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(gray).save(tmp_path / "p", format=kind, exif=exif.tobytes())
    found = scan_size(tmp_path / "p")
    assert found == size_as_loaded(tmp_path / "p")
    assert found == ((60, 83) if orientation >= 5 else (83, 60))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_ccitt", "jpeg"])
def test_the_size_of_each_page_of_a_tiff(tmp_path, gray, compression):
    mode = "1" if compression == "tiff_ccitt" else "L"
    pages = [Image.fromarray(gray[: 40 + 10 * n]).convert(mode) for n in range(3)]
    exif = Image.Exif()
    exif[274] = 6
    pages[0].save(
        tmp_path / "p",
        format="TIFF",
        compression=compression,
        save_all=True,
        append_images=pages[1:],
        exif=exif,
    )
    for frame in range(3):
        found = scan_size(tmp_path / "p", frame)
        assert found == size_as_loaded(tmp_path / "p", frame)
    with pytest.raises(UnreadableImage, match="page 4"):
        scan_size(tmp_path / "p", 3)


def test_the_size_is_told_without_the_pixels(tmp_path, gray):
    Image.fromarray(gray).save(tmp_path / "p.png")
    whole = (tmp_path / "p.png").read_bytes()
    # Past the header, the pixels are noise.
    (tmp_path / "p.png").write_bytes(whole[:60] + bytes(len(whole) - 60))
    assert scan_size(tmp_path / "p.png") == (83, 60)
    with pytest.raises(UnreadableImage):
        load_scan(tmp_path / "p.png")


def test_a_size_that_cannot_be_told_is_an_error_in_plain_words(tmp_path):
    (tmp_path / "p.png").write_bytes(b"no picture")
    with pytest.raises(UnreadableImage, match="not a picture"):
        scan_size(tmp_path / "p.png")
    with pytest.raises(FileNotReadable):
        scan_size(tmp_path / "gone.png")


def test_what_cannot_be_looked_at_is_told_and_the_rest_found(tmp_path, monkeypatch):
    for folder in ("shut", "open", "lost+found", "System Volume Information"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").touch()
    (tmp_path / "gone.png").symlink_to(tmp_path / "unplugged")
    scandir = os.scandir

    def refuse(path="."):
        # The system's folders are not even tried.
        if Path(path).name in ("shut", "lost+found", "System Volume Information"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    told = {}
    found = find_scans([tmp_path], told.__setitem__)
    assert found == [tmp_path / "open" / "a.png"]
    assert set(told) == {tmp_path / "shut", tmp_path / "gone.png"}
    assert "may not be listed" in told[tmp_path / "shut"].message
    # Without anyone to tell, and for what was named itself, it is an error.
    with pytest.raises(FileNotReadable):
        find_scans([tmp_path])
    for named in (tmp_path / "shut", tmp_path / "gone.png"):
        with pytest.raises(FileNotReadable):
            find_scans([named], told.__setitem__)
