"""The window: puts the parts together and connects them; does nothing itself."""

from __future__ import annotations

import logging

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.cleaning_bar import CleaningBar
from hwocr_desktop.ui.closing import Closing
from hwocr_desktop.ui.dialogs import Dialogs
from hwocr_desktop.ui.dock_buttons import DockButtons
from hwocr_desktop.ui.drops import (
    dropped_paths,
    leave_drops_to_the_window,
    sort_paths,
)
from hwocr_desktop.ui.icons import icon, name_of, program_icon
from hwocr_desktop.ui.job_bar import JobBar
from hwocr_desktop.ui.kept_label import KeptLabel
from hwocr_desktop.ui.layout_menu import LayoutMenu
from hwocr_desktop.ui.menus import Actions, conditions
from hwocr_desktop.ui.model_picker import ModelPicker
from hwocr_desktop.ui.notice_bar import NoticeBar
from hwocr_desktop.ui.page_commands import PageCommands
from hwocr_desktop.ui.page_list import PageList
from hwocr_desktop.ui.page_views import PageViews
from hwocr_desktop.ui.preferences import Preferences
from hwocr_desktop.ui.project_commands import ProjectCommands
from hwocr_desktop.ui.recovery import Recovery
from hwocr_desktop.ui.theme import Theme
from hwocr_desktop.ui.transcription import Transcription
from hwocr_desktop.ui.window_state import (
    DockWidths,
    hold_height,
    restore_window,
    was_dragged,
    window_state,
    window_title,
)
from hwocr_desktop.ui.window_watch import WindowWatch
from hwocr_desktop.ui.wiring import OFF_AT_FIRST, show_tools, slots, switches
from hwocr_desktop.ui.work_area import WorkArea

