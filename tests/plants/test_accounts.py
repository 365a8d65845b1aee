"""Who may do what with accounts: each rule taken away turns the test of it red, at the line that says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from leaddesk.desk.sign_in import SignIn
from leaddesk.server.identity.firms.arriving import Arrivals
from leaddesk.server.identity.joining import roster
from leaddesk.server.web.accounts import emails as emails_at_the_door
from leaddesk.settings.managed import reading
from tests.desk import test_browser as browser
from tests.desk.conftest import Town, town
from tests.plants.planting import turns_red
from tests.server.web.accounts import test_emails as emails
from tests.server.web.accounts import test_members as members
from tests.server.web.accounts.test_joining import Post, post
from tests.server.web.sso import test_whose_account as whose
from tests.server.web.sso.conftest import World, world
from tests.settings.managed import test_reading as managed
from tests.support.trade import Trade, opened

__all__ = ["post", "town", "world"]


@pytest.fixture
async def trade() -> AsyncIterator[Trade]:
    """A market with its people, over ASGI."""
    async with opened() as found:
        yield found


async def test_a_firm_left_without_an_admin_is_noticed(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        roster, "_OTHER_ADMINS", "SELECT member_id, 1 FROM person WHERE tenant_id = ? AND ? <> ''"
    )
    check = members.test_somebody_who_may_do_what_admins_may_is_always_left(trade)
    await turns_red(check, at='"last-admin"')


async def test_a_provider_that_takes_an_admins_account_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Arrivals, "_is_worth_more", lambda *_: False)
    check = whose.test_an_admins_account_opens_to_the_firm_once_its_owner_has_said_so(world)
    await turns_red(check, at="the provider alone is not enough")


async def test_looking_for_an_address_before_the_answer_is_noticed(
    trade: Trade, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter is written while the caller waits: how long that takes tells whether somebody has it."""
    later = emails_at_the_door.throw_in

    def at_once(services: object, writing: object) -> None:
        writing()  # type: ignore[operator]
        later(services, writing)  # type: ignore[arg-type]

    monkeypatch.setattr(emails_at_the_door, "throw_in", at_once)
    check = emails.test_before_the_answer_nobody_is_looked_for(trade, post, monkeypatch)
    await turns_red(check, at="assert asked == []")


async def test_settings_that_anybody_could_have_written_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "is_guarded", lambda _facts: True)

    async def check() -> None:
        managed.test_a_file_below_a_folder_that_others_write_is_as_if_it_were_not_there(tmp_path)

    await turns_red(check(), at="Fault.NOT_OURS")


async def test_a_lock_that_opens_for_somebody_else_is_noticed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_it = SignIn.sign_in_with_browser

    async def for_anybody(self: SignIn, *ways: object) -> object:
        self._only = None
        return await open_it(self, *ways)  # type: ignore[arg-type]

    monkeypatch.setattr(SignIn, "sign_in_with_browser", for_anybody)
    check = browser.test_somebody_else_at_the_browser_stays_outside_and_is_signed_out_again(town)
    await turns_red(check, at="OTHER_PERSON")
