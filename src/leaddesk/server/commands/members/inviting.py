"""Members come by invitation, on record in the tenant's own stream; e-mails and names are not in it."""

from leaddesk.contract.accounts import InviteMemberRequest
from leaddesk.contract.ids import member_urn
from leaddesk.contract.problems import ProblemType
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.office import Office, Order, perform
from leaddesk.server.domain.events import Defined
from leaddesk.server.domain.refusal import Refused, not_found
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.joining.invitations import Invitations, TooMany
from leaddesk.server.identity.people import PersonRecord
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

INVITATION, MEMBER = "invitation", "member"


def invite(
    office: Office, invitations: Invitations, order: Order, wanted: InviteMemberRequest
) -> tuple[str, Secret | None]:
    """Make an invitation; gives its id, and its ticket unless it was made before. Raises ``Refused``."""
    caller, made, tickets = order.caller, office.new_id(), list[Secret]()

    def work(unit: Unit) -> Receipt:
        try:
            tickets[:] = [
                invitations.invite(caller.tenant_id, made, wanted.email.strip(), wanted.role, caller.urn)
            ]
        except TooMany:
            raise Refused(ProblemType.LIMIT_REACHED) from None
        stamp = Stamp(office.now(), caller.urn, TENANT_KEY)
        references.define(unit, Defined(INVITATION, made, {"role": wanted.role.value}), stamp)
        return Receipt(201, (made,))

    receipt = perform(office, order, work)
    return receipt.ids[0], tickets[0] if receipt.ids == (made,) else None


def withdraw(office: Office, invitations: Invitations, order: Order, invitation_id: str) -> None:
    """Withdraw an invitation. Raises ``Refused`` (not found)."""

    def work(unit: Unit) -> Receipt:
        if not invitations.withdraw(order.caller.tenant_id, invitation_id):
            raise not_found()
        stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
        references.define(unit, Defined(INVITATION, invitation_id, {"withdrawnAt": office.now()}), stamp)
        return Receipt(204, (invitation_id,))

    perform(office, order, work)


def note_joining(office: Office, person: PersonRecord) -> None:
    """Put on record that somebody has become a member."""
    stamp = Stamp(office.now(), member_urn(person.member_id), TENANT_KEY)
    defined = Defined(MEMBER, person.member_id, {"role": person.role.value})
    with office.log.for_tenant(Scope(person.tenant_id)).writing() as unit:
        references.define(unit, defined, stamp)
