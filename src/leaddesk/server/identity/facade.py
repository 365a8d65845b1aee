"""Identity's front desk: the one object the web floor asks who somebody is."""

import asyncio
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import TypeVar

from leaddesk.contract.ids import member_urn, tenant_urn
from leaddesk.contract.people import Me, Person, Role, TenantInfo
from leaddesk.personal.masked import Secret
from leaddesk.server.database.threads import BESIDE, Threads
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.authorization.telling import REUSED, SIGN_OUT, Told
from leaddesk.server.identity.caller import NEEDS_SECOND_FACTOR, Caller
from leaddesk.server.identity.joining.emails import Emails
from leaddesk.server.identity.joining.invitations import Invitations
from leaddesk.server.identity.joining.resets import Resets
from leaddesk.server.identity.joining.roster import Roster
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import (
    People,
    PersonRecord,
    person_on,
    sees_all_leads,
)
from leaddesk.server.identity.proving.confirming import Confirmations
from leaddesk.server.identity.proving.factors import SecondFactors, is_enrolled
from leaddesk.server.identity.proving.freshness import Freshness
from leaddesk.server.identity.proving.signing import SecondFactorStep, SecondStep
from leaddesk.server.identity.refusals import InvalidGrant, SecondFactorNeeded, Unauthenticated
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tenants import TenantRecord, tenant_on
from leaddesk.server.identity.tokens.codes import BY_ITSELF, Bound
from leaddesk.server.identity.tokens.digests import digest_of
from leaddesk.server.identity.tokens.form import session_of
from leaddesk.server.identity.tokens.register import Register
from leaddesk.server.identity.tokens.sessions import Access, Grant, Sessions
from leaddesk.server.identity.tokens.sweeping import end_session

T = TypeVar("T")

ISSUER = "leaddesk"
"""How authenticator apps call what a code is for, where the instance has no name."""
AT_ONCE = 4
"""Calls that wait for the database in the loop's place; nobody's lane is half of the threads."""
_BEARER = "bearer "


