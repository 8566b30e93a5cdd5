"""The one form that a line's text has wherever it is kept."""

from __future__ import annotations

import re
import unicodedata

# Everything at which str.splitlines() would break: a line of writing is one line.
_BREAKS = re.compile("[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")


def one_line(text: str) -> str:
    r"""Return the text in Unicode form NFC and without line breaks.

    Spaces at the ends stay, because somebody may still be typing.

    Parameters
    ----------
    text : str
        Any text, as typed, pasted or imported.

    Returns
    -------
    str
        The text with every run of line breaks replaced by one space.

    Examples
    --------
    >>> one_line("Kew,\r\nMay 4")
    'Kew, May 4'
    """
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", text))
