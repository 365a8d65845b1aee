"""A stream of drawn leads of one tenant, oldest first; lazily, so that a million fit."""

from collections.abc import Iterator, Sequence
from random import Random
from struct import Struct
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.ids import LeadId, NoteId
from leaddesk.contract.rows import FieldContent
from leaddesk.server.seed.leads import careers, contacts, enquiries, messages
from leaddesk.server.seed.leads.careers import Calendar, Career, Careers, SeedNote, wire_time
from leaddesk.server.seed.leads.contacts import Contact, Contacts
from leaddesk.server.seed.leads.enquiries import (
    Recipe,
    compile_recipe,
    fuel_of,
    interest_of,
    prospect_of,
)
from leaddesk.server.seed.leads.messages import Messages
from leaddesk.server.seed.leads.tables import Table
from leaddesk.server.seed.sources import source
from leaddesk.server.seed.world import FormPlan, Person

_OWN = 9
_TEXTS = _OWN + contacts.DRAWS
_CAREER = _TEXTS + messages.DRAWS
_FIELDS = _CAREER + careers.DRAWS
_DRAWN = Struct(f"<{_FIELDS}H{enquiries.DRAWS}s")
_BLOCK = 128
_RECENT = 256
_OLD = 1100 * careers.DAY
"""Older leads hold single choices as arrays of one (contract, "Values")."""


class Edit(msgspec.Struct, frozen=True):
    """A later change of fields; ``before`` is what its labels said until then."""

    moment: int
    author: Person
    block: str
    before: dict[str, FieldContent]


class DemoLead(msgspec.Struct, frozen=True, gc=False):
    """One lead as it is now, with what happened to it. Times in milliseconds since 1970 (UTC).

    The blocks are encoded field lists (``contract.rows.FieldList``), as they will be stored.
    """

    lead_id: LeadId
    form: FormPlan
    created: int
    prospect: bytes
    interest: bytes
    career: Career | None = None
    notes: Sequence[SeedNote] = ()
    edits: Sequence[Edit] = ()

    def __repr__(self) -> str:
        return "<DemoLead>"


class _Kind(NamedTuple):
    """A form with its recipe for today's leads and for old ones."""

    form: FormPlan
    new: Recipe
    old: Recipe


class DrawnLeads:
    """As many leads of a tenant as its calendar has. The same arguments give the same leads."""

    def __init__(
        self, forms: Sequence[FormPlan], people: Sequence[Person], calendar: Calendar, seed: str
    ) -> None:
        self._random = Random(seed)  # noqa: S311 - a population, no secret
        self._calendar = calendar
        self._now = calendar.now
        self._remembered, self._old = self._now - careers.REMEMBERED, self._now - _OLD
        self._contacts = Contacts(calendar.leads, self._random)
        self._careers = Careers(calendar.now, people)
        self._messages = Messages()
        self._kinds = Table(_kinds(forms), 256).slots
        self._note_counts = Table(((0, 56), (1, 20), (2, 11), (3, 6), (4, 4), (5, 2), (6, 1)), 256).slots
        self._recent: list[Contact] = []

    def __iter__(self) -> Iterator[DemoLead]:
        count = self._calendar.leads
        for first in range(0, count, _BLOCK):
            size = min(_BLOCK, count - first)
            numbers = _DRAWN.iter_unpack(self._random.randbytes(_DRAWN.size * size))
            ids = self._random.randbytes(24 * size).hex()
            for offset, drawn in enumerate(numbers):
                yield self._lead(first + offset, drawn, ids[offset * 48 : offset * 48 + 48])

    def _lead(self, index: int, d: tuple[Any, ...], ids: str) -> DemoLead:
        created = self._calendar.at(index, d[0])
        form, new, old = self._kinds[d[1] & 255]
        recipe = old if created < self._old else new
        contact, ordered = self._contact(d, recipe), d[3] & 3 == 0
        # the other ids share the end of the lead's: as unique, and cheaper
        end = f"-{ids[8:12]}-4{ids[13:16]}-a{ids[17:20]}-{ids[20:32]}"
        career = self._careers.draw(d[_CAREER:_FIELDS], created, ids[32:40] + end)
        return DemoLead(
            LeadId(ids[:8] + end),
            form,
            created,
            prospect_of(recipe, contact, ordered),
            self._interest(d, recipe, contact.town[1:-1].decode(), created),
            career,
            self._journal(d[4], d[5], career, ids[40:47] + end)
            if career and created > self._remembered
            else (),
        )

    def _contact(self, d: tuple[Any, ...], recipe: Recipe) -> Contact:
        """Draw a contact; one in eighty has asked before, sometimes about something else."""
        firm = d[6] < recipe.firm
        recent = self._recent
        if d[7] < 800 and len(recent) == _RECENT:
            again: Contact = recent[d[8] & (_RECENT - 1)]
            if (again.company is not None) == firm and not recipe.full_name:
                return again
        contact = self._contacts.draw(d[_OWN:_TEXTS], firm, recipe.full_name)
        if len(recent) < _RECENT:
            recent.append(contact)
        else:
            recent[d[8] >> 8] = contact
        return contact

    def _interest(self, d: tuple[Any, ...], recipe: Recipe, place: str, created: int) -> bytes:
        wish = recipe.wishes.draw(d[3] >> 4)
        late = []
        if recipe.month and d[2] < 20_000:
            late.append((recipe.month, self._month(created, d[2])))
        fuel = fuel_of(wish, d[_FIELDS])
        text = self._messages.message(d[_TEXTS:_CAREER], wish.family, fuel, place)
        if text is not None:
            late.append((recipe.message, text))
        return interest_of(wish, d[_FIELDS], late, d[3] & 3 == 0)

    def _month(self, created: int, number: int) -> str:
        return wire_time(created + (30 + number % 180) * careers.DAY)[:7]

    def _journal(self, number: int, other: int, career: Career, ids: str) -> Sequence[SeedNote]:
        count = self._note_counts[number & 255]
        if not count:
            return ()
        start = career.steps[0][0]
        span = min(self._now - start, 40 * careers.DAY)
        return [
            SeedNote(
                NoteId(f"{ids[:7]}{index}{ids[7:]}"),
                start + span * (index + 1) // (count + 1),
                career.responsible,
                self._messages.note(other + index * 67),
                bool(number >> (8 + index) & 1),
            )
            for index in range(count)
        ]


def _kinds(forms: Sequence[FormPlan]) -> Iterator[tuple[_Kind, float]]:
    for plan in forms:
        new, old = compile_recipe(plan.recipe), compile_recipe(plan.recipe, old=True)
        yield _Kind(plan, new, old), source("forms")["forms"][plan.recipe]["share"]
