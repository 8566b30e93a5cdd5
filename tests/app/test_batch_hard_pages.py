"""Cleaning files: pages that are no ordinary page of writing."""

import cv2
import numpy as np
import pytest
from PIL import Image

from hwocr_desktop.app.batch_ink import BinarizeFilesRequest, binarize_files
from hwocr_desktop.app.open_models import forget_models
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import UnreadableImage
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.ml import registry
from tests.pages_drawn import draw_page, write_image


def photograph(height=300, width=400):
    """Return smooth light and dark with some texture, and no writing."""
    rng = np.random.default_rng(2)
    coarse = rng.integers(0, 256, (6, 8), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)


PAGES = {
    "blank": np.full((300, 400), 255, np.uint8),
    "gray": np.full((300, 400), 140, np.uint8),
    "black": np.zeros((300, 400), np.uint8),
    "narrower than a window": draw_page(1)[:20, :9],
    "a strip": draw_page(1)[80:84],
    "photograph": photograph(),
    "negative": 255 - draw_page(2),
    "writing": draw_page(2),
}


def clean(path, out, method="otsu"):
    request = BinarizeFilesRequest((path,), out, Cleaning(method))
    return binarize_files(request, cancel=CancelToken())


def ink_of(path):
    return load_scan(path, inverted=False).gray == 0


def write_all(folder):
    for name, gray in PAGES.items():
        write_image(folder / f"{name}.png", gray)
    return folder


def inks(folder, out, method):
    outcomes = clean(folder, out, method)
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    return {name: ink_of(out / f"{name}.png") for name in PAGES}


def check(found):
    for name, gray in PAGES.items():
        assert found[name].shape == gray.shape


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gets_through_every_page(method, tmp_path):
    found = inks(write_all(tmp_path / "in"), tmp_path / "out", method)
    check(found)
    assert not found["blank"].any()
    assert not found["gray"].any()
    # Where nothing stands out, ISauvola finds nothing.
    assert found["black"].all() == (method != "isauvola")
    # Light writing on dark is the same writing.
    assert 0.01 < found["writing"].mean() < 0.2
    assert (found["negative"] == found["writing"]).mean() > 0.99


@pytest.mark.tf
def test_a_network_gets_through_every_page(tmp_path, hwocr_home):
    from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae

    config = SaeConfig(filters=(8, 8), window=32, overlap=8)
    card = registry.ModelCard(
        id="tiny",
        task="binarize",
        title="Tiny",
        summary="",
        licence="",
        architecture=config.to_dict(),
        trained_on="nothing",
        input={"window": 32, "overlap": 8},
    )
    network = build_sae(config)
    registry.save_model(paths.user_models() / "tiny", card, network.save_weights)
    try:
        check(inks(write_all(tmp_path / "in"), tmp_path / "out", "tiny"))
    finally:
        forget_models()


@pytest.mark.parametrize("method", METHODS)
def test_what_is_black_and_white_already_stays_as_it_is(method, tmp_path):
    ink = draw_page(2) < 128
    for name, mode in (("bits.png", "1"), ("bits.tif", "1"), ("gray.png", "L")):
        scan = tmp_path / "in" / name.partition(".")[2] / name
        scan.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).convert(mode).save(scan)
        (outcome,) = clean(scan, tmp_path / "out" / scan.parent.name, method)
        assert np.array_equal(ink_of(outcome.outputs[0]), ink)


def test_a_damaged_file_in_the_middle_of_many(tmp_path):
    folder = tmp_path / "in"
    for number in range(9):
        write_image(folder / f"{number}.png", draw_page(1, number))
    whole = (folder / "4.png").read_bytes()
    (folder / "4.png").write_bytes(whole[: len(whole) // 2])
    outcomes = clean(folder, tmp_path / "out")
    assert [outcome.state for outcome in outcomes] == ["done"] * 4 + ["failed"] + [
        "done"
    ] * 4
    assert isinstance(outcomes[4].error, UnreadableImage)
    assert outcomes[4].error.advice
    assert not (tmp_path / "out" / "4.png").exists()