class Identity:
    """Signs people in and tells who a credential stands for. No answer tells whether a person exists.

    What is no coroutine may wait for the database: the loop asks it by :meth:`apart`.
    """

    def __init__(
        self, clock: Callable[[], datetime], people: People, passwords: Passwords | None = None
    ) -> None:
        self.people = people
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._sessions = Sessions(clock, people.books)
        self.entry = Entry(clock, people, self._passwords, self.apart)
        self._threads = Threads(2 * AT_ONCE if people.books.storage.is_shared else 0)
        self.factors = SecondFactors(clock, people.books)
        self.entry.further = (SecondFactorStep(people, self.factors, self.entry),)
        self.second_step = SecondStep(clock, people, self.entry)
        self.register = Register(clock, people.books)
        self.freshness = Freshness(self.entry, self.register, self.factors, self._passwords)
        self.confirmations = Confirmations(clock, self.entry, self.register)
        self.resets = Resets(clock, self.entry, self._passwords, self.register)
        self.invitations = Invitations(clock, self.entry, self._passwords)
        self.roster = Roster(people, self.register)
        self.emails = Emails(clock, self.entry)
        self.passwords = self._passwords
        self.issuer = ISSUER

    async def apart(self, work: Callable[[], T]) -> T:
        """Do what may wait for the database without holding up the loop; in memory nothing waits."""
        if not _is_on_a_loop():
            return work()
        return await self._threads.do(BESIDE, work)

    async def challenge(self, email: str, password: Secret, code_challenge: str, source: str) -> Secret:
        """Check e-mail and password and issue a one-time code.

        Raises :class:`SecondFactorNeeded` where that is not all, and what ``Entry.prove`` raises.
        """
        arrival = await self.entry.prove(email, password, source)
        if await self.entry.next_step(arrival) is not None:
            raise SecondFactorNeeded(await self.second_step.ticket(arrival, code_challenge))
        return await self.entry.admit(arrival, code_challenge)

    async def authenticate(self, authorization: str | None) -> Caller:
        """Read an ``Authorization`` header as :meth:`caller_of` does, on the loop only what is at hand.

        Raises :class:`Unauthenticated`.
        """
        known = self._remembered(_named(authorization))
        return known if known is not None else await self.apart(lambda: self.caller_of(authorization))

    async def still(self, caller: Caller) -> Caller | None:
        """Look at a caller again as :meth:`renewed` does, on the loop only what is at hand."""
        known = self._remembered(_standing(caller))
        return known if known is not None else await self.apart(lambda: self.renewed(caller))

    def redeem(self, code: str, verifier: str, bound: Bound = BY_ITSELF, device: str = "") -> Grant:
        """Exchange a code for tokens; a second use ends what the first one opened. ``device``: its name.

        Raises :class:`InvalidGrant`.
        """

        def work(page: Page) -> tuple[Grant | None, str | None]:
            use = self.entry.codes.use_up(page, code, verifier, bound)
            if use.opened_before is not None:
                end_session(page, use.opened_before)
            if use.admitted is None:
                return None, use.opened_before
            grant = self._sessions.opened(page, use.admitted, device, proved=use.proved)
            self.entry.codes.note(page, code, grant.session)
            return grant, None

        grant, ended = self.people.books.behind(digest_of(code), work, writes=True)
        if ended is not None:
            self._forget(ended)
        if grant is None:
            raise InvalidGrant
        return grant

    def rotate(self, refresh: str, rotation_id: str, source: str | None = None) -> Grant:
        """Exchange a refresh token (see :mod:`leaddesk.server.identity.tokens.sessions`).

        Raises :class:`InvalidGrant`, :class:`NetworkRefused`.
        """
        try:
            return self._sessions.rotate(refresh, rotation_id, source)
        except InvalidGrant as over:
            self._forget(session_of(refresh))
            if over.reused is not None:
                self.entry.tell(Told(*over.reused, REUSED))
            raise

    def revoke(self, token: str) -> None:
        """End the session a token belongs to (RFC 7009)."""
        whose = self._sessions.revoke(token)
        self._forget(session_of(token))
        if whose is not None:
            self.entry.tell(Told(*whose, SIGN_OUT))

    def caller_of(self, authorization: str | None) -> Caller:
        """Read an ``Authorization`` header: ``Bearer <access token>`` or a bare API key.

        Who was looked up a moment ago is not looked up again: what another process ended is noticed here
        ``recent.SECONDS`` later at the latest. Raises :class:`Unauthenticated`.
        """
        name, callers = _named(authorization), self.people.books.callers
        known, changes = self._remembered(name), callers.changes
        if known is not None:
            return known
        is_token, text = _credential(authorization)
        caller = self._by_token(text) if is_token else self.people.api_keys.caller_of(text)
        if caller is None:
            raise Unauthenticated
        callers.keep(name, caller, changes)
        return caller

    def renewed(self, caller: Caller) -> Caller | None:
        """Look at a caller again, for streams that outlive a request: with the rights and the view they have
        now; nothing once the credential no longer counts.
        """
        name, callers = _standing(caller), self.people.books.callers
        known, changes = self._remembered(name), callers.changes
        if known is None:
            known = self._renewed(caller)
            if known is not None:
                callers.keep(name, known, changes)
        return known

    def me(self, caller: Caller) -> Me:
        """Describe the caller; an API key is a person without e-mail."""
        person, tenant, lacks_factor = self._facts(caller)
        return Me(
            person=Person(
                member_id=caller.member_id,
                urn=caller.urn,
                name=caller.name,
                email=person.email if person else "",
            ),
            tenant=TenantInfo(tenant_id=tenant.tenant_id, urn=tenant_urn(tenant.tenant_id), name=tenant.name),
            role=caller.role,
            rights=sorted(caller.rights),
            policy=tenant.policy,
            second_factor_missing=lacks_factor or None,
        )

    def close(self) -> None:
        """Release the workers and the database."""
        self._passwords.close()
        self._threads.close()
        self.people.books.storage.close()

    def _remembered(self, name: Hashable) -> Caller | None:
        known = self.people.books.callers.get(name)
        if known is None or (known.expires_at is not None and known.expires_at <= self._clock()):
            return None
        return known

    def _forget(self, session: str | None) -> None:
        if session is not None:
            self.people.books.callers.forget(lambda caller: caller.session == session)

    def _by_token(self, text: str) -> Caller | None:
        access = self._sessions.use(text)
        return None if access is None else self._caller(access)

    def _renewed(self, caller: Caller) -> Caller | None:
        tenant, member = caller.tenant_id, caller.member_id
        if caller.session is None or caller.expires_at is None:
            return self.people.api_keys.standing(tenant, member)
        if not self._sessions.is_good(tenant, caller.session, caller.expires_at):
            return None
        return self._caller(Access(tenant, member, caller.session, caller.expires_at))

    def _facts(self, whose: Access | Caller) -> tuple[PersonRecord | None, TenantRecord, bool]:
        """Look up person and tenant, and whether a second factor is missing that the tenant asks for."""
        member = whose.member_id

        def work(page: Page) -> tuple[PersonRecord | None, TenantRecord, bool]:
            person, tenant = person_on(page, member), tenant_on(page)
            is_asked = tenant.sign_in.second_factor_for_admins and person and person.role is Role.ADMIN
            return person, tenant, bool(is_asked) and not is_enrolled(page, member)

        return self.people.books.at(whose.tenant_id, work)

    def _caller(self, access: Access) -> Caller | None:
        try:
            person, tenant, lacks_factor = self._facts(access)
        except KeyError:
            return None
        if person is None:
            return None
        return Caller(
            tenant_id=person.tenant_id,
            member_id=person.member_id,
            urn=member_urn(person.member_id),
            name=person.name,
            role=person.role,
            rights=person.rights - NEEDS_SECOND_FACTOR if lacks_factor else person.rights,
            sees_all_leads=sees_all_leads(person.role, tenant.policy),
            expires_at=access.expires_at,
            session=access.session,
            networks=tenant.networks,
        )


def _credential(authorization: str | None) -> tuple[bool, str]:
    """Tell an access token from an API key. Raises :class:`Unauthenticated` when nothing is there."""
    if not authorization:
        raise Unauthenticated
    if authorization.lower().startswith(_BEARER):
        return True, authorization[len(_BEARER) :].strip()
    return False, authorization


def _named(authorization: str | None) -> tuple[bool, bytes]:
    """Name a credential without holding it."""
    is_token, text = _credential(authorization)
    return is_token, digest_of(text)


def _standing(caller: Caller) -> Hashable:
    """Name what a caller goes by."""
    return caller.tenant_id, caller.session or caller.member_id, caller.expires_at


def _is_on_a_loop() -> bool:
    """Tell whether a loop would be held up; endpoints may run in a thread already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
