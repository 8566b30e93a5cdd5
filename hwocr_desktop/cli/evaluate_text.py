"""``hwocr evaluate lines`` and ``pages``: how well a model reads.

With ``--json`` one decoder gives one object, whose keys scripts rely on
(`text_figures`); several give ``{"decoders": [...]}`` with such an object for each.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from hwocr_desktop.app.evaluation import (
    Calibrated,
    Decoding,
    calibrate,
    compare_decodings,
    evaluate_pages,
)
from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.app.text_report import Interval, TextReport
from hwocr_desktop.cli.read import (
    add_lexicon_options,
    add_reading_options,
    choose_decoder,
    read_lexicon,
)
from hwocr_desktop.cli.side_files import check_picture, check_table, write_picture
from hwocr_desktop.cli.terminal import Terminal, stoppable
from hwocr_desktop.cli.text_figures import (
    MOST_CONFUSIONS,
    calibrated_entry,
    lines_entry,
    pages_entry,
    text_csv,
)
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.line_sheet import LineShown, line_sheet
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.settings import DECODERS, Settings
from hwocr_desktop.core.text.confusions import error_kinds, most_frequent
from hwocr_desktop.ml import registry

WORST = 20
"""Lines on a contact sheet."""

ABOUT_LINES = (
    "Read lines and compare with their text. FOLDER holds line images with labels.tsv "
    "(file, tab, text), or page images with PAGE XML, whose lines are then taken as "
    "they are drawn. Printed lines and lines without text are left out. Error rates "
    "are sums of errors over sums of true characters or words, with 95 % bootstrap "
    "intervals over lines. The calibration error says by how many percent confidences "
    "miss how often characters are right."
)
ABOUT_WORDS = (
    "Do as “lines” does with pictures of single words, whose text is then a word; the "
    "keys of the figures are the same, “lines” is the number of pictures."
)
ABOUT_PAGES = (
    "Read whole pages, the lines found by the program, and compare with their text: "
    "PAGE XML in the order of the document, or plain .txt, where [?] and what is "
    "struck out [so] are left out. Lines are joined by single spaces, and words that "
    "a line end parts are joined. In PAGE XML, what is read on lines marked as printed "
    "or without text counts neither for nor against. Intervals are bootstrapped over "
    "pages."
)


def add_lines_options(part: argparse.ArgumentParser) -> None:
    """Add what lines are read with, and how the figures are shown."""
    part.add_argument("--model", required=True, metavar="ID", help="line model")
    part.add_argument(
        "--decoder",
        choices=DECODERS,
        nargs="+",
        help="how text is made; of several, each is measured, and word-beam with a "
        "list and without",
    )
    add_lexicon_options(part)
    _add_csv(part)
    part.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE",
        help=f"draw the worst {WORST} lines with truth and reading on a PNG; of "
        "further decoders on FILE-2.png and so on",
    )
    part.add_argument(
        "--calibrate",
        action="store_true",
        help="fit to these lines how sure the model is of what it reads, and write it "
        "into its card; use lines that it did not learn from, and that you report no "
        "figure on",
    )


def add_pages_options(part: argparse.ArgumentParser) -> None:
    """Add what pages are read with, and how the figures are shown."""
    add_reading_options(part, is_model_required=True)
    _add_csv(part)


def _add_csv(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the figures as a table too"
    )


def run_lines(options: argparse.Namespace, terminal: Terminal) -> int:
    """Measure the reading of lines and tell the figures."""
    decodings = _decodings(options)
    if options.calibrate and len(decodings) > 1:
        raise BadRequest(
            "A model is calibrated with one decoder.", "Name one after --decoder."
        )
    check_table(options.csv)
    check_picture(options.sheet)
    with stoppable() as cancel:
        results = compare_decodings(
            options.data,
            options.model,
            decodings,
            cancel=cancel,
            report=terminal.report,
        )
    terminal.clear_bar()
    done = calibrate(results[0]) if options.calibrate else None
    _write(options, results, "lines")
    if options.sheet is not None:
        _write_sheets(options.sheet, results)
    if options.json:
        entries = [lines_entry(result) for result in results]
        if done is not None:
            entries[0]["calibration"] = calibrated_entry(done)
        terminal.json(entries[0] if len(entries) == 1 else {"decoders": entries})
        return 0
    _tell_rates(results, terminal, "lines")
    for result in results:
        _tell_lines(result, terminal, is_alone=len(results) == 1)
    if done is not None:
        _tell_calibrated(done, terminal)
    return 0


def run_pages(options: argparse.Namespace, terminal: Terminal) -> int:
    """Measure the reading of pages and tell the figures."""
    check_table(options.csv)
    decoding = _decoding(options)
    # Not what the settings say: figures must not depend on who measures.
    cleaning = Cleaning(options.clean or usual_cleaning())
    with stoppable() as cancel:
        result = evaluate_pages(
            options.data,
            options.model,
            decoding=decoding,
            cleaning=cleaning,
            cancel=cancel,
            report=terminal.report,
        )
    terminal.clear_bar()
    _write(options, [result], "pages")
    if options.json:
        terminal.json(pages_entry(result))
        return 0
    _tell_rates([result], terminal, "pages")
    terminal.say(f"{result.seconds / len(result.items):.1f} seconds a page")
    return 0


def _decodings(options: argparse.Namespace) -> list[Decoding]:
    """Return the ways in which lines are to be read, each once.

    Among several decoders the list of words is one way more.
    """
    decoders = list(dict.fromkeys(options.decoder or ()))
    if len(decoders) < 2:
        options.decoder = decoders[0] if decoders else None
        return [_decoding(options)]
    ways = [Decoding(decoder) for decoder in decoders]
    if options.lexicon is not None:
        options.decoder = None
        ways.append(_decoding(options))
    return ways


def _decoding(options: argparse.Namespace) -> Decoding:
    decoder = choose_decoder(options, "greedy")
    name = options.lexicon.name if options.lexicon is not None else ""
    return Decoding(decoder, read_lexicon(options), name)


def _write(
    options: argparse.Namespace, results: Sequence[TextReport], what: str
) -> None:
    """Write the figures where they were asked for: a table, the model's card."""
    if options.csv is not None:
        atomic.write_text(options.csv, text_csv(results, what.removesuffix("s")))
    if not options.write_card:
        return
    for number, result in enumerate(results):
        name = options.write_card + (f", {_way(result)}" if number else "")
        figures: dict[str, object] = {
            "cer": round(result.cer.percent, 2),
            "cer, 95 % interval": _range(result.cer_interval),
            "wer": round(result.wer.percent, 2),
            "wer, 95 % interval": _range(result.wer_interval),
            what: len(result.items),
        }
        if result.calibration_error is not None:
            figures["error of confidences"] = round(result.calibration_error, 2)
        if result.decoder != "greedy":
            figures["decoder"] = _way(result)
        card = registry.card(options.model, "recognize-lines")
        registry.update_metrics(card, {name: figures})


