"""The card of a disclosed document: exactly what a partner sees, hidden values as dots."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.contract.markets import DisclosedDocument
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.kv import KeyValueRows, Row
from leaddesk.ui.kit.pieces.panes import Card
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


def document_rows(document: DisclosedDocument) -> list[Row]:
    """Return a document as rows; one last row names what is hidden, so that nothing seems to be missing."""
    rows = [Row(field.label, field.value or "") for field in document.fields if field.state != "hidden"]
    hidden = listed(", ", (field.label for field in document.fields if field.state == "hidden"))
    return [*rows, Row(text("kit.after_acceptance"), hidden, wrap=True)] if hidden else rows


def document_title(document: DisclosedDocument) -> str:
    """Return how a document is called on every card: what, then where as far as it may be seen."""
    return listed(", ", (document.title, document.place))


class DocumentCard(Card):
    """Title, an optional mark at the right, and the fields in order."""

    def __init__(self, document: DisclosedDocument, mark: QWidget | None = None) -> None:
        super().__init__()
        theme = current()
        head = QHBoxLayout()
        head.addWidget(
            PlainLabel(document_title(document), TextStyle.BODY, bold=True, elide=True, personal=True), 1
        )
        if mark is not None:
            head.addWidget(mark)
        rows = KeyValueRows(key_width=108)
        rows.set_rows(document_rows(document))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(14), theme.px(10), theme.px(14), theme.px(10))
        column.setSpacing(theme.px(2))
        column.addLayout(head)
        column.addWidget(rows)
