"""A binarizing network in use: gray page in, ink map out."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadModel, BadRequest
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.pixels.tiles import Order, blend_tiles
from hwocr_desktop.core.pixels.writing_contrast import writing_contrast
from hwocr_desktop.core.pixels.writing_size import enlargement
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.networks.sae import SaeConfig, build_sae
from hwocr_desktop.ml.registry import ModelCard

CUT = 128
"""The network is trained so that ink is what it holds more likely than not."""

BATCH_SECONDS = 0.1
"""What a batch may take: nothing interrupts one, and cancelling is felt at once."""

MOST_PIXELS = 32 * 256 * 256
"""In a batch, however fast the machine: a network needs a few hundred bytes for each,
so that this is some hundred megabytes."""

ORIENTATIONS = (1, 4, 8)
"""In how many ways each window can be looked at: as it is, also mirrored along both
axes, also turned on its side."""


def checked_orientations(orientations: int) -> int:
    """Return a number of orientations if it is a possible one.

    Raises
    ------
    BadRequest
        If it is not.
    """
    if orientations not in ORIENTATIONS:
        raise BadRequest(
            f"A page cannot be looked at in {orientations} ways.",
            "Choose 1, 4 or 8 orientations.",
        )
    return orientations


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
    orientations : 1, 4 or 8
        In how many ways each window is looked at; what the network says is averaged,
        which costs as many times the time and mends what it saw in one way only.

    Raises
    ------
    BadRequest
        If `orientations` is another number.
    """

    def __init__(
        self, network: Any, window: int, overlap: int, orientations: int = 1
    ) -> None:
        self.network, self.window, self.overlap = network, window, overlap
        self.orientations = checked_orientations(orientations)
        self._wants_writing = len(network.inputs) > 1
        inputs = [((None, window, window, 1), "float32"), ((None, 1), "float32")]
        self._infer = runtime.compiled(network, *inputs[: len(network.inputs)])
        self.batch = self._affordable_batch()

    @classmethod
    def open(cls, card: ModelCard, orientations: int = 0) -> Binarizer:
        """Build the network a card describes and load its weights.

        Parameters
        ----------
        card : ModelCard
        orientations : int
            See `Binarizer`; 0 for what the card says.

        Raises
        ------
        BadModel
            If the folder is incomplete, altered, or of the wrong kind.
        BadRequest
            If `orientations` is impossible.
        """
        registry.expect_task(card, "binarize")
        config = registry.build(card, lambda: SaeConfig.from_dict(card.architecture))
        window = int(card.input.get("window", config.window))
        overlap = int(card.input.get("overlap", window // 8))
        if window < 1 or window % config.multiple or not 0 <= overlap <= window // 2:
            raise BadModel(
                f"The model “{card.title}” asks for windows it cannot read.",
                "Install the model again from where you got it.",
            )
        network = registry.build(card, lambda: build_sae(config))
        registry.load_weights(network, card)
        orientations = orientations or int(card.input.get("orientations", 1))
        return cls(network, window, overlap, orientations)

    def ink_map(
        self,
        gray: npt.NDArray[np.uint8],
        *,
        whole: npt.NDArray[np.uint8] | None = None,
        orientations: int = 0,
        order: Order | None = None,
        cancel: CancelToken | None = None,
        report: Report = ignore_progress,
    ) -> Ink:
        """Find the ink of a page.

        Parameters
        ----------
        gray : (H, W) uint8, 0 = black
            The page, at least 1x1.
        whole : (H', W') uint8, optional
            The page of which `gray` is only a part; how small its writing is decides
            how large windows are, and some networks are told how strong it is.
        orientations : int
            See `Binarizer`; 0 for its own.
        order : callable, optional
            In which order windows are read, see `blend_tiles`.
        cancel : CancelToken, optional
            Looked at before each batch of windows.
        report : Report
            Told after each batch how many windows are done, and with an `order` which
            parts of the page are.

        Returns
        -------
        Ink
            The map is 255 times the probability of ink; the cut is at one half.

        Raises
        ------
        BadRequest
            If the page is empty, or `orientations` is impossible.
        Cancelled
            If `cancel` was raised.
        """
        ways = checked_orientations(orientations or self.orientations)
        page = gray if whole is None else whole
        contrast = writing_contrast(page)
        times = enlargement(page, contrast)

        def predict(windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            seen = _resized(windows, self.window)
            ink = self.probabilities(seen, contrast / 255, ways, cancel)
            return _resized(ink, windows.shape[1])

        ink_map = blend_tiles(
            gray,
            predict,
            size=self.window // times,
            overlap=self.overlap // times,
            batch=max(1, self.batch * self.orientations // ways),
            order=order,
            cancel=cancel,
            report=report,
        )
        return Ink(ink_map, CUT)

    def probabilities(
        self,
        windows: npt.NDArray[np.float32],
        writing: float = 0.0,
        orientations: int = 0,
        cancel: CancelToken | None = None,
    ) -> npt.NDArray[np.float32]:
        """Return the probability of ink in windows of one page.

        Parameters
        ----------
        windows : (N, S, S) float32
            Gray, 0..1.
        writing : float
            The page's `writing_contrast`, 0..1, for networks that want it.
        orientations : int
            See `Binarizer`; 0 for its own.
        cancel : CancelToken, optional
            Looked at before each orientation but the first.

        Returns
        -------
        (N, S, S) float32

        Raises
        ------
        Cancelled
            If `cancel` was raised.
        """
        ways = orientations or self.orientations
        if ways == 1:
            return self._as_is(windows, writing)
        total = np.zeros_like(windows)
        for number in range(ways):
            if cancel is not None and number:
                cancel.check()
            ink = self._as_is(_turned(windows, number), writing)
            total += _turned(ink, number, back=True)
        total /= ways
        return total

    def _as_is(
        self, windows: npt.NDArray[np.float32], writing: float
    ) -> npt.NDArray[np.float32]:
        inputs = [np.ascontiguousarray(windows)[..., None]]
        if self._wants_writing:
            inputs.append(np.full((len(windows), 1), writing, np.float32))
        return np.asarray(self._infer(*inputs)[..., 0], np.float32)

    def _affordable_batch(self) -> int:
        """Return how many windows fit into `BATCH_SECONDS` and into the memory."""
        blank = np.ones((1, self.window, self.window), np.float32)
        self.probabilities(blank)  # traces, which is no part of the price
        prices = []
        for _ in range(3):  # the least: other programs only ever make it slower
            started = time.perf_counter()
            self.probabilities(blank)
            prices.append(time.perf_counter() - started)
        affordable = BATCH_SECONDS / max(min(prices), 1e-4)
        return int(np.clip(affordable, 1, max(1, MOST_PIXELS // self.window**2)))


def _resized(windows: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """Return (N, S, S) windows with another side, values still 0..1."""
    if windows.shape[1] == side:
        return windows
    how = cv2.INTER_CUBIC if windows.shape[1] < side else cv2.INTER_AREA
    resized = np.stack(
        [cv2.resize(w, (side, side), interpolation=how) for w in windows]
    )
    return np.asarray(resized.clip(0, 1), np.float32)


def _turned(
    windows: npt.NDArray[np.float32], number: int, *, back: bool = False
) -> npt.NDArray[np.float32]:
    """Return (N, S, S) windows in one of eight orientations, or back from it.

    Numbers below 4 are mirrored along no axis, one, the other, or both; those from 4
    on are turned over the diagonal besides.
    """
    if back and number >= 4:
        windows = windows.transpose(0, 2, 1)
    if number & 1:
        windows = windows[:, :, ::-1]
    if number & 2:
        windows = windows[:, ::-1]
    if not back and number >= 4:
        windows = windows.transpose(0, 2, 1)
    return windows
