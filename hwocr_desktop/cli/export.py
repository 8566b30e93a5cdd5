"""``hwocr export``: what is in a project, as files for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hwocr_desktop.app.exports import (
    DEFAULT_FORMATS,
    FORMATS,
    ExportRequest,
    export_pages,
    page_names,
)
from hwocr_desktop.cli.outcomes import explained
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable
from hwocr_desktop.core.plurals import counted

_MOST_NAMES = 3


def add_parser(commands: Any, name: str, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        name,
        parents=[common],
        help="write the pages of a project as files for other programs",
        description="Write the pages of a project as PAGE XML, ALTO, text, or in black "
        "and white. What was imported with a page and is more than lines and text "
        "comes along in a file of the same kind. The project is not changed.",
    )
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help="folder of the project"
    )
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="folder to write to",
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=FORMATS,
        help="page is PAGE XML of 2019, page2013 that for Transkribus in a folder "
        "page, alto goes into a folder alto, binary is a picture of 1 bit; may be "
        f"given several times (default {' and '.join(DEFAULT_FORMATS)})",
    )
    parser.add_argument(
        "--pages",
        nargs="+",
        default=[],
        metavar="NAME",
        help="only these pages, by the name of their files without ending",
    )
    parser.add_argument(
        "--joined",
        action="store_true",
        help="the text of all pages in one file, too",
    )
    parser.add_argument(
        "--images",
        action="store_true",
        help="a picture of each page as it is shown, beside its XML",
    )
    parser.add_argument(
        "--words",
        action="store_true",
        help="a place for each word in PAGE XML, as ALTO always has it; some programs "
        "take the text of a line from its words then",
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace files that are there already"
    )
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, terminal: Terminal) -> int:
    """Write the files and return the exit code."""
    with open_project(options.project) as file, stoppable() as cancel:
        # What was not saved when the program ended the last time stays in the journal.
        project = file.recover() if file.has_leftover_journal else file.project
        request = ExportRequest(
            project,
            file.folder,
            page_ids(project, options.pages),
            options.out,
            tuple(dict.fromkeys(options.format or DEFAULT_FORMATS)),
            options.joined,
            options.images,
            options.words,
            options.replace,
        )
        result = export_pages(request, cancel=cancel, report=terminal.report)
    if result.in_the_way:
        names = ", ".join(path.name for path in result.in_the_way[:_MOST_NAMES])
        more = ", …" if len(result.in_the_way) > _MOST_NAMES else ""
        raise OutputNotWritable(
            f"In {options.out} there are already {names}{more}; nothing was written.",
            "Take --replace, or another folder.",
        )
    for name, error in result.failures:
        terminal.note(explained(error, Path(name)))
    if options.json:
        terminal.json(
            {
                "written": [str(path) for path in result.written],
                "failed": [name for name, _ in result.failures],
                "turned": list(result.turned),
                "without_lines": result.without_lines,
            }
        )
    terminal.note(f"{counted(len(result.written), 'file')} written to {options.out}.")
    if result.without_lines:
        pages = counted(result.without_lines, "page")
        terminal.note(f"No lines yet, and so no text: {pages}.")
    if result.turned:
        terminal.note(
            f"Turned here, or one of several in a file: {', '.join(result.turned)}. "
            "Their XML fits the pictures of --images, not the scan."
        )
    return max((error.exit_code for _, error in result.failures), default=0)


def page_ids(project: Project, wanted: list[str]) -> tuple[str, ...]:
    """Return the pages of these names, or with these ids; none for all.

    Raises
    ------
    BadRequest
        If a name is that of no page.
    """
    ids = {page.id.casefold(): page.id for page in project.pages}
    ids |= {name.casefold(): page_id for page_id, name in _names(project).items()}
    for name in wanted:
        if name.casefold() not in ids:
            names = list(_names(project).values())
            known = ", ".join(names[:_MOST_NAMES])
            more = " and so on" if len(names) > _MOST_NAMES else ""
            raise BadRequest(
                f"The project has no page “{name}”.",
                f"Its pages are {known}{more}." if known else "It has no pages.",
            )
    return tuple(ids[name.casefold()] for name in wanted)


def _names(project: Project) -> dict[str, str]:
    return page_names(project.pages)
