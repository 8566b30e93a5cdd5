"""The table of actions, and the menus and keys made from it."""

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from hwocr_desktop.core.document import edits
from hwocr_desktop.ui.actions import TOOLBAR, ActionTable
from hwocr_desktop.ui.menus import Actions, conditions
from hwocr_desktop.ui.shortcuts_dialog import ShortcutsDialog
from hwocr_desktop.ui.wiring import slots, switches

pytestmark = pytest.mark.gui

# Keys that text fields use themselves; as a shortcut they would never arrive.
TYPING = {"Ctrl+A", "Ctrl+C", "Ctrl+X", "Ctrl+V", "Ctrl+Backspace", "Ctrl+Delete"}


@pytest.fixture
def specs(qapp):
    return [spec for spec in ActionTable().specs() if spec.id != "-"]


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_every_action_has_text_and_tip(specs):
    for spec in specs:
        assert spec.name, spec.id
        assert spec.tip, spec.id
        assert not spec.tip.endswith("."), spec.id


def test_ids_are_unique(specs):
    ids = [spec.id for spec in specs]
    assert len(ids) == len(set(ids))


def test_no_key_does_two_things(specs):
    keys = [QKeySequence(key).toString() for s in specs for key in s.keys.split()]
    assert all(keys), "a key that Qt does not know"
    assert len(keys) == len(set(keys))


def test_no_key_is_taken_from_typing(specs):
    keys = {key for spec in specs for key in spec.keys.split()}
    assert not keys & TYPING
    # AltGr is Ctrl+Alt, and writes letters on many keyboards.
    assert not {key for key in keys if key.startswith("Ctrl+Alt+")}


def test_letters_to_press_are_unique_in_each_menu(specs, qapp):
    table = ActionTable()
    for menu, title in table.menus().items():
        marked = [
            s.text[s.text.index("&") + 1]
            for s in specs
            if s.menu == menu and "&" in s.text
        ]
        assert len({m.lower() for m in marked}) == len(marked), title
    titles = [t[t.index("&") + 1].lower() for t in table.menus().values()]
    assert len(set(titles)) == len(titles)


def test_the_toolbar_names_actions(specs):
    ids = {spec.id for spec in specs}
    named = {name for name in TOOLBAR if name != "-" and not name.startswith("*")}
    assert named <= ids
    assert all(spec.icon for spec in specs if spec.id in named)


def test_menus_hold_every_action_once(window):
    actions = Actions(window)
    actions.fill(window.menuBar())
    found = [
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if not action.isSeparator()
    ]
    assert sorted(found) == sorted(actions)


def test_tooltips_name_the_key(window):
    actions = Actions(window)
    assert "F5" in actions["read-page"].toolTip()
    held = actions["compare"]
    for words in ("F8", "while the key is down", "until the next click"):
        assert words in held.toolTip()
    # Two things that are called the same are taken for each other.
    assert "ompare" not in held.text() + held.iconText() + held.toolTip()
    assert actions["compare"].shortcuts() == []


def test_what_cannot_be_done_is_disabled(window, make_session):
    actions = Actions(window)
    session = make_session()
    session.runners, session.files = (), None
    actions.enable(conditions(session, "", has_recent=False, has_model=False))
    assert actions["read-page"].isEnabled()
    assert not actions["undo"].isEnabled()
    assert not actions["next-page"].isEnabled()
    assert not actions["delete-line"].isEnabled()
    line = session.page.lines[0]
    session.commit("x", edits.accept_line(session.project, session.page.id, line.id))
    actions.enable(conditions(session, line.id, has_recent=True, has_model=True))
    for name in ("undo", "delete-line", "reopen-line", "recent", "about-model"):
        assert actions[name].isEnabled(), name


def test_every_condition_that_is_asked_for_exists(specs, make_session):
    session = make_session(pages=3)
    session.runners, session.files = (), None
    known = {
        "project",
        "page",
        "pages",
        "before",
        "after",
        "lines",
        "line",
        "checked",
        "corrected",
        "undo",
        "redo",
        "recent",
        "model",
        "brush",
        "paintable",
        "mended",
        "busy",
        "editing",
        "chosen",
        "several",
        "rows",
        "removable",
        "bendable",
    }
    assert {spec.needs for spec in specs} - {""} <= known
    session.select_page(session.project.pages[1].id)
    found = conditions(session, "", has_recent=True, has_model=True)
    always = {"page", "pages", "before", "after", "lines", "recent", "model"}
    assert found == always | {"paintable"}
    without = conditions(session, "", has_recent=True, has_model=True, has_undone=True)
    assert without == always


def test_undo_says_what(window):
    actions = Actions(window)
    actions.name_undo("Typing", "")
    assert actions["undo"].text().replace("&", "") == "Undo Typing"
    assert actions["undo"].iconText() == "Undo"


def test_every_action_does_something(specs):
    class Anything:
        def __getattr__(self, name):
            return Anything()

        def __getitem__(self, name):
            return Anything()

    done = set(slots(Anything())) | set(switches(Anything()))
    menus = {spec.id for spec in specs if spec.kind == "menu"}
    assert {spec.id for spec in specs} == done | menus


def test_the_page_of_shortcuts_lists_every_action_and_can_be_searched(qtbot, specs):
    dialog = ShortcutsDialog(ActionTable())
    qtbot.addWidget(dialog)
    groups = [
        dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())
    ]
    rows = [group.child(i) for group in groups for i in range(group.childCount())]
    assert {spec.name for spec in specs} <= {row.text(0) for row in rows}
    dialog.show()
    longest = max(dialog.fontMetrics().horizontalAdvance(r.text(0)) for r in rows)
    assert dialog.list.columnWidth(0) >= longest
    dialog.search.setText("f5")
    shown = [row.text(0) for row in rows if not row.isHidden()]
    assert shown == ["Read page", "Read all pages"]
    assert sum(not group.isHidden() for group in groups) == 1


def test_a_widget_alone_can_have_the_actions(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    assert len(widget.actions()) == 0
    made = Actions(widget)
    assert len(widget.actions()) == len(list(made))
