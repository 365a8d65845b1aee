"""Runs the preview of one file: fetched into memory, decoded in a child, forgotten when it is closed."""

from __future__ import annotations

from shiboken6 import isValid

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.attachments.preview import Faulty, Preview
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Ok
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.preview_dialog import PreviewDialog
from leaddesk.ui.leads.attachments.words import size_words


class Looking:
    """Invariant: at most one file is looked at; once its dialog is gone – closed, locked, lead or leave
    withdrawn – its child is dead and its pixels are overwritten.
    """

    def __init__(self, desk: Desk, around: Surroundings) -> None:
        self._desk, self._around = desk, around
        self._tasks = TaskScope(around.on_error)
        self._dialog: PreviewDialog | None = None
        self._preview: Preview | None = None
        self._wanted, self._drawn = 0, -1
        self._policy = desk.rules.policy.changed.subscribe(self._obey)

    def open(self, lead_id: LeadId, file: Attachment) -> None:
        """Open the dialog at once; the file follows."""
        self.close()
        dialog = PreviewDialog(self._around.window, file.filename, size_words(file.size))
        dialog.dismissed.connect(self.close)
        dialog.page_requested.connect(self._turn)
        self._dialog, self._wanted, self._drawn = dialog, 0, -1
        dialog.open()
        self._tasks.latest("look", lambda: self._look(dialog, lead_id, file))

    def close(self) -> None:
        """End what is looked at; idempotent."""
        for key in ("look", "page"):
            self._tasks.cancel(key)
        preview, self._preview = self._preview, None
        if preview is not None:
            preview.close()
        dialog, self._dialog = self._dialog, None
        if dialog is not None and isValid(dialog):
            dialog.forget()
            dialog.dismiss()

    def leave(self) -> None:
        """Hear no more of the policy, and start nothing."""
        self._policy.close()
        self._tasks.close()

    def _obey(self, policy: TenantPolicy) -> None:
        if not policy.previews and self._dialog is not None:
            self.close()
            self._around.toasts.show_toast(text("attachments.no_previews"))

    async def _look(self, dialog: PreviewDialog, lead_id: LeadId, file: Attachment) -> None:
        whole = size_words(file.size)

        def told(read: int) -> None:
            dialog.show_progress(text("attachments.fetched", done=size_words(read), whole=whole))

        outcome = await self._desk.attachments.look_at(lead_id, file, told)
        if not isinstance(outcome, Ok):
            told_why = (
                text(f"attachments.fault_{outcome.fault}")
                if isinstance(outcome, Faulty)
                else sentence(outcome)
            )
            dialog.show_failure(told_why or "")
            return
        if self._dialog is not dialog:
            outcome.value.close()
            return
        self._preview = outcome.value
        opened = outcome.value.opened
        if opened.pages:
            dialog.show_pages(opened.pages)
            self._turn(0)
        else:
            dialog.show_words(opened.words, cut=opened.cut)

    def _turn(self, number: int) -> None:
        """Draw a page; who leafs on quickly waits for the last one asked for only."""
        self._wanted = number
        self._tasks.queue("page", self._draw)

    async def _draw(self) -> None:
        dialog, preview, number = self._dialog, self._preview, self._wanted
        if dialog is None or preview is None or number == self._drawn:
            return
        self._drawn = number
        page = await preview.page(number, dialog.pixels_across())
        if self._dialog is not dialog:
            return
        if isinstance(page, Faulty):
            dialog.show_failure(text(f"attachments.fault_{page.fault}"))
        else:
            dialog.show_page(number, page)
