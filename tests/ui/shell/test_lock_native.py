"""What Windows' messages lead to, and each window's wish to be left out of captures; not run there."""

from __future__ import annotations

import ctypes
from ctypes import wintypes

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMenu, QWidget

from leaddesk.ui.shell.lock.native import OutOfCaptures, WindowMessages
from leaddesk.workstation.others.windows import WM_POWERBROADCAST, WM_WTSSESSION_CHANGE
from leaddesk.workstation.signs import Sign
from tests.stories.stage import Stage


def test_messages_of_the_session_are_heard_and_nothing_is_swallowed(stage: Stage) -> None:
    signs: list[Sign] = []
    messages = WindowMessages(signs.append)
    kind = QByteArray(b"windows_generic_MSG")
    for number, parameter in ((WM_WTSSESSION_CHANGE, 7), (WM_POWERBROADCAST, 4), (0x100, 7)):
        told = wintypes.MSG(message=number, wParam=parameter)
        assert messages.nativeEventFilter(kind, ctypes.addressof(told)) == (False, 0)
    assert messages.nativeEventFilter(QByteArray(b"xcb_generic_event_t"), 0) == (False, 0)
    assert signs == [Sign.DESKTOP, Sign.SLEEP]


def test_every_window_is_asked_to_be_left_out_and_refusals_are_counted(stage: Stage) -> None:
    asked: list[int] = []

    def exclude(window: int) -> bool:
        asked.append(window)
        return len(asked) < 2

    ear = OutOfCaptures(exclude)
    stage.app.installEventFilter(ear)
    window, menu = QWidget(), QMenu()
    menu.addAction("x")
    inside = QWidget(window)
    window.show()
    menu.popup(window.pos())
    inside.show()
    assert asked == [int(window.winId()), int(menu.winId())]
    assert ear.refused == 1
    stage.app.removeEventFilter(ear)
    for one in (menu, window):
        one.close()
        one.deleteLater()
