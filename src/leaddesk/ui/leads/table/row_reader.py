"""Reads a row of the list: the lead from the shelf, under the overlay of what is not confirmed yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from leaddesk.contract.ids import LeadId, PipelineId, Urn
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.leads.view import LeadView
from leaddesk.store.roles import Role
from leaddesk.ui.kit.isolation import listed, visible
from leaddesk.ui.kit.masks import is_drawn, mask, masked_name
from leaddesk.ui.kit.painting.people import initials, slot_of
from leaddesk.ui.kit.phrases import DASH, full, lately, money
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.columns import Column

_TOLD = (Column.RECEIVED, Column.OWNER)


class RowTexts(NamedTuple):
    """What one row shows. Made for a paint or a question of a screen reader, then dropped."""

    name: str
    company: str
    topic: str
    place: str
    step: str
    step_place: tuple[int, int] | None
    received: str
    value: str
    owner: str
    owner_mark: tuple[str, int]
    waiting: bool
    begun: bool = False

    def __repr__(self) -> str:
        return "<RowTexts>"

    @property
    def wants(self) -> str:
        """Topic and place in one line."""
        return listed(", ", (self.topic, self.place))


@dataclass(frozen=True)
class RowContext:
    """What rows need from elsewhere: names behind URNs, the steps of pipelines, the time, the steps that are
    not confirmed yet, and the leads with a ``begun`` note (both live). Every function answers from memory.
    ``veiled``: contact details are masked until somebody asks for a lead's, and rows are not asked (guarantee
    C4)."""

    name_of: Callable[[Urn], str | None] = lambda _: None
    steps_of: Callable[[PipelineId | None], tuple[str, ...]] = lambda _: ()
    pending: Mapping[LeadId, str] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    veiled: bool = False
    begun: Collection[LeadId] = ()


class RowReader:
    """Dresses leads as rows; keeps none of them, only names of members and steps of pipelines."""

    def __init__(self, shelf: LeadShelf) -> None:
        self._shelf = shelf
        self._around = RowContext()
        self._owners: dict[Urn, tuple[str, tuple[str, int]]] = {}
        self._steps: dict[PipelineId | None, tuple[str, ...]] = {}
        self._no_step = text("leads.step_none")

    def place_in(self, context: RowContext) -> None:
        """Read with these names, steps and this clock from now on."""
        self._around = context
        self._owners.clear()
        self._steps.clear()

    def lead(self, slot: int) -> LeadView:
        """Return the lead itself. Raises LookupError if it is gone."""
        return self._shelf.get(slot)

    def read(self, slot: int) -> RowTexts:
        """Return what the row of a slot shows. Raises LookupError if the lead is gone."""
        lead, around = self._shelf.get(slot), self._around
        pending = around.pending.get(lead.lead_id) if around.pending else None
        steps = self._steps_of(lead.pipeline_id)
        step = pending or lead.step
        owner, mark = self._owner(lead.responsible)
        name, company, topic, place = _personal(lead, veiled=around.veiled)
        return RowTexts(
            name=visible(name) or DASH,
            company="" if company == name else visible(company),
            topic=visible(topic),
            place=visible(place),
            step=visible(step or self._no_step),
            step_place=(steps.index(step) if step in steps else 0, len(steps) or 1) if step else None,
            received=lately(lead.created_at, around.now()),
            value=_value(lead),
            owner=owner,
            owner_mark=mark,
            waiting=pending is not None,
            begun=bool(around.begun) and lead.lead_id in around.begun,
        )

    def _steps_of(self, pipeline_id: PipelineId | None) -> tuple[str, ...]:
        steps = self._steps.get(pipeline_id)
        if steps is None:
            steps = self._steps[pipeline_id] = self._around.steps_of(pipeline_id)
        return steps

    def _owner(self, urn: Urn | None) -> tuple[str, tuple[str, int]]:
        """Return name and mark of who works a lead; somebody without a known name is still not nobody."""
        if urn is None:
            return "", ("", 0)
        owner = self._owners.get(urn)
        if owner is None:
            name = self._around.name_of(urn) or ""
            owner = self._owners[urn] = (name, (initials(name) or "?", slot_of(urn.rpartition(":")[2])))
        return owner

    def cell(self, slot: int, column: Column) -> str:
        """Return a cell as a screen reader says it."""
        row = self.read(slot)
        match column:
            case Column.NAME:
                return listed(", ", (row.name, row.company, text("leads.note_begun") if row.begun else ""))
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

    def cells(self, slot: int) -> tuple[str, ...]:
        """Return a row as cells of a table of its own, in the order of the list."""
        row = self.read(slot)
        shown = (row.name, row.company, row.topic, row.place, row.step, row.received, row.value, row.owner)
        return tuple("" if cell == DASH else cell for cell in shown)

    def is_told(self, slot: int, column: Column) -> bool:
        """Whether a cell shows more, or less, than words; then it has a tip in any case."""
        return column in _TOLD or (column is Column.NAME and self.read(slot).begun)

    def tip(self, slot: int, column: Column) -> str:
        """Return what the pointer resting on a cell may show: whole lines, and the time to the minute."""
        row = self.read(slot)
        match column:
            case Column.NAME:
                begun = text("leads.note_begun") if row.begun else ""
                return "\n".join([part for part in (row.name, row.company or row.wants, begun) if part])
            case Column.INTEREST:
                return "\n".join([part for part in (row.topic, row.place) if part])
            case Column.RECEIVED:
                return full(self._shelf.get(slot).created_at)
            case _:
                return self.cell(slot, column)


def _personal(lead: LeadView, *, veiled: bool) -> tuple[str, str, str, str]:
    """Return name, company, topic and place as far as they may be seen."""
    if is_drawn():
        return masked_name(), "", masked_name(), ""
    if not veiled:
        return lead.name, lead.company, lead.topic, lead.place
    name = masked_name() if lead.is_called_by_mail else lead.name
    return name, lead.company, lead.topic, lead.place and mask()


def _value(lead: LeadView) -> str:
    value = lead.value
    if value is not None:
        return money(value)
    return DASH if is_drawn() else visible(lead.text(Role.VALUE)) or DASH
