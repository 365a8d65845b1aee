"""What must have happened before an operation can succeed, made to happen: codes, files, failures."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.guarantees.specification.asker import Asker
from tests.guarantees.specification.callers import ADMIN, GUEST, HOOK, KEY, PERSON, VERIFIER, Member

GUEST_MAIL = "gast-"
FIRM, FIRM_DOMAIN = "https://id.example.com", "x.example"
FILES = (
    {"filename": "Angebot.pdf", "contentType": "application/pdf"},
    {"filename": "Dach – Süd.jpg", "contentType": "image/jpeg"},
    {"filename": "Notiz.txt", "contentType": "text/plain; charset=utf-8"},
)
MANY_HOOKS = 10
PATIENCE, LOOK = 400, 0.02
"""How often, and how many seconds apart, a failed delivery is waited for."""

Body = dict[str, Any]


def authorization() -> dict[str, str]:
    """What a native client asks the authorization endpoint."""
    return {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "http://127.0.0.1:4711/callback",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }


class Situations:
    """Prepares one case: makes what it needs and writes the ids and secrets of that into it."""

    def __init__(self, asker: Asker, member: Member, chance: random.Random) -> None:
        self._asker = asker
        self._member = member
        self._chance = chance
        self._lead_with_file: tuple[str, str] | None = None
        self._rated = ""
        self._in_body: dict[str, Callable[[Body], None]] = {
            "POST /oauth/challenge": self._sign_in,
            "POST /oauth/token": self._tokens,
            "PUT /tenant/single-sign-on": self._firm,
            "POST /uploads": self._upload,
            "POST /invitations/accept": self._invitation,
            "POST /invitations/decline": self._invitation,
            "POST /leads/{leadId}/attachments": self._file_to_come,
            "POST /share-requests": self._free_lead,
        }
        self._in_path: dict[str, Callable[[], Body]] = {
            "GET /leads/{leadId}/attachments/{attachmentId}": self._file,
            "POST /leads/{leadId}/commission/rating": self._closed_by_partner,
            "POST /webhooks/{hookId}/dead-letters/{eventId}/redeliver": self._dead_letter,
            "POST /sales-partners/{salesPartnerId}/end": self._active_partner,
            "POST /webhooks/{hookId}/secret": self._webhook,
            "DELETE /webhooks/{hookId}": self._webhook,
            "GET /webhooks/{hookId}/dead-letters": self._webhook,
            "GET /access-log/resolutions/{resolutionId}": self._resolution,
        }
        self._in_browser: dict[str, Callable[[Any], None]] = {
            "GET /oauth/authorize": lambda case: case.query.update(authorization()),
            "GET /sign-in": lambda case: case.query.update(self._begun(case)),
            "POST /sign-in": self._entered,
            "GET /sign-in/firm/{tenantId}": self._from_the_firm,
        }
        self._waiting: dict[str, Callable[[], None]] = {
            "POST /offers/{offerId}/accept": self._offer,
            "POST /offers/{offerId}/decline": self._offer,
            "POST /share-requests/{requestId}/approve": lambda: self._request(ADMIN),
            "POST /share-requests/{requestId}/reject": lambda: self._request(ADMIN),
            "POST /share-requests/{requestId}/withdraw": lambda: self._request(KEY),
            "POST /access-log/resolutions/{resolutionId}/approve": self._ask_for_a_name,
        }

    def prepare(self, case: Any, *, linked: bool) -> None:
        """Bring the case's situation about; ``linked``: its path's ids come from the answer before."""
        label = case.operation.label
        if label in ("DELETE /tenant/single-sign-on", "POST /tenant/single-sign-on/test"):
            self._configured()
        if label in self._in_browser:
            self._in_browser[label](case)
        if label in self._in_body and isinstance(case.body, dict):
            self._in_body[label](case.body)
        if label in self._in_path and not linked:
            case.path_parameters.update(self._in_path[label]())

    def supply(self, label: str) -> None:
        """Make one of what an operation decides, where that can be made."""
        if label in self._waiting:
            self._waiting[label]()

    def _offer(self) -> None:
        market = self._chance.choice(self._asker.told(KEY, "/markets"))["marketId"]
        self._asker.done(KEY, f"/markets/{market}/brokerages", leadId=self._new_lead())

    def _request(self, who: str) -> None:
        markets = self._asker.told(KEY, "/markets")
        market = next(one["marketId"] for one in markets if one["approvalRequired"])
        asked = {"leadId": self._new_lead(), "marketId": market, "reason": "Kapazität"}
        self._asker.done(who, "/share-requests", **asked)

    def _ask_for_a_name(self) -> None:
        entries = self._asker.told(ADMIN, "/access-log?maxResults=1")
        asked = {"pseudonym": entries[0]["person"], "reason": "Anfrage der Revision"}
        self._asker.done(ADMIN, "/access-log/resolutions", **asked)

    def _resolution(self) -> Body:
        if not self._asker.told(ADMIN, "/access-log/resolutions"):
            self._ask_for_a_name()
        (first, *_) = self._asker.told(ADMIN, "/access-log/resolutions")
        return {"resolutionId": first["resolutionId"]}

    def _free_lead(self, body: Body) -> None:
        """A lead that nobody offers yet, to all partners of its market and by the market's own rule."""
        body["leadId"] = self._new_lead()
        if self._chance.random() < 0.5:
            body |= {"fields": None, "salesPartnerIds": None}

    def _file_to_come(self, body: Body) -> None:
        body |= self._chance.choice(FILES)

    def _sign_in(self, body: Body) -> None:
        body |= {"email": self._member.email, "password": self._member.password.reveal()}
        body["codeChallenge"] = challenge_of(VERIFIER)

    def _tokens(self, body: Body) -> None:
        asked: Body = {}
        self._sign_in(asked)
        code = self._asker.ask(KEY, "POST", "/oauth/challenge", json=asked).json()["authorization_code"]
        grant = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        grant["client_id"] = CLIENT_ID
        if self._chance.random() < 0.5:
            told = self._asker.ask(KEY, "POST", "/oauth/token", data=grant).json()
            grant = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
            grant |= {"rotation_id": str(uuid.uuid4()), "client_id": CLIENT_ID}
        body |= grant

    def _begun(self, case: Any) -> Body:
        """A sign-in under way in the case's browser."""
        self._asker.forget()
        answer = self._asker.ask(
            KEY, "GET", "/oauth/authorize", params=authorization(), allow_redirects=False
        )
        case.cookies = dict(answer.cookies)
        query = parse_qsl(urlsplit(answer.headers["location"]).query)
        return dict(query)

    def _entered(self, case: Any) -> None:
        entered = {"email": self._member.email, "password": self._member.password.reveal()}
        case.body = {**self._begun(case), **entered, "way": self._chance.choice(("", "cancel"))}

    def _firm(self, body: Body) -> None:
        body |= {"issuer": FIRM, "clientId": "leaddesk", "domains": [FIRM_DOMAIN]}

    def _configured(self) -> None:
        wanted: Body = {}
        self._firm(wanted)
        self._asker.ask(PERSON, "PUT", "/tenant/single-sign-on", json=wanted)

    def _from_the_firm(self, case: Any) -> None:
        """Somebody who went to their firm and was refused there."""
        self._configured()
        form = {**self._begun(case), "email": f"anna@{FIRM_DOMAIN}", "way": "firm"}
        page = self._asker.ask(KEY, "POST", "/sign-in", data=form, cookies=case.cookies).text
        address = unescape(page.partition('href="https://')[2].partition('"')[0])
        out = dict(parse_qsl(urlsplit(address).query))
        case.path_parameters["tenantId"] = out["redirect_uri"].rpartition("/")[2]
        case.query = {"state": out["state"], "error": "access_denied"}

    def _upload(self, body: Body) -> None:
        """The fields go before the file, its bytes as characters: that is what the schema knows."""
        file = bytes(getattr(body.pop("file", b""), "data", b"")).decode("latin-1")
        body |= {**self._upload_fields(self._new_lead()), "file": file}

    def _upload_fields(self, lead_id: str) -> dict[str, str]:
        wanted = {"filename": "Angebot.bin", "contentType": "application/octet-stream"}
        told: dict[str, str] = self._asker.done(KEY, f"/leads/{lead_id}/attachments", **wanted)["fields"]
        return told

    def _file(self) -> Body:
        """A lead with a file, the last one as long as nobody erased it."""
        if self._lead_with_file is None or self._gone(self._lead_with_file[0]):
            lead_id = self._new_lead()
            fields, file = self._upload_fields(lead_id), {"file": ("Angebot.bin", b"Angebot")}
            self._asker.ask(KEY, "POST", "/uploads", data=fields, files=file)
            self._lead_with_file = (lead_id, fields["key"])
        return dict(zip(("leadId", "attachmentId"), self._lead_with_file, strict=True))

    def _closed_by_partner(self) -> Body:
        """A lead that a partner has had and closed; it may be rated again."""
        if not self._rated or self._gone(self._rated):
            self._rated = self._new_lead()
            self._asker.done(KEY, f"/leads/{self._rated}/commissions", **self._active_partner())
            self._asker.done(GUEST, f"/leads/{self._rated}/commission/close", outcome="WON", reason="")
        return {"leadId": self._rated}

    def _invitation(self, body: Body) -> None:
        for partner_id in self._guests():
            self._asker.ask(KEY, "POST", f"/sales-partners/{partner_id}/end")
        body["code"] = self._invited()[1]

    def _active_partner(self) -> Body:
        """A firm that is a partner: as it is already, else invited and come."""
        partner_id = next(self._guests(), None)
        if partner_id is None:
            partner_id, code = self._invited()
            self._asker.ask(GUEST, "POST", "/invitations/accept", json={"code": code})
        return {"salesPartnerId": partner_id}

    def _guests(self) -> Iterator[str]:
        for partner in self._asker.told(KEY, "/sales-partners?status=ACTIVE"):
            if partner["email"].startswith(GUEST_MAIL):
                yield str(partner["salesPartnerId"])

    def _invited(self) -> tuple[str, str]:
        email = f"{GUEST_MAIL}{uuid.uuid4()}@x.example"
        partner_id = str(self._asker.done(KEY, "/sales-partners", email=email)["salesPartnerId"])
        return partner_id, self._asker.told(KEY, f"/sales-partners/{partner_id}/invitation")["code"]

    def _dead_letter(self) -> Body:
        """A delivery that was refused for good."""
        hooks = self._asker.told(KEY, "/webhooks")
        found = next((one["hookId"] for one in hooks if one["deadLetters"]), None)
        if found is None:
            found = self._webhook()["hookId"]
            self._new_lead()
        pause = threading.Event()
        for _ in range(PATIENCE):
            letters = self._asker.told(KEY, f"/webhooks/{found}/dead-letters")
            if letters:
                return {"hookId": found, "eventId": letters[0]["eventId"]}
            pause.wait(LOOK)
        raise AssertionError("no delivery failed")

    def _webhook(self) -> Body:
        """A new webhook; of too many the last ones go."""
        for one in self._asker.told(KEY, "/webhooks")[MANY_HOOKS:]:
            self._asker.ask(KEY, "DELETE", f"/webhooks/{one['hookId']}")
        made = self._asker.done(KEY, "/webhooks", url=HOOK, eventName="LeadCreated")
        return {"hookId": made["hookId"]}

    def _gone(self, lead_id: str) -> bool:
        return self._asker.told(KEY, f"/leads/{lead_id}") is None

    def _new_lead(self) -> str:
        form = self._asker.told(KEY, "/forms")[0]["definition"]["prospect"]["fields"]
        label = next(name for name, told in form.items() if told["type"].startswith("text:singleline"))
        fields = {"fields": {label: {"value": "Kiel"}}, "fieldOrder": [label]}
        made = self._asker.done(KEY, "/leads", prospect=fields, interest={"fields": {}, "fieldOrder": []})
        return str(made["leadId"])
