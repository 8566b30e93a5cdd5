"""The dialogs that the menus open, each made when it is needed and kept or dropped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.runtime import DeviceReport
from hwocr_desktop.ui.actions import ActionTable
from hwocr_desktop.ui.device_dialog import DeviceDialog, open_log_folder
from hwocr_desktop.ui.model_files import ModelFiles
from hwocr_desktop.ui.model_picker import ModelPicker
from hwocr_desktop.ui.preferences import Preferences
from hwocr_desktop.ui.settings_dialog import SettingsDialog
from hwocr_desktop.ui.shortcuts_dialog import ShortcutsDialog
from hwocr_desktop.ui.word_list_dialog import WordListDialog

if TYPE_CHECKING:
    from hwocr_desktop.ui.comparison_dialog import ComparisonDialog
    from hwocr_desktop.ui.learning_along import LearningAlong
    from hwocr_desktop.ui.page_views import PageViews
    from hwocr_desktop.ui.training_dialog import TrainingDialog


class Dialogs(QObject):
    """Opens dialogs; none holds up the program.

    Parameters
    ----------
    session : Session
    preferences : Preferences
    picker : ModelPicker
        Its widget's window is the parent of all dialogs.

    Signals
    -------
    noticed : Notice
    model_kept : ModelCard
        There is one more model.
    """

    noticed = Signal(object)
    model_kept = Signal(object)

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        picker: ModelPicker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._preferences = session, preferences
        self._picker = picker
        self._report: DeviceReport | None = None
        self._device: DeviceDialog | None = None
        self._settings: SettingsDialog | None = None
        self._training: TrainingDialog | None = None
        self._comparison: ComparisonDialog | None = None
        self.models = ModelFiles(session.files, preferences, picker.window())
        self.models.noticed.connect(self.noticed)
        self._along: LearningAlong | None = None
        preferences.changed.connect(self._follow_settings)
        self._follow_settings(preferences.settings)
        self.models.added.connect(self._on_added)
        picker.save_asked.connect(self.models.save)

    @property
    def training(self) -> TrainingDialog | None:
        """The training dialog, once it has been opened."""
        return self._training

    @property
    def comparison(self) -> ComparisonDialog | None:
        """The comparison of methods, while it is open."""
        return self._comparison

    @property
    def has_undecided_model(self) -> bool:
        """Whether a trained model waits to be kept or discarded."""
        return self._training is not None and self._training.has_undecided_model

    @Slot(object)
    def take_report(self, report: DeviceReport) -> None:
        """Learn what the networks run on."""
        self._report = report
        if self._device is not None:
            self._device.show_report(report)

    @Slot()
    def show_settings(self) -> None:
        """Open the settings."""
        self._settings = SettingsDialog(self._preferences.settings, self._window())
        self._settings.accepted.connect(self._take_settings)
        self._show(self._settings)

    @Slot()
    def _take_settings(self) -> None:
        if self._settings is not None:
            chosen, self._settings = self._settings.settings, None
            self._preferences.replace(chosen)

    @Slot(object)
    def import_training(self, _: object = None) -> None:
        """Import the training dialog before it is asked for, once the rest is there.

        Of widgets only, and so here: it takes a hundredth of a second.
        """
        import hwocr_desktop.ui.training_dialog  # noqa: F401

    @Slot()
    def show_training(self) -> None:
        """Open the training, or bring it to the front."""
        training = self._training_dialog()
        if not training.is_running:
            training.set_card(self._picker.card)
        training.show()
        training.raise_()
        training.activateWindow()

    def _training_dialog(self) -> TrainingDialog:
        """Return the training dialog, made when it is first needed."""
        # Only here: what it needs would keep the window from being there at once.
        from hwocr_desktop.ui.training_dialog import TrainingDialog

        if self._training is None:
            self._training = TrainingDialog(self._session, self._window())
            self._training.noticed.connect(self.noticed)
            self._training.kept.connect(self._on_kept)
            if self._along is not None:
                self._training.starting.connect(self._along.stop)
        return self._training

    @Slot(object)
    def _follow_settings(self, settings: Settings) -> None:
        """Learn along if the person wishes; what that needs is imported only then."""
        if settings.learn_along and self._along is None:
            from hwocr_desktop.ui.learning_along import LearningAlong

            self._along = LearningAlong(
                self._session, self._model_id, self._training_dialog, self
            )
            self._along.noticed.connect(self.noticed)
            if self._training is not None:
                self._training.starting.connect(self._along.stop)
        if self._along is not None:
            self._along.apply_settings(settings)

    def _model_id(self) -> str:
        return self._picker.card.id if self._picker.card is not None else ""

    @Slot(object)
    def _on_kept(self, card: ModelCard) -> None:
        self._picker.refresh()
        if card.task == "recognize-lines":
            self._picker.choose(card.id)
        self.model_kept.emit(card)

    @Slot()
    def save_model(self) -> None:
        """Ask which model to save to a file, and where."""
        self.models.choose_and_save(self._picker.card)

    @Slot(object)
    def _on_added(self, card: ModelCard) -> None:
        self._picker.refresh()
        self.model_kept.emit(card)

    @Slot()
    def show_word_list(self) -> None:
        """Open the choice of a list of words to read with."""
        if self._session.folder is not None:
            last = self._preferences.settings.last_folder
            start = Path(last) if last else None
            self._show(WordListDialog(self._session, start, self._window()))

    def show_comparison(self, views: PageViews) -> None:
        """Open the comparison of methods beside the page, or bring it to the front."""
        from hwocr_desktop.ui.comparison_dialog import ComparisonDialog

        if self._comparison is None:
            session = self._session
            made = ComparisonDialog(
                session, views, session.batch, session.networks, parent=self._window()
            )
            made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            made.destroyed.connect(self._forget_comparison)
            self._comparison = made
        self._comparison.show()
        self._comparison.raise_()
        self._comparison.activateWindow()

    @Slot()
    def rest(self) -> None:
        """Close what would begin work, and begin none in the background."""
        if self._comparison is not None:
            self._comparison.close()
        if self._training is not None:
            self._training.close()
        if self._along is not None:
            self._along.rest()

    @Slot()
    def go_on(self) -> None:
        """Work in the background again, if the person wishes it."""
        if self._along is not None:
            self._along.apply_settings(self._preferences.settings)

    @Slot()
    def _forget_comparison(self) -> None:
        self._comparison = None

    @Slot()
    def show_shortcuts(self) -> None:
        """Open the page of shortcuts."""
        self._show(ShortcutsDialog(ActionTable(self), self._window()))

    @Slot()
    def show_device(self) -> None:
        """Open the page about program and device."""
        self._device = DeviceDialog(self._report, self._window())
        self._device.destroyed.connect(self._forget_device)
        self._show(self._device)

    @Slot()
    def _forget_device(self) -> None:
        self._device = None

    @Slot()
    def open_logs(self) -> None:
        """Show the folder of the log files in the system's file program."""
        open_log_folder()

    @Slot(str)
    def act(self, action: str) -> None:
        """Do what the button of a notice says."""
        if action == "show-training":
            self.show_training()
        elif action == "open-logs":
            self.open_logs()

    def _window(self) -> QWidget:
        return self._picker.window()

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
