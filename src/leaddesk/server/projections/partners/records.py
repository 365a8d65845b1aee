"""The sales partners of a tenant: their own streams, and the record as it is now."""

import msgspec

from leaddesk.contract.ids import SalesPartnerId, Urn
from leaddesk.server.domain import events as e
from leaddesk.server.domain.partners.partnership import Partnership
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.keys.port import TENANT_KEY, partner_key
from leaddesk.server.projections import references

_ABOUT = (e.SalesPartnerInvited, e.SalesPartnerChanged)
_PARTNERSHIP = msgspec.json.Decoder(Partnership)


def all_partners(unit: Unit) -> list[Partnership]:
    """Return every partnership of the tenant, in the order they began."""
    return [_PARTNERSHIP.decode(doc) for doc in references.all_of(unit, references.SALES_PARTNER)]


def find_partner(unit: Unit, partner_id: str) -> Partnership:
    """Return one. Raises ``Refused`` (not found)."""
    doc = references.one_of(unit, references.SALES_PARTNER, partner_id)
    if doc is None:
        raise not_found()
    return _PARTNERSHIP.decode(doc)


def record(unit: Unit, partner_id: SalesPartnerId, event: e.Event, at: str, actor: Urn) -> None:
    """Append to the partnership's own stream; what is said of the partner under a key that ends with it."""
    key_id = partner_key(partner_id) if isinstance(event, _ABOUT) else TENANT_KEY
    unit.append(partner_id, unit.version_of(partner_id), [event], Stamp(at, actor, key_id))


def store(unit: Unit, partner: Partnership) -> None:
    """Write the record anew."""
    doc = msgspec.to_builtins(partner)
    references.store(unit, references.SALES_PARTNER, partner.sales_partner_id, doc)


def remove(unit: Unit, partner: Partnership) -> None:
    """Take the record away. The name of a firm that was a partner stays beside what it did with leads."""
    references.remove(unit, references.SALES_PARTNER, partner.sales_partner_id)
    if partner.tenant_id is not None:
        former = {"name": partner.name}
        references.store(unit, references.FORMER_PARTNER, partner.sales_partner_id, former)
