"""What a person can do about where lines are: the part of the table of actions."""

from __future__ import annotations

from PySide6.QtCore import QObject

from hwocr_desktop.ui.action_spec import ActionSpec


class DrawingActions(QObject):
    """The menu Draw, in the language of the program."""

    # Two or three lines an entry read better here than one argument a line.
    # fmt: off

    def specs(self) -> tuple[ActionSpec, ...]:
        """Return its actions."""
        return (
            ActionSpec("edit-lines", "draw", self.tr("&Edit lines on the page"),
                self.tr("Draw, move, cut, join and order lines on the page; Esc ends "
                        "it"), "F4", "edit-lines", "page", "check",
                short=self.tr("Lines")),
            ActionSpec("-", "draw"),
            ActionSpec("tool-move", "draw", self.tr("&Move and choose"),
                self.tr("Choose lines and drag their points or their height"),
                "V", "pointer", "editing", "check",
                short=self.tr("Move")),
            ActionSpec("tool-draw", "draw", self.tr("&Draw a line"),
                self.tr("Draw a line with two clicks at the foot of its letters"),
                "D", "draw-line", "editing", "check",
                short=self.tr("Draw")),
            ActionSpec("tool-split", "draw", self.tr("&Split a line"),
                self.tr("Cut a line in two where you click; its text is divided"),
                "S", "split", "editing", "check",
                short=self.tr("Split")),
            ActionSpec("tool-order", "draw", self.tr("&Order by clicking"),
                self.tr("Click lines one after another as they are to be read"),
                "O", "order", "editing", "check",
                short=self.tr("Order")),
            ActionSpec("tool-region", "draw", self.tr("&Regions"),
                self.tr("Frame main text, notes in the margin, headers, and what is to "
                        "be ignored"), "R", "region", "editing", "check",
                short=self.tr("Regions")),
            ActionSpec("line-bends", "draw", self.tr("Many &points"),
                self.tr("Click as many points as a bent line or a region has; Enter or "
                        "a double click ends it"), "P", "bends", "bendable", "check",
                short=self.tr("Many points")),
            ActionSpec("-", "draw"),
            ActionSpec("join-lines", "draw", self.tr("&Join lines"),
                self.tr("Make one line of the chosen ones; their texts are joined"),
                "J", "join", "several",
                short=self.tr("Join")),
            ActionSpec("rows-lines", "draw", self.tr("One line per ro&w"),
                self.tr("Join the pieces of each row: of the chosen lines, or of a "
                        "chosen region"), "Shift+J", "rows", "rows"),
            ActionSpec("turn-lines", "draw", self.tr("&Turn the direction round"),
                self.tr("Read the chosen lines from their other end"),
                "T", "turn-line", "chosen"),
            ActionSpec("higher-lines", "draw", self.tr("&Higher"),
                self.tr("Let the chosen lines take in more above and below"),
                "H", "", "chosen"),
            ActionSpec("lower-lines", "draw", self.tr("&Lower"),
                self.tr("Let the chosen lines take in less above and below"),
                "Shift+H", "", "chosen"),
            ActionSpec("-", "draw"),
            ActionSpec("remove-chosen", "draw", self.tr("Delete what is &chosen"),
                self.tr("Take the chosen lines or region off the page, as Del does; "
                        "Undo brings them back"), "", "remove", "removable"),
        )

    # fmt: on

    def other_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Return menu id, key and words for keys that belong to no action."""
        return (
            ("draw", "Del", self.tr("On the page: delete what is chosen")),
            (
                "draw",
                "Return",
                self.tr("On the page: end the line or region that is drawn"),
            ),
            (
                "draw",
                "Backspace",
                self.tr("On the page: take the last point or click back"),
            ),
            (
                "draw",
                "Esc",
                self.tr("On the page: drop what is drawn, or choose nothing, or end"),
            ),
            ("draw", "Ctrl+A", self.tr("On the page: choose all lines")),
            (
                "draw",
                "Ctrl",
                self.tr("While clicking: choose one line more, or one less"),
            ),
            (
                "draw",
                "Shift",
                self.tr("While clicking: choose all lines up to this one; a bend"),
            ),
        )
