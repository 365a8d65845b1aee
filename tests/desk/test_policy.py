"""The tenant's policy reaches every workstation: at sign-in, by push, and after a time away."""

from typing import Any

import httpx

from leaddesk.api.client import ApiClient
from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.mirror.rules import Rules
from tests.desk.conftest import Office, Town
from tests.support.trade import new_id


async def _set(town: Town, **changes: Any) -> None:
    admin = await town.trade.sign_in("Thomas")
    wanted = {"idleMinutes": 10, "masking": True, "leadsVisibleToReps": "all"} | changes
    headers = {"idempotency-key": new_id()}
    answer = await admin.client.put("/tenant/policy", json=wanted, headers=headers)
    assert answer.status_code == 200, answer.text


def _policy(office: Office) -> TenantPolicy:
    return office.desk.rules.policy.value


async def test_it_is_known_with_the_sign_in_and_followed_from_then_on(town: Town) -> None:
    await _set(town, idleMinutes=5, copying=False)
    maren = await town.office("Maren")
    assert (_policy(maren).idle_minutes, _policy(maren).copying) == (5, False)
    await _set(town, idleMinutes=3, maskAfterSeconds=0)
    await maren.until(lambda: _policy(maren).idle_minutes == 3)
    assert _policy(maren).mask_after_seconds == 0


async def test_what_changed_while_the_line_was_cut_is_obeyed_on_return(town: Town) -> None:
    maren = await town.office("Maren")
    await maren.cut()
    await _set(town, idleMinutes=1)
    await maren.mend()
    await maren.until(lambda: _policy(maren).idle_minutes == 1)


async def test_after_a_load_from_the_beginning_it_is_read_anew(town: Town) -> None:
    maren = await town.office("Maren")
    await maren.cut()
    maren.desk.sync._cursor = 10_000_000
    await _set(town, idleMinutes=2)
    await maren.mend()
    await maren.until(lambda: _policy(maren).idle_minutes == 2)


async def test_it_stays_in_force_while_locked(town: Town) -> None:
    await _set(town, idleMinutes=4)
    maren = await town.office("Maren")
    maren.desk.lock()
    assert _policy(maren).idle_minutes == 4


def test_no_server_can_keep_a_workstation_from_locking() -> None:
    rules = Rules(ApiClient(httpx.AsyncClient()))
    rules.take(TenantPolicy(idle_minutes=10**9, mask_after_seconds=10**9))
    assert (rules.policy.value.idle_minutes, rules.policy.value.mask_after_seconds) == (120, 600)
    rules.take(TenantPolicy(idle_minutes=-1, mask_after_seconds=-1))
    assert (rules.policy.value.idle_minutes, rules.policy.value.mask_after_seconds) == (1, 0)
