"""No text is cut off: each visible text has the room it asks for, or an ellipsis and a tooltip."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QScrollArea, QTabBar, QWidget

from leaddesk.ui.kit.buttons import Button, Link
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.marks import Mark

SLACK = 1  # pixel, for rounding


def assert_no_cut_off(widget: QWidget) -> None:
    """Raise AssertionError naming every text below a laid out widget that a person cannot read whole."""
    found = list(cut_off(widget))
    assert found == [], "cut off: " + "; ".join(found)


def cut_off(root: QWidget) -> Iterator[str]:
    """Name every text that is cut off, as ``Class 'text' (why)``."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or widget.width() == 0:
            continue
        reason = _own_room(widget) or _place(widget, root)
        if reason:
            yield f"{type(widget).__name__} {_text(widget)!r} ({reason})"


def _own_room(widget: QWidget) -> str:
    """Return why a widget has too little room for its own text."""
    if isinstance(widget, PlainLabel):
        if widget.elides():
            return "" if not widget.is_cut() or widget.toolTip() else "ellipsis without a tooltip"
        return "too small" if widget.is_cut() else ""
    if isinstance(widget, Link):
        return "" if widget.toolTip() or _fits(widget) else "ellipsis without a tooltip"
    if isinstance(widget, Button) and not widget.shown_text():
        return ""  # an icon alone
    if isinstance(widget, QTabBar):
        return _tabs(widget)
    if isinstance(widget, QLineEdit):
        return _placeholder(widget)
    return "" if not isinstance(widget, QAbstractButton | Mark) or _fits(widget) else "too small"


def _fits(widget: QWidget) -> bool:
    wanted = widget.minimumSizeHint() if not isinstance(widget, Link) else widget.sizeHint()
    return wanted.width() <= widget.width() + SLACK and wanted.height() <= widget.height() + SLACK


def _tabs(bar: QTabBar) -> str:
    for index in range(bar.count()):
        if bar.tabRect(index).right() > bar.width() + SLACK:
            return f"tab {bar.tabText(index)} outside"
    return ""


def _placeholder(edit: QLineEdit) -> str:
    margins = edit.textMargins()
    room = edit.width() - margins.left() - margins.right() - 2 * 8
    shown = edit.placeholderText() if not edit.text() else ""
    return "hint too long" if edit.fontMetrics().horizontalAdvance(shown) > room + SLACK else ""


def _place(widget: QWidget, root: QWidget) -> str:
    """Return why a text lies outside what its ancestors show; what can be scrolled to is not lost."""
    if not _text(widget):
        return ""
    part = QRect(QPoint(0, 0), widget.size())
    step = widget
    while step is not root:
        parent = step.parentWidget()
        if parent is None or isinstance(parent.parentWidget(), QScrollArea):
            return ""
        part.translate(step.pos())
        if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(part):
            return f"reaches out of {type(parent).__name__}"
        step = parent
    return ""


def _text(widget: QWidget) -> str:
    if isinstance(widget, PlainLabel | QAbstractButton):
        return widget.text() or widget.accessibleName()
    return widget.accessibleName() if isinstance(widget, Mark) else ""
