"""Lines per second and memory: a model of ours and the ancestors' architecture.

    python -m benchmarks.lines FOLDER [--model ID ...] [--lines 64] [--batch 1 8]

FOLDER holds page images with PAGE XML, or line images; both networks read the same
lines of it, in one run. The ancestors' architecture has seven convolutions and two
bidirectional LSTMs of 512 over a fixed picture of 800 x 64, about 13 million
parameters, here with fresh weights and Keras's own LSTM: it reads nothing, but takes
its time; it gets its lines in batches of the sizes named. Ours makes batches itself.
Both go from gray crops to greedy text, the network being open and warm. Each runs in a
process of its own, so that its peak memory is its own, and what the networks' library
takes alone is told beside it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.memory import peak_mb
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.training.line_data import load_lines

Gray = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 800, 64
"""Of the fixed picture that the ancestors' network sees."""

CONVOLUTIONS = (
    (64, 5, (2, 2), False),
    (128, 5, (1, 2), False),
    (128, 3, (2, 2), True),
    (256, 3, None, False),
    (256, 3, (2, 2), False),
    (512, 3, (1, 2), True),
    (512, 3, (1, 2), False),
)
"""Filters, kernel, pooling of width and height, and whether it is normalized."""

LSTM_UNITS = 512

RUNS = 3
LIBRARY, ANCESTOR = "library", "ancestor"


def build_ancestor(outputs: int) -> Any:
    """Build the ancestors' network: pictures (B, 800, 64, 1), logits (B, 100, outputs).

    Two LSTMs run ahead and two back, and what both say is joined once, at the end.
    """
    keras = runtime.keras()
    layers = keras.layers
    x = picture = keras.Input((WIDTH, HEIGHT, 1))
    for filters, kernel, pool, is_normalized in CONVOLUTIONS:
        x = layers.Conv2D(filters, kernel, padding="same", use_bias=False)(x)
        if is_normalized:
            x = layers.BatchNormalization(center=False, scale=False)(x)
        x = layers.LeakyReLU(0.01)(x)
        if pool is not None:
            x = layers.MaxPooling2D(pool)(x)
    x = layers.Reshape((x.shape[1], x.shape[3]))(x)
    ahead, back = x, keras.ops.flip(x, axis=1)
    for _ in range(2):
        ahead = layers.LSTM(LSTM_UNITS, return_sequences=True)(ahead)
        back = layers.LSTM(LSTM_UNITS, return_sequences=True)(back)
    back = keras.ops.flip(back, axis=1)
    joined = layers.Concatenate()([ahead, back])
    return keras.Model(picture, layers.Dense(outputs, use_bias=False)(joined))


def fixed_picture(gray: Gray) -> npt.NDArray[np.float32]:
    """Return a line as the ancestors' network sees it: (800, 64, 1), no wider.

    Shrunk to fit with its aspect kept, the rest filled with paper.
    """
    tall, wide = gray.shape
    scale = min(WIDTH / wide, HEIGHT / tall)
    size = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    picture = np.full((HEIGHT, WIDTH), 255, np.uint8)
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    picture[: size[1], : size[0]] = small
    return (picture.T[..., None] / np.float32(255)).astype(np.float32)


def ancestor_reader(batch: int) -> tuple[Any, Callable[[list[Gray]], object]]:
    """Return the ancestors' network and a function that reads lines with it."""
    charset = Charset("".join(map(chr, range(32, 127))))
    network = build_ancestor(charset.size)
    call = runtime.compiled(network, ((None, WIDTH, HEIGHT, 1), "float32"))

    def read(crops: list[Gray]) -> list[str]:
        texts = []
        for first in range(0, len(crops), batch):
            pictures = np.stack(
                [fixed_picture(crop) for crop in crops[first : first + batch]]
            )
            for logits in call(pictures):
                peak = logits.max(axis=1, keepdims=True)
                total = np.log(np.exp(logits - peak).sum(axis=1, keepdims=True))
                read = ctc.greedy(logits - peak - total, charset)
                texts.append("".join(character.text for character in read))
        return texts

    return network, read


def measured(name: str, folder: Path, count: int, batch: int) -> dict[str, Any]:
    """Read the lines a few times and return the figures of the fastest."""
    crops = [sample.gray for sample in load_lines([folder])][:count]
    figures: dict[str, Any] = {"model": name, "lines": len(crops)}
    read: Callable[[list[Gray]], object]
    if name == LIBRARY:
        runtime.keras()
        return figures | {"peak_mb": peak_mb()}
    if name == ANCESTOR:
        network, read = ancestor_reader(batch)
        figures["batch"] = batch
    else:
        recognizer = Recognizer.open(registry.card(name, "recognize-lines"))
        network, read = recognizer.network, recognizer.read
    read(crops)  # warm: every shape has been seen
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        read(crops)
        seconds.append(time.perf_counter() - started)
    return figures | {
        "parameters": int(network.count_params()),
        "lines_per_second": round(len(crops) / min(seconds), 2),
        "peak_mb": peak_mb(),
    }


def main() -> int:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", nargs="+", default=["lines-en-modern"])
    parser.add_argument("--lines", type=int, default=64)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        figures = measured(
            options.only, options.folder, options.lines, options.batch[0]
        )
        json.dump(figures, sys.stdout)
        return 0
    told = []
    names = [(LIBRARY, 0)] + [(model, 0) for model in options.model]
    names += [(ANCESTOR, batch) for batch in options.batch]
    for name, batch in names:
        command = [sys.executable, "-m", "benchmarks.lines", str(options.folder)]
        command += ["--only", name, "--lines", str(options.lines)]
        command += ["--batch", str(batch)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        told.append(json.loads(run.stdout))
    base = told[0]["peak_mb"]
    for figures in told[1:]:
        figures["above_library_mb"] = figures["peak_mb"] - base
    json.dump({"library_mb": base, "models": told[1:]}, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
