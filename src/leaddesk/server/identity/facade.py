"""Identity's front desk: the one object the web floor asks who somebody is."""

from collections.abc import Callable
from datetime import datetime

from leaddesk.contract.ids import member_urn, tenant_urn
from leaddesk.contract.people import Me, Person, TenantInfo
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, sees_all_leads
from leaddesk.server.identity.refusals import SignInRefused, Unauthenticated
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.codes import Codes, ReusedCode
from leaddesk.server.identity.tokens.sessions import Access, Grant, Sessions

_BEARER = "bearer "


class Identity:
    """Signs people in and tells who a credential stands for. No answer tells whether a person exists."""

    def __init__(
        self, clock: Callable[[], datetime], people: People, passwords: Passwords | None = None
    ) -> None:
        self.people = people
        self._passwords = passwords or Passwords()
        self._throttle = Throttle(clock)
        self._codes = Codes(clock)
        self._sessions = Sessions(clock)

    async def challenge(self, email: str, password: Secret, code_challenge: str, source: str) -> Secret:
        """Check e-mail and password and issue a one-time code.

        Raises :class:`SignInRefused` and :class:`Throttled`, alike for people that do not exist.
        """
        self._throttle.begin(email, source)
        person, credential = self.people.find_by_email(email) or (None, None)
        if not await self._passwords.matches(credential, password) or person is None:
            raise SignInRefused
        self._throttle.succeeded(email, source)
        return self._codes.issue(person.tenant_id, person.member_id, code_challenge)

    def redeem(self, code: str, verifier: str) -> Grant:
        """Exchange a code for tokens; a second use ends what the first one opened.

        Raises :class:`InvalidGrant`.
        """
        try:
            entry = self._codes.redeem(code, verifier)
        except ReusedCode as reuse:
            if reuse.session is not None:
                self._sessions.end(reuse.session)
            raise
        grant = self._sessions.open(entry.tenant_id, entry.member_id)
        entry.session = grant.session
        return grant

    def rotate(self, refresh: str, rotation_id: str) -> Grant:
        """Exchange a refresh token (see :mod:`leaddesk.server.identity.tokens.sessions`).

        Raises :class:`InvalidGrant`.
        """
        return self._sessions.rotate(refresh, rotation_id)

    def revoke(self, token: str) -> None:
        """End the session a token belongs to (RFC 7009)."""
        self._sessions.revoke(token)

    def caller_of(self, authorization: str | None) -> Caller:
        """Read an ``Authorization`` header: ``Bearer <access token>`` or a bare API key.

        Raises :class:`Unauthenticated`.
        """
        if not authorization:
            raise Unauthenticated
        if not authorization.lower().startswith(_BEARER):
            caller = self.people.api_keys.caller_of(authorization)
            if caller is None:
                raise Unauthenticated
            return caller
        access = self._sessions.use(authorization[len(_BEARER) :].strip())
        if access is None:
            raise Unauthenticated
        person = self.people.person(access.tenant_id, access.member_id)
        if person is None:
            raise Unauthenticated
        return self._caller(person, access)

    def renewed(self, caller: Caller) -> Caller | None:
        """Look at a caller again, for streams that outlive a request: with the rights and the view they have
        now; nothing once the credential no longer counts.
        """
        if caller.session is None or caller.expires_at is None:
            return caller if self.people.api_keys.counts(caller.tenant_id, caller.member_id) else None
        person = self.people.person(caller.tenant_id, caller.member_id)
        if person is None or not self._sessions.is_good(caller.session, caller.expires_at):
            return None
        return self._caller(
            person, Access(caller.tenant_id, caller.member_id, caller.session, caller.expires_at)
        )

    def me(self, caller: Caller) -> Me:
        """Describe the caller; an API key is a person without e-mail."""
        tenant = self.people.tenant(caller.tenant_id)
        person = self.people.person(caller.tenant_id, caller.member_id)
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
        )

    def close(self) -> None:
        """Release the password workers."""
        self._passwords.close()

    def _caller(self, person: PersonRecord, access: Access) -> Caller:
        policy = self.people.tenant(person.tenant_id).policy
        return Caller(
            tenant_id=person.tenant_id,
            member_id=person.member_id,
            urn=member_urn(person.member_id),
            name=person.name,
            role=person.role,
            rights=person.rights,
            sees_all_leads=sees_all_leads(person.role, policy),
            expires_at=access.expires_at,
            session=access.session,
        )
