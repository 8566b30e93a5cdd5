"""A binarizing network in use: gray page in, ink map out."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.pixels.tiles import blend_tiles
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae
from hwocr_desktop.ml.registry import ModelCard

CUT = 128
"""The network is trained so that ink is what it holds more likely than not."""

BATCH_SECONDS = 0.1
"""What a batch may take: nothing interrupts one, and cancelling is felt at once."""

MOST_WINDOWS = 32
"""Windows in a batch, however fast the machine; bounds the memory."""


class Binarizer:
    """A binarizing network in use.

    Parameters
    ----------
    network : keras.Model
        From `build_sae`; its weights may change afterward.
    window : int
        Side of the windows in which pages are read, in pixels.
    overlap : int
        Pixels that neighboring windows share.
    """

    def __init__(self, network: Any, window: int, overlap: int) -> None:
        self.network, self.window, self.overlap = network, window, overlap
        shape = (None, window, window, 1)
        self._infer = runtime.compiled(network, (shape, "float32"))
        self.batch = self._affordable_batch()

    @classmethod
    def open(cls, card: ModelCard) -> Binarizer:
        """Build the network a card describes and load its weights.

        Raises
        ------
        BadModel
            If the folder is incomplete, altered, or of the wrong kind.
        """
        if card.task != "binarize":
            raise BadModel(
                f"The model “{card.title}” cannot clean pages.",
                "Choose a model made for cleaning.",
            )
        config = SaeConfig.from_dict(card.architecture)
        window = int(card.input.get("window", config.window))
        overlap = int(card.input.get("overlap", window // 8))
        if window < 1 or window % config.multiple or not 0 <= overlap <= window // 2:
            raise BadModel(
                f"The model “{card.title}” asks for windows it cannot read.",
                "Install the model again from where you got it.",
            )
        network = build_sae(config)
        registry.load_weights(network, card)
        return cls(network, window, overlap)

    def ink_map(
        self,
        gray: npt.NDArray[np.uint8],
        *,
        cancel: CancelToken | None = None,
        report: Report = ignore_progress,
    ) -> Ink:
        """Find the ink of a page.

        Parameters
        ----------
        gray : (H, W) uint8, 0 = black
            The page, at least 1x1.
        cancel : CancelToken, optional
            Looked at before each batch of windows.
        report : Report
            Told after each batch how many windows are done.

        Returns
        -------
        Ink
            The map is 255 times the probability of ink; the cut is at one half.

        Raises
        ------
        BadRequest
            If the page is empty.
        Cancelled
            If `cancel` was raised.
        """
        ink_map = blend_tiles(
            gray,
            self.probabilities,
            size=self.window,
            overlap=self.overlap,
            batch=self.batch,
            cancel=cancel,
            report=report,
        )
        return Ink(ink_map, CUT)

    def probabilities(
        self, windows: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Return (N, S, S) probability of ink for (N, S, S) gray, both 0..1."""
        return np.asarray(self._infer(windows[..., None])[..., 0], np.float32)

    def _affordable_batch(self) -> int:
        """Time one window and return how many fit into `BATCH_SECONDS`."""
        blank = np.ones((1, self.window, self.window), np.float32)
        self.probabilities(blank)  # traces, which is no part of the price
        prices = []
        for _ in range(3):  # the least: other programs only ever make it slower
            started = time.perf_counter()
            self.probabilities(blank)
            prices.append(time.perf_counter() - started)
        return int(np.clip(BATCH_SECONDS / max(min(prices), 1e-4), 1, MOST_WINDOWS))
