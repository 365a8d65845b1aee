"""What a screen reader takes our widgets for."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QStackedWidget, QWidget

from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.speech.roles import install
from leaddesk.ui.shell.frame.navigation import Navigation
from leaddesk.ui.shell.state import NavigationItem, NavigationState, Route
from tests.stories.stage import Stage


@pytest.fixture(autouse=True)
def _spoken(stage: Stage) -> None:
    install(stage.app)


def role(widget: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(widget).role()


def test_a_dialog_is_a_dialog_with_its_title(window: QWidget) -> None:
    dialog = OverlayDialog(window, "Share Anna Meyer")
    dialog.open()
    assert role(dialog) is QAccessible.Role.Dialog
    spoken = QAccessible.queryAccessibleInterface(dialog)
    assert spoken.text(QAccessible.Text.Name) == "Share Anna Meyer"
    assert spoken.state().focusable


def test_panes_and_stacked_pages_are_not_read_out(window: QWidget) -> None:
    pane, pages = Pane("surface", window), QStackedWidget(window)
    pane.setAccessibleName("Leads")
    assert [role(each) for each in (pane, pages)] == [QAccessible.Role.Client] * 2


def test_a_role_lives_and_dies_with_its_widget(window: QWidget) -> None:
    made = [Pane("surface", window) for _ in range(50)]
    for _ in range(3):
        gc.collect()
        assert {role(each) for each in made} == {QAccessible.Role.Client}
    for each in made:
        each.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def test_the_open_page_is_said_to_be_open(window: QWidget) -> None:
    items = (NavigationItem(Route.LEADS, 12), NavigationItem(Route.SHARES, 1))
    navigation = Navigation(NavigationState(items, Route.SHARES), window)
    told = {
        spoken.text(QAccessible.Text.Name): spoken.text(QAccessible.Text.Description)
        for spoken in map(QAccessible.queryAccessibleInterface, navigation._buttons.values())
    }
    assert told == {"Leads, 12": "", "Freigaben, 1": "geöffnete Seite"}
