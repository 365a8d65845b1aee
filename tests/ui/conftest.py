"""The window suite's stage: one application in our look, German, light, 100 %, put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.ui.kit.wording import set_language
from leaddesk.ui.theme.tokens import Scheme
from tests.stories.stage import Stage


@pytest.fixture(scope="session")
def _stage(qapp: QApplication) -> Stage:
    return Stage()


@pytest.fixture
def stage(_stage: Stage) -> Iterator[Stage]:
    """The application with our look; colours, scale and language are put back afterwards."""
    set_language("de")
    _stage.style.apply(Scheme.LIGHT, 1.0)
    yield _stage
    set_language("de")
    _stage.style.apply(Scheme.LIGHT, 1.0)


@pytest.fixture
def window(stage: Stage) -> Iterator[QWidget]:
    """An empty window of 900 x 600, shown and active, gone after the test."""
    shown = QWidget()
    shown.resize(900, 600)
    shown.show()
    shown.activateWindow()
    assert QTest.qWaitForWindowActive(shown)
    yield shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
