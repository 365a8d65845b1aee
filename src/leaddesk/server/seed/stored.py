"""Demo leads as the log's bulk writer takes them: columns, the encoded row, and what happened since.

What is older than ``careers.REMEMBERED`` was taken over from the house's former system: its history is one
event with the state it had then. So it is with every lead of a population above ``FULL_HISTORY_LEADS``.

Rows are put together from encoded blocks; a test holds the bytes against ``contract.rows.encode_row``.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import attrgetter

import msgspec

from leaddesk.contract.ids import Urn, api_key_urn, member_urn, tenant_urn
from leaddesk.contract.rows import FieldList
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.bulk import Batch, Linked, Linker, SeedEvent, SeedLead, created_payload, sealed
from leaddesk.server.seed.leads.careers import REMEMBERED, Career, wire_time
from leaddesk.server.seed.leads.drawn import DemoLead, Edit
from leaddesk.server.seed.population import Population

FULL_HISTORY_LEADS = 50_000

Source = Callable[[str, int, bytes], Iterator[Linked]]
"""Gives a tenant's leads in batches, oldest first, for a log that stands at a position and link."""

_BATCH = 100

_AT = attrgetter("at")
_FIELDS = msgspec.json.Decoder(FieldList)


def is_short(population: Population, tenant: str) -> bool:
    """Tell whether a tenant has so many leads that each is one event, and its row is stored once."""
    return population.size(tenant) > FULL_HISTORY_LEADS


def linked(
    population: Population, tenant: str, position: int, link: bytes, first: int = 0
) -> Iterator[Linked]:
    """Draw a tenant's leads from the ``first`` on for a log that stands at a position and link."""
    return map(Linker(position, link).linked, batches(population, tenant, first))


def batches(population: Population, tenant: str, first: int = 0) -> Iterator[Batch]:
    """Draw a tenant's leads from the ``first`` on, each sealed under a key of its own, in batches.

    A million never stand in memory twice.
    """
    keeper = Storekeeper(population, tenant)
    owner, short = population.world.tenant(tenant).tenant_id, is_short(population, tenant)
    leads = map(keeper.stored, islice(population.leads(tenant), first, None))
    while (batch := sealed(owner, islice(leads, _BATCH), short)).leads:
        yield batch


class Storekeeper:
    """Turns the leads of one tenant into what the log stores."""

    def __init__(self, population: Population, tenant: str) -> None:
        world = population.world
        firm, pipeline = world.tenant(tenant), world.default_pipeline(tenant)
        self._owner = tenant_urn(firm.tenant_id)
        self._website = api_key_urn(firm.website_key)
        self._steps = e.Steps(pipeline.pipeline_id, pipeline.row["name"], pipeline.row["steps"])
        self._urns = {person.key: member_urn(person.member_id) for person in world.people_of(tenant)}
        self._short = is_short(population, tenant)
        self._since = int(population.base.timestamp() * 1000) - REMEMBERED

    def stored(self, lead: DemoLead) -> SeedLead:
        """Return one lead for :func:`leaddesk.server.eventlog.bulk.write_leads`."""
        at, career = wire_time(lead.created), lead.career
        blocks = b',"prospect":%b,"interest":%b}' % (lead.prospect, lead.interest)
        if self._short or lead.created < self._since or not (career or lead.edits):
            last = wire_time(career.steps[-1][0]) if career else at
            doc = self._head(lead, 1, at, last, at) + blocks + self._running(career)
            return self._seed(lead, doc, 1, (at, last, at), None, ())
        later = sorted(self._later(lead), key=_AT)
        changes = [event.at for event in later if event.kind != "NoteAdded"]
        edited = wire_time(max((edit.moment for edit in lead.edits), default=lead.created))
        times = (at, changes[-1], edited)
        serial = 1 + len(changes)
        doc = self._head(lead, serial, *times) + blocks + self._running(career)
        before = _blocks_before(lead) if lead.edits else blocks
        first = created_payload(lead.form.form_id, self._head(lead, 1, at, at, at) + before + b"}")
        return self._seed(lead, doc, serial, times, first, later)

    def _head(self, lead: DemoLead, serial: int, created: str, modified: str, lead_modified: str) -> bytes:
        return (
            f'{{"modifiedAt":"{modified}","lead":{{"leadId":"{lead.lead_id}","serial":{serial},'
            f'"owner":"{self._owner}","createdAt":"{created}","modifiedAt":"{lead_modified}"'
        ).encode()

    def _running(self, career: Career | None) -> bytes:
        if career is None:
            return b"}"
        return (
            f',"commission":{{"commissionId":"{career.commission_id}",'
            f'"responsible":"{self._urns[career.responsible.key]}","startedAt":"{wire_time(career.steps[0][0])}",'
            f'"step":"{self._steps.steps[career.steps[-1][1]]}",'
            f'"salesPipelineId":"{self._steps.sales_pipeline_id}"}}}}'
        ).encode()

    def _seed(
        self,
        lead: DemoLead,
        doc: bytes,
        serial: int,
        times: tuple[str, str, str],
        created: bytes | None,
        later: Sequence[SeedEvent],
    ) -> SeedLead:
        career = lead.career
        responsible = self._urns[career.responsible.key] if career else None
        return SeedLead(
            lead.lead_id,
            lead.form.form_id,
            doc,
            *times,
            serial,
            self._website,
            wire_time(career.steps[0][0]) if career else None,
            None,
            self._steps.steps[career.steps[-1][1]] if career else None,
            responsible,
            responsible,
            created,
            later,
        )

    def _later(self, lead: DemoLead) -> list[SeedEvent]:
        keeper: Urn | None = None
        events = []
        career, names = lead.career, self._steps.steps
        if career is not None:
            keeper = self._urns[career.responsible.key]
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
            events.append(_event(added, note.moment, self._urns[note.author.key], keeper))
        for edit in lead.edits:
            changed = e.FieldsChanged(_changes(lead, edit))
            events.append(_event(changed, edit.moment, self._urns[edit.author.key], keeper))
        return events


def _event(event: e.Event, moment: int, actor: Urn, keeper: Urn | None) -> SeedEvent:
    return SeedEvent(type(event).__name__, wire_time(moment), actor, e.encode_event(event), keeper)


def _changes(lead: DemoLead, edit: Edit) -> list[e.Change]:
    now = _FIELDS.decode(getattr(lead, edit.block)).fields
    return [
        e.Change(edit.block, label, before.type, before.value, now[label].value)
        for label, before in edit.before.items()
    ]


def _blocks_before(lead: DemoLead) -> bytes:
    """Return the blocks as they were when the lead came in, before anybody edited them."""
    blocks = {"prospect": _FIELDS.decode(lead.prospect), "interest": _FIELDS.decode(lead.interest)}
    for edit in lead.edits:
        fields = blocks[edit.block].fields | edit.before
        blocks[edit.block] = FieldList(fields, list(fields))
    encoded = {name: msgspec.json.encode(block) for name, block in blocks.items()}
    return b',"prospect":%b,"interest":%b}' % (encoded["prospect"], encoded["interest"])
