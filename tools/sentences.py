"""Collect the sentences for people in those layers that know nothing of translation.

A sentence made of words and values, ``f"“{name}” is empty."``, becomes the template
``“{0}” is empty.``; `hwocr_desktop.ui.sentences` finds it again at run time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_SENTENCE = re.compile(r"[A-Z“{].* .*[.?!]", re.DOTALL)
_LEAST_LETTERS = 6


def find_sentences(paths: Iterable[Path]) -> list[str]:
    """Return the templates of all sentences in modules, each once, sorted.

    Docstrings and what is only logged are none.
    """
    found: set[str] = set()
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(filter(is_sentence, map(template, _texts(tree))))
    return sorted(found)


def is_sentence(text: str) -> bool:
    """Whether a template is at least one whole sentence, and not only values."""
    words = re.sub(r"\{\d+\}", "", text)
    letters = sum(c.isalpha() for c in words)
    return bool(_SENTENCE.fullmatch(text)) and letters >= _LEAST_LETTERS


def template(node: ast.Constant | ast.JoinedStr) -> str:
    """Return a text with its values numbered, blanks around it left out."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    said, number = "", 0
    for part in parts:
        if isinstance(part, ast.Constant):
            said += str(part.value).replace("{", "{{").replace("}", "}}")
        else:
            said += f"{{{number}}}"
            number += 1
    return said.strip()


def _texts(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the texts in a tree, joined ones whole."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr):
            yield child
            # A value may hold texts of its own.
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _texts(part)
        elif isinstance(child, ast.Constant):
            if isinstance(child.value, str):
                yield child
        elif not _is_for_nobody(child):
            yield from _texts(child)


def _is_for_nobody(node: ast.AST) -> bool:
    """Whether a node is a docstring, or a call of the log."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    function = node.func if isinstance(node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "log"
