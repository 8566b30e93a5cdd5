"""Which model is taken where nobody named one. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.settings import Settings, load_settings
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import Task

log = logging.getLogger(__name__)


def choose_line_model(wanted: str = "") -> str:
    """Return the id of a line model.

    Parameters
    ----------
    wanted : str
        A model that was named, or "": then that of the settings if it is installed,
        else the first that came with the program, else the first there is.

    Raises
    ------
    BadModel
        If none is installed. Whether a wanted one is shows when it is opened.
    """
    if wanted:
        return wanted
    installed = _installed("recognize-lines")
    chosen = load_settings().line_model
    if chosen in installed:
        return chosen
    if not installed:
        raise BadModel(
            "No model that reads lines is installed.",
            "Install the program again, or train a model with “hwocr train lines”.",
        )
    return installed[0]


def is_for_words(model: str) -> bool:
    """Return whether a model reads single words, by its id or that of its folder."""
    return Path(model).name.startswith("words")


def choose_word_model(wanted: str = "") -> str:
    """Return the id of a model that reads single words.

    Parameters
    ----------
    wanted : str
        A model that was named, or "": then the first whose id begins with "words",
        else one that reads lines, see `choose_line_model`.
    """
    installed = _installed("recognize-lines")
    of_words = [name for name in installed if is_for_words(name)]
    return wanted or next(iter(of_words), "") or choose_line_model()


def choose_cleaning(
    wanted: str = "",
    *,
    prefer_network: bool = False,
    methods: Sequence[str] = METHODS,
) -> str:
    """Return how pages become ink: the name of a threshold or the id of a model.

    Parameters
    ----------
    wanted : str
        What was named, or "": then what the settings say, if it is installed.
    prefer_network : bool
        Whether a model is wanted rather than a threshold: then, where the settings say
        a threshold, the usual model, or any that is installed.
    methods : sequence of str
        The names that mean a method rather than a model.

    Raises
    ------
    BadModel
        If what was named is neither. Whether a model is usable shows when it is opened.
    """
    if wanted:
        if wanted not in methods:
            _check_is_there(wanted)
        return wanted
    installed = _installed("binarize")
    chosen = load_settings().cleaning
    if prefer_network and installed:
        at_best = (chosen, Settings().cleaning, installed[0])
        return next(name for name in at_best if name in installed)
    return chosen if chosen in (*METHODS, *installed) else usual_cleaning()


def usual_cleaning() -> str:
    """Return how pages become ink where nobody has chosen: by the quick model.

    Lines are found in that ink. On pages in pale ink thresholds lose half of them.
    Where the model is missing it is a threshold.
    """
    usual = Settings().cleaning
    return usual if usual in _installed("binarize") else Cleaning().method


CLASSICAL = "classical"
"""Finding lines by ridges of the ink alone, without a network."""


def choose_layout(wanted: str = "") -> str:
    """Return what finds lines: the id of a model, or `CLASSICAL`.

    Parameters
    ----------
    wanted : str
        What was named, or "": then that of the settings if it is installed, else the
        model that came with the program, if any.

    Raises
    ------
    BadModel
        If no such model is installed.
    """
    if not wanted:
        return layout_or_usual("")
    if wanted != CLASSICAL:
        registry.card(wanted, "find-lines", besides=(CLASSICAL,))
    return wanted


def layout_or_usual(wanted: str) -> str:
    """Return what was chosen to find lines if it is usable, else what usually does.

    See `usable_layout`.
    """
    return usable_layout(wanted)[0]


def usable_layout(wanted: str) -> tuple[str, str]:
    """Return what finds lines, and what is passed over because it is damaged, or "".

    Parameters
    ----------
    wanted : str
        Id of a model, or `CLASSICAL`; "" for nothing chosen.

    Returns
    -------
    taken : str
        Something else than what was chosen only where that is not installed, or its
        weights are damaged.
    damaged : str
        What would have been taken, were it whole.
    """
    cards = {card.id: card for card in _cards("find-lines")}
    names = [
        name
        for name in (wanted, load_settings().layout_model, *cards, CLASSICAL)
        if name in (CLASSICAL, *cards)
    ]
    taken = next(n for n in names if n == CLASSICAL or _is_whole(cards[n]))
    return taken, "" if taken == names[0] else names[0]


def _is_whole(card: registry.ModelCard) -> bool:
    """Whether a model has the weights that it should have."""
    try:
        registry.check_weights(card)
    except BadModel as error:
        log.warning("%s", error)
        return False
    return True


def layout_models() -> list[str]:
    """Return the ids of the models that find lines, the program's own first."""
    return _installed("find-lines")


def _check_is_there(wanted: str) -> None:
    """See that there is a model of that name, usable or not."""
    good, broken = registry.find_models()
    known = {card.id for card in good} | {bad.folder.name for bad in broken}
    is_folder = (Path(wanted) / registry.CARD_NAME).is_file()
    if wanted in known or (is_folder and Path(wanted).name != wanted):
        return
    raise BadModel(
        f"There is no threshold and no model named “{wanted}”.",
        f"Choose a threshold ({', '.join(METHODS)}) or an installed model "
        f"({', '.join(_installed('binarize')) or 'there is none'}).",
    )


def _installed(task: Task) -> list[str]:
    """Return the ids of a task's models, see `_cards`."""
    return [card.id for card in _cards(task)]


def _cards(task: Task) -> list[registry.ModelCard]:
    """Return the cards of a task's models, those that came with the program first.

    A model that somebody taught one hand, or copied in, is for whoever names it.
    """
    ours = paths.bundled_models().resolve()
    cards = [card for card in registry.find_models()[0] if card.task == task]
    return sorted(cards, key=lambda card: card.folder.resolve().parent != ours)