def _write_sheets(path: Path, results: Sequence[TextReport]) -> None:
    for number, result in enumerate(results, 1):
        lines = [
            LineShown(
                f"{item.name}   {counted(item.characters.errors, 'error')} in "
                f"{counted(item.characters.total, 'character')}, CER "
                f"{item.characters.percent:.1f} %",
                item.gray,
                item.truth,
                item.read,
            )
            for item in result.worst(WORST)
            if item.gray is not None
        ]
        name = path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        write_picture(path.with_name(name), line_sheet(lines))


def _tell_rates(results: Sequence[TextReport], terminal: Terminal, what: str) -> None:
    """Print a table: by set, all decoders of a set below each other."""
    parts = [{**result.by_set(), "all": result} for result in results]
    rows = [
        (
            name or ".",
            _way(part),
            str(len(part.items)),
            str(part.cer.total),
            f"{part.cer.percent:.2f}",
            _range(part.cer_interval),
            f"{part.wer.percent:.2f}",
            _range(part.wer_interval),
        )
        for name in parts[0]
        for part in (one[name] for one in parts)
    ]
    head = ("set", "decoder", what, "characters", "CER %", "95 %", "WER %", "95 %")
    terminal.table(head, rows)


def _tell_lines(result: TextReport, terminal: Terminal, *, is_alone: bool) -> None:
    """Print what only lines tell: confusions, calibration, speed."""
    terminal.say()
    if not is_alone:
        terminal.say(f"{_way(result)}:")
    counts = result.confusions()
    kinds = error_kinds(counts)
    terminal.say(
        f"characters replaced: {kinds.substitutions}, left out: {kinds.deletions}, "
        f"put in: {kinds.insertions}"
    )
    rows = [
        (_shown(one.truth), _shown(one.read), str(one.count))
        for one in most_frequent(counts, MOST_CONFUSIONS)
    ]
    if rows:
        terminal.table(("truth", "read", "times"), rows)
    if result.calibration_error is not None:
        before = (
            "not calibrated"
            if result.calibration is None
            else f"{result.calibration_error_before:.2f} % before calibration"
        )
        terminal.say(f"calibration error {result.calibration_error:.2f} %, {before}")
    threshold = Settings().doubt_threshold
    marked = result.marked(threshold)
    if marked is not None:
        terminal.say(
            f"words marked as right with less than {100 * threshold:.0f} %: "
            f"{marked.wrong:.0f} % of the wrong, {marked.right:.0f} % of the right; "
            f"wrong words expected: {marked.expected:.0f}, there are {marked.there}"
        )
    suggested, beside = result.suggested, result.beside
    if suggested.given:
        terminal.say(
            f"suggestions for marked words: {suggested.given}, "
            f"right: {suggested.right} ({100 * suggested.share_right:.0f} %), "
            f"for misread words: {suggested.on_wrong}"
        )
    if beside.misread and result.decoder == "word-beam":
        terminal.say(
            f"misread words: {beside.misread}, the true one among the other readings: "
            f"{beside.right} ({100 * beside.right / beside.misread:.0f} %)"
        )
    speed = len(result.items) / max(result.seconds, 1e-9)
    terminal.say(f"{speed:.1f} lines a second")


def _tell_calibrated(done: Calibrated, terminal: Terminal) -> None:
    terminal.say(
        "The model's card says now how its confidences become calibrated: the error "
        f"was {done.before:.2f} %, on lines not fitted to it is {done.after:.2f} %."
    )


def _way(result: TextReport) -> str:
    return result.decoder + (f", {result.lexicon}" if result.lexicon else "")


def _range(interval: Interval) -> str:
    low, high = interval
    return f"{low:.1f} to {high:.1f}"


def _shown(character: str) -> str:
    return {"": "nothing", " ": "space"}.get(character, character)
