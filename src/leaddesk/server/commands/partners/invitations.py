"""Answering an invitation: decided in the inviting firm's log, remembered in the own.

The code authenticates what is asked there (docs/adr/0024); who holds it may answer once.
"""

from collections.abc import Callable

from leaddesk.contract.ids import TenantId, tenant_urn
from leaddesk.server.commands.office import Office, Order, perform, persistently
from leaddesk.server.domain import events as e
from leaddesk.server.domain.partners import partnership as rules
from leaddesk.server.domain.partners.partnership import Partnership
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references
from leaddesk.server.projections.partners.invitations import Code, check_code, read_code, wrong_code
from leaddesk.server.projections.partners.records import all_partners, find_partner, record, store

Decide = Callable[[Partnership, list[Partnership]], e.Event | None]


def accept_invitation(office: Office, order: Order, text: str, firm: str) -> Receipt:
    """Become a partner of the firm that invited.

    Both halves may be repeated, so a crash in between heals when the request is sent again. Raises
    ``Refused``: invalid for a code that is not ours, or of the own firm; wrong state for an invitation that
    was answered, or where the firm is a partner already.
    """
    code, tenant = read_code(text), order.caller.tenant_id
    if code.owner == tenant:
        raise wrong_code()

    def decide(partner: Partnership, others: list[Partnership]) -> e.Event | None:
        if partner.reachable and partner.tenant_id == tenant:
            return None
        return rules.decide_acceptance(partner, tenant, firm, others)

    def work(unit: Unit) -> Receipt:
        joined = e.PartnershipJoined(code.owner, code.partner_id)
        stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
        unit.append(references.STREAM, unit.version_of(references.STREAM), [joined], stamp)
        return Receipt(204, (code.partner_id,))

    _decide_at_owner(office, code, tenant, decide)
    return perform(office, order, work)


def decline_invitation(office: Office, order: Order, text: str) -> None:
    """Say no to an invitation; saying it twice changes nothing. Raises ``Refused`` as accepting does."""

    def decide(partner: Partnership, _others: list[Partnership]) -> e.Event | None:
        return None if partner.status == rules.DECLINED else rules.decide_refusal(partner)

    _decide_at_owner(office, read_code(text), order.caller.tenant_id, decide)


def _decide_at_owner(office: Office, code: Code, firm: TenantId, decide: Decide) -> None:
    persistently(lambda: _append_at_owner(office, code, firm, decide))


def _append_at_owner(office: Office, code: Code, firm: TenantId, decide: Decide) -> None:
    """Decide in the inviting firm's log; the originator there is the firm that answers, never the person."""
    with office.log.for_tenant(Scope(code.owner)).writing() as unit:
        check_code(unit, code)
        partner = find_partner(unit, code.partner_id)
        event = decide(partner, all_partners(unit))
        if event is not None:
            record(unit, partner.sales_partner_id, event, office.now(), tenant_urn(firm))
            store(unit, rules.evolve(partner, event))
