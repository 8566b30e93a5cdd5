"""What is in the hand while lines are edited on the page, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.core.document.document import Page

Tool = Literal["move", "draw", "split", "order", "region"]
TOOLS: tuple[Tool, ...] = ("move", "draw", "split", "order", "region")


class LineTools(QObject):
    """The tools that edit lines, of one window.

    Signals
    -------
    changed
        They were taken up or put down, or another one was taken.
    chosen_changed
        Other lines, or another region, are chosen.
    """

    changed = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_on = False
        self._tool: Tool = "move"
        self._has_bends = False
        self._kind = "paragraph"
        self._lines: tuple[str, ...] = ()
        self._region = ""

    @property
    def is_on(self) -> bool:
        """Whether lines are edited."""
        return self._is_on

    @property
    def tool(self) -> Tool:
        """Which tool is in the hand."""
        return self._tool

    @property
    def has_bends(self) -> bool:
        """Whether many points are clicked for a line or region, not two."""
        return self._has_bends

    @property
    def kind(self) -> str:
        """Of what kind the next region is."""
        return self._kind

    @property
    def lines(self) -> tuple[str, ...]:
        """Ids of the chosen lines, in the order in which they were chosen."""
        return self._lines

    @property
    def region(self) -> str:
        """Id of the chosen region, or ""."""
        return self._region

    @Slot(bool)
    def set_on(self, on: bool) -> None:
        """Begin to edit lines, or end it."""
        if on != self._is_on:
            self._is_on = on
            if not on:
                self.choose()
            self.changed.emit()

    def take(self, tool: Tool) -> None:
        """Take a tool into the hand."""
        self._tool = tool
        self.changed.emit()

    @Slot(bool)
    def set_bends(self, has_bends: bool) -> None:
        """Click many points for a line or region, or two."""
        if has_bends != self._has_bends:
            self._has_bends = has_bends
            self.changed.emit()

    def set_kind(self, kind: str) -> None:
        """Let the next region be of a kind."""
        if kind != self._kind:
            self._kind = kind
            self.changed.emit()

    def choose(self, lines: Iterable[str] = (), region: str = "") -> None:
        """Choose lines or a region, and nothing else."""
        found = tuple(dict.fromkeys(lines))
        if (found, region) != (self._lines, self._region):
            self._lines, self._region = found, region
            self.chosen_changed.emit()

    def forget_gone(self, page: Page | None) -> None:
        """Let go of what is not on the page any more."""
        ids = {line.id for line in page.lines} if page else set()
        regions = {region.id for region in page.regions} if page else set()
        self.choose(
            (line for line in self._lines if line in ids),
            self._region if self._region in regions else "",
        )

    def conditions(self, page: Page | None) -> frozenset[str]:
        """Return what can be done, see `menus.conditions`."""
        if not self._is_on or page is None:
            return frozenset()
        has_lines = bool(self._lines)
        found = {
            "editing": True,
            "chosen": has_lines,
            "several": len(self._lines) > 1,
            "rows": len(page.lines) > 1,
            "removable": has_lines or bool(self._region),
            "bendable": self._tool in ("draw", "region"),
        }
        return frozenset(name for name, holds in found.items() if holds)
