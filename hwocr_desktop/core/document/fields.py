"""How each field of the document is written as JSON and read back.

One table per class. The project file (`serial`) uses them, and so do the patches of
the journal (`patch`), so a field can never be in one of them and missing in the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from hwocr_desktop.core.document.document import (
    Character,
    Cleaning,
    Line,
    Page,
    Project,
    Reading,
    Region,
)
from hwocr_desktop.core.pixels.geometry import LineShape, Point

Json = dict[str, Any]

_T = TypeVar("_T")


class Codec(NamedTuple):
    """How one field is written and read; reading raises ValueError on nonsense."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


# --- single values ---------------------------------------------------------------


def json_kind(kind: type[_T]) -> Callable[[Any], _T]:
    """Return a reader that accepts one kind of JSON value only."""

    def decode(value: Any) -> _T:
        # bool is a child of int.
        if not isinstance(value, kind) or (
            isinstance(value, bool) and kind is not bool
        ):
            raise ValueError(f"{type(value).__name__} instead of {kind.__name__}")
        return value

    return decode


def _number_to_json(value: float) -> float:
    """Write a number; JSON knows no infinity, and whole numbers are shorter."""
    number = float(value)
    if not math.isfinite(number):
        return 0
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{type(value).__name__} instead of a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def _points_to_json(points: Iterable[Point]) -> list[float]:
    """Write points as one flat list: x0, y0, x1, y1, ..."""
    return [_number_to_json(value) for point in points for value in point]


def _points(value: Any) -> tuple[Point, ...]:
    numbers = [_number(one) for one in json_kind(list)(value)]
    if len(numbers) % 2:
        raise ValueError("a point has no second coordinate")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _optional(codec: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else codec.encode(value),
        lambda value: None if value is None else codec.decode(value),
    )


def _many(codec: Codec) -> Codec:
    return Codec(
        lambda items: [codec.encode(item) for item in items],
        lambda items: tuple(codec.decode(item) for item in json_kind(list)(items)),
    )


def _record(kind: Callable[..., Any], table: Mapping[str, Codec]) -> Codec:
    """Return the codec of a dataclass from that of its fields."""
    return Codec(
        lambda item: {name: c.encode(getattr(item, name)) for name, c in table.items()},
        lambda data: kind(**decode_fields(table, data)),
    )


_TEXT = Codec(str, json_kind(str))
_WHOLE = Codec(int, json_kind(int))
_FLAG = Codec(bool, json_kind(bool))
_NUMBER = Codec(_number_to_json, _number)
_POINTS = Codec(_points_to_json, _points)


def _character_to_json(character: Character) -> list[Any]:
    numbers = (character.confidence, character.start, character.end)
    return [character.text, *map(_number_to_json, numbers)]


def _character(value: Any) -> Character:
    text, *numbers = json_kind(list)(value)
    confidence, start, end = map(_number, numbers)
    return Character(json_kind(str)(text), confidence, start, end)


# --- the tables ------------------------------------------------------------------

_READING = _record(
    Reading,
    {
        "characters": _many(Codec(_character_to_json, _character)),
        "model": _TEXT,
    },
)
_SHAPE = _record(
    LineShape,
    {
        "baseline": _POINTS,
        "polygon": _POINTS,
        "ascent": _NUMBER,
        "descent": _NUMBER,
    },
)
_CLEANING = _record(
    Cleaning,
    {
        "method": _TEXT,
        "cut": _optional(_WHOLE),
        "window": _WHOLE,
        "k": _optional(_NUMBER),
    },
)
_REGION = _record(Region, {"id": _TEXT, "polygon": _POINTS, "kind": _TEXT})
# Without the id, which never changes.
LINE_FIELDS: dict[str, Codec] = {
    "shape": _SHAPE,
    "reading": _optional(_READING),
    "correction": _optional(_TEXT),
    "checked": _FLAG,
    "region": _TEXT,
    "kind": _TEXT,
}
LINE = _record(Line, {"id": _TEXT, **LINE_FIELDS})
# Without the id and the lines.
PAGE_FIELDS: dict[str, Codec] = {
    "source": _TEXT,
    "width": _WHOLE,
    "height": _WHOLE,
    "frame": _WHOLE,
    "sha256": _TEXT,
    "dpi": _NUMBER,
    "rotation": _WHOLE,
    "inverted": _FLAG,
    "cleaning": _CLEANING,
    "regions": _many(_REGION),
    "next_line": _WHOLE,
}
PAGE = _record(Page, {"id": _TEXT, **PAGE_FIELDS, "lines": _many(LINE)})
# Without the pages.
PROJECT_FIELDS: dict[str, Codec] = {
    "title": _TEXT,
    "line_model": _TEXT,
    "next_page": _WHOLE,
}
PROJECT = _record(Project, {**PROJECT_FIELDS, "pages": _many(PAGE)})


def decode_fields(table: Mapping[str, Codec], data: Any) -> Json:
    """Read the fields of a table that a JSON object has.

    Raises
    ------
    ValueError
        If the object is none, or a field is of the wrong kind.
    """
    given = json_kind(dict)(data)
    return {name: c.decode(given[name]) for name, c in table.items() if name in given}
