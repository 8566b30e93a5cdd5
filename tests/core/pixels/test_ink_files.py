"""Pictures of ink that say what made them."""

import io
import struct

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from hwocr_desktop.core.pixels.ink_files import (
    encode_ink,
    has_tag,
    is_whole,
    read_tag,
)

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)


@given(arrays.arrays(np.bool_, SHAPES))
def test_ink_is_black_in_one_bit(ink):
    with Image.open(io.BytesIO(encode_ink(ink, 0, "otsu"))) as picture:
        assert picture.mode == "1"
        assert np.array_equal(np.asarray(picture), ~ink)


@given(arrays.arrays(np.uint8, SHAPES))
def test_the_surer_the_darker(ink_map):
    with Image.open(io.BytesIO(encode_ink(ink_map, 0, "otsu"))) as picture:
        assert picture.mode == "L"
        assert np.array_equal(255 - np.asarray(picture), ink_map)


def test_a_page_of_ink_is_stored_small():
    ink = np.random.default_rng(1).random((800, 800)) < 0.5
    assert len(encode_ink(ink, 0, "")) < 800 * 800 / 8 * 1.05


@given(st.text("abc=0.25 ", max_size=30), st.text("abc=0.25 ", max_size=30))
def test_a_tag_is_known_again_and_no_other(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("ink") / "a.png"
    path.write_bytes(encode_ink(np.ones((3, 3), np.bool_), 300, one))
    assert has_tag(path)
    assert has_tag(path, one)
    assert has_tag(path, other) == (one == other)
    assert read_tag(path) == one


@pytest.mark.parametrize("format", ["png", "tiff"])
@pytest.mark.parametrize("side", [3, 900])
def test_a_long_tag_is_read_back(format, side, tmp_path):
    ink = np.random.default_rng(1).random((side, side)) < 0.5
    tag = "otsu of=" + "%C3%B6" * 400
    path = tmp_path / "a"
    path.write_bytes(encode_ink(ink, 300, tag, format))
    assert read_tag(path) == tag


def test_a_tag_that_is_cut_off_is_none(tmp_path):
    data = encode_ink(np.ones((3, 3), np.bool_), 0, "otsu")
    path = tmp_path / "a.png"
    path.write_bytes(data[: data.index(b"otsu") + 4])
    assert read_tag(path) is None


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_what_is_cut_off_anywhere_is_not_whole(format, tmp_path):
    ink = np.random.default_rng(1).random((40, 40)) < 0.5
    data = encode_ink(ink, 300, "otsu", format)
    path = tmp_path / "a"
    path.write_bytes(data)
    assert is_whole(path)
    least = len(data)
    if format == "tiff":
        # Behind the pixels and the list of entries stand but its note and resolution.
        (start,) = struct.unpack_from("<I", data, 4)
        least = start + 2 + 12 * struct.unpack_from("<H", data, start)[0]
    for size in range(least):
        path.write_bytes(data[:size])
        assert not is_whole(path), size


@pytest.mark.parametrize("order", "<>")
def test_a_tiff_whose_pixels_are_cut_off_is_not_whole(order, tmp_path):
    path = tmp_path / "a.tif"
    noise = np.random.default_rng(1).integers(0, 255, (90, 90), np.uint8)
    # Here the pixels stand at the end, in several strips.
    tifffile.imwrite(path, noise, rowsperstrip=20, byteorder=order)
    assert is_whole(path)
    path.write_bytes(path.read_bytes()[:-50])
    assert not is_whole(path)


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n", b"text"])
def test_other_files_have_none(content, tmp_path):
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    assert not has_tag(path)
    assert not has_tag(tmp_path)


@given(arrays.arrays(np.bool_, SHAPES), st.sampled_from([0, 72.5, 300]))
def test_a_tiff_is_the_same_to_everyone(ink, dpi):
    data = encode_ink(ink, dpi, "otsu", "tiff")
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.mode == "1"
        assert picture.info["compression"] == "group4"
        assert np.array_equal(np.asarray(picture), ~ink)
        if dpi:
            assert picture.info["dpi"] == pytest.approx((dpi, dpi))
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        (page,) = tiff.pages
        assert page.compression == tifffile.COMPRESSION.CCITT_T6
        assert page.photometric == tifffile.PHOTOMETRIC.MINISWHITE
        assert (page.bitspersample, page.samplesperpixel) == (1, 1)
        assert len(page.dataoffsets) == 1
        # Where white is 0, what is stored is the ink.
        assert np.array_equal(page.asarray().astype(bool), ink)


def test_a_tiff_of_a_large_page_is_small_and_known_again(tmp_path):
    ink = np.zeros((4000, 3000), bool)
    ink[100::80, 200:2800] = True
    ink[101::80, 200:2800] = True
    path = tmp_path / "a.tif"
    path.write_bytes(encode_ink(ink, 600, "otsu cut=None", "tiff"))
    assert path.stat().st_size < 20_000
    assert has_tag(path, "otsu cut=None")
    assert not has_tag(path, "otsu cut=9")


def test_a_noisy_tiff_is_known_again(tmp_path):
    ink = np.random.default_rng(1).random((900, 900)) < 0.5
    path = tmp_path / "a.tif"
    path.write_bytes(encode_ink(ink, 0, "otsu", "tiff"))
    assert has_tag(path, "otsu")


def test_an_ink_map_is_no_tiff():
    with pytest.raises(ValueError, match="Group 4"):
        encode_ink(np.zeros((3, 3), np.uint8), 0, "", "tiff")
