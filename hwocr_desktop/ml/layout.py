"""A layout network in use: ink in, bodies of lines out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.networks.layout import build_layout, stride
from hwocr_desktop.ml.registry import ModelCard

_Floats = npt.NDArray[np.float32]

_MOST_PIXELS = 4_000_000
"""Of what the network sees at once, for the sake of memory (660 MiB were needed): 100
lines at the distance of `networks.layout.DEFAULT`, on a page as wide as high."""


class LayoutFinder:
    """A layout network in use.

    Parameters
    ----------
    network : keras.Model
        From `build_layout`.
    config : dict
        What it was built from.
    """

    def __init__(self, network: Any, config: dict[str, Any]) -> None:
        self.network = network
        self._stride, self._pitch = stride(config), float(config["pitch"])
        self._call = runtime.compiled(network, ((None, None, None, 1), "float32"))

    @classmethod
    def open(cls, card: ModelCard) -> LayoutFinder:
        """Build the network a card describes and load its weights.

        Raises
        ------
        BadModel
            If the folder is incomplete, altered, or of the wrong kind.
        """
        registry.expect_task(card, "find-lines")
        network = registry.build(card, lambda: build_layout(card.architecture))
        registry.load_weights(network, card)
        return cls(network, card.architecture)

    def bodies(self, density: _Floats, pitch: float) -> _Floats:
        """Return where bodies of lines are.

        Parameters
        ----------
        density : (H, W) float32, 0..1
            Share of ink.
        pitch : float
            Distance of lines in pixels.

        Returns
        -------
        (H, W) float32, 0..1
            Probability of the body of a line.
        """
        height, width = density.shape
        factor = self._pitch / pitch
        factor = min(factor, (_MOST_PIXELS / (height * width)) ** 0.5)
        size = max(1, round(width * factor)), max(1, round(height * factor))
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        seen = cv2.resize(density, size, interpolation=way)
        down, right = (-seen.shape[0] % self._stride, -seen.shape[1] % self._stride)
        padded = np.pad(seen, ((0, down), (0, right)))
        found = self._call(padded[None, :, :, None])[0, : size[1], : size[0], 0]
        return np.asarray(
            cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR),
            np.float32,
        )
