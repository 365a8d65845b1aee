"""A lead as others read it: every personal value is decoded at the moment it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from leaddesk.contract.ids import LeadId
from leaddesk.contract.rows import FieldList
from leaddesk.store.leads.mapped.records import CODES, FACTS, Blocks, blocks_of, text_of, value_of
from leaddesk.store.leads.mapped.slots import LeadSlots
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


class LeadTexts:
    """The texts of one slot: where they lie is found once, each is decoded when it is asked for."""

    __slots__ = ("_codes", "_places", "_slot", "_slots", "_version")

    def __init__(self, slots: LeadSlots, slot: int) -> None:
        self._slots, self._slot, self._version = slots, slot, -1
        self._places: list[int] = []
        self._codes = ""

    def in_role(self, role: Role) -> str:
        """Return the value in a role: by type, label or word, else (e-mail, phone, postcode) by its look."""
        self._locate()
        place = self._slots.fields.playing(role, self._codes)
        if place is not None:
            return text_of(value_of(self._at(FACTS + place))).strip()
        if role in _BY_LOOKS:
            texts = (self._at(FACTS + place) for place in self._slots.fields.idle(self._codes))
            return next((text.strip() for text in texts if looks_like(role, text)), "")
        return ""

    def name(self) -> str:
        """Return what the lead is called: a person, else the firm, else the e-mail address."""
        return self.real_name() or self.in_role(Role.EMAIL)

    def real_name(self) -> str:
        """Return the person, else the firm."""
        parts = [self.in_role(Role.FIRST_NAME), self.in_role(Role.LAST_NAME)]
        person = " ".join([part for part in parts if part]) or self.in_role(Role.FULL_NAME)
        return person or self.in_role(Role.COMPANY)

    def every(self) -> list[str]:
        """Return all texts: codes, orders, values."""
        self._locate()
        return [self._at(place) for place in range(len(self._places) - 1)]

    def _locate(self) -> None:
        if self._version != self._slots.version:
            self._places = self._slots.places(self._slot)
            self._version = self._slots.version
            self._codes = self._at(CODES)

    def _at(self, place: int) -> str:
        return self._slots.text(self._places[place], self._places[place + 1] - 1)


class LeadView:
    """One lead, decoded on demand; its repr shows nothing. Keep it no longer than a paint or a rendering.

    Texts are empty where there is no value. Reading raises :class:`LookupError` once the lead has left its
    slot. ``owner``, ``responsible``, ``step``, ``pipeline_id`` and ``outcome`` are plain attributes: they
    are codes, not personal data.
    """

    __slots__ = (
        "_id_at",
        "_life",
        "_slots",
        "_texts",
        "outcome",
        "owner",
        "pipeline_id",
        "responsible",
        "serial",
        "slot",
        "step",
    )

    def __init__(self, slots: LeadSlots, slot: int, id_at: Callable[[int], LeadId]) -> None:
        self._slots, self.slot, self._id_at = slots, slot, id_at
        self._life = slots.life[slot]
        if not self._life:
            raise LookupError("there is no lead in this slot")
        self._texts = LeadTexts(slots, slot)
        self.serial = slots.serial[slot]
        self.owner, self.responsible, self.step, self.pipeline_id, self.outcome = slots.standing_of(slot)

    @property
    def lead_id(self) -> LeadId:
        """Which lead it is."""
        self._here()
        return self._id_at(self.slot)

    @property
    def created_at(self) -> datetime:
        """When the lead was received."""
        self._here()
        return _moment(self._slots.created[self.slot])

    @property
    def modified_at(self) -> datetime:
        """When the row changed last: lead, commission or step."""
        self._here()
        return _moment(self._slots.modified[self.slot])

    @property
    def name(self) -> str:
        """What the lead is called: first and last name, else the name field, the firm, the e-mail address."""
        return self._here().name()

    @property
    def is_called_by_mail(self) -> bool:
        """Whether the lead has no other name than its e-mail address."""
        return not self._here().real_name()

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
        """Return the value in a role, see :meth:`LeadTexts.in_role`."""
        return self._here().in_role(role)

    def field_lists(self) -> Blocks:
        """Return contact and enquiry exactly as received; ``None`` for a block that was not sent."""
        return blocks_of(self._slots.fields, self._here().every())

    def fields(self) -> tuple[list[Field], list[Field]]:
        """Return the lines of contact and enquiry in display order."""
        prospect, interest = self.field_lists()
        return _lines(prospect), _lines(interest)

    def _here(self) -> LeadTexts:
        if self._slots.life[self.slot] != self._life:
            raise LookupError("the lead has left this slot")
        return self._texts


def _moment(when: int) -> datetime:
    return datetime.fromtimestamp(when / 1000, UTC)


def _lines(block: FieldList | None) -> list[Field]:
    if block is None:
        return []
    return [Field(label, block.fields[label].type, block.fields[label].value) for label in block.labels()]
