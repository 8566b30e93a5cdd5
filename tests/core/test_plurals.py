"""Numbers of things."""

import pytest

from hwocr_desktop.core.plurals import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages")]
)
def test_one_is_not_many(number, said):
    assert counted(number, "page") == said
