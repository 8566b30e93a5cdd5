"""Sentences of the other layers in the language of the program.

The layers below know nothing of translation and say what happened in English, with
names and numbers already in it. Here such a sentence is matched with the templates that
``tools/update_translations.py`` has collected from their code, its template translated,
and the names and numbers put in again. What has no translation stays English.
"""

from __future__ import annotations

import json
import logging
import re
from functools import lru_cache
from pathlib import Path
from string import Formatter

from PySide6.QtCore import QCoreApplication

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.paths import bundled_resources

log = logging.getLogger(__name__)

CONTEXT = "Errors"
FILE_NAME = "sentences.json"
# Between two sentences.
_BORDER = re.compile(r"(?<=[.!?]) (?=[A-Z“])")


def in_our_language(text: str) -> str:
    """Return a sentence, or several, as the person is to read them.

    Parameters
    ----------
    text : str
        As another layer made it, or translated already.
    """
    whole = _translated(text)
    if whole != text:
        return whole
    return " ".join(_translated(part) for part in _BORDER.split(text))


def said(notice: Notice) -> str:
    """Return what happened and what to do about it, as the person is to read it."""
    parts = (in_our_language(notice.text), in_our_language(notice.advice))
    return " ".join(filter(None, parts))


def _translated(text: str) -> str:
    """Return the translation of a sentence, or the sentence itself."""
    words = QCoreApplication.translate(CONTEXT, text) if text else text
    if words != text:
        return words
    for template, pattern in _templates(bundled_resources() / "translations"):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        words = QCoreApplication.translate(CONTEXT, template)
        if words == template:
            continue
        try:
            # What is put in may be a sentence itself.
            return words.format(*map(_translated, found.groups()))
        except (IndexError, KeyError, ValueError):
            log.warning("the translation of “%s” cannot be used", template)
    return text


@lru_cache(maxsize=2)
def _templates(folder: Path) -> list[tuple[str, re.Pattern[str]]]:
    """Return the templates with values, those that say most first."""
    try:
        known = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        made = [(text, _pattern(text)) for text in known if _values(text)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        log.warning("%s cannot be used: %s", FILE_NAME, error)
        return []
    return sorted(made, key=lambda one: -len(_words(one[0])))


def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile(
        "".join(
            re.escape(words) + ("" if value is None else "(.+?)")
            for words, value, *_ in parts
        ),
        re.DOTALL,
    )


def _values(template: str) -> int:
    return sum(value is not None for _, value, *_ in Formatter().parse(template))


def _words(template: str) -> str:
    return "".join(words for words, *_ in Formatter().parse(template))
