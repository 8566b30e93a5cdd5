"""Which part of the window does what an action says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from hwocr_desktop.ui.line_tools import TOOLS, Tool
from hwocr_desktop.ui.window_state import set_full_screen

if TYPE_CHECKING:
    from hwocr_desktop.ui.main_window import MainWindow

AnySlot = Callable[..., Any]


def slots(window: MainWindow) -> dict[str, AnySlot]:
    """Return what each action that is done once calls."""
    files, pages = window.project_commands, window.page_commands
    dialogs, views, text = window.dialogs, window.page_views, window.text
    shapes = views.editing.commands
    return {
        "new-project": files.new_project,
        "open-project": files.open_project,
        "open-sample": files.open_sample,
        "add-scans": files.choose_scans,
        "add-folder": files.choose_scan_folder,
        "import-page": files.choose_documents,
        "export": files.export,
        "save": files.save,
        "save-copy": files.save_copy,
        "quit": window.close,
        "undo": partial(_undo, window),
        "redo": partial(_redo, window),
        "settings": dialogs.show_settings,
        "clean-all": pages.clean_all,
        "compare-methods": lambda: dialogs.show_comparison(views),
        "brush-swap": views.brush.swap,
        "brush-smaller": views.brush.reduce,
        "brush-larger": views.brush.enlarge,
        "remove-mending": views.strip.remove_mending,
        "find-lines": pages.find_lines,
        "find-all": pages.find_all,
        "read-page": pages.read_page,
        "read-all": pages.read_all,
        "word-list": dialogs.show_word_list,
        "stop-all": pages.stop_all,
        "rotate-right": pages.rotate_right,
        "rotate-left": pages.rotate_left,
        "negative": pages.set_negative,
        "previous-page": pages.previous_page,
        "next-page": pages.next_page,
        "remove-page": pages.remove_page,
        "accept-next": text.accept_and_next,
        "next-doubtful": text.next_doubtful,
        "other-words": text.words.show,
        "previous-line": text.previous_line,
        "next-line": text.next_line,
        "reopen-line": text.reopen_line,
        "revert-line": text.revert_line,
        "delete-line": pages.delete_line,
        "split-text": partial(_split_text, window),
        "join-next": lambda: shapes.join_next(pages.line_id),
        "line-earlier": lambda: shapes.step(pages.line_id, -1),
        "line-later": lambda: shapes.step(pages.line_id, 1),
        **{f"tool-{tool}": partial(_take_tool, window, tool) for tool in TOOLS},
        "join-lines": shapes.join,
        "rows-lines": shapes.one_per_row,
        "turn-lines": shapes.turn_round,
        "higher-lines": shapes.raise_height,
        "lower-lines": shapes.lower_height,
        "remove-chosen": shapes.remove,
        "zoom-in": views.zoom_in,
        "zoom-out": views.zoom_out,
        "fit-page": views.fit_page,
        "fit-width": views.fit_width,
        "actual-size": views.actual_size,
        "train": dialogs.show_training,
        "save-model": dialogs.save_model,
        "add-model": dialogs.models.choose_and_add,
        "shortcuts": dialogs.show_shortcuts,
        "about-model": window.picker.show_details,
        "about": dialogs.show_device,
        "open-logs": dialogs.open_logs,
    }


def switches(window: MainWindow) -> dict[str, AnySlot]:
    """Return what each action that is on or off tells."""
    return {
        "brush": _brush_switch(window),
        "edit-lines": window.page_views.set_line_tools,
        "line-bends": window.page_views.editing.tools.set_bends,
        "side-by-side": window.page_views.set_side_by_side,
        "overlays": window.page_views.set_overlays_visible,
        "compare": window.page_views.show_compare,
        "show-pages": window.docks["pages"].setVisible,
        "show-text": window.docks["text"].setVisible,
        "show-cleaning": window.cleaning.setVisible,
        "full-screen": partial(set_full_screen, window),
    }


OFF_AT_FIRST = frozenset(
    {"compare", "full-screen", "brush", "edit-lines", "line-bends"}
)
"""Switches that are off when the window opens."""


def show_tools(window: MainWindow) -> None:
    """Let the actions say which tools are in the hand."""
    acts, views = window.window_actions, window.page_views
    tools = views.editing.tools
    acts["brush"].setChecked(views.brush.is_on)
    acts["edit-lines"].setChecked(tools.is_on)
    acts["line-bends"].setChecked(tools.has_bends)
    for tool in TOOLS:
        acts[f"tool-{tool}"].setChecked(tools.is_on and tools.tool == tool)


def _undo(window: MainWindow, *_: object) -> None:
    if not window.page_views.editing.take_back():
        window.session.undo()


def _redo(window: MainWindow, *_: object) -> None:
    editing = window.page_views.editing
    # What is drawn or dragged began with the page as it is now, and goes on with it.
    if not editing.undo_label:
        editing.take_back()  # what is held, and not dragged yet
        window.session.redo()


def _take_tool(window: MainWindow, tool: Tool, *_: object) -> None:
    window.page_views.take_line_tool(tool)


def _split_text(window: MainWindow, *_: object) -> None:
    """Cut the current line at the text cursor, and go on at the begin of the second."""
    text, commands = window.text, window.page_views.editing.commands
    end = commands.split_text(window.page_commands.line_id, text.caret)
    if end:
        text.edit_line(end)
        text.place_caret(0)


def _brush_switch(window: MainWindow) -> AnySlot:
    """Return what takes the brush up, with the page in sight that it paints on."""

    def switch(on: bool) -> None:
        if on:
            window.window_actions["side-by-side"].setChecked(True)
        window.page_views.set_brush(on)

    return switch
