"""Sales partners: tenants that accepted an invitation."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leaddesk.contract.ids import SalesPartnerId
from leaddesk.contract.patterns import EMAIL
from leaddesk.contract.wire import WireModel, WireRequest


class SalesPartnerStatus(StrEnum):
    """Verbatim states of the core."""

    PENDING_INVITED = "PENDING:INVITED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    DECLINED = "DECLINED"


class SalesPartner(WireModel):
    """``GET /sales-partners``."""

    sales_partner_id: SalesPartnerId
    name: str
    email: str
    status: SalesPartnerStatus
    tags: list[str] = []
    attributes: dict[str, str] = {}
    serial: int


Name = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Tags = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)]
Attributes = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=100)],
        Annotated[str, StringConstraints(max_length=1_000)],
    ],
    Field(max_length=100),
]


class InviteRequest(WireRequest):
    """``POST /sales-partners``: invite somebody; ``text`` is what the invitation says."""

    email: Annotated[
        str,
        StringConstraints(min_length=3, max_length=320, pattern=EMAIL, strip_whitespace=True),
    ] = Field(repr=False)
    name: Name = ""
    text: Annotated[str, StringConstraints(max_length=5_000)] = ""
    tags: Tags = []
    attributes: Attributes = {}


class SalesPartnerPatch(WireRequest):
    """``PATCH /sales-partners/{id}``: what is absent stays, a list or map replaces the whole."""

    name: Name | None = None
    tags: Tags | None = None
    attributes: Attributes | None = None


class Invitation(WireModel):
    """``GET /sales-partners/{id}/invitation``: what the invited firm answers with."""

    code: str = Field(repr=False)


class InvitationAnswer(WireRequest):
    """``POST /invitations/accept`` and ``/invitations/decline``."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(repr=False)
