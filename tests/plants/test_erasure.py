"""Nothing of an erased lead is left in a row; a row, fingerprint or key that outlives it turns red."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable

import pytest

from leaddesk.server.eventlog.idempotency import PLACE_BYTES
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections import erasure
from tests.plants.planting import turns_red
from tests.server.web import test_deletion as deletion
from tests.support.trade import Trade, opened

Plant = Callable[[Trade, pytest.MonkeyPatch], None]
ROWS = {
    "lead": "SELECT 1 FROM lead WHERE id = :lead",
    "share_request": "SELECT 1 FROM share_request WHERE lead_id = :lead",
    "deadline": "SELECT 1 FROM deadline WHERE lead_id = :lead",
    "offer_document": "SELECT 1 FROM offer_document JOIN offer ON id = offer_id WHERE lead_id = :lead",
    "offer.reason": "SELECT 1 FROM offer WHERE lead_id = :lead AND reason IS NOT NULL",
    "idempotency": "SELECT 1 FROM idempotency WHERE lead_id = :lead"
    f" AND LENGTH(keyed_fingerprint) > {PLACE_BYTES}",
}
"""Where a lead lies beside the log, whose content goes with its keys."""


@pytest.fixture
async def trade() -> AsyncIterator[Trade]:
    """A market with its people, over ASGI."""
    async with opened() as found:
        yield found


def kept(name: str) -> Plant:
    """One part of the erasure does nothing."""

    def plant(_: Trade, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(erasure, name, lambda *_: None)

    return plant


def left(beginning: str) -> Plant:
    """The rows of one statement stay."""
    run = Unit.run

    def plant(_: Trade, patch: pytest.MonkeyPatch) -> None:
        def lazy(self: Unit, sql: str, *params: object) -> int:
            return 0 if sql.startswith(beginning) else run(self, sql, *params)  # type: ignore[arg-type]

        patch.setattr(Unit, "run", lazy)

    return plant


def key_kept(trade: Trade, patch: pytest.MonkeyPatch) -> None:
    """The lead's keys are not destroyed."""
    patch.setattr(type(trade.services.office.log.keys), "destroy", lambda *_: None)


def rows_of(trade: Trade, lead_id: str) -> set[str]:
    """Where rows of a lead lie, of all tenants."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(trade.storage.dump())
    found = {name for name, sql in ROWS.items() if connection.execute(sql, {"lead": lead_id}).fetchone()}
    connection.close()
    return found


async def erased(trade: Trade) -> set[str]:
    """Work, share, offer, decline, accept and delete a lead; return where rows of it are left."""
    lead_id = trade.add_lead(keeper="Jens")
    jens, bjoern, finn = [await trade.sign_in(name) for name in ("Jens", "Björn", "Finn")]
    maren = await trade.sign_in("Maren")
    await jens.done(f"/leads/{lead_id}/notes", text="Notiz")
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="Grund")
    (offer,), (other,) = await bjoern.get("/offers"), await finn.get("/offers")
    assert {"lead", "share_request", "deadline", "offer_document", "idempotency"} <= rows_of(trade, lead_id)
    await finn.done(f"/offers/{other['offerId']}/decline", reason="Absage")
    assert "offer.reason" in rows_of(trade, lead_id)
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    return rows_of(trade, lead_id)


async def test_no_row_of_an_erased_lead_is_left(trade: Trade) -> None:
    assert await erased(trade) == set()


PLANTS = {
    "lead": kept("remove_lead"),
    "share_request": left("DELETE FROM share_request"),
    "offer_document": kept("remove_documents"),
    "idempotency": kept("forget_fingerprints"),
}


@pytest.mark.parametrize("where", PLANTS)
async def test_a_row_that_is_left_is_found(trade: Trade, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    PLANTS[where](trade, monkeypatch)
    assert where in await erased(trade)


async def test_a_key_that_is_left_opens_what_the_thief_has(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_kept(trade, monkeypatch)
    check = deletion.test_nothing_of_an_erased_lead_is_left_anywhere(trade, "worked")
    await turns_red(check, "places(stolen(trade.storage, trade.keys)) == 0")
