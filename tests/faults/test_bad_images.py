"""Each bad scan gets one clear sentence and one advice, never a library's exception."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import stat
import struct
import zlib
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import tifffile
from PIL import Image

from hwocr_desktop.core.errors import (
    FileNotReadable,
    HwocrError,
    OutOfMemory,
    UnreadableImage,
)
from hwocr_desktop.core.pixels import decoders, scan_files
from hwocr_desktop.core.pixels.imaging import (
    count_frames,
    file_sha256,
    find_scans,
    load_scan,
    scan_size,
)
from hwocr_desktop.core.pixels.ink_files import has_tag

FORMATS = ["png", "jpeg", "tiff", "tiff_lzw", "g4", "bmp", "webp", "jpeg2000", "pdf"]


def encoded(kind: str, seed: int = 3) -> bytes:
    rng = np.random.default_rng(seed)
    page = rng.integers(0, 256, (90, 70, 3), dtype=np.uint8)
    image, options = Image.fromarray(page), {}
    if kind == "g4":
        image, kind, options = image.convert("1"), "tiff", {"compression": "group4"}
    elif kind == "tiff_lzw":
        kind, options = "tiff", {"compression": "tiff_lzw"}
    stream = io.BytesIO()
    image.save(stream, format=kind, **options)
    return stream.getvalue()


def complaint(path: Path, expected: type[HwocrError] = UnreadableImage) -> str:
    with pytest.raises(expected) as caught:
        load_scan(path)
    error = caught.value
    assert path.name in error.message, "the sentence must name the file"
    for sentence in (error.message, error.advice):
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert "Traceback" not in sentence
    return str(error)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# --- not a picture ---


def test_zero_bytes(tmp_path):
    assert "empty (0 bytes)" in complaint(write(tmp_path / "p.jpg", b""))


@pytest.mark.parametrize(
    "content",
    [
        b"Dear Sir, I received your letter",
        b"BM is how this text begins " * 9,
        b"\0" * 99,
    ],
    ids=["text", "text like a BMP", "zeros"],
)
def test_a_text_file_named_png(tmp_path, content):
    path = write(tmp_path / "letter.png", content)
    assert "not a picture" in complaint(path)
    with pytest.raises(UnreadableImage):
        count_frames(path)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"AT&TFORM\0\0\1\0DJVU", "DjVu"),
        (b"8BPS\0\1", "Photoshop"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\xff\x0a\0\0", "JPEG XL"),
    ],
)
def test_formats_that_people_take_for_scans_are_named(tmp_path, head, name):
    assert name in complaint(write(tmp_path / "photo.jpg", head + bytes(50)))


# --- damaged ---


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_files(tmp_path, kind):
    data = encoded(kind)
    for part in (0.05, 0.3, 0.6, 0.9):
        path = write(tmp_path / f"{part} ö.{kind}", data[: int(len(data) * part)])
        said = complaint(path)
        assert "damaged" in said or "cut off" in said or "no pages" in said


def test_a_truncated_deep_png(tmp_path):
    import cv2

    page = np.random.default_rng(0).integers(0, 65536, (60, 60, 3), dtype=np.uint16)
    data = cv2.imencode(".png", page)[1].tobytes()
    for part in (0.1, 0.5, 0.95):
        complaint(write(tmp_path / f"{part}.png", data[: int(len(data) * part)]))


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_a_tiff_that_lost_its_last_pages_is_not_shown_as_a_shorter_one(
    tmp_path, byteorder, bigtiff
):
    path = tmp_path / "letters.tif"
    with tifffile.TiffWriter(path, byteorder=byteorder, bigtiff=bigtiff) as writer:
        for _ in range(4):
            page = np.zeros((80, 64), np.uint8)
            writer.write(page, metadata=None, contiguous=False)
    assert count_frames(path) == 4
    data = path.read_bytes()
    write(path, data[: len(data) * 6 // 10])
    with pytest.raises(UnreadableImage, match="the last pages are missing"):
        count_frames(path)
    assert load_scan(path).gray.shape == (80, 64), "what is there can still be seen"


@pytest.mark.parametrize("writer", ["deep", "tiled"])
def test_truncated_tiffs_of_other_kinds(tmp_path, writer):
    page = np.random.default_rng(0).integers(0, 65536, (80, 64), dtype=np.uint16)
    path = tmp_path / "p.tif"
    if writer == "deep":
        tifffile.imwrite(path, page, compression="zlib")
    else:
        tifffile.imwrite(path, page, tile=(16, 16))
    data = path.read_bytes()
    for part in (0.2, 0.5, 0.9):
        complaint(write(path, data[: int(len(data) * part)]))


@pytest.mark.filterwarnings("ignore")  # libraries warn about what they then refuse
@pytest.mark.parametrize("kind", [*FORMATS, "gif", "avif", "ppm"])
def test_flipped_bytes_never_raise_a_librarys_exception(tmp_path, kind):
    data = encoded(kind)
    rng = np.random.default_rng(len(data))
    path = tmp_path / f"p.{kind}"
    for _ in range(40):
        damaged = bytearray(data)
        # Headers are where the interesting damage is.
        reach = len(data) if rng.random() < 0.4 else min(200, len(data))
        for place in rng.integers(4, reach, int(rng.integers(1, 12))):
            damaged[place] = rng.integers(0, 256)
        write(path, bytes(damaged))
        for read in (load_scan, count_frames):
            # Anything else than our own errors fails the test.
            with contextlib.suppress(HwocrError):
                read(path)


# --- too large, too small ---


def png_header(width: int, height: int) -> bytes:
    """Begin a PNG of that size without any pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data)


