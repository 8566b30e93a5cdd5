"""Learning from corrections: which lines, the split, the verdict, keep and discard."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import corrected_lines, learning, learning_runs, teaching
from hwocr_desktop.app.learning import (
    LearnRequest,
    checked_lines,
    learn_lines,
    survey,
)
from hwocr_desktop.app.learning_lines import LineChoice, choose_lines, split_pages
from hwocr_desktop.app.taught_lines import TaughtLines, taught_lines
from hwocr_desktop.app.teaching import give_up, minutes_done, minutes_planned
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Character, Line, Page, Project, Reading
from hwocr_desktop.core.document.serial import decode_project, encode_project
from hwocr_desktop.core.errors import OutputNotWritable, TrainingDataMissing
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import LANGUAGE_NAME, build_language
from hwocr_desktop.core.text.text_metrics import ErrorRate
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import install_language, open_language
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training import fine_tune as engine
from hwocr_desktop.ml.training import word_cutting
from hwocr_desktop.ml.training.line_run import FitSettings
from tests.drawn_lines import samples, tiny_model


def shape(y):
    return LineShape(((10, y), (180, y)), ((10, y - 40), (180, y), (10, y)), 42, 22)


def project_of(counts):
    pages = []
    for number, count in enumerate(counts):
        lines = tuple(
            Line(f"l{i}", shape(50 + 70 * i), correction="abc", checked=True)
            for i in range(count)
        )
        pages.append(Page(f"p{number}", f"{number}.png", 200, 2000, lines=lines))
    return Project("Letters", tuple(pages))


@given(st.lists(st.integers(1, 30), min_size=2, max_size=12))
def test_pages_are_never_on_both_sides(counts):
    lines = checked_lines(project_of(counts))
    train, held = split_pages(lines)
    assert train
    assert held
    assert len(train) + len(held) == len(lines)
    assert not {p.id for p, _ in train} & {p.id for p, _ in held}


@given(st.lists(st.integers(1, 30), min_size=2, max_size=12))
def test_more_is_learned_from_than_held_out(counts):
    train, held = split_pages(checked_lines(project_of(counts)))
    assert len(train) >= len(held)
    if max(counts) <= 0.1 * sum(counts):
        assert len(held) <= 0.35 * sum(counts)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=12))
def test_a_tenth_is_held_out_if_pages_can_do_that(counts):
    _, held = split_pages(checked_lines(project_of(counts)))
    total = sum(counts)
    if any(0.1 * total <= count <= 0.5 * total for count in counts):
        assert len(held) >= 0.1 * total


@given(st.integers(3, 60))
def test_a_single_page_is_split_by_line(count):
    train, held = split_pages(checked_lines(project_of([count])))
    assert len(train) + len(held) == count
    assert len(held) == (count + 2) // 5


def test_only_lines_called_right_count():
    project = project_of([3])
    page = project.pages[0]
    typed = Line("x", shape(9), correction="half ty")
    project = Project(
        pages=(type(page)("p0", "0.png", 9, 9, lines=(*page.lines, typed)),)
    )
    assert len(checked_lines(project)) == 3


def test_the_survey_counts_and_names_new_characters():
    found = survey(project_of([10, 8]), (), Charset("ab"))
    assert (found.lines, found.pages, found.split) == (18, 2, "page")
    assert found.train_lines + found.held_out_lines == 18
    assert found.new_characters == "c"
    assert found.is_enough
    assert not survey(project_of([3]), (), Charset("abc")).is_enough


def test_too_few_lines_are_refused_with_the_number_needed(tmp_path):
    request = LearnRequest(project_of([3]), tmp_path, (), "tiny")
    with pytest.raises(TrainingDataMissing, match="at least 12"):
        learn_lines(request, cancel=CancelToken(), report=ignore_progress)


@pytest.fixture
def drawn(tmp_path):
    """A project folder with two pages of drawn, corrected lines; a model by name."""
    pages = []
    for number in range(2):
        canvas = np.full((64 * 9, 220), 225, np.uint8)
        lines = []
        for i, sample in enumerate(samples(9, seed=number, letters="abd")):
            part = sample.gray[:, :220]
            canvas[64 * i : 64 * i + 64, : part.shape[1]] = part
            lines.append(
                Line(
                    f"l{i}",
                    shape(64 * i + 42),
                    correction=sample.text,
                    checked=True,
                )
            )
        cv2.imwrite(str(tmp_path / f"{number}.png"), canvas)
        pages.append(Page(f"p{number}", f"{number}.png", 220, 576, lines=tuple(lines)))
    card = ModelCard("tiny", "recognize-lines", "Tiny", "", "", {}, "", charset="abc")
    registry.save_model(
        paths.user_models() / "tiny", card, lambda path: path.write_bytes(b"no network")
    )
    return LearnRequest(Project("Letters", tuple(pages)), tmp_path, (), "tiny", 5.0)


@pytest.fixture
def corrected(drawn, monkeypatch):
    """The same, with a tiny network that learns for one pass."""
    tiny_model(paths.user_models() / "tiny")
    brief = FitSettings(epochs=1, columns=600)
    usual = engine.fine_tune.__kwdefaults__
    monkeypatch.setattr(engine.fine_tune, "__kwdefaults__", usual | {"settings": brief})
    return drawn


@pytest.mark.tf
def test_a_taught_model_can_be_kept_beside_the_old_one(corrected):
    result = learn_lines(corrected, cancel=CancelToken(), report=ignore_progress)
    assert len(result.comparisons) == 9
    assert result.staged.is_dir()
    kept = learning.keep_model(result, "Grandmother's hand")
    assert kept.title == "Grandmother's hand"
    assert kept.parent == "tiny"
    assert len(kept.teaching["data"]) == 64
    assert kept.teaching["settings"]["minutes"] > 0
    assert not result.staged.exists()
    assert {c.id for c in registry.find_models()[0]} >= {"tiny", kept.id}
    registry.check_weights(registry.card(kept.id))


@pytest.mark.tf
def test_lines_of_other_hands_are_mixed_in_and_named(corrected, tmp_path):
    others = tmp_path / "others"
    others.mkdir()
    rows = []
    for i, sample in enumerate(samples(5, seed=9)):
        cv2.imwrite(str(others / f"{i}.png"), sample.gray)
        rows.append(f"{i}.png\t{sample.text}\n")
    (others / "labels.tsv").write_text("".join(rows), encoding="utf-8")
    mixed = replace(corrected, general=others)
    result = learn_lines(mixed, cancel=CancelToken(), report=ignore_progress)
    assert result.mixed_in == 5
    assert "mixed with 5 of other hands" in result.card.trained_on
    learning.discard_model(result)
    gone = replace(corrected, general=tmp_path / "gone")
    result = learn_lines(gone, cancel=CancelToken(), report=ignore_progress)
    assert result.mixed_in == 0
    assert "other hands" not in result.card.trained_on


@pytest.mark.tf
def test_a_teaching_is_the_same_after_the_project_was_opened_again(drawn, tmp_path):
    card = tiny_model(tmp_path / "tiny")
    folder = learning_runs.run_folder(card, choose_lines(drawn.project))
    # As they are written to disk and read again, numbers have decimals.
    again = decode_project(encode_project(drawn.project)).project
    assert learning_runs.run_folder(card, choose_lines(again)) == folder


def with_text(project, number, text):
    """Return a project with another text in the first line of a page."""
    page = project.pages[number]
    lines = (replace(page.lines[0], correction=text), *page.lines[1:])
    pages = [*project.pages]
    pages[number] = replace(page, lines=lines)
    return replace(project, pages=tuple(pages))


@pytest.mark.tf
def test_a_line_corrected_meanwhile_leaves_the_teaching_to_go_on_with(drawn, tmp_path):
    card = tiny_model(tmp_path / "tiny")
    project = drawn.project
    chosen = choose_lines(project)
    folder = learning_runs.run_folder(card, chosen)
    for number in range(len(project.pages)):
        corrected = with_text(project, number, project.pages[0].lines[0].text[::-1])
        assert learning_runs.run_folder(card, choose_lines(corrected)) == folder
    # A network for another alphabet cannot go on, nor one that saw what is held out.
    strange = choose_lines(with_text(project, chosen_page(project, chosen), "\u0416"))
    assert learning_runs.run_folder(card, strange) != folder
    other = replace(chosen, train=chosen.held_out, held_out=chosen.train)
    assert learning_runs.run_folder(card, other) != folder
    assert learning_runs.run_folder(card, chosen, "words") != folder


def chosen_page(project, chosen):
    """Return the number of a page that is learned from."""
    learned = chosen.train[0][0].id
    return [page.id for page in project.pages].index(learned)


def test_printed_lines_are_not_learned_from(drawn):
    page = drawn.project.pages[0]
    typed = replace(page.lines[0], kind="printed")
    with_print = replace(page, lines=(typed, *page.lines[1:]))
    known = {line.id for _, line in checked_lines(Project(pages=(page,)))}
    left = {line.id for _, line in checked_lines(Project(pages=(with_print,)))}
    assert known - left == {typed.id}


@pytest.mark.tf
def test_a_discarded_model_leaves_no_trace(corrected):
    before = {c.id for c in registry.find_models()[0]}
    result = learn_lines(corrected, cancel=CancelToken(), report=ignore_progress)
    learning.discard_model(result)
    assert not result.staged.exists()
    assert {c.id for c in registry.find_models()[0]} == before


class Stopping:
    """Raises a token when learning has begun; notes where it began."""

    def __init__(self):
        self.token, self.first = CancelToken(), ""

    def __call__(self, progress):
        if "loss" in progress.text:
            self.first = self.first or progress.text
            self.token.cancel()


@pytest.mark.tf
def test_what_was_interrupted_goes_on_or_is_given_up(corrected):
    stop = Stopping()
    with pytest.raises(Cancelled):
        learn_lines(corrected, cancel=stop.token, report=stop)
    assert not (paths.user_data() / "staging").exists()
    done = minutes_done(corrected)
    assert minutes_planned(corrected) == corrected.minutes
    assert done > 0
    # The time is not part of it, but another line is.
    assert minutes_done(replace(corrected, minutes=9.0)) == done
    assert minutes_done(replace(corrected, page_ids=("p0",))) == 0
    again = Stopping()
    with pytest.raises(Cancelled):
        learn_lines(corrected, cancel=again.token, report=again)
    assert again.first.startswith("pass 1")
    assert minutes_done(corrected) > done
    give_up(corrected)
    assert minutes_done(corrected) == 0
    assert not learning_runs.is_any_kept()


@pytest.mark.tf
def test_what_came_to_its_end_keeps_no_run(corrected):
    stop = Stopping()
    with pytest.raises(Cancelled):
        learn_lines(corrected, cancel=stop.token, report=stop)
    result = learn_lines(corrected, cancel=CancelToken(), report=ignore_progress)
    # Until it is decided about, for the program may be closed before.
    assert minutes_done(corrected) > 0
    learning.discard_model(result)
    assert minutes_done(corrected) == 0


def test_a_damaged_run_is_none(drawn):
    folder = learning_runs.run_folder(
        registry.card("tiny"), choose_lines(drawn.project)
    )
    for content in (b"", b"PK no archive"):
        learning_runs.begin(folder).write_bytes(content)
        assert minutes_done(drawn) == 0
        assert not folder.exists()
    np.savez(learning_runs.begin(folder), state=np.array("no JSON"))
    assert minutes_done(drawn) == 0


def test_the_latest_teachings_are_kept(drawn, monkeypatch):
    card = registry.card("tiny")
    page, line = checked_lines(drawn.project)[0]
    chosen = [
        LineChoice([(page, line)], [(replace(page, source=f"{n}.png"), line)], 2, 0, 0)
        for n in range(5)
    ]
    folders = [learning_runs.run_folder(card, one) for one in chosen]
    assert len(set(folders)) == 5
    for number, folder in enumerate(folders):
        learning_runs.begin(folder)
        os.utime(folder, (1000 * number, 1000 * number))
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]
    # What goes on again is not among the oldest.
    learning_runs.begin(folders[2])
    assert all(folder.exists() for folder in folders[2:])

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OutputNotWritable, match="could not be made"):
        learning_runs.begin(folders[0])


@pytest.mark.tf
def test_words_are_cut_out_of_the_lines_and_are_another_teaching(
    corrected, monkeypatch
):
    seen = {}
    page = corrected.project.pages[0]
    double = replace(page.lines[0], correction="ab ba")
    page = replace(page, lines=(double, *page.lines[1:]))
    project = replace(corrected.project, pages=(page, *corrected.project.pages[1:]))
    words = replace(corrected, project=project, subject="words")
    real = engine.fine_tune

    def note(card, train, held_out, minutes, **rest):
        seen["texts"] = [sample.text for sample in (*train, *held_out)]
        return real(card, train, held_out, minutes, **rest)

    monkeypatch.setattr(learning, "fine_tune", note)
    # An untrained network finds no word; what is tested is what becomes of them.
    monkeypatch.setattr(word_cutting, "LEAST_SCORE", 0.0)
    result = teaching_of(words)
    assert not any(" " in text for text in seen["texts"])
    wanted = sorted(
        word for p in project.pages for line in p.lines for word in line.text.split()
    )
    known = set("abc")
    assert {"ab", "ba"} <= set(seen["texts"])
    assert sorted(seen["texts"]) == wanted
    assert "words of corrected lines on 1 page of" in result.card.trained_on
    assert known < set(result.card.charset)
    lines_run = learning.run_of(replace(words, subject="lines"))
    assert lines_run != result.run == learning.run_of(words)
    learning.discard_model(result)


@pytest.mark.tf
def test_no_word_that_is_found_is_told(corrected, monkeypatch):
    monkeypatch.setattr(corrected_lines, "word_samples", lambda *_, **__: [])
    with pytest.raises(TrainingDataMissing, match="No word"):
        teaching_of(replace(corrected, subject="words"))


def teaching_of(request):
    return teaching.learn(request, cancel=CancelToken(), report=ignore_progress)


@pytest.mark.tf
def test_a_taught_model_knows_the_words_it_was_taught(corrected):
    base = registry.card("tiny")
    base = install_language(base, build_language("ab ba abc. The cab."))
    result = teaching_of(corrected)
    kept = learning.keep_model(result, "Mine")
    own = open_language(kept)
    parents = open_language(base)
    train, _ = split_pages(checked_lines(corrected.project))
    for _, line in train:
        known = parents.words.single.get(line.text, 0)
        assert own.words.single[line.text] >= known + learning.OWN_TIMES
    assert kept.language != base.language
    assert registry.card(base.id).language == base.language
    assert open_language(registry.card(base.id)).words.single == parents.words.single


@pytest.mark.tf
def test_a_damaged_language_does_not_stop_a_teaching(corrected, caplog):
    base = install_language(registry.card("tiny"), build_language("ab ba abc."))
    (base.folder / LANGUAGE_NAME).write_bytes(b"nothing")
    result = teaching_of(corrected)
    assert "was not taught" in caplog.text
    assert result.card.language == base.language
    learning.discard_model(result)


@pytest.fixture
def quick(drawn, monkeypatch):
    """The same project, with a stand-in for the network that always gets better."""

    def tune(card, train, held_out, minutes, **_):
        rate, bounds = ErrorRate(1, 10), (5.0, 15.0)
        lines = tuple(engine.LineComparison(s.text, "", s.text) for s in held_out)
        charset = Charset("abc")
        return engine.FineTuned(None, charset, rate, rate, bounds, bounds, True, lines)

    def save(folder, card, tuned, title, trained_on, teaching):
        card = replace(card, title=title, parent=card.id, teaching=dict(teaching))
        return registry.save_model(folder, card, lambda path: path.write_bytes(b"n"))

    monkeypatch.setattr(learning, "fine_tune", tune)
    monkeypatch.setattr(learning, "save_tuned", save)
    return drawn


def test_a_second_teaching_is_not_measured_on_what_the_first_learned(
    quick, monkeypatch
):
    corrected = quick
    for module in (learning, corrected_lines):
        monkeypatch.setattr(module, "MIN_LINES", 9)
    first = teaching_of(replace(corrected, page_ids=("p1",), minutes=0.0))
    assert (first.split, first.pages) == ("line", 1)
    kept = learning.keep_model(first, first.card.title)
    known = taught_lines(kept)
    one, two = corrected.project.pages
    fates = dict(zip((x.id for x in two.lines), known.fates(of_page(two)), strict=True))
    assert set(fates.values()) == {"learned", "held out"}
    assert known.fates(of_page(one)) == ["new"] * 9
    again = replace(corrected, model=kept.id, minutes=0.0)
    seen = noted_names(again)
    learned, held = (
        {n.partition("#")[2] for n in part if n.startswith("p1")} for part in seen
    )
    assert held == {name for name, fate in fates.items() if fate == "held out"}
    assert learned == {name for name, fate in fates.items() if fate == "learned"}
    result = teaching_of(again)
    assert (result.split, result.is_traced) == ("line", True)
    # The model that comes of it knows what both were taught.
    later = taught_lines(result.card)
    assert later.fates(of_page(two)) == list(fates.values())
    assert set(later.fates(of_page(one))) == {"learned", "held out"}
    learning.discard_model(result)


def of_page(page):
    return [(page, line) for line in page.lines]


def noted_names(request):
    """Return the names of the lines to learn from, and of those to measure on."""
    card = registry.card(request.model)
    chosen = choose_lines(request.project, request.page_ids, taught_lines(card))
    return [
        [f"{page.id}#{line.id}" for page, line in part]
        for part in (chosen.train, chosen.held_out)
    ]


def test_what_all_was_learned_from_judges_nothing(quick, monkeypatch):
    everything = checked_lines(quick.project)
    known = TaughtLines().with_lines(everything, [])
    monkeypatch.setattr(learning, "taught_lines", lambda card: known)
    result = teaching_of(quick)
    assert result.split == "known"
    assert result.is_enough_to_tell
    assert not result.is_better
    learning.discard_model(result)


def test_other_single_lines_held_out_make_another_run(drawn):
    card = registry.card("tiny")
    one = replace(drawn, project=project_of([45, 1]))
    for page in one.project.pages:
        (drawn.folder / page.source).touch()
    folder = learning.run_of(one)
    chosen = choose_lines(one.project)
    assert chosen.split == "line"
    assert folder != learning_runs.run_folder(card, chosen)
    assert learning.run_of(replace(one, project=project_of([44, 1]))) != folder
    assert learning.run_of(one) == folder


def test_the_title_says_once_that_it_was_taught():
    title = learning.taught_title
    assert title("Tiny") == "Tiny, taught"
    assert title("Tiny, taught, taught") == "Tiny, taught"
    for name, wanted in (
        ("Tiny, taught", "Tiny, taught 2"),
        ("Tiny, taught 2", "Tiny, taught 3"),
    ):
        card = ModelCard("x", "recognize-lines", name, "", "", {}, "")
        registry.save_model(
            registry.free_folder("x"), card, lambda path: path.write_bytes(b"")
        )
        assert title(name) == wanted
        assert title("Tiny") == wanted


def test_the_language_outlives_the_model_that_it_came_from(quick, monkeypatch):
    base = install_language(registry.card("tiny"), build_language("ab ba abc."))
    tune = learning.fine_tune

    def while_it_is_removed(*arguments, **named):
        assert named["languages"] is not None
        shutil.rmtree(base.folder)
        return tune(*arguments, **named)

    monkeypatch.setattr(learning, "fine_tune", while_it_is_removed)
    kept = learning.keep_model(teaching_of(quick), "Mine")
    assert open_language(kept).words.single["abc"] > 0


@pytest.mark.parametrize(
    ("after", "is_better"), [(None, True), (3, True), (4, True), (5, False)]
)
def test_what_reads_pages_worse_is_not_better(quick, monkeypatch, after, is_better):
    tune = learning.fine_tune
    aided = after and (ErrorRate(4, 10), ErrorRate(after, 10))
    monkeypatch.setattr(
        learning, "fine_tune", lambda *a, **b: replace(tune(*a, **b), aided=aided)
    )
    result = teaching_of(quick)
    assert (result.aided, result.is_better) == (aided, is_better)
    learning.discard_model(result)


def test_the_figure_before_is_of_the_kind_that_is_measured(drawn):
    """Readings made with a language are not compared with what is letter by letter."""
    pages = tuple(
        replace(
            page,
            lines=tuple(
                replace(
                    line,
                    reading=Reading(
                        tuple(Character(c, 0.9, 0, 1) for c in line.text), "tiny"
                    ),
                )
                for line in page.lines
            ),
        )
        for page in drawn.project.pages
    )
    read = replace(drawn, project=replace(drawn.project, pages=pages))
    assert learning.error_now(read) == 0.0
    install_language(registry.card("tiny"), build_language("ab ba abc."))
    assert learning.error_now(read) is None
    assert learning.error_now(replace(read, model="gone")) is None
