"""The tour's recorder reads what is painted, not what widgets hold."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from leaddesk.demo.painted import painted_text
from leaddesk.ui.kit.buttons import secondary
from leaddesk.ui.kit.labels import PlainLabel


def words(window: QWidget) -> list[str]:
    QApplication.processEvents()
    return [found.words for found in painted_text(window)]


def test_words_are_found_where_they_are_painted(window: QWidget) -> None:
    label, button = PlainLabel("Anna Meyer"), secondary("Freigeben")
    column = QVBoxLayout(window)
    column.addWidget(label)
    column.addWidget(button)
    QApplication.processEvents()
    places = {found.words: (found.x, found.y) for found in painted_text(window)}
    assert window.childAt(window.mapFromGlobal(window.mapToGlobal(button.geometry().center()))) is button
    inside = button.rect().translated(button.mapToGlobal(button.rect().topLeft()))
    assert inside.contains(*places["Freigeben"])


def test_a_hidden_page_and_a_hidden_label_are_not_painted(window: QWidget) -> None:
    stack, hidden = QStackedWidget(), PlainLabel("verborgen")
    stack.addWidget(PlainLabel("vorn"))
    stack.addWidget(PlainLabel("hinten"))
    column = QVBoxLayout(window)
    column.addWidget(stack)
    column.addWidget(hidden)
    hidden.hide()
    assert words(window) == ["vorn"]


def test_an_elided_text_is_recorded_as_it_is_painted(window: QWidget) -> None:
    name = "Gabriele Müller-Lüdenscheidt-Kloebner"
    label = PlainLabel(name, elide=True)
    label.setFixedWidth(90)
    QVBoxLayout(window).addWidget(label)
    (painted,) = words(window)
    assert painted.endswith("…") and painted != name
