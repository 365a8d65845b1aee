"""Who asks in S4: keys of all rights, and people where only people may decide."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.contract.tenant import SignInPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.app import DemoApp
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.people import PersonRecord, TenantRecord
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.identity.tokens.register import name_of
from leaddesk.server.identity.tokens.sessions import Sessions
from tests.support.asgi import exchange

NAME = "Specification"
KEY, PARTNER, GUEST, ADMIN, OTHER = "key", "partner", "guest", "admin", "other"
PERSON = "person"
ASKED_BY = (
    ("^/offers", PARTNER),
    ("^/invitations", GUEST),
    ("^/access-log/resolutions(/[^/]*)?$", ADMIN),
    ("^/access-log/resolutions/.*/approve$", OTHER),
    ("^/(me/.|sessions|members/.|api-keys|tenant/)", PERSON),
)
"""Paths that others ask than the key: partners answer offers, a firm without partners its invitations, two
people look up a pseudonym, and what belongs to an account or needs a fresh sign-in is a person's."""
VERIFIER = "v" * 43
PASSWORD = Secret("correct horse battery")
HOOK = "https://hooks.example.com/leads"


@dataclass(frozen=True)
class Member:
    """Somebody who signs in."""

    email: str
    password: Secret


@dataclass
class Callers:
    """What each caller sends as ``Authorization``, the keys behind some, and a person who signs in."""

    demo: DemoApp
    texts: dict[str, str]
    records: dict[str, ApiKeyRecord]
    member: Member
    person: PersonRecord
    members: dict[str, tuple[TenantId, MemberId]]
    sessions: dict[str, str] = field(default_factory=dict)

    def enter(self) -> None:
        """Enter the keys again: ``DELETE /api-keys/{keyId}`` may have been asked to revoke them. Let the
        person sign in again, whose sessions may have been ended, and everybody come in from anywhere.
        """
        people = self.demo.services.identity.people
        tenant = people.tenant(self.person.tenant_id)
        if tenant.networks or tenant.sign_in != SignInPolicy():
            people.add_tenant(replace(tenant, networks=(), sign_in=SignInPolicy()))
        self._sign_in()
        keys = self.demo.services.identity.people.api_keys
        for text, record in self.records.items():
            if keys.caller_of(text) is None:
                keys.add(record, Secret(text))

    def _sign_in(self) -> None:
        """Give everybody who signs in a session that runs: cases end some."""
        identity, clock = self.demo.services.identity, self.demo.services.office.clock
        for name, member in self.members.items():
            if all(one.name != self.sessions.get(name) for one in identity.register.of(*member)):
                grant = Sessions(clock, identity.people.books).open(*member)
                self.texts[name] = f"Bearer {grant.access.reveal()}"
                self.sessions[name] = name_of(grant.session)


def caller_of(path: str) -> str:
    """Tell who asks a path."""
    return next((name for pattern, name in ASKED_BY if re.match(pattern, path)), KEY)


async def signed_in(demo: DemoApp, app: Starlette) -> Callers:
    """Make the keys, and sign two admins of the manufacturer in."""
    guest = TenantRecord(TenantId(str(uuid.uuid4())), "Gast GmbH")
    demo.services.identity.people.add_tenant(guest)
    firms = [*(one.tenant.tenant_id for one in demo.credentials[:2]), guest.tenant_id]
    records = {
        f"specification-{uuid.uuid4()}": ApiKeyRecord(
            TenantId(firm), str(uuid.uuid4()), NAME, frozenset(Right)
        )
        for firm in firms
    }
    texts = dict(zip((KEY, PARTNER, GUEST), records, strict=True))
    people = demo.credentials[0].people
    admins = [person for person in people if person["role"] == "admin"]
    rep = next(person for person in people if person["role"] == "rep")
    members = {}
    for name, one in zip((ADMIN, OTHER), admins, strict=False):
        caller = demo.services.identity.caller_of(await _token(app, one["email"], one["password"]))
        members[name] = caller.tenant_id, caller.member_id
    account = TenantId(firms[0]), MemberId(str(uuid.uuid4()))
    person = PersonRecord(*account, NAME, f"{uuid.uuid4()}@x.example", Role.ADMIN)
    demo.services.identity.people.add_person(person, PASSWORD)
    callers = Callers(
        demo,
        texts,
        records,
        Member(rep["email"], Secret(rep["password"])),
        person,
        members | {PERSON: account},
    )
    callers.enter()
    return callers


async def _token(app: Starlette, email: str, password: str) -> str:
    asked = f'{{"email": "{email}", "password": "{password}", "codeChallenge": "{challenge_of(VERIFIER)}"}}'
    headers: dict[str, str | bytes] = {"content-type": "application/json"}
    answer = await exchange(app, "POST", "/oauth/challenge", headers=headers, body=asked.encode())
    code = answer.json()["authorization_code"]
    fields = f"grant_type=authorization_code&code={code}&code_verifier={VERIFIER}&client_id={CLIENT_ID}"
    form: dict[str, str | bytes] = {"content-type": "application/x-www-form-urlencoded"}
    answer = await exchange(app, "POST", "/oauth/token", headers=form, body=fields.encode())
    return f"Bearer {answer.json()['access_token']}"
