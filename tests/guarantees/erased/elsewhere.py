"""Places beside database, answers and key store: what is sent, exported, signed, counted, recorded.

Some of them never hold a word of a lead, erased or not: there every canary is looked for, before and after.
"""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.archive import form
from leaddesk.server.archive.export import export
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.commands.attachments.uploading import Intake
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import mark_of
from leaddesk.server.evidence.signing import random_signer
from leaddesk.server.evidence.sink import MemorySink
from leaddesk.server.hooks.addresses import Target
from leaddesk.server.hooks.courier import Courier, Pace
from leaddesk.server.hooks.progress import hooks_wanted
from leaddesk.server.hooks.sending import Attempt
from leaddesk.server.operations.upkeep import SignedSegments
from leaddesk.server.oversight.chain import seal
from leaddesk.server.projections.attachments import BLOCK
from leaddesk.server.web.attachments.policy import Policies
from tests.guarantees.erased.marks import text_of
from tests.guarantees.erased.memory import texts_below
from tests.support import thief
from tests.support.trade import Person, Trade, new_id

QUICK = Pace(first=0.001, longest=0.002, look=0.01)
PATIENCE = 60.0
"""Seconds between two deliveries after which something is wrong."""
ON_THEIR_WAY = 8
"""So many files are still coming while their leads are erased."""


@dataclass
class Receivers:
    """Whoever webhooks lead to: keeps what it is sent; half of it refuses everything for good."""

    sent: list[bytes] = field(default_factory=list)

    async def send(self, target: Target, headers: dict[str, str], body: bytes) -> Attempt:
        """Take one delivery."""
        self.sent.append(json.dumps(headers).encode() + body)
        return Attempt("status-410", lasting=True) if "refuses" in target.path else Attempt()


@dataclass(frozen=True)
class Coming:
    """A file on its way: the permission to send it, and as much of it as has come."""

    fields: dict[str, str]
    intake: Intake


