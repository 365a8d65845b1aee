"""Changing what members are: each change an event of the tenant's own stream, without e-mails and names."""

from collections.abc import Callable
from typing import Any

import msgspec

from leaddesk.contract.accounts import RemovalRequest, RoleRequest
from leaddesk.contract.ids import MemberId, Urn, member_urn
from leaddesk.contract.people import Role
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.members.inviting import INVITATION, MEMBER
from leaddesk.server.commands.members.passing import begin_passing, has_leads
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.domain.events import Defined
from leaddesk.server.domain.refusal import Refused, invalid, not_found
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.joining.emails import Moved
from leaddesk.server.identity.joining.roster import BreaksGlass, LastAdmin, Nobody
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

NOT_LISTED = "an account that does not stand ready for the day the company sign-in fails"


def set_role(office: Office, identity: Identity, order: Order, member: MemberId, wanted: RoleRequest) -> None:
    """Give a member another role. Raises ``Refused``: not found, the last admin, leads without a place."""
    caller = order.caller

    def work(unit: Unit) -> Receipt:
        if wanted.role is Role.AUDITOR:
            _place_leads(unit, identity, order, member, wanted.leads_to)
        _allowed(lambda: identity.roster.set_role(caller.tenant_id, member, wanted.role))
        _define(unit, office.now(), caller.urn, member, {"role": wanted.role.value})
        if wanted.role is not Role.ADMIN:
            _withdraw_invitations(unit, office, identity, order, member)
        if wanted.role is Role.AUDITOR and wanted.leads_to is not None:
            begin_passing(unit, member, wanted.leads_to, caller.urn)
        return Receipt(204, (member,))

    perform(office, order, work)
    office.log.wakeups.notify(caller.tenant_id)


def remove(
    office: Office, identity: Identity, order: Order, member: MemberId, wanted: RemovalRequest
) -> None:
    """Let a member be one no more. Raises ``Refused``: not found, the last admin, no such successor."""
    caller = order.caller

    def work(unit: Unit) -> Receipt:
        _check_successor(identity, order, member, wanted.leads_to)
        try:
            # Out first: if the record of it fails, they are out all the same, and asking again records it.
            _allowed(lambda: identity.roster.remove(caller.tenant_id, member))
        except Refused as refused:
            if refused.kind is not ProblemType.NOT_FOUND or not _to_be_recorded(unit, identity, member):
                raise
        _define(unit, office.now(), caller.urn, member, {"removedAt": office.now()})
        begin_passing(unit, member, wanted.leads_to, caller.urn)
        _withdraw_invitations(unit, office, identity, order, member)
        if wanted.revoke_keys:
            _revoke_keys(unit, office, identity, order, member)
        return Receipt(204, (member,))

    perform(office, order, work)
    office.log.wakeups.notify(caller.tenant_id)


def note_reset(office: Office, order: Order, member: MemberId, reset: Callable[[], None]) -> None:
    """Take a member's second factor away, on record. Raises ``Refused`` (not found)."""

    def work(unit: Unit) -> Receipt:
        _allowed(reset)
        _define(unit, office.now(), order.caller.urn, member, {"secondFactorResetAt": office.now()})
        return Receipt(204, (member,))

    perform(office, order, work)
    office.log.wakeups.notify(order.caller.tenant_id)


def note_moving(office: Office, moved: Moved) -> None:
    """Put on record that a member has another e-mail; which is not in the log."""
    with office.log.for_tenant(Scope(moved.tenant)).writing() as unit:
        _define(unit, office.now(), member_urn(moved.member), moved.member, {"emailChangedAt": office.now()})


def _place_leads(unit: Unit, identity: Identity, order: Order, member: MemberId, to: MemberId | None) -> None:
    if to is not None:
        _check_successor(identity, order, member, to)
    elif has_leads(unit, member):
        raise Refused(ProblemType.WRONG_STATE, field="leadsTo", expected="who gets the member's leads")


def _check_successor(identity: Identity, order: Order, member: MemberId, to: MemberId) -> None:
    found = identity.people.person(order.caller.tenant_id, to)
    if found is None or found.member_id == member or found.role is Role.AUDITOR:
        raise invalid("leadsTo", "another member who works leads")


def _allowed(work: Callable[[], None]) -> None:
    try:
        work()
    except Nobody:
        raise not_found() from None
    except LastAdmin:
        raise Refused(ProblemType.LAST_ADMIN) from None
    except BreaksGlass:
        raise Refused(ProblemType.WRONG_STATE, field="breakGlass", expected=NOT_LISTED) from None


def _to_be_recorded(unit: Unit, identity: Identity, member: MemberId) -> bool:
    """Tell whether somebody has left, but the record of it failed."""
    if all(former != member for former, _ in identity.roster.former(unit.tenant)):
        return False
    doc = references.one_of(unit, MEMBER, member)
    return doc is None or "removedAt" not in msgspec.json.decode(doc)


def _revoke_keys(unit: Unit, office: Office, identity: Identity, order: Order, member: MemberId) -> None:
    """Revoke the API keys a member has made."""
    keys, made_by = identity.people.api_keys, member_urn(member)
    for key in keys.of(unit.tenant):
        doc = references.one_of(unit, references.API_KEY, key.key_id)
        if doc is not None and msgspec.json.decode(doc).get("createdBy") == made_by:
            keys.revoke(unit.tenant, key.key_id)
            revoked = Defined(references.API_KEY, key.key_id, {"revokedAt": office.now()})
            references.define(unit, revoked, Stamp(office.now(), order.caller.urn, TENANT_KEY))


def _withdraw_invitations(
    unit: Unit, office: Office, identity: Identity, order: Order, member: MemberId
) -> None:
    """End the invitations of who may invite no more: else they could have asked themselves back."""
    invitations, stamp = identity.invitations, Stamp(office.now(), order.caller.urn, TENANT_KEY)
    for one in invitations.of(unit.tenant):
        if one.invited_by == member_urn(member) and invitations.withdraw(unit.tenant, one.invitation_id):
            withdrawn = Defined(INVITATION, one.invitation_id, {"withdrawnAt": office.now()})
            references.define(unit, withdrawn, stamp)


def _define(unit: Unit, at: str, by: Urn, member: MemberId, doc: dict[str, Any]) -> None:
    references.define(unit, Defined(MEMBER, member, doc), Stamp(at, by, TENANT_KEY))
