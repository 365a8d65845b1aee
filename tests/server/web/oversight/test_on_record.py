"""Every access to personal data is on record before its answer leaves; where it cannot be, no data leaves."""

import asyncio
import re
import sqlite3
from typing import Any

import pytest
from starlette.responses import Response
from starlette.routing import Route

from leaddesk.contract.people import Right
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.oversight import reading
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.sqlite import SqliteAccess
from leaddesk.server.web.edge import routes
from leaddesk.server.web.edge.access import Access, Harmless
from leaddesk.server.web.edge.answers import raw_json
from leaddesk.server.web.edge.routes import Described
from leaddesk.server.web.edge.spec import Spec
from tests.support.trade import INTEREST, PROSPECT, Person, Trade, new_id

CANARY = "Canary-7f3a"


def entries(trade: Trade, tenant: Any = None) -> list[Entry]:
    storage = trade.services.access_log.storage
    return reading.page(storage, tenant or trade.wagner, reading.Wanted(), 2**62, 1_000)


def guarded_routes(trade: Trade) -> list[Described]:
    found = [route for route in trade.app.routes if isinstance(route, Described)]
    assert found and all(
        isinstance(route, Described) for route in trade.app.routes if isinstance(route, Route)
    )
    return [route for route in found if route.rights is not None]


def silent(routes: list[Described]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes if route.access is None]


async def test_every_guarded_endpoint_says_whether_it_reads_personal_data(trade: Trade) -> None:
    """Say it at the registration: ``access=Access("lead.read", thing="lead")``, or ``Harmless("why")``.

    One that says nothing is recorded all the same, under its path.
    """
    assert silent(guarded_routes(trade)) == []


async def test_a_thing_that_is_recorded_is_named_in_the_path(trade: Trade) -> None:
    for route in guarded_routes(trade):
        if isinstance(route.access, Access) and route.access.thing is not None:
            assert f"{{{route.access.names_it}}}" in route.path, route.path


async def test_what_is_harmless_holds_nobody(trade: Trade) -> None:
    lead = trade.add_lead(marker=CANARY)
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    await maren.done("/share-requests", leadId=lead, marketId=trade.market)
    await maren.done(f"/leads/{lead}/notes", text=CANARY, intern=True)
    values = [*PROSPECT.values(), *INTEREST.values()]
    harmless = [route for route in guarded_routes(trade) if isinstance(route.access, Harmless)]
    asked = [route for route in harmless if route.method == "GET" and "events" not in route.path]
    assert asked
    for route in asked:
        path = re.sub(r"\{\w+\}", lead, route.path)
        answer = await thomas.client.get(path)
        assert CANARY not in answer.text, path
        assert not any(value in answer.text for value in values if len(value) > 4), path
        assert route.access is not None and getattr(route.access, "because", "")


async def test_an_opened_lead_is_an_entry_and_a_page_of_them_is_one(trade: Trade) -> None:
    leads = trade.add_leads(3)
    maren = await trade.sign_in("Maren")
    await maren.get("/leads", modifiedAt="gte:2026-01-01", **{"commission.stepName": CANARY})
    await maren.get("/leads", maxResults=2)
    await maren.get(f"/leads/{leads[0]}")
    await maren.get(f"/leads/{leads[0]}/notes")
    notes, one, page, filtered = entries(trade)
    assert (one.action, page.action, filtered.action) == ("lead.read", "lead.list", "lead.list")
    assert notes.action == "note.list" and notes.thing == one.thing and one.thing is not None
    assert page.thing is None and '"count":2' in page.detail and '"total":3' in page.detail
    assert '"position":' in page.detail and '"maxResults":"2"' in page.detail
    assert '"modifiedAt":"gte:2026-01-01"' in filtered.detail and '"count":0' in filtered.detail
    assert CANARY not in filtered.detail and '"commission.stepName":"value-' in filtered.detail
    assert one.purpose == "lead-work" and one.role == "rep" and one.result == "done"
    assert one.person == page.person


async def test_a_stream_of_everything_is_one_entry_before_its_first_line(trade: Trade) -> None:
    trade.add_leads(5)
    maren = await trade.sign_in("Maren")
    answer = await maren.client.get("/leads", headers={"accept": "application/x-ndjson"})
    assert len(answer.text.splitlines()) == 5
    (entry,) = entries(trade)
    assert entry.action == "lead.list" and '"total":5' in entry.detail and '"position":' in entry.detail


async def test_refused_accesses_are_on_record_and_misunderstood_ones_are_not(trade: Trade) -> None:
    lead = trade.add_lead()
    svea, maren = await trade.sign_in("Svea"), await trade.sign_in("Maren")
    assert (await svea.client.get(f"/leads/{lead}")).status_code == 404
    assert (await maren.delete(f"/leads/{lead}")).status_code == 403
    assert (await maren.client.get("/leads/nonsense")).status_code == 400
    assert (await maren.client.get("/leads", params={"nonsense": "1"})).status_code == 400
    assert [entry.result for entry in entries(trade, trade.lorenzen)] == ["not-found"]
    assert [entry.result for entry in entries(trade)] == ["forbidden"]


async def test_a_machines_key_is_recorded_as_one(trade: Trade) -> None:
    record = ApiKeyRecord(trade.wagner, new_id(), "Website", frozenset({Right.LEAD_READ}))
    trade.people.api_keys.add(record, Secret("the-key"))
    maren = await trade.sign_in("Maren")
    assert (await maren.client.get("/leads", headers={"authorization": "the-key"})).status_code == 200
    assert [entry.role for entry in entries(trade)] == ["api-key"]


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(SqliteAccess, "append", full)
    monkeypatch.setattr(SqliteAccess, "probe", full)
    return monkeypatch