@pytest.fixture
def no_decoding(monkeypatch):
    """Fail the test if any pixel is decoded."""

    def refuse(*args, **kwargs):
        raise AssertionError("decoded before the size was looked at")

    monkeypatch.setattr(Image.Image, "crop", refuse)
    monkeypatch.setattr(tifffile.TiffPage, "asarray", refuse)
    monkeypatch.setattr(decoders.cv2, "imdecode", refuse)


@pytest.mark.parametrize("size", [(30_000, 30_000), (2_000_000_000, 1), (65_000,) * 2])
def test_a_gigantic_png_is_refused_by_its_header(tmp_path, no_decoding, size):
    said = complaint(write(tmp_path / "map.png", png_header(*size)))
    assert f"{size[0]} x {size[1]} pixels" in said
    assert "400 million" in said
    assert "lower resolution" in said


def test_a_gigantic_tiff_is_refused_by_its_header(tmp_path, no_decoding):
    path = tmp_path / "map.tif"
    page = tifffile.memmap(path, shape=(64, 64), dtype=np.uint8)
    page.flush()
    del page
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        for name in ("ImageWidth", "ImageLength"):
            tiff.pages[0].tags[name].overwrite(30_000)
    assert "30000 x 30000" in complaint(path)


def test_a_gigantic_jpeg_is_refused_by_its_header(tmp_path, no_decoding):
    data = bytearray(encoded("jpeg"))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 30_000, 30_000)
    assert "30000 x 30000" in complaint(write(tmp_path / "map.jpg", bytes(data)))