class Elsewhere:
    """Fills the places, then reads them."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.receivers = Receivers()
        self.admins: list[Person] = []
        self.coming: list[Coming] = []
        self.waiting: list[str] = []
        self.digests: dict[str, bytes] = {}
        self._sink = MemorySink()
        self._witness = SignedSegments(random_signer(), self._sink)

    async def begin(self) -> None:
        """Have everything told to somebody who takes it and to somebody who does not."""
        self.admins = [await self.trade.sign_in(name) for name in ("Thomas", "Imke")]
        for admin in self.admins:
            for name in HookEvent:
                for way in ("takes", "refuses"):
                    url = f"https://hooks.example.com/{way}"
                    await admin.client.post("/webhooks", json={"url": url, "eventName": name})

    async def fill(self, jens: Person, leads: Iterable[tuple[str, str]]) -> None:
        """Send notes under keys that are known, ask by words, begin to send files."""
        for number, (lead, mark) in enumerate(leads):
            text = text_of(mark)
            path, key = f"/leads/{lead}/notes", new_id()
            noted = await jens.post(path, key=key, text=text)
            material = (f"POST {path} ".encode(), noted.request.content)
            self.digests[mark] = mark_of(
                self.trade.services.office.secret, self.trade.urn("Jens"), material
            ).whole
            for step in (text, "Kontakt"):
                await jens.client.get("/leads", params={"commission.stepName": step})
            await jens.client.get(f"/leads/{lead}")
            if number < ON_THEIR_WAY:
                await self._send(jens, lead, text)
                self.waiting.append(mark)

    async def _send(self, jens: Person, lead: str, text: str) -> None:
        asked = {"filename": f"{text}.txt", "contentType": "text/plain"}
        fields = (await jens.client.post(f"/leads/{lead}/attachments", json=asked)).json()["fields"]
        office = self.trade.services.office
        intake = Intake(office, Policies(office.secret, office.clock).read(fields))
        intake.add(text.encode() + b"x" * BLOCK)
        self.coming.append(Coming(fields, intake))

    async def delivered(self, *, again: bool = False) -> None:
        """Let the courier work until all is delivered or given up; ``again``: what was given up once more."""
        began = time.monotonic()
        office = self.trade.services.office
        ticking = replace(office, clock=lambda: self.trade.now + timedelta(seconds=time.monotonic() - began))
        working = asyncio.create_task(Courier(self.receivers, QUICK).run(ticking))
        try:
            if again:
                await self._again()
            count, since = 0, time.monotonic()
            while not self._all_told():
                assert time.monotonic() - since < PATIENCE, "webhooks are told of nothing any more"
                await asyncio.sleep(0.02)
                if len(self.receivers.sent) > count:
                    count, since = len(self.receivers.sent), time.monotonic()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _again(self) -> None:
        for admin in self.admins:
            for hook in await admin.get("/webhooks"):
                path = f"/webhooks/{hook['hookId']}/dead-letters"
                for letter in await admin.get(path):
                    answer = await admin.post(f"{path}/{letter['eventId']}/redeliver")
                    assert answer.status_code == 202

    def _all_told(self) -> bool:
        """Tell whether every webhook stands at the head of its log and nothing is to be sent again."""
        log, behind = self.trade.services.office.log, 0
        for scope in log.scopes():
            with log.for_tenant(scope).reading() as unit:
                sql = "SELECT COUNT(*) FROM webhook_state WHERE tenant_id = ? AND position < ?"
                behind += int(unit.select(sql, unit.head()[0])[0][0]) + len(hooks_wanted(unit))
        return not behind

    async def letters(self) -> bytes:
        """Read every dead letter."""
        found = b""
        for admin in self.admins:
            for hook in (await admin.client.get("/webhooks")).json():
                found += (await admin.client.get(f"/webhooks/{hook['hookId']}/dead-letters")).content
        return found

    def exported(self) -> list[bytes]:
        """Sign, export and return the file, then each event's sealed content."""
        storage, clock = self.trade.services.access_log.storage, self.trade.services.office.clock
        seal(storage, self._witness, clock)
        sign_heads(self.trade.services.office.log, self._witness, clock)
        file = io.BytesIO()
        export(self.trade.services.office.log, storage, file)
        lines = [form.decode(line) for line in file.getvalue().splitlines()]
        return [file.getvalue(), *(line.content for line in lines if isinstance(line, form.EventLine))]

    def half_sent(self) -> list[bytes]:
        """Return what has come of files on their way, as it lies there."""
        return [block for one in self.coming for block in one.intake._sealed]

    async def finish_files(self, jens: Person) -> list[str]:
        """Send the rest; return what went wrong: no file may still arrive."""
        wrong = []
        for one in self.coming:
            answer = await jens.client.post("/uploads", data=one.fields, files={"file": ("x", b"Kanarie")})
            if answer.status_code != 404:
                wrong.append(f"a file for an erased lead: {answer.status_code}")
            try:
                one.intake.finish(scanned=False)
                wrong.append("a file came to its end at an erased lead")
            except Refused:
                continue
        return wrong

    async def never_in_plain(self) -> dict[str, bytes]:
        """Read the places that hold no word of any lead, ever."""
        services = self.trade.services
        with services.access_log.storage.reading() as rows:
            tables = ("access_entry", "access_head", "access_segment")
            recorded = b"".join(str(rows.select(f"SELECT * FROM {name}")).encode() for name in tables)
        return {
            "webhook deliveries": b"\n".join(self.receivers.sent),
            "dead letters": await self.letters(),
            "the access log": recorded,
            "the evidence sink": json.dumps(self._sink.lines()).encode(),
            "metrics": (await self.admins[0].client.get("/metrics")).content,
            "what the process keeps": texts_below(services, self.trade.app),
        }


def opened(sealed: Iterable[bytes], keys: Iterable[bytes]) -> Iterator[bytes]:
    """Give each value as it lies there and what every key makes of it."""
    known = list(dict.fromkeys(keys))
    for value in sealed:
        yield value
        if len(value) > thief.OVERHEAD:
            yield from (thief.opened(key, value) for key in known)
