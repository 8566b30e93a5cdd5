"""The buttons of the training dialog: those of the page that is shown."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from hwocr_desktop.ui.icons import mark_close

Place = Literal["plan", "run", "verdict"]

_Role = QDialogButtonBox.ButtonRole


class TrainingButtons(QDialogButtonBox):
    """Start, go on, begin anew, go back; pause, cancel; keep, discard; close.

    Parameters
    ----------
    parent : QWidget, optional
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = self._add(self.tr("&Start"))
        self.anew = self._add(self.tr("&Begin anew"))
        self.back = self._add("")
        self.pause = self._add(self.tr("&Pause"))
        self.cancel = self._add(self.tr("Cance&l the training"))
        self.keep = self._add(self.tr("&Keep the new model"))
        self.discard = self._add(self.tr("&Discard it"))
        self.close_button = self.addButton(QDialogButtonBox.StandardButton.Close)
        mark_close(self)
        self._place: Place = "plan"
        self._is_begun = False

    def _add(self, text: str) -> QPushButton:
        return self.addButton(text, _Role.ActionRole)

    def show_plan(self, *, is_able: bool, is_begun: bool, back_to: str) -> None:
        """Fit what can be done before a training.

        Parameters
        ----------
        is_able : bool
            Whether one can start.
        is_begun : bool
            Whether there is one to go on with.
        back_to : str
            Title of the model that can be gone back to; "" for none.
        """
        self._is_begun = is_begun
        self.start.setEnabled(is_able)
        self.start.setText(self.tr("&Continue") if is_begun else self.tr("&Start"))
        # A title may hold the mark of a shortcut.
        title = back_to.replace("&", "&&")
        self.back.setText(self.tr("&Go back to “{0}”").format(title))
        self.anew.setVisible(self._place == "plan" and is_begun)
        self.back.setVisible(self._place == "plan" and bool(back_to))

    def show_for(self, place: Place, *, is_better: bool) -> None:
        """Show the buttons of a page, the likeliest as the default.

        Parameters
        ----------
        place : "plan", "run" or "verdict"
        is_better : bool
            Of the verdict: whether to recommend keeping.
        """
        self._place = place
        for button, where in (
            (self.start, "plan"),
            (self.pause, "run"),
            (self.cancel, "run"),
            (self.keep, "verdict"),
            (self.discard, "verdict"),
        ):
            button.setVisible(place == where)
        self.anew.setVisible(place == "plan" and self._is_begun)
        if place != "plan":
            self.back.hide()
        for button in (self.pause, self.cancel, self.keep, self.discard):
            button.setEnabled(True)
        hides = place != "plan"
        self.close_button.setText(self.tr("&Hide") if hides else self.tr("&Close"))
        if place == "plan":
            default = self.start
        elif place == "run":
            default = self.close_button
        else:
            default = self.keep if is_better else self.discard
        default.setDefault(True)

    def set_stopping(self) -> None:
        """Let nobody stop what is being stopped."""
        for button in (self.cancel, self.pause):
            button.setEnabled(False)

    def set_deciding(self) -> None:
        """Let nobody decide twice."""
        for button in (self.keep, self.discard):
            button.setEnabled(False)
