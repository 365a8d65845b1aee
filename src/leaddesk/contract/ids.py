"""Identifiers as they travel: UUID strings and URNs, one type a noun (contract, "Values")."""

from typing import NewType

LeadId = NewType("LeadId", str)
TenantId = NewType("TenantId", str)
MemberId = NewType("MemberId", str)
FormId = NewType("FormId", str)
NoteId = NewType("NoteId", str)
CommissionId = NewType("CommissionId", str)
PipelineId = NewType("PipelineId", str)
MarketId = NewType("MarketId", str)
SalesPartnerId = NewType("SalesPartnerId", str)
ShareRequestId = NewType("ShareRequestId", str)
BrokerageId = NewType("BrokerageId", str)
OfferId = NewType("OfferId", str)
DisclosureId = NewType("DisclosureId", str)
AttachmentId = NewType("AttachmentId", str)
HookId = NewType("HookId", str)

Urn = NewType("Urn", str)
"""``urn:lt:<area>:<kind>:<uuid>``: owners, responsibles, originators."""

_API_KEY = "urn:lt:tenants:api-key:"


def tenant_urn(tenant: TenantId) -> Urn:
    """Name a tenant as the owner of a lead."""
    return Urn(f"urn:lt:tenants:tenant:{tenant}")


def member_urn(member: MemberId) -> Urn:
    """Name a member as a responsible or originator."""
    return Urn(f"urn:lt:members:member:{member}")


def api_key_urn(key_id: str) -> Urn:
    """Name an API key as an originator."""
    return Urn(f"{_API_KEY}{key_id}")


def is_api_key(urn: Urn) -> bool:
    """Tell whether an originator is a key."""
    return urn.startswith(_API_KEY)


def sales_partner_urn(partner: SalesPartnerId) -> Urn:
    """Name a sales partner as the responsible of a commission."""
    return Urn(f"urn:lt:sales-partners:sales-partner:{partner}")
