from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.formats.custom import read_custom, write_custom

NAMES = st.sampled_from(["structure", "readingOrder", "hwocr", "a1", "x-y.z"])
# Spaces at the ends belong to the notation.
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).filter(
    lambda text: text == text.strip(" ")
)
GROUPS = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, min_size=1, max_size=3))


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_any_groups_come_back(groups):
    assert read_custom(write_custom(groups)) == groups


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", {}),
        ("no braces", {}),
        ("a {x:1;} b{y:2}", {"a": {"x": "1"}, "b": {"y": "2"}}),
        ("a {x:1;} a {z:3;}", {"a": {"x": "1", "z": "3"}}),
        ("a {nothing;; x:1}", {"a": {"x": "1"}}),
        (
            "abbrev {offset:0; expansion:Jan\\u0027y;}",
            {"abbrev": {"offset": "0", "expansion": "Jan'y"}},
        ),
        ("a {x:{broken", {}),
    ],
)
def test_what_others_write_is_understood(text, groups):
    assert read_custom(text) == groups
