"""How each field of the document is written as JSON and read back.

One table per class. The project file (`serial`) uses them, and so do the patches of
the journal (`patch`), so a field can never be in one of them and missing in the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from hwocr_desktop.core.document.document import (
    Character,
    Cleaning,
    Line,
    Original,
    OtherReading,
    Page,
    Project,
    Reading,
    Region,
    WordAlternatives,
)
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.mending import PAINTS, BrushStroke, Paint
from hwocr_desktop.core.text.lexicon import LEXICON_USES, LexiconUse

Json = dict[str, Any]

_T = TypeVar("_T")

_LARGEST_RADIUS = 1e5


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


def _numbers_to_json(values: Iterable[float]) -> list[float]:
    """Write numbers; JSON knows no infinity, and whole numbers are shorter."""
    numbers = [float(value) for value in values]
    if not all(map(math.isfinite, numbers)):
        numbers = [number if math.isfinite(number) else 0.0 for number in numbers]
    return [
        int(number) if number.is_integer() and abs(number) < 1e15 else number
        for number in numbers
    ]


def _numbers(values: Any) -> list[float]:
    """Read many numbers; a project has millions, so no function call for each."""
    given: list[Any] = json_kind(list)(values)
    # Not isinstance: true and false are no numbers here.
    if not {*map(type, given)} <= {int, float}:
        raise ValueError("something else instead of a number")
    numbers = list(map(float, given))
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a number is not finite")
    return numbers


def _points_to_json(points: Iterable[Point]) -> list[float]:
    """Write points as one flat list: x0, y0, x1, y1, ..."""
    return _numbers_to_json(chain.from_iterable(points))


def _points(value: Any) -> tuple[Point, ...]:
    numbers = _numbers(value)
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
_NUMBER = Codec(
    lambda value: _numbers_to_json([value])[0], lambda value: _numbers([value])[0]
)
_POINTS = Codec(_points_to_json, _points)


def _reading_to_json(reading: Reading) -> Json:
    """Write the characters by columns, which is shorter and quicker than by rows."""
    characters = reading.characters
    texts = [character.text for character in characters]
    written: Json = {
        "model": reading.model,
        # One code point each is the rule; whatever breaks it comes back as well.
        "text": "".join(texts) if all(len(text) == 1 for text in texts) else texts,
        "confidence": _numbers_to_json([c.confidence for c in characters]),
        "start": _numbers_to_json([c.start for c in characters]),
        "end": _numbers_to_json([c.end for c in characters]),
    }
    if reading.alternatives:
        written["alternatives"] = [_word_to_json(one) for one in reading.alternatives]
    return written


def _reading(value: Any) -> Reading:
    data: Json = json_kind(dict)(value)
    texts = data["text"]
    if not isinstance(texts, str):
        texts = [json_kind(str)(text) for text in json_kind(list)(texts)]
    columns = [_numbers(data[name]) for name in ("confidence", "start", "end")]
    if {*map(len, columns)} != {len(texts)}:
        raise ValueError("a reading is not whole")
    characters = tuple(map(Character, texts, *columns))
    words = tuple(map(_word, json_kind(list)(data.get("alternatives", []))))
    last = 0
    for word in words:
        if not last <= word.start < word.end <= len(characters):
            raise ValueError("the words of a reading are not in order")
        last = word.end
    return Reading(characters, json_kind(str)(data["model"]), words)


def _word_to_json(word: WordAlternatives) -> list[Any]:
    """Write a word as one flat list: start, end, its own share, text, share, ..."""
    shares = _numbers_to_json(
        [word.probability, *(other.probability for other in word.others)]
    )
    pairs = zip((other.text for other in word.others), shares[1:], strict=True)
    return [word.start, word.end, shares[0], *chain.from_iterable(pairs)]


def _word(value: Any) -> WordAlternatives:
    given: list[Any] = json_kind(list)(value)
    if len(given) < 3 or len(given) % 2 == 0:
        raise ValueError("a word of a reading is not whole")
    start, end = map(json_kind(int), given[:2])
    shares = _numbers(given[2::2])
    texts = map(json_kind(str), given[3::2])
    others = tuple(map(OtherReading, texts, shares[1:]))
    return WordAlternatives(start, end, shares[0], others)


def _paint(value: Any) -> Paint:
    for paint in PAINTS:
        if value == paint:
            return paint
    raise ValueError("a stroke is neither ink nor paper")


def _stroke(**values: Any) -> BrushStroke:
    stroke = BrushStroke(**values)
    if not stroke.points or not 0 < stroke.radius < _LARGEST_RADIUS:
        raise ValueError("a stroke is not whole")
    return stroke


def _file_name(value: Any) -> str:
    """Read the name of a file in the project folder: it must lead nowhere else."""
    name: str = json_kind(str)(value)
    if name in (".", "..") or any(c in name for c in "/\\:\0"):
        raise ValueError("a name of a file leads out of the project")
    return name


def _quarter_turns(value: Any) -> int:
    degrees: int = json_kind(int)(value)
    if degrees not in (0, 90, 180, 270):
        raise ValueError("a page is turned by no quarter")
    return degrees


def _lexicon_use(value: Any) -> LexiconUse:
    for use in LEXICON_USES:
        if value == use:
            return use
    raise ValueError("a list of words is neither preferred nor binding")


# --- the tables ------------------------------------------------------------------

_READING = Codec(_reading_to_json, _reading)
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
        "orientations": _WHOLE,
    },
)
_REGION = _record(
    Region, {"id": _TEXT, "polygon": _POINTS, "kind": _TEXT, "is_shaped": _FLAG}
)
STROKE = _record(
    _stroke, {"paint": Codec(str, _paint), "radius": _NUMBER, "points": _POINTS}
)
_ORIGINAL = _record(
    Original, {"name": Codec(str, _file_name), "rotation": Codec(int, _quarter_turns)}
)
# Without the id, which never changes.
LINE_FIELDS: dict[str, Codec] = {
    "shape": _SHAPE,
    "reading": _optional(_READING),
    "correction": _optional(_TEXT),
    "checked": _FLAG,
    "region": _TEXT,
    "kind": _TEXT,
    "is_shaped": _FLAG,
    "is_placed": _FLAG,
    "transcript": _TEXT,
}
LINE = _record(Line, {"id": _TEXT, **LINE_FIELDS})
# Without the id, the mending and the lines.
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
    "removed": _many(_SHAPE),
    "next_line": _WHOLE,
    "original": _optional(_ORIGINAL),
    "is_searched": _FLAG,
}
PAGE = _record(
    Page,
    {"id": _TEXT, **PAGE_FIELDS, "mending": _many(STROKE), "lines": _many(LINE)},
)
# Without the pages.
PROJECT_FIELDS: dict[str, Codec] = {
    "title": _TEXT,
    "line_model": _TEXT,
    "layout_model": _TEXT,
    "next_page": _WHOLE,
    "word_list": Codec(str, _file_name),
    "word_list_use": Codec(str, _lexicon_use),
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
