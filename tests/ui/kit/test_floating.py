"""What lies above a window: dialogs keep the focus, toasts leave, the ring follows the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, danger, primary, secondary
from leaddesk.ui.kit.fields import LineField, TextField
from leaddesk.ui.kit.floating.focus_ring import FocusRing, RingMark
from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.floating.toasts import ToastHost, keep_uncovered
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.pieces.tabs import TabBar
from leaddesk.ui.theme.icons import Icon
from tests.stories.stage import Stage

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def behind(window: QWidget) -> Button:
    button = secondary("Dahinter")
    column = QVBoxLayout(window)
    column.addWidget(button)
    button.setFocus()
    QApplication.processEvents()
    return button


class Asking(OverlayDialog):
    """A dialog with a field and two buttons."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Freigeben?")
        self.field = LineField("Grund")
        self.body.addWidget(self.field)
        self.cancel, self.send = secondary("Abbrechen"), primary("Senden")
        self.cancel.clicked.connect(self.dismiss)
        self.set_footer(None, [self.cancel, self.send])
        self.heard: list[str] = []
        self.accepted.connect(lambda: self.heard.append("accepted"))
        self.dismissed.connect(lambda: self.heard.append("dismissed"))


@pytest.fixture
def dialog(window: QWidget, behind: Button) -> Asking:
    shown = Asking(window)
    shown.open()
    QApplication.processEvents()
    return shown


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_dialog_covers_its_window_and_takes_the_focus(dialog: Asking, window: QWidget) -> None:
    assert dialog.geometry() == window.rect()
    assert dialog.field.edit.hasFocus()
    window.resize(700, 500)
    QApplication.processEvents()
    assert dialog.geometry() == window.rect()


def test_tab_and_backtab_stay_inside(dialog: Asking, behind: Button) -> None:
    seen = []
    for _ in range(8):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        seen.append(focused())
    assert behind not in seen
    assert {dialog.cancel, dialog.send, dialog.field.edit} <= set(seen)
    for _ in range(8):
        QTest.keyClick(focused(), Qt.Key.Key_Backtab)
        assert dialog.isAncestorOf(focused())


def test_escape_dismisses_and_gives_the_focus_back(dialog: Asking, behind: Button) -> None:
    QTest.keyClick(dialog.field.edit, Qt.Key.Key_Escape)
    assert dialog.heard == ["dismissed"]
    assert behind.hasFocus()


def test_enter_in_a_field_presses_the_primary_button(dialog: Asking) -> None:
    QTest.keyClick(dialog.field.edit, Qt.Key.Key_Return)
    assert dialog.heard == ["accepted"]
    assert dialog.isVisible()  # the presenter closes it once the work is done
    dialog.send.set_busy(True)
    QTest.keyClick(dialog.field.edit, Qt.Key.Key_Return)
    assert dialog.heard == ["accepted"]


def test_enter_on_another_button_presses_that_one(dialog: Asking) -> None:
    dialog.cancel.setFocus()
    QTest.keyClick(dialog.cancel, Qt.Key.Key_Return)
    assert dialog.heard == ["dismissed"]


def test_danger_may_be_the_primary_button(window: QWidget, behind: Button) -> None:
    shown = OverlayDialog(window, "Löschen?")
    button = danger("Endgültig löschen")
    shown.set_footer(None, [button])
    shown.open()
    assert shown.primary is button
    assert button.hasFocus()
    shown.dismiss()


def test_a_second_dialog_dismisses_the_first(dialog: Asking, window: QWidget) -> None:
    second = Asking(window)
    second.open()
    assert dialog.heard == ["dismissed"]
    assert second.isVisible()
    second.dismiss()


def test_the_focus_need_not_go_back_to_what_is_gone(dialog: Asking, behind: Button) -> None:
    behind.setParent(None)
    behind.deleteLater()
    QCoreApplication.sendPostedEvents(behind, QEvent.Type.DeferredDelete.value)
    dialog.dismiss()
    dialog.dismiss()
    assert dialog.heard == ["dismissed"]


def test_shortcuts_of_the_window_rest_except_lock(window: QWidget, behind: Button) -> None:
    heard: list[str] = []
    for keys in ("Ctrl+K", "Ctrl+L"):
        QShortcut(QKeySequence(keys), window, lambda keys=keys: heard.append(keys))
    shown = Asking(window)
    shown.open()
    QApplication.processEvents()
    shown.cancel.setFocus()
    handle = window.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_K, CONTROL)
    QTest.keyClick(handle, Qt.Key.Key_L, CONTROL)
    assert heard == ["Ctrl+L"]
    shown.dismiss()


