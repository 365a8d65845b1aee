"""S2: what was erased can be read nowhere any more; before, every canary is found wherever it must be."""

from __future__ import annotations

import base64
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from leaddesk.server.commands.erasure.nightly import night
from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.custody.master import random_master
from leaddesk.server.keys.custody.mirror import Writes
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_files
from leaddesk.server.keys.port import lead_key
from tests.guarantees.figure import Figure
from tests.support import thief
from tests.support.trade import Person, Trade, opened

SMOKE, SHORT, FULL = 4, 24, 200
"""Leads that are erased; as many are kept."""

_MARK = re.compile(r"kanarie-ä–😀-([0-9a-f]{16})".encode())
_PEOPLE = ("Jens", "Maren", "Thomas", "Björn", "Imke", "Finn")
_OF_LEAD = ("", "/notes", "/history", "/disclosures", "/attachments", "/duplicates")


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Erase leads of every stage; with ``planted`` one mirror of the key store keeps its keys."""
    leads = FULL if os.environ.get("FULL") == "1" else SHORT
    with tempfile.TemporaryDirectory() as folder:
        return await erased(Path(folder), leads, one_mirror_only if planted else None)


@contextmanager
def one_mirror_only() -> Iterator[None]:
    """Plant: destruction reaches the first mirror alone."""
    destroy = Writes.destroy
    calls = iter(range(10**9))

    def half(self: Writes, *given: Any) -> None:
        if next(calls) % 2 == 0:
            destroy(self, *given)

    with patch.object(Writes, "destroy", half):
        yield


@contextmanager
def old_epoch_kept() -> Iterator[None]:
    """Plant: the night leaves the former epoch key where it was."""
    with patch.object(Epochs, "destroy_older", lambda _self: None):
        yield


@contextmanager
def cache_kept() -> Iterator[None]:
    """Plant: a process goes on with the keys it knows."""
    with patch.object(Envelope, "_forget_destroyed", lambda _self: None):
        yield


Plant = Callable[[], Any]


async def erased(folder: Path, leads: int, plant: Plant | None = None) -> Figure:
    """Prepare, find every canary, erase half of the leads, search everywhere."""
    with _logged() as said:
        house = _house(folder)
        try:
            async with opened(house) as trade:
                if plant is None:
                    return await _Erasing(trade, house, folder, said).run(leads)
                with plant():
                    return await _Erasing(trade, house, folder, said).run(leads)
        finally:
            house.store.close()


def _house(folder: Path) -> Envelope:
    folders = [folder / name for name in ("mirror-1", "mirror-2", "epoch-1", "epoch-2")]
    for one in folders:
        one.mkdir()
    return keys_in_files(random_master(), folders[0], folders[1], (folders[2], folders[3]))


@contextmanager
def _logged() -> Iterator[list[str]]:
    said: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("leaddesk").addHandler(handler)
    try:
        yield said
    finally:
        logging.getLogger("leaddesk").removeHandler(handler)


class _Erasing:
    def __init__(self, trade: Trade, house: Envelope, folder: Path, said: list[str]) -> None:
        self.trade = trade
        self.house = house
        self.folder = folder
        self.said = said
        self.looked, self.found = 0, list[str]()
        self.neighbour = Envelope(house.store, house.epochs)
        self.people: list[Person] = []

    async def run(self, count: int) -> Figure:
        self.people = [await self.trade.sign_in(name) for name in _PEOPLE]
        marks = {await self._lead(number): number for number in range(2 * count)}
        gone = dict(list(marks.items())[::2])
        every, erased = {mark for _, mark in marks}, {mark for _, mark in gone}
        data, stores = self.trade.storage.dump(), self._stores()
        self._expect(every, await self._answers(marks), "answers")
        self._expect(every, self._read(data, stores), "the database with its keys")
        self._warm(marks)
        wrapped = self._wrapped(gone)

        jens = self.people[0]
        for lead, _ in gone:
            assert (await jens.delete(f"/leads/{lead}")).status_code == 204

        look = self._look
        now, today = self.trade.storage.dump(), self._stores()
        look("the database", _forms(now, erased), erased)
        look("the database with today's keys", self._read(now, today), erased)
        look("the database of before with today's keys", self._read(data, today), erased)
        look("answers", await self._answers(marks), erased)
        look("logs", _marks("\n".join(self.said).encode()), erased)
        look("a neighbour's cache", self._cached(gone), erased)
        files = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        look("the key store's files", [mark for mark in wrapped if wrapped[mark] in files], erased)
        self._expect(every - erased, self._read(now, today), "what was kept")
        self.trade.now += timedelta(days=1)
        for _ in night(self.trade.services.office):
            continue
        look("yesterday's key store", self._read(data, stores), every)
        self.people = [await self.trade.sign_in(name) for name in _PEOPLE]
        self._expect(every - erased, await self._answers(marks), "what was kept, the day after")
        sentence = "erased: {found} of {looked:,} canaries readable"
        return Figure(sentence, self.looked, tuple(self.found), enough=0)

    def _look(self, place: str, marks: Iterable[str], erased: Iterable[str]) -> None:
        """Count what was looked for in a place, note what was there."""
        wanted = set(erased)
        self.looked += len(wanted)
        self.found += [f"{place}: {mark}" for mark in sorted(wanted & set(marks))]

    async def _lead(self, number: int) -> tuple[str, str]:
        """Enter a lead and take it through the stages; its canary is in every text of it."""
        mark = secrets.token_hex(8)
        text = f"kanarie-ä–😀-{mark}"
        lead = self.trade.add_lead(marker=" " + text, keeper="Jens")
        jens, maren, _, bjoern, _, finn = self.people
        await jens.done(f"/leads/{lead}/notes", text=text)
        await jens.done(f"/leads/{lead}/commission/step", step="Kontakt")
        await self._file(jens, lead, text)
        if number % 4 >= 1:
            market = self.trade.market if number % 4 == 1 else self.trade.free_market
            await maren.done("/share-requests", leadId=lead, marketId=market, reason=text)
        if number % 4 == 3:
            mine, other = [await self._open(person, lead) for person in (bjoern, finn)]
            await finn.done(f"/offers/{other}/decline", reason=text)
            await bjoern.done(f"/offers/{mine}/accept")
            await self._file(bjoern, lead, text)
        return lead, mark

    async def _file(self, person: Person, lead: str, text: str) -> None:
        asked = {"filename": f"{text}.txt", "contentType": "text/plain"}
        target = (await person.client.post(f"/leads/{lead}/attachments", json=asked)).json()
        path = "/" + target["uploadUrl"].split("/", 3)[3]
        sent = {"file": ("x", text.encode() * 3)}
        answer = await person.client.post(path, data=target["fields"], files=sent)
        assert answer.status_code == 204, answer.text

    async def _open(self, person: Person, lead: str) -> str:
        seen = self.trade.services.office.log
        offers = {offer["offerId"]: offer for offer in await person.get("/offers")}
        for scope in seen.scopes():
            with seen.for_tenant(scope).reading() as unit:
                found = unit.select("SELECT id FROM offer WHERE tenant_id = ? AND lead_id = ?", lead)
            for (offer,) in found:
                if offer in offers:
                    return str(offer)
        raise AssertionError("no offer came")

    async def _answers(self, leads: Iterable[tuple[str, str]]) -> set[str]:
        """Ask everyone for everything."""
        told = b""
        for person in self.people:
            paths = ["/leads?includeFieldLists=true", "/offers", "/share-requests", "/notes", "/me"]
            paths += [f"/leads/{lead}{part}" for lead, _ in leads for part in _OF_LEAD]
            for path in paths:
                answer = await person.client.get(path)
                told += answer.content
                if path.endswith("/attachments") and answer.status_code == 200:
                    for file in answer.json():
                        told += (await person.client.get(f"{path}/{file['attachmentId']}")).content
            lines = {"accept": "application/x-ndjson"}
            told += (await person.client.get("/leads?includeFieldLists=true", headers=lines)).content
        return _marks(told)

    def _stores(self) -> list[bytes]:
        return [mirror.dump() for mirror in cast(Any, self.house.store.mirrors)]

    def _read(self, database: bytes, stores: Iterable[bytes]) -> set[str]:
        """Try every key of every store on every value."""
        keys = [key for store in stores for key in thief.keys_of(store, self.house.epochs)]
        return {mark for piece in thief.tried(database, keys) for mark in _marks(piece)}

    def _wrapped(self, leads: Iterable[tuple[str, str]]) -> dict[str, bytes]:
        """Return the wrapped keys as they lie in the files, by canary."""
        names = {(self.trade.wagner, lead_key(lead)): mark for lead, mark in leads}
        with self.house.store.mirrors[0].reading() as found:
            rows = list(found.everything())
        return {names[row[0], row[1]]: row[3] for row in rows if row[:2] in names and row[3]}

    def _warm(self, leads: Iterable[tuple[str, str]]) -> None:
        """Let a second process on the same key store know all keys."""
        with self.neighbour.transaction():
            self.neighbour.data_keys(self.trade.wagner, [lead_key(lead) for lead, _ in leads])

    def _cached(self, leads: Iterable[tuple[str, str]]) -> list[str]:
        with self.neighbour.transaction():
            names = {lead_key(lead): mark for lead, mark in leads}
            return [names[key] for key in self.neighbour.data_keys(self.trade.wagner, names)]

    def _expect(self, wanted: set[str], found: set[str], place: str) -> None:
        if wanted - found:
            self.found.append(f"{place}: {len(wanted - found)} canaries not found before")


def _marks(text: bytes) -> set[str]:
    escaped = text.replace(rb"\u00e4\u2013\ud83d\ude00", "ä–😀".encode())
    return {mark.decode() for mark in _MARK.findall(escaped)}


def _forms(haystack: bytes, marks: Iterable[str]) -> list[str]:
    """Find marks in whatever form they may lie there."""
    lowered = haystack.lower()
    return [mark for mark in marks if any(form in lowered for form in _written(mark))]


def _written(mark: str) -> Iterator[bytes]:
    yield from (mark.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-32-le"))
    yield mark.encode().hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + mark.encode())
        yield coded[4 if shift else 0 : -4].lower()
