"""Showing once more who one is, when the server wants to know before it does something (step-up).

Whatever asked waits meanwhile and goes on by itself; several that ask at once share one question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from leaddesk.api.account import push_step_up, read_step_up_ways, step_up
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError
from leaddesk.contract.signin import PushStepUpRequest, StepUpRequest
from leaddesk.desk.outcomes import Failure, Ok, Reason, Refused, Unavailable, failure_of, outcome_of
from leaddesk.personal.masked import Secret
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState

if TYPE_CHECKING:
    from leaddesk.session.browser.callback import Pages
    from leaddesk.session.browser.flow import Grant, Opening, Request

PASSWORD, CODE, BROWSER = "password", "code", "browser"
OF_OLD = (PASSWORD, CODE)
"""What is offered where the server does not say."""

_REFUSALS = {
    "account_selection_required": Reason.OTHER_PERSON,
    "unmet_authentication_requirements": Reason.NOT_FRESH,
    "temporarily_unavailable": Reason.FIRM_AWAY,
}
"""What the browser brings instead of a code (RFC 6749, 4.1.2.1; OpenID Connect); anything else: refused."""


class StepUp:
    """Asks through ``on_wanted``; without anybody to ask, what was asked for stays refused.

    ``offered``: the ways this person has, told by the server each time before the question is put. Invariant:
    a question ends when it is answered, given up, or the session is left; nobody waits for ever.
    """

    def __init__(self, client: ApiClient, session: Session) -> None:
        self._client, self._session = client, session
        self._answer: asyncio.Future[bool] | None = None
        self.offered: tuple[str, ...] = OF_OLD
        self.on_wanted: Callable[[], object] | None = None
        session.bearer.on_step_up = self.ask
        session.watch(self._hear)

    async def ask(self) -> bool:
        """Wait until the person showed who they are; False: they did not."""
        if self.on_wanted is None:
            return False
        if self._answer is not None:
            return await asyncio.shield(self._answer)
        answer = self._answer = asyncio.get_running_loop().create_future()
        try:
            self.offered = await self._ways()
        except asyncio.CancelledError:
            self.give_up()
            raise
        if self._answer is answer:  # else the session was left meanwhile
            self._put()
        return await asyncio.shield(answer)

    async def by_password(self, password: Secret) -> Ok[None] | Failure:
        """Show the password; who waits goes on if it is right."""
        return await self._show({"password": password.reveal()})

    async def by_code(self, code: Secret) -> Ok[None] | Failure:
        """Show a code of the second factor."""
        return await self._show({"code": code.reveal()})

    async def in_browser(self, opening: Opening, heard: bytes, refused: bytes) -> Ok[None] | Failure:
        """Sign in anew with the system's browser; ``opening`` brings it to an address.

        Then it shows one of two pages of HTML. Nothing of it is a session of its own.
        """
        from leaddesk.session.browser import callback
        from leaddesk.session.browser.flow import NotSignedIn

        try:
            grant = await self._granted(opening, callback.Pages(heard, refused))
        except ApiError as error:
            return failure_of(error)
        except NotSignedIn as told:
            return Refused(_REFUSALS.get(told.error, Reason.BROWSER_REFUSED))
        except callback.NoLoopback:
            return Refused(Reason.NO_LOOPBACK)
        except TimeoutError:
            return Refused(Reason.BROWSER_LATE)
        if grant is None:
            return Unavailable()
        shown = {"authorization_code": grant.code.reveal(), "code_verifier": grant.verifier.reveal()}
        return await self._show({**shown, "redirect_uri": grant.redirect_uri})

    def give_up(self) -> None:
        """Do without; who waits hears that it was refused."""
        self._settle(shown=False)

    async def _ways(self) -> tuple[str, ...]:
        try:
            told = await read_step_up_ways(self._client)
        except ApiError:
            return OF_OLD
        return tuple(one for one in told.ways if one in (*OF_OLD, BROWSER)) or OF_OLD

    async def _granted(self, opening: Opening, pages: Pages) -> Grant | None:
        from leaddesk.session.browser.flow import granted

        way = (await self._session.proof.ways()).browser
        return None if way is None else await granted(way, opening, pages, self._push)

    async def _push(self, request: Request) -> str:
        asked = PushStepUpRequest(
            redirect_uri=request.redirect_uri, state=request.state.reveal(), code_challenge=request.challenge
        )
        return (await push_step_up(self._client, asked)).request_uri

    async def _show(self, shown: dict[str, str]) -> Ok[None] | Failure:
        try:
            request = StepUpRequest.model_validate(shown)
        except ValidationError:  # longer than any password or code can be: nothing was sent
            return Refused(Reason.SIGN_IN)
        outcome = await outcome_of(step_up(self._client, request))
        if isinstance(outcome, Ok):
            self._settle(shown=True)
        return outcome

    def _put(self) -> None:
        if self.on_wanted is None:
            self.give_up()
        else:
            self.on_wanted()

    def _settle(self, *, shown: bool) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(shown)

    def _hear(self, state: SessionState) -> None:
        if state is not SessionState.SIGNED_IN:
            self.give_up()
