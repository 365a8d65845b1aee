"""What stands where an answer is awaited: skeleton rows, or why there is none and a way to ask again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.ui.kit.pieces.marks import Skeleton
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon


class Pending(QWidget):
    """Hidden once the answer is there. ``rows`` of skeleton while it is not."""

    retry_requested = Signal()

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._skeleton = Skeleton(rows)
        self._notice = Notice(Tone.WARNING, Icon.OFFLINE, "", action=text("lead_detail.retry"))
        self._notice.acted.connect(self.retry_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._skeleton)
        column.addWidget(self._notice)

    def show_for(self, answer: object | None, failed: str | None) -> None:
        """Show what is fitting for an answer that is there, awaited (None) or failed."""
        self.setVisible(answer is None)
        self._skeleton.setVisible(failed is None)
        self._notice.setVisible(failed is not None)
        self._notice.say("", failed or "")
