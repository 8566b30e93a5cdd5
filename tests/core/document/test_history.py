from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.history import History

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
)


def end_merge(history):
    """Let the next step begin anew, even with the same key."""
    history.undo()
    history.redo()


@quick
@given(data=st.data())
def test_undoing_all_gives_the_first_and_redoing_all_the_last(data, projects, edit):
    first = data.draw(projects)
    history = History(first)
    for _ in range(data.draw(st.integers(0, 6))):
        key = data.draw(st.none() | st.sampled_from(["a", "b"]))
        history.commit("edit", edit(data.draw, history.project), key)
        if data.draw(st.booleans()):
            history.undo()
        if data.draw(st.booleans()):
            history.redo()
    while history.can_redo:
        history.redo()
    last = history.project
    while history.can_undo:
        history.undo()
    assert history.project is first
    while history.can_redo:
        history.redo()
    assert history.project is last


@quick
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, "a", "b"]))))
def test_steps_are_those_of_a_plain_list(steps):
    """Oracle: runs of one key become one step, and steps that change nothing go."""
    history = History(Project(title="0"))
    states: list[tuple[str, str | None]] = [("0", None)]
    may_merge = False
    for title, key in ((str(number), key) for number, key in steps):
        history.commit("t", Project(title=title), key)
        if title == states[-1][0]:
            continue
        if may_merge and key is not None and key == states[-1][1]:
            states[-1] = (title, key)
            if title == states[-2][0]:
                states.pop()
                may_merge = False
        else:
            states.append((title, key))
            may_merge = True
    found = [history.project.title]
    while history.can_undo:
        found.append(history.undo().title)
    assert found[::-1] == [title for title, _ in states]


def test_typing_in_one_line_is_one_step_until_another_key():
    history = History(Project())
    for key, title in [("l1", "K"), ("l1", "Ke"), ("l1", "Kew"), ("l2", "Kew G")]:
        history.commit(f"Type in {key}", Project(title=title), key)
    assert history.undo_label == "Type in l2"
    assert history.undo().title == "Kew"
    assert history.undo().title == ""
    assert not history.can_undo
    assert history.redo_label == "Type in l1"


def test_without_a_key_every_step_counts():
    history = History(Project())
    for title in "abc":
        history.commit("x", Project(title=title))
    assert [history.undo().title for _ in range(3)] == ["b", "a", ""]


def test_after_undo_typing_begins_a_new_step():
    history = History(Project())
    history.commit("t", Project(title="a"), "l1")
    history.commit("other", Project(title="b"), "l2")
    history.undo()
    history.commit("t", Project(title="c"), "l1")
    assert history.undo().title == "a"


def test_what_was_undone_and_redone_is_a_step_of_its_own():
    history = History(Project())
    history.commit("t", Project(title="a"), "l1")
    end_merge(history)
    history.commit("t", Project(title="ab"), "l1")
    assert history.undo().title == "a"


def test_a_new_step_forgets_what_was_undone():
    history = History(Project())
    history.commit("one", Project(title="a"))
    history.undo()
    history.commit("two", Project(title="b"))
    assert not history.can_redo
    assert history.redo().title == "b"
    assert history.redo_label == ""


def test_no_change_is_no_step():
    history = History(Project(title="a"))
    history.commit("nothing", Project(title="a"))
    assert not history.can_undo
    assert history.undo_label == ""


def test_steps_share_what_did_not_change(small):
    history = History(small)
    history.commit("title", replace(small, title="x"))
    assert history.project.pages[0] is small.pages[0]


@quick
@given(
    keys=st.lists(st.sampled_from(["run", "other", None]), max_size=8),
    undone=st.integers(0, 8),
)
def test_what_comes_late_is_in_its_step_and_in_all_after_it(keys, undone):
    """Oracle: it is as if the step had had it from the start."""
    late, plain = History(Project()), History(Project())
    for number, key in enumerate(keys):
        for history in (late, plain):
            end_merge(history)
            history.commit(str(number), Project(title=f"{number}"), key)
    for _ in range(undone):
        late.undo()
        plain.undo()
    before = late.project
    has_run = "run" in keys
    assert late.amend("run", lambda p: Project(title=f"{p.title}!")) == has_run
    last = len(keys) - keys[::-1].index("run") if has_run else len(keys) + 1
    at = max(0, len(keys) - undone)
    assert late.is_taken_back("run") == (has_run and at < last)
    assert (late.project == before) == (at < last)
    for history in (late, plain):
        while history.can_redo:
            history.redo()
    for number in range(len(keys), 0, -1):
        mark = "!" if number >= last else ""
        assert late.project.title == plain.project.title + mark
        assert late.undo_label == plain.undo_label
        late.undo()
        plain.undo()
    assert late.project == plain.project == Project()


@quick
@given(
    keys=st.lists(st.sampled_from(["a", None]), max_size=6), undone=st.integers(0, 6)
)
def test_what_a_run_begins_later_leaves_what_was_undone(keys, undone):
    history = History(Project())
    for number, key in enumerate(keys):
        end_merge(history)
        history.commit(str(number), Project(title=str(number)), key)
    for _ in range(undone):
        history.undo()
    at = max(0, len(keys) - undone)
    history.insert("run", lambda p: Project(title=f"{p.title}!"), "run")
    assert history.undo_label == "run"
    assert history.project.title == (str(at - 1) if at else "") + "!"
    for number in range(at, len(keys)):
        assert history.redo_label == str(number)
        assert history.redo().title == f"{number}!"
    assert not history.can_redo
    while history.can_undo:
        history.undo()
    assert history.project == Project()
    before = history.can_redo
    history.insert("nothing", lambda p: p, "run")
    assert history.can_redo == before
