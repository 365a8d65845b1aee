"""Rotation as a state machine: a client with a keyring, a network that loses, and a thief with a copy.

The client follows the contract: rotation id into the keyring, ask, successor into the keyring, only then
use it; it may be killed between any two steps, and any answer may be lost on the way.
"""

import itertools
import secrets
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.sessions import ACCESS_LIFETIME, Grant, Sessions
from tests.support.storages import MEMORY, POSTGRESQL


class RotationStorm(RuleBasedStateMachine):
    """Keyring = (refresh token, rotation id or nothing). Memory = the answer not yet stored, access token."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.books, self.tenant = books, TenantId(secrets.token_hex(8))
        # Each step at another process of the instance.
        self.processes = itertools.cycle([Sessions(lambda: self.now, books) for _ in range(2)])
        grant = self.sessions.open(self.tenant, MemberId("m"))
        self.keyring: tuple[str, str | None] = (grant.refresh.reveal(), None)
        self.access: str | None = grant.access.reveal()
        self.answer: Grant | None = None
        self.numbers = 0
        self.old: list[tuple[str, str]] = []
        self.stolen_use = False
        self.over = False
        self.loot: str | None = None

    @property
    def sessions(self) -> Sessions:
        return next(self.processes)

    @precondition(lambda self: not self.over and self.keyring[1] is None)
    @rule()
    def note_a_rotation_id(self) -> None:
        self.numbers += 1
        self.keyring = (self.keyring[0], f"rotation-{self.numbers}")

    @precondition(lambda self: not self.over and self.keyring[1] is not None and self.answer is None)
    @rule(lost=st.booleans())
    def ask(self, lost: bool) -> None:
        token, rotation = self.keyring
        assert rotation is not None
        try:
            answer = self.sessions.rotate(token, rotation)
        except InvalidGrant:
            assert self.stolen_use, "a session was lost by our own doing"
            self.over = True
            self._everything_is_dead()
            return
        self.answer = None if lost else answer

    @precondition(lambda self: self.answer is not None)
    @rule()
    def store_the_answer(self) -> None:
        assert self.answer is not None and self.keyring[1] is not None
        self.old.append((self.keyring[0], self.keyring[1]))
        self.keyring = (self.answer.refresh.reveal(), None)
        self.access, self.answer = self.answer.access.reveal(), None

    @rule()
    def be_killed(self) -> None:
        self.access, self.answer = None, None

    @precondition(lambda self: self.access is not None)
    @rule()
    def use_the_access_token(self) -> None:
        assert self.access is not None
        if self.sessions.use(self.access) is None:
            self.access = None

    @rule(minutes=st.integers(1, 6))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        if minutes >= ACCESS_LIFETIME.seconds // 60:
            self.access = None

    @precondition(lambda self: self.old and not self.over)
    @rule(data=st.data(), own_id=st.booleans())
    def a_thief_replays_an_old_copy(self, data: st.DataObject, own_id: bool) -> None:
        token, rotation = data.draw(st.sampled_from(self.old))
        newest = self.old[-1][0] == token
        try:
            stolen = self.sessions.rotate(token, "thief" if own_id else rotation)
        except InvalidGrant:
            self.stolen_use = True
            self._everything_is_dead()
        else:
            assert newest and not own_id, "only the last answer can ever be repeated"
            assert stolen.refresh.reveal() == self.keyring[0], "never a second successor"

    @precondition(lambda self: not self.over and self.answer is None)
    @rule(knows_the_id=st.booleans())
    def a_thief_is_quicker(self, knows_the_id: bool) -> None:
        token, rotation = self.keyring
        self.stolen_use = True
        try:
            stolen = self.sessions.rotate(token, rotation if knows_the_id and rotation else "thief")
        except InvalidGrant:
            self._everything_is_dead()
        else:
            self.loot = stolen.access.reveal()
            self.sessions.use(self.loot)

    @invariant()
    def one_line_of_tokens(self) -> None:
        assert self._kept("session") == self._kept("door") <= 1

    def _everything_is_dead(self) -> None:
        for token in (self.access, self.loot):
            assert token is None or self.sessions.use(token) is None
        assert self._kept("session") == self._kept("access_token") == 0

    def _kept(self, table: str) -> int:
        sql = f"SELECT COUNT(*) FROM {table} WHERE tenant_id = ?"
        return int(self.books.at(self.tenant, lambda page: page.select(sql))[0][0])


EXAMPLES = {MEMORY: 60, POSTGRESQL: 12}


def test_whatever_is_lost_or_copied_a_session_ends_by_theft_alone(books: Books, backend: str) -> None:
    run_state_machine_as_test(
        lambda: RotationStorm(books),
        settings=settings(max_examples=EXAMPLES[backend], stateful_step_count=40, deadline=None),
    )
