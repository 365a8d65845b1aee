"""Inviting, changing, ending and removing sales partners (contract, "sales partners")."""

from leaddesk.contract.ids import SalesPartnerId, Urn, sales_partner_urn
from leaddesk.contract.sales_partners import InviteRequest, SalesPartnerPatch
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import CommissionClosed, Event, SalesPartnerChanged
from leaddesk.server.domain.lead import OUTCOME_PARTNERSHIP_ENDED, LeadState
from leaddesk.server.domain.offering import decide_ended
from leaddesk.server.domain.partners import partnership as rules
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.port import partner_key
from leaddesk.server.projections.leads import append_to_lead, load_lead
from leaddesk.server.projections.partners.records import all_partners, find_partner, record, remove, store
from leaddesk.server.projections.shares import store_deadlines

_WORKED = "SELECT id FROM lead WHERE tenant_id = ? AND responsible = ? AND closed_at IS NULL"
_OFFERED = "SELECT DISTINCT lead_id FROM deadline WHERE tenant_id = ?"


def invite(office: Office, order: Order, wanted: InviteRequest) -> Receipt:
    """Invite somebody to become a partner; the receipt names the partnership."""
    sent = rules.Invitation(wanted.email, wanted.name, wanted.text, wanted.tags, wanted.attributes)

    def work(unit: Unit) -> Receipt:
        partner_id = SalesPartnerId(office.new_id())
        invited = rules.decide_invitation(partner_id, sent, all_partners(unit))
        record(unit, partner_id, invited, office.now(), order.caller.urn)
        store(unit, rules.begun(invited))
        return Receipt(201, (partner_id,))

    return perform(office, order, work)


def change_partner(
    office: Office, order: Order, partner_id: str, wanted: SalesPartnerPatch, seen_serial: int | None
) -> Receipt:
    """Change name, tags or attributes; what is absent stays."""

    def work(unit: Unit) -> Receipt:
        partner = find_partner(unit, partner_id)
        asked = SalesPartnerChanged(partner.sales_partner_id, wanted.name, wanted.tags, wanted.attributes)
        changed = rules.decide_change(partner, asked, seen_serial)
        if changed is not None:
            record(unit, partner.sales_partner_id, changed, office.now(), order.caller.urn)
            store(unit, rules.evolve(partner, changed))
        return Receipt(204, (partner_id,))

    return perform(office, order, work)


def end_partnership(office: Office, order: Order, partner_id: str, seen_serial: int | None) -> Receipt:
    """End a partnership: its open offers end, its commissions close, what it may read is gone there too.

    Grants close with it until the owner's policy can say otherwise (docs/adr/0024).
    """

    def work(unit: Unit) -> Receipt:
        partner = find_partner(unit, partner_id)
        end_with(unit, partner, office.now(), order.caller.urn, seen_serial)
        return Receipt(204, (partner_id,))

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def end_with(
    unit: Unit, partner: rules.Partnership, at: str, actor: Urn, seen_serial: int | None = None
) -> None:
    """End a partnership in the owner's log. Raises ``Refused`` as ``decide_end`` does."""
    ended = rules.decide_end(partner, seen_serial)
    _take_back(unit, partner.sales_partner_id, at, actor)
    record(unit, partner.sales_partner_id, ended, at, actor)
    store(unit, rules.evolve(partner, ended))


def remove_partner(office: Office, order: Order, partner_id: str, seen_serial: int | None) -> Receipt:
    """Take the record of a partnership away that is over or never began, its address for ever."""

    def work(unit: Unit) -> Receipt:
        partner = find_partner(unit, partner_id)
        deleted = rules.decide_deletion(partner, seen_serial)
        record(unit, partner.sales_partner_id, deleted, office.now(), order.caller.urn)
        remove(unit, partner)
        return Receipt(204, (partner_id,))

    receipt = perform(office, order, work)
    office.log.keys.destroy(order.caller.tenant_id, [partner_key(partner_id)])
    return receipt


def _take_back(unit: Unit, partner_id: SalesPartnerId, at: str, actor: Urn) -> None:
    """Close what the partner has of the own leads: offers that still run, commissions that still do."""
    worked = unit.select(_WORKED, sales_partner_urn(partner_id))
    for (lead_id,) in {*worked, *unit.select(_OFFERED)}:
        state = load_lead(unit, lead_id)
        events = [*decide_ended(state, partner_id, at), *_closed(state, partner_id)]
        if events:
            store_deadlines(unit, append_to_lead(unit, state, events, at, actor))


def _closed(state: LeadState, partner_id: SalesPartnerId) -> list[Event]:
    running = state.row.commission
    theirs = running is not None and running.responsible == sales_partner_urn(partner_id)
    if running is None or running.closed_at is not None or not theirs:
        return []
    return [CommissionClosed(running.commission_id, OUTCOME_PARTNERSHIP_ENDED)]
