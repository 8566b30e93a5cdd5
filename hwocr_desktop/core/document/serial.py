"""The project as a file: what stands in ``project.json``.

The file carries one integer, `SCHEMA`. Whoever changes the tables in `fields` raises
it and adds one function to `MIGRATIONS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.fields import (
    LINE,
    PAGE_FIELDS,
    PROJECT,
    PROJECT_FIELDS,
    STROKE,
    Json,
    json_kind,
)
from hwocr_desktop.core.errors import ProjectDamaged, ProjectTooNew

FORMAT = "hwocr-project"
SCHEMA = 10
# From the schema that is the key to the next one; each takes and returns the whole
# content of the file and need not touch the schema number.
MIGRATIONS: dict[int, Callable[[Json], Json]] = {
    1: lambda content: content,  # pages had no mending yet, and need none
    2: lambda content: content,  # readings had no alternatives yet
    3: lambda content: content,  # projects had no list of words yet
    4: lambda content: content,  # nobody could draw lines or regions yet
    5: lambda content: content,  # imported files were not kept yet
    6: lambda content: content,  # lines did not know what a transcription says
    7: lambda content: content,  # lines taken off a page were forgotten
    8: lambda content: content,  # lines put in order or in a region counted as drawn
    9: lambda content: content,  # empty pages did not know that they are
}
# The oldest schema whose journals mean the same today.
OLDEST_JOURNAL = 1

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class StoredProject:
    """What a project file says.

    Attributes
    ----------
    project : Project
        The project.
    schema : int
        The schema the file was written in, before any migration.
    journal : str
        Id of the journal whose first ``entries`` changes the file contains, or "".
    entries : int
        See ``journal``.
    """

    project: Project
    schema: int
    journal: str = ""
    entries: int = 0


def to_text(value: Any) -> str:
    """Return a JSON value as short text that any UTF-8 file can hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # File names that are no valid Unicode come to us with lone surrogates.
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class PageTexts:
    """The text of pages written before: most pages do not change between saves."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[Page, str]] = {}

    def text(self, page: Page) -> str:
        """Return the JSON of a page, one line of writing a row."""
        known = self._texts.get(page.id)
        # The very object: it is frozen, and comparing would cost as much as writing.
        if known is not None and known[0] is page:
            return known[1]
        fields = {
            name: c.encode(getattr(page, name)) for name, c in PAGE_FIELDS.items()
        }
        head = to_text({"id": page.id, **fields})
        strokes = ",\n".join(to_text(STROKE.encode(s)) for s in page.mending)
        lines = ",\n".join(to_text(LINE.encode(line)) for line in page.lines)
        text = f'{head[:-1]},"mending":[\n{strokes}],"lines":[\n{lines}]}}'
        self._texts[page.id] = (page, text)
        return text


def encode_project(
    project: Project,
    *,
    journal: str = "",
    entries: int = 0,
    texts: PageTexts | None = None,
) -> bytes:
    """Return the content of a project file.

    Parameters
    ----------
    project : Project
        What to write.
    journal, entries
        See `StoredProject`.
    texts : PageTexts or None
        Keeps what was written, so that the next time is fast.

    Returns
    -------
    bytes
        JSON in UTF-8, one line of writing a row, so that a person can read it and
        rescue text even from half a file.
    """
    texts = texts or PageTexts()
    stamp = {"id": journal, "entries": entries}
    fields = {
        name: codec.encode(getattr(project, name))
        for name, codec in PROJECT_FIELDS.items()
    }
    head = to_text(
        {"format": FORMAT, "schema": SCHEMA, "journal": stamp, "project": fields}
    )
    pages = ",\n".join(texts.text(page) for page in project.pages)
    return f'{head[:-2]},"pages":[\n{pages}]}}}}\n'.encode()


def decode_project(data: bytes) -> StoredProject:
    """Read the content of a project file, of this schema or an older one.

    Parameters
    ----------
    data : bytes
        The whole file.

    Raises
    ------
    ProjectTooNew
        If a newer program wrote it.
    ProjectDamaged
        If it is anything else than a project; without advice, because only the
        caller knows of backups.
    """
    try:
        content: Json = json_kind(dict)(json.loads(data.decode("utf-8")))
        if content.get("format") != FORMAT:
            raise ValueError("it is not a project")
        schema = json_kind(int)(content.get("schema"))
        if schema > SCHEMA:
            raise ProjectTooNew(
                "This project was saved by a newer version of the program.",
                "Install the newest version and open the project with that.",
            )
        for step in range(schema, SCHEMA):
            content = MIGRATIONS[step](content)
        project: Project = PROJECT.decode(content["project"])
        _refuse_twins(page.id for page in project.pages)
        for page in project.pages:
            _refuse_twins(line.id for line in page.lines)
        stamp = json_kind(dict)(content.get("journal", {}))
        return StoredProject(
            project,
            schema,
            json_kind(str)(stamp.get("id", "")),
            json_kind(int)(stamp.get("entries", 0)),
        )
    except (
        ValueError,  # also of JSON and of UTF-8
        TypeError,  # a field without a default is missing
        KeyError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ProjectDamaged(
            f"The project file is damaged and cannot be read ({_reason(error)})."
        ) from error


def _reason(error: Exception) -> str:
    """Say in few words what is wrong with a file."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start}"
    return str(error)[:80] or type(error).__name__


def _refuse_twins(ids: Iterable[str]) -> None:
    listed: Sequence[str] = list(ids)
    if len(set(listed)) != len(listed):
        raise ValueError("an id is there twice")
