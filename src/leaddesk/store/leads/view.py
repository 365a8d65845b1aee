"""A lead as others read it: every personal value is decoded at the moment it is asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from leaddesk.contract.ids import CommissionId, LeadId
from leaddesk.contract.rows import FieldList
from leaddesk.store.leads.codes import Shape
from leaddesk.store.leads.records import FACTS, blocks_of, text_of
from leaddesk.store.leads.slots import LeadSlots, milliseconds
from leaddesk.store.roles import Role, amount_of, looks_like

_BY_LOOKS = frozenset({Role.EMAIL, Role.PHONE, Role.POSTCODE})


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """One line of a block: a value with its label and form type."""

    label: str
    type: str
    value: Any

    @property
    def text(self) -> str:
        """What a person reads of the value; empty for a bool, which the ui words itself."""
        return text_of(self.value)


class Work(NamedTuple):
    """The running commission of a lead, without its step and people, which are the lead's ``standing``."""

    commission_id: CommissionId
    started_at: datetime
    closed_at: datetime | None


class LeadView:
    """One lead, decoded on demand; its repr shows nothing. Keep it no longer than a paint or a rendering.

    Texts are empty where there is no value. Reading raises :class:`LookupError` once the lead has left its
    slot. ``owner``, ``responsible``, ``step``, ``pipeline_id`` and ``outcome`` are plain attributes: they
    are codes, not personal data.
    """

    __slots__ = (
        "_life",
        "_shape",
        "_slots",
        "lead_id",
        "outcome",
        "owner",
        "pipeline_id",
        "responsible",
        "serial",
        "slot",
        "step",
    )

    def __init__(self, slots: LeadSlots, slot: int, lead_id: LeadId) -> None:
        self._slots, self.slot, self.lead_id = slots, slot, lead_id
        self._life = slots.life[slot]
        if not self._life:
            raise LookupError("there is no lead in this slot")
        self._shape: Shape = slots.shape_of(slot)
        self.serial = slots.serial[slot]
        self.owner, self.responsible, self.step, self.pipeline_id, self.outcome = slots.standing_of(slot)

    @property
    def created_at(self) -> datetime:
        """When the lead was received."""
        return _moment(self._here().created[self.slot])

    @property
    def modified_at(self) -> datetime:
        """When the row changed last: lead, commission or step."""
        return _moment(self._here().modified[self.slot])

    @property
    def work(self) -> Work | None:
        """The running commission; ``None`` while nobody works the lead."""
        _, commission_id, started, closed = self._here().values(self.slot)[:FACTS]
        if not commission_id:
            return None
        ended = _moment(milliseconds(closed)) if closed else None
        return Work(CommissionId(commission_id), _moment(milliseconds(started)), ended)

    @property
    def name(self) -> str:
        """What the lead is called: first and last name, else the name field, the firm, the e-mail address."""
        return name_in(self._here(), self.slot)

    @property
    def company(self) -> str:
        """The firm of the prospect."""
        return self.text(Role.COMPANY)

    @property
    def topic(self) -> str:
        """What the prospect wants."""
        return self.text(Role.TOPIC)

    @property
    def place(self) -> str:
        """Postcode and town, as far as they are there."""
        return " ".join([part for part in (self.text(Role.POSTCODE), self.text(Role.TOWN)) if part])

    @property
    def value(self) -> Decimal | None:
        """The budget as a number; ``None`` when there is none or it is no number."""
        return amount_of(self.text(Role.VALUE))

    def text(self, role: Role) -> str:
        """Return the value in a role: by type, label, or (e-mail, phone, postcode) by its look."""
        return text_in(self._here(), self.slot, role)

    def field_lists(self) -> tuple[FieldList | None, FieldList | None]:
        """Return contact and enquiry exactly as received; ``None`` for a block that was not sent."""
        texts = self._here().values(self.slot)[FACTS:]
        coded = self._shape.coded
        values = [msgspec.json.decode(text) if place in coded else text for place, text in enumerate(texts)]
        return blocks_of(self._shape, values)

    def fields(self) -> tuple[list[Field], list[Field]]:
        """Return the lines of contact and enquiry in display order."""
        prospect, interest = self.field_lists()
        return _lines(prospect), _lines(interest)

    def _here(self) -> LeadSlots:
        if self._slots.life[self.slot] != self._life:
            raise LookupError("the lead has left this slot")
        return self._slots


def text_in(slots: LeadSlots, slot: int, role: Role) -> str:
    """Return the value of one slot in a role, see :meth:`LeadView.text`."""
    shape = slots.shape_of(slot)
    index = shape.roles.get(role)
    if index is not None:
        text = slots.value(slot, FACTS + index)
        return text_of(msgspec.json.decode(text)) if index in shape.coded else text.strip()
    if role in _BY_LOOKS:
        taken = shape.roles.values()
        for place, text in enumerate(slots.values(slot)[FACTS:]):
            if place not in taken and place not in shape.coded and looks_like(role, text):
                return text.strip()
    return ""


def name_in(slots: LeadSlots, slot: int) -> str:
    """Return what the lead of one slot is called, see :attr:`LeadView.name`."""
    parts = [text_in(slots, slot, Role.FIRST_NAME), text_in(slots, slot, Role.LAST_NAME)]
    person = " ".join([part for part in parts if part]) or text_in(slots, slot, Role.FULL_NAME)
    return person or text_in(slots, slot, Role.COMPANY) or text_in(slots, slot, Role.EMAIL)


def _moment(when: int) -> datetime:
    return datetime.fromtimestamp(when / 1000, UTC)


def _lines(block: FieldList | None) -> list[Field]:
    if block is None:
        return []
    return [Field(label, block.fields[label].type, block.fields[label].value) for label in block.labels()]
