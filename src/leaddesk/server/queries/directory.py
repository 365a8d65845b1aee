"""Names of people and firms: the port to identity, and whose name a tenant may read."""

from typing import Protocol

import msgspec

from leaddesk.contract.history import Originator
from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections import references

_PARTNER = "urn:lt:sales-partners:sales-partner:"
_TENANT = "urn:lt:tenants:tenant:"
_SYSTEM = "urn:lt:system:"


class Directory(Protocol):
    """Who people and tenants are; identity implements it."""

    def name_of(self, tenant_id: TenantId, urn: Urn) -> str | None:
        """Name a member or API key of this tenant; anyone else has no name here."""

    def firm_of(self, tenant_id: TenantId) -> str | None:
        """Name a tenant."""


class Names:
    """Names as one tenant reads them: its own people by name, everyone else by firm, never by person."""

    def __init__(self, unit: Unit, directory: Directory) -> None:
        self._unit = unit
        self._directory = directory

    def of(self, urn: str) -> str:
        """Return the name behind a URN; empty when there is none to read."""
        last = urn.rpartition(":")[2]
        if urn.startswith(_PARTNER):
            doc = references.one_of(self._unit, references.SALES_PARTNER, last)
            doc = doc or references.one_of(self._unit, references.FORMER_PARTNER, last)
            return str(msgspec.json.decode(doc)["name"]) if doc else ""
        if urn.startswith(_TENANT):
            return self._directory.firm_of(TenantId(last)) or ""
        if urn.startswith(_SYSTEM):
            return "System"
        return self._directory.name_of(self._unit.tenant, Urn(urn)) or ""

    def originator(self, urn: str) -> Originator:
        """Return who caused something."""
        return Originator(urn=Urn(urn), name=self.of(urn))
