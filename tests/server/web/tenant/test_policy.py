"""What every workstation is asked: told to all who listen, and never loosened by what was not said."""

from typing import Any

from leaddesk.contract.live import LiveKind
from tests.server.web.partners.test_push import Ear
from tests.support.trade import Person, Trade, new_id

_ALWAYS_SAID = {"idleMinutes": 5, "masking": True, "leadsVisibleToReps": "all"}


async def _put(admin: Person, **changes: Any) -> dict[str, Any]:
    answer = await admin.client.put(
        "/tenant/policy", json=_ALWAYS_SAID | changes, headers={"idempotency-key": new_id()}
    )
    assert answer.status_code == 200, answer.text
    policy: dict[str, Any] = answer.json()
    return policy


async def test_a_change_is_told_to_everybody_of_the_tenant_and_to_nobody_else(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    own, other = Ear(trade, await trade.sign_in("Maren")), Ear(trade, await trade.sign_in("Imke"))
    await _put(admin)
    assert own.heard() == [(LiveKind.POLICY, "policy", 0)]
    assert other.heard() == []


async def test_what_else_a_tenant_sets_up_is_not_told(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    own = Ear(trade, await trade.sign_in("Maren"))
    await admin.post("/api-keys", name="Website", rights=["lead.read"])
    assert own.heard() == []


async def test_what_an_older_program_does_not_say_stays_as_it_was(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    assert (await _put(admin, copying=False, maskUntilAsked=True, maskAfterSeconds=3))["copying"] is False
    after = await _put(admin, idleMinutes=9)
    assert after["idleMinutes"] == 9
    assert (after["copying"], after["maskUntilAsked"], after["maskAfterSeconds"]) == (False, True, 3)
