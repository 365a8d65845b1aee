"""Reads a row of the list: the lead from the shelf, under the overlay of what is not confirmed yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from leaddesk.contract.ids import LeadId, PipelineId, Urn
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.leads.view import LeadView
from leaddesk.store.roles import Role
from leaddesk.ui.kit.painting.people import initials, slot_of
from leaddesk.ui.kit.phrases import DASH, full, lately, money
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.columns import Column


class RowTexts(NamedTuple):
    """What one row shows. Made for a paint or a question of a screen reader, then dropped."""

    name: str
    company: str
    topic: str
    place: str
    step: str
    step_place: tuple[int, int]
    received: str
    value: str
    owner: str
    owner_mark: tuple[str, int]
    waiting: bool

    def __repr__(self) -> str:
        return "<RowTexts>"

    @property
    def wants(self) -> str:
        """Topic and place in one line."""
        return ", ".join([part for part in (self.topic, self.place) if part])


@dataclass(frozen=True)
class RowContext:
    """What rows need from elsewhere: names behind URNs, the steps of pipelines, steps not confirmed yet, the
    time. Every function answers from memory."""

    name_of: Callable[[Urn], str | None] = lambda _: None
    steps_of: Callable[[PipelineId | None], tuple[str, ...]] = lambda _: ()
    pending_step: Callable[[LeadId], str | None] = lambda _: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class RowReader:
    """Dresses leads as rows; keeps none of them."""

    def __init__(self, shelf: LeadShelf) -> None:
        self._shelf = shelf
        self.context = RowContext()

    def lead(self, slot: int) -> LeadView:
        """Return the lead itself. Raises LookupError if it is gone."""
        return self._shelf.get(slot)

    def read(self, slot: int) -> RowTexts:
        """Return what the row of a slot shows. Raises LookupError if the lead is gone."""
        lead, around = self._shelf.get(slot), self.context
        pending = around.pending_step(lead.lead_id)
        steps = around.steps_of(lead.pipeline_id)
        step = pending or lead.step or (steps[0] if steps else "")
        owner = around.name_of(lead.responsible) if lead.responsible else None
        company = lead.company
        name = lead.name
        return RowTexts(
            name=name or DASH,
            company="" if company == name else company,
            topic=lead.topic,
            place=lead.place,
            step=step or DASH,
            step_place=(steps.index(step) if step in steps else 0, max(1, len(steps))),
            received=lately(lead.created_at, around.now()),
            value=_value(lead),
            owner=owner or "",
            owner_mark=_owner_mark(lead.responsible, owner),
            waiting=pending is not None,
        )

    def cell(self, slot: int, column: Column) -> str:
        """Return a cell as a screen reader says it."""
        row = self.read(slot)
        match column:
            case Column.NAME:
                return ", ".join([part for part in (row.name, row.company) if part])
            case Column.INTEREST:
                return row.wants or DASH
            case Column.STEP:
                return text("leads.step_waiting", step=row.step) if row.waiting else row.step
            case Column.RECEIVED:
                return row.received
            case Column.VALUE:
                return row.value
            case Column.OWNER:
                return row.owner or text("leads.nobody")

    def tip(self, slot: int, column: Column) -> str:
        """Return what the pointer resting on a cell may show: whole lines, and the time to the minute."""
        row = self.read(slot)
        match column:
            case Column.NAME:
                return "\n".join([part for part in (row.name, row.company or row.wants) if part])
            case Column.INTEREST:
                return "\n".join([part for part in (row.topic, row.place) if part])
            case Column.RECEIVED:
                return full(self._shelf.get(slot).created_at)
            case _:
                return self.cell(slot, column)


def _value(lead: LeadView) -> str:
    value = lead.value
    return money(value) if value is not None else lead.text(Role.VALUE) or DASH


def _owner_mark(urn: Urn | None, name: str | None) -> tuple[str, int]:
    """Return letters and colour of the avatar; somebody without a known name is still not nobody."""
    if urn is None:
        return "", 0
    return initials(name or "") or "?", slot_of(urn.rpartition(":")[2])
