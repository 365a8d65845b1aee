"""The files tab: what lies at the lead, what is on its way there, and a place to drop more."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.contract.attachments import Attachment
from leaddesk.ui.kit.buttons import Link, Size, icon_button, secondary
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import IconLabel, PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.phrases import full, when
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.words import icon_of, size_words
from leaddesk.ui.leads.detail.state import LeadDetailState, UploadLine
from leaddesk.ui.leads.detail.tabs.pending import Pending
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_HELD = {"SCANNING": Tone.WARNING, "QUARANTINED": Tone.DANGER}


class AttachmentsTab(QWidget):
    """Files newest first, above them the uploads; says why where files may not be looked at."""

    attachment_opened = Signal(object)
    attach_requested = Signal()
    files_dropped = Signal(list)
    upload_cancelled = Signal(int)
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current().px
        self._uploads, self._rows, self._pending = KeptRows(px(12)), KeptRows(px(12)), Pending(2)
        self._pending.retry_requested.connect(self.retry_requested)
        self._empty = PlainLabel("", TextStyle.BODY, "text3", wrap=True)
        self._unseen = PlainLabel(text("attachments.no_previews"), TextStyle.CAPTION, "text3", wrap=True)
        self._adding = self._build_adding()
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(16))
        for widget in (self._adding, self._empty):
            column.addWidget(widget)
        for rows in (self._uploads, self._rows):
            column.addLayout(rows)
        for widget in (self._pending, self._unseen):
            column.addWidget(widget)
        column.addStretch(1)

    def _build_adding(self) -> QWidget:
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(12))
        button = secondary(text("attachments.add"), icon=Icon.PLUS, size=Size.SMALL)
        button.clicked.connect(self.attach_requested)
        row.addWidget(button)
        row.addWidget(PlainLabel(text("attachments.add_hint"), TextStyle.CAPTION, "text3", wrap=True), 1)
        return place

    def show_state(self, state: LeadDetailState) -> None:
        """Render; skeleton rows while the list loads, a sentence if it cannot be had."""
        files, writes = state.attachments or (), state.allowed.write
        self._adding.setVisible(writes)
        self.setAcceptDrops(writes)
        self._empty.setText(text("attachments.none" if writes else "attachments.none_yet"))
        self._empty.setVisible(state.attachments is not None and not files and not state.uploads)
        self._pending.show_for(state.attachments, state.failed)
        self._unseen.setVisible(bool(files) and not state.allowed.previews)
        self._uploads.show_rows([line.upload_id for line in state.uploads], self._upload)
        for line, row in zip(state.uploads, self._uploads.widgets(), strict=True):
            if isinstance(row, _UploadRow):
                row.show_line(line)
        today, opens = state.now.astimezone().date(), state.allowed.previews
        self._rows.show_rows(
            [(file, opens, today) for file in files], lambda row: self._file(row[0], row[1], state.now)
        )

    def _upload(self, upload_id: int) -> QWidget:
        row = _UploadRow()
        row.cancel.clicked.connect(lambda: self.upload_cancelled.emit(upload_id))
        return row

    def _file(self, file: Attachment, opens: bool, now: datetime) -> QWidget:
        row = _FileRow(file, opens, now)
        if row.name is not None:
            row.name.clicked.connect(lambda: self.attachment_opened.emit(file))
        return row

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.files_dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])


class _FileRow(QWidget):
    """Icon, name, then size, who and when. ``name``: what opens it; None where nothing does."""

    def __init__(self, file: Attachment, opens: bool, now: datetime) -> None:
        super().__init__()
        held = _HELD.get(file.status)
        self.name = Link(file.filename, personal=True) if opens and held is None else None
        head = QHBoxLayout()
        head.setSpacing(current().px(8))
        shown = self.name or PlainLabel(file.filename, TextStyle.BODY, elide=True, personal=True)
        head.addWidget(shown, 0 if self.name else 1)
        if held is not None:
            head.addWidget(Tag(text(f"attachments.{file.status.lower()}"), held))
        head.addStretch(1 if self.name else 0)
        facts = listed(" · ", (size_words(file.size), file.added_by_name, when(file.created_at, now)))
        about = PlainLabel(facts, TextStyle.CAPTION, "text3", elide=True)
        set_tip(about, full(file.created_at))
        _beside_icon(self, icon_of(file.content_type), head, about)


class _UploadRow(QWidget):
    """A file on its way: how much of it went, or why it did not; the cross takes it away."""

    def __init__(self) -> None:
        super().__init__()
        self._name = PlainLabel("", TextStyle.BODY, elide=True, personal=True)
        self._about = PlainLabel("", TextStyle.CAPTION, "text3", wrap=True)
        self._bar = _Progress()
        self.cancel = icon_button(Icon.CLOSE, text("attachments.cancel"), size=Size.SMALL)
        head = QHBoxLayout()
        head.setSpacing(current().px(8))
        head.addWidget(self._name, 1)
        head.addWidget(self.cancel)
        _beside_icon(self, Icon.WAITING, head, self._bar, self._about)

    def show_line(self, line: UploadLine) -> None:
        """Show how far it is."""
        self._name.setText(line.name)
        self._bar.setVisible(line.failed is None)
        self._bar.show_share(line.sent / line.size if line.size else 0.0)
        self._about.set_role("text3" if line.failed is None else "dangerText")
        if line.failed is not None:
            self._about.setText(line.failed)
        elif line.size:
            done, whole = size_words(line.sent), size_words(line.size)
            self._about.setText(text("attachments.sent", done=done, whole=whole))
        else:
            self._about.setText(text("attachments.waits"))


class _Progress(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(current().px(4))

    def show_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), theme.color("sunken"))
        painter.fillRect(QRectF(0, 0, self.width() * self._share, self.height()), theme.color("accentMark"))
        painter.end()


def _beside_icon(row: QWidget, icon: Icon, head: QHBoxLayout, *below: QWidget) -> None:
    """Put the icon before the first line; what follows begins where that line's words do."""
    px = current().px
    head.insertWidget(0, IconLabel(icon, "text2", 16))
    under = QVBoxLayout()
    under.setContentsMargins(px(16 + 8), 0, 0, 0)
    under.setSpacing(px(2))
    for widget in below:
        under.addWidget(widget)
    column = QVBoxLayout(row)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(2))
    column.addLayout(head)
    column.addLayout(under)
