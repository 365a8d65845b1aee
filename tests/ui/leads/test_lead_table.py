"""The table: keys, pointer, one row at a time, screen readers, and that a scroll paints only what is new."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QHelpEvent, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from leaddesk.contract.ids import LeadId
from leaddesk.store.leads.queries import Sort
from leaddesk.ui.leads.lead_list_state import LeadListState
from leaddesk.ui.leads.lead_list_view import LeadListView
from leaddesk.ui.leads.table.columns import Column
from leaddesk.ui.leads.table.row_change import RowChange, RowStep
from leaddesk.ui.leads.table.row_reader import RowReader, RowTexts
from leaddesk.ui.theme.tokens import current
from tests.stories.lead_list import lead_id, list_view
from tests.support.room import Room, heard


@pytest.fixture
def view(room: Room) -> Iterator[LeadListView]:
    made = list_view(300)
    room.stand(made)
    made.focus_list()
    room.settle()
    yield made


@pytest.fixture
def read(view: LeadListView, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The slots that are read from now on."""
    slots: list[int] = []
    real = RowReader.read

    def watched(self: RowReader, slot: int) -> RowTexts:
        slots.append(slot)
        return real(self, slot)

    monkeypatch.setattr(RowReader, "read", watched)
    return slots


def center(view: LeadListView, row: int) -> QPoint:
    return view.table.visualRect(view.rows.index(row, 0)).center()


def point(view: LeadListView, at: QPoint) -> None:
    """Move the pointer over the rows."""
    viewport = view.table.viewport()
    place, button = QPointF(viewport.mapToGlobal(at)), Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), place, button, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(viewport, moved)


def test_arrows_page_and_end_keys_move_the_cursor(room: Room, view: LeadListView) -> None:
    assert view.table.cursor_row() == 0
    for key, row in (
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_Down, 2),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 299),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Up, 0),
    ):
        room.press(key)
        assert view.table.cursor_row() == row
    room.press(Qt.Key.Key_PageDown)
    page = view.table.cursor_row()
    assert 10 < page < 20
    room.press(Qt.Key.Key_PageUp)
    assert view.table.cursor_row() == 0


def test_j_and_k_come_from_the_window_and_stop_at_the_ends(room: Room, view: LeadListView) -> None:
    view.move_cursor(-1)
    assert view.table.cursor_row() == 0
    view.move_cursor(2)
    assert view.table.cursor_row() == 2
    view.move_cursor(1000)
    assert view.table.cursor_row() == 299
    room.press(Qt.Key.Key_J)
    room.press(Qt.Key.Key_A)
    assert view.table.cursor_row() == 299


def test_enter_and_a_click_open_the_lead(room: Room, view: LeadListView) -> None:
    opened = heard(view.lead_opened)
    room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Return)
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=center(view, 4))
    assert opened == [lead_id(1), view.rows.lead_at(4)]
    assert view.table.cursor_row() == 4


def test_the_ring_shows_after_keys_only(room: Room, view: LeadListView) -> None:
    def ring() -> bool:
        room.settle()
        row = view.table.visualRect(view.rows.index(1, 0))
        image = view.table.viewport().grab().toImage()
        return image.pixelColor(400, row.top()) == current().color("focus")

    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=center(view, 1))
    assert not ring()
    room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Up)
    assert ring()


def test_the_row_under_the_pointer_is_lit_and_no_drag_selects(room: Room, view: LeadListView) -> None:
    viewport = view.table.viewport()
    point(view, center(view, 3))
    room.settle()
    image = viewport.grab().toImage()
    assert image.pixelColor(2, center(view, 3).y()) == current().color("hover")
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=center(view, 1))
    point(view, center(view, 5))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=center(view, 5))
    assert view.table.cursor_row() == 1


def test_scrolling_reads_only_the_rows_that_appear(room: Room, view: LeadListView, read: list[int]) -> None:
    bar = view.table.verticalScrollBar()
    bar.setValue(48)
    room.settle()
    assert 0 < len(set(read)) <= 3
    read.clear()
    bar.setValue(48 * 100)
    room.settle()
    assert len(set(read)) >= 14


