"""Own sessions and showing once more who one is, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Refused
from leaddesk.contract.accounts import Session
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.tenant import CreateApiKeyRequest
from leaddesk.desk.outcomes import Ok
from leaddesk.personal.masked import Secret
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office, Town, town
from tests.support.trade import PASSWORD

__all__ = ["town"]

PATIENCE = 60.0
KEY = CreateApiKeyRequest.model_validate({"name": "n", "rights": ["lead.read"]})


async def sessions(office: Office) -> tuple[Session, ...]:
    found = await office.desk.own_sessions.all()
    assert isinstance(found, Ok), found
    return found.value


async def test_this_device_is_marked_and_stands_first_and_each_is_called_by_its_system(town: Town) -> None:
    first = await town.office()
    await first.sign_in("Maren")
    second = await town.office()
    await second.sign_in("Maren")
    found = await sessions(first)
    assert [one.is_current for one in found] == [True, False]
    assert {one.device for one in found} == {"leaddesk, Linux"}


async def test_a_session_that_is_ended_elsewhere_is_over_there_and_only_there(town: Town) -> None:
    here, there = await town.office(), await town.office()
    await here.sign_in("Maren")
    await there.sign_in("Maren")
    other = next(one for one in await sessions(here) if not one.is_current)
    assert (await here.desk.own_sessions.end(other.session_id)).code == "ok"
    assert (await here.desk.own_sessions.end(other.session_id)).code == "ok", "gone is as good as ended"
    assert (await there.desk.own_sessions.all()).code == "session-over"
    assert there.session.state is SessionState.ENDED
    assert len(await sessions(here)) == 1


@pytest.mark.parametrize("turns", range(1, 9))
@pytest.mark.parametrize("others", [False, True])
async def test_a_session_is_ended_though_the_dialog_that_asked_for_it_is_closed_at_once(
    town: Town, turns: int, others: bool
) -> None:
    here, there = await town.office(), await town.office()
    await here.sign_in("Maren")
    await there.sign_in("Maren")
    other = next(one for one in await sessions(here) if not one.is_current)
    clerk = here.desk.own_sessions
    asked = asyncio.create_task(clerk.end_others() if others else clerk.end(other.session_id))
    for _ in range(turns):
        await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert asked.cancelled()
    await clerk.settle(PATIENCE)
    assert len(await sessions(here)) == 1


async def test_all_others_are_ended_and_this_one_goes_on(town: Town) -> None:
    offices = [await town.office() for _ in range(3)]
    for office in offices:
        await office.sign_in("Maren")
    assert (await offices[0].desk.own_sessions.end_others()).code == "ok"
    assert len(await sessions(offices[0])) == 1
    assert [(await office.desk.own_sessions.all()).code for office in offices[1:]] == ["session-over"] * 2


class Admin:
    """Thomas, whose sign-in lies back too far for sensitive acts."""

    def __init__(self, office: Office) -> None:
        self.office, self.step_up = office, office.desk.step_up
        self.client = ApiClient(office.http, office.session.bearer)
        self.asked = 0

    async def make_key(self) -> int:
        made = Call("POST", "/api-keys", body=KEY, key=str(uuid4()))
        return (await self.client.ask(made)).status

    def listen(self) -> None:
        def wanted() -> None:
            self.asked += 1

        self.step_up.on_wanted = wanted

    async def until_asked(self) -> None:
        await self.until(lambda: self.asked)

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - any state of any clerk
                await asyncio.sleep(0.01)


@pytest.fixture
async def admin(town: Town) -> Admin:
    office = await town.office()
    await office.sign_in("Thomas")
    town.trade.now += timedelta(hours=2)
    return Admin(office)


async def test_what_was_asked_for_goes_on_by_itself_once_the_password_was_shown(admin: Admin) -> None:
    admin.listen()
    waiting = [asyncio.create_task(admin.make_key()) for _ in range(3)]
    await admin.until_asked()
    assert (await admin.step_up.by_password(Secret("wrong"))).code == "refused.sign-in"
    assert not any(one.done() for one in waiting)
    assert (await admin.step_up.by_password(Secret(PASSWORD))).code == "ok"
    assert await asyncio.gather(*waiting) == [201] * 3
    assert admin.asked == 1, "one question for all"
    assert admin.office.session.state is SessionState.SIGNED_IN


async def test_a_wrong_password_is_shown_to_the_server_once(admin: Admin) -> None:
    """A refused password is no refused token: it is not sent again with a newer one."""
    admin.office.line.sent.clear()
    await admin.step_up.by_password(Secret("wrong"))
    assert [path for _, path, _ in admin.office.line.sent if path == "/me/step-up"].count("/me/step-up") <= 2
    admin.office.line.sent.clear()
    await admin.step_up.by_password(Secret("wrong again"))
    assert [path for _, path, _ in admin.office.line.sent] == ["/me/step-up"]


async def test_who_gives_up_changed_nothing_and_may_be_asked_again(admin: Admin) -> None:
    admin.listen()
    waiting = asyncio.create_task(admin.make_key())
    await admin.until_asked()
    admin.step_up.give_up()
    with pytest.raises(Refused) as refused:
        await waiting
    assert refused.value.kind is ProblemType.STEP_UP_NEEDED
    again = asyncio.create_task(admin.make_key())
    await admin.until(lambda: admin.asked == 2)
    await admin.step_up.by_password(Secret(PASSWORD))
    assert await again == 201


async def test_nobody_to_ask_means_refused_at_once(admin: Admin) -> None:
    with pytest.raises(Refused):
        await admin.make_key()


async def test_a_lock_ends_the_question(admin: Admin) -> None:
    admin.listen()
    waiting = asyncio.create_task(admin.make_key())
    await admin.until_asked()
    admin.office.desk.lock()
    with pytest.raises(Refused):
        await waiting
