"""Firms in ``/members`` beside the own people: sales partners, owners of leads that were given, the own."""

from collections.abc import Iterator

from leaddesk.contract.ids import sales_partner_urn, tenant_urn
from leaddesk.contract.people import Member
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.people import People
from leaddesk.server.queries import references
from leaddesk.server.queries.library import Library
from leaddesk.server.web.entrance.people import Neighbours

SALES_PARTNER, TENANT = "sales-partner", "tenant"


def neighbours_of(library: Library, people: People) -> Neighbours:
    """Return the question "which firms may this caller know by name"."""

    def ask(caller: Caller) -> Iterator[Member]:
        for partner in references.sales_partners(library, caller):
            urn = sales_partner_urn(partner.sales_partner_id)
            yield Member(urn=urn, name=partner.name, kind=SALES_PARTNER)
        # The own firm is responsible for what it was handed directly, until a member takes it.
        own = caller.tenant_id
        yield Member(urn=tenant_urn(own), name=people.firm_of(own) or "", kind=TENANT)
        for owner in references.owners(library, caller):
            yield Member(urn=tenant_urn(owner), name=people.firm_of(owner) or "", kind=TENANT)

    return ask
