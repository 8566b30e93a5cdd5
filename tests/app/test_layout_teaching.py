"""Learning to find lines from pages worked through: which, what is learned, verdict."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import layout_teaching, learning, learning_runs, teaching
from hwocr_desktop.app.layout_teaching import learn_finding, usual_layout_model
from hwocr_desktop.app.layout_verdict import LearnLayoutResult, PageCompared
from hwocr_desktop.app.learning import LearnRequest
from hwocr_desktop.app.page_truth import is_aside
from hwocr_desktop.app.settled_lines import (
    MIN_LINES,
    settled_page,
    settled_pages,
    shapes_aside,
    split_settled,
)
from hwocr_desktop.app.teaching import give_up, minutes_done
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import IGNORED, Page, Project, Region
from hwocr_desktop.core.errors import BadModel, ProjectInUse, TrainingDataMissing
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ml import registry, runtime
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.networks.layout import DEFAULT, build_layout
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training import checkpoint
from tests.pages_drawn import PITCH, TOP, WIDTH, draw_page, line_at, write_image

LINES = 5
CARD = ModelCard("x", "find-lines", "X", "", "", {}, "")


def checked(number, **changes):
    return replace(line_at(number, "text"), checked=True, **changes)


def page_of(name, lines, regions=()):
    height = TOP + PITCH * LINES + 20
    return Page(
        name, f"{name}.png", WIDTH, height, lines=tuple(lines), regions=tuple(regions)
    )


def box(top, bottom):
    return ((0.0, top), (WIDTH, top), (WIDTH, bottom), (0.0, bottom))


KINDS = {
    "checked": checked,
    "drawn": lambda n: replace(line_at(n), is_shaped=True),
    "in order": lambda n: replace(line_at(n), is_placed=True),
    "read": lambda n: line_at(n, "text"),
    "empty": line_at,
    "struck out": lambda n: replace(line_at(n, ""), checked=True),
    "print": lambda n: checked(n, kind="printed"),
}


@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=8))
def test_a_page_teaches_if_it_was_worked_through(kinds):
    lines = [KINDS[kind](number) for number, kind in enumerate(kinds)]
    settled = settled_page(page_of("p1", lines))
    done = [kind in ("checked", "drawn") for kind in kinds]
    is_done = sum(done) >= MIN_LINES and "read" not in kinds
    left = kinds.count("empty") + kinds.count("in order")
    assert (settled is not None) == (is_done and left <= sum(done))
    if settled is not None:
        truth = settled.truth
        for line, is_told in zip(lines, done, strict=True):
            assert (line.shape in truth.beside) == is_told
            assert (line.shape in truth.aside) != is_told
            assert is_aside(line.shape, truth) != is_told


def test_lines_that_were_only_put_in_order_are_not_taken_for_drawn():
    found = Project(pages=(page_of("p1", [line_at(n) for n in range(LINES)]),))
    ordered = edits.order_lines(found, "p1", ["l4", "l0"])
    ordered = edits.add_region(ordered, "p1", box(9 * PITCH, 10 * PITCH))
    (region,) = ordered.page("p1").regions
    ordered = edits.put_in_region(ordered, "p1", ["l2"], region.id)
    page = ordered.page("p1")
    assert [line.id for line in page.lines] == ["l1", "l2", "l3", "l4", "l0"]
    assert page.line("l2").region == region.id != page.line("l1").region
    assert settled_page(page) is None
    # Another finding of the same lines changes nothing of their order and region.
    again = [line_at(n).shape for n in range(LINES)]
    assert edits.set_lines(ordered, "p1", again).page("p1").lines == page.lines
    drawn = ordered
    for n, line_id in enumerate(("l0", "l1", "l2")):
        moved = replace(line_at(n).shape, ascent=31.0)
        drawn = edits.reshape_line(drawn, "p1", line_id, moved)
    truth = settled_page(drawn.page("p1")).truth
    assert {shape.ascent for shape in truth.beside} == {31.0}
    assert len(truth.beside) == 3


def test_regions_to_ignore_and_regions_without_lines_count_neither_way():
    regions = [
        Region("r1", box(0, TOP + 2 * PITCH + 30)),
        Region("stamp", box(TOP + 3 * PITCH - 45, TOP + 3 * PITCH + 18), "graphic"),
        Region("later", box(TOP + 4 * PITCH - 45, TOP + 4 * PITCH + 18), IGNORED),
        Region("around", box(0, TOP + 2 * PITCH), "graphic"),
    ]
    lines = [checked(n) for n in range(3)]
    ignored = replace(line_at(4, "not checked"), region="later")
    truth = settled_page(page_of("p1", [*lines, ignored], regions)).truth
    assert truth.beside == tuple(line.shape for line in lines)
    assert truth.empty == (regions[1].polygon, regions[2].polygon)
    assert [is_aside(line_at(n).shape, truth) for n in range(5)] == [False] * 3 + [
        True
    ] * 2
    outlines = [shape.polygon for shape in shapes_aside(truth)]
    assert outlines == [ignored.shape.polygon, *truth.empty]


@given(st.lists(st.integers(MIN_LINES, 30), min_size=2, max_size=12))
def test_whole_pages_are_held_out(sizes):
    pages = [
        page_of(f"p{i}", [checked(n) for n in range(size)])
        for i, size in enumerate(sizes)
    ]
    train, held = split_settled(settled_pages(Project(pages=tuple(pages))))
    ids = [[one.page.id for one in part] for part in (train, held)]
    assert all(ids)
    assert sorted(ids[0] + ids[1]) == sorted(page.id for page in pages)
    assert not set(ids[0]) & set(ids[1])


def test_a_scan_that_is_there_twice_is_taken_once_and_pages_can_be_named():
    lines = [checked(n) for n in range(4)]
    one, other = page_of("p1", lines), page_of("p2", lines)
    twin = replace(one, id="p3")
    frame = replace(one, id="p4", frame=1)
    project = Project(pages=(one, other, twin, frame))
    assert [s.page.id for s in settled_pages(project)] == ["p1", "p2", "p4"]
    assert [s.page.id for s in settled_pages(project, ("p2", "p3"))] == ["p2", "p3"]


@pytest.fixture
def blind(tmp_path):
    """Return a request: a model that sees no line, and four pages of lines."""
    config = DEFAULT | {"filters": [4, 8]}
    # From some weights so few steps lead nowhere.
    runtime.keras().utils.set_random_seed(3)
    network = build_layout(config)
    weights = [np.array(w) for w in network.get_weights()]
    weights[-1][:] = -4.0  # nothing is the body of a line, whatever it sees
    network.set_weights(weights)
    card = ModelCard(
        "blind", "find-lines", "Blind", "", "", config, "drawn", bad_at="Lines"
    )
    registry.save_model(paths.user_models() / "blind", card, network.save_weights)
    pages = []
    for number in range(4):
        pages.append(page_of(f"p{number}", [checked(n) for n in range(LINES)]))
        write_image(tmp_path / pages[-1].source, draw_page(LINES, number))
    # Nobody has looked at this one.
    pages.append(page_of("p9", [line_at(n, "read") for n in range(LINES)]))
    project = Project("Drawn", tuple(pages))
    return LearnRequest(project, tmp_path, (), "blind", 0.0, "layout")


@pytest.fixture
def quick(monkeypatch):
    """Let a small network learn fast."""
    monkeypatch.setattr(layout_teaching, "LEARNING_RATE", 2e-2)
    monkeypatch.setattr(layout_teaching, "MOST_STEPS", 60)
    monkeypatch.setattr(layout_teaching, "MEASURE_EVERY", 30)
    monkeypatch.setattr(checkpoint, "WARM_UP_STEPS", 5)


def sums():
    """Return the checksum of each installed model's weights."""
    return {card.id: card.sha256 for card in registry.find_models()[0]}


