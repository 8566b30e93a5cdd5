"""Models as files: one is saved to pass it on, one from elsewhere is added."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from hwocr_desktop.app import projects
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.ml.model_archive import SUFFIX
from hwocr_desktop.ml.model_file import AddedModel, export_model, import_model
from hwocr_desktop.ml.registry import ModelCard, find_models
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.messages import licence_line
from hwocr_desktop.ui.preferences import Preferences


class ModelFiles(QObject):
    """Asks for files of models and writes or adds them in the background.

    Parameters
    ----------
    runner : JobRunner
    preferences : Preferences
        Remembers the folder.
    window : QWidget
        In front of which dialogs stand.

    Signals
    -------
    noticed : Notice
    added : ModelCard
    """

    noticed = Signal(object)
    added = Signal(object)

    def __init__(
        self, runner: JobRunner, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._runner, self._preferences, self._window = runner, preferences, window

    def choose_and_save(self, current: ModelCard | None) -> None:
        """Ask which model, and where, and write it into a file.

        Parameters
        ----------
        current : ModelCard or None
            The one that is proposed.
        """
        cards = {f"{card.title} ({card.id})": card for card in find_models()[0]}
        if not cards:
            self.noticed.emit(Notice(self.tr("There is no model to save.")))
            return
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Save a model to a file"))
        dialog.setLabelText(self.tr("Which model?"))
        dialog.setComboBoxItems(list(cards))
        dialog.setComboBoxEditable(False)
        dialog.setOkButtonText(self.tr("Continue…"))
        names = [name for name, card in cards.items() if card == current]
        if names:
            dialog.setTextValue(names[0])
        dialog.textValueSelected.connect(lambda name: self.save(cards[name]))
        dialog.open()

    @Slot(object)
    def save(self, card: ModelCard) -> None:
        """Ask where, and write a model into a file."""
        file_choice.choose_new_file(
            self._window,
            self.tr("Save “{0}” to a file").format(card.title),
            (self._last_folder() or Path.home()) / f"{card.id}{SUFFIX}",
            self.tr("Models"),
            partial(self._write, card),
        )

    def _write(self, card: ModelCard, path: Path) -> None:
        self._preferences.update(last_folder=str(path.parent))
        job = self._runner.submit(self.tr("Saving a model"), _export, card, path)
        job.succeeded.connect(partial(self._on_written, card, path))
        job.failed.connect(self._on_failed)

    def _on_written(self, card: ModelCard, path: Path, _: object) -> None:
        self.noticed.emit(
            Notice(
                self.tr("The model “{0}” was written to “{1}”.").format(
                    card.title, path.name
                ),
                # Whoever passes it on should know.
                licence_line(card),
            )
        )

    @Slot()
    def choose_and_add(self) -> None:
        """Ask for a file and add its model."""
        file_choice.choose_file(
            self._window,
            self.tr("Add a model from a file"),
            self._last_folder(),
            self.tr("Models") + f" (*{SUFFIX})",
            self.add,
        )

    def add(self, path: Path) -> None:
        """Add the model of a file."""
        self._preferences.update(last_folder=str(path.parent))
        job = self._runner.submit(self.tr("Adding a model"), import_model, path)
        job.succeeded.connect(self._on_added)
        job.failed.connect(self._on_failed)

    @Slot(object)
    def _on_added(self, done: AddedModel) -> None:
        card = done.card
        text = self.tr("The model “{0}” was added.").format(card.title)
        if card.id != done.named:
            text = self.tr(
                "The model “{0}” was added as “{1}”: another one is called “{2}”."
            ).format(card.title, card.id, done.named)
        where = {
            "recognize-lines": self.tr("Choose it in the toolbar, under “Read with”."),
            "binarize": self.tr("Choose it below the page, where pages are cleaned."),
        }.get(card.task, "")
        self.noticed.emit(Notice(text, " ".join(filter(None, (where, _stop(card))))))
        self.added.emit(card)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))

    def _last_folder(self) -> Path | None:
        last = self._preferences.settings.last_folder
        return Path(last) if last else None


def _export(
    card: ModelCard, path: Path, *, cancel: CancelToken, report: Report
) -> None:
    """Write a model into a file, as a job."""
    export_model(card, path)


def _stop(card: ModelCard) -> str:
    """Return the terms of a model as a sentence."""
    return licence_line(card).rstrip(".") + "."
