"""TIFFs of every depth and layout, orientations against an oracle, many pages."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from hwocr_desktop.core.pixels.imaging import count_frames, load_scan

same_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25
)


@pytest.fixture
def rng():
    return np.random.default_rng(1911)


@pytest.fixture
def gray(rng):
    return rng.integers(0, 256, (70, 53), dtype=np.uint8)


@pytest.fixture
def rgb(rng):
    return rng.integers(0, 256, (70, 53, 3), dtype=np.uint8)


# --- orientation ---


def as_seen(stored: np.ndarray, orientation: int) -> np.ndarray:
    """Place each stored pixel where TIFF 6.0, p. 36, says it is seen."""
    rows, columns = stored.shape[:2]
    place = {
        1: lambda r, c: (r, c),
        2: lambda r, c: (r, columns - 1 - c),
        3: lambda r, c: (rows - 1 - r, columns - 1 - c),
        4: lambda r, c: (rows - 1 - r, c),
        5: lambda r, c: (c, r),
        6: lambda r, c: (c, rows - 1 - r),
        7: lambda r, c: (columns - 1 - c, rows - 1 - r),
        8: lambda r, c: (columns - 1 - c, r),
    }[orientation]
    shape = (columns, rows) if orientation >= 5 else (rows, columns)
    seen = np.zeros(shape + stored.shape[2:], stored.dtype)
    for r in range(rows):
        for c in range(columns):
            seen[place(r, c)] = stored[r, c]
    return seen


def save_tagged(path, array, orientation, suffix):
    if suffix == "tifffile":
        tag = (274, "H", 1, orientation, True)
        tifffile.imwrite(path, array, extratags=[tag])
        return
    exif = Image.Exif()
    exif[274] = orientation
    options = {"quality": 100, "subsampling": 0} if suffix == "jpeg" else {}
    if suffix == "webp":
        options = {"lossless": True}
    if suffix == "tiff_g4":
        suffix, options = "tiff", {"compression": "tiff_lzw"}
    Image.fromarray(array).save(path, format=suffix, exif=exif, **options)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "jpeg", "webp", "tiff", "tifffile"])
@pytest.mark.parametrize("colored", [False, True])
def test_orientation_is_applied_exactly_once(
    tmp_path, gray, rgb, orientation, suffix, colored
):
    stored = rgb if colored else gray
    save_tagged(tmp_path / "p", stored, orientation, suffix)
    scan = load_scan(tmp_path / "p", inverted=False)
    seen = as_seen(stored, orientation)
    pixels = scan.color if colored else scan.gray
    tolerance = 5 if suffix == "jpeg" else 0
    np.testing.assert_allclose(pixels.astype(int), seen.astype(int), atol=tolerance)
    assert scan.gray.shape == seen.shape[:2]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("mode", ["1", "P", "CMYK"])
def test_orientation_of_tiffs_that_libtiff_decodes(tmp_path, rgb, orientation, mode):
    image = Image.fromarray(rgb).convert(mode)
    exif = Image.Exif()
    exif[274] = orientation
    image.save(tmp_path / "p.tif", exif=exif)
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    seen = as_seen(np.asarray(image.convert("RGB")), orientation)
    pixels = scan.gray[..., None] if scan.color is None else scan.color
    np.testing.assert_array_equal(np.broadcast_to(pixels, seen.shape), seen)


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_impossible_orientations_mean_upright(tmp_path, gray, orientation):
    tag = (274, "H", 1, orientation, True)
    tifffile.imwrite(tmp_path / "p.tif", gray, extratags=[tag])
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    np.testing.assert_array_equal(scan.gray, gray)


def test_a_person_turns_what_is_seen(tmp_path, gray):
    save_tagged(tmp_path / "p", gray, 6, "jpeg")
    plain = load_scan(tmp_path / "p", inverted=False)
    turned = load_scan(tmp_path / "p", rotation=90, inverted=False)
    np.testing.assert_array_equal(turned.gray, np.rot90(plain.gray, -1))


# --- depth ---


@pytest.mark.parametrize("writer", ["png", "tiff"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@same_folder
@given(data=st.data())
def test_the_depth_in_a_16_bit_file_is_recognized(tmp_path, writer, bits, data):
    page = data.draw(
        hnp.arrays(np.uint16, (9, 7), elements=st.integers(0, 2**bits - 1))
    )
    page[0, 0] = 2**bits - 1
    save = Image.fromarray(page).save if writer == "png" else None
    if save:
        save(tmp_path / "p.png")
    else:
        tifffile.imwrite(tmp_path / "p.tiff", page)
    scan = load_scan(tmp_path / f"p.{writer}", inverted=False)
    np.testing.assert_array_equal(scan.gray, page >> (bits - 8))


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_deep_color(tmp_path, rng, bits, planar, byteorder):
    page = rng.integers(0, 2**bits, (40, 30, 3), dtype=np.uint16)
    page[0, 0] = 2**bits - 1
    stored = page if planar == "contig" else np.moveaxis(page, -1, 0)
    tifffile.imwrite(
        tmp_path / "p.tif",
        stored,
        photometric="rgb",
        planarconfig=planar,
        byteorder=byteorder,
    )
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    np.testing.assert_array_equal(scan.color, page >> (bits - 8))


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_deep_color_png(tmp_path, rng, bits, has_alpha):
    import cv2

    page = rng.integers(0, 2**bits, (40, 30, 3), dtype=np.uint16)
    page[0, 0] = 2**bits - 1
    stored = page[..., ::-1]
    if has_alpha:
        alpha = np.full((40, 30, 1), 65535, np.uint16)
        alpha[5] = 0
        stored = np.concatenate([stored, alpha], axis=-1)
    (tmp_path / "p.png").write_bytes(cv2.imencode(".png", stored)[1].tobytes())
    scan = load_scan(tmp_path / "p.png", inverted=False)
    expected = page >> (bits - 8)
    if has_alpha:
        expected[5] = 255
    np.testing.assert_array_equal(scan.color, expected)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        (np.float32, 0, 1),
        (np.float64, 0, 1),
        (np.float32, 0, 255),
        (np.float32, 0, 4095),
        (np.float32, 0, 65535),
        (np.float32, -3.5, 17.0),
        (np.int16, -300, 500),
        (np.uint32, 0, 2**32 - 1),
        (np.int32, 0, 65535),
    ],
)
def test_odd_types_use_the_whole_range_and_keep_the_order(tmp_path, dtype, low, high):
    page = np.linspace(low, high, 64 * 16).astype(dtype).reshape(64, 16)
    tifffile.imwrite(tmp_path / "p.tif", page)
    gray = load_scan(tmp_path / "p.tif", inverted=False).gray.ravel().astype(int)
    assert (np.diff(gray) >= 0).all()
    assert gray[0] == 0
    assert gray[-1] == 255


def test_holes_in_measured_pages_are_paper(tmp_path):
    page = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    page[3, 4], page[5, 6] = np.nan, np.inf
    tifffile.imwrite(tmp_path / "p.tif", page)
    gray = load_scan(tmp_path / "p.tif", inverted=False).gray
    assert gray[3, 4] == gray[5, 6] == 255
    assert gray[0, 0] == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_uniform_pages_open(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "p.tif", np.zeros((20, 20), dtype))
    assert (load_scan(tmp_path / "p.tif").gray == 0).all()


# --- layout ---


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "zstd"])
@pytest.mark.parametrize("tile", [None, (32, 16)])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_compressions_tiles_and_big_tiffs(tmp_path, rgb, compression, tile, bigtiff):
    tifffile.imwrite(
        tmp_path / "p.tif",
        rgb,
        photometric="rgb",
        compression=compression,
        tile=tile,
        bigtiff=bigtiff,
    )
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    np.testing.assert_array_equal(scan.color, rgb)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "raw"])
def test_fax_compressions(tmp_path, rng, compression):
    page = rng.random((50, 70)) < 0.5
    Image.fromarray(page).save(tmp_path / "p.tif", compression=compression)
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    np.testing.assert_array_equal(scan.gray, page * np.uint8(255))


def test_jpeg_in_tiff(tmp_path):
    y, x = np.mgrid[:64, :64]
    page = np.stack([x * 3, y * 3, 200 - x], axis=-1).astype(np.uint8)
    Image.fromarray(page).save(tmp_path / "p.tif", compression="jpeg", quality=95)
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    assert np.abs(scan.color.astype(int) - page).mean() < 6


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_where_white_is_zero(tmp_path, rng, dtype):
    page = rng.integers(0, np.iinfo(dtype).max + 1, (30, 40)).astype(dtype)
    page[0, 0] = np.iinfo(dtype).max
    tifffile.imwrite(tmp_path / "p.tif", page, photometric="miniswhite")
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    shift = page.dtype.itemsize * 8 - 8
    np.testing.assert_array_equal(scan.gray, 255 - (page >> shift))


@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha", "unspecified"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_fourth_sample_counts_only_if_it_is_alpha(tmp_path, rng, kind, dtype):
    top = np.iinfo(dtype).max
    page = rng.integers(0, top, (30, 40, 4)).astype(dtype)
    page[0, 0] = top
    if kind == "assocalpha":
        part = page[..., 3:] / top
        page[..., :3] = (page[..., :3] * part).astype(dtype)
    tifffile.imwrite(tmp_path / "p.tif", page, photometric="rgb", extrasamples=[kind])
    color = load_scan(tmp_path / "p.tif", inverted=False).color
    flat = page.astype(float) / top * 255
    cover = flat[..., 3:] / 255
    expected = {
        "unassalpha": flat[..., :3] * cover + 255 * (1 - cover),
        "assocalpha": flat[..., :3] + 255 * (1 - cover),
        "unspecified": flat[..., :3],
    }[kind]
    np.testing.assert_allclose(color, expected, atol=2)


def test_an_empty_transparency_is_ignored(tmp_path, rgb):
    page = np.dstack([rgb, np.zeros(rgb.shape[:2], np.uint8)])
    tifffile.imwrite(
        tmp_path / "p.tif", page, photometric="rgb", extrasamples=["unassalpha"]
    )
    np.testing.assert_array_equal(
        load_scan(tmp_path / "p.tif", inverted=False).color, rgb
    )


def test_what_tifffile_refuses_libtiff_may_still_read(tmp_path, rgb, monkeypatch):
    Image.fromarray(rgb).save(tmp_path / "p.tif", compression="tiff_lzw")

    def no_codec(*args, **kwargs):
        raise ValueError("requires the 'imagecodecs' package")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", no_codec)
    scan = load_scan(tmp_path / "p.tif", inverted=False)
    np.testing.assert_array_equal(scan.color, rgb)


# --- pages ---


@same_folder
@given(st.lists(st.tuples(st.integers(4, 20), st.integers(4, 20)), min_size=1))
def test_pages_of_different_sizes(tmp_path_factory, shapes):
    path = tmp_path_factory.mktemp("t") / "p.tif"
    with tifffile.TiffWriter(path) as writer:
        for number, shape in enumerate(shapes):
            page = np.full(shape, number, np.uint8)
            writer.write(page, metadata=None, contiguous=False)
    assert count_frames(path) == len(shapes)
    for number, shape in enumerate(shapes):
        scan = load_scan(path, number, inverted=False)
        assert scan.gray.shape == shape
        assert (scan.gray == number).all()


def test_thumbnails_and_masks_are_not_pages(tmp_path, gray):
    with tifffile.TiffWriter(tmp_path / "p.tif") as writer:
        writer.write(gray[::4, ::4], subfiletype=1, metadata=None)
        writer.write(gray, metadata=None)
        writer.write(255 - gray, subfiletype=2, metadata=None)
        writer.write(gray > 0, subfiletype=4, metadata=None)
    assert count_frames(tmp_path / "p.tif") == 2
    first = load_scan(tmp_path / "p.tif", 0, inverted=False)
    second = load_scan(tmp_path / "p.tif", 1, inverted=False)
    np.testing.assert_array_equal(first.gray, gray)
    np.testing.assert_array_equal(second.gray, 255 - gray)


def test_pages_that_libtiff_decodes_are_the_right_ones(tmp_path, rng):
    pages = [Image.fromarray(rng.random((30, 40)) < 0.5) for _ in range(3)]
    small = Image.new("1", (5, 5))
    small.encoderinfo = {}
    pages[0].save(
        tmp_path / "p.tif",
        save_all=True,
        append_images=pages[1:],
        compression="group4",
    )
    for number, page in enumerate(pages):
        scan = load_scan(tmp_path / "p.tif", number, inverted=False)
        np.testing.assert_array_equal(scan.gray, np.asarray(page) * np.uint8(255))
