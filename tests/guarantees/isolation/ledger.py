"""Whose everything is, and who may see it: kept from what was asked and answered, not from the server."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.guarantees.isolation.world import Actor, World
from tests.support.asgi import Answer
from tests.support.surface import DOCUMENT, Operation, Pool

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MARK = re.compile(r"Zq([abc])-([a-z]+)-(\d+)", re.IGNORECASE)
TOLD_TO_PARTNERS = {"firm", "market", "pipeline"}
"""Partners know each other by firm, the market of an offer, and the pipeline an accepted lead runs on."""
TOLD_TO_OWNERS = {"decline"}
"""The reason of a refusal goes to the owner (contract, ``POST /offers/{id}/decline``)."""
OF_BOTH = {"commissionId", "salesPipelineId", "offerId", "disclosureId"}
"""Ids that owner and partner both know: who works a lead, on which steps, by which offer it was disclosed."""


class Ledger:
    """The book of whose things are whose."""

    def __init__(self, world: World) -> None:
        self.pools: dict[str, Pool] = defaultdict(Pool)
        self.numbers: dict[str, set[int]] = defaultdict(set)
        self._owner: dict[str, str] = {}
        self._allowed: set[tuple[str, str]] = set()
        self._offered: set[tuple[str, int]] = set()
        self._granted: set[tuple[str, int]] = set()
        self._whole: set[tuple[str, int]] = set()
        self._partner_tenants, self._partners = world.partner_tenants, world.partners
        self._public = set(ID.findall(DOCUMENT.read_text("utf-8")))  # its examples
        self._firms = {str(tenant_id): tenant for tenant, tenant_id in world.ids.items()}

    def is_foreign(self, actor: Actor, value: str) -> bool:
        """Whether an id is another tenant's and was never disclosed to this one."""
        return any(
            self._owner.get(one, actor.tenant) != actor.tenant and (actor.tenant, one) not in self._allowed
            for one in ID.findall(value)
        )

    def note(self, actor: Actor, operation: Operation, asked: dict[str, Any], answer: Answer) -> None:
        """Write down what a successful request discloses to whom."""
        if answer.status >= 300:
            return
        body, path = asked["body"], asked["path"]
        if operation.name == "post_leads_leadId_commissions":
            partner = self._partner_tenants.get(body["salesPartnerId"], "")
            self._grant(path["leadId"], partner)  # no market, no rule of fields: the whole lead
            self._whole |= {(partner, number) for number in self.numbers[path["leadId"]]}
        elif operation.name == "post_markets_marketId_brokerages":
            self._offer(body["leadId"], actor.tenant)
        elif operation.name == "patch_leads_leadId":
            self.numbers[path["leadId"]] |= _numbers_in(body)
        if answer.media_type != "application/json" or not answer.body:
            return
        told = answer.json()
        if operation.name == "post_leads":
            self.numbers[told["leadId"]] |= _numbers_in(body)
        elif operation.name.startswith("post_offers_") and told.get("leadId"):
            self._grant(told["leadId"], actor.tenant)
        self._look_for_approvals(actor, told)
        self._look_for_offers(actor, told)

    def judge(self, actor: Actor, answer: Answer) -> list[str]:
        """Search an answer for what is another tenant's; return what was found."""
        text = answer.everything.decode()
        found = [self._of_mark(actor, *mark) for mark in set(MARK.findall(text))]
        found += [self._of_id(actor, one, text) for one in set(ID.findall(text))]
        return [one for one in found if one]

    def learn(self, actor: Actor, answer: Answer) -> None:
        """Remember ids to ask with later."""
        if answer.status < 300 and answer.media_type == "application/json" and answer.body:
            self.pools[actor.tenant].learn(answer.json())
        if "x-continuation" in answer.headers:
            self.pools[actor.tenant].learn({"continuation": answer.headers["x-continuation"]})

    def _look_for_approvals(self, actor: Actor, told: Any) -> None:
        for each in told if isinstance(told, list) else [told]:
            one = each.get("request", each) if isinstance(each, dict) else {}
            if one.get("status") == "APPROVED" and "leadId" in one:
                self._offer(one["leadId"], actor.tenant)

    def _look_for_offers(self, actor: Actor, told: Any) -> None:
        """An owner may be told of an offer before the partner it is made to: it is that partner's."""
        for offer in _dicts(told):
            partner = self._partner_tenants.get(str(offer.get("salesPartnerId")))
            if "offerId" in offer and partner is not None:
                self._owner[offer["offerId"]] = partner
                self._allowed.add((actor.tenant, offer["offerId"]))
            if "disclosureId" in offer:  # an offer's or a brokerage's id
                self._allowed |= {(one, offer["disclosureId"]) for one in self._partners[actor.tenant]}

    def _offer(self, lead_id: str, owner: str) -> None:
        for partner in self._partners[owner]:
            self._offered |= {(partner, number) for number in self.numbers[lead_id]}

    def _grant(self, lead_id: str, partner: str) -> None:
        owner = self._owner.get(lead_id)
        if owner is None or partner not in self._partners[owner]:
            return
        self._allowed.add((partner, lead_id))
        self._granted |= {(partner, number) for number in self.numbers[lead_id]}

    def _trade(self, one: str, other: str) -> bool:
        return other in self._partners[one] or one in self._partners[other]

    def _of_mark(self, actor: Actor, owner: str, kind: str, number: str) -> str:
        owner, kind = owner.lower(), kind.lower()
        if owner == actor.tenant or (kind in TOLD_TO_PARTNERS and self._trade(owner, actor.tenant)):
            return ""
        if kind in TOLD_TO_OWNERS and owner in self._partners[actor.tenant]:
            return ""
        seen = (actor.tenant, int(number))
        told = {"open": self._offered | self._granted, "after": self._granted, "never": self._whole}
        if seen in told.get(kind, ()):
            return ""
        return f"the text {kind} {number} of {owner}"

    def _of_id(self, actor: Actor, value: str, text: str) -> str:
        owner = self._firms.get(value) or self._owner.setdefault(value, actor.tenant)
        if value in self._public or owner == actor.tenant or (actor.tenant, value) in self._allowed:
            return ""
        if value in self._firms and self._trade(owner, actor.tenant):
            return ""
        names = {_name_before(text, at.start()) for at in re.finditer(value, text)}
        if names <= OF_BOTH and self._trade(owner, actor.tenant):
            return ""
        return f"{', '.join(sorted(names))} of {owner}"


def _name_before(text: str, at: int) -> str:
    """The JSON name in front of an id; an id inside a URN has the URN's."""
    names = re.findall(r'"(\w+)":\s*\[?"[^"]*$', text[max(0, at - 120) : at])
    return names[-1] if names else "?"


def _numbers_in(body: Any) -> set[int]:
    return {int(mark[3]) for mark in MARK.finditer(json.dumps(body))}


def _dicts(told: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of an answer."""
    if isinstance(told, dict):
        yield told
    for part in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _dicts(part)
