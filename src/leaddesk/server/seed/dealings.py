"""What the markets know already: requests, offers, acceptances, made by the very commands people use.

``dealings.json`` tells them oldest first; ``ago`` are minutes before the population's base time.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from leaddesk.contract.ids import LeadId, member_urn
from leaddesk.contract.sharing import CreateShareRequest
from leaddesk.server.commands.leads import change_step
from leaddesk.server.commands.offers import accept_offer, decline_offer
from leaddesk.server.commands.office import Office, Order
from leaddesk.server.commands.sharing import approve_share, reject_share, request_share
from leaddesk.server.commands.sweeper import sweep
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import ROLE_RIGHTS, Caller
from leaddesk.server.identity.people import sees_all_leads
from leaddesk.server.projections.leads import load_lead
from leaddesk.server.projections.offers import offers_of_lead
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.sources import source


def deal(office: Office, population: Population) -> None:
    """Make the markets' past: pending requests, open and finished offers, running commissions."""
    drawn = Random("dealings")  # noqa: S311 - ids of a demo, no secret
    office = replace(office, new_id=lambda: str(UUID(int=drawn.getrandbits(128), version=4)))
    for row in source("dealings"):
        if population.has(row["lead"]):
            _Dealing(office, population, row).play()


class _Dealing:
    """One lead on one market."""

    def __init__(self, office: Office, population: Population, row: dict[str, Any]) -> None:
        self._office = office
        self._population = population
        self._row = row
        self._lead_id = population.named(row["lead"])
        self._request = ""

    def play(self) -> None:
        row = self._row
        self._ask()
        if "approve" in row:
            self._approve(*row["approve"])
        if "reject" in row:
            self._reject(*row["reject"])
        for refusal in row.get("decline", ()):
            self._decline(*refusal)
        if "accept" in row:
            self._accept(*row["accept"])
        for step in row.get("steps", ()):
            self._step(*step)
        if "missed" in row:
            sweep(self._then(row["missed"]))

    def _ask(self) -> None:
        row, market = self._row, self._population.world.market(self._row["market"]).market
        wanted = CreateShareRequest(lead_id=self._lead_id, market_id=market.market_id, reason=row["reason"])
        receipt = request_share(self._then(row["ago"]), self._order(row["by"]), wanted)
        self._request = receipt.ids[0]

    def _approve(self, by: str, ago: int) -> None:
        order = self._order(by)
        with self._office.log.for_tenant(order.scope).reading() as unit:
            serial = load_lead(unit, self._lead_id).serial
        approve_share(self._then(ago), order, self._request, serial)

    def _reject(self, by: str, ago: int, reason: str) -> None:
        reject_share(self._then(ago), self._order(by), self._request, reason)

    def _decline(self, by: str, ago: int, reason: str) -> None:
        order = self._order(by)
        decline_offer(self._then(ago), order, self._offer(order.scope, self._lead_id), reason)

    def _accept(self, by: str, ago: int) -> None:
        order = self._order(by)
        accept_offer(self._then(ago), order, self._offer(order.scope, self._lead_id))

    def _step(self, by: str, ago: int, step: str) -> None:
        change_step(self._then(ago), self._order(by), self._lead_id, step, None)

    def _offer(self, scope: Scope, lead_id: LeadId) -> str:
        with self._office.log.for_tenant(scope).reading() as unit:
            return next(offer.offer_id for offer in offers_of_lead(unit, lead_id) if offer.status == "OPEN")

    def _then(self, ago: int) -> Office:
        """Return the office as it was ``ago`` minutes before the base time."""
        moment = self._population.base - timedelta(minutes=ago)
        return replace(self._office, clock=lambda: moment)

    def _order(self, by: str) -> Order:
        world = self._population.world
        person = world.person(by)
        tenant = world.tenant(person.tenant)
        caller = Caller(
            tenant.tenant_id,
            person.member_id,
            member_urn(person.member_id),
            person.name,
            person.role,
            ROLE_RIGHTS[person.role] | person.extra_rights,
            sees_all_leads(person.role, tenant.policy),
        )
        return Order(caller, None, ())
