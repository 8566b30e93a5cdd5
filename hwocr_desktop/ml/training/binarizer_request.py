"""What a training of the binarizer is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import checked_orientations
from hwocr_desktop.ml.networks.sae import DESIGNS, SaeConfig
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT


@dataclass(frozen=True, slots=True)
class TrainBinarizerRequest:
    """What to train on, what to make, and for how long.

    Attributes
    ----------
    data : Path
        Folder of pairs: ``images/`` and ``gt/``, or several sets of these.
    out : Path
        Folder of the model to write.
    design : str
        A name in `hwocr_desktop.ml.networks.sae.DESIGNS`.
    without : tuple of str
        Sets of `data`, or single pages as ``SET/STEM``, that are left out altogether.
    hold_out : tuple of str
        Sets or pages to measure on, instead of a share of all: a model that goes on
        from another's weights must not be judged by what that one learned from.
    more : tuple of (str, float)
        Sets that are to be seen so many times more often than the others.
    as_scanned : float
        Share of windows to learn from whose pixels are those of the scan, neither
        scaled nor damaged, 0..1.
    base : Path or None
        Folder of a model whose weights to begin from; its design is kept.
    work : Path or None
        Folder for checkpoint and log; None for ``OUT.training`` beside `out`.
    resume : bool
        Whether to go on from the checkpoint in `work`, if there is one.
    steps : int
        Batches to learn from, at most.
    minutes : float
        Time to learn for, at most, over all resumed runs; 0 for no limit. The
        learning rate ends at zero at whichever of both limits comes first.
    batch, window : int
        Windows in a batch, and their side in pixels.
    learning_rate : float
        The highest one.
    is_short : bool
        Whether a few places are to be learned in a few minutes; ADR 21.
    held_out : float
        Share of pages to measure on and not to learn from, 0..1.
    evaluate_every, patience : int
        Steps between measurements, and measurements without gain before stopping.
    orientations : 1, 4 or 8
        In how many ways the model will look at each window; see
        `hwocr_desktop.ml.binarizer.Binarizer`.
    seed : int
        Decides the split, the first weights and every window.
    title, summary, licence, bad_at, trained_on, command : str
        For the model's card.
    """

    data: Path
    out: Path
    design: str = "fast"
    without: tuple[str, ...] = ()
    hold_out: tuple[str, ...] = ()
    more: tuple[tuple[str, float], ...] = ()
    as_scanned: float = 0.0
    base: Path | None = None
    work: Path | None = None
    resume: bool = False
    steps: int = 7000
    minutes: float = 0.0
    batch: int = 16
    window: int = 160
    learning_rate: float = 2e-3
    is_short: bool = False
    held_out: float = 0.12
    evaluate_every: int = 250
    patience: int = 12
    orientations: int = 1
    seed: int = 1
    title: str = ""
    summary: str = ""
    licence: str = ""
    bad_at: str = ""
    trained_on: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises
        ------
        BadRequest
            If one is out of range.
        """
        counts = (self.steps, self.batch, self.evaluate_every, self.patience)
        checked_orientations(self.orientations)
        if any(not 0 < factor < 1000 for _, factor in self.more):
            raise BadRequest(
                "A set cannot be seen that many times more often.",
                "Give a number above 0, such as 5.",
            )
        shares = 0 < self.held_out < 1 and 0 <= self.as_scanned <= 1
        if min(counts) < 1 or self.minutes < 0 or not shares:
            raise BadRequest(
                "The numbers given for the training make no sense.",
                "Give whole numbers from 1 up, and shares between 0 and 1.",
            )

    @property
    def config(self) -> SaeConfig:
        """The design asked for.

        Raises
        ------
        BadRequest
            If there is none of that name, or the window does not suit it.
        BadModel
            If the base cannot be used.
        """
        if self.base is not None:
            config = SaeConfig.from_dict(registry.read_card(self.base).architecture)
        elif self.design in DESIGNS:
            config = DESIGNS[self.design]
        else:
            raise BadRequest(
                f"There is no design called {self.design}.",
                f"Choose one of: {', '.join(DESIGNS)}.",
            )
        if self.window < 1 or self.window % config.multiple:
            raise BadRequest(
                f"This network cannot learn from windows of {self.window} pixels.",
                f"Choose a multiple of {config.multiple} pixels.",
            )
        return config

    @property
    def work_folder(self) -> Path:
        """Where checkpoint and log are kept."""
        return self.work or self.out.with_name(f"{self.out.name}.training")

    @property
    def checkpoint(self) -> Path:
        """The file from which an interrupted run goes on."""
        return self.work_folder / CHECKPOINT
