"""Proving to a server who somebody is: e-mail and password, a second factor, or the system's browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leaddesk.api.brand import read_brand
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused, SessionOver
from leaddesk.api.keys import check_key, try_reading
from leaddesk.api.signin import challenge, redeem_code, second_step, ways_of
from leaddesk.contract.brand import Brand
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import (
    ChallengeAnswer,
    ChallengeRequest,
    SecondStepRequest,
    TokenAnswer,
    WaysRequest,
)
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.tokens import challenge_of, new_verifier

if TYPE_CHECKING:
    from leaddesk.session.browser.callback import Pages
    from leaddesk.session.browser.flow import Opening, Way, Ways


_FIRM = "firm"


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A right password that waits for its second factor."""

    ticket: Secret
    verifier: Secret


class KeyReadsNothing(Exception):
    """The server knows the key, but it may not read leads."""


class Proof:
    """Gives the first tokens of a session. Each way raises :class:`~leaddesk.api.errors.ApiError`.

    ``on_late`` is given tokens for which whoever asked was called off: the server has begun a session.
    """

    def __init__(self, client: ApiClient, address: str) -> None:
        self._client, self._address = client, address
        self._ticket: _Ticket | None = None
        self.late: set[asyncio.Task[TokenAnswer]] = set()
        self.on_late: Callable[[TokenAnswer], None] = lambda _given: None

    async def ways(self) -> Ways:
        """Ask how one can sign in here."""
        from leaddesk.session.browser.flow import ways

        return await ways(self._client, self._address)

    async def brand(self) -> Brand:
        """Ask how this server presents itself; nothing of it is to be believed."""
        return await read_brand(self._client)

    async def by_key(self, key: Secret) -> None:
        """Check that a key is known here and may read leads.

        Raises also :class:`KeyReadsNothing`.
        """
        await check_key(self._client, key)
        try:
            await try_reading(self._client, key)
        except Refused as refused:
            if refused.status == 403:
                raise KeyReadsNothing from None
            raise

    async def by_password(self, email: Personal[str], password: Secret) -> TokenAnswer:
        """Check the password; a refusal for want of a second factor is followed by :meth:`by_code`."""
        verifier, self._ticket = new_verifier(), None
        request = ChallengeRequest(
            email=email.reveal(), password=password.reveal(), code_challenge=challenge_of(verifier)
        )
        try:
            answer = await challenge(self._client, request)
        except Refused as refused:
            if refused.kind is ProblemType.SECOND_FACTOR_NEEDED and refused.problem is not None:
                self._ticket = _Ticket(Secret(refused.problem.ticket or ""), verifier)
            raise
        return await self._redeemed(answer, verifier)

    async def only_by_firm(self, email: Personal[str]) -> bool:
        """Tell whether passwords let nobody of an address' domain in, but their firm's own sign-in does."""
        return await ways_of(self._client, WaysRequest(email=email.reveal())) == (_FIRM,)

    async def by_code(self, code: Secret) -> TokenAnswer:
        """Go on after a right password with a code of the authenticator app, or a recovery code."""
        ticket = self._ticket
        if ticket is None:
            raise SessionOver
        request = SecondStepRequest(ticket=ticket.ticket.reveal(), code=code.reveal())
        answer = await self._redeemed(await second_step(self._client, request), ticket.verifier)
        self._ticket = None
        return answer

    async def in_browser(
        self, way: Way, opening: Opening, pages: Pages, *, anew: bool = False
    ) -> TokenAnswer:
        """Have the person sign in with the system's browser, ``anew`` where it knows them from before.

        Raises also ``NotSignedIn``, ``NoLoopback``, ``TimeoutError``.
        """
        from leaddesk.session.browser.flow import granted

        grant = await granted(way, opening, pages, anew=anew)
        return await self._taken(redeem_code(self._client, grant.code, grant.verifier, grant.redirect_uri))

    async def _redeemed(self, answer: ChallengeAnswer, verifier: Secret) -> TokenAnswer:
        return await self._taken(redeem_code(self._client, Secret(answer.authorization_code), verifier))

    async def _taken(self, redeeming: Coroutine[Any, Any, TokenAnswer]) -> TokenAnswer:
        """With its answer the server begins a session, whether anybody still waits for it or not."""
        asking = asyncio.get_running_loop().create_task(redeeming)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            self.late.add(asking)
            asking.add_done_callback(self._hand_over)
            raise

    def _hand_over(self, asked: asyncio.Task[TokenAnswer]) -> None:
        self.late.discard(asked)
        if not asked.cancelled() and asked.exception() is None:
            self.on_late(asked.result())