def test_a_tall_dialog_stays_in_the_window(window: QWidget, behind: Button) -> None:
    window.resize(600, 300)
    shown = OverlayDialog(window, "Lang")
    fields = [TextField("Notiz") for _ in range(20)]
    for field in fields:
        shown.body.addWidget(field)
    shown.open()
    QApplication.processEvents()
    card = shown._card.geometry()
    assert window.rect().contains(card)
    assert card.height() <= 300 - 48
    for _ in range(10):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    visible = focused().visibleRegion()
    assert visible.boundingRect().height() >= focused().height() - 2
    QTest.keyClick(shown, Qt.Key.Key_Home)
    assert not fields[0].edit.visibleRegion().isEmpty()
    shown.dismiss()


@pytest.fixture
def host(window: QWidget) -> ToastHost:
    return ToastHost(window)


def test_toasts_stand_in_the_lower_right_corner_newest_lowest(host: ToastHost, window: QWidget) -> None:
    first = host.show_toast("eins", seconds=0)
    second = host.show_toast("zwei", detail="Wärmepumpe", seconds=0, tone=Tone.SUCCESS)
    assert first.geometry().bottom() < second.geometry().bottom()
    assert second.geometry().right() <= window.width() + 40
    before = second.pos()
    window.resize(window.width() + 100, window.height())
    QApplication.processEvents()
    assert second.pos() == before + QPoint(100, 0)
    host.clear()


def test_a_toast_covers_nothing_that_is_to_stay_uncovered(host: ToastHost, window: QWidget) -> None:
    composer, elsewhere = QWidget(window), QWidget(window)
    composer.setGeometry(400, 500, 500, 70)
    elsewhere.setGeometry(0, 400, 300, 200)
    for one in (composer, elsewhere):
        keep_uncovered(one)
        one.show()
    toast = host.show_toast("eins", seconds=0)
    assert toast.geometry().bottom() < 500 and toast.geometry().bottom() > 460
    composer.setGeometry(400, 450, 500, 120)
    assert toast.geometry().bottom() < 450
    composer.hide()
    assert toast.geometry().bottom() > 500
    composer.setGeometry(0, 10, 900, 560)
    composer.show()
    assert toast.geometry().bottom() > 500, "there is no room above it"


def test_a_toast_leaves_after_its_time_and_waits_under_the_pointer(host: ToastHost) -> None:
    toast = host.show_toast("weg", seconds=0.05)
    toast.enterEvent(QEvent(QEvent.Type.Enter))
    QTest.qWait(100)
    assert toast.isVisible()
    gone: list[bool] = []
    toast.gone.connect(lambda: gone.append(True))
    toast.leaveEvent(QEvent(QEvent.Type.Leave))
    QTest.qWait(100)
    assert gone == [True]


def test_a_toast_leaves_on_escape_on_its_cross_and_after_an_action(host: ToastHost) -> None:
    done: list[str] = []
    for closing in ("escape", "action"):
        toast = host.show_toast("x", actions=[("Ansehen", lambda: done.append("seen"))], seconds=0)
        toast.gone.connect(lambda closing=closing: done.append(closing))
        button = next(each for each in toast.findChildren(Button) if each.shown_text() == "Ansehen")
        if closing == "escape":
            QTest.keyClick(button, Qt.Key.Key_Escape)
        else:
            button.click()
    assert done == ["escape", "seen", "action"]


def test_while_held_nothing_is_visible(host: ToastHost) -> None:
    early = host.show_toast("früh", seconds=60)
    host.set_held(True)
    late = host.show_toast("spät", seconds=60)
    assert not early.isVisible()
    assert not late.isVisible()
    host.set_held(False)
    assert early.isVisible()
    assert late.isVisible()
    host.clear()


def test_there_are_at_most_three(host: ToastHost, window: QWidget) -> None:
    toasts = [host.show_toast(str(n)) for n in range(5)]
    assert [toast.isHidden() for toast in toasts] == [True, True, False, False, False]
    host.clear()


def test_the_same_news_is_told_once_and_can_be_withdrawn(host: ToastHost) -> None:
    first, other = host.show_toast("Keine Verbindung", seconds=0), host.show_toast("Kopiert", seconds=0)
    second = host.show_toast("Keine Verbindung", seconds=0)
    assert [toast.isHidden() for toast in (first, other, second)] == [True, False, False]
    host.withdraw("Keine Verbindung")
    assert second.isHidden() and not other.isHidden()
    host.clear()


