"""What can be on the screen when a lock comes: many states of one window, each with somebody in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QToolTip, QVBoxLayout, QWidget

from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.state import Route
from tests.support.pretended import CANARY, Pretended

Enter = Callable[[Pretended], None]


def _workplace(office: Pretended) -> Workplace:
    page = office.window.page()
    assert isinstance(page, Workplace)
    return page


def _go(route: Route) -> Enter:
    return lambda office: _workplace(office).navigation.route_requested.emit(route.value)


def _open_lead(office: Pretended) -> None:
    office.features.newest("list").view.lead_opened.emit("lead-1")


def _search(office: Pretended) -> None:
    field = _workplace(office).top.search
    field.setFocus()
    field.setText(CANARY)


def _dialog(office: Pretended) -> None:
    dialog = OverlayDialog(office.window, CANARY)
    dialog.open()


def _two_dialogs(office: Pretended) -> None:
    _dialog(office)
    _dialog(office)


def _menu(office: Pretended) -> None:
    menu = QMenu(office.window)
    deeper = menu.addMenu(CANARY)
    deeper.addAction(CANARY)
    menu.popup(office.window.mapToGlobal(QPoint(60, 60)))
    deeper.popup(office.window.mapToGlobal(QPoint(90, 90)))


def _person_menu(office: Pretended) -> None:
    _workplace(office).top.person_menu_requested.emit()


def _choice(office: Pretended) -> None:
    view = office.features.newest("list").view
    box = QComboBox(view)
    box.addItems([CANARY, CANARY])
    layout = view.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addWidget(box)
    box.show()
    box.showPopup()


def _tooltip(office: Pretended) -> None:
    QToolTip.showText(office.window.mapToGlobal(QPoint(40, 40)), CANARY, office.window)


def _toast(office: Pretended) -> None:
    office.around.toasts.show_toast(CANARY)


def _copied(office: Pretended) -> None:
    office.around.clipboard.copy(CANARY)


def _typing(office: Pretended) -> None:
    office.features.newest("list").view.field.setFocus()


def _selected(office: Pretended) -> None:
    field = office.features.newest("list").view.field
    field.setFocus()
    field.selectAll()


def _keys(office: Pretended) -> None:
    _workplace(office).navigation.help_requested.emit()


def _queue(office: Pretended) -> None:
    _workplace(office).status.waiting_pressed.emit()


def _offline(office: Pretended) -> None:
    office.desk.go_offline()


def _broken(office: Pretended) -> None:
    office.desk.break_down()


def _minimised(office: Pretended) -> None:
    office.window.showMinimized()


def _plain(_office: Pretended) -> None:
    return


STATES: dict[str, Enter] = {
    "list": _plain,
    "lead": _open_lead,
    "search": _search,
    "offers": _go(Route.OFFERS),
    "shares": _go(Route.SHARES),
    "approvals": _go(Route.APPROVALS),
    "dialog": _dialog,
    "two dialogs": _two_dialogs,
    "menu in a menu": _menu,
    "person's menu": _person_menu,
    "choice": _choice,
    "tooltip": _tooltip,
    "toast": _toast,
    "copied": _copied,
    "typing": _typing,
    "selected": _selected,
    "keys": _keys,
    "waiting changes": _queue,
    "offline": _offline,
    "broken off": _broken,
    "minimised": _minimised,
}


def left_over(office: Pretended) -> list[str]:
    """Say what of anybody can still be seen, copied or read by a screen reader."""
    found = []
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            if widget.isVisible() and CANARY in _words(widget):
                found.append(f"{type(widget).__name__} shows it")
    if QApplication.activePopupWidget() is not None:
        found.append("a popup is open")
    if CANARY in office.window.windowTitle():
        found.append("the title names it")
    clipboard = QApplication.clipboard()
    for mode in (clipboard.Mode.Clipboard, clipboard.Mode.Selection):
        held: QMimeData | None = clipboard.mimeData(mode)
        if held is not None and CANARY in held.text():
            found.append(f"{mode.name} holds it")
    return found


def _words(widget: QWidget) -> str:
    parts = [widget.accessibleName(), widget.toolTip(), widget.windowTitle()]
    parts += [getattr(widget, name)() for name in ("text", "title", "currentText") if hasattr(widget, name)]
    parts += [action.text() for action in widget.actions()]
    return "\n".join(part for part in parts if isinstance(part, str))
