"""Push tells of what machines do, too: ids only, to whoever may see it."""

from leaddesk.contract.live import LiveKind
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.feed import head, since
from tests.server.web.partners.test_direct_commissions import assign, partner_id
from tests.support.trade import Person, Trade


class Ear:
    """One person's push: what came since the last time."""

    def __init__(self, trade: Trade, person: Person) -> None:
        self._library = trade.services.library
        self._caller: Caller = trade.identity.caller_of(person.client.headers["authorization"])
        self._at = head(self._library, self._caller)

    def heard(self) -> list[tuple[LiveKind, str, int]]:
        news, self._at = since(self._library, self._caller, self._at)
        return [(one.kind, one.id, one.serial) for one in news]


async def test_new_and_changed_leads_are_told(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    ear = Ear(trade, await trade.sign_in("Jens"))
    made = await maren.client.post("/leads", json={"prospect": {"fields": {"Vorname": {"value": "A"}}}})
    lead_id = made.json()["leadId"]
    assert ear.heard() == [(LiveKind.LEAD, lead_id, 1)]
    await maren.client.patch(f"/leads/{lead_id}", json={"prospect": {"fields": {"Ort": {"value": "B"}}}})
    assert ear.heard() == [(LiveKind.LEAD, lead_id, 2)]


async def test_a_lead_comes_and_goes_with_the_partnership(trade: Trade) -> None:
    thomas, lead_id = await trade.sign_in("Thomas"), trade.add_lead()
    ole, imke = Ear(trade, await trade.sign_in("Ole")), Ear(trade, await trade.sign_in("Imke"))
    own, other = Ear(trade, thomas), Ear(trade, await trade.sign_in("Finn"))
    nord = await partner_id(thomas)
    await assign(thomas, lead_id, salesPartnerId=nord)
    assert ole.heard() == imke.heard() == [(LiveKind.LEAD, lead_id, 1)]
    assert own.heard() == [(LiveKind.LEAD, lead_id, 2)]
    assert (await thomas.client.post(f"/sales-partners/{nord}/end")).status_code == 204
    assert ole.heard() == imke.heard() == [(LiveKind.GONE, lead_id, 0)]
    assert own.heard() == [(LiveKind.LEAD, lead_id, 3)]
    assert other.heard() == []
