"""What any program does, on every page; and what leaddesk does not do is said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from leaddesk.ui.kit.entry.edits import TextEdit
from leaddesk.ui.kit.floating.toasts import Toast
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.help.everywhere import SCALES, Everywhere
from tests.stories.stage import Stage
from tests.support.pretended import Pretended

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(office: Pretended, stage: Stage) -> Pretended:
    Everywhere(office.window, office.window.toasts, stage.style)
    office.window.show()
    office.window.activateWindow()
    QTest.qWaitForWindowActive(office.window)
    return office


def said(office: Pretended) -> list[str]:
    return [toast.words for toast in office.window.findChildren(Toast) if toast.isVisible()]


@pytest.mark.parametrize(("key", "word"), [(Qt.Key.Key_P, "no_printing"), (Qt.Key.Key_S, "no_saving")])
def test_who_prints_or_saves_is_told_why_not_and_once(window: Pretended, key: Qt.Key, word: str) -> None:
    for _ in range(3):
        QTest.keyClick(window.window, key, CTRL)
        QApplication.processEvents()
    assert said(window).count(text(f"shell.{word}")) == 1


def test_while_nothing_may_be_told_nothing_waits_to_be(window: Pretended) -> None:
    window.window.toasts.set_held(True)
    QTest.keyClick(window.window, Qt.Key.Key_P, CTRL)
    window.window.toasts.set_held(False)
    assert said(window) == []


def test_a_file_that_is_dropped_goes_nowhere_and_a_sentence_says_so(window: Pretended) -> None:
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile("/etc/hostname")])
    where, copy, left = QPointF(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    coming = QDragEnterEvent(where.toPoint(), copy, carried, left, NONE)
    QApplication.sendEvent(window.window, coming)
    assert coming.isAccepted()
    dropped = QDropEvent(where, copy | Qt.DropAction.MoveAction, carried, left, NONE)
    dropped.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(window.window, dropped)
    assert dropped.dropAction() is copy, "who gave it away keeps it"
    assert text("shell.no_files") in said(window)


def test_texts_grow_step_by_step_and_go_back(window: Pretended, stage: Stage) -> None:
    try:
        for expected in (*SCALES[1:], SCALES[-1]):
            QTest.keyClick(window.window, Qt.Key.Key_Plus, CTRL)
            assert stage.style.scale == expected
        assert text("shell.text_size", n=200) in said(window)
        QTest.keyClick(window.window, Qt.Key.Key_Minus, CTRL)
        assert stage.style.scale == SCALES[-2]
    finally:
        QTest.keyClick(window.window, Qt.Key.Key_0, CTRL)
    assert stage.style.scale == 1.0


def test_the_window_fills_the_screen_and_comes_back(window: Pretended) -> None:
    QTest.keyClick(window.window, Qt.Key.Key_F11)
    assert window.window.isFullScreen()
    QTest.keyClick(window.window, Qt.Key.Key_F11)
    assert not window.window.isFullScreen()


def test_ctrl_q_closes_what_may_be_closed(window: Pretended) -> None:
    asked: list[bool] = []
    window.window.hold_closing(lambda: bool(asked.append(True)))
    QTest.keyClick(window.window, Qt.Key.Key_Q, CTRL)
    assert asked == [True] and window.window.isVisible()


def test_a_press_into_a_selection_begins_no_drag(window: Pretended) -> None:
    """Qt would take a text that was dragged away out of the note, and with it the draft."""
    edit = TextEdit(parent=window.window)
    edit.setGeometry(20, 20, 300, 80)
    edit.show()
    edit.setPlainText("Rückruf am Montag zugesagt")
    edit.selectAll()
    inside = edit.cursorRect(edit.cursorForPosition(edit.viewport().rect().center())).center()
    inside.setX(20)
    QTest.mousePress(edit.viewport(), Qt.MouseButton.LeftButton, NONE, inside)
    assert not QPlainTextEdit.textCursor(edit).hasSelection()
    QTest.mouseRelease(edit.viewport(), Qt.MouseButton.LeftButton, NONE, inside)
    assert edit.toPlainText() == "Rückruf am Montag zugesagt"
