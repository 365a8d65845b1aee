"""The list as a table model: an array of slots; everything shown is read from the shelf when asked for."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from leaddesk.contract.ids import LeadId
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.columns import Column
from leaddesk.ui.leads.table.row_change import RowChange, RowStep
from leaddesk.ui.leads.table.row_reader import RowReader

Index = QModelIndex | QPersistentModelIndex
_SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_ROOT = QModelIndex()


class LeadTableModel(QAbstractTableModel):
    """Rows in display order. Holds slots, never values; no proxy stands between it and the view.

    Row numbers are those of ``slots``. A change of one lead is told for one row, so that selection and
    scroll position stay.
    """

    def __init__(self, reader: RowReader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reader = reader
        self.slots = array("I")

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.slots)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Answer screen readers, tooltips and key search; the painter reads rows by itself."""
        if not index.isValid() or index.row() >= len(self.slots):
            return None
        slot, column = self.slots[index.row()], Column(index.column())
        try:
            if role in _SPOKEN:
                return self.reader.cell(slot, column)
            if role == Qt.ItemDataRole.UserRole:
                return self.reader.lead(slot).lead_id
        except LookupError:  # removed, and the message about it is still on its way
            return None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role in _SPOKEN and orientation is Qt.Orientation.Horizontal:
            return text(f"leads.column_{Column(section).name.lower()}")
        return None

    def lead_at(self, row: int) -> LeadId | None:
        """Return the id of the lead in a row; ``None`` outside the list."""
        if not 0 <= row < len(self.slots):
            return None
        return self.reader.lead(self.slots[row]).lead_id

    def row_of(self, slot: int | None) -> int | None:
        """Return the row of a slot; 10 ns a row."""
        try:
            return None if slot is None else self.slots.index(slot)
        except ValueError:
            return None

    def show(self, slots: array[int]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.slots = slots
        self.endResetModel()

    def apply(self, change: RowChange) -> None:
        """Do one step to one row; selection and cursor stay on their leads."""
        match change.step:
            case RowStep.INSERT:
                self.beginInsertRows(_ROOT, change.row, change.row)
                self.slots.insert(change.row, change.slot)
                self.endInsertRows()
            case RowStep.REMOVE:
                self.beginRemoveRows(_ROOT, change.row, change.row)
                del self.slots[change.row]
                self.endRemoveRows()
            case RowStep.MOVE:
                self._move(change.row, change.target)
            case RowStep.TOUCH:
                self.touch(change.row)

    def _move(self, row: int, target: int) -> None:
        self.beginMoveRows(_ROOT, row, row, _ROOT, target + (target > row))
        self.slots.insert(target, self.slots.pop(row))
        self.endMoveRows()

    def touch(self, row: int) -> None:
        """Say that a row reads differently now."""
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
