"""Ways that chance alone would hardly go: each step is searched like any other, and may be refused."""

from __future__ import annotations

import random
from typing import Any, Protocol

from tests.guarantees.isolation.world import LABELS, TENANTS, Actor, World, mark
from tests.support.asgi import Answer
from tests.support.surface import Operation

LOOKS = (
    *("get_leads_leadId", "get_leads_leadId_history", "get_leads_leadId_disclosures"),
    *("get_leads_leadId_notes", "get_leads_leadId_attachments", "get_leads_leadId_duplicates"),
    "get_leads_leadId_brokerages",
)
LISTS = ("get_leads", "get_offers", "get_notes", "get_share_requests", "get_members", "get_sales_partners")
SEEN_BY = 5
"""How many people look at a lead at its end."""


class Stage(Protocol):
    """Where it happens: the machine, which asks and searches."""

    world: World
    by_name: dict[str, Operation]

    def act(self, name: str, actor: Actor, path: dict[str, str], body: Any = None) -> Any:
        """Do one thing on purpose; return what was answered, if it was done."""

    def upload(self, actor: Actor, fields: dict[str, str], content: str) -> Answer:
        """Post a file."""

    def next_number(self) -> int:
        """Number a text."""

    def time_passes(self, minutes: int) -> None:
        """Let deadlines come."""


