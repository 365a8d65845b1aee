"""Runs the lead list: searches while a person types, follows the shelf, walks through what is found."""

from __future__ import annotations

import asyncio
from array import array
from contextlib import suppress
from dataclasses import replace

from leaddesk.contract.ids import LeadId, PipelineId
from leaddesk.desk.desk import Desk
from leaddesk.desk.outbox import OutboxChange
from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.queries import Sort
from leaddesk.store.store import Store
from leaddesk.ui.kit.presenting.cells import row as cells_of
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.filter_choices import FilterChoices
from leaddesk.ui.leads.found_leads import Asked, FoundLeads
from leaddesk.ui.leads.lead_list_state import Emptiness, LeadListState
from leaddesk.ui.leads.lead_list_view import LeadListView
from leaddesk.ui.leads.table.row_reader import RowContext

_AT_ONCE = 0.0025
_SLICE = 0.003
_FRAME = 0.012
_REFRESH_SECONDS = 0.25


class LeadListPresenter:
    """Keeps the rows true: what is asked, what is loaded, what changed.

    Invariants: the first screen of an answer is shown in the turn of the keystroke, the rest in slices of
    5 ms; nothing is shown while deletions are not applied (``sync.trusted``, measure A9).
    """

    def __init__(self, view: LeadListView, desk: Desk, store: Store, around: Surroundings) -> None:
        self._view, self._desk, self._store, self._around = view, desk, store, around
        self._tasks = TaskScope(around.on_error)
        self._found = FoundLeads(store.leads)
        self._filters = FilterChoices()
        self._asked = Asked()
        self._open: LeadId | None = None
        self._pending: dict[LeadId, str] = {}
        self._state = LeadListState()
        self._subscriptions = (
            store.leads.changes.subscribe(self._changed),
            desk.outbox.changed.subscribe(self._outbox_changed),
            desk.drafts.changed.subscribe(self._touch),
            desk.directory.changed.subscribe(self._directory_changed),
            desk.rules.policy.changed.subscribe(lambda _: self._place_rows()),
            desk.sync.progress.changed.subscribe(self._went_on),
            desk.sync.connection.changed.subscribe(self._went_on),
        )
        self._connect(view)
        self._outbox_changed(OutboxChange((), tuple(entry.subject for entry in desk.outbox.entries())))
        self._directory_changed(None)
        self._show(from_top=True)

    def _connect(self, view: LeadListView) -> None:
        view.lead_opened.connect(self._opened)
        view.table.copy_requested.connect(self._copy)
        view.table.dragged_out.connect(lambda: self._around.toasts.show_one(text("leads.no_dragging")))
        view.clear_requested.connect(self._clear)
        view.filters.filter_added.connect(self._add_filter)
        view.filters.filter_removed.connect(self._remove_filter)
        view.filters.sort_chosen.connect(self._sort)
        view.table.lead_header.sort_chosen.connect(self._sort)

    def search(self, words: str) -> None:
        """Show what holds every word; called with each change of the search field."""
        self._ask(replace(self._asked, query=words))

    def walk(self, delta: int) -> None:
        """Open the lead ``delta`` rows from the open one, or from the cursor where none is open."""
        row = self._row_of(self._open)
        if row is None:
            row = self._view.table.cursor_row()
        target = row + delta
        lead_id = self._view.rows.lead_at(target)
        if lead_id is not None:
            self._view.table.go_to(target)
            self._view.lead_opened.emit(lead_id)

    def select(self, lead_id: str) -> None:
        """Put the cursor on a lead that is opened from elsewhere."""
        self._open = LeadId(lead_id)
        row = self._row_of(self._open)
        if row is not None:
            self._view.table.go_to(row)
        self._tell_place()

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._tasks.close()
        for subscription in self._subscriptions:
            subscription.close()

    def _ask(self, asked: Asked) -> None:
        if asked != self._asked:
            self._asked = asked
            self._show(from_top=True)

    def _sort(self, sort: Sort) -> None:
        self._ask(replace(self._asked, sort=sort))

    def _add_filter(self, key: str) -> None:
        self._filters.add(key)
        self._ask(replace(self._asked, where=self._filters.where()))

    def _remove_filter(self, key: str) -> None:
        self._filters.remove(key)
        self._ask(replace(self._asked, where=self._filters.where()))

    def _clear(self) -> None:
        self._filters.clear()
        self._ask(replace(self._asked, query="", where=self._filters.where()))
        self._view.filter_cleared.emit()

    def _show(self, *, from_top: bool) -> None:
        """Show the answer to what is asked, as far as it is known within a few milliseconds."""
        self._tasks.cancel("search")
        if not self._desk.sync.trusted:
            self._view.show_rows(array("I"), from_top=True)
            self._render()
        elif self._store.leads.queries.ready(self._asked.sort):
            screen = self._view.table.rows_in_sight()
            self._view.show_rows(self._found.ask(self._asked, screen, _AT_ONCE), from_top=from_top)
            self._find_open_again()
            if not self._found.done:
                self._tasks.latest("search", self._finish)
            self._render()
        else:
            self._tasks.latest("search", lambda: self._order(from_top=from_top))

    def _find_open_again(self) -> None:
        """Put the cursor back on the open lead: rows that could not be trusted had been taken away."""
        row = self._row_of(self._open)
        if row is not None and self._view.table.cursor_row() < 0:
            self._view.table.hold_cursor(row)

    async def _finish(self) -> None:
        """Find the rest, after the frame with the first screen; changes meanwhile ask for their refresh."""
        await asyncio.sleep(_FRAME)
        while not self._found.go_on(_SLICE):  # noqa: ASYNC110 - the work itself, in slices
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not self._found.stale:
            self._view.show_rows(self._found.slots(), from_top=False)
            self._render()

    async def _order(self, *, from_top: bool) -> None:
        """Work out an order that is not known yet, then show it; until then the list stays as it is."""
        shelf, sort = self._store.leads, self._asked.sort
        while not shelf.queries.ready(sort):
            shelf.settle(_SLICE)
            await asyncio.sleep(0)
        self._show(from_top=from_top)

    def _changed(self, changed: Changed) -> None:
        if changed.reset:
            self._open = None
            self._view.show_rows(array("I"), from_top=True)
            self._render()
        elif self._found.follows(changed) and self._desk.sync.trusted:
            for step in self._found.steps(changed, self._view.rows.slots):
                self._view.rows.apply(step)
            self._render()
        elif changed.removed or not self._view.rows.slots:
            self._show(from_top=False)
        else:
            self._tasks.once("refresh", self._refresh)

    async def _refresh(self) -> None:
        """Show many changes together: a load tells of some hundred leads fifty times a second."""
        await asyncio.sleep(_REFRESH_SECONDS)
        self._show(from_top=False)

    def _went_on(self, _: object) -> None:
        """The load ended, or what is here may (not) be shown."""
        if self._state.growing != self._growing():
            self._show(from_top=False)

    def _growing(self) -> bool:
        sync = self._desk.sync
        return not (sync.progress.value.done and sync.trusted)

    def _outbox_changed(self, change: OutboxChange) -> None:
        for subject in map(LeadId, change.subjects):
            step = self._desk.outbox.pending_step(subject)
            if step is None:
                self._pending.pop(subject, None)
            else:
                self._pending[subject] = step
            self._touch(subject)

    def _touch(self, lead_id: LeadId) -> None:
        """A step waits, or a note is begun: the row says so."""
        row = self._row_of(lead_id)
        if row is not None:
            self._view.rows.touch(row)

    def _directory_changed(self, _: None) -> None:
        pipelines = self._store.pipelines.all()
        first = self._desk.directory.pipeline(None)
        steps = [*(first.steps if first else ()), *[step for each in pipelines for step in each.steps]]
        me = self._desk.sign_in.me
        places = {step: place for each in reversed(pipelines) for place, step in enumerate(each.steps)}
        self._store.leads.queries.order_steps(places)
        self._filters.offer(steps, me.person.urn if me is not None and not me.by_key else None)
        self._place_rows()
        self._ask(replace(self._asked, where=self._filters.where()))
        self._render()

    def _place_rows(self) -> None:
        names, clock = self._desk.directory.name_of, self._around.clock
        veiled, begun = self._desk.rules.veils, self._desk.drafts.leads
        self._view.set_context(RowContext(names, self._steps_of, self._pending, clock, veiled, begun))

    def _steps_of(self, pipeline_id: PipelineId | None) -> tuple[str, ...]:
        found = self._desk.directory.pipeline(pipeline_id)
        return tuple(found.steps) if found is not None else ()

    def _opened(self, lead_id: str) -> None:
        self._open = LeadId(lead_id)
        self._tell_place()

    def _row_of(self, lead_id: LeadId | None) -> int | None:
        slot = None if lead_id is None else self._store.leads.slot_of(lead_id)
        return self._view.rows.row_of(slot)

    def _render(self) -> None:
        """Show what stands around the rows, and tell those beside the list."""
        count, growing = len(self._view.rows.slots), self._growing()
        known = self._found.done and self._desk.sync.trusted
        before = self._state
        self._state = LeadListState(
            count=(count or None if growing else count) if known else before.count,
            growing=growing,
            emptiness=self._emptiness(count, growing) if known else before.emptiness,
            sort=self._asked.sort,
            choices=self._filters.choices(),
            chosen=self._filters.chosen(),
        )
        self._view.render_state(self._state)
        if self._state.count is not None and self._state.count != before.count:
            self._view.tell_shown(self._state.count)
        self._tell_place()

    def _emptiness(self, count: int, growing: bool) -> Emptiness:
        if count:
            return Emptiness.NOT_EMPTY
        if growing:
            return Emptiness.LOADING
        return Emptiness.NO_MATCH if self._asked.narrowed and len(self._store.leads) else Emptiness.NO_LEADS

    def _tell_place(self) -> None:
        if self._open is not None:
            row = self._row_of(self._open)
            self._view.place_changed.emit(0 if row is None else row + 1, len(self._view.rows.slots))

    def _copy(self, row: int) -> None:
        """Copy a row as cells that stay text; what is masked is copied masked."""
        rows = self._view.rows
        if not 0 <= row < len(rows.slots):
            return
        with suppress(LookupError):
            cells = rows.reader.cells(rows.slots[row])
            if self._around.clipboard.copy(cells_of(cells)):
                self._around.toasts.show_toast(text("leads.copied"))
