"""Everything a person can do, in one table: words, keys, icon, place, condition.

Menus, the toolbar, tooltips and the page of shortcuts are all made from it.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from hwocr_desktop.ui.action_spec import ActionSpec
from hwocr_desktop.ui.drawing_actions import DrawingActions

# fmt: off
TOOLBAR = (
    "add-scans", "-", "undo", "redo", "-", "find-lines", "edit-lines", "read-page",
    "*model", "-", "next-doubtful", "accept-next", "-", "zoom-in", "zoom-out",
    "fit-page", "compare", "*room", "train", "export",
)
# fmt: on
"""What the toolbar shows; "-" is a line, ``*`` marks what is no action."""


class ActionTable(QObject):
    """The table, in the language of the program."""

    def menus(self) -> dict[str, str]:
        """Return id and title of each menu, in order."""
        return {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "page": self.tr("&Page"),
            "line": self.tr("&Line"),
            "draw": self.tr("&Draw"),
            "view": self.tr("&View"),
            "learn": self.tr("Lea&rn"),
            "help": self.tr("&Help"),
        }

    def specs(self) -> tuple[ActionSpec, ...]:
        """Return all actions, menu by menu."""
        return (
            *self._file(),
            *self._edit(),
            *self._page(),
            *self._line(),
            *DrawingActions(self).specs(),
            *self._view(),
            *self._learn(),
            *self._help(),
        )

    def other_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Return menu id, key and words for keys that belong to no action."""
        return (
            ("line", "Return", self.tr("In the text: accept the line and go on")),
            (
                "line",
                "Menu",
                self.tr("In the text: other words for this one, and what can be done"),
            ),
            (
                "view",
                "Space",
                self.tr(
                    "On the page: the cleaned page in place of the scan, while held"
                ),
            ),
            (
                "page",
                "Shift",
                self.tr("Brush: paint paper instead of ink, as with the right button"),
            ),
            ("page", "Esc", self.tr("Brush: drop the stroke, or put the brush down")),
            *DrawingActions(self).other_keys(),
        )

    # Two or three lines an entry read better here than one argument a line.
    # fmt: off

    def _file(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("new-project", "file", self.tr("&New project…"),
                self.tr("Start a project in a folder of your choice"), "Ctrl+N"),
            ActionSpec("open-project", "file", self.tr("&Open project…"),
                self.tr("Open a project that you worked on before"),
                "Ctrl+Shift+O", "open"),
            ActionSpec("recent", "file", self.tr("Open &recent"),
                self.tr("Open one of the last projects"), "", "", "recent", "menu"),
            ActionSpec("open-sample", "file", self.tr("Open the sa&mple pages"),
                self.tr("Try the program on the pages that come with it")),
            ActionSpec("-", "file"),
            ActionSpec("add-scans", "file", self.tr("&Add scans…"),
                self.tr("Add pictures or PDF files as pages; a project is made if none "
                        "is open"), "Ctrl+O", "add-page"),
            ActionSpec("add-folder", "file", self.tr("Add &folder…"),
                self.tr("Add all scans of a folder as pages"),
                "Ctrl+Shift+F", "folder"),
            ActionSpec("import-page", "file", self.tr("&Import lines and text…"),
                self.tr("Take lines and text from PAGE XML or ALTO into the pages they "
                        "belong to"), "Ctrl+I"),
            ActionSpec("-", "file"),
            ActionSpec("export", "file", self.tr("&Export…"),
                self.tr("Write PAGE XML, ALTO, plain text or black and white pages"),
                "Ctrl+E", "export", "page"),
            ActionSpec("-", "file"),
            ActionSpec("save", "file", self.tr("&Save"),
                self.tr("Write the project file now; every change is kept in the "
                        "journal anyway"), "Ctrl+S", "save", "project"),
            ActionSpec("save-copy", "file", self.tr("Save a &copy…"),
                self.tr("Write the project to another folder and go on there"),
                "Ctrl+Shift+S", "", "project"),
            ActionSpec("-", "file"),
            ActionSpec("quit", "file", self.tr("&Quit"),
                self.tr("Save and leave the program"), "Ctrl+Q"),
        )

    def _edit(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("undo", "edit", self.tr("&Undo"),
                self.tr("Take the last step back"), "Ctrl+Z", "undo", "undo"),
            ActionSpec("redo", "edit", self.tr("&Redo"),
                self.tr("Do again what was taken back"),
                "Ctrl+Shift+Z Ctrl+Y", "redo", "redo"),
            ActionSpec("-", "edit"),
            ActionSpec("settings", "edit", self.tr("Se&ttings…"),
                self.tr("Look, language, reading and saving"), "Ctrl+,", "settings"),
        )

    def _page(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("clean-with", "page", self.tr("&Clean with"),
                self.tr("Choose how the writing is told from the paper on this page"),
                "", "clean", "page", "menu"),
            ActionSpec("clean-all", "page", self.tr("Clean all pages like t&his one"),
                self.tr("Use the method and the threshold of this page for all pages"),
                "Ctrl+Shift+K", "", "pages"),
            ActionSpec("compare-methods", "page", self.tr("Compare me&thods…"),
                self.tr("See what each method and model makes of the visible part"),
                "Ctrl+K", "methods", "page",
                short=self.tr("Methods")),
            ActionSpec("-", "page"),
            ActionSpec("brush", "page", self.tr("&Mend with the brush"),
                self.tr("Paint ink or paper on the cleaned page; Esc puts the brush "
                        "down; on the page the key B alone does so, too"),
                "Ctrl+B B", "brush", "paintable", "check",
                short=self.tr("Brush")),
            ActionSpec("brush-swap", "page", self.tr("S&wap ink and paper"),
                self.tr("Let the left button paint what the right one paints"),
                "X", "", "brush"),
            ActionSpec("brush-smaller", "page", self.tr("Smaller brush"),
                self.tr("Take the next smaller brush"), "[", "", "brush"),
            ActionSpec("brush-larger", "page", self.tr("Larger brush"),
                self.tr("Take the next larger brush"), "]", "", "brush"),
            ActionSpec("remove-mending", "page", self.tr("Rem&ove mending"),
                self.tr("Take away all that was painted on this page"),
                "", "", "mended"),
            ActionSpec("-", "page"),
            ActionSpec("find-lines", "page", self.tr("Find &lines"),
                self.tr("Find the lines of this page; those you worked on stay"),
                "F6", "lines", "page"),
            ActionSpec("find-all", "page", self.tr("Find lines on all pages"),
                self.tr("Find the lines of every page that has none yet"),
                "Shift+F6", "", "page"),
            ActionSpec("find-with", "page", self.tr("F&ind lines with"),
                self.tr("Choose what finds the lines of this project's pages"),
                "", "", "project", "menu"),
            ActionSpec("-", "page"),
            ActionSpec("read-page", "page", self.tr("&Read page"),
                self.tr("Read this page; what you typed or checked stays as it is"),
                "F5", "read", "page"),
            ActionSpec("read-all", "page", self.tr("Read &all pages"),
                self.tr("Read all pages; what you typed or checked stays as it is"),
                "Shift+F5", "", "page"),
            ActionSpec("word-list", "page", self.tr("Wor&d list…"),
                self.tr("Read with a list of the names, places or words of your "
                        "pages"), "Ctrl+L", "", "project"),
            ActionSpec("stop-all", "page", self.tr("&Stop all work"),
                self.tr("Stop everything that is running; what is done so far stays"),
                "Ctrl+.", "stop", "busy"),
            ActionSpec("-", "page"),
            ActionSpec("rotate-right", "page", self.tr("Turn ri&ght"),
                self.tr("Turn this page a quarter to the right"),
                "Ctrl+R", "rotate", "page"),
            ActionSpec("rotate-left", "page", self.tr("Turn l&eft"),
                self.tr("Turn this page a quarter to the left"),
                "Ctrl+Shift+R", "", "page"),
            ActionSpec("negative", "page", self.tr("&Negative"),
                self.tr("The scan is a negative: light writing on a dark ground"),
                "Ctrl+Shift+N", "invert", "page", "check"),
            ActionSpec("-", "page"),
            ActionSpec("previous-page", "page", self.tr("&Previous page"),
                self.tr("Go to the page before"), "Ctrl+PgUp", "previous", "before"),
            ActionSpec("next-page", "page", self.tr("Ne&xt page"),
                self.tr("Go to the next page"), "Ctrl+PgDown", "next", "after"),
            ActionSpec("remove-page", "page", self.tr("Remove page"),
                self.tr("Take this page out of the project; its scan stays"),
                "Ctrl+Shift+Backspace", "remove", "page"),
        )

    def _line(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("accept-next", "line", self.tr("&Accept and next line"),
                self.tr("Call this line right and go to the next; Enter does so in the "
                        "text"), "Ctrl+Return", "accept", "line",
                short=self.tr("Accept")),
            ActionSpec("next-doubtful", "line", self.tr("Next &doubtful place"),
                self.tr("Go to the next character that the model is not sure of"),
                "F2", "next-doubtful", "lines",
                short=self.tr("Doubtful")),
            ActionSpec("other-words", "line", self.tr("&Other words here"),
                self.tr("Choose what the word at the text cursor might be as well; it "
                        "must stand as it was read"), "Alt+Down", "", "line"),
            ActionSpec("-", "line"),
            ActionSpec("previous-line", "line", self.tr("&Previous line"),
                self.tr("Go to the line above"), "Ctrl+Up", "", "lines"),
            ActionSpec("next-line", "line", self.tr("Ne&xt line"),
                self.tr("Go to the line below"), "Ctrl+Down", "", "lines"),
            ActionSpec("split-text", "line", self.tr("&Split at the text cursor"),
                self.tr("Make two lines of this one, on the page too; the second "
                        "begins at the text cursor"), "Alt+Return", "", "line"),
            ActionSpec("join-next", "line", self.tr("&Join with the next"),
                self.tr("Make one line of this one and the next, if they stand beside "
                        "each other"), "Alt+Delete", "", "line"),
            ActionSpec("line-earlier", "line", self.tr("Read earl&ier"),
                self.tr("Let this line be read before the one that is now before it"),
                "Alt+Shift+Up", "", "line"),
            ActionSpec("line-later", "line", self.tr("Read lat&er"),
                self.tr("Let this line be read after the one that is now after it"),
                "Alt+Shift+Down", "", "line"),
            ActionSpec("-", "line"),
            ActionSpec("reopen-line", "line", self.tr("&Reopen line"),
                self.tr("Take back that this line was called right"),
                "Ctrl+Shift+Return", "", "checked"),
            ActionSpec("revert-line", "line", self.tr("&Back to what was read"),
                self.tr("Drop your text of this line and show the reading again"),
                "Ctrl+Shift+B", "", "corrected"),
            ActionSpec("delete-line", "line", self.tr("De&lete line"),
                self.tr("Take this line off the page; Undo brings it back"),
                "Ctrl+Shift+Delete", "remove", "line"),
        )

    def _view(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("zoom-in", "view", self.tr("Zoom &in"),
                self.tr("Show the page larger"), "Ctrl++ Ctrl+=", "zoom-in", "page",
                short=self.tr("Larger")),
            ActionSpec("zoom-out", "view", self.tr("Zoom &out"),
                self.tr("Show the page smaller"), "Ctrl+-", "zoom-out", "page",
                short=self.tr("Smaller")),
            ActionSpec("fit-page", "view", self.tr("&Whole page"),
                self.tr("Fit the whole page into the view"), "Ctrl+0", "fit", "page",
                short=self.tr("Whole")),
            ActionSpec("fit-width", "view", self.tr("Page wi&dth"),
                self.tr("Fit the width of the page into the view"),
                "Ctrl+2", "", "page"),
            ActionSpec("actual-size", "view", self.tr("&Actual size"),
                self.tr("Show each pixel of the scan as one of the screen"),
                "Ctrl+1", "", "page"),
            ActionSpec("-", "view"),
            ActionSpec("side-by-side", "view", self.tr("&Side by side"),
                self.tr("Show the scan and the cleaned page beside each other"),
                "F7", "", "page", "check"),
            ActionSpec("overlays", "view", self.tr("Line o&utlines"),
                self.tr("Show the lines and their numbers on the page"),
                "F3", "", "page", "check"),
            ActionSpec("compare", "view", self.tr("&Cleaned in place of the scan"),
                self.tr("Show the cleaned page in place of the scan while the key is "
                        "down; a click shows it until the next click"),
                "F8", "compare", "page", "hold",
                short=self.tr("Cleaned")),
            ActionSpec("-", "view"),
            ActionSpec("show-pages", "view", self.tr("&Pages"),
                self.tr("Show or hide the list of pages"), "F9", "", "", "check"),
            ActionSpec("show-text", "view", self.tr("&Text"),
                self.tr("Show or hide the text"), "Shift+F9", "", "", "check"),
            ActionSpec("show-cleaning", "view", self.tr("C&leaning"),
                self.tr("Show or hide the settings of the cleaned page"),
                "Ctrl+F9", "", "", "check"),
            ActionSpec("-", "view"),
            ActionSpec("full-screen", "view", self.tr("&Full screen"),
                self.tr("Use the whole screen"), "F11", "", "", "check"),
        )

    def _learn(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("train", "learn", self.tr("&Train on corrections…"),
                self.tr("Teach a copy of a model what you corrected or mended"),
                "Ctrl+T", "train", "project",
                short=self.tr("Train")),
            ActionSpec("-", "learn"),
            ActionSpec("save-model", "learn", self.tr("&Save model to a file…"),
                self.tr("Write a model into one file, to pass it on")),
            ActionSpec("add-model", "learn", self.tr("&Add model from a file…"),
                self.tr("Take in a model that somebody passed on to you")),
        )

    def _help(self) -> tuple[ActionSpec, ...]:
        return (
            ActionSpec("shortcuts", "help", self.tr("&Shortcuts"),
                self.tr("All keys on one page"), "F1", "help"),
            ActionSpec("-", "help"),
            ActionSpec("about-model", "help", self.tr("About the &model…"),
                self.tr("What the chosen model is good for, and its licence"),
                "", "", "model"),
            ActionSpec("about", "help", self.tr("&About and device…"),
                self.tr("Version, licence, and what the networks run on")),
            ActionSpec("open-logs", "help", self.tr("Open &log folder"),
                self.tr("Show the folder of the program's log files")),
        )

    # fmt: on
