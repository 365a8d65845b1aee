"""Showing once more who one is, when the server wants to know before it does something (step-up).

Whatever asked waits meanwhile and goes on by itself; several that ask at once share one question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pydantic import ValidationError

from leaddesk.api.account import step_up
from leaddesk.api.client import ApiClient
from leaddesk.contract.signin import StepUpRequest
from leaddesk.desk.outcomes import Failure, Ok, Reason, Refused, outcome_of
from leaddesk.personal.masked import Secret
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState


class StepUp:
    """Asks through ``on_wanted``; without anybody to ask, what was asked for stays refused.

    Invariant: a question ends when it is answered, given up, or the session is left; nobody waits for ever.
    """

    def __init__(self, client: ApiClient, session: Session) -> None:
        self._client = client
        self._answer: asyncio.Future[bool] | None = None
        self.on_wanted: Callable[[], object] | None = None
        session.bearer.on_step_up = self.ask
        session.watch(self._hear)

    async def ask(self) -> bool:
        """Wait until the person showed who they are; False: they did not."""
        if self.on_wanted is None:
            return False
        if self._answer is None:
            self._answer = asyncio.get_running_loop().create_future()
            self.on_wanted()
        return await asyncio.shield(self._answer)

    async def by_password(self, password: Secret) -> Ok[None] | Failure:
        """Show the password; who waits goes on if it is right."""
        return await self._show({"password": password.reveal()})

    async def by_code(self, code: Secret) -> Ok[None] | Failure:
        """Show a code of the second factor."""
        return await self._show({"code": code.reveal()})

    def give_up(self) -> None:
        """Do without; who waits hears that it was refused."""
        self._settle(shown=False)

    async def _show(self, shown: dict[str, str]) -> Ok[None] | Failure:
        try:
            request = StepUpRequest.model_validate(shown)
        except ValidationError:  # longer than any password or code can be: nothing was sent
            return Refused(Reason.SIGN_IN)
        outcome = await outcome_of(step_up(self._client, request))
        if isinstance(outcome, Ok):
            self._settle(shown=True)
        return outcome

    def _settle(self, *, shown: bool) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(shown)

    def _hear(self, state: SessionState) -> None:
        if state is not SessionState.SIGNED_IN:
            self.give_up()
