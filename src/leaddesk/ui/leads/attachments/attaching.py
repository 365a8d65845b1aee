"""Files on their way to a lead, and the one that is looked at: what the detail's files tab asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.ids import LeadId
from leaddesk.desk.attachments.taking import take
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Ok
from leaddesk.ui.kit.floating.choosing import choose_files
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.speech.roles import announce
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.looking import Looking
from leaddesk.ui.leads.attachments.words import why_not_sent
from leaddesk.ui.leads.detail.state import LeadDetailState, UploadLine
from leaddesk.ui.leads.detail.view import LeadDetailView

_AT_ONCE = 2
"""Uploads; each holds its file in memory."""


class Attaching:
    """Invariant: an upload belongs to the lead that was shown when it began, whatever is shown meanwhile;
    after :meth:`close` nothing is sent, read or seen any more.
    """

    def __init__(
        self, view: LeadDetailView, desk: Desk, around: Surroundings, changed: Callable[[], object]
    ) -> None:
        self._view, self._desk, self._around, self._changed = view, desk, around, changed
        self._tasks = TaskScope(around.on_error)
        self._lanes = asyncio.Semaphore(_AT_ONCE)
        self._uploads: dict[int, tuple[LeadId, UploadLine]] = {}
        self._last = 0
        self._chooser: QWidget | None = None
        self._looking = Looking(desk, around)
        view.attach_requested.connect(self._choose)
        view.files_dropped.connect(self._take)
        view.upload_cancelled.connect(self._cancel)
        view.attachment_opened.connect(self._open)

    def shown(self, state: LeadDetailState) -> LeadDetailState:
        """Return a state with what is on its way to its lead."""
        lines = tuple(line for lead_id, line in self._uploads.values() if lead_id == state.lead_id)
        return replace(state, uploads=lines)

    def withdraw(self) -> None:
        """Nothing of a lead that is gone is looked at."""
        self._looking.close()

    def close(self) -> None:
        """Stop everything; idempotent."""
        self._tasks.close()
        self._looking.close()
        self._looking.leave()
        if self._chooser is not None and isValid(self._chooser):
            self._chooser.close()
        self._chooser = None
        self._uploads.clear()

    def _open(self, file: Attachment) -> None:
        lead_id = self._view.lead_id()
        if lead_id is not None:
            self._looking.open(lead_id, file)

    def _choose(self) -> None:
        if self._chooser is None or not isValid(self._chooser):
            title = text("attachments.choose")
            self._chooser = choose_files(self._around.window, title, self._take)

    def _take(self, paths: list[str]) -> None:
        lead_id = self._view.lead_id()
        for path in paths if lead_id is not None else ():
            self._last += 1
            self._begin(LeadId(str(lead_id)), self._last, path)
        self._changed()

    def _begin(self, lead_id: LeadId, number: int, path: str) -> None:
        name = path.replace("\\", "/").rpartition("/")[2]
        self._uploads[number] = lead_id, UploadLine(number, name)
        self._tasks.once(f"upload {number}", lambda: self._send(lead_id, number, path))

    async def _send(self, lead_id: LeadId, number: int, path: str) -> None:
        async with self._lanes:
            taken = await take(path)
            if not isinstance(taken, Ok):
                self._note(number, failed=why_not_sent(taken))
                return
            size = len(taken.value.content)
            self._note(number, size=size)
            outcome = await self._desk.attachments.add(
                lead_id, taken.value, lambda sent: self._went_on(number, sent)
            )
        if not isinstance(outcome, Ok):
            self._note(number, failed=why_not_sent(outcome))
            return
        self._uploads.pop(number, None)
        announce(self._view, text("attachments.added"))
        self._changed()
        if self._view.lead_id() == lead_id:
            self._view.retry_requested.emit()

    def _went_on(self, number: int, sent: int) -> None:
        """Each hundredth is shown, not each piece."""
        line = self._uploads[number][1] if number in self._uploads else None
        if line is not None and (sent >= line.size or (sent - line.sent) * 100 >= line.size):
            self._note(number, sent=sent)

    def _note(
        self, number: int, *, size: int | None = None, sent: int | None = None, failed: str | None = None
    ) -> None:
        if number not in self._uploads:
            return
        lead_id, line = self._uploads[number]
        now = line.size if size is None else size, line.sent if sent is None else sent
        self._uploads[number] = lead_id, replace(line, size=now[0], sent=now[1], failed=failed)
        self._changed()

    def _cancel(self, number: int) -> None:
        self._tasks.cancel(f"upload {number}")
        self._uploads.pop(number, None)
        self._changed()
