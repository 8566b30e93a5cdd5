"""Words that several parts of the window use, and questions to the person."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QMessageBox, QWidget

from hwocr_desktop.app.model_choice import CLASSICAL
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.ml.registry import ModelCard

_WHILE_TRAINING = "while training"
_SENSELESS = 1e6  # no figure of a card from elsewhere is so large


def counted(number: int, one: str, many: str, *more: object) -> str:
    """Return a sentence in the singular or in the plural.

    Parameters
    ----------
    number : int
    one, many : str
        Translated; ``{0}`` stands for the number.
    *more : object
        For ``{1}`` and so on.
    """
    return (one if number == 1 else many).format(number, *more)


def wrong_in_100(percent: float) -> str:
    """Say an error rate of characters in plain words."""
    if percent < 0.95:
        return counted(
            max(1, round(percent * 10)),
            QCoreApplication.translate("messages", "about one wrong character in 1000"),
            QCoreApplication.translate(
                "messages", "about {0} wrong characters in 1000"
            ),
        )
    number = f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"
    if number == "1.0":
        return QCoreApplication.translate(
            "messages", "about one wrong character in 100"
        )
    return QCoreApplication.translate(
        "messages", "about {0} wrong characters in 100"
    ).format(number.removesuffix(".0"))


def figures(card: ModelCard) -> list[str]:
    """Return what was measured of a model, a sentence a set, in plain words."""
    measured = [name for name in card.metrics if _WHILE_TRAINING not in name]
    # What was never learned from comes first, what was chosen by comes last.
    names = sorted(measured, key=lambda name: "test" not in name.lower())
    sentences = []
    for name in names or card.metrics:
        values = card.metrics[name]
        table = values if isinstance(values, dict) else {name: values}
        where = "" if table is not values else name.replace("_", " ")
        for key, value in table.items():
            sentence = _figure(str(key), value, where)
            if sentence:
                sentences.append(sentence)
    return sentences


def _figure(key: str, value: object, where: str) -> str:
    """Return one figure as a sentence, or "" for those that say little to people."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if not abs(value) < _SENSELESS:
        return ""
    kind, _, part = key.replace("_", " ").partition(" ")
    if kind.lower() == "cer":
        if part.lower() == "before":
            return ""
        said = wrong_in_100(float(value))
        place = where if part.lower() in ("", "all", "after", "percent") else part
    elif key.replace("-", "_").lower() in ("f_measure", "fmeasure", "f measure"):
        said = QCoreApplication.translate(
            "messages", "{0} of 100 points for finding the ink"
        ).format(f"{float(value):.1f}")
        place = where
    else:
        return ""
    if not place:
        return said
    return QCoreApplication.translate("messages", "{0} on {1}").format(said, place)


def plain_tip(text: str) -> str:
    """Return a text for a tooltip, which shows it as it is.

    Tooltips take for HTML what looks like it; what somebody wrote into the card of a
    model could let them load a picture from anywhere.
    """
    return GuiQt.convertFromPlainText(text) if GuiQt.mightBeRichText(text) else text


def licence_line(card: ModelCard) -> str:
    """Say plainly what a model may be used for."""
    if card.is_research_only:
        return QCoreApplication.translate(
            "messages", "For research only, not for commercial use"
        )
    return QCoreApplication.translate("messages", "Licence: {0}").format(card.licence)


def decoder_name(decoder: Decoder) -> str:
    """Return the name of a way to make text from what the network sees."""
    names = {
        "greedy": QCoreApplication.translate("messages", "Letter by letter (fastest)"),
        "beam": QCoreApplication.translate("messages", "Letter by letter, thorough"),
        "word-beam": QCoreApplication.translate(
            "messages", "With the words of the language (best)"
        ),
    }
    return names[decoder]


def layout_names(cards: Iterable[ModelCard]) -> dict[str, str]:
    """Return what can find lines, by id: models, and ridges of the ink alone."""
    names = {card.id: card.title for card in cards if card.task == "find-lines"}
    ridges = QCoreApplication.translate("messages", "Ridges of the ink alone, no model")
    return names | {CLASSICAL: ridges}


def method_name(method: str) -> str:
    """Return what a threshold method is called."""
    names = {
        "otsu": QCoreApplication.translate("methods", "Otsu (one threshold)"),
        "global": QCoreApplication.translate("methods", "One threshold of your own"),
        "sauvola": QCoreApplication.translate("methods", "Sauvola (local)"),
        "wolf": QCoreApplication.translate("methods", "Wolf (local)"),
        "isauvola": QCoreApplication.translate("methods", "ISauvola (local)"),
        "nick": QCoreApplication.translate("methods", "NICK (local)"),
    }
    return names.get(method, method)


def method_hint(method: str) -> str:
    """Return in a few words what a threshold method is good for."""
    hints = {
        "otsu": QCoreApplication.translate(
            "methods", "One cut for the page, chosen by itself. For even paper."
        ),
        "global": QCoreApplication.translate(
            "methods", "One cut for the page, chosen by you."
        ),
        "sauvola": QCoreApplication.translate(
            "methods", "A cut for each spot. For stains and uneven light."
        ),
        "isauvola": QCoreApplication.translate(
            "methods", "Sauvola where there is contrast. Leaves less of the stains."
        ),
        "wolf": QCoreApplication.translate(
            "methods", "A cut for each spot. For faded ink with little contrast."
        ),
        "nick": QCoreApplication.translate(
            "methods", "A cut for each spot. For light pages with thin strokes."
        ),
    }
    return hints.get(method, "")


def ask(
    parent: QWidget,
    question: str,
    detail: str,
    yes: str,
    on_yes: Callable[[], None],
    *,
    no: str = "",
) -> QMessageBox:
    """Put a question without holding up the program.

    Parameters
    ----------
    parent : QWidget
        Whose window the question stands in front of.
    question, detail : str
        One sentence what is asked, one what follows from a yes.
    yes, no : str
        What the buttons say; ``no`` is "Cancel" where it is empty.
    on_yes : callable
        Called once the person agrees.

    Returns
    -------
    QMessageBox
        Shown already; it goes away by itself.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(QCoreApplication.applicationName())
    box.setText(question)
    box.setInformativeText(detail)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(QMessageBox.StandardButton.Cancel)
    if no:
        refuse.setText(no)
    # The button that loses nothing is the one that Enter presses.
    box.setDefaultButton(refuse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def answered() -> None:
        if box.clickedButton() is agree:
            on_yes()

    box.finished.connect(answered)
    box.open()
    return box
