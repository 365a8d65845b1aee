"""What an operator gives a tenant to work with: forms, pipelines, markets, further people, partners,
domains.
"""

from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import Role
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.blueprints.applying import APPLIED, StepInUse, apply_blueprint, held_by
from leaddesk.server.commands.interventions import WithoutInstruction, intervene
from leaddesk.server.commands.members.entering import ENTERED, Entering, enter_member
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.partners.introducing import INTRODUCED, Introduction, introduce
from leaddesk.server.commands.setup import EmailInUse
from leaddesk.server.domain.blueprint.plan import Misdrawn
from leaddesk.server.domain.blueprint.reading import read_blueprint
from leaddesk.server.domain.blueprint.writing import write_blueprint
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.door.orders import (
    AddPartner,
    AddPerson,
    ApplyBlueprint,
    NotDone,
    ProveDomain,
    ShowBlueprint,
)
from leaddesk.server.door.tenancy import check_lines
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.choosing.rule import WeakPassword
from leaddesk.server.identity.firms.domains import OPERATOR, Domains, TooManyDomains
from leaddesk.server.identity.people import People
from leaddesk.server.web.sso.setting import checked_domain

Instructed = ApplyBlueprint | AddPerson | AddPartner | ProveDomain
DOMAIN_PROVED = "domain.prove"


class Equipment:
    """Any thread may use it. Each method raises :class:`NotDone`."""

    def __init__(self, office: Office, people: People) -> None:
        self._office = office
        self._people = people

    def show(self, wanted: ShowBlueprint) -> dict[str, Any]:
        """Write down what a tenant has."""
        tenant, name = self._known(wanted.tenant)
        return {"tenant": tenant, "name": name, "text": write_blueprint(held_by(self._office, Scope(tenant)))}

    def apply(self, wanted: ApplyBlueprint) -> dict[str, Any]:
        """Add and change what a blueprint says."""
        tenant, name = self._known(wanted.tenant)
        try:
            blueprint = read_blueprint(wanted.blueprint)
            asked = _asked(wanted, APPLIED)
            done = apply_blueprint(self._office, Scope(tenant), blueprint, asked, dry_run=wanted.dry_run)
        except Misdrawn as wrong:
            raise NotDone("misdrawn", what=str(wrong)) from None
        except StepInUse as used:
            raise NotDone("step-in-use", pipeline=used.pipeline, step=used.step, leads=used.leads) from None
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        changes = [{"kind": one.kind, "name": one.model.name, "act": one.act} for one in done]
        return {"tenant": tenant, "name": name, "changes": changes, "dryRun": wanted.dry_run}

    def add_person(self, wanted: AddPerson) -> dict[str, Any]:
        """Enter a member."""
        tenant, name = self._known(wanted.tenant)
        check_lines(("name", wanted.name), ("email", wanted.email))
        if wanted.role not in list(Role):
            raise NotDone("no-such-role", roles=", ".join(Role))
        entering = Entering(
            tenant, wanted.name.strip(), wanted.email.strip(), Role(wanted.role), Secret(wanted.password)
        )
        try:
            member = enter_member(self._office, self._people, entering, _asked(wanted, ENTERED))
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        except WeakPassword as weak:
            raise NotDone("weak-password", weakness=weak.weakness.value) from None
        except EmailInUse:
            raise NotDone("email-in-use") from None
        return {"tenant": tenant, "name": name, "member": member, "role": wanted.role}

    def add_partner(self, wanted: AddPartner) -> dict[str, Any]:
        """Make a tenant the partner of another."""
        (owner, name), (partner, firm) = self._known(wanted.tenant), self._known(wanted.partner)
        check_lines(("email", wanted.email))
        if owner == partner:
            raise NotDone("own-partner")
        introduction = Introduction(owner, partner, firm, wanted.email.strip())
        try:
            is_new = introduce(self._office, introduction, _asked(wanted, INTRODUCED))
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        except Refused:
            raise NotDone("partner-email-in-use") from None
        return {"tenant": owner, "name": name, "partner": partner, "partnerName": firm, "isNew": is_new}

    def prove_domain(self, wanted: ProveDomain) -> dict[str, Any]:
        """Vouch for a domain."""
        tenant, name = self._known(wanted.tenant)
        domains = Domains(self._office.clock, self._people.books)
        try:
            domain = checked_domain(wanted.domain)
            intervene(self._office, Scope(tenant), _asked(wanted, DOMAIN_PROVED))
            domains.prove(tenant, domain, OPERATOR)
        except WithoutInstruction as missing:
            raise NotDone("without-instruction", what=str(missing)) from None
        except Refused:
            raise NotDone("no-domain") from None
        except TooManyDomains:
            raise NotDone("too-many-domains") from None
        return {"tenant": tenant, "name": name, "domain": domain}

    def _known(self, tenant: str) -> tuple[TenantId, str]:
        known = TenantId(tenant)
        name = self._people.firm_of(known) if Scope(known) in self._office.log.scopes() else None
        if name is None:
            raise NotDone("no-such-tenant")
        return known, name


def _asked(wanted: Instructed, act: str) -> OperatorIntervened:
    return OperatorIntervened(wanted.operator, act, wanted.reason, wanted.reference)
