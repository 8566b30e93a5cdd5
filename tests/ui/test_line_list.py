"""The list of lines: rows as high as their texts, at every width."""

import pytest

from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.transcription import Transcription

pytestmark = pytest.mark.gui


def test_rows_are_as_high_as_their_texts_after_the_width_alone_changed(
    make_session, qtbot
):
    texts = ("a few words that are soon wrapped",) * 6
    text = Transcription(make_session(texts), Settings())
    qtbot.addWidget(text)
    with qtbot.waitExposed(text):
        text.show()
    for width in (700, 300, 500):
        text.resize(width, 600)
        qtbot.wait(20)
        assert all(text._list._fits(row) for row in range(len(texts) - 1))
