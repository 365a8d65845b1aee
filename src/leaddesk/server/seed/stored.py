"""Demo leads as the log's bulk writer takes them: columns, the encoded row, and what happened since.

What is older than ``careers.REMEMBERED`` was taken over from the house's former system: its history is one
event with the state it had then. So it is with every lead of a population above ``FULL_HISTORY_LEADS``.
"""

from operator import attrgetter

from msgspec.structs import replace

from leaddesk.contract.ids import Urn, member_urn, tenant_urn
from leaddesk.contract.leads import Pipeline
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow, encode_row
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.bulk import SeedEvent, SeedLead, created_payload
from leaddesk.server.identity.people import api_key_urn
from leaddesk.server.seed.leads.careers import REMEMBERED, Career, wire_time
from leaddesk.server.seed.leads.drawn import DemoLead, Edit
from leaddesk.server.seed.population import Population

FULL_HISTORY_LEADS = 50_000

_AT = attrgetter("at")


class Storekeeper:
    """Turns the leads of one tenant into what the log stores."""

    def __init__(self, population: Population, tenant: str) -> None:
        world = population.world
        firm = world.tenant(tenant)
        self._owner = tenant_urn(firm.tenant_id)
        self._website = api_key_urn(firm.website_key)
        self._pipeline = world.default_pipeline(tenant)
        self._steps = _steps(self._pipeline)
        self._urns = {person.member_id: member_urn(person.member_id) for person in world.people_of(tenant)}
        self.short = population.size(tenant) > FULL_HISTORY_LEADS
        self._since = int(population.base.timestamp() * 1000) - REMEMBERED

    def stored(self, lead: DemoLead) -> SeedLead:
        """Return one lead for :func:`leaddesk.server.eventlog.bulk.write_leads`."""
        if self.short or lead.created < self._since or not (lead.career or lead.edits):
            return self._taken_over(lead)
        later = sorted(self._later(lead), key=_AT)
        at, changed = wire_time(lead.created), max((edit.moment for edit in lead.edits), default=lead.created)
        modified = max((event.at for event in later if event.kind != "NoteAdded"), default=at)
        serial = 1 + sum(event.kind != "NoteAdded" for event in later)
        part = LeadPart(
            lead.lead_id, serial, self._owner, at, wire_time(changed), lead.prospect, lead.interest
        )
        running = self._running(lead.career)
        first = LeadRow(at, replace(part, serial=1, modified_at=at, **_at_first(lead)))
        return self._seed(
            lead,
            LeadRow(modified, part, running),
            created_payload(lead.form.form.id, encode_row(first)),
            later,
        )

    def _taken_over(self, lead: DemoLead) -> SeedLead:
        at = wire_time(lead.created)
        running = self._running(lead.career)
        last = wire_time(lead.career.steps[-1][0]) if lead.career else at
        part = LeadPart(lead.lead_id, 1, self._owner, at, at, lead.prospect, lead.interest)
        return self._seed(lead, LeadRow(last, part, running), None, ())

    def _seed(
        self, lead: DemoLead, row: LeadRow, created: bytes | None, later: "list[SeedEvent] | tuple[()]"
    ) -> SeedLead:
        running, responsible = row.commission, None
        if running is not None:
            responsible = running.responsible
        return SeedLead(
            lead.lead_id,
            lead.form.form.id,
            encode_row(row),
            row.lead.created_at,
            row.modified_at,
            row.lead.modified_at,
            row.lead.serial,
            self._website,
            running.started_at if running else None,
            None,
            running.step if running else None,
            responsible,
            responsible,
            created,
            later,
        )

    def _running(self, career: Career | None) -> CommissionPart | None:
        if career is None:
            return None
        return CommissionPart(
            career.commission_id,
            self._urns[career.responsible.member_id],
            wire_time(career.steps[0][0]),
            self._pipeline.steps[career.steps[-1][1]],
            None,
            None,
            self._pipeline.sales_pipeline_id,
        )

    def _later(self, lead: DemoLead) -> list[SeedEvent]:
        keeper: Urn | None = None
        events = []
        career, names = lead.career, self._pipeline.steps
        if career is not None:
            keeper = self._urns[career.responsible.member_id]
            started, first = career.steps[0]
            opening = e.CommissionStarted(career.commission_id, keeper, self._steps, names[first])
            events.append(_event(opening, started, keeper, None))
            before = names[first]
            for moment, step in career.steps[1:]:
                change = e.StepChanged(career.commission_id, before, names[step])
                events.append(_event(change, moment, keeper, keeper))
                before = names[step]
        for note in lead.notes:
            added = e.NoteAdded(note.note_id, note.text, note.intern)
            events.append(_event(added, note.moment, self._urns[note.author.member_id], keeper))
        for edit in lead.edits:
            changed = e.FieldsChanged(_changes(lead, edit))
            events.append(_event(changed, edit.moment, self._urns[edit.author.member_id], keeper))
        return events


def _event(event: e.Event, moment: int, actor: Urn, keeper: Urn | None) -> SeedEvent:
    return SeedEvent(type(event).__name__, wire_time(moment), actor, e.encode_event(event), keeper)


def _steps(pipeline: Pipeline) -> e.Steps:
    return e.Steps(pipeline.sales_pipeline_id, pipeline.name, list(pipeline.steps))


def _changes(lead: DemoLead, edit: Edit) -> list[e.Change]:
    now = getattr(lead, edit.block).fields
    return [
        e.Change(edit.block, label, now[label].type, before.value if before else None, now[label].value)
        for label, before in edit.before.items()
    ]


def _at_first(lead: DemoLead) -> dict[str, FieldList]:
    """Return the blocks as they were when the lead came in, where somebody has edited since."""
    blocks = {}
    for edit in lead.edits:
        block: FieldList = getattr(lead, edit.block)
        fields: dict[str, FieldContent] = {}
        for label, content in block.fields.items():
            told = edit.before.get(label, content)
            if told is not None:
                fields[label] = told
        blocks[edit.block] = FieldList(fields, list(fields))
    return blocks