def test_a_gigantic_scan_in_a_pdf_is_refused(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("drawn before the size was looked at")

    monkeypatch.setattr(scan_files, "MAX_PIXELS", 90 * 70 - 1)
    monkeypatch.setattr(pypdfium2.PdfPage, "render", refuse)
    assert "70 x 90 pixels" in complaint(write(tmp_path / "map.pdf", encoded("pdf")))


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
def test_a_page_too_small_for_a_letter(tmp_path, size):
    Image.new("L", size, 255).save(tmp_path / "dot.png")
    tifffile.imwrite(tmp_path / "dot.tif", np.zeros(size, np.uint8))
    assert "too few" in complaint(tmp_path / "dot.png")
    assert "too few" in complaint(tmp_path / "dot.tif")


def test_too_little_memory(tmp_path, monkeypatch):
    path = write(tmp_path / "p.png", encoded("png"))

    def exhausted(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", exhausted)
    assert "memory" in complaint(path, OutOfMemory)


# --- not readable ---


def test_a_missing_file(tmp_path):
    assert "not there" in complaint(tmp_path / "gone.png", FileNotReadable)


@pytest.fixture
def never_waiting():
    """Break a test off that waits for a pipe nobody writes to."""
    if not hasattr(signal, "SIGALRM") or not hasattr(os, "mkfifo"):
        pytest.skip("there are no such pipes here")
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("waits for ever"))
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
@pytest.mark.parametrize("use", [load_scan, count_frames, scan_size, file_sha256])
def test_what_is_no_file_is_never_opened(use, kind, tmp_path, never_waiting):
    path = tmp_path / "a.png"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        try:
            os.mknod(path, 0o600 | stat.S_IFSOCK)
        except PermissionError:
            pytest.skip("only root makes sockets so here")
    else:
        path.symlink_to(os.devnull)
    assert not has_tag(path)
    with pytest.raises(FileNotReadable, match=f"“a.png” is a {kind}.*, not a file"):
        use(path)


def test_a_pipe_in_a_folder_is_named_like_a_scan(tmp_path, never_waiting):
    # Who passes it over in silence lets somebody wonder where a page has gone.
    os.mkfifo(tmp_path / "b.png")
    (tmp_path / "a.png").touch()
    assert [path.name for path in find_scans([tmp_path])] == ["a.png", "b.png"]


def test_a_folder(tmp_path):
    folder = tmp_path / "Briefe.png"
    folder.mkdir()
    assert "is a folder" in complaint(folder, FileNotReadable)
    with pytest.raises(FileNotReadable):
        file_sha256(folder)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "may not be read"),
        (errno.EPERM, "may not be read"),
        (errno.EIO, "from its drive"),
        (errno.ETIMEDOUT, "from its drive"),
    ],
)
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, number, words):
    # The system is made to refuse, because root may read whatever the mode says.
    path = write(tmp_path / "p.png", encoded("png"))

    def refuse(*args, **kwargs):
        raise OSError(number, "refused")

    monkeypatch.setattr(Path, "open", refuse)
    assert words in complaint(path, FileNotReadable)
    with pytest.raises(FileNotReadable, match=path.name):
        file_sha256(path)
    with pytest.raises(FileNotReadable):
        count_frames(path)


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(FileNotReadable, match="may not be listed"):
        find_scans([tmp_path])


# --- PDF and pages ---

# A blank page, encrypted with 40-bit RC4 and the user password "secret"; only the
# dictionary matters, for the check of the password fails before anything is decrypted.
PROTECTED = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<OWNER>/U<USER>>>endobj
trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>
""".replace(b"OWNER", b"11" * 32).replace(b"USER", b"22" * 32)


def test_a_pdf_with_a_password(tmp_path):
    path = write(tmp_path / "geheim.pdf", PROTECTED)
    said = complaint(path)
    assert "password" in said
    with pytest.raises(UnreadableImage, match="password"):
        count_frames(path)


def test_a_pdf_without_pages(tmp_path):
    document = pypdfium2.PdfDocument.new()
    document.save(tmp_path / "none.pdf")
    document.close()
    complaint(tmp_path / "none.pdf")


@pytest.mark.parametrize("kind", ["png", "tiff", "g4", "pdf"])
@pytest.mark.parametrize("frame", [1, 7, -1])
def test_a_page_that_the_file_does_not_have(tmp_path, kind, frame):
    path = write(tmp_path / f"p.{kind}", encoded(kind))
    with pytest.raises(UnreadableImage, match=f"page {frame + 1} does not exist"):
        load_scan(path, frame)


def test_an_unreadable_file_is_not_changed(tmp_path):
    path = write(tmp_path / "p.png", encoded("png")[:500])
    complaint(path)
    assert path.read_bytes() == encoded("png")[:500]