def test_a_moved_picture_is_the_picture_painted_anew(room: Room, view: LeadListView) -> None:
    bar = view.table.verticalScrollBar()
    for value in (3, 31, 100, 77):
        bar.setValue(value)
        room.settle()
    moved = shown(view)
    view.table.viewport().update()
    room.settle()
    assert shown(view) == moved


def shown(view: LeadListView) -> QImage:
    screen = view.screen().grabWindow(view.window().winId())
    return screen.toImage()


def test_one_changed_lead_repaints_one_row(room: Room, view: LeadListView, read: list[int]) -> None:
    view.rows.apply(RowChange(RowStep.TOUCH, 2))
    room.settle()
    assert set(read) == {view.rows.slots[2]}


def test_rows_come_and_go_around_the_cursor(room: Room, view: LeadListView) -> None:
    view.table.go_to(20)
    room.settle()
    held, top = view.cursor_lead(), view.table.verticalScrollBar().value()
    slots = view.rows.slots
    last = slots[-1]
    view.rows.apply(RowChange(RowStep.REMOVE, len(slots) - 1))
    view.rows.apply(RowChange(RowStep.INSERT, 25, last))
    view.rows.apply(RowChange(RowStep.MOVE, 25, last, 3))
    room.settle()
    assert (view.table.cursor_row(), view.cursor_lead()) == (21, held)
    assert view.table.verticalScrollBar().value() == top
    view.rows.apply(RowChange(RowStep.MOVE, 21, 0, 150))
    assert (view.table.cursor_row(), view.cursor_lead()) == (150, held)


def test_new_rows_keep_the_cursor_on_its_lead_and_the_scroll(room: Room, view: LeadListView) -> None:
    view.table.go_to(40)
    held, top = view.cursor_lead(), view.table.verticalScrollBar().value()
    view.show_rows(view.rows.slots[1:], from_top=False)
    room.settle()
    assert (view.table.cursor_row(), view.cursor_lead()) == (39, held)
    assert view.table.verticalScrollBar().value() == top
    view.show_rows(view.rows.slots[:60], from_top=True)
    room.settle()
    assert view.table.verticalScrollBar().value() == 0
    view.show_rows(array("I"), from_top=True)
    assert view.cursor_lead() is None


