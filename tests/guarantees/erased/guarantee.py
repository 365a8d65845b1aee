"""S2: what was erased can be read nowhere any more; before, every canary is found wherever it must be."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from leaddesk.server.commands.erasure.nightly import night
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.port import lead_key
from tests.guarantees.erased import elsewhere
from tests.guarantees.erased.database import on_postgres
from tests.guarantees.erased.grounds import Ground, InMemory
from tests.guarantees.erased.marks import found_in, marks_in, text_of
from tests.guarantees.erased.plants import Plant, one_mirror_only
from tests.guarantees.figure import Figure
from tests.support import thief
from tests.support.folders import short_folder
from tests.support.trade import Person, Trade, opened

SMOKE, SHORT = 4, 24
"""Leads that are erased; as many are kept."""
ROUNDS = 9
"""So many servers are filled and searched with FULL=1: the thief tries every key on every value."""
SENTENCE = "erased: {found} of {looked:,} canaries readable"

_PEOPLE = ("Jens", "Maren", "Thomas", "Björn", "Imke", "Finn")
_OF_LEAD = ("", "/notes", "/history", "/disclosures", "/attachments", "/duplicates")


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Erase leads of every stage, in memory and on PostgreSQL; with ``planted`` one mirror of the key store
    keeps its keys, which has to be noticed on both.
    """
    plant, figures = one_mirror_only if planted else None, []
    for _ in range(ROUNDS if os.environ.get("FULL") == "1" and not planted else 1):
        with short_folder("s2-") as folder:
            figures.append(await erased(folder, SHORT, plant))
        with short_folder("s2-") as folder:
            figures.append(await erased(folder, SHORT, plant, on_postgres(folder)))
        looked = sum(figure.looked for figure in figures)
        print(f"{len(figures) // 2} rounds, {looked:,} canaries", file=sys.stderr, flush=True)
    if planted and not all(figure.findings for figure in figures):
        return Figure(SENTENCE, sum(figure.looked for figure in figures), ())
    findings = tuple(finding for figure in figures for finding in figure.findings)
    counts = [sum(figure.looked for figure in figures[number::2]) for number in range(2)]
    where = f" ({counts[0]:,} in memory, {counts[1]:,} on PostgreSQL)"
    return Figure(SENTENCE + where, sum(counts), findings, enough=0)


