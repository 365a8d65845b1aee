"""Runs the queue of waiting changes and asks when two people changed the same step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.ui.kit.floating.toasts import Toast
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.shell.doors import Rooms
    from leaddesk.ui.shell.outbox.conflict_dialog import ConflictDialog
    from leaddesk.ui.shell.outbox.queue_state import QueueState
    from leaddesk.ui.shell.outbox.waiting_changes_pane import WaitingChangesPane


class OutboxPresenter:
    """Lives with one workplace: renders the queue while it is shown, and says once that a choice is needed.

    Invariant: at most one conflict is asked at a time, and each is announced once.
    """

    def __init__(self, rooms: Rooms, around: Surroundings, show_queue: Callable[[], object]) -> None:
        self._rooms, self._around, self._show_queue = rooms, around, show_queue
        self._pane: WaitingChangesPane | None = None
        self._dialog: ConflictDialog | None = None
        self._announced: set[str] = set()
        self._news: dict[str, Toast] = {}
        desk = rooms.desk
        self._subscriptions = (
            desk.outbox.changed.subscribe(self._changed),
            desk.drafts.changed.subscribe(self._changed),
            desk.sync.connection.changed.subscribe(self._changed),
        )

    def pane(self, closed: Callable[[], object], write_on: Callable[[str], object]) -> QWidget:
        """Return the pane, built at the first time; ``closed`` is called when it is to go.

        ``write_on`` is called with the lead of a begun note.
        """
        if self._pane is not None:
            self._pane.render_state(self._state())
        else:
            from leaddesk.ui.shell.outbox.waiting_changes_pane import WaitingChangesPane

            self._pane = WaitingChangesPane(self._state())
            self._pane.undo_requested.connect(self._undo)
            self._pane.conflict_opened.connect(self.ask)
            self._pane.note_opened.connect(write_on)
            self._pane.closed.connect(closed)
        return self._pane

    def ask(self, entry_id: str) -> None:
        """Ask which version of a step counts; nothing if that is settled by now."""
        entry = self._rooms.desk.outbox.entry(entry_id)
        if self._dialog is not None or entry is None or entry.conflict is None:
            return
        from leaddesk.ui.shell.outbox.conflict_dialog import ConflictDialog
        from leaddesk.ui.shell.outbox.entries import conflict_state

        news = self._news.pop(entry_id, None)
        if news is not None and isValid(news):
            news.leave()  # what is being decided need not be said any more
        state = conflict_state(self._rooms, entry, self._around.clock())
        self._dialog = ConflictDialog(self._around.window, state)
        self._dialog.resolved.connect(self._resolve)
        self._dialog.dismissed.connect(self._dialog_gone)
        self._dialog.open()

    def close(self) -> None:
        """Stop listening; the pane goes with the workplace."""
        for subscription in self._subscriptions:
            subscription.close()
        if self._pane is not None:
            self._pane.hide()
            self._pane.setParent(None)
            self._pane.deleteLater()
            self._pane = None

    def _state(self) -> QueueState:
        from leaddesk.ui.shell.outbox.entries import begun_note, waiting_change
        from leaddesk.ui.shell.outbox.queue_state import QueueState

        now, desk = self._around.clock(), self._rooms.desk
        waiting = [waiting_change(self._rooms, entry, now) for entry in desk.outbox.entries()]
        begun = [begun_note(self._rooms, lead_id, draft.words) for lead_id, draft in desk.drafts.all()]
        return QueueState((*waiting, *begun), desk.sync.online)

    def _changed(self, _message: object) -> None:
        if self._rooms.desk.sync.online:
            self._around.toasts.withdraw(text("outcome.queued"))
        if self._pane is not None:
            self._pane.render_state(self._state())
        for entry in self._rooms.desk.outbox.entries():
            if entry.state.value in ("conflict", "refused") and entry.entry_id not in self._announced:
                self._announced.add(entry.entry_id)
                self._announce(entry.entry_id, entry.state.value)

    def _announce(self, entry_id: str, state: str) -> None:
        action: tuple[str, Callable[[], object]] = (text("outbox.show"), self._show_queue)
        if state == "conflict":
            action = (text("outbox.open"), lambda: self.ask(entry_id))
        words = text(f"outbox.toast_{state}")
        self._news[entry_id] = self._around.toasts.show_toast(words, actions=[action])

    def _undo(self, entry_id: str) -> None:
        self._rooms.desk.outbox.cancel(entry_id)

    def _resolve(self, entry_id: str, version: str) -> None:
        from leaddesk.desk.sending.entries import Side

        self._rooms.desk.outbox.resolve(entry_id, Side(version))

    def _dialog_gone(self) -> None:
        self._dialog = None
