"""What the pointer resting on a cell is told: whole texts where they are cut, exact times, names of faces."""

from __future__ import annotations

from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.writing import text_width
from leaddesk.ui.leads.table.columns import Column, lead_width
from leaddesk.ui.leads.table.lead_table_model import Index, LeadTableModel
from leaddesk.ui.theme.tokens import current

_GAP = 8


class CellTips(QStyledItemDelegate):
    """The table's delegate. It paints nothing: the table does. The tip is on nobody's property afterwards."""

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        tip = _tip(view, index) if index.isValid() else ""
        if not tip:
            QToolTip.hideText()
            return True
        viewport = view.viewport()
        set_tip(viewport, tip)  # escapes what Qt would take for markup
        QToolTip.showText(event.globalPos(), viewport.toolTip(), viewport)
        viewport.setToolTip("")
        return True


def _tip(view: QAbstractItemView, index: Index) -> str:
    rows = index.model()
    assert isinstance(rows, LeadTableModel)
    column, slot = Column(index.column()), rows.slots[index.row()]
    try:
        tip, told = rows.reader.tip(slot, column), rows.reader.is_told(slot, column)
    except LookupError:
        return ""
    room = view.visualRect(index).width() - current().px(_GAP)
    room -= lead_width() if column is Column.NAME else 0
    cut = any(text_width(line) > room for line in tip.split("\n"))
    return tip if cut or told else ""
