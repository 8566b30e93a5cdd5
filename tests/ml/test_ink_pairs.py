"""Pairs of scan and ink, in the layouts that people have."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.ml.training.binarizer_data import load_pair
from hwocr_desktop.ml.training.ink_pairs import find_pairs


def place(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def found(folder):
    """Return scan by truth, both relative to the folder."""
    return {
        pair.scan.relative_to(folder).as_posix(): pair.truth.relative_to(
            folder
        ).as_posix()
        for pair in find_pairs(folder)
    }


# As the contests distribute them, year by year, and as people lay data out.
LAYOUTS = {
    "dibco2009": {
        "DIBC02009_Test_images-handwritten/H01.bmp": (
            "DIBCO2009-GT-Test-images_handwritten/H01.tiff"
        ),
        "DIBC02009_Test_images-printed/P01.bmp": (
            "DIBCO2009-GT-Test-images_printed/P01.tiff"
        ),
    },
    "hdibco2010": {
        "H_DIBCO2010_test_images/H01.tif": "H_DIBCO2010_GT/H01_estGT.tiff",
    },
    "dibco2011": {
        "DIBCO11-handwritten/HW1.png": "DIBCO11-handwritten/HW1_GT.tiff",
        "DIBCO11-machine_printed/PR1.png": "DIBCO11-machine_printed/PR1_GT.tiff",
    },
    "hdibco2012": {"H01.png": "H01_GT.tif", "H02.png": "H02_GT.tif"},
    "dibco2013": {
        "OriginalImages/HW01.bmp": "GTimages/HW01_estGT.tiff",
        "OriginalImages/PR01.bmp": "GTimages/PR01_estGT.tiff",
    },
    "hdibco2014": {"original_images/H01.png": "GT/H01_estGT.tiff"},
    "hdibco2016": {"DIPCO2016_dataset/1.bmp": "DIPCO2016_Dataset_GT/1_gt.bmp"},
    "dibco2017": {"Dataset/1.bmp": "GT/1_gt.bmp", "Dataset/10.bmp": "GT/10_gt.bmp"},
    "two kinds beside each other": {
        "handwritten/01.bmp": "handwritten_GR/01.tif",
        "printed/01.bmp": "printed_GR/01.tif",
    },
    "imgs and gt": {"imgs/a.jpg": "gt/a.png"},
    "images and ground truth": {"images/a.jpg": "ground_truth/a.png"},
    "truth below the scans": {"a.jpg": "gt/a.png"},
    "underscore": {"page 1.png": "page 1_gt.png"},
    "dot": {"page.1.png": "page.1.gt.png"},
    "hyphen": {"1890-05-02.png": "1890-05-02-gt.png"},
    "capitals": {"A.PNG": "a_GT.PNG"},
    "a folder that says GT but holds both": {"with_GT/H01.png": "with_GT/H01_GT.tif"},
    "sets": {
        "one/images/a.webp": "one/gt/a.png",
        "two/imgs/a.webp": "two/GT/a_gt.tif",
        "three/a.png": "three/a_gt.png",
    },
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layouts(layout, tmp_path):
    place(tmp_path, *layout, *layout.values())
    assert found(tmp_path) == layout
    names = [pair.name for pair in find_pairs(tmp_path)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "sets"])
def test_layouts_as_sets_of_a_folder(name, tmp_path):
    layout = LAYOUTS[name]
    place(tmp_path / "some set", *layout, *layout.values())
    place(tmp_path / "other" / "images", "z.png")
    place(tmp_path / "other" / "gt", "z.png")
    pairs = [pair for pair in find_pairs(tmp_path) if pair.scan.stem != "z"]
    assert {pair.scan.relative_to(tmp_path / "some set").as_posix() for pair in pairs}
    assert len(pairs) == len(layout)
    assert all(pair.name.startswith("some set/") for pair in pairs)


def test_names_leave_out_where_scans_lie(tmp_path):
    place(tmp_path, "a/images/p.png", "a/gt/p.png", "b/p.png", "b/p_gt.png")
    assert [pair.name for pair in find_pairs(tmp_path)] == ["a/p", "b/p"]
    assert [pair.name for pair in find_pairs(tmp_path / "a")] == ["p"]


def test_two_folders_of_scans_do_not_share_names(tmp_path):
    place(tmp_path, "images/p.png", "gt/p.png", "p.png", "p_gt.png")
    names = [pair.name for pair in find_pairs(tmp_path)]
    assert len(set(names)) == 2


def test_what_was_made_of_the_scans_is_no_scan(tmp_path):
    place(tmp_path, "images/a.jpg", "gt/a.png", "clean/a.png", "results/a.png")
    assert found(tmp_path) == {"images/a.jpg": "gt/a.png"}


def test_what_lacks_its_other_half_is_left_out(tmp_path):
    place(tmp_path, "images/a.png", "images/b.png", "gt/b.png", "gt/c.png")
    place(tmp_path, "H08_skelGT.tiff", "weight.png", ".hidden_gt.png", "notes_gt.txt")
    assert found(tmp_path) == {"images/b.png": "gt/b.png"}


def test_the_same_scan_in_two_formats_is_one_pair(tmp_path):
    place(tmp_path, "images/a.png", "images/a.jpg", "gt/a.png", "gt/a.tif")
    assert found(tmp_path) == {"images/a.png": "gt/a.png"}


def test_train_and_test_above_sets_are_not_mixed(tmp_path):
    place(tmp_path, "train/one/images/a.png", "train/one/gt/a.png")
    place(tmp_path, "test/one/images/b.png", "test/one/gt/b.png")
    with pytest.raises(TrainingDataMissing):
        find_pairs(tmp_path)


@example(["a", "a_GT", "b-gt"])
@given(
    st.lists(
        st.text("abcGT0 -_.", min_size=1, max_size=6).filter(
            lambda name: name.strip(". ") == name
        ),
        min_size=1,
        max_size=6,
        unique_by=str.casefold,
    )
)
def test_every_name_is_found_in_images_and_gt(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("data")
    for name in names:
        place(folder, f"images/{name}.webp", f"gt/{name}.png")
    pairs = {pair.scan.name: pair.truth.name for pair in find_pairs(folder)}
    assert pairs == {f"{name}.webp": f"{name}.png" for name in names}


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_truths_of_the_contests_formats_are_read(mode, tmp_path):
    truth = np.zeros((20, 30), bool)
    truth[5:9, 4:20] = True
    gray = np.where(truth, 60, 210).astype(np.uint8)
    Image.fromarray(gray).convert("RGB").save(tmp_path / "H01.bmp")
    ink = Image.fromarray(np.where(truth, 0, 255).astype(np.uint8)).convert(mode)
    ink.save(tmp_path / "H01_estGT.tiff")
    (pair,) = find_pairs(tmp_path)
    page = load_pair(pair)
    assert np.array_equal(page.truth, truth)
    assert np.array_equal(page.gray, gray)
