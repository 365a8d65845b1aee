"""The way in: the first step, the further ones, and the code that ends it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.requests import Requests
from leaddesk.server.identity.authorization.steps import PASSWORD, Arrival, FurtherStep, next_step
from leaddesk.server.identity.authorization.telling import (
    NETWORK,
    REFUSED,
    SIGN_IN,
    Tell,
    Told,
    nobody_listens,
)
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import Entrant, People
from leaddesk.server.identity.refusals import NetworkRefused, SignInRefused, Throttled
from leaddesk.server.identity.tenants import is_by_firm_only, networks_on
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.codes import BY_ITSELF, Bound, Codes

T = TypeVar("T")


class Apart(Protocol):
    """Does what may wait for the database without holding up the loop."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]:
        """Do it."""


class Entry:
    """Lets people in, whichever way they come. No answer and no time tells whether a person exists.

    ``further``: what is asked after the first step, in this order. ``requests``: sign-ins in browsers.
    ``tell``: hears of members' sign-ins.
    """

    def __init__(
        self, clock: Callable[[], datetime], people: People, passwords: Passwords, apart: Apart
    ) -> None:
        self.codes = Codes(clock, people.books)
        self.requests = Requests(clock, people.books)
        self.further: tuple[FurtherStep, ...] = ()
        self._passwords = passwords
        self.people = people
        self.throttle = Throttle(clock, people.books)
        self.apart = apart
        self.tell: Tell = nobody_listens

    async def prove(
        self, email: str, password: Secret, source: str, vouched: tuple[TenantId, MemberId] | None = None
    ) -> Arrival:
        """Check e-mail and password. ``vouched``: whom their firm has just vouched for.

        Where a tenant lets people in by their firm only, a right password is refused like a wrong one, but
        for who is to come in when the firm's sign-in does not work, and for who links the firm's account.

        An attempt counts as failed until its last step has succeeded: whoever has a password cannot try
        second factors without end. Raises :class:`SignInRefused` and :class:`Throttled`, alike for people
        that do not exist, and :class:`NetworkRefused` once the password was right.
        """
        entrant = await self.apart(lambda: self._entrant(email, source))
        credential = entrant.credential if entrant is not None else None
        try:
            is_right = await self._passwords.matches(credential, password)
        except Throttled:  # too many wait: nobody is to be shut out for that
            await self.apart(lambda: self.throttle.unused(email, source))
            raise
        if entrant is None:
            raise SignInRefused
        if credential is not None and credential.is_new:
            await self.apart(lambda: self.people.keep_password(entrant))
        if not is_right:
            self.tell(Told(entrant.tenant_id, entrant.member_id, SIGN_IN, REFUSED))
            raise SignInRefused
        return await self.apart(lambda: self._arrived(entrant, email, source, vouched))

    async def next_step(self, arrival: Arrival) -> FurtherStep | None:
        """Return what is asked next; nothing when they may come in."""
        return await self.apart(lambda: next_step(self.further, arrival)) if self.further else None

    async def admit(
        self, arrival: Arrival, challenge: str, bound: Bound = BY_ITSELF, *, fresh: bool = False
    ) -> Secret:
        """Issue the one code that the client can exchange for tokens.

        ``fresh``: their firm has said that they signed in just now. Else it may have known them by what a
        browser remembers, and sensitive acts ask for more.
        """
        who, proved = (arrival.tenant_id, arrival.member_id), fresh or PASSWORD in arrival.ways
        code = await self.apart(lambda: self.codes.issue(*who, challenge, bound, proved=proved))
        self.tell(Told(*who, SIGN_IN, ways=arrival.ways))
        return code

    def _entrant(self, email: str, source: str) -> Entrant | None:
        self.throttle.begin(email, source)
        return self.people.entrant(email)

    def _arrived(
        self, entrant: Entrant, email: str, source: str, vouched: tuple[TenantId, MemberId] | None
    ) -> Arrival:
        """Note the first step as taken; the attempt has succeeded if nothing else is asked."""
        whose = entrant.tenant_id, entrant.member_id
        if vouched != whose and self.people.books.at(
            entrant.tenant_id, lambda page: is_by_firm_only(page, entrant.member_id)
        ):
            self.tell(Told(*whose, SIGN_IN, REFUSED))
            raise SignInRefused
        if not lets_in(self.people.books.at(entrant.tenant_id, networks_on), source):
            self.tell(Told(*whose, SIGN_IN, NETWORK))
            raise NetworkRefused
        arrival = Arrival(entrant.tenant_id, entrant.member_id, (PASSWORD,))
        if next_step(self.further, arrival) is None:
            self.throttle.succeeded(email, source)
        return arrival
