"""A key is revoked and another is shown: what waits is kept, and sent only when somebody says whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Ok, Reason, Refused
from leaddesk.desk.sending.drafts import Draft
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.sealing.ahead import KeyAhead
from leaddesk.session.state import SessionState
from tests.desk.conftest import Office
from tests.desk.sealing.test_safe import Keys
from tests.desk.test_by_key import KEY, Core, asked_until, core, cut  # noqa: F401 - a fixture

NEW = "key-of-wagner-after-it-5d20"
NORD = "key-of-nord-0a77"
WORDS = "begun with the key that was revoked"
WINDOW = {"search": "", "lead_id": None, "route": "leads"}
HALF = Draft("half a sentence", intern=False)
STRANGE = LeadId("a lead of nobody")


@pytest.fixture
async def left(core: Core) -> AsyncIterator[tuple[Core, Office, str]]:  # noqa: F811
    """Somebody's key is revoked while a note waits."""
    core.give(NEW)
    core.give(NORD, tenant=core.trade.nord)
    lead = core.trade.add_lead()
    office = await core.working()
    await cut(office)
    assert (await office.desk.leads.add_note(lead, Personal(WORDS))).code == "queued"
    office.desk.drafts.put(lead, HALF)
    office.desk.drafts.put(STRANGE, HALF)
    core.trade.people.api_keys.revoke(core.trade.wagner, core.key_id)  # type: ignore[attr-defined]
    office.line.cut = False
    await asked_until(office, lambda: office.session.state is SessionState.ENDED)
    yield core, office, lead


async def shown(office: Office, key: str) -> list[int]:
    """Show another key; gives what is asked about."""
    offered: list[int] = []
    office.desk.safe.left.offered.subscribe(offered.append)
    assert (await office.desk.sign_in.key.sign_in(Secret(key), keep=False)).code == "ok"
    office.begin()
    await office.until(lambda: office.desk.sync.progress.value.done)
    return offered


async def notes(office: Office, lead: str) -> list[object]:
    found = await office.desk.leads.notes(lead)  # type: ignore[arg-type]
    assert isinstance(found, Ok)
    return [one.text for one in found.value]


@pytest.mark.parametrize("sealed", [True, False], ids=["begun anew", "without a keyring"])
async def test_a_new_key_of_the_same_firm_sends_what_waits_once_somebody_says_so(
    left: tuple[Core, Office, str], sealed: bool
) -> None:
    core, office, lead = left  # noqa: F811
    before = office
    if sealed:
        office = await anew(core, office)
    else:
        assert not await office.desk.safe.close(office.desk.sign_in.me.person.member_id, WINDOW)  # type: ignore[union-attr]
    offered = await shown(office, NEW)
    heard = len(core.app.heard)
    await asyncio.sleep(0.05)
    assert offered == [3] and office.desk.safe.left.fits and office.desk.outbox.waiting == 0
    assert not office.desk.drafts.count
    assert not [call for call in core.app.heard[heard:] if call.startswith("POST")]
    windows = office.desk.safe.adopt()
    await office.until(lambda: not office.desk.outbox.waiting)
    assert await notes(office, lead) == [WORDS] and windows == []
    assert office.desk.drafts.all() == ((lead, HALF),)
    assert office.desk.safe.left.count == 1, "a note whose lead is not known stays until it is discarded"
    assert before.desk is not office.desk or not sealed


async def test_a_key_of_another_tenant_sends_nothing_of_it_whatever_one_presses(
    left: tuple[Core, Office, str],
) -> None:
    core, office, _ = left  # noqa: F811
    office = await anew(core, office)
    assert await shown(office, NORD) == [3]
    assert not office.desk.safe.left.fits
    assert office.desk.safe.adopt() == [] and office.desk.safe.left.count == 3
    assert not office.desk.drafts.count
    await asyncio.sleep(0.05)
    assert "POST" not in {call.split()[0] for call in core.app.heard}
    office.desk.lock()
    assert await office.desk.safe.close("x", {}) and office.desk.safe.left.count == 0
    await office.desk.safe.discard()


async def test_a_key_revoked_behind_the_lock_lets_another_be_shown(core: Core) -> None:  # noqa: F811
    core.give(NEW)
    office = await core.working()
    office.desk.lock()
    await office.desk.finish_lock()
    core.trade.people.api_keys.revoke(core.trade.wagner, core.key_id)  # type: ignore[attr-defined]
    assert await office.desk.sign_in.unlock(Secret(NEW)) == Refused(Reason.OTHER_KEY)
    assert office.session.state is SessionState.LOCKED
    assert await office.desk.sign_in.unlock(Secret(KEY)) == Refused(Reason.KEY)
    assert office.session.state is SessionState.ENDED
    assert (await office.desk.sign_in.key.sign_in(Secret(NEW), keep=False)).code == "ok"


async def anew(core: Core, before: Office) -> Office:  # noqa: F811
    """Seal what waits, and go on as the process does that begins after it."""
    vault, me = Keys(), before.desk.sign_in.me
    before.desk.safe._vault, before.desk.safe._keys = vault, KeyAhead(vault)
    assert me is not None and await before.desk.safe.close(me.person.member_id, WINDOW)
    text, after = before.desk.safe.to_text(), core.office()
    assert text is not None and WORDS not in text and not before.desk.outbox.entries()
    assert not before.desk.drafts.all()
    after.desk.safe._vault, after.desk.safe._keys = vault, KeyAhead(vault)
    after.desk.safe.take_over(text)
    after.desk.return_to(SessionState.ENDED)
    assert isinstance(after.desk, Desk)
    return after
