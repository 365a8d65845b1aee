"""Entering a member on instruction, with a password to hand over: where no mail is sent (measure A11)."""

from dataclasses import dataclass, field

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Role
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.interventions import intervene
from leaddesk.server.commands.members.inviting import MEMBER
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.setup import EmailInUse
from leaddesk.server.domain.events import Defined, OperatorIntervened
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.choosing.rule import check_password
from leaddesk.server.identity.people import People, PersonRecord
from leaddesk.server.projections import references

ENTERED = "member.add"


@dataclass(frozen=True, slots=True)
class Entering:
    """Who shall become a member, in which role."""

    tenant: TenantId
    name: str = field(repr=False)
    email: str = field(repr=False)
    role: Role
    password: Secret


def enter_member(office: Office, people: People, wanted: Entering, asked: OperatorIntervened) -> MemberId:
    """Enter somebody, on record before it is done.

    Raises ``WithoutInstruction``, ``WeakPassword``, ``EmailInUse``.
    """
    firm, member = people.firm_of(wanted.tenant) or "", MemberId(office.new_id())
    check_password(wanted.password, (firm, wanted.name, wanted.email))
    if people.entrant(wanted.email) is not None:
        raise EmailInUse

    def beside(unit: Unit, _event: OperatorIntervened, stamp: Stamp) -> None:
        references.define(unit, Defined(MEMBER, member, {"role": wanted.role.value}), stamp)

    intervene(office, Scope(wanted.tenant), asked, beside)
    person = PersonRecord(wanted.tenant, member, wanted.name, wanted.email, wanted.role)
    try:
        people.add_person(person, wanted.password)
    except ValueError:  # entered by another process in this moment
        raise EmailInUse from None
    return member
