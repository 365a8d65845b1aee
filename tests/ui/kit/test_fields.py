"""Fields: named by their label, silent towards input methods and selections, errors beside the edit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QClipboard
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QVBoxLayout, QWidget

from leaddesk.ui.kit.clipboard import MARKS, OURS, Clipboard, shared
from leaddesk.ui.kit.entry.edits import LineEdit, TextEdit
from leaddesk.ui.kit.fields import ChoiceField, Field, LineField, PasswordField, SearchBox, TextField
from tests.stories.stage import Stage, lay_out, painted

CONTROL = Qt.KeyboardModifier.ControlModifier


def put(window: QWidget, *widgets: QWidget) -> None:
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
        widget.show()
    widgets[0].setFocus()


def all_fields() -> list[Field]:
    return [
        LineField("Name"),
        PasswordField("Passwort"),
        TextField("Notiz"),
        ChoiceField("Markt", [("a", "A")]),
    ]


def test_every_field_is_named_by_its_label_and_focused_through_it(stage: Stage) -> None:
    for field in all_fields():
        edit = field.focusProxy()
        assert edit is not None
        assert edit.accessibleName()


def test_input_methods_are_told_that_everything_is_sensitive(stage: Stage) -> None:
    fields = (PasswordField("p"), LineField("n"), TextField("t"))
    for edit in (LineEdit(), TextEdit(), SearchBox("Suchen"), *(field.edit for field in fields)):
        assert edit.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData


def test_an_error_replaces_the_note_and_goes_again(stage: Stage) -> None:
    field = LineField("Postleitzahl")
    field.set_note("Fünf Ziffern.")
    assert field.edit.accessibleDescription() == "Fünf Ziffern."
    field.set_error("Es sind erst vier.")
    assert field.edit.property("state") == "error"
    assert field.edit.accessibleDescription() == "Es sind erst vier."
    field.set_error(None)
    assert field.edit.property("state") == ""
    assert field.edit.accessibleDescription() == "Fünf Ziffern."


def test_typing_is_announced_and_setting_is_not(window: QWidget) -> None:
    field = LineField("Name")
    put(window, field)
    typed: list[str] = []
    field.changed.connect(typed.append)
    field.set_value("x")
    field.edit.setCursorPosition(1)
    QTest.keyClicks(field.edit, "yz")
    assert typed == ["xy", "xyz"]
    assert field.value() == "xyz"
    field.clear()
    assert field.value() == ""


def test_enter_submits_a_line_and_control_enter_a_text(window: QWidget) -> None:
    line, several = LineField("Name"), TextField("Notiz")
    put(window, line, several)
    submitted: list[str] = []
    line.submitted.connect(lambda: submitted.append("line"))
    several.submitted.connect(lambda: submitted.append("text"))
    QTest.keyClick(line.edit, Qt.Key.Key_Return)
    QTest.keyClick(several.edit, Qt.Key.Key_Return)
    assert several.value() == "\n"
    QTest.keyClick(several.edit, Qt.Key.Key_Return, CONTROL)
    assert submitted == ["line", "text"]


def test_tab_leaves_a_text(window: QWidget) -> None:
    several, line = TextField("Notiz"), LineField("Name")
    put(window, several, line)
    several.edit.setFocus()
    QTest.keyClick(several.edit, Qt.Key.Key_Tab)
    assert line.edit.hasFocus()
    assert several.value() == ""


def test_a_password_is_shown_only_while_the_eye_says_so(stage: Stage) -> None:
    field = PasswordField("Passwort")
    field.set_value("geheim")
    eye = field.edit.findChild(QWidget)
    lay_out(field, 300, 80)
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    field._eye.click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal
    assert field._eye.accessibleName() == "Passwort verbergen"
    field.hide_again()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    assert field._eye.accessibleName() == "Passwort zeigen"
    assert eye is not None


def test_copying_goes_through_the_expiring_clipboard(window: QWidget, stage: Stage) -> None:
    line, several = LineEdit(), TextEdit()
    put(window, line, several)
    line.setText("Anna")
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_C, CONTROL)
    assert stage.app.clipboard().text() == "Anna"
    assert shared().holds_ours()
    several.setPlainText("eins\nzwei")
    several.selectAll()
    QTest.keyClick(several, Qt.Key.Key_X, CONTROL)
    assert stage.app.clipboard().text() == "eins\nzwei"
    assert several.toPlainText() == ""
    assert all(stage.app.clipboard().mimeData().hasFormat(name) for name in MARKS)
    shared().clear_if_ours()


def test_dots_are_never_copied(window: QWidget, stage: Stage) -> None:
    stage.app.clipboard().clear()
    field = PasswordField("Passwort")
    put(window, field)
    field.set_value("geheim")
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_C, CONTROL)
    assert stage.app.clipboard().text() == ""


def test_selecting_leaves_the_primary_selection_alone(window: QWidget, stage: Stage) -> None:
    line, several = LineEdit(), TextEdit()
    put(window, line, several)
    stage.app.processEvents()
    line.setText("Anna Meyer")
    several.setPlainText("Anna Meyer")
    for edit in (line, several.viewport()):
        middle = QPoint(20, edit.height() // 2)
        QTest.mouseDClick(edit, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseRelease(edit, Qt.MouseButton.LeftButton, pos=middle)
        stage.app.processEvents()
        assert "Anna" not in stage.app.clipboard().text(QClipboard.Mode.Selection)


def test_what_qt_would_drag_or_select_is_empty(stage: Stage) -> None:
    edit = TextEdit()
    edit.setPlainText("Anna")
    edit.selectAll()
    assert edit.createMimeDataFromSelection().formats() == []


def test_pasting_takes_text_and_no_markup(stage: Stage) -> None:
    edit, data = TextEdit(), QMimeData()
    data.setHtml("<b>Anna</b>")
    data.setText("<b>Anna</b>")
    edit.insertFromMimeData(data)
    assert edit.toPlainText() == "<b>Anna</b>"


def test_the_context_menu_is_ours(window: QWidget, stage: Stage) -> None:
    line = LineEdit()
    put(window, line)
    line.setText("Anna")
    line.selectAll()
    from PySide6.QtGui import QContextMenuEvent

    where = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, where, line.mapToGlobal(where))
    stage.app.sendEvent(line, event)
    menu = line.findChild(QMenu)
    assert menu is not None
    entries = {action.text(): action for action in menu.actions()}
    assert list(entries) == ["Ausschneiden", "Kopieren", "Einfügen", "Alles auswählen"]
    entries["Kopieren"].trigger()
    assert shared().holds_ours()
    menu.close()
    shared().clear_if_ours()


def test_a_choice_is_announced_with_its_value(window: QWidget) -> None:
    field = ChoiceField("Markt", [("a", "Wärme Nord"), ("b", "Solar Küste")])
    put(window, field)
    chosen: list[str] = []
    field.chosen.connect(chosen.append)
    assert field.value() == "a"
    QTest.keyClick(field.edit, Qt.Key.Key_Down)
    field.set_value("a")
    assert chosen == ["b"]
    assert field.value() == "a"


def test_the_search_box_shows_its_key_only_while_empty(stage: Stage) -> None:
    box = SearchBox("Suchen", "Strg K")
    lay_out(box, 300, 32)
    empty = painted(box)
    box.setText(" ")
    assert painted(box) != empty


@pytest.fixture
def clipboard(stage: Stage) -> Clipboard:
    return Clipboard(stage.app, seconds=0.05)


def test_a_copy_is_gone_after_its_time(clipboard: Clipboard, stage: Stage) -> None:
    clipboard.copy("0171 39200 42")
    assert stage.app.clipboard().text() == "0171 39200 42"
    QTest.qWait(120)
    assert stage.app.clipboard().text() == ""
    assert not clipboard.holds_ours()
    clipboard.deleteLater()


def test_foreign_content_is_never_touched(clipboard: Clipboard, stage: Stage) -> None:
    clipboard.copy("0171 39200 42")
    stage.app.clipboard().setText("von jemand anderem")
    clipboard.clear_if_ours()
    assert stage.app.clipboard().text() == "von jemand anderem"
    clipboard.deleteLater()


def test_a_second_copy_starts_a_new_life(clipboard: Clipboard, stage: Stage) -> None:
    clipboard.copy("eins")
    clipboard.copy("zwei")
    assert clipboard.holds_ours()
    assert stage.app.clipboard().mimeData().hasFormat(OURS)
    clipboard.clear_if_ours()
    assert stage.app.clipboard().text() == ""
    clipboard.deleteLater()
