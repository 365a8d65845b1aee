"""Signing in with the browser against a real server: its page, its code, and first tokens that work."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest

from leaddesk.desk.outcomes import Reason, Refused
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.browser import flow
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, Town
from tests.support.trade import PASSWORD

HEARD, NOT_HEARD = b"<p>in", b"<p>not in"
REQUEST = re.compile(r'name="request" value="([^"]+)"')


class Browser:
    """Somebody at a browser without scripts: opens the page, fills it in, follows where it leads."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.shown: list[bytes] = []

    async def __call__(self, address: str) -> None:
        split = urlsplit(address)
        async with httpx.AsyncClient(
            base_url=f"{split.scheme}://{split.netloc}", trust_env=False, timeout=60
        ) as http:
            page = await http.get(address, follow_redirects=True)
            handle = REQUEST.search(page.text)
            assert handle is not None, page.text
            sent = await http.post("/sign-in", data={"request": handle[1], "language": "en", **self.answers})
            if sent.is_redirect:
                self.shown.append((await http.get(sent.headers["location"])).content)


def person(first: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": f"{first}@x.example", "password": password}


async def asked(town: Town, browser: Browser) -> tuple[Office, object]:
    office = await town.office()
    ways = await office.desk.sign_in.ways()
    assert ways is not None and ways.form and ways.browser is not None
    return office, await office.desk.sign_in.sign_in_with_browser(browser, HEARD, NOT_HEARD)


async def test_who_signs_in_at_the_browser_works_in_the_app(town: Town) -> None:
    browser = Browser(**person("jens"))
    office, outcome = await asked(town, browser)
    assert getattr(outcome, "code", "") == "ok" and browser.shown == [HEARD]
    assert office.session.state is SessionState.SIGNED_IN
    office.begin()
    await office.until(lambda: office.desk.sync.progress.value.done)


async def test_who_cancels_at_the_browser_is_told_so_in_the_app(town: Town) -> None:
    browser = Browser(way="cancel")
    office, outcome = await asked(town, browser)
    assert outcome == Refused(Reason.BROWSER_REFUSED) and browser.shown == [NOT_HEARD]
    assert office.session.state is not SessionState.SIGNED_IN


async def test_a_wrong_password_is_the_pages_matter_and_the_app_waits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PATIENCE", 0.3)
    browser = Browser(**person("jens", "not the password"))
    _, outcome = await asked(town, browser)
    assert outcome == Refused(Reason.BROWSER_LATE) and browser.shown == []


async def test_without_a_connection_nothing_is_known_of_the_ways(town: Town) -> None:
    office = await town.office()
    office.line.cut = True
    assert await office.desk.sign_in.ways() is None
    outcome = await office.desk.sign_in.sign_in_with_browser(Browser(), HEARD, NOT_HEARD)
    assert outcome.code == "unavailable"


async def locked(town: Town) -> Office:
    office = await town.office()
    await office.sign_in("Jens")
    assert await office.desk.sign_in.ways() is not None
    office.desk.lock()
    await office.desk.finish_lock()
    return office


async def test_the_lock_opens_with_the_browser(town: Town) -> None:
    office, browser, opened = await locked(town), Browser(**person("jens")), list[str]()

    async def opening(address: str) -> None:
        opened.append(address)
        await browser(address)

    outcome = await office.desk.sign_in.unlock_with_browser(opening, HEARD, NOT_HEARD)
    assert outcome.code == "ok"
    assert "prompt=login" in opened[0], "the firm is not to let in by what the browser remembers"
    assert office.session.state is SessionState.SIGNED_IN


async def test_somebody_else_at_the_browser_stays_outside_and_is_signed_out_again(town: Town) -> None:
    office = await locked(town)
    outcome = await office.desk.sign_in.unlock_with_browser(Browser(**person("maren")), HEARD, NOT_HEARD)
    assert outcome == Refused(Reason.OTHER_PERSON)
    assert office.session.state is SessionState.LOCKED
    assert office.session.bearer.profile is None
    assert office.line.sent[-1][1] == "/oauth/revoke"
    assert (await office.desk.sign_in.unlock(Secret(PASSWORD))).code == "ok", "Jens's password still opens it"
    assert office.desk.sign_in.me is not None and office.desk.sign_in.me.person.name == "Jens Kröger"


async def test_the_browser_opens_no_lock_where_there_is_none(town: Town) -> None:
    office = await town.office()
    await office.desk.sign_in.ways()
    outcome = await office.desk.sign_in.unlock_with_browser(Browser(**person("jens")), HEARD, NOT_HEARD)
    assert outcome.code == "session-over"


async def test_after_the_server_ended_the_session_waiting_notes_are_sent_for_the_same_person(
    town: Town,
) -> None:
    lead = town.trade.add_lead(keeper="Jens")
    office, other = await town.office(), await town.office()
    await office.sign_in("Jens")
    await other.sign_in("Jens")
    office.line.cut = True
    office.desk.outbox.set_online(False)
    queued = await office.desk.leads.add_note(lead, Personal("Ruft morgen zurück"), intern=False)
    assert queued.code == "queued"
    office.line.cut = False
    assert (await other.desk.own_sessions.end_others()).code == "ok"
    assert (await office.desk.own_sessions.all()).code == "session-over"
    assert office.session.state is SessionState.ENDED
    assert office.desk.sign_in.former_email == "jens@x.example"
    assert office.desk.outbox.waiting == 1
    await office.desk.sign_in.ways()
    outcome = await office.desk.sign_in.sign_in_with_browser(Browser(**person("jens")), HEARD, NOT_HEARD)
    assert outcome.code == "ok"
    office.begin()
    await office.until(lambda: office.desk.outbox.waiting == 0, 60)
