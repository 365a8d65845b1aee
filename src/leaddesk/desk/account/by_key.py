"""Signing in with an API key, at servers that speak only the public core (ADR 66)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from leaddesk.api.errors import ApiError
from leaddesk.api.errors import Refused as ApiRefused
from leaddesk.contract.people import Me
from leaddesk.contract.problems import ProblemType
from leaddesk.desk.outcomes import Failure, Outcome, Reason, Refused, failure_of
from leaddesk.personal.masked import Secret
from leaddesk.session.keys.key import NotAKey, holder_of, is_held_by, read_key
from leaddesk.session.proving import KeyReadsNothing
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import ShownKey


class ByKey:
    """``admit`` lets in who works with a key that counts; ``former`` is who was here last, if anybody."""

    def __init__(
        self,
        session: Session,
        admit: Callable[[Me], Awaitable[Outcome[Me]]],
        former: Callable[[], Me | None],
    ) -> None:
        self._session, self._admit, self._former = session, admit, former

    async def sign_in(self, typed: Secret, *, keep: bool) -> Outcome[Me]:
        """Sign in with what somebody pasted; ``keep``: until they lock or sign out, in the keyring too.

        Nothing is sent of what can be no key, and nothing is kept of what the server does not know.
        """
        try:
            key = read_key(typed)
        except NotAKey as fault:
            return Refused(Reason.KEY_TOO_LONG if fault.too_long else Reason.KEY_SHAPE)
        failure = await self._tried(key)
        if failure is not None:
            return failure
        with self._session.beginning():
            await self._session.begin(ShownKey(key, keep))
            return await self._admit(self._holder(key))

    async def resume(self, key: Secret) -> Outcome[Me]:
        """Go on with a key that was kept; one that counts no more ends the session."""
        failure = await self._tried(key)
        if failure is None:
            return await self._admit(self._holder(key))
        if isinstance(failure, Refused) and failure.reason in (Reason.KEY, Reason.KEY_READS_NOTHING):
            await self._session.bearer.end()
        return failure

    async def unlock(self, typed: Secret, locked: Me) -> Outcome[Me]:
        """Open the lock with the very key that was locked; another one is not even sent.

        The keyring forgot it at the lock, and is not given it again. One that counts no more ends the lock as
        it ends a session: another key can be shown, and what waits stays sealed.
        """
        try:
            same = is_held_by(locked, read_key(typed))
        except NotAKey:
            same = False
        outcome = await self.sign_in(typed, keep=False) if same else Refused(Reason.OTHER_KEY)
        if outcome == Refused(Reason.KEY):
            self._session.return_to(SessionState.ENDED)
        return outcome

    def _holder(self, key: Secret) -> Me:
        """What waits is for whom it was written by: the same key has the same name as before."""
        former = self._former()
        return former if former is not None and is_held_by(former, key) else holder_of(key)

    async def _tried(self, key: Secret) -> Failure | None:
        try:
            await self._session.proof.by_key(key)
        except KeyReadsNothing:
            return Refused(Reason.KEY_READS_NOTHING)
        except ApiRefused as refused:
            unknown = refused.status in (401, 403) and refused.kind is not ProblemType.NETWORK_REFUSED
            return Refused(Reason.KEY) if unknown else failure_of(refused)
        except ApiError as error:
            return failure_of(error)
        return None
