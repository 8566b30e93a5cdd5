"""The menu of a line on the page, while lines are edited."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from hwocr_desktop.core.pixels.geometry import Point
from hwocr_desktop.ui.line_commands import LineCommands
from hwocr_desktop.ui.region_names import region_names

_ACTIONS = (
    *("join-lines", "rows-lines", "turn-lines", "-"),
    *("higher-lines", "lower-lines", "-", "remove-chosen"),
)


def shape_menu(
    parent: QWidget,
    commands: LineCommands,
    actions: Mapping[str, QAction],
    line_id: str,
    at: Point,
) -> QMenu:
    """Return the menu of the chosen lines; it deletes itself when it closes.

    Parameters
    ----------
    parent : QWidget
    commands : LineCommands
    actions : mapping of str to QAction
        The window's; those that have not been given are left out.
    line_id : str
        The line that was clicked, one of the chosen.
    at : (x, y)
        Where, in page pixels.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    split = menu.addAction(_tr("Split here"))
    split.triggered.connect(partial(_split, commands, line_id, at))
    for name in _ACTIONS:
        if name == "-":
            menu.addSeparator()
        elif name in actions:
            menu.addAction(actions[name])
    page = commands.page
    if page is not None:
        printed = QAction(_tr("Printed, not written"), menu)
        printed.setCheckable(True)
        printed.setChecked(page.line(line_id).kind == "printed")
        printed.triggered.connect(commands.mark_print)
        menu.insertAction(menu.actions()[-1], printed)
        menu.insertSeparator(menu.actions()[-1])
    if page is not None and page.regions:
        menu.insertMenu(menu.actions()[-1], _regions(menu, commands, line_id))
        menu.insertSeparator(menu.actions()[-1])
    return menu


def _regions(menu: QMenu, commands: LineCommands, line_id: str) -> QMenu:
    """Return the regions that the chosen lines can be put in."""
    made = QMenu(_tr("Put in region"), menu)
    page, names = commands.page, region_names()
    regions = page.regions if page else ()
    present = page.line(line_id).region if page else ""
    group = QActionGroup(made)
    for number, region in enumerate(regions, start=1):
        name = names.get(region.kind, region.kind)
        _choice(
            made, group, f"{number}: {name}", region.id == present
        ).triggered.connect(partial(_put, commands, region.id))
    _choice(made, group, _tr("No region"), not present).triggered.connect(
        partial(_put, commands, "")
    )
    return made


def _choice(menu: QMenu, group: QActionGroup, text: str, is_on: bool) -> QAction:
    action = menu.addAction(text.replace("&", "&&"))
    action.setCheckable(True)
    action.setChecked(is_on)
    group.addAction(action)
    return action


def _split(commands: LineCommands, line_id: str, at: Point, *_: object) -> None:
    commands.split(line_id, at)


def _put(commands: LineCommands, region_id: str, *_: object) -> None:
    commands.put_in_region(region_id)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ShapeMenu", text)
