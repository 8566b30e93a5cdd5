"""The difference between two projects, as small as the change itself.

A patch names the fields of the project, of pages and of lines that differ, so that a
letter typed costs about a hundred bytes whatever the size of the page. The order of
pages and lines is written only where it changed, and of the strokes of the brush only
how many stay and which come after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.fields import (
    LINE,
    LINE_FIELDS,
    PAGE,
    PAGE_FIELDS,
    PROJECT_FIELDS,
    STROKE,
    Codec,
    Json,
    decode_fields,
)

_T = TypeVar("_T", Page, Line)


class BadPatch(ValueError):
    """A patch that does not fit the project it is applied to."""


def diff(old: Project, new: Project) -> Json:
    """Return what turns one project into another.

    Parameters
    ----------
    old, new : Project
        Two projects; parts that are the same object cost nothing.

    Returns
    -------
    dict
        JSON for `apply`; empty where the projects are equal.
    """
    if old is new:
        return {}
    patch = _changed(PROJECT_FIELDS, old, new)
    known = {page.id: page for page in old.pages}
    pages: Json = {}
    added: list[Any] = []
    for page in new.pages:
        if page.id not in known:
            added.append(PAGE.encode(page))
        elif changes := _diff_page(known[page.id], page):
            pages[page.id] = changes
    return patch | _parts(
        order=_order(old.pages, new.pages), added=added, changed=pages
    )


def apply(project: Project, patch: Json) -> Project:
    """Return the project that a patch makes of another.

    Raises
    ------
    BadPatch
        If the patch was not made for this project, or is damaged.
    """
    try:
        fields = decode_fields(PROJECT_FIELDS, patch)
        pages = _apply_parts(project.pages, patch, PAGE, _apply_page)
        return replace(project, pages=pages, **fields)
    except BadPatch:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise BadPatch(str(error)) from error


def _diff_page(old: Page, new: Page) -> Json:
    if old is new:
        return {}
    patch = _changed(PAGE_FIELDS, old, new)
    if old.mending != new.mending:
        kept = _common(old.mending, new.mending)
        added_strokes = [STROKE.encode(stroke) for stroke in new.mending[kept:]]
        patch["mending"] = {"kept": kept, "added": added_strokes}
    known = {line.id: line for line in old.lines}
    lines: Json = {}
    added: list[Any] = []
    for line in new.lines:
        if line.id not in known:
            added.append(LINE.encode(line))
        elif changes := _changed(LINE_FIELDS, known[line.id], line):
            lines[line.id] = changes
    return patch | _parts(
        order=_order(old.lines, new.lines), added=added, changed=lines
    )


def _apply_page(page: Page, patch: Json) -> Page:
    fields = decode_fields(PAGE_FIELDS, patch)
    lines = _apply_parts(page.lines, patch, LINE, _apply_line)
    mending = page.mending
    if "mending" in patch:
        kept = patch["mending"]["kept"]
        if not isinstance(kept, int) or not 0 <= kept <= len(mending):
            raise BadPatch("strokes are missing")
        added = map(STROKE.decode, patch["mending"]["added"])
        mending = (*mending[:kept], *added)
    return replace(page, mending=mending, lines=lines, **fields)


def _common(old: Sequence[object], new: Sequence[object]) -> int:
    """Return how many items two sequences have in common at their beginning."""
    number = 0
    for one, other in zip(old, new, strict=False):
        if one is not other and one != other:
            break
        number += 1
    return number


def _apply_line(line: Line, patch: Json) -> Line:
    return replace(line, **decode_fields(LINE_FIELDS, patch))


def _changed(table: Mapping[str, Codec], old: object, new: object) -> Json:
    """Return the fields of a table in which two objects differ, as JSON."""
    if old is new:
        return {}
    return {
        name: codec.encode(getattr(new, name))
        for name, codec in table.items()
        if getattr(old, name) != getattr(new, name)
    }


def _order(old: Sequence[_T], new: Sequence[_T]) -> list[str] | None:
    """Return the ids in their new order, or None where it is the old one."""
    ids = [item.id for item in new]
    return None if ids == [item.id for item in old] else ids


def _parts(order: list[str] | None, added: list[Any], changed: Json) -> Json:
    """Write what happened to pages or lines, leaving out what did not."""
    parts: Json = {}
    if order is not None:
        parts["order"] = order
    if added:
        parts["added"] = added
    if changed:
        parts["changed"] = changed
    return parts


def _apply_parts(items: tuple[_T, ...], patch: Json, codec: Codec, change: Any) -> Any:
    """Return the pages or lines after a patch."""
    known = {item.id: item for item in items}
    for id_, changes in patch.get("changed", {}).items():
        if id_ not in known:
            raise BadPatch(f"{id_} is not there")
        known[id_] = change(known[id_], changes)
    for data in patch.get("added", []):
        item = codec.decode(data)
        known[item.id] = item
    order = patch.get("order", [item.id for item in items])
    if not isinstance(order, list) or len(set(order)) != len(order):
        raise BadPatch("the order is damaged")
    missing = [id_ for id_ in order if id_ not in known]
    if missing:
        raise BadPatch(f"{missing[0]} is not there")
    return tuple(known[id_] for id_ in order)
