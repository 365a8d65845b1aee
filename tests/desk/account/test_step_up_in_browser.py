"""Showing in the browser once more who one is, against a real server; what waited goes on by itself."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from leaddesk.desk.outcomes import Reason, Refused
from leaddesk.session.browser import flow
from leaddesk.session.state import SessionState
from tests.desk.account.test_account import Admin, sessions
from tests.desk.conftest import Office, Town, town
from tests.desk.test_browser import HEARD, NOT_HEARD, Browser, person

__all__ = ["town"]


@pytest.fixture
async def admin(town: Town) -> Admin:
    office = await town.office()
    await office.sign_in("Thomas")
    town.trade.now += timedelta(hours=2)
    admin = Admin(office)
    admin.listen()
    return admin


async def waiting(admin: Admin) -> asyncio.Task[int]:
    made = asyncio.create_task(admin.make_key())
    await admin.until_asked()
    return made


async def test_the_same_person_confirms_and_what_waited_goes_on(admin: Admin) -> None:
    made = await waiting(admin)
    assert admin.step_up.offered == ("password", "browser")
    browser = Browser(**person("thomas"))
    assert (await admin.step_up.in_browser(browser, HEARD, NOT_HEARD)).code == "ok"
    assert await made == 201 and browser.shown == [HEARD]
    assert len(await sessions(admin.office)) == 1, "no second session"


async def test_the_address_tells_nothing_of_what_is_asked(admin: Admin) -> None:
    made, seen = await waiting(admin), list[str]()

    async def opened(address: str) -> None:
        seen.append(address)
        await Browser(**person("thomas"))(address)

    assert (await admin.step_up.in_browser(opened, HEARD, NOT_HEARD)).code == "ok"
    asked = parse_qs(urlsplit(seen[0]).query)
    assert set(asked) == {"client_id", "request_uri"} and await made == 201


@pytest.mark.parametrize(
    ("answers", "reason"),
    [(person("maren"), Reason.OTHER_PERSON), ({"way": "cancel"}, Reason.BROWSER_REFUSED)],
)
async def test_somebody_else_and_who_cancels_confirm_nothing_and_may_try_again(
    admin: Admin, answers: dict[str, str], reason: Reason
) -> None:
    made, browser = await waiting(admin), Browser(**answers)
    assert await admin.step_up.in_browser(browser, HEARD, NOT_HEARD) == Refused(reason)
    assert browser.shown == [NOT_HEARD] and not made.done()
    again = Browser(**person("thomas"))
    assert (await admin.step_up.in_browser(again, HEARD, NOT_HEARD)).code == "ok"
    assert await made == 201


async def test_a_callback_that_is_not_the_answer_is_waited_on(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page of this machine knocks, with a code and a state of its own."""
    monkeypatch.setattr(flow, "PATIENCE", 0.3)
    made = await waiting(admin)
    assert await admin.step_up.in_browser(forged(admin.office), HEARD, NOT_HEARD) == Refused(
        Reason.BROWSER_LATE
    )
    admin.step_up.give_up()
    assert isinstance((await asyncio.gather(made, return_exceptions=True))[0], Exception)


def forged(office: Office) -> flow.Opening:
    """A page that finds the port by asking the server what was asked, and brings a code of its own."""

    async def opened(address: str) -> None:
        split = urlsplit(address)
        async with httpx.AsyncClient(base_url=f"{split.scheme}://{split.netloc}", trust_env=False) as http:
            page = await http.get(address, follow_redirects=True)
            found = re.search(r"127\.0\.0\.1:(\d+)", page.headers["content-security-policy"])
            assert found is not None
            query = urlencode({"code": "c" * 43, "state": "another", "iss": str(http.base_url).rstrip("/")})
            refused = await http.get(f"http://127.0.0.1:{found[1]}/callback?{query}")
            assert refused.status_code == 400

    return opened


async def test_a_lock_ends_the_wait_for_the_browser(admin: Admin) -> None:
    made, opened = await waiting(admin), asyncio.Event()

    async def nothing_happens(_address: str) -> None:
        opened.set()

    showing = asyncio.create_task(admin.step_up.in_browser(nothing_happens, HEARD, NOT_HEARD))
    await asyncio.wait_for(opened.wait(), 60)
    admin.office.desk.lock()
    assert admin.office.session.state is SessionState.LOCKED
    assert isinstance((await asyncio.gather(made, return_exceptions=True))[0], Exception)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)


async def test_without_a_connection_it_is_said_and_what_waits_waits_on(admin: Admin) -> None:
    made = await waiting(admin)
    admin.office.line.cut = True
    outcome = await admin.step_up.in_browser(Browser(), HEARD, NOT_HEARD)
    assert outcome.code == "offline" and not made.done()
    admin.office.line.cut = False
    assert (await admin.step_up.in_browser(Browser(**person("thomas")), HEARD, NOT_HEARD)).code == "ok"
    assert await made == 201


async def test_a_server_that_does_not_say_how_is_shown_password_or_code(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leaddesk.api.errors import Refused as NotThere
    from leaddesk.desk.account import step_up

    async def unknown(_client: object) -> None:
        raise NotThere(404)

    monkeypatch.setattr(step_up, "read_step_up_ways", unknown)
    made = await waiting(admin)
    assert admin.step_up.offered == ("password", "code")
    admin.step_up.give_up()
    await asyncio.gather(made, return_exceptions=True)
