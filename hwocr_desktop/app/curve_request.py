"""What a learning curve is asked to be. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.thresholding import METHODS


@dataclass(frozen=True, slots=True)
class CurveRequest:
    """What to learn from, what to measure on, and for how long.

    Attributes
    ----------
    data, test : Path
        Folders of pairs to learn from and to measure on.
    out : Path
        Folder for the figures, the picture and the networks.
    counts : tuple of int
        Numbers of pages to learn from; none for 1, 2, 4 ... and all.
    methods : tuple of str
        Thresholds (or models) to compare with.
    steps, batch, window : int
        Batches to learn from, windows in a batch, and their side in pixels.
    design : str
        Shape of the network, see `TrainBinarizerRequest`.
    learning_rate : float
        The highest one.
    seed : int
        Decides which pages come first, the first weights and every window.
    repeats : int
        How often each number is tried, with other pages and weights each time.
    """

    data: Path
    test: Path
    out: Path
    counts: tuple[int, ...] = ()
    methods: tuple[str, ...] = METHODS
    steps: int = 1200
    batch: int = 8
    window: int = 128
    design: str = "fast"
    learning_rate: float = 2e-3
    seed: int = 1
    repeats: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises
        ------
        BadRequest
            If one is out of range.
        """
        least = min((self.steps, self.batch, self.repeats, *self.counts))
        if least < 1 or self.seed < 0 or not self.learning_rate > 0:
            raise BadRequest(
                "The numbers given for the learning curve make no sense.",
                "Give whole numbers from 1 up.",
            )