async def erased(
    folder: Path,
    leads: int,
    plant: Plant | None = None,
    ground: AbstractContextManager[Ground] | None = None,
) -> Figure:
    """Prepare, find every canary, erase half of the leads, search everywhere; in memory if not told else."""
    with _logged() as said, ground or closing(InMemory(folder)) as under:
        async with opened(under.house, under.storage, under.accesses) as trade:
            with plant() if plant is not None else nullcontext():
                return await _Erasing(trade, under, folder, said).run(leads)


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Hear everything that is logged, with all that is attached to it."""
    said: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: said.append(f"{record.getMessage()} {vars(record)}")  # type: ignore[method-assign]
    ours = logging.getLogger("leaddesk")  # whoever asks has libraries of their own
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        ours.removeHandler(handler)
        ours.setLevel(level)


Lead = tuple[str, str]
"""Its id and its mark."""


@dataclass(frozen=True)
class _Before:
    """What somebody has put aside: the database, both mirrors, the export, and keys as they lie in files."""

    data: bytes
    stores: list[bytes]
    exported: list[bytes]
    wrapped: dict[str, bytes]


class _Erasing:
    def __init__(self, trade: Trade, ground: Ground, folder: Path, said: list[str]) -> None:
        self.trade = trade
        self.ground = ground
        self.house = ground.house
        self.folder = folder
        self.said = said
        self.looked, self.found = 0, list[str]()
        self.neighbour = Envelope(ground.house.store, ground.house.epochs)
        self.people: list[Person] = []
        self.elsewhere = elsewhere.Elsewhere(trade)

    async def run(self, count: int) -> Figure:
        self.people = [await self.trade.sign_in(name) for name in _PEOPLE]
        await self.elsewhere.begin()
        marks = {await self._lead(number): number for number in range(2 * count)}
        gone = dict(list(marks.items())[::2])
        every, erased = {mark for _, mark in marks}, {mark for _, mark in gone}
        before = await self._before(marks, gone)
        for lead, _ in gone:
            assert (await self.people[0].delete(f"/leads/{lead}")).status_code == 204
        await self._after(before, marks, gone)
        self.trade.now += timedelta(days=1)
        for _ in night(self.trade.services.office):
            continue
        self._look("yesterday's key store", self._read(before.data, self._keys(before.stores)), every)
        self.people = [await self.trade.sign_in(name) for name in _PEOPLE]
        self._expect(every - erased, await self._answers(marks), "what was kept, the day after")
        places = self.ground.next_day(self._keys(self._stores()), before.stores)
        self._expect(every, places.pop("", every), "recovered to before, with the keys of before")
        for place, found in places.items():
            self._look(place, found, erased)
        return Figure(SENTENCE, self.looked, tuple(self.found), enough=0)

    async def _before(self, marks: Iterable[Lead], gone: Collection[Lead]) -> _Before:
        """Find every canary wherever it must be, and none where none may ever be."""
        away, every, erased = self.elsewhere, {mark for _, mark in marks}, {mark for _, mark in gone}
        await away.fill(self.people[0], gone)
        await away.delivered()
        found = _Before(self.trade.storage.dump(), self._stores(), away.exported(), self._wrapped(gone))
        keys = self._keys(found.stores)
        self._expect(every, await self._answers(marks), "answers")
        self._expect(every, self._read(found.data, keys), "the database with its keys")
        self._expect(every, _told(found.exported, keys), "the export with its keys")
        self._expect(set(away.waiting), _told(away.half_sent(), keys), "files on their way")
        self._expect(erased, self._digests(found.data, keys), "fingerprints of requests")
        self._expect({"deliveries"}, {"deliveries"} if away.receivers.sent else set(), "webhooks")
        self._warm(marks)
        self._never("before", await away.never_in_plain() | self.ground.never_in_plain(), every)
        self.ground.put_aside(found.data, keys)
        for place, marks_found in self.ground.before(set(keys)).items():
            self._expect(every, marks_found, place)
        return found

    async def _after(self, before: _Before, marks: Iterable[Lead], gone: Collection[Lead]) -> None:
        """Find nothing of what was erased, and the rest where it was."""
        away, every, erased = self.elsewhere, {mark for _, mark in marks}, {mark for _, mark in gone}
        look, today = self._look, self._keys(self._stores())
        await away.delivered(again=True)
        self.found += await away.finish_files(self.people[0])
        now, exported = self.trade.storage.dump(), away.exported()
        look("the database", found_in(now, erased), erased)
        look("the database with today's keys", self._read(now, today), erased)
        look("the database of before with today's keys", self._read(before.data, today), erased)
        look("the export", found_in(exported[0], erased), erased)
        look("the export with today's keys", _told(exported, today), erased)
        look("the export of before with today's keys", _told(before.exported, today), erased)
        look("files on their way", _told(away.half_sent(), today), set(away.waiting))
        look("fingerprints of requests", self._digests(before.data + now, today), erased)
        look("answers", await self._answers(marks), erased)
        look("logs", found_in("\n".join(self.said).encode(), every), every)
        look("a neighbour's cache", self._cached(gone), erased)
        files = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        look("the key store's files", [mark for mark, key in before.wrapped.items() if key in files], erased)
        for place, marks_found in self.ground.after(set(today)).items():
            look(place + " with today's keys", marks_found, erased)
        self._never("after", await away.never_in_plain() | self.ground.never_in_plain(), every)
        self._expect(every - erased, self._read(now, today), "what was kept")

    def _never(self, when: str, places: Mapping[str, bytes], every: set[str]) -> None:
        for place, text in places.items():
            self._look(f"{place}, {when}", found_in(text, every), every)

    def _look(self, place: str, marks: Iterable[str], erased: Iterable[str]) -> None:
        """Count what was looked for in a place, note what was there."""
        wanted = set(erased)
        self.looked += len(wanted)
        self.found += [f"{place}: {mark}" for mark in sorted(wanted & set(marks))]

    async def _lead(self, number: int) -> tuple[str, str]:
        """Enter a lead and take it through the stages; its canary is in every text of it."""
        mark = secrets.token_hex(8)
        text = text_of(mark)
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
        return marks_in(told)

    def _stores(self) -> list[bytes]:
        return [mirror.dump() for mirror in cast(Any, self.house.store.mirrors)]

    def _keys(self, stores: Iterable[bytes]) -> list[bytes]:
        return [key for store in stores for key in thief.keys_of(store, self.house.epochs)]

    def _read(self, database: bytes, keys: list[bytes]) -> set[str]:
        """Try every key on every value."""
        return {mark for piece in thief.tried(database, keys) for mark in marks_in(piece)}

    def _digests(self, database: bytes, keys: list[bytes]) -> set[str]:
        """Look for digests by which whoever guesses what was written would know it."""
        wanted = {digest: mark for mark, digest in self.elsewhere.digests.items()}
        return {wanted[piece] for piece in thief.tried(database, keys) if piece in wanted}

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


def _told(sealed: Iterable[bytes], keys: list[bytes]) -> set[str]:
    return {mark for piece in elsewhere.opened(sealed, keys) for mark in marks_in(piece)}
