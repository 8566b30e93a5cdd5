"""Learning in the background, whenever a person has checked some more lines."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app import learned_along, learning
from hwocr_desktop.app.general_lines import usual_folder
from hwocr_desktop.app.learning import MIN_LINES, LearnRequest, LearnResult
from hwocr_desktop.app.learning_lines import choose_lines
from hwocr_desktop.app.requests import Notice, ProjectChange
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.taught_lines import taught_lines
from hwocr_desktop.core.errors import (
    HwocrError,
    OutOfMemory,
    OutputNotWritable,
    ProjectInUse,
)
from hwocr_desktop.core.settings import LEARN_EVERY, Settings
from hwocr_desktop.ml import registry
from hwocr_desktop.ui.sentences import in_our_language
from hwocr_desktop.ui.teaching_run import TeachingRun

if TYPE_CHECKING:
    from pathlib import Path

    from hwocr_desktop.ml.training.checkpoint import NotKept
    from hwocr_desktop.ui.training_dialog import TrainingDialog

log = logging.getLogger(__name__)

MINUTES = 3.0
"""Of learning each time: a few dozen lines need no more."""

MARGIN = 0.9
"""Share of the errors that a model may leave at most to be offered."""

PAUSE_MS = 3_000
"""After the last change before the lines are counted."""

RETRY_MS = 300_000
"""Before it is tried again where something was in the way: another training, or a full
disk. Nobody is told, for nobody asked for it."""


_PASSING = (ProjectInUse, OutputNotWritable, OutOfMemory)
"""What may be over the next time."""


class LearningAlong(QObject):
    """Teaches copies of the model while a person works, and offers the better ones.

    Parameters
    ----------
    session : Session
    model : callable
        Gives the id of the model that reads now; "" for none.
    dialog : callable
        Gives the training dialog, where a person decides.
    parent : QObject, optional

    Signals
    -------
    noticed : Notice
        A clearly better model waits in the dialog; or, once at most, what is learned
        cannot be saved.
    """

    noticed = Signal(object)

    def __init__(
        self,
        session: Session,
        model: Callable[[], str],
        dialog: Callable[[], TrainingDialog],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._model, self._dialog = session, model, dialog
        self._is_on = False
        # Lines that were checked when the model was last taught, or the project was
        # first opened; -1 if that was not looked up.
        self._known = -1
        self._learning: tuple[Path, int] | None = None
        self._has_told = False  # that it cannot be saved
        self.run = TeachingRun(session, self)
        self.run.not_kept.connect(self._on_not_kept)
        self.run.learned.connect(self._on_learned)
        self.run.failed.connect(self._on_failed)
        self.run.undecided.connect(self._on_failed)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self.look)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(RETRY_MS)
        self._again.timeout.connect(self.look)
        session.project_changed.connect(self._on_project_changed)

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Follow the person's choice; what is being learned goes on another time."""
        self._is_on = settings.learn_along
        if self._is_on:
            self._later.start()
        else:
            self.stop()

    def rest(self) -> None:
        """Stop, and begin nothing until the settings are applied again."""
        self._is_on = False
        self._later.stop()
        self._again.stop()
        self.stop()

    @Slot()
    def stop(self) -> None:
        """Stop; what was learned so far is kept."""
        self.run.stop(is_pause=True)

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        if change.is_other:
            self.stop()
            self._again.stop()
            self._known = -1
        if self._is_on:
            self._later.start()

    @Slot()
    def look(self) -> None:
        """Begin to learn if there is enough that is new, and pages to measure it on."""
        folder, model = self._session.folder, self._model()
        if not self._is_on or folder is None or not model:
            return
        checked = len(learning.checked_lines(self._session.project))
        if self._known < 0:
            self._known = learned_along.known_lines(folder)
        if self._known < 0:
            self._known = checked
            learned_along.remember(folder, checked)
        # Lines that are gone were learned from, but their places are free for new ones.
        self._known = min(self._known, checked)
        if checked < max(MIN_LINES, self._known + LEARN_EVERY) or self.run.is_running:
            return
        dialog = self._dialog()
        if dialog.is_running or dialog.has_undecided_model or self._again.isActive():
            return
        if not self._is_measurable(model):
            return  # it is once there are lines on other pages
        self._known, self._learning = checked, (folder, checked)
        log.info("learning from %d checked lines", checked)
        self.run.start(
            LearnRequest(
                self._session.project,
                folder,
                (),
                model,
                MINUTES,
                general=usual_folder(),
            ),
            is_asked_for=False,
        )

    def _is_measurable(self, model: str) -> bool:
        """Whether enough lines of pages that it does not learn from can be held out."""
        try:
            taught = taught_lines(registry.card(model))
        except HwocrError as error:  # removed, or damaged
            log.warning("not learning along: %s", error)
            return False
        return choose_lines(self._session.project, (), taught).is_strict

    @Slot(object)
    def _on_not_kept(self, why: NotKept) -> None:
        """Say once that the disk is full or the like: else it learns for nothing."""
        if self._has_told:
            return
        self._has_told = True
        text = self.tr("What is learned while you work cannot be saved for now. {0}")
        self.noticed.emit(
            Notice(
                text.format(in_our_language(why.reason)),
                self.tr(
                    "Learning goes on. If it is interrupted, as by closing the "
                    "program, what was not saved has to be learned again."
                ),
            )
        )

    @Slot(object)
    def _on_learned(self, result: LearnResult) -> None:
        self._note()
        dialog = self._dialog()
        is_offered = (
            result.is_better
            and result.split == "page"
            and result.after.percent <= MARGIN * result.before.percent
            and not (dialog.is_running or dialog.has_undecided_model)
        )
        before, after = result.before.percent, result.after.percent
        log.info("learned along: from %.1f to %.1f, %s", before, after, is_offered)
        if not is_offered:
            self.run.discard(result)
            return
        dialog.take_result(result)
        self.noticed.emit(
            Notice(
                self.tr(
                    "This hand: from {0} to {1} wrong characters in 100, measured on "
                    "{2} lines that you checked, on pages that it has not learned from."
                ).format(f"{before:.0f}", f"{after:.0f}", len(result.comparisons)),
                self.tr("A new model waits for you to keep or discard it."),
                "information",
                "show-training",
            )
        )

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self._learning is not None and isinstance(error, _PASSING):
            # Nothing was learned: the lines are still new.
            self._learning, self._known = None, -1
            self._again.start()
        self._note()
        # Nobody asked for it, so nobody is told; the dialog tells who asks.
        log.warning("learning along failed: %s", error)

    def _note(self) -> None:
        """Keep how far learning has come; what was stopped is not kept, so goes on."""
        if self._learning is not None:
            learned_along.remember(*self._learning)
            self._learning = None