@pytest.mark.tf
@pytest.mark.slow
def test_it_learns_where_lines_are(blind, quick, monkeypatch):
    seen, points = {}, []
    fit = layout_teaching.fit

    def note(training, pages, judge, **rest):
        seen["learned"] = {page.name for page in pages}
        return fit(training, pages, judge, **rest)

    def watch(progress):
        if progress.partial is not None:
            points.append(progress.partial)

    monkeypatch.setattr(layout_teaching, "fit", note)
    installed = sums()
    result = learn_finding(blind, cancel=CancelToken(), report=watch)
    held = {page.name for page in result.pages}
    assert held
    assert result.learned == len(seen["learned"])
    assert held | seen["learned"] == {"p0", "p1", "p2", "p3"}
    assert not held & seen["learned"]
    assert [point.step for point in points] == [0, 30, 60]
    assert points[0].f_measure == pytest.approx(100 * result.before.f) == 0
    assert points[-1].f_measure == pytest.approx(100 * result.after.f)
    assert result.gain > 50
    assert result.is_better
    # Until a person keeps it, it is not on the shelf.
    assert sums() == installed
    kept = learning.keep_model(result, "Blind no more")
    assert (kept.id, kept.parent, kept.task) == ("blind-no-more", "blind", "find-lines")
    assert kept.bad_at == "Lines"
    told = kept.metrics["pages held out of the teaching"]
    assert told["F after"] == pytest.approx(100 * result.after.f, abs=0.01)
    registry.check_weights(registry.card(kept.id))
    assert sums()["blind"] == installed["blind"]
    assert not result.staged.exists()
    assert minutes_done(blind) == 0


