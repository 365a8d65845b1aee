"""The main job through HTTP: share, approve, offer, accept, disclose, work, prove."""

from datetime import timedelta
from typing import Any

from leaddesk.server.commands.sweeper import sweep
from tests.support.trade import INTEREST, PROSPECT, Trade


async def test_from_share_to_feedback(trade: Trade) -> None:
    lead_id = trade.add_lead(keeper="Maren")
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    bjoern, finn = await trade.sign_in("Björn"), await trade.sign_in("Finn")

    wanted: Any = {"leadId": lead_id, "marketId": trade.market, "reason": "Keine Montage frei"}
    preview = await maren.done(f"/markets/{trade.market}/preview", leadId=lead_id)
    request = await maren.done("/share-requests", **wanted)
    assert (request["status"], request["leadName"], request["place"]) == (
        "PENDING",
        "Anna Meyer",
        "24103 Kiel",
    )
    assert request["requestedByName"] == "Maren Boysen"
    place = f"/share-requests/{request['shareRequestId']}"
    assert await maren.refused("/share-requests", 409, **wanted) == "already-offered"
    assert await maren.refused(f"{place}/approve", 403, leadSerial=1) == "forbidden"

    detail = await thomas.get(place)
    assert detail["preview"]["before"] == preview["before"]
    assert await bjoern.get("/offers") == []
    approved = await thomas.done(f"{place}/approve", leadSerial=detail["preview"]["leadSerial"])
    assert (approved["status"], approved["decidedByName"]) == ("APPROVED", "Thomas Lüders")
    assert await thomas.refused(f"{place}/approve", 409, leadSerial=1) == "already-decided"

    (offer,), (other,) = await bjoern.get("/offers"), await finn.get("/offers")
    for seen in (offer, other):
        assert seen["document"] == detail["preview"]["before"]
        assert not any(text in str(seen) for text in ("Anna", "Meyer", "39200", "24103", "Kiel", lead_id))
    assert offer["document"]["place"] == "241••" and offer["document"]["title"] == "Wärmepumpe"
    assert offer["ownerName"] == "Wagner AG" and offer["deadlineAt"] == "2026-11-19T16:00:00.000Z"

    accepted = await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert (accepted["status"], accepted["leadId"]) == ("ACCEPTED", lead_id)
    assert await finn.refused(f"/offers/{other['offerId']}/accept", 409) == "offer-ended"
    (ended,) = await finn.get("/offers")
    assert ended["status"] == "ENDED" and "document" not in ended
    assert (await finn.client.get(f"/leads/{lead_id}")).status_code == 404

    received = await bjoern.get(f"/leads/{lead_id}")
    values = {label: field["value"] for label, field in received["prospect"]["fields"].items()}
    assert values == {label: PROSPECT[label] for label in ("Vorname", "Nachname", "Telefon", "PLZ", "Ort")}
    assert list(received["interest"]["fields"]) == ["Interesse", "Gebäude"]
    assert received["commission"]["responsible"] == trade.urn("Björn")
    (row,) = await bjoern.get("/leads", includeFieldLists="true")
    assert row["lead"]["prospect"]["fields"]["Nachname"]["value"] == "Meyer"

    pipelines = {one["salesPipelineId"]: one["steps"] for one in await bjoern.get("/pipelines")}
    assert received["commission"]["step"] in pipelines[received["commission"]["salesPipelineId"]]
    moved = await bjoern.done(
        f"/leads/{lead_id}/commission/step", serial=received["lead"]["serial"], step="Kontakt"
    )
    assert moved["commission"]["step"] == "Kontakt"
    await bjoern.done(f"/leads/{lead_id}/notes", text="angerufen", intern=True)

    own = await maren.get(f"/leads/{lead_id}")
    assert own["commission"]["step"] == "Kontakt"
    assert own["commission"]["responsible"].startswith("urn:lt:sales-partners:sales-partner:")
    assert await maren.get(f"/leads/{lead_id}/notes") == []
    assert await maren.refused(f"/leads/{lead_id}/commission/step", 403, step="Angebot") == "forbidden"

    history = await maren.get(f"/leads/{lead_id}/history")
    told = [(entry["kind"], entry["originator"]["name"]) for entry in reversed(history)]
    assert told == [
        ("created", "Wagner AG"),
        ("share-requested", "Maren Boysen"),
        ("share-approved", "Thomas Lüders"),
        ("offered", "Thomas Lüders"),
        ("offer-accepted", "Solar Nord GmbH"),
        ("offer-ended", "Solar Nord GmbH"),
        ("commission-closed", "Solar Nord GmbH"),
        ("commission-started", "Solar Nord GmbH"),
        ("partner-step-changed", "Solar Nord GmbH"),
    ]
    assert history[0]["changes"] == [{"label": "step", "before": "Neu", "after": "Kontakt"}]
    assert "Björn" not in str(history)
    assert [entry["position"] for entry in history] == sorted((e["position"] for e in history), reverse=True)

    after, before = await maren.get(f"/leads/{lead_id}/disclosures")
    assert (after["stage"], after["recipientName"], after["state"]) == (
        "after-acceptance",
        "Solar Nord GmbH",
        "accepted",
    )
    assert (before["recipientCount"], before["marketName"]) == (2, "Wärme Nord")
    assert before["fields"] == ["Interesse", "Gebäude", "PLZ", "Nachname"]
    assert after["decidedByName"] == before["decidedByName"] == "Thomas Lüders"
    assert set(after["fields"]) == {*values, *INTEREST} - {"Budget"}


