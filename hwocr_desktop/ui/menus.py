"""Menus, toolbar and shortcuts, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QMenu,
    QMenuBar,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.ui.action_spec import ActionSpec
from hwocr_desktop.ui.actions import TOOLBAR, ActionTable
from hwocr_desktop.ui.icons import icon

_ROLES = {
    "about": QAction.MenuRole.AboutRole,
    "settings": QAction.MenuRole.PreferencesRole,
    "quit": QAction.MenuRole.QuitRole,
}
# Buttons of the toolbar with an arrow beside them, and the menu that it opens.
_BESIDE = {"find-lines": "find-with"}


class Actions(QObject):
    """The actions of one window.

    Parameters
    ----------
    window : QWidget
        Where their shortcuts hold.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.table = ActionTable(self)
        self.specs = self.table.specs()
        self._actions: dict[str, QAction] = {}
        self.submenus: dict[str, QMenu] = {}
        # What leads to actions for which the toolbar has no room.
        self._more: QToolButton | None = None
        for spec in self.specs:
            if spec.id != "-":
                self._actions[spec.id] = self._make(spec, window)
        window.addActions(list(self._actions.values()))

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    @property
    def by_id(self) -> Mapping[str, QAction]:
        """All actions by their ids."""
        return self._actions

    def _make(self, spec: ActionSpec, window: QWidget) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        keys = [QKeySequence(key) for key in spec.keys.split()]
        if spec.kind == "menu":
            self.submenus[spec.id] = QMenu(spec.text, window)
            self.submenus[spec.id].setToolTipsVisible(True)
            action.setMenu(self.submenus[spec.id])
        elif spec.kind != "hold":
            # A key that is held is looked after by its owner: a shortcut would fire
            # again and again.
            action.setShortcuts(keys)
        action.setCheckable(spec.kind in ("check", "hold"))
        shown = f" ({shown_key(spec)})" if keys else ""
        action.setToolTip(f"{spec.tip}{shown}")
        action.setStatusTip(f"{spec.tip}{shown}")
        action.setIconText(spec.short or spec.name)
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        return action

    def fill(self, bar: QMenuBar) -> None:
        """Put all actions into their menus."""
        for menu_id, title in self.table.menus().items():
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for spec in self.specs:
                if spec.menu != menu_id:
                    continue
                if spec.id == "-":
                    menu.addSeparator()
                else:
                    menu.addAction(self._actions[spec.id])

    def toolbar(self, title: str, widgets: Mapping[str, QWidget]) -> QToolBar:
        """Make the toolbar.

        Parameters
        ----------
        title : str
        widgets : mapping of str to QWidget
            What stands for the names marked with ``*``.
        """
        bar = QToolBar(title)
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        for name in TOOLBAR:
            if name == "-":
                bar.addSeparator()
            elif name == "*room":
                room = QWidget(bar)
                room.setSizePolicy(
                    QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred
                )
                bar.addWidget(room)
            elif name.startswith("*"):
                bar.addWidget(widgets[name[1:]])
            else:
                bar.addAction(self._actions[name])
                # Whoever has no mouse comes here with Tab.
                button = bar.widgetForAction(self._actions[name])
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                menu = self.submenus.get(_BESIDE.get(name, ""))
                if menu is not None and isinstance(button, QToolButton):
                    button.setMenu(menu)
                    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        return bar

    def paint(self, palette: QPalette) -> None:
        """Give every action its icon in the colors of a palette."""
        for spec in self.specs:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, palette))
        if self._more is not None:
            # Qt's own is black on whatever ground.
            self._more.setIcon(icon("more", palette))

    def enable(self, conditions: frozenset[str]) -> None:
        """Enable what can be done, disable what cannot."""
        for spec in self.specs:
            if spec.id != "-":
                self._actions[spec.id].setEnabled(
                    not spec.needs or spec.needs in conditions
                )

    def name_undo(self, undo: str, redo: str) -> None:
        """Say what would be undone and redone."""
        for name, label in (("undo", undo), ("redo", redo)):
            text = next(spec.text for spec in self.specs if spec.id == name)
            self._actions[name].setText(f"{text} {label}".strip())
            # Setting the text would change the toolbar's, too.
            self._actions[name].setIconText(text.replace("&", ""))


def shown_key(spec: ActionSpec) -> str:
    """Return the first key of an action as this system writes it."""
    first = spec.keys.split()[:1]
    native = QKeySequence.SequenceFormat.NativeText
    return QKeySequence(first[0]).toString(native) if first else ""


def conditions(
    session: Session,
    line_id: str,
    *,
    has_recent: bool,
    has_model: bool,
    has_brush: bool = False,
    has_undone: bool = False,
    editing: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Return what is there at present, for `Actions.enable`.

    Parameters
    ----------
    session : Session
    line_id : str
        The selected line, or "".
    has_recent, has_model, has_brush, has_undone : bool
        Whether there are recent projects, and a usable line model; whether the brush
        is in the hand, and whether parts of the page are not cleaned yet.
    editing : frozenset of str
        What can be done to lines, see `LineTools.conditions`.

    Returns
    -------
    frozenset of str
        Out of "project", "page", "pages" (several), "before" and "after" (a page to go
        to), "lines", "line", "checked", "corrected" (the selected line is), "undo",
        "redo", "recent", "model", "brush", "paintable" (the brush can be taken up or
        put down), "mended" (the page is), "busy", and those of ``editing``.
    """
    page, pages = session.page, session.project.pages
    place = next((i for i, p in enumerate(pages) if page and p.id == page.id), -1)
    found = {
        "project": session.folder is not None,
        "page": page is not None,
        "pages": len(pages) > 1,
        "before": place > 0,
        "after": 0 <= place < len(pages) - 1,
        "undo": session.history.can_undo,
        "redo": session.history.can_redo,
        "recent": has_recent,
        "model": has_model,
        "brush": has_brush and page is not None,
        "paintable": page is not None and (has_brush or not has_undone),
        "mended": page is not None and bool(page.mending),
        "busy": any(r.is_busy for r in session.runners if r is not session.files),
        **_of_line(page, line_id),
    }
    return editing | {name for name, holds in found.items() if holds}


def _of_line(page: Page | None, line_id: str) -> dict[str, bool]:
    line = next((x for x in page.lines if x.id == line_id), None) if page else None
    return {
        "lines": page is not None and bool(page.lines),
        "line": line is not None,
        "checked": line is not None and line.checked,
        "corrected": line is not None
        and line.correction is not None
        and line.reading is not None,
    }
