"""The layout network: from a page's ink to the bodies of its lines.

A U-shaped network (Ronneberger et al. 2015, DOI 10.1007/978-3-319-24574-4_28) on the
share of ink, reduced until lines stand at a set distance; small, for the ink is clean
already.
"""

from __future__ import annotations

from typing import Any

from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.normalization import normalization

DEFAULT: dict[str, Any] = {
    "name": "layout",
    "filters": [12, 24, 48, 64, 96],
    "pitch": 20.0,
}
"""Filters at each halving of the resolution, and the distance of lines in pixels."""


def stride(config: dict[str, Any]) -> int:
    """Return the number of which the sides of what the network sees are multiples."""
    return int(2 ** (len(config["filters"]) - 1))


def build_layout(config: dict[str, Any]) -> Any:
    """Build the network.

    Parameters
    ----------
    config : dict
        See `DEFAULT`.

    Returns
    -------
    keras.Model
        From (N, H, W, 1) float32, share of ink 0..1, to (N, H, W, 1) float32,
        probability of the body of a line; H and W are multiples of `stride`.
    """
    keras = runtime.keras()
    layers = keras.layers
    ink = keras.Input((None, None, 1), name="ink")
    filters = config["filters"]
    x = ink
    skips = []
    for level, count in enumerate(filters):
        x = _convolution(layers, x, count, 2 if level else 1)
        x = _convolution(layers, x, count)
        skips.append(x)
    for count, skip in zip(filters[-2::-1], skips[-2::-1], strict=True):
        x = layers.Conv2D(count, 1, use_bias=False)(x)
        x = layers.UpSampling2D(2)(normalization(0.97)(x))
        x = layers.Add()([x, skip])
        x = _convolution(layers, x, count)
    body = layers.Conv2D(1, 1, activation="sigmoid", dtype="float32", name="body")(x)
    return keras.Model(ink, body, name="layout")


def _convolution(layers: Any, x: Any, filters: int, step: int = 1) -> Any:
    x = layers.Conv2D(filters, 3, step, padding="same", use_bias=False)(x)
    x = normalization(0.97)(x)
    return layers.ReLU()(x)
