"""Which line of a plain transcript stands in which line found on its page.

A transcript has the text of a page, its line breaks as written, and no places; the
line finder has places, and a model a reading of each that may be wrong. Both are laid
along each other by dynamic programming as strings are (R. A. Wagner, M. J. Fischer
1974, DOI 10.1145/321796.321811), with lines in place of letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from hwocr_desktop.core.text.text_metrics import normalize

LEAST_SIMILARITY = 0.3
"""A found line and a text less alike than this, 0..1, are not the same line."""

_BRACKETS = str.maketrans("", "", "[]")


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """A row of a transcript that holds text.

    Attributes
    ----------
    number : int
        Its line in the file, from 1.
    text : str
        NFC, single spaces, without brackets.
    is_marked : bool
        Whether any of it is in brackets: struck out, unreadable, a remark. What is on
        the page there is then not known.
    """

    number: int
    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text and the found line in which it stands.

    Attributes
    ----------
    line : int
        The found line, from 0.
    rows : tuple of int
        Rows of the transcript, from 0: one, or two that share a found line.
    text : str
        Of the found line: the rows, or the part of a row that it shares with a found
        line beside it.
    similarity : float
        Of reading and text, `LEAST_SIMILARITY` to 1.
    """

    line: int
    rows: tuple[int, ...]
    text: str
    similarity: float


def transcript_rows(text: str) -> list[TranscriptRow]:
    r"""Return the rows of a transcript that hold text.

    A bracket that is closed in a later row marks all rows between.

    Examples
    --------
    >>> [(r.number, r.text) for r in transcript_rows("My  dear\n\nsir [out] I\n[?]")]
    [(1, 'My dear'), (3, 'sir out I'), (4, '?')]
    >>> [row.is_marked for row in transcript_rows("My\ndear [so\nsir] I\nam")]
    [False, True, True, False]
    """
    lines = normalize(text).splitlines()
    marked: set[int] = set()
    opened: list[int] = []
    for number, line in enumerate(lines, 1):
        for character in line:
            if character == "[":
                opened.append(number)
                marked.add(number)
            elif character == "]":
                marked.update(range(opened.pop() if opened else number, number + 1))
    found = [
        TranscriptRow(
            number, " ".join(line.translate(_BRACKETS).split()), number in marked
        )
        for number, line in enumerate(lines, 1)
    ]
    return [row for row in found if row.text]


def similarity(reading: str, text: str) -> float:
    """Return how alike two texts are: 1 less the share of characters to change.

    Returns
    -------
    float
        0..1; 0 if either is empty.
    """
    if not reading or not text:
        return 0.0
    return float(Levenshtein.normalized_similarity(reading, text))


def gain(placed: PlacedText) -> float:
    """Return what a placed text is worth: what is alike beyond `LEAST_SIMILARITY`.

    Counted in characters, so that long lines hold the short ones in place; the space
    that joins two rows is none.
    """
    length = len(placed.text) - (len(placed.rows) - 1)
    return (placed.similarity - LEAST_SIMILARITY) * length


def align_transcript(readings: Sequence[str], rows: Sequence[str]) -> list[PlacedText]:
    """Lay the rows of a transcript along the lines found on its page.

    Both keep their order. Found lines without text and rows without a found line are
    passed over. One found line may hold two rows, and one row may go over two found
    lines, parted between words.

    Parameters
    ----------
    readings : sequence of str
        What a model reads in the found lines, in reading order.
    rows : sequence of str
        Of the transcript, from the top.

    Returns
    -------
    list of PlacedText
        Those whose gains, see `gain`, have the greatest sum; rising in `line`.
    """
    best = [[0.0] * (len(rows) + 1) for _ in range(len(readings) + 1)]
    taken: dict[tuple[int, int], list[PlacedText]] = {}
    for i in range(len(readings) + 1):
        for j in range(len(rows) + 1):
            if i:
                best[i][j] = best[i - 1][j]
            if j:
                best[i][j] = max(best[i][j], best[i][j - 1])
            for lines, used, placed in _last_moves(readings, rows, i, j):
                total = best[i - lines][j - used] + sum(map(gain, placed))
                if total > best[i][j]:
                    best[i][j], taken[i, j] = total, placed
    return _trace(best, taken)


def _last_moves(
    readings: Sequence[str], rows: Sequence[str], i: int, j: int
) -> list[tuple[int, int, list[PlacedText]]]:
    """Return the ways to place text in the last of `i` lines and `j` rows.

    Each with the number of lines and rows it takes up; the plainest first.
    """
    ways: list[tuple[int, int, list[PlacedText]]] = []
    if i and j:
        ways.append((1, 1, _worthy(_placed(readings, i - 1, (j - 1,), rows[j - 1]))))
    if i and j > 1:
        both = f"{rows[j - 2]} {rows[j - 1]}"
        ways.append((1, 2, _worthy(_placed(readings, i - 1, (j - 2, j - 1), both))))
    if i > 1 and j:
        ways.append((2, 1, _parted(readings, i, rows[j - 1], j - 1)))
    return [way for way in ways if way[2]]


def _placed(
    readings: Sequence[str], line: int, rows: tuple[int, ...], text: str
) -> PlacedText:
    return PlacedText(line, rows, text, similarity(readings[line], text))


def _worthy(*placed: PlacedText) -> list[PlacedText]:
    """Return the texts if all of them are alike enough, else none."""
    return list(placed) if all(gain(item) > 0 for item in placed) else []


def _parted(readings: Sequence[str], i: int, row: str, number: int) -> list[PlacedText]:
    """Part a row between two words so that it suits the last two of `i` lines."""
    words = row.split()
    ways = [
        _worthy(
            _placed(readings, i - 2, (number,), " ".join(words[:at])),
            _placed(readings, i - 1, (number,), " ".join(words[at:])),
        )
        for at in range(1, len(words))
    ]
    return max(ways, key=lambda way: sum(map(gain, way)), default=[])


def _trace(
    best: Sequence[Sequence[float]],
    taken: dict[tuple[int, int], list[PlacedText]],
) -> list[PlacedText]:
    """Walk back along the best way and return what was placed, from the top."""
    i, j = len(best) - 1, len(best[0]) - 1
    found: list[PlacedText] = []
    while i and j:
        placed = taken.get((i, j))
        if placed is None:
            # Passing over changed nothing; one of both does.
            i, j = (i - 1, j) if best[i - 1][j] == best[i][j] else (i, j - 1)
            continue
        found = placed + found
        i -= len({item.line for item in placed})
        j -= len({row for item in placed for row in item.rows})
    return found
