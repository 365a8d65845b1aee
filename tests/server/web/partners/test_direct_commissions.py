"""``POST /leads/{id}/commissions``: a lead handed to one partner, and how it ends."""

from tests.support.trade import Person, Trade, new_id


async def partner_id(person: Person, name: str = "Solar Nord GmbH") -> str:
    """Find a sales partner by name."""
    return next(one["salesPartnerId"] for one in await person.get("/sales-partners") if one["name"] == name)


async def assign(person: Person, lead_id: str, **body: str) -> str:
    answer = await person.client.post(f"/leads/{lead_id}/commissions", json=body)
    assert answer.status_code == 201 and set(answer.json()) == {"commissionId"}, answer.text
    return str(answer.json()["commissionId"])


async def test_the_chosen_partner_reads_the_whole_lead(trade: Trade) -> None:
    thomas, bjoern, lead_id = await trade.sign_in("Thomas"), await trade.sign_in("Björn"), trade.add_lead()
    await thomas.done(f"/leads/{lead_id}/notes", text="nur für uns", intern=True)
    nord = await partner_id(thomas)
    commission = await assign(thomas, lead_id, salesPartnerId=nord, salesPipelineId=trade.pipeline)
    own = await thomas.get(f"/leads/{lead_id}")
    assert own["commission"]["commissionId"] == commission
    assert own["commission"]["responsible"] == f"urn:lt:sales-partners:sales-partner:{nord}"
    assert own["commission"]["step"] == "Neu" and own["lead"]["serial"] == 2
    theirs = await bjoern.get(f"/leads/{lead_id}")
    assert theirs["prospect"]["fields"] == own["prospect"]["fields"]
    assert theirs["interest"]["fields"] == own["interest"]["fields"]
    assert theirs["lead"]["owner"] == own["lead"]["owner"]
    assert theirs["commission"]["commissionId"] == commission
    assert await bjoern.get(f"/leads/{lead_id}/notes") == [] and await bjoern.get("/offers") == []
    finn = await trade.sign_in("Finn")
    assert (await finn.client.get(f"/leads/{lead_id}")).status_code == 404


async def test_both_sides_can_tell_later_what_happened(trade: Trade) -> None:
    thomas, bjoern = await trade.sign_in("Thomas"), await trade.sign_in("Björn")
    lead_id = trade.add_lead(keeper="Maren")
    await assign(thomas, lead_id, salesPartnerId=await partner_id(thomas))
    own = await thomas.get(f"/leads/{lead_id}/history")
    assert [entry["kind"] for entry in own[:3]] == ["commission-started", "commission-closed", "assigned"]
    assert own[2]["originator"]["name"] == "Thomas Lüders"
    assert own[2]["changes"] == [{"label": "recipient", "after": "Solar Nord GmbH"}]
    theirs = await bjoern.get(f"/leads/{lead_id}/history")
    assert [entry["kind"] for entry in theirs] == ["assigned"]
    assert theirs[0]["originator"]["name"] == "Wagner AG" and "subject" not in theirs[0]
    (given,) = await thomas.get(f"/leads/{lead_id}/disclosures")
    assert given["recipientName"] == "Solar Nord GmbH" and given["stage"] == "after-acceptance"
    assert {"Telefon", "E-Mail", "Budget"} < set(given["fields"])
    assert given["decidedByName"] == "Thomas Lüders" and given["marketName"] == ""


async def test_the_partner_works_it_and_its_steps_are_told(trade: Trade) -> None:
    thomas, bjoern, lead_id = await trade.sign_in("Thomas"), await trade.sign_in("Björn"), trade.add_lead()
    await assign(thomas, lead_id, salesPartnerId=await partner_id(thomas))
    await bjoern.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    assert (await thomas.get(f"/leads/{lead_id}"))["commission"]["step"] == "Kontakt"
    assert (await thomas.get(f"/leads/{lead_id}/history"))[0]["kind"] == "partner-step-changed"


async def test_a_lead_is_handed_over_once(trade: Trade) -> None:
    thomas, lead_id = await trade.sign_in("Thomas"), trade.add_lead()
    body = {"salesPartnerId": await partner_id(thomas)}
    key = new_id()
    first = await thomas.post(f"/leads/{lead_id}/commissions", key=key, **body)
    again = await thomas.post(f"/leads/{lead_id}/commissions", key=key, **body)
    assert first.status_code == 201 and first.json() == again.json()
    path = f"/leads/{lead_id}/commissions"
    assert await thomas.refused(path, 409, **body) == "already-offered"
    assert (
        await thomas.refused("/share-requests", 409, leadId=lead_id, marketId=trade.market)
        == "already-offered"
    )


async def test_what_does_not_fit_is_refused(trade: Trade) -> None:
    thomas, maren = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    finn, lead_id = await trade.sign_in("Finn"), trade.add_lead()
    nord = await partner_id(thomas)
    path = f"/leads/{lead_id}/commissions"
    for body, field in (
        ({"salesPartnerId": new_id()}, "salesPartnerId"),
        ({"salesPartnerId": nord, "salesPipelineId": new_id()}, "salesPipelineId"),
        ({"salesPartnerId": 7}, "salesPartnerId"),
        ({"salesPartnerId": nord, "colour": "red"}, "body"),
        ({}, "salesPartnerId"),
    ):
        answer = await thomas.client.post(path, json=body)
        assert answer.status_code == 400 and answer.json()["field"] == field, answer.text
    invited = (await thomas.client.post("/sales-partners", json={"email": "a@b.example"})).json()
    answer = await thomas.client.post(path, json={"salesPartnerId": invited["salesPartnerId"]})
    assert answer.status_code == 409 and answer.json()["type"].endswith(":wrong-state")
    assert await maren.refused(path, 403, salesPartnerId=nord) == "forbidden"
    assert await finn.refused(path, 404, salesPartnerId=nord) == "not-found"


async def test_erased_is_gone_at_the_partner_too(trade: Trade) -> None:
    thomas, bjoern, lead_id = await trade.sign_in("Thomas"), await trade.sign_in("Björn"), trade.add_lead()
    jens = await trade.sign_in("Jens")
    await assign(thomas, lead_id, salesPartnerId=await partner_id(thomas))
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    assert (await bjoern.client.get(f"/leads/{lead_id}")).status_code == 404
    assert await bjoern.get("/leads", includeFieldLists="true") == [] and await bjoern.get("/offers") == []
