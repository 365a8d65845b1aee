"""Signing in and unlocking with a second factor, against a real server."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, Town
from tests.support.trade import PASSWORD

EMAIL = Personal("jens@x.example")


class App:
    """Jens's authenticator app, and his recovery codes."""

    def __init__(self, town: Town, secret: str, recovery: list[str]) -> None:
        self._town, self._secret, self.recovery = town, base64.b32decode(secret), recovery

    def code(self) -> Secret:
        """The code of now; each is good once, so that time goes on first."""
        self._town.trade.now += timedelta(seconds=30)
        return Secret(code_of(self._secret, step_at(self._town.trade.now)))


@pytest.fixture
async def app(town: Town) -> App:
    who = await town.trade.sign_in("Jens")
    secret = (await who.done("/me/second-factor"))["secret"]
    now = code_of(base64.b32decode(secret), step_at(town.trade.now))
    codes = (await who.done("/me/second-factor/confirm", code=now))["codes"]
    return App(town, secret, codes)


async def asked(office: Office, password: str = PASSWORD) -> str:
    return (await office.desk.sign_in.sign_in(EMAIL, Secret(password))).code


async def test_the_password_alone_is_not_enough_and_the_code_is(town: Town, app: App) -> None:
    office = await town.office()
    assert await asked(office) == "refused.second-factor"
    assert office.session.state is not SessionState.SIGNED_IN
    assert (await office.desk.sign_in.add_code(Secret("000000"))).code == "refused.sign-in"
    assert (await office.desk.sign_in.add_code(app.code())).code == "ok"
    assert office.session.state is SessionState.SIGNED_IN
    assert (await office.desk.sign_in.add_code(app.code())).code == "session-over", "the step is done"


async def test_a_recovery_code_stands_in_for_a_lost_phone(town: Town, app: App) -> None:
    office = await town.office()
    assert await asked(office) == "refused.second-factor"
    assert (await office.desk.sign_in.add_code(Secret(app.recovery[0]))).code == "ok"


async def test_a_wrong_password_asks_for_no_code(town: Town, app: App) -> None:
    office = await town.office()
    assert await asked(office, "not the password") == "refused.sign-in"
    assert (await office.desk.sign_in.add_code(app.code())).code == "session-over"


async def test_after_five_minutes_it_begins_with_the_password(town: Town, app: App) -> None:
    office = await town.office()
    assert await asked(office) == "refused.second-factor"
    town.trade.now += timedelta(minutes=6)
    assert (await office.desk.sign_in.add_code(app.code())).code == "refused.ticket-over"


async def test_the_lock_opens_with_both(town: Town, app: App) -> None:
    office = await town.office()
    await asked(office)
    assert (await office.desk.sign_in.add_code(app.code())).code == "ok"
    office.desk.lock()
    await office.desk.finish_lock()
    assert (await office.desk.sign_in.unlock(Secret(PASSWORD))).code == "refused.second-factor"
    assert office.session.state is SessionState.LOCKED
    assert (await office.desk.sign_in.add_code(app.code())).code == "ok"
    assert office.session.state is SessionState.SIGNED_IN