def test_clearing_forgets_every_toast(host: ToastHost, window: QWidget) -> None:
    host.show_toast("Wärmepumpe, Kiel", seconds=60)
    host.clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert "Wärmepumpe, Kiel" not in [child.accessibleName() for child in window.findChildren(QWidget)]


def test_a_menu_shows_keys_calls_back_and_goes(window: QWidget, behind: Button) -> None:
    done: list[str] = []
    menu = Menu(behind)
    menu.add("Sperren & ruhen", Icon.LOCK, "Strg L", lambda: done.append("lock"))
    chosen = menu.add_choice("Hell", True, lambda: done.append("light"))
    other = menu.add_choice("Dunkel", False, lambda: done.append("dark"))
    menu.open_below(behind)
    assert menu.actions()[0].text() == "Sperren && ruhen\tStrg L"
    assert chosen.isChecked()
    menu.actions()[0].trigger()
    other.trigger()
    assert done == ["lock", "dark"]
    assert not chosen.isChecked()
    menu.close()


@pytest.fixture
def ring(window: QWidget, stage: Stage) -> RingMark:
    column = QVBoxLayout(window)
    for widget in (secondary("eins"), CheckBox(), LineField("Name"), TabBar()):
        column.addWidget(widget)
        widget.show()
    tabs = window.findChild(TabBar)
    assert tabs is not None
    tabs.add("a", "Erster")
    tabs.add("b", "Zweiter")
    FocusRing(window)
    window.setFocus()
    found = window.findChild(RingMark)
    assert found is not None
    return found


def press(window: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(window.windowHandle(), key)
    QApplication.processEvents()


def test_the_ring_follows_the_keyboard(ring: RingMark, window: QWidget) -> None:
    press(window, Qt.Key.Key_Tab)
    button = window.findChild(QPushButton)
    assert button is not None
    assert button.hasFocus()
    assert ring.isVisible()
    assert ring.geometry() == button.geometry().adjusted(-4, -4, 4, 4)
    press(window, Qt.Key.Key_Tab)
    assert ring.width() == 16 + 8  # the box of a check box without words


def test_fields_show_the_focus_themselves(ring: RingMark, window: QWidget) -> None:
    for _ in range(3):
        press(window, Qt.Key.Key_Tab)
    assert not ring.isVisible()


def test_the_ring_moves_with_the_current_tab_and_with_its_widget(ring: RingMark, window: QWidget) -> None:
    tabs = window.findChild(TabBar)
    assert tabs is not None
    press(window, Qt.Key.Key_Tab)
    tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)
    first = ring.geometry()
    press(window, Qt.Key.Key_Right)
    assert ring.geometry() != first
    second = ring.geometry()
    window.resize(window.width(), window.height() + 60)
    QApplication.processEvents()
    assert ring.geometry() != second
    tabs.hide()  # Qt hands the focus on
    assert ring.geometry() == focused().geometry().adjusted(-4, -4, 4, 4)


def test_the_pointer_takes_the_ring_away(ring: RingMark, window: QWidget) -> None:
    press(window, Qt.Key.Key_Tab)
    assert ring.isVisible()
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not ring.isVisible()


def test_a_widget_may_paint_its_own_focus(ring: RingMark, window: QWidget) -> None:
    button = window.findChild(QPushButton)
    assert button is not None
    button.setProperty("ring", "none")
    press(window, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert not ring.isVisible()


def test_what_lies_under_a_toasts_shadow_can_be_pressed(window: QWidget) -> None:
    beneath = QPushButton("Lead öffnen", window)
    beneath.show()
    host = ToastHost(window)
    toast = host.show_toast("Gesendet.")
    beneath.setGeometry(toast.x() + 10, toast.y() - 24, 120, 22)
    found = window.childAt(beneath.geometry().center())
    assert found is beneath
    host.clear()


def test_a_toast_that_stays_is_pushed_out_by_none_and_tells_when_it_was_seen(host: ToastHost) -> None:
    seen = list[str]()
    for name in ("first", "second"):
        host.show_toast(name, seconds=0).seen.connect(lambda name=name: seen.append(name))
    for number in range(5):
        host.show_toast(f"news {number}")
    shown = [toast.words for toast in host._toasts]
    assert shown == ["first", "second", "news 2", "news 3", "news 4"]
    QTest.keyClick(host._toasts[0], Qt.Key.Key_Escape)
    host.clear()
    assert seen == ["first"]