def test_every_cell_speaks(view: LeadListView) -> None:
    spoken = [view.rows.index(2, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in Column]
    assert spoken == [
        "Ute von der Lühe-Bergmann, Gutsverwaltung Lühe GbR",
        "Photovoltaik, 23701 Eutin",
        "Vor-Ort-Termin",
        "heute 8:42",
        "112.500\u00a0€",
        "Ayşe Demir",
    ]
    assert view.rows.index(2, 0).data(Qt.ItemDataRole.UserRole) == lead_id(2)
    assert view.rows.index(0, Column.OWNER).data() == "Niemand zuständig"
    assert view.rows.headerData(Column.RECEIVED, Qt.Orientation.Horizontal) == "Eingang"
    assert view.rows.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None


def test_a_screen_reader_finds_a_table_with_its_cells(view: LeadListView) -> None:
    table = QAccessible.queryAccessibleInterface(view.table)
    assert table.role() is QAccessible.Role.Table
    assert table.text(QAccessible.Text.Name) == "Leads"
    point = view.table.viewport().mapToGlobal(center(view, 1))
    cell = table.childAt(point.x(), point.y())
    assert (cell.role(), cell.text(QAccessible.Text.Name)) == (QAccessible.Role.Cell, "Anna Meyer")


def test_a_waiting_change_is_spoken() -> None:
    view = list_view(3, pending={lead_id(1): "Angebot"})
    assert view.rows.index(1, Column.STEP).data() == "Angebot, wartet auf Versand"
    view.deleteLater()


def test_a_begun_note_is_spoken_told_and_drawn_behind_the_name(room: Room) -> None:
    begun, plain = (list_view(3, begun=leads) for leads in ((lead_id(1),), ()))
    assert begun.rows.index(1, Column.NAME).data() == "Anna Meyer, Notiz begonnen"
    assert plain.rows.index(1, Column.NAME).data() == "Anna Meyer"
    told = [
        (view.rows.reader.is_told(view.rows.slots[1], Column.NAME), "Notiz" in tip(view, 1))
        for view in (begun, plain)
    ]
    assert told == [(True, True), (False, False)]
    differs = []
    for width in (784, 470):
        shots: list[QImage] = []
        for view in (begun, plain):
            view.resize(width, 400)
            room.stand(view)
            room.settle()
            shots.append(view.table.viewport().grab(view.table.visualRect(view.rows.index(1, 0))).toImage())
        differs.append(shots[0] != shots[1])
    assert differs == [True, True]


def tip(view: LeadListView, row: int) -> str:
    return view.rows.reader.tip(view.rows.slots[row], Column.NAME)


def test_a_row_whose_lead_is_gone_is_empty_and_breaks_nothing(room: Room, view: LeadListView) -> None:
    view.rows.reader._shelf.remove(LeadId(lead_id(2)))
    room.settle()
    view.table.viewport().grab()
    assert view.rows.index(2, 0).data() is None
    view.table.go_to(2)
    assert view.cursor_lead() is None


def hidden() -> None:
    """Wait until a tip that was taken away is gone: Qt fades it."""
    for _ in range(100):
        if not QToolTip.isVisible():
            return
        QTest.qWait(20)
    raise AssertionError("the tip stays")


def test_a_cut_text_is_whole_in_its_tip_and_markup_is_text(room: Room, view: LeadListView) -> None:
    def tip(row: int, column: Column) -> str:
        QToolTip.hideText()
        hidden()
        point = view.table.visualRect(view.rows.index(row, column)).center()
        event = QHelpEvent(QHelpEvent.Type.ToolTip, point, view.table.viewport().mapToGlobal(point))
        QApplication.sendEvent(view.table.viewport(), event)
        return QToolTip.text() if QToolTip.isVisible() else ""

    view.table.setColumnWidth(Column.INTEREST, 90)
    longest = max(range(300), key=lambda row: len(view.rows.index(row, Column.INTEREST).data()))
    view.table.go_to(longest)
    assert tip(longest, Column.INTEREST).startswith("Photovoltaik mit Speicher und Wallbox")
    assert tip(1, Column.STEP) == ""
    assert tip(1, Column.RECEIVED) == "Donnerstag, 19. November 2026, 10:06"
    assert tip(1, Column.OWNER) == "Maren Boysen"
    assert view.table.viewport().toolTip() == ""
    QToolTip.hideText()
    hidden()


def test_a_click_on_the_header_sorts_and_another_turns_it_round(room: Room, view: LeadListView) -> None:
    header = view.table.lead_header
    asked = heard(header.sort_chosen)

    def click(column: Column) -> None:
        at = QPoint(header.sectionViewportPosition(column) + 20, 10)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        if asked:
            header.show_sort(asked[-1])

    header.show_sort(Sort())
    for column in (Column.RECEIVED, Column.NAME, Column.NAME, Column.VALUE, Column.OWNER):
        click(column)
    assert [(sort.by.value, sort.descending) for sort in asked] == [
        ("created", False),
        ("name", False),
        ("name", True),
        ("value", True),
    ]


def test_skeleton_rows_stand_below_while_leads_are_to_come(room: Room, view: LeadListView) -> None:
    def below() -> bool:
        room.settle()
        image = view.table.viewport().grab().toImage()
        return image.pixelColor(40, 48 * 5 + 17) == current().color("skeleton")

    view.show_rows(view.rows.slots[:3], from_top=True)
    assert not below()
    view.render_state(LeadListState(3, growing=True))
    assert below()
    view.render_state(LeadListState(3))
    assert not below()


def test_the_window_without_focus_pales_the_cursor_row(room: Room, view: LeadListView) -> None:
    assert view.table._cursor_look().fill == "selected"
    other = Room(room.around.clock)
    other.window.show()
    other.window.activateWindow()
    QTest.qWaitForWindowActive(other.window)
    assert view.table._cursor_look().fill == "selectedInactive"
    other.leave()


def test_a_row_that_is_dragged_out_stays_and_is_told_of_once(view: LeadListView) -> None:
    told = heard(view.table.dragged_out)
    viewport, held = view.table.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, held, Qt.KeyboardModifier.NoModifier, center(view, 1))
    for at in (center(view, 2), QPoint(-20, 60), QPoint(-60, 60)):
        place, button = QPointF(viewport.mapToGlobal(at)), Qt.MouseButton.NoButton
        moved = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), place, button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(viewport, moved)
    assert len(told) == 1
