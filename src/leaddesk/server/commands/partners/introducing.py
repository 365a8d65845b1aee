"""Making two firms partners on their instruction: an invitation and its answer at once (measure A11)."""

from dataclasses import dataclass, field

from leaddesk.contract.ids import SalesPartnerId, TenantId
from leaddesk.server.commands.interventions import instructed
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.domain import events as e
from leaddesk.server.domain.partners import partnership as rules
from leaddesk.server.domain.partners.partnership import Partnership
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references
from leaddesk.server.projections.partners.records import all_partners, record, store

INTRODUCED = "partner.add"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Whose leads ``partner`` shall be offered, as which firm and under which address."""

    owner: TenantId
    partner: TenantId
    firm: str
    email: str = field(repr=False)


def introduce(office: Office, wanted: Introduction, asked: e.OperatorIntervened) -> bool:
    """Make a firm a sales partner of another; tells whether it was none yet. On record in both firms' logs.

    Doing it again finishes what a crash has left. Raises ``WithoutInstruction``, ``Refused`` (wrong state)
    where another partner has that address.
    """
    actor = instructed(asked)

    def at_owner() -> tuple[Partnership, bool]:
        with office.log.for_tenant(Scope(wanted.owner)).writing() as unit:
            standing = _standing(unit, wanted)
            if standing is not None:
                return standing, False
            stamp = Stamp(office.now(), actor, TENANT_KEY)
            _note(unit, [asked], stamp)
            return _begin(office, unit, wanted, stamp), True

    def at_partner(partner_id: SalesPartnerId) -> None:
        joined = e.PartnershipJoined(wanted.owner, partner_id)
        with office.log.for_tenant(Scope(wanted.partner)).writing() as unit:
            if joined not in (recorded.event for recorded in unit.stream(references.STREAM)):
                _note(unit, [asked, joined], Stamp(office.now(), actor, TENANT_KEY))

    partner, is_new = persistently(at_owner)
    persistently(lambda: at_partner(partner.sales_partner_id))
    return is_new


def _standing(unit: Unit, wanted: Introduction) -> Partnership | None:
    return next(
        (one for one in all_partners(unit) if one.reachable and one.tenant_id == wanted.partner), None
    )


def _begin(office: Office, unit: Unit, wanted: Introduction, stamp: Stamp) -> Partnership:
    """Invite, unless that address is invited already, and accept."""
    others = all_partners(unit)
    invited = next((one for one in others if _is_invited(one, wanted.email)), None)
    if invited is None:
        sent = rules.Invitation(wanted.email, wanted.firm, "", [], {})
        event = rules.decide_invitation(SalesPartnerId(office.new_id()), sent, others)
        record(unit, event.sales_partner_id, event, stamp.at, stamp.actor)
        invited = rules.begun(event)
    accepted = rules.decide_acceptance(invited, wanted.partner, wanted.firm, others)
    record(unit, invited.sales_partner_id, accepted, stamp.at, stamp.actor)
    partner = rules.evolve(invited, accepted)
    store(unit, partner)
    return partner


def _is_invited(partner: Partnership, email: str) -> bool:
    return partner.status == rules.INVITED and partner.email.casefold() == email.casefold()


def _note(unit: Unit, events: list[e.Event], stamp: Stamp) -> None:
    unit.append(references.STREAM, unit.version_of(references.STREAM), events, stamp)
