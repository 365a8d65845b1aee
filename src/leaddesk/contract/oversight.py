"""Oversight: who read what under which pseudonym, resolving one, what operators did (measures A8, A11)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from leaddesk.contract.history import Disclosure
from leaddesk.contract.ids import LeadId, Urn
from leaddesk.contract.patterns import PSEUDONYM, SAID
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

Pseudonym = Annotated[str, StringConstraints(pattern=PSEUDONYM, max_length=80)]
"""Kind, month (UTC), 128 bits: ``person-202611-…``; another one in another month and in another tenant."""


class AccessDetail(WireModel):
    """How much was read: rows in the answer, rows the filter has, the tenant's position at that moment.

    In ``filter`` times and choices stand as they were asked, everything a person typed as a pseudonym.
    """

    filter: dict[str, str] = {}
    count: int | None = None
    total: int | None = None
    position: int | None = None


class AccessEntry(WireModel):
    """One access, recorded before its answer left. ``result``: ``done``, or why it was refused."""

    position: int
    at: Timestamp
    person: Pseudonym
    role: str
    action: str
    object: Pseudonym | None = None
    purpose: str
    result: str
    detail: AccessDetail | None = None


class ResolutionRequest(WireRequest):
    """Ask to learn whom or what a pseudonym stands for."""

    pseudonym: Pseudonym
    reason: Annotated[str, StringConstraints(min_length=10, max_length=2_000, pattern=SAID)]


class Meaning(WireModel):
    """Whom or what a pseudonym stands for; ``name`` is absent for things."""

    kind: str
    id: str
    name: str | None = None


class Resolution(WireModel):
    """A request, and once a second person agreed its outcome, until it expires.

    Only the two of them are told the ``meaning``; it is absent too where the pseudonym stands for nobody
    known, and once the month's key is destroyed.
    """

    resolution_id: str
    pseudonym: Pseudonym
    reason: str
    status: Literal["PENDING", "APPROVED", "EXPIRED"]
    requested_by: Urn
    requested_by_name: str
    requested_at: Timestamp
    expires_at: Timestamp
    approved_by: Urn | None = None
    approved_by_name: str | None = None
    approved_at: Timestamp | None = None
    meaning: Meaning | None = None


class OperatorIntervention(WireModel):
    """What the platform's staff did for, or to, this tenant; only on instruction (measure A11)."""

    position: int
    at: Timestamp
    operator: str
    act: str
    reason: str
    reference: str


class PartnerDisclosure(Disclosure):
    """One disclosure to one partner, and of which lead; of an erased lead only that it was (measure A13)."""

    lead_id: LeadId
    erased: bool = Field(default=False)
