"""One thing that a person can do, as the table of actions names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing to do, or a line between two in a menu.

    Attributes
    ----------
    id : str
        Its name in the program; "-" is a separator.
    menu : str
        Id of its menu.
    text : str
        In the menu, with the letter to press marked.
    tip : str
        One sentence what it does.
    keys : str
        Shortcuts, a blank between two; the first is shown.
    icon : str
        Of ``resources/icons``, or "".
    needs : str
        What must be there for it to be enabled, see `menus.conditions`; "" nothing.
    kind : str
        "" for what is done once, "check" for what is on or off, "hold" for what lasts
        as long as the key is down (even while typing), "menu" for a menu of its own.
    """

    id: str
    menu: str
    text: str = ""
    tip: str = ""
    keys: str = ""
    icon: str = ""
    needs: str = ""
    kind: str = ""
    short: str = ""

    @property
    def name(self) -> str:
        """Its text without the mark and the dots, as in a list."""
        return self.text.replace("&", "").removesuffix("…")