async def test_nobody_decides_on_a_request_of_their_own(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    request = await thomas.done("/share-requests", leadId=trade.add_lead(), marketId=trade.market)
    place = f"/share-requests/{request['shareRequestId']}"
    assert await thomas.refused(f"{place}/approve", 403, leadSerial=1) == "own-request"
    assert await thomas.refused(f"{place}/reject", 403, reason="nein") == "own-request"
    assert (await thomas.done(f"{place}/withdraw"))["status"] == "WITHDRAWN"


async def test_an_approval_of_what_has_changed_since_is_stale(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    request = await maren.done("/share-requests", leadId=lead_id, marketId=trade.market)
    await maren.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    answer = await thomas.post(f"/share-requests/{request['shareRequestId']}/approve", leadSerial=1)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("stale-serial") and answer.json()["currentSerial"] == 3


async def test_a_market_without_approval_offers_at_once(trade: Trade) -> None:
    maren, finn = await trade.sign_in("Maren"), await trade.sign_in("Finn")
    request = await maren.done("/share-requests", leadId=trade.add_lead(), marketId=trade.free_market)
    assert request["status"] == "APPROVED"
    assert [offer["status"] for offer in await finn.get("/offers")] == ["OPEN"]


async def test_chosen_fields_narrow_the_rule_and_never_widen_it(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    lead_id = trade.add_lead()
    wanted: Any = {"leadId": lead_id, "fields": ["Interesse", "Vorname"]}
    preview = await maren.done(f"/markets/{trade.market}/preview", **wanted)
    assert [line["label"] for line in preview["before"]["fields"]] == ["Interesse", "Vorname"]
    assert [line["label"] for line in preview["after"]["fields"]] == ["Interesse", "Vorname"]
    wanted = {"leadId": lead_id, "marketId": trade.market, "fields": ["Budget"]}
    assert await maren.refused("/share-requests", 400, **wanted) == "invalid-input"


async def test_a_decline_tells_the_reason_and_the_firm(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren, bjoern, finn = [await trade.sign_in(name) for name in ("Maren", "Björn", "Finn")]
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market)
    (offer,) = await bjoern.get("/offers")
    declined = await bjoern.done(f"/offers/{offer['offerId']}/decline", reason="Zu weit")
    assert (declined["status"], declined["declineReason"]) == ("DECLINED", "Zu weit")
    assert await bjoern.refused(f"/offers/{offer['offerId']}/accept", 409) == "offer-ended"
    entry = (await maren.get(f"/leads/{lead_id}/history"))[0]
    assert (entry["kind"], entry["originator"]["name"]) == ("offer-declined", "Solar Nord GmbH")
    assert entry["changes"] == [{"label": "reason", "after": "Zu weit"}]
    (other,) = await finn.get("/offers")
    assert (await finn.done(f"/offers/{other['offerId']}/accept"))["leadId"] == lead_id


async def test_what_nobody_decides_runs_out(trade: Trade) -> None:
    first, second = trade.add_leads(2)
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    asked = await maren.done("/share-requests", leadId=first, marketId=trade.market)
    await maren.done("/share-requests", leadId=second, marketId=trade.free_market)
    assert sweep(trade.services.office) == 0
    trade.now += timedelta(hours=4)
    assert sweep(trade.services.office) == 1
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    assert [offer["status"] for offer in await bjoern.get("/offers")] == ["MISSED"]
    kinds = [entry["kind"] for entry in await maren.get(f"/leads/{second}/history")]
    assert kinds[:2] == ["brokerage-failed", "offer-missed"]
    trade.now += timedelta(days=7)
    assert sweep(trade.services.office) == 1
    maren = await trade.sign_in("Maren")
    found = {one["shareRequestId"]: one["status"] for one in await maren.get("/share-requests")}
    assert found[asked["shareRequestId"]] == "EXPIRED"
    assert sweep(trade.services.office) == 0
