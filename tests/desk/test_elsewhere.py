"""A firm that lets its people in from its own networks alone (measure B6), and somebody who is elsewhere.

Nothing is lost by it: the token, what was written, the way back. And the reason is said, not "no connection".
"""

from __future__ import annotations

from dataclasses import replace

from leaddesk.api.errors import Obstacle
from leaddesk.desk.outcomes import Ok, Queued, Unavailable
from leaddesk.desk.sync import Phase
from leaddesk.personal.masked import Personal
from tests.desk.conftest import Office, Town

ELSEWHERE = ("198.51.100.0/24",)


def let_in(town: Town, *networks: str) -> None:
    """Say where people of the firm may come from; nobody named: from anywhere."""
    people, tenant = town.trade.people, town.trade.wagner
    people.add_tenant(replace(people.tenant(tenant), networks=networks))
    town.trade.services.office.log.wakeups.notify(tenant)


async def test_who_is_elsewhere_reads_why_and_what_they_write_waits(town: Town) -> None:
    lead = town.trade.add_lead()
    maren = await town.office("Maren")
    let_in(town, *ELSEWHERE)
    connection = maren.desk.sync.connection
    await maren.until(lambda: connection.value.obstacle is Obstacle.NETWORK)
    assert connection.value.phase is Phase.OFFLINE
    written = await maren.desk.leads.add_note(lead, Personal("Rückruf"))
    assert isinstance(written, Queued)
    let_in(town)
    maren.desk.sync.retry_now()
    await maren.until(lambda: maren.desk.sync.online and not maren.desk.outbox.waiting)


async def test_a_start_elsewhere_keeps_the_session_and_says_why(town: Town) -> None:
    """Its access token is not kept, so that the first thing is to renew it."""
    before = await town.office("Maren")
    profile = before.session.bearer.profile
    assert profile is not None
    let_in(town, *ELSEWHERE)
    after: Office = await town.office()
    await after.session.vault.store(profile)
    outcome = await after.desk.sign_in.resume()
    assert outcome == Unavailable(None, Obstacle.NETWORK) == after.desk.sign_in.hindered
    assert after.session.bearer.profile is not None
    let_in(town)
    assert isinstance(await after.desk.sign_in.resume(), Ok) and after.desk.sign_in.hindered is None