log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """The one window of the program.

    Parameters
    ----------
    session : Session
        Closed by the window when it closes.
    theme : Theme, optional
        None leaves the look of the program alone.

    Signals
    -------
    painted
        The window was painted for the first time.
    closed : bool
        Everything is saved and ended; False if some work did not stop in time.
    """

    painted = Signal()
    closed = Signal(bool)

    def __init__(self, session: Session, theme: Theme | None = None) -> None:
        super().__init__()
        self.session, self._theme = session, theme
        self._may_close = False
        self._watch = WindowWatch(self)
        self._watch.painted.connect(self.painted)
        self.documents = JobRunner("documents")
        self.preferences = Preferences(session.files, self)
        self.window_actions = Actions(self)
        self._make_parts()
        self._make_docks()
        self._make_center()
        self.window_actions.fill(self.menuBar())
        tools = {"model": self.picker}
        self.addToolBar(self.window_actions.toolbar(self.tr("Tools"), tools))
        self.statusBar().addWidget(self.jobs, 1)
        self.statusBar().addPermanentWidget(self.kept)
        hold_height(self.statusBar(), self.jobs)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(0)
        self._refresh.timeout.connect(self._on_refresh)
        self._connect_actions()
        self._connect_parts()
        self.setWindowIcon(program_icon())
        self.setAcceptDrops(True)
        leave_drops_to_the_window(self)
        state = self.preferences.settings.window_state
        self._is_placed = restore_window(self, state)
        self._widths.is_dragged = was_dragged(state)
        self._apply_settings(self.preferences.settings)
        self.window_actions.paint(self.palette())
        self._on_refresh()

    # ----- parts --------------------------------------------------------------

    def _make_parts(self) -> None:
        session, preferences = self.session, self.preferences
        self.notices = NoticeBar(self)
        self.jobs = JobBar(session, self)
        self.jobs.add_runner(self.documents)
        self.kept = KeptLabel(session, self)
        self.picker = ModelPicker(session, self)
        self.page_list = PageList(session, self)
        self.page_views = PageViews(session, self)
        self.cleaning = CleaningBar(session, parent=self)
        self.text = Transcription(session, preferences.settings, self)
        self.project_commands = ProjectCommands(
            session, preferences, self.documents, self
        )
        self.page_commands = PageCommands(session, self.picker, preferences, self)
        self.recovery = Recovery(
            session, self.project_commands, preferences, self.notices
        )
        self.dialogs = Dialogs(session, preferences, self.picker, self)
        self.closing = Closing(
            session,
            self,
            (self.documents,),
            (self.page_views.shutdown, self.page_list.shutdown),
        )

    def _make_docks(self) -> None:
        self.docks: dict[str, QDockWidget] = {}
        sides = Qt.DockWidgetArea
        for name, title, widget, side in (
            ("pages", self.tr("Pages"), self.page_list, sides.LeftDockWidgetArea),
            ("text", self.tr("Text"), self.text, sides.RightDockWidgetArea),
        ):
            dock = QDockWidget(title, self)
            dock.setObjectName(name)
            dock.setWidget(widget)
            self.addDockWidget(side, dock)
            DockButtons(dock)
            self.docks[name] = dock
        self._widths = DockWidths(self, self.docks["pages"], self.docks["text"])

    def _make_center(self) -> None:
        work = (self.page_views, self.cleaning)
        area = WorkArea(self.window_actions, self.notices, work, self)
        self.welcome, self.center = area.welcome, area.stack
        self.setCentralWidget(area)

    def _connect_actions(self) -> None:
        acts = self.window_actions
        for name, slot in slots(self).items():
            acts[name].triggered.connect(slot)
        for name, show in switches(self).items():
            acts[name].setChecked(name not in OFF_AT_FIRST)
            acts[name].toggled.connect(show)
        for name, dock in self.docks.items():
            dock.visibilityChanged.connect(self._refresh.start)
            dock.setToolTip(acts[f"show-{name}"].toolTip())
        self.project_commands.fill_recent(acts.submenus["recent"])
        self.page_commands.fill_methods(acts.submenus["clean-with"])
        LayoutMenu(self.session, acts.submenus["find-with"])
        self.cleaning.add_actions(acts["compare-methods"], acts["brush"])
        self.page_views.tools_strip.add_actions(acts.by_id)

    def _connect_parts(self) -> None:
        session, editing = self.session, self.page_views.editing
        of_project = (session, self.project_commands, self.page_commands, editing)
        for source in of_project:
            source.noticed.connect(self.notices.add_of_project)
        self.dialogs.noticed.connect(self.notices.add)
        self.notices.action_chosen.connect(self.page_commands.act)
        session.project_changed.connect(self._on_project_changed)
        session.page_selected.connect(self._refresh.start)
        session.saved_changed.connect(self._refresh.start)
        for runner in session.runners:
            runner.busy_changed.connect(self._refresh.start)
        self._watch.held.connect(self._on_held)
        self.cleaning.cut_changed.connect(self.page_views.set_cut)
        self.page_views.brush.changed.connect(self._refresh.start)
        self.page_views.whole_changed.connect(self._refresh.start)
        editing.asked.connect(self._refresh.start)
        editing.tools.changed.connect(self._refresh.start)
        editing.tools.chosen_changed.connect(self._refresh.start)
        self.text.dragging.moved.connect(editing.commands.move_to)
        self.page_views.line_clicked.connect(self.text.select_line)
        self.text.line_selected.connect(self.page_views.show_line)
        self.text.line_selected.connect(self.page_commands.set_line)
        self.text.line_selected.connect(self._refresh.start)
        self.text.meter.threshold_chosen.connect(self.preferences.set_doubt_threshold)
        self.page_list.read_asked.connect(self.page_commands.read_pages)
        self.welcome.project_chosen.connect(self.project_commands.open_recent)
        self.preferences.changed.connect(self._apply_settings)
        self.preferences.changed.connect(session.apply_settings)
        self.dialogs.model_kept.connect(self.cleaning.reload_models)
        self.recovery.asked.connect(self.dialogs.act)
        self.closing.stopping.connect(self.dialogs.rest)
        self.closing.stayed.connect(self.dialogs.go_on)
        self.closing.stopping.connect(self._on_stopping)
        self.closing.copy_asked.connect(self.project_commands.save_copy)
        self.closing.ended.connect(self._on_ended)

    # ----- what changes -------------------------------------------------------

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        folder = self.session.folder
        if change.is_other and folder is not None:
            self.preferences.add_recent(folder)
        self._refresh.start()

    @Slot()
    def _on_refresh(self) -> None:
        session = self.session
        recent = self.preferences.settings.recent_projects
        found = conditions(
            session,
            self.page_commands.line_id,
            has_recent=bool(recent),
            has_model=self.picker.card is not None,
            has_brush=self.page_views.brush.is_on,
            has_undone=self.page_views.has_undone,
            editing=self.page_views.editing.tools.conditions(session.page),
        )
        # What is being drawn is taken back first, and is no step of the history;
        # nothing is done again meanwhile.
        begun = self.page_views.editing.undo_label
        if begun:
            found = (found | {"undo"}) - {"redo"}
        self.window_actions.enable(found)
        history = session.history
        self.window_actions.name_undo(begun or history.undo_label, history.redo_label)
        self.window_actions["negative"].setChecked(
            bool(session.page and session.page.inverted)
        )
        show_tools(self)
        for name, dock in self.docks.items():
            # Behind another dock it is not visible, and yet it is there.
            self.window_actions[f"show-{name}"].setChecked(not dock.isHidden())
        self._widths.set_empty(not (session.page and session.page.lines))
        has_project = session.folder is not None
        self.center.setCurrentIndex(int(has_project))
        if not has_project:
            self.welcome.show_recent(recent)
        self.setWindowTitle(
            window_title(session.project.title if has_project else None)
        )
        self.setWindowModified(has_project and not self.kept.is_saved)
        self.kept.refresh()

    @Slot(object)
    def _apply_settings(self, settings: Settings) -> None:
        if self._theme is not None:
            self._theme.choose(settings.theme)
        self.text.apply_settings(settings)
        self.page_views.apply_settings(settings)
        self.picker.refresh()
        self._refresh.start()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the program."""
        super().changeEvent(event)
        if not hasattr(self, "dialogs"):
            return  # not yet put together
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.picker.refresh()  # models may have been put there meanwhile
        if event.type() == QEvent.Type.PaletteChange:
            self.window_actions.paint(self.palette())
            for button in self.findChildren(QAbstractButton):
                name = name_of(button.icon())
                if name:
                    button.setIcon(icon(name, self.palette()))

    # ----- window system ------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Take up what only a shown window can do."""
        super().showEvent(event)
        if not self._is_placed:
            # Docks have their widths only once they are laid out.
            self._is_placed = True
            QTimer.singleShot(0, self._widths, self._widths.choose)
        self._watch.begin()

    @Slot(bool)
    def _on_held(self, is_down: bool) -> None:
        compare = self.window_actions["compare"]
        compare.setChecked(is_down and compare.isEnabled())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do with files what they are for."""
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            dropped = sort_paths(paths)
            self.project_commands.take(dropped)
            for path in dropped.models:
                self.dialogs.models.add(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close in the order that loses nothing."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.closing.has_undecided_model = self.dialogs.has_undecided_model
        self.closing.request()

    @Slot()
    def _on_stopping(self) -> None:
        self.jobs.say(self.tr("Stopping…"))

    @Slot(bool)
    def _on_ended(self, in_time: bool) -> None:
        self._widths.give_back()
        state = window_state(self, is_dragged=self._widths.is_dragged)
        self.preferences.remember_window(state)
        self._may_close = True
        self.close()
        self.closed.emit(in_time)
