"""What events are made of: pipelines, documents, recipients, changes of values; mirrors of the contract."""

from typing import Any

import msgspec

from leaddesk.contract.ids import OfferId, PipelineId, SalesPartnerId, TenantId
from leaddesk.contract.rows import FieldList


class Steps(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline as it was when a commission started on it."""

    sales_pipeline_id: PipelineId
    name: str
    steps: list[str]


class Line(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One line of a frozen document; mirrors ``contract.markets.DisclosedField``."""

    label: str
    state: str
    value: str | None = None


class Document(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a partner sees; mirrors ``contract.markets.DisclosedDocument``."""

    title: str
    fields: list[Line]
    place: str | None = None


class Granted(msgspec.Struct, frozen=True, rename="camel"):
    """The document after acceptance, with the field lists that a partner's lead row shows."""

    document: Document
    prospect: FieldList
    interest: FieldList


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    """One partner of a brokerage and the offer made to it."""

    offer_id: OfferId
    sales_partner_id: SalesPartnerId
    tenant_id: TenantId
    name: str


class Change(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One value of one block before → after; an absent side means that there was, or is, no such field."""

    block: str
    label: str
    type: str
    before: Any = None
    after: Any = None
