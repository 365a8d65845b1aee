"""Step-up: a sensitive act needs somebody who has shown a moment ago who they are (measures A10, A15).

A session carries when its person last did so: at its beginning, or here, by the password or a code again.
It is asked of the session's row each time, never of what was looked up before: another process may have noted
it.
"""

from datetime import timedelta

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.entry import Entry
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.proving.factors import SecondFactors
from leaddesk.server.identity.refusals import SignInRefused, StepUpNeeded
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tenants import is_by_firm_only, tenant_on
from leaddesk.server.identity.tokens.register import Register


class Freshness:
    """Tells who is fresh, and makes them so. A machine never is: it cannot show anything anew."""

    def __init__(
        self, entry: Entry, register: Register, factors: SecondFactors, passwords: Passwords
    ) -> None:
        self._entry = entry
        self._register = register
        self._factors = factors
        self._people = entry.people
        self._passwords = passwords

    async def check(self, caller: Caller) -> None:
        """Let a caller through who is fresh. Raises :class:`StepUpNeeded`."""
        is_fresh, age = await self._entry.apart(lambda: self._is_fresh(caller))
        if not is_fresh:
            raise StepUpNeeded(int(age.total_seconds()))

    async def by_password(self, caller: Caller, password: Secret, source: str) -> None:
        """Make a caller fresh by the password; not where their firm alone lets them in.

        Raises :class:`SignInRefused`, ``Throttled``.
        """
        apart, whose = self._entry.apart, (caller.tenant_id, caller.member_id)
        email = await apart(lambda: self._began(caller, source))
        account = await apart(lambda: self._people.account(*whose))
        is_right = await self._passwords.matches(account.credential, password)
        if account.credential is not None and account.credential.is_new:
            await apart(lambda: self._people.keep_password(account))
        by_firm = await apart(
            lambda: self._people.books.at(whose[0], lambda page: is_by_firm_only(page, whose[1]))
        )
        if not is_right or by_firm:
            raise SignInRefused
        await apart(lambda: self._shown(caller, email, source))

    async def by_code(self, caller: Caller, code: Secret, source: str) -> None:
        """Make a caller fresh by a code of their second factor. Raises as above."""

        def work() -> bool:
            email = self._began(caller, source)
            right = self._people.books.at(
                caller.tenant_id,
                lambda page: self._factors.takes(page, caller.member_id, code.reveal()),
                writes=True,
            )
            if right:
                self._shown(caller, email, source)
            return right

        if not await self._entry.apart(work):
            raise SignInRefused

    def _is_fresh(self, caller: Caller) -> tuple[bool, timedelta]:
        session = caller.session

        def work(page: Page) -> tuple[bool, timedelta]:
            age = timedelta(minutes=tenant_on(page).sign_in.step_up_minutes)
            return session is not None and self._register.is_fresh(page, session, age), age

        return self._people.books.at(caller.tenant_id, work)

    def _began(self, caller: Caller, source: str) -> str:
        """Count the attempt; gives the e-mail it counts for."""
        person = self._people.person(caller.tenant_id, caller.member_id)
        if person is None:
            raise SignInRefused
        self._entry.throttle.begin(person.email, source)
        return person.email

    def _shown(self, caller: Caller, email: str, source: str) -> None:
        self._entry.throttle.succeeded(email, source)
        session = caller.session
        if session is not None:
            books = self._people.books
            books.at(caller.tenant_id, lambda page: self._register.prove(page, session), writes=True)
