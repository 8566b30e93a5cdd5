"""A tiny line model and drawn lines that it can learn."""

import cv2
import numpy as np

from hwocr_desktop.core.pixels.crops import fit_height
from hwocr_desktop.ml.training.line_data import LineSample

TINY = {
    "name": "crnn",
    "height": 64,
    "stem": 8,
    "stages": [[8], [16]],
    "units": 16,
    "step": 2,
    "dropout": 0.0,
}


def draw_line(text, seed=0, height=64):
    """Draw text as a line image, dark on light."""
    rng = np.random.default_rng(seed)
    image = np.full((64, 30 + 22 * len(text)), 225, np.uint8)
    cv2.putText(image, text, (12, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40,), 2)
    image = np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)
    return fit_height(image, height)


def samples(count, seed=0, letters="abc", group="drawn", longest=5):
    """Make line samples of random short words."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(count):
        text = "".join(rng.choice(list(letters), rng.integers(1, longest + 1)))
        out.append(LineSample(f"{group}/{i}", draw_line(text, i), text, group))
    return out


def write_lines(folder, count, seed=0):
    folder.mkdir(parents=True)
    rows = []
    for i, sample in enumerate(samples(count, seed)):
        cv2.imwrite(str(folder / f"{i}.png"), sample.gray)
        rows.append(f"{i}.png\t{sample.text}\n")
    (folder / "labels.tsv").write_text("".join(rows), encoding="utf-8")


def tiny_network(outputs=4, step=2):
    """Build an untrained network, the same each time."""
    from hwocr_desktop.ml import runtime
    from hwocr_desktop.ml.networks.crnn import build_crnn

    runtime.keras().utils.set_random_seed(3)
    return build_crnn(TINY | {"step": step}, outputs)


def tiny_model(folder, step=2):
    """Write a model folder with untrained weights for the alphabet "abc"."""
    from hwocr_desktop.ml.registry import ModelCard, save_model

    card = ModelCard(
        id=folder.name,
        task="recognize-lines",
        title="Tiny",
        summary="For tests.",
        licence="Apache-2.0",
        architecture=TINY | {"step": step},
        trained_on="nothing",
        charset="abc",
    )
    return save_model(folder, card, tiny_network(step=step).save_weights)
