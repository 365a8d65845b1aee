"""Closing a commission tells the owner the outcome and no word of the partner; the owner rates."""

from leaddesk.contract.ids import LeadId
from tests.support.trade import Person, Trade


async def _granted(trade: Trade, lead: LeadId) -> Person:
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    await maren.done("/share-requests", leadId=lead, marketId=trade.free_market)
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    return bjoern


async def test_an_own_lead_is_closed_and_opens_again_with_a_step(trade: Trade) -> None:
    lead = trade.add_lead(keeper="Maren")
    maren = await trade.sign_in("Maren")
    path = f"/leads/{lead}/commission"
    closed = await maren.done(f"{path}/close", outcome="LOST", reason="Zu teuer")
    assert closed["commission"]["outcome"] == "LOST" and closed["commission"]["closedAt"]
    assert await maren.refused(f"{path}/close", 409, outcome="WON") == "wrong-state"
    assert (await maren.get(f"/leads/{lead}/history"))[0]["kind"] == "commission-closed"
    again = await maren.done(f"{path}/step", step="Kontakt")
    assert again["commission"]["step"] == "Kontakt" and "closedAt" not in again["commission"]


async def test_a_partners_closing_reaches_the_owner_without_its_words(trade: Trade) -> None:
    lead = trade.add_lead()
    bjoern = await _granted(trade, lead)
    await bjoern.done(f"/leads/{lead}/commission/close", outcome="WON", reason="Word-of-the-partner")
    maren = await trade.sign_in("Maren")
    owned = await maren.get(f"/leads/{lead}")
    assert owned["commission"]["outcome"] == "WON" and owned["commission"]["closedAt"]
    history = str(await maren.get(f"/leads/{lead}/history"))
    assert "commission-closed" in history and "Word-of-the-partner" not in history
    assert await bjoern.refused(f"/leads/{lead}/commission/step", 409, step="Kontakt") == "wrong-state"


async def test_the_owner_cannot_close_what_a_partner_works(trade: Trade) -> None:
    lead = trade.add_lead()
    await _granted(trade, lead)
    maren = await trade.sign_in("Maren")
    assert await maren.refused(f"/leads/{lead}/commission/close", 403, outcome="LOST") == "forbidden"
    assert await maren.refused(f"/leads/{lead}/commission/rating", 409, stars=5) == "wrong-state"


async def test_a_closed_commission_is_rated_by_the_owner_alone(trade: Trade) -> None:
    lead = trade.add_lead()
    bjoern = await _granted(trade, lead)
    await bjoern.done(f"/leads/{lead}/commission/close", outcome="WON")
    path = f"/leads/{lead}/commission/rating"
    assert await bjoern.refused(path, 403, stars=5) == "forbidden"
    maren = await trade.sign_in("Maren")
    assert (await maren.post(path, stars=4, text="Schnell")).status_code == 204
    entry = (await maren.get(f"/leads/{lead}/history"))[0]
    assert entry["kind"] == "commission-rated" and entry["subject"] == "4"
    assert "commission-rated" not in str(await bjoern.get(f"/leads/{lead}/history"))
    for wrong in (0, 6, "5", True):
        answer = await maren.post(path, stars=wrong)
        assert answer.status_code == 400 and answer.json()["field"] == "stars"


async def test_a_stale_closing_changes_nothing(trade: Trade) -> None:
    lead = trade.add_lead(keeper="Maren")
    maren = await trade.sign_in("Maren")
    answer = await maren.post(f"/leads/{lead}/commission/close", serial=7, outcome="WON")
    assert answer.status_code == 409 and answer.json()["currentSerial"] == 1
    assert "closedAt" not in (await maren.get(f"/leads/{lead}"))["commission"]