async def leaks(person: Person, lead: str) -> list[str]:
    """What is answered although it cannot be recorded."""
    paths = ["/leads?includeFieldLists=true", f"/leads/{lead}", f"/leads/{lead}/history", "/members"]
    found = []
    for path in [*paths, f"/leads/{new_id()}"]:
        answer = await person.client.get(path)
        refused = answer.status_code == 503 and "access-log-unavailable" in answer.text
        if not refused or answer.headers.get("retry-after") != "1" or PROSPECT["Nachname"] in answer.text:
            found.append(path)
    return found


@pytest.mark.warns("leaddesk.server.oversight.access_log")
async def test_planted_an_answer_that_does_not_wait_for_its_record_is_found(
    trade: Trade, unwritable: pytest.MonkeyPatch
) -> None:
    async def in_passing(request: Any, caller: Any, access: Any, ask: Any) -> Any:
        response = await ask()
        late.append(asyncio.ensure_future(real(request, caller, access, ask)))
        return response

    late: list[Any] = []
    real = routes.on_record
    lead = trade.add_lead()
    maren = await trade.sign_in("Maren")
    unwritable.setattr(routes, "on_record", in_passing)
    assert f"/leads/{lead}" in await leaks(maren, lead)
    await asyncio.gather(*late, return_exceptions=True)


async def test_planted_an_endpoint_that_says_nothing_is_found_and_recorded_all_the_same(
    trade: Trade,
) -> None:
    async def leaky(_request: Any, _caller: Any) -> Response:
        return raw_json(b"{}")

    planted = routes.guarded("GET", "/planted/{lead_id}", leaky, Right.LEAD_READ, spec=Spec("Planted"))
    assert silent([planted]) == ["GET /planted/{lead_id}"]
    trade.app.router.routes.append(planted)
    maren, lead = await trade.sign_in("Maren"), trade.add_lead()
    await maren.get(f"/planted/{lead}")
    (entry,) = entries(trade)
    assert (entry.action, entry.purpose) == ("GET /planted/{lead_id}", "undeclared")
    assert entry.thing is not None and entry.thing.startswith("lead-")


@pytest.mark.warns("leaddesk.server.oversight.access_log")
async def test_what_cannot_be_recorded_is_not_answered_then_it_recovers(
    trade: Trade, unwritable: pytest.MonkeyPatch
) -> None:
    lead = trade.add_lead(marker=CANARY)
    maren = await trade.sign_in("Maren")
    assert await leaks(maren, lead) == []
    stream = await maren.client.get("/leads", headers={"accept": "application/x-ndjson"})
    assert stream.status_code == 503 and CANARY not in stream.text
    refused = await maren.post(f"/leads/{lead}/notes", text="Hallo", intern=True)
    assert refused.status_code == 503
    assert (await maren.client.get("/forms")).status_code == 200  # nobody's data
    unwritable.undo()
    assert (await maren.get(f"/leads/{lead}/notes")) == []  # the change was not even begun
    assert CANARY in str(await maren.get(f"/leads/{lead}"))


@pytest.mark.warns("leaddesk.server.oversight.access_log")
async def test_a_change_whose_answer_cannot_be_recorded_is_done_once(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, key = trade.add_lead(), new_id()
    maren = await trade.sign_in("Maren")
    with monkeypatch.context() as patched:
        patched.setattr(SqliteAccess, "append", None)
        first = await maren.post(f"/leads/{lead}/notes", key, text="Hallo", intern=True)
    again = await maren.post(f"/leads/{lead}/notes", key, text="Hallo", intern=True)
    assert (first.status_code, again.status_code) == (503, 201)
    assert len(await maren.get(f"/leads/{lead}/notes")) == 1


async def test_the_access_log_holds_nobodys_data(trade: Trade) -> None:
    lead = trade.add_lead(marker=CANARY)
    maren = await trade.sign_in("Maren")
    await maren.get(f"/leads/{lead}")
    await maren.done(f"/leads/{lead}/notes", text=CANARY, intern=True)
    await maren.get("/leads", includeFieldLists="true", **{"commission.stepName": CANARY})
    storage = trade.services.access_log.storage
    stored = repr(reading.chained(storage, trade.wagner))
    hidden = [CANARY, "Maren", "Boysen", lead, trade.urn("Maren"), *PROSPECT.values()]
    assert not [value for value in hidden if value in stored]


async def test_a_reveal_is_one_act_however_often_it_is_asked_for(trade: Trade) -> None:
    lead = trade.add_lead(keeper="Maren")
    maren = await trade.sign_in("Maren")
    for key in ("a" * 8, "b" * 8, "a" * 8):
        headers = {"idempotency-key": f"{key}-0000-4000-8000-000000000000"}
        answer = await maren.client.post(f"/leads/{lead}/reveals", headers=headers)
        assert answer.status_code == 204
    missing = await maren.client.post(
        f"/leads/{new_id()}/reveals", headers={"idempotency-key": "c" * 8 + "-0000-4000-8000-000000000000"}
    )
    assert missing.status_code == 404
    found = [entry for entry in entries(trade) if entry.action == "lead.reveal"]
    assert [entry.result for entry in found] == ["not-found", "done", "done", "done"]
    last, second, first = (entry.detail for entry in found[1:])
    assert first == last != second and "a" * 8 not in first
