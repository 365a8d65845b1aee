"""Which page the window shows, and that nothing of a page is left when it is gone."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from leaddesk.api.errors import Obstacle
from leaddesk.contract.ids import LeadId
from leaddesk.desk.outcomes import Unavailable, Untrusted
from leaddesk.desk.sending.drafts import Draft
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.state import SessionState
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.opening.starting_page import StartingPage
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_state import BrowserWish
from leaddesk.ui.theme.tokens import Scheme, current
from tests.stories.stage import Stage
from tests.support.pretended import CANARY, ME, Answer, Pretended, View, key_holder
from tests.support.room import labels

LEAD = LeadId("lead-1")


async def rounds(n: int = 5) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


def deferred() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


async def signed_in(office: Pretended) -> Workplace:
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, Workplace)
    return page


def test_the_window_has_a_page_before_anything_else_is_known(office: Pretended) -> None:
    assert isinstance(office.window.page(), StartingPage)
    assert office.window.windowTitle() == "leaddesk – Live"


async def test_a_session_in_the_keyring_opens_the_workplace_and_starts_the_desk(office: Pretended) -> None:
    await signed_in(office)
    assert office.desk.calls == ["run"]


async def test_without_a_session_the_sign_in_page_comes(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("refused.sign-in")]
    office.stages.start()
    await rounds()
    assert isinstance(office.window.page(), SignInPage)


async def test_a_keyring_that_answers_late_opens_the_workplace_by_itself(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("session-over"), Answer("ok")]
    office.stages.start()
    await rounds()
    assert isinstance(office.window.page(), SignInPage)
    office.desk.sign_in.keyring.set()
    await rounds()
    assert isinstance(office.window.page(), Workplace)
    assert office.desk.sign_in.asked == ["resume", "resume late"]


async def test_a_keyring_that_was_asked_ahead_is_not_asked_again_but_may_answer_late(
    office: Pretended,
) -> None:
    office.desk.sign_in.state.value = SessionState.SIGNED_OUT
    office.stages.start()
    assert isinstance(office.window.page(), SignInPage)
    office.desk.sign_in.keyring.set()
    await rounds()
    assert isinstance(office.window.page(), Workplace)
    assert office.desk.sign_in.asked == ["resume late"]


async def test_an_unreachable_server_keeps_the_session_and_asks_again(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("offline")]
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    page.resume_requested.emit()
    await rounds()
    assert isinstance(office.window.page(), Workplace)
    assert office.desk.sign_in.asked == ["resume", "resume"]


@pytest.mark.parametrize(
    ("hindered", "sentence"),
    [
        (Answer("offline"), None),
        (Unavailable(None, Obstacle.NETWORK), "outcome.obstacle.network"),
        (Unavailable(None, Obstacle.PORTAL), "outcome.obstacle.portal"),
        (Untrusted(Obstacle.CLOCK), "outcome.obstacle.clock"),
        (Untrusted(), "signin.trouble_untrusted"),
    ],
    ids=str,
)
async def test_what_keeps_a_session_out_is_said_at_once(
    office: Pretended, hindered: Any, sentence: str | None
) -> None:
    """Not "the server cannot be reached" where somebody else answers, or the firm allows other networks."""
    office.desk.sign_in.answers, office.desk.sign_in.hindered = [hindered], hindered
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    words = " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))
    assert text("signin.still_in_but" if sentence else "signin.still_in") in words
    assert sentence is None or text(sentence) in words


async def test_signing_in_opens_the_workplace_and_empties_the_field(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("refused.sign-in"), Answer("refused.sign-in")]
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    page.sign_in_requested.emit(Personal("a@b.example"), Secret("wrong"))
    await rounds()
    assert office.window.page() is page
    page.sign_in_requested.emit(Personal("a@b.example"), Secret("right"))
    await rounds()
    assert isinstance(office.window.page(), Workplace)


async def test_success_does_not_cancel_a_clerk_that_is_still_at_work(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("refused.sign-in")]
    office.stages.start()
    await rounds()
    page, finished = office.window.page(), list[str]()
    assert isinstance(page, SignInPage)

    async def slow(email: object, password: object) -> Answer:
        office.desk.sign_in.me = ME
        office.desk.sign_in.state.set(SessionState.SIGNED_IN)
        await asyncio.sleep(0)
        finished.append("token kept")
        return Answer("ok")

    office.desk.sign_in.sign_in = slow  # type: ignore[method-assign]
    page.sign_in_requested.emit(Personal("a@b.example"), Secret("right"))
    await rounds()
    assert isinstance(office.window.page(), Workplace)
    assert finished == ["token kept"]


async def test_a_session_ended_by_the_server_is_said(office: Pretended) -> None:
    await signed_in(office)
    office.desk.sign_in.me = None
    office.desk.sign_in.state.set(SessionState.ENDED)
    page = office.window.page()
    assert isinstance(page, SignInPage)
    assert any("Sitzung ist zu Ende" in label.text() for label in page.findChildren(QLabel))


async def test_a_session_that_ended_before_the_shell_was_there_is_said(office: Pretended) -> None:
    office.desk.sign_in.state.value = SessionState.ENDED
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    assert any("Sitzung ist zu Ende" in label.text() for label in page.findChildren(QLabel))


async def test_lock_leaves_no_feature_view_and_no_personal_text_in_the_tree(office: Pretended) -> None:
    workplace = await signed_in(office)
    office.features.newest("list").view.lead_opened.emit("lead-1")
    for route in ("shares", "approvals"):
        workplace.navigation.route_requested.emit(route)
    built = [presenter for kind in office.features.built.values() for presenter in kind]
    assert any(edit.text() == CANARY for edit in office.window.findChildren(QLineEdit))

    office.stages.lock()

    assert isinstance(office.window.page(), LockPage)
    assert office.window.findChildren(View) == []
    assert [presenter.closed for presenter in built] == [1] * len(built)
    deferred()
    assert not any(edit.text() == CANARY for edit in office.window.findChildren(QLineEdit))
    await rounds()
    assert office.desk.calls == ["run", "lock", "finish-lock"]


async def test_lock_takes_dialogs_toasts_and_the_clipboard_along(office: Pretended) -> None:
    workplace = await signed_in(office)
    workplace.navigation.help_requested.emit()
    office.around.toasts.show_toast("Neues Angebot", detail=CANARY)
    office.around.clipboard.copy(CANARY)

    office.stages.lock()
    deferred()

    assert office.window.findChildren(OverlayDialog) == []
    assert not any(CANARY in label.text() for label in office.window.findChildren(QLabel))
    assert not office.around.clipboard.holds_ours()


async def test_the_title_says_locked_and_never_a_name(office: Pretended) -> None:
    await signed_in(office)
    assert office.window.windowTitle() == "leaddesk – Live"
    office.stages.lock()
    assert office.window.windowTitle() == "leaddesk – Live – gesperrt"


async def test_unlocking_finds_search_page_and_lead_again(office: Pretended) -> None:
    workplace = await signed_in(office)
    workplace.top.search.setText("meyer")
    office.features.newest("list").view.lead_opened.emit("lead-1")
    workplace.navigation.route_requested.emit("approvals")
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)

    page.unlock_requested.emit(Secret("correct horse"))
    await rounds()

    again = office.window.page()
    assert isinstance(again, Workplace)
    assert again is not workplace
    assert again.top.search.text() == "meyer"
    assert office.features.newest("list").calls == ["search meyer", "select lead-1"]
    assert office.features.newest("detail").calls == ["open lead-1"]
    assert office.features.newest("approvals").view.isVisibleTo(office.window)
    assert office.desk.calls.count("run") == 2


async def test_after_the_server_ended_a_session_the_same_person_goes_on_and_another_begins(
    office: Pretended,
) -> None:
    workplace = await signed_in(office)
    workplace.top.search.setText("meyer")
    for person, kept in (("m-1", "meyer"), ("m-2", "")):
        office.desk.sign_in.state.set(SessionState.ENDED)
        page = office.window.page()
        assert isinstance(page, SignInPage)
        office.desk.sign_in.person = SimpleNamespace(
            person=SimpleNamespace(name="Maren Boysen", member_id=person), tenant=ME.tenant, by_key=False
        )
        page.sign_in_requested.emit(Personal("m@x.example"), Secret("correct horse"))
        await rounds()
        again = office.window.page()
        assert isinstance(again, Workplace)
        assert again.top.search.text() == kept


async def test_the_lock_opens_with_the_browser_and_says_why_not(office: Pretended) -> None:
    await signed_in(office)
    office.desk.sign_in.offered = SimpleNamespace(form=True, browser=object(), key=False)
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    await rounds()
    office.desk.sign_in.answers = [Answer("refused.other-person"), Answer("ok")]
    for words in ("anderes Konto", ""):
        page.browser_wished.emit(BrowserWish.BEGIN)
        await rounds()
        assert not any(field.isVisibleTo(page) for field in page.findChildren(QLineEdit)[:1])
        office.desk.sign_in.browser.set()
        await rounds()
        office.desk.sign_in.browser.clear()
        if words:
            assert any(words in label.text() for label in page.findChildren(QLabel))
    assert isinstance(office.window.page(), Workplace)


async def test_a_server_that_wants_the_browser_offers_no_password_at_the_lock(office: Pretended) -> None:
    await signed_in(office)
    office.desk.sign_in.offered = SimpleNamespace(form=False, browser=object(), key=False)
    office.stages.lock()
    page = office.window.page()
    await rounds()
    assert not any(field.isVisibleTo(page) for field in page.findChildren(QLineEdit))
    shown = [one.text() for one in page.findChildren(Button) if one.isVisibleTo(page)]
    assert "Im Browser entsperren" in shown


async def test_behind_a_key_nobody_has_a_name_and_the_same_key_unlocks(office: Pretended) -> None:
    office.desk.sign_in.person = key_holder()
    office.desk.sign_in.offered = SimpleNamespace(form=False, browser=None, key=True)
    workplace = await signed_in(office)
    assert text("shell.key_tenant") in labels(workplace)
    office.stages.lock()
    page = office.window.page()
    await rounds()
    assert isinstance(page, LockPage) and text("shell.key_person") in labels(page)
    (field,) = (one for one in page.findChildren(QLineEdit) if one.isVisibleTo(page))
    assert field.accessibleName() == text("lock.key")
    office.desk.sign_in.answers = [Answer("refused.other-key"), Answer("ok")]
    for sentence in (text("lock.other_key"), ""):
        page.unlock_requested.emit(Secret("key"))
        await rounds()
        assert not sentence or sentence in labels(page)
    assert isinstance(office.window.page(), Workplace)


async def test_a_wrong_password_keeps_the_window_locked(office: Pretended) -> None:
    await signed_in(office)
    office.stages.lock()
    office.desk.sign_in.answers = [Answer("refused.too-many", 28.4)]
    page = office.window.page()
    assert isinstance(page, LockPage)
    page.unlock_requested.emit(Secret("wrong"))
    await rounds()
    assert office.window.page() is page
    assert any("28 Sekunden" in label.text() for label in page.findChildren(QLabel))


async def test_signing_out_asks_only_when_changes_would_be_lost(office: Pretended) -> None:
    await signed_in(office)
    office.desk.outbox.kept = [object()]
    office.stages._ask_sign_out()
    dialog = office.window.findChild(OverlayDialog)
    assert dialog is not None
    assert isinstance(office.window.page(), Workplace)
    assert dialog.primary is not None
    dialog.primary.click()
    await rounds()
    assert isinstance(office.window.page(), SignInPage)


async def test_signing_out_asks_about_a_begun_note(office: Pretended) -> None:
    await signed_in(office)
    office.desk.drafts.put(LEAD, Draft("Ruft um 3 an"))
    office.stages._ask_sign_out()
    dialog = office.window.findChild(OverlayDialog)
    assert dialog is not None and isinstance(office.window.page(), Workplace)
    assert text("shell.unsent_begun", n=1) in " ".join(labels(dialog))


async def test_the_lock_page_says_how_many_notes_come_back(office: Pretended) -> None:
    await signed_in(office)
    office.desk.drafts.put(LEAD, Draft("Ruft um 3 an"))
    office.desk.outbox.kept = [object(), object()]
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    said = " ".join(labels(page))
    assert text("lock.waiting", n=2) in said and text("lock.begun", n=1) in said and "Ruft" not in said


async def test_rows_that_are_there_before_anybody_listens_are_counted_at_the_foot(office: Pretended) -> None:
    page = await signed_in(office)
    said = [label.text() for label in page.status.findChildren(QLabel)]
    assert any(words.startswith("7 von ") for words in said), said


async def test_another_language_builds_the_workplace_anew_without_locking(office: Pretended) -> None:
    workplace = await signed_in(office)
    office.stages._choose_language("en")
    again = office.window.page()
    assert isinstance(again, Workplace)
    assert again is not workplace
    assert office.desk.calls == ["run"]
    assert again.top.search.placeholderText() == "Search leads"


async def test_another_language_at_the_door_keeps_what_was_typed_but_the_password(office: Pretended) -> None:
    office.desk.sign_in.answers = [Answer("offline")]
    office.stages.start()
    await rounds()
    page = office.window.page()
    assert isinstance(page, SignInPage)
    email, password = page.findChildren(QLineEdit)[:2]
    email.setText("maren@wagner.example")
    password.setText("half a passwo")
    page.language_requested.emit("en")
    again = office.window.page()
    assert isinstance(again, SignInPage) and again is not page
    email, password = again.findChildren(QLineEdit)[:2]
    assert (email.text(), password.text()) == ("maren@wagner.example", "")
    again.resume_requested.emit()
    await rounds()
    assert office.desk.sign_in.asked == ["resume", "resume"], "the session of the keyring is still offered"


async def test_another_text_scale_reaches_margins_too_and_locks_nothing(
    office: Pretended, stage: Stage
) -> None:
    workplace = await signed_in(office)
    height = workplace.top.height()
    stage.style.apply(Scheme.LIGHT, 1.5)
    await rounds()
    again = office.window.page()
    assert isinstance(again, Workplace) and again is not workplace
    assert again.top.height() == round(height * 1.5)
    assert office.desk.calls == ["run"]
    stage.style.apply(Scheme.DARK)
    assert office.window.page() is again, "colours need no new page and keep the scale"
    assert current().scale == 1.5


@pytest.mark.parametrize("where", [SignInPage, LockPage])
async def test_another_text_scale_is_followed_at_every_door(
    office: Pretended, stage: Stage, where: type[QWidget]
) -> None:
    if where is LockPage:
        await signed_in(office)
        office.stages.lock()
    else:
        office.desk.sign_in.answers = [Answer("refused.sign-in")]
        office.stages.start()
        await rounds()
    before = office.window.page()
    stage.style.apply(Scheme.LIGHT, 2.0)
    assert isinstance(office.window.page(), where) and office.window.page() is not before


@pytest.mark.parametrize("times", [3])
async def test_nothing_grows_with_every_lock(office: Pretended, times: int) -> None:
    await signed_in(office)
    counts = []
    for _ in range(times):
        office.stages.lock()
        page = office.window.page()
        assert isinstance(page, LockPage)
        page.unlock_requested.emit(Secret("correct horse"))
        await rounds()
        deferred()
        gc.collect()
        counts.append(len(office.window.findChildren(QWidget)))
    assert len(set(counts)) == 1
