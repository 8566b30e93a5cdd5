"""A restless hand on the page, with runs in between: nothing breaks, all is undone."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from hwocr_desktop.core.document import edits, patch
from hwocr_desktop.core.pixels.line_drawing import shape_along
from hwocr_desktop.ui.line_tools import TOOLS
from hwocr_desktop.ui.page_views import PageViews

pytestmark = [pytest.mark.gui, pytest.mark.slow]

EVENTS = 120
NONE = Qt.KeyboardModifier.NoModifier
MODIFIERS = (
    *(NONE,) * 3,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
KEYS = (
    *(Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Escape, Qt.Key.Key_A, Qt.Key.Key_Plus),
)


class Hand:
    """Does one thing after another, as a seed says."""

    def __init__(self, qtbot, views, session, seed):
        self.qtbot, self.views, self.session = qtbot, views, session
        self.rng = random.Random(seed)
        self.is_down = False

    @property
    def port(self):
        return self.views._panes[self.rng.random() < 0.2].view.viewport()

    def point(self):
        """Anywhere, but rather on a handle or a line."""
        view = self.views._panes[0].view
        marks = view.hand_marks.marks
        lines = self.session.page.lines
        places = [*marks.points, *marks.between]
        places += [marks.height_handle] if marks.height_handle else []
        if lines:
            places += [self.rng.choice(lines).shape.baseline[0] for _ in range(3)]
        if places and self.rng.random() < 0.7:
            x, y = self.rng.choice(places)
            x, y = x + self.rng.uniform(-9, 60), y + self.rng.uniform(-9, 9)
        else:
            x, y = self.rng.uniform(-20, 380), self.rng.uniform(-20, 500)
        corner, scale = view.visible().topLeft(), view.look.scale
        at = QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))
        size = view.viewport().size()
        return QPoint(
            min(max(at.x(), 0), size.width() - 1),
            min(max(at.y(), 0), size.height() - 1),
        )

    def act(self):
        kinds = ["tool", "click", "click", "drag", "press", "release", "double", "key"]
        kinds += ["command", "run", "undo", "redo", "bends", "kind"]
        getattr(self, f"do_{self.rng.choice(kinds)}")()

    def do_tool(self):
        if not self.views.editing.tools.is_on:
            self.views.set_line_tools(True)
        self.views.take_line_tool(self.rng.choice(TOOLS))

    def do_click(self):
        # Right clicks on lines open menus, which have a test of their own.
        self.qtbot.mouseClick(self.port, LEFT, self.rng.choice(MODIFIERS), self.point())

    def do_double(self):
        at = QPointF(self.point())
        port = self.port
        for kind in (
            QEvent.Type.MouseButtonPress,
            QEvent.Type.MouseButtonRelease,
            QEvent.Type.MouseButtonDblClick,
            QEvent.Type.MouseButtonRelease,
        ):
            where = port.mapToGlobal(at)
            QApplication.sendEvent(port, QMouseEvent(kind, at, where, LEFT, LEFT, NONE))

    def do_drag(self):
        port, modifier = self.port, self.rng.choice(MODIFIERS)
        self.qtbot.mousePress(port, LEFT, modifier, self.point())
        for _ in range(3):
            self.qtbot.mouseMove(port, self.point())
        self.qtbot.mouseRelease(port, LEFT, modifier, self.point())

    def do_press(self):
        self.qtbot.mousePress(self.port, LEFT, NONE, self.point())
        self.qtbot.mouseMove(self.port, self.point())

    def do_release(self):
        self.qtbot.mouseRelease(self.port, LEFT, NONE, self.point())

    def do_key(self):
        modifier = self.rng.choice(MODIFIERS)
        self.qtbot.keyClick(self.views._panes[0].view, self.rng.choice(KEYS), modifier)

    def do_command(self):
        commands = self.views.editing.commands
        self.rng.choice(
            [
                commands.join,
                commands.one_per_row,
                commands.turn_round,
                commands.raise_height,
                commands.lower_height,
                commands.remove,
            ]
        )()

    def do_kind(self):
        kinds = ("paragraph", "marginalia", "header", "ignore")
        self.views.editing.commands.set_kind(self.rng.choice(kinds))

    def do_bends(self):
        self.views.editing.tools.set_bends(self.rng.random() < 0.5)

    def do_run(self):
        """Find lines anew, as a job does that ends now."""
        found = [
            shape_along([(20, y), (self.rng.uniform(60, 330), y)], 24, 12)
            for y in range(40, 440, self.rng.randint(40, 90))
        ]
        project = edits.set_lines(self.session.project, "p1", found)
        self.session.commit("Find lines", project)

    def do_undo(self):
        self.session.undo()

    def do_redo(self):
        self.session.redo()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_hand_does_is_undone(qtbot, request, make_session, gray_page, seed):
    session = make_session(("first line", "second line", "third line"))
    first = session.project
    views = PageViews(session)
    qtbot.addWidget(views)
    views.resize(1300, 760)
    with qtbot.waitExposed(views):
        views.show()
    session.show_scan(gray_page)
    views.set_line_tools(True)
    request.addfinalizer(views.shutdown)
    hand = Hand(qtbot, views, session, seed)
    kept = first
    most = changes = 0
    for _ in range(EVENTS):
        before = session.project
        hand.act()
        changes += session.project is not before
        # What the journal would hold.
        kept = patch.apply(kept, patch.diff(before, session.project))
        ids = [line.id for line in session.page.lines]
        assert len(ids) == len(set(ids))
        assert set(views.editing.tools.lines) <= set(ids)
        most = max(most, len(ids))
    QApplication.processEvents()
    assert kept == session.project
    assert most > 3
    assert changes > 15
    while session.history.can_undo:
        session.undo()
    assert session.project is first