@pytest.mark.tf
def test_what_is_discarded_leaves_no_trace(blind, monkeypatch):
    monkeypatch.setattr(layout_teaching, "MOST_STEPS", 1)
    monkeypatch.setattr(layout_teaching, "LEARNING_RATE", 0.0)
    installed = sums()
    result = teaching.learn(blind, cancel=CancelToken(), report=lambda _: None)
    begun, made = (
        LayoutFinder.open(card).network.trainable_weights
        for card in (registry.card("blind"), registry.read_card(result.staged))
    )
    # It began with the model's own weights, and nothing was learned.
    for one, other in zip(begun, made, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert result.staged.is_dir()
    assert result.run.is_dir()
    learning.discard_model(result)
    assert not result.staged.exists()
    assert not result.run.exists()
    assert sums() == installed


class Stopping:
    """Raises a token after so many batches; notes the numbers of the batches."""

    def __init__(self, after):
        self.after, self.token, self.seen = after, CancelToken(), []

    def __call__(self, progress):
        if "Loss" in progress.text:
            self.seen.append(progress.done)
            if len(self.seen) == self.after:
                self.token.cancel()


@pytest.mark.tf
def test_what_was_interrupted_goes_on_or_is_given_up(blind):
    installed = sums()
    first, second = Stopping(3), Stopping(2)
    for stop in (first, second):
        with pytest.raises(Cancelled):
            learn_finding(blind, cancel=stop.token, report=stop)
        assert not (paths.user_data() / "staging").exists()
        assert minutes_done(blind) > 0
    # Not a batch is lost, and the model is as it was.
    assert first.seen + second.seen == [1, 2, 3, 4, 5]
    assert sums() == installed
    registry.check_weights(registry.card("blind"))
    # Other lines make another teaching.
    pages = blind.project.pages
    other = replace(pages[0], lines=pages[0].lines[1:])
    project = replace(blind.project, pages=(other, *pages[1:]))
    assert minutes_done(replace(blind, project=project)) == 0
    give_up(blind)
    assert minutes_done(blind) == 0


@pytest.mark.tf
def test_cancelled_while_pages_are_cleaned_leaves_nothing(blind):
    token = CancelToken()

    def stop(progress):
        if "2 of 4" in progress.text:
            token.cancel()

    with pytest.raises(Cancelled):
        learn_finding(blind, cancel=token, report=stop)
    assert not learning_runs.is_any_kept()


@pytest.mark.tf
def test_too_few_pages_are_refused(blind):
    pages = blind.project.pages
    gone = replace(pages[1], source="gone.png")
    damaged = replace(pages[1], source="damaged.png")
    (blind.folder / "damaged.png").write_bytes(b"no picture")
    for chosen, count in (
        ((), "is no page"),
        (pages[:1], "is 1 page"),
        ((pages[0], pages[4]), "is 1 page"),
        ((pages[0], gone), r"is 1 page .* right \(1 page could not be used\)"),
        ((pages[0], damaged), r"is 1 page .* right \(1 page could not be used\)"),
    ):
        request = replace(blind, project=Project("x", tuple(chosen)))
        with pytest.raises(TrainingDataMissing, match=f"{count}.*; at least 2") as told:
            learn_finding(request, cancel=CancelToken())
        assert "Enter" in told.value.advice


@pytest.mark.tf
def test_pages_that_cannot_be_used_are_told_in_the_verdict(blind, monkeypatch):
    monkeypatch.setattr(layout_teaching, "MOST_STEPS", 1)
    pages = blind.project.pages
    gone = replace(pages[0], id="p5", source="gone.png")
    white = replace(pages[0], id="p6", source="white.png")
    write_image(blind.folder / "white.png", np.full((500, WIDTH), 255, np.uint8))
    project = replace(blind.project, pages=(*pages, gone, white))
    result = learn_finding(replace(blind, project=project), cancel=CancelToken())
    assert result.lost_pages == 2
    assert result.learned + len(result.pages) == 4


@pytest.mark.tf
def test_one_teaching_goes_on_at_a_time(blind):
    with learning_runs.alone(), pytest.raises(ProjectInUse, match="runs on this"):
        learn_finding(blind, cancel=CancelToken())


def test_a_model_that_is_none_or_of_another_kind_is_refused(blind, monkeypatch):
    with pytest.raises(BadModel, match="no model named"):
        learn_finding(replace(blind, model="nowhere"), cancel=CancelToken())
    with pytest.raises(BadModel, match="cannot find lines"):
        learn_finding(replace(blind, model="sae-fast"), cancel=CancelToken())
    assert usual_layout_model("blind") == "blind"
    assert usual_layout_model("gone") == usual_layout_model() == "layout"
    # Ridges cannot be taught.
    assert usual_layout_model("classical") == "layout"
    monkeypatch.setattr(registry, "model_folders", lambda: ())
    for chosen in ("", "classical", "blind"):
        with pytest.raises(BadModel, match="No model that finds lines is installed"):
            usual_layout_model(chosen)


def scores(precision, recall):
    total = precision + recall
    f = 2 * precision * recall / total if total else 0.0
    return BaselineScores(precision, recall, f)


@pytest.mark.parametrize(
    ("gains", "lines", "is_better"),
    [
        ([0.03], 100, True),
        ([0.03], 20, False),  # less than a line of 20
        ([0.004], 1000, False),
        ([0.03, 0.031, 0.029, 0.03], 30, True),
        ([0.3, -0.01, -0.01, -0.01], 30, False),  # one page alone says little
        ([-0.03, -0.03], 100, False),
        ([0.0, 0.0], 100, False),
    ],
)
def test_better_is_clear_and_beyond_chance(gains, lines, is_better, tmp_path):
    pages = tuple(
        PageCompared(str(i), lines, scores(0.6, 0.6), scores(0.6 + g, 0.6 + g))
        for i, g in enumerate(gains)
    )
    result = LearnLayoutResult(4, pages, tmp_path, CARD)
    low, high = result.gain_interval
    # Precision and recall are the same here, and so is their F.
    assert result.gain == pytest.approx(100 * np.mean(gains))
    assert low <= result.gain + 1e-9
    assert result.gain <= high + 1e-9
    assert result.is_better == is_better


def test_the_interval_of_the_gain_is_that_of_all_draws(tmp_path):
    before = [scores(0.8, 0.7), scores(0.0, 0.0)]
    after = [scores(0.9, 0.9), scores(0.4, 0.6)]
    pages = tuple(
        PageCompared(str(i), 50, *pair)
        for i, pair in enumerate(zip(before, after, strict=True))
    )
    low, high = LearnLayoutResult(4, pages, tmp_path, CARD).gain_interval
    gains = [
        100
        * (
            LearnLayoutResult(4, tuple(draw), tmp_path, CARD).after.f
            - LearnLayoutResult(4, tuple(draw), tmp_path, CARD).before.f
        )
        for draw in product(pages, repeat=2)
    ]
    # Each of four draws comes up more often than the tails are wide.
    assert (low, high) == pytest.approx((min(gains), max(gains)))
