"""The tools that edit lines, above the page, and what to do next in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.ui.line_editing import LineEditing
from hwocr_desktop.ui.region_names import region_names

TOOL_ACTIONS = ("tool-move", "tool-draw", "tool-split", "tool-order", "tool-region")
COMMANDS = ("join-lines", "rows-lines", "turn-lines", "remove-chosen")
ROOMY_PX = 640
"""Width from which the tools have their names beside them."""


class LineToolsStrip(QFrame):
    """Tools, commands and a sentence; only there while lines are edited.

    Parameters
    ----------
    editing : LineEditing
    parent : QWidget, optional
    """

    def __init__(self, editing: LineEditing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editing, self._tools = editing, editing.tools
        self._buttons: dict[str, QToolButton] = {}
        self._build()
        self.kinds.activated.connect(self._on_kind_chosen)
        self._tools.changed.connect(self._show_tools)
        self._tools.chosen_changed.connect(self._show_tools)
        editing.asked.connect(self._say)
        self._show_tools()

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Tools for lines"))
        self.kinds = QComboBox(self)
        self.kinds.setAccessibleName(self.tr("Kind of region"))
        self.kinds.setToolTip(
            self.tr(
                "What the chosen region is, and the next ones; lines in a region to "
                "ignore are neither read nor exported as text"
            )
        )
        for kind, name in region_names().items():
            self.kinds.addItem(name, kind)
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(8, 0, 8, 3)
        self._done = QToolButton(self)
        self._done.setText(self.tr("Done"))
        self._done.setToolTip(self.tr("Put the tools for lines down (Esc, F4)"))
        self._done.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._done.clicked.connect(self._on_done)
        # Room for two rows at all times: the page must not move with the sentence.
        self.hint.setFixedHeight(2 * self.hint.fontMetrics().lineSpacing() + 3)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(6, 3, 6, 2)
        self._row.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self.hint)

    def add_actions(self, actions: Mapping[str, QAction]) -> None:
        """Show the tools and commands of the window.

        Parameters
        ----------
        actions : mapping of str to QAction
            With all of `TOOL_ACTIONS` and `COMMANDS`, and "line-bends".
        """
        self._editing.actions = actions
        for name in TOOL_ACTIONS:
            self._row.addWidget(self._button(name, actions[name]))
        self._row.addSpacing(4)
        self._row.addWidget(self._button("line-bends", actions["line-bends"]))
        self._row.addWidget(self.kinds)
        self._row.addStretch(1)
        for name in COMMANDS:
            self._row.addWidget(self._button(name, actions[name]))
        self._row.addSpacing(4)
        self._row.addWidget(self._done)
        self._show_tools()

    def _button(self, name: str, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAccessibleName(action.iconText())
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons[name] = button
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the names of the tools out where there is little room."""
        super().resizeEvent(event)
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if event.size().width() >= ROOMY_PX
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        for name in TOOL_ACTIONS:
            if name in self._buttons:
                self._buttons[name].setToolButtonStyle(style)

    @Slot()
    def _on_done(self) -> None:
        self._tools.set_on(False)

    @Slot(int)
    def _on_kind_chosen(self, index: int) -> None:
        self._editing.commands.set_kind(self.kinds.itemData(index))

    @Slot()
    def _show_tools(self) -> None:
        tools = self._tools
        self.setVisible(tools.is_on)
        self.kinds.setVisible(tools.tool == "region")
        if "line-bends" in self._buttons:
            can_bend = tools.tool in ("draw", "region")
            self._buttons["line-bends"].setVisible(can_bend)
        self._say("")

    @Slot(str)
    def _say(self, refusal: str) -> None:
        """Say why something was refused, or else what to do next."""
        role = QPalette.ColorRole
        self.hint.setForegroundRole(role.BrightText if refusal else role.WindowText)
        self.hint.setText(refusal or self._next())
        self._show_kind()

    def _show_kind(self) -> None:
        page = self._editing.commands.page
        kinds = {r.id: r.kind for r in page.regions} if page else {}
        kind = kinds.get(self._tools.region, self._tools.kind)
        with QSignalBlocker(self.kinds):
            # A kind that came from a file stays unnamed until another is chosen.
            self.kinds.setCurrentIndex(self.kinds.findData(kind))

    def _next(self) -> str:
        tools, count = self._tools, self._editing.count
        if tools.tool == "draw":
            return self._next_of_line(count)
        if tools.tool == "split":
            return self.tr(
                "Click a line where it is to be cut; its text is divided there, too."
            )
        if tools.tool == "order":
            if not count:
                return self.tr(
                    "Click the lines one after another as they are to be read."
                )
            return self.tr(
                "Click the line that comes after number {0}. Backspace takes the last "
                "one back, Esc begins anew."
            ).format(self._editing.ordered_number)
        if tools.tool == "region":
            return self._next_of_region(count)
        if tools.lines:
            return self.tr(
                "Drag a point to move it, a small one for a bend, the square for the "
                "height; a right click takes a point away. Ctrl+click adds lines."
            )
        return self.tr(
            "Click a line to choose it, or drag a frame around several. The wheel "
            "zooms, the middle button moves the page."
        )

    def _next_of_line(self, count: int) -> str:
        if not count:
            return self.tr("Click where the writing of a line begins, at its foot.")
        if self._tools.has_bends:
            return self.tr(
                "Click along the foot of the letters; Enter or a double click ends the "
                "line. Backspace takes a point back, Esc drops the line."
            )
        return self.tr(
            "Click where the line ends; with Shift, where it bends. Backspace takes "
            "the point back, Esc drops the line."
        )

    def _next_of_region(self, count: int) -> str:
        if self._tools.has_bends:
            if count:
                return self.tr(
                    "Click corner after corner; Enter or a double click closes the "
                    "region. Backspace takes a corner back, Esc drops the region."
                )
            return self.tr("Click the first corner of a region.")
        if self._tools.region:
            return self.tr(
                "Drag a corner to change the region, choose what it is, or press Del "
                "to take it away."
            )
        return self.tr(
            "Drag a frame around lines that belong together, or click a region to "
            "change it."
        )
