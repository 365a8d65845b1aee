"""What somebody who works is told of their own sign-in: its end before it comes, and a failing keyring."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.toasts import Toast
from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.signin.sign_in_page import SignInPage
from tests.support.pretended import NOW, Answer, Pretended


async def rounds(n: int = 5) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


def said(office: Pretended) -> list[str]:
    return [one.accessibleName() for one in office.window.findChildren(Toast) if not one.isHidden()]


async def working(office: Pretended, seconds: float | None) -> None:
    """Somebody is signed in by the keyring, and their session ends in so many seconds."""
    office.desk.sign_in.seconds = seconds
    office.stages.start()
    await rounds()
    assert isinstance(office.window.page(), Workplace)


def look(office: Pretended, seconds: float | None) -> None:
    """Time has passed, and the page looks how much is left."""
    office.desk.sign_in.seconds = seconds
    day = office.stages._day
    assert day is not None
    day._news.look()


async def test_the_end_of_a_session_is_announced_twice_before_it_comes(office: Pretended) -> None:
    await working(office, 8 * 3600.0)
    look(office, 901)
    assert said(office) == []
    look(office, 900)
    ends = text("shell.session_ends", time=clock_time(NOW + timedelta(seconds=900)))
    assert said(office) == [f"{ends} {text('shell.session_ends_detail')}"]
    for seconds in (880, 500, 121):
        look(office, seconds)
    assert len(said(office)) == 1, "not again and again"
    look(office, 120)
    assert len(said(office)) == 2
    for seconds in (60, 1, 0, -5):
        look(office, seconds)
    assert len(said(office)) == 2


async def test_a_session_that_ends_soon_is_announced_as_the_day_begins_and_once(office: Pretended) -> None:
    await working(office, 300)
    assert len(said(office)) == 1
    try:
        office.stages._choose_language("en")
    finally:
        office.stages._choose_language("de")
    assert len(said(office)) == 0, "another page is no news"
    look(office, 8 * 3600.0)
    look(office, 800)
    assert len(said(office)) == 1, "a session of now is another one"


@pytest.mark.parametrize("seconds", [None, 1e9])
async def test_a_server_that_names_no_end_announces_none(office: Pretended, seconds: float | None) -> None:
    await working(office, seconds)
    assert said(office) == []


async def test_signing_in_again_at_once_goes_by_the_lock_which_keeps_what_is_open(office: Pretended) -> None:
    await working(office, 300)
    (toast,) = office.window.findChildren(Toast)
    button = next(
        one for one in toast.findChildren(Button) if one.shown_text() == text("shell.session_ends_renew")
    )
    button.click()
    assert "lock" in office.desk.calls


@pytest.mark.parametrize("note", ["too-large", "locked", "refused", "no-service"])
async def test_a_keyring_that_refuses_what_it_is_to_keep_is_said_after_the_sign_in(
    office: Pretended, note: str
) -> None:
    """It is asked once somebody has signed in: the page that would say so has gone by then."""
    clerk = office.desk.sign_in
    clerk.answers = [Answer("refused.sign-in"), Answer("ok")]
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)

    async def kept_nowhere(email: object, password: object) -> Answer:
        clerk.vault_note = VaultNote(note)
        clerk.vault_changed.publish(clerk.vault_note)
        return clerk._answer("sign-in")

    clerk.sign_in = kept_nowhere  # type: ignore[method-assign]
    page.sign_in_requested.emit(Personal("a@b.example"), Secret("right"))
    await rounds()
    assert isinstance(office.window.page(), Workplace)
    assert said(office) == [f"{text('signin.session_only')} {text(f'signin.session_only_{note}')}"]
    try:
        office.stages._choose_language("en")
    finally:
        office.stages._choose_language("de")
    assert said(office) == [], "told once"


async def test_a_keyring_that_the_page_has_told_of_is_not_told_of_again(office: Pretended) -> None:
    clerk = office.desk.sign_in
    clerk.vault_note, clerk.answers = VaultNote.NO_SERVICE, [Answer("refused.sign-in"), Answer("ok")]
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    page.sign_in_requested.emit(Personal("a@b.example"), Secret("right"))
    await rounds()
    assert isinstance(office.window.page(), Workplace) and said(office) == []
    clerk.vault_changed.publish(VaultNote.KEPT)
    clerk.vault_changed.publish(VaultNote.SLOW)
    assert said(office) == [], "it may yet answer"
    clerk.vault_changed.publish(VaultNote.NO_SERVICE)
    assert len(said(office)) == 1, "it was well in between"


async def test_of_a_sign_in_that_ends_with_its_window_no_keyring_is_news(office: Pretended) -> None:
    office.desk.sign_in.told.lasting = False
    await working(office, None)
    office.desk.sign_in.vault_changed.publish(VaultNote.NO_SERVICE)
    assert said(office) == []