class Trade:
    """One lead on its way from its owner to a partner, or one of the things that happen beside it."""

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        self._stage = stage
        self._chance = chance
        self._owner = chance.choice(TENANTS)
        self._partner = chance.choice(sorted(stage.world.partners[self._owner]))

    def run(self) -> None:
        """Go the way; at its end some people of all tenants look at the lead."""
        self._chance.choice((self._lead_goes, self._lead_goes, self._invitation, self._resolution))()

    def _lead_goes(self) -> None:
        lead = self._act("post_leads", self._owner, "rep", {}, self._lead())
        if lead is None:
            return
        lead_id = str(lead["leadId"])
        self._file(self._owner, "rep", lead_id)
        way = self._chance.choice((self._share, self._share, self._offer, self._assign))
        way(lead_id, lead["lead"]["serial"])
        self._answer_offers()
        self._end(lead_id)
        for actor in self._chance.sample(self._stage.world.actors, SEEN_BY):
            for name in LOOKS:
                self._stage.act(name, actor, {"leadId": lead_id})
            self._stage.act(self._chance.choice(LISTS), actor, {})

    def _act(self, name: str, tenant: str, who: str, path: dict[str, str], body: Any = None) -> Any:
        return self._stage.act(name, self._actor(tenant, who), path, body)

    def _actor(self, tenant: str, who: str) -> Actor:
        return next(one for one in self._stage.world.actors if (one.tenant, one.name) == (tenant, who))

    def _lead(self) -> dict[str, Any]:
        fields = {
            label: {"type": "text:singleline", "value": self._text(kind)} for label, kind in LABELS.items()
        }
        return {name: {"fields": fields, "fieldOrder": list(fields)} for name in ("prospect", "interest")}

    def _market(self) -> str:
        markets = self._act("get_markets", self._owner, "admin", {})
        return str(self._chance.choice(markets)["marketId"])

    def _share(self, lead_id: str, serial: int) -> None:
        body = {"leadId": lead_id, "marketId": self._market(), "reason": self._text("reason")}
        asked = self._act("post_share_requests", self._owner, "rep", {}, body)
        if not asked or asked["status"] != "PENDING":
            return
        path, what = {"requestId": asked["shareRequestId"]}, self._chance.random()
        if what < 0.7:
            body = {"leadSerial": serial}
            self._act("post_share_requests_requestId_approve", self._owner, "admin", path, body)
        elif what < 0.85:
            body = {"reason": self._text("reason")}
            self._act("post_share_requests_requestId_reject", self._owner, "admin", path, body)
        else:
            self._act("post_share_requests_requestId_withdraw", self._owner, "rep", path)

    def _offer(self, lead_id: str, _serial: int) -> None:
        path = {"marketId": self._market()}
        self._act("post_markets_marketId_brokerages", self._owner, "key", path, {"leadId": lead_id})

    def _assign(self, lead_id: str, _serial: int) -> None:
        partners = self._act("get_sales_partners", self._owner, "admin", {}) or []
        known = [one["salesPartnerId"] for one in partners if one["status"] == "ACTIVE"]
        if known:
            body = {"salesPartnerId": self._chance.choice(known)}
            self._act("post_leads_leadId_commissions", self._owner, "key", {"leadId": lead_id}, body)

    def _answer_offers(self) -> None:
        if self._chance.random() < 0.2:
            self._stage.time_passes(300)
        for offer in self._act("get_offers", self._partner, "admin", {}) or []:
            path, what = {"offerId": offer["offerId"]}, self._chance.random()
            if offer["status"] == "MISSED":
                self._act("post_offers_offerId_still_interested", self._partner, "admin", path)
            elif offer["status"] == "OPEN" and what < 0.7:
                self._act("post_offers_offerId_accept", self._partner, "admin", path)
            elif offer["status"] == "OPEN":
                reason = {"reason": mark(self._partner, "decline", self._stage.next_number())}
                self._act("post_offers_offerId_decline", self._partner, "admin", path, reason)

    def _end(self, lead_id: str) -> None:
        """The partner works the lead, adds a file of its own, closes; the owner rates."""
        path = {"leadId": lead_id}
        if self._act("get_leads_leadId", self._partner, "admin", path) is None:
            return
        note = {"text": mark(self._partner, "note", self._stage.next_number()), "intern": True}
        self._act("post_leads_leadId_notes", self._partner, "admin", path, note)
        self._file(self._partner, "admin", lead_id)
        self._act("post_leads_leadId_commission_step", self._partner, "admin", path, {"step": "Kontakt"})
        outcome = self._stage.by_name["post_leads_leadId_commission_close"].told["requestBody"]["content"]
        told = outcome["application/json"]["example"]["outcome"]
        reason = mark(self._partner, "closing", self._stage.next_number())
        body = {"outcome": told, "reason": reason}
        self._act("post_leads_leadId_commission_close", self._partner, "admin", path, body)
        rating = {"stars": 3, "text": self._text("rating")}
        self._act("post_leads_leadId_commission_rating", self._owner, "admin", path, rating)

    def _file(self, tenant: str, who: str, lead_id: str) -> None:
        asked = {"filename": f"{mark(tenant, 'file', 0)}.pdf", "contentType": "application/pdf"}
        told = self._act("post_leads_leadId_attachments", tenant, who, {"leadId": lead_id}, asked)
        if told is not None:
            content = f"%PDF-1.4 {mark(tenant, 'content', self._stage.next_number())}"
            self._stage.upload(self._actor(tenant, who), told["fields"], content)
        for one in self._act("get_leads_leadId_attachments", tenant, who, {"leadId": lead_id}) or []:
            path = {"leadId": lead_id, "attachmentId": one["attachmentId"]}
            for actor in self._chance.sample(self._stage.world.actors, SEEN_BY):
                self._stage.act("get_leads_leadId_attachments_attachmentId", actor, path)

    def _invitation(self) -> None:
        """A firm invites another by a code that goes from person to person; then they are partners."""
        guest = self._chance.choice([one for one in TENANTS if one != self._owner])
        body = {"email": f"{self._text('guest')}@x.example", "name": self._text("guestname")}
        made = self._act("post_sales_partners", self._owner, "admin", {}, body)
        if made is None:
            return
        path = {"salesPartnerId": made["salesPartnerId"]}
        told = self._act("get_sales_partners_salesPartnerId_invitation", self._owner, "admin", path)
        if told is None:
            return
        what = self._chance.choice(("post_invitations_accept", "post_invitations_decline"))
        if what.endswith("accept"):
            self._stage.world.partner_tenants[made["salesPartnerId"]] = guest
            self._stage.world.partners[self._owner].add(guest)
        self._act(what, guest, "admin", {}, {"code": told["code"]})
        self._act("get_sales_partners_salesPartnerId", self._owner, "admin", path)

    def _resolution(self) -> None:
        """Two people of a firm look up a pseudonym of the access log."""
        entries = self._act("get_access_log", self._owner, "admin", {}) or []
        if not entries:
            return
        body = {"pseudonym": self._chance.choice(entries)["person"], "reason": self._text("resolvereason")}
        asked = self._act("post_access_log_resolutions", self._owner, "admin", {}, body)
        if asked is not None:
            path = {"resolutionId": asked["resolutionId"]}
            self._act("post_access_log_resolutions_resolutionId_approve", self._owner, "auditor", path)
            self._act("get_access_log_resolutions_resolutionId", self._owner, "admin", path)

    def _text(self, kind: str) -> str:
        return mark(self._owner, kind, self._stage.next_number())
